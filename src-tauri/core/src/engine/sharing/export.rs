//! The platform writes the template into a file, always on the first cluster of its enterprise
//! (`console:console/services/app_import_and_export_service.py` `select_handle_region`). No progress is told.

use super::{Source, VERSION, work};
use crate::console::{ConsoleError, ExportState};
use crate::engine::restore::{FIRST_PAUSE, Pauses, pass_by};
use crate::engine::runner::{Run, Step, Stop};
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use chrono::TimeDelta;

/// Every image is pulled, packed and compressed by the builder.
const PATIENCE: TimeDelta = TimeDelta::hours(2);
/// How long a cancel waits for an export that runs, to delete what it writes.
const SETTLING: TimeDelta = TimeDelta::seconds(10);

pub(super) struct Export;

#[async_trait::async_trait]
impl Step for Export {
    fn phase(&self) -> PhaseName {
        PhaseName::ExportTemplate
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        if run.record().sharing.url.is_some() {
            return Ok(());
        }
        let work = work(run)?;
        let source = Source::of(run, &work.app).await?;
        let template = run
            .record()
            .sharing
            .template
            .ok_or_else(|| Problem::new(Code::Internal, "The template of this app is not known"))?;
        let (console, enterprise) = (&source.cluster.console, source.enterprise());
        // A finished export is not begun again: its console would fail on that.
        match console.export_state(&run.ctx, enterprise, &template, VERSION).await?.state {
            ExportState::Success => {}
            ExportState::Exporting if run.record().sharing.export.is_some() => {}
            ExportState::None | ExportState::Failed | ExportState::Exporting => {
                run.note(Fact::ExportAsking)?;
                let event = console.start_export(&run.ctx, enterprise, &template, VERSION).await?;
                run.note(Fact::ExportStarted { event })?;
            }
        }
        let url = watch(run, &source, &template).await?;
        let file = file_name(&url).to_owned();
        run.note(Fact::Exported { url })?;
        Ok(run.say(LineCode::LogExported, [("name", file)])?)
    }
}

/// An export that runs is not stopped by anybody, and what it writes after its record is gone stays for ever: its end is waited
/// for a moment.
pub(super) async fn settle(run: &Run, source: &Source) -> Result<(), Stop> {
    let Some(template) = run.record().sharing.template else { return Ok(()) };
    let deadline = run.ctx.clock.now() + SETTLING;
    let mut pauses = Pauses(FIRST_PAUSE);
    while run.ctx.clock.now() < deadline {
        let asked = source.cluster.console.export_state(&run.ctx, source.enterprise(), &template, VERSION).await;
        match asked {
            Ok(found) if found.state == ExportState::Exporting => run.ctx.sleep(pauses.next()).await?,
            Ok(_) | Err(ConsoleError::NotFound(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(run.say(LineCode::LogExportStays, [("cluster", source.cluster.name())])?)
}

/// One that was asked for just before a crash or a cancel: asked for again while it runs, the console tells which it is.
pub(super) async fn find_unheard(run: &Run, source: &Source, template: &str) -> Result<(), Stop> {
    let (console, enterprise) = (&source.cluster.console, source.enterprise());
    let found = console.export_state(&run.ctx, enterprise, template, VERSION).await?;
    match found.state {
        ExportState::Exporting => {
            let event = console.start_export(&run.ctx, enterprise, template, VERSION).await?;
            Ok(run.note(Fact::ExportStarted { event })?)
        }
        // Nothing tells any more what its console calls it.
        ExportState::Success => Ok(run.note(Fact::Exported { url: found.url })?),
        ExportState::None | ExportState::Failed => Ok(()),
    }
}

/// As the console names it; only shown, never made a path of.
pub(super) fn file_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

async fn watch(run: &Run, source: &Source, template: &str) -> Result<String, Stop> {
    let begun = run.ctx.clock.now();
    let deadline = begun + PATIENCE;
    let mut pauses = Pauses(FIRST_PAUSE);
    loop {
        run.waits_since(begun);
        let (console, enterprise) = (&source.cluster.console, source.enterprise());
        let asked = console.export_state(&run.ctx, enterprise, template, VERSION).await;
        match asked {
            Ok(found) if found.state == ExportState::Success => return Ok(found.url),
            Ok(found) if found.state == ExportState::Failed => {
                return Err(Problem::new(
                    Code::ConsoleRefused,
                    format!("{} could not write the template into a file", source.cluster.name()),
                )
                .hint("The cluster keeps the reason to itself: look at the log of its builder (rbd-chaos)")
                .retry(Retry::Later)
                .into());
            }
            Ok(_) => {}
            Err(error) => pass_by(error)?,
        }
        if run.ctx.clock.now() >= deadline {
            return Err(Problem::new(
                Code::ClusterDown,
                format!("{} still exports after {} minutes", source.cluster.name(), PATIENCE.num_minutes()),
            )
            .hint("Its builder may be busy or gone. Try again to go on watching")
            .retry(Retry::Later)
            .into());
        }
        run.ctx.sleep(pauses.next()).await?;
    }
}
