//! Plugins of a team, and on a component. Their settings may hold addresses that are keys: none is ever shown.

use super::client::{Console, Scope};
use super::envs::secret_text;
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait, of_component};
use crate::ctx::Ctx;
use crate::secret::Secret;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Plugin {
    #[serde(rename = "plugin_id")]
    pub id: String,
    #[serde(default, rename = "plugin_alias", deserialize_with = "lenient::text")]
    pub alias: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub category: String,
    /// The `plugin_key` of the package it came with.
    #[serde(default, rename = "origin_share_id", deserialize_with = "lenient::text")]
    pub key: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub build_version: String,
    /// Its description.
    #[serde(default, rename = "desc", deserialize_with = "lenient::text")]
    pub note: String,
    /// Switched on.
    #[serde(default, rename = "plugin_status", deserialize_with = "lenient::flag")]
    pub is_on: bool,
    /// MB; at least 512 (rebuild.md §1.4).
    #[serde(default, deserialize_with = "lenient::size")]
    pub min_memory: u64,
    #[serde(default, deserialize_with = "lenient::size")]
    pub min_cpu: u64,
}

/// Plugins a component has and those it could have.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct ComponentPlugins {
    #[serde(rename = "installed_plugins", deserialize_with = "lenient::rows")]
    pub installed: Vec<Plugin>,
    #[serde(rename = "not_install_plugins", deserialize_with = "lenient::rows")]
    pub available: Vec<Plugin>,
}

/// Wait for `Done` before a start: what is not complete is left out of the pod silently (rebuild.md §5.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PluginBuild {
    Unbuilt,
    Building,
    Done,
    Failed,
    Other,
}

/// Settings of a plugin on a component: those of its own, without what it does to ports.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct PluginSettings {
    #[serde(rename = "config", deserialize_with = "lenient::rows")]
    pub settings: Vec<PluginSetting>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct PluginSetting {
    #[serde(rename = "attr_name")]
    pub name: String,
    #[serde(default, rename = "attr_value", deserialize_with = "secret_text")]
    pub value: Secret,
}

/// A plugin to be made from an image (rebuild.md §7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewPlugin {
    pub alias: String,
    pub category: String,
    pub image: String,
    pub note: String,
    pub build_cmd: String,
    pub memory: u64,
    pub cpu: u64,
    /// User and password of a private registry.
    pub registry: Option<(String, Secret)>,
}

impl Console {
    pub(crate) async fn plugins(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
    ) -> Result<ComponentPlugins, ConsoleError> {
        let call = Call::get("list the plugins", &of_component(scope, alias, "pluginlist")).within(scope);
        self.ask(ctx, call).await?.bean_as()
    }

