//! The rarer things a seeded component has: what a rebuild must carry and a restore may lose.

use serde_json::json;

use super::plan::ComponentPlan;
use crate::clock::{self, Moment};
use crate::noise;
use crate::state::{Certificate, Component, ConfigGroup, EnvVar, Plugin, State};

/// A plugin of a team; components name it by `alias`.
#[derive(Debug, Clone, Default)]
pub struct PluginPlan {
    pub team: String,
    pub region: String,
    pub alias: String,
    /// `init-plugin`, `net-plugin:up`…
    pub category: String,
    pub image: String,
    /// Name and default of its one group of environment variables.
    pub options: Vec<(String, String)>,
    pub image_bytes: u64,
}

/// A config group of an app; components by their names.
#[derive(Debug, Clone, Default)]
pub struct ConfigGroupPlan {
    pub app: String,
    pub name: String,
    pub enable: bool,
    pub items: Vec<(String, String)>,
    pub components: Vec<String>,
}

/// A certificate of a team, which the rules of its domain answer with.
#[derive(Debug, Clone, Default)]
pub struct CertificatePlan {
    pub team: String,
    pub alias: String,
    pub domain: String,
    pub certificate: String,
    pub private_key: String,
}

pub(super) fn add_certificate(state: &mut State, plan: &CertificatePlan) {
    let id = state.next_id("certificate");
    state.certificates.push(Certificate {
        id,
        tenant_id: state.team(&plan.team).map(|team| team.tenant_id.clone()).unwrap_or_default(),
        alias: plan.alias.clone(),
        kind: "服务端证书".to_owned(),
        certificate: plan.certificate.clone(),
        private_key: plan.private_key.clone(),
    });
    state.http_rules.iter_mut().filter(|rule| rule.domain == plan.domain).for_each(|rule| rule.certificate_id = id);
}

pub(super) fn add_plugin(state: &mut State, plan: &PluginPlan, now: Moment) {
    let tenant_id = state.team(&plan.team).map(|team| team.tenant_id.clone()).unwrap_or_default();
    let plugin_id = noise::id();
    let build_version = clock::version(now - 900_000_000);
    let options = plan.options.iter().map(|(name, value)| {
        json!({
            "attr_name": name, "attr_type": "string", "attr_alt_value": "", "attr_default_value": value,
            "is_change": true, "attr_info": "", "protocol": "", "build_version": build_version,
            "plugin_id": plugin_id, "service_meta_type": "un_define",
        })
    });
    let group = json!({
        "config_name": "env", "service_meta_type": "un_define", "injection": "env", "build_version": build_version,
        "plugin_id": plugin_id, "options": options.collect::<serde_json::Value>(),
    });
    let id = state.next_id("plugin");
    state.plugins.push(Plugin {
        id,
        name: format!("gr{}", &plugin_id[..6]),
        built_image: format!("goodrain.me/plugin_{}_{build_version}:{build_version}", &plugin_id[..8]),
        plugin_id,
        tenant_id,
        region: plan.region.clone(),
        alias: plan.alias.clone(),
        category: plan.category.clone(),
        desc: plan.alias.clone(),
        image: plan.image.clone(),
        origin_share_id: "new_create".to_owned(),
        build_version,
        build_status: "build_success".to_owned(),
        event_id: noise::id(),
        min_memory: 64,
        min_cpu: 50,
        config_groups: vec![group],
        create_time: now,
        image_bytes: plan.image_bytes,
        ..Plugin::default()
    });
}

pub(super) fn add_config_group(state: &mut State, plan: &ConfigGroupPlan, now: Moment) {
    let Some(app) = state.apps.iter().find(|app| app.name == plan.app).cloned() else { return };
    let members: Vec<String> = state
        .components_of(app.id)
        .filter(|row| plan.components.contains(&row.name))
        .map(|row| row.service_id.clone())
        .collect();
    let group = ConfigGroup {
        id: state.next_id("config_group"),
        config_group_id: noise::id(),
        app_id: app.id,
        region: app.region,
        name: plan.name.clone(),
        deploy_type: "env".to_owned(),
        enable: plan.enable,
        services: members.into_iter().map(|id| (state.next_id("config_group_service"), id)).collect(),
        items: plan
            .items
            .iter()
            .map(|(key, value)| (state.next_id("config_item"), key.clone(), value.clone()))
            .collect(),
        create_time: now,
    };
    state.config_groups.push(group);
}

