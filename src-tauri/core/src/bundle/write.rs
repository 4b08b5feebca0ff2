//! Writes a bundle from what is small and a stream of what is large: parts are compressed side by side and appended in order,
//! to `<name>.part`, which gets its name when it is whole and on the disk.

use super::error::{BundleError, WriteError};
use super::manifest::{Entry, FORMAT, MANIFEST, Manifest, SUMS, Source, Versions};
use super::names::folder_name;
use super::seal::{Seal, Sink};
use super::sums::{Sums, sha256_of};
use super::tarball::{Effort, PART, Piece, end, frame, header, padding, piece, small_entry};
use crate::ctx::Ctx;
use crate::files;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::FuturesOrdered;
use futures::{Stream, StreamExt, TryStreamExt};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What goes into a bundle beside the package's bytes.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    /// Names the bundle, together with `version`.
    pub app: String,
    pub version: String,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    pub source: Source,
    pub versions: Versions,
    pub backup: Map<String, Value>,
    /// `app.bak` and `app.old.bak`.
    pub ticket: Option<Vec<u8>>,
    pub old_ticket: Option<Vec<u8>>,
    /// File names below `metadata/`, with their content.
    pub metadata: Vec<(String, Vec<u8>)>,
    /// The package's file name, `<group id>_<version>.zip`, and its size.
    pub package_file: String,
    pub package_bytes: u64,
    /// None: anybody can read it.
    pub seal: Option<Seal>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum IfExists {
    #[default]
    Refuse,
    Replace,
}

/// How many bytes have passed, and how many there are: of the package while writing, of the file while reading.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    done_bytes: Arc<AtomicU64>,
    total_bytes: AtomicU64,
}

impl Passed {
    pub(crate) fn begin(&self, total_bytes: u64) {
        self.done_bytes.store(0, Relaxed);
        self.total_bytes.store(total_bytes, Relaxed);
    }

    pub(crate) fn done_bytes(&self) -> u64 {
        self.done_bytes.load(Relaxed)
    }

    pub(crate) fn total_bytes(&self) -> u64 {
        self.total_bytes.load(Relaxed)
    }

    pub(crate) fn counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.done_bytes)
    }
}

/// A bundle that is on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub path: PathBuf,
    pub file_bytes: u64,
    pub package_bytes: u64,
    pub package_sha256: String,
}

impl Contents {
    /// The entries between manifest and sums, small ones with their content; the package is the last.
    fn small_entries(&self) -> Vec<(String, &[u8])> {
        let tickets = [("app.bak", &self.ticket), ("app.old.bak", &self.old_ticket)];
        let tickets = tickets.into_iter().filter_map(|(name, ticket)| Some((name.to_owned(), ticket.as_deref()?)));
        let metadata = self.metadata.iter().map(|(file, content)| (format!("metadata/{file}"), content.as_slice()));
        tickets.chain(metadata).collect()
    }

    fn package_name(&self) -> String {
        format!("package/{}", self.package_file)
    }

    pub(crate) fn manifest(&self) -> Result<Manifest, BundleError> {
        let small = self.small_entries();
        let sized = small.into_iter().map(|(name, content)| Entry { name, size: content.len() as u64 });
        let package = Entry { name: self.package_name(), size: self.package_bytes };
        let manifest = Manifest {
            format: FORMAT,
            made_by: self.made_by.clone(),
            made_at: self.made_at,
            source: self.source.clone(),
            versions: self.versions.clone(),
            backup: self.backup.clone(),
            entries: sized.chain([package]).collect(),
        };
        let checked = manifest.check_entries().map_err(|(name, reason)| BundleError::BadEntry { name, reason });
        checked.map(|()| manifest)
    }
}

/// Writes a bundle to `to`. The package's bytes come from a stream that may fail in its own way.
pub(crate) async fn write<S, E>(
    ctx: &Ctx,
    contents: &Contents,
    package: S,
    to: &Path,
    if_exists: IfExists,
    passed: &Arc<Passed>,
) -> Result<Written, WriteError<E>>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Error + Send + 'static,
{
    refuse_existing(to, if_exists)?;
    check_room(to, contents.package_bytes)?;
    let manifest = contents.manifest()?;
    passed.begin(contents.package_bytes);
    let folder = folder_name(&contents.app, &contents.version);
    let package_header = header(&folder, &contents.package_name(), contents.package_bytes, contents.made_at)?;
    let appender = Appender {
        to: to.to_owned(),
        folder,
        contents: contents.clone(),
        manifest: manifest.to_bytes(),
        if_exists,
        passed: passed.counter(),
    };
    let (sender, receiver) = mpsc::channel(1);
    let appending = tokio::task::spawn_blocking(move || appender.run(receiver));
    let (hashed, to_hash) = mpsc::channel(1);
    let hashing = tokio::task::spawn_blocking(move || hash_in_order(to_hash));
    let header = package_header.to_vec();
    let feeder = Feeder { ctx, to, size: contents.package_bytes, header, hashed, hashing };
    let fed = feeder.run(package, sender).await;
    let appended = appending.await.map_err(|source| BundleError::Broken { path: to.to_owned(), source })?;
    match (fed, appended) {
        // A disk that is full breaks off the feeding, too.
        (Err(_), Err(error)) if !matches!(error, BundleError::Cancelled) => Err(error.into()),
        (Err(error), Ok(_) | Err(_)) => Err(error),
        (Ok(()), appended) => Ok(appended?),
    }
}

