//! What the plan had shown when its job was started: kept with the job, so that its report can tell.

use crate::check::CheckView;
use crate::jobs::Lane;
use crate::line::Line;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ShownPlan {
    /// The app as it was called at the source.
    pub source_app: String,
    /// The backup's version, where there was one.
    pub version: Option<String>,
    pub lane: Option<Lane>,
    pub lane_reason: Option<Line>,
    pub route_reason: Line,
    #[cfg_attr(test, ts(type = "number"))]
    pub total_bytes: u64,
    #[cfg_attr(test, ts(type = "number"))]
    pub estimate_secs: u64,
    pub arrives: Vec<Line>,
    pub stays: Vec<Line>,
    pub changes: Vec<Line>,
    pub checks: Vec<CheckView>,
}
