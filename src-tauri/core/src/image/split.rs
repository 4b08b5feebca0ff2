//! One archive of several images, as the platform's export of a template has it, seen as archives of one image each. Nothing is
//! copied: layers stay where they lie, and one that two images share is in both.
//!
//! Only the layout of `docker save` is read, which containerd's export has as well: `manifest.json` names every image's config
//! and layers (`oam:pkg/util/image`).

use super::error::{ImageError, too_long};
use super::names::same_name;
use super::tarball::{BLOCK, file_header, padding};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use tar::EntryType;

const MANIFEST: &str = "manifest.json";
const MANIFEST_LIMIT_BYTES: u64 = 4 << 20;
/// More members than any set of images has.
const MOST_MEMBERS: usize = 100_000;
/// Configs, layers and names of all images together.
const MOST_NAMED: usize = 20_000;
/// A link to a link, and so on.
const MOST_LINKS: usize = 8;

/// A stretch of an archive that is put together anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stretch {
    Made(Bytes),
    /// Bytes of the archive that was split.
    From {
        start: u64,
        bytes: u64,
    },
}

impl Stretch {
    fn bytes(&self) -> u64 {
        match self {
            Self::Made(made) => made.len() as u64,
            Self::From { bytes, .. } => *bytes,
        }
    }
}

/// One image of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Single {
    pub names: Vec<String>,
    pub stretches: Vec<Stretch>,
    pub bytes: u64,
}

impl Single {
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|known| same_name(known, name))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Vec<String>,
}

#[derive(Clone)]
enum Member {
    File { start: u64, bytes: u64 },
    Link(String),
}

/// The images of an archive; none where its manifest says `null` (goodrain/rainbond#1965).
pub(crate) fn split(archive: &mut (impl Read + Seek)) -> Result<Vec<Single>, ImageError> {
    let members = members(archive)?;
    let Some((start, bytes)) = find(&members, MANIFEST) else {
        return Err(ImageError::Damaged { at_bytes: 0, what: "it holds no manifest.json" });
    };
    if bytes > MANIFEST_LIMIT_BYTES {
        return Err(ImageError::MemberTooLarge { member: MANIFEST.to_owned(), bytes, limit: MANIFEST_LIMIT_BYTES });
    }
    let mut text = Vec::new();
    let unread = |_| ImageError::Damaged { at_bytes: start, what: "it cannot be read" };
    archive.seek(SeekFrom::Start(start)).map_err(unread)?;
    archive.take(bytes).read_to_end(&mut text).map_err(unread)?;
    let not_json = |_| ImageError::NotJson { member: MANIFEST.to_owned() };
    let images: Option<Vec<Image>> = crate::json::from_slice(&text).map_err(not_json)?;
    let images = images.unwrap_or_default();
    // Each member named is a header of its own in what is put together.
    let named = |image: &Image| 1 + image.layers.len() + image.repo_tags.as_ref().map_or(0, Vec::len);
    if images.iter().map(named).sum::<usize>() > MOST_NAMED {
        return Err(too_long());
    }
    images.into_iter().map(|image| single(&members, image)).collect()
}

fn members(archive: &mut (impl Read + Seek)) -> Result<BTreeMap<String, Member>, ImageError> {
    let damaged = |_| ImageError::Damaged { at_bytes: 0, what: "it is no tar" };
    archive.seek(SeekFrom::Start(0)).map_err(damaged)?;
    let mut tar = tar::Archive::new(archive);
    let mut members = BTreeMap::new();
    for entry in tar.entries_with_seek().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        let path = plain(&String::from_utf8_lossy(&entry.path_bytes()));
        let member = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                Member::File { start: entry.raw_file_position(), bytes: entry.size() }
            }
            EntryType::Symlink | EntryType::Link => {
                let to = entry.link_name_bytes().unwrap_or_default();
                let to = String::from_utf8_lossy(&to).into_owned();
                let is_beside = entry.header().entry_type() == EntryType::Symlink;
                Member::Link(if is_beside { beside(&path, &to) } else { plain(&to) })
            }
            _ => continue,
        };
        if members.len() >= MOST_MEMBERS {
            return Err(ImageError::Damaged { at_bytes: 0, what: "it has too many members" });
        }
        members.insert(path, member);
    }
    Ok(members)
}

fn plain(path: &str) -> String {
    path.strip_prefix("./").unwrap_or(path).to_owned()
}

/// What a link in a folder of the archive means, within the archive.
fn beside(path: &str, to: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn find(members: &BTreeMap<String, Member>, path: &str) -> Option<(u64, u64)> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match members.get(&path)? {
            Member::File { start, bytes } => return Some((*start, *bytes)),
            Member::Link(to) => path.clone_from(to),
        }
    }
    None
}

/// Config, layers and a manifest of their own, under short names: what a header of a tar holds.
fn single(members: &BTreeMap<String, Member>, image: Image) -> Result<Single, ImageError> {
    let mut archive = Builder::default();
    let lost = |_: &str| ImageError::Damaged { at_bytes: 0, what: "its manifest names a member that is not there" };
    let (start, bytes) = find(members, &image.config).ok_or_else(|| lost(&image.config))?;
    archive.member("config.json", start, bytes);
    let mut layers = Vec::new();
    for (index, layer) in image.layers.iter().enumerate() {
        let (start, bytes) = find(members, layer).ok_or_else(|| lost(layer))?;
        let name = format!("layer-{index:03}.tar");
        archive.member(&name, start, bytes);
        layers.push(name);
    }
    let names = image.repo_tags.unwrap_or_default();
    let manifest = json!([{"Config": "config.json", "RepoTags": names, "Layers": layers}]).to_string();
    archive.made(MANIFEST, manifest.into());
    archive.stretches.push(Stretch::Made(vec![0; 2 * BLOCK].into()));
    let bytes = archive.stretches.iter().map(Stretch::bytes).sum();
    Ok(Single { names, stretches: archive.stretches, bytes })
}

