//! The loopback console of these tests: gives out scripted answers and remembers what it was asked.

use super::super::{Access, Console, ConsoleSpec};
use crate::clock::SystemClock;
use crate::ctx::Ctx;
use crate::secret::Secret;
use crate::trust::Trust;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A recorded answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub delay: Duration,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), "application/json".into())],
            body: serde_json::to_vec(body).unwrap(),
            delay: Duration::ZERO,
        }
    }

    /// A success with these rows.
    pub(super) fn rows(rows: &Value, extra: (&str, u64)) -> Self {
        let mut body = json!({"code": 200, "msg": "success", "msg_show": "ok", "data": {"bean": {}, "list": rows}});
        body["data"][extra.0] = extra.1.into();
        Self::json(200, &body)
    }

    pub(super) fn bean(bean: &Value) -> Self {
        Self::json(200, &json!({"code": 200, "msg": "success", "msg_show": "ok", "data": {"bean": bean, "list": []}}))
    }

    pub(super) fn expired() -> Self {
        Self::json(
            401,
            &json!({"code": 10405, "msg": "Signature has expired.", "msg_show": "身份认证信息失败，请登录"}),
        )
    }

    pub(super) fn login(token: &str) -> Self {
        Self::bean(&json!({ "token": token }))
    }
}

/// What came in.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

type Script = Box<dyn FnMut(&Asked) -> Answer + Send>;

pub(super) struct Stage {
    script: Mutex<Script>,
    asked: Mutex<Vec<Asked>>,
}

/// A running server, and the address to give to a client.
pub(super) struct Server {
    pub stage: Arc<Stage>,
    pub address: String,
}

impl Server {
    pub(super) async fn start(script: impl FnMut(&Asked) -> Answer + Send + 'static) -> Self {
        let stage = Arc::new(Stage { script: Mutex::new(Box::new(script)), asked: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(answer).with_state(stage.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { stage, address }
    }

    pub(super) fn play(&self, script: impl FnMut(&Asked) -> Answer + Send + 'static) {
        *self.stage.script.lock().unwrap() = Box::new(script);
        self.stage.asked.lock().unwrap().clear();
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.stage.asked.lock().unwrap().clone()
    }

    pub(super) fn logins(&self) -> usize {
        self.asked().iter().filter(|asked| asked.path.ends_with("/console/users/login")).count()
    }

    pub(super) fn client(&self) -> Console {
        client(&self.address)
    }
}

pub(super) fn spec(address: &str) -> ConsoleSpec {
    ConsoleSpec { base_url: address.to_owned(), user: "admin".to_owned(), trust: Trust::System, access: Access::Full }
}

pub(super) fn client(address: &str) -> Console {
    Console::new(spec(address), Secret::new("Passw0rd!x"), Arc::new(SystemClock)).unwrap()
}

pub(super) fn ctx() -> Ctx {
    Ctx::new(Arc::new(SystemClock))
}

pub(super) fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/recorded")
}

async fn answer(State(stage): State<Arc<Stage>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let url = url::Url::parse(&format!("http://x{}", parts.uri)).unwrap();
    let asked = Asked {
        method: parts.method.to_string(),
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    };
    let answer = (stage.script.lock().unwrap())(&asked);
    stage.asked.lock().unwrap().push(asked);
    tokio::time::sleep(answer.delay).await;
    let mut response = Response::builder().status(StatusCode::from_u16(answer.status).unwrap());
    let mut body = answer.body;
    for (name, value) in &answer.headers {
        if name.eq_ignore_ascii_case("content-encoding") {
            let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
            gzip.write_all(&body).unwrap();
            body = gzip.finish().unwrap();
        }
        response = response.header(name, value.as_bytes());
    }
    response.body(Body::from(body)).unwrap()
}
