//! A console imports packages into its first cluster only. Into another one an app goes by calls: image after image in
//! chunks, then component after component.

use crate::resume::{Process, count};
use crate::world::{Client, SHOP, SHOP_VERSION, Size, TestHost, World, app, backup, done, eventually, team, web};
use rainferry_core::api::{
    JobState, Lane, LineCode, PlanOptions, PlanRequest, PlanTarget, PlanView, RegistryDraft, StartRequest,
};
use rainferry_core::{ClusterId, Secret, TeamName};
use rainferry_sandbox::{
    Cluster, ComponentPlan, ConfigGroupPlan, Fault, Hits, ImageRegistry, PluginPlan, RegionPlan, RegistrySpec,
    SeedPlan, Server, Stage, State, Trouble, WireFault,
};

const LOAD: &str = "/console/teams/far/apps/package_build/tar-image/load";
const CHUNK: &str = "/console/regions/chengdu/websocket/package_build/component/events/*/upload/chunk";

/// An app that has one of each.
const FULL: &str = "全套";
const FULL_VERSION: &str = "20260821090000";

/// `shanghai` has a second cluster, `chengdu`, and a team in it.
async fn world(size: Size) -> World {
    let second = |plan: &mut SeedPlan| {
        plan.regions.push(RegionPlan { registry: "chengdu.reg.test".to_owned(), ..RegionPlan::named("chengdu") });
        plan.teams.push(team("far", "远方团队", "chengdu"));
    };
    World::planned(size, with_full, second).await
}

fn with_full(plan: &mut SeedPlan) {
    plan.plugins.push(PluginPlan {
        team: "shop".to_owned(),
        region: "beijing".to_owned(),
        alias: "证书加载".to_owned(),
        category: "init-plugin".to_owned(),
        image: "pay/certs:1.0".to_owned(),
        options: vec![("CERT_DIR".to_owned(), "/etc/certs".to_owned())],
        image_bytes: 4096,
    });
    plan.apps.push(app("shop", "beijing", FULL, "full", full()));
    plan.config_groups.push(ConfigGroupPlan {
        app: FULL.to_owned(),
        name: "common".to_owned(),
        enable: true,
        items: vec![("TZ".to_owned(), "Asia/Shanghai".to_owned())],
        components: vec!["课件服务".to_owned(), "学习网站".to_owned()],
    });
    plan.backups.push(backup(FULL, "2026-08-21 09:00:00", "全套"));
}

/// One of each: probe, attributes of both forms, shared mounts, a third-party component, a plugin, a closed inner port.
fn full() -> Vec<ComponentPlan> {
    let text = str::to_owned;
    let bank = ComponentPlan {
        endpoints: vec![text("192.0.2.80:9443")],
        ports: vec![(9443, text("tcp"), false)],
        ..ComponentPlan { name: text("银行接口"), k8s_name: text("bank"), ..ComponentPlan::default() }
    };
    let volume = |name: &str| (text(name), text("share-file"), format!("/data/{name}"), 5);
    let content = ComponentPlan {
        volumes: vec![volume("videos"), volume("papers")],
        both_envs: vec![(text("CONTENT_TOKEN"), text("course-token-2026"))],
        inner_closed: vec![9100],
        ports: vec![(8080, text("http"), false), (9100, text("http"), false)],
        memory: 768,
        labels: vec![text("ssd")],
        graphs: vec![
            (text("请求数"), text("sum(requests{service_id=\"{id}\"})")),
            (text("错误"), text("rate(errors[5m])")),
        ],
        monitors: vec![(text("content-metrics"), 9100, text("/metrics"))],
        ..web("课件服务", "content")
    };
    let mount = |volume: &str| (text("课件服务"), text(volume), format!("/mnt/{volume}"));
    let site = ComponentPlan {
        depends: vec![text("课件服务"), text("银行接口")],
        mounts: vec![mount("videos"), mount("papers")],
        probe: Some((text("http"), 80, text("/healthz"))),
        attributes: vec![
            (text("nodeSelector"), text("json"), text("{\"disk\": \"ssd\"}")),
            (text("tolerations"), text("yaml"), text("- key: pay\n  operator: Exists\n")),
        ],
        plugins: vec![text("证书加载")],
        ..web("学习网站", "course-web")
    };
    vec![bank, content, site]
}

async fn plan(client: &Client, world: &World, version: &str) -> (PlanRequest, PlanView) {
    let source = client.backup(world.beijing(), version).await;
    let cluster = ClusterId::of(&client.console("shanghai").await, "chengdu");
    let target = PlanTarget::Team { cluster, team: TeamName::from("far"), app: None };
    let request = PlanRequest { source, target, options: PlanOptions::default() };
    let plan = client.plan(request.clone()).await;
    (request, plan)
}

