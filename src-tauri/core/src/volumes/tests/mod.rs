//! Promises of the room: the real helper, as this build carries it, against real stores.

mod backups;
mod broken;
mod packages;
mod proxy;
mod restores;

use super::plan::NotCarried;
use super::site::Placed;
use super::*;
use crate::clock::SystemClock;
use crate::ctx::Ctx;
use crate::storage::testing::{S3sFs, SeaweedFs, noise};
use crate::storage::{Presigner, StoreSpec, open, read_range};
use proxy::Proxy;
use rainferry_helper::{Format, Status};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

fn ctx() -> Ctx {
    Ctx::new(Arc::new(SystemClock))
}

/// The helper on disk, once for all tests of this process.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = PROGRAM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rainferry-helper");
        fs::write(&path, Agent::for_arch("amd64").unwrap().program()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        (folder, path)
    });
    path
}

/// A pod: its root, in which volumes are folders.
struct Pod {
    root: tempfile::TempDir,
    name: String,
}

impl Pod {
    fn named(name: &str) -> Self {
        Self { root: tempfile::tempdir().unwrap(), name: name.to_owned() }
    }

    /// With a volume mounted.
    fn with(self, mount_path: &str) -> Self {
        fs::create_dir_all(self.at(mount_path)).unwrap();
        self
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    fn command(&self, variable: &str) -> Command {
        let mut command = Command::new(program());
        command.env_clear().env("RBM_JOB", variable).env("RBM_ROOT", self.root.path()).env("_POD_NAME", &self.name);
        // Of the app, and none of the helper's business.
        command.env("HTTP_PROXY", "http://127.0.0.1:1").stdin(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn start(&self, variable: &str) -> Child {
        // Another test's child may hold the fresh file open for writing, between its fork and its exec.
        loop {
            match self.command(variable).spawn() {
                Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
                started => return started.unwrap(),
            }
        }
    }

    async fn run(&self, placed: &Placed) -> Output {
        self.run_with(placed.variable.reveal()).await
    }

    async fn run_with(&self, variable: &str) -> Output {
        let child = self.start(variable);
        tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap()
    }
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Everything below a folder: kind, mode, owner, time and content or target. Times of the markers' folder are its own.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    walk(folder, folder, &mut all);
    all
}

fn walk(top: &Path, path: &Path, all: &mut BTreeMap<PathBuf, String>) {
    let found = fs::symlink_metadata(path).unwrap();
    let owner = format!("{:o} {}:{}", found.mode() & 0o7777, found.uid(), found.gid());
    let text = if found.is_symlink() {
        format!("-> {}", fs::read_link(path).unwrap().display())
    } else if found.is_dir() {
        owner
    } else {
        format!("{owner} {} {}", found.mtime(), hex::encode(Sha256::digest(fs::read(path).unwrap())))
    };
    all.insert(path.strip_prefix(top).unwrap().to_owned(), text);
    if found.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            if path != top || !entry.file_name().to_string_lossy().starts_with(".rbm-") {
                walk(top, &entry.path(), all);
            }
        }
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn site(spec: &StoreSpec) -> Site {
    seen_at(spec, None)
}

/// The store as pods see it at another address.
fn seen_at(spec: &StoreSpec, inside: Option<&str>) -> Site {
    let signer = Presigner::new(spec, inside, chrono::Utc::now(), Duration::from_secs(900)).unwrap();
    Site { store: open(spec).unwrap(), signer, ca_pem: None }
}

async fn seaweed(bucket: &str) -> StoreSpec {
    SeaweedFs::shared().bucket(bucket).await
}

/// A `tar.zst` in the store, as the helper writes them.
async fn archive(site: &Site, key: &str, files: &[(&str, &[u8])]) -> Archive {
    let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o640);
        header.set_mtime(1_700_000_000);
        let owner = fs::metadata("/proc/self").unwrap();
        header.set_uid(owner.uid().into());
        header.set_gid(owner.gid().into());
        tar.append_data(&mut header, format!("data/{name}"), *content).unwrap();
    }
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    let (size, sha256) = (bytes.len() as u64, hex::encode(Sha256::digest(&bytes)));
    site.store.put(key, vec![bytes.into()]).await.unwrap();
    Archive { key: key.to_owned(), bytes: size, sha256, format: Format::TarZst }
}

fn plan(job: &str, pieces: &[(&str, Option<u32>, &Archive)]) -> RestorePlan {
    let mut fillings: Vec<Filling> = Vec::new();
    for (mount_path, ordinal, archive) in pieces {
        let piece = Piece { ordinal: *ordinal, archive: (*archive).clone(), strip: "data/".to_owned() };
        match fillings.iter_mut().find(|filling| filling.mount_path == *mount_path) {
            Some(filling) => filling.pieces.push(piece),
            None => fillings.push(Filling {
                volume: mount_path.trim_start_matches('/').to_owned(),
                mount_path: (*mount_path).to_owned(),
                pieces: vec![piece],
            }),
        }
    }
    RestorePlan { job: job.to_owned(), component: "c1".to_owned(), fillings, overwrite: false }
}

/// Uploads begun and the job beside them.
async fn begin_backup(site: &Site, plan: &BackupPlan) -> Result<(Placed, Vec<Reading>), VolumeError> {
    let readings = open_backup(site, plan).await?;
    let written = write_backup(site, plan, &readings)?;
    site.place(&written).await?;
    Ok((written.placed, readings))
}

/// The job of a restore, beside its archives, which must be there already.
async fn begin_restore(site: &Site, plan: &RestorePlan) -> Result<Placed, VolumeError> {
    let written = write_restore(site, plan)?;
    site.place(&written).await?;
    Ok(written.placed)
}

/// The one pod's last words.
async fn said(site: &Site, job: &str, placed: &Placed) -> Status {
    let outcome = look(site, job, &placed.statuses).await.unwrap();
    outcome.said.values().next().unwrap().clone()
}
