//! Who gets in and what may be done: certificates, profiles that are read-only, production, one program at a time.

use crate::Ledger;
use crate::world::{Client, SHOP, SHOP_VERSION, TestHost, World, official};
use rainferry_core::api::{Environment, JobState, PlanRequest, PlanSource, PlanTarget, StartRequest, TestView};
use rainferry_core::{Code, Problem};
use rainferry_sandbox::{Call, Server};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

pub(crate) async fn all(ledger: &mut Ledger) {
    certificates(ledger).await;
    read_only(ledger).await;
    production_and_one_at_a_time(ledger).await;
    hostile_names(ledger).await;
}

/// What a server calls an app is text in a report that a browser opens, and never a path.
async fn hostile_names(ledger: &mut Ledger) {
    const NAME: &str = "../../<img src=x onerror=alert(1)>\"'\u{202e}\u{1b}[31m";
    let world = World::two_clusters().await;
    world
        .beijing()
        .edit(|state| state.apps.iter_mut().find(|app| app.name == SHOP).unwrap().name = NAME.to_owned())
        .unwrap();
    let client = world.client().await;
    let target = PlanTarget::ThisComputer { folder: None };
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let job = client.perform(PlanRequest { source, target, options: official() }).await;
    ledger.holds("an app with a hostile name is exported", job.state == JobState::Done, &job.problem);
    for format in ["html", "json"] {
        client.core.call("save_report", json!({ "job": job.id, "format": format })).await.unwrap();
    }
    let written: Vec<_> = crate::search::below(world.dir.path(), &["beijing", "shanghai", "home"]);
    let inside = written.iter().filter(|path| path.is_file()).all(|path| path.parent() == Some(&world.library()));
    ledger.holds("what is named after it lies in the library", inside && written.len() > 3, &written);
    let page = written.iter().find(|path| path.extension().is_some_and(|ending| ending == "html")).unwrap();
    let page = std::fs::read_to_string(page).unwrap();
    let plain = page.contains("&lt;img src=x") && !page.contains("<img") && !page.contains('\u{202e}');
    ledger.holds("the report spells it out", plain, &page);
    client.core.close().await;
}

/// A web server over TLS that counts the requests it could read, and can change its certificate.
struct Shop {
    config: Arc<Mutex<Arc<rustls::ServerConfig>>>,
    requests: Arc<Mutex<usize>>,
    url: String,
}

fn config(name: &str) -> Arc<rustls::ServerConfig> {
    let file =
        |ending: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(format!("{name}.{ending}"));
    let certificate = CertificateDer::from_pem_file(file("pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
    Arc::new(rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap())
}

impl Shop {
    fn open(name: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shop_config = Arc::new(Mutex::new(config(name)));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let requests = Arc::new(Mutex::new(0));
        let (serving, counted) = (shop_config.clone(), requests.clone());
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let connection = rustls::ServerConnection::new(serving.lock().unwrap().clone()).unwrap();
                let mut stream = rustls::StreamOwned::new(connection, socket);
                if stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
                    *counted.lock().unwrap() += 1;
                    let body = r#"{"code": 200, "data": {"bean": {"enterprise_id": "e1"}, "list": []}}"#;
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
                    let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
            }
        });
        Self { config: shop_config, requests, url }
    }

    fn changes_to(&self, name: &str) {
        *self.config.lock().unwrap() = config(name);
    }

    fn requests(&self) -> usize {
        *self.requests.lock().unwrap()
    }
}

/// How the handshake went: none where it was fine.
fn handshake(test: &TestView) -> Option<Problem> {
    let test = serde_json::to_value(test).unwrap();
    let rung = test["rungs"].as_array().unwrap().iter().find(|rung| rung["name"] == "tls").unwrap().clone();
    match rung["state"]["kind"].as_str() {
        Some("passed") => None,
        _ => Some(serde_json::from_value(rung["state"]["problem"].clone()).unwrap()),
    }
}

