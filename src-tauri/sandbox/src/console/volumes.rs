//! Volumes and config files of a component (recorded 1555–1559).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::{find, volume_row};
use super::desk::{Desk, Need};
use super::fittings::path_is_fine;
use crate::state::{Component, State, Volume};

/// Components that mount a volume; null for none.
fn mounted_by(state: &State, component: &Component, volume: &Volume) -> Value {
    let mounts = |other: &&Component| {
        let mut rows = other.rows("service_mnts").iter();
        rows.any(|row| row["dep_service_id"] == component.service_id && row["mnt_name"] == volume.name)
    };
    let others: Vec<Value> = state
        .components
        .iter()
        .filter(mounts)
        .map(|other| json!({"volume_name": volume.name, "service_name": other.name, "service_alias": other.alias}))
        .collect();
    if others.is_empty() { Value::Null } else { Value::Array(others) }
}

fn shown(state: &State, component: &Component, volume: &Volume, first: bool) -> Map<String, Value> {
    let mut row = volume_row(component, volume);
    row.insert("status".to_owned(), json!("not_bound"));
    if volume.kind == "config-file" {
        // An empty file has no row of its own, so there is no content to show (recorded 1556).
        if let Some(content) = &volume.content {
            row.insert("file_content".to_owned(), json!(content));
        }
    } else {
        row.insert("dep_services".to_owned(), mounted_by(state, component, volume));
    }
    if first {
        row.insert("first".to_owned(), json!(true));
    }
    row
}

/// `GET /console/teams/<team>/apps/<component>/volumes`
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let wants_config = ask.query("is_config") == Some("true");
    let volumes = component.volumes.iter().filter(|volume| (volume.kind == "config-file") == wants_config);
    let rows = volumes.enumerate().map(|(at, volume)| shown(desk.rows(), component, volume, at == 0));
    Ok(Answer::found(Data::list(rows.map(Value::Object).collect::<Value>())))
}

/// `POST /console/teams/<team>/apps/<component>/volumes`
pub(crate) fn add(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let missing = || Answer::refused(400, "params error", "参数异常");
    let name = ask.text("volume_name").ok_or_else(missing)?;
    let kind = ask.text("volume_type").ok_or_else(missing)?;
    let path = ask.text("volume_path").ok_or_else(missing)?;
    if component.volumes.iter().any(|volume| volume.name == name) {
        return Err(Answer::refused(412, "volume name exists", &format!("持久化名称[{name}]已存在")));
    }
    if !path_is_fine(&component, path, kind) {
        return Err(Answer::refused(412, "path error", "请输入符合规范的路径（如：/tmp/volumes）"));
    }
    let file = kind == "config-file";
    let volume = Volume {
        id: desk.rows_mut().next_id("volume"),
        name: name.to_owned(),
        kind: kind.to_owned(),
        path: path.to_owned(),
        capacity: ask.field("volume_capacity").and_then(Value::as_u64).unwrap_or_default(),
        provider: if kind == "share-file" { "rainbond.io/provisioner-sslc".to_owned() } else { String::new() },
        access: ask.text("access_mode").unwrap_or("RWX").to_owned(),
        mode: ask.field("mode").and_then(Value::as_u64),
        content: if file { ask.text("file_content").map(str::to_owned) } else { None },
        bare: false,
    };
    let bean = Value::Object(volume_row(&component, &volume));
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        row.volumes.push(volume);
    }
    Ok(Answer::said(200, 200, "success", "持久化路径添加成功", Data::bean(bean)))
}
