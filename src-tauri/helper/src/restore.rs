//! Fills volumes: unpacked beside, verified, then moved into place, then marked. Whatever ends in between leaves the volume
//! as it was, or to be finished by the next run; the marker alone says that it is done.

use crate::fault::Fault;
use crate::mounts::{Mounts, Unfit};
use crate::report::Report;
use crate::settle::Settling;
use crate::tree::{Powers, Tree};
use crate::turn::Turn;
use crate::unpack::unpack;
use crate::wire::Wire;
use rainferry_helper::{ItemState, ItemStatus, RestoreItem, marker_name};
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

pub(crate) struct Restore<'a> {
    pub(crate) wire: &'a Wire,
    pub(crate) job: &'a str,
    pub(crate) mounts: &'a Mounts,
    pub(crate) powers: Powers,
}

/// What one volume holds of us while it is filled.
struct Traces {
    marker: PathBuf,
    /// The folder beside, with the tree and the note that it is whole.
    beside: PathBuf,
    tree: PathBuf,
    verified: PathBuf,
}

impl Traces {
    fn of(volume: &Path, job: &str) -> Self {
        let beside = volume.join(format!("{}.d", marker_name(job)));
        Self {
            marker: volume.join(marker_name(job)),
            tree: beside.join("tree"),
            verified: beside.join("verified"),
            beside,
        }
    }
}

impl Restore<'_> {
    pub(crate) fn run(&self, items: &[RestoreItem], report: &mut Report) -> Result<(), Fault> {
        for (at, item) in items.iter().enumerate() {
            let done = self.item(at, item, report)?;
            if let Some(place) = report.item(at) {
                *place = done;
            }
        }
        Ok(())
    }

    fn item(&self, at: usize, item: &RestoreItem, report: &mut Report) -> Result<ItemStatus, Fault> {
        if let Some(told) = report.item(at) {
            told.state = ItemState::Running;
        }
        let volume = self.mounts.folder(&item.mount_path)?;
        match self.mounts.check(&volume) {
            None => {}
            Some(Unfit::ReadOnly) => return Err(Fault::ReadOnly(item.mount_path.clone())),
            Some(_) => return Err(Fault::NotMounted(item.mount_path.clone())),
        }
        let traces = Traces::of(&volume, self.job);
        if let Some(done) = already(&traces.marker) {
            report.advance(item.bytes);
            return Ok(done);
        }
        let _turn = Turn::at(&volume, self.job)?;
        // Another pod may have done it meanwhile.
        if let Some(done) = already(&traces.marker) {
            report.advance(item.bytes);
            return Ok(done);
        }
        let mut told = ItemStatus::of(&item.mount_path);
        (told.bytes, told.sha256) = (item.bytes, item.sha256.clone());
        if traces.verified.exists() {
            report.advance(item.bytes);
            told.files = fs::read_to_string(&traces.verified).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        } else {
            told.files = self.fetch(item, &volume, &traces, report)?;
        }
        Settling { mounts: self.mounts, powers: self.powers, told: &mut told }.merge(&traces.tree, &volume)?;
        told.state = ItemState::Done;
        mark(&volume, &traces.marker, &told)?;
        remove(&traces.beside)?;
        Ok(told)
    }

    /// The whole tree beside the volume's content, or nothing.
    fn fetch(&self, item: &RestoreItem, volume: &Path, traces: &Traces, report: &mut Report) -> Result<u64, Fault> {
        remove(&traces.beside)?;
        if !item.overwrite {
            self.refuse_content(item, volume)?;
        }
        fs::create_dir_all(&traces.tree).map_err(Fault::at(&traces.tree))?;
        // The tree's own folder ends as the volume's: as the volume is, unless the archive says otherwise.
        let same = crate::tree::Traits::of(&fs::metadata(volume).map_err(Fault::at(volume))?);
        crate::tree::give(&traces.tree, same, self.powers)?;
        let fetched = self.unpack(item, volume, traces, report);
        if fetched.is_err() {
            let _ = fs::remove_dir_all(&traces.beside);
        }
        fetched
    }

    fn unpack(&self, item: &RestoreItem, volume: &Path, traces: &Traces, report: &mut Report) -> Result<u64, Fault> {
        let mut tree = Tree::new(&traces.tree, self.powers);
        unpack(self.wire, item, &mut tree, report)?;
        let files = tree.finish()?;
        flush(volume)?;
        fs::write(&traces.verified, files.to_string()).map_err(Fault::at(&traces.verified))?;
        flush(volume)?;
        Ok(files)
    }

    fn refuse_content(&self, item: &RestoreItem, volume: &Path) -> Result<(), Fault> {
        for entry in fs::read_dir(volume).map_err(Fault::at(volume))? {
            let entry = entry.map_err(Fault::at(volume))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = name == "lost+found" || name.starts_with(".rbm-");
            if !ours && !self.mounts.leads_to_mount(&entry.path()) {
                return Err(Fault::NotEmpty { mount: item.mount_path.clone(), name });
            }
        }
        Ok(())
    }
}

/// What an earlier run of this job wrote when it was done.
pub(crate) fn already(marker: &Path) -> Option<ItemStatus> {
    serde_json::from_slice(&fs::read(marker).ok()?).ok()
}

/// The marker, with everything before it on the disk.
pub(crate) fn mark(volume: &Path, marker: &Path, done: &ItemStatus) -> Result<(), Fault> {
    flush(volume)?;
    // Instances that share a volume may be done at the same moment.
    let half = marker.with_extension(format!("{:016x}.half", RandomState::new().hash_one(0)));
    fs::write(&half, serde_json::to_vec(done).unwrap_or_default()).map_err(Fault::at(&half))?;
    File::open(&half).and_then(|file| file.sync_all()).map_err(Fault::at(&half))?;
    fs::rename(&half, marker).map_err(Fault::at(marker))?;
    flush(volume)
}

/// One flush for the volume's file system: one for each file would take hours where there are many.
fn flush(volume: &Path) -> Result<(), Fault> {
    let folder = File::open(volume).map_err(Fault::at(volume))?;
    rustix::fs::syncfs(&folder).map_err(|error| Fault::at(volume)(error.into()))
}

fn remove(folder: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Fault::at(folder)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}
