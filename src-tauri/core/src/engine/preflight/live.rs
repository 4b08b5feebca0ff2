//! A running app is dragged: it is backed up where it is, and its backup goes on. What the backup will hold is known only
//! then; what can be judged of both sides is judged now, and the rest once more before anything is made on the target.

use super::migrate::{Arrival, Cargo, arrival};
use super::outlook::{self, Outlook};
use super::{Draft, backup, checks, export, reading, shared, volumes};
use crate::bak::TicketRecord;
use crate::compare::{AppFacts, ComponentFacts};
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::plan::{
    CheckId, CheckView, Level, Plan, PlanKind, PlanOptions, PlanRequest, PlanTarget, Route, VolumePlanView,
};
use crate::engine::{Engine, arrived};
use crate::ids::{AppId, ClusterId, TeamName};
use crate::jobs::request::{AppWork, Build, Expected, Landing, LiveApp, MigrateWork, ObjectRef, PackageRef, Work};
use crate::jobs::{JobKind, Lane};
use crate::line::{Line, LineCode};
use crate::place::{Environment, Place};
use crate::problem::{Code, Problem};

pub(super) async fn plan(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    at: (&ClusterId, &TeamName, AppId),
) -> Result<Plan, Problem> {
    let (id, team, app) = at;
    let source = engine.links.cluster(ctx, id).await?;
    if shared::is_the_way(&source)? {
        return shared::plan(engine, ctx, request, &source, (team, app)).await;
    }
    let base = backup::plan(engine, ctx, request, id, team, app).await?;
    let Some(Work::Backup(backup)) = base.work else {
        return Err(Problem::new(Code::Internal, "A backup was planned as something else"));
    };
    let mut checks = base.view.checks;
    let facts =
        AppFacts::of_live(ctx, &source.console, &source.scope(team), app, arrived::gateway_api(&source)?).await?;
    let name = base.view.source_app;
    let rows = source.console.components(ctx, &source.scope(team), app).await?;
    checks.extend(shared::nothing_to_take(&rows));
    let to = landing(engine, ctx, request, &source, (team, app), &name, Ways::Backup).await?;
    checks.extend(to.iter().flat_map(|to| to.checks.iter().cloned()));
    let at = LiveApp { cluster: id.clone(), team: team.clone(), app };
    let read = of_source(engine, ctx, request, &source, &at, to.as_ref()).await?;
    checks.extend(read.checks.iter().cloned());
    checks.push(keeps_files(&source, &facts, &read.views)?);
    checks.push(checks::check(CheckId::Backup, Level::Warn, LineCode::CheckLiveWarn, []));
    let kind = if to.is_some() { JobKind::Migrate } else { JobKind::Export };
    // What the backup will hold is not known; what was shown holds then, too.
    let encryption = (kind == JobKind::Export).then(|| export::encryption(&request.options, None));
    let encrypt = encryption.as_ref().map(|encryption| encryption.on);
    let options = PlanOptions { encrypt, ..request.options.clone() };
    let then = serde_json::to_value(PlanRequest { options, ..request.clone() }).map_err(|error| {
        Problem::new(Code::Internal, "A request could not be put into words").fact("reason", error.to_string())
    })?;
    let next = to.as_ref().map(|to| next(&source, to, &read));
    let mut outlook = if kind == JobKind::Migrate { of_live(&facts) } else { outlook::of_export() };
    volumes::tell_read(&read.views, &mut outlook);
    let (target, app_name, lane, others) = match to {
        Some(to) => {
            let place = to.cluster.place(&to.team);
            (place, to.landing.app_name, Some((to.choice.lane, to.choice.reason)), to.choice.others)
        }
        None => (folder(engine, request), name.clone(), None, Vec::new()),
    };
    let mut plan = Draft {
        kind: if kind == JobKind::Migrate { PlanKind::Migrate } else { PlanKind::Export },
        request,
        source: base.view.source,
        target,
        source_app: name,
        version: None,
        app_name,
        lane,
        other_lanes: others,
        route: (Route::Relay, Line::new(LineCode::RouteLive, [])),
        total_bytes: 0,
        outlook,
        checks,
        volumes: read.views,
        path: None,
        encryption,
        work: Work::App(AppWork { kind, backup, then, encrypt: encrypt == Some(true) }),
    }
    .finish(engine);
    // Components of production may be stopped for it.
    going_on(&mut plan, next.as_ref());
    Ok(plan)
}

/// A plan whose job goes on as another one: that one's steps follow, and something happens at the source before, so that an
/// app of production asks for its cluster's name.
pub(super) fn going_on(plan: &mut Plan, next: Option<&Work>) {
    if let Some(next) = next {
        plan.view.steps.extend(outlook::steps(next, 0, None));
        plan.view.estimate_secs = plan.view.steps.iter().map(|step| step.estimate_secs).sum();
    }
    if let (None, Place::Team { environment: Environment::Production, cluster_name, .. }) =
        (&plan.view.confirm, &plan.view.source)
    {
        plan.view.confirm = Some(cluster_name.clone());
    }
}

/// What an app is taken along by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ways {
    Backup,
    Template,
}

pub(super) async fn name(ctx: &Ctx, source: &Cluster, team: &TeamName, app: AppId) -> Result<String, Problem> {
    let apps = source.console.apps(ctx, &source.scope(team)).await?;
    let row = apps.into_iter().find(|row| row.id() == app);
    Ok(row
        .ok_or_else(|| Problem::new(Code::NotFound, "This app is no longer there").hint("Load the column again"))?
        .name)
}

