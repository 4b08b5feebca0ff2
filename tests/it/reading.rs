//! Volumes are read at the source, where no package holds their files: the real helper runs there once, the app runs again as it
//! did, and the target's volumes hold the same bytes. What cannot be read is said; whatever ends it, the source is as it was.

use crate::world::{
    Client, PATIENCE, TestHost, World, app, backup, component, done, failed, files, hex, snapshot, web,
};
use rainferry_core::Code;
use rainferry_core::api::{
    CheckId, JobState, JobView, Lane, Level, LineCode, PhaseName, PlanOptions, PlanRequest, PlanView,
};
use rainferry_sandbox::{Cluster, ComponentPlan, Era, Fault, Hits, Trouble};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

const LIBRARY: &str = "资料馆";
const LIBRARY_VERSION: &str = "20260821120000";
const PAGE: &str = "# 欢迎\n";
const PAGES: &str = "阅览室";
const ROWS: &str = "目录库";

/// Pages that three instances share, a database of two instances with files of their own each, one that is stopped, and one
/// that keeps nothing.
fn library() -> Vec<ComponentPlan> {
    let named = |name: &str, path: &str, text: &str| (format!("{path}{name}"), text.to_owned());
    let pages = ComponentPlan {
        replicas: 3,
        status: "running".to_owned(),
        volumes: vec![("pages".to_owned(), "share-file".to_owned(), "/data/pages".to_owned(), 5)],
        files: vec![named("首页.md", "/data/pages/", PAGE), named("a/b/deep.bin", "/data/pages/", &"x".repeat(70_000))],
        ..web(PAGES, "wiki")
    };
    let database = ComponentPlan {
        extend_method: "state_multiple".to_owned(),
        status: "running".to_owned(),
        replicas: 2,
        ports: vec![(3306, "tcp".to_owned(), false)],
        volumes: vec![("data".to_owned(), "share-file".to_owned(), "/var/lib/mysql".to_owned(), 10)],
        files: vec![
            named("library-db-0/ibdata1", "/var/lib/mysql/", "rows of the first"),
            named("library-db-1/ibdata1", "/var/lib/mysql/", "rows of the second"),
        ],
        ..web(ROWS, "db")
    };
    let stopped = ComponentPlan {
        status: "closed".to_owned(),
        volumes: vec![("old".to_owned(), "share-file".to_owned(), "/data/old".to_owned(), 5)],
        files: vec![named("old.md", "/data/old/", "old")],
        ..web("旧馆", "old")
    };
    let mut rows = vec![pages, database, stopped, web("门厅", "hall")];
    // A console of v6 closes a port that no route leads to, as soon as somebody looks at it.
    rows.iter_mut().for_each(|row| row.ports.iter_mut().for_each(|port| port.2 = false));
    rows
}

/// Both of v6: `beijing` holds the library and its backup, `guangzhou` nothing.
async fn world() -> World {
    let world = World::of_eras_with(Era::V6_9_8, Era::V6_9_8, |plan| {
        plan.apps = vec![app("shop", "beijing", LIBRARY, "library", library())];
        plan.backups = vec![backup(LIBRARY, "2026-08-21 12:00:00", "迁移前")];
    })
    .await;
    world.at("guangzhou").faults().switch(|switches| switches.sends_component_name = false);
    world
}

fn target(world: &World) -> &Cluster {
    world.at("guangzhou")
}

/// A client that knows both, and its host, which outlives it.
async fn begun(world: &World) -> (Arc<TestHost>, Client) {
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), target(world)] {
        client.save(cluster).await;
    }
    (host, client)
}

fn reading(names: &[&str]) -> PlanOptions {
    let volume_reading = names.iter().map(|name| (*name).to_owned()).collect();
    PlanOptions { volume_reading, ..PlanOptions::default() }
}

