//! What a component may use, how often it runs, and who watches it.

use super::client::{Console, Scope};
use super::error::ConsoleError;
use super::request::{Call, Wait, of_component};
use crate::ctx::Ctx;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A monitor of a component, as a backup has it (`console:views/app_config/service_monitor.py`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Monitor {
    /// Unique in the team.
    pub name: String,
    pub service_show_name: String,
    pub port: u16,
    /// Begins with a slash.
    pub path: String,
    /// `10s`
    pub interval: String,
}

/// When and how often a job runs, as a backup has it (`console:views/app_overview.py` `JobStrategy`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct JobStrategy {
    pub schedule: String,
    pub backoff_limit: String,
    pub parallelism: String,
    pub active_deadline_seconds: String,
    pub completions: String,
}

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
        let call = Call::post(self.pen()?, "set memory and CPU", &of_component(scope, alias, "vertical"), body);
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
        let call =
            Call::post(self.pen()?, "set the number of instances", &of_component(scope, alias, "horizontal"), body);
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
        let call = Call::put(self.pen()?, "set the deploy type", &of_component(scope, alias, "deploytype"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    pub(crate) async fn add_monitor(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        monitor: &Monitor,
    ) -> Result<(), ConsoleError> {
        let call =
            Call::post(self.pen()?, "add the monitor", &of_component(scope, alias, "service_monitor"), json!(monitor));
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    pub(crate) async fn monitors(&self, ctx: &Ctx, scope: &Scope, alias: &str) -> Result<Vec<Monitor>, ConsoleError> {
        let call = Call::get("list the monitors", &of_component(scope, alias, "service_monitor")).within(scope);
        self.ask(ctx, call).await?.rows_as()
    }

    /// Sets the command an image is started with (`console:views/app_config/base.py` `AppBuildSourceinfo`). No recording.
    pub(crate) async fn set_command(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        command: &str,
    ) -> Result<(), ConsoleError> {
        let body = json!({ "service_source": "docker_image", "cmd": command });
        let call = Call::put(self.pen()?, "set the start command", &of_component(scope, alias, "buildsource"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    /// No template carries it (rebuild.md §5.8).
    pub(crate) async fn set_job_strategy(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        strategy: &JobStrategy,
    ) -> Result<(), ConsoleError> {
        let call = Call::put(
            self.pen()?,
            "set the job's strategy",
            &of_component(scope, alias, "job_strategy"),
            json!(strategy),
        );
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
        let call = Call::post(
            self.pen()?,
            "build the component",
            &of_component(scope, alias, "build"),
            json!({ "is_deploy": deploy }),
        );
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }
}
