//! A stream whose size shows only at its end, sent as an object in parts of one size: what a mended package is.
//!
//! A resume is given the stream from its beginning again. A part that is stored already is not sent again if, and only if, its
//! tag is the MD5 of the bytes that came this time; so a stream that came out differently heals itself.

use super::checksum::{HashFeed, OrderedHash, md5_of};
use super::error::{StreamError, TransferError};
use super::ledger::{Ledger, PartDone};
use super::options::{Copied, ObjectRef, Options, Progress, Proving};
use super::parts::Parts;
use super::prove::Evidence;
use super::send::{Fleet, Upload, begin_upload, broken, clean_up, complete, race, resumable};
use super::stream::StreamSource;
use crate::ctx::Ctx;
use crate::storage::{Chunks, UploadId, length};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Sends a stream to its end. `source.size` is what progress is measured by; `most_bytes` it never exceeds, and parts are
/// cut so that as much would fit.
#[expect(clippy::too_many_arguments, reason = "what every transfer is given, and the bound")]
pub(crate) async fn upload_open_ended<S, E>(
    ctx: &Ctx,
    source: &StreamSource,
    most_bytes: u64,
    stream: S,
    to: &ObjectRef,
    options: &Options,
    ledger: &dyn Ledger,
    progress: &Arc<Progress>,
) -> Result<Copied, StreamError<E>>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Error + Send + 'static,
{
    let part_size = options.part_size.unwrap_or_else(|| Parts::for_source(most_bytes, None).part_size);
    let parts = Parts::new(source.size, part_size);
    let intake = Intake { ctx, stream, rest: Bytes::new() };
    Sink { ctx, source, parts, to, options, ledger, progress }.run(intake).await
}

struct Intake<'a, S> {
    ctx: &'a Ctx,
    stream: S,
    rest: Bytes,
}

impl<S, E> Intake<'_, S>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Error + Send + 'static,
{
    /// The next part: fewer bytes only where the stream ends.
    async fn part(&mut self, want: u64) -> Result<Chunks, StreamError<E>> {
        let mut chunks = Chunks::new();
        let mut missing = want;
        while missing > 0 {
            if self.rest.is_empty() {
                match race(self.ctx, self.stream.try_next()).await?.map_err(StreamError::Feed)? {
                    Some(more) => self.rest = more,
                    None => break,
                }
            }
            let fits = usize::try_from(missing).unwrap_or(usize::MAX).min(self.rest.len());
            missing -= fits as u64;
            if fits > 0 {
                chunks.push(self.rest.split_to(fits));
            }
        }
        Ok(chunks)
    }
}

struct Sink<'a> {
    ctx: &'a Ctx,
    source: &'a StreamSource,
    parts: Parts,
    to: &'a ObjectRef,
    options: &'a Options,
    ledger: &'a dyn Ledger,
    progress: &'a Arc<Progress>,
}

/// What was sent.
struct Sent {
    bytes: u64,
    part_count: u32,
    reused: u32,
}

