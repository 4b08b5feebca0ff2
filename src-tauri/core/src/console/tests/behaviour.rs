//! What the client does around a call: logging in, waiting, paging, refusing, and what it lets out.

use super::super::packages::{BackupForce, BackupMode, NewBackup};
use super::super::request::{Call, Wait};
use super::super::{
    Access, Console, ConsoleError, ConsoleSpec, Layer, NewApp, Outcome, Scope, Silence, era, probe::probe,
};
use super::describe::assert_harmless;
use super::stage::{Answer, Asked, Server, client, ctx, fixtures, spec};
use crate::clock::SystemClock;
use crate::ids::AppId;
use crate::secret::Secret;
use crate::trust::Trust;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn scope() -> Scope {
    Scope::new("team1", "rainbond")
}

fn is_login(asked: &Asked) -> bool {
    asked.path.ends_with("/console/users/login")
}

fn me_answer() -> Answer {
    Answer::bean(&json!({"user_name": "admin", "enterprise_id": "e1", "is_enterprise_admin": true, "teams": []}))
}

/// A console whose tokens are numbered, and good from `first_good` on.
fn numbered_tokens(first_good: usize) -> impl FnMut(&Asked) -> Answer + Send + 'static {
    let mut given = 0;
    move |asked| {
        if is_login(asked) {
            given += 1;
            return Answer { delay: Duration::from_millis(30), ..Answer::login(&format!("token-{given}")) };
        }
        let number = asked.header("authorization").and_then(|text| text.strip_prefix("GRJWT token-")?.parse().ok());
        if number.unwrap_or(0) >= first_good { me_answer() } else { Answer::expired() }
    }
}

#[tokio::test]
async fn many_calls_at_once_log_in_once() {
    let server = Server::start(numbered_tokens(1)).await;
    let (console, ctx) = (server.client(), ctx());
    let calls = (0..8).map(|_| console.me(&ctx));
    assert!(futures::future::join_all(calls).await.into_iter().all(|me| me.is_ok()));
    assert_eq!(server.logins(), 1);
}

#[tokio::test]
async fn a_token_that_ran_out_is_renewed_once_for_all_who_use_it() {
    let server = Server::start(numbered_tokens(2)).await;
    let (console, ctx) = (server.client(), ctx());
    let calls = (0..8).map(|_| console.me(&ctx));
    assert!(futures::future::join_all(calls).await.into_iter().all(|me| me.is_ok()));
    assert_eq!(server.logins(), 2);
}

#[tokio::test]
async fn a_token_refused_again_after_a_new_login_is_an_error_not_a_loop() {
    let server = Server::start(numbered_tokens(99)).await;
    assert!(matches!(server.client().me(&ctx()).await, Err(ConsoleError::LoginExpired(_))));
    assert_eq!(server.logins(), 2);
}

#[tokio::test]
async fn a_refused_login_is_not_tried_again_until_asked_for() {
    let refusal = json!({"code": 400, "msg": "no", "msg_show": "密码不正确", "data": {"bean": {}, "list": []}});
    let server = Server::start(move |_| Answer::json(400, &refusal)).await;
    let (console, ctx) = (server.client(), ctx());
    for _ in 0..3 {
        let error = console.me(&ctx).await.unwrap_err();
        assert!(matches!(&error, ConsoleError::LoginRefused { said: Some(said), .. } if said == "密码不正确"));
    }
    assert_eq!(server.logins(), 1);
    assert!(console.log_in_again(&ctx).await.is_err());
    assert_eq!(server.logins(), 2);
}

