//! The package goes where the target's era reads it (protocol.md §7.1): within one store, or through this computer. No restore
//! starts before HEAD at that key shows the right size.

use crate::console::era::{self, NoPlace};
use crate::engine::ledger::JournalLedger;
use crate::engine::links::Cluster;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{Engine, claim, landing, mend, problems};
use crate::jobs::PhaseName;
use crate::jobs::fact::{Fact, UploadTarget};
use crate::jobs::request::{MigrateWork, ObjectRef, Work};
use crate::jobs::state::{JobRecord, ObjectDone, TicketTaken};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem, Retry};
use crate::storage::{self, Store, StoreKind, StoreSpec};
use crate::transfer::{self, Copied, OnCancel, Options};
use std::sync::Arc;

/// What was begun stays for a resume; a cancel removes it when the job is put away.
pub(crate) fn options() -> Options {
    Options { on_cancel: OnCancel::Keep, ..Options::default() }
}

pub(crate) fn key_of(object: &UploadTarget) -> &str {
    match object {
        UploadTarget::Object(object) => &object.key,
        UploadTarget::Environment { key, .. } => key,
    }
}

/// The store and key of an object, opened with what is known of its cluster now.
pub(crate) async fn open(run: &Run, object: &UploadTarget) -> Result<(Arc<dyn Store>, String), Problem> {
    match object {
        UploadTarget::Object(object) => {
            let cluster = run.engine.links.cluster(&run.ctx, &object.cluster).await?;
            Ok((cluster.store(&object.bucket).await?, object.key.clone()))
        }
        UploadTarget::Environment { bucket, key, endpoint } => {
            Ok((environment_store(&run.engine, bucket, endpoint.as_deref())?, key.clone()))
        }
    }
}

