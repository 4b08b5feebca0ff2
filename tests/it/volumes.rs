//! Files of volumes come through pods: the real helper, run by simulated clusters as an init container, fills them before the
//! app starts. What cannot be carried is said beforehand; what fails leaves no app on half of its data, and no trace of ours.

use crate::world::{
    Client, MONITOR_VERSION, PATIENCE, SHOP_VERSION, Size, TestHost, World, app, backup, component, done, failed,
    files, snapshot, web,
};
use rainferry_core::Code;
use rainferry_core::api::{
    CheckId, JobState, JobView, Lane, Level, LineCode, PhaseName, PlanOptions, PlanRequest, PlanSource, PlanTarget,
    PlanView,
};
use rainferry_sandbox::{Cluster, ComponentPlan, Era, Fault, Hits, Trouble};

const LIBRARY: &str = "资料馆";
const LIBRARY_VERSION: &str = "20260821120000";
const PAGE: &str = "# 欢迎\n";

/// Pages that three instances share, and a database of two instances with files of their own each.
fn library() -> Vec<ComponentPlan> {
    let named = |name: &str, path: &str, text: &str| (format!("{path}{name}"), text.to_owned());
    let pages = ComponentPlan {
        replicas: 3,
        volumes: vec![("pages".to_owned(), "share-file".to_owned(), "/data/pages".to_owned(), 5)],
        files: vec![named("首页.md", "/data/pages/", PAGE), named("a/b/deep.bin", "/data/pages/", &"x".repeat(70_000))],
        ..web("阅览室", "wiki")
    };
    let database = ComponentPlan {
        extend_method: "state_multiple".to_owned(),
        status: "closed".to_owned(),
        replicas: 2,
        ports: vec![(3306, "tcp".to_owned(), false)],
        volumes: vec![("data".to_owned(), "share-file".to_owned(), "/var/lib/mysql".to_owned(), 10)],
        files: vec![
            named("library-db-0/ibdata1", "/var/lib/mysql/", "rows of the first"),
            named("library-db-1/ibdata1", "/var/lib/mysql/", "rows of the second"),
        ],
        ..web("目录库", "db")
    };
    vec![pages, database]
}

async fn world() -> World {
    let world = World::planned(
        Size::Small,
        |plan| {
            plan.apps.push(app("shop", "beijing", LIBRARY, "library", library()));
            plan.backups.push(backup(LIBRARY, "2026-08-21 12:00:00", "迁移前"));
        },
        |_| {},
    )
    .await;
    world.shanghai().faults().switch(|switches| switches.sends_component_name = false);
    world
}

fn filling(names: &[&str]) -> PlanOptions {
    let volume_data = names.iter().map(|name| (*name).to_owned()).collect();
    PlanOptions { volume_data, ..PlanOptions::default() }
}

async fn voyage(client: &Client, world: &World, options: PlanOptions) -> PlanRequest {
    let source = client.backup(world.beijing(), LIBRARY_VERSION).await;
    PlanRequest { source, target: client.team("shanghai", "ops").await, options }
}

#[track_caller]
fn library_is_whole(cluster: &Cluster) {
    let pages = files(cluster, "阅览室");
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["data/pages/a/b/deep.bin", "data/pages/首页.md"]);
    assert_eq!((pages[0].1.len(), pages[1].1.as_str()), (70_000, PAGE));
    let rows = files(cluster, "目录库");
    let contents: Vec<&str> = rows.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(contents, ["rows of the first", "rows of the second"]);
    assert!(rows[0].0.ends_with("-db-0/ibdata1") && rows[1].0.ends_with("-db-1/ibdata1"), "{rows:?}");
}

/// Nothing of the helper is anywhere any more.
async fn nothing_of_ours_stays(cluster: &Cluster) {
    let state = cluster.inspect();
    assert!(state.plugins.is_empty(), "{:?}", state.plugins);
    assert!(state.templates.is_empty(), "{:?}", state.templates);
    let relations: Vec<_> = state.components.iter().flat_map(|row| row.rows("service_plugin_relation")).collect();
    assert!(relations.is_empty(), "{relations:?}");
    let objects = cluster.objects().list(&cluster.store().bucket, "rbm/").await.unwrap();
    assert!(objects.is_empty() && cluster.unfinished_uploads() == 0, "{objects:?}");
}

#[track_caller]
fn says(job: &JobView, code: LineCode) -> String {
    let report = job.report.as_ref().unwrap();
    let found = report.arrived.iter().chain(&report.missing).find(|line| line.code == code);
    found.unwrap_or_else(|| panic!("{code:?} is not in {report:#?}")).message.clone()
}

