//! What stores were found to do, asked once in the life of the program.

use super::spec::StoreIdentity;
use super::store::BodyCheck;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    body_check: Option<BodyCheck>,
    keeps_crcs: Option<bool>,
}

static KNOWN: LazyLock<Mutex<HashMap<String, Known>>> = LazyLock::new(Mutex::default);

/// One store's, whatever the bucket.
pub(super) struct Habits(String);

impl Habits {
    pub(super) fn of(store: &StoreIdentity) -> Self {
        Self(format!("{:?} {}", store.kind, store.endpoint))
    }

    fn with<T>(&self, see: impl FnOnce(&mut Known) -> T) -> T {
        see(KNOWN.lock().unwrap_or_else(PoisonError::into_inner).entry(self.0.clone()).or_default())
    }

    pub(super) fn body_check(&self) -> Option<BodyCheck> {
        self.with(|known| known.body_check)
    }

    pub(super) fn learn_body_check(&self, check: BodyCheck) {
        self.with(|known| known.body_check = Some(check));
    }

    pub(super) fn keeps_crcs(&self) -> Option<bool> {
        self.with(|known| known.keeps_crcs)
    }

    pub(super) fn learn_keeps_crc(&self, keeps: bool) {
        self.with(|known| known.keeps_crcs = Some(keeps));
    }
}
