//! A zip's entries, in one run from the object's beginning to its end, by what the directory says of them.

use crate::fault::Fault;
use crate::tree::{Traits, Tree};
use crate::unpack::directory::{Entry, u16_at, u32_at};
use crate::unpack::{Hashed, stripped};
use flate2::{Crc, read::DeflateDecoder};
use std::io::{self, Read};

const LOCAL_LEN: usize = 30;

pub(crate) fn unpack<R: Read>(
    object: &mut Hashed<'_, R>,
    directory: &[Entry],
    strip: &str,
    tree: &mut Tree,
) -> Result<(), Fault> {
    for entry in directory {
        let Some(name) = stripped(&entry.name, strip) else { continue };
        skip_to(object, entry)?;
        skip_head(object, entry)?;
        put(object, entry, name, tree)?;
    }
    Ok(())
}

fn damaged(entry: &Entry, what: &str) -> Fault {
    Fault::Damaged(format!("{}: {what}", String::from_utf8_lossy(&entry.name)))
}

fn skip_to<R: Read>(object: &mut Hashed<'_, R>, entry: &Entry) -> Result<(), Fault> {
    let gap = entry.offset.checked_sub(object.at()).ok_or_else(|| damaged(entry, "it overlaps another"))?;
    let skipped = io::copy(&mut object.take(gap), &mut io::sink()).map_err(Fault::of_archive)?;
    if skipped == gap { Ok(()) } else { Err(damaged(entry, "it is not there")) }
}

fn skip_head(object: &mut impl Read, entry: &Entry) -> Result<(), Fault> {
    let mut head = [0; LOCAL_LEN];
    object.read_exact(&mut head).map_err(Fault::of_archive)?;
    if u32_at(&head, 0) != Some(0x0403_4b50) {
        return Err(damaged(entry, "it is not where the directory says"));
    }
    let rest = u16_at(&head, 26).zip(u16_at(&head, 28)).map(|(name, extra)| u64::from(name) + u64::from(extra));
    io::copy(&mut object.take(rest.unwrap_or(0)), &mut io::sink()).map_err(Fault::of_archive)?;
    Ok(())
}

fn put(object: &mut impl Read, entry: &Entry, name: &[u8], tree: &mut Tree) -> Result<(), Fault> {
    let is_folder = entry.name.ends_with(b"/");
    if is_folder {
        return tree.folder(name, traits(entry, 0o755));
    }
    let mut packed = object.take(entry.packed);
    match entry.method {
        0 => file(&mut packed, entry, name, tree)?,
        8 => file(&mut DeflateDecoder::new(&mut packed), entry, name, tree)?,
        other => return Err(damaged(entry, &format!("its compression {other} is unknown here"))),
    }
    // The inflater may leave some of the entry unread, never more.
    io::copy(&mut packed, &mut io::sink()).map_err(Fault::of_archive)?;
    Ok(())
}

fn file(content: &mut dyn Read, entry: &Entry, name: &[u8], tree: &mut Tree) -> Result<(), Fault> {
    let mut checked = Checked { inner: content.take(entry.size.saturating_add(1)), crc: Crc::new(), size: 0 };
    tree.file(name, &mut checked, traits(entry, 0o644))?;
    if checked.size != entry.size || checked.crc.sum() != entry.crc32 {
        return Err(damaged(entry, "its size or checksum does not fit"));
    }
    Ok(())
}

/// A link to a file was followed when the zip was written, and kept the bits of a link only (protocol.md §6.1): what comes
/// out is a file, and its mode is unknown.
fn traits(entry: &Entry, usual: u32) -> Traits {
    let mode = entry.mode.filter(|mode| mode & 0o170_000 != 0o120_000).map_or(usual, |mode| mode & 0o7777);
    Traits { mode: if mode == 0 { usual } else { mode }, owner: entry.owner, mtime_secs: None }
}

struct Checked<R> {
    inner: R,
    crc: Crc,
    size: u64,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.crc.update(into.get(..read).unwrap_or_default());
        self.size += read as u64;
        Ok(read)
    }
}
