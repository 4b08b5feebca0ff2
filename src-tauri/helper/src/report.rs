//! Tells the desktop how far the job is, in one small object that is written over and over.

use crate::fault::Fault;
use crate::wire::{Tries, Wire};
use rainferry_helper::{ItemState, ItemStatus, State, Status, VERSION};
use std::time::{Duration, Instant};

const PACE: Duration = Duration::from_secs(2);

pub(crate) struct Report {
    wire: Wire,
    url: String,
    pub(crate) status: Status,
    last: Option<Instant>,
}

impl Report {
    pub(crate) fn new(wire: Wire, job: &str, url: &str, items: Vec<ItemStatus>, total: u64) -> Self {
        let status = Status {
            version: VERSION,
            job: job.to_owned(),
            state: State::Running,
            bytes: 0,
            total,
            error: None,
            items,
        };
        Self { wire, url: url.to_owned(), status, last: None }
    }

    pub(crate) fn item(&mut self, at: usize) -> Option<&mut ItemStatus> {
        self.status.items.get_mut(at)
    }

    /// Counts, and tells of it now and then. What does not get through is told the next time.
    pub(crate) fn advance(&mut self, bytes: u64) {
        self.status.bytes += bytes;
        if self.last.is_none_or(|last| last.elapsed() >= PACE) {
            self.last = Some(Instant::now());
            let _ = self.wire.put(&self.url, &self.text(), Tries::Once);
        }
    }

    /// The last word, which must get through.
    pub(crate) fn end(&mut self, outcome: Result<(), &Fault>) -> Result<(), Fault> {
        match outcome {
            Ok(()) => self.status.state = State::Done,
            Err(fault) => {
                self.status.state = State::Failed;
                self.status.error = Some(fault.to_string());
                let under_way = self.status.items.iter_mut().find(|item| item.state == ItemState::Running);
                if let Some(item) = under_way {
                    item.state = ItemState::Failed;
                }
            }
        }
        self.wire.put(&self.url, &self.text(), Tries::Patiently).map(drop)
    }

    fn text(&self) -> Vec<u8> {
        // Texts and numbers are always JSON.
        serde_json::to_vec(&self.status).unwrap_or_default()
    }
}
