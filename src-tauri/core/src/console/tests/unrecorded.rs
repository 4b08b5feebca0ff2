//! Calls that no recording shows: images into a registry (rebuild.md §7.1) and templates of running apps (protocol.md §11.2).
//! What is sent is held to the paragraphs; answers are as their sources write them.

use super::super::certificates::Certificate;
use super::super::package_build::{CheckState, LoadState, NewComponent, NewSession};
use super::super::plugins::{NewPlugin, PluginSetting};
use super::super::resources::{JobStrategy, Monitor};
use super::super::routes::{Backend, HttpRoute, RouteMatch, RouteSpec};
use super::super::share::{ExportState, Opened, ShareAs};
use super::super::upload::Upstream;
use super::super::{ConsoleError, Scope};
use super::stage::{Answer, Asked, Server, ctx};
use crate::ids::AppId;
use crate::secret::Secret;
use bytes::Bytes;
use futures::TryStreamExt;
use serde_json::{Value, json};

const EVENTS: &str = "/console/regions/two/websocket/package_build/component/events/e1";

fn scope() -> Scope {
    Scope::new("team1", "two")
}

fn to() -> Upstream<'static> {
    Upstream { url: EVENTS, region_address: None }
}

/// A console that gives one answer to everything but the login.
async fn answering(answer: Answer) -> Server {
    Server::start(
        move |asked| if asked.path.ends_with("/users/login") { Answer::login("t0ken") } else { answer.clone() },
    )
    .await
}

/// What a region says, with nothing around it.
fn plain(bean: &Value) -> Answer {
    Answer::json(200, &json!({ "bean": bean }))
}

fn last(server: &Server) -> Asked {
    server.asked().pop().unwrap()
}

#[tokio::test]
async fn an_image_gets_a_place_of_its_own() {
    let server =
        answering(Answer::bean(&json!({"event_id": "e1", "upload_url": EVENTS, "status": "unfinished"}))).await;
    let record = server.client().create_upload(&ctx(), &scope()).await.unwrap();
    assert_eq!((record.event_id.as_str(), record.upload_url.as_str()), ("e1", EVENTS));
    let sent = last(&server);
    assert_eq!(sent.path, "/console/teams/team1/apps/package_build/record");
    assert_eq!(sent.json(), json!({"region": "two", "component_id": ""}));
}

#[tokio::test]
async fn an_upload_in_chunks_is_found_again_with_what_is_there() {
    let session = json!({"session_id": "s1", "chunk_size": 5, "total_chunks": 3, "uploaded_chunks": [0, 2], "status": "uploading"});
    let server = answering(plain(&session)).await;
    let new = NewSession { file_name: "web.tar".into(), file_size: 12, file_md5: String::new(), chunk_size: 5 };
    let found = server.client().open_session(&ctx(), to(), &new).await.unwrap();
    assert_eq!((found.session_id.as_str(), found.total_chunks, found.uploaded_chunks), ("s1", 3, vec![0, 2]));
    let sent = last(&server);
    assert_eq!((sent.method.as_str(), sent.path.clone()), ("POST", format!("{EVENTS}/upload/init")));
    assert_eq!(sent.header("authorization"), Some("GRJWT t0ken"));
    assert_eq!(sent.json()["file_name"], "web.tar");
    assert_eq!(sent.json()["file_size"], 12);
    assert_eq!(sent.json()["chunk_size"], 5);
}

#[tokio::test]
async fn a_session_without_a_name_is_none() {
    let server = answering(plain(&json!({}))).await;
    let new = NewSession { file_name: "web.tar".into(), file_size: 12, file_md5: String::new(), chunk_size: 0 };
    let found = server.client().open_session(&ctx(), to(), &new).await;
    assert!(matches!(found, Err(ConsoleError::BadAnswer { .. })), "{found:?}");
}

