//! Gateway rules of people are made again on the target; what is there already is never overwritten.

use crate::world::{Client, SHOP_VERSION, World, done, eventually, official};
use rainferry_core::api::{
    Aspect, CheckId, JobState, JobView, Lane, Level, LineCode, PlanOptions, PlanRequest, PlanTarget,
};
use rainferry_sandbox::{CertificatePlan, Cluster, Era, Fault, Hits, Server, Trouble};
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
    let mut lines = report.arrived.iter().chain(&report.missing).chain(&report.due);
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

/// One certificate of the shop's team, with a key that must be seen nowhere.
fn certified(plan: &mut rainferry_sandbox::SeedPlan) {
    let key = "-----BEGIN PRIVATE KEY-----\ncanary-certificate-key\n-----END PRIVATE KEY-----\n";
    plan.certificates.push(CertificatePlan {
        team: "shop".to_owned(),
        alias: "shop-tls".to_owned(),
        domain: HOST.to_owned(),
        certificate: include_str!("../fixtures/tls/shop.pem").to_owned(),
        private_key: key.to_owned(),
    });
}

fn with_certificates(lane: Lane) -> PlanOptions {
    PlanOptions { lane: Some(lane), certificates: true, gateway_rules: Some(true), ..PlanOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_goes_from_console_to_console() {
    for (from, to) in [(Era::V5_17_3, Era::V6_9_8), (Era::V6_9_8, Era::V5_17_3), (Era::V5_17_3, Era::V5_17_3)] {
        let world = World::of_eras_with(from, to, certified).await;
        let client = world.client().await;
        let lane = if to == Era::V6_9_8 { Lane::Rebuild } else { Lane::Official };
        let voyage = request(&client, world.beijing(), ("guangzhou", "gz1"), with_certificates(lane)).await;
        let plan = client.plan(voyage.clone()).await;
        assert!(plan.arrives.iter().any(|line| line.code == LineCode::ArrivesCertificates), "{:#?}", plan.arrives);
        let job = client.perform(voyage).await;
        done(&job);
        says(&job, LineCode::ReportCertificates, "shop-tls");
        let state = world.at("guangzhou").inspect();
        let made = &state.certificates;
        assert_eq!(made.len(), 1, "{from:?} {to:?}");
        assert!(serde_json::to_string(&made[0]).unwrap().contains("canary-certificate-key"));
        assert_eq!(made[0].kind, if to == Era::V6_9_8 { "gateway" } else { "服务端证书" });
        if to == Era::V5_17_3 {
            let rule = state.http_rules.iter().find(|rule| rule.domain == HOST).unwrap();
            assert_eq!(rule.certificate_id, made[0].id);
        }
        assert_nowhere(&world.home(), "canary-certificate-key");
    }
}

#[track_caller]
fn assert_nowhere(folder: &std::path::Path, secret: &str) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            assert_nowhere(&path, secret);
        } else if let Ok(content) = std::fs::read(&path) {
            assert!(!String::from_utf8_lossy(&content).contains(secret), "{}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_a_job_that_is_cancelled_goes_with_it() {
    let world = World::of_eras_with(Era::V5_17_3, Era::V5_17_3, certified).await;
    let client = world.client().await;
    // The rule that the certificate was brought for is taken, and never answered.
    let path = "/console/teams/*/httpdomain";
    world.at("guangzhou").faults().set(Fault::console("POST", path, Hits::Always, Trouble::Stall));
    let voyage = request(&client, world.beijing(), ("guangzhou", "gz1"), with_certificates(Lane::Official)).await;
    let job = client.start(voyage).await;
    let faults = world.at("guangzhou").faults();
    eventually("the rule", || faults.count(Server::Console, "POST", path) > 0).await;
    assert_eq!(world.at("guangzhou").inspect().certificates.len(), 1);
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    assert!(world.at("guangzhou").inspect().certificates.is_empty());
    assert_eq!(world.beijing().inspect().certificates.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_was_made_and_not_heard_of_is_found() {
    let world = World::of_eras_with(Era::V5_17_3, Era::V5_17_3, certified).await;
    let client = world.client().await;
    let path = "/console/teams/*/certificates";
    world.at("guangzhou").faults().set(Fault::console("POST", path, Hits::Always, Trouble::Late { millis: 60_000 }));
    let voyage = request(&client, world.beijing(), ("guangzhou", "gz1"), with_certificates(Lane::Official)).await;
    let job = client.start(voyage).await;
    eventually("the certificate", || !world.at("guangzhou").inspect().certificates.is_empty()).await;
    let job = client.cancel(&job.id).await;
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    assert!(world.at("guangzhou").inspect().certificates.is_empty());
}

/// Both components share what comes to the host, nine to one.
fn shared(cluster: &Cluster, also: Option<&str>) {
    cluster
        .edit(|state| {
            let of = |name: &str| {
                let row = state.components.iter().find(|row| row.name == name).unwrap();
                (row.ports[0].k8s_service.clone(), row.ports[0].port)
            };
            let ((web, web_port), (db, db_port)) = (of("前端"), of("订单库"));
            let mut backends = vec![
                json!({"serviceName": web, "servicePort": web_port, "weight": 90}),
                json!({"serviceName": db, "servicePort": db_port, "weight": 10}),
            ];
            backends.extend(also.map(|name| json!({"serviceName": name, "servicePort": 80, "weight": 5})));
            let route = state
                .routes
                .iter_mut()
                .find(|route| route.http.as_ref().is_some_and(|http| http["match"]["hosts"] == json!([HOST])));
            route.unwrap().http.as_mut().unwrap()["backends"] = backends.into();
        })
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_with_several_backends_keeps_those_of_the_app() {
    for to in [Era::V6_9_8, Era::V5_17_3] {
        let world = World::of_eras(Era::V6_9_8, to).await;
        let client = world.client().await;
        shared(world.beijing(), Some("elsewhere"));
        let lane = if to == Era::V6_9_8 { Lane::Rebuild } else { Lane::Official };
        let options = PlanOptions { lane: Some(lane), gateway_rules: Some(true), ..PlanOptions::default() };
        let voyage = request(&client, world.beijing(), ("guangzhou", "gz1"), options).await;
        let plan = client.plan(voyage.clone()).await;
        let told = plan.arrives.iter().find(|line| line.code == LineCode::ArrivesGatewayRules).unwrap();
        let words = "shop.example.test/ → 前端:80 (90) + 订单库:3306 (10) (− elsewhere:80)";
        assert!(told.message.contains(words), "{}", told.message);
        done(&client.perform(voyage).await);
        let state = world.at("guangzhou").inspect();
        let weights: Vec<u64> = match to {
            Era::V6_9_8 => {
                let made = routes_of(world.at("guangzhou"), HOST);
                assert_eq!(made.len(), 1);
                let backends = made[0]["backends"].as_array().unwrap();
                let names: Vec<&str> = backends.iter().map(|row| row["serviceName"].as_str().unwrap()).collect();
                let there = |name: &&str| {
                    state.components.iter().any(|row| row.ports.iter().any(|port| port.k8s_service == **name))
                };
                assert!(names.iter().all(there), "{names:?}");
                backends.iter().map(|row| row["weight"].as_u64().unwrap()).collect()
            }
            _ => state.http_rules.iter().filter(|rule| rule.domain == HOST).map(|rule| rule.weight).collect(),
        };
        assert_eq!(weights, [90, 10], "{to:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_v5_that_share_a_host_become_one_route() {
    let world = World::of_eras_with(Era::V5_17_3, Era::V6_9_8, |plan| {
        let shop = plan.apps.iter_mut().find(|app| app.k8s_app == "shop").unwrap();
        shop.components[0].domains = vec![(HOST.to_owned(), "/".to_owned())];
    })
    .await;
    let client = world.client().await;
    let voyage = request(&client, world.beijing(), ("guangzhou", "gz1"), lane(Lane::Rebuild)).await;
    done(&client.perform(voyage).await);
    let made = routes_of(world.at("guangzhou"), HOST);
    assert_eq!((made.len(), made[0]["backends"].as_array().map(Vec::len)), (1, Some(2)), "{made:#?}");
}
