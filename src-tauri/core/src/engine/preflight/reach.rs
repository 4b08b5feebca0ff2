//! Consoles that let nobody in, and regions that do not answer theirs: checks that block and say what to do. Where they
//! leave nothing else to decide, the plan is these checks alone, with what the other side told.

use super::checks::check;
use super::outlook::{self, Outlook};
use super::{source, surroundings, table};
use crate::console::Region;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::links::Cluster;
use crate::engine::plan::{
    CheckId, CheckView, Level, Plan, PlanKind, PlanRequest, PlanSource, PlanTarget, PlanView, Route,
};
use crate::ids::{ClusterId, PlanId, TeamName};
use crate::line::{Line, LineCode};
use crate::place::Place;
use crate::problem::{Code, Problem};

/// What is a line of the plan and no error of making one.
pub(crate) fn is_shown(problem: &Problem) -> bool {
    is_login(problem) || is_connection(problem) || problem.code == Code::ClusterDown
}

fn is_login(problem: &Problem) -> bool {
    matches!(problem.code, Code::LoginRefused | Code::LoginExpired | Code::PasswordMissing)
}

/// Nobody answers, or somebody who is no console.
fn is_connection(problem: &Problem) -> bool {
    matches!(problem.code, Code::Unreachable | Code::TlsFailed | Code::CertificateChanged | Code::NotRainbond)
}

/// What the console tells of the region now: what was learnt at login may be hours old.
pub(crate) async fn fresh(ctx: &Ctx, cluster: &Cluster) -> Option<Region> {
    let rows = cluster.console.regions(ctx, &cluster.known.me.enterprise_id).await.unwrap_or_default();
    rows.into_iter().find(|row| row.name == cluster.region)
}

/// The region answers its console now.
pub(crate) async fn region(ctx: &Ctx, cluster: &Cluster) -> CheckView {
    judged(cluster, fresh(ctx, cluster).await.as_ref())
}

/// A console that tells nothing of its regions is no reason to hold anything back.
pub(crate) fn judged(cluster: &Cluster, region: Option<&Region>) -> CheckView {
    match region.is_some_and(|row| !row.is_healthy()) {
        true => down(&cluster.name()),
        false => check(CheckId::Region, Level::Pass, LineCode::CheckRegionPass, [("cluster", cluster.name())]),
    }
}

fn down(cluster: &str) -> CheckView {
    check(CheckId::Region, Level::Block, LineCode::CheckRegionBlock, [("cluster", cluster.to_owned())])
}

fn refused(id: CheckId, cluster: String, why: Problem) -> CheckView {
    let code = if id == CheckId::Login { LineCode::CheckLoginBlock } else { LineCode::CheckConnectionBlock };
    check(id, Level::Block, code, [("cluster", cluster), ("reason", why.message)])
}

/// One side of a voyage, as far as it lets itself be seen.
struct Side {
    place: Place,
    checks: Vec<CheckView>,
}

async fn side(engine: &Engine, ctx: &Ctx, id: &ClusterId, team: &TeamName) -> Result<Side, Problem> {
    match engine.links.cluster(ctx, id).await {
        Ok(cluster) => {
            let mut checks = surroundings::console(ctx, &cluster).await;
            // What was learnt before it fell silent is kept; so it is asked once more.
            match cluster.console.config_info(ctx).await.map_err(Problem::from) {
                Err(problem) if is_connection(&problem) => {
                    checks = vec![refused(CheckId::Connection, cluster.name(), problem)];
                }
                Ok(_) | Err(_) => checks.push(region(ctx, &cluster).await),
            }
            Ok(Side { place: cluster.place(team), checks })
        }
        Err(problem) if is_login(&problem) || is_connection(&problem) => {
            let profile = engine.book.console(&id.split().0)?;
            let id_of = if is_login(&problem) { CheckId::Login } else { CheckId::Connection };
            let checks = vec![refused(id_of, profile.name.clone(), problem)];
            let place = Place::Team {
                cluster: id.clone(),
                cluster_name: profile.name,
                environment: profile.environment,
                team: team.clone(),
                team_alias: team.to_string(),
                version: String::new(),
            };
            Ok(Side { place, checks })
        }
        Err(problem) => Err(problem),
    }
}

