//! Starting, stopping and deploying: whole apps, lists of components, one component.

use super::answer::{Answer, Reply};
use super::ask::Ask;
use super::components::find;
use super::desk::{Desk, Need};
use super::events;
use super::ports::default_route;
use super::third_party;
use crate::region::{Job, PullJob, Purpose, Registry, init_job, is_elsewhere};
use crate::state::Component;

const ACTIONS: &[&str] = &["stop", "start", "restart", "upgrade", "deploy", "move"];

/// `POST /console/teams/<team>/groups/<app>/common_operation`
pub(crate) fn on_app(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let id = desk.app(ask, &place)?.id;
    let ids: Vec<String> = desk.rows().components_of(id).map(|row| row.service_id.clone()).collect();
    if ids.is_empty() {
        // HTTP 200 with code 400 (recorded 305).
        return Ok(Answer::refused_as(200, 400, "not service", "当前组内无组件，无法操作"));
    }
    let action = ask.text("action").filter(|action| ACTIONS.contains(action));
    let action = action.ok_or_else(|| Answer::refused(400, "param error", "操作类型错误"))?;
    desk.reach(&place.region, &format!("/v2/tenants/{}/batchoperation", place.team))?;
    operate(desk, &ids, action);
    let now = desk.now;
    desk.rows_mut().apps.iter_mut().filter(|app| app.id == id).for_each(|app| app.update_time = now);
    Ok(Answer::done("操作成功"))
}

/// `POST /console/teams/<team>/batch_actions`: `service_ids` is one text with commas (recorded 1592).
pub(crate) fn batch(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let action = ask.text("action").filter(|action| ACTIONS.contains(action));
    let action = action.ok_or_else(|| Answer::refused(400, "param error", "操作类型错误"))?;
    let ids = ask.text("service_ids").unwrap_or_default();
    let here = |id: &&str| {
        let row = desk.rows().component(id);
        row.is_some_and(|row| row.tenant_id == place.tenant_id && row.region == place.region)
    };
    let ids: Vec<String> = ids.split(',').filter(here).map(str::to_owned).collect();
    desk.reach(&place.region, &format!("/v2/tenants/{}/batchoperation", place.team))?;
    operate(desk, &ids, action);
    Ok(Answer::done("操作成功"))
}

/// `POST /console/teams/<team>/apps/<component>/<action>`
pub(crate) fn on_component(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let id = find(desk, ask, &place)?.service_id.clone();
    let action = ask.path.rsplit('/').next().unwrap_or_default().to_owned();
    desk.reach(&place.region, &format!("/v2/tenants/{}/services/{}/{action}", place.team, ask.param("component")))?;
    let row = desk.rows_mut().component_mut(&id);
    match row {
        Some(row) if action == "build" && row.is_third_party() => third_party::built(row),
        // Only now the region hears of it; deployed only if that is asked for.
        Some(row) if action == "build" && row.creating => {
            row.creating = false;
            row.status = "undeploy".to_owned();
            if ask.field("is_deploy") != Some(&serde_json::json!(false)) {
                operate(desk, &[id], "deploy");
            }
        }
        _ => operate(desk, &[id], if action == "build" { "deploy" } else { &action }),
    }
    Ok(Answer::done("操作成功"))
}

/// Sets components on their way; a component that was never deployed can only be deployed, one the region does not
/// know not even that (recorded 1589).
pub(crate) fn operate(desk: &mut Desk<'_>, ids: &[String], action: &str) {
    let rows: Vec<Component> =
        desk.rows().components.iter().filter(|row| ids.contains(&row.service_id) && !row.creating).cloned().collect();
    for row in rows {
        let status = row.status_at(desk.now).to_owned();
        let (during, after) = match (action, status.as_str()) {
            ("stop", "undeploy" | "closed") | ("start" | "restart" | "upgrade" | "move", "undeploy") => continue,
            ("stop", _) => ("stopping", "closed"),
            ("start", "running") => continue,
            _ if row.is_third_party() => ("starting", "running"),
            _ if row.by_call && is_elsewhere(&row.image) => {
                pull(desk, &row);
                continue;
            }
            _ => ("starting", started(desk, &row, action)),
        };
        let init = (after == "running").then(|| init_job(desk.rows(), desk.dir, &desk.switches, &row)).flatten();
        if let Some(job) = init {
            desk.jobs.push(Job::Init(job));
            if let Some(row) = desk.rows_mut().component_mut(&row.service_id) {
                (row.status, row.then) = ("starting".to_owned(), None);
            }
            continue;
        }
        let (now, until) = (desk.now, desk.now + i64::try_from(desk.switching.as_micros()).unwrap_or_default());
        if let Some(row) = desk.rows_mut().component_mut(&row.service_id) {
            row.status = if until > now { during } else { after }.to_owned();
            row.then = (until > now).then(|| (after.to_owned(), until));
        }
    }
}

/// An image of somebody's own registry is fetched from there; whether that goes well shows later. The routes are made meanwhile
/// (rebuild.md §9.2).
fn pull(desk: &mut Desk<'_>, row: &Component) {
    if desk.era.is_v6() {
        row.ports.iter().for_each(|port| default_route(desk, row, port));
    }
    if let Some(row) = desk.rows_mut().component_mut(&row.service_id) {
        (row.status, row.then) = ("starting".to_owned(), None);
    }
    desk.jobs.push(Job::Pull(PullJob { service_id: row.service_id.clone(), purpose: Purpose::Start }));
}

/// What becomes of a component that is started. One from a template is pulled from the region's registry, where a
/// push that failed unseen has left nothing (rebuild.md §1.2, §3.6); its gateway routes are made now (§9.2).
fn started(desk: &mut Desk<'_>, row: &Component, action: &str) -> &'static str {
    const NODE_ARCH: &str = "amd64";
    let builds = action == "deploy";
    let registry = desk.rows().region(&row.region).map(|region| region.registry.clone()).unwrap_or_default();
    // An image from elsewhere is there.
    let elsewhere = row.by_call && !row.image.starts_with(&format!("{registry}/"));
    if !row.is_pulled() || elsewhere {
        if builds {
            events::add(desk, row, "build-service", &[format!("pull image {} success", row.image)]);
        }
        return "running";
    }
    let arch = Registry::open(desk.dir).get(&row.image).map(|kept| kept.arch.clone());
    let why = match arch.as_deref() {
        None => format!("pull image {}: not found", row.image),
        Some(NODE_ARCH) => {
            if builds {
                events::add(desk, row, "build-service", &[format!("pull image {} success", row.image)]);
            }
            if desk.era.is_v6() {
                row.ports.iter().for_each(|port| default_route(desk, row, port));
            }
            return "running";
        }
        Some(arch) => format!("exec format error: the image is for {arch}, the node is {NODE_ARCH}"),
    };
    events::add_failed(desk, row, if builds { "build-service" } else { "start-service" }, &[why]);
    "abnormal"
}
