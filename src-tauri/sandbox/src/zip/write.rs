//! Writes a zip the way the platform's Go code does: sizes in a data descriptor behind the data (flag bit 3),
//! the owner `uid/gid` as each entry's comment, an 0x5455 time, unix modes, zip64 where needed.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;

const DIRECTORY_MODE: u32 = 0o40_755;
const FILE_MODE: u32 = 0o100_644;
const VERSION: u16 = 20;
const VERSION_ZIP64: u16 = 45;
const UNIX: u16 = 3 << 8;
const U32_MAX: u64 = u32::MAX as u64;

/// How hard a member is pressed. The platform deflates everything; what cannot shrink is framed in stored blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Deflate,
    Framed,
}

/// Who owned an entry on the platform's disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Owner {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Owner {
    /// The owner an entry's comment names; root if it names none.
    pub(crate) fn of_comment(comment: &str) -> Self {
        let (uid, gid) = comment.split_once('/').unwrap_or_default();
        Self { uid: uid.parse().unwrap_or_default(), gid: gid.parse().unwrap_or_default() }
    }
}

struct Written {
    name: String,
    comment: String,
    flags: u16,
    method: u16,
    mode: u32,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

impl Written {
    fn needs_zip64(&self) -> bool {
        self.packed >= U32_MAX || self.size >= U32_MAX || self.offset >= U32_MAX
    }
}

pub(crate) struct ZipWriter<W: Write> {
    out: Counted<W>,
    entries: Vec<Written>,
    mtime: u32,
    dos: (u16, u16),
}

struct Counted<W> {
    inner: W,
    at: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(buf)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> ZipWriter<W> {
    /// `mtime` is in seconds since 1970 and stamped on every entry.
    pub(crate) fn create(out: W, mtime_secs: i64) -> Self {
        let out = Counted { inner: out, at: 0 };
        let mtime = u32::try_from(mtime_secs).unwrap_or_default();
        Self { out, entries: Vec::new(), mtime, dos: dos_time(mtime_secs) }
    }

    /// A directory entry; `name` ends with a slash.
    pub(crate) fn directory(&mut self, name: &str, owner: Owner) -> std::io::Result<()> {
        let offset = self.begin(name, 0, 0)?;
        self.entries.push(Written {
            name: name.to_owned(),
            comment: comment(owner),
            flags: text_flag(name),
            method: 0,
            mode: DIRECTORY_MODE,
            crc: 0,
            packed: 0,
            size: 0,
            offset,
        });
        Ok(())
    }

    /// A file entry with all of `content`.
    pub(crate) fn file(
        &mut self,
        name: &str,
        owner: Owner,
        packing: Packing,
        content: &mut dyn Read,
    ) -> std::io::Result<()> {
        const DESCRIPTOR_FLAG: u16 = 1 << 3;
        let offset = self.begin(name, DESCRIPTOR_FLAG, 8)?;
        let start = self.out.at;
        let level = match packing {
            Packing::Deflate => Compression::fast(),
            Packing::Framed => Compression::none(),
        };
        let mut deflater = DeflateEncoder::new(&mut self.out, level);
        let mut crc = crc32fast::Hasher::new();
        let mut size = 0u64;
        let mut buf = vec![0u8; 256 * 1024];
        loop {
            let read = content.read(&mut buf)?;
            if read == 0 {
                break;
            }
            crc.update(&buf[..read]);
            size += read as u64;
            deflater.write_all(&buf[..read])?;
        }
        deflater.finish()?;
        let written = Written {
            name: name.to_owned(),
            comment: comment(owner),
            flags: DESCRIPTOR_FLAG | text_flag(name),
            method: 8,
            mode: FILE_MODE,
            crc: crc.finalize(),
            packed: self.out.at - start,
            size,
            offset,
        };
        self.descriptor(&written)?;
        self.entries.push(written);
        Ok(())
    }

    /// The central directory. Nothing can be added afterwards.
    pub(crate) fn finish(mut self) -> std::io::Result<u64> {
        let start = self.out.at;
        for entry in std::mem::take(&mut self.entries) {
            self.central(&entry)?;
            self.entries.push(entry);
        }
        let size = self.out.at - start;
        self.end(start, size)?;
        self.out.flush()?;
        Ok(self.out.at)
    }

    fn begin(&mut self, name: &str, flags: u16, method: u16) -> std::io::Result<u64> {
        let offset = self.out.at;
        let mut head = Vec::with_capacity(64);
        put32(&mut head, 0x0403_4b50);
        for value in [VERSION, flags | text_flag(name), method, self.dos.0, self.dos.1] {
            put16(&mut head, value);
        }
        head.extend_from_slice(&[0; 12]);
        put16(&mut head, length16(name.len()));
        put16(&mut head, 9);
        head.extend_from_slice(name.as_bytes());
        self.time_extra(&mut head);
        self.out.write_all(&head)?;
        Ok(offset)
    }

    fn descriptor(&mut self, entry: &Written) -> std::io::Result<()> {
        let mut tail = Vec::with_capacity(24);
        put32(&mut tail, 0x0807_4b50);
        put32(&mut tail, entry.crc);
        if entry.packed >= U32_MAX || entry.size >= U32_MAX {
            put64(&mut tail, entry.packed);
            put64(&mut tail, entry.size);
        } else {
            put32(&mut tail, clamp(entry.packed));
            put32(&mut tail, clamp(entry.size));
        }
        self.out.write_all(&tail)
    }

    fn central(&mut self, entry: &Written) -> std::io::Result<()> {
        let zip64 = entry.needs_zip64();
        let shown = |value: u64| if zip64 { u32::MAX } else { clamp(value) };
        let mut row = Vec::with_capacity(128);
        put32(&mut row, 0x0201_4b50);
        put16(&mut row, UNIX | VERSION);
        let needed = if zip64 { VERSION_ZIP64 } else { VERSION };
        for value in [needed, entry.flags, entry.method, self.dos.0, self.dos.1] {
            put16(&mut row, value);
        }
        put32(&mut row, entry.crc);
        put32(&mut row, shown(entry.packed));
        put32(&mut row, shown(entry.size));
        put16(&mut row, length16(entry.name.len()));
        put16(&mut row, if zip64 { 9 + 28 } else { 9 });
        put16(&mut row, length16(entry.comment.len()));
        put16(&mut row, 0);
        put16(&mut row, 0);
        let dos_directory = u32::from(entry.mode == DIRECTORY_MODE) << 4;
        put32(&mut row, entry.mode << 16 | dos_directory);
        put32(&mut row, shown(entry.offset));
        row.extend_from_slice(entry.name.as_bytes());
        self.time_extra(&mut row);
        if zip64 {
            put16(&mut row, 1);
            put16(&mut row, 24);
            put64(&mut row, entry.size);
            put64(&mut row, entry.packed);
            put64(&mut row, entry.offset);
        }
        row.extend_from_slice(entry.comment.as_bytes());
        self.out.write_all(&row)
    }

    fn end(&mut self, start: u64, size: u64) -> std::io::Result<()> {
        let count = self.entries.len() as u64;
        let mut tail = Vec::with_capacity(128);
        if count >= 0xffff || start >= U32_MAX || size >= U32_MAX {
            let at = self.out.at;
            put32(&mut tail, 0x0606_4b50);
            put64(&mut tail, 44);
            put16(&mut tail, VERSION_ZIP64);
            put16(&mut tail, VERSION_ZIP64);
            put32(&mut tail, 0);
            put32(&mut tail, 0);
            for value in [count, count, size, start] {
                put64(&mut tail, value);
            }
            put32(&mut tail, 0x0706_4b50);
            put32(&mut tail, 0);
            put64(&mut tail, at);
            put32(&mut tail, 1);
        }
        let count16 = u16::try_from(count).unwrap_or(u16::MAX);
        put32(&mut tail, 0x0605_4b50);
        put32(&mut tail, 0);
        put16(&mut tail, count16);
        put16(&mut tail, count16);
        put32(&mut tail, clamp(size));
        put32(&mut tail, clamp(start));
        put16(&mut tail, 0);
        self.out.write_all(&tail)
    }

    fn time_extra(&self, out: &mut Vec<u8>) {
        put16(out, 0x5455);
        put16(out, 5);
        out.push(1);
        put32(out, self.mtime);
    }
}

fn comment(owner: Owner) -> String {
    format!("{}/{}", owner.uid, owner.gid)
}

fn text_flag(name: &str) -> u16 {
    if name.is_ascii() { 0 } else { 0x800 }
}

fn length16(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}

fn clamp(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
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

/// (time, date) as MS-DOS counts them, in UTC.
fn dos_time(secs: i64) -> (u16, u16) {
    use chrono::{Datelike, Timelike};
    let at = chrono::DateTime::from_timestamp(secs, 0).unwrap_or_default();
    let year = at.year().saturating_sub(1980).max(0).cast_unsigned();
    let date = year << 9 | at.month() << 5 | at.day();
    let time = at.hour() << 11 | at.minute() << 5 | (at.second() / 2);
    (u16::try_from(time).unwrap_or_default(), u16::try_from(date).unwrap_or_default())
}
