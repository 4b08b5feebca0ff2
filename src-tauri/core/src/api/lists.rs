//! All backups of a team or a cluster, those of deleted apps too; where one's package really is; and its deletion, with the
//! truth about what stays.

use super::{BackupView, Core};
use crate::engine::pointers::{self, Located, Seen};
use crate::engine::{DataSign, removal};
use crate::ids::{AppId, BackupId, ClusterId, TeamName};
use crate::line::Line;
use crate::problem::{Code, Problem};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::PoisonError;

/// One team of a cluster, or all that this user is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BackupsRequest {
    pub cluster: ClusterId,
    pub team: Option<TeamName>,
}

/// A backup with where it belongs: everything a list is searched, sorted and filtered by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BackupRow {
    pub cluster: ClusterId,
    pub cluster_name: String,
    pub team: TeamName,
    pub team_alias: String,
    pub backup: BackupView,
    /// The app is gone; its backup is not.
    pub app_deleted: bool,
    /// Known once the package was looked into (`inspect`, or a plan).
    pub data: DataSign,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BackupsView {
    /// Newest first.
    pub rows: Vec<BackupRow>,
    /// Teams whose backups could not be listed.
    pub problems: Vec<Problem>,
    #[cfg_attr(test, ts(type = "string"))]
    pub loaded_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BackupRef {
    pub cluster: ClusterId,
    pub team: TeamName,
    pub backup: BackupId,
}

/// An object that was seen in a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ObjectView {
    pub bucket: String,
    pub key: String,
    #[cfg_attr(test, ts(type = "number"))]
    pub size_bytes: u64,
    /// One of the two metadata files that v6 leaves beside a package.
    pub is_metadata: bool,
}

/// Where a backup's package is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BackupPlaceView {
    pub backup: BackupRef,
    pub version: String,
    pub endpoint: String,
    /// Where a restore looks now; none where the package lies in no store.
    pub bucket: Option<String>,
    pub key: Option<String>,
    /// What is there: the package first, then what lies beside it.
    pub objects: Vec<ObjectView>,
    /// The package at places where no restore looks: the console's setting changed since.
    pub elsewhere: Vec<ObjectView>,
    /// Why there is no place, or why it could not be looked at.
    pub problem: Option<Problem>,
}

/// What a deletion would do. Nothing has happened yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RemovalView {
    pub place: BackupPlaceView,
    pub app_id: AppId,
    /// Why the record cannot be deleted; none: it can.
    pub problem: Option<Problem>,
    /// What the platform leaves in the store.
    pub stays: Vec<Line>,
    /// Who needs the objects; empty: nobody, and they may be deleted with the record.
    pub holders: Vec<Line>,
    pub can_delete_objects: bool,
    /// What must be typed first: the cluster's name, for production.
    pub confirm: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RemovalRequest {
    pub backup: BackupRef,
    /// Its objects too: refused where anybody else needs them.
    #[serde(default)]
    pub objects: bool,
    #[serde(default)]
    pub confirm: String,
}

/// What a deletion did, as it was found afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RemovedView {
    pub gone: Vec<Line>,
    pub stays: Vec<Line>,
    /// Objects that could not be deleted.
    pub problems: Vec<Problem>,
}

impl Core {
    pub async fn list_backups(&self, request: BackupsRequest) -> Result<BackupsView, Problem> {
        let ctx = self.ctx();
        let cluster = self.engine.links.cluster(&ctx, &request.cluster).await?;
        let open = |team: &&crate::console::Team| team.regions.iter().any(|open| open.name == cluster.region);
        let teams = cluster.known.me.teams.iter().filter(open).map(|team| team.name.clone());
        let teams: Vec<TeamName> = match &request.team {
            Some(team) => vec![team.clone()],
            None => teams.collect(),
        };
        let mut view =
            BackupsView { rows: Vec::new(), problems: Vec::new(), loaded_at: self.engine.host.clock().now() };
        for team in teams {
            let scope = cluster.scope(&team);
            match cluster.console.team_backups(&ctx, &scope).await {
                Err(error) => view.problems.push(Problem::from(error).fact("team", cluster.team_alias(&team))),
                Ok(rows) => {
                    for row in self.refreshed(&cluster, &scope, rows).await {
                        view.rows.push(self.backup_row(&cluster, &team, row));
                    }
                }
            }
        }
        view.rows.sort_by(|a, b| b.backup.version.cmp(&a.backup.version));
        Ok(view)
    }

