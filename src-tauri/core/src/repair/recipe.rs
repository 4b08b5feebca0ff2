//! What becomes of each member. Pure.

use super::metadata::MetadataKey;
use crate::package::{AppModel, Entry, under_root};
use std::collections::BTreeMap;

pub(super) const CONSOLE_FILE: &str = "console_apps_metadata.json";
/// What a region restores a component's volumes from (protocol.md §6.2).
const ALL_DATA: &str = "__all_data.zip";

/// What becomes of the volumes' files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum VolumeData {
    #[default]
    AsItIs,
    /// §11.6 a: a second visible name at the top, so that no root is stripped.
    KeepRoots,
    /// §11.6 b: left out, since nothing else helps.
    Dropped,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub data: VolumeData,
    /// Images that get other names (§11.6 c).
    pub names: BTreeMap<String, String>,
    /// Metadata that the target's console does not know (§11.6 d).
    pub drop_keys: Vec<MetadataKey>,
    /// Links to components that the app does not hold (§8.6).
    pub drop_relations: bool,
}

/// What becomes of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Passes,
    Dropped,
    Console,
    KeepRoot,
    Image,
}

impl Fate {
    pub(super) fn is_rewritten(self) -> bool {
        matches!(self, Self::Console | Self::KeepRoot | Self::Image)
    }
}

impl Recipe {
    pub(crate) fn mends_metadata(&self) -> bool {
        self.drop_relations || !self.drop_keys.is_empty()
    }

    pub(super) fn fate(&self, entry: &Entry) -> Fate {
        let Some(below) = under_root(&entry.name) else { return Fate::Passes };
        if below == CONSOLE_FILE && self.mends_metadata() {
            return Fate::Console;
        }
        let Some((folder, file)) = below.split_once('/') else { return Fate::Passes };
        match self.data {
            VolumeData::Dropped if folder.starts_with("data_") => Fate::Dropped,
            VolumeData::KeepRoots if folder.starts_with("data_") && file == ALL_DATA => Fate::KeepRoot,
            _ if !self.names.is_empty() && is_image(folder, file) => Fate::Image,
            _ => Fate::Passes,
        }
    }
}

fn is_image(folder: &str, file: &str) -> bool {
    (folder.starts_with("app_") || folder.starts_with("plugin_"))
        && file.starts_with("image_")
        && file.strip_suffix(".tar").is_some_and(|stem| !stem.contains('/'))
}

/// Every image that a region will push, and its name in the target's registry: domain and namespace are replaced, the rest
/// stays (rainbond builder/exector/groupapp_restore.go `getNewImageName`).
pub(crate) fn image_names(model: &AppModel, registry: &str) -> BTreeMap<String, String> {
    let of_services = rows(&model.region_raw.0, "Services").flat_map(|service| rows(service, "Versions"));
    let built = of_services.flat_map(|version| [version.get("image_name"), version.get("delivered_path")]);
    let plugins = rows(&model.region_raw.0, "PluginBuildVersions").map(|build| build.get("build_local_image"));
    let names = built.chain(plugins).flatten().filter_map(serde_json::Value::as_str);
    let foreign = |name: &&str| name.rsplit_once('/').is_some_and(|(prefix, _)| prefix != registry);
    names
        .filter(foreign)
        .map(|name| {
            let last = name.rsplit('/').next().unwrap_or(name);
            (name.to_owned(), format!("{registry}/{last}"))
        })
        .collect()
}

/// Rows under a key; the metadata's old form is the bare array of services.
fn rows<'a>(value: &'a serde_json::Value, key: &str) -> impl Iterator<Item = &'a serde_json::Value> + use<'a> {
    let rows = match value {
        serde_json::Value::Array(_) if key == "Services" => Some(value),
        _ => value.get(key),
    };
    rows.and_then(serde_json::Value::as_array).into_iter().flatten()
}
