//! What served only the way goes: the export with its file, the share, the template, and what lies on this computer. What
//! cannot be removed is named, and the job is done all the same.

use super::{Source, export};
use crate::console::ConsoleError;
use crate::engine::put_away;
use crate::engine::runner::{Run, Step, Stop};
use crate::jobs::fact::{Fact, Leftover};
use crate::jobs::request::LiveApp;
use crate::jobs::state::{JobRecord, LeftRecord};
use crate::jobs::{JobState, PhaseName};
use crate::line::{Line, LineCode};

pub(crate) struct Tidy;

#[async_trait::async_trait]
impl Step for Tidy {
    fn phase(&self) -> PhaseName {
        PhaseName::Tidy
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        if run.record().sharing.tidied {
            return Ok(());
        }
        // What lies here is read by every step that may come again after a crash: it goes once the job is done.
        let there = leftovers(&run.record()).into_iter().filter(|left| !matches!(left.thing, Leftover::Folder { .. }));
        put_away::tidy(run, there.collect()).await?;
        Ok(run.note(Fact::SharingTidied)?)
    }
}

/// Removes what lies on this computer for the way of a job that is done; again at the next start, if that was cut short.
pub(crate) fn sweep(record: &JobRecord) {
    let Some(folder) = record.sharing.folder.as_ref().filter(|_| record.state == JobState::Done) else { return };
    if let Err(error) = std::fs::remove_dir_all(folder)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%folder, %error, "what served a job's way could not be removed");
    }
}

/// What is there because an app was shared, in the order in which it can be removed.
pub(crate) fn leftovers(record: &JobRecord) -> Vec<LeftRecord> {
    let sharing = &record.sharing;
    let mut left = Vec::new();
    let mut add = |id: &str, thing: Leftover, line: Line| left.push(LeftRecord { id: id.to_owned(), thing, line });
    if let (false, Some((at, name))) = (sharing.tidied, &sharing.asking) {
        let source = record.request.source.name();
        let file = sharing.url.as_deref().map(export::file_name).unwrap_or(name).to_owned();
        let line = Line::new(LineCode::LeftExport, [("name", file), ("cluster", source.clone())]);
        match &sharing.export {
            Some(event) => add("export", Leftover::Export { at: at.clone(), event: event.clone() }, line),
            // One whose name was never heard: only the cluster's operator finds its file.
            None if sharing.url.is_some() => add("export", Leftover::Region, line),
            None => {}
        }
        if let Some(share) = sharing.share {
            let line = Line::new(LineCode::LeftShare, [("share", share.to_string()), ("cluster", source.clone())]);
            add("share", Leftover::Share { at: at.clone(), share, published: sharing.published }, line);
        }
        if let Some(template) = &sharing.template {
            let line = Line::new(LineCode::LeftTemplate, [("name", name.clone()), ("cluster", source)]);
            add("shared template", Leftover::SharedTemplate { at: at.clone(), template: template.clone() }, line);
        }
    }
    if let Some(path) = &sharing.folder {
        let line = Line::new(LineCode::LeftFile, [("path", path.clone())]);
        add("folder", Leftover::Folder { path: path.clone() }, line);
    }
    left
}

/// Removes one of these; none of them is there any more is fine.
pub(crate) async fn remove(run: &Run, thing: &Leftover) -> Result<(), Stop> {
    match thing {
        Leftover::Export { at, event } => {
            let source = source(run, at).await?;
            export::settle(run, &source).await?;
            match source.cluster.console.delete_export(&run.ctx, source.enterprise(), event).await {
                // Deleting the template ends the record; the file is the cluster's to end.
                Err(ConsoleError::NoSuchCall(_)) => {
                    Ok(run.say(LineCode::LogExportStays, [("cluster", source.cluster.name())])?)
                }
                other => gone_is_fine(other),
            }
        }
        Leftover::Share { at, share, published } => {
            let source = source(run, at).await?;
            let console = &source.cluster.console;
            if *published {
                return gone_is_fine(console.hide_share(&run.ctx, &source.scope, at.app, *share).await);
            }
            gone_is_fine(console.drop_share(&run.ctx, &source.scope, *share).await)
        }
        Leftover::SharedTemplate { at, template } => {
            let source = source(run, at).await?;
            let deleted = source.cluster.console.delete_template(&run.ctx, source.enterprise(), template).await;
            gone_is_fine(deleted)
        }
        Leftover::Folder { path } => match std::fs::remove_dir_all(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(crate::files::problem(path.as_ref(), "removed", &error).into())
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

async fn source(run: &Run, at: &LiveApp) -> Result<Source, Stop> {
    Source::of(run, at).await
}

fn gone_is_fine(done: Result<(), ConsoleError>) -> Result<(), Stop> {
    match done {
        Err(ConsoleError::NotFound(_)) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
