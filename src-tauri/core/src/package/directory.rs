//! A package's table of contents, from its end: one read where it is short, two where it is long.
//!
//! Sizes and checksums come from the directory alone: the platform's writer leaves them out of the local headers (flag
//! bit 3; rainbond v6.9.8 `util/zip`). Entries that overlap, or reach beyond the directory, are refused.

use super::eocd::{DirectoryAt, locate, u16_at, u32_at, u64_at};
use super::error::PackageError;
use super::names::{self, Whose};
use super::reader::{RangeReader, read_exact};
use crate::ctx::Ctx;
use bytes::Bytes;
use std::ops::Range;
use std::sync::Arc;

/// Read first: a platform package's directory and its last metadata fit in (performance.md §7).
const TAIL_BYTES: u64 = 64 * 1024;
const DIRECTORY_LIMIT_BYTES: u64 = 32 * 1024 * 1024;
/// Files of the largest volumes whose zips can be mended (`repair/nested.rs`).
const MOST_ENTRIES: u64 = 250_000;
const ENTRY_SIGNATURE: &[u8] = b"PK\x01\x02";
const ENTRY_LEN: usize = 46;
pub(super) const LOCAL_LEN: u64 = 30;
const FLAG_ENCRYPTED: u16 = 1;
const ZIP64_FIELD: u16 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflated,
    Other(u16),
}

/// The most that deflate makes of a byte (zlib's own figure, rounded up).
const LARGEST_RATIO: u64 = 1_032;
/// The few bytes of a stream that hold nothing.
const RATIO_SLACK_BYTES: u64 = 64 * 1024;

/// One entry, as the directory has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Data, not a path.
    pub name: String,
    pub method: Method,
    pub crc32: u32,
    pub size: u64,
    pub compressed_size: u64,
    pub flags: u16,
    pub header_offset: u64,
    /// Where its bytes end at the latest: the next entry's header, or the directory.
    pub(super) ends_before: u64,
    /// Unix mode, type bits included; absent where another system wrote the zip.
    pub mode: Option<u32>,
    /// `"<uid>/<gid>"` in platform packages: the region chowns by it (protocol.md §6.1).
    pub comment: String,
}

impl Entry {
    /// Everything of it: header, bytes and what describes them, up to its neighbour.
    pub(crate) fn span(&self) -> Range<u64> {
        self.header_offset..self.ends_before
    }

    pub(crate) fn is_dir(&self) -> bool {
        self.name.ends_with('/')
    }

    /// Content of a link's target under the mode of a link: the walk may have ended there (B-19).
    pub(crate) fn is_symlink(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o170_000 == 0o120_000)
    }
}

/// An opened package: its entries, and the end of it that was read on the way.
pub(crate) struct Package {
    pub(super) reader: Arc<dyn RangeReader>,
    pub(super) entries: Vec<Entry>,
    kept_from: u64,
    kept: Bytes,
    at: DirectoryAt,
}

