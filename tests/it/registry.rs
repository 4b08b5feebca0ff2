//! An app arrives through an image registry of the user's own: pushed once, pulled by the cluster, made by calls.

use crate::distribution::Distribution;
use crate::resume::{Process, count};
use crate::world::{Client, SHOP, SHOP_VERSION, Size, TestHost, World, blocked_by, done, eventually, failed, team};
use rainferry_core::api::{
    CheckId, JobView, Lane, Level, LineCode, PlanOptions, PlanRequest, PlanTarget, PlanView, RegistryDraft,
    StartRequest,
};
use rainferry_core::{ClusterId, Code, Secret, TeamName};
use rainferry_sandbox::{
    Cluster, Fault, Hits, ImageRegistry, RegionPlan, RegistryLogin, RegistrySpec, SeedPlan, Server, Trouble,
};

const USER: &str = "robot";
const PASSWORD: &str = "canary-robot-91c4";
const CHUNKS: &str = "/v2/**/blobs/uploads/*";

/// `shanghai` has a second cluster, `chengdu`, and a team in it: no package can be imported there.
async fn world(size: Size) -> World {
    let second = |plan: &mut SeedPlan| {
        plan.regions.push(RegionPlan { registry: "chengdu.reg.test".to_owned(), ..RegionPlan::named("chengdu") });
        plan.teams.push(team("far", "远方团队", "chengdu"));
    };
    World::planned(size, |_| {}, second).await
}

async fn registry(world: &World, change: impl FnOnce(&mut RegistrySpec)) -> ImageRegistry {
    let mut spec = RegistrySpec::new(world.dir.path().join("registry"), USER, PASSWORD);
    spec.reader = Some(("guest".to_owned(), "guest-password".to_owned()));
    change(&mut spec);
    ImageRegistry::start(spec).await.unwrap()
}

fn draft(host: &str) -> RegistryDraft {
    RegistryDraft {
        address: format!("{host}/team"),
        user: USER.to_owned(),
        password: Some(Secret::new(PASSWORD)),
        plain_http: true,
        ca_pem: None,
    }
}

/// The shop to the second cluster, through this registry.
async fn request(client: &Client, world: &World, address: Option<&str>) -> PlanRequest {
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let cluster = ClusterId::of(&client.console("shanghai").await, "chengdu");
    let target = PlanTarget::Team { cluster, team: TeamName::from("far"), app: None };
    let registry = address.map(str::to_owned);
    PlanRequest {
        source,
        target,
        options: PlanOptions { lane: Some(Lane::Registry), registry, ..PlanOptions::default() },
    }
}

async fn through(client: &Client, world: &World, registry: &ImageRegistry) -> PlanRequest {
    let view = client.core.save_registry(draft(&registry.host())).await.unwrap();
    request(client, world, Some(&view.address)).await
}

#[track_caller]
fn level(plan: &PlanView, id: CheckId) -> (Level, LineCode) {
    let check = plan.checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("{:#?}", plan.checks));
    (check.level, check.line.code)
}

/// Every part of the shop runs, from images of this registry.
#[track_caller]
fn is_whole(cluster: &Cluster, host: &str, app_count: usize) {
    let state = cluster.inspect();
    let apps: Vec<_> = state.apps.iter().filter(|row| row.region == "chengdu").collect();
    assert_eq!(apps.len(), app_count, "{apps:?}");
    for app in apps {
        let rows: Vec<_> = state.components_of(app.id).collect();
        assert_eq!(rows.len(), 2, "made more than once");
        for row in &rows {
            assert_eq!(row.status, "running", "{}: {:?}", row.name, state.events);
            assert!(row.image.starts_with(&format!("{host}/team/")), "{}", row.image);
            assert!(row.ports.iter().all(|port| port.port != 9999), "a guess stayed");
        }
        let mysql = rows.iter().find(|row| row.name == "订单库").unwrap();
        assert_eq!(mysql.extend_method, "state_singleton");
        assert!(mysql.envs.iter().any(|env| env.key == "MYSQL_ROOT_PASSWORD" && env.value == "shop-root"));
        let web = rows.iter().find(|row| row.name == "前端").unwrap();
        assert_eq!(web.depends, std::slice::from_ref(&mysql.service_id));
    }
}

#[track_caller]
fn arrived(job: &JobView) {
    done(job);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    let report = job.report.as_ref().unwrap();
    assert!(report.differences.is_empty(), "{:?}", report.differences);
    assert!(report.arrived.iter().any(|line| line.code == LineCode::ReportPushed), "{:?}", report.arrived);
}

