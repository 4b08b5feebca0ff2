//! Every trap of protocol.md §10, and what proves that Rainferry does not fall into it: tests by name, or the reason why no
//! client can. The tests that have no better home are here.

use crate::world::{
    Client, SHOP, SHOP_VERSION, TestHost, WIKI_VERSION, World, done, eventually, failed, helpful, official, packages,
    v5_key,
};
use rainferry_core::Code;
use rainferry_core::api::{
    CheckId, JobState, Level, LineCode, PhaseName, PlanOptions, PlanRequest, PlanTarget, StartRequest,
};
use rainferry_sandbox::state::RegionBackup;
use rainferry_sandbox::{Cluster, Era, ExpiryRule, Fault, Hits, Server, Trouble};
use std::path::Path;

const CORE: &str = "src-tauri/core/src";

/// B-number, then file and function of each test that provokes it; `core:` stands for the core's source.
const PROVEN: &[(u8, &[(&str, &str)])] = &[
    (
        0,
        &[
            ("tests/it/eras.rs", "versions_that_cannot_are_refused_with_their_reason"),
            ("tests/it/eras.rs", "a_backup_is_refused_where_the_console_or_region_would_fail_it"),
            ("tests/it/quirks.rs", "a_console_that_lost_an_argument_is_named_without_its_traceback"),
            ("tests/it/sharing.rs", "an_app_of_a_console_that_cannot_back_up_arrives_through_its_template"),
        ],
    ),
    (
        1,
        &[
            ("tests/it/migrate.rs", "a_restore_ends_honestly_under_every_switch_of_the_region"),
            ("tests/it/rebuild.rs", "an_app_arrives_where_no_restore_can_finish"),
            ("tests/it/eras.rs", "an_old_console_does_not_need_the_name_that_regions_do_not_send"),
        ],
    ),
    (2, &[("tests/it/quirks.rs", "volume_files_that_no_v6_package_holds_are_announced")]),
    (
        3,
        &[
            ("tests/it/migrate.rs", "a_restore_ends_honestly_under_every_switch_of_the_region"),
            ("tests/it/migrate.rs", "within_one_store_no_byte_passes_through_this_computer"),
        ],
    ),
    (
        4,
        &[
            ("tests/it/mend.rs", "volume_data_arrives_where_the_platform_alone_loses_it"),
            ("tests/it/eras.rs", "versions_that_cannot_are_refused_with_their_reason"),
        ],
    ),
    (
        5,
        &[
            ("tests/it/mend.rs", "images_arrive_under_the_targets_registry"),
            ("tests/it/mend.rs", "a_registry_that_cannot_be_learnt_is_warned_of"),
        ],
    ),
    (6, &[("core:engine/preflight/traps.rs", "a_built_component_without_its_image_blocks")]),
    (7, &[("core:engine/preflight/traps.rs", "components_that_break_a_restore_are_named")]),
    (8, &[("tests/it/eras.rs", "a_backup_is_refused_where_the_console_or_region_would_fail_it")]),
    (9, &[("tests/it/eras.rs", "versions_that_cannot_are_refused_with_their_reason")]),
    (
        10,
        &[
            ("core:console/tests/behaviour.rs", "web_pages_are_told_from_answers"),
            ("tests/it/quirks.rs", "a_console_that_lost_an_argument_is_named_without_its_traceback"),
            ("src-tauri/sandbox/tests/v52.rs", "crashes_are_web_pages_and_a_second_backup_is_a_plain_refusal"),
        ],
    ),
    (11, &[("tests/it/quirks.rs", "calls_that_lie_are_never_made")]),
    (12, &[("tests/it/quirks.rs", "a_restore_that_the_cluster_failed_is_not_waited_for_for_ever")]),
    (13, &[("tests/it/quirks.rs", "calls_that_lie_are_never_made")]),
    (
        14,
        &[
            ("tests/it/resume.rs", "a_client_killed_again_and_again_doubles_nothing"),
            ("core:bak/record.rs", "each_of_the_eleven_fields_is_required"),
            ("core:bak/decode.rs", "a_file_above_the_consoles_limit_is_refused"),
        ],
    ),
    (15, &[("tests/it/quirks.rs", "backups_asked_for_in_one_second_all_come_to_be")]),
    (16, &[("tests/it/migrate.rs", "a_restore_ends_honestly_under_every_switch_of_the_region")]),
    (17, &[("core:engine/preflight/traps.rs", "a_large_package_is_told_of_where_it_is_read_into_memory")]),
    (18, &[("tests/it/quirks.rs", "a_bucket_that_forgets_is_told_of")]),
    (
        19,
        &[
            ("core:package/tests/shapes.rs", "a_data_zip_that_ends_at_a_link_is_known_by_it"),
            ("core:engine/preflight/traps.rs", "data_that_ends_at_a_link_is_told_of"),
        ],
    ),
    (20, &[("core:engine/preflight/traps.rs", "array_metadata_blocks_where_it_cannot_be_read")]),
    (21, &[("core:console/tests/behaviour.rs", "login_is_a_plain_form_without_a_captcha_switch")]),
    (
        22,
        &[
            ("core:console/tests/behaviour.rs", "team_and_region_go_both_ways_and_a_sub_path_stays"),
            ("src-tauri/sandbox/tests/v52.rs", "the_region_is_read_from_headers_and_cookies_only"),
            ("tests/it/eras.rs", "an_old_console_is_listed_backed_up_and_exported"),
        ],
    ),
    (
        23,
        &[
            ("core:console/tests/behaviour.rs", "codes_decide_whatever_the_status_is"),
            ("tests/it/faults.rs", "a_login_that_runs_out_in_the_middle_is_renewed_unnoticed"),
        ],
    ),
    (24, &[("core:console/tests/behaviour.rs", "all_pages_are_read_and_none_past_the_end")]),
    (25, &[("core:engine/preflight/traps.rs", "components_that_break_a_restore_are_named")]),
    (
        27,
        &[
            ("tests/it/secrets.rs", "no_secret_leaves_the_keyring"),
            ("core:console/tests/behaviour.rs", "secrets_never_leave_by_an_error"),
        ],
    ),
    (28, &[("tests/it/quirks.rs", "a_backup_the_console_never_heard_of_holds_the_next_one_back_and_no_longer")]),
    (29, &[("core:console/tests/recordings.rs", "every_recorded_answer_is_understood_as_the_table_says")]),
    (30, &[("tests/it/migrate.rs", "a_restore_ends_honestly_under_every_switch_of_the_region")]),
    (31, &[("core:engine/preflight/traps.rs", "components_that_break_a_restore_are_named")]),
];

