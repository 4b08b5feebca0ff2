//! Config groups of an app (recorded 1576, 1577). Their answers have no `code`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need, Place};
use super::enterprise::paged;
use super::templates::text;
use crate::clock;
use crate::noise;
use crate::state::{Component, ConfigGroup, State};

/// A group as it is shown and as it goes into a package.
pub(crate) fn row(state: &State, group: &ConfigGroup) -> Value {
    let time = clock::plain(group.create_time);
    let base = json!({
        "create_time": time, "update_time": time, "app_id": group.app_id, "config_group_name": group.name,
        "config_group_id": group.config_group_id,
    });
    let with = |more: Value| {
        let mut row = base.clone();
        if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
            row.extend(more);
        }
        row
    };
    let services: Vec<Value> = group
        .services
        .iter()
        .filter_map(|(id, service)| {
            let component = state.component(service)?;
            Some(with(json!({
                "ID": id, "service_id": service, "service_cname": component.name, "service_alias": component.alias,
            })))
        })
        .collect();
    let items =
        group.items.iter().map(|(id, key, value)| with(json!({"ID": id, "item_key": key, "item_value": value})));
    with(json!({
        "ID": group.id, "deploy_type": group.deploy_type, "enable": group.enable, "region_name": group.region,
        "services_num": services.len(), "services": services, "config_items": items.collect::<Value>(),
    }))
}

/// `GET /console/teams/<team>/groups/<app>/configgroups`
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let id = desk.app(ask, &place)?.id;
    let state = desk.rows();
    let groups: Vec<&ConfigGroup> = state.config_groups.iter().filter(|group| group.app_id == id).collect();
    let page = paged(&groups, ask.number("page", 1), ask.number("page_size", 10));
    let list: Value = page.map(|group| row(state, group)).collect();
    Ok(Answer::json(200, &json!({"data": {"bean": {}, "list": list, "total": groups.len()}})))
}

/// `POST /console/teams/<team>/groups/<app>/configgroups`
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let app_id = desk.app(ask, &place)?.id;
    let name = ask.text("config_group_name").unwrap_or_default().to_owned();
    if desk.rows().config_groups.iter().any(|group| group.app_id == app_id && group.name == name) {
        return Err(Answer::refused(400, "app config group already exists", "应用配置组已存在"));
    }
    let list = |key: &str| ask.field(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let items = list("config_items").iter().map(|item| (text(item, "item_key"), text(item, "item_value"))).collect();
    let services = list("service_ids").iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    let id = add(desk, &place, app_id, &name, items, services);
    let enable = ask.field("enable") != Some(&json!(false));
    let group = desk.rows_mut().config_groups.iter_mut().find(|group| group.id == id);
    if let Some(group) = group {
        group.enable = enable;
    }
    let state = desk.rows();
    let bean = state.config_groups.iter().find(|group| group.id == id).map(|group| row(state, group));
    Ok(Answer::json(200, &json!({"data": {"bean": bean, "list": []}})))
}

fn add(
    desk: &mut Desk<'_>,
    place: &Place,
    app_id: u64,
    name: &str,
    items: Vec<(String, String)>,
    services: Vec<String>,
) -> u64 {
    let now = desk.now;
    let state = desk.rows_mut();
    let group = ConfigGroup {
        id: state.next_id("config_group"),
        config_group_id: noise::id(),
        app_id,
        region: place.region.clone(),
        name: name.to_owned(),
        deploy_type: "env".to_owned(),
        enable: true,
        services: services.into_iter().map(|service| (state.next_id("config_group_service"), service)).collect(),
        items: items.into_iter().map(|(key, value)| (state.next_id("config_item"), key, value)).collect(),
        create_time: now,
    };
    let id = group.id;
    state.config_groups.push(group);
    id
}

/// Groups of a template: always enabled; one of the same name in the app is merged, its keys win (rebuild.md §1.3).
pub(crate) fn from_template(
    desk: &mut Desk<'_>,
    place: &Place,
    app_id: u64,
    template: &Value,
    by_key: &BTreeMap<String, Component>,
) {
    for group in template["app_config_groups"].as_array().into_iter().flatten() {
        let name = text(group, "name");
        let keys = group["component_keys"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let services: Vec<String> = keys.filter_map(|key| by_key.get(key)).map(|row| row.service_id.clone()).collect();
        let items = group["config_items"].as_object().into_iter().flatten();
        let items: Vec<(String, String)> =
            items.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned())).collect();
        let known = desk.rows().config_groups.iter().find(|row| row.app_id == app_id && row.name == name);
        match known.map(|row| row.id) {
            Some(id) => merge(desk, id, items, services),
            None => {
                add(desk, place, app_id, &name, items, services);
            }
        }
    }
}

fn merge(desk: &mut Desk<'_>, id: u64, items: Vec<(String, String)>, services: Vec<String>) {
    let state = desk.rows_mut();
    let Some(at) = state.config_groups.iter().position(|group| group.id == id) else { return };
    for (key, value) in items {
        if !state.config_groups[at].items.iter().any(|(_, known, _)| *known == key) {
            let id = state.next_id("config_item");
            state.config_groups[at].items.push((id, key, value));
        }
    }
    for service in services {
        let id = state.next_id("config_group_service");
        state.config_groups[at].services.push((id, service));
    }
}
