//! Volumes that could be read at the source, since no package holds their files: what runs there now, whether its cluster takes
//! the helper, and where its pods would write.

use super::checks::{self, check};
use super::volumes::{self as filling, ALL, Reach, inside};
use crate::console::{Component, ComponentDetail, ComponentState, Volume};
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level, PlanOptions, VolumePlanView};
use crate::engine::{Engine, reading, rebuild};
use crate::jobs::request::{LiveApp, ReadWork};
use crate::line::{Line, LineCode};
use crate::package::{AppModel, ComponentModel};
use crate::problem::Problem;
use crate::volumes;

/// An app as it is at the source.
pub(super) struct Side {
    cluster: Cluster,
    at: LiveApp,
    components: Vec<Live>,
    reach: Result<Reach, Problem>,
    takes_helper: bool,
}

pub(super) struct Live {
    row: Component,
    detail: ComponentDetail,
    volumes: Vec<Volume>,
}

impl Live {
    /// Volumes whose files a backup of this cluster does not hold.
    fn unpacked(&self, packs_shares: bool) -> impl Iterator<Item = &Volume> {
        let keeps = |kind: &str| !matches!(kind, "config-file" | "memoryfs");
        self.volumes.iter().filter(move |volume| keeps(&volume.kind) && !(packs_shares && volume.kind == "share-file"))
    }
}

/// Looks at the components that `asks` names; none where there is no app to look at.
pub(super) async fn look(
    engine: &Engine,
    ctx: &Ctx,
    live: Option<&LiveApp>,
    options: &PlanOptions,
    asks: impl Fn(&str) -> bool,
) -> Result<Option<Side>, Problem> {
    let Some(at) = live else { return Ok(None) };
    let cluster = engine.links.cluster(ctx, &at.cluster).await?;
    let scope = cluster.scope(&at.team);
    let mut components = Vec::new();
    for row in cluster.console.components(ctx, &scope, at.app).await? {
        if asks(&row.service_id) {
            let detail = cluster.console.component_detail(ctx, &scope, &row.service_alias).await?;
            let volumes = cluster.console.volumes(ctx, &scope, &row.service_alias).await?;
            components.push(Live { row, detail, volumes });
        }
    }
    let reach = filling::reach(&cluster, options.reading_endpoint.as_deref()).await;
    let takes_helper = reading::supports(&cluster)?;
    Ok(Some(Side { cluster, at: at.clone(), components, reach, takes_helper }))
}

/// Beside a package: components of it that keep files and have none in there.
pub(super) async fn beside(
    engine: &Engine,
    ctx: &Ctx,
    live: Option<&LiveApp>,
    options: &PlanOptions,
    model: &AppModel,
) -> Result<Option<Side>, Problem> {
    let lacks =
        |component: &&ComponentModel| !filling::kept(component).is_empty() && volumes::members(component).is_empty();
    let ids: Vec<&str> = model.components.iter().filter(lacks).map(|component| component.id.as_str()).collect();
    if ids.is_empty() {
        return Ok(None);
    }
    look(engine, ctx, live, options, |id| ids.contains(&id)).await
}

impl Side {
    /// Whether the files of a component can be read, and how or why not. `names` and `paths` are of its volumes.
    pub(super) fn way(&self, id: &str, names: &str, paths: &[&str]) -> (bool, Line) {
        let cluster = ("cluster", self.cluster.name());
        let named = ("names", names.to_owned());
        let not = |line: Line| (false, line);
        if !self.takes_helper {
            let facts = [named, cluster, ("version", self.cluster.version())];
            return not(Line::new(LineCode::VolumesReadVersion, facts));
        }
        if self.cluster.profile.read_only {
            return not(Line::new(LineCode::VolumesReadOnly, [named, cluster]));
        }
        match &self.reach {
            Err(problem) => {
                let facts = [named, cluster, ("reason", problem.message.clone())];
                return not(Line::new(LineCode::VolumesReadStore, facts));
            }
            // A job that brings its certificates with it does not fit into a variable, with so many addresses.
            Ok(reach) if reach.brings_trust => {
                return not(Line::new(LineCode::VolumesReadTrust, [named, cluster]));
            }
            Ok(_) => {}
        }
        let live = self.components.iter().find(|live| live.row.service_id == id);
        let has = |live: &&Live| live.volumes.iter().any(|volume| paths.contains(&volume.path.as_str()));
        let Some(live) = live.filter(has) else {
            return not(Line::new(LineCode::VolumesReadGone, [named]));
        };
        if matches!(live.detail.extend_method.as_str(), "job" | "cronjob" | "daemonset") {
            return not(Line::new(LineCode::VolumesJob, []));
        }
        let arch = if live.detail.arch.is_empty() { rebuild::helper::ARCH } else { live.detail.arch.as_str() };
        if arch != rebuild::helper::ARCH || volumes::Agent::for_arch(arch).is_err() {
            return not(Line::new(LineCode::VolumesNoHelper, [("arch", arch.to_owned())]));
        }
        match live.row.state() {
            ComponentState::Running | ComponentState::Busy => (true, Line::new(LineCode::VolumesRead, [named])),
            ComponentState::Stopped | ComponentState::Abnormal | ComponentState::Unknown => {
                not(Line::new(LineCode::VolumesReadStopped, [named]))
            }
        }
    }

