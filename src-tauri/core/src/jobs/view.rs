//! A job as people see it: the whole of it, sent again at every change, so that a lost event is harmless.

use crate::difference::Difference;
use crate::ids::{AppId, BackupId, ClusterId, JobId, TeamName};
use crate::line::Line;
use crate::place::Place;
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What kind of thing a job does; one recipe each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    Migrate,
    Export,
    Import,
    Backup,
    Copy,
    Verify,
    Restore,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its turn.
    Queued,
    Running,
    /// Cancel was asked for; what was begun is being put away.
    Cancelling,
    Done,
    Failed,
    Cancelled,
}

/// The chapters a job can have, in the order it tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PhaseName {
    /// Stop stateful components.
    Stop,
    /// The platform makes a backup.
    Backup,
    /// Start them again.
    Start,
    /// A running app becomes a template of its own console.
    Publish,
    /// The platform writes the template into a file.
    ExportTemplate,
    /// The file comes to this computer.
    Fetch,
    /// Plan with what the backup really holds.
    Plan,
    /// Look at source and target once more.
    Check,
    /// Pods read volumes at the source, where no package holds their files.
    Read,
    /// Make the target app and hand in the ticket.
    Prepare,
    /// Lay volume data where pods find it.
    Data,
    /// Move the bytes.
    Copy,
    /// Write the bundle.
    Write,
    /// The platform restores.
    Restore,
    /// The platform reads the application package.
    Import,
    /// The app is installed from it.
    Install,
    /// What the platform left out or changed is put right.
    Adjust,
    /// Pods fill their volumes before they start.
    Fill,
    /// Start what arrived.
    Deploy,
    /// The helper that filled volumes is taken away.
    Unplug,
    /// Entries from outside, once components run.
    Gateway,
    /// Compare what arrived with what was to arrive.
    Compare,
    /// Prove every byte of a file.
    Verify,
    /// Take away what served only the way.
    Tidy,
    /// Put away what a failed or cancelled job had begun.
    Clean,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PhaseState {
    Waiting,
    Running,
    Done,
    Failed,
    Skipped,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PhaseView {
    pub name: PhaseName,
    pub state: PhaseState,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub started_at: Option<DateTime<Utc>>,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub ended_at: Option<DateTime<Utc>>,
    /// Bytes moved in this phase; `total_bytes` is 0 where the platform gives no progress.
    #[cfg_attr(test, ts(type = "number"))]
    pub done_bytes: u64,
    #[cfg_attr(test, ts(type = "number"))]
    pub total_bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LogLine {
    #[cfg_attr(test, ts(type = "string"))]
    pub at: DateTime<Utc>,
    pub line: Line,
}

/// Something of ours that a failed or cancelled job could not put away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LeftoverView {
    pub id: String,
    pub line: Line,
    /// False where nobody but the cluster's operator can remove it.
    pub removable: bool,
}

/// The app that a restore came from, once its copy is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OriginalView {
    pub cluster: ClusterId,
    pub team: TeamName,
    pub app_id: AppId,
    /// What must be typed to delete it.
    pub name: String,
    /// The copy was complete and ran when it was compared. Looked at once more before anything is deleted.
    pub can_delete: bool,
    pub deleted: bool,
}

/// What was done and what was not; made from looking at the target, never from the plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ReportView {
    pub arrived: Vec<Line>,
    pub missing: Vec<Line>,
    /// What is left to do, though it arrived.
    #[serde(default)]
    pub due: Vec<Line>,
    /// Settings that differ from the backup, as the plan had said.
    #[serde(default)]
    pub announced: Vec<Difference>,
    /// Those that differ though nobody said so.
    #[serde(default)]
    pub differences: Vec<Difference>,
    /// Where the app is now, for a link and for the board to show it.
    pub cluster: Option<ClusterId>,
    pub team: Option<TeamName>,
    pub app_id: Option<AppId>,
    pub backup_id: Option<BackupId>,
    /// The file written on this computer.
    pub path: Option<String>,
    pub sha256: Option<String>,
    /// The page of the app in its console.
    #[serde(default)]
    pub app_url: Option<String>,
    /// The app it was restored from, where that is another one of the same console.
    #[serde(default)]
    pub original: Option<OriginalView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct JobView {
    pub id: JobId,
    /// Grows with every change that is written down: a view that arrives late is told by it.
    #[cfg_attr(test, ts(type = "number"))]
    pub revision: u64,
    pub kind: JobKind,
    pub state: JobState,
    pub app_name: String,
    pub source: Place,
    pub target: Place,
    #[cfg_attr(test, ts(type = "string"))]
    pub created_at: DateTime<Utc>,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub started_at: Option<DateTime<Utc>>,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub ended_at: Option<DateTime<Utc>>,
    pub phases: Vec<PhaseView>,
    #[cfg_attr(test, ts(type = "number"))]
    pub done_bytes: u64,
    /// Of the running phase: on their way, and not yet held by the target.
    #[cfg_attr(test, ts(type = "number"))]
    pub moving_bytes: u64,
    #[cfg_attr(test, ts(type = "number"))]
    pub total_bytes: u64,
    /// Measured over the last seconds; 0 while nothing moves.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes_per_sec: u64,
    /// From what is left and the measured rate; none while no bytes move.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub eta_secs: Option<u64>,
    pub problem: Option<Problem>,
    pub leftovers: Vec<LeftoverView>,
    pub report: Option<ReportView>,
    pub log: Vec<LogLine>,
    /// Those that wait go in this order, the smallest first.
    pub turn: f64,
    /// Bytes are held back until somebody lets it go on.
    pub paused: bool,
    pub can_pause: bool,
    pub can_cancel: bool,
    pub can_retry: bool,
    pub can_clean: bool,
}
