//! A store behind a valve: what is read and sent passes through it.

use super::options::{ObjectRef, Progress};
use crate::storage::{
    BodyCheck, ByteStream, Chunks, CopyRange, Crc64, Etag, ListedObject, ObjectFacts, PartFacts, PendingUpload, Store,
    StoreError, StoreIdentity, UploadId, UploadKind, length, read_range,
};
use futures::{StreamExt, TryStreamExt};
use std::ops::Range;
use std::sync::Arc;

/// Which bytes count for the limit: of a copy between stores those that are read, since the same are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counts {
    Yes,
    No,
}

#[derive(Debug)]
struct Gated {
    inner: Arc<dyn Store>,
    progress: Arc<Progress>,
    counts: Counts,
}

pub(super) fn gated(object: &ObjectRef, progress: &Arc<Progress>, counts: Counts) -> ObjectRef {
    let store = Gated { inner: Arc::clone(&object.store), progress: Arc::clone(progress), counts };
    ObjectRef::new(Arc::new(store), object.key.clone())
}

/// Reads a range whole; again where a pause outlasted the connection.
pub(super) async fn read_part(
    from: &ObjectRef,
    range: Range<u64>,
    pin: Option<&Etag>,
    progress: &Progress,
) -> Result<Chunks, StoreError> {
    loop {
        let pauses = progress.valve().closed_times();
        match read_range(from.store.as_ref(), &from.key, range.clone(), pin).await {
            Err(error) if error.may_pass() && progress.valve().closed_times() != pauses => {}
            read => return read,
        }
    }
}

impl Gated {
    fn through(&self, body: ByteStream) -> ByteStream {
        let (progress, counts) = (Arc::clone(&self.progress), self.counts);
        let pass = move |chunk: bytes::Bytes| {
            let progress = Arc::clone(&progress);
            async move {
                progress.valve().pass(if counts == Counts::Yes { chunk.len() as u64 } else { 0 }).await;
                Ok(chunk)
            }
        };
        body.and_then(pass).boxed()
    }
}

#[async_trait::async_trait]
impl Store for Gated {
    async fn get_range(&self, key: &str, range: Range<u64>, pin: Option<&Etag>) -> Result<ByteStream, StoreError> {
        self.progress.valve().while_closed().await;
        Ok(self.through(self.inner.get_range(key, range, pin).await?))
    }

    async fn put(&self, key: &str, body: Chunks) -> Result<Option<Etag>, StoreError> {
        self.progress.valve().pass(if self.counts == Counts::Yes { length(&body) } else { 0 }).await;
        self.inner.put(key, body).await
    }

    async fn put_part(&self, key: &str, upload: &UploadId, index: u32, body: Chunks) -> Result<Etag, StoreError> {
        self.progress.valve().pass(if self.counts == Counts::Yes { length(&body) } else { 0 }).await;
        self.inner.put_part(key, upload, index, body).await
    }

    async fn put_part_stream(
        &self,
        key: &str,
        upload: &UploadId,
        index: u32,
        length: u64,
        body: ByteStream,
        crc: Option<Crc64>,
    ) -> Result<Etag, StoreError> {
        self.progress.valve().while_closed().await;
        let body = self.through(body);
        self.inner.put_part_stream(key, upload, index, length, body, crc).await
    }

    fn identity(&self) -> &StoreIdentity {
        self.inner.identity()
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.inner.check().await
    }

    async fn head(&self, key: &str) -> Result<ObjectFacts, StoreError> {
        self.inner.head(key).await
    }

    async fn part_facts(&self, key: &str) -> Result<Option<PartFacts>, StoreError> {
        self.inner.part_facts(key).await
    }

    async fn create_upload(&self, key: &str, kind: UploadKind) -> Result<UploadId, StoreError> {
        self.inner.create_upload(key, kind).await
    }

    async fn body_check(&self, key: &str, upload: &UploadId, spare: u32) -> Result<BodyCheck, StoreError> {
        self.inner.body_check(key, upload, spare).await
    }

    async fn crc(&self, key: &str) -> Result<Option<Crc64>, StoreError> {
        self.inner.crc(key).await
    }

    fn keeps_crcs(&self) -> Option<bool> {
        self.inner.keeps_crcs()
    }

    async fn complete_upload(&self, key: &str, upload: &UploadId, tags: &[Etag]) -> Result<Option<Etag>, StoreError> {
        self.inner.complete_upload(key, upload, tags).await
    }

    async fn abort_upload(&self, key: &str, upload: &UploadId) -> Result<(), StoreError> {
        self.inner.abort_upload(key, upload).await
    }

    async fn list_uploads(&self, prefix: &str) -> Result<Vec<PendingUpload>, StoreError> {
        self.inner.list_uploads(prefix).await
    }

    async fn copy(&self, from_bucket: &str, from_key: &str, to_key: &str) -> Result<(), StoreError> {
        self.inner.copy(from_bucket, from_key, to_key).await
    }

    async fn copy_part(
        &self,
        from: CopyRange<'_>,
        to_key: &str,
        upload: &UploadId,
        index: u32,
    ) -> Result<Etag, StoreError> {
        self.progress.valve().while_closed().await;
        self.inner.copy_part(from, to_key, upload, index).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, StoreError> {
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.inner.delete(key).await
    }
}
