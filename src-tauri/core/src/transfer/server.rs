//! Object → object inside one store: not a byte comes through this computer.
//!
//! Large objects, and those that were uploaded in parts, are copied in ranges: each is a request of bounded length, can be
//! cancelled and resumed, and keeps the ETag where the cut is the source's own.

use super::copy::own_cut;
use super::error::TransferError;
use super::gated::{Counts, gated};
use super::ledger::{Ledger, PartDone, Recorded};
use super::options::{Copied, ObjectRef, Options, Progress, Proof, Proving};
use super::parts::{MIB, Parts, same_etag_expected};
use super::send::{Fleet, PartCheck, Upload, begin_upload, clean_up, complete, race, resumable};
use crate::ctx::Ctx;
use crate::storage::{CopyRange, Etag, ObjectFacts, UploadKind};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Up to here one request copies it all. S3 would take 5 GiB, in one silent wait.
const ONE_REQUEST: u64 = 512 * MIB;
const RANGE: u64 = 128 * MIB;

/// Copies within one endpoint, from any of its buckets. Where the store cannot, the error's source is `Lacks` or `Denied`, and
/// [`super::copy_object`] still can.
pub(crate) async fn server_copy(
    ctx: &Ctx,
    from: &ObjectRef,
    to: &ObjectRef,
    options: &Options,
    ledger: &dyn Ledger,
    progress: &Arc<Progress>,
) -> Result<Copied, TransferError> {
    let to = &gated(to, progress, Counts::No);
    let facts = race(ctx, from.store.head(&from.key)).await?.map_err(|error| TransferError::source(from, error))?;
    let own = own_cut(ctx, from, &facts).await?;
    let part_size = own.unwrap_or(if facts.size <= ONE_REQUEST { facts.size } else { RANGE });
    let parts = Parts::new(facts.size, options.part_size.unwrap_or(part_size));
    let job = Job { ctx, from, to, facts, parts, options, ledger, progress };
    progress.begin(parts);
    if parts.count() == 1 { job.in_one().await } else { job.in_ranges().await }
}

struct Job<'a> {
    ctx: &'a Ctx,
    from: &'a ObjectRef,
    to: &'a ObjectRef,
    facts: ObjectFacts,
    parts: Parts,
    options: &'a Options,
    ledger: &'a dyn Ledger,
    progress: &'a Arc<Progress>,
}

impl Job<'_> {
    async fn in_one(&self) -> Result<Copied, TransferError> {
        let bucket = &self.from.store.identity().bucket;
        let copied = race(self.ctx, self.to.store.copy(bucket, &self.from.key, &self.to.key)).await?;
        copied.map_err(|error| TransferError::target(self.to, error))?;
        self.progress.part_done(self.parts.size);
        self.prove(0, false).await
    }

    async fn in_ranges(mut self) -> Result<Copied, TransferError> {
        let recorded = resumable(self.ledger, self.facts.etag.as_ref(), self.parts.size, &self.from.to_string())?;
        if let Some(recorded) = &recorded {
            self.parts = recorded.started.parts;
            self.progress.begin(self.parts);
        }
        match self.send(recorded).await {
            Err(error) if error.is_upload_gone() => {
                tracing::info!(to = %self.to, %error, "the upload is gone; starting over");
                self.ledger.ended().map_err(TransferError::recorded)?;
                self.progress.begin(self.parts);
                self.send(None).await?;
                self.prove(0, true).await
            }
            sent => self.prove(sent?, false).await,
        }
    }

    /// How many parts were there already.
    async fn send(&self, recorded: Option<Recorded>) -> Result<u32, TransferError> {
        let etag = self.facts.etag.as_ref();
        let (id, done) = match recorded.map(|recorded| (recorded.started.upload, recorded.parts)) {
            Some((Some(id), done)) => (id, done),
            Some((None, _)) | None => (
                begin_upload(self.ctx, self.to, UploadKind::Plain, self.parts, etag, self.ledger).await?,
                BTreeMap::new(),
            ),
        };
        let reused = u32::try_from(done.len()).unwrap_or(u32::MAX);
        done.keys().for_each(|index| self.progress.part_kept(self.parts.len(*index)));
        let upload = Upload {
            to: self.to.clone(),
            id: id.clone(),
            parts: self.parts,
            check: PartCheck::None,
            puts: Arc::new(Semaphore::new(self.options.puts.max(1))),
            progress: Arc::clone(self.progress),
        };
        let mut fleet = Fleet::new(self.ctx, self.ledger, self.parts, self.to, done);
        let sent = self.send_missing(&mut fleet, &upload).await;
        if sent.is_err() {
            fleet.ground().await;
        }
        let done = match sent {
            Ok(()) => complete(self.ctx, &upload, &fleet.done).await.map(|_| ()),
            Err(error) => Err(error),
        };
        if matches!(done, Err(TransferError::Cancelled)) {
            clean_up(self.ctx, self.to, &id, self.options, self.ledger).await;
        }
        done.map(|()| reused)
    }

    async fn send_missing(&self, fleet: &mut Fleet<'_>, upload: &Upload) -> Result<(), TransferError> {
        let missing: Vec<u32> = (0..self.parts.count()).filter(|index| !fleet.done.contains_key(index)).collect();
        for index in missing {
            let permit = fleet.permit().await?;
            let (from, upload, pin) = (self.from.clone(), upload.clone(), self.facts.etag.clone());
            fleet.launch(async move {
                let done = copy_part(&from, &upload, index, pin).await;
                drop(permit);
                done
            });
        }
        fleet.land().await
    }

    async fn prove(&self, reused: u32, started_over: bool) -> Result<Copied, TransferError> {
        let found = race(self.ctx, self.to.store.head(&self.to.key)).await?;
        let found = found.map_err(|error| TransferError::target(self.to, error))?;
        self.ledger.ended().map_err(TransferError::recorded)?;
        let same = self.facts.etag.as_ref().zip(found.etag.as_ref()).is_some_and(|(a, b)| a.same(b));
        let proof = match self.options.proving {
            Proving::Skip => Proof::Skipped,
            Proving::Prove if found.size != self.parts.size => {
                return Err(TransferError::Mismatch {
                    from: self.from.to_string(),
                    to: self.to.to_string(),
                    expected: format!("{} bytes", self.parts.size),
                    found: format!("{} bytes", found.size),
                });
            }
            Proving::Prove if same && same_etag_expected(self.parts, self.facts.etag.as_ref()) => Proof::SameEtag,
            Proving::Prove => Proof::StoreCopied,
        };
        Ok(Copied {
            bytes: self.parts.size,
            sha256: None,
            etag: found.etag,
            parts_sent: self.parts.count().saturating_sub(reused),
            parts_reused: reused,
            started_over,
            proof,
        })
    }
}

async fn copy_part(
    from: &ObjectRef,
    upload: &Upload,
    index: u32,
    pin: Option<Etag>,
) -> Result<PartDone, TransferError> {
    let _turn = upload.puts.acquire().await;
    let bucket = from.store.identity().bucket.clone();
    let range = CopyRange { bucket: &bucket, key: &from.key, range: upload.parts.range(index), pin: pin.as_ref() };
    let tag = upload.to.store.copy_part(range, &upload.to.key, &upload.id, index).await;
    let tag = tag.map_err(|error| match error {
        crate::storage::StoreError::Changed { .. } => TransferError::SourceChanged { from: from.to_string() },
        error => TransferError::part(&upload.to, index, error),
    })?;
    upload.progress.part_done(upload.parts.len(index));
    Ok(PartDone { index, tag, checked: false, crc: None })
}
