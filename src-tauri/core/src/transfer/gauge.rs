//! More connections where they pay: a store far away gives each of them only so much.

use super::options::Progress;
use crate::ctx::Ctx;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How often the rate is looked at.
const TICK: Duration = Duration::from_millis(250);
/// How many are added at a time, and up to how many on top of the first ones.
const MORE: usize = 4;
const MOST: usize = 16;
/// They pay when the rate grows by more than a tenth.
const PAYS: f64 = 1.1;
/// Connections that carry more than this a second are not what holds a transfer up.
const ENOUGH: f64 = 64.0 * 1024.0 * 1024.0;

/// What a transfer may do at once.
pub(super) struct Lines {
    pub gets: Arc<Semaphore>,
    pub puts: Option<Arc<Semaphore>>,
    /// Parts that may be held, and how many more where connections are slow.
    pub held: Arc<Semaphore>,
    pub more_held: usize,
}

/// Adds turns to the `first` ones while that makes the transfer faster. Never ends: it goes with the transfer it watches.
pub(super) async fn widen(ctx: &Ctx, progress: &Arc<Progress>, first: usize, lines: &Lines) -> Infallible {
    let (mut added, mut best) = (0, 0.0);
    // The first tick sees connections being made.
    ctx.clock.sleep(TICK).await;
    while added < MOST {
        let before = progress.read_bytes();
        ctx.clock.sleep(TICK).await;
        let rate = progress.read_bytes().saturating_sub(before) as f64;
        let each = rate / TICK.as_secs_f64() / (first + added) as f64;
        if rate < best * PAYS || each > ENOUGH {
            break;
        }
        best = rate;
        if rate > 0.0 {
            added += MORE;
            lines.held.add_permits(lines.more_held * MORE / MOST);
            lines.gets.add_permits(MORE);
            if let Some(puts) = &lines.puts {
                puts.add_permits(MORE);
            }
        }
    }
    std::future::pending().await
}

/// Turns at an object that is read in order: few at first, one more for each read that came slowly, up to `most`.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    free: Arc<Semaphore>,
    given: Arc<AtomicUsize>,
    used: Arc<AtomicUsize>,
    first: usize,
    most: usize,
}

/// One read that may be made.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    /// None from a semaphore that was closed, and ours never is.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub(super) fn new(first: usize, most: usize) -> Self {
        let given = Arc::new(AtomicUsize::new(first));
        Self { free: Arc::new(Semaphore::new(first)), given, used: Arc::default(), first, most }
    }

    /// A turn, as soon as there is one.
    pub(super) async fn take(self) -> Turn {
        let permit = Arc::clone(&self.free).acquire_owned().await.ok();
        Turn { turns: self, _permit: permit }
    }

    /// Whether those that came so far came fast, all of them.
    pub(super) fn suffice(&self) -> bool {
        self.used.load(Ordering::Relaxed) > 0 && self.given.load(Ordering::Relaxed) == self.first
    }
}

impl Turn {
    /// It brought so much, and that had to be waited for so long.
    pub(super) fn used(self, bytes: u64, waited: Duration) {
        let is_slow = (bytes as f64) < ENOUGH * waited.as_secs_f64();
        let Turns { free, given, used, most, .. } = &self.turns;
        let one_more = |now: usize| (now < *most).then_some(now + 1);
        if is_slow && given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok() {
            free.add_permits(1);
        }
        used.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn reads_that_come_slowly_get_company() {
        let turns = Turns::new(2, 3);
        let take = || turns.clone().take();
        let (slow, fast) = (Duration::from_secs(1), Duration::ZERO);
        assert!(!turns.suffice());
        let (first, second) = (take().await, take().await);
        assert!(take().now_or_never().is_none());
        // Fast: its place is free again, and there are no more of them.
        first.used(MOST as u64, fast);
        assert!(turns.suffice());
        let first = take().await;
        assert!(take().now_or_never().is_none());
        // Slow: two places, and no more than three in all.
        second.used(0, slow);
        assert!(!turns.suffice());
        let held = [take().await, take().await];
        assert!(take().now_or_never().is_none());
        first.used(0, slow);
        let _last = take().await;
        assert!(take().now_or_never().is_none());
        drop(held);
    }
}
