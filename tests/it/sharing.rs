//! A running app of a console that cannot back up (B-0) goes through the platform's own template export, and leaves nothing of
//! that way behind.

use crate::resume::{Process, count};
use crate::world::{Client, SHOP, TestHost, World, app, blocked_by, done, ended, eventually, failed, packages, web};
use rainferry_core::api::{
    CheckId, JobKind, JobState, JobView, Lane, Level, LineCode, PhaseName, PlanOptions, PlanRequest, PlanTarget,
    PlanView, StartRequest,
};
use rainferry_core::{Code, JobId};
use rainferry_sandbox::{
    Cluster, ComponentPlan, ConfigGroupPlan, Era, Fault, Hits, PluginPlan, SeedPlan, Server, Trouble,
};
use std::collections::HashMap;

const B0: &str = "v6.3.0-release";
const EID: &str = "/console/enterprise/*";
const TEAM: &str = "/console/teams/shop";

/// `beijing` cannot back up; `guangzhou` can all.
async fn world() -> World {
    world_with(Era::V6_9_8, |_| {}).await
}

async fn world_with(to: Era, more: impl FnOnce(&mut SeedPlan)) -> World {
    let world = World::of_eras_with(Era::V6_9_8, to, more).await;
    world.beijing().faults().switch(|switches| switches.version = Some(B0.to_owned()));
    world
}

async fn request(client: &Client, world: &World, app: &str, target: PlanTarget) -> PlanRequest {
    PlanRequest { source: client.app(world.beijing(), app).await, target, options: PlanOptions::default() }
}

async fn voyage(client: &Client, world: &World) -> PlanRequest {
    request(client, world, SHOP, client.team("guangzhou", "gz1").await).await
}

/// Nothing that was made for the way is at the source, nor on this computer.
#[track_caller]
fn source_is_as_it_was(world: &World) {
    let state = world.beijing().inspect();
    assert!(state.templates.is_empty(), "{:?}", state.templates);
    assert!(state.exports.is_empty(), "{:?}", state.exports);
    let open: Vec<_> = state.shares.iter().filter(|share| share.status != 3).collect();
    assert!(open.is_empty(), "{open:?}");
    let files = std::fs::read_dir(world.dir.path().join("beijing/grdata/app/rainbond-app")).into_iter().flatten();
    assert_eq!(files.flatten().map(|file| file.file_name()).collect::<Vec<_>>(), Vec::<std::ffi::OsString>::new());
    let folders = std::fs::read_dir(world.home().join("exports")).into_iter().flatten();
    assert_eq!(folders.count(), 0);
}

#[track_caller]
fn shop_is_there_once(cluster: &Cluster) {
    let state = cluster.inspect();
    let apps: Vec<_> = state.apps.iter().filter(|row| row.name == SHOP).collect();
    assert_eq!(apps.len(), 1, "{apps:?}");
    let rows: Vec<_> = state.components_of(apps[0].id).collect();
    assert_eq!(rows.len(), 2, "made more than once");
    let named = |name: &str| *rows.iter().find(|row| row.name == name).unwrap();
    let (web, mysql) = (named("前端"), named("订单库"));
    assert!(rows.iter().all(|row| row.status == "running"), "{rows:?}");
    assert_eq!(web.depends, std::slice::from_ref(&mysql.service_id));
    assert_eq!(mysql.extend_method, "state_singleton");
    assert!(mysql.envs.iter().any(|env| env.key == "MYSQL_ROOT_PASSWORD" && env.value == "shop-root"));
    assert!(mysql.volumes.iter().any(|volume| volume.path == "/var/lib/mysql"));
    let file = web.volumes.iter().find(|volume| volume.kind == "config-file").unwrap();
    assert_eq!(file.content.as_deref(), Some("listen 80; # 商城\n"));
}

