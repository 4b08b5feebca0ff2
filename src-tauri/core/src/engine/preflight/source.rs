//! Where a plan comes from: the backup's record, its package measured in the store, and what is inside, read from afar.

use crate::bak::{Mode, TicketRecord};
use crate::console::era;
use crate::console::{BackupMode, BackupRecord};
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::{Engine, deliver};
use crate::ids::{BackupId, ClusterId, TeamName};
use crate::jobs::request::{ObjectRef, PackageRef};
use crate::package::{self, AppModel, Package, RangeReader, ReadFault};
use crate::problem::{Code, Problem};
use crate::storage::{self, Etag, ObjectFacts, Store};
use bytes::{Bytes, BytesMut};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// An object of a store, read in pieces, and never a mix of two objects.
pub(crate) struct StoreReader {
    pub store: Arc<dyn Store>,
    pub key: String,
    pub size: u64,
    pub etag: Option<Etag>,
    /// Bytes that were read so far.
    pub read_bytes: Arc<AtomicU64>,
}

#[async_trait::async_trait]
impl RangeReader for StoreReader {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        self.read_bytes.fetch_add(range.end.saturating_sub(range.start), Ordering::Relaxed);
        let chunks = storage::read_range(self.store.as_ref(), &self.key, range, self.etag.as_ref()).await?;
        Ok(joined(chunks))
    }
}

fn joined(chunks: Vec<Bytes>) -> Bytes {
    let mut whole = BytesMut::new();
    match <[Bytes; 1]>::try_from(chunks) {
        Ok([only]) => only,
        Err(chunks) => {
            chunks.iter().for_each(|chunk| whole.extend_from_slice(chunk));
            whole.freeze()
        }
    }
}

/// What is inside a package, and what it took to know.
pub(crate) struct Inside {
    pub model: AppModel,
    pub entry_count: u32,
    pub read_bytes: u64,
    /// Where data ends at a link, and may be cut short there; of data small enough to be looked into.
    pub cut_short: Vec<String>,
}

/// As much data is looked into for a plan.
const LOOKED_INTO_BYTES: u64 = 16 * 1024 * 1024;

/// The signs of B-19 in the data of a package; what cannot be read shows elsewhere.
async fn cut_short(ctx: &Ctx, package: &Package) -> Vec<String> {
    let mut left = LOOKED_INTO_BYTES;
    let mut found = Vec::new();
    for entry in package.entries().iter().filter(|entry| entry.name.ends_with("/__all_data.zip")) {
        let Some(rest) = left.checked_sub(entry.compressed_size) else { continue };
        left = rest;
        if let Ok(inside) = package::list_nested(ctx, package, entry).await {
            found.extend(package::ends_in_link(&inside).map(str::to_owned));
        }
    }
    found
}

/// A package in a store: there or not, readable or not.
pub(crate) struct Found {
    pub object: ObjectRef,
    pub facts: Result<ObjectFacts, Problem>,
    pub inside: Result<Inside, Problem>,
}

impl Found {
    pub(crate) fn package(&self) -> Option<PackageRef> {
        let facts = self.facts.as_ref().ok()?;
        let etag = facts.etag.as_ref().map(|etag| etag.as_sent().to_owned());
        Some(PackageRef { object: self.object.clone(), size_bytes: facts.size, etag })
    }

    pub(crate) fn model(&self) -> Option<&AppModel> {
        self.inside.as_ref().ok().map(|inside| &inside.model)
    }
}

/// A backup with its cluster.
pub(crate) struct Source {
    pub cluster: Cluster,
    pub team: TeamName,
    pub record: BackupRecord,
    /// Why there is no package to look for, or what was found.
    pub found: Result<Found, Problem>,
}

