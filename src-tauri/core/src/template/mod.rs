//! A backed-up app as the platform's own application package (lane `rebuild`, rebuild.md §1 to §6).
//!
//! Pure but for the last step: a [`Draft`] is decided from an app's model and a target's facts, checked against every rule the
//! platform applies, shown, and only then written by [`PackageStream`], which reads the backup's image tars as it goes. The
//! same order gives the same bytes, always: a resumed upload makes them again.
#![allow(dead_code, unused_imports, reason = "the lane that uses all of it is being built")]

mod changes;
mod check;
mod component;
mod differences;
mod draft;
mod error;
mod exported;
mod facts;
mod fixups;
mod groups;
mod gzip;
mod image_names;
mod keys;
mod layout;
mod look;
mod plugins;
mod routes;
mod schema;
mod selection;
mod stream;
mod synthesize;
#[cfg(test)]
mod tests;

pub(crate) use changes::{Change, What};
pub(crate) use check::{Rule, RuleBroken, check};
pub(crate) use draft::{Draft, ImagePart, ImageSource, LeftOut, Placed, Reason};
pub(crate) use error::TemplateError;
pub(crate) use exported::{Exported, ExportedApp, ExportedImage, read_exported};
pub(crate) use facts::{ExtraPlugin, Order, TargetFacts};
pub(crate) use fixups::{Act, Fixup, Stage};
pub(crate) use look::look_inside;
pub(crate) use stream::{OpenImage, PackageStream};
pub(crate) use synthesize::{extra_plugin_key, synthesize};
