//! The plan of a backup: what the platform will refuse is said before, and what must be stopped is named.

use super::{Draft, backup_size, checks, expiry, outlook::Outlook, reach, surroundings};
use crate::console::era;
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level, Plan, PlanKind, PlanRequest, Route};
use crate::engine::{Engine, hot};
use crate::ids::{AppId, ClusterId, TeamName};
use crate::jobs::request::{BackupWork, ComponentRef, Work};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem};

/// Volume types that a backup tolerates (protocol.md §4.2).
const TOLERATED: [&str; 4] = ["share-file", "local", "memoryfs", "config-file"];
/// Tolerated by newer consoles only.
const LOCAL_PATH: &str = "local-path";

pub(crate) async fn plan(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    cluster: &ClusterId,
    team: &TeamName,
    app: AppId,
) -> Result<Plan, Problem> {
    let cluster = engine.links.cluster(ctx, cluster).await?;
    let scope = cluster.scope(team);
    let apps = cluster.console.apps(ctx, &scope).await?;
    let row = apps.into_iter().find(|row| row.id() == app);
    let name = row
        .ok_or_else(|| Problem::new(Code::NotFound, "This app is no longer there").hint("Load the column again"))?
        .name;
    let options = &request.options;
    let running = checks::running_stateful(ctx, &cluster, team, app).await?;
    let mut list = surroundings::console(ctx, &cluster).await;
    list.push(reach::region(ctx, &cluster).await);
    list.push(checks::rights(&cluster, team, Some(app), |right| right.add));
    list.extend(checks::read_only(&cluster));
    list.extend(era(&cluster, options.cloud)?);
    list.push(stateful(&running, options.stop_stateful, options.force));
    list.extend(custom_volumes(ctx, &cluster, team, app, options.force).await?);
    list.extend(third_party(ctx, &cluster, team, app).await?);
    if options.cloud {
        list.push(object_storage(ctx, &cluster, team, app).await?);
    }
    let earlier = cluster.console.app_backups(ctx, &scope, app).await?;
    list.extend(expiry::of_next_backup(&cluster, earlier.first(), options.cloud).await);
    list.push(backup_size::forecast(&earlier, backup_size::limit(&cluster, options.cloud)?));
    let newest = earlier.into_iter().next().map(|row| row.backup_id);
    let note = if options.note.trim().is_empty() { "Rainferry" } else { options.note.trim() };
    let hot = options.force && !options.stop_stateful && !running.is_empty();
    let work = Work::Backup(BackupWork {
        cluster: cluster.id.clone(),
        team: team.clone(),
        app,
        cloud: options.cloud,
        note: if hot { hot::marked(note) } else { note.to_owned() },
        force: options.force,
        stop: if options.stop_stateful { running } else { Vec::new() },
        newest,
    });
    let place = cluster.place(team);
    Ok(Draft {
        encryption: None,
        kind: PlanKind::Backup,
        request,
        source: place.clone(),
        target: place,
        source_app: name.clone(),
        version: None,
        app_name: name,
        lane: None,
        other_lanes: Vec::new(),
        route: (Route::None, Line::new(LineCode::RouteNoneBackup, [])),
        total_bytes: 0,
        outlook: Outlook::default(),
        checks: list,
        volumes: Vec::new(),
        path: None,
        work,
    }
    .finish(engine))
}

/// Whether console and region make such a backup at all, and keep it.
fn era(cluster: &Cluster, cloud: bool) -> Result<Option<CheckView>, Problem> {
    // A local backup asks no store of the console's setting.
    let provider = if cloud { cluster.provider() } else { Some("alioss") };
    let obstacle = era::backup_obstacle(cluster.versions()?, provider);
    Ok(obstacle.map(|why| checks::era_block(cluster, why)))
}

fn stateful(running: &[ComponentRef], stops: bool, force: bool) -> CheckView {
    if running.is_empty() {
        return checks::check(CheckId::Stateful, Level::Pass, LineCode::CheckStatefulPass, []);
    }
    let names: Vec<&str> = running.iter().map(|component| component.name.as_str()).collect();
    let facts = [("names", names.join(", "))];
    match (stops, force) {
        (true, _) => checks::check(CheckId::Stateful, Level::Warn, LineCode::CheckStatefulWarn, facts),
        (false, true) => checks::check(CheckId::Stateful, Level::Warn, LineCode::CheckStatefulHot, facts),
        (false, false) => checks::check(CheckId::Stateful, Level::Block, LineCode::CheckStatefulBlock, facts),
    }
}

async fn custom_volumes(
    ctx: &Ctx,
    cluster: &Cluster,
    team: &TeamName,
    app: AppId,
    force: bool,
) -> Result<Option<CheckView>, Problem> {
    let scope = cluster.scope(team);
    let quirks = cluster.quirks()?;
    let mut names = Vec::new();
    for component in cluster.console.components(ctx, &scope, app).await? {
        let volumes = cluster.console.volumes(ctx, &scope, &component.service_alias).await?;
        let custom = volumes.into_iter().filter(|volume| {
            let newly = volume.kind == LOCAL_PATH && !quirks.refuses_local_path;
            !newly && !TOLERATED.contains(&volume.kind.as_str())
        });
        names.extend(custom.map(|volume| format!("{}/{} ({})", component.service_cname, volume.name, volume.kind)));
    }
    let (level, code) = match force {
        true => (Level::Warn, LineCode::CheckCustomVolumesWarn),
        false => (Level::Block, LineCode::CheckCustomVolumesBlock),
    };
    let facts = [("names", names.join(", "))];
    Ok((!names.is_empty()).then(|| checks::check(CheckId::CustomVolumes, level, code, facts)))
}

/// No image of theirs is packed, and nothing they keep (protocol.md §4.2).
async fn third_party(ctx: &Ctx, cluster: &Cluster, team: &TeamName, app: AppId) -> Result<Option<CheckView>, Problem> {
    let rows = cluster.console.components(ctx, &cluster.scope(team), app).await?;
    let theirs = rows.into_iter().filter(|row| row.service_source == "third_party").map(|row| row.service_cname);
    let names: Vec<String> = theirs.collect();
    let facts = [("names", names.join(", "))];
    Ok((!names.is_empty())
        .then(|| checks::check(CheckId::Components, Level::Warn, LineCode::CheckThirdPartyKept, facts)))
}

pub(super) async fn object_storage(
    ctx: &Ctx,
    cluster: &Cluster,
    team: &TeamName,
    app: AppId,
) -> Result<CheckView, Problem> {
    let set = cluster.console.is_storage_set(ctx, &cluster.scope(team), app).await?;
    Ok(match set {
        true => checks::check(CheckId::ObjectStorage, Level::Pass, LineCode::CheckObjectStoragePass, []),
        false => {
            let facts = [("cluster", cluster.name())];
            checks::check(CheckId::ObjectStorage, Level::Block, LineCode::CheckObjectStorageBlock, facts)
        }
    })
}