    fn backup_row(
        &self,
        cluster: &crate::engine::links::Cluster,
        team: &TeamName,
        row: crate::console::BackupRecord,
    ) -> BackupRow {
        let (app_deleted, app_name) = (row.is_delete, super::columns::gone_name(&row));
        let backup = BackupView { app_name, ..super::columns::backup_view(row) };
        let signs = self.engine.signs.lock().unwrap_or_else(PoisonError::into_inner);
        let data = signs.get(&(cluster.id.clone(), backup.id.clone())).copied().unwrap_or(DataSign::Unknown);
        BackupRow {
            cluster: cluster.id.clone(),
            cluster_name: cluster.name(),
            team: team.clone(),
            team_alias: cluster.team_alias(team),
            backup,
            app_deleted,
            data,
        }
    }

    pub async fn locate_backup(&self, backup: BackupRef) -> Result<BackupPlaceView, Problem> {
        let located = self.located(&backup).await?;
        Ok(place_view(backup, &located))
    }

    /// Looks at what a deletion would do.
    pub async fn plan_removal(&self, backup: BackupRef) -> Result<RemovalView, Problem> {
        let located = self.located(&backup).await?;
        let holders = match located.seen.is_empty() && located.elsewhere.is_empty() {
            true => Vec::new(),
            false => pointers::held(&self.engine, &self.ctx(), &located).await?,
        };
        Ok(RemovalView {
            app_id: located.record.app(),
            problem: removal::refused(&located.cluster, &backup.team, &located.record),
            stays: removal::stays(&located),
            can_delete_objects: holders.is_empty() && !(located.seen.is_empty() && located.elsewhere.is_empty()),
            holders,
            confirm: removal::confirm(&located.cluster),
            place: place_view(backup, &located),
        })
    }

    /// Deletes the record, and its objects where that was asked for and nobody else needs them.
    pub async fn delete_backup(&self, request: RemovalRequest) -> Result<RemovedView, Problem> {
        let located = self.located(&request.backup).await?;
        if let Some(name) = removal::confirm(&located.cluster).filter(|name| *name != request.confirm.trim()) {
            return Err(Problem::new(
                Code::NotConfirmed,
                format!("{name} is production: its name must be typed to confirm"),
            )
            .hint("Type the cluster's name; on the command line, say it with --confirm"));
        }
        let removed =
            removal::remove(&self.engine, &self.ctx(), &request.backup.team, &located, request.objects).await?;
        Ok(RemovedView { gone: removed.gone, stays: removed.stays, problems: removed.problems })
    }

    async fn located(&self, backup: &BackupRef) -> Result<Located, Problem> {
        pointers::locate(&self.engine, &self.ctx(), &backup.cluster, &backup.team, &backup.backup).await
    }
}

fn place_view(backup: BackupRef, located: &Located) -> BackupPlaceView {
    let view = |seen: &Seen| ObjectView {
        bucket: seen.bucket.clone(),
        key: seen.key.clone(),
        size_bytes: seen.size_bytes,
        is_metadata: seen.is_metadata,
    };
    let place = located.place.as_ref().ok();
    BackupPlaceView {
        backup,
        version: located.record.version.clone(),
        endpoint: located.endpoint.clone(),
        bucket: place.map(|place| place.bucket.clone()),
        key: place.map(|place| place.key.clone()),
        objects: located.seen.iter().map(view).collect(),
        elsewhere: located.elsewhere.iter().map(view).collect(),
        problem: located.place.as_ref().err().or(located.unseen.as_ref()).cloned(),
    }
}
