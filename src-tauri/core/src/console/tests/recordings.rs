//! Every recorded answer, given to the call that asks for it; what came out is held against tests/fixtures/recorded/expected.tsv.
//!
//! The table is reviewed by people. `RAINFERRY_BLESS=1` writes it anew.

use super::super::apps::{AppAction, NewApp};
use super::super::envelope::Answer as Read;
use super::super::gateway::{GatewayApi, RuleKind};
use super::super::packages::{BackupForce, BackupMode, NewBackup};
use super::super::request::{Auth, Body, Call};
use super::super::restore::{RestoreKind, RestoreTarget};
use super::super::settings::ObjectStorage;
use super::super::{Console, ConsoleError, Scope};
use super::describe::{self, assert_harmless, outcome};
use super::rebuild;
use super::stage::{Answer, Asked, Server, ctx, fixtures};
use crate::ids::{AppId, BackupId};
use crate::secret::Secret;
use bytes::Bytes;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;

const VERSIONS: [&str; 2] = ["v6.9.8", "v5.17.3"];

/// One recorded exchange.
pub(super) struct Recording {
    /// `v6.9.8/101-login-ok`
    name: String,
    pub(super) method: String,
    pub(super) path: String,
    query: BTreeMap<String, String>,
    pub(super) region: String,
    pub(super) body: Value,
    answer: Answer,
}

impl Recording {
    fn read(version: &str, name: &str) -> Self {
        let path = fixtures().join(version).join(format!("{name}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let file: Value = serde_json::from_str(&text).unwrap();
        let (request, response) = (&file["request"], &file["response"]);
        let url = url::Url::parse(&format!("http://x{}", request["path"].as_str().unwrap())).unwrap();
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        let header = request["headers"]["X-Region-Name"].as_str();
        let region = header.or(query.get("region").map(String::as_str)).unwrap_or("rainbond").to_owned();
        Self {
            name: format!("{version}/{name}"),
            method: request["method"].as_str().unwrap().to_owned(),
            path: url.path().to_owned(),
            query,
            region,
            body: request["body"].clone(),
            answer: answer_of(response),
        }
    }

    pub(super) fn part(&self, at: usize) -> &str {
        self.path.split('/').nth(at).unwrap_or_default()
    }

    /// The app's number, where it is one.
    pub(super) fn app(&self, at: usize) -> Option<AppId> {
        self.part(at).parse().ok().map(AppId)
    }

    pub(super) fn scope(&self) -> Scope {
        Scope::new(self.part(3), self.region.clone())
    }

    pub(super) fn of_query(&self, key: &str) -> String {
        self.query.get(key).cloned().unwrap_or_default()
    }

    pub(super) fn of_body(&self, key: &str) -> String {
        self.body[key].as_str().unwrap_or_default().to_owned()
    }
}

fn answer_of(response: &Value) -> Answer {
    let body = match &response["body"] {
        Value::String(html) => html.clone().into_bytes(),
        Value::Object(fields) if fields.contains_key("$bytes") => {
            fields["$text"].as_str().unwrap_or_default().as_bytes().to_vec()
        }
        json => serde_json::to_vec(json).unwrap(),
    };
    let headers = response["headers"].as_object().unwrap().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    Answer { status: response["status"].as_u64().unwrap().try_into().unwrap(), headers, body, ..Answer::default() }
}

fn all() -> Vec<Recording> {
    let mut all = Vec::new();
    for version in VERSIONS {
        let mut names: Vec<String> = std::fs::read_dir(fixtures().join(version))
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(".json").map(str::to_owned))
            .filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        names.sort_by_key(|name| (name.split('-').next().and_then(|n| n.parse::<u32>().ok()), name.clone()));
        all.extend(names.iter().map(|name| Recording::read(version, name)));
    }
    all
}

/// Answers beside the recorded one: what our call asks before or after.
fn script(recording: &Recording) -> impl FnMut(&Asked) -> Answer + Send + 'static {
    let (method, path, answer) = (recording.method.clone(), recording.path.clone(), recording.answer.clone());
    // After a delete we look: a running backup is still there on v5.17.3 (513), everything else is gone.
    let look = if recording.name == "v5.17.3/513-backup-delete-in-progress" {
        Recording::read("v5.17.3", "534-backup-status").answer
    } else {
        Recording::read("v6.9.8", "519-backup-status-missing").answer
    };
    let info = Recording::read("v6.9.8", "203-enterprise-info-admin").answer;
    move |asked| match asked.path.as_str() {
        asked_path if asked_path == path && asked.method == method => answer.clone(),
        "/console/users/login" => Answer::login("token"),
        asked_path if asked_path.ends_with("/info") => info.clone(),
        _ => look.clone(),
    }
}

