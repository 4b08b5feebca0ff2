//! Every sample app between every two eras, both ways, under both kinds of region: what arrives, and what was said not to.
//!
//! `make matrix` prints the table; its last line is `matrix: N cells, 0 red`. With `RAINFERRY_WRITE_MATRIX=1` the summary in
//! the READMEs is written anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    dead_code,
    reason = "a test that prints its result; the world is shared with the promises"
)]

mod cell;
#[path = "../it/host.rs"]
mod host;
mod readme;
mod table;
#[path = "../it/turned.rs"]
mod turned;
#[path = "../it/world.rs"]
mod world;

use cell::{Cell, Way};
use rainferry_sandbox::{Era, SampleName, Seed};
use std::process::ExitCode;
use world::World;

const ERAS: [Era; 3] = [Era::V5_2_2, Era::V5_17_3, Era::V6_9_8];

#[tokio::main(flavor = "multi_thread")]
async fn main() -> ExitCode {
    let mut cells: Vec<Cell> = Vec::new();
    println!("{}", table::HEAD);
    for from in ERAS {
        for to in ERAS {
            for finishes in states(to) {
                for way in [Way::Relay, Way::Bundle] {
                    let world = World::with(from, Seed::Sample(SampleName::Beijing), to).await;
                    let target = world.at("guangzhou").faults();
                    target.switch(|switches| switches.sends_component_name = finishes);
                    let client = world.client().await;
                    for app in cell::APPS {
                        let cell = Cell::run(&world, &client, (from, to, finishes, way), app).await;
                        println!("{}", table::row(&cell));
                        cells.push(cell);
                    }
                }
            }
        }
    }
    let red = cells.iter().filter(|cell| cell.is_red()).count();
    for cell in cells.iter().filter(|cell| cell.is_red()) {
        println!("red: {}\n  {}", table::row(cell), cell.why_red());
    }
    if red == 0 {
        readme::write_if_asked(&cells);
    }
    println!("matrix: {} cells, {red} red", cells.len());
    if red == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether the target's own restores can finish (B-1): no question before v5.15.1.
fn states(to: Era) -> Vec<bool> {
    if to == Era::V5_2_2 { vec![true] } else { vec![true, false] }
}
