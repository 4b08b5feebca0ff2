//! What we need of an object store.
//!
//! Keys are taken as they are. Nothing here knows how to move an object: parts and their order are the caller's.

use super::crc::Crc64;
use super::error::StoreError;
use super::etag::Etag;
use super::lifecycle::ExpiryRule;
use super::spec::StoreIdentity;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use std::fmt;
use std::ops::Range;

pub(crate) type ByteStream = BoxStream<'static, Result<Bytes, StoreError>>;

/// The bytes of a part as they arrived: shared buffers, never joined.
pub(crate) type Chunks = Vec<Bytes>;

/// A multipart upload under way, as the store named it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UploadId(pub String);

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a store holds the body of a part against before it takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BodyCheck {
    /// A CRC-64/NVME in a header.
    Crc64,
    /// The SHA-256 in the signature.
    Signature,
    /// Nothing but its length.
    Length,
}

/// How the parts of an upload will come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum UploadKind {
    /// With a CRC-64: each part where it is known beforehand, and the store keeps that of the whole. MinIO refuses parts
    /// without one then.
    Checked,
    /// Without.
    #[default]
    Plain,
}

/// What a HEAD tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectFacts {
    pub size: u64,
    pub etag: Option<Etag>,
    pub last_modified: DateTime<Utc>,
}

/// How an object was uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartFacts {
    pub part_size: u64,
    pub part_count: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedObject {
    pub key: String,
    pub size: u64,
    pub etag: Option<Etag>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PendingUpload {
    pub key: String,
    pub upload: UploadId,
}

/// An object store. Every method may be dropped half-way: what was asked may then have happened or not.
#[async_trait::async_trait]
pub(crate) trait Store: fmt::Debug + Send + Sync {
    /// Where this is: two stores with one endpoint can copy between each other without us.
    fn identity(&self) -> &StoreIdentity;

    /// Answers quickly, tells unreachable, refused and missing apart, and changes nothing.
    async fn check(&self) -> Result<(), StoreError>;

    async fn head(&self, key: &str) -> Result<ObjectFacts, StoreError>;

    /// The size of the first part, where the store tells it. `None`: one body, or the store does not say.
    async fn part_facts(&self, key: &str) -> Result<Option<PartFacts>, StoreError>;

    /// The bytes of a range. With `pin`, only of the object that has this ETag: another one is [`StoreError::Changed`].
    async fn get_range(&self, key: &str, range: Range<u64>, pin: Option<&Etag>) -> Result<ByteStream, StoreError>;

    async fn put(&self, key: &str, body: Chunks) -> Result<Option<Etag>, StoreError>;

    async fn create_upload(&self, key: &str, kind: UploadKind) -> Result<UploadId, StoreError>;

    /// What this store holds the body of a part against. The store itself is asked once, with a part that it must refuse:
    /// `spare` is a place in this upload whose own part is still to be sent, and replaces it.
    async fn body_check(&self, key: &str, upload: &UploadId, spare: u32) -> Result<BodyCheck, StoreError>;

    /// Stores one part; `index` counts from 0. Sending it again replaces it. Over http the body is signed.
    async fn put_part(&self, key: &str, upload: &UploadId, index: u32, body: Chunks) -> Result<Etag, StoreError>;

    /// The same of `length` bytes as they come, which no signature covers; `crc` goes along where [`Self::body_check`] said
    /// that it is looked at. Nothing is tried twice: a stream cannot be had again.
    async fn put_part_stream(
        &self,
        key: &str,
        upload: &UploadId,
        index: u32,
        length: u64,
        body: ByteStream,
        crc: Option<Crc64>,
    ) -> Result<Etag, StoreError>;

    /// The CRC-64/NVME of a whole object, where the store computed one itself.
    async fn crc(&self, key: &str) -> Result<Option<Crc64>, StoreError>;

    /// Whether this store was seen to compute one. `None`: it was not asked yet.
    fn keeps_crcs(&self) -> Option<bool>;

    /// Makes the object of all parts, in order.
    async fn complete_upload(&self, key: &str, upload: &UploadId, tags: &[Etag]) -> Result<Option<Etag>, StoreError>;

    /// Throws the parts away. An upload that is gone already is no error.
    async fn abort_upload(&self, key: &str, upload: &UploadId) -> Result<(), StoreError>;

    /// Uploads under way below a prefix.
    async fn list_uploads(&self, prefix: &str) -> Result<Vec<PendingUpload>, StoreError>;

    /// Copies inside the store, from any bucket of this endpoint, in one request (S3: up to 5 GiB).
    async fn copy(&self, from_bucket: &str, from_key: &str, to_key: &str) -> Result<(), StoreError>;

    /// Copies a range inside the store into one part of an upload.
    async fn copy_part(
        &self,
        from: CopyRange<'_>,
        to_key: &str,
        upload: &UploadId,
        index: u32,
    ) -> Result<Etag, StoreError>;

    /// Objects whose key starts with `prefix`, sorted by key.
    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, StoreError>;

    /// Deletes an object. One that is not there is no error.
    async fn delete(&self, key: &str) -> Result<(), StoreError>;

    /// The bucket's rules that delete objects. Not every store tells them, and not everybody.
    async fn expiry_rules(&self) -> Result<Vec<ExpiryRule>, StoreError>;
}

/// A piece of an object in any bucket of the same endpoint.
#[derive(Clone, Debug)]
pub(crate) struct CopyRange<'a> {
    pub bucket: &'a str,
    pub key: &'a str,
    pub range: Range<u64>,
    /// Copy only of the object that has this ETag.
    pub pin: Option<&'a Etag>,
}

/// Reads a range whole, as the chunks it came in, and makes sure that it is all of it.
pub(crate) async fn read_range(
    store: &dyn Store,
    key: &str,
    range: Range<u64>,
    pin: Option<&Etag>,
) -> Result<Chunks, StoreError> {
    read_range_seen(store, key, range, pin, |_, _| {}).await
}

/// The same, and each chunk is shown as it comes, with where in the range it begins.
pub(crate) async fn read_range_seen(
    store: &dyn Store,
    key: &str,
    range: Range<u64>,
    pin: Option<&Etag>,
    seen: impl Fn(u64, &Bytes),
) -> Result<Chunks, StoreError> {
    use futures::TryStreamExt;
    let want = range.end.saturating_sub(range.start);
    if want == 0 {
        return Ok(Vec::new());
    }
    let (mut body, mut chunks, mut at) = (store.get_range(key, range, pin).await?, Chunks::new(), 0);
    while let Some(chunk) = body.try_next().await? {
        seen(at, &chunk);
        at += chunk.len() as u64;
        chunks.push(chunk);
    }
    let got = length(&chunks);
    if got == want {
        Ok(chunks)
    } else {
        Err(StoreError::WrongLength { store: store.identity().to_string(), key: key.to_owned(), want, got })
    }
}

pub(crate) fn length(chunks: &[Bytes]) -> u64 {
    chunks.iter().map(|chunk| chunk.len() as u64).sum()
}
