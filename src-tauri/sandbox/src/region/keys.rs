//! Where packages lie, per era. Read from rainbond builder/exector/groupapp_backup.go and
//! groupapp_restore.go of v5.17.3 and v6.9.8; nothing is moved or read here.

use crate::era::Era;
use crate::state::ObjectStorage;

/// Where a package is kept or looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The store configured for the enterprise.
    Configured { bucket: String, key: String },
    /// The region's own store.
    Own { bucket: String, key: String },
    /// The cluster's shared disk.
    Disk,
}

/// The bucket a v6 region uses when none is configured.
pub(crate) const OWN_BUCKET: &str = "grdata";

/// The last segment of `source_dir`, which names the package everywhere.
pub(crate) fn file_name(source_dir: &str) -> &str {
    source_dir.rsplit('/').next().unwrap_or_default()
}

/// `<gid>_<version>`, the folder everything in the package lies under.
pub(crate) fn package_root(source_dir: &str) -> &str {
    file_name(source_dir).trim_end_matches(".zip")
}

/// v6 regions take only the bucket's name from the configuration.
pub(crate) fn own_bucket(storage: &ObjectStorage) -> String {
    if storage.enable { storage.bucket_name.clone() } else { OWN_BUCKET.to_owned() }
}

/// Where the package `file` of a record with this `group_uuid` belongs.
pub(crate) fn package(era: Era, storage: &ObjectStorage, group_uuid: &str, file: &str, mode: &str) -> Place {
    match era {
        Era::V5_2_2 | Era::V5_17_3 if mode == "full-online" => {
            Place::Configured { bucket: storage.bucket_name.clone(), key: file.to_owned() }
        }
        Era::V5_2_2 | Era::V5_17_3 => Place::Disk,
        Era::V6_9_8 => Place::Own { bucket: own_bucket(storage), key: format!("backup/{group_uuid}/{file}") },
    }
}

/// Where a restore looks, in order. The published v6 region looks under the record's own uuid only
/// (`downloadBackupPackage`; recorded 775).
pub(crate) fn candidates(
    era: Era,
    storage: &ObjectStorage,
    group_uuid: &str,
    file: &str,
    mode: &str,
    finds_copied: FindsCopied,
) -> Vec<Place> {
    let mut places = vec![package(era, storage, group_uuid, file, mode)];
    if era.is_v6() && finds_copied == FindsCopied::Yes {
        let original = file.split('_').next().unwrap_or_default();
        places.push(package(era, storage, original, file, mode));
    }
    places
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FindsCopied {
    Yes,
    No,
}

/// The version of a record that was handed in: the ticket's, made unlike those of backups that were made here.
pub(crate) fn copied_version(version: &str, backup_id: &str) -> String {
    format!("{version} copied {backup_id}")
}

/// The version as the ticket had it, which names the folder of metadata (protocol.md §7.1).
pub(crate) fn told_version(version: &str) -> &str {
    version.split(" copied ").next().unwrap_or(version)
}

/// The two metadata files a v6 region keeps beside a package and prefers over those inside; always in `grdata`.
pub(crate) fn metadata_key(group_uuid: &str, version: &str, file: &str) -> String {
    format!("backup/{group_uuid}/{version}/{file}")
}

pub(crate) const REGION_FILE: &str = "region_apps_metadata.json";
pub(crate) const CONSOLE_FILE: &str = "console_apps_metadata.json";

/// Where a v6 region leaves the console's metadata after a restore.
pub(crate) struct ConsoleMetadata;

impl ConsoleMetadata {
    pub(crate) const BUCKET: &'static str = OWN_BUCKET;

    pub(crate) fn key(restore_id: &str) -> String {
        format!("restore/{restore_id}/{CONSOLE_FILE}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage(enable: bool) -> ObjectStorage {
        ObjectStorage { enable, bucket_name: "c".to_owned(), ..ObjectStorage::default() }
    }

    #[test]
    fn a_v5_package_lies_flat_in_the_configured_bucket() {
        let place = package(Era::V5_17_3, &storage(true), "new", "old_2026.zip", "full-online");
        assert_eq!(place, Place::Configured { bucket: "c".to_owned(), key: "old_2026.zip".to_owned() });
        assert_eq!(package(Era::V5_17_3, &storage(true), "g", "f.zip", "full-offline"), Place::Disk);
    }

    #[test]
    fn a_v6_package_lies_under_the_records_uuid_in_both_modes() {
        for mode in ["full-online", "full-offline"] {
            let place = package(Era::V6_9_8, &storage(true), "new", "old_2026.zip", mode);
            assert_eq!(place, Place::Own { bucket: "c".to_owned(), key: "backup/new/old_2026.zip".to_owned() });
        }
        let place = package(Era::V6_9_8, &storage(false), "g", "f.zip", "full-online");
        assert_eq!(place, Place::Own { bucket: "grdata".to_owned(), key: "backup/g/f.zip".to_owned() });
    }

    #[test]
    fn only_the_lenient_region_looks_where_the_original_was() {
        let look = |finds| candidates(Era::V6_9_8, &storage(true), "new", "old_2026.zip", "full-online", finds).len();
        assert_eq!((look(FindsCopied::No), look(FindsCopied::Yes)), (1, 2));
    }

    #[test]
    fn the_root_is_the_file_without_its_ending() {
        assert_eq!(package_root("/grdata/groupbackup/g_2026.zip"), "g_2026");
        assert_eq!(file_name("/grdata/groupbackup/g_2026.zip"), "g_2026.zip");
    }
}
