//! The worlds the recordings were taken in, as plans. Fixed ids are those the requests name.

use rainferry_sandbox::{AppPlan, ComponentPlan, RegionPlan, Role, SeedPlan, TeamPlan, UserPlan};

pub(crate) const ADMIN_PASSWORD: &str = "Passw0rd!x";

pub(crate) fn user(nick: &str, password: &str, phone: &str, admin: bool) -> UserPlan {
    UserPlan {
        nick: nick.to_owned(),
        real_name: nick.to_owned(),
        password: password.to_owned(),
        phone: phone.to_owned(),
        admin,
    }
}

pub(crate) fn password(nick: &str) -> &'static str {
    match nick {
        "admin" | "root-b" => ADMIN_PASSWORD,
        "viewer" => "Passw0rd!view",
        _ => "Passw0rd!other",
    }
}

pub(crate) fn region(name: &str) -> RegionPlan {
    RegionPlan { http_domain: "a.example.test".to_owned(), ..RegionPlan::named(name) }
}

pub(crate) fn team(name: &str, alias: &str, regions: &[&str], members: &[(&str, Role)]) -> TeamPlan {
    TeamPlan {
        name: name.to_owned(),
        alias: alias.to_owned(),
        tenant_id: String::new(),
        regions: regions.iter().map(|name| (*name).to_owned()).collect(),
        members: members.iter().map(|(nick, role)| ((*nick).to_owned(), *role)).collect(),
    }
}

pub(crate) fn app(team: &str, name: &str, k8s: &str, components: Vec<ComponentPlan>) -> AppPlan {
    AppPlan {
        team: team.to_owned(),
        region: "rainbond".to_owned(),
        name: name.to_owned(),
        k8s_app: k8s.to_owned(),
        note: String::new(),
        components,
    }
}

pub(crate) fn web(name: &str, k8s: &str, id: &str) -> ComponentPlan {
    ComponentPlan {
        name: name.to_owned(),
        k8s_name: k8s.to_owned(),
        service_id: id.to_owned(),
        ports: vec![(80, "http".to_owned(), true)],
        envs: vec![("DB_HOST".to_owned(), "db".to_owned())],
        ..ComponentPlan::default()
    }
}

fn database(id: &str, volume: &str) -> ComponentPlan {
    ComponentPlan {
        image: "mysql:8.0".to_owned(),
        extend_method: "state_singleton".to_owned(),
        ports: vec![(3306, "tcp".to_owned(), true)],
        volumes: vec![("data".to_owned(), volume.to_owned(), "/var/lib/mysql".to_owned(), 10)],
        ..web("数据库", "db", id)
    }
}

pub(crate) fn a() -> SeedPlan {
    let mine = [("admin", Role::Admin)];
    let all = [("admin", Role::Admin), ("dev", Role::Developer), ("viewer", Role::Viewer)];
    let files = ComponentPlan {
        volumes: vec![("nfs".to_owned(), "nfs-csi".to_owned(), "/data".to_owned(), 5)],
        ..web("文件库", "fs", "593f4c498bc308057f17b9b40bda0d74")
    };
    SeedPlan {
        enterprise_id: "bc9e2c361f9f13ba398dbc802ed48f27".to_owned(),
        enterprise_alias: "甲企业".to_owned(),
        users: vec![
            user("admin", password("admin"), "13800000001", true),
            user("dev", password("dev"), "13800000011", false),
            user("viewer", password("viewer"), "13800000012", false),
            user("outsider", password("outsider"), "13800000013", false),
        ],
        regions: vec![region("rainbond"), region("region-two")],
        teams: vec![
            team("default", "admin 工作空间", &["rainbond"], &mine),
            team("2wv5djmt", "甲团队", &["rainbond", "region-two"], &all),
            team("ur5aoiwh", "乙团队", &["rainbond"], &mine),
        ],
        apps: vec![
            app(
                "2wv5djmt",
                "商城",
                "shop",
                vec![
                    web("前端", "web", "fc36079d2595e4728f7c598247b981fb"),
                    database("92f4afe65799bb3e33bf263d6f10f4b2", "local-path"),
                ],
            ),
            app("2wv5djmt", "文件服务", "files", vec![files]),
            app("2wv5djmt", "小工具", "tool", vec![web("工具", "tool", "73aeefd5fb5da210483ac67117d206d0")]),
            app("2wv5djmt", "空应用", "blank", Vec::new()),
        ],
        ..SeedPlan::default()
    }
}

pub(crate) fn b() -> SeedPlan {
    SeedPlan {
        enterprise_id: "e2040ade241dd9122f5a568cf7ce647a".to_owned(),
        enterprise_alias: "乙企业".to_owned(),
        users: vec![user("root-b", password("root-b"), "13800000002", true)],
        regions: vec![region("rainbond")],
        teams: vec![team("hr7swj5e", "丙团队", &["rainbond"], &[("root-b", Role::Admin)])],
        apps: vec![
            app("hr7swj5e", "导入应用", "imported", Vec::new()),
            app("hr7swj5e", "占用", "taken", vec![web("占用", "taken", "")]),
        ],
        ..SeedPlan::default()
    }
}

pub(crate) fn a5() -> SeedPlan {
    let mine = [("admin", Role::Admin)];
    SeedPlan {
        enterprise_id: "6112eba5c9ae8d30eab6a8ce0abb44f2".to_owned(),
        enterprise_alias: "甲企业".to_owned(),
        users: vec![user("admin", password("admin"), "13800000001", true)],
        regions: vec![region("rainbond")],
        teams: vec![team("y95ufqoi", "甲团队", &["rainbond"], &mine), team("hcu1vn7s", "乙团队", &["rainbond"], &mine)],
        apps: vec![
            app(
                "y95ufqoi",
                "商城",
                "shop",
                vec![
                    web("前端", "web", "b1d23f0ef3002ec3761a1e5504ffbb5b"),
                    database("0f6c41e1dac1bbf396383b208dd60b83", "local"),
                ],
            ),
            app("y95ufqoi", "小工具", "tool", vec![web("工具", "tool", "b55437ce640ede4d75c84dfe2da2b02e")]),
        ],
        ..SeedPlan::default()
    }
}

pub(crate) fn b5() -> SeedPlan {
    SeedPlan {
        enterprise_alias: "乙企业".to_owned(),
        users: vec![user("root-b", password("root-b"), "13800000002", true)],
        regions: vec![region("rainbond")],
        teams: vec![team("piufg5j8", "丙团队", &["rainbond"], &[("root-b", Role::Admin)])],
        apps: vec![app("piufg5j8", "导入应用", "imported", Vec::new())],
        ..SeedPlan::default()
    }
}
