//! Reads an app's gateway rules as they are now: packages of v6 do not hold them (protocol.md §6.4). Makes none.

use super::client::{Console, Scope};
use super::envelope::Envelope;
use super::error::ConsoleError;
use super::request::Call;
use crate::ctx::Ctx;
use crate::ids::AppId;
use serde_json::Value;

/// Which set of calls a console has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GatewayApi {
    /// The console's own tables, up to v5.
    Tables,
    /// `api-gateway/v1`, from v6.0.0 on.
    Routes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleKind {
    Http,
    Tcp,
}

/// Rules as the console gives them, for a bundle or a checklist.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GatewayRules {
    pub http: Vec<Value>,
    pub tcp: Vec<Value>,
}

impl Console {
    pub(crate) async fn gateway_rules(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        enterprise: &str,
        app: AppId,
        api: GatewayApi,
    ) -> Result<GatewayRules, ConsoleError> {
        let http = self.rules(ctx, scope, enterprise, app, api, RuleKind::Http).await?;
        let tcp = self.rules(ctx, scope, enterprise, app, api, RuleKind::Tcp).await?;
        Ok(GatewayRules { http, tcp })
    }

    pub(super) async fn rules(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        enterprise: &str,
        app: AppId,
        api: GatewayApi,
        kind: RuleKind,
    ) -> Result<Vec<Value>, ConsoleError> {
        Ok(self.rule_rows(ctx, scope, enterprise, Some(app), api, kind).await?.rows().to_vec())
    }

    /// The same, as it came; without an app those of the whole team (v6 only).
    pub(super) async fn rule_rows(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        enterprise: &str,
        app: Option<AppId>,
        api: GatewayApi,
        kind: RuleKind,
    ) -> Result<Envelope, ConsoleError> {
        self.ask(ctx, rules_call(scope, enterprise, app, api, kind)).await
    }
}

fn rules_call(scope: &Scope, enterprise: &str, app: Option<AppId>, api: GatewayApi, kind: RuleKind) -> Call {
    let act = "list the gateway rules";
    let team = scope.team.as_str();
    // Empty is the whole team, and still gives names with the app's id in front (recordings 804, 805).
    let app = app.map_or_else(String::new, |app| app.to_string());
    match api {
        GatewayApi::Routes => {
            let kind = match kind {
                RuleKind::Http => "http",
                RuleKind::Tcp => "tcp",
            };
            Call::get(act, &["api-gateway", "v1", team, "routes", kind]).within(scope).query("appID", &app)
        }
        GatewayApi::Tables => {
            let table = match kind {
                RuleKind::Http => "domain",
                RuleKind::Tcp => "tcpdomain",
            };
            let path = ["enterprise", enterprise, "team", team, "app", &app, table];
            Call::get(act, &path).within(scope).query("page", &1).query("page_size", &1000)
        }
    }
}
