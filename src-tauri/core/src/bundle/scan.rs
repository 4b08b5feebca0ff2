//! Reads a bundle from front to back, entry by entry, and believes nothing: names, order, kinds and sizes must be those of the
//! manifest. Blocking; callers run it where that is fine.

use super::error::BundleError;
use super::manifest::{Entry, MANIFEST, Manifest, SUMS};
use super::seal::{self, Keys};
use super::sums::Sums;
use super::tarball::{BLOCK, Block, Odd, padding, parse};
use bytes::Bytes;
use std::io::{self, BufReader, Read, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const LARGEST_MANIFEST: u64 = 4 << 20;
const LARGEST_SUMS: u64 = 64 << 10;
/// Bytes of a large entry that are handed on at once.
const CHUNK: usize = 1 << 20;
/// Frames of ours need far less; a hostile one could ask for gigabytes.
const WINDOW_LOG: u32 = 27;
/// What tar programs add behind the end of an archive is far less.
const MOST_ZEROS: u64 = 16 << 20;
/// A package is compressed already; even one made of zeros, with the metadata, stays below this.
const LARGEST_RATIO: u64 = 1_000;
const RATIO_COUNTS_FROM: u64 = 64 << 20;
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Counts what is read of the file, for progress; of an encrypted one a little less than it has.
struct Counting {
    file: Box<dyn seal::Plain>,
    read: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}

pub(crate) struct Scan {
    path: PathBuf,
    /// It ends as a whole bundle does.
    ends_well: bool,
    reader: zstd::Decoder<'static, BufReader<Counting>>,
    folder: String,
    pub manifest: Manifest,
    pub manifest_bytes: Vec<u8>,
}

impl Scan {
    /// Opens a bundle and reads its manifest. `read` counts the bytes of the file as they are read.
    pub(crate) fn open(keys: &Keys, path: &Path, read: Arc<AtomicU64>) -> Result<Self, BundleError> {
        let failed = |error| BundleError::file(path, "read", 0, error);
        let mut file = seal::open(keys, path)?;
        let mut magic = [0; 4];
        let begins = file.read_exact(&mut magic).and_then(|()| file.seek(SeekFrom::Start(0)));
        match begins {
            Ok(_) if magic == MAGIC => {}
            // What the key of an encrypted file did not write.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let (entry, reason) = (MANIFEST.to_owned(), "its encrypted data is damaged".to_owned());
                return Err(BundleError::Altered { path: path.to_owned(), entry, reason });
            }
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(failed(error)),
            Ok(_) | Err(_) => return Err(not_one(path, "it is no zstd file")),
        }
        let ends_well = ends_as_written(file.as_mut());
        file.rewind().map_err(failed)?;
        let mut reader = zstd::Decoder::new(Counting { file, read }).map_err(failed)?;
        reader.window_log_max(WINDOW_LOG).map_err(failed)?;
        let empty = Manifest::parse(path, EMPTY.as_bytes())?;
        let (path, folder) = (path.to_owned(), String::new());
        let mut scan = Self { path, ends_well, reader, folder, manifest: empty, manifest_bytes: Vec::new() };
        scan.read_manifest()?;
        Ok(scan)
    }

    fn read_manifest(&mut self) -> Result<(), BundleError> {
        let (folder, name, size) = match self.block(MANIFEST)? {
            Block::Entry { folder, name, size } => (folder, name, size),
            Block::Zeros => return Err(not_one(&self.path, "it is empty")),
        };
        if name != MANIFEST {
            return Err(not_one(&self.path, "its first entry is no manifest"));
        }
        if size > LARGEST_MANIFEST {
            return Err(self.refused(MANIFEST, "it is too large"));
        }
        self.folder = folder;
        self.manifest_bytes = self.content(MANIFEST, size)?;
        self.manifest = Manifest::parse(&self.path, &self.manifest_bytes)?;
        let file_bytes = std::fs::metadata(&self.path).map_or(0, |meta| meta.len());
        if self.manifest.listed_bytes() > file_bytes.saturating_mul(LARGEST_RATIO).saturating_add(RATIO_COUNTS_FROM) {
            return Err(self.refused(MANIFEST, "it lists far more than the file can hold"));
        }
        Ok(())
    }

    /// Reads the header of the next entry, which must be this one.
    pub(crate) fn expect(&mut self, entry: &Entry) -> Result<(), BundleError> {
        let size = self.named(&entry.name)?;
        if size == entry.size { Ok(()) } else { Err(self.refused(&entry.name, "its size is not the manifest's")) }
    }

    fn named(&mut self, expected: &str) -> Result<u64, BundleError> {
        let (folder, name, size) = match self.block(expected)? {
            Block::Entry { folder, name, size } => (folder, name, size),
            Block::Zeros => return Err(self.altered(expected, "the archive ends before it")),
        };
        if folder != self.folder {
            return Err(self.refused(&name, "it lies in another folder"));
        }
        if name != expected {
            let listed =
                name == MANIFEST || name == SUMS || self.manifest.entries.iter().any(|entry| entry.name == name);
            let reason = if listed { "it is out of order, or there twice" } else { "the manifest does not list it" };
            return Err(self.refused(&name, reason));
        }
        Ok(size)
    }

    /// The content of a small entry whose header was read. The manifest has bounded its size.
    pub(crate) fn small(&mut self, entry: &Entry) -> Result<Vec<u8>, BundleError> {
        self.content(&entry.name, entry.size)
    }

    /// The content of a large entry whose header was read, chunk by chunk.
    pub(crate) fn large(
        &mut self,
        entry: &Entry,
        mut sink: impl FnMut(Bytes) -> Result<(), BundleError>,
    ) -> Result<(), BundleError> {
        let mut left = entry.size;
        while left > 0 {
            let mut chunk = vec![0; usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK)];
            self.fill(&entry.name, &mut chunk)?;
            left -= chunk.len() as u64;
            sink(chunk.into())?;
        }
        self.skip_padding(&entry.name, entry.size)
    }

    /// The sums, and after them nothing but the end.
    pub(crate) fn sums_and_end(&mut self) -> Result<Sums, BundleError> {
        let size = self.named(SUMS)?;
        if size > LARGEST_SUMS {
            return Err(self.refused(SUMS, "it is too large"));
        }
        let text = self.content(SUMS, size)?;
        let sums = Sums::parse(&text).ok_or_else(|| self.altered(SUMS, "it is no list of sums"))?;
        // Two blocks of zeros end an archive; tar programs may add more.
        for _ in 0..2 {
            if self.block("the end")? != Block::Zeros {
                return Err(self.refused(SUMS, "it is not the last entry"));
            }
        }
        let mut more = [0; 16 * BLOCK];
        let mut zeros = 0;
        loop {
            match self.reader.read(&mut more).map_err(|error| self.io("the end", error))? {
                0 => return Ok(sums),
                read if zeros <= MOST_ZEROS && more.iter().take(read).all(|byte| *byte == 0) => zeros += read as u64,
                _ => return Err(self.refused(SUMS, "something follows the end")),
            }
        }
    }

    fn block(&mut self, expected: &str) -> Result<Block, BundleError> {
        let mut block = [0; BLOCK];
        self.fill(expected, &mut block)?;
        parse(&block).map_err(|odd| match odd {
            Odd::Damaged(_) if self.folder.is_empty() => not_one(&self.path, "it is no tar archive"),
            Odd::Damaged(reason) => self.altered(expected, reason),
            Odd::Hostile(reason) => self.refused(expected, reason),
        })
    }

    fn content(&mut self, name: &str, size: u64) -> Result<Vec<u8>, BundleError> {
        let mut content = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
        self.fill(name, &mut content)?;
        self.skip_padding(name, size)?;
        Ok(content)
    }

    fn skip_padding(&mut self, name: &str, size: u64) -> Result<(), BundleError> {
        self.fill(name, &mut vec![0; padding(size)])
    }

    fn fill(&mut self, name: &str, buffer: &mut [u8]) -> Result<(), BundleError> {
        self.reader.read_exact(buffer).map_err(|error| self.io(name, error))
    }

    /// An error while reading: of the disk, of a file that ends, or of bytes that are not ours.
    fn io(&self, name: &str, error: io::Error) -> BundleError {
        if error.raw_os_error().is_some() {
            return BundleError::file(&self.path, "read", 0, error);
        }
        // A damaged length can make the reader run past the end of a file that is all there.
        if error.kind() == io::ErrorKind::UnexpectedEof && !self.ends_well {
            return BundleError::Truncated { path: self.path.clone(), entry: name.to_owned() };
        }
        self.altered(name, "its compressed data is damaged")
    }

    pub(crate) fn altered(&self, name: &str, reason: &str) -> BundleError {
        BundleError::Altered { path: self.path.clone(), entry: shown(name), reason: reason.to_owned() }
    }

    fn refused(&self, name: &str, reason: &'static str) -> BundleError {
        BundleError::Refused { path: self.path.clone(), entry: shown(name), reason }
    }
}

