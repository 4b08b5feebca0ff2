//! What the core tells without being asked. Whole views, so that a lost event does no harm.

use super::{ConsoleView, SamplesView};
use crate::engine::Notice;
use crate::ids::ClusterId;
use crate::jobs::JobView;
use crate::profiles::Settings;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{self, error::RecvError};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    JobChanged {
        job: Box<JobView>,
    },
    ConsoleChanged {
        console: Box<ConsoleView>,
    },
    ConsolesChanged,
    /// Files in the folder of bundles came or went.
    LibraryChanged,
    /// What a column shows may have changed: load it again.
    ColumnChanged {
        cluster: ClusterId,
    },
    SamplesChanged {
        samples: SamplesView,
    },
    SettingsChanged {
        settings: Settings,
    },
    /// The window is to be closed while jobs run: ask what becomes of them. In the tray they can go on.
    Leaving {
        jobs: usize,
        tray: bool,
    },
    /// So much of an update has been downloaded.
    UpdateComes {
        #[cfg_attr(test, ts(type = "number"))]
        done_bytes: u64,
        #[cfg_attr(test, ts(type = "number | null"))]
        total_bytes: Option<u64>,
    },
    /// Something is to be opened: take it.
    Asked,
}

impl From<Notice> for Event {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::Job(job) => Self::JobChanged { job },
            Notice::Column(cluster) => Self::ColumnChanged { cluster },
            Notice::Library => Self::LibraryChanged,
        }
    }
}

/// A listener; ends with the core.
#[derive(Debug)]
pub struct Events {
    own: broadcast::Receiver<Event>,
    engine: broadcast::Receiver<Notice>,
}

impl Events {
    pub(super) fn new(own: broadcast::Receiver<Event>, engine: broadcast::Receiver<Notice>) -> Self {
        Self { own, engine }
    }

    /// The next event. Who falls behind misses some, never the last.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let got = tokio::select! {
                event = self.own.recv() => event,
                notice = self.engine.recv() => notice.map(Event::from),
            };
            match got {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
