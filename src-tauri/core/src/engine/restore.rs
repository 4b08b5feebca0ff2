//! The platform's own restore, watched to the end by exactly one poller: the console saves what its cluster restored only
//! while it answers a poll (protocol.md §8.3). Then start, then compare what arrived with what was to arrive.

use crate::console::{AppAction, ComponentState, ConsoleError, RestoreState, RestoreTarget, Scope};
use crate::engine::arrived::{self, Arrived};
use crate::engine::links::Cluster;
use crate::engine::rebuild::unplug;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{adopt, gateway, landing, original, problems, restore_own};
use crate::ids::AppId;
use crate::jobs::fact::{Fact, Leftover, Repaired};
use crate::jobs::request::{Expected, Landing, Repair, Work};
use crate::jobs::state::JobRecord;
use crate::jobs::{Lane, PhaseName, ReportView};
use crate::line::{Line, LineCode};
use crate::problem::{Problem, Retry};
use chrono::TimeDelta;
use std::time::Duration;

pub(crate) const FIRST_PAUSE: Duration = Duration::from_millis(400);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// A restore that the cluster failed stays `starting` for ever (recordings 761, 763): our own patience decides.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
const BYTES_PER_MORE_MINUTE: u64 = 200 * 1024 * 1024;
/// How long a cancel waits for the console to save what its cluster restores meanwhile.
const SETTLING: TimeDelta = TimeDelta::seconds(10);
/// How long to watch components start; that they run is not this job's to promise.
const START_PATIENCE: TimeDelta = TimeDelta::seconds(60);

pub(crate) fn steps(landing: &Landing) -> Vec<Box<dyn Step>> {
    if landing.record_only {
        return vec![Box::new(adopt::Record)];
    }
    let mut steps: Vec<Box<dyn Step>> = vec![Box::new(Restore)];
    if landing.start_after {
        steps.push(Box::new(Deploy));
    }
    if landing.gateway.is_some() {
        steps.push(Box::new(gateway::Make));
    }
    steps.push(Box::new(Compare));
    steps
}

/// Pauses that grow from poll to poll.
pub(crate) struct Pauses(pub Duration);

impl Pauses {
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (self.0 * 3 / 2).min(LONGEST_PAUSE);
        pause
    }
}

struct Restore;

#[async_trait::async_trait]
impl Step for Restore {
    fn phase(&self) -> PhaseName {
        PhaseName::Restore
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        if record.restored == Some(true) {
            return Ok(());
        }
        let (landing, ..) = landing::of(&record.request.work)?;
        let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
        let scope = target.scope(&landing.team);
        let app = restore_own::url_app(&record)?;
        let restore = match record.restore {
            Some((restore, _)) if record.restored.is_none() => restore,
            _ => match begin(run, &target, &scope, app).await? {
                Some(restore) => restore,
                None => return finished(run, &target),
            },
        };
        watch(run, &target, &scope, app, &restore).await
    }
}

fn finished(run: &Run, target: &Cluster) -> Result<(), Stop> {
    run.note(Fact::RestoreEnded { ok: true })?;
    run.say(LineCode::LogRestored, [])?;
    run.engine.remember_restore(&target.id, true);
    Ok(())
}

/// Starts the restore, unless one was started just before a crash. None: one has even ended, watched by somebody else (an
/// open page of the console polls as we do); the app was empty before.
async fn begin(run: &Run, target: &Cluster, scope: &Scope, app: AppId) -> Result<Option<String>, Stop> {
    let record = run.record();
    let asked = restore_own::asked(&record)?;
    let known = unfinished(run, target, scope, app).await?;
    let (restore, into) = match known {
        Some(found) => found,
        None if restore_own::has_ended(run, target, scope, app).await? => return Ok(None),
        None => {
            restore_own::clear_failed(run, target, scope).await?;
            run.note(Fact::RestoreAsking)?;
            let ask = RestoreTarget { backup: asked.backup, kind: asked.kind, to: scope.clone() };
            let begun = target.console.start_restore(&run.ctx, scope, app, &ask).await?;
            (begun.restore_id.clone(), begun.app())
        }
    };
    restore_own::claim(run, target, scope, into).await?;
    run.note(Fact::RestoreStarted { restore: restore.clone(), app: into })?;
    run.say(LineCode::LogRestoreStarted, [("restore", restore.clone())])?;
    Ok(Some(restore))
}

