//! A component's entry of `apps` (rebuild.md §1.3, §2). Every key is written: the region's types drop what they do not know.

use super::plugins::links;
use super::selection::{Chosen, Selection};
use crate::package::{ComponentModel, EnvVar, K8sAttribute, PortModel, ProbeModel, Row, VolumeModel};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) const CONFIG_FILE: &str = "config-file";

/// Filled in by the importer (rebuild.md §1.2).
pub(super) fn empty_hub() -> Value {
    json!({"hub_url": "", "hub_user": "", "hub_password": "", "namespace": "", "is_trust": false})
}

pub(super) fn entry(chosen: &Chosen<'_>, selection: &Selection<'_>, known_labels: Option<&BTreeSet<String>>) -> Value {
    let component = chosen.component;
    let Chosen { placed, share_uuid, image, arch, .. } = chosen;
    let labels = labels(component, known_labels);
    json!({
        "service_id": component.id,
        "service_key": placed.service_key,
        "service_share_uuid": share_uuid,
        "service_cname": placed.cname,
        "k8s_component_name": placed.k8s_name,
        "service_alias": component.alias,
        "service_name": "",
        "service_type": "application",
        "category": "app_publish",
        "service_source": component.source,
        "language": component.language,
        "share_type": "image",
        "arch": arch,
        "cmd": component.cmd,
        "extend_method": extend_method(component),
        "version": component.shown_version,
        "deploy_version": component.build_version,
        "image": image,
        "share_image": image,
        "memory": component.memory_mb,
        "cpu": component.cpu_millis,
        "service_image": empty_hub(),
        "extend_method_map": extend_method_map(component),
        "port_map_list": ports(component),
        "service_env_map_list": envs(component, |scope| scope != "outer"),
        "service_connect_info_map_list": envs(component, |scope| scope == "outer"),
        "service_volume_map_list": component.volumes.iter().map(|volume| self::volume(component, volume)).collect::<Vec<_>>(),
        "dep_service_map_list": dependencies(component, selection),
        "mnt_relation_list": mounts(component, selection),
        "probes": valid_probes(component).into_iter().map(probe).collect::<Vec<_>>(),
        "component_monitors": monitors(component),
        "component_graphs": graphs(component),
        "component_k8s_attributes": component.k8s_attributes.iter().map(|a| k8s_attribute(component, a)).collect::<Vec<_>>(),
        "service_related_plugin_config": links(component, selection),
        "labels": labels,
        "endpoints": {},
    })
}

/// Two old words are upgraded as the console does it (protocol.md §8.6).
fn extend_method(component: &ComponentModel) -> &str {
    match component.extend_method.as_str() {
        "state" => "state_multiple",
        "stateless" | "" => "stateless_multiple",
        other => other,
    }
}

/// `init_memory` wins over everything; without it, there would be no limit (rebuild.md §1.3).
fn extend_method_map(component: &ComponentModel) -> Value {
    let rule = Row(&component.console_raw.0).row("service_extend_method");
    let or = |key: &str, usual: i64| if rule.is_there() { rule.number(key) } else { usual };
    json!({
        "min_node": component.replicas.max(1),
        "max_node": or("max_node", 64),
        "step_node": or("step_node", 1),
        "min_memory": or("min_memory", 64),
        "init_memory": component.memory_mb,
        "max_memory": or("max_memory", 65536),
        "step_memory": or("step_memory", 64),
        "is_restart": or("is_restart", 0),
    })
}

/// Outer HTTP ports first: the console stops making default routes at the first port of another kind (rebuild.md §5.3).
fn ports(component: &ComponentModel) -> Vec<Value> {
    let mut ports: Vec<&PortModel> = component.ports.iter().collect();
    ports.sort_by_key(|port| !(port.is_outer && port.protocol == "http"));
    let entry = |port: &PortModel| {
        json!({
            "container_port": port.port,
            "protocol": port.protocol,
            "port_alias": port.alias,
            "is_inner_service": port.is_inner,
            "is_outer_service": port.is_outer,
            "name": port.name,
            "k8s_service_name": port.k8s_service_name,
            "tenant_id": "",
        })
    };
    ports.into_iter().map(entry).collect()
}

/// Those of ports are made anew from the ports. `both` goes with the inner ones, as in the platform's own packages.
fn envs(component: &ComponentModel, is_wanted: impl Fn(&str) -> bool) -> Vec<Value> {
    let ours = |env: &&EnvVar| env.container_port == 0 && !env.name.is_empty() && is_wanted(&env.scope);
    let entry = |env: &EnvVar| {
        json!({
            "attr_name": env.name,
            "name": env.label,
            "attr_value": env.value.reveal(),
            "is_change": env.is_change,
            "container_port": 0,
        })
    };
    component.envs.iter().filter(ours).map(entry).collect()
}

