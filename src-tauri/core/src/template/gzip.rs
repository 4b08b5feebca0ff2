//! Gzip without compression, written by ourselves: stored blocks of one length, no time, no name. So a file's size follows from
//! its content's size alone, and the same content gives the same bytes. Image layers are compressed already.

use bytes::{BufMut, Bytes, BytesMut};

/// RFC 1952: deflate, no flags, no time, no extra flags, system unknown.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
const TRAILER_BYTES: u64 = 8;
/// RFC 1951 §3.2.4: the most a stored block holds.
const BLOCK_BYTES: u64 = 0xffff;
const BLOCK_HEAD_BYTES: u64 = 5;

/// Bytes of the whole file for so many of content.
pub(super) fn total_bytes(content: u64) -> u64 {
    HEADER.len() as u64 + content + BLOCK_HEAD_BYTES * content.div_ceil(BLOCK_BYTES) + TRAILER_BYTES
}

pub(super) struct Gzip {
    content: u64,
    done: u64,
    crc: crc32fast::Hasher,
}

impl Gzip {
    /// `content`: bytes that will be pushed in all, at least one.
    pub(super) fn new(content: u64) -> Self {
        Self { content, done: 0, crc: crc32fast::Hasher::new() }
    }

    /// The file's bytes for the next ones of the content. What is pushed beyond what was promised is not written.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Bytes {
        let room = bytes.len() + 2 * HEADER.len() + bytes.len() / 1024;
        let mut out = BytesMut::with_capacity(room);
        if self.done == 0 && !bytes.is_empty() {
            out.put_slice(&HEADER);
        }
        self.crc.update(bytes);
        let mut rest = bytes;
        while !rest.is_empty() && self.done < self.content {
            let in_block = self.done % BLOCK_BYTES;
            let block = BLOCK_BYTES.min(self.content - (self.done - in_block));
            if in_block == 0 {
                out.put_u8(u8::from(self.done + block == self.content));
                let len = u16::try_from(block).unwrap_or(u16::MAX);
                out.put_u16_le(len);
                out.put_u16_le(!len);
            }
            let most = usize::try_from(block - in_block).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at(most);
            out.put_slice(now);
            self.done += now.len() as u64;
            rest = later;
        }
        if self.done == self.content && !bytes.is_empty() {
            out.put_u32_le(self.crc.clone().finalize());
            // The size modulo 2^32, by the format.
            out.put_u32_le(u32::try_from(self.content & 0xffff_ffff).unwrap_or(0));
        }
        out.freeze()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.done == self.content
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Read;

    fn file(content: &[u8], cuts: &[usize]) -> Vec<u8> {
        let mut gzip = Gzip::new(content.len() as u64);
        let (mut out, mut rest, mut at) = (Vec::new(), content, 0);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(cuts[at % cuts.len()].min(rest.len()));
            out.extend_from_slice(&gzip.push(now));
            rest = later;
            at += 1;
        }
        assert!(gzip.is_whole());
        out
    }

    #[test]
    fn blocks_end_where_they_must() {
        for len in [1usize, 65_534, 65_535, 65_536, 131_070, 131_071] {
            let content = vec![3; len];
            let file = file(&content, &[40_000]);
            assert_eq!(file.len() as u64, total_bytes(len as u64), "{len}");
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(file.as_slice()).read_to_end(&mut back).unwrap();
            assert_eq!(back, content);
        }
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_file(len in 1usize..200_000, cuts in proptest::collection::vec(1usize..90_000, 1..8)) {
            let content: Vec<u8> = (0..len).map(|n| (n % 251) as u8).collect();
            prop_assert_eq!(file(&content, &cuts), file(&content, &[len]));
        }
    }
}
