//! A migration brings the whole app, leaves the source as it was, and says beforehand what it cannot do.

use crate::world::{
    Client, MONITOR_VERSION, ORPHAN_VERSION, SHOP, SHOP_VERSION, WIKI_VERSION, World, blocked_by, done, eventually,
    failed, helpful, official, packages, sha256, snapshot, v5_key,
};
use rainferry_core::Code;
use rainferry_core::api::{CheckId, Environment, JobState, Level, LineCode, PlanRequest, Route, StartRequest};
use rainferry_sandbox::{Fault, Hits, Server, Trouble};

async fn request(client: &Client, world: &World, version: &str, to: (&str, &str)) -> PlanRequest {
    let cluster = if version == MONITOR_VERSION { world.shanghai() } else { world.beijing() };
    let source = client.backup(cluster, version).await;
    PlanRequest { source, target: client.team(to.0, to.1).await, options: official() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_arrives_whole_and_its_source_is_untouched() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = snapshot(world.beijing()).await;

    let plan = client.plan(client.voyage(&world).await).await;
    assert_eq!((plan.route, plan.app_name.as_str()), (Route::Relay, SHOP));
    assert!(plan.stays.iter().any(|line| line.code == LineCode::StaysVolumeData), "{:?}", plan.stays);
    assert!(plan.arrives.iter().any(|line| line.code == LineCode::ArrivesGatewayRules), "{:?}", plan.arrives);
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    let job = client.end(&job.id).await;
    done(&job);

    let state = world.shanghai().inspect();
    let app = state.apps.iter().find(|app| app.name == SHOP).unwrap();
    let mut names: Vec<_> = state.components_of(app.id).map(|row| row.name.trim_end_matches("-copy")).collect();
    names.sort_unstable();
    assert_eq!(names, ["前端", "订单库"]);
    let front = state.components_of(app.id).find(|row| row.name.starts_with("前端")).unwrap();
    assert!(front.volumes.iter().any(|row| row.content.as_deref() == Some("listen 80; # 商城\n")));
    let record = state.backups.iter().find(|row| row.app_id == app.id).unwrap();
    let key = format!("backup/{}/{}", record.group_uuid, record.source_dir.rsplit('/').next().unwrap());
    let arrived = sha256(world.shanghai(), "shanghai-backup", &key).await;
    let source = sha256(world.beijing(), "rainbond-backup", &v5_key(world.beijing(), SHOP_VERSION)).await;
    assert_eq!(arrived, source);

    let report = job.report.unwrap();
    assert_eq!(report.sha256.as_deref(), Some(source.as_str()));
    assert_eq!(report.app_id.unwrap().0, i64::try_from(app.id).unwrap());
    assert_eq!(report.backup_id.unwrap().as_str(), record.backup_id);
    let fact = |code, name: &str| {
        let lines = report.arrived.iter().chain(&report.missing);
        lines.into_iter().find(|line| line.code == code).and_then(|line| line.facts.get(name)).cloned()
    };
    assert_eq!(fact(LineCode::ReportComponents, "found").as_deref(), Some("2"));
    assert_eq!(fact(LineCode::ReportStarted, "count").as_deref(), Some("2"));
    assert_eq!(fact(LineCode::ReportRulesMade, "names").as_deref(), Some("shop.example.test/"));
    assert!(fact(LineCode::ReportVolumesEmpty, "names").unwrap().contains("订单库"));
    assert_eq!(snapshot(world.beijing()).await, before);
    assert!(job.leftovers.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn within_one_store_no_byte_passes_through_this_computer() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = request(&client, &world, MONITOR_VERSION, ("shanghai", "crm")).await;
    assert_eq!(client.plan(request.clone()).await.route, Route::ServerCopy);
    let before = packages(world.shanghai()).await;
    world.shanghai().faults().forget_calls();
    done(&client.perform(request).await);
    let faults = world.shanghai().faults();
    assert_eq!(faults.count(Server::Store, "CopyObject", "**"), 1);
    assert_eq!(faults.count(Server::Store, "PutObject", "**"), 0);
    assert_eq!(faults.count(Server::Store, "UploadPart", "**"), 0);
    assert_eq!(packages(world.shanghai()).await.len(), before.len() + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_gets_the_next_free_one() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = client.voyage(&world).await;
    done(&client.perform(request.clone()).await);
    let plan = client.plan(request.clone()).await;
    assert_eq!(plan.app_name, format!("{SHOP}-2"));
    assert!(plan.checks.iter().any(|check| check.id == CheckId::Name && check.level == Level::Warn));
    done(&client.perform(request).await);
    let state = world.shanghai().inspect();
    for name in [SHOP.to_owned(), format!("{SHOP}-2")] {
        let app = state.apps.iter().find(|app| app.name == name).unwrap();
        assert_eq!(state.components_of(app.id).count(), 2, "{name}");
    }
}

/// B-1: the console cannot save what its cluster restored; B-3: where the region looks is not ours to rely on.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_ends_honestly_under_every_switch_of_the_region() {
    for (sends_name, finds_copied) in [(true, true), (true, false), (false, true), (false, false)] {
        let world = World::two_clusters().await;
        world.shanghai().faults().switch(|switches| {
            switches.sends_component_name = sends_name;
            switches.finds_copied_package = finds_copied;
        });
        let client = world.client().await;
        let before = snapshot(world.shanghai()).await;
        let job = client.perform(client.voyage(&world).await).await;
        if sends_name {
            done(&job);
            continue;
        }
        failed(&job, Code::RestoreFailed);
        assert!(job.can_retry && job.can_clean);
        let named: Vec<_> = job.leftovers.iter().map(|left| left.line.code).collect();
        for code in [LineCode::LeftObject, LineCode::LeftBackup, LineCode::LeftApp, LineCode::LeftRegion] {
            assert!(named.contains(&code), "{code:?} is not named: {named:?}");
        }
        let cleaned = client.core.clean_job(job.id).await.unwrap();
        assert!(cleaned.leftovers.iter().all(|left| left.line.code == LineCode::LeftRegion));
        assert!(!cleaned.can_clean);
        let after = snapshot(world.shanghai()).await;
        for table in ["apps", "backups", "components", "uploads"] {
            assert_eq!(after[table], before[table], "{table}");
        }
        assert_eq!(packages(world.shanghai()).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_restore_can_be_tried_again_once_the_region_is_mended() {
    let world = World::two_clusters().await;
    world.shanghai().faults().switch(|switches| switches.sends_component_name = false);
    let client = world.client().await;
    let job = client.perform(client.voyage(&world).await).await;
    failed(&job, Code::RestoreFailed);
    world.shanghai().faults().switch(|switches| switches.sends_component_name = true);
    world.shanghai().faults().forget_calls();
    client.core.retry_job(job.id.clone()).await.unwrap();
    let job = client.end(&job.id).await;
    done(&job);
    assert_eq!(world.shanghai().faults().count(Server::Store, "PutObject", "**"), 0, "copied twice");
    let state = world.shanghai().inspect();
    assert_eq!(state.apps.iter().filter(|app| app.name.starts_with(SHOP)).count(), 1);
    assert_eq!(state.backups.iter().filter(|row| row.version == SHOP_VERSION).count(), 1);
    // What the first try left in the cluster is still there, and still named.
    assert!(job.leftovers.iter().any(|left| left.line.code == LineCode::LeftRegion && !left.removable));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cleaned_job_can_be_tried_again_from_the_beginning() {
    let world = World::two_clusters().await;
    world.shanghai().faults().switch(|switches| switches.sends_component_name = false);
    let client = world.client().await;
    let job = client.perform(client.voyage(&world).await).await;
    client.core.clean_job(job.id.clone()).await.unwrap();
    world.shanghai().faults().switch(|switches| switches.sends_component_name = true);
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
    let state = world.shanghai().inspect();
    assert_eq!(state.apps.iter().filter(|app| app.name.starts_with(SHOP)).count(), 1);
    assert_eq!(packages(world.shanghai()).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_profile_is_never_written_to() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    client.change(world.shanghai(), |draft| draft.read_only = true).await;
    let plan = client.plan(client.voyage(&world).await).await;
    blocked_by(&plan, CheckId::ReadOnly);
    let refused = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap_err();
    helpful(&refused, Code::ReadOnly);
    // As a source it is as good as any.
    client.change(world.shanghai(), |draft| draft.read_only = false).await;
    client.change(world.beijing(), |draft| draft.read_only = true).await;
    done(&client.perform(client.voyage(&world).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn production_needs_its_name_typed() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    client.change(world.shanghai(), |draft| draft.environment = Environment::Production).await;
    let before = world.snapshot().await;
    let plan = client.plan(client.voyage(&world).await).await;
    assert_eq!(plan.confirm.as_deref(), Some("shanghai"));
    for typed in ["", "shangha", "beijing"] {
        let start = StartRequest { plan: plan.id.clone(), confirm: typed.to_owned() };
        helpful(&client.core.start_plan(start).await.unwrap_err(), Code::NotConfirmed);
    }
    assert_eq!(world.snapshot().await, before);
    // A slip of the finger does not cost the plan.
    let start = StartRequest { plan: plan.id, confirm: " shanghai ".to_owned() };
    let job = client.core.start_plan(start).await.unwrap();
    done(&client.end(&job.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_changes_nothing_and_is_performed_once() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = world.snapshot().await;
    world.shanghai().faults().forget_calls();
    let plan = client.plan(client.voyage(&world).await).await;
    assert_eq!(world.snapshot().await, before);
    let written = world.shanghai().faults().calls().into_iter().filter(|call| {
        let reads =
            ["GET", "HeadObject", "HeadBucket", "GetObject", "ListObjectsV2", "GetBucketLifecycleConfiguration"];
        !reads.contains(&call.method.as_str()) && !call.path.contains("login")
    });
    assert_eq!(written.collect::<Vec<_>>(), []);
    let start = StartRequest { plan: plan.id, confirm: String::new() };
    let job = client.core.start_plan(start.clone()).await.unwrap();
    let again = client.core.start_plan(start).await.unwrap_err();
    helpful(&again, Code::PlanStale);
    done(&client.end(&job.id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_refused_when_the_world_has_changed() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let start = async |change: &dyn Fn()| {
        let plan = client.plan(client.voyage(&world).await).await;
        change();
        let before = world.snapshot().await;
        let refused = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap_err();
        assert_eq!(world.snapshot().await, before);
        refused
    };
    let taken = start(&|| {
        world.shanghai().edit(|state| state.apps[0].name = SHOP.to_owned()).unwrap();
    })
    .await;
    helpful(&taken, Code::PlanStale);
    let row = |state: &rainferry_sandbox::State| state.backups.iter().position(|row| row.version == SHOP_VERSION);
    let grown = start(&|| {
        let change = |state: &mut rainferry_sandbox::State| {
            let at = row(state).unwrap();
            state.backups[at].backup_size += 1;
        };
        world.beijing().edit(change).unwrap();
    })
    .await;
    helpful(&grown, Code::PlanStale);
    world.beijing().edit(|state| row(state).map(|at| state.backups[at].backup_size -= 1)).unwrap();
    let gone = start(&|| {
        world.beijing().edit(|state| state.backups.retain(|row| row.version != SHOP_VERSION)).unwrap();
    })
    .await;
    assert_eq!(gone.code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_outlives_its_app() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let request = request(&client, &world, ORPHAN_VERSION, ("shanghai", "crm")).await;
    let job = client.perform(request).await;
    done(&job);
    assert_eq!(job.app_name, "旧官网");
}

#[tokio::test(flavor = "multi_thread")]
async fn consoles_that_share_bucket_and_keys_need_no_copy() {
    let world = World::two_of_v5("rainbond-backup").await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), WIKI_VERSION).await;
    let target = client.team("guangzhou", "gz1").await;
    let request = PlanRequest { source, target, options: official() };
    assert_eq!(client.plan(request.clone()).await.route, Route::None);
    let before = snapshot(world.beijing()).await;
    let job = client.perform(request.clone()).await;
    done(&job);
    assert_eq!(snapshot(world.beijing()).await, before);
    assert!(world.beijing().faults().count(Server::Store, "PutObject", "**") == 0);
    let files: Vec<_> = {
        let state = world.at("guangzhou").inspect();
        let app = state.apps.iter().find(|app| app.name == "wiki").unwrap();
        state.components_of(app.id).flat_map(|row| world.at("guangzhou").volume_files(&row.service_id)).collect()
    };
    assert_eq!(files.len(), 1, "the volume's file did not arrive");

    // The package is the source's: neither a failure nor cleaning up touches it.
    world.at("guangzhou").faults().switch(|switches| switches.sends_component_name = false);
    let job = client.perform(request).await;
    if job.state == JobState::Failed {
        assert!(!job.leftovers.iter().any(|left| left.line.code == LineCode::LeftObject), "{:?}", job.leftovers);
        client.core.clean_job(job.id).await.unwrap();
    }
    assert_eq!(snapshot(world.beijing()).await, before);
}

/// v5 keys are flat: what lies at the target key may be of another job, or of nobody we know.
#[tokio::test(flavor = "multi_thread")]
async fn an_object_at_the_target_key_that_is_not_ours_is_never_overwritten_nor_deleted() {
    let world = World::two_of_v5("guangzhou-backup").await;
    let client = world.client().await;
    let key = v5_key(world.beijing(), SHOP_VERSION);
    let objects = world.beijing().objects();
    let package = objects.get("rainbond-backup", &key).await.unwrap();
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = client.team("guangzhou", "gz1").await;
    let request = PlanRequest { source, target, options: official() };
    assert_eq!(client.plan(request.clone()).await.route, Route::ServerCopy);

    // Other bytes: of another length, the plan says so; of the same one, the job. They are left alone.
    objects.put("guangzhou-backup", &key, b"somebody else's".to_vec()).await.unwrap();
    assert!(blocked_by(&client.plan(request.clone()).await, CheckId::KeyFree).contains(&key));
    let mut altered = package.clone();
    altered[package.len() / 2] ^= 1;
    objects.put("guangzhou-backup", &key, altered.clone()).await.unwrap();
    let job = client.perform(request.clone()).await;
    failed(&job, Code::FileExists);
    assert!(!job.leftovers.iter().any(|left| left.line.code == LineCode::LeftObject), "{:?}", job.leftovers);
    client.core.clean_job(job.id).await.unwrap();
    assert_eq!(objects.get("guangzhou-backup", &key).await.unwrap(), altered);

    // The same bytes: used as they are, and not ours to delete.
    objects.put("guangzhou-backup", &key, package.clone()).await.unwrap();
    world.at("guangzhou").faults().switch(|switches| switches.restore_fails = true);
    world.beijing().faults().forget_calls();
    let job = client.start(request.clone()).await;
    client.in_phase(&job.id, rainferry_core::api::PhaseName::Restore).await;
    let job = client.cancel(&job.id).await;
    assert_eq!(job.state, JobState::Cancelled);
    for operation in ["PutObject", "CopyObject", "CreateMultipartUpload", "DeleteObject"] {
        assert_eq!(world.beijing().faults().count(Server::Store, operation, "**"), 0, "{operation}");
    }
    assert_eq!(objects.get("guangzhou-backup", &key).await.unwrap(), package);
    world.at("guangzhou").faults().switch(|switches| switches.restore_fails = false);
    done(&client.perform(request).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn less_than_planned_is_not_called_done() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    // The poll that saves what was restored is answered late: time for a component to get lost.
    let path = "/console/teams/ops/groupapp/*/migrate";
    world.shanghai().faults().set(Fault::console("GET", path, Hits::Always, Trouble::Late { millis: 1500 }));
    let job = client.start(client.voyage(&world).await).await;
    let arrived = || world.shanghai().inspect().components.iter().any(|row| row.name.starts_with("前端"));
    eventually("the restored components", arrived).await;
    world.shanghai().edit(|state| state.components.retain(|row| !row.name.starts_with("前端"))).unwrap();
    let job = client.end(&job.id).await;
    failed(&job, Code::ArrivedIncomplete);
    assert!(job.problem.unwrap().message.contains("前端"));
    let report = job.report.unwrap();
    let count = report.arrived.iter().find(|line| line.code == LineCode::ReportComponents).unwrap();
    assert_eq!(count.message, "1 of 2 components arrived");
    assert!(job.can_clean);
}
