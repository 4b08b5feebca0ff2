//! `console_apps_metadata.json` → the app, as its console knew it (protocol.md §6.4).

use super::credentials::env_value;
use super::error::PackageError;
use super::model::{
    AppModel, CONSOLE_FILE, ComponentModel, ConfigFile, ConfigGroup, Dependency, EnvVar, GatewayRule, K8sAttribute,
    MountModel, PluginLink, PluginModel, PortModel, ProbeModel, Raw, VolumeModel,
};
use super::row::Row;
use crate::secret::Secret;
use serde_json::Value;

pub(super) fn read(file: &Value) -> Result<AppModel, PackageError> {
    let top = Row(file);
    let group = top.row("group_info");
    if !top.row("apps").0.is_array() {
        return Err(PackageError::MetadataForeign { name: CONSOLE_FILE });
    }
    let components: Vec<ComponentModel> = top.rows("apps").map(component).collect();
    let rules = top.rows("apps").flat_map(gateway_rules).collect();
    Ok(AppModel {
        name: group.text("group_name"),
        k8s_app: group.text("k8s_app"),
        note: group.text("note"),
        governance_mode: group.text("governance_mode"),
        source_region: group.text("region_name"),
        tenant_id: group.text("tenant_id"),
        components,
        gateway_rules: rules,
        plugins: top.row("plugin_info").rows("plugins").map(|row| plugin(row, top.row("plugin_info"))).collect(),
        config_groups: top.rows("app_config_group_info").map(config_group).collect(),
        ..AppModel::default()
    })
}

fn component(row: Row<'_>) -> ComponentModel {
    let base = row.row("service_base");
    let volumes: Vec<VolumeModel> = row.rows("service_volumes").map(volume).collect();
    let config_files =
        row.rows("service_config_file").map(|file| config_file(file, "file_content", &volumes)).collect();
    ComponentModel {
        id: id_of(row),
        alias: base.text("service_alias"),
        cname: base.text("service_cname"),
        k8s_name: base.text("k8s_component_name"),
        extend_method: base.text("extend_method"),
        source: base.text("service_source"),
        image: base.text("image"),
        cmd: base.text("cmd"),
        arch: base.text("arch"),
        memory_mb: base.size("min_memory"),
        cpu_millis: base.size("min_cpu"),
        replicas: base.size("min_node"),
        ports: row.rows("service_ports").map(port).collect(),
        envs: row.rows("service_env_vars").map(env).collect(),
        volumes,
        config_files,
        probes: row.rows("service_probes").map(probe).collect(),
        dependencies: row.rows("service_relation").map(|relation| dependency(relation, "dep_service_id")).collect(),
        mounts: row.rows("service_mnts").map(mount).collect(),
        plugin_ids: row.rows("service_plugin_relation").map(|relation| relation.text("plugin_id")).collect(),
        plugin_links: plugin_links(row),
        k8s_attributes: k8s_attributes(row),
        shown_version: base.text("version"),
        language: base.text("language"),
        job_strategy: base.text("job_strategy"),
        endpoints: row.rows("third_party_service_endpoints").map(|end| end.text("endpoints_info")).collect(),
        in_console: true,
        console_raw: Raw(row.0.clone()),
        ..ComponentModel::default()
    }
}

/// `component_id` is there from v5.3.1 on; the base row always was.
fn id_of(row: Row<'_>) -> String {
    let id = row.text("component_id");
    if id.is_empty() { row.row("service_base").text("service_id") } else { id }
}

pub(super) fn port(row: Row<'_>) -> PortModel {
    PortModel {
        port: row.number("container_port"),
        protocol: row.text("protocol"),
        alias: row.text("port_alias"),
        is_inner: row.flag("is_inner_service"),
        is_outer: row.flag("is_outer_service"),
        k8s_service_name: row.text("k8s_service_name"),
        name: row.text("name"),
    }
}

pub(super) fn env(row: Row<'_>) -> EnvVar {
    let name = row.text("attr_name");
    EnvVar {
        value: env_value(&name, row.text("attr_value")),
        name,
        label: row.text("name"),
        scope: row.text("scope"),
        container_port: row.number("container_port"),
        is_change: row.flag("is_change"),
    }
}

pub(super) fn volume(row: Row<'_>) -> VolumeModel {
    VolumeModel {
        name: row.text("volume_name"),
        kind: row.text("volume_type"),
        path: row.text("volume_path"),
        capacity_gb: row.size("volume_capacity"),
        access_mode: row.text("access_mode"),
        share_policy: row.text("share_policy"),
        mode: row.row("mode").is_there().then(|| row.number("mode")),
        data_in_package: false,
    }
}

/// `content`: the key of the text, which the cluster calls `filename` (protocol.md §6.3).
pub(super) fn config_file(row: Row<'_>, content: &str, volumes: &[VolumeModel]) -> ConfigFile {
    let name = row.text("volume_name");
    let path = volumes.iter().find(|volume| volume.name == name).map(|volume| volume.path.clone());
    ConfigFile { path: path.unwrap_or_default(), name, content: Secret::new(row.text(content)) }
}

