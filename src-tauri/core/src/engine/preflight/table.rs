//! Every check there is: which plans it belongs to, what it can say at which level, what to do about it, and the test that
//! makes it warn or block. A check that is not in the table has no words, and no plan may show it.

use crate::check::{CheckId, CheckView, Level};
use crate::engine::plan::PlanKind;
use crate::line::{Line, LineCode};

/// One thing a check can say.
pub(crate) struct Say {
    pub level: Level,
    pub code: LineCode,
    pub fix: Option<LineCode>,
}

pub(crate) struct Row {
    pub id: CheckId,
    pub plans: &'static [PlanKind],
    pub says: &'static [Say],
    /// What it looks at.
    #[cfg(test)]
    pub looks_at: &'static str,
    /// `file::test`, of `tests/it` or of this room.
    #[cfg(test)]
    pub provoked_by: &'static str,
}

macro_rules! table {
    (@fix) => { None };
    (@fix $fix:ident) => { Some(LineCode::$fix) };
    ($($id:ident $looks_at:literal [$($plan:ident)*] by $test:literal
       { $($level:ident $code:ident $(=> $fix:ident)?;)* })*) => {
        pub(crate) const TABLE: &[Row] = &[$(Row {
            id: CheckId::$id,
            plans: &[$(PlanKind::$plan),*],
            says: &[$(Say { level: Level::$level, code: LineCode::$code, fix: table!(@fix $($fix)?) }),*],
            #[cfg(test)]
            looks_at: $looks_at,
            #[cfg(test)]
            provoked_by: $test,
        }),*];
    };
}

