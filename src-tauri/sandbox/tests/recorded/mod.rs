//! What the replay of recordings is made of: the files, the shapes of bodies, and the worlds they were taken in.

pub(crate) mod rebuild;
pub(crate) mod shape;
pub(crate) mod skipped;
pub(crate) mod stage;
pub(crate) mod worlds;

use std::path::PathBuf;

use serde_json::Value;

/// One recorded exchange.
pub(crate) struct Recording {
    /// `v6.9.8/505-backup-empty-app`
    pub(crate) name: String,
    pub(crate) number: u32,
    pub(crate) console: String,
    pub(crate) request: Value,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

pub(crate) fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/recorded")
}

/// All recordings of a version, in file order.
pub(crate) fn recordings(version: &str) -> Vec<Recording> {
    let folder = std::fs::read_dir(fixtures().join(version)).unwrap();
    let mut all: Vec<Recording> = folder.filter_map(|entry| read(version, &entry.unwrap().path())).collect();
    all.sort_by_key(|recording| recording.number);
    all
}

fn read(version: &str, path: &std::path::Path) -> Option<Recording> {
    let stem = path.file_stem()?.to_str()?;
    let number = stem.split('-').next()?.parse().ok()?;
    let value: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    Some(Recording {
        name: format!("{version}/{stem}"),
        number,
        console: value["console"].as_str()?.to_owned(),
        request: value["request"].clone(),
        status: u16::try_from(value["response"]["status"].as_u64()?).ok()?,
        body: value["response"]["body"].clone(),
    })
}
