//! Everything Rainferry does: profiles of consoles, plans and jobs, packages and bundles, the transfer engine.
//!
//! The only door is [`api`]: the window, the command line and the tests all come in through it.
//! What the outside must lend us (folders, a keyring, the time, sample clusters) is listed in [`host`].
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods))]

pub mod api;
pub mod host;

mod bak;
mod bundle;
mod check;
mod clock;
mod compare;
mod console;
mod ctx;
mod difference;
mod engine;
mod files;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod ids;
mod image;
mod jobs;
mod json;
mod line;
mod moment;
mod package;
mod place;
mod problem;
mod profiles;
mod registry;
mod repair;
mod report;
mod secret;
#[doc(hidden)]
pub mod silence;
mod storage;
mod template;
mod transfer;
mod trust;
mod twins;
mod update;
mod volumes;

pub use clock::{Clock, SystemClock};
pub use ids::{AppId, BackupId, ClusterId, ConsoleId, JobId, PlanId, TeamName};
pub use problem::{Code, Problem, Retry};
pub use secret::Secret;
