//! One row in which two apps differ, as people see it: by component and kind, never with the value of anything that may be
//! secret.

use serde::{Deserialize, Serialize};

/// What kind of row differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    Component,
    Kind,
    Memory,
    Cpu,
    Replicas,
    Command,
    Port,
    Protocol,
    InnerPort,
    HostName,
    Env,
    OuterEnv,
    Volume,
    ConfigFile,
    Dependency,
    Mount,
    Probe,
    K8sAttribute,
    Endpoint,
    ConfigGroup,
    Route,
}

/// One row that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Difference {
    /// Empty where it is about the app.
    pub component: String,
    pub aspect: Aspect,
    /// Which row: a name, a path, a port.
    pub what: String,
    /// None: not there. “…” where the value is not shown.
    pub left: Option<String>,
    pub right: Option<String>,
}
