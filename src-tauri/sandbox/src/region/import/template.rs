//! `metadata.json` through the region's Go types: unknown keys are dropped, a wrong JSON type fails the import, and
//! what an older region does not know is lost (rainbond-oam pkg/ram/v1alpha1/types.go; rebuild.md §1.3, §1.6).

use serde_json::{Map, Value};

use crate::era::Era;

/// A Go type, as far as `encoding/json` cares.
#[derive(Clone, Copy)]
enum Go {
    Text,
    Int,
    /// `*int`: absent stays absent.
    MaybeInt,
    Bool,
    /// `map[string]string`
    Texts,
    List(&'static Go),
    Struct(&'static [Field]),
    /// `map[string]interface{}`
    Anything,
}

/// Name, type, and what happens to a zero value.
struct Field(&'static str, Go, Zero);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Zero {
    Kept,
    /// `omitempty`
    Left,
}

use Zero::{Kept, Left};

const TEXT: Go = Go::Text;
const TEXT_LIST: Go = Go::List(&TEXT);

#[rustfmt::skip]
const PROBE: Go = Go::Struct(&[
    Field("ID", Go::Int, Kept), Field("initial_delay_second", Go::Int, Kept), Field("failure_threshold", Go::Int, Kept),
    Field("service_id", TEXT, Kept), Field("http_header", TEXT, Kept), Field("cmd", TEXT, Kept),
    Field("probe_id", TEXT, Kept), Field("scheme", TEXT, Kept), Field("success_threshold", Go::Int, Kept),
    Field("timeout_second", Go::Int, Kept), Field("is_used", Go::Bool, Kept), Field("period_second", Go::Int, Kept),
    Field("port", Go::Int, Kept), Field("mode", TEXT, Kept), Field("path", TEXT, Kept),
]);

#[rustfmt::skip]
const HUB: Go = Go::Struct(&[
    Field("hub_password", TEXT, Kept), Field("namespace", TEXT, Kept), Field("hub_url", TEXT, Kept),
    Field("hub_user", TEXT, Kept), Field("is_trust", Go::Bool, Kept),
]);

#[rustfmt::skip]
const PORT: Go = Go::Struct(&[
    Field("port_alias", TEXT, Kept), Field("protocol", TEXT, Kept), Field("tenant_id", TEXT, Kept),
    Field("container_port", Go::Int, Kept), Field("is_outer_service", Go::Bool, Kept),
    Field("is_inner_service", Go::Bool, Kept), Field("name", TEXT, Kept), Field("k8s_service_name", TEXT, Kept),
]);

#[rustfmt::skip]
const ENV: Go = Go::Struct(&[
    Field("attr_name", TEXT, Kept), Field("name", TEXT, Kept), Field("is_change", Go::Bool, Kept),
    Field("attr_value", TEXT, Kept), Field("container_port", Go::Int, Kept),
]);

#[rustfmt::skip]
const VOLUME: Go = Go::Struct(&[
    Field("volume_name", TEXT, Kept), Field("file_content", TEXT, Kept), Field("volume_path", TEXT, Kept),
    Field("volume_type", TEXT, Kept), Field("volume_capacity", Go::Int, Left), Field("access_mode", TEXT, Left),
    Field("share_policy", TEXT, Left), Field("mode", Go::MaybeInt, Left),
]);

#[rustfmt::skip]
const EXTEND: Go = Go::Struct(&[
    Field("min_node", Go::Int, Kept), Field("step_memory", Go::Int, Kept), Field("is_restart", Go::Int, Kept),
    Field("step_node", Go::Int, Kept), Field("max_memory", Go::Int, Kept), Field("max_node", Go::Int, Kept),
    Field("min_memory", Go::Int, Kept), Field("init_memory", Go::Int, Kept),
]);

#[rustfmt::skip]
const MOUNT: Go = Go::Struct(&[
    Field("mnt_name", TEXT, Kept), Field("mnt_dir", TEXT, Kept), Field("service_share_uuid", TEXT, Kept),
]);

const DEPENDENCY: Go = Go::Struct(&[Field("dep_service_key", TEXT, Kept)]);

#[rustfmt::skip]
const REPORT: Go = Go::Struct(&[
    Field("primary_link", TEXT, Kept), Field("level", Go::Int, Kept), Field("message", TEXT, Kept),
    Field("type", TEXT, Kept), Field("create_time", TEXT, Kept),
]);

#[rustfmt::skip]
const PLUGIN_CONFIG: Go = Go::Struct(&[
    Field("create_time", TEXT, Kept), Field("plugin_status", Go::Bool, Kept), Field("service_id", TEXT, Kept),
    Field("plugin_id", TEXT, Kept), Field("service_meta_type", TEXT, Kept), Field("memory_required", Go::Int, Kept),
    Field("cpu_required", Go::Int, Kept), Field("attr", Go::List(&Go::Anything), Kept),
    Field("plugin_key", TEXT, Kept), Field("build_version", TEXT, Kept),
]);

#[rustfmt::skip]
const MONITOR: Go = Go::Struct(&[
    Field("name", TEXT, Kept), Field("service_show_name", TEXT, Kept), Field("port", Go::Int, Kept),
    Field("path", TEXT, Kept), Field("interval", TEXT, Kept),
]);

#[rustfmt::skip]
const GRAPH: Go = Go::Struct(&[
    Field("component_id", TEXT, Kept), Field("graph_id", TEXT, Kept), Field("title", TEXT, Kept),
    Field("promql", TEXT, Kept), Field("sequence", Go::Int, Kept),
]);

#[rustfmt::skip]
const ENDPOINTS: Go = Go::Struct(&[
    Field("endpoints_info", TEXT, Kept), Field("service_cname", TEXT, Kept), Field("endpoints_type", TEXT, Kept),
]);

#[rustfmt::skip]
const ATTRIBUTE: Go = Go::Struct(&[
    Field("component_id", TEXT, Kept), Field("name", TEXT, Kept), Field("save_type", TEXT, Kept),
    Field("attribute_value", TEXT, Kept),
]);

#[rustfmt::skip]
const COMPONENT: Go = Go::Struct(&[
    Field("memory", Go::Int, Kept), Field("cpu", Go::Int, Kept), Field("probes", Go::List(&PROBE), Kept),
    Field("service_image", HUB, Kept), Field("service_id", TEXT, Kept), Field("extend_method", TEXT, Kept),
    Field("service_key", TEXT, Kept), Field("service_share_uuid", TEXT, Left), Field("share_type", TEXT, Left),
    Field("mnt_relation_list", Go::List(&MOUNT), Kept), Field("service_source", TEXT, Kept),
    Field("dep_service_map_list", Go::List(&DEPENDENCY), Kept),
    Field("service_connect_info_map_list", Go::List(&ENV), Kept),
    Field("service_volume_map_list", Go::List(&VOLUME), Kept), Field("version", TEXT, Kept),
    Field("k8s_component_name", TEXT, Kept), Field("port_map_list", Go::List(&PORT), Kept),
    Field("service_name", TEXT, Kept), Field("category", TEXT, Kept),
    Field("service_env_map_list", Go::List(&ENV), Kept), Field("service_alias", TEXT, Kept),
    Field("deploy_version", TEXT, Kept), Field("extend_method_map", EXTEND, Kept), Field("service_type", TEXT, Kept),
    Field("arch", TEXT, Kept), Field("report", Go::List(&REPORT), Kept), Field("service_cname", TEXT, Kept),
    Field("share_image", TEXT, Kept), Field("image", TEXT, Kept), Field("cmd", TEXT, Kept),
    Field("language", TEXT, Kept), Field("service_related_plugin_config", Go::List(&PLUGIN_CONFIG), Left),
    Field("component_monitors", Go::List(&MONITOR), Kept), Field("component_graphs", Go::List(&GRAPH), Kept),
    Field("endpoints", ENDPOINTS, Left), Field("labels", Go::Texts, Left),
    Field("component_k8s_attributes", Go::List(&ATTRIBUTE), Kept),
]);

#[rustfmt::skip]
const OPTION: Go = Go::Struct(&[
    Field("attr_alt_value", TEXT, Kept), Field("attr_type", TEXT, Kept), Field("is_change", Go::Bool, Kept),
    Field("build_version", TEXT, Kept), Field("plugin_id", TEXT, Kept), Field("service_meta_type", TEXT, Kept),
    Field("attr_default_value", TEXT, Kept), Field("attr_name", TEXT, Kept), Field("attr_info", TEXT, Kept),
    Field("protocol", TEXT, Kept),
]);

#[rustfmt::skip]
const OPTIONS: Go = Go::Struct(&[
    Field("config_name", TEXT, Kept), Field("options", Go::List(&OPTION), Left), Field("build_version", TEXT, Kept),
    Field("plugin_id", TEXT, Kept), Field("injection", TEXT, Kept), Field("service_meta_type", TEXT, Kept),
]);

#[rustfmt::skip]
const PLUGIN: Go = Go::Struct(&[
    Field("origin", TEXT, Kept), Field("code_repo", TEXT, Kept), Field("image", TEXT, Kept),
    Field("plugin_alias", TEXT, Kept), Field("plugin_name", TEXT, Kept), Field("create_time", TEXT, Kept),
    Field("share_image", TEXT, Kept), Field("config_groups", Go::List(&OPTIONS), Left),
    Field("plugin_key", TEXT, Kept), Field("build_source", TEXT, Kept), Field("desc", TEXT, Kept),
    Field("plugin_id", TEXT, Kept), Field("category", TEXT, Kept), Field("origin_share_id", TEXT, Kept),
    Field("plugin_image", HUB, Kept), Field("build_version", TEXT, Kept),
]);

#[rustfmt::skip]
const CONFIG_GROUP: Go = Go::Struct(&[
    Field("name", TEXT, Kept), Field("injection_type", TEXT, Kept), Field("config_items", Go::Texts, Kept),
    Field("component_keys", TEXT_LIST, Kept),
]);

#[rustfmt::skip]
const HTTP_ROUTE: Go = Go::Struct(&[
    Field("default_domain", Go::Bool, Kept), Field("location", TEXT, Kept), Field("cookies", Go::Texts, Kept),
    Field("headers", Go::Texts, Kept), Field("ssl", Go::Bool, Kept), Field("load_balancing", TEXT, Kept),
    Field("connection_timeout", Go::Int, Kept), Field("request_timeout", Go::Int, Kept),
    Field("response_timeout", Go::Int, Kept), Field("request_body_size_limit", Go::Int, Kept),
    Field("websocket", Go::Bool, Kept), Field("proxy_buffer", Go::Bool, Kept),
    Field("proxy_buffer_size", Go::Int, Kept), Field("proxy_buffer_numbers", Go::Int, Kept),
    Field("proxy_header", Go::Texts, Kept), Field("component_key", TEXT, Kept), Field("port", Go::Int, Kept),
]);

#[rustfmt::skip]
const STREAM_ROUTE: Go = Go::Struct(&[
    Field("protocol", TEXT, Kept), Field("connection_timeout", Go::Int, Kept), Field("component_key", TEXT, Kept),
    Field("port", Go::Int, Kept),
]);

#[rustfmt::skip]
const RESOURCE: Go = Go::Struct(&[
    Field("name", TEXT, Kept), Field("kind", TEXT, Kept), Field("content", TEXT, Kept),
]);

#[rustfmt::skip]
const TEMPLATE: Go = Go::Struct(&[
    Field("group_key", TEXT, Kept), Field("group_name", TEXT, Kept), Field("group_version", TEXT, Kept),
    Field("template_version", TEXT, Kept), Field("apps", Go::List(&COMPONENT), Kept),
    Field("plugins", Go::List(&PLUGIN), Left), Field("app_config_groups", Go::List(&CONFIG_GROUP), Left),
    Field("ingress_http_routes", Go::List(&HTTP_ROUTE), Left),
    Field("ingress_stream_routes", Go::List(&STREAM_ROUTE), Left), Field("annotations", Go::Texts, Left),
    Field("k8s_resources", Go::List(&RESOURCE), Left), Field("governance_mode", TEXT, Kept),
    Field("helm_chart", Go::Texts, Left), Field("group_dev_status", TEXT, Left),
]);

/// Decodes and encodes again, as the region does.
pub(crate) fn through_go(text: &str, era: Era) -> Result<Value, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("metadata.json: {error}"))?;
    let mut template = decoded("", &value, TEMPLATE)?;
    lose(&mut template, era);
    fill(&mut template);
    Ok(template)
}

