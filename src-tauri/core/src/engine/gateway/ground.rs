//! The target as it was before the first rule was made: what a rule may clash with, and where each leads.

use super::refused;
use super::rule::{Entry, HttpEntry, Leg, Rule};
use crate::console::{Component, GatewayApi, HttpRoute, HttpRule, Port, PortAction, Scope, TcpRoute, TcpRule};
use crate::ctx::Ctx;
use crate::engine::arrived;
use crate::engine::links::Cluster;
use crate::engine::runner::{Run, Stop};
use crate::ids::{AppId, TeamName};
use crate::problem::Problem;

/// More teams of one cluster are not asked for their routes.
const TEAMS_ASKED: usize = 20;

pub(crate) struct Ground {
    pub target: Cluster,
    pub scope: Scope,
    pub app: AppId,
    pub components: Vec<Component>,
    pub entries: Entries,
}

/// Entries of every team that can be seen; another's are asked for, since one gateway serves them all.
#[derive(Default)]
pub(crate) struct Entries {
    pub routes: Vec<(TeamName, HttpRoute)>,
    pub ports: Vec<TcpRoute>,
    pub rules: Vec<(TeamName, HttpRule)>,
    pub tcp_rules: Vec<TcpRule>,
}

impl Entries {
    pub(crate) async fn list(ctx: &Ctx, target: &Cluster, team: &TeamName) -> Result<Self, Problem> {
        let mut entries = Self::default();
        let api = arrived::gateway_api(target)?;
        for one in teams(target, team) {
            match entries.add(ctx, target, &one, api).await {
                // The team an app arrives in must be seen; another may be closed to us.
                Err(problem) if one == *team => return Err(problem),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(entries)
    }

    /// Whether a rule's place is taken, by whomever.
    pub(crate) fn hold(&self, rule: &Rule) -> bool {
        match &rule.entry {
            Entry::Http(http) => {
                let spec = http.route(Vec::new());
                self.routes.iter().any(|(_, there)| there.clashes_with(&spec)) || self.rules(http).next().is_some()
            }
            Entry::Tcp { port } => {
                let ends = format!(":{port}");
                self.ports.iter().any(|there| there.node_port == u64::from(*port))
                    || self.tcp_rules.iter().any(|there| there.end_point.ends_with(&ends))
            }
        }
    }

    /// The v5 rules of this host and path.
    pub(super) fn rules(&self, http: &HttpEntry) -> impl Iterator<Item = &(TeamName, HttpRule)> {
        let host_of = |domain: &str| domain.split_once("://").map_or(domain, |(_, host)| host).to_owned();
        let path_of = |path: &str| if path.is_empty() { "/".to_owned() } else { path.to_owned() };
        self.rules.iter().filter(move |(_, there)| {
            host_of(&there.domain) == http.host && path_of(&there.path) == http.path_or_root()
        })
    }

    async fn add(&mut self, ctx: &Ctx, target: &Cluster, team: &TeamName, api: GatewayApi) -> Result<(), Problem> {
        let (console, scope) = (&target.console, target.scope(team));
        match api {
            GatewayApi::Routes => {
                let routes = console.http_routes(ctx, &scope, None).await?;
                self.routes.extend(routes.into_iter().map(|route| (team.clone(), route)));
                self.ports.extend(console.tcp_routes(ctx, &scope, None).await?);
            }
            GatewayApi::Tables => {
                let rules = console.http_rules(ctx, &scope).await?;
                self.rules.extend(rules.into_iter().map(|rule| (team.clone(), rule)));
                self.tcp_rules.extend(console.tcp_rules(ctx, &scope).await?);
            }
        }
        Ok(())
    }
}

/// The team itself first.
fn teams(target: &Cluster, team: &TeamName) -> Vec<TeamName> {
    let here = |row: &&crate::console::Team| row.regions.iter().any(|region| region.name == target.region);
    let others = target.known.me.teams.iter().filter(here).map(|row| row.name.clone());
    std::iter::once(team.clone()).chain(others.filter(|name| name != team)).take(TEAMS_ASKED).collect()
}

/// Where a leg of a rule leads on the target.
pub(crate) struct Door {
    pub component: Component,
    pub port: Port,
    pub weight: u64,
}

impl Door {
    pub(super) fn is_of(&self, there: &HttpRule) -> bool {
        there.service_id == self.component.service_id && there.container_port == u64::from(self.port.port)
    }
}

impl Ground {
    pub(crate) async fn look(run: &Run, target: &Cluster, team: &TeamName, app: AppId) -> Result<Self, Stop> {
        let scope = target.scope(team);
        let components = target.console.components(&run.ctx, &scope, app).await?;
        let entries = Entries::list(&run.ctx, target, team).await?;
        Ok(Self { target: target.clone(), scope, app, components, entries })
    }

    /// The component that this one of the source became, and its port, which is opened where it is closed to all.
    pub(crate) async fn door(&self, run: &Run, leg: &Leg) -> Result<Door, Stop> {
        let component = self.component(run, leg)?.clone();
        let (ctx, console) = (&run.ctx, &self.target.console);
        let alias = component.service_alias.as_str();
        let find = |ports: Vec<Port>| ports.into_iter().find(|port| port.port == leg.port);
        let port = find(console.ports(ctx, &self.scope, alias).await?);
        let port = port.ok_or_else(|| refused("The component has no such port on the target"))?;
        if port.is_inner || port.is_outer {
            return Ok(Door { component, port, weight: leg.weight });
        }
        console.set_port(ctx, &self.scope, alias, leg.port, PortAction::OpenOuter).await?;
        Ok(Door { component, port, weight: leg.weight })
    }

    fn component(&self, run: &Run, leg: &Leg) -> Result<&Component, Problem> {
        let installed = run.record().rebuild.installed.unwrap_or_default();
        let by_id = installed.iter().find(|row| row.source_id == leg.component).map(|row| row.id.clone());
        if let Some(found) = by_id.and_then(|id| self.components.iter().find(|row| row.service_id == id)) {
            return Ok(found);
        }
        // A restore adds `-copy` to names (recordings 707, 734).
        let plain = |row: &Component| row.service_cname.strip_suffix("-copy").unwrap_or(&row.service_cname).to_owned();
        let mut same = self.components.iter().filter(|row| plain(row) == leg.name);
        match (same.next(), same.next()) {
            (Some(found), None) => Ok(found),
            (Some(_), Some(_)) => Err(refused("Two components of the app have this name")),
            (None, _) => Err(refused("The component this is about did not arrive")),
        }
    }
}