table! {
    Connection "name, TCP, TLS, HTTP of a console" [Migrate Export Import Backup Restore]
        by "faults::clusters_that_do_not_answer_are_named_and_nothing_is_planned" {
        Block CheckConnectionBlock => FixConnection;
    }
    Login "user and password" [Migrate Export Import Backup Restore]
        by "official::a_login_that_fails_is_a_line_of_the_plan_on_either_side" {
        Pass CheckLoginPass;
        Block CheckLoginBlock => FixLogin;
    }
    Token "the end of the login's token" [Migrate Export Import Backup Restore]
        by "checks::clocks_that_disagree_and_a_login_about_to_end" {
        Pass CheckTokenPass;
        Warn CheckTokenWarn => FixToken;
    }
    Clock "the console's HTTP Date beside this computer's clock" [Migrate Export Import Backup Restore]
        by "checks::clocks_that_disagree_and_a_login_about_to_end" {
        Pass CheckClockPass;
        Warn CheckClockWarn => FixClock;
    }
    Region "whether the region answers its console" [Migrate Export Import Backup Restore]
        by "faults::clusters_that_do_not_answer_are_named_and_nothing_is_planned" {
        Pass CheckRegionPass;
        Block CheckRegionBlock => FixRegion;
    }
    Rights "backup rights of the user in either team" [Migrate Export Import Backup Restore]
        by "checks::a_viewer_may_not" {
        Pass CheckRightsPass;
        Block CheckRightsBlock => FixRights;
    }
    ReadOnly "the profile's own switch" [Migrate Import Backup Restore]
        by "migrate::a_read_only_profile_is_never_written_to" {
        Block CheckReadOnlyBlock => FixReadOnly;
    }
    Production "the profile's environment" [Migrate Import Restore]
        by "checks::what_is_asked_of_the_target" {
        Pass CheckProductionPass;
        Warn CheckProductionWarn => FixProduction;
    }
    Versions "the versions of both regions" [Migrate]
        by "checks::what_is_asked_of_the_target" {
        Pass CheckVersionsPass;
        Warn CheckVersionsWarn => FixVersions;
    }
    Era "whether the version can back up" [Backup]
        by "eras::a_backup_is_refused_where_the_console_or_region_would_fail_it" {
        Block CheckEraBlock => FixEra;
    }
    Lane "the ways an app can come to life there" [Migrate Import Restore]
        by "checks::what_is_asked_of_the_target" {
        Pass CheckLanePass;
        Warn CheckEraWarn => FixLaneTry;
        Warn CheckLaneUnverified => FixLaneTry;
        Block CheckEraBlock => FixEra;
        Block RebuildNotTooOld => FixLane;
        Block RebuildNotFirst => FixLane;
        Block RebuildNotAllowed => FixLane;
        Block RebuildNotBuilt => FixLane;
        Block RebuildNotPostable => FixStoreMissing;
    }
    LastJob "jobs of this computer with the same app" [Migrate Export Import Backup Restore]
        by "checks::the_last_job_of_the_app_is_told_of" {
        Pass CheckLastJobPass;
        Warn CheckLastJobFailed => FixLastJob;
        Warn CheckLastJobRunning => FixLastJobRunning;
    }
    Stateful "components that hold data and run" [Migrate Export Backup]
        by "backup::a_running_database_holds_the_backup_back" {
        Pass CheckStatefulPass;
        Warn CheckStatefulWarn;
        Warn CheckStatefulHot => FixStatefulHot;
        Block CheckStatefulBlock => FixStateful;
    }
    CustomVolumes "volume types that no backup carries" [Migrate Export Backup]
        by "backup::a_custom_volume_holds_the_backup_back" {
        Warn CheckCustomVolumesWarn => FixByHand;
        Block CheckCustomVolumesBlock => FixCustomVolumes;
    }
    ObjectStorage "the console's object storage setting" [Migrate Export Backup Restore]
        by "checks::a_backup_without_object_storage" {
        Pass CheckObjectStoragePass;
        Block CheckObjectStorageBlock => FixObjectStorage;
    }
    Size "earlier backups beside 5 GB (OSS) and 48.8 GiB (a region's store)" [Backup]
        by "backup_size::the_largest_of_the_newest_is_held_against_the_limit" {
        Pass CheckSizeUnknown;
        Pass CheckSizePass;
        Pass CheckSizeFits;
        Warn CheckSizeWarn => FixSize;
    }
    Expiry "lifecycle rules that delete objects (B-18)" [Migrate Import Backup]
        by "quirks::a_bucket_that_forgets_is_told_of" {
        Pass CheckExpiryNone;
        Pass CheckExpiryUnknown;
        Warn CheckExpiryDays => FixExpiry;
        Warn CheckExpiryDate => FixExpiry;
        Warn CheckExpiryWarn => FixExpiry;
    }
    Backup "the record's status" [Migrate Export Restore]
        by "checks::a_backup_that_failed" {
        Warn CheckLiveWarn;
        Block CheckBackupBlock => FixBackup;
    }
    Share "whether the platform exports the app as a template, and what of it (B-0)" [Migrate Export]
        by "sharing::an_app_that_cannot_be_shared_is_refused_with_words" {
        Pass CheckSharePass;
        Warn CheckShareLeaves => FixByHand;
        Warn CheckShareLater;
        Block CheckShareStopped => FixShareStopped;
        Block CheckShareNotFirst => FixShareNotFirst;
        Block CheckLiveNothing => FixLiveNothing;
    }
    SourceStore "the store the package lies in, and pods of the source write to" [Migrate Export Import]
        by "faults::a_store_that_cannot_be_used_blocks_the_plan_on_either_side" {
        Pass CheckStorePass;
        Block CheckPackageUnread => FixStoreUnseen;
        Block CheckStoreMissing => FixStoreMissing;
        Block CheckStoreBlock => FixStore;
    }
    TargetStore "the store the package goes to" [Migrate Import]
        by "faults::a_store_that_cannot_be_used_blocks_the_plan_on_either_side" {
        Pass CheckStorePass;
        Block CheckStoreMissing => FixStoreMissing;
        Block CheckStoreBlock => FixStore;
    }
    Package "there, readable, of the recorded size, whole (B-19)" [Migrate Export Import Restore]
        by "faults::a_missing_package_is_found_out_before_anything_is_made" {
        Pass CheckPackagePass;
        Warn CheckPackageUnseenWarn => FixStoreUnseen;
        Warn CheckRecordOnlyWarn => FixRecordOnly;
        Warn CheckCutShortWarn => FixCutShort;
        Block CheckPackageMissing => FixPackageMissing;
        Block CheckPackageSize => FixPackage;
        Block CheckPackageUnread => FixPackage;
    }
    Bundle "the file's own checksums" [Import]
        by "sharing::a_live_app_becomes_a_bundle_that_only_a_rebuild_takes" {
        Pass CheckBundlePass;
        Block CheckBundleTemplate => FixBundleTemplate;
    }
    Metadata "settings newer or older than the target's console (§8.7, B-20)" [Migrate Import]
        by "repairs::settings_that_the_console_does_not_know_are_told_of" {
        Pass CheckMetadataPass;
        Warn CheckMetadataWarn => FixByHand;
        Block CheckArrayBlock => FixArray;
    }
    Images "images that should be in the package (B-6)" [Migrate Import]
        by "traps::a_built_component_without_its_image_blocks" {
        Block CheckImagesBlock => FixImages;
    }
    NeverBuilt "components without an image, since none was ever made" [Migrate Import Restore]
        by "content::components_that_were_never_built_are_named" {
        Pass CheckNeverBuiltPass;
        Warn CheckNeverBuiltWarn => FixNeverBuilt;
    }
    Components "KubeBlocks (B-7), third-party (B-25), graphs (B-31)" [Migrate Import Backup]
        by "traps::components_that_break_a_restore_are_named" {
        Warn CheckThirdPartyWarn => FixByHand;
        Warn CheckThirdPartyKept => FixByHand;
        Warn CheckKubeblocksWarn => FixByHand;
        Block CheckKubeblocksBlock => FixComponents;
        Block CheckGraphsBlock => FixComponents;
    }
    VolumeData "files of volumes in the package (B-2, B-4)" [Migrate Export Import Restore]
        by "mend::volume_data_arrives_where_the_platform_alone_loses_it" {
        Pass CheckVolumeDataPass;
        Pass CheckLiveDataPass;
        Warn CheckLiveDataWarn => FixVolumeFiles;
        Pass CheckShareDataPass;
        Warn CheckShareDataWarn => FixVolumeFiles;
        Warn CheckVolumeDataMended => FixVolumeFiles;
        Warn CheckVolumeDataDropped => FixVolumeFiles;
        Block CheckVolumeDataBlock => FixVolumeData;
    }
    Registry "the registry in image names (B-5)" [Migrate Import Restore]
        by "mend::a_registry_that_cannot_be_learnt_is_warned_of" {
        Pass CheckRegistryPass;
        Pass CheckRegistryMended;
        Warn CheckRegistryUnknown => FixRegistry;
        Warn CheckRegistryWarn => FixRegistryOwn;
    }
    OwnRegistry "the user's own registry: it answers, lets in, takes what is written (rebuild.md §7.2)" [Migrate Import]
        by "registry::a_registry_that_cannot_be_used_blocks_and_says_why" {
        Pass CheckOwnRegistryPass;
        Block CheckOwnRegistryMissing => FixOwnRegistryMissing;
        Block CheckOwnRegistryDown => FixOwnRegistryDown;
        Block CheckOwnRegistryLogin => FixOwnRegistryLogin;
        Block CheckOwnRegistryDenied => FixOwnRegistryDenied;
    }
    RegistryTrust "whether nodes pull from that registry without more (rebuild.md §7.2)" [Migrate Import]
        by "registry::an_app_arrives_through_a_registry_of_ones_own" {
        Pass CheckRegistryTrustPass;
        Warn CheckRegistryTrustPlain => FixRegistryTrustPlain;
        Warn CheckRegistryTrustOwn => FixRegistryTrustOwn;
    }
    Architecture "what components are built for beside what nodes there are" [Migrate Import]
        by "content::an_architecture_that_no_node_has_is_told_of" {
        Pass CheckArchitecturePass;
        Pass CheckArchitectureUnknown;
        Warn CheckArchitectureWarn => FixArchitecture;
    }
    Memory "a large package that a region reads into memory (B-17)" [Migrate Import]
        by "traps::a_large_package_is_told_of_where_it_is_read_into_memory" {
        Warn CheckMemoryWarn => FixMemory;
    }
    Resources "memory left in the team" [Migrate Import Restore]
        by "room::what_is_left_is_held_against_what_is_needed" {
        Pass CheckResourcesPass;
        Warn CheckResourcesWarn => FixResources;
    }
    Cpu "CPU left in the team" [Migrate Import Restore]
        by "room::what_is_left_is_held_against_what_is_needed" {
        Pass CheckCpuPass;
        Warn CheckCpuWarn => FixResources;
    }
    ClusterRoom "memory and CPU left on the cluster" [Migrate Import Restore]
        by "checks::a_cluster_with_too_little_left" {
        Pass CheckClusterPass;
        Pass CheckClusterUnknown;
        Warn CheckClusterMemoryWarn => FixClusterRoom;
        Warn CheckClusterCpuWarn => FixClusterRoom;
    }
    Name "the app's name; its name inside the cluster is made anew and nobody's" [Migrate Import]
        by "migrate::a_taken_name_gets_the_next_free_one" {
        Warn CheckNameTakenWarn => FixName;
    }
    TargetEmpty "the app that is arrived in" [Migrate Import]
        by "faults::an_app_with_components_is_no_target_and_an_empty_one_is" {
        Pass CheckTargetEmptyPass;
        Pass CheckTargetExistsPass;
        Block CheckTargetEmptyBlock => FixTarget;
    }
    KeyFree "what lies where the package must go" [Migrate Import]
        by "mend::a_taken_key_blocks_a_mended_package" {
        Pass CheckKeyFreePass;
        Pass CheckKeySamePass;
        Block CheckKeyTakenBlock => FixKey;
        Block CheckKeyTakenMended => FixKey;
    }
    Duplicate "the same backup in the target team (B-14)" [Migrate Import]
        by "official::a_backup_that_is_there_already_is_told_by_its_bytes" {
        Warn CheckDuplicateSame => FixDuplicate;
        Warn CheckDuplicateSize => FixDuplicate;
        Warn CheckDuplicateOther => FixDuplicate;
        Warn CheckDuplicateNoPackage => FixDuplicate;
    }
    Unfinished "a restore that never ended (B-12)" [Restore]
        by "content::an_unfinished_restore_warns" {
        Warn CheckUnfinishedWarn => FixUnfinished;
    }
    Routes "domains and ports that the target's gateway serves already (rebuild.md §9)" [Migrate Import]
        by "checks::an_address_that_is_taken_on_the_target" {
        Pass CheckRoutesPass;
        Warn CheckRoutesWarn => FixRoutes;
        Warn CheckRoutesUnseen => FixRoutes;
    }
    Gateway "rules of the app that are to be made again, beside those the target has (rebuild.md §9)" [Migrate Import]
        by "gateway::a_route_that_is_there_is_left_alone_and_named" {
        Pass CheckGatewayPass;
        Warn CheckGatewayWarn => FixRoutes;
        Warn CheckGatewaySameWarn => FixByHand;
        Warn CheckGatewayUnread => FixByHand;
    }
    Helper "volumes that a helper is to fill: the store its pods read, what must be let run (rebuild.md §8)" [Migrate Import]
        by "volumes::what_cannot_be_carried_is_said_and_choosing_it_blocks" {
        Warn CheckHelperWarn => FixHelper;
        Warn CheckHelperLoopback => FixHelperAddress;
        Block CheckHelperBlock => FixHelperBlock;
    }
    Reading "volumes that pods of the source are to read: what runs there, the store they write to (rebuild.md §8)" [Migrate Export Import]
        by "reading::what_cannot_be_read_is_said_and_choosing_it_blocks" {
        Warn CheckReadingWarn => FixReading;
        Warn CheckReadingLoopback => FixReadingAddress;
        Block CheckReadingBlock => FixReadingBlock;
    }
    Credentials "what looks like a secret in the package: where, never what" [Migrate Export Import]
        by "checks::what_is_asked_of_the_target" {
        Pass CheckCredentialsPass;
        Pass CheckCredentialsEncrypted;
        Warn CheckCredentialsWarn => FixCredentials;
        Warn CheckCredentialsOpen => FixCredentialsOpen;
    }
    Closed "components that run in an app that is restored into" [Restore]
        by "official::a_restore_in_place_wants_the_app_closed_and_takes_its_backups_over" {
        Pass CheckClosedPass;
        Warn CheckClosedWarn;
        Block CheckClosedBlock => FixClosed;
    }
    Disk "room in the folder of bundles" [Export]
        by "room::a_full_disk_blocks" {
        Pass CheckDiskPass;
        Block CheckDiskBlock => FixDisk;
    }
    File "a file of the bundle's name" [Export]
        by "export_import::a_file_that_is_there_is_never_overwritten" {
        Block CheckFileExistsBlock => FixFile;
    }
}

