//! Object → object through this computer, and file → object.
//!
//! Getters and putters are counted apart, since a worker that gets and then puts leaves each side idle half of the time.
//! A resumed copy sends no stored part again and reads none of them again either: the whole-object SHA-256 is then left
//! out, unless nothing else proves the target; then both sides are read once more.

use super::buffers::Buffers;
use super::checksum::{HashFeed, OrderedHash, Permit, md5_of};
use super::error::TransferError;
use super::gated::{Counts, gated, read_part};
use super::gauge::{self, Lines};
use super::ledger::{Ledger, PartDone, Recorded, discard};
use super::options::{Copied, ObjectRef, Options, Progress, Proof, Proving, Way};
use super::ordered::hash_object;
use super::parts::{MOST_IN_FLIGHT, Parts, own_part_size, same_etag_expected};
use super::prove::{Evidence, etag_of_parts, whole_crc};
use super::send::{Fleet, PartCheck, Upload, Wanted, begin_upload, broken, clean_up, complete, race, resumable};
use super::streamed::Stream;
use crate::ctx::Ctx;
use crate::storage::{Chunks, Etag, ObjectFacts, UploadId};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use tokio::sync::Semaphore;

/// What a file is sent in.
const PIECE: usize = 256 * 1024;

/// Copies an object into another store (or another place of the same one) through this computer.
pub(crate) async fn copy_object(
    ctx: &Ctx,
    from: &ObjectRef,
    to: &ObjectRef,
    options: &Options,
    ledger: &dyn Ledger,
    progress: &Arc<Progress>,
) -> Result<Copied, TransferError> {
    let (from, to) = (&gated(from, progress, Counts::Yes), &gated(to, progress, Counts::No));
    let facts = race(ctx, from.store.head(&from.key)).await?.map_err(|error| TransferError::source(from, error))?;
    let own = own_cut(ctx, from, &facts).await?;
    let may_stream = options.way == Some(Way::Streamed)
        || options.way.is_none() && !options.whole_sha256 && to.store.keeps_crcs() == Some(true);
    let parts = match own {
        // Nothing of a streamed part is held: fewer requests for the same bytes.
        None if may_stream && options.part_size.is_none() => Parts::streamed(facts.size),
        own => cut(facts.size, own, options),
    };
    let origin = Origin::Object { from: from.clone(), facts: facts.clone() };
    let job =
        Job { ctx, origin: Arc::new(origin), parts, source_etag: facts.etag, to, options, ledger, progress, way: None };
    job.run().await
}

/// Copies a file of this computer into a store.
pub(crate) async fn upload_file(
    ctx: &Ctx,
    from: &Path,
    to: &ObjectRef,
    options: &Options,
    ledger: &dyn Ledger,
    progress: &Arc<Progress>,
) -> Result<Copied, TransferError> {
    let to = &gated(to, progress, Counts::Yes);
    let (file, size, stamp) = open_file(from).await?;
    let parts = cut(size, None, options);
    let origin = Origin::File { path: from.to_owned(), file: Arc::new(file), buffers: Buffers::default() };
    let source_etag = Some(stamp.clone());
    let job = Job { ctx, origin: Arc::new(origin), parts, source_etag, to, options, ledger, progress, way: None };
    let copied = job.run().await?;
    if open_file(from).await?.2 == stamp {
        Ok(copied)
    } else {
        Err(TransferError::SourceChanged { from: from.display().to_string() })
    }
}

fn cut(size: u64, own: Option<u64>, options: &Options) -> Parts {
    match options.part_size {
        Some(part_size) => Parts::new(size, part_size),
        None => Parts::for_source(size, own),
    }
}

/// The part size the source was made with. Costs one more HEAD, only where the ETag says that there were parts.
pub(crate) async fn own_cut(ctx: &Ctx, from: &ObjectRef, facts: &ObjectFacts) -> Result<Option<u64>, TransferError> {
    if facts.etag.as_ref().and_then(Etag::part_count).is_none() {
        return Ok(None);
    }
    let told =
        race(ctx, from.store.part_facts(&from.key)).await?.map_err(|error| TransferError::source(from, error))?;
    Ok(own_part_size(facts.size, facts.etag.as_ref(), told))
}

