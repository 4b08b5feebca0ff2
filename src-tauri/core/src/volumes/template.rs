//! The helper as a plugin that travels in an application package (rebuild.md §8.2): which image, which components, and where
//! each finds its job.

use super::agent::Agent;
use super::site::Placed;
use crate::template::ExtraPlugin;
use rainferry_helper::JOB_ENV;

/// A plugin that runs before the component does, with its volumes.
const CATEGORY: &str = "init-plugin";
/// The platform gives a plugin no less (rebuild.md §1.4).
const MEMORY_MB: i64 = 512;
const CPU_MILLIS: i64 = 250;

/// What tells it from other plugins of an order.
pub(crate) const SLOT: &str = "volumes";

/// The plugin for an order of the template room; `jobs` are by the component's old id. `build_version` is digits, and
/// `alias` what people see while it is there.
pub(crate) fn extra_plugin(agent: &Agent, alias: &str, build_version: &str, jobs: &[(String, Placed)]) -> ExtraPlugin {
    let setting = |placed: &Placed| vec![(JOB_ENV.to_owned(), placed.variable.reveal().to_owned())];
    ExtraPlugin {
        slot: SLOT.to_owned(),
        alias: alias.to_owned(),
        desc: "Puts volume data into place; made by Rainferry, removed afterwards".to_owned(),
        category: CATEGORY.to_owned(),
        image: agent.image_name().to_owned(),
        build_version: build_version.to_owned(),
        archive: agent.archive().into(),
        memory_mb: MEMORY_MB,
        cpu_millis: CPU_MILLIS,
        settings: jobs.iter().map(|(id, placed)| (id.clone(), setting(placed))).collect(),
    }
}
