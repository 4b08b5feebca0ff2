//! Every era: v5.2 works end to end, from it and to it, and what a version cannot do is said before anything happens.

use crate::world::{Client, SHOP, SHOP_VERSION, World, blocked_by, done, official, packages, sha256, v5_key};
use rainferry_core::api::{
    CheckId, ClusterView, JobView, LineCode, PlanOptions, PlanRequest, PlanSource, PlanTarget, PlanView,
};
use rainferry_sandbox::{Cluster, Era};
use std::path::PathBuf;
use std::process::Command;

async fn moved(client: &Client, from: &Cluster, to: (&str, &str)) -> PlanRequest {
    let source = client.backup(from, SHOP_VERSION).await;
    PlanRequest { source, target: client.team(to.0, to.1).await, options: official() }
}

/// The shop in a cluster, as its console has it: names of components without the platform's suffix.
fn shop(cluster: &Cluster) -> Vec<String> {
    let state = cluster.inspect();
    let app = state.apps.iter().rev().find(|app| app.name == SHOP).unwrap();
    let mut names: Vec<String> = state.components_of(app.id).map(|row| row.name.clone()).collect();
    names.sort_unstable();
    names
}

async fn in_file(client: &Client, from: &Cluster) -> PathBuf {
    let source = client.backup(from, SHOP_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let job = client.perform(PlanRequest { source, target, options: official() }).await;
    done(&job);
    PathBuf::from(job.report.unwrap().path.unwrap())
}

async fn view(client: &Client, cluster: &str) -> ClusterView {
    let id = client.console(cluster).await;
    client.core.refresh_console(id).await.unwrap().clusters.remove(0)
}

#[track_caller]
fn says(plan: &PlanView, code: LineCode) {
    assert!(plan.changes.iter().any(|line| line.code == code), "{:?}", plan.changes);
}

/// The package lies where v5.2 looks for it, and is the source's.
async fn delivered(from: &Cluster, to: &Cluster, job: &JobView) {
    let key = v5_key(from, SHOP_VERSION);
    let source = sha256(from, &from.store().bucket, &key).await;
    assert_eq!(sha256(to, &to.store().bucket, &key).await, source);
    assert_eq!(job.report.as_ref().unwrap().sha256.as_deref(), Some(source.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_console_is_listed_backed_up_and_exported() {
    let world = World::of_eras(Era::V5_2_2, Era::V5_2_2).await;
    let client = world.client().await;
    let cluster = view(&client, "beijing").await;
    assert_eq!((cluster.version.as_str(), cluster.teams.len()), ("v5.2.2", 1));
    let request = rainferry_core::api::ColumnRequest { cluster: cluster.id, team: cluster.teams[0].name.clone() };
    let column = client.core.load_column(request).await.unwrap();
    assert!(column.problems.is_empty(), "{:?}", column.problems);
    assert!(column.apps.iter().any(|app| app.name == SHOP && app.component_count == 2));

    let source = client.app(world.beijing(), SHOP).await;
    let options = PlanOptions { note: "old".to_owned(), ..official() };
    let before = packages(world.beijing()).await.len();
    done(&client.perform(PlanRequest { source, target: PlanTarget::Backup, options }).await);
    assert_eq!(packages(world.beijing()).await.len(), before + 1);

    let path = in_file(&client, world.beijing()).await;
    let list = Command::new("tar").args(["--zstd", "-tf"]).arg(&path).output().unwrap();
    assert!(String::from_utf8(list.stdout).unwrap().contains("app.old.bak"));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_one_old_console_to_another() {
    let world = World::of_eras(Era::V5_2_2, Era::V5_2_2).await;
    let client = world.client().await;
    let request = moved(&client, world.beijing(), ("guangzhou", "gz1")).await;
    let plan = client.plan(request.clone()).await;
    says(&plan, LineCode::ChangesStopped);
    assert!(plan.blocks().next().is_none(), "{:?}", plan.checks);
    let job = client.perform(request).await;
    done(&job);
    assert_eq!(shop(world.at("guangzhou")), ["前端", "订单库"]);
    delivered(world.beijing(), world.at("guangzhou"), &job).await;
    // B-1 is of later consoles: what the region does not send is not asked for.
    assert!(plan.checks.iter().any(|check| check.line.code == LineCode::CheckLanePass));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_console_does_not_need_the_name_that_regions_do_not_send() {
    let world = World::of_eras(Era::V5_2_2, Era::V5_2_2).await;
    world.at("guangzhou").faults().switch(|switches| switches.sends_component_name = false);
    let client = world.client().await;
    done(&client.perform(moved(&client, world.beijing(), ("guangzhou", "gz1")).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_old_console_to_a_new_one() {
    let world = World::of_eras(Era::V5_2_2, Era::V5_17_3).await;
    let client = world.client().await;
    let request = moved(&client, world.beijing(), ("guangzhou", "gz1")).await;
    says(&client.plan(request.clone()).await, LineCode::ChangesNames);
    let job = client.perform(request).await;
    done(&job);
    assert_eq!(shop(world.at("guangzhou")), ["前端-copy", "订单库-copy"]);
    delivered(world.beijing(), world.at("guangzhou"), &job).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_old_console_to_the_newest() {
    let world = World::of_eras(Era::V5_2_2, Era::V6_9_8).await;
    let client = world.client().await;
    done(&client.perform(moved(&client, world.beijing(), ("guangzhou", "gz1")).await).await);
    assert_eq!(shop(world.at("guangzhou")), ["前端-copy", "订单库-copy"]);
}

/// Metadata with columns that the target has no place for would fail the save (protocol.md §8.7): they stay behind, and the
/// plan says which.
#[tokio::test(flavor = "multi_thread")]
async fn a_package_newer_than_its_target_arrives_without_what_is_unknown_there() {
    for (from, to, names) in [
        (
            Era::V5_17_3,
            Era::V5_2_2,
            &["service_base.arch", "service_base.k8s_component_name", "service_ports.name"][..],
        ),
        (Era::V6_9_8, Era::V5_17_3, &["service_base.dockerfile", "service_base.build_strategy"]),
    ] {
        let world = World::of_eras(from, to).await;
        let client = world.client().await;
        let request = moved(&client, world.beijing(), ("guangzhou", "gz1")).await;
        let plan = client.plan(request.clone()).await;
        let said = plan.changes.iter().find(|line| line.code == LineCode::ChangesKeysDropped).unwrap();
        assert!(names.iter().all(|name| said.message.contains(name)), "{}", said.message);
        done(&client.perform(request).await);
        assert_eq!(shop(world.at("guangzhou")).len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_goes_out_of_one_old_console_and_into_another() {
    let world = World::of_eras(Era::V5_2_2, Era::V5_2_2).await;
    let client = world.client().await;
    let path = in_file(&client, world.beijing()).await;
    world.beijing().refuse_connections().await;
    let source = PlanSource::File { path: path.display().to_string() };
    let target = client.team("guangzhou", "gz1").await;
    done(&client.perform(PlanRequest { source, target, options: official() }).await);
    assert_eq!(shop(world.at("guangzhou")), ["前端", "订单库"]);
}

/// The official ticket of either form, exported by its console, comes in at either.
#[tokio::test(flavor = "multi_thread")]
async fn an_official_ticket_of_an_old_console_is_honoured() {
    let world = World::of_eras(Era::V5_2_2, Era::V5_2_2).await;
    let client = world.client().await;
    let state = world.beijing().inspect();
    let row = state.backups.iter().find(|row| row.version == SHOP_VERSION).unwrap();
    let url = format!(
        "{}/console/teams/shop/groupapp/{}/backup/export?backup_id={}",
        world.beijing().console_url(),
        row.app_id,
        row.backup_id
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let path = world.dir.path().join("old.bak");
    std::fs::write(&path, http.get(url).send().await.unwrap().bytes().await.unwrap()).unwrap();
    let source = PlanSource::File { path: path.display().to_string() };
    let target = client.team("guangzhou", "gz1").await;
    done(&client.perform(PlanRequest { source, target, options: official() }).await);
    assert_eq!(shop(world.at("guangzhou")), ["前端", "订单库"]);
}

/// A cluster that claims a version: what it cannot do is in its view, and a plan says so before anything happens.
#[tokio::test(flavor = "multi_thread")]
async fn versions_that_cannot_are_refused_with_their_reason() {
    let world = World::of_eras(Era::V5_17_3, Era::V6_9_8).await;
    let client = world.client().await;
    for (version, era, ability, why, said) in [
        ("v5.1.8", "E0", LineCode::AbilityRestore, LineCode::WhyTooOld, "keep packages in no store"),
        ("v5.3.0", "E2", LineCode::AbilityTickets, LineCode::WhyTicketsCrash, "v5.3.0 cannot read or write tickets"),
        ("v6.0.3", "E4", LineCode::AbilityBackup, LineCode::WhyRefusesS3, "refuse S3 storage"),
        ("v6.1.2", "E4", LineCode::AbilityAppBackups, LineCode::WhyLostArgument, "refuse S3 storage"),
        ("v6.3.0", "E5", LineCode::AbilityRestore, LineCode::WhyUnpacksNothing, "unpack every package wrongly"),
        (
            "v6.6.1",
            "E6",
            LineCode::AbilityRestore,
            LineCode::WhyLostArgument,
            "v6.1.0 to v6.6.1 answer this with an error",
        ),
    ] {
        world.at("guangzhou").faults().switch(|switches| switches.version = Some(format!("{version}-release")));
        let cluster = view(&client, "guangzhou").await;
        let found = cluster.era.unwrap();
        assert_eq!((found.era.as_str(), found.version.as_str()), (era, version));
        let cannot: Vec<_> = found.cannot.iter().map(|row| (row.what.code, row.why.code)).collect();
        assert!(cannot.contains(&(ability, why)), "{version}: {cannot:?}");
        let before = world.snapshot().await;
        let plan = client.core.make_plan(moved(&client, world.beijing(), ("guangzhou", "gz1")).await).await.unwrap();
        let message = blocked_by(&plan, CheckId::Lane);
        assert!(message.contains(said) && message.contains(version), "{message}");
        assert_eq!(world.snapshot().await, before);
    }
    // And one that can: the newest, as the sandbox plays it.
    world.at("guangzhou").faults().switch(|switches| switches.version = Some("v6.9.8".to_owned()));
    assert_eq!(view(&client, "guangzhou").await.era.unwrap().era, "E6");
    done(&client.perform(moved(&client, world.beijing(), ("guangzhou", "gz1")).await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_refused_where_the_console_or_region_would_fail_it() {
    let world = World::of_eras(Era::V5_17_3, Era::V6_9_8).await;
    let client = world.client().await;
    let plan = async |version: &str, cloud| {
        world.beijing().faults().switch(|switches| switches.version = Some(version.to_owned()));
        view(&client, "beijing").await;
        let options = PlanOptions { cloud, stop_stateful: true, ..official() };
        let source = client.app(world.beijing(), SHOP).await;
        client.plan(PlanRequest { source, target: PlanTarget::Backup, options }).await
    };
    assert!(blocked_by(&plan("v5.1.8", true).await, CheckId::Era).contains("older than v5.1.9"));
    assert!(blocked_by(&plan("v6.5.0", false).await, CheckId::Era).contains("v6.6.2 and later do not"));
    assert!(blocked_by(&plan("v6.0.1", true).await, CheckId::Era).contains("refuse S3"));
    assert!(plan("v6.0.1", false).await.blocks().next().is_none());
    assert!(plan("v5.17.3", true).await.blocks().next().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tested_connection_tells_the_era_too() {
    let world = World::of_eras(Era::V5_2_2, Era::V5_17_3).await;
    let client = world.client().await;
    let seen = client.core.test_console(Client::draft(world.beijing())).await.unwrap();
    let era = seen.era.unwrap();
    assert_eq!((era.era.as_str(), era.console_version.as_str()), ("E1", "v5.2.2"));
    assert!(era.can.iter().any(|line| line.code == LineCode::AbilityRestore));
    assert!(era.cannot.iter().any(|row| row.what.code == LineCode::AbilityRoutes));
}
