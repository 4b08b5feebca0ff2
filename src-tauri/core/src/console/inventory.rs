//! What a console has: the user, teams, clusters, apps, components and how they are. Reads only.

use super::client::{Console, Scope};
use super::envelope::Envelope;
use super::error::{ConsoleError, Refusal};
use super::lenient;
use super::request::{Body, Call};
use super::rights::BackupRights;
use crate::ctx::Ctx;
use crate::ids::{AppId, TeamName};
use futures::{StreamExt, stream};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const PAGE_SIZE: usize = 100;
/// More pages than any installation has; against a `total` that never comes true.
const PAGE_LIMIT: usize = 1000;
/// Of one list, where the first page says how many there are.
const PAGES_AT_ONCE: usize = 4;

/// The user, as the console sees them (`users/details`).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Me {
    #[serde(deserialize_with = "lenient::text")]
    pub user_name: String,
    #[serde(deserialize_with = "lenient::text")]
    pub real_name: String,
    #[serde(deserialize_with = "lenient::text")]
    pub enterprise_id: String,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_enterprise_admin: bool,
    /// Teams the user is in and that have a usable cluster.
    #[serde(deserialize_with = "lenient::rows")]
    pub teams: Vec<Team>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Team {
    #[serde(rename = "team_name")]
    pub name: TeamName,
    #[serde(default, rename = "team_alias", deserialize_with = "lenient::text")]
    pub alias: String,
    #[serde(default, deserialize_with = "lenient::flag")]
    pub is_team_owner: bool,
    #[serde(default, deserialize_with = "lenient::text")]
    pub namespace: String,
    #[serde(default, rename = "region", deserialize_with = "lenient::rows")]
    pub regions: Vec<TeamRegion>,
    /// What the web page would let the user do; the API itself checks none of it (recordings 1210-1223).
    #[serde(default, rename = "tenant_actions")]
    pub rights: BackupRights,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct TeamRegion {
    #[serde(rename = "team_region_name", deserialize_with = "lenient::text")]
    pub name: String,
    #[serde(rename = "team_region_alias", deserialize_with = "lenient::text")]
    pub alias: String,
    #[serde(deserialize_with = "lenient::text")]
    pub region_id: String,
    /// The directory name below `/grdata/tenant/`.
    #[serde(deserialize_with = "lenient::text")]
    pub region_tenant_id: String,
    #[serde(deserialize_with = "lenient::flag")]
    pub is_active: bool,
    #[serde(deserialize_with = "lenient::text")]
    pub region_status: String,
    #[serde(deserialize_with = "lenient::text")]
    pub tcpdomain: String,
    #[serde(deserialize_with = "lenient::text")]
    pub websocket_uri: String,
}

/// A team an administrator sees without being in it (`enterprise/{eid}/teams`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct EnterpriseTeam {
    #[serde(rename = "team_name")]
    pub name: TeamName,
    #[serde(default, rename = "team_alias", deserialize_with = "lenient::text")]
    pub alias: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub namespace: String,
    #[serde(default, rename = "region_list", deserialize_with = "lenient::rows")]
    pub regions: Vec<NamedRegion>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct NamedRegion {
    #[serde(rename = "region_name", deserialize_with = "lenient::text")]
    pub name: String,
    #[serde(rename = "region_alias", deserialize_with = "lenient::text")]
    pub alias: String,
}

/// A cluster of the enterprise. Without `check_status` health and version are made up (recording 1421).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Region {
    #[serde(rename = "region_name", deserialize_with = "lenient::text")]
    pub name: String,
    #[serde(rename = "region_alias", deserialize_with = "lenient::text")]
    pub alias: String,
    #[serde(deserialize_with = "lenient::text")]
    pub region_id: String,
    /// "1": in use.
    #[serde(deserialize_with = "lenient::text")]
    pub status: String,
    /// "failure" where the cluster does not answer (recording 1418).
    #[serde(deserialize_with = "lenient::text")]
    pub health_status: String,
    /// The cluster's own version; "unknown" and "" where nobody knows.
    #[serde(deserialize_with = "lenient::some_text")]
    pub rbd_version: Option<String>,
    /// MB.
    #[serde(deserialize_with = "lenient::number")]
    pub total_memory: f64,
    #[serde(deserialize_with = "lenient::number")]
    pub used_memory: f64,
    #[serde(deserialize_with = "lenient::number")]
    pub total_cpu: f64,
    #[serde(deserialize_with = "lenient::number")]
    pub used_cpu: f64,
    #[serde(deserialize_with = "lenient::rows")]
    pub arch: Vec<String>,
}

impl Region {
    pub(crate) fn is_healthy(&self) -> bool {
        self.status == "1" && self.health_status != "failure"
    }
}