pub(crate) fn environment_store(
    engine: &Engine,
    bucket: &str,
    endpoint: Option<&str>,
) -> Result<Arc<dyn Store>, Problem> {
    let access = engine.host.environment_store().ok_or_else(|| {
        Problem::new(Code::StoreMissing, "The environment names no store")
            .hint("Set AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    })?;
    let spec = StoreSpec {
        kind: StoreKind::S3,
        endpoint: endpoint.map_or(access.endpoint, str::to_owned),
        bucket: bucket.to_owned(),
        region: access.region,
        path_style: true,
        access_key: access.access_key,
        secret: access.secret_key,
        ca_pem: None,
        allow_http: true,
    };
    Ok(storage::open(&spec)?)
}

/// Where a restore will look for the package of a ticket that was handed in.
pub(crate) fn target_object(target: &Cluster, ticket: &TicketTaken) -> Result<ObjectRef, Problem> {
    let era = target.capabilities()?.era;
    let file = ticket.source_dir.rsplit('/').next().unwrap_or_default();
    let package = era::PackageRef { group_uuid: &ticket.group_uuid, version: &ticket.version, file };
    let place = era::package_key(era, era::ticket_mode(era), target.configured_bucket(), package)
        .map_err(|why| no_place(&target.name(), why))?;
    Ok(ObjectRef { cluster: target.id.clone(), bucket: place.bucket, key: place.key })
}

pub(crate) fn no_place(cluster: &str, why: NoPlace) -> Problem {
    match why {
        NoPlace::EraNotSupported => {
            Problem::new(Code::Unsupported, format!("{cluster} is older than v5.1.9")).retry(Retry::Never)
        }
        NoPlace::OnClusterDisk => Problem::new(
            Code::Unsupported,
            format!("A local backup of {cluster} lies on a disk inside the cluster, in no store"),
        )
        .hint("Make a cloud backup of the app")
        .retry(Retry::Never),
        NoPlace::NoBucket => {
            Problem::new(Code::StoreMissing, format!("The console of {cluster} has no object storage configured"))
                .hint("Set it up in the console's enterprise settings")
        }
    }
}

/// HEAD before anything relies on the object.
pub(crate) async fn must_be_there(run: &Run, store: &dyn Store, key: &str, size_bytes: u64) -> Result<(), Stop> {
    let found = store.head(key).await?;
    if found.size != size_bytes {
        return Err(Problem::new(
            Code::ChecksumMismatch,
            format!("{key} has {} bytes where {size_bytes} were sent", found.size),
        )
        .retry(Retry::Now)
        .into());
    }
    Ok(run.say(LineCode::LogPresent, [("bytes", size_bytes.to_string()), ("key", key.to_owned())])?)
}

/// What the report says of an object that was proven equal.
pub(crate) fn proven(done: &ObjectDone) -> Line {
    let bytes = ("bytes", done.size_bytes.to_string());
    match &done.sha256 {
        Some(sha256) => Line::new(LineCode::ReportPackageEqual, [bytes, ("sha256", sha256.clone())]),
        None => Line::new(LineCode::ReportPackageEqualTags, [bytes]),
    }
}

pub(crate) async fn note_copied(run: &Run, object: UploadTarget, copied: &Copied) -> Result<(), Stop> {
    let sha256 = copied.sha256.clone();
    run.note(Fact::ObjectDone { object, size_bytes: copied.bytes, sha256: sha256.clone() })?;
    if copied.parts_reused > 0 {
        run.say(LineCode::LogCopyResumed, [("count", copied.parts_reused.to_string())])?;
    }
    let bytes = ("bytes", copied.bytes.to_string());
    match sha256 {
        Some(sha256) => run.say(LineCode::LogCopied, [bytes, ("sha256", sha256)])?,
        None => run.say(LineCode::LogCopiedByTags, [bytes])?,
    }
    Ok(())
}

/// From the source's store to the target's.
pub(crate) struct FromStore;

#[async_trait::async_trait]
impl Step for FromStore {
    fn phase(&self) -> PhaseName {
        PhaseName::Copy
    }

    fn total_bytes(&self, record: &JobRecord) -> u64 {
        match &record.request.work {
            Work::Migrate(work) => work.package.size_bytes,
            _ => 0,
        }
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let Work::Migrate(work) = &record.request.work else { return Ok(()) };
        let target = run.engine.links.cluster(&run.ctx, &work.landing.cluster).await?;
        let object = target_object(&target, &landing::ticket(&record)?)?;
        let store = target.store(&object.bucket).await?;
        let size_bytes = match mend::way(target.capabilities()?.era, &work.repairs) {
            mend::Way::Within => mended(run, work, &store, object.clone()).await?,
            way => {
                if way == mend::Way::Beside {
                    mend::put_beside(run, &origin(run, work).await?, &work.repairs, &target).await?;
                }
                let upload = UploadTarget::Object(object.clone());
                if !record.objects.iter().any(|done| done.object == upload) {
                    deliver(run, work, &store, object.clone()).await?;
                }
                work.package.size_bytes
            }
        };
        must_be_there(run, store.as_ref(), &object.key, size_bytes).await
    }
}

async fn origin(run: &Run, work: &MigrateWork) -> Result<mend::Origin, Stop> {
    let source = &work.package.object;
    let store = run.engine.links.cluster(&run.ctx, &source.cluster).await?.store(&source.bucket).await?;
    Ok(mend::Origin::Object(transfer::ObjectRef::new(store, source.key.clone())))
}

async fn mended(run: &Run, work: &MigrateWork, store: &Arc<dyn Store>, object: ObjectRef) -> Result<u64, Stop> {
    let origin = origin(run, work).await?;
    let to = transfer::ObjectRef::new(store.clone(), object.key.clone());
    mend::deliver(run, &origin, &work.repairs, &to, UploadTarget::Object(object)).await
}

async fn deliver(run: &Run, work: &MigrateWork, to_store: &Arc<dyn Store>, object: ObjectRef) -> Result<(), Stop> {
    let source = &work.package.object;
    let from_cluster = run.engine.links.cluster(&run.ctx, &source.cluster).await?;
    let from_store = from_cluster.store(&source.bucket).await?;
    let same_store = from_store.identity().same_endpoint(to_store.identity());
    if same_store && source.bucket == object.bucket && source.key == object.key {
        return Ok(());
    }
    let upload = UploadTarget::Object(object.clone());
    let from = transfer::ObjectRef::new(from_store, source.key.clone());
    let to = transfer::ObjectRef::new(to_store.clone(), object.key);
    if let claim::Ground::Taken(found) = claim::ground(run, &upload, &to).await? {
        return claim::use_as_it_is(run, &to, claim::same_object(run, &from, &to, &found).await?);
    }
    copy(run, &from, &to, upload, same_store).await
}

async fn copy(
    run: &Run,
    from: &transfer::ObjectRef,
    to: &transfer::ObjectRef,
    upload: UploadTarget,
    same_store: bool,
) -> Result<(), Stop> {
    let copied = carry(run, from, to, &upload, same_store).await?;
    note_copied(run, upload, &copied).await
}

/// An object from one store to another, or within one.
pub(crate) async fn carry(
    run: &Run,
    from: &transfer::ObjectRef,
    to: &transfer::ObjectRef,
    upload: &UploadTarget,
    same_store: bool,
) -> Result<Copied, Stop> {
    let ledger = JournalLedger { job: run.job.clone(), clock: run.ctx.clock.clone(), object: Some(upload.clone()) };
    // Nobody asks for the hash of a package on its way from store to store: its proof is enough.
    let options = Options { whole_sha256: false, ..options() };
    let progress = run.job.progress();
    let inside = match same_store {
        true => transfer::server_copy(&run.ctx, from, to, &options, &ledger, &progress)
            .await
            .map(Some)
            .or_else(problems::if_lacking)?,
        false => None,
    };
    Ok(match inside {
        Some(copied) => copied,
        None => transfer::copy_object(&run.ctx, from, to, &options, &ledger, &progress).await?,
    })
}
