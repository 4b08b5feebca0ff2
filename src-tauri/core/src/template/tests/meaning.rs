//! What the draft of an app with everything must say, rule by rule of rebuild.md §2, §5 and §6.

use super::super::{Act, ExtraPlugin, Order, Reason, Rule, Stage, TemplateError, What, check, synthesize};
use super::kit::{NEW, draft_of, order, rich, rich_with, target};
use crate::image::{ImageFacts, Platform, docker_archive};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn at<'a>(draft: &'a super::super::Draft, pointer: &str) -> &'a Value {
    draft.metadata.0.pointer(pointer).unwrap_or(&Value::Null)
}

fn lost_and_changed(draft: &super::super::Draft) -> Vec<&What> {
    draft.changes.iter().map(|change| &change.what).collect()
}

#[test]
fn components_that_cannot_be_packed_are_left_out_with_the_reason() {
    let draft = draft_of(&rich(), NEW);
    let reasons: Vec<_> = draft.left_out.iter().map(|left| (left.id.as_str(), left.reason)).collect();
    assert_eq!(reasons, [("c", Reason::ThirdParty), ("d", Reason::KubeBlocks), ("e", Reason::NeverBuilt)]);
    let slug = rich_with(|_, region| region["Services"][0]["Versions"][0]["delivered_type"] = json!("slug"));
    assert_eq!(draft_of(&slug, NEW).left_out[0].reason, Reason::Slug);
    let vm = rich_with(|console, _| console["apps"][0]["service_base"]["service_source"] = json!("vm_run"));
    assert_eq!(draft_of(&vm, NEW).left_out[0].reason, Reason::VirtualMachine);
}

#[test]
fn equal_names_are_told_apart_and_given_back() {
    let draft = draft_of(&rich(), NEW);
    assert_eq!(draft.placed("b").unwrap().cname, "前端#2");
    let back =
        draft.fixups.iter().find(|fixup| fixup.component.as_deref() == Some("b") && fixup.id.starts_with("rename"));
    assert_eq!(back.unwrap().act, Act::Rename { cname: "前端".to_owned() });
    assert!(lost_and_changed(&draft).contains(&&What::CnameInPackage { cname: "前端#2".to_owned() }));
}

