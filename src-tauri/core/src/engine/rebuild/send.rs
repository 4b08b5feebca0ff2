//! The application package is made while it is sent: image archives stream out of the backup, nothing lies on this disk. Into
//! the region's store in parts that a crash does not undo, or through the console in one request.

use super::{Ground, drafted, import};
use crate::console::era;
use crate::console::{Outgoing, UploadError, Upstream};
use crate::engine::ledger::JournalLedger;
use crate::engine::origin::{self, Origin};
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{claim, deliver};
use crate::jobs::PhaseName;
use crate::jobs::fact::{Fact, TemplateRef, UploadTarget};
use crate::jobs::request::{Handing, ObjectRef};
use crate::jobs::state::PackageMade;
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use crate::template::{self, Draft, PackageStream, TemplateError};
use crate::transfer::{self, Parts, Progress, StreamSource};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use std::sync::Arc;

pub(super) struct Send;

#[async_trait::async_trait]
impl Step for Send {
    fn phase(&self) -> PhaseName {
        PhaseName::Copy
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        if record.rebuild.sent || record.rebuild.template_there {
            return Ok(());
        }
        let ground = Ground::of(run).await?;
        let origin = origin::open(run).await?;
        let draft = drafted(run, &ground, &origin.model)?;
        let size_bytes = planned(run, &draft)?;
        let event = import::open(run, &ground).await?;
        match ground.landing.handing {
            Handing::Store => into_store(run, &ground, &draft, origin, &event).await?,
            Handing::Post => through_console(run, &ground, &draft, origin).await?,
        }
        must_be_there(run, &ground, &event, &draft.file_name).await?;
        run.note(Fact::PackageSent)?;
        let facts = [("bytes", size_bytes.to_string()), ("images", draft.images.len().to_string())];
        Ok(run.say(LineCode::LogPackageSent, facts)?)
    }
}

/// Every rule the platform applies is applied before a byte is sent, and a package that was begun must be the same now.
pub(super) fn planned(run: &Run, draft: &Draft) -> Result<u64, Stop> {
    let broken = template::check(draft);
    if let Some(rule) = broken.first() {
        return Err(Problem::new(Code::Unsupported, "The application package breaks a rule of the platform")
            .hint("Please report this with the job's details; nothing was sent")
            .fact("rule", format!("{rule:?}"))
            .retry(Retry::Never)
            .into());
    }
    let size_bytes = PackageStream::size_of(draft);
    let made = PackageMade {
        file: draft.file_name.clone(),
        size_bytes,
        template: TemplateRef {
            group_key: draft.group_key.clone(),
            name: draft.group_name.clone(),
            version: draft.group_version.clone(),
        },
    };
    match run.record().rebuild.package {
        Some(before) if before == made => {}
        Some(_) => {
            return Err(Problem::new(
                Code::SourceChanged,
                "The package would be another one than the one that was begun",
            )
            .hint("Cancel this job and plan again")
            .retry(Retry::Never)
            .into());
        }
        None => {
            let PackageMade { file, size_bytes, template } = made;
            run.note(Fact::PackageMade { file, size_bytes, template })?;
        }
    }
    Ok(size_bytes)
}

/// Where the region reads packages that nobody posted (rebuild.md §3.2).
fn staged(ground: &Ground, event: &str, file: &str) -> ObjectRef {
    let place = era::import_key(event, file);
    ObjectRef { cluster: ground.target.id.clone(), bucket: place.bucket, key: place.key }
}

async fn into_store(run: &Run, ground: &Ground, draft: &Draft, origin: Origin, event: &str) -> Result<(), Stop> {
    let object = staged(ground, event, &draft.file_name);
    let upload = UploadTarget::Object(object.clone());
    if run.record().objects.iter().any(|done| done.object == upload) {
        return Ok(());
    }
    let store = ground.target.store(&object.bucket).await?;
    let to = transfer::ObjectRef::new(store, object.key);
    if let claim::Ground::Taken(_) = claim::ground(run, &upload, &to).await? {
        return claim::use_as_it_is(run, &to, false);
    }
    let file = PackageStream::new(draft, origin.package)?;
    let source = StreamSource { name: draft.file_name.clone(), size: file.total_bytes(), tag: None };
    let ledger = JournalLedger { job: run.job.clone(), clock: run.ctx.clock.clone(), object: Some(upload.clone()) };
    let progress = run.job.progress();
    let stream = Box::pin(file.into_stream(run.ctx.clone()));
    let copied =
        transfer::upload_stream(&run.ctx, &source, stream, &to, &deliver::options(), &ledger, &progress).await?;
    deliver::note_copied(run, upload, &copied).await
}

/// One request; a crash or a broken line begins it anew.
async fn through_console(run: &Run, ground: &Ground, draft: &Draft, origin: Origin) -> Result<(), Stop> {
    let Some((_, url)) = run.record().rebuild.import else { return Ok(()) };
    let file = PackageStream::new(draft, origin.package)?;
    let length = file.total_bytes();
    let progress = run.job.progress();
    progress.begin(Parts::for_source(length, None));
    let body = counted(file.into_stream(run.ctx.clone()), progress);
    let to = Upstream { url: &url, region_address: None };
    let file = Outgoing { name: draft.file_name.clone(), length, body };
    ground.target.console.upload_import(&run.ctx, to, file).await.map_err(|error| match error {
        UploadError::Source(error) => error.into(),
        UploadError::Console(error) => error.into(),
        UploadError::Length { promised, found } => {
            Problem::new(Code::Internal, format!("The package has {found} bytes where {promised} were announced"))
                .into()
        }
    })
}

fn counted(
    stream: impl Stream<Item = Result<Bytes, TemplateError>> + std::marker::Send + 'static,
    progress: Arc<Progress>,
) -> impl Stream<Item = Result<Bytes, TemplateError>> + std::marker::Send + 'static {
    stream.inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            progress.read(chunk.len() as u64);
            progress.part_done(chunk.len() as u64);
        }
    })
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
