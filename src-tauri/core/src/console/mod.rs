//! The HTTP API of a Rainbond console, with its eras and quirks.
//!
//! Every call is one request (lists: one per page) and returns typed rows or a [`ConsoleError`]. Nothing here retries, but
//! for one thing: a token that ran out is renewed once. What may be asked of which console is judged in [`era`].
#![allow(dead_code, unused_imports, reason = "the room speaks more of the platform than today's lanes ask for")]

mod app_models;
mod apps;
mod certificates;
mod client;
mod component_log;
mod config_groups;
mod dependencies;
mod domains;
mod envelope;
mod envs;
pub(crate) mod era;
mod error;
mod gateway;
mod graphs;
mod install;
mod inventory;
mod k8s_attributes;
mod lenient;
mod login;
mod package_build;
mod packages;
mod plugins;
mod ports;
mod probe;
mod probes;
mod redact;
mod request;
mod resources;
mod restore;
mod rights;
mod routes;
mod settings;
mod share;
#[cfg(test)]
mod tests;
mod third_party;
mod upload;
mod versions;
mod volumes;

pub(crate) use app_models::{
    ImportProgress, ImportRecord, ImportState, ImportVerdict, ImportedFile, Template, TemplateVersion,
};
pub(crate) use apps::{AppAction, NewApp};
pub(crate) use certificates::{Certificate, CertificateRow};
pub(crate) use client::{
    Access, Console, ConsoleSpec, Scope, broken, can_be_read_on_the_way, host_of, is_loopback, shown_certificate,
};
pub(crate) use component_log::Event;
pub(crate) use config_groups::{ConfigGroup, NewConfigGroup};
pub(crate) use dependencies::{Dependence, Dependency};
pub(crate) use domains::{HttpRule, NewHttpRule, NewTcpRule, TcpRule};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use envelope::judged;
pub(crate) use envs::{Env, EnvScope, NewEnv};
pub(crate) use error::{ConsoleError, Refusal, Silence};
pub(crate) use gateway::{GatewayApi, GatewayRules};
pub(crate) use graphs::{Graph, NodeLabel};
pub(crate) use install::{CheckRow, Install, InstallCheck};
pub(crate) use inventory::{
    App, AppState, Component, ComponentDetail, ComponentState, ComponentStatus, EnterpriseTeam, Me, NamedComponent,
    NamedRegion, Quota, Region, Team, TeamRegion,
};
pub(crate) use k8s_attributes::K8sAttribute;
pub(crate) use package_build::{
    CheckState, LARGEST_CHUNK, LoadState, NewComponent, NewSession, SMALLEST_CHUNK, TarLoad, UploadRecord,
    UploadSession,
};
pub(crate) use packages::{BackupForce, BackupMode, BackupRecord, BackupState, NewBackup};
pub(crate) use plugins::{ComponentPlugins, NewPlugin, Plugin, PluginBuild, PluginSetting, PluginSettings};
pub(crate) use ports::{NewPort, Port, PortAction};
pub(crate) use probe::{Layer, Outcome, Probe, Rung, probe};
pub(crate) use probes::Probe as HealthProbe;
pub(crate) use resources::{JobStrategy, Monitor};
pub(crate) use restore::{RestoreKind, RestoreRecord, RestoreState, RestoreTarget, Unfinished};
pub(crate) use rights::{BackupRight, BackupRights};
pub(crate) use routes::{Backend, HttpRoute, NewTcpRoute, RouteMatch, RouteSpec, TcpRoute};
pub(crate) use settings::ObjectStorage;
pub(crate) use share::{Export, ExportState, Opened, ShareAs, ShareContents, ShareEvent, ShareRow, SharedTemplate};
pub(crate) use third_party::{Endpoint, MadeComponent, NewThirdParty};
pub(crate) use upload::{Outgoing, UploadError, Upstream};
pub(crate) use versions::ConfigInfo;
pub(crate) use volumes::{Mount, MountKind, NewMount, NewVolume, Volume};
