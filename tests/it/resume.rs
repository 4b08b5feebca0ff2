//! A job outlives its program: killed anywhere, it goes on at the next start, and nothing is lost or doubled.

use crate::seaweed::{SeaweedFs, Throttle};
use crate::world::{
    Client, SHOP, SHOP_VERSION, Size, TestHost, WIKI_VERSION, World, cli, done, ended, eventually, failed, official,
    packages, sha256, v5_key,
};
use rainferry_core::Code;
use rainferry_core::api::{JobState, LineCode, PlanRequest, StartRequest};
use rainferry_sandbox::{Fault, Hits, Trouble};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Tells the program that it is the client of this test, and which folders and secrets it has.
const CHILD: &str = "RAINFERRY_TEST_CLIENT";

fn journals(home: &Path) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(home.join("jobs")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = listing.collect();
    found.sort();
    found
}

/// The facts of the only job, as far as they are on disk.
fn facts(home: &Path) -> Vec<Value> {
    let text = journals(home).pop().map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default();
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.map(|line| serde_json::from_str::<Value>(line).unwrap()["fact"].clone()).collect()
}

pub(crate) fn count(home: &Path, fact: &str) -> usize {
    facts(home).iter().filter(|row| row["is"] == fact).count()
}

/// A client in a process of its own.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(world: &World, secrets: &HashMap<String, String>) -> Self {
        let told = serde_json::json!({"home": world.home(), "library": world.library(), "secrets": secrets});
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["resume::client_process", "--exact", "--nocapture"])
            .env(CHILD, told.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    /// SIGKILL: nothing of it runs any more, not even what closes files.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Not a promise: the client that the others start and kill. Goes on with what it finds, and ends when that has ended.
#[tokio::test(flavor = "multi_thread")]
async fn client_process() {
    let Some(told) = std::env::var_os(CHILD) else { return };
    let told: Value = serde_json::from_str(told.to_str().unwrap()).unwrap();
    let folder = |name: &str| PathBuf::from(told[name].as_str().unwrap());
    let secrets = serde_json::from_value(told["secrets"].clone()).unwrap();
    let client = Client::open(TestHost::knowing(&folder("home"), &folder("library"), secrets)).await.unwrap();
    for job in client.core.list_jobs(()).await.unwrap() {
        client.until(&job.id, "the end", ended).await;
    }
    client.core.close().await;
}

/// Saves the consoles, writes a job down, and closes before it has begun.
async fn prepared(world: &World) -> (HashMap<String, String>, rainferry_core::JobId) {
    prepared_for(world, SHOP_VERSION).await
}

async fn prepared_for(world: &World, version: &str) -> (HashMap<String, String>, rainferry_core::JobId) {
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    let source = client.backup(world.beijing(), version).await;
    let target = client.team("shanghai", "ops").await;
    let plan = client.plan(PlanRequest { source, target, options: official() }).await;
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    client.core.close().await;
    (host.secrets(), job.id)
}

/// The job ended well, and there is one of everything.
async fn arrived_once(world: &World, secrets: HashMap<String, String>, id: &rainferry_core::JobId) {
    let host = TestHost::knowing(&world.home(), &world.library(), secrets);
    let client = Client::open(host).await.unwrap();
    let job = client.end(id).await;
    done(&job);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    let state = world.shanghai().inspect();
    let apps: Vec<_> = state.apps.iter().filter(|app| app.name != "监控").collect();
    assert_eq!(apps.len(), 1, "{apps:?}");
    assert_eq!((apps[0].name.as_str(), state.components_of(apps[0].id).count()), (SHOP, 2));
    let records: Vec<_> = state.backups.iter().filter(|row| row.version == SHOP_VERSION).collect();
    assert_eq!(records.len(), 1, "imported more than once");
    assert_eq!(state.migrations.len(), 1, "restored more than once");
    assert_eq!(world.shanghai().unfinished_uploads(), 0);
    assert_eq!(packages(world.shanghai()).await.len(), 2);
    let source = v5_key(world.beijing(), SHOP_VERSION);
    let key = format!("backup/{}/{source}", records[0].group_uuid);
    assert_eq!(
        sha256(world.shanghai(), "shanghai-backup", &key).await,
        sha256(world.beijing(), "rainbond-backup", &source).await
    );
    client.core.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_in_the_middle_of_a_copy_goes_on_where_it_was() {
    let world = World::sized(Size::Parts).await;
    let slow = Trouble::Slow { bytes_per_sec: 12_000_000 };
    world.shanghai().faults().set(Fault::store("UploadPart", "**", Hits::Always, slow));
    let (secrets, id) = prepared(&world).await;
    let parts = || count(&world.home(), "part_done");
    let client = Process::start(&world, &secrets);
    eventually("two parts", || parts() >= 2).await;
    client.kill();
    let before = parts();
    assert_eq!(count(&world.home(), "object_done"), 0, "there was no middle");
    world.shanghai().faults().clear();
    world.shanghai().faults().forget_calls();
    let again = Process::start(&world, &secrets);
    eventually("the end", || count(&world.home(), "done") + count(&world.home(), "failed") > 0).await;
    drop(again);
    let sent = world.shanghai().faults().count(rainferry_sandbox::Server::Store, "UploadPart", "**");
    assert_eq!(sent + before, parts(), "parts that the store had were sent again");
    arrived_once(&world, secrets, &id).await;
}

/// A package that is mended on the way has no bytes to read again but those that are made anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_while_it_mends_goes_on_where_it_was() {
    let world = World::sized(Size::Parts).await;
    let slow = Trouble::Slow { bytes_per_sec: 8_000_000 };
    world.shanghai().faults().set(Fault::store("UploadPart", "**", Hits::Always, slow));
    let (secrets, id) = prepared_for(&world, WIKI_VERSION).await;
    let parts = || count(&world.home(), "part_done");
    let client = Process::start(&world, &secrets);
    eventually("a part", || parts() >= 1).await;
    client.kill();
    let before = parts();
    assert_eq!(count(&world.home(), "object_done"), 0, "there was no middle");
    world.shanghai().faults().clear();
    world.shanghai().faults().forget_calls();
    let host = TestHost::knowing(&world.home(), &world.library(), secrets);
    let client = Client::open(host).await.unwrap();
    done(&client.end(&id).await);
    let sent = world.shanghai().faults().count(rainferry_sandbox::Server::Store, "UploadPart", "**");
    // The new process may ask the store, by a part that it should refuse, whether it looks at checksums.
    assert!([0, 1].contains(&(sent + before - parts())), "parts that the store had were sent again");
    assert_eq!((count(&world.home(), "transfer_started"), count(&world.home(), "repaired")), (1, 1));
    assert_eq!(world.shanghai().unfinished_uploads(), 0);
    crate::mend::wiki_arrived(&world);
    client.core.close().await;
}

/// One job, killed after each of its decisive facts.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_again_and_again_doubles_nothing() {
    let world = World::sized(Size::Parts).await;
    let slow = Trouble::Slow { bytes_per_sec: 30_000_000 };
    world.shanghai().faults().set(Fault::store("UploadPart", "**", Hits::Always, slow));
    let late = Trouble::Late { millis: 150 };
    world.shanghai().faults().set(Fault::console("POST", "**", Hits::Always, late));
    let (secrets, id) = prepared(&world).await;
    for fact in [
        "app_creating",
        "app_created",
        "ticket_sending",
        "ticket_taken",
        "object_claimed",
        "transfer_started",
        "part_done",
        "object_done",
        "restore_asking",
        "restore_started",
        "restore_ended",
        "deploy_asked",
    ] {
        let client = Process::start(&world, &secrets);
        let home = world.home();
        eventually(fact, || count(&home, fact) > 0).await;
        client.kill();
    }
    assert!(count(&world.home(), "run_started") > 6, "few of the kills came in the middle");
    world.shanghai().faults().clear();
    arrived_once(&world, secrets, &id).await;
}

