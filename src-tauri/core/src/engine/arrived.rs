//! What arrived, beside what the package holds: every row, and whether the plan had said that it would differ.

use crate::compare::{AppFacts, differences};
use crate::console::GatewayApi;
use crate::difference::{Aspect, Difference};
use crate::engine::gateway::Rule;
use crate::engine::links::Cluster;
use crate::engine::runner::{Run, Stop};
use crate::engine::{gateway, landing, origin, rebuild};
use crate::ids::AppId;
use crate::jobs::Lane;
use crate::jobs::request::Landing;
use crate::package::AppModel;
use crate::problem::Problem;
use crate::template::{Draft, What};

/// Rows that differ, in two heaps.
#[derive(Debug, Default)]
pub(crate) struct Arrived {
    /// The plan had said so.
    pub announced: Vec<Difference>,
    pub unexpected: Vec<Difference>,
}

/// Looks at the app on the target and holds it against the package.
pub(crate) async fn compare(run: &Run, target: &Cluster, app: AppId) -> Result<Arrived, Stop> {
    let record = run.record();
    let (landing, ..) = landing::of(&record.request.work)?;
    let model = origin::model(run).await?;
    let api = gateway_api(target)?;
    let scope = target.scope(&landing.team);
    let live = AppFacts::of_live(&run.ctx, &target.console, &scope, app, api).await?;
    let mut packed = AppFacts::of_model(&model);
    let rules = rules(run, landing).await?;
    if let Some(rules) = &rules {
        packed.routes = rules.iter().map(|rule| (rule.key(), rule.name.clone())).collect();
    }
    let rows = differences(&packed, &live);
    let mut allowed = match landing.lane {
        Lane::Official => of_restore(target.quirks()?.lacks_config_groups),
        Lane::Rebuild | Lane::Registry => {
            let draft = rebuild::draft(target, landing, &model, run.job.id().as_str())?;
            of_rebuild(&model, &draft)
        }
    };
    if rules.is_some() {
        let settled = |row: &Allowance| row.aspect != Aspect::Route;
        allowed.retain(settled);
        allowed.extend(of_gateway(run));
    }
    let fits = |row: &Difference| {
        let is_new_port = rules.is_some() && row.aspect == Aspect::Route && row.what.starts_with("tcp:");
        is_new_port || allowed.iter().any(|allowance| allowance.fits(row))
    };
    let (announced, unexpected) = rows.into_iter().partition(fits);
    Ok(Arrived { announced, unexpected })
}

/// The rules that this job makes again; none where it leaves them alone or cannot read them any more.
async fn rules(run: &Run, landing: &Landing) -> Result<Option<Vec<Rule>>, Stop> {
    let Some(work) = &landing.gateway else { return Ok(None) };
    match gateway::of_job(run, work).await {
        Ok(rules) => Ok(Some(rules)),
        Err(Stop::Problem(_)) => Ok(None),
        Err(stop) => Err(stop),
    }
}

/// Rules that were not made, for a reason that the report says.
fn of_gateway(run: &Run) -> Vec<Allowance> {
    let refused = run.record().gateway.refused;
    refused.into_keys().map(|rule| Allowance::of(None, Aspect::Route, &rule)).collect()
}

pub(crate) fn gateway_api(target: &Cluster) -> Result<GatewayApi, Problem> {
    let has_routes = target.capabilities()?.has_gateway_routes;
    Ok(if has_routes { GatewayApi::Routes } else { GatewayApi::Tables })
}

/// A difference that was told beforehand. What is `None` stands for all.
#[derive(Debug)]
struct Allowance {
    component: Option<String>,
    aspect: Aspect,
    what: Option<String>,
}

impl Allowance {
    fn any(aspect: Aspect) -> Self {
        Self { component: None, aspect, what: None }
    }

    fn of(component: Option<&String>, aspect: Aspect, what: &str) -> Self {
        Self { component: component.cloned(), aspect, what: Some(what.to_owned()) }
    }