/// A manifest that stands in until the real one is read.
const EMPTY: &str = r#"{"format":1,"made_by":"","made_at":"1970-01-01T00:00:00Z","source":{"console":"","cluster":"","team":"","app":""},
"versions":{},"backup":{},"entries":[{"name":"package/none.zip","size":0}]}"#;

fn not_one(path: &Path, reason: &'static str) -> BundleError {
    BundleError::NotABundle { path: path.to_owned(), reason }
}

/// A name from a file, fit for a message.
fn shown(name: &str) -> String {
    name.chars().take(120).flat_map(char::escape_debug).collect()
}

/// Whether the last frame of a file is the end of an archive, as a whole bundle has it.
fn ends_as_written(file: &mut dyn seal::Plain) -> bool {
    let mut tail = || -> io::Result<Vec<u8>> {
        let size = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(size.saturating_sub(64)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        Ok(tail)
    };
    let Ok(tail) = tail() else { return false };
    let Some(at) = tail.windows(MAGIC.len()).rposition(|window| window == MAGIC) else { return false };
    let frame = tail.get(at..).unwrap_or_default();
    zstd::bulk::decompress(frame, 4 * BLOCK)
        .is_ok_and(|end| end.len() == 2 * BLOCK && end.iter().all(|byte| *byte == 0))
}
