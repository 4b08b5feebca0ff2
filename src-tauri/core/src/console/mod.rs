//! The HTTP API of a Rainbond console, with its eras and quirks.
//!
//! Every call is one request (lists: one per page) and returns typed rows or a [`ConsoleError`]. Nothing here retries, but
//! for one thing: a token that ran out is renewed once. What may be asked of which console is judged in [`era`].
#![allow(dead_code, unused_imports, reason = "the room speaks more of the platform than today's lanes ask for")]

mod apps;
mod client;
mod envelope;
pub(crate) mod era;
mod error;
mod gateway;
mod inventory;
mod lenient;
mod login;
mod packages;
mod probe;
mod redact;
mod request;
mod restore;
mod rights;
mod settings;
#[cfg(test)]
mod tests;
mod trust;
mod versions;

pub(crate) use apps::{AppAction, NewApp};
pub(crate) use client::{Console, ConsoleSpec, Scope, shown_certificate};
pub(crate) use error::{ConsoleError, Refusal, Silence};
pub(crate) use gateway::{GatewayApi, GatewayRules};
pub(crate) use inventory::{
    App, AppState, Component, ComponentDetail, ComponentState, ComponentStatus, EnterpriseTeam, Me, NamedComponent,
    NamedRegion, Quota, Region, Team, TeamRegion, Volume,
};
pub(crate) use packages::{BackupForce, BackupMode, BackupRecord, BackupState, NewBackup};
pub(crate) use probe::{Layer, Outcome, Probe, Rung, probe};
pub(crate) use restore::{RestoreKind, RestoreRecord, RestoreState, RestoreTarget, Unfinished};
pub(crate) use rights::{BackupRight, BackupRights};
pub(crate) use settings::ObjectStorage;
pub(crate) use trust::{Fingerprint, Trust};
pub(crate) use versions::ConfigInfo;
