//! Packages of shapes that the fixtures do not have: the old array form, nulls everywhere, long directories, leftovers.

use super::super::directory::Package;
use super::super::error::PackageError;
use super::super::model::{AppModel, MetadataForm, load};
use super::super::nested::{ends_in_link, list_nested};
use super::kit::{Counted, Pack, Zip, ctx};
use serde_json::{Value, json};

const ROOT: &str = "aa_20240102030405";

fn package(region: &Value, console: &Value) -> Zip {
    Zip::default()
        .add(&format!("{ROOT}/console_apps_metadata.json"), console.to_string().as_bytes(), Pack::Deflated)
        .add(&format!("{ROOT}/region_apps_metadata.json"), region.to_string().as_bytes(), Pack::Deflated)
}

async fn open(bytes: Vec<u8>) -> Package {
    Package::open(&ctx(), Counted::new(bytes)).await.unwrap()
}

async fn model(region: &Value, console: &Value) -> Result<AppModel, PackageError> {
    load(&ctx(), &open(package(region, console).finish()).await).await
}

#[tokio::test]
async fn the_old_array_form_is_read() {
    let services = json!([{"ServiceID": "s1", "Service": {"service_alias": "gr1", "container_memory": 256, "extend_method": "state"},
        "ServiceVolume": [{"volume_name": "data", "volume_path": "/data", "volume_type": "local"}],
        "ServiceConfigFile": [{"volume_name": "data", "filename": "text"}], "Versions": null}]);
    let app = model(&services, &json!({"apps": []})).await.unwrap();
    assert_eq!(app.form, MetadataForm::Array);
    let only = &app.components[0];
    assert_eq!((only.id.as_str(), only.cname.as_str(), only.memory_mb), ("s1", "gr1", 256));
    assert!(only.in_region && !only.in_console);
    assert_eq!(only.config_files[0].content.reveal(), "text");
}

#[tokio::test]
async fn nulls_and_strange_kinds_are_read_as_nothing() {
    let region = json!({"Services": [{"ServiceID": "s1", "Service": null, "ServicePort": null, "Versions": "x"}], "Plugins": null});
    let console = json!({"group_info": null, "apps": [{"service_base": {"service_id": "s1", "min_memory": "512", "min_node": null},
        "service_ports": {"a": 1}, "service_volumes": null, "service_source": 3}], "plugin_info": null, "app_config_group_info": null});
    let app = model(&region, &console).await.unwrap();
    assert_eq!(app.components.len(), 1);
    assert_eq!(app.components[0].memory_mb, 512);
    assert!(app.components[0].ports.is_empty());
}

#[tokio::test]
async fn an_app_without_components_is_an_app() {
    let app =
        model(&json!({"Services": null, "Plugins": null}), &json!({"apps": [], "group_info": {"group_name": "空"}}))
            .await;
    assert_eq!(app.unwrap().name, "空");
}

#[tokio::test]
async fn files_that_describe_no_app_are_refused() {
    let app = json!({"apps": []});
    for region in [json!({}), json!("x"), json!(null)] {
        assert!(matches!(model(&region, &app).await, Err(PackageError::MetadataForeign { .. })), "{region}");
    }
    for console in [json!({}), json!([]), json!({"apps": null})] {
        let found = model(&json!({"Services": []}), &console).await;
        assert!(matches!(found, Err(PackageError::MetadataForeign { .. })), "{console}");
    }
    let torn = Zip::default().add(&format!("{ROOT}/console_apps_metadata.json"), b"{", Pack::Deflated).add(
        &format!("{ROOT}/region_apps_metadata.json"),
        b"[]",
        Pack::Deflated,
    );
    let found = load(&ctx(), &open(torn.finish()).await).await;
    assert!(matches!(found, Err(PackageError::MetadataDamaged { .. })));
    let none = Zip::default().add("x/readme", b"", Pack::Stored);
    let found = load(&ctx(), &open(none.finish()).await).await;
    assert!(matches!(found, Err(PackageError::MemberMissing { .. })));
}

#[tokio::test]
async fn missing_images_stray_data_and_strangers_are_told() {
    let region = json!({"Services": [
        {"ServiceID": "s1", "Service": {}, "Versions": [{"build_version": "1", "delivered_type": "image"}]},
        {"ServiceID": "s2", "Service": {}, "Versions": []}]});
    let base = |id: &str, source: &str| {
        json!({"component_id": id, "service_base": {"service_cname": id, "service_source": source},
        "service_relation": [{"dep_service_id": "elsewhere"}]})
    };
    let console = json!({"apps": [base("s1", "docker_image"), base("s2", "docker_image"), base("s3", "third_party")]});
    let zip = package(&region, &console).add(&format!("{ROOT}/data_s1/__all_data.zip"), b"1234", Pack::Stored).add(
        &format!("{ROOT}/data_gone/x.zip"),
        b"1234",
        Pack::Stored,
    );
    let app = load(&ctx(), &open(zip.finish()).await).await.unwrap();
    let missing: Vec<(&str, bool)> = app.missing_images.iter().map(|m| (m.component.as_str(), m.was_built)).collect();
    assert_eq!(missing, [("s1", true), ("s2", false)]);
    assert_eq!(app.stray_data.len(), 1);
    assert_eq!(app.components[0].data_bytes(), 4);
    assert!(!app.components[0].dependencies[0].in_package);
    assert!(app.components[2].is_third_party() && !app.components[2].in_region);
}

