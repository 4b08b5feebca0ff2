//! Reads a bundle whole and compares every entry with its sum.

use super::error::BundleError;
use super::manifest::{MANIFEST, Manifest};
use super::names::{Place, place};
use super::scan::Scan;
use super::seal::Keys;
use super::sums::{Sums, sha256_of};
use super::write::Passed;
use crate::ctx::Ctx;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio_util::sync::CancellationToken;

/// A bundle that is all there and as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verified {
    pub manifest: Manifest,
    pub package_sha256: String,
    pub package_bytes: u64,
}

/// Reads all of it. `passed` counts bytes of the file.
pub(crate) async fn verify(
    ctx: &Ctx,
    keys: &Arc<Keys>,
    path: &Path,
    passed: &Arc<Passed>,
) -> Result<Verified, BundleError> {
    let keys = Arc::clone(keys);
    let (owned, cancel, counter) = (path.to_owned(), ctx.cancel.clone(), passed.counter());
    passed.begin(std::fs::metadata(path).map_err(|error| BundleError::file(path, "read", 0, error))?.len());
    let work = move || check_all(&keys, &owned, &cancel, counter, |_| Ok(()));
    let broken = |source| BundleError::Broken { path: path.to_owned(), source };
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}

/// Reads all of it and hands the package on as it comes. What was handed on is right only if the end is.
pub(crate) fn check_all(
    keys: &Keys,
    path: &Path,
    cancel: &CancellationToken,
    read: Arc<AtomicU64>,
    mut package: impl FnMut(Bytes) -> Result<(), BundleError>,
) -> Result<Verified, BundleError> {
    let mut scan = Scan::open(keys, path, read)?;
    let mut found = Sums::default();
    found.push(MANIFEST, sha256_of(&scan.manifest_bytes));
    let mut package_bytes = 0;
    for entry in scan.manifest.entries.clone() {
        scan.expect(&entry)?;
        if place(&entry.name) != Some(Place::Package) {
            found.push(&entry.name, sha256_of(&scan.small(&entry)?));
            continue;
        }
        let mut hash = Sha256::new();
        scan.large(&entry, |chunk| {
            if cancel.is_cancelled() {
                return Err(BundleError::Cancelled);
            }
            hash.update(&chunk);
            package(chunk)
        })?;
        package_bytes = entry.size;
        found.push(&entry.name, hex::encode(hash.finalize()));
    }
    let listed = scan.sums_and_end()?;
    compare(&scan, &found, &listed)?;
    let package_sha256 = found.0.last().map(|(_, sha256)| sha256.clone()).unwrap_or_default();
    Ok(Verified { manifest: scan.manifest, package_sha256, package_bytes })
}

fn compare(scan: &Scan, found: &Sums, listed: &Sums) -> Result<(), BundleError> {
    for ((name, sha256), (listed_name, listed_sha256)) in found.0.iter().zip(&listed.0) {
        if name != listed_name {
            return Err(scan.altered(name, "the sums do not list it in its place"));
        }
        if sha256 != listed_sha256 {
            return Err(scan.altered(name, "its content does not have the sum that is listed"));
        }
    }
    if found.0.len() == listed.0.len() {
        Ok(())
    } else {
        Err(scan.altered("SHA256SUMS", "it does not list every entry once"))
    }
}
