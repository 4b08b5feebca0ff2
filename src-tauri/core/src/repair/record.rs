//! Records of a zip, written as the platform's writer does (protocol.md §6.1). Pure: bytes in, bytes out.

use crate::package::{PackageError, u16_at};
use bytes::Bytes;

const WIDE: u64 = u32::MAX as u64;
const ENTRY_LEN: usize = 46;
const END_LEN: usize = 22;
const VERSION_WIDE: u16 = 45;
const ZIP64_FIELD: u16 = 1;
pub(super) const DESCRIPTOR_FLAG: u16 = 1 << 3;
pub(super) const DEFLATED: u16 = 8;

/// What a record says of its member's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub crc32: u32,
    pub size: u64,
    pub compressed_size: u64,
    pub offset: u64,
}

impl Facts {
    fn sizes_are_wide(&self) -> bool {
        self.size >= WIDE || self.compressed_size >= WIDE
    }

    fn is_wide(&self) -> bool {
        self.sizes_are_wide() || self.offset >= WIDE
    }
}

/// A directory, record by record.
pub(super) fn split(directory: &Bytes) -> Result<Vec<Bytes>, PackageError> {
    let cut_short = || PackageError::DirectoryDamaged { what: "an entry is cut short" };
    let mut records = Vec::new();
    let mut rest = directory.clone();
    while !rest.is_empty() {
        let len = |at| u16_at(&rest, at).map(usize::from);
        let lens = len(28).zip(len(30)).zip(len(32)).ok_or_else(cut_short)?;
        let whole = ENTRY_LEN + lens.0.0 + lens.0.1 + lens.1;
        if whole > rest.len() {
            return Err(cut_short());
        }
        records.push(rest.split_to(whole));
    }
    Ok(records)
}

/// The pieces of a record behind its numbers.
struct Texts<'a> {
    name: &'a [u8],
    extra: &'a [u8],
    comment: &'a [u8],
}

fn texts(record: &[u8]) -> Texts<'_> {
    let len = |at| u16_at(record, at).map_or(0, usize::from);
    let rest = record.get(ENTRY_LEN..).unwrap_or_default();
    let (name, rest) = rest.split_at(len(28).min(rest.len()));
    let (extra, comment) = rest.split_at(len(30).min(rest.len()));
    Texts { name, extra, comment }
}

pub(super) fn name(record: &[u8]) -> &[u8] {
    texts(record).name
}

/// Type bits of a symlink, where a Unix system wrote the record.
pub(super) fn is_symlink(record: &[u8]) -> bool {
    let unix = u16_at(record, 4).is_some_and(|by| by >> 8 == 3);
    unix && u16_at(record, 40).is_some_and(|mode| mode & 0o170_000 == 0o120_000)
}

/// The extra fields without that of zip64, which the sizes decide anew.
fn extra_without_sizes(mut extra: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(extra.len());
    while let (Some(id), Some(len)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let whole = (4 + usize::from(len)).min(extra.len());
        let (field, rest) = extra.split_at(whole);
        if id != ZIP64_FIELD {
            kept.extend_from_slice(field);
        }
        extra = rest;
    }
    kept
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn len16(bytes: &[u8]) -> u16 {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX)
}

fn narrow(value: u64, is_wide: bool) -> u32 {
    if is_wide { u32::MAX } else { u32::try_from(value).unwrap_or(u32::MAX) }
}

/// A record with its numbers changed. `rewritten`: deflated anew, with its sizes behind the bytes.
pub(super) fn central(record: &[u8], facts: &Facts, rewritten: bool) -> Vec<u8> {
    let number = |at| u16_at(record, at).unwrap_or(0);
    let is_wide = facts.is_wide();
    let texts = texts(record);
    let mut extra = extra_without_sizes(texts.extra);
    if is_wide {
        put16(&mut extra, ZIP64_FIELD);
        put16(&mut extra, 24);
        [facts.size, facts.compressed_size, facts.offset].iter().for_each(|value| put64(&mut extra, *value));
    }
    let mut out = Vec::with_capacity(record.len() + 28);
    out.extend_from_slice(record.get(..6).unwrap_or_default());
    put16(&mut out, if is_wide { VERSION_WIDE } else { number(6).min(if rewritten { 20 } else { u16::MAX }) });
    put16(&mut out, if rewritten { number(8) | DESCRIPTOR_FLAG } else { number(8) });
    put16(&mut out, if rewritten { DEFLATED } else { number(10) });
    out.extend_from_slice(record.get(12..16).unwrap_or_default());
    put32(&mut out, facts.crc32);
    put32(&mut out, narrow(facts.compressed_size, is_wide));
    put32(&mut out, narrow(facts.size, is_wide));
    put16(&mut out, len16(texts.name));
    put16(&mut out, len16(&extra));
    put16(&mut out, len16(texts.comment));
    out.extend_from_slice(record.get(34..42).unwrap_or_default());
    put32(&mut out, narrow(facts.offset, is_wide));
    out.extend_from_slice(texts.name);
    out.extend_from_slice(&extra);
    out.extend_from_slice(texts.comment);
    out
}

