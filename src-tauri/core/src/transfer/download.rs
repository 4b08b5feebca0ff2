//! Object → file. Written to `<name>.part`, each part where it belongs, flushed, and only then given its name.
//!
//! Chunks are written as they come, and held nowhere, unless the hash of the whole is wanted: that needs parts in order.
//!
//! A resume reads the parts that are there from the disk and compares a checksum, since a crash may have kept the record of
//! a part and lost its bytes.

use super::checksum::{HashFeed, OrderedHash, Permit};
use super::error::TransferError;
use super::gated::{Counts, gated, read_part};
use super::ledger::{Ledger, PartDone, Started};
use super::options::{Copied, ObjectRef, OnCancel, OnExisting, Options, Progress, Proof};
use super::parts::Parts;
use super::prove::whole_crc;
use super::send::{Fleet, again, broken, race, resumable};
use crate::ctx::Ctx;
use crate::storage::{Chunks, Crc64, Etag, ObjectFacts, StoreError, Summing, length};
use bytes::Bytes;
use fs4::FileExt;
use futures::StreamExt;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Copies an object to a file of this computer.
pub(crate) async fn download(
    ctx: &Ctx,
    from: &ObjectRef,
    to: &Path,
    options: &Options,
    ledger: &dyn Ledger,
    progress: &Arc<Progress>,
) -> Result<Copied, TransferError> {
    refuse_existing(to, options.on_existing)?;
    let from = &gated(from, progress, Counts::Yes);
    let facts = race(ctx, from.store.head(&from.key)).await?.map_err(|error| TransferError::source(from, error))?;
    let recorded = resumable(ledger, facts.etag.as_ref(), facts.size, &from.to_string())?;
    let recorded = recorded.filter(|_| is_whole_part_file(&part_path(to), facts.size));
    let (parts, kept) = match recorded {
        Some(recorded) => (recorded.started.parts, recorded.parts),
        None => (new_parts(&facts, options), BTreeMap::new()),
    };
    progress.begin(parts);
    let file = open_part(to, parts, kept.is_empty()).await?;
    if kept.is_empty() {
        let started = Started { upload: None, parts, source_etag: facts.etag.clone() };
        ledger.started(&started).map_err(TransferError::recorded)?;
    }
    let job = Job { ctx, from, to, facts, parts, options, ledger, progress, file: Arc::new(file) };
    let done = job.fetch(kept).await;
    if matches!(done, Err(TransferError::Cancelled)) && options.on_cancel == OnCancel::Discard {
        discard_file(to, ledger);
    }
    job.finish(done?).await
}

fn new_parts(facts: &ObjectFacts, options: &Options) -> Parts {
    match options.part_size {
        Some(part_size) => Parts::new(facts.size, part_size),
        None if options.whole_sha256 => Parts::for_source(facts.size, None),
        // Nothing of a part is held: fewer requests for the same bytes.
        None => Parts::streamed(facts.size),
    }
}

/// The name of a file that is still being written.
fn part_path(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn refuse_existing(to: &Path, on_existing: OnExisting) -> Result<(), TransferError> {
    if on_existing == OnExisting::Refuse && to.exists() {
        return Err(TransferError::FileExists { path: to.to_owned() });
    }
    Ok(())
}

fn is_whole_part_file(part: &Path, size: u64) -> bool {
    fs::metadata(part).is_ok_and(|meta| meta.is_file() && meta.len() == size)
}

fn discard_file(to: &Path, ledger: &dyn Ledger) {
    let part = part_path(to);
    if let Err(error) = fs::remove_file(&part) {
        tracing::warn!(path = %part.display(), %error, "a half-written file could not be removed");
    }
    if let Err(error) = ledger.ended() {
        tracing::warn!(%error, "a removed file is still recorded");
    }
}

/// Opens the part file; a new one gets its room on the disk at once, so that a full disk shows now and not at the end.
async fn open_part(to: &Path, parts: Parts, is_new: bool) -> Result<File, TransferError> {
    let path = part_path(to);
    let dir = to.parent().unwrap_or(Path::new(".")).to_owned();
    let work = move || {
        let failed = |error| TransferError::file(&path, "created", parts.size, error);
        if is_new {
            let free = fs4::available_space(&dir).map_err(failed)?;
            if free < parts.size {
                return Err(TransferError::DiskFull { path, needed: parts.size, free });
            }
        }
        let file = File::options().read(true).write(true).create(true).truncate(is_new).open(&path).map_err(failed)?;
        if is_new {
            reserve(&file, parts.size).map_err(failed)?;
        }
        Ok(file)
    };
    let name = to.display().to_string();
    tokio::task::spawn_blocking(work).await.map_err(|error| broken(&name, error))?
}

/// Not every file system can reserve; the length alone is then what we can have.
fn reserve(file: &File, size: u64) -> io::Result<()> {
    match FileExt::allocate(file, size) {
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(error),
        Ok(()) | Err(_) => file.set_len(size),
    }
}

/// What fetching came to.
struct Fetched {
    /// Parts that were on the disk already.
    reused: u32,
    sha256: Option<String>,
    crc: Option<Crc64>,
}

struct Job<'a> {
    ctx: &'a Ctx,
    from: &'a ObjectRef,
    to: &'a Path,
    facts: ObjectFacts,
    parts: Parts,
    options: &'a Options,
    ledger: &'a dyn Ledger,
    progress: &'a Arc<Progress>,
    file: Arc<File>,
}

