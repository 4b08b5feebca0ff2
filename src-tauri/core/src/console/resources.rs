//! What a component may use and how often it runs.

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::request::{Call, Wait, of_component};
use crate::ctx::Ctx;
use serde_json::json;

impl Console {
    /// Sets memory (MB) and CPU (thousandths of a core); v5 installs end with no CPU at all (rebuild.md §5.1).
    pub(crate) async fn set_size(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        memory: u64,
        cpu: u64,
    ) -> Result<(), ConsoleError> {
        let body = json!({ "new_memory": memory, "new_cpu": cpu, "new_gpu": 0 });
        let call = Call::post("set memory and CPU", &of_component(scope, alias, "vertical"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    /// Sets how many run at once; at least one (`console:views/app_manage.py` `HorizontalExtendAppView`).
    pub(crate) async fn set_replicas(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        count: u64,
    ) -> Result<(), ConsoleError> {
        let body = json!({ "new_node": count });
        let call = Call::post("set the number of instances", &of_component(scope, alias, "horizontal"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    /// Makes it stateless, stateful, a job … (`console:views/app_manage.py` `ChangeServiceTypeView`).
    pub(crate) async fn set_deploy_type(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        extend_method: &str,
    ) -> Result<(), ConsoleError> {
        let body = json!({ "extend_method": extend_method });
        let call = Call::put("set the deploy type", &of_component(scope, alias, "deploytype"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    /// Makes a component known to its region and, if wanted, deploys it.
    pub(crate) async fn build_component(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        deploy: bool,
    ) -> Result<(), ConsoleError> {
        let call =
            Call::post("build the component", &of_component(scope, alias, "build"), json!({ "is_deploy": deploy }));
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }
}
