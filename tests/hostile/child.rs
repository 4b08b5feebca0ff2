//! The process that opens bad files, one after the other, each through the door that people's files come in by. It says what it
//! begins with, so that whoever waits knows which file it died of.

use crate::answers::STAGES;
use crate::bundles::Bundle;
use crate::proxy;
use crate::sealed;
use crate::world::{Client, TestHost, World, ended};
use rainferry_core::api::{
    ColumnRequest, ConsoleState, FileKind, JobState, MemberRequest, PassphraseFor, PassphraseRequest, PlanOptions,
    PlanRequest, PlanSource, PlanTarget,
};
use rainferry_core::{Code, Problem, Secret, fuzzing};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(crate) const CHILD: &str = "RAINFERRY_HOSTILE_CHILD";

/// What a child is told.
#[derive(Serialize, Deserialize)]
pub(crate) struct Told {
    pub kind: String,
    pub names: Vec<String>,
    pub root: PathBuf,
}

/// What came of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Found {
    pub name: String,
    /// None: it was taken.
    pub code: Option<Code>,
    /// What other doors said of it that they must not say.
    pub odd: Vec<String>,
    pub millis: u128,
    pub peak_kib: u64,
}

pub(crate) async fn live() -> bool {
    let Ok(told) = std::env::var(CHILD) else { return false };
    let told: Told = serde_json::from_str(&told).unwrap();
    let needs_world = ["answer", "bundle"].contains(&told.kind.as_str());
    let world = if needs_world { Some(World::two_clusters().await) } else { None };
    let client = Client::open(TestHost::at(&told.root.join("home"), &told.root.join("library"))).await.unwrap();
    let target = match &world {
        Some(world) if told.kind == "bundle" => {
            client.save(world.shanghai()).await;
            Some(client.team("shanghai", "ops").await)
        }
        _ => None,
    };
    let doors = Doors { client, root: told.root, world, target };
    for name in told.names {
        println!("begin {name}");
        forget_peak();
        let begun = Instant::now();
        let (code, odd) = doors.open(&told.kind, &name).await;
        let found = Found { name, code, odd, millis: begun.elapsed().as_millis(), peak_kib: peak_kib() };
        println!("end {}", serde_json::to_string(&found).unwrap());
    }
    doors.client.core.close().await;
    true
}

struct Doors {
    client: Client,
    root: PathBuf,
    world: Option<World>,
    /// Where a bundle is planned to go.
    target: Option<PlanTarget>,
}

type Judged = (Option<Code>, Vec<String>);

impl Doors {
    async fn open(&self, kind: &str, name: &str) -> Judged {
        let path = self.root.join("in").join(name);
        let bytes = || std::fs::read(&path).unwrap();
        let of = |read: Result<(), Problem>| (read.err().map(|problem| problem.code), Vec::new());
        match kind {
            "ticket" => self.ticket(&path).await,
            "bundle" => self.bundle(&path).await,
            "package" => self.package(name, &bytes()).await,
            "image" => of(fuzzing::image(&bytes())),
            "journal" => of(fuzzing::journal(&bytes())),
            "export" => {
                let folder = self.root.join("out");
                std::fs::create_dir_all(&folder).unwrap();
                let opened = fuzzing::export(&path, &folder);
                // Whoever takes an export apart removes the folder it was given.
                std::fs::remove_dir_all(&folder).unwrap();
                of(opened)
            }
            "answer" => self.answer(name, bytes()).await,
            other => panic!("{other}"),
        }
    }

    async fn ticket(&self, path: &Path) -> Judged {
        let view = self.client.core.inspect_file(path.display().to_string()).await.unwrap();
        let odd = if view.kind == FileKind::Unreadable { Vec::new() } else { vec![format!("{:?}", view.kind)] };
        (view.problem.map(|problem| problem.code), odd)
    }

