//! The report of a job: what was planned, what was done and when, what arrived, what differs, what is left to do. Made from
//! the job's journal alone, at any time; says nothing that a secret could be read from.

pub(crate) mod history;
mod html;
mod words;

pub(crate) use html::page;
pub(crate) use words::Words;

use crate::check::Level;
use crate::difference::{Aspect, Difference};
use crate::ids::JobId;
use crate::jobs::{JobKind, JobState, JobView, LeftoverView, LogLine, PhaseView, ReportView, ShownPlan};
use crate::line::{Line, LineCode};
use crate::place::Place;
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Raised when a reader of older reports could not understand them.
const FORMAT_VERSION: u32 = 1;

/// Something that is left to people, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TodoView {
    pub about: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub fix: Option<Line>,
}

/// An address that the source served and the target does not, and where the component is reached instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GatewayTodo {
    pub component: String,
    pub old: String,
    pub new: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct JobReport {
    pub format_version: u32,
    /// Of the Rainferry that wrote it.
    pub version: String,
    pub job: JobId,
    pub kind: JobKind,
    pub state: JobState,
    pub app_name: String,
    pub source: Place,
    pub target: Place,
    #[cfg_attr(test, ts(type = "string"))]
    pub created_at: DateTime<Utc>,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub started_at: Option<DateTime<Utc>>,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub ended_at: Option<DateTime<Utc>>,
    /// As it was shown before the start; none for jobs of older versions, and for those that have no plan.
    pub plan: Option<ShownPlan>,
    pub steps: Vec<PhaseView>,
    pub problem: Option<Problem>,
    /// Places, files, and what was found on the target.
    pub result: ReportView,
    pub by_hand: Vec<TodoView>,
    pub gateway: Vec<GatewayTodo>,
    pub leftovers: Vec<LeftoverView>,
    pub log: Vec<LogLine>,
}

impl JobReport {
    pub(crate) fn new(view: JobView, plan: Option<ShownPlan>) -> Self {
        let result = view.report.unwrap_or_default();
        Self {
            format_version: FORMAT_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            job: view.id,
            kind: view.kind,
            state: view.state,
            app_name: view.app_name,
            source: view.source,
            target: view.target,
            created_at: view.created_at,
            started_at: view.started_at,
            ended_at: view.ended_at,
            steps: view.phases,
            problem: view.problem,
            by_hand: by_hand(&result, plan.as_ref(), view.state),
            gateway: gateway(&result),
            result,
            plan,
            leftovers: view.leftovers,
            log: view.log,
        }
    }
}

/// What did not arrive, what is left to do, and what the plan had warned of that is due afterwards.
fn by_hand(result: &ReportView, plan: Option<&ShownPlan>, state: JobState) -> Vec<TodoView> {
    let mut list: Vec<TodoView> =
        result.missing.iter().chain(&result.due).map(|about| TodoView { about: about.clone(), fix: None }).collect();
    if state == JobState::Done {
        let warned = plan.into_iter().flat_map(|plan| &plan.checks).filter(|check| check.level == Level::Warn);
        let due = warned.filter(|check| check.fix.as_ref().is_some_and(|fix| is_due_after(fix.code)));
        list.extend(due.map(|check| TodoView { about: check.line.clone(), fix: check.fix.clone() }));
    }
    list
}

fn is_due_after(fix: LineCode) -> bool {
    use LineCode as L;
    matches!(
        fix,
        L::FixByHand
            | L::FixNeverBuilt
            | L::FixVolumeFiles
            | L::FixCredentials
            | L::FixCredentialsOpen
            | L::FixExpiry
            | L::FixRoutes
            | L::FixRecordOnly
            | L::FixCutShort
    )
}

/// Addresses that only the backup has, each beside those that its component has on the target.
fn gateway(result: &ReportView) -> Vec<GatewayTodo> {
    let routes = || result.announced.iter().chain(&result.differences).filter(|row| row.aspect == Aspect::Route);
    let owner = |row: &Difference| row.left.clone().or_else(|| row.right.clone()).unwrap_or_default();
    let lost = routes().filter(|row| row.left.is_some() && row.right.is_none());
    lost.map(|row| {
        let component = owner(row);
        let new = routes().filter(|other| other.left.is_none() && owner(other) == component);
        GatewayTodo { new: new.map(|other| other.what.clone()).collect(), old: row.what.clone(), component }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_addresses_stand_beside_the_new_ones_of_their_component() {
        let row = |what: &str, left: Option<&str>, right: Option<&str>| Difference {
            component: String::new(),
            aspect: Aspect::Route,
            what: what.to_owned(),
            left: left.map(str::to_owned),
            right: right.map(str::to_owned),
        };
        let announced =
            vec![row("old.test/", Some("web"), None), row("new.test/", None, Some("web")), row("x/", None, Some("db"))];
        let found = gateway(&ReportView { announced, ..ReportView::default() });
        let wanted = GatewayTodo { component: "web".into(), old: "old.test/".into(), new: vec!["new.test/".into()] };
        assert_eq!(found, [wanted]);
    }
}
