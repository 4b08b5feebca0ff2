//! `save_data`: the console writes what the region restored, from the package's metadata and nothing else
//! (rainbond console v6.9.8 console/services/groupapp_recovery/groupapps_migrate.py).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::apps::port_row;
use super::components::{base_row, env_row, volume_row};
use super::desk::{Desk, Place};
use crate::era::Era;
use crate::noise;
use crate::state::{Change, Component, ConfigGroup, EnvVar, HttpRule, Port, TcpRule, Volume};

/// Why a record ends `failed`. Only the console's log says it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsaved {
    #[error("no console metadata for this restore")]
    NoMetadata,
    #[error("console metadata is not what the models take: {0}")]
    Metadata(String),
    #[error("'Dict' object is not callable: the region sent no component name")]
    NoComponentName,
    #[error("component {0} was not restored by the region")]
    Unknown(String),
}

const REQUIRED: &[&str] = &[
    "service_ports",
    "service_env_vars",
    "service_volumes",
    "service_compile_env",
    "service_labels",
    "service_probes",
    "service_source",
    "service_auths",
    "service_relation",
    "service_mnts",
];
const VOLUME_TYPES: &[&str] = &["share-file", "local", "local-path", "memoryfs", "config-file"];
const CARRIED: &[&str] = &[
    "service_labels",
    "service_probes",
    "service_auths",
    "service_plugin_relation",
    "service_plugin_config",
    "service_monitors",
    "component_graphs",
    "third_party_service_endpoints",
    "service_source",
    "service_mnts",
];

/// Writes all components or none, as the transaction does.
pub(crate) fn components(
    desk: &mut Desk<'_>,
    metadata: &str,
    changes: &[Change],
    target: &Place,
    app_id: u64,
    same_place: bool,
    user: u64,
) -> Result<(), Unsaved> {
    let metadata: Value = serde_json::from_str(metadata).map_err(|error| Unsaved::Metadata(error.to_string()))?;
    let apps = metadata["apps"].as_array().ok_or_else(|| Unsaved::Metadata("apps".to_owned()))?;
    let by_old: BTreeMap<&str, &Change> = changes.iter().map(|change| (change.old_id.as_str(), change)).collect();
    let mut made = Vec::new();
    for app in apps {
        made.push(component(desk, app, &by_old, target, app_id, user)?);
    }
    for row in &mut made {
        row.depends = kept(&row.depends, &by_old, same_place);
        follow_mounts(row, &by_old, same_place);
    }
    config_groups(desk, &metadata, &by_old, target, app_id);
    for mut row in made {
        place_ports(desk, &mut row, target);
        desk.rows_mut().components.push(row);
    }
    let now = desk.now;
    if let Some(app) = desk.rows_mut().apps.iter_mut().find(|app| app.id == app_id) {
        app.update_time = now;
    }
    Ok(())
}

/// Dependencies inside the app follow it; others stay only in the same team and region, where they may dangle.
fn kept(depends: &[String], by_old: &BTreeMap<&str, &Change>, same_place: bool) -> Vec<String> {
    let follow = |old: &String| match by_old.get(old.as_str()) {
        Some(change) => Some(change.new_id.clone()),
        None => same_place.then(|| old.clone()),
    };
    depends.iter().filter_map(follow).collect()
}

/// Mounts of volumes inside the app follow it (protocol.md §8.6).
fn follow_mounts(row: &mut Component, by_old: &BTreeMap<&str, &Change>, same_place: bool) {
    let id = row.service_id.clone();
    let Some(mounts) = row.rows_mut("service_mnts") else { return };
    mounts.retain_mut(|mount| {
        let owner = mount["dep_service_id"].as_str().and_then(|old| by_old.get(old));
        mount["service_id"] = id.clone().into();
        if let Some(change) = owner {
            mount["dep_service_id"] = change.new_id.clone().into();
        }
        owner.is_some() || same_place
    });
}

/// Config groups come back, under another name where theirs is taken (protocol.md §8.6). Consoles before v5.3.1 have none.
fn config_groups(desk: &mut Desk<'_>, metadata: &Value, by_old: &BTreeMap<&str, &Change>, target: &Place, app_id: u64) {
    if !desk.era.traits().knows("top", "app_config_group_info") {
        return;
    }
    for given in rows(metadata, "app_config_group_info") {
        let name = text(given, "config_group_name");
        let taken = desk.rows().config_groups.iter().any(|group| group.app_id == app_id && group.name == name);
        let now = desk.now;
        let state = desk.rows_mut();
        let services = rows(given, "services").filter_map(|service| by_old.get(service["service_id"].as_str()?));
        let group = ConfigGroup {
            id: state.next_id("config_group"),
            config_group_id: noise::id(),
            app_id,
            region: target.region.clone(),
            name: if taken { format!("{name}-{}", noise::hex4()) } else { name },
            deploy_type: text(given, "deploy_type"),
            enable: given["enable"].as_bool().unwrap_or(true),
            services: services.map(|change| (state.next_id("config_group_service"), change.new_id.clone())).collect(),
            items: rows(given, "config_items")
                .map(|item| (state.next_id("config_item"), text(item, "item_key"), text(item, "item_value")))
                .collect(),
            create_time: now,
        };
        state.config_groups.push(group);
    }
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}

