//! An image registry of a user's own, as strict as the OCI distribution specification (1.1) lets one be: checksums are
//! compared, chunks must follow each other, a manifest's blobs must be there, tokens end. Other than a cluster's own registry
//! it answers HTTP, and clusters pull from it.

mod answers;
mod blobs;
mod login;
mod manifests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use http::{Method, Request, Response};

use crate::error::SandboxError;
use crate::fault::{Faults, Server};
use crate::serve::{Answerer, Door, answerer};
use crate::store::{percent_decoded, troubled};

/// How users are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RegistryLogin {
    /// Everybody is.
    Open,
    Basic,
    /// Docker's token protocol; a token is good for so many requests.
    #[default]
    Bearer,
}

/// How a registry is.
#[derive(Debug, Clone)]
pub struct RegistrySpec {
    pub dir: PathBuf,
    pub login: RegistryLogin,
    pub user: String,
    pub password: String,
    /// One who may pull and not push.
    pub reader: Option<(String, String)>,
    /// Requests that one token is good for.
    pub token_uses: u32,
    /// Bytes of all blobs; more are refused.
    pub capacity_bytes: u64,
    /// Whether images may be deleted.
    pub deletes: bool,
    /// A chunk that broke off ends its upload, as in `distribution` 2.8 (`registry/handlers/blobupload.go`,
    /// `ResumeBlobUpload`: the state in the address must fit what is there).
    pub breaks_uploads: bool,
}

impl RegistrySpec {
    pub fn new(dir: impl Into<PathBuf>, user: &str, password: &str) -> Self {
        Self {
            dir: dir.into(),
            login: RegistryLogin::Bearer,
            user: user.to_owned(),
            password: password.to_owned(),
            reader: None,
            token_uses: u32::MAX,
            capacity_bytes: u64::MAX,
            deletes: true,
            breaks_uploads: false,
        }
    }
}

/// An upload under way.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    repository: String,
    size: u64,
    /// One request at a time: a later one ends what an earlier one still writes.
    turn: u64,
}

/// A repository: which blobs it may show, and its images.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repository {
    blobs: BTreeSet<String>,
    /// Checksum → media type and bytes.
    manifests: BTreeMap<String, (String, Vec<u8>)>,
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
pub(crate) struct Rows {
    repositories: BTreeMap<String, Repository>,
    /// Checksum → size.
    blobs: BTreeMap<String, u64>,
    uploads: BTreeMap<String, Upload>,
    tokens: BTreeMap<String, login::Token>,
}

pub(crate) struct Shared {
    spec: RegistrySpec,
    rows: Mutex<Rows>,
    capacity_bytes: AtomicU64,
    faults: Faults,
}

impl Shared {
    pub(crate) fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn blob_path(&self, digest: &str) -> PathBuf {
        self.spec.dir.join("blobs").join(digest.trim_start_matches("sha256:"))
    }

    fn upload_path(&self, id: &str) -> PathBuf {
        self.spec.dir.join("uploads").join(id)
    }
}

/// A running registry on loopback, over plain HTTP.
pub struct ImageRegistry {
    shared: Arc<Shared>,
    door: Door,
}

impl ImageRegistry {
    pub async fn start(spec: RegistrySpec) -> Result<Self, SandboxError> {
        // Clusters pull over reqwest.
        let _ = rustls::crypto::ring::default_provider().install_default();
        for folder in ["blobs", "uploads"] {
            let path = spec.dir.join(folder);
            std::fs::create_dir_all(&path).map_err(SandboxError::folder(path))?;
        }
        let capacity_bytes = AtomicU64::new(spec.capacity_bytes);
        let shared = Arc::new(Shared { spec, rows: Mutex::default(), capacity_bytes, faults: Faults::default() });
        let door = Door::open(0, answers_of(Arc::clone(&shared))).await?;
        Ok(Self { shared, door })
    }

    /// `127.0.0.1:port`
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.door.port())
    }

    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Every image as `repository:tag`.
    pub fn images(&self) -> Vec<String> {
        let rows = self.shared.rows();
        let tags = |(name, repository): (&String, &Repository)| {
            repository.tags.keys().map(|tag| format!("{name}:{tag}")).collect::<Vec<_>>()
        };
        rows.repositories.iter().flat_map(tags).collect()
    }

    /// Bytes of all blobs.
    pub fn stored_bytes(&self) -> u64 {
        self.shared.rows().blobs.values().sum()
    }

    pub fn open_uploads(&self) -> usize {
        self.shared.rows().uploads.len()
    }

    /// Makes room, or takes it.
    pub fn set_capacity(&self, bytes: u64) {
        self.shared.capacity_bytes.store(bytes, Ordering::Relaxed);
    }

    /// No token that was given out is good any more.
    pub fn end_tokens(&self) {
        self.shared.rows().tokens.clear();
    }

    /// Forgets uploads under way, as registries do after some days.
    pub fn forget_uploads(&self) {
        self.shared.rows().uploads.clear();
    }

    /// Takes an image away behind everybody's back.
    pub fn lose_image(&self, repository: &str, tag: &str) {
        if let Some(row) = self.shared.rows().repositories.get_mut(repository) {
            row.tags.remove(tag);
        }
    }

    pub async fn stop(self) {
        self.door.shut().await;
    }
}

