//! What comes around a move: plans for several apps at once, the platform's own ticket as a file, the page of an app in its
//! console, and the deletion of what a copy replaced.

use super::{AppState, BackupRef, Core, FileView, JobView, PlanOptions, PlanRequest, PlanSource, PlanTarget, PlanView};
use crate::engine::{original, ticket_file};
use crate::ids::{AppId, ClusterId, JobId, TeamName};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// Apps of one team to be backed up; none named: all that have components.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SelectionRequest {
    pub cluster: ClusterId,
    pub team: TeamName,
    pub apps: Vec<AppId>,
    #[serde(default)]
    pub options: PlanOptions,
}

/// One app of a selection: its plan, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SelectionRow {
    pub app: AppId,
    pub plan: Option<PlanView>,
    pub problem: Option<Problem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TicketRequest {
    pub backup: BackupRef,
    /// The folder to write to; the library if left out.
    pub folder: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AppRef {
    pub cluster: ClusterId,
    pub team: TeamName,
    pub app: AppId,
}

/// The page of an app, and whether a browser was asked to show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AppPageView {
    pub url: String,
    pub opened: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeleteOriginalRequest {
    pub job: JobId,
    /// The original app's name, as typed.
    pub confirm: String,
}

impl Core {
    /// One plan for each app. Start them as they please: the core asks each region for one backup at a time.
    pub async fn plan_selection(&self, request: SelectionRequest) -> Result<Vec<SelectionRow>, Problem> {
        let apps = match request.apps.is_empty() {
            false => request.apps,
            true => {
                let column = super::ColumnRequest { cluster: request.cluster.clone(), team: request.team.clone() };
                let apps = self.load_column(column).await?.apps;
                let holds = |state: AppState| !matches!(state, AppState::Empty | AppState::Deleted);
                apps.into_iter().filter(|app| holds(app.state)).map(|app| app.id).collect()
            }
        };
        let mut rows = Vec::new();
        for app in apps {
            let source = PlanSource::App { cluster: request.cluster.clone(), team: request.team.clone(), app };
            let wanted = PlanRequest { source, target: PlanTarget::Backup, options: request.options.clone() };
            let (plan, problem) = match self.make_plan(wanted).await {
                Ok(plan) => (Some(plan), None),
                Err(problem) => (None, Some(problem)),
            };
            rows.push(SelectionRow { app, plan, problem });
        }
        Ok(rows)
    }

    /// Writes the official `.bak` of a backup to disk.
    pub async fn export_ticket(&self, request: TicketRequest) -> Result<FileView, Problem> {
        let at = &request.backup;
        let folder = request.folder.as_deref();
        let path = ticket_file::write(&self.engine, &self.ctx(), &at.cluster, &at.team, &at.backup, folder).await?;
        self.inspect_file(path.display().to_string()).await
    }

    /// Shows an app in its console, where this host has a browser to lend.
    pub async fn open_app(&self, request: AppRef) -> Result<AppPageView, Problem> {
        let cluster = self.engine.links.cluster(&self.ctx(), &request.cluster).await?;
        let url = cluster.app_url(&request.team, request.app);
        let opened = match self.engine.host.desktop() {
            Some(desktop) => {
                desktop.open_url(&url)?;
                true
            }
            None => false,
        };
        Ok(AppPageView { url, opened })
    }

    /// Deletes the app a restore came from: by its typed name, and only if the copy is whole and runs.
    pub async fn delete_original(&self, request: DeleteOriginalRequest) -> Result<JobView, Problem> {
        original::delete(&self.engine, &self.ctx(), &request.job, &request.confirm).await?;
        self.get_job(request.job).await
    }
}
