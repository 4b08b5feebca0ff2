//! The three JSON members that name images: how names are read out of them, and how they are replaced.
//!
//! `manifest.json` and `repositories` are Docker's, `index.json` is OCI's with containerd's annotations. Newer writers put
//! two of them into one archive, and both must say the same (rebuild.md §1.2).

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The whole name (`io.containerd.image.name`).
const FULL_NAME: &str = "io.containerd.image.name";
/// Images, and names, of more apps than one archive ever holds.
const MOST_NAMES: usize = 1_000;
/// Only the tag where the whole name stands beside it, else either (containerd `images/archive/exporter.go`).
const REF_NAME: &str = "org.opencontainers.image.ref.name";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Document {
    Manifest,
    Index,
    Repositories,
}

impl Document {
    pub(super) fn of(path: &str) -> Option<Self> {
        match path {
            "manifest.json" => Some(Self::Manifest),
            "index.json" => Some(Self::Index),
            "repositories" => Some(Self::Repositories),
            _ => None,
        }
    }

    /// Whether it speaks of so many images that comparing them all would take for ever.
    pub(super) fn is_too_long(self, value: &Value) -> bool {
        let images = match self {
            Self::Manifest => rows(value).count(),
            Self::Index => rows(value.get("manifests").unwrap_or(&Value::Null)).count(),
            Self::Repositories => value.as_object().map_or(0, Map::len),
        };
        images > MOST_NAMES || self.names(value).len() > MOST_NAMES
    }

    /// The names in it, in order.
    pub(super) fn names(self, value: &Value) -> Vec<String> {
        match self {
            Self::Manifest => rows(value).flat_map(|image| texts(image.get("RepoTags"))).collect(),
            Self::Index => rows(value.get("manifests").unwrap_or(&Value::Null)).filter_map(full_name).collect(),
            Self::Repositories => {
                let repositories = value.as_object().into_iter().flatten();
                let tags = |tags: &Value| tags.as_object().map(|tags| tags.keys().cloned().collect::<Vec<_>>());
                repositories
                    .flat_map(|(name, of)| {
                        tags(of).unwrap_or_default().into_iter().map(move |tag| format!("{name}:{tag}"))
                    })
                    .collect()
            }
        }
    }

    /// Replaces them, and says which became which and which stayed.
    pub(super) fn rename(self, value: &mut Value, naming: &Naming, log: &mut Renamed) {
        match self {
            Self::Manifest => value
                .as_array_mut()
                .into_iter()
                .flatten()
                .filter_map(|image| image.get_mut("RepoTags")?.as_array_mut())
                .for_each(|tags| rename_tags(tags, naming, log)),
            Self::Index => value
                .get_mut("manifests")
                .and_then(Value::as_array_mut)
                .into_iter()
                .flatten()
                .for_each(|image| rename_annotations(image, naming, log)),
            Self::Repositories => {
                if let Some(repositories) = value.as_object_mut() {
                    rename_repositories(repositories, naming, log);
                }
            }
        }
    }
}

/// What became of the names of an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Renamed {
    /// Old and new, each pair once.
    pub changed: Vec<(String, String)>,
    /// Names that no new one was given for.
    pub kept: Vec<String>,
}

impl Renamed {
    fn note(&mut self, old: &str, new: Option<&str>) {
        match new {
            Some(new) => {
                let pair = (old.to_owned(), new.to_owned());
                if !self.changed.contains(&pair) {
                    self.changed.push(pair);
                }
            }
            None if !self.kept.iter().any(|name| name == old) => self.kept.push(old.to_owned()),
            None => {}
        }
    }
}

/// Which name an image gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Whatever it was called: for archives of one image.
    Only(String),
    /// By its old name; `nginx` and `docker.io/library/nginx:latest` are the same one.
    Map(BTreeMap<String, String>),
}

impl Naming {
    pub(crate) fn map<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::Map(pairs.into_iter().map(|(old, new)| (normal(old), new.to_owned())).collect())
    }

    fn of(&self, old: &str) -> Option<&str> {
        match self {
            Self::Only(new) => Some(new),
            Self::Map(names) => names.get(&normal(old)).map(String::as_str),
        }
    }
}

/// A name and its tag; the tag is what follows the last colon of the last segment.
pub(crate) fn split_tag(name: &str) -> (&str, Option<&str>) {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((front, tag)) if !tag.contains('/') => (front, Some(tag)),
        _ => (name, None),
    }
}

/// Whether two spellings mean one image.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    normal(one) == normal(other)
}

/// The form in which two spellings of one name are equal (`distribution/reference`, `normalize.go`).
pub(super) fn normal(name: &str) -> String {
    let (path, tag) = split_tag(name);
    let tag = tag.unwrap_or("latest");
    match path.split_once('/') {
        None => format!("docker.io/library/{path}:{tag}"),
        Some(("index.docker.io", rest)) => format!("docker.io/{rest}:{tag}"),
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => format!("{path}:{tag}"),
        Some(_) => format!("docker.io/{path}:{tag}"),
    }
}

fn rows(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value.into_iter().flat_map(rows).filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(super) fn full_name(descriptor: &Value) -> Option<String> {
    let annotations = descriptor.get("annotations")?;
    let text = |key| annotations.get(key).and_then(Value::as_str);
    text(FULL_NAME).or_else(|| text(REF_NAME).filter(|name| is_full(name))).map(str::to_owned)
}

/// A tag has neither.
fn is_full(name: &str) -> bool {
    name.contains(['/', ':'])
}

fn rename_tags(tags: &mut Vec<Value>, naming: &Naming, log: &mut Renamed) {
    let mut seen: Vec<Value> = Vec::new();
    for tag in tags.drain(..) {
        let new = match tag.as_str() {
            Some(old) => {
                let new = naming.of(old);
                log.note(old, new);
                new.map_or_else(|| tag.clone(), Value::from)
            }
            None => tag,
        };
        // Two names that became one.
        if !seen.contains(&new) {
            seen.push(new);
        }
    }
    *tags = seen;
}

fn rename_annotations(descriptor: &mut Value, naming: &Naming, log: &mut Renamed) {
    let Some(old) = full_name(descriptor) else { return };
    let new = naming.of(&old);
    log.note(&old, new);
    let Some(new) = new else { return };
    let Some(annotations) = descriptor.get_mut("annotations").and_then(Value::as_object_mut) else { return };
    if let Some(name) = annotations.get_mut(FULL_NAME) {
        *name = new.into();
    }
    if let Some(name) = annotations.get_mut(REF_NAME) {
        let was_full = name.as_str().is_some_and(is_full);
        *name = if was_full { new } else { split_tag(new).1.unwrap_or("latest") }.into();
    }
}

fn rename_repositories(repositories: &mut Map<String, Value>, naming: &Naming, log: &mut Renamed) {
    let mut renamed = Map::new();
    for (name, tags) in std::mem::take(repositories) {
        let Value::Object(tags) = tags else {
            renamed.insert(name, tags);
            continue;
        };
        for (tag, id) in tags {
            let old = format!("{name}:{tag}");
            let new = naming.of(&old);
            log.note(&old, new);
            let (path, tag) = split_tag(new.unwrap_or(&old));
            let of = renamed.entry(path).or_insert_with(|| Value::Object(Map::new()));
            if let Some(of) = of.as_object_mut() {
                of.insert(tag.unwrap_or("latest").to_owned(), id);
            }
        }
    }
    *repositories = renamed;
}
