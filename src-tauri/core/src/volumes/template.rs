//! What an application package says of the helper: one entry of `plugins[]`, and for each component that takes part one of
//! `service_related_plugin_config[]` (rebuild.md §1.4, §8.2).

use super::agent::Agent;
use crate::secret::Secret;
use rainferry_helper::JOB_ENV;
use serde_json::{Value, json};

/// Who the plugin is, in one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PluginIdentity {
    /// 32 hex digits, fresh for every package: a team that has a plugin of this key keeps that one (rebuild.md §1.4).
    pub key: String,
    pub id: String,
    /// Digits, as versions are.
    pub build_version: String,
    /// What people see while it is there.
    pub alias: String,
}

/// The platform gives a plugin no less (rebuild.md §1.4).
const MEMORY_MB: u64 = 512;
const CPU_MILLIS: u64 = 250;

/// The entry of `plugins[]`.
pub(crate) fn plugin(agent: &Agent, who: &PluginIdentity) -> Value {
    let options = json!([{
        "attr_name": JOB_ENV,
        "attr_type": "string",
        "attr_alt_value": "",
        "attr_default_value": "",
        "is_change": true,
        "attr_info": "",
        "protocol": "",
    }]);
    json!({
        "plugin_key": who.key,
        "plugin_id": who.id,
        "plugin_name": who.alias,
        "plugin_alias": who.alias,
        "category": "init-plugin",
        "desc": "Puts volume data into place; made by Rainferry, removed afterwards",
        "code_repo": "",
        "build_source": "image",
        "image": agent.image_name(),
        "share_image": agent.image_name(),
        "build_version": who.build_version,
        "origin": "",
        "origin_share_id": who.key,
        "create_time": "",
        "plugin_image": {"hub_url": "", "hub_user": "", "hub_password": "", "namespace": "", "is_trust": false},
        "config_groups": [{
            "config_name": JOB_ENV,
            "service_meta_type": "un_define",
            "injection": "env",
            "options": options,
        }],
    })
}

/// The entry of one component's `service_related_plugin_config[]`; `service_id` is its old id, as in the package.
pub(crate) fn component_config(who: &PluginIdentity, service_id: &str, job: &Secret) -> Value {
    let attrs = json!({ JOB_ENV: job.reveal() }).to_string();
    json!({
        "plugin_key": who.key,
        "plugin_id": who.id,
        "service_id": service_id,
        "build_version": who.build_version,
        "service_meta_type": "un_define",
        "plugin_status": true,
        "memory_required": MEMORY_MB,
        "cpu_required": CPU_MILLIS,
        "create_time": "",
        "attr": [{
            "service_meta_type": "un_define",
            "injection": "env",
            "container_port": 0,
            "attrs": attrs,
            "protocol": "",
        }],
    })
}
