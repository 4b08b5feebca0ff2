//! Who moves now and who waits: so many jobs, so many of them at a cluster, in the order that the user gives them, and at no
//! hours when the line is somebody else's.

use crate::world::{Client, PATIENCE, SHOP_VERSION, Size, TestHost, World, done, ended, official};
use chrono::{Local, Timelike, Utc};
use rainferry_core::api::{JobState, JobView, MoveRequest, PlanRequest, PlanTarget, QuietHours, Settings};
use rainferry_core::{Code, JobId};
use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So slow that it stands still.
const CRAWL: u64 = 1000;

/// Into a folder of its own.
async fn export(client: &Client, world: &World, folder: &str) -> JobView {
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let folder = world.dir.path().join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let target = PlanTarget::ThisComputer { folder: Some(folder.display().to_string()) };
    client.start(PlanRequest { source, target, options: official() }).await
}

async fn settings(client: &Client, change: impl FnOnce(&mut Settings)) {
    let mut settings = client.core.get_settings(()).await.unwrap();
    change(&mut settings);
    client.core.save_settings(settings).await.unwrap();
}

async fn state(client: &Client, id: &JobId) -> JobState {
    client.core.get_job(id.clone()).await.unwrap().state
}

fn runs(view: &JobView) -> bool {
    view.state == JobState::Running
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_wait_go_in_the_order_they_were_given_even_after_a_restart() {
    let world = World::sized(Size::Parts).await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    settings(&client, |settings| {
        (settings.jobs_at_once, settings.limit_bytes_per_sec) = (Some(1), Some(CRAWL));
    })
    .await;
    let first = export(&client, &world, "first").await;
    client.until(&first.id, "the first", runs).await;
    let (second, third, fourth) = (
        export(&client, &world, "second").await,
        export(&client, &world, "third").await,
        export(&client, &world, "fourth").await,
    );
    let moved = MoveRequest { job: fourth.id.clone(), before: Some(second.id.clone()) };
    let moved = client.core.move_job(moved).await.unwrap();
    assert!(moved.turn < second.turn && second.turn < third.turn);
    let last = client.core.move_job(MoveRequest { job: second.id.clone(), before: None }).await.unwrap();
    assert!(last.turn > third.turn);
    let running = client.core.move_job(MoveRequest { job: first.id.clone(), before: None }).await.unwrap_err();
    assert_eq!(running.code, Code::BadRequest);
    // One that waits is cancelled at once, whatever moves.
    let begun = Instant::now();
    assert_eq!(client.cancel(&third.id).await.state, JobState::Cancelled);
    assert!(begun.elapsed() < Duration::from_secs(1));
    client.core.close().await;
    drop(client);

    let client = Client::open(host).await.unwrap();
    settings(&client, |settings| settings.limit_bytes_per_sec = None).await;
    let mut begun = Vec::new();
    for id in [&first.id, &fourth.id, &second.id] {
        let job = client.end(id).await;
        done(&job);
        begun.push(job.started_at);
    }
    assert!(begun.is_sorted(), "{begun:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_with_its_own_limit_holds_up_its_own_jobs_alone() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let bundle = client.end(&export(&client, &world, "proven").await.id).await.report.unwrap().path.unwrap();
    settings(&client, |settings| {
        (settings.jobs_per_cluster, settings.limit_bytes_per_sec) = (Some(1), Some(CRAWL));
    })
    .await;
    let first = export(&client, &world, "first").await;
    client.until(&first.id, "the first", runs).await;
    let second = export(&client, &world, "second").await;
    // Behind it, and of no cluster.
    let proof = client.core.verify_file(bundle).await.unwrap();
    done(&client.end(&proof.id).await);
    assert_eq!(state(&client, &second.id).await, JobState::Queued);
    settings(&client, |settings| settings.jobs_per_cluster = Some(2)).await;
    client.until(&second.id, "its turn", runs).await;
    settings(&client, |settings| settings.limit_bytes_per_sec = None).await;
    done(&client.end(&first.id).await);
    done(&client.end(&second.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_wait_through_quiet_hours_and_go_on_when_they_end() {
    let world = World::sized(Size::Parts).await;
    let host = TestHost::in_haste(&world.home(), &world.library(), HashMap::new());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    let now = Utc::now().with_timezone(&Local);
    let minute = |ahead: u32| u16::try_from((now.hour() * 60 + now.minute() + ahead) % (24 * 60)).unwrap();
    // An hour from now it ends: the clock of the test is turned past that.
    let quiet = QuietHours { from_minute: minute(23 * 60), to_minute: minute(60), limit_bytes_per_sec: None };
    settings(&client, |settings| settings.quiet = Some(quiet)).await;
    let job = export(&client, &world, "only").await;
    client.until(&job.id, "its beginning", runs).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    let held = client.core.get_job(job.id.clone()).await.unwrap();
    assert_eq!((held.state, held.done_bytes), (JobState::Running, 0));
    // What is held back can be cancelled, and what waits behind it.
    let other = export(&client, &world, "other").await;
    client.until(&other.id, "its beginning", runs).await;
    settings(&client, |settings| settings.jobs_at_once = Some(1)).await;
    let waiting = export(&client, &world, "waiting").await;
    assert_eq!(client.cancel(&waiting.id).await.state, JobState::Cancelled);
    assert_eq!(client.cancel(&other.id).await.state, JobState::Cancelled);
    host.hurry(61);
    let ended = tokio::time::timeout(PATIENCE, client.end(&job.id)).await.unwrap();
    done(&ended);
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let standard = client.core.get_settings(()).await.unwrap();
    let quiet = |from_minute, to_minute| Some(QuietHours { from_minute, to_minute, limit_bytes_per_sec: None });
    for bad in [
        Settings { jobs_at_once: Some(0), ..standard.clone() },
        Settings { jobs_per_cluster: Some(9), ..standard.clone() },
        Settings { quiet: quiet(600, 600), ..standard.clone() },
        Settings { quiet: quiet(600, 1440), ..standard.clone() },
    ] {
        assert_eq!(client.core.save_settings(bad).await.unwrap_err().code, Code::BadRequest);
    }
    assert_eq!(client.core.get_settings(()).await.unwrap(), standard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_never_told_to_be_faster_than_its_limit() {
    const LIMIT: u64 = 8_000_000;
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    settings(&client, |settings| settings.limit_bytes_per_sec = Some(LIMIT)).await;
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = client.team("shanghai", "ops").await;
    let job = client.start(PlanRequest { source, target, options: official() }).await;
    let (fastest, come) = (AtomicU64::new(0), Mutex::new(BTreeSet::new()));
    let seen = |view: &JobView| {
        fastest.fetch_max(view.bytes_per_sec, Ordering::Relaxed);
        if view.bytes_per_sec > 0 {
            come.lock().unwrap().insert(view.done_bytes + view.moving_bytes);
        }
        ended(view)
    };
    done(&client.until(&job.id, "the end", seen).await);
    let (fastest, come) = (fastest.into_inner(), come.into_inner().unwrap());
    // It has three parts, and would stand still but for their ends.
    assert!(come.len() > 5, "{come:?}");
    // The last of them at once, and not that of whole parts as they end.
    assert!((LIMIT / 2..LIMIT * 5 / 4).contains(&fastest), "{fastest}");
}