fn check(plan: &PlanView, level: Level, code: LineCode) -> Option<String> {
    let found = plan.checks.iter().find(|row| row.level == level && row.line.code == code);
    found.map(|row| row.line.message.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_a_console_that_cannot_back_up_arrives_through_its_template() {
    let world = world().await;
    let client = world.client().await;
    let request = voyage(&client, &world).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.blocks().count(), 0, "{:#?}", plan.checks);
    assert_eq!(plan.route_reason.code, LineCode::RouteTemplate);
    assert!(plan.route_reason.message.contains("template"), "{}", plan.route_reason.message);
    assert_eq!(plan.lane, Some(Lane::Rebuild));
    assert_eq!(plan.lane_reason.as_ref().unwrap().code, LineCode::LaneFromTemplate);
    assert!(plan.other_lanes.is_empty());
    assert!(check(&plan, Level::Warn, LineCode::CheckShareDataWarn).unwrap().contains("订单库/data"));
    let stays: Vec<LineCode> = plan.stays.iter().map(|line| line.code).collect();
    for code in [LineCode::LosesVolumeData, LineCode::LosesPermissions, LineCode::LosesAutoscaler] {
        assert!(stays.contains(&code), "{code:?} in {stays:?}");
    }
    let steps: Vec<PhaseName> = plan.steps.iter().map(|step| step.name).collect();
    use PhaseName::{Check, ExportTemplate, Fetch, Plan, Publish, Write};
    assert!(steps.starts_with(&[Publish, ExportTemplate, Fetch, Write, Plan, Check]), "{steps:?}");

    let job = client.perform(request).await;
    done(&job);
    assert_eq!(job.kind, JobKind::Migrate);
    shop_is_there_once(world.at("guangzhou"));
    source_is_as_it_was(&world);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    let told: Vec<PhaseName> = job.phases.iter().map(|phase| phase.name).collect();
    assert_eq!(told.last(), Some(&PhaseName::Tidy), "{told:?}");
    let report = job.report.unwrap();
    // What the plan had said, and nothing else.
    let told: Vec<LineCode> = report.missing.iter().map(|line| line.code).collect();
    assert_eq!(told, [LineCode::ReportVolumesEmpty], "{:?}", report.missing);
    assert_eq!(report.due.first().map(|line| line.code), Some(LineCode::ReportDns));
    // Nobody was asked for a backup.
    assert_eq!(world.beijing().faults().count(Server::Console, "POST", &format!("{TEAM}/groupapp/*/backup")), 0);
}

/// Plugins, config groups, shared mounts, attributes and a probe come along; a third-party component does not, and that is said.
#[tokio::test(flavor = "multi_thread")]
async fn everything_a_template_holds_arrives_and_the_rest_was_announced() {
    const FULL: &str = "全套";
    let text = str::to_owned;
    let volume = |name: &str| (text(name), text("share-file"), format!("/data/{name}"), 5);
    let bank = ComponentPlan {
        endpoints: vec![text("192.0.2.80:9443")],
        ports: vec![(9443, text("tcp"), false)],
        ..ComponentPlan { name: text("银行接口"), k8s_name: text("bank"), ..ComponentPlan::default() }
    };
    let content = ComponentPlan {
        volumes: vec![volume("videos"), volume("papers")],
        inner_closed: vec![9100],
        ports: vec![(8080, text("http"), false), (9100, text("http"), false)],
        memory: 768,
        ..web("课件服务", "content")
    };
    let mount = |volume: &str| (text("课件服务"), text(volume), format!("/mnt/{volume}"));
    let site = ComponentPlan {
        depends: vec![text("课件服务"), text("银行接口")],
        mounts: vec![mount("videos"), mount("papers")],
        probe: Some((text("http"), 80, text("/healthz"))),
        attributes: vec![(text("nodeSelector"), text("json"), text("{\"disk\": \"ssd\"}"))],
        plugins: vec![text("证书加载")],
        ..web("学习网站", "course-web")
    };
    let more = |plan: &mut SeedPlan| {
        plan.plugins.push(PluginPlan {
            team: text("shop"),
            region: text("beijing"),
            alias: text("证书加载"),
            category: text("init-plugin"),
            image: text("pay/certs:1.0"),
            options: vec![(text("CERT_DIR"), text("/etc/certs"))],
            image_bytes: 4096,
        });
        plan.apps.push(app("shop", "beijing", FULL, "full", vec![bank, content, site]));
        plan.config_groups.push(ConfigGroupPlan {
            app: text(FULL),
            name: text("common"),
            enable: true,
            items: vec![(text("TZ"), text("Asia/Shanghai"))],
            components: vec![text("课件服务"), text("学习网站")],
        });
    };
    let world = world_with(Era::V6_9_8, more).await;
    let client = world.client().await;
    let request = request(&client, &world, FULL, client.team("guangzhou", "gz1").await).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.blocks().count(), 0, "{:#?}", plan.checks);
    assert!(check(&plan, Level::Warn, LineCode::CheckShareLeaves).unwrap().contains("银行接口"));
    let stays: Vec<String> = plan.stays.iter().map(|line| line.message.clone()).collect();
    assert!(stays.contains(&"Third-party components: 银行接口".to_owned()), "{stays:?}");
    assert!(stays.iter().any(|line| line.contains("学习网站 → 银行接口")), "{stays:?}");
    let job = client.perform(request).await;
    done(&job);
    source_is_as_it_was(&world);
    let state = world.at("guangzhou").inspect();
    let row = state.apps.iter().find(|row| row.name == FULL).unwrap();
    let rows: Vec<_> = state.components_of(row.id).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    let named = |name: &str| *rows.iter().find(|row| row.name == name).unwrap();
    let (site, content) = (named("学习网站"), named("课件服务"));
    assert_eq!(site.rows("service_mnts").len(), 2);
    assert_eq!(site.rows("service_probes").len(), 1);
    assert_eq!(site.rows("component_k8s_attributes").len(), 1);
    assert_eq!(content.min_memory, 768);
    assert!(content.ports.iter().any(|port| port.port == 9100 && !port.inner), "{:?}", content.ports);
    let plugin = state.plugins.iter().find(|plugin| plugin.alias == "证书加载").unwrap();
    assert_eq!(plugin.build_status, "build_success");
    assert!(site.rows("service_plugin_relation").iter().any(|link| link["plugin_id"] == plugin.plugin_id.as_str()));
    let group = state.config_groups.iter().find(|group| group.app_id == row.id).unwrap();
    assert_eq!((group.items.len(), group.services.len()), (1, 2));
}

