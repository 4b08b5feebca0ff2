//! Ids as types of their own: a cluster's id is never taken for a team's.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(transparent)]
        #[cfg_attr(test, ts(type = "string"))]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

id!(
    /// A saved console (a profile); ours, random.
    ConsoleId
);
id!(
    /// A region of a console: `<console id>/<region name>`.
    ClusterId
);
id!(
    /// A team's name on the platform (`tenant_name`, not the alias people see).
    TeamName
);
id!(
    /// A backup's `backup_id` on its console.
    BackupId
);
id!(
    /// A plan; ours, random.
    PlanId
);
id!(
    /// A job; ours, random, sortable by time.
    JobId
);

/// An app's number on its console (`group_id`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(transparent)]
#[cfg_attr(test, ts(type = "number"))]
pub struct AppId(pub i64);

impl fmt::Display for AppId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl ClusterId {
    /// The id of a console's region.
    pub fn of(console: &ConsoleId, region: &str) -> Self {
        Self(format!("{console}/{region}"))
    }

    /// The console and the region name, as they were put together.
    pub fn split(&self) -> (ConsoleId, String) {
        let (console, region) = self.0.split_once('/').unwrap_or((self.0.as_str(), ""));
        (ConsoleId(console.to_owned()), region.to_owned())
    }
}
