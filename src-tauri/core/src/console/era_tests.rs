//! Tables of protocol.md §0, §1.7, §6.7, §7.1 against era.rs.

use super::*;
use rstest::rstest;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn both(text: &str) -> Versions {
    Versions { console: version(text), region: version(text), certainty: Certainty::Said }
}

#[rstest]
#[case("v5.17.3-release", Some(Version(5, 17, 3)))]
#[case("v6.9.8-release-8f3c2d1-2026", Some(Version(6, 9, 8)))]
#[case("6.0.0", Some(Version(6, 0, 0)))]
#[case("release 12 of v5.2.2", Some(Version(5, 2, 2)))]
#[case("public-cloud", None)]
#[case("unknown", None)]
#[case("", None)]
#[case("v6.9", None)]
#[case("99999.1.1", None)]
#[case("版本v5.3.1。", Some(Version(5, 3, 1)))]
fn versions_are_found_in_texts(#[case] text: &str, #[case] expected: Option<Version>) {
    assert_eq!(Version::parse(text), expected);
}

#[rstest]
#[case("5.1.8", Era::E0)]
#[case("5.1.9", Era::E1)]
#[case("5.2.2", Era::E1)]
#[case("5.3.0", Era::E2)]
#[case("5.15.0", Era::E2)]
#[case("5.15.1", Era::E3)]
#[case("5.17.3", Era::E3)]
#[case("6.0.0", Era::E4)]
#[case("6.1.3", Era::E4)]
#[case("6.2.0", Era::E5)]
#[case("6.4.0", Era::E5)]
#[case("6.4.1", Era::E6)]
#[case("6.9.8", Era::E6)]
fn eras_begin_and_end_where_the_protocol_says(#[case] region: &str, #[case] expected: Era) {
    assert_eq!(Era::of(version(region)), expected);
}

/// create, list one app, import/export, start restore: the second table of protocol.md §0.
#[rstest]
#[case("5.1.9", [true, true, true, true], TicketForm::Old, RestoreFinishes::Yes)]
#[case("5.2.2", [true, true, true, true], TicketForm::Old, RestoreFinishes::Yes)]
#[case("5.3.0", [true, true, false, true], TicketForm::New, RestoreFinishes::Yes)]
#[case("5.15.0", [true, true, true, true], TicketForm::New, RestoreFinishes::Yes)]
#[case("5.15.1", [true, true, true, true], TicketForm::New, RestoreFinishes::NotExpected)]
#[case("6.0.3", [true, true, true, true], TicketForm::New, RestoreFinishes::NotExpected)]
#[case("6.1.0", [false, false, true, false], TicketForm::New, RestoreFinishes::NotExpected)]
#[case("6.1.3", [false, false, true, false], TicketForm::New, RestoreFinishes::NotExpected)]
#[case("6.2.0", [false, true, true, false], TicketForm::New, RestoreFinishes::NotExpected)]
#[case("6.6.1", [false, true, true, false], TicketForm::New, RestoreFinishes::NotExpected)]
#[case("6.6.2", [true, true, true, true], TicketForm::New, RestoreFinishes::NotExpected)]
#[case("6.9.8", [true, true, true, true], TicketForm::New, RestoreFinishes::NotExpected)]
#[case("5.1.8", [false, false, false, false], TicketForm::Old, RestoreFinishes::Yes)]
fn consoles_can_what_the_protocol_says(
    #[case] console: &str,
    #[case] can: [bool; 4],
    #[case] form: TicketForm,
    #[case] finishes: RestoreFinishes,
) {
    let found = capabilities(&both(console), Observed::Nothing);
    let found_can = [found.can_create_backup, found.can_list_app_backups, found.import_export, found.can_start_restore];
    assert_eq!((found_can, found.ticket_form, found.restore_finishes), (can, form, finishes));
}

#[test]
fn one_restore_that_was_seen_to_end_well_is_believed() {
    let found = capabilities(&both("6.9.8"), Observed::RestoreFinished);
    assert_eq!(found.restore_finishes, RestoreFinishes::Seen);
}

#[test]
fn the_region_decides_where_migrations_find_their_package() {
    for (region, expected) in [("5.2.2", true), ("5.17.3", true), ("6.0.0", false), ("6.9.8", false)] {
        assert_eq!(capabilities(&both(region), Observed::Nothing).can_migrate_elsewhere, expected, "{region}");
    }
}

#[test]
fn quirks_come_and_go_with_versions() {
    let (v5, v6) = (quirks(&both("5.17.3")), quirks(&both("6.9.8")));
    assert_eq!((v5.auth_expired_status, v6.auth_expired_status), (403, 401));
    assert_eq!((v5.all_status_is_broken, v6.all_status_is_broken), (true, false));
    assert_eq!((v5.delete_lies, v6.delete_lies), (true, false));
    assert_eq!((v5.unzip_strips_roots, v6.unzip_strips_roots), (false, true));
    assert_eq!((v5.refuses_array_metadata, v6.refuses_array_metadata), (true, false));
    assert!(quirks(&both("6.1.0")).refuses_s3 && !v5.refuses_s3 && !v6.refuses_s3);
    assert_eq!(quirks(&both("6.7.4")).auth_expired_status, 403);
}

