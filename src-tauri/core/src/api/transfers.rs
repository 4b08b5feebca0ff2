//! Starting jobs.

use crate::ids::PlanId;
use serde::{Deserialize, Serialize};

/// Start exactly what the plan showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StartRequest {
    pub plan: PlanId,
    /// What was typed to confirm, where the plan asks for it.
    #[serde(default)]
    pub confirm: String,
}

/// The transfer engine alone, between objects and files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CopyRequest {
    /// `s3://<console>/<cluster>/<bucket>/<key>` of a saved store, or a path.
    pub source: String,
    pub target: String,
    /// `s3://<bucket>/<key>` is taken from the environment's store.
    #[serde(default)]
    pub environment: bool,
    /// Overwrite what lies at the target.
    #[serde(default)]
    pub overwrite: bool,
}
