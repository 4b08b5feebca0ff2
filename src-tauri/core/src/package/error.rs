//! What can be wrong with a package, or with reading it.

use super::reader::ReadFault;
use crate::ctx::Cancelled;

#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error("Bytes {from} to {to} of the package could not be read")]
    Read {
        from: u64,
        to: u64,
        #[source]
        source: ReadFault,
    },
    /// The store gave fewer bytes than it said the object has.
    #[error("The package is cut short: bytes {from} to {to} are not there")]
    CutShort { from: u64, to: u64 },
    #[error("The file is no zip: it has no end record")]
    NotAZip,
    /// Part of a set, encrypted, or compressed in a way the platform never uses.
    #[error("{name} uses {what}, which packages never do")]
    Unsupported { name: String, what: &'static str },
    #[error("The package's directory is damaged: {what}")]
    DirectoryDamaged { what: &'static str },
    #[error("The package's directory is {bytes} bytes; at most {limit} are read")]
    DirectoryTooLarge { bytes: u64, limit: u64 },
    #[error("The package holds more than {limit} entries")]
    TooManyEntries { limit: u64 },
    #[error("{name} is damaged: {what}")]
    MemberDamaged { name: String, what: &'static str },
    /// Named or made as nothing in a package is: a fault or an attack.
    #[error("{name:?} in the package is refused: {what}")]
    Refused { name: String, what: &'static str },
    #[error("{name} is larger than the {limit} bytes that can be read at once")]
    MemberTooLarge { name: String, limit: u64 },
    #[error("{name} is not in the package")]
    MemberMissing { name: &'static str },
    #[error("{name} is not readable JSON")]
    MetadataDamaged {
        name: &'static str,
        #[source]
        source: serde_json::Error,
    },
    #[error("{name} does not describe an app")]
    MetadataForeign { name: &'static str },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
