//! Deletes a backup's record and, when asked and when nobody else needs them, its objects. The platform deletes the record
//! only (protocol.md B-16), and v5 says yes where it deletes nothing (v5.17.3 recordings 513, 550): what is said here was
//! looked at afterwards.
//!
//! No journal is kept: objects go first and the record last, so that wherever a crash or a refusal cuts in, the record is
//! still there and leads to what is left, and asking once more finishes it.

use crate::console::{BackupRecord, BackupState};
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::links::Cluster;
use crate::engine::pointers::{self, Located, Seen};
use crate::ids::TeamName;
use crate::line::{Line, LineCode};
use crate::place::Environment;
use crate::problem::{Code, Problem, Retry};
use crate::storage::StoreError;

/// What stands between the user and a deletion.
pub(crate) fn refused(cluster: &Cluster, team: &TeamName, record: &BackupRecord) -> Option<Problem> {
    if cluster.profile.read_only {
        return Some(
            Problem::new(Code::ReadOnly, format!("The profile of {} is read-only", cluster.name()))
                .hint("Change the profile first"),
        );
    }
    let me = &cluster.known.me;
    let row = me.teams.iter().find(|row| row.name == *team);
    let may = me.is_enterprise_admin
        || row.is_some_and(|row| row.is_team_owner || row.rights.of(record.app()).is_none_or(|right| right.delete));
    if !may {
        return Some(
            Problem::new(Code::Forbidden, format!("The user {} may not delete backups of this app", me.user_name))
                .hint("Ask an administrator of the team"),
        );
    }
    matches!(record.state(), BackupState::Starting | BackupState::Other).then(|| {
        Problem::new(Code::BackupBusy, "The backup is still being made; no console deletes one that runs")
            .hint("Wait for its end. One that never ends can only be cleared by the cluster's operator (table region_app_backup)")
            .retry(Retry::Later)
    })
}

/// The name to type, in production.
pub(crate) fn confirm(cluster: &Cluster) -> Option<String> {
    (cluster.profile.environment == Environment::Production).then(|| cluster.name())
}

/// What a deletion of the record alone leaves in the store.
pub(crate) fn stays(located: &Located) -> Vec<Line> {
    match (&located.place, &located.unseen) {
        (Err(problem), _) if problem.code == Code::Unsupported => vec![Line::new(LineCode::StaysOnDisk, [])],
        (Err(problem), _) | (Ok(_), Some(problem)) => {
            vec![Line::new(LineCode::StaysUnseen, [("reason", problem.message.clone())])]
        }
        (Ok(_), None) if located.seen.is_empty() && located.elsewhere.is_empty() => {
            vec![Line::new(LineCode::StaysNothing, [])]
        }
        (Ok(_), None) => located.seen.iter().chain(&located.elsewhere).map(stays_line).collect(),
    }
}

fn stays_line(seen: &Seen) -> Line {
    let facts = [("key", seen.key.clone()), ("bucket", seen.bucket.clone()), ("bytes", seen.size_bytes.to_string())];
    Line::new(LineCode::StaysObject, facts)
}

/// What came of it.
#[derive(Default)]
pub(crate) struct Removed {
    pub gone: Vec<Line>,
    pub stays: Vec<Line>,
    pub problems: Vec<Problem>,
}

pub(crate) async fn remove(
    engine: &Engine,
    ctx: &Ctx,
    team: &TeamName,
    located: &Located,
    with_objects: bool,
) -> Result<Removed, Problem> {
    let (cluster, record) = (&located.cluster, &located.record);
    if let Some(problem) = refused(cluster, team, record) {
        return Err(problem);
    }
    // Asked before the record is gone: afterwards nothing leads from the object to its record.
    let held = if with_objects { pointers::held(engine, ctx, located).await? } else { Vec::new() };
    if let Some(holder) = held.first() {
        return Err(Problem::new(Code::PlanBlocked, format!("The object is needed: {}", holder.message))
            .hint("Delete the record alone; the object stays"));
    }
    let mut removed = Removed::default();
    if with_objects {
        remove_objects(located, &mut removed).await;
    } else {
        removed.stays = stays(located);
    }
    if removed.problems.is_empty() {
        let scope = cluster.scope(team);
        match cluster.console.delete_backup(ctx, &scope, record.app(), &record.backup_id).await {
            Ok(()) => removed.gone.insert(0, Line::new(LineCode::GoneRecord, [("version", record.version.clone())])),
            // Nothing happened.
            Err(error) if removed.gone.is_empty() => return Err(error.into()),
            Err(error) => removed.problems.push(error.into()),
        }
    }
    if !removed.problems.is_empty() {
        removed.stays.push(Line::new(LineCode::StaysRecord, [("version", record.version.clone())]));
    }
    engine.tell(crate::engine::Notice::Column(cluster.id.clone()));
    Ok(removed)
}

async fn remove_objects(located: &Located, removed: &mut Removed) {
    // The package last: without it, nobody would look for what lies beside it.
    let (packages, beside): (Vec<&Seen>, Vec<&Seen>) =
        located.seen.iter().chain(&located.elsewhere).partition(|seen| !seen.is_metadata);
    for seen in beside.into_iter().chain(packages) {
        match delete_object(&located.cluster, seen).await {
            Ok(()) => {
                let facts = [("key", seen.key.clone()), ("bucket", seen.bucket.clone())];
                removed.gone.push(Line::new(LineCode::GoneObject, facts));
            }
            Err(problem) => {
                removed.stays.push(stays_line(seen));
                removed.problems.push(problem);
            }
        }
    }
}

/// Gone is what a look no longer finds.
async fn delete_object(cluster: &Cluster, seen: &Seen) -> Result<(), Problem> {
    let store = cluster.store(&seen.bucket).await?;
    store.delete(&seen.key).await?;
    match store.head(&seen.key).await {
        Err(StoreError::NotFound { .. }) => Ok(()),
        Ok(_) => Err(Problem::new(Code::StoreFailed, format!("{} is still there after it was deleted", seen.key))
            .hint("The bucket may keep versions or forbid deletion")),
        Err(error) => Err(error.into()),
    }
}
