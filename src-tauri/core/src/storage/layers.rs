//! Layers over a store: something that sees every call before it is made. Counting is one; tests add faults as another.
//! Retrying is not here: the library does it.

use super::crc::Crc64;
use super::error::StoreError;
use super::etag::Etag;
use super::lifecycle::ExpiryRule;
use super::spec::StoreIdentity;
use super::store::{
    BodyCheck, ByteStream, Chunks, CopyRange, ListedObject, ObjectFacts, PartFacts, PendingUpload, Store, UploadId,
    UploadKind, length,
};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// What a store was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Op {
    Check,
    Head,
    Get,
    Put,
    CreateUpload,
    PutPart,
    CompleteUpload,
    AbortUpload,
    ListUploads,
    Copy,
    CopyPart,
    List,
    Delete,
}

/// Sees each call first, and may hold or refuse it.
#[async_trait::async_trait]
pub(crate) trait Tap: std::fmt::Debug + Send + Sync {
    async fn before(&self, op: Op, key: &str) -> Result<(), StoreError>;

    /// What [`Store::body_check`] answers.
    fn body_check(&self, inner: BodyCheck) -> BodyCheck {
        inner
    }

    /// Waits before a body goes out whole.
    async fn sending(&self, _bytes: u64) {}

    /// A body on its way, in or out.
    fn passing(&self, body: ByteStream) -> ByteStream {
        body
    }

    /// Whether [`Store::put_part_stream`] is taken, or refused as by a store that wants a checksum beforehand.
    fn takes_streams(&self) -> bool {
        true
    }
}

/// A store with a tap on it.
#[derive(Debug)]
pub(crate) struct Tapped<T> {
    pub inner: Arc<dyn Store>,
    pub tap: T,
}

/// Lets nobody write: for the store of a profile that is read-only.
#[derive(Debug)]
pub(crate) struct LookOnly;

pub(crate) type Guarded = Tapped<LookOnly>;

impl Guarded {
    pub(crate) fn over(inner: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { inner, tap: LookOnly })
    }
}

#[async_trait::async_trait]
impl Tap for LookOnly {
    async fn before(&self, op: Op, key: &str) -> Result<(), StoreError> {
        match op {
            Op::Check | Op::Head | Op::Get | Op::ListUploads | Op::List => Ok(()),
            Op::Put
            | Op::CreateUpload
            | Op::PutPart
            | Op::CompleteUpload
            | Op::AbortUpload
            | Op::Copy
            | Op::CopyPart
            | Op::Delete => Err(StoreError::ReadOnly { key: key.to_owned() }),
        }
    }
}

/// How often a store was asked, by operation: a promise about cost is a test on these numbers.
#[derive(Debug, Default, Clone)]
pub(crate) struct Calls(Arc<Mutex<BTreeMap<Op, u64>>>);

pub(crate) type Counted = Tapped<Calls>;

impl Counted {
    pub(crate) fn over(inner: Arc<dyn Store>) -> (Arc<Self>, Calls) {
        let calls = Calls::default();
        (Arc::new(Self { inner, tap: calls.clone() }), calls)
    }
}

impl Calls {
    pub(crate) fn of(&self, op: Op) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&op).copied().unwrap_or(0)
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

#[async_trait::async_trait]
impl Tap for Calls {
    async fn before(&self, op: Op, _: &str) -> Result<(), StoreError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(op).or_default() += 1;
        Ok(())
    }
}

#[async_trait::async_trait]
impl<T: Tap> Store for Tapped<T> {
    fn identity(&self) -> &StoreIdentity {
        self.inner.identity()
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.tap.before(Op::Check, "").await?;
        self.inner.check().await
    }

    async fn head(&self, key: &str) -> Result<ObjectFacts, StoreError> {
        self.tap.before(Op::Head, key).await?;
        self.inner.head(key).await
    }

    async fn part_facts(&self, key: &str) -> Result<Option<PartFacts>, StoreError> {
        self.tap.before(Op::Head, key).await?;
        self.inner.part_facts(key).await
    }

    async fn get_range(&self, key: &str, range: Range<u64>, pin: Option<&Etag>) -> Result<ByteStream, StoreError> {
        self.tap.before(Op::Get, key).await?;
        Ok(self.tap.passing(self.inner.get_range(key, range, pin).await?))
    }

    async fn put(&self, key: &str, body: Chunks) -> Result<Option<Etag>, StoreError> {
        self.tap.before(Op::Put, key).await?;
        self.tap.sending(length(&body)).await;
        self.inner.put(key, body).await
    }

    async fn create_upload(&self, key: &str, kind: UploadKind) -> Result<UploadId, StoreError> {
        self.tap.before(Op::CreateUpload, key).await?;
        self.inner.create_upload(key, kind).await
    }

    async fn body_check(&self, key: &str, upload: &UploadId, spare: u32) -> Result<BodyCheck, StoreError> {
        Ok(self.tap.body_check(self.inner.body_check(key, upload, spare).await?))
    }

    async fn put_part(&self, key: &str, upload: &UploadId, index: u32, body: Chunks) -> Result<Etag, StoreError> {
        self.tap.before(Op::PutPart, key).await?;
        self.tap.sending(length(&body)).await;
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
        self.tap.before(Op::PutPart, key).await?;
        if crc.is_none() && !self.tap.takes_streams() {
            let (store, key) = (self.identity().to_string(), key.to_owned());
            let source = "a checksum is missing".into();
            return Err(StoreError::Refused {
                store,
                doing: "write a part of",
                key,
                status: Some(400),
                code: None,
                source,
            });
        }
        self.inner.put_part_stream(key, upload, index, length, self.tap.passing(body), crc).await
    }

    async fn crc(&self, key: &str) -> Result<Option<Crc64>, StoreError> {
        self.tap.before(Op::Head, key).await?;
        self.inner.crc(key).await
    }

    fn keeps_crcs(&self) -> Option<bool> {
        self.inner.keeps_crcs()
    }

    async fn complete_upload(&self, key: &str, upload: &UploadId, tags: &[Etag]) -> Result<Option<Etag>, StoreError> {
        self.tap.before(Op::CompleteUpload, key).await?;
        self.inner.complete_upload(key, upload, tags).await
    }

    async fn abort_upload(&self, key: &str, upload: &UploadId) -> Result<(), StoreError> {
        self.tap.before(Op::AbortUpload, key).await?;
        self.inner.abort_upload(key, upload).await
    }

    async fn list_uploads(&self, prefix: &str) -> Result<Vec<PendingUpload>, StoreError> {
        self.tap.before(Op::ListUploads, prefix).await?;
        self.inner.list_uploads(prefix).await
    }

    async fn copy(&self, from_bucket: &str, from_key: &str, to_key: &str) -> Result<(), StoreError> {
        self.tap.before(Op::Copy, to_key).await?;
        self.inner.copy(from_bucket, from_key, to_key).await
    }

    async fn copy_part(
        &self,
        from: CopyRange<'_>,
        to_key: &str,
        upload: &UploadId,
        index: u32,
    ) -> Result<Etag, StoreError> {
        self.tap.before(Op::CopyPart, to_key).await?;
        self.inner.copy_part(from, to_key, upload, index).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, StoreError> {
        self.tap.before(Op::List, prefix).await?;
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.tap.before(Op::Delete, key).await?;
        self.inner.delete(key).await
    }

    async fn expiry_rules(&self) -> Result<Vec<ExpiryRule>, StoreError> {
        self.tap.before(Op::Check, "").await?;
        self.inner.expiry_rules().await
    }
}
