//! Plans that bring an app to life: from a backup in a store, from a bundle, or from a ticket whose package was found.

use super::duplicate::{self, Incoming};
use super::lane::{self, Choice};
use super::outlook::Outlook;
use super::repairs::{self, Arriving, Mends};
use super::room::Needs;
use super::source::{self, Found, Source};
use super::{
    Draft, adopt, checks, content, expiry, gateway, outlook, own_registry, reach, reading, room, surroundings, ticket,
    traps, volumes,
};
use crate::bak::TicketRecord;
use crate::ctx::Ctx;
use crate::engine::head::{self, Head};
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level, Plan, PlanKind, PlanOptions, PlanRequest, PlanTarget, Route};
use crate::engine::{Engine, deliver, mend};
use crate::ids::{AppId, TeamName};
use crate::jobs::Lane;
use crate::jobs::request::{
    Build, Expected, Handing, ImportWork, Landing, LiveApp, MigrateWork, ObjectRef, PackageRef, Repair, Work,
};
use crate::jobs::state::TicketTaken;
use crate::line::{Line, LineCode};
use crate::package::AppModel;
use crate::place::Place;
use crate::problem::{Code, Problem};
use crate::storage::StoreError;
use std::collections::BTreeSet;
use std::path::Path;

/// The target of a plan, with the checks that any arrival needs.
pub(super) struct Arrival {
    pub cluster: Cluster,
    pub team: TeamName,
    pub landing: Landing,
    pub choice: Choice,
    pub checks: Vec<CheckView>,
}

impl Arrival {
    /// None where only the record arrives: nothing comes to life.
    fn lane(&self) -> Option<(Lane, Line)> {
        (!self.landing.record_only).then(|| (self.choice.lane, self.choice.reason.clone()))
    }
}

/// What is to arrive: its name, its record, and what is inside where that could be read.
pub(super) struct Cargo<'a> {
    pub app: &'a str,
    pub record: &'a TicketRecord,
    pub bytes: u64,
    pub model: Option<&'a AppModel>,
    /// It was exported as a template, or will be: no restore can read it.
    pub is_template: bool,
}

impl Cargo<'_> {
    /// Of a live app nobody knows it.
    fn size(&self) -> Option<u64> {
        (self.bytes > 0).then_some(self.bytes)
    }
}

