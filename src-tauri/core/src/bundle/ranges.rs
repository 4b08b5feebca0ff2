//! The package of a bundle by ranges: every part of it is a zstd frame of its own (FORMAT.md, Frames), so that a piece is
//! found and unpacked without what is before it. A file that another program compressed anew has other frames; it can only
//! be read from its beginning.

use super::error::BundleError;
use super::read::Opened;
use super::seal::{self, Keys};
use super::tarball::{BLOCK, PART, padding};
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Larger than any frame of ours; unpacking one takes that much memory.
const LARGEST_FRAME: u64 = 4 * PART;
/// Parts of the largest package there may be.
const MOST_FRAMES: usize = 1 << 21;
/// Unpacked frames at hand: neighbouring ranges share one.
const KEPT: usize = 3;

#[derive(Clone, Copy, Debug)]
struct Frame {
    /// In the file.
    at: u64,
    packed: u64,
    /// In the archive.
    from: u64,
    raw: u64,
}

/// Gives ranges of a bundle's package.
pub(crate) struct PackageRanges {
    path: PathBuf,
    keys: Arc<Keys>,
    size: u64,
    /// Where the package's content begins in the archive.
    begins: u64,
    frames: Vec<Frame>,
    kept: Mutex<VecDeque<(u64, Bytes)>>,
}

impl PackageRanges {
    /// Walks along the frames; unpacks none.
    pub(crate) async fn open(keys: &Arc<Keys>, opened: Opened) -> Result<Arc<Self>, BundleError> {
        let (path, keys) = (opened.path.clone(), Arc::clone(keys));
        blocking(&path, move || Self::walk(keys, &opened)).await
    }

    /// The range must lie in the package.
    pub(crate) async fn read(self: Arc<Self>, range: Range<u64>) -> Result<Bytes, BundleError> {
        let path = self.path.clone();
        blocking(&path, move || self.cut(&range)).await
    }

    fn walk(keys: Arc<Keys>, opened: &Opened) -> Result<Arc<Self>, BundleError> {
        let path = opened.path.as_path();
        let frames = frames(seal::open(&keys, path)?).map_err(|error| match error.kind() {
            // With a cause it is bytes that the key of an encrypted file did not write.
            io::ErrorKind::InvalidData if error.get_ref().is_some() => altered(path),
            io::ErrorKind::InvalidData => BundleError::NotSeekable { path: path.to_owned() },
            io::ErrorKind::UnexpectedEof => {
                BundleError::Truncated { path: path.to_owned(), entry: opened.package.name.clone() }
            }
            _ => BundleError::file(path, "read", 0, error),
        })?;
        let size = opened.package.size;
        let begins = opened.package_begins;
        if frames.last().is_none_or(|last| last.from + last.raw < begins + size) {
            return Err(BundleError::Truncated { path: path.to_owned(), entry: opened.package.name.clone() });
        }
        Ok(Arc::new(Self { path: path.to_owned(), keys, size, begins, frames, kept: Mutex::default() }))
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    fn cut(&self, range: &Range<u64>) -> Result<Bytes, BundleError> {
        let (from, to) = (self.begins + range.start, self.begins + range.end.min(self.size));
        let first = self.frames.partition_point(|frame| frame.from + frame.raw <= from);
        let mut whole = BytesMut::new();
        for frame in self.frames.iter().skip(first).take_while(|frame| frame.from < to) {
            let unpacked = self.unpacked(frame)?;
            let cut = from.saturating_sub(frame.from)..(to - frame.from).min(frame.raw);
            let piece = usize::try_from(cut.start).ok().zip(usize::try_from(cut.end).ok());
            let piece = piece.and_then(|(start, end)| unpacked.get(start..end)).ok_or_else(|| self.altered())?;
            if from >= frame.from && to <= frame.from + frame.raw {
                return Ok(unpacked.slice_ref(piece));
            }
            whole.extend_from_slice(piece);
        }
        Ok(whole.freeze())
    }

    fn unpacked(&self, frame: &Frame) -> Result<Bytes, BundleError> {
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bytes)) = kept().iter().find(|(at, _)| *at == frame.at) {
            return Ok(bytes.clone());
        }
        let packed = self.packed(frame)?;
        let room = usize::try_from(frame.raw).map_err(|_| self.altered())?;
        let bytes = zstd::bulk::decompress(&packed, room).map_err(|_| self.altered())?;
        if bytes.len() as u64 != frame.raw {
            return Err(self.altered());
        }
        let bytes = Bytes::from(bytes);
        let mut kept = kept();
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        kept.push_back((frame.at, bytes.clone()));
        Ok(bytes)
    }

    fn packed(&self, frame: &Frame) -> Result<Vec<u8>, BundleError> {
        let mut file = seal::open(&self.keys, &self.path)?;
        let mut packed = vec![0; usize::try_from(frame.packed).map_err(|_| self.altered())?];
        let read = file.seek(SeekFrom::Start(frame.at)).and_then(|_| file.read_exact(&mut packed));
        read.map_err(|error| match error.kind() {
            // Bytes that the passphrase's key did not write.
            io::ErrorKind::InvalidData => self.altered(),
            _ => BundleError::file(&self.path, "read", 0, error),
        })?;
        Ok(packed)
    }

    fn altered(&self) -> BundleError {
        altered(&self.path)
    }
}

