//! What a job was asked to do: closed, saved as the first line of its journal, and enough to do it after a restart.

use crate::ids::{AppId, BackupId, ClusterId, JobId, TeamName};
use crate::jobs::{JobKind, ShownPlan};
use crate::place::Place;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the journal's lines; raised when an old reader could not understand them.
pub(crate) const SCHEMA_VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct JobRequest {
    pub schema_version: u32,
    pub id: JobId,
    pub created_at: DateTime<Utc>,
    pub app_name: String,
    pub source: Place,
    pub target: Place,
    pub work: Work,
    /// None for what no plan is made of, and in journals of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<std::sync::Arc<ShownPlan>>,
}

/// One kind of work, one recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Work {
    Migrate(MigrateWork),
    Export(ExportWork),
    Import(ImportWork),
    Backup(BackupWork),
    Copy(CopyWork),
    Verify {
        path: String,
    },
    /// The platform's own restore within a team: in place or beside.
    Restore(RestoreWork),
    /// A ticket is handed in and nothing more: a record, with or without its package.
    Adopt(AdoptWork),
    /// A running app: backed up, then whatever a plan says of that backup.
    App(AppWork),
    /// A running app of a console that cannot back up: exported as a template, then whatever a plan says of the bundle.
    Template(TemplateWork),
}

impl Work {
    pub(crate) fn kind(&self) -> JobKind {
        match self {
            Self::Migrate(_) => JobKind::Migrate,
            Self::Export(_) => JobKind::Export,
            // On its way from a live app, through a bundle that nobody asked for.
            Self::Import(work) if work.is_ours => JobKind::Migrate,
            Self::Import(_) => JobKind::Import,
            Self::Backup(_) => JobKind::Backup,
            Self::Copy(_) => JobKind::Copy,
            Self::Verify { .. } => JobKind::Verify,
            Self::Restore(_) => JobKind::Restore,
            Self::Adopt(_) => JobKind::Import,
            Self::App(work) => work.kind,
            Self::Template(work) => work.kind,
        }
    }

    /// Volumes that are read at the source first.
    pub(crate) fn reading(&self) -> Option<&ReadWork> {
        match self {
            Self::Migrate(work) => work.reading.as_ref(),
            _ => None,
        }
    }

    /// The backup that is being made.
    pub(crate) fn backup(&self) -> Option<&BackupWork> {
        match self {
            Self::Backup(work) => Some(work),
            Self::App(work) => Some(&work.backup),
            _ => None,
        }
    }
}

/// An object: whose store, which bucket, which key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObjectRef {
    pub cluster: ClusterId,
    pub bucket: String,
    pub key: String,
}

/// A package that was read and measured when the plan was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PackageRef {
    pub object: ObjectRef,
    pub size_bytes: u64,
    pub etag: Option<String>,
}

/// How an app comes to life on the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The platform's own restore.
    #[default]
    Official,
    /// An application package made from the backup, imported and installed as from the platform's own store.
    Rebuild,
    /// Made by calls from the backup, its images pushed into a registry of the user's own.
    Registry,
}

impl Lane {
    /// The app is made anew from the backup, whatever carries its images.
    pub(crate) fn is_rebuilt(self) -> bool {
        match self {
            Self::Official => false,
            Self::Rebuild | Self::Registry => true,
        }
    }
}

/// How the package of a rebuild reaches the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Handing {
    /// Into the region's store, in parts that survive a crash.
    Store,
    /// Through the console, in one request.
    #[default]
    Post,
}

/// What a rebuild makes the app from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Build {
    /// One application package that the console imports and installs (rebuild.md §3).
    #[default]
    Template,
    /// Image after image, then component after component by calls (rebuild.md §7.1).
    Compose,
}

