//! What a registry must be given so that it has an image: configuration, layers, and the manifest that names them by their
//! checksums. Learnt while an archive passes by; nothing of a layer is kept.
//!
//! `docker save` holds no manifest of a registry's kind: one is made of the layers as they lie there, plain or compressed, so
//! that the same archive always has the same manifest. An OCI layout without Docker's part brings its own, which is kept to the
//! byte.

use super::error::{ImageError, too_long};
use super::names::{Document, full_name, same_name};
use super::walk::{Event, Walk};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Longer JSON members are no manifest and no configuration.
const KEPT_LIMIT_BYTES: u64 = 4 << 20;
/// Of all such members together.
const ALL_LIMIT_BYTES: u64 = 64 << 20;
/// Of one image; Docker itself stops at 127.
const MOST_LAYERS: usize = 1_000;

const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// How a registry speaks of a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Descriptor {
    #[serde(rename = "mediaType")]
    pub media_type: String,
    pub size: u64,
    /// `sha256:` and hex.
    pub digest: String,
}

/// An image, ready to be pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    pub manifest: Bytes,
    pub manifest_type: String,
    pub manifest_digest: String,
    pub config: Bytes,
    pub config_digest: String,
    /// From the lowest up; one that is there twice is named twice.
    pub layers: Vec<Descriptor>,
    /// Which member of the archive holds which blob.
    pub members: BTreeMap<String, String>,
}

impl Contents {
    /// Of configuration and layers, each once.
    pub(crate) fn bytes(&self) -> u64 {
        let mut seen: Vec<&str> = Vec::new();
        let mut total = self.config.len() as u64;
        for layer in &self.layers {
            if !seen.contains(&layer.digest.as_str()) {
                seen.push(&layer.digest);
                total += layer.size;
            }
        }
        total
    }
}

/// `sha256:` and hex.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// A whole member, as far as it matters.
struct Measured {
    size: u64,
    digest: String,
    packing: Packing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// Docker's own kinds know no zstd.
    fn media_type(self, is_oci: bool) -> &'static str {
        match (self, is_oci) {
            (Self::Plain, false) => "application/vnd.docker.image.rootfs.diff.tar",
            (Self::Gzip, false) => "application/vnd.docker.image.rootfs.diff.tar.gzip",
            (Self::Plain, true) => "application/vnd.oci.image.layer.v1.tar",
            (Self::Gzip, true) => "application/vnd.oci.image.layer.v1.tar+gzip",
            (Self::Zstd, _) => "application/vnd.oci.image.layer.v1.tar+zstd",
        }
    }
}

/// The member that is passing.
struct Passing {
    path: String,
    size: u64,
    hash: Sha256,
    head: Vec<u8>,
    /// Its bytes, while it may be JSON.
    kept: Option<Vec<u8>>,
}

/// Reads an archive once and says what to push.
pub(crate) struct Measurer {
    walk: Walk,
    passing: Option<Passing>,
    measured: BTreeMap<String, Measured>,
    kept: BTreeMap<String, Vec<u8>>,
    kept_bytes: u64,
    links: BTreeMap<String, String>,
}

impl Measurer {
    pub(crate) fn new() -> Self {
        Self {
            walk: Walk::new(),
            passing: None,
            measured: BTreeMap::new(),
            kept: BTreeMap::new(),
            kept_bytes: 0,
            links: BTreeMap::new(),
        }
    }

    pub(crate) fn push(&mut self, mut chunk: Bytes) -> Result<(), ImageError> {
        while let Some(event) = self.walk.next(&mut chunk)? {
            self.take(event)?;
        }
        Ok(())
    }

    fn take(&mut self, event: Event) -> Result<(), ImageError> {
        match event {
            Event::Head { member, .. } => {
                if let Some(target) = member.link {
                    self.links.insert(member.path, target);
                } else if member.is_file {
                    let kept = (member.size <= KEPT_LIMIT_BYTES).then(Vec::new);
                    let (path, size) = (member.path, member.size);
                    self.passing = Some(Passing { path, size, hash: Sha256::new(), head: Vec::new(), kept });
                }
            }
            Event::Body(bytes) => {
                if let Some(passing) = &mut self.passing {
                    passing.hash.update(&bytes);
                    let missing = 4_usize.saturating_sub(passing.head.len());
                    passing.head.extend(bytes.iter().take(missing));
                    if let Some(kept) = &mut passing.kept {
                        kept.extend_from_slice(&bytes);
                        // A layer that is short is none either.
                        if !matches!(kept.first(), Some(b'{' | b'[')) {
                            passing.kept = None;
                        }
                    }
                }
            }
            Event::BodyEnd => {
                let Some(passing) = self.passing.take() else { return Ok(()) };
                let Passing { path, size, hash, head, kept } = passing;
                if let Some(kept) = kept {
                    self.kept_bytes += kept.len() as u64;
                    if self.kept_bytes > ALL_LIMIT_BYTES {
                        let (bytes, limit) = (self.kept_bytes, ALL_LIMIT_BYTES);
                        return Err(ImageError::MemberTooLarge { member: path, bytes, limit });
                    }
                    self.kept.insert(path.clone(), kept);
                }
                let digest = format!("sha256:{}", hex::encode(hash.finalize()));
                self.measured.insert(path, Measured { size, digest, packing: Packing::of(&head) });
            }
            Event::Padding(_) | Event::Other(_) => {}
        }
        Ok(())
    }

