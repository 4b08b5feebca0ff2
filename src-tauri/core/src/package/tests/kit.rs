//! Readers that count, and a small zip writer for packages that no fixture has.

use super::super::reader::{RangeReader, ReadFault};
use crate::clock::SystemClock;
use crate::ctx::Ctx;
use bytes::Bytes;
use flate2::{Compression, Crc, write::DeflateEncoder};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) fn ctx() -> Ctx {
    Ctx::new(Arc::new(SystemClock))
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/packages").join(name);
    let mut files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|kind| kind == "zip" || kind == "zst")).unwrap()
}

/// Bytes in memory, and how often they were asked for.
pub(crate) struct Counted {
    bytes: Bytes,
    size: u64,
    pub reads: AtomicUsize,
}

impl Counted {
    pub(crate) fn new(bytes: impl Into<Bytes>) -> Arc<Self> {
        let bytes = bytes.into();
        Arc::new(Self { size: bytes.len() as u64, bytes, reads: AtomicUsize::new(0) })
    }

    /// An object that has fewer bytes than it says.
    pub(crate) fn promising(bytes: impl Into<Bytes>, size: u64) -> Arc<Self> {
        Arc::new(Self { size, bytes: bytes.into(), reads: AtomicUsize::new(0) })
    }

    pub(crate) fn of(name: &str) -> Arc<Self> {
        Self::new(std::fs::read(fixture(name)).unwrap())
    }

    pub(crate) fn count(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl RangeReader for Counted {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let cut = |place: u64| usize::try_from(place).unwrap().min(self.bytes.len());
        Ok(self.bytes.slice(cut(range.start)..cut(range.end)))
    }
}

/// A file, for what is too long for memory.
pub(crate) struct OfFile {
    file: Mutex<File>,
    size: u64,
    pub reads: AtomicUsize,
}

impl OfFile {
    pub(crate) fn open(path: &Path) -> Arc<Self> {
        let file = File::open(path).unwrap();
        let size = file.metadata().unwrap().len();
        Arc::new(Self { file: Mutex::new(file), size, reads: AtomicUsize::new(0) })
    }
}

#[async_trait::async_trait]
impl RangeReader for OfFile {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let mut file = self.file.lock().unwrap();
        file.seek(SeekFrom::Start(range.start))?;
        let mut bytes = vec![0; usize::try_from(range.end - range.start)?];
        file.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pack {
    Stored,
    Deflated,
}

/// Writes zips as the platform does: descriptors after the data, comments, Unix modes.
#[derive(Default)]
pub(crate) struct Zip {
    out: Vec<u8>,
    directory: Vec<u8>,
    count: u64,
    links: bool,
}

impl Zip {
    /// What is added from now on has the mode of a link.
    pub(super) fn linked(mut self) -> Self {
        self.links = true;
        self
    }

    pub(crate) fn add(mut self, name: &str, data: &[u8], pack: Pack) -> Self {
        let packed = match pack {
            Pack::Stored => data.to_vec(),
            Pack::Deflated => {
                let mut deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
                deflate.write_all(data).unwrap();
                deflate.finish().unwrap()
            }
        };
        let mut crc = Crc::new();
        crc.update(data);
        let offset = u32::try_from(self.out.len()).unwrap();
        let method: u16 = if pack == Pack::Stored { 0 } else { 8 };
        let (crc, packed_len, len) = (crc.sum(), packed.len() as u32, data.len() as u32);
        let name_len = name.len() as u16;
        put(
            &mut self.out,
            &[&[0x50, 0x4b, 3, 4, 20, 0, 8, 8], &method.to_le_bytes(), &[0; 16], &name_len.to_le_bytes(), &[0; 2]],
        );
        put(
            &mut self.out,
            &[
                name.as_bytes(),
                &packed,
                b"PK\x07\x08",
                &crc.to_le_bytes(),
                &packed_len.to_le_bytes(),
                &len.to_le_bytes(),
            ],
        );
        let sizes = [crc.to_le_bytes(), packed_len.to_le_bytes(), len.to_le_bytes()].concat();
        let head = [&[0x50, 0x4b, 1, 2, 20, 3, 20, 0, 8, 8], &method.to_le_bytes()[..], &[0; 4], &sizes].concat();
        let tail = [
            &name_len.to_le_bytes()[..],
            &[0, 0, 3, 0, 0, 0, 0, 0],
            &(if self.links { 0o120_777u32 } else { 0o100_644 } << 16).to_le_bytes(),
            &offset.to_le_bytes(),
        ]
        .concat();
        put(&mut self.directory, &[&head, &tail, name.as_bytes(), b"0/0"]);
        self.count += 1;
        self
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let (offset, len, count) = (self.out.len() as u32, self.directory.len() as u32, self.count as u16);
        let end = [
            &b"PK\x05\x06\0\0\0\0"[..],
            &count.to_le_bytes(),
            &count.to_le_bytes(),
            &len.to_le_bytes(),
            &offset.to_le_bytes(),
            &[0, 0],
        ]
        .concat();
        put(&mut self.out, &[&self.directory, &end]);
        self.out
    }
}

fn put(out: &mut Vec<u8>, parts: &[&[u8]]) {
    parts.iter().for_each(|part| out.extend_from_slice(part));
}
