//! Probed versions → what a console and its clusters can do, and where packages lie. Versions are compared here and in era/
//! only.
//!
//! Pure: nothing is asked here (versions.rs gathers). Everything comes from protocol.md §0, §6.7, §7.1 and §11.A, which cite
//! the platform's source tag by tag.

mod install;

pub(crate) use install::{ImageUpload, InstallRules, install_rules};

use super::packages::BackupMode;
use std::fmt;

#[path = "era_abilities.rs"]
mod abilities;

pub(crate) use abilities::{Abilities, abilities, backup_obstacle, restore_obstacle};

/// `major.minor.patch` of a console or a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Version(pub u16, pub u16, pub u16);

impl Version {
    /// Finds `v?1.2.3` anywhere in a text; "public-cloud", "unknown" and "" hold none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        text.char_indices()
            .filter(|&(at, c)| c.is_ascii_digit() && !text[..at].ends_with(|before: char| before.is_ascii_digit()))
            .find_map(|(at, _)| Self::parse_at(text.get(at..)?))
    }

    fn parse_at(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        let rest = parts.next()?;
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        Some(Self(major, minor, rest.get(..end)?.parse().ok()?))
    }

    /// At or above one version and below another.
    fn is_within(self, from: Self, below: Self) -> bool {
        from <= self && self < below
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}.{}", self.0, self.1, self.2)
    }
}

/// What the platform itself cannot tell apart is told apart by the region's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Era {
    /// SFTP and image hub; out of scope.
    E0,
    E1,
    E2,
    E3,
    E4,
    E5,
    E6,
}

impl Era {
    /// v5.3.0, whose tickets crash, counts as E2 (protocol.md §0).
    pub(crate) fn of(region: Version) -> Self {
        match region {
            v if v < Version(5, 1, 9) => Self::E0,
            v if v < Version(5, 3, 0) => Self::E1,
            v if v < Version(5, 15, 1) => Self::E2,
            v if v < Version(6, 0, 0) => Self::E3,
            v if v < Version(6, 2, 0) => Self::E4,
            v if v < Version(6, 4, 1) => Self::E5,
            _ => Self::E6,
        }
    }

    /// Cloud packages lie where the console's setting says.
    pub(crate) fn uses_console_storage(self) -> bool {
        self < Self::E6
    }

    /// Every package lies in the region's own store.
    pub(crate) fn uses_region_storage(self) -> bool {
        self == Self::E6
    }
}

/// What could be found out about versions (protocol.md §1.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// From `config/info`.
    pub console: Option<Version>,
    /// From `regions?check_status=yes`.
    pub region: Option<Version>,
    /// How a bad token is refused: 403 up to v6.7.4, 401 from v6.8.0 on.
    pub bad_token_status: Option<u16>,
    /// Whether `api-gateway/v1` exists: from v6.0.0 on.
    pub has_gateway_routes: Option<bool>,
    /// What the user said, kept in the profile.
    pub by_user: Option<Version>,
}

/// How sure a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// The console or region says so.
    Said,
    /// The one is taken for the other: they normally match.
    Paired,
    ByUser,
    /// From behaviour; the newest version that behaves so.
    Guessed,
}

/// The versions to go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    pub console: Version,
    pub region: Version,
    pub certainty: Certainty,
}

/// Weighs the evidence; `None` where the user must be asked.
pub(crate) fn weigh(evidence: &Evidence) -> Option<Versions> {
    let pair = |console, region, certainty| Some(Versions { console, region, certainty });
    match (evidence.console, evidence.region, evidence.by_user) {
        (Some(console), Some(region), _) => pair(console, region, Certainty::Said),
        (Some(one), None, _) | (None, Some(one), _) => pair(one, one, Certainty::Paired),
        (None, None, Some(said)) => pair(said, said, Certainty::ByUser),
        (None, None, None) => guess(evidence).and_then(|one| pair(one, one, Certainty::Guessed)),
    }
}

/// The newest version of its kind, which promises the least. v6.0.0 to v6.7.4 hold three eras: no guess there.
fn guess(evidence: &Evidence) -> Option<Version> {
    match (evidence.bad_token_status, evidence.has_gateway_routes) {
        (Some(401), _) => Some(Version(6, 9, 8)),
        (_, Some(false)) => Some(Version(5, 17, 3)),
        _ => None,
    }
}

/// How a console spells tickets (protocol.md §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TicketForm {
    Old,
    New,
}

