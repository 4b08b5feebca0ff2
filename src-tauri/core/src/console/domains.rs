//! Gateway rules of v5, in the console's own tables (rebuild.md §9.1).

use super::client::{Console, Scope};
use super::envelope::Envelope;
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait};
use crate::ctx::Ctx;
use crate::ids::AppId;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct HttpRule {
    #[serde(rename = "http_rule_id", deserialize_with = "lenient::text")]
    pub id: String,
    /// With its scheme in front.
    #[serde(rename = "domain_name", deserialize_with = "lenient::text")]
    pub domain: String,
    /// 0: the default domain, 1: one of the user's.
    #[serde(rename = "type", deserialize_with = "lenient::size")]
    pub kind: u64,
    #[serde(deserialize_with = "lenient::text")]
    pub service_id: String,
    #[serde(deserialize_with = "lenient::text")]
    pub service_alias: String,
    #[serde(deserialize_with = "lenient::size")]
    pub container_port: u64,
    #[serde(rename = "domain_path", deserialize_with = "lenient::text")]
    pub path: String,
    #[serde(deserialize_with = "lenient::text")]
    pub certificate_alias: String,
    #[serde(rename = "group_id", deserialize_with = "lenient::whole")]
    pub app: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct TcpRule {
    #[serde(rename = "tcp_rule_id", deserialize_with = "lenient::text")]
    pub id: String,
    /// `0.0.0.0:30001`
    #[serde(deserialize_with = "lenient::text")]
    pub end_point: String,
    #[serde(deserialize_with = "lenient::text")]
    pub protocol: String,
    #[serde(deserialize_with = "lenient::text")]
    pub service_id: String,
    #[serde(deserialize_with = "lenient::size")]
    pub container_port: u64,
    #[serde(rename = "group_id", deserialize_with = "lenient::whole")]
    pub app: i64,
}

/// A rule to be made. `value` comes from the package's `http_rule_configs[].value`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NewHttpRule {
    pub service_id: String,
    pub port: u16,
    pub domain: String,
    pub path: String,
    pub cookie: String,
    pub header: String,
    pub weight: u64,
    /// A rule with one answers over https.
    pub certificate: Option<i64>,
    pub extensions: Vec<Value>,
    /// The parameters of its nginx; an object even where it is empty.
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewTcpRule {
    pub service_id: String,
    pub port: u16,
    /// `0.0.0.0:30001`; must be free.
    pub end_point: String,
    pub default_ip: String,
    pub default_port: u16,
}

impl Console {
    /// Rules of the whole team: what a new one may clash with.
    pub(crate) async fn http_rules(&self, ctx: &Ctx, scope: &Scope) -> Result<Vec<HttpRule>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "domain", "query"];
        self.pages(ctx, &Call::get("list the gateway rules", &path).within(scope), Envelope::rows_as).await
    }

    pub(crate) async fn tcp_rules(&self, ctx: &Ctx, scope: &Scope) -> Result<Vec<TcpRule>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "tcpdomain", "query"];
        self.pages(ctx, &Call::get("list the gateway ports", &path).within(scope), Envelope::rows_as).await
    }

    /// Makes a rule, opening its port where that is closed, and returns its id. 201 is the success here (recording 825);
    /// 400 is one that is there (826).
    pub(crate) async fn create_http_rule(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        rule: &NewHttpRule,
    ) -> Result<String, ConsoleError> {
        // `domain_heander` is a text: null is a 500. `value` must be there (rebuild.md §9.1).
        let value = if rule.value.is_object() { rule.value.clone() } else { json!({}) };
        let body = json!({
            "service_id": rule.service_id,
            "container_port": rule.port,
            "domain_name": rule.domain,
            "domain_path": rule.path,
            "domain_cookie": rule.cookie,
            "domain_heander": rule.header,
            "the_weight": rule.weight,
            "certificate_id": rule.certificate,
            "group_id": app,
            "rule_extensions": rule.extensions,
            "auto_ssl": false,
            "path_rewrite": false,
            "rewrites": [],
            "whether_open": true,
            "value": value,
        });
        let path = ["teams", scope.team.as_str(), "httpdomain"];
        let call = Call::post(self.pen()?, "create the gateway rule", &path, body).within(scope).wait(Wait::Long);
        let envelope = self.ask(ctx, call).await.map_err(|error| match error {
            ConsoleError::Refused(refusal) if refusal.status == 400 => ConsoleError::AlreadyThere(refusal),
            other => other,
        })?;
        // Without an id nothing was made: its outer port is closed (rebuild.md §9.1).
        rule_id(&envelope, "http_rule_id")
    }

    /// Opens a port; one in use is HTTP 200 with code 400 (rebuild.md §9.1).
    pub(crate) async fn create_tcp_rule(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        rule: &NewTcpRule,
    ) -> Result<String, ConsoleError> {
        let body = json!({
            "service_id": rule.service_id,
            "container_port": rule.port,
            "end_point": rule.end_point,
            "rule_extensions": [],
            "default_port": rule.default_port,
            "default_ip": rule.default_ip,
            "group_id": app,
            "whether_open": true,
        });
        let path = ["teams", scope.team.as_str(), "tcpdomain"];
        let call = Call::post(self.pen()?, "open the gateway port", &path, body).within(scope).wait(Wait::Long);
        let envelope = self.ask(ctx, call).await.map_err(|error| match error {
            ConsoleError::Refused(refusal) if (refusal.status, refusal.code) == (200, Some(400)) => {
                ConsoleError::AlreadyThere(refusal)
            }
            other => other,
        })?;
        rule_id(&envelope, "tcp_rule_id")
    }

    /// A free port for a TCP rule, not held for us (recording 824).
    pub(crate) async fn free_port(&self, ctx: &Ctx, scope: &Scope) -> Result<(String, u16), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "domain", "get_port"];
        let call = Call::get("find a free gateway port", &path).within(scope).query("lock", "false");
        let envelope = self.ask(ctx, call).await?;
        let found = envelope.rows().first().and_then(|row| {
            let port = u16::try_from(row.get("available_port")?.as_u64()?).ok()?;
            Some((row.get("ip")?.as_str()?.to_owned(), port))
        });
        found.ok_or_else(|| envelope.bad("no port"))
    }

    /// Sets the nginx parameters of a rule.
    pub(crate) async fn set_rule_parameters(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        rule: &str,
        value: &Value,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "domain", rule, "put_gateway"];
        let call = Call::put(self.pen()?, "set the rule's parameters", &path, json!({ "value": value })).within(scope);
        self.ask(ctx, call.wait(Wait::Long)).await.map(drop)
    }
}

fn rule_id(envelope: &Envelope, key: &str) -> Result<String, ConsoleError> {
    let id = envelope.bean.get(key).and_then(Value::as_str).filter(|id| !id.is_empty());
    id.map(str::to_owned).ok_or(ConsoleError::NothingDone { act: envelope.act })
}
