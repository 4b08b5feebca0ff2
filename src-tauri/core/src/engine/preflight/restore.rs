//! The plan of a restore within a team: in place or beside, by the platform's own restore (protocol.md §8). Everything that
//! the platform would refuse, or fail at without a word, is said before.

use super::checks::{self, check};
use super::outlook::Outlook;
use super::repairs::{self, Arriving};
use super::room::Needs;
use super::source::{self, Found, Source};
use super::{Draft, backup, content, duplicate, lane, outlook, reach, room, surroundings};
use crate::console::ComponentState;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::plan::{CheckId, CheckView, Level, Plan, PlanKind, PlanRequest, RestoreManner, Route};
use crate::ids::AppId;
use crate::jobs::Lane;
use crate::jobs::request::{ComponentRef, Handing, Landing, Manner, RestoreWork, Work};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem};

pub(crate) async fn plan(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    source: Source,
    manner: RestoreManner,
) -> Result<Plan, Problem> {
    let Source { cluster, team, record, found } = source;
    let ticket = source::ticket_record(&record);
    let found = found?;
    let scope = cluster.scope(&team);
    let apps = cluster.console.apps(ctx, &scope).await?;
    let original = apps.iter().find(|app| app.id() == record.app());
    let components = match original {
        Some(app) => cluster.console.components(ctx, &scope, app.id()).await?,
        None => Vec::new(),
    };
    let running: Vec<ComponentRef> = components
        .iter()
        .filter(|row| row.state() != ComponentState::Stopped)
        .map(|row| ComponentRef {
            id: row.service_id.clone(),
            alias: row.service_alias.clone(),
            name: row.service_cname.clone(),
        })
        .collect();
    let in_place = manner == RestoreManner::InPlace;
    let stops = in_place && request.options.stop_stateful;
    let name = app_name(original.map(|app| app.name.clone()), &found, record.app());
    let mut list = surroundings::console(ctx, &cluster).await;
    let region = reach::fresh(ctx, &cluster).await;
    let needs = Needs::of(record.total_memory, found.model());
    list.extend(room::of_target(ctx, &cluster, &team, region.as_ref(), needs).await?);
    list.extend([
        reach::judged(&cluster, region.as_ref()),
        checks::rights(&cluster, &team, Some(record.app()), |right| right.recover),
        lane::own_check(&cluster)?,
        checks::production(&cluster),
        package(&found, &ticket),
    ]);
    list.extend(checks::read_only(&cluster));
    list.extend(checks::backup_finished(&record.status));
    if in_place {
        list.push(closed(&running, stops));
    }
    if record.mode == "full-online" {
        list.push(backup::object_storage(ctx, &cluster, &team, record.app()).await?);
    }
    if let Some(model) = found.model() {
        let arriving = Arriving { target: &cluster, team: &team, options: &request.options, in_place: true };
        list.extend(repairs::judge(ctx, arriving, model).await?.checks);
        list.push(content::never_built(model));
    }
    let url_app = original.map(crate::console::App::id).or_else(|| apps.first().map(crate::console::App::id));
    let unfinished = match url_app {
        Some(app) => cluster.console.unfinished_restore(ctx, &scope, app, &record.group_uuid).await?,
        None => None,
    };
    list.extend(unfinished.as_ref().map(|known| duplicate::unfinished(&known.restore_id)));
    let mut expected = found.model().map(outlook::expected).unwrap_or_default();
    // Within its team nothing leaves: rules of the original stay with it, and are still to be made for the copy.
    expected.components.sort();
    let place = cluster.place(&team);
    let work = Work::Restore(RestoreWork {
        landing: Landing {
            cluster: cluster.id.clone(),
            team: team.clone(),
            app: Some(url_app.unwrap_or(record.app())),
            app_name: name.clone(),
            k8s_app: String::new(),
            start_after: request.options.start_after,
            registry: None,
            record_only: false,
            volumes: None,
            gateway: None,
            lane: Lane::Official,
            handing: Handing::default(),
            taken_hosts: std::collections::BTreeSet::new(),
            build: crate::jobs::request::Build::default(),
        },
        manner: if in_place { Manner::InPlace } else { Manner::Beside },
        record: source::ticket_json(&ticket)?,
        expected,
        stop: if stops { running } else { Vec::new() },
        original: original.map(crate::console::App::id),
        into_original: in_place && original.is_some() && components.is_empty(),
        apps_before: apps.iter().map(crate::console::App::id).collect(),
        unfinished_before: unfinished.map(|known| known.restore_id),
    });
    let lands_in_original = in_place && original.is_some() && components.is_empty();
    let mut outlook = match found.model() {
        Some(model) => outlook::of_restore(model, &cluster.quirks()?, request.options.start_after),
        None => Outlook::default(),
    };
    outlook.changes.push(lands(lands_in_original, original.is_some(), in_place, &name));
    Ok(Draft {
        encryption: None,
        kind: PlanKind::Restore,
        request,
        source: place.clone(),
        target: place,
        source_app: name.clone(),
        version: Some(record.version.clone()),
        app_name: name,
        lane: Some(lane::own(&cluster)?),
        other_lanes: Vec::new(),
        route: (Route::None, Line::new(LineCode::RouteNone, [])),
        total_bytes: 0,
        outlook,
        checks: list,
        volumes: Vec::new(),
        path: None,
        work,
    }
    .finish(engine))
}

