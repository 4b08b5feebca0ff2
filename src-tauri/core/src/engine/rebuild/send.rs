//! The application package is made while it is sent: image archives stream out of the backup, nothing lies on this disk. Into
//! the region's store in parts that a crash does not undo, or through the console in one request.

use super::{Ground, import, made};
use crate::console::era;
use crate::engine::ledger::JournalLedger;
use crate::engine::origin;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{claim, deliver};
use crate::jobs::PhaseName;
use crate::jobs::fact::{Fact, UploadTarget};
use crate::jobs::request::{Handing, ObjectRef};
use crate::jobs::state::JobRecord;
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use crate::template::Maker;
use crate::transfer::{self, StreamSource};

pub(super) struct Send;

#[async_trait::async_trait]
impl Step for Send {
    fn phase(&self) -> PhaseName {
        PhaseName::Copy
    }

    fn total_bytes(&self, record: &JobRecord) -> u64 {
        record.rebuild.package.as_ref().map_or(0, |package| package.size_bytes)
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let ground = Ground::of(run).await?;
        let record = run.record();
        if record.rebuild.sent || record.rebuild.template_there {
            return Ok(());
        }
        let origin = origin::open(run).await?;
        let maker = made(run, &ground, origin)?;
        let event = import::open(run, &ground).await?;
        match ground.landing.handing {
            Handing::Store => into_store(run, &ground, &maker, &event).await?,
            Handing::Post => through_console(run, &ground, &maker, &event).await?,
        }
        must_be_there(run, &ground, &event, maker.file_name()).await?;
        run.note(Fact::PackageSent)?;
        let facts = [("bytes", maker.total_bytes().to_string()), ("images", maker.image_count().to_string())];
        Ok(run.say(LineCode::LogPackageSent, facts)?)
    }
}

/// Where the region reads packages that nobody posted (rebuild.md §3.2).
fn staged(ground: &Ground, event: &str, file: &str) -> ObjectRef {
    let place = era::import_key(event, file);
    ObjectRef { cluster: ground.target.id.clone(), bucket: place.bucket, key: place.key }
}

async fn into_store(run: &Run, ground: &Ground, maker: &Maker, event: &str) -> Result<(), Stop> {
    let object = staged(ground, event, maker.file_name());
    let upload = UploadTarget::Object(object.clone());
    if run.record().objects.iter().any(|done| done.object == upload) {
        return Ok(());
    }
    let store = ground.target.store(&object.bucket).await?;
    let to = transfer::ObjectRef::new(store, object.key);
    if let claim::Ground::Taken(_) = claim::ground(run, &upload, &to).await? {
        return claim::use_as_it_is(run, &to, false);
    }
    let source = StreamSource { name: maker.file_name().to_owned(), size: maker.total_bytes(), tag: None };
    let ledger = JournalLedger { job: run.job.clone(), clock: run.ctx.clock.clone(), object: Some(upload.clone()) };
    let progress = run.job.progress();
    let stream = maker.stream(&run.ctx);
    let copied =
        transfer::upload_stream(&run.ctx, &source, stream, &to, &deliver::options(), &ledger, &progress).await?;
    deliver::note_copied(run, upload, &copied).await
}

/// One request; a crash or a broken line begins it anew.
async fn through_console(run: &Run, ground: &Ground, maker: &Maker, event: &str) -> Result<(), Stop> {
    let Some((_, upload_url)) = run.record().rebuild.import else { return Ok(()) };
    let listed = ground.target.console.import_files(&run.ctx, ground.enterprise(), event).await?;
    if listed.iter().any(|name| name == maker.file_name()) && run.record().rebuild.sent {
        return Ok(());
    }
    let progress = run.job.progress();
    let stream = transfer::counted(maker.stream(&run.ctx), maker.total_bytes(), &progress);
    let sent =
        ground.target.console.upload_import(&run.ctx, &upload_url, maker.file_name(), maker.total_bytes(), stream);
    Ok(sent.await?)
}

/// The upload asks for no login (recording 1505): what lies there must be ours alone.
async fn must_be_there(run: &Run, ground: &Ground, event: &str, file: &str) -> Result<(), Stop> {
    let listed = ground.target.console.import_files(&run.ctx, ground.enterprise(), event).await?;
    match listed.as_slice() {
        [only] if only == file => Ok(()),
        [] => Err(Problem::new(
            Code::BadAnswer,
            format!("{} does not show the package that was sent", ground.target.name()),
        )
        .hint("Try again; a proxy in front of the console may limit the size of requests")
        .retry(Retry::Now)
        .into()),
        others => Err(Problem::new(Code::ConsoleRefused, "Other files lie where the package was sent to")
            .hint("Somebody else uses this import. Try again: a new one is begun")
            .fact("found", others.join(", "))
            .retry(Retry::Now)
            .into()),
    }
}
