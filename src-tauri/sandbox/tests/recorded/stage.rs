//! Two consoles of a version side by side, and what has to be done between recorded requests so that the sandbox
//! stands where the recorded console stood.

use std::collections::HashMap;

use rainferry_sandbox::{Clock, Cluster, ClusterSpec, Era, RegionFault, Seed, SeedPlan, State};
use serde_json::{Value, json};

use super::{Recording, fixtures, rebuild, worlds};

/// An answer in comparable form.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

pub(crate) struct Stage {
    first: Cluster,
    second: Cluster,
    clock: Clock,
    pub(crate) http: reqwest::Client,
    /// Recorded text → ours.
    pub(crate) ids: HashMap<String, String>,
    tokens: HashMap<(String, String), String>,
    tickets: HashMap<String, Vec<u8>>,
    _dir: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn set(era: Era, first: SeedPlan, second: SeedPlan) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // 2026-11-23 01:17:52 in Shanghai, when most of the recordings were taken.
        let clock = Clock::stopped_at(1_795_367_872_000_000);
        let start = async |name: &str, plan| {
            let mut spec = ClusterSpec::new(name, era, dir.path().join(name)).with_seed(Seed::Plan(Box::new(plan)));
            spec.clock = clock.clone();
            spec.finds_copied_package = true;
            Cluster::start(spec).await.unwrap()
        };
        let (first, second) = (start("a", first).await, start("b", second).await);
        let http = reqwest::Client::builder().no_proxy().user_agent("contract test").build().unwrap();
        let (ids, tokens, tickets) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { first, second, clock, http, ids, tokens, tickets, _dir: dir }
    }

    fn cluster(&self, console: &str) -> &Cluster {
        if console.starts_with('A') { &self.first } else { &self.second }
    }

    pub(crate) fn url(&self, console: &str) -> String {
        self.cluster(console).console_url()
    }

    pub(crate) fn state(&self, console: &str) -> State {
        self.cluster(console).inspect()
    }

    async fn token(&mut self, console: &str, nick: &str) -> String {
        let key = (console[..1].to_owned(), nick.to_owned());
        if !self.tokens.contains_key(&key) {
            let url = format!("{}/console/users/login", self.cluster(console).console_url());
            let form = [("nick_name", nick), ("password", worlds::password(nick))];
            let body: Value = self.http.post(url).form(&form).send().await.unwrap().json().await.unwrap();
            let token = body["data"]["bean"]["token"].as_str().unwrap_or_default().to_owned();
            self.tokens.insert(key.clone(), token);
        }
        self.tokens[&key].clone()
    }

    /// A request of our own, as the console's administrator.
    pub(crate) async fn own(&mut self, console: &str, method: &str, path: &str, body: Option<Value>) -> Value {
        let nick = if console.starts_with('A') { "admin" } else { "root-b" };
        let token = self.token(console, nick).await;
        let url = format!("{}{path}", self.cluster(console).console_url());
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, url).header("Authorization", format!("GRJWT {token}"));
        request = request.header("X-Region-Name", "rainbond");
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap().json().await.unwrap_or_default()
    }

    fn ours(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (recorded, ours) in &self.ids {
            if text.contains(recorded.as_str()) {
                text = text.replace(recorded.as_str(), ours);
            }
        }
        text
    }

    fn ours_in(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.ours(text)),
            Value::Array(items) => items.iter().map(|item| self.ours_in(item)).collect(),
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), self.ours_in(value))).collect(),
            _ => value.clone(),
        }
    }

    /// Notes ours for every id a recorded answer shows for the first time.
    pub(crate) fn learn(&mut self, recorded: &Value, ours: &Value) {
        match (recorded, ours) {
            (Value::Object(recorded), Value::Object(ours)) => {
                for (key, value) in recorded {
                    if let Some(other) = ours.get(key) {
                        self.learn(value, other);
                    }
                }
            }
            (Value::Array(recorded), Value::Array(ours)) if recorded.len() == ours.len() => {
                recorded.iter().zip(ours).for_each(|(recorded, ours)| self.learn(recorded, ours));
            }
            (Value::String(recorded), Value::String(ours)) => {
                let id = recorded.len() == 32 && recorded.bytes().all(|byte| byte.is_ascii_hexdigit());
                if id && recorded != ours && !self.ids.contains_key(recorded) {
                    self.ids.insert(recorded.clone(), ours.clone());
                }
            }
            _ => {}
        }
    }

    pub(crate) async fn send(&mut self, recording: &Recording) -> Got {
        let request = &recording.request;
        let url = format!(
            "{}{}",
            self.cluster(&recording.console).console_url(),
            self.ours(request["path"].as_str().unwrap())
        );
        let method = reqwest::Method::from_bytes(request["method"].as_str().unwrap().as_bytes()).unwrap();
        let mut sending = self.http.request(method, url);
        for (name, value) in request["headers"].as_object().unwrap() {
            let value = value.as_str().unwrap_or_default();
            match name.as_str() {
                "Content-Type" | "Content-Length" => {}
                "Authorization" => sending = sending.header("Authorization", self.credential(recording, value).await),
                "Cookie" if value.starts_with("token=") => {
                    let token = self.credential(recording, value.trim_start_matches("token=")).await;
                    sending = sending.header("Cookie", format!("token={token}"));
                }
                _ => sending = sending.header(name, value),
            }
        }
        let body = &request["body"];
        if let Some(form) = body.get("$form") {
            sending = sending.form(form);
        } else if let Some(parts) = body.get("$multipart") {
            sending = sending.multipart(self.form(recording, parts).await);
        } else if !body.is_null() {
            sending = sending.json(&self.body(recording, body));
        }
        let answer = sending.send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        self.keep_ticket(recording, &bytes);
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if text.contains("<h1>") { json!(text) } else { json!({"$bytes": bytes.len(), "$text": text}) }
        });
        Got { status, body }
    }

    /// The recorded credential with our token for the same user in it.
    async fn credential(&mut self, recording: &Recording, recorded: &str) -> String {
        let mut words: Vec<String> = recorded.split(' ').map(str::to_owned).collect();
        for word in &mut words {
            let Some(user) = user_of(word) else { continue };
            let console = if recording.number == 129 { "B" } else { recording.console.as_str() };
            let user = match recording.number {
                129 => "root-b".to_owned(),
                130 => "admin".to_owned(),
                _ => user,
            };
            *word = self.token(console, &user).await;
        }
        words.join(" ")
    }

    /// Our store instead of the recorded, made-up one.
    fn body(&self, recording: &Recording, body: &Value) -> Value {
        let mut body = self.ours_in(body);
        if body["endpoint"].is_string() {
            let store = self.cluster(&recording.console).store();
            body["endpoint"] = json!(store.endpoint);
            body["access_key"] = json!(store.access_key);
            body["secret_key"] = json!(store.secret_key);
        }
        body
    }

    async fn form(&mut self, recording: &Recording, parts: &Value) -> reqwest::multipart::Form {
        let form = reqwest::multipart::Form::new();
        if let Some(file) = parts["appTarFile"]["filename"].as_str() {
            let part = reqwest::multipart::Part::bytes(rebuild::uploaded(file)).file_name(file.to_owned());
            return form.part("appTarFile", part);
        }
        if recording.number == 108 {
            return form.text("nick_name", "admin").text("password", worlds::ADMIN_PASSWORD);
        }
        let file = parts["file"]["note"].as_str().unwrap_or_default();
        let len = usize::try_from(parts["file"]["bytes"].as_u64().unwrap_or_default()).unwrap();
        let ticket = self.tickets.get("unicode-note").cloned().unwrap_or_default();
        let v5 = recording.name.starts_with("v5");
        let bytes = match recording.number {
            611 => ticket[..ticket.len() - 40].to_vec(),
            612 => {
                let mut changed = ticket;
                changed[12] = if changed[12] == b'A' { b'B' } else { b'A' };
                changed
            }
            619 if v5 => ticket,
            628 => std::fs::read(fixtures().join("v6.9.8/files/unicode-note.bak")).unwrap(),
            625 | 627 => self.tickets["reexported-from-b"].clone(),
            _ if file.starts_with("files/") => {
                let name = file.trim_start_matches("files/").trim_end_matches(".bak");
                self.tickets[name].clone()
            }
            _ => vec![b'a'; len],
        };
        form.part("file", reqwest::multipart::Part::bytes(bytes).file_name("backup.bak"))
    }

    fn keep_ticket(&mut self, recording: &Recording, bytes: &[u8]) {
        let name = match recording.number {
            600 => "unicode-note",
            607 => "ascii-note",
            537 => "failed-backup",
            626 => "reexported-from-b",
            _ => return,
        };
        self.tickets.insert(name.to_owned(), bytes.to_vec());
    }

    fn status_fault(&self, fault: Option<(u16, &str)>) {
        let fault = fault.map(|(status, message)| RegionFault { status, message: message.to_owned() });
        self.first.faults().switch(|switches| switches.status_fault = fault);
    }

    pub(crate) fn hold(&self, hold: bool) {
        for cluster in [&self.first, &self.second] {
            cluster.faults().switch(|switches| switches.hold_builder = hold);
        }
    }

    fn published(&self, published: bool) {
        self.first.faults().switch(|switches| {
            switches.sends_component_name = !published;
            switches.finds_copied_package = !published;
        });
    }

    async fn operate(&mut self, console: &str, team: &str, app: u64, action: &str) {
        let path = format!("/console/teams/{team}/groups/{app}/common_operation");
        self.own(console, "POST", &path, Some(json!({"action": action}))).await;
    }

    /// A backup nobody recorded, finished, standing for the recorded id.
    async fn unrecorded_backup(&mut self, team: &str, app: u64, recorded: &str) {
        let path = format!("/console/teams/{team}/groupapp/{app}/backup");
        let body = json!({"note": "unrecorded", "mode": "full-offline", "force": true});
        let made = self.own("A", "POST", &path, Some(body)).await;
        self.first.settled().await;
        self.clock.advance_secs(1);
        let id = made["data"]["bean"]["backup_id"].as_str().unwrap().to_owned();
        self.own("A", "GET", &format!("{path}?backup_id={id}"), None).await;
        self.ids.insert(recorded.to_owned(), id);
    }

    fn edit(&self, console: &str, change: impl FnOnce(&mut State)) {
        self.cluster(console).edit(change).unwrap();
    }

    /// Between the recordings of the rebuild lane nothing but time passes.
    pub(crate) fn tick(&self) {
        self.clock.advance_secs(1);
    }

    /// Waits for the builder, unless it is being held.
    pub(crate) async fn settle(&self) {
        for cluster in [&self.first, &self.second] {
            if !cluster.faults().switches().hold_builder {
                cluster.settled().await;
            }
        }
    }

    /// The storage of the second console: its own store (v6) or the first one's (v5), with the package in it.
    async fn give_storage_to_second(&self, v5: bool) {
        let from = self.first.store();
        let to = if v5 { from.clone() } else { self.second.store() };
        self.edit("B", |state| {
            state.config_read = true;
            state.object_storage.enable = true;
            state.object_storage.provider = "s3".to_owned();
            state.object_storage.endpoint = to.endpoint.clone();
            state.object_storage.bucket_name = "rainbond-backup".to_owned();
            state.object_storage.access_key = to.access_key.clone();
            state.object_storage.secret_key = to.secret_key.clone();
        });
        if !v5 {
            self.second.make_bucket("rainbond-backup").unwrap();
            for (key, _) in self.first.objects().list(&from.bucket, "backup").await.unwrap() {
                let bytes = self.first.objects().get(&from.bucket, &key).await.unwrap();
                self.second.objects().put("rainbond-backup", &key, bytes).await.unwrap();
            }
        }
    }

    /// The components of the app the recover of 740 made, which 801 and later name.
    fn name_recovered(&mut self) {
        let state = self.first.inspect();
        for (name, id, alias, service) in [
            ("前端-copy", "2fe1df2bde11429cbbc3edcb4bf6fcbf", "grf6fcbf", "web-a71c"),
            ("数据库-copy", "ea13da934f5b4bbd9beeb45b71f6f9c4", "grf6f9c4", "db-a881"),
        ] {
            let row = state.components_of(10).find(|row| row.name == name).unwrap();
            self.ids.insert(id.to_owned(), row.service_id.clone());
            self.ids.insert(alias.to_owned(), row.alias.clone());
            self.ids.insert(service.to_owned(), row.ports[0].k8s_service.clone());
        }
    }

    pub(crate) async fn before_v6(&mut self, number: u32) {
        const TEAM: &str = "2wv5djmt";
        self.settle().await;
        match number {
            128 => self.first.faults().switch(|switches| switches.tokens_end_before = i64::MAX),
            130 => {
                self.token("A", "admin").await;
                self.edit("A", |state| state.users.iter_mut().for_each(|user| user.nick.push('x')));
            }
            540 => {
                self.own("A", "GET", &format!("/console/teams/{TEAM}/groupapp/1/backup/all_status"), None).await;
            }
            510 | 701 | 721 | 740 => self.hold(true),
            516 | 534 | 705 | 723 | 742 => self.hold(false),
            535 => self.first.faults().switch(|switches| switches.backup_fails = true),
            539 => self.status_fault(Some((500, "region database is gone"))),
            550 => self.unrecorded_backup(TEAM, 3, "afc756c8196c4053b59a73ca5dd0757f").await,
            760 => self.first.faults().switch(|switches| switches.restore_fails = true),
            765 => self.first.faults().switch(|switches| switches.metadata_lost = true),
            767 => self.status_fault(Some((500, "boom"))),
            768 => self.status_fault(Some((404, "not found"))),
            770 => self.published(true),
            801 => self.name_recovered(),
            720 => self.operate("A", TEAM, 1, "start").await,
            1105 => self.operate("A", TEAM, 3, "start").await,
            1015 | 1115 => {
                self.own("A", "GET", &format!("/console/teams/{TEAM}/groupapp/3/backup/all_status"), None).await;
            }
            1215 => {
                self.own("A", "GET", &format!("/console/teams/{TEAM}/groupapp/3/backup/all_status"), None).await;
                self.unrecorded_backup(TEAM, 3, "f7fb7e845bf44bcaa7033b8b7c2ca73f").await;
            }
            625 => {
                let id = self.ids["ada05e2d118a496eb8704d43180735c1"].clone();
                let url = format!(
                    "{}/console/teams/hr7swj5e/groupapp/1/backup/export?backup_id={id}",
                    self.second.console_url()
                );
                let bytes = self.http.get(url).send().await.unwrap().bytes().await.unwrap();
                self.tickets.insert("reexported-from-b".to_owned(), bytes.to_vec());
            }
            1410 => self.first.faults().region_down("region-two"),
            _ => {}
        }
        if matches!(number, 532 | 740) {
            self.operate("A", TEAM, 1, "stop").await;
        }
        if number == 532 {
            self.hold(true);
        }
        self.settle().await;
    }

    pub(crate) async fn after_v6(&mut self, number: u32) {
        const POLL_768: &str = "9a5f744e3d9c46fea1cb727142aa641c";
        match number {
            128 => self.first.faults().switch(|switches| switches.tokens_end_before = 0),
            130 => self.edit("A", |state| {
                state.users.iter_mut().for_each(|user| {
                    user.nick.pop();
                });
            }),
            535 => {
                self.first.settled().await;
                self.first.faults().switch(|switches| switches.backup_fails = false);
            }
            539 => {
                self.status_fault(None);
                self.own("A", "GET", "/console/teams/2wv5djmt/groupapp/3/backup/all_status", None).await;
            }
            700 => self.give_storage_to_second(false).await,
            760 => {
                self.first.settled().await;
                self.first.faults().switch(|switches| switches.restore_fails = false);
            }
            765 => self.first.faults().switch(|switches| switches.metadata_lost = false),
            767 => self.status_fault(None),
            768 => {
                self.status_fault(None);
                let id = self.ours(POLL_768);
                let path = format!("/console/teams/2wv5djmt/groupapp/10/migrate?restore_id={id}");
                self.own("A", "GET", &path, None).await;
            }
            777 => self.published(false),
            _ => {}
        }
        // The two of 1400 and 1401 fall into one second.
        if number != 1400 {
            self.clock.advance_secs(1);
        }
    }

    pub(crate) async fn before_v5(&mut self, number: u32) {
        self.settle().await;
        match number {
            124 => self.first.faults().switch(|switches| switches.tokens_end_before = i64::MAX),
            // The teams were made after this one.
            200 => self.edit("A", |state| state.teams.iter_mut().for_each(|team| team.members.clear())),
            510 | 701 => self.hold(true),
            515 | 705 => self.hold(false),
            502 => self.operate("A", "y95ufqoi", 1, "start").await,
            532 => self.operate("A", "y95ufqoi", 1, "stop").await,
            550 => {
                self.own("A", "GET", "/console/teams/y95ufqoi/groupapp/2/backup/all_status", None).await;
            }
            770 => self.published(true),
            _ => {}
        }
        self.settle().await;
    }

    pub(crate) async fn after_v5(&mut self, number: u32) {
        match number {
            124 => self.first.faults().switch(|switches| switches.tokens_end_before = 0),
            200 => self.edit("A", |state| {
                state.teams.iter_mut().for_each(|team| team.members.push((1, rainferry_sandbox::Role::Admin)));
            }),
            406 => {
                self.first.make_bucket("rainbond-backup").unwrap();
            }
            610 => self.give_storage_to_second(true).await,
            _ => {}
        }
        self.clock.advance_secs(1);
    }

    pub(crate) async fn clear(self) {
        self.first.stop().await;
        self.second.stop().await;
    }
}

/// The user name a recorded token was made for.
fn user_of(token: &str) -> Option<String> {
    use base64::Engine;
    let claims = token.split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims["username"].as_str().map(str::to_owned)
}
