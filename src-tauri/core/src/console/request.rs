//! One call to a console, described: where, with what, how long to wait. Sends nothing.

use super::client::{Access, Scope};
use crate::secret::Secret;
use crate::silence::patience;
use bytes::Bytes;
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// How long an answer may take. A console waits 30 s for its region (`www/apiclient/regionapibaseclient.py`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Reads.
    Short,
    /// What makes the console call its region many times.
    Long,
    /// The poll that saves a restored app: minutes (protocol.md §8.3).
    Restore,
    /// The poll that saves an imported template: its region fetches the whole package first (rebuild.md §3.4).
    Import,
}

impl Wait {
    pub(super) fn time(self) -> Duration {
        patience(Duration::from_secs(match self {
            Self::Short => 60,
            Self::Long => 5 * 60,
            Self::Restore | Self::Import => 15 * 60,
        }))
    }
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    None,
    Json(Value),
    Form(Vec<(&'static str, String)>),
    /// A form: its texts, then one part named `file`.
    File {
        texts: Vec<(&'static str, String)>,
        name: String,
        bytes: Bytes,
    },
}

/// Whether a call carries a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Auth {
    Token,
    Anonymous,
    /// A token that cannot be good, to see how a console refuses it (era.rs).
    Garbage,
}

#[derive(Clone, Debug)]
pub(super) struct Call {
    /// What is asked, as the end of "could not …".
    pub act: &'static str,
    pub method: Method,
    /// Below `/console/`, each part escaped by the client.
    pub path: Vec<String>,
    /// A whole address instead of `path`: an upload goes where the console says.
    pub at: Option<Url>,
    pub query: Vec<(&'static str, String)>,
    pub scope: Option<Scope>,
    pub body: Body,
    pub wait: Wait,
    pub auth: Auth,
    /// What must not come back in what the platform says.
    pub hide: Vec<Secret>,
}

/// The path of something below a component.
pub(super) fn of_component<'a>(scope: &'a Scope, alias: &'a str, what: &'a str) -> [&'a str; 5] {
    ["teams", scope.team.as_str(), "apps", alias, what]
}

/// Leave to change something on a console: a call that writes cannot be described without it, and the client of a profile that
/// is read-only has none to lend.
#[derive(Debug)]
pub(super) struct Pen(());

impl Pen {
    /// None where nothing may be changed.
    pub(super) fn for_access(access: Access) -> Option<Self> {
        match access {
            Access::Full => Some(Self(())),
            Access::ReadOnly => None,
        }
    }
}

impl Call {
    fn new(act: &'static str, method: Method, path: &[&str]) -> Self {
        Self {
            act,
            method,
            path: path.iter().map(|&part| part.to_owned()).collect(),
            at: None,
            query: Vec::new(),
            scope: None,
            body: Body::None,
            wait: Wait::Short,
            auth: Auth::Token,
            hide: Vec::new(),
        }
    }

    /// To a whole address; who may see a token there is the client's to say.
    pub(super) fn at(mut self, url: Url, auth: Auth) -> Self {
        (self.at, self.auth) = (Some(url), auth);
        self
    }

    pub(super) fn get(act: &'static str, path: &[&str]) -> Self {
        Self::new(act, Method::GET, path)
    }

    /// A question that the platform wants as a POST: it changes nothing.
    pub(super) fn asking(act: &'static str, path: &[&str], body: Body) -> Self {
        Self { body, ..Self::new(act, Method::POST, path) }
    }

    pub(super) fn writing(_: &Pen, act: &'static str, method: Method, path: &[&str]) -> Self {
        Self::new(act, method, path)
    }

    pub(super) fn post(pen: &Pen, act: &'static str, path: &[&str], body: Value) -> Self {
        Self { body: Body::Json(body), ..Self::writing(pen, act, Method::POST, path) }
    }

    pub(super) fn put(pen: &Pen, act: &'static str, path: &[&str], body: Value) -> Self {
        Self { body: Body::Json(body), ..Self::writing(pen, act, Method::PUT, path) }
    }

    /// The console reads ids from the body of a DELETE (recording 550; in the query they are ignored, 552).
    pub(super) fn delete(pen: &Pen, act: &'static str, path: &[&str], body: Value) -> Self {
        Self { body: Body::Json(body), ..Self::writing(pen, act, Method::DELETE, path) }
    }

    pub(super) fn within(mut self, scope: &Scope) -> Self {
        self.scope = Some(scope.clone());
        self
    }

    pub(super) fn query(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    pub(super) fn wait(mut self, wait: Wait) -> Self {
        self.wait = wait;
        self
    }

    pub(super) fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    pub(super) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    pub(super) fn hiding<'a>(mut self, secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        self.hide.extend(secrets.into_iter().cloned());
        self
    }
}
