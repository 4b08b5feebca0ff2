#![doc = include_str!("FORMAT.md")]
#![allow(dead_code, unused_imports, reason = "the room offers more than the engine asks for so far")]

mod error;
mod manifest;
mod names;
mod ranges;
mod read;
mod scan;
mod seal;
mod sums;
mod tarball;
mod verify;
mod write;

#[cfg(test)]
mod sealed_tests;
#[cfg(test)]
mod tests;

pub(crate) use error::{BundleError, WriteError};
pub(crate) use manifest::{Entry, FORMAT, Manifest, Source, Versions};
pub(crate) use names::{ENDINGS, encrypted_name, file_name, folder_name};
pub(crate) use ranges::PackageRanges;
pub(crate) use read::{Opened, PackageStream, open, package_stream};
pub(crate) use seal::{Keys, Seal, is_encrypted};
pub(crate) use verify::{Verified, verify};
pub(crate) use write::{Contents, IfExists, Passed, Written, write};
