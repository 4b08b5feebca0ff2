//! The v6 gateway: HTTP and TCP routes, which are resources of the region and no rows of the console (recorded 800–814).
//! v5.17.3 has none of these paths.

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Place};
use super::save::free_port;
use crate::clock;
use crate::noise;
use crate::state::{App, Route};

/// The console's app id in `appID`, exchanged for the region's.
fn asked_app(desk: &Desk<'_>, ask: &Ask) -> Option<App> {
    let id = ask.query("appID").and_then(|id| id.parse().ok())?;
    desk.rows().app(id).cloned()
}

/// `<hosts><paths>` with what a resource name cannot hold spelled out (rainbond v6.9.8 api/handler/api_gateway_action).
fn route_name(body: &Value) -> String {
    let list = |key: &str| -> String {
        body["match"][key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let paths = list("paths").replace('/', "p-p").replace('*', "s-s");
    format!("{}{paths}", list("hosts"))
}

fn here<'a>(desk: &'a Desk<'_>, place: &Place) -> impl Iterator<Item = &'a Route> + use<'a> {
    let (tenant, region) = (place.tenant_id.clone(), place.region.clone());
    desk.rows().routes.iter().filter(move |route| route.tenant_id == tenant && route.region == region)
}

/// `GET /console/api-gateway/v1/<team>/routes/http`
pub(crate) fn http_list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    desk.reach(&place.region, &format!("/api-gateway/v1/{}/routes/http", place.team))?;
    let app = asked_app(desk, ask);
    let swaps = ask.query("appID").is_some();
    let routes = here(desk, &place).filter(|route| {
        route.http.is_some() && app.as_ref().is_none_or(|app| app.region_app_id == route.region_app_id)
    });
    let rows = routes.map(|route| {
        let mut row = route.http.clone().unwrap_or_default();
        let original = format!("{}|{}|-{}", route.region_app_id, route.name, route.component_alias);
        let state = desk.rows();
        let app = state.apps.iter().find(|app| app.region_app_id == route.region_app_id);
        let shown = match app {
            Some(app) if swaps => format!("{}{}-{}", app.id, route.name, route.component_alias),
            _ => original.clone(),
        };
        row["name"] = json!(shown);
        row["enabled"] = json!(false);
        row["region_app_id"] = json!(route.region_app_id);
        if swaps {
            let component = state.components.iter().find(|row| row.alias == route.component_alias);
            row["component_name"] = json!(component.map(|row| row.name.clone()));
            row["original_name"] = json!(original);
        }
        row
    });
    Ok(Answer::found(Data::list(rows.collect::<Value>())))
}

/// `POST /console/api-gateway/v1/<team>/routes/http`: the same host and path again is an update (recorded 802).
pub(crate) fn http_create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    desk.reach(&place.region, &format!("/api-gateway/v1/{}/routes/http", place.team))?;
    let mut body = ask.body_json();
    let name = route_name(&body);
    let old = ask.query("name").map(|name| name.trim_start_matches(|ch: char| ch.is_ascii_digit()).to_owned());
    if let Some(old) = old.filter(|old| *old != name) {
        if !here(desk, &place).any(|route| route.name == old) {
            return Err(Answer::refused_as(404, 50001, "route not found", "route not found"));
        }
        desk.rows_mut().routes.retain(|route| route.name != old);
    }
    let alias = ask.query("service_alias").unwrap_or_default().to_owned();
    let app = asked_app(desk, ask);
    let region_app_id = app.as_ref().map(|app| app.region_app_id.clone()).unwrap_or_default();
    let service = desk.rows().components.iter().find(|row| row.alias == alias);
    let route = Route {
        name: name.clone(),
        tenant_id: place.tenant_id.clone(),
        region: place.region.clone(),
        region_app_id: region_app_id.clone(),
        component_alias: alias.clone(),
        service_id: service.map(|row| row.service_id.clone()).unwrap_or_default(),
        port: ask.query("port").and_then(|port| port.parse().ok()).unwrap_or_default(),
        http: Some(body.clone()),
        ..Route::default()
    };
    let content = resource(desk, &place, &route, &mut body);
    let state = desk.rows_mut();
    state.routes.retain(|known| !(known.http.is_some() && known.name == name && known.tenant_id == place.tenant_id));
    state.routes.push(route);
    let bean = json!({"name": name, "kind": "ApisixRoute", "content": content});
    Ok(Answer::said(200, 200, "success", "创建成功", Data::bean(bean)))
}

