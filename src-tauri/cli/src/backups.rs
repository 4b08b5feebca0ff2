//! Backups as a list to be searched, sorted and filtered; where one really is; and its deletion.

use crate::args::{BackupsArgs, Confirm, SortArg, StatusArg};
use crate::out::{self, Out};
use crate::reference::{self, TeamAt};
use rainferry_core::api::{
    BackupMode, BackupPlaceView, BackupRef, BackupRow, BackupStatus, BackupView, BackupsRequest, Core, DataSign,
    RemovalRequest, TicketRequest,
};
use rainferry_core::{Code, Problem};
use std::path::Path;

/// Every team that the words fit, or with `--all` every team there is; one row a backup.
pub(crate) async fn list(core: &Core, args: &BackupsArgs, out: Out) -> Result<(), Problem> {
    let text = args.place.as_deref().unwrap_or("");
    let words: Vec<&str> = text.split('/').filter(|word| !word.is_empty()).collect();
    let teams = reference::teams(core, &words).await?;
    if teams.is_empty() {
        return Err(
            Problem::new(Code::NotFound, format!("There is no team “{text}”")).hint("See `rainferry-cli clusters`")
        );
    }
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for TeamAt { cluster, team } in teams {
        let request = BackupsRequest { cluster: cluster.id, team: Some(team.name) };
        match core.list_backups(request).await {
            Ok(view) => {
                rows.extend(view.rows);
                problems.extend(view.problems);
            }
            Err(problem) => problems.push(problem),
        }
    }
    rows.retain(|row| fits(row, args));
    sort(&mut rows, args.sort);
    out.value(&serde_json::json!({ "rows": rows, "problems": problems }));
    for row in &rows {
        out.line(line(row));
    }
    for problem in &problems {
        out.line(format!("  {}", problem.message));
    }
    Ok(())
}

fn fits(row: &BackupRow, args: &BackupsArgs) -> bool {
    let status = args.status.is_none_or(|status| row.backup.status == wanted(status));
    let Some(text) = args.search.as_ref().map(|text| text.to_lowercase()) else { return status };
    let backup = &row.backup;
    let words = [&backup.app_name, &backup.note, &backup.author, &backup.version, &row.team_alias, &row.cluster_name];
    status && words.iter().any(|word| word.to_lowercase().contains(&text))
}

fn wanted(status: StatusArg) -> BackupStatus {
    match status {
        StatusArg::Ready => BackupStatus::Ready,
        StatusArg::Running => BackupStatus::Running,
        StatusArg::Failed => BackupStatus::Failed,
    }
}

fn sort(rows: &mut [BackupRow], by: SortArg) {
    match by {
        SortArg::Created => rows.sort_by(|a, b| b.backup.version.cmp(&a.backup.version)),
        SortArg::Size => rows.sort_by_key(|row| std::cmp::Reverse(row.backup.size_bytes)),
        SortArg::App => rows.sort_by(|a, b| a.backup.app_name.cmp(&b.backup.app_name)),
        SortArg::Note => rows.sort_by(|a, b| a.backup.note.cmp(&b.backup.note)),
    }
}

fn line(row: &BackupRow) -> String {
    let BackupView { mode, status, version, size_bytes, app_name, author, note, hot, .. } = &row.backup;
    let mode = match mode {
        BackupMode::Cloud => "cloud",
        BackupMode::Local => "local",
    };
    let state = match status {
        BackupStatus::Ready => out::bytes(*size_bytes),
        BackupStatus::Running => "running".to_owned(),
        BackupStatus::Failed => "failed".to_owned(),
    };
    let data = match row.data {
        DataSign::Unknown => "",
        DataSign::NoVolumes => ", no volumes",
        DataSign::Whole => ", with data",
        DataSign::Partly => ", some data",
        DataSign::Absent => ", no data",
    };
    let gone = if row.app_deleted { " (app deleted)" } else { "" };
    let hot = if *hot { ", hot" } else { "" };
    format!(
        "{}/{}/{app_name}@{version}{gone} {mode} {state:>9}{data}{hot} {author} {note}",
        row.cluster_name, row.team_alias
    )
}

async fn at(core: &Core, text: &str) -> Result<BackupRef, Problem> {
    let (at, backup) = reference::backup(core, text).await?;
    Ok(BackupRef { cluster: at.cluster.id, team: at.team.name, backup: backup.id })
}

pub(crate) async fn locate(core: &Core, text: &str, out: Out) -> Result<(), Problem> {
    let place = core.locate_backup(at(core, text).await?).await?;
    out.value(&place);
    show_place(&place, out);
    Ok(())
}

fn show_place(place: &BackupPlaceView, out: Out) {
    if let (Some(bucket), Some(key)) = (&place.bucket, &place.key) {
        out.line(format!("{} {bucket}/{key}", place.endpoint));
    }
    for object in &place.objects {
        out.line(format!("  there: {}/{} {}", object.bucket, object.key, out::bytes(object.size_bytes)));
    }
    for object in &place.elsewhere {
        out.line(format!(
            "  where no restore looks: {}/{} {}",
            object.bucket,
            object.key,
            out::bytes(object.size_bytes)
        ));
    }
    if let Some(problem) = &place.problem {
        out.line(format!("  {}", problem.message));
    }
}

/// Looks, says what stays, deletes.
pub(crate) async fn delete(
    core: &Core,
    text: &str,
    objects: bool,
    dry_run: bool,
    confirm: &Confirm,
    out: Out,
) -> Result<(), Problem> {
    let backup = at(core, text).await?;
    let plan = core.plan_removal(backup.clone()).await?;
    for line in plan.stays.iter().chain(&plan.holders) {
        out.line(format!("  {}", line.message));
    }
    if dry_run {
        out.value(&plan);
        return plan.problem.map_or(Ok(()), Err);
    }
    let request = RemovalRequest { backup, objects, confirm: confirm.confirm.clone() };
    let removed = core.delete_backup(request).await?;
    out.value(&removed);
    for line in removed.gone.iter().chain(&removed.stays) {
        out.line(&line.message);
    }
    removed.problems.into_iter().next().map_or(Ok(()), Err)
}

pub(crate) async fn export_ticket(core: &Core, text: &str, folder: Option<&Path>, out: Out) -> Result<(), Problem> {
    let folder = folder.map(reference::absolute).transpose()?;
    let file = core.export_ticket(TicketRequest { backup: at(core, text).await?, folder }).await?;
    out.value(&file);
    out.line(format!("Wrote {}: a claim on the package, not the package", file.path));
    Ok(())
}