#[tokio::test]
async fn without_a_password_nobody_is_contacted() {
    let server = Server::start(numbered_tokens(1)).await;
    let console = Console::new(spec(&server.address), Secret::new(""), Arc::new(SystemClock)).unwrap();
    assert!(matches!(console.me(&ctx()).await, Err(ConsoleError::PasswordMissing { .. })));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn login_is_a_plain_form_without_a_captcha_switch() {
    let server = Server::start(numbered_tokens(1)).await;
    server.client().me(&ctx()).await.unwrap();
    let login = &server.asked()[0];
    assert_eq!(login.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(String::from_utf8(login.body.clone()).unwrap(), "nick_name=admin&password=Passw0rd%21x");
    assert!(login.header("user-agent").unwrap().starts_with("Rainferry/"));
    assert_eq!(login.header("authorization"), None);
}

#[tokio::test]
async fn team_and_region_go_both_ways_and_a_sub_path_stays() {
    let server =
        Server::start(
            |asked| {
                if is_login(asked) { Answer::login("t") } else { Answer::rows(&json!([]), ("total", 0)) }
            },
        )
        .await;
    let console = client(&format!("{}/rainbond/", server.address));
    console.team_backups(&ctx(), &scope()).await.unwrap();
    let asked = server.asked();
    let asked = asked.last().unwrap();
    assert_eq!(asked.path, "/rainbond/console/teams/team1/all/groupapp/backup");
    assert_eq!(asked.query("region_name"), Some("rainbond"));
    assert_eq!(asked.header("x-region-name"), Some("rainbond"));
    assert_eq!(asked.header("x-team-name"), Some("team1"));
    // Where a proxy drops headers and the console is too old for the query (B-22).
    assert_eq!(asked.header("cookie"), Some("team=team1; region_name=rainbond"));
    assert_eq!(asked.header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn names_are_escaped_into_one_part_of_the_path() {
    let server =
        Server::start(|asked| if is_login(asked) { Answer::login("t") } else { Answer::bean(&json!({})) }).await;
    let _ = server.client().delete_component(&ctx(), &Scope::new("../a?b#c", "r"), "x/y").await;
    assert_eq!(server.asked().last().unwrap().path, "/console/teams/..%2Fa%3Fb%23c/apps/x%2Fy/delete");
}

/// 250 backups, and a 500 past the end as recorded (542).
fn paged(asked: &Asked) -> Answer {
    if is_login(asked) {
        return Answer::login("t");
    }
    let page: usize = asked.query("page").unwrap().parse().unwrap();
    let size: usize = asked.query("page_size").unwrap().parse().unwrap();
    let rows: Vec<Value> =
        (0..250).skip((page - 1) * size).take(size).map(|n| json!({"backup_id": n.to_string()})).collect();
    if rows.is_empty() {
        Answer::json(500, &json!({"code": 10401}))
    } else {
        Answer::rows(&rows.into(), ("total", 250))
    }
}

#[tokio::test]
async fn all_pages_are_read_and_none_past_the_end() {
    let server = Server::start(paged).await;
    let backups = server.client().team_backups(&ctx(), &scope()).await.unwrap();
    assert_eq!(backups.len(), 250);
    assert_eq!(server.asked().len() - server.logins(), 3);
}

#[tokio::test]
async fn twenty_thousand_backups_come_in_order_four_pages_at_a_time() {
    let asked_now = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = asked_now.clone();
    let server = Server::start(move |asked| {
        if is_login(asked) {
            return Answer::login("t");
        }
        let page: usize = asked.query("page").unwrap().parse().unwrap();
        seen.lock().unwrap().push(page);
        let rows: Vec<Value> =
            (0..20_000).skip((page - 1) * 100).take(100).map(|n| json!({"backup_id": n.to_string()})).collect();
        // Later pages answer sooner, so that order does not come by itself.
        let delay = Duration::from_millis(if page % 4 == 2 { 8 } else { 2 });
        Answer { delay, ..Answer::rows(&rows.into(), ("total", 20_000)) }
    })
    .await;
    let backups = server.client().team_backups(&ctx(), &scope()).await.unwrap();
    assert!(backups.iter().enumerate().all(|(at, row)| row.backup_id.as_str() == at.to_string()));
    assert_eq!(backups.len(), 20_000);
    let pages = asked_now.lock().unwrap().clone();
    assert_eq!(pages.len(), 200);
    // Never more than four are under way: a page is asked for only once the one four before it has come.
    assert!(pages.iter().enumerate().all(|(at, page)| page.abs_diff(at + 1) <= 4), "{pages:?}");
}

#[tokio::test]
async fn a_list_that_shrinks_while_it_is_read_is_read_again() {
    let mut calls = 0;
    let server = Server::start(move |asked| {
        if is_login(asked) {
            return Answer::login("t");
        }
        calls += 1;
        let rows: Vec<Value> = (0..100).map(|n| json!({"backup_id": n.to_string()})).collect();
        match calls {
            1 => Answer::rows(&rows.into(), ("total", 101)),
            2 => Answer::json(500, &json!({"code": 10401})),
            _ => Answer::rows(&rows.into(), ("total", 100)),
        }
    })
    .await;
    assert_eq!(server.client().team_backups(&ctx(), &scope()).await.unwrap().len(), 100);
    assert_eq!(server.asked().len() - server.logins(), 3);
}

#[tokio::test]
async fn new_apps_are_named_in_both_spellings() {
    let server =
        Server::start(|asked| if is_login(asked) { Answer::login("t") } else { Answer::bean(&json!({"ID": 7})) }).await;
    let app = NewApp { name: "商城".into(), k8s_app: "shop".into(), note: "n".into() };
    assert_eq!(server.client().create_app(&ctx(), &scope(), &app).await.unwrap(), AppId(7));
    let sent = server.asked().last().unwrap().json();
    for (key, value) in
        [("app_name", "商城"), ("group_name", "商城"), ("note", "n"), ("group_note", "n"), ("k8s_app", "shop")]
    {
        assert_eq!(sent[key], value, "{key}");
    }
}

#[tokio::test]
async fn a_deleted_or_foreign_app_has_no_components_but_an_error() {
    let none = json!({"code": 202, "msg": "x", "msg_show": "组不存在", "data": {"bean": {}, "list": []}});
    let server =
        Server::start(move |asked| if is_login(asked) { Answer::login("t") } else { Answer::json(200, &none) }).await;
    let found = server.client().components(&ctx(), &scope(), AppId(9)).await;
    assert!(matches!(found, Err(ConsoleError::NotFound(_))));
}

#[tokio::test]
async fn codes_decide_whatever_the_status_is() {
    let check = |status: u16, code: i64| async move {
        let body = json!({"code": code, "msg": "m", "msg_show": "s"});
        let server =
            Server::start(move |asked| if is_login(asked) { Answer::login("t") } else { Answer::json(status, &body) })
                .await;
        let debug = format!("{:?}", server.client().me(&ctx()).await.unwrap_err());
        debug.split('(').next().unwrap().to_owned()
    };
    assert_eq!(check(400, 10411).await, "ClusterDown");
    assert_eq!(check(404, 10412).await, "ClusterDown");
    assert_eq!(check(412, 10406).await, "ResourcesShort");
    assert_eq!(check(412, 10413).await, "ResourcesShort");
    assert_eq!(check(403, 10402).await, "Forbidden");
    assert_eq!(check(403, 10405).await, "LoginExpired");
    assert_eq!(check(401, 10405).await, "LoginExpired");
    assert_eq!(check(200, 400).await, "Refused");
    assert_eq!(check(200, 10405).await, "LoginExpired");
}

#[tokio::test]
async fn a_redirect_to_another_host_is_reported_and_not_followed() {
    let elsewhere = Server::start(|_| me_answer()).await;
    let to = format!("{}/console/users/details?token=secret", elsewhere.address);
    let server = Server::start(move |asked| {
        if is_login(asked) {
            return Answer::login("t");
        }
        Answer { status: 302, headers: vec![("Location".into(), to.clone())], ..Answer::default() }
    })
    .await;
    let error = server.client().me(&ctx()).await.unwrap_err();
    assert!(matches!(&error, ConsoleError::Moved { to, .. } if !to.contains("secret")), "{error:?}");
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_cancelled_call_returns_at_once() {
    let server = Server::start(|asked| {
        if is_login(asked) { Answer::login("t") } else { Answer { delay: Duration::from_secs(30), ..me_answer() } }
    })
    .await;
    let (console, ctx) = (server.client(), ctx());
    let cancel = ctx.cancel.clone();
    let (me, ()) = tokio::join!(console.me(&ctx), async { cancel.cancel() });
    assert!(matches!(me, Err(ConsoleError::Cancelled(_))));
}

#[tokio::test]
async fn web_pages_are_told_from_answers() {
    let page = |status| Answer {
        status,
        headers: vec![("Content-Type".into(), "text/html; charset=utf-8".into())],
        body: b"<html>hello</html>".to_vec(),
        ..Answer::default()
    };
    for status in [200, 404, 500, 502, 504] {
        let server = Server::start(move |asked| if is_login(asked) { Answer::login("t") } else { page(status) }).await;
        let error = server.client().me(&ctx()).await.unwrap_err();
        match status {
            404 => assert!(matches!(error, ConsoleError::NoSuchCall(_)), "{error:?}"),
            _ => assert!(matches!(error, ConsoleError::BadAnswer { .. }), "{error:?}"),
        }
        let info = server.client().config_info(&ctx()).await.unwrap_err();
        match status {
            502 | 504 => assert!(matches!(info, ConsoleError::BadAnswer { .. }), "{info:?}"),
            _ => assert!(matches!(info, ConsoleError::NotRainbond { .. }), "{info:?}"),
        }
    }
}

#[test]
fn addresses_that_are_none_are_refused_without_their_passwords() {
    let check = |address: &str| match Console::new(spec(address), Secret::new("x"), Arc::new(SystemClock)) {
        Err(error @ ConsoleError::BadAddress { .. }) => assert!(!format!("{error:?}{error}").contains("hunter2")),
        other => panic!("{address}: {other:?}"),
    };
    ["", "console", "ftp://host", "http://", "//host", "http://admin:hunter2@host:7070"].into_iter().for_each(check);
}

#[test]
fn a_certificate_that_is_no_pem_is_refused() {
    let mut spec = spec("https://host");
    spec.trust = Trust::ExtraCa("not a certificate".into());
    let made = Console::new(spec, Secret::new("x"), Arc::new(SystemClock));
    assert!(matches!(made, Err(ConsoleError::BadCertificate { .. })));
}

#[test]
fn restores_are_waited_for_longer_than_anything() {
    assert!(Wait::Restore.time() >= Duration::from_secs(600));
    assert!(Wait::Short.time() < Wait::Long.time() && Wait::Long.time() < Wait::Restore.time());
}

async fn layers(address: &str) -> Vec<(Layer, String)> {
    let found = probe(&ctx(), spec(address), Secret::new("Passw0rd!x"), Arc::new(SystemClock)).await;
    let say = |outcome: &Outcome| match outcome {
        Outcome::Failed(error) => {
            assert_harmless(&format!("{error:?}"));
            format!("failed: {error:?}").split([' ', '(', '{']).take(2).collect::<Vec<_>>().join(" ")
        }
        other => format!("{other:?}").split('(').next().unwrap().to_owned(),
    };
    found.rungs.iter().map(|rung| (rung.layer, say(&rung.outcome))).collect()
}

fn layer(found: &[(Layer, String)], layer: Layer) -> &str {
    &found.iter().find(|(at, _)| *at == layer).unwrap().1
}

fn recorded(name: &str) -> Answer {
    let text = std::fs::read_to_string(fixtures().join("v6.9.8").join(format!("{name}.json"))).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    Answer::json(file["response"]["status"].as_u64().unwrap().try_into().unwrap(), &file["response"]["body"])
}

fn whole_console(asked: &Asked) -> Answer {
    match asked.path.as_str() {
        "/console/config/info" => recorded("100-config-info-anonymous"),
        "/console/users/login" => recorded("101-login-ok"),
        "/console/users/details" => recorded("200-user-details-admin"),
        _ => recorded("1418-region-down-regions"),
    }
}

#[tokio::test]
async fn the_connection_test_climbs_to_the_clusters() {
    let server = Server::start(whole_console).await;
    let found = layers(&server.address).await;
    for fine in [Layer::Address, Layer::Tcp, Layer::Http, Layer::Login, Layer::Rights] {
        assert_eq!(layer(&found, fine), "Fine", "{fine:?}");
    }
    assert_eq!(layer(&found, Layer::Tls), "NotNeeded");
    let clusters: Vec<&str> =
        found.iter().filter(|(at, _)| *at == Layer::Cluster).map(|(_, said)| said.as_str()).collect();
    assert_eq!(clusters, ["Fine", "Doubtful"]);
}

#[tokio::test]
async fn the_connection_test_names_the_layer_that_fails() {
    let check = |found: &[(Layer, String)], failing: Layer, how: &str, above: Layer| {
        assert_eq!(layer(found, failing), format!("failed: {how}"), "{found:?}");
        assert_eq!(layer(found, above), "NotReached", "{found:?}");
    };
    check(&layers("nonsense").await, Layer::Address, "BadAddress", Layer::Tcp);
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    check(&layers(&format!("http://{free}")).await, Layer::Tcp, "Unreachable", Layer::Tls);
    check(&layers("http://no-such-host.invalid:7070").await, Layer::Tcp, "Unreachable", Layer::Http);
    let server = Server::start(whole_console).await;
    let with_tls = server.address.replace("http://", "https://");
    check(&layers(&with_tls).await, Layer::Tls, "Tls", Layer::Http);
    server.play(|_| Answer { status: 200, body: b"hello".to_vec(), ..Answer::default() });
    check(&layers(&server.address).await, Layer::Http, "NotRainbond", Layer::Login);
    server.play(|asked| if is_login(asked) { recorded("102-login-wrong-password") } else { whole_console(asked) });
    check(&layers(&server.address).await, Layer::Login, "LoginRefused", Layer::Rights);
    server.play(|asked| if asked.path.ends_with("/details") { Answer::expired() } else { whole_console(asked) });
    check(&layers(&server.address).await, Layer::Rights, "LoginExpired", Layer::Cluster);
}

#[tokio::test]
async fn a_client_that_may_only_look_sends_nothing_that_writes() {
    let server = Server::start(|asked: &Asked| {
        if is_login(asked) {
            Answer::login("t")
        } else {
            Answer::json(200, &json!({"code": 200, "data": {"list": []}}))
        }
    })
    .await;
    let spec = ConsoleSpec { access: Access::ReadOnly, ..spec(&server.address) };
    let console = Console::new(spec, Secret::new("Passw0rd!x"), Arc::new(SystemClock)).unwrap();
    console.component_states(&ctx(), &scope(), &[]).await.unwrap();
    let before = server.asked().len();
    let app = NewApp { name: "商城".into(), k8s_app: "shop".into(), note: "n".into() };
    let refused = console.create_app(&ctx(), &scope(), &app).await;
    assert!(matches!(refused, Err(ConsoleError::ReadOnly { .. })), "{refused:?}");
    let refused = console.delete_app(&ctx(), &scope(), AppId(7)).await;
    assert!(matches!(refused, Err(ConsoleError::ReadOnly { .. })), "{refused:?}");
    assert_eq!(server.asked().len(), before, "nothing was asked");
}

#[tokio::test]
async fn silence_has_a_reason() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = client(&format!("http://{free}")).config_info(&ctx()).await;
    assert!(matches!(refused, Err(ConsoleError::Unreachable { why: Silence::Refused, .. })), "{refused:?}");
    let unknown = client("http://no-such-host.invalid").config_info(&ctx()).await;
    assert!(matches!(unknown, Err(ConsoleError::Unreachable { why: Silence::NoSuchHost, .. })), "{unknown:?}");
    let cut = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", cut.local_addr().unwrap());
    tokio::spawn(async move { while cut.accept().await.is_ok() {} });
    let cut_off = client(&address).config_info(&ctx()).await;
    assert!(matches!(cut_off, Err(ConsoleError::Unreachable { why: Silence::CutOff, .. })), "{cut_off:?}");
}

#[tokio::test]
async fn secrets_never_leave_by_an_error() {
    let echo = |asked: &Asked| {
        if is_login(asked) {
            return Answer::login("top-secret-token");
        }
        let sent = String::from_utf8_lossy(&asked.body).into_owned();
        let said = format!("bad: {sent} Passw0rd!x top-secret-token");
        Answer::json(400, &json!({"code": 400, "msg": said, "msg_show": said}))
    };
    let server = Server::start(echo).await;
    let console = server.client();
    let mut call =
        Call::put(console.pen().unwrap(), "try", &["x"], json!({"secret_key": "SKFAKE-1", "access_key": "AKFAKE-1"}));
    call.wait = Wait::Short;
    let error = console.ask(&ctx(), call).await.unwrap_err();
    let text = format!("{error:?} {error} {console:?}");
    for secret in ["SKFAKE", "AKFAKE", "Passw0rd", "top-secret"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_backup_that_is_refused_says_whose_fault_it_is() {
    let server =
        Server::start(
            |asked| if is_login(asked) { Answer::login("t") } else { recorded("502-backup-stateful-running") },
        )
        .await;
    let backup = NewBackup { note: "n".into(), mode: BackupMode::Offline, force: BackupForce::No };
    let error = server.client().create_backup(&ctx(), &scope(), AppId(1), &backup).await.unwrap_err();
    assert!(matches!(error, ConsoleError::StatefulRunning { components, .. } if components == ["数据库"]));
}

/// A console as its recordings of one version say it is: what it calls itself, how it refuses tokens, which gateway it has.
async fn versions_of(version: &'static str, refused: &'static str, routes: &'static str) -> Option<era::Versions> {
    let read = move |name: &str| {
        let text = std::fs::read_to_string(fixtures().join(version).join(format!("{name}.json"))).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        let (status, body) = (file["response"]["status"].as_u64().unwrap(), &file["response"]["body"]);
        let html = body.as_str().map(|page| Answer { body: page.as_bytes().to_vec(), ..Answer::default() });
        let answer = html.unwrap_or_else(|| Answer::json(200, body));
        Answer { status: status.try_into().unwrap(), ..answer }
    };
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/console/config/info" => read("100-config-info-anonymous"),
        "/console/users/login" => read("101-login-ok"),
        "/console/users/details" => read(refused),
        _ => read(routes),
    })
    .await;
    let evidence = server.client().evidence(&ctx(), None, Some(&scope())).await.unwrap();
    era::weigh(&evidence)
}

#[tokio::test]
async fn consoles_that_hide_their_version_are_told_by_what_they_do() {
    let v6 = versions_of("v6.9.8", "121-auth-garbage", "800-gateway-http-list-empty").await.unwrap();
    assert_eq!((v6.console, v6.certainty), (era::Version(6, 9, 8), era::Certainty::Guessed));
    let v5 = versions_of("v5.17.3", "121-auth-garbage", "800-gateway-http-list").await.unwrap();
    assert_eq!((v5.console, v5.certainty), (era::Version(5, 17, 3), era::Certainty::Guessed));
}
