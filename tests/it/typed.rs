//! Each row of the platform's own feature, typed: the program itself, run against the sample clusters.

use crate::cli::{Answer, Home};
use serde_json::{Value, json};
use std::path::Path;

/// What a plan's check says at its level.
#[track_caller]
fn check<'a>(plan: &'a Value, id: &str, level: &str) -> &'a Value {
    let checks = plan["checks"].as_array().unwrap_or_else(|| panic!("no plan: {plan}"));
    let found = checks.iter().find(|row| row["id"] == id && row["level"] == level);
    found.unwrap_or_else(|| panic!("no {id} at {level} in {checks:#?}"))
}

/// The plan is the first value that a command prints.
#[track_caller]
fn plan(answer: &Answer) -> &Value {
    answer.values.iter().find(|value| value["checks"].is_array()).unwrap_or_else(|| panic!("{:?}", answer.problem))
}

fn codes(lines: &Value) -> Vec<&str> {
    lines.as_array().unwrap().iter().map(|line| line["code"].as_str().unwrap()).collect()
}

#[track_caller]
fn done(answer: &Answer) -> &Value {
    let job = answer.fine();
    assert_eq!(job["state"], "done", "{job}");
    job
}

/// The newest backup of an app in the list of all, by its note.
async fn listed(home: &Home, place: &str, note: &str) -> Vec<Value> {
    let found = home.run(&["backups", place, "--all", "--search", note]).await;
    found.fine()["rows"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn backing_up() {
    let home = Home::with_samples().await;
    // What stands in the way, and what to do about it.
    let custom = home.run(&["backup", "create", "beijing/文件归档", "--note", "n", "--confirm", "beijing"]).await;
    custom.refused(6, "plan_blocked");
    let said = check(plan(&custom), "custom_volumes", "block");
    assert!(said["line"]["message"].as_str().unwrap().contains("文件服务"), "{said}");
    assert!(said["fix"]["message"].is_string(), "{said}");
    let crm = ["backup", "create", "beijing/客户系统", "--confirm", "beijing", "--note"];
    let with = |note: &'static str, more: &[&'static str]| [&crm[..], &[note], more].concat();
    let running = home.run(&with("n", &[])).await;
    running.refused(6, "plan_blocked");
    let said = check(plan(&running), "stateful", "block");
    assert!(said["line"]["message"].as_str().unwrap().contains("客户库"), "{said}");

    // Stopped for it and started again; or taken while they run, which is marked.
    let stopping = home.run(&with("安静地", &["--stop"])).await;
    let phases: Vec<&str> =
        done(&stopping)["phases"].as_array().unwrap().iter().map(|phase| phase["name"].as_str().unwrap()).collect();
    assert_eq!(phases[..3], ["stop", "backup", "start"]);
    let column = home.run(&["backups", "beijing/商城团队"]).await;
    let app = column.fine()["apps"].as_array().unwrap().iter().find(|app| app["name"] == "客户系统").unwrap().clone();
    assert!(["starting", "running"].contains(&app["state"].as_str().unwrap()), "told to start again: {app}");
    done(&home.run(&with("趁热", &["--force"])).await);
    let rows = listed(&home, "beijing", "趁热").await;
    assert_eq!((rows.len(), &rows[0]["backup"]["hot"]), (1, &json!(true)), "{rows:?}");
    assert_eq!(listed(&home, "beijing", "安静地").await[0]["backup"]["hot"], json!(false));

    // Where it goes, how large it may get, how far it is.
    let local = home.run(&["backup", "create", "shanghai/监控", "--note", "在盘上", "--local"]).await;
    assert_eq!(check(plan(&local), "size", "pass")["line"]["code"], "check_size_fits");
    done(&local);
    let rows = listed(&home, "shanghai", "在盘上").await;
    assert_eq!((rows.len(), &rows[0]["backup"]["mode"]), (1, &json!("local")));
    let both = ["backup", "create", "beijing/支付", "beijing/wiki", "--note", "both", "--confirm", "beijing"];
    let told = std::process::Command::new(crate::world::cli())
        .args(both)
        .env("RAINFERRY_HOME", home.dir.path().join("home"))
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("Back up …") && told.contains("Back up done in"), "{told}");
    let rows = listed(&home, "beijing", "both").await;
    let clouds = rows.iter().filter(|row| row["backup"]["mode"] == "cloud").count();
    assert_eq!((rows.len(), clouds), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn object_storage() {
    let home = Home::with_samples().await;
    let place = home.run(&["backup", "where", "shanghai/监控"]).await;
    assert!(place.fine()["key"].as_str().unwrap().starts_with("backup/"), "{}", place.fine());
    assert_eq!(place.fine()["bucket"], "shanghai-backup");
    let shown = home.run(&["storage", "show", "beijing"]).await;
    assert_eq!((&shown.fine()["has_secret"], shown.fine().get("secret_key")), (&json!(true), None));
    assert!(shown.fine()["access_key"].as_str().unwrap().contains('…'), "{}", shown.fine());
    assert_eq!(home.run(&["storage", "test", "beijing"]).await.fine()["works"], true);
    let wrong = home.run(&["storage", "test", "beijing", "--bucket", "no-such-bucket"]).await;
    let seen = wrong.values.first().unwrap_or(&wrong.problem);
    assert!(seen["works"] == false || seen["code"].is_string(), "{seen}");
    home.run(&["storage", "set", "beijing", "--disable"]).await.refused(6, "not_confirmed");
    let set = home.run(&["storage", "set", "beijing", "--confirm", "beijing"]).await;
    assert_eq!(set.fine()["before"]["bucket"], set.fine()["after"]["bucket"]);
    let other = home.run(&["storage", "set", "shanghai", "--oss"]).await;
    assert_eq!((&other.fine()["before"]["kind"], &other.fine()["after"]["kind"]), (&json!("s3"), &json!("oss")));
    assert_eq!(home.run(&["storage", "show", "shanghai"]).await.fine()["kind"], "oss");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_deletion() {
    let home = Home::with_samples().await;
    let column = home.run(&["backups", "beijing/商城团队"]).await;
    let apps = column.fine()["apps"].as_array().unwrap().clone();
    let shop = apps.iter().find(|app| app["name"] == "商城").unwrap();
    assert_eq!(shop["backups"].as_array().unwrap().len(), 3);
    let all = home.run(&["backups", "beijing", "--all", "--sort", "size"]).await;
    let rows = all.fine()["rows"].as_array().unwrap().clone();
    let size = |row: &Value| row["backup"]["size_bytes"].as_u64().unwrap();
    assert!(rows.len() > 2 && rows.is_sorted_by(|a, b| size(a) >= size(b)), "{rows:?}");
    assert!(rows.iter().any(|row| row["app_deleted"] == true));
    let found = home.run(&["backups", "--all", "--search", "监控", "--status", "ready"]).await;
    let found = found.fine()["rows"].as_array().unwrap().clone();
    assert!(!found.is_empty() && found.iter().all(|row| row["backup"]["app_name"] == "监控"), "{found:?}");
    assert_eq!(home.run(&["backups", "--all", "--status", "failed"]).await.fine()["rows"], json!([]));

    // The record alone leaves its object; with it, nothing stays.
    let named = |row: &Value| format!("beijing/wiki@{}", row["backup"]["version"].as_str().unwrap());
    let wiki: Vec<Value> = rows.into_iter().filter(|row| row["backup"]["app_name"] == "wiki").collect();
    let (first, second) = (named(&wiki[0]), named(&wiki[1]));
    let look = home.run(&["backup", "delete", &first, "--dry-run"]).await;
    assert_eq!(codes(&look.fine()["stays"]), ["stays_object"], "{}", look.fine());
    home.run(&["backup", "delete", &first]).await.refused(6, "not_confirmed");
    let removed = home.run(&["backup", "delete", &first, "--confirm", "beijing"]).await;
    assert_eq!(codes(&removed.fine()["gone"]), ["gone_record"]);
    assert_eq!(codes(&removed.fine()["stays"]), ["stays_object"]);
    let removed = home.run(&["backup", "delete", &second, "--objects", "--confirm", "beijing"]).await;
    assert!(codes(&removed.fine()["gone"]).contains(&"gone_object"), "{}", removed.fine());
    let packages = || {
        let found = walk(&home.dir.path().join("home/samples/beijing/store"));
        found.into_iter().filter(|path| path.ends_with(".zip")).collect::<Vec<_>>()
    };
    let version = |name: &str| name.rsplit('@').next().unwrap().to_owned();
    assert!(packages().iter().any(|path| path.contains(&version(&first))));
    assert!(!packages().iter().any(|path| path.contains(&version(&second))));
}

fn walk(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path.display().to_string()] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring() {
    let home = Home::with_samples().await;
    // In place it wants the app closed; beside it does not. Then the original goes, by its name.
    let monitor = "shanghai/运维团队/监控";
    let wants = home.run(&["restore", monitor, "--dry-run"]).await;
    check(wants.fine(), "closed", "block");
    home.run(&["restore", monitor]).await.refused(6, "plan_blocked");
    let beside = home.run(&["restore", monitor, "--beside"]).await;
    let job = done(&beside)["id"].as_str().unwrap().to_owned();
    let report = &beside.fine()["report"];
    assert!(codes(&report["arrived"]).contains(&"report_components"), "{report}");
    assert!(report["announced"].is_array() && report["differences"].is_array(), "compared: {report}");
    home.run(&["delete-original", &job, "--confirm", "wrong"]).await.refused(6, "not_confirmed");
    let gone = home.run(&["delete-original", &job, "--confirm", "监控"]).await;
    assert_eq!(gone.fine()["report"]["original"]["deleted"], true);
    let copy = report["app_id"].as_i64().unwrap().to_string();
    let page = home.run(&["open", &format!("shanghai/运维团队/{copy}")]).await;
    assert!(page.fine()["url"].as_str().unwrap().ends_with(&format!("/apps/{copy}")));
    let leads = "shanghai/客户团队/线索收集";
    let there = home.run(&["restore", leads, "--stop"]).await;
    check(plan(&there), "closed", "warn");
    done(&there);
}

#[tokio::test(flavor = "multi_thread")]
async fn exporting_and_importing() {
    let home = Home::with_samples().await;
    let folder = home.dir.path().join("out").display().to_string();
    let ticket = home.run(&["export", "shanghai/监控", "--ticket", "--folder", &folder]).await;
    let ticket = ticket.fine()["path"].as_str().unwrap().to_owned();
    assert!(ticket.ends_with(".bak") && Path::new(&ticket).is_file());
    // A local backup, whose package the region's own store has.
    let local = home.run(&["export", "shanghai/发布工具", "--no-encrypt", "--folder", &folder]).await;
    let bundle = done(&local)["report"]["path"].as_str().unwrap().to_owned();
    assert_eq!(home.run(&["verify", &bundle]).await.fine()["state"], "done");

    let team = "shanghai/客户团队";
    let arrived = home.run(&["import", &bundle, team, "--name", "发布工具二", "--keep-stopped"]).await;
    assert!(codes(&done(&arrived)["report"]["arrived"]).contains(&"report_components"));
    let column = home.run(&["backups", team]).await;
    let apps = column.fine()["apps"].as_array().unwrap().clone();
    let made = apps.iter().find(|app| app["name"] == "发布工具二").unwrap_or_else(|| panic!("{apps:?}"));
    assert_eq!((&made["component_count"], &made["running_count"]), (&json!(1), &json!(0)));

    // As a record only; a second time its bytes are known.
    let record = home.run(&["import", &ticket, team, "--record-only"]).await;
    assert_eq!(done(&record)["report"]["missing"][0]["code"], "report_not_restored");
    let again = home.run(&["plan", &ticket, team]).await;
    assert_eq!(check(again.fine(), "duplicate", "warn")["line"]["code"], "check_duplicate_same", "{}", again.fine());
    // The record is a backup of its team like any other, and is brought to life there.
    let living = home.run(&["restore", &format!("{team}/监控")]).await;
    assert!(codes(&done(&living)["report"]["arrived"]).contains(&"report_components"));
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating() {
    let home = Home::with_samples().await;
    // Another team of the cluster, whose store is the same; another console, through this computer.
    let near = home.run(&["migrate", "shanghai/运维团队/监控", "shanghai/客户团队"]).await;
    assert_eq!(plan(&near)["route"], "server_copy", "{}", plan(&near)["route_reason"]);
    done(&near);
    let wiki = "beijing/wiki@20260819221500";
    let without = home.run(&["plan", wiki, "shanghai/客户团队", "--without-data", "--lane", "official"]).await;
    assert_eq!(check(without.fine(), "volume_data", "warn")["line"]["code"], "check_volume_data_dropped");
    let far = home.run(&["migrate", wiki, "shanghai/运维团队", "--lane", "official"]).await;
    assert_eq!(plan(&far)["route"], "relay", "{}", plan(&far)["route_reason"]);
    let app = done(&far)["report"]["app_id"].as_i64().unwrap().to_string();
    let page = home.run(&["open", &format!("shanghai/运维团队/{app}")]).await;
    assert!(page.fine()["url"].as_str().unwrap().ends_with(&format!("/apps/{app}")));
    home.run(&["plan", wiki, "factory"]).await.refused(5, "unreachable");
    // An app as it runs is backed up on the way.
    let live = home.run(&["migrate", "--live", "beijing/支付", "shanghai/客户团队", "--confirm", "beijing"]).await;
    let phases: Vec<&str> =
        done(&live)["phases"].as_array().unwrap().iter().map(|phase| phase["name"].as_str().unwrap()).collect();
    assert!(phases.starts_with(&["backup", "plan", "check"]), "{phases:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn afterwards() {
    let home = Home::with_samples().await;
    let wiki = "beijing/wiki@20260819221500";
    let kept = home.run(&["migrate", wiki, "shanghai/运维团队", "--no-gateway", "--name", "wiki-a"]).await;
    let job = done(&kept)["id"].as_str().unwrap().to_owned();
    let report = home.run(&["jobs", "report", &job]).await;
    let rows = report.fine()["gateway"].as_array().unwrap().clone();
    assert!(rows.iter().any(|row| row["old"].as_str().unwrap().starts_with("wiki.example.test")), "{}", report.fine());
    assert!(rows.iter().all(|row| row["component"] == "知识库" && row["new"].is_array()), "{rows:?}");
    assert!(codes(&kept.fine()["report"]["missing"]).contains(&"report_gateway_rules"), "{}", kept.fine()["report"]);
    assert!(!report.fine()["by_hand"].as_array().unwrap().is_empty());
    assert!(codes(&kept.fine()["report"]["arrived"]).contains(&"report_started"), "{}", kept.fine()["report"]);

    let made = home.run(&["migrate", wiki, "shanghai/运维团队", "--gateway", "--name", "wiki-b"]).await;
    let arrived = &done(&made)["report"]["arrived"];
    assert!(codes(arrived).contains(&"report_rules_made"), "{arrived}");
    // Once more: the address is another app's now.
    let clash = home.run(&["migrate", wiki, "shanghai/客户团队", "--name", "wiki-c"]).await;
    let warned = check(plan(&clash), "gateway", "warn");
    assert!(warned["line"]["message"].as_str().unwrap().contains("wiki.example.test"), "{warned}");
    assert!(warned["fix"]["message"].is_string(), "{warned}");
    assert!(codes(&done(&clash)["report"]["missing"]).contains(&"report_rule_clash"), "{}", clash.fine()["report"]);
}

/// Another cluster behind the same console: its packages go into the console's first one only, so by calls.
#[tokio::test(flavor = "multi_thread")]
async fn migrating_within_a_console() {
    let home = Home::with_two_regions().await;
    let there = home.run(&["migrate", "shanghai/运维团队/监控", "shanghai/chengdu/远方团队"]).await;
    let reason = &plan(&there)["lane_reason"];
    assert_eq!(reason["code"], "lane_rebuild_other", "{reason}");
    done(&there);
    let column = home.run(&["backups", "shanghai/chengdu/远方团队"]).await;
    let apps = column.fine()["apps"].as_array().unwrap();
    assert!(apps.iter().any(|app| app["name"] == "监控"), "{apps:?}");
}