fn altered(path: &Path) -> BundleError {
    let (entry, reason) = ("package".to_owned(), "its compressed data is damaged".to_owned());
    BundleError::Altered { path: path.to_owned(), entry, reason }
}

async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T, BundleError> + Send + 'static,
) -> Result<T, BundleError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|source| BundleError::Broken { path: path.to_owned(), source })?
}

/// Where an entry's content begins when these sizes of content stand before it, each with its header and padding.
pub(super) fn begins_after(sizes: impl Iterator<Item = u64>) -> u64 {
    let block = BLOCK as u64;
    sizes.map(|size| block + size + padding(size) as u64).sum::<u64>() + block
}

/// All frames of a file, by their headers and those of their blocks (RFC 8878 §3.1.1). `InvalidData`: none of ours.
fn frames<R: Read + Seek>(mut file: R) -> io::Result<Vec<Frame>> {
    let end = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    // Little is read between far jumps.
    let mut walk = Walk { reader: BufReader::with_capacity(64, file), at: 0 };
    let mut frames = Vec::new();
    let (mut at, mut from) = (0, 0);
    while at < end {
        let (raw, has_checksum) = walk.header()?;
        if raw > LARGEST_FRAME {
            return Err(io::ErrorKind::InvalidData.into());
        }
        while !walk.block()? {}
        walk.jump(if has_checksum { 4 } else { 0 })?;
        if walk.at > end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let packed = walk.at - at;
        // What does not shrink grows by three bytes a block; it is read into memory whole.
        if frames.len() >= MOST_FRAMES || packed > raw + raw / 64 + (64 << 10) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        frames.push(Frame { at, packed, from, raw });
        (at, from) = (walk.at, from + raw);
    }
    Ok(frames)
}

/// A file, and where in it the next byte is.
struct Walk<R> {
    reader: BufReader<R>,
    at: u64,
}

impl<R: Read + Seek> Walk<R> {
    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn jump(&mut self, over: u64) -> io::Result<()> {
        self.at += over;
        self.reader.seek_relative(i64::try_from(over).map_err(io::Error::other)?)
    }

    /// The size of a frame's content, which ours always tell, and whether a checksum ends it.
    fn header(&mut self) -> io::Result<(u64, bool)> {
        let [a, b, c, d, descriptor] = self.take()?;
        let is_single = descriptor & 0x20 != 0;
        if [a, b, c, d] != MAGIC || (!is_single && descriptor >> 6 == 0) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let window = u64::from(!is_single);
        let dictionary = [0, 1, 2, 4].get(usize::from(descriptor & 3)).copied().unwrap_or(0);
        self.jump(window + dictionary)?;
        let size = match descriptor >> 6 {
            0 => u64::from(u8::from_le_bytes(self.take()?)),
            1 => u64::from(u16::from_le_bytes(self.take()?)) + 256,
            2 => u64::from(u32::from_le_bytes(self.take()?)),
            _ => u64::from_le_bytes(self.take()?),
        };
        Ok((size, descriptor & 4 != 0))
    }

    /// Passes a block; true for the last one.
    fn block(&mut self) -> io::Result<bool> {
        const REPEATED: u32 = 1;
        let [a, b, c] = self.take()?;
        let header = u32::from_le_bytes([a, b, c, 0]);
        let bytes = if header >> 1 & 3 == REPEATED { 1 } else { u64::from(header >> 3) };
        self.jump(bytes)?;
        Ok(header & 1 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write;

    #[test]
    fn frames_of_all_shapes_are_passed_and_others_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("frames");
        let mut file = File::create(&path).unwrap();
        let noise: Vec<u8> = (0_u32..400_000).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let contents: [&[u8]; 4] = [b"small", &[0; 300], &noise, &[7; 1 << 20]];
        for content in contents {
            file.write_all(&super::super::tarball::frame(content, super::super::tarball::Effort::Usual).unwrap())
                .unwrap();
        }
        let found = frames(File::open(&path).unwrap()).unwrap();
        assert_eq!(found.iter().map(|frame| frame.raw).collect::<Vec<_>>(), [5, 300, 400_000, 1 << 20]);
        assert_eq!(found.last().map(|last| last.at + last.packed), Some(file.metadata().unwrap().len()));
        file.set_len(file.metadata().unwrap().len() - 1).unwrap();
        assert_eq!(frames(File::open(&path).unwrap()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        // Many bytes that unpack to few: they would be read into memory whole.
        let padded = [&MAGIC[..], &[0b1110_0000], &5_u64.to_le_bytes()].concat();
        std::fs::write(&path, [padded, [0, 0, 4].repeat(100_000), vec![1, 0, 0]].concat()).unwrap();
        assert!(frames(File::open(&path).unwrap()).is_err());
        // A stream that does not tell its size, as other programs write it.
        std::fs::write(&path, zstd::stream::encode_all(&noise[..], 3).unwrap()).unwrap();
        assert_eq!(frames(File::open(&path).unwrap()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
