//! Plugins of an app, and which components have them (rebuild.md §1.4).

use super::component::empty_hub;
use super::selection::{ChosenPlugin, PluginFrom, Selection};
use crate::package::{ComponentModel, PluginLink, PluginModel, Raw, Row};
use serde_json::{Value, json};

/// Of settings that belong to no other component and no port.
const UNDEFINED: &str = "un_define";

pub(super) fn entries(selection: &Selection<'_>) -> Vec<Value> {
    selection.plugins.iter().map(entry).collect()
}

fn entry(plugin: &ChosenPlugin<'_>) -> Value {
    let ChosenPlugin { key, build_version, image, from } = plugin;
    let (row, groups) = match from {
        PluginFrom::Backup(model) => (Row(&model.console_raw.0), config_groups(model, build_version)),
        PluginFrom::Extra(extra) => (Row(&Value::Null), vec![own_group(extra, key)]),
    };
    let (id, alias, category, desc) = match from {
        PluginFrom::Backup(model) => (&model.id, model.name.clone(), model.category.clone(), row.text("desc")),
        PluginFrom::Extra(extra) => (key, extra.alias.clone(), extra.category.clone(), extra.desc.clone()),
    };
    let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
    json!({
        "plugin_key": key,
        "plugin_id": id,
        "plugin_name": or(row.text("plugin_name"), &alias),
        "plugin_alias": alias,
        "category": or(category, "general-plugin"),
        "desc": or(desc, &alias),
        "code_repo": row.text("code_repo"),
        "build_source": "image",
        "image": image,
        "share_image": image,
        "build_version": build_version,
        "origin": or(row.text("origin"), "source_code"),
        "origin_share_id": key,
        "create_time": row.text("create_time"),
        "plugin_image": empty_hub(),
        "config_groups": groups,
    })
}

/// A group without options is left out: the region would drop the empty list, and the console looks into it.
fn config_groups(plugin: &PluginModel, build_version: &str) -> Vec<Value> {
    let group = |raw: &Raw| {
        let row = Row(&raw.0);
        let meta = row.text("service_meta_type");
        let of_group = |item: &&Raw| Row(&item.0).text("service_meta_type") == meta;
        let options: Vec<Value> =
            plugin.config_items.iter().filter(of_group).map(|item| option(item, plugin)).collect();
        let entry = json!({
            "config_name": row.text("config_name"),
            "service_meta_type": meta,
            "injection": row.text("injection"),
            "plugin_id": plugin.id,
            "build_version": build_version,
            "options": options,
        });
        (!options.is_empty()).then_some(entry)
    };
    plugin.config_groups.iter().filter_map(group).collect()
}

fn option(raw: &Raw, plugin: &PluginModel) -> Value {
    let row = Row(&raw.0);
    json!({
        "attr_name": row.text("attr_name"),
        "attr_type": row.text("attr_type"),
        "attr_alt_value": row.text("attr_alt_value"),
        "attr_default_value": row.text("attr_default_value"),
        "is_change": row.flag("is_change"),
        "attr_info": row.text("attr_info"),
        "protocol": row.text("protocol"),
        "service_meta_type": row.text("service_meta_type"),
        "plugin_id": plugin.id,
        "build_version": plugin.build_version,
    })
}

fn own_group(extra: &super::facts::ExtraPlugin, key: &str) -> Value {
    let mut names: Vec<&String> = extra.settings.values().flatten().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    let option = |name: &String| {
        json!({
            "attr_name": name,
            "attr_type": "string",
            "attr_alt_value": "",
            "attr_default_value": "",
            "is_change": true,
            "attr_info": "",
            "protocol": "",
            "service_meta_type": UNDEFINED,
            "plugin_id": key,
            "build_version": extra.build_version,
        })
    };
    json!({
        "config_name": "job",
        "service_meta_type": UNDEFINED,
        "injection": "env",
        "plugin_id": key,
        "build_version": extra.build_version,
        "options": names.into_iter().map(option).collect::<Vec<_>>(),
    })
}

/// `service_related_plugin_config` of a component.
pub(super) fn links(component: &ComponentModel, selection: &Selection<'_>) -> Vec<Value> {
    let mut links = Vec::new();
    for plugin in &selection.plugins {
        match plugin.from {
            PluginFrom::Backup(model) => {
                let ours = component.plugin_links.iter().filter(|link| link.plugin_id == model.id);
                links.extend(ours.map(|link| of_backup(component, plugin, link)));
            }
            PluginFrom::Extra(extra) => {
                let Some(settings) = extra.settings.get(&component.id) else { continue };
                let attrs: serde_json::Map<String, Value> =
                    settings.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
                let attr = json!([{
                    "service_meta_type": UNDEFINED,
                    "injection": "env",
                    "container_port": 0,
                    "attrs": Value::Object(attrs).to_string(),
                    "protocol": "",
                }]);
                links.push(link_entry(component, plugin, &plugin.key, &attr, extra.memory_mb, extra.cpu_millis));
            }
        }
    }
    links
}

fn of_backup(component: &ComponentModel, plugin: &ChosenPlugin<'_>, link: &PluginLink) -> Value {
    let attr = link.settings.iter().map(setting).collect();
    let mut entry = link_entry(component, plugin, &link.plugin_id, &attr, link.memory_mb, link.cpu_millis);
    if let Some(entry) = entry.as_object_mut() {
        entry.insert("plugin_status".to_owned(), link.is_on.into());
        entry.insert("service_meta_type".to_owned(), link.service_meta_type.clone().into());
        entry.insert("create_time".to_owned(), link.created.clone().into());
    }
    entry
}

fn link_entry(
    component: &ComponentModel,
    plugin: &ChosenPlugin<'_>,
    plugin_id: &str,
    attr: &Value,
    memory_mb: i64,
    cpu_millis: i64,
) -> Value {
    json!({
        "plugin_key": plugin.key,
        "plugin_id": plugin_id,
        "service_id": component.id,
        "build_version": plugin.build_version,
        "plugin_status": true,
        "service_meta_type": "",
        "memory_required": memory_mb,
        "cpu_required": cpu_millis,
        "create_time": "",
        "attr": attr,
    })
}

fn setting(raw: &Raw) -> Value {
    let row = Row(&raw.0);
    json!({
        "service_meta_type": row.text("service_meta_type"),
        "injection": row.text("injection"),
        "container_port": row.number("container_port"),
        "attrs": row.text("attrs"),
        "protocol": row.text("protocol"),
        "dest_service_id": row.text("dest_service_id"),
        "dest_service_alias": row.text("dest_service_alias"),
    })
}
