//! The computer's clock, which a test may turn ahead: deadlines come sooner, waits take as long as they do.

use chrono::{DateTime, TimeDelta, Utc};
use rainferry_core::{Clock, SystemClock};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

#[derive(Clone, Default)]
pub(crate) struct TurnedClock {
    ahead_minutes: Arc<AtomicI64>,
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
        SystemClock.sleep(time).await;
    }
}
