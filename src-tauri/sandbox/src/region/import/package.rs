//! One application package: unpacked, its images loaded and named anew, its template read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};

use super::archive::{self, Loaded, Unloadable};
use super::reference;
use super::registry::{Kept, Registry};
use super::template::through_go;
use crate::era::Era;

/// What the builder is about to import.
#[derive(Debug)]
pub(super) struct Package<'a> {
    pub(super) file: &'a Path,
    /// Where it is unpacked; removed by the caller.
    pub(super) folder: &'a Path,
    pub(super) cluster_dir: &'a Path,
    pub(super) hub: &'a str,
    pub(super) era: Era,
    /// Every push fails, by a switch.
    pub(super) push_fails: bool,
}

/// An image and the archive of the package it is in.
#[derive(Debug)]
struct Inside {
    tar: PathBuf,
    image: Loaded,
}

impl Package<'_> {
    /// The template with its images under the region's registry, or why not.
    pub(super) fn import(&self) -> Result<Value, String> {
        self.unpack()?;
        let root = first_entry(self.folder)?;
        let text = std::fs::read_to_string(root.join("metadata.json"));
        let text = text.map_err(|error| format!("read metadata.json: {error}"))?;
        let mut template = through_go(&text, self.era)?;
        if template["apps"].as_array().is_none_or(Vec::is_empty) && template["k8s_resources"].is_null() {
            return Err("template is empty".to_owned());
        }
        let inside = self.load(&root, &template)?;
        let pushed = self.rename(&mut template, &inside)?;
        self.push(pushed)?;
        Ok(template)
    }

    /// `tar -xzf` of the builder (rebuild.md §1.1).
    fn unpack(&self) -> Result<(), String> {
        let file = File::open(self.file).map_err(|error| format!("open package: {error}"))?;
        let gzip = MultiGzDecoder::new(BufReader::with_capacity(1 << 20, file));
        let mut tar = tar::Archive::new(gzip);
        tar.set_preserve_permissions(false);
        tar.unpack(self.folder).map_err(|error| format!("tar -xzf: {error}"))
    }

    /// Loads every `*.tar` at depth one or two. A path with `plugin` in it is skipped by regions from 6.0 on when
    /// the template has no plugins, the names of package and root folder included (rebuild.md §1.1).
    fn load(&self, root: &Path, template: &Value) -> Result<BTreeMap<String, Inside>, String> {
        let skips = self.era.is_v6() && template["plugins"].as_array().is_none_or(Vec::is_empty);
        let package = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut found = BTreeMap::new();
        for tar in tars(root)? {
            let below = tar.strip_prefix(self.folder).unwrap_or(&tar).to_string_lossy().into_owned();
            if skips && format!("{package}/{below}").contains("plugin") {
                continue;
            }
            let file = File::open(&tar).map_err(|error| format!("load {below}: {error}"))?;
            match archive::load(BufReader::with_capacity(1 << 20, file)) {
                Ok(images) => {
                    for image in images {
                        let name = reference::normalised(&image.name)?;
                        found.insert(name, Inside { tar: tar.clone(), image });
                    }
                }
                Err(Unloadable::NoImage) => {}
                Err(Unloadable::Broken(why)) => return Err(format!("load {below}: {why}")),
            }
        }
        Ok(found)
    }

    /// New names for the images of all components and plugins (rebuild.md §1.2).
    fn rename<'a>(
        &self,
        template: &mut Value,
        inside: &'a BTreeMap<String, Inside>,
    ) -> Result<Vec<(String, &'a Inside)>, String> {
        let mut pushed = Vec::new();
        for (list, hub) in [("apps", "service_image"), ("plugins", "plugin_image")] {
            for item in template[list].as_array_mut().into_iter().flatten() {
                let name = item["share_image"].as_str().unwrap_or_default().to_owned();
                let found = inside.get(&reference::normalised(&name)?);
                let found = found.ok_or_else(|| format!("image \"{name}\": not found"))?;
                let new = reference::pushed(&name, self.hub)?;
                item["share_image"] = json!(new);
                item[hub] = json!({
                    "hub_password": "", "namespace": "", "hub_url": self.hub, "hub_user": "", "is_trust": false,
                });
                pushed.push((new, found));
            }
        }
        Ok(pushed)
    }

    /// Pushes what was renamed; a later image of the same new name overwrites an earlier one. Regions
    /// v5.8.1–v5.17.3 do not look whether it worked, 6.9.2 and later do (rebuild.md §1.2).
    fn push(&self, images: Vec<(String, &Inside)>) -> Result<(), String> {
        if self.push_fails {
            return match self.era {
                Era::V5_2_2 | Era::V5_17_3 => Ok(()),
                Era::V6_9_8 => Err("push image: the registry refused it".to_owned()),
            };
        }
        let mut registry = Registry::open(self.cluster_dir);
        let mut taken: BTreeMap<PathBuf, String> = BTreeMap::new();
        let mut kept = Vec::new();
        for (name, inside) in images {
            let tar = match taken.get(&inside.tar) {
                Some(tar) => tar.clone(),
                None => {
                    let tar = registry.take(&inside.tar).map_err(|error| format!("push image {name}: {error}"))?;
                    taken.insert(inside.tar.clone(), tar.clone());
                    tar
                }
            };
            let image = &inside.image;
            kept.push((
                name,
                Kept { arch: image.arch.clone(), tar, name_inside: image.name.clone(), config: image.config.clone() },
            ));
        }
        registry.push(kept).map_err(|error| format!("push images: {error}"))
    }
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("read {}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// The importer takes the lexically first entry and nothing else (rebuild.md §1.1).
fn first_entry(folder: &Path) -> Result<PathBuf, String> {
    sorted(folder)?.into_iter().next().ok_or_else(|| "the package is empty".to_owned())
}

fn tars(root: &Path) -> Result<Vec<PathBuf>, String> {
    let is_tar = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|ending| ending == "tar");
    let mut found = Vec::new();
    for path in sorted(root)? {
        if path.is_dir() {
            found.extend(sorted(&path)?.into_iter().filter(is_tar));
        } else if is_tar(&path) {
            found.push(path);
        }
    }
    Ok(found)
}
