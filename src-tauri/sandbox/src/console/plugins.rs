//! Plugins of a team and on components (recorded 1580–1585; rebuild.md §1.4).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need, Place};
use super::templates::text;
use crate::clock;
use crate::noise;
use crate::region::Registry;
use crate::state::{Component, Plugin};

const RELATIONS: &str = "service_plugin_relation";
const CONFIGS: &str = "service_plugin_config";
/// What a plugin from a template gets at least (rebuild.md §1.4).
const MIN_MEMORY: u64 = 512;
const MIN_CPU: u64 = 250;

/// The team's plugins for those of a template: one with the same key is reused, not replaced (rebuild.md §1.4).
/// `plugin_key` → `plugin_id`.
pub(crate) fn from_template(desk: &mut Desk<'_>, place: &Place, template: &Value) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    for source in template["plugins"].as_array().into_iter().flatten() {
        let key = text(source, "plugin_key");
        let known =
            desk.rows().plugins.iter().find(|row| row.origin_share_id == key && row.tenant_id == place.tenant_id);
        let id = match known {
            Some(plugin) => plugin.plugin_id.clone(),
            None => add(desk, place, source),
        };
        ids.insert(key, id);
    }
    ids
}

fn add(desk: &mut Desk<'_>, place: &Place, source: &Value) -> String {
    let now = desk.now;
    let image = text(source, "share_image");
    let built = Registry::open(desk.dir).get(&image).is_some();
    let state = desk.rows_mut();
    let plugin = Plugin {
        id: state.next_id("plugin"),
        plugin_id: noise::id(),
        tenant_id: place.tenant_id.clone(),
        region: place.region.clone(),
        name: text(source, "plugin_name"),
        alias: text(source, "plugin_alias"),
        category: text(source, "category"),
        desc: text(source, "desc"),
        built_image: image.clone(),
        image,
        origin_share_id: text(source, "plugin_key"),
        build_version: text(source, "build_version"),
        build_status: if built { "build_success" } else { "build_fail" }.to_owned(),
        event_id: noise::id(),
        min_memory: MIN_MEMORY,
        min_cpu: MIN_CPU,
        config_groups: source["config_groups"].as_array().cloned().unwrap_or_default(),
        create_time: now,
        ..Plugin::default()
    };
    let id = plugin.plugin_id.clone();
    state.plugins.push(plugin);
    id
}

/// The plugins of a new component and their settings.
pub(crate) fn attach(
    desk: &mut Desk<'_>,
    _place: &Place,
    component: &mut Component,
    source: &Value,
    plugins: &BTreeMap<String, String>,
) {
    for config in source["service_related_plugin_config"].as_array().into_iter().flatten() {
        let Some(plugin) = plugins.get(&text(config, "plugin_key")).and_then(|id| desk.rows().plugin(id)).cloned()
        else {
            continue;
        };
        let number = |key: &str| config[key].as_u64().unwrap_or_default();
        let limits = (number("memory_required").max(MIN_MEMORY), number("cpu_required").max(MIN_CPU));
        relate(desk, component, &plugin, config["plugin_status"] == true, limits);
        for attr in config["attr"].as_array().into_iter().flatten() {
            add_config(desk, component, &plugin, attr);
        }
    }
}

fn relate(desk: &mut Desk<'_>, component: &mut Component, plugin: &Plugin, on: bool, limits: (u64, u64)) {
    let id = desk.rows_mut().next_id("plugin_relation");
    let row = json!({
        "ID": id, "service_id": component.service_id, "plugin_id": plugin.plugin_id,
        "build_version": plugin.build_version, "service_meta_type": "", "plugin_status": on,
        "create_time": clock::plain(desk.now), "min_memory": limits.0, "min_cpu": limits.1,
    });
    component.add_row(RELATIONS, row);
}

fn add_config(desk: &mut Desk<'_>, component: &mut Component, plugin: &Plugin, attr: &Value) {
    let id = desk.rows_mut().next_id("plugin_config");
    let row = json!({
        "ID": id, "service_id": component.service_id, "plugin_id": plugin.plugin_id,
        "build_version": plugin.build_version, "service_meta_type": attr["service_meta_type"],
        "injection": attr["injection"], "dest_service_id": text(attr, "dest_service_id"),
        "dest_service_alias": text(attr, "dest_service_alias"),
        "container_port": attr["container_port"].as_u64().unwrap_or_default(),
        "attrs": text(attr, "attrs"), "protocol": text(attr, "protocol"),
        "create_time": clock::plain(desk.now),
    });
    component.add_row(CONFIGS, row);
}

