//! The platform's own `.bak`, written to disk. The console's where it writes one; built here where it refuses (local
//! backups, recording 603) or cannot (B-9), from the same record, so that a restore elsewhere reads the same (protocol.md §11.1).

use crate::bak::{self, Encoding, Salt};
use crate::console::era::TicketForm;
use crate::console::{BackupState, ConsoleError};
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::links::Cluster;
use crate::engine::pointers;
use crate::engine::preflight::source;
use crate::files;
use crate::ids::{BackupId, ClusterId, TeamName};
use crate::problem::{Code, Problem};
use std::path::{Path, PathBuf};

/// Writes it whole or not at all; a file that is there is never overwritten.
pub(crate) async fn write(
    engine: &Engine,
    ctx: &Ctx,
    id: &ClusterId,
    team: &TeamName,
    backup: &BackupId,
    folder: Option<&str>,
) -> Result<PathBuf, Problem> {
    let cluster = engine.links.cluster(ctx, id).await?;
    let record = pointers::record(ctx, &cluster, team, backup).await?;
    if record.state() != BackupState::Success {
        return Err(Problem::new(Code::BadRequest, format!("The backup is {}, not finished", record.status))
            .hint("Only a finished backup can be claimed elsewhere"));
    }
    let me = &cluster.known.me;
    let row = me.teams.iter().find(|row| row.name == *team);
    let may = me.is_enterprise_admin
        || row.is_some_and(|row| row.is_team_owner || row.rights.of(record.app()).is_none_or(|right| right.export));
    if !may {
        return Err(Problem::new(
            Code::Forbidden,
            format!("The user {} may not export backups of this app", me.user_name),
        )
        .hint("Ask an administrator of the team"));
    }
    // A ticket for a package that lies in no store claims nothing.
    pointers::object(&cluster, &record)?;
    let ticket = source::ticket_record(&record);
    let text = match from_console(ctx, &cluster, team, &record, &ticket).await {
        Some(text) => text,
        None => {
            let encoding = match cluster.capabilities()?.ticket_form {
                TicketForm::Old => Encoding::Old,
                TicketForm::New => Encoding::New,
            };
            let salt = Salt::from_number(u16::try_from(record.backup_size % 65_521).unwrap_or(0));
            bak::encode(&ticket, encoding, salt).into_bytes()
        }
    };
    let folder = folder.map_or_else(|| engine.library_dir(), PathBuf::from);
    let name =
        record.group_name.clone().filter(|_| !record.is_delete).unwrap_or_else(|| format!("app-{}", record.group_id));
    let path = folder.join(crate::bundle::file_name(&name, &record.version).replace(".tar.zst", ".bak"));
    keep(&path, &text)?;
    engine.tell(crate::engine::Notice::Library);
    Ok(path)
}

/// The console's own, if it is readable and of this backup.
async fn from_console(
    ctx: &Ctx,
    cluster: &Cluster,
    team: &TeamName,
    record: &crate::console::BackupRecord,
    ticket: &bak::TicketRecord,
) -> Option<Vec<u8>> {
    // The app must exist, and may be any of the team (protocol.md §5).
    let app = match record.is_delete {
        false => record.app(),
        true => cluster.console.apps(ctx, &cluster.scope(team)).await.ok()?.first()?.id(),
    };
    match cluster.console.export_backup(ctx, &cluster.scope(team), app, &record.backup_id).await {
        Ok(bytes) => {
            let said = bak::decode(&bytes).ok()?.record;
            (said.version == ticket.version && said.source_dir == ticket.source_dir).then(|| bytes.to_vec())
        }
        Err(ConsoleError::NotExportable(_)) => None,
        Err(error) => {
            tracing::info!(%error, "the console wrote no ticket; one is built from its record");
            None
        }
    }
}

fn keep(path: &Path, text: &[u8]) -> Result<(), Problem> {
    if path.exists() {
        return Err(Problem::new(Code::FileExists, format!("{} is there already", path.display()))
            .hint("Move the file away or choose another folder"));
    }
    files::write(path, text).map_err(|error| files::problem(path, "written", &error))
}
