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
pub(crate) use backup::{BackupPlan, Reading, finish_backup, open_backup, write_backup};
pub(crate) use bring::{Brought, bring};
pub(crate) use error::VolumeError;
pub(crate) use plan::{Archive, Filling, Piece, fillings, members, not_data};
pub(crate) use restore::{RestorePlan, write_restore};
pub(crate) use site::{Keys, Site, Written, abandon, abandon_below, prefix};
pub(crate) use template::{SLOT, extra_plugin};
pub(crate) use watch::{Outcome, look};
