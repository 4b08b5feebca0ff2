//! Restores of real packages, written by the platform's own code: they succeed and fail for the platform's reasons.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use rainferry_sandbox::state::{Backup, RegionBackup};
use rainferry_sandbox::{
    AppPlan, Cluster, ClusterSpec, Era, Fault, Hits, Objects, RegionPlan, Role, Seed, SeedPlan, Server, State,
    StoragePlan, TeamPlan, Trouble,
};
use serde_json::{Value, json};

fn package(folder: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/packages").join(folder);
    let found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    found.into_iter().find(|path| path.extension().is_some_and(|end| end == "zip")).unwrap()
}

fn plan() -> SeedPlan {
    let text = str::to_owned;
    let admin = rainferry_sandbox::UserPlan {
        nick: text("admin"),
        password: text("rainferry-demo"),
        admin: true,
        ..Default::default()
    };
    SeedPlan {
        storage: StoragePlan::Own(text("packages")),
        users: vec![admin],
        regions: vec![RegionPlan::named("here")],
        teams: vec![TeamPlan {
            name: text("team"),
            regions: vec![text("here")],
            members: vec![(text("admin"), Role::Admin)],
            ..Default::default()
        }],
        apps: vec![AppPlan {
            team: text("team"),
            region: text("here"),
            name: text("空"),
            k8s_app: text("blank"),
            ..Default::default()
        }],
        ..Default::default()
    }
}

/// A cluster with an imported record of a real package, the package where its era looks for it.
struct Bench {
    cluster: Cluster,
    http: reqwest::Client,
    _dir: tempfile::TempDir,
}

impl Bench {
    async fn with(era: Era, folder: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let spec = ClusterSpec::new("here", era, dir.path()).with_seed(Seed::Plan(Box::new(plan())));
        let cluster = Cluster::start(spec).await.unwrap();
        let path = package(folder);
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let key = if era.is_v6() { format!("backup/new/{file}") } else { file.clone() };
        cluster.objects().put("packages", &key, std::fs::read(&path).unwrap()).await.unwrap();
        cluster
            .edit(|state| {
                let (source_dir, text) = (format!("/grdata/groupbackup/{file}"), str::to_owned);
                state.backups.push(Backup {
                    id: 1,
                    app_id: 1,
                    group_uuid: text("new"),
                    version: text("20261123005812"),
                    backup_id: text("b1"),
                    tenant_id: state.teams[0].tenant_id.clone(),
                    region: text("here"),
                    status: text("success"),
                    mode: text("full-online"),
                    source_dir: source_dir.clone(),
                    source_type: text("local"),
                    ..Backup::default()
                });
                state.region_backups.push(RegionBackup {
                    backup_id: text("b1"),
                    group_uuid: text("new"),
                    version: text("20261123005812"),
                    region: text("here"),
                    status: text("success"),
                    mode: text("full-online"),
                    source_dir,
                    source_type: text("local"),
                    size: 1,
                });
            })
            .unwrap();
        let http = reqwest::Client::builder().no_proxy().user_agent("test").build().unwrap();
        Self { cluster, http, _dir: dir }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let url = self.cluster.console_url();
        let (user, password) = self.cluster.admin();
        let login = self.http.post(format!("{url}/console/users/login"));
        let login = login.form(&[("nick_name", user), ("password", password)]).send().await.unwrap();
        let login: Value = login.json().await.unwrap();
        let token = login["data"]["bean"]["token"].as_str().unwrap();
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.http.request(method, format!("{url}/console/teams/team/groupapp/1/{path}"));
        let request = request.header("Authorization", format!("GRJWT {token}")).header("X-Region-Name", "here");
        request.json(&body).send().await.unwrap().json().await.unwrap()
    }

    /// Restores the record in place; the record's status after the builder is done, and the rows.
    async fn restored(&self) -> (String, State) {
        let body = json!({"team": "team", "region": "here", "backup_id": "b1", "migrate_type": "recover"});
        let started = self.call("POST", "migrate", body).await;
        let id = started["data"]["bean"]["restore_id"].as_str().unwrap().to_owned();
        self.cluster.settled().await;
        let polled = self.call("GET", &format!("migrate?restore_id={id}"), json!({})).await;
        (polled["data"]["bean"]["status"].as_str().unwrap().to_owned(), self.cluster.inspect())
    }
}

