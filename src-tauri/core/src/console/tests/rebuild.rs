//! Recordings of the calls that rebuild an app (800-828 and 1500-1599), each given to the call that asks for it.

use super::super::app_models::{ImportProgress, Template};
use super::super::apps::AppAction;
use super::super::certificates::Certificate;
use super::super::config_groups::NewConfigGroup;
use super::super::domains::{NewHttpRule, NewTcpRule};
use super::super::envs::{EnvScope, NewEnv};
use super::super::install::Install;
use super::super::k8s_attributes::K8sAttribute;
use super::super::plugins::Plugin;
use super::super::ports::{NewPort, PortAction};
use super::super::routes::{NewTcpRoute, RouteSpec};
use super::super::third_party::NewThirdParty;
use super::super::upload::{Outgoing, UploadError, Upstream};
use super::super::volumes::{MountKind, NewMount, NewVolume};
use super::super::{Console, ConsoleError, Scope};
use super::describe::outcome;
use super::recordings::Recording;
use super::stage::ctx;
use crate::ids::AppId;
use crate::secret::Secret;
use bytes::Bytes;
use serde_json::Value;
use std::convert::Infallible;
use std::fmt::Debug;

/// Rows as they are typed; what is secret says so itself.
fn rows<T: Debug>(rows: Result<Vec<T>, ConsoleError>) -> String {
    outcome(rows, |rows| {
        let said: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
        format!("{}: {}", rows.len(), said.join("; "))
    })
}

fn one<T: Debug>(result: Result<T, ConsoleError>) -> String {
    outcome(result, |value| format!("{value:?}"))
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default()
}

fn small(value: &Value) -> u16 {
    number(value).try_into().unwrap()
}

/// Makes the call a recording is an answer to. `None`: no call of ours asks this.
pub(super) async fn act(console: &Console, r: &Recording, parts: &[&str]) -> Option<String> {
    Some(match parts {
        ["console", "enterprise", eid, "app-models" | "app-model", rest @ ..] => {
            return templates(console, r, eid, rest).await;
        }
        ["console", "regions", _, "websocket", "app", "upload", _] => upload(console, r).await,
        ["console", "api-gateway", "v1", team, "routes", rest @ ..] => {
            return routes(console, r, &Scope::new(*team, r.region.clone()), rest).await;
        }
        ["console", "teams", _, "apps", "market_create", rest @ ..] => install(console, r, rest).await,
        ["console", "teams", _, "apps", "third_party"] => third_party(console, r).await,
        ["console", "teams", _, "apps", alias, rest @ ..] => return component(console, r, alias, rest).await,
        ["console", "teams", _, rest @ ..] => return team(console, r, rest).await,
        _ => return None,
    })
}

async fn templates(console: &Console, r: &Recording, eid: &str, rest: &[&str]) -> Option<String> {
    let ctx = &ctx();
    let progress =
        |progress: ImportProgress| format!("{:?} {:?} on {}", progress.verdict(), progress.files, progress.region);
    let version = |t: &Template| {
        let versions: Vec<String> = t.versions.iter().map(|v| format!("{} {}", v.version, v.arch)).collect();
        format!("{} {} of {} ({})", t.app_id, t.name, t.team, versions.join(", "))
    };
    Some(match (r.method.as_str(), rest) {
        ("POST", ["import"]) => one(console.create_import(ctx, eid).await),
        ("GET", ["import", event, "dir"]) => rows(console.import_files(ctx, eid, event).await),
        ("POST", ["import", event]) => {
            // Three of them lack what ours always sends.
            let team = r.body["tenant_name"].as_str().unwrap_or("any");
            let scope = Scope::new(team, r.region.clone());
            one(console.start_import(ctx, eid, event, &scope, &r.of_body("file_name")).await)
        }
        ("GET", ["import", event]) => outcome(console.poll_import(ctx, eid, event, "amd64").await, progress),
        ("DELETE", ["import", event]) => one(console.delete_import(ctx, eid, event).await),
        ("GET", []) => outcome(console.templates(ctx, eid, &r.of_query("app_name")).await, |found| {
            found.iter().map(version).collect::<Vec<_>>().join("; ")
        }),
        ("DELETE", [template]) => one(console.delete_template(ctx, eid, template).await),
        _ => return None,
    })
}

