//! The platform's backup package: a zip read over ranged reads, into one typed `AppModel`.
//!
//! A package may be many GiB and far away: its directory and metadata are read with two or three ranged reads, a member as a
//! stream, the whole never. Names inside are data: nothing here makes a path of them. Writes nothing.
#![allow(dead_code, unused_imports, reason = "the room speaks more of the platform than today's lanes ask for")]

mod console_meta;
mod credentials;
mod directory;
mod eocd;
mod error;
mod listing;
mod made;
mod members;
mod model;
mod names;
mod nested;
mod reader;
mod region;
mod row;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use credentials::{Credential, CredentialKind};
pub(crate) use directory::{Entry, Method, Package, under_root};
pub(crate) use eocd::{DirectoryAt, locate, u16_at, u32_at};
pub(crate) use error::PackageError;
pub(crate) use listing::{LISTING_FILE, read_listing, write_listing};
pub(crate) use made::{MadeMember, MadePackage, Part};
pub(crate) use members::MemberReader;
pub(crate) use model::{
    AppModel, ComponentModel, ConfigFile, ConfigGroup, DataEntry, Dependency, EnvValue, EnvVar, GatewayRule,
    K8sAttribute, MetadataForm, MissingImage, MountModel, PluginLink, PluginModel, PortModel, ProbeModel, Raw,
    VolumeModel, load,
};
pub(crate) use nested::{KeptEnd, ends_in_link, list_nested};
pub(crate) use reader::{RangeReader, ReadFault, read_exact};
pub(crate) use region::FROM_TEMPLATE;
pub(crate) use row::Row;