/// A restore of this job's backup that was asked for and whose answer was never heard.
pub(crate) async fn unfinished(
    run: &Run,
    target: &Cluster,
    scope: &Scope,
    app: AppId,
) -> Result<Option<(String, AppId)>, Stop> {
    let record = run.record();
    if !record.restore_asking {
        return Ok(None);
    }
    let asked = restore_own::asked(&record)?;
    let found = target.console.unfinished_restore(&run.ctx, scope, app, &asked.group_uuid).await?;
    let found = found.filter(|found| Some(&found.restore_id) != asked.not_ours.as_ref());
    Ok(found.map(|found| (found.restore_id, AppId(found.group_id))))
}

/// A cancelled job's restore goes on in the cluster: what it makes can be removed once the console has saved it, and only
/// then. Waits a moment for that; true when nothing of it is beyond reach.
pub(crate) async fn settle(run: &Run) -> Result<bool, Stop> {
    let record = run.record();
    if !record.restore_asking || record.restored.is_some() {
        return Ok(true);
    }
    let (landing, ..) = landing::of(&record.request.work)?;
    let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
    let scope = target.scope(&landing.team);
    let app = landing::app(&record)?;
    let started = match record.restore.clone() {
        Some(started) => Some(started),
        None => unfinished(run, &target, &scope, app).await?,
    };
    let Some((restore, _)) = started else { return Ok(true) };
    let deadline = run.ctx.clock.now() + SETTLING;
    let mut pauses = Pauses(FIRST_PAUSE);
    while run.ctx.clock.now() < deadline {
        match target.console.poll_restore(&run.ctx, &scope, app, &restore).await?.state() {
            RestoreState::Success => return Ok(true),
            RestoreState::Failed => return Ok(false),
            RestoreState::Starting | RestoreState::Other => run.ctx.sleep(pauses.next()).await?,
        }
    }
    Ok(false)
}

/// What nobody but the cluster's operator can remove.
pub(crate) fn out_of_reach(cluster: &str) -> Fact {
    let line = Line::new(LineCode::LeftRegion, [("cluster", cluster.to_owned())]);
    Fact::Left { id: "region".to_owned(), thing: Leftover::Region, line }
}

async fn watch(run: &Run, target: &Cluster, scope: &Scope, app: AppId, restore: &str) -> Result<(), Stop> {
    let patience = patience(&run.record());
    let begun = run.ctx.clock.now();
    let deadline = begun + patience;
    let mut pauses = Pauses(FIRST_PAUSE);
    loop {
        run.waits_since(begun);
        run.ctx.sleep(pauses.next()).await?;
        let state = match target.console.poll_restore(&run.ctx, scope, app, restore).await {
            Ok(record) => record.state(),
            Err(error) => {
                pass_by(error)?;
                RestoreState::Other
            }
        };
        match state {
            RestoreState::Success => return finished(run, target),
            RestoreState::Failed => {
                run.note(Fact::RestoreEnded { ok: false })?;
                run.engine.remember_restore(&target.id, false);
                run.note(out_of_reach(&target.name()))?;
                return Err(problems::restore_failed(&target.name(), &target.version()).into());
            }
            RestoreState::Starting | RestoreState::Other if run.ctx.clock.now() >= deadline => {
                return Err(problems::restore_stuck(&target.name(), patience.num_minutes()).into());
            }
            RestoreState::Starting | RestoreState::Other => {}
        }
    }
}

/// Errors of a poll are not final: 400 and 404 may be followed by success (recordings 767, 768). Those that are, stop.
pub(crate) fn pass_by(error: ConsoleError) -> Result<(), Stop> {
    match error {
        ConsoleError::Cancelled(_)
        | ConsoleError::LoginRefused { .. }
        | ConsoleError::LoginExpired(_)
        | ConsoleError::PasswordMissing { .. }
        | ConsoleError::Forbidden(_) => Err(error.into()),
        other => {
            tracing::info!(%other, "a poll failed and is asked again");
            Ok(())
        }
    }
}

fn patience(record: &JobRecord) -> TimeDelta {
    let bytes = match &record.request.work {
        Work::Migrate(work) => work.package.size_bytes,
        Work::Import(work) => work.size_bytes,
        Work::Restore(work) => work.record.get("backup_size").and_then(serde_json::Value::as_u64).unwrap_or(0),
        Work::Export(_)
        | Work::Backup(_)
        | Work::App(_)
        | Work::Template(_)
        | Work::Copy(_)
        | Work::Verify { .. }
        | Work::Adopt(_) => 0,
    };
    PATIENCE + TimeDelta::minutes(i64::try_from(bytes / BYTES_PER_MORE_MINUTE).unwrap_or(0))
}

/// Restored components are not deployed (recordings 707, 734); they are told to be (735).
pub(crate) struct Deploy;

