//! Carries calls to one console and brings answers back: address, trust, token, timeouts. Knows no endpoint but login's.

use super::envelope::{self, Answer, Envelope, Reply};
use super::error::{ConsoleError, Silence};
use super::login::{LoginState, Token};
use super::request::{Auth, Body, Call, Pen, Wait};
use crate::clock::Clock;
use crate::ctx::{Cancelled, Ctx};
use crate::ids::TeamName;
use crate::moment;
use crate::secret::Secret;
use crate::trust::{self, Fingerprint, OtherCertificate, Pin, Trust};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use std::error::Error;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;
use url::Url;

/// Login reads this header unguarded from v6.3.4 on: without it a good password is a 500 (`console/login/login_event.py`).
const USER_AGENT: &str = concat!("Rainferry/", env!("CARGO_PKG_VERSION"));
/// Before a read is made again.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1500)];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Shorter than the two seconds after which the console's server (gunicorn) hangs up: a request that meets the hanging up
/// fails, and nobody knows whether it arrived.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);
/// More than any list; a web page without an end must not fill the memory.
const ANSWER_LIMIT_BYTES: usize = 32 * 1024 * 1024;
const REDIRECT_LIMIT: usize = 3;
/// The spelling with underscores is dropped by servers and proxies (recording 234).
const REGION_HEADER: HeaderName = HeaderName::from_static("x-region-name");
const TEAM_HEADER: HeaderName = HeaderName::from_static("x-team-name");

/// Where a console is and who we are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConsoleSpec {
    /// `http://host:7070`, or with a path in front of `/console`.
    pub base_url: String,
    pub user: String,
    pub trust: Trust,
    pub access: Access,
}

/// What a client may do to its console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Full,
    /// Look, and never change anything.
    ReadOnly,
}

/// A team in a region; nearly every call is about one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    pub team: TeamName,
    /// `region_name`, not its alias.
    pub region: String,
}

impl Scope {
    pub(crate) fn new(team: impl Into<String>, region: impl Into<String>) -> Self {
        Self { team: TeamName(team.into()), region: region.into() }
    }
}

/// One console and one user of it.
pub(crate) struct Console {
    http: reqwest::Client,
    /// For addresses of the console's cluster: a certificate that is pinned is the console's own, and no other server's.
    elsewhere: reqwest::Client,
    pen: Option<Pen>,
    pub(super) base: Url,
    pub(super) user: String,
    pub(super) password: Secret,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) login: Mutex<LoginState>,
    /// The console's clock ahead of ours, as its last answer showed.
    skew: std::sync::Mutex<Option<TimeDelta>>,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console").field("base", &self.base.as_str()).field("user", &self.user).finish_non_exhaustive()
    }
}

impl Console {
    /// Contacts nobody yet.
    pub(crate) fn new(spec: ConsoleSpec, password: Secret, clock: Arc<dyn Clock>) -> Result<Self, ConsoleError> {
        let base = parse_address(&spec.base_url)?;
        let builder = || {
            let http = reqwest::Client::builder()
                .user_agent(USER_AGENT)
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(IDLE_TIMEOUT)
                .redirect(reqwest::redirect::Policy::none())
                .gzip(true);
            if is_loopback(&base) { http.no_proxy() } else { http }
        };
        let bad = || ConsoleError::BadCertificate { host: host_of(&base) };
        let http = spec.trust.apply(builder()).ok_or_else(bad)?;
        let elsewhere = match &spec.trust {
            Trust::Pinned(_) => Trust::System.apply(builder()).ok_or_else(bad)?,
            Trust::System | Trust::ExtraCa(_) => http.clone(),
        };
        Ok(Self {
            http,
            elsewhere,
            pen: Pen::for_access(spec.access),
            base,
            user: spec.user,
            password,
            clock,
            login: Mutex::new(LoginState::Out),
            skew: std::sync::Mutex::default(),
        })
    }

