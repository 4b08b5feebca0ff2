//! The era v5.2, which nobody recorded: what protocol.md says it does otherwise, asked of the sandbox over HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rainferry_sandbox::{Cluster, ClusterSpec, Era, SampleName, Seed};
use serde_json::{Value, json};

struct Bench {
    cluster: Cluster,
    http: reqwest::Client,
    token: String,
    team: String,
    _dir: tempfile::TempDir,
}

impl Bench {
    async fn start(era: Era) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let spec = ClusterSpec::new("beijing", era, dir.path()).with_seed(Seed::Sample(SampleName::Beijing));
        let cluster = Cluster::start(spec).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().user_agent("test").build().unwrap();
        let (user, password) = cluster.admin();
        let login = http.post(format!("{}/console/users/login", cluster.console_url()));
        let login = login.form(&[("nick_name", user), ("password", password)]).send().await.unwrap();
        let login: Value = login.json().await.unwrap();
        let token = format!("GRJWT {}", login["data"]["bean"]["token"].as_str().unwrap());
        let team = cluster.inspect().teams[0].name.clone();
        Self { cluster, http, token, team, _dir: dir }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/console/teams/{}/{path}", self.cluster.console_url(), self.team);
        self.http.request(method, url).header("Authorization", &self.token)
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let answer = self.request(method, path).header("X-Region-Name", "beijing").json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }
}

#[tokio::test]
async fn the_region_is_read_from_headers_and_cookies_only() {
    let bench = Bench::start(Era::V5_2_2).await;
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    assert_eq!(status(bench.request("GET", "apps?region_name=beijing")).await, 400);
    assert_eq!(status(bench.request("GET", "apps").header("X-Region-Name", "beijing")).await, 200);
    assert_eq!(status(bench.request("GET", "apps").header("X_REGION_NAME", "beijing")).await, 200);
    assert_eq!(status(bench.request("GET", "apps").header("Cookie", "team=x; region_name=beijing")).await, 200);
    bench.cluster.stop().await;
}

#[tokio::test]
async fn apps_are_named_by_the_old_fields_and_tell_no_state() {
    let bench = Bench::start(Era::V5_2_2).await;
    let (status, _) = bench.ask("POST", "groups", json!({"app_name": "new", "k8s_app": "new"})).await;
    assert_eq!(status, 400);
    let (status, made) = bench.ask("POST", "groups", json!({"group_name": "new", "group_note": "n"})).await;
    assert_eq!((status, made["data"]["bean"]["group_name"].as_str()), (200, Some("new")));
    assert!(made["data"]["bean"].get("k8s_app").is_none());
    let (_, apps) = bench.ask("GET", "apps?page=1&page_size=100", json!({})).await;
    assert!(apps["data"]["list"].as_array().unwrap().iter().all(|app| app.get("status").is_none()));
    let full = apps["data"]["list"].as_array().unwrap().iter().find(|app| app["services_num"] != 0).unwrap();
    assert_eq!(bench.ask("DELETE", &format!("groups/{}", full["group_id"]), json!({})).await.0, 400);
    assert_eq!(bench.ask("GET", &format!("groups/{}/status", full["group_id"]), json!({})).await.0, 404);
    bench.cluster.stop().await;
}

/// What a ticket of one era says in another (protocol.md §5.2).
#[tokio::test]
async fn tickets_are_of_the_byte_form_and_no_other_is_read() {
    let (old, new) = (Bench::start(Era::V5_2_2).await, Bench::start(Era::V5_17_3).await);
    let exported = async |bench: &Bench| {
        let state = bench.cluster.inspect();
        let row = state.backups.iter().find(|row| state.app(row.app_id).is_some()).unwrap();
        let path = format!("groupapp/{}/backup/export?backup_id={}", row.app_id, row.backup_id);
        let answer = bench.request("GET", &path).send().await.unwrap();
        let named = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        (named, answer.bytes().await.unwrap().to_vec())
    };
    let take = async |bench: &Bench, name: &str, ticket: &[u8]| {
        let (_, made) =
            bench.ask("POST", "groups", json!({"group_name": name, "app_name": name, "k8s_app": name})).await;
        let id = made["data"]["bean"]["group_id"].as_u64().unwrap();
        let part = reqwest::multipart::Part::bytes(ticket.to_vec()).file_name("a.bak");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = bench.request("POST", &format!("groupapp/{id}/backup/import"));
        request.header("X-Region-Name", "beijing").multipart(form).send().await.unwrap().status().as_u16()
    };
    let ((old_name, from_old), (new_name, from_new)) = (exported(&old).await, exported(&new).await);
    assert!(old_name.contains("filename=\"") && new_name.contains("filename*=UTF-8''"), "{old_name} {new_name}");
    assert_eq!(take(&old, "a", &from_old).await, 200);
    assert_eq!(take(&old, "b", &from_new).await, 500);
    assert_eq!(take(&new, "a", &from_old).await, 200);
    assert_eq!(take(&new, "b", &from_new).await, 200);
    old.cluster.stop().await;
    new.cluster.stop().await;
}

