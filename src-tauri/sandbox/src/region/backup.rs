//! The builder's backup: writes the package to its disk, then brings it where the era keeps packages.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::keys::{self, CONSOLE_FILE, Place, REGION_FILE};
use super::metadata::{Part, Snapshot};
use super::share_dir;
use crate::console::Console;
use crate::error::SandboxError;
use crate::state::RegionBackup;
use crate::zip::{Owner, Packing, ZipWriter};

#[derive(Debug)]
pub(crate) struct BackupJob {
    backup_id: String,
    group_uuid: String,
    version: String,
    source_dir: String,
    mode: String,
    snapshot: Snapshot,
}

pub(crate) fn backup_job(row: &RegionBackup, snapshot: Snapshot) -> BackupJob {
    BackupJob {
        backup_id: row.backup_id.clone(),
        group_uuid: row.group_uuid.clone(),
        version: row.version.clone(),
        source_dir: row.source_dir.clone(),
        mode: row.mode.clone(),
        snapshot,
    }
}

pub(super) async fn run(console: &Arc<Console>, job: BackupJob) {
    let least = tokio::time::sleep(console.pace().backup);
    let switches = console.faults().switches();
    let (id, source_dir) = (job.backup_id.clone(), format!("{}.zip", job.source_dir));
    let made = if switches.backup_fails { None } else { make(console, job).await.ok() };
    least.await;
    console.faults().builder_free().await;
    let _ = console.change(|state| {
        if let Some(row) = state.region_backups.iter_mut().find(|row| row.backup_id == id) {
            match made {
                Some(size) => {
                    row.status = "success".to_owned();
                    row.source_dir = source_dir;
                    row.size = i64::try_from(size).unwrap_or(i64::MAX);
                }
                None => row.status = "failed".to_owned(),
            }
        }
    });
}

/// Writes and delivers the package; its size.
pub(crate) async fn make(console: &Arc<Console>, job: BackupJob) -> Result<u64, SandboxError> {
    let storage = console.look(|state| state.object_storage.clone());
    let file = format!("{}.zip", keys::file_name(&job.source_dir));
    if console.era().is_v6() {
        let bucket = keys::own_bucket(&storage);
        console.store().make_bucket(&bucket)?;
        for (name, text) in [(REGION_FILE, &job.snapshot.region_json), (CONSOLE_FILE, &job.snapshot.console_json)] {
            let key = keys::metadata_key(&job.group_uuid, &job.version, name);
            console.store().own().put(&bucket, &key, text.clone().into_bytes()).await?;
        }
    }
    let place = keys::package(console.era(), &storage, &job.group_uuid, &file, &job.mode);
    let path = super::local_package(console.dir(), &file);
    let size = written(console, job, path.clone()).await?;
    match place {
        Place::Disk => return Ok(size),
        Place::Configured { bucket, key } => {
            console.configured_store(&storage).put_file(&bucket, &key, &path).await?;
        }
        Place::Own { bucket, key } => {
            console.store().own().put_file(&bucket, &key, &path).await?;
        }
    }
    let _ = tokio::fs::remove_file(&path).await;
    Ok(size)
}

/// The zip on disk; written off the async threads, since pressing it is plain work.
async fn written(console: &Arc<Console>, job: BackupJob, path: PathBuf) -> Result<u64, SandboxError> {
    let (dir, mtime) = (console.dir().to_owned(), console.clock().now() / 1_000_000);
    let captures = console.captures_volumes();
    let name = path.display().to_string();
    let work = tokio::task::spawn_blocking(move || write_package(&dir, &job, &path, mtime, captures));
    // A panicking or cancelled writer counts as a failed backup.
    let done = work.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
    done.map_err(|source| SandboxError::Package { path: name, source })
}