    /// What a call that writes is described with; refused where the profile is read-only.
    pub(super) fn pen(&self) -> Result<&Pen, ConsoleError> {
        self.pen.as_ref().ok_or_else(|| ConsoleError::ReadOnly { host: self.host() })
    }

    /// Who carries a request to an address that the console named.
    pub(super) fn http_for(&self, url: &Url) -> &reqwest::Client {
        if url.origin() == self.base.origin() { &self.http } else { &self.elsewhere }
    }

    /// Host and port, for messages.
    pub(crate) fn host(&self) -> String {
        host_of(&self.base)
    }

    /// The user this console is asked as.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// A call whose answer is JSON, or nothing at all.
    pub(super) async fn ask(&self, ctx: &Ctx, call: Call) -> Result<Envelope, ConsoleError> {
        let act = call.act;
        match self.answer(ctx, call).await? {
            Answer::Json(envelope) => Ok(*envelope),
            Answer::Empty => Ok(Envelope { act, status: 200, ..Envelope::default() }),
            Answer::File(_) => Err(ConsoleError::BadAnswer { act, status: 200, why: "a file" }),
        }
    }

    /// A call with a token: renewed once when the console says it ran out (code 10405), and never more often.
    pub(super) async fn answer(&self, ctx: &Ctx, call: Call) -> Result<Answer, ConsoleError> {
        if call.auth != Auth::Token {
            return self.send(ctx, &call, None).await;
        }
        let token = self.token(ctx, None).await?;
        match self.send(ctx, &call, Some(&token)).await {
            Err(ConsoleError::LoginExpired(_)) => {
                let fresh = self.token(ctx, Some(&token)).await?;
                self.send(ctx, &call, Some(&fresh)).await
            }
            other => other,
        }
    }

    /// One request and its answer, judged. Safe to send again only where the caller knows it is.
    pub(super) async fn send(&self, ctx: &Ctx, call: &Call, token: Option<&Token>) -> Result<Answer, ConsoleError> {
        let exchange = self.exchange_patiently(call, token);
        let reply = tokio::select! {
            biased;
            () = ctx.cancel.cancelled() => return Err(Cancelled.into()),
            reply = exchange => reply?,
        };
        let mut hide = vec![self.password.reveal()];
        hide.extend(token.map(|token| token.text.reveal()));
        hide.extend(secrets_in(&call.body));
        // A key of many lines may come back as one of them.
        hide.extend(
            call.hide.iter().flat_map(|secret| std::iter::once(secret.reveal()).chain(secret.reveal().lines())),
        );
        envelope::read(call.act, &reply, &hide)
    }

    /// A short read whose connection broke off is made again: it changes nothing, and most breaks pass. All else is the
    /// caller's to look after.
    async fn exchange_patiently(&self, call: &Call, token: Option<&Token>) -> Result<Reply, ConsoleError> {
        let is_short_read = call.method == reqwest::Method::GET && call.wait == Wait::Short;
        let mut pauses = PAUSES.iter().filter(|_| is_short_read);
        loop {
            let reply = self.exchange(call, token).await;
            let broke_off = matches!(reply, Err(ConsoleError::Unreachable { why: Silence::CutOff, .. }));
            match pauses.next().filter(|_| broke_off) {
                Some(pause) => self.clock.sleep(*pause).await,
                None => return reply,
            }
        }
    }

