//! A component's volumes and config files, and volumes of others that it mounts.

use super::client::{Console, Scope};
use super::envelope::Envelope;
use super::envs::secret_text;
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait, of_component};
use crate::ctx::Ctx;
use crate::secret::Secret;
use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// A volume of a component, or a config file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Volume {
    /// What a mount names.
    #[serde(default, rename = "ID", deserialize_with = "lenient::whole")]
    pub id: i64,
    #[serde(default, rename = "volume_name", deserialize_with = "lenient::text")]
    pub name: String,
    #[serde(default, rename = "volume_path", deserialize_with = "lenient::text")]
    pub path: String,
    /// `share-file`, `local-path`, a storage class, or `config-file`.
    #[serde(default, rename = "volume_type", deserialize_with = "lenient::text")]
    pub kind: String,
    /// GB.
    #[serde(default, rename = "volume_capacity", deserialize_with = "lenient::size")]
    pub capacity: u64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub access_mode: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub host_path: String,
    /// The octal digits read as a number, or a number: stored as it was sent (recordings 1556, 1559).
    #[serde(default, deserialize_with = "some_number")]
    pub mode: Option<i64>,
    /// Of a config file; absent where it is empty (recording 1556).
    #[serde(default, rename = "file_content", deserialize_with = "secret_text")]
    pub content: Secret,
}

fn some_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Ok(Value::deserialize(from)?.as_i64())
}

/// A volume or a config file to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NewVolume {
    Storage { name: String, path: String, kind: String, capacity: u64, access_mode: String },
    Config { name: String, path: String, content: Secret, mode: Option<i64> },
}

impl NewVolume {
    fn body(&self) -> Value {
        match self {
            Self::Storage { name, path, kind, capacity, access_mode } => json!({
                "volume_name": name,
                "volume_type": kind,
                "volume_path": path,
                "volume_capacity": capacity,
                "access_mode": access_mode,
            }),
            Self::Config { name, path, content, mode } => json!({
                "volume_name": name,
                "volume_type": "config-file",
                "volume_path": path,
                "file_content": content.reveal(),
                "mode": mode,
            }),
        }
    }

    fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Storage { .. } => None,
            Self::Config { content, .. } => Some(content),
        }
    }
}

/// A volume of another component, mounted or fit to be.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Mount {
    #[serde(rename = "dep_vol_id", deserialize_with = "lenient::id")]
    pub volume: i64,
    #[serde(default, rename = "dep_vol_name", deserialize_with = "lenient::text")]
    pub volume_name: String,
    /// Where its owner has it.
    #[serde(default, rename = "dep_vol_path", deserialize_with = "lenient::text")]
    pub volume_path: String,
    #[serde(default, rename = "dep_app_alias", deserialize_with = "lenient::text")]
    pub owner_alias: String,
    #[serde(default, rename = "dep_app_name", deserialize_with = "lenient::text")]
    pub owner_name: String,
    /// Where this component sees it; empty while it is only fit to be mounted.
    #[serde(default, rename = "local_vol_path", deserialize_with = "lenient::text")]
    pub path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MountKind {
    Mounted,
    /// Those of stateful components are never offered, but can be mounted by id (recordings 1561, 1562).
    Available,
}

/// A volume, by its id, and where to mount it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewMount {
    pub volume: i64,
    pub path: String,
}

impl Console {
    /// Volumes without config files.
    pub(crate) async fn volumes(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<Vec<Volume>, ConsoleError> {
        self.volume_rows(ctx, scope, alias, "false").await
    }

    pub(crate) async fn config_files(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
    ) -> Result<Vec<Volume>, ConsoleError> {
        self.volume_rows(ctx, scope, alias, "true").await
    }

    async fn volume_rows(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        is_config: &str,
    ) -> Result<Vec<Volume>, ConsoleError> {
        let path = of_component(scope, alias, "volumes");
        let call = Call::get("list the volumes", &path).within(scope).query("is_config", is_config);
        self.ask(ctx, call).await?.rows_as()
    }

    /// Adds one. Paths of fewer than three characters after the slash are refused, as an install drops them silently
    /// (recording 1558, rebuild.md §5.6).
    pub(crate) async fn add_volume(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        volume: &NewVolume,
    ) -> Result<Volume, ConsoleError> {
        let call = Call::post(self.pen()?, "add the volume", &of_component(scope, alias, "volumes"), volume.body());
        let call = call.within(scope).wait(Wait::Long).hiding(volume.secret());
        self.ask(ctx, call).await?.bean_as()
    }

    /// For what a check guessed (rebuild.md §7.1).
    pub(crate) async fn delete_volume(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        volume: i64,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "volumes", &volume.to_string()];
        let call =
            Call::writing(self.pen()?, "delete the volume", Method::DELETE, &path).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }

    /// Volumes of others. An install brings only the first of two from one owner (recording 1560).
    pub(crate) async fn mounts(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        kind: MountKind,
    ) -> Result<Vec<Mount>, ConsoleError> {
        let kind = match kind {
            MountKind::Mounted => "mnt",
            MountKind::Available => "unmnt",
        };
        let call = Call::get("list the mounts", &of_component(scope, alias, "mnt")).within(scope);
        self.pages(ctx, &call.query("type", kind), Envelope::rows_as).await
    }

    /// Mounts volumes of other components. Look before: what is mounted already must not be mounted twice.
    pub(crate) async fn add_mounts(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        mounts: &[NewMount],
    ) -> Result<(), ConsoleError> {
        let rows: Vec<Value> = mounts.iter().map(|mount| json!({ "id": mount.volume, "path": mount.path })).collect();
        // A text of JSON: a real array is a 500 (recordings 1562, 1563).
        let body = json!({ "body": Value::from(rows).to_string() });
        let call = Call::post(self.pen()?, "mount the volumes", &of_component(scope, alias, "mnt"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }
}
