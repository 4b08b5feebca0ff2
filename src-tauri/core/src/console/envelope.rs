//! Reads the console's answers: what is a success, what is an error and which, what it said.
//!
//! Success is HTTP 2xx and a `code` that is absent or 2xx; neither alone is enough (recordings 305, 825). Nothing is
//! assumed to be there (recorded/README.md 1-6).

use super::error::{ConsoleError, Refusal};
use super::redact::{is_traceback, quotable};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// An answer as it came in.
#[derive(Debug)]
pub(super) struct Reply {
    pub status: u16,
    pub content_type: String,
    pub body: Bytes,
}

/// A successful answer with JSON in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Envelope {
    pub act: &'static str,
    pub status: u16,
    pub code: Option<i64>,
    pub bean: Value,
    /// Rows mostly; an object in app status (recording 252).
    pub list: Value,
    /// `total` and whatever else stands beside bean and list.
    pub extra: Map<String, Value>,
}

/// A successful answer of any kind.
#[derive(Debug)]
pub(super) enum Answer {
    Json(Box<Envelope>),
    /// 2xx without a body (recording 406).
    Empty,
    /// A download (recording 600).
    File(Bytes),
}

impl Envelope {
    /// The rows of the list; none where the list is missing or is an object.
    pub(super) fn rows(&self) -> &[Value] {
        self.list.as_array().map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn rows_as<T: DeserializeOwned>(&self) -> Result<Vec<T>, ConsoleError> {
        self.rows().iter().map(|row| self.typed(row)).collect()
    }

    pub(super) fn bean_as<T: DeserializeOwned>(&self) -> Result<T, ConsoleError> {
        self.typed(&self.bean)
    }

    pub(super) fn typed<T: DeserializeOwned>(&self, value: &Value) -> Result<T, ConsoleError> {
        serde_json::from_value(value.clone()).map_err(|_| self.bad("a row lacks what identifies it"))
    }

    /// The number of rows on all pages: beside the list (540), in the bean (240), or as `total_count` (210).
    pub(super) fn total(&self) -> Option<usize> {
        let places = [
            self.extra.get("total"),
            self.bean.get("total"),
            self.bean.get("total_count"),
            self.extra.get("total_count"),
        ];
        places.into_iter().flatten().find_map(Value::as_u64).and_then(|n| usize::try_from(n).ok())
    }

    pub(super) fn bad(&self, why: &'static str) -> ConsoleError {
        ConsoleError::BadAnswer { act: self.act, status: self.status, why }
    }
}

/// Judges an answer. `hide` lists texts that must not show up in what the platform said.
pub(super) fn read(act: &'static str, reply: &Reply, hide: &[&str]) -> Result<Answer, ConsoleError> {
    let good_status = (200..300).contains(&reply.status);
    if reply.body.is_empty() {
        return if good_status { Ok(Answer::Empty) } else { Err(refused(act, reply.status, None, None)) };
    }
    match crate::json::from_slice::<Value>(&reply.body) {
        Ok(Value::Object(body)) => read_object(act, reply.status, body, hide).map(Box::new).map(Answer::Json),
        // `/openapi` answers bare lists (recording 914).
        Ok(list @ Value::Array(_)) if good_status => {
            let envelope = Envelope { act, status: reply.status, list, ..Envelope::default() };
            Ok(Answer::Json(Box::new(envelope)))
        }
        _ if good_status && is_download(&reply.content_type) => Ok(Answer::File(reply.body.clone())),
        _ => Err(not_json(act, reply)),
    }
}

/// The same for an answer that came from nowhere; its rows are counted, so that all of it was looked at.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn judged(status: u16, content_type: &str, body: &[u8]) -> Result<(), ConsoleError> {
    let reply = Reply { status, content_type: content_type.to_owned(), body: Bytes::copy_from_slice(body) };
    match read("try", &reply, &["canary"])? {
        Answer::Json(envelope) => {
            let _ = (envelope.total(), envelope.rows().len());
            Ok(())
        }
        Answer::Empty | Answer::File(_) => Ok(()),
    }
}

