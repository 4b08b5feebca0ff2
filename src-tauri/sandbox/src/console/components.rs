//! Components: lists with status, details, ports, variables, volumes.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need, Place};
use super::enterprise::paged;
use crate::clock;
use crate::state::{Component, EnvVar, Volume};

/// (status, in Chinese, disabled, active) as the console's status table has them (recorded 255, 302, 707, 1413).
const ACTIONS: &[(&str, &str, &[&str], &[&str])] = &[
    ("running", "运行中", &["restart"], &["stop", "deploy", "visit", "manage_container", "reboot"]),
    ("closed", "已关闭", &["visit", "stop", "manage_container", "reboot"], &["restart", "deploy"]),
    ("undeploy", "未部署", &["restart", "stop", "visit", "manage_container", "reboot"], &["deploy"]),
    ("starting", "启动中", &["deploy", "restart", "visit", "manage_container"], &["stop", "reboot"]),
    ("stopping", "关闭中", &["restart", "deploy", "visit", "stop", "manage_container", "reboot"], &[]),
    ("abnormal", "异常", &["visit", "manage_container"], &["stop", "restart", "deploy", "reboot"]),
    ("creating", "创建中", &["restart", "stop", "visit", "manage_container", "reboot"], &["deploy"]),
];

fn status_row(status: &str) -> (&'static str, Value, Value) {
    let row = ACTIONS.iter().find(|(name, ..)| *name == status);
    row.map_or(("未知", json!([]), json!([])), |(_, name, off, on)| (*name, json!(off), json!(on)))
}

/// The status the console shows; `unknow` while the region is down (recorded 1413).
fn shown_status<'a>(desk: &'a Desk<'_>, component: &'a Component) -> &'a str {
    if desk.is_down(&component.region) { "unknow" } else { component.status_at(desk.now) }
}

fn component_row(desk: &Desk<'_>, component: &Component, group_name: &str) -> Value {
    let status = shown_status(desk, component);
    let (status_cn, disabled, active) = status_row(status);
    let memory = if matches!(status, "closed" | "undeploy" | "creating") { 0 } else { component.min_memory };
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("service_id", json!(component.service_id));
    put("service_alias", json!(component.alias));
    put("create_status", json!(if component.creating { "creating" } else { "complete" }));
    put("service_cname", json!(component.name));
    put("service_type", json!("application"));
    put("deploy_version", json!(shown_version(component)));
    put("version", json!(component.version));
    put("update_time", json!(clock::iso(component.update_time)));
    put("min_memory", json!(memory));
    put("group_name", json!(group_name));
    if desk.era.is_v6() {
        put("k8s_service_name", json!(component.ports.first().map(|port| port.k8s_service.clone())));
    }
    put("service_source", json!(component.source));
    put("status_cn", json!(status_cn));
    put("status", json!(status));
    put("disabledAction", disabled);
    put("activeAction", active);
    Value::Object(row)
}

/// `GET /console/teams/<team>/service/group`
pub(crate) fn of_group(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let id = ask
        .query("group_id")
        .and_then(|id| id.parse::<u64>().ok())
        .ok_or_else(|| Answer::refused(400, "group_id is missing or not digit!", "group_id缺失或非数字"))?;
    let app = desk.rows().app(id).filter(|app| app.tenant_id == place.tenant_id && app.region == place.region);
    let Some(app) = app else {
        let data = Data::none().and("total", 0);
        return Ok(Answer::said(200, 202, "group is not yours!", "当前组已删除或您无权限查看!", data));
    };
    let query = ask.query("query").unwrap_or_default();
    let mut rows: Vec<&Component> = desk.rows().components_of(id).filter(|row| row.name.contains(query)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.update_time, row.id)));
    let page = paged(&rows, ask.number("page", 1), ask.number("page_size", 10));
    let list: Value = page.map(|row| component_row(desk, row, &app.name)).collect();
    Ok(Answer::said(200, 200, "query success", "应用查询成功", Data::list(list).and("total", rows.len())))
}

/// The component of the path in the place.
pub(crate) fn find<'a>(desk: &'a Desk<'_>, ask: &Ask, place: &Place) -> Result<&'a Component, Answer> {
    let alias = ask.param("component");
    let mut rows = desk.rows().components.iter();
    rows.find(|row| row.alias == alias && row.tenant_id == place.tenant_id)
        .ok_or_else(|| Answer::refused(404, "service not found", "组件不存在"))
}

