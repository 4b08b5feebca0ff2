//! From a template to components (rainbond console v6.9.8 console/services/market_app/new_components.py;
//! rebuild.md §3.5, §4, §5). All of them or none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::Answer;
use super::config_groups;
use super::desk::{Desk, Place};
use super::fittings;
use super::plugins;
use super::save::open_outer;
use super::service_names;
use super::templates::{components, text};
use crate::noise;
use crate::state::{Component, HttpRule, TemplateVersion};

/// One component being made, with what of the template it needs later.
struct Made<'a> {
    row: Component,
    source: &'a Value,
}

/// Installs a template; the ids of the new components.
pub(crate) fn install(
    desk: &mut Desk<'_>,
    place: &Place,
    app_id: u64,
    template_name: &str,
    version: &TemplateVersion,
    user: u64,
) -> Result<Vec<String>, Answer> {
    let template = &version.template;
    fittings::check_probes(template)?;
    let plugins = plugins::from_template(desk, place, template);
    let mut made: Vec<Made<'_>> = Vec::new();
    for source in components(template) {
        let mut row = component(desk, place, app_id, source, user);
        template_name.clone_into(&mut row.template_name);
        if k8s_name_taken(desk, &made, place, &row.k8s_name) {
            row.k8s_name.clone_from(&row.alias);
        }
        made.push(Made { row, source });
    }
    service_names::settle(desk, place, &mut made.iter_mut().map(|one| &mut one.row).collect::<Vec<_>>());
    join(desk, place, &mut made);
    for one in &mut made {
        plugins::attach(desk, place, &mut one.row, one.source, &plugins);
    }
    let by_key: BTreeMap<String, Component> =
        made.iter().map(|one| (text(one.source, "service_key"), one.row.clone())).collect();
    let ids: Vec<String> = made.iter().map(|one| one.row.service_id.clone()).collect();
    for one in made {
        desk.rows_mut().components.push(one.row);
    }
    rules(desk, place, template, &by_key);
    config_groups::from_template(desk, place, app_id, template, &by_key);
    let now = desk.now;
    if let Some(app) = desk.rows_mut().apps.iter_mut().find(|app| app.id == app_id) {
        app.update_time = now;
    }
    Ok(ids)
}

/// A name another component of the team has falls back to the alias (rebuild.md §1.3).
fn k8s_name_taken(desk: &Desk<'_>, made: &[Made<'_>], place: &Place, name: &str) -> bool {
    let known = desk.rows().components.iter().filter(|row| row.tenant_id == place.tenant_id);
    name.is_empty() || known.chain(made.iter().map(|one| &one.row)).any(|row| row.k8s_name == name)
}

fn component(desk: &mut Desk<'_>, place: &Place, app_id: u64, source: &Value, user: u64) -> Component {
    let now = desk.now;
    let v6 = desk.era.is_v6();
    let service_id = noise::id();
    let alias = format!("gr{}", &service_id[service_id.len() - 6..]);
    let extend = text(source, "extend_method");
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let rules = &source["extend_method_map"];
    let image = text(source, "share_image");
    let id = desk.rows_mut().next_id("component");
    let mut row = Component {
        id,
        name: text(source, "service_cname"),
        tenant_id: place.tenant_id.clone(),
        region: place.region.clone(),
        app_id,
        version: text(source, "version"),
        source: "market".to_owned(),
        extend_method: match extend.as_str() {
            "state" => "state_multiple".to_owned(),
            "stateless" => "stateless_multiple".to_owned(),
            _ => extend,
        },
        k8s_name: text(source, "k8s_component_name"),
        key: text(source, "service_key"),
        cmd: text(source, "cmd"),
        arch: text(source, "arch"),
        // v5 consoles read the CPU from a field the region has dropped (rebuild.md §1.3).
        min_cpu: if v6 { number(&source["cpu"]) } else { 0 },
        // `init_memory` wins over everything; absent it is Go's 0 (rebuild.md §1.3).
        min_memory: number(&rules["init_memory"]),
        min_node: number(&rules["min_node"]).max(1),
        creater: user,
        create_time: now,
        update_time: now + i64::try_from(id).unwrap_or_default(),
        status: "undeploy".to_owned(),
        build_version: text(source, "deploy_version"),
        image_name: image.clone(),
        image,
        base_bytes: 4096,
        layer_bytes: 4096,
        service_id,
        alias,
        ..Component::default()
    };
    fittings::fit(desk, &mut row, source);
    row
}

