//! Ports of a component: list, add, change, open and close (recorded 1539–1549).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::apps::port_row;
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need, Place};
use super::events;
use super::fittings::port_envs;
use super::save::open_outer;
use super::service_names::taken;
use crate::state::{Component, Port, Route};

/// `GET /console/teams/<team>/apps/<component>/ports`. This GET writes on v6: `is_outer_service` becomes what the
/// gateway's routes say (recorded 240 before, 260 after; 1539 right after an installation).
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?.clone();
    let mut list = Vec::new();
    for port in &component.ports {
        let mut now = port.clone();
        now.outer = open_now(desk, &component, port);
        list.push(Value::Object(shown(desk, &place, &component, port, &now)?));
        if now.outer != port.outer {
            let row = desk.rows_mut().component_mut(&component.service_id);
            let saved = row.and_then(|row| row.ports.iter_mut().find(|saved| saved.port == now.port));
            if let Some(saved) = saved {
                saved.outer = now.outer;
            }
        }
    }
    Ok(Answer::found(Data::list(list)))
}

/// Whether the gateway has a route for the port. One other than HTTP counts as routed once its component has been
/// deployed, since the region opens it then.
fn open_now(desk: &Desk<'_>, component: &Component, port: &Port) -> bool {
    if !desk.era.is_v6() {
        return port.outer;
    }
    let routed = routes(desk, component, port).next().is_some();
    if port.protocol == "http" { routed } else { routed || (port.outer && component.status != "undeploy") }
}

fn routes<'a>(desk: &'a Desk<'_>, component: &Component, port: &Port) -> impl Iterator<Item = &'a Route> + use<'a> {
    let (alias, number) = (component.alias.clone(), port.port);
    desk.rows().routes.iter().filter(move |route| route.component_alias == alias && route.port == number)
}

/// A port in the list: as it was stored (`before`), and as it is found to be (`now`).
fn shown(
    desk: &Desk<'_>,
    place: &Place,
    component: &Component,
    before: &Port,
    now: &Port,
) -> Result<Map<String, Value>, Answer> {
    let region = desk.region(&place.region)?;
    let mut row = port_row(component, now);
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("service_alias", json!(component.alias));
    let connect = [("连接地址", "HOST", now.k8s_service.clone()), ("端口", "PORT", now.port.to_string())];
    let connect =
        connect.map(|(desc, key, value)| json!({"desc": desc, "name": format!("{}_{key}", now.alias), "value": value}));
    put("environment", if now.inner { json!(connect) } else { json!([]) });
    put("inner_url", json!(if now.inner { format!("{}:{}", now.k8s_service, now.port) } else { String::new() }));
    let outer_url = match (before.outer, before.protocol == "http") {
        (false, _) => String::new(),
        (true, true) => format!("{}.{}.{}.{}:80", now.port, component.alias, place.team, region.http_domain),
        (true, false) => {
            let mut rules = desk.rows().tcp_rules.iter();
            let rule = rules.find(|rule| rule.service_id == component.service_id && rule.port == now.port);
            rule.map(|rule| rule.end_point.replace("0.0.0.0", &region.tcp_domain)).unwrap_or_default()
        }
    };
    put("outer_url", json!(outer_url));
    let hosts = routes(desk, component, now).filter_map(|route| route.http.as_ref()?["match"]["hosts"].as_array());
    let domains = hosts.flatten().map(|host| {
        json!({
            "protocol": "http", "domain_type": "www", "ID": -1, "domain_name": host, "container_port": now.port,
        })
    });
    put("bind_domains", domains.collect());
    if now.protocol != "http" {
        put("bind_tcp_domains", json!([]));
    }
    Ok(row)
}

fn answered(component: &Component, port: &Port, show: &str) -> Answer {
    Answer::said(200, 200, "success", show, Data::bean(Value::Object(port_row(component, port))))
}

/// `POST /console/teams/<team>/apps/<component>/ports` (recorded 1549)
pub(crate) fn add(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let number = ask.field("port").and_then(Value::as_u64);
    let number = number.ok_or_else(|| Answer::refused(400, "params error", "缺少端口参数"))?;
    if component.ports.iter().any(|port| port.port == number) {
        return Err(Answer::refused(400, "port exists", &format!("端口{number}已存在")));
    }
    let flag = |name: &str| ask.field(name) == Some(&json!(true));
    let usual = || format!("{}{number}", component.alias.to_uppercase());
    let service = component.ports.first().map(|port| port.k8s_service.clone());
    let port = Port {
        id: desk.rows_mut().next_id("port"),
        port: number,
        protocol: ask.text("protocol").unwrap_or("http").to_owned(),
        alias: ask.text("port_alias").map_or_else(usual, str::to_owned),
        inner: flag("is_inner_service"),
        outer: flag("is_outer_service"),
        k8s_service: service.unwrap_or_else(|| format!("{}-{number}", component.alias)),
        name: None,
    };
    let envs = if port.inner { port_envs(desk, &port).to_vec() } else { Vec::new() };
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        row.ports.push(port.clone());
        row.envs.extend(envs);
    }
    Ok(answered(&component, &port, "端口添加成功"))
}

