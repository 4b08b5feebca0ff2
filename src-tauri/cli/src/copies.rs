//! Bare copies of objects and files, and what measures them.

use crate::args::{CopyArgs, MeasureCommand, WayArg};
use crate::out::Out;
use crate::{reference, watch};
use rainferry_core::Problem;
use rainferry_core::api::{CopyRequest, CopyWay, Core};
use std::path::Path;

pub(crate) async fn copy(core: &Core, args: CopyArgs, out: Out) -> Result<(), Problem> {
    let local = |text: &str| -> Result<String, Problem> {
        if text.contains("://") { Ok(text.to_owned()) } else { reference::absolute(Path::new(text)) }
    };
    let request = CopyRequest {
        source: local(&args.source)?,
        target: local(&args.target)?,
        environment: args.environment,
        overwrite: args.overwrite,
        sha256: args.sha256,
        way: args.way.map(|way| match way {
            WayArg::Buffered => CopyWay::Buffered,
            WayArg::Streamed => CopyWay::Streamed,
        }),
        unproven: args.unproven,
    };
    let job = core.copy_object(request).await?;
    watch::to_end(core, &job.id, out).await.map(|_| ())
}

pub(crate) async fn measure(core: &Core, what: MeasureCommand, out: Out) -> Result<(), Problem> {
    match what {
        MeasureCommand::Export { source, target } => out.value(&core.measure_export(&source, &target).await?),
        MeasureCommand::Look { source } => out.value(&core.measure_look(&source).await?),
    }
    Ok(())
}
