//! The demo world, from outside: it starts quickly, comes back as it was, and its sites refuse as they should.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Instant;

use rainferry_sandbox::{Fault, Hits, Pace, Server, Site, Trouble, World};
use serde_json::{Value, json};

const MIB: u64 = 1024 * 1024;

struct Client {
    http: reqwest::Client,
    url: String,
    token: String,
    region: String,
}

impl Client {
    async fn login(url: &str, region: &str, user: &str, password: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().user_agent("test").build().unwrap();
        let form = [("nick_name", user), ("password", password)];
        let body: Value =
            http.post(format!("{url}/console/users/login")).form(&form).send().await.unwrap().json().await.unwrap();
        let token = body["data"]["bean"]["token"].as_str().unwrap().to_owned();
        Self { http, url: url.to_owned(), token, region: region.to_owned() }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.http.request(method, format!("{}/console{path}", self.url));
        let request = request.header("Authorization", format!("GRJWT {}", self.token));
        request.header("X-Region-Name", &self.region).json(&body).send().await.unwrap().json().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.call("GET", path, json!({})).await
    }

    /// What a poll of a migration says.
    async fn polled(&self, team: &str, app: u64, restore_id: &str) -> String {
        let body = self.get(&format!("/teams/{team}/groupapp/{app}/migrate?restore_id={restore_id}")).await;
        body["data"]["bean"]["status"].as_str().unwrap().to_owned()
    }
}

async fn client(world: &World, name: &str) -> Client {
    let cluster = world.clusters().into_iter().find(|cluster| cluster.name == name).unwrap();
    Client::login(&cluster.console_url, name, &cluster.user, &cluster.password).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_starts_quickly_and_comes_back_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let world = World::start(dir.path(), Pace::QUICK).await.unwrap();
    let took = begun.elapsed();
    eprintln!("first start took {took:?}");
    let state = world.cluster("beijing").unwrap().inspect();
    let shop = state.backups.iter().find(|backup| backup.note.contains("迁移上海前")).unwrap();
    assert_eq!(shop.status, "success");
    assert!(u64::try_from(shop.backup_size).unwrap() >= 96 * MIB, "{}", shop.backup_size);
    let store = world.cluster("beijing").unwrap();
    let key = shop.source_dir.rsplit('/').next().unwrap();
    let (size, tag) = store.objects().head("rainbond-backup", key).await.unwrap().unwrap();
    assert_eq!(size, u64::try_from(shop.backup_size).unwrap());
    assert!(tag.contains('-'), "{tag}");
    assert!(state.backups.iter().any(|backup| state.app(backup.app_id).is_none()));
    let before = world.info();
    world.set_site(Site::Factory).await.unwrap();
    world.stop().await;

    let begun = Instant::now();
    let world = World::start(dir.path(), Pace::QUICK).await.unwrap();
    eprintln!("second start took {:?}", begun.elapsed());
    let after = world.info();
    assert_eq!((after.site, &after.clusters), (Site::Factory, &before.clusters));
    assert_eq!(after.control_url, before.control_url);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sample_behaves_as_the_published_platform() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(dir.path(), Pace::QUICK).await.unwrap();
    let beijing = client(&world, "beijing").await;
    let state = world.cluster("beijing").unwrap().inspect();
    let wiki = state.apps.iter().find(|app| app.name == "wiki").unwrap();
    let crm = state.apps.iter().find(|app| app.name == "客户系统").unwrap();
    let archive = state.apps.iter().find(|app| app.name == "文件归档").unwrap();
    let team = state.teams[0].name.clone();
    let refuse = async |app: u64| {
        let body = json!({"note": "n", "mode": "full-online"});
        beijing.call("POST", &format!("/teams/{team}/groupapp/{app}/backup"), body).await["code"].clone()
    };
    assert_eq!((refuse(crm.id).await, refuse(archive.id).await), (json!(4121), json!(4122)));

    let backup = state.backups.iter().rev().find(|row| row.app_id == wiki.id).unwrap();
    let body = json!({"team": team, "region": "beijing", "backup_id": backup.backup_id, "migrate_type": "migrate"});
    let started = beijing.call("POST", &format!("/teams/{team}/groupapp/{}/migrate", wiki.id), body).await;
    let bean = &started["data"]["bean"];
    let cluster = world.cluster("beijing").unwrap();
    cluster.faults().switch(|switches| switches.sends_component_name = true);
    cluster.settled().await;
    assert_eq!(beijing.polled(&team, wiki.id, bean["restore_id"].as_str().unwrap()).await, "success");
    let state = cluster.inspect();
    let copy = state.components_of(bean["group_id"].as_u64().unwrap()).next().unwrap();
    assert_eq!(copy.name, "知识库-copy");
    let files = cluster.volume_files(&copy.service_id);
    assert_eq!(files.len(), 3, "{files:?}");
    assert!(copy.volumes.iter().any(|volume| volume.content.as_deref().is_some_and(|text| text.contains("zh-CN"))));

    let info = world.info();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let moved = http.post(format!("{}/site", info.control_url)).json(&json!({"site": "factory"})).send().await.unwrap();
    assert!(moved.status().is_success());
    assert!(http.get(&info.clusters[0].console_url).send().await.is_err());
    assert!(http.get(&info.clusters[0].store.endpoint).send().await.is_err());
    assert!(http.get(&info.clusters[2].console_url).send().await.is_ok());
    world.stop().await;
}

