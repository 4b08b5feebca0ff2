//! `console/cluster/team/app@version`: what is unambiguous may be left out. Resolved against what the consoles say now.

use crate::passphrases;
use rainferry_core::api::{
    AppView, BackupStatus, BackupView, ClusterView, ColumnRequest, ConsoleView, Core, PlanSource, TeamView,
};
use rainferry_core::{Code, ConsoleId, Problem};
use std::path::Path;

/// A team of a cluster.
#[derive(Clone, Debug)]
pub(crate) struct TeamAt {
    pub cluster: ClusterView,
    pub team: TeamView,
}

impl TeamAt {
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.cluster.name, self.team.alias)
    }

    pub(crate) fn request(&self) -> ColumnRequest {
        ColumnRequest { cluster: self.cluster.id.clone(), team: self.team.name.clone() }
    }
}

/// All consoles, logged in; those that fail keep their problem.
pub(crate) async fn consoles(core: &Core) -> Result<Vec<ConsoleView>, Problem> {
    let mut views = Vec::new();
    for console in core.list_consoles(()).await? {
        views.push(core.refresh_console(console.id).await?);
    }
    Ok(views)
}

pub(crate) async fn console(core: &Core, name: &str) -> Result<ConsoleId, Problem> {
    let found = core.list_consoles(()).await?.into_iter().filter(|view| view.name == name || view.id.as_str() == name);
    one(found.map(|view| view.id).collect(), "console", name)
}

/// Every team whose console, cluster and team fit the words that were given, in that order.
pub(crate) async fn teams(core: &Core, words: &[&str]) -> Result<Vec<TeamAt>, Problem> {
    let mut found = Vec::new();
    let mut failed = Vec::new();
    for console in consoles(core).await? {
        if let rainferry_core::api::ConsoleState::Failed { problem } = &console.state {
            failed.push((console.name.clone(), problem.clone()));
        }
        for cluster in &console.clusters {
            for team in &cluster.teams {
                if fits(words, &console, cluster, team) {
                    found.push(TeamAt { cluster: cluster.clone(), team: team.clone() });
                }
            }
        }
    }
    match failed.into_iter().find(|(name, _)| words.contains(&name.as_str())) {
        Some((_, problem)) if found.is_empty() => Err(problem),
        _ => Ok(found),
    }
}

/// The words name console, cluster and team in order; any may be missing.
fn fits(words: &[&str], console: &ConsoleView, cluster: &ClusterView, team: &TeamView) -> bool {
    let levels: [&[&str]; 3] =
        [&[&console.name, console.id.as_str()], &[&cluster.name, &cluster.region], &[&team.alias, team.name.as_str()]];
    let mut level = 0;
    words.iter().all(|word| {
        let hit = levels.iter().skip(level).position(|names| names.contains(word));
        hit.is_some_and(|skipped| {
            level += skipped + 1;
            true
        })
    })
}

pub(crate) async fn team(core: &Core, text: &str) -> Result<TeamAt, Problem> {
    let words: Vec<&str> = text.split('/').filter(|word| !word.is_empty()).collect();
    let found = teams(core, &words).await?;
    if found.len() > 1 {
        return Err(ambiguous("team", text, found.iter().map(TeamAt::name)));
    }
    one(found, "team", text)
}

/// An app in a team.
pub(crate) async fn app(core: &Core, text: &str) -> Result<(TeamAt, AppView), Problem> {
    let mut words: Vec<&str> = text.split('/').filter(|word| !word.is_empty()).collect();
    let name = words.pop().ok_or_else(|| Problem::new(Code::BadRequest, "An app is named console/cluster/team/app"))?;
    let mut found = Vec::new();
    for at in teams(core, &words).await? {
        let column = core.load_column(at.request()).await?;
        let apps = column.apps.into_iter().filter(|app| app.name == name || app.id.to_string() == name);
        found.extend(apps.map(|app| (at.clone(), app)));
    }
    if found.len() > 1 {
        return Err(ambiguous("app", text, found.iter().map(|(at, app)| format!("{}/{}", at.name(), app.name))));
    }
    one(found, "app", text)
}

/// A backup: of the version that is named, else the newest that is finished.
pub(crate) async fn backup(core: &Core, text: &str) -> Result<(TeamAt, BackupView), Problem> {
    let (path, version) = match text.rsplit_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (text, None),
    };
    let (at, app) = app(core, path).await?;
    let mut fitting = app.backups.into_iter().filter(|backup| match version {
        Some(version) => backup.version == version || backup.id.as_str() == version,
        None => backup.status == BackupStatus::Ready,
    });
    let found = fitting.next().ok_or_else(|| {
        Problem::new(Code::NotFound, format!("There is no finished backup “{text}”"))
            .hint("See `rainferry-cli backups`")
    })?;
    Ok((at, found))
}

/// A file where there is one by that name, else a backup.
/// An app as it runs.
pub(crate) async fn running(core: &Core, text: &str) -> Result<PlanSource, Problem> {
    let (at, app) = app(core, text).await?;
    Ok(PlanSource::App { cluster: at.cluster.id, team: at.team.name, app: app.id })
}

pub(crate) async fn source(core: &Core, text: &str) -> Result<PlanSource, Problem> {
    let path = Path::new(text);
    if path.is_file() {
        let path = absolute(path)?;
        passphrases::unlock(core, &path).await?;
        return Ok(PlanSource::File { path });
    }
    let (at, backup) = backup(core, text).await?;
    Ok(PlanSource::Backup { cluster: at.cluster.id, team: at.team.name, backup: backup.id })
}

/// One side of a comparison: a file, a backup (`app@version`), or a live app.
pub(crate) async fn side(core: &Core, text: &str) -> Result<PlanSource, Problem> {
    if Path::new(text).is_file() || text.contains('@') {
        return source(core, text).await;
    }
    let (at, app) = app(core, text).await?;
    Ok(PlanSource::App { cluster: at.cluster.id, team: at.team.name, app: app.id })
}

pub(crate) fn absolute(path: &Path) -> Result<String, Problem> {
    std::path::absolute(path).map(|path| path.display().to_string()).map_err(|error| {
        Problem::new(Code::FileFailed, format!("{} is no path of this computer", path.display()))
            .fact("reason", error.to_string())
    })
}

fn one<T>(mut found: Vec<T>, what: &str, text: &str) -> Result<T, Problem> {
    match found.len() {
        1 => found.pop().ok_or_else(|| missing(what, text)),
        0 => Err(missing(what, text)),
        _ => Err(Problem::new(Code::Ambiguous, format!("“{text}” fits more than one {what}"))),
    }
}

fn missing(what: &str, text: &str) -> Problem {
    Problem::new(Code::NotFound, format!("There is no {what} “{text}”")).hint("See `rainferry-cli clusters`")
}

fn ambiguous(what: &str, text: &str, names: impl Iterator<Item = String>) -> Problem {
    Problem::new(Code::Ambiguous, format!("“{text}” fits more than one {what}"))
        .hint(format!("Name one of: {}", names.collect::<Vec<_>>().join(", ")))
}
