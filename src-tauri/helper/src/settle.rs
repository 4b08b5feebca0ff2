//! Moves a finished tree into its volume. Until then nothing of it is in place; after it, nothing is left beside.
//!
//! Every step is a rename within one file system, and the whole can be done again from wherever it broke off.

use crate::fault::Fault;
use crate::mounts::Mounts;
use crate::tree::{Powers, Traits, give};
use rainferry_helper::ItemStatus;
use std::fs;
use std::path::Path;

pub(crate) struct Settling<'a> {
    pub(crate) mounts: &'a Mounts,
    pub(crate) powers: Powers,
    pub(crate) told: &'a mut ItemStatus,
}

impl Settling<'_> {
    /// Moves what is in `from` into `to`, which takes the traits of `from`.
    pub(crate) fn merge(&mut self, from: &Path, to: &Path) -> Result<(), Fault> {
        let traits = Traits::of(&fs::symlink_metadata(from).map_err(Fault::at(from))?);
        for entry in fs::read_dir(from).map_err(Fault::at(from))? {
            let name = entry.map_err(Fault::at(from))?.file_name();
            self.place(&from.join(&name), &to.join(&name))?;
        }
        give(to, traits, self.powers)
    }

    fn place(&mut self, from: &Path, to: &Path) -> Result<(), Fault> {
        let is_folder = fs::symlink_metadata(from).map_err(Fault::at(from))?.is_dir();
        let there = fs::symlink_metadata(to).ok();
        match there {
            Some(_) if self.mounts.is_mount(to) => {
                self.told.skip(to.display().to_string(), "something else is mounted there");
                Ok(())
            }
            Some(found) if is_folder && found.is_dir() => {
                self.merge(from, to)?;
                // Skipped entries stay behind in it; they go with the whole of the tree.
                fs::remove_dir_all(from).map_err(Fault::at(from))
            }
            Some(found) if found.is_dir() => Err(Fault::FolderInTheWay(to.to_owned())),
            Some(_) if is_folder => {
                fs::remove_file(to).map_err(Fault::at(to))?;
                fs::rename(from, to).map_err(Fault::at(to))
            }
            Some(_) | None => fs::rename(from, to).map_err(Fault::at(to)),
        }
    }
}
