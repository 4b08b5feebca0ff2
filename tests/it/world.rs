//! What the promises are tried on: small simulated clusters with a few apps and backups each, and a client opened on a
//! folder of its own. Waits for facts, never for time.

pub(crate) use crate::host::TestHost;
use rainferry_core::api::{
    CheckId, ConsoleDraft, ConsoleState, Core, Environment, Event, JobState, JobView, Lane, Level, PhaseName,
    PhaseState, PlanOptions, PlanRequest, PlanSource, PlanTarget, PlanView, StartRequest, StoreDraft, StoreKind,
    helper_sha256,
};
use rainferry_core::{AppId, BackupId, ClusterId, Code, ConsoleId, JobId, Problem, Secret, TeamName};
use rainferry_sandbox::{
    AppPlan, BackupPlan, Cluster, ClusterSpec, ComponentPlan, Era, RegionPlan, Role, Seed, SeedPlan, StoragePlan,
    TeamPlan, UserPlan,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// The password of every user; searched for where it must not be.
pub(crate) const PASSWORD: &str = "canary-password-7f3a9c";
/// The app that is moved; its database lies on a `local` volume, which no package carries.
pub(crate) const SHOP: &str = "商城";
pub(crate) const SHOP_VERSION: &str = "20260820103000";
/// Longer than anything here takes, short enough for a hang to be seen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);
const MIB: u64 = 1024 * 1024;

/// How large the shop's package is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Some kilobytes: one request.
    Small,
    /// Eight parts: a copy with a middle.
    Parts,
}

/// Clusters that live as long as this does.
pub(crate) struct World {
    pub dir: TempDir,
    clusters: Vec<Cluster>,
}

impl World {
    /// `beijing`, v5.17.3 with a configured store, and `shanghai`, v6.9.8 with two teams and a store of its own.
    pub(crate) async fn two_clusters() -> Self {
        Self::sized(Size::Small).await
    }

    pub(crate) async fn sized(size: Size) -> Self {
        Self::planned(size, |_| {}, |_| {}).await
    }

    /// The same, and `shanghai` names its images after another registry.
    pub(crate) async fn with_registry(registry: &str) -> Self {
        Self::planned(Size::Small, |_| {}, |plan| registry.clone_into(&mut plan.regions[0].registry)).await
    }

    /// The two clusters, each planned a little differently.
    pub(crate) async fn planned(size: Size, from: impl FnOnce(&mut SeedPlan), to: impl FnOnce(&mut SeedPlan)) -> Self {
        let mut world = Self { dir: tempfile::tempdir().unwrap(), clusters: Vec::new() };
        let (mut first, mut second) = (beijing(size), shanghai());
        from(&mut first);
        to(&mut second);
        world.add("beijing", Era::V5_17_3, first).await;
        world.add("shanghai", Era::V6_9_8, second).await;
        world
    }

    /// `beijing` and a second v5 console, `guangzhou`, whose object storage is a bucket of the first one's store.
    pub(crate) async fn two_of_v5(bucket: &str) -> Self {
        let mut world = Self { dir: tempfile::tempdir().unwrap(), clusters: Vec::new() };
        world.add("beijing", Era::V5_17_3, beijing(Size::Small)).await;
        let mut plan = of("guangzhou", StoragePlan::Own("own-backup".to_owned()));
        plan.teams = vec![team("gz1", "guangzhou-team", "guangzhou")];
        world.add("guangzhou", Era::V5_17_3, plan).await;
        let mut storage = world.beijing().inspect().object_storage;
        storage.bucket_name = bucket.to_owned();
        world.beijing().make_bucket(bucket).unwrap();
        world.at("guangzhou").edit(|state| state.object_storage = storage).unwrap();
        world
    }

    /// `beijing` and `guangzhou`, of any two eras, with a store each.
    pub(crate) async fn of_eras(from: Era, to: Era) -> Self {
        Self::with(from, Seed::Plan(Box::new(beijing(Size::Small))), to).await
    }

    /// The same, with a little more in `beijing`.
    pub(crate) async fn of_eras_with(from: Era, to: Era, more: impl FnOnce(&mut SeedPlan)) -> Self {
        let mut plan = beijing(Size::Small);
        more(&mut plan);
        Self::with(from, Seed::Plan(Box::new(plan)), to).await
    }

