//! Where a backup's package really is, and which other records point to the same object. The key follows from the era and
//! from the console's setting as it is now (protocol.md §6.7); a setting that changed since leaves packages where no restore
//! looks, so the other places are looked at too.

use crate::bak::Mode;
use crate::console::BackupRecord;
use crate::console::era;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::links::{Cluster, LinkState};
use crate::engine::preflight::source;
use crate::ids::{BackupId, ClusterId, TeamName};
use crate::jobs::request::{ObjectRef, Work};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem};
use crate::profiles::Profile;
use crate::storage::{Store, StoreError, StoreIdentity};
use std::sync::Arc;

/// The bucket of a region's own store where the console names none (protocol.md §6.7).
const REGION_BUCKET: &str = "grdata";

/// An object that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub bucket: String,
    pub key: String,
    pub size_bytes: u64,
    pub is_metadata: bool,
}

/// A backup with what its stores hold of it.
pub(crate) struct Located {
    pub cluster: Cluster,
    pub record: BackupRecord,
    /// Where a restore would look now; or why there is no such place.
    pub place: Result<ObjectRef, Problem>,
    pub endpoint: String,
    /// The package and what lies beside it, there.
    pub seen: Vec<Seen>,
    /// The package in places where no restore looks.
    pub elsewhere: Vec<Seen>,
    /// Why the store could not be looked into.
    pub unseen: Option<Problem>,
}

pub(crate) async fn record(
    ctx: &Ctx,
    cluster: &Cluster,
    team: &TeamName,
    backup: &BackupId,
) -> Result<BackupRecord, Problem> {
    let rows = cluster.console.team_backups(ctx, &cluster.scope(team)).await?;
    let found = rows.into_iter().find(|row| row.backup_id == *backup).ok_or_else(|| {
        Problem::new(Code::NotFound, "This backup is no longer on its console").hint("Load the list again")
    })?;
    // Lists show the state as it was last asked for (recording 516).
    let name = (found.group_name.clone(), found.is_delete);
    let now = cluster.console.backup(ctx, &cluster.scope(team), found.app(), backup).await.unwrap_or(found);
    Ok(BackupRecord { group_name: name.0, is_delete: name.1, ..now })
}

pub(crate) fn object(cluster: &Cluster, record: &BackupRecord) -> Result<ObjectRef, Problem> {
    let mode = Mode::parse(&record.mode).unwrap_or(Mode::FullOnline);
    source::object(cluster, mode, &record.group_uuid, &record.version, &record.source_dir)
}

pub(crate) async fn locate(
    engine: &Engine,
    ctx: &Ctx,
    id: &ClusterId,
    team: &TeamName,
    backup: &BackupId,
) -> Result<Located, Problem> {
    let cluster = engine.links.cluster(ctx, id).await?;
    let record = record(ctx, &cluster, team, backup).await?;
    let place = object(&cluster, &record);
    let mut located = Located {
        place: place.clone(),
        endpoint: String::new(),
        seen: Vec::new(),
        elsewhere: Vec::new(),
        unseen: None,
        record,
        cluster,
    };
    let Ok(place) = place else { return Ok(located) };
    if let Err(problem) = look(&mut located, &place).await {
        located.unseen = Some(problem);
    }
    Ok(located)
}

async fn look(located: &mut Located, place: &ObjectRef) -> Result<(), Problem> {
    let store = located.cluster.store(&place.bucket).await?;
    located.endpoint.clone_from(&store.identity().endpoint);
    located.seen.extend(head(store.as_ref(), &place.bucket, &place.key, false).await?);
    for (bucket, key) in beside(&located.cluster, &located.record)? {
        let store = located.cluster.store(&bucket).await?;
        located.seen.extend(head(store.as_ref(), &bucket, &key, true).await.unwrap_or_default());
    }
    for bucket in other_buckets(&located.cluster, &place.bucket) {
        let store = located.cluster.store(&bucket).await?;
        located.elsewhere.extend(head(store.as_ref(), &bucket, &place.key, false).await.unwrap_or_default());
    }
    Ok(())
}

