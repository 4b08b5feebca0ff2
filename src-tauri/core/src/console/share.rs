//! Takes a running app as a template of the platform's own, where its era cannot back it up (protocol.md §11.2): share
//! record → what is in it → publish → complete → export → download. Also the copy inside one console.
//!
//! No recording shows these calls; fields as read in `console:views/service_share.py`, `…/center_pool/app_export.py` and
//! `…/center_pool/groupapp_copy.py`.

use super::client::{Console, Scope, broken, host_of, receive};
use super::envelope;
use super::error::{ConsoleError, Silence};
use super::lenient;
use super::request::{Call, Wait};
use super::upload::Upstream;
use crate::ctx::{Cancelled, Ctx};
use crate::ids::AppId;
use crate::moment;
use bytes::Bytes;
use futures::Stream;
use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

/// What an app's template would hold; handed back as it came, except for what the user leaves out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ShareContents {
    pub components: Vec<Value>,
    pub plugins: Vec<Value>,
    pub k8s_resources: Vec<Value>,
}

/// Which template and version a share makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShareAs {
    /// `app_id` of a template that is there.
    pub template: String,
    pub version: String,
    pub note: String,
}

/// One image on its way into the console's registry.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ShareEvent {
    #[serde(rename = "ID", deserialize_with = "lenient::id")]
    pub id: i64,
    /// `not_start`, `start`, `success`, `failure`.
    #[serde(default, rename = "event_status", deserialize_with = "lenient::text")]
    pub status: String,
    /// `service` or `plugin`: the two are driven by different calls.
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    pub kind: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportState {
    /// Nobody asked for one.
    None,
    Exporting,
    Success,
    Failed,
}

/// A template that an app of a team may be shared into.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct SharedTemplate {
    #[serde(rename = "app_id", deserialize_with = "lenient::text")]
    pub id: String,
    #[serde(rename = "app_name", deserialize_with = "lenient::text")]
    pub name: String,
}

/// A share of an app, as its list has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct ShareRow {
    #[serde(rename = "record_id", deserialize_with = "lenient::id")]
    pub id: i64,
    /// 1: opened, 2: filled, 3: complete.
    #[serde(deserialize_with = "lenient::id")]
    pub step: i64,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_success: bool,
}

/// A download that was opened: from which byte on, and how many there are in all where that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    pub from: u64,
    pub total: Option<u64>,
}

/// How an export stands, and where to fetch it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export {
    pub state: ExportState,
    /// Of the region's websocket address, like old upload addresses.
    pub url: String,
}

