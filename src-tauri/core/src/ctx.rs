//! What every long act is given: how to be stopped, and what time it is.

use crate::clock::Clock;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Handed down from the runner to whatever waits or works.
#[derive(Clone)]
pub(crate) struct Ctx {
    pub cancel: CancellationToken,
    pub clock: Arc<dyn Clock>,
}

/// The act was stopped on request; not an error of anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Cancelled")]
pub(crate) struct Cancelled;

impl Ctx {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { cancel: CancellationToken::new(), clock }
    }

    /// Waits, or returns at once when cancelled.
    pub(crate) async fn sleep(&self, time: Duration) -> Result<(), Cancelled> {
        tokio::select! {
            () = self.cancel.cancelled() => Err(Cancelled),
            () = self.clock.sleep(time) => Ok(()),
        }
    }

    pub(crate) fn check(&self) -> Result<(), Cancelled> {
        if self.cancel.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}
