//! The rest of the platform's own feature: restores within a team, the deletion of what a copy replaced, of backups and of
//! their objects, the console's storage setting, tickets, records, selections.

use crate::world::{
    Client, MONITOR_VERSION, ORPHAN_VERSION, PASSWORD, SHOP, SHOP_VERSION, TestHost, World, blocked_by, done,
    eventually, failed, helpful, official, packages, snapshot, v5_key,
};
use rainferry_core::api::{
    BackupRef, BackupsRequest, CheckId, DataSign, DeleteOriginalRequest, FileKind, Level, LineCode, PlanKind,
    PlanOptions, PlanRequest, PlanSource, PlanTarget, PlanView, RemovalRequest, RestoreManner, SelectionRequest,
    StartRequest, StorageDraft, StorageStep, StoreKind, TicketRequest,
};
use rainferry_core::{AppId, ClusterId, Code, Secret, TeamName};
use rainferry_sandbox::{Cluster, Fault, Hits, Server, Trouble};
use std::time::Duration;

const MONITOR: &str = "监控";

async fn restore(client: &Client, cluster: &Cluster, version: &str, manner: RestoreManner, stop: bool) -> PlanRequest {
    let options = PlanOptions { stop_stateful: stop, ..official() };
    PlanRequest { source: client.backup(cluster, version).await, target: PlanTarget::Restore { manner }, options }
}

async fn at(client: &Client, cluster: &Cluster, version: &str) -> BackupRef {
    match client.backup(cluster, version).await {
        PlanSource::Backup { cluster, team, backup } => BackupRef { cluster, team, backup },
        _ => unreachable!(),
    }
}

fn app_id(cluster: &Cluster, name: &str) -> u64 {
    cluster.inspect().apps.iter().find(|app| app.name == name).unwrap().id
}

fn status_of(cluster: &Cluster, app: u64) -> Vec<String> {
    let state = cluster.inspect();
    let rows = state.components.iter().filter(|row| row.app_id == app);
    rows.map(|row| row.then.as_ref().map_or(row.status.clone(), |(then, _)| then.clone())).collect()
}

fn level(plan: &PlanView, id: CheckId) -> Option<(Level, LineCode)> {
    plan.checks.iter().find(|check| check.id == id).map(|check| (check.level, check.line.code))
}

