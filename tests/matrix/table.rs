//! The table as it is printed.

use crate::cell::{COLUMNS, Cell, Way};
use rainferry_core::api::{JobState, Lane};

pub(crate) const HEAD: &str =
    "from     to       restores way    app        lane     result   components env ports volumes files links routes";

/// `=`: as in the backup. `n`: differ as announced. `n!`: differ though nobody said so.
fn mark((announced, unexpected): (usize, usize)) -> String {
    match (announced, unexpected) {
        (0, 0) => "=".to_owned(),
        (announced, 0) => announced.to_string(),
        (announced, unexpected) => format!("{announced}+{unexpected}!"),
    }
}

pub(crate) fn row(cell: &Cell) -> String {
    let counts = cell.counts();
    let marks: Vec<String> = COLUMNS.iter().map(|(name, _)| mark(counts[name])).collect();
    let way = if cell.way == Way::Relay { "relay" } else { "bundle" };
    let finishes = if cell.finishes { "finish" } else { "fail" };
    let lane = match cell.plan.lane {
        Some(Lane::Official) => "official",
        Some(Lane::Rebuild) => "rebuild",
        Some(Lane::Registry) => "registry",
        None => "-",
    };
    let result = if cell.job.state == JobState::Done { "arrived" } else { "FAILED" };
    format!(
        "{:8} {:8} {finishes:8} {way:6} {} {lane:8} {result:8} {}",
        cell.from.version(),
        cell.to.version(),
        padded(cell.app, 10),
        marks.join("   ")
    )
}

/// Chinese takes two places.
fn padded(text: &str, width: usize) -> String {
    let taken: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}
