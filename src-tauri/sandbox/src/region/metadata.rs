//! The two snapshots that go into a package: the region's and the console's, with the key sets of real ones
//! (tests/fixtures/packages).

use std::path::Path;

use md5::{Digest, Md5};
use serde_json::{Map, Value, json};

use super::plugins;

use crate::clock::{self, Moment};
use crate::console::{app_row, base_row, config_group_row, env_row, port_row, volume_row};
use crate::era::Era;
use crate::image::{Archive, ImageSpec};
use crate::region::Registry;
use crate::state::{Component, Plugin, State};
use crate::zip::Owner;

/// What a backup takes along, fixed at the moment it is asked for.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) region_json: String,
    pub(crate) console_json: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) plugins: Vec<PluginPart>,
}

/// A plugin's share of the package: its image.
#[derive(Debug)]
pub(crate) struct PluginPart {
    pub(crate) plugin_id: String,
    pub(crate) build_version: String,
    pub(crate) image: Archive,
}

/// A component's share of the package.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) service_id: String,
    pub(crate) tenant_id: String,
    pub(crate) build_version: String,
    /// None of a component that was never built, and of a third-party one.
    pub(crate) image: Option<Archive>,
    pub(crate) owner: Owner,
    /// (name, path in the container) of its `share-file` volumes.
    pub(crate) shares: Vec<(String, String)>,
}

const ZERO_TIME: &str = "0001-01-01T00:00:00Z";

/// `dir` is the cluster's folder, for images that lie in the region's registry.
pub(crate) fn snapshot(state: &State, era: Era, now: Moment, app_id: u64, dir: &Path) -> Snapshot {
    let components: Vec<&Component> = state.components_of(app_id).filter(|row| !row.creating).collect();
    let registry = Registry::open(dir);
    let plugins = plugins::used(state, &components);
    let services: Vec<Value> =
        components.iter().map(|row| region_service(state, era, row, now, is_built(row, &registry))).collect();
    let region = json!({
        "Services": services, "Plugins": or_null(plugins.iter().map(|row| plugins::region_row(row)).collect()),
        "PluginBuildVersions": or_null(plugins.iter().map(|row| plugins::region_version(row)).collect()),
    });
    let console = console_metadata(state, era, app_id, &components, &plugins);
    let parts = components.iter().map(|row| Part {
        service_id: row.service_id.clone(),
        tenant_id: row.tenant_id.clone(),
        build_version: row.build_version.clone(),
        image: is_built(row, &registry).then(|| archive(&registry, &row.image_name, row.base_bytes, row.layer_bytes)),
        owner: row.owner,
        shares: row
            .volumes
            .iter()
            .filter(|volume| volume.kind == "share-file")
            .map(|volume| (volume.name.clone(), volume.path.clone()))
            .collect(),
    });
    let plugin_parts = plugins.iter().map(|row| PluginPart {
        plugin_id: row.plugin_id.clone(),
        build_version: row.build_version.clone(),
        image: archive(&registry, &row.built_image, row.image_bytes, row.image_bytes),
    });
    Snapshot {
        region_json: region.to_string(),
        console_json: crate::ticket::python_json(&console),
        parts: parts.collect(),
        plugins: plugin_parts.collect(),
    }
}

/// Whether the region has a version of the component: one from a template not before its first deploy and not if its
/// image could not be pulled, a third-party one never.
fn is_built(row: &Component, registry: &Registry) -> bool {
    let deployed = row.status != "undeploy" || row.then.is_some();
    let pulled = !row.is_pulled() || (deployed && registry.get(&row.image_name).is_some());
    pulled && !row.is_third_party()
}

fn archive(registry: &Registry, name: &str, base_bytes: u64, layer_bytes: u64) -> Archive {
    match registry.get(name) {
        Some(kept) => {
            Archive::Kept { tar: registry.tar(kept), inside: kept.name_inside.clone(), name: name.to_owned() }
        }
        None => Archive::Made(ImageSpec { name: name.to_owned(), base_bytes, layer_bytes }),
    }
}

/// Takes away what the version does not have yet.
fn strip(era: Era, table: &str, row: &mut Value) {
    if let Value::Object(row) = row {
        *row = era.traits().known(table, std::mem::take(row));
    }
}

/// Go prints an empty slice as null.
fn or_null(rows: Vec<Value>) -> Value {
    if rows.is_empty() { Value::Null } else { Value::Array(rows) }
}