pub(crate) async fn from_backup(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    source: Source,
) -> Result<Plan, Problem> {
    let record = source::ticket_record(&source.record);
    let mut checks = surroundings::console(ctx, &source.cluster).await;
    let app = Some(source.record.app());
    checks.push(checks::rights(&source.cluster, &source.team, app, |right| right.migrate || right.export));
    checks.extend(checks::backup_finished(&source.record.status));
    if let PlanTarget::Team { cluster, .. } = &request.target {
        let target = engine.links.cluster(ctx, cluster).await?;
        checks.extend(surroundings::versions(&source.cluster, &target));
    }
    let place = source.cluster.place(&source.team);
    let name = source.record.group_name.clone().filter(|_| !source.record.is_delete);
    let here = LiveApp { cluster: source.cluster.id.clone(), team: source.team.clone(), app: source.record.app() };
    let live = Some(here).filter(|_| !source.record.is_delete);
    from_store(engine, ctx, request, place, name, record, source.found, checks, live).await
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
    live: Option<LiveApp>,
) -> Result<Plan, Problem> {
    let found = found?;
    checks.push(package_check(&found, &record));
    if let Ok(facts) = &found.facts {
        let holder = engine.links.cluster(ctx, &found.object.cluster).await?;
        checks.extend(expiry::of_object(&holder, &found.object, Some(facts.size)).await);
    }
    let app = name.or_else(|| found.model().map(|model| model.name.clone())).unwrap_or_else(|| "app".to_owned());
    let model = found.model();
    let bytes = found.facts.as_ref().map_or(record.backup_size, |facts| facts.size);
    let is_template = model.is_some_and(|model| model.is_from_template);
    let cargo = Cargo { app: &app, record: &record, bytes, model, is_template };
    let mut arrival = arrival(engine, ctx, &request.target, &request.options, &cargo).await?;
    let filled = match model {
        Some(model) => {
            let side = reading::beside(engine, ctx, live.as_ref(), &request.options, model).await?;
            fill(&mut arrival, model, &request.options, side.as_ref()).await?
        }
        None => volumes::Judged::default(),
    };
    // Where both are one object, its end is told once.
    let told = checks.iter().filter(|check| check.id == CheckId::Expiry).cloned().collect::<Vec<_>>();
    checks.extend(arrival.checks.iter().filter(|check| !told.contains(check)).cloned());
    let known = gateway::Known { model, bundled: Vec::new(), live };
    let mut rules = gateway::judge(engine, ctx, &arrival, &request.options, known).await?;
    checks.append(&mut rules.checks);
    arrival.landing.gateway = rules.work.clone();
    checks.extend(found.inside.as_ref().ok().and_then(|inside| traps::cut_short(&inside.cut_short)));
    let incoming = Incoming {
        record: &record,
        size_bytes: bytes,
        etag: found.facts.as_ref().ok().and_then(|facts| facts.etag.as_ref()),
    };
    checks.extend(duplicate::look(ctx, &arrival.cluster, &arrival.team, &incoming).await);
    let mut mends = Mends::default();
    let route = match arrival.choice.lane {
        Lane::Rebuild | Lane::Registry => rebuild_route(&arrival.landing),
        Lane::Official => {
            let route = route(engine, ctx, &found, &arrival.cluster, &record).await;
            mends = for_restore(ctx, &arrival.cluster, request, route.0 == Route::None, &cargo).await?;
            checks.append(&mut mends.checks);
            match mend::way(arrival.cluster.capabilities()?.era, &mends.repairs) {
                mend::Way::Within => (Route::Relay, Line::new(LineCode::RouteMended, [])),
                mend::Way::Plain | mend::Way::Beside => route,
            }
        }
    };
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
        expected: model.map(|model| expected(model, &mends.repairs, &arrival.landing)).unwrap_or_default(),
        repairs: mends.repairs.clone(),
        reading: filled.reading.clone(),
    });
    let mut outlook = match model {
        Some(model) => outlook_of(&arrival, model, &mends)?,
        None => Outlook::default(),
    };
    gateway::tell(&rules, &mut outlook);
    volumes::tell(&filled, request.options.start_after, &mut outlook);
    Ok(Draft {
        encryption: None,
        kind: PlanKind::Migrate,
        request,
        source: place,
        target: arrival.cluster.place(&arrival.team),
        source_app: app,
        version: Some(record.version.clone()),
        app_name: arrival.landing.app_name.clone(),
        lane: arrival.lane(),
        other_lanes: arrival.choice.others,
        route,
        total_bytes,
        outlook,
        checks,
        volumes: filled.views,
        path: None,
        work,
    }
    .finish(engine))
}

/// Volumes that are filled on arrival: only components that start fill theirs, out of a store that must let us in.
async fn fill(
    arrival: &mut Arrival,
    model: &AppModel,
    options: &PlanOptions,
    side: Option<&reading::Side>,
) -> Result<volumes::Judged, Problem> {
    let judged = volumes::judge(arrival, model, options, side).await?;
    arrival.checks.extend(judged.checks.iter().cloned());
    let Some(work) = &judged.work else { return Ok(judged) };
    if !arrival.checks.iter().any(|check| check.id == CheckId::TargetStore) {
        arrival.checks.push(checks::store(CheckId::TargetStore, &arrival.cluster, &work.bucket).await);
    }
    arrival.landing.start_after = true;
    arrival.landing.volumes = judged.work.clone();
    Ok(judged)
}

async fn mends(
    ctx: &Ctx,
    target: &Cluster,
    request: &PlanRequest,
    in_place: bool,
    model: &AppModel,
) -> Result<Mends, Problem> {
    let PlanTarget::Team { team, .. } = &request.target else { return Ok(Mends::default()) };
    repairs::judge(ctx, Arriving { target, team, options: &request.options, in_place }, model).await
}

