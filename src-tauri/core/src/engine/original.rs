//! The app a restore came from: offered for deletion when its copy is whole and runs, and deleted by its typed name after
//! one more look. The console deletes component by component, swallows every error and says yes (protocol.md §8.5), so the
//! last word is a look at what is there.

use crate::console::ComponentState;
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::runner::Run;
use crate::engine::{Engine, restore};
use crate::ids::{AppId, ClusterId, JobId, TeamName};
use crate::jobs::fact::Fact;
use crate::jobs::request::{Expected, Work};
use crate::jobs::state::JobRecord;
use crate::jobs::{JobState, OriginalView};
use crate::place::Place;
use crate::problem::{Code, Problem, Retry};
use std::sync::Arc;

/// The original, where it is an app of the same console and still there. A look that fails offers nothing.
pub(crate) async fn offer(run: &Run, record: &JobRecord, landed: AppId, can_delete: bool) -> Option<OriginalView> {
    let (cluster, team, app) = of(record)?;
    let source = run.engine.links.cluster(&run.ctx, &cluster).await.ok()?;
    let apps = source.console.apps(&run.ctx, &source.scope(&team)).await.ok()?;
    let name = apps.into_iter().find(|row| row.id() == app && app != landed)?.name;
    Some(OriginalView { cluster, team, app_id: app, name, can_delete, deleted: false })
}

/// Whose backup it was. Only within one console: its call for deletion wants both apps there.
fn of(record: &JobRecord) -> Option<(ClusterId, TeamName, AppId)> {
    match &record.request.work {
        Work::Restore(work) => Some((work.landing.cluster.clone(), work.landing.team.clone(), work.original?)),
        Work::Migrate(work) => {
            let Place::Team { cluster, team, .. } = &record.request.source else { return None };
            let app = work.record.get("group_id").and_then(serde_json::Value::as_i64)?;
            (cluster.split().0 == work.landing.cluster.split().0).then(|| (cluster.clone(), team.clone(), AppId(app)))
        }
        Work::Import(_)
        | Work::Export(_)
        | Work::Backup(_)
        | Work::App(_)
        | Work::Template(_)
        | Work::Copy(_)
        | Work::Verify { .. }
        | Work::Adopt(_) => None,
    }
}

/// Deletes it, for good.
pub(crate) async fn delete(engine: &Arc<Engine>, ctx: &Ctx, id: &JobId, confirm: &str) -> Result<(), Problem> {
    let job = engine.runner.get(id)?;
    let record = job.record();
    let offered = record.report.as_ref().and_then(|report| report.original.clone());
    let original = offered
        .filter(|original| !original.deleted && record.state == JobState::Done)
        .ok_or_else(|| Problem::new(Code::BadRequest, "This job left no original app behind that could be deleted"))?;
    if confirm.trim() != original.name {
        return Err(Problem::new(Code::NotConfirmed, format!("{} is deleted only by its typed name", original.name))
            .hint("Type the name of the app; on the command line, say it with --confirm"));
    }
    let run = Run { engine: engine.clone(), job, ctx: ctx.clone(), place: Arc::default() };
    let source = engine.links.cluster(ctx, &original.cluster).await?;
    if source.profile.read_only {
        return Err(Problem::new(Code::ReadOnly, format!("The profile of {} is read-only", source.name()))
            .hint("Change the profile first"));
    }
    let landed = restore::landed_in(&record)?;
    is_replaced(&run, &record, &source, &original, landed).await?;
    run.note(Fact::OriginalDeleting { app: original.app_id })?;
    let scope = source.scope(&original.team);
    source.console.delete_original(ctx, &scope, original.app_id, landed).await?;
    let apps = source.console.apps(ctx, &scope).await?;
    if apps.iter().any(|app| app.id() == original.app_id) {
        return Err(Problem::new(
            Code::ConsoleRefused,
            format!("The console said yes, and {} is still there", original.name),
        )
        .hint("Delete the app in the console")
        .retry(Retry::Later));
    }
    run.note(Fact::OriginalDeleted { app: original.app_id })?;
    engine.tell_columns(&record.request);
    Ok(())
}

/// The copy has every component that the original has now, and all of them run.
async fn is_replaced(
    run: &Run,
    record: &JobRecord,
    source: &Cluster,
    original: &OriginalView,
    landed: AppId,
) -> Result<(), Problem> {
    let (landing, ..) = crate::engine::landing::of(&record.request.work)?;
    let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
    if landed == original.app_id {
        return Err(Problem::new(Code::BadRequest, "The backup was restored into the original itself"));
    }
    let rights = source.known.me.teams.iter().find(|row| row.name == original.team);
    let may = source.known.me.is_enterprise_admin
        || rights
            .is_some_and(|row| row.is_team_owner || row.rights.of(original.app_id).is_none_or(|right| right.delete));
    if !may {
        return Err(Problem::new(
            Code::Forbidden,
            format!("The user {} may not delete this app", source.known.me.user_name),
        )
        .hint("Ask an administrator of the team"));
    }
    let old = source.console.components(&run.ctx, &source.scope(&original.team), original.app_id).await?;
    let new = target.console.components(&run.ctx, &target.scope(&landing.team), landed).await?;
    let wanted = Expected { components: old.into_iter().map(|row| row.service_cname).collect(), ..Expected::default() };
    let names: Vec<&str> = new.iter().map(|row| row.service_cname.as_str()).collect();
    let missing = restore::missing(&wanted, &names);
    if !missing.is_empty() {
        return Err(Problem::new(Code::ArrivedIncomplete, format!("The copy lacks {}", missing.join(", ")))
            .hint("Keep the original until the copy is whole"));
    }
    let idle: Vec<&str> =
        new.iter().filter(|row| row.state() != ComponentState::Running).map(|row| row.service_cname.as_str()).collect();
    if new.is_empty() || !idle.is_empty() {
        return Err(Problem::new(Code::ArrivedIncomplete, format!("The copy does not run: {}", idle.join(", ")))
            .hint("Start the copy and look at it before the original is deleted"));
    }
    Ok(())
}