/// CPU that no export holds, and names inside the cluster that the region's types lose, are those of the app.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_export_loses_and_the_app_still_knows_arrives() {
    let world = world().await;
    let client = world.client().await;
    world
        .beijing()
        .edit(|state| {
            let row = state.components.iter_mut().find(|row| row.name == "订单库").unwrap();
            row.min_cpu = 730;
            row.ports[0].k8s_service = "orders-db".to_owned();
        })
        .unwrap();
    let job = client.perform(voyage(&client, &world).await).await;
    done(&job);
    let state = world.at("guangzhou").inspect();
    let row = state.components.iter().find(|row| row.name == "订单库").unwrap();
    assert_eq!((row.min_cpu, row.ports[0].k8s_service.as_str()), (730, "orders-db"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_console_takes_it_too() {
    let world = world_with(Era::V5_17_3, |_| {}).await;
    let client = world.client().await;
    let request = voyage(&client, &world).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.blocks().count(), 0, "{:#?}", plan.checks);
    let job = client.perform(request).await;
    done(&job);
    shop_is_there_once(world.at("guangzhou"));
    source_is_as_it_was(&world);
}

/// The platform's own restore can read no such bundle: it is not offered, and a bundle is no record.
#[tokio::test(flavor = "multi_thread")]
async fn a_live_app_becomes_a_bundle_that_only_a_rebuild_takes() {
    let world = world_with(Era::V5_17_3, |_| {}).await;
    let client = world.client().await;
    let here = request(&client, &world, SHOP, PlanTarget::ThisComputer { folder: None }).await;
    let plan = client.plan(here.clone()).await;
    assert_eq!((plan.route_reason.code, plan.lane), (LineCode::RouteTemplate, None));
    let job = client.perform(here).await;
    done(&job);
    assert_eq!(job.kind, JobKind::Export);
    source_is_as_it_was(&world);
    let report = job.report.unwrap();
    assert!(report.arrived.iter().any(|line| line.code == LineCode::ReportFromTemplate));
    let path = report.path.unwrap();
    assert_eq!(std::path::Path::new(&path).parent().unwrap(), world.library());

    let target = client.team("guangzhou", "gz1").await;
    let source = rainferry_core::api::PlanSource::File { path };
    let options = PlanOptions { lane: Some(Lane::Official), ..PlanOptions::default() };
    let mut request = PlanRequest { source, target, options };
    let plan = client.plan(request.clone()).await;
    assert_eq!((plan.lane, plan.other_lanes.len()), (Some(Lane::Rebuild), 0));
    assert_eq!(plan.blocks().count(), 0, "{:#?}", plan.checks);
    request.options.record_only = true;
    blocked_by(&client.plan(request.clone()).await, CheckId::Bundle);
    request.options.record_only = false;
    let job = client.perform(request).await;
    done(&job);
    assert_eq!(job.kind, JobKind::Import);
    shop_is_there_once(world.at("guangzhou"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_cannot_be_shared_is_refused_with_words() {
    let idle = |plan: &mut SeedPlan| {
        let off = |name: &str, k8s: &str, status: &str| ComponentPlan { status: status.to_owned(), ..web(name, k8s) };
        plan.apps.push(app("shop", "beijing", "停用", "idle", vec![off("静", "quiet", "closed")]));
        plan.apps.push(app("shop", "beijing", "空壳", "shell", vec![off("空", "hollow", "undeploy")]));
    };
    let world = world_with(Era::V6_9_8, idle).await;
    let client = world.client().await;
    let target = client.team("guangzhou", "gz1").await;
    let plan = client.plan(request(&client, &world, "停用", target.clone()).await).await;
    assert!(blocked_by(&plan, CheckId::Share).contains("runs"));
    let plan = client.plan(request(&client, &world, "空壳", target.clone()).await).await;
    assert!(blocked_by(&plan, CheckId::Share).contains("空"));
    // Where a backup could be made it would hold as little.
    world.beijing().faults().switch(|switches| switches.version = None);
    client.core.refresh_console(client.console("beijing").await).await.unwrap();
    let plan = client.plan(request(&client, &world, "空壳", target.clone()).await).await;
    assert!(blocked_by(&plan, CheckId::Share).contains("空"));
    assert_eq!(plan.route_reason.code, LineCode::RouteLive);

    // Exports run in the console's first cluster, where the images of the others are not.
    world.beijing().faults().switch(|switches| switches.version = Some(B0.to_owned()));
    let first = rainferry_sandbox::state::Region { name: "first".to_owned(), ..Default::default() };
    world.beijing().edit(|state| state.regions.insert(0, first)).unwrap();
    client.core.refresh_console(client.console("beijing").await).await.unwrap();
    let plan = client.plan(request(&client, &world, SHOP, target.clone()).await).await;
    assert!(blocked_by(&plan, CheckId::Share).contains("first"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_may_not_share_and_a_read_only_profile_is_not_written_to() {
    let world = world().await;
    let client = world.client().await;
    let request = voyage(&client, &world).await;
    client.change(world.beijing(), |draft| draft.read_only = true).await;
    blocked_by(&client.plan(request.clone()).await, CheckId::ReadOnly);
    client
        .change(world.beijing(), |draft| {
            draft.user = "zhaolei".to_owned();
        })
        .await;
    client.core.refresh_console(client.console("beijing").await).await.unwrap();
    blocked_by(&client.plan(request).await, CheckId::Rights);
    assert!(world.beijing().inspect().shares.is_empty());
}

async fn started(client: &Client, world: &World) -> JobId {
    client.start(voyage(client, world).await).await.id
}

/// An answer that never came: what was asked for is found, and asked for once.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_lost_is_looked_for_and_nothing_is_asked_twice() {
    let lost = [
        ("POST", format!("{EID}/app-models")),
        ("POST", format!("{TEAM}/groups/*/share/record")),
        ("POST", format!("{TEAM}/share/*/info")),
        ("POST", format!("{TEAM}/share/*/complete")),
        ("POST", format!("{EID}/app-models/export")),
    ];
    for (method, path) in lost {
        let world = world().await;
        let client = world.client().await;
        let cut = Trouble::Cut { after_bytes: 0 };
        world.beijing().faults().set(Fault::console(method, &path, Hits::Nth(1), cut));
        let id = started(&client, &world).await;
        let mut job = client.end(&id).await;
        if job.state == JobState::Failed {
            assert!(job.can_retry, "{path}: {:?}", job.problem);
            client.core.retry_job(id.clone()).await.unwrap();
            job = client.end(&id).await;
        }
        assert_eq!(job.state, JobState::Done, "{path}: {:?}", job.problem);
        shop_is_there_once(world.at("guangzhou"));
        let state = world.beijing().inspect();
        assert_eq!(state.shares.len(), 1, "{path}: shared more than once");
        source_is_as_it_was(&world);
    }
}

/// Cancelled anywhere, both sides are as they were.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_takes_everything_back_on_both_sides() {
    let late = Trouble::Late { millis: 1200 };
    let hold = [
        ("template", Fault::console("POST", &format!("{EID}/app-models"), Hits::Nth(1), late.clone())),
        ("share", Fault::console("POST", &format!("{TEAM}/groups/*/share/record"), Hits::Nth(1), late.clone())),
        ("fill", Fault::console("POST", &format!("{TEAM}/share/*/info"), Hits::Nth(1), late.clone())),
        ("image", Fault::console("POST", &format!("{TEAM}/share/*/events/*"), Hits::Nth(1), late.clone())),
        ("end", Fault::console("POST", &format!("{TEAM}/share/*/complete"), Hits::Nth(1), late.clone())),
        ("export", Fault::console("POST", &format!("{EID}/app-models/export"), Hits::Nth(1), late.clone())),
        ("file", Fault::console("GET", "/app/download/rainbond-app/*", Hits::Nth(1), late)),
    ];
    for (moment, fault) in hold {
        let world = world().await;
        let client = world.client().await;
        world.beijing().faults().set(fault.clone());
        let id = started(&client, &world).await;
        let faults = world.beijing().faults();
        eventually(moment, || faults.count(fault.server, &fault.method, &fault.path) > 0).await;
        let job = client.cancel(&id).await;
        assert_eq!(job.state, JobState::Cancelled, "{moment}: {:?}", job.problem);
        assert!(world.at("guangzhou").inspect().apps.is_empty(), "{moment}");
        if let [left] = job.leftovers.as_slice() {
            // The console wrote the file before anybody heard what it calls it: then it is named.
            assert!(moment == "export" && left.line.code == LineCode::LeftExport && !left.removable, "{left:?}");
            assert!(world.beijing().inspect().templates.is_empty());
            continue;
        }
        assert!(job.leftovers.is_empty(), "{moment}: {:?}", job.leftovers);
        source_is_as_it_was(&world);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_at_the_target_takes_the_template_back_too() {
    let world = world().await;
    let client = world.client().await;
    world.at("guangzhou").faults().switch(|switches| switches.hold_builder = true);
    let id = started(&client, &world).await;
    client.in_phase(&id, PhaseName::Import).await;
    let job = client.cancel(&id).await;
    world.at("guangzhou").faults().switch(|switches| switches.hold_builder = false);
    assert_eq!(job.state, JobState::Cancelled, "{:?}", job.problem);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    source_is_as_it_was(&world);
    let state = world.at("guangzhou").inspect();
    assert!(state.apps.is_empty() && state.imports.is_empty(), "{:?} {:?}", state.apps, state.imports);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_cannot_do_is_named_and_tried_again() {
    let world = world().await;
    let client = world.client().await;
    world.beijing().faults().switch(|switches| switches.push_fails = true);
    let id = started(&client, &world).await;
    let job = client.end(&id).await;
    failed(&job, Code::ConsoleRefused);
    assert_eq!(job.leftovers.len(), 2, "{:?}", job.leftovers);
    world.beijing().faults().switch(|switches| {
        switches.push_fails = false;
        switches.export_fails = true;
    });
    client.core.retry_job(id.clone()).await.unwrap();
    let job = client.end(&id).await;
    failed(&job, Code::ConsoleRefused);
    world.beijing().faults().switch(|switches| switches.export_fails = false);
    client.core.retry_job(id.clone()).await.unwrap();
    let job = client.end(&id).await;
    done(&job);
    shop_is_there_once(world.at("guangzhou"));
    source_is_as_it_was(&world);
    assert_eq!(world.beijing().inspect().shares.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_way_left_is_removed_on_request() {
    let world = world().await;
    let client = world.client().await;
    world.beijing().faults().switch(|switches| switches.export_fails = true);
    let id = started(&client, &world).await;
    let job = client.end(&id).await;
    failed(&job, Code::ConsoleRefused);
    assert!(job.can_clean);
    let job = client.core.clean_job(id.clone()).await.unwrap();
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    source_is_as_it_was(&world);
    world.beijing().faults().switch(|switches| switches.export_fails = false);
    client.core.retry_job(id.clone()).await.unwrap();
    done(&client.end(&id).await);
    shop_is_there_once(world.at("guangzhou"));
    source_is_as_it_was(&world);
}

const DOWNLOAD: &str = "/app/download/rainbond-app/*";

/// An app whose file takes a while.
fn large(plan: &mut SeedPlan) {
    let whole = ComponentPlan { base_bytes: 6 << 20, ..web("大件", "large") };
    plan.apps.push(app("shop", "beijing", "大件", "large", vec![whole]));
}

/// The second half of the file is fetched, not the whole again; and a file that is none is fetched anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_broke_goes_on_and_a_damaged_one_begins_anew() {
    let world = world_with(Era::V6_9_8, large).await;
    let client = world.client().await;
    let file = DOWNLOAD;
    let cut = Trouble::Cut { after_bytes: 4 << 20 };
    world.beijing().faults().set(Fault::console("GET", file, Hits::Nth(1), cut));
    let voyage = request(&client, &world, "大件", client.team("guangzhou", "gz1").await).await;
    let id = client.start(voyage).await.id;
    let job = client.end(&id).await;
    assert_eq!(job.state, JobState::Failed);
    let part = world.home().join("exports").join(id.as_str()).join("export.tar.part");
    let kept = part.metadata().unwrap().len();
    assert!(kept > 0, "nothing was kept");
    // What is there is not what the console has: found out by its checksum.
    std::fs::write(&part, vec![7; usize::try_from(kept).unwrap()]).unwrap();
    client.core.retry_job(id.clone()).await.unwrap();
    let job = client.end(&id).await;
    failed(&job, Code::PackageDamaged);
    client.core.retry_job(id.clone()).await.unwrap();
    done(&client.end(&id).await);
    assert_eq!(world.beijing().faults().count(Server::Console, "GET", file), 3);
    assert!(world.at("guangzhou").inspect().apps.iter().any(|row| row.name == "大件"));
    source_is_as_it_was(&world);
}

/// Killed between the last byte and the file's name: nothing is left to ask for, and a range of nothing would be refused (416).
#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_whole_but_for_its_name_is_taken() {
    let world = world_with(Era::V6_9_8, large).await;
    let client = world.client().await;
    let cut = Trouble::Cut { after_bytes: 4 << 20 };
    world.beijing().faults().set(Fault::console("GET", DOWNLOAD, Hits::Nth(1), cut));
    let voyage = request(&client, &world, "大件", client.team("guangzhou", "gz1").await).await;
    let id = client.start(voyage).await.id;
    assert_eq!(client.end(&id).await.state, JobState::Failed);
    let part = world.home().join("exports").join(id.as_str()).join("export.tar.part");
    let begun = std::fs::read(&part).unwrap();
    let whole = file_beginning_with(&world.dir.path().join("beijing"), &begun).expect("the region's file");
    assert!(whole.len() > begun.len() && !begun.is_empty());
    std::fs::write(&part, &whole).unwrap();
    client.core.retry_job(id.clone()).await.unwrap();
    done(&client.end(&id).await);
    assert_eq!(world.beijing().faults().count(Server::Console, "GET", DOWNLOAD), 2);
    assert!(world.at("guangzhou").inspect().apps.iter().any(|row| row.name == "大件"));
    source_is_as_it_was(&world);
}

fn file_beginning_with(folder: &std::path::Path, begun: &[u8]) -> Option<Vec<u8>> {
    std::fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return file_beginning_with(&path, begun);
        }
        std::fs::read(&path).ok().filter(|content| content.len() > begun.len() && content.starts_with(begun))
    })
}

/// The download passes the job's valve: paused, nothing more is written; then it goes on to its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_paused_download_holds_its_bytes_and_goes_on() {
    let world = world_with(Era::V6_9_8, large).await;
    let client = world.client().await;
    let slow = Trouble::Slow { bytes_per_sec: 4 << 20 };
    world.beijing().faults().set(Fault::console("GET", DOWNLOAD, Hits::Nth(1), slow));
    let voyage = request(&client, &world, "大件", client.team("guangzhou", "gz1").await).await;
    let id = client.start(voyage).await.id;
    let part = world.home().join("exports").join(id.as_str()).join("export.tar.part");
    let size = || part.metadata().map_or(0, |meta| meta.len());
    eventually("the first bytes", || size() > 0).await;
    assert!(client.core.pause_job(id.clone()).await.unwrap().paused);
    // What was on its way to the disk arrives.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let held = size();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(size(), held, "bytes came while it was paused");
    assert!(held < 6 << 20, "it was not stopped in the middle");
    client.core.unpause_job(id.clone()).await.unwrap();
    done(&client.end(&id).await);
    assert!(world.at("guangzhou").inspect().apps.iter().any(|row| row.name == "大件"));
    source_is_as_it_was(&world);
}

/// A console that has no call to delete an export: the job is done, and says that the file stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_removed_is_named() {
    let world = world().await;
    let client = world.client().await;
    let no_call =
        Fault::console("DELETE", &format!("{EID}/app-models/export/*"), Hits::Always, Trouble::Fail { status: 405 });
    world.beijing().faults().set(no_call);
    let job = client.perform(voyage(&client, &world).await).await;
    done(&job);
    let said = |job: &JobView, code| job.log.iter().any(|row| row.line.code == code);
    assert!(said(&job, LineCode::LogExportStays) || !job.leftovers.is_empty(), "{:?}", job.log);
    // Its record went with the template.
    assert!(world.beijing().inspect().exports.is_empty());
}

async fn prepared(world: &World) -> (HashMap<String, String>, JobId) {
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.at("guangzhou")] {
        client.save(cluster).await;
    }
    let plan = client.plan(voyage(&client, world).await).await;
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    client.core.close().await;
    (host.secrets(), job.id)
}

/// Killed right after each of its facts, the job goes on and doubles nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_in_any_chapter_goes_on() {
    let facts = [
        "template_asking",
        "template_made",
        "share_asking",
        "share_opened",
        "share_published",
        "export_asking",
        "export_started",
        "exported",
        "export_fetching",
        "export_fetched",
        "file_started",
        "file_done",
        "continued",
        "package_made",
        "installed",
    ];
    let world = world().await;
    let (secrets, id) = prepared(&world).await;
    for fact in facts {
        let client = Process::start(&world, &secrets);
        let ended = || count(&world.home(), "done") + count(&world.home(), "failed") > 0;
        eventually(fact, || count(&world.home(), fact) > 0 || ended()).await;
        client.kill();
        assert_eq!(count(&world.home(), "failed"), 0, "{fact}: {}", journal(&world));
    }
    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), secrets)).await.unwrap();
    let job = client.until(&id, "the end", ended).await;
    done(&job);
    shop_is_there_once(world.at("guangzhou"));
    assert_eq!(world.beijing().inspect().shares.len(), 1, "shared more than once");
    match job.leftovers.as_slice() {
        [] => source_is_as_it_was(&world),
        // Killed before the console's answer was written down: what it calls the export is not known any more.
        [left] => assert!(left.line.code == LineCode::LeftExport && !left.removable, "{left:?}"),
        more => panic!("{more:?}"),
    }
    assert_eq!(count(&world.home(), "template_made"), 1);
    assert!(packages(world.beijing()).await.len() <= 4);
}

fn journal(world: &World) -> String {
    let folder = world.home().join("jobs");
    std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}