impl Console {
    /// Opens a share of an app; returns its number. Refused where a component is not running or not shareable.
    pub(crate) async fn open_share(&self, ctx: &Ctx, scope: &Scope, app: AppId) -> Result<i64, ConsoleError> {
        let act = "share the app";
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string(), "share", "record"];
        let call = Call::post(self.pen()?, act, &path, json!({ "scope": "team" })).within(scope).wait(Wait::Long);
        let envelope = self.ask(ctx, call).await?;
        // An app that is gone is a success with code 202 and no number.
        envelope.bean.get("ID").and_then(Value::as_i64).ok_or_else(|| envelope.bad("no number"))
    }

    /// Shares of an app, but for those that somebody took off the list; the newest first.
    pub(crate) async fn shares(&self, ctx: &Ctx, scope: &Scope, app: AppId) -> Result<Vec<ShareRow>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string(), "share", "record"];
        let call = Call::get("list the app's shares", &path).within(scope).query("page", "1").query("page_size", "100");
        self.ask(ctx, call).await?.rows_as()
    }

    pub(crate) async fn share_contents(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        share: i64,
    ) -> Result<ShareContents, ConsoleError> {
        let call = Call::get("read what is shared", &of_share(scope, &share.to_string(), "info")).within(scope);
        let envelope = self.ask(ctx, call.query("scope", "team").wait(Wait::Long)).await?;
        let rows = |key: &str| envelope.bean.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        Ok(ShareContents {
            components: rows("share_service_list"),
            plugins: rows("share_plugin_list"),
            k8s_resources: rows("share_k8s_resources"),
        })
    }

    /// Says what goes into the template; makes its events.
    pub(crate) async fn fill_share(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        share: i64,
        into: &ShareAs,
        contents: &ShareContents,
    ) -> Result<(), ConsoleError> {
        let body = json!({
            "app_version_info": {
                "app_model_id": into.template,
                "version": into.version,
                "version_alias": "",
                "describe": into.note,
            },
            "share_service_list": contents.components,
            "share_plugin_list": contents.plugins,
            "share_k8s_resources": contents.k8s_resources,
        });
        let call = Call::post(self.pen()?, "fill the template", &of_share(scope, &share.to_string(), "info"), body)
            .within(scope);
        self.ask(ctx, call.wait(Wait::Long)).await.map(drop)
    }

    pub(crate) async fn share_events(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        share: i64,
    ) -> Result<Vec<ShareEvent>, ConsoleError> {
        let call = Call::get("list the shared images", &of_share(scope, &share.to_string(), "events")).within(scope);
        let envelope = self.ask(ctx, call).await?;
        let rows = envelope.bean.get("event_list").and_then(Value::as_array);
        rows.into_iter().flatten().map(|row| envelope.typed(row)).collect()
    }

    /// Sends one image on its way. Then poll it.
    pub(crate) async fn start_share_event(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        share: i64,
        event: &ShareEvent,
    ) -> Result<(), ConsoleError> {
        let (share, id) = (share.to_string(), event.id.to_string());
        let path = of_event(scope, &share, &id, event);
        let call = Call::writing(self.pen()?, "share an image", Method::POST, &path).within(scope);
        self.ask(ctx, call.wait(Wait::Long)).await.map(drop)
    }

    pub(crate) async fn share_event(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        share: i64,
        event: &ShareEvent,
    ) -> Result<ShareEvent, ConsoleError> {
        let (share, id) = (share.to_string(), event.id.to_string());
        let call = Call::get("read a shared image's state", &of_event(scope, &share, &id, event)).within(scope);
        let found: ShareEvent = self.ask(ctx, call).await?.bean_as()?;
        Ok(ShareEvent { kind: event.kind.clone(), ..found })
    }

    /// Ends a share whose images have all arrived; 415 while some have not.
    pub(crate) async fn close_share(&self, ctx: &Ctx, scope: &Scope, share: i64) -> Result<(), ConsoleError> {
        let call = Call::post(
            self.pen()?,
            "publish the template",
            &of_share(scope, &share.to_string(), "complete"),
            json!({}),
        );
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    pub(crate) async fn drop_share(&self, ctx: &Ctx, scope: &Scope, share: i64) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "share", &share.to_string(), "giveup"];
        self.ask(ctx, Call::writing(self.pen()?, "give the share up", Method::DELETE, &path).within(scope))
            .await
            .map(drop)
    }

    /// Makes an empty template to share into, for one team.
    pub(crate) async fn create_template(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        scope: &Scope,
        name: &str,
    ) -> Result<(), ConsoleError> {
        let body =
            json!({ "name": name, "scope": "team", "scope_target": {}, "create_team": scope.team, "source": "local" });
        let path = ["enterprise", enterprise, "app-models"];
        self.ask(ctx, Call::post(self.pen()?, "create the template", &path, body).wait(Wait::Long)).await.map(drop)
    }

    /// Templates that an app may be shared into, those that nothing was shared into yet as well: the list of templates leaves
    /// them out, and making one tells no id.
    pub(crate) async fn shared_templates(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
    ) -> Result<Vec<SharedTemplate>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string(), "shared", "apps"];
        let call = Call::get("list the app's templates", &path).within(scope).query("scope", "team");
        self.ask(ctx, call.wait(Wait::Long)).await?.rows_as()
    }

    /// Takes a share out of its app's list; the row itself stays in the console for ever.
    pub(crate) async fn hide_share(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        share: i64,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string(), "share", "record", &share.to_string()];
        self.ask(ctx, Call::writing(self.pen()?, "take the share off the list", Method::DELETE, &path).within(scope))
            .await
            .map(drop)
    }

    /// Deletes an export with its file. Consoles that do not have the call keep both.
    pub(crate) async fn delete_export(&self, ctx: &Ctx, enterprise: &str, event: &str) -> Result<(), ConsoleError> {
        let path = ["enterprise", enterprise, "app-models", "export", event];
        let call = Call::writing(self.pen()?, "delete the export", Method::DELETE, &path).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }

    /// Starts the export of a template's version as an application package, on the first cluster of the enterprise; says what
    /// it is called. One that runs is not begun again.
    pub(crate) async fn start_export(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        template: &str,
        version: &str,
    ) -> Result<String, ConsoleError> {
        let body = json!({ "app_id": template, "app_versions": [version], "format": "rainbond-app" });
        let path = ["enterprise", enterprise, "app-models", "export"];
        let envelope =
            self.ask(ctx, Call::post(self.pen()?, "export the template", &path, body).wait(Wait::Long)).await?;
        let event = envelope.rows().first().and_then(|row| row.get("event_id")).and_then(Value::as_str);
        event.map(str::to_owned).ok_or_else(|| envelope.bad("no event"))
    }

    pub(crate) async fn export_state(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        template: &str,
        version: &str,
    ) -> Result<Export, ConsoleError> {
        let path = ["enterprise", enterprise, "app-models", "export"];
        let call = Call::get("read the export's state", &path).query("app_id", template).query("app_version", version);
        let envelope = self.ask(ctx, call.wait(Wait::Long)).await?;
        let row = envelope.rows().first().and_then(|row| row.get("rainbond_app"));
        let Some(row) = row else { return Err(envelope.bad("no state")) };
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        let state = match (row.get("is_export_before"), text("status")) {
            (Some(Value::Bool(true)), "success") => ExportState::Success,
            (Some(Value::Bool(true)), "failed") => ExportState::Failed,
            (Some(Value::Bool(true)), _) => ExportState::Exporting,
            _ => ExportState::None,
        };
        Ok(Export { state, url: text("file_path").to_owned() })
    }

    /// Opens the download of an export from a byte on, or from the beginning where that is not possible; the region serves
    /// ranges (`region:api/controller/app.go` `Download`). Cancel by dropping the bytes.
    pub(crate) async fn download_export(
        &self,
        ctx: &Ctx,
        from: Upstream<'_>,
        start: u64,
    ) -> Result<(Opened, impl Stream<Item = Result<Bytes, ConsoleError>> + Send + 'static), ConsoleError> {
        let url = self.upload_address(from)?;
        let mut request = self.http_for(&url).get(url.clone());
        if start > 0 {
            request = request.header(RANGE, format!("bytes={start}-"));
        }
        let request = moment::around("download the export", request.send());
        let silent = |_| ConsoleError::Unreachable { host: host_of(&url), why: Silence::NoAnswer };
        let answer = tokio::select! {
            biased;
            () = ctx.cancel.cancelled() => return Err(Cancelled.into()),
            answer = tokio::time::timeout(Wait::Long.time(), request) => answer.map_err(silent)?,
        };
        let answer = answer.map_err(|e| broken(&url, &e))?;
        if !answer.status().is_success() {
            let reply = receive(&url, answer).await?;
            let act = "download the export";
            return Err(envelope::read(act, &reply, &[]).err().unwrap_or(ConsoleError::BadAnswer {
                act,
                status: reply.status,
                why: "no file",
            }));
        }
        let opened = opened(&answer, start);
        let bytes = futures::stream::try_unfold((answer, url), |(mut answer, url)| async move {
            let silent = |_| ConsoleError::Unreachable { host: host_of(&url), why: Silence::NoAnswer };
            let piece = tokio::time::timeout(Wait::Long.time(), answer.chunk()).await.map_err(silent)?;
            let piece = piece.map_err(|e| broken(&url, &e))?;
            Ok(piece.map(|piece| (piece, (answer, url))))
        });
        Ok((opened, bytes))
    }

    /// Copies components of an app into another team or cluster of the same console: settings and images, no data; at most
    /// 20 (protocol.md §11.2). None named: all of them.
    pub(crate) async fn copy_app(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        components: &[String],
        to: &Scope,
        into: AppId,
    ) -> Result<(), ConsoleError> {
        let services: Vec<Value> = components.iter().map(|id| json!({ "service_id": id, "change": {} })).collect();
        let body = json!({
            "services": services,
            "tar_team_name": to.team,
            "tar_region_name": to.region,
            "tar_group_id": into,
        });
        let path = ["teams", scope.team.as_str(), "groupapp", &app.to_string(), "copy"];
        self.ask(ctx, Call::post(self.pen()?, "copy the app", &path, body).within(scope).wait(Wait::Long))
            .await
            .map(drop)
    }
}

/// What an answer to a range is: that range, or the whole.
fn opened(answer: &reqwest::Response, start: u64) -> Opened {
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let range = header(CONTENT_RANGE).filter(|_| answer.status() == StatusCode::PARTIAL_CONTENT);
    let ranged = range.and_then(|range| {
        let (span, total) = range.strip_prefix("bytes ")?.split_once('/')?;
        let from = span.split_once('-')?.0.parse::<u64>().ok()?;
        Some((from, total.parse::<u64>().ok()))
    });
    match ranged {
        Some((from, total)) if from == start => Opened { from, total },
        _ => Opened { from: 0, total: answer.content_length() },
    }
}

fn of_share<'a>(scope: &'a Scope, share: &'a str, what: &'a str) -> [&'a str; 5] {
    ["teams", scope.team.as_str(), "share", share, what]
}

fn of_event<'a>(scope: &'a Scope, share: &'a str, id: &'a str, event: &ShareEvent) -> Vec<&'a str> {
    let mut path = vec!["teams", scope.team.as_str(), "share", share, "events", id];
    if event.kind == "plugin" {
        path.push("plugin");
    }
    path
}
