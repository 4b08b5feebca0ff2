//! Jobs of every recipe, and what fails on the way to one, with secrets that are known.

use crate::Ledger;
use crate::log::Log;
use crate::scenario::{Ground, Scenario};
use crate::search::{self, Secrets};
use crate::world::{Client, PASSWORD, SHOP_VERSION, World, ended, official, team};
use rainferry_core::Secret;
use rainferry_core::api::{
    DiagnosticsRequest, JobState, Lane, PlanOptions, PlanRequest, PlanTarget, RegistryDraft, StartRequest,
};
use rainferry_core::{ClusterId, TeamName};
use rainferry_sandbox::{Era, Fault, Hits, ImageRegistry, RegionPlan, RegistrySpec, SeedPlan, Trouble};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// The value of a variable of the seeded database.
const IN_THE_APP: &str = "shop-root";

/// What opens the encrypted bundle of these runs.
const IN_THE_LOCK: &str = "canary-lock-4c7e";

pub(crate) fn secrets(world: &World, clusters: &[&str]) -> Secrets {
    let key = |name: &&str| ("a store's key", world.at(name).store().secret_key);
    let known = [
        ("a password", PASSWORD.to_owned()),
        ("a variable of the app", IN_THE_APP.to_owned()),
        ("a registry's password", "robot-password".to_owned()),
        ("a bundle's passphrase", IN_THE_LOCK.to_owned()),
        ("a registry's login", "cm9ib3Q6cm9ib3QtcGFzc3dvcmQ=".to_owned()),
    ];
    Secrets::new(known.into_iter().chain(clusters.iter().map(key)))
}

/// Hears the core's events, as the page would.
struct Told {
    said: Arc<Mutex<Vec<String>>>,
    listening: tokio::task::JoinHandle<()>,
}

impl Told {
    fn by(client: &Client) -> Self {
        let said = Arc::new(Mutex::new(Vec::new()));
        let (mut events, heard) = (client.core.events(), said.clone());
        let listening = tokio::spawn(async move {
            while let Some(event) = events.next().await {
                heard.lock().unwrap().push(serde_json::to_string(&event).unwrap());
            }
        });
        Self { said, listening }
    }

    fn end(self) -> Vec<String> {
        self.listening.abort();
        std::mem::take(&mut self.said.lock().unwrap())
    }
}

/// A command as the page would give it; its answer or its problem, as text.
async fn ask(client: &Client, command: &str, request: Value) -> String {
    match client.core.call(command, request).await {
        Ok(answer) => answer.to_string(),
        Err(problem) => serde_json::to_string(&problem).unwrap(),
    }
}

/// Everything that the page may ask about what is there.
async fn answers(client: &Client) -> Vec<String> {
    let mut said = Vec::new();
    for command in ["app_about", "get_settings", "list_consoles", "list_library", "list_jobs", "list_registries"] {
        said.push(ask(client, command, Value::Null).await);
    }
    for job in client.core.list_jobs(()).await.unwrap() {
        said.push(ask(client, "job_report", json!(job.id)).await);
        for (format, language) in [("html", "en"), ("html", "zh"), ("json", "en")] {
            let request = json!({ "job": job.id, "format": format, "language": language });
            said.push(ask(client, "save_report", request).await);
        }
    }
    for console in client.core.list_consoles(()).await.unwrap() {
        said.push(ask(client, "read_storage", json!(console.id)).await);
        for cluster in &console.clusters {
            said.push(ask(client, "list_backups", json!({ "cluster": cluster.id, "team": null })).await);
            for team in &cluster.teams {
                let place = json!({ "cluster": cluster.id, "team": team.name });
                said.push(ask(client, "load_column", place.clone()).await);
                said.push(ask(client, "remembered_column", place).await);
            }
        }
    }
    let rows: Vec<Value> = said.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let mut sources = Vec::new();
    for row in rows.iter().filter_map(|view| view["rows"].as_array()).flatten() {
        let place = json!({ "cluster": row["cluster"], "team": row["team"], "backup": row["backup"]["id"] });
        let mut source = place.clone();
        source["kind"] = json!("backup");
        said.push(ask(client, "locate_backup", place.clone()).await);
        said.push(ask(client, "plan_removal", place).await);
        said.push(ask(client, "inspect", source.clone()).await);
        said.push(ask(client, "list_members", source.clone()).await);
        sources.push(source);
    }
    if let [first, .., last] = &sources[..] {
        said.push(ask(client, "compare", json!({ "left": first, "right": last })).await);
    }
    said
}

