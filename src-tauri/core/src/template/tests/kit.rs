//! Apps to make packages of: those in the platform's own backups, and one that has everything.

use super::super::{Draft, Order, TargetFacts, synthesize};
use crate::clock::SystemClock;
use crate::console::era::{Certainty, TemplateRules, Version, Versions, template_rules};
use crate::ctx::Ctx;
use crate::package::{AppModel, Package, RangeReader, ReadFault, load, read_listing};
use bytes::Bytes;
use serde_json::{Value, json};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) fn ctx() -> Ctx {
    Ctx::new(Arc::new(SystemClock))
}

pub(super) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

pub(super) fn rules(version: [u16; 3]) -> TemplateRules {
    let version = Version(version[0], version[1], version[2]);
    template_rules(&Versions { console: version, region: version, certainty: Certainty::Said })
}

pub(super) fn target(version: [u16; 3]) -> TargetFacts {
    TargetFacts::new(rules(version))
}

pub(super) const NEW: [u16; 3] = [6, 9, 8];

pub(super) fn order() -> Order {
    Order { seed: "job-0001".to_owned(), ..Order::default() }
}

/// A backup that the platform's own code wrote.
pub(super) async fn package(folder: &str) -> Arc<Package> {
    let mut files =
        std::fs::read_dir(fixtures().join("packages").join(folder)).unwrap().map(|file| file.unwrap().path());
    let zip = files.find(|path| path.extension().is_some_and(|kind| kind == "zip")).unwrap();
    let reader = Pieces::new(vec![Piece::Bytes(std::fs::read(zip).unwrap().into())]);
    Arc::new(Package::open(&ctx(), reader).await.unwrap())
}

pub(super) async fn app(folder: &str) -> AppModel {
    load(&ctx(), &*package(folder).await).await.unwrap()
}

#[derive(Clone)]
pub(super) enum Piece {
    Bytes(Bytes),
    Zeros(u64),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Zeros(len) => *len,
        }
    }
}

/// An object that exists only while it is read, and how far it was read.
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    pub furthest: AtomicU64,
    pub longest: AtomicU64,
}

impl Pieces {
    pub(super) fn new(pieces: Vec<Piece>) -> Arc<Self> {
        Arc::new(Self { pieces, furthest: AtomicU64::new(0), longest: AtomicU64::new(0) })
    }
}

#[async_trait::async_trait]
impl RangeReader for Pieces {
    fn size(&self) -> u64 {
        self.pieces.iter().map(Piece::len).sum()
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        self.furthest.store(range.end, Ordering::SeqCst);
        self.longest.fetch_max(range.end - range.start, Ordering::SeqCst);
        let mut out = Vec::new();
        let mut start = 0;
        for piece in &self.pieces {
            let (from, to) = (range.start.max(start), range.end.min(start + piece.len()));
            if from < to {
                let (a, b) = (usize::try_from(from - start)?, usize::try_from(to - start)?);
                match piece {
                    Piece::Bytes(bytes) => out.extend_from_slice(&bytes[a..b]),
                    Piece::Zeros(_) => out.resize(out.len() + b - a, 0),
                }
            }
            start += piece.len();
        }
        Ok(out.into())
    }
}

/// An app with one of everything; `ids` are a, b, c, …
pub(super) fn rich() -> AppModel {
    rich_with(|_, _| ())
}

