//! One member of a package, as a stream: read in ranges, inflated, its size and checksum proven at the end.

use super::directory::{Entry, LOCAL_LEN, Method, Package};
use super::eocd::{u16_at, u32_at};
use super::error::PackageError;
use super::reader::{RangeReader, read_exact};
use crate::ctx::Ctx;
use bytes::{Bytes, BytesMut};
use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::ops::Range;
use std::sync::Arc;

const LOCAL_SIGNATURE: u32 = 0x0403_4b50;
/// One ranged read of a long member.
const WINDOW_BYTES: u64 = 4 * 1024 * 1024;
/// One piece of inflated bytes.
const CHUNK_BYTES: usize = 256 * 1024;
/// Beyond name and sizes, what a local header's extra field may take before a second read is due.
const EXTRA_GUESS_BYTES: u64 = 512;

impl Package {
    /// The bytes of a small member, whole.
    pub(crate) async fn read_member(&self, ctx: &Ctx, entry: &Entry, limit: u64) -> Result<Bytes, PackageError> {
        let too_large = || PackageError::MemberTooLarge { name: entry.name.clone(), limit };
        if entry.size > limit || entry.compressed_size > limit {
            return Err(too_large());
        }
        let mut member = self.open_member(ctx, entry).await?;
        let mut all = BytesMut::new();
        while let Some(chunk) = member.chunk(ctx).await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// A member as a stream. A short one comes with the read of its header.
    pub(crate) async fn open_member(&self, ctx: &Ctx, entry: &Entry) -> Result<MemberReader, PackageError> {
        let (data, ahead) = self.find_data(ctx, entry).await?;
        MemberReader::new(self.reader.clone(), entry, data, ahead)
    }

    /// Where a member's compressed bytes lie, and the first of them as far as they came along.
    pub(super) async fn find_data(&self, ctx: &Ctx, entry: &Entry) -> Result<(Range<u64>, Bytes), PackageError> {
        let damaged = |what| PackageError::MemberDamaged { name: entry.name.clone(), what };
        let start = entry.header_offset;
        let wanted = LOCAL_LEN + entry.name.len() as u64 + EXTRA_GUESS_BYTES + entry.compressed_size.min(WINDOW_BYTES);
        let ahead = self.bytes(ctx, start..start.saturating_add(wanted).min(entry.ends_before)).await?;
        if u32_at(&ahead, 0) != Some(LOCAL_SIGNATURE) {
            return Err(damaged("it is not where the directory says"));
        }
        let lens = u16_at(&ahead, 26).zip(u16_at(&ahead, 28));
        let (name_len, extra_len) = lens.ok_or_else(|| damaged("its header is cut short"))?;
        self.compare(entry, &ahead).map_err(damaged)?;
        let from = start + LOCAL_LEN + u64::from(name_len) + u64::from(extra_len);
        let to = from.checked_add(entry.compressed_size).filter(|&to| to <= entry.ends_before);
        let to = to.ok_or_else(|| damaged("it overlaps what follows it"))?;
        let cut = |place: u64| usize::try_from(place - start).unwrap_or(usize::MAX).min(ahead.len());
        Ok((from..to, ahead.slice(cut(from)..cut(to))))
    }
}

impl Package {
    /// Readers that go by the headers in front of the members must see what those see that go by the directory.
    fn compare(&self, entry: &Entry, header: &[u8]) -> Result<(), &'static str> {
        const WRITTEN_BEHIND: u16 = 1 << 3;
        const ENCRYPTED: u16 = 1;
        let cut_short = "its header is cut short";
        let name_len = usize::from(u16_at(header, 26).ok_or(cut_short)?);
        let from = usize::try_from(LOCAL_LEN).unwrap_or(usize::MAX);
        let name = header.get(from..from + name_len).ok_or(cut_short)?;
        if String::from_utf8_lossy(name) != entry.name {
            return Err("its header gives another name than the directory");
        }
        let flags = u16_at(header, 6).ok_or(cut_short)?;
        let method = u16_at(header, 8).ok_or(cut_short)?;
        let is_same = match entry.method {
            Method::Stored => method == 0,
            Method::Deflated => method == 8,
            Method::Other(_) => true,
        };
        if !is_same || flags & ENCRYPTED != entry.flags & ENCRYPTED {
            return Err("its header tells of another compression than the directory");
        }
        let crc32 = u32_at(header, 14).ok_or(cut_short)?;
        let packed = u32_at(header, 18).ok_or(cut_short)?;
        let size = u32_at(header, 22).ok_or(cut_short)?;
        let says = |short: u32, whole: u64| short == u32::MAX || u64::from(short) == whole;
        // Where sizes are written behind the data, the header has none.
        let is_left_out = flags & WRITTEN_BEHIND != 0 && [crc32, packed, size] == [0; 3];
        if is_left_out || (crc32 == entry.crc32 && says(packed, entry.compressed_size) && says(size, entry.size)) {
            Ok(())
        } else {
            Err("its header gives other sizes than the directory")
        }
    }
}