/// The team an app arrives in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Landing {
    pub cluster: ClusterId,
    pub team: TeamName,
    /// An existing empty app, or none: a new one is made.
    pub app: Option<AppId>,
    pub app_name: String,
    /// The app's name inside the cluster, ours: unique, so that an interrupted creation is recognised.
    pub k8s_app: String,
    pub start_after: bool,
    #[serde(default)]
    pub lane: Lane,
    /// For a rebuild.
    #[serde(default)]
    pub handing: Handing,
    /// Names inside the cluster that the team had when the plan was made: who takes one of these gets another.
    #[serde(default)]
    pub taken_hosts: BTreeSet<String>,
    /// For a rebuild.
    #[serde(default)]
    pub build: Build,
    /// For the lane by a registry: which of the saved ones.
    #[serde(default)]
    pub registry: Option<String>,
    /// Only the record and its package arrive; nothing is restored.
    #[serde(default)]
    pub record_only: bool,
    /// The app's own gateway rules are made again; none: they are left to the user.
    #[serde(default)]
    pub gateway: Option<GatewayWork>,
    /// Volumes that pods fill before their app starts; none: they stay empty.
    #[serde(default)]
    pub volumes: Option<VolumeWork>,
}

/// How volume data gets into volumes (rebuild.md §8.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VolumeWork {
    /// Components of the package, by id.
    pub components: Vec<String>,
    /// Of the target's store: what pods read lies there for the while.
    pub bucket: String,
    /// The store's address as pods know it, where that is another one than this computer's.
    pub inside: Option<String>,
}

/// Volumes that are read at the source, as they are then: no package holds their files (B-2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadWork {
    pub at: LiveApp,
    /// By id, which is the same at the source and in the package.
    pub components: Vec<String>,
    /// Of the source's store: what pods write lies there for the while.
    pub bucket: String,
    /// The store's address as pods know it, where that is another one than this computer's.
    pub inside: Option<String>,
}

/// How gateway rules are made again. They themselves are read when their turn comes: some hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GatewayWork {
    /// The app they are read from where its package does not hold them, and its team's certificates.
    pub live: Option<LiveApp>,
    /// Certificates are copied, too.
    pub certificates: bool,
}

/// An app that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LiveApp {
    pub cluster: ClusterId,
    pub team: TeamName,
    pub app: AppId,
}

/// What should be found on the target in the end, as read from the package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Expected {
    pub components: Vec<String>,
    pub empty_volumes: Vec<String>,
    pub gateway_rule_count: u32,
}

impl Expected {
    pub(crate) const fn nothing() -> Self {
        Self { components: Vec::new(), empty_volumes: Vec::new(), gateway_rule_count: 0 }
    }
}

