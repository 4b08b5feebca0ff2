//! Backups of a console: list, make, watch, delete, export and import their records. Data is another matter (storage).

use super::client::{Console, Scope};
use super::envelope::{Answer, Envelope};
use super::error::{ConsoleError, Refusal};
use super::lenient;
use super::request::{Body, Call, Wait};
use crate::ctx::Ctx;
use crate::ids::{AppId, BackupId};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

/// "Cloud" or "local", as the console calls it; where the package really is depends on the era (era.rs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum BackupMode {
    Online,
    Offline,
}

impl BackupMode {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Online => "full-online",
            Self::Offline => "full-offline",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BackupState {
    Starting,
    Success,
    Failed,
    /// A word we do not know.
    Other,
}

/// One row of `groupapp_backup` (protocol.md §4.1).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct BackupRecord {
    pub backup_id: BackupId,
    #[serde(rename = "ID", default, deserialize_with = "lenient::whole")]
    pub id: i64,
    #[serde(default, deserialize_with = "lenient::whole")]
    pub group_id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub group_uuid: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub event_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub version: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub team_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub user: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub region: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub note: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub mode: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub source_dir: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub source_type: String,
    /// Bytes of the package; 0 until it is done.
    #[serde(default, deserialize_with = "lenient::size")]
    pub backup_size: u64,
    /// Local time of the console, without a zone.
    #[serde(default, deserialize_with = "lenient::text")]
    pub create_time: String,
    /// MB.
    #[serde(default, deserialize_with = "lenient::whole")]
    pub total_memory: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub backup_server_info: String,
    /// Only in a team's list: the app's name, and whether the app is gone.
    #[serde(default, deserialize_with = "lenient::some_text")]
    pub group_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    pub is_delete: bool,
}

impl BackupRecord {
    pub(crate) fn state(&self) -> BackupState {
        match self.status.as_str() {
            "starting" => BackupState::Starting,
            "success" => BackupState::Success,
            "failed" => BackupState::Failed,
            _ => BackupState::Other,
        }
    }

    /// `None`: a mode we do not know.
    pub(crate) fn backup_mode(&self) -> Option<BackupMode> {
        match self.mode.as_str() {
            "full-online" => Some(BackupMode::Online),
            "full-offline" => Some(BackupMode::Offline),
            _ => None,
        }
    }

    pub(crate) fn app(&self) -> AppId {
        AppId(self.group_id)
    }

    /// The package's file name in every store (protocol.md §4.1); none while the backup runs.
    pub(crate) fn package_name(&self) -> Option<&str> {
        self.source_dir.rsplit('/').next().filter(|name| name.ends_with(".zip"))
    }

    /// Which backup this is whatever its id: imports get new ids (recording 620).
    pub(crate) fn fingerprint(&self) -> (&str, &str) {
        (&self.version, &self.source_dir)
    }
}

/// Whether to pass over running databases and foreign volumes (recordings 530, 531).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BackupForce {
    No,
    /// A hot copy, possibly inconsistent.
    Yes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewBackup {
    /// The console wants one (recording 500).
    pub note: String,
    pub mode: BackupMode,
    pub force: BackupForce,
}

