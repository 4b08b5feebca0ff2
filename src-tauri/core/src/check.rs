//! One look before anything happens: what was looked at, how it was judged, what was seen, and what to do about it.

use crate::line::Line;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Block,
    Warn,
    Pass,
}

/// What is looked at before anything happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CheckId {
    Login,
    Rights,
    ReadOnly,
    Era,
    Lane,
    Backup,
    SourceStore,
    TargetStore,
    Package,
    VolumeData,
    Registry,
    TargetEmpty,
    Name,
    KeyFree,
    Resources,
    Disk,
    File,
    Bundle,
    Production,
    Stateful,
    CustomVolumes,
    ObjectStorage,
    /// Metadata newer than the target.
    Metadata,
    Images,
    Components,
    Memory,
    Expiry,
    /// The region answers its console.
    Region,
    /// Every component of an app is closed.
    Closed,
    /// A backup's size against what its store takes.
    Size,
    /// The backup is in the target team already.
    Duplicate,
    /// A restore of the same backup that is not known to have ended.
    Unfinished,
    /// The console is reached at all: name, TCP, TLS, and it is one.
    Connection,
    /// How long the login still holds.
    Token,
    /// The console's clock beside this computer's.
    Clock,
    /// The two versions of a voyage.
    Versions,
    /// What this computer did with the app last.
    LastJob,
    NeverBuilt,
    Architecture,
    Cpu,
    ClusterRoom,
    /// Addresses of the app that the target's gateway serves already.
    Routes,
    Credentials,
    /// Routes and ports that are to be made again, against those that are there.
    Gateway,
    /// Volumes that are to be filled by a helper: whether it can be, and what it asks of the target.
    Helper,
    /// Volumes that are to be read at the source: whether they can be, and what it asks of the source.
    Reading,
    /// Whether the platform exports an app as a template.
    Share,
    /// The user's own registry that images are pushed to.
    OwnRegistry,
    /// Whether the cluster's nodes pull from it.
    RegistryTrust,
}

#[cfg(test)]
impl CheckId {
    pub(crate) const ALL: &[Self] = &[
        Self::Login,
        Self::Rights,
        Self::ReadOnly,
        Self::Era,
        Self::Lane,
        Self::Backup,
        Self::SourceStore,
        Self::TargetStore,
        Self::Package,
        Self::VolumeData,
        Self::Registry,
        Self::TargetEmpty,
        Self::Name,
        Self::KeyFree,
        Self::Resources,
        Self::Disk,
        Self::File,
        Self::Bundle,
        Self::Production,
        Self::Stateful,
        Self::CustomVolumes,
        Self::ObjectStorage,
        Self::Metadata,
        Self::Images,
        Self::Components,
        Self::Memory,
        Self::Expiry,
        Self::Region,
        Self::Closed,
        Self::Size,
        Self::Duplicate,
        Self::Unfinished,
        Self::Connection,
        Self::Token,
        Self::Clock,
        Self::Versions,
        Self::LastJob,
        Self::NeverBuilt,
        Self::Architecture,
        Self::Cpu,
        Self::ClusterRoom,
        Self::Routes,
        Self::Credentials,
        Self::Gateway,
        Self::Helper,
        Self::Share,
        Self::OwnRegistry,
        Self::RegistryTrust,
    ];
}

/// One line of the preflight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CheckView {
    pub id: CheckId,
    pub level: Level,
    /// What was looked at and what was seen, with the facts it is judged by.
    pub line: Line,
    /// What to do about it; none where it passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub fix: Option<Line>,
}