/// Fits a component out; what it mounts must have been laid out before it.
pub(super) fn fit(state: &mut State, plan: &ComponentPlan, row: &mut Component, now: Moment) {
    row.labels.clone_from(&plan.labels);
    for (key, value) in &plan.both_envs {
        row.envs.push(EnvVar {
            id: state.next_id("env"),
            port: 0,
            name: key.clone(),
            key: key.clone(),
            value: value.clone(),
            scope: "both".to_owned(),
            changeable: true,
            create_time: now,
        });
    }
    add_probe(state, plan, row);
    add_attributes(state, plan, row, now);
    add_mounts(state, plan, row);
    add_plugins(state, plan, row, now);
    add_watching(state, plan, row);
    if !plan.endpoints.is_empty() {
        row.source = "third_party".to_owned();
        row.image = "third_party".to_owned();
        row.status = "running".to_owned();
        let id = state.next_id("endpoint");
        let endpoint = json!({
            "ID": id, "service_id": row.service_id, "service_cname": row.name,
            "endpoints_info": json!(plan.endpoints).to_string(), "endpoints_type": "static",
        });
        row.add_row("third_party_service_endpoints", endpoint);
    }
}

/// Graphs and monitors (protocol.md §6.3).
fn add_watching(state: &mut State, plan: &ComponentPlan, row: &mut Component) {
    for (sequence, (title, promql)) in plan.graphs.iter().enumerate() {
        let id = state.next_id("graph");
        let promql = promql.replace("{id}", &row.service_id);
        let graph = json!({
            "ID": id, "component_id": row.service_id, "graph_id": noise::id(), "title": title, "promql": promql,
            "sequence": sequence,
        });
        row.add_row("component_graphs", graph);
    }
    for (name, port, path) in &plan.monitors {
        let id = state.next_id("monitor");
        let monitor = json!({
            "ID": id, "name": name, "tenant_id": row.tenant_id, "service_id": row.service_id, "path": path,
            "port": port, "service_show_name": name, "interval": "10s",
        });
        row.add_row("service_monitors", monitor);
    }
}

fn add_probe(state: &mut State, plan: &ComponentPlan, row: &mut Component) {
    let Some((scheme, port, path)) = &plan.probe else { return };
    let id = state.next_id("probe");
    let probe = json!({
        "ID": id, "service_id": row.service_id, "probe_id": noise::id(), "mode": "readiness", "scheme": scheme,
        "path": path, "port": port, "cmd": "", "http_header": "", "initial_delay_second": 4, "period_second": 3,
        "timeout_second": 5, "failure_threshold": 3, "success_threshold": 1, "is_used": true,
    });
    row.add_row("service_probes", probe);
}

fn add_attributes(state: &mut State, plan: &ComponentPlan, row: &mut Component, now: Moment) {
    let time = clock::plain(now);
    for (name, save_type, value) in &plan.attributes {
        let id = state.next_id("k8s_attribute");
        let attribute = json!({
            "ID": id, "create_time": time, "update_time": time, "tenant_id": row.tenant_id,
            "component_id": row.service_id, "name": name, "save_type": save_type, "attribute_value": value,
        });
        row.add_row("component_k8s_attributes", attribute);
    }
}

fn add_mounts(state: &mut State, plan: &ComponentPlan, row: &mut Component) {
    for (owner, volume, path) in &plan.mounts {
        let owner = state.components.iter().find(|other| other.app_id == row.app_id && other.name == *owner);
        let Some(owner) = owner.map(|owner| owner.service_id.clone()) else { continue };
        let id = state.next_id("mount");
        let mount = json!({
            "ID": id, "tenant_id": row.tenant_id, "service_id": row.service_id, "dep_service_id": owner,
            "mnt_name": volume, "mnt_dir": path,
        });
        row.add_row("service_mnts", mount);
    }
}

fn add_plugins(state: &mut State, plan: &ComponentPlan, row: &mut Component, now: Moment) {
    for alias in &plan.plugins {
        let plugin = state.plugins.iter().find(|plugin| plugin.alias == *alias && plugin.tenant_id == row.tenant_id);
        let Some(plugin) = plugin.cloned() else { continue };
        let id = state.next_id("plugin_relation");
        let relation = json!({
            "ID": id, "service_id": row.service_id, "plugin_id": plugin.plugin_id,
            "build_version": plugin.build_version, "service_meta_type": "", "plugin_status": true,
            "create_time": clock::plain(now), "min_memory": plugin.min_memory, "min_cpu": plugin.min_cpu,
        });
        row.add_row("service_plugin_relation", relation);
        for group in &plugin.config_groups {
            let options = group["options"].as_array().into_iter().flatten();
            let values: serde_json::Map<String, serde_json::Value> = options
                .filter_map(|option| {
                    Some((option["attr_name"].as_str()?.to_owned(), option["attr_default_value"].clone()))
                })
                .collect();
            let id = state.next_id("plugin_config");
            let config = json!({
                "ID": id, "service_id": row.service_id, "plugin_id": plugin.plugin_id,
                "build_version": plugin.build_version, "service_meta_type": group["service_meta_type"],
                "injection": group["injection"], "dest_service_id": "", "dest_service_alias": "",
                "container_port": 0, "attrs": serde_json::Value::Object(values).to_string(), "protocol": "",
                "create_time": clock::plain(now),
            });
            row.add_row("service_plugin_config", config);
        }
    }
}
