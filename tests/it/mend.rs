//! A package that the target could not restore as it is arrives mended; the source and its bundle stay as they were.

use crate::world::{
    Client, SHOP, WIKI_VERSION, World, blocked_by, done, ended, official, packages, sha256, snapshot, v5_key,
};
use rainferry_core::api::{
    CheckId, JobState, JobView, Level, LineCode, PlanRequest, PlanSource, PlanTarget, PlanView, Route,
};
use rainferry_sandbox::Cluster;
use std::io::Read;

async fn to_shanghai(client: &Client, source: PlanSource) -> PlanRequest {
    PlanRequest { source, target: client.team("shanghai", "ops").await, options: official() }
}

async fn wiki(client: &Client, world: &World) -> PlanRequest {
    to_shanghai(client, client.backup(world.beijing(), WIKI_VERSION).await).await
}

#[track_caller]
fn check(plan: &PlanView, id: CheckId) -> (Level, LineCode) {
    let found = plan.checks.iter().find(|check| check.id == id);
    found.map_or_else(|| panic!("{id:?} was not looked at"), |check| (check.level, check.line.code))
}

fn says(job: &JobView, code: LineCode) -> Option<String> {
    let report = job.report.as_ref().unwrap();
    let lines = report.arrived.iter().chain(&report.missing);
    lines.into_iter().find(|line| line.code == code).map(|line| line.message.clone())
}

/// The wiki's only component on `shanghai`, and its files.
fn wiki_files(world: &World) -> Vec<(String, Vec<u8>)> {
    let state = world.shanghai().inspect();
    let row = state.components.iter().find(|row| row.name.starts_with("知识库")).unwrap();
    world.shanghai().volume_files(&row.service_id)
}

/// The data lies in the share directory of the restored component.
pub(crate) fn wiki_arrived(world: &World) {
    let files = wiki_files(world);
    let page = files.iter().find(|(name, _)| name.ends_with("data/pages/首页.md"));
    let page = page.unwrap_or_else(|| panic!("the page is not in {files:?}"));
    assert_eq!(String::from_utf8_lossy(&page.1), "# 欢迎\n");
}

/// The names inside an image archive of the package that arrived, as python3's zipfile sees it.
async fn names_in_package(cluster: &Cluster, key: &str) -> String {
    let bytes = cluster.objects().get(&cluster.store().bucket, key).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("package.zip");
    std::fs::write(&path, bytes).unwrap();
    let script = "import sys,zipfile,tarfile,io\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nfor i in z.namelist():\n if i.endswith('.tar'): print(tarfile.open(fileobj=io.BytesIO(z.read(i))).extractfile('manifest.json').read())";
    let mut child = std::process::Command::new("python3");
    let child = child.arg("-c").arg(script).arg(&path).stdout(std::process::Stdio::piped());
    let mut child = child.spawn().unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success());
    said
}

/// B-4: the platform strips the roots of volume data; a second name at the top keeps them.
#[tokio::test(flavor = "multi_thread")]
async fn volume_data_arrives_where_the_platform_alone_loses_it() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = snapshot(world.beijing()).await;
    let source = sha256(world.beijing(), "rainbond-backup", &v5_key(world.beijing(), WIKI_VERSION)).await;
    let request = wiki(&client, &world).await;
    let plan = client.plan(request.clone()).await;
    assert!(plan.blocks().next().is_none(), "{:?}", plan.checks);
    assert_eq!(check(&plan, CheckId::VolumeData), (Level::Warn, LineCode::CheckVolumeDataMended));
    assert_eq!((plan.route, plan.route_reason.code), (Route::Relay, LineCode::RouteMended));
    assert!(plan.changes.iter().any(|line| line.code == LineCode::ChangesDataRepacked), "{:?}", plan.changes);
    let job = client.perform(request).await;
    done(&job);
    wiki_arrived(&world);
    let said = says(&job, LineCode::ReportMended).unwrap();
    assert!(said.contains("1 rewritten") && said.contains("__all_data.zip"), "{said}");
    assert_eq!(says(&job, LineCode::ReportPackageEqual), None);
    assert_eq!(snapshot(world.beijing()).await, before);
    let now = sha256(world.beijing(), "rainbond-backup", &v5_key(world.beijing(), WIKI_VERSION)).await;
    assert_eq!(now, source);
}

