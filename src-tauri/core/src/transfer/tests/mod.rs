//! Promises of the room, over a folder, s3s-fs and SeaweedFS.

mod copying;
mod files;
mod routes;
mod streams;

use super::*;
use crate::clock::SystemClock;
use crate::ctx::Ctx;
use crate::storage::testing::{SeaweedFs, folder_store, noise};
use crate::storage::{BodyCheck, Etag, Op, Store, StoreError, StoreSpec, Tap, Tapped, UploadKind, open, read_range};
use bytes::Bytes;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

const MIB: usize = 1 << 20;
const SMALL: u64 = 64 * 1024;

fn ctx() -> Ctx {
    Ctx::new(Arc::new(SystemClock))
}

fn progress() -> Arc<Progress> {
    Arc::new(Progress::default())
}

fn small_parts() -> Options {
    Options { part_size: Some(SMALL), ..Options::default() }
}

fn sha256(data: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(data))
}

/// A bucket on SeaweedFS of the test's own.
async fn seaweed(name: &str) -> (Arc<dyn Store>, StoreSpec) {
    let spec = SeaweedFs::shared().bucket(name).await;
    (open(&spec).unwrap(), spec)
}

/// Two folders as two stores, and the folder they go with.
fn folders() -> (tempfile::TempDir, Arc<dyn Store>, Arc<dyn Store>) {
    let root = tempfile::tempdir().unwrap();
    let (a, b) = (folder_store(root.path(), "a"), folder_store(root.path(), "b"));
    (root, a, b)
}

fn object(store: &Arc<dyn Store>, key: &str) -> ObjectRef {
    ObjectRef::new(Arc::clone(store), key)
}

async fn put(store: &Arc<dyn Store>, key: &str, data: &Bytes) -> ObjectRef {
    store.put(key, vec![data.clone()]).await.unwrap();
    object(store, key)
}

/// As the platform uploads: in parts of one size.
async fn put_in_parts(store: &Arc<dyn Store>, key: &str, data: &Bytes, part: usize) -> ObjectRef {
    let upload = store.create_upload(key, UploadKind::Plain).await.unwrap();
    let mut tags = Vec::new();
    for (index, start) in (0..data.len()).step_by(part).enumerate() {
        let body = vec![data.slice(start..(start + part).min(data.len()))];
        tags.push(store.put_part(key, &upload, index as u32, body).await.unwrap());
    }
    store.complete_upload(key, &upload, &tags).await.unwrap();
    object(store, key)
}

async fn bytes_of(object: &ObjectRef) -> Vec<u8> {
    let size = object.store.head(&object.key).await.unwrap().size;
    read_range(object.store.as_ref(), &object.key, 0..size, None).await.unwrap().concat()
}

async fn uploads_in(store: &Arc<dyn Store>) -> usize {
    store.list_uploads("").await.unwrap().len()
}

fn recorded_parts(ledger: &MemoryLedger) -> usize {
    ledger.recorded().map_or(0, |recorded| recorded.parts.len())
}

/// Runs work until something is true of it, then drops it: what a killed program leaves.
async fn kill_when(work: impl Future, is_time: impl Fn() -> bool) {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            _ = &mut work => panic!("it was done before it could be killed"),
            () = tokio::task::yield_now() => if is_time() { return },
        }
    }
}

/// Misbehaves at one kind of call, from the n-th one on.
#[derive(Debug, Clone)]
struct Fault {
    op: Op,
    from: u32,
    seen: Arc<AtomicU32>,
    then: Then,
}

#[derive(Debug, Clone)]
enum Then {
    Fail,
    /// Waits until told to go on; for ever if nobody does.
    Stall(Arc<Notify>),
    /// Puts another object in the place of the one that is being read.
    Replace(Arc<dyn Store>),
}

impl Fault {
    fn at(op: Op, from: u32, then: Then) -> Self {
        Self { op, from, seen: Arc::new(AtomicU32::new(0)), then }
    }

    fn over(self, inner: &Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Tapped { inner: Arc::clone(inner), tap: self })
    }

    fn seen(&self) -> u32 {
        self.seen.load(SeqCst)
    }
}

#[async_trait::async_trait]
impl Tap for Fault {
    async fn before(&self, op: Op, key: &str) -> Result<(), StoreError> {
        if op != self.op || self.seen.fetch_add(1, SeqCst) < self.from {
            return Ok(());
        }
        match &self.then {
            Then::Fail => Err(StoreError::Full { store: "the faulty store".to_owned(), key: key.to_owned() }),
            Then::Stall(gate) => {
                gate.notified().await;
                Ok(())
            }
            Then::Replace(store) => {
                store.put(key, vec![Bytes::from_static(b"another object")]).await?;
                Ok(())
            }
        }
    }
}

/// A ledger of a program that dies just before it records an end.
#[derive(Default)]
struct NeverEnding(MemoryLedger);

impl Ledger for NeverEnding {
    fn started(&self, started: &Started) -> std::io::Result<()> {
        self.0.started(started)
    }

    fn part_done(&self, part: &PartDone) -> std::io::Result<()> {
        self.0.part_done(part)
    }

    fn ended(&self) -> std::io::Result<()> {
        Ok(())
    }

    fn recorded(&self) -> Option<Recorded> {
        self.0.recorded()
    }
}
