//! The package a job moves, opened where it lies: in a store, or in a bundle on this computer.

use crate::bak::{Mode, TicketRecord};
use crate::bundle::PackageRanges;
use crate::engine::Engine;
use crate::engine::head::Head;
use crate::engine::preflight::source::{self, StoreReader};
use crate::engine::runner::{Run, Stop};
use crate::jobs::request::{PackageRef, RestoreWork, Work};
use crate::package::{self, AppModel, Package, RangeReader, ReadFault};
use crate::problem::{Code, Problem};
use bytes::Bytes;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A package with what is inside.
pub(crate) struct Origin {
    pub package: Arc<Package>,
    pub model: AppModel,
}

/// Opens the package of a job that brings an app to life.
pub(crate) async fn open(run: &Run) -> Result<Origin, Stop> {
    let reader: Arc<dyn RangeReader> = match &run.record().request.work {
        Work::Migrate(work) => in_store(run, &work.package).await?,
        Work::Import(work) => in_bundle(&run.engine, Path::new(&work.path)).await?,
        Work::Restore(work) => at_home(run, work).await?,
        _ => return Err(Problem::new(Code::Internal, "This job moves no package").into()),
    };
    let package = Package::open(&run.ctx, reader).await?;
    let model = package::load(&run.ctx, &package).await?;
    Ok(Origin { package: Arc::new(package), model })
}

/// The app in the package, judged from what lies beside it where that is enough.
pub(crate) async fn model(run: &Run) -> Result<AppModel, Stop> {
    if let Work::Import(work) = &run.record().request.work {
        let head = Head::open(&run.engine.keys, Path::new(&work.path)).await?;
        if head.knows_directory() {
            return Ok(head.model()?);
        }
    }
    Ok(open(run).await?.model)
}

async fn in_store(run: &Run, package: &PackageRef) -> Result<Arc<dyn RangeReader>, Stop> {
    let object = &package.object;
    let store = run.engine.links.cluster(&run.ctx, &object.cluster).await?.store(&object.bucket).await?;
    let etag = store.head(&object.key).await?.etag;
    let size = package.size_bytes;
    Ok(Arc::new(StoreReader { store, key: object.key.clone(), size, etag, read_bytes: Arc::default() }))
}

/// The package of a restore within a team, where its own cluster keeps it.
async fn at_home(run: &Run, work: &RestoreWork) -> Result<Arc<dyn RangeReader>, Stop> {
    let cluster = run.engine.links.cluster(&run.ctx, &work.landing.cluster).await?;
    let record = TicketRecord::from_json(&work.record.to_string())?;
    let mode = Mode::parse(&record.mode).unwrap_or(Mode::FullOnline);
    let group = record.group_uuid.as_deref().unwrap_or_default();
    let object = source::object(&cluster, mode, group, &record.version, &record.source_dir)?;
    let facts = cluster.store(&object.bucket).await?.head(&object.key).await?;
    in_store(run, &PackageRef { object, size_bytes: facts.size, etag: None }).await
}

/// A package inside a bundle as something that can be read in pieces.
pub(crate) async fn in_bundle(engine: &Engine, path: &Path) -> Result<Arc<dyn RangeReader>, Problem> {
    let head = Head::open(&engine.keys, path).await?;
    Ok(Arc::new(BundleReader { ranges: PackageRanges::open(&engine.keys, head.opened).await? }))
}

struct BundleReader {
    ranges: Arc<PackageRanges>,
}

#[async_trait::async_trait]
impl RangeReader for BundleReader {
    fn size(&self) -> u64 {
        self.ranges.size()
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        Ok(self.ranges.clone().read(range).await?)
    }
}
