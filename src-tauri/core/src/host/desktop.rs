//! The real computer: its folders, its keyring, its clock. Shared by the window and the command line.

use super::{Desktop, Host, Kept, LogFile, Samples, StoreAccess};
use crate::clock::{Clock, SystemClock};
use crate::files;
use crate::problem::{Code, Problem};
use crate::secret::Secret;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// The service name under which the keyring holds our secrets.
const SERVICE: &str = "rainferry";

/// Folders and keyring of this computer.
pub struct DesktopHost {
    data_dir: PathBuf,
    library_dir: PathBuf,
    desktop: Option<Arc<dyn Desktop>>,
    samples: Option<Arc<dyn Samples>>,
    /// Secrets of this run, where the keyring would not take them.
    this_run: Mutex<HashMap<String, Secret>>,
}

impl DesktopHost {
    /// Takes the data folder from `RAINFERRY_HOME`, else from the platform; the library lies in the home folder
    /// (in the data folder where `RAINFERRY_HOME` is set, so that a run on the side touches nothing else).
    pub fn from_environment(
        desktop: Option<Arc<dyn Desktop>>,
        samples: Option<Arc<dyn Samples>>,
    ) -> Result<Self, Problem> {
        let (data_dir, library_dir) = folders()?;
        Ok(Self::at(data_dir, library_dir, desktop, samples))
    }

    /// The data folder that `RAINFERRY_HOME` names, if it does.
    pub fn own_folder() -> Option<PathBuf> {
        named_folder("RAINFERRY_HOME")
    }

    /// A small file of the window's own in the data folder, for this user alone; it is made where it is missing.
    pub fn own_file(name: &str) -> Result<PathBuf, Problem> {
        let (folder, _) = folders()?;
        let path = folder.join(name);
        let made = files::make_folder(&folder).and_then(|()| files::private().create(true).append(true).open(&path));
        made.map(|_| path.clone()).map_err(|error| files::problem(&path, "made", &error))
    }

    /// The file that the window logs into.
    pub fn log_file() -> Result<Arc<LogFile>, Problem> {
        LogFile::open(&folders()?.0)
    }

    /// Uses the folders that are named.
    pub fn at(
        data_dir: PathBuf,
        library_dir: PathBuf,
        desktop: Option<Arc<dyn Desktop>>,
        samples: Option<Arc<dyn Samples>>,
    ) -> Self {
        Self { data_dir, library_dir, desktop, samples, this_run: Mutex::default() }
    }

    fn this_run(&self) -> std::sync::MutexGuard<'_, HashMap<String, Secret>> {
        self.this_run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn named_folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn folders() -> Result<(PathBuf, PathBuf), Problem> {
    if let Some(home) = DesktopHost::own_folder() {
        let library = home.join("library");
        return Ok((home, library));
    }
    let home = named_folder(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).ok_or_else(|| {
        Problem::new(Code::FileFailed, "This computer names no home folder")
            .hint("Set RAINFERRY_HOME to a folder of your own")
    })?;
    let data = if cfg!(windows) {
        named_folder("APPDATA").unwrap_or_else(|| home.join("AppData/Roaming"))
    } else if cfg!(target_os = "macos") {
        home.join("Library/Application Support")
    } else {
        named_folder("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share"))
    };
    Ok((data.join("rainferry"), home.join("Rainferry")))
}

#[async_trait::async_trait]
impl Host for DesktopHost {
    fn data_dir(&self) -> PathBuf {
        self.data_dir.clone()
    }

    fn library_dir(&self) -> PathBuf {
        self.library_dir.clone()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        #[cfg(debug_assertions)]
        if let Some(ahead) = turned::Ahead::from_environment() {
            return Arc::new(ahead);
        }
        Arc::new(SystemClock)
    }

    async fn secrets_kept(&self) -> Kept {
        match keyring_do("probe", |entry| entry.get_password()).await {
            Ok(_) | Err(keyring::Error::NoEntry) => Kept::Keyring,
            Err(_) => Kept::ThisRun,
        }
    }

