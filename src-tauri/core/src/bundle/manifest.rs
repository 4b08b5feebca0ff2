//! What a bundle says of itself. Bytes in, a checked struct out, and back; no I/O here.

use super::error::BundleError;
use super::names::{Place, place};
use crate::twins;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

/// The newest format that this program writes and reads.
pub(crate) const FORMAT: u32 = 1;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const SUMS: &str = "SHA256SUMS";

const LARGEST_TICKET: u64 = 4 << 20;
const LARGEST_METADATA: u64 = 32 << 20;
/// Of everything before the package together: it is read into memory.
const ALL_METADATA: u64 = 64 << 20;
/// Sums of larger ones could not be counted on.
const LARGEST_PACKAGE: u64 = 16 << 40;
const MOST_ENTRIES: usize = 64;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub format: u32,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    pub source: Source,
    pub versions: Versions,
    /// The backup's record as the console gave it.
    pub backup: Map<String, Value>,
    pub entries: Vec<Entry>,
}

/// Where the backup is from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub console: String,
    #[serde(default)]
    pub console_url: Option<String>,
    pub cluster: String,
    pub team: String,
    pub app: String,
    #[serde(default)]
    pub app_id: Option<i64>,
}

/// What console and region called their versions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Versions {
    #[serde(default)]
    pub console: Option<String>,
    #[serde(default)]
    pub region: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub name: String,
    pub size: u64,
}

impl Manifest {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Strings, numbers and maps with text keys always are JSON.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a manifest of the bundle at `path`. The format is looked at first: a newer one may have changed all the rest.
    pub(crate) fn parse(path: &Path, bytes: &[u8]) -> Result<Self, BundleError> {
        let not_one = |reason| BundleError::NotABundle { path: path.to_owned(), reason };
        let value: Value = crate::json::from_slice(bytes).map_err(|_| not_one("its manifest is no JSON"))?;
        let format = value.get("format").and_then(Value::as_u64).ok_or(not_one("its manifest names no format"))?;
        if format > u64::from(FORMAT) {
            return Err(BundleError::TooNew { path: path.to_owned(), format, known: FORMAT });
        }
        let manifest: Self = serde_json::from_value(value).map_err(|_| not_one("its manifest lacks fields"))?;
        manifest.check_entries().map_err(|(entry, reason)| BundleError::Refused {
            path: path.to_owned(),
            entry,
            reason,
        })?;
        Ok(manifest)
    }

    /// The entries are ones we know, in their order, each once, of sizes that fit, and one of them is the package.
    pub(crate) fn check_entries(&self) -> Result<(), (String, &'static str)> {
        let mut seen = BTreeSet::new();
        let mut last = Place::Ticket;
        let mut metadata_bytes = 0_u64;
        if self.entries.len() > MOST_ENTRIES {
            return Err((MANIFEST.to_owned(), "it lists too many entries"));
        }
        for entry in &self.entries {
            let refused = |reason| Err((entry.name.clone(), reason));
            let Some(place) = place(&entry.name) else { return refused("no entry may have this name") };
            if !seen.insert(twins::key(&entry.name)) {
                return refused("it is listed twice");
            }
            if place < last || (place == last && place == Place::Package) {
                return refused("it is out of order");
            }
            let fits = match place {
                Place::Ticket | Place::OldTicket => entry.size <= LARGEST_TICKET,
                Place::Metadata => {
                    metadata_bytes = metadata_bytes.saturating_add(entry.size);
                    entry.size <= LARGEST_METADATA && metadata_bytes <= ALL_METADATA
                }
                Place::Package => entry.size <= LARGEST_PACKAGE,
            };
            if !fits {
                return refused("it is too large");
            }
            last = place;
        }
        match last {
            Place::Package => Ok(()),
            Place::Ticket | Place::OldTicket | Place::Metadata => Err((MANIFEST.to_owned(), "it lists no package")),
        }
    }

    /// Bytes of all entries, as they are listed.
    pub(crate) fn listed_bytes(&self) -> u64 {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size))
    }

    /// The package's entry, which a checked manifest has.
    pub(crate) fn package(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| place(&entry.name) == Some(Place::Package))
    }
}
