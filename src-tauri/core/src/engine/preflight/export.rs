//! The plan of an export: a package in a store becomes a bundle on this computer.

use super::source::Source;
use super::{Draft, checks, content, outlook, reading, room, source, surroundings};
use crate::bundle;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::plan::{CheckId, Level, Plan, PlanKind, PlanRequest, Route};
use crate::jobs::request::{ExportWork, LiveApp, PackageRef, Work};
use crate::line::{Line, LineCode};
use crate::place::Place;
use crate::problem::{Code, Problem};
use std::path::PathBuf;

/// A bundle may be a little larger than its package: metadata, tickets, frames that did not compress.
const MORE_BYTES: u64 = 16 * 1024 * 1024;

pub(crate) async fn plan(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    source: Source,
    folder: Option<&str>,
) -> Result<Plan, Problem> {
    let record = source::ticket_record(&source.record);
    let found = source.found?;
    let folder = folder.map_or_else(|| engine.library_dir(), PathBuf::from);
    let deleted = source.record.is_delete;
    let name = source.record.group_name.clone().filter(|_| !deleted);
    let app = name.or_else(|| found.model().map(|model| model.name.clone())).unwrap_or_else(|| "app".to_owned());
    let path = folder.join(bundle::file_name(&app, &record.version));
    let mut list = surroundings::console(ctx, &source.cluster).await;
    list.push(checks::rights(&source.cluster, &source.team, Some(source.record.app()), |right| right.export));
    list.extend(checks::backup_finished(&record.status));
    match (&found.facts, &found.inside) {
        (Ok(facts), Ok(_)) => list.push(checks::package_size(facts.size, &record)),
        (Err(problem), _) | (Ok(_), Err(problem)) => {
            let code = if problem.code == Code::PackageMissing {
                LineCode::CheckPackageMissing
            } else {
                LineCode::CheckPackageUnread
            };
            let facts = [
                ("key", found.object.key.clone()),
                ("cluster", source.cluster.name()),
                ("reason", problem.message.clone()),
            ];
            list.push(checks::check(CheckId::Package, Level::Block, code, facts));
        }
    }
    let package = found.package().unwrap_or(PackageRef {
        object: found.object.clone(),
        size_bytes: record.backup_size,
        etag: None,
    });
    list.extend(found.model().map(content::credentials));
    list.extend(reading::not_into_a_bundle(&request.options));
    list.push(room::on_disk(&folder, package.size_bytes + MORE_BYTES));
    if path.exists() {
        let facts = [("path", path.display().to_string())];
        list.push(checks::check(CheckId::File, Level::Block, LineCode::CheckFileExistsBlock, facts));
    }
    let total_bytes = package.size_bytes;
    let work = Work::Export(ExportWork {
        package,
        record: source::ticket_json(&record)?,
        console_name: source.cluster.profile.name.clone(),
        cluster_name: source.cluster.name(),
        team_alias: source.cluster.team_alias(&source.team),
        platform_version: source.cluster.version(),
        path: path.display().to_string(),
        live: (!deleted).then(|| LiveApp {
            cluster: source.cluster.id.clone(),
            team: source.team.clone(),
            app: source.record.app(),
        }),
    });
    Ok(Draft {
        kind: PlanKind::Export,
        request,
        source: source.cluster.place(&source.team),
        target: Place::ThisComputer { path: folder.display().to_string() },
        source_app: app.clone(),
        version: Some(record.version.clone()),
        app_name: app,
        lane: None,
        other_lanes: Vec::new(),
        route: (Route::File, Line::new(LineCode::RouteFile, [])),
        total_bytes,
        outlook: outlook::of_export(),
        checks: list,
        volumes: Vec::new(),
        path: Some(path.display().to_string()),
        work,
    }
    .finish(engine))
}
