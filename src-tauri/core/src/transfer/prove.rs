//! Is what arrived what was there? Decided by the cheapest evidence that is evidence.
//!
//! In this order: the ETags are equal (same bytes, same cut); every part's tag is the MD5 we computed; the store checked
//! every part against our signature; else the target is read again and its SHA-256 compared with the source's. ETags that
//! should be equal and are not prove nothing by themselves (servers that encrypt make their own), so they lead to the last.

use super::error::TransferError;
use super::ledger::PartDone;
use super::options::{ObjectRef, Proof, Proving};
use super::parts::{Parts, same_etag_expected};
use super::send::race;
use super::stream::hash_object;
use crate::ctx::Ctx;
use crate::storage::{Etag, ObjectFacts};
use md5::{Digest, Md5};
use std::future::Future;

/// What is known of both sides when all parts are in place.
pub(crate) struct Evidence<'a> {
    pub from: &'a str,
    pub to: &'a ObjectRef,
    pub parts: Parts,
    pub source_etag: Option<&'a Etag>,
    /// Every part's tag was compared with the MD5 of what we sent.
    pub tags_checked: bool,
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
        let expected = source_sha256().await?;
        let got = hash_object(ctx, self.to, &found).await?;
        if got != expected {
            return Err(self.mismatch(format!("SHA-256 {expected}"), format!("SHA-256 {got}")));
        }
        Ok((found, Proof::ReadBack))
    }

    fn cheap_proof(&self, found: &ObjectFacts) -> Option<Proof> {
        let expected = same_etag_expected(self.parts, self.source_etag);
        if let (Some(source), Some(target)) = (self.source_etag, &found.etag) {
            let is_content = source.looks_like_md5() || source.part_count().is_some();
            if is_content && source.same(target) {
                return Some(Proof::SameEtag);
            }
            if expected && same_etag_expected(self.parts, Some(target)) {
                return None;
            }
        }
        if self.tags_checked {
            return Some(Proof::PartTags);
        }
        if self.to.store.checks_bodies() { Some(Proof::SignedParts) } else { None }
    }

    fn mismatch(&self, expected: String, found: String) -> TransferError {
        TransferError::Mismatch { from: self.from.to_owned(), to: self.to.to_string(), expected, found }
    }
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