#[tokio::test]
async fn a_chunk_is_a_form_of_its_session_its_number_and_its_bytes() {
    let server = answering(plain(&json!({"session_id": "s1", "chunk_index": 1, "uploaded_chunks": [0, 1]}))).await;
    let after = server.client().send_chunk(&ctx(), to(), "s1", 1, Bytes::from_static(b"bytes")).await.unwrap();
    assert_eq!(after.uploaded_chunks, [0, 1]);
    let sent = last(&server);
    assert_eq!(sent.path, format!("{EVENTS}/upload/chunk"));
    let body = String::from_utf8(sent.body).unwrap();
    for part in [
        "name=\"session_id\"\r\n\r\ns1\r\n",
        "name=\"chunk_index\"\r\n\r\n1\r\n",
        "name=\"file\"; filename=",
        "\r\n\r\nbytes\r\n",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
}

#[tokio::test]
async fn an_upload_is_watched_ended_and_given_up_below_its_place() {
    let server = answering(plain(&json!({"session_id": "s1", "chunk_size": 5, "status": "uploading"}))).await;
    let (console, ctx) = (server.client(), ctx());
    console.session(&ctx, to(), "s1").await.unwrap();
    console.close_session(&ctx, to(), "s1").await.unwrap();
    console.drop_session(&ctx, to(), "s1").await.unwrap();
    let sent: Vec<(String, String)> = server.asked().into_iter().map(|asked| (asked.method, asked.path)).collect();
    let expected = [("GET", "/upload/status/s1"), ("POST", "/upload/complete"), ("DELETE", "/upload/s1")]
        .map(|(method, path)| (method.to_owned(), format!("{EVENTS}{path}")));
    assert_eq!(sent[1..], expected);
}

#[tokio::test]
async fn what_a_region_refuses_is_told() {
    let server =
        answering(Answer::json(500, &json!({"msg": "Failed to complete upload: not all chunks uploaded"}))).await;
    let done = server.client().close_session(&ctx(), to(), "s1").await;
    let Err(ConsoleError::Refused(refusal)) = done else { panic!("{done:?}") };
    assert_eq!(refusal.said.as_deref(), Some("Failed to complete upload: not all chunks uploaded"));
}

#[tokio::test]
async fn an_image_is_loaded_and_its_new_name_is_told() {
    let server = answering(Answer::bean(&json!({"event_id": "e1", "load_id": "l1", "status": "loading"}))).await;
    assert_eq!(server.client().load_image(&ctx(), &scope(), "e1").await.unwrap(), "l1");
    assert_eq!(last(&server).json(), json!({"event_id": "e1", "region": "two"}));
    let check = |bean: Value, state: LoadState, target: Option<&'static str>| async move {
        let server = answering(Answer::bean(&bean)).await;
        let load = server.client().image_load(&ctx(), &scope(), "l1").await.unwrap();
        assert_eq!((load.state, load.targets.get("web:1").map(String::as_str)), (state, target));
        assert_eq!(last(&server).path, "/console/teams/team1/apps/package_build/tar-image/load/l1");
        assert_eq!(last(&server).query("region"), Some("two"));
    };
    check(json!({"status": "loading", "message": ""}), LoadState::Loading, None).await;
    let done = json!({"status": "success", "images": ["web:1"], "target_images": {"web:1": "hub/ns/web:1"}});
    check(done, LoadState::Success, Some("hub/ns/web:1")).await;
    check(json!({"status": "partial_success", "target_images": null}), LoadState::PartialSuccess, None).await;
    check(json!({"status": "failure", "message": "no"}), LoadState::Failure, None).await;
}

