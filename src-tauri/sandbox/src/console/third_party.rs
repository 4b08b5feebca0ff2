//! Third-party components: console rows until `build` (recorded 1565–1570).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::{base_row, find};
use super::desk::{Desk, Need};
use crate::noise;
use crate::state::{Component, Port};

/// `POST /console/teams/<team>/apps/third_party`: without endpoints it is accepted too (recorded 1566).
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Create)?;
    let app_id = ask.field("group_id").and_then(Value::as_u64).unwrap_or_default();
    if desk.rows().app(app_id).is_none_or(|app| app.tenant_id != place.tenant_id) {
        return Err(Answer::refused(404, "app not found", "应用不存在"));
    }
    let name =
        ask.text("service_cname").ok_or_else(|| Answer::refused(400, "service_cname is null", "组件名未指明"))?;
    let k8s = ask.text("k8s_component_name").unwrap_or_default();
    let taken = desk.rows().components_of(app_id).any(|row| row.k8s_name == k8s);
    if !k8s.is_empty() && taken {
        return Err(Answer::refused_as(400, 400, "k8s component name exists", "组件英文名已存在"));
    }
    let addresses: Vec<String> = match ask.text("endpoints_type") {
        Some("static") => {
            let list = ask.field("static").and_then(Value::as_array).into_iter().flatten();
            list.filter_map(|one| one.as_str().map(str::to_owned)).collect()
        }
        Some("api") => Vec::new(),
        _ => return Err(Answer::refused(400, "end_points_type is null", "end_points_type未指明")),
    };
    let service_id = noise::id();
    let now = desk.now;
    let id = desk.rows_mut().next_id("component");
    let mut row = Component {
        id,
        alias: format!("gr{}", &service_id[service_id.len() - 6..]),
        service_id,
        name: name.to_owned(),
        tenant_id: place.tenant_id.clone(),
        region: place.region.clone(),
        app_id,
        image: "third_party".to_owned(),
        version: "81701".to_owned(),
        source: "third_party".to_owned(),
        extend_method: "stateless_multiple".to_owned(),
        k8s_name: k8s.to_owned(),
        creating: true,
        creater: ask.user_id,
        create_time: now,
        update_time: now + i64::try_from(id).unwrap_or_default(),
        status: "creating".to_owned(),
        ..Component::default()
    };
    endpoints(desk, &mut row, &addresses);
    let bean = base_row(&row, "", desk.era);
    desk.rows_mut().components.push(row);
    Ok(Answer::said(200, 200, "success", "创建成功", Data::bean(Value::Object(bean))))
}

/// The row of the addresses, and a closed port for each number in them (recorded 1567).
pub(crate) fn endpoints(desk: &mut Desk<'_>, row: &mut Component, addresses: &[String]) {
    let id = desk.rows_mut().next_id("endpoint");
    let endpoint = json!({
        "ID": id, "service_id": row.service_id, "service_cname": row.name,
        "endpoints_info": json!(addresses).to_string(), "endpoints_type": "static",
    });
    row.add_row("third_party_service_endpoints", endpoint);
    for number in addresses.iter().filter_map(|address| address.rsplit(':').next()?.parse::<u64>().ok()) {
        if row.ports.iter().any(|port| port.port == number) {
            continue;
        }
        let port = Port {
            id: desk.rows_mut().next_id("port"),
            port: number,
            protocol: "tcp".to_owned(),
            alias: format!("{}{number}", row.alias.to_uppercase()),
            k8s_service: format!("{}-{number}", row.alias),
            ..Port::default()
        };
        row.ports.push(port);
    }
}

/// What `build` brings about: the region knows it, and it runs if it has an address.
pub(crate) fn built(row: &mut Component) {
    let has_address = row.rows("third_party_service_endpoints").iter().any(|one| one["endpoints_info"] != "[]");
    row.creating = false;
    row.status = if has_address { "running" } else { "closed" }.to_owned();
    row.then = None;
}

/// `GET /console/teams/<team>/apps/<component>/third_party/pods`: asked of the region, which knows a component from its build
/// on (`console:views/app_create/source_outer.py`).
pub(crate) fn pods(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let lists = component.rows("third_party_service_endpoints").iter().filter_map(|row| row["endpoints_info"].as_str());
    let addresses = lists.flat_map(|list| serde_json::from_str::<Vec<String>>(list).unwrap_or_default());
    let rows: Value = addresses
        .enumerate()
        .map(|(at, address)| json!({"ep_id": (at + 1).to_string(), "address": address, "status": "healthy", "is_static": true}))
        .collect();
    Ok(Answer::found(Data::list(rows)))
}
