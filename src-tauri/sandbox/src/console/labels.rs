//! Node labels of a component: only those its region knows (console views/app_config/app_label.py).

use md5::{Digest, Md5};
use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};

fn id_of(name: &str) -> String {
    hex::encode(Md5::digest(name.as_bytes()))
}

fn row(name: &String) -> Value {
    json!({ "label_id": id_of(name), "label_alias": name })
}

fn known(desk: &Desk<'_>, region: &str) -> Vec<String> {
    desk.rows().region(region).map(|region| region.labels.clone()).unwrap_or_default()
}

/// `GET /console/teams/<team>/apps/<component>/labels`
pub(crate) fn bound(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let known = known(desk, &component.region);
    let used: Vec<Value> = component.labels.iter().map(row).collect();
    let unused: Vec<Value> = known.iter().filter(|name| !component.labels.contains(name)).map(row).collect();
    Ok(Answer::found(Data::bean(json!({ "used_labels": used, "unused_labels": unused }))))
}

/// `GET …/labels/available`: those of the region that it does not have yet.
pub(crate) fn available(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let known = known(desk, &component.region);
    let unused: Vec<Value> = known.iter().filter(|name| !component.labels.contains(name)).map(row).collect();
    Ok(Answer::found(Data::list(unused)))
}

/// `POST …/labels` `{label_ids}`
pub(crate) fn bind(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let ids = ask.body_json()["label_ids"].as_array().cloned().unwrap_or_default();
    if ids.is_empty() {
        return Err(Answer::refused(400, "param error", "标签ID未指定"));
    }
    let known = known(desk, &component.region);
    let mut names = Vec::new();
    for id in &ids {
        let name = known.iter().find(|name| *id == id_of(name).as_str());
        names.push(name.cloned().ok_or_else(|| Answer::refused(404, "label not found", "标签不存在"))?);
    }
    if names.iter().any(|name| component.labels.contains(name)) {
        return Err(Answer::refused(409, "label bound", "组件已绑定该标签"));
    }
    if let Some(row) = desk.rows_mut().component_mut(&component.service_id) {
        row.labels.extend(names);
    }
    Ok(Answer::done("标签添加成功"))
}
