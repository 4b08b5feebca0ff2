//! The report of a job: as lines, as JSON, or as a page in a file; all ended jobs as a table in one.

use crate::args::LanguageArg;
use crate::out::{self, Out};
use crate::reference;
use rainferry_core::api::{
    Core, DiagnosticsRequest, HistoryFormat, HistoryRequest, JobReport, Language, ReportFormat, ReportRequest,
};
use rainferry_core::{Code, JobId, Problem};
use std::path::{Path, PathBuf};

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

/// The file's ending says which table it is.
pub(crate) async fn export(core: &Core, file: &Path, out: Out) -> Result<(), Problem> {
    let format = match file.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => HistoryFormat::Csv,
        Some("json") => HistoryFormat::Json,
        _ => {
            let said = format!("{} is neither a .csv nor a .json file", file.display());
            return Err(Problem::new(Code::BadRequest, said).hint("Name the file with one of these endings"));
        }
    };
    let path = Some(reference::absolute(file)?);
    let saved = core.save_history(HistoryRequest { format, jobs: None, path }).await?;
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

pub(crate) async fn diagnostics(core: &Core, file: &Path, out: Out) -> Result<(), Problem> {
    let saved = core.save_diagnostics(DiagnosticsRequest { path: Some(reference::absolute(file)?) }).await?;
    out.value(&saved);
    out.line(format!("Wrote {}", saved.path));
    Ok(())
}
