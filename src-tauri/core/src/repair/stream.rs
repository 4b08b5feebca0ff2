//! The mended package as a stream: members in the order in which they lie, then the directory anew.

use super::deflate::Deflate;
use super::error::RepairError;
use super::metadata::mend_console;
use super::nested::KeepRoot;
use super::recipe::{Fate, Recipe};
use super::record::{self, Facts};
use crate::ctx::Ctx;
use crate::image::{Fit, Naming, Renamer};
use crate::package::{Entry, Package, PackageError, under_root};
use bytes::Bytes;
use futures::Stream;
use futures::future::BoxFuture;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Pieces that wait for a slow taker.
const WAITING: usize = 4;
/// One read of members that pass.
const WINDOW_BYTES: u64 = 4 * 1024 * 1024;
const METADATA_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// Data zips that may be cut short: their last entry is a symlink (B-19). Known when the stream has ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubtful(Arc<Mutex<Vec<String>>>);

impl Doubtful {
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
    }
}

/// The bytes of a mended package; an error is the last item.
pub(crate) struct Mended {
    work: Option<BoxFuture<'static, Result<(), RepairError>>>,
    pieces: mpsc::Receiver<Bytes>,
}

impl Stream for Mended {
    type Item = Result<Bytes, RepairError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Poll::Ready(Some(piece)) = self.pieces.poll_recv(context) {
                return Poll::Ready(Some(Ok(piece)));
            }
            let Some(work) = &mut self.work else { return Poll::Ready(None) };
            match work.as_mut().poll(context) {
                Poll::Ready(done) => {
                    self.work = None;
                    if let Err(error) = done {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                // Its pieces, if it made any, are taken first.
                Poll::Pending => match self.pieces.poll_recv(context) {
                    Poll::Ready(Some(piece)) => return Poll::Ready(Some(Ok(piece))),
                    Poll::Ready(None) | Poll::Pending => return Poll::Pending,
                },
            }
        }
    }
}

/// Begins to mend. The same package and recipe give the same bytes, always.
pub(crate) fn mended(ctx: &Ctx, package: Arc<Package>, recipe: &Recipe) -> (Mended, Doubtful) {
    let (sender, pieces) = mpsc::channel(WAITING);
    let doubtful = Doubtful::default();
    let mending =
        Mending { ctx: ctx.clone(), package, recipe: recipe.clone(), doubtful: doubtful.clone(), sender, at: 0 };
    (Mended { work: Some(Box::pin(mending.run())), pieces }, doubtful)
}

/// More than the mended package can come to: what parts are cut by before its size is known.
pub(crate) fn most_bytes(package: &Package, recipe: &Recipe) -> u64 {
    // A deflated block that does not shrink grows by less than a thousandth (RFC 1951 §3.2.4); records grow by 28 bytes.
    const SLACK_BYTES: u64 = 1024 * 1024;
    let grows = package.entries().iter().filter(|entry| recipe.fate(entry).is_rewritten());
    let most: u64 = grows.map(|entry| entry.size + entry.size / 1000 + SLACK_BYTES).sum();
    package.size() + most + 28 * package.entries().len() as u64 + SLACK_BYTES
}

struct Mending {
    ctx: Ctx,
    package: Arc<Package>,
    recipe: Recipe,
    doubtful: Doubtful,
    sender: mpsc::Sender<Bytes>,
    at: u64,
}

impl Mending {
    async fn run(mut self) -> Result<(), RepairError> {
        let package = self.package.clone();
        let (directory, end) = package.raw_directory();
        let records = record::split(&directory)?;
        let mut order: Vec<(usize, &Entry, &Bytes)> = package
            .entries()
            .iter()
            .zip(&records)
            .enumerate()
            .map(|(at, (entry, record))| (at, entry, record))
            .collect();
        order.sort_by_key(|(_, entry, _)| entry.header_offset);
        if let Some((_, first, _)) = order.first() {
            // Nothing, in a zip of the platform's.
            self.pass(0..first.header_offset).await?;
        }
        let mut written: Vec<(usize, Vec<u8>)> = Vec::with_capacity(records.len());
        for (at, entry, record) in order {
            if let Some(record) = self.member(entry, record).await? {
                written.push((at, record));
            }
        }
        written.sort_by_key(|(at, _)| *at);
        let (count, offset) = (written.len() as u64, self.at);
        for (_, record) in written {
            self.put(record.into()).await?;
        }
        let end = record::end(count, self.at - offset, offset, record::end_comment(&end));
        self.put(end.into()).await
    }