fn number(row: &Value, key: &str) -> u64 {
    row[key].as_u64().unwrap_or_default()
}

fn rows<'a>(app: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    app[key].as_array().into_iter().flatten()
}

fn component(
    desk: &mut Desk<'_>,
    app: &Value,
    by_old: &BTreeMap<&str, &Change>,
    target: &Place,
    app_id: u64,
    user: u64,
) -> Result<Component, Unsaved> {
    if let Some(missing) = REQUIRED.iter().find(|key| app.get(**key).is_none()) {
        return Err(Unsaved::Metadata(format!("KeyError: '{missing}'")));
    }
    let base = &app["service_base"];
    check_columns(desk.era, app)?;
    let old = text(base, "service_id");
    let change = by_old.get(old.as_str()).ok_or_else(|| Unsaved::Unknown(old.clone()))?;
    let traits = desk.era.traits();
    let k8s = match &change.k8s_name {
        Some(name) => name.clone(),
        None if traits.needs_component_name => return Err(Unsaved::NoComponentName),
        None => String::new(),
    };
    let name = text(base, "service_cname");
    let now = desk.now;
    let depends = rows(app, "service_relation").map(|row| text(row, "dep_service_id")).collect();
    let ports = rows(app, "service_ports").map(|row| port(desk, row)).collect();
    let envs = rows(app, "service_env_vars").map(|row| env(desk, row)).collect();
    let volumes = rows(app, "service_volumes").map(|row| volume(desk, app, row)).collect();
    let carried: Map<String, Value> =
        CARRIED.iter().filter_map(|key| Some(((*key).to_owned(), app.get(*key)?.clone()))).collect();
    let id = desk.rows_mut().next_id("component");
    let extend = text(base, "extend_method");
    Ok(Component {
        id,
        service_id: change.new_id.clone(),
        alias: change.new_alias.clone(),
        name: if traits.adds_copy { format!("{name}-copy") } else { name },
        tenant_id: target.tenant_id.clone(),
        region: target.region.clone(),
        app_id,
        image: text(base, "image"),
        version: text(base, "version"),
        source: text(base, "service_source"),
        extend_method: match extend.as_str() {
            "state" => "state_multiple".to_owned(),
            "stateless" => "stateless_multiple".to_owned(),
            _ => extend,
        },
        k8s_name: k8s,
        min_cpu: number(base, "min_cpu"),
        min_memory: number(base, "min_memory"),
        min_node: number(base, "min_node"),
        creater: user,
        create_time: now,
        update_time: now + i64::try_from(id).unwrap_or_default(),
        status: "undeploy".to_owned(),
        build_version: change.build_version.clone(),
        image_name: change.image_name.clone(),
        base_bytes: 4096,
        layer_bytes: 4096,
        owner: change.owner,
        ports,
        envs,
        volumes,
        depends,
        check_uuid: text(base, "check_uuid"),
        check_event_id: text(base, "check_event_id"),
        carried,
        ..Component::default()
    })
}

