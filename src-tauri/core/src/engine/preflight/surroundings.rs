//! What a plan stands on before anything of an app is looked at: the login and its end, both clocks, both versions, and what
//! this computer did with the app last.

use super::checks::{self, check};
use crate::check::{CheckId, CheckView, Level};
use crate::console::era;
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::jobs::state::JobRecord;
use crate::jobs::{JobKind, JobState};
use crate::line::LineCode;
use crate::place::Place;
use chrono::{DateTime, TimeDelta, Utc};

/// A login that ends sooner may end while a large package is under way.
const TOKEN_MARGIN: TimeDelta = TimeDelta::days(1);
/// Signed requests are refused from a quarter of an hour on (S3 `RequestTimeTooSkewed`); a third of it is worth a word.
const SKEW_MARGIN: TimeDelta = TimeDelta::minutes(5);

/// A console that lets us in: for how long, and what time it is there.
pub(crate) async fn console(ctx: &Ctx, cluster: &Cluster) -> Vec<CheckView> {
    let mut list = vec![checks::login(cluster)];
    if let Ok(Some(end)) = cluster.console.login_expires(ctx).await {
        list.push(token(cluster.name(), end, ctx.clock.now()));
    }
    list.extend(cluster.console.clock_skew().map(|skew| clock(cluster.name(), skew)));
    list
}

fn token(cluster: String, end: DateTime<Utc>, now: DateTime<Utc>) -> CheckView {
    let facts = [("cluster", cluster), ("until", end.format("%Y-%m-%d %H:%M UTC").to_string())];
    match end - now < TOKEN_MARGIN {
        true => check(CheckId::Token, Level::Warn, LineCode::CheckTokenWarn, facts),
        false => check(CheckId::Token, Level::Pass, LineCode::CheckTokenPass, facts),
    }
}

fn clock(cluster: String, skew: TimeDelta) -> CheckView {
    let cluster = ("cluster", cluster);
    match skew.abs() < SKEW_MARGIN {
        true => check(CheckId::Clock, Level::Pass, LineCode::CheckClockPass, [cluster]),
        false => {
            let minutes = ("minutes", skew.num_minutes().abs().to_string());
            check(CheckId::Clock, Level::Warn, LineCode::CheckClockWarn, [cluster, minutes])
        }
    }
}

/// Older than the source: what it does not know is left out or refused (protocol.md §8.7).
pub(crate) fn versions(source: &Cluster, target: &Cluster) -> Option<CheckView> {
    let (from, to) = (source.versions.as_ref()?, target.versions.as_ref()?);
    let facts = [("from", source.version()), ("to", target.version())];
    Some(match era::goes_back(from, to) {
        true => check(CheckId::Versions, Level::Warn, LineCode::CheckVersionsWarn, facts),
        false => check(CheckId::Versions, Level::Pass, LineCode::CheckVersionsPass, facts),
    })
}

/// What this computer did with the app last; `jobs` are the newest first.
pub(crate) fn last_job(source: &Place, app: &str, jobs: impl Iterator<Item = JobRecord>) -> CheckView {
    let of_app = |record: &JobRecord| {
        let request = &record.request;
        let theirs = request.plan.as_ref().map_or(&request.app_name, |plan| &plan.source_app);
        theirs == app && same_place(&request.source, source)
    };
    let moves = |record: &JobRecord| !matches!(record.request.work.kind(), JobKind::Verify | JobKind::Copy);
    let mut jobs = jobs.filter(|record| moves(record) && of_app(record));
    let app = ("app", app.to_owned());
    let Some(last) = jobs.next() else {
        return check(CheckId::LastJob, Level::Pass, LineCode::CheckLastJobPass, [app]);
    };
    let runs = |record: &JobRecord| !record.ended();
    if let Some(running) = runs(&last).then_some(&last).cloned().or_else(|| jobs.find(runs)) {
        let facts = [app, ("job", running.request.id.to_string())];
        return check(CheckId::LastJob, Level::Warn, LineCode::CheckLastJobRunning, facts);
    }
    match (last.state, last.problem) {
        (JobState::Failed, problem) => {
            let reason = problem.map(|problem| problem.message).unwrap_or_default();
            let facts = [app, ("job", last.request.id.to_string()), ("reason", reason)];
            check(CheckId::LastJob, Level::Warn, LineCode::CheckLastJobFailed, facts)
        }
        _ => check(CheckId::LastJob, Level::Pass, LineCode::CheckLastJobPass, [app]),
    }
}

fn same_place(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::Team { cluster, team, .. }, Place::Team { cluster: c, team: t, .. }) => cluster == c && team == t,
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::plan::PlanKind;
    use crate::engine::preflight::table;

    #[test]
    fn a_login_and_a_clock_are_judged_by_their_margins() {
        let now = DateTime::from_timestamp(2_000_000_000, 0).unwrap();
        let level = |hours| token("c".into(), now + TimeDelta::hours(hours), now).level;
        assert_eq!((level(23), level(25)), (Level::Warn, Level::Pass));
        let level = |minutes| clock("c".into(), TimeDelta::minutes(minutes)).level;
        assert_eq!((level(-6), level(-4), level(4), level(20)), (Level::Warn, Level::Pass, Level::Pass, Level::Warn));
    }

    #[test]
    fn a_check_of_a_version_says_what_to_do() {
        let facts = [("cluster", "c".to_owned()), ("version", "v5.1.0".to_owned()), ("reason", "r".to_owned())];
        let seen = table::advised(PlanKind::Backup, check(CheckId::Era, Level::Block, LineCode::CheckEraBlock, facts));
        assert_eq!(seen.fix.unwrap().code, LineCode::FixEra);
    }
}
