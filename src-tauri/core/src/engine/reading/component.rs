//! One component: its uploads begun, the helper put before it, stopped and started with it, watched until the helper has read
//! everything, its archives completed, and brought back to how it was found.

use super::{Source, changed};
use crate::console::{AppAction, Component, ComponentDetail, ComponentState, PluginSetting};
use crate::engine::pods::{Seen, Verdict};
use crate::engine::rebuild::{self, helper};
use crate::engine::restore::{FIRST_PAUSE, Pauses};
use crate::engine::runner::Stop;
use crate::jobs::reading::{PluginRef, ReadStep, ReadingRecord};
use crate::jobs::request::ComponentRef;
use crate::line::LineCode;
use crate::package::ComponentModel;
use crate::problem::{Code, Problem, Retry};
use crate::storage::UploadId;
use crate::transfer::Parts;
use crate::volumes::{self, BackupPlan, Outcome, Reading, Written};
use chrono::TimeDelta;
use rainferry_helper::JOB_ENV;
use std::collections::BTreeSet;

/// Nobody holds a share to its size: each volume gets room for this at least.
const LEAST_ROOM: u64 = 64 << 30;
const STOP_PATIENCE: TimeDelta = TimeDelta::minutes(5);
/// One that is just being started again after its backup.
const RUN_PATIENCE: TimeDelta = TimeDelta::minutes(10);