/// The build version, which the console knows of components from a template only (recorded 1534).
fn shown_version(component: &Component) -> &str {
    if component.is_from_market() { &component.build_version } else { "" }
}

/// What differs in the row of a component that no image address was given for (recorded 1535, 1565).
fn odd_columns(component: &Component) -> Value {
    if component.is_from_market() {
        return json!({
            "service_key": component.key, "desc": "install from market app", "setting": null, "env": null,
            "volume_mount_path": null, "host_path": null, "deploy_version": component.build_version,
            "code_from": null, "language": null, "docker_cmd": null, "tenant_service_group_id": 1,
            "build_upgrade": false,
        });
    }
    if component.is_third_party() {
        return json!({
            "service_key": "application", "desc": "third party service", "category": "application",
            "min_node": 0, "min_memory": 0, "env": "", "host_path": "", "code_from": null, "language": null,
            "protocol": "tcp", "total_memory": 0, "namespace": "third_party", "docker_cmd": null,
            "server_type": "", "create_status": if component.creating { "creating" } else { "complete" },
        });
    }
    json!({})
}

/// A component's console row as `to_dict()` prints it, in a detail and in a package's metadata.
pub(crate) fn base_row(component: &Component, namespace: &str, v6: bool) -> Map<String, Value> {
    let time = |moment| clock::plain(moment);
    let home = format!("/grdata/tenant/{}/service/{}", component.tenant_id, component.service_id);
    let total_memory = if v6 { component.min_memory * component.min_node } else { 128 };
    let row = json!({
        "ID": component.id, "service_id": component.service_id, "tenant_id": component.tenant_id,
        "service_key": "0000", "service_alias": component.alias, "service_cname": component.name,
        "service_region": component.region, "desc": "docker run application", "category": "app_publish",
        "service_port": 0, "is_web_service": false, "version": component.version, "update_version": 1,
        "image": component.image, "cmd": component.cmd, "min_node": component.min_node, "min_cpu": component.min_cpu,
        "container_gpu": 0, "min_memory": component.min_memory, "setting": "",
        "extend_method": component.extend_method, "env": ",", "inner_port": 0, "volume_mount_path": "",
        "host_path": home, "deploy_version": "", "code_from": "image_manual", "git_url": null,
        "create_time": time(component.create_time), "git_project_id": 0, "is_code_upload": false,
        "code_version": null, "service_type": "application", "creater": component.creater, "language": "",
        "build_strategy": "", "protocol": "", "total_memory": total_memory, "is_service": false,
        "namespace": namespace, "volume_type": "shared", "port_type": "multi_outer", "service_origin": "assistant",
        "tenant_service_group_id": 0, "expired_time": null, "open_webhooks": false,
        "service_source": component.source, "create_status": "complete", "update_time": time(component.update_time),
        "check_uuid": component.check_uuid, "check_event_id": component.check_event_id,
        "docker_cmd": component.image, "secret": null, "server_type": "git", "is_upgrate": false,
        "build_upgrade": true, "service_name": "", "oauth_service_id": null, "git_full_name": null,
        "k8s_component_name": component.k8s_name, "job_strategy": "", "arch": if component.arch.is_empty() { "amd64" } else { &component.arch }, "dockerfile": "",
    });
    let mut row = row.as_object().cloned().unwrap_or_default();
    row.extend(odd_columns(component).as_object().cloned().unwrap_or_default());
    if !v6 {
        // Columns that came after v5.17.3 (rainbond console v6.4.0, v6.7.0 www/models/main.py).
        row.shift_remove("build_strategy");
        row.shift_remove("dockerfile");
    }
    row
}

/// `GET /console/teams/<team>/apps/<component>/detail`
pub(crate) fn detail(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let state = desk.rows();
    let namespace = state.team_of(&place.tenant_id).map(|team| team.namespace.clone()).unwrap_or_default();
    let app = state.app(component.app_id);
    let mut service = base_row(component, &namespace, desk.era.is_v6());
    service.insert("group_name".to_owned(), json!(app.map(|app| app.name.clone())));
    service.insert("group_id".to_owned(), json!(app.map(|app| app.id)));
    service.insert("disk_cap".to_owned(), json!(component.volumes.iter().map(|row| row.capacity).sum::<u64>()));
    let socket = format!("ws://{}/console/regions/{}/websocket/event_log", host(ask), place.region);
    let mut bean = json!({"service": service, "event_websocket_url": socket, "is_third": component.is_third_party()});
    if component.is_from_market() {
        bean["rain_app_name"] = json!(component.template_name);
    }
    Ok(Answer::found(Data::bean(bean)))
}

