//! One part, straight from one store into the other: what is read is what is being sent, and only chunks on their way are
//! held. Its CRC-64 is computed as it passes.

use super::checksum::Permit;
use super::error::TransferError;
use super::ledger::PartDone;
use super::options::ObjectRef;
use super::send::{Upload, again};
use crate::storage::{Crc64, Etag, StoreError, Summing};
use bytes::Bytes;
use futures::StreamExt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

pub(super) struct Stream {
    pub from: ObjectRef,
    /// The source as it was when the transfer began.
    pub pin: Option<Etag>,
    pub upload: Upload,
    /// As many parts as connections are wanted.
    pub turns: Arc<Semaphore>,
}

/// What passed so far.
#[derive(Default)]
struct Passed {
    sum: Summing,
    bytes: u64,
    /// Why the source ended early: the target only hears that it did.
    broken: Option<StoreError>,
}

impl Stream {
    pub(super) async fn go(self, index: u32, permit: Permit) -> Result<PartDone, TransferError> {
        let _held = (self.turns.acquire().await, permit);
        again(|| self.send(index)).await
    }

    async fn send(&self, index: u32) -> Result<PartDone, TransferError> {
        let (from, upload) = (&self.from, &self.upload);
        let range = upload.parts.range(index);
        let length = range.end - range.start;
        let body = from.store.get_range(&from.key, range, self.pin.as_ref()).await;
        let body = body.map_err(|error| TransferError::source(from, error))?;
        let passed = Arc::new(Mutex::new(Passed::default()));
        let (seen, progress) = (Arc::clone(&passed), Arc::clone(&upload.progress));
        let body = body.map(move |chunk| note(&seen, chunk).inspect(|chunk| progress.read(chunk.len() as u64)));
        let tag = upload.to.store.put_part_stream(&upload.to.key, &upload.id, index, length, body.boxed(), None).await;
        let passed = std::mem::take(&mut *passed.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(error) = passed.broken {
            return Err(TransferError::source(from, error));
        }
        let tag = tag.map_err(|error| TransferError::part(&upload.to, index, error))?;
        if passed.bytes != length {
            let (store, key) = (from.store.identity().to_string(), from.key.clone());
            let short = StoreError::WrongLength { store, key, want: length, got: passed.bytes };
            return Err(TransferError::source(from, short));
        }
        upload.progress.part_done(length);
        let crc: Crc64 = passed.sum.finish();
        Ok(PartDone { index, tag, checked: false, crc: Some(crc) })
    }
}

fn note(passed: &Mutex<Passed>, chunk: Result<Bytes, StoreError>) -> Result<Bytes, StoreError> {
    let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
    match chunk {
        Ok(chunk) => {
            passed.sum.add(&chunk);
            passed.bytes += chunk.len() as u64;
            Ok(chunk)
        }
        Err(error) => {
            let told = StoreError::Unreachable { store: "the source".to_owned(), source: error.to_string().into() };
            passed.broken = Some(error);
            Err(told)
        }
    }
}
