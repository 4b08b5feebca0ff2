//! Lenient looks into a JSON row: what is missing, null or of another kind is simply not there (protocol.md §6.3).

use serde_json::Value;

/// A row of either metadata file.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a>(pub &'a Value);

impl<'a> Row<'a> {
    pub(crate) fn row(self, key: &str) -> Row<'a> {
        Row(self.0.get(key).unwrap_or(&Value::Null))
    }

    pub(crate) fn is_there(self) -> bool {
        !self.0.is_null()
    }

    /// Rows of a list; null, and anything but a list, has none.
    pub(crate) fn rows(self, key: &str) -> impl Iterator<Item = Row<'a>> + use<'a> {
        self.row(key).items()
    }

    pub(crate) fn items(self) -> impl Iterator<Item = Row<'a>> + use<'a> {
        self.0.as_array().map(Vec::as_slice).unwrap_or_default().iter().map(Row)
    }

    pub(crate) fn text(self, key: &str) -> String {
        match self.row(key).0 {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
        }
    }

    /// The first of some keys that holds a text.
    pub(crate) fn first_text(self, keys: &[&str]) -> String {
        keys.iter().map(|key| self.text(key)).find(|text| !text.is_empty()).unwrap_or_default()
    }

    pub(crate) fn number(self, key: &str) -> i64 {
        match self.row(key).0 {
            Value::Number(number) => number.as_i64().unwrap_or_default(),
            Value::String(text) => text.trim().parse().unwrap_or_default(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => 0,
        }
    }

    pub(crate) fn size(self, key: &str) -> u64 {
        u64::try_from(self.number(key)).unwrap_or_default()
    }

    pub(crate) fn flag(self, key: &str) -> bool {
        match self.row(key).0 {
            Value::Bool(flag) => *flag,
            Value::Number(number) => number.as_i64() == Some(1),
            _ => false,
        }
    }
}
