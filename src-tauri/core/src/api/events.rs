//! What the core tells without being asked. Whole views, so that a lost event does no harm.

use super::{ConsoleView, SamplesView};
use crate::profiles::Settings;
use crate::jobs::JobView;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    JobChanged {
        job: JobView,
    },
    ConsoleChanged {
        console: ConsoleView,
    },
    ConsolesChanged,
    /// Files in the folder of bundles came or went.
    LibraryChanged,
    /// What a column shows may have changed: load it again.
    ColumnChanged {
        cluster: crate::ids::ClusterId,
    },
    SamplesChanged {
        samples: SamplesView,
    },
    SettingsChanged {
        settings: Settings,
    },
}
