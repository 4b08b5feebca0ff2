//! Cancelling takes effect at once and leaves nothing behind that is not named.

use crate::world::{
    Client, PASSWORD, SHOP_VERSION, Size, TestHost, World, done, ended, eventually, helpful, official, snapshot,
};
use rainferry_core::Code;
use rainferry_core::api::{CopyRequest, JobState, JobView, LineCode, PhaseName, PhaseState, PlanRequest, PlanTarget};
use rainferry_sandbox::{Fault, Hits, Trouble};
use std::time::{Duration, Instant};

/// The job was cancelled, and the target is as it was.
async fn nothing_is_left(world: &World, job: &JobView, before: &serde_json::Value) {
    assert_eq!(job.state, JobState::Cancelled, "{:?}", job.problem);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    let after = snapshot(world.shanghai()).await;
    for table in ["apps", "components", "backups", "uploads"] {
        assert_eq!(after[table], before[table], "{table}");
    }
    let packages = |seen: &serde_json::Value| seen["objects"].to_string().matches(".zip").count();
    assert_eq!(packages(&after), packages(before));
}

fn slow() -> Fault {
    Fault::store("UploadPart", "**", Hits::Always, Trouble::Slow { bytes_per_sec: 4_000_000 })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_copy_stops_within_a_second_and_leaves_nothing_behind() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    world.shanghai().faults().set(slow());
    let job = client.start(client.voyage(&world).await).await;
    client.in_phase(&job.id, PhaseName::Copy).await;
    client.until(&job.id, "a part", |view| view.done_bytes > 0).await;
    let begun = Instant::now();
    let job = client.cancel(&job.id).await;
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    nothing_is_left(&world, &job, &before).await;
    assert!(job.phases.iter().all(|phase| phase.state != PhaseState::Running));
    assert!(!job.can_retry && !job.can_clean && !job.can_cancel);
}

