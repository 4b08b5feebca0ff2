//! Every way out: components of the source run as they did before, the team has no plugin of ours, its store nothing that was
//! read. What cannot be undone is named, with a button.

use super::Source;
use crate::console::{AppAction, ComponentState, ConsoleError};
use crate::engine::restore::{FIRST_PAUSE, Pauses};
use crate::engine::runner::{Run, Step, Stop};
use crate::jobs::PhaseName;
use crate::jobs::fact::{Fact, Leftover};
use crate::jobs::reading::{PluginRef, ReadStep};
use crate::jobs::request::{ObjectRef, ReadWork};
use crate::jobs::state::JobRecord;
use crate::line::{Line, LineCode};
use crate::problem::Problem;
use crate::volumes;
use chrono::TimeDelta;

/// How long to watch a component start again; that it runs is not this job's to promise.
const START_PATIENCE: TimeDelta = TimeDelta::seconds(60);

const READER_ID: &str = "reader";
const PLUGIN_ID: &str = "reader plugin";
const DATA_ID: &str = "read data";
const CHUNKS_ID: &str = "reader chunks";
const IMAGE_ID: &str = "reader image";

impl Source<'_> {
    /// A component that may have the helper is without it, runs, and has as many instances as before.
    pub(super) async fn back(&self, id: &str) -> Result<(), Stop> {
        self.restore(id).await?;
        let deadline = self.run.ctx.clock.now() + START_PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        while self.live(id).await?.state() != ComponentState::Running && self.run.ctx.clock.now() < deadline {
            self.run.ctx.sleep(pauses.next()).await?;
        }
        Ok(self.note(ReadStep::Back { component: id.to_owned() })?)
    }

    async fn restore(&self, id: &str) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        let reached = self.reached(id);
        let Some(component) = reached.plugged else { return Ok(()) };
        if let Some(plugin) = &self.run.record().reading.plugin {
            let installed = console.plugins(ctx, scope, &component.alias).await?.installed;
            if installed.iter().any(|there| there.id == plugin.id) {
                console.uninstall_plugin(ctx, scope, &component.alias, &plugin.id).await?;
            }
        }
        if let Some(replicas) = reached.held {
            console.set_replicas(ctx, scope, &component.alias, replicas).await?;
        }
        let ids = std::slice::from_ref(&component.id);
        let state = self.live(id).await?.state();
        match state {
            // It never stopped: its pods are those from before.
            ComponentState::Running if !reached.stopped => Ok(()),
            // Until then its pods are those with the helper (rebuild.md §8.2).
            ComponentState::Running => Ok(console.operate_components(ctx, scope, ids, AppAction::Upgrade).await?),
            ComponentState::Stopped => Ok(console.operate_components(ctx, scope, ids, AppAction::Start).await?),
            // A pod that hangs before its app is not replaced by an update of a set.
            ComponentState::Busy | ComponentState::Abnormal | ComponentState::Unknown => {
                self.stop(&component).await?;
                Ok(console.operate_components(ctx, scope, ids, AppAction::Start).await?)
            }
        }
    }
}

/// All that lies in the source's store for this job.
fn prefix(record: &JobRecord, work: &ReadWork) -> Option<ObjectRef> {
    let key = format!("{}-r", volumes::prefix(record.request.id.as_str()).trim_end_matches('/'));
    let (cluster, bucket) = (work.at.cluster.clone(), work.bucket.clone());
    record.reading.begun.then_some(ObjectRef { cluster, bucket, key })
}

fn plugin_left(work: &ReadWork, plugin: &PluginRef) -> (Leftover, Line) {
    let thing = Leftover::ReadPlugin { at: work.at.clone(), plugin: plugin.id.clone() };
    (thing, Line::new(LineCode::LeftHelper, [("team", work.at.team.to_string())]))
}

pub(super) fn name_plugin(run: &Run, work: &ReadWork, plugin: &PluginRef) -> Result<(), Problem> {
    let (thing, line) = plugin_left(work, plugin);
    run.note(Fact::Left { id: PLUGIN_ID.to_owned(), thing, line })
}

/// What is at the source because of this job, in the order in which it can be undone.
pub(crate) fn leftovers(record: &JobRecord) -> Vec<(String, Leftover, Line)> {
    let Some(work) = record.request.work.reading() else { return Vec::new() };
    let mut left = Vec::new();
    let mut add = |id: &str, thing, line| left.push((id.to_owned(), thing, line));
    let cluster = ("cluster", record.request.source.name());
    let components = record.reading.plugged();
    if !components.is_empty() {
        let names: Vec<&str> = components.iter().map(|component| component.name.as_str()).collect();
        let line = Line::new(LineCode::LeftReader, [("names", names.join(", "))]);
        add(READER_ID, Leftover::Reader { at: work.at.clone(), components }, line);
    }
    // A plugin that components have cannot go before them.
    if let Some(plugin) = &record.reading.plugin {
        let (thing, line) = plugin_left(work, plugin);
        add(PLUGIN_ID, thing, line);
    }
    if let Some(prefix) = prefix(record, work) {
        let line = Line::new(LineCode::LeftVolumeData, [("key", prefix.key.clone()), cluster.clone()]);
        add(DATA_ID, Leftover::ReadData { prefix }, line);
    }
    let image = &record.reading.image;
    if let Some(session) = image.open_session() {
        let (upload_url, at) = (image.upload_url.clone(), Some(work.at.clone()));
        let line = Line::new(LineCode::LeftChunks, [("name", "rainferry-helper".to_owned()), cluster.clone()]);
        add(CHUNKS_ID, Leftover::Chunks { upload_url, session: session.clone(), at }, line);
    }
    if let Some(image) = &image.there {
        let line = Line::new(LineCode::LeftImages, [("names", image.clone()), cluster]);
        add(IMAGE_ID, Leftover::Region, line);
    }
    left
}

pub(crate) async fn remove(run: &Run, thing: &Leftover) -> Result<(), Stop> {
    let record = run.record();
    let Some(work) = record.request.work.reading() else { return Ok(()) };
    match thing {
        Leftover::Reader { components, .. } => {
            let source = Source::of(run, work.clone()).await?;
            for component in components {
                source.restore(&component.id).await?;
            }
            Ok(())
        }
        Leftover::ReadPlugin { plugin, .. } => {
            let source = Source::of(run, work.clone()).await?;
            match source.cluster.console.delete_plugin(&run.ctx, &source.scope, plugin).await {
                Ok(()) | Err(ConsoleError::NotFound(_)) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }
        Leftover::ReadData { prefix } => forget_data(run, prefix).await,
        _ => Ok(()),
    }
}

async fn forget_data(run: &Run, prefix: &ObjectRef) -> Result<(), Stop> {
    let store = run.engine.links.cluster(&run.ctx, &prefix.cluster).await?.store(&prefix.bucket).await?;
    volumes::abandon_below(store.as_ref(), &prefix.key).await?;
    Ok(())
}

/// What was read goes from the source's store, once it arrived.
pub(crate) struct Clear;

#[async_trait::async_trait]
impl Step for Clear {
    fn phase(&self) -> PhaseName {
        PhaseName::Tidy
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let Some(prefix) = record.request.work.reading().and_then(|work| prefix(&record, work)) else {
            return Ok(());
        };
        forget_data(run, &prefix).await?;
        Ok(run.note(Fact::Reading { step: ReadStep::Cleared })?)
    }
}
