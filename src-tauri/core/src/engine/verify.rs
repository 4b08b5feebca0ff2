//! Verify: every byte of a bundle against its checksums.

use crate::bundle::{self, Passed};
use crate::engine::runner::{Run, Step, Stop};
use crate::files;
use crate::jobs::fact::Fact;
use crate::jobs::request::Work;
use crate::jobs::{PhaseName, ReportView};
use crate::line::{Line, LineCode};
use std::path::Path;
use std::sync::{Arc, PoisonError};

pub(crate) struct ProveFile;

#[async_trait::async_trait]
impl Step for ProveFile {
    fn phase(&self) -> PhaseName {
        PhaseName::Verify
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let Work::Verify { path } = run.record().request.work else { return Ok(()) };
        prove(run, Path::new(&path)).await?;
        let arrived = vec![Line::new(LineCode::LogBundleVerified, [])];
        let report = ReportView { arrived, path: Some(path), ..ReportView::default() };
        Ok(run.note(Fact::Reported { report: Box::new(report) })?)
    }
}

/// Reads all of it; remembers for this run that it was proven as it is now.
pub(crate) async fn prove(run: &Run, path: &Path) -> Result<(), Stop> {
    let passed = Arc::new(Passed::default());
    run.job.count_with(passed.clone());
    let stamp = files::stamp(path);
    bundle::verify(&run.ctx, &run.engine.keys, path, &passed).await?;
    if let Some(stamp) = stamp {
        run.engine.proven.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), stamp);
    }
    Ok(run.say(LineCode::LogBundleVerified, [])?)
}
