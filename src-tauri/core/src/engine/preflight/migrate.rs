//! Plans that bring an app to life: from a backup in a store, from a bundle, or from a ticket whose package was found.

use super::duplicate::{self, Incoming};
use super::source::{self, Found, Source};
use super::{Draft, adopt, checks, official, outlook, reach};
use crate::bak::{self, TicketRecord};
use crate::ctx::Ctx;
use crate::engine::head::{self, Head};
use crate::engine::links::Cluster;
use crate::engine::plan::{
    CheckId, CheckView, Lane, Level, Plan, PlanKind, PlanOptions, PlanRequest, PlanTarget, Route,
};
use crate::engine::{Engine, deliver};
use crate::ids::{AppId, TeamName};
use crate::jobs::request::{ImportWork, Landing, MigrateWork, ObjectRef, PackageRef, Work};
use crate::jobs::state::TicketTaken;
use crate::line::{Line, LineCode};
use crate::place::Place;
use crate::problem::{Code, Problem};
use crate::storage::StoreError;
use std::path::Path;

/// The target of a plan, with the checks that any arrival needs.
pub(super) struct Arrival {
    pub cluster: Cluster,
    pub team: TeamName,
    pub landing: Landing,
    pub checks: Vec<CheckView>,
}

pub(crate) async fn from_backup(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    source: Source,
) -> Result<Plan, Problem> {
    let record = source::ticket_record(&source.record);
    let mut checks = vec![checks::login(&source.cluster)];
    let app = Some(source.record.app());
    checks.push(checks::rights(&source.cluster, &source.team, app, |right| right.migrate || right.export));
    checks.extend(checks::backup_finished(&source.record.status));
    let place = source.cluster.place(&source.team);
    let name = source.record.group_name.clone().filter(|_| !source.record.is_delete);
    from_store(engine, ctx, request, place, name, record, source.found, checks).await
}

#[expect(clippy::too_many_arguments, reason = "the parts of one plan")]
async fn from_store(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    place: Place,
    name: Option<String>,
    record: TicketRecord,
    found: Result<Found, Problem>,
    mut checks: Vec<CheckView>,
) -> Result<Plan, Problem> {
    let found = found?;
    checks.push(package_check(&found, &record));
    let app = name.or_else(|| found.model().map(|model| model.name.clone())).unwrap_or_else(|| "app".to_owned());
    let arrival = arrival(engine, ctx, &request.target, &request.options, &app, &record).await?;
    checks.extend(arrival.checks);
    if let Some(model) = found.model() {
        checks.push(checks::volume_data(&arrival.cluster, model)?);
        checks.push(checks::registry(&arrival.cluster, model));
    }
    checks.extend(key_free(&arrival.cluster, &record).await);
    let incoming = Incoming {
        record: &record,
        size_bytes: found.facts.as_ref().map_or(record.backup_size, |facts| facts.size),
        etag: found.facts.as_ref().ok().and_then(|facts| facts.etag.as_ref()),
    };
    checks.extend(duplicate::look(ctx, &arrival.cluster, &arrival.team, &incoming).await);
    let route = route(engine, ctx, &found, &arrival.cluster, &record).await;
    let model = found.model();
    let package = found.package().unwrap_or(PackageRef {
        object: found.object.clone(),
        size_bytes: record.backup_size,
        etag: None,
    });
    let total_bytes = package.size_bytes;
    let work = Work::Migrate(MigrateWork {
        package,
        record: source::ticket_json(&record)?,
        landing: arrival.landing.clone(),
        expected: model.map(outlook::expected).unwrap_or_default(),
    });
    Ok(Draft {
        kind: PlanKind::Migrate,
        request,
        source: place,
        target: arrival.cluster.place(&arrival.team),
        source_app: app,
        version: Some(record.version.clone()),
        app_name: arrival.landing.app_name.clone(),
        lane: lane(&arrival.cluster, &arrival.landing)?,
        route,
        total_bytes,
        outlook: match arrival.landing.record_only {
            true => outlook::of_record(),
            false => model.map(|model| outlook::of_restore(model, arrival.landing.start_after)).unwrap_or_default(),
        },
        checks,
        path: None,
        work,
    }
    .finish(engine))
}

/// None where only the record arrives: nothing comes to life.
fn lane(target: &Cluster, landing: &Landing) -> Result<Option<(Lane, Line)>, Problem> {
    if landing.record_only { Ok(None) } else { official(target).map(Some) }
}

/// There, readable, and of the recorded size.
fn package_check(found: &Found, record: &TicketRecord) -> CheckView {
    match (&found.facts, &found.inside) {
        (Ok(facts), Ok(_)) => checks::package_size(facts.size, record),
        (Ok(_), Err(problem)) => checks::check(
            CheckId::Package,
            Level::Block,
            LineCode::CheckPackageUnread,
            [("reason", problem.message.clone())],
        ),
        (Err(problem), _) if problem.code == Code::PackageMissing => {
            let facts = [("key", found.object.key.clone()), ("cluster", found.object.bucket.clone())];
            checks::check(CheckId::Package, Level::Block, LineCode::CheckPackageMissing, facts)
        }
        (Err(problem), _) => checks::check(
            CheckId::SourceStore,
            Level::Block,
            LineCode::CheckPackageUnread,
            [("reason", problem.message.clone())],
        ),
    }
}