/// Every part of the shop, where it belongs.
#[track_caller]
fn is_whole(cluster: &Cluster) {
    let state = cluster.inspect();
    let apps: Vec<_> = state.apps.iter().filter(|row| row.name == SHOP).collect();
    assert_eq!(apps.len(), 1, "{apps:?}");
    assert_eq!(apps[0].region, "chengdu");
    let rows: Vec<_> = state.components_of(apps[0].id).collect();
    assert_eq!(rows.len(), 2, "made more than once");
    let named = |name: &str| *rows.iter().find(|row| row.name == name).unwrap();
    let (web, mysql) = (named("前端"), named("订单库"));
    for row in [web, mysql] {
        assert_eq!(row.status, "running", "{}", row.name);
        assert!(row.image.starts_with(&state.regions[1].registry), "{}", row.image);
        assert!(row.ports.iter().all(|port| port.port != 9999), "a guess stayed");
        assert!(row.envs.iter().all(|env| env.key != "PATH"), "a guess stayed");
        assert!(row.volumes.iter().all(|volume| volume.path != "/var/guessed"), "a guess stayed");
    }
    assert_eq!(mysql.extend_method, "state_singleton");
    assert!(mysql.envs.iter().any(|env| env.key == "MYSQL_ROOT_PASSWORD" && env.value == "shop-root"));
    assert!(mysql.volumes.iter().any(|volume| volume.path == "/var/lib/mysql" && volume.kind == "local"));
    assert_eq!(web.depends, std::slice::from_ref(&mysql.service_id));
    let file = web.volumes.iter().find(|volume| volume.kind == "config-file").unwrap();
    assert_eq!(file.content.as_deref(), Some("listen 80; # 商城\n"));
    assert!(web.ports.iter().any(|port| port.port == 80 && port.outer));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_arrives_in_the_second_cluster_of_a_console() {
    let world = world(Size::Small).await;
    let client = world.client().await;
    let (request, plan) = plan(&client, &world, SHOP_VERSION).await;
    assert_eq!(plan.lane, Some(Lane::Rebuild));
    assert_eq!(plan.lane_reason.as_ref().map(|line| line.code), Some(LineCode::LaneRebuildOther), "{plan:?}");
    assert_eq!(plan.route_reason.code, LineCode::RouteRebuildCalls);
    let job = client.perform(request).await;
    done(&job);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    let report = job.report.unwrap();
    assert!(report.differences.is_empty(), "{:?}", report.differences);
    is_whole(world.shanghai());
    // Nothing went through an import: that would have landed in the first cluster.
    assert!(world.shanghai().inspect().imports.is_empty() && world.shanghai().inspect().templates.is_empty());
}

/// What calls make is as whole as what a package brings: plugins with their settings, graphs, labels and all, whichever way the
/// images come.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_each_arrives_and_what_does_not_was_announced() {
    let world = world(Size::Small).await;
    let registry = ImageRegistry::start(RegistrySpec::new(world.dir.path().join("registry"), "robot", "word")).await;
    let registry = registry.unwrap();
    let client = world.client().await;
    let saved = RegistryDraft {
        address: format!("{}/team", registry.host()),
        user: "robot".to_owned(),
        password: Some(Secret::new("word")),
        plain_http: true,
        ca_pem: None,
    };
    let address = client.core.save_registry(saved).await.unwrap().address;
    for lane in [Lane::Rebuild, Lane::Registry] {
        let (mut request, _) = plan(&client, &world, FULL_VERSION).await;
        let app_name = Some(format!("{FULL}-{lane:?}"));
        request.options =
            PlanOptions { lane: Some(lane), registry: Some(address.clone()), app_name, ..PlanOptions::default() };
        let plan = client.plan(request.clone()).await;
        assert!(plan.stays.iter().all(|line| line.code != LineCode::LosesByCalls), "{:?}", plan.stays);
        let job = client.perform(request).await;
        done(&job);
        // Third-party components are made the same way after a package.
        let differences = job.report.unwrap().differences;
        let ours: Vec<_> = differences.iter().filter(|row| row.component != "银行接口").collect();
        assert!(ours.is_empty(), "{ours:?}");
        has_one_of_each(&world.shanghai().inspect(), &format!("{FULL}-{lane:?}"));
    }
    assert_eq!(registry.images().len(), 3, "two components and a plugin");
}

