//! Blobs and their uploads (specification, “Pushing blobs”): in one piece, in chunks that follow each other, and how far one is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Body;
use futures::StreamExt;
use http::{Method, Request, Response, header};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Shared, Upload, answers};
use crate::noise;
use crate::store::percent_decoded;

/// `POST …/blobs/uploads/`
pub(super) fn begin(shared: &Arc<Shared>, repository: &str, request: &Request<Body>) -> Response<Body> {
    if request.method() != Method::POST {
        return answers::error(405, "UNSUPPORTED", "only POST");
    }
    let id = noise::id();
    if std::fs::write(shared.upload_path(&id), []).is_err() {
        return answers::error(500, "UNKNOWN", "no disk");
    }
    let upload = Upload { repository: repository.to_owned(), size: 0, turn: 0 };
    let answer = moved(202, &id, &upload);
    shared.rows().uploads.insert(id, upload);
    answer
}

/// Where an upload goes on. Its address says what is there; an older one is no longer good.
fn moved(status: u16, id: &str, upload: &Upload) -> Response<Body> {
    let at = format!("/v2/{}/blobs/uploads/{id}?_state={}", upload.repository, upload.size);
    let range = format!("0-{}", upload.size.saturating_sub(1));
    answers::with(status, &[("location", &at), ("range", &range), ("docker-upload-uuid", id)])
}

fn query(request: &Request<Body>, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    query
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, v)| percent_decoded(v)))
}

pub(super) async fn upload(shared: &Arc<Shared>, repository: &str, id: &str, request: Request<Body>) -> Response<Body> {
    let unknown = || answers::error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    let found = shared.rows().uploads.get_mut(id).filter(|upload| upload.repository == repository).map(|upload| {
        upload.turn += 1;
        upload.clone()
    });
    let Some(upload) = found else { return unknown() };
    if *request.method() == Method::DELETE {
        forget(shared, id);
        return answers::plain(204);
    }
    let state: Option<u64> = query(&request, "_state").and_then(|text| text.parse().ok());
    let is_stale = state != Some(upload.size);
    if shared.spec.breaks_uploads && is_stale {
        forget(shared, id);
        return answers::error(400, "BLOB_UPLOAD_INVALID", "upload resumed at wrong offset");
    }
    match *request.method() {
        Method::GET => moved(204, id, &upload),
        Method::PATCH if is_stale => moved(416, id, &upload),
        Method::PATCH => match receive(shared, id, &upload, request).await {
            Ok(upload) => moved(202, id, &upload),
            Err(refused) => refused,
        },
        Method::PUT if is_stale => moved(416, id, &upload),
        Method::PUT => finish(shared, id, &upload, request).await,
        _ => answers::error(405, "UNSUPPORTED", "no such method"),
    }
}

fn forget(shared: &Shared, id: &str) {
    shared.rows().uploads.remove(id);
    let _ = std::fs::remove_file(shared.upload_path(id));
}

