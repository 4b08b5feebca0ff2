//! Every call that any recipe makes to a console, a store or a registry, under everything a wire does, before it, in the middle
//! of it, and after it was done: the job ends well, or says what happened and ends well when it is tried again, and nothing is
//! there twice. Then answers that are lost at random: what was asked for is looked for, not asked for again. Then disks that
//! are full, read-only or gone.
//!
//! `make faults` does all of it; `ARGS="--sample 40 --random 20"` so many cases of the wire, a quarter as many of the disk, and
//! so many random runs; `--only Rebuild` one scenario, `--like "Store GetObject"` the wire's cases with these words, `--disk` the
//! disk alone. The last line is `faults: N cases, 0 wrong`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    dead_code,
    reason = "a test that prints its result; the world is shared with the promises"
)]

mod disk;
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

use futures::{Stream, StreamExt, stream};
use rainferry_core::Code;
use rainferry_core::api::{JobState, JobView};
use rainferry_sandbox::{Call, Fault, Hits, Stage, Trouble, WireFault};
use scenario::{Ground, Scenario};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Worlds at once: each waits more than it works, and one whose wire is silent waits longer, beside the others.
const AT_ONCE: usize = 6;
const SILENT_AT_ONCE: usize = 24;
/// Silence that is given up after minutes, in seconds.
const SILENCE: Duration = Duration::from_secs(12);
/// A job may be tried so often, once for each time that it says what is wrong.
const TRIES: usize = 4;
const RANDOM_RUNS: usize = 1000;

struct Asked {
    sample: Option<usize>,
    random: usize,
    only: Option<String>,
    /// Cases of the wire whose words hold this.
    like: Option<String>,
    /// The cases of the disk alone.
    disk: bool,
}

impl Asked {
    fn read() -> Self {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let after = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1)).cloned();
        let number = |name: &str| after(name).map(|text| text.parse::<usize>().unwrap());
        let disk = words.iter().any(|word| word == "--disk");
        let random = if disk || after("--like").is_some() { 0 } else { number("--random").unwrap_or(RANDOM_RUNS) };
        Self { sample: number("--sample"), random, only: after("--only"), like: after("--like"), disk }
    }
}

/// A kind of call, as a fault names it: ids are left open.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Operation {
    /// Which of the servers of a world.
    server: usize,
    call: Call,
}

/// How a scenario goes when nothing happens to it.
struct Unharmed {
    picture: Value,
    calls: Vec<Operation>,
    /// Size of what it wrote into the library.
    library_kib: u64,
}

