//! A zip inside a package as an object of its own: streamed, hashed and listed in one pass, nothing kept on disk.

use super::error::VolumeError;
use super::plan::Archive;
use crate::ctx::Ctx;
use crate::package::{Entry, KeptEnd, Package, PackageError};
use crate::storage::Etag;
use crate::transfer::{Ledger, ObjectRef, Options, Progress, StreamSource, hash_object, upload_stream};
use rainferry_helper::Format;
use std::sync::{Arc, Mutex, PoisonError};

/// A member that lies in a store now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Brought {
    /// Its name in the package.
    pub entry: String,
    pub archive: Archive,
    /// What is in it.
    pub names: Vec<String>,
}

/// Sends a member to `to`; resumes by the ledger.
pub(crate) async fn bring(
    ctx: &Ctx,
    package: &Package,
    entry: &Entry,
    to: &ObjectRef,
    options: &Options,
    ledger: &dyn Ledger,
    progress: &Arc<Progress>,
) -> Result<Brought, VolumeError> {
    let kept = Arc::new(Mutex::new(KeptEnd::default()));
    let keeping = Arc::clone(&kept);
    let member = package.open_member(ctx, entry).await?;
    let chunks = futures::stream::try_unfold(member, move |mut member| {
        let (ctx, keeping) = (ctx.clone(), Arc::clone(&keeping));
        async move {
            let Some(chunk) = member.chunk(&ctx).await? else { return Ok::<_, PackageError>(None) };
            keeping.lock().unwrap_or_else(PoisonError::into_inner).push(&chunk);
            Ok(Some((chunk, member)))
        }
    });
    // Size and checksum of a zip's entry say when it is another one.
    let tag = Some(Etag::new(format!("{:08x}-{}", entry.crc32, entry.size)));
    let source = StreamSource { name: entry.name.clone(), size: entry.size, tag };
    let copied = upload_stream(ctx, &source, Box::pin(chunks), to, options, ledger, progress).await?;
    let sha256 = match copied.sha256 {
        Some(sha256) => sha256,
        None => {
            let facts = to.store.head(&to.key).await?;
            hash_object(ctx, to, &facts).await?
        }
    };
    let end = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
    let names = end.entries(ctx).await?.into_iter().map(|entry| entry.name).collect();
    let archive = Archive { key: to.key.clone(), bytes: copied.bytes, sha256, format: Format::Zip };
    Ok(Brought { entry: entry.name.clone(), archive, names })
}