fn host(ask: &Ask) -> &str {
    ask.header("host").unwrap_or("127.0.0.1")
}

/// A volume's console row.
pub(crate) fn volume_row(component: &Component, volume: &Volume) -> Map<String, Value> {
    let home = format!("/grdata/tenant/{}/service/{}", component.tenant_id, component.service_id);
    let mut row = json!({
        "ID": volume.id, "service_id": component.service_id, "category": "app_publish",
        "host_path": format!("{home}{}", volume.path), "volume_type": volume.kind, "volume_path": volume.path,
        "volume_name": volume.name, "volume_capacity": volume.capacity, "volume_provider_name": volume.provider,
        "access_mode": volume.access, "share_policy": "exclusive", "backup_policy": "exclusive",
        "reclaim_policy": "exclusive", "allow_expansion": false, "mode": volume.mode,
    });
    if volume.bare {
        for (key, value) in [
            ("volume_provider_name", Value::Null),
            ("access_mode", Value::Null),
            ("share_policy", json!("")),
            ("backup_policy", json!("")),
            ("reclaim_policy", json!("")),
        ] {
            row[key] = value;
        }
    }
    row.as_object().cloned().unwrap_or_default()
}

/// A variable's console row.
pub(crate) fn env_row(component: &Component, env: &EnvVar, time: &str) -> Value {
    json!({
        "ID": env.id, "tenant_id": component.tenant_id, "service_id": component.service_id,
        "container_port": env.port, "name": env.name, "attr_name": env.key, "attr_value": env.value,
        "is_change": env.changeable, "scope": env.scope, "create_time": time,
    })
}

/// `GET /console/teams/<team>/apps/<component>/envs`
pub(crate) fn envs(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let Some(scope) = ask.query("env_type").filter(|kind| matches!(*kind, "inner" | "outer" | "both")) else {
        return Err(Answer::refused(400, "no env_type", "环境变量类型不存在"));
    };
    let name = ask.query("env_name").unwrap_or_default();
    let all: Vec<&EnvVar> = component.envs.iter().filter(|env| env.scope == scope && env.key.contains(name)).collect();
    let page = paged(&all, ask.number("page", 1), ask.number("page_size", 10));
    let list: Value = page.map(|env| env_row(component, env, &clock::iso(env.create_time))).collect();
    Ok(Answer::found(Data::list(list).and_bean(json!({"total": all.len()}))))
}

/// `POST /console/teams/<team>/overview/services/status`: with the region down, an empty list and code 200.
pub(crate) fn statuses(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let ids: Vec<&str> =
        ask.field("service_ids").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let wanted = |row: &&Component| ids.contains(&row.service_id.as_str()) && row.region == place.region;
    let found = desk.rows().components.iter().filter(wanted).filter(|row| !desk.is_down(&row.region));
    let rows = found.map(|row| {
        let status = row.status_at(desk.now);
        let (status_cn, disabled, active) = status_row(status);
        json!({
            "service_id": row.service_id, "status": status, "status_cn": status_cn, "used_mem": 0,
            "disabledAction": disabled, "activeAction": active,
        })
    });
    Ok(Answer::found(Data::list(rows.collect::<Value>())))
}

/// `DELETE /console/teams/<team>/apps/<component>/delete`: refused while it runs (recorded 1594).
pub(crate) fn delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Delete)?;
    let component = find(desk, ask, &place)?;
    if component.status_at(desk.now) == "running" {
        return Err(Answer::refused(409, "service is running", "组件可能处于运行状态,请先关闭组件"));
    }
    let id = component.service_id.clone();
    drop_component(desk, &id);
    Ok(Answer::done("操作成功"))
}

/// Takes a component and its rules away.
pub(crate) fn drop_component(desk: &mut Desk<'_>, service_id: &str) {
    let state = desk.rows_mut();
    let alias = state.component(service_id).map(|row| row.alias.clone()).unwrap_or_default();
    state.components.retain(|row| row.service_id != service_id);
    state.http_rules.retain(|rule| rule.service_id != service_id);
    state.tcp_rules.retain(|rule| rule.service_id != service_id);
    state.routes.retain(|route| route.component_alias != alias);
}
