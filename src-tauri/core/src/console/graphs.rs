//! Graphs of a component's measures, and node labels it asks for (console views/app_config/graph.py, app_label.py). No recording
//! shows these calls.

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, of_component};
use crate::ctx::Ctx;
use serde::Deserialize;
use serde_json::json;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Graph {
    #[serde(default, deserialize_with = "lenient::text")]
    pub title: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub promql: String,
}

/// A label that nodes of the region have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct NodeLabel {
    #[serde(rename = "label_id", deserialize_with = "lenient::text")]
    pub id: String,
    #[serde(default, rename = "label_alias", deserialize_with = "lenient::text")]
    pub name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Labels {
    #[serde(rename = "used_labels", deserialize_with = "lenient::rows")]
    used: Vec<NodeLabel>,
}

impl Console {
    pub(crate) async fn graphs(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<Vec<Graph>, ConsoleError> {
        let call = Call::get("list the graphs", &of_component(scope, alias, "graphs")).within(scope);
        self.ask(ctx, call).await?.rows_as()
    }

    /// One with a title that is there is refused.
    pub(crate) async fn add_graph(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        graph: &Graph,
    ) -> Result<(), ConsoleError> {
        let body = json!({ "title": graph.title, "promql": graph.promql });
        let call =
            Call::post(self.pen()?, "create the graph", &of_component(scope, alias, "graphs"), body).within(scope);
        self.ask(ctx, call).await.map(drop)
    }

    /// Labels that a component asks of its node.
    pub(crate) async fn labels(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<Vec<NodeLabel>, ConsoleError> {
        let call = Call::get("list the labels", &of_component(scope, alias, "labels")).within(scope);
        let labels: Labels = self.ask(ctx, call).await?.bean_as()?;
        Ok(labels.used)
    }

    /// Labels that it could ask for: those of the region that it does not have.
    pub(crate) async fn free_labels(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
    ) -> Result<Vec<NodeLabel>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "labels", "available"];
        self.ask(ctx, Call::get("list the region's labels", &path).within(scope)).await?.rows_as()
    }

    pub(crate) async fn add_labels(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        ids: &[String],
    ) -> Result<(), ConsoleError> {
        let body = json!({ "label_ids": ids });
        let call = Call::post(self.pen()?, "add the labels", &of_component(scope, alias, "labels"), body).within(scope);
        self.ask(ctx, call).await.map(drop)
    }
}
