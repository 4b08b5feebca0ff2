//! More connections where they pay: a store far away gives each of them only so much.

use super::options::Progress;
use crate::ctx::Ctx;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

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
