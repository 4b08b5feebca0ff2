//! Finds, before anything is sent, what an app will miss on the target and what will differ (rebuild.md §5, §6, §11).

use super::changes::{Change, What};
use super::component::{CONFIG_FILE, file_content, valid_probes};
use super::draft::ImagePart;
use super::facts::TargetFacts;
use super::fixups::static_endpoints;
use super::selection::{Chosen, Selection};
use crate::package::{AppModel, ComponentModel, GatewayRule, Row};

/// Characters that must follow the slash of a volume's path (rebuild.md §5.6; 1558).
const LEAST_PATH_CHARS: usize = 3;

pub(super) fn list(app: &AppModel, selection: &Selection<'_>, target: &TargetFacts) -> Vec<Change> {
    let mut out = Vec::new();
    of_app(app, selection, target, &mut out);
    for chosen in &selection.chosen {
        let mut rows = Rows { of: chosen.component, out: &mut out };
        names(chosen, target, &mut rows);
        ports(chosen.component, target, &mut rows);
        settings(chosen.component, target, &mut rows);
        volumes(chosen.component, target, &mut rows);
        relations(chosen.component, selection, &mut rows);
        image(chosen, selection, target, &mut rows);
    }
    for third in selection.third_parties() {
        if static_endpoints(third).is_none() {
            let raw = Row(&third.console_raw.0);
            let kind = raw.rows("third_party_service_endpoints").map(|row| row.text("endpoints_type")).next();
            Rows { of: third, out: &mut out }.add(What::EndpointsKind { kind: kind.unwrap_or_default() });
        }
    }
    out
}

struct Rows<'a> {
    of: &'a ComponentModel,
    out: &'a mut Vec<Change>,
}

impl Rows<'_> {
    fn add(&mut self, what: What) {
        let change = Change { id: Some(self.of.id.clone()), component: Some(self.of.cname.clone()), what };
        if !self.out.contains(&change) {
            self.out.push(change);
        }
    }

    fn add_if(&mut self, is_so: bool, what: What) {
        if is_so {
            self.add(what);
        }
    }
}

fn of_app(app: &AppModel, selection: &Selection<'_>, target: &TargetFacts, out: &mut Vec<Change>) {
    let mut add = |what| out.push(Change { id: None, component: None, what });
    // Nothing of these is in a backup, whether the app had them or not.
    [What::Autoscaler, What::History, What::Permissions].into_iter().for_each(&mut add);
    if Row(&app.console_raw.0).row("compose_group_info").is_there() {
        add(What::Compose);
    }
    if !target.rules.keeps_governance_mode {
        add(What::GovernanceMode { mode: app.governance_mode.clone() });
    }
    for group in app.config_groups.iter().filter(|group| !group.is_enabled) {
        add(What::ConfigGroupDisabled { name: group.name.clone() });
    }
    for plugin in &selection.lost_plugins {
        add(What::PluginLeftOut { name: plugin.name.clone() });
    }
    for rule in &app.gateway_rules {
        let component = match rule {
            GatewayRule::Http { component, .. } | GatewayRule::Tcp { component, .. } => component,
        };
        if let Some(component) = app.components.iter().find(|known| known.id == *component) {
            let mut rows = Rows { of: component, out: &mut *out };
            gateway(rule).into_iter().for_each(|what| rows.add(what));
        }
    }
}

/// A default route comes back, on the target's own domain; the rest is made by API or by hand (rebuild.md §9).
fn gateway(rule: &GatewayRule) -> Vec<What> {
    match rule {
        GatewayRule::Http { port, domain, is_default: true, .. } => {
            vec![What::DefaultDomain { domain: domain.clone(), port: *port }]
        }
        GatewayRule::Http { port, domain, path, has_certificate, .. } => {
            let domain_row = What::Domain { domain: domain.clone(), path: path.clone(), port: *port };
            let certificate = has_certificate.then(|| What::Certificate { domain: domain.clone() });
            std::iter::once(domain_row).chain(certificate).collect()
        }
        GatewayRule::Tcp { port, end_point, .. } => {
            vec![What::TcpPort { end_point: end_point.clone(), port: *port }]
        }
    }
}

fn names(chosen: &Chosen<'_>, target: &TargetFacts, rows: &mut Rows<'_>) {
    let placed = &chosen.placed;
    rows.add_if(placed.cname != placed.source_cname, What::CnameInPackage { cname: placed.cname.clone() });
    let is_kept = target.rules.keeps_component_names && !target.component_names.contains(&placed.k8s_name);
    let had_one = !chosen.component.k8s_name.is_empty();
    rows.add_if(had_one && !is_kept, What::ComponentName { name: placed.k8s_name.clone() });
}

fn ports(component: &ComponentModel, target: &TargetFacts, rows: &mut Rows<'_>) {
    for model in &component.ports {
        let (port, name) = (model.port, model.k8s_service_name.clone());
        rows.add_if(target.service_names.contains(&name), What::HostNameTaken { port, name });
        let is_narrowed = target.rules.narrows_protocols && !matches!(model.protocol.as_str(), "http" | "tcp" | "udp");
        rows.add_if(is_narrowed, What::Protocol { port, protocol: model.protocol.clone() });
    }
}

