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
