//! A plan is a value: what will happen, decided before anything does.

pub use crate::check::{CheckId, CheckView, Level};
use crate::ids::{AppId, BackupId, ClusterId, PlanId, TeamName};
use crate::jobs::{Lane, PhaseName, ShownPlan};
use crate::line::Line;
use crate::place::Place;
use serde::{Deserialize, Serialize};

/// Which way the bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// They lie where they are needed.
    None,
    /// Within one store.
    ServerCopy,
    /// Through this computer, without staying.
    Relay,
    /// From or to a file.
    File,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlanSource {
    Backup {
        cluster: ClusterId,
        team: TeamName,
        backup: BackupId,
    },
    /// A bundle, or a ticket whose package lies in a store of a saved cluster.
    File {
        path: String,
    },
    /// An app to be backed up.
    App {
        cluster: ClusterId,
        team: TeamName,
        app: AppId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlanTarget {
    /// A team: a new app is made there, or the empty app that is named is used.
    Team { cluster: ClusterId, team: TeamName, app: Option<AppId> },
    /// The folder of bundles, or the folder that is named.
    ThisComputer { folder: Option<String> },
    /// The cluster itself: make a backup where the app is.
    Backup,
    /// The backup's own team, by the platform's own restore.
    Restore { manner: RestoreManner },
}

/// Where the platform puts what it restores within the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RestoreManner {
    /// Into the backup's own app where that is empty or gone; else into a new app that takes its backups over. Every
    /// component of the app must be closed.
    InPlace,
    /// Into a new app; the original is left as it is.
    Beside,
}

/// What the user may choose on the sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct PlanOptions {
    /// The app's name on arrival; the original one if left out.
    pub app_name: Option<String>,
    /// Start components after arrival.
    pub start_after: bool,
    /// The lane, where more than one is possible; chosen if left out.
    pub lane: Option<Lane>,
    /// For the lane by a registry: the address of a saved one.
    pub registry: Option<String>,
    /// For a backup: `full-online` (cloud) or `full-offline` (local).
    pub cloud: bool,
    pub note: String,
    /// For a backup: stop stateful components that run, and start them again. For a restore in place: stop all that run.
    pub stop_stateful: bool,
    /// For a backup: take it while they run, consistent or not.
    pub force: bool,
    /// Leave the volumes' files out, where a package cannot be restored with them.
    pub drop_volume_data: bool,
    /// For an import: only the record and its package arrive; nothing is restored.
    pub record_only: bool,
    /// Make the app's own gateway rules again; where left out: yes, unless the app still runs on the same console.
    pub gateway_rules: Option<bool>,
    /// Copy the certificates of these rules, where the source can be asked.
    pub certificates: bool,
    /// Components whose volumes are filled with what the package holds of them, each by its id or display name; `*`: all that
    /// can be. A helper runs before each of them, as a privileged init container. Asks for the lane `rebuild` where none is
    /// named; of no effect in the other one, which brings what the platform brings.
    pub volume_data: Vec<String>,
    /// Components whose files no package holds and that are read at the source, each by its id or display name; `*`: all that
    /// can be. Each is stopped there while a helper reads its volumes, as a privileged init container, and started again; on
    /// the target they are filled like the others. Asks for the lane `rebuild` like those; of no effect in the other ones.
    pub volume_reading: Vec<String>,
    /// The source's store as its pods know it, where that is not its address here.
    pub reading_endpoint: Option<String>,
    /// The target's store as its pods know it, where that is not its address here: `http://minio.rbd-system:9000`.
    pub volume_endpoint: Option<String>,
    /// For an export: behind a passphrase. Where left out: yes, unless the package is known to hold no credentials.
    pub encrypt: Option<bool>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            app_name: None,
            start_after: true,
            lane: None,
            registry: None,
            cloud: true,
            note: String::new(),
            stop_stateful: false,
            force: false,
            drop_volume_data: false,
            record_only: false,
            gateway_rules: None,
            certificates: false,
            volume_data: Vec::new(),
            volume_reading: Vec::new(),
            reading_endpoint: None,
            volume_endpoint: None,
            encrypt: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanRequest {
    pub source: PlanSource,
    pub target: PlanTarget,
    #[serde(default)]
    pub options: PlanOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    Migrate,
    Export,
    Import,
    Backup,
    Restore,
}

/// One step of the voyage with the time it will take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanStep {
    pub name: PhaseName,
    #[cfg_attr(test, ts(type = "number"))]
    pub estimate_secs: u64,
}

/// A component whose volumes hold files, and whether these can be put there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VolumePlanView {
    /// Its id in the package.
    pub component: String,
    pub name: String,
    /// Names of the volumes that keep files.
    pub volumes: Vec<String>,
    /// Of the package's archives that would be unpacked; 0 where it has none.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes: u64,
    /// They are in no package: only the source itself can be read.
    pub reads: bool,
    pub can: bool,
    pub chosen: bool,
    /// What would happen, or why it cannot.
    pub line: Line,
}

/// Whether the bundle will be encrypted, and why that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EncryptionView {
    /// It starts with a passphrase only.
    pub on: bool,
    /// What looks like a credential in the package; none while the package is not made.
    pub credential_count: Option<u32>,
}

/// Everything the sheet shows. Nothing has happened yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PlanView {
    pub id: PlanId,
    pub kind: PlanKind,
    pub request: PlanRequest,
    pub source: Place,
    pub target: Place,
    /// The app as it is called at the source.
    pub source_app: String,
    /// The backup's version (`YYYYMMDDHHMMSS`), where there is one.
    pub version: Option<String>,
    /// The app as it will be called at the target.
    pub app_name: String,
    /// None where no app comes to life (export, backup).
    pub lane: Option<Lane>,
    pub lane_reason: Option<Line>,
    /// Lanes that may be chosen instead.
    pub other_lanes: Vec<Lane>,
    pub route: Route,
    pub route_reason: Line,
    #[cfg_attr(test, ts(type = "number"))]
    pub total_bytes: u64,
    #[cfg_attr(test, ts(type = "number"))]
    pub estimate_secs: u64,
    pub steps: Vec<PlanStep>,
    pub arrives: Vec<Line>,
    pub stays: Vec<Line>,
    pub changes: Vec<Line>,
    pub checks: Vec<CheckView>,
    /// Where an app is made anew: its components with files to keep, to be chosen from.
    pub volumes: Vec<VolumePlanView>,
    /// For an export: the file that will be written.
    pub path: Option<String>,
    /// For an export: whether a passphrase is wanted.
    pub encryption: Option<EncryptionView>,
    /// What must be typed before the button works: the cluster's name, for production.
    pub confirm: Option<String>,
}

impl PlanView {
    /// What is kept of it with the job.
    pub(crate) fn shown(&self) -> ShownPlan {
        ShownPlan {
            source_app: self.source_app.clone(),
            version: self.version.clone(),
            lane: self.lane,
            lane_reason: self.lane_reason.clone(),
            route_reason: self.route_reason.clone(),
            total_bytes: self.total_bytes,
            estimate_secs: self.estimate_secs,
            arrives: self.arrives.clone(),
            stays: self.stays.clone(),
            changes: self.changes.clone(),
            checks: self.checks.clone(),
        }
    }

    pub fn blocks(&self) -> impl Iterator<Item = &CheckView> {
        self.checks.iter().filter(|check| check.level == Level::Block)
    }
}

/// A plan as it is kept until it is performed: what was shown, and exactly what will be done.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub view: PlanView,
    /// None: something blocks that must be mended before anything can be decided.
    pub work: Option<crate::jobs::request::Work>,
}