impl Source<'_> {
    pub(super) async fn read(&self, model: &ComponentModel, plugin: &PluginRef) -> Result<(), Stop> {
        if self.reached(&model.id).read.is_none() {
            if self.reached(&model.id).plugged.is_none() {
                self.must_run(model).await?;
            }
            self.prepare(model).await?;
            let (plan, written) = self.written(&model.id)?;
            if !self.reached(&model.id).placed {
                self.site.place(&written).await?;
                self.note(ReadStep::Placed { component: model.id.clone() })?;
            }
            let component = self.plugged(model, plugin, &written).await?;
            self.start(&component).await?;
            self.watch(model, &component, &plan, &written).await?;
        }
        self.back(&model.id).await?;
        Ok(self.run.say(LineCode::LogReaderTaken, [("name", model.cname.clone())])?)
    }

    /// What is stopped has no pod to read with, and is left so.
    async fn must_run(&self, model: &ComponentModel) -> Result<(), Stop> {
        let deadline = self.run.ctx.clock.now() + RUN_PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        loop {
            let state = self.live(&model.id).await?.state();
            match state {
                ComponentState::Running => return Ok(()),
                ComponentState::Busy if self.run.ctx.clock.now() < deadline => {
                    self.run.ctx.sleep(pauses.next()).await?;
                }
                ComponentState::Busy | ComponentState::Stopped | ComponentState::Unknown | ComponentState::Abnormal => {
                    let what = format!("{} does not run at the source: its files cannot be read", model.cname);
                    let hint = "Start it there and try again, or plan without reading its files";
                    return Err(Problem::new(Code::SourceChanged, what).hint(hint).retry(Retry::Later).into());
                }
            }
        }
    }

    /// Begins its uploads. What an earlier try began lies below another name, and goes with everything else.
    async fn prepare(&self, model: &ComponentModel) -> Result<(), Stop> {
        if self.reached(&model.id).readings.is_some() {
            return Ok(());
        }
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        let row = self.live(&model.id).await?;
        let detail = console.component_detail(ctx, scope, &row.service_alias).await?;
        let there = console.volumes(ctx, scope, &row.service_alias).await?;
        let kept = model.volumes.iter().filter(|volume| volumes::not_data(volume).is_none());
        let found = kept.filter_map(|volume| {
            let live = there.iter().find(|live| live.path == volume.path)?;
            Some((volume.path.clone(), volume.name.clone(), (live.capacity << 30).max(LEAST_ROOM)))
        });
        let found: Vec<(String, String, u64)> = found.collect();
        if found.is_empty() {
            return Err(changed("A component at the source has other volumes than its backup").into());
        }
        let name = format!("{}-r{}", self.run.job.id(), self.run.record().reading.tries + 1);
        self.note(ReadStep::Opening { component: model.id.clone(), name: name.clone() })?;
        let plan = BackupPlan { job: name, component: model.id.clone(), volumes: found, ordinals: ordinals(&detail) };
        let readings = volumes::open_backup(&self.site, &plan).await?;
        let recorded = |reading: Reading| {
            let most = plan.volumes.iter().find(|(path, ..)| *path == reading.mount_path).map_or(0, |(.., most)| *most);
            ReadingRecord {
                ordinal: reading.ordinal,
                volume: reading.volume,
                mount_path: reading.mount_path,
                key: reading.key,
                upload: reading.upload.0,
                most,
            }
        };
        let readings = readings.into_iter().map(recorded).collect();
        Ok(self.note(ReadStep::Opened { component: model.id.clone(), readings })?)
    }

    /// What its pods are to do, made from the journal alone.
    fn written(&self, id: &str) -> Result<(BackupPlan, Written), Stop> {
        let reached = self.reached(id);
        let records = reached.readings.unwrap_or_default();
        let mut volumes: Vec<(String, String, u64)> = Vec::new();
        for record in &records {
            if !volumes.iter().any(|(path, ..)| *path == record.mount_path) {
                volumes.push((record.mount_path.clone(), record.volume.clone(), record.most));
            }
        }
        let ordinals: BTreeSet<Option<u32>> = records.iter().map(|record| record.ordinal).collect();
        let ordinals = ordinals.into_iter().collect();
        let plan = BackupPlan { job: reached.name, component: id.to_owned(), volumes, ordinals };
        let written = volumes::write_backup(&self.site, &plan, &self.readings(id)).map_err(Problem::from)?;
        Ok((plan, written))
    }

    fn readings(&self, id: &str) -> Vec<Reading> {
        let records = self.reached(id).readings.unwrap_or_default();
        let reading = |record: ReadingRecord| Reading {
            ordinal: record.ordinal,
            volume: record.volume,
            mount_path: record.mount_path,
            key: record.key,
            upload: UploadId(record.upload),
        };
        records.into_iter().map(reading).collect()
    }

    /// The helper before it, one instance where a volume is shared, and everything stopped.
    async fn plugged(
        &self,
        model: &ComponentModel,
        plugin: &PluginRef,
        written: &Written,
    ) -> Result<ComponentRef, Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        if self.reached(&model.id).plugged.is_none() {
            let row = self.live(&model.id).await?;
            let component = ComponentRef { id: row.service_id, alias: row.service_alias, name: model.cname.clone() };
            self.note(ReadStep::Plugging { component })?;
        }
        let reached = self.reached(&model.id);
        let component = reached.plugged.ok_or_else(|| Problem::new(Code::Internal, "The component is not known"))?;
        if reached.stopped {
            return Ok(component);
        }
        let installed = console.plugins(ctx, scope, &component.alias).await?.installed;
        if !installed.iter().any(|there| there.id == plugin.id) {
            console.install_plugin(ctx, scope, &component.alias, &plugin.id, &plugin.build_version).await?;
        }
        let setting = PluginSetting { name: JOB_ENV.to_owned(), value: written.placed.variable.clone() };
        console.set_plugin_settings(ctx, scope, &component.alias, &plugin.id, &[setting]).await?;
        let detail = console.component_detail(ctx, scope, &component.alias).await?;
        if !detail.is_stateful() && detail.min_node > 1 && reached.held.is_none() {
            self.note(ReadStep::Held { component: component.id.clone(), replicas: detail.min_node })?;
            console.set_replicas(ctx, scope, &component.alias, 1).await?;
        }
        self.run.say(LineCode::LogReadStopping, [("name", component.name.clone())])?;
        self.stop(&component).await?;
        self.note(ReadStep::Stopped { component: component.id.clone() })?;
        Ok(component)
    }

    /// Stops it and waits until it is.
    pub(super) async fn stop(&self, component: &ComponentRef) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        let deadline = ctx.clock.now() + STOP_PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        let mut asked = false;
        while self.live(&component.id).await?.state() != ComponentState::Stopped {
            if !asked {
                console.operate_components(ctx, scope, std::slice::from_ref(&component.id), AppAction::Stop).await?;
                asked = true;
            }
            if ctx.clock.now() > deadline {
                return Err(Problem::new(Code::StatefulRunning, format!("{} did not stop in time", component.name))
                    .hint("Look at the component in the console, then try again")
                    .retry(Retry::Later)
                    .into());
            }
            ctx.sleep(pauses.next()).await?;
        }
        Ok(())
    }

    async fn start(&self, component: &ComponentRef) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        if self.live(&component.id).await?.state() == ComponentState::Stopped {
            console.operate_components(ctx, scope, std::slice::from_ref(&component.id), AppAction::Start).await?;
        }
        Ok(())
    }

    async fn watch(
        &self,
        model: &ComponentModel,
        component: &ComponentRef,
        plan: &BackupPlan,
        written: &Written,
    ) -> Result<(), Stop> {
        let progress = self.run.job.progress();
        progress.begin(Parts::for_source(0, None));
        let (mut counted, mut pauses) = (0, Pauses(FIRST_PAUSE));
        let mut seen = Seen::new(self.run.ctx.clock.now());
        loop {
            let row: Component = self.live(&component.id).await?;
            let outcome = volumes::look(&self.site, &plan.job, &written.placed.statuses).await?;
            let (bytes, total) = outcome.bytes();
            progress.resize(Parts::for_source(total, None));
            progress.part_done(bytes.saturating_sub(counted));
            counted = bytes.max(counted);
            if outcome.is_done() {
                return self.finish(model, &outcome).await;
            }
            // A helper that could not read lets the app start, and is not run again.
            let over = outcome.is_over().then(|| Verdict::Failed(outcome.failure().unwrap_or_default().to_owned()));
            let is_abnormal = row.state() == ComponentState::Abnormal;
            let now = self.run.ctx.clock.now();
            let verdict = over.unwrap_or_else(|| seen.judge(&outcome, is_abnormal, now));
            if let Some(words) = verdict.words() {
                return Err(self.failed(component, &words, hint(&verdict))?.into());
            }
            self.run.ctx.sleep(pauses.next()).await?;
        }
    }

    async fn finish(&self, model: &ComponentModel, outcome: &Outcome) -> Result<(), Stop> {
        let fillings = volumes::finish_backup(&self.site, &self.readings(&model.id), &outcome.said).await?;
        let came = helper::came(outcome);
        let skipped: u64 = outcome.said.values().flat_map(|said| &said.items).map(|item| item.skipped_count).sum();
        let volumes = fillings.into_iter().map(rebuild::recorded).collect();
        self.note(ReadStep::Read { component: model.id.clone(), volumes, came })?;
        let facts = [
            ("name", model.cname.clone()),
            ("files", came.files.to_string()),
            ("bytes", came.bytes.to_string()),
            ("skipped", skipped.to_string()),
        ];
        let [name, files, bytes, skipped] = facts;
        match skipped.1.as_str() {
            "0" => Ok(self.run.say(LineCode::LogRead, [name, files, bytes])?),
            _ => Ok(self.run.say(LineCode::LogReadSkipped, [name, files, bytes, skipped])?),
        }
    }

    fn failed(&self, component: &ComponentRef, words: &str, hint: &str) -> Result<Problem, Problem> {
        self.note(ReadStep::Failed { component: component.id.clone() })?;
        let what = format!("The volumes of {} could not be read at {}: {words}", component.name, self.cluster.name());
        Ok(Problem::new(Code::SourceUnread, what)
            .hint(hint)
            .fact("component", component.name.clone())
            .retry(Retry::Later))
    }
}

fn hint(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Refused => {
            "The cluster may refuse privileged init containers (pod security), or lack 512 MB of memory for one. The component runs again without the helper; plan without reading its files"
        }
        Verdict::Silent => {
            "Its pods may not reach the store at the address they were given. The component runs again without the helper; plan anew with the store's address inside the source's cluster"
        }
        Verdict::Waits | Verdict::Failed(_) => {
            "The component runs again without the helper, nothing was made on the target. Mend this and try again, or plan without reading"
        }
    }
}

/// Instances with volumes of their own, or one entry for all.
fn ordinals(detail: &ComponentDetail) -> Vec<Option<u32>> {
    if !detail.is_stateful() {
        return vec![None];
    }
    (0..u32::try_from(detail.min_node.max(1)).unwrap_or(1)).map(Some).collect()
}
