//! The words between the desktop and the helper in a pod: what it is to do, and what it says of it.
//!
//! The helper itself is the program beside this (`main.rs`): a static binary without a shell, run as an init container with
//! the volumes of one component (rebuild.md §8). It knows URLs and folders; buckets, keys and clusters are the desktop's.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods))]

mod job;

pub use job::{
    Action, BackupItem, Format, ItemState, ItemStatus, JOB_ENV, Job, Pod, RestoreItem, Skipped, State, Status, VERSION,
    Work, marker_name,
};
