//! Tar headers and zstd frames, as the format wants them. Bytes in, bytes out.

use super::error::BundleError;
use super::names::is_folder;
use chrono::{DateTime, Utc};
use std::io;
use tar::{EntryType, Header};
use zstd::bulk::Compressor;

pub(crate) const BLOCK: usize = 512;
/// What the package is cut into; each part is a frame.
pub(crate) const PART: u64 = 8 << 20;

const PACKAGE_LEVEL: i32 = -5;
const USUAL_LEVEL: i32 = 1;

/// How hard to try: a package is a zip, and what is left in it is not worth the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    Package,
    Usual,
}

/// The header of `folder/name`.
pub(crate) fn header(folder: &str, name: &str, size: u64, made_at: DateTime<Utc>) -> Result<[u8; BLOCK], BundleError> {
    let mut header = Header::new_ustar();
    header
        .set_path(format!("{folder}/{name}"))
        .map_err(|_| BundleError::BadEntry { name: name.to_owned(), reason: "its name does not fit a tar header" })?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(u64::try_from(made_at.timestamp()).unwrap_or(0));
    header.set_entry_type(EntryType::Regular);
    header.set_cksum();
    Ok(*header.as_bytes())
}

/// The zeros that fill the last block.
pub(crate) fn padding(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
    if over == 0 { 0 } else { BLOCK - over }
}

/// One zstd frame. In one call, since a stream would copy all of it once more.
pub(crate) fn frame(bytes: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let level = match effort {
        Effort::Package => PACKAGE_LEVEL,
        Effort::Usual => USUAL_LEVEL,
    };
    let mut compressor = Compressor::new(level)?;
    compressor.include_checksum(true)?;
    compressor.compress(bytes)
}

/// A whole small entry as a frame.
pub(crate) fn small_entry(
    folder: &str,
    name: &str,
    content: &[u8],
    made_at: DateTime<Utc>,
) -> Result<io::Result<Vec<u8>>, BundleError> {
    let header = header(folder, name, content.len() as u64, made_at)?;
    let zeros = vec![0; padding(content.len() as u64)];
    Ok(frame(&[header.as_slice(), content, &zeros].concat(), Effort::Usual))
}

/// The end of an archive.
pub(crate) fn end() -> io::Result<Vec<u8>> {
    frame(&[0; 2 * BLOCK], Effort::Usual)
}

/// A header as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Entry { folder: String, name: String, size: u64 },
    Zeros,
}

/// Takes a header apart. The error says what is wrong with it, and whether it is damage or was made so.
pub(crate) fn parse(block: &[u8; BLOCK]) -> Result<Block, Odd> {
    if block.iter().all(|byte| *byte == 0) {
        return Ok(Block::Zeros);
    }
    let header = Header::from_byte_slice(block);
    let mut again = header.clone();
    again.set_cksum();
    if header.cksum().ok() != again.cksum().ok() {
        return Err(Odd::Damaged("the checksum of its tar header is wrong"));
    }
    if header.entry_type() != EntryType::Regular || header.link_name_bytes().is_some() {
        return Err(Odd::Hostile("it is no regular file"));
    }
    let path = header.path_bytes();
    let path = std::str::from_utf8(&path).map_err(|_| Odd::Hostile("its name is no UTF-8"))?;
    let (folder, name) = path.split_once('/').ok_or(Odd::Hostile("it is in no folder"))?;
    if !is_folder(folder) {
        return Err(Odd::Hostile("its folder is no plain name"));
    }
    let size = header.entry_size().map_err(|_| Odd::Hostile("its size is no number"))?;
    Ok(Block::Entry { folder: folder.to_owned(), name: name.to_owned(), size })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Odd {
    Damaged(&'static str),
    Hostile(&'static str),
}

/// A part of the package, compressed, and how long it was.
pub(crate) struct Piece {
    pub raw_bytes: u64,
    pub packed: Vec<u8>,
}

/// Compresses one part of the package with what is tar's around it.
pub(crate) fn piece(bytes: &[u8], raw_bytes: u64) -> io::Result<Piece> {
    Ok(Piece { raw_bytes, packed: frame(bytes, Effort::Package)? })
}
