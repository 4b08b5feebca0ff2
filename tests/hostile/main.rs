//! Every bad file of the kept corpus goes through the door that people's files come in by, in a process of its own: it is refused
//! with the code that the list says, in less than five seconds and 256 MiB, and nothing is left or written elsewhere.
//!
//! `make hostile` does all of it; `ARGS="--sample 100"` about so many, `--only bundle` one kind. The files are made anew by this
//! program; `RAINFERRY_WRITE_HOSTILE=1` writes the list of them (`fixtures/hostile/list.tsv`) again, refusals included. The
//! last line is `hostile: N files, 0 accepted, 0 escaped`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    dead_code,
    reason = "a test that prints its result; the world is shared with the promises"
)]

mod answers;
mod bundles;
mod child;
mod corpus;
#[path = "../it/host.rs"]
mod host;
mod images;
mod journals;
mod packages;
mod parts;
mod proxy;
mod sealed;
mod tickets;
#[path = "../it/turned.rs"]
mod turned;
#[path = "../it/world.rs"]
mod world;
mod zips;

use child::{CHILD, Found, Told};
use corpus::{Case, Kind};
use futures::{StreamExt, stream};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};

const AT_ONCE: usize = 2;
/// Files of one process.
const BATCH: usize = 40;
const LIMIT_MILLIS: u128 = 5_000;
const LIMIT_KIB: u64 = 256 * 1024;
/// A process that says nothing for so long is ended.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a process may ask of the system at all: beyond it, it dies instead of the computer.
const LIMIT_SPACE_KIB: u64 = 6 << 20;

#[tokio::main(flavor = "multi_thread")]
async fn main() -> ExitCode {
    if child::live().await {
        return ExitCode::SUCCESS;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1)).cloned();
    let writes = std::env::var_os("RAINFERRY_WRITE_HOSTILE").is_some();
    let mut cases = corpus::all();
    let all = cases.len();
    if let Some(only) = after("--only") {
        cases.retain(|case| case.kind.word() == only);
    }
    if let Some(sample) = after("--sample") {
        let step = (cases.len() / sample.parse::<usize>().unwrap().max(1)).max(1);
        cases = cases.into_iter().step_by(step).collect();
    }
    let list = corpus::list();
    let mut wrong: Vec<String> = Vec::new();
    if !writes && list.len() != all {
        wrong.push(format!("the list has {} files, and {all} are made", list.len()));
    }
    let mut lines = BTreeMap::new();
    let (mut accepted, mut escaped) = (0, 0);
    for kind in Kind::ALL {
        let of_kind: Vec<&Case> = cases.iter().filter(|case| case.kind == kind).collect();
        let begun = std::time::Instant::now();
        let batches = stream::iter(of_kind.chunks(BATCH)).map(|batch| run(kind, batch)).buffer_unordered(AT_ONCE);
        let ends: Vec<(Vec<Outcome>, Vec<String>)> = batches.collect().await;
        let (mut slowest, mut largest) = ((0, String::new()), (0, String::new()));
        for (outcomes, strays) in ends {
            escaped += strays.len();
            wrong.extend(strays.into_iter().map(|stray| format!("written where nothing may be: {stray}")));
            for outcome in outcomes {
                let name = outcome.name().to_owned();
                let case = of_kind.iter().find(|case| case.name == name).unwrap();
                let sha256 = corpus::sha256(&case.bytes);
                if let Outcome::Told(found) = &outcome {
                    slowest = slowest.max((found.millis, name.clone()));
                    largest = largest.max((found.peak_kib, name.clone()));
                    accepted += usize::from(found.code.is_none());
                }
                let code = outcome.code();
                let mut faults = outcome.faults(kind);
                match list.get(&name) {
                    _ if writes => {}
                    None => faults.push("it is not in the list".to_owned()),
                    Some(line) => {
                        if line.code != code {
                            faults.push(format!("refused with {code}, and the list says {}", line.code));
                        }
                        if line.sha256 != sha256 {
                            faults.push("it is not the file that the list means".to_owned());
                        }
                    }
                }
                wrong.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
                lines.insert(name, (kind, code, sha256));
            }
        }
        let (count, seconds) = (of_kind.len(), begun.elapsed().as_secs());
        println!(
            "{}: {count} files, {seconds} s; at most {} ms ({}) and {} MiB ({})",
            kind.word(),
            slowest.0,
            slowest.1,
            largest.0 / 1024,
            largest.1
        );
    }
    wrong.iter().for_each(|line| println!("{line}"));
    if writes && cases.len() == all {
        corpus::write_list(&lines);
    }
    println!("hostile: {} files, {accepted} accepted, {escaped} escaped", cases.len());
    if wrong.is_empty() && !cases.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

enum Outcome {
    Told(Found),
    /// The process ended, or had to be ended.
    Died {
        name: String,
        how: String,
    },
}