/// An app in a list. Do not act on its state: with the cluster down it still says RUNNING (recording 1411).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct App {
    #[serde(rename = "group_id", deserialize_with = "lenient::id")]
    id: i64,
    #[serde(default, rename = "group_name", deserialize_with = "lenient::text")]
    pub name: String,
    #[serde(default, rename = "group_note", deserialize_with = "lenient::text")]
    pub note: String,
    #[serde(default, rename = "status", deserialize_with = "lenient::text")]
    pub state: String,
    #[serde(default, rename = "services_num", deserialize_with = "lenient::size")]
    pub component_count: u64,
    #[serde(default, rename = "run_service_num", deserialize_with = "lenient::size")]
    pub running_count: u64,
    /// MB.
    #[serde(default, deserialize_with = "lenient::number")]
    pub used_mem: f64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub create_time: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub update_time: String,
    /// Filled in lists that have it (`overview/groups`).
    #[serde(default, rename = "service_list", deserialize_with = "lenient::rows")]
    pub components: Vec<NamedComponent>,
}

impl App {
    pub(crate) fn id(&self) -> AppId {
        AppId(self.id)
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct NamedComponent {
    pub service_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_cname: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_alias: String,
}

/// How an app is, asked of its cluster.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct AppState {
    /// RUNNING, CLOSED, PARTIAL_ABNORMAL …; absent for an app without components.
    #[serde(rename = "status", deserialize_with = "lenient::some_text")]
    pub state: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    pub app_name: String,
    #[serde(deserialize_with = "lenient::text")]
    pub k8s_app: String,
}

/// What a component does right now. Everything the platform says beyond these is between two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComponentState {
    Running,
    /// `closed` and `undeploy`: the only ones that count as stopped for a backup (protocol.md §2.3).
    Stopped,
    /// Nothing is known: the cluster is down (recording 1413), or has never heard of it. Never take it for stopped.
    Unknown,
    Busy,
    Abnormal,
}

