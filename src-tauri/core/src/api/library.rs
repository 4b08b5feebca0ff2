//! The folder of bundles, and any file that is opened or dropped.

use super::bundles::{BundleView, FileKind, FileView, LibraryView, PassphraseFor, PassphraseRequest};
use super::{Core, JobView};
use crate::bak;
use crate::bundle;
use crate::engine::head::{self, Head};
use crate::engine::{Notice, passphrase};
use crate::files;
use crate::host::Desktop;
use crate::jobs::request::Work;
use crate::place::Place;
use crate::problem::{Code, Problem};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

impl Core {
    pub async fn list_library(&self, (): ()) -> Result<LibraryView, Problem> {
        let folder = self.engine.library_dir();
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for path in listed(&folder).unwrap_or_else(|problem| {
            problems.push(problem);
            Vec::new()
        }) {
            files.push(self.file_view(&path).await);
        }
        let free_bytes = files::free_bytes(&folder).unwrap_or(0);
        Ok(LibraryView { folder: folder.display().to_string(), files, free_bytes, problems })
    }

    pub async fn inspect_file(&self, path: String) -> Result<FileView, Problem> {
        let path = PathBuf::from(path);
        if !path.is_file() {
            return Err(Problem::new(Code::NotFound, format!("{} is not a file of this computer", path.display())));
        }
        Ok(self.file_view(&path).await)
    }

    pub async fn choose_file(&self, (): ()) -> Result<Option<FileView>, Problem> {
        let chosen = self.desktop()?.choose_file(&self.dialog_folder()).await;
        match chosen {
            Some(path) => self.inspect_file(path.display().to_string()).await.map(Some),
            None => Ok(None),
        }
    }

    pub async fn choose_folder(&self, (): ()) -> Result<Option<String>, Problem> {
        let chosen = self.desktop()?.choose_folder(&self.dialog_folder()).await;
        Ok(chosen.map(|path| path.display().to_string()))
    }

    pub async fn reveal_file(&self, path: String) -> Result<(), Problem> {
        self.desktop()?.reveal(Path::new(&path))
    }

    /// Proves every byte of a bundle, as a job.
    pub async fn verify_file(&self, path: String) -> Result<JobView, Problem> {
        let view = self.inspect_file(path.clone()).await?;
        let place = Place::ThisComputer { path: path.clone() };
        let name = view.bundle.map_or(view.name, |bundle| bundle.app_name);
        let request = self.engine.request(name, place.clone(), place, Work::Verify { path });
        let key = passphrase::of_reader(&self.engine, &request.work)?;
        passphrase::keep(&self.engine, &request, key).await?;
        Ok(self.engine.runner.begin(&self.engine, request)?.view())
    }

    /// Takes a passphrase for a file, a plan or a job. The wrong one of a file is refused here.
    pub async fn give_passphrase(&self, request: PassphraseRequest) -> Result<(), Problem> {
        let PassphraseRequest { of, passphrase } = request;
        if passphrase.is_empty() {
            return Err(Problem::new(Code::PassphraseMissing, "The passphrase is empty").hint("Type one"));
        }
        match of {
            PassphraseFor::File { path } => {
                passphrase::open_file(&self.engine, Path::new(&path), passphrase).await?;
                self.engine.tell(Notice::Library);
                Ok(())
            }
            PassphraseFor::Plan { plan } => {
                passphrase::give_plan(&self.engine, &plan, passphrase);
                Ok(())
            }
            PassphraseFor::Job { job } => passphrase::give_job(&self.engine, &job, passphrase).await,
        }
    }

    pub(super) fn desktop(&self) -> Result<Arc<dyn Desktop>, Problem> {
        self.engine.host.desktop().ok_or_else(|| {
            Problem::new(Code::NotHere, "There is no desktop here to open a dialog on")
                .hint("Name the file or folder instead")
        })
    }

    pub(super) fn dialog_folder(&self) -> PathBuf {
        let folder = self.engine.library_dir();
        folder.ancestors().find(|place| place.is_dir()).unwrap_or(Path::new("/")).to_owned()
    }

    async fn file_view(&self, path: &Path) -> FileView {
        let size_bytes = path.metadata().map_or(0, |meta| meta.len());
        let (kind, bundle, problem) = match self.read_head(path).await {
            Ok((kind, bundle)) => (kind, Some(bundle), None),
            Err(problem) if problem.code == Code::PassphraseMissing => (FileKind::Locked, None, None),
            Err(problem) => (FileKind::Unreadable, None, Some(problem)),
        };
        FileView {
            path: path.display().to_string(),
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            kind,
            encrypted: bundle::is_encrypted(path).unwrap_or(false),
            size_bytes,
            bundle,
            problem,
        }
    }

    async fn read_head(&self, path: &Path) -> Result<(FileKind, BundleView), Problem> {
        if head::is_bundle(path)? {
            let head = Head::open(&self.engine.keys, path).await?;
            let manifest = &head.opened.manifest;
            let mut view = BundleView {
                app_name: manifest.source.app.clone(),
                version: String::new(),
                cluster_name: manifest.source.cluster.clone(),
                team_alias: manifest.source.team.clone(),
                platform_version: manifest.versions.region.clone().unwrap_or_default(),
                note: String::new(),
                author: String::new(),
                package_bytes: head.package_bytes(),
                verified: self.is_proven(path),
            };
            if let Ok(record) = head.ticket() {
                view.note = record.note;
                view.author = record.user;
                view.version = record.version;
            }
            return Ok((FileKind::Bundle, view));
        }
        let record = bak::decode(&bak::read(path)?.unwrap_or_default())?.record;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let view = BundleView {
            app_name: name,
            version: record.version,
            cluster_name: String::new(),
            team_alias: String::new(),
            platform_version: String::new(),
            note: record.note,
            author: record.user,
            package_bytes: record.backup_size,
            verified: false,
        };
        Ok((FileKind::Ticket, view))
    }

    /// Proven in this run, and not written to since.
    fn is_proven(&self, path: &Path) -> bool {
        let stamp = files::stamp(path);
        let proven = self.engine.proven.lock().unwrap_or_else(PoisonError::into_inner);
        stamp.is_some() && proven.get(path).copied() == stamp
    }
}

/// Bundles and tickets of a folder, newest first. A folder that is not there yet is an empty one.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(files::problem(folder, "read", &error)),
    };
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.is_file() && (bundle::ENDINGS.iter().any(|ending| name.ends_with(ending)) || name.ends_with(".bak"))
    };
    let mut paths: Vec<PathBuf> =
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(ours).collect();
    paths.sort_by_key(|path| std::cmp::Reverse(path.metadata().and_then(|meta| meta.modified()).ok()));
    Ok(paths)
}
