//! One pod at a time fills a volume: a pod that is being replaced may still be at it when the next one starts, and instances
//! may share it.

use crate::fault::Fault;
use rainferry_helper::marker_name;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Held while a volume is filled; a pod that dies lets go of it.
pub(crate) struct Turn {
    path: PathBuf,
    _lock: File,
}

impl Turn {
    pub(crate) fn at(volume: &Path, job: &str) -> Result<Self, Fault> {
        let path = volume.join(format!("{}.lock", marker_name(job)));
        loop {
            let opened = File::options().create(true).truncate(false).write(true).open(&path);
            let lock = opened.map_err(Fault::at(&path))?;
            // Not every shared file system has locks: then it is as if there were one pod.
            let is_lockable = lock.lock().is_ok();
            // Whoever held it takes it away at the end of its work.
            if !is_lockable || is_at(&lock, &path) {
                return Ok(Self { path, _lock: lock });
            }
        }
    }
}

fn is_at(lock: &File, path: &Path) -> bool {
    let known = |found: fs::Metadata| (found.dev(), found.ino());
    matches!((lock.metadata().map(known), fs::metadata(path).map(known)), (Ok(held), Ok(there)) if held == there)
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn one_at_a_time_and_nothing_is_left_behind() {
        let volume = tempfile::tempdir().unwrap();
        let (inside, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let _turn = Turn::at(volume.path(), "j").unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    std::thread::sleep(Duration::from_millis(20));
                    inside.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(done.into_inner(), 4);
        assert_eq!(fs::read_dir(volume.path()).unwrap().count(), 0);
    }
}