#[track_caller]
fn has_one_of_each(state: &State, name: &str) {
    let app = state.apps.iter().find(|row| row.name == name).unwrap_or_else(|| panic!("{:?}", state.apps));
    let rows: Vec<_> = state.components_of(app.id).collect();
    let named = |name: &str| *rows.iter().find(|row| row.name == name).unwrap();
    let (site, content, bank) = (named("学习网站"), named("课件服务"), named("银行接口"));
    assert_eq!(rows.len(), 3);
    assert!([site, content].iter().all(|row| row.status == "running"), "{:?}", state.events);
    assert_eq!(site.rows("service_mnts").len(), 2, "a package would have lost the second one");
    assert_eq!(site.rows("service_probes")[0]["path"], "/healthz");
    assert_eq!(site.rows("component_k8s_attributes").len(), 2);
    assert!(site.depends.contains(&content.service_id) && site.depends.contains(&bank.service_id));
    assert_eq!(content.min_memory, 768);
    assert!(content.ports.iter().any(|port| port.port == 9100 && !port.inner));
    assert_eq!(content.labels, ["ssd"]);
    let graphs = content.rows("component_graphs");
    assert_eq!((graphs.len(), graphs[0]["title"].as_str()), (2, Some("请求数")));
    assert!(graphs[0]["promql"].as_str().unwrap().contains(&content.service_id), "{}", graphs[0]);
    assert_eq!(content.rows("service_monitors").len(), 1);
    let group = state.config_groups.iter().find(|row| row.app_id == app.id).unwrap();
    assert_eq!((group.name.as_str(), group.enable, group.services.len()), ("common", true, 2));
    let relation = &site.rows("service_plugin_relation")[0];
    let plugin = state.plugins.iter().find(|row| relation["plugin_id"] == row.plugin_id.as_str()).unwrap();
    assert_eq!((plugin.alias.as_str(), plugin.category.as_str()), ("证书加载", "init-plugin"));
    assert_eq!((plugin.region.as_str(), plugin.build_status.as_str()), ("chengdu", "build_success"));
    assert_eq!(plugin.config_groups[0]["options"][0]["attr_name"], "CERT_DIR");
    let set = site.rows("service_plugin_config").iter().find(|row| row["plugin_id"] == plugin.plugin_id.as_str());
    assert!(set.unwrap()["attrs"].as_str().unwrap().contains("/etc/certs"), "{set:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_killed_among_chunks_sends_none_of_them_again() {
    let world = world(Size::Parts).await;
    let faults = world.shanghai().faults();
    faults.set(Fault::console("POST", CHUNK, Hits::Always, Trouble::Slow { bytes_per_sec: 12_000_000 }));
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    for cluster in [world.beijing(), world.shanghai()] {
        client.save(cluster).await;
    }
    let (_, plan) = plan(&client, &world, SHOP_VERSION).await;
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    client.core.close().await;
    drop(client);
    let secrets = host.secrets();

    let process = Process::start(&world, &secrets);
    eventually("two chunks", || count(&world.home(), "chunk_sent") >= 2).await;
    process.kill();
    let before = count(&world.home(), "chunk_sent");
    assert_eq!(count(&world.home(), "image_sent"), 0, "there was no middle");
    faults.clear();
    faults.forget_calls();

    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), secrets)).await.unwrap();
    let view = client.end(&job.id).await;
    done(&view);
    let sent = faults.count(Server::Console, "POST", CHUNK);
    assert_eq!(sent + before, count(&world.home(), "chunk_sent"), "chunks that the cluster had were sent again");
    assert_eq!(count(&world.home(), "component_made"), 2);
    is_whole(world.shanghai());
    client.core.close().await;
}

/// What was begun is put away; what only the cluster's operator can remove is named.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_among_chunks_takes_them_away() {
    let world = world(Size::Parts).await;
    let faults = world.shanghai().faults();
    faults.set(Fault::console("POST", CHUNK, Hits::Always, Trouble::Slow { bytes_per_sec: 12_000_000 }));
    let client = world.client().await;
    let (request, _) = plan(&client, &world, SHOP_VERSION).await;
    let job = client.start(request).await;
    eventually("a chunk", || count(&world.home(), "chunk_sent") >= 1).await;
    let job = client.cancel(&job.id).await;
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    let state = world.shanghai().inspect();
    assert!(state.apps.iter().all(|row| row.name != SHOP));
    assert!(state.image_uploads.iter().all(|row| row.sessions.is_empty()), "{:?}", state.image_uploads);
}

/// The answer to the loading of an image is lost, and what was sent is used up by then: the next try sends it anew.
#[tokio::test(flavor = "multi_thread")]
async fn an_image_whose_loading_was_not_heard_of_is_sent_anew() {
    let world = world(Size::Small).await;
    let faults = world.shanghai().faults();
    let lost = Trouble::Wire { fault: WireFault::Reset, stage: Stage::After };
    faults.set(Fault::console("POST", LOAD, Hits::Nth(1), lost));
    let client = world.client().await;
    let (request, _) = plan(&client, &world, SHOP_VERSION).await;
    let job = client.perform(request).await;
    assert!(job.state == JobState::Failed && job.can_retry, "{:?}", job.problem);
    let is_loaded = || world.shanghai().inspect().image_uploads.iter().any(|row| !row.loads.is_empty());
    eventually("the loading", is_loaded).await;
    let used_up = || world.shanghai().inspect().image_uploads[0].loads[0].status == "success";
    eventually("its end", used_up).await;
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
    assert_eq!(count(&world.home(), "image_failed"), 1);
    is_whole(world.shanghai());
}
