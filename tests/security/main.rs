//! What is secret stays where it belongs, and what is ours is for this user alone. Every recipe, and what fails before one, runs
//! with secrets that are known; then everything that was said, logged and written is searched for them. Then the doors: modes of
//! files, the page's walls, certificates, profiles that are read-only, production.
//!
//! `make security` does all of it; `make security ARGS="--only Rebuild"` one recipe. All of it runs under the umask 000, so that
//! no mode is right by luck. The last line is `security: N checks, 0 leaks`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    dead_code,
    reason = "a test that prints its result; the world is shared with the promises"
)]

mod doors;
mod flows;
mod log;
mod page;
mod search;
mod typed;

#[path = "../it/host.rs"]
mod host;
#[path = "../crash/picture.rs"]
mod picture;
#[path = "../crash/scenario.rs"]
mod scenario;
#[path = "../it/turned.rs"]
mod turned;
#[path = "../it/world.rs"]
mod world;

use std::process::{Command, ExitCode};

/// Tells the program that it runs under the umask it wants.
const OPEN: &str = "RAINFERRY_SECURITY_OPEN";

/// What was looked at, and what was found there that should not be.
#[derive(Default)]
pub(crate) struct Ledger {
    checks: usize,
    leaks: usize,
}

impl Ledger {
    /// One thing that was looked at; what is wrong with it, one a line.
    pub(crate) fn check(&mut self, what: &str, wrong: &[String]) {
        self.checks += 1;
        if !wrong.is_empty() {
            self.leaks += 1;
            println!("LEAK {what}:");
            wrong.iter().take(5).for_each(|line| println!("  {line}"));
        }
    }

    /// A promise that holds, or does not.
    pub(crate) fn holds(&mut self, what: &str, holds: bool, seen: impl std::fmt::Debug) {
        let wrong = if holds { Vec::new() } else { vec![format!("{seen:?}")] };
        self.check(what, &wrong);
    }
}

/// What is planted is found, each in its way: a search that finds nothing must be able to.
fn planted(ledger: &mut Ledger, log: &log::Log) {
    let dir = tempfile::tempdir().unwrap();
    let secrets = search::Secrets::new([("a planted word", "planted-5e1d".to_owned())]);
    tracing::trace!(word = "planted-5e1d", "heard");
    tracing::trace_span!("span", word = ?Some("planted-5e1d"));
    let heard = secrets.within("the log", log.take().replacen("planted-5e1d", "", 1).as_bytes());
    ledger.holds("a word in the log and one in a span are heard", heard.len() == 1, &heard);
    for (name, text) in [("plain.json", "\"planted-5e1d\""), ("signed", "?X-Amz-Signature=ab"), ("token", "a.eyJi")] {
        let file = dir.path().join(name);
        std::fs::write(&file, text).unwrap();
        let found = search::in_files(dir.path(), &[], &secrets, &secrets);
        ledger.holds("a word in a file is found", found.len() == 1, &found);
        let open = search::open_to_others(dir.path(), &[]);
        ledger.holds("a file that others may read is found", open.iter().any(|row| row.contains(name)), &open);
        std::fs::remove_file(file).unwrap();
    }
    let entry = dir.path().join("entry");
    // So much alike that no packer leaves the word as it is.
    std::fs::write(&entry, "planted-5e1x".repeat(500) + "planted-5e1d").unwrap();
    let bundle = dir.path().join("a.tar.zst");
    let packed =
        Command::new("tar").args(["--zstd", "-cf"]).arg(&bundle).arg("-C").arg(dir.path()).arg("entry").status();
    assert!(packed.unwrap().success());
    std::fs::remove_file(entry).unwrap();
    let found = search::in_files(dir.path(), &[], &secrets, &secrets);
    ledger.holds("a word inside a bundle is found", found.len() == 1, &found);
}

fn main() -> ExitCode {
    if std::env::var_os(OPEN).is_none() {
        let mut again = Command::new("sh");
        again.args(["-c", "umask 000 && exec \"$0\" \"$@\""]).arg(std::env::current_exe().unwrap());
        let done = again.args(std::env::args_os().skip(1)).env(OPEN, "1").status().unwrap();
        return if done.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let only = words.iter().position(|word| word == "--only").and_then(|at| words.get(at + 1)).cloned();
    let log = log::Log::listen();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut ledger = Ledger::default();
    runtime.block_on(async {
        planted(&mut ledger, &log);
        flows::recipes(&mut ledger, &log, only.as_deref()).await;
        if only.is_none() {
            flows::failures(&mut ledger, &log).await;
            typed::commands(&mut ledger).await;
            doors::all(&mut ledger).await;
            page::walls(&mut ledger);
        }
    });
    println!("security: {} checks, {} leaks", ledger.checks, ledger.leaks);
    if ledger.leaks == 0 && ledger.checks > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
