//! Is what arrived what was there, but for what was mended? Told member by member, from both directories: the platform's
//! checksums stand for the bytes.

use super::error::RepairError;
use super::recipe::{Fate, Recipe};
use crate::package::{Entry, Package};
use std::collections::HashMap;

/// What is equal and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    pub same_count: usize,
    /// Names, without the root folder.
    pub rewritten: Vec<String>,
    pub dropped: Vec<String>,
}

pub(crate) fn compare(source: &Package, target: &Package, recipe: &Recipe) -> Result<Compared, RepairError> {
    let mut there: HashMap<&str, &Entry> = target.entries().iter().map(|entry| (entry.name.as_str(), entry)).collect();
    let mut compared = Compared::default();
    for entry in source.entries() {
        let differs = |what| RepairError::Differs { name: entry.name.clone(), what };
        let found = there.remove(entry.name.as_str());
        let short = crate::package::under_root(&entry.name).unwrap_or(&entry.name).to_owned();
        match (recipe.fate(entry), found) {
            (Fate::Dropped, None) => compared.dropped.push(short),
            (Fate::Dropped, Some(_)) => return Err(differs("it should have been left out")),
            (_, None) => return Err(differs("it is not there")),
            (_, Some(found)) if found.comment != entry.comment || found.mode != entry.mode => {
                return Err(differs("its owner or mode changed"));
            }
            (_, Some(found)) if is_same(entry, found) => compared.same_count += 1,
            (fate, Some(_)) if fate.is_rewritten() => compared.rewritten.push(short),
            (_, Some(_)) => return Err(differs("its bytes changed")),
        }
    }
    match there.into_values().next() {
        Some(more) => Err(RepairError::Differs { name: more.name.clone(), what: "nothing of that name was sent" }),
        None => Ok(compared),
    }
}

fn is_same(a: &Entry, b: &Entry) -> bool {
    (a.method, a.crc32, a.size, a.compressed_size, a.flags) == (b.method, b.crc32, b.size, b.compressed_size, b.flags)
}
