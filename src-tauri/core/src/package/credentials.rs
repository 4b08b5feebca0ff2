//! Finds what looks like a credential in an app, so that it is masked and its owner is warned. Says where, never what.

use super::model::{AppModel, ComponentModel, EnvValue};
use super::row::Row;
use crate::secret::Secret;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    Variable,
    ConfigFile,
    ConfigGroup,
    /// A registry's or repository's user and password, stored in clear (protocol.md §6.4).
    BuildSource,
    /// `service_auths`.
    Account,
}

/// Where a credential lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credential {
    pub kind: CredentialKind,
    /// Component by its display name; none for a config group.
    pub component: Option<String>,
    /// Variable, file or item.
    pub place: String,
}

/// Parts of names that give a secret away.
const TELLING: [&str; 13] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "credential",
    "private_key",
    "privatekey",
    "access_key",
    "accesskey",
    "api_key",
    "apikey",
];

fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    TELLING.iter().any(|part| name.contains(part)) || name.ends_with("_pass") || name == "pass"
}

/// `scheme://user:password@host`
fn holds_login(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let host = rest.split(['/', ' ', '"', '\'']).next().unwrap_or_default();
        host.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    })
}

pub(super) fn env_value(name: &str, value: String) -> EnvValue {
    if !value.is_empty() && (is_telling(name) || holds_login(&value)) {
        EnvValue::Masked(Secret::new(value))
    } else {
        EnvValue::Shown(value)
    }
}

/// A line such as `password = x`, `"api_key": "x"` or `secret: x`, a key in PEM, or an address with a login in it.
fn file_holds_secret(content: &str) -> bool {
    content.lines().any(|line| {
        let line = line.trim();
        let assigned = line.split_once(['=', ':']).is_some_and(|(name, value)| {
            is_telling(name.trim().trim_matches(['"', '\''])) && !value.trim_matches([' ', '"', '\'', ',']).is_empty()
        });
        assigned || holds_login(line) || line.contains("PRIVATE KEY-----")
    })
}

pub(super) fn find(app: &AppModel) -> Vec<Credential> {
    let mut found: Vec<Credential> = app.components.iter().flat_map(of_component).collect();
    for group in &app.config_groups {
        let telling = group.items.iter().filter(|(name, value)| is_telling(name) || holds_login(value.reveal()));
        found.extend(telling.map(|(name, _)| Credential {
            kind: CredentialKind::ConfigGroup,
            component: None,
            place: format!("{}: {name}", group.name),
        }));
    }
    found
}

fn of_component(component: &ComponentModel) -> Vec<Credential> {
    let at = |kind, place: &str| Credential { kind, component: Some(component.cname.clone()), place: place.to_owned() };
    let mut found = Vec::new();
    let masked = component.envs.iter().filter(|env| env.value.is_masked());
    found.extend(masked.map(|env| at(CredentialKind::Variable, &env.name)));
    let files = component.config_files.iter().filter(|file| file_holds_secret(file.content.reveal()));
    found.extend(files.map(|file| at(CredentialKind::ConfigFile, &file.name)));
    let raw = Row(&component.console_raw.0);
    if !raw.row("service_source").text("password").is_empty() {
        found.push(at(CredentialKind::BuildSource, "service_source"));
    }
    if !raw.row("service_base").text("secret").is_empty() {
        found.push(at(CredentialKind::BuildSource, "service_base"));
    }
    if holds_login(&raw.row("service_base").text("git_url")) {
        found.push(at(CredentialKind::BuildSource, "git_url"));
    }
    let accounts = raw.rows("service_auths").filter(|account| !account.text("password").is_empty());
    found.extend(accounts.map(|account| at(CredentialKind::Account, &account.text("user"))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_name_or_by_shape() {
        let check = |name: &str, value: &str, masked: bool| {
            assert_eq!(env_value(name, value.to_owned()).is_masked(), masked, "{name}={value}");
        };
        check("MYSQL_ROOT_PASSWORD", "x", true);
        check("DB_PASS", "x", true);
        check("ACCESS-KEY", "x", true);
        check("DATABASE_URL", "mysql://root:x@db:3306/shop", true);
        check("DATABASE_URL", "mysql://db:3306/shop", false);
        check("PASSWORD", "", false);
        check("DB_HOST", "db", false);
        check("COMPASS", "north", false);
    }

    #[test]
    fn config_files_are_searched_line_by_line() {
        assert!(file_holds_secret("host = db\npassword = x\n"));
        assert!(file_holds_secret("{\n  \"api_key\": \"x\",\n}"));
        assert!(file_holds_secret("-----BEGIN RSA PRIVATE KEY-----"));
        assert!(!file_holds_secret("password =\nserver { listen 80; }"));
    }
}
