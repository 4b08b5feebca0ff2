//! The two doors of a store: the public one, which counts calls and suffers faults, and the region's own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use http::header::USER_AGENT;
use http::{Method, Request, Response, StatusCode};
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};

use super::objects::{Objects, PLATFORM, StoreAddress};
use super::troubled;
use crate::error::SandboxError;
use crate::fault::{ExpiryRule, Faults, Server};
use crate::serve::{Answerer, Door, Dropped, answerer};

pub(crate) const ACCESS_KEY: &str = "SANDBOXACCESSKEY";
pub(crate) const SECRET_KEY: &str = "sandbox-secret-key-0123456789abcdef";
/// What v6 regions sign with (rainbond v6.9.8 pkg/component/storage/s3_storage.go); any region is accepted.
const REGION: &str = "rainbond";

pub(crate) struct StoreServer {
    public: Arc<Door>,
    own: Door,
    folder: PathBuf,
}

impl StoreServer {
    pub(crate) async fn open(folder: &Path, port: u16, faults: &Faults) -> Result<Self, SandboxError> {
        std::fs::create_dir_all(folder).map_err(SandboxError::folder(folder))?;
        let files =
            s3s_fs::FileSystem::new(folder).map_err(|error| SandboxError::Store { reason: format!("{error:?}") })?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let public = Arc::new(Door::open(port, public_answers(service.clone(), faults.clone())).await?);
        let own = Door::open(0, answerer(move |request| serve(service.clone(), request))).await?;
        Ok(Self { public, own, folder: folder.to_owned() })
    }

    pub(crate) fn public(&self) -> &Arc<Door> {
        &self.public
    }

    pub(crate) fn address(&self, bucket: &str) -> StoreAddress {
        StoreAddress {
            endpoint: self.public.url(),
            bucket: bucket.to_owned(),
            access_key: ACCESS_KEY.to_owned(),
            secret_key: SECRET_KEY.to_owned(),
            region: REGION.to_owned(),
        }
    }

    /// The region's way to its own store.
    pub(crate) fn own(&self) -> Objects {
        Objects::new(&StoreAddress { endpoint: self.own.url(), ..self.address("") })
    }

    /// Makes the bucket if it is not there.
    pub(crate) fn make_bucket(&self, bucket: &str) -> Result<(), SandboxError> {
        let path = self.folder.join(bucket);
        std::fs::create_dir_all(&path).map_err(SandboxError::folder(path))
    }

    pub(crate) async fn shut(&self) {
        self.public.shut().await;
        self.own.shut().await;
    }
}

async fn serve(service: S3Service, request: Request<Body>) -> Result<Response<Body>, Dropped> {
    let answer = service.call(request.map(s3s::Body::http_body_unsync)).await.map_err(|_| Dropped)?;
    Ok(answer.map(Body::new))
}

fn public_answers(service: S3Service, faults: Faults) -> Answerer {
    answerer(move |request: Request<Body>| {
        let service = service.clone();
        let path = percent_decoded(request.uri().path().trim_start_matches('/'));
        let is_platform = request.headers().get(USER_AGENT).is_some_and(|agent| agent == PLATFORM);
        let trouble = match is_platform {
            true => None,
            false => faults.arrive(Server::Store, operation(&request, &path), &path),
        };
        let rules = faults.switches().expiry_rules;
        troubled(trouble, request, move |request| serve_with_rules(service, request, rules))
    })
}

/// The library lets in and does not know this one: its 501 becomes the answer.
async fn serve_with_rules(
    service: S3Service,
    request: Request<Body>,
    rules: Vec<ExpiryRule>,
) -> Result<Response<Body>, Dropped> {
    let asks_rules =
        request.method() == Method::GET && request.uri().query().is_some_and(|query| asks_for(query, "lifecycle"));
    let answer = serve(service, request).await?;
    match asks_rules && answer.status() == StatusCode::NOT_IMPLEMENTED {
        true => Ok(lifecycle(&rules)),
        false => Ok(answer),
    }
}

fn lifecycle(rules: &[ExpiryRule]) -> Response<Body> {
    let rule = |rule: &ExpiryRule| {
        format!(
            "<Rule><ID>{}</ID><Filter><Prefix>{}</Prefix></Filter><Status>Enabled</Status><Expiration><Days>{}</Days></Expiration></Rule>",
            rule.id, rule.prefix, rule.days
        )
    };
    let (status, body) = match rules {
        [] => (StatusCode::NOT_FOUND, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>".to_owned()),
        rules => {
            let all: String = rules.iter().map(rule).collect();
            (StatusCode::OK, format!("<LifecycleConfiguration>{all}</LifecycleConfiguration>"))
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
}

fn asks_for(query: &str, name: &str) -> bool {
    query.split('&').any(|part| part.split('=').next() == Some(name))
}

/// The S3 operation's name, as far as clients of the sandbox use them.
fn operation(request: &Request<Body>, path: &str) -> &'static str {
    let query = request.uri().query().unwrap_or_default();
    let has = |name: &str| asks_for(query, name);
    let copies = request.headers().contains_key("x-amz-copy-source");
    let on_object = path.trim_end_matches('/').contains('/');
    match (request.method(), on_object) {
        (&Method::GET, true) if has("uploadId") => "ListParts",
        (&Method::GET, true) => "GetObject",
        (&Method::GET, false) if has("uploads") => "ListMultipartUploads",
        (&Method::GET, false) if path.is_empty() => "ListBuckets",
        (&Method::GET, false) if has("lifecycle") => "GetBucketLifecycleConfiguration",
        (&Method::GET, false) => "ListObjectsV2",
        (&Method::HEAD, true) => "HeadObject",
        (&Method::HEAD, false) => "HeadBucket",
        (&Method::PUT, true) if has("partNumber") && copies => "UploadPartCopy",
        (&Method::PUT, true) if has("partNumber") => "UploadPart",
        (&Method::PUT, true) if copies => "CopyObject",
        (&Method::PUT, true) => "PutObject",
        (&Method::PUT, false) => "CreateBucket",
        (&Method::POST, true) if has("uploads") => "CreateMultipartUpload",
        (&Method::POST, true) => "CompleteMultipartUpload",
        (&Method::POST, false) => "DeleteObjects",
        (&Method::DELETE, true) if has("uploadId") => "AbortMultipartUpload",
        (&Method::DELETE, true) => "DeleteObject",
        (&Method::DELETE, false) => "DeleteBucket",
        _ => "Other",
    }
}

pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