fn region_service(state: &State, era: Era, row: &Component, now: Moment, built: bool) -> Value {
    let time = clock::rfc3339(row.create_time);
    let app = state.app(row.app_id);
    let namespace = state.team_of(&row.tenant_id).map(|team| team.namespace.clone());
    let mut service = json!({
        "ID": row.id, "create_time": time, "tenant_id": row.tenant_id, "service_id": row.service_id,
        "service_key": "0000", "service_alias": row.alias, "service_name": row.alias, "service_type": "",
        "comment": "docker run application", "container_cpu": row.min_cpu, "container_memory": row.min_memory,
        "container_gpu": 0, "upgrade_method": "Rolling", "extend_method": row.extend_method,
        "replicas": row.min_node, "deploy_version": row.build_version, "category": "app_publish",
        "cur_status": "undeploy", "status": 0, "event_id": "", "namespace": namespace,
        "update_time": clock::rfc3339(row.update_time), "service_origin": "assistant", "kind": "internal",
        "app_id": app.map(|app| app.region_app_id.clone()), "k8s_component_name": row.k8s_name, "job_strategy": "",
    });
    strip(era, "Service", &mut service);
    let envs = row.envs.iter().map(|env| {
        json!({
            "ID": env.id, "create_time": time, "tenant_id": row.tenant_id, "service_id": row.service_id,
            "container_port": env.port, "name": env.name, "attr_name": env.key, "attr_value": env.value,
            "is_change": env.changeable, "scope": env.scope,
        })
    });
    let relations = row.depends.iter().map(|dep| {
        json!({
            "ID": 0, "create_time": ZERO_TIME, "tenant_id": row.tenant_id, "service_id": row.service_id,
            "depend_service_id": dep, "dep_service_type": "application", "dep_order": 0,
        })
    });
    let labels = row.labels.iter().map(|name| {
        json!({
            "ID": 0, "create_time": ZERO_TIME, "ServiceID": row.service_id, "LabelKey": "node-selector",
            "LabelValue": name,
        })
    });
    let files = row.volumes.iter().filter(|volume| volume.content.is_some()).map(|volume| {
        // The content is under `filename`, a historic misnomer.
        json!({
            "ID": 0, "create_time": ZERO_TIME, "service_id": row.service_id, "volume_name": volume.name,
            "filename": volume.content,
        })
    });
    let ports = row.ports.iter().map(|port| {
        let mut row = json!({
            "ID": port.id, "create_time": time, "tenant_id": row.tenant_id, "service_id": row.service_id,
            "container_port": port.port, "mapping_port": port.port, "protocol": port.protocol,
            "port_alias": port.alias, "is_inner_service": port.inner, "is_outer_service": port.outer,
            "k8s_service_name": port.k8s_service, "name": "",
        });
        strip(era, "ServicePort", &mut row);
        row
    });
    json!({
        "ServiceID": row.service_id, "Service": service, "ServiceProbe": null, "LBMappingPort": null,
        "ServiceEnv": or_null(envs.collect()), "ServiceLabel": or_null(labels.collect()), "ServiceMntRelation": null,
        "ServiceRelation": or_null(relations.collect()), "ServiceStatus": row.status_at(now),
        "ServiceVolume": or_null(row.volumes.iter().map(|volume| region_volume(row, volume, &time)).collect()),
        "ServiceConfigFile": or_null(files.collect()), "ServicePort": or_null(ports.collect()),
        "Versions": or_null(built.then(|| region_version(row, &time)).into_iter().collect()), "PluginRelation": null, "PluginConfigs": null,
        "PluginEnvs": null, "PluginStreamPorts": null,
    })
}

fn region_volume(row: &Component, volume: &crate::state::Volume, time: &str) -> Value {
    let home = format!("/grdata/tenant/{}/service/{}", row.tenant_id, row.service_id);
    json!({
        "ID": volume.id, "create_time": time, "service_id": row.service_id, "category": "app_publish",
        "volume_type": volume.kind, "volume_name": volume.name, "host_path": format!("{home}{}", volume.path),
        "volume_path": volume.path, "is_read_only": false, "volume_capacity": volume.capacity,
        "access_mode": volume.access, "share_policy": "exclusive", "backup_policy": "exclusive",
        "reclaim_policy": "exclusive", "allow_expansion": false, "volume_provider_name": "", "mode": null,
    })
}

fn region_version(row: &Component, time: &str) -> Value {
    json!({
        "ID": row.id, "create_time": time, "build_version": row.build_version, "event_id": row.check_event_id,
        "service_id": row.service_id, "kind": "build_from_image", "delivered_type": "image",
        "delivered_path": row.image_name, "image_name": row.image_name, "cmd": "", "repo_url": "",
        "code_version": "", "code_branch": "", "code_commit_msg": "", "code_commit_author": "",
        "final_status": "success", "finish_time": time, "plan_version": "",
    })
}

