//! Rules that delete a package by its age: those its bucket tells of, and, where it tells nothing, those that regions of
//! newer versions are known to make (protocol.md B-18).

use super::checks::check;
use super::source;
use crate::bak::Mode;
use crate::check::{CheckId, CheckView, Level};
use crate::console::BackupRecord;
use crate::engine::links::Cluster;
use crate::jobs::request::ObjectRef;
use crate::line::LineCode;
use crate::problem::{Code, Problem};
use crate::storage::{Expiry, ExpiryRule};
use std::time::Duration;

/// A plan is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What will become of an object, there already or still to come.
pub(super) async fn of_object(cluster: &Cluster, object: &ObjectRef, size: Option<u64>) -> Option<CheckView> {
    let asked = async { Ok::<_, Problem>(cluster.store(&object.bucket).await?.expiry_rules().await?) };
    let rules = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(rules) => rules,
        Err(_) => Err(Problem::new(Code::StoreUnreachable, format!("The store of {} does not answer", cluster.name()))),
    };
    match rules {
        Ok(rules) => Some(judged(cluster.name(), object, size, &rules)),
        Err(problem) => by_version(cluster).or_else(|| Some(untold(cluster.name(), object, problem))),
    }
}

/// Of a backup that is still to be made: where earlier ones of its app lie.
pub(super) async fn of_next_backup(
    cluster: &Cluster,
    earlier: Option<&BackupRecord>,
    cloud: bool,
) -> Option<CheckView> {
    let group = earlier.map_or("new", |row| row.group_uuid.as_str());
    let mode = if cloud { Mode::FullOnline } else { Mode::FullOffline };
    match source::object(cluster, mode, group, "new", "new.zip") {
        Ok(object) => of_object(cluster, &object, None).await,
        Err(_) => by_version(cluster),
    }
}

/// What is known without asking the store.
pub(super) fn by_version(cluster: &Cluster) -> Option<CheckView> {
    let expires = cluster.quirks().is_ok_and(|quirks| quirks.expires_objects);
    let facts = [("version", cluster.version())];
    expires.then(|| check(CheckId::Expiry, Level::Warn, LineCode::CheckExpiryWarn, facts))
}

/// The rule that comes first, where several cover it.
fn judged(cluster: String, object: &ObjectRef, size: Option<u64>, rules: &[ExpiryRule]) -> CheckView {
    let covering = rules.iter().filter(|rule| rule.covers(&object.key, size));
    let first = covering.min_by_key(|rule| match &rule.at {
        Expiry::Days(days) => (*days, String::new()),
        Expiry::Date(date) => (u64::MAX, date.clone()),
    });
    let (cluster, bucket) = (("cluster", cluster), ("bucket", object.bucket.clone()));
    let Some(rule) = first else {
        return check(CheckId::Expiry, Level::Pass, LineCode::CheckExpiryNone, [cluster, bucket]);
    };
    let (name, keys) = (("rule", rule.id.clone()), ("keys", format!("{}*", rule.prefix)));
    let (code, at) = match &rule.at {
        Expiry::Days(days) => (LineCode::CheckExpiryDays, ("days", days.to_string())),
        Expiry::Date(date) => (LineCode::CheckExpiryDate, ("date", date.clone())),
    };
    check(CheckId::Expiry, Level::Warn, code, [cluster, bucket, name, keys, at])
}

fn untold(cluster: String, object: &ObjectRef, problem: Problem) -> CheckView {
    let facts = [("cluster", cluster), ("bucket", object.bucket.clone()), ("reason", problem.message)];
    check(CheckId::Expiry, Level::Pass, LineCode::CheckExpiryUnknown, facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_that_comes_first_is_named_with_its_evidence() {
        let object =
            ObjectRef { cluster: crate::ids::ClusterId("c".into()), bucket: "b".into(), key: "backup/x.zip".into() };
        let rule = |id: &str, prefix: &str, at| ExpiryRule {
            id: id.to_owned(),
            prefix: prefix.to_owned(),
            at,
            sizes: (None, None),
        };
        let rules = [
            rule("late", "", Expiry::Days(365)),
            rule("soon", "backup/", Expiry::Days(30)),
            rule("logs", "logs/", Expiry::Days(1)),
            rule("day", "", Expiry::Date("2027-01-01".to_owned())),
        ];
        let seen = judged("c".to_owned(), &object, None, &rules);
        assert_eq!((seen.level, seen.line.code), (Level::Warn, LineCode::CheckExpiryDays));
        let told = ["days", "rule", "keys"].map(|fact| seen.line.facts[fact].clone());
        assert_eq!(told, ["30", "soon", "backup/*"]);
        let dated = judged("c".to_owned(), &object, None, &rules[3..]);
        assert_eq!((dated.level, dated.line.code), (Level::Warn, LineCode::CheckExpiryDate));
        assert_eq!(judged("c".to_owned(), &object, None, &rules[2..3]).level, Level::Pass);
    }
}
