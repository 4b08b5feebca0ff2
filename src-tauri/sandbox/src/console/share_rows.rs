//! What a template says of an app: rows of the console's tables as `query_share_service_info`, `config_groups` and
//! `_list_http_ingresses` write them (rainbond console console/services/share_services.py).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::templates::text;
use crate::state::{ConfigGroup, Plugin, State};

fn rows<'a>(row: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    row[key].as_array().into_iter().flatten()
}

/// Chosen columns of a row.
fn cut(row: &Value, columns: &[&str]) -> Value {
    columns.iter().map(|column| ((*column).to_owned(), row[*column].clone())).collect::<Map<_, _>>().into()
}

/// The components of a console's metadata that have a build, with `labels` by component.
pub(super) fn components(
    console: &Value,
    built: &BTreeMap<String, String>,
    labels: &BTreeMap<String, Vec<String>>,
) -> Value {
    let share = |id: &str| format!("{id}+{id}");
    let known: Vec<&Value> =
        rows(console, "apps").filter(|row| built.contains_key(&text(&row["service_base"], "service_id"))).collect();
    let is_known = |id: &str| known.iter().any(|row| row["service_base"]["service_id"] == id);
    let one = |row: &&Value| {
        let base = &row["service_base"];
        let id = text(base, "service_id");
        let memory = base["min_memory"].as_u64().unwrap_or_default();
        let single = text(base, "extend_method").ends_with("_singleton");
        let mut out = json!({
            // Not from the template it came with, but its own id (the comment in that file).
            "service_key": id, "service_share_uuid": share(&id), "need_share": true,
            "memory": memory - memory % 32, "deploy_version": built.get(&id),
            "extend_method_map": {
                "step_node": 1, "min_memory": 64, "init_memory": memory, "max_memory": 65536, "step_memory": 64,
                "is_restart": 0, "min_node": base["min_node"], "container_cpu": base["min_cpu"],
                "max_node": if single { 1 } else { 64 },
            },
            "probes": rows(row, "service_probes").map(probe).collect::<Value>(),
            "port_map_list": rows(row, "service_ports").map(|port| cut(port, &[
                "protocol", "tenant_id", "port_alias", "container_port", "is_inner_service", "is_outer_service",
                "k8s_service_name", "name",
            ])).collect::<Value>(),
            "service_volume_map_list": rows(row, "service_volumes").map(|volume| self::volume(row, volume)).collect::<Value>(),
            "service_env_map_list": envs(row, false), "service_connect_info_map_list": envs(row, true),
            "service_related_plugin_config": rows(row, "service_plugin_relation").map(|link| plugin_link(row, link)).collect::<Value>(),
            "component_monitors": or_null(row, "service_monitors"), "component_graphs": or_null(row, "component_graphs"),
            "component_k8s_attributes": or_null(row, "component_k8s_attributes"),
            "labels": labels.get(&id).into_iter().flatten().map(|name| (name.clone(), json!(name))).collect::<Map<_, _>>(),
            // Relations to components outside the share are left out without a word.
            "dep_service_map_list": rows(row, "service_relation").map(|to| text(to, "dep_service_id"))
                .filter(|to| is_known(to)).map(|to| json!({"dep_service_key": share(&to)})).collect::<Value>(),
            "mnt_relation_list": rows(row, "service_mnts").filter(|mount| is_known(&text(mount, "dep_service_id")))
                .map(|mount| json!({
                    "service_share_uuid": share(&text(mount, "dep_service_id")), "mnt_name": mount["mnt_name"],
                    "mnt_dir": mount["mnt_dir"],
                })).collect::<Value>(),
        });
        for column in [
            "service_id",
            "tenant_id",
            "service_cname",
            "category",
            "language",
            "extend_method",
            "version",
            "service_type",
            "service_source",
            "k8s_component_name",
            "image",
            "arch",
            "service_alias",
            "service_name",
            "service_region",
            "creater",
            "cmd",
        ] {
            out[column] = base[column].clone();
        }
        out
    };
    known.iter().map(one).collect()
}

fn or_null(row: &Value, key: &str) -> Value {
    let list: Vec<Value> = rows(row, key)
        .map(|one| {
            let mut one = one.clone();
            if let Value::Object(map) = &mut one {
                map.shift_remove("ID");
            }
            one
        })
        .collect();
    if list.is_empty() { Value::Null } else { Value::Array(list) }
}

fn probe(row: &Value) -> Value {
    let mut row = row.clone();
    // `to_dict` of a boolean column.
    row["is_used"] = json!(row["is_used"] == true || row["is_used"] == 1);
    row
}