/// A journal that was cut anywhere, as by a disk that lost its last writes: the job ends as it did.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_cut_anywhere_ends_as_the_whole_one_did() {
    let world = World::two_clusters().await;
    let (secrets, id) = prepared(&world).await;
    arrived_once(&world, secrets.clone(), &id).await;
    let journal = journals(&world.home()).pop().unwrap();
    let whole = std::fs::read(&journal).unwrap();
    let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').map(|at| at + 1).collect();
    assert!(ends.len() > 25, "{} lines", ends.len());
    // At every line, and within every fifth.
    let torn = ends.iter().step_by(5).map(|end| end + 7).filter(|at| *at < whole.len());
    for cut in ends.iter().copied().chain(torn) {
        std::fs::write(&journal, &whole[..cut]).unwrap();
        arrived_once(&world, secrets.clone(), &id).await;
    }
    // Torn in the very first line: the job never began, and nothing is made of it.
    std::fs::write(&journal, &whole[..20]).unwrap();
    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), secrets)).await.unwrap();
    assert!(client.core.list_jobs(()).await.unwrap().is_empty());
    assert_eq!(client.core.get_job(id).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_finds_its_clusters_gone_ends_and_can_be_tried_again() {
    let world = World::two_clusters().await;
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let client = world.client().await;
    let job = client.start(client.voyage(&world).await).await;
    client
        .until(&job.id, "the restore", |view| view.log.iter().any(|row| row.line.code == LineCode::LogRestoreStarted))
        .await;
    client.core.close().await;
    drop(client);
    for cluster in [world.beijing(), world.shanghai()] {
        cluster.refuse_connections().await;
    }
    // The consoles are known by their profiles; the passwords are not kept in this run, and then they are.
    let client = Client::open(TestHost::at(&world.home(), &world.library())).await.unwrap();
    let view = client.end(&job.id).await;
    failed(&view, Code::PasswordMissing);
    for cluster in [world.beijing(), world.shanghai()] {
        client.change(cluster, |_| {}).await;
    }
    client.core.retry_job(job.id.clone()).await.unwrap();
    let view = client.end(&job.id).await;
    failed(&view, Code::Unreachable);
    assert!(view.can_retry && !view.leftovers.is_empty());
    for cluster in [world.beijing(), world.shanghai()] {
        cluster.accept_connections().await.unwrap();
    }
    world.shanghai().faults().switch(|switches| switches.hold_builder = false);
    client.core.retry_job(job.id.clone()).await.unwrap();
    let view = client.end(&job.id).await;
    done(&view);
    assert!(view.leftovers.is_empty(), "{:?}", view.leftovers);
    assert_eq!(world.shanghai().inspect().migrations.len(), 1);
}

/// The command line and a real store: 96 MiB, killed in the middle, resumed by another command.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_by_the_command_line_survives_its_death() {
    let store = SeaweedFs::start().await;
    store.make_bucket("backups").await;
    let wire = Throttle::before(&store.endpoint, 24 << 20).await;
    let folder = tempfile::tempdir().unwrap();
    let (file, home) = (folder.path().join("package.zip"), folder.path().join("home"));
    let bytes = crate::seaweed::noise(96 << 20);
    std::fs::write(&file, &bytes).unwrap();
    let command = |arguments: &[&str]| {
        let mut command = Command::new(cli());
        command.arg("--json").args(arguments).env("RAINFERRY_HOME", &home).env("AWS_ENDPOINT_URL", &wire.url);
        command.env("AWS_ACCESS_KEY_ID", SeaweedFs::ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SeaweedFs::SECRET_KEY);
        command.stdin(Stdio::null());
        command
    };
    let source = file.display().to_string();
    let copy = ["copy", &source, "s3://backups/deep/package.zip", "--environment"];
    let child = command(&copy).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let client = Process(child.unwrap());
    eventually("two parts", || count(&home, "part_done") >= 2).await;
    client.kill();
    let before = count(&home, "part_done");
    assert_eq!(count(&home, "object_done"), 0, "there was no middle");
    assert_eq!(store.unfinished_uploads("backups").await, 1);
    wire.open();
    let resumed = tokio::task::spawn_blocking({
        let mut resume = command(&["jobs", "resume"]);
        move || resume.output().unwrap()
    });
    let resumed = resumed.await.unwrap();
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    let last = String::from_utf8(resumed.stdout).unwrap().lines().last().unwrap().to_owned();
    assert_eq!(serde_json::from_str::<Value>(&last).unwrap()["state"], serde_json::json!(JobState::Done));
    assert_eq!(count(&home, "transfer_started"), 1, "begun anew");
    assert_eq!(count(&home, "part_done"), 12);
    assert!(before >= 2);
    assert_eq!(store.unfinished_uploads("backups").await, 0);
    assert_eq!(store.sha256("backups", "deep/package.zip").await, crate::seaweed::sha256_of(&bytes));
    // What lies there is not overwritten unasked.
    let refused = tokio::task::spawn_blocking({
        let mut again = command(&copy);
        move || again.output().unwrap()
    });
    assert_eq!(refused.await.unwrap().status.code(), Some(1));
}
