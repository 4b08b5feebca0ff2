//! One sentence for people, as a code with facts: the window says it in the user's language, the command line in English.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[path = "line_codes.rs"]
mod codes;

pub use codes::LineCode;

/// A sentence: what to say, with which facts, and how it reads in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Line {
    pub code: LineCode,
    pub facts: BTreeMap<String, String>,
    pub message: String,
}

impl Line {
    pub fn new<const N: usize>(code: LineCode, facts: [(&str, String); N]) -> Self {
        Self::with(code, facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    pub(crate) fn with(code: LineCode, facts: BTreeMap<String, String>) -> Self {
        let message = fill(code.template(), &facts, ", ");
        Self { code, facts, message }
    }
}

/// Puts facts where a text names them: `{name}`, `{count|one|many}`, and in the words of the page also `{bytes:bytes}`,
/// `{version:when}`, `{sha256:short}` and `{names:list}`. What nobody told stays as it is written.
pub(crate) fn fill(text: &str, facts: &BTreeMap<String, String>, comma: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((place, behind)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(&placed(place, facts, comma).unwrap_or_else(|| format!("{{{place}}}")));
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

fn placed(place: &str, facts: &BTreeMap<String, String>, comma: &str) -> Option<String> {
    let mut parts = place.splitn(3, '|');
    let head = parts.next()?;
    let (name, form) = head.split_once(':').unwrap_or((head, ""));
    let value = facts.get(name)?;
    Some(match (parts.next(), parts.next(), form) {
        (Some(one), Some(many), _) => format!("{value} {}", if value == "1" { one } else { many }),
        (_, _, "bytes") => value.parse().map_or_else(|_| value.clone(), bytes),
        (_, _, "when") => version_time(value),
        (_, _, "short") if value.len() > 16 => value.chars().take(12).chain(['…']).collect(),
        (_, _, "list") => value.split(',').map(str::trim).collect::<Vec<_>>().join(comma),
        _ => value.clone(),
    })
}

/// 1000 based, as disks and stores count: `1.2 GB`, `84 KB`.
pub(crate) fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = count as f64;
    let mut units = ["B", "KB", "MB", "GB", "TB", "PB"].into_iter().enumerate().peekable();
    while let Some((step, unit)) = units.next() {
        if value < 999.5 || units.peek().is_none() {
            let digits = usize::from((step >= 2 && value < 9.95) || (step >= 3 && value < 99.5));
            return format!("{value:.digits$} {unit}");
        }
        value /= 1000.0;
    }
    String::new()
}

/// `YYYYMMDDHHMMSS` as people read it; anything else stays as it is.
fn version_time(version: &str) -> String {
    chrono::NaiveDateTime::parse_from_str(version, "%Y%m%d%H%M%S")
        .map_or_else(|_| version.to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
#[path = "line_tests.rs"]
mod tests;
