//! Import: the package streams out of a bundle straight into the target's store. The object comes to be only when every
//! checksum of the bundle was right.

use crate::bundle;
use crate::engine::claim::{self, Ground};
use crate::engine::head::Head;
use crate::engine::ledger::JournalLedger;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{deliver, landing, mend};
use crate::jobs::PhaseName;
use crate::jobs::fact::UploadTarget;
use crate::jobs::request::{ImportWork, Work};
use crate::jobs::state::JobRecord;
use crate::problem::{Code, Problem};
use crate::transfer::{self, StreamSource};
use std::path::Path;
use std::sync::Arc;

fn work(run: &Run) -> Result<ImportWork, Problem> {
    match run.record().request.work {
        Work::Import(work) => Ok(work),
        _ => Err(Problem::new(Code::Internal, "This job is no import")),
    }
}

pub(crate) struct Look;

#[async_trait::async_trait]
impl Step for Look {
    fn phase(&self) -> PhaseName {
        PhaseName::Check
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let work = work(run)?;
        let head = Head::open(&run.engine.keys, Path::new(&work.path)).await?;
        if head.package_bytes() != work.size_bytes {
            return Err(Problem::new(Code::SourceChanged, format!("{} changed since the plan was made", work.path))
                .hint("Plan again with the file as it is now")
                .into());
        }
        Ok(())
    }
}

pub(crate) struct FromBundle;

#[async_trait::async_trait]
impl Step for FromBundle {
    fn phase(&self) -> PhaseName {
        PhaseName::Copy
    }

    fn total_bytes(&self, record: &JobRecord) -> u64 {
        match &record.request.work {
            Work::Import(work) => work.size_bytes,
            _ => 0,
        }
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let work = work(run)?;
        let record = run.record();
        let target = run.engine.links.cluster(&run.ctx, &work.landing.cluster).await?;
        let object = deliver::target_object(&target, &landing::ticket(&record)?)?;
        let store = target.store(&object.bucket).await?;
        let upload = UploadTarget::Object(object.clone());
        let origin = mend::Origin::Bundle(work.path.clone().into());
        match mend::way(target.capabilities()?.era, &work.repairs) {
            mend::Way::Plain => {}
            mend::Way::Beside => mend::put_beside(run, &origin, &work.repairs, &target).await?,
            mend::Way::Within => {
                let to = transfer::ObjectRef::new(store.clone(), object.key.clone());
                let size_bytes = mend::deliver(run, &origin, &work.repairs, &to, upload).await?;
                return deliver::must_be_there(run, store.as_ref(), &object.key, size_bytes).await;
            }
        }
        if !record.objects.iter().any(|done| done.object == upload) {
            let to = transfer::ObjectRef::new(store.clone(), object.key.clone());
            match claim::ground(run, &upload, &to).await? {
                Ground::Ours => send(run, &work, to, upload).await?,
                Ground::Taken(found) => {
                    let path = Path::new(&work.path);
                    let same = claim::same_package(run, path, work.size_bytes, &to, &found).await?;
                    claim::use_as_it_is(run, &to, same)?;
                }
            }
        }
        deliver::must_be_there(run, store.as_ref(), &object.key, work.size_bytes).await
    }
}

async fn send(run: &Run, work: &ImportWork, to: transfer::ObjectRef, upload: UploadTarget) -> Result<(), Stop> {
    let path = Path::new(&work.path);
    let stream = bundle::package_stream(&run.ctx, &run.engine.keys, path, &Arc::default());
    let source = StreamSource { name: path.display().to_string(), size: work.size_bytes, tag: None };
    let ledger = JournalLedger { job: run.job.clone(), clock: run.ctx.clock.clone(), object: Some(upload.clone()) };
    let progress = run.job.progress();
    let copied =
        transfer::upload_stream(&run.ctx, &source, stream, &to, &deliver::options(), &ledger, &progress).await?;
    deliver::note_copied(run, upload, &copied).await
}