fn text_of(request: &Request<Body>, name: &header::HeaderName) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// A chunk must begin where the last one ended; what came before a break stays.
async fn receive(
    shared: &Arc<Shared>,
    id: &str,
    upload: &Upload,
    request: Request<Body>,
) -> Result<Upload, Response<Body>> {
    let length: Option<u64> = text_of(&request, &header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
    if let Some(range) = text_of(&request, &header::CONTENT_RANGE) {
        let ends =
            range.split_once('-').and_then(|(from, to)| Some((from.parse::<u64>().ok()?, to.parse::<u64>().ok()?)));
        let follows =
            ends.is_some_and(|(from, to)| from == upload.size && length.is_none_or(|len| from + len == to + 1));
        if !follows {
            return Err(moved(416, id, upload));
        }
    } else if upload.size > 0 && *request.method() == Method::PATCH {
        return Err(answers::error(400, "BLOB_UPLOAD_INVALID", "a chunk without a range"));
    }
    let stored: u64 = shared.rows().blobs.values().sum();
    if stored + upload.size + length.unwrap_or(0) > shared.capacity_bytes.load(Ordering::Relaxed) {
        // Harbor's words; the specification has no code for it.
        let words = "adding this would exceed the configured upper limit of the project's quota";
        return Err(answers::error(403, "DENIED", words));
    }
    let broken = || answers::error(500, "UNKNOWN", "no disk");
    let file = tokio::fs::OpenOptions::new().append(true).open(shared.upload_path(id)).await;
    let mut file = file.map_err(|_| broken())?;
    let mut body = request.into_body().into_data_stream();
    let mut upload = upload.clone();
    let mut broke_off = false;
    while let Some(piece) = body.next().await {
        let Ok(piece) = piece else {
            broke_off = true;
            break;
        };
        // Who is dropped in the middle has left what came so far.
        let is_ours = shared.rows().uploads.get_mut(id).filter(|row| row.turn == upload.turn).map(|row| {
            row.size += piece.len() as u64;
        });
        if is_ours.is_none() {
            broke_off = true;
            break;
        }
        file.write_all(&piece).await.map_err(|_| broken())?;
        upload.size += piece.len() as u64;
    }
    file.flush().await.map_err(|_| broken())?;
    if broke_off { Err(answers::error(400, "BLOB_UPLOAD_INVALID", "it broke off")) } else { Ok(upload) }
}

/// `PUT …?digest=`: what is still missing may come along; the checksum decides.
async fn finish(shared: &Arc<Shared>, id: &str, upload: &Upload, request: Request<Body>) -> Response<Body> {
    let repository = upload.repository.clone();
    let Some(digest) = query(&request, "digest").filter(|digest| is_digest(digest)) else {
        return answers::error(400, "DIGEST_INVALID", "provided digest is no digest");
    };
    let upload = match receive(shared, id, upload, request).await {
        Ok(upload) => upload,
        Err(refused) => return refused,
    };
    let path = shared.upload_path(id);
    let found = match hash(&path).await {
        Ok(found) => found,
        Err(_) => return answers::error(500, "UNKNOWN", "no disk"),
    };
    if found != digest {
        forget(shared, id);
        return answers::error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    }
    if std::fs::rename(&path, shared.blob_path(&digest)).is_err() {
        return answers::error(500, "UNKNOWN", "no disk");
    }
    let mut rows = shared.rows();
    rows.uploads.remove(id);
    rows.blobs.insert(digest.clone(), upload.size);
    rows.repositories.entry(repository.clone()).or_default().blobs.insert(digest.clone());
    let at = format!("/v2/{repository}/blobs/{digest}");
    answers::with(201, &[("location", &at), ("docker-content-digest", &digest)])
}

pub(super) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()))
}

async fn hash(path: &std::path::Path) -> std::io::Result<String> {
    let mut file = tokio::fs::File::open(path).await?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer).await?;
        match buffer.get(..read) {
            Some([]) | None => return Ok(format!("sha256:{}", hex::encode(hash.finalize()))),
            Some(bytes) => hash.update(bytes),
        }
    }
}

/// A blob is shown by repositories that have it, and by no other.
pub(super) async fn blob(shared: &Arc<Shared>, repository: &str, digest: &str, method: &Method) -> Response<Body> {
    let size = {
        let rows = shared.rows();
        let here = rows.repositories.get(repository).is_some_and(|row| row.blobs.contains(digest));
        rows.blobs.get(digest).filter(|_| here).copied()
    };
    let Some(size) = size else { return answers::error(404, "BLOB_UNKNOWN", "blob unknown to registry") };
    let length = size.to_string();
    let headers = [("content-length", length.as_str()), ("docker-content-digest", digest)];
    match *method {
        Method::HEAD => answers::with(200, &headers),
        Method::GET => {
            let Ok(file) = tokio::fs::File::open(shared.blob_path(digest)).await else {
                return answers::error(500, "UNKNOWN", "no disk");
            };
            let mut answer = answers::with(200, &headers);
            *answer.body_mut() = Body::from_stream(tokio_util::io::ReaderStream::new(file));
            answer
        }
        _ => answers::error(405, "UNSUPPORTED", "the operation is unsupported"),
    }
}
