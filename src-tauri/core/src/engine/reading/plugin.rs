//! The helper as a plugin of the source's team: made, built, found again by its mark, deleted.

use super::Source;
use crate::console::{Component, ConsoleError, NewPlugin, Plugin, PluginBuild};
use crate::engine::restore::{FIRST_PAUSE, Pauses};
use crate::engine::runner::{Run, Stop};
use crate::jobs::reading::{PluginRef, ReadStep};
use crate::problem::{Code, Problem, Retry};
use chrono::TimeDelta;
use rainferry_helper::JOB_ENV;
use serde_json::{Value, json};

/// What people see in the team while it is there.
const ALIAS: &str = "rainferry-volumes";
const CATEGORY: &str = "init-plugin";
/// Settings that belong to no port and no other component.
const KIND: &str = "un_define";
/// The platform gives a plugin no less (rebuild.md §1.4).
const MEMORY_MB: u64 = 512;
const CPU_MILLIS: u64 = 250;
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

impl Source<'_> {
    /// Made of the image, given its one setting, and built: what is not built is left out of a pod without a word.
    pub(super) async fn plugin(&self, image: &str) -> Result<PluginRef, Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        let known = match self.run.record().reading.plugin {
            Some(plugin) => self.still_there(plugin).await?,
            None => None,
        };
        let plugin = match known {
            Some(plugin) => plugin,
            None => self.made(image).await?,
        };
        let there = console.plugin_config_groups(ctx, scope, &plugin.id, &plugin.build_version).await?;
        if !there.iter().any(|kind| kind == KIND) {
            let group = group(&plugin);
            console.add_plugin_config_group(ctx, scope, &plugin.id, &plugin.build_version, &group).await?;
        }
        let deadline = ctx.clock.now() + PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        loop {
            match console.plugin_build(ctx, scope, &plugin.id, &plugin.build_version).await? {
                PluginBuild::Done => return Ok(plugin),
                PluginBuild::Unbuilt => {
                    console.build_plugin(ctx, scope, &plugin.id, &plugin.build_version).await?;
                }
                PluginBuild::Failed => return Err(self.not_built("it could not be built").into()),
                PluginBuild::Building | PluginBuild::Other if ctx.clock.now() >= deadline => {
                    return Err(self.not_built("it is not built yet").into());
                }
                PluginBuild::Building | PluginBuild::Other => {}
            }
            ctx.sleep(pauses.next()).await?;
        }
    }

    /// Somebody may have deleted it, or the end of an earlier try that could not be written down did: then no component has it.
    async fn still_there(&self, plugin: PluginRef) -> Result<Option<PluginRef>, Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        match console.plugin_config_groups(ctx, scope, &plugin.id, &plugin.build_version).await {
            Ok(_) => Ok(Some(plugin)),
            Err(ConsoleError::NotFound(_)) => {
                for component in self.run.record().reading.plugged() {
                    self.back(&component.id).await?;
                }
                self.note(ReadStep::PluginGone)?;
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn made(&self, image: &str) -> Result<PluginRef, Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        let found = if self.run.record().reading.plugin_asking { self.find_plugin().await? } else { None };
        let plugin = match found {
            Some(plugin) => plugin,
            None => {
                self.note(ReadStep::PluginAsking)?;
                let new = NewPlugin {
                    alias: ALIAS.to_owned(),
                    category: CATEGORY.to_owned(),
                    image: image.to_owned(),
                    note: format!("Reads volume data; made by Rainferry, removed afterwards {}", self.mark()),
                    build_cmd: String::new(),
                    memory: MEMORY_MB,
                    cpu: CPU_MILLIS,
                    registry: None,
                };
                console.create_plugin(ctx, scope, &new).await?
            }
        };
        let plugin = PluginRef { id: plugin.id, build_version: plugin.build_version };
        self.note(ReadStep::PluginMade { plugin: plugin.clone() })?;
        Ok(plugin)
    }

    /// Tells ours from any other, after a crash between the call and its answer.
    fn mark(&self) -> String {
        format!("[{}]", self.run.job.id())
    }

    /// Plugins are listed beside a component only.
    async fn find_plugin(&self) -> Result<Option<Plugin>, Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        let rows: Vec<Component> = console.components(ctx, scope, self.work.at.app).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let plugins = console.plugins(ctx, scope, &row.service_alias).await?;
        let mark = self.mark();
        Ok(plugins.installed.into_iter().chain(plugins.available).find(|plugin| plugin.note.ends_with(&mark)))
    }

    /// A console that does not let it go stops nothing: it is named when the job ends.
    pub(super) async fn forget_plugin(&self) -> Result<(), Stop> {
        let Some(plugin) = self.run.record().reading.plugin else { return Ok(()) };
        let deleted = self.cluster.console.delete_plugin(&self.run.ctx, &self.scope, &plugin.id).await;
        match deleted {
            Ok(()) | Err(ConsoleError::NotFound(_)) => Ok(self.note(ReadStep::PluginGone)?),
            Err(ConsoleError::Refused(_) | ConsoleError::NoSuchCall(_) | ConsoleError::Forbidden(_)) => {
                Ok(super::put_back::name_plugin(self.run, &self.work, &plugin)?)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn not_built(&self, why: &str) -> Problem {
        Problem::new(Code::ConsoleRefused, format!("{} cannot use the helper: {why}", self.cluster.name()))
            .hint("Nothing was stopped. Its builder may be busy or gone; try again, or plan without reading")
            .retry(Retry::Later)
    }
}

/// The one setting it has, empty until a component has it.
fn group(plugin: &PluginRef) -> Value {
    let option = json!({
        "attr_name": JOB_ENV, "attr_type": "string", "attr_alt_value": "", "attr_default_value": "",
        "is_change": true, "attr_info": "", "protocol": "", "service_meta_type": KIND,
        "plugin_id": plugin.id, "build_version": plugin.build_version,
    });
    json!({ "config_name": "job", "service_meta_type": KIND, "injection": "env", "options": [option] })
}

/// The team's plugin, where a stop came between its making and its being written down.
pub(crate) async fn find_unheard(run: &Run) -> Result<(), Stop> {
    let record = run.record();
    let Some(work) = record.request.work.reading() else { return Ok(()) };
    if record.reading.plugin.is_some() || !record.reading.plugin_asking {
        return Ok(());
    }
    let source = Source::of(run, work.clone()).await?;
    if let Some(plugin) = source.find_plugin().await? {
        let plugin = PluginRef { id: plugin.id, build_version: plugin.build_version };
        source.note(ReadStep::PluginMade { plugin })?;
    }
    Ok(())
}