#[derive(Default)]
struct Builder {
    stretches: Vec<Stretch>,
}

impl Builder {
    fn member(&mut self, name: &str, start: u64, bytes: u64) {
        self.head(name, bytes);
        self.stretches.push(Stretch::From { start, bytes });
        self.fill(bytes);
    }

    fn made(&mut self, name: &str, content: Bytes) {
        let bytes = content.len() as u64;
        self.head(name, bytes);
        self.stretches.push(Stretch::Made(content));
        self.fill(bytes);
    }

    fn head(&mut self, name: &str, bytes: u64) {
        self.stretches.push(Stretch::Made(Bytes::copy_from_slice(&file_header(name, bytes, 0o644))));
    }

    fn fill(&mut self, bytes: u64) {
        let zeros = usize::try_from(padding(bytes)).unwrap_or(0);
        if zeros > 0 {
            self.stretches.push(Stretch::Made(vec![0; zeros].into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ImageFacts, Inspector};
    use super::*;
    use std::io::Cursor;

    fn add(tar: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8]) {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content).unwrap();
    }

    fn link(tar: &mut tar::Builder<Vec<u8>>, path: &str, to: &str) {
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        header.set_entry_type(EntryType::Symlink);
        tar.append_link(&mut header, path, to).unwrap();
    }

    fn config(arch: &str) -> Vec<u8> {
        json!({"architecture": arch, "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}})
            .to_string()
            .into_bytes()
    }

    /// Two images with one layer in common, which the second reaches over a link, as older Docker writes it.
    fn two() -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        add(&mut tar, "base/layer.tar", &[1; 700]);
        add(&mut tar, "top/layer.tar", &[2; 1024]);
        link(&mut tar, "same/layer.tar", "../base/layer.tar");
        add(&mut tar, "a.json", &config("amd64"));
        add(&mut tar, "b.json", &config("arm64"));
        let manifest = json!([
            {"Config": "a.json", "RepoTags": ["reg.test/ns/web:1"], "Layers": ["base/layer.tar", "top/layer.tar"]},
            {"Config": "b.json", "RepoTags": ["reg.test/ns/db:2"], "Layers": ["same/layer.tar"]},
        ]);
        add(&mut tar, "manifest.json", manifest.to_string().as_bytes());
        tar.into_inner().unwrap()
    }

    fn written(archive: &[u8], single: &Single) -> Vec<u8> {
        let mut out = Vec::new();
        for stretch in &single.stretches {
            match stretch {
                Stretch::Made(made) => out.extend_from_slice(made),
                Stretch::From { start, bytes } => {
                    let start = usize::try_from(*start).unwrap();
                    out.extend_from_slice(&archive[start..start + usize::try_from(*bytes).unwrap()]);
                }
            }
        }
        assert_eq!(out.len() as u64, single.bytes);
        out
    }

    fn inspected(archive: Vec<u8>) -> ImageFacts {
        let mut inspector = Inspector::default();
        inspector.push(archive.into()).unwrap();
        inspector.finish().unwrap()
    }

    #[test]
    fn each_image_becomes_an_archive_of_its_own_with_all_its_layers() {
        let archive = two();
        let singles = split(&mut Cursor::new(&archive)).unwrap();
        assert_eq!(singles.len(), 2);
        for (single, name, arch, layers) in [
            (&singles[0], "reg.test/ns/web:1", "amd64", vec![vec![1; 700], vec![2; 1024]]),
            (&singles[1], "reg.test/ns/db:2", "arm64", vec![vec![1; 700]]),
        ] {
            assert!(single.is_called(name) && !single.is_called("reg.test/ns/other:1"));
            let written = written(&archive, single);
            let facts = inspected(written.clone());
            assert_eq!((facts.repo_tags, facts.image_count), (vec![name.to_owned()], 1));
            assert_eq!(facts.platforms[0].architecture, arch);
            let mut found = Vec::new();
            for entry in tar::Archive::new(written.as_slice()).entries().unwrap() {
                let mut entry = entry.unwrap();
                if entry.path().unwrap().to_string_lossy().starts_with("layer-") {
                    let mut content = Vec::new();
                    entry.read_to_end(&mut content).unwrap();
                    found.push(content);
                }
            }
            assert_eq!(found, layers);
        }
    }

    #[test]
    fn an_archive_of_nothing_holds_nothing_and_a_broken_one_is_refused() {
        let with = |manifest: &str| {
            let mut tar = tar::Builder::new(Vec::new());
            add(&mut tar, "manifest.json", manifest.as_bytes());
            split(&mut Cursor::new(tar.into_inner().unwrap()))
        };
        assert_eq!(with("null").unwrap(), Vec::new());
        assert!(matches!(with("{"), Err(ImageError::NotJson { .. })));
        let lost = with(r#"[{"Config": "gone.json", "RepoTags": ["a:1"], "Layers": []}]"#);
        assert!(matches!(lost, Err(ImageError::Damaged { .. })), "{lost:?}");
        let mut bare = tar::Builder::new(Vec::new());
        add(&mut bare, "index.json", b"{}");
        let bare = split(&mut Cursor::new(bare.into_inner().unwrap()));
        assert!(matches!(bare, Err(ImageError::Damaged { .. })), "{bare:?}");
        let endless = {
            let mut tar = tar::Builder::new(Vec::new());
            link(&mut tar, "manifest.json", "manifest.json");
            split(&mut Cursor::new(tar.into_inner().unwrap()))
        };
        assert!(matches!(endless, Err(ImageError::Damaged { .. })), "{endless:?}");
    }
}
