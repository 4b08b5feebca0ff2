//! Names that no package has, and kinds of entries: refused before anything is made of them. Nothing here makes a path of a
//! name, and yet what we hand on is unpacked by others.

use super::directory::Entry;
use super::error::PackageError;
use crate::twins;
use std::collections::HashSet;

/// Whose zip it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The platform's: folders and files that it named itself.
    Platform,
    /// Files of volumes, named by people and their programs: links are among them, and names that differ by case.
    Volume,
}

const KIND: u32 = 0o170_000;
const KINDS_OF_PACKAGES: [u32; 3] = [0, 0o040_000, 0o100_000];

pub(super) fn check(entries: &[Entry], whose: Whose) -> Result<(), PackageError> {
    let links: HashSet<&str> =
        entries.iter().filter(|entry| entry.is_symlink()).map(|entry| entry.name.trim_end_matches('/')).collect();
    let mut seen = HashSet::with_capacity(entries.len());
    for entry in entries {
        let refused = |what| Err(PackageError::Refused { name: entry.name.clone(), what });
        if climbs(&entry.name) {
            return refused("its name leads out of the package");
        }
        let name = match whose {
            Whose::Volume => entry.name.clone(),
            Whose::Platform => {
                if entry.name.contains('\\') || entry.name.chars().any(char::is_control) {
                    return refused("its name is no plain one");
                }
                let kind = entry.mode.unwrap_or_default() & KIND;
                if !KINDS_OF_PACKAGES.contains(&kind) || (entry.is_dir() && entry.size > 0) {
                    return refused("it is neither file nor folder");
                }
                twins::key(&entry.name)
            }
        };
        if is_below_a_link(entry, &links) {
            return refused("it lies behind a link");
        }
        if !seen.insert(name.trim_end_matches('/').to_owned()) {
            return refused("another entry has the same name");
        }
    }
    Ok(())
}

/// Whoever unpacks in order would follow the link it has just made.
fn is_below_a_link(entry: &Entry, links: &HashSet<&str>) -> bool {
    !links.is_empty()
        && entry.name.match_indices('/').any(|(at, _)| {
            let front = entry.name.get(..at).unwrap_or_default();
            front.len() < entry.name.trim_end_matches('/').len() && links.contains(front)
        })
}

/// Absolute, with a drive, or with a step up.
fn climbs(name: &str) -> bool {
    let has_drive = matches!(name.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic());
    name.starts_with('/') || has_drive || name.contains('\0') || name.split(['/', '\\']).any(|part| part == "..")
}