pub(super) fn probe(row: Row<'_>) -> ProbeModel {
    ProbeModel {
        mode: row.text("mode"),
        scheme: row.text("scheme"),
        path: row.text("path"),
        port: row.number("port"),
        cmd: row.text("cmd"),
        http_header: row.text("http_header"),
        initial_delay_secs: row.number("initial_delay_second"),
        period_secs: row.number("period_second"),
        timeout_secs: row.number("timeout_second"),
        failure_threshold: row.number("failure_threshold"),
        success_threshold: row.number("success_threshold"),
        is_used: row.flag("is_used"),
    }
}

pub(super) fn dependency(row: Row<'_>, key: &str) -> Dependency {
    Dependency { on: row.text(key), in_package: false }
}

fn mount(row: Row<'_>) -> MountModel {
    MountModel {
        of: row.text("dep_service_id"),
        volume: row.first_text(&["mnt_name", "volume_name"]),
        path: row.first_text(&["mnt_dir", "volume_path"]),
        in_package: false,
    }
}

fn gateway_rules(row: Row<'_>) -> Vec<GatewayRule> {
    let component = id_of(row);
    let http = row.rows("service_domains").map(|rule| GatewayRule::Http {
        component: component.clone(),
        port: rule.number("container_port"),
        domain: rule.text("domain_name"),
        path: rule.text("domain_path"),
        protocol: rule.text("protocol"),
        weight: rule.number("the_weight"),
        has_certificate: rule.number("certificate_id") != 0,
        is_default: rule.number("type") == 0,
        raw: Raw(rule.0.clone()),
    });
    let tcp = row.rows("service_tcpdomains").map(|rule| GatewayRule::Tcp {
        component: component.clone(),
        port: rule.number("container_port"),
        protocol: rule.text("protocol"),
        end_point: rule.text("end_point"),
        is_default: rule.number("type") == 0,
        raw: Raw(rule.0.clone()),
    });
    http.chain(tcp).collect()
}

fn plugin(row: Row<'_>, all: Row<'_>) -> PluginModel {
    let id = row.text("plugin_id");
    // The newest build; rows are in the order they were made.
    let build = all.rows("plugin_build_versions").filter(|build| build.text("plugin_id") == id).last();
    let build_version = build.map(|build| build.text("build_version")).unwrap_or_default();
    let of_build = |key: &str| {
        let is_ours = |row: &Row<'_>| row.text("plugin_id") == id && row.text("build_version") == build_version;
        all.rows(key).filter(is_ours).map(|row| Raw(row.0.clone())).collect::<Vec<_>>()
    };
    PluginModel {
        name: row.first_text(&["plugin_alias", "plugin_name"]),
        image: row.text("image"),
        category: row.text("category"),
        config_groups: of_build("plugin_config_groups"),
        config_items: of_build("plugin_config_items"),
        build_version: build_version.clone(),
        console_raw: Raw(row.0.clone()),
        id: id.clone(),
        ..PluginModel::default()
    }
}

fn plugin_links(row: Row<'_>) -> Vec<PluginLink> {
    let link = |link: Row<'_>| {
        let plugin_id = link.text("plugin_id");
        let settings = row.rows("service_plugin_config").filter(|config| config.text("plugin_id") == plugin_id);
        PluginLink {
            build_version: link.text("build_version"),
            service_meta_type: link.text("service_meta_type"),
            is_on: link.flag("plugin_status"),
            memory_mb: link.number("min_memory"),
            cpu_millis: link.number("min_cpu"),
            created: link.text("create_time"),
            settings: settings.map(|config| Raw(config.0.clone())).collect(),
            plugin_id,
        }
    };
    row.rows("service_plugin_relation").map(link).collect()
}

fn k8s_attributes(row: Row<'_>) -> Vec<K8sAttribute> {
    let mut found: Vec<K8sAttribute> = Vec::new();
    for attribute in row.rows("component_k8s_attributes") {
        let name = attribute.text("name");
        if found.iter().all(|known| known.name != name) {
            // Stored as text; a list or an object is what the API shows of it (1578).
            let value = match attribute.row("attribute_value").0 {
                value @ (Value::Array(_) | Value::Object(_)) => value.to_string(),
                _ => attribute.text("attribute_value"),
            };
            let save_type = attribute.text("save_type");
            found.push(K8sAttribute { name, save_type, value });
        }
    }
    found
}

fn config_group(row: Row<'_>) -> ConfigGroup {
    ConfigGroup {
        name: row.text("config_group_name"),
        is_enabled: row.flag("enable"),
        deploy_type: row.text("deploy_type"),
        items: row
            .rows("config_items")
            .map(|item| (item.text("item_key"), Secret::new(item.text("item_value"))))
            .collect(),
        component_ids: row.rows("services").map(|service| service.text("service_id")).collect(),
    }
}
