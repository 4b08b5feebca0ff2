//! The facts of an app, and how a package tells them.

use crate::package::{AppModel, ComponentModel, GatewayRule, K8sAttribute};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Stands for a value that is compared and never shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fingerprint(String);

impl Fingerprint {
    pub(crate) fn of(value: &str) -> Self {
        Self(hex::encode(Sha256::digest(value.as_bytes())))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AppFacts {
    pub components: BTreeMap<String, ComponentFacts>,
    /// Name of a config group → its items.
    pub config_groups: BTreeMap<String, BTreeMap<String, Fingerprint>>,
    /// `host/path` or `tcp:port`, of rules that people made → the component they lead to.
    pub routes: BTreeMap<String, String>,
}

/// One component. Maps are by what makes a row the same row on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ComponentFacts {
    /// `stateless_multiple`, `state_singleton` …; `third_party` for what runs elsewhere.
    pub kind: String,
    /// MB.
    pub memory_mb: u64,
    pub cpu_millis: u64,
    pub replicas: u64,
    pub cmd: Fingerprint,
    /// Port → protocol.
    pub ports: BTreeMap<i64, String>,
    pub inner_ports: BTreeSet<i64>,
    /// Ports → names inside the cluster.
    pub host_names: BTreeMap<i64, String>,
    /// Name → value; those that the platform makes from ports are left out.
    pub envs: BTreeMap<String, Fingerprint>,
    pub outer_envs: BTreeMap<String, Fingerprint>,
    /// Path → name and type.
    pub volumes: BTreeMap<String, (String, String)>,
    /// Path → content.
    pub config_files: BTreeMap<String, Fingerprint>,
    /// Names of components.
    pub dependencies: BTreeSet<String>,
    /// Path here → `component/volume`.
    pub mounts: BTreeMap<String, String>,
    /// Mode → the probe in one line.
    pub probes: BTreeMap<String, String>,
    /// Name → value.
    pub k8s_attributes: BTreeMap<String, Fingerprint>,
    pub endpoints: BTreeSet<String>,
}

impl Default for Fingerprint {
    fn default() -> Self {
        Self::of("")
    }
}

impl AppFacts {
    /// As the package has it. A second component of one name is counted: `name#2`, as a rebuild names it.
    pub(crate) fn of_model(model: &AppModel) -> Self {
        let names = unique_names(model.components.iter().map(|component| component.cname.as_str()));
        let by_id: BTreeMap<&str, &str> = model
            .components
            .iter()
            .zip(&names)
            .map(|(component, name)| (component.id.as_str(), name.as_str()))
            .collect();
        let facts = |component: &ComponentModel| of_component(component, &by_id);
        let groups = model.config_groups.iter().map(|group| {
            let items = group.items.iter().map(|(key, value)| (key.clone(), Fingerprint::of(value.reveal())));
            (group.name.clone(), items.collect())
        });
        Self {
            components: names.iter().cloned().zip(model.components.iter().map(facts)).collect(),
            config_groups: groups.collect(),
            routes: model.gateway_rules.iter().filter_map(|rule| route(rule, &by_id)).collect(),
        }
    }
}

/// Names as they are; later ones of the same name get a number.
pub(crate) fn unique_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    names
        .map(|name| {
            let count = seen.entry(name).or_default();
            *count += 1;
            if *count == 1 { name.to_owned() } else { format!("{name}#{count}") }
        })
        .collect()
}

fn of_component(component: &ComponentModel, by_id: &BTreeMap<&str, &str>) -> ComponentFacts {
    let name_of = |id: &str| by_id.get(id).map_or_else(|| id.to_owned(), |name| (*name).to_owned());
    // Those with a port are made by the platform from its ports.
    let envs = |scopes: [&str; 2]| {
        let own = component.envs.iter().filter(|env| env.container_port == 0 && scopes.contains(&env.scope.as_str()));
        own.map(|env| (env.name.clone(), Fingerprint::of(env.value.reveal()))).collect()
    };
    let mounted = component.volumes.iter().filter(|volume| volume.kind != "config-file");
    let kind = if component.is_third_party() { "third_party" } else { component.extend_method.as_str() };
    ComponentFacts {
        kind: current_kind(kind).to_owned(),
        memory_mb: component.memory_mb,
        cpu_millis: component.cpu_millis,
        replicas: component.replicas,
        cmd: Fingerprint::of(&component.cmd),
        ports: component.ports.iter().map(|port| (port.port, port.protocol.clone())).collect(),
        inner_ports: component.ports.iter().filter(|port| port.is_inner).map(|port| port.port).collect(),
        host_names: component.ports.iter().map(|port| (port.port, port.k8s_service_name.clone())).collect(),
        envs: envs(["inner", "both"]),
        outer_envs: envs(["outer", "both"]),
        volumes: mounted.map(|volume| (volume.path.clone(), (volume.name.clone(), volume.kind.clone()))).collect(),
        config_files: component
            .config_files
            .iter()
            .map(|file| (file.path.clone(), Fingerprint::of(file.content.reveal())))
            .collect(),
        dependencies: component.dependencies.iter().map(|dependency| name_of(&dependency.on)).collect(),
        mounts: component
            .mounts
            .iter()
            .map(|mount| (mount.path.clone(), format!("{}/{}", name_of(&mount.of), mount.volume)))
            .collect(),
        probes: component
            .probes
            .iter()
            .filter(|probe| probe.is_used)
            .map(|probe| (probe.mode.clone(), format!("{} {} {}", probe.scheme, probe.port, probe.path)))
            .collect(),
        k8s_attributes: component
            .k8s_attributes
            .iter()
            .map(|attribute| (attribute.name.clone(), Fingerprint::of(&without_layout(attribute))))
            .collect(),
        endpoints: component.endpoints.iter().cloned().collect(),
    }
}

/// `state` and `stateless` are what newer consoles call `state_multiple` and `stateless_multiple` (protocol.md §8.6).
pub(crate) fn current_kind(kind: &str) -> &str {
    match kind {
        "state" => "state_multiple",
        "stateless" => "stateless_multiple",
        other => other,
    }
}

fn route(rule: &GatewayRule, by_id: &BTreeMap<&str, &str>) -> Option<(String, String)> {
    let name_of = |id: &str| by_id.get(id).map_or_else(|| id.to_owned(), |name| (*name).to_owned());
    match rule {
        GatewayRule::Http { is_default: true, .. } | GatewayRule::Tcp { is_default: true, .. } => None,
        GatewayRule::Http { component, domain, path, .. } => {
            let path = if path.is_empty() { "/" } else { path };
            Some((format!("{domain}{path}"), name_of(component)))
        }
        GatewayRule::Tcp { component, end_point, .. } => {
            let port = end_point.rsplit(':').next().unwrap_or_default();
            Some((format!("tcp:{port}"), name_of(component)))
        }
    }
}

/// A console reads a stored object and writes it anew: how it was spaced says nothing (recordings 1578, 1579).
fn without_layout(attribute: &K8sAttribute) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(&attribute.value).ok();
    let object = parsed.filter(|value| attribute.save_type == "json" && value.is_object());
    object.map_or_else(|| attribute.value.clone(), |value| value.to_string())
}
