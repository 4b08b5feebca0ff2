//! The command line: one JSON value a line, exit codes that mean something, names that may be short, and no secret in an
//! argument.

use crate::world::{PASSWORD, TestHost, World, cli};
use rainferry_core::api::{Core, Environment};
use rainferry_core::host::{Desktop, Host, SampleCluster, Samples, StoreAccess};
use rainferry_core::{Clock, Problem, Secret};
use rainferry_sandbox::{ImageRegistry, Pace, Regions, RegistrySpec};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use tokio::sync::Mutex;

/// A data folder that has the sample clusters saved: every command starts them with itself.
pub(crate) struct Home {
    pub dir: tempfile::TempDir,
}

impl Home {
    pub(crate) async fn with_samples() -> Self {
        Self::with_samples_in(tempfile::tempdir().unwrap()).await
    }

    /// The same, and the console of `shanghai` has a second cluster: samples go on from the state that is there.
    pub(crate) async fn with_two_regions() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let samples = dir.path().join("home/samples");
        let world = rainferry_sandbox::World::start_with(&samples, Pace::QUICK, Regions::Two).await.unwrap();
        world.stop().await;
        Self::with_samples_in(dir).await
    }

    async fn with_samples_in(dir: tempfile::TempDir) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = TestHost::at(&dir.path().join("home"), &dir.path().join("home/library"));
        let core = Core::open(Arc::new(WithSamples { plain, samples: Arc::default() })).await.unwrap();
        core.start_samples(()).await.unwrap();
        core.close().await;
        Self { dir }
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Answer {
        self.run_in(arguments, &[]).await
    }

    pub(crate) async fn run_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Answer {
        let mut command = Command::new(cli());
        command.arg("--json").args(arguments).env("RAINFERRY_HOME", self.dir.path().join("home"));
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").envs(environment.iter().copied());
        Answer::of(command).await
    }
}

pub(crate) struct Answer {
    pub code: i32,
    pub values: Vec<Value>,
    pub problem: Value,
}

impl Answer {
    async fn of(mut command: Command) -> Self {
        command.stdin(Stdio::null());
        let done: Output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = String::from_utf8(done.stdout).unwrap();
        let values = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")));
        let said = String::from_utf8(done.stderr).unwrap();
        let last = said.lines().last().and_then(|line| serde_json::from_str::<Value>(line).ok()).unwrap_or_default();
        Self { code: done.status.code().unwrap(), values: values.collect(), problem: last["problem"].clone() }
    }

    /// Ended with this exit code, for a problem of this code.
    #[track_caller]
    pub(crate) fn refused(&self, exit: i32, code: &str) {
        assert_eq!((self.code, self.problem["code"].as_str()), (exit, Some(code)), "{:?}", self.problem);
    }

    #[track_caller]
    fn fine_without_answer(&self) {
        assert_eq!(self.code, 0, "{:?}", self.problem);
    }

    #[track_caller]
    pub(crate) fn fine(&self) -> &Value {
        assert_eq!(self.code, 0, "{:?}", self.problem);
        self.values.last().unwrap()
    }
}

/// A computer that has sample clusters to lend.
struct WithSamples {
    plain: Arc<TestHost>,
    samples: Arc<SampleWorld>,
}

#[derive(Default)]
struct SampleWorld(Mutex<Option<rainferry_sandbox::World>>);

#[async_trait::async_trait]
impl Samples for SampleWorld {
    async fn start(&self, folder: &Path) -> Result<Vec<SampleCluster>, Problem> {
        let world = rainferry_sandbox::World::start(folder, Pace::QUICK).await.unwrap();
        let clusters = world.clusters().into_iter().map(|sample| SampleCluster {
            name: sample.name,
            url: sample.console_url,
            user: sample.user,
            password: Secret::new(sample.password),
            environment: Environment::Test,
            store: Some(StoreAccess {
                endpoint: sample.store.endpoint,
                bucket: sample.store.bucket,
                region: sample.store.region,
                access_key: sample.store.access_key,
                secret_key: Secret::new(sample.store.secret_key),
            }),
            finishes_restores: sample.finishes_restores,
        });
        let clusters = clusters.collect();
        *self.0.lock().await = Some(world);
        Ok(clusters)
    }

