//! An object's bytes into a tree, each byte hashed on its way.

mod directory;
mod tarball;
mod zip;

use crate::fault::{Fault, shown};
use crate::report::Report;
use crate::tree::Tree;
use crate::wire::Wire;
use rainferry_helper::{Format, RestoreItem};
use sha2::{Digest, Sha256};
use std::io::{self, Read};

/// Unpacks the object of an item into `tree`; wrong bytes are an error, at the latest at the end.
pub(crate) fn unpack(wire: &Wire, item: &RestoreItem, tree: &mut Tree, report: &mut Report) -> Result<(), Fault> {
    let mut object = Hashed { inner: wire.object(&item.url, item.bytes, 0), sha256: Sha256::new(), at: 0, report };
    match item.format {
        Format::TarZst => tarball::unpack(&mut object, &item.strip, tree)?,
        Format::Zip => {
            let directory = directory::read(wire, &item.url, item.bytes)?;
            zip::unpack(&mut object, &directory, &item.strip, tree)?;
        }
    }
    // What follows the last entry is part of the object, too.
    io::copy(&mut object, &mut io::sink()).map_err(Fault::of_archive)?;
    let got = hex::encode(object.sha256.finalize());
    if !got.eq_ignore_ascii_case(&item.sha256) {
        return Err(Fault::WrongSum { url: shown(&item.url), want: item.sha256.clone(), got });
    }
    if tree.is_untouched() {
        return Err(Fault::NothingUnder(item.strip.clone()));
    }
    Ok(())
}

/// Hashes and counts what is read through it.
pub(crate) struct Hashed<'a, R> {
    inner: R,
    sha256: Sha256,
    at: u64,
    report: &'a mut Report,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.sha256.update(into.get(..read).unwrap_or_default());
        self.at += read as u64;
        self.report.advance(read as u64);
        Ok(read)
    }
}

impl<R: Read> Hashed<'_, R> {
    pub(crate) fn at(&self) -> u64 {
        self.at
    }
}

/// What is left of a name once the beginning is off; `None`: it is not of this volume.
pub(crate) fn stripped<'a>(name: &'a [u8], strip: &str) -> Option<&'a [u8]> {
    let name = name.strip_prefix(b"./").unwrap_or(name);
    let strip = strip.trim_end_matches('/').as_bytes();
    if strip.is_empty() {
        return Some(name);
    }
    match name.strip_prefix(strip)? {
        b"" => Some(b""),
        rest => rest.strip_prefix(b"/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_ends_at_a_slash() {
        let check = |name: &str, strip: &str, rest: Option<&str>| {
            assert_eq!(stripped(name.as_bytes(), strip), rest.map(str::as_bytes), "{name} {strip}");
        };
        check("id/data/a", "id/data/", Some("a"));
        check("./id/data/a", "id/data", Some("a"));
        check("id/data/", "id/data/", Some(""));
        check("id/data2/a", "id/data/", None);
        check("id", "id/data/", None);
        check("a/b", "", Some("a/b"));
    }
}
