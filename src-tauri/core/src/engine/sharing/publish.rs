//! The app becomes a template of the local store, for its own team alone: an empty template, a share of the app into it, every
//! image on its way, the end (`console:console/views/service_share.py`).

use super::{Source, VERSION, export, work};
use crate::console::{ConsoleError, ShareAs, ShareEvent, ShareRow};
use crate::engine::restore::{FIRST_PAUSE, Pauses, pass_by};
use crate::engine::runner::{Run, Step, Stop};
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use chrono::TimeDelta;

/// How long one image may take: the region only gives it another name, or copies it within its registry.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);

pub(super) struct Publish;

#[async_trait::async_trait]
impl Step for Publish {
    fn phase(&self) -> PhaseName {
        PhaseName::Publish
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        if run.record().sharing.published {
            return Ok(());
        }
        let work = work(run)?;
        let source = Source::of(run, &work.app).await?;
        let template = template(run, &source, &work.template).await?;
        let share = share(run, &source).await?;
        let row = row(run, &source, share).await?.unwrap_or_default();
        if !row.is_success {
            if row.step < 2 {
                fill(run, &source, share, &template).await?;
            }
            images(run, &source, share).await?;
            close(run, &source, share).await?;
        }
        run.note(Fact::SharePublished)?;
        Ok(run.say(LineCode::LogShared, [("name", work.template)])?)
    }
}

/// The empty template of this job: known, made just before a crash, or made now.
async fn template(run: &Run, source: &Source, name: &str) -> Result<String, Stop> {
    if let Some(template) = run.record().sharing.template {
        return Ok(template);
    }
    if run.record().sharing.asking.is_none() {
        run.note(Fact::TemplateAsking { at: source.app.clone(), name: name.to_owned() })?;
    }
    let found = match named(run, source, name).await? {
        Some(found) => Some(found),
        None => {
            let console = &source.cluster.console;
            console.create_template(&run.ctx, source.enterprise(), &source.scope, name).await?;
            // Its answer names no id.
            named(run, source, name).await?
        }
    };
    let template = found.ok_or_else(|| {
        Problem::new(Code::BadAnswer, format!("{} does not show the template it made", source.cluster.name()))
            .hint("Try again")
            .fact("name", name)
            .retry(Retry::Later)
    })?;
    run.note(Fact::TemplateMade { template: template.clone() })?;
    Ok(template)
}

async fn named(run: &Run, source: &Source, name: &str) -> Result<Option<String>, Stop> {
    let all = source.cluster.console.shared_templates(&run.ctx, &source.scope, source.app.app).await?;
    Ok(all.into_iter().find(|template| template.name == name).map(|template| template.id))
}

/// The share of this job: known, opened just before a crash, or opened now.
async fn share(run: &Run, source: &Source) -> Result<i64, Stop> {
    if let Some(share) = run.record().sharing.share {
        return Ok(share);
    }
    let rows = rows(run, source).await?;
    let share = match run.record().sharing.share_asking {
        Some(newest) => ours(&rows, newest),
        None => {
            run.note(Fact::ShareAsking { newest: rows.iter().map(|row| row.id).max().unwrap_or(0) })?;
            None
        }
    };
    let share = match share {
        Some(share) => share,
        None => source.cluster.console.open_share(&run.ctx, &source.scope, source.app.app).await?,
    };
    run.note(Fact::ShareOpened { share })?;
    Ok(share)
}

/// A share has no name of its own: one beyond those that were there, and that nobody filled, is the one that was asked for.
fn ours(rows: &[ShareRow], newest: i64) -> Option<i64> {
    rows.iter().filter(|row| row.id > newest && row.step < 2 && !row.is_success).map(|row| row.id).min()
}

async fn rows(run: &Run, source: &Source) -> Result<Vec<ShareRow>, Stop> {
    Ok(source.cluster.console.shares(&run.ctx, &source.scope, source.app.app).await?)
}

async fn row(run: &Run, source: &Source, share: i64) -> Result<Option<ShareRow>, Stop> {
    Ok(rows(run, source).await?.into_iter().find(|row| row.id == share))
}