#[tokio::test]
async fn a_real_package_is_restored_from_what_is_in_it() {
    for (era, folder) in [(Era::V6_9_8, "v6-with-volume-data"), (Era::V5_17_3, "v5-no-volume-data")] {
        let bench = Bench::with(era, folder).await;
        let (status, state) = bench.restored().await;
        assert_eq!(status, "success", "{}", state.restores[0].message);
        let mut names: Vec<&str> = state.components_of(1).map(|row| row.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["前端-copy", "数据库-copy"]);
        // The volume's data was in the v6 package, and did not arrive (rainbond v6.9.8 util/comman.go `Unzip`).
        assert!(state.components_of(1).all(|row| bench.cluster.volume_files(&row.service_id).is_empty()));
        bench.cluster.stop().await;
    }
}

#[tokio::test]
async fn without_a_component_name_the_record_fails_and_the_region_keeps_orphans() {
    let bench = Bench::with(Era::V6_9_8, "v6-no-volume-data").await;
    bench.cluster.faults().switch(|switches| switches.sends_component_name = false);
    let (status, state) = bench.restored().await;
    assert_eq!((status.as_str(), state.orphan_services().len()), ("failed", 2));
    assert_eq!(state.components_of(1).count(), 0);
    bench.cluster.stop().await;
}

#[tokio::test]
async fn another_registry_leaves_the_record_starting() {
    let bench = Bench::with(Era::V6_9_8, "v6-no-volume-data").await;
    bench.cluster.edit(|state| state.regions[0].registry = "hub.example.test".to_owned()).unwrap();
    let (status, state) = bench.restored().await;
    assert_eq!(status, "starting");
    assert!(state.restores[0].message.contains("no such image"), "{}", state.restores[0].message);
    bench.cluster.stop().await;
}

#[tokio::test]
async fn metadata_newer_than_the_console_cannot_be_saved() {
    let bench = Bench::with(Era::V5_17_3, "v6-no-volume-data").await;
    assert_eq!(bench.restored().await.0, "failed");
    bench.cluster.stop().await;
}

#[tokio::test]
async fn metadata_beside_the_package_wins_over_that_inside() {
    let bench = Bench::with(Era::V6_9_8, "v6-no-volume-data").await;
    let folder = package("v6-no-volume-data").parent().unwrap().to_owned();
    for file in ["region_apps_metadata.json", "console_apps_metadata.json"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let text = text.replace("\\u524d\\u7aef", "\\u95e8\\u9762");
        let key = format!("backup/new/20261123005812/{file}");
        bench.cluster.objects().put("grdata", &key, text.into_bytes()).await.unwrap();
    }
    let (status, state) = bench.restored().await;
    assert_eq!(status, "success");
    assert!(state.components_of(1).any(|row| row.name == "门面-copy"));
    bench.cluster.stop().await;
}

#[tokio::test]
async fn a_package_damaged_in_the_store_is_refused() {
    let bench = Bench::with(Era::V6_9_8, "v6-no-volume-data").await;
    let objects = bench.cluster.objects();
    let (key, _) = objects.list("packages", "backup/new").await.unwrap().remove(0);
    let mut bytes = objects.get("packages", &key).await.unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 0xff;
    objects.put("packages", &key, bytes).await.unwrap();
    assert_eq!(bench.restored().await.0, "starting");
    bench.cluster.stop().await;
}

#[tokio::test]
async fn store_faults_are_seen_by_clients_and_counted() {
    let bench = Bench::with(Era::V6_9_8, "v6-no-volume-data").await;
    let (key, size) = bench.cluster.objects().list("packages", "backup/new").await.unwrap().remove(0);
    let client = Objects::new(&bench.cluster.store());
    let faults = bench.cluster.faults();
    let read = async || client.get("packages", &key).await;
    let whole = read().await.unwrap();
    assert_eq!(whole.len() as u64, size);
    faults.set(Fault::store("GetObject", "packages/**", Hits::Nth(1), Trouble::Cut { after_bytes: 100 }));
    assert!(read().await.is_err());
    faults.clear();
    faults.set(Fault::store("GetObject", "packages/**", Hits::Nth(1), Trouble::Corrupt));
    assert_ne!(read().await.unwrap(), whole);
    assert_eq!(read().await.unwrap(), whole);
    faults.set(Fault::store("PutObject", "**", Hits::Always, Trouble::Fail { status: 503 }));
    assert!(client.put("packages", "x", vec![1]).await.is_err());
    assert_eq!(faults.count(Server::Store, "GetObject", "packages/**"), 4);
    let wrong = rainferry_sandbox::StoreAddress { secret_key: "wrong".to_owned(), ..bench.cluster.store() };
    assert!(Objects::new(&wrong).get("packages", &key).await.is_err());
    bench.cluster.stop().await;
}
