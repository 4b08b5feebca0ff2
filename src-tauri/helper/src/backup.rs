//! Reads volumes into archives: everything in order of its name, each with owner, mode and time, without what is not data.
//!
//! All names begin with `data/`; `data/` itself carries the traits of the volume's own folder.

use crate::fault::Fault;
use crate::mounts::Mounts;
use crate::parts::Parts;
use crate::report::Report;
use crate::restore::{already, mark};
use crate::wire::Wire;
use rainferry_helper::{BackupItem, ItemState, ItemStatus, marker_name};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use tar::{EntryType, Header};

/// Quick enough for one core, and small enough.
const LEVEL: i32 = 3;
const TOP: &str = "data";

pub(crate) struct Backup<'a> {
    pub(crate) wire: &'a Wire,
    pub(crate) job: &'a str,
    pub(crate) mounts: &'a Mounts,
}

impl Backup<'_> {
    /// Bytes of the files that are to be read.
    pub(crate) fn measure(&self, items: &[BackupItem]) -> u64 {
        let folders = items.iter().filter_map(|item| self.mounts.folder(&item.mount_path).ok());
        let folders = folders.filter(|folder| self.mounts.check(folder).is_none());
        folders.map(|folder| self.bytes_below(&folder, &mut HashSet::new())).sum()
    }

    /// A file of several names is read once.
    fn bytes_below(&self, folder: &Path, seen: &mut HashSet<(u64, u64)>) -> u64 {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut bytes = 0;
        for path in entries.map(|entry| entry.path()).filter(|path| !self.mounts.is_mount(path)) {
            bytes += match fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() => self.bytes_below(&path, seen),
                Ok(found) if found.is_file() && (found.nlink() == 1 || seen.insert((found.dev(), found.ino()))) => {
                    found.len()
                }
                Ok(_) | Err(_) => 0,
            };
        }
        bytes
    }

    pub(crate) fn run(&self, items: &[BackupItem], report: &mut Report) -> Result<(), Fault> {
        for (at, item) in items.iter().enumerate() {
            if let Some(told) = report.item(at) {
                told.state = ItemState::Running;
            }
            let done = self.item(item, report)?;
            if let Some(told) = report.item(at) {
                *told = done;
            }
        }
        Ok(())
    }

    fn item(&self, item: &BackupItem, report: &mut Report) -> Result<ItemStatus, Fault> {
        let mut told = ItemStatus::of(&item.mount_path);
        let volume = self.mounts.folder(&item.mount_path)?;
        if let Some(unfit) = self.mounts.check(&volume) {
            told.state = ItemState::Skipped;
            told.note = Some(unfit.words().to_owned());
            return Ok(told);
        }
        // A pod that starts anew does it again: the upload may be completed by then.
        let marker = volume.join(marker_name(self.job));
        if let Some(done) = already(&marker) {
            return Ok(done);
        }
        let packed = zstd::Encoder::new(Parts::new(self.wire, item)?, LEVEL).map_err(Fault::at(&volume))?;
        let mut walk = Walk {
            mounts: self.mounts,
            tar: tar::Builder::new(packed),
            names: HashMap::new(),
            told: &mut told,
            report,
            top: volume.clone(),
        };
        walk.folder(&volume, Path::new(TOP))?;
        let packed = walk.tar.into_inner().map_err(Fault::at(&volume))?;
        let sent = packed.finish().map_err(Fault::at(&volume))?.finish()?;
        (told.bytes, told.sha256, told.etags) = (sent.bytes, sent.sha256, sent.etags);
        told.state = ItemState::Done;
        // The marker is no change of the volume: the next archive of the same files is the same.
        let changed = fs::metadata(&volume).and_then(|found| found.modified()).map_err(Fault::at(&volume))?;
        mark(&volume, &marker, &told)?;
        File::open(&volume).and_then(|folder| folder.set_modified(changed)).map_err(Fault::at(&volume))?;
        Ok(told)
    }
}

struct Walk<'a, W: Write> {
    mounts: &'a Mounts,
    tar: tar::Builder<W>,
    /// First names of files that have several.
    names: HashMap<(u64, u64), PathBuf>,
    told: &'a mut ItemStatus,
    report: &'a mut Report,
    top: PathBuf,
}

impl<W: Write> Walk<'_, W> {
    fn folder(&mut self, folder: &Path, name: &Path) -> Result<(), Fault> {
        let found = fs::symlink_metadata(folder).map_err(Fault::at(folder))?;
        let mut header = header(&found, EntryType::Directory, 0);
        self.tar.append_data(&mut header, name, io::empty()).map_err(Fault::at(folder))?;
        let entries = fs::read_dir(folder).map_err(Fault::at(folder))?;
        let names = entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>();
        let mut names = names.map_err(Fault::at(folder))?;
        names.sort();
        if folder == self.top {
            names.retain(|name| !is_not_data(&name.to_string_lossy()));
        }
        for entry in names {
            self.entry(&folder.join(&entry), &name.join(&entry))?;
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, name: &Path) -> Result<(), Fault> {
        let found = fs::symlink_metadata(path).map_err(Fault::at(path))?;
        let kind = found.file_type();
        if self.mounts.is_mount(path) {
            self.told.skip(path.display().to_string(), "something else is mounted there");
            return Ok(());
        }
        if kind.is_dir() {
            return self.folder(path, name);
        }
        if kind.is_symlink() {
            let target = fs::read_link(path).map_err(Fault::at(path))?;
            self.told.files += 1;
            return self
                .tar
                .append_link(&mut header(&found, EntryType::Symlink, 0), name, target)
                .map_err(Fault::at(path));
        }
        if kind.is_file() {
            self.told.files += 1;
            return self.file(path, name, &found);
        }
        let why = if kind.is_socket() {
            "a socket"
        } else if kind.is_fifo() {
            "a pipe"
        } else {
            "a device"
        };
        self.told.skip(path.display().to_string(), why);
        Ok(())
    }

    fn file(&mut self, path: &Path, name: &Path, found: &Metadata) -> Result<(), Fault> {
        if found.nlink() > 1 {
            let key = (found.dev(), found.ino());
            if let Some(first) = self.names.get(&key) {
                let mut header = header(found, EntryType::Link, 0);
                return self.tar.append_link(&mut header, name, first).map_err(Fault::at(path));
            }
            self.names.insert(key, name.to_owned());
        }
        let file = File::open(path).map_err(Fault::at(path))?;
        let mut content = Counted { file: file.take(found.len()), left: found.len(), path, report: self.report };
        let mut header = header(found, EntryType::Regular, found.len());
        self.tar.append_data(&mut header, name, &mut content).map_err(Fault::at(path))
    }
}

/// Of the helper, or of the file system.
fn is_not_data(name: &str) -> bool {
    name == "lost+found" || name.starts_with(".rbm-")
}

fn header(found: &Metadata, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(found.mode() & 0o7777);
    header.set_uid(u64::from(found.uid()));
    header.set_gid(u64::from(found.gid()));
    header.set_mtime(u64::try_from(found.mtime()).unwrap_or(0));
    header
}

/// Exactly the bytes that the header announced; fewer are an error.
struct Counted<'a> {
    file: io::Take<File>,
    left: u64,
    path: &'a Path,
    report: &'a mut Report,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        if read == 0 && self.left > 0 && !into.is_empty() {
            return Err(Fault::Moving(self.path.to_owned()).into());
        }
        self.left -= read as u64;
        self.report.advance(read as u64);
        Ok(read)
    }
}