async fn head(store: &dyn Store, bucket: &str, key: &str, is_metadata: bool) -> Result<Option<Seen>, Problem> {
    match store.head(key).await {
        Ok(found) => {
            Ok(Some(Seen { bucket: bucket.to_owned(), key: key.to_owned(), size_bytes: found.size, is_metadata }))
        }
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The metadata files that E6 leaves beside a package, at both places where it writes or reads them (protocol.md §6.7).
fn beside(cluster: &Cluster, record: &BackupRecord) -> Result<Vec<(String, String)>, Problem> {
    if !cluster.capabilities()?.era.uses_region_storage() {
        return Ok(Vec::new());
    }
    let file = record.source_dir.rsplit('/').next().unwrap_or_default();
    let package = era::PackageRef { group_uuid: &record.group_uuid, version: &record.version, file };
    let made = era::metadata_keys(cluster.configured_bucket(), package);
    let read = era::metadata_override_keys(package);
    let mut places: Vec<_> = made.into_iter().chain(read).map(|place| (place.bucket, place.key)).collect();
    places.sort();
    places.dedup();
    Ok(places)
}

/// Buckets that an earlier setting may have named.
fn other_buckets(cluster: &Cluster, now: &str) -> Vec<String> {
    let typed = cluster.typed_store().map(|store| store.bucket.clone());
    let own = cluster
        .capabilities()
        .is_ok_and(|capabilities| capabilities.era.uses_region_storage())
        .then(|| REGION_BUCKET.to_owned());
    let mut buckets: Vec<String> =
        typed.into_iter().chain(own).filter(|bucket| !bucket.is_empty() && bucket != now).collect();
    buckets.sort();
    buckets.dedup();
    buckets
}

/// What else needs the object: other records, jobs that run, and whoever could not be asked. Empty: nobody.
pub(crate) async fn held(engine: &Engine, ctx: &Ctx, located: &Located) -> Result<Vec<Line>, Problem> {
    let Ok(place) = &located.place else { return Ok(Vec::new()) };
    let store = located.cluster.store(&place.bucket).await?;
    let mut lines = jobs(engine, place);
    for profile in engine.book.consoles() {
        lines.extend(held_by(engine, ctx, located, place, &store, &profile).await);
    }
    Ok(lines)
}

fn jobs(engine: &Engine, place: &ObjectRef) -> Vec<Line> {
    let reads = |work: &Work| match work {
        Work::Migrate(work) => work.package.object == *place,
        Work::Export(work) => work.package.object == *place,
        Work::Restore(work) => {
            work.record.get("group_uuid").and_then(|uuid| uuid.as_str()).is_some_and(|uuid| place.key.contains(uuid))
        }
        Work::Import(_)
        | Work::Backup(_)
        | Work::App(_)
        | Work::Template(_)
        | Work::Copy(_)
        | Work::Verify { .. }
        | Work::Adopt(_) => false,
    };
    let records = engine.runner.list().into_iter().map(|job| job.record());
    let busy = records.filter(|record| !record.ended() && reads(&record.request.work));
    busy.map(|record| Line::new(LineCode::HeldByJob, [("app", record.request.app_name)])).collect()
}

async fn held_by(
    engine: &Engine,
    ctx: &Ctx,
    located: &Located,
    place: &ObjectRef,
    store: &Arc<dyn Store>,
    profile: &Profile,
) -> Vec<Line> {
    let own = profile.id == located.cluster.profile.id;
    // A region's own store holds a package under a group that its console made for one app (protocol.md §7.1): no other
    // console's record leads there.
    let is_flat = located.cluster.capabilities().is_ok_and(|now| !now.era.uses_region_storage());
    if !own && !is_flat {
        return Vec::new();
    }
    let known = match engine.links.known(ctx, &profile.id).await {
        Ok(known) => known,
        Err(_) if surely_elsewhere(profile, store.identity(), &engine.links.state(&profile.id)) => return Vec::new(),
        Err(problem) => return vec![unknown(&profile.name, problem.message)],
    };
    let mut lines = Vec::new();
    let mut shares = own;
    for region in &known.regions {
        let Ok(cluster) = engine.links.cluster(ctx, &ClusterId::of(&profile.id, &region.name)).await else { continue };
        let teams = known.me.teams.iter().filter(|team| team.regions.iter().any(|open| open.name == region.name));
        match cluster.store(&place.bucket).await {
            Ok(theirs) if !theirs.identity().same_endpoint(store.identity()) => continue,
            Ok(_) => shares = true,
            Err(_) if !own => continue,
            Err(_) => {}
        }
        for team in teams {
            match cluster.console.team_backups(ctx, &cluster.scope(&team.name)).await {
                Ok(rows) => {
                    let theirs = rows.iter().filter(|row| points_there(&cluster, row, located, place));
                    let team = format!("{} {}", cluster.name(), team.alias);
                    let facts = |row: &BackupRecord| [("version", row.version.clone()), ("place", team.clone())];
                    lines.extend(theirs.map(|row| Line::new(LineCode::HeldByRecord, facts(row))));
                }
                Err(error) => lines.push(unknown(&format!("{} {}", cluster.name(), team.alias), error.to_string())),
            }
        }
    }
    // Imports keep the file's name: teams that this user cannot see may hold one, where keys are flat.
    if shares && is_flat && (known.hidden_team_count > 0 || !known.me.is_enterprise_admin) {
        lines.push(unknown(&profile.name, "not all of its teams are seen by this user".to_owned()));
    }
    lines
}

fn points_there(cluster: &Cluster, row: &BackupRecord, located: &Located, place: &ObjectRef) -> bool {
    let same_record = row.backup_id == located.record.backup_id && cluster.profile.id == located.cluster.profile.id;
    !same_record && object(cluster, row).is_ok_and(|other| other.bucket == place.bucket && other.key == place.key)
}

/// A console that does not answer, and whose store is known to be another one.
fn surely_elsewhere(profile: &Profile, here: &StoreIdentity, state: &LinkState) -> bool {
    let same =
        |endpoint: &str| here.endpoint.contains(endpoint.trim_end_matches('/').rsplit('/').next().unwrap_or(endpoint));
    let told = state.known().and_then(|known| known.storage.as_ref()).map(|storage| same(&storage.endpoint));
    let typed = (!profile.stores.is_empty()).then(|| profile.stores.iter().any(|store| same(&store.endpoint)));
    match (told, typed) {
        (None, None) => false,
        (told, typed) => !told.unwrap_or(false) && !typed.unwrap_or(false),
    }
}

fn unknown(place: &str, reason: String) -> Line {
    Line::new(LineCode::HeldByUnknown, [("place", place.to_owned()), ("reason", reason)])
}
