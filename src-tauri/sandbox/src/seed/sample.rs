//! The demo's three clusters: apps a person recognises, and one of each thing that makes a migration hard.

use super::plan::{AppPlan, BackupPlan, ComponentPlan, RegionPlan, SeedPlan, StoragePlan, TeamPlan, UserPlan};
use super::workshop;
use crate::era::Era;
use crate::state::Role;

/// The password of every sample user.
pub const SAMPLE_PASSWORD: &str = "rainferry-demo";

const MIB: u64 = 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleName {
    Beijing,
    Shanghai,
    Factory,
}

impl SampleName {
    pub const ALL: [Self; 3] = [Self::Beijing, Self::Shanghai, Self::Factory];

    pub fn name(self) -> &'static str {
        match self {
            Self::Beijing => "beijing",
            Self::Shanghai => "shanghai",
            Self::Factory => "factory",
        }
    }

    pub fn environment(self) -> &'static str {
        match self {
            Self::Beijing => "production",
            Self::Shanghai => "test",
            Self::Factory => "staging",
        }
    }

    pub fn era(self) -> Era {
        match self {
            Self::Beijing => Era::V5_17_3,
            Self::Shanghai | Self::Factory => Era::V6_9_8,
        }
    }

    pub(crate) fn plan(self) -> SeedPlan {
        match self {
            Self::Beijing => beijing(),
            Self::Shanghai => shanghai(),
            Self::Factory => factory(),
        }
    }
}

impl SampleName {
    /// With a second cluster behind the same console.
    pub(crate) fn plan_of_two(self) -> SeedPlan {
        let mut plan = self.plan();
        let region = RegionPlan {
            alias: text("成都测试集群"),
            registry: text("chengdu.reg.test"),
            ..RegionPlan::named("chengdu")
        };
        plan.regions.push(region);
        plan.teams.push(team("far", "远方团队", "chengdu"));
        plan
    }
}

fn text(value: &str) -> String {
    value.to_owned()
}

fn user(nick: &str, real_name: &str, phone: &str) -> UserPlan {
    UserPlan {
        nick: text(nick),
        real_name: text(real_name),
        password: text(SAMPLE_PASSWORD),
        phone: text(phone),
        admin: nick == "admin",
    }
}

fn users() -> Vec<UserPlan> {
    vec![
        user("admin", "王敏", "13800000001"),
        user("lihua", "李华", "13800000002"),
        user("zhaolei", "赵磊", "13800000003"),
    ]
}

fn team(name: &str, alias: &str, region: &str) -> TeamPlan {
    let member = |nick: &str, role| (text(nick), role);
    TeamPlan {
        name: text(name),
        alias: text(alias),
        tenant_id: String::new(),
        regions: vec![text(region)],
        members: vec![member("admin", Role::Admin), member("lihua", Role::Developer), member("zhaolei", Role::Viewer)],
    }
}

fn world(name: &str, alias: &str, storage: StoragePlan) -> SeedPlan {
    let alias_of_region = match name {
        "beijing" => "北京生产集群",
        "shanghai" => "上海测试集群",
        _ => "工厂车间集群",
    };
    SeedPlan {
        enterprise_alias: text(alias),
        storage,
        users: users(),
        regions: vec![RegionPlan { alias: text(alias_of_region), ..RegionPlan::named(name) }],
        ..SeedPlan::default()
    }
}

fn web(name: &str, k8s: &str, image: &str, port: u64) -> ComponentPlan {
    ComponentPlan {
        name: text(name),
        k8s_name: text(k8s),
        image: text(image),
        ports: vec![(port, text("http"), true)],
        ..ComponentPlan::default()
    }
}

fn inner(name: &str, k8s: &str, image: &str, port: u64) -> ComponentPlan {
    ComponentPlan { ports: vec![(port, text("tcp"), false)], ..web(name, k8s, image, port) }
}

fn stateful(component: ComponentPlan, volume: &str, path: &str, status: &str) -> ComponentPlan {
    ComponentPlan {
        extend_method: text("state_singleton"),
        status: text(status),
        volumes: vec![(text("data"), text(volume), text(path), 10)],
        owner: (999, 999),
        ..component
    }
}

fn envs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| (text(key), text(value))).collect()
}

