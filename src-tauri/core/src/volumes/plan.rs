//! Which piece of a backup belongs into which volume of a component, and which volumes get nothing and why. Pure.
//!
//! A package has, for a component with files, one zip for each volume and one of everything (protocol.md §6.2); the root of
//! the first is the last part of the volume's path, of the second `<service_id>` and then whole paths. Replicas of a stateful
//! component have a folder each in it, named as their pods (≥ v5.0.4).

use super::bring::Brought;
use crate::package::{ComponentModel, DataEntry, VolumeModel};
use rainferry_helper::Format;
use std::collections::BTreeSet;

const ALL_DATA: &str = "__all_data.zip";

/// An object with the files of some volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archive {
    pub key: String,
    pub bytes: u64,
    pub sha256: String,
    pub format: Format,
}

/// Part of an archive, for one replica or for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub ordinal: Option<u32>,
    pub archive: Archive,
    /// Where it begins in the archive.
    pub strip: String,
}

/// What goes into one volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filling {
    pub volume: String,
    pub mount_path: String,
    pub pieces: Vec<Piece>,
}

/// A volume that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotCarried {
    /// Its content is part of the component's settings.
    Config { volume: String },
    /// It lives in memory.
    Memory { volume: String },
    /// The backup has no files of it: it was empty, or the platform did not reach it (protocol.md §6.6).
    NoFiles { volume: String },
}

/// Volumes that hold no data of their own (rebuild.md §8.3, 4 and 5).
pub(crate) fn not_data(volume: &VolumeModel) -> Option<NotCarried> {
    let name = || volume.name.clone();
    match volume.kind.as_str() {
        "config-file" => Some(NotCarried::Config { volume: name() }),
        "memoryfs" => Some(NotCarried::Memory { volume: name() }),
        _ => None,
    }
}

/// The zip of a volume's own, by its file name.
fn own_zip(volume: &VolumeModel) -> String {
    format!("{}.zip", volume.name.replace('/', ""))
}

fn file_of(entry: &str) -> &str {
    entry.rsplit('/').next().unwrap_or_default()
}

/// The members of the package that are needed: each volume's own zip, and the one of everything where a volume has none.
pub(crate) fn members(component: &ComponentModel) -> Vec<&DataEntry> {
    let volumes = component.volumes.iter().filter(|volume| not_data(volume).is_none());
    let find = |file: &str| component.data.iter().find(|entry| file_of(&entry.name) == file);
    let found = volumes.filter_map(|volume| find(&own_zip(volume)).or_else(|| find(ALL_DATA)));
    let mut all: Vec<&DataEntry> = Vec::new();
    for entry in found {
        if !all.iter().any(|known| known.name == entry.name) {
            all.push(entry);
        }
    }
    all
}

/// What each volume gets of the members that were brought.
pub(crate) fn fillings(component: &ComponentModel, brought: &[Brought]) -> (Vec<Filling>, Vec<NotCarried>) {
    let mut fillings = Vec::new();
    let mut left_out = Vec::new();
    for volume in &component.volumes {
        if let Some(reason) = not_data(volume) {
            left_out.push(reason);
            continue;
        }
        let pieces = source_of(component, volume, brought)
            .map(|(from, root)| pieces(component, from, &root))
            .unwrap_or_default();
        if pieces.is_empty() {
            left_out.push(NotCarried::NoFiles { volume: volume.name.clone() });
        } else {
            fillings.push(Filling { volume: volume.name.clone(), mount_path: volume.path.clone(), pieces });
        }
    }
    (fillings, left_out)
}

/// The zip with a volume's files, and the folder in it that stands for the volume.
fn source_of<'a>(
    component: &ComponentModel,
    volume: &VolumeModel,
    brought: &'a [Brought],
) -> Option<(&'a Brought, String)> {
    let find = |file: &str| brought.iter().find(|one| file_of(&one.entry) == file);
    let path = volume.path.trim_matches('/');
    let own = || Some((find(&own_zip(volume))?, format!("{}/", path.rsplit('/').next().unwrap_or_default())));
    let all = || Some((find(ALL_DATA)?, format!("{}/{path}/", component.id)));
    own().or_else(all)
}

fn pieces(component: &ComponentModel, from: &Brought, root: &str) -> Vec<Piece> {
    let below: Vec<&str> = from.names.iter().filter_map(|name| name.strip_prefix(root)).collect();
    if below.iter().all(|name| name.is_empty()) {
        return Vec::new();
    }
    let piece = |ordinal: Option<u32>, strip: String| Piece { ordinal, archive: from.archive.clone(), strip };
    let pods = if component.is_stateful() { pod_folders(component, &below) } else { BTreeSet::new() };
    if pods.is_empty() {
        return vec![piece(None, root.to_owned())];
    }
    pods.into_iter().map(|(ordinal, folder)| piece(Some(ordinal), format!("{root}{folder}/"))).collect()
}

/// Folders named as pods, `gr123456-0` or `<k8s app>-<k8s component>-0`; none if anything else lies beside them.
fn pod_folders<'a>(component: &ComponentModel, below: &[&'a str]) -> BTreeSet<(u32, &'a str)> {
    let mut found = BTreeSet::new();
    for name in below.iter().filter(|name| !name.is_empty()) {
        let pod = name.split_once('/').and_then(|(folder, _)| {
            let (set, ordinal) = folder.rsplit_once('-')?;
            let k8s_name = &component.k8s_name;
            let is_ours = set == component.alias || (!k8s_name.is_empty() && set.ends_with(&format!("-{k8s_name}")));
            Some((ordinal.parse().ok().filter(|_| is_ours)?, folder))
        });
        match pod {
            Some(pod) => found.insert(pod),
            None => return BTreeSet::new(),
        };
    }
    found
}
