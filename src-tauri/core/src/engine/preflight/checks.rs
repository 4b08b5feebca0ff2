//! The checks of a plan. Each looks at one thing and says what it saw; none acts.

use crate::bak::TicketRecord;
use crate::console::{App, ComponentState};
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level};
use crate::ids::{AppId, TeamName};
use crate::line::{Line, LineCode};
use crate::place::Environment;
use crate::problem::Problem;

pub(crate) fn check<const N: usize>(
    id: CheckId,
    level: Level,
    code: LineCode,
    facts: [(&str, String); N],
) -> CheckView {
    CheckView { id, level, line: Line::new(code, facts), fix: None }
}

pub(crate) fn login(cluster: &Cluster) -> CheckView {
    check(CheckId::Login, Level::Pass, LineCode::CheckLoginPass, [("cluster", cluster.name())])
}

/// The console itself holds nobody to the rights it lists (recordings 1210-1223), so this does.
pub(crate) fn rights(
    cluster: &Cluster,
    team: &TeamName,
    app: Option<AppId>,
    may: impl Fn(&crate::console::BackupRight) -> bool,
) -> CheckView {
    let me = &cluster.known.me;
    let row = me.teams.iter().find(|row| row.name == *team);
    let allowed = me.is_enterprise_admin
        || row.is_some_and(|row| {
            row.is_team_owner || app.and_then(|app| row.rights.of(app)).is_none_or(|right| may(&right))
        });
    let alias = cluster.team_alias(team);
    match allowed {
        true => check(
            CheckId::Rights,
            Level::Pass,
            LineCode::CheckRightsPass,
            [("user", me.user_name.clone()), ("team", alias)],
        ),
        false => check(
            CheckId::Rights,
            Level::Block,
            LineCode::CheckRightsBlock,
            [("user", me.user_name.clone()), ("team", alias)],
        ),
    }
}

pub(crate) fn read_only(cluster: &Cluster) -> Option<CheckView> {
    let facts = [("cluster", cluster.name())];
    cluster.profile.read_only.then(|| check(CheckId::ReadOnly, Level::Block, LineCode::CheckReadOnlyBlock, facts))
}

/// A version that cannot do what is asked, with the reason.
pub(crate) fn era_block(cluster: &Cluster, why: LineCode) -> CheckView {
    let facts = [("cluster", cluster.name()), ("version", cluster.version()), ("reason", Line::new(why, []).message)];
    check(CheckId::Era, Level::Block, LineCode::CheckEraBlock, facts)
}

pub(crate) fn production(target: &Cluster) -> CheckView {
    let facts = [("cluster", target.name())];
    match target.profile.environment {
        Environment::Production => check(CheckId::Production, Level::Warn, LineCode::CheckProductionWarn, facts),
        Environment::Staging | Environment::Test => {
            check(CheckId::Production, Level::Pass, LineCode::CheckProductionPass, facts)
        }
    }
}

/// The store a restore will read from: does it answer, and let us in?
pub(crate) async fn store(id: CheckId, cluster: &Cluster, bucket: &str) -> CheckView {
    let tried = async { Ok::<_, Problem>(cluster.store(bucket).await?.check().await?) };
    let facts = |name: String| [("cluster", name)];
    match tried.await {
        Ok(()) => check(id, Level::Pass, LineCode::CheckStorePass, facts(cluster.name())),
        Err(problem) if problem.code == crate::problem::Code::StoreMissing => {
            check(id, Level::Block, LineCode::CheckStoreMissing, facts(cluster.name()))
        }
        Err(problem) => {
            let reason = ("reason", problem.message);
            check(id, Level::Block, LineCode::CheckStoreBlock, [("cluster", cluster.name()), reason])
        }
    }
}

pub(crate) fn backup_finished(status: &str) -> Option<CheckView> {
    let facts = [("status", status.to_owned())];
    (status != "success").then(|| check(CheckId::Backup, Level::Block, LineCode::CheckBackupBlock, facts))
}

