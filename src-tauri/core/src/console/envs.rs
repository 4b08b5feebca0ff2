//! A component's environment variables. Their values may be passwords: none is ever shown.

use super::client::{Console, Scope};
use super::envelope::Envelope;
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait, of_component};
use crate::ctx::Ctx;
use crate::secret::Secret;
use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::json;

/// Whom a variable is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EnvScope {
    /// The component itself.
    Inner,
    /// Also those that depend on it.
    Outer,
}

impl EnvScope {
    fn as_str(self) -> &'static str {
        match self {
            Self::Inner => "inner",
            Self::Outer => "outer",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Env {
    #[serde(rename = "ID", deserialize_with = "lenient::id")]
    pub id: i64,
    #[serde(rename = "attr_name")]
    pub name: String,
    #[serde(default, rename = "attr_value", deserialize_with = "secret_text")]
    pub value: Secret,
    #[serde(default, rename = "name", deserialize_with = "lenient::text")]
    pub note: String,
    /// `inner`, `outer` or `both`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub scope: String,
    #[serde(default, deserialize_with = "lenient::flag")]
    pub is_change: bool,
    /// 0, or the port that this variable is made from.
    #[serde(default, rename = "container_port", deserialize_with = "lenient::size")]
    pub port: u64,
}

pub(super) fn secret_text<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    lenient::text(from).map(Secret::new)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewEnv {
    pub name: String,
    pub value: Secret,
    pub note: String,
    pub scope: EnvScope,
    pub is_change: bool,
}

impl Console {
    /// Variables of one kind; the console wants to be told which (recording 1552). Outer ones include those of the ports.
    pub(crate) async fn envs(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        kind: EnvScope,
    ) -> Result<Vec<Env>, ConsoleError> {
        let path = of_component(scope, alias, "envs");
        let call = Call::get("list the variables", &path).within(scope).query("env_type", kind.as_str());
        self.pages(ctx, &call, Envelope::rows_as).await
    }

    /// Adds one; a name in use is `AlreadyThere` (recording 1554).
    pub(crate) async fn add_env(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        env: &NewEnv,
    ) -> Result<Env, ConsoleError> {
        let body = json!({
            "name": env.note,
            "attr_name": env.name,
            "attr_value": env.value.reveal(),
            "scope": env.scope.as_str(),
            "is_change": env.is_change,
        });
        let call = Call::post(self.pen()?, "add the variable", &of_component(scope, alias, "envs"), body);
        let call = call.within(scope).wait(Wait::Long).hiding([&env.value]);
        let envelope = self.ask(ctx, call).await.map_err(|error| match error {
            ConsoleError::Refused(refusal) if refusal.status == 412 => ConsoleError::AlreadyThere(refusal),
            other => other,
        })?;
        envelope.bean_as()
    }

    /// For what a check guessed (rebuild.md §7.1).
    pub(crate) async fn delete_env(&self, ctx: &Ctx, scope: &Scope, alias: &str, env: i64) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "envs", &env.to_string()];
        let call =
            Call::writing(self.pen()?, "delete the variable", Method::DELETE, &path).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }
}
