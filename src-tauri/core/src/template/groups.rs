//! Config groups of an app: those in use; the others are made by API (rebuild.md §2).

use super::selection::Selection;
use crate::package::{AppModel, ConfigGroup};
use serde_json::{Map, Value, json};

pub(super) fn entries(app: &AppModel, selection: &Selection<'_>) -> Vec<Value> {
    app.config_groups.iter().filter(|group| group.is_enabled).map(|group| entry(group, selection)).collect()
}

fn entry(group: &ConfigGroup, selection: &Selection<'_>) -> Value {
    let items: Map<String, Value> =
        group.items.iter().map(|(key, value)| (key.clone(), value.reveal().into())).collect();
    let keys: Vec<&str> = group
        .component_ids
        .iter()
        .filter_map(|id| selection.get(id))
        .map(|chosen| chosen.placed.service_key.as_str())
        .collect();
    let kind = if group.deploy_type.is_empty() { "env" } else { &group.deploy_type };
    json!({"name": group.name, "injection_type": kind, "config_items": items, "component_keys": keys})
}
