//! A cluster's object store: a real S3 server (s3s over a folder) behind a door on loopback, path style, with
//! keys it checks; and the region's own way to it, which faults and the shut door do not touch.

mod objects;
mod server;
mod trouble;

pub use objects::{Objects, StoreAddress};
pub(crate) use server::{StoreServer, percent_decoded};
pub(crate) use trouble::troubled;
