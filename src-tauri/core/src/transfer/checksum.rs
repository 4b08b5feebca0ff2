//! Hashes: of a whole object in order on a thread of its own, and of single parts.

use bytes::Bytes;
use md5::Md5;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;

/// A part's claim on the memory budget: released when everyone who holds the bytes has let go.
pub(crate) type Permit = Arc<OwnedSemaphorePermit>;

struct Piece {
    index: u32,
    chunks: Vec<Bytes>,
    _permit: Permit,
}

/// Takes parts in any order and hashes them in order. Parts that came early wait here, and count as memory in use.
pub(crate) struct OrderedHash {
    sender: mpsc::UnboundedSender<Piece>,
    thread: JoinHandle<String>,
}

impl OrderedHash {
    pub(crate) fn start() -> Self {
        // Unbounded, since permits bound it.
        let (sender, receiver) = mpsc::unbounded_channel();
        Self { sender, thread: tokio::task::spawn_blocking(move || hash_in_order(receiver)) }
    }

    pub(crate) fn feed(&self) -> HashFeed {
        HashFeed(Some(self.sender.clone()))
    }

    /// The hash of all parts, in hex. Every feed must be gone by then.
    pub(crate) async fn finish(self) -> Result<String, tokio::task::JoinError> {
        drop(self.sender);
        self.thread.await
    }
}

/// The way into an [`OrderedHash`], or into nothing.
#[derive(Clone)]
pub(crate) struct HashFeed(Option<mpsc::UnboundedSender<Piece>>);

impl HashFeed {
    pub(crate) fn nowhere() -> Self {
        Self(None)
    }

    pub(crate) fn part(&self, index: u32, chunks: &[Bytes], permit: &Permit) {
        if let Some(sender) = &self.0 {
            let piece = Piece { index, chunks: chunks.to_vec(), _permit: Arc::clone(permit) };
            // A thread that is gone shows when its result is asked for.
            let _ = sender.send(piece);
        }
    }
}

fn hash_in_order(mut receiver: mpsc::UnboundedReceiver<Piece>) -> String {
    let mut hash = Sha256::new();
    let mut early: BTreeMap<u32, Piece> = BTreeMap::new();
    let mut next = 0;
    while let Some(piece) = receiver.blocking_recv() {
        early.insert(piece.index, piece);
        while let Some(piece) = early.remove(&next) {
            piece.chunks.iter().for_each(|chunk| hash.update(chunk));
            next += 1;
        }
    }
    hex::encode(hash.finalize())
}

/// The MD5 of a part, in hex, computed where it does not hold others up.
pub(crate) async fn md5_of(chunks: Vec<Bytes>) -> Result<String, tokio::task::JoinError> {
    let work = move || {
        let mut hash = Md5::new();
        chunks.iter().for_each(|chunk| hash.update(chunk));
        hex::encode(hash.finalize())
    };
    tokio::task::spawn_blocking(work).await
}
