//! Which keys a package's metadata must have, and of which JSON type, as the region's Go types want them
//! (`oam:pkg/ram/v1alpha1/types.go`, rebuild.md §1.3, §1.4). A list of facts; `check.rs` applies it.

use serde_json::Value;

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    List,
    /// An object of texts.
    Texts,
    Object,
}

pub(super) const TOP: &[(&str, Kind)] = &[
    ("template_version", Kind::Text),
    ("group_key", Kind::Text),
    ("group_name", Kind::Text),
    ("group_version", Kind::Text),
    ("governance_mode", Kind::Text),
    ("annotations", Kind::Texts),
    ("apps", Kind::List),
    ("plugins", Kind::List),
    ("app_config_groups", Kind::List),
    ("ingress_http_routes", Kind::List),
    ("ingress_stream_routes", Kind::List),
    ("k8s_resources", Kind::List),
];

pub(super) const COMPONENT: &[(&str, Kind)] = &[
    ("service_id", Kind::Text),
    ("service_key", Kind::Text),
    ("service_share_uuid", Kind::Text),
    ("service_cname", Kind::Text),
    ("k8s_component_name", Kind::Text),
    ("service_alias", Kind::Text),
    ("service_name", Kind::Text),
    ("service_type", Kind::Text),
    ("category", Kind::Text),
    ("service_source", Kind::Text),
    ("language", Kind::Text),
    ("share_type", Kind::Text),
    ("arch", Kind::Text),
    ("cmd", Kind::Text),
    ("extend_method", Kind::Text),
    ("version", Kind::Text),
    ("deploy_version", Kind::Text),
    ("image", Kind::Text),
    ("share_image", Kind::Text),
    ("memory", Kind::Number),
    ("cpu", Kind::Number),
    ("service_image", Kind::Object),
    ("extend_method_map", Kind::Object),
    ("port_map_list", Kind::List),
    ("service_env_map_list", Kind::List),
    ("service_connect_info_map_list", Kind::List),
    ("service_volume_map_list", Kind::List),
    ("dep_service_map_list", Kind::List),
    ("mnt_relation_list", Kind::List),
    ("probes", Kind::List),
    ("component_monitors", Kind::List),
    ("component_graphs", Kind::List),
    ("component_k8s_attributes", Kind::List),
    ("service_related_plugin_config", Kind::List),
    ("labels", Kind::Texts),
    ("endpoints", Kind::Object),
];

/// Lists of a component, and what their rows must have.
pub(super) const ROWS: &[(&str, &[(&str, Kind)])] = &[
    (
        "port_map_list",
        &[
            ("container_port", Kind::Number),
            ("protocol", Kind::Text),
            ("port_alias", Kind::Text),
            ("is_inner_service", Kind::Flag),
            ("is_outer_service", Kind::Flag),
            ("name", Kind::Text),
            ("k8s_service_name", Kind::Text),
        ],
    ),
    ("service_env_map_list", ENV),
    ("service_connect_info_map_list", ENV),
    (
        "service_volume_map_list",
        &[
            ("volume_name", Kind::Text),
            ("volume_path", Kind::Text),
            ("volume_type", Kind::Text),
            ("file_content", Kind::Text),
            ("volume_capacity", Kind::Number),
        ],
    ),
    ("dep_service_map_list", &[("dep_service_key", Kind::Text)]),
    ("mnt_relation_list", &[("service_share_uuid", Kind::Text), ("mnt_name", Kind::Text), ("mnt_dir", Kind::Text)]),
    ("probes", &[("mode", Kind::Text), ("port", Kind::Number), ("cmd", Kind::Text), ("is_used", Kind::Flag)]),
    ("component_monitors", &[("name", Kind::Text), ("port", Kind::Number), ("path", Kind::Text)]),
    ("component_graphs", &[("title", Kind::Text), ("promql", Kind::Text), ("sequence", Kind::Number)]),
    ("component_k8s_attributes", &[("name", Kind::Text), ("save_type", Kind::Text), ("attribute_value", Kind::Text)]),
    (
        "service_related_plugin_config",
        &[("plugin_key", Kind::Text), ("service_id", Kind::Text), ("attr", Kind::List), ("plugin_status", Kind::Flag)],
    ),
];

pub(super) const ENV: &[(&str, Kind)] =
    &[("attr_name", Kind::Text), ("name", Kind::Text), ("attr_value", Kind::Text), ("is_change", Kind::Flag)];

pub(super) const PLUGIN: &[(&str, Kind)] = &[
    ("plugin_key", Kind::Text),
    ("plugin_alias", Kind::Text),
    ("category", Kind::Text),
    ("desc", Kind::Text),
    ("code_repo", Kind::Text),
    ("share_image", Kind::Text),
    ("build_version", Kind::Text),
    ("plugin_image", Kind::Object),
    ("config_groups", Kind::List),
];

pub(super) const GROUP: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("injection_type", Kind::Text),
    ("config_items", Kind::Texts),
    ("component_keys", Kind::List),
];

pub(super) const ROUTE: &[(&str, Kind)] = &[
    ("component_key", Kind::Text),
    ("port", Kind::Number),
    ("default_domain", Kind::Flag),
    ("location", Kind::Text),
    ("cookies", Kind::Texts),
    ("headers", Kind::Texts),
    ("ssl", Kind::Flag),
    ("load_balancing", Kind::Text),
    ("connection_timeout", Kind::Number),
    ("request_timeout", Kind::Number),
    ("response_timeout", Kind::Number),
    ("request_body_size_limit", Kind::Number),
    ("proxy_buffer_size", Kind::Number),
    ("proxy_buffer_numbers", Kind::Number),
    ("websocket", Kind::Flag),
    ("proxy_buffer", Kind::Flag),
    ("proxy_header", Kind::Texts),
];

pub(super) const EXTEND_METHODS: &[&str] =
    &["stateless_multiple", "stateless_singleton", "state_multiple", "state_singleton", "job", "cronjob", "daemonset"];

pub(super) fn is_of(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Number => value.is_i64() || value.is_u64(),
        Kind::Flag => value.is_boolean(),
        Kind::List => value.is_array(),
        Kind::Object => value.is_object(),
        Kind::Texts => value.as_object().is_some_and(|all| all.values().all(Value::is_string)),
    }
}
