//! A bucket of S3, MinIO or OSS: `object_store` for the bytes, [`Wire`] for what it lacks.

use super::crc::Crc64;
use super::error::StoreError;
use super::etag::Etag;
use super::habits::Habits;
use super::lifecycle::{self, ExpiryRule};
use super::spec::{StoreIdentity, StoreKind};
use super::store::{
    BodyCheck, ByteStream, Chunks, CopyRange, ListedObject, ObjectFacts, PartFacts, PendingUpload, Store, UploadId,
    UploadKind,
};
use super::wire::{Ask, Slashes, Tries, Wire, chain, encode, etag_of, judge, unanswered, upload_gone};
use super::xml;
use futures::{StreamExt, TryStreamExt};
use http::Method;
use object_store::aws::AmazonS3;
use object_store::client::HttpError;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload};
use std::ops::Range;

#[derive(Debug)]
pub(crate) struct Bucket {
    library: AmazonS3,
    wire: Wire,
}

impl Bucket {
    pub(crate) fn new(library: AmazonS3, wire: Wire) -> Self {
        Self { library, wire }
    }

    #[cfg(test)]
    pub(crate) fn library(&self) -> &AmazonS3 {
        &self.library
    }

    #[cfg(test)]
    pub(crate) fn into_wire(self) -> Wire {
        self.wire
    }

    fn path(&self, key: &str) -> Result<Path, StoreError> {
        let bad = || StoreError::BadKey { store: self.wire.name(), key: key.to_owned() };
        let path = Path::parse(key).map_err(|_| bad())?;
        // The library drops slashes at the ends; a key that it would change is none that we can reach.
        if path.as_ref() == key && !key.is_empty() { Ok(path) } else { Err(bad()) }
    }

    fn told(&self, doing: &'static str, key: &str, error: object_store::Error) -> StoreError {
        let store = self.wire.name();
        match judged(&error) {
            Judged::NoAnswer => unanswered(store, Box::new(error)),
            Judged::Answer { status, code } => judge(store, doing, key, status, code, Box::new(error)),
        }
    }

    /// In an upload, 404 means that the upload is gone, unless it says that the bucket is.
    fn told_of_upload(
        &self,
        doing: &'static str,
        key: &str,
        upload: &UploadId,
        error: object_store::Error,
    ) -> StoreError {
        upload_gone(self.told(doing, key, error), upload)
    }

    fn habits(&self) -> Habits {
        Habits::of(&self.wire.address.identity)
    }

    /// OSS documents none for its S3 names.
    fn may_check_crcs(&self) -> bool {
        self.wire.address.identity.kind == StoreKind::S3
            && self.habits().body_check().is_none_or(|check| check == BodyCheck::Crc64)
    }

    /// What holds where no CRC is looked at: over http the library signs each body.
    fn other_check(&self) -> BodyCheck {
        if self.wire.address.https { BodyCheck::Length } else { BodyCheck::Signature }
    }

    async fn list_page(&self, prefix: &str, token: Option<&str>) -> Result<String, StoreError> {
        let mut query = vec![("list-type", "2".to_owned()), ("prefix", prefix.to_owned())];
        if let Some(token) = token {
            query.push(("continuation-token", token.to_owned()));
        }
        let ask = Ask { doing: "list", key: "", query, ..Ask::default() };
        Ok(self.wire.ask(&ask, Tries::Patiently).await?.body)
    }
}

enum Judged {
    NoAnswer,
    Answer { status: Option<u16>, code: Option<String> },
}

/// What the library's error was. It keeps status and body of an answer to itself, and shows them only in its text, where
/// the body's `<Code>` is data of the protocol and the status stands in a fixed place
/// (object_store 0.14.2, `client/retry.rs`, `RequestError::Status`).
fn judged(error: &object_store::Error) -> Judged {
    use object_store::Error as E;
    let status = match error {
        E::NotFound { .. } => Some(404),
        E::AlreadyExists { .. } => Some(409),
        E::Precondition { .. } => Some(412),
        E::NotModified { .. } => Some(304),
        E::PermissionDenied { .. } => Some(403),
        E::Unauthenticated { .. } => Some(401),
        E::NotSupported { .. } | E::NotImplemented { .. } => Some(501),
        _ => None,
    };
    let text = error.to_string();
    let status = status.or_else(|| text.split_once("status code: ")?.1.get(..3)?.parse().ok());
    if status.is_none() && chain(error).any(|cause| cause.is::<HttpError>()) {
        return Judged::NoAnswer;
    }
    Judged::Answer { status, code: xml::text(&text, "Code") }
}

