//! The console's metadata for another console.

use super::*;
use serde_json::{Value, json};

fn app() -> Value {
    json!({
        "group_info": {"group_name": "商城"},
        "apps": [
            {
                "component_id": "a",
                "service_base": {"service_id": "a", "arch": "amd64", "build_strategy": "x", "min_memory": 512},
                "service_ports": [{"container_port": 80, "name": "web"}, {"container_port": 81, "name": ""}],
                "service_relation": [{"dep_service_id": "b"}, {"dep_service_id": "gone"}],
                "service_mnts": [{"dep_service_id": "gone"}],
            },
            {"service_base": {"service_id": "b"}, "service_relation": [], "service_mnts": null},
        ],
    })
}

fn mend(value: &Value, recipe: &Recipe) -> Option<Value> {
    let mended = mend_console(value.to_string().as_bytes(), recipe).unwrap();
    mended.map(|bytes| serde_json::from_slice(&bytes).unwrap())
}

#[test]
fn keys_that_the_target_does_not_know_are_left_out_everywhere() {
    let keys = ["service_base.arch", "service_ports.name", "service_volumes.mode"];
    assert_eq!(present_keys(&app(), &keys), ["service_base.arch", "service_ports.name"]);
    let drop_keys = keys.iter().filter_map(|key| MetadataKey::parse(key)).collect();
    let mended = mend(&app(), &Recipe { drop_keys, ..Recipe::default() }).unwrap();
    let mut expected = app();
    expected["apps"][0]["service_base"].as_object_mut().unwrap().shift_remove("arch");
    for at in 0..2 {
        expected["apps"][0]["service_ports"][at].as_object_mut().unwrap().shift_remove("name");
    }
    assert_eq!(mended, expected);
}

#[test]
fn links_to_components_outside_are_left_out_and_others_kept() {
    assert_eq!(foreign_relations(&app()), 2);
    let mended = mend(&app(), &Recipe { drop_relations: true, ..Recipe::default() }).unwrap();
    assert_eq!(mended["apps"][0]["service_relation"], json!([{"dep_service_id": "b"}]));
    assert_eq!(mended["apps"][0]["service_mnts"], json!([]));
    assert_eq!(foreign_relations(&mended), 0);
}

#[test]
fn what_needs_no_mending_is_not_touched() {
    let fine = json!({"apps": [{"component_id": "a", "service_relation": [{"dep_service_id": "a"}]}]});
    assert_eq!(mend(&fine, &Recipe { drop_relations: true, ..Recipe::default() }), None);
    assert!(mend_console(b"no json", &Recipe::default()).is_err());
}

#[tokio::test]
async fn a_real_package_keeps_everything_but_the_keys() {
    let (_, _, model) = fixture("v6-no-volume-data").await;
    let console = &model.console_raw.0;
    let present = present_keys(console, &["service_base.arch", "service_base.k8s_component_name", "service_base.none"]);
    assert_eq!(present, ["service_base.arch", "service_base.k8s_component_name"]);
    assert_eq!(foreign_relations(console), 0);
}
