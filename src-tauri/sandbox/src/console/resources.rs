//! Memory and CPU of a component (recorded 1575), its instances, its kind, its monitors.

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};

/// `POST /console/teams/<team>/apps/<component>/vertical`
pub(crate) fn vertical(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let id = find(desk, ask, &place)?.service_id.clone();
    desk.reach(&place.region, &format!("/v2/tenants/{}/services/{}/vertical", place.team, ask.param("component")))?;
    let number = |name: &str| ask.field(name).and_then(Value::as_u64);
    let memory = number("new_memory").ok_or_else(|| Answer::refused(400, "new_memory is null", "请选择内存大小"))?;
    if let Some(row) = desk.rows_mut().component_mut(&id) {
        row.min_memory = memory;
        row.min_cpu = number("new_cpu").unwrap_or(row.min_cpu);
    }
    Ok(Answer::done("操作成功"))
}

/// `POST /console/teams/<team>/apps/<component>/horizontal`
pub(crate) fn horizontal(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let id = find(desk, ask, &place)?.service_id.clone();
    let count = ask.field("new_node").and_then(Value::as_u64).filter(|count| *count > 0);
    let count = count.ok_or_else(|| Answer::refused(400, "node is null", "请选择节点个数"))?;
    if let Some(row) = desk.rows_mut().component_mut(&id) {
        row.min_node = count;
    }
    Ok(Answer::done("操作成功"))
}

/// `PUT /console/teams/<team>/apps/<component>/deploytype`: refused while it runs (console services/app_actions).
pub(crate) fn deploy_type(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let kind =
        ask.text("extend_method").ok_or_else(|| Answer::refused(400, "select the app type", "请选择组件类型"))?;
    if component.status_at(desk.now) == "running" {
        return Err(Answer::refused(409, "service is running", "组件未关闭,请先关闭组件"));
    }
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        kind.clone_into(&mut row.extend_method);
    }
    Ok(Answer::done("操作成功"))
}

/// `GET /console/teams/<team>/apps/<component>/service_monitor`
pub(crate) fn monitors(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let rows = find(desk, ask, &place)?.rows("service_monitors").to_vec();
    Ok(Answer::found(Data::list(rows)))
}

/// `POST /console/teams/<team>/apps/<component>/service_monitor`: names are the team's.
pub(crate) fn add_monitor(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let body = ask.body_json();
    let mut here = desk.rows().components.iter().filter(|row| row.tenant_id == place.tenant_id);
    if here.any(|row| row.rows("service_monitors").iter().any(|monitor| monitor["name"] == body["name"])) {
        return Err(Answer::refused(400, "name is exist", "配置名称已存在"));
    }
    let id = desk.rows_mut().next_id("monitor");
    let monitor = json!({
        "ID": id, "name": body["name"], "tenant_id": component.tenant_id, "service_id": component.service_id,
        "path": body["path"], "port": body["port"], "service_show_name": body["service_show_name"],
        "interval": body["interval"],
    });
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        row.add_row("service_monitors", monitor.clone());
    }
    Ok(Answer::found(Data::bean(monitor)))
}
