//! The facts of an app that runs, asked of its console component by component.

use super::facts::{AppFacts, ComponentFacts, Fingerprint, current_kind, plain_json, unique_names};
use crate::console::{
    Component, Console, ConsoleError, EnvScope, GatewayApi, HttpRoute, HttpRule, MountKind, Scope, TcpRoute, TcpRule,
};
use crate::ctx::Ctx;
use crate::ids::AppId;
use serde_json::Value;
use std::collections::BTreeMap;

impl AppFacts {
    /// Names are taken without the `-copy` of a restore (recordings 707, 734).
    pub(crate) async fn of_live(
        ctx: &Ctx,
        console: &Console,
        scope: &Scope,
        app: AppId,
        api: GatewayApi,
    ) -> Result<Self, ConsoleError> {
        let rows = console.components(ctx, scope, app).await?;
        let plain = |row: &Component| row.service_cname.strip_suffix("-copy").unwrap_or(&row.service_cname).to_owned();
        let plain: Vec<String> = rows.iter().map(plain).collect();
        let names = unique_names(plain.iter().map(String::as_str));
        let by_id: BTreeMap<&str, &str> =
            rows.iter().zip(&names).map(|(row, name)| (row.service_id.as_str(), name.as_str())).collect();
        let by_alias: BTreeMap<&str, &str> =
            rows.iter().zip(&names).map(|(row, name)| (row.service_alias.as_str(), name.as_str())).collect();
        let mut facts = Self::default();
        for (row, name) in rows.iter().zip(&names) {
            let known = Names { by_id: &by_id, by_alias: &by_alias };
            facts.components.insert(name.clone(), component(ctx, console, scope, row, &known).await?);
        }
        for group in absent_is_none(console.config_groups(ctx, scope, app).await)? {
            let items = group.items.into_iter().map(|item| (item.key, Fingerprint::of(item.value.reveal())));
            facts.config_groups.insert(group.name, items.collect());
        }
        facts.routes = match api {
            GatewayApi::Routes => {
                let http = console.http_routes(ctx, scope, Some(app)).await?;
                let tcp = console.tcp_routes(ctx, scope, Some(app)).await?;
                of_routes(&http, &tcp, &by_id, &by_alias)
            }
            GatewayApi::Tables => {
                let http = absent_is_none(console.http_rules(ctx, scope).await)?;
                let tcp = absent_is_none(console.tcp_rules(ctx, scope).await)?;
                of_tables(&http, &tcp, &by_id)
            }
        };
        Ok(facts)
    }
}

struct Names<'a> {
    by_id: &'a BTreeMap<&'a str, &'a str>,
    by_alias: &'a BTreeMap<&'a str, &'a str>,
}

/// Calls that a console of an older era does not have tell that there is nothing.
fn absent_is_none<T: Default>(asked: Result<T, ConsoleError>) -> Result<T, ConsoleError> {
    match asked {
        Err(ConsoleError::NoSuchCall(_)) => Ok(T::default()),
        other => other,
    }
}

