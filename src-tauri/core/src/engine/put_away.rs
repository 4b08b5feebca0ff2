//! What a job that failed or was cancelled had begun: derived from its facts, then removed (cancel, or the user's button) or
//! named (failure). Never touches what this job did not make.

use crate::console::{AppAction, ComponentState, ConsoleError};
use crate::engine::rebuild::{helper, unplug};
use crate::engine::runner::{Run, Stop};
use crate::engine::{
    backup, claim, deliver, gateway, landing, links::Cluster, reading, rebuild, registries, restore, restore_own,
    sharing,
};
use crate::ids::{ClusterId, TeamName};
use crate::jobs::fact::{Fact, Leftover, UploadTarget};
use crate::jobs::request::{Address, AppWork, CopyWork, Work};
use crate::jobs::state::{JobRecord, LeftRecord};
use crate::jobs::{PhaseName, images};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem, Retry};
use crate::storage::UploadId;
use crate::transfer::ObjectRef;
use std::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Putting away must not take for ever: what does not answer by then is named.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// A look is short, or left.
const LOOK_LIMIT: Duration = Duration::from_secs(10);

pub(crate) fn can_retry(record: &JobRecord) -> bool {
    record.problem.as_ref().is_none_or(|problem| problem.retry != Retry::Never)
}

/// The cluster and team where a job makes things.
pub(crate) fn home(work: &Work) -> Option<(&ClusterId, &TeamName)> {
    match work {
        Work::Migrate(work) => Some((&work.landing.cluster, &work.landing.team)),
        Work::Import(work) => Some((&work.landing.cluster, &work.landing.team)),
        Work::Backup(work) => Some((&work.cluster, &work.team)),
        Work::App(work) => Some((&work.backup.cluster, &work.backup.team)),
        Work::Template(work) => Some((&work.app.cluster, &work.app.team)),
        Work::Restore(work) => Some((&work.landing.cluster, &work.landing.team)),
        Work::Adopt(work) => Some((&work.landing.cluster, &work.landing.team)),
        Work::Export(_) | Work::Copy(_) | Work::Verify { .. } => None,
    }
}

