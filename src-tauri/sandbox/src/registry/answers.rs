//! Answers of a registry: errors have codes (specification, “Error codes”).

use axum::body::Body;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::json;

pub(super) fn plain(status: u16) -> Response<Body> {
    with(status, &[])
}

pub(super) fn with(status: u16, headers: &[(&'static str, &str)]) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

pub(super) fn json(status: u16, value: &serde_json::Value) -> Response<Body> {
    let mut response = with(status, &[("content-type", "application/json")]);
    *response.body_mut() = Body::from(value.to_string());
    response
}

pub(super) fn error(status: u16, code: &str, message: &str) -> Response<Body> {
    json(status, &json!({"errors": [{"code": code, "message": message, "detail": null}]}))
}
