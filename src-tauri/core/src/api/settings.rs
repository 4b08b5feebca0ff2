//! What the program is, and what the user chose for it.

use crate::host::Kept;
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// That of the desktop.
    #[default]
    Auto,
    En,
    Zh,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    /// The folder of bundles; the host's own when none is set.
    pub library_dir: Option<String>,
    /// Columns that are open, by cluster, in order; all when none is set.
    pub columns: Option<Vec<String>>,
}
