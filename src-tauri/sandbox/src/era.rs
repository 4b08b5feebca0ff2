//! The two platform versions the sandbox plays, and what they answer differently.
//! Every difference is taken from the recordings of those versions.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Era {
    #[serde(rename = "v5.17.3")]
    V5_17_3,
    #[serde(rename = "v6.9.8")]
    V6_9_8,
}

impl Era {
    pub fn version(self) -> &'static str {
        match self {
            Self::V5_17_3 => "v5.17.3",
            Self::V6_9_8 => "v6.9.8",
        }
    }

    pub fn is_v6(self) -> bool {
        match self {
            Self::V5_17_3 => false,
            Self::V6_9_8 => true,
        }
    }

    /// Days a login token lives (recorded 101 of both versions: `exp` minus the time of the answer).
    pub(crate) fn token_days(self) -> i64 {
        match self {
            Self::V5_17_3 => 15,
            Self::V6_9_8 => 3650,
        }
    }

    /// HTTP status of code 10405 (recorded 120 of both versions).
    pub(crate) fn unauthorised(self) -> u16 {
        match self {
            Self::V5_17_3 => 403,
            Self::V6_9_8 => 401,
        }
    }
}
