//! An image archive as a container runtime loads it: the `docker save` layout or an OCI layout.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The platform of the builders played here.
const ARCH: &str = "amd64";
/// Manifests and configurations are small; anything longer is a layer.
const SMALL: u64 = 1024 * 1024;

/// One image of an archive, under one of its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Loaded {
    pub(super) name: String,
    pub(super) arch: String,
    /// `config` of the image: what it exposes, its variables, its volumes.
    pub(super) config: Value,
}

/// Why an archive is not loaded.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unloadable {
    /// The importer goes on after this one (oam 5.8.1 and later; rebuild.md §1.1).
    #[error("unrecognized image format")]
    NoImage,
    #[error("{0}")]
    Broken(String),
}

impl Unloadable {
    fn broken(why: &(impl ToString + ?Sized)) -> Self {
        Self::Broken(why.to_string())
    }
}

/// The entries of an archive: small ones with their content.
type Entries = BTreeMap<String, Option<Vec<u8>>>;

/// The images of an archive. Memory stays flat: layers are only passed by.
pub(super) fn load(archive: impl Read) -> Result<Vec<Loaded>, Unloadable> {
    let entries = entries(archive).map_err(|error| Unloadable::broken(&error))?;
    if let Some(index) = entries.get("index.json").filter(|_| entries.contains_key("oci-layout")) {
        return from_index(&entries, &parsed("index.json", index.as_deref())?);
    }
    match entries.get("manifest.json") {
        Some(manifest) => from_manifest(&entries, &parsed("manifest.json", manifest.as_deref())?),
        None => Err(Unloadable::NoImage),
    }
}

fn entries(archive: impl Read) -> std::io::Result<Entries> {
    let mut found = Entries::new();
    let mut tar = tar::Archive::new(archive);
    for entry in tar.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().trim_start_matches("./").to_owned();
        let content = if entry.size() <= SMALL {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            Some(bytes)
        } else {
            std::io::copy(&mut entry, &mut std::io::sink())?;
            None
        };
        found.insert(path, content);
    }
    Ok(found)
}

fn parsed(path: &str, content: Option<&[u8]>) -> Result<Value, Unloadable> {
    let bytes = content.ok_or_else(|| Unloadable::broken(&format!("{path} is too large")))?;
    serde_json::from_slice(bytes).map_err(|error| Unloadable::broken(&format!("{path}: {error}")))
}

fn file<'a>(entries: &'a Entries, path: &str) -> Result<&'a Option<Vec<u8>>, Unloadable> {
    entries.get(path).ok_or_else(|| Unloadable::broken(&format!("{path}: no such file in the archive")))
}

fn json_file(entries: &Entries, path: &str) -> Result<Value, Unloadable> {
    parsed(path, file(entries, path)?.as_deref())
}

impl Loaded {
    fn of(name: &str, config: &Value) -> Self {
        let arch = config["architecture"].as_str().unwrap_or(ARCH).to_owned();
        Self { name: name.to_owned(), arch, config: config["config"].clone() }
    }
}

/// `docker save`. An empty or `null` list of images fails (goodrain/rainbond#1965; rebuild.md §1.1).
fn from_manifest(entries: &Entries, manifest: &Value) -> Result<Vec<Loaded>, Unloadable> {
    let images = manifest.as_array().filter(|images| !images.is_empty());
    let images = images.ok_or_else(|| Unloadable::broken("manifest.json names no image"))?;
    let mut loaded = Vec::new();
    for image in images {
        let config = image["Config"].as_str().unwrap_or_default();
        let config = json_file(entries, config)?;
        for layer in image["Layers"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            file(entries, layer)?;
        }
        let tags = image["RepoTags"].as_array().into_iter().flatten().filter_map(Value::as_str);
        loaded.extend(tags.map(|tag| Loaded::of(tag, &config)));
    }
    Ok(loaded)
}

/// An OCI layout. Of an image of several platforms the builder's own is taken (rebuild.md §1.2).
fn from_index(entries: &Entries, index: &Value) -> Result<Vec<Loaded>, Unloadable> {
    let images = index["manifests"].as_array().filter(|images| !images.is_empty());
    let images = images.ok_or_else(|| Unloadable::broken("index.json names no image"))?;
    let mut loaded = Vec::new();
    for image in images {
        let config = oci_config(entries, image)?;
        let notes = &image["annotations"];
        let full = notes["io.containerd.image.name"].as_str();
        if let Some(name) = full.or_else(|| notes["org.opencontainers.image.ref.name"].as_str()) {
            loaded.push(Loaded::of(name, &config));
        }
    }
    Ok(loaded)
}

