//! Consoles as saved, as tested, and the clusters and teams behind them.

use crate::host::Kept;
use crate::ids::{ClusterId, ConsoleId, TeamName};
use crate::line::Line;
use crate::place::Environment;
use crate::problem::Problem;
use crate::profiles::StoreKind;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// A console with what is known of it now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConsoleView {
    pub id: ConsoleId,
    pub name: String,
    pub url: String,
    pub user: String,
    pub environment: Environment,
    pub read_only: bool,
    pub group: String,
    pub notes: String,
    pub ca_pem: Option<String>,
    /// The one certificate that is believed, by its SHA-256.
    pub fingerprint: Option<String>,
    /// What goes to the console can be read on the way: plain HTTP, and not to this computer.
    pub plain_http: bool,
    /// One of the sample clusters.
    pub sample: bool,
    pub password: Kept,
    pub state: ConsoleState,
    /// As the console says it, e.g. `v5.17.3`; empty until known.
    pub version: String,
    pub clusters: Vec<ClusterView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ConsoleState {
    /// Not asked yet.
    Unknown,
    Connecting,
    Ready,
    Failed {
        problem: Problem,
    },
}

/// A region of a console: a column of the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClusterView {
    pub id: ClusterId,
    pub console: ConsoleId,
    /// What people call it: the console's name, with the region's where a console has several.
    pub name: String,
    pub region: String,
    pub environment: Environment,
    pub read_only: bool,
    pub version: String,
    /// What its version can do; none where nobody knows the version.
    pub era: Option<EraView>,
    /// False when the region does not answer its console.
    pub healthy: bool,
    pub teams: Vec<TeamView>,
    /// Teams the console has and this user is not in; shown as a count, never silently.
    pub hidden_team_count: u32,
    pub store: Option<StoreView>,
}

/// How sure a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CertaintyView {
    /// Console or region says so.
    Said,
    /// The one is taken for the other: they normally match.
    Paired,
    ByUser,
    /// From how it behaves.
    Guessed,
}

/// What the platform does not do, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CannotView {
    pub what: Line,
    pub why: Line,
}

/// What a cluster's version means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EraView {
    /// `E0` to `E6`, by the region: where packages lie, and how.
    pub era: String,
    /// The region's.
    pub version: String,
    /// The console's; they normally match.
    pub console_version: String,
    pub certainty: CertaintyView,
    pub can: Vec<Line>,
    pub cannot: Vec<CannotView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TeamView {
    pub name: TeamName,
    pub alias: String,
}

/// A store without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoreView {
    pub kind: StoreKind,
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: Kept,
    /// Read from the console's own settings, not typed by the user.
    pub from_console: bool,
}

/// A store as typed. The secret is kept by the keyring; left out, the one that is kept stays.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoreDraft {
    /// The region it belongs to; empty: every region of this console.
    #[serde(default)]
    pub cluster_region: String,
    pub kind: StoreKind,
    pub endpoint: String,
    pub bucket: String,
    #[serde(default)]
    pub region: String,
    pub access_key: String,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub secret_key: Option<Secret>,
}

/// A console as typed: new without an id, changed with one.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConsoleDraft {
    pub id: Option<ConsoleId>,
    pub name: String,
    pub url: String,
    pub user: String,
    /// Left out: the one that is kept stays.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub password: Option<Secret>,
    #[serde(default)]
    pub environment: Environment,
    #[serde(default)]
    pub read_only: bool,
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub notes: String,
    /// A certificate authority of one's own, as PEM.
    pub ca_pem: Option<String>,
    /// Believe this certificate and no other: its SHA-256, as `show_certificate` tells it.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Left out: those that are saved stay.
    pub stores: Option<Vec<StoreDraft>>,
}

/// The certificate that an address shows; who may be believed is the user's to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CertificateView {
    /// Its SHA-256, `AA:BB:…`.
    pub fingerprint: String,
}

/// The layers of a connection, in the order they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RungName {
    Address,
    Tcp,
    Tls,
    Console,
    Login,
    Rights,
    Cluster,
    Store,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RungState {
    /// With what was seen: an address, a version, a user.
    Passed {
        detail: String,
    },
    Failed {
        problem: Problem,
    },
    NotTried,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RungView {
    pub name: RungName,
    pub state: RungState,
    #[cfg_attr(test, ts(type = "number"))]
    pub took_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TestView {
    pub rungs: Vec<RungView>,
    pub version: String,
    /// Of the first region.
    pub era: Option<EraView>,
    /// Regions that the console names, for the stores.
    pub regions: Vec<String>,
    pub teams: Vec<String>,
}
