//! Bundles behind a passphrase: offered where credentials are found, readable with it alone, and it is kept nowhere.

use crate::cli::Home;
use crate::world::{
    Client, SHOP_VERSION, Size, TestHost, World, done, failed, helpful, official, packages, sha256, v5_key,
};
use rainferry_core::api::{
    CheckId, FileKind, Level, LineCode, PassphraseFor, PassphraseRequest, PhaseName, PlanOptions, PlanRequest,
    PlanSource, PlanTarget, PlanView, StartRequest,
};
use rainferry_core::{Code, Problem, Secret};
use rainferry_sandbox::{Fault, Hits, Trouble};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

const WORD: &str = "canary passphrase 7f21 雨渡";

async fn give(client: &Client, of: PassphraseFor, word: &str) -> Result<(), Problem> {
    client.core.give_passphrase(PassphraseRequest { of, passphrase: Secret::new(word) }).await
}

fn file(path: &Path) -> PassphraseFor {
    PassphraseFor::File { path: path.display().to_string() }
}

/// The plan of an export as it is when nobody chooses anything.
async fn plan(client: &Client, world: &World, encrypt: Option<bool>) -> PlanView {
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let request = PlanRequest { source, target, options: PlanOptions { encrypt, ..official() } };
    client.core.make_plan(request).await.unwrap()
}

fn start(plan: &PlanView) -> StartRequest {
    StartRequest { plan: plan.id.clone(), confirm: String::new() }
}

async fn exported(client: &Client, world: &World) -> PathBuf {
    let plan = plan(client, world, None).await;
    give(client, PassphraseFor::Plan { plan: plan.id.clone() }, WORD).await.unwrap();
    let job = client.core.start_plan(start(&plan)).await.unwrap();
    let job = client.end(&job.id).await;
    done(&job);
    let report = job.report.unwrap();
    let key = v5_key(world.beijing(), SHOP_VERSION);
    assert_eq!(report.sha256.unwrap(), sha256(world.beijing(), "rainbond-backup", &key).await);
    PathBuf::from(report.path.unwrap())
}

async fn import(client: &Client, path: &Path) -> PlanRequest {
    let source = PlanSource::File { path: path.display().to_string() };
    PlanRequest { source, target: client.team("shanghai", "ops").await, options: official() }
}

/// The passwords of consoles and stores, and nothing of a job.
fn without_jobs(secrets: HashMap<String, String>) -> HashMap<String, String> {
    secrets.into_iter().filter(|(handle, _)| !handle.starts_with("job/")).collect()
}