/// What no client meets, and why.
const OUT_OF_REACH: &[(u8, &str)] = &[(
    26,
    "owners and modes of folders get lost while a region from v6.2.0 on unpacks volume data; the plan of a restore says that such data is not reliably read (B-2, B-4)",
)];

#[test]
fn every_trap_is_proven_or_out_of_reach() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut numbers: Vec<u8> = PROVEN.iter().map(|(number, _)| *number).collect();
    numbers.extend(OUT_OF_REACH.iter().map(|(number, _)| *number));
    numbers.sort_unstable();
    assert_eq!(numbers, (0..=31).collect::<Vec<u8>>(), "each trap once");
    assert!(OUT_OF_REACH.iter().all(|(_, why)| why.len() > 20));
    for (number, tests) in PROVEN {
        assert!(!tests.is_empty(), "B-{number}");
        for (file, name) in *tests {
            let path = file.strip_prefix("core:").map_or_else(|| root.join(file), |rest| root.join(CORE).join(rest));
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(text.contains(&format!("fn {name}(")), "B-{number}: {name} is not in {file}");
        }
    }
}

async fn backup(client: &Client, cluster: &Cluster, app: &str) -> PlanRequest {
    let options = PlanOptions { stop_stateful: true, ..official() };
    PlanRequest { source: client.app(cluster, app).await, target: PlanTarget::Backup, options }
}

