//! The platform's own packages (tests/fixtures/packages), read as a store would lend them.

use super::super::directory::{Entry, Package};
use super::super::model::{AppModel, ComponentModel, GatewayRule, MetadataForm, load};
use super::super::nested::list_nested;
use super::super::reader::RangeReader;
use super::kit::{Counted, OfFile, ctx, fixture};
use std::sync::Arc;
use std::sync::atomic::Ordering;

async fn model(name: &str) -> (AppModel, usize) {
    let reader = Counted::of(name);
    let package = Package::open(&ctx(), reader.clone()).await.unwrap();
    let app = load(&ctx(), &package).await.unwrap();
    (app, reader.count())
}

fn component<'a>(app: &'a AppModel, cname: &str) -> &'a ComponentModel {
    app.components.iter().find(|component| component.cname == cname).unwrap()
}

#[tokio::test]
async fn a_v6_package_without_volume_data_says_so() {
    let (app, reads) = model("v6-no-volume-data").await;
    assert!(reads <= 3, "{reads} reads");
    assert_eq!((app.name.as_str(), app.k8s_app.as_str(), app.source_region.as_str()), ("商城", "shop", "rainbond"));
    assert_eq!(app.form, MetadataForm::Object);
    assert!(!app.has_data_entries && app.stray_data.is_empty() && app.missing_images.is_empty());
    let front = component(&app, "前端");
    assert_eq!((front.memory_mb, front.cpu_millis, front.replicas), (512, 500, 1));
    assert_eq!((front.image.as_str(), front.built_image.as_str()), ("nginx:1.25", "goodrain.me/web:20261123005500"));
    assert!(!front.is_stateful() && component(&app, "数据库").is_stateful());
    let volume = front.volumes.iter().find(|volume| volume.name == "static").unwrap();
    assert_eq!(
        (volume.kind.as_str(), volume.path.as_str(), volume.data_in_package),
        ("share-file", "/srv/static", false)
    );
    assert_eq!(front.config_files[0].path, "/etc/nginx/conf.d/default.conf");
    assert!(front.config_files[0].content.reveal().contains("# 中文注释"));
    assert_eq!(front.ports[0].port, 80);
    assert_eq!(front.dependencies[0].on, component(&app, "数据库").id);
    assert!(front.dependencies[0].in_package);
    assert!(front.image_entry.as_ref().is_some_and(|image| image.bytes == 81_920));
}

#[tokio::test]
async fn gateway_rules_are_found_with_the_components_they_led_to() {
    let (app, _) = model("v6-no-volume-data").await;
    let http = app.gateway_rules.iter().find_map(|rule| match rule {
        GatewayRule::Http { component, domain, port, is_default, .. } => Some((component, domain, *port, *is_default)),
        GatewayRule::Tcp { .. } => None,
    });
    let (of, domain, port, is_default) = http.unwrap();
    assert_eq!((of, domain.as_str(), port), (&component(&app, "前端").id, "gr1f5ee7-80-ux0dgqpc.a.example.test", 80));
    assert!(is_default);
    let tcp = app
        .gateway_rules
        .iter()
        .any(|rule| matches!(rule, GatewayRule::Tcp { end_point, port: 3306, .. } if end_point == "0.0.0.0:30000"));
    assert!(tcp);
}

#[tokio::test]
async fn credentials_are_found_and_shown_to_nobody() {
    let (app, _) = model("v6-no-volume-data").await;
    let database = component(&app, "数据库");
    let password = database.envs.iter().find(|env| env.name == "MYSQL_ROOT_PASSWORD").unwrap();
    assert!(password.value.is_masked());
    assert_eq!(password.value.reveal(), "s3cret");
    let places: Vec<(&str, &str)> =
        app.credentials.iter().map(|c| (c.component.as_deref().unwrap_or_default(), c.place.as_str())).collect();
    assert_eq!(places, [("数据库", "MYSQL_ROOT_PASSWORD")]);
    assert!(!format!("{app:?}").contains("s3cret"));
}

