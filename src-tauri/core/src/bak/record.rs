//! The record inside a ticket: eleven fields every console insists on, seven more it writes, and whatever else a file carries.

use super::{TicketError, json};
use serde_json::{Map, Value};

/// Where the platform says the package is. What it means for keys: console/era.rs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mode {
    /// "Cloud" backup.
    FullOnline,
    /// "Local" backup.
    FullOffline,
}

impl Mode {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::FullOnline => "full-online",
            Self::FullOffline => "full-offline",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "full-online" => Some(Self::FullOnline),
            "full-offline" => Some(Self::FullOffline),
            _ => None,
        }
    }
}

/// One backup as the console knows it (`groupapp_backup`, protocol.md §4.1). `Option` marks what the reader can do without.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TicketRecord {
    pub id: Option<i64>,
    pub group_id: Option<i64>,
    pub event_id: Option<String>,
    pub group_uuid: Option<String>,
    pub version: String,
    pub backup_id: String,
    pub team_id: Option<String>,
    pub user: String,
    pub region: Option<String>,
    pub status: String,
    pub note: String,
    pub mode: String,
    pub source_dir: String,
    pub backup_size: u64,
    pub create_time: Option<String>,
    pub total_memory: i64,
    pub backup_server_info: String,
    pub source_type: String,
    /// Keys we do not know, in the order they came.
    pub rest: Map<String, Value>,
}

impl TicketRecord {
    pub(crate) fn from_json(text: &str) -> Result<Self, TicketError> {
        let mut rest: Map<String, Value> = crate::json::from_str(text).map_err(TicketError::NotARecord)?;
        let from = &mut rest;
        Ok(Self {
            id: whole(from, "ID"),
            group_id: whole(from, "group_id"),
            event_id: text_of(from, "event_id"),
            group_uuid: text_of(from, "group_uuid"),
            version: must(text_of(from, "version"), "version")?,
            backup_id: must(text_of(from, "backup_id"), "backup_id")?,
            team_id: text_of(from, "team_id"),
            user: must(text_of(from, "user"), "user")?,
            region: text_of(from, "region"),
            status: must(text_of(from, "status"), "status")?,
            note: must(text_of(from, "note"), "note")?,
            mode: must(text_of(from, "mode"), "mode")?,
            source_dir: must(text_of(from, "source_dir"), "source_dir")?,
            backup_size: must(whole(from, "backup_size").and_then(|n| u64::try_from(n).ok()), "backup_size")?,
            create_time: text_of(from, "create_time"),
            total_memory: must(whole(from, "total_memory"), "total_memory")?,
            backup_server_info: must(text_of(from, "backup_server_info"), "backup_server_info")?,
            source_type: must(text_of(from, "source_type"), "source_type")?,
            rest,
        })
    }

    /// The text as the console writes it: its keys in its order, ours behind.
    pub(crate) fn to_json(&self) -> String {
        let mut all = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                all.insert(key.to_owned(), value);
            }
        };
        put("ID", self.id.map(Value::from));
        put("group_id", self.group_id.map(Value::from));
        put("event_id", self.event_id.clone().map(Value::from));
        put("group_uuid", self.group_uuid.clone().map(Value::from));
        put("version", Some(self.version.clone().into()));
        put("backup_id", Some(self.backup_id.clone().into()));
        put("team_id", self.team_id.clone().map(Value::from));
        put("user", Some(self.user.clone().into()));
        put("region", self.region.clone().map(Value::from));
        put("status", Some(self.status.clone().into()));
        put("note", Some(self.note.clone().into()));
        put("mode", Some(self.mode.clone().into()));
        put("source_dir", Some(self.source_dir.clone().into()));
        put("backup_size", Some(self.backup_size.into()));
        put("create_time", self.create_time.clone().map(Value::from));
        put("total_memory", Some(self.total_memory.into()));
        put("backup_server_info", Some(self.backup_server_info.clone().into()));
        put("source_type", Some(self.source_type.clone().into()));
        for (key, value) in &self.rest {
            put(key, Some(value.clone()));
        }
        json::dumps(&Value::Object(all))
    }

    /// The record as a target console must see it: finished, of the mode its region wants (protocol.md §5.3, §7.1).
    ///
    /// `source_type` must not be empty: the region's `backupcopy` refuses that.
    pub(crate) fn for_delivery(mut self, mode: Mode) -> Result<Self, TicketError> {
        if self.status == "failed" || !self.source_dir.ends_with(".zip") {
            return Err(TicketError::NoPackage { backup_id: self.backup_id, status: self.status });
        }
        "success".clone_into(&mut self.status);
        mode.as_str().clone_into(&mut self.mode);
        "local".clone_into(&mut self.source_type);
        self.backup_server_info.clear();
        Ok(self)
    }

    /// The package's file name: the last part of `source_dir`, which names it in every store (protocol.md §4.1).
    pub(crate) fn package_name(&self) -> &str {
        self.source_dir.rsplit('/').next().unwrap_or_default()
    }
}

fn must<T>(value: Option<T>, key: &'static str) -> Result<T, TicketError> {
    value.ok_or(TicketError::MissingField { key })
}

/// Takes a text out of the map; leaves what is of another kind among the rest.
fn text_of(from: &mut Map<String, Value>, key: &str) -> Option<String> {
    let text = from.get(key)?.as_str()?.to_owned();
    from.shift_remove(key);
    Some(text)
}

/// Takes a whole number out of the map, also one spelt as text.
fn whole(from: &mut Map<String, Value>, key: &str) -> Option<i64> {
    let value = from.get(key)?;
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())?;
    from.shift_remove(key);
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> TicketRecord {
        TicketRecord {
            backup_id: "b".into(),
            status: "success".into(),
            mode: "full-offline".into(),
            source_dir: "/grdata/groupbackup/u_20240102030405.zip".into(),
            backup_server_info: "sftp".into(),
            ..TicketRecord::default()
        }
    }

    #[test]
    fn a_delivered_record_is_finished_and_of_the_chosen_mode() {
        let made = record().for_delivery(Mode::FullOnline).unwrap();
        assert_eq!((made.status.as_str(), made.mode.as_str()), ("success", "full-online"));
        assert_eq!((made.source_type.as_str(), made.backup_server_info.as_str()), ("local", ""));
        assert_eq!(made.package_name(), "u_20240102030405.zip");
    }

    #[test]
    fn a_backup_without_a_package_makes_no_ticket() {
        let failed = TicketRecord { status: "failed".into(), ..record() };
        assert!(matches!(failed.for_delivery(Mode::FullOnline), Err(TicketError::NoPackage { .. })));
        let running = TicketRecord { source_dir: "/grdata/groupbackup/u_1".into(), ..record() };
        assert!(matches!(running.for_delivery(Mode::FullOnline), Err(TicketError::NoPackage { .. })));
    }

    #[test]
    fn each_of_the_eleven_fields_is_required() {
        let whole: Map<String, Value> = serde_json::from_str(&record().to_json()).unwrap();
        let required = "backup_id status version source_dir source_type mode backup_size note user total_memory backup_server_info";
        for key in required.split(' ') {
            let mut less = whole.clone();
            less.shift_remove(key);
            let read = TicketRecord::from_json(&Value::Object(less).to_string());
            assert!(matches!(read, Err(TicketError::MissingField { key: missing }) if missing == key), "{key}");
        }
    }

    #[test]
    fn unknown_keys_are_kept_in_order() {
        let text = record().to_json().replacen('}', ", \"x_client\": {\"z\": 1}, \"a\": null}", 1);
        assert_eq!(TicketRecord::from_json(&text).unwrap().to_json(), text);
    }
}
