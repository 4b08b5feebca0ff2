//! A component's ports: which there are, what they are called, and whether they are open to the inside and the outside.

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait, of_component};
use crate::ctx::Ctx;
use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Port {
    #[serde(rename = "container_port", deserialize_with = "port_number")]
    pub port: u16,
    /// Others than http, tcp and udp become tcp on v6 (recording 1540).
    #[serde(default, deserialize_with = "lenient::text")]
    pub protocol: String,
    /// What the port's variables begin with: `MYSQL` of `MYSQL_HOST`.
    #[serde(default, rename = "port_alias", deserialize_with = "lenient::text")]
    pub alias: String,
    #[serde(default, rename = "is_inner_service", deserialize_with = "lenient::flag")]
    pub is_inner: bool,
    /// False right after an install, whatever the package says: no route is there yet (recording 1539).
    #[serde(default, rename = "is_outer_service", deserialize_with = "lenient::flag")]
    pub is_outer: bool,
    /// The host name others reach it by; the component's alias on regions up to 6.6.2 (rebuild.md §4).
    #[serde(default, deserialize_with = "lenient::text")]
    pub k8s_service_name: String,
    #[serde(default, rename = "bind_domains", deserialize_with = "domains")]
    pub domains: Vec<String>,
}

fn port_number<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    u16::try_from(lenient::id(from)?).map_err(|_| serde::de::Error::custom("no port"))
}

fn domains<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let rows: Vec<Value> = lenient::rows(from)?;
    Ok(rows.iter().filter_map(|row| row.get("domain_name")?.as_str().map(str::to_owned)).collect())
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewPort {
    pub port: u16,
    pub protocol: String,
    pub alias: String,
    pub is_inner: bool,
    pub is_outer: bool,
}

/// What to do with one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PortAction {
    OpenInner,
    CloseInner,
    /// Makes a route on the default domain (recording 1546).
    OpenOuter,
    CloseOuter,
}

impl PortAction {
    fn as_str(self) -> &'static str {
        match self {
            Self::OpenInner => "open_inner",
            Self::CloseInner => "close_inner",
            Self::OpenOuter => "open_outer",
            Self::CloseOuter => "close_outer",
        }
    }
}

impl Console {
    /// This call writes: on v6 it stores whether a port is open to the outside, from the routes there are (recording 1539).
    pub(crate) async fn ports(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<Vec<Port>, ConsoleError> {
        let call = Call::get("list the ports", &of_component(scope, alias, "ports")).within(scope);
        self.ask(ctx, call).await?.rows_as()
    }

    pub(crate) async fn add_port(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        port: &NewPort,
    ) -> Result<Port, ConsoleError> {
        let body = json!({
            "port": port.port,
            "protocol": port.protocol,
            "port_alias": port.alias,
            "is_inner_service": port.is_inner,
            "is_outer_service": port.is_outer,
        });
        let call = Call::post(self.pen()?, "add the port", &of_component(scope, alias, "ports"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await?.bean_as()
    }

    /// Opens or closes. The port must be there: an unknown one is a 500 (recording 1548).
    pub(crate) async fn set_port(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        port: u16,
        action: PortAction,
    ) -> Result<Port, ConsoleError> {
        self.put_port(ctx, scope, alias, port, json!({ "action": action.as_str() })).await
    }

    /// Renames a port's variables and its internal host; a host name of another component is `NameTaken` (recording 1542).
    pub(crate) async fn rename_port(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        port: u16,
        port_alias: &str,
        service_name: &str,
    ) -> Result<Port, ConsoleError> {
        let body = json!({
            "action": "change_port_alias",
            "port_alias": port_alias,
            "k8s_service_name": service_name,
        });
        self.put_port(ctx, scope, alias, port, body).await
    }

    async fn put_port(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        port: u16,
        body: Value,
    ) -> Result<Port, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "ports", &port.to_string()];
        let call = Call::put(self.pen()?, "change the port", &path, body).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await?.bean_as()
    }

    /// For what a check guessed (rebuild.md §7.1).
    pub(crate) async fn delete_port(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        port: u16,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "ports", &port.to_string()];
        let call = Call::writing(self.pen()?, "delete the port", Method::DELETE, &path).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }
}
