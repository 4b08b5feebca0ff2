//! A component's Kubernetes attributes: node selectors, labels, tolerations …

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait};
use crate::ctx::Ctx;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// An attribute, as it is read and as it is made.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct K8sAttribute {
    pub name: String,
    /// `json`, `yaml` or `string`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub save_type: String,
    /// A list of `{key, value}` for `json` (recordings 1578, 1579), a text for the others.
    #[serde(default, rename = "attribute_value")]
    pub value: Value,
}

impl Console {
    pub(crate) async fn k8s_attributes(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
    ) -> Result<Vec<K8sAttribute>, ConsoleError> {
        let call = Call::get("list the Kubernetes attributes", &path(scope, alias)).within(scope);
        self.ask(ctx, call).await?.rows_as()
    }

    pub(crate) async fn create_k8s_attribute(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        attribute: &K8sAttribute,
    ) -> Result<(), ConsoleError> {
        let body = json!({ "attribute": attribute });
        let call = Call::post(self.pen()?, "add the Kubernetes attribute", &path(scope, alias), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }
}

fn path<'a>(scope: &'a Scope, alias: &'a str) -> [&'a str; 5] {
    ["teams", scope.team.as_str(), "components", alias, "k8s-attributes"]
}