    /// One row for each component of a live app whose files its backup will not hold. `landing` says what forbids it on the
    /// target.
    pub(super) fn views(
        &self,
        options: &PlanOptions,
        packs_shares: bool,
        landing: Option<&Line>,
    ) -> Vec<VolumePlanView> {
        let mut views = Vec::new();
        for live in &self.components {
            let unpacked: Vec<&Volume> = live.unpacked(packs_shares).collect();
            if unpacked.is_empty() {
                continue;
            }
            let names: Vec<&str> = unpacked.iter().map(|volume| volume.name.as_str()).collect();
            let paths: Vec<&str> = unpacked.iter().map(|volume| volume.path.as_str()).collect();
            let (can, line) = match landing {
                Some(line) => (false, line.clone()),
                None => self.way(&live.row.service_id, &names.join(", "), &paths),
            };
            views.push(VolumePlanView {
                component: live.row.service_id.clone(),
                name: live.row.service_cname.clone(),
                volumes: names.iter().map(|name| (*name).to_owned()).collect(),
                bytes: 0,
                reads: true,
                can,
                chosen: is_chosen(options, &live.row.service_id, &live.row.service_cname, can),
                line,
            });
        }
        views
    }

    /// The work of what was chosen, and what it asks of the source.
    pub(super) async fn decide(
        &self,
        options: &PlanOptions,
        views: &[VolumePlanView],
    ) -> (Option<ReadWork>, Vec<CheckView>) {
        let chosen: Vec<&VolumePlanView> = views.iter().filter(|view| view.reads && view.chosen && view.can).collect();
        let (Ok(reach), false) = (&self.reach, chosen.is_empty()) else { return (None, Vec::new()) };
        let names: Vec<&str> = chosen.iter().map(|view| view.name.as_str()).collect();
        let facts = [("cluster", self.cluster.name()), ("store", reach.store.clone()), ("names", names.join(", "))];
        let mut list = vec![check(CheckId::Reading, Level::Warn, LineCode::CheckReadingWarn, facts)];
        if reach.is_loopback {
            let facts = [("store", reach.store.clone())];
            list.push(check(CheckId::Reading, Level::Warn, LineCode::CheckReadingLoopback, facts));
        }
        list.push(checks::store(CheckId::SourceStore, &self.cluster, &reach.bucket).await);
        let work = ReadWork {
            at: self.at.clone(),
            components: chosen.iter().map(|view| view.component.clone()).collect(),
            bucket: reach.bucket.clone(),
            inside: inside(options.reading_endpoint.as_deref()),
        };
        (Some(work), list)
    }
}

pub(super) fn is_chosen(options: &PlanOptions, id: &str, name: &str, can: bool) -> bool {
    let all = options.volume_reading.iter().any(|asked| asked == ALL);
    options.volume_reading.iter().any(|asked| asked == id || asked == name) || (all && can)
}

/// A bundle has no place for files that its package does not hold.
pub(super) fn not_into_a_bundle(options: &PlanOptions) -> Vec<CheckView> {
    let refused = |name: &String| {
        let reason = Line::new(LineCode::VolumesReadBundle, []).message;
        let facts = [("names", name.clone()), ("reason", reason)];
        check(CheckId::Reading, Level::Block, LineCode::CheckReadingBlock, facts)
    };
    options.volume_reading.iter().map(refused).collect()
}

/// Where an app goes through a template there is no helper for its source: its console is one that takes none.
pub(super) fn not_of_a_template(options: &PlanOptions, cluster: &Cluster) -> Vec<CheckView> {
    let asked = options.volume_reading.iter().filter(|asked| *asked != ALL);
    let refused = |name: &String| {
        let facts = [("names", name.clone()), ("cluster", cluster.name()), ("version", cluster.version())];
        let reason = Line::new(LineCode::VolumesReadVersion, facts).message;
        let facts = [("names", name.clone()), ("reason", reason)];
        check(CheckId::Reading, Level::Block, LineCode::CheckReadingBlock, facts)
    };
    asked.map(refused).collect()
}

/// What was chosen by name and cannot be read.
pub(super) fn refusals(options: &PlanOptions, views: &[VolumePlanView]) -> Vec<CheckView> {
    let mut list = Vec::new();
    for asked in options.volume_reading.iter().filter(|asked| *asked != ALL) {
        let view = views.iter().find(|view| view.component == *asked || view.name == *asked);
        let reason = match view {
            Some(view) if view.reads && view.can => continue,
            Some(view) if view.reads || !view.can => view.line.message.clone(),
            Some(view) => Line::new(LineCode::VolumesHeld, [("names", view.volumes.join(", "))]).message,
            None => Line::new(LineCode::VolumesReadGone, [("names", asked.clone())]).message,
        };
        let name = view.map_or(asked, |view| &view.name);
        let facts = [("names", name.clone()), ("reason", reason)];
        list.push(check(CheckId::Reading, Level::Block, LineCode::CheckReadingBlock, facts));
    }
    list
}