impl Outcome {
    fn name(&self) -> &str {
        match self {
            Self::Told(found) => &found.name,
            Self::Died { name, .. } => name,
        }
    }

    fn code(&self) -> String {
        match self {
            Self::Told(Found { code: Some(code), .. }) => {
                serde_json::to_value(code).unwrap().as_str().unwrap().to_owned()
            }
            Self::Told(_) => "accepted".to_owned(),
            Self::Died { .. } => "died".to_owned(),
        }
    }

    fn faults(&self, kind: Kind) -> Vec<String> {
        match self {
            Self::Died { how, .. } => vec![how.clone()],
            Self::Told(found) => {
                let mut faults = found.odd.clone();
                let code = self.code();
                if !kind.codes().contains(&code.as_str()) {
                    faults.push(format!("{code} is no answer to it"));
                }
                if found.millis > LIMIT_MILLIS {
                    faults.push(format!("it took {} ms", found.millis));
                }
                if found.peak_kib > LIMIT_KIB {
                    faults.push(format!("it took {} MiB", found.peak_kib / 1024));
                }
                faults
            }
        }
    }

    /// What an earlier file of the same process left in memory may be counted with it.
    fn is_large(&self) -> bool {
        matches!(self, Self::Told(found) if found.peak_kib > LIMIT_KIB)
    }
}

/// What came of some files, and what was written where nothing may be.
async fn run(kind: Kind, batch: &[&Case]) -> (Vec<Outcome>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("deep").join("below").join("root");
    for folder in ["in", "cwd", "tmp"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
    for case in batch {
        std::fs::write(root.join("in").join(&case.name), &case.bytes).unwrap();
    }
    let mut outcomes = Vec::new();
    let mut names: Vec<String> = batch.iter().map(|case| case.name.clone()).collect();
    while !names.is_empty() {
        outcomes.extend(one_process(kind, &names, &root).await);
        names.retain(|name| outcomes.iter().all(|outcome| outcome.name() != *name));
    }
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_large()) {
        if let Some(alone) = one_process(kind, &[outcome.name().to_owned()], &root).await.pop() {
            *outcome = alone;
        }
    }
    let strays = strays(dir.path(), &root, batch);
    (outcomes, strays)
}

/// As many files as one process gets through.
async fn one_process(kind: Kind, names: &[String], root: &Path) -> Vec<Outcome> {
    let told = Told { kind: kind.word().to_owned(), names: names.to_vec(), root: root.to_owned() };
    let mut child = tokio::process::Command::new("sh")
        .args(["-c", &format!("ulimit -v {LIMIT_SPACE_KIB}; exec \"$0\"")])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, serde_json::to_string(&told).unwrap())
        .env("TMPDIR", root.join("tmp"))
        .current_dir(root.join("cwd"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut outcomes, mut open) = (Vec::new(), None);
    let how = loop {
        match tokio::time::timeout(PATIENCE, lines.next_line()).await {
            Err(_) => break "it does not come to an end".to_owned(),
            Ok(Ok(Some(line))) => match line.split_once(' ') {
                Some(("begin", name)) => open = Some(name.to_owned()),
                Some(("end", found)) => {
                    open = None;
                    outcomes.push(Outcome::Told(serde_json::from_str(found).unwrap()));
                }
                _ => {}
            },
            Ok(_) => break "the process died of it".to_owned(),
        }
    };
    let _ = child.start_kill();
    let output = child.wait_with_output().await.unwrap();
    let missing = open.or_else(|| names.iter().find(|name| outcomes.iter().all(|one| one.name() != *name)).cloned());
    if let Some(name) = missing {
        let said = String::from_utf8_lossy(&output.stderr);
        let how = format!("{how} ({}): {}", output.status, said.lines().next().unwrap_or_default());
        outcomes.push(Outcome::Died { name, how });
    }
    outcomes
}

/// Files that nobody asked for: beside the folder of the test, in what processes start in, and half-written ones anywhere.
fn strays(dir: &Path, root: &Path, batch: &[&Case]) -> Vec<String> {
    let mut found = Vec::new();
    let ours = |path: &Path| {
        ["home", "home-of-answers", "library", "tmp"].iter().any(|name| path.starts_with(root.join(name)))
    };
    for path in files(dir) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_input = path.parent() == Some(&root.join("in")) && batch.iter().any(|case| case.name == name);
        let is_odd = name.ends_with(".part") || name.contains("escaped") || !(is_input || ours(&path));
        if is_odd {
            found.push(path.display().to_string());
        }
    }
    for place in ["/tmp/escaped", "/tmp/escaped.json", "/tmp/escaped.tar"] {
        if Path::new(place).exists() {
            found.push(place.to_owned());
        }
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&path)),
            _ => found.push(path),
        }
    }
    found
}
