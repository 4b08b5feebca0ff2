//! Apps of a team in a region: lists, detail, status, creating and deleting.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need, Place};
use super::enterprise::paged;
use crate::clock;
use crate::noise;
use crate::state::{App, Component, State};

/// Apps of a place, the last changed first.
fn apps_of<'a>(state: &'a State, place: &Place) -> Vec<&'a App> {
    let here = |app: &&App| app.tenant_id == place.tenant_id && app.region == place.region;
    let mut apps: Vec<&App> = state.apps.iter().filter(here).collect();
    apps.sort_by_key(|app| std::cmp::Reverse(app.update_time));
    apps
}

/// `GET /console/teams/<team>/groups`
pub(crate) fn groups(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let rows = apps_of(desk.rows(), &place);
    let rows = rows.iter().map(|app| json!({"group_name": app.name, "group_id": app.id, "group_note": app.note}));
    Ok(Answer::found(Data::list(rows.collect::<Value>())))
}

/// `GET /console/teams/<team>/overview/groups`
pub(crate) fn overview_groups(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let state = desk.rows();
    let query = ask.query("query").unwrap_or_default();
    let mut apps = apps_of(state, &place);
    apps.reverse();
    let rows = apps.into_iter().filter(|app| app.name.contains(query)).map(|app| {
        let services: Vec<Value> = state
            .components_of(app.id)
            .map(|component| {
                json!({
                    "service_id": component.service_id, "service_cname": component.name,
                    "service_alias": component.alias,
                })
            })
            .collect();
        let services = if services.is_empty() { Value::Null } else { Value::Array(services) };
        json!({"group_id": app.id, "group_name": app.name, "service_list": services})
    });
    Ok(Answer::found(Data::list(rows.collect::<Value>())))
}