#[tokio::test]
async fn volume_data_is_counted_for_its_component() {
    let (app, reads) = model("v6-with-volume-data").await;
    assert!(reads <= 3, "{reads} reads");
    assert!(app.has_data_entries);
    let front = component(&app, "前端");
    assert_eq!(front.data.len(), 2);
    assert_eq!(front.data.iter().map(|entry| entry.bytes).sum::<u64>(), 21_517 + 20_887);
    let with_data: Vec<&str> =
        front.volumes.iter().filter(|volume| volume.data_in_package).map(|volume| volume.name.as_str()).collect();
    assert_eq!(with_data, ["static"]);
    assert!(component(&app, "数据库").data.is_empty());
}

#[tokio::test]
async fn zips_inside_are_listed_when_asked_for() {
    let reader = Counted::of("v6-with-volume-data");
    let package = Package::open(&ctx(), reader).await.unwrap();
    let entry = package.entries().iter().find(|entry| entry.name.ends_with("/__all_data.zip")).unwrap();
    let inside = list_nested(&ctx(), &package, entry).await.unwrap();
    let names: Vec<&str> = inside.iter().filter(|entry| !entry.is_dir()).map(|entry| entry.name.as_str()).collect();
    let root = "1cc6450898e158c123c1ee1f721f5ee7/srv/static";
    assert_eq!(names, [format!("{root}/index.html"), format!("{root}/图片/订单.bin")]);
    assert!(inside.iter().all(|entry| entry.comment == "0/0" && entry.mode.is_some() && !entry.is_symlink()));
}

#[tokio::test]
async fn a_v5_package_is_read_alike() {
    let (app, reads) = model("v5-no-volume-data").await;
    assert!(reads <= 3, "{reads} reads");
    assert_eq!(app.components.len(), 2);
    let database = component(&app, "数据库");
    assert_eq!(database.volumes[0].kind, "local");
    assert_eq!(database.memory_mb, 512);
    assert!(!app.has_data_entries && app.missing_images.is_empty());
}

#[tokio::test]
async fn every_member_of_every_package_is_whole() {
    for name in ["v6-no-volume-data", "v6-with-volume-data", "v5-no-volume-data"] {
        let package = Package::open(&ctx(), Counted::of(name)).await.unwrap();
        for entry in package.entries() {
            let bytes = package.read_member(&ctx(), entry, 1 << 20).await.unwrap();
            assert_eq!(bytes.len() as u64, entry.size, "{}", entry.name);
        }
    }
}

#[tokio::test]
async fn metadata_beside_a_package_gives_the_same_app() {
    let (inside, _) = model("v6-no-volume-data").await;
    let folder = fixture("v6-no-volume-data").parent().unwrap().to_owned();
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let package = Package::open(&ctx(), Counted::of("v6-no-volume-data")).await.unwrap();
    let beside = AppModel::from_files(
        &read("region_apps_metadata.json"),
        &read("console_apps_metadata.json"),
        package.entries(),
    );
    assert_eq!(beside.unwrap(), inside);
}

#[tokio::test]
async fn zip64_is_read_as_the_platform_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zip64.zip");
    let packed = std::fs::File::open(fixture("zip64")).unwrap();
    zstd::stream::copy_decode(packed, std::fs::File::create(&path).unwrap()).unwrap();
    let reader = OfFile::open(&path);
    let package = Package::open(&ctx(), reader.clone()).await.unwrap();
    assert_eq!(reader.reads.load(Ordering::SeqCst), 1);
    let huge: &Entry = package.entries().iter().max_by_key(|entry| entry.size).unwrap();
    assert!(huge.size > u64::from(u32::MAX), "{} bytes", huge.size);
    assert!(reader.size() < 8 << 20);
    for entry in package.entries().iter().filter(|entry| entry.size < 1 << 20) {
        package.read_member(&ctx(), entry, 1 << 20).await.unwrap();
    }
    let mut member = package.open_member(&ctx(), huge).await.unwrap();
    let mut done = 0;
    while let Some(chunk) = member.chunk(&ctx()).await.unwrap() {
        done += chunk.len() as u64;
    }
    assert_eq!(done, huge.size);
}

#[tokio::test]
async fn a_reader_is_shared_and_not_copied() {
    let reader = Counted::of("v6-no-volume-data");
    let package = Package::open(&ctx(), reader.clone()).await.unwrap();
    assert_eq!(Arc::strong_count(&reader), 2);
    drop(package);
    assert_eq!(Arc::strong_count(&reader), 1);
}
