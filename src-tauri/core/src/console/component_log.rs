//! What happened to a component, and what the platform wrote about it.

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::lenient;
use super::request::Call;
use crate::ctx::Ctx;
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "event_id")]
    pub id: String,
    /// `build-service`, `start-service` …
    #[serde(default, rename = "opt_type", deserialize_with = "lenient::text")]
    pub kind: String,
    /// `success`, `failure`, `timeout`; empty while it runs.
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
    /// `complete`, once it is over.
    #[serde(default, deserialize_with = "lenient::text")]
    pub final_status: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub message: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub create_time: String,
}

impl Console {
    /// The newest events of a component, at most `count`.
    pub(crate) async fn events(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        count: usize,
    ) -> Result<Vec<Event>, ConsoleError> {
        let call = Call::get("list the events", &["teams", scope.team.as_str(), "events"]).within(scope);
        let call = call.query("target", "service").query("targetAlias", alias);
        self.ask(ctx, call.query("page", &1).query("page_size", &count)).await?.rows_as()
    }

    /// The lines of an event's log; no recording shows one, so a line may be a text or an object with a message.
    pub(crate) async fn event_log(&self, ctx: &Ctx, scope: &Scope, event: &str) -> Result<Vec<String>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "events", event, "log"];
        let envelope = self.ask(ctx, Call::get("read the event's log", &path).within(scope)).await?;
        let line = |row: &Value| row.get("message").unwrap_or(row).as_str().map(str::to_owned);
        Ok(envelope.rows().iter().filter_map(line).collect())
    }
}
