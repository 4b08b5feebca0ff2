//! Who may do what: by name and password with each request, or by tokens that end.

use std::sync::Arc;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Request, Response, header};
use serde_json::json;

use super::{RegistryLogin, Shared, answers};
use crate::noise;
use crate::store::percent_decoded;

/// What a token is good for.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    repository: String,
    actions: Vec<String>,
    uses: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum User {
    Nobody,
    Reader,
    Writer,
}

fn user(shared: &Shared, request: &Request<Body>) -> Option<User> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(basic) = header.and_then(|value| value.strip_prefix("Basic ")) else { return Some(User::Nobody) };
    let pair = STANDARD.decode(basic).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
    let (name, password) = pair.split_once(':')?;
    let is = |user: &str, word: &str| name == user && password == word;
    let spec = &shared.spec;
    match spec.reader.as_ref() {
        _ if is(&spec.user, &spec.password) => Some(User::Writer),
        Some((user, word)) if is(user, word) => Some(User::Reader),
        _ => None,
    }
}

/// `GET /token?service=&scope=repository:<name>:<actions>` (Docker's token specification). A user gets a token for what is
/// granted of what was asked, which may be nothing.
pub(super) fn token(shared: &Arc<Shared>, request: &Request<Body>) -> Response<Body> {
    let Some(user) = user(shared, request).filter(|user| *user != User::Nobody) else {
        return answers::error(401, "UNAUTHORIZED", "incorrect username or password");
    };
    let query = request.uri().query().unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let scope = pairs.clone().find(|(key, _)| *key == "scope").map(|(_, value)| percent_decoded(value));
    if !pairs.clone().any(|(key, value)| key == "service" && percent_decoded(value) == "sandbox-registry") {
        return answers::error(400, "UNSUPPORTED", "unknown service");
    }
    let scope = scope.unwrap_or_default();
    let (repository, actions) =
        scope.strip_prefix("repository:").and_then(|rest| rest.rsplit_once(':')).unwrap_or_default();
    let granted = actions.split(',').filter(|action| *action == "pull" || user == User::Writer);
    let token = noise::id();
    let row = Token {
        repository: repository.to_owned(),
        actions: granted.map(str::to_owned).collect(),
        uses: shared.spec.token_uses,
    };
    shared.rows().tokens.insert(token.clone(), row);
    answers::json(200, &json!({"token": token, "expires_in": 300}))
}

/// Says how to log in, or what may not be done; nothing lets a request pass.
pub(super) fn refuse(
    shared: &Arc<Shared>,
    request: &Request<Body>,
    repository: &str,
    action: &str,
) -> Option<Response<Body>> {
    match shared.spec.login {
        RegistryLogin::Open => None,
        RegistryLogin::Basic => match user(shared, request) {
            Some(User::Writer) => None,
            Some(User::Reader) if action == "pull" || action.is_empty() => None,
            Some(User::Reader) => Some(answers::error(403, "DENIED", "requested access to the resource is denied")),
            Some(User::Nobody) | None => {
                let mut refused = answers::error(401, "UNAUTHORIZED", "authentication required");
                challenge(&mut refused, "Basic realm=\"sandbox\"");
                Some(refused)
            }
        },
        RegistryLogin::Bearer => bearer(shared, request, repository, action),
    }
}

fn bearer(shared: &Arc<Shared>, request: &Request<Body>, repository: &str, action: &str) -> Option<Response<Body>> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    let mut rows = shared.rows();
    let row = token.and_then(|token| rows.tokens.get_mut(token)).filter(|row| row.uses > 0);
    let mut why = "";
    if let Some(row) = row {
        row.uses -= 1;
        let granted = row.repository == repository && row.actions.iter().any(|known| known == action);
        if repository.is_empty() || granted {
            return None;
        }
        why = ",error=\"insufficient_scope\"";
    } else if token.is_some() {
        why = ",error=\"invalid_token\"";
    }
    drop(rows);
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    let scope = match repository {
        "" => String::new(),
        repository => format!(",scope=\"repository:{repository}:pull,push\""),
    };
    let mut refused = answers::error(401, "UNAUTHORIZED", "authentication required");
    let text = format!("Bearer realm=\"http://{host}/token\",service=\"sandbox-registry\"{scope}{why}");
    challenge(&mut refused, &text);
    Some(refused)
}

fn challenge(refused: &mut Response<Body>, text: &str) {
    if let Ok(value) = http::HeaderValue::from_str(text) {
        refused.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
}
