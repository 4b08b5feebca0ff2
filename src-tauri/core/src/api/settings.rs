//! What the program is, and what the user chose for it.

use super::{Core, Event};
use crate::host::Kept;
use crate::problem::Problem;
use crate::profiles::Settings;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AboutView {
    pub name: String,
    pub version: String,
    pub data_dir: String,
    /// Where a secret would go now: the keyring, or memory for this run.
    pub secrets: Kept,
    pub samples: SamplesView,
}

/// The sample clusters that live inside the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SamplesView {
    /// False where the host has none to lend.
    pub available: bool,
    pub running: bool,
    pub site: Site,
}

/// Where this computer is, for the sample clusters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Site {
    #[default]
    Office,
    Factory,
}

impl Core {
    pub async fn app_about(&self, (): ()) -> Result<AboutView, Problem> {
        let host = &self.engine.host;
        Ok(AboutView {
            name: "Rainferry".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: host.data_dir().display().to_string(),
            secrets: host.secrets_kept().await,
            samples: self.samples().await,
        })
    }

    /// Holds all transfers together to a rate, for as long as the program runs.
    pub fn limit(&self, bytes_per_sec: Option<u64>) {
        self.engine.runner.valve.limit(bytes_per_sec);
    }

    pub async fn get_settings(&self, (): ()) -> Result<Settings, Problem> {
        Ok(self.engine.book.settings())
    }

    pub async fn save_settings(&self, settings: Settings) -> Result<Settings, Problem> {
        let moved = self.engine.book.settings().library_dir != settings.library_dir;
        self.engine.book.save_settings(settings.clone())?;
        self.limit(settings.limit_bytes_per_sec);
        self.tell(Event::SettingsChanged { settings: settings.clone() });
        if moved {
            self.tell(Event::LibraryChanged);
        }
        Ok(settings)
    }
}