/// Whether the platform's own restore ends well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestoreFinishes {
    Yes,
    /// B-1: not on open-source consoles from v5.15.1 on, as far as anyone knows.
    NotExpected,
    /// Seen to end well on this very console.
    Seen,
    /// Seen to fail there, whatever its version promises.
    SeenFailing,
}

/// What was seen on this console so far (kept in the profile).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Observed {
    #[default]
    Nothing,
    RestoreFinished,
    RestoreFailed,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of protocol.md's capability table")]
pub(crate) struct Capabilities {
    pub era: Era,
    pub can_create_backup: bool,
    pub can_list_app_backups: bool,
    pub can_start_restore: bool,
    pub restore_finishes: RestoreFinishes,
    pub import_export: bool,
    pub ticket_form: TicketForm,
    /// A restore into another team or region of the console finds its package.
    pub can_migrate_elsewhere: bool,
    /// The list of apps with states; without it only names.
    pub can_list_apps: bool,
    pub has_gateway_routes: bool,
    /// Lets a stopped share-file volume's files into the package at all (protocol.md §6.6).
    pub packs_shared_volumes: bool,
}

/// What to expect to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of protocol.md's bug table")]
pub(crate) struct Quirks {
    /// `all_status` lists no records (B-11).
    pub all_status_is_broken: bool,
    /// A bad token is refused with this status; the code is 10405 everywhere (B-23).
    pub auth_expired_status: u16,
    /// Deleting a running backup is answered with yes (v5.17.3 513).
    pub delete_lies: bool,
    /// Unpacking loses the data of stateless components and fails on stateful ones (B-4).
    pub unzip_strips_roots: bool,
    /// Old array metadata cannot be restored (B-20).
    pub refuses_array_metadata: bool,
    /// The restore loads the package into memory (B-17).
    pub restores_in_memory: bool,
    /// Objects of the bucket end after a year (B-18).
    pub expires_objects: bool,
    /// The bucket's S3 provider is refused; only OSS works (B-8).
    pub refuses_s3: bool,
    /// Restores of components with custom graphs fail (B-31).
    pub fails_on_graphs: bool,
    /// Leaves out components that the cluster does not list (protocol.md §4.2).
    pub narrows_backups: bool,
    /// Restored components are called `…-copy` (protocol.md §8.2).
    pub adds_copy: bool,
    /// Config groups came with v5.3.1 (protocol.md §6.4): older consoles drop them.
    pub lacks_config_groups: bool,
    /// A volume of type `local-path` holds a backup back (protocol.md §4.2, footnote).
    pub refuses_local_path: bool,
}

pub(crate) fn capabilities(versions: &Versions, observed: Observed) -> Capabilities {
    let console = versions.console;
    let era = Era::of(versions.region);
    // B-0: a constructor wants an argument that the backup service does not pass.
    let broken_services = console.is_within(Version(6, 1, 0), Version(6, 6, 2));
    let in_scope = era > Era::E0 && console >= Version(5, 1, 9);
    Capabilities {
        era,
        can_create_backup: in_scope && !broken_services,
        can_list_app_backups: in_scope && !console.is_within(Version(6, 1, 0), Version(6, 2, 0)),
        can_start_restore: in_scope && !broken_services,
        restore_finishes: match observed {
            Observed::RestoreFinished => RestoreFinishes::Seen,
            Observed::RestoreFailed => RestoreFinishes::SeenFailing,
            Observed::Nothing if console < Version(5, 15, 1) => RestoreFinishes::Yes,
            Observed::Nothing => RestoreFinishes::NotExpected,
        },
        // B-9.
        import_export: in_scope && console != Version(5, 3, 0),
        ticket_form: if console < Version(5, 3, 0) { TicketForm::Old } else { TicketForm::New },
        can_migrate_elsewhere: matches!(era, Era::E1 | Era::E2 | Era::E3),
        can_list_apps: console >= Version(5, 2, 2),
        has_gateway_routes: console >= Version(6, 0, 0),
        packs_shared_volumes: matches!(era, Era::E1 | Era::E2 | Era::E3),
    }
}

pub(crate) fn quirks(versions: &Versions) -> Quirks {
    let Versions { console, region, .. } = *versions;
    let era = Era::of(region);
    Quirks {
        all_status_is_broken: console < Version(6, 7, 0),
        auth_expired_status: if console < Version(6, 8, 0) { 403 } else { 401 },
        delete_lies: console < Version(6, 0, 0),
        unzip_strips_roots: region >= Version(6, 2, 0),
        refuses_array_metadata: region.is_within(Version(5, 1, 9), Version(6, 7, 0)),
        restores_in_memory: era < Era::E6,
        expires_objects: region >= Version(6, 5, 0),
        refuses_s3: matches!(era, Era::E4 | Era::E5),
        fails_on_graphs: console.is_within(Version(5, 15, 2), Version(6, 3, 0)),
        narrows_backups: console >= Version(6, 7, 0),
        adds_copy: console >= Version(5, 3, 1),
        lacks_config_groups: console < Version(5, 3, 1),
        refuses_local_path: console < Version(6, 7, 0),
    }
}