fn says(job: &JobView, code: LineCode) -> usize {
    job.log.iter().filter(|row| row.line.code == code).count()
}

/// Nothing of the password in any file of ours.
#[track_caller]
fn told_nobody(world: &World, secret: &str) {
    fn look(folder: &std::path::Path, secret: &[u8]) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                look(&path, secret);
            } else if let Ok(bytes) = std::fs::read(&path) {
                assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{} holds it", path.display());
            }
        }
    }
    look(&world.home(), secret.as_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_arrives_through_a_registry_of_ones_own() {
    let world = world(Size::Small).await;
    let registry = registry(&world, |_| {}).await;
    let client = world.client().await;
    let request = through(&client, &world, &registry).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!((plan.lane, plan.route_reason.code), (Some(Lane::Registry), LineCode::RouteRebuildRegistry));
    assert!(plan.other_lanes.contains(&Lane::Rebuild), "{:?}", plan.other_lanes);
    assert_eq!(level(&plan, CheckId::OwnRegistry), (Level::Pass, LineCode::CheckOwnRegistryPass));
    assert_eq!(level(&plan, CheckId::RegistryTrust), (Level::Warn, LineCode::CheckRegistryTrustPlain));
    assert_eq!((registry.images().len(), registry.open_uploads()), (0, 0), "a plan leaves nothing");

    let job = client.perform(request.clone()).await;
    arrived(&job);
    assert_eq!(says(&job, LineCode::LogImagePushed), 2);
    is_whole(world.shanghai(), &registry.host(), 1);
    let images = registry.images();
    assert_eq!(images.len(), 2, "{images:?}");

    // The same again: what is there is found, and nothing is sent.
    registry.faults().forget_calls();
    let again = client.perform(request).await;
    arrived(&again);
    assert_eq!(says(&again, LineCode::LogImageFound), 2);
    let sent = |method| registry.faults().count(Server::Registry, method, "/v2/**");
    assert_eq!((sent("PATCH"), sent("PUT")), (0, 0), "sent again");
    assert_eq!(registry.images(), images);
    is_whole(world.shanghai(), &registry.host(), 2);
    told_nobody(&world, PASSWORD);
}

/// The calls are older than packages with all their fields: a v5 console is served, too.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_arrives_on_an_older_console_through_the_registry() {
    let world = World::two_of_v5("own-backup").await;
    let registry = registry(&world, |_| {}).await;
    let client = world.client().await;
    let address = client.core.save_registry(draft(&registry.host())).await.unwrap().address;
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let options = PlanOptions { lane: Some(Lane::Registry), registry: Some(address), ..PlanOptions::default() };
    let target = client.team("guangzhou", "gz1").await;
    let job = client.perform(PlanRequest { source, target, options }).await;
    arrived(&job);
    let state = world.at("guangzhou").inspect();
    let rows: Vec<_> = state.components.iter().filter(|row| row.image.starts_with(&registry.host())).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows.iter().all(|row| row.status == "running"), "{rows:?}");
}

/// Layers that another image of the repository has brought are not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_is_there_is_not_sent() {
    let world = world(Size::Small).await;
    let registry = registry(&world, |spec| spec.login = RegistryLogin::Basic).await;
    let client = world.client().await;
    let request = through(&client, &world, &registry).await;
    arrived(&client.perform(request.clone()).await);
    // The images are gone, their layers wait for the sweep.
    for image in registry.images() {
        let (repository, tag) = image.rsplit_once(':').unwrap();
        registry.lose_image(repository, tag);
    }
    registry.faults().forget_calls();
    let job = client.perform(request).await;
    arrived(&job);
    assert_eq!(says(&job, LineCode::LogImagePushed), 2);
    // The plan's own trial begins an upload and gives it up.
    assert_eq!(registry.faults().count(Server::Registry, "PUT", CHUNKS), 0, "a layer was sent again");
}