fn refuse_existing(to: &Path, if_exists: IfExists) -> Result<(), BundleError> {
    if if_exists == IfExists::Refuse && to.exists() {
        return Err(BundleError::FileExists { path: to.to_owned() });
    }
    Ok(())
}

/// A bundle is about as large as its package, which hardly compresses.
fn check_room(to: &Path, needed: u64) -> Result<(), BundleError> {
    let dir = to.parent().unwrap_or(Path::new("."));
    let free = fs4::available_space(dir).map_err(|error| BundleError::file(dir, "written", 0, error))?;
    if free < needed { Err(BundleError::DiskFull { path: to.to_owned(), needed, free }) } else { Ok(()) }
}

enum Message {
    Piece(Piece),
    /// All of the package came, and has this SHA-256: without this, what is written so far is thrown away.
    Finish {
        package_sha256: String,
    },
}

/// Cuts the package into parts, has them hashed in order and compressed side by side.
struct Feeder<'a> {
    ctx: &'a Ctx,
    to: &'a Path,
    size: u64,
    header: Vec<u8>,
    hashed: mpsc::Sender<Bytes>,
    hashing: JoinHandle<String>,
}

/// On a thread of its own: neither reading nor writing waits for it, unless it is the slowest.
fn hash_in_order(mut parts: mpsc::Receiver<Bytes>) -> String {
    let mut hash = Sha256::new();
    while let Some(part) = parts.blocking_recv() {
        hash.update(&part);
    }
    hex::encode(hash.finalize())
}

impl Feeder<'_> {
    async fn run<S, E>(self, package: S, sender: mpsc::Sender<Message>) -> Result<(), WriteError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Error + Send + 'static,
    {
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(4);
        let mut intake = Intake { feeder: &self, stream: package, rest: Bytes::new() };
        let mut packing: FuturesOrdered<JoinHandle<io::Result<Piece>>> = FuturesOrdered::new();
        let count = self.size.div_ceil(PART).max(1);
        for index in 0..count {
            let (start, want) = (index * PART, PART.min(self.size - index * PART));
            let before: &[u8] = if index == 0 { &self.header } else { &[] };
            let after = if index + 1 == count { padding(self.size) } else { 0 };
            let raw = before.len()..before.len() + usize::try_from(want).unwrap_or(usize::MAX);
            let mut block = Vec::with_capacity(raw.end + after);
            block.extend_from_slice(before);
            intake.take(start, want, &mut block).await?;
            block.resize(raw.end + after, 0);
            let block = Bytes::from(block);
            // A thread that is gone shows when its result is asked for.
            let _ = self.race(self.hashed.send(block.slice(raw))).await?;
            packing.push_back(tokio::task::spawn_blocking(move || piece(&block, want)));
            if packing.len() > workers && !self.pass_on(&mut packing, &sender).await? {
                return Ok(());
            }
        }
        intake.end().await?;
        while !packing.is_empty() {
            if !self.pass_on(&mut packing, &sender).await? {
                return Ok(());
            }
        }
        let Self { to, hashed, hashing, .. } = self;
        drop(hashed);
        let package_sha256 = hashing.await.map_err(|source| BundleError::Broken { path: to.to_owned(), source })?;
        // If the appender is gone, its own result says why.
        let _ = sender.send(Message::Finish { package_sha256 }).await;
        Ok(())
    }

    /// Passes the next compressed part on. `false`: the appender has ended, and its result says why.
    async fn pass_on(
        &self,
        packing: &mut FuturesOrdered<JoinHandle<io::Result<Piece>>>,
        sender: &mpsc::Sender<Message>,
    ) -> Result<bool, BundleError> {
        let Some(packed) = self.race(packing.next()).await? else { return Ok(true) };
        let packed = packed.map_err(|source| BundleError::Broken { path: self.to.to_owned(), source })?;
        let packed = packed.map_err(|error| BundleError::file(self.to, "compressed", self.size, error))?;
        Ok(self.race(sender.send(Message::Piece(packed))).await?.is_ok())
    }

    async fn race<T>(&self, work: impl Future<Output = T>) -> Result<T, BundleError> {
        tokio::select! {
            biased;
            () = self.ctx.cancel.cancelled() => Err(BundleError::Cancelled),
            done = work => Ok(done),
        }
    }
}

/// Takes the package in, part by part, and holds it to its announced size.
struct Intake<'a, S> {
    feeder: &'a Feeder<'a>,
    stream: S,
    rest: Bytes,
}

