//! Two sides of facts, row by row.

use super::facts::{AppFacts, ComponentFacts, Fingerprint};
use crate::difference::{Aspect, Difference};
use std::collections::{BTreeMap, BTreeSet};

const HIDDEN: &str = "…";

/// Everything in which `right` is not `left`.
pub(crate) fn differences(left: &AppFacts, right: &AppFacts) -> Vec<Difference> {
    let mut found = Found::default();
    for (name, facts) in &left.components {
        match right.components.get(name) {
            Some(other) => found.component(name, facts, other),
            None => found.row(Aspect::Component, name, Some(facts.kind.clone()), None),
        }
    }
    for (name, facts) in right.components.iter().filter(|(name, _)| !left.components.contains_key(*name)) {
        found.row(Aspect::Component, name, None, Some(facts.kind.clone()));
    }
    for (name, items) in both(&left.config_groups, &right.config_groups) {
        let (ours, theirs) = items;
        let empty = BTreeMap::new();
        for (key, values) in both(ours.unwrap_or(&empty), theirs.unwrap_or(&empty)) {
            found.hidden(Aspect::ConfigGroup, &format!("{name}/{key}"), values);
        }
    }
    found.shown(Aspect::Route, &left.routes, &right.routes, Clone::clone);
    found.rows
}

/// Rows of two maps by key, each with what either side has.
fn both<'a, K: Ord, V>(
    left: &'a BTreeMap<K, V>,
    right: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = (&'a K, (Option<&'a V>, Option<&'a V>))> {
    let keys: BTreeSet<&K> = left.keys().chain(right.keys()).collect();
    keys.into_iter().map(|key| (key, (left.get(key), right.get(key))))
}

#[derive(Default)]
struct Found {
    component: String,
    rows: Vec<Difference>,
}

impl Found {
    fn row(&mut self, aspect: Aspect, what: &str, left: Option<String>, right: Option<String>) {
        self.rows.push(Difference { component: self.component.clone(), aspect, what: what.to_owned(), left, right });
    }

    fn value<V: PartialEq + ToString>(&mut self, aspect: Aspect, left: &V, right: &V) {
        if left != right {
            self.row(aspect, "", Some(left.to_string()), Some(right.to_string()));
        }
    }

    fn shown<K: Ord + ToString, V: PartialEq>(
        &mut self,
        aspect: Aspect,
        left: &BTreeMap<K, V>,
        right: &BTreeMap<K, V>,
        show: impl Fn(&V) -> String,
    ) {
        for (key, (ours, theirs)) in both(left, right).filter(|(_, (ours, theirs))| ours != theirs) {
            self.row(aspect, &key.to_string(), ours.map(&show), theirs.map(&show));
        }
    }

    fn hidden(&mut self, aspect: Aspect, what: &str, (ours, theirs): (Option<&Fingerprint>, Option<&Fingerprint>)) {
        if ours != theirs {
            let hide = |side: Option<&Fingerprint>| side.map(|_| HIDDEN.to_owned());
            self.row(aspect, what, hide(ours), hide(theirs));
        }
    }

    fn secret(&mut self, aspect: Aspect, left: &BTreeMap<String, Fingerprint>, right: &BTreeMap<String, Fingerprint>) {
        for (key, values) in both(left, right) {
            self.hidden(aspect, key, values);
        }
    }

    fn set<K: Ord + ToString>(&mut self, aspect: Aspect, left: &BTreeSet<K>, right: &BTreeSet<K>) {
        for key in left.symmetric_difference(right) {
            let of = |side: &BTreeSet<K>| side.contains(key).then(|| key.to_string());
            self.row(aspect, &key.to_string(), of(left), of(right));
        }
    }

    fn component(&mut self, name: &str, left: &ComponentFacts, right: &ComponentFacts) {
        name.clone_into(&mut self.component);
        self.value(Aspect::Kind, &left.kind, &right.kind);
        self.value(Aspect::Memory, &left.memory_mb, &right.memory_mb);
        self.value(Aspect::Cpu, &left.cpu_millis, &right.cpu_millis);
        self.value(Aspect::Replicas, &left.replicas, &right.replicas);
        self.hidden(Aspect::Command, "", (Some(&left.cmd), Some(&right.cmd)));
        self.ports(left, right);
        self.secret(Aspect::Env, &left.envs, &right.envs);
        self.secret(Aspect::OuterEnv, &left.outer_envs, &right.outer_envs);
        if let (Some(ours), Some(theirs)) = (&left.shared_envs, &right.shared_envs) {
            self.secret(Aspect::Env, ours, theirs);
        }
        self.shown(Aspect::Volume, &left.volumes, &right.volumes, |(name, kind)| format!("{name} ({kind})"));
        self.secret(Aspect::ConfigFile, &left.config_files, &right.config_files);
        self.set(Aspect::Dependency, &left.dependencies, &right.dependencies);
        self.shown(Aspect::Mount, &left.mounts, &right.mounts, Clone::clone);
        self.shown(Aspect::Probe, &left.probes, &right.probes, Clone::clone);
        self.secret(Aspect::K8sAttribute, &left.k8s_attributes, &right.k8s_attributes);
        self.set(Aspect::Endpoint, &left.endpoints, &right.endpoints);
        self.component.clear();
    }

    /// A port that is missing is told once, not once for each thing it has.
    fn ports(&mut self, left: &ComponentFacts, right: &ComponentFacts) {
        for (port, (ours, theirs)) in both(&left.ports, &right.ports) {
            let what = port.to_string();
            let (Some(ours), Some(theirs)) = (ours, theirs) else {
                self.row(Aspect::Port, &what, ours.cloned(), theirs.cloned());
                continue;
            };
            if ours != theirs {
                self.row(Aspect::Protocol, &what, Some(ours.clone()), Some(theirs.clone()));
            }
            let inner = |side: &ComponentFacts| side.inner_ports.contains(port).to_string();
            if inner(left) != inner(right) {
                self.row(Aspect::InnerPort, &what, Some(inner(left)), Some(inner(right)));
            }
            let host = |side: &ComponentFacts| side.host_names.get(port).cloned().unwrap_or_default();
            if host(left) != host(right) {
                self.row(Aspect::HostName, &what, Some(host(left)), Some(host(right)));
            }
        }
    }
}
