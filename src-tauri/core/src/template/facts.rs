//! What a draft is made from besides the app: the target, and what was ordered.

use crate::console::era::TemplateRules;
use crate::image::ImageFacts;
use bytes::Bytes;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the target. What is not known counts as free and as supported; the comparison afterwards tells.
#[derive(Clone, Debug)]
pub(crate) struct TargetFacts {
    pub rules: TemplateRules,
    /// Of its nodes, as in image configs; empty where unknown.
    pub archs: Vec<String>,
    /// Kubernetes names of components of the whole team (rebuild.md §1.3).
    pub component_names: BTreeSet<String>,
    /// Internal host names in the team.
    pub service_names: BTreeSet<String>,
    /// Node labels that the cluster knows; `None` where not asked.
    pub labels: Option<BTreeSet<String>>,
    /// Kinds of volumes it offers; `None` where not asked.
    pub volume_kinds: Option<BTreeSet<String>>,
}

impl TargetFacts {
    pub(crate) fn new(rules: TemplateRules) -> Self {
        Self {
            rules,
            archs: Vec::new(),
            component_names: BTreeSet::new(),
            service_names: BTreeSet::new(),
            labels: None,
            volume_kinds: None,
        }
    }
}

/// What to make.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    /// All fresh keys come from it, by hashing; a job's id.
    pub seed: String,
    /// Name of the app on the target, for the template's name.
    pub app_name: String,
    /// What image tars are known to hold, by entry name; without it the cluster's metadata is believed.
    pub seen: BTreeMap<String, ImageFacts>,
    pub extra_plugins: Vec<ExtraPlugin>,
}

/// A plugin of our own that travels along (rebuild.md §8.2).
#[derive(Clone)]
pub(crate) struct ExtraPlugin {
    /// Tells it from others of the order; part of its key.
    pub slot: String,
    pub alias: String,
    pub desc: String,
    pub category: String,
    /// The name inside `archive`.
    pub image: String,
    pub build_version: String,
    /// A `docker save` archive, as `image::docker_archive` makes it.
    pub archive: Bytes,
    pub memory_mb: i64,
    pub cpu_millis: i64,
    /// Variables it is given, by component id; a component that is not here does not get the plugin. Values may hold signed
    /// addresses, so they are never printed.
    pub settings: BTreeMap<String, Vec<(String, String)>>,
}

impl std::fmt::Debug for ExtraPlugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExtraPlugin").field("slot", &self.slot).field("image", &self.image).finish_non_exhaustive()
    }
}
