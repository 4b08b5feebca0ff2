//! The plan of an export: a package in a store becomes a bundle on this computer.

use super::source::Source;
use super::{Draft, checks, content, outlook, reading, room, source, surroundings};
use crate::bundle;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::plan::{CheckId, EncryptionView, Level, Plan, PlanKind, PlanOptions, PlanRequest, Route};
use crate::jobs::request::{ExportWork, LiveApp, PackageRef, Work};
use crate::line::{Line, LineCode};
use crate::package::AppModel;
use crate::place::Place;
use crate::problem::{Code, Problem};
use std::path::PathBuf;

/// A bundle may be a little larger than its package: metadata, tickets, frames that did not compress.
const MORE_BYTES: u64 = 16 * 1024 * 1024;

/// As it is wanted; else on, unless the package is known to hold nothing that looks like a credential.
pub(super) fn encryption(options: &PlanOptions, model: Option<&AppModel>) -> EncryptionView {
    let credential_count = model.map(|model| u32::try_from(model.credentials.len()).unwrap_or(u32::MAX));
    EncryptionView { on: options.encrypt.unwrap_or(credential_count != Some(0)), credential_count }
}

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
    let encryption = encryption(&request.options, found.model());
    let name = if encryption.on { bundle::encrypted_name } else { bundle::file_name };
    let path = folder.join(name(&app, &record.version));
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
    list.extend(found.model().map(|model| content::credentials_in_a_bundle(model, encryption.on)));
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
        encrypt: encryption.on,
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
        encryption: Some(encryption),
        work,
    }
    .finish(engine))
}
