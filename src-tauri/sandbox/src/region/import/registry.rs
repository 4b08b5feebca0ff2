//! The region's own registry, as files: `<cluster dir>/registry/images.json` says which name is which image, the
//! image archives lie beside it as they came.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::noise;

/// An image the region can pull.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) arch: String,
    /// The archive's file, below the registry's folder.
    pub(crate) tar: String,
    /// What the image is called inside that archive.
    pub(crate) name_inside: String,
    /// What the image exposes, its variables, its volumes.
    #[serde(default)]
    pub(crate) config: Value,
}

#[derive(Debug)]
pub(crate) struct Registry {
    folder: PathBuf,
    images: BTreeMap<String, Kept>,
}

impl Registry {
    pub(crate) fn open(dir: &Path) -> Self {
        let folder = dir.join("registry");
        let images = std::fs::read(folder.join("images.json")).ok();
        let images = images.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { folder, images }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Kept> {
        self.images.get(name)
    }

    /// Where the archive of an image lies.
    pub(crate) fn tar(&self, kept: &Kept) -> PathBuf {
        self.folder.join(&kept.tar)
    }

    /// Takes an archive in; it is moved, not copied. Its file name.
    pub(super) fn take(&self, archive: &Path) -> std::io::Result<String> {
        std::fs::create_dir_all(&self.folder)?;
        let name = format!("{}.tar", noise::id());
        let to = self.folder.join(&name);
        if std::fs::rename(archive, &to).is_err() {
            std::fs::copy(archive, &to)?;
        }
        Ok(name)
    }

    /// Points names to images: a name that exists already is overwritten, as by every push.
    pub(super) fn push(&mut self, images: impl IntoIterator<Item = (String, Kept)>) -> std::io::Result<()> {
        self.images.extend(images);
        std::fs::create_dir_all(&self.folder)?;
        let path = self.folder.join("images.json");
        let part = path.with_extension("json.part");
        std::fs::write(&part, serde_json::to_vec(&self.images)?)?;
        std::fs::rename(&part, &path)
    }
}
