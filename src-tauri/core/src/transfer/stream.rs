//! A stream of a known size as an object, sent in parallel parts: what bundles are read into.

use super::checksum::{HashFeed, OrderedHash, Permit};
use super::error::{StreamError, TransferError};
use super::gated::{Counts, gated};
use super::ledger::{Ledger, PartDone};
use super::options::{Copied, ObjectRef, Options, Progress};
use super::parts::Parts;
use super::send::{Fleet, Upload, clean_up, race};
use super::sink::{Sink, StreamSource};
use crate::ctx::Ctx;
use crate::storage::Chunks;
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

/// Sends a stream of a known size into an object. The object comes to be only when the stream has ended well: an error as
/// its last item, after all bytes, still takes everything back.
///
/// A resume needs the stream from its beginning again; parts that are stored already are hashed and not sent.
pub(crate) async fn upload_stream<S, E>(
    ctx: &Ctx,
    source: &StreamSource,
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
    let parts = match options.part_size {
        Some(part_size) => Parts::new(source.size, part_size),
        None => Parts::for_source(source.size, None),
    };
    let to = &gated(to, progress, Counts::Yes);
    let intake = Intake { ctx, stream, source, rest: Bytes::new() };
    let sink = Sink { ctx, source, parts, to, options, ledger, progress };
    sink.run(intake).await
}

/// Takes a stream in, part by part.
struct Intake<'a, S> {
    ctx: &'a Ctx,
    stream: S,
    source: &'a StreamSource,
    rest: Bytes,
}

impl<S, E> Intake<'_, S>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Error + Send + 'static,
{
    /// The next `want` bytes, in the pieces they came in.
    async fn take(&mut self, at: u64, want: u64) -> Result<Chunks, StreamError<E>> {
        let mut chunks = Chunks::new();
        let mut missing = want;
        while missing > 0 {
            if self.rest.is_empty() {
                self.rest = match race(self.ctx, self.stream.try_next()).await?.map_err(StreamError::Feed)? {
                    Some(more) => more,
                    None => return Err(self.wrong_size(at + want - missing)),
                };
            }
            let fits = usize::try_from(missing).unwrap_or(usize::MAX).min(self.rest.len());
            missing -= fits as u64;
            if fits > 0 {
                chunks.push(self.rest.split_to(fits));
            }
        }
        Ok(chunks)
    }

    /// Makes sure that the stream ends here, and ends well.
    async fn end(&mut self) -> Result<(), StreamError<E>> {
        loop {
            if !self.rest.is_empty() {
                return Err(self.wrong_size(self.source.size + self.rest.len() as u64));
            }
            match race(self.ctx, self.stream.try_next()).await?.map_err(StreamError::Feed)? {
                Some(more) => self.rest = more,
                None => return Ok(()),
            }
        }
    }

    fn wrong_size(&self, got: u64) -> StreamError<E> {
        StreamError::Transfer(TransferError::WrongSize { from: self.source.name.clone(), want: self.source.size, got })
    }
}

impl Sink<'_> {
    async fn run<S, E>(mut self, mut intake: Intake<'_, S>) -> Result<Copied, StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let recorded = self.recall()?;
        if self.parts.count() == 1 {
            let chunks = intake.take(0, self.source.size).await?;
            intake.end().await?;
            return Ok(self.put_whole(chunks).await?);
        }
        let (upload, done) = self.begin(recorded).await?;
        let sent = self.send(intake, &upload, done).await;
        match &sent {
            // Bad bytes are of no use to a resume, whatever the caller would keep after a cancel.
            Err(StreamError::Feed(_) | StreamError::Transfer(TransferError::WrongSize { .. })) => {
                clean_up(self.ctx, self.to, &upload.id, &Options::default(), self.ledger).await;
            }
            Err(StreamError::Transfer(TransferError::Cancelled)) => {
                clean_up(self.ctx, self.to, &upload.id, self.options, self.ledger).await;
            }
            // The stream cannot be wound back from here: the caller's next try begins anew.
            Err(StreamError::Transfer(error)) if error.is_upload_gone() => {
                self.ledger.ended().map_err(TransferError::recorded)?;
            }
            Ok(_) | Err(StreamError::Transfer(_)) => {}
        }
        sent
    }

    async fn send<S, E>(
        &self,
        mut intake: Intake<'_, S>,
        upload: &Upload,
        done: BTreeMap<u32, PartDone>,
    ) -> Result<Copied, StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let reused = u32::try_from(done.len()).unwrap_or(u32::MAX);
        let hash = OrderedHash::start();
        let feed = hash.feed();
        let mut fleet = Fleet::new(self.ctx, self.ledger, self.parts, self.to, done);
        let flown = self.fly(&mut intake, &mut fleet, upload, feed).await;
        if flown.is_err() {
            fleet.ground().await;
        }
        flown?;
        Ok(self.finish(upload, &fleet, hash, self.parts, reused).await?)
    }

    async fn fly<S, E>(
        &self,
        intake: &mut Intake<'_, S>,
        fleet: &mut Fleet<'_>,
        upload: &Upload,
        feed: HashFeed,
    ) -> Result<(), StreamError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        for index in 0..self.parts.count() {
            let permit = fleet.permit().await?;
            let range = self.parts.range(index);
            let chunks = intake.take(range.start, range.end - range.start).await?;
            self.progress.read(range.end - range.start);
            feed.part(index, &chunks, &permit);
            if fleet.done.contains_key(&index) {
                self.progress.part_kept(range.end - range.start);
            } else {
                fleet.launch(send_part(upload.clone(), index, chunks, permit));
            }
        }
        drop(feed);
        fleet.land().await?;
        intake.end().await
    }
}

async fn send_part(upload: Upload, index: u32, chunks: Chunks, permit: Permit) -> Result<PartDone, TransferError> {
    upload.put(index, chunks, permit).await
}