/// The plan of what cannot be decided: both sides as they are, and what is known of the backup. `why` is what stopped it.
pub(crate) async fn plan(engine: &Engine, ctx: &Ctx, request: &PlanRequest, why: Problem) -> Result<Plan, Problem> {
    let from = match &request.source {
        PlanSource::Backup { cluster, team, .. } | PlanSource::App { cluster, team, .. } => {
            side(engine, ctx, cluster, team).await?
        }
        PlanSource::File { path } => Side { place: Place::ThisComputer { path: path.clone() }, checks: Vec::new() },
    };
    let to = match &request.target {
        PlanTarget::Team { cluster, team, .. } => Some(side(engine, ctx, cluster, team).await?),
        PlanTarget::ThisComputer { folder } => {
            let path = folder.clone().unwrap_or_else(|| engine.library_dir().display().to_string());
            Some(Side { place: Place::ThisComputer { path }, checks: Vec::new() })
        }
        PlanTarget::Backup | PlanTarget::Restore { .. } => None,
    };
    let target = to.as_ref().map_or_else(|| from.place.clone(), |to| to.place.clone());
    let mut checks = from.checks;
    checks.extend(to.into_iter().flat_map(|to| to.checks));
    if !checks.iter().any(|check| check.level == Level::Block) {
        if why.code != Code::ClusterDown {
            return Err(why);
        }
        // The region came back between two looks, or its console hides that it is down.
        checks.push(down(&target.name()));
    }
    let mut checks: Vec<CheckView> = checks.into_iter().map(|check| table::advised(kind(request), check)).collect();
    checks.sort_by_key(|check| check.level);
    let known = known(engine, ctx, request).await;
    let view = PlanView {
        id: PlanId(uuid::Uuid::new_v4().simple().to_string()),
        kind: kind(request),
        request: request.clone(),
        source: from.place,
        target,
        source_app: known.app.clone(),
        version: known.version,
        app_name: known.app,
        lane: None,
        lane_reason: None,
        other_lanes: Vec::new(),
        route: Route::None,
        route_reason: Line::new(LineCode::RouteUndecided, []),
        total_bytes: known.total_bytes,
        estimate_secs: 0,
        steps: Vec::new(),
        arrives: known.outlook.arrives,
        stays: known.outlook.stays,
        changes: known.outlook.changes,
        checks,
        volumes: Vec::new(),
        path: None,
        encryption: None,
        confirm: None,
    };
    Ok(Plan { view, work: None })
}

fn kind(request: &PlanRequest) -> PlanKind {
    match (&request.source, &request.target) {
        (_, PlanTarget::Backup) => PlanKind::Backup,
        (_, PlanTarget::Restore { .. }) => PlanKind::Restore,
        (_, PlanTarget::ThisComputer { .. }) => PlanKind::Export,
        (PlanSource::File { .. }, PlanTarget::Team { .. }) => PlanKind::Import,
        (PlanSource::Backup { .. } | PlanSource::App { .. }, PlanTarget::Team { .. }) => PlanKind::Migrate,
    }
}

#[derive(Default)]
struct Told {
    app: String,
    version: Option<String>,
    total_bytes: u64,
    outlook: Outlook,
}

/// What the source tells while the other side is silent.
async fn known(engine: &Engine, ctx: &Ctx, request: &PlanRequest) -> Told {
    let PlanSource::Backup { cluster, team, backup } = &request.source else { return Told::default() };
    let Ok(seen) = source::of_backup(engine, ctx, cluster, team, backup).await else { return Told::default() };
    let model = seen.found.as_ref().ok().and_then(source::Found::model);
    Told {
        app: model.map_or_else(|| seen.record.group_name.clone().unwrap_or_default(), |model| model.name.clone()),
        version: Some(seen.record.version.clone()),
        total_bytes: seen.record.backup_size,
        outlook: model
            .map(|model| Outlook { arrives: outlook::arriving(model), ..Outlook::default() })
            .unwrap_or_default(),
    }
}
