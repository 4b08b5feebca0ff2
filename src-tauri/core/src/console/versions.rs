//! Gathers what era.rs judges by: what the console says of itself, and how it behaves where it says nothing.

use super::client::{Console, Scope};
use super::envelope::Answer;
use super::era::{Evidence, Version};
use super::error::ConsoleError;
use super::request::{Auth, Call};
use crate::ctx::Ctx;
use serde_json::Value;

/// What anyone may read of a console (`config/info`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigInfo {
    /// `v6.9.8-release-…`, or the literal `public-cloud`.
    pub version: Option<String>,
    pub enterprise_id: Option<String>,
}

impl Console {
    /// The console's own words about itself; needs no login, and tells a console from any other server.
    pub(crate) async fn config_info(&self, ctx: &Ctx) -> Result<ConfigInfo, ConsoleError> {
        let call = Call::get("read the console's version", &["config", "info"]).auth(Auth::Anonymous);
        let not_rainbond = |status| ConsoleError::NotRainbond { host: self.host(), status };
        let envelope = match self.send(ctx, &call, None).await {
            Ok(Answer::Json(envelope)) => envelope,
            Ok(Answer::Empty | Answer::File(_)) => return Err(not_rainbond(200)),
            Err(ConsoleError::NoSuchCall(refusal) | ConsoleError::NotFound(refusal)) => {
                return Err(not_rainbond(refusal.status));
            }
            Err(ConsoleError::BadAnswer { status, .. }) if !(502..=504).contains(&status) => {
                return Err(not_rainbond(status));
            }
            Err(ConsoleError::Refused(refusal) | ConsoleError::Forbidden(refusal)) if refusal.code.is_none() => {
                return Err(not_rainbond(refusal.status));
            }
            Err(error) => return Err(error),
        };
        let Some(bean) = envelope.bean.as_object().filter(|_| envelope.code.is_some()) else {
            return Err(not_rainbond(envelope.status));
        };
        let text = |value: Option<&Value>| value.and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
        Ok(ConfigInfo {
            version: text(bean.get("version").and_then(|version| version.get("value"))),
            enterprise_id: text(bean.get("enterprise_id")),
        })
    }

    /// Everything that tells how old console and cluster are. Asks the roundabout ways only where the straight one is silent.
    pub(crate) async fn evidence(
        &self,
        ctx: &Ctx,
        region_version: Option<&str>,
        scope: Option<&Scope>,
    ) -> Result<Evidence, ConsoleError> {
        let said = self.config_info(ctx).await?.version;
        let console = said.as_deref().and_then(Version::parse);
        let region = region_version.and_then(Version::parse);
        let mut evidence = Evidence { console, region, ..Evidence::default() };
        if console.is_none() && region.is_none() {
            evidence.bad_token_status = self.bad_token_status(ctx).await?;
            if let Some(scope) = scope {
                evidence.has_gateway_routes = Some(self.has_gateway_routes(ctx, scope).await?);
            }
        }
        Ok(evidence)
    }

    /// The status of a refused token: 403 up to v6.7.4, 401 from v6.8.0 on.
    async fn bad_token_status(&self, ctx: &Ctx) -> Result<Option<u16>, ConsoleError> {
        let call = Call::get("see how tokens are refused", &["users", "details"]).auth(Auth::Garbage);
        match self.send(ctx, &call, None).await {
            Err(ConsoleError::LoginExpired(refusal)) => Ok(Some(refusal.status)),
            Ok(_) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// v5 has no such path: Django's own page (v5.17.3 800).
    async fn has_gateway_routes(&self, ctx: &Ctx, scope: &Scope) -> Result<bool, ConsoleError> {
        let path = ["api-gateway", "v1", scope.team.as_str(), "routes", "http"];
        match self.ask(ctx, Call::get("look for gateway routes", &path).within(scope)).await {
            Ok(_) => Ok(true),
            Err(ConsoleError::NoSuchCall(_)) => Ok(false),
            Err(ConsoleError::Refused(_) | ConsoleError::ClusterDown(_) | ConsoleError::NotFound(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }
}