#[test]
fn variables_go_where_their_scope_says() {
    let draft = draft_of(&rich(), NEW);
    let names = |pointer: &str| -> Vec<String> {
        at(&draft, pointer)
            .as_array()
            .unwrap()
            .iter()
            .map(|env| env["attr_name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("/apps/0/service_env_map_list"), ["DB_HOST", "RANDOM"]);
    assert_eq!(names("/apps/0/service_connect_info_map_list"), ["SHARED"]);
    let rows = lost_and_changed(&draft);
    assert!(rows.contains(&&What::RandomValue { name: "RANDOM".into() }));
    assert!(rows.contains(&&What::ScopeBoth { name: "RANDOM".into() }));
}

#[test]
fn relations_within_the_app_stay_and_others_are_said() {
    let draft = draft_of(&rich(), NEW);
    let db = at(&draft, "/apps/1/service_share_uuid");
    assert_eq!(at(&draft, "/apps/0/dep_service_map_list"), &json!([{"dep_service_key": db}]));
    assert_eq!(at(&draft, "/apps/0/mnt_relation_list").as_array().unwrap().len(), 2);
    let rows = lost_and_changed(&draft);
    for row in [
        What::DependencyLeftOut { on: "raw".into() },
        What::DependencyOutside { on: "z".into() },
        What::MountOutside { volume: "far".into(), path: "/mnt/far".into() },
        What::VolumeSkipped { path: "/s1".into() },
        What::EmptyConfigFile { path: "/etc/blank.conf".into() },
        What::ProbeInvalid { mode: "liveness".into() },
        What::PluginLeftOut { name: "无镜像".into() },
        What::VolumeData { volume: "data".into(), kind: "local-path".into(), in_package: true },
        What::VolumeData { volume: "static".into(), kind: "share-file".into(), in_package: false },
        What::Certificate { domain: "shop.example.com".into() },
        What::TcpPort { end_point: "0.0.0.0:30001".into(), port: 9000 },
        What::BuildSource,
        What::Webhooks,
        What::Accounts,
        What::Autoscaler,
        What::ConfigGroupDisabled { name: "spare".into() },
    ] {
        assert!(rows.contains(&&row), "{row:?}");
    }
    assert!(!rows.contains(&&What::DependencyLeftOut { on: "外部库".into() }));
}

#[test]
fn the_acts_afterwards_follow_the_target() {
    let acts = |version| draft_of(&rich(), version).fixups.into_iter().map(|fixup| fixup.act).collect::<Vec<_>>();
    let mount = Act::Mount { owner: "b".into(), volume: "more".into(), path: "/mnt/two".into() };
    let name = Act::NamePort { port: 3306, alias: "P3306".into(), k8s_service_name: "db-svc".into() };
    let limit = Act::Limit { memory_mb: 512, cpu_millis: 200 };
    for version in [[5, 6, 0], [5, 17, 3], [6, 3, 0], NEW] {
        let acts = acts(version);
        let has = |act: &Act| acts.contains(act);
        assert!(has(&mount), "{version:?}");
        assert!(has(&Act::AddDependency { on: "c".into() }));
        assert_eq!(has(&name), version != NEW);
        assert_eq!(has(&limit), version[0] == 5);
        assert_eq!(has(&Act::CloseInner { port: 9000 }), version[0] == 6);
        assert_eq!(has(&Act::ReopenOuter { port: 9000 }), version == [5, 6, 0]);
        assert!(has(&Act::EnsureOuter { port: 80 }));
        assert!(acts.iter().any(|act| matches!(act, Act::AwaitPlugin { .. })));
        assert!(acts.iter().any(|act| matches!(act, Act::CreateDisabledGroup { name, .. } if name == "spare")));
        assert!(matches!(&acts[0], Act::CreateThirdParty { endpoints, .. } if *endpoints == ["192.0.2.50:3306"]));
    }
    let fixups = draft_of(&rich(), NEW).fixups;
    assert!(fixups.iter().map(|fixup| fixup.stage).is_sorted());
    assert_eq!(fixups.last().unwrap().stage, Stage::AfterStart);
    let mut ids: Vec<_> = fixups.iter().map(|fixup| &fixup.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), fixups.len());
}

#[test]
fn what_a_region_drops_is_said() {
    let old = draft_of(&rich(), [5, 6, 0]);
    let rows = lost_and_changed(&old);
    assert!(rows.contains(&&What::K8sAttributes { names: vec!["nodeSelector".into()] }));
    assert!(rows.contains(&&What::Label { name: "ssd".into() }));
    assert!(rows.contains(&&What::ComponentName { name: "web".into() }));
    let new = draft_of(&rich(), NEW);
    let rows = lost_and_changed(&new);
    assert!(rows.contains(&&What::Protocol { port: 9000, protocol: "grpc".into() }));
    assert!(!rows.iter().any(|what| matches!(what, What::K8sAttributes { .. } | What::ComponentName { .. })));
}

#[test]
fn names_that_the_team_has_are_said() {
    let mut facts = target(NEW);
    facts.component_names.insert("web".to_owned());
    facts.service_names.insert("db-svc".to_owned());
    facts.labels = Some(["hdd".to_owned()].into());
    facts.volume_kinds = Some(["share-file".to_owned(), "local-path".to_owned()].into());
    facts.archs = vec!["arm64".to_owned()];
    let draft = synthesize(&rich(), &facts, &order()).unwrap();
    let rows = lost_and_changed(&draft);
    assert!(rows.contains(&&What::ComponentName { name: "web".into() }));
    assert!(rows.contains(&&What::HostNameTaken { port: 3306, name: "db-svc".into() }));
    assert!(rows.contains(&&What::Label { name: "ssd".into() }));
    assert!(rows.contains(&&What::VolumeKind { volume: "more".into(), kind: "nfs-fast".into() }));
    assert!(rows.contains(&&What::Architecture { arch: "amd64".into() }));
    assert_eq!(at(&draft, "/apps/0/labels"), &json!({}));
}

#[test]
fn routes_keep_what_a_template_can_say() {
    let draft = draft_of(&rich(), NEW);
    let route = at(&draft, "/ingress_http_routes/1");
    assert_eq!(
        (&route["location"], &route["default_domain"], &route["load_balancing"], &route["connection_timeout"]),
        (&json!("/api"), &json!(false), &json!("cookie-session-affinity"), &json!(7))
    );
    assert_eq!(
        (&route["cookies"], &route["websocket"], &route["proxy_buffer"], &route["proxy_header"]),
        (&json!({"a": "b", "c": "d"}), &json!(true), &json!(true), &json!({"X-A": "1"}))
    );
    assert_eq!(at(&draft, "/ingress_http_routes/0/default_domain"), &json!(true));
}

#[test]
fn a_plugin_keeps_the_key_it_came_under() {
    let draft = draft_of(&rich(), NEW);
    assert_eq!(at(&draft, "/plugins/0/plugin_key"), "0123456789abcdef0123456789abcdef");
    assert_eq!(at(&draft, "/plugins/0/config_groups").as_array().unwrap().len(), 1);
    let link = at(&draft, "/apps/0/service_related_plugin_config/0");
    assert_eq!((&link["plugin_status"], &link["attr"][0]["attrs"]), (&json!(true), &json!("{\"K\":\"v\"}")));
}

#[test]
fn what_is_inside_an_archive_counts_more_than_what_is_said() {
    let name = "root/app_a/image_20260101000000.tar";
    let facts = ImageFacts {
        repo_tags: vec!["registry.example.test/other/name:7".to_owned()],
        platforms: vec![Platform { os: "linux".into(), architecture: "arm64".into() }],
        image_count: 1,
        ..ImageFacts::default()
    };
    let seen = |facts| Order { seen: BTreeMap::from([(name.to_owned(), facts)]), ..order() };
    let draft = synthesize(&rich(), &target(NEW), &seen(facts)).unwrap();
    assert_eq!(
        (draft.images[0].was.as_str(), at(&draft, "/apps/0/arch")),
        ("registry.example.test/other/name:7", &json!("arm64"))
    );
    assert!(draft.images[0].image.starts_with("rbm.local/x/web-") && draft.images[0].image.ends_with(":7"));
    let empty = ImageFacts { has_null_manifest: true, ..ImageFacts::default() };
    let draft = synthesize(&rich(), &target(NEW), &seen(empty)).unwrap();
    assert_eq!(draft.left_out[0].reason, Reason::ImageEmpty);
}

#[test]
fn names_too_short_to_change_are_kept_unless_they_collide() {
    let short = |second: &str| {
        let second = second.to_owned();
        rich_with(move |_, region| {
            region["Services"][0]["Versions"][0]["image_name"] = json!("a.b/web:1");
            region["Services"][1]["Versions"][0]["image_name"] = json!(second);
        })
    };
    let draft = draft_of(&short("a.b/db:1"), NEW);
    assert_eq!((draft.images[0].image.as_str(), draft.images[1].image.as_str()), ("a.b/web:1", "a.b/db:1"));
    assert!(lost_and_changed(&draft).contains(&&What::ImageNameKept { image: "a.b/web:1".into() }));
    assert_eq!(check(&draft), []);
    let draft = draft_of(&short("c.d/web:1"), NEW);
    assert_eq!(draft.left_out[0].reason, Reason::ImageNameCollides);
}

#[test]
fn a_plugin_of_our_own_travels_along() {
    let image = "rbm.local/x/helper:job1";
    let extra = ExtraPlugin {
        slot: "volumes".into(),
        alias: "Rainferry".into(),
        desc: "Moves volume data".into(),
        category: "init-plugin".into(),
        image: image.into(),
        build_version: "20260101000000".into(),
        archive: docker_archive(b"program", image, "amd64").into(),
        memory_mb: 512,
        cpu_millis: 250,
        settings: BTreeMap::from([("b".to_owned(), vec![("RBM_JOB".to_owned(), "{\"a\": 1}".to_owned())])]),
    };
    let order = Order { extra_plugins: vec![extra], ..order() };
    let draft = synthesize(&rich(), &target(NEW), &order).unwrap();
    assert_eq!(check(&draft), []);
    let key = at(&draft, "/plugins/1/plugin_key").clone();
    assert_eq!(at(&draft, "/plugins/1/config_groups/0/options/0/attr_name"), "RBM_JOB");
    let link = at(&draft, "/apps/1/service_related_plugin_config/0");
    assert_eq!((&link["plugin_key"], &link["attr"][0]["attrs"]), (&key, &json!(r#"{"RBM_JOB":"{\"a\": 1}"}"#)));
    assert_eq!(at(&draft, "/apps/0/service_related_plugin_config").as_array().unwrap().len(), 1);
    assert!(
        draft
            .fixups
            .iter()
            .any(|fixup| matches!(&fixup.act, Act::AwaitPlugin { plugin_key, .. } if key == *plugin_key.as_str()))
    );
    assert_eq!(draft.images.last().unwrap().file, "img-04.tar");

    let mut order = order;
    order.extra_plugins[0].settings.insert("b".to_owned(), vec![("RBM_JOB".to_owned(), "${HOME}".to_owned())]);
    let broken = check(&synthesize(&rich(), &target(NEW), &order).unwrap());
    assert_eq!(broken.iter().map(|broken| broken.rule).collect::<Vec<_>>(), [Rule::Text]);
}

#[test]
fn the_same_order_gives_the_same_draft_and_another_seed_other_keys() {
    let (one, two) = (draft_of(&rich(), NEW), draft_of(&rich(), NEW));
    assert_eq!(one.metadata, two.metadata);
    let other = synthesize(&rich(), &target(NEW), &Order { seed: "job-0002".into(), ..order() }).unwrap();
    assert_ne!(one.group_key, other.group_key);
    assert_ne!(one.images[0].image, other.images[0].image);
}

#[test]
fn nothing_is_made_where_nothing_can_be() {
    let too_old = synthesize(&rich(), &target([5, 5, 9]), &order());
    assert!(matches!(too_old, Err(TemplateError::TargetTooOld)));
    let empty = rich_with(|console, region| {
        console["apps"] = json!([console["apps"][2]]);
        region["Services"] = json!([]);
    });
    assert!(matches!(synthesize(&empty, &target(NEW), &order()), Err(TemplateError::NothingToPack)));
}

#[test]
fn a_draft_does_not_print_what_it_holds() {
    let shown = format!("{:?}", draft_of(&rich(), NEW));
    assert!(!shown.contains("hush") && !shown.contains("server {}"), "{shown}");
}
