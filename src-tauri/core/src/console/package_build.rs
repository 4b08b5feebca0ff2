//! Images into a cluster's registry, and components made from them (rebuild.md §7.1). No recording shows these calls.

use super::client::{Console, Scope};
use super::envelope::Envelope;
use super::error::ConsoleError;
use super::lenient;
use super::request::{Body, Call, Wait, of_component};
use super::third_party::MadeComponent;
use super::upload::{Outgoing, UploadError, Upstream};
use crate::ctx::Ctx;
use crate::ids::AppId;
use crate::secret::Secret;
use bytes::Bytes;
use futures::Stream;
use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The one part of an upload in one piece (`ui:src/components/…/virtual-machine` and `region:api/controller/app.go`).
const PART: &str = "packageTarFile";
/// Bounds of a chunk's size (`region:api/controller/chunk_upload_manager.go`).
pub(crate) const SMALLEST_CHUNK: u64 = 1024 * 1024;
pub(crate) const LARGEST_CHUNK: u64 = 20 * 1024 * 1024;

/// A place to upload one image to.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct UploadRecord {
    pub event_id: String,
    /// `…/package_build/component/events/{event}`: chunks go below it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub upload_url: String,
}

/// The file to be sent in chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewSession {
    pub file_name: String,
    pub file_size: u64,
    /// Hex; may be empty.
    pub file_md5: String,
    /// 0: the region's own.
    pub chunk_size: u64,
}

/// An upload in chunks. Asking for one with the same event and file name finds it again: that is how one resumes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct UploadSession {
    #[serde(deserialize_with = "lenient::text")]
    pub session_id: String,
    #[serde(deserialize_with = "lenient::size")]
    pub chunk_size: u64,
    #[serde(deserialize_with = "lenient::size")]
    pub total_chunks: u64,
    /// Numbers of those that are there, from 0.
    #[serde(deserialize_with = "lenient::rows")]
    pub uploaded_chunks: Vec<u64>,
    /// `uploading`, `completed` or `failed`.
    #[serde(deserialize_with = "lenient::text")]
    pub status: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LoadState {
    #[default]
    Loading,
    Success,
    PartialSuccess,
    Failure,
    Other,
}

/// How the loading of an image goes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct TarLoad {
    #[serde(rename = "status", deserialize_with = "load_state")]
    pub state: LoadState,
    #[serde(deserialize_with = "lenient::text")]
    pub message: String,
    /// Names inside the file; told at `success` only (`console:views/app_create/source_code.py`).
    #[serde(deserialize_with = "lenient::rows")]
    pub images: Vec<String>,
    /// Those names, and what they are called in the cluster's registry.
    #[serde(rename = "target_images", deserialize_with = "names")]
    pub targets: BTreeMap<String, String>,
}

fn load_state<'de, D: Deserializer<'de>>(from: D) -> Result<LoadState, D::Error> {
    Ok(match lenient::text(from)?.as_str() {
        "loading" => LoadState::Loading,
        "success" => LoadState::Success,
        "partial_success" => LoadState::PartialSuccess,
        "failure" => LoadState::Failure,
        _ => LoadState::Other,
    })
}

fn names<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    let Value::Object(fields) = Value::deserialize(from)? else { return Ok(BTreeMap::new()) };
    Ok(fields.into_iter().filter_map(|(name, to)| Some((name, to.as_str()?.to_owned()))).collect())
}

/// A component to be made from an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewComponent {
    pub app: AppId,
    pub name: String,
    pub k8s_component_name: String,
    pub image: String,
    pub arch: String,
    /// User and password of the image's registry, where it is a private one.
    pub registry: Option<(String, Secret)>,
}

/// What a check found of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CheckState {
    Checking,
    Passed,
    Failed { reasons: Vec<String> },
}