fn console_metadata(state: &State, era: Era, app_id: u64, components: &[&Component], plugins: &[&Plugin]) -> Value {
    let app = state.app(app_id);
    let relations = components.iter().map(|row| {
        json!({
            "ID": row.id, "service_id": row.service_id, "group_id": app_id, "tenant_id": row.tenant_id,
            "region_name": row.region,
        })
    });
    let groups = state.config_groups.iter().filter(|group| group.app_id == app_id);
    let apps: Vec<Value> = components.iter().map(|row| console_component(state, era, row)).collect();
    let traits = era.traits();
    let group = app.map(|app| traits.known("group_info", app_row(app)));
    let mut file = json!({
        "compose_group_info": null, "compose_service_relation": null, "group_info": group,
        "service_group_relation": relations.collect::<Value>(), "apps": apps,
        "plugin_info": plugins::console_info(plugins),
        "app_config_group_info": groups.map(|group| config_group_row(state, group)).collect::<Value>(),
    });
    strip(era, "top", &mut file);
    file
}

/// Lists a component carries along without the sandbox knowing more about them.
const CARRIED: &[&str] = &[
    "service_probes",
    "service_auths",
    "service_mnts",
    "service_plugin_relation",
    "service_plugin_config",
    "third_party_service_endpoints",
    "service_monitors",
    "component_graphs",
    "component_k8s_attributes",
];

fn console_component(state: &State, era: Era, row: &Component) -> Value {
    let namespace = state.team_of(&row.tenant_id).map(|team| team.namespace.clone()).unwrap_or_default();
    let time = clock::plain(row.create_time);
    let carried = |key: &str, default: Value| row.carried.get(key).cloned().unwrap_or(default);
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("component_id", json!(row.service_id));
    put("service_base", Value::Object(base_row(row, &namespace, era)));
    put("service_domains", service_domains(state, row));
    put("http_rule_configs", rule_configs(state, row));
    put("service_tcpdomains", tcp_domains(state, row));
    put("service_source", carried("service_source", Value::Null));
    put("service_env_vars", row.envs.iter().map(|env| env_row(row, env, &time)).collect());
    let compile = json!({
        "ID": row.id, "service_id": row.service_id, "language": "False",
        "check_dependency": "{\"language\": false}", "user_dependency": "{}", "create_time": time,
    });
    put("service_compile_env", carried("service_compile_env", compile));
    put("service_extend_method", carried("service_extend_method", Value::Null));
    let relations = row.depends.iter().enumerate().map(|(at, dep)| {
        json!({
            "ID": at + 1, "tenant_id": row.tenant_id, "service_id": row.service_id, "dep_service_id": dep,
            "dep_service_type": "application", "dep_order": 0,
        })
    });
    put("service_relation", relations.collect());
    let traits = era.traits();
    let volumes = row.volumes.iter().map(|volume| traits.known("service_volumes", volume_row(row, volume)));
    put("service_volumes", volumes.map(Value::Object).collect());
    let files = row.volumes.iter().filter(|volume| volume.content.is_some()).map(|volume| {
        json!({
            "ID": volume.id, "service_id": row.service_id, "volume_id": volume.id, "volume_name": volume.name,
            "file_content": volume.content,
        })
    });
    put("service_config_file", files.collect());
    let ports = row.ports.iter().map(|port| traits.known("service_ports", port_row(row, port)));
    put("service_ports", ports.map(Value::Object).collect());
    put("service_labels", console_labels(row));
    for key in CARRIED {
        put(key, carried(key, json!([])));
    }
    Value::Object(traits.known("apps", out))
}

/// The console's rows name a label by its id only (rebuild.md §2); a restored component carries those it came with.
fn console_labels(row: &Component) -> Value {
    if row.labels.is_empty() {
        return row.carried.get("service_labels").cloned().unwrap_or(json!([]));
    }
    let rows = row.labels.iter().enumerate().map(|(at, name)| {
        json!({
            "ID": at + 1, "tenant_id": row.tenant_id, "service_id": row.service_id, "region": row.region,
            "label_id": hex::encode(Md5::digest(name.as_bytes())), "create_time": clock::plain(row.create_time),
        })
    });
    rows.collect()
}

fn service_domains(state: &State, row: &Component) -> Value {
    let region_id = state.region(&row.region).map(|region| region.id.clone());
    let rules = state.http_rules.iter().filter(|rule| rule.service_id == row.service_id);
    let rows = rules.map(|rule| {
        json!({
            "ID": rule.id, "http_rule_id": rule.rule_id, "region_id": region_id, "tenant_id": row.tenant_id,
            "service_id": row.service_id, "service_name": row.alias, "domain_name": rule.domain,
            "create_time": clock::plain(rule.create_time), "container_port": rule.port,
            "protocol": if rule.certificate_id == 0 { "http" } else { "https" },
            "certificate_id": rule.certificate_id, "domain_type": "www", "service_alias": row.name, "is_senior": false,
            "domain_path": rule.path, "domain_cookie": "", "domain_heander": "",
            "type": u8::from(!rule.default), "the_weight": rule.weight, "rule_extensions": "", "is_outer_service": true,
            "auto_ssl": false, "auto_ssl_config": null, "path_rewrite": false, "rewrites": "",
        })
    });
    rows.collect()
}

