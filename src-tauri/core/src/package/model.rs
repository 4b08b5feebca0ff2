//! What an app in a package is: both metadata files and the directory, put together. Words and numbers only; what may be
//! secret cannot be printed.

use super::credentials::{self, Credential};
use super::directory::{Entry, Package, under_root};
use super::error::PackageError;
use super::{console_meta, region};
use crate::ctx::Ctx;
use crate::secret::Secret;
use serde_json::Value;

pub(super) const REGION_FILE: &str = "region_apps_metadata.json";
pub(super) const CONSOLE_FILE: &str = "console_apps_metadata.json";
const METADATA_LIMIT_BYTES: u64 = 32 * 1024 * 1024;

/// How the cluster's metadata is written: a bare array up to v5.1.7 (protocol.md §6.3), which some regions cannot restore.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MetadataForm {
    Array,
    #[default]
    Object,
}

/// JSON as it was in the package, for whoever writes it on; not to be printed.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Raw(pub Value);

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Raw(…)")
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AppModel {
    pub name: String,
    pub k8s_app: String,
    pub note: String,
    pub governance_mode: String,
    /// `region_name` of the source.
    pub source_region: String,
    pub tenant_id: String,
    pub form: MetadataForm,
    /// No backup made it: no restore by the platform can use it.
    pub is_from_template: bool,
    pub components: Vec<ComponentModel>,
    pub gateway_rules: Vec<GatewayRule>,
    pub plugins: Vec<PluginModel>,
    pub config_groups: Vec<ConfigGroup>,
    /// Where credentials lie; never what they are.
    pub credentials: Vec<Credential>,
    pub has_data_entries: bool,
    /// Data of components that neither metadata file knows.
    pub stray_data: Vec<DataEntry>,
    /// Components that should have an image in the package and have none.
    pub missing_images: Vec<MissingImage>,
    /// Both files whole.
    pub region_raw: Raw,
    pub console_raw: Raw,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ComponentModel {
    pub id: String,
    pub alias: String,
    /// What people call it.
    pub cname: String,
    pub k8s_name: String,
    /// `internal`, `third_party` …
    pub kind: String,
    pub extend_method: String,
    /// `docker_image`, `source_code`, `third_party` …
    pub source: String,
    /// What it was made from.
    pub image: String,
    /// What was built, as the cluster's registry names it; inside the image tar, too.
    pub built_image: String,
    pub build_version: String,
    /// `image` or `slug`.
    pub delivered_type: String,
    pub cmd: String,
    pub arch: String,
    /// MB; 0: unlimited.
    pub memory_mb: u64,
    /// Thousandths; 0: unlimited.
    pub cpu_millis: u64,
    pub replicas: u64,
    /// When the backup was made.
    pub status: String,
    pub ports: Vec<PortModel>,
    pub envs: Vec<EnvVar>,
    pub volumes: Vec<VolumeModel>,
    pub config_files: Vec<ConfigFile>,
    pub probes: Vec<ProbeModel>,
    pub dependencies: Vec<Dependency>,
    pub mounts: Vec<MountModel>,
    pub plugin_ids: Vec<String>,
    pub plugin_links: Vec<PluginLink>,
    /// Each name once; the platform's own rows may come twice.
    pub k8s_attributes: Vec<K8sAttribute>,
    /// Names of node labels; only the cluster's file has them (rebuild.md §2).
    pub labels: Vec<String>,
    /// The version that people see; `version` of the base row.
    pub shown_version: String,
    pub language: String,
    /// JSON text; empty for anything but jobs.
    pub job_strategy: String,
    /// Addresses of a third-party component.
    pub endpoints: Vec<String>,
    /// Its image (or slug) in the package.
    pub image_entry: Option<DataEntry>,
    pub data: Vec<DataEntry>,
    /// Which file knows it: third-party and KubeBlocks components are in the console's only (protocol.md §4.2).
    pub in_region: bool,
    pub in_console: bool,
    /// Its row of the console's file, for what is not typed here.
    pub console_raw: Raw,
}

impl ComponentModel {
    pub(crate) fn is_stateful(&self) -> bool {
        self.extend_method.starts_with("state_")
    }

    pub(crate) fn is_third_party(&self) -> bool {
        self.kind == "third_party" || self.source == "third_party"
    }

    /// Left out of every package (protocol.md §4.2).
    pub(crate) fn is_kubeblocks(&self) -> bool {
        self.extend_method == "kubeblocks_component"
    }

    /// Compressed bytes of its data in the package.
    pub(crate) fn data_bytes(&self) -> u64 {
        self.data.iter().map(|entry| entry.compressed_bytes).sum()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PortModel {
    pub port: i64,
    pub protocol: String,
    pub alias: String,
    pub is_inner: bool,
    pub is_outer: bool,
    pub k8s_service_name: String,
    pub name: String,
}

/// A value that may be shown, or one that looks like a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EnvValue {
    Shown(String),
    Masked(Secret),
}

impl EnvValue {
    pub(crate) fn is_masked(&self) -> bool {
        matches!(self, Self::Masked(_))
    }

    pub(crate) fn reveal(&self) -> &str {
        match self {
            Self::Shown(text) => text,
            Self::Masked(secret) => secret.reveal(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnvVar {
    pub name: String,
    pub value: EnvValue,
    /// What people call it.
    pub label: String,
    /// `inner`, `outer` or `both`.
    pub scope: String,
    pub container_port: i64,
    pub is_change: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VolumeModel {
    pub name: String,
    /// `share-file`, `local`, `local-path`, `memoryfs`, `config-file`, or a storage class.
    pub kind: String,
    pub path: String,
    pub capacity_gb: u64,
    /// `RWO`, `RWX`, `ROX`.
    pub access_mode: String,
    pub share_policy: String,
    /// Of a config file: octal digits written as a number (recording 1559).
    pub mode: Option<i64>,
    /// Its own zip is in the package. Without one, it was empty or not reached (protocol.md §6.6).
    pub data_in_package: bool,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    pub name: String,
    pub path: String,
    pub content: Secret,
}

impl std::fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigFile").field("name", &self.name).field("path", &self.path).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProbeModel {
    pub mode: String,
    pub scheme: String,
    pub path: String,
    pub port: i64,
    pub cmd: String,
    pub http_header: String,
    pub initial_delay_secs: i64,
    pub period_secs: i64,
    pub timeout_secs: i64,
    pub failure_threshold: i64,
    pub success_threshold: i64,
    pub is_used: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub on: String,
    /// Whether that component is in the package; where not, a restore may keep a dangling relation (protocol.md §8.6).
    pub in_package: bool,
}

/// A plugin on a component, with what it is set to there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PluginLink {
    pub plugin_id: String,
    pub build_version: String,
    pub service_meta_type: String,
    pub is_on: bool,
    pub memory_mb: i64,
    pub cpu_millis: i64,
    pub created: String,
    /// Rows of `service_plugin_config`.
    pub settings: Vec<Raw>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct K8sAttribute {
    pub name: String,
    /// `json`, `yaml` or `string`.
    pub save_type: String,
    pub value: String,
}

/// Another component's volume, mounted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MountModel {
    pub of: String,
    pub volume: String,
    pub path: String,
    pub in_package: bool,
}

/// An entry of a domain or of a TCP port that led to a component. No restore brings these back (protocol.md §8.6).
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum GatewayRule {
    Http {
        component: String,
        port: i64,
        domain: String,
        path: String,
        protocol: String,
        weight: i64,
        has_certificate: bool,
        /// Made by the platform, not by a person.
        is_default: bool,
        raw: Raw,
    },
    Tcp {
        component: String,
        port: i64,
        protocol: String,
        /// `ip:port`.
        end_point: String,
        is_default: bool,
        raw: Raw,
    },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PluginModel {
    pub id: String,
    pub name: String,
    pub image: String,
    pub category: String,
    pub has_image_entry: bool,
    pub image_entry: Option<DataEntry>,
    /// What was built, as the cluster's registry names it.
    pub built_image: String,
    pub build_version: String,
    /// Its row of the console's file.
    pub console_raw: Raw,
    /// Rows of `plugin_config_groups` and `plugin_config_items`, of its build version.
    pub config_groups: Vec<Raw>,
    pub config_items: Vec<Raw>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ConfigGroup {
    pub name: String,
    pub is_enabled: bool,
    pub deploy_type: String,
    pub items: Vec<(String, Secret)>,
    pub component_ids: Vec<String>,
}

/// An entry of the package that belongs to a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DataEntry {
    /// Whole name, to find it in the directory.
    pub name: String,
    pub bytes: u64,
    pub compressed_bytes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MissingImage {
    pub component: String,
    pub cname: String,
    /// Was built once; else it never ran, and has none to miss.
    pub was_built: bool,
}

/// Reads both metadata files out of a package.
pub(crate) async fn load(ctx: &Ctx, package: &Package) -> Result<AppModel, PackageError> {
    let region = read_json(ctx, package, REGION_FILE);
    let console = read_json(ctx, package, CONSOLE_FILE);
    let (region, console) = tokio::try_join!(region, console)?;
    AppModel::new(region, console, package.entries())
}

async fn read_json(ctx: &Ctx, package: &Package, name: &'static str) -> Result<Value, PackageError> {
    let entry = package.find(name).ok_or(PackageError::MemberMissing { name })?;
    let bytes = package.read_member(ctx, entry, METADATA_LIMIT_BYTES).await?;
    parse(name, &bytes)
}

fn parse(name: &'static str, bytes: &[u8]) -> Result<Value, PackageError> {
    crate::json::from_slice(bytes).map_err(|source| PackageError::MetadataDamaged { name, source })
}

impl AppModel {
    /// The same from files beside a package, as E6 keeps them.
    pub(crate) fn from_files(region: &[u8], console: &[u8], entries: &[Entry]) -> Result<Self, PackageError> {
        Self::new(parse(REGION_FILE, region)?, parse(CONSOLE_FILE, console)?, entries)
    }

    fn new(region: Value, console: Value, entries: &[Entry]) -> Result<Self, PackageError> {
        let mut app = console_meta::read(&console)?;
        region::merge(&mut app, &region)?;
        app.mark_relations();
        app.place_entries(entries);
        app.credentials = credentials::find(&app);
        app.region_raw = Raw(region);
        app.console_raw = Raw(console);
        Ok(app)
    }

    fn mark_relations(&mut self) {
        let ids: Vec<String> = self.components.iter().map(|component| component.id.clone()).collect();
        for component in &mut self.components {
            component
                .dependencies
                .iter_mut()
                .for_each(|dependency| dependency.in_package = ids.contains(&dependency.on));
            component.mounts.iter_mut().for_each(|mount| mount.in_package = ids.contains(&mount.of));
        }
    }

    /// Hands the directory's entries to the components whose folders they are in (protocol.md §6.2).
    fn place_entries(&mut self, entries: &[Entry]) {
        for entry in entries.iter().filter(|entry| !entry.is_dir()) {
            let Some((folder, file)) = under_root(&entry.name).and_then(|rest| rest.split_once('/')) else { continue };
            let place =
                DataEntry { name: entry.name.clone(), bytes: entry.size, compressed_bytes: entry.compressed_size };
            if let Some(id) = folder.strip_prefix("data_") {
                self.has_data_entries = true;
                match self.component_mut(id) {
                    Some(component) => component.take_data(file, place),
                    None => self.stray_data.push(place),
                }
            } else if let Some(id) = folder.strip_prefix("app_") {
                if let Some(component) = self.component_mut(id) {
                    component.image_entry = Some(place);
                }
            } else if let Some(id) = folder.strip_prefix("plugin_")
                && let Some(plugin) = self.plugins.iter_mut().find(|plugin| plugin.id == id)
            {
                plugin.has_image_entry = true;
                plugin.image_entry = Some(place);
            }
        }
        self.missing_images = self.components.iter().filter_map(ComponentModel::missing_image).collect();
    }

    fn component_mut(&mut self, id: &str) -> Option<&mut ComponentModel> {
        self.components.iter_mut().find(|component| component.id == id)
    }
}

impl ComponentModel {
    fn take_data(&mut self, file: &str, place: DataEntry) {
        // A volume's zip is named after it, without slashes.
        let is_of = |volume: &VolumeModel| file.strip_suffix(".zip") == Some(volume.name.replace('/', "").as_str());
        if let Some(volume) = self.volumes.iter_mut().find(|volume| is_of(volume)) {
            volume.data_in_package = true;
        }
        self.data.push(place);
    }

    fn missing_image(&self) -> Option<MissingImage> {
        let has_none = self.image_entry.is_none() && !self.is_third_party() && !self.is_kubeblocks();
        has_none.then(|| MissingImage {
            component: self.id.clone(),
            cname: self.cname.clone(),
            was_built: !self.build_version.is_empty(),
        })
    }
}
