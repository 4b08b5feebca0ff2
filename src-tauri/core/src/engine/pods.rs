//! How the pods of one component get on with what the helper is to do there, judged over several looks.

use crate::volumes::Outcome;
use chrono::{DateTime, TimeDelta, Utc};

/// Pods that get on say so every few seconds.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// A component that is abnormal for so long and whose pods said nothing never ran the helper.
const REFUSED_AFTER: TimeDelta = TimeDelta::minutes(2);
/// The platform starts a failed helper again: what failed so many looks in a row stays so.
const FAILED_LOOKS: u32 = 4;

#[derive(Clone, Debug)]
pub(super) struct Seen {
    failed_looks: u32,
    moved_at: DateTime<Utc>,
    bytes: u64,
    abnormal_since: Option<DateTime<Utc>>,
}

/// What to think of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Waits,
    /// In the helper's words.
    Failed(String),
    /// It never ran.
    Refused,
    Silent,
}

impl Seen {
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        Self { failed_looks: 0, moved_at: now, bytes: 0, abnormal_since: None }
    }

    pub(super) fn judge(&mut self, outcome: &Outcome, is_abnormal: bool, now: DateTime<Utc>) -> Verdict {
        let bytes = outcome.bytes().0;
        if bytes != self.bytes {
            (self.bytes, self.moved_at) = (bytes, now);
        }
        self.failed_looks = if outcome.failure().is_some() { self.failed_looks + 1 } else { 0 };
        let silent = is_abnormal && outcome.said.is_empty();
        self.abnormal_since = silent.then(|| self.abnormal_since.unwrap_or(now));
        if self.failed_looks >= FAILED_LOOKS {
            return Verdict::Failed(outcome.failure().unwrap_or_default().to_owned());
        }
        if self.abnormal_since.is_some_and(|since| now - since >= REFUSED_AFTER) {
            return Verdict::Refused;
        }
        if now - self.moved_at >= PATIENCE { Verdict::Silent } else { Verdict::Waits }
    }
}

impl Verdict {
    /// What keeps a job from going on.
    pub(super) fn words(&self) -> Option<String> {
        match self {
            Self::Waits => None,
            Self::Failed(words) => Some(words.clone()),
            Self::Refused => Some("its pods never ran the helper".to_owned()),
            Self::Silent => Some(format!("its pods said nothing new for {} minutes", PATIENCE.num_minutes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn who_is_abnormal_and_silent_for_two_minutes_was_refused() {
        let start = DateTime::UNIX_EPOCH;
        let (mut seen, nothing) = (Seen::new(start), Outcome { pods: Vec::new(), said: HashMap::new() });
        let at = |minutes| start + TimeDelta::minutes(minutes);
        assert_eq!(seen.judge(&nothing, true, at(1)), Verdict::Waits);
        assert_eq!(seen.judge(&nothing, false, at(3)), Verdict::Waits, "it came round");
        assert_eq!(seen.judge(&nothing, true, at(4)), Verdict::Waits);
        assert_eq!(seen.judge(&nothing, true, at(6)), Verdict::Refused);
        assert_eq!(seen.judge(&nothing, false, at(11)), Verdict::Silent);
    }
}