/// Filling makes a version each time it is asked: only a share that has none is filled.
async fn fill(run: &Run, source: &Source, share: i64, template: &str) -> Result<(), Stop> {
    let console = &source.cluster.console;
    let contents = console.share_contents(&run.ctx, &source.scope, share).await?;
    if contents.components.is_empty() {
        return Err(Problem::new(
            Code::ConsoleRefused,
            format!(
                "No component of {} was ever built: there is no image to take along",
                run.record().request.app_name
            ),
        )
        .hint("Build the components in the console, then try again")
        .retry(Retry::Later)
        .into());
    }
    let count = contents.components.len().to_string();
    let into =
        ShareAs { template: template.to_owned(), version: VERSION.to_owned(), note: "Moved by Rainferry".to_owned() };
    console.fill_share(&run.ctx, &source.scope, share, &into, &contents).await?;
    Ok(run.say(LineCode::LogShareFilled, [("count", count)])?)
}

/// Every image on its way, one after the other; each is asked about before it is sent again.
async fn images(run: &Run, source: &Source, share: i64) -> Result<(), Stop> {
    let console = &source.cluster.console;
    for event in console.share_events(&run.ctx, &source.scope, share).await? {
        image(run, source, share, &event).await?;
    }
    Ok(())
}

async fn image(run: &Run, source: &Source, share: i64, event: &ShareEvent) -> Result<(), Stop> {
    let console = &source.cluster.console;
    let mut state = event.status.clone();
    // One that failed before is sent again; one that fails now is told.
    if matches!(state.as_str(), "not_start" | "failure") {
        console.start_share_event(&run.ctx, &source.scope, share, event).await?;
        state = "start".to_owned();
    }
    let begun = run.ctx.clock.now();
    let deadline = begun + PATIENCE;
    let mut pauses = Pauses(FIRST_PAUSE);
    while state != "success" {
        run.waits_since(begun);
        if state == "failure" {
            let problem = Problem::new(
                Code::ConsoleRefused,
                format!("{} could not put an image of the app into its registry", source.cluster.name()),
            );
            let problem = problem.hint("Its registry may be full or down. Try again to send this image anew");
            return Err(problem.fact("image", event.id.to_string()).retry(Retry::Later).into());
        }
        if run.ctx.clock.now() >= deadline {
            return Err(Problem::new(
                Code::ClusterDown,
                format!("{} still shares an image after {} minutes", source.cluster.name(), PATIENCE.num_minutes()),
            )
            .hint("Its builder may be busy or gone. Try again to go on watching")
            .retry(Retry::Later)
            .into());
        }
        run.ctx.sleep(pauses.next()).await?;
        match console.share_event(&run.ctx, &source.scope, share, event).await {
            Ok(found) => state = found.status,
            Err(error) => pass_by(error)?,
        }
    }
    Ok(())
}

/// An answer that was lost shows in the list.
async fn close(run: &Run, source: &Source, share: i64) -> Result<(), Stop> {
    match source.cluster.console.close_share(&run.ctx, &source.scope, share).await {
        Ok(()) => Ok(()),
        Err(ConsoleError::Cancelled(_)) => Err(Stop::Cancelled),
        Err(error) => match row(run, source, share).await {
            Ok(Some(row)) if row.is_success => Ok(()),
            _ => Err(error.into()),
        },
    }
}

/// What was asked for just before a crash or a cancel, so that it can be removed.
pub(crate) async fn find_unheard(run: &Run) -> Result<(), Stop> {
    let sharing = run.record().sharing;
    let Some((at, name)) = sharing.asking else { return Ok(()) };
    let source = Source::of(run, &at).await?;
    if sharing.template.is_none()
        && let Some(template) = named(run, &source, &name).await?
    {
        run.note(Fact::TemplateMade { template })?;
    }
    if let (Some(newest), None) = (sharing.share_asking, sharing.share)
        && let Some(share) = ours(&rows(run, &source).await?, newest)
    {
        run.note(Fact::ShareOpened { share })?;
    }
    if let (Some(share), false) = (run.record().sharing.share, sharing.published)
        && row(run, &source, share).await?.is_some_and(|row| row.is_success)
    {
        run.note(Fact::SharePublished)?;
    }
    match run.record().sharing.template {
        Some(template) if sharing.export_asking && sharing.export.is_none() => {
            export::find_unheard(run, &source, &template).await
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(all: &[(i64, i64, bool)]) -> Vec<ShareRow> {
        all.iter().map(|&(id, step, is_success)| ShareRow { id, step, is_success }).collect()
    }

    #[test]
    fn only_a_new_share_that_nobody_filled_is_taken_for_ours() {
        assert_eq!(ours(&rows(&[(4, 1, false), (7, 3, true), (8, 2, false), (9, 1, false)]), 5), Some(9));
        assert_eq!(ours(&rows(&[(4, 1, false)]), 4), None);
        assert_eq!(ours(&rows(&[(6, 2, false), (7, 3, true)]), 5), None);
    }
}
