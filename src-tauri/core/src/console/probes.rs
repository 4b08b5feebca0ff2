//! A component's health probe.

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait, of_component};
use crate::ctx::Ctx;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A probe, as it is read and as it is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Probe {
    #[serde(deserialize_with = "lenient::text")]
    pub mode: String,
    #[serde(deserialize_with = "lenient::text")]
    pub scheme: String,
    #[serde(deserialize_with = "lenient::text")]
    pub path: String,
    #[serde(deserialize_with = "lenient::size")]
    pub port: u64,
    #[serde(deserialize_with = "lenient::text")]
    pub cmd: String,
    #[serde(deserialize_with = "lenient::text")]
    pub http_header: String,
    #[serde(deserialize_with = "lenient::size")]
    pub initial_delay_second: u64,
    #[serde(deserialize_with = "lenient::size")]
    pub period_second: u64,
    #[serde(deserialize_with = "lenient::size")]
    pub timeout_second: u64,
    #[serde(deserialize_with = "lenient::size")]
    pub failure_threshold: u64,
    #[serde(deserialize_with = "lenient::size")]
    pub success_threshold: u64,
    /// A flag, or 1 (recordings 1572, 1574).
    #[serde(deserialize_with = "lenient::flag")]
    pub is_used: bool,
}

impl Console {
    /// None is HTTP 200 with code 404 (recording 1573).
    pub(crate) async fn health_probe(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
    ) -> Result<Option<Probe>, ConsoleError> {
        let call = Call::get("read the probe", &of_component(scope, alias, "probe")).within(scope);
        match self.ask(ctx, call).await {
            Ok(envelope) => envelope.bean_as().map(Some),
            Err(ConsoleError::Refused(refusal)) if (refusal.status, refusal.code) == (200, Some(404)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn add_health_probe(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        probe: &Probe,
    ) -> Result<(), ConsoleError> {
        let call = Call::post(self.pen()?, "add the probe", &of_component(scope, alias, "probe"), json!(probe));
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }
}
