//! What is the same is silent; what differs is told by row, and no secret with it.

use super::*;
use crate::difference::Aspect;
use crate::package::{AppModel, ComponentModel, ConfigFile, Dependency, EnvValue, EnvVar, PortModel, VolumeModel};
use crate::secret::Secret;

fn env(name: &str, value: &str, scope: &str, container_port: i64) -> EnvVar {
    EnvVar {
        name: name.into(),
        value: EnvValue::Masked(Secret::new(value)),
        label: String::new(),
        scope: scope.into(),
        container_port,
        is_change: true,
    }
}

fn shop() -> AppModel {
    let db = ComponentModel {
        id: "d".into(),
        cname: "数据库".into(),
        extend_method: "state_singleton".into(),
        memory_mb: 1024,
        envs: vec![env("MYSQL_ROOT_PASSWORD", "hunter2", "inner", 0), env("DB_PORT", "3306", "both", 3306)],
        volumes: vec![VolumeModel {
            name: "data".into(),
            kind: "local-path".into(),
            path: "/data".into(),
            ..Default::default()
        }],
        ports: vec![PortModel { port: 3306, protocol: "mysql".into(), is_inner: true, ..Default::default() }],
        ..ComponentModel::default()
    };
    let web = ComponentModel {
        id: "w".into(),
        cname: "前端".into(),
        extend_method: "stateless".into(),
        dependencies: vec![Dependency { on: "d".into(), in_package: true }],
        config_files: vec![ConfigFile { name: "conf".into(), path: "/etc/conf".into(), content: Secret::new("a = 1") }],
        ..ComponentModel::default()
    };
    AppModel { components: vec![db, web], ..AppModel::default() }
}

#[test]
fn the_same_app_differs_in_nothing() {
    let facts = AppFacts::of_model(&shop());
    assert!(differences(&facts, &AppFacts::of_model(&shop())).is_empty());
    assert_eq!(facts.components["前端"].kind, "stateless_multiple");
    assert!(facts.components["前端"].dependencies.contains("数据库"));
    assert!(!facts.components["数据库"].outer_envs.contains_key("DB_PORT"), "made by the platform from the port");
}

#[test]
fn each_row_that_differs_is_told_once_and_without_its_secret() {
    let mut other = shop();
    other.components[0].memory_mb = 512;
    other.components[0].envs[0] = env("MYSQL_ROOT_PASSWORD", "other", "inner", 0);
    other.components[0].ports[0].protocol = "tcp".into();
    other.components[1].dependencies.clear();
    other.components.push(ComponentModel { cname: "前端".into(), ..ComponentModel::default() });
    let found = differences(&AppFacts::of_model(&shop()), &AppFacts::of_model(&other));
    let rows: Vec<_> = found.iter().map(|row| (row.component.as_str(), row.aspect, row.what.as_str())).collect();
    assert_eq!(
        rows,
        [
            ("前端", Aspect::Dependency, "数据库"),
            ("数据库", Aspect::Memory, ""),
            ("数据库", Aspect::Protocol, "3306"),
            ("数据库", Aspect::Env, "MYSQL_ROOT_PASSWORD"),
            ("", Aspect::Component, "前端#2"),
        ]
    );
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[test]
fn a_missing_port_is_one_row() {
    let mut other = shop();
    other.components[0].ports.clear();
    let found = differences(&AppFacts::of_model(&shop()), &AppFacts::of_model(&other));
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].aspect, found[0].left.as_deref(), found[0].right.as_deref()),
        (Aspect::Port, Some("mysql"), None)
    );
}