    /// The image of this name; of an archive with one image: that one.
    pub(crate) fn finish(self, name: &str, arch: &str) -> Result<Contents, ImageError> {
        self.walk.finish()?;
        if let Some(manifest) = self.kept.get("manifest.json") {
            let list: Value = json_of("manifest.json", manifest)?;
            if Document::Manifest.is_too_long(&list) {
                return Err(too_long());
            }
            let images = list.as_array().map(Vec::as_slice).unwrap_or_default();
            let named = |image: &&Value| {
                let one = Value::Array(vec![(*image).clone()]);
                Document::Manifest.names(&one).iter().any(|tag| same_name(tag, name))
            };
            if let Some(image) = images.iter().find(named).or_else(|| images.first().filter(|_| images.len() == 1)) {
                return self.of_docker(image);
            }
        }
        match self.kept.get("index.json") {
            Some(index) => {
                let index: Value = json_of("index.json", index)?;
                if Document::Index.is_too_long(&index) {
                    return Err(too_long());
                }
                self.of_layout(&index, name, arch)
            }
            None => Err(lacks(name)),
        }
    }

    fn of_docker(&self, image: &Value) -> Result<Contents, ImageError> {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let config_path = text(image.get("Config")).ok_or_else(|| lacks("Config"))?;
        let config = self.document(&config_path)?;
        let paths = image.get("Layers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if paths.len() > MOST_LAYERS {
            return Err(too_long());
        }
        let mut found = Vec::new();
        for path in paths {
            let path = path.as_str().unwrap_or_default();
            found.push(self.member(path)?);
        }
        let is_oci = found.iter().any(|(_, measured)| measured.packing == Packing::Zstd);
        let layers: Vec<Descriptor> = found
            .iter()
            .map(|(_, measured)| Descriptor {
                media_type: measured.packing.media_type(is_oci).to_owned(),
                size: measured.size,
                digest: measured.digest.clone(),
            })
            .collect();
        let (manifest_type, config_type) = match is_oci {
            true => (OCI_MANIFEST, OCI_CONFIG),
            false => (DOCKER_MANIFEST, DOCKER_CONFIG),
        };
        let config_digest = digest_of(&config);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": manifest_type,
            "config": Descriptor {
                media_type: config_type.to_owned(),
                size: config.len() as u64,
                digest: config_digest.clone(),
            },
            "layers": layers,
        });
        let manifest = Bytes::from(manifest.to_string());
        Ok(Contents {
            manifest_digest: digest_of(&manifest),
            manifest,
            manifest_type: manifest_type.to_owned(),
            config,
            config_digest,
            members: found.iter().map(|(path, measured)| (path.clone(), measured.digest.clone())).collect(),
            layers,
        })
    }

    fn of_layout(&self, index: &Value, name: &str, arch: &str) -> Result<Contents, ImageError> {
        let rows = |value: &Value| value.get("manifests").and_then(Value::as_array).cloned().unwrap_or_default();
        let images = rows(index);
        let named = |row: &&Value| full_name(row).is_some_and(|found| same_name(&found, name));
        let image = images.iter().find(named).or_else(|| images.first().filter(|_| images.len() == 1));
        let mut descriptor = image.cloned().ok_or_else(|| lacks(name))?;
        // An index of several platforms leads to one more.
        for _ in 0..3 {
            let (path, manifest) = self.blob(&descriptor)?;
            let value: Value = json_of(&path, &manifest)?;
            let platforms = rows(&value);
            if platforms.is_empty() {
                return self.of_manifest(&descriptor, &manifest, &value);
            }
            let of = |row: &Value, key: &str| {
                row.get("platform")
                    .and_then(|platform| platform.get(key)?.as_str().map(str::to_owned))
                    .unwrap_or_default()
            };
            let fits = |row: &&Value| of(row, "os") == "linux" && (arch.is_empty() || of(row, "architecture") == arch);
            let next = platforms.iter().find(fits).or_else(|| platforms.iter().find(|row| of(row, "os") != "unknown"));
            descriptor = next.cloned().ok_or_else(|| lacks(name))?;
        }
        Err(lacks(name))
    }

    fn of_manifest(&self, descriptor: &Value, manifest: &Bytes, value: &Value) -> Result<Contents, ImageError> {
        let (_, config) = self.blob(value.get("config").unwrap_or(&Value::Null))?;
        let rows = value.get("layers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if rows.len() > MOST_LAYERS {
            return Err(too_long());
        }
        let mut layers: Vec<Descriptor> = Vec::new();
        let mut members = BTreeMap::new();
        for row in rows {
            let layer: Descriptor = serde_json::from_value(row.clone()).map_err(|_| lacks("layers"))?;
            let (path, measured) = self.member(&blob_path(&layer.digest))?;
            // What the manifest promises must be what the archive holds.
            if measured.digest != layer.digest || measured.size != layer.size {
                return Err(lacks(&layer.digest));
            }
            members.insert(path, layer.digest.clone());
            layers.push(layer);
        }
        let told = |value: &Value| value.get("mediaType").and_then(Value::as_str).map(str::to_owned);
        Ok(Contents {
            manifest: manifest.clone(),
            manifest_type: told(value).or_else(|| told(descriptor)).unwrap_or_else(|| OCI_MANIFEST.to_owned()),
            manifest_digest: digest_of(manifest),
            config_digest: digest_of(&config),
            config,
            layers,
            members,
        })
    }

    /// A JSON member that a descriptor names, if it is what it says.
    fn blob(&self, descriptor: &Value) -> Result<(String, Bytes), ImageError> {
        let digest = descriptor.get("digest").and_then(Value::as_str).unwrap_or_default();
        let path = blob_path(digest);
        let bytes = self.document(&path)?;
        if digest_of(&bytes) == digest { Ok((path, bytes)) } else { Err(lacks(digest)) }
    }

    fn document(&self, path: &str) -> Result<Bytes, ImageError> {
        let path = self.follow(path);
        self.kept.get(path).map(|bytes| Bytes::from(bytes.clone())).ok_or_else(|| lacks(path))
    }

    fn member(&self, path: &str) -> Result<(String, &Measured), ImageError> {
        let path = self.follow(path);
        self.measured.get(path).map(|measured| (path.to_owned(), measured)).ok_or_else(|| lacks(path))
    }

    fn follow<'a>(&'a self, path: &'a str) -> &'a str {
        let mut at = path;
        // More hops than any writer makes; a circle ends, too.
        for _ in 0..8 {
            match self.links.get(at) {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }
}

fn blob_path(digest: &str) -> String {
    format!("blobs/{}", digest.replacen(':', "/", 1))
}

fn lacks(member: &str) -> ImageError {
    ImageError::Lacks { member: member.to_owned() }
}

fn json_of(path: &str, bytes: &[u8]) -> Result<Value, ImageError> {
    crate::json::from_slice(bytes).map_err(|_| ImageError::NotJson { member: path.to_owned() })
}

/// A member of an archive, in pieces.
#[derive(Debug)]
pub(crate) enum Piece {
    Begin { path: String },
    Bytes(Bytes),
    End,
}

/// The files of an archive one after the other, whatever the chunks it comes in.
pub(crate) struct Members {
    walk: Walk,
    is_open: bool,
}

impl Members {
    pub(crate) fn new() -> Self {
        Self { walk: Walk::new(), is_open: false }
    }

    pub(crate) fn push(&mut self, mut chunk: Bytes) -> Result<Vec<Piece>, ImageError> {
        let mut pieces = Vec::new();
        while let Some(event) = self.walk.next(&mut chunk)? {
            match event {
                Event::Head { member, .. } if member.is_file => {
                    self.is_open = true;
                    pieces.push(Piece::Begin { path: member.path });
                }
                Event::Body(bytes) if self.is_open => pieces.push(Piece::Bytes(bytes)),
                Event::BodyEnd if self.is_open => {
                    self.is_open = false;
                    pieces.push(Piece::End);
                }
                _ => {}
            }
        }
        Ok(pieces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::docker_archive;

    fn measured(archive: &[u8], name: &str, chunk: usize) -> Result<Contents, ImageError> {
        let mut measurer = Measurer::new();
        for piece in archive.chunks(chunk) {
            measurer.push(Bytes::copy_from_slice(piece))?;
        }
        measurer.finish(name, "amd64")
    }

    fn tar_of(members: &[(&str, &[u8])], links: &[(&str, &str)]) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, content) in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, *content).unwrap();
        }
        for (path, target) in links {
            let mut header = tar::Header::new_gnu();
            header.set_size(0);
            header.set_mode(0o777);
            header.set_entry_type(tar::EntryType::Symlink);
            tar.append_link(&mut header, path, target).unwrap();
        }
        tar.into_inner().unwrap()
    }

    #[test]
    fn an_archive_of_docker_gets_the_same_manifest_however_it_is_cut() {
        let archive = docker_archive(b"program", "r.b/x/web:1", "amd64");
        let whole = measured(&archive, "r.b/x/web:1", usize::MAX).unwrap();
        assert_eq!(whole, measured(&archive, "r.b/x/web:1", 7).unwrap());
        let manifest: Value = serde_json::from_slice(&whole.manifest).unwrap();
        assert_eq!(manifest["mediaType"], DOCKER_MANIFEST);
        assert_eq!(manifest["config"]["digest"], whole.config_digest);
        // What the config says of the layer's content is the layer's digest, since it is not compressed.
        let config: Value = serde_json::from_slice(&whole.config).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"][0], manifest["layers"][0]["digest"]);
        assert_eq!(whole.bytes(), whole.layers[0].size + whole.config.len() as u64);
    }

    #[test]
    fn layers_that_are_links_are_followed_and_packed_ones_are_called_so() {
        let (plain, packed) = (b"layer".as_slice(), [0x1f, 0x8b, 8, 0].as_slice());
        let manifest =
            br#"[{"Config":"c.json","RepoTags":["web:1"],"Layers":["a/layer.tar","b/layer.tar","c/layer.tar"]}]"#;
        let members = [
            ("manifest.json", manifest.as_slice()),
            ("c.json", b"{}"),
            ("a/layer.tar", plain),
            ("c/layer.tar", packed),
        ];
        let archive = tar_of(&members, &[("b/layer.tar", "../a/layer.tar")]);
        let found = measured(&archive, "web:1", 100).unwrap();
        assert_eq!(found.layers[0], found.layers[1]);
        assert!(found.layers[2].media_type.ends_with("tar.gzip"), "{:?}", found.layers);
        assert_eq!(found.members.len(), 2);
        assert_eq!(found.bytes(), 2 + 5 + 4);
    }

    #[test]
    fn a_layout_keeps_its_own_manifest() {
        let (config, layer) = (br#"{"os":"linux"}"#.as_slice(), b"layer".as_slice());
        let descriptor = |bytes: &[u8]| json!({"mediaType": "t", "size": bytes.len(), "digest": digest_of(bytes)});
        let own = json!({"schemaVersion": 2, "config": descriptor(config), "layers": [descriptor(layer)], "x": 1});
        let own = own.to_string();
        let mut row = descriptor(own.as_bytes());
        row["annotations"] = json!({"io.containerd.image.name": "docker.io/library/web:1"});
        let other = json!({"mediaType": "t", "size": 1, "digest": "sha256:00"});
        let index = json!({"manifests": [other, row]}).to_string();
        let path = |bytes: &[u8]| blob_path(&digest_of(bytes));
        let paths = [path(config), path(layer), path(own.as_bytes())];
        let members: [(&str, &[u8]); 4] =
            [("index.json", index.as_bytes()), (&paths[0], config), (&paths[1], layer), (&paths[2], own.as_bytes())];
        let found = measured(&tar_of(&members, &[]), "web:1", 64).unwrap();
        assert_eq!((found.manifest.as_ref(), found.manifest_type.as_str()), (own.as_bytes(), "t"));
        let without = measured(&tar_of(&members[..3], &[]), "web:1", 64);
        assert!(matches!(without, Err(ImageError::Lacks { .. })), "{without:?}");
        let unknown = measured(&tar_of(&members, &[]), "api:1", 64);
        assert!(matches!(unknown, Err(ImageError::Lacks { .. })), "{unknown:?}");
    }

    #[test]
    fn members_come_in_order_and_whole() {
        let archive = tar_of(&[("a", b"one"), ("b", b""), ("c", b"three")], &[("l", "a")]);
        let mut members = Members::new();
        let mut seen = Vec::new();
        for chunk in archive.chunks(5) {
            for piece in members.push(Bytes::copy_from_slice(chunk)).unwrap() {
                match piece {
                    Piece::Begin { path } => seen.push((path, Vec::new(), false)),
                    Piece::Bytes(bytes) => seen.last_mut().unwrap().1.extend_from_slice(&bytes),
                    Piece::End => seen.last_mut().unwrap().2 = true,
                }
            }
        }
        let expected = [("a", "one"), ("b", ""), ("c", "three")].map(|(path, body)| (path.into(), body.into(), true));
        assert_eq!(seen, expected);
    }
}
