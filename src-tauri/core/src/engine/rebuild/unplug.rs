//! Once volumes are filled nothing of ours stays: components run again without the helper, the team loses its plugin, and what
//! pods read goes from the store. Only the marks in the volumes themselves stay, which no call reaches.

use super::{Ground, helper};
use crate::console::{AppAction, ComponentState, ConsoleError};
use crate::engine::restore::{FIRST_PAUSE, Pauses};
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{landing, reading};
use crate::jobs::PhaseName;
use crate::jobs::ReportView;
use crate::jobs::fact::{Fact, Leftover, TemplateRef};
use crate::jobs::state::JobRecord;
use crate::jobs::volume_data::VolumeStep;
use crate::line::{Line, LineCode};
use crate::problem::Problem;
use chrono::TimeDelta;

/// How long to watch components start again; that they run is not this job's to promise.
const START_PATIENCE: TimeDelta = TimeDelta::seconds(60);

pub(super) struct Unplug;

#[async_trait::async_trait]
impl Step for Unplug {
    fn phase(&self) -> PhaseName {
        PhaseName::Unplug
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let ground = Ground::of(run).await?;
        let unplugging = Unplugging { run, ground: &ground };
        unplugging.components().await?;
        unplugging.team().await?;
        unplugging.template().await?;
        if let Some(prefix) = helper::prefix(&run.record()) {
            helper::forget_data(run, &prefix).await?;
            unplugging.note(VolumeStep::Cleared)?;
        }
        Ok(())
    }
}

struct Unplugging<'a> {
    run: &'a Run,
    ground: &'a Ground,
}

impl Unplugging<'_> {
    fn note(&self, step: VolumeStep) -> Result<(), Problem> {
        self.run.note(Fact::Volumes { step })
    }

    async fn components(&self) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let mut count = 0;
        for id in self.run.record().volumes.filled.keys() {
            let record = self.run.record();
            if record.volumes.taken.contains(id) {
                continue;
            }
            let component = helper::installed(&record, id)?;
            if let Some((plugin, true)) = helper::look(self.run, self.ground, &component.alias).await? {
                console.uninstall_plugin(ctx, scope, &component.alias, &plugin.id).await?;
            }
            if let Some(replicas) = record.volumes.held.get(id) {
                console.set_replicas(ctx, scope, &component.alias, *replicas).await?;
                self.note(VolumeStep::Released { component: id.clone() })?;
            }
            // Until then its pods are those with the helper (rebuild.md §8.2).
            console.operate_components(ctx, scope, &[component.id], AppAction::Upgrade).await?;
            self.note(VolumeStep::HelperTaken { component: id.clone() })?;
            count += 1;
        }
        if count > 0 {
            self.run.say(LineCode::LogHelperTaken, [("count", count.to_string())])?;
            self.running().await?;
        }
        Ok(())
    }

    async fn running(&self) -> Result<(), Stop> {
        let app = landing::app(&self.run.record())?;
        let deadline = self.run.ctx.clock.now() + START_PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        while self.run.ctx.clock.now() < deadline {
            let components = self.ground.target.console.components(&self.run.ctx, &self.ground.scope, app).await?;
            if components.iter().all(|component| component.state() == ComponentState::Running) {
                break;
            }
            self.run.ctx.sleep(pauses.next()).await?;
        }
        Ok(())
    }

    /// A console that does not let it go is told of, with a button; the app is whole without that.
    async fn team(&self) -> Result<(), Stop> {
        let Some(plugin) = self.run.record().volumes.helper else { return Ok(()) };
        let deleted = self.ground.target.console.delete_plugin(&self.run.ctx, &self.ground.scope, &plugin).await;
        match deleted {
            Ok(()) | Err(ConsoleError::NotFound(_)) => Ok(self.note(VolumeStep::HelperGone)?),
            Err(ConsoleError::Refused(_) | ConsoleError::NoSuchCall(_) | ConsoleError::Forbidden(_)) => {
                let (thing, line) = left(&plugin, self.ground.scope.team.as_str());
                Ok(self.run.note(Fact::Left { id: LEFT_ID.to_owned(), thing, line })?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What is installed from this template again would have the helper, and wait for data that is gone.
    async fn template(&self) -> Result<(), Stop> {
        let record = self.run.record();
        let Some(package) = record.rebuild.package.filter(|_| !record.volumes.template_gone) else { return Ok(()) };
        let (ctx, console) = (&self.run.ctx, &self.ground.target.console);
        let template = package.template;
        match console.delete_template(ctx, self.ground.enterprise(), &template.group_key).await {
            Ok(()) | Err(ConsoleError::NotFound(_)) => Ok(self.note(VolumeStep::TemplateGone)?),
            Err(ConsoleError::Refused(_) | ConsoleError::NoSuchCall(_) | ConsoleError::Forbidden(_)) => {
                let (thing, line) = left_template(&template, &self.ground.target.name());
                Ok(self.run.note(Fact::Left { id: TEMPLATE_ID.to_owned(), thing, line })?)
            }
            Err(error) => Err(error.into()),
        }
    }
}

pub(crate) const LEFT_ID: &str = "helper";
pub(crate) const TEMPLATE_ID: &str = "template";

/// The helper in the team as something that stays.
pub(crate) fn left(plugin: &str, team: &str) -> (Leftover, Line) {
    let line = Line::new(LineCode::LeftHelper, [("team", team.to_owned())]);
    (Leftover::Helper { plugin: plugin.to_owned() }, line)
}

/// A template in the console's own store of apps as something that stays.
pub(crate) fn left_template(template: &TemplateRef, cluster: &str) -> (Leftover, Line) {
    let facts = [("name", template.name.clone()), ("cluster", cluster.to_owned())];
    let thing = Leftover::Template { group_key: template.group_key.clone(), name: template.name.clone() };
    (thing, Line::new(LineCode::LeftTemplate, facts))
}

/// What came into volumes and what did not, by what their pods said.
pub(crate) fn tell(record: &JobRecord, report: &mut ReportView) {
    let Ok((landing, ..)) = landing::of(&record.request.work) else { return };
    let Some(work) = &landing.volumes else { return };
    let name = |id: &str| {
        let installed = record.rebuild.installed.iter().flatten().find(|component| component.source_id == id);
        installed.map_or_else(|| id.to_owned(), |component| component.name.clone())
    };
    reading::tell(record, name, report);
    for (id, came) in &record.volumes.filled {
        let facts = [
            ("name", name(id)),
            ("count", came.volumes.to_string()),
            ("files", came.files.to_string()),
            ("bytes", came.bytes.to_string()),
        ];
        report.arrived.push(Line::new(LineCode::ReportVolumesFilled, facts));
    }
    let without: Vec<String> =
        work.components.iter().filter(|id| !record.volumes.filled.contains_key(*id)).map(|id| name(id)).collect();
    if !without.is_empty() {
        report.missing.push(Line::new(LineCode::ReportVolumesNotFilled, [("names", without.join(", "))]));
    }
    if !record.volumes.filled.is_empty() {
        let mark = rainferry_helper::marker_name(record.request.id.as_str());
        report.arrived.push(Line::new(LineCode::ReportVolumeMarks, [("name", mark)]));
    }
}
