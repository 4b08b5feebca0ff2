//! Sending parts into one upload: begin or resume it, keep a bounded number of parts on the way, record each, complete.
//! Where the bytes come from is the caller's.

use super::checksum::{Permit, md5_of};
use super::error::TransferError;
use super::ledger::{Ledger, PartDone, Recorded, Started};
use super::options::{ObjectRef, OnCancel, Options, Progress, Proving};
use super::parts::Parts;
use crate::ctx::Ctx;
use crate::storage::{BodyCheck, Chunks, Crc64, Etag, UploadId, UploadKind, length};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

/// How long parts on their way may take to land when a transfer stops.
const LANDING: Duration = Duration::from_millis(100);
/// How long a cancelled transfer may take to take its upload back.
const ABORT_PATIENCE: Duration = Duration::from_secs(5);
/// How long a cancelled transfer still listens for the name of an upload that it asked for.
const HEARING: Duration = Duration::from_millis(100);

/// Waits before a part is sent again.
pub(crate) const PAUSES: [Duration; 4] =
    [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(8)];

/// Waits for something, or for the cancel.
pub(crate) async fn race<T>(ctx: &Ctx, work: impl Future<Output = T>) -> Result<T, TransferError> {
    tokio::select! {
        biased;
        () = ctx.cancel.cancelled() => Err(TransferError::Cancelled),
        done = work => Ok(done),
    }
}

/// Does something again while what went wrong may pass.
pub(crate) async fn again<T, F>(work: impl Fn() -> F) -> Result<T, TransferError>
where
    F: Future<Output = Result<T, TransferError>>,
{
    let mut pauses = PAUSES.iter();
    loop {
        let done = work().await;
        let pause = match &done {
            Err(error) if error.may_pass() => pauses.next(),
            Ok(_) | Err(_) => None,
        };
        match pause {
            Some(pause) => tokio::time::sleep(*pause).await,
            None => return done,
        }
    }
}

/// How what was sent as a part is known to have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartCheck {
    /// The store holds it against our CRC-64.
    Crc64,
    /// The store holds it against our signature.
    Signature,
    /// The store's tag is the MD5 that we compute of it. Costs 2.3 CPU s/GiB, so only where nothing else is to be had.
    Tag,
    /// Not by itself: the whole is proven at the end.
    None,
}

impl PartCheck {
    /// What `to` offers for the parts of an upload, where they have to be checked one by one.
    pub(crate) async fn offered(
        ctx: &Ctx,
        to: &ObjectRef,
        id: &UploadId,
        done: &BTreeMap<u32, PartDone>,
        wanted: Wanted,
    ) -> Result<Self, TransferError> {
        match wanted {
            Wanted::Checked => {}
            Wanted::Computed => return Ok(Self::Crc64),
            Wanted::Whole | Wanted::Nothing => return Ok(Self::None),
        }
        let missing = (0..).find(|index| !done.contains_key(index)).unwrap_or_default();
        let offered = race(ctx, to.store.body_check(&to.key, id, missing)).await?;
        Ok(match offered.map_err(|error| TransferError::target(to, error))? {
            BodyCheck::Crc64 => Self::Crc64,
            BodyCheck::Signature => Self::Signature,
            BodyCheck::Length => Self::Tag,
        })
    }
}

/// What checks the parts of an upload need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Checked,
    /// For measuring: computed and sent, whether or not the store looks at it.
    Computed,
    /// Not they: the store computes one of the whole.
    Whole,
    Nothing,
}

impl Wanted {
    pub(crate) fn of(proving: Proving, same_etag_expected: bool) -> Self {
        match proving {
            Proving::Skip => Self::Computed,
            Proving::Prove if same_etag_expected => Self::Nothing,
            Proving::Prove => Self::Checked,
        }
    }

    pub(crate) fn kind(self) -> UploadKind {
        match self {
            Self::Checked | Self::Whole => UploadKind::Checked,
            Self::Computed | Self::Nothing => UploadKind::Plain,
        }
    }
}

/// One upload under way, shared by the tasks of its parts.
#[derive(Clone)]
pub(crate) struct Upload {
    pub to: ObjectRef,
    pub id: UploadId,
    pub parts: Parts,
    pub check: PartCheck,
    pub puts: Arc<Semaphore>,
    pub progress: Arc<Progress>,
}