/// Makes the call a recording is an answer to. `None`: no call of ours asks this.
async fn act(console: &Console, r: &Recording) -> Option<String> {
    let ctx = &ctx();
    let parts: Vec<&str> = r.path.split('/').skip(1).collect();
    let scope = &r.scope();
    Some(match (r.method.as_str(), parts.as_slice()) {
        ("GET", ["console", "config", "info"]) => outcome(console.config_info(ctx).await, |info| format!("{info:?}")),
        ("POST", ["console", "users", "login"]) => {
            let logged_in = console.log_in_again(ctx).await;
            let expires = if logged_in.is_ok() { console.login_expires(ctx).await.unwrap() } else { None };
            outcome(logged_in, |()| format!("until {expires:?}"))
        }
        ("GET", ["console", "users", "details"]) => outcome(console.me(ctx).await, |found| describe::me(&found)),
        ("GET", ["console", "enterprise", eid, "regions"]) => outcome(console.regions(ctx, eid).await, |regions| {
            let rows: Vec<String> =
                regions.iter().map(|r| format!("{} {:?} healthy={}", r.name, r.rbd_version, r.is_healthy())).collect();
            rows.join(", ")
        }),
        ("GET", ["console", "enterprise", eid, "teams"]) => {
            outcome(console.enterprise_teams(ctx, eid).await, |teams| {
                let rows: Vec<String> =
                    teams.iter().map(|team| format!("{}({} regions)", team.alias, team.regions.len())).collect();
                rows.join(", ")
            })
        }
        ("GET", ["console", "enterprise", eid, "info"]) => outcome(console.object_storage(ctx, eid).await, |storage| {
            let debug = format!("{storage:?}");
            assert_harmless(&debug);
            debug
        }),
        ("PUT", ["console", "enterprise", eid, "objectstorage"]) => {
            outcome(console.set_object_storage(ctx, eid, &storage(r)).await, |()| "set".to_owned())
        }
        ("GET", ["console", "enterprise", eid, "team", _, "app", app, "domain" | "tcpdomain"]) => {
            let kind = if r.path.ends_with("/domain") { RuleKind::Http } else { RuleKind::Tcp };
            let (scope, app) = (Scope::new(r.part(5), r.region.clone()), AppId(app.parse().unwrap()));
            let rules = console.rules(ctx, &scope, eid, app, GatewayApi::Tables, kind).await;
            outcome(rules, |rules| format!("{} {kind:?} rules", rules.len()))
        }
        ("GET", ["console", "teams", _, "apps"]) => {
            outcome(console.apps(ctx, scope).await, |found| describe::apps(&found))
        }
        ("GET", ["console", "teams", _, "overview", "groups"]) => {
            outcome(console.apps_overview(ctx, scope).await, |found| describe::apps(&found))
        }
        ("GET", ["console", "teams", _, "service", "group"]) => {
            let app = AppId(r.of_query("group_id").parse().unwrap_or(0));
            outcome(console.components(ctx, scope, app).await, |found| describe::components(&found))
        }
        ("GET", ["console", "teams", _, "apps", alias, "detail"]) => {
            outcome(console.component_detail(ctx, scope, alias).await, |detail| {
                format!("{} {} stateful={}", detail.service_cname, detail.extend_method, detail.is_stateful())
            })
        }
        ("GET", ["console", "teams", _, "groups", _, "status"]) => {
            outcome(console.app_state(ctx, scope, r.app(5)?).await, |state| {
                format!("{:?} {}", state.state, state.k8s_app)
            })
        }
        _ => return act_on_apps(console, r, &parts).await,
    })
}

fn storage(r: &Recording) -> ObjectStorage {
    ObjectStorage {
        is_enabled: true,
        provider: r.of_body("provider"),
        endpoint: r.of_body("endpoint"),
        bucket: r.of_body("bucket_name"),
        access_key: Secret::new(r.of_body("access_key")),
        secret_key: Secret::new(r.of_body("secret_key")),
    }
}