#[async_trait::async_trait]
impl Step for Deploy {
    fn phase(&self) -> PhaseName {
        PhaseName::Deploy
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let (landing, _, expected) = landing::of(&record.request.work)?;
        if expected.components.is_empty() {
            return Ok(());
        }
        let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
        let scope = target.scope(&landing.team);
        let app = landed_in(&record)?;
        if !record.deploy_asked {
            target.console.operate_app(&run.ctx, &scope, app, AppAction::Deploy).await?;
            run.note(Fact::DeployAsked)?;
            run.say(LineCode::LogDeployed, [])?;
        }
        let deadline = run.ctx.clock.now() + START_PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        while run.ctx.clock.now() < deadline {
            let components = target.console.components(&run.ctx, &scope, app).await?;
            if components.iter().all(|component| component.state() == ComponentState::Running) {
                break;
            }
            run.ctx.sleep(pauses.next()).await?;
        }
        Ok(())
    }
}

/// The app the result landed in, as the console said when the restore began.
pub(crate) fn landed_in(record: &JobRecord) -> Result<AppId, Problem> {
    record.restore.as_ref().map_or_else(|| landing::app(record), |(_, app)| Ok(*app))
}

pub(crate) struct Compare;

#[async_trait::async_trait]
impl Step for Compare {
    fn phase(&self) -> PhaseName {
        PhaseName::Compare
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let (landing, _, expected) = landing::of(&record.request.work)?;
        let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
        let app = landed_in(&record)?;
        let components = target.console.components(&run.ctx, &target.scope(&landing.team), app).await?;
        let running = components.iter().filter(|component| component.state() == ComponentState::Running).count();
        let names: Vec<&str> = components.iter().map(|component| component.service_cname.as_str()).collect();
        let mut report = report(&record, landing, expected, &target, app, &names, running);
        let whole = missing(expected, &names).is_empty();
        let runs = landing.start_after && !names.is_empty() && running == names.len();
        report.original = original::offer(run, &record, app, whole && runs).await;
        gateway::tell(&record, &target.name(), &mut report);
        restore_own::tell_stopped(&record, &mut report);
        unplug::tell(&record, &mut report);
        tell_compared(run, &target, app, &mut report).await?;
        run.note(Fact::Reported { report: Box::new(report) })?;
        let missing = missing(expected, &names);
        if missing.is_empty() { Ok(()) } else { Err(problems::arrived_incomplete(&target.name(), &missing).into()) }
    }
}

/// Every row beside what the package holds, and what could not be put right.
async fn tell_compared(run: &Run, target: &Cluster, app: AppId, report: &mut ReportView) -> Result<(), Stop> {
    let compared = match arrived::compare(run, target, app).await {
        Ok(compared) => compared,
        // A local backup of v5 lies in no store: what it held cannot be looked at.
        Err(Stop::Problem(problem)) if matches!(run.record().request.work, Work::Restore(_)) => {
            report.missing.push(Line::new(LineCode::ReportNotCompared, [("reason", problem.message)]));
            return Ok(());
        }
        Err(stop) => return Err(stop),
    };
    report.arrived.extend(compared_line(&compared));
    let refused = run.record().rebuild.refused;
    let not_adjusted = |reason: &String| Line::new(LineCode::ReportNotAdjusted, [("reason", reason.clone())]);
    report.missing.extend(refused.values().map(not_adjusted));
    report.announced = compared.announced;
    report.differences = compared.unexpected;
    Ok(())
}

fn compared_line(compared: &Arrived) -> Option<Line> {
    let facts = [("announced", compared.announced.len().to_string()), ("count", compared.unexpected.len().to_string())];
    Some(match (compared.announced.len(), compared.unexpected.len()) {
        (0, 0) => Line::new(LineCode::ReportEqual, []),
        (_, 0) => Line::new(LineCode::ReportAsAnnounced, facts),
        (..) => Line::new(LineCode::ReportDiffers, facts),
    })
}

/// Expected components that are not there; the platform adds `-copy` to names (recordings 707, 734).
pub(crate) fn missing(expected: &Expected, found: &[&str]) -> Vec<String> {
    let mut left: Vec<&str> = found.iter().map(|name| name.strip_suffix("-copy").unwrap_or(name)).collect();
    let mut missing = Vec::new();
    for name in &expected.components {
        match left.iter().position(|found| found == name) {
            Some(position) => drop(left.swap_remove(position)),
            None => missing.push(name.clone()),
        }
    }
    missing
}

