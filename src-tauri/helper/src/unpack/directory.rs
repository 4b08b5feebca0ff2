//! A zip's directory, read from its end: the platform's zips tell sizes, owners and modes there only (protocol.md §6.1).

use crate::fault::Fault;
use crate::wire::Wire;
use std::io::Read;

/// An entry as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) crc32: u32,
    pub(crate) size: u64,
    pub(crate) packed: u64,
    pub(crate) offset: u64,
    pub(crate) mode: Option<u32>,
    /// `"<uid>/<gid>"` in the comment.
    pub(crate) owner: Option<(u32, u32)>,
}

const END: &[u8] = b"PK\x05\x06";
const END_LEN: u64 = 22;
const WIDE_LOCATOR_LEN: u64 = 20;
const ALL_ONES: u64 = 0xFFFF_FFFF;
const LIMIT: u64 = 512 * 1024 * 1024;

/// The entries in the order in which they lie.
pub(crate) fn read(wire: &Wire, url: &str, size: u64) -> Result<Vec<Entry>, Fault> {
    let tail_from = size.saturating_sub(END_LEN + WIDE_LOCATOR_LEN + 0xFFFF);
    let tail = range(wire, url, size, tail_from, size)?;
    let (from, len) = locate(wire, url, size, tail_from, &tail)?;
    if len > LIMIT || from.checked_add(len).is_none_or(|end| end > size) {
        return Err(damaged("its directory is not where it should be"));
    }
    let directory = range(wire, url, size, from, from + len)?;
    let mut entries = parse(&directory).ok_or_else(|| damaged("its directory makes no sense"))?;
    entries.sort_by_key(|entry| entry.offset);
    Ok(entries)
}

fn damaged(what: &str) -> Fault {
    Fault::Damaged(what.to_owned())
}

fn range(wire: &Wire, url: &str, size: u64, from: u64, to: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    let want = to.saturating_sub(from);
    wire.object(url, size, from).take(want).read_to_end(&mut bytes).map_err(Fault::of_archive)?;
    if bytes.len() as u64 == want { Ok(bytes) } else { Err(damaged("it is cut short")) }
}

/// Where the directory is and how long.
fn locate(wire: &Wire, url: &str, size: u64, tail_from: u64, tail: &[u8]) -> Result<(u64, u64), Fault> {
    let at = tail.windows(END.len()).rposition(|window| window == END).ok_or_else(|| damaged("it has no directory"))?;
    let narrow = || Some((u64::from(u32_at(tail, at + 16)?), u64::from(u32_at(tail, at + 12)?)));
    let (from, len) = narrow().ok_or_else(|| damaged("its end is cut short"))?;
    let locator = at.checked_sub(20).filter(|&at| tail.get(at..at + 4) == Some(b"PK\x06\x07"));
    let Some(locator) = locator else { return Ok((from, len)) };
    let wide_at = u64_at(tail, locator + 8).filter(|&at| at < tail_from + locator as u64);
    let wide_at = wide_at.ok_or_else(|| damaged("its end is cut short"))?;
    let wide = range(wire, url, size, wide_at, (wide_at + 56).min(size))?;
    let found = u64_at(&wide, 48).zip(u64_at(&wide, 40)).filter(|_| wide.starts_with(b"PK\x06\x06"));
    found.ok_or_else(|| damaged("its end is cut short"))
}

fn parse(mut rest: &[u8]) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    while rest.starts_with(b"PK\x01\x02") {
        let name_end = 46 + usize::from(u16_at(rest, 28)?);
        let extra_end = name_end + usize::from(u16_at(rest, 30)?);
        let end = extra_end + usize::from(u16_at(rest, 32)?);
        let wide = |at: usize| u32_at(rest, at).map(u64::from);
        let (size, packed, offset) = widened(rest.get(name_end..extra_end)?, wide(24)?, wide(20)?, wide(42)?)?;
        entries.push(Entry {
            name: rest.get(46..name_end)?.to_vec(),
            method: u16_at(rest, 10)?,
            crc32: u32_at(rest, 16)?,
            size,
            packed,
            offset,
            // Creator 3: Unix; the mode is the upper half of the attributes.
            mode: (u16_at(rest, 4)? >> 8 == 3).then_some(u32_at(rest, 38)? >> 16),
            owner: owner(rest.get(extra_end..end)?),
        });
        rest = rest.get(end..)?;
    }
    rest.is_empty().then_some(entries)
}

/// Fields that are all ones stand, in this order, in the zip64 extra field.
fn widened(mut extra: &[u8], size: u64, packed: u64, offset: u64) -> Option<(u64, u64, u64)> {
    let mut wide: &[u8] = &[];
    while extra.len() >= 4 {
        let (kind, len) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let Some(body) = extra.get(4..4 + len) else { break };
        if kind == 1 {
            wide = body;
        }
        extra = extra.get(4 + len..)?;
    }
    let mut at = 0;
    let mut next = |value: u64| {
        if value != ALL_ONES {
            return Some(value);
        }
        at += 8;
        u64_at(wide, at - 8)
    };
    Some((next(size)?, next(packed)?, next(offset)?))
}

fn owner(comment: &[u8]) -> Option<(u32, u32)> {
    let (uid, gid) = std::str::from_utf8(comment).ok()?.split_once('/')?;
    Some((uid.parse().ok()?, gid.parse().ok()?))
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_fields_come_from_the_extra_field_in_their_order() {
        let mut extra = vec![0x55, 0x54, 1, 0, 9];
        extra.extend([1, 0, 16, 0]);
        extra.extend(5_000_000_000u64.to_le_bytes());
        extra.extend(6_000_000_000u64.to_le_bytes());
        assert_eq!(widened(&extra, ALL_ONES, 7, ALL_ONES), Some((5_000_000_000, 7, 6_000_000_000)));
        assert_eq!(widened(&[], 1, 2, 3), Some((1, 2, 3)));
        assert_eq!(widened(&[], ALL_ONES, 2, 3), None);
    }

    #[test]
    fn owners_stand_in_the_comment() {
        assert_eq!((owner(b"999/998"), owner(b""), owner(b"a/b")), (Some((999, 998)), None, None));
    }
}
