//! Third-party components: names for what runs elsewhere. Made in the console first; the region hears of them at their
//! build (recording 1570).

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait};
use crate::ctx::Ctx;
use crate::ids::AppId;
use serde::Deserialize;
use serde_json::json;

/// A component that was just made.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct MadeComponent {
    pub service_id: String,
    pub service_alias: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_cname: String,
    /// `creating` until it is built.
    #[serde(default, deserialize_with = "lenient::text")]
    pub create_status: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewThirdParty {
    pub app: AppId,
    pub name: String,
    pub k8s_component_name: String,
    /// `host:port`. Without any it is accepted and stays `creating` (recording 1566).
    pub endpoints: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Endpoint {
    #[serde(rename = "ep_id", default, deserialize_with = "lenient::text")]
    pub id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub address: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
}

impl Console {
    pub(crate) async fn create_third_party(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        new: &NewThirdParty,
    ) -> Result<MadeComponent, ConsoleError> {
        let body = json!({
            "group_id": new.app,
            "service_cname": new.name,
            "endpoints_type": "static",
            "static": new.endpoints,
            "k8s_component_name": new.k8s_component_name,
        });
        let path = ["teams", scope.team.as_str(), "apps", "third_party"];
        let call =
            Call::post(self.pen()?, "create the third-party component", &path, body).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await?.bean_as()
    }

    /// Where it points; asked of the region, so only once it is built (`console:views/app_create/source_outer.py`).
    pub(crate) async fn endpoints(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<Vec<Endpoint>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "third_party", "pods"];
        self.ask(ctx, Call::get("list the endpoints", &path).within(scope)).await?.rows_as()
    }

    pub(crate) async fn add_endpoint(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        address: &str,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "third_party", "pods"];
        let call = Call::post(self.pen()?, "add the endpoint", &path, json!({ "ip": address, "is_online": true }))
            .within(scope);
        self.ask(ctx, call.wait(Wait::Long)).await.map(drop)
    }
}
