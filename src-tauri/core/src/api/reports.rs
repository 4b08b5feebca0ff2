//! The reports of jobs: as data, and as a file to keep or to print; all ended jobs as one table.

use super::Core;
use crate::files;
use crate::ids::JobId;
use crate::jobs::JobView;
use crate::problem::{Code, Problem};
use crate::profiles::Language;
use crate::report::{self, JobReport, Words, history};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// One page that needs nothing else.
    Html,
    Json,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReportRequest {
    pub job: JobId,
    pub format: ReportFormat,
    /// For a page; the one of the settings if left out, and English where those leave it to the desktop.
    #[serde(default)]
    pub language: Option<Language>,
    /// The file to write; one named after the job in the folder of bundles if left out.
    #[serde(default)]
    pub path: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum HistoryFormat {
    /// For a spreadsheet.
    Csv,
    Json,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HistoryRequest {
    pub format: HistoryFormat,
    /// In this order; every job that has ended, newest first, if left out.
    #[serde(default)]
    pub jobs: Option<Vec<JobId>>,
    /// The file to write; one in the folder of bundles if left out.
    #[serde(default)]
    pub path: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SavedReport {
    pub path: String,
}

impl Core {
    pub async fn job_report(&self, id: JobId) -> Result<JobReport, Problem> {
        let job = self.engine.runner.get(&id)?;
        let plan = job.record().request.plan.as_deref().cloned();
        Ok(JobReport::new(job.view(), plan))
    }

    /// A named file must not be there yet; the one named after the job is written anew.
    pub async fn save_report(&self, request: ReportRequest) -> Result<SavedReport, Problem> {
        let report = self.job_report(request.job.clone()).await?;
        let path = match &request.path {
            Some(path) => free(path)?,
            None => self.engine.library_dir().join(file_name(&report, request.format)),
        };
        self.write_report(&report, &request, &path)
    }

    /// The dialog has asked about a file that is there; one whose name it was not shown is never written over.
    pub async fn save_report_as(&self, request: ReportRequest) -> Result<Option<SavedReport>, Problem> {
        let report = self.job_report(request.job.clone()).await?;
        let name = file_name(&report, request.format);
        let Some(chosen) = self.desktop()?.choose_new_file(&self.dialog_folder(), &name).await else {
            return Ok(None);
        };
        if chosen.extension().is_some() {
            return self.write_report(&report, &request, &chosen).map(Some);
        }
        let path = chosen.with_extension(ending(request.format)).display().to_string();
        self.save_report(ReportRequest { path: Some(path), ..request }).await.map(Some)
    }

    /// A named file must not be there yet; the one without a name is written anew.
    pub async fn save_history(&self, request: HistoryRequest) -> Result<SavedReport, Problem> {
        let path = match &request.path {
            Some(path) => free(path)?,
            None => self.engine.library_dir().join(table_name(request.format)),
        };
        self.write_history(&request, &path)
    }

    /// As with a report, the dialog has asked about a file that is there.
    pub async fn save_history_as(&self, request: HistoryRequest) -> Result<Option<SavedReport>, Problem> {
        let name = table_name(request.format);
        let Some(chosen) = self.desktop()?.choose_new_file(&self.dialog_folder(), &name).await else {
            return Ok(None);
        };
        if chosen.extension().is_some() {
            return self.write_history(&request, &chosen).map(Some);
        }
        let path = chosen.with_extension(table_ending(request.format)).display().to_string();
        self.save_history(HistoryRequest { path: Some(path), ..request }).await.map(Some)
    }

    fn write_history(&self, request: &HistoryRequest, path: &Path) -> Result<SavedReport, Problem> {
        let jobs = match &request.jobs {
            Some(ids) => ids.iter().map(|id| self.engine.runner.get(id)).collect::<Result<Vec<_>, _>>()?,
            None => self.engine.runner.list(),
        };
        let ended: Vec<JobView> = jobs.iter().map(|job| job.view()).filter(|job| job.ended_at.is_some()).collect();
        let text = match request.format {
            HistoryFormat::Csv => history::csv(&ended).map_err(|error| unsaid(&error)),
            HistoryFormat::Json => history::json(&ended).map_err(|error| unsaid(&error)),
        }?;
        files::write(path, text.as_bytes()).map_err(|error| files::problem(path, "written", &error))?;
        Ok(SavedReport { path: path.display().to_string() })
    }

    /// Nothing but a page is opened: what else a file of this computer may start is not ours to know.
    pub async fn open_report(&self, saved: SavedReport) -> Result<(), Problem> {
        let path = Path::new(&saved.path);
        if path.extension().is_none_or(|found| found != ending(ReportFormat::Html)) || !path.is_absolute() {
            return Err(Problem::new(Code::BadRequest, "Only a report that was saved as a page can be opened")
                .hint("Show its folder instead"));
        }
        if !path.is_file() {
            return Err(Problem::new(Code::NotFound, format!("{} is no longer there", saved.path))
                .hint("Save the report again"));
        }
        self.desktop()?.open_page(path)
    }

    fn write_report(&self, report: &JobReport, request: &ReportRequest, path: &Path) -> Result<SavedReport, Problem> {
        let text = match request.format {
            ReportFormat::Html => report::page(report, self.words(request.language)),
            ReportFormat::Json => serde_json::to_string_pretty(report).map_err(|error| unsaid(&error))?,
        };
        files::write(path, text.as_bytes()).map_err(|error| files::problem(path, "written", &error))?;
        Ok(SavedReport { path: path.display().to_string() })
    }

    fn words(&self, wanted: Option<Language>) -> Words {
        match wanted.unwrap_or(self.engine.book.settings().language) {
            Language::Zh => Words::CHINESE,
            Language::En | Language::Auto => Words::ENGLISH,
        }
    }
}

pub(super) fn free(path: &str) -> Result<PathBuf, Problem> {
    if Path::new(path).exists() {
        return Err(Problem::new(Code::FileExists, format!("{path} is there already"))
            .hint("Choose another name, or move the file away"));
    }
    Ok(PathBuf::from(path))
}

fn unsaid(error: &dyn std::error::Error) -> Problem {
    Problem::new(Code::Internal, "A report could not be put into words").fact("reason", error.to_string())
}

fn table_name(format: HistoryFormat) -> String {
    format!("rainferry-history.{}", table_ending(format))
}

fn table_ending(format: HistoryFormat) -> &'static str {
    match format {
        HistoryFormat::Csv => "csv",
        HistoryFormat::Json => "json",
    }
}

/// The app's name where a file system takes it, and the job's id, which is nobody else's.
fn file_name(report: &JobReport, format: ReportFormat) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let app: String = report.app_name.chars().map(plain).take(60).collect();
    format!("{app}-{}.{}", report.job, ending(format))
}

fn ending(format: ReportFormat) -> &'static str {
    match format {
        ReportFormat::Html => "html",
        ReportFormat::Json => "json",
    }
}