impl Sink<'_> {
    async fn run<S, E>(mut self, mut intake: Intake<'_, S>) -> Result<Copied, StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let recorded = resumable(self.ledger, self.source.tag.as_ref(), self.source.size, &self.source.name)?;
        if let Some(recorded) = &recorded {
            self.parts = recorded.started.parts;
        }
        self.progress.begin(self.parts);
        let first = intake.part(self.parts.part_size).await?;
        if length(&first) < self.parts.part_size && recorded.is_none() {
            return Ok(self.put_whole(first).await?);
        }
        let (id, done) = match recorded.map(|recorded| (recorded.started.upload, recorded.parts)) {
            Some((Some(id), done)) => (id, done),
            Some((None, _)) | None => {
                let tag = self.source.tag.as_ref();
                (begin_upload(self.ctx, self.to, self.parts, tag, self.ledger).await?, BTreeMap::new())
            }
        };
        let sent = self.send(first, intake, &id, done).await;
        match &sent {
            Err(StreamError::Transfer(TransferError::Cancelled)) => {
                clean_up(self.ctx, self.to, &id, self.options, self.ledger).await;
            }
            // The stream cannot be wound back from here: the caller's next try begins anew.
            Err(StreamError::Transfer(error)) if error.is_upload_gone() => {
                self.ledger.ended().map_err(TransferError::recorded)?;
            }
            // After an error of the feed, parts stay: each is proven before it is used again.
            Ok(_) | Err(StreamError::Transfer(_) | StreamError::Feed(_)) => {}
        }
        sent
    }

    async fn put_whole(&self, chunks: Chunks) -> Result<Copied, TransferError> {
        let bytes = length(&chunks);
        self.progress.read(bytes);
        let hash = OrderedHash::start();
        if let Ok(permit) = Arc::new(Semaphore::new(1)).try_acquire_owned() {
            hash.feed().part(0, &chunks, &Arc::new(permit));
        }
        let md5 = md5_of(chunks.clone()).await.map_err(|error| broken(self.to, error))?;
        let tag = race(self.ctx, self.to.store.put(&self.to.key, chunks)).await?;
        let tag = tag.map_err(|error| TransferError::target(self.to, error))?;
        let sha256 = hash.finish().await.map_err(|error| broken(self.to, error))?;
        let checked = tag.is_some_and(|tag| tag.plain() == md5);
        self.prove(sha256, checked, &Sent { bytes, part_count: 1, reused: 0 }).await
    }

    async fn send<S, E>(
        &self,
        first: Chunks,
        mut intake: Intake<'_, S>,
        id: &UploadId,
        done: BTreeMap<u32, PartDone>,
    ) -> Result<Copied, StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let upload = Upload {
            to: self.to.clone(),
            id: id.clone(),
            parts: self.parts,
            check_tags: self.options.proving == Proving::Prove && !self.to.store.checks_bodies(),
            puts: Arc::new(Semaphore::new(self.options.puts.max(1))),
            progress: Arc::clone(self.progress),
        };
        let hash = OrderedHash::start();
        let feed = hash.feed();
        let mut fleet = Fleet::new(self.ctx, self.ledger, self.parts, self.to, done);
        let flown = self.fly(first, &mut intake, &mut fleet, &upload, feed).await;
        if flown.is_err() {
            fleet.ground().await;
        }
        let sent = flown?;
        complete(self.ctx, &upload, &fleet.done).await?;
        let sha256 = hash.finish().await.map_err(|error| broken(self.to, error)).map_err(StreamError::Transfer)?;
        let checked = fleet.done.values().all(|part| part.checked);
        Ok(self.prove(sha256, checked, &sent).await?)
    }

    async fn fly<S, E>(
        &self,
        first: Chunks,
        intake: &mut Intake<'_, S>,
        fleet: &mut Fleet<'_>,
        upload: &Upload,
        feed: HashFeed,
    ) -> Result<Sent, StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let mut sent = Sent { bytes: 0, part_count: 0, reused: 0 };
        let mut next = Some(first);
        loop {
            let permit = fleet.permit().await?;
            let chunks = match next.take() {
                Some(chunks) => chunks,
                None => intake.part(self.parts.part_size).await?,
            };
            let (index, bytes) = (sent.part_count, length(&chunks));
            if bytes == 0 {
                break;
            }
            sent.bytes += bytes;
            sent.part_count += 1;
            self.progress.read(bytes);
            feed.part(index, &chunks, &permit);
            if self.is_stored(fleet, index, &chunks).await? {
                sent.reused += 1;
                self.progress.part_done(bytes);
            } else {
                let upload = upload.clone();
                fleet.launch(async move { upload.put(index, chunks, permit).await });
            }
        }
        drop(feed);
        fleet.land().await?;
        // Parts of a run that came out longer.
        fleet.done.retain(|index, _| *index < sent.part_count);
        Ok(sent)
    }

    /// Whether the target holds these very bytes as this part already.
    async fn is_stored(&self, fleet: &mut Fleet<'_>, index: u32, chunks: &Chunks) -> Result<bool, TransferError> {
        let Some(part) = fleet.done.get_mut(&index) else { return Ok(false) };
        let md5 = md5_of(chunks.clone()).await.map_err(|error| broken(self.to, error))?;
        part.checked = part.tag.plain() == md5;
        if !part.checked {
            tracing::info!(to = %self.to, index, "a part that is stored differs, or cannot be told; it is sent again");
        }
        Ok(part.checked)
    }

    async fn prove(&self, sha256: String, tags_checked: bool, sent: &Sent) -> Result<Copied, TransferError> {
        let parts = Parts::new(sent.bytes, self.parts.part_size);
        self.progress.begin(parts);
        self.progress.part_done(sent.bytes);
        let evidence = Evidence {
            from: &self.source.name,
            to: self.to,
            parts,
            source_etag: None,
            tags_checked,
            proving: self.options.proving,
        };
        let known = sha256.clone();
        let weighed = evidence.weigh(self.ctx, || async { Ok(known) }).await;
        if !matches!(weighed, Err(TransferError::Cancelled)) {
            self.ledger.ended().map_err(TransferError::recorded)?;
        }
        let (found, proof) = weighed?;
        Ok(Copied {
            bytes: sent.bytes,
            sha256: Some(sha256),
            etag: found.etag,
            parts_sent: sent.part_count.saturating_sub(sent.reused),
            parts_reused: sent.reused,
            started_over: false,
            proof,
        })
    }
}
