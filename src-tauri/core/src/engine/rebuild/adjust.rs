//! What the install leaves out or changes, put right by calls of their own (rebuild.md §5): each is a wish for how the target
//! should be, compared first, so that fulfilling it twice is harmless. One that is refused is reported and stops nothing.

use super::{Ground, drafted};
use crate::console::{
    Dependence, MountKind, NewConfigGroup, NewMount, NewPort, NewThirdParty, PluginBuild, Port, PortAction,
};
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{gateway, landing, origin};
use crate::ids::AppId;
use crate::jobs::PhaseName;
use crate::jobs::fact::{Fact, InstalledComponent};
use crate::jobs::request::Build;
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use crate::template::{Act, Draft, Fixup, Stage};
use chrono::TimeDelta;
use std::time::Duration;

/// How long a plugin may take to build before its components are started without it.
const PLUGIN_PATIENCE: TimeDelta = TimeDelta::minutes(5);
const PLUGIN_PAUSE: Duration = Duration::from_secs(1);

/// Before anything starts.
pub(super) struct Adjust;

/// Once components run: entries come to be when they start (recording 1539).
pub(super) struct Entries;

#[async_trait::async_trait]
impl Step for Adjust {
    fn phase(&self) -> PhaseName {
        PhaseName::Adjust
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        fulfil(run, Stage::BeforeStart).await
    }
}

#[async_trait::async_trait]
impl Step for Entries {
    fn phase(&self) -> PhaseName {
        PhaseName::Gateway
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        fulfil(run, Stage::AfterStart).await?;
        gateway::make(run).await
    }
}

async fn fulfil(run: &Run, stage: Stage) -> Result<(), Stop> {
    let ground = Ground::of(run).await?;
    let draft = drafted(run, &ground, &origin::open(run).await?.model)?;
    let app = landing::app(&run.record())?;
    // Plugins that calls made are built before their components are (`plugins.rs`).
    let is_settled = |act: &Act| ground.landing.build == Build::Compose && matches!(act, Act::AwaitPlugin { .. });
    let wishes = draft.fixups.iter().filter(|fixup| fixup.stage == stage && !is_settled(&fixup.act));
    let mut count = 0;
    for wish in wishes {
        if run.record().rebuild.adjusted.contains(&wish.id) {
            continue;
        }
        run.ctx.check()?;
        let helper = Helper { run, ground: &ground, draft: &draft, app };
        match helper.act(wish).await {
            Ok(()) => run.note(Fact::Adjusted { id: wish.id.clone() })?,
            Err(Stop::Problem(problem)) if is_of_one_wish(&problem) => {
                run.note(Fact::NotAdjusted { id: wish.id.clone(), reason: problem.message })?;
            }
            Err(other) => return Err(other),
        }
        count += 1;
    }
    if count > 0 {
        run.say(LineCode::LogAdjusted, [("count", count.to_string())])?;
    }
    Ok(())
}

/// A refusal of this very thing; a console that is down or shuts us out is the job's business.
pub(super) fn is_of_one_wish(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::ConsoleRefused | Code::NotFound | Code::BadAnswer | Code::Unsupported | Code::ResourcesShort
    )
}

struct Helper<'a> {
    run: &'a Run,
    ground: &'a Ground,
    draft: &'a Draft,
    app: AppId,
}

