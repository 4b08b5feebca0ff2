//! A cluster and an administrator who imports and installs.

use rainferry_sandbox::state::Component;
use rainferry_sandbox::{
    Cluster, ClusterSpec, Era, RegionPlan, Role, SAMPLE_PASSWORD, SampleName, Seed, SeedPlan, StoragePlan, TeamPlan,
    UserPlan,
};
use serde_json::{Value, json};

pub(crate) const TEAM: &str = "team";

pub(crate) struct Bench {
    pub(crate) cluster: Cluster,
    pub(crate) eid: String,
    region: String,
    http: reqwest::Client,
    _dir: tempfile::TempDir,
}

fn user(nick: &str, admin: bool) -> UserPlan {
    let password = SAMPLE_PASSWORD.to_owned();
    UserPlan { nick: nick.to_owned(), password, admin, ..UserPlan::default() }
}

fn plan() -> SeedPlan {
    let member = |nick: &str, role| (nick.to_owned(), role);
    SeedPlan {
        storage: StoragePlan::Own("packages".to_owned()),
        users: vec![user("admin", true), user("developer", false)],
        regions: vec![RegionPlan::named("here")],
        teams: vec![TeamPlan {
            name: TEAM.to_owned(),
            regions: vec!["here".to_owned()],
            members: vec![member("admin", Role::Admin), member("developer", Role::Developer)],
            ..TeamPlan::default()
        }],
        ..SeedPlan::default()
    }
}

impl Bench {
    pub(crate) async fn start(era: Era) -> Self {
        Self::with("here", era, Seed::Plan(Box::new(plan()))).await
    }

    pub(crate) async fn sample(name: &str) -> Self {
        let sample = SampleName::ALL.into_iter().find(|sample| sample.name() == name).unwrap();
        Self::with(name, sample.era(), Seed::Sample(sample)).await
    }

    async fn with(region: &str, era: Era, seed: Seed) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cluster = Cluster::start(ClusterSpec::new(region, era, dir.path()).with_seed(seed)).await.unwrap();
        let eid = cluster.inspect().enterprise.id;
        let http = reqwest::Client::builder().no_proxy().user_agent("test").build().unwrap();
        Self { cluster, eid, region: region.to_owned(), http, _dir: dir }
    }

    pub(crate) async fn send_as(&self, nick: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let login = format!("{}/console/users/login", self.cluster.console_url());
        let form = [("nick_name", nick), ("password", SAMPLE_PASSWORD)];
        let token: Value = self.http.post(login).form(&form).send().await.unwrap().json().await.unwrap();
        let token = token["data"]["bean"]["token"].as_str().unwrap();
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.http.request(method, format!("{}{path}", self.cluster.console_url()));
        let request = request.header("Authorization", format!("GRJWT {token}")).header("X-Region-Name", &self.region);
        let answer = request.json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.send_as("admin", method, path, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.send("GET", path, json!({})).await.1
    }

    fn imports(&self) -> String {
        format!("/console/enterprise/{}/app-models/import", self.eid)
    }

    /// The unfinished import record, or a new one.
    pub(crate) async fn begin(&self) -> Value {
        self.send("POST", &self.imports(), json!({})).await.1
    }

    /// Uploads a file where the record says; its event.
    pub(crate) async fn upload(&self, file: &str, bytes: Vec<u8>) -> String {
        let made = self.begin().await;
        let url = made["data"]["bean"]["upload_url"].as_str().unwrap();
        let url = if url.starts_with('/') { format!("{}{url}", self.cluster.console_url()) } else { url.to_owned() };
        let part = reqwest::multipart::Part::bytes(bytes).file_name(file.to_owned());
        let form = reqwest::multipart::Form::new().part("appTarFile", part);
        let answer = self.http.post(url).multipart(form).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{}", answer.text().await.unwrap());
        made["data"]["bean"]["event_id"].as_str().unwrap().to_owned()
    }

    /// Posts a form with texts and one file.
    #[allow(dead_code, reason = "the bench serves several programs of tests, not all upload by form")]
    pub(crate) async fn form(
        &self,
        path: &str,
        texts: &[(&'static str, String)],
        part: &'static str,
        name: &str,
        bytes: Vec<u8>,
    ) -> (u16, Value) {
        let file = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part(part, file);
        let form = texts.iter().fold(form, |form, (name, value)| form.text(*name, value.clone()));
        let url = format!("{}{path}", self.cluster.console_url());
        let answer = self.http.post(url).multipart(form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Starts an import and waits for it: the state of the record and of its file.
    pub(crate) async fn run(&self, event: &str, file: &str) -> (String, String) {
        let path = format!("{}/{event}", self.imports());
        let body = json!({"scope": "team", "tenant_name": TEAM, "file_name": file});
        let started = self.send("POST", &path, body).await;
        assert_eq!(started.0, 200, "{}", started.1);
        self.cluster.settled().await;
        let polled = self.get(&format!("{path}?arch=amd64")).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&polled["data"]["bean"]["status"]), text(&polled["data"]["list"][0]["status"]))
    }

    pub(crate) async fn import(&self, file: &str, bytes: Vec<u8>) -> (String, String) {
        let event = self.upload(file, bytes).await;
        self.run(&event, file).await
    }

    pub(crate) async fn app(&self, name: &str, k8s: &str) -> u64 {
        let body = json!({"app_name": name, "k8s_app": k8s, "note": ""});
        let made = self.send("POST", &format!("/console/teams/{TEAM}/groups"), body).await;
        made.1["data"]["bean"]["ID"].as_u64().unwrap()
    }

    pub(crate) async fn try_install(&self, template: &Value, app: u64) -> (u16, Value) {
        let body = json!({
            "group_id": app, "app_id": template["group_key"], "app_version": template["group_version"],
            "install_from_cloud": false, "is_deploy": false, "market_name": "",
        });
        self.send("POST", &format!("/console/teams/{TEAM}/apps/market_create"), body).await
    }

    /// Installs a template into a new app.
    pub(crate) async fn install(&self, template: &Value, name: &str, k8s: &str) -> u64 {
        let app = self.app(name, k8s).await;
        let done = self.try_install(template, app).await;
        assert_eq!(done.0, 200, "{}", done.1);
        app
    }

    pub(crate) async fn deploy(&self, app: u64) {
        let path = format!("/console/teams/{TEAM}/groups/{app}/common_operation");
        assert_eq!(self.send("POST", &path, json!({"action": "deploy"})).await.0, 200);
    }

    pub(crate) fn components(&self, app: u64) -> Vec<Component> {
        self.cluster.inspect().components_of(app).cloned().collect()
    }

    /// A backup of the app: the console's and the region's metadata, and the whole package.
    pub(crate) async fn backed_up(&self, app: u64) -> (Value, Value, Vec<u8>) {
        let path = format!("/console/teams/{TEAM}/groupapp/{app}/backup");
        let body = json!({"note": "n", "mode": "full-online", "force": true});
        let made = self.send("POST", &path, body).await;
        assert_eq!(made.0, 200, "{}", made.1);
        self.cluster.settled().await;
        let found = self.cluster.objects().list("packages", "backup").await.unwrap();
        let key = |ending: &str| found.iter().find(|(key, _)| key.ends_with(ending)).unwrap().0.clone();
        let read = async |ending: &str| self.cluster.objects().get("packages", &key(ending)).await.unwrap();
        let json = |bytes: Vec<u8>| serde_json::from_slice::<Value>(&bytes).unwrap();
        let console = json(read("console_apps_metadata.json").await);
        (console, json(read("region_apps_metadata.json").await), read(".zip").await)
    }
}
