//! What the program is, and what the user chose for it.

use super::{Core, Event};
use crate::host::Kept;
use crate::problem::{Code, Problem};
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
        check(&settings)?;
        let moved = self.engine.book.settings().library_dir != settings.library_dir;
        self.engine.book.save_settings(settings.clone())?;
        self.engine.apply_settings();
        self.tell(Event::SettingsChanged { settings: settings.clone() });
        if moved {
            self.tell(Event::LibraryChanged);
        }
        Ok(settings)
    }
}

fn check(settings: &Settings) -> Result<(), Problem> {
    let bad = |what: &str| Err(Problem::new(Code::BadRequest, what));
    let number = |chosen: Option<u8>| chosen.is_none_or(|jobs| (1..=8).contains(&jobs));
    if !number(settings.jobs_at_once) || !number(settings.jobs_per_cluster) {
        return bad("Between 1 and 8 jobs can move at the same time");
    }
    match &settings.quiet {
        Some(quiet) if quiet.from_minute.max(quiet.to_minute) >= 24 * 60 => bad("A day has no such minute"),
        Some(quiet) if quiet.from_minute == quiet.to_minute => bad("Quiet hours begin and end at the same minute"),
        _ => Ok(()),
    }
}