async fn voyage(client: &Client, world: &World, options: PlanOptions) -> PlanRequest {
    let source = client.backup(world.beijing(), LIBRARY_VERSION).await;
    PlanRequest { source, target: client.team("guangzhou", "gz1").await, options }
}

#[track_caller]
fn library_is_whole(cluster: &Cluster) {
    let pages = files(cluster, PAGES);
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["data/pages/a/b/deep.bin", "data/pages/首页.md"]);
    assert_eq!((pages[0].1.len(), pages[1].1.as_str()), (70_000, PAGE));
    let rows = files(cluster, ROWS);
    let contents: Vec<&str> = rows.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(contents, ["rows of the first", "rows of the second"]);
}

/// What a source may not lose or gain, without the times of its app and the lists that were emptied again.
async fn as_found(cluster: &Cluster) -> Value {
    let mut seen = snapshot(cluster).await;
    for app in seen["apps"].as_array_mut().unwrap() {
        app["update_time"] = Value::Null;
    }
    for row in seen["components"].as_array_mut().unwrap() {
        row["carried"].as_object_mut().unwrap().retain(|_, rows| rows.as_array().is_none_or(|rows| !rows.is_empty()));
    }
    seen["plugins"] = serde_json::to_value(cluster.inspect().plugins).unwrap();
    let digest = |(name, text): (String, String)| (name, hex(&Sha256::digest(text)));
    let read = |name| files(cluster, name).into_iter().map(digest).collect::<Vec<_>>();
    seen["files"] = serde_json::to_value([read(PAGES), read(ROWS)]).unwrap();
    seen
}

/// Where two looks differ.
fn differences(path: &str, now: &Value, before: &Value, found: &mut Vec<String>) {
    match (now, before) {
        (Value::Object(now), Value::Object(before)) if now.len() == before.len() => {
            now.iter().for_each(|(key, value)| differences(&format!("{path}/{key}"), value, &before[key], found));
        }
        (Value::Array(now), Value::Array(before)) if now.len() == before.len() => {
            let rows = now.iter().zip(before).enumerate();
            rows.for_each(|(index, (now, before))| differences(&format!("{path}/{index}"), now, before, found));
        }
        _ if now == before => {}
        _ => found.push(format!("{path}: {before} is now {now}")),
    }
}

async fn is_as_found(cluster: &Cluster, before: &Value, when: &str) {
    let mut found = Vec::new();
    differences("", &as_found(cluster).await, before, &mut found);
    assert!(found.is_empty(), "{when}: {found:#?}");
}

#[track_caller]
fn says(job: &JobView, code: LineCode) -> String {
    let report = job.report.as_ref().unwrap();
    let found = report.arrived.iter().chain(&report.missing).find(|line| line.code == code);
    found.unwrap_or_else(|| panic!("{code:?} is not in {report:#?}")).message.clone()
}