#[rstest]
#[case(Evidence { console: Some(Version(6, 9, 8)), region: Some(Version(6, 9, 7)), ..Evidence::default() }, Some(("v6.9.8", "v6.9.7", Certainty::Said)))]
#[case(Evidence { region: Some(Version(6, 9, 8)), ..Evidence::default() }, Some(("v6.9.8", "v6.9.8", Certainty::Paired)))]
#[case(Evidence { console: Some(Version(5, 2, 2)), ..Evidence::default() }, Some(("v5.2.2", "v5.2.2", Certainty::Paired)))]
#[case(Evidence { by_user: Some(Version(5, 8, 0)), bad_token_status: Some(401), ..Evidence::default() }, Some(("v5.8.0", "v5.8.0", Certainty::ByUser)))]
#[case(Evidence { bad_token_status: Some(401), ..Evidence::default() }, Some(("v6.9.8", "v6.9.8", Certainty::Guessed)))]
#[case(Evidence { bad_token_status: Some(403), has_gateway_routes: Some(false), ..Evidence::default() }, Some(("v5.17.3", "v5.17.3", Certainty::Guessed)))]
#[case(Evidence { bad_token_status: Some(403), has_gateway_routes: Some(true), ..Evidence::default() }, None)]
#[case(Evidence::default(), None)]
fn silent_consoles_are_judged_by_what_they_do(
    #[case] evidence: Evidence,
    #[case] expected: Option<(&str, &str, Certainty)>,
) {
    let found = weigh(&evidence).map(|v| (v.console.to_string(), v.region.to_string(), v.certainty));
    assert_eq!(found, expected.map(|(console, region, sure)| (console.to_owned(), region.to_owned(), sure)));
}

const PACKAGE: PackageRef<'_> =
    PackageRef { group_uuid: "new", version: "20240102030405", file: "old_20240102030405.zip" };

#[rstest]
#[case(Era::E0, BackupMode::Online, Some("b"), Err(NoPlace::EraNotSupported))]
#[case(Era::E1, BackupMode::Online, Some("b"), Ok((StoreKind::Console, "b", "old_20240102030405.zip")))]
#[case(Era::E3, BackupMode::Online, Some("b"), Ok((StoreKind::Console, "b", "old_20240102030405.zip")))]
#[case(Era::E5, BackupMode::Online, Some("b"), Ok((StoreKind::Console, "b", "old_20240102030405.zip")))]
#[case(Era::E3, BackupMode::Online, None, Err(NoPlace::NoBucket))]
#[case(Era::E3, BackupMode::Online, Some(""), Err(NoPlace::NoBucket))]
#[case(Era::E3, BackupMode::Offline, Some("b"), Err(NoPlace::OnClusterDisk))]
#[case(Era::E4, BackupMode::Offline, Some("b"), Err(NoPlace::OnClusterDisk))]
#[case(Era::E6, BackupMode::Online, Some("backups"), Ok((StoreKind::Region, "backups", "backup/new/old_20240102030405.zip")))]
#[case(Era::E6, BackupMode::Offline, Some("backups"), Ok((StoreKind::Region, "backups", "backup/new/old_20240102030405.zip")))]
#[case(Era::E6, BackupMode::Offline, None, Ok((StoreKind::Region, "grdata", "backup/new/old_20240102030405.zip")))]
#[case(Era::E6, BackupMode::Online, Some(""), Ok((StoreKind::Region, "grdata", "backup/new/old_20240102030405.zip")))]
#[case(Era::E6, BackupMode::Online, Some("ab"), Ok((StoreKind::Region, "grab", "backup/new/old_20240102030405.zip")))]
fn packages_lie_where_their_era_puts_them(
    #[case] era: Era,
    #[case] mode: BackupMode,
    #[case] bucket: Option<&str>,
    #[case] expected: Result<(StoreKind, &str, &str), NoPlace>,
) {
    let found = package_key(era, mode, bucket, PACKAGE);
    let expected = expected.map(|(store, bucket, key)| Place { store, bucket: bucket.into(), key: key.into() });
    assert_eq!(found, expected);
}

#[test]
fn metadata_is_left_in_the_bucket_and_looked_for_in_grdata() {
    let [region, console] = metadata_keys(Some("backups"), PACKAGE);
    assert_eq!(region.bucket, "backups");
    assert_eq!(region.key, "backup/new/20240102030405/region_apps_metadata.json");
    assert_eq!(console.key, "backup/new/20240102030405/console_apps_metadata.json");
    assert!(metadata_override_keys(PACKAGE).iter().all(|place| place.bucket == "grdata"));
}

#[test]
fn tickets_say_what_the_target_region_wants() {
    assert_eq!(ticket_mode(Era::E3), BackupMode::Online);
    assert_eq!(ticket_mode(Era::E6), BackupMode::Offline);
}

#[test]
fn what_a_target_does_to_a_template_follows_its_versions() {
    let of =
        |version: Version| template_rules(&Versions { console: version, region: version, certainty: Certainty::Said });
    let (v56, v517, v63, v698) =
        (of(Version(5, 6, 0)), of(Version(5, 17, 3)), of(Version(6, 3, 0)), of(Version(6, 9, 8)));
    assert!(!of(Version(5, 5, 9)).can_import && v56.can_import);
    assert!(!v56.keeps_k8s_attributes && v517.keeps_k8s_attributes);
    assert!(!of(Version(5, 15, 0)).keeps_arch && v517.keeps_arch);
    assert_eq!([v56, v517, v63, v698].map(|rules| rules.keeps_service_names), [false, false, false, true]);
    assert_eq!([v56, v517, v63, v698].map(|rules| rules.loses_cpu), [true, true, false, false]);
    assert_eq!([v56, v517, v63, v698].map(|rules| rules.limits_the_unlimited), [false, false, true, false]);
    assert_eq!([v56, v517, v63, v698].map(|rules| rules.opens_inner_ports), [false, false, true, true]);
    assert_eq!([v56, v517, v63, v698].map(|rules| rules.awaits_pushes), [true, false, true, true]);
    assert!(!v56.makes_tcp_rules && v517.makes_tcp_rules && v517.checks_arch && !v698.checks_arch);
}