fn app(team: &str, region: &str, name: &str, k8s: &str, note: &str, components: Vec<ComponentPlan>) -> AppPlan {
    AppPlan {
        team: text(team),
        region: text(region),
        name: text(name),
        k8s_app: text(k8s),
        note: text(note),
        components,
    }
}

fn backup(app: &str, at: &str, note: &str, user: &str) -> BackupPlan {
    BackupPlan {
        app: text(app),
        at: text(at),
        note: text(note),
        user: text(user),
        mode: text("full-online"),
        layer_bytes: None,
        orphan: false,
    }
}

/// The shop: its database lies on a volume of type `local`, which no backup carries.
fn shop() -> Vec<ComponentPlan> {
    let mysql = ComponentPlan {
        envs: envs(&[("MYSQL_ROOT_PASSWORD", "shop-Root-2026"), ("MYSQL_DATABASE", "shop")]),
        memory: 1024,
        base_bytes: 26 * MIB,
        layer_bytes: 2 * MIB,
        ..stateful(inner("订单库", "mysql", "mysql:8.0", 3306), "local", "/var/lib/mysql", "closed")
    };
    let redis = ComponentPlan { base_bytes: 8 * MIB, ..inner("缓存", "redis", "redis:7.2", 6379) };
    let api = ComponentPlan {
        envs: envs(&[("DB_HOST", "mysql"), ("DB_PASSWORD", "shop-Root-2026"), ("REDIS_HOST", "redis")]),
        depends: vec![text("订单库"), text("缓存")],
        memory: 1024,
        base_bytes: 24 * MIB,
        layer_bytes: 10 * MIB,
        ..inner("后端接口", "api", "shop/api:3.4.1", 8080)
    };
    let front = ComponentPlan {
        depends: vec![text("后端接口")],
        domains: vec![(text("shop.example.test"), text("/"))],
        configs: vec![(
            text("nginx-conf"),
            text("/etc/nginx/conf.d/default.conf"),
            text("server { listen 80; location /api { proxy_pass http://api:8080; } } # 商城前端\n"),
        )],
        base_bytes: 12 * MIB,
        layer_bytes: 6 * MIB,
        ..web("前端", "web", "shop/web:3.4.1", 80)
    };
    let worker = ComponentPlan {
        ports: Vec::new(),
        depends: vec![text("订单库")],
        base_bytes: 10 * MIB,
        layer_bytes: 6 * MIB,
        ..inner("结算任务", "worker", "shop/worker:3.4.1", 9000)
    };
    vec![mysql, redis, api, front, worker]
}

/// The wiki: a `share-file` volume whose data is in a v5 package, on which a v6 region stumbles
/// (rainbond v6.9.8 util/comman.go `Unzip`).
fn wiki(domain: &str) -> Vec<ComponentPlan> {
    vec![ComponentPlan {
        configs: vec![
            (text("app-ini"), text("/etc/wiki/app.ini"), text("[site]\ntitle = 内部知识库\nlang = zh-CN\n")),
            (text("robots"), text("/srv/robots.txt"), text("User-agent: *\nDisallow: /\n")),
        ],
        domains: vec![(text(domain), text("/")), (text(domain), text("/help"))],
        volumes: vec![(text("pages"), text("share-file"), text("/data/pages"), 5)],
        files: vec![
            (text("/data/pages/首页.md"), text("# 内部知识库\n\n欢迎。\n")),
            (text("/data/pages/运维/值班表.md"), text("| 周一 | 李华 |\n| 周二 | 赵磊 |\n")),
            (text("/data/pages/index.json"), text("{\"pages\": 2}\n")),
        ],
        owner: (1000, 1000),
        base_bytes: 3 * MIB,
        layer_bytes: MIB,
        ..web("知识库", "wiki", "wiki/server:2.8", 3000)
    }]
}