/// The header in front of a member that is deflated anew: sizes follow behind the bytes.
pub(super) fn local(record: &[u8]) -> Vec<u8> {
    let texts = texts(record);
    let extra = extra_without_sizes(texts.extra);
    let mut out = Vec::with_capacity(30 + texts.name.len() + extra.len());
    out.extend_from_slice(b"PK\x03\x04");
    put16(&mut out, 20);
    put16(&mut out, u16_at(record, 8).unwrap_or(0) | DESCRIPTOR_FLAG);
    put16(&mut out, DEFLATED);
    out.extend_from_slice(record.get(12..16).unwrap_or_default());
    out.extend_from_slice(&[0; 12]);
    put16(&mut out, len16(texts.name));
    put16(&mut out, len16(&extra));
    out.extend_from_slice(texts.name);
    out.extend_from_slice(&extra);
    out
}

/// What follows the bytes of a member; sizes of 8 bytes where 4 are too few, as Go's writer has it.
pub(super) fn descriptor(facts: &Facts) -> Vec<u8> {
    let mut out = Vec::with_capacity(24);
    out.extend_from_slice(b"PK\x07\x08");
    put32(&mut out, facts.crc32);
    if facts.sizes_are_wide() {
        put64(&mut out, facts.compressed_size);
        put64(&mut out, facts.size);
    } else {
        put32(&mut out, narrow(facts.compressed_size, false));
        put32(&mut out, narrow(facts.size, false));
    }
    out
}

/// The end of a zip whose directory has `count` records in `len` bytes at `offset`.
pub(super) fn end(count: u64, len: u64, offset: u64, comment: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(98 + comment.len());
    let is_wide = count >= u64::from(u16::MAX) || len >= WIDE || offset >= WIDE;
    if is_wide {
        out.extend_from_slice(b"PK\x06\x06");
        put64(&mut out, 44);
        put16(&mut out, VERSION_WIDE);
        put16(&mut out, VERSION_WIDE);
        put64(&mut out, 0);
        [count, count, len, offset].iter().for_each(|value| put64(&mut out, *value));
        out.extend_from_slice(b"PK\x06\x07");
        put32(&mut out, 0);
        put64(&mut out, offset + len);
        put32(&mut out, 1);
    }
    let count = if is_wide { u16::MAX } else { u16::try_from(count).unwrap_or(u16::MAX) };
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    put16(&mut out, count);
    put16(&mut out, count);
    put32(&mut out, narrow(len, is_wide));
    put32(&mut out, narrow(offset, is_wide));
    put16(&mut out, len16(comment));
    out.extend_from_slice(comment);
    out
}

/// The comment at the very end, out of all that follows a directory.
pub(super) fn end_comment(end: &[u8]) -> &[u8] {
    let last = end.len().saturating_sub(END_LEN);
    let fits = |at: &usize| {
        end.get(*at..*at + 4) == Some(b"PK\x05\x06")
            && u16_at(end, *at + 20).is_some_and(|len| *at + END_LEN + usize::from(len) == end.len())
    };
    (0..=last).rev().find(fits).and_then(|at| end.get(at + END_LEN..)).unwrap_or_default()
}

/// An empty file: its header (complete by itself), and its record.
pub(super) fn empty_file(name: &str, comment: &str, offset: u64) -> (Vec<u8>, Vec<u8>) {
    /// 1980-01-01, the first day that a zip can tell: the bytes must not depend on today.
    const DATE: u16 = 0x21;
    const MODE: u32 = 0o100_644 << 16;
    const UNIX: u16 = 3 << 8;
    let mut header = Vec::new();
    header.extend_from_slice(b"PK\x03\x04");
    [20, 0, 0, 0, DATE].iter().for_each(|value| put16(&mut header, *value));
    header.extend_from_slice(&[0; 12]);
    put16(&mut header, len16(name.as_bytes()));
    put16(&mut header, 0);
    header.extend_from_slice(name.as_bytes());
    let mut bare = Vec::new();
    bare.extend_from_slice(b"PK\x01\x02");
    [UNIX | 20, 20, 0, 0, 0, DATE].iter().for_each(|value| put16(&mut bare, *value));
    bare.extend_from_slice(&[0; 12]);
    put16(&mut bare, len16(name.as_bytes()));
    put16(&mut bare, 0);
    put16(&mut bare, len16(comment.as_bytes()));
    put32(&mut bare, 0);
    put32(&mut bare, MODE);
    put32(&mut bare, 0);
    bare.extend_from_slice(name.as_bytes());
    bare.extend_from_slice(comment.as_bytes());
    let record = central(&bare, &Facts { crc32: 0, size: 0, compressed_size: 0, offset }, false);
    (header, record)
}