    async fn bundle(&self, path: &Path) -> Judged {
        let core = &self.client.core;
        let (path, mut odd) = (path.display().to_string(), Vec::new());
        let mut look = |door: &str, problem: Option<Problem>| {
            if let Some(problem) = problem.filter(|problem| problem.code == Code::Internal) {
                odd.push(format!("{door}: {problem}"));
            }
        };
        look("inspect_file", core.inspect_file(path.clone()).await.unwrap().problem);
        look("inspect", core.inspect(PlanSource::File { path: path.clone() }).await.err());
        look("list_members", core.list_members(PlanSource::File { path: path.clone() }).await.err());
        let source = PlanSource::File { path: path.clone() };
        let (target, options) = (self.target.clone().unwrap(), PlanOptions::default());
        look("plan", core.make_plan(PlanRequest { source, target, options }).await.err());
        let of = PassphraseFor::File { path: path.clone() };
        let opened = core.give_passphrase(PassphraseRequest { of, passphrase: Secret::new(sealed::WORD) }).await;
        if let Err(problem) = opened {
            // Nothing else opens it.
            if core.verify_file(path).await.is_ok_and(|job| job.state == JobState::Done) {
                odd.push("verified without its passphrase".to_owned());
            }
            return (Some(problem.code), odd);
        }
        let job = core.verify_file(path).await.unwrap();
        let job = self.client.until(&job.id, "the end", ended).await;
        let code = match job.state {
            JobState::Done => None,
            _ => Some(job.problem.map_or(Code::Internal, |problem| problem.code)),
        };
        core.forget_job(job.id).await.unwrap();
        (code, odd)
    }

    /// In a bundle, and by itself.
    async fn package(&self, name: &str, bytes: &[u8]) -> Judged {
        let core = &self.client.core;
        let mut odd = Vec::new();
        let path = self.root.join("in").join(format!("{name}.tar.zst"));
        let bundle = Bundle::of(vec![("metadata/region_apps_metadata.json", b"[]")]).entry("package/p.zip", bytes);
        std::fs::write(&path, bundle.file()).unwrap();
        drop(bundle);
        // What it took to make that is not counted.
        forget_peak();
        let source = PlanSource::File { path: path.display().to_string() };
        let listed = core.list_members(source.clone()).await;
        let out = self.root.join("out");
        std::fs::create_dir_all(&out).unwrap();
        let mut code = listed.as_ref().err().map(|problem| problem.code);
        for (at, member) in listed.unwrap_or_default().iter().enumerate().take(40) {
            let to = out.join(at.to_string());
            let request =
                MemberRequest { source: source.clone(), name: member.name.clone(), path: to.display().to_string() };
            match core.save_member(request).await {
                Ok(_) => std::fs::remove_file(&to).unwrap(),
                Err(problem) => {
                    if to.exists() {
                        odd.push(format!("{} was saved and refused", member.name));
                    }
                    code = code.or(Some(problem.code));
                }
            }
        }
        // Whatever was refused left nothing behind.
        if let Err(error) = std::fs::remove_dir(&out) {
            odd.push(format!("something is left: {error}"));
        }
        std::fs::remove_file(&path).unwrap();
        let alone = fuzzing::package(bytes).err().map(|problem| problem.code);
        for code in [code, alone].into_iter().flatten().filter(|code| *code != Code::PackageDamaged) {
            odd.push(format!("{code:?}"));
        }
        (alone, odd)
    }

    async fn answer(&self, name: &str, bytes: Vec<u8>) -> Judged {
        let world = self.world.as_ref().unwrap();
        let stage = name.trim_start_matches("answer-");
        let (_, piece) = STAGES.iter().find(|(word, _)| stage.starts_with(word)).unwrap();
        let cluster = world.shanghai();
        let front = proxy::start(&cluster.console_url(), piece, bytes).await;
        let (home, library) = (self.root.join("home-of-answers").join(name), self.root.join("library"));
        let client = Client::open(TestHost::at(&home, &library)).await.unwrap();
        let mut draft = Client::draft(cluster);
        draft.url = front.url.clone();
        let saved = client.core.save_console(draft).await.unwrap();
        let seen = client.core.refresh_console(saved.id).await.unwrap();
        let code = match seen.state {
            ConsoleState::Failed { problem } => Some(problem.code),
            _ => {
                let mut code = None;
                for cluster in &seen.clusters {
                    for team in &cluster.teams {
                        let request = ColumnRequest { cluster: cluster.id.clone(), team: team.name.clone() };
                        let problem = match client.core.load_column(request).await {
                            Ok(view) => view.problems.into_iter().next(),
                            Err(problem) => Some(problem),
                        };
                        code = code.or(problem.map(|problem| problem.code));
                    }
                }
                code
            }
        };
        client.core.close().await;
        let odd = if front.was_asked() { Vec::new() } else { vec!["nobody asked for it".to_owned()] };
        (code, odd)
    }
}

/// The most memory since [`forget_peak`]; none where the system does not tell.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

fn forget_peak() {
    // Linux: 5 resets the peak (proc(5), clear_refs).
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
