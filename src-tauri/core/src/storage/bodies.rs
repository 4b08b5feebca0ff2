//! Bodies of parts, sent by ourselves: the library takes no stream as a body, and no checksum of ours.
//!
//! The payload is left out of the signature. What guards it is a CRC-64 in a header where the store looks at it, and the
//! proof at the end of a transfer (its ETag, or the CRC-64 that the store keeps of the whole).

use super::crc::Crc64;
use super::error::StoreError;
use super::store::{ByteStream, UploadId};
use super::wire::{Ask, Signing, Wire, etag_of, unanswered, upload_gone, write_limit};
use super::{Etag, xml};
use crate::moment;
use futures::StreamExt;
use http::{Method, StatusCode};

/// The name of the checksum in a header.
const CRC_HEADER: &str = "x-amz-checksum-crc64nvme";

impl Wire {
    pub(super) async fn put_part(
        &self,
        key: &str,
        upload: &UploadId,
        index: u32,
        length: u64,
        body: ByteStream,
        crc: Option<Crc64>,
    ) -> Result<Etag, StoreError> {
        let headers = crc.map(|crc| (CRC_HEADER, crc.header())).into_iter().collect();
        let sent = self.send(&part(key, upload, index, headers), length, body).await;
        sent.map_err(|error| upload_gone(error, upload))
    }

    /// Whether the store refuses a part whose CRC-64 is wrong.
    pub(super) async fn refuses_a_wrong_crc(
        &self,
        key: &str,
        upload: &UploadId,
        spare: u32,
    ) -> Result<bool, StoreError> {
        let body = bytes::Bytes::from_static(b"not what the header says");
        let wrong = Crc64::of(&["something else".into()]);
        let ask = part(key, upload, spare, vec![(CRC_HEADER, wrong.header())]);
        let length = body.len() as u64;
        match self.send(&ask, length, futures::stream::iter([Ok(body)]).boxed()).await {
            Ok(_) => Ok(false),
            Err(StoreError::Refused { status: Some(400), .. }) => Ok(true),
            Err(error) => Err(upload_gone(error, upload)),
        }
    }

    /// An upload whose parts each come with a CRC-64, and whose whole has one. `None`: the store knows no such thing.
    pub(super) async fn create_upload_with_crc(&self, key: &str) -> Result<Option<UploadId>, StoreError> {
        let ask = Ask {
            method: Method::POST,
            doing: "write",
            key,
            query: vec![("uploads", String::new())],
            headers: vec![
                ("x-amz-checksum-algorithm", "CRC64NVME".to_owned()),
                ("x-amz-checksum-type", "FULL_OBJECT".to_owned()),
            ],
        };
        match self.ask(&ask, super::wire::Tries::Patiently).await {
            Ok(answer) => Ok(xml::text(&answer.body, "UploadId").map(UploadId)),
            Err(StoreError::Refused { status: Some(400), .. } | StoreError::Lacks { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the store computed of the whole object itself.
    pub(super) async fn crc(&self, key: &str) -> Result<Option<Crc64>, StoreError> {
        let headers = vec![("x-amz-checksum-mode", "ENABLED".to_owned())];
        let ask = Ask { method: Method::HEAD, doing: "look at", key, headers, ..Ask::default() };
        let answer = self.ask(&ask, super::wire::Tries::Patiently).await?;
        let text = |name: &str| answer.headers.get(name)?.to_str().ok();
        let is_whole = text("x-amz-checksum-type").is_none_or(|kind| kind == "FULL_OBJECT");
        Ok(text(CRC_HEADER).filter(|_| is_whole).and_then(Crc64::from_header))
    }

    async fn send(&self, ask: &Ask<'_>, length: u64, body: ByteStream) -> Result<Etag, StoreError> {
        let (head, _) = self.signed(ask, Signing::HeadersOnly)?.into_parts();
        let bad = || StoreError::BadKey { store: self.name(), key: ask.key.to_owned() };
        let url = url::Url::parse(&head.uri.to_string()).map_err(|_| bad())?;
        let mut request = reqwest::Request::new(head.method, url);
        *request.headers_mut() = head.headers;
        // Without it the body would go out in chunks, which stores do not take.
        request.headers_mut().insert(http::header::CONTENT_LENGTH, length.into());
        *request.body_mut() = Some(reqwest::Body::wrap_stream(body));
        let sending = async {
            let answer = moment::around("PUT", self.bodies.execute(request)).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, answer.text().await?))
        };
        let late = |late| unanswered(self.name(), Box::new(late));
        let answered = tokio::time::timeout(write_limit(length), sending).await.map_err(late)?;
        let (status, headers, text) = answered.map_err(|error| unanswered(self.name(), Box::new(error)))?;
        if status != StatusCode::OK {
            return Err(self.refusal(ask, status, &text));
        }
        let bad = || StoreError::BadAnswer { store: self.name(), doing: ask.doing, key: ask.key.to_owned() };
        etag_of(&headers).ok_or_else(bad)
    }
}

fn part<'a>(key: &'a str, upload: &UploadId, index: u32, headers: Vec<(&'static str, String)>) -> Ask<'a> {
    let query = vec![("partNumber", (index + 1).to_string()), ("uploadId", upload.0.clone())];
    Ask { method: Method::PUT, doing: "write a part of", key, query, headers }
}