fn settings(component: &ComponentModel, target: &TargetFacts, rows: &mut Rows<'_>) {
    let rules = &target.rules;
    let raw = Row(&component.console_raw.0);
    let base = raw.row("service_base");
    rows.add_if(component.source == "source_code", What::BuildSource);
    let source = component.source.clone();
    rows.add_if(component.source != "market", What::SourceBecomesMarket { source });
    rows.add_if(base.flag("open_webhooks"), What::Webhooks);
    rows.add_if(raw.rows("service_auths").next().is_some(), What::Accounts);
    for env in component.envs.iter().filter(|env| env.container_port == 0) {
        let name = env.name.clone();
        rows.add_if(is_random(env.value.reveal()), What::RandomValue { name: name.clone() });
        rows.add_if(env.scope == "both", What::ScopeBoth { name });
    }
    if !rules.keeps_k8s_attributes && !component.k8s_attributes.is_empty() {
        rows.add(What::K8sAttributes { names: component.k8s_attributes.iter().map(|a| a.name.clone()).collect() });
    }
    for name in &component.labels {
        let is_known = target.labels.as_ref().is_none_or(|labels| labels.contains(name));
        rows.add_if(!rules.keeps_labels || !is_known, What::Label { name: name.clone() });
    }
    let valid = valid_probes(component);
    for probe in component.probes.iter().filter(|probe| !valid.contains(probe)) {
        rows.add(What::ProbeInvalid { mode: probe.mode.clone() });
    }
    rows.add_if(!component.job_strategy.is_empty() && !rules.has_job_strategy, What::JobStrategy);
}

/// The console puts something random in its place (rebuild.md §1.3).
fn is_random(value: &str) -> bool {
    value.starts_with("**None") && value.ends_with("**") && matches!(value.as_bytes().get(6), Some(b'*' | b':'))
}

fn volumes(component: &ComponentModel, target: &TargetFacts, rows: &mut Rows<'_>) {
    let mut before: Vec<&str> = Vec::new();
    for volume in &component.volumes {
        let (path, kind) = (volume.path.as_str(), volume.kind.clone());
        if is_skipped(path, &before) {
            rows.add(What::VolumeSkipped { path: path.to_owned() });
            continue;
        }
        before.push(path);
        if kind == CONFIG_FILE {
            let is_empty = file_content(component, volume).is_empty();
            rows.add_if(is_empty, What::EmptyConfigFile { path: path.to_owned() });
        } else if kind != "memoryfs" {
            let (volume, in_package) = (volume.name.clone(), volume.data_in_package);
            let is_offered = target.volume_kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
            rows.add_if(!is_offered, What::VolumeKind { volume: volume.clone(), kind: kind.clone() });
            rows.add(What::VolumeData { volume, kind, in_package });
        }
    }
}

/// Too short, there already, or one within the other.
fn is_skipped(path: &str, before: &[&str]) -> bool {
    let is_within = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    path.trim_start_matches('/').chars().count() < LEAST_PATH_CHARS
        || before.iter().any(|other| *other == path || is_within(path, other) || is_within(other, path))
}

fn relations(component: &ComponentModel, selection: &Selection<'_>, rows: &mut Rows<'_>) {
    for dependency in component.dependencies.iter().filter(|dependency| !selection.has(&dependency.on)) {
        let on = dependency.on.clone();
        match selection.left_out.iter().find(|left| left.id == on) {
            Some(_) if selection.third_party_cname(&on).is_some() => {}
            Some(left) => rows.add(What::DependencyLeftOut { on: left.cname.clone() }),
            None => rows.add(What::DependencyOutside { on }),
        }
    }
    for mount in component.mounts.iter().filter(|mount| !selection.has(&mount.of)) {
        let (volume, path) = (mount.volume.clone(), mount.path.clone());
        let is_left_out = selection.left_out.iter().any(|left| left.id == mount.of);
        rows.add(if is_left_out { What::MountLeftOut { volume, path } } else { What::MountOutside { volume, path } });
    }
    for link in &component.plugin_links {
        let lost = selection.lost_plugins.iter().find(|plugin| plugin.id == link.plugin_id);
        match lost {
            Some(plugin) => rows.add(What::PluginLeftOut { name: plugin.name.clone() }),
            // At least 512 MB and 250 m each (rebuild.md §1.4).
            None if link.memory_mb < 512 || link.cpu_millis < 250 => {
                let plugin = selection.plugin_name(&link.plugin_id).unwrap_or_default().to_owned();
                rows.add(What::PluginLimits { plugin });
            }
            None => {}
        }
    }
}

fn image(chosen: &Chosen<'_>, selection: &Selection<'_>, target: &TargetFacts, rows: &mut Rows<'_>) {
    let is_kept = |image: &ImagePart| image.image == chosen.image && image.image == image.was;
    rows.add_if(selection.images.iter().any(is_kept), What::ImageNameKept { image: chosen.image.clone() });
    let runs = target.archs.is_empty() || target.archs.contains(&chosen.arch);
    rows.add_if(!runs, What::Architecture { arch: chosen.arch.clone() });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_the_console_skips_are_known() {
        let check = |path: &str, before: &[&str], skipped: bool| {
            assert_eq!(is_skipped(path, before), skipped, "{path} after {before:?}");
        };
        check("/s1", &[], true);
        check("/data", &[], false);
        check("/data", &["/data"], true);
        check("/data/x", &["/data"], true);
        check("/data", &["/data/x"], true);
        check("/database", &["/data"], false);
    }

    #[test]
    fn values_that_become_random_are_known() {
        assert!(is_random("**None**") && is_random("**None:8**"));
        assert!(!is_random("None") && !is_random("**Nonesense**") && !is_random("x **None**"));
    }
}
