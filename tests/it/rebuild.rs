//! Where the platform's own restore cannot finish, the app is made anew from its backup.

use crate::world::{Client, SHOP, SHOP_VERSION, World, done, snapshot};
use rainferry_core::api::{JobView, Lane, PlanOptions, PlanRequest, PlanView};
use rainferry_sandbox::Cluster;

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
    assert_eq!(plan.other_lanes, [Lane::Official]);
    let job = client.perform(request).await;
    is_clean(&job);
    assert_eq!(names(world.shanghai(), SHOP), ["前端", "订单库"]);
    assert_eq!(snapshot(world.beijing()).await, before);
}