async fn act_on_apps(console: &Console, r: &Recording, parts: &[&str]) -> Option<String> {
    let ctx = &ctx();
    let scope = &r.scope();
    Some(match (r.method.as_str(), parts) {
        ("POST", ["console", "teams", _, "groups"]) => {
            let app = NewApp { name: r.of_body("app_name"), k8s_app: r.of_body("k8s_app"), note: r.of_body("note") };
            outcome(console.create_app(ctx, scope, &app).await, |id| format!("app {id}"))
        }
        ("DELETE", ["console", "teams", _, "groups", _]) => {
            outcome(console.delete_app(ctx, scope, r.app(5)?).await, |()| "deleted".to_owned())
        }
        ("POST", ["console", "teams", _, "groups", _, "common_operation"]) => {
            let action = match r.of_body("action").as_str() {
                "stop" => AppAction::Stop,
                "start" => AppAction::Start,
                "deploy" => AppAction::Deploy,
                _ => return None,
            };
            outcome(console.operate_app(ctx, scope, r.app(5)?, action).await, |()| format!("{action:?}"))
        }
        ("GET", ["console", "teams", _, "all", "groupapp", "backup"]) => {
            outcome(console.team_backups(ctx, scope).await, |found| describe::backups(&found))
        }
        ("GET", ["console", "teams", _, "groupapp", "backup"]) => {
            let app = AppId(r.of_query("group_id").parse().unwrap_or(0));
            outcome(console.app_backups(ctx, scope, app).await, |found| describe::backups(&found))
        }
        _ => return act_on_backups(console, r, parts).await,
    })
}

async fn act_on_backups(console: &Console, r: &Recording, parts: &[&str]) -> Option<String> {
    let ctx = &ctx();
    let scope = &r.scope();
    let app = r.app(5);
    let id = BackupId(r.of_query("backup_id") + &r.of_body("backup_id"));
    Some(match (r.method.as_str(), parts) {
        ("POST", ["console", "teams", _, "groupapp", _, "backup"]) => {
            let mode = match r.of_body("mode").as_str() {
                "full-online" => BackupMode::Online,
                "full-offline" => BackupMode::Offline,
                _ => return None,
            };
            let force = if r.body["force"] == true { BackupForce::Yes } else { BackupForce::No };
            let backup = NewBackup { note: r.of_body("note"), mode, force };
            outcome(console.create_backup(ctx, scope, app?, &backup).await, |made| describe::backup(&made))
        }
        ("GET", ["console", "teams", _, "groupapp", _, "backup"]) => {
            outcome(console.backup(ctx, scope, app?, &id).await, |found| describe::backup(&found))
        }
        ("DELETE", ["console", "teams", _, "groupapp", _, "backup"]) => {
            outcome(console.delete_backup(ctx, scope, app?, &id).await, |()| "deleted".to_owned())
        }
        ("GET", ["console", "teams", _, "groupapp", _, "backup", "export"]) => {
            outcome(console.export_backup(ctx, scope, app?, &id).await, |bytes| format!("{} bytes", bytes.len()))
        }
        ("POST", ["console", "teams", _, "groupapp", _, "backup", "import"]) => {
            let ticket = Bytes::from_static(b"8195ticket");
            outcome(console.import_backup(ctx, scope, app?, ticket).await, |made| describe::backup(&made))
        }
        ("POST", ["console", "teams", _, "groupapp", _, "migrate"]) => {
            let kind = if r.of_body("migrate_type") == "recover" { RestoreKind::Recover } else { RestoreKind::Migrate };
            let to = Scope::new(r.of_body("team"), r.of_body("region"));
            let target = RestoreTarget { backup: id, kind, to };
            outcome(console.start_restore(ctx, scope, app?, &target).await, |found| describe::restore(&found))
        }
        ("GET", ["console", "teams", _, "groupapp", _, "migrate"]) => {
            outcome(console.poll_restore(ctx, scope, app?, &r.of_query("restore_id")).await, |found| {
                describe::restore(&found)
            })
        }
        ("GET", ["console", "teams", _, "groupapp", _, "migrate", "record"]) => {
            let found = console.unfinished_restore(ctx, scope, app?, &r.of_query("group_uuid")).await;
            outcome(found, |found| {
                found.map_or("none".to_owned(), |one| format!("{} into app {}", one.status, one.group_id))
            })
        }
        ("DELETE", ["console", "teams", _, "groupapp", _, "delete"]) => {
            let restored = AppId(r.body["new_group_id"].as_i64().unwrap_or(0));
            outcome(console.delete_original(ctx, scope, app?, restored).await, |()| "said yes".to_owned())
        }
        _ => return rebuild::act(console, r, parts).await,
    })
}

