//! The import of an application package: the builder unpacks it, loads its images, pushes them under its own
//! registry's name and hands the template to the console (rainbond-oam pkg/localimport/import.go, pkg/export/ram.go).

mod archive;
mod image_load;
mod job;
mod package;
mod reference;
mod registry;
mod template;
mod upload;

pub(crate) use image_load::{LoadJob, load};
pub(crate) use job::{ImportJob, run};
pub(crate) use registry::{Kept, Registry};
pub(crate) use template::through_go;
pub(crate) use upload::{forget_upload, receive, uploaded};