#[tokio::test]
async fn crashes_are_web_pages_and_a_second_backup_is_a_plain_refusal() {
    let bench = Bench::start(Era::V5_2_2).await;
    let answer = bench.request("GET", "groupapp/backup?group_id=x").header("X-Region-Name", "beijing");
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 500);
    assert!(answer.text().await.unwrap().starts_with("<h1>"));
    bench.cluster.faults().switch(|switches| switches.hold_builder = true);
    let state = bench.cluster.inspect();
    let app = state.apps.iter().find(|app| state.components_of(app.id).all(|row| !row.is_stateful())).unwrap();
    let body = json!({"note": "n", "mode": "full-online", "force": true});
    let path = format!("groupapp/{}/backup", app.id);
    assert_eq!(bench.ask("POST", &path, body.clone()).await.0, 200);
    assert_eq!(bench.ask("POST", &path, body).await.0, 400);
    bench.cluster.faults().switch(|switches| switches.hold_builder = false);
    bench.cluster.settled().await;
    bench.cluster.stop().await;
}

#[tokio::test]
async fn backups_are_kept_from_those_without_the_right() {
    for (era, expected) in [(Era::V5_2_2, 403), (Era::V5_17_3, 403), (Era::V6_9_8, 404)] {
        let mut bench = Bench::start(era).await;
        let login = bench.http.post(format!("{}/console/users/login", bench.cluster.console_url()));
        let login = login.form(&[("nick_name", "zhaolei"), ("password", "rainferry-demo")]).send().await.unwrap();
        let login: Value = login.json().await.unwrap();
        bench.token = format!("GRJWT {}", login["data"]["bean"]["token"].as_str().unwrap());
        let (status, _) = bench.ask("DELETE", "groupapp/1/backup", json!({"backup_id": "none"})).await;
        assert_eq!(status, expected, "{era:?}");
        bench.cluster.stop().await;
    }
}

/// The keys that protocol.md §6.3, §6.4 and §8.7 date after v5.2.
#[tokio::test]
async fn a_package_names_nothing_that_came_later() {
    const LATER: &[&str] = &[
        "component_id",
        "app_config_group_info",
        "http_rule_configs",
        "component_graphs",
        "service_monitors",
        "component_k8s_attributes",
        "k8s_component_name",
        "job_strategy",
        "arch",
        "dockerfile",
        "build_strategy",
        "k8s_app",
    ];
    let bench = Bench::start(Era::V5_2_2).await;
    let objects = bench.cluster.objects();
    let bucket = bench.cluster.store().bucket;
    let listed = objects.list(&bucket, "").await.unwrap();
    // Flat keys, as in every E1 to E5 (§6.7).
    assert!(!listed.is_empty() && listed.iter().all(|(key, _)| !key.contains('/')), "{listed:?}");
    let package = objects.get(&bucket, &listed[0].0).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    std::fs::write(&path, package).unwrap();
    let list = std::process::Command::new("unzip").arg("-p").arg(&path).arg("*_apps_metadata.json").output().unwrap();
    let text = String::from_utf8(list.stdout).unwrap();
    assert!(text.contains("service_cname") && text.contains("service_alias"));
    for key in LATER {
        assert!(!text.contains(&format!("\"{key}\"")), "{key}");
    }
    bench.cluster.stop().await;
}
