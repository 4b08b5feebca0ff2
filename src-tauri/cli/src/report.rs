//! The report of a job: as lines, as JSON, or as a page in a file.

use crate::args::LanguageArg;
use crate::out::{self, Out};
use crate::reference;
use rainferry_core::api::{Core, JobReport, Language, ReportFormat, ReportRequest};
use rainferry_core::{JobId, Problem};
use std::path::PathBuf;

pub(crate) async fn run(
    core: &Core,
    job: JobId,
    html: Option<PathBuf>,
    language: Option<LanguageArg>,
    out: Out,
) -> Result<(), Problem> {
    let Some(file) = html else {
        let report = core.job_report(job).await?;
        out.value(&report);
        show(&report, out);
        return Ok(());
    };
    let language = language.map(|language| match language {
        LanguageArg::En => Language::En,
        LanguageArg::Zh => Language::Zh,
    });
    let path = Some(reference::absolute(&file)?);
    let saved = core.save_report(ReportRequest { job, format: ReportFormat::Html, language, path }).await?;
    out.value(&saved);
    out.line(format!("Wrote {}", saved.path));
    Ok(())
}

fn show(report: &JobReport, out: Out) {
    out.line(format!("{} {:?} {:?}", report.app_name, report.kind, report.state));
    for step in &report.steps {
        let took = step.started_at.zip(step.ended_at).map_or(0, |(from, to)| (to - from).num_seconds());
        out.line(format!("  {:?} {:?}, {}", step.name, step.state, out::seconds(took.unsigned_abs())));
    }
    for line in &report.result.arrived {
        out.line(format!("  arrived: {}", line.message));
    }
    for todo in &report.by_hand {
        let fix = todo.fix.as_ref().map_or_else(String::new, |fix| format!(" → {}", fix.message));
        out.line(format!("  by hand: {}{fix}", todo.about.message));
    }
    for row in &report.gateway {
        out.line(format!("  address: {} {} → {}", row.component, row.old, row.new.join(" ")));
    }
    for left in &report.leftovers {
        out.line(format!("  left behind: {}", left.line.message));
    }
    if let Some(problem) = &report.problem {
        out.line(format!("  {}", problem.message));
    }
}