fn checks(plan: &PlanView, id: CheckId) -> Vec<(Level, LineCode)> {
    plan.checks.iter().filter(|check| check.id == id).map(|check| (check.level, check.line.code)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_no_package_holds_arrive_and_the_source_is_as_it_was() {
    let world = world().await;
    let client = world.client().await;
    let before = as_found(world.beijing()).await;
    let request = voyage(&client, &world, reading(&["*"])).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.lane, Some(Lane::Rebuild));
    let rows: Vec<_> = plan.volumes.iter().map(|row| (row.name.as_str(), row.reads, row.can, row.chosen)).collect();
    assert_eq!(rows, [(PAGES, true, true, true), (ROWS, true, true, true), ("旧馆", true, false, false)]);
    assert_eq!(plan.volumes[2].line.code, LineCode::VolumesReadStopped);
    let warned = [(Level::Warn, LineCode::CheckReadingWarn), (Level::Warn, LineCode::CheckReadingLoopback)];
    assert_eq!(checks(&plan, CheckId::Reading), warned);
    for code in [LineCode::ArrivesRead, LineCode::ChangesRead, LineCode::ChangesHelper] {
        assert!(plan.arrives.iter().chain(&plan.changes).any(|line| line.code == code), "{code:?}");
    }
    let phases: Vec<PhaseName> = plan.steps.iter().map(|step| step.name).collect();
    assert_eq!(&phases[..3], [PhaseName::Check, PhaseName::Read, PhaseName::Prepare]);

    let job = client.perform(request).await;
    done(&job);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    library_is_whole(target(&world));
    assert_eq!(files(target(&world), "旧馆"), []);
    for name in [PAGES, ROWS] {
        assert_eq!(component(target(&world), name).status, "running", "{name}");
    }
    is_as_found(world.beijing(), &before, "at the end").await;
    assert!(says(&job, LineCode::ReportRead).contains("2 files"));
    assert!(says(&job, LineCode::ReportVolumesFilled).contains("2 files"));
    assert!(says(&job, LineCode::ReportReaderImage).contains("rainferry-helper"));
    let missing = &job.report.as_ref().unwrap().missing;
    let empty = missing.iter().find(|line| line.code == LineCode::ReportVolumesEmpty).unwrap();
    assert!(empty.message.contains("旧馆/old") && !empty.message.contains(PAGES), "{}", empty.message);
    assert!(!format!("{job:?}").contains("X-Amz-Signature"), "an address that is a key was told");
    let state = target(&world).inspect();
    assert!(state.plugins.is_empty() && state.templates.is_empty());
    let objects = target(&world).objects().list(&target(&world).store().bucket, "rbm/").await.unwrap();
    assert!(objects.is_empty() && target(&world).unfinished_uploads() == 0, "{objects:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_and_choosing_it_blocks() {
    let world = world().await;
    let client = world.client().await;
    // Unasked, nothing is read: it is a row that says what would happen, and a loss.
    let plan = client.plan(voyage(&client, &world, PlanOptions::default()).await).await;
    assert!(plan.volumes.iter().all(|row| row.reads && !row.chosen) && checks(&plan, CheckId::Reading).is_empty());
    assert!(plan.steps.iter().all(|step| step.name != PhaseName::Read));
    assert_eq!(plan.volumes[0].line.code, LineCode::VolumesRead);
    let lost = plan.stays.iter().find(|line| line.code == LineCode::LosesVolumeData).unwrap();
    assert!(lost.message.contains("阅览室/pages"), "{}", lost.message);
    // To fill with what the package holds is another wish, and never stops anything at the source.
    let filling = PlanOptions { volume_data: vec!["*".to_owned()], ..PlanOptions::default() };
    let plan = client.plan(voyage(&client, &world, filling).await).await;
    assert!(plan.volumes.iter().all(|row| !row.chosen));
    let filling = PlanOptions { volume_data: vec![PAGES.to_owned()], ..PlanOptions::default() };
    let plan = client.plan(voyage(&client, &world, filling).await).await;
    assert_eq!(checks(&plan, CheckId::Helper), [(Level::Block, LineCode::CheckHelperBlock)]);
    for name in ["旧馆", "nobody"] {
        let plan = client.plan(voyage(&client, &world, reading(&[name])).await).await;
        assert_eq!(checks(&plan, CheckId::Reading), [(Level::Block, LineCode::CheckReadingBlock)], "{name}");
    }
    // Nothing is stopped where the user said that nothing may be changed, nor where pods have no place to write to.
    client.change(world.beijing(), |draft| draft.read_only = true).await;
    let plan = client.plan(voyage(&client, &world, reading(&["*"])).await).await;
    assert!(plan.volumes.iter().all(|row| row.line.code == LineCode::VolumesReadOnly && !row.chosen));
    // An app that is gone can be asked nothing.
    let state = world.beijing().inspect();
    let ids: Vec<String> = state.components.iter().map(|row| row.service_id.clone()).collect();
    world.beijing().edit(|state| state.components.retain(|row| !ids.contains(&row.service_id))).unwrap();
    client.change(world.beijing(), |draft| draft.read_only = false).await;
    let plan = client.plan(voyage(&client, &world, reading(&["*"])).await).await;
    assert!(plan.volumes.iter().all(|row| row.line.code == LineCode::VolumesReadGone), "{:#?}", plan.volumes);
}

/// Closed anywhere while it reads, a job goes on where it was, and stops each component once.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_stopped_while_it_reads_reads_once() {
    let codes = [LineCode::LogReaderThere, LineCode::LogReadStopping, LineCode::LogRead, LineCode::LogReaderTaken];
    for code in codes {
        let world = world().await;
        let (host, client) = begun(&world).await;
        let before = as_found(world.beijing()).await;
        let late = || Trouble::Late { millis: 60 };
        world.beijing().faults().set(Fault::console("*", "**", Hits::Always, late()));
        world.beijing().faults().set(Fault::store("*", "*/rbm/**", Hits::Always, late()));
        let job = client.start(voyage(&client, &world, reading(&["*"])).await).await;
        client.until(&job.id, "the line", |view| view.log.iter().any(|row| row.line.code == code)).await;
        client.core.close().await;
        drop(client);
        world.beijing().faults().clear();
        let client = Client::open(TestHost::knowing(&world.home(), &world.library(), host.secrets())).await.unwrap();
        let job = client.end(&job.id).await;
        done(&job);
        library_is_whole(target(&world));
        is_as_found(world.beijing(), &before, &format!("{code:?}")).await;
        assert!(job.leftovers.is_empty(), "{code:?}: {:?}", job.leftovers);
        client.core.close().await;
    }
}

/// Somebody took the helper away while nobody looked, or the end of a try that could not be written down did: it is made anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_helper_that_was_taken_away_is_made_anew() {
    let world = world().await;
    let (host, client) = begun(&world).await;
    let before = as_found(world.beijing()).await;
    world.beijing().faults().set(Fault::console("*", "**", Hits::Always, Trouble::Late { millis: 60 }));
    let job = client.start(voyage(&client, &world, reading(&["*"])).await).await;
    let stopped = |view: &JobView| view.log.iter().any(|row| row.line.code == LineCode::LogReadStopping);
    client.until(&job.id, "the stop", stopped).await;
    client.core.close().await;
    drop(client);
    world.beijing().faults().clear();
    let taken = world.beijing().edit(|state| {
        state.components.iter_mut().for_each(|row| row.carried.retain(|table, _| !table.contains("plugin")));
        std::mem::take(&mut state.plugins).len()
    });
    assert_eq!(taken.unwrap(), 1);
    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), host.secrets())).await.unwrap();
    let job = client.end(&job.id).await;
    done(&job);
    library_is_whole(target(&world));
    is_as_found(world.beijing(), &before, "at the end").await;
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
}

