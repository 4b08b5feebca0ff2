//! A backup package, mended while it streams by, so that the target's own restore can use it (protocol.md §11.6).
//!
//! What is mended: volume data that newer regions unpack wrongly (B-4), image names of another registry (B-5), metadata that
//! an older console stumbles over (§8.7), and links to components that the app does not hold (§8.6). Every other member passes
//! as it lies in the zip, compressed bytes and all. The same package and recipe give the same bytes, whatever pieces they are
//! read in: an interrupted transfer regenerates them and goes on where it stopped. Memory stays flat.

mod ahead;
mod compare;
mod deflate;
mod error;
mod forward;
mod metadata;
mod nested;
mod recipe;
mod record;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use ahead::Ahead;
pub(crate) use compare::compare;
pub(crate) use error::RepairError;
pub(crate) use forward::{Forward, Tail};
pub(crate) use metadata::{MetadataKey, foreign_relations, mend_console, present_keys};
pub(crate) use recipe::{Recipe, VolumeData, image_names};
pub(crate) use stream::{Doubtful, Mended, mended, most_bytes};