    async fn stop(&self) -> Result<(), Problem> {
        if let Some(world) = self.0.lock().await.take() {
            world.stop().await;
        }
        Ok(())
    }

    async fn running(&self) -> bool {
        self.0.lock().await.is_some()
    }

    async fn at_factory(&self) -> bool {
        false
    }

    async fn move_to_factory(&self, _: bool) -> Result<(), Problem> {
        Ok(())
    }
}

#[async_trait::async_trait]
impl Host for WithSamples {
    fn data_dir(&self) -> PathBuf {
        self.plain.data_dir()
    }

    fn library_dir(&self) -> PathBuf {
        self.plain.library_dir()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.plain.clock()
    }

    async fn secrets_kept(&self) -> rainferry_core::api::Kept {
        self.plain.secrets_kept().await
    }

    async fn keep_secret(&self, handle: &str, secret: &Secret) -> Result<rainferry_core::api::Kept, Problem> {
        self.plain.keep_secret(handle, secret).await
    }

    async fn read_secret(&self, handle: &str) -> Result<Option<(Secret, rainferry_core::api::Kept)>, Problem> {
        self.plain.read_secret(handle).await
    }

    async fn forget_secret(&self, handle: &str) -> Result<(), Problem> {
        self.plain.forget_secret(handle).await
    }

    fn environment_store(&self) -> Option<StoreAccess> {
        None
    }

    fn desktop(&self) -> Option<Arc<dyn Desktop>> {
        None
    }