/// B-0, met in the middle: the console was changed between plan and start. Its answer is a traceback (B-10).
#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_lost_an_argument_is_named_without_its_traceback() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let plan = client.plan(backup(&client, world.shanghai(), "监控").await).await;
    world.shanghai().faults().switch(|switches| switches.version = Some("v6.5.0".to_owned()));
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    let job = client.end(&job.id).await;
    failed(&job, Code::ConsoleRefused);
    let shown = serde_json::to_string(&job).unwrap();
    assert!(!shown.contains("Traceback") && !shown.contains("site-packages"), "{shown}");
}

/// B-2: the backup succeeds and holds no file of any volume.
#[tokio::test(flavor = "multi_thread")]
async fn volume_files_that_no_v6_package_holds_are_announced() {
    let world = World::of_eras(Era::V6_9_8, Era::V6_9_8).await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), WIKI_VERSION).await;
    let target = client.team("guangzhou", "gz1").await;
    let plan = client.plan(PlanRequest { source, target, options: official() }).await;
    let lost = plan.stays.iter().find(|line| line.code == LineCode::StaysVolumeData).unwrap();
    assert_eq!(lost.facts["names"], "知识库/pages");
}

/// B-11: `all_status` lists no records up to v6.6.2. B-13: a restore that is asked for with an event starts a second one.
#[tokio::test(flavor = "multi_thread")]
async fn calls_that_lie_are_never_made() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    done(&client.perform(backup(&client, world.beijing(), SHOP).await).await);
    done(&client.perform(client.voyage(&world).await).await);
    for cluster in [world.beijing(), world.shanghai()] {
        let calls = cluster.faults().calls();
        assert!(calls.len() > 10 && calls.iter().all(|call| !call.path.ends_with("/all_status")), "{calls:?}");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(CORE).join("console");
    let restore = std::fs::read_to_string(root.join("restore.rs")).unwrap();
    let start = restore.split("fn start_restore(").nth(1).unwrap();
    let body = start.split("json!({").nth(1).unwrap().split("})").next().unwrap();
    let keys: Vec<&str> = body.split('"').skip(1).step_by(2).collect();
    assert_eq!(keys, ["team", "region", "backup_id", "migrate_type"]);
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("\"all_status\""), "{}", path.display());
        }
    }
}

/// B-12: the console never learns that its cluster failed; the record stays `starting`.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_the_cluster_failed_is_not_waited_for_for_ever() {
    let world = World::two_clusters().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    client.save(world.shanghai()).await;
    world.shanghai().faults().switch(|switches| switches.restore_fails = true);
    let job = client.start(client.voyage(&world).await).await;
    client.in_phase(&job.id, PhaseName::Restore).await;
    // Polled once: from then on its patience runs.
    let poll = "/console/teams/ops/groupapp/*/migrate";
    eventually("a poll", || world.shanghai().faults().count(Server::Console, "GET", poll) > 0).await;
    host.hurry(30);
    let job = client.end(&job.id).await;
    failed(&job, Code::RestoreStuck);
    assert_eq!(world.shanghai().inspect().migrations.last().unwrap().status, "starting");
}

/// B-15: a backup's version is a second, and no two of a region may share one.
#[tokio::test(flavor = "multi_thread")]
async fn backups_asked_for_in_one_second_all_come_to_be() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = packages(world.beijing()).await.len();
    let (one, two) = (
        client.start(backup(&client, world.beijing(), SHOP).await).await,
        client.start(backup(&client, world.beijing(), "wiki").await).await,
    );
    for job in [one, two] {
        done(&client.end(&job.id).await);
    }
    assert_eq!(packages(world.beijing()).await.len(), before + 2);
}