fn relation<'a>(component: &'a Component, plugin_id: &str) -> Option<&'a Value> {
    component.rows(RELATIONS).iter().find(|row| row["plugin_id"] == plugin_id)
}

/// The component and plugin of the path.
fn asked(desk: &Desk<'_>, ask: &Ask, need: Need) -> Result<(Component, Plugin), Answer> {
    let place = desk.allowed(ask, need)?;
    let component = find(desk, ask, &place)?.clone();
    let plugin = team_plugin(desk, ask, &place)?;
    Ok((component, plugin))
}

fn team_plugin(desk: &Desk<'_>, ask: &Ask, place: &Place) -> Result<Plugin, Answer> {
    let plugin = desk.rows().plugin(ask.param("plugin")).filter(|row| row.tenant_id == place.tenant_id).cloned();
    plugin.ok_or_else(|| Answer::refused(404, "plugin not found", "插件不存在"))
}

/// `GET /console/teams/<team>/apps/<component>/pluginlist`
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let here = |plugin: &&Plugin| plugin.tenant_id == place.tenant_id && plugin.region == place.region;
    let (mut installed, mut others) = (Vec::new(), Vec::new());
    for plugin in desk.rows().plugins.iter().filter(here) {
        let mut row = json!({
            "plugin_id": plugin.plugin_id, "desc": plugin.desc, "plugin_alias": plugin.alias,
            "category": plugin.category, "origin_share_id": plugin.origin_share_id,
            "build_version": plugin.build_version, "min_memory": plugin.min_memory,
        });
        match relation(component, &plugin.plugin_id) {
            Some(relation) => {
                for key in ["min_memory", "min_cpu", "plugin_status"] {
                    row[key] = relation[key].clone();
                }
                installed.push(row);
            }
            None => others.push(row),
        }
    }
    Ok(Answer::found(Data::bean(json!({"installed_plugins": installed, "not_install_plugins": others}))))
}

/// `GET /console/teams/<team>/plugins/<plugin>/version/<version>/status`
pub(crate) fn build_status(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let plugin = team_plugin(desk, ask, &place)?;
    if plugin.build_version != ask.param("version") {
        return Err(Answer::refused(404, "plugin version not found", "插件版本不存在"));
    }
    Ok(Answer::found(Data::bean(json!({"status": plugin.build_status, "event_id": plugin.event_id}))))
}

/// `DELETE /console/teams/<team>/plugins/<plugin>`: refused while a component has it (rainbond-console
/// `console/services/plugin/app_plugin.py`, `delete_plugin`: `ErrPluginIsUsed`).
pub(crate) fn delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let plugin = team_plugin(desk, ask, &place)?;
    if desk.rows().components.iter().any(|row| relation(row, &plugin.plugin_id).is_some()) {
        return Err(Answer::refused(400, "plugin is used", "插件已被使用，无法删除"));
    }
    desk.rows_mut().plugins.retain(|row| row.plugin_id != plugin.plugin_id);
    Ok(Answer::done("删除成功"))
}

/// `POST /console/teams/<team>/apps/<component>/plugins/<plugin>/install`
pub(crate) fn install(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (mut component, plugin) = asked(desk, ask, Need::Operate)?;
    if relation(&component, &plugin.plugin_id).is_some() {
        return Err(Answer::refused(400, "plugin installed", "组件已安装该插件"));
    }
    relate(desk, &mut component, &plugin, true, (plugin.min_memory, plugin.min_cpu));
    for group in &plugin.config_groups {
        let values: Map<String, Value> =
            options(group).map(|option| (text(option, "attr_name"), option["attr_default_value"].clone())).collect();
        let attr = json!({
            "service_meta_type": group["service_meta_type"], "injection": group["injection"],
            "attrs": Value::Object(values).to_string(),
        });
        add_config(desk, &mut component, &plugin, &attr);
    }
    keep(desk, component);
    Ok(Answer::done("安装成功"))
}