pub(super) async fn landing(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    source: &Cluster,
    (team, app): (&TeamName, AppId),
    name: &str,
    by: Ways,
) -> Result<Option<Arrival>, Problem> {
    if !matches!(request.target, PlanTarget::Team { .. }) {
        return Ok(None);
    }
    let rows = source.console.components(ctx, &source.scope(team), app).await?;
    let memory: u64 = rows.iter().map(|row| row.min_memory).sum();
    let record = TicketRecord { total_memory: i64::try_from(memory).unwrap_or(0), ..TicketRecord::default() };
    let is_template = by == Ways::Template;
    let cargo = Cargo { app: name, record: &record, bytes: 0, model: None, is_template };
    Ok(Some(arrival(engine, ctx, &request.target, &request.options, &cargo).await?))
}

/// Files that the backup will not hold and that can be read where the app runs, with what they ask of either side.
async fn of_source(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    source: &Cluster,
    at: &LiveApp,
    to: Option<&Arrival>,
) -> Result<volumes::Judged, Problem> {
    let options = &request.options;
    if to.is_none() {
        return Ok(volumes::Judged { checks: reading::not_into_a_bundle(options), ..Default::default() });
    }
    let Some(to) = to.filter(|to| to.landing.lane == Lane::Rebuild) else { return Ok(volumes::Judged::default()) };
    let reach = volumes::reach(&to.cluster, options.volume_endpoint.as_deref()).await;
    let forbids = match (&reach, to.landing.build) {
        (_, Build::Compose) => Some(Line::new(LineCode::VolumesCalls, [])),
        (Err(problem), Build::Template) => {
            let facts = [("cluster", to.cluster.name()), ("reason", problem.message.clone())];
            Some(Line::new(LineCode::VolumesNoStore, facts))
        }
        (Ok(_), Build::Template) => None,
    };
    let packs_shares = source.capabilities()?.packs_shared_volumes;
    let Some(side) = reading::look(engine, ctx, Some(at), options, |_| true).await? else {
        return Ok(volumes::Judged::default());
    };
    let views = side.views(options, packs_shares, forbids.as_ref());
    let mut judged = volumes::Judged { checks: reading::refusals(options, &views), views, ..Default::default() };
    volumes::decide(to, options, reach, &mut judged);
    let (work, checks) = side.decide(options, &judged.views).await;
    judged.reading = work;
    judged.checks.extend(checks);
    Ok(judged)
}

/// What the job will go on as, as far as its chapters go.
pub(super) fn next(source: &Cluster, to: &Arrival, read: &volumes::Judged) -> Work {
    let object = ObjectRef { cluster: source.id.clone(), bucket: String::new(), key: String::new() };
    Work::Migrate(MigrateWork {
        package: PackageRef { object, size_bytes: 0, etag: None },
        record: serde_json::Value::Null,
        landing: Landing { volumes: read.work.clone(), ..to.landing.clone() },
        expected: Expected::default(),
        repairs: Vec::new(),
        reading: read.reading.clone(),
    })
}

pub(super) fn folder(engine: &Engine, request: &PlanRequest) -> Place {
    let path = match &request.target {
        PlanTarget::ThisComputer { folder: Some(folder) } => folder.clone(),
        _ => engine.library_dir().display().to_string(),
    };
    Place::ThisComputer { path }
}

/// From v6.0.0 on backups do not hold the files of volumes (B-2): that the app needs them is said before.
fn keeps_files(source: &Cluster, facts: &AppFacts, read: &[VolumePlanView]) -> Result<CheckView, Problem> {
    let keeps = |kind: &str| !matches!(kind, "config-file" | "memoryfs");
    let packs = source.capabilities()?.packs_shared_volumes;
    let left = |kind: &str| keeps(kind) && !(packs && kind == "share-file");
    let of = |(name, component): (&String, &ComponentFacts)| {
        let volumes = component.volumes.values().filter(|(_, kind)| left(kind));
        volumes.map(|(volume, _)| format!("{name}/{volume}")).collect::<Vec<_>>()
    };
    let is_read = |name: &String| read.iter().any(|view| view.name == *name && view.chosen && view.can);
    let names: Vec<String> = facts.components.iter().filter(|(name, _)| !is_read(name)).flat_map(of).collect();
    Ok(match names.is_empty() {
        true => checks::check(CheckId::VolumeData, Level::Pass, LineCode::CheckLiveDataPass, []),
        false => {
            let facts = [("names", names.join(", "))];
            checks::check(CheckId::VolumeData, Level::Warn, LineCode::CheckLiveDataWarn, facts)
        }
    })
}

/// What arrives, counted on the app itself.
pub(super) fn of_live(facts: &AppFacts) -> Outlook {
    let components = facts.components.values();
    let count = |of: fn(&ComponentFacts) -> usize| components.clone().map(of).sum::<usize>().to_string();
    let counted = [
        ("variables", count(|component| component.envs.len() + component.outer_envs.len())),
        ("files", count(|component| component.config_files.len())),
    ];
    let ports = count(|component| component.ports.len() + component.dependencies.len() + component.probes.len());
    let volumes = count(|component| component.volumes.len());
    let mut arrives = vec![
        Line::new(LineCode::ArrivesComponents, [("count", facts.components.len().to_string())]),
        Line::new(LineCode::ArrivesConfig, counted),
        Line::new(LineCode::ArrivesPorts, [("count", ports)]),
    ];
    if volumes != "0" {
        arrives.push(Line::new(LineCode::ArrivesVolumes, [("count", volumes)]));
    }
    Outlook { arrives, ..Outlook::default() }
}
