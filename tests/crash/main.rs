//! The program is killed at every line of its journal and at every call to the outside, of every recipe, lane and route: before
//! it, when it was done and nobody knew, and when it was known. Started again, the job ends as one that was never killed.
//!
//! `make crash` does all of it; `make crash ARGS="--sample 3"` every so-many-th moment, beginning elsewhere in each scenario, and
//! `--only Rebuild` one scenario. The last line is `crash: N points, 0 lost, 0 doubled`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    dead_code,
    reason = "a test that prints its result; the world is shared with the promises"
)]

mod client;
#[path = "../it/host.rs"]
mod host;
mod picture;
mod scenario;
#[path = "../it/turned.rs"]
mod turned;
#[path = "../it/world.rs"]
mod world;

use futures::{StreamExt, stream};
use scenario::{Ground, Scenario};
use serde_json::Value;
use std::process::ExitCode;

/// Worlds at once: each waits more than it works.
const AT_ONCE: usize = 5;

struct Asked {
    /// Moments a scenario; none: all.
    sample: Option<usize>,
    only: Option<String>,
}

impl Asked {
    fn read() -> Self {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let after = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1)).cloned();
        Self { sample: after("--sample").map(|text| text.parse().unwrap()), only: after("--only") }
    }

    fn wants(&self, scenario: Scenario) -> bool {
        self.only.as_ref().is_none_or(|only| format!("{scenario:?}") == *only)
    }

    /// Which moments of so many, counted from 1; others for each scenario.
    fn moments(&self, scenario: usize, count: usize) -> Vec<usize> {
        match self.sample {
            Some(sample) if sample < count => {
                (0..sample).map(|at| (at * count / sample + scenario * 7) % count + 1).collect()
            }
            _ => (1..=count).collect(),
        }
    }
}

/// What came of one kill.
struct Point {
    wrong: Vec<String>,
    doubled: bool,
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> ExitCode {
    if client::live().await {
        return ExitCode::SUCCESS;
    }
    let asked = Asked::read();
    let (mut points, mut lost, mut doubled) = (0, 0, 0);
    for (at, scenario) in Scenario::ALL.into_iter().enumerate().filter(|(_, scenario)| asked.wants(*scenario)) {
        let begun = std::time::Instant::now();
        let (unharmed, passed) = unharmed(scenario).await;
        let moments = asked.moments(at, passed.len());
        let (count, passed, unharmed) = (moments.len(), &passed, &unharmed);
        let all: Vec<(usize, Point)> = stream::iter(moments)
            .map(|moment| async move { (moment, killed_at(scenario, moment, unharmed).await) })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for (moment, point) in all.iter().filter(|(_, point)| !point.wrong.is_empty()) {
            let what = passed.get(moment - 1).map_or("", String::as_str);
            println!("{scenario:?}: killed at {moment} ({what}): {}", point.wrong.join("; "));
        }
        points += count;
        doubled += all.iter().filter(|(_, point)| point.doubled).count();
        lost += all.iter().filter(|(_, point)| !point.wrong.is_empty() && !point.doubled).count();
        println!("{scenario:?}: {count} of {} moments, {} s", passed.len(), begun.elapsed().as_secs());
    }
    println!("crash: {points} points, {lost} lost, {doubled} doubled");
    if lost + doubled == 0 && points > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How it looks when nothing happens, and the moments that passed meanwhile.
async fn unharmed(scenario: Scenario) -> (Value, Vec<String>) {
    let ground = Ground::prepared(scenario).await;
    let passed = client::run(&ground.world, &ground.secrets, None).await;
    let wrong = ground.finish().await;
    assert!(wrong.is_empty(), "{scenario:?}, unharmed: {wrong:?}");
    assert!(!passed.is_empty(), "{scenario:?}: nothing happened");
    (ground.picture().await, passed)
}

async fn killed_at(scenario: Scenario, moment: usize, unharmed: &Value) -> Point {
    let ground = Ground::prepared(scenario).await;
    // Where it took fewer calls this time it ended by itself; the world must be right all the same.
    client::run(&ground.world, &ground.secrets, Some(moment)).await;
    let mut wrong = ground.finish().await;
    let mut differences = Vec::new();
    picture::differences(unharmed, &ground.picture().await, "", &mut differences);
    let doubled = differences.iter().any(|difference| difference.contains("too much"));
    wrong.extend(differences);
    Point { wrong, doubled }
}