/// Searches what was said, logged and written, and looks at who may read it.
fn search(
    ledger: &mut Ledger,
    of: &str,
    world: &World,
    secrets: &Secrets,
    told: &[String],
    asked: &[String],
    log: &Log,
) {
    let texts = |texts: &[String], place: &str| -> Vec<String> {
        texts.iter().flat_map(|text| secrets.within(place, text.as_bytes())).collect()
    };
    ledger.holds(
        &format!("{of}: something was told and asked"),
        told.len() > 2 && asked.len() > 10,
        (told.len(), asked.len()),
    );
    ledger.check(&format!("{of}: events"), &texts(told, "an event"));
    ledger.check(&format!("{of}: answers"), &texts(asked, "an answer"));
    ledger.check(&format!("{of}: log"), &secrets.within("the log", log.take().as_bytes()));
    let ours = secrets.clone().without("a variable of the app");
    // What is fetched from a console to be packed is the app itself, as a bundle is.
    let app = ["exports"];
    ledger.check(&format!("{of}: data folder"), &search::in_files(&world.home(), &app, secrets, &ours));
    ledger.check(&format!("{of}: modes of the data folder"), &search::open_to_others(&world.home(), &[]));
    if world.library().exists() {
        ledger.check(&format!("{of}: library"), &search::in_files(&world.library(), &[], secrets, &ours));
        ledger.check(&format!("{of}: modes of the library"), &search::open_to_others(&world.library(), &[]));
    }
}

/// One job of each recipe, lane and route, to its end.
pub(crate) async fn recipes(ledger: &mut Ledger, log: &Log, only: Option<&str>) {
    for scenario in Scenario::ALL {
        let name = format!("{scenario:?}");
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let begun = std::time::Instant::now();
        let ground = Ground::prepared(scenario).await;
        let client = ground.client().await;
        let told = Told::by(&client);
        let job = client.until(ground.job(), "the end", ended).await;
        ledger.check(&format!("{name}: the job"), &ground.wrong_with(&job));
        let asked = answers(&client).await;
        // Lies in the library from here on, and is searched like a report.
        client.core.save_diagnostics(DiagnosticsRequest::default()).await.unwrap();
        client.core.close().await;
        drop(client);
        let secrets = secrets(&ground.world, &ground.clusters());
        search(ledger, &name, &ground.world, &secrets, &told.end(), &asked, log);
        println!("{name}: {} s", begun.elapsed().as_secs());
    }
}