fn app_name(original: Option<String>, found: &Found, app: AppId) -> String {
    original.or_else(|| found.model().map(|model| model.name.clone())).unwrap_or_else(|| format!("#{app}"))
}

/// Where the platform will put it (protocol.md §8.2).
fn lands(in_original: bool, has_original: bool, in_place: bool, name: &str) -> Line {
    let app = [("app", name.to_owned())];
    match (in_original, has_original, in_place) {
        (true, ..) => Line::new(LineCode::ChangesIntoOriginal, app),
        (false, true, true) => Line::new(LineCode::ChangesBesideTakesBackups, app),
        (false, true, false) => Line::new(LineCode::ChangesBeside, app),
        (false, false, _) => Line::new(LineCode::ChangesNewApp, []),
    }
}

fn package(found: &Found, ticket: &crate::bak::TicketRecord) -> CheckView {
    match (&found.facts, &found.inside) {
        (Ok(facts), Ok(_)) => checks::package_size(facts.size, ticket),
        (Err(problem), _) if problem.code == Code::PackageMissing => {
            let facts = [("key", found.object.key.clone()), ("cluster", found.object.bucket.clone())];
            check(CheckId::Package, Level::Block, LineCode::CheckPackageMissing, facts)
        }
        // The platform reads the package by itself: that Rainferry knows no key of the store is no reason to refuse.
        (Err(problem), _) if problem.code == Code::StoreMissing => check(
            CheckId::Package,
            Level::Warn,
            LineCode::CheckPackageUnseenWarn,
            [("reason", problem.message.clone())],
        ),
        (Err(problem), _) | (Ok(_), Err(problem)) => {
            check(CheckId::Package, Level::Block, LineCode::CheckPackageUnread, [("reason", problem.message.clone())])
        }
    }
}

/// A restore in place wants every component closed, stateful or not (protocol.md §8.1).
fn closed(running: &[ComponentRef], stops: bool) -> CheckView {
    if running.is_empty() {
        return check(CheckId::Closed, Level::Pass, LineCode::CheckClosedPass, []);
    }
    let names: Vec<&str> = running.iter().map(|row| row.name.as_str()).collect();
    let facts = [("names", names.join(", "))];
    match stops {
        true => check(CheckId::Closed, Level::Warn, LineCode::CheckClosedWarn, facts),
        false => check(CheckId::Closed, Level::Block, LineCode::CheckClosedBlock, facts),
    }
}
