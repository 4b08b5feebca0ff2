//! An object as one ordered stream: what bundles and hashes are made from.
//!
//! Ranges are read ahead, each into a bounded room. They are long where connections carry enough: a store that keeps an
//! object in pieces, or packed, opens each piece anew for every range that touches it. Elsewhere they are short, and more of
//! them are read at once.

use super::error::TransferError;
use super::gated::{Counts, gated};
use super::gauge::{Turn, Turns};
use super::options::{ObjectRef, Progress};
use super::parts::{MIB, Parts, own_part_size};
use super::send::{PAUSES, broken, race};
use crate::ctx::Ctx;
use crate::storage::{Crc64, Etag, ObjectFacts, StoreError, Summing};
use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use std::future;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::task::AbortOnDropHandle;

/// Ranges that are read, or hold what was read, at once.
const READS_AHEAD: usize = 6;
/// How many are read at once at first: more only cost a store at hand that is fast enough by itself.
const FIRST_READS: usize = 2;
/// About as long is a range where those are fast enough.
const LONG: u64 = 64 * MIB;
/// Chunks on their way to the thread that hashes.
const CHUNKS_TO_HASH: usize = 64;

/// The bytes of an object in order. Holds at most a part of each range that is read ahead; ends with an error when
/// cancelled.
pub(crate) struct OrderedReader(BoxStream<'static, Result<Bytes, TransferError>>);

impl Stream for OrderedReader {
    type Item = Result<Bytes, TransferError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

/// Reads the object that `facts` were taken from; another one in its place is an error.
pub(crate) fn read_ordered(
    ctx: &Ctx,
    from: &ObjectRef,
    facts: &ObjectFacts,
    progress: &Arc<Progress>,
) -> OrderedReader {
    progress.begin(Parts::for_source(facts.size, None));
    let counting = Arc::clone(progress);
    let chunks = in_order(ctx, &gated(from, progress, Counts::Yes), facts);
    OrderedReader(chunks.inspect_ok(move |chunk| counting.passed(chunk.len() as u64)).boxed())
}

/// The SHA-256 of an object, read from beginning to end.
pub(crate) async fn hash_object(ctx: &Ctx, of: &ObjectRef, facts: &ObjectFacts) -> Result<String, TransferError> {
    let (sender, mut receiver) = mpsc::channel::<Bytes>(CHUNKS_TO_HASH);
    let hashing = tokio::task::spawn_blocking(move || {
        let mut hash = Sha256::new();
        while let Some(chunk) = receiver.blocking_recv() {
            hash.update(&chunk);
        }
        hex::encode(hash.finalize())
    });
    let mut chunks = in_order(ctx, of, facts);
    while let Some(chunk) = chunks.try_next().await? {
        // A thread that is gone shows when its result is asked for.
        if sender.send(chunk).await.is_err() {
            break;
        }
    }
    drop(sender);
    hashing.await.map_err(|error| broken(of, error))
}

/// The CRC-64 of an object, read from beginning to end.
pub(crate) async fn crc_of_object(ctx: &Ctx, of: &ObjectRef, facts: &ObjectFacts) -> Result<Crc64, TransferError> {
    let mut sum = Summing::default();
    let mut chunks = in_order(ctx, of, facts);
    while let Some(chunk) = chunks.try_next().await? {
        sum.add(&chunk);
    }
    Ok(sum.finish())
}

fn in_order(ctx: &Ctx, from: &ObjectRef, facts: &ObjectFacts) -> BoxStream<'static, Result<Bytes, TransferError>> {
    // Along the cuts it was sent in, where its ETag shows them: a store then opens each piece of its own once.
    let own = own_part_size(facts.size, facts.etag.as_ref(), None);
    let reading = Reading {
        ctx: ctx.clone(),
        from: from.clone(),
        pin: facts.etag.clone(),
        size: facts.size,
        part_size: Parts::for_source(facts.size, own).part_size,
        turns: Turns::new(FIRST_READS, READS_AHEAD),
    };
    let ranges = stream::unfold((reading, 0), |(reading, at)| async move {
        if at >= reading.size {
            return None;
        }
        let turn = reading.turns.clone().take().await;
        let end = (at + reading.stretch()).min(reading.size);
        let coming = reading.read(at..end, turn);
        Some((future::ready(coming), (reading, end)))
    });
    ranges.buffered(READS_AHEAD).flatten().boxed()
}

struct Reading {
    ctx: Ctx,
    from: ObjectRef,
    pin: Option<Etag>,
    size: u64,
    part_size: u64,
    turns: Turns,
}

impl Reading {
    /// How long the next range is.
    fn stretch(&self) -> u64 {
        let parts = if self.turns.suffice() { (LONG / self.part_size).max(1) } else { 1 };
        self.part_size * parts
    }

    fn read(&self, range: Range<u64>, turn: Turn) -> impl Stream<Item = Result<Bytes, TransferError>> + use<> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(usize::try_from(self.part_size).unwrap_or(Semaphore::MAX_PERMITS)));
        let pour =
            Pour { from: self.from.clone(), pin: self.pin.clone(), range, part_size: self.part_size, room, sender };
        let (ctx, name) = (self.ctx.clone(), self.from.to_string());
        let task = tokio::spawn(async move { race(&ctx, pour.run(turn)).await? });
        let coming = Coming { chunks: receiver, task: Some(AbortOnDropHandle::new(task)), name };
        stream::unfold(coming, |mut coming| async move { Some((coming.next().await?, coming)) })
    }
}

