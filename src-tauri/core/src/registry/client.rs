//! Carries requests to one registry: address, trust, login, timeouts, and another try where the fault is a passing one.

use super::address::RegistryAddress;
use super::auth::{self, Challenge, TokenAnswer};
use super::error::RegistryError;
use crate::console::{ConsoleError, broken, host_of, is_loopback};
use crate::ctx::{Cancelled, Ctx};
use crate::moment;
use crate::secret::Secret;
use crate::silence::patience;
use crate::trust::Trust;
use bytes::{Bytes, BytesMut};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use url::Url;

const USER_AGENT: &str = concat!("Rainferry/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// One request, a chunk included: a slow line carries one in far less.
const TIMEOUT: Duration = Duration::from_secs(600);
/// Of what a registry says about an error, or of a token or manifest.
const ANSWER_LIMIT_BYTES: usize = 4 * 1024 * 1024;
/// Of its words, as far as they are shown.
const SAID_LIMIT: usize = 300;
/// Pauses before another try.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3)];

/// Where a registry is and who we are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegistrySpec {
    pub address: RegistryAddress,
    pub user: String,
    /// Without encryption, because the user said so.
    pub plain_http: bool,
    pub trust: Trust,
}

#[derive(Default)]
enum Login {
    #[default]
    Unknown,
    Basic,
    /// Tokens by what they are for.
    Tokens(HashMap<String, Secret>),
}

/// One registry and one user of it.
pub(crate) struct Registry {
    http: reqwest::Client,
    pub(super) base: Url,
    pub(super) spec: RegistrySpec,
    password: Secret,
    login: Mutex<Login>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("address", &self.spec.address).finish_non_exhaustive()
    }
}

/// What a request is: made again for each try.
pub(super) struct Ask<'a> {
    /// In the words of an error: “could not …”.
    pub act: &'static str,
    pub method: Method,
    pub url: Url,
    /// Empty for the registry as a whole.
    pub repository: &'a str,
    /// `pull,push`, or `delete` with them.
    pub actions: &'static str,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Option<Bytes>,
}

impl<'a> Ask<'a> {
    pub(super) fn new(act: &'static str, method: Method, url: Url, repository: &'a str) -> Self {
        Self { act, method, url, repository, actions: "pull,push", headers: Vec::new(), body: None }
    }

    pub(super) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn body(mut self, bytes: Bytes) -> Self {
        self.body = Some(bytes);
        self
    }

    fn scope(&self) -> String {
        match self.repository {
            "" => String::new(),
            repository => format!("repository:{repository}:{}", self.actions),
        }
    }
}

impl Registry {
    /// Contacts nobody yet.
    pub(crate) fn new(spec: RegistrySpec, password: Secret) -> Result<Self, RegistryError> {
        let scheme = if spec.plain_http { "http" } else { "https" };
        // The one registry whose images are named after another host than it answers on.
        let host = match spec.address.host.as_str() {
            "docker.io" | "index.docker.io" => "registry-1.docker.io",
            host => host,
        };
        let bad = || RegistryError::BadAddress { address: spec.address.to_string(), why: "its host cannot be read" };
        let base = Url::parse(&format!("{scheme}://{host}/v2/")).map_err(|_| bad())?;
        let mut http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(patience(TIMEOUT))
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        let http = spec.trust.apply(http);
        let http = http.ok_or_else(|| RegistryError::BadCertificate { host: spec.address.host.clone() })?;
        Ok(Self { http, base, spec, password, login: Mutex::default() })
    }

    pub(crate) fn address(&self) -> &RegistryAddress {
        &self.spec.address
    }

    pub(super) fn host(&self) -> String {
        self.spec.address.host.clone()
    }

    pub(super) fn url(&self, path: &str) -> Result<Url, RegistryError> {
        self.base.join(path).map_err(|_| RegistryError::BadAddress {
            address: self.spec.address.to_string(),
            why: "its namespace cannot be read",
        })
    }

    /// Somebody answers there who is a registry, and lets us in as far as it says so without a repository.
    pub(crate) async fn greet(&self, ctx: &Ctx) -> Result<(), RegistryError> {
        let ask = Ask::new("be asked", Method::GET, self.base.clone(), "");
        let answer = match self.repeated(ctx, &ask).await {
            Err(RegistryError::Refused { status, .. }) if status < 500 => {
                return Err(RegistryError::NotARegistry { host: self.host(), status });
            }
            other => other?,
        };
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("text/html") || answer.status().is_redirection() {
            return Err(RegistryError::NotARegistry { host: self.host(), status: answer.status().as_u16() });
        }
        Ok(())
    }

    /// Asks, and once more or thrice where the fault is a passing one: only for what may be asked twice.
    pub(super) async fn repeated(&self, ctx: &Ctx, ask: &Ask<'_>) -> Result<Response, RegistryError> {
        for pause in PAUSES {
            match self.ask(ctx, ask).await {
                Err(error) if error.is_passing() => ctx.sleep(pause).await?,
                other => return other,
            }
        }
        self.ask(ctx, ask).await
    }

