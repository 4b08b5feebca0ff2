//! Kubernetes attributes of a component (recorded 1578, 1579).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};
use super::templates::text;
use crate::clock;

const KIND: &str = "component_k8s_attributes";

/// A stored JSON object is read as a list of key and value (recorded 1578).
fn shown(row: &Value) -> Value {
    let mut row = row.clone();
    if row["save_type"] == "json" {
        let stored = row["attribute_value"].as_str().unwrap_or_default();
        let stored: Map<String, Value> = serde_json::from_str(stored).unwrap_or_default();
        row["attribute_value"] = stored.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    }
    row
}

/// `GET /console/teams/<team>/components/<component>/k8s-attributes`
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let component = find(desk, ask, &place)?;
    Ok(Answer::found(Data::list(component.rows(KIND).iter().map(shown).collect::<Value>())))
}

/// `POST /console/teams/<team>/components/<component>/k8s-attributes`
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let component = find(desk, ask, &place)?.clone();
    let attribute = ask.field("attribute").cloned().unwrap_or_default();
    let name = text(&attribute, "name");
    if name.is_empty() {
        return Err(Answer::refused(400, "attribute is null", "参数异常"));
    }
    if component.rows(KIND).iter().any(|row| row["name"] == name.as_str()) {
        return Err(Answer::refused(400, "attribute exists", "属性已存在"));
    }
    let stored = match attribute["attribute_value"].as_array() {
        Some(pairs) => {
            let map: Map<String, Value> = pairs.iter().map(|pair| (text(pair, "key"), pair["value"].clone())).collect();
            Value::Object(map).to_string()
        }
        None => text(&attribute, "attribute_value"),
    };
    let time = clock::plain(desk.now);
    let id = desk.rows_mut().next_id("k8s_attribute");
    let row = json!({
        "ID": id, "create_time": time, "update_time": time, "tenant_id": component.tenant_id,
        "component_id": component.service_id, "name": name, "save_type": attribute["save_type"],
        "attribute_value": stored,
    });
    if let Some(saved) = desk.rows_mut().component_mut(&component.service_id) {
        saved.add_row(KIND, row);
    }
    Ok(Answer::done("创建成功"))
}