    async fn exchange(&self, call: &Call, token: Option<&Token>) -> Result<Reply, ConsoleError> {
        let mut url = self.url(call);
        for _ in 0..REDIRECT_LIMIT {
            let request = self.request(call, url.clone(), token)?.send();
            let answer = moment::around(call.act, request).await.map_err(|e| broken(&url, &e))?;
            self.note_clock(answer.headers());
            if !answer.status().is_redirection() {
                return receive(&url, answer).await;
            }
            let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| url.join(to).ok());
            let Some(to) = to else {
                return Err(ConsoleError::NotRainbond { host: host_of(&url), status: answer.status().as_u16() });
            };
            // A POST that follows a redirect turns into a GET, and a token goes to its own host only.
            if call.method != reqwest::Method::GET || to.origin() != url.origin() {
                return Err(ConsoleError::Moved { host: host_of(&url), to: shown(&to) });
            }
            url = to;
        }
        Err(ConsoleError::Moved { host: host_of(&url), to: shown(&url) })
    }

    /// How far the console's clock is ahead of ours, to the second; none before the first answer.
    pub(crate) fn clock_skew(&self) -> Option<TimeDelta> {
        *self.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_clock(&self, headers: &HeaderMap) {
        let date = headers.get(DATE).and_then(|date| date.to_str().ok());
        if let Some(there) = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()) {
            let ahead = there.with_timezone(&Utc) - self.clock.now();
            *self.skew.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        }
    }

    fn url(&self, call: &Call) -> Url {
        let mut url = call.at.clone().unwrap_or_else(|| {
            let mut url = self.base.clone();
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().push("console").extend(&call.path);
            }
            url
        });
        if !call.query.is_empty() || call.scope.is_some() {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(&call.query);
            if let Some(scope) = &call.scope {
                query.append_pair("region_name", &scope.region);
            }
        }
        url
    }

    fn request(&self, call: &Call, url: Url, token: Option<&Token>) -> Result<reqwest::RequestBuilder, ConsoleError> {
        let mut request = self.http_for(&url).request(call.method.clone(), url).timeout(call.wait.time());
        if let Some(scope) = &call.scope {
            // Three ways: consoles up to v5.2 read only headers and cookies, some servers drop headers (protocol.md §1.5).
            for (name, value) in [(REGION_HEADER, &scope.region), (TEAM_HEADER, &scope.team.0)] {
                if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                    request = request.header(name, value);
                }
            }
        }
        let cookies = call.scope.as_ref().map(|scope| format!("team={}; region_name={}", scope.team, scope.region));
        if let Some(Ok(value)) = cookies.map(|text| HeaderValue::from_str(&text)) {
            request = request.header(COOKIE, value);
        }
        let token = match call.auth {
            Auth::Token => token.map(|token| token.text.reveal()),
            Auth::Anonymous => None,
            Auth::Garbage => Some("not.a.token"),
        };
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, authorization(token)?);
        }
        Ok(match &call.body {
            Body::None => request,
            Body::Json(value) => request.json(value),
            Body::Form(fields) => request.form(fields),
            Body::File { texts, name, bytes } => {
                let part = reqwest::multipart::Part::stream_with_length(bytes.clone(), bytes.len() as u64);
                let form = texts
                    .iter()
                    .fold(reqwest::multipart::Form::new(), |form, (key, value)| form.text(*key, value.clone()));
                request.multipart(form.part("file", part.file_name(name.clone())))
            }
        })
    }
}

/// The answer, whole; `url` is whom it was asked of.
pub(super) async fn receive(url: &Url, mut answer: reqwest::Response) -> Result<Reply, ConsoleError> {
    let status = answer.status().as_u16();
    let content_type = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    let mut body = bytes::BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| broken(url, &e))? {
        if body.len() + chunk.len() > ANSWER_LIMIT_BYTES {
            return Err(ConsoleError::BadAnswer { act: "read the answer", status, why: "it does not end" });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, content_type, body: body.freeze() })
}

pub(super) fn authorization(token: &str) -> Result<HeaderValue, ConsoleError> {
    let bad = |_| ConsoleError::BadAnswer { act: "log in", status: 200, why: "its token is no token" };
    let mut value = HeaderValue::from_str(&format!("GRJWT {token}")).map_err(bad)?;
    value.set_sensitive(true);
    Ok(value)
}

/// What a failed exchange means, found by walking down its causes.
pub(crate) fn broken(url: &Url, error: &reqwest::Error) -> ConsoleError {
    let host = host_of(url);
    if let Some(OtherCertificate { pinned, shown }) = find_cause(error, &trust::other_certificate) {
        return ConsoleError::CertificateChanged { host, pinned: pinned.to_string(), shown: shown.to_string() };
    }
    if let Some(why) = tls_cause(error) {
        return ConsoleError::Tls { host, why };
    }
    let why = match (error.is_timeout(), error.is_connect()) {
        (true, true) => Silence::TimedOut,
        (true, false) => Silence::NoAnswer,
        (false, _) => silence(error),
    };
    ConsoleError::Unreachable { host, why }
}