    async fn keep_secret(&self, handle: &str, secret: &Secret) -> Result<Kept, Problem> {
        let text = secret.clone();
        match keyring_do(handle, move |entry| entry.set_password(text.reveal())).await {
            Ok(()) => {
                self.this_run().remove(handle);
                Ok(Kept::Keyring)
            }
            Err(error) => {
                tracing::warn!(handle, reason = %reason(&error), "the keyring did not take a secret");
                self.this_run().insert(handle.to_owned(), secret.clone());
                Ok(Kept::ThisRun)
            }
        }
    }

    async fn read_secret(&self, handle: &str) -> Result<Option<(Secret, Kept)>, Problem> {
        if let Some(secret) = self.this_run().get(handle) {
            return Ok(Some((secret.clone(), Kept::ThisRun)));
        }
        match keyring_do(handle, |entry| entry.get_password()).await {
            Ok(text) => Ok(Some((Secret::new(text), Kept::Keyring))),
            Err(keyring::Error::NoEntry | keyring::Error::NoDefaultStore) => Ok(None),
            Err(error) => {
                tracing::warn!(handle, reason = %reason(&error), "the keyring did not give a secret");
                Ok(None)
            }
        }
    }

    async fn forget_secret(&self, handle: &str) -> Result<(), Problem> {
        self.this_run().remove(handle);
        match keyring_do(handle, |entry| entry.delete_credential()).await {
            Ok(()) | Err(keyring::Error::NoEntry | keyring::Error::NoDefaultStore) => Ok(()),
            Err(error) => Err(Problem::new(Code::KeyringMissing, format!("The keyring did not remove “{handle}”"))
                .hint(format!("Remove the entry of the service “{SERVICE}” in your keyring by hand"))
                .fact("reason", reason(&error))),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the environment comes in through the host")]
    fn environment_store(&self) -> Option<StoreAccess> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Some(StoreAccess {
            endpoint: variable("AWS_ENDPOINT_URL").unwrap_or_default(),
            bucket: String::new(),
            region: variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).unwrap_or_default(),
            access_key: variable("AWS_ACCESS_KEY_ID")?,
            secret_key: Secret::new(variable("AWS_SECRET_ACCESS_KEY")?),
        })
    }

    fn desktop(&self) -> Option<Arc<dyn Desktop>> {
        self.desktop.clone()
    }

    fn samples(&self) -> Option<Arc<dyn Samples>> {
        self.samples.clone()
    }
}

/// The keyring talks over a bus and blocks: each call has a thread of its own.
async fn keyring_do<T: Send + 'static>(
    handle: &str,
    act: impl FnOnce(keyring::Entry) -> Result<T, keyring::Error> + Send + 'static,
) -> Result<T, keyring::Error> {
    let handle = handle.to_owned();
    let task = tokio::task::spawn_blocking(move || keyring::Entry::new(SERVICE, &handle).and_then(act));
    task.await.unwrap_or(Err(keyring::Error::NoDefaultStore))
}

/// The keyring's own words; never a value it holds.
fn reason(error: &keyring::Error) -> String {
    match error {
        keyring::Error::NoDefaultStore => "no keyring service on this desktop".to_owned(),
        keyring::Error::NoStorageAccess(_) => "keyring locked or refused".to_owned(),
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => {
            "the stored value is unreadable".to_owned()
        }
        other => other.to_string(),
    }
}

/// In builds for development alone: a clock that a test of the whole program turns ahead, so that nobody waits ten minutes
/// to see what is said after ten minutes. `RAINFERRY_CLOCK` names a file with the minutes; waits take as long as they do.
#[cfg(debug_assertions)]
mod turned {
    use crate::clock::{Clock, SystemClock};
    use chrono::{DateTime, TimeDelta, Utc};
    use std::path::PathBuf;
    use std::time::Duration;

    pub(super) struct Ahead(PathBuf);

    impl Ahead {
        pub(super) fn from_environment() -> Option<Self> {
            std::env::var_os("RAINFERRY_CLOCK").map(|file| Self(file.into()))
        }
    }

    #[async_trait::async_trait]
    impl Clock for Ahead {
        fn now(&self) -> DateTime<Utc> {
            let minutes = std::fs::read_to_string(&self.0).ok().and_then(|text| text.trim().parse().ok());
            SystemClock.now() + TimeDelta::minutes(minutes.unwrap_or(0))
        }

        async fn sleep(&self, time: Duration) {
            SystemClock.sleep(time).await;
        }
    }
}