/// Regions before 6.4 take no images, and this one refuses what its console stores: nothing else is left.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_serves_where_nothing_else_can() {
    let world = world(Size::Small).await;
    world.shanghai().edit(|state| state.regions[1].version = "6.3.0".to_owned()).unwrap();
    let registry = registry(&world, |_| {}).await;
    let client = world.client().await;
    let mut request = through(&client, &world, &registry).await;
    request.options.lane = None;
    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.lane, Some(Lane::Registry), "{:?}", plan.lane_reason);
    assert_eq!(plan.lane_reason.as_ref().map(|line| line.code), Some(LineCode::LaneRegistry));
    arrived(&client.perform(request.clone()).await);
    is_whole(world.shanghai(), &registry.host(), 1);
    request.options.registry = None;
    let plan = client.plan(request).await;
    assert_eq!(plan.lane, Some(Lane::Registry));
    assert_eq!(level(&plan, CheckId::OwnRegistry), (Level::Block, LineCode::CheckOwnRegistryMissing));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_cannot_be_used_blocks_and_says_why() {
    let world = world(Size::Small).await;
    let registry = registry(&world, |_| {}).await;
    let client = world.client().await;
    let host = registry.host();
    let plan = client.plan(request(&client, &world, None).await).await;
    assert_eq!(level(&plan, CheckId::OwnRegistry), (Level::Block, LineCode::CheckOwnRegistryMissing));

    let with = async |change: &dyn Fn(&mut RegistryDraft)| {
        let mut draft = draft(&host);
        change(&mut draft);
        let view = client.core.save_registry(draft).await.unwrap();
        client.plan(request(&client, &world, Some(&view.address)).await).await
    };
    let wrong = with(&|draft| draft.password = Some(Secret::new("not-the-password"))).await;
    assert_eq!(level(&wrong, CheckId::OwnRegistry), (Level::Block, LineCode::CheckOwnRegistryLogin));
    let guest = with(&|draft| {
        draft.user = "guest".to_owned();
        draft.password = Some(Secret::new("guest-password"));
    })
    .await;
    assert_eq!(level(&guest, CheckId::OwnRegistry), (Level::Block, LineCode::CheckOwnRegistryDenied));
    let nobody = with(&|draft| {
        draft.user = String::new();
        draft.password = None;
    })
    .await;
    assert_eq!(level(&nobody, CheckId::OwnRegistry), (Level::Block, LineCode::CheckOwnRegistryLogin));
    // Plain HTTP only when the user says so.
    let closed = with(&|draft| draft.plain_http = false).await;
    assert_eq!(level(&closed, CheckId::OwnRegistry), (Level::Block, LineCode::CheckOwnRegistryDown));
    let console = world.shanghai().console_url().trim_start_matches("http://").to_owned();
    let other = with(&|draft| draft.address = format!("{console}/team")).await;
    let said = blocked_by(&other, CheckId::OwnRegistry);
    assert!(said.contains("not as an image registry"), "{said}");
    registry.stop().await;
    let gone = with(&|_| {}).await;
    let said = blocked_by(&gone, CheckId::OwnRegistry);
    assert!(said.contains("does not answer"), "{said}");
    let refused = client.core.save_registry(RegistryDraft { address: "team/apps".to_owned(), ..draft(&host) }).await;
    assert_eq!(refused.unwrap_err().code, Code::BadAddress);
}

/// A token is good for a few requests: it is renewed in the middle, and nothing is sent twice.
#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_end_among_chunks_are_renewed() {
    let world = world(Size::Parts).await;
    let registry = registry(&world, |spec| spec.token_uses = 3).await;
    let client = world.client().await;
    let request = through(&client, &world, &registry).await;
    let job = client.perform(request).await;
    arrived(&job);
    let tokens = registry.faults().count(Server::Registry, "GET", "/token");
    assert!(tokens > 6, "{tokens} tokens");
    is_whole(world.shanghai(), &registry.host(), 1);
}

/// A chunk that breaks off is looked after and sent from where it stands; a registry that says “later” is asked again.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_that_stumbles_is_asked_again() {
    let world = world(Size::Parts).await;
    let registry = registry(&world, |_| {}).await;
    let faults = registry.faults();
    faults.set(Fault::registry("PATCH", CHUNKS, Hits::Nth(2), Trouble::Fail { status: 503 }));
    faults.set(Fault::registry("PATCH", CHUNKS, Hits::Nth(4), Trouble::Cut { after_bytes: 1 << 20 }));
    faults.set(Fault::registry("HEAD", "/v2/**", Hits::Nth(2), Trouble::Fail { status: 502 }));
    let client = world.client().await;
    let request = through(&client, &world, &registry).await;
    arrived(&client.perform(request).await);
    is_whole(world.shanghai(), &registry.host(), 1);
}