pub(super) fn rich_with(change: impl FnOnce(&mut Value, &mut Value)) -> AppModel {
    let mut console = json!({
        "compose_group_info": null,
        "group_info": {"group_name": "商城", "region_name": "r", "k8s_app": "shop", "governance_mode": "KUBERNETES_NATIVE_SERVICE"},
        "apps": [web(), db(), third(), lost("d", "kube", &json!({"extend_method": "kubeblocks_component"})), lost("e", "raw", &json!({}))],
        "plugin_info": {
            "plugins": [
                {"plugin_id": "p1", "plugin_alias": "网关", "plugin_name": "gw", "category": "net-plugin:up", "desc": "d",
                 "image": "goodrain.me/plugin-gw", "code_repo": "", "origin": "market", "origin_share_id": "0123456789abcdef0123456789abcdef"},
                {"plugin_id": "p2", "plugin_alias": "无镜像", "category": "init-plugin"}],
            "plugin_build_versions": [{"plugin_id": "p1", "build_version": "20260101"}],
            "plugin_config_groups": [
                {"plugin_id": "p1", "build_version": "20260101", "config_name": "g", "service_meta_type": "un_define", "injection": "env"},
                {"plugin_id": "p1", "build_version": "20260101", "config_name": "none", "service_meta_type": "upstream_port", "injection": "auto"}],
            "plugin_config_items": [{"plugin_id": "p1", "build_version": "20260101", "service_meta_type": "un_define",
                "attr_name": "K", "attr_type": "string", "is_change": true}],
        },
        "app_config_group_info": [
            {"config_group_name": "common", "deploy_type": "env", "enable": true,
             "config_items": [{"item_key": "TZ", "item_value": "Asia/Shanghai"}], "services": [{"service_id": "a"}, {"service_id": "c"}]},
            {"config_group_name": "spare", "deploy_type": "env", "enable": false,
             "config_items": [{"item_key": "TOKEN", "item_value": "hush"}], "services": [{"service_id": "a"}]}],
    });
    let mut region = json!({
        "Services": [built("a", "goodrain.me/shop/frontend-web:20260101000000"), built("b", "goodrain.me/db:20260101000000")],
        "Plugins": [{"PluginID": "p1", "image_url": "x"}],
        "PluginBuildVersions": [{"plugin_id": "p1", "version_id": "20260101", "build_local_image": "goodrain.me/plugin_gw_p1:20260101"}],
    });
    change(&mut console, &mut region);
    let entry = |name: &str| json!({"name": format!("root/{name}"), "size": 10240, "compressed_size": 900});
    let listing = json!([
        entry("app_a/image_20260101000000.tar"),
        entry("app_b/image_20260101000000.tar"),
        entry("plugin_p1/image_20260101.tar"),
        entry("data_b/data.zip"),
    ]);
    let entries = read_listing(listing.to_string().as_bytes()).unwrap();
    AppModel::from_files(region.to_string().as_bytes(), console.to_string().as_bytes(), &entries).unwrap()
}

fn built(id: &str, image: &str) -> Value {
    json!({
        "ServiceID": id,
        "Service": {"service_id": id, "kind": "internal", "container_memory": 512, "container_cpu": 200, "replicas": 2},
        "ServiceLabel": [{"LabelKey": "node-selector", "LabelValue": "ssd"}, {"LabelKey": "other", "LabelValue": "x"}],
        "Versions": [{"build_version": "20260101000000", "delivered_type": "image", "image_name": image}],
    })
}

fn port(port: i64, protocol: &str, inner: bool, outer: bool, service: &str) -> Value {
    json!({"container_port": port, "protocol": protocol, "port_alias": format!("P{port}"), "is_inner_service": inner,
        "is_outer_service": outer, "k8s_service_name": service, "name": null})
}

