//! Writes an archive's entries below one folder, and nowhere else: no name leads out, no link is walked through.

use crate::fault::Fault;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Whose an entry is and who may what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Traits {
    pub(crate) mode: u32,
    pub(crate) owner: Option<(u32, u32)>,
    pub(crate) mtime_secs: Option<u64>,
}

pub(crate) struct Tree {
    root: PathBuf,
    /// Folders get their traits last: a read-only one still has to be filled.
    folders: Vec<(PathBuf, Traits)>,
    pub(crate) files: u64,
    powers: Powers,
}

/// What this process may do with owners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Powers {
    Root,
    /// In a simulated cluster: everything is ours.
    Simulated,
    None,
}

impl Powers {
    pub(crate) fn of_process(is_simulated: bool) -> Self {
        let is_root = fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0);
        match (is_root, is_simulated) {
            (true, _) => Self::Root,
            (false, true) => Self::Simulated,
            (false, false) => Self::None,
        }
    }
}

impl Tree {
    pub(crate) fn new(root: &Path, powers: Powers) -> Self {
        Self { root: root.to_owned(), folders: Vec::new(), files: 0, powers }
    }

    pub(crate) fn folder(&mut self, name: &[u8], traits: Traits) -> Result<(), Fault> {
        let path = self.place(name)?;
        self.make_folder(&path)?;
        self.folders.push((path, traits));
        Ok(())
    }

    pub(crate) fn file(&mut self, name: &[u8], content: &mut dyn Read, traits: Traits) -> Result<(), Fault> {
        let path = self.new_entry(name)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(Fault::at(&path))?;
        copy(content, &mut file, &path)?;
        drop(file);
        self.files += 1;
        give(&path, traits, self.powers)
    }

    pub(crate) fn link(&mut self, name: &[u8], target: &[u8], traits: Traits) -> Result<(), Fault> {
        let path = self.new_entry(name)?;
        symlink(OsStr::from_bytes(target), &path).map_err(Fault::at(&path))?;
        self.files += 1;
        own(&path, traits.owner, self.powers)
    }

    /// A second name of a file that came before.
    pub(crate) fn hard_link(&mut self, name: &[u8], target: &[u8]) -> Result<(), Fault> {
        let from = self.place(target)?;
        self.walk(from.parent().unwrap_or(&self.root), Missing::IsError)?;
        let path = self.new_entry(name)?;
        fs::hard_link(&from, &path).map_err(Fault::at(&path))?;
        self.files += 1;
        Ok(())
    }

    /// Nothing was put into it, not even its own traits.
    pub(crate) fn is_untouched(&self) -> bool {
        self.files == 0 && self.folders.is_empty()
    }

    /// Sets what waited, the deepest first.
    pub(crate) fn finish(mut self) -> Result<u64, Fault> {
        self.folders.sort_by_key(|(path, _)| std::cmp::Reverse(path.components().count()));
        for (path, traits) in &self.folders {
            give(path, *traits, self.powers)?;
        }
        Ok(self.files)
    }

    fn place(&self, name: &[u8]) -> Result<PathBuf, Fault> {
        let escape = || Fault::Escape(String::from_utf8_lossy(name).into_owned());
        let mut path = self.root.clone();
        for part in Path::new(OsStr::from_bytes(name)).components() {
            match part {
                Component::CurDir => {}
                Component::Normal(part) if !part.as_bytes().contains(&0) => path.push(part),
                _ => return Err(escape()),
            }
        }
        Ok(path)
    }

    /// Room for an entry: its folders are there, and nothing of its name.
    fn new_entry(&mut self, name: &[u8]) -> Result<PathBuf, Fault> {
        let path = self.place(name)?;
        if path == self.root {
            return Err(Fault::Damaged("a file has no name".to_owned()));
        }
        self.make_folder(path.parent().unwrap_or(&self.root).to_owned().as_path())?;
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => Err(Fault::FolderInTheWay(path)),
            Ok(_) => fs::remove_file(&path).map_err(Fault::at(&path)).map(|()| path),
            Err(_) => Ok(path),
        }
    }

    fn make_folder(&self, path: &Path) -> Result<(), Fault> {
        self.walk(path, Missing::IsMade)
    }

    /// Goes down to a folder, one real folder after the other.
    fn walk(&self, path: &Path, missing: Missing) -> Result<(), Fault> {
        let below = path.strip_prefix(&self.root).map_err(|_| Fault::Escape(path.display().to_string()))?;
        let mut at = self.root.clone();
        for part in below.components() {
            at.push(part);
            match fs::symlink_metadata(&at) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => return Err(Fault::Escape(at.display().to_string())),
                Err(error) if error.kind() == io::ErrorKind::NotFound && missing == Missing::IsMade => {
                    fs::create_dir(&at).map_err(Fault::at(&at))?;
                }
                Err(error) => return Err(Fault::at(&at)(error)),
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsMade,
    IsError,
}

/// Copies, and keeps apart what failed: the archive's bytes or the file.
fn copy(from: &mut dyn Read, to: &mut File, path: &Path) -> Result<(), Fault> {
    use std::io::Write;
    let mut buffer = vec![0; 128 * 1024];
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Fault::of_archive(error)),
        };
        to.write_all(buffer.get(..read).unwrap_or_default()).map_err(Fault::at(path))?;
    }
}