/// A file, its size, and a stamp that changes when it is written to.
async fn open_file(path: &Path) -> Result<(File, u64, Etag), TransferError> {
    let owned = path.to_owned();
    let open = move || {
        let file = File::open(&owned)?;
        let meta = file.metadata()?;
        let nanos = meta.modified()?.duration_since(UNIX_EPOCH).map(|since| since.as_nanos()).unwrap_or_default();
        Ok((file, meta.len(), Etag::new(format!("file.{:x}.{nanos:x}", meta.len()))))
    };
    let opened = tokio::task::spawn_blocking(open).await.map_err(|error| broken(&path.display(), error))?;
    opened.map_err(|error| TransferError::file(path, "read", 0, error))
}

/// Where the bytes come from.
enum Origin {
    Object { from: ObjectRef, facts: ObjectFacts },
    File { path: PathBuf, file: Arc<File>, buffers: Buffers },
}

impl Origin {
    fn name(&self) -> String {
        match self {
            Self::Object { from, .. } => from.to_string(),
            Self::File { path, .. } => path.display().to_string(),
        }
    }

    /// Shows what it reads as it comes.
    async fn read(
        &self,
        range: Range<u64>,
        progress: &Progress,
        seen: impl Fn(u64, &Bytes),
    ) -> Result<Chunks, TransferError> {
        match self {
            Self::Object { from, facts } => read_part(from, range, facts.etag.as_ref(), progress, seen)
                .await
                .map_err(|error| TransferError::source(from, error)),
            Self::File { path, file, buffers } => {
                let chunks = read_file(path, Arc::clone(file), buffers.clone(), range).await?;
                let mut at = 0;
                for chunk in &chunks {
                    seen(at, chunk);
                    at += chunk.len() as u64;
                }
                Ok(chunks)
            }
        }
    }

    /// The SHA-256 of the whole, read once more.
    async fn sha256(&self, ctx: &Ctx, parts: Parts, progress: &Progress) -> Result<String, TransferError> {
        match self {
            Self::Object { from, facts } => hash_object(ctx, from, facts).await,
            Self::File { .. } => {
                let hash = OrderedHash::start();
                let budget = Arc::new(Semaphore::new(2));
                for index in 0..parts.count() {
                    let Ok(permit) = Arc::clone(&budget).acquire_owned().await else { break };
                    let chunks = race(ctx, self.read(parts.range(index), progress, |_, _| {})).await??;
                    hash.feed().part(index, &chunks, &Arc::new(permit));
                }
                hash.finish().await.map_err(|error| broken(&self.name(), error))
            }
        }
    }
}

/// As a connection would bring them: a rate is kept piece by piece.
fn in_pieces(mut bytes: Bytes) -> Chunks {
    let mut pieces = Chunks::new();
    while bytes.len() > PIECE {
        pieces.push(bytes.split_to(PIECE));
    }
    pieces.push(bytes);
    pieces
}

async fn read_file(path: &Path, file: Arc<File>, buffers: Buffers, range: Range<u64>) -> Result<Chunks, TransferError> {
    let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    let read = move || {
        let filled = buffers.filled(len, |bytes| super::download::read_exact_at(&file, bytes, range.start));
        filled.map(in_pieces)
    };
    let read = tokio::task::spawn_blocking(read).await.map_err(|error| broken(&path.display(), error))?;
    read.map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => TransferError::SourceChanged { from: path.display().to_string() },
        _ => TransferError::file(path, "read", 0, error),
    })
}

/// One copy, whatever its origin.
struct Job<'a> {
    ctx: &'a Ctx,
    origin: Arc<Origin>,
    parts: Parts,
    source_etag: Option<Etag>,
    to: &'a ObjectRef,
    options: &'a Options,
    ledger: &'a dyn Ledger,
    progress: &'a Arc<Progress>,
    /// What turned out to be the only way.
    way: Option<Way>,
}

