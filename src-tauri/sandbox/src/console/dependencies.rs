//! Dependencies between components (recorded 1564, 1568–1571). Two refusals here have a 2xx status.

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};
use super::enterprise::paged;
use super::fittings::port_envs;
use crate::state::Component;

fn numbers(component: &Component, inner: bool) -> Vec<u64> {
    component.ports.iter().filter(|port| !inner || port.inner).map(|port| port.port).collect()
}

/// `GET /console/teams/<team>/apps/<component>/dependency`
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let state = desk.rows();
    let others: Vec<&Component> = component.depends.iter().filter_map(|id| state.component(id)).collect();
    let rows = paged(&others, ask.number("page", 1), ask.number("page_size", 25)).map(|other| {
        json!({
            "service_cname": other.name, "service_id": other.service_id, "service_type": "application",
            "service_alias": other.alias, "group_name": state.app(other.app_id).map(|app| app.name.clone()),
            "group_id": other.app_id, "ports_list": numbers(other, true),
        })
    });
    let bean = json!({"port_list": numbers(component, false), "total": others.len()});
    let data = Data::list(rows.collect::<Value>()).and_bean(bean).and("total", others.len());
    Ok(Answer::found(data))
}

/// `POST /console/teams/<team>/apps/<component>/dependency`
pub(crate) fn add(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let id = ask.text("dep_service_id").ok_or_else(|| Answer::refused(400, "params error", "请指明需要依赖的组件"))?;
    let other = desk.rows().component(id).filter(|row| row.tenant_id == place.tenant_id).cloned();
    let other = other.ok_or_else(|| Answer::refused(404, "service not found", "组件不存在"))?;
    if component.depends.iter().any(|known| known == id) {
        return Err(Answer::refused(212, "add dependency error", "当前组件已被关联"));
    }
    let needs = other.ports.iter().any(|port| port.port > 0) && numbers(&other, true).is_empty();
    if needs && ask.field("open_inner") != Some(&json!(true)) {
        let data = Data::list(json!(numbers(&other, false))).and_bean(json!({"is_inner": false}));
        let show = "要关联的组件暂未开启对内端口，是否打开";
        return Err(Answer::said(201, 201, "add dependency success", show, data));
    }
    if needs {
        open_inner(desk, &other, ask);
    }
    let relation = desk.rows_mut().next_id("relation");
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        row.depends.push(other.service_id.clone());
    }
    let bean = json!({
        "ID": relation, "tenant_id": place.tenant_id, "service_id": component.service_id,
        "dep_service_id": other.service_id, "dep_service_type": "application", "dep_order": 0,
    });
    Ok(Answer::said(200, 200, "success", "依赖添加成功", Data::bean(bean)))
}

/// Opens the named port to the inside, or all (recorded 1569: the number comes as text).
fn open_inner(desk: &mut Desk<'_>, other: &Component, ask: &Ask) {
    let wanted = ask.field("container_port").map(|port| match port {
        Value::String(text) => text.parse().unwrap_or_default(),
        number => number.as_u64().unwrap_or_default(),
    });
    for port in other.ports.iter().filter(|port| wanted.is_none_or(|number| number == port.port)) {
        let envs = port_envs(desk, port);
        if let Some(row) = desk.rows_mut().component_mut(&other.service_id) {
            row.envs.extend(envs);
            row.ports.iter_mut().filter(|known| known.port == port.port).for_each(|known| known.inner = true);
        }
    }
}