/// The state of an app as its region sees it; none without components.
pub(crate) fn app_status(desk: &Desk<'_>, app_id: u64) -> Option<&'static str> {
    let statuses: Vec<&str> = desk.rows().components_of(app_id).map(|row| row.status_at(desk.now)).collect();
    let all = |wanted: &str| statuses.iter().all(|status| *status == wanted);
    let any = |wanted: &str| statuses.contains(&wanted);
    Some(match () {
        () if statuses.is_empty() => return None,
        () if all("undeploy") => "NIL",
        () if all("closed") || statuses.iter().all(|status| matches!(*status, "closed" | "undeploy")) => "CLOSED",
        () if all("abnormal") => "ABNORMAL",
        () if any("abnormal") || any("some_abnormal") => "PARTIAL_ABNORMAL",
        () if any("stopping") => "STOPPING",
        () if any("starting") => "STARTING",
        () => "RUNNING",
    })
}

fn running<'a>(desk: &'a Desk<'_>, app_id: u64) -> impl Iterator<Item = &'a Component> {
    desk.rows().components_of(app_id).filter(|component| component.status_at(desk.now) == "running")
}

/// `GET /console/teams/<team>/apps`
pub(crate) fn team_apps(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    note_statuses(desk, &place);
    let query = ask.query("query").unwrap_or_default();
    let apps: Vec<&App> = apps_of(desk.rows(), &place).into_iter().filter(|app| app.name.contains(query)).collect();
    let rows = paged(&apps, ask.number("page", 1), ask.number("page_size", 10)).map(|app| team_app(desk, &place, app));
    let data = Data::list(rows.collect::<Value>()).and_bean(json!({"total": apps.len()}));
    Ok(Answer::found(data))
}

/// The console keeps the last state it saw, for when the region is down (recorded 1411).
fn note_statuses(desk: &mut Desk<'_>, place: &Place) {
    if desk.is_down(&place.region) {
        return;
    }
    let seen: Vec<(u64, Option<String>)> =
        apps_of(desk.rows(), place).iter().map(|app| (app.id, app_status(desk, app.id).map(str::to_owned))).collect();
    let changed = seen.iter().any(|(id, status)| desk.rows().app(*id).is_some_and(|app| app.seen_status != *status));
    if changed {
        for app in &mut desk.rows_mut().apps {
            if let Some((_, status)) = seen.iter().find(|(id, _)| *id == app.id) {
                app.seen_status.clone_from(status);
            }
        }
    }
}

fn team_app(desk: &Desk<'_>, place: &Place, app: &App) -> Value {
    let down = desk.is_down(&place.region);
    let status = match app_status(desk, app.id) {
        _ if down => app.seen_status.clone().unwrap_or_else(|| "UNKNOWN".to_owned()),
        Some(status) => status.to_owned(),
        None => "NIL".to_owned(),
    };
    let live: Vec<&Component> = if down { Vec::new() } else { running(desk, app.id).collect() };
    let memory = |rows: &[&Component]| rows.iter().map(|row| row.min_memory * row.min_node).sum::<u64>();
    let all: Vec<&Component> = desk.rows().components_of(app.id).collect();
    let mut row = json!({
        "group_id": app.id, "update_time": clock::iso(app.update_time), "create_time": clock::iso(app.create_time),
        "group_name": app.name, "group_note": app.note, "used_mem": memory(&live),
    });
    if desk.era.is_v6() {
        // Nothing runs: no figure, but a zero where the region could not be asked (recorded 240, 1411).
        row["used_cpu"] = match live.len() {
            0 if down => json!(0),
            0 => Value::Null,
            count => json!(count * 100),
        };
        row["used_disk"] = json!(all.iter().flat_map(|row| &row.volumes).map(|volume| volume.capacity).sum::<u64>());
    }
    let tail = json!({
        "status": status, "logo": "", "accesses": accesses(desk.rows(), place, &all), "services_num": all.len(),
        "run_service_num": live.len(), "allocate_mem": memory(&all),
    });
    if let (Value::Object(row), Value::Object(tail)) = (&mut row, tail) {
        row.extend(tail);
    }
    row
}

pub(crate) fn port_row(component: &Component, port: &crate::state::Port) -> Map<String, Value> {
    let row = json!({
        "ID": port.id, "tenant_id": component.tenant_id, "service_id": component.service_id,
        "container_port": port.port, "mapping_port": port.port, "lb_mapping_port": 0, "protocol": port.protocol,
        "port_alias": port.alias, "is_inner_service": port.inner, "is_outer_service": port.outer,
        "k8s_service_name": port.k8s_service, "name": port.name,
    });
    row.as_object().cloned().unwrap_or_default()
}

/// Outer ports of the components of an app, with their addresses.
fn accesses(state: &State, place: &Place, components: &[&Component]) -> Value {
    let tcp_domain = state.region(&place.region).map(|region| region.tcp_domain.clone()).unwrap_or_default();
    let rows = components.iter().map(|component| {
        let outer: Vec<_> = component.ports.iter().filter(|port| port.outer).collect();
        let Some(first) = outer.first() else { return json!({"access_type": "no_port", "access_info": []}) };
        let http = first.protocol == "http";
        let info = outer.iter().map(|port| {
            let mut row = port_row(component, port);
            let urls = urls(state, component, port.port, &tcp_domain);
            if http {
                row.insert("service_cname".to_owned(), json!(component.name));
                row.insert("access_urls".to_owned(), urls);
            } else {
                row.insert("access_urls".to_owned(), urls);
                row.insert("service_cname".to_owned(), json!(component.name));
            }
            Value::Object(row)
        });
        let kind = if http { "http_port" } else { "not_http_outer" };
        json!({"access_type": kind, "access_info": info.collect::<Value>()})
    });
    rows.collect()
}

pub(crate) fn urls(state: &State, component: &Component, port: u64, tcp_domain: &str) -> Value {
    let http = state.http_rules.iter().filter(|rule| rule.service_id == component.service_id && rule.port == port);
    let tcp = state.tcp_rules.iter().filter(|rule| rule.service_id == component.service_id && rule.port == port);
    let http = http.map(|rule| format!("http://{}/", rule.domain));
    let tcp = tcp.map(|rule| rule.end_point.replace("0.0.0.0", tcp_domain));
    http.chain(tcp).map(Value::String).collect()
}

fn governance(app: &App) -> &str {
    if app.governance_mode.is_empty() { "KUBERNETES_NATIVE_SERVICE" } else { &app.governance_mode }
}

/// The columns of an app's row.
pub(crate) fn app_row(app: &App) -> Map<String, Value> {
    let row = json!({
        "ID": app.id, "tenant_id": app.tenant_id, "group_name": app.name, "region_name": app.region,
        "is_default": false, "order_index": 0, "note": app.note, "username": app.username,
        "governance_mode": governance(app), "create_time": clock::plain(app.create_time),
        "update_time": clock::plain(app.update_time), "app_type": "rainbond", "app_store_name": null,
        "app_store_url": null, "app_template_name": null, "version": null, "logo": "", "k8s_app": app.k8s_app,
    });
    row.as_object().cloned().unwrap_or_default()
}

/// `GET /console/teams/<team>/groups/<app>`
pub(crate) fn detail(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let app = desk.app(ask, &place)?;
    let state = desk.rows();
    let namespace = state.team_of(&app.tenant_id).map(|team| team.namespace.clone());
    let owner = state.users.iter().find(|user| user.nick == app.username);
    let mut bean = app_row(app);
    let tail = json!({
        "region_app_id": app.region_app_id, "namespace": namespace, "app_id": app.id, "app_name": app.name,
        "service_num": state.components_of(app.id).count(), "share_num": 0, "resources_num": 0, "ingress_num": 0,
        "config_group_num": 0, "can_edit": true, "app_arch": ["amd64"],
        "principal": owner.map(|user| user.real_name.clone()), "email": owner.map(|user| user.email.clone()),
        "create_status": "complete", "compose_id": null,
    });
    bean.extend(tail.as_object().cloned().unwrap_or_default());
    Ok(Answer::said(200, 200, "success", "success", Data::bean(Value::Object(bean))))
}

/// `GET /console/teams/<team>/groups/<app>/status`: the answer is in `data.list`, an object (recorded 252).
pub(crate) fn status(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let app = desk.app(ask, &place)?.clone();
    desk.reach(&place.region, &format!("/v2/tenants/{}/apps/{}/status", place.team, app.region_app_id))?;
    note_statuses(desk, &place);
    let live: Vec<&Component> = running(desk, app.id).collect();
    let figure = |value: u64| if live.is_empty() { Value::Null } else { json!(value) };
    let memory = live.iter().map(|row| row.min_memory * row.min_node).sum();
    let list = json!({
        "app_id": app.region_app_id, "app_name": app.name, "status": app_status(desk, app.id),
        "cpu": figure(live.len() as u64 * 100), "gpu": null, "memory": figure(memory), "disk": 0, "phase": "",
        "version": "", "overrides": null, "conditions": null, "k8s_app": app.k8s_app,
    });
    Ok(Answer::found(Data::list(list)))
}

fn is_k8s_name(name: &str) -> bool {
    let plain = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '-';
    name.chars().all(plain) && name.starts_with(|ch: char| ch.is_ascii_lowercase()) && !name.ends_with('-')
}

fn is_app_name(name: &str) -> bool {
    let fine = |ch: char| ch.is_ascii_alphanumeric() || "_.-".contains(ch) || ('\u{4e00}'..='\u{9fa5}').contains(&ch);
    name.chars().count() <= 128 && name.chars().all(fine)
}

/// `POST /console/teams/<team>/groups`
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    const BAD_NAME: &str = "应用英文名称只能由小写字母、数字或“-”组成，并且必须以字母开始、以数字或字母结尾";
    let place = desk.allowed(ask, Need::Create)?;
    let name = ask.text("app_name").ok_or_else(|| Answer::refused(400, "app name required", "应用名不能为空"))?;
    if !is_app_name(name) {
        return Err(Answer::refused(400, "app name invalid", "应用名称只支持中英文、数字、下划线、中划线和点"));
    }
    let k8s = ask.text("k8s_app").filter(|name| is_k8s_name(name));
    let k8s = k8s.ok_or_else(|| Answer::refused_as(400, 21100, "err qualified name", BAD_NAME))?;
    let mut here = apps_of(desk.rows(), &place).into_iter();
    if here.clone().any(|app| app.name == name) {
        return Err(Answer::refused(400, "app name exist", "应用名称已存在"));
    }
    if here.any(|app| app.k8s_app == k8s) {
        return Err(Answer::refused_as(400, 21003, "k8s app exists", "应用英文名已存在"));
    }
    desk.reach(&place.region, &format!("/v2/tenants/{}/apps", place.team))?;
    let user = desk.nick(ask);
    let note = ask.text("note").unwrap_or_default();
    let app = add_app(desk, &place, name, k8s, note, &user);
    let mut bean = app_row(&app);
    bean.insert("group_id".to_owned(), json!(app.id));
    bean.insert("app_id".to_owned(), json!(app.id));
    bean.insert("app_name".to_owned(), json!(app.name));
    Ok(Answer::said(200, 200, "success", "创建成功", Data::bean(Value::Object(bean))))
}

