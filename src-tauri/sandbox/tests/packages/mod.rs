//! Application packages for tests: image archives and `metadata.json`, packed as `tar.gz`.

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

/// An image as `docker save` writes it.
pub(crate) fn image(name: &str, arch: &str) -> Vec<u8> {
    let config = json!({"architecture": arch, "os": "linux", "made-for": name}).to_string();
    let config_name = format!("{}.json", hex::encode(Sha256::digest(config.as_bytes())));
    let manifest = json!([{"Config": config_name, "RepoTags": [name], "Layers": ["l/layer.tar"]}]).to_string();
    let layer = tarred(&[("bin/app", name.as_bytes())]);
    tarred(&[(&config_name, config.as_bytes()), ("l/layer.tar", &layer), ("manifest.json", manifest.as_bytes())])
}

/// One folder with the template and its image archives.
pub(crate) fn package(template: &Value, images: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let metadata = template.to_string();
    let names: Vec<String> = images.iter().map(|(name, _)| format!("pkg/{name}")).collect();
    let mut files: Vec<(&str, &[u8])> = vec![("pkg/metadata.json", metadata.as_bytes())];
    files.extend(names.iter().map(String::as_str).zip(images.iter().map(|(_, bytes)| bytes.as_slice())));
    gzipped(&tarred(&files))
}

pub(crate) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

const VERSION: &str = "20260101000000";

pub(crate) fn image_name(which: &str) -> String {
    format!("old.registry.test/ns1/{which}:{VERSION}")
}

fn component(cname: &str, k8s: &str, key: char, memory: u64) -> Value {
    let (id, key) = (key.to_ascii_lowercase().to_string().repeat(32), format!("1500{}", key.to_string().repeat(28)));
    json!({
        "service_id": id, "service_key": key, "service_share_uuid": format!("{key}+{id}"), "service_cname": cname,
        "k8s_component_name": format!("{k8s}15"), "service_alias": "gr000001", "service_name": "",
        "service_type": "application", "category": "app_publish", "service_source": "docker_image", "language": "",
        "share_type": "image", "arch": "amd64", "cmd": "", "extend_method": "stateless_multiple", "version": "1.25",
        "deploy_version": VERSION, "image": image_name(k8s), "share_image": image_name(k8s), "memory": memory,
        "cpu": 200,
        "service_image": {"hub_url": "", "hub_user": "", "hub_password": "", "namespace": "", "is_trust": false},
        "extend_method_map": {
            "min_node": 1, "max_node": 64, "step_node": 1, "min_memory": 64, "init_memory": 512, "max_memory": 65536,
            "step_memory": 64, "is_restart": 0,
        },
        "port_map_list": [], "service_env_map_list": [], "service_connect_info_map_list": [],
        "service_volume_map_list": [], "dep_service_map_list": [], "mnt_relation_list": [], "probes": [],
        "component_monitors": [], "component_graphs": [], "component_k8s_attributes": [],
        "service_related_plugin_config": [], "labels": {}, "endpoints": {},
    })
}

pub(crate) fn port(number: u64, protocol: &str, alias: &str, outer: bool, service: &str) -> Value {
    json!({
        "container_port": number, "protocol": protocol, "port_alias": alias, "is_inner_service": false,
        "is_outer_service": outer, "name": "", "k8s_service_name": service, "tenant_id": "",
    })
}

pub(crate) fn volume(name: &str, kind: &str, path: &str, capacity: u64) -> Value {
    json!({
        "volume_name": name, "volume_type": kind, "volume_path": path, "file_content": "",
        "volume_capacity": capacity, "access_mode": "RWO", "share_policy": "exclusive",
    })
}