/// What is mended on the way, so that the target's own restore can use the package (protocol.md §11.6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Repair {
    /// Volume data gets a second name at its top, so that no root is stripped (B-4).
    KeepRoots,
    /// Volume data is left out.
    DropData,
    /// Images are named as the target's registry names them (B-5).
    RenameImages { registry: String },
    /// Keys that the target's console does not know (§8.7), as `table.key`.
    DropKeys { keys: Vec<String> },
    /// Links to components that the app does not hold (§8.6).
    DropRelations,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MigrateWork {
    pub package: PackageRef,
    /// The backup's record as its console told it: what the ticket is written from.
    pub record: serde_json::Value,
    pub landing: Landing,
    pub expected: Expected,
    #[serde(default)]
    pub repairs: Vec<Repair>,
    /// None: the package's own files are all there is.
    #[serde(default)]
    pub reading: Option<ReadWork>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ImportWork {
    pub path: String,
    pub size_bytes: u64,
    pub record: serde_json::Value,
    pub landing: Landing,
    pub expected: Expected,
    #[serde(default)]
    pub repairs: Vec<Repair>,
    /// The bundle was made by this very job and goes with it.
    #[serde(default)]
    pub is_ours: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExportWork {
    pub package: PackageRef,
    pub record: serde_json::Value,
    pub console_name: String,
    pub cluster_name: String,
    pub team_alias: String,
    pub platform_version: String,
    /// The file that is written, whole.
    pub path: String,
    /// The app, where it is there: its gateway rules are told by no package of v6.
    #[serde(default)]
    pub live: Option<LiveApp>,
    /// Behind a passphrase, which stands nowhere here.
    #[serde(default)]
    pub encrypt: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct BackupWork {
    pub cluster: ClusterId,
    pub team: TeamName,
    pub app: AppId,
    pub cloud: bool,
    pub note: String,
    pub force: bool,
    /// Components to stop first and to start again on every way out.
    pub stop: Vec<ComponentRef>,
    /// The newest backup when the plan was made; what is newer and has our note is ours.
    pub newest: Option<BackupId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AppWork {
    /// What it goes on as. Not `kind`, which tells the works apart: a journal would not be read again.
    #[serde(rename = "goes_on_as")]
    pub kind: JobKind,
    pub backup: BackupWork,
    /// What was asked for, in the words of the contract; planned again once the backup is made.
    pub then: serde_json::Value,
    /// It goes on as an export behind a passphrase.
    #[serde(default)]
    pub encrypt: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TemplateWork {
    /// What it goes on as. Not `kind`, which tells the works apart: a journal would not be read again.
    #[serde(rename = "goes_on_as")]
    pub kind: JobKind,
    pub app: LiveApp,
    /// The template's name, ours alone: an interrupted creation is recognised by it.
    pub template: String,
    pub console_name: String,
    pub cluster_name: String,
    pub team_alias: String,
    pub platform_version: String,
    /// The bundle, where one was asked for; else it is made in a folder of the job's own.
    pub path: Option<String>,
    /// What was asked for, in the words of the contract; planned again once the bundle is there.
    pub then: serde_json::Value,
    /// That bundle is written behind a passphrase.
    #[serde(default)]
    pub encrypt: bool,
}

/// Where the platform puts what it restores within a team (protocol.md §8.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Manner {
    /// `recover`: into the backup's own app where that is empty or gone, else into a new app that takes its backups over.
    InPlace,
    /// `migrate` within the team: always a new app.
    Beside,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RestoreWork {
    /// `app` is the app whose backup it is; its name is what the result is named after.
    pub landing: Landing,
    pub manner: Manner,
    pub record: serde_json::Value,
    pub expected: Expected,
    /// Components to stop first; started again where the restore fails.
    pub stop: Vec<ComponentRef>,
    /// The backup's app, where it is there.
    pub original: Option<AppId>,
    /// It is empty, and what is restored in place lands in it.
    pub into_original: bool,
    /// Apps of the team when the plan was made: what is newer and named like the original is the result.
    pub apps_before: Vec<AppId>,
    /// A restore of this backup's group that is not known to have ended, and is not ours.
    pub unfinished_before: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AdoptWork {
    pub record: serde_json::Value,
    pub landing: Landing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ComponentRef {
    pub id: String,
    pub alias: String,
    pub name: String,
}

/// One end of a bare copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Address {
    Object(ObjectRef),
    /// A store of the environment's credentials (`AWS_…`), for scripts.
    Environment {
        bucket: String,
        key: String,
        /// Where that is not the environment's own.
        #[serde(default)]
        endpoint: Option<String>,
    },
    File {
        path: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CopyWork {
    pub source: Address,
    pub target: Address,
    pub overwrite: bool,
    /// The SHA-256 of the whole is wanted.
    #[serde(default)]
    pub sha256: bool,
    /// `None`: as it suits the proof.
    #[serde(default)]
    pub way: Option<CopyWay>,
    /// For measuring against a store that keeps nothing: sums are computed and not compared.
    #[serde(default)]
    pub unproven: bool,
}

/// How bytes go from one store to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CopyWay {
    /// Part by part through memory, hashed on the way.
    Buffered,
    /// What is read is what is being sent.
    Streamed,
}
