//! What can go wrong in a pod, in the words that the status carries to the desktop. URLs are named without their queries:
//! those hold signatures.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("The variable RBM_JOB is not set")]
    NoJob,
    #[error("The job cannot be read: {0}")]
    BadJob(String),
    #[error("The job's checksum does not fit its text")]
    AlteredJob,
    #[error("{url} does not answer after {tries} tries: {cause}")]
    NoAnswer { url: String, tries: usize, cause: String },
    #[error("{url} answered {status}: {body}")]
    Refused { url: String, status: u16, body: String },
    #[error("{url} answered without {what}")]
    OddAnswer { url: String, what: &'static str },
    #[error("{url} holds {got} bytes where {want} were announced")]
    WrongSize { url: String, want: u64, got: u64 },
    #[error("{url} has another checksum than announced: expected {want}, got {got}")]
    WrongSum { url: String, want: String, got: String },
    #[error("No volume is mounted at {0}")]
    NotMounted(String),
    #[error("The volume at {0} is read-only")]
    ReadOnly(String),
    #[error("The volume at {mount} is not empty: it holds {name}")]
    NotEmpty { mount: String, name: String },
    #[error("{0:?} leads out of the volume")]
    Escape(String),
    #[error("A folder is in the way of the file {0}")]
    FolderInTheWay(PathBuf),
    #[error("The archive is damaged: {0}")]
    Damaged(String),
    #[error("The archive has nothing under {0:?}")]
    NothingUnder(String),
    #[error("{0} belongs to somebody else, and the helper does not run as root")]
    NotRoot(PathBuf),
    #[error("{0} changed while it was read")]
    Moving(PathBuf),
    #[error("The volume holds more than {0} bytes, for which the job has room")]
    NoRoom(u64),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
}

impl Fault {
    /// For `map_err`: which file it was.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::lifted(source, path)
    }

    /// A fault of ours that went through a reader or writer comes out as itself.
    fn lifted(source: io::Error, path: PathBuf) -> Self {
        match source.downcast::<Self>() {
            Ok(fault) => fault,
            Err(source) => Self::File { path, source },
        }
    }

    /// The same for an archive's bytes: what is not of the network is of the archive.
    pub(crate) fn of_archive(source: io::Error) -> Self {
        match source.downcast::<Self>() {
            Ok(fault) => fault,
            Err(source) => Self::Damaged(source.to_string()),
        }
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        Self::other(fault)
    }
}

/// A URL without what signs it.
pub(crate) fn shown(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or_default().to_owned()
}
