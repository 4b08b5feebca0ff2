//! A running app of a console that cannot back up (B-0) goes through the platform's own template export, and leaves nothing of
//! that way behind.

use crate::resume::{Process, count};
use crate::world::{
    Client, SHOP, TestHost, World, app, blocked_by, cli, done, ended, eventually, failed, packages, web,
};
use rainferry_core::api::{
    CheckId, JobKind, JobState, JobView, Lane, Level, LineCode, PhaseName, PlanOptions, PlanRequest, PlanTarget,
    PlanView, StartRequest,
};
use rainferry_core::{Code, JobId};
use rainferry_sandbox::{
    Cluster, ComponentPlan, ConfigGroupPlan, Era, Fault, Hits, PluginPlan, SeedPlan, Server, Trouble,
};
use std::collections::HashMap;

const B0: &str = "v6.3.0-release";
const EID: &str = "/console/enterprise/*";
const TEAM: &str = "/console/teams/shop";

/// `beijing` cannot back up; `guangzhou` can all.
async fn world() -> World {
    world_with(Era::V6_9_8, |_| {}).await
}

async fn world_with(to: Era, more: impl FnOnce(&mut SeedPlan)) -> World {
    let world = World::of_eras_with(Era::V6_9_8, to, more).await;
    world.beijing().faults().switch(|switches| switches.version = Some(B0.to_owned()));
    world
}

async fn request(client: &Client, world: &World, app: &str, target: PlanTarget) -> PlanRequest {
    PlanRequest { source: client.app(world.beijing(), app).await, target, options: PlanOptions::default() }
}

async fn voyage(client: &Client, world: &World) -> PlanRequest {
    request(client, world, SHOP, client.team("guangzhou", "gz1").await).await
}

/// Nothing that was made for the way is at the source, nor on this computer.
#[track_caller]
fn source_is_as_it_was(world: &World) {
    let state = world.beijing().inspect();
    assert!(state.templates.is_empty(), "{:?}", state.templates);
    assert!(state.exports.is_empty(), "{:?}", state.exports);
    let open: Vec<_> = state.shares.iter().filter(|share| share.status != 3).collect();
    assert!(open.is_empty(), "{open:?}");
    let files = std::fs::read_dir(world.dir.path().join("beijing/grdata/app/rainbond-app")).into_iter().flatten();
    assert_eq!(files.count(), 0);
    let folders = std::fs::read_dir(world.home().join("exports")).into_iter().flatten();
    assert_eq!(folders.count(), 0);
}

#[track_caller]
fn shop_is_there_once(cluster: &Cluster) {
    let state = cluster.inspect();
    let apps: Vec<_> = state.apps.iter().filter(|row| row.name == SHOP).collect();
    assert_eq!(apps.len(), 1, "{apps:?}");
    let rows: Vec<_> = state.components_of(apps[0].id).collect();
    assert_eq!(rows.len(), 2, "made more than once");
    let named = |name: &str| *rows.iter().find(|row| row.name == name).unwrap();
    let (web, mysql) = (named("前端"), named("订单库"));
    assert!(rows.iter().all(|row| row.status == "running"), "{rows:?}");
    assert_eq!(web.depends, std::slice::from_ref(&mysql.service_id));
    assert_eq!(mysql.extend_method, "state_singleton");
    assert!(mysql.envs.iter().any(|env| env.key == "MYSQL_ROOT_PASSWORD" && env.value == "shop-root"));
    assert!(mysql.volumes.iter().any(|volume| volume.path == "/var/lib/mysql"));
    let file = web.volumes.iter().find(|volume| volume.kind == "config-file").unwrap();
    assert_eq!(file.content.as_deref(), Some("listen 80; # 商城\n"));
}

fn check(plan: &PlanView, level: Level, code: LineCode) -> Option<String> {
    let found = plan.checks.iter().find(|row| row.level == level && row.line.code == code);
    found.map(|row| row.line.message.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_a_console_that_cannot_back_up_arrives_through_its_template() {
    let world = world().await;
    let client = world.client().await;
    let request = voyage(&client, &world).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.blocks().count(), 0, "{:#?}", plan.checks);
    assert_eq!(plan.route_reason.code, LineCode::RouteTemplate);
    assert!(plan.route_reason.message.contains("template"), "{}", plan.route_reason.message);
    assert_eq!(plan.lane, Some(Lane::Rebuild));
    assert_eq!(plan.lane_reason.as_ref().unwrap().code, LineCode::LaneFromTemplate);
    assert!(plan.other_lanes.is_empty());
    assert!(check(&plan, Level::Warn, LineCode::CheckShareDataWarn).unwrap().contains("订单库/data"));
    let stays: Vec<LineCode> = plan.stays.iter().map(|line| line.code).collect();
    for code in [LineCode::LosesVolumeData, LineCode::LosesPermissions, LineCode::LosesAutoscaler] {
        assert!(stays.contains(&code), "{code:?} in {stays:?}");
    }
    let steps: Vec<PhaseName> = plan.steps.iter().map(|step| step.name).collect();
    use PhaseName::{Check, ExportTemplate, Fetch, Plan, Publish, Write};
    assert!(steps.starts_with(&[Publish, ExportTemplate, Fetch, Write, Plan, Check]), "{steps:?}");

    let job = client.perform(request).await;
    done(&job);
    assert_eq!(job.kind, JobKind::Migrate);
    shop_is_there_once(world.at("guangzhou"));
    source_is_as_it_was(&world);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    let told: Vec<PhaseName> = job.phases.iter().map(|phase| phase.name).collect();
    assert_eq!(told.last(), Some(&PhaseName::Tidy), "{told:?}");
    let report = job.report.unwrap();
    assert!(report.missing.is_empty(), "{:?}", report.missing);
    // Nobody was asked for a backup.
    assert_eq!(world.beijing().faults().count(Server::Console, "POST", &format!("{TEAM}/groupapp/*/backup")), 0);
}
