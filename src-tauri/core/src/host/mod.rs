//! What the outside lends the core: folders, a keyring, the time, dialogs, sample clusters.
//!
//! The core asks for nothing else of the computer. The window and the command line use [`DesktopHost`].

mod desktop;
mod log_file;
mod updater;

use crate::clock::Clock;
use crate::place::Environment;
use crate::problem::Problem;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use desktop::DesktopHost;
pub use log_file::LogFile;
pub(crate) use log_file::{folder as log_folder, tail as log_tail};
pub use updater::{Announced, Installed, LARGEST_UPDATE, Package, PackageKind, Proven, Updater};

/// Where a secret was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In the keyring of the desktop.
    Keyring,
    /// In memory, for this run only: the desktop has no keyring, or it refused.
    ThisRun,
    /// Nowhere.
    No,
}

/// What the person decided when asked about jobs that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Leave {
    /// The question is on the screen.
    Asking,
    /// Nothing is closed.
    Stay,
    /// The window goes, jobs go on; the tray brings it back.
    Hide,
    /// Jobs stop where they are and go on at the next start.
    Quit,
}

/// What the menu of the sign in the tray says, in the language of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TrayWords {
    pub show: String,
    pub quit: String,
}

/// The outside, as the core sees it.
#[async_trait::async_trait]
pub trait Host: Send + Sync {
    /// Profiles, journals, caches, reports.
    fn data_dir(&self) -> PathBuf;
    /// The folder of bundles, unless the settings name another.
    fn library_dir(&self) -> PathBuf;
    fn clock(&self) -> Arc<dyn Clock>;

    /// Where a secret would go now.
    async fn secrets_kept(&self) -> Kept;
    /// Keeps a secret under a handle and says where it went.
    async fn keep_secret(&self, handle: &str, secret: &Secret) -> Result<Kept, Problem>;
    async fn read_secret(&self, handle: &str) -> Result<Option<(Secret, Kept)>, Problem>;
    async fn forget_secret(&self, handle: &str) -> Result<(), Problem>;

    /// The store that the environment names (`AWS_…`), for scripts; its bucket is left empty.
    fn environment_store(&self) -> Option<StoreAccess>;

    /// Dialogs and the file manager, where there is a desktop.
    fn desktop(&self) -> Option<Arc<dyn Desktop>>;
    /// The sample clusters, where there are some.
    fn samples(&self) -> Option<Arc<dyn Samples>>;
}

/// What only a desktop can do.
#[async_trait::async_trait]
pub trait Desktop: Send + Sync {
    /// Asks for a bundle or a ticket; none when the dialog was closed.
    async fn choose_file(&self, start: &Path) -> Option<PathBuf>;
    async fn choose_folder(&self, start: &Path) -> Option<PathBuf>;
    /// Asks for an update that was carried here as a file; none when the dialog was closed.
    async fn choose_update(&self, start: &Path) -> Option<PathBuf>;
    /// Asks where a new file goes, and about one that is there already; none when the dialog was closed.
    async fn choose_new_file(&self, start: &Path, name: &str) -> Option<PathBuf>;
    /// Shows a file in the file manager.
    fn reveal(&self, path: &Path) -> Result<(), Problem>;
    /// Shows a page of a console in the user's browser.
    fn open_url(&self, url: &str) -> Result<(), Problem>;
    /// Shows a page of this computer there.
    fn open_page(&self, path: &Path) -> Result<(), Problem>;
    /// Does with the window what the person decided.
    fn leave(&self, how: Leave);
    /// Tells something where the window is not looked at; a desktop that cannot is no problem.
    fn notify(&self, title: &str, body: &str);
    fn name_tray(&self, words: &TrayWords);
    /// Who replaces the program by a newer one; none where nobody can.
    fn updater(&self) -> Option<Arc<dyn Updater>>;
}

/// A sample cluster as a profile is made of it.
#[derive(Clone, Debug)]
pub struct SampleCluster {
    pub name: String,
    pub url: String,
    pub user: String,
    pub password: Secret,
    pub environment: Environment,
    /// The store of its region, where the console does not tell it.
    pub store: Option<StoreAccess>,
    /// The platform's own restore ends well there; no need to find out by trying.
    pub finishes_restores: bool,
}

/// A store with its keys.
#[derive(Clone, Debug)]
pub struct StoreAccess {
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: Secret,
}

/// Simulated clusters on loopback, started and stopped by the host.
#[async_trait::async_trait]
pub trait Samples: Send + Sync {
    /// Starts them, or finds them running.
    async fn start(&self, folder: &Path) -> Result<Vec<SampleCluster>, Problem>;
    async fn stop(&self) -> Result<(), Problem>;
    async fn running(&self) -> bool;
    /// Moves this computer: true for the factory, false for the office.
    async fn at_factory(&self) -> bool;
    async fn move_to_factory(&self, factory: bool) -> Result<(), Problem>;
}
