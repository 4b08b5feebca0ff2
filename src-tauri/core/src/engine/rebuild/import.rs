//! The console's import of the package: its record, the start, and the polls that write the template (rebuild.md §3.1 to §3.4).

use super::Ground;
use crate::console::{ImportState, ImportVerdict};
use crate::engine::restore::{FIRST_PAUSE, Pauses, pass_by};
use crate::engine::runner::{Run, Step, Stop};
use crate::jobs::PhaseName;
use crate::jobs::fact::{Fact, UploadTarget};
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use chrono::TimeDelta;

const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// No progress is told: a lost import stays `importing` for ever (rebuild.md §3.4).
const BYTES_PER_MORE_MINUTE: u64 = 100 * 1024 * 1024;

/// Without it a package of several architectures ends as one that nothing can run (recording 1525).
const ARCH: &str = "amd64";

/// The record of this job: known, made just before a crash, or made now.
pub(super) async fn open(run: &Run, ground: &Ground) -> Result<String, Stop> {
    if let Some((event, _)) = run.record().rebuild.import {
        return Ok(event);
    }
    let may_be_ours = run.record().rebuild.import_asking;
    run.note(Fact::ImportAsking)?;
    let console = &ground.target.console;
    let mut record = console.create_import(&run.ctx, ground.enterprise()).await?;
    // The console gives the caller's unfinished record back, of whatever age (recording 1501): one that was begun in a browser
    // is not ours to use.
    let untouched = record.state() == ImportState::Uploading
        && console.import_files(&run.ctx, ground.enterprise(), &record.event_id).await?.is_empty();
    if !untouched && !may_be_ours {
        return Err(Problem::new(
            Code::ConsoleRefused,
            format!("{} has an unfinished import of this user", ground.target.name()),
        )
        .hint("Finish or delete it in the console (app store, import), then try again")
        .fact("event", record.event_id)
        .retry(Retry::Later)
        .into());
    }
    if !untouched {
        console.delete_import(&run.ctx, ground.enterprise(), &record.event_id).await?;
        record = console.create_import(&run.ctx, ground.enterprise()).await?;
    }
    run.note(Fact::ImportOpened { event: record.event_id.clone(), upload_url: record.upload_url })?;
    run.say(LineCode::LogImportOpened, [("event", record.event_id.clone())])?;
    Ok(record.event_id)
}

pub(super) struct Import;

#[async_trait::async_trait]
impl Step for Import {
    fn phase(&self) -> PhaseName {
        PhaseName::Import
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        if record.rebuild.template_there {
            return Ok(());
        }
        let ground = Ground::of(run).await?;
        let (Some((event, _)), Some(package)) = (record.rebuild.import, record.rebuild.package) else {
            return Err(Problem::new(Code::Internal, "The import was not opened").into());
        };
        let console = &ground.target.console;
        // A stop between the fact and the call: the record tells whether the start was heard.
        let started = record.rebuild.started && {
            let progress = console.poll_import(&run.ctx, ground.enterprise(), &event, ARCH).await?;
            if progress.verdict() == ImportVerdict::Done {
                run.note(Fact::TemplateThere)?;
                return Ok(run.say(LineCode::LogTemplateThere, [("name", package.template.name)])?);
            }
            !progress.is_waiting_for_its_start()
        };
        if !started {
            run.note(Fact::ImportStarted)?;
            console.start_import(&run.ctx, ground.enterprise(), &event, &ground.scope, &package.file).await?;
        }
        watch(run, &ground, &event, package.size_bytes).await?;
        run.note(Fact::TemplateThere)?;
        Ok(run.say(LineCode::LogTemplateThere, [("name", package.template.name)])?)
    }
}

/// The template is written by the very poll that sees success (recording 1514): one poll at a time, and none after it.
async fn watch(run: &Run, ground: &Ground, event: &str, size_bytes: u64) -> Result<(), Stop> {
    let more = i64::try_from(size_bytes / BYTES_PER_MORE_MINUTE).unwrap_or(0);
    let patience = PATIENCE + TimeDelta::minutes(more);
    let begun = run.ctx.clock.now();
    let deadline = begun + patience;
    let mut pauses = Pauses(FIRST_PAUSE);
    loop {
        run.waits_since(begun);
        run.ctx.sleep(pauses.next()).await?;
        let polled = ground.target.console.poll_import(&run.ctx, ground.enterprise(), event, ARCH).await;
        let verdict = match polled {
            Ok(progress) => progress.verdict(),
            Err(error) => {
                pass_by(error)?;
                ImportVerdict::Waiting
            }
        };
        match verdict {
            ImportVerdict::Done => return Ok(()),
            ImportVerdict::Failed => {
                run.note(Fact::ImportFailed)?;
                return Err(Problem::new(
                    Code::RestoreFailed,
                    format!("{} could not import the package", ground.target.name()),
                )
                .hint("The cluster keeps the reason to itself: look at the log of its builder (rbd-chaos)")
                .fact("event", event)
                .retry(Retry::Later)
                .into());
            }
            ImportVerdict::Waiting if run.ctx.clock.now() >= deadline => {
                return Err(Problem::new(
                    Code::RestoreStuck,
                    format!("{} still imports after {} minutes", ground.target.name(), patience.num_minutes()),
                )
                .hint("Its builder may be busy or gone. Try again to go on watching")
                .fact("event", event)
                .retry(Retry::Later)
                .into());
            }
            ImportVerdict::Waiting => {}
        }
    }
}

/// A record that was asked for just before a crash or a cancel: the console gives it back as it is.
pub(crate) async fn find_opened(run: &Run) -> Result<(), Stop> {
    let ground = Ground::of(run).await?;
    let record = ground.target.console.create_import(&run.ctx, ground.enterprise()).await?;
    Ok(run.note(Fact::ImportOpened { event: record.event_id, upload_url: record.upload_url })?)
}

pub(crate) async fn forget_record(run: &Run, event: &str) -> Result<(), Stop> {
    let ground = Ground::of(run).await?;
    Ok(ground.target.console.delete_import(&run.ctx, ground.enterprise(), event).await?)
}

pub(crate) async fn forget_template(run: &Run, group_key: &str) -> Result<(), Stop> {
    let ground = Ground::of(run).await?;
    Ok(ground.target.console.delete_template(&run.ctx, ground.enterprise(), group_key).await?)
}

/// Takes the record and the staged package away, now that the components were built from what they brought. The template stays:
/// without it they could not be upgraded from it (rebuild.md §3.7).
pub(super) struct Clear;

#[async_trait::async_trait]
impl Step for Clear {
    fn phase(&self) -> PhaseName {
        PhaseName::Clean
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        if record.rebuild.cleared {
            return Ok(());
        }
        let ground = Ground::of(run).await?;
        for done in &record.objects {
            let UploadTarget::Object(object) = &done.object else { continue };
            ground.target.store(&object.bucket).await?.delete(&object.key).await?;
        }
        if let Some((event, _)) = &record.rebuild.import {
            ground.target.console.delete_import(&run.ctx, ground.enterprise(), event).await?;
        }
        Ok(run.note(Fact::ImportCleared)?)
    }
}
