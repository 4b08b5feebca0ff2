//! A package's directory as a small file of its own: what a bundle carries, so that its package is judged unopened.

use super::directory::{Entry, Method};
use super::error::PackageError;
use serde::{Deserialize, Serialize};

/// The name under which a bundle keeps it.
pub(crate) const LISTING_FILE: &str = "package_directory.json";

#[derive(Serialize, Deserialize)]
struct Row {
    name: String,
    size: u64,
    compressed_size: u64,
}

/// Names and sizes, in the directory's order.
pub(crate) fn write_listing(entries: &[Entry]) -> Vec<u8> {
    let rows: Vec<Row> = entries
        .iter()
        .map(|entry| Row { name: entry.name.clone(), size: entry.size, compressed_size: entry.compressed_size })
        .collect();
    // Texts and numbers are always JSON.
    serde_json::to_vec(&rows).unwrap_or_default()
}

/// Entries that can be judged by name and size; they cannot be opened.
pub(crate) fn read_listing(bytes: &[u8]) -> Result<Vec<Entry>, PackageError> {
    let rows: Vec<Row> = crate::json::from_slice(bytes)
        .map_err(|source| PackageError::MetadataDamaged { name: LISTING_FILE, source })?;
    let entry = |row: Row| Entry {
        name: row.name,
        method: Method::Deflated,
        crc32: 0,
        size: row.size,
        compressed_size: row.compressed_size,
        flags: 0,
        header_offset: 0,
        ends_before: 0,
        mode: None,
        comment: String::new(),
    };
    Ok(rows.into_iter().map(entry).collect())
}
