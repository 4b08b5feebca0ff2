//! One more name at the top of a zip that streams by (§11.6 a).
//!
//! With two visible names at the top, `Unzip` of regions from v6.2.0 on strips no root (rainbond util/comman.go; hidden names
//! do not count). The zip's last bytes are held back until its directory is known; only it is written anew.

use super::error::RepairError;
use super::record;
use crate::package::locate;
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;

const NAME: &str = "KEEP";
/// Owner, as the platform's comments have it.
const ROOT: &str = "0/0";
/// Room for the directory of some 250,000 files.
const HELD_BYTES: u64 = 32 * 1024 * 1024;

#[derive(Default)]
pub(super) struct KeepRoot {
    held: VecDeque<Bytes>,
    held_bytes: u64,
    passed_bytes: u64,
}

/// The end of the zip as it goes on.
pub(super) struct Kept {
    pub bytes: Vec<Bytes>,
    /// The last entry is a symlink: whatever came after it may be missing (B-19).
    pub ends_in_symlink: bool,
}

impl KeepRoot {
    /// Takes a piece, and gives what surely lies before the directory.
    pub(super) fn push(&mut self, chunk: Bytes, out: &mut Vec<Bytes>) {
        self.held_bytes += chunk.len() as u64;
        self.held.push_back(chunk);
        while let Some(front) = self.held.front()
            && self.held_bytes - front.len() as u64 >= HELD_BYTES
            && let Some(front) = self.held.pop_front()
        {
            self.held_bytes -= front.len() as u64;
            self.passed_bytes += front.len() as u64;
            out.push(front);
        }
    }

    pub(super) fn finish(self, name: &str) -> Result<Kept, RepairError> {
        let damaged = |source| RepairError::NestedDamaged { name: name.to_owned(), source };
        let mut tail = BytesMut::with_capacity(usize::try_from(self.held_bytes).unwrap_or(0));
        self.held.iter().for_each(|chunk| tail.extend_from_slice(chunk));
        let mut tail = tail.freeze();
        let at = locate(&tail, self.passed_bytes + self.held_bytes).map_err(damaged)?;
        let too_many = || RepairError::TooManyFiles { name: name.to_owned() };
        let before = at.offset.checked_sub(self.passed_bytes).ok_or_else(too_many)?;
        let cut = |len| usize::try_from(len).unwrap_or(usize::MAX);
        let files = tail.split_to(cut(before).min(tail.len()));
        let directory = tail.split_to(cut(at.len).min(tail.len()));
        let records = record::split(&directory).map_err(damaged)?;
        let ends_in_symlink = records.last().is_some_and(|last| record::is_symlink(last));
        let has_it = records.iter().any(|known| top(record::name(known)) == NAME.as_bytes());
        if has_it || records.is_empty() {
            return Ok(Kept { bytes: vec![files, directory, tail], ends_in_symlink });
        }
        let (header, keep) = record::empty_file(NAME, ROOT, at.offset);
        let (count, len) = (records.len() as u64 + 1, (directory.len() + keep.len()) as u64);
        let end = record::end(count, len, at.offset + header.len() as u64, record::end_comment(&tail));
        let bytes = vec![files, header.into(), directory, keep.into(), end.into()];
        Ok(Kept { bytes, ends_in_symlink })
    }
}

fn top(name: &[u8]) -> &[u8] {
    name.split(|byte| *byte == b'/').next().unwrap_or_default()
}
