//! What can go wrong on the way between stores and files.

use super::options::ObjectRef;
use crate::ctx::Cancelled;
use crate::storage::StoreError;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub(crate) enum TransferError {
    #[error("Cancelled")]
    Cancelled,
    #[error("Could not read {from}")]
    Source {
        from: String,
        #[source]
        source: Box<StoreError>,
    },
    #[error("Could not write {to}")]
    Target {
        to: String,
        #[source]
        source: Box<StoreError>,
    },
    #[error("Part {part} of {to} could not be written")]
    Part {
        to: String,
        part: u32,
        #[source]
        source: Box<StoreError>,
    },
    /// The source is not the object that this transfer began with.
    #[error("{from} changed since the transfer began")]
    SourceChanged { from: String },
    #[error("{to} does not hold the bytes of {from}: {found}, expected {expected}")]
    Mismatch { from: String, to: String, expected: String, found: String },
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
    /// More or fewer bytes than were announced.
    #[error("{from} gave {got} bytes where {want} were announced")]
    WrongSize { from: String, want: u64, got: u64 },
    /// What must survive a crash could not be kept, so going on would not be safe.
    #[error("The progress of the transfer could not be recorded")]
    NotRecorded {
        #[source]
        source: io::Error,
    },
    /// A task of ours died; a fault of ours.
    #[error("The transfer of {what} broke down")]
    Broken {
        what: String,
        #[source]
        source: tokio::task::JoinError,
    },
}

/// A transfer from a stream fails as a transfer, or as whatever feeds it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamError<E: std::error::Error + 'static> {
    #[error(transparent)]
    Transfer(#[from] TransferError),
    #[error(transparent)]
    Feed(E),
}

impl From<Cancelled> for TransferError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl TransferError {
    pub(crate) fn source(from: &ObjectRef, source: StoreError) -> Self {
        match source {
            StoreError::Changed { .. } => Self::SourceChanged { from: from.to_string() },
            source => Self::Source { from: from.to_string(), source: Box::new(source) },
        }
    }

    pub(crate) fn target(to: &ObjectRef, source: StoreError) -> Self {
        Self::Target { to: to.to_string(), source: Box::new(source) }
    }

    pub(crate) fn part(to: &ObjectRef, index: u32, source: StoreError) -> Self {
        Self::Part { to: to.to_string(), part: index + 1, source: Box::new(source) }
    }

    pub(crate) fn recorded(source: io::Error) -> Self {
        Self::NotRecorded { source }
    }

    /// An error of a file, with what the disk says when it is full.
    pub(crate) fn file(path: &Path, doing: &'static str, needed: u64, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::FileMissing { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                let free = path.parent().and_then(|dir| fs4::available_space(dir).ok()).unwrap_or(0);
                Self::DiskFull { path, needed, free }
            }
            _ => Self::File { path, doing, source },
        }
    }

    /// Whether the same may work a moment later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Source { source, .. } | Self::Target { source, .. } | Self::Part { source, .. } => source.may_pass(),
            _ => false,
        }
    }

    /// Whether the store understood a part and did not want it.
    pub(crate) fn is_refused(&self) -> bool {
        let Self::Part { source, .. } = self else { return false };
        matches!(**source, StoreError::Refused { status: Some(400 | 411), .. } | StoreError::Lacks { .. })
    }

    /// Whether the upload itself is gone, so that only starting over helps.
    pub(crate) fn is_upload_gone(&self) -> bool {
        match self {
            Self::Part { source, .. } | Self::Target { source, .. } => {
                matches!(**source, StoreError::UploadGone { .. })
            }
            Self::Cancelled
            | Self::Source { .. }
            | Self::SourceChanged { .. }
            | Self::Mismatch { .. }
            | Self::DiskFull { .. }
            | Self::FileExists { .. }
            | Self::FileMissing { .. }
            | Self::File { .. }
            | Self::WrongSize { .. }
            | Self::NotRecorded { .. }
            | Self::Broken { .. } => false,
        }
    }
}
