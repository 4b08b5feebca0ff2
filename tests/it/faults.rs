//! Whatever breaks is named by its own code, with what to do about it, and nothing is changed that was not meant to be.

use crate::world::{
    Client, PASSWORD, SHOP_VERSION, Size, World, blocked_by, done, eventually, failed, helpful, sha256, snapshot,
    v5_key,
};
use rainferry_core::api::{
    CheckId, ConsoleDraft, ConsoleState, JobState, LineCode, PhaseName, PlanTarget, RungName, RungState, StartRequest,
};
use rainferry_core::{AppId, Code, Problem, Retry, Secret, TeamName};
use rainferry_sandbox::{Fault, Hits, Server, Trouble};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What a console's view says is wrong.
async fn wrong(client: &Client, draft: ConsoleDraft) -> Problem {
    let saved = client.core.save_console(draft).await.unwrap();
    match client.core.refresh_console(saved.id).await.unwrap().state {
        ConsoleState::Failed { problem } => problem,
        other => panic!("{other:?}"),
    }
}

async fn failed_rung(client: &Client, draft: ConsoleDraft) -> (RungName, Code) {
    let seen = client.core.test_console(draft).await.unwrap();
    let rung = seen.rungs.into_iter().find_map(|rung| match rung.state {
        RungState::Failed { problem } => Some((rung.name, problem.code)),
        RungState::Passed { .. } | RungState::NotTried => None,
    });
    rung.expect("no rung failed")
}

