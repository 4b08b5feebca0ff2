//! The console's metadata, mended for another console. Consoles make rows of it key by key, and fail on a key they do not
//! know (protocol.md §8.7); links to components that are not there they keep (§8.6).

use super::error::RepairError;
use super::recipe::{CONSOLE_FILE, Recipe};
use serde_json::{Map, Value};

/// A key of a component's rows: `service_base.arch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MetadataKey {
    pub table: String,
    pub key: String,
}

impl MetadataKey {
    /// `table.key`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (table, key) = text.split_once('.')?;
        Some(Self { table: table.to_owned(), key: key.to_owned() })
    }
}

/// Where a component names others, and under which key.
const LINKS: [&str; 2] = ["service_relation", "service_mnts"];
const LINKED: &str = "dep_service_id";

/// The file as the target's console can take it; `None` where nothing has to change.
pub(crate) fn mend_console(file: &[u8], recipe: &Recipe) -> Result<Option<Vec<u8>>, RepairError> {
    let broken = |source| RepairError::Metadata { name: CONSOLE_FILE.to_owned(), source };
    let before: Value = crate::json::from_slice(file).map_err(broken)?;
    let mut value = before.clone();
    let ids = ids(&value);
    for app in value.get_mut("apps").and_then(Value::as_array_mut).into_iter().flatten() {
        for MetadataKey { table, key } in &recipe.drop_keys {
            tables(app, table).into_iter().for_each(|row| drop(row.shift_remove(key)));
        }
        if recipe.drop_relations {
            drop_links(app, &ids);
        }
    }
    if value == before {
        return Ok(None);
    }
    serde_json::to_vec(&value).map(Some).map_err(broken)
}

fn drop_links(app: &mut Value, ids: &[String]) {
    for table in LINKS {
        if let Some(rows) = app.get_mut(table).and_then(Value::as_array_mut) {
            rows.retain(|row| !leads_outside(row, ids));
        }
    }
}

fn leads_outside(row: &Value, ids: &[String]) -> bool {
    row.get(LINKED).and_then(Value::as_str).is_some_and(|id| !ids.iter().any(|known| known == id))
}

/// A component's rows of a table: one object, or many.
fn tables<'a>(app: &'a mut Value, table: &str) -> Vec<&'a mut Map<String, Value>> {
    match app.get_mut(table) {
        Some(Value::Object(row)) => vec![row],
        Some(Value::Array(rows)) => rows.iter_mut().filter_map(Value::as_object_mut).collect(),
        _ => Vec::new(),
    }
}

fn ids(value: &Value) -> Vec<String> {
    let id = |app: &Value| {
        let own = app.get("component_id").and_then(Value::as_str).filter(|id| !id.is_empty());
        own.or_else(|| app.get("service_base")?.get("service_id")?.as_str()).map(str::to_owned)
    };
    apps(value).filter_map(id).collect()
}

fn apps(value: &Value) -> impl Iterator<Item = &Value> {
    value.get("apps").and_then(Value::as_array).into_iter().flatten()
}

/// How many links lead to components that the app does not hold.
pub(crate) fn foreign_relations(console: &Value) -> usize {
    let ids = ids(console);
    let rows = apps(console).flat_map(|app| LINKS.iter().filter_map(|table| app.get(*table)?.as_array()).flatten());
    rows.filter(|row| leads_outside(row, &ids)).count()
}

/// Those of some keys that a package's metadata has.
pub(crate) fn present_keys(console: &Value, keys: &[&str]) -> Vec<String> {
    let has = |app: &Value, table: &str, key: &str| match app.get(table) {
        Some(Value::Object(row)) => row.contains_key(key),
        Some(Value::Array(rows)) => rows.iter().any(|row| row.get(key).is_some()),
        _ => false,
    };
    let present = |text: &&&str| {
        MetadataKey::parse(text).is_some_and(|key| apps(console).any(|app| has(app, &key.table, &key.key)))
    };
    keys.iter().filter(present).map(|key| (*key).to_owned()).collect()
}
