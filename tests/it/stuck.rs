//! Platforms that never come to an end: found out, said, and nobody else waits for them.

use crate::world::{Client, MONITOR_VERSION, SHOP, TestHost, World, component, done, eventually, failed, official};
use rainferry_core::Code;
use rainferry_core::api::{JobState, JobView, LineCode, PhaseName, PlanOptions, PlanRequest, PlanTarget};
use rainferry_sandbox::{Fault, Hits, Server, Trouble};
use std::sync::Arc;

const CRM: &str = "客户系统";
const DATABASE: &str = "客户库";
const POLL: &str = "/console/teams/shop/groupapp/*/backup";

async fn begun(world: &World) -> (Arc<TestHost>, Client) {
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    client.save(world.shanghai()).await;
    (host, client)
}

async fn backup(client: &Client, world: &World, app: &str) -> JobView {
    let options = PlanOptions { stop_stateful: true, note: "n".to_owned(), ..official() };
    let source = client.app(world.beijing(), app).await;
    client.start(PlanRequest { source, target: PlanTarget::Backup, options }).await
}

fn polls(world: &World) -> usize {
    world.beijing().faults().count(Server::Console, "GET", POLL)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_never_ends_is_told_and_what_was_stopped_for_it_runs_again() {
    let world = World::two_clusters().await;
    let (host, client) = begun(&world).await;
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let job = backup(&client, &world, CRM).await;
    client.in_phase(&job.id, PhaseName::Backup).await;
    eventually("a poll", || polls(&world) > 0).await;
    host.hurry(5 * 60);
    let job = client.end(&job.id).await;
    failed(&job, Code::BackupBusy);
    let long = job.log.iter().filter(|row| row.line.code == LineCode::LogBackupLong);
    let long: Vec<&str> = long.map(|row| row.line.message.as_str()).collect();
    assert!(matches!(long[..], [line] if line.contains(DATABASE)), "{long:?}");
    let database = component(world.beijing(), DATABASE);
    assert_eq!(database.then.map_or(database.status, |(then, _)| then), "running");
    // The platform went on after all: so does the job.
    world.beijing().faults().switch(|switches| switches.hold_builder = false);
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_the_region_lost_is_told() {
    let world = World::two_clusters().await;
    let (host, client) = begun(&world).await;
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let job = backup(&client, &world, SHOP).await;
    client.in_phase(&job.id, PhaseName::Backup).await;
    eventually("a poll", || polls(&world) > 0).await;
    world.beijing().edit(|state| state.region_backups.retain(|row| row.status != "starting")).unwrap();
    let before = polls(&world);
    eventually("a poll of what is lost", || polls(&world) > before).await;
    host.hurry(5 * 60);
    let job = client.end(&job.id).await;
    assert_eq!(job.state, JobState::Failed);
    let problem = job.problem.unwrap();
    assert!(problem.hint.is_some_and(|hint| !hint.is_empty()), "{}", problem.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_cannot_be_deleted_is_named_until_it_can() {
    let world = World::two_clusters().await;
    let (_, client) = begun(&world).await;
    let before = world.beijing().inspect().backups.len();
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let job = backup(&client, &world, SHOP).await;
    client.in_phase(&job.id, PhaseName::Backup).await;
    eventually("a poll", || polls(&world) > 0).await;
    world.beijing().faults().set(Fault::console("DELETE", POLL, Hits::Always, Trouble::Fail { status: 500 }));
    let job = client.cancel(&job.id).await;
    assert_eq!((job.state, job.leftovers.len(), job.can_clean), (JobState::Cancelled, 1, true), "{:?}", job.leftovers);
    assert!(job.leftovers[0].line.message.starts_with("Backup record"), "{:?}", job.leftovers);
    world.beijing().faults().clear();
    world.beijing().faults().switch(|switches| switches.hold_builder = false);
    let job = client.core.clean_job(job.id.clone()).await.unwrap();
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    assert_eq!(world.beijing().inspect().backups.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_wait_for_a_platform_for_long_hold_nobody_up() {
    let world = World::two_clusters().await;
    let (host, client) = begun(&world).await;
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let mut stuck = Vec::new();
    for app in [SHOP, "wiki", CRM] {
        let job = backup(&client, &world, app).await;
        client.in_phase(&job.id, PhaseName::Backup).await;
        stuck.push(job);
    }
    let source = client.backup(world.shanghai(), MONITOR_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let export = client.start(PlanRequest { source, target, options: official() }).await;
    assert_eq!(client.core.get_job(export.id.clone()).await.unwrap().state, JobState::Queued);
    host.hurry(3);
    done(&client.end(&export.id).await);
    world.beijing().faults().switch(|switches| switches.hold_builder = false);
    for job in stuck {
        done(&client.end(&job.id).await);
    }
}
