//! The control server of a running world, for another process on this computer. JSON over loopback:
//!
//! - `GET /state`: site and clusters
//! - `POST /site {"site": "factory"}`: moves the laptop
//! - `POST /fault {"cluster": "beijing", "fault": {…}}`: sets a [`Fault`]
//! - `POST /switches {"cluster": "beijing", "switches": {…}}`: replaces the [`Switches`]
//! - `POST /clear {"cluster": "beijing"}`: removes its faults
//! - `GET /calls?cluster=beijing`: the calls that arrived

use std::sync::Arc;

use axum::body::Body;
use http::{Method, Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::SandboxError;
use crate::fault::{Fault, Switches};
use crate::serve::{Answerer, answerer};
use crate::world::{Shared, Site};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Command {
    cluster: String,
    site: Option<Site>,
    fault: Option<Fault>,
    switches: Option<Switches>,
}

pub(crate) fn answers(shared: Arc<Shared>) -> Answerer {
    answerer(move |request: Request<Body>| {
        let shared = Arc::clone(&shared);
        async move {
            let (status, body) = match answer(&shared, request).await {
                Ok(Some(body)) => (StatusCode::OK, body),
                Ok(None) => (StatusCode::NOT_FOUND, json!({"error": "unknown command"})),
                Err(error) => (StatusCode::BAD_REQUEST, json!({"error": error.to_string()})),
            };
            let mut response = Response::new(Body::from(body.to_string()));
            *response.status_mut() = status;
            response
                .headers_mut()
                .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
            Ok(response)
        }
    })
}

async fn answer(shared: &Shared, request: Request<Body>) -> Result<Option<Value>, SandboxError> {
    const LIMIT: usize = 1024 * 1024;
    let (head, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, LIMIT).await.unwrap_or_default();
    let command: Command = serde_json::from_slice(&bytes).unwrap_or_default();
    match (&head.method, head.uri.path()) {
        (&Method::GET, "/state") => {}
        (&Method::GET, "/calls") => {
            let name = head.uri.query().and_then(|query| query.strip_prefix("cluster=")).unwrap_or_default();
            return Ok(Some(json!(shared.cluster(name)?.faults().calls())));
        }
        (&Method::POST, "/site") => {
            let Some(site) = command.site else { return Ok(None) };
            shared.set_site(site).await?;
        }
        (&Method::POST, "/fault") => {
            let Some(fault) = command.fault else { return Ok(None) };
            shared.cluster(&command.cluster)?.faults().set(fault);
        }
        (&Method::POST, "/switches") => {
            let Some(switches) = command.switches else { return Ok(None) };
            shared.cluster(&command.cluster)?.faults().switch(|old| *old = switches);
        }
        (&Method::POST, "/clear") => shared.cluster(&command.cluster)?.faults().clear(),
        _ => return Ok(None),
    }
    Ok(Some(json!({"site": shared.site(), "clusters": shared.samples()})))
}