/// Everything is as it was but for the image, which only the cluster's operator can remove.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_while_pods_read_leaves_the_source_running() {
    let world = world().await;
    let client = world.client().await;
    let (before, there) = (as_found(world.beijing()).await, snapshot(target(&world)).await);
    let slow = Trouble::Slow { bytes_per_sec: 40 };
    world.beijing().faults().set(Fault::store("PutObject", "*/rbm/**/all-0.tar.zst", Hits::Always, slow));
    let job = client.start(voyage(&client, &world, reading(&["*"])).await).await;
    let stopped = |view: &JobView| view.log.iter().any(|row| row.line.code == LineCode::LogReadStopping);
    client.until(&job.id, "the stop", stopped).await;
    let waits = async {
        while component(world.beijing(), PAGES).status != "starting" {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled, "{:?}", job.problem);
    let left: Vec<LineCode> = job.leftovers.iter().map(|left| left.line.code).collect();
    assert_eq!(left, [LineCode::LeftImages]);
    world.beijing().faults().clear();
    runs_again(&world).await;
    is_as_found(world.beijing(), &before, "at the end").await;
    assert_eq!(snapshot(target(&world)).await, there);
}

/// What was started comes up in its own time.
async fn runs_again(world: &World) {
    let waits = async {
        while component(world.beijing(), PAGES).status_at(i64::MAX) != "running" {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
}

/// Pod security that refuses privileged init containers: the source runs again without the helper, the job says what may be the
/// reason, and a second try reads what the first could not.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_refuses_the_helper_runs_again() {
    let world = world().await;
    let (host, client) = begun(&world).await;
    let (before, there) = (as_found(world.beijing()).await, snapshot(target(&world)).await);
    world.beijing().faults().switch(|switches| switches.refuses_privileged = true);
    let job = client.start(voyage(&client, &world, reading(&[PAGES])).await).await;
    let waits = async {
        while component(world.beijing(), PAGES).status != "abnormal" {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        // One look at it as it is, then two minutes go by.
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        host.hurry(3);
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    let job = client.end(&job.id).await;
    failed(&job, Code::SourceUnread);
    let problem = job.problem.as_ref().unwrap();
    assert!(problem.message.contains(PAGES) && problem.hint.as_ref().unwrap().contains("privileged init containers"));
    runs_again(&world).await;
    let left: Vec<LineCode> = job.leftovers.iter().map(|left| left.line.code).collect();
    assert_eq!(left, [LineCode::LeftVolumeData, LineCode::LeftImages]);
    assert_eq!(snapshot(target(&world)).await, there, "nothing was made");
    world.beijing().faults().switch(|switches| switches.refuses_privileged = false);
    client.core.retry_job(job.id.clone()).await.unwrap();
    let job = client.end(&job.id).await;
    done(&job);
    assert_eq!(files(target(&world), PAGES).len(), 2);
    is_as_found(world.beijing(), &before, "at the end").await;
}

/// The helper cannot send what it read: it lets the app start, the job says its words, and what it left can be removed.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_keeps_nothing_from_running() {
    let world = world().await;
    let client = world.client().await;
    let before = as_found(world.beijing()).await;
    let refused = Trouble::Fail { status: 403 };
    world.beijing().faults().set(Fault::store("PutObject", "*/rbm/**/all-0.tar.zst", Hits::Always, refused));
    let job = client.perform(voyage(&client, &world, reading(&[PAGES])).await).await;
    failed(&job, Code::SourceUnread);
    assert!(!format!("{job:?}").contains("X-Amz-Signature"), "an address that is a key was told");
    runs_again(&world).await;
    world.beijing().faults().clear();
    client.core.clean_job(job.id).await.unwrap();
    is_as_found(world.beijing(), &before, "at the end").await;
}

/// An app that runs is backed up first, and its files are read where it runs.
#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_running_app_go_with_it() {
    let world = world().await;
    let client = world.client().await;
    let source = client.app(world.beijing(), LIBRARY).await;
    let target = client.team("guangzhou", "gz1").await;
    let options = PlanOptions { stop_stateful: true, ..reading(&[PAGES, ROWS]) };
    let request = PlanRequest { source, target, options };
    let plan = client.plan(request.clone()).await;
    let rows: Vec<_> = plan.volumes.iter().map(|row| (row.name.as_str(), row.can, row.chosen)).collect();
    assert_eq!(rows, [("旧馆", false, false), (ROWS, true, true), (PAGES, true, true)]);
    let data = plan.checks.iter().find(|check| check.id == CheckId::VolumeData).unwrap();
    assert!(data.line.message.contains("旧馆/old") && !data.line.message.contains(PAGES), "{}", data.line.message);
    assert!(plan.steps.iter().any(|step| step.name == PhaseName::Read));
    let job = client.perform(request).await;
    done(&job);
    library_is_whole(self::target(&world));
    assert!(world.beijing().inspect().plugins.is_empty());
    for name in [PAGES, ROWS] {
        assert_eq!(component(world.beijing(), name).status, "running", "{name}");
    }
}