/// A request whose answer is late when the cancel comes: what it made is found and removed.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_on_its_way_makes_is_found_and_removed() {
    let late = Trouble::Late { millis: 1500 };
    let team = "/console/teams/ops";
    let moments = [
        ("app", Fault::console("POST", &format!("{team}/groups"), Hits::Nth(1), late.clone())),
        ("ticket", Fault::console("POST", &format!("{team}/groupapp/*/backup/import"), Hits::Nth(1), late.clone())),
        ("object", Fault::store("PutObject", "**", Hits::Nth(1), late.clone())),
        ("restore", Fault::console("POST", &format!("{team}/groupapp/*/migrate"), Hits::Nth(1), late.clone())),
    ];
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    for (moment, fault) in moments {
        world.shanghai().faults().clear();
        world.shanghai().faults().forget_calls();
        world.shanghai().faults().set(fault.clone());
        let job = client.start(client.voyage(&world).await).await;
        let asked = || world.shanghai().faults().count(fault.server, &fault.method, &fault.path) > 0;
        eventually(moment, asked).await;
        let job = client.cancel(&job.id).await;
        nothing_is_left(&world, &job, &before).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_restore_is_taken_back_when_the_cluster_has_ended_it() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let job = client.start(client.voyage(&world).await).await;
    client
        .until(&job.id, "the restore", |view| view.log.iter().any(|row| row.line.code == LineCode::LogRestoreStarted))
        .await;
    client.core.cancel_job(job.id.clone()).await.unwrap();
    world.shanghai().faults().switch(|switches| switches.hold_builder = false);
    nothing_is_left(&world, &client.end(&job.id).await, &before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_goes_on_in_the_cluster_is_named() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let job = client.start(client.voyage(&world).await).await;
    client
        .until(&job.id, "the restore", |view| view.log.iter().any(|row| row.line.code == LineCode::LogRestoreStarted))
        .await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    let named: Vec<_> = job.leftovers.iter().map(|left| (left.line.code, left.removable)).collect();
    assert_eq!(named, [(LineCode::LeftRegion, false)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_removed_is_named_and_removed_later() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    world.shanghai().faults().set(slow());
    let refuse = Trouble::Fail { status: 403 };
    world.shanghai().faults().set(Fault::store("AbortMultipartUpload", "**", Hits::Always, refuse));
    let job = client.start(client.voyage(&world).await).await;
    client.until(&job.id, "a part", |view| view.done_bytes > 0).await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    assert_eq!(job.leftovers.iter().map(|left| left.line.code).collect::<Vec<_>>(), [LineCode::LeftUpload]);
    assert!(job.can_clean);
    world.shanghai().faults().clear();
    let job = client.core.clean_job(job.id).await.unwrap();
    nothing_is_left(&world, &job, &before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_export_leaves_no_file() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let trouble = Trouble::Slow { bytes_per_sec: 4_000_000 };
    let request = PlanRequest {
        source: client.backup(world.beijing(), SHOP_VERSION).await,
        target: PlanTarget::ThisComputer { folder: None },
        options: official(),
    };
    let plan = client.plan(request.clone()).await;
    let start = rainferry_core::api::StartRequest { plan: plan.id, confirm: String::new() };
    let job = client.core.start_plan(start).await.unwrap();
    world.beijing().faults().set(Fault::store("GetObject", "**", Hits::Always, trouble));
    let part = world.library().join(format!("{}.part", plan.path.unwrap().rsplit('/').next().unwrap()));
    eventually("the half-written bundle", || part.exists()).await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    assert_eq!(std::fs::read_dir(world.library()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_download_leaves_no_file() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let key = crate::world::v5_key(world.beijing(), SHOP_VERSION);
    let folder = tempfile::tempdir().unwrap();
    world.beijing().faults().set(Fault::store(
        "GetObject",
        "**",
        Hits::Always,
        Trouble::Slow { bytes_per_sec: 3_000_000 },
    ));
    let request = CopyRequest {
        source: format!("s3://beijing/beijing/rainbond-backup/{key}"),
        target: folder.path().join("shop.zip").display().to_string(),
        ..CopyRequest::default()
    };
    let job = client.core.copy_object(request).await.unwrap();
    eventually("the half-written file", || folder.path().join("shop.zip.part").exists()).await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{:?}", job.log);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_job_is_cancelled_without_having_begun() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    let job = client.start(client.voyage(&world).await).await;
    let job = client.cancel(&job.id).await;
    nothing_is_left(&world, &job, &before).await;
    // Asked again, it stays what it is.
    let again = client.core.cancel_job(job.id.clone()).await.unwrap();
    assert_eq!(again.state, JobState::Cancelled);
    client.core.forget_job(job.id.clone()).await.unwrap();
    assert_eq!(client.core.get_job(job.id).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ended_well_is_not_undone_by_a_late_cancel() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let job = client.perform(client.voyage(&world).await).await;
    done(&job);
    let before = snapshot(world.shanghai()).await;
    let late = client.core.cancel_job(job.id.clone()).await.unwrap();
    assert!(ended(&late) && late.state == JobState::Done);
    assert_eq!(client.core.clean_job(job.id).await.unwrap().state, JobState::Done);
    assert_eq!(snapshot(world.shanghai()).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_program_uses_a_data_folder_at_a_time() {
    let world = World::two_clusters().await;
    let first = world.client().await;
    let host = || TestHost::at(&world.home(), &world.library());
    let second = Client::open(host()).await.err().unwrap();
    helpful(&second, Code::Locked);
    assert!(!format!("{second:?}").contains(PASSWORD));
    first.core.close().await;
    drop(first);
    assert!(Client::open(host()).await.is_ok());
}

/// A paused job reads and sends nothing, stays paused when the program is opened again, and then goes on to its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_paused_copy_holds_its_bytes_over_a_restart_and_goes_on() {
    let world = World::sized(Size::Parts).await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    client.save(world.shanghai()).await;
    let request = PlanRequest {
        source: client.backup(world.beijing(), SHOP_VERSION).await,
        target: client.team("shanghai", "ops").await,
        options: official(),
    };
    // Slow enough to be met on the way.
    client.core.limit(Some(10_000_000));
    let id = client.start(request).await.id;
    client.until(&id, "bytes on their way", |job| job.done_bytes > 0).await;
    let held = client.core.pause_job(id.clone()).await.unwrap();
    assert!(held.paused && !held.can_pause && held.can_cancel);
    // What had left before the pause may land.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let sent = client.core.get_job(id.clone()).await.unwrap().done_bytes;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(client.core.get_job(id.clone()).await.unwrap().done_bytes, sent, "bytes went on");
    let closing = Instant::now();
    client.core.close().await;
    assert!(closing.elapsed() < Duration::from_secs(5), "closing took {:?}", closing.elapsed());
    drop(client);

    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), host.secrets())).await.unwrap();
    let job = client.core.get_job(id.clone()).await.unwrap();
    assert!(job.paused && !job.phases.iter().all(|phase| phase.state == PhaseState::Done));
    assert!(!client.core.unpause_job(id.clone()).await.unwrap().paused);
    done(&client.end(&id).await);
    assert_eq!(client.core.pause_job(id).await.unwrap_err().code, Code::BadRequest);
}
