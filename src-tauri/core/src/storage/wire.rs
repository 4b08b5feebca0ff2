//! The S3 requests that `object_store` lacks: a first look at a bucket, HEAD of a part, listing by plain prefix, uploads under
//! way, and copies between buckets. Signed in the headers, so that no URL ever holds a secret.

use super::error::{Cause, StoreError};
use super::spec::Address;
use super::store::UploadId;
use super::{etag::Etag, xml};
use crate::moment;
use crate::secret::Secret;
use crate::silence::patience;
use http::{HeaderMap, Method, StatusCode};
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::{HttpClient, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody};
use std::time::Duration;

/// Waits between attempts after a 5xx or a broken connection; the library has its own for what it sends.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(8)];

/// One bucket, spoken to directly.
#[derive(Debug)]
pub(crate) struct Wire {
    pub address: Address,
    pub client: HttpClient,
    /// For bodies of parts.
    pub bodies: reqwest::Client,
    pub access_key: String,
    pub secret: Secret,
}

/// A request; everything in it is empty unless set.
#[derive(Debug, Default, Clone)]
pub(crate) struct Ask<'a> {
    pub method: Method,
    pub doing: &'static str,
    pub key: &'a str,
    pub query: Vec<(&'static str, String)>,
    pub headers: Vec<(&'static str, String)>,
}

/// How often to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tries {
    /// For a look: the user waits for the answer.
    Once,
    /// For work, all of it idempotent.
    Patiently,
}

/// What a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signing {
    Whole,
    /// All but the body.
    HeadersOnly,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub headers: HeaderMap,
    pub body: String,
}

impl Wire {
    pub(crate) fn name(&self) -> String {
        self.address.identity.to_string()
    }

    pub(crate) async fn ask(&self, ask: &Ask<'_>, tries: Tries) -> Result<Answer, StoreError> {
        let mut pauses = PAUSES.iter();
        loop {
            let got = self.once(ask).await;
            let pause = match (&got, tries) {
                (Err(error), Tries::Patiently) if error.may_pass() => pauses.next(),
                (Ok(_) | Err(_), _) => None,
            };
            match pause {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return got,
            }
        }
    }

    async fn once(&self, ask: &Ask<'_>) -> Result<Answer, StoreError> {
        let request = self.signed(ask, Signing::Whole)?;
        let response = self.client.execute(request).await.map_err(|error| self.no_answer(error))?;
        let (head, body) = response.into_parts();
        let body = body.bytes().await.map_err(|error| self.no_answer(error))?;
        let body = String::from_utf8_lossy(&body).into_owned();
        // A copy answers 200 before it is done, and then perhaps an error in the body.
        let failed_late = head.status.is_success() && xml::text(&body, "Error").is_some();
        if head.status.is_success() && !failed_late {
            return Ok(Answer { headers: head.headers, body });
        }
        Err(self.refusal(ask, head.status, &body))
    }

    pub(super) fn signed(&self, ask: &Ask<'_>, signing: Signing) -> Result<HttpRequest, StoreError> {
        let bad = || StoreError::BadKey { store: self.name(), key: ask.key.to_owned() };
        let mut request = http::Request::builder().method(ask.method.clone()).uri(self.url(ask));
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let mut request = request.body(HttpRequestBody::empty()).map_err(|_| bad())?;
        if url::Url::parse(&request.uri().to_string()).is_err() {
            return Err(bad());
        }
        let credential =
            AwsCredential { key_id: self.access_key.clone(), secret_key: self.secret.reveal().to_owned(), token: None };
        AwsAuthorizer::new(&credential, "s3", &self.address.region)
            .with_sign_payload(signing == Signing::Whole)
            .try_authorize(&mut request, None)
            .map_err(|_| bad())?;
        Ok(request)
    }

    fn url(&self, ask: &Ask<'_>) -> String {
        let mut url = format!("{}/{}", self.address.base, encode(ask.key, Slashes::Keep));
        for (at, (name, value)) in ask.query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(&format!("{name}={}", encode(value, Slashes::Encode)));
        }
        url
    }

    fn no_answer(&self, error: HttpError) -> StoreError {
        unanswered(self.name(), Box::new(error))
    }

    pub(super) fn refusal(&self, ask: &Ask<'_>, status: StatusCode, body: &str) -> StoreError {
        let code = xml::text(body, "Code");
        let source: Cause = format!("{status}: {}", short(body)).into();
        judge(self.name(), ask.doing, ask.key, Some(status.as_u16()), code, source)
    }
}