    fn samples(&self) -> Option<Arc<dyn Samples>> {
        Some(self.samples.clone())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_does_the_main_job_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(cli());
    command.args(["demo", "--json", "--dir"]).arg(dir.path()).env("RAINFERRY_HOME", dir.path().join("unused"));
    let answer = Answer::of(command).await;
    let last = answer.fine();
    assert_eq!(last["ok"], Value::Bool(true));
    assert!(Path::new(last["bundle"].as_str().unwrap()).is_file());
    for job in ["migrated", "exported", "imported"] {
        assert!(last[job]["arrived"].as_array().is_some_and(|lines| !lines.is_empty()), "{job}: {last}");
    }
    let equal = |job: &str| last[job]["arrived"].to_string().contains("report_package_equal");
    assert!(equal("migrated") && equal("imported"), "{last}");
    assert_eq!(last["imported"]["sha256"], last["exported"]["sha256"]);
    assert!(!dir.path().join("unused").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_answer_in_json_and_exit_with_what_happened() {
    let home = Home::with_samples().await;
    let consoles = home.run(&["console", "list"]).await;
    let names: Vec<_> = consoles.fine().as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["beijing", "shanghai", "factory"]);
    let clusters = home.run(&["clusters"]).await;
    assert_eq!(clusters.fine().as_array().unwrap().len(), 3);
    let era = &clusters.fine()[0]["clusters"][0]["era"];
    assert_eq!((era["era"].as_str(), era["version"].as_str()), (Some("E3"), Some("v5.17.3")));
    assert!(era["can"].as_array().unwrap().iter().any(|line| line["code"] == "ability_tickets"), "{era}");
    assert!(era["cannot"].as_array().unwrap().iter().all(|row| row["why"]["message"].is_string()), "{era}");

    // Names: whole, shortened, by version; and what fits nothing or more than one.
    for name in
        ["beijing/beijing/商城团队/商城@20260820103000", "beijing/商城", "商城", "商城@20260806103000", "shop7k2m/商城"]
    {
        let package = home.run(&["inspect", name]).await;
        assert_eq!(package.fine()["app_name"], "商城", "{name}");
    }
    assert_eq!(home.run(&["backups", "shanghai/运维团队"]).await.fine()["apps"].as_array().unwrap().len(), 2);
    let (name, metadata) = ("商城@20260820103000", "region_apps_metadata.json");
    let members = home.run(&["members", name]).await;
    let there = members.values.iter().find(|member| member["name"].as_str().unwrap().ends_with(metadata)).unwrap();
    let (whole, file) = (there["name"].as_str().unwrap(), home.dir.path().join("one.json"));
    let save = ["members", name, "--save", whole, "--to", file.to_str().unwrap()];
    assert_eq!(home.run(&save).await.values[0], *there);
    let saved: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert!(saved.is_array() || saved.is_object());
    home.run(&save).await.refused(1, "file_exists");
    home.run(&["members", name, "--save", "../../etc/passwd"]).await.refused(3, "not_found");
    assert!(!home.dir.path().join("one.json.part").exists());
    home.run(&["inspect", "beijing/no-such-app"]).await.refused(3, "not_found");
    home.run(&["inspect", "商城@19990101000000"]).await.refused(3, "not_found");
    home.run(&["backups", "nowhere"]).await.refused(3, "not_found");
    home.run(&["console", "test", "nowhere"]).await.refused(3, "not_found");
    let two = home.run(&["plan", "商城", "shanghai"]).await;
    two.refused(3, "ambiguous");
    assert!(two.problem["hint"].as_str().unwrap().contains("运维团队"), "{}", two.problem);

    // Plans, blocked and not; production; what is not there.
    let plan = home.run(&["plan", "商城", "shanghai/运维团队"]).await;
    assert_eq!((plan.fine()["route"].as_str(), plan.fine()["app_name"].as_str()), (Some("relay"), Some("商城")));
    let checks = plan.fine()["checks"].as_array().unwrap();
    assert!(checks.len() >= 20, "{} checks", checks.len());
    for check in checks {
        let is_told =
            check["id"].is_string() && check["line"]["message"].is_string() && check["line"]["facts"].is_object();
        assert!(is_told && ["pass", "warn", "block"].contains(&check["level"].as_str().unwrap()), "{check}");
        assert_eq!(check["fix"]["message"].is_string(), check["level"] != "pass", "{check}");
    }
    home.run(&["backup", "create", "beijing/客户系统", "--note", "n", "--confirm", "beijing"])
        .await
        .refused(6, "plan_blocked");
    // Newer than its target; and one that is not, onto production.
    home.run(&["migrate", "shanghai/监控", "beijing"]).await.refused(6, "not_confirmed");
    home.run(&["migrate", "beijing/商城", "beijing"]).await.refused(6, "not_confirmed");
    home.run(&["backup", "create", "客户系统", "--note", "n"]).await.refused(6, "plan_blocked");
    home.run(&["backup", "create", "商城", "--note", "n"]).await.refused(6, "not_confirmed");
    let backup = home.run(&["backup", "create", "商城", "--note", "by hand", "--confirm", "beijing"]).await;
    assert_eq!(backup.fine()["state"], "done");
    home.run(&["plan", "商城", "factory"]).await.refused(5, "unreachable");
    home.run(&["verify", "no-such-file"]).await.refused(3, "not_found");
    let text = home.dir.path().join("text.tar.zst");
    std::fs::write(&text, [0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3]).unwrap();
    let damaged = home.run(&["inspect", text.to_str().unwrap()]).await;
    assert_eq!(damaged.code, 9, "{:?}", damaged.problem);
    assert_eq!(home.run(&["no-such-command"]).await.code, 2);

    // Jobs of earlier commands are listed and shown.
    let exported = home.run(&["export", "beijing/商城@20260806103000", "--no-encrypt"]).await;
    let job = exported.fine()["id"].as_str().unwrap().to_owned();
    let path = exported.fine()["report"]["path"].as_str().unwrap().to_owned();
    assert_eq!(home.run(&["jobs", "list"]).await.fine()[0]["id"], job.as_str());
    let shown = home.run(&["jobs", "show", &job]).await;
    assert_eq!(shown.fine()["state"], "done");
    let report = home.run(&["jobs", "report", &job]).await;
    assert_eq!(
        (report.fine()["state"].as_str(), report.fine()["plan"]["source_app"].as_str()),
        (Some("done"), Some("商城"))
    );
    let page = home.dir.path().join("report.html").display().to_string();
    let saved = home.run(&["jobs", "report", &job, "--html", &page, "--language", "zh"]).await;
    assert_eq!(saved.fine()["path"], page.as_str());
    assert!(std::fs::read_to_string(&page).unwrap().contains("任务报告"));
    home.run(&["jobs", "report", &job, "--html", &page]).await.refused(1, "file_exists");
    home.run(&["jobs", "show", "19990101-none"]).await.refused(3, "not_found");
    home.run(&["jobs", "cancel", "19990101-none"]).await.refused(3, "not_found");
    assert_eq!(home.run(&["verify", &path]).await.fine()["state"], "done");
    home.run(&["export", "beijing/商城@20260806103000", "--no-encrypt"]).await.refused(6, "plan_blocked");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    home.run(&["verify", &path]).await.refused(9, "bundle_damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_by_the_environment_and_never_by_an_argument() {
    let world = World::two_clusters().await;
    let home = Home { dir: tempfile::tempdir().unwrap() };
    let url = world.shanghai().console_url();
    let add = ["console", "add", "shanghai", &url, "--user", "admin"];
    let typed: Vec<&str> = add.iter().copied().chain(["--password", PASSWORD]).collect();
    assert_eq!(home.run(&typed).await.code, 2, "a password was taken as an argument");
    home.run_in(&add, &[("RAINFERRY_PASSWORD", "wrong")]).await.refused(4, "login_refused");
    let other = ["console", "add", "other", &url, "--user", "admin"];
    let saved = home.run_in(&other, &[("RAINFERRY_PASSWORD", PASSWORD)]).await;
    assert_eq!(saved.fine()["state"]["kind"], "ready");
    let silent = ["console", "add", "silent", "http://127.0.0.1:1", "--user", "admin"];
    home.run_in(&silent, &[("RAINFERRY_PASSWORD", PASSWORD)]).await.refused(5, "unreachable");
    let bad = ["console", "add", "bad", "ftp://host", "--user", "admin"];
    home.run_in(&bad, &[("RAINFERRY_PASSWORD", PASSWORD)]).await.refused(2, "bad_address");
    // No terminal, no variable: said, and not waited for.
    home.run(&["console", "add", "asks", &url, "--user", "admin"]).await.refused(4, "password_missing");
    let help = Command::new(cli()).args(["console", "add", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("RAINFERRY_PASSWORD") && !help.contains("--password"), "{help}");
}

/// Through a registry of one's own: named, tried, pushed to; its password comes from the environment and goes nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_goes_through_a_registry_that_is_named() {
    const SECRET: &str = "canary-registry-cli-31";
    let home = Home::with_samples().await;
    let registry = ImageRegistry::start(RegistrySpec::new(home.dir.path().join("registry"), "robot", SECRET)).await;
    let registry = registry.unwrap();
    let address = format!("{}/team", registry.host());
    let voyage = ["商城", "shanghai/运维团队", "--lane", "registry", "--registry", &address];
    let login = ["--registry-user", "robot", "--registry-plain-http"];
    let with = |command: &'static str| [&[command], &voyage[..], &login[..]].concat();
    let secret = [("RAINFERRY_REGISTRY_PASSWORD", SECRET)];
    let find = |plan: &Value, id: &str| plan["checks"].as_array().unwrap().iter().find(|row| row["id"] == id).cloned();

    let wrong = home.run_in(&with("plan"), &[("RAINFERRY_REGISTRY_PASSWORD", "wrong")]).await;
    let check = find(wrong.fine(), "own_registry").unwrap();
    assert_eq!(
        (check["level"].as_str(), check["line"]["code"].as_str()),
        (Some("block"), Some("check_own_registry_login"))
    );
    let plan = home.run_in(&with("plan"), &secret).await;
    assert_eq!(plan.fine()["lane"], "registry");
    assert_eq!(find(plan.fine(), "own_registry").unwrap()["level"], "pass");
    assert!(find(plan.fine(), "registry_trust").is_some());
    let saved = home.run(&["registry", "list"]).await;
    assert_eq!(
        (saved.fine()[0]["address"].as_str(), saved.fine()[0]["user"].as_str()),
        (Some(&*address), Some("robot"))
    );
    let done = home.run_in(&[&with("migrate")[..], &["--confirm", "shanghai"]].concat(), &secret).await;
    assert_eq!(done.fine()["state"], "done", "{:?}", done.values.last());
    assert!(!registry.images().is_empty());
    home.run(&["registry", "remove", &address]).await.fine_without_answer();
    assert_eq!(home.run(&["registry", "list"]).await.fine().as_array().map(Vec::len), Some(0));
    home.run(&["registry", "save", "--registry", "team"]).await.refused(2, "bad_address");
    let help = Command::new(cli()).args(["migrate", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("RAINFERRY_REGISTRY_PASSWORD") || !help.contains("--registry-password"), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_command_on_the_same_folder_is_told_to_wait() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let mut command = Command::new(cli());
    command.args(["--json", "jobs", "list"]).env("RAINFERRY_HOME", world.home());
    Answer::of(command).await.refused(10, "locked");
    client.core.close().await;
}

/// The sandbox as others use it: served by one process, steered by another.
#[tokio::test(flavor = "multi_thread")]
async fn a_served_sandbox_prints_one_line_and_can_be_moved() {
    let dir = tempfile::tempdir().unwrap();
    let mut serving = Command::new(cli());
    serving.args(["sandbox", "--print-json", "--dir"]).arg(dir.path()).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut serving = serving.spawn().unwrap();
    let line = {
        let out = serving.stdout.take().unwrap();
        tokio::task::spawn_blocking(move || {
            use std::io::BufRead;
            std::io::BufReader::new(out).lines().next().unwrap().unwrap()
        })
        .await
        .unwrap()
    };
    let info: Value = serde_json::from_str(&line).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = |at: usize| info["clusters"][at]["console_url"].as_str().unwrap().to_owned();
    assert!(http.get(url(0)).send().await.is_ok() && http.get(url(2)).send().await.is_err());
    let mut moving = Command::new(cli());
    moving.args(["sandbox", "--dir"]).arg(dir.path()).args(["site", "factory"]);
    assert_eq!(Answer::of(moving).await.code, 0);
    assert!(http.get(url(0)).send().await.is_err() && http.get(url(2)).send().await.is_ok());
    serving.kill().unwrap();
    serving.wait().unwrap();
}

/// Volumes are filled where that is asked for, by name or all; a name that is none blocks, and a live app's data is not known.
#[tokio::test(flavor = "multi_thread")]
async fn volumes_are_filled_from_the_command_line() {
    let home = Home::with_samples().await;
    let wiki = ["beijing/wiki", "shanghai/运维团队", "--lane", "rebuild"];
    let plan = home.run(&[&["plan"], &wiki[..]].concat()).await;
    let row = &plan.fine()["volumes"][0];
    assert_eq!((&row["name"], &row["can"], &row["chosen"]), (&"知识库".into(), &true.into(), &false.into()));
    home.run(&[&["migrate"], &wiki[..], &["--volume-data", "nobody"]].concat()).await.refused(6, "plan_blocked");
    let live = ["migrate", "beijing/wiki", "shanghai/运维团队", "--live", "--volume-data", "all"];
    home.run(&live).await.refused(2, "bad_request");
    let job = home.run(&[&["migrate"], &wiki[..], &["--volume-data", "知识库"]].concat()).await;
    let job = job.fine();
    assert_eq!(job["state"], "done");
    let arrived = job["report"]["arrived"].as_array().unwrap();
    let filled = arrived.iter().find(|line| line["code"] == "report_volumes_filled").unwrap();
    assert_eq!(filled["facts"]["files"], "3");
    // The same out of a bundle; an import names no lane, and what is filled is made anew.
    let bundle = home.run(&["export", "beijing/wiki", "--no-encrypt"]).await;
    let path = bundle.fine()["report"]["path"].as_str().unwrap().to_owned();
    let job = home.run(&["import", &path, "shanghai/运维团队", "--name", "wiki2", "--volume-data", "all"]).await;
    let report = job.fine()["report"]["arrived"].to_string();
    assert!(report.contains("report_volumes_filled"), "{report}");
}

/// What no package of v6 holds is read at the source, by name and where it is asked for; a bundle has no place for it.
#[tokio::test(flavor = "multi_thread")]
async fn volumes_are_read_at_the_source_from_the_command_line() {
    let home = Home::with_samples().await;
    let class = ["shanghai/客户团队/在线课堂", "shanghai/运维团队", "--lane", "rebuild"];
    let plan = home.run(&[&["plan"], &class[..]].concat()).await;
    let rows = plan.fine()["volumes"].as_array().unwrap().clone();
    let row = rows.iter().find(|row| row["can"] == true).unwrap_or_else(|| panic!("{rows:#?}"));
    assert_eq!((&row["reads"], &row["chosen"]), (&true.into(), &false.into()));
    let name = row["name"].as_str().unwrap();
    home.run(&[&["migrate"], &class[..], &["--volume-data", name]].concat()).await.refused(6, "plan_blocked");
    assert_eq!(home.run(&["export", class[0], "--read-volumes", name]).await.code, 2);
    home.run(&["migrate", class[0], ".", "--read-volumes", name]).await.refused(6, "plan_blocked");
    let job = home.run(&[&["migrate"], &class[..], &["--read-volumes", name]].concat()).await;
    let job = job.fine();
    assert_eq!(job["state"], "done");
    let arrived = job["report"]["arrived"].to_string();
    assert!(arrived.contains("report_read") && arrived.contains("report_volumes_filled"), "{arrived}");
}

/// A running app of a console that cannot back up: the plan says the way and the reason, and the same words take it.
#[tokio::test(flavor = "multi_thread")]
async fn a_live_app_goes_through_its_template_where_its_console_cannot_back_up() {
    let home = Home::with_samples().await;
    let state = home.dir.path().join("home/samples/shanghai/state.json");
    let mut rows: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
    rows["claims"] = "v6.3.0".into();
    std::fs::write(&state, rows.to_string()).unwrap();
    let (app, team) = ("shanghai/运维团队/监控", "beijing/商城团队");
    let plan = home.run(&["plan", "--live", app, team]).await;
    let plan = plan.fine();
    assert_eq!(plan["route_reason"]["code"], "route_template", "{plan}");
    assert_eq!(plan["lane_reason"]["code"], "lane_from_template");
    let steps = plan["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap().to_owned());
    assert_eq!(steps.take(4).collect::<Vec<_>>(), ["publish", "export_template", "fetch", "write"]);
    let moved = home.run(&["migrate", "--live", app, team, "--confirm", "beijing"]).await;
    assert_eq!(moved.fine()["state"], "done");
    assert_eq!(moved.fine()["leftovers"], serde_json::json!([]));
    let page = home.run(&["open", "beijing/商城团队/监控"]).await;
    assert!(page.fine()["url"].as_str().unwrap().contains("/apps/"));
}