/// The app as the mended package holds it.
fn without_data(model: &AppModel) -> AppModel {
    let mut model = model.clone();
    (model.has_data_entries, model.stray_data) = (false, Vec::new());
    for component in &mut model.components {
        component.data.clear();
        component.volumes.iter_mut().for_each(|volume| volume.data_in_package = false);
    }
    model
}

fn drops_data(repairs: &[Repair]) -> bool {
    repairs.contains(&Repair::DropData)
}

fn expected(model: &AppModel, repairs: &[Repair], landing: &Landing) -> Expected {
    let mut expected =
        if drops_data(repairs) { outlook::expected(&without_data(model)) } else { outlook::expected(model) };
    if landing.lane == Lane::Rebuild {
        expected.empty_volumes = outlook::unfilled_volumes(model, landing.volumes.as_ref());
    }
    if landing.gateway.is_some() {
        expected.gateway_rule_count = 0;
    }
    expected
}

fn outlook_of(arrival: &Arrival, model: &AppModel, mends: &Mends) -> Result<Outlook, Problem> {
    let (target, landing) = (&arrival.cluster, &arrival.landing);
    if landing.record_only {
        return Ok(outlook::of_record());
    }
    let mut outlook = match drops_data(&mends.repairs) {
        true => outlook::of(target, landing, &without_data(model))?,
        false => outlook::of(target, landing, model)?,
    };
    outlook.changes.splice(0..0, mends.changes.iter().cloned());
    Ok(outlook)
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
    cargo: &Cargo<'_>,
) -> Result<Arrival, Problem> {
    let PlanTarget::Team { cluster, team, app } = target else {
        return Err(Problem::new(Code::BadRequest, "An app arrives in a team"));
    };
    let cluster = engine.links.cluster(ctx, cluster).await?;
    let mut list = surroundings::console(ctx, &cluster).await;
    list.push(checks::rights(&cluster, team, *app, |right| right.import && right.recover));
    let region = reach::fresh(ctx, &cluster).await;
    list.push(reach::judged(&cluster, region.as_ref()));
    list.extend(checks::read_only(&cluster));
    // A record is handed in as for a restore, whether that would finish or not.
    // Only an app that is made anew has volumes to be filled.
    let fills = !options.volume_data.is_empty() || !options.volume_reading.is_empty();
    let asked = options.lane.or_else(|| fills.then_some(Lane::Rebuild));
    let wanted_lane = match cargo.is_template {
        true => Some(Lane::Rebuild),
        false if options.record_only => Some(Lane::Official),
        false => asked,
    };
    let mut choice = lane::choose(&cluster, cargo.model, cargo.bytes, wanted_lane, options.registry.as_deref())?;
    if cargo.is_template {
        choice.is_the_only_one(LineCode::LaneFromTemplate);
        list.extend(
            options
                .record_only
                .then(|| checks::check(CheckId::Bundle, Level::Block, LineCode::CheckBundleTemplate, [])),
        );
    }
    if !options.record_only {
        list.push(choice.check.clone());
    }
    let handing = lane::handing(&cluster)?;
    list.push(checks::production(&cluster));
    let needs = Needs::of(cargo.record.total_memory, cargo.model);
    let needs = if options.volume_data.is_empty() { needs } else { needs.with_helper() };
    list.extend(room::of_target(ctx, &cluster, team, region.as_ref(), needs).await?);
    let apps = cluster.console.apps(ctx, &cluster.scope(team)).await?;
    let wanted = options.app_name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(cargo.app);
    let (name, check) = landing_app(ctx, &cluster, team, *app, wanted, &apps).await?;
    list.push(check);
    if let Some(model) = cargo.model.filter(|_| !options.record_only) {
        list.extend(content::all(ctx, &cluster, team, choice.lane, model).await);
    }
    if choice.lane == Lane::Registry {
        list.extend(own_registry::all(engine, ctx, &cluster, options.registry.as_deref(), cargo.model).await);
    }
    match arriving_object(&cluster, cargo.record) {
        // Posted to the console, a package needs no store.
        _ if choice.lane.is_rebuilt() && (handing == Handing::Post || choice.build() == Build::Compose) => {}
        Ok(object) => {
            let store = checks::store(CheckId::TargetStore, &cluster, &object.bucket).await;
            list.extend(match (choice.lane, store.level) {
                (Lane::Official, Level::Pass) => expiry::of_object(&cluster, &object, cargo.size()).await,
                (Lane::Official, _) => expiry::by_version(&cluster),
                (Lane::Rebuild | Lane::Registry, _) => None,
            });
            list.push(store);
        }
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
        lane: choice.lane,
        handing,
        taken_hosts: match choice.lane {
            Lane::Rebuild | Lane::Registry => taken_hosts(ctx, &cluster, team, &apps).await?,
            Lane::Official => BTreeSet::new(),
        },
        build: choice.build(),
        registry: options.registry.clone().filter(|_| choice.lane == Lane::Registry),
        record_only: options.record_only,
        gateway: None,
        volumes: None,
    };
    Ok(Arrival { cluster, team: team.clone(), landing, choice, checks: list })
}

