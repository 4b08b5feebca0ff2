//! What can be wrong with an image archive.

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ImageError {
    #[error("The image archive is damaged after {at_bytes} bytes: {what}")]
    Damaged { at_bytes: u64, what: &'static str },
    #[error("The image archive ends after {at_bytes} bytes, in the middle of something")]
    CutShort { at_bytes: u64 },
    #[error("{member} of the image archive has {bytes} bytes; at most {limit} are read")]
    MemberTooLarge { member: String, bytes: u64, limit: u64 },
    #[error("{member} of the image archive is not readable JSON")]
    NotJson { member: String },
    #[error("The image archive does not hold {member}")]
    Lacks { member: String },
    /// Same-length renaming, with a name that is too long.
    #[error("{member} of the image archive has room for {room_bytes} bytes, the new names need {needed_bytes}")]
    DoesNotFit { member: String, room_bytes: u64, needed_bytes: u64 },
}

/// Of a document with more images than are looked at.
pub(super) fn too_long() -> ImageError {
    ImageError::Damaged { at_bytes: 0, what: "it names more images or layers than any archive holds" }
}
