//! What happened: one line of the journal each, on disk before the act that relies on it.

use crate::ids::{AppId, BackupId};
use crate::jobs::reading::ReadStep;
use crate::jobs::request::{ComponentRef, JobRequest, LiveApp, ObjectRef, Work};
use crate::jobs::volume_data::VolumeStep;
use crate::jobs::{PhaseName, ReportView};
use crate::line::Line;
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A fact and when it became one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub at: DateTime<Utc>,
    pub fact: Fact,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum Fact {
    Requested {
        request: Box<JobRequest>,
    },
    /// A run began: the first, or one after a stop, a crash or a retry.
    RunStarted,
    PhaseStarted {
        phase: PhaseName,
        total_bytes: u64,
    },
    PhaseDone {
        phase: PhaseName,
    },
    Said {
        line: Line,
    },

    // Backup.
    /// About to stop these; whatever ends the job, they are started again.
    Stopping {
        components: Vec<ComponentRef>,
    },
    StartedAgain,
    BackupAsking,
    BackupMade {
        backup: BackupId,
        version: String,
    },
    /// The platform's backup ended as failed: another try asks for a new one.
    BackupFailed,

    /// The backup of a running app is made; from now on the job is this.
    Continued {
        work: Box<Work>,
        phases: Vec<PhaseName>,
    },

    // The way through the platform's template export.
    /// About to make an empty template of this name at the source.
    TemplateAsking {
        at: LiveApp,
        name: String,
    },
    TemplateMade {
        template: String,
    },
    /// `newest`: the number of the app's newest share; one beyond it that nobody filled is ours.
    ShareAsking {
        newest: i64,
    },
    ShareOpened {
        share: i64,
    },
    SharePublished,
    ExportAsking,
    ExportStarted {
        event: String,
    },
    Exported {
        url: String,
    },
    /// From now on there may be something in this folder.
    ExportFetching {
        folder: String,
    },
    ExportFetched {
        path: String,
    },
    ExportUnusable,
    SharingTidied,

    // Landing.
    AppCreating {
        name: String,
        k8s_app: String,
    },
    AppCreated {
        app: AppId,
        name: String,
    },
    TicketSending {
        version: String,
        source_dir: String,
    },
    TicketTaken {
        backup: BackupId,
        group_uuid: String,
        source_dir: String,
        version: String,
    },

    // Bytes.
    /// Nothing lay at the target before the first byte was sent: what lies there from now on is of this job.
    ObjectClaimed {
        object: UploadTarget,
    },
    /// Parts begin to arrive: in an upload, or (without one) in a file.
    TransferStarted {
        object: Option<UploadTarget>,
        upload_id: Option<String>,
        size_bytes: u64,
        part_bytes: u64,
        source_etag: Option<String>,
    },
    PartDone {
        index: u32,
        tag: String,
        checked: bool,
        /// CRC-64/NVME of what went into it.
        #[serde(default)]
        crc64: Option<u64>,
    },
    /// The upload is completed, aborted or gone: its parts are void.
    TransferEnded,
    ObjectDone {
        object: UploadTarget,
        size_bytes: u64,
        sha256: Option<String>,
    },
    /// The package was mended on the way, and what arrived was compared member by member.
    Repaired {
        repaired: Repaired,
    },
    FileStarted {
        path: String,
    },
    FileDone {
        path: String,
        size_bytes: u64,
        sha256: String,
    },

    // Restore.
    RestoreAsking,
    RestoreStarted {
        restore: String,
        app: AppId,
    },
    RestoreEnded {
        ok: bool,
    },
    DeployAsked,
    /// The user said, by its name, that the app a restore came from may go.
    OriginalDeleting {
        app: AppId,
    },
    OriginalDeleted {
        app: AppId,
    },

    // Rebuild.
    ImportAsking,
    /// The console's record of an import: where the package goes.
    ImportOpened {
        event: String,
        upload_url: String,
    },
    /// The package as it is made from the backup: the same again after a crash, or the upload begins anew.
    PackageMade {
        file: String,
        size_bytes: u64,
        template: TemplateRef,
    },
    PackageSent,
    ImportStarted,
    ImportFailed,
    TemplateThere,
    InstallAsking,
    Installed {
        components: Vec<InstalledComponent>,
    },
    /// A component that no package brings was made by a call of its own.
    ComponentMade {
        component: InstalledComponent,
    },
    /// This one of the wishes for after the install is fulfilled.
    Adjusted {
        id: String,
    },
    /// It cannot be; the report says why.
    NotAdjusted {
        id: String,
        reason: String,
    },
    /// What the import left on the target was taken away.
    ImportCleared,

    // Rebuild by calls. `file` names the image archive among the others.
    /// The console's place for the upload of one image.
    ImageOpened {
        file: String,
        event: String,
        upload_url: String,
    },
    /// This chunk is in the cluster: it tells nobody which ones it has.
    ChunkSent {
        file: String,
        session: String,
        index: u64,
    },
    ImageSent {
        file: String,
    },
    ImageLoading {
        file: String,
        load: String,
    },
    /// It could not be loaded: the next try begins with a place of its own.
    ImageFailed {
        file: String,
    },
    /// About to begin an upload in the user's registry; only its answer says where that upload is.
    BlobAsking {
        file: String,
        repository: String,
    },
    /// It was refused, or the upload is named as left behind: no answer is missing any more.
    BlobUnasked {
        file: String,
    },
    /// A blob is on its way into the user's registry; the upload goes on there.
    BlobUploading {
        file: String,
        repository: String,
        digest: String,
        at: String,
    },
    /// This job has put it there.
    BlobThere {
        file: String,
        digest: String,
    },
    /// The registry knows nothing of the upload any more.
    BlobLost {
        file: String,
    },
    /// No image of this name is in the user's registry; from now on it is this job's.
    ImagePushing {
        file: String,
        image: String,
        digest: String,
    },
    /// The registry that the cluster pulls from has the image under this name.
    ImageThere {
        file: String,
        image: String,
    },

    // Gateway.
    /// About to make this rule, where nothing like it was seen.
    RuleAsking {
        rule: String,
    },
    RuleMade {
        rule: String,
        /// v6: an object of its own, which may outlive its app.
        route: Option<RouteRef>,
    },
    /// Something else has its place, or it cannot be there.
    RuleRefused {
        rule: String,
        line: Line,
    },
    CertificateAsking {
        name: String,
    },
    CertificateMade {
        name: String,
        /// Not known of jobs of earlier versions.
        #[serde(default)]
        id: Option<i64>,
    },

    // Volume data through pods.
    Volumes {
        step: VolumeStep,
    },
    Reading {
        step: ReadStep,
    },

    // Ends.
    Reported {
        report: Box<ReportView>,
    },
    CancelAsked,
    /// Bytes are held back, and no new chapter begins.
    Paused,
    Unpaused,
    /// The user moved it in the queue.
    Turned {
        turn: f64,
    },
    Failed {
        problem: Problem,
    },
    Cancelled,
    Done,
    /// Something of ours is still there.
    Left {
        id: String,
        thing: Leftover,
        line: Line,
    },
    Removed {
        id: String,
    },
    /// The user tries again.
    RetryAsked,
    /// The user took the ended job out of the list.
    Forgotten,
}

