//! The sandbox's own zips, with the properties of the platform's: its vendored Go writer
//! (rainbond `util/zip`, `util/comman.go` func `Zip`). Files only; no part of a zip is ever used as a path unchecked.

mod read;
mod write;

pub(crate) use read::{ZipEntry, ZipReader};
pub(crate) use write::{Owner, Packing, ZipWriter};
