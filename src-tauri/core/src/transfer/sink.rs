//! Where a stream goes: one object, sent whole or in parts, hashed on the way, and proven at the end.

use super::checksum::{OrderedHash, md5_of};
use super::error::TransferError;
use super::ledger::{Ledger, PartDone, Recorded};
use super::options::{Copied, ObjectRef, Options, Progress};
use super::parts::Parts;
use super::prove::{Evidence, whole_crc};
use super::send::{Fleet, PartCheck, Upload, Wanted, begin_upload, broken, complete, race, resumable};
use crate::ctx::Ctx;
use crate::storage::{Chunks, Crc64, Etag, length};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What a stream will give.
#[derive(Clone, Debug)]
pub(crate) struct StreamSource {
    /// For messages.
    pub name: String,
    /// Exact for [`super::upload_stream`]; what progress is measured by for [`super::upload_open_ended`].
    pub size: u64,
    /// Changes when the bytes do: a resume with another one is refused.
    pub tag: Option<Etag>,
}

pub(super) struct Sink<'a> {
    pub ctx: &'a Ctx,
    pub source: &'a StreamSource,
    pub parts: Parts,
    pub to: &'a ObjectRef,
    pub options: &'a Options,
    pub ledger: &'a dyn Ledger,
    pub progress: &'a Arc<Progress>,
}

/// What the object came to.
struct Sent {
    pub sha256: String,
    pub crc: Option<Crc64>,
    /// Every part was held against a checksum of ours.
    pub parts_checked: bool,
    pub parts: Parts,
    pub reused: u32,
}

impl Sink<'_> {
    /// What an earlier run left, whose cut then is this one's too; progress begins.
    pub(super) fn recall(&mut self) -> Result<Option<Recorded>, TransferError> {
        let recorded = resumable(self.ledger, self.source.tag.as_ref(), self.source.size, &self.source.name)?;
        if let Some(recorded) = &recorded {
            self.parts = recorded.started.parts;
        }
        self.progress.begin(self.parts);
        Ok(recorded)
    }

    /// The upload to go on with and its parts, or a new one.
    pub(super) async fn begin(
        &self,
        recorded: Option<Recorded>,
    ) -> Result<(Upload, BTreeMap<u32, PartDone>), TransferError> {
        let wanted = Wanted::of(self.options.proving, false);
        let (id, done) = match recorded.map(|recorded| (recorded.started.upload, recorded.parts)) {
            Some((Some(id), done)) => (id, done),
            Some((None, _)) | None => {
                let tag = self.source.tag.as_ref();
                let id = begin_upload(self.ctx, self.to, wanted.kind(), self.parts, tag, self.ledger).await?;
                (id, BTreeMap::new())
            }
        };
        let upload = Upload {
            to: self.to.clone(),
            check: PartCheck::offered(self.ctx, self.to, &id, &done, wanted).await?,
            id,
            parts: self.parts,
            puts: Arc::new(Semaphore::new(self.options.puts.max(1))),
            progress: Arc::clone(self.progress),
        };
        Ok((upload, done))
    }

    /// Sends all there is in one request.
    pub(super) async fn put_whole(&self, chunks: Chunks) -> Result<Copied, TransferError> {
        let parts = Parts::new(length(&chunks), self.parts.part_size);
        self.progress.resize(parts);
        self.progress.read(parts.size);
        let hash = OrderedHash::start();
        if let Ok(permit) = Arc::new(Semaphore::new(1)).try_acquire_owned() {
            hash.feed().part(0, &chunks, &Arc::new(permit));
        }
        let md5 = md5_of(chunks.clone()).await.map_err(|error| broken(self.to, error))?;
        let tag = race(self.ctx, self.to.store.put(&self.to.key, chunks)).await?;
        let tag = tag.map_err(|error| TransferError::target(self.to, error))?;
        self.progress.part_done(parts.size);
        let sha256 = hash.finish().await.map_err(|error| broken(self.to, error))?;
        let parts_checked = tag.is_some_and(|tag| tag.plain() == md5);
        self.prove(Sent { sha256, crc: None, parts_checked, parts, reused: 0 }).await
    }

    /// Makes the object out of its parts, all of which have landed.
    pub(super) async fn finish(
        &self,
        upload: &Upload,
        fleet: &Fleet<'_>,
        hash: OrderedHash,
        parts: Parts,
        reused: u32,
    ) -> Result<Copied, TransferError> {
        complete(self.ctx, upload, &fleet.done).await?;
        let sha256 = hash.finish().await.map_err(|error| broken(self.to, error))?;
        let parts_checked = fleet.done.values().all(|part| part.checked);
        let crc = whole_crc(parts, &fleet.done);
        self.prove(Sent { sha256, crc, parts_checked, parts, reused }).await
    }

    async fn prove(&self, sent: Sent) -> Result<Copied, TransferError> {
        let evidence = Evidence {
            from: &self.source.name,
            to: self.to,
            parts: sent.parts,
            source_etag: None,
            crc: sent.crc,
            parts_checked: sent.parts_checked,
            proving: self.options.proving,
        };
        let known = sent.sha256.clone();
        let weighed = evidence.weigh(self.ctx, || async { Ok(known) }).await;
        if !matches!(weighed, Err(TransferError::Cancelled)) {
            self.ledger.ended().map_err(TransferError::recorded)?;
        }
        let (found, proof) = weighed?;
        Ok(Copied {
            bytes: sent.parts.size,
            sha256: Some(sent.sha256),
            etag: found.etag,
            parts_sent: sent.parts.count().saturating_sub(sent.reused),
            parts_reused: sent.reused,
            started_over: false,
            proof,
        })
    }
}