/// A paused job sends nothing, and goes on where it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_chunks_back() {
    let world = world(Size::Parts).await;
    let registry = registry(&world, |_| {}).await;
    let faults = registry.faults();
    faults.set(Fault::registry("PATCH", CHUNKS, Hits::Always, Trouble::Late { millis: 300 }));
    let client = world.client().await;
    let request = through(&client, &world, &registry).await;
    let job = client.start(request).await;
    eventually("a chunk", || faults.count(Server::Registry, "PATCH", CHUNKS) >= 1).await;
    client.core.pause_job(job.id.clone()).await.unwrap();
    // The one that was under way lands.
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let held = faults.calls().len();
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert_eq!(faults.calls().len(), held, "{:?}", faults.calls().last());
    faults.clear();
    client.core.unpause_job(job.id.clone()).await.unwrap();
    arrived(&client.end(&job.id).await);
    is_whole(world.shanghai(), &registry.host(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_ends_after_the_plan_fails_the_job_and_tells_nobody_the_password() {
    let world = world(Size::Small).await;
    let registry = registry(&world, |_| {}).await;
    let client = world.client().await;
    let request = through(&client, &world, &registry).await;
    let plan = client.plan(request).await;
    let mut changed = draft(&registry.host());
    changed.password = Some(Secret::new("canary-stale-word-77"));
    let address = client.core.save_registry(changed).await.unwrap().address;
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await;
    // The start looks once more; where it could not, the job itself says so.
    match job {
        Err(problem) => assert_eq!(problem.code, Code::PlanStale, "{problem:?}"),
        Ok(job) => failed(&client.end(&job.id).await, Code::RegistryDenied),
    }
    told_nobody(&world, "canary-stale-word-77");
    told_nobody(&world, PASSWORD);
    client.core.remove_registry(address.clone()).await.unwrap();
    assert!(client.core.list_registries(()).await.unwrap().is_empty());
    let plan = client.plan(self::request(&client, &world, Some(&address)).await).await;
    let said = blocked_by(&plan, CheckId::OwnRegistry);
    assert!(said.contains("not among the saved"), "{said}");
}

/// What arrived stays, is named, and is used when there is room again.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_without_room_is_said_so_and_goes_on_with_room() {
    let world = world(Size::Parts).await;
    let registry = registry(&world, |spec| spec.capacity_bytes = 12 << 20).await;
    let client = world.client().await;
    let request = through(&client, &world, &registry).await;
    let job = client.perform(request).await;
    failed(&job, Code::RegistryFailed);
    let problem = job.problem.clone().unwrap();
    assert!(problem.message.contains("no room"), "{problem:?}");
    assert!(problem.facts.iter().any(|(_, said)| said.contains("quota")), "{problem:?}");
    assert!(job.leftovers.iter().any(|left| left.line.code == LineCode::LeftBlobUpload), "{:?}", job.leftovers);
    registry.set_capacity(u64::MAX);
    client.core.retry_job(job.id.clone()).await.unwrap();
    arrived(&client.end(&job.id).await);
    is_whole(world.shanghai(), &registry.host(), 1);
}

async fn killed_among_chunks(world: &World, registry: &ImageRegistry) -> (usize, JobView) {
    let faults = registry.faults();
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    let request = through(&client, world, registry).await;
    let plan = client.plan(request).await;
    faults.set(Fault::registry("PATCH", CHUNKS, Hits::Always, Trouble::Slow { bytes_per_sec: 12_000_000 }));
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    client.core.close().await;
    drop(client);
    let secrets = host.secrets();

    let process = Process::start(world, &secrets);
    // The first is of the upload's beginning.
    eventually("a chunk", || faults.count(Server::Registry, "PATCH", CHUNKS) >= 3).await;
    process.kill();
    assert_eq!((registry.open_uploads(), count(&world.home(), "component_made")), (1, 0), "there was no middle");
    let before = faults.count(Server::Registry, "PATCH", CHUNKS);
    faults.clear();
    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), secrets)).await.unwrap();
    let view = client.end(&job.id).await;
    client.core.close().await;
    (before, view)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_within_a_layer_goes_on_where_the_registry_is() {
    let world = world(Size::Parts).await;
    let registry = registry(&world, |_| {}).await;
    let (_, view) = killed_among_chunks(&world, &registry).await;
    arrived(&view);
    assert_eq!(count(&world.home(), "blob_lost"), 0, "a layer was begun anew");
    assert_eq!(count(&world.home(), "component_made"), 2);
    assert_eq!(registry.open_uploads(), 0);
    is_whole(world.shanghai(), &registry.host(), 1);
    told_nobody(&world, PASSWORD);
}

