//! Where something is: a cluster and team, or this computer. Shown at every step, with the environment's word and colour.

use crate::ids::{ClusterId, TeamName};
use serde::{Deserialize, Serialize};

/// How much is at stake there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Production,
    Staging,
    #[default]
    Test,
}

/// One end of a voyage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    Team {
        cluster: ClusterId,
        /// What people call the cluster.
        cluster_name: String,
        environment: Environment,
        team: TeamName,
        team_alias: String,
        /// The region's version, as it says it.
        version: String,
    },
    /// A file or the folder of bundles.
    ThisComputer { path: String },
    /// An object in a store, named by its address: for a copy without any console.
    Object { address: String },
}

impl Place {
    /// What people call it.
    pub fn name(&self) -> String {
        match self {
            Self::Team { cluster_name, .. } => cluster_name.clone(),
            Self::ThisComputer { path } => path.clone(),
            Self::Object { address } => address.clone(),
        }
    }
}
