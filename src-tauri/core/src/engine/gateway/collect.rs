//! Where the rules of an app are known from: its package (v5), the bundle it came in, or the app itself while it is there
//! (packages of v6 hold none, protocol.md §6.4).

use super::rule::{self, Entry, HttpEntry, Leg, Rule};
use crate::console::{Component, ConsoleError, Port};
use crate::ctx::Ctx;
use crate::engine::head::Head;
use crate::engine::links::Cluster;
use crate::engine::origin;
use crate::engine::runner::{Run, Stop};
use crate::jobs::request::{GatewayWork, LiveApp, Work};
use crate::package::AppModel;
use crate::problem::{Code, Problem};
use std::path::Path;
use std::time::Duration;

/// Below `metadata/` of a bundle.
pub(crate) const RULES_FILE: &str = "gateway_rules.json";

pub(crate) fn of_package(model: &AppModel) -> Vec<Rule> {
    rule::of_package(model)
}

/// Rules that were read from the app when the bundle was made.
pub(crate) fn of_bundle(head: &Head) -> Result<Vec<Rule>, Problem> {
    let file = head.opened.metadata.iter().find(|(name, _)| name == RULES_FILE);
    let Some((_, content)) = file else { return Ok(Vec::new()) };
    crate::json::from_slice(content).map_err(|error| {
        Problem::new(Code::BundleDamaged, "The gateway rules in the bundle cannot be read")
            .hint("Export the backup again, or make the rules by hand")
            .fact("reason", error.to_string())
    })
}

/// Before the rules are asked for again.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// The same where nothing else would ever tell them: a console that is silent for a moment is asked again.
pub(crate) async fn of_live_patiently(ctx: &Ctx, source: &Cluster, live: &LiveApp) -> Result<Vec<Rule>, Problem> {
    for pause in PAUSES {
        match of_live(ctx, source, live).await {
            Err(problem) if problem.code == Code::Unreachable => ctx.sleep(pause).await.map_err(ConsoleError::from)?,
            other => return other,
        }
    }
    of_live(ctx, source, live).await
}

/// Rules of the app as it is on a v6 cluster.
pub(crate) async fn of_live(ctx: &Ctx, source: &Cluster, live: &LiveApp) -> Result<Vec<Rule>, Problem> {
    if !source.capabilities()?.has_gateway_routes {
        return Ok(Vec::new());
    }
    let (console, scope) = (&source.console, source.scope(&live.team));
    let mut doors = Vec::new();
    for row in console.components(ctx, &scope, live.app).await? {
        for port in console.ports(ctx, &scope, &row.service_alias).await? {
            doors.push((row.clone(), port));
        }
    }
    let mut rules = Vec::new();
    for route in console.http_routes(ctx, &scope, Some(live.app)).await? {
        let (mut legs, mut left_out) = (Vec::new(), Vec::new());
        for backend in &route.spec.backends {
            let leads = |(_, port): &&(_, Port)| {
                port.k8s_service_name == backend.service_name && u64::from(port.port) == backend.port
            };
            match doors.iter().find(leads) {
                Some((row, port)) => legs.push((row, port, backend.weight)),
                None => left_out.push(format!("{}:{}", backend.service_name, backend.port)),
            }
        }
        let Some(((row, port, weight), others)) = legs.split_first() else { continue };
        let Some(host) = route.spec.matches.hosts.first() else { continue };
        // The platform's own domains have the component's alias in them.
        if host.contains(&row.service_alias) {
            continue;
        }
        let path = route.spec.matches.paths.first().map_or("/", |path| path.trim_end_matches('*'));
        let entry = HttpEntry {
            host: host.clone(),
            path: path.to_owned(),
            route: Some(route.spec.clone()),
            weight: *weight,
            others: others.iter().map(|(row, port, weight)| leg(row, port, *weight)).collect(),
            left_out,
            ..HttpEntry::default()
        };
        rules.push(Rule {
            component: row.service_id.clone(),
            name: row.service_cname.clone(),
            port: port.port,
            entry: Entry::Http(Box::new(entry)),
        });
    }
    for route in console.tcp_routes(ctx, &scope, Some(live.app)).await? {
        let owner = doors.iter().find(|(row, _)| row.service_id == route.service_id);
        if let (Some((row, _)), Ok(port), Ok(outer)) =
            (owner, u16::try_from(route.port), u16::try_from(route.node_port))
        {
            rules.push(Rule {
                component: row.service_id.clone(),
                name: row.service_cname.clone(),
                port,
                entry: Entry::Tcp { port: outer },
            });
        }
    }
    with_certificates(ctx, source, live, &mut rules).await;
    Ok(rules)
}

fn leg(row: &Component, port: &Port, weight: u64) -> Leg {
    Leg { component: row.service_id.clone(), name: row.service_cname.clone(), port: port.port, weight }
}

/// A v6 route does not say which certificate it answers with: the one that was issued to its host.
async fn with_certificates(ctx: &Ctx, source: &Cluster, live: &LiveApp, rules: &mut [Rule]) {
    let Ok(rows) = source.console.certificates(ctx, &source.scope(&live.team)).await else { return };
    for rule in rules {
        if let Entry::Http(http) = &mut rule.entry {
            let issued = rows.iter().find(|row| row.domains.iter().any(|domain| covers(domain, &http.host)));
            http.certificate = issued.map(|row| row.id);
            http.is_https = http.certificate.is_some();
        }
    }
}

/// `*.example.test` covers one label.
pub(super) fn covers(domain: &str, host: &str) -> bool {
    let below = |suffix: &str| host.split_once('.').is_some_and(|(_, rest)| rest == suffix);
    domain == host || domain.strip_prefix("*.").is_some_and(below)
}

/// Rules of the app a job moves.
pub(crate) async fn of_job(run: &Run, work: &GatewayWork) -> Result<Vec<Rule>, Stop> {
    let packed = of_package(&origin::model(run).await?);
    if !packed.is_empty() {
        return Ok(packed);
    }
    if let Work::Import(import) = &run.record().request.work {
        return Ok(of_bundle(&Head::open(&run.engine.keys, Path::new(&import.path)).await?)?);
    }
    let Some(live) = &work.live else { return Ok(Vec::new()) };
    let source = run.engine.links.cluster(&run.ctx, &live.cluster).await?;
    Ok(of_live(&run.ctx, &source, live).await?)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wildcard_covers_one_label() {
        assert!(covers("a.example.test", "a.example.test"));
        assert!(covers("*.example.test", "a.example.test"));
        assert!(!covers("*.example.test", "b.a.example.test"));
        assert!(!covers("*.example.test", "example.test"));
    }
}