/// The certificate an address shows, believed or not, so that a user can compare and pin it. Sends nothing over it.
pub(crate) async fn shown_certificate(ctx: &Ctx, address: &str) -> Result<Option<Fingerprint>, ConsoleError> {
    let base = parse_address(address)?;
    let bad = |_| ConsoleError::BadCertificate { host: host_of(&base) };
    let pin = Pin::new(None);
    let config = trust::config(pin.clone()).map_err(bad)?;
    let http = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).tls_backend_preconfigured(config);
    let http = http.build().map_err(|_| ConsoleError::BadCertificate { host: host_of(&base) })?;
    tokio::select! {
        biased;
        () = ctx.cancel.cancelled() => return Err(Cancelled.into()),
        // Ends in the handshake: nothing is believed.
        _ = http.get(base.clone()).timeout(CONNECT_TIMEOUT * 2).send() => {}
    }
    Ok(pin.seen())
}

/// Texts in a body that an answer might echo.
fn secrets_in(body: &Body) -> Vec<&str> {
    match body {
        Body::Json(value) => {
            ["secret_key", "access_key", "password"].iter().filter_map(|key| value.get(key)?.as_str()).collect()
        }
        Body::None | Body::Form(_) | Body::File { .. } => Vec::new(),
    }
}

pub(super) fn parse_address(address: &str) -> Result<Url, ConsoleError> {
    let bad = |why| {
        // What is before an @ may be a password.
        let shown = address.rsplit('@').next().unwrap_or_default().to_owned();
        Err(ConsoleError::BadAddress { address: shown, why })
    };
    let Ok(mut url) = Url::parse(address.trim()) else { return bad("it is no URL") };
    if !matches!(url.scheme(), "http" | "https") {
        return bad("it must start with http:// or https://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return bad("it names no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad("it must not hold a user or password");
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Scheme, host, port and path: no query, which may hold a token.
pub(super) fn shown(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), host_of(url), url.path())
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Plain HTTP to another computer.
pub(crate) fn can_be_read_on_the_way(address: &str) -> bool {
    parse_address(address).is_ok_and(|url| url.scheme() == "http" && !is_loopback(&url))
}

/// Visits an error and all its causes, also those wrapped in `io::Error`, which `source` skips.
fn find_cause<T>(error: &(dyn Error + 'static), look: &dyn Fn(&(dyn Error + 'static)) -> Option<T>) -> Option<T> {
    if let Some(found) = look(error) {
        return Some(found);
    }
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    if let Some(found) = inner.and_then(|inner| find_cause(inner, look)) {
        return Some(found);
    }
    error.source().and_then(|source| find_cause(source, look))
}

fn tls_cause(error: &reqwest::Error) -> Option<String> {
    find_cause(error, &|cause| cause.downcast_ref::<rustls::Error>().map(ToString::to_string))
}

fn silence(error: &reqwest::Error) -> Silence {
    use std::io::ErrorKind;
    let kind = find_cause(error, &|cause| {
        let kind = cause.downcast_ref::<std::io::Error>()?.kind();
        match kind {
            ErrorKind::ConnectionRefused => Some(Silence::Refused),
            ErrorKind::TimedOut => Some(Silence::TimedOut),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::UnexpectedEof => {
                Some(Silence::CutOff)
            }
            _ => None,
        }
    });
    // hyper-util has no public type for a failed look-up, only these words.
    let dns = || find_cause(error, &|cause| cause.to_string().starts_with("dns error").then_some(Silence::NoSuchHost));
    kind.or_else(dns).unwrap_or(if error.is_connect() { Silence::Unknown } else { Silence::CutOff })
}