pub(super) async fn arrival(
    engine: &Engine,
    ctx: &Ctx,
    target: &PlanTarget,
    options: &PlanOptions,
    app_name: &str,
    record: &TicketRecord,
) -> Result<Arrival, Problem> {
    let PlanTarget::Team { cluster, team, app } = target else {
        return Err(Problem::new(Code::BadRequest, "An app arrives in a team"));
    };
    let cluster = engine.links.cluster(ctx, cluster).await?;
    let mut list =
        vec![checks::login(&cluster), checks::rights(&cluster, team, *app, |right| right.import && right.recover)];
    list.push(reach::region(ctx, &cluster).await);
    list.extend(checks::read_only(&cluster));
    list.push(checks::era(&cluster)?);
    list.push(checks::production(&cluster));
    list.push(checks::resources(ctx, &cluster, team, record.total_memory).await?);
    let apps = cluster.console.apps(ctx, &cluster.scope(team)).await?;
    let wanted = options.app_name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(app_name);
    let (name, check) = landing_app(ctx, &cluster, team, *app, wanted, &apps).await?;
    list.push(check);
    match target_bucket(&cluster) {
        Ok(bucket) => list.push(checks::store(CheckId::TargetStore, &cluster, &bucket).await),
        Err(problem) => {
            let facts = [("cluster", cluster.name()), ("reason", problem.message)];
            list.push(checks::check(CheckId::TargetStore, Level::Block, LineCode::CheckStoreBlock, facts));
        }
    }
    let k8s_app = format!("rf-{}", uuid::Uuid::new_v4().simple().to_string().get(..10).unwrap_or("app"));
    let landing = Landing {
        cluster: cluster.id.clone(),
        team: team.clone(),
        app: *app,
        app_name: name,
        k8s_app,
        start_after: options.start_after && !options.record_only,
        record_only: options.record_only,
    };
    Ok(Arrival { cluster, team: team.clone(), landing, checks: list })
}

async fn landing_app(
    ctx: &Ctx,
    cluster: &Cluster,
    team: &TeamName,
    app: Option<AppId>,
    wanted: &str,
    apps: &[crate::console::App],
) -> Result<(String, CheckView), Problem> {
    let Some(app) = app else { return Ok(checks::arrival_name(wanted, apps, &cluster.team_alias(team))) };
    let name = apps.iter().find(|row| row.id() == app).map_or_else(|| app.to_string(), |row| row.name.clone());
    let check = checks::target_app(ctx, cluster, team, app, &name).await?;
    Ok((name, check))
}

/// A ticket that is not handed in yet: only its bucket can be told.
fn probe_ticket(record: &TicketRecord) -> TicketTaken {
    TicketTaken {
        backup: crate::ids::BackupId(String::new()),
        group_uuid: "unknown".to_owned(),
        source_dir: record.source_dir.clone(),
        version: record.version.clone(),
    }
}

fn target_bucket(cluster: &Cluster) -> Result<String, Problem> {
    let object = deliver::target_object(cluster, &probe_ticket(&TicketRecord::default()))?;
    Ok(object.bucket)
}

/// What lies where the package must go. v5 regions read flat keys that may be taken; a v6 region's key is made anew with the
/// ticket (protocol.md §7.1). A store that does not answer has its own check.
async fn key_free(target: &Cluster, record: &TicketRecord) -> Option<CheckView> {
    let free = || checks::check(CheckId::KeyFree, Level::Pass, LineCode::CheckKeyFreePass, []);
    if target.capabilities().ok()?.era.uses_region_storage() {
        return Some(free());
    }
    let object = deliver::target_object(target, &probe_ticket(record)).ok()?;
    match target.store(&object.bucket).await.ok()?.head(&object.key).await {
        Err(StoreError::NotFound { .. }) => Some(free()),
        Err(_) => None,
        Ok(found) if found.size == record.backup_size => {
            Some(checks::check(CheckId::KeyFree, Level::Pass, LineCode::CheckKeySamePass, [("key", object.key)]))
        }
        Ok(found) => {
            let sizes = [("found", found.size.to_string()), ("expected", record.backup_size.to_string())];
            let [found, expected] = sizes;
            let facts = [("key", object.key), ("cluster", target.name()), found, expected];
            Some(checks::check(CheckId::KeyFree, Level::Block, LineCode::CheckKeyTakenBlock, facts))
        }
    }
}