async fn upload(console: &Console, r: &Recording) -> String {
    let pieces: Vec<Result<Bytes, Infallible>> = vec![Ok(Bytes::from_static(b"pack")), Ok(Bytes::from_static(b"age"))];
    let file = Outgoing { name: "shop-migrate-1500.tar.gz".into(), length: 7, body: futures::stream::iter(pieces) };
    let sent = console.upload_import(&ctx(), Upstream { url: &r.path, region_address: None }, file).await;
    one(sent.map_err(|error| match error {
        UploadError::Console(error) => error,
        other => panic!("{other:?}"),
    }))
}

async fn install(console: &Console, r: &Recording, rest: &[&str]) -> String {
    let app = AppId(r.body["group_id"].as_i64().unwrap());
    let install = Install { app, template: r.of_body("app_id"), version: r.of_body("app_version") };
    match rest {
        [] => one(console.install(&ctx(), &r.scope(), &install).await),
        _ => one(console.check_install(&ctx(), &r.scope(), &install).await),
    }
}

async fn third_party(console: &Console, r: &Recording) -> String {
    let endpoints = r.body["static"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    let new = NewThirdParty {
        app: AppId(r.body["group_id"].as_i64().unwrap()),
        name: r.of_body("service_cname"),
        k8s_component_name: r.of_body("k8s_component_name"),
        endpoints,
    };
    one(console.create_third_party(&ctx(), &r.scope(), &new).await)
}

async fn routes(console: &Console, r: &Recording, scope: &Scope, rest: &[&str]) -> Option<String> {
    let ctx = &ctx();
    let app = r.of_query("appID").parse().ok().map(AppId);
    Some(match (r.method.as_str(), rest) {
        ("GET", ["http"]) => outcome(console.http_routes(ctx, scope, app).await, |routes| {
            let rows: Vec<String> = routes.iter().map(|route| format!("{:?} {route:?}", route.object_name())).collect();
            format!("{}: {}", rows.len(), rows.join("; "))
        }),
        ("GET", ["tcp"]) => rows(console.tcp_routes(ctx, scope, app).await),
        ("POST", ["http"]) => {
            let spec: RouteSpec = serde_json::from_value(r.body.clone()).unwrap();
            one(console.create_http_route(ctx, scope, app?, &r.of_query("service_alias"), &spec).await)
        }
        ("DELETE", ["http", name]) => {
            let at = name.find(|c: char| !c.is_ascii_digit()).unwrap();
            let app = AppId(name[..at].parse().unwrap_or(0));
            // 808 has no number in front: ours would send one.
            if at == 0 {
                return None;
            }
            one(console.delete_http_route(ctx, scope, app, &name[at..]).await)
        }
        ("POST", ["tcp"]) => {
            let new = NewTcpRoute {
                service_id: r.of_query("service_id"),
                service_type: r.of_query("service_type"),
                service_name: r.body["backend"]["serviceName"].as_str().unwrap().into(),
                port: small(&r.body["backend"]["servicePort"]),
                node_port: Some(small(&r.body["match"]["ingressPort"])).filter(|port| *port != 0),
            };
            one(console.create_tcp_route(ctx, scope, app?, &new).await)
        }
        _ => return None,
    })
}

async fn component(console: &Console, r: &Recording, alias: &str, rest: &[&str]) -> Option<String> {
    let (ctx, scope) = (&ctx(), &r.scope());
    let kind = || if r.of_query("env_type") == "outer" { EnvScope::Outer } else { EnvScope::Inner };
    Some(match (r.method.as_str(), rest) {
        ("GET", ["ports"]) => rows(console.ports(ctx, scope, alias).await),
        ("POST", ["ports"]) => {
            let new = NewPort {
                port: small(&r.body["port"]),
                protocol: r.of_body("protocol"),
                alias: r.of_body("port_alias"),
                is_inner: r.body["is_inner_service"] == true,
                is_outer: r.body["is_outer_service"] == true,
            };
            one(console.add_port(ctx, scope, alias, &new).await)
        }
        ("PUT", ["ports", port]) => {
            let port = port.parse().unwrap();
            let action = match r.of_body("action").as_str() {
                "open_inner" => PortAction::OpenInner,
                "close_inner" => PortAction::CloseInner,
                "open_outer" => PortAction::OpenOuter,
                "close_outer" => PortAction::CloseOuter,
                _ => {
                    let (port_alias, name) = (r.of_body("port_alias"), r.of_body("k8s_service_name"));
                    return Some(one(console.rename_port(ctx, scope, alias, port, &port_alias, &name).await));
                }
            };
            one(console.set_port(ctx, scope, alias, port, action).await)
        }
        ("GET", ["envs"]) => rows(console.envs(ctx, scope, alias, kind()).await),
        ("POST", ["envs"]) => {
            let new = NewEnv {
                name: r.of_body("attr_name"),
                value: Secret::new(r.of_body("attr_value")),
                note: r.of_body("name"),
                scope: EnvScope::Inner,
                is_change: r.body["is_change"] == true,
            };
            one(console.add_env(ctx, scope, alias, &new).await)
        }
        _ => return more_of_component(console, r, alias, rest).await,
    })
}

async fn more_of_component(console: &Console, r: &Recording, alias: &str, rest: &[&str]) -> Option<String> {
    let (ctx, scope) = (&ctx(), &r.scope());
    Some(match (r.method.as_str(), rest) {
        ("GET", ["volumes"]) if r.of_query("is_config") == "true" => {
            rows(console.config_files(ctx, scope, alias).await)
        }
        ("GET", ["volumes"]) => rows(console.volumes(ctx, scope, alias).await),
        ("POST", ["volumes"]) => one(console.add_volume(ctx, scope, alias, &volume(r)).await),
        ("GET", ["mnt"]) if r.of_query("type") == "unmnt" => {
            rows(console.mounts(ctx, scope, alias, MountKind::Available).await)
        }
        ("GET", ["mnt"]) => rows(console.mounts(ctx, scope, alias, MountKind::Mounted).await),
        ("POST", ["mnt"]) => {
            let body =
                r.body["body"].as_str().map_or_else(|| r.body["body"].clone(), |t| serde_json::from_str(t).unwrap());
            let new: Vec<NewMount> = body
                .as_array()
                .unwrap()
                .iter()
                .map(|row| NewMount { volume: row["id"].as_i64().unwrap(), path: row["path"].as_str().unwrap().into() })
                .collect();
            one(console.add_mounts(ctx, scope, alias, &new).await)
        }
        ("GET", ["dependency"]) => rows(console.dependencies(ctx, scope, alias).await),
        ("POST", ["dependency"]) => {
            let open = r.body.get("container_port").map(small);
            one(console.add_dependency(ctx, scope, alias, &r.of_body("dep_service_id"), open).await)
        }
        ("POST", ["build"]) => one(console.build_component(ctx, scope, alias, r.body["is_deploy"] == true).await),
        ("GET", ["probe"]) => one(console.health_probe(ctx, scope, alias).await),
        ("POST", ["probe"]) => {
            let probe = serde_json::from_value(r.body.clone()).unwrap();
            one(console.add_health_probe(ctx, scope, alias, &probe).await)
        }
        ("POST", ["vertical"]) => {
            let (memory, cpu) = (number(&r.body["new_memory"]), number(&r.body["new_cpu"]));
            one(console.set_size(ctx, scope, alias, memory, cpu).await)
        }
        ("GET", ["pluginlist"]) => one(console.plugins(ctx, scope, alias).await),
        ("POST", ["plugins", plugin, "install"]) => {
            one(console.install_plugin(ctx, scope, alias, plugin, &r.of_body("build_version")).await)
        }
        ("DELETE", ["plugins", plugin, "install"]) => one(console.uninstall_plugin(ctx, scope, alias, plugin).await),
        ("GET", ["plugins", plugin, "configs"]) => {
            one(console.plugin_settings(ctx, scope, alias, plugin, &r.of_query("build_version")).await)
        }
        ("PUT", ["plugins", plugin, "open"]) => {
            let mut row = r.body.clone();
            row["plugin_id"] = (*plugin).into();
            let row: Plugin = serde_json::from_value(row).unwrap();
            one(console.switch_plugin(ctx, scope, alias, &row, r.body["is_switch"] == true).await)
        }
        // Ours never asks without force (1594).
        ("DELETE", ["delete"]) if r.body["is_force"] == true => one(console.delete_component(ctx, scope, alias).await),
        _ => return None,
    })
}

fn volume(r: &Recording) -> NewVolume {
    let (name, path) = (r.of_body("volume_name"), r.of_body("volume_path"));
    if r.of_body("volume_type") == "config-file" {
        let content = Secret::new(r.of_body("file_content"));
        return NewVolume::Config { name, path, content, mode: r.body["mode"].as_i64() };
    }
    let (kind, access_mode) = (r.of_body("volume_type"), r.of_body("access_mode"));
    NewVolume::Storage { name, path, kind, capacity: number(&r.body["volume_capacity"]), access_mode }
}

async fn team(console: &Console, r: &Recording, rest: &[&str]) -> Option<String> {
    let (ctx, scope) = (&ctx(), &r.scope());
    Some(match (r.method.as_str(), rest) {
        ("GET", ["groups", app, "configgroups"]) => {
            rows(console.config_groups(ctx, scope, AppId(app.parse().unwrap())).await)
        }
        ("POST", ["groups", app, "configgroups"]) => {
            let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
            let items = r.body["config_items"].as_array().unwrap().iter();
            let new = NewConfigGroup {
                name: r.of_body("config_group_name"),
                is_enabled: r.body["enable"] == true,
                items: items.map(|row| (text(row, "item_key"), Secret::new(text(row, "item_value")))).collect(),
                components: serde_json::from_value(r.body["service_ids"].clone()).unwrap(),
            };
            one(console.create_config_group(ctx, scope, AppId(app.parse().unwrap()), &new).await)
        }
        ("GET", ["components", alias, "k8s-attributes"]) => rows(console.k8s_attributes(ctx, scope, alias).await),
        ("POST", ["components", alias, "k8s-attributes"]) => {
            let new: K8sAttribute = serde_json::from_value(r.body["attribute"].clone()).unwrap();
            one(console.create_k8s_attribute(ctx, scope, alias, &new).await)
        }
        ("GET", ["plugins", plugin, "version", version, "status"]) => {
            one(console.plugin_build(ctx, scope, plugin, version).await)
        }
        ("GET", ["certificates"]) => rows(console.certificates(ctx, scope).await),
        ("POST", ["certificates"]) => {
            let new: Certificate = serde_json::from_value(r.body.clone()).unwrap();
            one(console.create_certificate(ctx, scope, &new).await)
        }
        ("GET", ["events"]) => rows(console.events(ctx, scope, &r.of_query("targetAlias"), 6).await),
        ("GET", ["events", event, "log"]) => rows(console.event_log(ctx, scope, event).await),
        ("POST", ["batch_actions"]) => {
            let action = if r.of_body("action") == "stop" { AppAction::Stop } else { AppAction::Start };
            let ids: Vec<String> = r.of_body("service_ids").split(',').map(str::to_owned).collect();
            one(console.operate_components(ctx, scope, &ids, action).await)
        }
        _ => return rules(console, r, rest).await,
    })
}

/// The gateway's tables of v5.
async fn rules(console: &Console, r: &Recording, rest: &[&str]) -> Option<String> {
    let (ctx, scope) = (&ctx(), &r.scope());
    let app = || AppId(r.body["group_id"].as_i64().unwrap());
    Some(match (r.method.as_str(), rest) {
        ("GET", ["domain", "query"]) => rows(console.http_rules(ctx, scope).await),
        ("GET", ["tcpdomain", "query"]) => rows(console.tcp_rules(ctx, scope).await),
        ("GET", ["domain", "get_port"]) => one(console.free_port(ctx, scope).await),
        ("POST", ["httpdomain"]) => {
            let new = NewHttpRule {
                service_id: r.of_body("service_id"),
                port: small(&r.body["container_port"]),
                domain: r.of_body("domain_name"),
                path: r.of_body("domain_path"),
                weight: number(&r.body["the_weight"]),
                certificate: r.body["certificate_id"].as_i64(),
                value: r.body["value"].clone(),
                ..NewHttpRule::default()
            };
            one(console.create_http_rule(ctx, scope, app(), &new).await)
        }
        ("POST", ["tcpdomain"]) => {
            let new = NewTcpRule {
                service_id: r.of_body("service_id"),
                port: small(&r.body["container_port"]),
                end_point: r.of_body("end_point"),
                default_ip: r.of_body("default_ip"),
                default_port: small(&r.body["default_port"]),
            };
            one(console.create_tcp_rule(ctx, scope, app(), &new).await)
        }
        _ => return None,
    })
}
