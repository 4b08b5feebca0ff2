//! Each rule of the platform, broken once.

use super::super::{Draft, Rule, check};
use super::kit::{NEW, draft_of, rich};
use serde_json::{Value, json};

/// What is found once the draft is spoilt.
fn spoilt(spoil: impl FnOnce(&mut Draft)) -> Vec<Rule> {
    let mut draft = draft_of(&rich(), NEW);
    assert_eq!(check(&draft), []);
    spoil(&mut draft);
    check(&draft).into_iter().map(|broken| broken.rule).collect()
}

/// The same for one place of the metadata; `null` takes it out.
fn set(pointer: &str, value: Value) -> Vec<Rule> {
    spoilt(|draft| {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = draft.metadata.0.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
        match (parent, value) {
            (Value::Object(fields), Value::Null) => drop(fields.remove(key).unwrap()),
            (Value::Object(fields), value) => drop(fields.insert(key.to_owned(), value)),
            (Value::Array(rows), value) => rows[key.parse::<usize>().unwrap()] = value,
            _ => panic!("{pointer}"),
        }
    })
}

#[test]
fn each_rule_of_the_metadata_is_held() {
    let cases: &[(&str, Value, Rule)] = &[
        ("/group_key", json!("short"), Rule::Key),
        ("/group_name", json!("x".repeat(65)), Rule::Text),
        ("/group_name", json!(""), Rule::Text),
        ("/group_version", json!("1 0"), Rule::Text),
        ("/group_version", json!("1".repeat(33)), Rule::Text),
        ("/template_version", json!("v1"), Rule::Word),
        ("/governance_mode", json!("MESH"), Rule::Word),
        ("/annotations/describe", json!(1), Rule::Type),
        ("/plugins", Value::Null, Rule::Type),
        ("/apps", json!([]), Rule::Empty),
        ("/apps/0/memory", json!("256"), Rule::Type),
        ("/apps/0/labels", json!({"a": 1}), Rule::Type),
        ("/apps/0/probes", json!(null), Rule::Type),
        ("/apps/0/service_id", json!(""), Rule::Key),
        ("/apps/0/service_key", json!("x"), Rule::Key),
        ("/apps/0/service_share_uuid", json!("x+a"), Rule::Key),
        ("/apps/0/service_cname", json!(""), Rule::Empty),
        ("/apps/0/service_cname", json!("前端#2"), Rule::Unique),
        ("/apps/0/share_image", json!(""), Rule::Reference),
        ("/apps/0/image", json!("other:1"), Rule::Reference),
        ("/apps/0/extend_method", json!("vm"), Rule::Word),
        ("/apps/0/service_source", json!("vm_run"), Rule::Word),
        ("/apps/0/arch", json!(""), Rule::Empty),
        ("/apps/0/extend_method_map/init_memory", json!(1), Rule::Memory),
        ("/apps/0/extend_method_map/init_memory", Value::Null, Rule::Memory),
        ("/apps/0/port_map_list/0/is_outer_service", json!(1), Rule::Type),
        ("/apps/0/port_map_list/1/container_port", json!(80), Rule::Unique),
        ("/apps/0/service_env_map_list/0/attr_value", json!(5), Rule::Type),
        ("/apps/0/service_connect_info_map_list/0/container_port", json!(80), Rule::PortVariable),
        ("/apps/0/service_volume_map_list/0/file_content", json!(1), Rule::Type),
        ("/apps/0/dep_service_map_list/0/dep_service_key", json!("nobody"), Rule::Reference),
        ("/apps/0/mnt_relation_list/0/service_share_uuid", json!("nobody"), Rule::Reference),
        ("/apps/0/probes/0/is_used", json!(1), Rule::Type),
        ("/apps/0/probes/0/port", json!(0), Rule::Probe),
        ("/apps/0/service_related_plugin_config/0/plugin_key", json!("x"), Rule::Reference),
        ("/apps/0/service_related_plugin_config/0/service_id", json!("b"), Rule::Reference),
        ("/apps/0/service_related_plugin_config/0/attr/0/attrs", json!("{"), Rule::Type),
        ("/apps/0/component_k8s_attributes/0/attribute_value", json!({}), Rule::Type),
        ("/plugins/0/plugin_key", json!("x"), Rule::Key),
        ("/plugins/0/desc", json!(""), Rule::Empty),
        ("/plugins/0/share_image", json!("x"), Rule::Reference),
        ("/plugins/0/config_groups/0/options", json!([]), Rule::Empty),
        ("/app_config_groups/0/config_items", json!([]), Rule::Type),
        ("/app_config_groups/0/component_keys/0", json!("x"), Rule::Reference),
        ("/ingress_http_routes/0/component_key", json!("x"), Rule::Reference),
        ("/ingress_http_routes/0/proxy_header", Value::Null, Rule::Type),
    ];
    for (pointer, value, rule) in cases {
        let found = set(pointer, value.clone());
        assert!(found.contains(rule), "{pointer} = {value}: {found:?}");
    }
}

#[test]
fn ports_in_another_order_are_found() {
    let found = spoilt(|draft| {
        let ports = draft.metadata.0.pointer_mut("/apps/0/port_map_list").unwrap().as_array_mut().unwrap();
        ports.reverse();
    });
    assert_eq!(found, [Rule::PortOrder]);
}

#[test]
fn each_rule_of_the_files_is_held() {
    type Spoil = fn(&mut Draft);
    let cases: &[(Spoil, Rule)] = &[
        (|d| d.file_name = "a,b.tar.gz".to_owned(), Rule::FileName),
        (|d| d.file_name = "a:b.tar.gz".to_owned(), Rule::FileName),
        (|d| d.file_name = "a.zip".to_owned(), Rule::FileName),
        (|d| d.file_name = "my-Plugin.tar.gz".to_owned(), Rule::PluginInPath),
        (|d| d.root = "plugins".to_owned(), Rule::PluginInPath),
        (|d| d.root = "a/b".to_owned(), Rule::FileName),
        (|d| d.images[0].file = "plugin-1.tar".to_owned(), Rule::PluginInPath),
        (|d| d.images[0].file = "img-01.zip".to_owned(), Rule::FileName),
        (|d| d.images[0].file = d.images[1].file.clone(), Rule::Unique),
        (|d| d.images[0].bytes = 0, Rule::Empty),
        (|d| d.images[0].image = "no-tag".to_owned(), Rule::ImageName),
        (|d| d.images[0].image = "a.b//c:1".to_owned(), Rule::ImageName),
        (|d| d.images[0].was = "x:1".to_owned(), Rule::ImageRoom),
        (
            |d| d.images[1].image = format!("host.b/ns/{}", d.images[0].image.rsplit('/').next().unwrap()),
            Rule::ImageCollision,
        ),
    ];
    for (at, (spoil, rule)) in cases.iter().enumerate() {
        let found = spoilt(spoil);
        assert!(found.contains(rule), "case {at}: {found:?} without {rule:?}");
    }
}
