//! What Rainferry promises, tested from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise"
)]

mod backup;
mod cancel;
mod checks;
mod cli;
mod compose;
mod crowd;
mod distribution;
mod encrypted;
mod eras;
mod export_import;
mod faults;
mod gateway;
mod host;
mod mend;
mod migrate;
mod official;
mod queue;
mod quirks;
mod reading;
mod rebuild;
mod registry;
mod remembered;
mod report;
mod resume;
mod rows;
mod running_app;
mod seaweed;
mod secrets;
mod sharing;
mod signer;
mod stuck;
mod tidy;
mod turned;
mod typed;
mod updates;
mod volumes;
mod world;