impl Job<'_> {
    async fn fetch(&self, kept: BTreeMap<u32, PartDone>) -> Result<Fetched, TransferError> {
        let hash = OrderedHash::start();
        let feed = if self.options.whole_sha256 { hash.feed() } else { HashFeed::nowhere() };
        let gets = Arc::new(Semaphore::new(self.options.gets.max(1)));
        let mut fleet = Fleet::new(self.ctx, self.ledger, self.parts, &self.to.display(), BTreeMap::new());
        let flown = async {
            for index in 0..self.parts.count() {
                let permit = fleet.permit().await?;
                let mover = self.mover(&feed, &gets);
                fleet.launch(mover.go(index, kept.get(&index).map(|part| part.tag.clone()), permit));
            }
            drop(feed);
            fleet.land().await
        };
        let flown = flown.await;
        if flown.is_err() {
            fleet.ground().await;
        }
        flown?;
        let same = |part: &PartDone| kept.get(&part.index).is_some_and(|kept| kept.tag == part.tag && part.checked);
        let reused = fleet.done.values().filter(|part| same(part)).count();
        let sha256 = hash.finish().await.map_err(|error| broken(&self.to.display(), error))?;
        Ok(Fetched {
            reused: u32::try_from(reused).unwrap_or(u32::MAX),
            sha256: self.options.whole_sha256.then_some(sha256),
            crc: whole_crc(self.parts, &fleet.done),
        })
    }

    /// With what the store computed of the whole, where it keeps that.
    async fn compare(&self, crc: Option<Crc64>) -> Result<(), TransferError> {
        let Some(crc) = crc.filter(|_| self.from.store.keeps_crcs() != Some(false)) else { return Ok(()) };
        let kept = race(self.ctx, self.from.store.crc(&self.from.key)).await?;
        // It is only a second opinion: a store that cannot say does not spoil what was read.
        match kept.ok().flatten() {
            Some(kept) if kept != crc => Err(TransferError::Mismatch {
                from: self.from.to_string(),
                to: self.to.display().to_string(),
                expected: format!("CRC-64 {kept}"),
                found: format!("CRC-64 {crc}"),
            }),
            Some(_) | None => Ok(()),
        }
    }

    fn mover(&self, feed: &HashFeed, gets: &Arc<Semaphore>) -> Mover {
        Mover {
            from: self.from.clone(),
            pin: self.facts.etag.clone(),
            file: Arc::clone(&self.file),
            path: part_path(self.to),
            parts: self.parts,
            gets: Arc::clone(gets),
            feed: self.options.whole_sha256.then(|| feed.clone()),
            progress: Arc::clone(self.progress),
        }
    }

    async fn finish(&self, fetched: Fetched) -> Result<Copied, TransferError> {
        self.compare(fetched.crc).await?;
        let (file, to, existing) = (Arc::clone(&self.file), self.to.to_owned(), self.options.on_existing);
        let work = move || {
            file.sync_all().map_err(|error| TransferError::file(&to, "flushed", 0, error))?;
            give_name(&part_path(&to), &to, existing)
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| broken(&self.to.display(), error))??;
        self.ledger.ended().map_err(TransferError::recorded)?;
        Ok(Copied {
            bytes: self.parts.size,
            sha256: fetched.sha256,
            etag: self.facts.etag.clone(),
            parts_sent: self.parts.count().saturating_sub(fetched.reused),
            parts_reused: fetched.reused,
            started_over: false,
            proof: Proof::Written,
        })
    }
}

/// Gives a finished file its name. A link fails where a rename would silently replace what came to be there meanwhile.
fn give_name(part: &Path, to: &Path, existing: OnExisting) -> Result<(), TransferError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => TransferError::FileExists { path: to.to_owned() },
        _ => TransferError::file(to, "renamed", 0, error),
    };
    match existing {
        OnExisting::Replace => fs::rename(part, to).map_err(failed)?,
        OnExisting::Refuse => match fs::hard_link(part, to) {
            Ok(()) => fs::remove_file(part).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(failed(error)),
            // FAT knows no links.
            Err(_) => {
                refuse_existing(to, existing)?;
                fs::rename(part, to).map_err(failed)?;
            }
        },
    }
    if let Some(dir) = to.parent().and_then(|dir| File::open(dir).ok()) {
        // The name itself; not every system lets a folder be flushed.
        let _ = dir.sync_all();
    }
    Ok(())
}

/// Chunks are gathered until they are worth the way to the thread that writes.
const WRITTEN_AT_ONCE: u64 = 1 << 20;