struct Case {
    scenario: Scenario,
    unharmed: Arc<Unharmed>,
    faults: Vec<(usize, Fault)>,
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> ExitCode {
    let asked = Asked::read();
    rainferry_core::silence::wait_at_most(SILENCE);
    let may_mount = disk::step_inside();
    let wanted = |scenario: &Scenario| asked.only.as_ref().is_none_or(|only| format!("{scenario:?}") == *only);
    let (mut cases, mut silent, mut ground) = (Vec::new(), Vec::new(), Vec::new());
    let mut known = HashSet::new();
    for scenario in Scenario::ALL.into_iter().filter(wanted) {
        let unharmed = Arc::new(unharmed(scenario).await);
        let new: Vec<Operation> =
            unharmed.calls.iter().filter(|one| known.insert((one.call.clone(), one.server))).cloned().collect();
        println!("{scenario:?}: {} kinds of calls, {} of them new", unharmed.calls.len(), new.len());
        for operation in new {
            for fault in WireFault::ALL {
                for stage in Stage::ALL {
                    let faults = vec![(operation.server, fault_of(&operation, Trouble::Wire { fault, stage }))];
                    let case = Case { scenario, unharmed: unharmed.clone(), faults };
                    if fault == WireFault::Timeout { silent.push(case) } else { cases.push(case) }
                }
            }
        }
        ground.push((scenario, unharmed));
    }
    let mut disks = if may_mount { disk::cases(&on_disk(&ground, wanted).await) } else { Vec::new() };
    if let Some(sample) = asked.sample {
        // Silence is waited for: not in a sample.
        silent.clear();
        let step = (cases.len() / sample.max(1)).max(1);
        cases = cases.into_iter().step_by(step).collect();
        let step = (disks.len() * 4 / sample.max(1)).max(1);
        disks = disks.into_iter().step_by(step).collect();
    }
    if let Some(like) = &asked.like {
        cases.retain(|case| case.words().contains(like));
        silent.retain(|case| case.words().contains(like));
        disks.clear();
    }
    if asked.disk {
        cases.clear();
        silent.clear();
    }
    let mut random = Dice(0x5eed);
    for _ in 0..asked.random {
        let (scenario, unharmed) = &ground[random.below(ground.len())];
        cases.push(lost_answers(*scenario, unharmed, &mut random));
    }
    let count = cases.len() + silent.len() + disks.len();
    // What breaks is told in one line.
    std::panic::set_hook(Box::new(|_| {}));
    let on_wire = |cases: Vec<Case>, at_once| {
        let all = cases.into_iter().map(|case| guarded(case.words(), async move { case.run().await }));
        counted(stream::iter(all).buffer_unordered(at_once))
    };
    let (loud, quiet) = futures::join!(on_wire(cases, AT_ONCE), on_wire(silent, SILENT_AT_ONCE));
    let mut wrong = loud + quiet;
    let disks = disks.into_iter().map(|case| guarded(case.words(), async move { case.run().await }));
    wrong += counted(stream::iter(disks).buffer_unordered(AT_ONCE)).await;
    println!("faults: {count} cases, {wrong} wrong");
    if wrong == 0 && count > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn words(fault: &Fault) -> String {
    format!("{:?} {} {} {:?} {:?}", fault.server, fault.method, fault.path, fault.hits, fault.trouble)
}

fn fault_of(operation: &Operation, trouble: Trouble) -> Fault {
    let Call { server, method, path } = operation.call.clone();
    Fault { server, method, path, hits: Hits::Nth(1), trouble }
}

/// One to three answers are lost on their way, of calls anywhere in the job.
fn lost_answers(scenario: Scenario, unharmed: &Arc<Unharmed>, random: &mut Dice) -> Case {
    let lost = Trouble::Wire { fault: WireFault::Reset, stage: Stage::After };
    let count = 1 + random.below(3);
    let faults = (0..count).map(|_| {
        let operation = &unharmed.calls[random.below(unharmed.calls.len())];
        (operation.server, fault_of(operation, lost.clone()))
    });
    Case { scenario, faults: faults.collect(), unharmed: unharmed.clone() }
}

async fn unharmed(scenario: Scenario) -> Unharmed {
    let ground = Ground::prepared(scenario).await;
    ground.servers().into_iter().for_each(|faults| faults.forget_calls());
    let wrong = ground.finish().await;
    assert!(wrong.is_empty(), "{scenario:?}, unharmed: {wrong:?}");
    let mut calls: BTreeMap<String, Operation> = BTreeMap::new();
    for (server, faults) in ground.servers().into_iter().enumerate() {
        for call in faults.calls() {
            let path = open(&call.path);
            let key = format!("{server} {:?} {} {path}", call.server, call.method);
            calls.insert(key, Operation { server, call: Call { path, ..call } });
        }
    }
    let files = std::fs::read_dir(ground.world.library()).into_iter().flatten().flatten();
    let library_kib = files.map(|file| file.metadata().unwrap().len() / 1024).sum();
    Unharmed { picture: ground.picture().await, calls: calls.into_values().collect(), library_kib }
}

/// A path whose ids are left open: what has a digit in it, and what is long.
fn open(path: &str) -> String {
    let piece = |piece: &str| match piece {
        "v2" => piece.to_owned(),
        _ if piece.len() > 24 || piece.chars().any(|char| char.is_ascii_digit()) => "*".to_owned(),
        _ => piece.to_owned(),
    };
    path.split('/').map(piece).collect::<Vec<_>>().join("/")
}

/// Exports that fill a disk are asked for there alone.
async fn on_disk(
    ground: &[(Scenario, Arc<Unharmed>)],
    wanted: impl Fn(&Scenario) -> bool,
) -> Vec<(Scenario, Arc<Unharmed>)> {
    let mut all = ground.to_vec();
    if wanted(&Scenario::ExportInParts) {
        all.push((Scenario::ExportInParts, Arc::new(unharmed(Scenario::ExportInParts).await)));
    }
    all
}

/// One that never ends, or breaks the test, is wrong and no more than that.
async fn guarded(words: String, run: impl Future<Output = Vec<String>> + Send + 'static) -> (Vec<String>, String) {
    let found = tokio::spawn(run).await.unwrap_or_else(|error| {
        let panic = error.try_into_panic().ok();
        let said = panic.as_ref().and_then(|panic| panic.downcast_ref::<String>());
        vec![said.map_or_else(|| "it broke the test".to_owned(), |text| text.chars().take(300).collect())]
    });
    (found, words)
}

/// Tells what is wrong, and counts it.
async fn counted(mut ends: impl Stream<Item = (Vec<String>, String)> + Unpin) -> usize {
    let mut wrong = 0;
    while let Some((found, words)) = ends.next().await {
        if !found.is_empty() {
            wrong += 1;
            println!("{words}: {}", found.join("; "));
        }
    }
    wrong
}

impl Case {
    fn words(&self) -> String {
        let faults: Vec<String> = self.faults.iter().map(|(_, fault)| words(fault)).collect();
        format!("{:?}: {}", self.scenario, faults.join(", "))
    }

    /// What is wrong with how it ended.
    async fn run(&self) -> Vec<String> {
        let ground = Ground::prepared(self.scenario).await;
        for (server, fault) in &self.faults {
            ground.servers()[*server].set(fault.clone());
        }
        let client = ground.client().await;
        let (mut wrong, mut on_the_way) = (Vec::new(), Vec::new());
        let mut job = client.end(ground.job()).await;
        for _ in 0..TRIES {
            if job.state == JobState::Done {
                break;
            }
            wrong.extend(poor_words(&job));
            on_the_way.extend(job.problem.clone());
            if !job.can_retry {
                break;
            }
            // As a person would: once it may have passed.
            tokio::time::sleep(Duration::from_millis(400)).await;
            client.core.retry_job(job.id.clone()).await.unwrap();
            job = client.end(ground.job()).await;
        }
        // What stayed is named, and goes at the press of a button.
        ground.servers().into_iter().for_each(|faults| faults.clear());
        if job.can_clean {
            job = client.core.clean_job(job.id.clone()).await.unwrap();
        }
        client.core.close().await;
        wrong.extend(ground.wrong_with(&job));
        picture::differences(&self.unharmed.picture, &ground.picture().await, "", &mut wrong);
        if !wrong.is_empty() {
            wrong.extend(on_the_way.into_iter().map(|problem| format!("on the way: {problem:?}")));
        }
        wrong
    }
}

/// A failure says what happened, in words for people, and what to do.
fn poor_words(job: &JobView) -> Vec<String> {
    let Some(problem) = &job.problem else { return vec!["it failed without a word".to_owned()] };
    let mut poor = Vec::new();
    if problem.code == Code::Internal {
        poor.push(format!("it blames itself: {}", problem.message));
    }
    if problem.hint.as_ref().is_none_or(String::is_empty) {
        poor.push(format!("it does not say what to do: {}", problem.message));
    }
    poor
}

/// The same numbers every time (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D);
        usize::try_from((number >> 33) % end as u64).unwrap()
    }
}
