//! How long a call waits for one who says nothing: as long as its kind of call deserves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

static LONGEST_MILLIS: AtomicU64 = AtomicU64::new(u64::MAX);

/// For tests of many silent wires: no call of this program waits longer.
pub fn wait_at_most(time: Duration) {
    LONGEST_MILLIS.store(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
}

pub(crate) fn patience(time: Duration) -> Duration {
    time.min(Duration::from_millis(LONGEST_MILLIS.load(Ordering::Relaxed)))
}