impl Console {
    /// All backups of a team in a region, those of deleted apps too. States are as last seen by anyone.
    pub(crate) async fn team_backups(&self, ctx: &Ctx, scope: &Scope) -> Result<Vec<BackupRecord>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "all", "groupapp", "backup"];
        self.pages(ctx, &Call::get("list the backups", &path).within(scope), Envelope::rows_as).await
    }

    /// Backups of one app.
    pub(crate) async fn app_backups(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
    ) -> Result<Vec<BackupRecord>, ConsoleError> {
        let call = self.app_backups_call(scope, app);
        self.pages(ctx, &call, Envelope::rows_as).await
    }

    /// Whether cloud backups can be made: told to everyone, unlike the settings themselves (protocol.md §3.1).
    pub(crate) async fn is_storage_set(&self, ctx: &Ctx, scope: &Scope, app: AppId) -> Result<bool, ConsoleError> {
        let call = self.app_backups_call(scope, app).query("page", &1).query("page_size", &1);
        let envelope = self.ask(ctx, call).await?;
        Ok(envelope.bean.get("is_configed").and_then(Value::as_bool).unwrap_or(false))
    }

    fn app_backups_call(&self, scope: &Scope, app: AppId) -> Call {
        let path = ["teams", scope.team.as_str(), "groupapp", "backup"];
        Call::get("list the app's backups", &path).within(scope).query("group_id", &app)
    }

    /// Starts a backup. Not to be sent again blindly: after a timeout the cluster may be at work (protocol.md §4.2).
    pub(crate) async fn create_backup(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        backup: &NewBackup,
    ) -> Result<BackupRecord, ConsoleError> {
        let force = backup.force == BackupForce::Yes;
        let body = json!({ "note": backup.note, "mode": backup.mode.as_str(), "force": force });
        let call = Call::post(
            self.pen()?,
            "back up the app",
            &["teams", scope.team.as_str(), "groupapp", &app.to_string(), "backup"],
            body,
        )
        .within(scope)
        .wait(Wait::Long);
        let envelope = self.ask(ctx, call).await.map_err(|error| match error {
            ConsoleError::Refused(refusal) if refusal.status == 409 => ConsoleError::BackupBusy(refusal),
            other => other,
        })?;
        envelope.bean_as()
    }

    /// One backup, and how far it is: the only call that makes the console look (recordings 511, 516).
    pub(crate) async fn backup(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        backup: &BackupId,
    ) -> Result<BackupRecord, ConsoleError> {
        let call =
            Call::get("read the backup", &["teams", scope.team.as_str(), "groupapp", &app.to_string(), "backup"])
                .within(scope);
        self.ask(ctx, call.query("backup_id", backup)).await?.bean_as()
    }

    /// Deletes the record and looks whether it is gone: v5.17.3 says yes to a running one and keeps it (v5.17.3 513).
    /// The package in the object storage stays, in every era.
    pub(crate) async fn delete_backup(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        backup: &BackupId,
    ) -> Result<(), ConsoleError> {
        let act = "delete the backup";
        let body = json!({ "backup_id": backup });
        let call = Call::delete(
            self.pen()?,
            act,
            &["teams", scope.team.as_str(), "groupapp", &app.to_string(), "backup"],
            body,
        )
        .within(scope)
        .wait(Wait::Long);
        self.ask(ctx, call).await.map_err(|error| match error {
            ConsoleError::Refused(refusal) if refusal.status == 409 => ConsoleError::BackupBusy(refusal),
            other => other,
        })?;
        match self.backup(ctx, scope, app, backup).await {
            Err(ConsoleError::NotFound(_)) => Ok(()),
            Ok(_) => Err(ConsoleError::NothingDone { act }),
            Err(error) => Err(error),
        }
    }

    /// The ticket as the console writes it. `app` may be any app of the team (protocol.md §5).
    pub(crate) async fn export_backup(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        backup: &BackupId,
    ) -> Result<Bytes, ConsoleError> {
        let act = "export the backup";
        let path = ["teams", scope.team.as_str(), "groupapp", &app.to_string(), "backup", "export"];
        let call = Call::get(act, &path).within(scope).query("backup_id", backup);
        match self.answer(ctx, call).await {
            Ok(Answer::File(bytes)) => Ok(bytes),
            Ok(Answer::Json(_) | Answer::Empty) => Err(ConsoleError::BadAnswer { act, status: 200, why: "no file" }),
            Err(ConsoleError::Refused(refusal)) if refusal.status == 409 => Err(ConsoleError::NotExportable(refusal)),
            Err(error) => Err(error),
        }
    }

    /// Hands a ticket in. Decode it first: what the console cannot decode is an empty 500 (recordings 610-613).
    ///
    /// Importing twice succeeds twice (recording 620): look for the fingerprint before.
    pub(crate) async fn import_backup(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        ticket: Bytes,
    ) -> Result<BackupRecord, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groupapp", &app.to_string(), "backup", "import"];
        let mut call = Call::writing(self.pen()?, "import the backup", reqwest::Method::POST, &path)
            .within(scope)
            .wait(Wait::Long);
        call.body = Body::File { texts: Vec::new(), name: "backup.bak".to_owned(), bytes: ticket };
        let envelope = self.ask(ctx, call).await.map_err(|error| match error {
            ConsoleError::Refused(refusal) => judge_import(refusal),
            other => other,
        })?;
        envelope.bean_as()
    }
}

fn judge_import(refusal: Refusal) -> ConsoleError {
    match refusal.status {
        409 => ConsoleError::TargetNotEmpty(refusal),
        412 => ConsoleError::AlreadyImported(refusal),
        500 => ConsoleError::TicketRefused(refusal),
        _ => ConsoleError::Refused(refusal),
    }
}