/// Without mending, the same restore reports success and no data: the sandbox fails as the platform does.
#[tokio::test(flavor = "multi_thread")]
async fn left_out_data_is_said_before_and_after() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let mut request = wiki(&client, &world).await;
    request.options.drop_volume_data = true;
    let plan = client.plan(request.clone()).await;
    assert_eq!(check(&plan, CheckId::VolumeData), (Level::Warn, LineCode::CheckVolumeDataDropped));
    assert!(plan.stays.iter().any(|line| line.code == LineCode::StaysVolumeData), "{:?}", plan.stays);
    let job = client.perform(request).await;
    done(&job);
    assert!(wiki_files(&world).is_empty());
    assert!(says(&job, LineCode::ReportDataDropped).is_some() && says(&job, LineCode::ReportVolumesEmpty).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_is_mended_on_its_way_in_and_keeps_the_original() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), WIKI_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let export = client.perform(PlanRequest { source, target, options: official() }).await;
    done(&export);
    let path = export.report.unwrap().path.unwrap();
    let before = std::fs::read(&path).unwrap();
    let request = to_shanghai(&client, PlanSource::File { path: path.clone() }).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(check(&plan, CheckId::VolumeData), (Level::Warn, LineCode::CheckVolumeDataMended));
    let job = client.perform(request).await;
    done(&job);
    wiki_arrived(&world);
    assert!(says(&job, LineCode::ReportMended).is_some());
    assert!(std::fs::read(&path).unwrap() == before);
}