/// B-18 and whatever else a bucket's owner set: a catch-all rule of the region's own ends every object after a year.
#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_forgets_is_told_of() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let told = |plan: &rainferry_core::api::PlanView| {
        let rows = plan.checks.iter().filter(|check| check.id == CheckId::Expiry);
        rows.map(|check| (check.level, check.line.code, check.line.message.clone())).collect::<Vec<_>>()
    };
    let on_v6 = told(&client.plan(backup(&client, world.shanghai(), "监控").await).await);
    assert_eq!((on_v6.len(), on_v6[0].0, on_v6[0].1), (1, Level::Warn, LineCode::CheckExpiryDays));
    assert!(on_v6[0].2.contains("365 days") && on_v6[0].2.contains("rule expire-after-365-days, keys *"), "{on_v6:?}");
    let on_v5 = told(&client.plan(backup(&client, world.beijing(), SHOP).await).await);
    assert_eq!((on_v5.len(), on_v5[0].1), (1, LineCode::CheckExpiryNone));

    // The backup's own object and the place it goes to, each by its bucket's rules.
    let key = v5_key(world.beijing(), SHOP_VERSION);
    let rule = |prefix: &str| ExpiryRule { id: "tidy".to_owned(), prefix: prefix.to_owned(), days: 30 };
    world.beijing().faults().switch(|switches| switches.expiry_rules = vec![rule("other/"), rule(&key[..4])]);
    let both = told(&client.plan(client.voyage(&world).await).await);
    assert_eq!(both.iter().map(|row| row.1).collect::<Vec<_>>(), [LineCode::CheckExpiryDays; 2], "{both:?}");
    assert!(
        both.iter()
            .any(|row| row.2.contains(&format!("30 days after it was written (rule tidy, keys {}*)", &key[..4])))
    );
    assert!(both.iter().any(|row| row.2.contains("shanghai")));
    world.shanghai().faults().switch(|switches| switches.expiry_rules = vec![rule("backup/")]);
    assert!(told(&client.plan(client.voyage(&world).await).await).iter().any(|row| row.2.contains("keys backup/*")));

    // A store that tells nothing: what is known of the version, or that nothing is.
    let denied = Fault::store("GetBucketLifecycleConfiguration", "**", Hits::Always, Trouble::Fail { status: 403 });
    world.beijing().faults().set(denied.clone());
    world.shanghai().faults().set(denied);
    let untold = told(&client.plan(client.voyage(&world).await).await);
    let codes = [LineCode::CheckExpiryWarn, LineCode::CheckExpiryUnknown];
    assert_eq!(untold.iter().map(|row| row.1).collect::<Vec<_>>(), codes, "{untold:?}");
}

/// B-28: the console gave up waiting for its region, which works on: there is a backup and no record of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_the_console_never_heard_of_holds_the_next_one_back_and_no_longer() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let group_uuid = {
        let state = world.beijing().inspect();
        state.backups.iter().find(|row| row.version == SHOP_VERSION).unwrap().group_uuid.clone()
    };
    let unheard = RegionBackup {
        backup_id: "unheard".to_owned(),
        group_uuid,
        version: "20260901000000".to_owned(),
        region: "beijing".to_owned(),
        status: "starting".to_owned(),
        ..RegionBackup::default()
    };
    world.beijing().edit(|state| state.region_backups.push(unheard)).unwrap();
    let job = client.perform(backup(&client, world.beijing(), SHOP).await).await;
    assert_eq!(job.state, JobState::Failed);
    helpful(job.problem.as_ref().unwrap(), Code::BackupBusy);
    let ended = |row: &mut RegionBackup| row.status = "success".to_owned();
    world.beijing().edit(|state| state.region_backups.iter_mut().for_each(ended)).unwrap();
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
}
