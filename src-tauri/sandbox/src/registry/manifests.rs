//! Manifests and tags (specification, “Pushing manifests”): all that one names must be there.

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request, Response, header};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::blobs::is_digest;
use super::{Shared, answers};

const LIMIT_BYTES: usize = 4 * 1024 * 1024;
const KINDS: &[&str] =
    &["application/vnd.docker.distribution.manifest.v2+json", "application/vnd.oci.image.manifest.v1+json"];

pub(super) async fn answer(
    shared: &Arc<Shared>,
    repository: &str,
    reference: &str,
    request: Request<Body>,
) -> Response<Body> {
    match *request.method() {
        Method::GET | Method::HEAD => show(shared, repository, reference, &request),
        Method::PUT => put(shared, repository, reference, request).await,
        Method::DELETE => delete(shared, repository, reference),
        _ => answers::error(405, "UNSUPPORTED", "no such method"),
    }
}

fn show(shared: &Shared, repository: &str, reference: &str, request: &Request<Body>) -> Response<Body> {
    let unknown = || answers::error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    let rows = shared.rows();
    let Some(row) = rows.repositories.get(repository) else { return unknown() };
    let digest = row.tags.get(reference).map_or(reference, String::as_str);
    let Some((kind, bytes)) = row.manifests.get(digest) else { return unknown() };
    let accepts = request.headers().get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let accepts = accepts.flat_map(|value| value.split(',')).any(|value| value.trim() == kind || value.trim() == "*/*");
    if !accepts {
        return unknown();
    }
    let length = bytes.len().to_string();
    let headers =
        [("content-type", kind.as_str()), ("content-length", length.as_str()), ("docker-content-digest", digest)];
    let mut answer = answers::with(200, &headers);
    if request.method() == Method::GET {
        *answer.body_mut() = Body::from(bytes.clone());
    }
    answer
}

async fn put(shared: &Arc<Shared>, repository: &str, reference: &str, request: Request<Body>) -> Response<Body> {
    let invalid = |why: &str| answers::error(400, "MANIFEST_INVALID", why);
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.to_owned();
    if !KINDS.contains(&kind.as_str()) {
        return invalid("a media type that is no manifest's");
    }
    if !is_digest(reference) && !is_tag(reference) {
        return answers::error(400, "TAG_INVALID", "manifest tag did not match URI");
    }
    let Ok(bytes) = axum::body::to_bytes(request.into_body(), LIMIT_BYTES).await else {
        return answers::error(413, "SIZE_INVALID", "too large");
    };
    let Ok(manifest) = serde_json::from_slice::<Value>(&bytes) else { return invalid("it is no JSON") };
    if manifest["schemaVersion"] != 2 || manifest.get("mediaType").is_some_and(|told| *told != kind.as_str()) {
        return invalid("it is of another kind than it is sent as");
    }
    let digest = format!("sha256:{}", hex::encode(Sha256::digest(&bytes)));
    if is_digest(reference) && reference != digest {
        return answers::error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    }
    let mut rows = shared.rows();
    let layers = manifest["layers"].as_array().cloned().unwrap_or_default();
    for blob in layers.iter().chain([&manifest["config"]]) {
        let named = blob["digest"].as_str().unwrap_or_default();
        let here = rows.repositories.get(repository).is_some_and(|row| row.blobs.contains(named));
        if !here || rows.blobs.get(named).copied() != blob["size"].as_u64() {
            return answers::error(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry");
        }
        if blob["mediaType"].as_str().is_none_or(str::is_empty) {
            return invalid("a blob without a media type");
        }
    }
    let row = rows.repositories.entry(repository.to_owned()).or_default();
    row.manifests.insert(digest.clone(), (kind, bytes.to_vec()));
    if !is_digest(reference) {
        row.tags.insert(reference.to_owned(), digest.clone());
    }
    let at = format!("/v2/{repository}/manifests/{digest}");
    answers::with(201, &[("location", &at), ("docker-content-digest", &digest)])
}

fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 128 && text.starts_with(word) && text.chars().all(|c| word(c) || c == '.' || c == '-')
}

/// By checksum only; its tags go with it. Blobs stay for the registry's own sweeping.
fn delete(shared: &Shared, repository: &str, reference: &str) -> Response<Body> {
    if !shared.spec.deletes || !is_digest(reference) {
        return answers::error(405, "UNSUPPORTED", "the operation is unsupported");
    }
    let mut rows = shared.rows();
    let row = rows.repositories.get_mut(repository);
    match row.and_then(|row| row.manifests.remove(reference).map(|_| row)) {
        Some(row) => {
            row.tags.retain(|_, digest| digest != reference);
            answers::plain(202)
        }
        None => answers::error(404, "MANIFEST_UNKNOWN", "manifest unknown"),
    }
}
