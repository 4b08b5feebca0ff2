//! Ended jobs as a table to keep: CSV for a spreadsheet, JSON for programs. What a row says stands in the list of jobs, too.

use crate::jobs::{JobKind, JobState, JobView};
use crate::place::Place;
use crate::problem::Code;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// Raised when a reader of older tables could not understand them.
const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct Row<'a> {
    job: &'a str,
    kind: JobKind,
    state: JobState,
    app: String,
    source: String,
    target: String,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    seconds: Option<i64>,
    bytes: u64,
    arrived: usize,
    missing: usize,
    differences: usize,
    leftovers: usize,
    problem: Option<Code>,
    message: Option<String>,
}

#[derive(Serialize)]
struct Table<'a> {
    format_version: u32,
    /// Of the Rainferry that wrote it.
    version: &'static str,
    jobs: Vec<Row<'a>>,
}

pub(crate) fn json(jobs: &[JobView]) -> Result<String, serde_json::Error> {
    let jobs = jobs.iter().map(|job| row(job, str::to_owned)).collect();
    serde_json::to_string_pretty(&Table { format_version: FORMAT_VERSION, version: env!("CARGO_PKG_VERSION"), jobs })
}

/// Begins with a mark by which spreadsheets know the encoding.
pub(crate) fn csv(jobs: &[JobView]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    for job in jobs {
        writer.serialize(row(job, inert))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn row(job: &JobView, text: fn(&str) -> String) -> Row<'_> {
    let report = job.report.as_ref();
    let took = job.started_at.zip(job.ended_at).map(|(from, to)| (to - from).num_seconds());
    Row {
        job: job.id.as_str(),
        kind: job.kind,
        state: job.state,
        app: text(&job.app_name),
        source: text(&place(&job.source)),
        target: text(&place(&job.target)),
        created_at: job.created_at,
        started_at: job.started_at,
        ended_at: job.ended_at,
        seconds: took,
        bytes: job.done_bytes,
        arrived: report.map_or(0, |report| report.arrived.len()),
        missing: report.map_or(0, |report| report.missing.len()),
        differences: report.map_or(0, |report| report.differences.len()),
        leftovers: job.leftovers.len(),
        problem: job.problem.as_ref().map(|problem| problem.code),
        message: job.problem.as_ref().map(|problem| text(&problem.message)),
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Team { cluster_name, team, team_alias, .. } => {
            let team = if team_alias.is_empty() { &team.0 } else { team_alias };
            format!("{cluster_name} / {team}")
        }
        Place::ThisComputer { .. } | Place::Object { .. } => place.name(),
    }
}

/// Names are other people's: a spreadsheet takes none of them for a formula.
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_formula() {
        for (name, kept) in [("=1+1", "'=1+1"), ("@sum", "'@sum"), ("-x", "'-x"), ("商城", "商城"), ("a=b", "a=b")]
        {
            assert_eq!(inert(name), kept);
        }
    }
}
