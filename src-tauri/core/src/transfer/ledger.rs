//! What must survive a crash for a transfer to go on: which upload, which cut, which parts. The journal keeps it for real.
//!
//! A fact is recorded after the store took it and before anything relies on it. Losing the last facts is harmless: those
//! parts are sent again.

use super::error::TransferError;
use super::options::ObjectRef;
use super::parts::Parts;
use crate::storage::{Crc64, Etag, UploadId};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

/// A transfer that began, with all that a resume must find unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Started {
    /// `None`: into a file.
    pub upload: Option<UploadId>,
    pub parts: Parts,
    /// The source as it was then.
    pub source_etag: Option<Etag>,
}

/// A part that the target holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartDone {
    /// Counts from 0.
    pub index: u32,
    /// The store's tag of the part; in a file, a checksum of ours.
    pub tag: Etag,
    /// The store held the body against a checksum of ours, or its tag is the MD5 that we computed.
    pub checked: bool,
    /// Of the bytes that went into it, where it was computed.
    pub crc: Option<Crc64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub started: Started,
    pub parts: BTreeMap<u32, PartDone>,
}

/// Where the facts of one transfer are kept. Calls may block for a flush to disk, and are few: one a part.
pub(crate) trait Ledger: Send + Sync {
    /// A new beginning: whatever was recorded before is void.
    fn started(&self, started: &Started) -> io::Result<()>;
    fn part_done(&self, part: &PartDone) -> io::Result<()>;
    /// The upload is gone (completed, aborted or expired): nothing is recorded any more.
    fn ended(&self) -> io::Result<()>;
    fn recorded(&self) -> Option<Recorded>;
}

/// A ledger that lasts as long as the program: for transfers that nobody resumes, and for tests.
#[derive(Debug, Default)]
pub(crate) struct MemoryLedger(Mutex<Option<Recorded>>);

impl MemoryLedger {
    fn with<T>(&self, change: impl FnOnce(&mut Option<Recorded>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Ledger for MemoryLedger {
    fn started(&self, started: &Started) -> io::Result<()> {
        self.with(|kept| *kept = Some(Recorded { started: started.clone(), parts: BTreeMap::new() }));
        Ok(())
    }

    fn part_done(&self, part: &PartDone) -> io::Result<()> {
        self.with(|kept| kept.as_mut().map(|kept| kept.parts.insert(part.index, part.clone())));
        Ok(())
    }

    fn ended(&self) -> io::Result<()> {
        self.with(|kept| *kept = None);
        Ok(())
    }

    fn recorded(&self) -> Option<Recorded> {
        self.with(|kept| kept.clone())
    }
}

/// Throws away the upload that a ledger knows of: what a cancelled or given-up transfer left for a resume.
pub(crate) async fn discard(to: &ObjectRef, ledger: &dyn Ledger) -> Result<(), TransferError> {
    if let Some(upload) = ledger.recorded().and_then(|recorded| recorded.started.upload) {
        to.store.abort_upload(&to.key, &upload).await.map_err(|error| TransferError::target(to, error))?;
    }
    ledger.ended().map_err(TransferError::recorded)
}