impl Console {
    /// A place for one upload: one file, one image.
    pub(crate) async fn create_upload(&self, ctx: &Ctx, scope: &Scope) -> Result<UploadRecord, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", "package_build", "record"];
        let body = json!({ "region": scope.region, "component_id": "" });
        self.ask(ctx, Call::post(self.pen()?, "prepare an upload", &path, body).within(scope).wait(Wait::Long))
            .await?
            .bean_as()
    }

    /// Sends the file in one request: regions of 6.4.0 know no chunks (rebuild.md §7.1).
    pub(crate) async fn upload_image<S, E>(
        &self,
        ctx: &Ctx,
        to: Upstream<'_>,
        file: Outgoing<S>,
    ) -> Result<(), UploadError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Send + 'static,
    {
        self.send_file(ctx, "upload the image", to, PART, file).await.map(drop)
    }

    /// Starts an upload in chunks, or finds it again with what is there.
    pub(crate) async fn open_session(
        &self,
        ctx: &Ctx,
        to: Upstream<'_>,
        new: &NewSession,
    ) -> Result<UploadSession, ConsoleError> {
        // Its zero values are the region's defaults (`region:api/controller/chunk_upload_manager.go`).
        let body = json!({
            "file_name": new.file_name,
            "file_size": new.file_size,
            "file_md5": new.file_md5,
            "chunk_size": new.chunk_size,
        });
        let call = self
            .chunk_call(Call::writing(self.pen()?, "start the upload", Method::POST, &[]), to, &["init"])?
            .body(Body::Json(body));
        let session: UploadSession = self.region_bean(ctx, call).await?;
        if session.session_id.is_empty() || session.chunk_size == 0 {
            return Err(ConsoleError::BadAnswer { act: "start the upload", status: 200, why: "no session" });
        }
        Ok(session)
    }

    /// Sends one chunk; one that is there already is fine. How much of the whole is there comes back.
    pub(crate) async fn send_chunk(
        &self,
        ctx: &Ctx,
        to: Upstream<'_>,
        session: &str,
        index: u64,
        bytes: Bytes,
    ) -> Result<UploadSession, ConsoleError> {
        let texts = vec![("session_id", session.to_owned()), ("chunk_index", index.to_string())];
        let body = Body::File { texts, name: format!("chunk-{index}"), bytes };
        let call = self
            .chunk_call(Call::writing(self.pen()?, "upload a chunk", Method::POST, &[]), to, &["chunk"])?
            .body(body);
        self.region_bean(ctx, call.wait(Wait::Long)).await
    }

    /// Puts the chunks together. All must be there.
    pub(crate) async fn close_session(&self, ctx: &Ctx, to: Upstream<'_>, session: &str) -> Result<(), ConsoleError> {
        let call =
            self.chunk_call(Call::writing(self.pen()?, "finish the upload", Method::POST, &[]), to, &["complete"])?;
        let call = call.body(Body::Json(json!({ "session_id": session }))).wait(Wait::Import);
        self.ask(ctx, call).await.map(drop)
    }

    pub(crate) async fn session(
        &self,
        ctx: &Ctx,
        to: Upstream<'_>,
        session: &str,
    ) -> Result<UploadSession, ConsoleError> {
        let call = self.chunk_call(Call::get("read the upload's state", &[]), to, &["status", session])?;
        self.region_bean(ctx, call).await
    }

    /// Gives an upload up; its chunks would be gone after a day anyway.
    pub(crate) async fn drop_session(&self, ctx: &Ctx, to: Upstream<'_>, session: &str) -> Result<(), ConsoleError> {
        let call =
            self.chunk_call(Call::writing(self.pen()?, "give the upload up", Method::DELETE, &[]), to, &[session])?;
        self.ask(ctx, call).await.map(drop)
    }

    fn chunk_call(&self, call: Call, to: Upstream<'_>, below: &[&str]) -> Result<Call, ConsoleError> {
        let mut url = self.upload_address(to)?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("upload").extend(below);
        }
        let auth = self.auth_for(&url);
        Ok(call.at(url, auth))
    }

    /// A region speaks plainly: `{"bean": …}` with nothing around it (recording 1504).
    async fn region_bean<T: serde::de::DeserializeOwned>(&self, ctx: &Ctx, call: Call) -> Result<T, ConsoleError> {
        let envelope: Envelope = self.ask(ctx, call).await?;
        envelope.typed(envelope.bean.get("bean").unwrap_or(&envelope.bean))
    }

    /// Loads the uploaded image into the cluster's registry; returns what to ask with.
    pub(crate) async fn load_image(&self, ctx: &Ctx, scope: &Scope, event: &str) -> Result<String, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", "package_build", "tar-image", "load"];
        let body = json!({ "event_id": event, "region": scope.region });
        let call = Call::post(self.pen()?, "load the image", &path, body).within(scope).wait(Wait::Long);
        let envelope = self.ask(ctx, call).await?;
        let id = envelope.bean.get("load_id").and_then(Value::as_str).filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or_else(|| envelope.bad("no id"))
    }

    pub(crate) async fn image_load(&self, ctx: &Ctx, scope: &Scope, load: &str) -> Result<TarLoad, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", "package_build", "tar-image", "load", load];
        let call = Call::get("read the image's state", &path).within(scope).query("region", &scope.region);
        self.ask(ctx, call).await?.bean_as()
    }

    /// Makes a component from an image; nothing of it is in the cluster before its build.
    pub(crate) async fn create_component(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        new: &NewComponent,
    ) -> Result<MadeComponent, ConsoleError> {
        // Null is no registry of its own (`console:views/app_create/docker_run.py`).
        let body = json!({
            "group_id": new.app,
            "service_cname": new.name,
            "docker_cmd": new.image,
            "image_type": "docker_image",
            "k8s_component_name": new.k8s_component_name,
            "arch": new.arch,
            "user_name": new.registry.as_ref().map(|(user, _)| user),
            "password": new.registry.as_ref().map(|(_, password)| password.reveal()),
        });
        let path = ["teams", scope.team.as_str(), "apps", "docker_run"];
        let call = Call::post(self.pen()?, "create the component", &path, body).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await?.bean_as()
    }

    /// Lets the cluster look at a new component's image; returns what to ask with.
    pub(crate) async fn check_component(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<String, ConsoleError> {
        let call = Call::post(self.pen()?, "check the component", &of_component(scope, alias, "check"), json!({}));
        let envelope = self.ask(ctx, call.within(scope).wait(Wait::Long)).await?;
        let id = envelope.bean.get("check_uuid").and_then(Value::as_str).filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or_else(|| envelope.bad("no id"))
    }

    /// What it found. The look that sees the end writes guessed ports, variables and volumes (rebuild.md §7.1).
    pub(crate) async fn component_check(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        check: &str,
    ) -> Result<CheckState, ConsoleError> {
        let call = Call::get("read the component's check", &of_component(scope, alias, "check")).within(scope);
        let envelope = self.ask(ctx, call.query("check_uuid", check).wait(Wait::Long)).await?;
        let rows = envelope.bean.get("error_infos").and_then(Value::as_array);
        let reason = |row: &Value| row.get("error_info").and_then(Value::as_str).map(str::to_owned);
        match envelope.bean.get("check_status").and_then(Value::as_str).unwrap_or_default() {
            "success" => Ok(CheckState::Passed),
            "failure" => Ok(CheckState::Failed { reasons: rows.into_iter().flatten().filter_map(reason).collect() }),
            _ => Ok(CheckState::Checking),
        }
    }
}
