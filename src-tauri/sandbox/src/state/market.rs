//! Rows of what is imported and installed: import records, templates, plugins, config groups, certificates, events.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;

/// The console's record of an import.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Import {
    pub id: u64,
    pub event_id: String,
    pub status: String,
    pub scope: String,
    pub format: String,
    pub source_dir: String,
    pub create_time: Moment,
    pub update_time: Moment,
    pub team: Option<String>,
    pub region: String,
    pub user: String,
}

/// The region's own row of an import; the console looks at it when polled.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RegionImport {
    pub event_id: String,
    pub region: String,
    pub status: String,
    pub files: Vec<ImportFile>,
    /// What came out of the good files.
    pub templates: Vec<Value>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportFile {
    pub name: String,
    pub status: String,
    /// Why it failed: what the builder's log has and no answer shows.
    pub message: String,
}

/// A place for the upload of one image, and what became of it (rebuild.md §7.1).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageUpload {
    pub event_id: String,
    pub tenant_id: String,
    pub region: String,
    pub sessions: Vec<ChunkSession>,
    pub loads: Vec<ImageLoad>,
}

/// An upload in chunks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChunkSession {
    pub id: String,
    pub file_name: String,
    pub file_size: u64,
    pub chunk_size: u64,
    /// `uploading`, `merging`, `completed` or `failed`.
    pub status: String,
    pub create_time: Moment,
}

impl ChunkSession {
    pub fn total(&self) -> u64 {
        self.file_size.div_ceil(self.chunk_size.max(1))
    }
}

/// The loading of one uploaded archive into the region's registry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageLoad {
    pub load_id: String,
    pub status: String,
    pub message: String,
    /// Name in the archive, name in the registry.
    pub images: Vec<(String, String)>,
}

/// An application template of the local store.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Template {
    pub id: u64,
    pub app_id: String,
    pub name: String,
    pub scope: String,
    pub team: String,
    pub describe: String,
    pub create_time: Moment,
    pub update_time: Moment,
    pub versions: Vec<TemplateVersion>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateVersion {
    pub version: String,
    pub alias: String,
    /// `amd64`, or `amd64&arm64` for an import polled without `arch` (recorded 1525).
    pub arch: String,
    /// The only region it can be installed in.
    pub region: String,
    pub template: Value,
    /// A share began it and is not complete; lists for installing leave it out.
    pub incomplete: bool,
    /// The share that made it; 0 of an import.
    pub share: u64,
}

/// An app on its way into the local store (rainbond console console/views/service_share.py).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Share {
    pub id: u64,
    pub group_share_id: String,
    pub app_id: u64,
    pub team: String,
    pub region: String,
    pub scope: String,
    /// 1: opened, 2: filled, 3: complete.
    pub step: u64,
    pub is_success: bool,
    /// 3: taken out of the list by its user.
    pub status: u64,
    pub template: String,
    pub version: String,
    pub events: Vec<ShareEvent>,
    pub create_time: Moment,
}

/// One image of a share.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ShareEvent {
    pub id: u64,
    pub is_plugin: bool,
    /// The component or the plugin.
    pub of: String,
    pub alias: String,
    /// `not_start`, `start`, `success` or `failure`.
    pub status: String,
    pub region_share_id: String,
    pub ready: Moment,
}

/// An export of a template's version, as console and region keep it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Export {
    pub id: u64,
    pub event_id: String,
    pub template: String,
    pub version: String,
    pub region: String,
    /// What the console last heard.
    pub status: String,
    /// What the region knows.
    pub in_region: String,
    /// The file's name; empty until it is made.
    pub file: String,
    pub create_time: Moment,
}

/// A plugin of a team, with its one build version.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Plugin {
    pub id: u64,
    pub plugin_id: String,
    pub tenant_id: String,
    pub region: String,
    pub name: String,
    pub alias: String,
    pub category: String,
    pub desc: String,
    /// What it was built from, and what it is called in the region's registry.
    pub image: String,
    pub built_image: String,
    /// The `plugin_key` of the template it came with.
    pub origin_share_id: String,
    pub build_version: String,
    pub build_status: String,
    pub event_id: String,
    pub min_memory: u64,
    pub min_cpu: u64,
    /// As in a template: `config_name`, `service_meta_type`, `injection`, `options`.
    pub config_groups: Vec<Value>,
    pub create_time: Moment,
    /// Bytes of a made-up image, for packages; an imported one has its own archive.
    pub image_bytes: u64,
    /// The login given for its image's registry.
    pub registry_user: String,
    pub registry_password: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfigGroup {
    pub id: u64,
    pub config_group_id: String,
    pub app_id: u64,
    pub region: String,
    pub name: String,
    pub deploy_type: String,
    pub enable: bool,
    /// Row number and component.
    pub services: Vec<(u64, String)>,
    /// Row number, key, value.
    pub items: Vec<(u64, String, String)>,
    pub create_time: Moment,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    pub id: u64,
    pub tenant_id: String,
    pub alias: String,
    pub kind: String,
    pub certificate: String,
    pub(crate) private_key: String,
}

/// An event of a component, as the region keeps it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    pub event_id: String,
    pub tenant_id: String,
    pub target_id: String,
    pub opt_type: String,
    pub status: String,
    pub message: String,
    pub time: Moment,
    pub log: Vec<String>,
}