/// Owner first: giving a file away takes its special bits.
pub(crate) fn give(path: &Path, traits: Traits, powers: Powers) -> Result<(), Fault> {
    own(path, traits.owner, powers)?;
    fs::set_permissions(path, Permissions::from_mode(traits.mode & 0o7777)).map_err(Fault::at(path))?;
    let Some(time) = traits.mtime_secs.and_then(|secs| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(secs)))
    else {
        return Ok(());
    };
    // Setting the time needs the file open; one that we may not read keeps ours.
    match File::open(path) {
        Ok(file) => file.set_modified(time).map_err(Fault::at(path)),
        Err(_) => Ok(()),
    }
}

fn own(path: &Path, owner: Option<(u32, u32)>, powers: Powers) -> Result<(), Fault> {
    let Some((uid, gid)) = owner else { return Ok(()) };
    match powers {
        Powers::Root => lchown(path, Some(uid), Some(gid)).map_err(Fault::at(path)),
        Powers::Simulated => Ok(()),
        Powers::None => {
            let found = fs::symlink_metadata(path).map_err(Fault::at(path))?;
            if (found.uid(), found.gid()) == (uid, gid) { Ok(()) } else { Err(Fault::NotRoot(path.to_owned())) }
        }
    }
}

impl Traits {
    pub(crate) fn of(found: &fs::Metadata) -> Self {
        Self {
            mode: found.mode() & 0o7777,
            owner: Some((found.uid(), found.gid())),
            mtime_secs: u64::try_from(found.mtime()).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Traits = Traits { mode: 0o640, owner: None, mtime_secs: Some(1_000_000_000) };

    fn tree() -> (tempfile::TempDir, Tree) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("in")).unwrap();
        let tree = Tree::new(&dir.path().join("in"), Powers::Simulated);
        (dir, tree)
    }

    #[test]
    fn no_name_leads_out() {
        let (dir, mut tree) = tree();
        for bad in ["../x", "/etc/x", "a/../../x", "a/..", "a\0b"] {
            assert!(matches!(tree.file(bad.as_bytes(), &mut "x".as_bytes(), PLAIN), Err(Fault::Escape(_))), "{bad:?}");
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn no_link_is_walked_through() {
        let (dir, mut tree) = tree();
        let outside = dir.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("there"), "x").unwrap();
        tree.link(b"way", outside.as_os_str().as_bytes(), PLAIN).unwrap();
        assert!(matches!(tree.file(b"way/x", &mut "x".as_bytes(), PLAIN), Err(Fault::Escape(_))));
        assert!(matches!(tree.folder(b"way/x", PLAIN), Err(Fault::Escape(_))));
        assert!(matches!(tree.hard_link(b"h", b"way/there"), Err(Fault::Escape(_))));
        // A file of the link's own name replaces the link, and not what it points to.
        tree.file(b"way", &mut "new".as_bytes(), PLAIN).unwrap();
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(dir.path().join("in/way")).unwrap(), "new");
    }

    #[test]
    fn a_read_only_folder_is_filled_first() {
        let (dir, mut tree) = tree();
        tree.folder("文件夹".as_bytes(), Traits { mode: 0o555, ..PLAIN }).unwrap();
        tree.file("文件夹/a".as_bytes(), &mut "x".as_bytes(), PLAIN).unwrap();
        assert_eq!(tree.finish().unwrap(), 1);
        let found = fs::metadata(dir.path().join("in/文件夹")).unwrap();
        assert_eq!((found.mode() & 0o7777, found.mtime()), (0o555, 1_000_000_000));
        fs::set_permissions(dir.path().join("in/文件夹"), Permissions::from_mode(0o755)).unwrap();
    }
}