fn answers_of(shared: Arc<Shared>) -> Answerer {
    answerer(move |request: Request<Body>| {
        let shared = Arc::clone(&shared);
        let path = percent_decoded(request.uri().path());
        let trouble = shared.faults.arrive(Server::Registry, request.method().as_str(), &path);
        troubled(trouble, request, move |request| async move { Ok(answer(&shared, &path, request).await) })
    })
}

/// What a path means.
#[derive(Debug, PartialEq, Eq)]
enum Asked<'a> {
    Greeting,
    Token,
    Uploads { repository: &'a str },
    Upload { repository: &'a str, id: &'a str },
    Blob { repository: &'a str, digest: &'a str },
    Manifest { repository: &'a str, reference: &'a str },
    Nothing,
}

fn asked(path: &str) -> Asked<'_> {
    match path {
        "/v2/" | "/v2" => return Asked::Greeting,
        "/token" => return Asked::Token,
        _ => {}
    }
    let Some(rest) = path.strip_prefix("/v2/") else { return Asked::Nothing };
    let named = |repository: &str| is_repository(repository);
    if let Some((repository, id)) = rest.split_once("/blobs/uploads")
        && named(repository)
    {
        return match id.trim_start_matches('/') {
            "" => Asked::Uploads { repository },
            id => Asked::Upload { repository, id },
        };
    }
    if let Some((repository, digest)) = rest.rsplit_once("/blobs/")
        && named(repository)
    {
        return Asked::Blob { repository, digest };
    }
    match rest.rsplit_once("/manifests/") {
        Some((repository, reference)) if named(repository) => Asked::Manifest { repository, reference },
        _ => Asked::Nothing,
    }
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/…)*` (specification, “Pulling manifests”).
fn is_repository(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fine = |part: &str| {
        part.starts_with(plain)
            && part.ends_with(plain)
            && part.chars().all(|c| plain(c) || "._-".contains(c))
            && !part.contains("..")
    };
    name.len() <= 255 && name.split('/').all(fine)
}

async fn answer(shared: &Arc<Shared>, path: &str, request: Request<Body>) -> Response<Body> {
    let place = asked(path);
    if place == Asked::Token {
        return login::token(shared, &request);
    }
    let (repository, action) = match &place {
        Asked::Greeting | Asked::Token | Asked::Nothing => ("", ""),
        Asked::Uploads { repository } | Asked::Upload { repository, .. } => (*repository, "push"),
        Asked::Blob { repository, .. } | Asked::Manifest { repository, .. } => {
            let action = match *request.method() {
                Method::GET | Method::HEAD => "pull",
                Method::DELETE => "delete",
                _ => "push",
            };
            (*repository, action)
        }
    };
    if let Some(refused) = login::refuse(shared, &request, repository, action) {
        return refused;
    }
    match place {
        Asked::Greeting => answers::plain(200),
        Asked::Token | Asked::Nothing => answers::error(404, "NAME_UNKNOWN", "no such thing"),
        Asked::Uploads { repository } => blobs::begin(shared, repository, &request),
        Asked::Upload { repository, id } => blobs::upload(shared, repository, id, request).await,
        Asked::Blob { repository, digest } => {
            let method = request.method().clone();
            blobs::blob(shared, repository, digest, &method).await
        }
        Asked::Manifest { repository, reference } => manifests::answer(shared, repository, reference, request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart() {
        assert_eq!(asked("/v2/"), Asked::Greeting);
        assert_eq!(asked("/v2/a/b/blobs/uploads/"), Asked::Uploads { repository: "a/b" });
        assert_eq!(asked("/v2/a/b/blobs/uploads/x1"), Asked::Upload { repository: "a/b", id: "x1" });
        assert_eq!(asked("/v2/a/blobs/sha256:0"), Asked::Blob { repository: "a", digest: "sha256:0" });
        assert_eq!(asked("/v2/a/manifests/1.0"), Asked::Manifest { repository: "a", reference: "1.0" });
        assert_eq!(asked("/v2/A/manifests/1.0"), Asked::Nothing);
        assert_eq!(asked("/"), Asked::Nothing);
    }
}