#[tokio::test]
async fn a_long_directory_costs_one_read_more() {
    let mut zip = Zip::default();
    for n in 0..3000 {
        zip = zip.add(&format!("{ROOT}/app_{n:05}/image_20240102030405.tar"), &[7; 40], Pack::Stored);
    }
    let zip = zip.add(&format!("{ROOT}/console_apps_metadata.json"), br#"{"apps": []}"#, Pack::Deflated).add(
        &format!("{ROOT}/region_apps_metadata.json"),
        b"[]",
        Pack::Deflated,
    );
    let reader = Counted::new(zip.finish());
    let package = Package::open(&ctx(), reader.clone()).await.unwrap();
    assert_eq!((package.entries().len(), reader.count()), (3002, 2));
    load(&ctx(), &package).await.unwrap();
    assert_eq!(reader.count(), 2);
}

#[tokio::test]
async fn metadata_far_from_the_end_costs_one_read_each_at_most() {
    let noise: Vec<u8> = (0..200_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let zip = Zip::default()
        .add(&format!("{ROOT}/console_apps_metadata.json"), br#"{"apps": []}"#, Pack::Deflated)
        .add(&format!("{ROOT}/data_x/__all_data.zip"), &noise, Pack::Stored)
        .add(&format!("{ROOT}/region_apps_metadata.json"), b"[]", Pack::Deflated);
    let reader = Counted::new(zip.finish());
    let package = Package::open(&ctx(), reader.clone()).await.unwrap();
    load(&ctx(), &package).await.unwrap();
    assert_eq!(reader.count(), 2);
}

#[tokio::test]
async fn a_stored_zip_inside_is_looked_into_without_reading_it_whole() {
    let noise: Vec<u8> = (0..200_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let inner = Zip::default().add("s1/data/file.bin", &noise, Pack::Stored).finish();
    let zip = Zip::default().add(&format!("{ROOT}/data_s1/__all_data.zip"), &inner, Pack::Stored).add(
        &format!("{ROOT}/filler"),
        &noise,
        Pack::Stored,
    );
    let package = open(zip.finish()).await;
    let inside = list_nested(&ctx(), &package, &package.entries()[0]).await.unwrap();
    assert_eq!((inside.len(), inside[0].name.as_str(), inside[0].size), (1, "s1/data/file.bin", 800_000));
}

#[tokio::test]
async fn a_cancelled_read_stops() {
    let reader = Counted::of("v6-no-volume-data");
    let ctx = ctx();
    ctx.cancel.cancel();
    assert!(matches!(Package::open(&ctx, reader).await, Err(PackageError::Cancelled(_))));
}

#[tokio::test]
async fn names_that_climb_out_twins_and_what_is_no_file_are_refused() {
    let refused = async |zip: Zip| {
        let opened = Package::open(&ctx(), Counted::new(zip.finish())).await;
        assert!(matches!(opened, Err(PackageError::Refused { .. })), "{opened:?}");
    };
    for name in ["../../etc/passwd", "/abs", "a/../b", "a\\..\\b", "C:/x", "a\0b", "a\nb"] {
        refused(Zip::default().add(name, b"x", Pack::Stored)).await;
    }
    for (one, other) in [("r/a", "r/a"), ("r/a", "r/A"), ("r/caf\u{e9}", "r/cafe\u{301}"), ("r/a/", "r/a")] {
        refused(Zip::default().add(one, b"", Pack::Stored).add(other, b"", Pack::Stored)).await;
    }
    refused(Zip::default().linked().add("r/a", b"/etc/passwd", Pack::Stored)).await;
}

#[tokio::test]
async fn files_of_volumes_may_differ_by_case_and_be_links() {
    let zip = Zip::default().add("s/Makefile", b"1", Pack::Stored).linked().add("s/makefile", b"2", Pack::Stored);
    assert_eq!(Package::open_nested(&ctx(), Counted::new(zip.finish())).await.unwrap().entries().len(), 2);
    let zip = Zip::default().add("s/../../x", b"1", Pack::Stored);
    assert!(Package::open_nested(&ctx(), Counted::new(zip.finish())).await.is_err());
    let through = Zip::default().linked().add("s/link", b"/tmp", Pack::Stored).add("s/link/x", b"1", Pack::Stored);
    assert!(Package::open_nested(&ctx(), Counted::new(through.finish())).await.is_err());
}

#[tokio::test]
async fn a_data_zip_that_ends_at_a_link_is_known_by_it() {
    let entries =
        async |zip: Zip| Package::open_nested(&ctx(), Counted::new(zip.finish())).await.unwrap().entries().to_vec();
    let whole = Zip::default().add("s/a", b"1", Pack::Stored).add("s/b", b"2", Pack::Stored);
    assert_eq!(ends_in_link(&entries(whole).await), None);
    let cut = Zip::default().add("s/a", b"1", Pack::Stored).linked().add("s/b_link", b"2", Pack::Stored);
    assert_eq!(ends_in_link(&entries(cut).await), Some("s/b_link"));
}
