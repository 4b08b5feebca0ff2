//! Volume data, carried by a helper that runs once inside the pods: as an init container with the volumes of its component,
//! before the app starts (rebuild.md §8).
//!
//! What is where:
//! - [`agent`]: the helper's program and its image; [`template`]: what a package says of it
//! - [`plan`]: which piece of a backup belongs into which volume; pure
//! - [`bring`]: pieces of a package as objects beside the target's store
//! - [`restore`], [`backup`]: jobs for the pods of one component, and what becomes of their uploads
//! - [`watch`]: what the pods say, as an outcome
//!
//! Keys of a store never leave this computer: pods get signed URLs. Nothing here talks to a console.
#![allow(dead_code, unused_imports, reason = "reading volumes at the source is being built")]

mod agent;
mod backup;
mod bring;
mod error;
mod plan;
mod restore;
mod site;
mod template;
#[cfg(test)]
mod tests;
mod watch;

pub(crate) use agent::Agent;
pub(crate) use backup::{BackupPlan, Reading, begin_backup, finish_backup};
pub(crate) use bring::{Brought, bring};
pub(crate) use error::VolumeError;
pub(crate) use plan::{Archive, Filling, NotCarried, Piece, fillings, members, not_data};
pub(crate) use restore::{RestorePlan, begin_restore, write_restore};
pub(crate) use site::{Keys, Placed, Site, Written, abandon, prefix};
pub(crate) use template::{SLOT, extra_plugin, running_config};
pub(crate) use watch::{Outcome, PodSays, look};