/// Names by which components of the team are reached inside the cluster (rebuild.md §4.4).
async fn taken_hosts(
    ctx: &Ctx,
    cluster: &Cluster,
    team: &TeamName,
    apps: &[crate::console::App],
) -> Result<BTreeSet<String>, Problem> {
    let scope = cluster.scope(team);
    let mut names = BTreeSet::new();
    for app in apps.iter().filter(|app| app.component_count > 0) {
        let components = cluster.console.components(ctx, &scope, app.id()).await?;
        names.extend(components.into_iter().map(|component| component.k8s_service_name));
    }
    names.remove("");
    Ok(names)
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

pub(super) fn target_bucket(cluster: &Cluster) -> Result<String, Problem> {
    Ok(arriving_object(cluster, &TicketRecord::default())?.bucket)
}

/// Where a package would lie; from v6 on the middle of its key is made anew with the ticket.
fn arriving_object(cluster: &Cluster, record: &TicketRecord) -> Result<ObjectRef, Problem> {
    deliver::target_object(cluster, &probe_ticket(record))
}

/// What lies where the package must go. v5 regions read flat keys that may be taken; a v6 region's key is made anew with the
/// ticket (protocol.md §7.1). A store that does not answer has its own check.
async fn key_free(target: &Cluster, record: &TicketRecord, is_mended: bool) -> Option<CheckView> {
    let free = || checks::check(CheckId::KeyFree, Level::Pass, LineCode::CheckKeyFreePass, []);
    if target.capabilities().ok()?.era.uses_region_storage() {
        return Some(free());
    }
    let object = deliver::target_object(target, &probe_ticket(record)).ok()?;
    match target.store(&object.bucket).await.ok()?.head(&object.key).await {
        Err(StoreError::NotFound { .. }) => Some(free()),
        Err(_) => None,
        // What a mended package will weigh shows only when it is made.
        Ok(_) if is_mended => {
            let facts = [("key", object.key), ("cluster", target.name())];
            Some(checks::check(CheckId::KeyFree, Level::Block, LineCode::CheckKeyTakenMended, facts))
        }
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

/// What a restore by the platform has to look out for, and what is mended on the way to it.
async fn for_restore(
    ctx: &Ctx,
    target: &Cluster,
    request: &PlanRequest,
    in_place: bool,
    cargo: &Cargo<'_>,
) -> Result<Mends, Problem> {
    let mut mends = match cargo.model {
        Some(model) => mends(ctx, target, request, in_place, model).await?,
        None => Mends::default(),
    };
    if let Some(model) = cargo.model {
        mends.checks.extend(traps::all(target, model, cargo.bytes)?);
    }
    let is_mended = mend::way(target.capabilities()?.era, &mends.repairs) == mend::Way::Within;
    mends.checks.extend(key_free(target, cargo.record, is_mended).await);
    Ok(mends)
}

fn rebuild_route(landing: &Landing) -> (Route, Line) {
    let code = match (landing.build, landing.handing) {
        _ if landing.lane == Lane::Registry => LineCode::RouteRebuildRegistry,
        (Build::Compose, _) => LineCode::RouteRebuildCalls,
        (Build::Template, Handing::Store) => LineCode::RouteRebuildStore,
        (Build::Template, Handing::Post) => LineCode::RouteRebuildPost,
    };
    (Route::Relay, Line::new(code, []))
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
    let record = ticket::read(path)?;
    let found = match ticket::find_package(engine, ctx, &record).await {
        Err(problem) if problem.code == Code::PackageMissing && request.options.record_only => {
            return adopt::plan(engine, ctx, request, path, record).await;
        }
        other => other?,
    };
    let place = Place::ThisComputer { path: path.display().to_string() };
    from_store(engine, ctx, request, place, None, record, Ok(found), Vec::new(), None).await
}

async fn from_bundle(engine: &Engine, ctx: &Ctx, request: &PlanRequest, path: &Path) -> Result<Plan, Problem> {
    let head = Head::open(&engine.keys, path).await?;
    let record = head.ticket()?;
    let model = head.model()?;
    let app = model.name.clone();
    // Without the directory nobody can tell what is inside.
    let known = Some(&model).filter(|_| head.knows_directory());
    let is_template = model.is_from_template;
    let cargo = Cargo { app: &app, record: &record, bytes: head.package_bytes(), model: known, is_template };
    let mut arrival = arrival(engine, ctx, &request.target, &request.options, &cargo).await?;
    let filled = match known {
        Some(model) => fill(&mut arrival, model, &request.options, None).await?,
        None => volumes::Judged::default(),
    };
    let mut checks = arrival.checks.clone();
    let bundled = crate::engine::gateway::of_bundle(&head)?;
    let known = gateway::Known { model: Some(&model), bundled, live: None };
    let mut rules = gateway::judge(engine, ctx, &arrival, &request.options, known).await?;
    checks.append(&mut rules.checks);
    arrival.landing.gateway = rules.work.clone();
    checks.push(checks::check(CheckId::Bundle, Level::Pass, LineCode::CheckBundlePass, []));
    checks.push(checks::package_size(head.package_bytes(), &record));
    let incoming = Incoming { record: &record, size_bytes: head.package_bytes(), etag: None };
    checks.extend(duplicate::look(ctx, &arrival.cluster, &arrival.team, &incoming).await);
    let mut mends = Mends::default();
    if arrival.choice.lane == Lane::Official {
        let whole = Cargo { model: Some(&model), ..cargo };
        mends = for_restore(ctx, &arrival.cluster, request, false, &whole).await?;
        // Without the package's directory nobody can tell what data is inside.
        let told = |check: &CheckView| head.knows_directory() || check.id != CheckId::VolumeData;
        checks.extend(std::mem::take(&mut mends.checks).into_iter().filter(told));
    }
    let mut outlook = outlook_of(&arrival, &model, &mends)?;
    gateway::tell(&rules, &mut outlook);
    volumes::tell(&filled, request.options.start_after, &mut outlook);
    let work = Work::Import(ImportWork {
        path: path.display().to_string(),
        size_bytes: head.package_bytes(),
        record: source::ticket_json(&record)?,
        landing: arrival.landing.clone(),
        expected: expected(&model, &mends.repairs, &arrival.landing),
        repairs: mends.repairs.clone(),
        is_ours: false,
    });
    Ok(Draft {
        encryption: None,
        kind: PlanKind::Import,
        request,
        source: Place::ThisComputer { path: path.display().to_string() },
        target: arrival.cluster.place(&arrival.team),
        source_app: app,
        version: Some(record.version.clone()),
        app_name: arrival.landing.app_name.clone(),
        lane: arrival.lane(),
        other_lanes: arrival.choice.others,
        route: (Route::File, Line::new(LineCode::RouteFile, [])),
        total_bytes: head.package_bytes(),
        outlook,
        checks,
        volumes: filled.views,
        path: None,
        work,
    }
    .finish(engine))
}