/// Sorts a store's refusal by status and by the code in its body.
pub(crate) fn judge(
    store: String,
    doing: &'static str,
    key: &str,
    status: Option<u16>,
    code: Option<String>,
    source: Cause,
) -> StoreError {
    let key = key.to_owned();
    match (status, code.as_deref()) {
        (_, Some("NoSuchBucket")) => StoreError::NoBucket { store },
        (_, Some("NotImplemented")) | (Some(501), _) => StoreError::Lacks { store, what: doing },
        (_, Some("XMinioStorageFull" | "XMinioBucketQuotaExceeded" | "QuotaExceeded")) | (Some(507), _) => {
            StoreError::Full { store, key }
        }
        (Some(404), _) => StoreError::NotFound { store, key },
        (Some(412), _) => StoreError::Changed { store, key },
        (Some(401 | 403), _) => StoreError::Denied { store, doing, key, code, source },
        _ => StoreError::Refused { store, doing, key, status, code, source },
    }
}

/// Sorts an error of the connection.
pub(crate) fn unanswered(store: String, source: Cause) -> StoreError {
    if chain(source.as_ref()).any(is_tls) {
        StoreError::Tls { store, source }
    } else {
        StoreError::Unreachable { store, source }
    }
}

/// An `io::Error` gives what it wraps by `get_ref`, not as its source, and connectors wrap twice.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let within = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || within.is_some_and(|within| is_tls(within))
}

/// In an upload, 404 means that the upload is gone, unless it says that the bucket is.
pub(super) fn upload_gone(error: StoreError, upload: &UploadId) -> StoreError {
    match error {
        StoreError::NotFound { store, key } => StoreError::UploadGone { store, key, upload: upload.clone() },
        StoreError::Refused { store, key, code: Some(code), .. } if code == "NoSuchUpload" => {
            StoreError::UploadGone { store, key, upload: upload.clone() }
        }
        other => other,
    }
}

/// An error and what lies beneath it.
pub(crate) fn chain<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

fn short(body: &str) -> String {
    body.chars().take(400).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slashes {
    Keep,
    Encode,
}

/// Percent-encodes as signatures want it: everything but unreserved characters.
pub(crate) fn encode(text: &str, slashes: Slashes) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b'/' if slashes == Slashes::Keep => out.push('/'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// The ETag header of an answer.
pub(crate) fn etag_of(headers: &HeaderMap) -> Option<Etag> {
    headers.get(http::header::ETAG)?.to_str().ok().map(Etag::new)
}

/// Gives requests that carry a body the time a slow line needs.
///
/// The client's read timeout runs from the moment a request starts and is not pushed on while a body is being sent, so 60 s
/// would make parts of 8 MiB impossible below 140 KiB/s a connection.
#[derive(Debug)]
pub(crate) struct PatientUploads {
    pub reads: HttpClient,
    pub writes: HttpClient,
}

const WRITE_GRACE: Duration = Duration::from_secs(300);
const SLOWEST_BYTES_PER_SEC: u64 = 16 * 1024;

pub(super) fn write_limit(length: u64) -> Duration {
    patience(WRITE_GRACE + Duration::from_secs(length / SLOWEST_BYTES_PER_SEC))
}

#[async_trait::async_trait]
impl object_store::client::HttpService for PatientUploads {
    async fn call(&self, request: HttpRequest) -> Result<object_store::client::HttpResponse, HttpError> {
        let length = request.body().content_length() as u64;
        let method = request.method().clone();
        if length == 0 && method != Method::PUT {
            return moment::around(method.as_str(), self.reads.execute(request)).await;
        }
        let sent = moment::around(method.as_str(), self.writes.execute(request));
        match tokio::time::timeout(write_limit(length), sent).await {
            Ok(answer) => answer,
            Err(late) => Err(HttpError::new(HttpErrorKind::Timeout, late)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_encoded_as_signatures_want_them() {
        assert_eq!(encode("a b/测+~.zip", Slashes::Keep), "a%20b/%E6%B5%8B%2B~.zip");
        assert_eq!(encode("a/b", Slashes::Encode), "a%2Fb");
    }
}
