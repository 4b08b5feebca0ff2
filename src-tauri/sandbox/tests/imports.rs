//! Imports and installations as no recording shows them: what the builder refuses, what the console loses or renames,
//! and how v5.17.3 differs. Each test names the paragraph it stands for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;
mod packages;

use bench::{Bench, TEAM};
use packages::{gzipped, image, image_name, package, port, shop, shop_images, tarred, web};
use rainferry_sandbox::Era;
use rainferry_sandbox::state::Component;
use serde_json::{Value, json};

const BOTH: [Era; 2] = [Era::V5_17_3, Era::V6_9_8];

/// The shop with only its front: one image, no plugin.
fn front() -> Value {
    let mut template = shop();
    let mut web = web();
    for list in ["dep_service_map_list", "mnt_relation_list", "service_related_plugin_config"] {
        web[list] = json!([]);
    }
    template["apps"] = json!([web]);
    template["plugins"] = json!([]);
    template
}

fn front_image() -> Vec<(&'static str, Vec<u8>)> {
    vec![("img.tar", image(&image_name("web"), "amd64"))]
}

fn named<'a>(rows: &'a [Component], name: &str) -> &'a Component {
    rows.iter().find(|row| row.name == name).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_installed_and_runs_from_the_images_of_the_package() {
    // rebuild.md §3.6, §4.3, §5.5, §5.6, §1.4, §9.2
    let bench = Bench::start(Era::V6_9_8).await;
    assert_eq!(
        bench.import("shop.tar.gz", package(&shop(), &shop_images())).await,
        ("success".into(), "success".into())
    );
    let app = bench.install(&shop(), "商城", "shop").await;
    let rows = bench.components(app);
    let (web, db) = (named(&rows, "前端"), named(&rows, "数据库"));
    assert_eq!((web.k8s_name.as_str(), web.min_cpu, web.min_memory), ("web15", 200, 512));
    assert_eq!((db.ports[0].protocol.as_str(), db.ports[0].inner), ("tcp", true));
    assert_eq!(db.ports[0].k8s_service, "db15-svc");
    assert_eq!(web.depends, [db.service_id.clone()]);
    assert_eq!(web.rows("service_mnts").len(), 1, "the second mount of one owner is dropped");
    assert!(db.volumes.iter().all(|volume| volume.name != "short"));
    assert_eq!(web.labels, ["ssd"]);
    let relation = &web.rows("service_plugin_relation")[0];
    assert_eq!((&relation["min_memory"], &relation["min_cpu"]), (&json!(512), &json!(250)));
    assert_eq!(web.image, "goodrain.me/web:20260101000000");

    bench.deploy(app).await;
    assert!(bench.components(app).iter().all(|row| row.status == "running"));
    let routes = bench.cluster.inspect().routes;
    assert_eq!(routes.len(), 1);
    assert_eq!(routes[0].http.as_ref().unwrap()["match"]["paths"], json!(["/*"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_older_platform_loses_the_cpu_and_the_host_names() {
    // rebuild.md §1.3, §1.6, §3.2, §4.2, §6
    let bench = Bench::start(Era::V5_17_3).await;
    assert_eq!(bench.import("shop.tar.gz", package(&shop(), &shop_images())).await.0, "success");
    let url = bench.begin().await["data"]["bean"]["upload_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&format!("{}/app/upload/", bench.cluster.console_url())), "{url}");
    let app = bench.install(&shop(), "商城", "shop").await;
    let rows = bench.components(app);
    let (web, db) = (named(&rows, "前端"), named(&rows, "数据库"));
    assert_eq!((web.min_cpu, web.min_memory, web.k8s_name.as_str()), (0, 512, "web15"));
    assert_eq!((db.ports[0].protocol.as_str(), db.ports[0].inner), ("mysql", false));
    assert_eq!(db.ports[0].k8s_service, db.alias);
    let body = json!({"group_id": app, "app_id": shop()["group_key"], "app_version": shop()["group_version"]});
    let path = format!("/console/teams/{TEAM}/apps/market_create/preflight");
    assert_eq!(bench.send("POST", &path, body).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_older_platform_asks_for_rights_and_for_one_arch() {
    // rebuild.md §0 (110003), §3.5 (404 up to 6.9.3)
    let bench = Bench::start(Era::V5_17_3).await;
    let event = bench.upload("a.tar.gz", package(&front(), &front_image())).await;
    let path = format!("/console/enterprise/{}/app-models/import/{event}", bench.eid);
    let body = json!({"scope": "team", "tenant_name": TEAM, "file_name": "a.tar.gz"});
    assert_eq!(bench.send_as("developer", "POST", &path, body.clone()).await.0, 403);
    assert_eq!(bench.send("POST", &path, body).await.0, 200);
    bench.cluster.settled().await;
    bench.send("GET", &format!("{path}?arch=arm64"), json!({})).await;
    let app = bench.app("商城", "shop").await;
    let (status, body) = bench.try_install(&front(), app).await;
    assert_eq!((status, body["msg_show"].as_str().unwrap()), (404, "应用架构与构建节点架构不匹配"));
    assert!(bench.components(app).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_with_anything_wrong_fails() {
    // rebuild.md §1.1, §1.2, §1.3
    let with = |change: fn(&mut Value)| {
        let mut template = front();
        change(&mut template);
        template
    };
    let plain = front();
    let null = tarred(&[("manifest.json", b"null")]);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("not gzip", tarred(&[("pkg/metadata.json", plain.to_string().as_bytes())])),
        ("no folder", gzipped(&tarred(&[("metadata.json", plain.to_string().as_bytes())]))),
        ("no image", package(&plain, &[])),
        ("other image", package(&plain, &[("img.tar", image("old.registry.test/ns1/web:2", "amd64"))])),
        ("null manifest", package(&plain, &[front_image().remove(0), ("x.tar", null)])),
        ("three deep", package(&plain, &[("a/b/img.tar", front_image().remove(0).1)])),
        ("plugin in the path", package(&plain, &[("plugin-images.tar", front_image().remove(0).1)])),
        ("empty share_image", package(&with(|one| one["apps"][0]["share_image"] = json!("")), &front_image())),
        ("text memory", package(&with(|one| one["apps"][0]["memory"] = json!("512")), &front_image())),
        ("list labels", package(&with(|one| one["apps"][0]["labels"] = json!(["ssd"])), &front_image())),
        ("no apps", package(&with(|one| one["apps"] = json!([])), &front_image())),
    ];
    let bench = Bench::start(Era::V6_9_8).await;
    for (why, bytes) in cases {
        assert_eq!(bench.import("a.tar.gz", bytes).await, ("failed".into(), "failed".into()), "{why}");
    }
    assert_eq!(bench.import("my-plugin.tar.gz", package(&plain, &front_image())).await.0, "failed", "file name");
    assert!(bench.cluster.inspect().templates.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_merely_odd_is_taken() {
    // rebuild.md §1.1: unknown tars are passed over, only the first entry counts, old regions look into every tar
    let odd = tarred(&[("notes.txt", b"hello")]);
    for era in BOTH {
        let bench = Bench::start(era).await;
        let images = vec![front_image().remove(0), ("odd.tar", odd.clone())];
        assert_eq!(bench.import("a.tar.gz", package(&front(), &images)).await.1, "success");
    }
    let bench = Bench::start(Era::V5_17_3).await;
    let images = vec![("plugin-images.tar", front_image().remove(0).1)];
    assert_eq!(bench.import("a.tar.gz", package(&front(), &images)).await.1, "success");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_file_is_still_called_a_success_by_the_older_region() {
    // rebuild.md §3.4: regions up to 6.8.1
    let bench = Bench::start(Era::V5_17_3).await;
    assert_eq!(bench.import("a.tar.gz", b"nothing".to_vec()).await, ("success".into(), "failed".into()));
    assert!(bench.cluster.inspect().templates.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn images_that_get_the_same_name_overwrite_each_other() {
    // rebuild.md §1.2
    let mut template = shop();
    let (a, b) = ("host-a.test/ns1/web:v1", "host-b.test/ns2/web:v1");
    template["plugins"] = json!([]);
    for (at, name) in [a, b].into_iter().enumerate() {
        template["apps"][at]["share_image"] = json!(name);
    }
    let bench = Bench::start(Era::V6_9_8).await;
    let images = [("a.tar", image(a, "amd64")), ("b.tar", image(b, "arm64"))];
    assert_eq!(bench.import("a.tar.gz", package(&template, &images)).await.0, "success");
    let app = bench.install(&template, "商城", "shop").await;
    assert!(bench.components(app).iter().all(|row| row.image == "goodrain.me/web:v1"));
    bench.deploy(app).await;
    let rows = bench.components(app);
    // The later image is for another machine: now both components have it.
    assert!(rows.iter().all(|row| row.status == "abnormal"), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_push_is_seen_by_the_newer_region_only() {
    // rebuild.md §1.2: ignored in v5.8.1–v5.17.3, awaited from 6.9.2 on
    for (era, want) in [(Era::V6_9_8, "failed"), (Era::V5_17_3, "success")] {
        let bench = Bench::start(era).await;
        bench.cluster.faults().switch(|switches| switches.push_fails = true);
        assert_eq!(bench.import("a.tar.gz", package(&front(), &front_image())).await.1, want);
        if era == Era::V6_9_8 {
            continue;
        }
        let app = bench.install(&front(), "商城", "shop").await;
        bench.deploy(app).await;
        let row = bench.components(app).remove(0);
        assert_eq!(row.status, "abnormal");
        let events = bench.get(&format!("/console/teams/{TEAM}/events?target=service&targetAlias={}", row.alias)).await;
        let failed = events["data"]["list"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(failed["status"], "failure");
        let id = failed["event_id"].as_str().unwrap();
        let log = bench.get(&format!("/console/teams/{TEAM}/events/{id}/log")).await;
        assert!(log["data"]["list"][0]["message"].as_str().unwrap().contains("not found"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_package_laid_into_the_store_is_found() {
    // rebuild.md §3.2, the preferred way on v6
    let bench = Bench::start(Era::V6_9_8).await;
    let event = bench.begin().await["data"]["bean"]["event_id"].as_str().unwrap().to_owned();
    let key = format!("app/import/{event}/a.tar.gz");
    bench.cluster.objects().put("grdata", &key, package(&front(), &front_image())).await.unwrap();
    let dir = bench.get(&format!("/console/enterprise/{}/app-models/import/{event}/dir", bench.eid)).await;
    assert_eq!(dir["data"]["list"], json!(["a.tar.gz"]));
    assert_eq!(bench.run(&event, "a.tar.gz").await.1, "success");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_packages_pass() {
    // rebuild.md §3.2: the region sets no limit; the console's own 64 MiB of other bodies does not apply
    let layer = vec![7u8; 90 * 1024 * 1024];
    let name = image_name("web");
    let manifest = json!([{"Config": "c.json", "RepoTags": [name], "Layers": ["l/layer.tar"]}]).to_string();
    let archive = tarred(&[("c.json", b"{}"), ("l/layer.tar", &layer), ("manifest.json", manifest.as_bytes())]);
    let template = front().to_string();
    let plain = tarred(&[("p/metadata.json", template.as_bytes()), ("p/img.tar", &archive)]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    std::io::Write::write_all(&mut gzip, &plain).unwrap();
    let bytes = gzip.finish().unwrap();
    for era in BOTH {
        let bench = Bench::start(era).await;
        assert_eq!(bench.import("big.tar.gz", bytes.clone()).await.1, "success");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_name_in_use_gets_a_suffix_and_the_values_follow() {
    // rebuild.md §4.4; a bare name in a config file stays. §1.3: a taken component name becomes the alias
    let bench = Bench::start(Era::V6_9_8).await;
    bench.import("shop.tar.gz", package(&shop(), &shop_images())).await;
    bench.install(&shop(), "商城", "shop").await;
    let second = bench.install(&shop(), "商城二", "shop-two").await;
    let rows = bench.components(second);
    let (web, db) = (named(&rows, "前端"), named(&rows, "数据库"));
    let host = &db.ports[0].k8s_service;
    assert!(host.starts_with("db15-svc-") && host.len() == "db15-svc-".len() + 4, "{host}");
    let value = |key: &str| web.envs.iter().find(|env| env.key == key).unwrap().value.clone();
    assert_eq!((value("DB_HOST"), value("DSN")), (host.clone(), format!("mysql://u:p@{host}:3306/x")));
    let conf = web.volumes.iter().find(|volume| volume.name == "conf").unwrap();
    assert!(conf.content.as_ref().unwrap().contains("server db15-svc:3306;"));
    assert_eq!((&web.k8s_name, &web.ports[0].k8s_service), (&web.alias, &web.ports[1].k8s_service));
    assert_eq!(bench.cluster.inspect().plugins.len(), 1, "§1.4: a plugin with the same key is reused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn config_groups_are_merged_and_existing_keys_win() {
    // rebuild.md §1.3
    let bench = Bench::start(Era::V6_9_8).await;
    bench.import("shop.tar.gz", package(&shop(), &shop_images())).await;
    let app = bench.app("商城", "shop").await;
    let items = json!([{"item_key": "TZ", "item_value": "UTC"}, {"item_key": "A", "item_value": "b"}]);
    let body = json!({"config_group_name": "common", "deploy_type": "env", "enable": true, "config_items": items});
    bench.send("POST", &format!("/console/teams/{TEAM}/groups/{app}/configgroups"), body).await;
    assert_eq!(bench.try_install(&shop(), app).await.0, 200);
    let groups = bench.cluster.inspect().config_groups;
    assert_eq!(groups.len(), 1);
    let items: Vec<(&str, &str)> =
        groups[0].items.iter().map(|(_, key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!((items, groups[0].services.len()), (vec![("TZ", "UTC"), ("A", "b")], 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn default_rules_stop_at_the_first_port_that_is_not_outer_http() {
    // rebuild.md §5.3
    let mut template = front();
    template["apps"][0]["port_map_list"] =
        json!([port(80, "http", "A", true, "a"), port(90, "http", "B", false, "a"), port(81, "http", "C", true, "a"),]);
    for era in BOTH {
        let bench = Bench::start(era).await;
        bench.import("a.tar.gz", package(&template, &front_image())).await;
        let app = bench.install(&template, "商城", "shop").await;
        let id = bench.components(app).remove(0).service_id;
        let rules = bench.cluster.inspect().http_rules;
        let ports: Vec<u64> = rules.iter().filter(|rule| rule.service_id == id).map(|rule| rule.port).collect();
        assert_eq!(ports, [80]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_without_a_port_stops_the_installation() {
    // rebuild.md §3.5
    let mut template = front();
    template["apps"][0]["probes"][0]["port"] = json!(0);
    let bench = Bench::start(Era::V6_9_8).await;
    bench.import("a.tar.gz", package(&template, &front_image())).await;
    let app = bench.app("商城", "shop").await;
    assert_eq!(bench.try_install(&template, app).await.0, 400);
    assert!(bench.components(app).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_installed_goes_into_its_next_backup() {
    let bench = Bench::start(Era::V6_9_8).await;
    bench.import("shop.tar.gz", package(&shop(), &shop_images())).await;
    let app = bench.install(&shop(), "商城", "shop").await;
    bench.deploy(app).await;
    let (console, region, zip) = bench.backed_up(app).await;
    let web =
        console["apps"].as_array().unwrap().iter().find(|one| one["service_base"]["service_cname"] == "前端").unwrap();
    assert_eq!(web["service_probes"][0]["path"], "/");
    assert_eq!(web["component_k8s_attributes"][0]["name"], "nodeSelector");
    assert_eq!(web["service_mnts"][0]["mnt_dir"], "/mnt/shr/one");
    assert_eq!(web["service_labels"].as_array().unwrap().len(), 1);
    assert_eq!(web["service_plugin_config"][0]["attrs"], "{\"URL\": \"http://x\"}");
    assert_eq!(console["app_config_group_info"][0]["config_items"][0]["item_key"], "TZ");
    let plugin = &console["plugin_info"]["plugins"][0];
    assert_eq!(plugin["plugin_alias"], "数据导入");
    assert_eq!(console["plugin_info"]["plugin_config_items"][0]["attr_name"], "URL");
    assert_eq!(region["Plugins"][0]["plugin_id"], plugin["plugin_id"]);
    let holds = |text: &str| zip.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&format!("plugin_{}/image_20260101000000.tar", plugin["plugin_id"].as_str().unwrap())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sample_apps_have_the_rarer_things() {
    for bench in [Bench::sample("beijing").await, Bench::sample("shanghai").await] {
        let state = bench.cluster.inspect();
        let row = |name: &str| state.components.iter().find(|row| row.name == name).unwrap();
        let team = state.team_of(&row("支付网关").tenant_id).unwrap().name.clone();
        let of = async |row: &Component, what: &str| {
            bench.get(&format!("/console/teams/{team}/apps/{}/{what}", row.alias)).await["data"].clone()
        };
        let site = row("学习网站");
        assert_eq!(of(site, "mnt?type=mnt").await["total"], 2);
        assert_eq!(of(site, "probe").await["bean"]["path"], "/healthz");
        assert_eq!(of(row("课件服务"), "envs?env_type=both").await["bean"]["total"], 1);
        let ports = of(row("课件服务"), "ports").await;
        assert_eq!(ports["list"][1]["is_inner_service"], false);
        let gate = row("支付网关");
        assert_eq!(of(gate, "pluginlist").await["bean"]["installed_plugins"][0]["category"], "init-plugin");
        assert!(gate.ports.iter().any(|port| port.protocol == "tcp" && port.outer));
        assert!(row("银行接口").is_third_party());
        let path = format!("/console/teams/{team}/components/{}/k8s-attributes", gate.alias);
        assert_eq!(bench.get(&path).await["data"]["list"].as_array().unwrap().len(), 2);
        let path = format!("/console/teams/{team}/groups/{}/configgroups", site.app_id);
        assert_eq!(bench.get(&path).await["data"]["total"], 1);
    }
}
