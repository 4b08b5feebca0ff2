//! The shape of a body: keys and JSON types. Values do not count; whether a list is empty does.

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(items) => {
            let shapes: BTreeSet<String> = items.iter().map(shape).collect();
            format!("[{}]", shapes.into_iter().collect::<Vec<_>>().join(" | "))
        }
        Value::Object(map) => {
            let fields: BTreeSet<String> = map.iter().map(|(key, value)| format!("{key}: {}", shape(value))).collect();
            format!("{{{}}}", fields.into_iter().collect::<Vec<_>>().join(", "))
        }
    }
}

/// The first few places where two bodies differ.
pub(crate) fn differences(path: &str, want: &Value, got: &Value, out: &mut Vec<String>) {
    if out.len() > 6 || shape(want) == shape(got) {
        return;
    }
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => {
            for key in want.keys().filter(|key| !got.contains_key(*key)) {
                out.push(format!("{path}.{key} is missing"));
            }
            for key in got.keys().filter(|key| !want.contains_key(*key)) {
                out.push(format!("{path}.{key} is too much"));
            }
            for (key, value) in want {
                if let Some(other) = got.get(key) {
                    differences(&format!("{path}.{key}"), value, other, out);
                }
            }
        }
        (Value::Array(want), Value::Array(got)) if !want.is_empty() && !got.is_empty() => {
            let known: BTreeSet<String> = want.iter().map(shape).collect();
            let ours: BTreeSet<String> = got.iter().map(shape).collect();
            if let Some(odd) = got.iter().find(|item| !known.contains(&shape(item))) {
                let before = out.len();
                differences(&format!("{path}[]"), &want[0], odd, out);
                if out.len() == before {
                    out.push(format!("{path}[] has an element of a shape of its own: {}", shape(odd)));
                }
            } else if let Some(lost) = known.difference(&ours).next() {
                out.push(format!("{path}[] never has the shape {lost}"));
            }
        }
        _ => out.push(format!("{path}: {} instead of {}", short(got), short(want))),
    }
}

fn short(value: &Value) -> String {
    shape(value).chars().take(200).collect()
}