impl<S, E> Intake<'_, S>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Error + Send + 'static,
{
    /// Copies the next `want` bytes behind `block`: one call then compresses them, and what they came in is free.
    async fn take(&mut self, at: u64, want: u64, block: &mut Vec<u8>) -> Result<(), WriteError<E>> {
        let mut missing = want;
        while missing > 0 {
            if self.rest.is_empty() {
                self.rest = match self.feeder.race(self.stream.try_next()).await?.map_err(WriteError::Feed)? {
                    Some(more) => more,
                    None => return Err(self.wrong_size(at + want - missing)),
                };
            }
            let fits = usize::try_from(missing).unwrap_or(usize::MAX).min(self.rest.len());
            missing -= fits as u64;
            block.extend_from_slice(&self.rest.split_to(fits));
        }
        Ok(())
    }

    async fn end(&mut self) -> Result<(), WriteError<E>> {
        loop {
            if !self.rest.is_empty() {
                return Err(self.wrong_size(self.feeder.size + self.rest.len() as u64));
            }
            match self.feeder.race(self.stream.try_next()).await?.map_err(WriteError::Feed)? {
                Some(more) => self.rest = more,
                None => return Ok(()),
            }
        }
    }

    fn wrong_size(&self, got: u64) -> WriteError<E> {
        BundleError::WrongSize { path: self.feeder.to.to_owned(), want: self.feeder.size, got }.into()
    }
}

/// Owns the file. Blocking, on a thread of its own: writing in order is all it does.
struct Appender {
    to: PathBuf,
    folder: String,
    contents: Contents,
    manifest: Vec<u8>,
    if_exists: IfExists,
    passed: Arc<AtomicU64>,
}

impl Appender {
    fn run(self, pieces: mpsc::Receiver<Message>) -> Result<Written, BundleError> {
        let part = self.part_path();
        let written = self.write(&part, pieces);
        if written.is_err()
            && let Err(error) = fs::remove_file(&part)
        {
            tracing::debug!(path = %part.display(), %error, "a half-written bundle was not removed");
        }
        written
    }

    fn part_path(&self) -> PathBuf {
        let mut name = self.to.as_os_str().to_owned();
        name.push(".part");
        PathBuf::from(name)
    }

    fn write(&self, part: &Path, mut pieces: mpsc::Receiver<Message>) -> Result<Written, BundleError> {
        let failed = |error| BundleError::file(&self.to, "written", self.contents.package_bytes, error);
        let file = files::create(part).map_err(failed)?;
        let mut file = Sink::new(file, self.contents.seal.as_ref()).map_err(failed)?;
        let mut sums = Sums::default();
        self.write_small(&mut file, MANIFEST, &self.manifest, &mut sums)?;
        for (name, content) in self.contents.small_entries() {
            self.write_small(&mut file, &name, content, &mut sums)?;
        }
        let package_sha256 = loop {
            match pieces.blocking_recv() {
                Some(Message::Piece(piece)) => {
                    file.write_all(&piece.packed).map_err(failed)?;
                    self.passed.fetch_add(piece.raw_bytes, Relaxed);
                }
                Some(Message::Finish { package_sha256 }) => break package_sha256,
                // Whoever fed us gave up, and says why.
                None => return Err(BundleError::Cancelled),
            }
        };
        sums.push(&self.contents.package_name(), package_sha256.clone());
        let text = sums.to_text();
        self.write_small(&mut file, SUMS, text.as_bytes(), &mut Sums::default())?;
        let end = end().map_err(failed)?;
        file.write_all(&end).map_err(failed)?;
        let file_bytes = file.finish(part)?;
        give_name(part, &self.to, self.if_exists)?;
        let (path, package_bytes) = (self.to.clone(), self.contents.package_bytes);
        Ok(Written { path, file_bytes, package_bytes, package_sha256 })
    }

    fn write_small(&self, file: &mut Sink, name: &str, content: &[u8], sums: &mut Sums) -> Result<(), BundleError> {
        let failed = |error| BundleError::file(&self.to, "written", content.len() as u64, error);
        let frame = small_entry(&self.folder, name, content, self.contents.made_at)?.map_err(failed)?;
        file.write_all(&frame).map_err(failed)?;
        sums.push(name, sha256_of(content));
        Ok(())
    }
}

/// Gives a finished file its name. A link fails where a rename would silently replace what came to be there meanwhile.
fn give_name(part: &Path, to: &Path, if_exists: IfExists) -> Result<(), BundleError> {
    let failed = |error| BundleError::file(to, "renamed", 0, error);
    match if_exists {
        IfExists::Replace => fs::rename(part, to).map_err(failed)?,
        IfExists::Refuse => match fs::hard_link(part, to) {
            Ok(()) => fs::remove_file(part).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(failed(error)),
            // FAT knows no links.
            Err(_) => {
                refuse_existing(to, if_exists)?;
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
