//! `profiles.json` and `settings.json`: read once, written whole, by rename.

use crate::files;
use crate::ids::ConsoleId;
use crate::place::Environment;
use crate::problem::{Code, Problem};
use crate::profiles::Settings;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A saved console. No secret is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub id: ConsoleId,
    pub name: String,
    pub url: String,
    pub user: String,
    #[serde(default)]
    pub environment: Environment,
    #[serde(default)]
    pub read_only: bool,
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub notes: String,
    #[serde(default)]
    pub ca_pem: Option<String>,
    /// SHA-256 of the one certificate that is believed, whatever authority signed it; before `ca_pem`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    #[serde(default)]
    pub sample: bool,
    #[serde(default)]
    pub stores: Vec<StoreProfile>,
    /// Regions and versions on which the platform's own restore was seen to finish, or not to.
    #[serde(default)]
    pub restores: Vec<(String, bool)>,
}

/// How a store is addressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// S3 and MinIO: path style.
    #[default]
    S3,
    /// Aliyun OSS: virtual-hosted.
    Oss,
}

/// A store as typed, without its secret key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoreProfile {
    /// The region it belongs to; empty for every region of the console.
    pub cluster_region: String,
    pub kind: StoreKind,
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub access_key: String,
}

/// An image registry of the user's own, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RegistryProfile {
    /// `HOST[:port]/namespace`; what it is known by.
    pub address: String,
    /// Empty: nobody logs in.
    pub user: String,
    /// Without encryption, because the user said so.
    #[serde(default)]
    pub plain_http: bool,
    #[serde(default)]
    pub ca_pem: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    schema_version: u32,
    consoles: Vec<Profile>,
}

const SCHEMA_VERSION: u32 = 1;

/// The saved profiles and settings, in memory and on disk alike.
pub(crate) struct Book {
    folder: PathBuf,
    consoles: Mutex<Vec<Profile>>,
    settings: Mutex<Settings>,
    registries: Mutex<Vec<RegistryProfile>>,
}

impl Book {
    pub(crate) fn open(folder: &Path) -> Result<Self, Problem> {
        let consoles = match read::<Saved>(&folder.join("profiles.json"))? {
            Some(saved) if saved.schema_version > SCHEMA_VERSION => {
                return Err(Problem::new(Code::StateDamaged, "The saved profiles are of a newer Rainferry")
                    .hint("Update Rainferry, or move profiles.json away"));
            }
            Some(saved) => saved.consoles,
            None => Vec::new(),
        };
        let settings = read(&folder.join("settings.json"))?.unwrap_or_default();
        let registries = read(&folder.join("registries.json"))?.unwrap_or_default();
        Ok(Self {
            folder: folder.to_owned(),
            consoles: Mutex::new(consoles),
            settings: Mutex::new(settings),
            registries: Mutex::new(registries),
        })
    }

    pub(crate) fn consoles(&self) -> Vec<Profile> {
        self.consoles.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn console(&self, id: &ConsoleId) -> Result<Profile, Problem> {
        self.consoles().into_iter().find(|profile| profile.id == *id).ok_or_else(|| {
            Problem::new(Code::NotFound, "This console is no longer among the saved ones").fact("console", id.as_str())
        })
    }

    /// Adds the profile, or puts it in the place of the one with its id.
    pub(crate) fn save(&self, profile: Profile) -> Result<(), Problem> {
        self.change(|consoles| match consoles.iter_mut().find(|known| known.id == profile.id) {
            Some(known) => *known = profile,
            None => consoles.push(profile),
        })
    }

    pub(crate) fn remove(&self, id: &ConsoleId) -> Result<(), Problem> {
        self.change(|consoles| consoles.retain(|profile| profile.id != *id))
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn save_settings(&self, settings: Settings) -> Result<(), Problem> {
        let mut held = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        files::write_json(&self.folder.join("settings.json"), &settings)?;
        *held = settings;
        Ok(())
    }

    pub(crate) fn registries(&self) -> Vec<RegistryProfile> {
        self.registries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn registry(&self, address: &str) -> Result<RegistryProfile, Problem> {
        self.registries().into_iter().find(|profile| profile.address == address).ok_or_else(|| {
            Problem::new(Code::NotFound, format!("The registry {address} is not among the saved ones"))
                .hint("Give its address and login again")
        })
    }

    /// Adds the registry, or puts it in the place of the one with its address.
    pub(crate) fn save_registry(&self, profile: RegistryProfile) -> Result<(), Problem> {
        self.change_registries(|all| {
            all.retain(|known| known.address != profile.address);
            all.push(profile);
        })
    }

    pub(crate) fn remove_registry(&self, address: &str) -> Result<(), Problem> {
        self.change_registries(|all| all.retain(|known| known.address != address))
    }

    fn change_registries(&self, edit: impl FnOnce(&mut Vec<RegistryProfile>)) -> Result<(), Problem> {
        let mut held = self.registries.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = held.clone();
        edit(&mut changed);
        files::write_json(&self.folder.join("registries.json"), &changed)?;
        *held = changed;
        Ok(())
    }

    fn change(&self, edit: impl FnOnce(&mut Vec<Profile>)) -> Result<(), Problem> {
        let mut held = self.consoles.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = held.clone();
        edit(&mut changed);
        files::write_json(
            &self.folder.join("profiles.json"),
            &Saved { schema_version: SCHEMA_VERSION, consoles: changed.clone() },
        )?;
        *held = changed;
        Ok(())
    }
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, Problem> {
    let Some(text) = files::read(path)? else { return Ok(None) };
    crate::json::from_slice(&text).map(Some).map_err(|error| {
        Problem::new(Code::StateDamaged, format!("{} cannot be read", path.display()))
            .hint("Move the file away; Rainferry then starts without it")
            .fact("reason", error.to_string())
    })
}
