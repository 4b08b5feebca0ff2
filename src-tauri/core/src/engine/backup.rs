//! Back up: stop stateful components that run, have the platform make the backup, start them again on every way out.

use crate::bak::Mode;
use crate::console::{
    AppAction, BackupForce, BackupMode, BackupRecord, BackupState, ComponentState, ConsoleError, NewBackup, Scope,
};
use crate::engine::links::Cluster;
use crate::engine::preflight::source;
use crate::engine::runner::{Run, Step, Stop};
use crate::ids::{AppId, BackupId};
use crate::jobs::fact::Fact;
use crate::jobs::request::{BackupWork, ComponentRef};
use crate::jobs::{PhaseName, ReportView};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem, Retry};
use chrono::TimeDelta;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(700);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
const STOP_PATIENCE: TimeDelta = TimeDelta::minutes(5);
/// A backup whose job the region lost stays `starting` for ever (protocol.md §4.3).
const BACKUP_PATIENCE: TimeDelta = TimeDelta::hours(4);
/// So long a backup runs without a word while components are stopped for it; then their owners hear of the way out.
const QUIET: TimeDelta = TimeDelta::minutes(15);
/// How long a cancel waits for a backup that runs, to delete it.
const SETTLING: TimeDelta = TimeDelta::seconds(10);
/// Versions are seconds, unique in the whole region (protocol.md B-15): a clash is over in a moment.
const BUSY_PAUSE: Duration = Duration::from_secs(2);
/// Others back up in the same region as well: one more try may meet the next of theirs.
const BUSY_TRIES: u32 = 3;

pub(crate) fn steps(work: &BackupWork) -> Vec<Box<dyn Step>> {
    let mut steps = making(work);
    steps.push(Box::new(Measure));
    steps
}

/// As far as the backup is made and everything runs again.
pub(crate) fn making(work: &BackupWork) -> Vec<Box<dyn Step>> {
    if work.stop.is_empty() {
        return vec![Box::new(Back)];
    }
    vec![Box::new(StopThem), Box::new(Back), Box::new(StartThem)]
}

async fn ready(run: &Run) -> Result<(BackupWork, Cluster, Scope), Stop> {
    let Some(work) = run.record().request.work.backup().cloned() else {
        return Err(Problem::new(Code::Internal, "This job is no backup").into());
    };
    let cluster = run.engine.links.cluster(&run.ctx, &work.cluster).await?;
    let scope = cluster.scope(&work.team);
    Ok((work, cluster, scope))
}

fn ids(components: &[ComponentRef]) -> Vec<String> {
    components.iter().map(|component| component.id.clone()).collect()
}

pub(crate) fn names(components: &[ComponentRef]) -> String {
    components.iter().map(|component| component.name.as_str()).collect::<Vec<_>>().join(", ")
}

struct StopThem;

#[async_trait::async_trait]
impl Step for StopThem {
    fn phase(&self) -> PhaseName {
        PhaseName::Stop
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let (work, cluster, scope) = ready(run).await?;
        stop(run, &cluster, &scope, &work.stop).await
    }
}

/// Stops components and waits until all are closed; on disk before, so that every way out can start them again.
pub(crate) async fn stop(run: &Run, cluster: &Cluster, scope: &Scope, them: &[ComponentRef]) -> Result<(), Stop> {
    run.note(Fact::Stopping { components: them.to_vec() })?;
    cluster.console.operate_components(&run.ctx, scope, &ids(them), AppAction::Stop).await?;
    let deadline = run.ctx.clock.now() + STOP_PATIENCE;
    loop {
        let states = cluster.console.component_states(&run.ctx, scope, &ids(them)).await?;
        // No state is unknown, never stopped (protocol.md §2.3).
        let stopped = states.len() == them.len() && states.iter().all(|row| row.state() == ComponentState::Stopped);
        if stopped {
            return Ok(run.say(LineCode::LogStoppedComponents, [("names", names(them))])?);
        }
        if run.ctx.clock.now() > deadline {
            return Err(Problem::new(Code::StatefulRunning, format!("{} did not stop in time", names(them)))
                .hint("Look at the components in the console, then try again")
                .retry(Retry::Later)
                .into());
        }
        run.ctx.sleep(PAUSE).await?;
    }
}

