//! The import of an application package: the builder unpacks it, loads its images, pushes them under its own
//! registry's name and hands the template to the console (rainbond-oam pkg/localimport/import.go, pkg/export/ram.go).

mod archive;
mod job;
mod package;
mod reference;
mod registry;
mod template;
mod upload;

pub(crate) use job::{ImportJob, run};
pub(crate) use registry::Registry;
pub(crate) use upload::{receive, uploaded};
