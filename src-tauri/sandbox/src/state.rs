//! Everything a cluster remembers: one struct of rows, written to `state.json` before each answer that changed it.
//! Rows hold facts only; how an answer looks is decided where it is made.

mod market;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::error::SandboxError;
use crate::zip::Owner;

pub use market::{
    Certificate, ChunkSession, ConfigGroup, Event, Export, ImageLoad, ImageUpload, Import, ImportFile, Plugin,
    RegionImport, Share, ShareEvent, Template, TemplateVersion,
};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub enterprise: Enterprise,
    pub(crate) secret: String,
    /// The first contents are complete; without this the folder is laid out anew.
    pub(crate) seeded: bool,
    pub(crate) ports: (u16, u16),
    /// What console and region call their version from the start, as the switch of that name.
    pub claims: Option<String>,
    /// The configuration rows exist; they are made by the first read (recorded 419).
    pub config_read: bool,
    pub object_storage: ObjectStorage,
    pub users: Vec<User>,
    pub regions: Vec<Region>,
    pub teams: Vec<Team>,
    pub apps: Vec<App>,
    pub components: Vec<Component>,
    pub backups: Vec<Backup>,
    pub migrations: Vec<Migration>,
    pub region_backups: Vec<RegionBackup>,
    pub restores: Vec<Restore>,
    pub http_rules: Vec<HttpRule>,
    pub tcp_rules: Vec<TcpRule>,
    pub routes: Vec<Route>,
    pub imports: Vec<Import>,
    pub region_imports: Vec<RegionImport>,
    pub image_uploads: Vec<ImageUpload>,
    pub templates: Vec<Template>,
    pub shares: Vec<Share>,
    pub exports: Vec<Export>,
    pub plugins: Vec<Plugin>,
    pub config_groups: Vec<ConfigGroup>,
    pub certificates: Vec<Certificate>,
    pub events: Vec<Event>,
    pub(crate) next: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Enterprise {
    pub id: String,
    pub name: String,
    pub alias: String,
    pub create_time: Moment,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectStorage {
    pub enable: bool,
    pub provider: String,
    pub endpoint: String,
    pub bucket_name: String,
    pub access_key: String,
    pub secret_key: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct User {
    pub id: u64,
    pub nick: String,
    pub real_name: String,
    pub email: String,
    pub phone: String,
    pub(crate) salt: String,
    pub(crate) password: String,
    pub admin: bool,
}

/// What a member may do in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Developer,
    Viewer,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Team {
    pub id: u64,
    pub tenant_id: String,
    pub name: String,
    pub alias: String,
    pub namespace: String,
    pub creater: u64,
    pub create_time: Moment,
    pub regions: Vec<String>,
    pub members: Vec<(u64, Role)>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Region {
    pub id: String,
    pub name: String,
    pub alias: String,
    pub url: String,
    pub scope: String,
    pub desc: String,
    pub http_domain: String,
    pub tcp_domain: String,
    pub ws_url: String,
    pub registry: String,
    pub version: String,
    /// Node labels a component can be bound to.
    #[serde(default)]
    pub labels: Vec<String>,
    pub create_time: Moment,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct App {
    pub id: u64,
    pub region_app_id: String,
    pub tenant_id: String,
    pub region: String,
    pub name: String,
    pub note: String,
    pub k8s_app: String,
    /// Empty is `KUBERNETES_NATIVE_SERVICE`.
    #[serde(default)]
    pub governance_mode: String,
    pub username: String,
    pub create_time: Moment,
    pub update_time: Moment,
    /// The last state the console saw; what it shows while the region is down (recorded 1411).
    pub seen_status: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Component {
    pub id: u64,
    pub service_id: String,
    pub alias: String,
    pub name: String,
    pub tenant_id: String,
    pub region: String,
    pub app_id: u64,
    pub image: String,
    pub version: String,
    pub source: String,
    pub extend_method: String,
    pub k8s_name: String,
    /// `service_key`; empty is the `0000` of components not from a template.
    pub key: String,
    pub cmd: String,
    /// Empty is `amd64`.
    pub arch: String,
    /// The template it was installed from.
    pub template_name: String,
    /// Made from an image by a call (`docker_run`): pulled from where the image's name says.
    pub by_call: bool,
    /// The login given for its registry.
    pub registry_user: String,
    pub registry_password: String,
    /// What a check pulled from there: the image's configuration, or why not.
    pub pulled: Option<Value>,
    /// The console has it and the region does not: a third-party component before `build` (recorded 1570).
    pub creating: bool,
    pub min_cpu: u64,
    pub min_memory: u64,
    pub min_node: u64,
    pub creater: u64,
    pub create_time: Moment,
    pub update_time: Moment,
    /// `running`, `closed`, `undeploy`, `abnormal`…; on the way to `then` until the moment in `until`.
    pub status: String,
    pub then: Option<(String, Moment)>,
    pub build_version: String,
    pub image_name: String,
    pub base_bytes: u64,
    pub layer_bytes: u64,
    pub(crate) owner: Owner,
    pub ports: Vec<Port>,
    pub envs: Vec<EnvVar>,
    pub volumes: Vec<Volume>,
    pub depends: Vec<String>,
    pub check_uuid: String,
    pub check_event_id: String,
    /// Names of node labels.
    pub labels: Vec<String>,
    /// Rows as the console's metadata has them: probes, mounts, plugin relations, monitors, Kubernetes attributes….
    pub carried: Map<String, Value>,
}

impl Component {
    pub fn status_at(&self, now: Moment) -> &str {
        match &self.then {
            Some((then, until)) if *until <= now => then,
            _ => &self.status,
        }
    }

    pub fn is_stateful(&self) -> bool {
        self.extend_method.starts_with("state_")
    }

    /// What backup and restore take for stopped.
    pub fn is_stopped(&self, now: Moment) -> bool {
        matches!(self.status_at(now), "closed" | "undeploy")
    }

    pub fn is_third_party(&self) -> bool {
        self.source == "third_party"
    }

    /// Installed from a template here: its image is in the region's registry or nowhere. A restored copy of such a
    /// component brought its own.
    pub fn is_from_market(&self) -> bool {
        self.source == "market" && !self.template_name.is_empty()
    }

    /// Runs what was pulled from a registry, if that has it.
    pub fn is_pulled(&self) -> bool {
        self.by_call || self.is_from_market()
    }

    /// Carried rows of one kind.
    pub fn rows(&self, kind: &str) -> &[Value] {
        self.carried.get(kind).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Carried rows of one kind, to be changed.
    pub(crate) fn rows_mut(&mut self, kind: &str) -> Option<&mut Vec<Value>> {
        let list = self.carried.entry(kind).or_insert_with(|| Value::Array(Vec::new()));
        list.as_array_mut()
    }

    pub(crate) fn add_row(&mut self, kind: &str, row: Value) {
        if let Some(rows) = self.rows_mut(kind) {
            rows.push(row);
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Port {
    pub id: u64,
    pub port: u64,
    pub protocol: String,
    pub alias: String,
    pub inner: bool,
    pub outer: bool,
    pub k8s_service: String,
    pub name: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvVar {
    pub id: u64,
    pub port: u64,
    pub name: String,
    pub key: String,
    pub value: String,
    pub scope: String,
    pub changeable: bool,
    pub create_time: Moment,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Volume {
    pub id: u64,
    pub name: String,
    pub kind: String,
    pub path: String,
    pub capacity: u64,
    pub provider: String,
    pub access: String,
    pub mode: Option<u64>,
    /// The text of a config file.
    pub content: Option<String>,
    /// A config file that came with a template: its row has no settings (recorded 1556).
    pub bare: bool,
}

/// A backup record of the console, as `to_dict()` prints it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Backup {
    pub id: u64,
    pub app_id: u64,
    pub event_id: String,
    pub group_uuid: String,
    pub version: String,
    pub backup_id: String,
    pub tenant_id: String,
    pub user: String,
    pub region: String,
    pub status: String,
    pub note: String,
    pub mode: String,
    pub source_dir: String,
    pub backup_size: i64,
    pub create_time: Moment,
    pub total_memory: i64,
    pub server_info: String,
    pub source_type: String,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Migration {
    pub id: u64,
    pub app_id: u64,
    pub event_id: String,
    pub group_uuid: String,
    pub version: String,
    pub backup_id: String,
    pub migrate_team: String,
    pub user: String,
    pub migrate_region: String,
    pub status: String,
    pub migrate_type: String,
    pub restore_id: String,
    pub create_time: Moment,
    pub original_app_id: u64,
    pub original_group_uuid: String,
}

/// The region's own row of a backup; the console copies it only when asked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RegionBackup {
    pub backup_id: String,
    pub group_uuid: String,
    pub version: String,
    pub region: String,
    pub status: String,
    pub mode: String,
    pub source_dir: String,
    pub source_type: String,
    pub size: i64,
}

/// The region's own row of a restore.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Restore {
    pub restore_id: String,
    pub backup_id: String,
    pub region: String,
    pub tenant_id: String,
    pub status: String,
    /// Why it failed: what the region knows and the console never shows.
    pub message: String,
    pub changes: Vec<Change>,
    /// Console metadata for `save_data`, where it does not lie in the store (v5).
    pub metadata: Option<String>,
    pub saved: bool,
}

/// Old component → new one, as the region made it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Change {
    pub old_id: String,
    pub new_id: String,
    pub new_alias: String,
    /// The name the published region does not send (recorded 771).
    pub k8s_name: Option<String>,
    pub build_version: String,
    pub image_name: String,
    /// Who owned the data put back, by the comment of its entries.
    #[serde(default)]
    pub(crate) owner: Owner,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HttpRule {
    pub id: u64,
    pub rule_id: String,
    pub service_id: String,
    pub port: u64,
    pub domain: String,
    pub path: String,
    pub default: bool,
    pub extensions: Value,
    pub config: Option<Value>,
    /// 0: none, and plain http.
    #[serde(default)]
    pub certificate_id: u64,
    #[serde(default)]
    pub weight: u64,
    pub create_time: Moment,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TcpRule {
    pub id: u64,
    pub rule_id: String,
    pub service_id: String,
    pub port: u64,
    pub end_point: String,
    pub protocol: String,
    pub default: bool,
    pub create_time: Moment,
}

/// A route of the v6 gateway: a resource of the region, no row of the console.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Route {
    pub name: String,
    pub tenant_id: String,
    pub region: String,
    pub region_app_id: String,
    pub component_alias: String,
    pub service_id: String,
    pub port: u64,
    /// The body of an HTTP route; a TCP route has a node port instead.
    pub http: Option<Value>,
    pub node_port: u64,
    pub backend: String,
}

impl State {
    pub(crate) fn next_id(&mut self, table: &str) -> u64 {
        let next = self.next.entry(table.to_owned()).or_default();
        *next += 1;
        *next
    }

    pub fn user(&self, id: u64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub fn team(&self, name: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.name == name)
    }

    pub fn team_of(&self, tenant_id: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.tenant_id == tenant_id)
    }

    pub fn region(&self, name: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.name == name)
    }

    pub fn app(&self, id: u64) -> Option<&App> {
        self.apps.iter().find(|app| app.id == id)
    }

    pub fn components_of(&self, app_id: u64) -> impl Iterator<Item = &Component> {
        self.components.iter().filter(move |component| component.app_id == app_id)
    }

    pub fn component(&self, service_id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.service_id == service_id)
    }

    pub(crate) fn component_mut(&mut self, service_id: &str) -> Option<&mut Component> {
        self.components.iter_mut().find(|component| component.service_id == service_id)
    }

    pub fn plugin(&self, plugin_id: &str) -> Option<&Plugin> {
        self.plugins.iter().find(|plugin| plugin.plugin_id == plugin_id)
    }

    pub fn backup(&self, backup_id: &str) -> Option<&Backup> {
        self.backups.iter().find(|backup| backup.backup_id == backup_id)
    }

    /// The configured bucket, if object storage is on.
    pub fn bucket(&self) -> Option<&str> {
        self.object_storage.enable.then_some(self.object_storage.bucket_name.as_str())
    }

    /// Services the region keeps and the console does not know: left by restores that could not be saved
    /// (recorded 771).
    pub fn orphan_services(&self) -> Vec<&Change> {
        let lost = self.migrations.iter().filter(|migration| migration.status == "failed");
        let restores = lost
            .filter_map(|migration| self.restores.iter().find(|restore| restore.restore_id == migration.restore_id));
        restores.flat_map(|restore| &restore.changes).collect()
    }

    pub(crate) fn load(path: &Path) -> Result<Option<Self>, SandboxError> {
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|source| SandboxError::State { path: path.to_owned(), source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SandboxError::Folder { path: path.to_owned(), source }),
        }
    }

    /// Written beside and renamed, so that a crash leaves the old or the new state.
    pub(crate) fn save(&self, path: &Path) -> Result<(), SandboxError> {
        let bytes = serde_json::to_vec(self).map_err(|source| SandboxError::State { path: path.to_owned(), source })?;
        let part: PathBuf = path.with_extension("json.part");
        std::fs::write(&part, bytes).map_err(SandboxError::folder(&part))?;
        std::fs::rename(&part, path).map_err(SandboxError::folder(path))
    }
}