/// As `distribution` does: an upload whose chunk broke off is gone. That layer begins anew, the others stay.
#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_the_registry_has_forgotten_begins_anew() {
    let world = world(Size::Parts).await;
    let registry = registry(&world, |spec| spec.breaks_uploads = true).await;
    let (_, view) = killed_among_chunks(&world, &registry).await;
    arrived(&view);
    assert!(count(&world.home(), "blob_lost") >= 1);
    assert_eq!(registry.open_uploads(), 0);
    is_whole(world.shanghai(), &registry.host(), 1);
}

/// Only what this job has put there is taken away; what cannot be is named.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_takes_away_what_it_pushed_and_names_the_rest() {
    for deletes in [true, false] {
        let world = world(Size::Parts).await;
        let registry = registry(&world, |spec| spec.deletes = deletes).await;
        let client = world.client().await;
        let request = through(&client, &world, &registry).await;
        // The second image is slow: the first one stands by then.
        registry.faults().set(Fault::registry(
            "PATCH",
            CHUNKS,
            Hits::From(6),
            Trouble::Slow { bytes_per_sec: 8_000_000 },
        ));
        let job = client.start(request).await;
        eventually("an image", || !registry.images().is_empty()).await;
        eventually("a chunk of the second", || registry.open_uploads() > 0).await;
        let job = client.cancel(&job.id).await;
        let left: Vec<LineCode> = job.leftovers.iter().map(|left| left.line.code).collect();
        assert_eq!(registry.open_uploads(), 0, "{left:?}");
        assert_eq!(registry.images().is_empty(), deletes, "{left:?}");
        assert_eq!(left.contains(&LineCode::LeftPushed), !deletes, "{left:?}");
        assert!(world.shanghai().inspect().apps.iter().all(|row| row.name != SHOP || row.region != "chengdu"));
    }
}

/// The nodes decide in the end: what they cannot pull is said with their own words.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_cannot_pull_is_told_of_with_its_own_words() {
    let world = world(Size::Small).await;
    let registry = registry(&world, |_| {}).await;
    let client = world.client().await;
    let request = through(&client, &world, &registry).await;
    let faults = registry.faults();
    faults.set(Fault::registry("GET", "/v2/**/manifests/*", Hits::Always, Trouble::Fail { status: 404 }));
    let job = client.perform(request).await;
    failed(&job, Code::ConsoleRefused);
    let problem = job.problem.clone().unwrap();
    assert!(problem.facts.iter().any(|(_, said)| said.contains("not found")), "{problem:?}");
    let left: Vec<LineCode> = job.leftovers.iter().map(|left| left.line.code).collect();
    assert!(left.contains(&LineCode::LeftPushed) && left.contains(&LineCode::LeftApp), "{left:?}");
    faults.clear();
    client.core.retry_job(job.id.clone()).await.unwrap();
    arrived(&client.end(&job.id).await);
    is_whole(world.shanghai(), &registry.host(), 1);
}

/// A login that pulls nothing starts nothing: as wrong for the nodes as for us.
#[tokio::test(flavor = "multi_thread")]
async fn a_component_with_a_wrong_login_does_not_start() {
    let world = world(Size::Small).await;
    let registry = registry(&world, |_| {}).await;
    let client = world.client().await;
    let mut request = through(&client, &world, &registry).await;
    request.options.start_after = false;
    arrived(&client.perform(request).await);
    world
        .shanghai()
        .edit(|state| state.components.iter_mut().for_each(|row| row.registry_password = "changed".to_owned()))
        .unwrap();
    let token = reqwest_login(world.shanghai()).await;
    deploy(world.shanghai(), &token).await;
    world.shanghai().settled().await;
    let state = world.shanghai().inspect();
    let rows: Vec<_> = state.components.iter().filter(|row| row.region == "chengdu").collect();
    assert!(rows.iter().all(|row| row.status == "abnormal"), "{rows:?}");
}

async fn reqwest_login(cluster: &Cluster) -> String {
    let (user, password) = cluster.admin();
    let url = format!("{}/console/users/login", cluster.console_url());
    let http = reqwest::Client::builder().no_proxy().user_agent("tests").build().unwrap();
    let answer = http.post(url).form(&[("nick_name", user), ("password", password)]).send().await.unwrap();
    let value: serde_json::Value = answer.json().await.unwrap();
    value["data"]["bean"]["token"].as_str().unwrap_or_else(|| panic!("{value}")).to_owned()
}

