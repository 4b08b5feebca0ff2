//! The platform's own export of a template (`metadata.json`, rebuild.md §1.3) as the two metadata files of a backup package, so
//! that everything which reads backups reads it. Nothing is added that the export does not hold.

use crate::package::Row;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What the export does not say of its app.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExportedApp {
    pub name: String,
    pub k8s_app: String,
    pub region: String,
    /// Thousandths of a core by component: Go drops `container_cpu`, and consoles write no `cpu` (rebuild.md §1.3, §1.6).
    pub cpu_millis: BTreeMap<String, u64>,
}

/// Both files, and which image each component and plugin runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exported {
    pub console: Value,
    pub region: Value,
    pub images: Vec<ExportedImage>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExportedImage {
    /// Below the package's root, as in a backup (protocol.md §6.2).
    pub member: String,
    /// The name inside one of the export's archives.
    pub image: String,
    /// Whose it is, for people.
    pub of: String,
}

/// None where the file is no such export.
pub(crate) fn read_exported(template: &Value, app: &ExportedApp) -> Option<Exported> {
    let top = Row(template);
    if !top.row("apps").0.is_array() {
        return None;
    }
    let ids: BTreeMap<String, String> =
        top.rows("apps").map(|row| (row.text("service_share_uuid"), row.text("service_id"))).collect();
    let keys: BTreeMap<String, String> =
        top.rows("apps").map(|row| (row.text("service_key"), row.text("service_id"))).collect();
    let console = json!({
        "version": "",
        "group_info": {
            "group_name": app.name,
            "k8s_app": app.k8s_app,
            "note": "",
            "governance_mode": top.text("governance_mode"),
            "region_name": app.region,
        },
        "apps": top.rows("apps").map(|row| component(row, &ids, app)).collect::<Vec<_>>(),
        "app_config_group_info": top.rows("app_config_groups").map(|row| config_group(row, &keys)).collect::<Vec<_>>(),
        "plugin_info": plugins(top),
    });
    let builds = top.rows("plugins").map(|row| {
        json!({
            "plugin_id": row.text("plugin_id"), "build_local_image": row.text("share_image"),
            "version_id": build_version(row),
        })
    });
    let region = json!({
        "made_from": MADE_FROM,
        "Services": top.rows("apps").map(service).collect::<Vec<_>>(),
        "Plugins": [],
        "PluginBuildVersions": builds.collect::<Vec<_>>(),
    });
    let of_component = |row: Row<'_>| ExportedImage {
        member: format!("app_{}/image_{}.tar", row.text("service_id"), row.text("deploy_version")),
        image: row.text("share_image"),
        of: row.text("service_cname"),
    };
    let of_plugin = |row: Row<'_>| ExportedImage {
        member: format!("plugin_{}/image_{}.tar", row.text("plugin_id"), build_version(row)),
        image: row.text("share_image"),
        of: row.text("plugin_alias"),
    };
    let images = top.rows("apps").map(of_component).chain(top.rows("plugins").map(of_plugin));
    Some(Exported { console, region, images: images.filter(|image| !image.image.is_empty()).collect() })
}

/// The mark of a package that no backup made; a restore by the platform would not find in it what it wants.
const MADE_FROM: &str = crate::package::FROM_TEMPLATE;