async fn removal(client: &Client, cluster: &Cluster, version: &str, objects: bool) -> RemovalRequest {
    RemovalRequest { backup: at(client, cluster, version).await, objects, confirm: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_beside_leaves_the_original_until_its_name_is_typed() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = restore(&client, world.shanghai(), MONITOR_VERSION, RestoreManner::Beside, false).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!((plan.kind, level(&plan, CheckId::Closed)), (PlanKind::Restore, None));
    assert_eq!(plan.checks.iter().find(|check| check.level == Level::Block), None);
    let job = client.perform(request).await;
    done(&job);
    let report = job.report.clone().unwrap();
    let (old, new) = (app_id(world.shanghai(), MONITOR), u64::try_from(report.app_id.unwrap().0).unwrap());
    assert_ne!(old, new);
    assert_eq!(
        (status_of(world.shanghai(), old), status_of(world.shanghai(), new)),
        (vec!["running".to_owned()], vec!["running".to_owned()])
    );
    assert!(report.app_url.unwrap().ends_with(&format!("/#/team/ops/region/shanghai/apps/{new}")));
    let original = report.original.unwrap();
    assert!(original.can_delete && !original.deleted && original.name == MONITOR);

    let confirm = |confirm: &str| DeleteOriginalRequest { job: job.id.clone(), confirm: confirm.to_owned() };
    helpful(&client.core.delete_original(confirm("monitor")).await.unwrap_err(), Code::NotConfirmed);
    // A copy that does not run is no reason to delete anything, whatever it did when it was compared.
    world
        .shanghai()
        .edit(|state| {
            state.components.iter_mut().filter(|row| row.app_id == new).for_each(|row| row.status = "closed".into());
        })
        .unwrap();
    helpful(&client.core.delete_original(confirm(MONITOR)).await.unwrap_err(), Code::ArrivedIncomplete);
    let path = "/console/teams/*/groupapp/*/delete";
    assert_eq!(world.shanghai().faults().count(Server::Console, "DELETE", path), 0);
    world
        .shanghai()
        .edit(|state| {
            state.components.iter_mut().filter(|row| row.app_id == new).for_each(|row| row.status = "running".into());
        })
        .unwrap();
    let after = client.core.delete_original(confirm(MONITOR)).await.unwrap();
    assert!(after.report.unwrap().original.unwrap().deleted);
    let state = world.shanghai().inspect();
    assert!(state.apps.iter().all(|app| app.id != old) && state.apps.iter().any(|app| app.id == new));
    assert_eq!(client.core.delete_original(confirm(MONITOR)).await.unwrap_err().code, Code::BadRequest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_in_place_wants_the_app_closed_and_takes_its_backups_over() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let plan =
        client.plan(restore(&client, world.shanghai(), MONITOR_VERSION, RestoreManner::InPlace, false).await).await;
    assert!(blocked_by(&plan, CheckId::Closed).contains("看板"));
    let request = restore(&client, world.shanghai(), MONITOR_VERSION, RestoreManner::InPlace, true).await;
    assert_eq!(
        level(&client.plan(request.clone()).await, CheckId::Closed),
        Some((Level::Warn, LineCode::CheckClosedWarn))
    );
    let old = app_id(world.shanghai(), MONITOR);
    let job = client.perform(request).await;
    done(&job);
    let report = job.report.unwrap();
    let new = u64::try_from(report.app_id.unwrap().0).unwrap();
    assert_eq!(status_of(world.shanghai(), old), ["closed"], "the original runs beside its copy");
    assert!(report.missing.iter().any(|line| line.code == LineCode::ReportOriginalStopped));
    assert_eq!(status_of(world.shanghai(), new), ["running"]);
    let state = world.shanghai().inspect();
    assert!(state.backups.iter().filter(|row| row.version == MONITOR_VERSION).all(|row| row.app_id == new));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_original_is_started_again_when_a_restore_in_place_fails() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.shanghai().faults().switch(|switches| switches.sends_component_name = false);
    let old = app_id(world.shanghai(), MONITOR);
    let request = restore(&client, world.shanghai(), MONITOR_VERSION, RestoreManner::InPlace, true).await;
    let job = client.perform(request).await;
    failed(&job, Code::RestoreFailed);
    assert_eq!(status_of(world.shanghai(), old), ["running"]);
    assert!(job.leftovers.iter().any(|left| left.line.code == LineCode::LeftApp), "{:?}", job.leftovers);
    // Tried again once the region is mended: one copy, and nothing of the first try.
    world.shanghai().faults().switch(|switches| switches.sends_component_name = true);
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
    let state = world.shanghai().inspect();
    assert_eq!(state.apps.iter().filter(|app| app.name.starts_with(MONITOR)).count(), 2);
    assert_eq!(status_of(world.shanghai(), old), ["closed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backup_of_an_app_that_is_gone_comes_back_as_a_new_app() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let job =
        client.perform(restore(&client, world.beijing(), ORPHAN_VERSION, RestoreManner::InPlace, false).await).await;
    done(&job);
    let report = job.report.unwrap();
    assert_eq!(report.original, None);
    let state = world.beijing().inspect();
    let app = state.apps.iter().find(|app| app.id == u64::try_from(report.app_id.unwrap().0).unwrap()).unwrap();
    assert!(app.name.starts_with("备份应用_"), "{}", app.name);
}

/// The answer to the start is never heard; the next program finds the restore again and starts no second one.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_within_a_team_outlives_its_program() {
    let world = World::two_clusters().await;
    let host = crate::world::TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.shanghai()).await;
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let path = "/console/teams/ops/groupapp/*/migrate";
    world.shanghai().faults().set(Fault::console("POST", path, Hits::Always, Trouble::Late { millis: 30_000 }));
    let job =
        client.start(restore(&client, world.shanghai(), MONITOR_VERSION, RestoreManner::Beside, false).await).await;
    crate::world::eventually("the restore", || world.shanghai().inspect().migrations.len() == 1).await;
    client.core.close().await;
    drop(client);
    world.shanghai().faults().clear();
    world.shanghai().faults().switch(|switches| switches.hold_builder = false);
    let again =
        Client::open(crate::world::TestHost::knowing(&world.home(), &world.library(), host.secrets())).await.unwrap();
    done(&again.end(&job.id).await);
    assert_eq!(world.shanghai().inspect().migrations.len(), 1, "restored twice");
    assert_eq!(world.shanghai().inspect().apps.iter().filter(|app| app.name.starts_with(MONITOR)).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_restore_takes_its_app_away_and_starts_the_original() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let old = app_id(world.shanghai(), MONITOR);
    let job =
        client.start(restore(&client, world.shanghai(), MONITOR_VERSION, RestoreManner::InPlace, true).await).await;
    client
        .until(&job.id, "the restore", |view| view.log.iter().any(|row| row.line.code == LineCode::LogRestoreStarted))
        .await;
    client.core.cancel_job(job.id.clone()).await.unwrap();
    client.end(&job.id).await;
    assert_eq!(status_of(world.shanghai(), old), ["running"]);
    let state = world.shanghai().inspect();
    assert_eq!(state.apps.iter().filter(|app| app.name.starts_with(MONITOR)).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_backup_leaves_its_object_unless_that_was_asked_for() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    // v5: a flat key; the record goes, the object stays, and that is said.
    let key = v5_key(world.beijing(), SHOP_VERSION);
    let removed =
        client.core.delete_backup(removal(&client, world.beijing(), SHOP_VERSION, false).await).await.unwrap();
    assert!(removed.stays.iter().any(|line| line.code == LineCode::StaysObject && line.facts["key"] == key));
    assert!(packages(world.beijing()).await.contains(&key));
    assert!(world.beijing().inspect().backups.iter().all(|row| row.version != SHOP_VERSION));
    // v6: the package and what lies beside it.
    let backup = at(&client, world.shanghai(), MONITOR_VERSION).await;
    let plan = client.core.plan_removal(backup).await.unwrap();
    assert!(plan.can_delete_objects && plan.problem.is_none(), "{plan:?}");
    assert!(plan.place.objects.iter().any(|object| object.is_metadata), "{:?}", plan.place);
    let removed =
        client.core.delete_backup(removal(&client, world.shanghai(), MONITOR_VERSION, true).await).await.unwrap();
    assert_eq!((removed.stays.len(), removed.problems.len()), (0, 0), "{removed:?}");
    assert_eq!(removed.gone.len(), 1 + plan.place.objects.len());
    assert!(packages(world.shanghai()).await.is_empty());
}

/// Whatever cuts a deletion short, the record leads to what is left, and asking again finishes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_is_cut_short_is_asked_for_again() {
    let world = World::two_clusters().await;
    let host = TestHost::at(&world.home(), &world.library());
    let has_record = || world.shanghai().inspect().backups.iter().any(|row| row.version == MONITOR_VERSION);
    let objects = async || {
        let listed = world.shanghai().objects().list(&world.shanghai().store().bucket, "backup/").await.unwrap();
        listed.into_iter().filter(|(key, _)| key.contains('/')).count()
    };
    {
        // A crash: the store has deleted a little of what lies beside the package, and the program ends.
        let client = Client::open(host.clone()).await.unwrap();
        client.save(world.shanghai()).await;
        let all = objects().await;
        world.shanghai().faults().set(Fault::store("DeleteObject", "**", Hits::From(2), Trouble::Stall));
        let request = removal(&client, world.shanghai(), MONITOR_VERSION, true).await;
        let asked = tokio::spawn({
            let core = client.core.clone();
            async move { core.delete_backup(request).await }
        });
        let faults = world.shanghai().faults();
        eventually("the second deletion", || faults.count(Server::Store, "DeleteObject", "**") > 1).await;
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert!(has_record() && objects().await == all - 1 && packages(world.shanghai()).await.len() == 1);
        client.core.close().await;
    }
    world.shanghai().faults().clear();
    let client = Client::open(host).await.unwrap();
    // A refusal: the record stays for it, too.
    world.shanghai().faults().set(Fault::store("DeleteObject", "**", Hits::Always, Trouble::Fail { status: 403 }));
    let request = removal(&client, world.shanghai(), MONITOR_VERSION, true).await;
    let removed = client.core.delete_backup(request.clone()).await.unwrap();
    assert!(removed.stays.iter().any(|line| line.code == LineCode::StaysRecord), "{removed:?}");
    assert!(has_record() && !removed.problems.is_empty());
    world.shanghai().faults().clear();
    let removed = client.core.delete_backup(request).await.unwrap();
    assert_eq!((removed.stays.len(), removed.problems.len()), (0, 0), "{removed:?}");
    assert!(!has_record() && objects().await == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_another_record_points_to_is_never_deleted() {
    let world = World::two_of_v5("rainbond-backup").await;
    let client = world.client().await;
    let request = PlanRequest {
        source: client.backup(world.beijing(), SHOP_VERSION).await,
        target: client.team("guangzhou", "gz1").await,
        options: PlanOptions { record_only: true, ..official() },
    };
    done(&client.perform(request).await);
    let plan = client.core.plan_removal(at(&client, world.beijing(), SHOP_VERSION).await).await.unwrap();
    assert!(!plan.can_delete_objects);
    assert!(plan.holders.iter().any(|line| line.code == LineCode::HeldByRecord), "{:?}", plan.holders);
    let before = snapshot(world.beijing()).await;
    let refused = client.core.delete_backup(removal(&client, world.beijing(), SHOP_VERSION, true).await).await;
    helpful(&refused.unwrap_err(), Code::PlanBlocked);
    assert_eq!(snapshot(world.beijing()).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_runs_is_not_said_to_be_deleted() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let request = PlanRequest {
        source: client.app(world.beijing(), SHOP).await,
        target: PlanTarget::Backup,
        options: official(),
    };
    let job = client.start(request).await;
    let logged =
        |view: &rainferry_core::api::JobView| view.log.iter().any(|row| row.line.code == LineCode::LogBackupAccepted);
    client.until(&job.id, "the backup", logged).await;
    let version =
        world.beijing().inspect().backups.iter().find(|row| row.status == "starting").unwrap().version.clone();
    let refused = client.core.delete_backup(removal(&client, world.beijing(), &version, false).await).await;
    helpful(&refused.unwrap_err(), Code::BackupBusy);
    world.beijing().faults().switch(|switches| switches.hold_builder = false);
    done(&client.end(&job.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_has_all_backups_of_the_cluster_and_their_signs() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    // More than one page (B-24: a page beyond the end is an error).
    world
        .beijing()
        .edit(|state| {
            let row = state.backups.iter().find(|row| row.version == SHOP_VERSION).unwrap().clone();
            for number in 0..230_u64 {
                let mut copy = row.clone();
                copy.id = 10_000 + number;
                copy.backup_id = format!("copy-{number}");
                copy.version = format!("20250101{number:06}");
                state.backups.push(copy);
            }
        })
        .unwrap();
    let cluster = client.cluster("beijing").await;
    let request = BackupsRequest { cluster: cluster.clone(), team: None };
    let view = client.core.list_backups(request.clone()).await.unwrap();
    assert_eq!((view.rows.len(), view.problems.len()), (world.beijing().inspect().backups.len(), 0));
    let orphan = view.rows.iter().find(|row| row.backup.version == ORPHAN_VERSION).unwrap();
    assert!(orphan.app_deleted && orphan.team_alias == "商城团队");
    assert!(view.rows.is_sorted_by(|a, b| a.backup.version >= b.backup.version));
    let shop = |rows: &[rainferry_core::api::BackupRow]| {
        rows.iter().find(|row| row.backup.version == SHOP_VERSION).unwrap().data
    };
    assert_eq!(shop(&view.rows), DataSign::Unknown);
    client.core.inspect(client.backup(world.beijing(), SHOP_VERSION).await).await.unwrap();
    assert_eq!(shop(&client.core.list_backups(request).await.unwrap().rows), DataSign::Absent);
}

fn draft(id: &rainferry_core::ConsoleId, cluster: &Cluster) -> StorageDraft {
    let storage = cluster.inspect().object_storage;
    StorageDraft {
        console: id.clone(),
        is_enabled: true,
        kind: StoreKind::S3,
        endpoint: storage.endpoint,
        bucket: storage.bucket_name,
        access_key: None,
        secret_key: None,
        confirm: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_setting_is_shown_masked_tried_for_real_and_set_by_administrators_alone() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let id = client.console("beijing").await;
    let secret = world.beijing().inspect().object_storage.secret_key;
    let view = client.core.read_storage(id.clone()).await.unwrap();
    assert!(view.is_enabled && view.has_secret && view.problem.is_none());
    assert!(!serde_json::to_string(&view).unwrap().contains(&secret));
    // The trial leaves nothing, and tells the step that fails.
    let before = world.snapshot().await;
    let trial = client.core.test_storage(draft(&id, world.beijing())).await.unwrap();
    assert!(trial.works, "{trial:?}");
    assert_eq!(
        trial.steps.iter().map(|step| step.name).collect::<Vec<_>>(),
        [StorageStep::Reach, StorageStep::Write, StorageStep::Read, StorageStep::Delete]
    );
    assert_eq!(world.snapshot().await, before);
    world.beijing().faults().set(Fault::store("PutObject", "**", Hits::Always, Trouble::Fail { status: 403 }));
    let denied = client.core.test_storage(draft(&id, world.beijing())).await.unwrap();
    let write = denied.steps.iter().find(|step| step.name == StorageStep::Write).unwrap();
    assert!(!denied.works && write.problem.is_some());
    assert!(denied.steps.iter().all(|step| step.name != StorageStep::Read));
    world.beijing().faults().clear();
    let wrong = StorageDraft { secret_key: Some(Secret::new("wrong")), ..draft(&id, world.beijing()) };
    assert!(!client.core.test_storage(wrong).await.unwrap().works);

    // Set by an administrator; in production only with the typed name; by nobody else.
    world.beijing().make_bucket("other-backup").unwrap();
    let other = |confirm: &str| StorageDraft {
        bucket: "other-backup".into(),
        confirm: confirm.into(),
        ..draft(&id, world.beijing())
    };
    client.change(world.beijing(), |draft| draft.environment = rainferry_core::api::Environment::Production).await;
    helpful(&client.core.save_storage(other("")).await.unwrap_err(), Code::NotConfirmed);
    let change = client.core.save_storage(other("beijing")).await.unwrap();
    assert_eq!((change.before.bucket.as_str(), change.after.bucket.as_str()), ("rainbond-backup", "other-backup"));
    let kept = world.beijing().inspect().object_storage;
    assert_eq!((kept.bucket_name.as_str(), kept.secret_key), ("other-backup", secret));
    client.change(world.beijing(), |draft| draft.user = "zhaolei".into()).await;
    client.core.refresh_console(id.clone()).await.unwrap();
    helpful(&client.core.save_storage(other("beijing")).await.unwrap_err(), Code::Forbidden);
    // A restore would look in the new bucket now, and nothing lies there.
    client.change(world.beijing(), |draft| draft.user = "admin".into()).await;
    client.core.refresh_console(id).await.unwrap();
    let place = client.core.locate_backup(at(&client, world.beijing(), SHOP_VERSION).await).await.unwrap();
    assert_eq!((place.bucket.as_deref(), place.objects.len()), (Some("other-backup"), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_written_for_cloud_and_local_backups_and_claims_the_same() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let folder = world.dir.path().join("tickets").display().to_string();
    let ticket = |backup| TicketRequest { backup, folder: Some(folder.clone()) };
    let cloud = client.core.export_ticket(ticket(at(&client, world.beijing(), SHOP_VERSION).await)).await.unwrap();
    assert_eq!((cloud.kind, cloud.bundle.unwrap().version.as_str()), (FileKind::Ticket, SHOP_VERSION));
    let again = client.core.export_ticket(ticket(at(&client, world.beijing(), SHOP_VERSION).await)).await;
    helpful(&again.unwrap_err(), Code::FileExists);
    // The console refuses local ones; v6 keeps their package in a store all the same.
    let options = PlanOptions { cloud: false, ..official() };
    let source = client.app(world.shanghai(), MONITOR).await;
    done(&client.perform(PlanRequest { source, target: PlanTarget::Backup, options }).await);
    let version =
        world.shanghai().inspect().backups.iter().find(|row| row.mode == "full-offline").unwrap().version.clone();
    let local = client.core.export_ticket(ticket(at(&client, world.shanghai(), &version).await)).await.unwrap();
    assert_eq!(local.kind, FileKind::Ticket);
    let request = PlanRequest {
        source: PlanSource::File { path: local.path },
        target: client.team("shanghai", "crm").await,
        options: official(),
    };
    done(&client.perform(request).await);
    // On v5 such a package lies on a disk of the cluster: there is nothing to claim.
    let options = PlanOptions { cloud: false, ..official() };
    let source = client.app(world.beijing(), SHOP).await;
    done(&client.perform(PlanRequest { source, target: PlanTarget::Backup, options }).await);
    let version =
        world.beijing().inspect().backups.iter().find(|row| row.mode == "full-offline").unwrap().version.clone();
    let none = client.core.export_ticket(ticket(at(&client, world.beijing(), &version).await)).await.unwrap_err();
    helpful(&none, Code::Unsupported);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_arrives_alone_and_a_second_time_is_told() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let folder = world.dir.path().join("tickets").display().to_string();
    let backup = at(&client, world.beijing(), SHOP_VERSION).await;
    let ticket = client.core.export_ticket(TicketRequest { backup, folder: Some(folder) }).await.unwrap();
    // The package is gone, and its cluster with it.
    world.beijing().objects().delete("rainbond-backup", &v5_key(world.beijing(), SHOP_VERSION)).await.unwrap();
    let request = |record_only: bool, target: PlanTarget| PlanRequest {
        source: PlanSource::File { path: ticket.path.clone() },
        target,
        options: PlanOptions { record_only, ..official() },
    };
    let target = client.team("shanghai", "ops").await;
    let refused = client.core.make_plan(request(false, target.clone())).await.unwrap_err();
    helpful(&refused, Code::PackageMissing);
    let job = client.perform(request(true, target.clone())).await;
    done(&job);
    let report = job.report.unwrap();
    assert!(report.missing.iter().any(|line| line.code == LineCode::ReportPackageAbsent), "{report:?}");
    let state = world.shanghai().inspect();
    assert_eq!(state.backups.iter().filter(|row| row.version == SHOP_VERSION).count(), 1);
    assert!(
        state.migrations.is_empty()
            && state.components.iter().all(|row| row.app_id != u64::try_from(report.app_id.unwrap().0).unwrap())
    );
    let twice = client.plan(request(true, target)).await;
    assert_eq!(level(&twice, CheckId::Duplicate), Some((Level::Warn, LineCode::CheckDuplicateNoPackage)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_there_already_is_told_by_its_bytes() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = client.voyage(&world).await;
    assert_eq!(level(&client.plan(request.clone()).await, CheckId::Duplicate), None);
    done(&client.perform(request.clone()).await);
    assert_eq!(
        level(&client.plan(request).await, CheckId::Duplicate),
        Some((Level::Warn, LineCode::CheckDuplicateSame))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_fails_is_a_line_of_the_plan_on_either_side() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = client.voyage(&world).await;
    client.change(world.shanghai(), |draft| draft.password = Some(Secret::new("wrong-password"))).await;
    let plan = client.plan(request.clone()).await;
    assert!(blocked_by(&plan, CheckId::Login).contains("shanghai"));
    // What the source tells is shown all the same.
    assert_eq!((plan.source_app.as_str(), plan.version.as_deref()), (SHOP, Some(SHOP_VERSION)));
    assert!(!plan.arrives.is_empty() && plan.total_bytes > 0);
    let refused = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap_err();
    assert_eq!(refused.code, Code::PlanBlocked);
    client.change(world.shanghai(), |draft| draft.password = Some(Secret::new(PASSWORD))).await;
    client.change(world.beijing(), |draft| draft.password = Some(Secret::new("wrong-password"))).await;
    assert!(blocked_by(&client.plan(request).await, CheckId::Login).contains("beijing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_is_backed_up_one_second_after_the_other() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let cluster: ClusterId = client.cluster("beijing").await;
    let apps: Vec<AppId> =
        [SHOP, "wiki"].iter().map(|name| AppId(i64::try_from(app_id(world.beijing(), name)).unwrap())).collect();
    let request = SelectionRequest {
        cluster,
        team: TeamName::from("shop"),
        apps,
        options: PlanOptions { note: "both".to_owned(), ..official() },
    };
    let begun = std::time::Instant::now();
    let mut jobs = Vec::new();
    for row in client.core.plan_selection(request).await.unwrap() {
        let plan = row.plan.unwrap();
        assert_eq!(level(&plan, CheckId::Size), Some((Level::Pass, LineCode::CheckSizePass)));
        jobs.push(client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap());
    }
    for job in jobs {
        done(&client.end(&job.id).await);
    }
    assert!(begun.elapsed() >= Duration::from_millis(1100));
    let posts = world.beijing().faults().count(Server::Console, "POST", "/console/teams/shop/groupapp/*/backup");
    assert_eq!(posts, 2, "one was refused for its version");
    let state = world.beijing().inspect();
    let mut versions: Vec<_> =
        state.backups.iter().filter(|row| row.note == "both").map(|row| row.version.clone()).collect();
    versions.dedup();
    assert_eq!(versions.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_in_the_way_is_waited_for() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = PlanRequest {
        source: client.app(world.beijing(), SHOP).await,
        target: PlanTarget::Backup,
        options: official(),
    };
    world.beijing().faults().switch(|switches| switches.hold_builder = true);
    let first = client.start(request.clone()).await;
    let accepted =
        |view: &rainferry_core::api::JobView| view.log.iter().any(|row| row.line.code == LineCode::LogBackupAccepted);
    client.until(&first.id, "the backup", accepted).await;
    // The console answers 409 as long as the first one runs.
    let second = client.start(request).await;
    let posts = || world.beijing().faults().count(Server::Console, "POST", "/console/teams/shop/groupapp/*/backup");
    crate::world::eventually("a second request", || posts() > 1).await;
    world.beijing().faults().switch(|switches| switches.hold_builder = false);
    done(&client.end(&first.id).await);
    done(&client.end(&second.id).await);
    assert!(posts() > 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn within_a_console_no_backup_crosses_by_the_platforms_own_migrate() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = PlanRequest {
        source: client.backup(world.shanghai(), MONITOR_VERSION).await,
        target: client.team("shanghai", "crm").await,
        options: official(),
    };
    let job = client.perform(request).await;
    done(&job);
    // B-3: it would look for the package under a key that nobody wrote.
    let state = world.shanghai().inspect();
    assert!(state.migrations.iter().all(|row| row.migrate_type == "recover" && row.migrate_team == "crm"));
    assert!(job.report.unwrap().original.unwrap().can_delete);
}
