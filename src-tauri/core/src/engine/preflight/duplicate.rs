//! A backup that the target team has already: told by what it is, version and file, since imports get new ids and the
//! console's own check compares ids (protocol.md §7, B-14). Whether its package has the same bytes is told by the store.

use super::checks::check;
use super::source;
use crate::bak::{Mode, TicketRecord};
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level};
use crate::ids::TeamName;
use crate::line::LineCode;
use crate::storage::Etag;

/// What is known of the bytes that would arrive.
pub(crate) struct Incoming<'a> {
    pub record: &'a TicketRecord,
    pub size_bytes: u64,
    pub etag: Option<&'a Etag>,
}

pub(crate) async fn look(ctx: &Ctx, target: &Cluster, team: &TeamName, incoming: &Incoming<'_>) -> Option<CheckView> {
    let rows = target.console.team_backups(ctx, &target.scope(team)).await.ok()?;
    let file = |dir: &str| dir.rsplit('/').next().unwrap_or_default().to_owned();
    let wanted = (&incoming.record.version, file(&incoming.record.source_dir));
    let twin = rows.iter().find(|row| (&row.version, file(&row.source_dir)) == wanted)?;
    let mode = Mode::parse(&twin.mode).unwrap_or(Mode::FullOnline);
    let name = twin.group_name.clone().filter(|_| !twin.is_delete).unwrap_or_else(|| format!("#{}", twin.group_id));
    let facts = [("version", twin.version.clone()), ("app", name), ("team", target.team_alias(team))];
    let found = match source::object(target, mode, &twin.group_uuid, &twin.version, &twin.source_dir) {
        Ok(object) => match target.store(&object.bucket).await {
            Ok(store) => store.head(&object.key).await.ok(),
            Err(_) => None,
        },
        Err(_) => None,
    };
    let code = match found {
        None => LineCode::CheckDuplicateNoPackage,
        Some(found) if found.size != incoming.size_bytes => LineCode::CheckDuplicateOther,
        Some(found) => match found.etag.as_ref().zip(incoming.etag) {
            Some((there, here)) if there.same(here) && there.looks_like_md5() => LineCode::CheckDuplicateSame,
            _ => LineCode::CheckDuplicateSize,
        },
    };
    Some(check(CheckId::Duplicate, Level::Warn, code, facts))
}

/// A restore of the same backup group that never ended: the console knows no failure of its region (B-12).
pub(crate) fn unfinished(restore: &str) -> CheckView {
    check(CheckId::Unfinished, Level::Warn, LineCode::CheckUnfinishedWarn, [("restore", restore.to_owned())])
}