impl Upload {
    /// Sends one part. A tag that is not its MD5 is no error yet: servers that encrypt send such, and the proof at the end
    /// then reads the target back.
    pub(crate) async fn put(&self, index: u32, chunks: Chunks, permit: Permit) -> Result<PartDone, TransferError> {
        let crc = Crc64::of(&chunks);
        let md5 = match self.check {
            PartCheck::Tag => Some(md5_of(chunks.clone()).await.map_err(|error| broken(&self.to, error))?),
            PartCheck::Crc64 | PartCheck::Signature | PartCheck::None => None,
        };
        let turn = self.puts.acquire().await;
        let tag = match self.check {
            // The library tries these again by itself.
            PartCheck::Signature => self.send(index, chunks, crc).await?,
            PartCheck::Crc64 | PartCheck::Tag | PartCheck::None => {
                again(|| self.send(index, chunks.clone(), crc)).await?
            }
        };
        drop((turn, permit));
        let checked = match self.check {
            PartCheck::Crc64 | PartCheck::Signature => true,
            PartCheck::Tag => md5.is_some_and(|md5| tag.plain() == md5),
            PartCheck::None => false,
        };
        self.progress.part_done(self.parts.len(index));
        Ok(PartDone { index, tag, checked, crc: Some(crc) })
    }

    async fn send(&self, index: u32, chunks: Chunks, crc: Crc64) -> Result<Etag, TransferError> {
        let (store, key, length) = (&self.to.store, &self.to.key, length(&chunks));
        let body = || futures::stream::iter(chunks.clone().into_iter().map(Ok)).boxed();
        let tag = match self.check {
            PartCheck::Signature => store.put_part(key, &self.id, index, chunks.clone()).await,
            PartCheck::Crc64 => store.put_part_stream(key, &self.id, index, length, body(), Some(crc)).await,
            PartCheck::Tag | PartCheck::None => store.put_part_stream(key, &self.id, index, length, body(), None).await,
        };
        tag.map_err(|error| TransferError::part(&self.to, index, error))
    }
}

pub(crate) fn broken(what: &impl ToString, source: JoinError) -> TransferError {
    TransferError::Broken { what: what.to_string(), source }
}

/// The recorded transfer, if it is of the same bytes; of other bytes, the source has changed.
pub(crate) fn resumable(
    ledger: &dyn Ledger,
    source_etag: Option<&Etag>,
    size: u64,
    from: &str,
) -> Result<Option<Recorded>, TransferError> {
    match ledger.recorded() {
        Some(recorded)
            if recorded.started.source_etag.as_ref() != source_etag || recorded.started.parts.size != size =>
        {
            Err(TransferError::SourceChanged { from: from.to_owned() })
        }
        recorded => Ok(recorded),
    }
}

/// Begins an upload and records it before any part is sent. A cancel waits a moment for the store's answer: an upload whose
/// name nobody heard could not be taken back.
pub(crate) async fn begin_upload(
    ctx: &Ctx,
    to: &ObjectRef,
    kind: UploadKind,
    parts: Parts,
    source_etag: Option<&Etag>,
    ledger: &dyn Ledger,
) -> Result<UploadId, TransferError> {
    race(ctx, std::future::ready(())).await?;
    let cancelled = async {
        ctx.cancel.cancelled().await;
        ctx.clock.sleep(HEARING).await;
    };
    let created = tokio::select! {
        biased;
        created = to.store.create_upload(&to.key, kind) => created,
        () = cancelled => return Err(TransferError::Cancelled),
    };
    let id = created.map_err(|error| TransferError::target(to, error))?;
    let started = Started { upload: Some(id.clone()), parts, source_etag: source_etag.cloned() };
    ledger.started(&started).map_err(TransferError::recorded)?;
    Ok(id)
}

/// Parts on their way, and those that arrived.
pub(crate) struct Fleet<'a> {
    ctx: &'a Ctx,
    ledger: &'a dyn Ledger,
    budget: Arc<Semaphore>,
    tasks: JoinSet<Result<PartDone, TransferError>>,
    what: String,
    pub done: BTreeMap<u32, PartDone>,
}

impl<'a> Fleet<'a> {
    pub(crate) fn new(
        ctx: &'a Ctx,
        ledger: &'a dyn Ledger,
        parts: Parts,
        what: &impl ToString,
        done: BTreeMap<u32, PartDone>,
    ) -> Self {
        Self::holding(parts.most_in_flight(), ctx, ledger, what, done)
    }

