//! What a component brings along from a template: ports, variables, volumes, probes, monitors, graphs, Kubernetes
//! attributes, labels.

use serde_json::{Value, json};

use super::answer::Answer;
use super::desk::Desk;
use super::templates::{components, text};
use crate::clock;
use crate::noise;
use crate::state::{Component, EnvVar, Port, Volume};

const VOLUME_TYPES: &[&str] = &["share-file", "local", "local-path", "memoryfs", "config-file"];

fn rows<'a>(source: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    source[key].as_array().into_iter().flatten()
}

/// A probe that asks a port without one stops the whole installation (rebuild.md §3.5).
pub(crate) fn check_probes(template: &Value) -> Result<(), Answer> {
    let probes = components(template).iter().flat_map(|source| rows(source, "probes"));
    let bad = probes.into_iter().any(|probe| probe["port"] == 0 && text(probe, "cmd").is_empty());
    if bad { Err(Answer::refused(400, "probe port is required", "检测探针的端口不能为空")) } else { Ok(()) }
}

pub(crate) fn fit(desk: &mut Desk<'_>, component: &mut Component, source: &Value) {
    component.ports = rows(source, "port_map_list").map(|row| port(desk, component, row)).collect();
    component.envs = envs(desk, component, source);
    for row in rows(source, "service_volume_map_list") {
        if let Some(volume) = volume(desk, component, row) {
            component.volumes.push(volume);
        }
    }
    let known = desk.rows().region(&component.region).map(|region| region.labels.clone()).unwrap_or_default();
    let labels = source["labels"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    component.labels = labels.filter(|name| known.contains(name)).collect();
    carry(desk, component, source);
}

fn port(desk: &mut Desk<'_>, component: &Component, row: &Value) -> Port {
    let v6 = desk.era.is_v6();
    let protocol = text(row, "protocol");
    // v6 opens every port to the inside and knows three protocols (rebuild.md §4.3; recorded 1539, 1540).
    let plain = matches!(protocol.as_str(), "http" | "tcp" | "udp");
    let service = text(row, "k8s_service_name");
    Port {
        id: desk.rows_mut().next_id("port"),
        port: row["container_port"].as_u64().unwrap_or_default(),
        protocol: if v6 && !plain { "tcp".to_owned() } else { protocol },
        alias: text(row, "port_alias"),
        inner: v6 || row["is_inner_service"] == true,
        outer: row["is_outer_service"] == true,
        // Lost by regions before 6.7, where the alias becomes the host name (rebuild.md §4.2).
        k8s_service: if service.is_empty() { component.alias.clone() } else { service },
        name: Some(text(row, "name")),
    }
}

/// A value of exactly `**None**` or `**None:x**` is replaced by a random one (rebuild.md §1.3).
fn value_of(row: &Value) -> String {
    let value = text(row, "attr_value");
    let inside = value.strip_prefix("**").and_then(|rest| rest.strip_suffix("**"));
    match inside {
        Some(inside) if inside == "None" || inside.starts_with("None:") => noise::id()[..8].to_owned(),
        _ => value,
    }
}

/// Inner variables, outer ones without a port, and those of the inner ports (rebuild.md §1.3; recorded 1550, 1551).
fn envs(desk: &mut Desk<'_>, component: &Component, source: &Value) -> Vec<EnvVar> {
    let now = desk.now;
    let mut made = Vec::new();
    for (list, scope) in [("service_env_map_list", "inner"), ("service_connect_info_map_list", "outer")] {
        for row in rows(source, list).filter(|row| scope == "inner" || row["container_port"] == 0) {
            made.push(EnvVar {
                id: desk.rows_mut().next_id("env"),
                port: 0,
                name: text(row, "name"),
                key: text(row, "attr_name"),
                value: value_of(row),
                scope: scope.to_owned(),
                changeable: row["is_change"] == true,
                create_time: now,
            });
        }
    }
    for port in component.ports.iter().filter(|port| port.inner) {
        made.extend(port_envs(desk, port));
    }
    made
}

/// The address and the number of an inner port, for the components that depend on it.
pub(crate) fn port_envs(desk: &mut Desk<'_>, port: &Port) -> [EnvVar; 2] {
    let now = desk.now;
    let values = [("连接地址", "HOST", port.k8s_service.clone()), ("端口", "PORT", port.port.to_string())];
    values.map(|(name, ending, value)| EnvVar {
        id: desk.rows_mut().next_id("env"),
        port: port.port,
        name: name.to_owned(),
        key: format!("{}_{ending}", port.alias),
        value,
        scope: "outer".to_owned(),
        changeable: false,
        create_time: now,
    })
}

/// At least three characters after the slash (recorded 1558), and neither above nor below another one
/// (rebuild.md §5.6).
pub(crate) fn path_is_fine(component: &Component, path: &str, kind: &str) -> bool {
    let plain = |ch: char| ch.is_ascii_alphanumeric() || "/_-.".contains(ch);
    let long = path.strip_prefix('/').is_some_and(|rest| rest.len() >= 3 && rest.chars().all(plain));
    let nested = |other: &str| path.starts_with(&format!("{other}/")) || other.starts_with(&format!("{path}/"));
    let clash = component.volumes.iter().any(|other| {
        let files = kind == "config-file" || other.kind == "config-file";
        other.path == path || (!files && nested(&other.path))
    });
    long && !clash
}

/// A volume; one whose path the console does not like is left out without a word (rebuild.md §5.6).
fn volume(desk: &mut Desk<'_>, component: &Component, row: &Value) -> Option<Volume> {
    let (kind, path) = (text(row, "volume_type"), text(row, "volume_path"));
    if !path_is_fine(component, &path, &kind) {
        return None;
    }
    // A class the region does not have gives way to `share-file` (rebuild.md §5.7).
    let kind = if VOLUME_TYPES.contains(&kind.as_str()) { kind } else { "share-file".to_owned() };
    let file = kind == "config-file";
    let content = text(row, "file_content");
    let bare = file && !content.is_empty();
    let stateful = component.is_stateful();
    let access = text(row, "access_mode");
    let usual = if stateful && !file { "RWO" } else { "RWX" };
    Some(Volume {
        id: desk.rows_mut().next_id("volume"),
        name: text(row, "volume_name"),
        provider: if kind == "share-file" { "rainbond.io/provisioner-sslc".to_owned() } else { String::new() },
        capacity: match row["volume_capacity"].as_u64() {
            Some(capacity) => capacity,
            // An empty config file goes the way of volumes (recorded 1556).
            None if file && !bare => 10,
            None => 0,
        },
        access: if access.is_empty() { usual.to_owned() } else { access },
        mode: row["mode"].as_u64(),
        content: bare.then_some(content),
        bare,
        kind,
        path,
    })
}

/// Rows the sandbox only keeps: as the console's tables have them.
fn carry(desk: &mut Desk<'_>, component: &mut Component, source: &Value) {
    let time = clock::plain(desk.now);
    let (service, tenant) = (component.service_id.clone(), component.tenant_id.clone());
    for row in rows(source, "probes") {
        let mut probe = row.clone();
        probe["ID"] = json!(desk.rows_mut().next_id("probe"));
        probe["service_id"] = json!(service);
        probe["probe_id"] = json!(noise::id());
        component.add_row("service_probes", probe);
    }
    for row in rows(source, "component_monitors") {
        let name = free_monitor_name(desk, component, &text(row, "name"));
        let id = desk.rows_mut().next_id("monitor");
        let monitor = json!({
            "ID": id, "name": name, "tenant_id": tenant, "service_id": service, "path": row["path"],
            "port": row["port"], "service_show_name": row["service_show_name"], "interval": row["interval"],
        });
        component.add_row("service_monitors", monitor);
    }
    for row in rows(source, "component_graphs") {
        let id = desk.rows_mut().next_id("graph");
        // The console puts the new id where the query names the old one (rebuild.md §2).
        let promql = text(row, "promql").replace(&text(source, "service_id"), &service);
        let graph = json!({
            "ID": id, "component_id": service, "graph_id": noise::id(), "title": row["title"], "promql": promql,
            "sequence": row["sequence"],
        });
        component.add_row("component_graphs", graph);
    }
    for row in rows(source, "component_k8s_attributes") {
        let id = desk.rows_mut().next_id("k8s_attribute");
        let attribute = json!({
            "ID": id, "create_time": time, "update_time": time, "tenant_id": tenant, "component_id": service,
            "name": row["name"], "save_type": row["save_type"], "attribute_value": row["attribute_value"],
        });
        component.add_row("component_k8s_attributes", attribute);
    }
}

/// Monitors' names are the team's: a taken one gets a suffix (rebuild.md §1.3).
fn free_monitor_name(desk: &Desk<'_>, component: &Component, name: &str) -> String {
    let mut here = desk.rows().components.iter().filter(|row| row.tenant_id == component.tenant_id);
    let taken = here.any(|row| row.rows("service_monitors").iter().any(|monitor| monitor["name"] == name));
    if taken { format!("{name}-{}", noise::hex4()) } else { name.to_owned() }
}
