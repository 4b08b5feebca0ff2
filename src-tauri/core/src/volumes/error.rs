//! What can keep volume data from being carried.

use crate::package::PackageError;
use crate::storage::StoreError;
use crate::transfer::{StreamError, TransferError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum VolumeError {
    /// Which build of ours runs on those nodes is not at hand.
    #[error("Volume data cannot be carried on {arch} clusters: this build has no helper for them")]
    NoHelper { arch: String },
    /// A console would cut it off.
    #[error("The job of {component} is {bytes} bytes long; at most {limit} fit into a variable")]
    JobTooLong { component: String, bytes: usize, limit: usize },
    #[error("The job {job:?} has a name that no marker can have")]
    BadName { job: String },
    #[error("The status at {key} is none that the helper writes")]
    BadStatus { key: String },
    #[error("The archive {key} is {got} bytes, and the helper sent {want}")]
    WrongArchive { key: String, want: u64, got: u64 },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Transfer(#[from] TransferError),
}

impl From<StreamError<PackageError>> for VolumeError {
    fn from(error: StreamError<PackageError>) -> Self {
        match error {
            StreamError::Feed(error) => Self::Package(error),
            StreamError::Transfer(error) => Self::Transfer(error),
        }
    }
}
