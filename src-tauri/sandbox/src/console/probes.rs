//! Probes of a component (recorded 1572–1574).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};
use crate::noise;

const KIND: &str = "service_probes";

/// `GET /console/teams/<team>/apps/<component>/probe`: without one HTTP 200 and code 404 (recorded 1573).
pub(crate) fn show(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    let mode = ask.query("mode");
    let probe = component.rows(KIND).iter().find(|row| mode.is_none_or(|mode| row["mode"] == mode));
    match probe {
        Some(probe) => Ok(Answer::found(Data::bean(probe.clone()))),
        None => Ok(Answer::refused_as(200, 404, "get probe error", "探针不存在，您可能并未设置检测探针")),
    }
}

/// `POST` and `PUT /console/teams/<team>/apps/<component>/probe`: one per mode; `is_used` is answered as a number.
pub(crate) fn put(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let body = ask.body_json();
    if body["port"].as_u64().unwrap_or_default() == 0 && body["scheme"] != "cmd" {
        return Err(Answer::refused(400, "probe port is required", "检测探针的端口不能为空"));
    }
    let mode = body["mode"].as_str().unwrap_or("readiness").to_owned();
    let known = component.rows(KIND).iter().find(|row| row["mode"] == mode.as_str()).cloned();
    if known.is_some() && ask.method == http::Method::POST {
        return Err(Answer::refused(412, "add probe error", "已设置过该类型探针"));
    }
    let id = desk.rows_mut().next_id("probe");
    let mut row = known.unwrap_or_else(|| json!({"ID": id, "probe_id": noise::id()}));
    row["service_id"] = json!(component.service_id);
    row["mode"] = json!(mode);
    for key in ["scheme", "path", "cmd", "http_header"] {
        row[key] = json!(body[key].as_str().unwrap_or_default());
    }
    for (key, usual) in [
        ("port", 0),
        ("initial_delay_second", 1),
        ("period_second", 3),
        ("timeout_second", 30),
        ("failure_threshold", 3),
        ("success_threshold", 1),
    ] {
        row[key] = json!(body[key].as_u64().unwrap_or(usual));
    }
    let used = !matches!(body["is_used"], Value::Bool(false));
    row["is_used"] = json!(used);
    if let Some(rows) = desk.rows_mut().component_mut(&component.service_id).and_then(|row| row.rows_mut(KIND)) {
        rows.retain(|known| known["mode"] != mode.as_str());
        rows.push(row.clone());
    }
    row["is_used"] = json!(u8::from(used));
    Ok(Answer::said(200, 200, "success", "添加成功", Data::bean(row)))
}
