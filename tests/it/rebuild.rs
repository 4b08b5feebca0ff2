//! Where the platform's own restore cannot finish, the app is made anew from its backup.

use crate::world::{Client, SHOP, SHOP_VERSION, TestHost, World, done, failed, snapshot};
use rainferry_core::Code;
use rainferry_core::api::{
    JobState, JobView, Lane, LineCode, PhaseName, PlanOptions, PlanRequest, PlanSource, PlanTarget, PlanView,
};
use rainferry_sandbox::{Cluster, Era, Fault, Hits, Trouble};

/// As open-source regions are: they send no component name (B-1).
fn as_published(cluster: &Cluster) {
    cluster.faults().switch(|switches| {
        switches.sends_component_name = false;
        switches.finds_copied_package = false;
    });
}

async fn plan(client: &Client, from: &Cluster, version: &str, to: (&str, &str)) -> (PlanRequest, PlanView) {
    let source = client.backup(from, version).await;
    let request = PlanRequest { source, target: client.team(to.0, to.1).await, options: PlanOptions::default() };
    let plan = client.plan(request.clone()).await;
    (request, plan)
}

fn names(cluster: &Cluster, app: &str) -> Vec<String> {
    let state = cluster.inspect();
    let app = state.apps.iter().find(|row| row.name == app).unwrap();
    let mut names: Vec<String> = state.components_of(app.id).map(|row| row.name.clone()).collect();
    names.sort_unstable();
    names
}

#[track_caller]
fn is_clean(job: &JobView) {
    done(job);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_arrives_where_no_restore_can_finish() {
    let world = World::two_clusters().await;
    as_published(world.shanghai());
    let client = world.client().await;
    let before = snapshot(world.beijing()).await;

    let (request, plan) = plan(&client, world.beijing(), SHOP_VERSION, ("shanghai", "ops")).await;
    assert_eq!(plan.lane, Some(Lane::Rebuild), "{:?}", plan.lane_reason);
    assert_eq!(plan.other_lanes, [Lane::Official, Lane::Registry]);
    let job = client.perform(request).await;
    is_clean(&job);
    assert_eq!(names(world.shanghai(), SHOP), ["前端", "订单库"]);
    assert_eq!(snapshot(world.beijing()).await, before);
}

/// v5 takes the package by one request through its own port, and knows no store of its region.
#[tokio::test(flavor = "multi_thread")]
async fn a_console_of_v5_takes_the_package_by_one_request() {
    let world = World::of_eras(Era::V6_9_8, Era::V5_17_3).await;
    as_published(world.at("guangzhou"));
    let client = world.client().await;
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = client.team("guangzhou", "gz1").await;
    let request = PlanRequest { source, target, options: PlanOptions::default() };
    let plan = client.plan(request.clone()).await;
    assert_eq!((plan.lane, plan.route_reason.code), (Some(Lane::Rebuild), LineCode::RouteRebuildPost));
    let job = client.perform(request).await;
    is_clean(&job);
    assert!(job.report.unwrap().differences.is_empty());
    assert_eq!(names(world.at("guangzhou"), SHOP), ["前端", "订单库"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_made_into_an_app_without_its_source() {
    let world = World::two_clusters().await;
    as_published(world.shanghai());
    let client = world.client().await;
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let export = client.perform(PlanRequest { source, target, options: PlanOptions::default() }).await;
    done(&export);
    world.beijing().refuse_connections().await;
    let source = PlanSource::File { path: export.report.unwrap().path.unwrap() };
    let target = client.team("shanghai", "ops").await;
    let job = client.perform(PlanRequest { source, target, options: PlanOptions::default() }).await;
    is_clean(&job);
    assert_eq!(names(world.shanghai(), SHOP), ["前端", "订单库"]);
}

/// What a failed import leaves is named and can be taken away; the source is as it was, and the next try arrives.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_fails_is_named_cleaned_and_tried_again() {
    let world = World::two_clusters().await;
    as_published(world.shanghai());
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    world.shanghai().faults().switch(|switches| switches.import_fails = true);
    let (request, _) = plan(&client, world.beijing(), SHOP_VERSION, ("shanghai", "ops")).await;
    let job = client.perform(request.clone()).await;
    failed(&job, Code::RestoreFailed);
    assert!(job.can_clean && !job.leftovers.is_empty());
    client.core.clean_job(job.id).await.unwrap();
    assert_eq!(snapshot(world.shanghai()).await, before);
    world.shanghai().faults().switch(|switches| switches.import_fails = false);
    is_clean(&client.perform(request).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_rebuild_leaves_nothing() {
    let world = World::two_clusters().await;
    as_published(world.shanghai());
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    let (request, _) = plan(&client, world.beijing(), SHOP_VERSION, ("shanghai", "ops")).await;
    let job = client.start(request).await;
    client.in_phase(&job.id, PhaseName::Import).await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    assert_eq!(snapshot(world.shanghai()).await, before);
}

/// Stopped after each of its facts, the job ends as the one that was never stopped: nothing twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_is_stopped_anywhere_arrives_once() {
    for phase in [PhaseName::Copy, PhaseName::Import, PhaseName::Install, PhaseName::Deploy] {
        let world = World::two_clusters().await;
        as_published(world.shanghai());
        let host = TestHost::at(&world.home(), &world.library());
        let client = Client::open(host.clone()).await.unwrap();
        for cluster in [world.beijing(), world.shanghai()] {
            client.save(cluster).await;
        }
        let late = Trouble::Late { millis: 120 };
        world.shanghai().faults().set(Fault::console("*", "**", Hits::Always, late));
        let (request, _) = plan(&client, world.beijing(), SHOP_VERSION, ("shanghai", "ops")).await;
        let job = client.start(request).await;
        client.in_phase(&job.id, phase).await;
        client.core.close().await;
        drop(client);
        world.shanghai().faults().clear();
        let client = Client::open(TestHost::knowing(&world.home(), &world.library(), host.secrets())).await.unwrap();
        is_clean(&client.end(&job.id).await);
        assert_eq!(names(world.shanghai(), SHOP), ["前端", "订单库"], "{phase:?}");
        assert_eq!(world.shanghai().inspect().templates.len(), 1, "{phase:?}");
        client.core.close().await;
    }
}