impl std::fmt::Debug for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Package")
            .field("size", &self.size())
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl Package {
    pub(crate) async fn open(ctx: &Ctx, reader: Arc<dyn RangeReader>) -> Result<Self, PackageError> {
        Self::open_as(ctx, reader, Whose::Platform).await
    }

    /// A zip of a volume's files, inside a package.
    pub(crate) async fn open_nested(ctx: &Ctx, reader: Arc<dyn RangeReader>) -> Result<Self, PackageError> {
        Self::open_as(ctx, reader, Whose::Volume).await
    }

    async fn open_as(ctx: &Ctx, reader: Arc<dyn RangeReader>, whose: Whose) -> Result<Self, PackageError> {
        let size = reader.size();
        let tail_start = size.saturating_sub(TAIL_BYTES);
        let tail = read_exact(ctx, &*reader, tail_start..size).await?;
        let at = locate(&tail, size)?;
        if at.len > DIRECTORY_LIMIT_BYTES {
            return Err(PackageError::DirectoryTooLarge { bytes: at.len, limit: DIRECTORY_LIMIT_BYTES });
        }
        let (kept_from, kept) = if at.offset >= tail_start {
            (tail_start, tail)
        } else {
            // With what is before it: region_apps_metadata.json sorts last, and so need not be asked for again.
            let from = at.offset.saturating_sub(TAIL_BYTES);
            (from, join(&read_exact(ctx, &*reader, from..tail_start).await?, &tail))
        };
        let directory = cut(&kept, kept_from, at.offset..at.offset + at.len);
        let directory = directory.ok_or(PackageError::DirectoryDamaged { what: "it is not where it should be" })?;
        let entries = parse(&directory, at)?;
        names::check(&entries, whose)?;
        Ok(Self { reader, entries, kept_from, kept, at })
    }

    /// Bytes of the whole zip.
    pub(crate) fn size(&self) -> u64 {
        self.reader.size()
    }

    /// In the order of the directory.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The directory as it lies in the zip, record after record, and what follows it to the end.
    pub(crate) fn raw_directory(&self) -> (Bytes, Bytes) {
        let end = self.at.offset + self.at.len;
        let part = |range| cut(&self.kept, self.kept_from, range).unwrap_or_default();
        (part(self.at.offset..end), part(end..self.size()))
    }

    /// The entry of a name below the package's root folder (`<uuid>_<version>/`).
    pub(crate) fn find(&self, below_root: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| under_root(&entry.name) == Some(below_root))
    }

    /// A range, from what is at hand or from the reader.
    pub(crate) async fn bytes(&self, ctx: &Ctx, range: Range<u64>) -> Result<Bytes, PackageError> {
        match cut(&self.kept, self.kept_from, range.clone()) {
            Some(bytes) => Ok(bytes),
            None => read_exact(ctx, &*self.reader, range).await,
        }
    }
}

/// A name without the root folder; the platform puts every entry into one (protocol.md §6.1).
pub(crate) fn under_root(name: &str) -> Option<&str> {
    name.split_once('/').map(|(_, rest)| rest)
}

fn join(front: &[u8], back: &[u8]) -> Bytes {
    let mut all = Vec::with_capacity(front.len() + back.len());
    all.extend_from_slice(front);
    all.extend_from_slice(back);
    all.into()
}

fn cut(kept: &Bytes, kept_from: u64, range: Range<u64>) -> Option<Bytes> {
    let from = usize::try_from(range.start.checked_sub(kept_from)?).ok()?;
    let to = usize::try_from(range.end.checked_sub(kept_from)?).ok()?;
    (from <= to && to <= kept.len()).then(|| kept.slice(from..to))
}

fn parse(directory: &[u8], at: DirectoryAt) -> Result<Vec<Entry>, PackageError> {
    let damaged = |what| PackageError::DirectoryDamaged { what };
    let mut entries = Vec::new();
    let mut rest = directory;
    while !rest.is_empty() {
        let (entry, len) = parse_entry(rest).ok_or_else(|| damaged("an entry is cut short"))??;
        if entries.len() as u64 >= MOST_ENTRIES {
            return Err(PackageError::TooManyEntries { limit: MOST_ENTRIES });
        }
        entries.push(entry);
        rest = rest.get(len..).unwrap_or_default();
    }
    // Without zip64 the count is kept modulo 65536.
    let count = entries.len() as u64;
    if count != at.entry_count && (at.entry_count > 0xFFFF || count & 0xFFFF != at.entry_count) {
        return Err(damaged("it holds more or fewer entries than it claims"));
    }
    bound(&mut entries, at.offset)?;
    Ok(entries)
}

