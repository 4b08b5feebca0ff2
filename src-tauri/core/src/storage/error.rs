//! What can go wrong with a store, told apart by what a user can do about it.

use super::store::UploadId;
use std::path::PathBuf;

/// Whatever lay beneath. Never holds a secret: requests are signed in their headers, and errors of the client name URLs only.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The saved settings cannot work, whatever the store says.
    #[error("The {field} of the store cannot be used: {reason}")]
    BadSpec { field: &'static str, reason: String },
    #[error("{key:?} is no key that {store} can hold")]
    BadKey { store: String, key: String },
    /// Refused, timed out, no such host, or the answer broke off and did not come back.
    #[error("{store} does not answer")]
    Unreachable {
        store: String,
        #[source]
        source: Cause,
    },
    #[error("No secure connection to {store}")]
    Tls {
        store: String,
        #[source]
        source: Cause,
    },
    /// The keys were refused, or may not do this. `code` is the store's own word.
    #[error("{store} refuses to {doing} {key}")]
    Denied {
        store: String,
        doing: &'static str,
        key: String,
        code: Option<String>,
        #[source]
        source: Cause,
    },
    #[error("{store} does not exist")]
    NoBucket { store: String },
    #[error("{key} is not in {store}")]
    NotFound { store: String, key: String },
    /// The object is not the one that was looked at first.
    #[error("{key} in {store} changed while it was read")]
    Changed { store: String, key: String },
    /// The upload ran out, was aborted or was completed by somebody else.
    #[error("{store} knows the upload {upload} of {key} no more")]
    UploadGone { store: String, key: String, upload: UploadId },
    #[error("{store} has no room for {key}")]
    Full { store: String, key: String },
    /// The store cannot do this at all, and we knew or it said so.
    #[error("{store} cannot {what}")]
    Lacks { store: String, what: &'static str },
    /// The store answered with an error of its own.
    #[error("{store} failed to {doing} {key}")]
    Refused {
        store: String,
        doing: &'static str,
        key: String,
        status: Option<u16>,
        code: Option<String>,
        #[source]
        source: Cause,
    },
    /// We do not write there, whatever the store would say.
    #[error("The profile of this store is read-only: {key} is not written")]
    ReadOnly { key: String },
    /// Fewer or more bytes than the range asked for.
    #[error("{store} sent {got} bytes of {key} where {want} were asked for")]
    WrongLength { store: String, key: String, want: u64, got: u64 },
    /// The answer is not S3.
    #[error("{store} answered something that is not its protocol when asked to {doing} {key}")]
    BadAnswer { store: String, doing: &'static str, key: String },
    /// A file of a folder store.
    #[error("{path} could not be read or written")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl StoreError {
    /// Whether the same may work a moment later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::WrongLength { .. } => true,
            Self::Refused { status, .. } => matches!(status, Some(429 | 500..=599)),
            Self::BadSpec { .. }
            | Self::BadKey { .. }
            | Self::Tls { .. }
            | Self::Denied { .. }
            | Self::NoBucket { .. }
            | Self::NotFound { .. }
            | Self::Changed { .. }
            | Self::UploadGone { .. }
            | Self::Full { .. }
            | Self::Lacks { .. }
            | Self::ReadOnly { .. }
            | Self::BadAnswer { .. }
            | Self::File { .. } => false,
        }
    }
}