    /// A seeded `beijing`, and `guangzhou` with a team and nothing in it.
    pub(crate) async fn with(from: Era, seed: Seed, to: Era) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut world = Self { dir, clusters: Vec::new() };
        world.start("beijing", from, seed).await;
        world.add_guangzhou(to).await;
        world
    }

    /// A cluster with a team and nothing in it.
    pub(crate) async fn add_guangzhou(&mut self, era: Era) {
        let mut plan = of("guangzhou", StoragePlan::Own("guangzhou-backup".to_owned()));
        plan.teams = vec![team("gz1", "guangzhou-team", "guangzhou")];
        self.add("guangzhou", era, plan).await;
    }

    async fn add(&mut self, name: &str, era: Era, plan: SeedPlan) {
        self.start(name, era, Seed::Plan(Box::new(plan))).await;
    }

    async fn start(&mut self, name: &str, era: Era, seed: Seed) {
        let spec = ClusterSpec::new(name, era, self.dir.path().join(name)).with_seed(seed);
        let cluster = Cluster::start(spec).await.unwrap();
        cluster.faults().switch(|switches| switches.init_program = helper_sha256());
        self.clusters.push(cluster);
    }

    pub(crate) fn at(&self, name: &str) -> &Cluster {
        self.clusters.iter().find(|cluster| cluster.name() == name).unwrap()
    }

    pub(crate) fn beijing(&self) -> &Cluster {
        self.at("beijing")
    }

    pub(crate) fn shanghai(&self) -> &Cluster {
        self.at("shanghai")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub(crate) fn library(&self) -> PathBuf {
        self.dir.path().join("library")
    }

    /// A client that knows all clusters, its data folder in this world's folder.
    pub(crate) async fn client(&self) -> Client {
        let client = Client::open(TestHost::at(&self.home(), &self.library())).await.unwrap();
        for cluster in &self.clusters {
            client.save(cluster).await;
        }
        client
    }

    /// The state of all clusters, as far as users can see it.
    pub(crate) async fn snapshot(&self) -> Value {
        let mut all = json!({});
        for cluster in &self.clusters {
            all[cluster.name()] = snapshot(cluster).await;
        }
        all
    }
}

/// Rows and objects of a cluster that a migration may change.
pub(crate) async fn snapshot(cluster: &Cluster) -> Value {
    let rows = serde_json::to_value(cluster.inspect()).unwrap();
    let mut seen = json!({});
    for table in ["apps", "components", "backups", "migrations", "region_backups", "restores", "http_rules", "routes"] {
        seen[table] = rows[table].clone();
    }
    for app in seen["apps"].as_array_mut().unwrap() {
        app["seen_status"] = Value::Null;
    }
    seen["objects"] = json!(cluster.objects().list(&cluster.store().bucket, "").await.unwrap());
    seen["uploads"] = json!(cluster.unfinished_uploads());
    seen
}