struct Back;

#[async_trait::async_trait]
impl Step for Back {
    fn phase(&self) -> PhaseName {
        PhaseName::Backup
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let (work, cluster, scope) = ready(run).await?;
        let record = run.record();
        if let Some((failed, _)) = record.backup.as_ref().filter(|_| record.backup_failed) {
            // Of no use to anybody; where it cannot be removed it does no harm either.
            if let Err(error) = cluster.console.delete_backup(&run.ctx, &scope, work.app, failed).await {
                tracing::warn!(%error, "the record of a failed backup stays");
            }
        }
        if record.backup.is_none() || record.backup_failed {
            let made = make(run, &work, &cluster, &scope).await?;
            run.note(Fact::BackupMade { backup: made.backup_id, version: made.version.clone() })?;
            run.say(LineCode::LogBackupAccepted, [("version", made.version)])?;
        }
        watch(run, &work, &cluster, &scope).await
    }
}

/// Asks for the backup, unless a crash hid that it was asked for already.
async fn make(run: &Run, work: &BackupWork, cluster: &Cluster, scope: &Scope) -> Result<BackupRecord, Stop> {
    if run.record().backup_asking
        && let Some(ours) = find_made(run, work, cluster, scope).await?
    {
        return Ok(ours);
    }
    run.note(Fact::BackupAsking)?;
    let backup = NewBackup {
        note: work.note.clone(),
        mode: if work.cloud { BackupMode::Online } else { BackupMode::Offline },
        force: if work.force { BackupForce::Yes } else { BackupForce::No },
    };
    for _ in 0..BUSY_TRIES {
        match ask(run, work, cluster, scope, &backup).await? {
            Some(made) => return Ok(made),
            None => run.ctx.sleep(BUSY_PAUSE).await?,
        }
    }
    let turn = run.engine.pace.turn(&run.ctx, &work.cluster).await?;
    let made = cluster.console.create_backup(&run.ctx, scope, work.app, &backup).await;
    turn.used(&run.ctx);
    Ok(made?)
}

/// In its turn; none where another backup of the second, or of this app, is in the way.
async fn ask(
    run: &Run,
    work: &BackupWork,
    cluster: &Cluster,
    scope: &Scope,
    backup: &NewBackup,
) -> Result<Option<BackupRecord>, Stop> {
    let turn = run.engine.pace.turn(&run.ctx, &work.cluster).await?;
    let made = cluster.console.create_backup(&run.ctx, scope, work.app, backup).await;
    turn.used(&run.ctx);
    match made {
        Err(ConsoleError::BackupBusy(_)) => Ok(None),
        other => Ok(Some(other?)),
    }
}

/// The backup that was asked for just before a crash or a cancel.
pub(crate) async fn find_made(
    run: &Run,
    work: &BackupWork,
    cluster: &Cluster,
    scope: &Scope,
) -> Result<Option<BackupRecord>, Stop> {
    let newest = cluster.console.app_backups(&run.ctx, scope, work.app).await?.into_iter().next();
    Ok(newest.filter(|row| {
        Some(&row.backup_id) != work.newest.as_ref() && row.note == work.note && row.state() != BackupState::Failed
    }))
}

