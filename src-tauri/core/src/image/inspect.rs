//! What an image archive holds, learnt while its bytes pass: names, platforms, and whether there is an image at all.

use super::error::{ImageError, too_long};
use super::names::{Document, same_name};
use super::walk::{Event, Walk};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

const DOCUMENT_LIMIT_BYTES: u64 = 4 << 20;
/// A longer JSON member is not looked at as an image's config; some have megabytes of history, none so much.
const CONFIG_LIMIT_BYTES: u64 = 2 << 20;
/// Of an architecture, or of an operating system.
const LONGEST_WORD: usize = 100;
const MOST_CONFIGS: usize = 1_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Platform {
    pub os: String,
    /// As in image configs: `amd64`, `arm64`.
    pub architecture: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageFacts {
    /// `RepoTags` of `manifest.json`.
    pub repo_tags: Vec<String>,
    /// Names in the annotations of `index.json`.
    pub index_names: Vec<String>,
    /// Names in `repositories`.
    pub repository_names: Vec<String>,
    /// Of its images' configs, each once.
    pub platforms: Vec<Platform>,
    pub image_count: usize,
    /// `manifest.json` is there and says `null` or `[]`: loading such an archive fails (goodrain/rainbond#1965).
    pub has_null_manifest: bool,
}

impl ImageFacts {
    /// Every name once, Docker's spelling first.
    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.repo_tags.iter().chain(&self.index_names).chain(&self.repository_names) {
            if !names.iter().any(|known| same_name(known, name)) {
                names.push(name);
            }
        }
        names
    }

    /// Can be loaded at all.
    pub(crate) fn has_images(&self) -> bool {
        self.image_count > 0
    }
}

/// The part of an image's config that matters here. `rootfs` tells it from Docker's older `<layer>/json`.
#[derive(Deserialize)]
struct Config {
    architecture: String,
    os: String,
    #[serde(rename = "rootfs")]
    _rootfs: serde::de::IgnoredAny,
}

enum Kept {
    Document(Document),
    Config,
}

pub(crate) struct Inspector {
    walk: Walk,
    held: Option<(Kept, String, Vec<u8>)>,
    facts: ImageFacts,
    /// Path and platform of every config that passed.
    configs: Vec<(String, Platform)>,
    /// Paths of the configs that `manifest.json` speaks of.
    config_paths: Vec<String>,
}

impl Default for Inspector {
    fn default() -> Self {
        Self {
            walk: Walk::new(),
            held: None,
            facts: ImageFacts::default(),
            configs: Vec::new(),
            config_paths: Vec::new(),
        }
    }
}

impl Inspector {
    pub(crate) fn push(&mut self, mut chunk: Bytes) -> Result<(), ImageError> {
        while let Some(event) = self.walk.next(&mut chunk)? {
            self.take(event)?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<ImageFacts, ImageError> {
        self.walk.finish()?;
        let is_spoken_of = |path: &String| self.config_paths.is_empty() || self.config_paths.contains(path);
        for (path, platform) in self.configs {
            if is_spoken_of(&path) && !self.facts.platforms.contains(&platform) {
                self.facts.platforms.push(platform);
            }
        }
        Ok(self.facts)
    }

    fn take(&mut self, event: Event) -> Result<(), ImageError> {
        match event {
            Event::Head { member, .. } if member.is_file => {
                let kept = match Document::of(&member.path) {
                    Some(_) if member.size > DOCUMENT_LIMIT_BYTES => {
                        let (bytes, limit) = (member.size, DOCUMENT_LIMIT_BYTES);
                        return Err(ImageError::MemberTooLarge { member: member.path, bytes, limit });
                    }
                    Some(document) => Kept::Document(document),
                    None if member.size <= CONFIG_LIMIT_BYTES => Kept::Config,
                    None => return Ok(()),
                };
                self.held = Some((kept, member.path, Vec::new()));
            }
            Event::Body(bytes) => {
                if let Some((kept, _, body)) = &mut self.held {
                    body.extend_from_slice(&bytes);
                    // A small layer is no config: nothing of it need be kept.
                    if matches!(kept, Kept::Config) && body.first() != Some(&b'{') {
                        self.held = None;
                    }
                }
            }
            Event::BodyEnd => match self.held.take() {
                Some((Kept::Document(document), path, body)) => {
                    let value: Value =
                        crate::json::from_slice(&body).map_err(|_| ImageError::NotJson { member: path })?;
                    if document.is_too_long(&value) {
                        return Err(too_long());
                    }
                    self.read(document, &value);
                }
                Some((Kept::Config, path, body)) => {
                    if let Ok(Config { architecture, os, .. }) = crate::json::from_slice(&body)
                        && os != "unknown"
                        && os.len().max(architecture.len()) <= LONGEST_WORD
                        && self.configs.len() < MOST_CONFIGS
                    {
                        self.configs.push((path, Platform { os, architecture }));
                    }
                }
                None => {}
            },
            Event::Head { .. } | Event::Padding(_) | Event::Other(_) => {}
        }
        Ok(())
    }

    fn read(&mut self, document: Document, value: &Value) {
        let names = document.names(value);
        match document {
            Document::Manifest => {
                let images = value.as_array().map(Vec::as_slice).unwrap_or_default();
                self.facts.has_null_manifest = images.is_empty();
                self.facts.image_count = self.facts.image_count.max(images.len());
                let configs = images.iter().filter_map(|image| image.get("Config").and_then(Value::as_str));
                self.config_paths.extend(configs.map(str::to_owned));
                self.facts.repo_tags = names;
            }
            Document::Index => {
                let images = value.get("manifests").and_then(Value::as_array).map_or(0, Vec::len);
                self.facts.image_count = self.facts.image_count.max(images);
                self.facts.index_names = names;
            }
            Document::Repositories => self.facts.repository_names = names,
        }
    }
}
