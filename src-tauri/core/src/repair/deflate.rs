//! Deflates a member anew. The compressor is fed blocks of one size, so that its output does not depend on how the bytes came.

use super::error::RepairError;
use bytes::{Bytes, BytesMut};
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

const BLOCK_BYTES: usize = 64 * 1024;

pub(super) struct Deflate {
    compress: Compress,
    block: BytesMut,
    crc: Crc,
    size: u64,
}

impl Deflate {
    /// Fast: what is rewritten is mostly layers and files that are compressed already.
    pub(super) fn start() -> Self {
        Self {
            compress: Compress::new(Compression::fast(), false),
            block: BytesMut::with_capacity(BLOCK_BYTES),
            crc: Crc::new(),
            size: 0,
        }
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<Bytes, RepairError> {
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
        let mut out = Vec::new();
        while !bytes.is_empty() {
            let (front, rest) = bytes.split_at(bytes.len().min(BLOCK_BYTES - self.block.len()));
            self.block.extend_from_slice(front);
            bytes = rest;
            if self.block.len() == BLOCK_BYTES {
                let block = self.block.split();
                self.squeeze(&block, FlushCompress::None, &mut out)?;
            }
        }
        Ok(out.into())
    }

    /// What is left; then sizes and checksum are known.
    pub(super) fn finish(&mut self) -> Result<Bytes, RepairError> {
        let mut out = Vec::new();
        let block = self.block.split();
        self.squeeze(&block, FlushCompress::None, &mut out)?;
        self.squeeze(&[], FlushCompress::Finish, &mut out)?;
        Ok(out.into())
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn compressed_size(&self) -> u64 {
        self.compress.total_out()
    }

    pub(super) fn crc32(&self) -> u32 {
        self.crc.sum()
    }

    fn squeeze(&mut self, mut input: &[u8], flush: FlushCompress, out: &mut Vec<u8>) -> Result<(), RepairError> {
        loop {
            out.reserve(BLOCK_BYTES);
            let before = self.compress.total_in();
            let status = self.compress.compress_vec(input, out, flush).map_err(RepairError::Deflate)?;
            let used = usize::try_from(self.compress.total_in() - before).unwrap_or(usize::MAX);
            input = input.get(used..).unwrap_or_default();
            let is_done = match flush {
                FlushCompress::Finish => status == Status::StreamEnd,
                _ => input.is_empty() && out.len() < out.capacity(),
            };
            if is_done {
                return Ok(());
            }
        }
    }
}
