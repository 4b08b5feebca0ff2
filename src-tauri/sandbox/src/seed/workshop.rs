//! Sample apps that use what the simple ones do not: probes, config groups, Kubernetes attributes, shared mounts,
//! a third-party component, a plugin, variables of scope `both`, closed inner ports, TCP ports. They come after the
//! other apps of their cluster.

use super::extras::{ConfigGroupPlan, PluginPlan};
use super::plan::{AppPlan, ComponentPlan, SeedPlan};

fn text(value: &str) -> String {
    value.to_owned()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| (text(key), text(value))).collect()
}

fn component(name: &str, k8s: &str, image: &str, ports: &[(u64, &str, bool)]) -> ComponentPlan {
    ComponentPlan {
        name: text(name),
        k8s_name: text(k8s),
        image: text(image),
        ports: ports.iter().map(|(port, protocol, outer)| (*port, text(protocol), *outer)).collect(),
        ..ComponentPlan::default()
    }
}

/// Learning: a volume owner whose two volumes are mounted elsewhere, a config group, a probe, an env of both scopes.
fn courses(team: &str, region: &str) -> AppPlan {
    let content = ComponentPlan {
        volumes: vec![
            (text("videos"), text("share-file"), text("/data/videos"), 20),
            (text("papers"), text("share-file"), text("/data/papers"), 5),
        ],
        both_envs: pairs(&[("CONTENT_TOKEN", "course-Token-2026")]),
        inner_closed: vec![9100],
        ..component("课件服务", "content", "course/content:2.2", &[(8080, "http", false), (9100, "http", false)])
    };
    let site = ComponentPlan {
        depends: vec![text("课件服务")],
        mounts: vec![
            (text("课件服务"), text("videos"), text("/mnt/videos")),
            (text("课件服务"), text("papers"), text("/mnt/papers")),
        ],
        probe: Some((text("http"), 80, text("/healthz"))),
        ..component("学习网站", "course-web", "course/web:2.2", &[(80, "http", true)])
    };
    AppPlan {
        team: text(team),
        region: text(region),
        name: text("在线课堂"),
        k8s_app: text("courses"),
        note: text("两个共享目录和一个配置组"),
        components: vec![content, site],
    }
}

/// Payment: a bank outside the cluster, a plugin, a Kubernetes attribute, a TCP port to the outside.
fn payment(team: &str, region: &str) -> AppPlan {
    let bank = ComponentPlan {
        endpoints: vec![text("192.0.2.80:9443")],
        ..component("银行接口", "bank", "third_party", &[(9443, "tcp", false)])
    };
    let gate = ComponentPlan {
        depends: vec![text("银行接口")],
        attributes: vec![
            (text("nodeSelector"), text("json"), text("{\"disk\": \"ssd\"}")),
            (text("tolerations"), text("yaml"), text("- key: pay\n  operator: Exists\n")),
        ],
        plugins: vec![text("证书加载")],
        labels: vec![text("ssd")],
        probe: Some((text("tcp"), 7000, String::new())),
        ..component("支付网关", "pay-gate", "pay/gate:1.4", &[(8000, "http", true), (7000, "tcp", true)])
    };
    AppPlan {
        team: text(team),
        region: text(region),
        name: text("支付"),
        k8s_app: text("payment"),
        note: text("外部银行、插件和 TCP 端口"),
        components: vec![bank, gate],
    }
}

/// Adds the two apps to a cluster's plan, with their plugin and config group.
pub(super) fn add(plan: &mut SeedPlan, team: &str, region: &str) {
    plan.plugins.push(PluginPlan {
        team: text(team),
        region: text(region),
        alias: text("证书加载"),
        category: text("init-plugin"),
        image: text("pay/certs:1.0"),
        options: pairs(&[("CERT_DIR", "/etc/certs")]),
        image_bytes: 4096,
    });
    plan.apps.push(courses(team, region));
    plan.apps.push(payment(team, region));
    plan.config_groups.push(ConfigGroupPlan {
        app: text("在线课堂"),
        name: text("common"),
        enable: true,
        items: pairs(&[("TZ", "Asia/Shanghai"), ("LOG_LEVEL", "info")]),
        components: vec![text("课件服务"), text("学习网站")],
    });
}
