//! Why no application package can be made of an app, or why writing one stopped.

use crate::ctx::Cancelled;
use crate::image::ImageError;
use crate::package::PackageError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("Consoles before v5.6 take no application packages")]
    TargetTooOld,
    #[error("No component of the app can be in an application package")]
    NothingToPack,
    #[error("{name} is not in the package")]
    MemberMissing { name: String },
    /// The directory that the draft was made from is not this package's.
    #[error("{name} has {found} bytes in this package, not {expected}")]
    MemberChanged { name: String, expected: u64, found: u64 },
    #[error("The image archive {name} does not hold the image {image}")]
    ImageNotThere { name: String, image: String },
    #[error("The image archive {name} cannot be carried over")]
    Image {
        name: String,
        #[source]
        source: ImageError,
    },
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