#[async_trait::async_trait]
impl Store for Bucket {
    fn identity(&self) -> &StoreIdentity {
        &self.wire.address.identity
    }

    async fn check(&self) -> Result<(), StoreError> {
        let query = vec![("list-type", "2".to_owned()), ("max-keys", "1".to_owned())];
        let ask = Ask { doing: "list", key: "", query, ..Ask::default() };
        match self.wire.ask(&ask, Tries::Once).await {
            Ok(_) => Ok(()),
            Err(StoreError::NotFound { store, .. }) => Err(StoreError::NoBucket { store }),
            Err(error) => Err(error),
        }
    }

    async fn head(&self, key: &str) -> Result<ObjectFacts, StoreError> {
        let meta = self.library.head(&self.path(key)?).await.map_err(|error| self.told("look at", key, error))?;
        Ok(ObjectFacts { size: meta.size, etag: meta.e_tag.map(Etag::new), last_modified: meta.last_modified })
    }

    async fn part_facts(&self, key: &str) -> Result<Option<PartFacts>, StoreError> {
        let query = vec![("partNumber", "1".to_owned())];
        let ask = Ask { method: Method::HEAD, doing: "look at", key, query, ..Ask::default() };
        let answer = match self.wire.ask(&ask, Tries::Patiently).await {
            Ok(answer) => answer,
            Err(StoreError::Refused { .. } | StoreError::Lacks { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let number = |name: &str| answer.headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
        let count = number("x-amz-mp-parts-count").and_then(|count| u32::try_from(count).ok());
        Ok(number("content-length").zip(count).map(|(part_size, part_count)| PartFacts { part_size, part_count }))
    }

    async fn get_range(&self, key: &str, range: Range<u64>, pin: Option<&Etag>) -> Result<ByteStream, StoreError> {
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            if_match: pin.map(|etag| etag.as_sent().to_owned()),
            ..GetOptions::default()
        };
        let answer = self.library.get_opts(&self.path(key)?, options).await;
        let answer = answer.map_err(|error| self.told("read", key, error))?;
        let store = self.wire.name();
        let key = key.to_owned();
        // A body that broke off was asked for again by the library before we hear of it.
        let broken = move |error| match judged(&error) {
            Judged::NoAnswer => unanswered(store.clone(), Box::new(error)),
            Judged::Answer { status, code } => judge(store.clone(), "read", &key, status, code, Box::new(error)),
        };
        Ok(answer.into_stream().map_err(broken).boxed())
    }

    async fn put(&self, key: &str, body: Chunks) -> Result<Option<Etag>, StoreError> {
        let put = self.library.put(&self.path(key)?, PutPayload::from_iter(body)).await;
        let put = put.map_err(|error| self.told("write", key, error))?;
        Ok(put.e_tag.map(Etag::new))
    }

    async fn create_upload(&self, key: &str, kind: UploadKind) -> Result<UploadId, StoreError> {
        self.path(key)?;
        if kind == UploadKind::Checked && self.may_check_crcs() {
            match self.wire.create_upload_with_crc(key).await? {
                Some(id) => return Ok(id),
                None => self.habits().learn_body_check(self.other_check()),
            }
        }
        let id = self.library.create_multipart(&self.path(key)?).await;
        id.map(UploadId).map_err(|error| self.told("write", key, error))
    }

    async fn body_check(&self, key: &str, upload: &UploadId, spare: u32) -> Result<BodyCheck, StoreError> {
        if let Some(known) = self.habits().body_check() {
            return Ok(known);
        }
        let check = match self.may_check_crcs() && self.wire.refuses_a_wrong_crc(key, upload, spare).await? {
            true => BodyCheck::Crc64,
            false => self.other_check(),
        };
        self.habits().learn_body_check(check);
        Ok(check)
    }

    async fn put_part(&self, key: &str, upload: &UploadId, index: u32, body: Chunks) -> Result<Etag, StoreError> {
        let body = PutPayload::from_iter(body);
        let part = self.library.put_part(&self.path(key)?, &upload.0, index as usize, body).await;
        let part = part.map_err(|error| self.told_of_upload("write a part of", key, upload, error))?;
        Ok(Etag::new(part.content_id))
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
        self.wire.put_part(key, upload, index, length, body, crc).await
    }

    async fn crc(&self, key: &str) -> Result<Option<Crc64>, StoreError> {
        let crc = self.wire.crc(key).await?;
        self.habits().learn_keeps_crc(crc.is_some());
        Ok(crc)
    }

    fn keeps_crcs(&self) -> Option<bool> {
        self.habits().keeps_crcs()
    }

    async fn complete_upload(&self, key: &str, upload: &UploadId, tags: &[Etag]) -> Result<Option<Etag>, StoreError> {
        let parts = tags.iter().map(|tag| PartId { content_id: tag.as_sent().to_owned() }).collect();
        let done = self.library.complete_multipart(&self.path(key)?, &upload.0, parts).await;
        let done = done.map_err(|error| self.told_of_upload("complete", key, upload, error))?;
        Ok(done.e_tag.map(Etag::new))
    }

    async fn abort_upload(&self, key: &str, upload: &UploadId) -> Result<(), StoreError> {
        let aborted = self.library.abort_multipart(&self.path(key)?, &upload.0).await;
        match aborted.map_err(|error| self.told_of_upload("abort the upload of", key, upload, error)) {
            Ok(()) | Err(StoreError::UploadGone { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn list_uploads(&self, prefix: &str) -> Result<Vec<PendingUpload>, StoreError> {
        let query = vec![("uploads", String::new()), ("prefix", prefix.to_owned())];
        let ask = Ask { doing: "list uploads", key: "", query, ..Ask::default() };
        let body = self.wire.ask(&ask, Tries::Patiently).await?.body;
        let upload = |one: &str| {
            Some(PendingUpload { key: xml::text(one, "Key")?, upload: UploadId(xml::text(one, "UploadId")?) })
        };
        Ok(xml::elements(&body, "Upload").filter_map(upload).collect())
    }

    async fn copy(&self, from_bucket: &str, from_key: &str, to_key: &str) -> Result<(), StoreError> {
        let headers = vec![("x-amz-copy-source", copy_source(from_bucket, from_key))];
        let ask = Ask { method: Method::PUT, doing: "copy to", key: to_key, headers, ..Ask::default() };
        self.wire.ask(&ask, Tries::Patiently).await.map(|_| ())
    }

    async fn copy_part(
        &self,
        from: CopyRange<'_>,
        to_key: &str,
        upload: &UploadId,
        index: u32,
    ) -> Result<Etag, StoreError> {
        let query = vec![("partNumber", (index + 1).to_string()), ("uploadId", upload.0.clone())];
        let last = from.range.end.saturating_sub(1);
        let mut headers = vec![
            ("x-amz-copy-source", copy_source(from.bucket, from.key)),
            ("x-amz-copy-source-range", format!("bytes={}-{last}", from.range.start)),
        ];
        if let Some(pin) = from.pin {
            headers.push(("x-amz-copy-source-if-match", pin.as_sent().to_owned()));
        }
        let doing = "copy a part to";
        let ask = Ask { method: Method::PUT, doing, key: to_key, query, headers };
        let answer = self.wire.ask(&ask, Tries::Patiently).await.map_err(|error| upload_gone(error, upload))?;
        let tag = xml::text(&answer.body, "ETag").map(Etag::new).or_else(|| etag_of(&answer.headers));
        tag.ok_or_else(|| StoreError::BadAnswer { store: self.wire.name(), doing, key: to_key.to_owned() })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, StoreError> {
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = self.list_page(prefix, token.as_deref()).await?;
            all.extend(xml::elements(&page, "Contents").filter_map(listed));
            let next = xml::text(&page, "NextContinuationToken").filter(|next| !next.is_empty());
            let more = xml::text(&page, "IsTruncated").as_deref() == Some("true");
            if !more || next.is_none() || next == token {
                all.sort_by(|a, b| a.key.cmp(&b.key));
                return Ok(all);
            }
            token = next;
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.path(key)?;
        let ask = Ask { method: Method::DELETE, doing: "delete", key, ..Ask::default() };
        match self.wire.ask(&ask, Tries::Patiently).await {
            Ok(_) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn expiry_rules(&self) -> Result<Vec<ExpiryRule>, StoreError> {
        let query = vec![("lifecycle", String::new())];
        let ask = Ask { doing: "tell the lifecycle rules", key: "", query, ..Ask::default() };
        match self.wire.ask(&ask, Tries::Once).await {
            Ok(answer) => Ok(lifecycle::expiry_rules(&answer.body)),
            // `NoSuchLifecycleConfiguration`, or OSS's `NoSuchLifecycle`: there are none.
            Err(StoreError::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

fn copy_source(bucket: &str, key: &str) -> String {
    format!("/{bucket}/{}", encode(key, Slashes::Keep))
}

fn listed(one: &str) -> Option<ListedObject> {
    let size = xml::text(one, "Size")?.parse().ok()?;
    Some(ListedObject { key: xml::text(one, "Key")?, size, etag: xml::text(one, "ETag").map(Etag::new) })
}
