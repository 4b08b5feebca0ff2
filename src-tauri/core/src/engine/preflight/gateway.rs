//! Which gateway rules are made again, and what is in their way (rebuild.md §9.3).

use super::checks::check;
use super::migrate::Arrival;
use super::outlook::Outlook;
use crate::console::ComponentState;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::gateway::{self, Entry, Rule};
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level, PlanOptions};
use crate::ids::TeamName;
use crate::jobs::request::{GatewayWork, LiveApp};
use crate::line::{Line, LineCode};
use crate::package::AppModel;
use crate::problem::Problem;

/// What a plan says of the rules.
#[derive(Default)]
pub(super) struct Judged {
    pub work: Option<GatewayWork>,
    rules: Vec<Rule>,
    certificates: Vec<String>,
    pub checks: Vec<CheckView>,
}

/// Rules as they are known beforehand.
pub(super) struct Known<'a> {
    pub model: Option<&'a AppModel>,
    /// Those that lie in a bundle.
    pub bundled: Vec<Rule>,
    /// The app at the source, where it is there.
    pub live: Option<LiveApp>,
}

pub(super) async fn judge(
    engine: &Engine,
    ctx: &Ctx,
    arrival: &Arrival,
    options: &PlanOptions,
    known: Known<'_>,
) -> Result<Judged, Problem> {
    let starts = arrival.landing.start_after && !arrival.landing.record_only;
    if !starts || options.gateway_rules == Some(false) {
        return Ok(Judged::default());
    }
    let (rules, checks) = rules(engine, ctx, &known).await?;
    if rules.is_empty() {
        return Ok(Judged { checks, ..Judged::default() });
    }
    let stays = stays_at_home(engine, ctx, &arrival.cluster, known.live.as_ref()).await;
    if options.gateway_rules.is_none() && stays {
        let line = check(CheckId::Gateway, Level::Warn, LineCode::CheckGatewaySameWarn, []);
        return Ok(Judged { checks: vec![line], ..Judged::default() });
    }
    let mut judged = Judged { checks, ..Judged::default() };
    let clashing = clashing(ctx, &arrival.cluster, &arrival.team, &rules).await?;
    let facts = [("cluster", arrival.cluster.name()), ("count", rules.len().to_string())];
    judged.checks.push(match clashing.is_empty() {
        true => check(CheckId::Gateway, Level::Pass, LineCode::CheckGatewayPass, facts),
        false => {
            let [cluster, _] = facts;
            let names = ("names", clashing.join(", "));
            check(CheckId::Gateway, Level::Warn, LineCode::CheckGatewayWarn, [cluster, names])
        }
    });
    let can_copy = options.certificates && known.live.is_some();
    judged.certificates = rules.iter().filter(|_| can_copy).filter_map(certified).collect();
    judged.work = Some(GatewayWork { live: known.live, certificates: can_copy });
    judged.rules = rules.into_iter().filter(|rule| !clashing.contains(&rule.key())).collect();
    Ok(judged)
}

fn certified(rule: &Rule) -> Option<String> {
    match &rule.entry {
        Entry::Http(http) => http.certificate.map(|_| http.host.clone()),
        Entry::Tcp { .. } => None,
    }
}

/// The package's, else the bundle's, else the app's own.
async fn rules(engine: &Engine, ctx: &Ctx, known: &Known<'_>) -> Result<(Vec<Rule>, Vec<CheckView>), Problem> {
    let packed = known.model.map(gateway::of_package).unwrap_or_default();
    let rules = if packed.is_empty() { known.bundled.clone() } else { packed };
    let Some(live) = known.live.as_ref().filter(|_| rules.is_empty()) else { return Ok((rules, Vec::new())) };
    let read = async {
        let source = engine.links.cluster(ctx, &live.cluster).await?;
        gateway::of_live(ctx, &source, live).await
    };
    Ok(match read.await {
        Ok(rules) => (rules, Vec::new()),
        Err(problem) => {
            let facts = [("reason", problem.message)];
            (rules, vec![check(CheckId::Gateway, Level::Warn, LineCode::CheckGatewayUnread, facts)])
        }
    })
}

/// Two apps of one console would answer to one name.
async fn stays_at_home(engine: &Engine, ctx: &Ctx, target: &Cluster, live: Option<&LiveApp>) -> bool {
    let Some(live) = live.filter(|live| live.cluster.split().0 == target.id.split().0) else { return false };
    let Ok(source) = engine.links.cluster(ctx, &live.cluster).await else { return true };
    match source.console.components(ctx, &source.scope(&live.team), live.app).await {
        Ok(rows) => rows.iter().any(|row| row.state() == ComponentState::Running),
        Err(_) => false,
    }
}

/// Keys of rules whose place is taken.
async fn clashing(ctx: &Ctx, target: &Cluster, team: &TeamName, rules: &[Rule]) -> Result<Vec<String>, Problem> {
    let entries = gateway::Entries::list(ctx, target, team).await?;
    Ok(rules.iter().filter(|rule| entries.hold(rule)).map(Rule::key).collect())
}

/// The lines that say what is to be done by hand give way to what is made.
pub(super) fn tell(judged: &Judged, outlook: &mut Outlook) {
    if judged.work.is_none() {
        return;
    }
    let by_hand = [LineCode::StaysGatewayRules, LineCode::LosesDomain, LineCode::LosesTcpPort];
    outlook.stays.retain(|line| !by_hand.contains(&line.code));
    outlook.changes.retain(|line| !by_hand.contains(&line.code));
    if !judged.certificates.is_empty() {
        let copied = [LineCode::StaysCertificates, LineCode::LosesCertificate];
        outlook.stays.retain(|line| !copied.contains(&line.code));
        let names = judged.certificates.join(", ");
        outlook.arrives.push(Line::new(LineCode::ArrivesCertificates, [("names", names)]));
    }
    if !judged.rules.is_empty() {
        let names = judged.rules.iter().map(Rule::in_words).collect::<Vec<_>>().join(", ");
        let facts = [("count", judged.rules.len().to_string()), ("names", names)];
        outlook.arrives.push(Line::new(LineCode::ArrivesGatewayRules, facts));
    }
}
