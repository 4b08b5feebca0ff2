//! The fold: facts in order become what the job is. Pure; a journal cut anywhere folds to a state that can go on.

use crate::ids::{AppId, BackupId};
use crate::jobs::fact::{Entry, Fact, Leftover, Repaired, UploadTarget};
use crate::jobs::images;
pub(crate) use crate::jobs::images::{BlobProgress, ImageProgress};
pub(crate) use crate::jobs::rebuild::{PackageMade, RebuildRecord};
use crate::jobs::request::{ComponentRef, JobRequest, Work};
use crate::jobs::{JobState, LogLine, PhaseName, PhaseState, PhaseView, ReportView};
use crate::jobs::{reading::ReadRecord, rules::GatewayRecord, sharing::SharingRecord, volume_data::VolumeRecord};
use crate::line::Line;
use crate::problem::{Problem, Retry};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// An upload that was begun and is neither finished nor given up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct UploadRecord {
    /// None: into a file.
    pub object: Option<UploadTarget>,
    pub upload_id: Option<String>,
    pub size_bytes: u64,
    pub part_bytes: u64,
    pub source_etag: Option<String>,
    pub parts: BTreeMap<u32, PartRecord>,
}

/// A part that the target holds: its tag, and whether that was compared with a checksum of ours.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PartRecord {
    pub tag: String,
    pub checked: bool,
    pub crc64: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TicketTaken {
    pub backup: BackupId,
    pub group_uuid: String,
    pub source_dir: String,
    pub version: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ObjectDone {
    pub object: UploadTarget,
    pub size_bytes: u64,
    pub sha256: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileDone {
    pub path: String,
    pub size_bytes: u64,
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LeftRecord {
    pub id: String,
    pub thing: Leftover,
    pub line: Line,
}

fn waiting(name: PhaseName) -> PhaseView {
    PhaseView { name, state: PhaseState::Waiting, started_at: None, ended_at: None, done_bytes: 0, total_bytes: 0 }
}

/// Everything the journal says of a job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JobRecord {
    pub request: JobRequest,
    pub state: JobState,
    pub cancel_asked: bool,
    pub paused: bool,
    /// Where the user moved it in the queue.
    pub turn: Option<f64>,
    pub forgotten: bool,
    pub run_count: u32,
    /// How many facts are known: of two views of a job, that of more is the newer.
    pub revision: u64,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub phases: Vec<PhaseView>,
    pub log: Vec<LogLine>,
    pub stopped: Vec<ComponentRef>,
    pub backup_asking: bool,
    pub backup: Option<(BackupId, String)>,
    pub backup_failed: bool,
    pub app_creating: bool,
    pub app: Option<(AppId, String)>,
    pub ticket_sending: bool,
    pub ticket: Option<TicketTaken>,
    pub upload: Option<UploadRecord>,
    /// Places that were empty before this job wrote to them.
    pub claims: Vec<UploadTarget>,
    pub objects: Vec<ObjectDone>,
    /// What mending the package came to.
    pub repaired: Option<Repaired>,
    pub file_started: Option<String>,
    pub file: Option<FileDone>,
    pub restore_asking: bool,
    pub restore: Option<(String, AppId)>,
    pub restored: Option<bool>,
    pub deploy_asked: bool,
    pub rebuild: RebuildRecord,
    pub gateway: GatewayRecord,
    pub volumes: VolumeRecord,
    pub reading: ReadRecord,
    pub sharing: SharingRecord,
    pub report: Option<ReportView>,
    pub problem: Option<Problem>,
    pub left: Vec<LeftRecord>,
}

impl JobRecord {
    /// A job that was only asked for, with the chapters its recipe will have.
    pub(crate) fn new(request: JobRequest, phases: &[PhaseName]) -> Self {
        Self {
            phases: phases.iter().copied().map(waiting).collect(),
            request,
            state: JobState::Queued,
            cancel_asked: false,
            paused: false,
            turn: None,
            forgotten: false,
            run_count: 0,
            revision: 0,
            started_at: None,
            ended_at: None,
            log: Vec::new(),
            stopped: Vec::new(),
            backup_asking: false,
            backup: None,
            backup_failed: false,
            app_creating: false,
            app: None,
            ticket_sending: false,
            ticket: None,
            upload: None,
            claims: Vec::new(),
            objects: Vec::new(),
            repaired: None,
            file_started: None,
            file: None,
            restore_asking: false,
            restore: None,
            restored: None,
            deploy_asked: false,
            rebuild: RebuildRecord::default(),
            gateway: GatewayRecord::default(),
            volumes: VolumeRecord::default(),
            reading: ReadRecord::default(),
            sharing: SharingRecord::default(),
            report: None,
            problem: None,
            left: Vec::new(),
        }
    }

    /// Those that wait go in this order, the smallest first.
    pub(crate) fn turn(&self) -> f64 {
        self.turn.unwrap_or(self.request.created_at.timestamp_millis() as f64)
    }

    /// True when nothing more will happen unless somebody asks.
    pub(crate) fn ended(&self) -> bool {
        match self.state {
            JobState::Queued | JobState::Running | JobState::Cancelling => false,
            JobState::Done | JobState::Failed | JobState::Cancelled => true,
        }
    }

    pub(crate) fn phase_done(&self, phase: PhaseName) -> bool {
        self.phases.iter().any(|view| view.name == phase && view.state == PhaseState::Done)
    }

    pub(crate) fn apply(&mut self, entry: &Entry) {
        let at = entry.at;
        self.revision += u64::from(!matches!(entry.fact, Fact::Requested { .. }));
        match &entry.fact {
            Fact::Requested { .. } => {}
            Fact::RunStarted => {
                self.run_count += 1;
                self.started_at.get_or_insert(at);
                self.state = if self.cancel_asked { JobState::Cancelling } else { JobState::Running };
            }
            Fact::PhaseStarted { phase, total_bytes } => self.phase(*phase, |view| {
                view.state = PhaseState::Running;
                view.started_at = Some(at);
                view.ended_at = None;
                view.total_bytes = *total_bytes;
                view.done_bytes = 0;
            }),
            Fact::PhaseDone { phase } => self.phase(*phase, |view| {
                view.state = PhaseState::Done;
                view.ended_at = Some(at);
                view.done_bytes = view.total_bytes;
            }),
            Fact::Said { line } => self.log.push(LogLine { at, line: line.clone() }),
            Fact::Continued { work, phases } => self.go_on(work, phases, at),
            Fact::Stopping { .. }
            | Fact::StartedAgain
            | Fact::BackupAsking
            | Fact::BackupMade { .. }
            | Fact::BackupFailed => self.backup(&entry.fact),
            Fact::AppCreating { .. }
            | Fact::AppCreated { .. }
            | Fact::TicketSending { .. }
            | Fact::TicketTaken { .. } => {
                self.landing(&entry.fact);
            }
            Fact::ObjectClaimed { .. }
            | Fact::TransferStarted { .. }
            | Fact::PartDone { .. }
            | Fact::TransferEnded
            | Fact::ObjectDone { .. }
            | Fact::Repaired { .. }
            | Fact::FileStarted { .. }
            | Fact::FileDone { .. } => self.bytes(&entry.fact),
            Fact::RestoreAsking
            | Fact::RestoreStarted { .. }
            | Fact::RestoreEnded { .. }
            | Fact::DeployAsked
            | Fact::OriginalDeleting { .. }
            | Fact::OriginalDeleted { .. } => {
                self.restoring(&entry.fact);
            }
            Fact::ImportAsking
            | Fact::ImportOpened { .. }
            | Fact::PackageMade { .. }
            | Fact::PackageSent
            | Fact::ImportStarted
            | Fact::ImportFailed
            | Fact::TemplateThere
            | Fact::InstallAsking
            | Fact::Installed { .. }
            | Fact::ComponentMade { .. }
            | Fact::Adjusted { .. }
            | Fact::NotAdjusted { .. }
            | Fact::ImageOpened { .. }
            | Fact::ChunkSent { .. }
            | Fact::ImageSent { .. }
            | Fact::ImageLoading { .. }
            | Fact::ImageFailed { .. }
            | Fact::BlobAsking { .. }
            | Fact::BlobUnasked { .. }
            | Fact::BlobUploading { .. }
            | Fact::BlobThere { .. }
            | Fact::BlobLost { .. }
            | Fact::ImagePushing { .. }
            | Fact::ImageThere { .. }
            | Fact::ImportCleared => self.rebuild.apply(&entry.fact),
            Fact::TemplateAsking { .. }
            | Fact::TemplateMade { .. }
            | Fact::ShareAsking { .. }
            | Fact::ShareOpened { .. }
            | Fact::SharePublished
            | Fact::ExportAsking
            | Fact::ExportStarted { .. }
            | Fact::Exported { .. }
            | Fact::ExportFetching { .. }
            | Fact::ExportFetched { .. }
            | Fact::ExportUnusable
            | Fact::SharingTidied => self.sharing.apply(&entry.fact),
            Fact::RuleAsking { .. }
            | Fact::RuleMade { .. }
            | Fact::RuleRefused { .. }
            | Fact::CertificateAsking { .. }
            | Fact::CertificateMade { .. } => self.gateway.apply(&entry.fact),
            Fact::Volumes { step } => self.volumes.apply(step),
            Fact::Reading { step } => self.reading.apply(step),
            Fact::Reported { .. }
            | Fact::CancelAsked
            | Fact::Paused
            | Fact::Turned { .. }
            | Fact::Unpaused
            | Fact::Failed { .. }
            | Fact::Cancelled
            | Fact::Done
            | Fact::Left { .. }
            | Fact::Removed { .. }
            | Fact::RetryAsked
            | Fact::Forgotten => self.ending(&entry.fact, at),
        }
    }

    /// Chapters told so far stay; those of the new work follow.
    fn go_on(&mut self, work: &Work, phases: &[PhaseName], at: DateTime<Utc>) {
        self.request.work = work.clone();
        for view in self.phases.iter_mut().filter(|view| view.state == PhaseState::Running) {
            view.state = PhaseState::Done;
            view.ended_at = Some(at);
        }
        self.phases.extend(phases.iter().copied().map(waiting));
    }

    fn phase(&mut self, name: PhaseName, change: impl FnOnce(&mut PhaseView)) {
        if let Some(view) = self.phases.iter_mut().find(|view| view.name == name) {
            change(view);
        }
    }

    fn backup(&mut self, fact: &Fact) {
        match fact {
            Fact::Stopping { components } => self.stopped.clone_from(components),
            Fact::StartedAgain => self.stopped.clear(),
            Fact::BackupAsking => {
                self.backup_asking = true;
                self.backup = None;
                self.backup_failed = false;
            }
            Fact::BackupMade { backup, version } => self.backup = Some((backup.clone(), version.clone())),
            Fact::BackupFailed => self.backup_failed = true,
            _ => {}
        }
    }

    fn landing(&mut self, fact: &Fact) {
        match fact {
            Fact::AppCreating { .. } => self.app_creating = true,
            Fact::AppCreated { app, name } => self.app = Some((*app, name.clone())),
            Fact::TicketSending { .. } => self.ticket_sending = true,
            Fact::TicketTaken { backup, group_uuid, source_dir, version } => {
                self.ticket = Some(TicketTaken {
                    backup: backup.clone(),
                    group_uuid: group_uuid.clone(),
                    source_dir: source_dir.clone(),
                    version: version.clone(),
                });
            }
            _ => {}
        }
    }

    fn bytes(&mut self, fact: &Fact) {
        match fact {
            Fact::ObjectClaimed { object } => self.claims.push(object.clone()),
            Fact::TransferStarted { object, upload_id, size_bytes, part_bytes, source_etag } => {
                self.upload = Some(UploadRecord {
                    object: object.clone(),
                    upload_id: upload_id.clone(),
                    size_bytes: *size_bytes,
                    part_bytes: *part_bytes,
                    source_etag: source_etag.clone(),
                    parts: BTreeMap::new(),
                });
            }
            Fact::PartDone { index, tag, checked, crc64 } => {
                if let Some(upload) = &mut self.upload {
                    upload.parts.insert(*index, PartRecord { tag: tag.clone(), checked: *checked, crc64: *crc64 });
                }
            }
            Fact::TransferEnded => self.upload = None,
            Fact::ObjectDone { object, size_bytes, sha256 } => {
                self.upload = None;
                self.objects.push(ObjectDone {
                    object: object.clone(),
                    size_bytes: *size_bytes,
                    sha256: sha256.clone(),
                });
            }
            Fact::Repaired { repaired } => self.repaired = Some(repaired.clone()),
            Fact::FileStarted { path } => self.file_started = Some(path.clone()),
            Fact::FileDone { path, size_bytes, sha256 } => {
                self.file = Some(FileDone { path: path.clone(), size_bytes: *size_bytes, sha256: sha256.clone() });
            }
            _ => {}
        }
    }

    fn restoring(&mut self, fact: &Fact) {
        match fact {
            Fact::RestoreAsking => {
                self.restore_asking = true;
                self.restore = None;
                self.restored = None;
            }
            Fact::RestoreStarted { restore, app } => self.restore = Some((restore.clone(), *app)),
            Fact::RestoreEnded { ok } => self.restored = Some(*ok),
            Fact::DeployAsked => self.deploy_asked = true,
            Fact::OriginalDeleted { .. } => {
                if let Some(original) = self.report.as_mut().and_then(|report| report.original.as_mut()) {
                    original.deleted = true;
                    original.can_delete = false;
                }
            }
            _ => {}
        }
    }

    fn ending(&mut self, fact: &Fact, at: DateTime<Utc>) {
        match fact {
            Fact::Reported { report } => self.report = Some(*report.clone()),
            Fact::CancelAsked => {
                self.cancel_asked = true;
                if !self.ended() {
                    self.state = JobState::Cancelling;
                }
            }
            Fact::Paused => self.paused = true,
            Fact::Turned { turn } => self.turn = Some(*turn),
            Fact::Unpaused => self.paused = false,
            Fact::Failed { problem } => {
                self.problem = Some(problem.clone());
                self.end(JobState::Failed, at);
            }
            Fact::Cancelled => self.end(JobState::Cancelled, at),
            Fact::Done => self.end(JobState::Done, at),
            Fact::Left { id, thing, line } => {
                self.left.retain(|known| known.id != *id);
                self.left.push(LeftRecord { id: id.clone(), thing: thing.clone(), line: line.clone() });
            }
            Fact::Removed { id } => self.removed(id),
            Fact::RetryAsked => {
                self.state = JobState::Queued;
                self.ended_at = None;
                self.problem = None;
                self.cancel_asked = false;
                self.paused = false;
                // What only the cluster's operator can remove is there whatever comes of the next try. Images are used by it.
                let stays = |left: &LeftRecord| match left.thing {
                    Leftover::Region => left.id != images::LEFT_ID,
                    Leftover::LostUpload => true,
                    _ => false,
                };
                self.left.retain(stays);
            }
            Fact::Forgotten => self.forgotten = true,
            _ => {}
        }
    }

    /// What was removed is no longer known, so that a retry makes it anew.
    fn removed(&mut self, id: &str) {
        let Some(position) = self.left.iter().position(|known| known.id == id) else { return };
        let thing = self.left.remove(position).thing;
        self.volumes.removed(&thing);
        match thing {
            Leftover::App { .. } => {
                self.app = None;
                self.app_creating = false;
                self.restore = None;
                self.restore_asking = false;
                self.restored = None;
                self.deploy_asked = false;
                self.rebuild.forget_app();
                self.gateway = GatewayRecord::default();
                self.reopen();
            }
            Leftover::Route { rule, .. } => drop(self.gateway.made.remove(&rule)),
            Leftover::Certificate { name, .. } => self.gateway.forget_certificate(&name),
            Leftover::ImportRecord { .. } => {
                self.rebuild.forget_import();
                self.reopen();
            }
            Leftover::Template { .. } => {
                self.rebuild.template_there = false;
                self.rebuild.forget_import();
                self.reopen();
            }
            Leftover::Backup { .. } => {
                self.ticket = None;
                self.ticket_sending = false;
                self.backup = None;
                self.backup_asking = false;
                self.backup_failed = false;
                self.reopen();
            }
            Leftover::Object { object } => {
                self.objects.retain(|done| done.object != object);
                self.claims.retain(|claimed| *claimed != object);
                self.reopen();
            }
            Leftover::Upload { .. } => self.upload = None,
            Leftover::File { .. } => {
                self.file = None;
                self.file_started = None;
                self.upload = self.upload.take().filter(|upload| upload.object.is_some());
                self.reopen();
            }
            Leftover::Stopped { .. } => {
                self.stopped.clear();
                self.reopen();
            }
            // Images that are there are used again; a session that is gone is not asked for.
            Leftover::Chunks { session, .. } => {
                self.rebuild.images.retain(|_, image| image.session.as_ref() != Some(&session));
                self.reading.forget_session(&session);
                self.reopen();
            }
            Leftover::VolumeData { .. } | Leftover::Helper { .. } => self.reopen(),
            Leftover::Reader { .. } | Leftover::ReadPlugin { .. } | Leftover::ReadData { .. } => {
                self.reading.removed(&thing);
                self.reopen();
            }
            Leftover::Share { .. } | Leftover::SharedTemplate { .. } | Leftover::Export { .. } => {
                self.sharing.forget(&thing);
                // A job that is about to end well tidies up: nothing of its way is gone again.
                if self.ended() {
                    self.reopen();
                }
            }
            Leftover::Folder { .. } => {
                self.sharing.forget_here();
                self.file = None;
                if let (Work::Import(_), Some(problem)) = (&self.request.work, &mut self.problem) {
                    problem.retry = Retry::Never;
                }
                self.reopen();
            }
            Leftover::BlobUpload { at, .. } => {
                let is_it = |blob: &BlobProgress| blob.at == at;
                let images = self.rebuild.images.values_mut();
                images.for_each(|image| image.blob = image.blob.take().filter(|blob| !is_it(blob)));
                self.reopen();
            }
            Leftover::Pushed { image, .. } => {
                self.rebuild.images.retain(|_, row| row.pushed.as_ref().is_none_or(|(name, _)| *name != image));
                self.reopen();
            }
            Leftover::LostUpload | Leftover::Region | Leftover::Layers => {}
        }
    }

    /// Chapters that relied on what is gone are to be told again.
    fn reopen(&mut self) {
        for view in &mut self.phases {
            view.state = PhaseState::Waiting;
        }
    }

    fn end(&mut self, state: JobState, at: DateTime<Utc>) {
        let failed = if state == JobState::Failed { PhaseState::Failed } else { PhaseState::Skipped };
        for view in self.phases.iter_mut().filter(|view| view.state == PhaseState::Running) {
            view.state = failed;
            view.ended_at = Some(at);
        }
        self.state = state;
        self.ended_at = Some(at);
    }
}