#[tokio::test]
async fn a_component_is_made_of_an_image_and_its_password_is_not_told() {
    let echo = json!({"code": 400, "msg": "bad", "msg_show": "cannot log in with hunter2-pass"});
    let server = answering(Answer::json(400, &echo)).await;
    let new = NewComponent {
        app: AppId(7),
        name: "前端".into(),
        k8s_component_name: "web".into(),
        image: "hub/ns/web:1".into(),
        arch: "amd64".into(),
        registry: Some(("robot".into(), Secret::new("hunter2-pass"))),
    };
    let made = server.client().create_component(&ctx(), &scope(), &new).await;
    assert!(!format!("{made:?}{new:?}").contains("hunter2"), "{made:?}");
    let sent = last(&server);
    assert_eq!(sent.path, "/console/teams/team1/apps/docker_run");
    let expected = json!({
        "group_id": 7, "service_cname": "前端", "docker_cmd": "hub/ns/web:1", "image_type": "docker_image",
        "k8s_component_name": "web", "arch": "amd64", "user_name": "robot", "password": "hunter2-pass",
    });
    assert_eq!(sent.json(), expected);
}

#[tokio::test]
async fn a_check_is_asked_for_and_read() {
    let server = answering(Answer::bean(&json!({"check_uuid": "c1"}))).await;
    assert_eq!(server.client().check_component(&ctx(), &scope(), "gr1").await.unwrap(), "c1");
    let check = |bean: Value, expected: CheckState| async move {
        let server = answering(Answer::bean(&bean)).await;
        assert_eq!(server.client().component_check(&ctx(), &scope(), "gr1", "c1").await.unwrap(), expected);
        assert_eq!(last(&server).query("check_uuid"), Some("c1"));
    };
    check(json!({"check_status": "checking", "error_infos": null}), CheckState::Checking).await;
    check(json!({"check_status": "success", "error_infos": []}), CheckState::Passed).await;
    let failed =
        json!({"check_status": "failure", "error_infos": [{"error_type": "x", "error_info": "no such image"}]});
    check(failed, CheckState::Failed { reasons: vec!["no such image".into()] }).await;
}

#[tokio::test]
async fn keys_and_settings_are_hidden_wherever_they_come_back() {
    let key = "-----BEGIN PRIVATE KEY-----\nhunter2AAAABBBBCCCC\n-----END PRIVATE KEY-----";
    let echo = json!({"code": 400, "msg": "x", "msg_show": "cannot read hunter2AAAABBBBCCCC of https-job"});
    let server = answering(Answer::json(400, &echo)).await;
    let (console, ctx, scope) = (server.client(), ctx(), scope());
    let certificate = Certificate {
        alias: "shop".into(),
        kind: "服务端证书".into(),
        chain: Secret::new("PEM"),
        key: Secret::new(key),
    };
    let refused = console.create_certificate(&ctx, &scope, &certificate).await;
    assert!(!format!("{refused:?}{certificate:?}").contains("hunter2"), "{refused:?}");
    let setting = PluginSetting { name: "RBM_JOB".into(), value: Secret::new("hunter2AAAABBBBCCCC") };
    let refused = console.set_plugin_settings(&ctx, &scope, "gr1", "p1", std::slice::from_ref(&setting)).await;
    assert!(!format!("{refused:?}{setting:?}").contains("hunter2"), "{refused:?}");
    let expected = json!({"undefine_env": {"service_meta_type": "un_define", "injection": "env",
        "config": [{"attr_name": "RBM_JOB", "attr_value": "hunter2AAAABBBBCCCC"}]}});
    assert_eq!(last(&server).json(), expected);
    let plugin = NewPlugin {
        alias: "数据".into(),
        category: "init-plugin".into(),
        image: "hub/helper:1".into(),
        note: "n".into(),
        build_cmd: String::new(),
        memory: 512,
        cpu: 250,
        registry: Some(("robot".into(), Secret::new("hunter2AAAABBBBCCCC"))),
    };
    let refused = console.create_plugin(&ctx, &scope, &plugin).await;
    assert!(!format!("{refused:?}{plugin:?}").contains("hunter2"), "{refused:?}");
}

#[tokio::test]
async fn a_route_that_the_platform_would_stumble_over_is_not_sent() {
    let server = answering(Answer::bean(&json!({"name": "x"}))).await;
    let spec = RouteSpec { backends: vec![Backend::default()], ..RouteSpec::default() };
    assert!(server.client().create_http_route(&ctx(), &scope(), AppId(1), "gr1", &spec).await.is_err());
    assert!(server.asked().is_empty());
}