/// What is there because of this job, in the order in which it can be removed.
pub(crate) fn leftovers(record: &JobRecord) -> Vec<LeftRecord> {
    let mut left = Vec::new();
    let store = record.request.target.name();
    let mut add = |id: &str, thing: Leftover, line: Line| left.push(LeftRecord { id: id.to_owned(), thing, line });
    if !record.stopped.is_empty() {
        let names: Vec<&str> = record.stopped.iter().map(|component| component.name.as_str()).collect();
        let line = Line::new(LineCode::LeftStopped, [("names", names.join(", "))]);
        add("stopped", Leftover::Stopped { components: record.stopped.clone() }, line);
    }
    // Production first.
    for (id, thing, line) in reading::leftovers(record) {
        add(&id, thing, line);
    }
    if let Some(upload) = &record.upload
        && let (Some(object), Some(upload_id)) = (&upload.object, &upload.upload_id)
    {
        let facts = [("key", deliver::key_of(object).to_owned()), ("cluster", store.clone())];
        let thing = Leftover::Upload { object: object.clone(), upload_id: upload_id.clone() };
        add("upload", thing, Line::new(LineCode::LeftUpload, facts));
    }
    let done = record.objects.iter().map(|done| &done.object);
    let unsure = record.claims.iter().filter(|claimed| !is_done(record, claimed));
    for (index, object) in done.chain(unsure).enumerate() {
        let facts = [("key", deliver::key_of(object).to_owned()), ("cluster", store.clone())];
        let thing = Leftover::Object { object: object.clone() };
        add(&format!("object {index}"), thing, Line::new(LineCode::LeftObject, facts));
    }
    let team = home(&record.request.work).map(|(_, team)| team.to_string()).unwrap_or_default();
    let helper_team = team.clone();
    if let (Some(ticket), Some(app)) =
        (&record.ticket, record.app.as_ref().map(|(app, _)| *app).or_else(|| chosen_app(record)))
    {
        let facts = [("backup", ticket.version.clone()), ("team", team.clone())];
        add("backup", Leftover::Backup { app, backup: ticket.backup.clone() }, Line::new(LineCode::LeftBackup, facts));
    }
    if let (Some((backup, version)), Some(work)) = (&record.backup, record.request.work.backup()) {
        let facts = [("backup", version.clone()), ("team", team.clone())];
        add(
            "backup",
            Leftover::Backup { app: work.app, backup: backup.clone() },
            Line::new(LineCode::LeftBackup, facts),
        );
    }
    for (index, (rule, route)) in record.gateway.made.iter().enumerate() {
        if let Some(route) = route {
            let facts = [("rule", rule.clone()), ("team", team.clone())];
            let thing = Leftover::Route { route: route.clone(), rule: rule.clone() };
            add(&format!("route {index}"), thing, Line::new(LineCode::LeftRoute, facts));
        }
    }
    if let Some((app, name)) = &record.app {
        let facts = [("app", name.clone()), ("app_id", app.to_string()), ("team", team)];
        add("app", Leftover::App { app: *app }, Line::new(LineCode::LeftApp, facts));
    }
    // Rules of v5 hold theirs until their app is gone.
    for (name, id) in &record.gateway.certificates {
        let Some(id) = *id else { continue };
        let line = Line::new(LineCode::LeftCertificate, [("name", name.clone()), ("team", helper_team.clone())]);
        add(&format!("certificate {name}"), Leftover::Certificate { name: name.clone(), id }, line);
    }
    // A plugin that components have cannot go before them.
    if let Some(plugin) = &record.volumes.helper {
        let (thing, line) = unplug::left(plugin, &helper_team);
        add(unplug::LEFT_ID, thing, line);
    }
    if let Some(prefix) = helper::prefix(record) {
        let facts = [("key", prefix.key.clone()), ("cluster", store.clone())];
        add("volume data", Leftover::VolumeData { prefix }, Line::new(LineCode::LeftVolumeData, facts));
    }
    let rebuild = &record.rebuild;
    let is_there = rebuild.template_there && !record.volumes.template_gone;
    if let Some(package) = rebuild.package.as_ref().filter(|_| is_there) {
        let (thing, line) = unplug::left_template(&package.template, &store);
        add(unplug::TEMPLATE_ID, thing, line);
    }
    if let Some((event, _)) = rebuild.import.as_ref().filter(|_| !rebuild.cleared) {
        let line = Line::new(LineCode::LeftImport, [("event", event.clone()), ("cluster", store.clone())]);
        add("import", Leftover::ImportRecord { event: event.clone() }, line);
    }
    for (name, image) in &rebuild.images {
        let Some(session) = image.open_session() else { continue };
        let line = Line::new(LineCode::LeftChunks, [("name", name.clone()), ("cluster", store.clone())]);
        let thing = Leftover::Chunks { upload_url: image.upload_url.clone(), session: session.clone(), at: None };
        add(&format!("chunks {name}"), thing, line);
    }
    for (id, thing, line) in registries::leftovers(record) {
        add(&id, thing, line);
    }
    let in_cluster = rebuild.images.values().filter(|image| !image.event.is_empty());
    let images: Vec<&str> = in_cluster.filter_map(|image| image.there.as_deref()).collect();
    if !images.is_empty() {
        let line = Line::new(LineCode::LeftImages, [("names", images.join(", ")), ("cluster", store.clone())]);
        add(images::LEFT_ID, Leftover::Region, line);
    }
    if let Some(path) = file(record) {
        add("file", Leftover::File { path: path.clone() }, Line::new(LineCode::LeftFile, [("path", path)]));
    }
    left.extend(sharing::leftovers(record));
    left
}

fn is_done(record: &JobRecord, object: &UploadTarget) -> bool {
    record.objects.iter().any(|done| done.object == *object)
}

/// A file of this job: whole, or as far as it came under the name that says so.
fn file(record: &JobRecord) -> Option<String> {
    let part = |path: &str| format!("{path}.part");
    let download = match &record.request.work {
        Work::Copy(CopyWork { target: Address::File { path }, .. }) => record.upload.as_ref().map(|_| part(path)),
        _ => None,
    };
    let whole = record.file.as_ref().map(|file| file.path.clone());
    let path = whole.or(download).or_else(|| record.file_started.as_deref().map(part));
    // What lies in a folder of the job's own goes with that.
    path.filter(|path| record.sharing.folder.as_deref().is_none_or(|own| !Path::new(path).starts_with(own)))
}