fn keep(desk: &mut Desk<'_>, component: Component) {
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        row.carried = component.carried;
    }
}

/// `DELETE /console/teams/<team>/apps/<component>/plugins/<plugin>/install`
pub(crate) fn uninstall(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (mut component, plugin) = asked(desk, ask, Need::Operate)?;
    for kind in [RELATIONS, CONFIGS] {
        if let Some(rows) = component.rows_mut(kind) {
            rows.retain(|row| row["plugin_id"] != plugin.plugin_id.as_str());
        }
    }
    keep(desk, component);
    Ok(Answer::done("卸载成功"))
}

fn options(group: &Value) -> impl Iterator<Item = &Value> {
    group["options"].as_array().into_iter().flatten()
}

/// `GET /console/teams/<team>/apps/<component>/plugins/<plugin>/configs?build_version=`
pub(crate) fn configs(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (component, plugin) = asked(desk, ask, Need::See)?;
    let relation = relation(&component, &plugin.plugin_id);
    let relation = relation.ok_or_else(|| Answer::refused(404, "plugin not installed", "组件未安装该插件"))?;
    let group = plugin.config_groups.iter().find(|group| group["service_meta_type"] == "un_define");
    let row = component
        .rows(CONFIGS)
        .iter()
        .find(|row| row["plugin_id"] == plugin.plugin_id.as_str() && row["service_meta_type"] == "un_define");
    let values: Map<String, Value> =
        row.and_then(|row| serde_json::from_str(row["attrs"].as_str()?).ok()).unwrap_or_default();
    let undefined = group.map(|group| {
        let config = options(group).map(|option| {
            let name = text(option, "attr_name");
            json!({
                "attr_info": option["attr_info"], "attr_name": name,
                "attr_value": values.get(&name).unwrap_or(&option["attr_default_value"]),
                "attr_alt_value": option["attr_alt_value"], "attr_type": option["attr_type"],
                "attr_default_value": option["attr_default_value"], "is_change": option["is_change"],
            })
        });
        json!({
            "service_id": component.service_id, "service_meta_type": "un_define", "injection": group["injection"],
            "service_alias": component.alias, "config": config.collect::<Value>(),
            "config_group_name": group["config_name"],
        })
    });
    let bean = json!({
        "undefine_env": undefined.unwrap_or(json!({})), "upstream_env": [], "downstream_env": [],
        "storage_env": {}, "build_info": "", "memory": relation["min_memory"],
    });
    Ok(Answer::found(Data::bean(bean)))
}

/// `PUT /console/teams/<team>/apps/<component>/plugins/<plugin>/configs` (rebuild.md §8.2)
pub(crate) fn put_configs(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (mut component, plugin) = asked(desk, ask, Need::Operate)?;
    let wanted = ask.field("undefine_env").cloned().unwrap_or_default();
    let pairs = wanted["config"].as_array().into_iter().flatten();
    let values: Map<String, Value> = pairs.map(|pair| (text(pair, "attr_name"), pair["attr_value"].clone())).collect();
    if let Some(rows) = component.rows_mut(CONFIGS) {
        rows.retain(|row| row["plugin_id"] != plugin.plugin_id.as_str() || row["service_meta_type"] != "un_define");
    }
    let attr = json!({
        "service_meta_type": "un_define", "injection": wanted["injection"].as_str().unwrap_or("env"),
        "attrs": Value::Object(values).to_string(),
    });
    add_config(desk, &mut component, &plugin, &attr);
    keep(desk, component);
    Ok(Answer::done("配置更新成功"))
}

/// `PUT /console/teams/<team>/apps/<component>/plugins/<plugin>/open`
pub(crate) fn open(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (mut component, plugin) = asked(desk, ask, Need::Operate)?;
    for row in component.rows_mut(RELATIONS).into_iter().flatten() {
        if row["plugin_id"] == plugin.plugin_id.as_str() {
            row["plugin_status"] = json!(ask.field("is_switch") != Some(&json!(false)));
            for key in ["min_memory", "min_cpu"] {
                if let Some(value) = ask.field(key) {
                    row[key] = value.clone();
                }
            }
        }
    }
    keep(desk, component);
    Ok(Answer::done("操作成功"))
}
