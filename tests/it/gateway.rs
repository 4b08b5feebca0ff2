//! Gateway rules of people are made again on the target; what is there already is never overwritten.

use crate::world::{Client, SHOP_VERSION, World, done, official};
use rainferry_core::api::{Aspect, CheckId, JobView, Lane, Level, LineCode, PlanOptions, PlanRequest, PlanTarget};
use rainferry_sandbox::{Cluster, Era};
use serde_json::{Value, json};

const HOST: &str = "shop.example.test";

async fn request(client: &Client, from: &Cluster, to: (&str, &str), options: PlanOptions) -> PlanRequest {
    let source = client.backup(from, SHOP_VERSION).await;
    PlanRequest { source, target: client.team(to.0, to.1).await, options }
}

fn lane(lane: Lane) -> PlanOptions {
    PlanOptions { lane: Some(lane), ..PlanOptions::default() }
}

fn routes_of(cluster: &Cluster, host: &str) -> Vec<Value> {
    let routes = cluster.inspect().routes.into_iter().filter_map(|route| route.http);
    routes.filter(|http| http["match"]["hosts"] == json!([host])).collect()
}

#[track_caller]
fn says(job: &JobView, code: LineCode, what: &str) {
    let report = job.report.as_ref().unwrap();
    let mut lines = report.arrived.iter().chain(&report.missing);
    assert!(lines.any(|line| line.code == code && line.message.contains(what)), "{code:?} {what}: {report:#?}");
}

#[track_caller]
fn no_route_differs(job: &JobView) {
    let report = job.report.as_ref().unwrap();
    let routes: Vec<_> = report.differences.iter().filter(|row| row.aspect == Aspect::Route).collect();
    assert!(routes.is_empty(), "{routes:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_v5_become_routes_of_v6_in_either_lane() {
    for chosen in [Lane::Rebuild, Lane::Official] {
        let world = World::two_clusters().await;
        let client = world.client().await;
        let request = request(&client, world.beijing(), ("shanghai", "ops"), lane(chosen)).await;
        let plan = client.plan(request.clone()).await;
        let told = plan.arrives.iter().find(|line| line.code == LineCode::ArrivesGatewayRules).unwrap();
        assert!(told.message.contains("shop.example.test/ → 前端:80"), "{}", told.message);
        let job = client.perform(request).await;
        done(&job);

        let made = routes_of(world.shanghai(), HOST);
        assert_eq!(made.len(), 1, "{chosen:?}");
        assert_eq!(made[0]["match"]["paths"], json!(["/*"]));
        assert_eq!(made[0]["backends"][0]["servicePort"], 80);
        says(&job, LineCode::ReportRulesMade, HOST);
        says(&job, LineCode::ReportDns, HOST);
        no_route_differs(&job);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_is_there_is_left_alone_and_named() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let first = request(&client, world.beijing(), ("shanghai", "ops"), lane(Lane::Rebuild)).await;
    done(&client.perform(first).await);
    let before = routes_of(world.shanghai(), HOST);

    // The same app once more: its host is taken, in its own team and in another.
    for team in ["ops", "crm"] {
        let again = request(&client, world.beijing(), ("shanghai", team), lane(Lane::Rebuild)).await;
        let plan = client.plan(again.clone()).await;
        let check = plan.checks.iter().find(|check| check.id == CheckId::Gateway).unwrap();
        assert_eq!((check.level, check.line.code), (Level::Warn, LineCode::CheckGatewayWarn));
        assert!(check.line.message.contains(HOST), "{}", check.line.message);
        let job = client.perform(again).await;
        done(&job);
        assert_eq!(routes_of(world.shanghai(), HOST), before);
        says(&job, LineCode::ReportRuleClash, HOST);
        no_route_differs(&job);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_of_v6_are_read_from_the_app_and_travel_in_bundles() {
    let world = World::of_eras(Era::V6_9_8, Era::V5_17_3).await;
    let client = world.client().await;
    let mut voyage = request(&client, world.beijing(), ("guangzhou", "gz1"), official()).await;
    if routes_of(world.beijing(), HOST).is_empty() {
        panic!("the sample has no route");
    }
    let plan = client.plan(voyage.clone()).await;
    assert!(plan.arrives.iter().any(|line| line.code == LineCode::ArrivesGatewayRules), "{:#?}", plan.arrives);

    voyage.target = PlanTarget::ThisComputer { folder: None };
    let exported = client.perform(voyage.clone()).await;
    done(&exported);
    let path = exported.report.unwrap().path.unwrap();
    // The app may be gone by then.
    world.beijing().edit(|state| state.routes.clear()).unwrap();
    voyage.source = rainferry_core::api::PlanSource::File { path };
    voyage.target = client.team("guangzhou", "gz1").await;
    let job = client.perform(voyage).await;
    done(&job);
    let rules = world.at("guangzhou").inspect().http_rules;
    assert_eq!(rules.iter().filter(|rule| rule.domain == HOST).count(), 1, "{rules:?}");
    says(&job, LineCode::ReportRulesMade, HOST);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_stay_where_the_user_says_so() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let options = PlanOptions { gateway_rules: Some(false), ..lane(Lane::Rebuild) };
    let request = request(&client, world.beijing(), ("shanghai", "ops"), options).await;
    let job = client.perform(request).await;
    done(&job);
    assert!(routes_of(world.shanghai(), HOST).is_empty());
    says(&job, LineCode::ReportGatewayRules, "1");
}
