//! Object stores: what we need of S3, OSS and a local folder, and no more.
//!
//! The library `object_store` does the talking and the retrying; what it lacks goes through [`wire`]. Nothing here moves
//! data between stores: that is the transfer room.
#![allow(dead_code, unused_imports, reason = "the room offers more than the engine asks for so far")]

mod bodies;
mod bucket;
mod crc;
mod error;
mod etag;
mod folder;
mod habits;
mod layers;
mod lifecycle;
mod open;
mod presign;
mod spec;
mod store;
mod wire;
mod xml;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod golden;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use crc::{Crc64, Summing};
pub(crate) use error::{Cause, StoreError};
pub(crate) use etag::Etag;
pub(crate) use habits::remember_in;
pub(crate) use layers::{Calls, Counted, Guarded, Op, Tap, Tapped};
pub(crate) use lifecycle::{Expiry, ExpiryRule};
pub(crate) use open::open;
pub(crate) use presign::{LONGEST, Presigner};
pub(crate) use spec::{StoreIdentity, StoreKind, StoreSpec};
pub(crate) use store::{
    BodyCheck, ByteStream, Chunks, CopyRange, ListedObject, ObjectFacts, PartFacts, PendingUpload, Store, UploadId,
    UploadKind, length, read_range, read_range_seen,
};