fn say(id: CheckId, code: LineCode) -> Option<(&'static Row, &'static Say)> {
    let row = TABLE.iter().find(|row| row.id == id)?;
    Some((row, row.says.iter().find(|say| say.code == code)?))
}

/// A check as a plan of this kind shows it: with what to do about it, said with the same facts.
pub(crate) fn advised(kind: PlanKind, mut check: CheckView) -> CheckView {
    let known = say(check.id, check.line.code);
    // The plan of a live app shows those of its backup, too.
    let belongs = |row: &Row| row.plans.contains(&kind) || row.plans.contains(&PlanKind::Backup);
    debug_assert!(
        known.is_some_and(|(row, say)| belongs(row) && say.level == check.level),
        "{kind:?} plans show {check:?}, which is not in the table"
    );
    let fix = known.and_then(|(_, say)| say.fix);
    check.fix = fix.map(|code| Line::with(code, check.line.facts.clone()));
    check
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_check_is_in_the_table_once() {
        for id in CheckId::ALL {
            assert_eq!(TABLE.iter().filter(|row| row.id == *id).count(), 1, "{id:?}");
        }
        assert!(TABLE.len() >= 25);
    }

    #[test]
    fn every_row_says_something_and_belongs_to_a_plan() {
        for row in TABLE {
            assert!(!row.plans.is_empty() && !row.says.is_empty() && !row.looks_at.is_empty(), "{:?}", row.id);
            // A bundle that does not read well is no plan at all.
            let judges = row.says.iter().any(|say| say.level != Level::Pass);
            assert!(judges, "{:?} never warns nor blocks", row.id);
        }
    }

    #[test]
    fn every_sentence_of_a_check_is_in_the_table() {
        let said: BTreeSet<String> =
            TABLE.iter().flat_map(|row| row.says).map(|say| format!("{:?}", say.code)).collect();
        for code in LineCode::ALL.iter().map(|code| format!("{code:?}")).filter(|code| code.starts_with("Check")) {
            assert!(said.contains(&code), "{code} is no check of the table");
        }
    }

    #[test]
    fn whatever_blocks_or_warns_says_what_to_do_with_facts_it_has() {
        // Nothing is to be done: the plan does it.
        let done = [
            LineCode::CheckStatefulWarn,
            LineCode::CheckClosedWarn,
            LineCode::CheckLiveWarn,
            LineCode::CheckShareLater,
        ];
        for say in TABLE.iter().flat_map(|row| row.says) {
            let Some(fix) = say.fix else {
                assert!(say.level == Level::Pass || done.contains(&say.code), "{:?} has no fix", say.code);
                continue;
            };
            let names = |text: &'static str| text.split('{').skip(1).filter_map(|rest| rest.split(['}', '|']).next());
            for name in names(fix.template()) {
                assert!(names(say.code.template()).any(|known| known == name), "{:?} has no {name}", say.code);
            }
        }
    }

    /// The text of a test, by `file::test`: of `tests/it`, or of this room, where it is about one check's own function.
    fn body_of(named: &str) -> Option<(bool, String)> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (file, test) = named.split_once("::")?;
        let places = [("../../tests/it", false), ("src/engine/preflight", true)];
        places.into_iter().find_map(|(place, in_room)| {
            let text = std::fs::read_to_string(here.join(place).join(format!("{file}.rs"))).ok()?;
            let (_, rest) = text.split_once(&format!("fn {test}("))?;
            let close = if in_room { "\n    }" } else { "\n}" };
            Some((in_room, rest.get(..rest.find(close)?)?.to_owned()))
        })
    }

    /// The levels other than `Pass` at which a test asserts this check: by one of its sentences, or in one statement that
    /// names the check and the level.
    fn asserted(in_room: bool, body: &str, row: &Row) -> BTreeSet<String> {
        let flat: String = body.split_whitespace().collect();
        let word_in = |text: &str, word: &str| {
            let ends = |at: usize| !text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
            text.match_indices(word).any(|(at, _)| ends(at))
        };
        let judging = || row.says.iter().filter(|say| say.level != Level::Pass);
        let said = judging().filter(|say| word_in(&flat, &format!("LineCode::{:?}", say.code)));
        let mut levels: BTreeSet<String> = said.map(|say| format!("{:?}", say.level)).collect();
        let id = format!("CheckId::{:?}", row.id);
        for part in flat.split(';').filter(|part| in_room || word_in(part, &id)) {
            let blocks = part.contains("blocked_by(");
            let named = judging().map(|say| format!("{:?}", say.level));
            levels
                .extend(named.filter(|level| part.contains(&format!("Level::{level}")) || blocks && level == "Block"));
        }
        levels
    }

    #[test]
    fn every_check_has_a_test_that_makes_it_warn_or_block() {
        let mut wrong = Vec::new();
        for row in TABLE {
            let judges = row.says.iter().any(|say| say.level != Level::Pass);
            match body_of(row.provoked_by) {
                None => wrong.push(format!("{:?}: there is no {}", row.id, row.provoked_by)),
                Some((in_room, body)) if judges && asserted(in_room, &body, row).is_empty() => {
                    wrong.push(format!("{:?}: {} asserts neither warning nor block of it", row.id, row.provoked_by));
                }
                Some(_) => {}
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_test_that_only_names_a_check_provokes_nothing() {
        let row = say(CheckId::Disk, LineCode::CheckDiskBlock).unwrap().0;
        let found = |body: &str| asserted(false, body, row).into_iter().collect::<Vec<_>>();
        assert!(found("let x = check(&plan, CheckId::Disk); assert_eq!(x.level, Level::Block);").is_empty());
        assert!(found("assert_eq!(level(&plan, CheckId::Disk), Level::Pass);").is_empty());
        assert!(found("LineCode::CheckDiskBlockade; blocked_by(&plan, CheckId::DiskTwo)").is_empty());
        assert_eq!(found("blocked_by(&plan, CheckId::Disk);"), ["Block"]);
        assert_eq!(found("assert_eq!(seen, LineCode::CheckDiskBlock)"), ["Block"]);
    }
}