/// Whether an app goes from a newer platform to an older one.
pub(crate) fn goes_back(from: &Versions, to: &Versions) -> bool {
    to.region < from.region || to.console < from.console
}

/// Keys of a package's metadata that consoles know only from a version on, as `table.key`: older ones fail on them
/// (protocol.md §8.7).
const KEYS_SINCE: &[(&str, Version)] = &[
    ("service_volumes.mode", Version(5, 3, 3)),
    ("service_base.k8s_component_name", Version(5, 5, 0)),
    ("service_base.job_strategy", Version(5, 8, 0)),
    ("service_ports.name", Version(5, 11, 0)),
    ("service_base.arch", Version(5, 15, 0)),
    ("service_base.dockerfile", Version(6, 4, 0)),
    ("service_base.build_strategy", Version(6, 7, 0)),
];

pub(crate) fn unknown_keys(versions: &Versions) -> Vec<&'static str> {
    KEYS_SINCE.iter().filter(|(_, since)| versions.console < *since).map(|(key, _)| *key).collect()
}

/// Whose store a package lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StoreKind {
    /// The one in the console's object storage setting.
    Console,
    /// The region's own, which no API names (protocol.md §3.4).
    Region,
}

/// A bucket and a key in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub store: StoreKind,
    pub bucket: String,
    pub key: String,
}

/// Why a package is in no store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// E0.
    EraNotSupported,
    /// A local backup of E1 to E5: a file inside the cluster.
    OnClusterDisk,
    /// The console's setting names no bucket.
    NoBucket,
}

/// What the key of a package is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackageRef<'a> {
    /// `group_uuid` of the record as it is now: the new one of an import (protocol.md §7.1).
    pub group_uuid: &'a str,
    pub version: &'a str,
    /// Last part of `source_dir`; keeps the uuid it was made under.
    pub file: &'a str,
}

/// Region bucket where the console's setting names none or is switched off.
const REGION_BUCKET: &str = "grdata";

/// Where a package is, or must be for a restore (protocol.md §6.7, §7.1). `bucket`: that of the console's setting, if enabled.
pub(crate) fn package_key(
    era: Era,
    mode: BackupMode,
    bucket: Option<&str>,
    package: PackageRef<'_>,
) -> Result<Place, NoPlace> {
    let bucket = bucket.filter(|name| !name.is_empty());
    match (era, mode) {
        (Era::E0, _) => Err(NoPlace::EraNotSupported),
        (Era::E1 | Era::E2 | Era::E3 | Era::E4 | Era::E5, BackupMode::Offline) => Err(NoPlace::OnClusterDisk),
        (Era::E1 | Era::E2 | Era::E3 | Era::E4 | Era::E5, BackupMode::Online) => {
            let bucket = bucket.ok_or(NoPlace::NoBucket)?.to_owned();
            Ok(Place { store: StoreKind::Console, bucket, key: package.file.to_owned() })
        }
        (Era::E6, BackupMode::Online | BackupMode::Offline) => Ok(Place {
            store: StoreKind::Region,
            bucket: region_bucket(bucket),
            key: format!("backup/{}/{}", package.group_uuid, package.file),
        }),
    }
}

/// The two metadata files beside a package: where E6 leaves them when it makes a backup.
pub(crate) fn metadata_keys(bucket: Option<&str>, package: PackageRef<'_>) -> [Place; 2] {
    metadata_in(&region_bucket(bucket), package)
}

/// The same where E6 looks for them at a restore: always `grdata`, whatever the setting says (protocol.md §6.7).
pub(crate) fn metadata_override_keys(package: PackageRef<'_>) -> [Place; 2] {
    metadata_in(REGION_BUCKET, package)
}

fn metadata_in(bucket: &str, package: PackageRef<'_>) -> [Place; 2] {
    ["region_apps_metadata.json", "console_apps_metadata.json"].map(|name| Place {
        store: StoreKind::Region,
        bucket: bucket.to_owned(),
        key: format!("backup/{}/{}/{name}", package.group_uuid, package.version),
    })
}