async fn deploy(cluster: &Cluster, token: &str) {
    let app = cluster.inspect().apps.iter().find(|row| row.region == "chengdu").unwrap().id;
    let url = format!("{}/console/teams/far/groups/{app}/common_operation?region_name=chengdu", cluster.console_url());
    let http = reqwest::Client::builder().no_proxy().user_agent("tests").build().unwrap();
    let asked = http.post(url).header("Authorization", format!("GRJWT {token}"));
    let asked = asked.header("X-REGION-NAME", "chengdu").header("X-TEAM-NAME", "far");
    let answer = asked.json(&serde_json::json!({"action": "deploy"})).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

/// The registry that everybody runs, not one of ours: pushed, pulled with its checksums, found again, deleted.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_arrives_through_the_registry_that_everybody_runs() {
    let world = world(Size::Parts).await;
    let registry = Distribution::start().await;
    let client = world.client().await;
    let saved = RegistryDraft {
        user: Distribution::USER.to_owned(),
        password: Some(Secret::new(Distribution::PASSWORD)),
        ..draft(&registry.host)
    };
    let address = client.core.save_registry(saved).await.unwrap().address;
    let request = request(&client, &world, Some(&address)).await;
    let job = client.perform(request.clone()).await;
    arrived(&job);
    is_whole(world.shanghai(), &registry.host, 1);
    let again = client.perform(request).await;
    arrived(&again);
    assert_eq!(says(&again, LineCode::LogImageFound), 2);
    let names: Vec<String> = world.shanghai().inspect().components.iter().map(|row| row.image.clone()).collect();
    for image in names.iter().filter_map(|name| name.strip_prefix(&format!("{}/", registry.host))) {
        let (repository, tag) = image.rsplit_once(':').unwrap();
        assert!(registry.has_image(repository, tag).await, "{image}");
        assert_eq!(registry.tags(repository).await, [tag], "{image}");
    }
    told_nobody(&world, Distribution::PASSWORD);
}

/// Killed and cancelled there, too: `distribution` gives up an upload whose chunk broke off.
#[tokio::test(flavor = "multi_thread")]
async fn the_registry_that_everybody_runs_is_taken_up_again_and_cleaned() {
    let world = world(Size::Parts).await;
    let registry = Distribution::start().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    let saved = RegistryDraft {
        user: Distribution::USER.to_owned(),
        password: Some(Secret::new(Distribution::PASSWORD)),
        ..draft(&registry.host)
    };
    let address = client.core.save_registry(saved).await.unwrap().address;
    let plan = client.plan(request(&client, &world, Some(&address)).await).await;
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    client.core.close().await;
    drop(client);
    let process = Process::start(&world, &host.secrets());
    eventually("a chunk", || count(&world.home(), "blob_uploading") >= 2).await;
    process.kill();
    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), host.secrets())).await.unwrap();
    arrived(&client.end(&job.id).await);
    is_whole(world.shanghai(), &registry.host, 1);
    client.core.close().await;
}

/// An authority of its own is believed when it is given, and told of; without it nothing is sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_with_an_authority_of_its_own() {
    let world = world(Size::Small).await;
    let registry = Distribution::with_tls().await;
    let client = world.client().await;
    let port = registry.host.rsplit_once(':').unwrap().1;
    let pem = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/tls/ca.pem")).unwrap();
    let with = async |ca_pem: Option<String>| {
        let saved = RegistryDraft {
            address: format!("localhost:{port}/team"),
            user: Distribution::USER.to_owned(),
            password: Some(Secret::new(Distribution::PASSWORD)),
            plain_http: false,
            ca_pem,
        };
        let address = client.core.save_registry(saved).await.unwrap().address;
        client.plan(request(&client, &world, Some(&address)).await).await
    };
    let known = with(Some(pem)).await;
    assert_eq!(level(&known, CheckId::OwnRegistry), (Level::Pass, LineCode::CheckOwnRegistryPass));
    assert_eq!(level(&known, CheckId::RegistryTrust), (Level::Warn, LineCode::CheckRegistryTrustOwn));
    let unknown = with(None).await;
    let said = blocked_by(&unknown, CheckId::OwnRegistry);
    assert!(said.contains("No secure connection"), "{said}");
}