/// There, and of the size that the record says.
pub(crate) fn package_size(found: u64, record: &TicketRecord) -> CheckView {
    let recorded = record.backup_size;
    if found == recorded {
        return check(CheckId::Package, Level::Pass, LineCode::CheckPackagePass, [("bytes", found.to_string())]);
    }
    let facts = [("found", found.to_string()), ("recorded", recorded.to_string())];
    check(CheckId::Package, Level::Block, LineCode::CheckPackageSize, facts)
}

/// The name an app arrives under: as asked for, or the next one that is free.
pub(crate) fn arrival_name(wanted: &str, apps: &[App], team: &str) -> (String, CheckView) {
    let taken = |name: &str| apps.iter().any(|app| app.name == name);
    let wanted = plain_name(wanted);
    if !taken(&wanted) {
        let facts = [("app", wanted.clone()), ("team", team.to_owned())];
        return (wanted, check(CheckId::TargetEmpty, Level::Pass, LineCode::CheckTargetEmptyPass, facts));
    }
    let name = (2..).map(|number| format!("{wanted}-{number}")).find(|name| !taken(name)).unwrap_or_default();
    let facts = [("team", team.to_owned()), ("app", wanted), ("name", name.clone())];
    (name, check(CheckId::Name, Level::Warn, LineCode::CheckNameTakenWarn, facts))
}

/// Only what a console takes in an app's name (protocol.md §2.2): letters, digits, `_.-` and Chinese.
fn plain_name(wanted: &str) -> String {
    let fits =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-') || ('\u{4e00}'..='\u{9fa5}').contains(&c);
    let name: String = wanted.chars().map(|c| if fits(c) { c } else { '-' }).take(120).collect();
    if name.is_empty() { "app".to_owned() } else { name }
}

/// An existing app as target must hold nothing.
pub(crate) async fn target_app(
    ctx: &Ctx,
    target: &Cluster,
    team: &TeamName,
    app: AppId,
    name: &str,
) -> Result<CheckView, Problem> {
    let components = target.console.components(ctx, &target.scope(team), app).await?;
    let facts = [("app", name.to_owned()), ("team", target.team_alias(team))];
    if components.is_empty() {
        return Ok(check(CheckId::TargetEmpty, Level::Pass, LineCode::CheckTargetExistsPass, facts));
    }
    let [app, team] = facts;
    let count = ("count", components.len().to_string());
    Ok(check(CheckId::TargetEmpty, Level::Block, LineCode::CheckTargetEmptyBlock, [app, team, count]))
}

/// Running components of an app that hold data.
pub(crate) async fn running_stateful(
    ctx: &Ctx,
    cluster: &Cluster,
    team: &TeamName,
    app: AppId,
) -> Result<Vec<crate::jobs::request::ComponentRef>, Problem> {
    let scope = cluster.scope(team);
    let mut running = Vec::new();
    for component in cluster.console.components(ctx, &scope, app).await? {
        if component.state() == ComponentState::Stopped {
            continue;
        }
        let detail = cluster.console.component_detail(ctx, &scope, &component.service_alias).await?;
        if detail.is_stateful() {
            running.push(crate::jobs::request::ComponentRef {
                id: component.service_id,
                alias: component.service_alias,
                name: component.service_cname,
            });
        }
    }
    Ok(running)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_the_next_free_number() {
        let app = |name: &str| {
            serde_json::from_value::<App>(serde_json::json!({ "group_id": 1, "group_name": name })).unwrap()
        };
        let (name, check) = arrival_name("wiki", &[app("wiki"), app("wiki-2")], "ops");
        assert_eq!((name.as_str(), check.level), ("wiki-3", Level::Warn));
        let (name, check) = arrival_name("商城 v2/测试", &[], "ops");
        assert_eq!((name.as_str(), check.level), ("商城-v2-测试", Level::Pass));
    }
}
