//! Where the volumes are: what the kernel says is mounted, or, in tests and simulated clusters, a folder that stands for
//! the root (`RBM_ROOT`).

use crate::fault::Fault;
use std::path::{Component, Path, PathBuf};

#[derive(Debug, Default)]
pub(crate) struct Mounts {
    /// Stands for `/`; then nothing is known of mounts.
    root: Option<PathBuf>,
    mounted: Vec<Mounted>,
}

#[derive(Debug, PartialEq, Eq)]
struct Mounted {
    at: PathBuf,
    is_read_only: bool,
    kind: String,
}

/// Why a mount is none to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    Missing,
    ReadOnly,
    Memory,
    File,
}

impl Unfit {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Missing => "no volume is mounted there",
            Self::ReadOnly => "it is mounted read-only",
            Self::Memory => "it lives in memory",
            Self::File => "it is a single file",
        }
    }
}

impl Mounts {
    pub(crate) fn read(root: Option<PathBuf>) -> Result<Self, Fault> {
        if root.is_some() {
            return Ok(Self { root, mounted: Vec::new() });
        }
        let path = Path::new("/proc/self/mountinfo");
        let text = std::fs::read_to_string(path).map_err(Fault::at(path))?;
        Ok(Self { root, mounted: text.lines().filter_map(parse).collect() })
    }

    /// The folder that a job calls `mount_path`.
    pub(crate) fn folder(&self, mount_path: &str) -> Result<PathBuf, Fault> {
        let path = Path::new(mount_path);
        let plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
        if !path.is_absolute() || path == Path::new("/") || !path.components().all(plain) {
            return Err(Fault::BadJob(format!("{mount_path:?} is no path of a volume")));
        }
        Ok(match &self.root {
            Some(root) => root.join(path.strip_prefix("/").unwrap_or(path)),
            None => path.components().collect(),
        })
    }

    /// Whether the folder can be read, and why not. Without a mount, bytes would go into the helper's own container.
    pub(crate) fn check(&self, folder: &Path) -> Option<Unfit> {
        let here = self.mounted.iter().rfind(|mounted| mounted.at == folder);
        match here {
            None if self.root.is_none() => return Some(Unfit::Missing),
            Some(here) if here.is_read_only => return Some(Unfit::ReadOnly),
            Some(here) if here.kind == "tmpfs" => return Some(Unfit::Memory),
            Some(_) | None => {}
        }
        match std::fs::symlink_metadata(folder) {
            Ok(found) if found.is_dir() => None,
            Ok(_) => Some(Unfit::File),
            Err(_) => Some(Unfit::Missing),
        }
    }

    /// Something else is mounted right here: another volume, a config file.
    pub(crate) fn is_mount(&self, path: &Path) -> bool {
        self.mounted.iter().any(|mounted| mounted.at == path)
    }

    /// Here or further down: the folders that the kubelet makes to mount into.
    pub(crate) fn leads_to_mount(&self, path: &Path) -> bool {
        self.mounted.iter().any(|mounted| mounted.at.starts_with(path))
    }
}

/// `36 35 98:0 /root /mnt ro,noatime - ext4 /dev/x rw` (proc(5)).
fn parse(line: &str) -> Option<Mounted> {
    let (front, back) = line.split_once(" - ")?;
    let mut fields = front.split(' ');
    let at = PathBuf::from(unescaped(fields.nth(4)?));
    let is_read_only = fields.next()?.split(',').any(|option| option == "ro");
    Some(Mounted { at, is_read_only, kind: back.split(' ').next()?.to_owned() })
}

/// Blanks and the like stand as `\040`.
fn unescaped(text: &str) -> String {
    ["\\040", "\\011", "\\012", "\\134"]
        .into_iter()
        .zip([" ", "\t", "\n", "\\"])
        .fold(text.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_read_as_the_kernel_writes_them() {
        let text = "36 35 98:0 /vol /var/lib/my\\040sql rw,noatime shared:1 - ext4 /dev/x rw\n\
                    37 35 0:5 / /conf ro - tmpfs tmpfs rw\n38 36 98:0 /f /var/lib/my\\040sql/my.cnf ro - ext4 /dev/x rw";
        let mounts = Mounts { root: None, mounted: text.lines().filter_map(parse).collect() };
        let data = Path::new("/var/lib/my sql");
        assert!(mounts.is_mount(data) && mounts.is_mount(&data.join("my.cnf")) && !mounts.is_mount(&data.join("ib")));
        assert!(mounts.leads_to_mount(Path::new("/var")));
        assert_eq!(mounts.check(Path::new("/conf")), Some(Unfit::ReadOnly));
        assert_eq!(mounts.check(Path::new("/tmp")), Some(Unfit::Missing));
    }

    #[test]
    fn only_plain_absolute_paths_name_a_volume() {
        let mounts = Mounts { root: Some(PathBuf::from("/sim")), mounted: Vec::new() };
        assert_eq!(mounts.folder("/data/数据").unwrap(), Path::new("/sim/data/数据"));
        for bad in ["data", "/", "", "/data/../etc"] {
            assert!(mounts.folder(bad).is_err(), "{bad}");
        }
    }
}
