//! A request as a view sees it: path parameters, query, cookies, and the body in the form it was sent.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart};
use http::{HeaderMap, Method, Request, header};
use serde_json::Value;

use crate::store::percent_decoded;

/// The largest body a console reads into memory; uploads of tickets are a few MiB at most.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

#[derive(Debug, Default)]
pub(crate) enum Sent {
    #[default]
    Nothing,
    Json(Value),
    /// Form fields and files, urlencoded or multipart.
    Form(BTreeMap<String, String>, BTreeMap<String, Vec<u8>>),
}

#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) sent: Sent,
    pub(crate) params: BTreeMap<&'static str, String>,
    /// Set once the token was found good.
    pub(crate) user_id: u64,
    /// What had to be read from the store before the view runs.
    pub(crate) stored_metadata: Option<String>,
    /// The restore that is asked for had ended before that was read.
    pub(crate) has_restored: bool,
    /// Names of the files that have arrived for an import, read before the view runs.
    pub(crate) arrived: Vec<String>,
}

impl Ask {
    pub(crate) async fn read(request: Request<Body>) -> Self {
        let (head, body) = request.into_parts();
        let path = percent_decoded(head.uri.path());
        let query = pairs(head.uri.query().unwrap_or_default());
        let kind = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.to_owned();
        let (method, headers) = (head.method.clone(), head.headers.clone());
        let sent = if kind.starts_with("multipart/form-data") {
            multipart(Request::from_parts(head, body)).await
        } else {
            let bytes = axum::body::to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
            if kind.starts_with("application/x-www-form-urlencoded") {
                Sent::Form(pairs(&String::from_utf8_lossy(&bytes)).into_iter().collect(), BTreeMap::new())
            } else {
                serde_json::from_slice(&bytes).map_or(Sent::Nothing, Sent::Json)
            }
        };
        let params = BTreeMap::new();
        Self {
            method,
            path,
            query,
            headers,
            sent,
            params,
            user_id: 0,
            stored_metadata: None,
            has_restored: false,
            arrived: Vec::new(),
        }
    }

    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A page number or size, with the default the views have.
    pub(crate) fn number(&self, name: &str, default: i64) -> i64 {
        self.query(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty())
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The whole JSON body, null if there is none.
    pub(crate) fn body_json(&self) -> Value {
        match &self.sent {
            Sent::Json(value) => value.clone(),
            Sent::Nothing | Sent::Form(..) => Value::Null,
        }
    }

    /// A field of the JSON body; null counts as absent.
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        match &self.sent {
            Sent::Json(value) => value.get(name).filter(|value| !value.is_null()),
            Sent::Nothing | Sent::Form(..) => None,
        }
    }

    /// A text field of the JSON or form body; an empty text counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let value = match &self.sent {
            Sent::Json(value) => value.get(name).and_then(Value::as_str),
            Sent::Form(fields, _) => fields.get(name).map(String::as_str),
            Sent::Nothing => None,
        };
        value.filter(|value| !value.is_empty())
    }

    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        match &self.sent {
            Sent::Form(_, files) => files.get(name).map(Vec::as_slice),
            Sent::Nothing | Sent::Json(_) => None,
        }
    }
}

async fn multipart(mut request: Request<Body>) -> Sent {
    let (mut fields, mut files) = (BTreeMap::new(), BTreeMap::new());
    // The framework's own limit is 2 MB; a ticket of exactly 2 MiB must still arrive (recorded 615).
    DefaultBodyLimit::max(BODY_LIMIT).apply(&mut request);
    if let Ok(mut parts) = Multipart::from_request(request, &()).await {
        while let Ok(Some(part)) = parts.next_field().await {
            let name = part.name().unwrap_or_default().to_owned();
            let is_file = part.file_name().is_some();
            let Ok(bytes) = part.bytes().await else { break };
            if is_file {
                files.insert(name, bytes.to_vec());
            } else {
                fields.insert(name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    Sent::Form(fields, files)
}

fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}
