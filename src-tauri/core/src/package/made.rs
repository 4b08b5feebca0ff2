//! A package that is put together on this computer: stored members, each made of bytes and of stretches of files that lie
//! here. It is read as a zip by whoever reads packages, and is nowhere whole.

use super::reader::{RangeReader, ReadFault};
use bytes::{Bytes, BytesMut};
use crc32fast::Hasher;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

const WIDE: u64 = u32::MAX as u64;
const VERSION_WIDE: u16 = 45;
const ZIP64_FIELD: u16 = 1;
/// 1980-01-01, the first day that zips know: the same members give the same bytes.
const FIRST_DAY: u16 = 0x21;
/// A regular file that its owner may write, as the platform's writer has it.
const MODE: u32 = 0o100_644 << 16;

#[derive(Clone, Debug)]
pub(crate) enum Part {
    Bytes(Bytes),
    File { path: PathBuf, start: u64, bytes: u64 },
}

impl Part {
    fn bytes(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { bytes, .. } => *bytes,
        }
    }

    /// Some of it; blocking.
    fn read(&self, from: u64, wanted: u64, out: &mut BytesMut) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => {
                let cut = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                out.extend_from_slice(bytes.get(cut(from)..cut(from + wanted)).unwrap_or_default());
            }
            Self::File { path, start, .. } => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(start + from))?;
                let at = out.len();
                out.resize(at + usize::try_from(wanted).unwrap_or(usize::MAX), 0);
                file.read_exact(out.get_mut(at..).unwrap_or_default())?;
            }
        }
        Ok(())
    }

    fn add_to(&self, crc: &mut Hasher) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => crc.update(bytes),
            Self::File { path, start, bytes } => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(*start))?;
                let mut rest = file.take(*bytes);
                let mut buffer = vec![0; 1 << 20];
                let mut done = 0;
                loop {
                    let count = rest.read(&mut buffer)?;
                    if count == 0 {
                        break;
                    }
                    crc.update(buffer.get(..count).unwrap_or_default());
                    done += count as u64;
                }
                if done != *bytes {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
        Ok(())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct MadeMember {
    pub name: String,
    pub parts: Vec<Part>,
}

/// Where each part lies in the zip, in order.
#[derive(Clone, Debug)]
pub(crate) struct MadePackage {
    parts: Vec<(u64, Part)>,
    size: u64,
}

impl MadePackage {
    /// Reads every member once, for its checksum; blocking.
    pub(crate) fn new(members: Vec<MadeMember>) -> io::Result<Self> {
        let mut made = Self { parts: Vec::new(), size: 0 };
        let mut directory = Vec::new();
        let count = members.len() as u64;
        for member in members {
            let offset = made.size;
            let size = member.parts.iter().map(Part::bytes).sum();
            let mut crc = Hasher::new();
            member.parts.iter().try_for_each(|part| part.add_to(&mut crc))?;
            let record = Record { name: &member.name, crc: crc.finalize(), size, offset };
            made.add(Part::Bytes(record.local().into()));
            member.parts.into_iter().for_each(|part| made.add(part));
            directory.extend_from_slice(&record.central());
        }
        let at = made.size;
        let len = directory.len() as u64;
        directory.extend_from_slice(&end(count, len, at));
        made.add(Part::Bytes(directory.into()));
        Ok(made)
    }

    fn add(&mut self, part: Part) {
        let bytes = part.bytes();
        if bytes > 0 {
            self.parts.push((self.size, part));
            self.size += bytes;
        }
    }

    fn cut(&self, range: Range<u64>) -> io::Result<Bytes> {
        let first = self.parts.partition_point(|(start, part)| start + part.bytes() <= range.start);
        let mut out = BytesMut::new();
        for (start, part) in self.parts.get(first..).unwrap_or_default() {
            if *start >= range.end {
                break;
            }
            let from = range.start.max(*start) - start;
            let to = range.end.min(start + part.bytes()) - start;
            part.read(from, to - from, &mut out)?;
        }
        Ok(out.freeze())
    }
}

#[async_trait::async_trait]
impl RangeReader for MadePackage {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        let this = self.clone();
        Ok(tokio::task::spawn_blocking(move || this.cut(range)).await??)
    }
}

struct Record<'a> {
    name: &'a str,
    crc: u32,
    size: u64,
    offset: u64,
}