/// Yields a member's bytes. Only a stream read to its end is proven to be whole.
pub(crate) struct MemberReader {
    reader: Arc<dyn RangeReader>,
    name: String,
    size: u64,
    crc32: u32,
    method: Method,
    /// Compressed bytes still to be asked for.
    rest: Range<u64>,
    /// Compressed bytes at hand.
    input: Bytes,
    inflate: Decompress,
    crc: Crc,
    done_bytes: u64,
    is_over: bool,
}

impl std::fmt::Debug for MemberReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemberReader")
            .field("name", &self.name)
            .field("done_bytes", &self.done_bytes)
            .finish_non_exhaustive()
    }
}

impl MemberReader {
    fn new(reader: Arc<dyn RangeReader>, entry: &Entry, data: Range<u64>, ahead: Bytes) -> Result<Self, PackageError> {
        match entry.method {
            Method::Deflated => {}
            Method::Stored if entry.size == entry.compressed_size => {}
            Method::Stored => {
                return Err(PackageError::MemberDamaged { name: entry.name.clone(), what: "its two sizes differ" });
            }
            Method::Other(_) => {
                return Err(PackageError::Unsupported { name: entry.name.clone(), what: "a compression" });
            }
        }
        Ok(Self {
            reader,
            name: entry.name.clone(),
            size: entry.size,
            crc32: entry.crc32,
            method: entry.method,
            rest: data.start + ahead.len() as u64..data.end,
            input: ahead,
            inflate: Decompress::new(false),
            crc: Crc::new(),
            done_bytes: 0,
            is_over: false,
        })
    }

    /// The next bytes; `None` once all came and size and checksum fit.
    pub(crate) async fn chunk(&mut self, ctx: &Ctx) -> Result<Option<Bytes>, PackageError> {
        while !self.is_over {
            ctx.check()?;
            self.fill(ctx).await?;
            let chunk = match self.method {
                Method::Stored => self.take_stored(),
                Method::Deflated | Method::Other(_) => self.take_inflated()?,
            };
            self.crc.update(&chunk);
            self.done_bytes += chunk.len() as u64;
            if self.done_bytes > self.size {
                return Err(self.damaged("it is longer than it claims"));
            }
            if self.is_over {
                self.prove()?;
            }
            if !chunk.is_empty() {
                return Ok(Some(chunk));
            }
        }
        Ok(None)
    }

    async fn fill(&mut self, ctx: &Ctx) -> Result<(), PackageError> {
        if self.input.is_empty() && self.rest.start < self.rest.end {
            let to = self.rest.end.min(self.rest.start.saturating_add(WINDOW_BYTES));
            self.input = read_exact(ctx, &*self.reader, self.rest.start..to).await?;
            self.rest.start = to;
        }
        Ok(())
    }

    fn has_more_input(&self) -> bool {
        !self.input.is_empty() || self.rest.start < self.rest.end
    }

    fn take_stored(&mut self) -> Bytes {
        let chunk = self.input.split_to(self.input.len().min(CHUNK_BYTES));
        self.is_over = !self.has_more_input();
        chunk
    }

    fn take_inflated(&mut self) -> Result<Bytes, PackageError> {
        let mut out = Vec::with_capacity(CHUNK_BYTES);
        let before = self.inflate.total_in();
        let status = self.inflate.decompress_vec(&self.input, &mut out, FlushDecompress::None);
        let status = status.map_err(|_| self.damaged("its compressed bytes make no sense"))?;
        let used = usize::try_from(self.inflate.total_in() - before).unwrap_or(usize::MAX);
        let _ = self.input.split_to(used.min(self.input.len()));
        match status {
            Status::StreamEnd => self.is_over = true,
            Status::Ok | Status::BufError => {
                if out.is_empty() && used == 0 {
                    return Err(self.damaged("its compressed bytes end too early"));
                }
            }
        }
        Ok(out.into())
    }

    fn prove(&self) -> Result<(), PackageError> {
        if self.done_bytes != self.size {
            return Err(self.damaged("it is shorter than it claims"));
        }
        if self.crc.sum() != self.crc32 {
            return Err(self.damaged("its checksum does not fit"));
        }
        if self.has_more_input() {
            return Err(self.damaged("something follows its end"));
        }
        Ok(())
    }

    fn damaged(&self, what: &'static str) -> PackageError {
        PackageError::MemberDamaged { name: self.name.clone(), what }
    }
}
