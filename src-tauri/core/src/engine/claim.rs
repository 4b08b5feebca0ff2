//! Whose is the object at the target key? v5 regions read packages at flat keys (protocol.md §7.1): what lies there may be of
//! an earlier migration, or of nobody we know. A place that was empty before this job wrote to it is this job's; anything
//! else is used as it is when its bytes are those that would be sent, and never overwritten or deleted.

use crate::bundle;
use crate::engine::deliver;
use crate::engine::runner::{Run, Stop};
use crate::jobs::fact::{Fact, UploadTarget};
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use crate::storage::{ObjectFacts, StoreError};
use crate::transfer::{self, ObjectRef};
use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;

/// What a target key was found to be.
pub(crate) enum Ground {
    /// Empty, or written to by this job and no other.
    Ours,
    Taken(ObjectFacts),
}

/// Looks before the first byte, and claims an empty place on disk before anything is written to it.
pub(crate) async fn ground(run: &Run, object: &UploadTarget, to: &ObjectRef) -> Result<Ground, Stop> {
    if run.record().claims.contains(object) {
        abandon_unheard(run, object, to).await;
        return Ok(Ground::Ours);
    }
    match to.store.head(&to.key).await {
        Ok(found) => Ok(Ground::Taken(found)),
        Err(StoreError::NotFound { .. }) => {
            refuse_rival(run, object, to)?;
            run.note(Fact::ObjectClaimed { object: object.clone() })?;
            Ok(Ground::Ours)
        }
        Err(error) => Err(error.into()),
    }
}

/// Two jobs that write to one place would each think it theirs.
fn refuse_rival(run: &Run, object: &UploadTarget, to: &ObjectRef) -> Result<(), Problem> {
    let rival = |record: crate::jobs::state::JobRecord| {
        record.request.id != run.job.id() && !record.ended() && record.claims.contains(object)
    };
    match run.engine.runner.list().iter().any(|job| rival(job.record())) {
        true => Err(Problem::new(Code::FileExists, format!("Another job is writing {to}"))
            .hint("Try again when it has ended")
            .retry(Retry::Later)),
        false => Ok(()),
    }
}

/// A crash may have hidden the name of an upload that had just begun. Only under a key that the target's console made for
/// this very job is an upload surely this job's.
pub(crate) async fn abandon_unheard(run: &Run, object: &UploadTarget, to: &ObjectRef) {
    let record = run.record();
    let of_ticket = record.ticket.as_ref().is_some_and(|ticket| to.key.contains(&ticket.group_uuid));
    let of_import = record.rebuild.import.as_ref().is_some_and(|(event, _)| to.key.contains(event));
    let own_key = of_ticket || of_import;
    if record.upload.as_ref().is_some_and(|upload| upload.object.as_ref() == Some(object)) || !own_key {
        return;
    }
    // Not every store can list uploads; then there is nothing to be known.
    for pending in to.store.list_uploads(&to.key).await.unwrap_or_default() {
        if pending.key == to.key
            && let Err(error) = to.store.abort_upload(&to.key, &pending.upload).await
        {
            tracing::warn!(%to, %error, "an upload that a crash left could not be aborted");
        }
    }
}

/// Whether what lies at the target has the source's bytes: by its ETag where that tells, else by reading both.
pub(crate) async fn same_object(
    run: &Run,
    from: &ObjectRef,
    to: &ObjectRef,
    found: &ObjectFacts,
) -> Result<bool, Stop> {
    let source = from.store.head(&from.key).await?;
    if source.size != found.size {
        return Ok(false);
    }
    let tags = source.etag.as_ref().zip(found.etag.as_ref());
    if tags.is_some_and(|(a, b)| a.same(b) && (a.looks_like_md5() || a.part_count().is_some())) {
        return Ok(true);
    }
    let ours = transfer::hash_object(&run.ctx, from, &source).await?;
    Ok(ours == transfer::hash_object(&run.ctx, to, found).await?)
}

/// The same for a package in a bundle, all of which is checked on the way.
pub(crate) async fn same_package(
    run: &Run,
    bundle: &Path,
    size_bytes: u64,
    to: &ObjectRef,
    found: &ObjectFacts,
) -> Result<bool, Stop> {
    if found.size != size_bytes {
        return Ok(false);
    }
    let mut hash = Sha256::new();
    let mut stream = bundle::package_stream(&run.ctx, &run.engine.keys, bundle, &Arc::default());
    while let Some(chunk) = stream.try_next().await? {
        hash.update(&chunk);
    }
    Ok(hex::encode(hash.finalize()) == transfer::hash_object(&run.ctx, to, found).await?)
}

pub(crate) fn use_as_it_is(run: &Run, to: &ObjectRef, same: bool) -> Result<(), Stop> {
    if same {
        return Ok(run.say(LineCode::RouteNone, [])?);
    }
    Err(Problem::new(Code::FileExists, format!("Another object lies at {to}, where the target looks for the package"))
        .hint("Find out whose it is; move it away or remove it, then try again")
        .fact("key", to.key.clone())
        .into())
}

/// Whether an object that may have come to be, since a cancel or a crash hid the answer, is there.
pub(crate) async fn came_to_be(run: &Run, object: &UploadTarget) -> Result<bool, Stop> {
    let (store, key) = deliver::open(run, object).await?;
    match store.head(&key).await {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
