//! The computer's clock, which a test may turn ahead: deadlines come sooner. Waits take as long as they do, or a tenth of that
//! where a test makes haste.

use chrono::{DateTime, TimeDelta, Utc};
use rainferry_core::{Clock, SystemClock};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

#[derive(Clone, Default)]
pub(crate) struct TurnedClock {
    pub ahead_minutes: Arc<AtomicI64>,
    pub makes_haste: bool,
}

impl TurnedClock {
    pub(crate) fn turn(&self, minutes: i64) {
        self.ahead_minutes.fetch_add(minutes, Ordering::SeqCst);
    }
}

#[async_trait::async_trait]
impl Clock for TurnedClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::minutes(self.ahead_minutes.load(Ordering::SeqCst))
    }

    async fn sleep(&self, time: Duration) {
        SystemClock.sleep(if self.makes_haste { time / 10 } else { time }).await;
    }
}
