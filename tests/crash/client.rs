//! The client that is killed: a process of its own, which goes on with the jobs it finds and dies at the moment it is told.

use crate::world::{Client, TestHost, World, ended};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Tells the program that it is the client, and all it has to know.
const CHILD: &str = "RAINFERRY_CRASH_CLIENT";
const TARGET: &str = "rainferry::moment";

/// Runs the jobs of a world to their end, or to a moment, counted from 1. Writes down the moments that passed.
pub(crate) async fn run(world: &World, secrets: &HashMap<String, String>, dies_at: Option<usize>) -> Vec<String> {
    let moments = world.dir.path().join("moments");
    let told = json!({
        "home": world.home(), "library": world.library(), "secrets": secrets, "dies_at": dies_at, "moments": moments,
    });
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(CHILD, told.to_string()).stdin(Stdio::null()).stdout(Stdio::null());
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let passed = std::fs::read_to_string(&moments).unwrap_or_default().lines().map(str::to_owned).collect();
    match done.status.code() {
        // It ended by itself, or by a signal.
        Some(0) | None => passed,
        Some(code) => panic!("the client ended with {code}: {}", String::from_utf8_lossy(&done.stderr)),
    }
}

/// The life of the client, if this process is it.
pub(crate) async fn live() -> bool {
    let Ok(told) = std::env::var(CHILD) else { return false };
    let told: Value = serde_json::from_str(&told).unwrap();
    let path = |name: &str| PathBuf::from(told[name].as_str().unwrap());
    let dies_at = told["dies_at"].as_u64().map(|at| usize::try_from(at).unwrap());
    let file = std::fs::File::create(path("moments")).unwrap();
    let moments = Moments { passed: Mutex::new((0, file)), dies_at };
    tracing::subscriber::set_global_default(moments).unwrap();
    let secrets = serde_json::from_value(told["secrets"].clone()).unwrap();
    let client = Client::open(TestHost::in_haste(&path("home"), &path("library"), secrets)).await.unwrap();
    for job in client.core.list_jobs(()).await.unwrap() {
        client.until(&job.id, "the end", ended).await;
    }
    client.core.close().await;
    true
}

/// Counts the moments, and ends the process at one of them as a kill would: nothing is flushed, nothing is closed.
struct Moments {
    passed: Mutex<(usize, std::fs::File)>,
    dies_at: Option<usize>,
}

impl Subscriber for Moments {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn event(&self, event: &Event<'_>) {
        let mut said = Said(String::new());
        event.record(&mut said);
        let mut passed = self.passed.lock().unwrap();
        passed.0 += 1;
        std::io::Write::write_all(&mut passed.1, format!("{}\n", said.0.trim()).as_bytes()).unwrap();
        if self.dies_at == Some(passed.0) {
            std::process::abort();
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Said(String);

impl Visit for Said {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {value:?}");
    }

    fn record_str(&mut self, _: &Field, value: &str) {
        let _ = write!(self.0, " {value}");
    }
}