/// A chunk, and the room that it takes until it is taken.
type Held = (Bytes, Option<OwnedSemaphorePermit>);

/// A range that is being read.
struct Coming {
    chunks: mpsc::UnboundedReceiver<Held>,
    task: Option<AbortOnDropHandle<Result<(), TransferError>>>,
    name: String,
}

impl Coming {
    async fn next(&mut self) -> Option<Result<Bytes, TransferError>> {
        if let Some((chunk, _room)) = self.chunks.recv().await {
            return Some(Ok(chunk));
        }
        let ended = self.task.take()?.await;
        ended.unwrap_or_else(|error| Err(broken(&self.name, error))).err().map(Err)
    }
}

/// Reads one range into its room.
struct Pour {
    from: ObjectRef,
    pin: Option<Etag>,
    range: Range<u64>,
    part_size: u64,
    room: Arc<Semaphore>,
    // Unbounded, since the room bounds it.
    sender: mpsc::UnboundedSender<Held>,
}

impl Pour {
    /// What broke off goes on where it was: what came is on its way already.
    async fn run(self, turn: Turn) -> Result<(), TransferError> {
        let (mut at, mut waited) = (self.range.start, Duration::ZERO);
        let mut pauses = PAUSES.iter();
        loop {
            let begun = at;
            let Err(error) = self.go_on(&mut at, &mut waited).await else { break };
            if at > begun {
                pauses = PAUSES.iter();
            }
            match pauses.next().filter(|_| error.may_pass()) {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(TransferError::source(&self.from, error)),
            }
        }
        turn.used(self.range.end - self.range.start, waited);
        Ok(())
    }

    /// `waited`: for the store, not for room.
    async fn go_on(&self, at: &mut u64, waited: &mut Duration) -> Result<(), StoreError> {
        let Range { start, end } = self.range;
        let mut begun = Instant::now();
        let mut body = self.from.store.get_range(&self.from.key, *at..end, self.pin.as_ref()).await?;
        loop {
            let chunk = body.try_next().await?;
            *waited += begun.elapsed();
            let bytes = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
            let is_over = *at + bytes > end;
            let Some(chunk) = chunk.filter(|_| !is_over) else {
                let (store, want) = (self.from.store.identity().to_string(), end - start);
                let short =
                    StoreError::WrongLength { store, key: self.from.key.clone(), want, got: *at + bytes - start };
                return if *at == end && !is_over { Ok(()) } else { Err(short) };
            };
            let all = u32::try_from(bytes).unwrap_or(u32::MAX);
            let most = u32::try_from(self.part_size).unwrap_or(u32::MAX);
            let room = Arc::clone(&self.room).acquire_many_owned(all.min(most)).await.ok();
            *at += bytes;
            // Nobody listens any more: the reader was dropped, and this task with it.
            let _ = self.sender.send((chunk, room));
            begun = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::storage::testing::folder_store;

    #[tokio::test]
    async fn ranges_are_long_only_where_reads_came_fast() {
        let root = tempfile::tempdir().unwrap();
        let store = folder_store(root.path(), "b");
        let reading = Reading {
            ctx: Ctx::new(Arc::new(SystemClock)),
            from: ObjectRef::new(store, "p".to_owned()),
            pin: None,
            size: 0,
            part_size: 5 * MIB,
            turns: Turns::new(FIRST_READS, READS_AHEAD),
        };
        assert_eq!(reading.stretch(), 5 * MIB);
        reading.turns.clone().take().await.used(5 * MIB, Duration::from_millis(20));
        assert_eq!(reading.stretch(), 60 * MIB);
        reading.turns.clone().take().await.used(60 * MIB, Duration::from_secs(2));
        assert_eq!(reading.stretch(), 5 * MIB);
    }
}
