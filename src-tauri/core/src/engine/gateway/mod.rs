//! The app's own HTTP rules and TCP ports, made again on the target once its components run (rebuild.md §9.3). What is there
//! already is listed first: a route of v6 overwrites one of the same host and path without a word, so nothing is made where
//! anything clashes; that is named instead.

mod certificates;
mod collect;
mod ground;
mod on_routes;
mod on_tables;
mod rule;

pub(crate) use certificates::find_unheard;
pub(crate) use collect::{RULES_FILE, of_bundle, of_job, of_live, of_live_patiently, of_package};
pub(crate) use ground::Entries;
pub(crate) use rule::{Entry, Rule};

use crate::console::GatewayApi;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{arrived, landing, restore};
use crate::jobs::fact::{Fact, RouteRef};
use crate::jobs::request::GatewayWork;
use crate::jobs::state::JobRecord;
use crate::jobs::{PhaseName, ReportView};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem};
use ground::{Door, Ground};

/// For the lane of the platform's own restore; a rebuild does the same after its fix-ups.
pub(crate) struct Make;

#[async_trait::async_trait]
impl Step for Make {
    fn phase(&self) -> PhaseName {
        PhaseName::Gateway
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        make(run).await
    }
}

/// Where the legs of one rule lead.
#[derive(Clone, Copy)]
struct Doors<'a> {
    first: &'a Door,
    others: &'a [Door],
}

impl<'a> Doors<'a> {
    fn all(self) -> impl Iterator<Item = &'a Door> {
        std::iter::once(self.first).chain(self.others)
    }
}

/// What became of one rule.
pub(crate) enum Outcome {
    /// v6: with the name that its object has.
    Made(Option<String>),
    /// What stands in the way.
    Refused(Line),
}

/// Makes every rule that was not settled before.
pub(crate) async fn make(run: &Run) -> Result<(), Stop> {
    let record = run.record();
    let (landing, ..) = landing::of(&record.request.work)?;
    let Some(work) = landing.gateway.clone() else { return Ok(()) };
    let rules = match of_job(run, &work).await {
        Ok(rules) => rules,
        Err(Stop::Problem(problem)) if is_of_one_rule(&problem) => return unread(run, &problem),
        Err(stop) => return Err(stop),
    };
    let open: Vec<Rule> = rules.into_iter().filter(|rule| !record.gateway.is_settled(&rule.key())).collect();
    if open.is_empty() {
        return Ok(());
    }
    let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
    let app = restore::landed_in(&record)?;
    let ground = Ground::look(run, &target, &landing.team, app).await?;
    for rule in &open {
        run.ctx.check()?;
        one(run, &ground, &work, rule).await?;
    }
    let made = run.record().gateway.made.len();
    Ok(run.say(LineCode::LogRulesMade, [("count", made.to_string())])?)
}

fn unread(run: &Run, problem: &Problem) -> Result<(), Stop> {
    let line = Line::new(LineCode::ReportRulesUnread, [("reason", problem.message.clone())]);
    Ok(run.note(Fact::RuleRefused { rule: String::new(), line })?)
}

/// A refusal of this very thing; a console that is down or shuts us out is the job's business.
fn is_of_one_rule(problem: &Problem) -> bool {
    matches!(problem.code, Code::ConsoleRefused | Code::NotFound | Code::BadAnswer | Code::Unsupported)
}

async fn one(run: &Run, ground: &Ground, work: &GatewayWork, rule: &Rule) -> Result<(), Stop> {
    let key = rule.key();
    let made = async {
        let mut doors = Vec::new();
        for leg in rule.legs() {
            doors.push(ground.door(run, &leg).await?);
        }
        let Some((first, others)) = doors.split_first() else { return Err(refused("It leads nowhere").into()) };
        let doors = Doors { first, others };
        match arrived::gateway_api(&ground.target)? {
            GatewayApi::Routes => on_routes::make(run, ground, work, rule, doors).await,
            GatewayApi::Tables => on_tables::make(run, ground, work, rule, doors).await,
        }
    };
    match made.await {
        Ok(Outcome::Made(object)) => {
            let route = object.map(|name| RouteRef { app: ground.app, name });
            Ok(run.note(Fact::RuleMade { rule: key, route })?)
        }
        Ok(Outcome::Refused(line)) => Ok(run.note(Fact::RuleRefused { rule: key, line })?),
        Err(Stop::Problem(problem)) if is_of_one_rule(&problem) => {
            let line = Line::new(LineCode::ReportRuleRefused, [("rule", key.clone()), ("reason", problem.message)]);
            Ok(run.note(Fact::RuleRefused { rule: key, line })?)
        }
        Err(stop) => Err(stop),
    }
}

/// What somebody else serves already.
fn clash(rule: &Rule, owner: &str) -> Outcome {
    Outcome::Refused(Line::new(LineCode::ReportRuleClash, [("rule", rule.key()), ("owner", owner.to_owned())]))
}

fn refused(why: &str) -> Problem {
    Problem::new(Code::ConsoleRefused, why)
}

/// Tells what was made and what to do at the DNS; what could not be made, and why.
pub(crate) fn tell(record: &JobRecord, cluster: &str, report: &mut ReportView) {
    let gateway = &record.gateway;
    let names: Vec<&str> = gateway.made.keys().map(String::as_str).collect();
    if !names.is_empty() {
        let facts = [("count", names.len().to_string()), ("names", names.join(", "))];
        report.arrived.push(Line::new(LineCode::ReportRulesMade, facts));
    }
    if !gateway.certificates.is_empty() {
        let names = gateway.certificates.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        report.arrived.push(Line::new(LineCode::ReportCertificates, [("names", names)]));
    }
    let mut hosts: Vec<&str> =
        names.iter().filter(|name| !name.starts_with("tcp:")).filter_map(|name| name.split('/').next()).collect();
    hosts.dedup();
    report.missing.extend(gateway.refused.values().cloned());
    if !hosts.is_empty() {
        let facts = [("names", hosts.join(", ")), ("cluster", cluster.to_owned())];
        report.due.push(Line::new(LineCode::ReportDns, facts));
    }
}
