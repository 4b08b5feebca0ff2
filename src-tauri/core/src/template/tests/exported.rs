//! What the platform exports is read back as the app it was made of.

use super::super::{ExportedApp, read_exported, synthesize};
use super::kit::{NEW, order, rich, target};
use crate::package::{AppModel, read_listing};
use serde_json::{Value, json};

fn read(template: &Value, name: &str) -> AppModel {
    let exported = read_exported(template, &ExportedApp { name: name.to_owned(), ..ExportedApp::default() }).unwrap();
    let entry = |member: &str| json!({"name": format!("root/{member}"), "size": 10240, "compressed_size": 10240});
    let listing = json!(exported.images.iter().map(|image| entry(&image.member)).collect::<Vec<_>>());
    let entries = read_listing(listing.to_string().as_bytes()).unwrap();
    let (region, console) = (exported.region.to_string(), exported.console.to_string());
    AppModel::from_files(region.as_bytes(), console.as_bytes(), &entries).unwrap()
}

#[test]
fn a_template_read_back_makes_the_same_template() {
    let app = rich();
    let first = synthesize(&app, &target(NEW), &order()).unwrap();
    let again = read(&first.metadata.0, &app.name);
    assert!(again.is_from_template && !app.is_from_template);
    let second = synthesize(&again, &target(NEW), &order()).unwrap();
    let (first, second) = (&first.metadata.0, &second.metadata.0);
    let rows = |of: &Value, list: &str| of[list].as_array().cloned().unwrap();
    assert!(!rows(first, "apps").is_empty() && !rows(first, "plugins").is_empty());
    // Names of images are chosen anew each time.
    let plain = |row: &Value| {
        let mut row = row.clone();
        let fields = row.as_object_mut().unwrap();
        fields.retain(|key, _| !matches!(key.as_str(), "image" | "share_image" | "service_source"));
        row
    };
    for list in ["apps", "plugins", "app_config_groups"] {
        let (first, second) = (rows(first, list), rows(second, list));
        assert_eq!(first.len(), second.len(), "{list}");
        for (first, second) in first.iter().zip(&second) {
            assert_eq!(plain(first), plain(second), "{list}");
        }
    }
    assert_eq!(first["governance_mode"], second["governance_mode"]);
}

#[test]
fn what_no_export_says_comes_from_the_app() {
    let template =
        json!({"apps": [{"service_id": "a", "service_key": "k", "extend_method_map": {"init_memory": 512}}]});
    let cpu = |app: &ExportedApp, template: &Value| {
        let exported = read_exported(template, app).unwrap();
        exported.console["apps"][0]["service_base"]["min_cpu"].clone()
    };
    let known = ExportedApp { cpu_millis: [("a".to_owned(), 730)].into(), ..ExportedApp::default() };
    assert_eq!((cpu(&known, &template), cpu(&ExportedApp::default(), &template)), (json!(730), json!(0)));
    let mut told = template.clone();
    told["apps"][0]["cpu"] = json!(250);
    assert_eq!(cpu(&known, &told), json!(250));
    assert!(read_exported(&json!({"plugins": []}), &known).is_none());
}