    /// Asks once; logs in, or in again, where that is asked for. A token may end in the middle of anything.
    pub(super) async fn ask(&self, ctx: &Ctx, ask: &Ask<'_>) -> Result<Response, RegistryError> {
        let answer = self.exchange(ctx, self.request(ask)).await?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return self.judge(ask, answer).await;
        }
        self.log_in(ctx, ask, answer.headers()).await?;
        let answer = self.exchange(ctx, self.request(ask)).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            let headers = challenges(answer.headers());
            // Let in, and not to this.
            return Err(match auth::read(&headers) {
                Some(Challenge::Bearer { .. }) if !ask.repository.is_empty() => self.denied(ask, String::new()),
                _ => self.unauthorised(),
            });
        }
        self.judge(ask, answer).await
    }

    fn request(&self, ask: &Ask<'_>) -> RequestBuilder {
        let mut request = self.http.request(ask.method.clone(), ask.url.clone());
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        // An upload may lead to another host, which our login is none of the business of.
        if ask.url.origin() == self.base.origin()
            && let Some(value) = self.authorization(&ask.scope())
        {
            request = request.header(AUTHORIZATION, value);
        }
        match &ask.body {
            Some(bytes) => request.body(bytes.clone()),
            None if ask.method == Method::POST || ask.method == Method::PUT => request.body(Bytes::new()),
            None => request,
        }
    }

    fn authorization(&self, scope: &str) -> Option<HeaderValue> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let text = match &*self.login.lock().unwrap_or_else(PoisonError::into_inner) {
            Login::Unknown => return None,
            Login::Basic => {
                let pair = Secret::new(format!("{}:{}", self.spec.user, self.password.reveal()));
                Secret::new(format!("Basic {}", STANDARD.encode(pair.reveal())))
            }
            Login::Tokens(tokens) => Secret::new(format!("Bearer {}", tokens.get(scope)?.reveal())),
        };
        let mut value = HeaderValue::from_str(text.reveal()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    async fn exchange(&self, ctx: &Ctx, request: RequestBuilder) -> Result<Response, RegistryError> {
        tokio::select! {
            biased;
            () = ctx.cancel.cancelled() => Err(Cancelled.into()),
            answer = moment::around("ask the registry", request.send()) => answer.map_err(|error| self.broken(&error)),
        }
    }

    fn broken(&self, error: &reqwest::Error) -> RegistryError {
        let url = error.url().unwrap_or(&self.base);
        match broken(url, error) {
            ConsoleError::Tls { host, why } => RegistryError::Tls { host, why },
            ConsoleError::Unreachable { host, why } => RegistryError::Unreachable { host, why },
            _ => RegistryError::BadAnswer { host: self.host(), act: "be asked", why: "its answer broke off" },
        }
    }

    async fn log_in(&self, ctx: &Ctx, ask: &Ask<'_>, headers: &HeaderMap) -> Result<(), RegistryError> {
        let found = auth::read(&challenges(headers));
        match found {
            None => Err(RegistryError::NotARegistry { host: self.host(), status: 401 }),
            Some(Challenge::Basic) => {
                let mut login = self.login.lock().unwrap_or_else(PoisonError::into_inner);
                // Sent already, and refused.
                if matches!(*login, Login::Basic) || self.spec.user.is_empty() {
                    return Err(self.unauthorised());
                }
                *login = Login::Basic;
                Ok(())
            }
            Some(Challenge::Bearer { realm, service, scope, .. }) => {
                let key = ask.scope();
                let wanted = if key.is_empty() { scope } else { key.clone() };
                let token = self.token(ctx, &realm, &service, &wanted).await?;
                let mut login = self.login.lock().unwrap_or_else(PoisonError::into_inner);
                match &mut *login {
                    Login::Tokens(tokens) => drop(tokens.insert(key, token)),
                    Login::Unknown | Login::Basic => *login = Login::Tokens(HashMap::from([(key, token)])),
                }
                Ok(())
            }
        }
    }

    /// Docker's token protocol: a GET with the user's name and password.
    async fn token(&self, ctx: &Ctx, realm: &str, service: &str, scope: &str) -> Result<Secret, RegistryError> {
        let bad = |why| RegistryError::BadAnswer { host: self.host(), act: "log in", why };
        let mut url = Url::parse(realm).map_err(|_| bad("its token server has no address"))?;
        if self.base.scheme() == "https" && url.scheme() != "https" {
            return Err(RegistryError::OpenRealm { host: self.host(), realm: host_of(&url) });
        }
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("service", service);
            if !scope.is_empty() {
                query.append_pair("scope", scope);
            }
            if !self.spec.user.is_empty() {
                query.append_pair("account", &self.spec.user);
            }
        }
        let mut request = self.http.get(url).timeout(patience(Duration::from_secs(60)));
        if !self.spec.user.is_empty() {
            request = request.basic_auth(&self.spec.user, Some(self.password.reveal()));
        }
        let answer = self.exchange(ctx, request).await?;
        let status = answer.status();
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(self.unauthorised());
        }
        let body = self.body(answer).await?;
        if !status.is_success() {
            let said = self.said(&body);
            return Err(RegistryError::Refused { host: self.host(), act: "log in", status: status.as_u16(), said });
        }
        let answer: TokenAnswer = crate::json::from_slice(&body).map_err(|_| bad("its token server gave no token"))?;
        answer.token().ok_or_else(|| bad("its token server gave no token"))
    }

    pub(super) async fn body(&self, mut answer: Response) -> Result<Bytes, RegistryError> {
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.broken(&error))? {
            if body.len() + chunk.len() > ANSWER_LIMIT_BYTES {
                return Err(RegistryError::BadAnswer { host: self.host(), act: "answer", why: "it does not end" });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    /// Successes and redirects are the caller's; the rest is told apart here.
    async fn judge(&self, ask: &Ask<'_>, answer: Response) -> Result<Response, RegistryError> {
        let status = answer.status();
        let is_look = ask.method == Method::HEAD || ask.method == Method::GET;
        if status.is_success() || status.is_redirection() || (status == StatusCode::NOT_FOUND && is_look) {
            return Ok(answer);
        }
        let body = self.body(answer).await.unwrap_or_default();
        let said = self.said(&body);
        let codes = codes(&body);
        let has = |code: &str| codes.iter().any(|known| known == code);
        let host = self.host();
        // Registries have no code for this: they say it in words (Harbor: “… will exceed the configured upper limit”).
        let lower = said.to_lowercase();
        let is_full = ["quota", "exceed", "no space", "storage limit"].iter().any(|word| lower.contains(word));
        Err(match status.as_u16() {
            507 => RegistryError::Full { host, said },
            _ if is_full => RegistryError::Full { host, said },
            403 => self.denied(ask, said),
            405 if ask.method == Method::DELETE => RegistryError::KeepsAll { host },
            _ if has("UNSUPPORTED") && ask.method == Method::DELETE => RegistryError::KeepsAll { host },
            _ if has("DENIED") => self.denied(ask, said),
            _ if has("DIGEST_INVALID") => RegistryError::Mismatch { host, digest: String::new() },
            404 | 416 => RegistryError::UploadGone { host },
            _ if has("BLOB_UPLOAD_UNKNOWN") || has("BLOB_UPLOAD_INVALID") => RegistryError::UploadGone { host },
            status => RegistryError::Refused { host, act: ask.act, status, said },
        })
    }

    fn unauthorised(&self) -> RegistryError {
        let user = if self.spec.user.is_empty() { "nobody" } else { &self.spec.user };
        RegistryError::Unauthorised { host: self.host(), user: user.to_owned() }
    }

    fn denied(&self, ask: &Ask<'_>, said: String) -> RegistryError {
        let user = if self.spec.user.is_empty() { "nobody" } else { &self.spec.user }.to_owned();
        RegistryError::Denied { host: self.host(), user, act: ask.act, repository: ask.repository.to_owned(), said }
    }

    /// What it says itself, without what is secret.
    fn said(&self, body: &[u8]) -> String {
        let told: Told = crate::json::from_slice(body).unwrap_or_default();
        let words = |row: &ToldError| format!("{}: {}", row.code, row.message);
        let mut said = told.errors.iter().map(words).collect::<Vec<_>>().join("; ");
        if said.is_empty() {
            said = String::from_utf8_lossy(body).into_owned();
        }
        let said = said.chars().filter(|c| !c.is_control()).take(SAID_LIMIT).collect::<String>();
        match self.password.is_empty() {
            true => said,
            false => said.replace(self.password.reveal(), "…"),
        }
    }

    /// Where an answer leads.
    pub(super) fn location(&self, answer: &Response, act: &'static str) -> Result<Url, RegistryError> {
        let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.and_then(|to| answer.url().join(to).ok());
        let to = to.ok_or_else(|| RegistryError::BadAnswer { host: self.host(), act, why: "it says no place" })?;
        // A closed line stays closed.
        if self.base.scheme() == "https" && to.scheme() != "https" {
            return Err(RegistryError::BadAnswer { host: self.host(), act, why: "it leads to an open line" });
        }
        Ok(to)
    }
}

fn challenges(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).collect()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    errors: Vec<ToldError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ToldError {
    code: String,
    message: String,
}

fn codes(body: &[u8]) -> Vec<String> {
    let told: Told = crate::json::from_slice(body).unwrap_or_default();
    told.errors.into_iter().map(|row| row.code).collect()
}
