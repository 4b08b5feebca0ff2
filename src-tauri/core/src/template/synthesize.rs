//! From an app's model to a draft. Pure: same model, same facts, same order, same draft.

use super::draft::Draft;
use super::error::TemplateError;
use super::facts::{Order, TargetFacts};
use super::keys::Keys;
use super::selection::Selection;
use super::{component, differences, fixups, groups, plugins, routes, selection};
use crate::package::{AppModel, Raw};
use serde_json::json;

pub(super) const NATIVE: &str = "KUBERNETES_NATIVE_SERVICE";

/// Of every template: its key is fresh, so it needs no other.
const GROUP_VERSION: &str = "1.0";

pub(crate) fn synthesize(app: &AppModel, target: &TargetFacts, order: &Order) -> Result<Draft, TemplateError> {
    if !target.rules.can_import {
        return Err(TemplateError::TargetTooOld);
    }
    let keys = Keys::new(&order.seed);
    let selection = Selection::of(app, target, order);
    if selection.chosen.is_empty() {
        return Err(TemplateError::NothingToPack);
    }
    let fixups = fixups::list(app, &selection, target);
    let changes = differences::list(app, &selection, target);
    let app_name = if order.app_name.is_empty() { &app.name } else { &order.app_name };
    let group_key = keys.key("group", "");
    let group_name = keys.group_name(app_name);
    let governance_mode = if app.governance_mode.is_empty() { NATIVE } else { &app.governance_mode }.to_owned();
    let apps: Vec<_> =
        selection.chosen.iter().map(|chosen| component::entry(chosen, &selection, target.labels.as_ref())).collect();
    let metadata = json!({
        "template_version": "v2",
        "group_key": group_key,
        "group_name": group_name,
        "group_version": GROUP_VERSION,
        "governance_mode": governance_mode,
        "group_dev_status": "",
        "annotations": {
            "describe": "Moved by Rainferry",
            "version_info": "",
            "version_alias": "",
            "suffix": "",
            "image_base64_string": "",
        },
        "apps": apps,
        "plugins": plugins::entries(&selection),
        "app_config_groups": groups::entries(app, &selection),
        "ingress_http_routes": routes::http(app, &selection),
        "ingress_stream_routes": routes::tcp(app, &selection),
        "k8s_resources": [],
    });
    // Never with "plugin" in it, nor "," or ":" (rebuild.md §1.1).
    let root = format!("rainferry-{}", keys.short("group", ""));
    Ok(Draft {
        metadata: Raw(metadata),
        group_key,
        group_name,
        group_version: GROUP_VERSION.to_owned(),
        governance_mode,
        file_name: format!("{root}.tar.gz"),
        root,
        components: selection.chosen.iter().map(|chosen| chosen.placed.clone()).collect(),
        left_out: selection.left_out,
        images: selection.images,
        fixups,
        changes,
    })
}

/// Under which key the target's team knows a plugin that an order adds.
pub(crate) fn extra_plugin_key(seed: &str, slot: &str) -> String {
    selection::extra_plugin_key(Keys::new(seed), slot)
}