pub(crate) async fn of_backup(
    engine: &Engine,
    ctx: &Ctx,
    id: &ClusterId,
    team: &TeamName,
    backup: &BackupId,
) -> Result<Source, Problem> {
    let cluster = engine.links.cluster(ctx, id).await?;
    let rows = cluster.console.team_backups(ctx, &cluster.scope(team)).await?;
    let record = rows.into_iter().find(|row| row.backup_id == *backup).ok_or_else(|| {
        Problem::new(Code::NotFound, "This backup is no longer on its console")
            .hint("Load the column again")
            .fact("backup", backup.as_str())
    })?;
    let mode = Mode::parse(&record.mode).unwrap_or(Mode::FullOnline);
    let found = match object(&cluster, mode, &record.group_uuid, &record.version, &record.source_dir) {
        Ok(object) => Ok(look(ctx, &cluster, object).await),
        Err(problem) => Err(problem),
    };
    Ok(Source { cluster, team: team.clone(), record, found })
}

/// Where a backup's package lies (protocol.md §6.7).
pub(crate) fn object(
    cluster: &Cluster,
    mode: Mode,
    group_uuid: &str,
    version: &str,
    source_dir: &str,
) -> Result<ObjectRef, Problem> {
    let kept = match mode {
        Mode::FullOnline => BackupMode::Online,
        Mode::FullOffline => BackupMode::Offline,
    };
    let file = source_dir.rsplit('/').next().unwrap_or_default();
    let place = era::package_key(
        cluster.capabilities()?.era,
        kept,
        cluster.configured_bucket(),
        era::PackageRef { group_uuid, version, file },
    )
    .map_err(|why| deliver::no_place(&cluster.name(), why))?;
    Ok(ObjectRef { cluster: cluster.id.clone(), bucket: place.bucket, key: place.key })
}

/// HEAD, then the directory and the two metadata files by ranged reads.
pub(crate) async fn look(ctx: &Ctx, cluster: &Cluster, object: ObjectRef) -> Found {
    let opened = async {
        let store = cluster.store(&object.bucket).await?;
        let facts = store.head(&object.key).await?;
        Ok::<_, Problem>((store, facts))
    };
    match opened.await {
        Ok((store, facts)) => {
            let inside = inside(ctx, store, &object.key, &facts).await;
            Found { object, facts: Ok(facts), inside }
        }
        Err(problem) => Found { object, inside: Err(problem.clone()), facts: Err(problem) },
    }
}

async fn inside(ctx: &Ctx, store: Arc<dyn Store>, key: &str, facts: &ObjectFacts) -> Result<Inside, Problem> {
    let read_bytes = Arc::new(AtomicU64::new(0));
    let reader = StoreReader {
        store,
        key: key.to_owned(),
        size: facts.size,
        etag: facts.etag.clone(),
        read_bytes: read_bytes.clone(),
    };
    let package = Package::open(ctx, Arc::new(reader)).await?;
    let model = package::load(ctx, &package).await?;
    let cut_short = cut_short(ctx, &package).await;
    Ok(Inside {
        cut_short,
        entry_count: u32::try_from(package.entries().len()).unwrap_or(u32::MAX),
        model,
        read_bytes: read_bytes.load(Ordering::Relaxed),
    })
}

/// The record as tickets are written from it.
pub(crate) fn ticket_record(record: &BackupRecord) -> TicketRecord {
    TicketRecord {
        id: Some(record.id),
        group_id: Some(record.group_id),
        event_id: Some(record.event_id.clone()),
        group_uuid: Some(record.group_uuid.clone()),
        version: record.version.clone(),
        backup_id: record.backup_id.to_string(),
        team_id: Some(record.team_id.clone()),
        user: record.user.clone(),
        region: Some(record.region.clone()),
        status: record.status.clone(),
        note: record.note.clone(),
        mode: record.mode.clone(),
        source_dir: record.source_dir.clone(),
        backup_size: record.backup_size,
        create_time: Some(record.create_time.clone()),
        total_memory: record.total_memory,
        backup_server_info: record.backup_server_info.clone(),
        source_type: record.source_type.clone(),
        rest: serde_json::Map::new(),
    }
}

pub(crate) fn ticket_json(record: &TicketRecord) -> Result<serde_json::Value, Problem> {
    serde_json::from_str(&record.to_json()).map_err(|error| {
        Problem::new(Code::Internal, "A record could not be put into words").fact("reason", error.to_string())
    })
}
