//! Tar headers, always the same bytes for the same thing: no owner, no time.

use tar::{EntryType, Header};

pub(crate) const BLOCK: usize = 512;

/// A regular file. Beyond 8 GiB the size is binary, as GNU tar and Go write it.
pub(crate) fn file_header(path: &str, size: u64, mode: u32) -> [u8; BLOCK] {
    header(path, size, mode, EntryType::Regular)
}

/// `path` ends with a slash.
pub(crate) fn folder_header(path: &str) -> [u8; BLOCK] {
    header(path, 0, 0o755, EntryType::Directory)
}

fn header(path: &str, size: u64, mode: u32, kind: EntryType) -> [u8; BLOCK] {
    let mut header = Header::new_gnu();
    // Callers' names are short; what is beyond the field would be cut.
    header.as_old_mut().name.iter_mut().zip(path.as_bytes()).for_each(|(to, from)| *to = *from);
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_entry_type(kind);
    header.set_cksum();
    *header.as_bytes()
}

/// The same member with another size.
pub(super) fn resized(block: &[u8; BLOCK], size: u64) -> [u8; BLOCK] {
    let mut header = Header::from_byte_slice(block).clone();
    header.set_size(size);
    header.set_cksum();
    *header.as_bytes()
}

/// Zeros that fill the last block.
pub(crate) fn padding(size: u64) -> u64 {
    let block = BLOCK as u64;
    (block - size % block) % block
}
