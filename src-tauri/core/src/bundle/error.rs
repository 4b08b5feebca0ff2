//! What can go wrong with a bundle.

use crate::ctx::Cancelled;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub(crate) enum BundleError {
    #[error("Cancelled")]
    Cancelled,
    /// Some other file.
    #[error("{path} is no bundle: {reason}")]
    NotABundle { path: PathBuf, reason: &'static str },
    #[error("{path} has format {format}, and this program knows formats up to {known}")]
    TooNew { path: PathBuf, format: u64, known: u32 },
    /// Encrypted, and nobody gave its passphrase in this run.
    #[error("{path} is encrypted")]
    Locked { path: PathBuf },
    #[error("The passphrase does not open {path}")]
    WrongPassphrase { path: PathBuf },
    /// The file ends before the bundle does.
    #[error("{path} is cut short in {entry}")]
    Truncated { path: PathBuf, entry: String },
    /// The bytes are not those that were written.
    #[error("{entry} in {path} is damaged: {reason}")]
    Altered { path: PathBuf, entry: String, reason: String },
    /// Whole, but compressed by another program.
    #[error("{path} was compressed by another program and can only be read from its beginning")]
    NotSeekable { path: PathBuf },
    /// Shaped as no bundle of ours is: a fault or an attack.
    #[error("{entry} in {path} is refused: {reason}")]
    Refused { path: PathBuf, entry: String, reason: &'static str },
    /// What was to be written cannot be an entry.
    #[error("{name:?} cannot be an entry of a bundle: {reason}")]
    BadEntry { name: String, reason: &'static str },
    /// The package was not as long as was announced.
    #[error("The package for {path} has {got} bytes, and {want} were announced")]
    WrongSize { path: PathBuf, want: u64, got: u64 },
    #[error("The disk of {path} has {} free, and {} are needed", crate::line::bytes(*free), crate::line::bytes(*needed))]
    DiskFull { path: PathBuf, needed: u64, free: u64 },
    #[error("{path} exists already")]
    FileExists { path: PathBuf },
    #[error("{path} is not there")]
    FileMissing { path: PathBuf },
    #[error("{path} could not be {doing}")]
    File {
        path: PathBuf,
        doing: &'static str,
        #[source]
        source: io::Error,
    },
    /// A task of ours died; a fault of ours.
    #[error("Work on {path} broke down")]
    Broken {
        path: PathBuf,
        #[source]
        source: tokio::task::JoinError,
    },
}

/// Writing fails by itself, or as whatever feeds the package.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError<E: std::error::Error + 'static> {
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Feed(E),
}

impl From<Cancelled> for BundleError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl BundleError {
    pub(crate) fn file(path: &Path, doing: &'static str, needed: u64, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::FileMissing { path },
            io::ErrorKind::AlreadyExists => Self::FileExists { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                let free = path.parent().and_then(|dir| fs4::available_space(dir).ok()).unwrap_or(0);
                Self::DiskFull { path, needed, free }
            }
            _ => Self::File { path, doing, source },
        }
    }
}