fn parse_entry(bytes: &[u8]) -> Option<Result<(Entry, usize), PackageError>> {
    if bytes.get(..4)? != ENTRY_SIGNATURE {
        return Some(Err(PackageError::DirectoryDamaged { what: "an entry does not begin as one" }));
    }
    let name_len = usize::from(u16_at(bytes, 28)?);
    let extra_len = usize::from(u16_at(bytes, 30)?);
    let comment_len = usize::from(u16_at(bytes, 32)?);
    let name_end = ENTRY_LEN + name_len;
    let extra_end = name_end + extra_len;
    let end = extra_end + comment_len;
    let name = String::from_utf8_lossy(bytes.get(ENTRY_LEN..name_end)?).into_owned();
    let extra = bytes.get(name_end..extra_end)?;
    let comment = String::from_utf8_lossy(bytes.get(extra_end..end)?).into_owned();
    let wide =
        Wide { size: u32_at(bytes, 24)?, compressed_size: u32_at(bytes, 20)?, header_offset: u32_at(bytes, 42)? };
    let Some((size, compressed_size, header_offset)) = wide.resolve(extra) else {
        return Some(Err(PackageError::MemberDamaged { name, what: "its zip64 sizes are missing" }));
    };
    // Creator 3: Unix; the mode is the upper half of the attributes.
    let mode = (u16_at(bytes, 4)? >> 8 == 3).then_some(u32_at(bytes, 38)? >> 16);
    let method = match u16_at(bytes, 10)? {
        0 => Method::Stored,
        8 => Method::Deflated,
        other => Method::Other(other),
    };
    let entry = Entry {
        name,
        method,
        crc32: u32_at(bytes, 16)?,
        size,
        compressed_size,
        flags: u16_at(bytes, 8)?,
        header_offset,
        ends_before: 0,
        mode,
        comment,
    };
    Some(Ok((entry, end)))
}

/// The three fields that may be too narrow: where one is all ones, the zip64 extra field has it, in this order.
struct Wide {
    size: u32,
    compressed_size: u32,
    header_offset: u32,
}

impl Wide {
    fn resolve(&self, extra: &[u8]) -> Option<(u64, u64, u64)> {
        let field = find_extra(extra, ZIP64_FIELD).unwrap_or_default();
        let mut at = 0;
        let mut next = |narrow: u32| {
            if narrow != u32::MAX {
                return Some(u64::from(narrow));
            }
            let wide = u64_at(field, at);
            at += 8;
            wide
        };
        Some((next(self.size)?, next(self.compressed_size)?, next(self.header_offset)?))
    }
}

fn find_extra(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (id, len) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let field = extra.get(4..4 + len)?;
        if id == wanted {
            return Some(field);
        }
        extra = extra.get(4 + len..)?;
    }
}

/// Gives every entry the room up to its neighbour, and refuses those that do not fit into theirs.
fn bound(entries: &mut [Entry], directory_offset: u64) -> Result<(), PackageError> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|&at| entries.get(at).map(|entry| entry.header_offset));
    let mut limit = directory_offset;
    for &at in order.iter().rev() {
        let Some(entry) = entries.get_mut(at) else { continue };
        entry.ends_before = limit;
        let name_len = entry.name.len() as u64;
        // A lossy name may be longer than its bytes; three bytes stand for at least one.
        let least = LOCAL_LEN + name_len / 3;
        let end = entry.header_offset.checked_add(least).and_then(|n| n.checked_add(entry.compressed_size));
        if end.is_none_or(|end| end > limit) {
            let name = entry.name.clone();
            return Err(PackageError::MemberDamaged { name, what: "it overlaps what follows it" });
        }
        if entry.flags & FLAG_ENCRYPTED != 0 {
            return Err(PackageError::Unsupported { name: entry.name.clone(), what: "encryption" });
        }
        if entry.size > entry.compressed_size.saturating_mul(LARGEST_RATIO).saturating_add(RATIO_SLACK_BYTES) {
            let name = entry.name.clone();
            return Err(PackageError::MemberDamaged { name, what: "its bytes cannot make as many as it claims" });
        }
        limit = entry.header_offset;
    }
    Ok(())
}
