//! What a component made by calls is given, one wish after the other: compared first, journaled, and where one is refused, told
//! and passed by (rebuild.md §7.1 step 5).

use super::Ground;
use super::adjust::is_of_one_wish;
use super::compose::{brought, entry, made};
use crate::console::{
    ConsoleError, Dependence, EnvScope, Graph, HealthProbe, K8sAttribute, Monitor, MountKind, NewConfigGroup, NewEnv,
    NewMount, NewPort, NewVolume, PortAction,
};
use crate::engine::runner::{Run, Stop};
use crate::ids::AppId;
use crate::jobs::fact::{Fact, InstalledComponent};
use crate::package::Row;
use crate::problem::{Code, Problem};
use crate::secret::Secret;
use crate::template::{Draft, Placed};
use serde_json::{Value, json};

/// What a component made from an image is without further calls.
const USUAL_KIND: &str = "stateless_multiple";

pub(super) struct Fittings<'a> {
    pub run: &'a Run,
    pub ground: &'a Ground,
    pub draft: &'a Draft,
    pub app: AppId,
    /// For images in a registry of the user's own.
    pub login: Option<(String, Secret)>,
}

type Done = Result<(), Stop>;

impl Fittings<'_> {
    pub(super) async fn wish(&self, id: String, act: impl Future<Output = Done>) -> Done {
        if self.run.record().rebuild.adjusted.contains(&id) {
            return Ok(());
        }
        self.run.ctx.check()?;
        match act.await {
            Ok(()) => Ok(self.run.note(Fact::Adjusted { id })?),
            Err(Stop::Problem(problem)) if is_of_one_wish(&problem) => {
                Ok(self.run.note(Fact::NotAdjusted { id, reason: problem.message })?)
            }
            Err(other) => Err(other),
        }
    }

    /// All that needs no other component.
    pub(super) async fn fit(&self, placed: &Placed, alias: &str) -> Done {
        let row = entry(self.draft, &placed.id);
        let id = |kind: &str, of: &str| format!("compose:{kind}:{}:{of}", placed.id);
        self.wish(id("kind", ""), self.kind(alias, row)).await?;
        self.wish(id("size", ""), self.size(alias, row)).await?;
        for port in row.rows("port_map_list") {
            self.wish(id("port", &port.text("container_port")), self.port(alias, port)).await?;
        }
        for (list, scope) in
            [("service_env_map_list", EnvScope::Inner), ("service_connect_info_map_list", EnvScope::Outer)]
        {
            for env in row.rows(list) {
                self.wish(id("env", &env.text("attr_name")), self.env(alias, env, scope)).await?;
            }
        }
        for volume in row.rows("service_volume_map_list") {
            self.wish(id("volume", &volume.text("volume_name")), self.volume(alias, volume)).await?;
        }
        for probe in row.rows("probes") {
            self.wish(id("probe", &probe.text("mode")), self.probe(alias, probe)).await?;
        }
        Ok(())
    }

    /// What is between components.
    pub(super) async fn join(&self) -> Done {
        for placed in &self.draft.components {
            let Some(component) = made(self.run, &placed.id) else { continue };
            let row = entry(self.draft, &placed.id);
            let id = |kind: &str, of: &str| format!("compose:{kind}:{}:{of}", placed.id);
            for dependency in row.rows("dep_service_map_list") {
                let on = self.by_share(&dependency.text("dep_service_key"))?;
                self.wish(id("depend", &on), self.depend(&component.alias, &on)).await?;
            }
            for mount in row.rows("mnt_relation_list") {
                let owner = self.by_share(&mount.text("service_share_uuid"))?;
                self.wish(id("mount", &mount.text("mnt_dir")), self.mount(&component.alias, &owner, mount)).await?;
            }
        }
        Ok(())
    }

    /// What the cluster itself must know the components for.
    pub(super) async fn finish(&self) -> Done {
        for placed in &self.draft.components {
            let Some(component) = made(self.run, &placed.id) else { continue };
            let (row, alias) = (entry(self.draft, &placed.id), component.alias.as_str());
            let id = |kind: &str, of: &str| format!("compose:{kind}:{}:{of}", placed.id);
            for port in row.rows("port_map_list").filter(|port| port.flag("is_outer_service")) {
                self.wish(id("outer", &port.text("container_port")), self.open(alias, port)).await?;
            }
            for attribute in row.rows("component_k8s_attributes") {
                self.wish(id("attribute", &attribute.text("name")), self.attribute(alias, attribute)).await?;
            }
            for monitor in row.rows("component_monitors") {
                self.wish(id("monitor", &monitor.text("name")), self.monitor(alias, monitor)).await?;
            }
            let mut graphs: Vec<Row<'_>> = row.rows("component_graphs").collect();
            // A new one comes last.
            graphs.sort_by_key(|graph| graph.number("sequence"));
            for graph in graphs {
                self.wish(id("graph", &graph.text("title")), self.graph(&component, graph)).await?;
            }
            for label in row.row("labels").0.as_object().into_iter().flatten().map(|(name, _)| name) {
                self.wish(id("label", label), self.label(alias, label)).await?;
            }
        }
        for group in Row(&self.draft.metadata.0).rows("app_config_groups") {
            self.wish(format!("compose:group:{}", group.text("name")), self.group(group)).await?;
        }
        Ok(())
    }

    async fn kind(&self, alias: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let kind = row.text("extend_method");
        if kind != USUAL_KIND && !kind.is_empty() {
            console.set_deploy_type(ctx, scope, alias, &kind).await?;
        }
        let command = row.text("cmd");
        if !command.is_empty() {
            console.set_command(ctx, scope, alias, &command).await?;
        }
        Ok(())
    }

    async fn size(&self, alias: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let rules = row.row("extend_method_map");
        console.set_size(ctx, scope, alias, rules.size("init_memory"), row.size("cpu")).await?;
        let replicas = rules.size("min_node");
        if replicas > 1 {
            console.set_replicas(ctx, scope, alias, replicas).await?;
        }
        Ok(())
    }

    async fn port(&self, alias: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let number = number(row)?;
        let there = console.ports(ctx, scope, alias).await?.into_iter().find(|port| port.port == number);
        let port_alias = row.text("port_alias");
        let port = match there {
            Some(port) => port,
            None => {
                let new = NewPort {
                    port: number,
                    protocol: row.text("protocol"),
                    alias: port_alias.clone(),
                    is_inner: row.flag("is_inner_service"),
                    is_outer: false,
                };
                console.add_port(ctx, scope, alias, &new).await?
            }
        };
        let name = row.text("k8s_service_name");
        if !name.is_empty() && port.k8s_service_name != name {
            console.rename_port(ctx, scope, alias, number, &port_alias, &name).await?;
        }
        Ok(())
    }

    async fn open(&self, alias: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let number = number(row)?;
        let ports = console.ports(ctx, scope, alias).await?;
        if ports.iter().any(|port| port.port == number && port.is_outer) {
            return Ok(());
        }
        Ok(console.set_port(ctx, scope, alias, number, PortAction::OpenOuter).await.map(drop)?)
    }

    async fn env(&self, alias: &str, row: Row<'_>, kind: EnvScope) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let (name, value) = (row.text("attr_name"), Secret::new(row.text("attr_value")));
        let there = console.envs(ctx, scope, alias, kind).await?.into_iter().find(|env| env.name == name);
        match there {
            Some(env) if env.value == value => return Ok(()),
            Some(env) => console.delete_env(ctx, scope, alias, env.id).await?,
            None => {}
        }
        let new = NewEnv { name, value, note: row.text("name"), scope: kind, is_change: row.flag("is_change") };
        Ok(console.add_env(ctx, scope, alias, &new).await.map(drop)?)
    }

    async fn volume(&self, alias: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let (name, path, kind) = (row.text("volume_name"), row.text("volume_path"), row.text("volume_type"));
        let is_file = kind == "config-file";
        let there = match is_file {
            true => console.config_files(ctx, scope, alias).await?,
            false => console.volumes(ctx, scope, alias).await?,
        };
        if there.iter().any(|volume| volume.name == name) {
            return Ok(());
        }
        let new = if is_file {
            let mode = Some(row.number("mode")).filter(|mode| *mode > 0);
            NewVolume::Config { name, path, content: Secret::new(row.text("file_content")), mode }
        } else {
            let (capacity, access_mode) = (row.size("volume_capacity"), row.text("access_mode"));
            NewVolume::Storage { name, path, kind, capacity, access_mode }
        };
        Ok(console.add_volume(ctx, scope, alias, &new).await.map(drop)?)
    }

    async fn probe(&self, alias: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let probe: HealthProbe = read(row)?;
        if console.health_probe(ctx, scope, alias).await?.is_some_and(|there| there.mode == probe.mode) {
            return Ok(());
        }
        Ok(console.add_health_probe(ctx, scope, alias, &probe).await?)
    }

    async fn attribute(&self, alias: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let name = row.text("name");
        if console.k8s_attributes(ctx, scope, alias).await?.iter().any(|there| there.name == name) {
            return Ok(());
        }
        let save_type = row.text("save_type");
        let value = attribute_value(&save_type, row.text("attribute_value"));
        let new = K8sAttribute { name, save_type, value };
        Ok(console.create_k8s_attribute(ctx, scope, alias, &new).await?)
    }

    async fn monitor(&self, alias: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let monitor: Monitor = read(row)?;
        let is_it = |there: &Monitor| {
            there.name.starts_with(&monitor.name) && there.port == monitor.port && there.path == monitor.path
        };
        if console.monitors(ctx, scope, alias).await?.iter().any(is_it) {
            return Ok(());
        }
        match console.add_monitor(ctx, scope, alias, &monitor).await {
            // Names are the team's: a taken one gets a suffix, as an install would give it (rebuild.md §1.3).
            Err(ConsoleError::Refused(_) | ConsoleError::AlreadyThere(_)) => {
                let suffix = alias.get(alias.len().saturating_sub(4)..).unwrap_or(alias);
                let name = format!("{}-{suffix}", monitor.name);
                Ok(console.add_monitor(ctx, scope, alias, &Monitor { name, ..monitor }).await?)
            }
            other => Ok(other?),
        }
    }

    /// Its query names the component by its id (rebuild.md §2).
    async fn graph(&self, component: &InstalledComponent, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let promql = row.text("promql").replace(&component.source_id, &component.id);
        let graph = Graph { title: row.text("title"), promql };
        if console.graphs(ctx, scope, &component.alias).await?.iter().any(|there| there.title == graph.title) {
            return Ok(());
        }
        Ok(console.add_graph(ctx, scope, &component.alias, &graph).await?)
    }

    async fn label(&self, alias: &str, name: &str) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        if console.labels(ctx, scope, alias).await?.iter().any(|there| there.name == name) {
            return Ok(());
        }
        let free = console.free_labels(ctx, scope, alias).await?;
        let label = free.into_iter().find(|label| label.name == name);
        let label = label.ok_or_else(|| refused("No node of the cluster has this label"))?;
        Ok(console.add_labels(ctx, scope, alias, &[label.id]).await?)
    }

    /// What an image of the package is called where the cluster pulls it from.
    pub(super) fn brought(&self, name: &str) -> Result<String, Problem> {
        brought(self.run, self.draft, name)
    }

    async fn depend(&self, alias: &str, on: &str) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let on = made(self.run, on).ok_or_else(|| refused("The component it depends on was not made"))?;
        match console.add_dependency(ctx, scope, alias, &on.id, None).await? {
            Dependence::Added | Dependence::AlreadyThere => Ok(()),
            Dependence::PortClosed { ports } => {
                let port = ports.first().ok_or_else(|| refused("It has no port to depend on"))?;
                console.add_dependency(ctx, scope, alias, &on.id, Some(*port)).await?;
                Ok(())
            }
        }
    }

    async fn mount(&self, alias: &str, owner: &str, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let (name, path) = (row.text("mnt_name"), row.text("mnt_dir"));
        if console.mounts(ctx, scope, alias, MountKind::Mounted).await?.iter().any(|mount| mount.path == path) {
            return Ok(());
        }
        let owner = made(self.run, owner).ok_or_else(|| refused("The volume's owner was not made"))?;
        let mut volumes = console.volumes(ctx, scope, &owner.alias).await?;
        volumes.extend(console.config_files(ctx, scope, &owner.alias).await?);
        let volume = volumes.into_iter().find(|volume| volume.name == name);
        let volume = volume.ok_or_else(|| refused("The volume's owner has no such volume"))?;
        Ok(console.add_mounts(ctx, scope, alias, &[NewMount { volume: volume.id, path }]).await?)
    }

    async fn group(&self, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let name = row.text("name");
        if console.config_groups(ctx, scope, self.app).await?.iter().any(|group| group.name == name) {
            return Ok(());
        }
        let items = row.row("config_items").0.as_object().into_iter().flatten();
        let items = items.map(|(key, value)| (key.clone(), Secret::new(value.as_str().unwrap_or_default().to_owned())));
        let ids = row.rows("component_keys").filter_map(|key| {
            let key = key.0.as_str()?;
            let placed = self.draft.components.iter().find(|placed| placed.service_key == key)?;
            Some(made(self.run, &placed.id)?.id)
        });
        let new = NewConfigGroup { name, is_enabled: true, items: items.collect(), components: ids.collect() };
        Ok(console.create_config_group(ctx, scope, self.app, &new).await.map(drop)?)
    }

    /// The source's id of the component that another one names by its share id.
    fn by_share(&self, share: &str) -> Result<String, Problem> {
        let mut rows = Row(&self.draft.metadata.0).rows("apps");
        let found = rows.find(|row| row.text("service_share_uuid") == share).map(|row| row.text("service_id"));
        found.ok_or_else(|| Problem::new(Code::Internal, "A relation leads out of the package"))
    }
}

pub(super) fn refused(why: &str) -> Problem {
    Problem::new(Code::ConsoleRefused, why)
}

fn number(row: Row<'_>) -> Result<u16, Problem> {
    u16::try_from(row.number("container_port")).map_err(|_| refused("It is no port"))
}

fn read<T: serde::de::DeserializeOwned>(row: Row<'_>) -> Result<T, Problem> {
    T::deserialize(row.0).map_err(|_| refused("The backup says it in a way that cannot be read"))
}

/// A call takes `json` ones as rows of key and value (recording 1579); a backup has them as a text of either form.
fn attribute_value(save_type: &str, text: String) -> Value {
    if save_type != "json" {
        return Value::String(text);
    }
    match serde_json::from_str(&text) {
        Ok(Value::Object(pairs)) => pairs.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect(),
        Ok(list @ Value::Array(_)) => list,
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_go_out_as_calls_take_them() {
        let pairs = json!([{"key": "a", "value": "1"}]);
        assert_eq!(attribute_value("json", r#"{"a": "1"}"#.to_owned()), pairs);
        assert_eq!(attribute_value("json", pairs.to_string()), pairs);
        assert_eq!(attribute_value("yaml", "a: 1".to_owned()), json!("a: 1"));
    }
}