/// Where a v6 region looks for the package of an import (rebuild.md §3.2).
pub(crate) fn import_key(event: &str, file: &str) -> Place {
    Place { store: StoreKind::Region, bucket: REGION_BUCKET.to_owned(), key: format!("app/import/{event}/{file}") }
}

/// A name of two characters gets a prefix (protocol.md §3.4).
fn region_bucket(bucket: Option<&str>) -> String {
    match bucket {
        None | Some("") => REGION_BUCKET.to_owned(),
        Some(name) if name.len() == 2 => format!("gr{name}"),
        Some(name) => name.to_owned(),
    }
}

/// What a ticket for such a region must say: E6 treats both alike, and the console then wants no setting (protocol.md §7.1).
pub(crate) fn ticket_mode(era: Era) -> BackupMode {
    if era == Era::E6 { BackupMode::Offline } else { BackupMode::Online }
}

/// How a target takes an application package (rebuild.md §1.6, §3 to §6; where recordings 1500 to 1599 differ, they win).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of rebuild.md's tables of versions")]
pub(crate) struct TemplateRules {
    /// The lane is there at all (rebuild.md §0).
    pub can_import: bool,
    /// Import wants the enterprise's permission 110003 (rebuild.md §0); any login may from v6 on (recording 1521).
    pub import_wants_admin: bool,
    /// What the region's types drop (rebuild.md §1.6).
    pub keeps_component_names: bool,
    pub keeps_k8s_attributes: bool,
    pub keeps_labels: bool,
    pub keeps_governance_mode: bool,
    pub keeps_arch: bool,
    pub keeps_port_names: bool,
    pub keeps_service_names: bool,
    /// A CPU limit arrives as 0 (rebuild.md §6).
    pub loses_cpu: bool,
    /// No limit becomes 512 MB and 250 m (rebuild.md §2).
    pub limits_the_unlimited: bool,
    /// Closed inner ports arrive open, and protocols but http, tcp and udp become tcp (rebuild.md §4.3; 1539, 1540).
    pub opens_inner_ports: bool,
    pub narrows_protocols: bool,
    /// The template makes a TCP rule for an outer port that is no HTTP port (rebuild.md §4.1, §9.1).
    pub makes_tcp_rules: bool,
    /// `success` says that the images are in the registry (rebuild.md §1.2).
    pub awaits_pushes: bool,
    /// A file that failed still ends as `success` (rebuild.md §3.4).
    pub hides_failed_files: bool,
    /// The upload address is under the console (rebuild.md §3.2).
    pub uploads_through_console: bool,
    pub has_install_preflight: bool,
    /// A template of the wrong architecture is refused by the install itself (rebuild.md §3.5).
    pub checks_arch: bool,
    /// A job's schedule can be set afterwards (protocol.md §6.4: the field is there from v5.8 on).
    pub has_job_strategy: bool,
}

pub(crate) fn template_rules(versions: &Versions) -> TemplateRules {
    let Versions { console, region, .. } = *versions;
    // 5.8.1 to 5.10 pin commits between; they are treated like 5.11 (rebuild.md §1.6).
    let has_k8s_names = region > Version(5, 8, 0);
    let pushes_unseen =
        region.is_within(Version(5, 8, 1), Version(6, 0, 0)) || region.is_within(Version(6, 7, 0), Version(6, 9, 2));
    TemplateRules {
        can_import: console >= Version(5, 6, 0) && region >= Version(5, 6, 0),
        import_wants_admin: console < Version(6, 0, 0),
        keeps_component_names: has_k8s_names,
        keeps_k8s_attributes: has_k8s_names,
        keeps_labels: has_k8s_names,
        keeps_governance_mode: has_k8s_names,
        keeps_arch: region >= Version(5, 15, 1),
        keeps_port_names: region >= Version(5, 15, 1),
        keeps_service_names: region >= Version(6, 7, 0),
        loses_cpu: console < Version(6, 0, 0),
        limits_the_unlimited: console >= Version(6, 0, 0) && region < Version(6, 9, 0),
        opens_inner_ports: console >= Version(6, 0, 0),
        narrows_protocols: console >= Version(6, 0, 0),
        makes_tcp_rules: console >= Version(5, 17, 3),
        awaits_pushes: !pushes_unseen,
        hides_failed_files: region < Version(6, 9, 0),
        uploads_through_console: console >= Version(6, 9, 2),
        has_install_preflight: console >= Version(6, 9, 4),
        checks_arch: console.is_within(Version(5, 11, 0), Version(6, 9, 4)),
        has_job_strategy: console >= Version(5, 8, 0),
    }
}

#[cfg(test)]
#[path = "era_tests.rs"]
mod tests;