fn is_download(content_type: &str) -> bool {
    content_type.starts_with("application/octet-stream")
}

/// Web pages: Django's own 404 for a path it has not (recording 308), or a proxy in front that speaks for itself.
fn not_json(act: &'static str, reply: &Reply) -> ConsoleError {
    if reply.status == 404 {
        return ConsoleError::NoSuchCall(Refusal { act, status: 404, code: None, said: None });
    }
    let why = match reply.status {
        413 => "the proxy in front says it is too large",
        502..=504 => "the proxy in front cannot reach the console",
        _ if reply.content_type.starts_with("text/html") => "a web page",
        _ => "not JSON",
    };
    ConsoleError::BadAnswer { act, status: reply.status, why }
}

fn read_object(
    act: &'static str,
    status: u16,
    mut body: Map<String, Value>,
    hide: &[&str],
) -> Result<Envelope, ConsoleError> {
    let code = body.get("code").and_then(Value::as_i64);
    let good = (200..300).contains(&status) && code.is_none_or(|code| (200..300).contains(&code));
    let data = body.shift_remove("data");
    if !good {
        return Err(judge(act, status, code, &body, data.as_ref(), hide));
    }
    match data {
        Some(Value::Object(mut data)) => {
            let bean = data.shift_remove("bean").unwrap_or_default();
            let list = data.shift_remove("list").unwrap_or_default();
            Ok(Envelope { act, status, code, bean, list, extra: data })
        }
        // No envelope at all: the object is the answer (recordings 915, 916).
        None if code.is_none() => Ok(Envelope { act, status, code, bean: Value::Object(body), ..Envelope::default() }),
        Some(list @ Value::Array(_)) => Ok(Envelope { act, status, code, list, ..Envelope::default() }),
        _ => Ok(Envelope { act, status, code, ..Envelope::default() }),
    }
}

/// Errors that mean the same whatever was asked. What depends on the call is judged by the call (`Refused`, `NotFound`).
fn judge(
    act: &'static str,
    status: u16,
    code: Option<i64>,
    body: &Map<String, Value>,
    data: Option<&Value>,
    hide: &[&str],
) -> ConsoleError {
    let said = said(body, hide);
    let refusal = Refusal { act, status, code, said };
    match (code, status) {
        // Any status: 401 from v6.8.0 on, 403 before (protocol.md B-23).
        (Some(10405), _) => ConsoleError::LoginExpired(refusal),
        (Some(10402), _) => ConsoleError::Forbidden(refusal),
        (Some(10412), 412) => ConsoleError::InstallBlocked { reasons: blocks(data, hide), said: refusal.said },
        (Some(20500), _) => ConsoleError::NameTaken(refusal),
        (Some(10411 | 10412), _) => ConsoleError::ClusterDown(refusal),
        (Some(10406 | 10413), _) => ConsoleError::ResourcesShort(refusal),
        (Some(4121), _) => ConsoleError::StatefulRunning { components: names(data, hide), said: refusal.said },
        (Some(4122), _) => ConsoleError::CustomVolumes { components: names(data, hide), said: refusal.said },
        (_, 404) if is_missing_storage(body) => ConsoleError::NoObjectStorage(refusal),
        (_, 404) => ConsoleError::NotFound(refusal),
        (_, 403) => ConsoleError::Forbidden(refusal),
        _ => ConsoleError::Refused(refusal),
    }
}

/// The one answer told apart by its words: `console/views/center_pool/groupapp_backup.py` gives it no code of its own
/// (rainbond-console v6.9.8, recordings 402 and 700; v5.17.3 402 says the same).
fn is_missing_storage(body: &Map<String, Value>) -> bool {
    body.get("msg").and_then(Value::as_str).is_some_and(|msg| msg.contains("object storage info not found"))
        || body.get("msg_show").and_then(Value::as_str).is_some_and(|msg| msg.contains("云端存储信息不存在"))
}

