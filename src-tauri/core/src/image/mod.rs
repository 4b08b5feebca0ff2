//! Image archives as a backup holds them: `docker save` layout and OCI layout tars. What is in them, other names for it, and
//! one made from a single program.
//!
//! Everything is a stream: layers pass by untouched, only the few small JSON members that name images are ever kept, within a
//! bound. Nothing is unpacked, and nothing inside becomes a path.
#![allow(dead_code, unused_imports, reason = "the lanes that use all of it are being built")]

mod assemble;
mod contents;
mod error;
mod inspect;
mod names;
#[cfg(test)]
mod odd_tests;
mod rename;
mod split;
mod tarball;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use assemble::{HELPER_ENTRYPOINT, docker_archive};
pub(crate) use contents::{Contents, Descriptor, Measurer, Members, Piece, digest_of};
pub(crate) use error::ImageError;
pub(crate) use inspect::{ImageFacts, Inspector, Platform};
pub(crate) use names::{Naming, same_name, split_tag};
pub(crate) use rename::{Fit, Renamed, Renamer};
pub(crate) use split::{Single, Stretch, split};
pub(crate) use tarball::{BLOCK, file_header, folder_header, padding};
pub(crate) use walk::{Guard, Guarded};
