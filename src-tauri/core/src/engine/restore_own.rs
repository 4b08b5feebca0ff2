//! A restore within a team, by the platform alone: in place (`recover`) or beside (`migrate` within the team). Nothing is
//! copied and no ticket is handed in. The watching, the start and the compare are those of every restore; this file holds
//! what differs: what is asked for, and which app the platform made for the result (protocol.md §8.2).

use crate::bak::TicketRecord;
use crate::console::{App, RestoreKind, Scope};
use crate::engine::links::Cluster;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{backup, landing, restore};
use crate::ids::{AppId, BackupId};
use crate::jobs::fact::Fact;
use crate::jobs::request::{Manner, RestoreWork, Work};
use crate::jobs::state::JobRecord;
use crate::jobs::{PhaseName, ReportView};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem};

pub(crate) fn steps(work: &RestoreWork) -> Vec<Box<dyn Step>> {
    let mut steps: Vec<Box<dyn Step>> = vec![Box::new(LookAgain)];
    if !work.stop.is_empty() {
        steps.push(Box::new(CloseThem));
    }
    steps.extend(restore::steps(&work.landing));
    steps
}

/// What a restore asks its console for.
pub(crate) struct Asked {
    pub backup: BackupId,
    pub group_uuid: String,
    pub kind: RestoreKind,
    /// An older restore of the same group that never ended.
    pub not_ours: Option<String>,
}

pub(crate) fn asked(record: &JobRecord) -> Result<Asked, Problem> {
    let Some(work) = own(record) else {
        let ticket = landing::ticket(record)?;
        let kind = RestoreKind::Recover;
        return Ok(Asked { backup: ticket.backup, group_uuid: ticket.group_uuid, kind, not_ours: None });
    };
    let ticket = TicketRecord::from_json(&work.record.to_string())?;
    Ok(Asked {
        backup: BackupId(ticket.backup_id),
        group_uuid: ticket.group_uuid.unwrap_or_default(),
        kind: match work.manner {
            Manner::InPlace => RestoreKind::Recover,
            Manner::Beside => RestoreKind::Migrate,
        },
        not_ours: work.unfinished_before.clone(),
    })
}

fn own(record: &JobRecord) -> Option<&RestoreWork> {
    match &record.request.work {
        Work::Restore(work) => Some(work),
        _ => None,
    }
}

/// The app that calls about the restore name: one that is there whatever becomes of the one that is made.
pub(crate) fn url_app(record: &JobRecord) -> Result<AppId, Problem> {
    own(record).and_then(|work| work.landing.app).map_or_else(|| landing::app(record), Ok)
}

/// The copy is whole in its console: whatever ends the job now, neither is it taken away nor the original started again.
pub(crate) fn is_done(record: &JobRecord) -> bool {
    own(record).is_some() && record.restored == Some(true)
}

/// Nothing is stopped or made before the backup was seen to be the one that was planned with.
struct LookAgain;

#[async_trait::async_trait]
impl Step for LookAgain {
    fn phase(&self) -> PhaseName {
        PhaseName::Check
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let asked = asked(&record)?;
        let Some(work) = own(&record) else { return Ok(()) };
        let cluster = run.engine.links.cluster(&run.ctx, &work.landing.cluster).await?;
        let rows = cluster.console.team_backups(&run.ctx, &cluster.scope(&work.landing.team)).await?;
        match rows.iter().any(|row| row.backup_id == asked.backup && row.status == "success") {
            true => Ok(()),
            false => {
                Err(Problem::new(Code::SourceChanged, "The backup is no longer on its console as it was planned with")
                    .hint("Plan again with what is there now")
                    .into())
            }
        }
    }
}

struct CloseThem;

#[async_trait::async_trait]
impl Step for CloseThem {
    fn phase(&self) -> PhaseName {
        PhaseName::Stop
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let Some(work) = own(&record) else { return Ok(()) };
        let cluster = run.engine.links.cluster(&run.ctx, &work.landing.cluster).await?;
        backup::stop(run, &cluster, &cluster.scope(&work.landing.team), &work.stop).await
    }
}

/// A restore that was asked for has ended, watched by somebody else (an open page of the console polls as we do).
pub(crate) async fn has_ended(run: &Run, target: &Cluster, scope: &Scope, app: AppId) -> Result<bool, Stop> {
    let record = run.record();
    let Some(work) = own(&record) else {
        // The app was made for this job, or was empty.
        return Ok(!target.console.components(&run.ctx, scope, app).await?.is_empty());
    };
    if !record.restore_asking || record.restored == Some(false) {
        return Ok(false);
    }
    let Some(made) = find_made(run, target, scope, work).await? else {
        return match work.original.filter(|_| work.into_original) {
            Some(app) => Ok(!target.console.components(&run.ctx, scope, app).await?.is_empty()),
            None => Ok(false),
        };
    };
    if target.console.components(&run.ctx, scope, made.id()).await?.is_empty() {
        return Ok(false);
    }
    run.note(Fact::AppCreated { app: made.id(), name: made.name })?;
    Ok(true)
}