/// The `ApisixRoute` as text.
fn resource(desk: &Desk<'_>, place: &Place, route: &Route, body: &mut Value) -> String {
    body["name"] = json!(&noise::id()[..8]);
    let namespace = desk.rows().team(&place.team).map(|team| team.namespace.clone()).unwrap_or_default();
    format!(
        "apiVersion: \"apisix.apache.org/v2\"\nkind: \"ApisixRoute\"\nmetadata:\n  creationTimestamp: \"{}\"\n  \
         generateName: \"rbd\"\n  labels:\n    creator: \"Rainbond\"\n    port: \"{}\"\n    component_sort: \"{}\"\n    \
         app_id: \"{}\"\n  name: \"{}\"\n  namespace: \"{namespace}\"\nspec:\n  http:\n    - {body}\n  \
         ingressClassName: \"apisix\"\nstatus: {{}}\n",
        clock::rfc3339(desk.now),
        route.port,
        route.component_alias,
        route.region_app_id,
        route.name,
    )
}

/// `GET /console/api-gateway/v1/<team>/routes/http/domains`
pub(crate) fn http_domains(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let (alias, port) = (ask.query("service_alias").unwrap_or_default(), ask.query("port").unwrap_or_default());
    let routes = here(desk, &place).filter(|route| route.component_alias == alias && route.port.to_string() == port);
    let hosts = routes.filter_map(|route| route.http.as_ref()?["match"]["hosts"].as_array().cloned()).flatten();
    Ok(Answer::found(Data::list(hosts.collect::<Value>())))
}

/// `DELETE /console/api-gateway/v1/<team>/routes/http/<name>`: digits in front are stripped (recorded 809).
pub(crate) fn http_delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let name = ask.param("name").trim_start_matches(|ch: char| ch.is_ascii_digit()).to_owned();
    if !here(desk, &place).any(|route| route.name == name) {
        return Err(Answer::refused_as(400, 50006, "route delete error", "route delete error"));
    }
    desk.rows_mut().routes.retain(|route| !(route.name == name && route.tenant_id == place.tenant_id));
    Ok(Answer::done("删除成功"))
}

/// `GET /console/api-gateway/v1/<team>/routes/tcp`
pub(crate) fn tcp_list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    desk.reach(&place.region, &format!("/api-gateway/v1/{}/routes/tcp", place.team))?;
    let app = asked_app(desk, ask);
    let routes = here(desk, &place).filter(|route| {
        route.http.is_none() && app.as_ref().is_none_or(|app| app.region_app_id == route.region_app_id)
    });
    let rows = routes.map(|route| {
        json!({
            "name": route.name, "protocol": "TCP", "port": route.port, "targetPort": route.port,
            "nodePort": route.node_port, "service_name": route.name, "service_alias": route.backend,
            "service_id": route.service_id, "app_id": route.region_app_id, "container_port": route.port,
        })
    });
    Ok(Answer::found(Data::list(rows.collect::<Value>())))
}

/// `POST /console/api-gateway/v1/<team>/routes/tcp`: port 0 picks one; the answer's bean is the port (recorded 811–813).
pub(crate) fn tcp_create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    desk.reach(&place.region, &format!("/api-gateway/v1/{}/routes/tcp", place.team))?;
    let body = ask.body_json();
    let wanted = body["match"]["ingressPort"].as_u64().unwrap_or_default();
    let suffix = format!(":{wanted}");
    let taken = here(desk, &place).any(|route| route.node_port == wanted)
        || desk.rows().tcp_rules.iter().any(|rule| rule.end_point.ends_with(&suffix));
    if wanted != 0 && taken {
        let msg = "port is already in use, please use a different port";
        return Err(Answer::refused_as(400, 50005, msg, msg));
    }
    let node_port = if wanted == 0 { free_port(desk, &place.region) } else { wanted };
    let backend = body["backend"]["serviceName"].as_str().unwrap_or_default().to_owned();
    let route = Route {
        name: format!("{backend}-{node_port}"),
        tenant_id: place.tenant_id,
        region: place.region,
        region_app_id: asked_app(desk, ask).map(|app| app.region_app_id).unwrap_or_default(),
        component_alias: String::new(),
        service_id: ask.query("service_id").unwrap_or_default().to_owned(),
        port: body["backend"]["servicePort"].as_u64().unwrap_or_default(),
        http: None,
        node_port,
        backend,
    };
    desk.rows_mut().routes.push(route);
    Ok(Answer::said(200, 200, "success", "创建成功", Data::bean(json!(node_port))))
}