fn volume(component: &ComponentModel, volume: &VolumeModel) -> Value {
    let mut entry = Map::new();
    let mut put = |key: &str, value: Value| entry.insert(key.to_owned(), value);
    put("volume_name", json!(volume.name));
    put("volume_type", json!(volume.kind));
    put("volume_path", json!(volume.path));
    put("file_content", json!(file_content(component, volume)));
    put("volume_capacity", json!(volume.capacity_gb));
    put("access_mode", json!(volume.access_mode));
    put("share_policy", json!(volume.share_policy));
    if let Some(mode) = volume.mode {
        put("mode", json!(mode));
    }
    Value::Object(entry)
}

pub(super) fn file_content<'a>(component: &'a ComponentModel, volume: &VolumeModel) -> &'a str {
    let file = component.config_files.iter().find(|file| volume.kind == CONFIG_FILE && file.name == volume.name);
    file.map_or("", |file| file.content.reveal())
}

fn dependencies(component: &ComponentModel, selection: &Selection<'_>) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let known = component.dependencies.iter().filter_map(|dependency| selection.get(&dependency.on));
    known.filter(|on| seen.insert(&on.share_uuid)).map(|on| json!({"dep_service_key": on.share_uuid})).collect()
}

fn mounts(component: &ComponentModel, selection: &Selection<'_>) -> Vec<Value> {
    let entry = |mount: &crate::package::MountModel| {
        let owner = selection.get(&mount.of)?;
        Some(json!({"service_share_uuid": owner.share_uuid, "mnt_name": mount.volume, "mnt_dir": mount.path}))
    };
    component.mounts.iter().filter_map(entry).collect()
}

/// One of each mode, those in use first; an invalid one would stop the whole install (rebuild.md §3.5).
pub(super) fn valid_probes(component: &ComponentModel) -> Vec<&ProbeModel> {
    let mut probes: Vec<&ProbeModel> = component.probes.iter().filter(|probe| is_valid(probe)).collect();
    probes.sort_by_key(|probe| !probe.is_used);
    let mut modes = BTreeSet::new();
    probes.retain(|probe| modes.insert(probe.mode.as_str()));
    probes
}

pub(super) fn is_valid(probe: &ProbeModel) -> bool {
    let has_aim = if probe.scheme == "cmd" { !probe.cmd.is_empty() } else { probe.port > 0 };
    has_aim && !probe.mode.is_empty()
}

fn probe(probe: &ProbeModel) -> Value {
    json!({
        "ID": 0,
        "probe_id": "",
        "service_id": "",
        "mode": probe.mode,
        "scheme": probe.scheme,
        "path": probe.path,
        "port": probe.port,
        "cmd": probe.cmd,
        "http_header": probe.http_header,
        "initial_delay_second": probe.initial_delay_secs,
        "period_second": probe.period_secs,
        "timeout_second": probe.timeout_secs,
        "failure_threshold": probe.failure_threshold,
        "success_threshold": probe.success_threshold,
        "is_used": probe.is_used,
    })
}

fn monitors(component: &ComponentModel) -> Vec<Value> {
    let entry = |row: Row<'_>| {
        json!({
            "name": row.text("name"),
            "service_show_name": row.text("service_show_name"),
            "port": row.number("port"),
            "path": row.text("path"),
            "interval": row.text("interval"),
        })
    };
    Row(&component.console_raw.0).rows("service_monitors").map(entry).collect()
}

fn graphs(component: &ComponentModel) -> Vec<Value> {
    let entry = |row: Row<'_>| {
        json!({
            "component_id": component.id,
            "graph_id": row.text("graph_id"),
            "title": row.text("title"),
            "promql": row.text("promql"),
            "sequence": row.number("sequence"),
        })
    };
    Row(&component.console_raw.0).rows("component_graphs").map(entry).collect()
}

fn k8s_attribute(component: &ComponentModel, attribute: &K8sAttribute) -> Value {
    json!({
        "component_id": component.id,
        "name": attribute.name,
        "save_type": attribute.save_type,
        "attribute_value": attribute.value,
    })
}

/// Only those the target knows, where that is known.
fn labels(component: &ComponentModel, known: Option<&BTreeSet<String>>) -> Value {
    let there = component.labels.iter().filter(|label| known.is_none_or(|known| known.contains(*label)));
    there.map(|label| (label.clone(), Value::from(label.clone()))).collect::<Map<_, _>>().into()
}