/// What is typed wrong, refused and broken: whoever refuses may say what they were given.
pub(crate) async fn failures(ledger: &mut Ledger, log: &Log) {
    let second = |plan: &mut SeedPlan| {
        plan.regions.push(RegionPlan { registry: "chengdu.reg.test".to_owned(), ..RegionPlan::named("chengdu") });
        plan.teams.push(team("far", "远方团队", "chengdu"));
    };
    let world = World::planned(crate::world::Size::Small, |_| {}, second).await;
    let client = world.client().await;
    let told = Told::by(&client);
    let mut asked = Vec::new();
    let secrets = secrets(&world, &["beijing", "shanghai"])
        .and("a wrong password", "wrong-password-b81e")
        .and("a wrong store key", "wrong-store-key-c92f")
        .and("a wrong registry password", "wrong-robot-d03a")
        .and("a wrong passphrase", "canary-wrong-lock-81")
        .and("a password that is a number", "7719450238");

    // Connections: tested and saved with what is wrong.
    let draft = |name: &str, url: &str, password: Value, key: &str| {
        let store = json!({
            "cluster_region": "", "kind": "s3", "endpoint": world.shanghai().store().endpoint, "bucket": "no-such-bucket",
            "region": "", "access_key": "AKWRONG", "secret_key": key,
        });
        json!({ "id": null, "name": name, "url": url, "user": "admin", "password": password, "stores": [store] })
    };
    let url = world.shanghai().console_url();
    for (name, url, password) in [
        ("wrong", url.as_str(), json!("wrong-password-b81e")),
        ("silent", "http://127.0.0.1:1", json!("wrong-password-b81e")),
        ("in the address", "http://admin:wrong-password-b81e@127.0.0.1:1", json!("x")),
        ("a number", url.as_str(), json!(7_719_450_238_u64)),
        ("right, wrong store", url.as_str(), json!(PASSWORD)),
    ] {
        let draft = draft(name, url, password, "wrong-store-key-c92f");
        asked.push(ask(&client, "test_console", draft.clone()).await);
        asked.push(ask(&client, "save_console", draft).await);
    }
    for console in client.core.list_consoles(()).await.unwrap() {
        asked.push(ask(&client, "refresh_console", json!(console.id)).await);
    }

    // The storage setting: tried and set with what is wrong, then as it was.
    let beijing = client.console("beijing").await;
    let store = world.beijing().store();
    for (access, secret) in
        [("AKWRONG", "wrong-store-key-c92f"), (store.access_key.as_str(), store.secret_key.as_str())]
    {
        let draft = json!({
            "console": beijing, "is_enabled": true, "kind": "s3", "endpoint": store.endpoint, "bucket": store.bucket,
            "access_key": access, "secret_key": secret, "confirm": "",
        });
        for command in ["test_storage", "save_storage", "read_storage"] {
            let request = if command == "read_storage" { json!(beijing) } else { draft.clone() };
            asked.push(ask(&client, command, request).await);
        }
    }

    // A registry that does not take the login.
    let spec = RegistrySpec::new(world.dir.path().join("registry"), "robot", "robot-password");
    let registry = ImageRegistry::start(spec).await.unwrap();
    let draft = RegistryDraft {
        address: format!("{}/team", registry.host()),
        user: "robot".to_owned(),
        password: Some(Secret::new("wrong-robot-d03a")),
        plain_http: true,
        ca_pem: None,
    };
    let view = client.core.save_registry(draft).await.unwrap();
    let cluster = ClusterId::of(&client.console("shanghai").await, "chengdu");
    let through = PlanRequest {
        source: client.backup(world.beijing(), SHOP_VERSION).await,
        target: PlanTarget::Team { cluster, team: TeamName::from("far"), app: None },
        options: PlanOptions { lane: Some(Lane::Registry), registry: Some(view.address), ..PlanOptions::default() },
    };
    asked.push(ask(&client, "make_plan", serde_json::to_value(&through).unwrap()).await);

    // A store that breaks in the middle of a job, which is tried again; consoles that repeat what they were told.
    let refuse = |status| Trouble::Fail { status };
    world.shanghai().faults().set(Fault::store("PutObject", "**", Hits::Always, refuse(403)));
    let job = client.perform(client.voyage(&world).await).await;
    asked.push(serde_json::to_string(&job).unwrap());
    world.shanghai().faults().clear();
    asked.push(ask(&client, "retry_job", json!(job.id)).await);
    client.end(&job.id).await;
    for status in [400, 401, 403, 500] {
        for at in [world.beijing(), world.shanghai()] {
            at.faults().set(Fault::console("*", "**", Hits::Always, refuse(status)));
        }
        let request = serde_json::to_value(client.voyage(&world).await).unwrap();
        asked.push(ask(&client, "make_plan", request).await);
        asked.push(ask(&client, "refresh_console", json!(beijing)).await);
        world.beijing().faults().clear();
        world.shanghai().faults().clear();
    }
    for (command, request) in [("save_console", json!({ "password": ["wrong-password-b81e"] })), ("no_such", json!(1))]
    {
        asked.push(ask(&client, command, request).await);
    }
    let export = PlanTarget::ThisComputer { folder: None };
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    client.perform(PlanRequest { source: source.clone(), target: export.clone(), options: official() }).await;
    let options = PlanOptions { encrypt: Some(true), ..official() };
    let plan = client.plan(PlanRequest { source, target: export, options }).await;
    asked.push(serde_json::to_string(&plan).unwrap());
    asked.push(ask(&client, "start_plan", json!({ "plan": plan.id })).await);
    for (of, word) in [
        (json!({ "kind": "plan", "plan": plan.id }), json!([IN_THE_LOCK])),
        (json!({ "kind": "job", "job": "none" }), json!(IN_THE_LOCK)),
        (json!({ "kind": "plan", "plan": plan.id }), json!(IN_THE_LOCK)),
    ] {
        asked.push(ask(&client, "give_passphrase", json!({ "for": of, "passphrase": word })).await);
    }
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    let job = client.end(&job.id).await;
    ledger.holds("an encrypted export ends well", job.state == JobState::Done, &job.problem);
    let path = job.report.and_then(|report| report.path).unwrap();
    for word in [IN_THE_LOCK, "canary-wrong-lock-81"] {
        let request = json!({ "for": { "kind": "file", "path": path }, "passphrase": word });
        asked.push(ask(&client, "give_passphrase", request).await);
    }
    asked.extend(answers(&client).await);
    client.core.close().await;
    drop(client);
    search(ledger, "failures", &world, &secrets, &told.end(), &asked, log);
    console_that_cannot_back_up(ledger, log).await;
}

/// The app's own variables go through here as an export of the platform's.
async fn console_that_cannot_back_up(ledger: &mut Ledger, log: &Log) {
    let world = World::of_eras(Era::V6_9_8, Era::V6_9_8).await;
    world.beijing().faults().switch(|switches| switches.version = Some("v6.3.0-release".to_owned()));
    let client = world.client().await;
    let told = Told::by(&client);
    let source = client.app(world.beijing(), crate::world::SHOP).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let job = client.perform(PlanRequest { source, target, options: PlanOptions::default() }).await;
    let mut asked = vec![serde_json::to_string(&job).unwrap()];
    asked.extend(answers(&client).await);
    client.core.close().await;
    drop(client);
    let secrets = secrets(&world, &["beijing", "guangzhou"]);
    search(ledger, "app exported without a backup", &world, &secrets, &told.end(), &asked, log);
}
