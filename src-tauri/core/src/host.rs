//! What the outside lends the core: folders, a keyring, the time, dialogs, sample clusters.
//!
//! The core asks for nothing else of the computer. The window and the command line use [`crate::host::DesktopHost`].

use crate::clock::Clock;
use crate::problem::Problem;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

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

/// The outside, as the core sees it.
#[async_trait::async_trait]
pub trait Host: Send + Sync {
    /// Profiles, journals, caches, reports.
    fn data_dir(&self) -> PathBuf;
    /// The folder of bundles, unless the settings name another.
    fn library_dir(&self) -> PathBuf;
    fn clock(&self) -> Arc<dyn Clock>;

    /// Keeps a secret under a handle and says where it went.
    async fn keep_secret(&self, handle: &str, secret: &Secret) -> Result<Kept, Problem>;
    async fn read_secret(&self, handle: &str) -> Result<Option<Secret>, Problem>;
    async fn forget_secret(&self, handle: &str) -> Result<(), Problem>;
}
