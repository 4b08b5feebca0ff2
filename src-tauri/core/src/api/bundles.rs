//! This computer as a place: the folder of bundles, and any file that is opened or dropped.

use crate::ids::{JobId, PlanId};
use crate::problem::Problem;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// The folder of bundles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LibraryView {
    pub folder: String,
    pub files: Vec<FileView>,
    #[cfg_attr(test, ts(type = "number"))]
    pub free_bytes: u64,
    pub problems: Vec<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Bundle,
    /// A bundle whose passphrase was not given in this run: nothing of it is known.
    Locked,
    /// A `.bak`: a claim on a package elsewhere, holds no data.
    Ticket,
    /// Neither, or damaged; the problem says why.
    Unreadable,
}

/// A file on this computer, as far as its head tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FileView {
    pub path: String,
    pub name: String,
    pub kind: FileKind,
    /// Behind a passphrase, given or not.
    pub encrypted: bool,
    #[cfg_attr(test, ts(type = "number"))]
    pub size_bytes: u64,
    /// What a bundle or ticket says of itself.
    pub bundle: Option<BundleView>,
    pub problem: Option<Problem>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BundleView {
    pub app_name: String,
    /// The backup's version, `YYYYMMDDHHMMSS`.
    pub version: String,
    /// Where it came from: the console's and the team's name; empty in a ticket.
    pub cluster_name: String,
    pub team_alias: String,
    pub platform_version: String,
    pub note: String,
    pub author: String,
    #[cfg_attr(test, ts(type = "number"))]
    pub package_bytes: u64,
    /// Proven by this program since the file last changed.
    pub verified: bool,
}

/// What a passphrase is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PassphraseFor {
    /// A bundle, to be opened; it stays open for this run.
    File { path: String },
    /// An export that has not begun.
    Plan { plan: PlanId },
    /// A job that failed without it, before it is tried again.
    Job { job: JobId },
}

/// A passphrase as typed.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PassphraseRequest {
    #[serde(rename = "for")]
    pub of: PassphraseFor,
    #[cfg_attr(test, ts(type = "string"))]
    pub passphrase: Secret,
}
