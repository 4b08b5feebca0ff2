//! One blob on its way: cut into chunks, what is there already passed over, a broken chunk looked after before it is sent again.

use super::blobs::Upload;
use super::client::Registry;
use super::error::RegistryError;
use crate::ctx::Ctx;
use bytes::{Buf, Bytes, BytesMut};
use std::time::Duration;

/// Little is sent again after a break, and there are not too many requests.
pub(crate) const CHUNK_BYTES: u64 = 8 * 1024 * 1024;
/// A registry that wants more at once than this wants too much of our memory.
const LARGEST_CHUNK: u64 = 64 * 1024 * 1024;
const PAUSES: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(2), Duration::from_secs(5)];

pub(crate) struct BlobWriter<'a> {
    registry: &'a Registry,
    repository: &'a str,
    digest: String,
    upload: Upload,
    held: BytesMut,
    /// Of the blob's beginning, which is there.
    skip_bytes: u64,
}

impl<'a> BlobWriter<'a> {
    /// `upload` may be one that was begun before.
    pub(crate) fn new(registry: &'a Registry, repository: &'a str, digest: &str, upload: Upload) -> Self {
        let skip_bytes = upload.sent_bytes;
        Self { registry, repository, digest: digest.to_owned(), upload, held: BytesMut::new(), skip_bytes }
    }

    pub(crate) fn upload(&self) -> &Upload {
        &self.upload
    }

    /// Takes the blob's next bytes; true where a chunk was sent, so that the upload has moved.
    pub(crate) async fn push(&mut self, ctx: &Ctx, mut bytes: Bytes) -> Result<bool, RegistryError> {
        let skipped = usize::try_from(self.skip_bytes).unwrap_or(usize::MAX).min(bytes.len());
        bytes.advance(skipped);
        self.skip_bytes -= skipped as u64;
        self.held.extend_from_slice(&bytes);
        let chunk = CHUNK_BYTES.max(self.upload.min_chunk_bytes).min(LARGEST_CHUNK);
        let chunk = usize::try_from(chunk).unwrap_or(usize::MAX);
        let mut moved = false;
        // The last bytes go with the end.
        while self.held.len() > chunk {
            let bytes = self.held.split_to(chunk).freeze();
            self.send(ctx, bytes).await?;
            moved = true;
        }
        Ok(moved)
    }

    async fn send(&mut self, ctx: &Ctx, bytes: Bytes) -> Result<(), RegistryError> {
        let (from, to) = (self.upload.sent_bytes, self.upload.sent_bytes + bytes.len() as u64);
        for pause in PAUSES {
            let done = usize::try_from(self.upload.sent_bytes - from).unwrap_or(usize::MAX);
            match self.registry.send_chunk(ctx, self.repository, &self.upload, bytes.slice(done..)).await {
                Ok(next) => {
                    self.upload = next;
                    return Ok(());
                }
                // It may be further than was thought: what a broken line still carried has arrived meanwhile.
                Err(error) if error.is_passing() || matches!(error, RegistryError::UploadGone { .. }) => {
                    ctx.sleep(pause).await?;
                    if self.look(ctx, from, to).await? {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let done = usize::try_from(self.upload.sent_bytes - from).unwrap_or(usize::MAX);
        self.upload = self.registry.send_chunk(ctx, self.repository, &self.upload, bytes.slice(done..)).await?;
        Ok(())
    }

    /// How far the registry is after a break; true where all of the chunk arrived.
    async fn look(&mut self, ctx: &Ctx, from: u64, to: u64) -> Result<bool, RegistryError> {
        let gone = || RegistryError::UploadGone { host: self.registry.host() };
        let found = self.registry.find_upload(ctx, self.repository, &self.upload.at).await?.ok_or_else(gone)?;
        if !(from..=to).contains(&found.sent_bytes) {
            return Err(gone());
        }
        self.upload = Upload { min_chunk_bytes: self.upload.min_chunk_bytes, ..found };
        Ok(self.upload.sent_bytes == to)
    }

    /// The registry has the blob, and it is the one that was meant.
    pub(crate) async fn finish(mut self, ctx: &Ctx) -> Result<(), RegistryError> {
        let bytes = self.held.split().freeze();
        for pause in PAUSES {
            let closed =
                self.registry.close_upload(ctx, self.repository, &self.upload, &self.digest, bytes.clone()).await;
            match closed {
                Err(error) if error.is_passing() => {
                    ctx.sleep(pause).await?;
                    if self.registry.has_blob(ctx, self.repository, &self.digest).await? {
                        return Ok(());
                    }
                    let from = self.upload.sent_bytes;
                    // Part of the end may have arrived: then the whole blob goes again.
                    self.look(ctx, from, from).await?;
                }
                other => return other,
            }
        }
        self.registry.close_upload(ctx, self.repository, &self.upload, &self.digest, bytes).await
    }
}