fn volume(component: &Value, volume: &Value) -> Value {
    let mut out = cut(
        volume,
        &[
            "category",
            "volume_capacity",
            "volume_provider_name",
            "volume_type",
            "volume_path",
            "volume_name",
            "access_mode",
            "share_policy",
            "backup_policy",
            "mode",
        ],
    );
    let is_file = volume["volume_type"] == "config-file";
    let file = rows(component, "service_config_file").find(|file| file["volume_id"] == volume["ID"]);
    out["file_content"] = json!(file.filter(|_| is_file).map(|file| text(file, "file_content")).unwrap_or_default());
    out
}

/// Builds' own variables stay; those of scope `both` go with the inner ones.
fn envs(component: &Value, outer: bool) -> Value {
    let of =
        rows(component, "service_env_vars").filter(|env| env["scope"] != "build" && (env["scope"] == "outer") == outer);
    of.map(|env| {
        let mut out = cut(env, &["name", "attr_name", "attr_value", "is_change"]);
        if outer {
            out["container_port"] = env["container_port"].clone();
        }
        out
    })
    .collect()
}

fn plugin_link(component: &Value, link: &Value) -> Value {
    let mut out = link.clone();
    let attrs = rows(component, "service_plugin_config").filter(|config| config["plugin_id"] == link["plugin_id"]);
    out["attr"] = attrs.cloned().collect();
    out
}

/// Plugins of an app's components, each once.
pub(super) fn plugins(state: &State, app: u64) -> Value {
    let mut seen = Vec::new();
    let links = state.components_of(app).flat_map(|row| row.rows("service_plugin_relation"));
    for link in links {
        let id = text(link, "plugin_id");
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen.iter().filter_map(|id| state.plugin(id)).map(row).collect()
}

fn row(plugin: &Plugin) -> Value {
    json!({
        "ID": plugin.id, "plugin_id": plugin.plugin_id, "tenant_id": plugin.tenant_id, "region": plugin.region,
        "desc": plugin.desc, "plugin_name": plugin.name, "plugin_alias": plugin.alias, "category": plugin.category,
        "build_source": "image", "image": plugin.image, "code_repo": "", "origin": "tenant",
        "origin_share_id": plugin.origin_share_id, "build_version": plugin.build_version,
        "create_time": crate::clock::plain(plugin.create_time),
    })
}

/// `get_plugins_group_items`: its key is its own id, or that of the template it came with; its settings come along.
pub(super) fn plugin(state: &State, one: &Value) -> Value {
    let mut out = one.clone();
    let known = state.plugin(&text(one, "plugin_id"));
    let origin = text(one, "origin_share_id");
    out["plugin_key"] =
        if matches!(origin.as_str(), "" | "new_create") { one["plugin_id"].clone() } else { json!(origin) };
    out["config_groups"] = known.map(|plugin| json!(plugin.config_groups)).unwrap_or_default();
    out["plugin_image"] = hub();
    out
}

pub(super) fn hub() -> Value {
    json!({"hub_url": "", "hub_user": "", "hub_password": "", "namespace": "", "is_trust": false})
}

/// A group's `enable` is written and lost in the region's types.
pub(super) fn config_group(group: &ConfigGroup) -> Value {
    json!({
        "name": group.name, "injection_type": group.deploy_type, "enable": group.enable,
        "config_items": group.items.iter().map(|(_, key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>(),
        "component_keys": group.services.iter().map(|(_, id)| id).collect::<Vec<_>>(),
    })
}

/// Rules of outer ports, without their domains.
pub(super) fn http_routes(state: &State, services: &[Value]) -> Value {
    let of =
        state.http_rules.iter().filter(|rule| services.iter().any(|one| one["service_id"] == rule.service_id.as_str()));
    of.map(|rule| {
        let config = rule.config.clone().unwrap_or_default();
        json!({
            "default_domain": rule.default, "location": rule.path, "cookies": {}, "headers": {},
            "path_rewrite": false, "rewrites": [], "ssl": false, "load_balancing": "round-robin",
            "connection_timeout": config["proxy_connect_timeout"], "request_timeout": config["proxy_send_timeout"],
            "response_timeout": config["proxy_read_timeout"],
            "request_body_size_limit": config["proxy_body_size"],
            "proxy_buffer_numbers": config["proxy_buffer_numbers"], "proxy_buffer_size": config["proxy_buffer_size"],
            "websocket": config["WebSocket"], "component_key": rule.service_id, "port": rule.port,
            "proxy_header": null,
        })
    })
    .collect()
}