pub(crate) fn add_app(desk: &mut Desk<'_>, place: &Place, name: &str, k8s: &str, note: &str, user: &str) -> App {
    let now = desk.now;
    let state = desk.rows_mut();
    let app = App {
        id: state.next_id("app"),
        region_app_id: noise::id(),
        tenant_id: place.tenant_id.clone(),
        region: place.region.clone(),
        name: name.to_owned(),
        note: note.to_owned(),
        k8s_app: k8s.to_owned(),
        governance_mode: String::new(),
        username: user.to_owned(),
        create_time: now,
        update_time: now,
        seen_status: None,
    };
    state.apps.push(app.clone());
    app
}

/// `DELETE /console/teams/<team>/groups/<app>`: refused while components are in it that the region knows (recorded
/// 1300, 1596); v5.17.3 asks nobody and leaves them without an app.
pub(crate) fn delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Delete)?;
    let id = desk.app(ask, &place)?.id;
    let bound = desk.rows().components_of(id).any(|row| !row.creating);
    if bound && desk.era.is_v6() {
        let msg = "the application cannot be deleted because there are bound services";
        return Err(Answer::refused_as(400, 11005, msg, msg));
    }
    let state = desk.rows_mut();
    state.apps.retain(|app| app.id != id);
    state.components.retain(|row| !(row.app_id == id && row.creating));
    state.config_groups.retain(|group| group.app_id != id);
    Ok(Answer::done("删除成功"))
}

/// `GET /console/teams/<team>/overview`
pub(crate) fn overview(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let state = desk.rows();
    let here: Vec<&Component> =
        state.components.iter().filter(|row| row.tenant_id == place.tenant_id && row.region == place.region).collect();
    let used: u64 = here.iter().filter(|row| row.status_at(desk.now) == "running").map(|row| row.min_memory).sum();
    let bean = json!({
        "region_health": !desk.is_down(&place.region), "team_app_num": apps_of(state, &place).len(),
        "team_service_num": here.len(), "memory_usage": used, "team_service_memory_count": used,
        "team_service_total_memory": 0, "cpu_usage": 0, "team_service_total_cpu": 0, "team_service_cpu_count": 0,
        "disk_usage": 0, "team_service_total_disk": 0, "team_alias": state.team(&place.team).map(|team| team.alias.clone()),
    });
    Ok(Answer::found(Data::bean(bean)))
}
