//! A backup refuses what the platform would refuse, and whatever it stopped it starts again.

use crate::world::{Client, SHOP, World, blocked_by, done, failed, official};
use rainferry_core::Code;
use rainferry_core::api::{CheckId, JobState, Level, LineCode, PhaseName, PlanOptions, PlanRequest, PlanTarget};
use rainferry_sandbox::{Cluster, Fault, Hits, Trouble};

const CRM: &str = "客户系统";
const DATABASE: &str = "客户库";

async fn request(client: &Client, world: &World, app: &str, options: PlanOptions) -> PlanRequest {
    PlanRequest { source: client.app(world.beijing(), app).await, target: PlanTarget::Backup, options }
}

fn stopping() -> PlanOptions {
    PlanOptions { stop_stateful: true, note: "before the move".to_owned(), ..official() }
}

fn status(cluster: &Cluster, component: &str) -> String {
    let state = cluster.inspect();
    let row = state.components.iter().find(|row| row.name == component).unwrap();
    row.then.as_ref().map_or(row.status.clone(), |(then, _)| then.clone())
}

fn backups_of_crm(cluster: &Cluster) -> usize {
    let state = cluster.inspect();
    let app = state.apps.iter().find(|app| app.name == CRM).unwrap().id;
    state.backups.iter().filter(|row| row.app_id == app).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_appears_with_its_note_and_lies_in_the_store() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let options = PlanOptions { note: "before the move".to_owned(), ..official() };
    let job = client.perform(request(&client, &world, SHOP, options).await).await;
    done(&job);
    let report = job.report.unwrap();
    assert!(report.arrived.iter().any(|line| line.code == LineCode::ReportBackupInStore), "{report:?}");
    let state = world.beijing().inspect();
    let row = state.backup(report.backup_id.unwrap().as_str()).unwrap();
    assert_eq!(
        (row.note.as_str(), row.mode.as_str(), row.status.as_str()),
        ("before the move", "full-online", "success")
    );
    // It can be moved like any other.
    let version = row.version.clone();
    let voyage = PlanRequest {
        source: client.backup(world.beijing(), &version).await,
        target: client.team("shanghai", "ops").await,
        options: official(),
    };
    done(&client.perform(voyage).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_database_holds_the_backup_back() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = world.snapshot().await;
    let plan = client.plan(request(&client, &world, CRM, official()).await).await;
    assert!(blocked_by(&plan, CheckId::Stateful).contains(DATABASE));
    assert_eq!(world.snapshot().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_custom_volume_holds_the_backup_back() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let plan = client.plan(request(&client, &world, "文件归档", official()).await).await;
    assert!(blocked_by(&plan, CheckId::CustomVolumes).contains("文件服务/archive"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_database_is_started_again_after_the_backup() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let job = client.start(request(&client, &world, CRM, stopping()).await).await;
    client.in_phase(&job.id, PhaseName::Backup).await;
    assert_eq!(status(world.beijing(), DATABASE), "closed");
    world.beijing().faults().switch(|switches| switches.hold_builder = false);
    done(&client.end(&job.id).await);
    assert_eq!(status(world.beijing(), DATABASE), "running");
    assert_eq!(status(world.beijing(), "客户前台"), "running");
    assert_eq!(backups_of_crm(world.beijing()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_database_is_started_again_when_the_backup_fails_and_the_job_can_be_tried_again() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.beijing().faults().switch(|switches| switches.backup_fails = true);
    let job = client.perform(request(&client, &world, CRM, stopping()).await).await;
    failed(&job, Code::BackupFailed);
    assert_eq!(status(world.beijing(), DATABASE), "running");
    assert!(job.can_retry);
    world.beijing().faults().switch(|switches| switches.backup_fails = false);
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
    assert_eq!(status(world.beijing(), DATABASE), "running");
    let ready = world.beijing().inspect().backups.into_iter().filter(|row| row.note == "before the move");
    assert_eq!(ready.map(|row| row.status).collect::<Vec<_>>(), ["success"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_database_is_started_again_when_the_job_is_cancelled() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let job = client.start(request(&client, &world, CRM, stopping()).await).await;
    client
        .until(&job.id, "the backup", |view| view.log.iter().any(|row| row.line.code == LineCode::LogBackupAccepted))
        .await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    assert_eq!(status(world.beijing(), DATABASE), "running");
    // The cluster packs on, and its console deletes no backup that runs: named, and removed as soon as that is possible.
    world.beijing().faults().switch(|switches| switches.hold_builder = false);
    world.beijing().settled().await;
    if backups_of_crm(world.beijing()) > 0 {
        assert_eq!(job.leftovers.iter().map(|left| left.line.code).collect::<Vec<_>>(), [LineCode::LeftBackup]);
        let cleaned = client.core.clean_job(job.id).await.unwrap();
        assert!(cleaned.leftovers.is_empty(), "{:?}", cleaned.log);
        assert_eq!(backups_of_crm(world.beijing()), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_database_is_started_again_when_the_console_breaks_off() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let path = "/console/teams/shop/groupapp/*/backup";
    world.beijing().faults().set(Fault::console("POST", path, Hits::Always, Trouble::Fail { status: 500 }));
    let job = client.perform(request(&client, &world, CRM, stopping()).await).await;
    assert_eq!(job.state, JobState::Failed);
    assert_eq!(status(world.beijing(), DATABASE), "running");
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hot_backup_is_taken_only_when_asked_for_and_says_so() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let options = PlanOptions { force: true, ..official() };
    let request = request(&client, &world, CRM, options).await;
    let plan = client.plan(request.clone()).await;
    let check = plan.checks.iter().find(|check| check.id == CheckId::Stateful).unwrap();
    assert_eq!((check.level, check.line.code), (Level::Warn, LineCode::CheckStatefulHot));
    let calls = world.beijing().faults();
    calls.forget_calls();
    done(&client.perform(request).await);
    assert_eq!(status(world.beijing(), DATABASE), "running");
    let path = "/console/teams/shop/batch_actions";
    assert_eq!(calls.count(rainferry_sandbox::Server::Console, "POST", path), 0, "something was stopped");
}
