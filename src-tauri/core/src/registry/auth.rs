//! How a registry wants to be logged in to: what its challenge says (RFC 7235; Docker's token protocol).

use crate::secret::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer { realm: String, service: String, scope: String, is_short_of_rights: bool },
}

/// The challenges of one header, the token's first where both are offered.
pub(super) fn read(headers: &[&str]) -> Option<Challenge> {
    let mut basic = None;
    for header in headers {
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("bearer") {
            let mut fields = fields(rest);
            let mut take = |name: &str| fields.remove(name).unwrap_or_default();
            let (realm, service, scope, error) = (take("realm"), take("service"), take("scope"), take("error"));
            let is_short_of_rights = error == "insufficient_scope";
            return Some(Challenge::Bearer { realm, service, scope, is_short_of_rights });
        }
        if scheme.eq_ignore_ascii_case("basic") {
            basic = Some(Challenge::Basic);
        }
    }
    basic
}

/// `key="value",key=value`: values may hold commas and escaped quotes.
fn fields(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_start();
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.trim_matches([' ', ',']).to_ascii_lowercase();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted_value(quoted),
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after.get(..end).unwrap_or_default().trim().to_owned(), after.get(end..).unwrap_or_default())
            }
        };
        found.insert(key, value);
        rest = after;
    }
    found
}

/// What is up to the closing quote, and what follows it.
fn quoted_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, text.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

/// What a token server answers: one of the two names.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    token: Option<Secret>,
    access_token: Option<Secret>,
}

impl TokenAnswer {
    pub(super) fn token(self) -> Option<Secret> {
        self.token.or(self.access_token).filter(|token| !token.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_whatever_their_order() {
        let bearer = r#"Bearer service="registry.io", realm="https://auth.io/token",scope="repository:a/b:pull,push""#;
        let expected = Challenge::Bearer {
            realm: "https://auth.io/token".into(),
            service: "registry.io".into(),
            scope: "repository:a/b:pull,push".into(),
            is_short_of_rights: false,
        };
        assert_eq!(read(&[bearer]), Some(expected.clone()));
        assert_eq!(read(&["Basic realm=\"x\"", bearer]), Some(expected));
        assert_eq!(read(&["basic realm=x"]), Some(Challenge::Basic));
        assert_eq!(read(&["Negotiate"]), None);
        let short = read(&["Bearer realm=\"r\\\"q\",error=\"insufficient_scope\""]);
        let Some(Challenge::Bearer { realm, is_short_of_rights, .. }) = short else { panic!("{short:?}") };
        assert_eq!((realm.as_str(), is_short_of_rights), ("r\"q", true));
    }
}
