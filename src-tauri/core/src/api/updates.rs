//! Newer versions of the program itself. Nobody is asked unless a person says so; nothing is installed that was not proven, and
//! nothing while jobs run.

use super::{Core, Event};
use crate::host::{Announced, Installed, Package, Proven, Updater};
use crate::problem::{Code, Problem, Retry};
use crate::update;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A newer version, announced or proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UpdateView {
    pub version: String,
    /// Of the manifest, which nobody signs.
    pub notes: Option<String>,
    /// The name it was signed under; none until its package is here and proven.
    pub proven: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct UpdatesView {
    /// False where it was built without a key, or nobody here can install.
    pub taken: bool,
    /// What was found before and not installed yet.
    pub found: Option<UpdateView>,
}

/// What became of an update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InstalledView {
    pub version: String,
    /// False where a job began meanwhile: it counts from the next start on.
    pub restarts: bool,
}

/// How far it came, in this run; nothing of it is on disk.
#[derive(Debug, Default)]
pub(super) enum Update {
    #[default]
    None,
    Announced(Announced),
    Proven(Arc<Proven>),
}

impl Update {
    fn view(&self) -> Option<UpdateView> {
        let (version, notes, proven) = match self {
            Self::None => return None,
            Self::Announced(one) => (&one.version, &one.notes, None),
            Self::Proven(one) => (&one.version, &one.notes, Some(one.file.clone())),
        };
        Some(UpdateView { version: version.clone(), notes: notes.clone(), proven })
    }
}

impl Core {
    pub async fn get_updates(&self, (): ()) -> Result<UpdatesView, Problem> {
        let taken = self.updater().is_ok();
        let found = self.update.try_lock().ok().and_then(|update| update.view());
        Ok(UpdatesView { taken, found })
    }

    /// The one call that asks the address of the settings.
    pub async fn check_update(&self, (): ()) -> Result<Option<UpdateView>, Problem> {
        let (updater, _) = self.updater()?;
        let mut update = self.update.lock().await;
        let address = self.engine.book.settings().update_endpoint.unwrap_or_default();
        if address.trim().is_empty() {
            return Err(Problem::new(Code::BadAddress, "No address is set that could be asked for updates")
                .hint("Write one into the settings, or install from a file"));
        }
        let endpoint = update::may_be_asked(address.trim())?;
        *update = Update::None;
        *update = updater.ask(&endpoint).await?.map_or(Update::None, Update::Announced);
        Ok(update.view())
    }

    /// Downloads what was announced, and proves it. Where it was stopped, what was announced is still there.
    pub async fn fetch_update(&self, (): ()) -> Result<UpdateView, Problem> {
        let (updater, installed) = self.updater()?;
        let mut update = self.update.lock().await;
        let Update::Announced(announced) = &*update else {
            return Err(Problem::new(Code::NotFound, "No update was found that could be downloaded")
                .hint("Check for updates first"));
        };
        update::may_be_asked(announced.package.as_str())?;
        let shown = AtomicU64::new(u64::MAX);
        let come = |done_bytes: u64, total_bytes: Option<u64>| {
            let step = total_bytes.map_or(done_bytes >> 20, |total| done_bytes.saturating_mul(100) / total.max(1));
            if shown.swap(step, Ordering::Relaxed) != step {
                self.tell(Event::UpdateComes { done_bytes, total_bytes });
            }
        };
        come(0, None);
        let package = tokio::select! {
            package = updater.fetch(announced, &come) => package?,
            () = self.stop_fetch.notified() => {
                return update.view().ok_or_else(|| Problem::new(Code::Internal, "What was announced is gone"));
            }
        };
        kept(&mut update, prove(installed, move || Ok(package)).await?)
    }

    /// Does nothing where nothing is downloaded.
    pub async fn stop_fetch(&self, (): ()) -> Result<(), Problem> {
        self.stop_fetch.notify_waiters();
        Ok(())
    }

    /// An update that somebody carried here as a file. Opens the desktop's dialog; none when it was closed.
    pub async fn open_update(&self, (): ()) -> Result<Option<UpdateView>, Problem> {
        let (_, installed) = self.updater()?;
        let mut update = self.update.lock().await;
        let Some(path) = self.desktop()?.choose_update(&self.dialog_folder()).await else { return Ok(None) };
        *update = Update::None;
        let proven = prove(installed, move || update::beside(&path)).await?;
        kept(&mut update, proven).map(Some)
    }

    /// Installs what was proven, and starts again. The version is the one that the person saw.
    pub async fn install_update(&self, version: String) -> Result<InstalledView, Problem> {
        let (updater, _) = self.updater()?;
        let mut update = self.update.lock().await;
        let Update::Proven(proven) = &*update else {
            return Err(Problem::new(Code::NotFound, "No update is here that was proven")
                .hint("Download it, or choose its file"));
        };
        if proven.version != version {
            return Err(Problem::new(Code::NotFound, format!("Version {version} is not the one that is here"))
                .hint("Look again at what is offered"));
        }
        self.no_job_runs()?;
        updater.install(&proven.clone()).await?;
        *update = Update::None;
        let restarts = self.no_job_runs().is_ok();
        if restarts {
            updater.restart();
        }
        Ok(InstalledView { version, restarts })
    }

    fn no_job_runs(&self) -> Result<(), Problem> {
        match self.busy() {
            0 => Ok(()),
            jobs => Err(Problem::new(Code::JobsRunning, "Jobs have not ended: an update would break in")
                .hint("Wait until they end, or cancel them")
                .retry(Retry::Later)
                .fact("jobs", jobs.to_string())),
        }
    }

    /// Who installs, if this build lets him.
    fn updater(&self) -> Result<(Arc<dyn Updater>, Installed), Problem> {
        let updater = self.engine.host.desktop().and_then(|desktop| desktop.updater()).ok_or_else(|| {
            Problem::new(Code::UpdatesOff, "Nobody here can install an update").hint("Open the window")
        })?;
        let installed = updater.installed();
        update::takes_updates(&installed)?;
        Ok((updater, installed))
    }
}

fn kept(update: &mut Update, proven: Proven) -> Result<UpdateView, Problem> {
    *update = Update::Proven(Arc::new(proven));
    update.view().ok_or_else(|| Problem::new(Code::Internal, "What was proven is gone"))
}

/// Reading and hashing take their time: on a thread of their own.
async fn prove(
    installed: Installed,
    read: impl FnOnce() -> Result<Package, Problem> + Send + 'static,
) -> Result<Proven, Problem> {
    let proving = tokio::task::spawn_blocking(move || update::prove(&installed, read()?));
    proving.await.unwrap_or_else(|error| {
        Err(Problem::new(Code::Internal, "The update could not be looked at").fact("reason", error.to_string()))
    })
}