/// No call of ours: the answer alone, over HTTP, through the envelope layer.
async fn read_only(console: &Console, r: &Recording) -> String {
    let path: Vec<&str> = r.path.trim_start_matches("/console").split('/').skip(1).collect();
    let mut call =
        Call::writing(console.pen().unwrap(), "replay", r.method.parse().unwrap(), &path).auth(Auth::Anonymous);
    if r.body.is_object() {
        call.body = Body::Json(r.body.clone());
    }
    let read: Result<Read, ConsoleError> = console.send(&ctx(), &call, None).await;
    outcome(read, describe::envelope)
}

/// The request we sent is the one that was recorded: same method and path, and no value of the body differs.
fn check_request(server: &Server, r: &Recording) {
    let asked = server.asked();
    let sent = asked.iter().find(|asked| asked.path == r.path && asked.method == r.method);
    let sent = sent.unwrap_or_else(|| panic!("{}: {} {} was not asked, but {asked:?}", r.name, r.method, r.path));
    assert!(sent.header("user-agent").is_some_and(|agent| agent.starts_with("Rainferry/")), "{}", r.name);
    for (key, value) in r.query.iter().filter(|(key, _)| !key.starts_with("page")) {
        // One shows what `true` in lower case does; ours cannot send it. Empty is none.
        let known = r.name == "v6.9.8/1519-app-models-list-lower-case-true" && key == "is_complete";
        if let Some(sent) = sent.query(key).filter(|_| !known && !value.is_empty()) {
            assert_eq!(sent, value, "{}: {key}", r.name);
        }
    }
    let (ours, theirs) = (sent.json(), &r.body);
    for (key, value) in theirs.as_object().into_iter().flatten() {
        let empty = |value: &Value| value.is_null() || value == "";
        // They show what a text does where a number belongs, and an array where a text does; ours cannot send one.
        let known =
            ["v6.9.8/1310-delete-old-own-id-as-string", "v6.9.8/1563-mount-add-array"].contains(&r.name.as_str());
        if let Some(sent) = ours.get(key).filter(|sent| !empty(sent) && !known) {
            assert_eq!(unpacked(sent), unpacked(value), "{}: {key}", r.name);
        }
    }
}

/// A text that holds JSON (recording 1562) as that JSON: blanks in it mean nothing.
fn unpacked(value: &Value) -> Value {
    let text = value.as_str().filter(|text| text.starts_with('['));
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| value.clone())
}

async fn replay_all() -> Vec<String> {
    let server = Server::start(|_| Answer::default()).await;
    let mut rows = Vec::new();
    for recording in all() {
        server.play(script(&recording));
        // A fresh login each time: a refused one is remembered.
        let console = server.client();
        let (kind, line) = match act(&console, &recording).await {
            Some(line) => {
                check_request(&server, &recording);
                ("call", line)
            }
            None => {
                let answer = recording.answer.clone();
                server.play(move |_| answer.clone());
                ("envelope", read_only(&console, &recording).await)
            }
        };
        assert_harmless(&line);
        rows.push(format!("{}\t{kind}\t{line}", recording.name));
    }
    rows
}

#[tokio::test]
async fn every_recorded_answer_is_understood_as_the_table_says() {
    let rows = replay_all().await;
    let path = fixtures().join("expected.tsv");
    let found = format!("{}\n", rows.join("\n"));
    if std::env::var("RAINFERRY_BLESS").is_ok() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differing: Vec<String> = expected
        .lines()
        .zip(found.lines())
        .filter(|(expected, found)| expected != found)
        .map(|(expected, found)| format!("- {expected}\n+ {found}"))
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert_eq!(expected.lines().count(), rows.len(), "rows of expected.tsv");
    assert_eq!(rows.len(), 519);
    // Past the test harness's capture: a reader of the log sees that nothing was left out.
    let vectors = crate::bak::vectors::replay();
    writeln!(std::io::stderr(), "replayed {} recordings, {vectors} vectors", rows.len()).unwrap();
}