/// The SHA-256 of an object, read by a way of the sandbox's own.
pub(crate) async fn sha256(cluster: &Cluster, bucket: &str, key: &str) -> String {
    hex(&Sha256::digest(cluster.objects().get(bucket, key).await.unwrap()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keys of the packages in a cluster's bucket: not of the metadata that v6 keeps beside them.
pub(crate) async fn packages(cluster: &Cluster) -> Vec<String> {
    let listed = cluster.objects().list(&cluster.store().bucket, "").await.unwrap();
    listed.into_iter().map(|(key, _)| key).filter(|key| key.ends_with(".zip")).collect()
}

/// The key of a seeded backup's package on `beijing`: flat in the bucket.
pub(crate) fn v5_key(cluster: &Cluster, version: &str) -> String {
    let state = cluster.inspect();
    let row = state.backups.iter().find(|row| row.version == version).unwrap();
    row.source_dir.rsplit('/').next().unwrap().to_owned()
}

pub(crate) fn component(cluster: &Cluster, name: &str) -> rainferry_sandbox::state::Component {
    cluster.inspect().components.into_iter().find(|row| row.name == name).unwrap()
}

/// Files of a component's volumes, without the marks of the helper.
pub(crate) fn files(cluster: &Cluster, name: &str) -> Vec<(String, String)> {
    let found = cluster.volume_files(&component(cluster, name).service_id).into_iter();
    let plain = found.filter(|(path, _)| !path.contains("/.rbm-"));
    plain.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
}

/// A client with a folder of its own.
pub(crate) struct Client {
    pub core: Arc<Core>,
}

impl Client {
    pub(crate) async fn open(host: Arc<TestHost>) -> Result<Self, Problem> {
        // One provider per process; a second install is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { core: Arc::new(Core::open(host).await?) })
    }

    pub(crate) fn draft(cluster: &Cluster) -> ConsoleDraft {
        let (user, password) = cluster.admin();
        let store = cluster.store();
        let typed = StoreDraft {
            cluster_region: String::new(),
            kind: StoreKind::S3,
            endpoint: store.endpoint,
            bucket: store.bucket,
            region: store.region,
            access_key: store.access_key,
            secret_key: Some(Secret::new(store.secret_key)),
        };
        // A v5 console tells its store; a v6 one does not.
        let stores = if cluster.era() == Era::V6_9_8 { vec![typed] } else { Vec::new() };
        ConsoleDraft {
            id: None,
            name: cluster.name().to_owned(),
            url: cluster.console_url(),
            user: user.to_owned(),
            password: Some(Secret::new(password)),
            environment: Environment::Test,
            read_only: false,
            group: String::new(),
            notes: String::new(),
            ca_pem: None,
            fingerprint: None,
            stores: Some(stores),
        }
    }

    pub(crate) async fn save(&self, cluster: &Cluster) -> ConsoleId {
        self.save_as(Self::draft(cluster)).await
    }

    pub(crate) async fn save_as(&self, draft: ConsoleDraft) -> ConsoleId {
        let saved = self.core.save_console(draft).await.unwrap();
        let seen = self.core.refresh_console(saved.id).await.unwrap();
        assert_eq!(seen.state, ConsoleState::Ready);
        seen.id
    }

    /// Saves a console again, changed.
    pub(crate) async fn change(&self, cluster: &Cluster, change: impl FnOnce(&mut ConsoleDraft)) {
        let mut draft = Self::draft(cluster);
        draft.id = Some(self.console(cluster.name()).await);
        change(&mut draft);
        self.core.save_console(draft).await.unwrap();
    }

    pub(crate) async fn console(&self, name: &str) -> ConsoleId {
        let views = self.core.list_consoles(()).await.unwrap();
        views.into_iter().find(|view| view.name == name).unwrap().id
    }

    pub(crate) async fn cluster(&self, name: &str) -> ClusterId {
        ClusterId::of(&self.console(name).await, name)
    }

    /// A team of a cluster, as a target.
    pub(crate) async fn team(&self, cluster: &str, team: &str) -> PlanTarget {
        PlanTarget::Team { cluster: self.cluster(cluster).await, team: TeamName::from(team), app: None }
    }

    /// The backup of a version.
    pub(crate) async fn backup(&self, cluster: &Cluster, version: &str) -> PlanSource {
        let state = cluster.inspect();
        let row = state.backups.iter().find(|row| row.version == version).unwrap();
        let team = state.team_of(&row.tenant_id).unwrap();
        PlanSource::Backup {
            cluster: self.cluster(cluster.name()).await,
            team: TeamName(team.name.clone()),
            backup: BackupId(row.backup_id.clone()),
        }
    }

    pub(crate) async fn app(&self, cluster: &Cluster, name: &str) -> PlanSource {
        let state = cluster.inspect();
        let row = state.apps.iter().find(|row| row.name == name).unwrap();
        PlanSource::App {
            cluster: self.cluster(cluster.name()).await,
            team: TeamName(state.team_of(&row.tenant_id).unwrap().name.clone()),
            app: AppId(i64::try_from(row.id).unwrap()),
        }
    }

    /// The shop of `beijing` to the first team of `shanghai`.
    pub(crate) async fn voyage(&self, world: &World) -> PlanRequest {
        let source = self.backup(world.beijing(), SHOP_VERSION).await;
        PlanRequest { source, target: self.team("shanghai", "ops").await, options: official() }
    }

    /// A bundle is written unencrypted, unless the request says how.
    pub(crate) async fn plan(&self, mut request: PlanRequest) -> PlanView {
        if matches!(request.target, PlanTarget::ThisComputer { .. }) {
            request.options.encrypt.get_or_insert(false);
        }
        self.core.make_plan(request).await.unwrap()
    }

    pub(crate) async fn start(&self, request: PlanRequest) -> JobView {
        let plan = self.plan(request).await;
        self.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap()
    }

    /// Plans, starts, and waits for the end, whatever it is.
    pub(crate) async fn perform(&self, request: PlanRequest) -> JobView {
        let job = self.start(request).await;
        self.end(&job.id).await
    }

    pub(crate) async fn end(&self, id: &JobId) -> JobView {
        self.until(id, "the end", ended).await
    }

    /// Follows the events until the job is as it should be.
    pub(crate) async fn until(&self, id: &JobId, what: &str, fits: impl Fn(&JobView) -> bool) -> JobView {
        let mut events = self.core.events();
        let mut view = self.core.get_job(id.clone()).await.unwrap();
        let follow = async {
            while !fits(&view) {
                match events.next().await {
                    Some(Event::JobChanged { job }) if job.id == *id => view = *job,
                    Some(_) => {}
                    None => break,
                }
            }
            view
        };
        match tokio::time::timeout(PATIENCE, follow).await {
            Ok(view) => view,
            Err(_) => {
                let view = self.core.get_job(id.clone()).await.unwrap();
                let said: Vec<_> = view.log.iter().map(|row| row.line.code).collect();
                panic!("{what} did not come: {:?} {said:?} {:?}", view.state, view.problem)
            }
        }
    }

    pub(crate) async fn in_phase(&self, id: &JobId, phase: PhaseName) -> JobView {
        let running =
            |view: &JobView| view.phases.iter().any(|row| row.name == phase && row.state == PhaseState::Running);
        let view = self.until(id, "the phase", |view| running(view) || ended(view)).await;
        assert!(!ended(&view), "ended before {phase:?}: {:?} {:?}", view.state, view.problem);
        view
    }

    pub(crate) async fn cancel(&self, id: &JobId) -> JobView {
        self.core.cancel_job(id.clone()).await.unwrap();
        self.end(id).await
    }
}

pub(crate) fn ended(view: &JobView) -> bool {
    matches!(view.state, JobState::Done | JobState::Failed | JobState::Cancelled)
}

/// Through the platform's own restore, whatever the client would choose.
pub(crate) fn official() -> PlanOptions {
    PlanOptions { lane: Some(Lane::Official), ..PlanOptions::default() }
}

/// The command line, as it was built beside this.
pub(crate) fn cli() -> PathBuf {
    let path = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("rainferry-cli");
    assert!(path.is_file(), "{} is not built: cargo build --workspace --all-targets", path.display());
    path
}

/// Looks until something is so that nobody tells.
pub(crate) async fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let look = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    };
    if tokio::time::timeout(PATIENCE, look).await.is_err() {
        panic!("{what} did not come");
    }
}

/// The job ended well; otherwise says why it did not.
#[track_caller]
pub(crate) fn done(view: &JobView) {
    assert_eq!(view.state, JobState::Done, "{:?}", view.problem);
}

/// The job failed with this code, and says what to do.
#[track_caller]
pub(crate) fn failed(view: &JobView, code: Code) {
    assert_eq!(view.state, JobState::Failed, "{:?}", view.problem);
    helpful(view.problem.as_ref().unwrap(), code);
}

/// A problem of this code that says what to do.
#[track_caller]
pub(crate) fn helpful(problem: &Problem, code: Code) {
    assert_eq!(problem.code, code, "{problem:?}");
    assert!(problem.hint.as_ref().is_some_and(|hint| !hint.is_empty()), "no hint: {problem:?}");
    let first = problem.message.split(' ').next().unwrap();
    let is_name = first.contains(['/', '.', ':']) || ["beijing", "shanghai"].contains(&first);
    assert!(is_name || !first.starts_with(char::is_lowercase), "{}", problem.message);
}

/// The line of the check that forbids the start.
#[track_caller]
pub(crate) fn blocked_by(plan: &PlanView, check: CheckId) -> String {
    let found = plan.checks.iter().find(|row| row.id == check && row.level == Level::Block);
    found.unwrap_or_else(|| panic!("{check:?} does not block: {:#?}", plan.checks)).line.message.clone()
}

fn of(name: &str, storage: StoragePlan) -> SeedPlan {
    let admin = UserPlan {
        nick: "admin".to_owned(),
        real_name: "管理员".to_owned(),
        password: PASSWORD.to_owned(),
        phone: "13800000001".to_owned(),
        admin: true,
    };
    let viewer =
        UserPlan { nick: "zhaolei".to_owned(), phone: "13800000003".to_owned(), admin: false, ..admin.clone() };
    SeedPlan {
        enterprise_alias: name.to_owned(),
        storage,
        users: vec![admin, viewer],
        regions: vec![RegionPlan::named(name)],
        ..SeedPlan::default()
    }
}

pub(crate) fn team(name: &str, alias: &str, region: &str) -> TeamPlan {
    TeamPlan {
        name: name.to_owned(),
        alias: alias.to_owned(),
        tenant_id: String::new(),
        regions: vec![region.to_owned()],
        members: vec![("admin".to_owned(), Role::Admin), ("zhaolei".to_owned(), Role::Viewer)],
    }
}

pub(crate) fn web(name: &str, k8s: &str) -> ComponentPlan {
    ComponentPlan {
        name: name.to_owned(),
        k8s_name: k8s.to_owned(),
        ports: vec![(80, "http".to_owned(), true)],
        ..ComponentPlan::default()
    }
}

fn database(name: &str, k8s: &str, volume: &str, status: &str) -> ComponentPlan {
    ComponentPlan {
        extend_method: "state_singleton".to_owned(),
        status: status.to_owned(),
        ports: vec![(3306, "tcp".to_owned(), false)],
        envs: vec![("MYSQL_ROOT_PASSWORD".to_owned(), "shop-root".to_owned())],
        volumes: vec![("data".to_owned(), volume.to_owned(), "/var/lib/mysql".to_owned(), 10)],
        ..web(name, k8s)
    }
}

pub(crate) fn app(team: &str, region: &str, name: &str, k8s: &str, components: Vec<ComponentPlan>) -> AppPlan {
    AppPlan {
        team: team.to_owned(),
        region: region.to_owned(),
        name: name.to_owned(),
        k8s_app: k8s.to_owned(),
        note: String::new(),
        components,
    }
}

pub(crate) fn backup(app: &str, at: &str, note: &str) -> BackupPlan {
    BackupPlan {
        app: app.to_owned(),
        at: at.to_owned(),
        note: note.to_owned(),
        user: "admin".to_owned(),
        mode: "full-online".to_owned(),
        layer_bytes: None,
        orphan: false,
    }
}

/// The shop, a wiki with volume data, an app whose database runs, one with a custom volume, one that is gone.
fn beijing(size: Size) -> SeedPlan {
    let mut plan = of("beijing", StoragePlan::Own("rainbond-backup".to_owned()));
    plan.teams = vec![team("shop", "商城团队", "beijing")];
    let base_bytes = match size {
        Size::Small => 4096,
        Size::Parts => 19 * MIB,
    };
    let front = ComponentPlan {
        depends: vec!["订单库".to_owned()],
        domains: vec![("shop.example.test".to_owned(), "/".to_owned())],
        configs: vec![("conf".to_owned(), "/etc/nginx/default.conf".to_owned(), "listen 80; # 商城\n".to_owned())],
        base_bytes,
        ..web("前端", "web")
    };
    let shop = vec![ComponentPlan { base_bytes, ..database("订单库", "mysql", "local", "closed") }, front];
    let wiki = ComponentPlan {
        volumes: vec![("pages".to_owned(), "share-file".to_owned(), "/data/pages".to_owned(), 5)],
        files: vec![("/data/pages/首页.md".to_owned(), "# 欢迎\n".to_owned())],
        base_bytes,
        ..web("知识库", "wiki")
    };
    let files = ComponentPlan {
        volumes: vec![("archive".to_owned(), "nfs-csi".to_owned(), "/archive".to_owned(), 50)],
        ..web("文件服务", "files")
    };
    let crm = vec![web("客户前台", "crm-web"), database("客户库", "crm-db", "share-file", "running")];
    let here = |name: &str, k8s: &str, rows| app("shop", "beijing", name, k8s, rows);
    plan.apps = vec![
        here(SHOP, "shop", shop),
        here("wiki", "wiki", vec![wiki]),
        here("客户系统", "crm", crm),
        here("文件归档", "archive", vec![files]),
        here("旧官网", "old-site", vec![web("官网", "site")]),
    ];
    plan.backups = vec![
        BackupPlan { orphan: true, ..backup("旧官网", "2026-05-11 18:20:00", "下线前") },
        BackupPlan { layer_bytes: Some(4096), ..backup(SHOP, "2026-08-13 10:30:00", "每周例行备份") },
        backup(SHOP, "2026-08-20 10:30:00", "迁移前"),
        backup("wiki", "2026-08-19 22:15:00", "月度备份"),
    ];
    plan
}

fn shanghai() -> SeedPlan {
    let mut plan = of("shanghai", StoragePlan::Own("shanghai-backup".to_owned()));
    plan.teams = vec![team("ops", "运维团队", "shanghai"), team("crm", "客户团队", "shanghai")];
    plan.apps = vec![app("ops", "shanghai", "监控", "monitor", vec![web("看板", "dash")])];
    plan.backups = vec![backup("监控", "2026-08-12 08:00:00", "升级前")];
    plan
}

pub(crate) const WIKI_VERSION: &str = "20260819221500";
pub(crate) const ORPHAN_VERSION: &str = "20260511182000";
pub(crate) const MONITOR_VERSION: &str = "20260812080000";
