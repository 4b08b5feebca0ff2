//! HTTP routes of a template: paths, headers and timeouts of the old rules, on new default domains; a template has no field
//! for a domain (rebuild.md §1.3). TCP routes are ignored by every install.

use super::selection::{Chosen, Selection};
use crate::package::{AppModel, GatewayRule, Row};
use serde_json::{Map, Value, json};

pub(super) fn http(app: &AppModel, selection: &Selection<'_>) -> Vec<Value> {
    let route = |rule: &GatewayRule| match rule {
        GatewayRule::Http { component, port, is_default, raw, .. } => {
            let chosen = selection.get(component)?;
            let leads_out =
                chosen.component.ports.iter().any(|p| p.port == *port && p.is_outer && p.protocol == "http");
            leads_out.then(|| entry(chosen, *port, *is_default, Row(&raw.0)))
        }
        GatewayRule::Tcp { .. } => None,
    };
    app.gateway_rules.iter().filter_map(route).collect()
}

pub(super) fn tcp(app: &AppModel, selection: &Selection<'_>) -> Vec<Value> {
    let route = |rule: &GatewayRule| match rule {
        GatewayRule::Tcp { component, port, protocol, .. } => {
            let key = &selection.get(component)?.placed.service_key;
            Some(json!({"component_key": key, "port": port, "protocol": protocol, "connection_timeout": 0}))
        }
        GatewayRule::Http { .. } => None,
    };
    app.gateway_rules.iter().filter_map(route).collect()
}

/// All keys: old consoles read them without asking.
fn entry(chosen: &Chosen<'_>, port: i64, is_default: bool, rule: Row<'_>) -> Value {
    let config = config_of(chosen, &rule.text("http_rule_id"));
    let config = Row(&config);
    let or = |key: &str, usual: i64| if config.row(key).is_there() { config.number(key) } else { usual };
    let location = rule.text("domain_path");
    let is_sticky = rule.row("rule_extensions").0.to_string().contains("cookie-session-affinity");
    json!({
        "component_key": chosen.placed.service_key,
        "port": port,
        "default_domain": is_default,
        "location": if location.is_empty() { "/" } else { &location },
        "cookies": pairs(&rule.text("domain_cookie")),
        "headers": pairs(&rule.text("domain_heander")),
        "ssl": false,
        "load_balancing": if is_sticky { "cookie-session-affinity" } else { "round-robin" },
        "connection_timeout": or("proxy_connect_timeout", 5),
        "request_timeout": or("proxy_send_timeout", 60),
        "response_timeout": or("proxy_read_timeout", 60),
        "request_body_size_limit": or("proxy_body_size", 0),
        "proxy_buffer_size": or("proxy_buffer_size", 4),
        "proxy_buffer_numbers": or("proxy_buffer_numbers", 4),
        "websocket": config.flag("WebSocket"),
        "proxy_buffer": config.text("proxy_buffering") == "on",
        "proxy_header": set_headers(config),
    })
}

/// `http_rule_configs[].value`, which is JSON text.
fn config_of(chosen: &Chosen<'_>, rule_id: &str) -> Value {
    let raw = Row(&chosen.component.console_raw.0);
    let config = raw.rows("http_rule_configs").find(|config| config.text("rule_id") == rule_id);
    config.and_then(|config| serde_json::from_str(&config.text("value")).ok()).unwrap_or_default()
}

/// `a=b;c=d`
fn pairs(text: &str) -> Value {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_owned(), Value::from(value.trim())))
    };
    text.split(';').filter_map(pair).collect::<Map<_, _>>().into()
}

fn set_headers(config: Row<'_>) -> Value {
    let headers = config.rows("set_headers").map(|row| (row.text("item_key"), Value::from(row.text("item_value"))));
    headers.filter(|(name, _)| !name.is_empty()).collect::<Map<_, _>>().into()
}
