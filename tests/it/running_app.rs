//! A running app can be moved, too: it is backed up first, in the same job.

use crate::resume::{Process, count};
use crate::world::{Client, SHOP, TestHost, World, blocked_by, done, ended, eventually};
use rainferry_core::Code;
use rainferry_core::api::{CheckId, JobKind, LineCode, PhaseName, PlanOptions, PlanRequest, PlanTarget};
use rainferry_sandbox::Cluster;

async fn request(client: &Client, from: &Cluster, app: &str, target: PlanTarget) -> PlanRequest {
    PlanRequest { source: client.app(from, app).await, target, options: PlanOptions::default() }
}

fn running(cluster: &Cluster, app: &str) -> Vec<String> {
    let state = cluster.inspect();
    let app = state.apps.iter().find(|row| row.name == app).unwrap();
    let mut names: Vec<String> =
        state.components_of(app.id).filter(|row| row.status == "running").map(|row| row.name.clone()).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_app_is_backed_up_and_arrives_in_one_job() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let backups = world.beijing().inspect().backups.len();
    let request = request(&client, world.beijing(), SHOP, client.team("shanghai", "ops").await).await;

    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.blocks().count(), 0, "{:#?}", plan.checks);
    assert_eq!(plan.route_reason.code, LineCode::RouteLive);
    assert_eq!(plan.app_name, SHOP);
    let names: Vec<PhaseName> = plan.steps.iter().map(|step| step.name).collect();
    assert!(names.starts_with(&[PhaseName::Backup, PhaseName::Plan, PhaseName::Check]), "{names:?}");

    let job = client.perform(request).await;
    done(&job);
    assert_eq!(job.kind, JobKind::Migrate);
    let state = world.shanghai().inspect();
    let app = state.apps.iter().find(|row| row.name == SHOP).unwrap();
    assert_eq!(state.components_of(app.id).count(), 2);
    // The backup is the user's and stays.
    assert_eq!(world.beijing().inspect().backups.len(), backups + 1);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    let told: Vec<PhaseName> = job.phases.iter().map(|phase| phase.name).collect();
    assert!(told.starts_with(&names), "{told:?} {names:?}");

    // It is known after a restart, as it was.
    client.core.close().await;
    drop(client);
    let client = Client::open(TestHost::at(&world.home(), &world.library())).await.unwrap();
    assert_eq!(client.core.get_job(job.id.clone()).await.unwrap().report, job.report);
}

#[tokio::test(flavor = "multi_thread")]
async fn stateful_components_stop_for_it_only_when_asked_and_run_again() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = running(world.beijing(), "客户系统");
    assert!(before.contains(&"客户库".to_owned()), "{before:?}");
    let target = client.team("shanghai", "ops").await;
    let mut request = request(&client, world.beijing(), "客户系统", target).await;
    blocked_by(&client.plan(request.clone()).await, CheckId::Stateful);

    request.options.stop_stateful = true;
    let job = client.perform(request).await;
    done(&job);
    assert_eq!(running(world.beijing(), "客户系统"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_app_becomes_a_bundle() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let target = PlanTarget::ThisComputer { folder: None };
    let request = request(&client, world.beijing(), "wiki", target).await;
    let job = client.perform(request).await;
    done(&job);
    let path = job.report.unwrap().path.unwrap();
    assert!(std::path::Path::new(&path).is_file(), "{path}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_backed_up_for_a_target_that_may_not_change() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = request(&client, world.beijing(), "wiki", client.team("shanghai", "ops").await).await;
    let plan = client.plan(request).await;
    let backups = world.beijing().inspect().backups.len();
    let start = rainferry_core::api::StartRequest { plan: plan.id, confirm: String::new() };
    client.change(world.shanghai(), |draft| draft.read_only = true).await;
    let refused = client.core.start_plan(start).await.unwrap_err();
    assert_eq!(refused.code, Code::PlanStale, "{refused:?}");
    assert_eq!(world.beijing().inspect().backups.len(), backups);
}

/// The journal of a job that is about to become another one is read again.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_while_the_backup_is_made_goes_on() {
    let world = World::two_clusters().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    let target = client.team("shanghai", "ops").await;
    let plan = client.plan(request(&client, world.beijing(), SHOP, target).await).await;
    let start = rainferry_core::api::StartRequest { plan: plan.id, confirm: String::new() };
    let id = client.core.start_plan(start).await.unwrap().id;
    client.core.close().await;
    drop(client);
    let secrets = host.secrets();
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let process = Process::start(&world, &secrets);
    eventually("the backup", || count(&world.home(), "backup_made") > 0).await;
    process.kill();
    world.beijing().faults().switch(|switches| switches.hold_builder = false);
    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), secrets)).await.unwrap();
    done(&client.until(&id, "the end", ended).await);
    assert_eq!(count(&world.home(), "backup_made"), 1);
}