fn helper_checks(plan: &PlanView) -> Vec<(Level, LineCode)> {
    let ours = plan.checks.iter().filter(|check| check.id == CheckId::Helper);
    ours.map(|check| (check.level, check.line.code)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_volumes_arrive_byte_for_byte_and_nothing_of_the_helper_stays() {
    let world = world().await;
    let client = world.client().await;
    let before = snapshot(world.beijing()).await;
    let request = voyage(&client, &world, filling(&["*"])).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.lane, Some(Lane::Rebuild));
    assert!(plan.volumes.iter().all(|row| row.can && row.chosen && row.bytes > 0), "{:#?}", plan.volumes);
    assert!(plan.stays.iter().all(|line| line.code != LineCode::LosesVolumeData), "{:#?}", plan.stays);
    assert!(plan.changes.iter().any(|line| line.code == LineCode::ChangesHelper));
    let warned = (Level::Warn, LineCode::CheckHelperWarn);
    assert_eq!(helper_checks(&plan), [warned, (Level::Warn, LineCode::CheckHelperLoopback)]);

    let job = client.perform(request).await;
    done(&job);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    library_is_whole(world.shanghai());
    nothing_of_ours_stays(world.shanghai()).await;
    for name in ["阅览室", "目录库"] {
        assert_eq!(component(world.shanghai(), name).status, "running", "{name}");
    }
    assert_eq!(component(world.shanghai(), "阅览室").min_node, 3, "one alone filled it, then all came back");
    let report = job.report.as_ref().unwrap();
    assert!(says(&job, LineCode::ReportVolumesFilled).contains("2 files"), "{report:#?}");
    assert!(report.missing.iter().all(|line| line.code != LineCode::ReportVolumesEmpty), "{:#?}", report.missing);
    assert!(report.differences.is_empty(), "{:#?}", report.differences);
    assert_eq!(snapshot(world.beijing()).await, before);
}

/// What was not chosen stays a loss that the plan names and the report repeats.
#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_chosen_is_filled() {
    let world = world().await;
    let client = world.client().await;
    let plan = client.plan(voyage(&client, &world, PlanOptions::default()).await).await;
    assert!(plan.volumes.iter().all(|row| row.can && !row.chosen) && helper_checks(&plan).is_empty());
    assert!(plan.steps.iter().all(|step| step.name != PhaseName::Fill));
    // By the name people see, and without the start that nobody asked for: its pods must run to be filled.
    let options = PlanOptions { start_after: false, ..filling(&["阅览室"]) };
    let request = voyage(&client, &world, options).await;
    let plan = client.plan(request.clone()).await;
    assert!(plan.changes.iter().any(|line| line.code == LineCode::ChangesStartedForData));
    let lost = plan.stays.iter().find(|line| line.code == LineCode::LosesVolumeData).unwrap();
    assert!(lost.message.contains("目录库/data") && !lost.message.contains("阅览室"), "{}", lost.message);
    let job = client.perform(request).await;
    done(&job);
    assert!(says(&job, LineCode::ReportVolumesEmpty).contains("目录库/data"));
    assert_eq!((files(world.shanghai(), "阅览室").len(), files(world.shanghai(), "目录库").len()), (2, 0));
    nothing_of_ours_stays(world.shanghai()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_carried_is_said_and_choosing_it_blocks() {
    let world = world().await;
    let client = world.client().await;
    // A `local` volume is in no package of v5.
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = client.team("shanghai", "ops").await;
    let shop = |options| PlanRequest { source: source.clone(), target: target.clone(), options };
    let plan = client.plan(shop(filling(&["*"]))).await;
    let database = plan.volumes.iter().find(|row| row.name == "订单库").unwrap();
    assert!(!database.can && plan.volumes.len() == 1);
    // Nor can it be read there: a cluster of v5 takes no helper by calls.
    assert!(database.reads && database.line.code == LineCode::VolumesReadVersion, "{database:?}");
    assert!(helper_checks(&plan).is_empty(), "all that can be is nothing");
    for name in ["订单库", "nobody"] {
        let plan = client.plan(shop(filling(&[name]))).await;
        assert_eq!(helper_checks(&plan), [(Level::Block, LineCode::CheckHelperBlock)], "{name}");
    }
    // The platform's own restore brings what it brings: there is nothing to choose.
    let options = PlanOptions { lane: Some(Lane::Official), ..filling(&["*"]) };
    let plan = client.plan(voyage(&client, &world, options).await).await;
    assert!(plan.volumes.is_empty() && helper_checks(&plan).is_empty());
    // Of v6 there is no data in a package at all.
    let source = client.backup(world.shanghai(), MONITOR_VERSION).await;
    let target = client.team("shanghai", "crm").await;
    let plan = client.plan(PlanRequest { source, target, options: filling(&["*"]) }).await;
    assert!(plan.volumes.iter().all(|row| !row.can));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_store_is_known_files_stay_in_the_package() {
    let world = world().await;
    let client = world.client().await;
    client.change(world.shanghai(), |draft| draft.stores = Some(Vec::new())).await;
    let plan = client.plan(voyage(&client, &world, filling(&["阅览室"])).await).await;
    let row = plan.volumes.iter().find(|row| row.name == "阅览室").unwrap();
    assert!(!row.can && row.line.code == LineCode::VolumesNoStore, "{row:#?}");
    assert_eq!(helper_checks(&plan), [(Level::Block, LineCode::CheckHelperBlock)]);
}

/// A bundle carries the package, and so its files; pods are told another name of the store than this computer uses.
#[tokio::test(flavor = "multi_thread")]
async fn files_come_out_of_a_bundle_and_pods_know_the_store_by_another_name() {
    let world = world().await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), LIBRARY_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let export = client.perform(PlanRequest { source, target, options: PlanOptions::default() }).await;
    done(&export);
    world.beijing().refuse_connections().await;
    let source = PlanSource::File { path: export.report.unwrap().path.unwrap() };
    let target = client.team("shanghai", "ops").await;
    let inside = world.shanghai().store().endpoint.replace("127.0.0.1", "localhost");
    let options = PlanOptions { volume_endpoint: Some(inside.clone()), ..filling(&["*"]) };
    let request = PlanRequest { source, target, options };
    let plan = client.plan(request.clone()).await;
    let warned = plan.checks.iter().find(|check| check.line.code == LineCode::CheckHelperWarn).unwrap();
    assert!(warned.line.message.contains(&inside), "{}", warned.line.message);
    done(&client.perform(request).await);
    library_is_whole(world.shanghai());
    nothing_of_ours_stays(world.shanghai()).await;
}

/// A console of v5 tells its store, and takes the package by one request.
#[tokio::test(flavor = "multi_thread")]
async fn files_arrive_on_v5_as_well() {
    let mut world = world().await;
    world.add_guangzhou(Era::V5_17_3).await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), LIBRARY_VERSION).await;
    let target = client.team("guangzhou", "gz1").await;
    let options = PlanOptions { lane: Some(Lane::Rebuild), ..filling(&["*"]) };
    let job = client.perform(PlanRequest { source, target, options }).await;
    done(&job);
    library_is_whole(world.at("guangzhou"));
    nothing_of_ours_stays(world.at("guangzhou")).await;
}

