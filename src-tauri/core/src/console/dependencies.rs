//! Which components a component depends on.

use super::client::{Console, Scope};
use super::envelope::{Answer, Envelope};
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait, of_component};
use crate::ctx::Ctx;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Dependency {
    pub service_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_cname: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_alias: String,
}

/// What became of a dependency. Two refusals look like successes: HTTP 201 and 212 (recordings 1568, 1571).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dependence {
    Added,
    AlreadyThere,
    /// No inner port of the other is open; ask again with one of these opened.
    PortClosed {
        ports: Vec<u16>,
    },
}

impl Console {
    pub(crate) async fn dependencies(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
    ) -> Result<Vec<Dependency>, ConsoleError> {
        let call = Call::get("list the dependencies", &of_component(scope, alias, "dependency")).within(scope);
        self.pages(ctx, &call, Envelope::rows_as).await
    }

    /// Makes a component depend on another; `open` names a port of the other to open to the inside (recording 1569).
    pub(crate) async fn add_dependency(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        on: &str,
        open: Option<u16>,
    ) -> Result<Dependence, ConsoleError> {
        let body = match open {
            None => json!({ "dep_service_id": on }),
            Some(port) => json!({ "dep_service_id": on, "open_inner": true, "container_port": port.to_string() }),
        };
        let call = Call::post(self.pen()?, "add the dependency", &of_component(scope, alias, "dependency"), body);
        let envelope = self.ask(ctx, call.within(scope).wait(Wait::Long)).await?;
        let made = envelope.bean.get("dep_service_id").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
        match (made, envelope.code) {
            (true, _) => Ok(Dependence::Added),
            (false, Some(212)) => Ok(Dependence::AlreadyThere),
            (false, _) if envelope.bean.get("is_inner") == Some(&Value::Bool(false)) => {
                let ports = envelope.rows().iter().filter_map(|port| u16::try_from(port.as_u64()?).ok());
                Ok(Dependence::PortClosed { ports: ports.collect() })
            }
            (false, _) => Err(envelope.bad("no dependency")),
        }
    }
}