    pub(crate) async fn plugin_build(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        plugin: &str,
        version: &str,
    ) -> Result<PluginBuild, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "plugins", plugin, "version", version, "status"];
        let envelope = self.ask(ctx, Call::get("read the plugin's build", &path).within(scope)).await?;
        Ok(match envelope.bean.get("status").and_then(Value::as_str) {
            Some("unbuild") => PluginBuild::Unbuilt,
            Some("building") => PluginBuild::Building,
            Some("build_success") => PluginBuild::Done,
            Some("build_fail" | "time_out") => PluginBuild::Failed,
            _ => PluginBuild::Other,
        })
    }

    pub(crate) async fn install_plugin(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        plugin: &str,
        version: &str,
    ) -> Result<(), ConsoleError> {
        let body = json!({ "build_version": version });
        let call = Call::post(self.pen()?, "install the plugin", &on_component(scope, alias, plugin, "install"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    pub(crate) async fn uninstall_plugin(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        plugin: &str,
    ) -> Result<(), ConsoleError> {
        let path = on_component(scope, alias, plugin, "install");
        let call =
            Call::writing(self.pen()?, "remove the plugin", Method::DELETE, &path).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }

    pub(crate) async fn plugin_settings(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        plugin: &str,
        version: &str,
    ) -> Result<PluginSettings, ConsoleError> {
        let path = on_component(scope, alias, plugin, "configs");
        let call = Call::get("read the plugin's settings", &path).within(scope).query("build_version", version);
        let envelope = self.ask(ctx, call).await?;
        match envelope.bean.get("undefine_env") {
            Some(env @ Value::Object(_)) => envelope.typed(env),
            _ => Ok(PluginSettings::default()),
        }
    }

    /// Replaces all settings of a plugin on a component, those for ports too (rebuild.md §8.2).
    pub(crate) async fn set_plugin_settings(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        plugin: &str,
        settings: &[PluginSetting],
    ) -> Result<(), ConsoleError> {
        let row = |setting: &PluginSetting| json!({ "attr_name": setting.name, "attr_value": setting.value.reveal() });
        let config: Vec<Value> = settings.iter().map(row).collect();
        let body =
            json!({ "undefine_env": { "service_meta_type": "un_define", "injection": "env", "config": config } });
        let call = Call::put(self.pen()?, "set up the plugin", &on_component(scope, alias, plugin, "configs"), body)
            .within(scope);
        let call = call.wait(Wait::Long).hiding(settings.iter().map(|setting| &setting.value));
        self.ask(ctx, call).await.map(drop)
    }

    /// Switches a plugin on or off, with its limits.
    pub(crate) async fn switch_plugin(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        alias: &str,
        plugin: &Plugin,
        on: bool,
    ) -> Result<(), ConsoleError> {
        let body = json!({ "is_switch": on, "min_memory": plugin.min_memory, "min_cpu": plugin.min_cpu });
        let call = Call::put(self.pen()?, "switch the plugin", &on_component(scope, alias, &plugin.id, "open"), body);
        self.ask(ctx, call.within(scope).wait(Wait::Long)).await.map(drop)
    }

    /// Makes a plugin of a team; build it next.
    pub(crate) async fn create_plugin(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        new: &NewPlugin,
    ) -> Result<Plugin, ConsoleError> {
        let (user, password) = new.registry.as_ref().map_or(("", ""), |(user, word)| (user.as_str(), word.reveal()));
        let body = json!({
            "plugin_alias": new.alias,
            "build_source": "image",
            "image": new.image,
            "category": new.category,
            "min_memory": new.memory,
            "min_cpu": new.cpu,
            "build_cmd": new.build_cmd,
            "desc": new.note,
            "username": user,
            "password": password,
        });
        let call = Call::post(self.pen()?, "create the plugin", &["teams", scope.team.as_str(), "plugins"], body)
            .within(scope);
        self.ask(ctx, call.wait(Wait::Long)).await?.bean_as()
    }

    /// Takes a plugin out of its team (rainbond-console `console/views/plugin/plugin_info.py`, `PluginBaseInfoView.delete`);
    /// refused while a component has it.
    pub(crate) async fn delete_plugin(&self, ctx: &Ctx, scope: &Scope, plugin: &str) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "plugins", plugin];
        let call = Call::delete(self.pen()?, "delete the plugin", &path, json!({})).within(scope);
        self.ask(ctx, call.wait(Wait::Long)).await.map(drop)
    }

    /// The kinds of settings that a plugin's version has (console views/plugin/plugin_config.py).
    pub(crate) async fn plugin_config_groups(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        plugin: &str,
        version: &str,
    ) -> Result<Vec<String>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "plugins", plugin, "version", version, "config"];
        let envelope = self.ask(ctx, Call::get("read the plugin's settings", &path).within(scope)).await?;
        let rows: Vec<Value> = envelope.rows_as()?;
        Ok(rows.iter().filter_map(|row| row.get("service_meta_type")?.as_str().map(str::to_owned)).collect())
    }

    /// Gives a plugin's version settings of one more kind; a kind that is there is refused (the same file).
    pub(crate) async fn add_plugin_config_group(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        plugin: &str,
        version: &str,
        group: &Value,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "plugins", plugin, "version", version, "config"];
        let body = json!({
            "config_name": group["config_name"],
            "service_meta_type": group["service_meta_type"],
            "injection": group["injection"],
            "options": group["options"],
        });
        self.ask(ctx, Call::post(self.pen()?, "set up the plugin", &path, body).within(scope)).await.map(drop)
    }

    /// Starts the build of a plugin's version (`console:urls.py`); watch it with [`Console::plugin_build`].
    pub(crate) async fn build_plugin(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        plugin: &str,
        version: &str,
    ) -> Result<(), ConsoleError> {
        let path = ["teams", scope.team.as_str(), "plugins", plugin, "version", version, "build"];
        let call = Call::post(self.pen()?, "build the plugin", &path, json!({})).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }
}

fn on_component<'a>(scope: &'a Scope, alias: &'a str, plugin: &'a str, what: &'a str) -> [&'a str; 7] {
    ["teams", scope.team.as_str(), "apps", alias, "plugins", plugin, what]
}