async fn again(world: &World, secrets: HashMap<String, String>) -> Client {
    Client::open(TestHost::knowing(&world.home(), &world.library(), secrets)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_with_credentials_wants_a_passphrase_or_a_word_that_it_does_not() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let shown = plan(&client, &world, None).await;
    let encryption = shown.encryption.clone().unwrap();
    assert!(encryption.on && encryption.credential_count.unwrap() > 0, "{encryption:?}");
    assert!(shown.path.as_ref().unwrap().ends_with(".tar.zst.age"));
    let told = |plan: &PlanView| {
        let check = plan.checks.iter().find(|check| check.id == CheckId::Credentials).unwrap();
        (check.level, check.line.code)
    };
    assert_eq!(told(&shown), (Level::Pass, LineCode::CheckCredentialsEncrypted));
    let refused = client.core.start_plan(start(&shown)).await.unwrap_err();
    helpful(&refused, Code::PassphraseMissing);
    assert!(refused.hint.unwrap().contains("--no-encrypt"));
    let empty = give(&client, PassphraseFor::Plan { plan: shown.id.clone() }, "").await.unwrap_err();
    assert_eq!(empty.code, Code::PassphraseMissing);
    // The plan waits for it.
    assert_eq!(client.core.start_plan(start(&shown)).await.unwrap_err().code, Code::PassphraseMissing);

    let open = plan(&client, &world, Some(false)).await;
    assert!(!open.encryption.as_ref().unwrap().on && open.path.as_ref().unwrap().ends_with(".tar.zst"));
    assert_eq!(told(&open), (Level::Warn, LineCode::CheckCredentialsOpen));
    let job = client.core.start_plan(start(&open)).await.unwrap();
    done(&client.end(&job.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_bundle_comes_to_life_byte_for_byte_and_only_with_its_passphrase() {
    let world = World::two_clusters().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    let path = exported(&client, &world).await;
    // Whoever wrote it has it open; nothing of the job is kept.
    let view = client.core.inspect_file(path.display().to_string()).await.unwrap();
    assert_eq!((view.kind, view.encrypted), (FileKind::Bundle, true));
    assert!(host.secrets().keys().all(|handle| !handle.starts_with("job/")), "{:?}", host.secrets().keys());
    client.core.close().await;
    drop(client);

    let client = again(&world, host.secrets()).await;
    let name = path.display().to_string();
    let locked = client.core.list_library(()).await.unwrap().files.remove(0);
    assert_eq!((locked.kind, locked.encrypted, locked.bundle), (FileKind::Locked, true, None));
    let source = || PlanSource::File { path: name.clone() };
    let request = import(&client, &path).await;
    for refused in [
        client.core.make_plan(request.clone()).await.err(),
        client.core.verify_file(name.clone()).await.err(),
        client.core.inspect(source()).await.err(),
        client.core.list_members(source()).await.err(),
    ] {
        helpful(&refused.unwrap(), Code::PassphraseMissing);
    }
    helpful(&give(&client, file(&path), "canary passphrase 7f22").await.unwrap_err(), Code::PassphraseWrong);
    give(&client, file(&path), WORD).await.unwrap();
    let view = client.core.inspect_file(name.clone()).await.unwrap();
    assert_eq!((view.kind, view.encrypted), (FileKind::Bundle, true));
    let verified = client.core.verify_file(name.clone()).await.unwrap();
    done(&client.end(&verified.id).await);

    let before = packages(world.shanghai()).await;
    let job = client.perform(request).await;
    done(&job);
    let mut keys = packages(world.shanghai()).await;
    keys.retain(|key| !before.contains(key));
    let wanted = sha256(world.beijing(), "rainbond-backup", &v5_key(world.beijing(), SHOP_VERSION)).await;
    assert_eq!(sha256(world.shanghai(), "shanghai-backup", &keys[0]).await, wanted);

    // Damage is told apart from a wrong passphrase.
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let job = client.core.verify_file(name.clone()).await.unwrap();
    failed(&client.end(&job.id).await, Code::BundleDamaged);
    std::fs::write(&path, &bytes[..middle]).unwrap();
    let cut = client.core.inspect_file(name).await.unwrap();
    assert_eq!((cut.kind, cut.problem.unwrap().code), (FileKind::Unreadable, Code::BundleDamaged));
    client.core.close().await;
    said_nowhere(&world.home());
}

/// No file of ours knows the passphrase.
fn said_nowhere(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            said_nowhere(&path);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(WORD.len()).any(|window| window == WORD.as_bytes()), "{}", path.display());
    }
}

/// An export that is slow enough to be stopped, and where it stands.
async fn stopped(world: &World) -> (HashMap<String, String>, rainferry_core::JobId) {
    let slow = Trouble::Slow { bytes_per_sec: 3_000_000 };
    world.beijing().faults().set(Fault::store("GetObject", "**", Hits::Always, slow));
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    let plan = plan(&client, world, None).await;
    give(&client, PassphraseFor::Plan { plan: plan.id.clone() }, WORD).await.unwrap();
    let job = client.core.start_plan(start(&plan)).await.unwrap();
    client.in_phase(&job.id, PhaseName::Write).await;
    client.core.close().await;
    world.beijing().faults().clear();
    (host.secrets(), job.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_export_goes_on_after_a_restart() {
    let world = World::sized(Size::Parts).await;
    let (secrets, id) = stopped(&world).await;
    assert!(secrets.values().any(|secret| secret == WORD), "the keyring has it while the job is not at its end");
    let host = TestHost::knowing(&world.home(), &world.library(), secrets);
    let client = Client::open(host.clone()).await.unwrap();
    done(&client.end(&id).await);
    assert!(host.secrets().values().all(|secret| secret != WORD));
    client.core.close().await;
    said_nowhere(&world.home());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_passphrase_was_not_kept_says_so_and_goes_on_with_it() {
    let world = World::sized(Size::Parts).await;
    let (secrets, id) = stopped(&world).await;
    let client = again(&world, without_jobs(secrets)).await;
    let job = client.end(&id).await;
    failed(&job, Code::PassphraseMissing);
    assert!(job.can_retry);
    // Another try alone changes nothing.
    client.core.retry_job(id.clone()).await.unwrap();
    failed(&client.end(&id).await, Code::PassphraseMissing);
    give(&client, PassphraseFor::Job { job: id.clone() }, WORD).await.unwrap();
    client.core.retry_job(id.clone()).await.unwrap();
    done(&client.end(&id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_after_a_restart_with_the_key_of_its_bundle() {
    let world = World::sized(Size::Parts).await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    let path = exported(&client, &world).await;
    let slow = Trouble::Slow { bytes_per_sec: 3_000_000 };
    world.shanghai().faults().set(Fault::store("UploadPart", "**", Hits::Always, slow));
    let job = client.start(import(&client, &path).await).await;
    client.in_phase(&job.id, PhaseName::Copy).await;
    client.core.close().await;
    drop(client);
    let secrets = host.secrets();
    assert!(secrets.values().all(|secret| secret != WORD), "a job that reads is left the key, not the passphrase");
    let client = again(&world, secrets.clone()).await;
    let seen = client.until(&job.id, "more bytes", |view| view.done_bytes > 0 || view.problem.is_some()).await;
    assert!(seen.problem.is_none(), "{:?}", seen.problem);
    client.core.close().await;
    drop(client);
    world.shanghai().faults().clear();
    // Without it, and then with what a person types.
    let client = again(&world, without_jobs(secrets.clone())).await;
    failed(&client.end(&job.id).await, Code::PassphraseMissing);
    let wrong = give(&client, PassphraseFor::Job { job: job.id.clone() }, "wrong").await.unwrap_err();
    assert_eq!(wrong.code, Code::PassphraseWrong);
    give(&client, PassphraseFor::Job { job: job.id.clone() }, WORD).await.unwrap();
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_takes_the_passphrase_from_the_environment() {
    let home = Home::with_samples().await;
    let export = ["export", "beijing/商城@20260806103000"];
    home.run(&export).await.refused(4, "passphrase_missing");
    let with = |word| [("RAINFERRY_PASSPHRASE", word)];
    let exported = home.run_in(&export, &with(WORD)).await;
    let path = exported.fine()["report"]["path"].as_str().unwrap().to_owned();
    assert!(path.ends_with(".tar.zst.age"), "{path}");
    for command in [&["inspect", &path][..], &["members", &path], &["verify", &path]] {
        home.run(command).await.refused(4, "passphrase_missing");
        home.run_in(command, &with("another")).await.refused(4, "passphrase_wrong");
        home.run_in(command, &with(WORD)).await.fine();
    }
    let arrived = home.run_in(&["import", &path, "shanghai/运维团队", "--name", "商城三"], &with(WORD)).await;
    assert_eq!(arrived.fine()["state"], "done");
    let open = home.run(&[&export[..], &["--no-encrypt"]].concat()).await;
    assert!(open.fine()["report"]["path"].as_str().unwrap().ends_with(".tar.zst"));
    assert_eq!(home.run(&[&export[..], &["--encrypt", "--no-encrypt"]].concat()).await.code, 2);
}