/// Dependencies and mounts between the new components, by share id.
fn join(desk: &mut Desk<'_>, place: &Place, made: &mut [Made<'_>]) {
    let share = |source: &Value| source["service_share_uuid"].as_str().unwrap_or_default().to_owned();
    let by_share: BTreeMap<String, Component> = made.iter().map(|one| (share(one.source), one.row.clone())).collect();
    // Without share ids dependencies are skipped (rebuild.md §1.3).
    let find = |key: &Value| by_share.get(key.as_str().filter(|key| !key.is_empty())?);
    for one in made {
        let depends = one.source["dep_service_map_list"].as_array().into_iter().flatten();
        one.row.depends = depends.filter_map(|row| Some(find(&row["dep_service_key"])?.service_id.clone())).collect();
        let mut owners = BTreeSet::new();
        for mount in one.source["mnt_relation_list"].as_array().into_iter().flatten() {
            let Some(owner) = find(&mount["service_share_uuid"]) else { continue };
            // Only the first mount of one owner arrives (rebuild.md §5.5; recorded 1560).
            if !owners.insert(owner.service_id.clone()) {
                continue;
            }
            let id = desk.rows_mut().next_id("mount");
            let row = json!({
                "ID": id, "tenant_id": place.tenant_id, "service_id": one.row.service_id,
                "dep_service_id": owner.service_id, "mnt_name": text(mount, "mnt_name"),
                "mnt_dir": text(mount, "mnt_dir"),
            });
            one.row.add_row("service_mnts", row);
        }
    }
}

/// Gateway rules: those of the template, then a default for outer HTTP ports up to the first port that is neither
/// (`_ensure_default_http_rule`; rebuild.md §5.3), and one free port for each other outer one (rebuild.md §9.1).
fn rules(desk: &mut Desk<'_>, place: &Place, template: &Value, by_key: &BTreeMap<String, Component>) {
    for route in template["ingress_http_routes"].as_array().into_iter().flatten() {
        if let Some(row) = by_key.get(&text(route, "component_key")) {
            http_rule(desk, place, row, route);
        }
    }
    for row in by_key.values() {
        for port in row.ports.iter().take_while(|port| port.outer && port.protocol == "http") {
            let known = |rule: &HttpRule| rule.service_id == row.service_id && rule.port == port.port;
            if !desk.rows().http_rules.iter().any(known) {
                open_outer(desk, row, port, place);
            }
        }
        for port in row.ports.iter().filter(|port| port.outer && port.protocol != "http") {
            open_outer(desk, row, port, place);
        }
    }
}

/// A rule of the template. It has no domain field: the default one, or one made up (rebuild.md §1.3).
fn http_rule(desk: &mut Desk<'_>, place: &Place, row: &Component, route: &Value) {
    let number = route["port"].as_u64().unwrap_or_default();
    let Some(port) = row.ports.iter().find(|port| port.port == number && port.outer && port.protocol == "http") else {
        return;
    };
    let default = route["default_domain"].as_bool().unwrap_or_default();
    open_outer(desk, row, port, place);
    let location = text(route, "location");
    let config = json!({
        "proxy_connect_timeout": route["connection_timeout"], "proxy_send_timeout": route["request_timeout"],
        "proxy_read_timeout": route["response_timeout"], "proxy_body_size": route["request_body_size_limit"],
        "WebSocket": route["websocket"], "proxy_buffering": if route["proxy_buffer"] == true { "on" } else { "off" },
        "proxy_buffer_size": route["proxy_buffer_size"], "proxy_buffer_numbers": route["proxy_buffer_numbers"],
        "set_headers": [],
    });
    if let Some(rule) = desk.rows_mut().http_rules.last_mut() {
        rule.path = if default && location == "/" { String::new() } else { location };
        rule.default = default;
        rule.config = Some(config);
        if !default {
            rule.domain = format!("{}.{}", noise::hex4(), rule.domain);
        }
    }
}