async fn watch(run: &Run, work: &BackupWork, cluster: &Cluster, scope: &Scope) -> Result<(), Stop> {
    let Some((backup, _)) = run.record().backup else { return Ok(()) };
    let begun = run.ctx.clock.now();
    let deadline = begun + BACKUP_PATIENCE;
    let mut pause = PAUSE;
    let mut is_told = run.record().stopped.is_empty();
    loop {
        run.waits_since(begun);
        // Before asking: an answer from before this computer slept for hours says nothing about now.
        let now = run.ctx.clock.now();
        if !is_told && now > begun + QUIET {
            let minutes = QUIET.num_minutes().to_string();
            run.say(LineCode::LogBackupLong, [("minutes", minutes), ("names", names(&run.record().stopped))])?;
            is_told = true;
        }
        let record = cluster.console.backup(&run.ctx, scope, work.app, &backup).await?;
        match record.state() {
            BackupState::Success => return Ok(()),
            BackupState::Failed => {
                run.note(Fact::BackupFailed)?;
                return Err(Problem::new(
                    Code::BackupFailed,
                    format!("The platform's backup of {} failed", run.record().request.app_name),
                )
                .hint("The reason is in the app's event log in the console")
                .fact("backup", record.version)
                .retry(Retry::Later)
                .into());
            }
            BackupState::Starting | BackupState::Other if now > deadline => {
                return Err(Problem::new(
                    Code::BackupBusy,
                    "The platform's backup has not ended for hours; its cluster probably lost it",
                )
                .hint("Only the cluster's operator can clear such a record (table region_app_backup)")
                .retry(Retry::Later)
                .into());
            }
            BackupState::Starting | BackupState::Other => run.ctx.sleep(pause).await?,
        }
        pause = (pause * 5 / 4).min(LONGEST_PAUSE);
    }
}

/// A console deletes no backup that runs, and says that one runs until somebody asks (protocol.md §4.3): asks, and waits a
/// moment for the end.
pub(crate) async fn settle(
    run: &Run,
    cluster: &Cluster,
    scope: &Scope,
    app: AppId,
    backup: &BackupId,
) -> Result<(), ConsoleError> {
    let deadline = run.ctx.clock.now() + SETTLING;
    loop {
        let state = cluster.console.backup(&run.ctx, scope, app, backup).await?.state();
        if matches!(state, BackupState::Success | BackupState::Failed) || run.ctx.clock.now() > deadline {
            return Ok(());
        }
        run.ctx.sleep(PAUSE).await?;
    }
}

struct StartThem;

#[async_trait::async_trait]
impl Step for StartThem {
    fn phase(&self) -> PhaseName {
        PhaseName::Start
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let stopped = run.record().stopped;
        if stopped.is_empty() {
            return Ok(());
        }
        let (_, cluster, scope) = ready(run).await?;
        cluster.console.operate_components(&run.ctx, &scope, &ids(&stopped), AppAction::Start).await?;
        run.note(Fact::StartedAgain)?;
        Ok(run.say(LineCode::LogStartedComponents, [("names", names(&stopped))])?)
    }
}

/// Looks at what the platform made: the object, where its store is known, has the size that the record says.
struct Measure;

#[async_trait::async_trait]
impl Step for Measure {
    fn phase(&self) -> PhaseName {
        PhaseName::Compare
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let (work, cluster, scope) = ready(run).await?;
        let Some((backup, version)) = run.record().backup else { return Ok(()) };
        let record = cluster.console.backup(&run.ctx, &scope, work.app, &backup).await?;
        let facts = [("version", version), ("bytes", record.backup_size.to_string())];
        let mut report = ReportView {
            arrived: vec![Line::new(LineCode::ReportBackup, facts)],
            cluster: Some(work.cluster.clone()),
            team: Some(work.team.clone()),
            app_id: Some(work.app),
            backup_id: Some(backup),
            ..ReportView::default()
        };
        match size_in_store(&cluster, &record).await {
            Ok(bytes) if bytes == record.backup_size => {
                report.arrived.push(Line::new(LineCode::ReportBackupInStore, [("bytes", bytes.to_string())]));
            }
            Ok(bytes) => report.missing.push(Line::new(
                LineCode::CheckPackageSize,
                [("found", bytes.to_string()), ("recorded", record.backup_size.to_string())],
            )),
            Err(problem) => report.missing.push(Line::new(LineCode::ReportBackupUnseen, [("reason", problem.message)])),
        }
        Ok(run.note(Fact::Reported { report: Box::new(report) })?)
    }
}

async fn size_in_store(cluster: &Cluster, record: &BackupRecord) -> Result<u64, Problem> {
    let mode = Mode::parse(&record.mode).unwrap_or(Mode::FullOnline);
    let object = source::object(cluster, mode, &record.group_uuid, &record.version, &record.source_dir)?;
    Ok(cluster.store(&object.bucket).await?.head(&object.key).await?.size)
}