    /// One that holds so many parts at first.
    pub(crate) fn holding(
        held: usize,
        ctx: &'a Ctx,
        ledger: &'a dyn Ledger,
        what: &impl ToString,
        done: BTreeMap<u32, PartDone>,
    ) -> Self {
        let budget = Arc::new(Semaphore::new(held));
        Self { ctx, ledger, budget, tasks: JoinSet::new(), what: what.to_string(), done }
    }

    /// What bounds the parts that are held.
    pub(crate) fn budget(&self) -> Arc<Semaphore> {
        Arc::clone(&self.budget)
    }

    /// Waits for memory for one more part. Arrivals and failures are noticed meanwhile: the part that failed may be the
    /// very one that the others, held back for the ordered hash, wait for.
    pub(crate) async fn permit(&mut self) -> Result<Permit, TransferError> {
        loop {
            let budget = Arc::clone(&self.budget);
            tokio::select! {
                biased;
                () = self.ctx.cancel.cancelled() => return Err(TransferError::Cancelled),
                Some(ended) = self.tasks.join_next() => self.note(ended)?,
                // The semaphore is never closed.
                Ok(permit) = budget.acquire_owned() => return Ok(Arc::new(permit)),
            }
        }
    }

    pub(crate) fn launch(&mut self, part: impl Future<Output = Result<PartDone, TransferError>> + Send + 'static) {
        self.tasks.spawn(part);
    }

    /// Waits for all parts that were launched.
    pub(crate) async fn land(&mut self) -> Result<(), TransferError> {
        while let Some(ended) = race(self.ctx, self.tasks.join_next()).await? {
            self.note(ended)?;
        }
        Ok(())
    }

    /// Stops what is still on its way, so that nothing writes any more when the upload is taken back. Parts that arrived
    /// meanwhile are recorded: a resume should not send them again.
    ///
    /// What is nearly there may land first: a store may keep a part whose request broke off while its upload was taken back.
    pub(crate) async fn ground(&mut self) {
        if tokio::time::timeout(LANDING, self.gather()).await.is_err() {
            self.tasks.abort_all();
            self.gather().await;
        }
    }

    async fn gather(&mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if matches!(ended, Ok(Ok(_)))
                && let Err(error) = self.note(ended)
            {
                tracing::warn!(what = %self.what, %error, "a part that arrived was not recorded");
            }
        }
    }

    fn note(&mut self, ended: Result<Result<PartDone, TransferError>, JoinError>) -> Result<(), TransferError> {
        let part = ended.map_err(|error| broken(&self.what, error))??;
        self.ledger.part_done(&part).map_err(TransferError::recorded)?;
        self.done.insert(part.index, part);
        Ok(())
    }
}

/// Makes the object of its parts.
pub(crate) async fn complete(
    ctx: &Ctx,
    upload: &Upload,
    done: &BTreeMap<u32, PartDone>,
) -> Result<Option<Etag>, TransferError> {
    let tags: Vec<Etag> = done.values().map(|part| part.tag.clone()).collect();
    let completed = race(ctx, upload.to.store.complete_upload(&upload.to.key, &upload.id, &tags)).await?;
    completed.map_err(|error| TransferError::target(&upload.to, error))
}

/// After a cancel: nothing is left behind, or all of it for a resume. Not raced, since the cancel has come already, but
/// not waited for without end either; what could not be taken back stays recorded for [`super::discard`].
pub(crate) async fn clean_up(ctx: &Ctx, to: &ObjectRef, id: &UploadId, options: &Options, ledger: &dyn Ledger) {
    if options.on_cancel == OnCancel::Keep {
        return;
    }
    let aborted = tokio::select! {
        biased;
        aborted = to.store.abort_upload(&to.key, id) => Some(aborted),
        () = ctx.clock.sleep(ABORT_PATIENCE) => None,
    };
    match aborted {
        Some(Ok(())) => {
            if let Err(error) = ledger.ended() {
                tracing::warn!(%to, %error, "an aborted upload is still recorded");
            }
        }
        Some(Err(error)) => tracing::warn!(%to, upload = %id, %error, "an upload could not be aborted"),
        None => tracing::warn!(%to, upload = %id, "an upload could not be aborted in time"),
    }
}
