//! What stores were found to do, asked once and remembered in the data folder, for a while: a store may be replaced by another
//! one at its address.

use super::spec::StoreIdentity;
use super::store::BodyCheck;
use crate::files;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

const GOOD_FOR: TimeDelta = TimeDelta::days(7);

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Known {
    body_check: Option<BodyCheck>,
    keeps_crcs: Option<bool>,
    /// When the program was started that learnt the first of it.
    since: DateTime<Utc>,
}

#[derive(Default)]
struct Kept {
    file: Option<PathBuf>,
    begun: DateTime<Utc>,
    stores: HashMap<String, Known>,
}

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Goes on with what was learnt earlier, and writes down what is learnt from now on. A file that cannot be read is as good as none.
pub(crate) fn remember_in(folder: &Path, now: DateTime<Utc>) {
    let file = folder.join("stores.json");
    let read: Option<HashMap<String, Known>> =
        files::read(&file).ok().flatten().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let mut kept = kept();
    for (store, known) in read.unwrap_or_default() {
        if now - known.since < GOOD_FOR {
            kept.stores.entry(store).or_insert(known);
        }
    }
    kept.file = Some(file);
    kept.begun = now;
}

/// One store's, whatever the bucket.
pub(super) struct Habits(String);

impl Habits {
    pub(super) fn of(store: &StoreIdentity) -> Self {
        Self(format!("{:?} {}", store.kind, store.endpoint))
    }

    fn known(&self) -> Known {
        kept().stores.get(&self.0).copied().unwrap_or_default()
    }

    fn learn(&self, change: impl FnOnce(&mut Known)) {
        let mut kept = kept();
        let fresh = Known { since: kept.begun, ..Known::default() };
        change(kept.stores.entry(self.0.clone()).or_insert(fresh));
        if let Some(file) = &kept.file
            && let Err(problem) = files::write_json(file, &kept.stores)
        {
            tracing::warn!(%problem, "what a store does could not be written down");
        }
    }

    pub(super) fn body_check(&self) -> Option<BodyCheck> {
        self.known().body_check
    }

    pub(super) fn learn_body_check(&self, check: BodyCheck) {
        self.learn(|known| known.body_check = Some(check));
    }

    pub(super) fn keeps_crcs(&self) -> Option<bool> {
        self.known().keeps_crcs
    }

    pub(super) fn learn_keeps_crc(&self, keeps: bool) {
        if self.keeps_crcs() != Some(keeps) {
            self.learn(|known| known.keeps_crcs = Some(keeps));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::spec::StoreKind;
    use super::*;

    #[test]
    fn what_was_learnt_is_known_at_the_next_start_and_not_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let store = |name: &str| Habits(format!("{:?} http://{name}.habits.test", StoreKind::S3));
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let known = |since| Known { body_check: Some(BodyCheck::Crc64), keeps_crcs: Some(true), since };
        let written = HashMap::from([
            (store("young").0, known(now - TimeDelta::days(1))),
            (store("old").0, known(now - TimeDelta::days(8))),
        ]);
        files::write_json(&folder.path().join("stores.json"), &written).unwrap();
        remember_in(folder.path(), now);
        assert_eq!((store("young").body_check(), store("young").keeps_crcs()), (Some(BodyCheck::Crc64), Some(true)));
        assert_eq!((store("old").body_check(), store("old").keeps_crcs()), (None, None));
        store("new").learn_body_check(BodyCheck::Length);
        let text = std::fs::read_to_string(folder.path().join("stores.json")).unwrap_or_default();
        // Another test of this process may have named a folder of its own meanwhile.
        assert!(text.contains("new.habits.test") || kept().file.as_deref() != Some(&folder.path().join("stores.json")));
    }
}