fn write_package(dir: &Path, job: &BackupJob, path: &Path, mtime: i64, captures: bool) -> std::io::Result<u64> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let root = keys::package_root(&job.source_dir);
    let mut zip = ZipWriter::create(BufWriter::with_capacity(1 << 20, File::create(path)?), mtime);
    let nobody = Owner::default();
    zip.directory(&format!("{root}/"), nobody)?;
    // Lexical order, as the platform walks: app_*, console_*, data_*, plugin_*, region_*.
    let mut parts: Vec<&Part> = job.snapshot.parts.iter().collect();
    parts.sort_by(|a, b| a.service_id.cmp(&b.service_id));
    for part in &parts {
        let Some(image) = &part.image else { continue };
        let home = format!("{root}/app_{}/", part.service_id);
        zip.directory(&home, nobody)?;
        let mut image = tempfile_of(dir, |out| image.write_to(out))?;
        zip.file(&format!("{home}image_{}.tar", part.build_version), nobody, Packing::Framed, &mut image)?;
    }
    zip.file(&format!("{root}/{CONSOLE_FILE}"), nobody, Packing::Deflate, &mut job.snapshot.console_json.as_bytes())?;
    for part in parts.iter().filter(|_| captures) {
        add_data(&mut zip, dir, root, part, mtime)?;
    }
    for plugin in &job.snapshot.plugins {
        let home = format!("{root}/plugin_{}/", plugin.plugin_id);
        zip.directory(&home, nobody)?;
        let mut image = tempfile_of(dir, |out| plugin.image.write_to(out))?;
        zip.file(&format!("{home}image_{}.tar", plugin.build_version), nobody, Packing::Framed, &mut image)?;
    }
    zip.file(&format!("{root}/{REGION_FILE}"), nobody, Packing::Deflate, &mut job.snapshot.region_json.as_bytes())?;
    zip.finish()
}

/// An unnamed file, filled and rewound.
fn tempfile_of(dir: &Path, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<File> {
    use std::io::Seek;
    let mut out = BufWriter::with_capacity(1 << 20, tempfile::tempfile_in(dir)?);
    fill(&mut out)?;
    let mut file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

/// `data_<id>/__all_data.zip` and one zip per volume, where the share directory has anything.
fn add_data(zip: &mut ZipWriter<impl Write>, dir: &Path, root: &str, part: &Part, mtime: i64) -> std::io::Result<()> {
    let share = share_dir(dir, &part.tenant_id, &part.service_id);
    if part.shares.is_empty() || !has_content(&share) {
        return Ok(());
    }
    let home = format!("{root}/data_{}/", part.service_id);
    let nobody = Owner::default();
    zip.directory(&home, nobody)?;
    let mut all = tempfile_of(dir, |out| zip_tree(out, &share, &part.service_id, part.owner, mtime))?;
    zip.file(&format!("{home}__all_data.zip"), nobody, Packing::Deflate, &mut all)?;
    for (name, path) in &part.shares {
        let folder = share.join(path.trim_start_matches('/'));
        if has_content(&folder) {
            let base = path.rsplit('/').next().unwrap_or_default();
            let mut one = tempfile_of(dir, |out| zip_tree(out, &folder, base, part.owner, mtime))?;
            zip.file(&format!("{home}{}.zip", name.replace('/', "")), nobody, Packing::Deflate, &mut one)?;
        }
    }
    Ok(())
}

fn has_content(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

fn zip_tree(out: &mut dyn Write, folder: &Path, root: &str, owner: Owner, mtime: i64) -> std::io::Result<()> {
    let mut zip = ZipWriter::create(out, mtime);
    add_tree(&mut zip, folder, root, owner)?;
    zip.finish().map(drop)
}

fn add_tree(zip: &mut ZipWriter<&mut dyn Write>, folder: &Path, name: &str, owner: Owner) -> std::io::Result<()> {
    zip.directory(&format!("{name}/"), owner)?;
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let inner = format!("{name}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            add_tree(zip, &entry.path(), &inner, owner)?;
        } else {
            zip.file(&inner, owner, Packing::Deflate, &mut File::open(entry.path())?)?;
        }
    }
    Ok(())
}

/// How long backups, restores and switching take at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pace {
    pub backup: Duration,
    pub restore: Duration,
    pub switching: Duration,
}

impl Pace {
    /// As fast as the work itself.
    pub const QUICK: Self = Self { backup: Duration::ZERO, restore: Duration::ZERO, switching: Duration::ZERO };

    /// Long enough for a person to see it happen.
    pub const LIFELIKE: Self =
        Self { backup: Duration::from_secs(6), restore: Duration::from_secs(8), switching: Duration::from_secs(3) };
}