fn report(
    record: &JobRecord,
    landing: &Landing,
    expected: &Expected,
    target: &Cluster,
    app: AppId,
    names: &[&str],
    running: usize,
) -> ReportView {
    let app_name = record.app.as_ref().map_or(landing.app_name.as_str(), |(_, name)| name);
    let found = expected.components.len() - missing(expected, names).len();
    let mut arrived = vec![
        Line::new(LineCode::ReportApp, [("app", app_name.to_owned()), ("team", target.team_alias(&landing.team))]),
        Line::new(
            LineCode::ReportComponents,
            [("found", found.to_string()), ("expected", expected.components.len().to_string())],
        ),
    ];
    if let Some((_, version)) = &record.backup {
        arrived.push(Line::new(LineCode::LogBackupStays, [("version", version.clone())]));
    }
    // What a rebuild sends is made on the way, and equal to nothing.
    let object = record.objects.last().filter(|_| landing.lane == Lane::Official);
    match (&record.repaired, object) {
        (Some(repaired), _) => arrived.push(mended(repaired)),
        (None, Some(object)) => arrived.push(crate::engine::deliver::proven(object)),
        (None, None) => {}
    }
    if record.repaired.is_none() && !repairs(&record.request.work).is_empty() {
        arrived.push(Line::new(LineCode::ReportMetadataMended, []));
    }
    if landing.start_after && running > 0 {
        arrived.push(Line::new(
            LineCode::ReportStarted,
            [("count", running.to_string()), ("total", names.len().to_string())],
        ));
    }
    if landing.lane == Lane::Registry {
        let images: Vec<&str> = record.rebuild.images.values().filter_map(|image| image.there.as_deref()).collect();
        arrived.push(Line::new(LineCode::ReportPushed, [("names", images.join(", "))]));
    }
    let mut missing = Vec::new();
    if !expected.empty_volumes.is_empty() {
        let count = expected.empty_volumes.len().to_string();
        missing.push(Line::new(
            LineCode::ReportVolumesEmpty,
            [("count", count), ("names", expected.empty_volumes.join(", "))],
        ));
    }
    if expected.gateway_rule_count > 0 {
        missing.push(Line::new(LineCode::ReportGatewayRules, [("count", expected.gateway_rule_count.to_string())]));
    }
    missing.extend(record.repaired.iter().flat_map(lost));
    if landing.start_after && running < names.len() {
        missing.push(Line::new(LineCode::ReportNotRunning, [("count", (names.len() - running).to_string())]));
    }
    ReportView {
        arrived,
        missing,
        cluster: Some(landing.cluster.clone()),
        team: Some(landing.team.clone()),
        app_id: Some(app),
        backup_id: restore_own::asked(record).ok().map(|asked| asked.backup),
        sha256: object.and_then(|object| object.sha256.clone()),
        app_url: Some(target.app_url(&landing.team, app)),
        ..ReportView::default()
    }
}

fn repairs(work: &Work) -> &[Repair] {
    match work {
        Work::Migrate(work) => &work.repairs,
        Work::Import(work) => &work.repairs,
        _ => &[],
    }
}

/// Equality member by member: what a mended package is held to.
fn mended(repaired: &Repaired) -> Line {
    let facts = [
        ("same", repaired.same_count.to_string()),
        ("count", repaired.rewritten.len().to_string()),
        ("names", repaired.rewritten.join(", ")),
    ];
    Line::new(LineCode::ReportMended, facts)
}

fn lost(repaired: &Repaired) -> Vec<Line> {
    let dropped = || Line::new(LineCode::ReportDataDropped, [("count", repaired.dropped.len().to_string())]);
    let doubtful = || Line::new(LineCode::ReportDataDoubtful, [("names", repaired.doubtful.join(", "))]);
    let mut lines = Vec::new();
    lines.extend((!repaired.dropped.is_empty()).then(dropped));
    lines.extend((!repaired.doubtful.is_empty()).then(doubtful));
    lines
}

/// What a caller may do with a failed restore is the same in both cases.
pub(crate) fn with_advice(problem: Problem) -> Problem {
    problem
        .hint("Look at the console's event log. What was made on the target is listed here and can be removed")
        .retry(Retry::Later)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Code;

    #[test]
    fn names_are_compared_without_the_platforms_suffix_and_each_once() {
        let expected = Expected { components: vec!["web".into(), "web".into(), "db".into()], ..Expected::default() };
        assert_eq!(missing(&expected, &["web-copy", "db"]), ["web"]);
        assert!(missing(&expected, &["db-copy", "web", "web-copy", "more"]).is_empty());
    }

    #[test]
    fn stuck_and_failed_have_their_own_codes() {
        assert_eq!(problems::restore_stuck("x", 10).code, Code::RestoreStuck);
        assert_eq!(problems::restore_failed("x", "v6.9.8").code, Code::RestoreFailed);
    }
}