pub(crate) fn web() -> Value {
    let mut web = component("前端", "web", 'c', 256);
    let owner = format!("1500{}+{}", "d".repeat(28), "d".repeat(32));
    let env = |key: &str, value: &str| json!({"attr_name": key, "name": key, "attr_value": value, "is_change": true});
    web["port_map_list"] =
        json!([port(80, "http", "WEB", true, "web15-svc"), port(9000, "tcp", "WEB9000", true, "web15-svc")]);
    web["service_env_map_list"] = json!([env("DB_HOST", "db15-svc"), env("DSN", "mysql://u:p@db15-svc:3306/x")]);
    web["service_connect_info_map_list"] =
        json!([{"attr_name": "WEB_TOKEN", "name": "t", "attr_value": "abc", "is_change": false}]);
    web["service_volume_map_list"] = json!([
        {
            "volume_name": "conf", "volume_type": "config-file", "volume_path": "/etc/nginx/conf.d/default.conf",
            "file_content": "upstream x { server db15-svc:3306; } # 中文\n", "mode": 420,
        },
        {
            "volume_name": "emptyconf", "volume_type": "config-file", "volume_path": "/etc/empty.conf",
            "file_content": "", "mode": 420,
        },
        volume("static", "share-file", "/srv/static", 3),
    ]);
    web["dep_service_map_list"] = json!([{"dep_service_key": owner}]);
    web["mnt_relation_list"] = json!([
        {"service_share_uuid": owner, "mnt_name": "shared1", "mnt_dir": "/mnt/shr/one"},
        {"service_share_uuid": owner, "mnt_name": "shared2", "mnt_dir": "/mnt/shr/two"},
    ]);
    web["probes"] = json!([{
        "ID": 0, "probe_id": "", "service_id": "", "mode": "readiness", "scheme": "http", "path": "/", "port": 80,
        "cmd": "", "http_header": "", "initial_delay_second": 4, "period_second": 3, "timeout_second": 5,
        "failure_threshold": 3, "success_threshold": 1, "is_used": true,
    }]);
    web["component_k8s_attributes"] = json!([{
        "name": "nodeSelector", "save_type": "json", "attribute_value": "{\"disk\": \"ssd\"}", "component_id": "",
    }]);
    web["labels"] = json!({"ssd": "ssd", "unknown": "unknown"});
    web["service_related_plugin_config"] = json!([{
        "plugin_key": plugin_key(), "service_id": "c".repeat(32), "plugin_status": true, "service_meta_type": "",
        "plugin_id": "p", "build_version": VERSION, "memory_required": 64, "cpu_required": 10, "create_time": "",
        "attr": [{
            "service_meta_type": "un_define", "injection": "env", "container_port": 0,
            "attrs": "{\"URL\": \"http://x\"}", "protocol": "",
        }],
    }]);
    web
}

pub(crate) fn database() -> Value {
    let mut database = component("数据库", "db", 'd', 512);
    database["extend_method"] = json!("state_singleton");
    database["version"] = json!("8.0");
    database["port_map_list"] = json!([port(3306, "mysql", "MYSQL", false, "db15-svc")]);
    database["service_volume_map_list"] = json!([
        volume("data", "local-path", "/var/lib/mysql", 20),
        volume("shared1", "share-file", "/shr/one", 1),
        volume("shared2", "share-file", "/shr/two", 1),
        volume("short", "share-file", "/s1", 1),
    ]);
    database
}

fn plugin_key() -> String {
    format!("1500{}", "e".repeat(28))
}

fn plugin() -> Value {
    json!({
        "plugin_key": plugin_key(), "plugin_id": "p", "plugin_name": "loader", "plugin_alias": "数据导入",
        "category": "init-plugin", "desc": "d", "code_repo": "", "build_source": "image",
        "image": image_name("agent"), "share_image": image_name("agent"), "build_version": VERSION, "origin": "sys",
        "origin_share_id": "", "create_time": "",
        "plugin_image": {"hub_url": "", "hub_user": "", "hub_password": "", "namespace": "", "is_trust": false},
        "config_groups": [{
            "config_name": "cfg", "service_meta_type": "un_define", "injection": "env", "build_version": "",
            "plugin_id": "", "options": [{
                "attr_name": "URL", "attr_type": "string", "attr_alt_value": "", "attr_default_value": "",
                "is_change": true, "attr_info": "", "protocol": "", "build_version": "", "plugin_id": "",
                "service_meta_type": "un_define",
            }],
        }],
    })
}

/// The shop of the recordings: a web front, a database, a plugin, a config group.
pub(crate) fn shop() -> Value {
    json!({
        "template_version": "v2", "group_key": format!("1500{}", "a".repeat(28)), "group_name": "shop-migrate-1500",
        "group_version": "1.0-20260101", "governance_mode": "KUBERNETES_NATIVE_SERVICE",
        "annotations": {
            "describe": "由迁移工具生成", "version_info": "", "version_alias": "", "suffix": "",
            "image_base64_string": "",
        },
        "plugins": [plugin()],
        "app_config_groups": [{
            "name": "common", "injection_type": "env", "config_items": {"TZ": "Asia/Shanghai"},
            "component_keys": [format!("1500{}", "c".repeat(28)), format!("1500{}", "d".repeat(28))],
        }],
        "ingress_http_routes": [], "ingress_stream_routes": [], "k8s_resources": [], "apps": [web(), database()],
    })
}

/// The archives of the shop's images.
pub(crate) fn shop_images() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("img-01.tar", image(&image_name("web"), "amd64")),
        ("img-02.tar", image(&image_name("db"), "amd64")),
        ("deeper/img-03.tar", image(&image_name("agent"), "amd64")),
    ]
}