/// Something that answers every request with a page.
async fn plain_web_server() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                while socket.read(&mut head).await.is_ok_and(|count| count > 0) {
                    let page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<html>hello\n";
                    if socket.write_all(page).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_cannot_be_used_is_told_apart_by_what_is_wrong() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = world.snapshot().await;
    let draft = |name: &str, change: &dyn Fn(&mut ConsoleDraft)| {
        let mut draft = Client::draft(world.shanghai());
        draft.name = name.to_owned();
        draft.stores = None;
        change(&mut draft);
        draft
    };
    let password = draft("password", &|draft| draft.password = Some(Secret::new("wrong")));
    assert_eq!(failed_rung(&client, password.clone()).await, (RungName::Login, Code::LoginRefused));
    helpful(&wrong(&client, password).await, Code::LoginRefused);
    let silent = draft("silent", &|draft| draft.url = "http://127.0.0.1:1".to_owned());
    assert_eq!(failed_rung(&client, silent.clone()).await, (RungName::Tcp, Code::Unreachable));
    let problem = wrong(&client, silent).await;
    helpful(&problem, Code::Unreachable);
    assert_eq!(problem.retry, Retry::Later);
    let url = plain_web_server().await;
    let web = draft("web", &|draft| draft.url.clone_from(&url));
    assert_eq!(failed_rung(&client, web.clone()).await, (RungName::Console, Code::NotRainbond));
    helpful(&wrong(&client, web).await, Code::NotRainbond);
    let none = draft("none", &|draft| draft.password = None);
    helpful(&wrong(&client, none).await, Code::PasswordMissing);
    for url in ["shanghai", "ftp://shanghai", "http://admin:secret@shanghai"] {
        let bad = client.core.save_console(draft("bad", &|draft| draft.url = url.to_owned())).await.unwrap_err();
        helpful(&bad, Code::BadAddress);
        assert!(!format!("{bad:?}").contains("secret"), "{bad:?}");
    }
    let twice = client.core.save_console(draft("beijing", &|_| {})).await.unwrap_err();
    helpful(&twice, Code::BadRequest);
    assert_eq!(world.snapshot().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn clusters_that_do_not_answer_are_named_and_nothing_is_planned() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = world.snapshot().await;
    world.shanghai().faults().region_down("shanghai");
    let down = client.plan(client.voyage(&world).await).await;
    assert!(blocked_by(&down, CheckId::Region).contains("rbd-api"));
    world.shanghai().faults().region_up("shanghai");
    // Down after the plan was looked at: the first thing to be made is refused, and nothing is left.
    let path = "/console/teams/ops/groups";
    world.shanghai().faults().set(Fault::console("POST", path, Hits::Always, Trouble::Fail { status: 502 }));
    let job = client.perform(client.voyage(&world).await).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    world.shanghai().faults().clear();
    world.shanghai().refuse_connections().await;
    let silent = client.plan(client.voyage(&world).await).await;
    assert!(blocked_by(&silent, CheckId::Connection).contains("shanghai"));
    world.shanghai().accept_connections().await.unwrap();
    assert_eq!(world.snapshot().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_used_blocks_the_plan_on_either_side() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    client
        .change(world.shanghai(), |draft| draft.stores.as_mut().unwrap()[0].endpoint = "http://127.0.0.1:1".to_owned())
        .await;
    let plan = client.plan(client.voyage(&world).await).await;
    assert!(blocked_by(&plan, CheckId::TargetStore).contains("shanghai"));
    let wrong = |draft: &mut ConsoleDraft| {
        draft.stores.as_mut().unwrap()[0].secret_key = Some(Secret::new("wrong"));
    };
    client.change(world.shanghai(), wrong).await;
    blocked_by(&client.plan(client.voyage(&world).await).await, CheckId::TargetStore);
    client.change(world.shanghai(), |draft| draft.stores = Some(Vec::new())).await;
    let plan = client.plan(client.voyage(&world).await).await;
    assert_eq!(blocked_by(&plan, CheckId::TargetStore), "Rainferry does not know the store of shanghai");
    client.change(world.shanghai(), |_| {}).await;
    world.beijing().edit(|state| state.object_storage.endpoint = "http://127.0.0.1:1".to_owned()).unwrap();
    client.core.refresh_console(client.console("beijing").await).await.unwrap();
    let plan = client.plan(client.voyage(&world).await).await;
    blocked_by(&plan, CheckId::SourceStore);
    let refused = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap_err();
    helpful(&refused, Code::PlanBlocked);
    assert_eq!(snapshot(world.shanghai()).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_package_is_found_out_before_anything_is_made() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let before = snapshot(world.shanghai()).await;
    let plan = client.plan(client.voyage(&world).await).await;
    let key = v5_key(world.beijing(), SHOP_VERSION);
    let package = world.beijing().objects().get("rainbond-backup", &key).await.unwrap();
    world.beijing().objects().delete("rainbond-backup", &key).await.unwrap();
    let stale = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap_err();
    helpful(&stale, Code::PlanStale);
    assert!(blocked_by(&client.plan(client.voyage(&world).await).await, CheckId::Package).contains(&key));
    // Cut short: the size is not the record's.
    world.beijing().objects().put("rainbond-backup", &key, package[..package.len() / 2].to_vec()).await.unwrap();
    blocked_by(&client.plan(client.voyage(&world).await).await, CheckId::Package);
    assert_eq!(snapshot(world.shanghai()).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_with_components_is_no_target_and_an_empty_one_is() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let full = world.shanghai().inspect().apps.iter().find(|app| app.name == "监控").unwrap().clone();
    let to = async |id: u64| {
        let mut request = client.voyage(&world).await;
        let app = Some(AppId(i64::try_from(id).unwrap()));
        let cluster = client.cluster("shanghai").await;
        request.target = PlanTarget::Team { cluster, team: TeamName::from("ops"), app };
        request
    };
    let plan = client.plan(to(full.id).await).await;
    assert!(blocked_by(&plan, CheckId::TargetEmpty).contains("监控"));
    let empty =
        rainferry_sandbox::state::App { id: 900, name: "空应用".to_owned(), k8s_app: "empty".to_owned(), ..full };
    world.shanghai().edit(|state| state.apps.push(empty)).unwrap();
    world.shanghai().faults().switch(|switches| switches.sends_component_name = false);
    let job = client.perform(to(900).await).await;
    failed(&job, Code::RestoreFailed);
    client.core.clean_job(job.id).await.unwrap();
    // The app was there before and stays; only what came into it goes.
    let state = world.shanghai().inspect();
    assert!(state.app(900).is_some());
    assert!(state.backups.iter().all(|row| row.app_id != 900));
    world.shanghai().faults().switch(|switches| switches.sends_component_name = true);
    let job = client.perform(to(900).await).await;
    done(&job);
    assert_eq!(job.report.unwrap().app_id, Some(AppId(900)));
    assert_eq!(world.shanghai().inspect().components_of(900).count(), 2);
}

fn seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_runs_out_in_the_middle_is_renewed_unnoticed() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let begun = seconds();
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let job = client.start(client.voyage(&world).await).await;
    client.in_phase(&job.id, PhaseName::Restore).await;
    eventually("another second", || seconds() > begun + 1).await;
    let logins = || world.shanghai().faults().count(Server::Console, "POST", "/console/users/login");
    let before = logins();
    world.shanghai().faults().switch(|switches| {
        switches.tokens_end_before = seconds();
        switches.hold_builder = false;
    });
    done(&client.end(&job.id).await);
    assert_eq!(logins(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_changed_in_the_middle_is_asked_for_and_the_job_goes_on() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let begun = seconds();
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let job = client.start(client.voyage(&world).await).await;
    client
        .until(&job.id, "the restore", |view| view.log.iter().any(|row| row.line.code == LineCode::LogRestoreStarted))
        .await;
    eventually("another second", || seconds() > begun + 1).await;
    let called = |name: &'static str| {
        world
            .shanghai()
            .edit(|state| state.users.iter_mut().find(|user| user.admin).unwrap().nick = name.to_owned())
            .unwrap();
    };
    called("somebody-else");
    world.shanghai().faults().switch(|switches| switches.tokens_end_before = seconds());
    let job = client.end(&job.id).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(job.can_retry, "{:?}", job.problem);
    helpful(job.problem.as_ref().unwrap(), Code::LoginRefused);
    called("admin");
    // The password is typed again: a refused one is not tried over and over.
    client.change(world.shanghai(), |_| {}).await;
    world.shanghai().faults().switch(|switches| switches.hold_builder = false);
    client.core.retry_job(job.id.clone()).await.unwrap();
    let job = client.end(&job.id).await;
    done(&job);
    assert!(job.leftovers.is_empty(), "{:?}", job.leftovers);
    assert_eq!(world.shanghai().inspect().migrations.len(), 1, "restored twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_down_for_a_while_does_not_end_a_restore() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    world.shanghai().faults().switch(|switches| switches.hold_builder = true);
    let mut request = client.voyage(&world).await;
    request.options.start_after = false;
    let job = client.start(request).await;
    client
        .until(&job.id, "the restore", |view| view.log.iter().any(|row| row.line.code == LineCode::LogRestoreStarted))
        .await;
    let polls = || world.shanghai().faults().count(Server::Console, "GET", "/console/teams/ops/groupapp/*/migrate");
    world.shanghai().faults().region_down("shanghai");
    let seen = polls();
    eventually("a poll that fails", || polls() > seen + 1).await;
    world.shanghai().faults().region_up("shanghai");
    world.shanghai().faults().switch(|switches| switches.hold_builder = false);
    done(&client.end(&job.id).await);
    assert_eq!(world.shanghai().inspect().migrations.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_stumbles_is_asked_again_and_one_that_stays_down_is_named() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let faults = world.shanghai().faults();
    faults.set(Fault::store("UploadPart", "**", Hits::Nth(2), Trouble::Fail { status: 503 }));
    faults.set(Fault::store("UploadPart", "**", Hits::Nth(4), Trouble::Cut { after_bytes: 1 << 20 }));
    done(&client.perform(client.voyage(&world).await).await);
    faults.clear();
    // The last of them: parts that were sent before it had their time to land.
    faults.set(Fault::store("UploadPart", "**", Hits::From(8), Trouble::Fail { status: 403 }));
    let job = client.perform(client.voyage(&world).await).await;
    failed(&job, Code::StoreDenied);
    assert!(job.leftovers.iter().any(|left| left.line.code == LineCode::LeftUpload), "{:?}", job.leftovers);
    assert!(!job.leftovers.iter().any(|left| left.line.code == LineCode::LeftObject), "{:?}", job.leftovers);
    faults.clear();
    faults.forget_calls();
    client.core.retry_job(job.id.clone()).await.unwrap();
    let job = client.end(&job.id).await;
    done(&job);
    assert!(faults.count(Server::Store, "UploadPart", "**") < 8, "parts that were there were sent again");
    assert_eq!(world.shanghai().unfinished_uploads(), 0);
}

/// A byte that changes on the way from the source's store to us: the copy is as we read it, and still not the source.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_change_on_the_way_are_never_called_equal() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    // The console's answer is held until the plan's own reads are over.
    let late = Trouble::Late { millis: 700 };
    world.shanghai().faults().set(Fault::console("POST", "/console/teams/ops/groups", Hits::Always, late));
    let job = client.start(client.voyage(&world).await).await;
    client.in_phase(&job.id, PhaseName::Prepare).await;
    world.beijing().faults().set(Fault::store("GetObject", "**", Hits::Nth(3), Trouble::Corrupt));
    let job = client.end(&job.id).await;
    failed(&job, Code::ChecksumMismatch);
    assert_eq!(world.shanghai().inspect().migrations.len(), 0, "restored from a damaged copy");
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
    let state = world.shanghai().inspect();
    let record = state.backups.iter().find(|row| row.version == SHOP_VERSION).unwrap();
    let key = format!("backup/{}/{}", record.group_uuid, v5_key(world.beijing(), SHOP_VERSION));
    let source = sha256(world.beijing(), "rainbond-backup", &v5_key(world.beijing(), SHOP_VERSION)).await;
    assert_eq!(sha256(world.shanghai(), "shanghai-backup", &key).await, source);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_the_right_is_told_before_anything_happens() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    client
        .change(world.shanghai(), |draft| {
            draft.user = "zhaolei".to_owned();
            draft.password = Some(Secret::new(PASSWORD));
        })
        .await;
    let before = world.snapshot().await;
    match client.core.make_plan(client.voyage(&world).await).await {
        Ok(plan) => {
            let job = client.core.start_plan(StartRequest { plan: plan.id.clone(), confirm: String::new() }).await;
            match job {
                Err(problem) => helpful(&problem, Code::PlanBlocked),
                // The console lists no rights for a team (recordings 1210-1223): it refuses when asked to act.
                Ok(job) => failed(&client.end(&job.id).await, Code::Forbidden),
            }
        }
        Err(problem) => helpful(&problem, Code::Forbidden),
    }
    assert_eq!(world.snapshot().await["shanghai"]["apps"], before["shanghai"]["apps"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_a_bad_request() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let mut request = client.voyage(&world).await;
    request.target = PlanTarget::Backup;
    helpful(&client.core.make_plan(request).await.unwrap_err(), Code::BadRequest);
    let unknown = client.core.call("no_such_command", serde_json::json!({})).await.unwrap_err();
    assert_eq!(unknown.code, Code::BadRequest);
    let malformed = client.core.call("make_plan", serde_json::json!({"source": 1})).await.unwrap_err();
    assert_eq!(malformed.code, Code::BadRequest);
}
