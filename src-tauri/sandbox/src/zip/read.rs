//! Reads a zip file by its central directory, as the platform's Go reader does: data descriptors, zip64, and a
//! checksum that must hold when an entry has been read to its end.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::DeflateDecoder;

#[derive(Debug, Clone)]
pub(crate) struct ZipEntry {
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) size: u64,
    #[cfg_attr(not(test), expect(dead_code, reason = "compared with real packages in the tests"))]
    pub(crate) flags: u16,
    #[cfg_attr(not(test), expect(dead_code, reason = "compared with real packages in the tests"))]
    pub(crate) mode: u32,
    method: u16,
    packed: u64,
    crc: u32,
    offset: u64,
}

impl ZipEntry {
    pub(crate) fn is_directory(&self) -> bool {
        self.name.ends_with('/')
    }
}

#[derive(Debug)]
pub(crate) struct ZipReader {
    file: File,
    pub(crate) entries: Vec<ZipEntry>,
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("zip: {what}"))
}

/// A little-endian number of `N` bytes at `at`.
fn number<const N: usize>(bytes: &[u8], at: usize) -> std::io::Result<u64> {
    let slice = bytes.get(at..at + N).ok_or_else(|| broken("short record"))?;
    Ok(slice.iter().rev().fold(0u64, |value, byte| value << 8 | u64::from(*byte)))
}

impl ZipReader {
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let mut file = File::open(path)?;
        let len = file.metadata()?.len();
        let (start, size, count) = directory_place(&mut file, len)?;
        if start.saturating_add(size) > len {
            return Err(broken("directory outside the file"));
        }
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(size).read_to_end(&mut bytes)?;
        let mut entries = Vec::new();
        let mut at = 0usize;
        for _ in 0..count {
            let (entry, next) = entry_at(&bytes, at)?;
            entries.push(entry);
            at = next;
        }
        Ok(Self { file, entries })
    }

    pub(crate) fn find(&self, name: &str) -> Option<ZipEntry> {
        self.entries.iter().find(|entry| entry.name == name).cloned()
    }

    /// The content of an entry; reading it to its end fails if its size or checksum is wrong.
    pub(crate) fn content(&self, entry: &ZipEntry) -> std::io::Result<impl Read + use<>> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(entry.offset))?;
        let mut head = [0u8; 30];
        file.read_exact(&mut head)?;
        if number::<4>(&head, 0)? != 0x0403_4b50 {
            return Err(broken("no entry where the directory says"));
        }
        let skip = number::<2>(&head, 26)? + number::<2>(&head, 28)?;
        let start = entry.offset + 30 + skip;
        let raw = Raw { file, at: start, left: entry.packed };
        let inner: Box<dyn Read + Send> = match entry.method {
            0 => Box::new(raw),
            8 => Box::new(DeflateDecoder::new(raw)),
            _ => return Err(broken("unknown method")),
        };
        Ok(Checked { inner, crc: crc32fast::Hasher::new(), size: 0, want_crc: entry.crc, want_size: entry.size })
    }

    pub(crate) fn text(&self, entry: &ZipEntry) -> std::io::Result<String> {
        let mut text = String::new();
        self.content(entry)?.read_to_string(&mut text)?;
        Ok(text)
    }
}

/// A range of the file; seeks before each read, because clones of a file share one position.
struct Raw {
    file: File,
    at: u64,
    left: u64,
}

impl Read for Raw {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let want = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        self.file.seek(SeekFrom::Start(self.at))?;
        let read = self.file.read(&mut buf[..want])?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

struct Checked {
    inner: Box<dyn Read + Send>,
    crc: crc32fast::Hasher,
    size: u64,
    want_crc: u32,
    want_size: u64,
}

impl Read for Checked {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.crc.update(&buf[..read]);
        self.size += read as u64;
        if read == 0 && !buf.is_empty() && (self.size != self.want_size || self.crc.clone().finalize() != self.want_crc)
        {
            return Err(broken("checksum error"));
        }
        Ok(read)
    }
}

/// (start, size, entries) of the central directory.
fn directory_place(file: &mut File, len: u64) -> std::io::Result<(u64, u64, u64)> {
    let window = len.min(66_000);
    file.seek(SeekFrom::Start(len - window))?;
    let mut tail = Vec::new();
    Read::by_ref(file).take(window).read_to_end(&mut tail)?;
    let at = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").ok_or_else(|| broken("no end record"))?;
    let (count, size, start) =
        (number::<2>(&tail, at + 10)?, number::<4>(&tail, at + 12)?, number::<4>(&tail, at + 16)?);
    if count != 0xffff && size != 0xffff_ffff && start != 0xffff_ffff {
        return Ok((start, size, count));
    }
    let locator = at.checked_sub(20).ok_or_else(|| broken("no zip64 locator"))?;
    let place = number::<8>(&tail, locator + 8)?;
    file.seek(SeekFrom::Start(place))?;
    let mut record = [0u8; 56];
    file.read_exact(&mut record)?;
    Ok((number::<8>(&record, 48)?, number::<8>(&record, 40)?, number::<8>(&record, 32)?))
}

