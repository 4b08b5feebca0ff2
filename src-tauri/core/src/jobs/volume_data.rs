//! What a job remembers of volume data that it carries through pods. No address that a pod is given is ever among it: those
//! are made again from what is here.

use crate::jobs::fact::Leftover;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One thing that happened to volume data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(crate) enum VolumeStep {
    /// From now on something may lie in the target's store.
    Begun,
    /// A member of the package lies there as an object of its own.
    ArchiveThere {
        member: String,
        archive: ArchiveRecord,
    },
    /// What each volume of a component will get; nothing where the package turned out to hold no file.
    Ready {
        component: String,
        volumes: Vec<FillingRecord>,
    },
    /// The job lies where the component's pods will read it.
    Placed {
        component: String,
    },
    /// Its pods could not do it: the next try asks them again.
    Failed {
        component: String,
    },
    AskedAgain,
    /// Every pod said that it is done.
    Filled {
        component: String,
        came: Came,
    },
    /// One instance runs while a shared volume is filled; so many are wanted afterwards.
    Held {
        component: String,
        replicas: u64,
    },
    Released {
        component: String,
    },
    /// The helper as the target team's plugin.
    HelperThere {
        plugin: String,
    },
    /// The component runs without it again.
    HelperTaken {
        component: String,
    },
    HelperGone,
    /// The template that holds the helper is deleted: what is installed from it again would wait for data that is gone.
    TemplateGone,
    /// Nothing lies in the store any more.
    Cleared,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ArchiveRecord {
    pub key: String,
    pub bytes: u64,
    pub sha256: String,
}

/// What goes into one volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FillingRecord {
    pub volume: String,
    pub mount_path: String,
    pub pieces: Vec<PieceRecord>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PieceRecord {
    /// The replica whose it is; none: of all.
    pub ordinal: Option<u32>,
    pub archive: ArchiveRecord,
    /// Where it begins in the archive.
    pub strip: String,
}

/// What pods said that they unpacked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Came {
    pub volumes: u64,
    pub files: u64,
    pub bytes: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VolumeRecord {
    /// Something may lie in the target's store.
    pub begun: bool,
    pub archives: BTreeMap<String, ArchiveRecord>,
    pub ready: BTreeMap<String, Vec<FillingRecord>>,
    pub placed: BTreeSet<String>,
    pub failed: BTreeSet<String>,
    pub filled: BTreeMap<String, Came>,
    pub held: BTreeMap<String, u64>,
    pub helper: Option<String>,
    pub taken: BTreeSet<String>,
    pub template_gone: bool,
}

impl VolumeRecord {
    pub(crate) fn apply(&mut self, step: &VolumeStep) {
        match step.clone() {
            VolumeStep::Begun => self.begun = true,
            VolumeStep::ArchiveThere { member, archive } => drop(self.archives.insert(member, archive)),
            VolumeStep::Ready { component, volumes } => drop(self.ready.insert(component, volumes)),
            VolumeStep::Placed { component } => drop(self.placed.insert(component)),
            VolumeStep::Failed { component } => drop(self.failed.insert(component)),
            VolumeStep::AskedAgain => self.failed.clear(),
            VolumeStep::Filled { component, came } => drop(self.filled.insert(component, came)),
            VolumeStep::Held { component, replicas } => drop(self.held.insert(component, replicas)),
            VolumeStep::Released { component } => drop(self.held.remove(&component)),
            VolumeStep::HelperThere { plugin } => self.helper = Some(plugin),
            VolumeStep::HelperTaken { component } => drop(self.taken.insert(component)),
            VolumeStep::HelperGone => self.helper = None,
            VolumeStep::TemplateGone => self.template_gone = true,
            VolumeStep::Cleared => self.begun = false,
        }
    }

    /// Components whose pods have something to fill.
    pub(crate) fn carried(&self) -> impl Iterator<Item = (&String, &Vec<FillingRecord>)> {
        self.ready.iter().filter(|(_, volumes)| !volumes.is_empty())
    }

    /// What was removed is no longer known; the pods of a new app have their volumes to fill again.
    pub(crate) fn removed(&mut self, thing: &Leftover) {
        match thing {
            Leftover::App { .. } => {
                self.placed.clear();
                self.failed.clear();
                self.filled.clear();
                self.held.clear();
                self.taken.clear();
            }
            Leftover::VolumeData { .. } => {
                *self = Self { helper: self.helper.take(), ..Self::default() };
            }
            Leftover::Helper { .. } => self.helper = None,
            Leftover::Template { .. } => self.template_gone = false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AppId;

    fn filled() -> VolumeRecord {
        let archive = ArchiveRecord { key: "k".into(), bytes: 3, sha256: "s".into() };
        let pieces = vec![PieceRecord { ordinal: None, archive: archive.clone(), strip: "data/".into() }];
        let volumes = vec![FillingRecord { volume: "data".into(), mount_path: "/data".into(), pieces }];
        let mut record = VolumeRecord::default();
        for step in [
            VolumeStep::Begun,
            VolumeStep::ArchiveThere { member: "m".into(), archive },
            VolumeStep::Ready { component: "c".into(), volumes },
            VolumeStep::Ready { component: "empty".into(), volumes: Vec::new() },
            VolumeStep::Placed { component: "c".into() },
            VolumeStep::HelperThere { plugin: "p".into() },
            VolumeStep::Filled { component: "c".into(), came: Came::default() },
        ] {
            let text = serde_json::to_string(&step).unwrap();
            record.apply(&serde_json::from_str(&text).unwrap());
        }
        record
    }

    #[test]
    fn without_its_app_the_data_still_lies_there_and_nothing_is_filled() {
        let mut record = filled();
        assert_eq!(record.carried().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["c"]);
        record.removed(&Leftover::App { app: AppId(1) });
        assert!(record.begun && record.archives.len() == 1 && record.ready.len() == 2 && record.helper.is_some());
        assert!(record.placed.is_empty() && record.filled.is_empty());
    }

    #[test]
    fn a_plugin_that_was_removed_is_forgotten() {
        let mut record = filled();
        record.removed(&Leftover::Helper { plugin: "p".into() });
        assert!(record.helper.is_none() && record.begun);
    }
}
