//! Makes, deletes, starts and stops apps and components. Whether to is decided elsewhere.

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::request::{Call, Wait};
use crate::ctx::Ctx;
use crate::ids::AppId;
use reqwest::Method;
use serde_json::{Value, json};

/// What to do to a whole app, or to some of its components.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AppAction {
    Start,
    Stop,
    Upgrade,
    /// Also what starts an app that was restored (recording 735).
    Deploy,
}

impl AppAction {
    fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Upgrade => "upgrade",
            Self::Deploy => "deploy",
        }
    }

    fn act(self) -> &'static str {
        match self {
            Self::Start => "start the app",
            Self::Stop => "stop the app",
            Self::Upgrade => "update the app",
            Self::Deploy => "deploy the app",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewApp {
    pub name: String,
    /// Lower case, digits and dashes, unique; wanted from v5.5.0 on.
    pub k8s_app: String,
    pub note: String,
}

impl Console {
    /// Makes an empty app.
    pub(crate) async fn create_app(&self, ctx: &Ctx, scope: &Scope, app: &NewApp) -> Result<AppId, ConsoleError> {
        // Both spellings: up to v5.2.2 the names were group_name and group_note (protocol.md §2.2).
        let body = json!({
            "app_name": app.name,
            "group_name": app.name,
            "note": app.note,
            "group_note": app.note,
            "region_name": scope.region,
            "k8s_app": app.k8s_app,
        });
        let path = ["teams", scope.team.as_str(), "groups"];
        let envelope = self
            .ask(ctx, Call::post(self.pen()?, "create the app", &path, body).within(scope).wait(Wait::Long))
            .await?;
        let id = ["group_id", "app_id", "ID"].iter().find_map(|key| envelope.bean.get(key).and_then(Value::as_i64));
        id.map(AppId).ok_or_else(|| envelope.bad("no id"))
    }

    /// Deletes an app. Without components only: old consoles would orphan them, new ones refuse (recording 1300).
    pub(crate) async fn delete_app(&self, ctx: &Ctx, scope: &Scope, app: AppId) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string()];
        let call = Call::writing(self.pen()?, "delete the app", Method::DELETE, &path).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }

    /// Deletes one stopped component with what belongs to it.
    pub(crate) async fn delete_component(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "delete"];
        let call = Call::delete(self.pen()?, "delete the component", &path, json!({ "is_force": true })).within(scope);
        self.ask(ctx, call.wait(Wait::Long)).await.map(drop)
    }

    /// Starts something with every component of an app; it goes on after the answer.
    pub(crate) async fn operate_app(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        action: AppAction,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string(), "common_operation"];
        let call = Call::post(self.pen()?, action.act(), &path, json!({ "action": action.as_str() })).within(scope);
        self.ask(ctx, call.wait(Wait::Long)).await.map(drop)
    }

    /// The same with some components, by id; the list goes as one text (recording 1592).
    pub(crate) async fn operate_components(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        components: &[String],
        action: AppAction,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "batch_actions"];
        let body = json!({ "action": action.as_str(), "service_ids": components.join(",") });
        self.ask(ctx, Call::post(self.pen()?, action.act(), &path, body).within(scope).wait(Wait::Long)).await.map(drop)
    }

    pub(crate) async fn start_component(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<(), ConsoleError> {
        self.operate_component(ctx, scope, alias, "start").await
    }

    pub(crate) async fn stop_component(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<(), ConsoleError> {
        self.operate_component(ctx, scope, alias, "stop").await
    }

    async fn operate_component(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        verb: &'static str,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, verb];
        let act = if verb == "start" { "start the component" } else { "stop the component" };
        self.ask(ctx, Call::post(self.pen()?, act, &path, json!({})).within(scope).wait(Wait::Long)).await.map(drop)
    }
}

impl Console {
    /// Renames a component. The Kubernetes name goes with it: left out, the console empties it
    /// (`console:views/app_overview.py` `BriefAppInfo`).
    pub(crate) async fn rename_component(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        name: &str,
        k8s_name: &str,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "brief"];
        let body = json!({ "service_cname": name, "k8s_component_name": k8s_name });
        self.ask(ctx, Call::put(self.pen()?, "rename the component", &path, body).within(scope).wait(Wait::Long))
            .await
            .map(drop)
    }
}
