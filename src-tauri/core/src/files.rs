//! Small files of our own: read whole, written whole, by rename, so that a crash leaves the old one or the new one.
//!
//! Every file and folder that the core makes is made here, and for this user alone: 0600 and 0700 where the system has such a
//! thing, whatever its umask says. A journal names apps and addresses, and a bundle may hold credentials.

use crate::problem::{Code, Problem};
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// The file's bytes; none where there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Problem> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(problem(path, "read", &error)),
    }
}

/// The same, of a file that somebody else may have written: never more than `limit` bytes and one, which tells of more.
pub(crate) fn read_at_most(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, Problem> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(problem(path, "read", &error)),
    }
}

/// Writes beside, flushes to disk, renames.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Problem> {
    let bytes = serde_json::to_vec_pretty(value).map_err(|error| {
        Problem::new(Code::Internal, "A file of ours could not be put into words").fact("reason", error.to_string())
    })?;
    write(path, &bytes).map_err(|error| problem(path, "written", &error))
}

/// How a file is opened that nobody else on this computer may read, should it be made by that.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A new empty file for this user alone. What had its name is gone, and is not written through where it was a link.
pub(crate) fn create(path: &Path) -> std::io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    private().write(true).create_new(true).open(path)
}

/// Makes a folder and those above it, as far as they are missing, for this user alone.
pub(crate) fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Makes a folder of ours, and takes from others what an older version left them of it.
pub(crate) fn make_own_folder(path: &Path) -> std::io::Result<()> {
    make_folder(path)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

/// Writes beside, flushes to disk, renames.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    let part = path.with_extension("part");
    let mut file = create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    sync_folder(path);
    Ok(())
}

/// The name of a file that is still being written.
pub(crate) fn part_of(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Gives a finished file its name, unless something has that: a link fails where a rename would silently replace it.
pub(crate) fn give_name(part: &Path, to: &Path) -> std::io::Result<()> {
    match fs::hard_link(part, to) {
        Ok(()) => fs::remove_file(part)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
        // FAT knows no links.
        Err(_) if to.exists() => return Err(ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(part, to)?,
    }
    sync_folder(to);
    Ok(())
}

/// Makes a rename or a new file outlive a power cut, where the system has such a thing.
pub(crate) fn sync_folder(path: &Path) {
    if let Some(Ok(folder)) = path.parent().map(File::open) {
        let _ = folder.sync_all();
    }
}

/// A failed file operation, in words.
pub(crate) fn problem(path: &Path, done: &str, error: &std::io::Error) -> Problem {
    if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        return Problem::new(Code::DiskFull, format!("No room on the disk for {}", path.display()))
            .hint("Free some space and try again");
    }
    Problem::new(Code::FileFailed, format!("{} could not be {done}", path.display()))
        .fact("reason", error.to_string())
        .hint(way_out(error))
}

/// What to do about a file operation that failed.
pub(crate) fn way_out(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::ReadOnlyFilesystem => "The disk can only be read: choose another folder, or make it writable",
        ErrorKind::PermissionDenied => "Choose another folder, or give yourself the right to write there",
        ErrorKind::NotFound | ErrorKind::NotADirectory => "Put it back where it was, or choose another folder",
        ErrorKind::InvalidFilename => "The name is too long for this disk: choose a shorter folder",
        ErrorKind::FileTooLarge => "Files of this size are not allowed there: choose another folder or lift the limit",
        _ => "Check the disk, then try again",
    }
}

/// Bytes that are free where a folder is, or will be.
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    folder.ancestors().find(|place| place.is_dir()).and_then(|place| fs4::available_space(place).ok())
}

/// A file that this process has for itself, until this is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    /// Said, not left to the closing of the file: a program that is just being started has a copy of every open file.
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the data folder was not given back");
        }
    }
}

/// Takes a file for this process alone.
pub(crate) fn lock(path: &Path) -> Result<Lock, Problem> {
    if let Some(folder) = path.parent() {
        make_own_folder(folder).map_err(|error| problem(folder, "made", &error))?;
    }
    let opened = private().write(true).create(true).truncate(false).open(path);
    let file = opened.map_err(|error| problem(path, "opened", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(fs::TryLockError::WouldBlock) => Err(Problem::new(Code::Locked, "Another Rainferry uses this data folder")
            .hint("Close the other window or wait for the other command; RAINFERRY_HOME names another folder")
            .fact("folder", path.parent().unwrap_or(path).display().to_string())),
        Err(fs::TryLockError::Error(error)) => Err(problem(path, "locked", &error)),
    }
}

/// Size and time of a file: another stamp, another content.
pub(crate) fn stamp(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    let meta = path.metadata().ok()?;
    Some((meta.len(), meta.modified().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A child has copies of the open files between its fork and its exec: they keep no lock.
    #[test]
    fn a_lock_that_was_dropped_is_free_whoever_has_a_copy_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = lock(&path).unwrap();
        let copy = held.0.try_clone().unwrap();
        assert_eq!(lock(&path).unwrap_err().code, Code::Locked);
        drop(held);
        let again = lock(&path).unwrap();
        drop(copy);
        assert_eq!(lock(&path).unwrap_err().code, Code::Locked);
        drop(again);
    }
}
