//! Components start with the helper before them: it fills their volumes and ends, and only then the app itself runs. What pods
//! say lies in the store; a component whose helper fails does not start, and the job says why in the helper's words.

use super::{Ground, helper};
use crate::console::{AppAction, Component, ComponentState, PluginBuild};
use crate::engine::pods::{Seen, Verdict};
use crate::engine::restore::{FIRST_PAUSE, Pauses};
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{landing, origin};
use crate::ids::AppId;
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::jobs::volume_data::VolumeStep;
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use crate::transfer::Parts;
use crate::volumes::{self, Outcome, Site, Written};
use chrono::TimeDelta;
use std::collections::{BTreeMap, HashMap};

const PLUGIN_PATIENCE: TimeDelta = TimeDelta::minutes(5);

pub(super) struct Fill;

#[async_trait::async_trait]
impl Step for Fill {
    fn phase(&self) -> PhaseName {
        PhaseName::Fill
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let ground = Ground::of(run).await?;
        let Some(work) = ground.landing.volumes.as_ref().filter(|_| run.record().volumes.carried().next().is_some())
        else {
            return Ok(());
        };
        helper::must_be_fresh(run)?;
        let site = helper::site(run, &ground.target, work).await?;
        let app = landing::app(&run.record())?;
        let mut jobs = BTreeMap::new();
        for (id, fillings) in run.record().volumes.carried() {
            jobs.insert(id.clone(), helper::write(&site, run.job.id().as_str(), id, fillings)?);
        }
        let filler = Filler { run, ground: &ground, site, app, jobs };
        filler.must_have_helper().await?;
        filler.start().await?;
        filler.watch().await
    }
}

struct Filler<'a> {
    run: &'a Run,
    ground: &'a Ground,
    site: Site,
    app: AppId,
    jobs: BTreeMap<String, Written>,
}