/// The wiki's package on a v6 cluster under the record's uuid; what becomes of it.
async fn wiki_on_shanghai(world: &World, repair: bool) -> (String, usize) {
    let source = world.cluster("beijing").unwrap();
    let state = source.inspect();
    let wiki = state.apps.iter().find(|app| app.name == "wiki").unwrap();
    let backup = state.backups.iter().rev().find(|row| row.app_id == wiki.id).unwrap();
    let beijing = client(world, "beijing").await;
    let ticket = beijing
        .http
        .get(format!(
            "{}/console/teams/{}/groupapp/{}/backup/export?backup_id={}",
            beijing.url, state.teams[0].name, wiki.id, backup.backup_id
        ))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    let shanghai = client(world, "shanghai").await;
    let team = "ops3x9qa";
    let name = if repair { "repaired" } else { "plain" };
    let app = shanghai.call("POST", &format!("/teams/{team}/groups"), json!({"app_name": name, "k8s_app": name})).await;
    let app = app["data"]["bean"]["group_id"].as_u64().unwrap();
    let part = reqwest::multipart::Part::bytes(ticket.to_vec()).file_name("wiki.bak");
    let imported: Value = shanghai
        .http
        .post(format!("{}/console/teams/{team}/groupapp/{app}/backup/import?region_name=shanghai", shanghai.url))
        .header("Authorization", format!("GRJWT {}", shanghai.token))
        .multipart(reqwest::multipart::Form::new().part("file", part))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let bean = &imported["data"]["bean"];
    let file = backup.source_dir.rsplit('/').next().unwrap();
    if repair {
        let package = source.objects().get("rainbond-backup", file).await.unwrap();
        let key = format!("backup/{}/{file}", bean["group_uuid"].as_str().unwrap());
        world.cluster("shanghai").unwrap().objects().put("shanghai-backup", &key, package).await.unwrap();
    }
    let target = world.cluster("shanghai").unwrap();
    target.faults().switch(|switches| switches.sends_component_name = true);
    let body = json!({"team": team, "region": "shanghai", "backup_id": bean["backup_id"], "migrate_type": "recover"});
    let started = shanghai.call("POST", &format!("/teams/{team}/groupapp/{app}/migrate"), body).await;
    let restore = started["data"]["bean"]["restore_id"].as_str().unwrap().to_owned();
    target.settled().await;
    let status = shanghai.polled(team, app, &restore).await;
    let state = target.inspect();
    let files = state.components_of(app).map(|row| target.volume_files(&row.service_id).len()).sum();
    (status, files)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_v5_package_with_data_loses_it_silently_on_v6() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(dir.path(), Pace::QUICK).await.unwrap();
    // Without the object under the new uuid the record never leaves `starting`.
    assert_eq!(wiki_on_shanghai(&world, false).await, ("starting".to_owned(), 0));
    assert_eq!(wiki_on_shanghai(&world, true).await, ("success".to_owned(), 0));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_hit_the_calls_they_are_meant_for() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::start(dir.path(), Pace::QUICK).await.unwrap();
    let cluster = world.cluster("factory").unwrap();
    world.set_site(Site::Factory).await.unwrap();
    let factory = client(&world, "factory").await;
    cluster.faults().set(Fault::console("GET", "/console/users/*", Hits::Nth(2), Trouble::Fail { status: 503 }));
    cluster.faults().set(Fault::console(
        "GET",
        "/console/enterprise/**",
        Hits::Always,
        Trouble::Cut { after_bytes: 0 },
    ));
    let status = async |path: &str| {
        let request = factory.http.get(format!("{}{path}", factory.url));
        let request = request.header("Authorization", format!("GRJWT {}", factory.token));
        request.send().await.map(|answer| answer.status().as_u16())
    };
    let path = "/console/users/details";
    assert_eq!(status(path).await.unwrap(), 200);
    assert_eq!(status(path).await.unwrap(), 503);
    assert_eq!(status(path).await.unwrap(), 200);
    assert!(status("/console/enterprise/x/info").await.is_err());
    assert_eq!(cluster.faults().count(Server::Console, "GET", path), 3);
    cluster.faults().clear();
    assert_eq!(status("/console/enterprise/x/info").await.unwrap(), 500);
    cluster.faults().switch(|switches| switches.tokens_end_before = i64::MAX);
    assert_eq!(status(path).await.unwrap(), 401);
    world.stop().await;
}