    /// Writes a member as its fate has it; its record, unless it is left out.
    async fn member(&mut self, entry: &Entry, record: &Bytes) -> Result<Option<Vec<u8>>, RepairError> {
        let fate = self.recipe.fate(entry);
        let offset = self.at;
        let facts = match fate {
            Fate::Dropped => return Ok(None),
            Fate::Passes => None,
            Fate::Console => self.console(entry, record).await?,
            Fate::KeepRoot => Some(self.keep_root(entry, record).await?),
            Fate::Image => Some(self.image(entry, record).await?),
        };
        if let Some(facts) = facts {
            return Ok(Some(record::central(record, &facts, true)));
        }
        self.pass(entry.span()).await?;
        if entry.header_offset == offset {
            return Ok(Some(record.to_vec()));
        }
        let Entry { crc32, size, compressed_size, .. } = *entry;
        Ok(Some(record::central(record, &Facts { crc32, size, compressed_size, offset }, false)))
    }

    /// Members as they are, compressed bytes and all.
    async fn pass(&mut self, span: std::ops::Range<u64>) -> Result<(), RepairError> {
        let mut from = span.start;
        while from < span.end {
            self.ctx.check().map_err(PackageError::from)?;
            let to = span.end.min(from.saturating_add(WINDOW_BYTES));
            let bytes = self.package.bytes(&self.ctx, from..to).await?;
            self.put(bytes).await?;
            from = to;
        }
        Ok(())
    }

    async fn console(&mut self, entry: &Entry, record: &Bytes) -> Result<Option<Facts>, RepairError> {
        let package = self.package.clone();
        let file = package.read_member(&self.ctx, entry, METADATA_LIMIT_BYTES).await?;
        let new = mend_console(&file, &self.recipe)?.map_or(file, Bytes::from);
        let mut anew = self.begin(record).await?;
        self.add(&mut anew, &[new]).await?;
        self.end(anew).await.map(Some)
    }

    async fn keep_root(&mut self, entry: &Entry, record: &Bytes) -> Result<Facts, RepairError> {
        let package = self.package.clone();
        let mut anew = self.begin(record).await?;
        let mut keep = KeepRoot::default();
        let mut member = package.open_member(&self.ctx, entry).await?;
        while let Some(chunk) = member.chunk(&self.ctx).await? {
            let mut pieces = Vec::new();
            keep.push(chunk, &mut pieces);
            self.add(&mut anew, &pieces).await?;
        }
        let kept = keep.finish(&entry.name)?;
        if kept.ends_in_symlink {
            self.doubtful.add(under_root(&entry.name).unwrap_or(&entry.name));
        }
        self.add(&mut anew, &kept.bytes).await?;
        self.end(anew).await
    }

    async fn image(&mut self, entry: &Entry, record: &Bytes) -> Result<Facts, RepairError> {
        let package = self.package.clone();
        let failed = |source| RepairError::Image { name: entry.name.clone(), source };
        let names = self.recipe.names.iter().map(|(old, new)| (old.as_str(), new.as_str()));
        let mut renamer = Renamer::new(Naming::map(names), Fit::Free);
        let mut anew = self.begin(record).await?;
        let mut member = package.open_member(&self.ctx, entry).await?;
        while let Some(chunk) = member.chunk(&self.ctx).await? {
            let pieces = renamer.push(chunk).map_err(failed)?;
            self.add(&mut anew, &pieces).await?;
        }
        renamer.finish().map_err(failed)?;
        self.end(anew).await
    }

    async fn begin(&mut self, record: &Bytes) -> Result<Anew, RepairError> {
        let offset = self.at;
        self.put(record::local(record).into()).await?;
        Ok(Anew { deflate: Deflate::start(), offset })
    }

    async fn add(&mut self, anew: &mut Anew, pieces: &[Bytes]) -> Result<(), RepairError> {
        for piece in pieces {
            let packed = anew.deflate.push(piece)?;
            self.put(packed).await?;
        }
        Ok(())
    }

    async fn end(&mut self, mut anew: Anew) -> Result<Facts, RepairError> {
        let last = anew.deflate.finish()?;
        self.put(last).await?;
        let facts = Facts {
            crc32: anew.deflate.crc32(),
            size: anew.deflate.size(),
            compressed_size: anew.deflate.compressed_size(),
            offset: anew.offset,
        };
        self.put(record::descriptor(&facts).into()).await?;
        Ok(facts)
    }

    async fn put(&mut self, bytes: Bytes) -> Result<(), RepairError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.at += bytes.len() as u64;
        self.sender.send(bytes).await.map_err(|_| RepairError::Abandoned)
    }
}

/// A member that is deflated anew.
struct Anew {
    deflate: Deflate,
    offset: u64,
}
