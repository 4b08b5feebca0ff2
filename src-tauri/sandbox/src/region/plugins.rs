//! Plugins in a package: rows of the console and of the region for those the app's components use
//! (protocol.md §6.3, §6.4).

use serde_json::{Value, json};

use crate::clock;
use crate::state::{Component, Plugin, State};

pub(super) fn used<'a>(state: &'a State, components: &[&Component]) -> Vec<&'a Plugin> {
    let uses = |plugin: &&Plugin| {
        let mut relations = components.iter().flat_map(|row| row.rows("service_plugin_relation"));
        relations.any(|relation| relation["plugin_id"] == plugin.plugin_id.as_str())
    };
    state.plugins.iter().filter(uses).collect()
}

pub(super) fn region_row(plugin: &Plugin) -> Value {
    json!({
        "ID": plugin.id, "create_time": clock::rfc3339(plugin.create_time), "plugin_id": plugin.plugin_id,
        "plugin_name": plugin.name, "plugin_info": plugin.desc, "image_url": plugin.image, "git_url": "",
        "build_model": "image", "plugin_model": plugin.category, "tenant_id": plugin.tenant_id, "domain": "",
        "code_from": "",
    })
}

pub(super) fn region_version(plugin: &Plugin) -> Value {
    json!({
        "ID": plugin.id, "create_time": clock::rfc3339(plugin.create_time), "version_id": plugin.build_version,
        "deploy_version": plugin.build_version, "plugin_id": plugin.plugin_id, "kind": "image",
        "base_image": plugin.image, "build_local_image": plugin.built_image,
        "build_time": clock::rfc3339(plugin.create_time), "repo": "", "git_url": "", "info": "",
        "status": "complete", "container_cpu": plugin.min_cpu, "container_memory": plugin.min_memory,
        "container_cmd": "", "plugin_name": plugin.name,
    })
}

/// The four tables of the console; numbers of rows are those of this package.
pub(super) fn console_info(plugins: &[&Plugin]) -> Value {
    let (mut groups, mut items) = (Vec::new(), Vec::new());
    for plugin in plugins {
        for group in &plugin.config_groups {
            groups.push(json!({
                "ID": groups.len() + 1, "plugin_id": plugin.plugin_id, "build_version": plugin.build_version,
                "config_name": group["config_name"], "service_meta_type": group["service_meta_type"],
                "injection": group["injection"],
            }));
            for option in group["options"].as_array().into_iter().flatten() {
                items.push(json!({
                    "ID": items.len() + 1, "plugin_id": plugin.plugin_id, "build_version": plugin.build_version,
                    "service_meta_type": group["service_meta_type"], "attr_name": option["attr_name"],
                    "attr_type": option["attr_type"], "attr_alt_value": option["attr_alt_value"],
                    "attr_default_value": option["attr_default_value"], "is_change": option["is_change"],
                    "create_time": clock::plain(plugin.create_time), "attr_info": option["attr_info"],
                    "protocol": option["protocol"],
                }));
            }
        }
    }
    json!({
        "plugins": plugins.iter().map(|plugin| console_row(plugin)).collect::<Value>(),
        "plugin_build_versions": plugins.iter().map(|plugin| console_version(plugin)).collect::<Value>(),
        "plugin_config_groups": groups, "plugin_config_items": items,
    })
}

fn console_row(plugin: &Plugin) -> Value {
    json!({
        "ID": plugin.id, "plugin_id": plugin.plugin_id, "tenant_id": plugin.tenant_id, "region": plugin.region,
        "create_user": 1, "desc": plugin.desc, "plugin_name": plugin.name, "plugin_alias": plugin.alias,
        "category": plugin.category, "build_source": "image", "image": plugin.image, "code_repo": "",
        "create_time": clock::plain(plugin.create_time), "origin": "tenant",
        "origin_share_id": plugin.origin_share_id, "username": "", "password": "",
    })
}

fn console_version(plugin: &Plugin) -> Value {
    json!({
        "ID": plugin.id, "plugin_id": plugin.plugin_id, "tenant_id": plugin.tenant_id, "region": plugin.region,
        "user_id": 1, "update_info": "", "build_version": plugin.build_version, "build_status": plugin.build_status,
        "plugin_version_status": "fixed", "min_memory": plugin.min_memory, "min_cpu": plugin.min_cpu,
        "event_id": plugin.event_id, "build_cmd": "", "image_tag": "latest", "code_version": "",
        "build_time": clock::plain(plugin.create_time),
    })
}
