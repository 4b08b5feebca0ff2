//! Backups of one region are asked for one after the other: their version is the second they were made in, compared across
//! all teams of the region (protocol.md B-15).

use crate::ctx::{Cancelled, Ctx};
use crate::ids::ClusterId;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

/// A little more than the second that versions count in.
const APART: Duration = Duration::from_millis(1100);

/// When a region was last asked, held by whoever asks now.
type Gate = tokio::sync::Mutex<Option<DateTime<Utc>>>;

/// The turn to ask; the next one comes when it is dropped and a second has passed.
pub(crate) struct Turn(OwnedMutexGuard<Option<DateTime<Utc>>>);

#[derive(Default)]
pub(crate) struct Pace(Mutex<HashMap<ClusterId, Arc<Gate>>>);

impl Pace {
    pub(crate) async fn turn(&self, ctx: &Ctx, region: &ClusterId) -> Result<Turn, Cancelled> {
        let gate = {
            let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            gates.entry(region.clone()).or_default().clone()
        };
        let last = tokio::select! {
            () = ctx.cancel.cancelled() => return Err(Cancelled),
            last = gate.lock_owned() => last,
        };
        if let Some(before) = *last {
            let passed = (ctx.clock.now() - before).to_std().unwrap_or_default();
            ctx.sleep(APART.saturating_sub(passed)).await?;
        }
        Ok(Turn(last))
    }
}

impl Turn {
    /// Asked, and answered: the next one counts from now.
    pub(crate) fn used(mut self, ctx: &Ctx) {
        *self.0 = Some(ctx.clock.now());
    }
}