fn names(data: Option<&Value>, hide: &[&str]) -> Vec<String> {
    let list = data.and_then(|data| data.get("list")).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|name| quotable(name.as_str()?, hide)).collect()
}

/// The messages of the checks that block (recording 1527).
fn blocks(data: Option<&Value>, hide: &[&str]) -> Vec<String> {
    let checks = data.and_then(|data| data.get("bean")?.get("checks")).and_then(Value::as_array);
    let blocking = checks.into_iter().flatten().filter(|check| check.get("status").is_some_and(|at| at == "block"));
    blocking.filter_map(|check| quotable(check.get("message")?.as_str()?, hide)).collect()
}

/// The platform's own words: `msg_show`, else an English `msg`; `msg` may be an object with inner addresses (recording 539).
/// Where it crashed, its words are Python's (recording 104), and tell a user nothing.
fn said(body: &Map<String, Value>, hide: &[&str]) -> Option<String> {
    if body.get("msg_show").and_then(Value::as_str).is_some_and(is_traceback) {
        return None;
    }
    ["msg_show", "msg", "detail"].into_iter().find_map(|key| quotable(body.get(key)?.as_str()?, hide))
}

fn refused(act: &'static str, status: u16, code: Option<i64>, said: Option<String>) -> ConsoleError {
    let refusal = Refusal { act, status, code, said };
    match status {
        403 => ConsoleError::Forbidden(refusal),
        404 => ConsoleError::NoSuchCall(refusal),
        _ => ConsoleError::Refused(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            prop::sample::select(vec![0i64, 200, 202, 400, 4121, 10402, 10405, 10411]).prop_map(Value::from),
            "[a-z ]{0,12}".prop_map(Value::from),
            Just(json!("Traceback (most recent call last):\n  File x\nKeyError: hunter2-token")),
            Just(json!("key hunter2-token at http://10.1.2.3:8443/v2/tenants/t")),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            let key = prop::sample::select(vec!["code", "msg", "msg_show", "data", "bean", "list", "total", "detail"]);
            let fields = prop::collection::vec((key, inner.clone()), 0..6);
            let object =
                fields.prop_map(|fields| fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>());
            prop_oneof![prop::collection::vec(inner, 0..4).prop_map(Value::from), object.prop_map(Value::from)]
        })
    }

    proptest! {
        #[test]
        fn no_shape_of_answer_is_too_strange_or_tells_too_much(body in any_json(), status in 200u16..600) {
            let reply = Reply { status, content_type: "application/json".into(), body: body.to_string().into() };
            match read("try", &reply, &["hunter2-token"]) {
                Ok(Answer::Json(envelope)) => {
                    let _ = (envelope.total(), envelope.rows().len());
                    prop_assert!((200..300).contains(&status));
                }
                Ok(Answer::Empty | Answer::File(_)) => prop_assert!((200..300).contains(&status)),
                Err(error) => {
                    let text = format!("{error:?}{error}");
                    for secret in ["hunter2", "10.1.2.3", "Traceback", "/v2/"] {
                        prop_assert!(!text.contains(secret), "{}", text);
                    }
                }
            }
        }
    }

    #[test]
    fn the_constructor_that_misses_its_argument_is_no_news_to_users() {
        // B-0: v6.1.0 to v6.6.1.
        let said = "__init__() missing 1 required positional argument: 'user_id'";
        let body =
            json!({"code": 10401, "msg": said, "msg_show": format!("Traceback (most recent call last):\n{said}")});
        let reply = Reply { status: 500, content_type: "application/json".into(), body: body.to_string().into() };
        assert!(matches!(read("back up the app", &reply, &[]), Err(ConsoleError::Refused(Refusal { said: None, .. }))));
    }
}