impl Helper<'_> {
    /// What a component of the source became.
    fn of(&self, source_id: &str) -> Result<InstalledComponent, Problem> {
        let installed = self.run.record().rebuild.installed.unwrap_or_default();
        let found = installed.into_iter().find(|component| component.source_id == source_id);
        found.ok_or_else(|| Problem::new(Code::NotFound, "The component this is about did not arrive"))
    }

    async fn act(&self, wish: &Fixup) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        if let Act::CreateThirdParty { cname, k8s_name, endpoints } = &wish.act {
            return self.third_party(wish, cname, k8s_name, endpoints).await;
        }
        if let Act::CreateDisabledGroup { name, items, components, .. } = &wish.act {
            return self.disabled_group(name, items, components).await;
        }
        if let Act::AwaitPlugin { plugin_key, build_version } = &wish.act {
            return self.plugin(plugin_key, build_version).await;
        }
        let component = self.of(wish.component.as_deref().unwrap_or_default())?;
        let alias = component.alias.as_str();
        match &wish.act {
            Act::CreateThirdParty { .. } | Act::CreateDisabledGroup { .. } | Act::AwaitPlugin { .. } => Ok(()),
            Act::AddPort { port, protocol, alias: port_alias, is_inner } => {
                let port = number(*port)?;
                if self.port(alias, port).await?.is_some() {
                    return Ok(());
                }
                let new = NewPort {
                    port,
                    protocol: protocol.clone(),
                    alias: port_alias.clone(),
                    is_inner: *is_inner,
                    is_outer: false,
                };
                Ok(console.add_port(ctx, scope, alias, &new).await.map(drop)?)
            }
            Act::AddDependency { on } => self.depend(alias, on).await,
            Act::NamePort { port, alias: port_alias, k8s_service_name } => {
                let port = number(*port)?;
                match self.port(alias, port).await? {
                    Some(found) if found.k8s_service_name == *k8s_service_name => Ok(()),
                    _ => Ok(console
                        .rename_port(ctx, scope, alias, port, port_alias, k8s_service_name)
                        .await
                        .map(drop)?),
                }
            }
            Act::CloseInner { port } => self.set(alias, *port, PortAction::CloseInner, |port| !port.is_inner).await,
            Act::EnsureOuter { port } => self.set(alias, *port, PortAction::OpenOuter, |port| port.is_outer).await,
            Act::ReopenOuter { port } => {
                let port = number(*port)?;
                console.set_port(ctx, scope, alias, port, PortAction::CloseOuter).await?;
                Ok(console.set_port(ctx, scope, alias, port, PortAction::OpenOuter).await.map(drop)?)
            }
            Act::Mount { owner, volume, path } => self.mount(alias, owner, volume, path).await,
            Act::Limit { memory_mb, cpu_millis } => {
                Ok(console.set_size(ctx, scope, alias, *memory_mb, *cpu_millis).await?)
            }
            Act::Schedule { strategy } => {
                let strategy = serde_json::from_str(strategy)
                    .map_err(|_| refused("The job's schedule in the backup cannot be read".to_owned()))?;
                Ok(console.set_job_strategy(ctx, scope, alias, &strategy).await?)
            }
            Act::Rename { cname } => {
                let detail = console.component_detail(ctx, scope, alias).await?;
                Ok(console.rename_component(ctx, scope, alias, cname, &detail.k8s_component_name).await?)
            }
        }
    }

    async fn port(&self, alias: &str, port: u16) -> Result<Option<Port>, Stop> {
        let ports = self.ground.target.console.ports(&self.run.ctx, &self.ground.scope, alias).await?;
        Ok(ports.into_iter().find(|row| row.port == port))
    }

    async fn set(&self, alias: &str, port: i64, action: PortAction, is_so: impl Fn(&Port) -> bool) -> Result<(), Stop> {
        let port = number(port)?;
        if self.port(alias, port).await?.is_some_and(|found| is_so(&found)) {
            return Ok(());
        }
        let (ctx, scope) = (&self.run.ctx, &self.ground.scope);
        Ok(self.ground.target.console.set_port(ctx, scope, alias, port, action).await.map(drop)?)
    }

    /// `third_party` writes rows of the console only; the region hears of it at the build (recording 1570).
    async fn third_party(&self, wish: &Fixup, cname: &str, k8s_name: &str, endpoints: &[String]) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let there = console.components(ctx, scope, self.app).await?;
        let (id, alias) = match there.into_iter().find(|row| row.service_cname == cname) {
            Some(row) => (row.service_id, row.service_alias),
            None => {
                let new = NewThirdParty {
                    app: self.app,
                    name: cname.to_owned(),
                    k8s_component_name: k8s_name.to_owned(),
                    endpoints: endpoints.to_vec(),
                };
                let made = console.create_third_party(ctx, scope, &new).await?;
                (made.service_id, made.service_alias)
            }
        };
        console.build_component(ctx, scope, &alias, false).await?;
        let source_id = wish.component.clone().unwrap_or_default();
        let component = InstalledComponent { source_id, id, alias, name: cname.to_owned() };
        Ok(self.run.note(Fact::ComponentMade { component })?)
    }

    async fn depend(&self, alias: &str, on: &str) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let on = self.of(on)?;
        match console.add_dependency(ctx, scope, alias, &on.id, None).await? {
            Dependence::Added | Dependence::AlreadyThere => Ok(()),
            Dependence::PortClosed { ports } => {
                let Some(port) = ports.first() else {
                    return Err(refused(format!("{} has no port to depend on", on.name)).into());
                };
                console.add_dependency(ctx, scope, alias, &on.id, Some(*port)).await?;
                Ok(())
            }
        }
    }

    async fn mount(&self, alias: &str, owner: &str, volume: &str, path: &str) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let mounted = console.mounts(ctx, scope, alias, MountKind::Mounted).await?;
        if mounted.iter().any(|mount| mount.path == path) {
            return Ok(());
        }
        let owner = self.of(owner)?;
        let volumes = console.volumes(ctx, scope, &owner.alias).await?;
        let found = volumes.into_iter().find(|row| row.name == volume);
        let found = found.ok_or_else(|| refused(format!("{} has no volume {volume}", owner.name)))?;
        let mount = NewMount { volume: found.id, path: path.to_owned() };
        Ok(console.add_mounts(ctx, scope, alias, &[mount]).await?)
    }

    async fn disabled_group(
        &self,
        name: &str,
        items: &[(String, crate::secret::Secret)],
        components: &[String],
    ) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        if console.config_groups(ctx, scope, self.app).await?.iter().any(|group| group.name == name) {
            return Ok(());
        }
        let ids = components.iter().filter_map(|id| Some(self.of(id).ok()?.id));
        let group = NewConfigGroup {
            name: name.to_owned(),
            is_enabled: false,
            items: items.to_vec(),
            components: ids.collect(),
        };
        Ok(console.create_config_group(ctx, scope, self.app, &group).await.map(drop)?)
    }

    /// A plugin that is not built yet is left out of the pod without a word (rebuild.md §5.9).
    async fn plugin(&self, key: &str, version: &str) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let mut found = None;
        for placed in &self.draft.components {
            let component = self.of(&placed.id)?;
            let plugins = console.plugins(ctx, scope, &component.alias).await?;
            found = plugins.installed.into_iter().find(|plugin| plugin.key == key);
            if found.is_some() {
                break;
            }
        }
        let plugin = found.ok_or_else(|| refused("No component has the plugin".to_owned()))?;
        let version = if plugin.build_version.is_empty() { version } else { &plugin.build_version };
        let deadline = ctx.clock.now() + PLUGIN_PATIENCE;
        loop {
            match console.plugin_build(ctx, scope, &plugin.id, version).await? {
                PluginBuild::Done => return Ok(()),
                PluginBuild::Failed => {
                    return Err(refused(format!("The plugin {} could not be built", plugin.alias)).into());
                }
                PluginBuild::Unbuilt | PluginBuild::Building | PluginBuild::Other if ctx.clock.now() >= deadline => {
                    return Err(refused(format!("The plugin {} is not built yet", plugin.alias)).into());
                }
                PluginBuild::Unbuilt | PluginBuild::Building | PluginBuild::Other => ctx.sleep(PLUGIN_PAUSE).await?,
            }
        }
    }
}

fn refused(why: String) -> Problem {
    Problem::new(Code::ConsoleRefused, why).retry(Retry::Later)
}

fn number(port: i64) -> Result<u16, Problem> {
    u16::try_from(port).map_err(|_| refused(format!("{port} is no port")))
}
