//! Installs a template into an app: the platform's own checks, and the install itself (rebuild.md §3.5).

use super::client::{Console, Scope};
use super::error::{ConsoleError, Refusal};
use super::lenient;
use super::request::{Body, Call, Wait};
use crate::ctx::Ctx;
use crate::ids::AppId;
use serde::Deserialize;
use serde_json::{Value, json};

/// What to install, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Install {
    /// Must be empty: a second install lands beside the first (recordings 1537, 1538).
    pub app: AppId,
    /// `app_id` of the template.
    pub template: String,
    pub version: String,
}

impl Install {
    /// Never with a deploy: fix-ups come first, and recent v6 reports a "first deploy" to its vendor (rebuild.md §3.5).
    fn body(&self) -> Value {
        json!({
            "group_id": self.app,
            "app_id": self.template,
            "app_version": self.version,
            "install_from_cloud": false,
            "is_deploy": false,
            "market_name": "",
        })
    }
}

/// What the platform's checks say, block or not: HTTP 200 either way (recording 1526).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct InstallCheck {
    /// `pass`, `warning` or `block`.
    #[serde(deserialize_with = "lenient::text")]
    pub status: String,
    #[serde(deserialize_with = "lenient::flag")]
    pub should_block: bool,
    #[serde(deserialize_with = "lenient::text")]
    pub summary: String,
    #[serde(deserialize_with = "lenient::rows")]
    pub checks: Vec<CheckRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct CheckRow {
    #[serde(deserialize_with = "lenient::text")]
    pub name: String,
    #[serde(deserialize_with = "lenient::text")]
    pub status: String,
    #[serde(deserialize_with = "lenient::text")]
    pub message: String,
    #[serde(deserialize_with = "lenient::text")]
    pub reason: String,
}

impl Console {
    /// The platform's own checks; from v6.9.4 on. Installs nothing.
    pub(crate) async fn check_install(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        install: &Install,
    ) -> Result<InstallCheck, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", "market_create", "preflight"];
        let call = Call::asking("check the install", &path, Body::Json(install.body())).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map_err(judge)?.bean_as()
    }

    /// Installs, all or nothing. The answer holds no ids; after a timeout list the app's components before any retry.
    pub(crate) async fn install(&self, ctx: &Ctx, scope: &Scope, install: &Install) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", "market_create"];
        let call =
            Call::post(self.pen()?, "install the template", &path, install.body()).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop).map_err(judge)
    }
}

/// Three refusals have no code of their own (recordings 1528, 1532; rebuild.md §3.5).
fn judge(error: ConsoleError) -> ConsoleError {
    let says = |refusal: &Refusal, words: &str| refusal.said.as_deref().is_some_and(|said| said.contains(words));
    match error {
        ConsoleError::Refused(refusal) if refusal.status == 400 && says(&refusal, "无法跨集群安装") => {
            ConsoleError::OtherCluster(refusal)
        }
        ConsoleError::Refused(refusal) if refusal.status == 400 && says(&refusal, "未找到该应用") => {
            ConsoleError::NotFound(refusal)
        }
        ConsoleError::NotFound(refusal) if says(&refusal, "架构") => {
            ConsoleError::InstallBlocked { reasons: refusal.said.clone().into_iter().collect(), said: refusal.said }
        }
        other => other,
    }
}
