//! One line for whatever a call gave, for the table of expected outcomes.

use super::super::envelope::{Answer, Envelope};
use super::super::packages::BackupRecord;
use super::super::restore::RestoreRecord;
use super::super::{App, Component, ConsoleError, Me};
use serde_json::Value;

pub(super) fn outcome<T>(result: Result<T, ConsoleError>, say: impl FnOnce(T) -> String) -> String {
    match result {
        Ok(value) => format!("ok {}", say(value)).trim_end().to_owned(),
        Err(error) => failure(&error),
    }
}

fn failure(error: &ConsoleError) -> String {
    let debug = format!("{error:?}");
    let variant = debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    assert_harmless(&debug);
    assert_harmless(&error.to_string());
    format!("err {variant} | {error} | {}", facts(error))
}

fn facts(error: &ConsoleError) -> String {
    let debug = format!("{error:?}");
    let field = |name: &str| {
        let from = debug.find(&format!("{name}: "))? + name.len() + 2;
        let text = &debug[from..];
        let end = if text.starts_with("Some(\"") { text.find("\")")? + 2 } else { text.find([',', ' ', '}'])? };
        Some(text[..end].to_owned())
    };
    ["status", "code", "said"]
        .iter()
        .filter_map(|name| Some(format!("{name}={}", field(name)?)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Nothing that must not be shown, whatever the console said.
pub(super) fn assert_harmless(text: &str) {
    for secret in [
        "Traceback",
        "site-packages",
        "eyJ",
        "SKFAKE",
        "AKFAKE",
        "127.0.0.1:188",
        "port=188",
        "/v2/tenants",
        "Passw0rd",
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

pub(super) fn me(me: &Me) -> String {
    let teams: Vec<String> = me
        .teams
        .iter()
        .map(|team| {
            let regions: Vec<&str> = team.regions.iter().map(|region| region.name.as_str()).collect();
            format!("{}({}; {} apps with rights)", team.alias, regions.join("+"), team.rights.len())
        })
        .collect();
    format!("{} admin={} teams: {}", me.user_name, me.is_enterprise_admin, teams.join(", "))
}

pub(super) fn apps(apps: &[App]) -> String {
    let rows: Vec<String> =
        apps.iter().map(|app| format!("{}#{} {}", app.name, app.id(), app.state).trim().to_owned()).collect();
    format!("{} apps: {}", apps.len(), rows.join(", "))
}

pub(super) fn components(rows: &[Component]) -> String {
    let said: Vec<String> = rows.iter().map(|c| format!("{} {:?}", c.service_cname, c.state())).collect();
    format!("{} components: {}", rows.len(), said.join(", "))
}

pub(super) fn backup(record: &BackupRecord) -> String {
    let package = record.package_name().map_or("no package", |_| "package");
    format!(
        "#{} v{} {:?} {} {} bytes, {package}, app {}",
        record.id,
        record.version,
        record.state(),
        record.mode,
        record.backup_size,
        record.group_id
    )
}

pub(super) fn backups(records: &[BackupRecord]) -> String {
    let rows: Vec<String> = records.iter().map(backup).collect();
    format!("{} backups: {}", records.len(), rows.join("; "))
}

pub(super) fn restore(record: &RestoreRecord) -> String {
    format!(
        "{:?} {} into app {} of {}, from app {}",
        record.state(),
        record.migrate_type,
        record.app(),
        record.migrate_region,
        record.original_group_id
    )
}

/// What the envelope layer makes of an answer that no call of ours asks for.
pub(super) fn envelope(answer: Answer) -> String {
    match answer {
        Answer::Empty => "empty".to_owned(),
        Answer::File(bytes) => format!("file of {} bytes", bytes.len()),
        Answer::Json(envelope) => {
            let Envelope { code, bean, list, extra, .. } = *envelope;
            let code = code.map_or("none".to_owned(), |code| code.to_string());
            let extra: Vec<&str> = extra.keys().map(String::as_str).collect();
            format!("envelope code {code}, bean {}, list {}, extra [{}]", shape(&bean), shape(&list), extra.join(" "))
        }
    }
}

fn shape(value: &Value) -> String {
    match value {
        Value::Null => "absent".to_owned(),
        Value::Bool(_) => "flag".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(rows) => format!("of {}", rows.len()),
        Value::Object(fields) => format!("with {} keys", fields.len()),
    }
}