/// A column this console does not know raises in the model's constructor (rainbond console v6.9.8
/// console/services/groupapp_recovery/groupapps_migrate.py: `**row`). Keys of a component that no code asks for do not.
fn check_columns(era: Era, app: &Value) -> Result<(), Unsaved> {
    let one = Component::default();
    let known: [(&str, &str, Map<String, Value>); 4] = [
        ("service_base", "TenantServiceInfo", base_row(&one, "", Era::V6_9_8)),
        ("service_ports", "TenantServicesPort", port_row(&one, &Port::default())),
        ("service_volumes", "TenantServiceVolume", volume_row(&one, &Volume::default())),
        ("service_env_vars", "TenantServiceEnvVar", object(&env_row(&one, &EnvVar::default(), ""))),
    ];
    for (table, model, newest) in known {
        let known = era.traits().known(table, newest);
        let given = match &app[table] {
            Value::Object(row) => vec![row],
            rows => rows.as_array().into_iter().flatten().filter_map(Value::as_object).collect(),
        };
        let mut columns = given.iter().flat_map(|row| row.keys());
        if let Some(column) = columns.find(|column| !known.contains_key(*column)) {
            let raised = format!("{model}() got an unexpected keyword argument '{column}'");
            return Err(Unsaved::Metadata(raised));
        }
    }
    match app["service_base"].is_object() {
        true => Ok(()),
        false => Err(Unsaved::Metadata("KeyError: 'service_base'".to_owned())),
    }
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn port(desk: &mut Desk<'_>, row: &Value) -> Port {
    Port {
        id: desk.rows_mut().next_id("port"),
        port: number(row, "container_port"),
        protocol: text(row, "protocol"),
        alias: text(row, "port_alias"),
        inner: row["is_inner_service"].as_bool().unwrap_or_default(),
        outer: row["is_outer_service"].as_bool().unwrap_or_default(),
        k8s_service: text(row, "k8s_service_name"),
        name: None,
    }
}

fn env(desk: &mut Desk<'_>, row: &Value) -> EnvVar {
    EnvVar {
        id: desk.rows_mut().next_id("env"),
        port: number(row, "container_port"),
        name: text(row, "name"),
        key: text(row, "attr_name"),
        value: text(row, "attr_value"),
        scope: text(row, "scope"),
        changeable: row["is_change"].as_bool().unwrap_or_default(),
        create_time: desk.now,
    }
}

/// A volume; types the target does not know become `share-file`.
fn volume(desk: &mut Desk<'_>, app: &Value, row: &Value) -> Volume {
    let (kind, name) = (text(row, "volume_type"), text(row, "volume_name"));
    let file = rows(app, "service_config_file").find(|file| file["volume_name"].as_str() == Some(&name));
    Volume {
        id: desk.rows_mut().next_id("volume"),
        kind: if VOLUME_TYPES.contains(&kind.as_str()) { kind } else { "share-file".to_owned() },
        path: text(row, "volume_path"),
        capacity: number(row, "volume_capacity"),
        provider: text(row, "volume_provider_name"),
        access: text(row, "access_mode"),
        mode: row["mode"].as_u64(),
        content: file.and_then(|file| file["file_content"].as_str()).map(str::to_owned),
        bare: false,
        name,
    }
}

/// Ports get a free service name and, where open to the outside, ONE new default rule; the old rules are not read.
fn place_ports(desk: &mut Desk<'_>, component: &mut Component, target: &Place) {
    for at in 0..component.ports.len() {
        let port = &mut component.ports[at];
        let taken = |name: &str, desk: &Desk<'_>| {
            let mut rows = desk.rows().components.iter().filter(|row| row.tenant_id == target.tenant_id);
            rows.any(|row| row.ports.iter().any(|other| other.k8s_service == name))
        };
        if taken(&port.k8s_service, desk) {
            port.k8s_service = format!("{}-{}", port.k8s_service, noise::hex4());
        }
        let port = port.clone();
        if port.outer {
            open_outer(desk, component, &port, target);
        }
    }
}

/// The default rule of an outer port: a domain for HTTP, a free TCP port else.
pub(crate) fn open_outer(desk: &mut Desk<'_>, component: &Component, port: &Port, target: &Place) {
    let now = desk.now;
    let v6 = desk.era.is_v6();
    if port.protocol == "http" {
        let zone = desk.rows().region(&target.region).map(|region| region.http_domain.clone()).unwrap_or_default();
        let (number, alias, team) = (port.port, &component.alias, &target.team);
        // Dots up to v5.17.3, dashes from v6.0.0 (recorded 240 of both versions).
        let domain =
            if v6 { format!("{alias}-{number}-{team}.{zone}") } else { format!("{number}.{alias}.{team}.{zone}") };
        let state = desk.rows_mut();
        let id = state.next_id("http_rule");
        state.http_rules.push(HttpRule {
            id,
            rule_id: noise::id(),
            service_id: component.service_id.clone(),
            port: number,
            domain,
            default: true,
            weight: 100,
            create_time: now,
            ..HttpRule::default()
        });
        return;
    }
    let end_point = format!("0.0.0.0:{}", free_port(desk, &target.region));
    let state = desk.rows_mut();
    let id = state.next_id("tcp_rule");
    state.tcp_rules.push(TcpRule {
        id,
        rule_id: noise::id(),
        service_id: component.service_id.clone(),
        port: port.port,
        end_point,
        protocol: "tcp".to_owned(),
        default: true,
        create_time: now,
    });
}

/// The lowest free node port of a region.
pub(crate) fn free_port(desk: &Desk<'_>, region: &str) -> u64 {
    let state = desk.rows();
    let here = |service_id: &str| state.component(service_id).is_none_or(|row| row.region == region);
    let rules = state.tcp_rules.iter().filter(|rule| here(&rule.service_id));
    let rules = rules.filter_map(|rule| rule.end_point.rsplit(':').next()?.parse().ok());
    let routes = state.routes.iter().filter(|route| route.region == region).map(|route| route.node_port);
    let used: Vec<u64> = rules.chain(routes).collect();
    (30000..).find(|port| !used.contains(port)).unwrap_or(30000)
}