    fn fits(&self, row: &Difference) -> bool {
        self.aspect == row.aspect
            && self.component.as_ref().is_none_or(|component| *component == row.component || row.component.is_empty())
            && self.what.as_ref().is_none_or(|what| *what == row.what)
    }
}

/// What no restore of the platform brings or keeps (protocol.md §8.6).
fn of_restore(lacks_config_groups: bool) -> Vec<Allowance> {
    use Aspect::{ConfigGroup, HostName, K8sAttribute, Route, Volume};
    let mut allowed: Vec<Allowance> = [HostName, Route, K8sAttribute, Volume].map(Allowance::any).into();
    if lacks_config_groups {
        allowed.push(Allowance::any(ConfigGroup));
    }
    allowed
}

/// What the draft of the package said.
fn of_rebuild(model: &AppModel, draft: &Draft) -> Vec<Allowance> {
    let mut allowed: Vec<Allowance> = Vec::new();
    for left in &draft.left_out {
        allowed.push(Allowance::of(None, Aspect::Component, &left.cname));
        allowed.push(Allowance::of(None, Aspect::Dependency, &left.cname));
    }
    for change in &draft.changes {
        allowed.extend(of_change(change.component.as_ref(), &change.what));
    }
    // Default domains and their ports are made anew.
    let routes = model.gateway_rules.len();
    if routes > 0 {
        allowed.push(Allowance::any(Aspect::Route));
    }
    allowed
}

fn of_change(component: Option<&String>, what: &What) -> Vec<Allowance> {
    let one = |aspect, what: &str| vec![Allowance::of(component, aspect, what)];
    match what {
        What::VolumeSkipped { path } => [Aspect::Volume, Aspect::ConfigFile, Aspect::Mount]
            .map(|aspect| Allowance::of(component, aspect, path))
            .into(),
        What::DependencyOutside { on } | What::DependencyLeftOut { on } => one(Aspect::Dependency, on),
        What::MountOutside { path, .. } | What::MountLeftOut { path, .. } => one(Aspect::Mount, path),
        What::K8sAttributes { names } => {
            names.iter().map(|name| Allowance::of(component, Aspect::K8sAttribute, name)).collect()
        }
        What::ProbeInvalid { mode } => one(Aspect::Probe, mode),
        What::Protocol { port, .. } => one(Aspect::Protocol, &port.to_string()),
        What::HostNameTaken { port, .. } => one(Aspect::HostName, &port.to_string()),
        What::RandomValue { name } | What::ScopeBoth { name } => {
            [Aspect::Env, Aspect::OuterEnv].map(|aspect| Allowance::of(component, aspect, name)).into()
        }
        What::EmptyConfigFile { path } => one(Aspect::ConfigFile, path),
        What::VolumeKind { .. } => {
            vec![Allowance { component: component.cloned(), aspect: Aspect::Volume, what: None }]
        }
        What::EndpointsKind { .. } => {
            vec![Allowance { component: component.cloned(), aspect: Aspect::Endpoint, what: None }]
        }
        What::CnameInPackage { cname } => one(Aspect::Component, cname),
        What::HostMentioned { .. } => [Aspect::Env, Aspect::ConfigFile]
            .map(|aspect| Allowance { component: component.cloned(), aspect, what: None })
            .into(),
        What::Domain { .. } | What::DefaultDomain { .. } | What::TcpPort { .. } => vec![Allowance::any(Aspect::Route)],
        What::ConfigGroupDisabled { .. }
        | What::BuildSource
        | What::Webhooks
        | What::Autoscaler
        | What::Accounts
        | What::History
        | What::Permissions
        | What::Compose
        | What::VolumeData { .. }
        | What::Certificate { .. }
        | What::Label { .. }
        | What::PluginLeftOut { .. }
        | What::GovernanceMode { .. }
        | What::ComponentName { .. }
        | What::PluginLimits { .. }
        | What::JobStrategy
        | What::ImageNameKept { .. }
        | What::Architecture { .. }
        | What::SourceBecomesMarket { .. } => Vec::new(),
    }
}