fn decoded(path: &str, value: &Value, kind: Go) -> Result<Value, String> {
    let wrong = || Err(format!("json: cannot unmarshal {} into Go field {path}", kind_of(value)));
    match (kind, value) {
        (_, Value::Null) => Ok(zero(kind)),
        (Go::Text, Value::String(_)) | (Go::Bool, Value::Bool(_)) | (Go::Anything, Value::Object(_)) => {
            Ok(value.clone())
        }
        (Go::Int | Go::MaybeInt, Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(value.clone()),
        (Go::Texts, Value::Object(map)) if map.values().all(|item| item.is_string() || item.is_null()) => {
            let texts = map.iter().map(|(key, item)| (key.clone(), item.as_str().unwrap_or_default().into()));
            Ok(Value::Object(texts.collect()))
        }
        (Go::List(inner), Value::Array(items)) => {
            let items = items.iter().enumerate().map(|(at, item)| decoded(&format!("{path}[{at}]"), item, *inner));
            items.collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        (Go::Struct(fields), Value::Object(map)) => {
            let mut out = Map::new();
            for Field(name, kind, empty) in fields {
                let inner = map.get(*name).unwrap_or(&Value::Null);
                let value = decoded(&format!("{path}.{name}"), inner, *kind)?;
                if *empty == Kept || !is_empty(&value) {
                    out.insert((*name).to_owned(), value);
                }
            }
            Ok(Value::Object(out))
        }
        _ => wrong(),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn zero(kind: Go) -> Value {
    match kind {
        Go::Text => Value::String(String::new()),
        Go::Int => Value::from(0),
        Go::Bool => Value::Bool(false),
        Go::Struct(_) => decoded("", &Value::Object(Map::new()), kind).unwrap_or_default(),
        Go::MaybeInt | Go::Texts | Go::List(_) | Go::Anything => Value::Null,
    }
}

/// What `omitempty` leaves out: never a struct.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
    }
}

/// Regions 5.15.1–6.6.2 lose the service names of ports; 6.7.0 and later lose none of these (rebuild.md §1.6).
fn lose(template: &mut Value, era: Era) {
    let knows_service_names = match era {
        Era::V5_2_2 | Era::V5_17_3 => false,
        Era::V6_9_8 => true,
    };
    if knows_service_names {
        return;
    }
    for component in template["apps"].as_array_mut().into_iter().flatten() {
        for port in component["port_map_list"].as_array_mut().into_iter().flatten() {
            if let Value::Object(port) = port {
                port.shift_remove("k8s_service_name");
            }
        }
    }
}

/// `HandleNullValue`: lists the console walks are never null.
fn fill(template: &mut Value) {
    const LISTS: &[&str] = &[
        "service_related_plugin_config",
        "service_env_map_list",
        "port_map_list",
        "service_volume_map_list",
        "service_connect_info_map_list",
        "dep_service_map_list",
        "mnt_relation_list",
        "probes",
    ];
    if template["governance_mode"] == "" {
        template["governance_mode"] = "BUILD_IN_SERVICE_MESH".into();
    }
    if template["plugins"].is_null() {
        template["plugins"] = Value::Array(Vec::new());
    }
    for component in template["apps"].as_array_mut().into_iter().flatten() {
        for list in LISTS {
            if component[*list].is_null() {
                component[*list] = Value::Array(Vec::new());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn through(value: &Value) -> Result<Value, String> {
        through_go(&value.to_string(), Era::V6_9_8)
    }

    #[test]
    fn unknown_keys_are_dropped_and_missing_ones_are_zero() {
        let got =
            through(&json!({"group_key": "k", "nobody": 1, "apps": [{"extend_method_map": {"container_cpu": 5}}]}));
        let got = got.unwrap();
        assert_eq!(got.get("nobody"), None);
        assert_eq!(got["apps"][0]["extend_method_map"]["init_memory"], 0);
        assert_eq!(got["apps"][0]["extend_method_map"].get("container_cpu"), None);
        assert_eq!(got["apps"][0]["probes"], json!([]));
        assert_eq!(got["apps"][0]["component_monitors"], Value::Null);
    }

    #[test]
    fn wrong_types_fail() {
        for apps in [
            json!([{"memory": "512"}]),
            json!([{"probes": [{"is_used": 1}]}]),
            json!([{"labels": ["a"]}]),
            json!([{"cpu": 0.5}]),
            json!([{"service_volume_map_list": [{"file_content": {}}]}]),
            json!({"a": 1}),
        ] {
            assert!(through(&json!({"apps": apps})).is_err(), "{apps}");
        }
    }

    #[test]
    fn only_the_older_region_loses_service_names() {
        let text = json!({"apps": [{"port_map_list": [{"k8s_service_name": "db"}]}]}).to_string();
        let name =
            |era| through_go(&text, era).unwrap()["apps"][0]["port_map_list"][0].get("k8s_service_name").cloned();
        assert_eq!(name(Era::V6_9_8), Some(json!("db")));
        assert_eq!(name(Era::V5_17_3), None);
    }
}
