//! The platform's own restore: start it, poll it, find it again. Watching and judging is the engine's.
//!
//! Rules that hold here (protocol.md §8.3): nobody but the poll saves what was restored, so somebody must poll; one poll at
//! a time; through the source's team and region. `failed` means that saving failed; a failure in the cluster stays
//! `starting` for ever. Nothing here resends a start: the resume of the web page starts a second restore (B-13).

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait};
use crate::ctx::Ctx;
use crate::ids::{AppId, BackupId};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestoreKind {
    /// Into the backup's own app where that is empty, else beside it (protocol.md §8.2).
    Recover,
    /// Always a new app.
    Migrate,
}

impl RestoreKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Recover => "recover",
            Self::Migrate => "migrate",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestoreState {
    Starting,
    Success,
    Failed,
    Other,
}

/// What to restore, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RestoreTarget {
    pub backup: BackupId,
    pub kind: RestoreKind,
    pub to: Scope,
}

/// A restore as the console keeps it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct RestoreRecord {
    /// What to poll with.
    pub restore_id: String,
    /// The app that everything lands in.
    #[serde(deserialize_with = "lenient::id")]
    group_id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
    /// Another one than was asked for, where the record was copied (recording 729).
    #[serde(default, deserialize_with = "lenient::text")]
    pub backup_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub group_uuid: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub event_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub version: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub migrate_team: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub migrate_region: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub migrate_type: String,
    #[serde(default, deserialize_with = "lenient::whole")]
    pub original_group_id: i64,
}

impl RestoreRecord {
    pub(crate) fn app(&self) -> AppId {
        AppId(self.group_id)
    }

    pub(crate) fn state(&self) -> RestoreState {
        match self.status.as_str() {
            "starting" => RestoreState::Starting,
            "success" => RestoreState::Success,
            "failed" => RestoreState::Failed,
            _ => RestoreState::Other,
        }
    }
}

/// A restore that is not known to have ended (recording 703).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Unfinished {
    #[serde(deserialize_with = "lenient::text")]
    pub restore_id: String,
    #[serde(deserialize_with = "lenient::text")]
    pub backup_id: String,
    #[serde(deserialize_with = "lenient::text")]
    pub status: String,
    #[serde(deserialize_with = "lenient::whole")]
    pub group_id: i64,
}

impl Console {
    /// Starts a restore of a backup that `source` owns. `app` is any app of `source` (it must exist from v6.3.0 on).
    ///
    /// Makes its target app at once and leaves it there when things go wrong (recorded/README.md 33).
    pub(crate) async fn start_restore(
        &self,
        ctx: &Ctx,
        source: &Scope,
        app: AppId,
        target: &RestoreTarget,
    ) -> Result<RestoreRecord, ConsoleError> {
        let body = json!({
            "team": target.to.team,
            "region": target.to.region,
            "backup_id": target.backup,
            "migrate_type": target.kind.as_str(),
        });
        let path = ["teams", source.team.as_str(), "groupapp", &app.to_string(), "migrate"];
        let call = Call::post(self.pen()?, "start the restore", &path, body).within(source).wait(Wait::Long);
        let envelope = self.ask(ctx, call).await.map_err(|error| match error {
            ConsoleError::Refused(refusal) if refusal.status == 412 => ConsoleError::RegionNotOpen(refusal),
            other => other,
        })?;
        envelope.bean_as()
    }

    /// Asks how a restore is; the first poll that sees it done saves it and may take minutes.
    pub(crate) async fn poll_restore(
        &self,
        ctx: &Ctx,
        source: &Scope,
        app: AppId,
        restore_id: &str,
    ) -> Result<RestoreRecord, ConsoleError> {
        let path = ["teams", source.team.as_str(), "groupapp", &app.to_string(), "migrate"];
        let call = Call::get("read the restore's state", &path).within(source).query("restore_id", restore_id);
        self.ask(ctx, call.wait(Wait::Restore)).await?.bean_as()
    }

    /// The unfinished restore of a backup's `group_uuid`, to find one again after a crash (protocol.md §8.4).
    pub(crate) async fn unfinished_restore(
        &self,
        ctx: &Ctx,
        source: &Scope,
        app: AppId,
        group_uuid: &str,
    ) -> Result<Option<Unfinished>, ConsoleError> {
        let path = ["teams", source.team.as_str(), "groupapp", &app.to_string(), "migrate", "record"];
        let call = Call::get("look for a restore", &path).within(source).query("group_uuid", group_uuid);
        let envelope = self.ask(ctx, call).await?;
        match envelope.bean.get("data") {
            None | Some(Value::Null) => Ok(None),
            Some(data) => envelope.typed(data).map(Some),
        }
    }

    /// Deletes the app a restore came from, with its components, at once.
    ///
    /// `restored` goes as a number: the app's own id as text deletes the very app (recording 1310).
    pub(crate) async fn delete_original(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        original: AppId,
        restored: AppId,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groupapp", &original.to_string(), "delete"];
        let body = json!({ "new_group_id": restored.0 });
        let call = Call::delete(self.pen()?, "delete the original app", &path, body).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }
}