/// `PUT /console/teams/<team>/apps/<component>/ports/<port>` (recorded 1541–1548)
pub(crate) fn change(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let number: u64 = ask.param("port").parse().unwrap_or_default();
    let Some(port) = component.ports.iter().find(|port| port.port == number).cloned() else {
        let msg = "'NoneType' object has no attribute 'container_port'";
        return Err(Answer::crashed(desk.era, "AttributeError", msg, "builtins"));
    };
    let port = match ask.text("action").unwrap_or_default() {
        "change_port_alias" => aliased(desk, ask, &component, port)?,
        "change_protocol" => Port { protocol: ask.text("protocol").unwrap_or("http").to_owned(), ..port },
        "open_inner" => Port { inner: true, ..port },
        "close_inner" => Port { inner: false, ..port },
        "open_outer" => opened(desk, &place, &component, port),
        "close_outer" => closed(desk, &component, port),
        _ => return Err(Answer::refused(400, "params error", "操作类型错误")),
    };
    let fresh = if port.inner { port_envs(desk, &port).to_vec() } else { Vec::new() };
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        // Variables of a port exist for as long as it is open to the inside.
        if row.is_pulled() {
            row.envs.retain(|env| env.port != number);
            row.envs.extend(fresh);
        }
        if let Some(saved) = row.ports.iter_mut().find(|saved| saved.port == number) {
            saved.clone_from(&port);
        }
    }
    Ok(answered(&component, &port, "操作成功"))
}

/// Another alias and host name; a name in use is refused with code 20500 (recorded 1542).
fn aliased(desk: &Desk<'_>, ask: &Ask, component: &Component, port: Port) -> Result<Port, Answer> {
    let alias = ask.text("port_alias").ok_or_else(|| Answer::refused(400, "port alias is null", "端口别名不能为空"))?;
    let service = ask.text("k8s_service_name").unwrap_or(&port.k8s_service).to_owned();
    if taken(desk, &component.tenant_id, &component.service_id, &service) {
        return Err(Answer::refused_as(409, 20500, "k8s service name already exists", "内部域名已存在"));
    }
    Ok(Port { alias: alias.to_owned(), k8s_service: service, ..port })
}

fn opened(desk: &mut Desk<'_>, place: &Place, component: &Component, port: Port) -> Port {
    events::add(desk, component, "handle-service-outer", &[]);
    let state = desk.rows();
    let has_rule =
        state.http_rules.iter().any(|rule| rule.service_id == component.service_id && rule.port == port.port)
            || state.tcp_rules.iter().any(|rule| rule.service_id == component.service_id && rule.port == port.port);
    let port = Port { outer: true, ..port };
    if !has_rule {
        open_outer(desk, component, &port, place);
    }
    if desk.era.is_v6() {
        default_route(desk, component, &port);
    }
    port
}

fn closed(desk: &mut Desk<'_>, component: &Component, port: Port) -> Port {
    events::add(desk, component, "handle-service-outer", &[]);
    let state = desk.rows_mut();
    state.http_rules.retain(|rule| !(rule.service_id == component.service_id && rule.port == port.port));
    state.tcp_rules.retain(|rule| !(rule.service_id == component.service_id && rule.port == port.port));
    state.routes.retain(|route| !(route.component_alias == component.alias && route.port == port.port));
    Port { outer: false, ..port }
}

/// The route of the default domain, path `/*`; nothing if the port has a route (rainbond v6.9.8
/// worker/appm/conversion/gateway.go; rebuild.md §9.2; recorded 1546, 1547).
pub(crate) fn default_route(desk: &mut Desk<'_>, component: &Component, port: &Port) {
    if port.protocol != "http" || routes(desk, component, port).next().is_some() {
        return;
    }
    let state = desk.rows();
    let rule = state.http_rules.iter().find(|rule| rule.service_id == component.service_id && rule.port == port.port);
    let Some(rule) = rule else { return };
    let (host, websocket) =
        (rule.domain.clone(), rule.config.as_ref().is_some_and(|config| config["WebSocket"] == true));
    let app = state.app(component.app_id).map(|app| app.region_app_id.clone()).unwrap_or_default();
    let body = json!({
        "match": {"hosts": [host], "paths": ["/*"]}, "websocket": websocket, "plugins": [],
        "backends": [{"serviceName": port.k8s_service, "servicePort": port.port, "weight": 100}],
        "authentication": {"enable": false, "type": "basicAuth", "keyAuth": {}},
    });
    let route = Route {
        name: format!("{host}p-ps-s"),
        tenant_id: component.tenant_id.clone(),
        region: component.region.clone(),
        region_app_id: app,
        component_alias: component.alias.clone(),
        service_id: component.service_id.clone(),
        port: port.port,
        http: Some(body),
        ..Route::default()
    };
    desk.rows_mut().routes.push(route);
}