async fn certificates(ledger: &mut Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let client = Client::open(TestHost::at(&dir.path().join("home"), &dir.path().join("library"))).await.unwrap();
    let shop = Shop::open("self");
    let draft = |fingerprint: Option<&str>| {
        serde_json::from_value(json!({
            "id": null, "name": "shop", "url": shop.url, "user": "admin", "password": "x", "fingerprint": fingerprint,
        }))
        .unwrap()
    };
    let test =
        async |fingerprint: Option<&str>| handshake(&client.core.test_console(draft(fingerprint)).await.unwrap());
    let unknown = test(None).await;
    let code = unknown.as_ref().map(|problem| problem.code);
    ledger.holds("a certificate that nobody vouches for is not believed", code == Some(Code::TlsFailed), &unknown);
    let first = client.core.show_certificate(shop.url.clone()).await.unwrap().fingerprint;
    ledger.holds("nothing was sent to whoever showed it", shop.requests() == 0, shop.requests());
    let none = client.core.show_certificate("http://127.0.0.1:1".to_owned()).await.map_err(|problem| problem.code);
    ledger.holds("an address without a certificate shows none", none == Err(Code::TlsFailed), &none);
    let pinned = test(Some(&first)).await;
    ledger.holds("the one that was shown and trusted is believed", pinned.is_none(), &pinned);
    ledger.holds("and was asked", shop.requests() > 0, shop.requests());

    let saved = client.core.save_console(draft(Some(&first.to_lowercase().replace(':', "")))).await.unwrap();
    ledger.holds(
        "a fingerprint is kept in one spelling",
        saved.fingerprint.as_deref() == Some(&first),
        &saved.fingerprint,
    );
    let bad = client.core.save_console(draft(Some("no fingerprint"))).await.map_err(|problem| problem.code);
    ledger.holds("what is none is refused", bad.as_ref().err() == Some(&Code::BadRequest), bad.is_ok());

    shop.changes_to("server");
    let before = shop.requests();
    let second = client.core.show_certificate(shop.url.clone()).await.unwrap().fingerprint;
    let changed = test(Some(&first)).await;
    let told = |name: &str| {
        let facts = changed.iter().flat_map(|problem| problem.facts.clone());
        facts.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    };
    let code = changed.as_ref().map(|problem| problem.code);
    ledger.holds("a certificate that changed stops everything", code == Some(Code::CertificateChanged), &changed);
    let both = (told("trusted"), told("shown"));
    ledger.holds("both fingerprints are told", both == (Some(first.clone()), Some(second.clone())), &both);
    let seen = serde_json::to_value(client.core.refresh_console(saved.id).await.unwrap()).unwrap();
    let code = seen["state"]["problem"]["code"].clone();
    ledger.holds("and a saved profile's session", code == "certificate_changed", &code);
    ledger.holds("nothing was sent under the other certificate", shop.requests() == before, shop.requests());
    ledger.holds("plain HTTP to this computer is not marked", !plain(&client, "http://127.0.0.1:7070").await, ());
    ledger.holds("plain HTTP to another is", plain(&client, "http://console.example.test:7070").await, ());
    ledger.holds("HTTPS is not", !plain(&client, "https://console.example.test").await, ());
    client.core.close().await;
}

async fn plain(client: &Client, url: &str) -> bool {
    let draft = json!({ "id": null, "name": url, "url": url, "user": "admin", "password": "x" });
    client.core.save_console(serde_json::from_value(draft).unwrap()).await.unwrap().plain_http
}

/// Calls that change something, but for the login.
fn writes(world: &World) -> Vec<String> {
    let of_store = ["Put", "Create", "Upload", "Complete", "Copy", "Abort", "Delete"];
    let writes = |call: &Call| match call.server {
        Server::Store => of_store.iter().any(|act| call.method.starts_with(act)),
        // A login, and a question that is a POST.
        _ if call.path.ends_with("/users/login") || call.path.ends_with("/overview/services/status") => false,
        _ => !matches!(call.method.as_str(), "GET" | "HEAD"),
    };
    let calls = world.shanghai().faults().calls().into_iter();
    calls.filter(writes).map(|call| format!("{:?} {} {}", call.server, call.method, call.path)).collect()
}