fn oci_config(entries: &Entries, descriptor: &Value) -> Result<Value, Unloadable> {
    let manifest = blob_json(entries, descriptor)?;
    if let Some(platforms) = manifest["manifests"].as_array() {
        let own = platforms.iter().find(|one| one["platform"]["architecture"] == ARCH);
        let own = own.ok_or_else(|| Unloadable::broken("no match for platform in manifest: not found"))?;
        return oci_config(entries, own);
    }
    for layer in manifest["layers"].as_array().into_iter().flatten() {
        file(entries, &blob_path(layer))?;
    }
    blob_json(entries, &manifest["config"])
}

fn blob_path(descriptor: &Value) -> String {
    format!("blobs/{}", descriptor["digest"].as_str().unwrap_or_default().replace(':', "/"))
}

/// A small blob, its digest checked as the content store does.
fn blob_json(entries: &Entries, descriptor: &Value) -> Result<Value, Unloadable> {
    let path = blob_path(descriptor);
    let bytes = file(entries, &path)?.as_deref();
    let digest = bytes.map(|bytes| format!("blobs/sha256/{}", hex::encode(Sha256::digest(bytes))));
    if digest.as_deref() != Some(path.as_str()) {
        return Err(Unloadable::broken(&format!("{path}: unexpected commit digest")));
    }
    parsed(&path, bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::image::ImageSpec;

    fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, *bytes).unwrap();
        }
        tar.into_inner().unwrap()
    }

    #[test]
    fn a_docker_archive_is_loaded() {
        let spec = ImageSpec { name: "old.test/ns/web:1".to_owned(), base_bytes: 9, layer_bytes: 9 };
        let mut bytes = Vec::new();
        spec.write_to(&mut bytes).unwrap();
        let loaded = load(bytes.as_slice()).unwrap();
        let [image] = loaded.as_slice() else { panic!("{loaded:?}") };
        assert_eq!((image.name.as_str(), image.arch.as_str()), ("old.test/ns/web:1", "amd64"));
        assert!(image.config["ExposedPorts"]["9999/tcp"].is_object());
    }

    #[test]
    fn an_empty_manifest_is_refused_and_no_manifest_is_no_image() {
        for manifest in ["null", "[]"] {
            let got = load(tarred(&[("manifest.json", manifest.as_bytes())]).as_slice());
            assert!(matches!(got, Err(Unloadable::Broken(_))), "{manifest}");
        }
        assert_eq!(load(tarred(&[("a.txt", b"x")]).as_slice()), Err(Unloadable::NoImage));
    }

    #[test]
    fn a_missing_layer_is_noticed() {
        let manifest = json!([{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l/layer.tar"]}]).to_string();
        let got = load(tarred(&[("manifest.json", manifest.as_bytes()), ("c.json", b"{}")]).as_slice());
        assert!(matches!(got, Err(Unloadable::Broken(why)) if why.contains("l/layer.tar")));
    }

    #[test]
    fn an_oci_layout_is_loaded_by_its_annotation_and_platform() {
        let named = |bytes: &[u8]| format!("sha256:{}", hex::encode(Sha256::digest(bytes)));
        let path = |bytes: &[u8]| format!("blobs/sha256/{}", hex::encode(Sha256::digest(bytes)));
        let config = json!({"architecture": "amd64"}).to_string().into_bytes();
        let layer = b"layer".to_vec();
        let manifest = json!({"config": {"digest": named(&config)}, "layers": [{"digest": named(&layer)}]});
        let manifest = manifest.to_string().into_bytes();
        let index = |arch: &str| {
            let list = json!({"manifests": [{"digest": named(&manifest), "platform": {"architecture": arch}}]});
            let list = list.to_string().into_bytes();
            let top = json!({"manifests": [{
                "digest": named(&list), "annotations": {"io.containerd.image.name": "old.test/a:1"},
            }]});
            let (top, list_path) = (top.to_string(), path(&list));
            tarred(&[
                ("oci-layout", b"{}"),
                ("index.json", top.as_bytes()),
                (&list_path, &list),
                (&path(&manifest), &manifest),
                (&path(&config), &config),
                (&path(&layer), &layer),
            ])
        };
        assert_eq!(load(index("amd64").as_slice()).unwrap()[0].name, "old.test/a:1");
        assert!(load(index("arm64").as_slice()).is_err());
    }
}
