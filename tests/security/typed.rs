//! The command line as a program of its own: what it prints, logs and keeps, at the level `trace`.

use crate::Ledger;
use crate::search::{self, Secrets};
use crate::world::{PASSWORD, World, cli};
use rainferry_sandbox::SAMPLE_PASSWORD;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const WRONG: &str = "wrong-password-b81e";

async fn run(home: &Path, password: &str, key: &str, words: &[&str]) -> Output {
    let mut command = Command::new(cli());
    command.args(words).env("RAINFERRY_HOME", home).env("RAINFERRY_PASSWORD", password);
    command.env("RAINFERRY_STORE_SECRET", key).env("RUST_LOG", "trace").env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

pub(crate) async fn commands(ledger: &mut Ledger) {
    let world = World::two_clusters().await;
    let store = world.shanghai().store();
    let secrets = Secrets::new([
        ("a password", PASSWORD.to_owned()),
        ("a wrong password", WRONG.to_owned()),
        ("a store's key", store.secret_key.clone()),
        ("a password of the samples", SAMPLE_PASSWORD.to_owned()),
    ]);
    let home = world.dir.path().join("typed");
    let url = world.shanghai().console_url();
    let store_words =
        ["--store-endpoint", &store.endpoint, "--store-bucket", &store.bucket, "--store-access-key", &store.access_key];
    for (json, password) in [(true, PASSWORD), (false, PASSWORD), (true, WRONG), (false, WRONG)] {
        let name = format!("{json}-{}", password.len());
        let mut words = vec!["console", "add", &name, &url, "--user", "admin"];
        words.extend(store_words);
        if json {
            words.insert(0, "--json");
        }
        let done = run(&home, password, &store.secret_key, &words).await;
        ledger.holds("console add ends as it should", done.status.success() == (password == PASSWORD), done.status);
        said(ledger, "console add", &secrets, &done);
    }
    for words in [&["console", "list"][..], &["--json", "console", "list"], &["clusters"], &["--json", "jobs", "list"]]
    {
        said(ledger, &words.join(" "), &secrets, &run(&home, PASSWORD, "", words).await);
    }
    let typed = run(&home, PASSWORD, "", &["console", "add", "x", "y", "--user", "z", "--password", WRONG]).await;
    ledger.holds("a password cannot be an argument", !typed.status.success(), typed.status);
    files(ledger, "console add", &home, &secrets, &[]);

    // The main job, four ways, in the terminal and for programs.
    let dir = world.dir.path().join("demo");
    for json in [false, true] {
        let dir = dir.join(json.to_string());
        let place = dir.display().to_string();
        let mut words = vec!["demo", "--dir", &place];
        if json {
            words.insert(0, "--json");
        }
        let done = run(&home, PASSWORD, "", &words).await;
        ledger.holds("the demo ends well", done.status.success(), String::from_utf8_lossy(&done.stdout));
        said(ledger, "demo", &secrets, &done);
        // The simulated clusters keep their own rows there.
        files(ledger, "demo", &dir.join("home"), &secrets, &["samples"]);
        files(ledger, "demo's library", &dir.join("library"), &secrets, &[]);
    }
}

fn said(ledger: &mut Ledger, what: &str, secrets: &Secrets, done: &Output) {
    ledger.check(&format!("{what}: standard output"), &secrets.within("it", &done.stdout));
    ledger.check(&format!("{what}: standard error, with the log"), &secrets.within("it", &done.stderr));
}

fn files(ledger: &mut Ledger, what: &str, folder: &Path, secrets: &Secrets, except: &[&str]) {
    ledger.check(&format!("{what}: files"), &search::in_files(folder, except, secrets, secrets));
    ledger.check(&format!("{what}: modes"), &search::open_to_others(folder, except));
}