/// What a crash or a cancel may have kept from the journal is looked for first, so that it can be removed or named.
async fn find_unheard(run: &Run) -> Result<(), Stop> {
    sharing::find_unheard(run).await?;
    reading::find_unheard(run).await?;
    let record = run.record();
    match &record.request.work {
        Work::Backup(work) | Work::App(AppWork { backup: work, .. })
            if record.backup_asking && record.backup.is_none() =>
        {
            let (cluster, scope) = target(run).await?;
            if let Some(made) = backup::find_made(run, work, &cluster, &scope).await? {
                run.note(Fact::BackupMade { backup: made.backup_id, version: made.version })?;
            }
        }
        Work::Restore(_) => restore_own::find_unheard(run).await?,
        Work::Migrate(_) | Work::Import(_) | Work::Adopt(_) => {
            let (landing, ticket, _) = landing::of(&record.request.work)?;
            let makes_app = landing.app.is_none() && record.app.is_none();
            if makes_app && record.app_creating {
                let (cluster, scope) = target(run).await?;
                if let Some(app) = landing::find_made(run, &cluster, &scope, landing).await? {
                    run.note(Fact::AppCreated { app, name: landing.app_name.clone() })?;
                }
            }
            if record.ticket_sending && record.ticket.is_none() {
                let (cluster, scope) = target(run).await?;
                let app = landing::app(&run.record())?;
                if let Some(made) = landing::find_taken(run, &cluster, &scope, app, ticket).await? {
                    run.note(landing::taken(&made))?;
                }
            }
            if record.rebuild.import_asking && record.rebuild.import.is_none() {
                rebuild::find_opened(run).await?;
            }
            gateway::find_unheard(run, landing).await?;
            helper::find_unheard(run).await?;
            for object in &record.claims {
                let (store, key) = deliver::open(run, object).await?;
                claim::abandon_unheard(run, object, &ObjectRef::new(store, key)).await;
            }
        }
        Work::Backup(_) | Work::App(_) | Work::Template(_) | Work::Export(_) | Work::Copy(_) | Work::Verify { .. } => {}
    }
    Ok(())
}

/// Looks, and leaves it at that where nothing answers.
async fn look(run: &Run) {
    match tokio::time::timeout(LOOK_LIMIT, find_unheard(run)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::info!(job = %run.job.id(), ?error, "what may have been made could not be looked for");
        }
        Err(_) => tracing::info!(job = %run.job.id(), "what may have been made was not looked for in time"),
    }
}

/// Whether a leftover is there, where that is not sure. What cannot be looked at is taken to be.
async fn is_there(run: &Run, left: &LeftRecord) -> bool {
    match &left.thing {
        Leftover::Object { object } if !is_done(&run.record(), object) => {
            let looked = tokio::time::timeout(LOOK_LIMIT, claim::came_to_be(run, object)).await;
            !matches!(looked, Ok(Ok(false)))
        }
        Leftover::File { path } | Leftover::Folder { path } => Path::new(path).exists(),
        Leftover::Pushed { image, digest } => {
            let looked = tokio::time::timeout(LOOK_LIMIT, registries::is_there(run, image, digest)).await;
            !matches!(looked, Ok(Ok(false)))
        }
        _ => true,
    }
}

/// The restore of a job that is put away ends in the cluster whatever we do: then what it made can be removed, or is named.
async fn settle_restore(run: &Run) -> Result<(), Problem> {
    let limit = tokio::time::timeout(TIME_LIMIT, restore::settle(run)).await;
    if matches!(limit, Ok(Ok(true))) {
        return Ok(());
    }
    run.note(restore::out_of_reach(&run.record().request.target.name()))
}

fn chosen_app(record: &JobRecord) -> Option<crate::ids::AppId> {
    match &record.request.work {
        Work::Migrate(work) => work.landing.app,
        Work::Import(work) => work.landing.app,
        Work::Adopt(work) => work.landing.app,
        Work::Restore(_)
        | Work::Export(_)
        | Work::Backup(_)
        | Work::App(_)
        | Work::Template(_)
        | Work::Copy(_)
        | Work::Verify { .. } => None,
    }
}

