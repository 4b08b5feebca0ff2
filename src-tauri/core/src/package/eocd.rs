//! The end of a zip: where its directory is and how many entries it has, zip64 included. Pure.

use super::error::PackageError;

const END_SIGNATURE: &[u8] = b"PK\x05\x06";
const END_LEN: usize = 22;
const LOCATOR_SIGNATURE: &[u8] = b"PK\x06\x07";
const LOCATOR_LEN: usize = 20;
const END64_SIGNATURE: &[u8] = b"PK\x06\x06";
const END64_LEN: usize = 56;
/// Shortest entry there is.
const ENTRY_LEN: u64 = 46;

/// Where the directory lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DirectoryAt {
    pub offset: u64,
    pub len: u64,
    pub entry_count: u64,
}

/// Little-endian numbers out of untrusted bytes.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}

/// Finds the directory from the last bytes of a zip of `size` bytes.
pub(crate) fn locate(tail: &[u8], size: u64) -> Result<DirectoryAt, PackageError> {
    let at = find_end(tail).ok_or(PackageError::NotAZip)?;
    let damaged = |what| PackageError::DirectoryDamaged { what };
    // Some readers take the last mark there is, whatever follows it: they would see another directory.
    let comment = tail.get(at + END_LEN..).unwrap_or_default();
    if comment.windows(END_SIGNATURE.len()).any(|four| four == END_SIGNATURE) {
        return Err(damaged("it has two end records"));
    }
    let tail_start = size.saturating_sub(tail.len() as u64);
    let end_offset = tail_start + at as u64;
    let short = read_end(tail, at).ok_or(PackageError::NotAZip)?;
    let disk = u16_at(tail, at + 4).zip(u16_at(tail, at + 6)).zip(u16_at(tail, at + 8));
    if disk.is_none_or(|((this, first), here)| this != first || this != 0 || u64::from(here) != short.entry_count) {
        return Err(damaged("it is one of several"));
    }
    // Writers put the marker into some of the fields; a locator in front is what counts.
    let has_marker =
        short.entry_count == 0xFFFF || short.len == u64::from(u32::MAX) || short.offset == u64::from(u32::MAX);
    let locator = at.checked_sub(LOCATOR_LEN).filter(|&from| tail.get(from..from + 4) == Some(LOCATOR_SIGNATURE));
    let (found, limit) = match locator {
        Some(locator) => {
            let (wide, limit) = read_end64(tail, tail_start, locator)?;
            // A reader that looks at the short record alone must not see another directory.
            let says = |short: u64, marker: u64, wide: u64| short == marker || short == wide;
            let agree = says(short.entry_count, 0xFFFF, wide.entry_count)
                && says(short.len, u64::from(u32::MAX), wide.len)
                && says(short.offset, u64::from(u32::MAX), wide.offset);
            if !agree {
                return Err(damaged("its two end records differ"));
            }
            (wide, limit)
        }
        None if has_marker && short.entry_count != 0xFFFF => {
            return Err(damaged("its zip64 end record is missing"));
        }
        None => (short, end_offset),
    };
    check(found, limit)
}

/// The last end record whose comment fits what follows it.
fn find_end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END_LEN)?;
    (0..=last).rev().find(|&at| {
        tail.get(at..at + 4) == Some(END_SIGNATURE)
            && u16_at(tail, at + 20).is_some_and(|comment| at + END_LEN + usize::from(comment) == tail.len())
    })
}

fn read_end(tail: &[u8], at: usize) -> Option<DirectoryAt> {
    Some(DirectoryAt {
        entry_count: u16_at(tail, at + 10)?.into(),
        len: u32_at(tail, at + 12)?.into(),
        offset: u32_at(tail, at + 16)?.into(),
    })
}

fn read_end64(tail: &[u8], tail_start: u64, locator: usize) -> Result<(DirectoryAt, u64), PackageError> {
    let damaged = || PackageError::DirectoryDamaged { what: "its zip64 end record is not where it should be" };
    let end64_offset = u64_at(tail, locator + 8).ok_or_else(damaged)?;
    let at = end64_offset.checked_sub(tail_start).and_then(|at| usize::try_from(at).ok()).ok_or_else(damaged)?;
    let within = at.checked_add(END64_LEN).is_some_and(|end| end <= locator);
    if !within || tail.get(at..at + 4) != Some(END64_SIGNATURE) {
        return Err(damaged());
    }
    let found = (|| {
        Some(DirectoryAt {
            entry_count: u64_at(tail, at + 32)?,
            len: u64_at(tail, at + 40)?,
            offset: u64_at(tail, at + 48)?,
        })
    })();
    Ok((found.ok_or_else(damaged)?, end64_offset))
}

/// The directory must lie before the record that names it, and hold as many entries as that says.
fn check(found: DirectoryAt, limit: u64) -> Result<DirectoryAt, PackageError> {
    let damaged = |what| Err(PackageError::DirectoryDamaged { what });
    match found.offset.checked_add(found.len) {
        Some(end) if end == limit => {}
        Some(end) if end < limit => return damaged("something lies between it and the end record"),
        _ => return damaged("it reaches beyond its end record"),
    }
    // Room for so many entries at all? Asked before anything is set aside for them.
    if found.entry_count.checked_mul(ENTRY_LEN).is_none_or(|least| least > found.len) {
        return damaged("it is too short for the entries it claims");
    }
    Ok(found)
}
