//! Small, valid `docker save` archives of any size, streamed: layers of noise, a config and `manifest.json`.
//! And the other way: what names an image archive carries.

use std::io::Read;
use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::noise::{Noise, seed_of};

/// One image to be made.
#[derive(Debug, Clone)]
pub(crate) struct ImageSpec {
    /// With registry and tag, as in the package's metadata.
    pub(crate) name: String,
    pub(crate) base_bytes: u64,
    pub(crate) layer_bytes: u64,
}

impl ImageSpec {
    /// The layers: a base shared by all images of the same repository, and one of this very build.
    fn layers(&self) -> [(String, u64); 2] {
        let repository = self.name.rsplit_once(':').map_or(self.name.as_str(), |(name, _)| name);
        [(format!("{repository} base"), self.base_bytes), (self.name.clone(), self.layer_bytes)]
    }

    /// Writes the archive.
    pub(crate) fn write_to(&self, out: impl std::io::Write) -> std::io::Result<()> {
        let mut tar = tar::Builder::new(out);
        let mut paths = Vec::new();
        let mut diff_ids = Vec::new();
        for (name, len) in self.layers() {
            let id = hex::encode(Sha256::digest(name.as_bytes()));
            add(&mut tar, &format!("{id}/VERSION"), 3, &mut "1.0".as_bytes())?;
            let (size, mut content) = layer(&name, len)?;
            add(&mut tar, &format!("{id}/layer.tar"), size, &mut content)?;
            paths.push(format!("{id}/layer.tar"));
            diff_ids.push(format!("sha256:{id}"));
        }
        let config = json!({"architecture": "amd64", "os": "linux", "config": config_of_image(), "rootfs": {"type": "layers", "diff_ids": diff_ids}});
        let config = config.to_string();
        let config_name = format!("{}.json", hex::encode(Sha256::digest(config.as_bytes())));
        add(&mut tar, &config_name, config.len() as u64, &mut config.as_bytes())?;
        let manifest = json!([{"Config": config_name, "RepoTags": [self.name], "Layers": paths}]).to_string();
        add(&mut tar, "manifest.json", manifest.len() as u64, &mut manifest.as_bytes())?;
        tar.into_inner().map(drop)
    }
}

/// What the image says of itself: a check guesses a port, a variable and a volume from it (rebuild.md §7.1).
fn config_of_image() -> serde_json::Value {
    json!({"ExposedPorts": {"9999/tcp": {}}, "Env": ["PATH=/usr/bin"], "Volumes": {"/var/guessed": {}}})
}

/// What a package holds of an image.
#[derive(Debug, Clone)]
pub(crate) enum Archive {
    /// Made of noise on the spot.
    Made(ImageSpec),
    /// In the region's registry as a file, where it may have another name.
    Kept { tar: PathBuf, inside: String, name: String },
}

impl Archive {
    pub(crate) fn write_to(&self, out: impl std::io::Write) -> std::io::Result<()> {
        match self {
            Self::Made(spec) => spec.write_to(out),
            Self::Kept { tar, inside, name } => renamed(std::fs::File::open(tar)?, inside, name, out),
        }
    }
}

/// Copies an archive with one of its images under another name; the others are no longer named in it.
fn renamed(archive: impl Read, old: &str, new: &str, out: impl std::io::Write) -> std::io::Result<()> {
    let mut from = tar::Archive::new(std::io::BufReader::with_capacity(1 << 20, archive));
    let mut to = tar::Builder::new(out);
    for entry in from.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let naming = matches!(path.as_str(), "manifest.json" | "index.json");
        if path == "repositories" || entry.header().entry_type().is_dir() {
            continue;
        }
        if !naming {
            add(&mut to, &path, entry.size(), &mut entry)?;
            continue;
        }
        let mut value: Value = serde_json::from_reader(&mut entry)?;
        if let Some(images) = value.as_array_mut() {
            images.retain(|image| image["RepoTags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == old)));
            images.iter_mut().for_each(|image| image["RepoTags"] = json!([new]));
        }
        if let Some(images) = value.get_mut("manifests").and_then(Value::as_array_mut) {
            let named = |image: &Value| {
                image["annotations"].as_object().is_some_and(|all| all.values().any(|note| note == old))
            };
            images.retain(named);
            images.iter_mut().for_each(|image| image["annotations"]["io.containerd.image.name"] = json!(new));
        }
        let text = value.to_string();
        add(&mut to, &path, text.len() as u64, &mut text.as_bytes())?;
    }
    to.into_inner().map(drop)
}

fn add<W: std::io::Write>(
    tar: &mut tar::Builder<W>,
    path: &str,
    size: u64,
    content: &mut dyn Read,
) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(1_787_193_000);
    tar.append_data(&mut header, path, content)
}

/// A layer: itself a tar with one file of noise.
fn layer(name: &str, len: u64) -> std::io::Result<(u64, impl Read + use<>)> {
    let mut header = tar::Header::new_gnu();
    header.set_path("opt/app/content.bin")?;
    header.set_size(len);
    header.set_mode(0o644);
    header.set_cksum();
    let padding = (512 - len % 512) % 512;
    let size = 512 + len + padding + 1024;
    let head = std::io::Cursor::new(header.as_bytes().to_vec());
    Ok((size, head.chain(Noise::new(seed_of(name), len)).chain(std::io::repeat(0).take(padding + 1024))))
}

/// The names (`registry/name:tag`) inside an image archive, by `docker save` or by an OCI layout.
pub(crate) fn names_in(archive: impl Read) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut tar = tar::Archive::new(archive);
    for entry in tar.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        if path != "manifest.json" && path != "index.json" {
            std::io::copy(&mut entry, &mut std::io::sink())?;
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text)?;
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let tags = value.as_array().into_iter().flatten().filter_map(|image| image["RepoTags"].as_array()).flatten();
        names.extend(tags.filter_map(Value::as_str).map(str::to_owned));
        let manifests = value["manifests"].as_array().into_iter().flatten();
        let named = manifests.filter_map(|image| image["annotations"]["io.containerd.image.name"].as_str());
        names.extend(named.map(str::to_owned));
    }
    let mut rest = tar.into_inner();
    std::io::copy(&mut rest, &mut std::io::sink())?;
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_carries_its_name() {
        let spec = ImageSpec { name: "goodrain.me/web:1".to_owned(), base_bytes: 700, layer_bytes: 1025 };
        let mut bytes = Vec::new();
        spec.write_to(&mut bytes).unwrap();
        assert_eq!(names_in(bytes.as_slice()).unwrap(), ["goodrain.me/web:1"]);
    }

    #[test]
    fn a_kept_image_gets_its_new_name() {
        let spec = ImageSpec { name: "old.test/web:1".to_owned(), base_bytes: 700, layer_bytes: 5 };
        let mut bytes = Vec::new();
        spec.write_to(&mut bytes).unwrap();
        let mut out = Vec::new();
        renamed(bytes.as_slice(), "old.test/web:1", "goodrain.me/web:1", &mut out).unwrap();
        assert_eq!(names_in(out.as_slice()).unwrap(), ["goodrain.me/web:1"]);
        assert_eq!(out.len(), bytes.len());
    }
}
