//! What a column shows: the apps of a team with their backups, and what is inside a package.

use crate::engine::PlanSource;
use crate::ids::{AppId, BackupId, ClusterId, TeamName};
use crate::line::Line;
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ColumnRequest {
    pub cluster: ClusterId,
    pub team: TeamName,
}

/// A team of a cluster. What loaded is there; what did not is named beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ColumnView {
    pub cluster: ClusterId,
    pub team: TeamName,
    /// Apps of the team; and, after them, apps that are gone but whose backups are not (`deleted`).
    pub apps: Vec<AppView>,
    pub problems: Vec<Problem>,
    #[cfg_attr(test, ts(type = "string"))]
    pub loaded_at: DateTime<Utc>,
}

/// One file inside a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MemberView {
    pub name: String,
    #[cfg_attr(test, ts(type = "number"))]
    pub size_bytes: u64,
    #[cfg_attr(test, ts(type = "number"))]
    pub compressed_bytes: u64,
}

/// A variable of a component in a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ValueRequest {
    pub source: PlanSource,
    /// The component's id in the package.
    pub component: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MemberRequest {
    pub source: PlanSource,
    pub name: String,
    /// The file it becomes; one that is there is not replaced.
    pub path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum AppState {
    Running,
    Starting,
    Stopping,
    /// Every component is closed or was never deployed.
    Stopped,
    Abnormal,
    /// Nothing is in it.
    Empty,
    /// The cluster did not say; never taken for stopped.
    Unknown,
    /// The app is gone; its backups are not.
    Deleted,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AppView {
    pub id: AppId,
    pub name: String,
    pub state: AppState,
    pub component_count: u32,
    pub running_count: u32,
    /// Newest first.
    pub backups: Vec<BackupView>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BackupMode {
    Cloud,
    Local,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum BackupStatus {
    Running,
    Ready,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BackupView {
    pub id: BackupId,
    pub app: AppId,
    pub app_name: String,
    /// `YYYYMMDDHHMMSS`, the console's local time.
    pub version: String,
    /// As the console says it, without a zone: `2026-08-20 10:30:12`.
    pub created: String,
    pub mode: BackupMode,
    pub status: BackupStatus,
    #[cfg_attr(test, ts(type = "number"))]
    pub size_bytes: u64,
    pub note: String,
    pub author: String,
    /// Taken while stateful components ran: its data may be inconsistent.
    pub hot: bool,
}

/// What is inside a package, read from its directory and its two metadata files without fetching the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PackageView {
    pub app_name: String,
    #[cfg_attr(test, ts(type = "number"))]
    pub size_bytes: u64,
    /// Bytes that were read to know this.
    #[cfg_attr(test, ts(type = "number"))]
    pub read_bytes: u64,
    pub entry_count: u32,
    pub components: Vec<PackageComponent>,
    pub gateway_rules: Vec<String>,
    /// Where credentials were found; never the values.
    pub credentials: Vec<String>,
    pub findings: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PackageComponent {
    /// Its id in the package: its files lie in folders named after it.
    pub id: String,
    pub name: String,
    pub kind: String,
    pub image: String,
    /// The image tar is in the package.
    pub has_image: bool,
    pub memory_mb: u32,
    pub variable_count: u32,
    pub config_file_count: u32,
    pub variables: Vec<PackageVariable>,
    /// Their paths.
    pub config_files: Vec<String>,
    pub ports: Vec<String>,
    pub volumes: Vec<PackageVolume>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PackageVariable {
    pub name: String,
    /// None where it looks like a secret: such a value leaves the core for nobody.
    pub value: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PackageVolume {
    pub name: String,
    pub kind: String,
    pub path: String,
    pub has_data: bool,
}
