//! Migrate: the package goes from store to store, and the target's own restore brings the app to life. This file holds only
//! the look at the source before anything is made; the other chapters are shared with import.

use crate::engine::runner::{Run, Step, Stop};
use crate::jobs::PhaseName;
use crate::jobs::request::{PackageRef, Work};
use crate::problem::{Code, Problem};

/// Nothing is created on the target before the source package is verified readable and the one that was planned with.
pub(crate) struct Look;

#[async_trait::async_trait]
impl Step for Look {
    fn phase(&self) -> PhaseName {
        PhaseName::Check
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        match &run.record().request.work {
            Work::Migrate(work) => package(run, &work.package).await,
            Work::Export(work) => package(run, &work.package).await,
            Work::Import(_)
            | Work::Backup(_)
            | Work::App(_)
            | Work::Template(_)
            | Work::Copy(_)
            | Work::Verify { .. }
            | Work::Restore(_)
            | Work::Adopt(_) => Ok(()),
        }
    }
}

pub(crate) async fn package(run: &Run, package: &PackageRef) -> Result<(), Stop> {
    let object = &package.object;
    let source = run.engine.links.cluster(&run.ctx, &object.cluster).await?;
    let found = source.store(&object.bucket).await?.head(&object.key).await?;
    let etag = found.etag.as_ref().map(|etag| etag.as_sent().to_owned());
    if found.size != package.size_bytes || (package.etag.is_some() && etag != package.etag) {
        return Err(Problem::new(
            Code::SourceChanged,
            format!("The package {} changed since the plan was made", object.key),
        )
        .hint("Plan again with what is there now")
        .fact("planned bytes", package.size_bytes.to_string())
        .fact("bytes now", found.size.to_string())
        .into());
    }
    Ok(())
}