/// Which way the bytes go, as far as the stores tell beforehand.
async fn route(engine: &Engine, ctx: &Ctx, found: &Found, target: &Cluster, record: &TicketRecord) -> (Route, Line) {
    let looked = async {
        let from = engine.links.cluster(ctx, &found.object.cluster).await?.store(&found.object.bucket).await?;
        let object = deliver::target_object(target, &probe_ticket(record))?;
        let to = target.store(&object.bucket).await?;
        let same = from.identity().same_endpoint(to.identity());
        Ok::<_, Problem>((same, same && object.bucket == found.object.bucket && object.key == found.object.key))
    };
    match looked.await {
        Ok((_, true)) => (Route::None, Line::new(LineCode::RouteNone, [])),
        Ok((true, false)) => (Route::ServerCopy, Line::new(LineCode::RouteServerCopy, [])),
        Ok((false, false)) | Err(_) => (Route::Relay, Line::new(LineCode::RouteRelay, [])),
    }
}

/// From a file of this computer: a bundle carries its package, a ticket only names it.
pub(crate) async fn from_file(engine: &Engine, ctx: &Ctx, request: &PlanRequest, path: &Path) -> Result<Plan, Problem> {
    if head::is_bundle(path)? {
        return from_bundle(engine, ctx, request, path).await;
    }
    let bytes = crate::files::read(path)?
        .ok_or_else(|| Problem::new(Code::NotFound, format!("{} is not there", path.display())))?;
    let record = bak::decode(&bytes)?.record;
    let found = match find_package(engine, ctx, &record).await {
        Err(problem) if problem.code == Code::PackageMissing && request.options.record_only => {
            return adopt::plan(engine, ctx, request, path, record).await;
        }
        other => other?,
    };
    let place = Place::ThisComputer { path: path.display().to_string() };
    from_store(engine, ctx, request, place, None, record, Ok(found), Vec::new()).await
}

/// The stores of all saved clusters are asked for the package a ticket names, at both keys it may have.
async fn find_package(engine: &Engine, ctx: &Ctx, record: &TicketRecord) -> Result<Found, Problem> {
    let mut looked = Vec::new();
    for profile in engine.book.consoles() {
        let Ok(known) = engine.links.known(ctx, &profile.id).await else { continue };
        for region in &known.regions {
            let id = crate::ids::ClusterId::of(&profile.id, &region.name);
            let Ok(cluster) = engine.links.cluster(ctx, &id).await else { continue };
            let Ok(bucket) = target_bucket(&cluster) else { continue };
            let nested =
                format!("backup/{}/{}", record.group_uuid.as_deref().unwrap_or_default(), record.package_name());
            for key in [record.package_name().to_owned(), nested] {
                let object = ObjectRef { cluster: id.clone(), bucket: bucket.clone(), key };
                looked.push(format!("{}: {}/{}", cluster.name(), object.bucket, object.key));
                let Ok(store) = cluster.store(&bucket).await else { continue };
                if store.head(&object.key).await.is_ok_and(|facts| facts.size == record.backup_size) {
                    return Ok(source::look(ctx, &cluster, object).await);
                }
            }
        }
    }
    let problem = Problem::new(
        Code::PackageMissing,
        format!("A ticket holds no data, and its package {} was not found", record.package_name()),
    );
    let problem = problem.hint("Add the cluster it came from, or take a bundle instead");
    Err(looked.into_iter().fold(problem, |problem, place| problem.fact("looked at", place)))
}

async fn from_bundle(engine: &Engine, ctx: &Ctx, request: &PlanRequest, path: &Path) -> Result<Plan, Problem> {
    let head = Head::open(path).await?;
    let record = head.ticket()?;
    let model = head.model()?;
    let app = model.name.clone();
    let arrival = arrival(engine, ctx, &request.target, &request.options, &app, &record).await?;
    let mut checks = arrival.checks;
    let pass = checks::check(CheckId::Bundle, Level::Pass, LineCode::CheckBundlePass, []);
    checks.push(pass);
    checks.push(checks::package_size(head.package_bytes(), &record));
    checks.push(checks::registry(&arrival.cluster, &model));
    checks.extend(key_free(&arrival.cluster, &record).await);
    let incoming = Incoming { record: &record, size_bytes: head.package_bytes(), etag: None };
    checks.extend(duplicate::look(ctx, &arrival.cluster, &arrival.team, &incoming).await);
    if head.knows_directory() {
        checks.push(checks::volume_data(&arrival.cluster, &model)?);
    }
    let work = Work::Import(ImportWork {
        path: path.display().to_string(),
        size_bytes: head.package_bytes(),
        record: source::ticket_json(&record)?,
        landing: arrival.landing.clone(),
        expected: outlook::expected(&model),
    });
    Ok(Draft {
        kind: PlanKind::Import,
        request,
        source: Place::ThisComputer { path: path.display().to_string() },
        target: arrival.cluster.place(&arrival.team),
        source_app: app,
        version: Some(record.version.clone()),
        app_name: arrival.landing.app_name.clone(),
        lane: lane(&arrival.cluster, &arrival.landing)?,
        route: (Route::File, Line::new(LineCode::RouteFile, [])),
        total_bytes: head.package_bytes(),
        outlook: match arrival.landing.record_only {
            true => outlook::of_record(),
            false => outlook::of_restore(&model, arrival.landing.start_after),
        },
        checks,
        path: None,
        work,
    }
    .finish(engine))
}
