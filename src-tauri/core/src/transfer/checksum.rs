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

/// What the hash is told.
enum Told {
    /// Bytes of a part, and where in it they begin. Those of a read that is made again come again.
    Piece { index: u32, at: u64, bytes: Bytes, permit: Permit },
    /// That was all of it.
    Whole { index: u32 },
}

/// Takes parts in any order and hashes them in order: the one whose turn it is as it comes. Parts that came early wait here,
/// and count as memory in use.
pub(crate) struct OrderedHash {
    sender: mpsc::UnboundedSender<Told>,
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
pub(crate) struct HashFeed(Option<mpsc::UnboundedSender<Told>>);

impl HashFeed {
    pub(crate) fn nowhere() -> Self {
        Self(None)
    }

    /// A part that is there whole.
    pub(crate) fn part(&self, index: u32, chunks: &[Bytes], permit: &Permit) {
        let mut at = 0;
        for chunk in chunks {
            self.piece(index, at, chunk, permit);
            at += chunk.len() as u64;
        }
        self.whole(index);
    }

    pub(crate) fn piece(&self, index: u32, at: u64, bytes: &Bytes, permit: &Permit) {
        self.tell(|| Told::Piece { index, at, bytes: bytes.clone(), permit: Arc::clone(permit) });
    }

    pub(crate) fn whole(&self, index: u32) {
        self.tell(|| Told::Whole { index });
    }

    fn tell(&self, told: impl FnOnce() -> Told) {
        if let Some(sender) = &self.0 {
            // A thread that is gone shows when its result is asked for.
            let _ = sender.send(told());
        }
    }
}

/// What came of a part before its turn.
#[derive(Default)]
struct Early {
    pieces: Vec<(u64, Bytes, Permit)>,
    is_whole: bool,
}

fn hash_in_order(mut receiver: mpsc::UnboundedReceiver<Told>) -> String {
    let mut hash = Sha256::new();
    let mut early: BTreeMap<u32, Early> = BTreeMap::new();
    // The part whose turn it is, and how much of it is hashed.
    let (mut turn, mut done) = (0, 0);
    while let Some(told) = receiver.blocking_recv() {
        match told {
            Told::Piece { index, at, bytes, permit } if index != turn => {
                early.entry(index).or_default().pieces.push((at, bytes, permit));
            }
            Told::Piece { at, bytes, .. } => add(&mut hash, &mut done, at, &bytes),
            Told::Whole { index } if index != turn => early.entry(index).or_default().is_whole = true,
            Told::Whole { .. } => loop {
                (turn, done) = (turn + 1, 0);
                let Some(next) = early.remove(&turn) else { break };
                for (at, bytes, _permit) in next.pieces {
                    add(&mut hash, &mut done, at, &bytes);
                }
                if !next.is_whole {
                    break;
                }
            },
        }
    }
    hex::encode(hash.finalize())
}

/// What of these bytes is new.
fn add(hash: &mut Sha256, done: &mut u64, at: u64, bytes: &Bytes) {
    let known = usize::try_from(done.saturating_sub(at)).unwrap_or(usize::MAX);
    if let Some(new) = bytes.get(known..) {
        hash.update(new);
        *done += new.len() as u64;
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Semaphore;

    #[tokio::test]
    async fn parts_and_pieces_may_come_in_any_order_and_again() {
        let permit: Permit = Arc::new(Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap());
        let hash = OrderedHash::start();
        let feed = hash.feed();
        let bytes = Bytes::from_static;
        feed.piece(1, 0, &bytes(b"de"), &permit);
        feed.piece(0, 0, &bytes(b"ab"), &permit);
        feed.part(2, &[bytes(b"gh"), bytes(b"i")], &permit);
        // The read broke off and was made again, in other pieces.
        feed.piece(0, 0, &bytes(b"a"), &permit);
        feed.piece(0, 1, &bytes(b"bc"), &permit);
        feed.whole(0);
        feed.piece(1, 0, &bytes(b"def"), &permit);
        feed.whole(1);
        drop(feed);
        assert_eq!(hash.finish().await.unwrap(), hex::encode(Sha256::digest(b"abcdefghi")));
    }
}