fn crc_tag(crc: Crc64) -> Etag {
    Etag::new(format!("crc64nvme:{crc}"))
}

/// Brings one part to the file, or finds it there.
struct Mover {
    from: ObjectRef,
    pin: Option<Etag>,
    file: Arc<File>,
    path: PathBuf,
    parts: Parts,
    gets: Arc<Semaphore>,
    /// None: the hash of the whole is not wanted.
    feed: Option<HashFeed>,
    progress: Arc<Progress>,
}

impl Mover {
    /// `checked` in the result: found on the disk as recorded.
    async fn go(self, index: u32, kept: Option<Etag>, permit: Permit) -> Result<PartDone, TransferError> {
        if let Some(tag) = kept {
            let chunks = self.on_disk(index).await?;
            if crc_tag(Crc64::of(&chunks)) == tag {
                return Ok(self.arrived(index, &chunks, &permit, true));
            }
        }
        let turn = self.gets.acquire().await;
        if self.feed.is_none() {
            let crc = again(|| self.pass_on(index)).await?;
            self.progress.part_done(self.parts.len(index));
            return Ok(PartDone { index, tag: crc_tag(crc), checked: false, crc: Some(crc) });
        }
        let range = self.parts.range(index);
        let chunks = read_part(&self.from, range, self.pin.as_ref(), &self.progress, |_, _| {}).await;
        let chunks = chunks.map_err(|error| TransferError::source(&self.from, error))?;
        drop(turn);
        self.progress.read(self.parts.len(index));
        self.write(self.parts.range(index).start, chunks.clone()).await?;
        Ok(self.arrived(index, &chunks, &permit, false))
    }

    fn arrived(&self, index: u32, chunks: &[Bytes], permit: &Permit, checked: bool) -> PartDone {
        let crc = Crc64::of(chunks);
        if let Some(feed) = &self.feed {
            feed.part(index, chunks, permit);
        }
        // What was checked lay on the disk.
        let size = self.parts.len(index);
        if checked {
            self.progress.part_kept(size);
        } else {
            self.progress.part_done(size);
        }
        PartDone { index, tag: crc_tag(crc), checked, crc: Some(crc) }
    }

    /// Writes a part as it comes.
    async fn pass_on(&self, index: u32) -> Result<Crc64, TransferError> {
        let range = self.parts.range(index);
        let (mut at, end) = (range.start, range.end);
        let body = self.from.store.get_range(&self.from.key, range, self.pin.as_ref()).await;
        let mut body = body.map_err(|error| TransferError::source(&self.from, error))?;
        let (mut sum, mut chunks) = (Summing::default(), Chunks::new());
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| TransferError::source(&self.from, error))?;
            sum.add(&chunk);
            self.progress.read(chunk.len() as u64);
            chunks.push(chunk);
            if length(&chunks) >= WRITTEN_AT_ONCE {
                at += self.write_on(at, &mut chunks).await?;
            }
        }
        at += self.write_on(at, &mut chunks).await?;
        if at == end {
            return Ok(sum.finish());
        }
        let (store, want) = (self.from.store.identity().to_string(), self.parts.len(index));
        let short =
            StoreError::WrongLength { store, key: self.from.key.clone(), want, got: want.saturating_sub(end - at) };
        Err(TransferError::source(&self.from, short))
    }

    async fn on_disk(&self, index: u32) -> Result<Chunks, TransferError> {
        let (file, range) = (Arc::clone(&self.file), self.parts.range(index));
        let read = move || {
            let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap_or(usize::MAX)];
            read_exact_at(&file, &mut bytes, range.start).map(|()| vec![Bytes::from(bytes)])
        };
        self.blocking("read", read).await
    }

    /// Writes what was gathered; how much that was.
    async fn write_on(&self, at: u64, chunks: &mut Chunks) -> Result<u64, TransferError> {
        let bytes = length(chunks);
        self.write(at, std::mem::take(chunks)).await?;
        Ok(bytes)
    }

    async fn write(&self, start: u64, chunks: Chunks) -> Result<(), TransferError> {
        let file = Arc::clone(&self.file);
        let write = move || {
            let mut at = start;
            for chunk in &chunks {
                write_all_at(&file, chunk, at)?;
                at += chunk.len() as u64;
            }
            Ok(())
        };
        self.blocking("written", write).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, TransferError> {
        let done = tokio::task::spawn_blocking(work).await.map_err(|error| broken(&self.path.display(), error))?;
        done.map_err(|error| TransferError::file(&self.path, doing, self.parts.size, error))
    }
}

/// Reads at an offset, without a place in the file that tasks would share.
#[cfg(unix)]
pub(crate) fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
pub(crate) fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = bytes.get_mut(read..).unwrap_or_default();
                at += read as u64;
            }
        }
    }
    Ok(())
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, at)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => {
                bytes = bytes.get(written..).unwrap_or_default();
                at += written as u64;
            }
        }
    }
    Ok(())
}