impl ComponentState {
    pub(crate) fn parse(status: &str) -> Self {
        match status {
            "running" | "upgrade" | "deployed" | "succeeded" => Self::Running,
            "closed" | "undeploy" => Self::Stopped,
            "abnormal" | "some_abnormal" | "unusual" | "failure" | "owed" | "expired" => Self::Abnormal,
            "starting" | "checking" | "stopping" | "stoping" | "waiting" | "paused" | "restoring" | "creating" => {
                Self::Busy
            }
            _ => Self::Unknown,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Component {
    pub service_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_alias: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_cname: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub status_cn: String,
    /// MB; 0 where it is closed.
    #[serde(default, deserialize_with = "lenient::size")]
    pub min_memory: u64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_source: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub create_status: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub k8s_service_name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub update_time: String,
}

impl Component {
    pub(crate) fn state(&self) -> ComponentState {
        ComponentState::parse(&self.status)
    }
}

/// One component's state, without the rest (`overview/services/status`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ComponentStatus {
    pub service_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
}

impl ComponentStatus {
    pub(crate) fn state(&self) -> ComponentState {
        ComponentState::parse(&self.status)
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ComponentDetail {
    pub service_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_alias: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_cname: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub extend_method: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub image: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_source: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub k8s_component_name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub cmd: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub arch: String,
    /// `creating` until its region knows it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub create_status: String,
    #[serde(default, deserialize_with = "lenient::size")]
    pub min_node: u64,
    /// MB.
    #[serde(default, deserialize_with = "lenient::size")]
    pub min_memory: u64,
    /// Thousandths of a core.
    #[serde(default, deserialize_with = "lenient::size")]
    pub min_cpu: u64,
}

impl ComponentDetail {
    /// Those a backup wants stopped.
    pub(crate) fn is_stateful(&self) -> bool {
        self.extend_method.starts_with("state_")
    }
}

/// What a team has left in a region (`teams/{team}/overview`).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Quota {
    /// MB.
    #[serde(deserialize_with = "lenient::number")]
    pub memory_usage: f64,
    /// MB; 0: unlimited.
    #[serde(rename = "team_service_total_memory", deserialize_with = "lenient::number")]
    pub memory_limit: f64,
    #[serde(deserialize_with = "lenient::number")]
    pub cpu_usage: f64,
    #[serde(rename = "team_service_total_cpu", deserialize_with = "lenient::number")]
    pub cpu_limit: f64,
    #[serde(deserialize_with = "lenient::flag")]
    pub region_health: bool,
}

impl Console {
    pub(crate) async fn me(&self, ctx: &Ctx) -> Result<Me, ConsoleError> {
        let me: Me = self.ask(ctx, Call::get("read the user", &["users", "details"])).await?.bean_as()?;
        Ok(me)
    }

    /// Clusters of the enterprise, each asked how it is.
    pub(crate) async fn regions(&self, ctx: &Ctx, enterprise: &str) -> Result<Vec<Region>, ConsoleError> {
        let call = Call::get("list the clusters", &["enterprise", enterprise, "regions"]).query("check_status", "yes");
        let mut regions: Vec<Region> = self.ask(ctx, call).await?.rows_as()?;
        for region in &mut regions {
            region.rbd_version = region.rbd_version.take().filter(|version| version != "unknown");
        }
        Ok(regions)
    }

    /// All teams of the enterprise, for its administrators; the rows are in the bean (recording 210).
    pub(crate) async fn enterprise_teams(
        &self,
        ctx: &Ctx,
        enterprise: &str,
    ) -> Result<Vec<EnterpriseTeam>, ConsoleError> {
        let call = Call::get("list the teams", &["enterprise", enterprise, "teams"]);
        self.pages(ctx, &call, |page| {
            let rows = page.bean.get("list").and_then(Value::as_array);
            rows.into_iter().flatten().map(|row| page.typed(row)).collect()
        })
        .await
    }

    /// With states, from v5.2.2 on; before that there are only names (protocol.md §2.2).
    pub(crate) async fn apps(&self, ctx: &Ctx, scope: &Scope) -> Result<Vec<App>, ConsoleError> {
        let call = Call::get("list the apps", &["teams", scope.team.as_str(), "apps"]).within(scope).query("sort", &1);
        match self.pages(ctx, &call, Envelope::rows_as).await {
            Err(ConsoleError::NoSuchCall(_)) => self.apps_overview(ctx, scope).await,
            told => told,
        }
    }

    /// The apps of a console too old for the list with states.
    pub(crate) async fn apps_overview(&self, ctx: &Ctx, scope: &Scope) -> Result<Vec<App>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "overview", "groups"];
        self.ask(ctx, Call::get("list the apps", &path).within(scope)).await?.rows_as()
    }

    /// How an app is; its row stands where the list should (recording 252).
    pub(crate) async fn app_state(&self, ctx: &Ctx, scope: &Scope, app: AppId) -> Result<AppState, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string(), "status"];
        let envelope = self.ask(ctx, Call::get("read the app's state", &path).within(scope)).await?;
        envelope.typed(&envelope.list)
    }

    pub(crate) async fn components(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
    ) -> Result<Vec<Component>, ConsoleError> {
        let act = "list the components";
        let call = Call::get(act, &["teams", scope.team.as_str(), "service", "group"]).within(scope);
        let call = call.query("group_id", &app).query("page", &1).query("page_size", &-1);
        let envelope = self.ask(ctx, call).await?;
        // A foreign or deleted app is a success with code 202 and no rows (protocol.md §2.3).
        if envelope.code == Some(202) {
            let refusal = Refusal { act, status: envelope.status, code: envelope.code, said: None };
            return Err(ConsoleError::NotFound(refusal));
        }
        envelope.rows_as()
    }

    /// States of some components. None at all come back when the cluster is down: missing means unknown.
    pub(crate) async fn component_states(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        components: &[String],
    ) -> Result<Vec<ComponentStatus>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "overview", "services", "status"];
        let body = json!({ "service_ids": components });
        self.ask(ctx, Call::asking("read the components' states", &path, Body::Json(body)).within(scope))
            .await?
            .rows_as()
    }

    pub(crate) async fn component_detail(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
    ) -> Result<ComponentDetail, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "apps", alias, "detail"];
        let envelope = self.ask(ctx, Call::get("read the component", &path).within(scope)).await?;
        envelope.typed(envelope.bean.get("service").unwrap_or(&Value::Null))
    }

    pub(crate) async fn quota(&self, ctx: &Ctx, scope: &Scope) -> Result<Quota, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "overview"];
        self.ask(ctx, Call::get("read the team's quota", &path).within(scope)).await?.bean_as()
    }

    /// All pages of a list. Never asks past the end: backup lists answer that with a 500 (recording 542), which can still
    /// happen when rows are deleted meanwhile. Then the list is read once more from the start.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        ctx: &Ctx,
        call: &Call,
        rows: impl Fn(&Envelope) -> Result<Vec<T>, ConsoleError>,
    ) -> Result<Vec<T>, ConsoleError> {
        let mut found = Vec::new();
        match self.read_pages(ctx, call, &rows, &mut found).await {
            Err(ConsoleError::Refused(refusal)) if refusal.status == 500 && !found.is_empty() => {
                found.clear();
                self.read_pages(ctx, call, &rows, &mut found).await?;
            }
            other => other?,
        }
        Ok(found)
    }

    async fn read_pages<T>(
        &self,
        ctx: &Ctx,
        call: &Call,
        rows: &impl Fn(&Envelope) -> Result<Vec<T>, ConsoleError>,
        found: &mut Vec<T>,
    ) -> Result<(), ConsoleError> {
        let page = |page: usize| self.ask(ctx, call.clone().query("page", &page).query("page_size", &PAGE_SIZE));
        let first = page(1).await?;
        found.extend(rows(&first)?);
        if let Some(total) = first.total() {
            let last = total.div_ceil(PAGE_SIZE).min(PAGE_LIMIT);
            let mut others = stream::iter(2..=last).map(page).buffered(PAGES_AT_ONCE);
            while let Some(envelope) = others.next().await {
                found.extend(rows(&envelope?)?);
            }
            return Ok(());
        }
        // Where no number is said, a page that is not full is the last.
        for number in 2..=PAGE_LIMIT {
            if found.len() < (number - 1) * PAGE_SIZE {
                break;
            }
            found.extend(rows(&page(number).await?)?);
        }
        Ok(())
    }
}
