//! Volumes of other components, mounted (recorded 1560–1563).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};
use super::enterprise::paged;
use super::templates::text;
use crate::state::{Component, State, Volume};

/// `GET /console/teams/<team>/apps/<component>/mnt?type=mnt|unmnt`
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let state = desk.rows();
    let rows = match ask.query("type") {
        Some("mnt") | None => mounted(state, component),
        Some("unmnt") => available(state, component),
        Some(_) => return Err(Answer::refused(400, "param error", "参数错误")),
    };
    let list: Value = paged(&rows, ask.number("page", 1), ask.number("page_size", 10)).cloned().collect();
    Ok(Answer::found(Data::list(list).and("total", rows.len())))
}

fn shown(state: &State, owner: &Component, volume: &Volume) -> Value {
    json!({
        "dep_app_name": owner.name, "dep_app_group": state.app(owner.app_id).map(|app| app.name.clone()),
        "dep_vol_name": volume.name, "dep_vol_path": volume.path, "dep_vol_type": volume.kind,
        "dep_vol_id": volume.id, "dep_group_id": owner.app_id, "dep_app_alias": owner.alias,
    })
}

fn mounted(state: &State, component: &Component) -> Vec<Value> {
    let rows = component.rows("service_mnts").iter().filter_map(|mount| {
        let owner = state.component(mount["dep_service_id"].as_str()?)?;
        let volume = owner.volumes.iter().find(|volume| mount["mnt_name"] == volume.name)?;
        let mut row = shown(state, owner, volume);
        row["local_vol_path"] = mount["mnt_dir"].clone();
        Some(row)
    });
    rows.collect()
}

/// Volumes of stateful components are never offered, though mounting one by its id works (recorded 1561, 1562).
fn available(state: &State, component: &Component) -> Vec<Value> {
    let here = |other: &&Component| {
        other.tenant_id == component.tenant_id
            && other.region == component.region
            && other.service_id != component.service_id
            && !other.is_stateful()
    };
    let mut found = Vec::new();
    for owner in state.components.iter().filter(here) {
        let mounted = |volume: &&Volume| {
            let mut rows = component.rows("service_mnts").iter();
            rows.any(|row| row["dep_service_id"] == owner.service_id && row["mnt_name"] == volume.name)
        };
        let volumes = owner.volumes.iter().filter(|volume| volume.kind != "config-file" && !mounted(volume));
        found.extend(volumes.map(|volume| shown(state, owner, volume)));
    }
    found
}

/// `POST /console/teams/<team>/apps/<component>/mnt`: `body` is JSON text inside the JSON (recorded 1562, 1563).
pub(crate) fn add(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let Some(wanted) = ask.field("body").and_then(Value::as_str) else {
        let msg = "the JSON object must be str, bytes or bytearray, not list";
        return Err(Answer::crashed(desk.era, "TypeError", msg, "builtins"));
    };
    let wanted: Value = serde_json::from_str(wanted)
        .map_err(|error| Answer::crashed(desk.era, "JSONDecodeError", &error.to_string(), "json.decoder"))?;
    for item in wanted.as_array().into_iter().flatten() {
        let id = item["id"].as_u64().unwrap_or_default();
        let owner = desk.rows().components.iter().find(|row| row.volumes.iter().any(|volume| volume.id == id)).cloned();
        let volume = owner.as_ref().and_then(|row| row.volumes.iter().find(|volume| volume.id == id));
        let (Some(owner), Some(volume)) = (&owner, volume) else {
            return Err(Answer::refused(404, "volume not found", "需要挂载的存储不存在"));
        };
        let path = text(item, "path");
        if component.rows("service_mnts").iter().any(|row| row["mnt_dir"] == path) {
            return Err(Answer::refused(412, "path exists", &format!("路径[{path}]已存在")));
        }
        let id = desk.rows_mut().next_id("mount");
        let row = json!({
            "ID": id, "tenant_id": component.tenant_id, "service_id": component.service_id,
            "dep_service_id": owner.service_id, "mnt_name": volume.name, "mnt_dir": path,
        });
        if let Some(saved) = desk.rows_mut().component_mut(&component.service_id) {
            saved.add_row("service_mnts", row);
        }
    }
    Ok(Answer::done("操作成功"))
}