/// A cancelled job: everything is removed; what cannot be is named.
pub(crate) async fn cancelled(run: &Run) -> Result<(), Problem> {
    let run = fresh(run);
    run.job.count();
    run.note(Fact::PhaseStarted { phase: PhaseName::Clean, total_bytes: 0 })?;
    look(&run).await;
    settle_restore(&run).await?;
    for left in leftovers(&run.record()) {
        if !is_there(&run, &left).await {
            continue;
        }
        note_left(&run, &left)?;
        if restore_own::is_done(&run.record()) {
            continue;
        }
        remove(&run, &left).await?;
    }
    run.say(LineCode::LogCancelled, [])?;
    run.note(Fact::Cancelled)
}

/// What served only the way of a job that ends well.
pub(crate) async fn tidy(run: &Run, left: Vec<LeftRecord>) -> Result<(), Problem> {
    for left in left {
        if is_there(run, &left).await {
            note_left(run, &left)?;
            remove(run, &left).await?;
        }
    }
    Ok(())
}

/// A failed job: components that were stopped are started again, those that were read run as before, the rest is named and can be tried again or removed.
///
/// What was stopped is started even where nothing can be written down any more.
pub(crate) async fn failed(run: &Run, problem: Problem) -> Result<(), Problem> {
    let run = fresh(run);
    look(&run).await;
    let mut written = Ok(());
    for left in leftovers(&run.record()) {
        if !is_there(&run, &left).await {
            continue;
        }
        let noted = note_left(&run, &left);
        let is_down = match &left.thing {
            Leftover::Stopped { .. } => !restore_own::is_done(&run.record()),
            Leftover::Reader { .. } | Leftover::ReadPlugin { .. } => true,
            _ => false,
        };
        let removed = if is_down { remove(&run, &left).await } else { Ok(()) };
        written = written.and(noted).and(removed);
    }
    written?;
    run.note(Fact::Failed { problem })
}

/// The user's button.
pub(crate) async fn left(run: &Run) -> Result<(), Problem> {
    let run = fresh(run);
    settle_restore(&run).await?;
    for left in run.record().left.iter().filter(|left| left.thing.is_removable()) {
        remove(&run, left).await?;
    }
    run.engine.tell_columns(&run.record().request);
    Ok(())
}

/// The job's own way of being stopped was used up by the cancel.
fn fresh(run: &Run) -> Run {
    let mut ctx = run.ctx.clone();
    ctx.cancel = CancellationToken::new();
    Run { engine: run.engine.clone(), job: run.job.clone(), ctx, place: run.place.clone() }
}

fn note_left(run: &Run, left: &LeftRecord) -> Result<(), Problem> {
    run.note(Fact::Left { id: left.id.clone(), thing: left.thing.clone(), line: left.line.clone() })
}

async fn remove(run: &Run, left: &LeftRecord) -> Result<(), Problem> {
    let removed = tokio::time::timeout(TIME_LIMIT, remove_thing(run, &left.thing)).await;
    let reason = match removed {
        Ok(Ok(())) => {
            run.note(Fact::Removed { id: left.id.clone() })?;
            return run.say(LineCode::LogCleaned, [("what", left.line.message.clone())]);
        }
        Ok(Err(Stop::Problem(problem))) => problem.message,
        Ok(Err(Stop::Cancelled)) => "cancelled".to_owned(),
        Err(_) => "no answer in time".to_owned(),
    };
    run.say(LineCode::LogNotCleaned, [("what", left.line.message.clone()), ("reason", reason)])
}