/// What a route of v6 is deleted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RouteRef {
    pub app: AppId,
    pub name: String,
}

/// What a template is found by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TemplateRef {
    pub group_key: String,
    pub name: String,
    pub version: String,
}

/// A component of the backup, and what it became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InstalledComponent {
    /// `service_id` in the backup.
    pub source_id: String,
    pub id: String,
    pub alias: String,
    pub name: String,
}

/// What mending came to; names are those of members below the package's root.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Repaired {
    pub same_count: usize,
    pub rewritten: Vec<String>,
    pub dropped: Vec<String>,
    /// Data zips that end in a symlink: the platform may have cut them short (B-19).
    pub doubtful: Vec<String>,
}

/// Where an upload goes: a store of a cluster, or one of the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum UploadTarget {
    Object(ObjectRef),
    Environment {
        bucket: String,
        key: String,
        /// Where that is not the environment's own.
        #[serde(default)]
        endpoint: Option<String>,
    },
}

/// What can be left behind, with what is needed to remove it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Leftover {
    App {
        app: AppId,
    },
    Backup {
        app: AppId,
        backup: BackupId,
    },
    Object {
        object: UploadTarget,
    },
    Upload {
        object: UploadTarget,
        upload_id: String,
    },
    File {
        path: String,
    },
    Stopped {
        components: Vec<ComponentRef>,
    },
    /// A route of the gateway.
    Route {
        route: RouteRef,
        rule: String,
    },
    /// A certificate of the target team.
    Certificate {
        name: String,
        id: i64,
    },
    /// The console's record of an import.
    ImportRecord {
        event: String,
    },
    /// Chunks of an image; the cluster itself forgets them after a day.
    Chunks {
        upload_url: String,
        session: String,
        /// Of an app's own cluster, where that is not the target.
        #[serde(default)]
        at: Option<LiveApp>,
    },
    /// An image that this job has pushed into the user's registry.
    Pushed {
        image: String,
        digest: String,
    },
    /// A blob that was on its way there.
    BlobUpload {
        repository: String,
        at: String,
    },
    /// An empty upload in the user's registry whose address was never heard: the registry forgets it by itself.
    LostUpload,
    /// Layers without an image: nobody can tell who else uses them, so only the registry's own sweep takes them.
    Layers,
    /// A template in the console's own store of apps.
    Template {
        group_key: String,
        name: String,
    },
    /// Archives and jobs for pods, below a prefix of this job alone.
    VolumeData {
        prefix: ObjectRef,
    },
    /// The helper, as a plugin of the target team.
    Helper {
        plugin: String,
    },
    /// Components of the source that are not as they were found: with the helper, stopped, or fewer.
    Reader {
        at: LiveApp,
        components: Vec<ComponentRef>,
    },
    /// The helper, as a plugin of the source's team.
    ReadPlugin {
        at: LiveApp,
        plugin: String,
    },
    /// What was read, below a prefix of this job alone in the source's store.
    ReadData {
        prefix: ObjectRef,
    },
    /// A share of an app: given up, or, once published, taken off the app's list.
    Share {
        at: LiveApp,
        share: i64,
        published: bool,
    },
    /// The template that was made of an app, at the app's own console.
    SharedTemplate {
        at: LiveApp,
        template: String,
    },
    /// An export with its file.
    Export {
        at: LiveApp,
        event: String,
    },
    /// A folder of this computer that only this job uses.
    Folder {
        path: String,
    },
    /// Nobody but the cluster's operator can remove it.
    Region,
}

impl Leftover {
    /// Not what only the cluster's operator removes, or the registry by itself.
    pub(crate) fn is_removable(&self) -> bool {
        !matches!(self, Self::Region | Self::LostUpload | Self::Layers)
    }
}
