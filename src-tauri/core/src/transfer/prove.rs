//! Is what arrived what was there? Decided by the cheapest evidence that is evidence.
//!
//! In this order: the ETags are equal (same bytes, same cut); every part was held against a checksum of ours; the store's own
//! CRC-64 of the whole is what the parts' add up to; else the target is read again, and its CRC-64 or SHA-256 compared.
//! ETags that should be equal and are not prove nothing by themselves: servers that encrypt make their own.

use super::error::TransferError;
use super::ledger::PartDone;
use super::options::{ObjectRef, Proof, Proving};
use super::ordered::{crc_of_object, hash_object};
use super::parts::{Parts, same_etag_expected};
use super::send::race;
use crate::ctx::Ctx;
use crate::storage::{Crc64, Etag, ObjectFacts};
use md5::{Digest, Md5};
use std::collections::BTreeMap;
use std::future::Future;

/// What is known of both sides when all parts are in place.
pub(crate) struct Evidence<'a> {
    pub from: &'a str,
    pub to: &'a ObjectRef,
    pub parts: Parts,
    pub source_etag: Option<&'a Etag>,
    /// Of the whole as it was read, where that is known.
    pub crc: Option<Crc64>,
    /// Every part was held against a checksum of ours.
    pub parts_checked: bool,
    pub proving: Proving,
}

impl Evidence<'_> {
    /// The facts of the target and why they are right. `source_sha256` is asked for only if nothing cheaper proves it.
    pub(crate) async fn weigh<F>(
        &self,
        ctx: &Ctx,
        source_sha256: impl FnOnce() -> F,
    ) -> Result<(ObjectFacts, Proof), TransferError>
    where
        F: Future<Output = Result<String, TransferError>>,
    {
        let found = race(ctx, self.to.store.head(&self.to.key)).await?;
        let found = found.map_err(|error| TransferError::target(self.to, error))?;
        if self.proving == Proving::Skip {
            return Ok((found, Proof::Skipped));
        }
        if found.size != self.parts.size {
            return Err(self.mismatch(format!("{} bytes", self.parts.size), format!("{} bytes", found.size)));
        }
        if let Some(proof) = self.cheap_proof(&found) {
            return Ok((found, proof));
        }
        // Cut alike and tagged otherwise: what was read and sent may not be what the source holds, and sums of it prove nothing.
        match self.crc.filter(|_| !self.should_be_same()) {
            Some(crc) => self.weigh_crc(ctx, &found, crc).await.map(|proof| (found, proof)),
            None => {
                let expected = source_sha256().await?;
                let got = hash_object(ctx, self.to, &found).await?;
                if got != expected {
                    return Err(self.mismatch(format!("SHA-256 {expected}"), format!("SHA-256 {got}")));
                }
                Ok((found, Proof::ReadBack))
            }
        }
    }

    fn cheap_proof(&self, found: &ObjectFacts) -> Option<Proof> {
        if let (Some(source), Some(target)) = (self.source_etag, &found.etag) {
            let is_content = source.looks_like_md5() || source.part_count().is_some();
            if is_content && source.same(target) {
                return Some(Proof::SameEtag);
            }
            if self.should_be_same() && same_etag_expected(self.parts, Some(target)) {
                return None;
            }
        }
        self.parts_checked.then_some(Proof::CheckedParts)
    }

    fn should_be_same(&self) -> bool {
        same_etag_expected(self.parts, self.source_etag)
    }

    /// The store's own sum where it keeps one, else ours of what it gives back.
    async fn weigh_crc(&self, ctx: &Ctx, found: &ObjectFacts, expected: Crc64) -> Result<Proof, TransferError> {
        let kept = race(ctx, self.to.store.crc(&self.to.key)).await?;
        let kept = kept.map_err(|error| TransferError::target(self.to, error))?;
        let (got, proof) = match kept {
            Some(kept) => (kept, Proof::StoreCrc),
            None => (crc_of_object(ctx, self.to, found).await?, Proof::ReadBack),
        };
        match got == expected {
            true => Ok(proof),
            false => Err(self.mismatch(format!("CRC-64 {expected}"), format!("CRC-64 {got}"))),
        }
    }

    fn mismatch(&self, expected: String, found: String) -> TransferError {
        TransferError::Mismatch { from: self.from.to_owned(), to: self.to.to_string(), expected, found }
    }
}

/// What the CRCs of all parts add up to, if each is known.
pub(crate) fn whole_crc(parts: Parts, done: &BTreeMap<u32, PartDone>) -> Option<Crc64> {
    (0..parts.count()).try_fold(Crc64::EMPTY, |whole, index| Some(whole.and(done.get(&index)?.crc?, parts.len(index))))
}

/// The ETag that S3 gives an object of these parts. `None` if a tag is no MD5.
pub(crate) fn etag_of_parts<'a>(parts: impl ExactSizeIterator<Item = &'a PartDone>) -> Option<Etag> {
    let count = parts.len();
    let mut hash = Md5::new();
    for part in parts {
        if !part.tag.looks_like_md5() {
            return None;
        }
        hash.update(hex::decode(part.tag.plain()).ok()?);
    }
    Some(Etag::new(format!("{}-{count}", hex::encode(hash.finalize()))))
}