fn rule_configs(state: &State, row: &Component) -> Value {
    let rules = state.http_rules.iter().filter(|rule| rule.service_id == row.service_id);
    let rows = rules.filter_map(|rule| {
        let config = rule.config.as_ref()?;
        Some(json!({
            "ID": rule.id, "create_time": clock::plain(rule.create_time),
            "update_time": clock::plain(rule.create_time), "rule_id": rule.rule_id, "value": config.to_string(),
        }))
    });
    rows.collect()
}

fn tcp_domains(state: &State, row: &Component) -> Value {
    let region_id = state.region(&row.region).map(|region| region.id.clone());
    let rules = state.tcp_rules.iter().filter(|rule| rule.service_id == row.service_id);
    let rows = rules.map(|rule| {
        json!({
            "ID": rule.id, "tcp_rule_id": rule.rule_id, "region_id": region_id, "tenant_id": row.tenant_id,
            "service_id": row.service_id, "service_name": row.alias, "end_point": rule.end_point,
            "create_time": clock::plain(rule.create_time), "protocol": rule.protocol, "container_port": rule.port,
            "service_alias": row.name, "type": u8::from(!rule.default), "rule_extensions": null,
            "is_outer_service": true,
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::seed::{AppPlan, ComponentPlan, RegionPlan, SeedPlan, TeamPlan, laid_out};
    use crate::zip::ZipReader;

    fn text(value: &str) -> String {
        value.to_owned()
    }

    /// An app with one of everything the real packages show.
    fn shop(era: Era) -> Snapshot {
        let database = ComponentPlan {
            name: text("数据库"),
            k8s_name: text("db"),
            ports: vec![(3306, text("tcp"), true)],
            volumes: vec![(text("data"), text("local"), text("/var/lib/mysql"), 10)],
            envs: if era.is_v6() { vec![(text("A"), text("b"))] } else { Vec::new() },
            ..ComponentPlan::default()
        };
        let web = ComponentPlan {
            name: text("前端"),
            k8s_name: text("web"),
            ports: vec![(80, text("http"), true)],
            volumes: if era.is_v6() { vec![(text("s"), text("share-file"), text("/srv"), 1)] } else { Vec::new() },
            configs: if era.is_v6() { vec![(text("c"), text("/c"), text("x"))] } else { Vec::new() },
            depends: if era.is_v6() { vec![text("数据库")] } else { Vec::new() },
            ..database.clone()
        };
        let app = AppPlan { team: text("t"), region: text("r"), components: vec![database, web], ..AppPlan::default() };
        let plan = SeedPlan {
            regions: vec![RegionPlan::named("r")],
            teams: vec![TeamPlan { name: text("t"), ..TeamPlan::default() }],
            apps: vec![app],
            ..SeedPlan::default()
        };
        snapshot(&laid_out(&plan, era, 1_795_367_890_000_000), era, 1_795_367_890_000_000, 1, Path::new("nowhere"))
    }

    /// Every path to a key, list positions left out.
    fn keys(value: &Value, path: &str, out: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                let path = format!("{path}.{key}");
                keys(value, &path, out);
                out.insert(path);
            }),
            Value::Array(items) => items.iter().for_each(|item| keys(item, path, out)),
            _ => {}
        }
    }

    fn real(folder: &str, file: &str) -> Value {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/packages").join(folder);
        let mut found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let package = found.find(|path| path.extension().is_some_and(|end| end == "zip")).unwrap();
        let zip = ZipReader::open(&package).unwrap();
        let entry = zip.entries.iter().find(|entry| entry.name.ends_with(file)).unwrap();
        serde_json::from_str(&zip.text(entry).unwrap()).unwrap()
    }

    #[test]
    fn snapshots_have_the_keys_of_real_packages() {
        for (era, folder) in [(Era::V6_9_8, "v6-with-volume-data"), (Era::V5_17_3, "v5-no-volume-data")] {
            let ours = shop(era);
            for (file, text) in
                [("region_apps_metadata.json", ours.region_json), ("console_apps_metadata.json", ours.console_json)]
            {
                let (mut want, mut have) = (BTreeSet::new(), BTreeSet::new());
                keys(&real(folder, file), "", &mut want);
                keys(&serde_json::from_str(&text).unwrap(), "", &mut have);
                // The sandbox keeps no Kubernetes attributes.
                want.retain(|path| !path.starts_with(".apps.component_k8s_attributes."));
                assert_eq!(have, want, "{folder} {file}");
            }
        }
    }
}
