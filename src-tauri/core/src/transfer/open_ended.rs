//! A stream whose size shows only at its end, sent as an object in parts of one size: what a mended package is.
//!
//! A resume is given the stream from its beginning again. A part that is stored already is not sent again if, and only if, its
//! tag is the MD5 of the bytes that came this time; so a stream that came out differently heals itself.

use super::checksum::{HashFeed, OrderedHash, md5_of};
use super::error::{StreamError, TransferError};
use super::gated::{Counts, gated};
use super::ledger::{Ledger, PartDone};
use super::options::{Copied, ObjectRef, Options, Progress};
use super::parts::Parts;
use super::send::{Fleet, Upload, broken, clean_up, race};
use super::sink::{Sink, StreamSource};
use crate::ctx::Ctx;
use crate::storage::{Chunks, Crc64, length};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

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
    let to = &gated(to, progress, Counts::Yes);
    let intake = Intake { ctx, stream, rest: Bytes::new() };
    Sink { ctx, source, parts, to, options, ledger, progress }.run_open_ended(intake).await
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

impl Sink<'_> {
    async fn run_open_ended<S, E>(mut self, mut intake: Intake<'_, S>) -> Result<Copied, StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let recorded = self.recall()?;
        let first = intake.part(self.parts.part_size).await?;
        if length(&first) < self.parts.part_size && recorded.is_none() {
            return Ok(self.put_whole(first).await?);
        }
        let (upload, done) = self.begin(recorded).await?;
        let sent = self.send_open_ended(first, intake, &upload, done).await;
        match &sent {
            Err(StreamError::Transfer(TransferError::Cancelled)) => {
                clean_up(self.ctx, self.to, &upload.id, self.options, self.ledger).await;
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

    async fn send_open_ended<S, E>(
        &self,
        first: Chunks,
        mut intake: Intake<'_, S>,
        upload: &Upload,
        done: BTreeMap<u32, PartDone>,
    ) -> Result<Copied, StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let hash = OrderedHash::start();
        let feed = hash.feed();
        let mut fleet = Fleet::new(self.ctx, self.ledger, self.parts, self.to, done);
        let flown = self.fly_open_ended(first, &mut intake, &mut fleet, upload, feed).await;
        if flown.is_err() {
            fleet.ground().await;
        }
        let (parts, reused) = flown?;
        Ok(self.finish(upload, &fleet, hash, parts, reused).await?)
    }

    /// What was sent, and how many parts of it were there already.
    async fn fly_open_ended<S, E>(
        &self,
        first: Chunks,
        intake: &mut Intake<'_, S>,
        fleet: &mut Fleet<'_>,
        upload: &Upload,
        feed: HashFeed,
    ) -> Result<(Parts, u32), StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let (mut sent_bytes, mut count, mut reused) = (0, 0, 0);
        let mut next = Some(first);
        loop {
            let permit = fleet.permit().await?;
            let chunks = match next.take() {
                Some(chunks) => chunks,
                None => intake.part(self.parts.part_size).await?,
            };
            let (index, bytes) = (count, length(&chunks));
            if bytes == 0 {
                break;
            }
            sent_bytes += bytes;
            count += 1;
            self.progress.read(bytes);
            feed.part(index, &chunks, &permit);
            if self.is_stored(fleet, index, &chunks).await? {
                reused += 1;
                self.progress.part_kept(bytes);
            } else {
                let upload = upload.clone();
                fleet.launch(async move { upload.put(index, chunks, permit).await });
            }
        }
        drop(feed);
        fleet.land().await?;
        // Parts of a run that came out longer.
        fleet.done.retain(|index, _| *index < count);
        let parts = Parts::new(sent_bytes, self.parts.part_size);
        self.progress.resize(parts);
        Ok((parts, reused))
    }

    /// Whether the target holds these very bytes as this part already.
    async fn is_stored(&self, fleet: &mut Fleet<'_>, index: u32, chunks: &Chunks) -> Result<bool, TransferError> {
        let Some(part) = fleet.done.get_mut(&index) else { return Ok(false) };
        part.checked = match part.crc {
            // A tag that is no MD5 says nothing; what the store took with this sum does.
            Some(crc) if part.checked && !part.tag.looks_like_md5() => crc == Crc64::of(chunks),
            Some(_) | None => {
                let md5 = md5_of(chunks.clone()).await.map_err(|error| broken(self.to, error))?;
                part.tag.plain() == md5
            }
        };
        if !part.checked {
            tracing::info!(to = %self.to, index, "a part that is stored differs, or cannot be told; it is sent again");
        }
        Ok(part.checked)
    }
}