fn beijing() -> SeedPlan {
    let mut plan = world("beijing", "云帆零售", StoragePlan::Own(text("rainbond-backup")));
    plan.teams = vec![team("shop7k2m", "商城团队", "beijing")];
    let here = |name: &str, k8s: &str, note: &str, rows| app("shop7k2m", "beijing", name, k8s, note, rows);
    let crm_db =
        stateful(inner("客户库", "crm-db", "postgres:15", 5432), "share-file", "/var/lib/postgresql/data", "running");
    let files = ComponentPlan {
        volumes: vec![(text("archive"), text("nfs-csi"), text("/archive"), 50)],
        ..web("文件服务", "files", "files/server:1.6", 9000)
    };
    plan.apps = vec![
        here("商城", "shop", "对外商城，双十一主站", shop()),
        here("wiki", "wiki", "内部知识库", wiki("wiki.example.test")),
        here("客户系统", "crm", "数据库一直在运行", vec![web("客户前台", "crm-web", "crm/web:5.2", 8000), crm_db]),
        here("文件归档", "archive", "使用自定义存储", vec![files]),
        here("旧官网", "old-site", "已下线", vec![web("官网", "site", "site/web:1.0", 80)]),
    ];
    workshop::add(&mut plan, "shop7k2m", "beijing");
    let small = Some(64 * 1024);
    plan.backups = vec![
        BackupPlan {
            orphan: true, ..backup("旧官网", "2026-05-11 18:20:00", "下线前最后一次备份", "lihua")
        },
        BackupPlan { layer_bytes: small, ..backup("商城", "2026-08-06 10:30:00", "每周例行备份", "admin") },
        BackupPlan { layer_bytes: small, ..backup("商城", "2026-08-13 10:30:00", "每周例行备份", "lihua") },
        backup("商城", "2026-08-20 10:30:00", "迁移上海前的完整备份", "admin"),
        backup("wiki", "2026-08-01 09:00:00", "改版前", "lihua"),
        backup("wiki", "2026-08-19 22:15:00", "月度备份", "admin"),
        backup("在线课堂", "2026-07-30 21:00:00", "开学前", "lihua"),
        backup("支付", "2026-07-31 21:00:00", "换证书前", "admin"),
    ];
    plan
}

fn shanghai() -> SeedPlan {
    let mut plan = world("shanghai", "云帆零售（上海）", StoragePlan::Own(text("shanghai-backup")));
    plan.teams = vec![team("ops3x9qa", "运维团队", "shanghai"), team("crm5t8wd", "客户团队", "shanghai")];
    let dash = ComponentPlan {
        domains: vec![(text("dash.example.test"), text("/"))],
        ..web("监控看板", "dash", "grafana/grafana:11.1", 3000)
    };
    let db = stateful(inner("线索库", "leads-db", "mysql:8.0", 3306), "local-path", "/var/lib/mysql", "closed");
    plan.apps = vec![
        app("ops3x9qa", "shanghai", "监控", "monitor", "看板与告警", vec![dash]),
        app(
            "ops3x9qa",
            "shanghai",
            "发布工具",
            "release",
            "",
            vec![web("发布页", "release-web", "ops/release:0.9", 8080)],
        ),
        app(
            "crm5t8wd",
            "shanghai",
            "线索收集",
            "leads",
            "市场活动页",
            vec![web("活动页", "leads-web", "leads/web:1.3", 80), db],
        ),
    ];
    workshop::add(&mut plan, "crm5t8wd", "shanghai");
    plan.backups = vec![
        backup("监控", "2026-08-12 08:00:00", "升级前", "admin"),
        BackupPlan {
            mode: text("full-offline"), ..backup("发布工具", "2026-08-15 12:00:00", "本地备份", "zhaolei")
        },
        backup("线索收集", "2026-08-18 19:45:00", "活动结束归档", "lihua"),
        backup("在线课堂", "2026-07-30 22:00:00", "开学前", "lihua"),
        backup("支付", "2026-07-31 22:00:00", "换证书前", "admin"),
    ];
    plan
}

fn factory() -> SeedPlan {
    let mut plan = world("factory", "云帆制造", StoragePlan::Off);
    plan.teams = vec![team("mes4h6rz", "车间团队", "factory")];
    plan.apps = vec![app(
        "mes4h6rz",
        "factory",
        "车间看板",
        "floor",
        "离线现场",
        vec![web("看板", "floor-web", "mes/floor:2.1", 80)],
    )];
    plan.backups = vec![BackupPlan {
        mode: text("full-offline"),
        ..backup("车间看板", "2026-08-10 07:30:00", "停机检修前", "admin")
    }];
    plan
}