/// Everything that writes is asked of a cluster whose profile is read-only: it never gets a call.
async fn read_only(ledger: &mut Ledger) {
    let world = World::two_clusters().await;
    let client = world.client().await;
    client.change(world.shanghai(), |draft| draft.read_only = true).await;
    world.shanghai().faults().forget_calls();
    let console = client.console("shanghai").await;
    let state = world.shanghai().inspect();
    let row = state.backups.first().unwrap();
    let PlanSource::Backup { cluster, team, backup } = client.backup(world.shanghai(), &row.version).await else {
        panic!("no backup")
    };
    let of_backup = json!({ "cluster": cluster, "team": team, "backup": backup });
    let source = client.backup(world.shanghai(), &row.version).await;
    let app = client.app(world.shanghai(), "监控").await;
    let store = world.shanghai().store();
    let setting = json!({
        "console": console, "is_enabled": true, "kind": "s3", "endpoint": store.endpoint, "bucket": store.bucket,
        "access_key": store.access_key, "secret_key": store.secret_key, "confirm": "",
    });
    let removal = json!({ "backup": of_backup, "objects": true, "confirm": "" });
    let tried = client.core.call("test_storage", setting.clone()).await.unwrap();
    ledger.holds("a trial of the store of a read-only profile fails", tried["works"] == false, &tried);
    let file = world.dir.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let to = format!("s3://shanghai/shanghai/{}/{}", store.bucket, "put-here");
    let copied = client.core.call("copy_object", json!({ "source": file, "target": to })).await.unwrap();
    let copied = client.end(&serde_json::from_value(copied["id"].clone()).unwrap()).await;
    let code = copied.problem.as_ref().map(|problem| problem.code);
    ledger.holds("a copy into the store of a read-only profile fails", code == Some(Code::ReadOnly), &copied.problem);
    for (command, request) in [("delete_backup", removal), ("save_storage", setting)] {
        let refused = client.core.call(command, request).await.map_err(|problem| problem.code);
        let named = matches!(refused, Err(Code::ReadOnly | Code::Forbidden));
        ledger.holds(&format!("{command} of a read-only profile is refused"), named, &refused);
    }
    let plans = [
        (
            "a migration to it",
            json!(client.backup(world.beijing(), SHOP_VERSION).await),
            json!(client.team("shanghai", "ops").await),
        ),
        ("a backup", json!(app), json!({ "kind": "backup" })),
        ("a restore", json!(source), json!({ "kind": "restore", "manner": "in_place" })),
        ("a restore beside", json!(source), json!({ "kind": "restore", "manner": "beside" })),
    ];
    for (name, source, target) in plans {
        let request = json!({ "source": source, "target": target, "options": {} });
        let plan = client.core.call("make_plan", request).await.unwrap();
        let started = client.core.call("start_plan", json!({ "plan": plan["id"], "confirm": "" })).await;
        let code = started.map_err(|problem| problem.code);
        ledger.holds(&format!("{name} on a read-only profile does not start"), code == Err(Code::ReadOnly), &code);
    }
    let written = writes(&world);
    ledger.holds("a read-only console got no call that writes", written.is_empty(), &written);
    let asked = world.shanghai().faults().calls().len();
    ledger.holds("but was read", asked > 5, asked);
    client.core.close().await;
}

async fn production_and_one_at_a_time(ledger: &mut Ledger) {
    let world = World::two_clusters().await;
    let client = world.client().await;
    client.change(world.shanghai(), |draft| draft.environment = Environment::Production).await;
    let plan = client.plan(client.voyage(&world).await).await;
    for typed in ["", "shangha", "beijing"] {
        let start = StartRequest { plan: plan.id.clone(), confirm: typed.to_owned() };
        let refused = client.core.start_plan(start).await.map(|job| job.id).map_err(|problem| problem.code);
        ledger.holds("production does not start without its name", refused == Err(Code::NotConfirmed), &refused);
    }
    let second = Client::open(TestHost::at(&world.home(), &world.library())).await;
    let code = second.err().map(|problem| problem.code);
    ledger.holds("a second program does not get the data folder", code == Some(Code::Locked), code);
    let answer: Value = client.core.call("list_jobs", Value::Null).await.unwrap();
    ledger.holds("the first goes on", answer.is_array(), &answer);
    client.core.close().await;
}