fn component(row: Row<'_>, ids: &BTreeMap<String, String>, app: &ExportedApp) -> Value {
    let id = row.text("service_id");
    let limits = row.row("extend_method_map");
    let cpu = [limits.number("container_cpu"), row.number("cpu")].into_iter().find(|cpu| *cpu > 0);
    let cpu = cpu.or_else(|| app.cpu_millis.get(&id).and_then(|cpu| i64::try_from(*cpu).ok())).unwrap_or(0);
    let links: Vec<Row<'_>> = row.rows("service_related_plugin_config").collect();
    json!({
        "component_id": id,
        "service_base": {
            "service_id": id,
            "service_alias": row.text("service_alias"),
            "service_cname": row.text("service_cname"),
            "k8s_component_name": row.text("k8s_component_name"),
            "service_key": row.text("service_key"),
            "service_source": row.text("service_source"),
            "extend_method": row.text("extend_method"),
            "category": row.text("category"),
            "image": row.text("image"),
            "cmd": row.text("cmd"),
            "arch": row.text("arch"),
            "language": row.text("language"),
            "version": row.text("version"),
            "deploy_version": row.text("deploy_version"),
            "min_node": limits.number("min_node"),
            // `init_memory` is what was set; `memory` is that rounded down (console `query_share_service_info`).
            "min_memory": limits.number("init_memory"),
            "min_cpu": cpu,
            "create_status": "complete",
        },
        "service_extend_method": limits.0,
        "service_ports": row.rows("port_map_list").map(|port| port.0.clone()).collect::<Vec<_>>(),
        "service_env_vars": envs(row),
        "service_volumes": row.rows("service_volume_map_list").map(without_content).collect::<Vec<_>>(),
        "service_config_file": config_files(row),
        "service_probes": row.rows("probes").map(|probe| probe.0.clone()).collect::<Vec<_>>(),
        "service_relation": known(row, "dep_service_map_list", "dep_service_key", ids, |on, _| {
            json!({"service_id": id, "dep_service_id": on})
        }),
        "service_mnts": known(row, "mnt_relation_list", "service_share_uuid", ids, |owner, mount| json!({
            "service_id": id, "dep_service_id": owner, "mnt_name": mount.text("mnt_name"), "mnt_dir": mount.text("mnt_dir"),
        })),
        "service_plugin_relation": links.iter().map(|link| plugin_link(*link)).collect::<Vec<_>>(),
        "service_plugin_config": links.iter().flat_map(|link| plugin_settings(*link)).collect::<Vec<_>>(),
        "component_k8s_attributes": all(row, "component_k8s_attributes"),
        "service_monitors": all(row, "component_monitors"),
        "component_graphs": all(row, "component_graphs"),
        "service_labels": [],
        "service_domains": [],
        "service_tcpdomains": [],
        "third_party_service_endpoints": [],
    })
}

fn all(row: Row<'_>, key: &str) -> Vec<Value> {
    row.rows(key).map(|one| one.0.clone()).collect()
}

/// Rows that name another component, for those that the export holds.
fn known(
    row: Row<'_>,
    list: &str,
    key: &str,
    ids: &BTreeMap<String, String>,
    write: impl Fn(&str, Row<'_>) -> Value,
) -> Vec<Value> {
    row.rows(list).filter_map(|one| Some(write(ids.get(&one.text(key))?, one))).collect()
}

/// A variable of both scopes is among the inner ones, and nothing says so (rebuild.md §2).
fn envs(row: Row<'_>) -> Vec<Value> {
    let of = |list: &str, scope: &'static str| {
        row.rows(list).map(move |env| with(env, "scope", scope.into())).collect::<Vec<_>>()
    };
    [of("service_env_map_list", "inner"), of("service_connect_info_map_list", "outer")].concat()
}

fn with(row: Row<'_>, key: &str, value: Value) -> Value {
    let mut map = row.0.as_object().cloned().unwrap_or_default();
    map.insert(key.to_owned(), value);
    Value::Object(map)
}

fn without_content(volume: Row<'_>) -> Value {
    let mut map = volume.0.as_object().cloned().unwrap_or_default();
    map.remove("file_content");
    Value::Object(map)
}

fn config_files(row: Row<'_>) -> Vec<Value> {
    let files = row.rows("service_volume_map_list").filter(|volume| volume.text("volume_type") == "config-file");
    files
        .map(|file| json!({"volume_name": file.text("volume_name"), "file_content": file.text("file_content")}))
        .collect()
}