/// What sending came to.
struct Sent {
    done: BTreeMap<u32, PartDone>,
    reused: u32,
    sha256: Option<String>,
}

impl Job<'_> {
    async fn run(mut self) -> Result<Copied, TransferError> {
        self.progress.begin(self.parts);
        if self.is_one_body() {
            return self.put_whole().await;
        }
        let recorded = resumable(self.ledger, self.source_etag.as_ref(), self.parts.size, &self.origin.name())?;
        if let Some(recorded) = &recorded {
            self.parts = recorded.started.parts;
            self.progress.begin(self.parts);
            if self.is_completed_already(recorded).await? {
                return self.prove(recorded.parts.clone(), None, Reuse::all(recorded)).await;
            }
        }
        let sent = match self.send(recorded).await {
            Err(error) if self.way() == Way::Streamed && error.is_refused() => {
                tracing::info!(to = %self.to, %error, "the store takes no streams; parts are sent whole");
                discard(self.to, self.ledger).await?;
                self.way = Some(Way::Buffered);
                self.progress.begin(self.parts);
                self.send(None).await
            }
            sent => sent,
        };
        match sent {
            Err(error) if error.is_upload_gone() => {
                tracing::info!(to = %self.to, %error, "the upload is gone; starting over");
                self.ledger.ended().map_err(TransferError::recorded)?;
                self.progress.begin(self.parts);
                let sent = self.send(None).await?;
                self.prove(sent.done, sent.sha256, Reuse { parts: 0, started_over: true }).await
            }
            Err(error) => Err(error),
            Ok(sent) => self.prove(sent.done, sent.sha256, Reuse { parts: sent.reused, started_over: false }).await,
        }
    }

    /// One request does for a single part, unless the source was itself an upload of one part.
    fn is_one_body(&self) -> bool {
        let as_upload = self.source_etag.as_ref().and_then(Etag::part_count) == Some(1);
        self.parts.count() == 1 && !as_upload
    }

    async fn put_whole(&self) -> Result<Copied, TransferError> {
        let chunks = race(self.ctx, self.origin.read(self.parts.range(0), self.progress, |_, _| {})).await??;
        self.progress.read(self.parts.size);
        let hash = OrderedHash::start();
        let budget = Arc::new(Semaphore::new(1)).try_acquire_owned();
        if let Ok(permit) = budget {
            hash.feed().part(0, &chunks, &Arc::new(permit));
        }
        let md5 = md5_of(chunks.clone()).await.map_err(|error| broken(self.to, error))?;
        let tag = race(self.ctx, self.to.store.put(&self.to.key, chunks)).await?;
        let tag = tag.map_err(|error| TransferError::target(self.to, error))?.unwrap_or_else(|| Etag::new(""));
        self.progress.part_done(self.parts.size);
        let sha256 = hash.finish().await.map_err(|error| broken(self.to, error))?;
        let part = PartDone { index: 0, checked: tag.plain() == md5, tag, crc: None };
        self.prove(BTreeMap::from([(0, part)]), Some(sha256), Reuse::default()).await
    }

    /// A crash between completing an upload and recording it: the target is there, and its ETag is that of our parts.
    async fn is_completed_already(&self, recorded: &Recorded) -> Result<bool, TransferError> {
        if recorded.parts.len() != self.parts.count() as usize {
            return Ok(false);
        }
        let Ok(found) = race(self.ctx, self.to.store.head(&self.to.key)).await? else { return Ok(false) };
        let expected = etag_of_parts(recorded.parts.values());
        let same = expected.zip(found.etag).is_some_and(|(expected, found)| expected.same(&found));
        if same {
            self.progress.part_done(self.parts.size);
        }
        Ok(same && found.size == self.parts.size)
    }

    async fn send(&self, recorded: Option<Recorded>) -> Result<Sent, TransferError> {
        let first_run = recorded.is_none();
        let (id, done) = match recorded {
            Some(Recorded { started, parts }) if started.upload.is_some() => (started.upload, parts),
            Some(_) | None => (None, BTreeMap::new()),
        };
        let id = match id {
            Some(id) => id,
            None => {
                let (kind, etag) = (self.wanted().kind(), self.source_etag.as_ref());
                begin_upload(self.ctx, self.to, kind, self.parts, etag, self.ledger).await?
            }
        };
        let sent = self.send_into(&id, done, first_run).await;
        if matches!(sent, Err(TransferError::Cancelled)) {
            clean_up(self.ctx, self.to, &id, self.options, self.ledger).await;
        }
        sent
    }

    async fn send_into(
        &self,
        id: &UploadId,
        done: BTreeMap<u32, PartDone>,
        first_run: bool,
    ) -> Result<Sent, TransferError> {
        let upload = self.upload(id, &done).await?;
        let reused = u32::try_from(done.len()).unwrap_or(u32::MAX);
        done.keys().for_each(|index| self.progress.part_kept(self.parts.len(*index)));
        let hash = OrderedHash::start();
        let is_buffered = self.way() == Way::Buffered;
        // A file is at hand should the proof want it; what came over a line is not read twice.
        let is_wanted = self.options.whole_sha256 || matches!(*self.origin, Origin::Object { .. });
        let is_hashed = first_run && is_buffered && is_wanted;
        let feed = if is_hashed { hash.feed() } else { HashFeed::nowhere() };
        // What is streamed is not held.
        let held = if is_buffered { self.parts.in_flight() } else { MOST_IN_FLIGHT };
        let mut fleet = Fleet::holding(held, self.ctx, self.ledger, self.to, done);
        let sent = self.send_missing(&mut fleet, &upload, feed).await;
        if sent.is_err() {
            fleet.ground().await;
        }
        sent?;
        complete(self.ctx, &upload, &fleet.done).await?;
        let sha256 = hash.finish().await.map_err(|error| broken(self.to, error))?;
        Ok(Sent { done: fleet.done, reused, sha256: is_hashed.then_some(sha256) })
    }

    async fn upload(&self, id: &UploadId, done: &BTreeMap<u32, PartDone>) -> Result<Upload, TransferError> {
        Ok(Upload {
            to: self.to.clone(),
            id: id.clone(),
            parts: self.parts,
            check: PartCheck::offered(self.ctx, self.to, id, done, self.wanted()).await?,
            puts: Arc::new(Semaphore::new(self.options.puts.max(1))),
            progress: Arc::clone(self.progress),
        })
    }

    /// Streams go without: their sums are not known before they end.
    fn wanted(&self) -> Wanted {
        let same_etag = same_etag_expected(self.parts, self.source_etag.as_ref());
        match (self.way(), self.options.proving) {
            // The store's own sum of the whole is the proof.
            (Way::Streamed, Proving::Prove) if !same_etag => Wanted::Whole,
            (Way::Streamed, _) => Wanted::Nothing,
            (Way::Buffered, proving) => Wanted::of(proving, same_etag),
        }
    }

    /// Streamed where the whole can be proven at the end without having been hashed on the way, and nobody asks for the hash.
    fn way(&self) -> Way {
        let Origin::Object { .. } = *self.origin else { return Way::Buffered };
        let same_etag = same_etag_expected(self.parts, self.source_etag.as_ref());
        let is_provable = same_etag || self.to.store.keeps_crcs() == Some(true);
        match self.way.or(self.options.way) {
            Some(way) => way,
            None if is_provable && !self.options.whole_sha256 => Way::Streamed,
            None => Way::Buffered,
        }
    }

    async fn send_missing(&self, fleet: &mut Fleet<'_>, upload: &Upload, feed: HashFeed) -> Result<(), TransferError> {
        let gets = Arc::new(Semaphore::new(self.options.gets.max(1)));
        let way = self.way();
        let lines = Lines {
            gets: Arc::clone(&gets),
            puts: (way == Way::Buffered).then(|| Arc::clone(&upload.puts)),
            held: fleet.budget(),
            more_held: match way {
                Way::Buffered => self.parts.most_in_flight() - self.parts.in_flight(),
                Way::Streamed => 0,
            },
        };
        let launching = async {
            let missing: Vec<u32> = (0..self.parts.count()).filter(|index| !fleet.done.contains_key(index)).collect();
            for index in missing {
                let permit = fleet.permit().await?;
                let (upload, gets) = (upload.clone(), Arc::clone(&gets));
                match (way, self.origin.as_ref()) {
                    (Way::Streamed, Origin::Object { from, facts }) => {
                        let pin = facts.etag.clone();
                        fleet.launch(Stream { from: from.clone(), pin, upload, turns: gets }.go(index, permit));
                    }
                    _ => {
                        let mover = Mover { origin: Arc::clone(&self.origin), upload, gets, feed: feed.clone() };
                        fleet.launch(mover.go(index, permit));
                    }
                }
            }
            drop(feed);
            fleet.land().await
        };
        tokio::select! {
            landed = launching => landed,
            never = gauge::widen(self.ctx, self.progress, self.options.gets, &lines) => match never {},
        }
    }

    async fn prove(
        &self,
        done: BTreeMap<u32, PartDone>,
        sha256: Option<String>,
        reuse: Reuse,
    ) -> Result<Copied, TransferError> {
        let from = self.origin.name();
        let evidence = Evidence {
            from: &from,
            to: self.to,
            parts: self.parts,
            source_etag: self.source_etag.as_ref(),
            crc: whole_crc(self.parts, &done),
            parts_checked: !done.is_empty() && done.values().all(|part| part.checked),
            proving: self.options.proving,
        };
        // As in the proof: the source is then read once more.
        let known = sha256.clone().filter(|_| !same_etag_expected(self.parts, self.source_etag.as_ref()));
        let source_sha256 = || async {
            match known {
                Some(known) => Ok(known),
                None => self.origin.sha256(self.ctx, self.parts, self.progress).await,
            }
        };
        let weighed = evidence.weigh(self.ctx, source_sha256).await;
        if matches!(weighed, Err(TransferError::Mismatch { .. })) {
            // Nothing of it may be built on.
            self.ledger.ended().map_err(TransferError::recorded)?;
        }
        let (found, proof) = weighed?;
        if proof == Proof::CheckedParts && self.to.store.keeps_crcs().is_none() {
            // The next transfer may be streamed, if this store keeps sums itself.
            let _ = race(self.ctx, self.to.store.crc(&self.to.key)).await?;
        }
        self.ledger.ended().map_err(TransferError::recorded)?;
        let parts_sent = self.parts.count().saturating_sub(reuse.parts);
        Ok(Copied {
            bytes: self.parts.size,
            sha256,
            etag: found.etag,
            parts_sent,
            parts_reused: reuse.parts,
            started_over: reuse.started_over,
            proof,
        })
    }
}

/// How much of an earlier run was of use.
#[derive(Default)]
struct Reuse {
    parts: u32,
    started_over: bool,
}

impl Reuse {
    fn all(recorded: &Recorded) -> Self {
        Self { parts: u32::try_from(recorded.parts.len()).unwrap_or(u32::MAX), started_over: false }
    }
}

/// Carries one part from its origin to the upload.
struct Mover {
    origin: Arc<Origin>,
    upload: Upload,
    gets: Arc<Semaphore>,
    feed: HashFeed,
}

impl Mover {
    async fn go(self, index: u32, permit: Permit) -> Result<PartDone, TransferError> {
        let turn = self.gets.acquire().await;
        let (feed, range) = (&self.feed, self.upload.parts.range(index));
        let seen = |at, chunk: &Bytes| feed.piece(index, at, chunk, &permit);
        let chunks = self.origin.read(range, &self.upload.progress, seen).await?;
        feed.whole(index);
        drop(turn);
        self.upload.progress.read(self.upload.parts.len(index));
        self.upload.put(index, chunks, permit).await
    }
}