async fn remove_thing(run: &Run, thing: &Leftover) -> Result<(), Stop> {
    match thing {
        Leftover::Upload { object, upload_id } => {
            let (store, key) = deliver::open(run, object).await?;
            Ok(store.abort_upload(&key, &UploadId(upload_id.clone())).await?)
        }
        Leftover::Object { object } => {
            let (store, key) = deliver::open(run, object).await?;
            Ok(store.delete(&key).await?)
        }
        Leftover::File { path } => match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(crate::files::problem(path.as_ref(), "removed", &error).into())
            }
            _ => Ok(()),
        },
        Leftover::Backup { app, backup: id } => {
            let (target, scope) = target(run).await?;
            if run.record().request.work.backup().is_some() {
                gone_is_fine(backup::settle(run, &target, &scope, *app, id).await)?;
            }
            gone_is_fine(target.console.delete_backup(&run.ctx, &scope, *app, id).await)
        }
        Leftover::App { app } => remove_app(run, *app).await,
        Leftover::Route { route, .. } => {
            let (target, scope) = target(run).await?;
            gone_is_fine(target.console.delete_http_route(&run.ctx, &scope, route.app, &route.name).await)
        }
        Leftover::Certificate { name, id } => {
            let (target, scope) = target(run).await?;
            gone_is_fine(target.console.delete_certificate(&run.ctx, &scope, *id, name).await)
        }
        Leftover::ImportRecord { event } => rebuild::forget_record(run, event).await,
        Leftover::VolumeData { prefix } => helper::forget_data(run, prefix).await,
        Leftover::Helper { plugin } => {
            let (target, scope) = target(run).await?;
            gone_is_fine(target.console.delete_plugin(&run.ctx, &scope, plugin).await)
        }
        Leftover::Chunks { upload_url, session, at } => {
            rebuild::forget_chunks(run, at.as_ref(), upload_url, session).await
        }
        Leftover::Reader { .. } | Leftover::ReadPlugin { .. } | Leftover::ReadData { .. } => {
            reading::remove(run, thing).await
        }
        Leftover::Pushed { image, digest } => registries::forget_image(run, image, digest).await,
        Leftover::BlobUpload { repository, at } => registries::forget_upload(run, repository, at).await,
        Leftover::Template { group_key, .. } => rebuild::forget_template(run, group_key).await,
        Leftover::Stopped { components } => {
            let (target, scope) = target(run).await?;
            let ids: Vec<String> = components.iter().map(|component| component.id.clone()).collect();
            target.console.operate_components(&run.ctx, &scope, &ids, AppAction::Start).await?;
            run.note(Fact::StartedAgain)?;
            let names: Vec<&str> = components.iter().map(|component| component.name.as_str()).collect();
            Ok(run.say(LineCode::LogStartedComponents, [("names", names.join(", "))])?)
        }
        Leftover::Share { .. }
        | Leftover::SharedTemplate { .. }
        | Leftover::Export { .. }
        | Leftover::Folder { .. } => sharing::remove(run, thing).await,
        Leftover::LostUpload | Leftover::Layers => {
            Err(Problem::new(Code::Unsupported, "only the registry's own sweep takes it").into())
        }
        Leftover::Region => Err(Problem::new(Code::Unsupported, "only the cluster's operator can remove it").into()),
    }
}

/// Components first: old consoles would orphan them, new ones refuse (recording 1300). A running one must be stopped (1594).
async fn remove_app(run: &Run, app: crate::ids::AppId) -> Result<(), Stop> {
    let (target, scope) = target(run).await?;
    let components = target.console.components(&run.ctx, &scope, app).await?;
    if components.iter().any(|component| component.state() != ComponentState::Stopped) {
        target.console.operate_app(&run.ctx, &scope, app, AppAction::Stop).await?;
        for _ in 0..20 {
            let now = target.console.components(&run.ctx, &scope, app).await?;
            if now.iter().all(|component| component.state() == ComponentState::Stopped) {
                break;
            }
            run.ctx.sleep(Duration::from_millis(500)).await?;
        }
    }
    for component in components {
        gone_is_fine(target.console.delete_component(&run.ctx, &scope, &component.service_alias).await)?;
    }
    gone_is_fine(target.console.delete_app(&run.ctx, &scope, app).await)
}

async fn target(run: &Run) -> Result<(Cluster, crate::console::Scope), Stop> {
    let record = run.record();
    let (cluster, team) = home(&record.request.work)
        .ok_or_else(|| Problem::new(Code::Internal, "This job makes nothing on a cluster"))?;
    let cluster = run.engine.links.cluster(&run.ctx, cluster).await?;
    let scope = cluster.scope(team);
    Ok((cluster, scope))
}

fn gone_is_fine(done: Result<(), ConsoleError>) -> Result<(), Stop> {
    match done {
        Err(ConsoleError::NotFound(_)) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
