//! What the window logs, in files of its own for this user alone: the newest megabytes, and those before them.

use crate::files;
use crate::problem::Problem;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const FOLDER: &str = "logs";
const NAME: &str = "rainferry.log";
const BEFORE: &str = "rainferry.1.log";
/// A file that is longer makes room for the next.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Written to through `&LogFile`, a line at a time.
#[derive(Debug)]
pub struct LogFile {
    folder: PathBuf,
    open: Mutex<(File, u64)>,
}

/// Where the logs of a data folder lie.
pub(crate) fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join(FOLDER)
}

/// The last lines, oldest first; nothing where nothing was logged.
pub(crate) fn tail(data_dir: &Path, most_bytes: usize) -> String {
    let folder = folder(data_dir);
    let read = |name: &str| fs::read(folder.join(name)).unwrap_or_default();
    let mut bytes = read(BEFORE);
    bytes.extend(read(NAME));
    let from = bytes.len().saturating_sub(most_bytes);
    let text = String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()).into_owned();
    // The first line of a piece is rarely whole.
    match text.split_once('\n').filter(|_| from > 0) {
        Some((_, rest)) => rest.to_owned(),
        None => text,
    }
}

impl LogFile {
    pub fn open(data_dir: &Path) -> Result<Arc<Self>, Problem> {
        let folder = folder(data_dir);
        let path = folder.join(NAME);
        files::make_folder(&folder).map_err(|error| files::problem(&folder, "made", &error))?;
        let file = opened(&path).map_err(|error| files::problem(&path, "opened", &error))?;
        Ok(Arc::new(Self { folder, open: Mutex::new(file) }))
    }

    fn held(&self) -> MutexGuard<'_, (File, u64)> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn opened(path: &Path) -> io::Result<(File, u64)> {
    let file = files::private().create(true).append(true).open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

impl Write for &LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut held = self.held();
        if held.1 > MOST_BYTES {
            let path = self.folder.join(NAME);
            fs::rename(&path, self.folder.join(BEFORE))?;
            *held = opened(&path)?;
        }
        held.0.write_all(line)?;
        held.1 += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.held().0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lines_are_kept_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let log = LogFile::open(dir.path()).unwrap();
        let line = |number: usize| format!("{number:>9} {}\n", "x".repeat(1013));
        for number in 0..10_000 {
            (&*log).write_all(line(number).as_bytes()).unwrap();
        }
        let size = |name: &str| folder(dir.path()).join(name).metadata().unwrap().len();
        assert!(size(NAME) <= MOST_BYTES + 1024 && size(BEFORE) <= MOST_BYTES + 1024);
        let tail = tail(dir.path(), 5000);
        assert_eq!(tail.lines().count(), 4);
        assert!(tail.starts_with(&line(9996)) && tail.ends_with(&line(9999)));
        // Another start goes on behind it.
        drop(log);
        (&*LogFile::open(dir.path()).unwrap()).write_all(b"again\n").unwrap();
        assert!(super::tail(dir.path(), 1 << 30).ends_with(&(line(9999) + "again\n")));
    }
}