impl Filler<'_> {
    fn note(&self, step: VolumeStep) -> Result<(), Problem> {
        self.run.note(Fact::Volumes { step })
    }

    /// A plugin that is not built is left out of the pod without a word (rebuild.md §5.9): the app would start on nothing.
    async fn must_have_helper(&self) -> Result<(), Stop> {
        let (ctx, console) = (&self.run.ctx, &self.ground.target.console);
        for id in self.jobs.keys().filter(|id| !self.run.record().volumes.taken.contains(*id)) {
            let component = helper::installed(&self.run.record(), id)?;
            let Some((plugin, true)) = helper::look(self.run, self.ground, &component.alias).await? else {
                return Err(self.without_helper(&component.name, "it does not have the helper").into());
            };
            if self.run.record().volumes.helper.is_none() {
                self.note(VolumeStep::HelperThere { plugin: plugin.id.clone() })?;
            }
            let deadline = ctx.clock.now() + PLUGIN_PATIENCE;
            let mut pauses = Pauses(FIRST_PAUSE);
            loop {
                let build = console.plugin_build(ctx, &self.ground.scope, &plugin.id, &plugin.build_version).await?;
                match build {
                    PluginBuild::Done => break,
                    PluginBuild::Failed => {
                        return Err(self.without_helper(&component.name, "the helper could not be built").into());
                    }
                    PluginBuild::Unbuilt | PluginBuild::Building | PluginBuild::Other
                        if ctx.clock.now() >= deadline =>
                    {
                        return Err(self.without_helper(&component.name, "the helper is not built yet").into());
                    }
                    PluginBuild::Unbuilt | PluginBuild::Building | PluginBuild::Other => {
                        ctx.sleep(pauses.next()).await?;
                    }
                }
            }
        }
        Ok(())
    }

    fn without_helper(&self, name: &str, why: &str) -> Problem {
        let target = self.ground.target.name();
        Problem::new(Code::ArrivedIncomplete, format!("{target} cannot fill the volumes of {name}: {why}"))
            .hint("Nothing was started. Try again, or remove what was made and plan without volume data")
            .retry(Retry::Later)
    }

    async fn start(&self) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let record = self.run.record();
        if !record.deploy_asked {
            self.hold_replicas().await?;
            console.operate_app(ctx, scope, self.app, AppAction::Deploy).await?;
            self.run.note(Fact::DeployAsked)?;
            return Ok(self.run.say(LineCode::LogDeployed, [])?);
        }
        if record.volumes.failed.is_empty() {
            return Ok(());
        }
        let mut ids = Vec::new();
        for id in &record.volumes.failed {
            if let Some(written) = self.jobs.get(id) {
                self.site.forget_answers(&written.placed).await?;
            }
            ids.push(helper::installed(&record, id)?.id);
        }
        console.operate_components(ctx, scope, &ids, AppAction::Deploy).await?;
        Ok(self.note(VolumeStep::AskedAgain)?)
    }

    /// Instances of a stateless component share their volumes: one alone fills them (rebuild.md §8.2).
    async fn hold_replicas(&self) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let model = origin::open(self.run).await?.model;
        for id in self.jobs.keys() {
            let Some(component) = model.components.iter().find(|component| component.id == *id) else { continue };
            if component.is_stateful() || component.replicas < 2 {
                continue;
            }
            let installed = helper::installed(&self.run.record(), id)?;
            self.note(VolumeStep::Held { component: id.clone(), replicas: component.replicas })?;
            console.set_replicas(ctx, scope, &installed.alias, 1).await?;
        }
        Ok(())
    }

    async fn watch(&self) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let progress = self.run.job.progress();
        let total: u64 = self.jobs.keys().map(|id| self.total(id)).sum();
        progress.begin(Parts::for_source(total, None));
        let mut counted = 0;
        let mut seen: HashMap<String, Seen> = HashMap::new();
        let mut pauses = Pauses(FIRST_PAUSE);
        loop {
            let components = console.components(ctx, scope, self.app).await?;
            let mut bytes = 0;
            for (id, written) in &self.jobs {
                if self.run.record().volumes.filled.contains_key(id) {
                    bytes += self.total(id);
                    continue;
                }
                let outcome = volumes::look(&self.site, self.run.job.id().as_str(), &written.placed.statuses).await?;
                bytes += outcome.bytes().0;
                self.judge(id, &outcome, &components, &mut seen)?;
            }
            if bytes > counted {
                progress.part_done(bytes - counted);
                counted = bytes;
            }
            if self.jobs.keys().all(|id| self.run.record().volumes.filled.contains_key(id)) {
                return Ok(());
            }
            ctx.sleep(pauses.next()).await?;
        }
    }

    /// Bytes of all that one component's pods read.
    fn total(&self, id: &str) -> u64 {
        let record = self.run.record();
        let pieces = record.volumes.ready.get(id).into_iter().flatten().flat_map(|filling| &filling.pieces);
        pieces.map(|piece| piece.archive.bytes).sum()
    }

    fn judge(
        &self,
        id: &str,
        outcome: &Outcome,
        components: &[Component],
        seen: &mut HashMap<String, Seen>,
    ) -> Result<(), Stop> {
        let component = helper::installed(&self.run.record(), id)?;
        if outcome.is_done() {
            let came = helper::came(outcome);
            self.note(VolumeStep::Filled { component: id.to_owned(), came })?;
            let facts = [("files", came.files.to_string()), ("bytes", came.bytes.to_string())];
            let [files, bytes] = facts;
            return Ok(self.run.say(LineCode::LogFilled, [("name", component.name), files, bytes])?);
        }
        let now = self.run.ctx.clock.now();
        let row = components.iter().find(|row| row.service_id == component.id);
        let is_abnormal = row.is_some_and(|row| row.state() == ComponentState::Abnormal);
        let seen = seen.entry(id.to_owned()).or_insert_with(|| Seen::new(now));
        let verdict = seen.judge(outcome, is_abnormal, now);
        let hint = match verdict {
            Verdict::Waits => return Ok(()),
            Verdict::Failed(_) => HINT_FAILED,
            Verdict::Refused => HINT_REFUSED,
            Verdict::Silent => HINT_SILENT,
        };
        Err(self.failed(id, &component.name, &verdict.words().unwrap_or_default(), hint)?.into())
    }

    fn failed(&self, id: &str, name: &str, words: &str, hint: &str) -> Result<Problem, Problem> {
        self.note(VolumeStep::Failed { component: id.to_owned() })?;
        let target = self.ground.target.name();
        Ok(Problem::new(Code::ArrivedIncomplete, format!("{target} could not fill the volumes of {name}: {words}"))
            .hint(hint)
            .fact("component", name)
            .retry(Retry::Later))
    }
}

const HINT_FAILED: &str =
    "The component does not start on half of its data. Mend this and try again, or remove what was made";
const HINT_REFUSED: &str = "The cluster may refuse privileged init containers (pod security), or lack 512 MB of memory for one. Look at the component's events; remove what was made, or plan without volume data";
const HINT_SILENT: &str = "Its pods may not reach the store at the address they were given. Try again to go on watching, or plan anew with the store's address inside the cluster";
