//! Zips inside a package (`data_<id>/….zip`): what they hold, read only when somebody asks.
//!
//! A stored one is looked into by ranges. A deflated one, which is what the platform writes, must be streamed through: the
//! caller knows the price beforehand, it is the member's `compressed_size`.

use super::directory::{Entry, Method, Package};
use super::error::PackageError;
use super::reader::{Stretch, Tail};
use crate::ctx::Ctx;
use bytes::{Buf, Bytes, BytesMut};
use std::sync::Arc;

/// Kept of the end of a streamed zip; room for the directory of some 100,000 files.
const KEPT_BYTES: usize = 16 * 1024 * 1024;

/// The sign that the platform's walk ended early: it breaks off at a link to a folder and calls that a success, so that the
/// link is the last entry and nobody can tell what should have followed (protocol.md §6.1, B-19).
pub(crate) fn ends_in_link(entries: &[Entry]) -> Option<&str> {
    entries.last().filter(|entry| entry.is_symlink()).map(|entry| entry.name.as_str())
}

/// The entries of a zip that is a member of a package.
pub(crate) async fn list_nested(ctx: &Ctx, package: &Package, entry: &Entry) -> Result<Vec<Entry>, PackageError> {
    if entry.method == Method::Stored {
        let (range, _) = package.find_data(ctx, entry).await?;
        let stretch = Stretch { inner: package.reader.clone(), range };
        return Ok(Package::open_nested(ctx, Arc::new(stretch)).await?.entries);
    }
    let mut member = package.open_member(ctx, entry).await?;
    let mut end = KeptEnd::default();
    while let Some(chunk) = member.chunk(ctx).await? {
        end.push(&chunk);
    }
    end.entries(ctx).await
}

/// Keeps the end of a zip that streams by, where its directory is.
#[derive(Debug, Default)]
pub(crate) struct KeptEnd {
    kept: BytesMut,
    size: u64,
}

impl KeptEnd {
    pub(crate) fn push(&mut self, chunk: &Bytes) {
        self.size += chunk.len() as u64;
        self.kept.extend_from_slice(chunk);
        // Twice the limit, so that bytes are moved seldom.
        if self.kept.len() > 2 * KEPT_BYTES {
            self.kept.advance(self.kept.len() - KEPT_BYTES);
        }
    }

    /// What the zip holds, once all of it went by.
    pub(crate) async fn entries(self, ctx: &Ctx) -> Result<Vec<Entry>, PackageError> {
        Ok(Package::open_nested(ctx, Arc::new(Tail { size: self.size, bytes: self.kept.freeze() })).await?.entries)
    }
}
