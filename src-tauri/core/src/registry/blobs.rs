//! Blobs: whether one is there, and uploads (OCI distribution specification 1.1, “Pushing blobs”).

use super::client::{Ask, Registry};
use super::error::RegistryError;
use crate::ctx::Ctx;
use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderName, RANGE};
use reqwest::{Method, StatusCode};
use url::Url;

/// Registries that store in parts of their own tell what they take at least.
const MIN_CHUNK: HeaderName = HeaderName::from_static("oci-chunk-min-length");

/// An upload under way. Where it goes on changes with every answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upload {
    pub at: Url,
    /// Bytes that are there.
    pub sent_bytes: u64,
    pub min_chunk_bytes: u64,
}

impl Registry {
    pub(crate) async fn has_blob(&self, ctx: &Ctx, repository: &str, digest: &str) -> Result<bool, RegistryError> {
        let url = self.url(&format!("{repository}/blobs/{digest}"))?;
        let answer = self.repeated(ctx, &Ask::new("look for a layer", Method::HEAD, url, repository)).await?;
        // Some send the look on to where the bytes lie.
        Ok(answer.status() != StatusCode::NOT_FOUND)
    }

    /// Asks once: each answer that is lost leaves an upload behind that nobody knows.
    pub(crate) async fn open_upload(&self, ctx: &Ctx, repository: &str) -> Result<Upload, RegistryError> {
        const ACT: &str = "begin an upload";
        let url = self.url(&format!("{repository}/blobs/uploads/"))?;
        let answer = match self.ask(ctx, &Ask::new(ACT, Method::POST, url, repository)).await {
            Err(RegistryError::UploadGone { host }) => {
                let said = String::new();
                return Err(RegistryError::Refused { host, act: ACT, status: 404, said });
            }
            other => other?,
        };
        if answer.status() != StatusCode::ACCEPTED {
            let why = "it begins no upload";
            return Err(RegistryError::BadAnswer { host: self.host(), act: ACT, why });
        }
        let min = answer.headers().get(MIN_CHUNK).and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0);
        Ok(Upload { at: self.location(&answer, ACT)?, sent_bytes: 0, min_chunk_bytes: min })
    }

    /// How far an upload is; none where it is not known any more.
    pub(crate) async fn find_upload(
        &self,
        ctx: &Ctx,
        repository: &str,
        at: &Url,
    ) -> Result<Option<Upload>, RegistryError> {
        const ACT: &str = "find an upload again";
        let answer = match self.repeated(ctx, &Ask::new(ACT, Method::GET, at.clone(), repository)).await {
            Err(RegistryError::UploadGone { .. } | RegistryError::Refused { .. }) => return Ok(None),
            other => other?,
        };
        if answer.status() != StatusCode::NO_CONTENT {
            return Ok(None);
        }
        // “0-0” is nothing or one byte; nobody sends one.
        let range = answer.headers().get(RANGE).and_then(|value| value.to_str().ok()).unwrap_or("0-0");
        let last: u64 = range.trim_start_matches("bytes=").rsplit('-').next().unwrap_or("0").parse().unwrap_or(0);
        let sent_bytes = if last == 0 { 0 } else { last + 1 };
        let at = self.location(&answer, ACT).unwrap_or_else(|_| at.clone());
        Ok(Some(Upload { at, sent_bytes, min_chunk_bytes: 0 }))
    }

    /// One chunk, once: a second try must look first how far the upload is.
    pub(super) async fn send_chunk(
        &self,
        ctx: &Ctx,
        repository: &str,
        upload: &Upload,
        bytes: Bytes,
    ) -> Result<Upload, RegistryError> {
        const ACT: &str = "take a chunk";
        let (from, len) = (upload.sent_bytes, bytes.len() as u64);
        let ask = Ask::new(ACT, Method::PATCH, upload.at.clone(), repository)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_RANGE, format!("{from}-{}", from + len.saturating_sub(1)))
            .header(CONTENT_LENGTH, len.to_string())
            .body(bytes);
        let answer = self.ask(ctx, &ask).await?;
        if !answer.status().is_success() {
            return Err(RegistryError::BadAnswer { host: self.host(), act: ACT, why: "it leads elsewhere" });
        }
        let at = self.location(&answer, ACT)?;
        Ok(Upload { at, sent_bytes: from + len, min_chunk_bytes: upload.min_chunk_bytes })
    }

    /// Ends an upload with the bytes that are still missing.
    pub(super) async fn close_upload(
        &self,
        ctx: &Ctx,
        repository: &str,
        upload: &Upload,
        digest: &str,
        bytes: Bytes,
    ) -> Result<(), RegistryError> {
        const ACT: &str = "finish an upload";
        let mut url = upload.at.clone();
        url.query_pairs_mut().append_pair("digest", digest);
        let (from, len) = (upload.sent_bytes, bytes.len() as u64);
        let mut ask = Ask::new(ACT, Method::PUT, url, repository)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, len.to_string());
        if from > 0 && len > 0 {
            ask = ask.header(CONTENT_RANGE, format!("{from}-{}", from + len - 1));
        }
        match self.ask(ctx, &ask.body(bytes)).await {
            Ok(answer) if answer.status() == StatusCode::CREATED => Ok(()),
            Ok(_) => Err(RegistryError::BadAnswer { host: self.host(), act: ACT, why: "it made nothing" }),
            Err(RegistryError::Mismatch { host, .. }) => {
                Err(RegistryError::Mismatch { host, digest: digest.to_owned() })
            }
            Err(error) => Err(error),
        }
    }

    /// Gives an upload up; one that is gone is fine, and so is a registry that forgets them by itself only.
    pub(crate) async fn drop_upload(&self, ctx: &Ctx, repository: &str, at: &Url) -> Result<(), RegistryError> {
        let ask = Ask::new("give an upload up", Method::DELETE, at.clone(), repository);
        match self.repeated(ctx, &ask).await {
            Ok(_) | Err(RegistryError::UploadGone { .. } | RegistryError::KeepsAll { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether a push would be let in: an upload is begun and given up.
    pub(crate) async fn try_writing(&self, ctx: &Ctx, repository: &str) -> Result<(), RegistryError> {
        let upload = self.open_upload(ctx, repository).await?;
        self.drop_upload(ctx, repository, &upload.at).await
    }
}
