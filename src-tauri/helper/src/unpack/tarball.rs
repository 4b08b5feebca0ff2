//! `tar.zst`, as the helper's own backups are.

use crate::fault::Fault;
use crate::tree::{Traits, Tree};
use crate::unpack::stripped;
use std::io::{self, Read};
use tar::EntryType;

pub(crate) fn unpack(object: &mut impl Read, strip: &str, tree: &mut Tree) -> Result<(), Fault> {
    let plain = zstd::Decoder::new(object).map_err(Fault::of_archive)?;
    let mut archive = tar::Archive::new(plain);
    for entry in archive.entries().map_err(Fault::of_archive)? {
        put(entry.map_err(Fault::of_archive)?, strip, tree)?;
    }
    // To the end of the stream, so that its checksum is looked at.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(Fault::of_archive)?;
    Ok(())
}

fn put(mut entry: tar::Entry<'_, impl Read>, strip: &str, tree: &mut Tree) -> Result<(), Fault> {
    let name = entry.path_bytes().into_owned();
    let Some(name) = stripped(&name, strip).map(<[u8]>::to_vec) else { return Ok(()) };
    let traits = traits(entry.header()).map_err(Fault::of_archive)?;
    let target = entry.link_name_bytes().map(std::borrow::Cow::into_owned);
    match (entry.header().entry_type(), target) {
        (EntryType::Directory, _) => tree.folder(&name, traits),
        (EntryType::Regular | EntryType::Continuous, _) => tree.file(&name, &mut entry, traits),
        (EntryType::Symlink, Some(target)) => tree.link(&name, &target, traits),
        (EntryType::Link, Some(target)) => match stripped(&target, strip) {
            Some(target) => tree.hard_link(&name, target),
            None => Err(Fault::Escape(String::from_utf8_lossy(&target).into_owned())),
        },
        (kind, _) => Err(Fault::Damaged(format!("an entry of the kind {kind:?}"))),
    }
}

fn traits(header: &tar::Header) -> io::Result<Traits> {
    let number = |value: u64| u32::try_from(value).map_err(io::Error::other);
    Ok(Traits {
        mode: header.mode()?,
        owner: Some((number(header.uid()?)?, number(header.gid()?)?)),
        mtime_secs: Some(header.mtime()?),
    })
}
