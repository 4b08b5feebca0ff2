//! A stream into one object: sent whole where it is short, in the parts of an upload where it is not.

use crate::fault::Fault;
use crate::fault::shown;
use crate::wire::{Tries, Wire};
use rainferry_helper::BackupItem;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// S3 takes no smaller part but the last.
const LEAST_PART: u64 = 5 * 1024 * 1024;

pub(crate) struct Parts<'a> {
    wire: &'a Wire,
    item: &'a BackupItem,
    part_bytes: usize,
    buffer: Vec<u8>,
    sha256: Sha256,
    sent: Sent,
}

/// What was sent.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) etags: Vec<String>,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(wire: &'a Wire, item: &'a BackupItem) -> Result<Self, Fault> {
        let part_bytes = usize::try_from(item.part_bytes.max(LEAST_PART))
            .map_err(|_| Fault::BadJob("parts larger than memory".to_owned()))?;
        Ok(Self { wire, item, part_bytes, buffer: Vec::new(), sha256: Sha256::new(), sent: Sent::default() })
    }

    fn send_part(&mut self) -> Result<(), Fault> {
        let room = self.item.part_urls.len() as u64 * self.part_bytes as u64;
        let url = self.item.part_urls.get(self.sent.etags.len()).ok_or(Fault::NoRoom(room))?;
        let tag = self.wire.put(url, &self.buffer, Tries::Patiently)?;
        self.sent.etags.push(tag.ok_or_else(|| Fault::OddAnswer { url: shown(url), what: "the tag of a part" })?);
        self.buffer.clear();
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Sent, Fault> {
        if self.sent.etags.is_empty() {
            self.wire.put(&self.item.put_url, &self.buffer, Tries::Patiently)?;
        } else if !self.buffer.is_empty() {
            self.send_part()?;
        }
        self.sent.sha256 = hex::encode(self.sha256.finalize());
        Ok(self.sent)
    }
}

impl Write for Parts<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Only when more comes: what fills one part exactly is still sent whole.
        if self.buffer.len() == self.part_bytes {
            self.send_part()?;
        }
        let fits = bytes.len().min(self.part_bytes - self.buffer.len());
        let bytes = bytes.get(..fits).unwrap_or_default();
        self.buffer.extend_from_slice(bytes);
        self.sha256.update(bytes);
        self.sent.bytes += fits as u64;
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