/// B-5: the region pushes a name that it never loaded, unless the archive has it.
#[tokio::test(flavor = "multi_thread")]
async fn images_arrive_under_the_targets_registry() {
    let world = World::with_registry("registry.shanghai.test/apps").await;
    let client = world.client().await;
    let request = client.voyage(&world).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(check(&plan, CheckId::Registry), (Level::Pass, LineCode::CheckRegistryMended));
    let known = packages(world.shanghai()).await;
    let job = client.perform(request).await;
    done(&job);
    let key = packages(world.shanghai()).await.into_iter().find(|key| !known.contains(key)).unwrap();
    let names = names_in_package(world.shanghai(), &key).await;
    assert!(names.contains("registry.shanghai.test/apps/web:") && !names.contains("goodrain.me"), "{names}");
    let state = world.shanghai().inspect();
    let app = state.apps.iter().find(|app| app.name == SHOP).unwrap();
    assert!(state.components_of(app.id).all(|row| row.image_name.starts_with("registry.shanghai.test/apps/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_cannot_be_learnt_is_warned_of() {
    let world = World::with_registry("registry.shanghai.test/apps").await;
    world.shanghai().edit(|state| state.backups.clear()).unwrap();
    let client = world.client().await;
    let plan = client.plan(client.voyage(&world).await).await;
    assert_eq!(check(&plan, CheckId::Registry), (Level::Warn, LineCode::CheckRegistryUnknown));
    assert!(plan.blocks().next().is_none(), "{:?}", plan.checks);
}

/// A new backup of an app whose component leads to one of another app.
async fn with_a_foreign_link(client: &Client, world: &World, app: &str, component: &str) -> PlanSource {
    let edit = |state: &mut rainferry_sandbox::State| {
        let other = state.components.iter().find(|row| row.name == "客户前台").unwrap().service_id.clone();
        state.components.iter_mut().find(|row| row.name == component).unwrap().depends.push(other);
    };
    world.beijing().edit(edit).unwrap();
    let source = client.app(world.beijing(), app).await;
    let job = client.perform(PlanRequest { source, target: PlanTarget::Backup, options: official() }).await;
    done(&job);
    let state = world.beijing().inspect();
    let newest = state.backups.iter().max_by_key(|row| row.id).unwrap();
    client.backup(world.beijing(), &newest.version.clone()).await
}

fn leads_nowhere(world: &World) -> bool {
    let state = world.shanghai().inspect();
    let known = |id: &String| state.components.iter().any(|row| row.service_id == *id);
    state.components.iter().any(|row| !row.depends.iter().all(known))
}

/// Only metadata is mended: the package goes as it is, and both files lie beside it.
#[tokio::test(flavor = "multi_thread")]
async fn links_that_lead_outside_are_left_behind() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let source = with_a_foreign_link(&client, &world, SHOP, "前端").await;
    let request = to_shanghai(&client, source).await;
    let plan = client.plan(request.clone()).await;
    assert!(plan.changes.iter().any(|line| line.code == LineCode::ChangesLinksDropped), "{:?}", plan.changes);
    assert_eq!(plan.route_reason.code, LineCode::RouteRelay);
    let job = client.perform(request).await;
    done(&job);
    assert!(!leads_nowhere(&world));
    assert!(says(&job, LineCode::ReportMetadataMended).is_some() && says(&job, LineCode::ReportPackageEqual).is_some());
    let state = world.shanghai().inspect();
    let front = state.components.iter().find(|row| row.name.starts_with("前端")).unwrap();
    assert_eq!(front.depends.len(), 1, "the link inside the app is gone");
}

/// Where data is mended anyway, the metadata in the package is too.
#[tokio::test(flavor = "multi_thread")]
async fn data_and_links_are_mended_together() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let source = with_a_foreign_link(&client, &world, "wiki", "知识库").await;
    let job = client.perform(to_shanghai(&client, source).await).await;
    done(&job);
    wiki_arrived(&world);
    assert!(!leads_nowhere(&world));
    let said = says(&job, LineCode::ReportMended).unwrap();
    assert!(said.contains("2 rewritten") && said.contains("console_apps_metadata.json"), "{said}");
}

/// What a cancelled job had put beside the package is taken away with the rest.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_cancelled_mending_stays() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let source = with_a_foreign_link(&client, &world, SHOP, "前端").await;
    let all = async || {
        let objects = world.shanghai().objects();
        let mut keys = objects.list("grdata", "").await.unwrap();
        keys.extend(objects.list(&world.shanghai().store().bucket, "").await.unwrap());
        keys.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    let before = all().await;
    world.shanghai().faults().switch(|switches| switches.restore_fails = true);
    let job = client.start(to_shanghai(&client, source).await).await;
    let beside = |view: &JobView| view.log.iter().any(|row| row.line.code == LineCode::LogMetadataBeside);
    client.until(&job.id, "the metadata", |view| beside(view) || ended(view)).await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    let left: Vec<_> = all().await.into_iter().filter(|key| !key.starts_with("restore/")).collect();
    assert_eq!(left, before);
}

/// A v5 package is read at one flat key: there the source itself lies, and nothing can be mended on a way that is none.
#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_lies_in_its_place_is_not_mended() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let source = with_a_foreign_link(&client, &world, "wiki", "知识库").await;
    let target = client.team("beijing", "shop").await;
    let plan = client.plan(PlanRequest { source, target, options: official() }).await;
    assert_eq!(plan.route, Route::None);
    assert!(!plan.changes.iter().any(|line| line.code == LineCode::ChangesLinksDropped));
    assert_eq!(check(&plan, CheckId::VolumeData), (Level::Pass, LineCode::CheckVolumeDataPass));
}

/// What lies at the flat key of a v5 target is nobody's to overwrite.
#[tokio::test(flavor = "multi_thread")]
async fn a_taken_key_blocks_a_mended_package() {
    let world = World::two_of_v5("guangzhou-backup").await;
    let client = world.client().await;
    let source = with_a_foreign_link(&client, &world, "wiki", "知识库").await;
    let target = client.team("guangzhou", "gz1").await;
    let request = PlanRequest { source, target, options: official() };
    let plan = client.plan(request.clone()).await;
    assert!(plan.blocks().next().is_none(), "{:?}", plan.checks);
    let key = v5_key(world.beijing(), plan.version.as_deref().unwrap());
    world.beijing().objects().put("guangzhou-backup", &key, b"somebody else's".to_vec()).await.unwrap();
    assert!(blocked_by(&client.plan(request.clone()).await, CheckId::KeyFree).contains(&key));
    world.beijing().objects().delete("guangzhou-backup", &key).await.unwrap();
    let job = client.perform(request).await;
    done(&job);
    assert!(says(&job, LineCode::ReportMended).unwrap().contains("console_apps_metadata.json"));
}