#[test]
fn routes_of_one_host_and_first_path_are_one() {
    let spec = |host: &str, path: &str| {
        let matches = RouteMatch { hosts: vec![host.into()], paths: vec![path.into()], ..RouteMatch::default() };
        RouteSpec { matches, ..RouteSpec::default() }
    };
    let there = HttpRoute { spec: spec("a.test", "/*"), ..HttpRoute::default() };
    assert!(there.clashes_with(&spec("a.test", "/*")));
    assert!(!there.clashes_with(&spec("b.test", "/*")));
    assert!(!there.clashes_with(&spec("a.test", "/api/*")));
}

#[tokio::test]
async fn a_share_is_opened_filled_driven_and_closed() {
    let server = Server::start(|asked| match (asked.method.as_str(), asked.path.rsplit('/').next().unwrap()) {
        (_, "login") => Answer::login("t"),
        ("POST", "record") => Answer::bean(&json!({"ID": 5, "step": 1})),
        ("GET", "info") => Answer::bean(&json!({"share_service_list": [{"service_id": "s"}], "share_plugin_list": []})),
        ("GET", "events") => Answer::bean(&json!({"event_list": [
            {"ID": 1, "event_status": "not_start", "type": "service"}, {"ID": 2, "event_status": "success", "type": "plugin"},
        ]})),
        ("GET", _) => Answer::bean(&json!({"ID": 1, "event_status": "success"})),
        _ => Answer::bean(&json!({})),
    })
    .await;
    let (console, ctx, scope) = (server.client(), ctx(), scope());
    let share = console.open_share(&ctx, &scope, AppId(9)).await.unwrap();
    let contents = console.share_contents(&ctx, &scope, share).await.unwrap();
    let into = ShareAs { template: "k".into(), version: "1.0".into(), note: "n".into() };
    console.fill_share(&ctx, &scope, share, &into, &contents).await.unwrap();
    assert_eq!(last(&server).json()["app_version_info"]["app_model_id"], "k");
    assert_eq!(last(&server).json()["share_service_list"], json!([{"service_id": "s"}]));
    let events = console.share_events(&ctx, &scope, share).await.unwrap();
    for event in &events {
        console.start_share_event(&ctx, &scope, share, event).await.unwrap();
        assert_eq!(console.share_event(&ctx, &scope, share, event).await.unwrap().status, "success");
    }
    console.close_share(&ctx, &scope, share).await.unwrap();
    let paths: Vec<String> =
        server.asked().into_iter().skip(1).map(|asked| format!("{} {}", asked.method, asked.path)).collect();
    let share = "/console/teams/team1/share/5";
    let expected = [
        "POST /console/teams/team1/groups/9/share/record".to_owned(),
        format!("GET {share}/info"),
        format!("POST {share}/info"),
        format!("GET {share}/events"),
        format!("POST {share}/events/1"),
        format!("GET {share}/events/1"),
        format!("POST {share}/events/2/plugin"),
        format!("GET {share}/events/2/plugin"),
        format!("POST {share}/complete"),
    ];
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn an_app_that_is_gone_is_not_shared() {
    let server =
        answering(Answer::json(200, &json!({"code": 202, "msg": "x", "msg_show": "y", "data": {"bean": {}}}))).await;
    assert!(server.client().open_share(&ctx(), &scope(), AppId(9)).await.is_err());
}

#[tokio::test]
async fn an_export_is_started_watched_and_fetched() {
    let server = answering(Answer::rows(&json!([{"event_id": "e", "status": "exporting"}]), ("total", 1))).await;
    server.client().start_export(&ctx(), "eid", "k", "1.0").await.unwrap();
    assert_eq!(last(&server).json(), json!({"app_id": "k", "app_versions": ["1.0"], "format": "rainbond-app"}));
    let check = |row: Value, expected: ExportState| async move {
        let server = answering(Answer::rows(&json!([{ "rainbond_app": row }]), ("total", 1))).await;
        let export = server.client().export_state(&ctx(), "eid", "k", "1.0").await.unwrap();
        assert_eq!(export.state, expected);
        assert_eq!(last(&server).query("app_version"), Some("1.0"));
    };
    check(json!({"is_export_before": false}), ExportState::None).await;
    check(json!({"is_export_before": true, "status": "exporting", "file_path": null}), ExportState::Exporting).await;
    check(json!({"is_export_before": true, "status": "success", "file_path": "http://r/x"}), ExportState::Success)
        .await;
    check(json!({"is_export_before": true, "status": "failed"}), ExportState::Failed).await;
}

#[tokio::test]
async fn an_export_comes_from_its_region_without_a_token() {
    let region = Server::start(|asked| match asked.path.as_str() {
        "/app/download/rainbond-app/x.tar.gz" => Answer { status: 200, body: b"package".to_vec(), ..Answer::default() },
        _ => Answer { status: 404, ..Answer::default() },
    })
    .await;
    let console = answering(Answer::default()).await.client();
    let url = format!("{}/app/download/rainbond-app/x.tar.gz", region.address);
    let from = Upstream { url: &url, region_address: None };
    let (opened, bytes) = console.download_export(&ctx(), from, 0).await.unwrap();
    let bytes: Vec<Bytes> = bytes.try_collect().await.unwrap();
    assert_eq!((opened, bytes.concat()), (Opened { from: 0, total: Some(7) }, b"package".to_vec()));
    assert_eq!(last(&region).header("authorization"), None);
    let gone = format!("{}/gone", region.address);
    let missing = console.download_export(&ctx(), Upstream { url: &gone, region_address: None }, 0).await.map(|_| ());
    assert!(matches!(missing, Err(ConsoleError::NoSuchCall(_))), "{missing:?}");
}

#[tokio::test]
async fn an_app_is_copied_into_another_one() {
    let server = answering(Answer::bean(&json!({}))).await;
    let to = Scope::new("team2", "three");
    server.client().copy_app(&ctx(), &scope(), AppId(9), &["s1".into()], &to, AppId(11)).await.unwrap();
    let sent = last(&server);
    assert_eq!(sent.path, "/console/teams/team1/groupapp/9/copy");
    let expected = json!({"services": [{"service_id": "s1", "change": {}}], "tar_team_name": "team2",
        "tar_region_name": "three", "tar_group_id": 11});
    assert_eq!(sent.json(), expected);
}

#[tokio::test]
async fn what_a_component_may_use_is_set_call_by_call() {
    let server = answering(Answer::json(200, &json!({"data": {"bean": {}, "list": []}}))).await;
    let (console, ctx, scope) = (server.client(), ctx(), scope());
    console.set_replicas(&ctx, &scope, "gr1", 3).await.unwrap();
    console.set_deploy_type(&ctx, &scope, "gr1", "state_singleton").await.unwrap();
    let monitor = Monitor {
        name: "m".into(),
        service_show_name: "前端".into(),
        port: 9100,
        path: "/metrics".into(),
        interval: "10s".into(),
    };
    console.add_monitor(&ctx, &scope, "gr1", &monitor).await.unwrap();
    let strategy = JobStrategy { schedule: "*/5 * * * *".into(), ..JobStrategy::default() };
    console.set_job_strategy(&ctx, &scope, "gr1", &strategy).await.unwrap();
    let sent: Vec<(String, String, Value)> = server
        .asked()
        .into_iter()
        .skip(1)
        .map(|asked| (asked.method.clone(), asked.path.clone(), asked.json()))
        .collect();
    let expected = [
        ("POST", "horizontal", json!({"new_node": 3})),
        ("PUT", "deploytype", json!({"extend_method": "state_singleton"})),
        ("POST", "service_monitor", json!(monitor)),
        ("PUT", "job_strategy", json!(strategy)),
    ]
    .map(|(method, what, body)| (method.to_owned(), format!("/console/teams/team1/apps/gr1/{what}"), body));
    assert_eq!(sent, expected);
}
