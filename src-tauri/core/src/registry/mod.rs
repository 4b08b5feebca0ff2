//! A user's own image registry, spoken to by the OCI distribution protocol (rebuild.md §7.2): what is there already is looked
//! for and not sent, a blob goes in chunks and is taken up where it stopped, and nothing is overwritten.
//!
//! Transfer is what this program is for, so this is a thin layer of our own: libraries for this protocol hold whole layers in
//! memory or begin a broken one anew.

mod address;
mod auth;
mod blobs;
mod client;
mod error;
mod manifests;
mod writer;

pub(crate) use address::{RegistryAddress, tag};
pub(crate) use blobs::Upload;
pub(crate) use client::{Registry, RegistrySpec};
pub(crate) use error::RegistryError;
pub(crate) use writer::BlobWriter;
