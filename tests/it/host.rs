//! A computer that only tests have.

use crate::turned::TurnedClock;
use rainferry_core::api::{Kept, Leave, TrayWords};
use rainferry_core::host::{Desktop, Host, Samples, StoreAccess, Updater};
use rainferry_core::{Clock, Problem, Secret};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A computer for tests: folders that are named, secrets in memory.
pub(crate) struct TestHost {
    clock: TurnedClock,
    data_dir: PathBuf,
    library_dir: PathBuf,
    secrets: Mutex<HashMap<String, Secret>>,
    desktop: Mutex<Option<Arc<TestDesktop>>>,
}

/// A desktop whose user answers every dialog alike.
pub(crate) struct TestDesktop {
    /// What is chosen; none: the dialog is closed.
    pub chosen: Option<PathBuf>,
    /// Names that were offered for new files.
    pub offered: Mutex<Vec<String>>,
    /// Pages that were shown.
    pub opened: Mutex<Vec<PathBuf>>,
    /// Who installs updates there.
    pub updater: Mutex<Option<Arc<dyn Updater>>>,
}

#[async_trait::async_trait]
impl Desktop for TestDesktop {
    async fn choose_file(&self, _: &Path) -> Option<PathBuf> {
        self.chosen.clone()
    }

    async fn choose_folder(&self, _: &Path) -> Option<PathBuf> {
        self.chosen.clone()
    }

    async fn choose_update(&self, _: &Path) -> Option<PathBuf> {
        self.chosen.clone()
    }

    async fn choose_new_file(&self, _: &Path, name: &str) -> Option<PathBuf> {
        self.offered.lock().unwrap().push(name.to_owned());
        self.chosen.clone()
    }

    fn reveal(&self, _: &Path) -> Result<(), Problem> {
        Ok(())
    }

    fn open_url(&self, _: &str) -> Result<(), Problem> {
        Ok(())
    }

    fn open_page(&self, path: &Path) -> Result<(), Problem> {
        self.opened.lock().unwrap().push(path.to_owned());
        Ok(())
    }

    fn leave(&self, _: Leave) {}

    fn notify(&self, _: &str, _: &str) {}

    fn name_tray(&self, _: &TrayWords) {}

    fn updater(&self) -> Option<Arc<dyn Updater>> {
        self.updater.lock().unwrap().clone()
    }
}

impl TestHost {
    pub(crate) fn at(data_dir: &Path, library_dir: &Path) -> Arc<Self> {
        Self::knowing(data_dir, library_dir, HashMap::new())
    }

    /// With the secrets of an earlier run.
    pub(crate) fn knowing(data_dir: &Path, library_dir: &Path, secrets: HashMap<String, String>) -> Arc<Self> {
        Self::with_clock(data_dir, library_dir, secrets, TurnedClock::default())
    }

    /// The same, and nothing is waited for longer than it must be.
    #[allow(dead_code, reason = "for the programs that kill and break, which share this file")]
    pub(crate) fn in_haste(data_dir: &Path, library_dir: &Path, secrets: HashMap<String, String>) -> Arc<Self> {
        let clock = TurnedClock { makes_haste: true, ..TurnedClock::default() };
        Self::with_clock(data_dir, library_dir, secrets, clock)
    }

    fn with_clock(
        data_dir: &Path,
        library_dir: &Path,
        secrets: HashMap<String, String>,
        clock: TurnedClock,
    ) -> Arc<Self> {
        let secrets = secrets.into_iter().map(|(handle, text)| (handle, Secret::new(text))).collect();
        Arc::new(Self {
            clock,
            data_dir: data_dir.to_owned(),
            library_dir: library_dir.to_owned(),
            secrets: Mutex::new(secrets),
            desktop: Mutex::default(),
        })
    }

    /// Lends a desktop from here on.
    pub(crate) fn sit_down(&self, chosen: Option<&Path>) -> Arc<TestDesktop> {
        let desktop = Arc::new(TestDesktop {
            chosen: chosen.map(Path::to_owned),
            offered: Mutex::default(),
            opened: Mutex::default(),
            updater: Mutex::default(),
        });
        *self.desktop.lock().unwrap() = Some(desktop.clone());
        desktop
    }

    /// Lets time pass.
    pub(crate) fn hurry(&self, minutes: i64) {
        self.clock.turn(minutes);
    }

    pub(crate) fn secrets(&self) -> HashMap<String, String> {
        let kept = self.secrets.lock().unwrap();
        kept.iter().map(|(handle, secret)| (handle.clone(), secret.reveal().to_owned())).collect()
    }
}

#[async_trait::async_trait]
impl Host for TestHost {
    fn data_dir(&self) -> PathBuf {
        self.data_dir.clone()
    }

    fn library_dir(&self) -> PathBuf {
        self.library_dir.clone()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.clock.clone())
    }

    async fn secrets_kept(&self) -> Kept {
        Kept::Keyring
    }

    async fn keep_secret(&self, handle: &str, secret: &Secret) -> Result<Kept, Problem> {
        self.secrets.lock().unwrap().insert(handle.to_owned(), secret.clone());
        Ok(Kept::Keyring)
    }

    async fn read_secret(&self, handle: &str) -> Result<Option<(Secret, Kept)>, Problem> {
        Ok(self.secrets.lock().unwrap().get(handle).map(|secret| (secret.clone(), Kept::Keyring)))
    }

    async fn forget_secret(&self, handle: &str) -> Result<(), Problem> {
        self.secrets.lock().unwrap().remove(handle);
        Ok(())
    }

    fn environment_store(&self) -> Option<StoreAccess> {
        None
    }

    fn desktop(&self) -> Option<Arc<dyn Desktop>> {
        self.desktop.lock().unwrap().clone().map(|desktop| desktop as Arc<dyn Desktop>)
    }

    fn samples(&self) -> Option<Arc<dyn Samples>> {
        None
    }
}