fn entry_at(bytes: &[u8], at: usize) -> std::io::Result<(ZipEntry, usize)> {
    if number::<4>(bytes, at)? != 0x0201_4b50 {
        return Err(broken("no directory entry"));
    }
    let length = |place: usize| number::<2>(bytes, at + place).map(|value| value as usize);
    let (name_len, extra_len, comment_len) = (length(28)?, length(30)?, length(32)?);
    let text = |from: usize, len: usize| {
        let slice = bytes.get(from..from + len).ok_or_else(|| broken("short entry"))?;
        Ok::<_, Error>(String::from_utf8_lossy(slice).into_owned())
    };
    let extra = bytes.get(at + 46 + name_len..at + 46 + name_len + extra_len).ok_or_else(|| broken("short entry"))?;
    let mut wide = zip64_values(extra)?.into_iter();
    let mut full = |value: u64| if value == 0xffff_ffff { wide.next().unwrap_or(value) } else { value };
    let size = full(number::<4>(bytes, at + 24)?);
    let packed = full(number::<4>(bytes, at + 20)?);
    let offset = full(number::<4>(bytes, at + 42)?);
    let entry = ZipEntry {
        name: text(at + 46, name_len)?,
        comment: text(at + 46 + name_len + extra_len, comment_len)?,
        flags: number::<2>(bytes, at + 8)? as u16,
        method: number::<2>(bytes, at + 10)? as u16,
        crc: number::<4>(bytes, at + 16)? as u32,
        mode: (number::<4>(bytes, at + 38)? >> 16) as u32,
        size,
        packed,
        offset,
    };
    Ok((entry, at + 46 + name_len + extra_len + comment_len))
}

fn zip64_values(extra: &[u8]) -> std::io::Result<Vec<u64>> {
    let mut at = 0usize;
    while at + 4 <= extra.len() {
        let (kind, len) = (number::<2>(extra, at)?, number::<2>(extra, at + 2)? as usize);
        if kind == 1 {
            return (0..len / 8).map(|i| number::<8>(extra, at + 4 + i * 8)).collect();
        }
        at += 4 + len;
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::super::{Owner, Packing, ZipWriter};
    use super::*;

    fn sample(dir: &Path) -> std::path::PathBuf {
        let path = dir.join("a.zip");
        let mut zip = ZipWriter::create(File::create(&path).unwrap(), 1_795_367_890);
        zip.directory("root/", Owner::default()).unwrap();
        zip.file("root/文.txt", Owner { uid: 999, gid: 998 }, Packing::Deflate, &mut "内容".as_bytes()).unwrap();
        let mut noise = crate::noise::Noise::new(3, 300_000);
        zip.file("root/noise", Owner::default(), Packing::Framed, &mut noise).unwrap();
        zip.finish().unwrap();
        path
    }

    #[test]
    fn what_was_written_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let zip = ZipReader::open(&sample(dir.path())).unwrap();
        assert_eq!(zip.text(&zip.find("root/文.txt").unwrap()).unwrap(), "内容");
        assert_eq!(zip.find("root/文.txt").unwrap().comment, "999/998");
        let mut bytes = Vec::new();
        zip.content(&zip.find("root/noise").unwrap()).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len(), 300_000);
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = sample(dir.path());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[2000] ^= 0xff;
        std::fs::write(&path, bytes).unwrap();
        let zip = ZipReader::open(&path).unwrap();
        let mut sink = Vec::new();
        assert!(zip.content(&zip.find("root/noise").unwrap()).unwrap().read_to_end(&mut sink).is_err());
    }

    #[test]
    fn entries_look_like_those_of_real_packages() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/packages/v6-with-volume-data");
        let real = std::fs::read_dir(fixtures).unwrap().next().unwrap().unwrap().path();
        let real = ZipReader::open(&real).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let ours = ZipReader::open(&sample(dir.path())).unwrap();
        let traits = |entry: &ZipEntry| (entry.flags & !0x800, entry.mode, entry.method);
        let of = |zip: &ZipReader, directory| {
            traits(zip.entries.iter().find(|entry| entry.is_directory() == directory).unwrap())
        };
        assert_eq!(of(&ours, true), of(&real, true));
        assert_eq!(of(&ours, false), of(&real, false));
        assert!(real.entries.iter().all(|entry| entry.comment == "0/0"));
    }

    #[test]
    fn another_program_opens_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = sample(dir.path());
        let script = "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);sys.exit(0 if z.testzip() is None else 1)";
        if let Ok(status) = std::process::Command::new("python3").arg("-c").arg(script).arg(&path).status() {
            assert!(status.success());
        }
    }
}
