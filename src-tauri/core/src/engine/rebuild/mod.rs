//! Rebuild: the backup becomes an application package of the platform's own kind, which its console imports and installs as it
//! would one from a store of apps (rebuild.md §3). For consoles whose own restore cannot finish (B-1), and for packages that a
//! restore would not find or not unpack.

mod adjust;
mod bring;
mod compose;
mod fill;
mod fittings;
pub(crate) mod helper;
mod import;
mod install;
mod plugins;
mod push;
mod send;
pub(crate) mod unplug;
mod upload;

pub(crate) use bring::recorded;
pub(crate) use import::{find_opened, forget_record, forget_template};
pub(crate) use plugins::has_port_settings;
pub(crate) use push::image_stem;
pub(crate) use upload::forget_chunks;

use crate::console::Scope;
use crate::engine::links::Cluster;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{landing, restore};
use crate::jobs::Lane;
use crate::jobs::request::{Build, Landing};
use crate::package::AppModel;
use crate::problem::Problem;
use crate::template::{self, Draft, ExtraPlugin, Order, TargetFacts};
use crate::transfer::Progress;

pub(crate) fn steps(landing: &Landing) -> Vec<Box<dyn Step>> {
    let mut steps: Vec<Box<dyn Step>> = match landing.build {
        Build::Template => vec![Box::new(send::Send), Box::new(import::Import), Box::new(install::Install)],
        Build::Compose if landing.lane == Lane::Registry => vec![Box::new(push::Push), Box::new(compose::Compose)],
        Build::Compose => vec![Box::new(upload::Upload), Box::new(compose::Compose)],
    };
    // The package says where pods find their data.
    if landing.volumes.is_some() {
        steps.insert(0, Box::new(bring::Bring));
    }
    steps.push(Box::new(adjust::Adjust));
    if landing.volumes.is_some() {
        steps.push(Box::new(fill::Fill));
    }
    if landing.start_after {
        steps.push(Box::new(restore::Deploy));
    }
    if landing.volumes.is_some() {
        steps.push(Box::new(unplug::Unplug));
    }
    if landing.start_after {
        steps.push(Box::new(adjust::Entries));
    }
    if landing.build == Build::Template {
        steps.push(Box::new(import::Clear));
    }
    steps.push(Box::new(restore::Compare));
    steps
}

/// The target of a rebuild, and where in it.
struct Ground {
    target: Cluster,
    scope: Scope,
    landing: Landing,
    /// What fills volumes, once it is known which.
    helper: Option<ExtraPlugin>,
}

impl Ground {
    async fn of(run: &Run) -> Result<Self, Stop> {
        let record = run.record();
        let (landing, ..) = landing::of(&record.request.work)?;
        let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
        let helper = helper::in_package(run, &target, landing).await?;
        Ok(Self { scope: target.scope(&landing.team), target, landing: landing.clone(), helper })
    }

    fn enterprise(&self) -> &str {
        &self.target.known.me.enterprise_id
    }
}

/// What the package holds, without what fills volumes. The same every time it is asked for with one seed.
pub(crate) fn draft(target: &Cluster, landing: &Landing, model: &AppModel, seed: &str) -> Result<Draft, Problem> {
    with_extra(target, landing, model, seed, Vec::new())
}

fn with_extra(
    target: &Cluster,
    landing: &Landing,
    model: &AppModel,
    seed: &str,
    extra_plugins: Vec<ExtraPlugin>,
) -> Result<Draft, Problem> {
    let mut facts = TargetFacts::new(target.template_rules()?);
    facts.service_names.clone_from(&landing.taken_hosts);
    let order = Order { seed: seed.to_owned(), app_name: landing.app_name.clone(), extra_plugins, ..Order::default() };
    Ok(template::synthesize(model, &facts, &order)?)
}

/// Waits while the job is paused, and as long as its rate asks for.
async fn pass(run: &Run, progress: &Progress, bytes: u64) -> Result<(), Stop> {
    tokio::select! {
        biased;
        () = run.ctx.cancel.cancelled() => Ok(run.ctx.check()?),
        () = progress.valve().pass(bytes) => Ok(()),
    }
}

/// The package of this job.
fn drafted(run: &Run, ground: &Ground, model: &AppModel) -> Result<Draft, Stop> {
    let extra = ground.helper.iter().cloned().collect();
    Ok(with_extra(&ground.target, &ground.landing, model, run.job.id().as_str(), extra)?)
}
