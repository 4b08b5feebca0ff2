//! Why a package could not be mended.

use crate::image::ImageError;
use crate::package::PackageError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum RepairError {
    #[error(transparent)]
    Package(#[from] PackageError),
    /// Its directory would have to be held in memory.
    #[error("{name} holds more files than can be mended on the way")]
    TooManyFiles { name: String },
    #[error("{name} is no zip that can be mended")]
    NestedDamaged {
        name: String,
        #[source]
        source: PackageError,
    },
    #[error("The image archive {name} could not be given other names")]
    Image {
        name: String,
        #[source]
        source: ImageError,
    },
    #[error("{name} is not readable JSON")]
    Metadata {
        name: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("A member of the package could not be compressed anew")]
    Deflate(#[source] flate2::CompressError),
    /// What lies at the target is not what was sent.
    #[error("{name} at the target is not as it was sent: {what}")]
    Differs { name: String, what: &'static str },
    /// Whoever took the bytes went away.
    #[error("Nobody takes the mended package any more")]
    Abandoned,
}
