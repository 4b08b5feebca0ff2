//! Object → object through this computer, and file → object.
//!
//! Getters and putters are counted apart, since a worker that gets and then puts leaves each side idle half of the time.
//! A resumed copy sends no stored part again and reads none of them again either: the whole-object SHA-256 is then left
//! out, unless nothing else proves the target; then both sides are read once more.

use super::checksum::{HashFeed, OrderedHash, Permit, md5_of};
use super::error::TransferError;
use super::ledger::{Ledger, PartDone, Recorded};
use super::options::{Copied, ObjectRef, Options, Progress, Proving};
use super::parts::{Parts, own_part_size, same_etag_expected};
use super::prove::{Evidence, etag_of_parts};
use super::send::{Fleet, Upload, begin_upload, broken, clean_up, complete, feed_for, race, resumable};
use super::stream::hash_object;
use crate::ctx::Ctx;
use crate::storage::{Chunks, Etag, ObjectFacts, UploadId, read_range};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;
use tokio::sync::Semaphore;

/// Copies an object into another store (or another place of the same one) through this computer.
pub(crate) async fn copy_object(
    ctx: &Ctx,
    from: &ObjectRef,
    to: &ObjectRef,
    options: &Options,
    ledger: &dyn Ledger,
    progress: &Arc<Progress>,
) -> Result<Copied, TransferError> {
    let facts = race(ctx, from.store.head(&from.key)).await?.map_err(|error| TransferError::source(from, error))?;
    let own = own_cut(ctx, from, &facts).await?;
    let parts = cut(facts.size, own, options);
    let origin = Origin::Object { from: from.clone(), facts: facts.clone() };
    let job = Job { ctx, origin: Arc::new(origin), parts, source_etag: facts.etag, to, options, ledger, progress };
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
    let (file, size, stamp) = open_file(from).await?;
    let parts = cut(size, None, options);
    let origin = Origin::File { path: from.to_owned(), file: Arc::new(file) };
    let source_etag = Some(stamp.clone());
    let job = Job { ctx, origin: Arc::new(origin), parts, source_etag, to, options, ledger, progress };
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
    File { path: PathBuf, file: Arc<File> },
}

impl Origin {
    fn name(&self) -> String {
        match self {
            Self::Object { from, .. } => from.to_string(),
            Self::File { path, .. } => path.display().to_string(),
        }
    }

    async fn read(&self, range: Range<u64>) -> Result<Chunks, TransferError> {
        match self {
            Self::Object { from, facts } => read_range(from.store.as_ref(), &from.key, range, facts.etag.as_ref())
                .await
                .map_err(|error| TransferError::source(from, error)),
            Self::File { path, file } => read_file(path, Arc::clone(file), range).await,
        }
    }

    /// The SHA-256 of the whole, read once more.
    async fn sha256(&self, ctx: &Ctx, parts: Parts) -> Result<String, TransferError> {
        match self {
            Self::Object { from, facts } => hash_object(ctx, from, facts).await,
            Self::File { .. } => {
                let hash = OrderedHash::start();
                let budget = Arc::new(Semaphore::new(2));
                for index in 0..parts.count() {
                    let Ok(permit) = Arc::clone(&budget).acquire_owned().await else { break };
                    let chunks = race(ctx, self.read(parts.range(index))).await??;
                    hash.feed().part(index, &chunks, &Arc::new(permit));
                }
                hash.finish().await.map_err(|error| broken(&self.name(), error))
            }
        }
    }
}

async fn read_file(path: &Path, file: Arc<File>, range: Range<u64>) -> Result<Chunks, TransferError> {
    let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
    let read = move || {
        let mut bytes = vec![0; len];
        super::download::read_exact_at(&file, &mut bytes, range.start).map(|()| vec![Bytes::from(bytes)])
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
        match self.send(recorded).await {
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
        let chunks = race(self.ctx, self.origin.read(self.parts.range(0))).await??;
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
        let part = PartDone { index: 0, checked: tag.plain() == md5, tag };
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
            None => begin_upload(self.ctx, self.to, self.parts, self.source_etag.as_ref(), self.ledger).await?,
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
        let upload = self.upload(id);
        let reused = u32::try_from(done.len()).unwrap_or(u32::MAX);
        done.keys().for_each(|index| self.progress.part_done(self.parts.len(*index)));
        let hash = OrderedHash::start();
        let feed = feed_for(first_run, &hash);
        let mut fleet = Fleet::new(self.ctx, self.ledger, self.parts, self.to, done);
        let sent = self.send_missing(&mut fleet, &upload, feed).await;
        if sent.is_err() {
            fleet.ground().await;
        }
        sent?;
        complete(self.ctx, &upload, &fleet.done).await?;
        let sha256 = hash.finish().await.map_err(|error| broken(self.to, error))?;
        Ok(Sent { done: fleet.done, reused, sha256: first_run.then_some(sha256) })
    }

    fn upload(&self, id: &UploadId) -> Upload {
        let same_etag = same_etag_expected(self.parts, self.source_etag.as_ref());
        let check_tags = self.options.proving == Proving::Prove && !same_etag && !self.to.store.checks_bodies();
        Upload {
            to: self.to.clone(),
            id: id.clone(),
            parts: self.parts,
            check_tags,
            puts: Arc::new(Semaphore::new(self.options.puts.max(1))),
            progress: Arc::clone(self.progress),
        }
    }

    async fn send_missing(&self, fleet: &mut Fleet<'_>, upload: &Upload, feed: HashFeed) -> Result<(), TransferError> {
        let gets = Arc::new(Semaphore::new(self.options.gets.max(1)));
        let missing: Vec<u32> = (0..self.parts.count()).filter(|index| !fleet.done.contains_key(index)).collect();
        for index in missing {
            let permit = fleet.permit().await?;
            let mover = Mover {
                origin: Arc::clone(&self.origin),
                upload: upload.clone(),
                gets: Arc::clone(&gets),
                feed: feed.clone(),
            };
            fleet.launch(mover.go(index, permit));
        }
        drop(feed);
        fleet.land().await
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
            tags_checked: !done.is_empty() && done.values().all(|part| part.checked),
            proving: self.options.proving,
        };
        // Both were cut alike and have other tags: what was read and sent may not be what the source holds, so that its hash
        // proves nothing, and the source is read once more.
        let known = sha256.clone().filter(|_| !same_etag_expected(self.parts, self.source_etag.as_ref()));
        let source_sha256 = || async {
            match known {
                Some(known) => Ok(known),
                None => self.origin.sha256(self.ctx, self.parts).await,
            }
        };
        let weighed = evidence.weigh(self.ctx, source_sha256).await;
        if matches!(weighed, Err(TransferError::Mismatch { .. })) {
            // Nothing of it may be built on.
            self.ledger.ended().map_err(TransferError::recorded)?;
        }
        let (found, proof) = weighed?;
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
        let chunks = self.origin.read(self.upload.parts.range(index)).await?;
        drop(turn);
        self.upload.progress.read(self.upload.parts.len(index));
        self.feed.part(index, &chunks, &permit);
        self.upload.put(index, chunks, permit).await
    }
}
