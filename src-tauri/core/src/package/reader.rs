//! What the room needs of wherever a package lies: its size, and ranges of its bytes.

use super::error::PackageError;
use crate::ctx::{Cancelled, Ctx};
use bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;

/// Whatever went wrong in a store or a file; only shown, never judged here.
pub(crate) type ReadFault = Box<dyn std::error::Error + Send + Sync>;

/// An object that can be read in pieces. Retrying is its own business.
#[async_trait::async_trait]
pub(crate) trait RangeReader: Send + Sync {
    fn size(&self) -> u64;
    /// Bytes of a range that lies within the size; fewer only where the object is shorter than it said.
    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault>;
}

/// Exactly the bytes of a range, or an error; gives up when cancelled.
pub(crate) async fn read_exact(ctx: &Ctx, reader: &dyn RangeReader, range: Range<u64>) -> Result<Bytes, PackageError> {
    let (from, to) = (range.start, range.end);
    if from >= to {
        return Ok(Bytes::new());
    }
    let bytes = tokio::select! {
        biased;
        () = ctx.cancel.cancelled() => return Err(Cancelled.into()),
        bytes = reader.read(range) => bytes.map_err(|source| PackageError::Read { from, to, source })?,
    };
    if bytes.len() as u64 == to - from { Ok(bytes) } else { Err(PackageError::CutShort { from, to }) }
}

/// A stretch of another reader, as an object of its own: a stored zip inside a zip.
pub(super) struct Stretch {
    pub inner: Arc<dyn RangeReader>,
    pub range: Range<u64>,
}

#[async_trait::async_trait]
impl RangeReader for Stretch {
    fn size(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        let start = self.range.start;
        self.inner.read(start.saturating_add(range.start)..start.saturating_add(range.end).min(self.range.end)).await
    }
}

/// The end of an object of which only that is at hand: a nested zip that was streamed by.
pub(super) struct Tail {
    pub size: u64,
    pub bytes: Bytes,
}

#[async_trait::async_trait]
impl RangeReader for Tail {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        let start = self.size.saturating_sub(self.bytes.len() as u64);
        let at = |place: u64| place.checked_sub(start).and_then(|n| usize::try_from(n).ok());
        match (at(range.start), at(range.end)) {
            (Some(from), Some(to)) if from <= to && to <= self.bytes.len() => Ok(self.bytes.slice(from..to)),
            _ => Err("the nested zip's directory is larger than what is kept of it".into()),
        }
    }
}