/// Brings a job to the moment before its pods start: the console refuses the start once.
async fn before_the_start(world: &World, client: &Client) -> JobView {
    let refused = Trouble::Fail { status: 500 };
    let once = Fault::console("POST", "**/common_operation", Hits::First(1), refused);
    world.shanghai().faults().set(once);
    let job = client.perform(voyage(client, world, filling(&["阅览室"])).await).await;
    assert_eq!(job.state, JobState::Failed, "{:?}", job.problem);
    job
}

async fn again(client: &Client, job: &JobView) -> JobView {
    client.core.retry_job(job.id.clone()).await.unwrap();
    client.end(&job.id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_that_is_not_empty_is_left_alone_and_the_app_does_not_start() {
    let world = world().await;
    let client = world.client().await;
    let job = before_the_start(&world, &client).await;
    let row = component(world.shanghai(), "阅览室");
    let place = world.dir.path().join("shanghai/grdata/tenant").join(&row.tenant_id).join("service");
    let folder = place.join(&row.service_id).join("data/pages");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("old.md"), "somebody's").unwrap();
    let job = again(&client, &job).await;
    failed(&job, Code::ArrivedIncomplete);
    let problem = job.problem.as_ref().unwrap();
    assert!(problem.message.contains("is not empty: it holds old.md"), "{}", problem.message);
    assert_eq!(component(world.shanghai(), "阅览室").status, "abnormal");
    assert_eq!(files(world.shanghai(), "阅览室"), [("data/pages/old.md".to_owned(), "somebody's".to_owned())]);
    std::fs::remove_file(folder.join("old.md")).unwrap();
    let job = again(&client, &job).await;
    done(&job);
    assert_eq!(files(world.shanghai(), "阅览室").len(), 2);
    nothing_of_ours_stays(world.shanghai()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_with_another_checksum_fills_nothing_and_all_of_it_can_be_removed() {
    let world = world().await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    let job = before_the_start(&world, &client).await;
    let (objects, bucket) = (world.shanghai().objects(), world.shanghai().store().bucket);
    let listed = objects.list(&bucket, "rbm/").await.unwrap();
    let (key, _) = listed.into_iter().find(|(key, _)| key.ends_with(".zip")).unwrap();
    let mut bytes = objects.get(&bucket, &key).await.unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    objects.put(&bucket, &key, bytes).await.unwrap();
    let job = again(&client, &job).await;
    failed(&job, Code::ArrivedIncomplete);
    let problem = job.problem.as_ref().unwrap();
    assert!(problem.message.contains("another checksum"), "{}", problem.message);
    assert!(!format!("{job:?}").contains("X-Amz-Signature"), "an address that is a key was told");
    assert_eq!(component(world.shanghai(), "阅览室").status, "abnormal");
    assert_eq!(files(world.shanghai(), "阅览室"), []);
    let left: Vec<LineCode> = job.leftovers.iter().map(|left| left.line.code).collect();
    for code in [LineCode::LeftApp, LineCode::LeftHelper, LineCode::LeftVolumeData, LineCode::LeftTemplate] {
        assert!(left.contains(&code), "{code:?} is not in {left:?}");
    }
    client.core.clean_job(job.id).await.unwrap();
    nothing_of_ours_stays(world.shanghai()).await;
    assert_eq!(snapshot(world.shanghai()).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_while_pods_fill_leaves_nothing() {
    let world = world().await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    let slow = Trouble::Slow { bytes_per_sec: 100 };
    world.shanghai().faults().set(Fault::store("GetObject", "*/rbm/**", Hits::Always, slow));
    let job = client.start(voyage(&client, &world, filling(&["*"])).await).await;
    client.in_phase(&job.id, PhaseName::Fill).await;
    let asked = |view: &JobView| view.log.iter().any(|line| line.line.code == LineCode::LogDeployed);
    client.until(&job.id, "the start", asked).await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled, "{:?}", job.problem);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    world.shanghai().faults().clear();
    nothing_of_ours_stays(world.shanghai()).await;
    assert_eq!(snapshot(world.shanghai()).await, before);
}

/// Closed in each of the chapters that are its own, the job ends as one that was never closed.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_stopped_anywhere_fills_volumes_once() {
    for phase in [PhaseName::Data, PhaseName::Fill, PhaseName::Unplug] {
        let world = world().await;
        let host = TestHost::at(&world.home(), &world.library());
        let client = Client::open(host.clone()).await.unwrap();
        for cluster in [world.beijing(), world.shanghai()] {
            client.save(cluster).await;
        }
        let late = || Trouble::Late { millis: 120 };
        world.shanghai().faults().set(Fault::console("*", "**", Hits::Always, late()));
        world.shanghai().faults().set(Fault::store("*", "*/rbm/**", Hits::Always, late()));
        let job = client.start(voyage(&client, &world, filling(&["*"])).await).await;
        client.in_phase(&job.id, phase).await;
        client.core.close().await;
        drop(client);
        world.shanghai().faults().clear();
        let client = Client::open(TestHost::knowing(&world.home(), &world.library(), host.secrets())).await.unwrap();
        let job = client.end(&job.id).await;
        done(&job);
        assert!(job.leftovers.is_empty(), "{phase:?}: {:?}", job.leftovers);
        library_is_whole(world.shanghai());
        nothing_of_ours_stays(world.shanghai()).await;
        client.core.close().await;
    }
}

/// Pod security that refuses privileged init containers: the app stays down, and the job says what may be the reason.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_refuses_the_helper_is_told_of() {
    let world = world().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    world.shanghai().faults().switch(|switches| switches.refuses_privileged = true);
    let job = client.start(voyage(&client, &world, filling(&["阅览室"])).await).await;
    let waits = async {
        while component_status(world.shanghai(), "阅览室") != "abnormal" {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        // One look at it as it is, then two minutes go by.
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        host.hurry(3);
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    let job = client.end(&job.id).await;
    failed(&job, Code::ArrivedIncomplete);
    let hint = job.problem.as_ref().unwrap().hint.clone().unwrap();
    assert!(hint.contains("privileged init containers"), "{hint}");
    assert_eq!(component_status(world.shanghai(), "阅览室"), "abnormal");
    client.core.clean_job(job.id).await.unwrap();
    nothing_of_ours_stays(world.shanghai()).await;
}

fn component_status(cluster: &Cluster, name: &str) -> String {
    let state = cluster.inspect();
    state.components.iter().find(|row| row.name == name).map(|row| row.status.clone()).unwrap_or_default()
}