/// The app that the platform made for the result: newer than the plan, with the original's name and four digits behind, or
/// the platform's own word for an app whose original is gone (protocol.md §8.2).
async fn find_made(run: &Run, target: &Cluster, scope: &Scope, work: &RestoreWork) -> Result<Option<App>, Stop> {
    let apps = target.console.apps(&run.ctx, scope).await?;
    Ok(apps.into_iter().find(|app| !work.apps_before.contains(&app.id()) && named_after(&app.name, work)))
}

fn named_after(name: &str, work: &RestoreWork) -> bool {
    let hex = |tail: &str, length: usize| tail.len() == length && tail.chars().all(|c| c.is_ascii_hexdigit());
    let behind = |prefix: &str| name.strip_prefix(prefix).is_some_and(|tail| hex(tail, 4));
    match work.original {
        Some(_) => behind(&format!("{}_", work.landing.app_name)),
        None => behind("备份应用_") || hex(name, 8),
    }
}

/// What a failed try left: an app that the platform made and that holds nothing.
pub(crate) async fn clear_failed(run: &Run, target: &Cluster, scope: &Scope) -> Result<(), Stop> {
    let record = run.record();
    let (Some(_), Some((app, name))) = (own(&record), &record.app) else { return Ok(()) };
    if target.console.components(&run.ctx, scope, *app).await?.is_empty() {
        target.console.delete_app(&run.ctx, scope, *app).await?;
        run.say(LineCode::LogCleaned, [("what", name.clone())])?;
    }
    Ok(())
}

/// An app that the platform made for the result is this job's, to be removed with it.
pub(crate) async fn claim(run: &Run, target: &Cluster, scope: &Scope, into: AppId) -> Result<(), Stop> {
    let record = run.record();
    let Some(work) = own(&record) else { return Ok(()) };
    if work.apps_before.contains(&into) {
        return Ok(());
    }
    let apps = target.console.apps(&run.ctx, scope).await?;
    let name = apps.into_iter().find(|app| app.id() == into).map_or_else(|| into.to_string(), |app| app.name);
    run.note(Fact::AppCreated { app: into, name: name.clone() })?;
    Ok(run.say(LineCode::LogAppCreated, [("app", name), ("app_id", into.to_string())])?)
}

/// A restore whose start was asked for and whose answer was never heard.
pub(crate) async fn find_unheard(run: &Run) -> Result<(), Stop> {
    let record = run.record();
    let Some(work) = own(&record).filter(|_| record.restore_asking && record.restore.is_none()) else { return Ok(()) };
    let target = run.engine.links.cluster(&run.ctx, &work.landing.cluster).await?;
    let scope = target.scope(&work.landing.team);
    let app = landing::app(&record)?;
    if let Some((restore, into)) = restore::unfinished(run, &target, &scope, app).await? {
        claim(run, &target, &scope, into).await?;
        run.note(Fact::RestoreStarted { restore, app: into })?;
    } else if let Some(made) = find_made(run, &target, &scope, work).await? {
        run.note(Fact::AppCreated { app: made.id(), name: made.name })?;
    }
    Ok(())
}

/// The original's components that were stopped for a restore in place stay so: its copy runs in their stead.
pub(crate) fn tell_stopped(record: &JobRecord, report: &mut ReportView) {
    if own(record).is_some() && !record.stopped.is_empty() {
        let names = backup::names(&record.stopped);
        report.missing.push(Line::new(LineCode::ReportOriginalStopped, [("names", names)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ClusterId, TeamName};
    use crate::jobs::request::{Expected, Landing};

    fn work(original: Option<AppId>) -> RestoreWork {
        RestoreWork {
            landing: Landing {
                cluster: ClusterId("c".into()),
                team: TeamName("t".into()),
                app: Some(AppId(1)),
                app_name: "wiki".into(),
                k8s_app: String::new(),
                start_after: true,
                registry: None,
                record_only: false,
                volumes: None,
                gateway: None,
                lane: crate::jobs::Lane::Official,
                handing: crate::jobs::request::Handing::Post,
                taken_hosts: std::collections::BTreeSet::new(),
                build: crate::jobs::request::Build::Template,
            },
            manner: Manner::InPlace,
            record: serde_json::Value::Null,
            expected: Expected::default(),
            stop: Vec::new(),
            original,
            into_original: false,
            apps_before: vec![AppId(1)],
            unfinished_before: None,
        }
    }

    #[test]
    fn only_the_platforms_own_names_are_taken_for_the_result() {
        let there = work(Some(AppId(1)));
        assert!(named_after("wiki_0a9f", &there));
        for other in ["wiki", "wiki_", "wiki_copy", "wiki_0a9f1", "wikis_0a9f"] {
            assert!(!named_after(other, &there), "{other}");
        }
        let gone = work(None);
        assert!(named_after("备份应用_12ab", &gone) && named_after("12ab34cd", &gone));
        assert!(!named_after("wiki_0a9f", &gone));
    }
}
