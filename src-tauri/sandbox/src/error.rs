//! What can go wrong while a sandbox starts or is told something. Requests never end here: they get an answer.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("No sample clusters are served from {}", dir.display())]
    NotServed { dir: PathBuf },
    #[error("Folder {} cannot be used", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("State file {} cannot be read", path.display())]
    State {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("Port {port} on loopback cannot be opened")]
    Port {
        port: u16,
        #[source]
        source: std::io::Error,
    },
    #[error("Store folder cannot be served: {reason}")]
    Store { reason: String },
    #[error("Object {bucket}/{key} cannot be reached: {reason}")]
    Object { bucket: String, key: String, reason: String },
    #[error("Package {path} cannot be written")]
    Package {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("There is no sample cluster named {name}")]
    NoCluster { name: String },
}

impl SandboxError {
    pub(crate) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Folder { path, source }
    }
}
