//! For measuring: the ways of exports and of looks, without a cluster around them. Nothing of it is a job.

use crate::bundle::{self, Contents, IfExists};
use crate::ctx::Ctx;
use crate::engine::preflight::source::StoreReader;
use crate::engine::runner::Stop;
use crate::engine::{Engine, copy, deliver};
use crate::jobs::request::Address;
use crate::package::{self, Package};
use crate::problem::{Code, Problem};
use crate::storage::{Counted, Op, Store};
use crate::transfer::{self, ObjectRef, Progress};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A bundle that was written.
#[derive(Clone, Debug, Serialize)]
pub struct MeasuredExport {
    pub file_bytes: u64,
    pub package_bytes: u64,
    pub package_sha256: String,
}

/// What a look into a package took.
#[derive(Clone, Debug, Serialize)]
pub struct MeasuredLook {
    pub entries: usize,
    pub heads: u64,
    pub ranged_reads: u64,
    pub read_bytes: u64,
}

/// An object of the environment's store.
async fn object(engine: &Engine, ctx: &Ctx, text: &str) -> Result<ObjectRef, Problem> {
    match copy::address(engine, ctx, text, true).await? {
        Address::Environment { bucket, key, endpoint } => {
            Ok(ObjectRef::new(deliver::environment_store(engine, &bucket, endpoint.as_deref())?, key))
        }
        Address::Object(_) | Address::File { .. } => {
            Err(Problem::new(Code::BadRequest, "An object of the environment's store is wanted"))
        }
    }
}

/// The object as the package of a bundle.
pub(crate) async fn export(engine: &Engine, ctx: &Ctx, source: &str, to: &Path) -> Result<MeasuredExport, Problem> {
    let from = object(engine, ctx, source).await?;
    let facts = from.store.head(&from.key).await?;
    let contents = Contents {
        app: "measured".to_owned(),
        version: "1".to_owned(),
        made_by: format!("Rainferry {}", env!("CARGO_PKG_VERSION")),
        made_at: ctx.clock.now(),
        source: bundle::Source::default(),
        versions: bundle::Versions::default(),
        backup: serde_json::Map::new(),
        ticket: None,
        old_ticket: None,
        metadata: Vec::new(),
        package_file: "measured_1.zip".to_owned(),
        package_bytes: facts.size,
        seal: None,
    };
    let stream = transfer::read_ordered(ctx, &from, &facts, &Arc::new(Progress::default()));
    let written = bundle::write(ctx, &contents, stream, to, IfExists::Replace, &Arc::default()).await;
    let written = written.map_err(|error| match Stop::from(error) {
        Stop::Problem(problem) => *problem,
        Stop::Cancelled => Problem::new(Code::Cancelled, "Cancelled"),
    })?;
    Ok(MeasuredExport {
        file_bytes: written.file_bytes,
        package_bytes: written.package_bytes,
        package_sha256: written.package_sha256,
    })
}

/// Its directory and both metadata files.
pub(crate) async fn look(engine: &Engine, ctx: &Ctx, source: &str) -> Result<MeasuredLook, Problem> {
    let from = object(engine, ctx, source).await?;
    let (store, calls) = Counted::over(from.store);
    let facts = store.head(&from.key).await?;
    let read_bytes = Arc::new(AtomicU64::new(0));
    let (size, etag) = (facts.size, facts.etag.clone());
    let reader = StoreReader { store, key: from.key, size, etag, read_bytes: Arc::clone(&read_bytes) };
    let package = Package::open(ctx, Arc::new(reader)).await?;
    package::load(ctx, &package).await?;
    Ok(MeasuredLook {
        entries: package.entries().len(),
        heads: calls.of(Op::Head),
        ranged_reads: calls.of(Op::Get),
        read_bytes: read_bytes.load(Ordering::Relaxed),
    })
}
