//! Lets bytes through: no faster than asked, and none while it is closed. A change is felt within a tenth of a second by
//! whoever waits.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest wait before a look at whether things have changed.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Valve {
    /// Of all transfers together.
    main: Option<Arc<Valve>>,
    /// Nothing to wait for: looked at without the lock.
    is_free: AtomicBool,
    closed_times: AtomicU32,
    passed_bytes: AtomicU64,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    is_closed: bool,
    bytes_per_sec: Option<u64>,
    /// When all that passed so far will have passed at that rate.
    through_at: Instant,
}

impl Default for Valve {
    fn default() -> Self {
        Self::behind(None)
    }
}

impl Valve {
    pub(crate) fn behind(main: Option<Arc<Valve>>) -> Self {
        let state = State { is_closed: false, bytes_per_sec: None, through_at: Instant::now() };
        Self {
            main,
            is_free: AtomicBool::new(true),
            closed_times: AtomicU32::new(0),
            passed_bytes: AtomicU64::new(0),
            state: Mutex::new(state),
            changed: Notify::new(),
        }
    }

    pub(crate) fn close(&self) {
        self.closed_times.fetch_add(1, Relaxed);
        self.change(|state| state.is_closed = true);
    }

    pub(crate) fn open(&self) {
        self.change(|state| state.is_closed = false);
    }

    /// How often it was closed: whoever waited meanwhile may have lost a connection by it.
    pub(crate) fn closed_times(&self) -> u32 {
        self.closed_times.load(Relaxed) + self.main.as_ref().map_or(0, |main| main.closed_times())
    }

    /// `None`: as fast as it goes.
    pub(crate) fn limit(&self, bytes_per_sec: Option<u64>) {
        self.change(|state| {
            state.bytes_per_sec = bytes_per_sec.filter(|rate| *rate > 0);
            state.through_at = Instant::now();
        });
    }

    /// What it is limited to, by itself or by the one of all transfers.
    pub(crate) fn bytes_per_sec(&self) -> Option<u64> {
        let own = self.state.lock().unwrap_or_else(PoisonError::into_inner).bytes_per_sec;
        own.into_iter().chain(self.main.as_ref().and_then(|main| main.bytes_per_sec())).min()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        self.is_free.store(!state.is_closed && state.bytes_per_sec.is_none(), Relaxed);
        drop(state);
        self.changed.notify_waiters();
    }

    /// Waits until these bytes may go on.
    pub(crate) async fn pass(&self, bytes: u64) {
        self.pass_here(bytes).await;
        if let Some(main) = &self.main {
            main.pass_here(bytes).await;
        }
        self.passed_bytes.fetch_add(bytes, Relaxed);
    }

    /// All that ever went through.
    pub(crate) fn passed_bytes(&self) -> u64 {
        self.passed_bytes.load(Relaxed)
    }

    /// Waits while it is closed; how fast it lets through is somebody else's to count.
    pub(crate) async fn while_closed(&self) {
        self.pass(0).await;
    }

    async fn pass_here(&self, bytes: u64) {
        if self.is_free.load(Relaxed) {
            return;
        }
        let mut booked: Option<Instant> = None;
        loop {
            // Asked for before the look, so that no change in between is missed.
            let changed = self.changed.notified();
            let wait = match self.look(bytes, &mut booked) {
                None => return,
                Some(wait) => wait.min(LOOK),
            };
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// How long to wait, if at all. The bytes are booked once, behind those before them.
    fn look(&self, bytes: u64, booked: &mut Option<Instant>) -> Option<Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_closed {
            return Some(LOOK);
        }
        let rate = state.bytes_per_sec?;
        let now = Instant::now();
        let goes_at = *booked.get_or_insert_with(|| {
            let goes_at = state.through_at.max(now);
            state.through_at = goes_at + Duration::from_secs_f64(bytes as f64 / rate as f64);
            goes_at
        });
        // A new limit begins its own count: what was booked under the old one need not wait longer than under it.
        let goes_at = goes_at.min(state.through_at);
        (goes_at > now).then(|| goes_at - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn took(work: impl Future) -> Duration {
        let start = Instant::now();
        work.await;
        start.elapsed()
    }

    #[tokio::test]
    async fn bytes_go_no_faster_than_asked_however_many_ask() {
        let valve = Arc::new(Valve::default());
        assert!(took(valve.pass(1 << 40)).await < Duration::from_millis(50));
        valve.limit(Some(1_000_000));
        let all = futures::future::join_all((0..10).map(|_| async {
            for _ in 0..10 {
                valve.pass(5_000).await;
            }
        }));
        let took = took(all).await.as_secs_f64();
        assert!((0.45..0.9).contains(&took), "{took}");
    }

    #[tokio::test]
    async fn a_change_is_felt_at_once() {
        let valve = Arc::new(Valve::default());
        let waiting = |valve: &Arc<Valve>| {
            let valve = Arc::clone(valve);
            tokio::spawn(async move { took(valve.pass(1)).await })
        };
        valve.limit(Some(10));
        valve.pass(1_000_000).await;
        let held = waiting(&valve);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!held.is_finished());
        valve.limit(None);
        assert!(took(held).await < Duration::from_millis(150));
        valve.close();
        let held = waiting(&valve);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!held.is_finished());
        valve.open();
        assert!(took(held).await < Duration::from_millis(150));
    }

    #[tokio::test]
    async fn all_transfers_together_have_one_limit() {
        let main = Arc::new(Valve::default());
        main.limit(Some(100_000));
        let valves: Vec<_> = (0..4).map(|_| Arc::new(Valve::behind(Some(Arc::clone(&main))))).collect();
        let all = futures::future::join_all(valves.iter().map(|valve| async move {
            for _ in 0..10 {
                valve.pass(1_000).await;
            }
        }));
        let took = took(all).await.as_secs_f64();
        assert!((0.36..0.8).contains(&took), "{took}");
    }
}
