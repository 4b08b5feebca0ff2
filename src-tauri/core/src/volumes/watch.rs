//! What the pods of a job say, put together.

use super::error::VolumeError;
use super::site::Site;
use rainferry_helper::{State, Status};
use std::collections::HashMap;

/// What one pod said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PodSays {
    /// Nothing so far: it does not run yet, or cannot reach the store.
    Nothing,
    Running {
        bytes: u64,
        total: u64,
    },
    Done,
    /// In the helper's words. A restore is tried again by the platform, and may yet be done.
    Failed {
        error: String,
    },
}

/// A job as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub pods: Vec<(Option<u32>, PodSays)>,
    /// The words themselves, for `finish_backup` and the report.
    pub said: HashMap<Option<u32>, Status>,
}

impl Outcome {
    pub(crate) fn is_done(&self) -> bool {
        self.pods.iter().all(|(_, says)| *says == PodSays::Done)
    }

    /// Every pod has said its last word, or the platform would have to start it anew for another.
    pub(crate) fn is_over(&self) -> bool {
        self.pods.iter().all(|(_, says)| matches!(says, PodSays::Done | PodSays::Failed { .. }))
    }

    /// The first failure, in the helper's words.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.pods.iter().find_map(|(_, says)| match says {
            PodSays::Failed { error } => Some(error.as_str()),
            PodSays::Nothing | PodSays::Running { .. } | PodSays::Done => None,
        })
    }

    /// Done and to be done, as far as pods told.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        let sum = |of: fn(&Status) -> u64| self.said.values().map(of).sum();
        (sum(|status| status.bytes), sum(|status| status.total))
    }
}

/// Looks once. A status of another job is none.
pub(crate) async fn look(site: &Site, job: &str, statuses: &[(Option<u32>, String)]) -> Result<Outcome, VolumeError> {
    let mut outcome = Outcome { pods: Vec::new(), said: HashMap::new() };
    for (ordinal, key) in statuses {
        let said = site.status(key).await?.filter(|status| status.job == job);
        outcome.pods.push((*ordinal, said.as_ref().map_or(PodSays::Nothing, says)));
        if let Some(status) = said {
            outcome.said.insert(*ordinal, status);
        }
    }
    Ok(outcome)
}

fn says(status: &Status) -> PodSays {
    match status.state {
        State::Running => PodSays::Running { bytes: status.bytes, total: status.total },
        State::Done => PodSays::Done,
        State::Failed => PodSays::Failed { error: status.error.clone().unwrap_or_default() },
    }
}
