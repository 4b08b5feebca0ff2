//! Gateway routes of v6 (APISIX): typed, listed, made and deleted. What they were is in gateway.rs, as it was said.
//!
//! No clash is ever reported: the same host and first path in one team overwrites the route that is there, even of another
//! app, and another team's cannot be seen (recording 802, rebuild.md §9.2). List all of a team's before making one.

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::gateway::{GatewayApi, RuleKind};
use super::lenient;
use super::request::{Call, Wait};
use crate::ctx::Ctx;
use crate::ids::AppId;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a route does; the same shape is read and made, so that one can be made from another.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct RouteSpec {
    #[serde(rename = "match")]
    pub matches: RouteMatch,
    #[serde(deserialize_with = "lenient::rows")]
    pub backends: Vec<Backend>,
    #[serde(deserialize_with = "lenient::rows")]
    pub upstreams: Vec<Value>,
    #[serde(deserialize_with = "lenient::rows")]
    pub plugins: Vec<Value>,
    #[serde(deserialize_with = "lenient::flag")]
    pub websocket: bool,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub authentication: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub timeout: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub priority: Value,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct RouteMatch {
    #[serde(deserialize_with = "lenient::rows")]
    pub hosts: Vec<String>,
    #[serde(deserialize_with = "lenient::rows")]
    pub paths: Vec<String>,
    #[serde(deserialize_with = "lenient::rows", skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    #[serde(rename = "remoteAddrs", deserialize_with = "lenient::rows", skip_serializing_if = "Vec::is_empty")]
    pub remote_addrs: Vec<String>,
    #[serde(deserialize_with = "lenient::rows", skip_serializing_if = "Vec::is_empty")]
    pub exprs: Vec<Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Backend {
    /// The port's `k8s_service_name`.
    #[serde(rename = "serviceName", deserialize_with = "lenient::text")]
    pub service_name: String,
    #[serde(rename = "servicePort", deserialize_with = "lenient::size")]
    pub port: u64,
    #[serde(deserialize_with = "lenient::size")]
    pub weight: u64,
}

/// A route that is there.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct HttpRoute {
    /// With the app's id in front (recording 803); without `appID` in the question the region's own (805).
    #[serde(deserialize_with = "lenient::text")]
    pub name: String,
    #[serde(deserialize_with = "lenient::text")]
    pub original_name: String,
    #[serde(deserialize_with = "lenient::text")]
    pub region_app_id: String,
    #[serde(deserialize_with = "lenient::text")]
    pub component_name: String,
    #[serde(flatten)]
    pub spec: RouteSpec,
}

impl HttpRoute {
    /// The name of the route's object, the middle of `<region app id>|<name>|-<alias>`.
    pub(crate) fn object_name(&self) -> Option<&str> {
        let whole = if self.original_name.is_empty() { &self.name } else { &self.original_name };
        whole.split('|').nth(1).filter(|name| !name.is_empty())
    }

    /// What makes two routes one: host and first path.
    pub(crate) fn clashes_with(&self, spec: &RouteSpec) -> bool {
        let first_path = |matches: &RouteMatch| matches.paths.first().cloned();
        let shares_host = self.spec.matches.hosts.iter().any(|host| spec.matches.hosts.contains(host));
        shares_host && first_path(&self.spec.matches) == first_path(&spec.matches)
    }
}

/// A TCP port that is open to the outside.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct TcpRoute {
    #[serde(deserialize_with = "lenient::text")]
    pub name: String,
    #[serde(deserialize_with = "lenient::text")]
    pub protocol: String,
    /// The port on every node.
    #[serde(rename = "nodePort", deserialize_with = "lenient::size")]
    pub node_port: u64,
    #[serde(rename = "container_port", deserialize_with = "lenient::size")]
    pub port: u64,
    #[serde(deserialize_with = "lenient::text")]
    pub service_id: String,
    /// The internal host name, in spite of its own.
    #[serde(deserialize_with = "lenient::text")]
    pub service_alias: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewTcpRoute {
    pub service_id: String,
    /// The component's `service_source`.
    pub service_type: String,
    /// The internal host name of the port.
    pub service_name: String,
    pub port: u16,
    /// `None`: any that is free.
    pub node_port: Option<u16>,
}

impl Console {
    /// Routes of an app, or of the whole team.
    pub(crate) async fn http_routes(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: Option<AppId>,
    ) -> Result<Vec<HttpRoute>, ConsoleError> {
        self.rule_rows(ctx, scope, "", app, GatewayApi::Routes, RuleKind::Http).await?.rows_as()
    }

    pub(crate) async fn tcp_routes(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: Option<AppId>,
    ) -> Result<Vec<TcpRoute>, ConsoleError> {
        self.rule_rows(ctx, scope, "", app, GatewayApi::Routes, RuleKind::Tcp).await?.rows_as()
    }

    /// Makes a route and returns the name of its object. Overwrites without a word: see above.
    pub(crate) async fn create_http_route(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        alias: &str,
        spec: &RouteSpec,
    ) -> Result<String, ConsoleError> {
        let act = "create the route";
        // The platform reads both without looking (rebuild.md §9.2).
        if spec.matches.hosts.is_empty() || spec.matches.paths.is_empty() || spec.backends.is_empty() {
            return Err(ConsoleError::Unsupported {
                what: "a route without host, path or backend",
                version: "v6".into(),
            });
        }
        let port = spec.backends.first().map_or(0, |backend| backend.port);
        // Without `name`: it deletes the route of that name.
        let call =
            Call::post(self.pen()?, act, &["api-gateway", "v1", scope.team.as_str(), "routes", "http"], json!(spec))
                .within(scope)
                .query("appID", &app)
                .query("service_alias", alias)
                .query("port", &port)
                .wait(Wait::Long);
        let envelope = self.ask(ctx, call).await?;
        let name = envelope.bean.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
        name.map(str::to_owned).ok_or_else(|| envelope.bad("no name"))
    }

    /// Deletes a route by the name of its object; one that is not there is `NotFound` (recordings 808, 809).
    pub(crate) async fn delete_http_route(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        object_name: &str,
    ) -> Result<(), ConsoleError> {
        let name = format!("{app}{object_name}");
        let path = ["api-gateway", "v1", scope.team.as_str(), "routes", "http", &name];
        let call = Call::writing(self.pen()?, "delete the route", Method::DELETE, &path).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop).map_err(|error| match error {
            ConsoleError::Refused(refusal) if refusal.code == Some(50006) => ConsoleError::NotFound(refusal),
            other => other,
        })
    }

    /// Opens a port on every node and returns it; one in use is `AlreadyThere` (recording 812).
    pub(crate) async fn create_tcp_route(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        route: &NewTcpRoute,
    ) -> Result<u16, ConsoleError> {
        let body = json!({
            "protocol": "TCP",
            "match": { "ingressPort": route.node_port.unwrap_or(0) },
            "backend": { "serviceName": route.service_name, "servicePort": route.port },
        });
        let call = Call::post(
            self.pen()?,
            "open the port",
            &["api-gateway", "v1", scope.team.as_str(), "routes", "tcp"],
            body,
        )
        .within(scope)
        .query("appID", &app)
        .query("service_id", &route.service_id)
        .query("service_type", &route.service_type)
        .wait(Wait::Long);
        let envelope = self.ask(ctx, call).await.map_err(|error| match error {
            ConsoleError::Refused(refusal) if refusal.code == Some(50005) => ConsoleError::AlreadyThere(refusal),
            other => other,
        })?;
        // The bean is the port itself (recordings 811, 813).
        let port = envelope.bean.as_u64().and_then(|port| u16::try_from(port).ok());
        port.ok_or_else(|| envelope.bad("no port"))
    }
}
