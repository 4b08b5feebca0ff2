//! Init plugins as real processes: they run before the component, with its volumes and variables, or keep it from starting.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "shared with the tests of imports")]
mod bench;
#[allow(dead_code, reason = "shared with the tests of imports")]
mod packages;

use bench::Bench;
use packages::{image, image_name, package, shop, shop_images, tarred};
use rainferry_sandbox::Era;
use rainferry_sandbox::state::Component;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PROGRAM: &[u8] =
    b"#!/bin/sh\necho \"$URL $_POD_NAME\" > \"$RBM_ROOT/srv/static/came\"; echo why >&2; exit ${RC:-0}\n";

/// The image of the plugin, with something to run.
fn agent() -> Vec<u8> {
    let config = json!({"architecture": "amd64", "os": "linux", "config": {"Entrypoint": ["/agent"]}}).to_string();
    let manifest = json!([{"Config": "c.json", "RepoTags": [image_name("agent")], "Layers": ["l/layer.tar"]}]);
    let (manifest, layer) = (manifest.to_string(), tarred(&[("agent", PROGRAM)]));
    tarred(&[("c.json", config.as_bytes()), ("l/layer.tar", &layer), ("manifest.json", manifest.as_bytes())])
}

fn with_setting(attrs: &Value) -> Value {
    let mut template = shop();
    template["apps"][0]["service_related_plugin_config"][0]["attr"][0]["attrs"] = json!(attrs.to_string());
    template
}

/// The front, after the start has come to an end.
async fn started(template: &Value, program: Option<&[u8]>, images: Vec<(&'static str, Vec<u8>)>) -> (Bench, Component) {
    let bench = Bench::start(Era::V6_9_8).await;
    bench.cluster.faults().switch(|switches| {
        switches.init_program = program.map(|bytes| hex::encode(Sha256::digest(bytes)));
    });
    assert_eq!(bench.import("shop.tar.gz", package(template, &images)).await.0, "success");
    let app = bench.install(template, "商城", "shop").await;
    bench.deploy(app).await;
    loop {
        let rows = bench.components(app);
        let front = rows.into_iter().find(|row| row.name == "前端").unwrap();
        if front.status != "starting" {
            return (bench, front);
        }
        tokio::task::yield_now().await;
    }
}

fn images() -> Vec<(&'static str, Vec<u8>)> {
    let mut images = shop_images();
    images[2].1 = agent();
    images
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_fills_the_volumes_before_the_component_runs() {
    let (bench, front) = started(&shop(), Some(PROGRAM), images()).await;
    assert_eq!(front.status, "running");
    let files = bench.cluster.volume_files(&front.service_id);
    let text = String::from_utf8(files[0].1.clone()).unwrap();
    assert!(files.len() == 1 && text.starts_with("http://x shop-web15-"), "{files:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_that_fails_keeps_the_component_from_running() {
    let (bench, front) = started(&with_setting(&json!({"URL": "u", "RC": "3"})), Some(PROGRAM), images()).await;
    assert_eq!(front.status, "abnormal");
    let events = bench.cluster.inspect().events;
    let log = events.iter().filter(|event| event.target_id == front.service_id).flat_map(|event| &event.log);
    assert!(log.into_iter().any(|line| line.starts_with("Init:Error") && line.ends_with("3: why")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_other_program_is_run() {
    let made_up = (images(), Some(&b"another"[..]));
    let empty = (shop_images(), Some(PROGRAM));
    for (images, program) in [made_up, empty, (images(), None)] {
        let (bench, front) = started(&shop(), program, images).await;
        assert_eq!((front.status.as_str(), bench.cluster.volume_files(&front.service_id).len()), ("running", 0));
    }
    assert!(!image("x", "amd64").is_empty());
}
