//! What a plan looks at beforehand, and what it says to do: the checks that no other promise provokes.

use crate::world::{Client, SHOP, SHOP_VERSION, TestHost, World, blocked_by, failed, official};
use rainferry_core::Code;
use rainferry_core::api::{
    CheckId, CheckView, Environment, Level, LineCode, PlanOptions, PlanRequest, PlanTarget, PlanView,
};

#[track_caller]
fn check(plan: &PlanView, id: CheckId) -> &CheckView {
    plan.checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("no {id:?} in {:#?}", plan.checks))
}

#[track_caller]
fn warns(plan: &PlanView, id: CheckId, code: LineCode, fix: LineCode) -> &CheckView {
    let seen = plan.checks.iter().find(|check| check.id == id && check.line.code == code);
    let seen = seen.unwrap_or_else(|| panic!("{code:?} is not in {:#?}", plan.checks));
    assert_eq!((seen.level, seen.fix.as_ref().map(|line| line.code)), (Level::Warn, Some(fix)));
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_the_target() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    client.change(world.shanghai(), |draft| draft.environment = Environment::Production).await;
    let plan = client.plan(client.voyage(&world).await).await;
    warns(&plan, CheckId::Production, LineCode::CheckProductionWarn, LineCode::FixProduction);
    warns(&plan, CheckId::Lane, LineCode::CheckEraWarn, LineCode::FixLaneTry);
    let found = warns(&plan, CheckId::Credentials, LineCode::CheckCredentialsWarn, LineCode::FixCredentials);
    assert!(found.line.message.contains("订单库/MYSQL_ROOT_PASSWORD"), "{}", found.line.message);
    assert!(!format!("{plan:?}").contains("shop-root"), "the secret itself is told");
    for id in [CheckId::Versions, CheckId::Cpu, CheckId::Resources, CheckId::NeverBuilt, CheckId::LastJob] {
        assert_eq!((check(&plan, id).level, check(&plan, id).fix.as_ref()), (Level::Pass, None), "{id:?}");
    }
    assert!(plan.checks.len() >= 20, "{} checks", plan.checks.len());

    let source = client.backup(world.shanghai(), crate::world::MONITOR_VERSION).await;
    let back = PlanRequest { source, target: client.team("beijing", "shop").await, options: PlanOptions::default() };
    let plan = client.plan(back).await;
    let seen = warns(&plan, CheckId::Versions, LineCode::CheckVersionsWarn, LineCode::FixVersions);
    assert_eq!(seen.line.message, "The target runs v5.17.3, older than v6.9.8, where the backup was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_disagree_and_a_login_about_to_end() {
    let world = World::two_clusters().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    client.save(world.shanghai()).await;
    let request = client.voyage(&world).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!(check(&plan, CheckId::Clock).level, Level::Pass);
    assert_eq!(check(&plan, CheckId::Token).level, Level::Pass);
    // Forty minutes: more than any store allows between a signature and its own clock.
    host.hurry(40);
    let plan = client.plan(request.clone()).await;
    let seen = warns(&plan, CheckId::Clock, LineCode::CheckClockWarn, LineCode::FixClock);
    assert!(seen.line.message.contains("40 minutes") || seen.line.message.contains("39 minutes"), "{seen:?}");
    // Half a day before the fifteen days of a v5 token are over (protocol.md §1.4).
    host.hurry(60 * (14 * 24 + 12) - 40);
    let plan = client.plan(request).await;
    warns(&plan, CheckId::Token, LineCode::CheckTokenWarn, LineCode::FixToken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_may_not() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    // Rights are listed by app: of the target's new app there are none to judge (recordings 1210-1223).
    let request = client.voyage(&world).await;
    client.change(world.beijing(), |draft| draft.user = "zhaolei".to_owned()).await;
    let plan = client.plan(request).await;
    assert!(blocked_by(&plan, CheckId::Rights).contains("商城团队"));
    let blocks = plan.checks.iter().find(|check| check.id == CheckId::Rights && check.level == Level::Block).unwrap();
    assert!(blocks.fix.as_ref().unwrap().message.contains("商城团队"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_job_of_the_app_is_told_of() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.shanghai().faults().switch(|switches| switches.sends_component_name = false);
    let request = client.voyage(&world).await;
    let job = client.perform(request.clone()).await;
    failed(&job, Code::RestoreFailed);
    let plan = client.plan(request).await;
    let seen = warns(&plan, CheckId::LastJob, LineCode::CheckLastJobFailed, LineCode::FixLastJob);
    assert!(seen.line.message.contains(&job.id.to_string()) && seen.line.message.contains(SHOP), "{seen:?}");
    // Another app's plan knows nothing of it.
    let source = client.backup(world.beijing(), crate::world::WIKI_VERSION).await;
    let target = client.team("shanghai", "ops").await;
    let other = client.plan(PlanRequest { source, target, options: official() }).await;
    assert_eq!(check(&other, CheckId::LastJob).level, Level::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_without_object_storage() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.beijing().edit(|state| state.object_storage.enable = false).unwrap();
    client.core.refresh_console(client.console("beijing").await).await.unwrap();
    let source = client.app(world.beijing(), SHOP).await;
    let plan = client.plan(PlanRequest { source, target: PlanTarget::Backup, options: official() }).await;
    assert!(blocked_by(&plan, CheckId::ObjectStorage).contains("beijing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_failed() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let failing = |state: &mut rainferry_sandbox::State| {
        state.backups.iter_mut().filter(|row| row.version == SHOP_VERSION).for_each(|row| row.status = "failed".into());
    };
    let request = client.voyage(&world).await;
    world.beijing().edit(failing).unwrap();
    assert!(blocked_by(&client.plan(request).await, CheckId::Backup).contains("failed"));
}

/// Into the app's own team: what it serves is taken, by itself.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_on_the_target() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let beside = PlanRequest { source, target: client.team("beijing", "shop").await, options: official() };
    let plan = client.plan(beside).await;
    let seen = warns(&plan, CheckId::Routes, LineCode::CheckRoutesWarn, LineCode::FixRoutes);
    assert!(seen.line.message.contains("shop.example.test/"), "{}", seen.line.message);
    assert_eq!(check(&client.plan(client.voyage(&world).await).await, CheckId::Routes).level, Level::Pass);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_with_too_little_left() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let plan = client.plan(client.voyage(&world).await).await;
    assert_eq!(
        check(&plan, CheckId::ClusterRoom).line.message,
        "shanghai has 28672 MB of memory and 6500 m of CPU left"
    );
    world.shanghai().faults().switch(|switches| switches.resources.used_memory_mb = 32768 - 100);
    let plan = client.plan(client.voyage(&world).await).await;
    let seen = warns(&plan, CheckId::ClusterRoom, LineCode::CheckClusterMemoryWarn, LineCode::FixClusterRoom);
    assert!(seen.line.message.ends_with("MB of memory, shanghai has 100 MB left"), "{}", seen.line.message);
    // A region that its console could not ask tells zeros.
    world.shanghai().faults().switch(|switches| switches.resources.total_memory_mb = 0);
    let plan = client.plan(client.voyage(&world).await).await;
    assert_eq!(check(&plan, CheckId::ClusterRoom).line.code, LineCode::CheckClusterUnknown);
}