fn web() -> Value {
    json!({
        "component_id": "a",
        "service_base": {"service_id": "a", "service_cname": "前端", "service_alias": "gr00000a", "k8s_component_name": "web",
            "extend_method": "stateless_multiple", "service_source": "source_code", "arch": "amd64", "version": "1.25",
            "min_memory": 256, "min_cpu": 100, "min_node": 2, "open_webhooks": true, "language": "Java", "cmd": ""},
        "service_ports": [port(9000, "grpc", false, true, "web-rpc"), port(80, "http", true, true, "web-svc")],
        "service_env_vars": [
            {"attr_name": "DB_HOST", "attr_value": "db-svc", "name": "db", "scope": "inner", "container_port": 0, "is_change": true},
            {"attr_name": "P80_HOST", "attr_value": "127.0.0.1", "scope": "outer", "container_port": 80},
            {"attr_name": "SHARED", "attr_value": "s", "scope": "outer", "container_port": 0},
            {"attr_name": "RANDOM", "attr_value": "**None**", "scope": "both", "container_port": 0}],
        "service_volumes": [
            {"volume_name": "static", "volume_type": "share-file", "volume_path": "/srv/static", "volume_capacity": 1, "access_mode": "RWX", "share_policy": "exclusive"},
            {"volume_name": "conf", "volume_type": "config-file", "volume_path": "/etc/app.conf", "mode": 644},
            {"volume_name": "blank", "volume_type": "config-file", "volume_path": "/etc/blank.conf", "mode": 420},
            {"volume_name": "short", "volume_type": "share-file", "volume_path": "/s1", "volume_capacity": 1}],
        "service_config_file": [{"volume_name": "conf", "file_content": "server {} # 中文\n"}, {"volume_name": "blank", "file_content": ""}],
        "service_mnts": [
            {"dep_service_id": "b", "mnt_name": "data", "mnt_dir": "/mnt/one"},
            {"dep_service_id": "b", "mnt_name": "more", "mnt_dir": "/mnt/two"},
            {"dep_service_id": "z", "mnt_name": "far", "mnt_dir": "/mnt/far"}],
        "service_relation": [{"dep_service_id": "b"}, {"dep_service_id": "c"}, {"dep_service_id": "e"}, {"dep_service_id": "z"}],
        "service_probes": [
            {"mode": "readiness", "scheme": "http", "path": "/", "port": 80, "is_used": 1, "initial_delay_second": 4, "period_second": 3,
             "timeout_second": 5, "failure_threshold": 3, "success_threshold": 1},
            {"mode": "liveness", "scheme": "tcp", "port": 0, "is_used": null}],
        "service_domains": [
            {"http_rule_id": "h0", "domain_name": "80.gr00000a.x", "container_port": 80, "type": 0},
            {"http_rule_id": "h1", "domain_name": "shop.example.com", "domain_path": "/api", "container_port": 80, "type": 1,
             "certificate_id": 3, "domain_cookie": "a=b;c=d", "rule_extensions": "httptohttps:true,lb-type:cookie-session-affinity"}],
        "http_rule_configs": [{"rule_id": "h1", "value": "{\"proxy_connect_timeout\": 7, \"WebSocket\": true, \"proxy_buffering\": \"on\", \"set_headers\": [{\"item_key\": \"X-A\", \"item_value\": \"1\"}]}"}],
        "service_tcpdomains": [{"tcp_rule_id": "t", "end_point": "0.0.0.0:30001", "container_port": 9000, "protocol": "tcp", "type": 0}],
        "service_monitors": [{"name": "m", "service_show_name": "M", "port": 80, "path": "/metrics", "interval": "10s"}],
        "component_graphs": [{"graph_id": "g1", "title": "T", "promql": "up", "sequence": 1}],
        "component_k8s_attributes": [{"name": "nodeSelector", "save_type": "json", "attribute_value": "{\"disk\":\"ssd\"}"}],
        "service_plugin_relation": [
            {"plugin_id": "p1", "build_version": "20260101", "plugin_status": 1, "min_memory": 64, "min_cpu": 10},
            {"plugin_id": "p2", "build_version": "1", "plugin_status": 1}],
        "service_plugin_config": [{"plugin_id": "p1", "service_meta_type": "un_define", "injection": "env", "container_port": 0, "attrs": "{\"K\":\"v\"}"}],
        "service_auths": [{"user": "u", "password": "w"}],
    })
}

fn db() -> Value {
    json!({
        "component_id": "b",
        "service_base": {"service_id": "b", "service_cname": "前端", "service_alias": "gr00000b", "k8s_component_name": "db",
            "extend_method": "state", "service_source": "docker_image", "min_memory": 512, "job_strategy": ""},
        "service_ports": [port(3306, "mysql", true, false, "db-svc")],
        "service_volumes": [
            {"volume_name": "data", "volume_type": "local-path", "volume_path": "/var/lib/mysql", "volume_capacity": 20, "access_mode": "RWO"},
            {"volume_name": "more", "volume_type": "nfs-fast", "volume_path": "/more", "volume_capacity": 1, "access_mode": "RWX"}],
        "service_extend_method": {"max_node": 8, "step_node": 2, "is_restart": 1, "min_memory": 128, "max_memory": 1024, "step_memory": 128},
    })
}

fn third() -> Value {
    json!({
        "component_id": "c",
        "service_base": {"service_id": "c", "service_cname": "外部库", "service_alias": "gr00000c", "k8s_component_name": "ext",
            "service_source": "third_party"},
        "service_ports": [port(3306, "mysql", true, false, "ext")],
        "third_party_service_endpoints": [{"endpoints_type": "static", "endpoints_info": "[\"192.0.2.50:3306\"]"}],
    })
}

fn lost(id: &str, cname: &str, more: &Value) -> Value {
    let mut base = json!({"service_id": id, "service_cname": cname, "service_source": "docker_image"});
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"component_id": id, "service_base": base})
}

pub(super) fn draft_of(app: &AppModel, version: [u16; 3]) -> Draft {
    synthesize(app, &target(version), &order()).unwrap()
}