fn plugin_link(link: Row<'_>) -> Value {
    // Consoles write their own row (`min_memory`), the region's types keep what they know of it (`memory_required`).
    let number =
        |ours: &str, theirs: &str| if link.row(ours).is_there() { link.number(ours) } else { link.number(theirs) };
    json!({
        "plugin_id": link.text("plugin_id"),
        "build_version": link.text("build_version"),
        "service_meta_type": link.text("service_meta_type"),
        "plugin_status": link.row("plugin_status").0,
        "min_memory": number("min_memory", "memory_required"),
        "min_cpu": number("min_cpu", "cpu_required"),
        "create_time": link.text("create_time"),
    })
}

fn plugin_settings(link: Row<'_>) -> Vec<Value> {
    let plugin = link.text("plugin_id");
    link.rows("attr").map(|row| with(row, "plugin_id", plugin.clone().into())).collect()
}

fn config_group(row: Row<'_>, keys: &BTreeMap<String, String>) -> Value {
    let items: Vec<Value> = match row.row("config_items").0 {
        Value::Object(items) => {
            items.iter().map(|(key, value)| json!({"item_key": key, "item_value": value})).collect()
        }
        _ => Vec::new(),
    };
    let of = row.row("component_keys").0.as_array().map(Vec::as_slice).unwrap_or_default();
    let services = of.iter().filter_map(|key| keys.get(key.as_str()?)).map(|id| json!({"service_id": id}));
    json!({
        "config_group_name": row.text("name"),
        "deploy_type": row.text("injection_type"),
        // `enable` is not in the region's types: whoever is in a template is switched on (rebuild.md §1.3).
        "enable": true,
        "config_items": items,
        "services": services.collect::<Vec<_>>(),
    })
}

fn build_version(plugin: Row<'_>) -> String {
    let version = plugin.text("build_version");
    if version.is_empty() { "1".to_owned() } else { version }
}

fn plugins(top: Row<'_>) -> Value {
    let mut groups = Vec::new();
    let mut items = Vec::new();
    let mut rows = Vec::new();
    for plugin in top.rows("plugins") {
        let (id, version) = (plugin.text("plugin_id"), build_version(plugin));
        let own = |row: Row<'_>, more: &[(&str, Value)]| {
            let mut map: Map<String, Value> = row.0.as_object().cloned().unwrap_or_default();
            map.remove("options");
            map.insert("plugin_id".to_owned(), id.clone().into());
            map.insert("build_version".to_owned(), version.clone().into());
            more.iter().for_each(|(key, value)| drop(map.insert((*key).to_owned(), value.clone())));
            Value::Object(map)
        };
        for group in plugin.rows("config_groups") {
            let meta = Value::from(group.text("service_meta_type"));
            groups.push(own(group, &[]));
            items.extend(group.rows("options").map(|item| own(item, &[("service_meta_type", meta.clone())])));
        }
        // A copy that came from the same template is known by its key (rebuild.md §2).
        let mut row = plugin.0.as_object().cloned().unwrap_or_default();
        row.remove("config_groups");
        row.remove("plugin_image");
        row.insert("origin_share_id".to_owned(), plugin.text("plugin_key").into());
        rows.push(Value::Object(row));
    }
    let versions = top
        .rows("plugins")
        .map(|plugin| json!({"plugin_id": plugin.text("plugin_id"), "build_version": build_version(plugin)}));
    json!({
        "plugins": rows,
        "plugin_build_versions": versions.collect::<Vec<_>>(),
        "plugin_config_groups": groups,
        "plugin_config_items": items,
    })
}

fn service(row: Row<'_>) -> Value {
    let labels = row.row("labels").0.as_object().map(|labels| labels.keys().cloned().collect::<Vec<_>>());
    let label = |name: String| json!({"LabelKey": "node-selector", "LabelValue": name});
    let delivered = if row.text("share_type") == "slug" { "slug" } else { "image" };
    let id = row.text("service_id");
    json!({
        "ServiceID": id,
        "Service": {"service_id": id, "service_alias": row.text("service_alias"), "kind": "internal"},
        "Versions": [{
            "build_version": row.text("deploy_version"), "image_name": row.text("share_image"),
            "delivered_type": delivered, "final_status": "success",
        }],
        "ServiceLabel": labels.unwrap_or_default().into_iter().map(label).collect::<Vec<_>>(),
    })
}
