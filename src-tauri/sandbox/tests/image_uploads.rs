//! Images by chunks and components by calls, which no recording shows (rebuild.md §7.1; rainbond
//! api/controller/chunk_upload_manager.go).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(dead_code, reason = "the bench and the packages serve other tests, too")]

mod bench;
mod packages;

use bench::{Bench, TEAM};
use packages::{image, image_name};
use rainferry_sandbox::Era;
use serde_json::{Value, json};

const MIB: usize = 1024 * 1024;

fn apps(below: &str) -> String {
    format!("/console/teams/{TEAM}/apps/{below}")
}

/// A place to upload to: its event and address.
async fn place(bench: &Bench) -> (String, String) {
    let made = bench.send("POST", &apps("package_build/record"), json!({"region": "here", "component_id": ""})).await;
    assert_eq!(made.0, 200, "{}", made.1);
    let bean = &made.1["data"]["bean"];
    (bean["event_id"].as_str().unwrap().to_owned(), bean["upload_url"].as_str().unwrap().to_owned())
}

async fn init(bench: &Bench, url: &str, name: &str, size: usize) -> (u16, Value) {
    let body = json!({"file_name": name, "file_size": size, "file_md5": "", "chunk_size": MIB});
    bench.send("POST", &format!("{url}/upload/init"), body).await
}

async fn chunk(bench: &Bench, url: &str, session: &str, index: usize, bytes: &[u8]) -> u16 {
    let texts = [("session_id", session.to_owned()), ("chunk_index", index.to_string())];
    bench.form(&format!("{url}/upload/chunk"), &texts, "file", "chunk", bytes.to_vec()).await.0
}

/// Loads what was uploaded; what the poll says in the end.
async fn load(bench: &Bench, event: &str) -> (u16, Value) {
    let body = json!({"event_id": event, "region": "here"});
    let asked = bench.send("POST", &apps("package_build/tar-image/load"), body).await;
    let Some(id) = asked.1["data"]["bean"]["load_id"].as_str().map(str::to_owned) else { return asked };
    bench.cluster.settled().await;
    (200, bench.get(&format!("{}?region=here", apps(&format!("package_build/tar-image/load/{id}")))).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_image_arrives_in_chunks_and_is_named_after_the_registry() {
    let bench = Bench::start(Era::V6_9_8).await;
    let (event, url) = place(&bench).await;
    let mut bytes = image(&image_name("web"), "amd64");
    bytes.resize(bytes.len() + 2 * MIB, 0);
    let (_, begun) = init(&bench, &url, "img.tar", bytes.len()).await;
    let session = begun["bean"]["session_id"].as_str().unwrap().to_owned();
    assert_eq!(begun["bean"]["total_chunks"], 3);
    let pieces: Vec<&[u8]> = bytes.chunks(MIB).collect();
    assert_eq!(chunk(&bench, &url, &session, 2, pieces[2]).await, 200);
    assert_eq!(chunk(&bench, &url, &session, 3, pieces[2]).await, 500, "no such chunk");
    // The same file is found again, and nothing tells which chunks are there.
    let (_, again) = init(&bench, &url, "img.tar", bytes.len()).await;
    assert_eq!((&again["bean"]["session_id"], &again["bean"]["uploaded_chunks"]), (&json!(session), &json!([])));
    for index in [0, 1] {
        assert_eq!(chunk(&bench, &url, &session, index, pieces[index]).await, 200);
    }
    let done = bench.send("POST", &format!("{url}/upload/complete"), json!({"session_id": session})).await;
    assert_eq!(done.1["bean"]["status"], "completed");
    assert_eq!(chunk(&bench, &url, &session, 0, pieces[0]).await, 500, "it is over");

    let (_, state) = load(&bench, &event).await;
    let bean = &state["data"]["bean"];
    assert_eq!(bean["status"], "success", "{bean}");
    let target = bean["target_images"][image_name("web")].as_str().unwrap();
    let without_host = image_name("web").split_once('/').unwrap().1.to_owned();
    let team = bench.cluster.inspect().teams[0].namespace.clone();
    assert_eq!(target, format!("goodrain.me/{team}/{without_host}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_one_whole_image_is_refused() {
    let bench = Bench::start(Era::V6_9_8).await;
    let (event, url) = place(&bench).await;
    assert_eq!(load(&bench, &event).await.0, 400, "nothing arrived");
    let (status, _) = bench.send("POST", &format!("{url}/upload/init"), json!({"file_name": "a.tar"})).await;
    assert_eq!(status, 400, "no size");
    let wrong = json!({"file_name": "a.tar", "file_size": 5, "chunk_size": 1000});
    assert_eq!(bench.send("POST", &format!("{url}/upload/init"), wrong).await.0, 500, "chunks too small");
    let (_, begun) = init(&bench, &url, "a.tar", 2 * MIB).await;
    let session = begun["bean"]["session_id"].clone();
    let done = bench.send("POST", &format!("{url}/upload/complete"), json!({"session_id": session})).await;
    assert_eq!(done.0, 500, "chunks are missing");
    let status = bench.get(&format!("{url}/upload/status/{}", session.as_str().unwrap())).await;
    assert_eq!(status["bean"]["status"], "failed");
    let path = format!("{url}/upload/{}", session.as_str().unwrap());
    assert_eq!(bench.send("DELETE", &path, json!({})).await.0, 200);
    assert_eq!(bench.send("DELETE", &path, json!({})).await.0, 500);

    for name in ["a.tar", "b.tar"] {
        let sent = bench.form(&url, &[], "packageTarFile", name, image(&image_name("web"), "amd64")).await;
        assert_eq!(sent.0, 200, "{}", sent.1);
    }
    assert_eq!(load(&bench, &event).await.0, 400, "two files");
    let (event, url) = place(&bench).await;
    bench.form(&url, &[], "packageTarFile", "a.tar", b"no tar at all".to_vec()).await;
    assert_eq!(load(&bench, &event).await.1["data"]["bean"]["status"], "failure");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_guesses_once_and_only_a_build_tells_the_region() {
    let bench = Bench::start(Era::V6_9_8).await;
    let app = bench.app("商城", "shop").await;
    let new = |image: &str| {
        json!({"group_id": app, "service_cname": "前端", "docker_cmd": image, "image_type": "docker_image",
            "k8s_component_name": "", "arch": "amd64"})
    };
    let (status, made) = bench.send("POST", &apps("docker_run"), new("goodrain.me/nobody/web:1")).await;
    assert_eq!((status, &made["data"]["bean"]["create_status"]), (200, &json!("creating")));
    let alias = made["data"]["bean"]["service_alias"].as_str().unwrap().to_owned();
    let check = format!("{}/check", apps(&alias));
    let uuid = bench.send("POST", &check, json!({})).await.1["data"]["bean"]["check_uuid"].clone();
    let seen = bench.get(&format!("{check}?check_uuid={}", uuid.as_str().unwrap())).await;
    assert_eq!(seen["data"]["bean"]["check_status"], "failure", "the registry has no such image");
    assert_eq!(bench.components(app)[0].status, "creating");
    let built = bench.send("POST", &format!("{}/build", apps(&alias)), json!({"is_deploy": false})).await;
    assert_eq!((built.0, bench.components(app)[0].status.as_str()), (200, "undeploy"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_older_platform_knows_none_of_it() {
    let bench = Bench::start(Era::V5_17_3).await;
    let (status, _) = bench.send("POST", &apps("package_build/record"), json!({"region": "here"})).await;
    assert_eq!(status, 404);
}
