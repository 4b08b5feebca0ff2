//! On v6: routes of the gateway, and ports of every node (rebuild.md §9.2).

use super::ground::{Door, Ground};
use super::rule::{Entry, HttpEntry, Rule};
use super::{Doors, Outcome, certificates, clash};
use crate::console::{Backend, ConsoleError, NewTcpRoute, RouteSpec};
use crate::engine::runner::{Run, Stop};
use crate::ids::TeamName;
use crate::jobs::fact::Fact;
use crate::jobs::request::GatewayWork;

pub(super) async fn make(
    run: &Run,
    ground: &Ground,
    work: &GatewayWork,
    rule: &Rule,
    doors: Doors<'_>,
) -> Result<Outcome, Stop> {
    match &rule.entry {
        Entry::Http(http) => route(run, ground, work, rule, http, doors).await,
        Entry::Tcp { port } => tcp(run, ground, rule, *port, doors.first).await,
    }
}

async fn route(
    run: &Run,
    ground: &Ground,
    work: &GatewayWork,
    rule: &Rule,
    http: &HttpEntry,
    doors: Doors<'_>,
) -> Result<Outcome, Stop> {
    let backend = |door: &Door| Backend {
        service_name: door.port.k8s_service_name.clone(),
        port: door.port.port.into(),
        weight: door.weight,
    };
    let spec = http.route(doors.all().map(backend).collect());
    if let Some((team, there)) = ground.entries.routes.iter().find(|(_, there)| there.clashes_with(&spec)) {
        // Made just before a crash, by this job or by the platform: it leads where ours would.
        let is_ours = *team == ground.scope.team && leads_alike(&there.spec, &spec);
        return Ok(match is_ours {
            true => Outcome::Made(there.object_name().map(str::to_owned)),
            false => clash(rule, &owner(ground, team, &there.component_name)),
        });
    }
    certificates::bring(run, ground, work, http).await?;
    run.note(Fact::RuleAsking { rule: rule.key() })?;
    let alias = doors.first.component.service_alias.as_str();
    let name = ground.target.console.create_http_route(&run.ctx, &ground.scope, ground.app, alias, &spec).await?;
    Ok(Outcome::Made(Some(name)))
}

fn leads_alike(one: &RouteSpec, other: &RouteSpec) -> bool {
    one.backends
        .iter()
        .map(|backend| (&backend.service_name, backend.port))
        .eq(other.backends.iter().map(|backend| (&backend.service_name, backend.port)))
}

pub(super) fn owner(ground: &Ground, team: &TeamName, component: &str) -> String {
    let team = ground.target.team_alias(team);
    if component.is_empty() { team } else { format!("{team}/{component}") }
}

async fn tcp(run: &Run, ground: &Ground, rule: &Rule, outer: u16, door: &Door) -> Result<Outcome, Stop> {
    let there = ground.entries.ports.iter().find(|there| there.node_port == u64::from(outer));
    if let Some(there) = there {
        let is_ours = there.service_id == door.component.service_id && there.port == u64::from(rule.port);
        return Ok(if is_ours { Outcome::Made(None) } else { clash(rule, &there.service_alias) });
    }
    let new = NewTcpRoute {
        service_id: door.component.service_id.clone(),
        service_type: door.component.service_source.clone(),
        service_name: door.port.k8s_service_name.clone(),
        port: rule.port,
        node_port: Some(outer),
    };
    run.note(Fact::RuleAsking { rule: rule.key() })?;
    match ground.target.console.create_tcp_route(&run.ctx, &ground.scope, ground.app, &new).await {
        Ok(_) => Ok(Outcome::Made(None)),
        Err(ConsoleError::AlreadyThere(_)) => Ok(clash(rule, &ground.target.name())),
        Err(error) => Err(error.into()),
    }
}