async fn component(
    ctx: &Ctx,
    console: &Console,
    scope: &Scope,
    row: &Component,
    names: &Names<'_>,
) -> Result<ComponentFacts, ConsoleError> {
    let alias = row.service_alias.as_str();
    let detail = console.component_detail(ctx, scope, alias).await?;
    let ports = console.ports(ctx, scope, alias).await?;
    let name_of = |id: &str| names.by_id.get(id).map_or_else(|| id.to_owned(), |name| (*name).to_owned());
    let is_third_party = detail.service_source == "third_party";
    let kind = if is_third_party { "third_party" } else { detail.extend_method.as_str() };
    let mounts = console.mounts(ctx, scope, alias, MountKind::Mounted).await?;
    let probe = if is_third_party { None } else { absent_is_none(console.health_probe(ctx, scope, alias).await)? };
    let attributes = absent_is_none(console.k8s_attributes(ctx, scope, alias).await)?;
    let volumes = console.volumes(ctx, scope, alias).await?;
    let files = console.config_files(ctx, scope, alias).await?;
    let dependencies = console.dependencies(ctx, scope, alias).await?;
    Ok(ComponentFacts {
        kind: current_kind(kind).to_owned(),
        memory_mb: detail.min_memory,
        cpu_millis: detail.min_cpu,
        replicas: detail.min_node,
        cmd: Fingerprint::of(&detail.cmd),
        ports: ports.iter().map(|port| (i64::from(port.port), port.protocol.clone())).collect(),
        inner_ports: ports.iter().filter(|port| port.is_inner).map(|port| i64::from(port.port)).collect(),
        host_names: ports.iter().map(|port| (i64::from(port.port), port.k8s_service_name.clone())).collect(),
        envs: envs(ctx, console, scope, alias, EnvScope::Inner).await?,
        outer_envs: envs(ctx, console, scope, alias, EnvScope::Outer).await?,
        shared_envs: None,
        volumes: volumes.into_iter().map(|volume| (volume.path, (volume.name, volume.kind))).collect(),
        config_files: files.into_iter().map(|file| (file.path, Fingerprint::of(file.content.reveal()))).collect(),
        dependencies: dependencies.iter().map(|dependency| name_of(&dependency.service_id)).collect(),
        mounts: mounts
            .into_iter()
            .map(|mount| {
                let owner = names.by_alias.get(mount.owner_alias.as_str()).copied();
                (mount.path, format!("{}/{}", owner.unwrap_or(&mount.owner_alias), mount.volume_name))
            })
            .collect(),
        probes: probe
            .filter(|probe| probe.is_used)
            .map(|probe| (probe.mode, format!("{} {} {}", probe.scheme, probe.port, probe.path)))
            .into_iter()
            .collect(),
        k8s_attributes: attributes
            .into_iter()
            .map(|attribute| (attribute.name, Fingerprint::of(&plain_text(&attribute.value))))
            .collect(),
        endpoints: match is_third_party {
            true => absent_is_none(console.endpoints(ctx, scope, alias).await)?,
            false => Vec::new(),
        }
        .into_iter()
        .map(|endpoint| endpoint.address)
        .collect(),
    }
    .of_its_kind())
}

/// Without those that the platform makes from ports.
async fn envs(
    ctx: &Ctx,
    console: &Console,
    scope: &Scope,
    alias: &str,
    of: EnvScope,
) -> Result<BTreeMap<String, Fingerprint>, ConsoleError> {
    let rows = console.envs(ctx, scope, alias, of).await?;
    let own = rows.into_iter().filter(|env| env.port == 0);
    Ok(own.map(|env| (env.name, Fingerprint::of(env.value.reveal()))).collect())
}

/// An attribute stored as an object is read as a list of keys and values (recording 1578).
fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => plain_json(text),
        Value::Array(rows) => {
            let pair = |row: &Value| Some((row.get("key")?.as_str()?.to_owned(), row.get("value")?.clone()));
            let pairs: Option<serde_json::Map<String, Value>> = rows.iter().map(pair).collect();
            pairs.map_or_else(|| value.to_string(), |pairs| plain_json(&Value::Object(pairs).to_string()))
        }
        other => plain_json(&other.to_string()),
    }
}

/// Rules of people; those on the platform's own domains are made anew everywhere.
fn of_routes(
    http: &[HttpRoute],
    tcp: &[TcpRoute],
    by_id: &BTreeMap<&str, &str>,
    by_alias: &BTreeMap<&str, &str>,
) -> BTreeMap<String, String> {
    let mut routes = BTreeMap::new();
    for route in http {
        let alias = route.name.rsplit('-').next().unwrap_or_default();
        let Some(component) = by_alias.get(alias) else { continue };
        for host in route.spec.matches.hosts.iter().filter(|host| !host.contains(alias)) {
            let path = route.spec.matches.paths.first().map_or("/", |path| path.trim_end_matches('*'));
            routes.insert(format!("{host}{path}"), (*component).to_owned());
        }
    }
    for route in tcp {
        if let Some(component) = by_id.get(route.service_id.as_str()) {
            routes.insert(format!("tcp:{}", route.node_port), (*component).to_owned());
        }
    }
    routes
}

fn of_tables(http: &[HttpRule], tcp: &[TcpRule], by_id: &BTreeMap<&str, &str>) -> BTreeMap<String, String> {
    let mut routes = BTreeMap::new();
    for rule in http.iter().filter(|rule| rule.kind != 0) {
        if let Some(component) = by_id.get(rule.service_id.as_str()) {
            let path = if rule.path.is_empty() { "/" } else { &rule.path };
            let host = rule.domain.split_once("://").map_or(rule.domain.as_str(), |(_, host)| host);
            routes.insert(format!("{host}{path}"), (*component).to_owned());
        }
    }
    for rule in tcp {
        if let Some(component) = by_id.get(rule.service_id.as_str()) {
            let port = rule.end_point.rsplit(':').next().unwrap_or_default();
            routes.insert(format!("tcp:{port}"), (*component).to_owned());
        }
    }
    routes
}