impl Record<'_> {
    fn is_wide(&self) -> bool {
        self.size >= WIDE
    }

    /// Versions, flags (names are UTF-8), method, time, day, checksum, both sizes, and the length of the name.
    fn common(&self, out: &mut Vec<u8>) {
        let narrow = if self.is_wide() { u32::MAX } else { u32::try_from(self.size).unwrap_or(u32::MAX) };
        for number in [VERSION_WIDE, 1 << 11, 0, 0, FIRST_DAY] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for number in [self.crc, narrow, narrow] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&u16::try_from(self.name.len()).unwrap_or(u16::MAX).to_le_bytes());
    }

    fn wide(numbers: &[u64]) -> Vec<u8> {
        if numbers.is_empty() {
            return Vec::new();
        }
        let len = u16::try_from(numbers.len() * 8).unwrap_or(0);
        let mut out = [ZIP64_FIELD.to_le_bytes(), len.to_le_bytes()].concat();
        numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
        out
    }

    fn local(&self) -> Vec<u8> {
        let extra = if self.is_wide() { Self::wide(&[self.size; 2]) } else { Vec::new() };
        let mut out = b"PK\x03\x04".to_vec();
        self.common(&mut out);
        out.extend_from_slice(&u16::try_from(extra.len()).unwrap_or(0).to_le_bytes());
        out.extend_from_slice(self.name.as_bytes());
        out.extend_from_slice(&extra);
        out
    }

    fn central(&self) -> Vec<u8> {
        let mut numbers = if self.is_wide() { vec![self.size; 2] } else { Vec::new() };
        let is_far = self.offset >= WIDE;
        if is_far {
            numbers.push(self.offset);
        }
        let extra = Self::wide(&numbers);
        let mut out = b"PK\x01\x02".to_vec();
        // By a Unix system.
        out.extend_from_slice(&(3 << 8 | VERSION_WIDE).to_le_bytes());
        self.common(&mut out);
        out.extend_from_slice(&u16::try_from(extra.len()).unwrap_or(0).to_le_bytes());
        // No comment, the first disk, no marks of a text.
        out.extend_from_slice(&[0; 6]);
        out.extend_from_slice(&MODE.to_le_bytes());
        let offset = if is_far { u32::MAX } else { u32::try_from(self.offset).unwrap_or(u32::MAX) };
        out.extend_from_slice(&offset.to_le_bytes());
        out.extend_from_slice(self.name.as_bytes());
        out.extend_from_slice(&extra);
        out
    }
}

/// The directory's end, with the wide one in front of it: readers take whichever they know.
fn end(count: u64, len: u64, at: u64) -> Vec<u8> {
    let is_wide = count >= 0xffff || len >= WIDE || at >= WIDE;
    let mut out = Vec::new();
    if is_wide {
        let from = at + len;
        out.extend_from_slice(b"PK\x06\x06");
        out.extend_from_slice(&44_u64.to_le_bytes());
        out.extend_from_slice(&VERSION_WIDE.to_le_bytes());
        out.extend_from_slice(&VERSION_WIDE.to_le_bytes());
        out.extend_from_slice(&[0; 8]);
        for number in [count, count, len, at] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(b"PK\x06\x07");
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&from.to_le_bytes());
        out.extend_from_slice(&1_u32.to_le_bytes());
    }
    let short = |number: u64| u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes();
    let long = |number: u64| if is_wide { u32::MAX } else { u32::try_from(number).unwrap_or(u32::MAX) }.to_le_bytes();
    out.extend_from_slice(b"PK\x05\x06");
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&short(count));
    out.extend_from_slice(&short(count));
    out.extend_from_slice(&long(len));
    out.extend_from_slice(&long(at));
    out.extend_from_slice(&[0; 2]);
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::kit::ctx;
    use super::*;
    use crate::package::Package;
    use std::sync::Arc;

    #[tokio::test]
    async fn what_is_put_together_is_read_like_any_package() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("images.tar");
        std::fs::write(&path, (0..200_000_u32).map(|n| (n % 251) as u8).collect::<Vec<_>>()).unwrap();
        let part = |start, bytes| Part::File { path: path.clone(), start, bytes };
        let members = vec![
            MadeMember {
                name: "g_1/app_web/image_2.tar".to_owned(),
                parts: vec![
                    Part::Bytes(Bytes::from_static(b"head")),
                    part(1_000, 150_000),
                    Part::Bytes(Bytes::new()),
                    part(0, 7),
                ],
            },
            MadeMember { name: "g_1/中.json".to_owned(), parts: vec![Part::Bytes(Bytes::from_static(b"{}"))] },
        ];
        let made = MadePackage::new(members).unwrap();
        let package = Package::open(&ctx(), Arc::new(made)).await.unwrap();
        let names: Vec<&str> = package.entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["g_1/app_web/image_2.tar", "g_1/中.json"]);
        // Read to its end a member proves its size and its checksum.
        let image = package.read_member(&ctx(), &package.entries()[0], 1 << 20).await.unwrap();
        let file = std::fs::read(&path).unwrap();
        assert_eq!(image, [b"head", &file[1_000..151_000], &file[..7]].concat());
        assert_eq!(package.read_member(&ctx(), &package.entries()[1], 10).await.unwrap(), "{}");
    }

    #[test]
    fn a_member_beyond_four_gibibytes_and_what_follows_it_have_wide_numbers() {
        let (size, offset) = (WIDE + 5, 2 * WIDE);
        let large = Record { name: "a", crc: 1, size, offset: 0 };
        let local = large.local();
        assert_eq!(local[18..26], [0xff; 8]);
        assert_eq!(local[31..35], [1, 0, 16, 0]);
        assert_eq!(local[35..43], size.to_le_bytes());
        let far = Record { name: "b", crc: 1, size: 3, offset };
        let central = far.central();
        assert_eq!(central[20..24], 3_u32.to_le_bytes());
        assert_eq!(central[42..46], [0xff; 4]);
        assert_eq!(central[47..51], [1, 0, 8, 0]);
        assert_eq!(central[51..59], offset.to_le_bytes());
        let end = end(2, 100, offset);
        let found = crate::package::locate(&end, offset + 100 + end.len() as u64).unwrap();
        assert_eq!((found.offset, found.len, found.entry_count), (offset, 100, 2));
    }

    #[test]
    fn a_file_that_is_shorter_than_it_was_is_not_packed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("short");
        std::fs::write(&path, b"abc").unwrap();
        let parts = vec![Part::File { path, start: 1, bytes: 5 }];
        assert!(MadePackage::new(vec![MadeMember { name: "a".to_owned(), parts }]).is_err());
    }
}
