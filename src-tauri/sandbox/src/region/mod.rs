//! The region and its builder: writes packages on backup, looks for them on restore, and fails as the real one.
//! It knows rows and stores; it never answers HTTP.

mod backup;
mod chunks;
mod export;
mod import;
mod init_plugin;
mod keys;
pub(crate) mod metadata;
mod plugins;
mod pull;
mod restore;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use backup::Pace;
pub(crate) use backup::{BackupJob, backup_job, make as make_backup};
pub(crate) use chunks::{Door, answer as image_door, images_folder};
pub(crate) use export::{ExportJob, forget as forget_export, hand_out};
pub(crate) use import::{ImportJob, Kept, LoadJob, Registry, forget_upload, receive, uploaded};
pub(crate) use init_plugin::{InitJob, Starts, init_job};
pub(crate) use keys::{ConsoleMetadata, copied_version};
pub(crate) use pull::{PluginPull, PullJob, Purpose, is_elsewhere};
pub(crate) use restore::RestoreJob;

use crate::console::Console;
use crate::era::Claim;

/// Work that goes on after the answer.
#[derive(Debug)]
pub(crate) enum Job {
    Backup(BackupJob),
    Restore(RestoreJob),
    Import(ImportJob),
    Export(ExportJob),
    Load(LoadJob),
    Init(InitJob),
    Pull(PullJob),
    Plugin(PluginPull),
}

/// Carries a job out; its end is a change of the region's row, which nobody sees before asking.
pub(crate) async fn carry_out(console: Arc<Console>, job: Job) {
    let _busy = console.busy();
    match job {
        Job::Backup(job) => backup::run(&console, job).await,
        Job::Restore(job) => restore::run(&console, job).await,
        Job::Import(job) => import::run(&console, job).await,
        Job::Export(job) => export::run(&console, job).await,
        Job::Load(job) => import::load(&console, job).await,
        Job::Init(job) => init_plugin::run(&console, job).await,
        Job::Pull(job) => pull::run(&console, job).await,
        Job::Plugin(job) => pull::plugin(&console, job).await,
    }
}

/// Whether the cluster claims a version with a bug.
fn claims(console: &Console, bug: impl Fn(Claim) -> bool) -> bool {
    console.faults().switches().version.as_deref().and_then(Claim::parse).is_some_and(bug)
}

/// B-8: regions v6.0.0 to v6.4.0 know `storage` and `alioss`, consoles store `s3` (rainbond builder/cloudos/cloudos.go).
fn refused_by_claim(console: &Console) -> Result<(), String> {
    let provider = console.look(|state| state.object_storage.provider.clone());
    match claims(console, |claim| claim.refuses(&provider)) {
        true => Err(format!("unsupported storage provider: {provider}")),
        false => Ok(()),
    }
}

/// Where the region's disk lies in the sandbox's folder.
pub(crate) fn grdata(dir: &Path) -> PathBuf {
    dir.join("grdata")
}

/// A package on the region's disk (v5 `full-offline`).
pub(crate) fn local_package(dir: &Path, source_dir: &str) -> PathBuf {
    grdata(dir).join("groupbackup").join(keys::file_name(source_dir))
}

/// The share directory of a component, which a v5 backup reads.
pub(crate) fn share_dir(dir: &Path, tenant_id: &str, service_id: &str) -> PathBuf {
    grdata(dir).join("tenant").join(tenant_id).join("service").join(service_id)
}
