//! An app's config groups: variables shared by some of its components. Answers hold no `code` (recordings 1576, 1577).

use super::client::{Console, Scope};
use super::envelope::Envelope;
use super::envs::secret_text;
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait};
use crate::ctx::Ctx;
use crate::ids::AppId;
use crate::secret::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ConfigGroup {
    #[serde(rename = "config_group_name")]
    pub name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub deploy_type: String,
    /// Always on after an install, whatever the package says (rebuild.md §1.3).
    #[serde(default, rename = "enable", deserialize_with = "lenient::flag")]
    pub is_enabled: bool,
    #[serde(default, rename = "config_items", deserialize_with = "lenient::rows")]
    pub items: Vec<ConfigItem>,
    #[serde(default, rename = "services", deserialize_with = "lenient::rows")]
    pub components: Vec<ConfigUser>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ConfigItem {
    #[serde(rename = "item_key")]
    pub key: String,
    #[serde(default, rename = "item_value", deserialize_with = "secret_text")]
    pub value: Secret,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ConfigUser {
    pub service_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub service_cname: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewConfigGroup {
    pub name: String,
    pub is_enabled: bool,
    pub items: Vec<(String, Secret)>,
    /// Ids of the components it is for.
    pub components: Vec<String>,
}

impl Console {
    pub(crate) async fn config_groups(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
    ) -> Result<Vec<ConfigGroup>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string(), "configgroups"];
        self.pages(ctx, &Call::get("list the config groups", &path).within(scope), Envelope::rows_as).await
    }

    pub(crate) async fn create_config_group(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        app: AppId,
        group: &NewConfigGroup,
    ) -> Result<ConfigGroup, ConsoleError> {
        let item = |(key, value): &(String, Secret)| json!({ "item_key": key, "item_value": value.reveal() });
        let body = json!({
            "region_name": scope.region,
            "config_group_name": group.name,
            "deploy_type": "env",
            "enable": group.is_enabled,
            "service_ids": group.components,
            "config_items": group.items.iter().map(item).collect::<Vec<Value>>(),
        });
        let path = ["teams", scope.team.as_str(), "groups", &app.to_string(), "configgroups"];
        let call = Call::post(self.pen()?, "create the config group", &path, body).within(scope).wait(Wait::Long);
        self.ask(ctx, call.hiding(group.items.iter().map(|(_, value)| value))).await?.bean_as()
    }
}
