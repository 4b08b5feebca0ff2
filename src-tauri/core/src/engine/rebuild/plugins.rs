//! Plugins made by calls (rebuild.md §7.1, §7.2): created from the image that was brought, given the settings they have, built,
//! and put on the components that had them. A plugin of the team's own is never touched: ours is known by a mark.

use super::compose::{entry, made};
use super::fittings::{Fittings, refused};
use crate::console::{NewPlugin, Plugin, PluginBuild, PluginSetting};
use crate::engine::restore::{FIRST_PAUSE, Pauses};
use crate::engine::runner::Stop;
use crate::package::Row;
use crate::secret::Secret;
use chrono::TimeDelta;
use serde_json::Value;

/// How long a plugin may take to build before its components are started without it.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);
/// Settings that belong to no port and no other component: the ones a call takes as they are.
const UNDEFINED: &str = "un_define";
/// What a plugin needs at least (rebuild.md §1.4).
const LEAST: (u64, u64) = (512, 250);

type Done = Result<(), Stop>;

impl Fittings<'_> {
    /// Before anything is built: a plugin must be there when its component starts.
    pub(super) async fn plugins(&self) -> Done {
        for plugin in Row(&self.draft.metadata.0).rows("plugins") {
            let key = plugin.text("plugin_key");
            self.wish(format!("compose:plugin:{key}"), self.plugin(plugin)).await?;
        }
        for placed in &self.draft.components {
            let Some(component) = made(self.run, &placed.id) else { continue };
            for link in entry(self.draft, &placed.id).rows("service_related_plugin_config") {
                let id = format!("compose:use:{}:{}", placed.id, link.text("plugin_key"));
                self.wish(id, self.use_plugin(&component.alias, link)).await?;
            }
        }
        Ok(())
    }

    /// Made, set up and built; each step looks first.
    async fn plugin(&self, row: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let plugin = match self.find_plugin(&row.text("plugin_key")).await? {
            Some(plugin) => plugin,
            None => {
                let links = Row(&self.draft.metadata.0).rows("apps");
                let key = row.text("plugin_key");
                let links = links.flat_map(|app| app.rows("service_related_plugin_config").collect::<Vec<_>>());
                let of_it: Vec<Row<'_>> = links.filter(|link| link.text("plugin_key") == key).collect();
                let most = |name: &str| of_it.iter().map(|link| link.size(name)).max().unwrap_or_default();
                let new = NewPlugin {
                    alias: row.text("plugin_alias"),
                    category: row.text("category"),
                    image: self.brought(&row.text("share_image"))?,
                    note: noted(&row.text("desc"), &key),
                    build_cmd: String::new(),
                    memory: most("memory_required").max(LEAST.0),
                    cpu: most("cpu_required").max(LEAST.1),
                    registry: self.login.clone(),
                };
                console.create_plugin(ctx, scope, &new).await?
            }
        };
        let there = console.plugin_config_groups(ctx, scope, &plugin.id, &plugin.build_version).await?;
        for group in row.rows("config_groups") {
            if !there.contains(&group.text("service_meta_type")) {
                console.add_plugin_config_group(ctx, scope, &plugin.id, &plugin.build_version, group.0).await?;
            }
        }
        if console.plugin_build(ctx, scope, &plugin.id, &plugin.build_version).await? == PluginBuild::Unbuilt {
            console.build_plugin(ctx, scope, &plugin.id, &plugin.build_version).await?;
        }
        self.built(&plugin).await
    }

    async fn built(&self, plugin: &Plugin) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let deadline = ctx.clock.now() + PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        loop {
            match console.plugin_build(ctx, scope, &plugin.id, &plugin.build_version).await? {
                PluginBuild::Done => return Ok(()),
                PluginBuild::Failed => return Err(refused("The plugin could not be built").into()),
                _ if ctx.clock.now() >= deadline => return Err(refused("The plugin is not built yet").into()),
                PluginBuild::Unbuilt | PluginBuild::Building | PluginBuild::Other => ctx.sleep(pauses.next()).await?,
            }
        }
    }

    /// Ours bears a mark in its description, which survives a crash between the call and its answer.
    async fn find_plugin(&self, key: &str) -> Result<Option<Plugin>, Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        for placed in &self.draft.components {
            let Some(component) = made(self.run, &placed.id) else { continue };
            let plugins = console.plugins(ctx, scope, &component.alias).await?;
            let mut all = plugins.installed.into_iter().chain(plugins.available);
            return Ok(all.find(|plugin| plugin.note.ends_with(&mark(key))));
        }
        Ok(None)
    }

    async fn use_plugin(&self, alias: &str, link: Row<'_>) -> Done {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let plugin = self.find_plugin(&link.text("plugin_key")).await?;
        let plugin = plugin.ok_or_else(|| refused("The plugin was not made"))?;
        let installed = console.plugins(ctx, scope, alias).await?.installed;
        if !installed.iter().any(|there| there.id == plugin.id) {
            console.install_plugin(ctx, scope, alias, &plugin.id, &plugin.build_version).await?;
        }
        let settings = own_settings(link);
        if !settings.is_empty() {
            console.set_plugin_settings(ctx, scope, alias, &plugin.id, &settings).await?;
        }
        let (memory, cpu) = (link.size("memory_required").max(LEAST.0), link.size("cpu_required").max(LEAST.1));
        let limited = Plugin { min_memory: memory, min_cpu: cpu, ..plugin };
        Ok(console.switch_plugin(ctx, scope, alias, &limited, link.flag("plugin_status")).await?)
    }
}

fn mark(key: &str) -> String {
    format!("[{}]", key.get(..8).unwrap_or(key))
}

fn noted(desc: &str, key: &str) -> String {
    format!("{desc} {}", mark(key)).trim().to_owned()
}

fn own_settings(link: Row<'_>) -> Vec<PluginSetting> {
    let own = link.rows("attr").find(|attr| attr.text("service_meta_type") == UNDEFINED);
    let attrs: Value = own.and_then(|attr| serde_json::from_str(&attr.text("attrs")).ok()).unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = attrs.as_object().into_iter().flatten();
    pairs.map(|(name, value)| PluginSetting { name: name.clone(), value: Secret::new(text(value)) }).collect()
}

/// Settings of a plugin that a call does not take as they are: those of ports, and of components it leads to.
pub(crate) fn has_port_settings(kind: &str) -> bool {
    kind != UNDEFINED
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_settings_of_its_own_are_taken_whatever_they_are() {
        let link = json!({"attr": [
            {"service_meta_type": "upstream_port", "attrs": "{\"LIMIT\":\"1\"}"},
            {"service_meta_type": "un_define", "attrs": "{\"DIR\":\"/etc\",\"DEPTH\":3}"},
        ]});
        let settings = own_settings(Row(&link));
        let pairs: Vec<_> = settings.iter().map(|row| (row.name.as_str(), row.value.reveal())).collect();
        assert_eq!(pairs, [("DIR", "/etc"), ("DEPTH", "3")]);
    }
}
