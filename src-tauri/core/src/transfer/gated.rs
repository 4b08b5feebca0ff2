//! A store behind a valve: what is read and sent passes through it.

use super::options::{ObjectRef, Progress};
use crate::storage::{ByteStream, Chunks, Etag, Op, StoreError, Tap, Tapped, read_range_seen};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use std::ops::Range;
use std::sync::Arc;

/// Which bytes count for the limit: of a copy between stores those that are read, since the same are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counts {
    Yes,
    No,
}

#[derive(Clone, Debug)]
struct Gate {
    progress: Arc<Progress>,
    counts: Counts,
}

pub(super) fn gated(object: &ObjectRef, progress: &Arc<Progress>, counts: Counts) -> ObjectRef {
    let tap = Gate { progress: Arc::clone(progress), counts };
    ObjectRef::new(Arc::new(Tapped { inner: Arc::clone(&object.store), tap }), object.key.clone())
}

#[async_trait::async_trait]
impl Tap for Gate {
    async fn before(&self, op: Op, _: &str) -> Result<(), StoreError> {
        if matches!(op, Op::Get | Op::Put | Op::PutPart | Op::CopyPart) {
            self.progress.valve().while_closed().await;
        }
        Ok(())
    }

    async fn sending(&self, bytes: u64) {
        self.progress.valve().pass(if self.counts == Counts::Yes { bytes } else { 0 }).await;
    }

    fn passing(&self, body: ByteStream) -> ByteStream {
        let gate = self.clone();
        let pass = move |chunk: Bytes| {
            let gate = gate.clone();
            async move {
                gate.sending(chunk.len() as u64).await;
                Ok(chunk)
            }
        };
        body.and_then(pass).boxed()
    }
}

/// Reads a range whole, and shows each chunk as it comes; again from the start where a pause outlasted the connection.
pub(super) async fn read_part(
    from: &ObjectRef,
    range: Range<u64>,
    pin: Option<&Etag>,
    progress: &Progress,
    seen: impl Fn(u64, &Bytes),
) -> Result<Chunks, StoreError> {
    loop {
        let pauses = progress.valve().closed_times();
        match read_range_seen(from.store.as_ref(), &from.key, range.clone(), pin, &seen).await {
            Err(error) if error.may_pass() && progress.valve().closed_times() != pauses => {}
            read => return read,
        }
    }
}
