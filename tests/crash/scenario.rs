//! One job of each recipe, lane and route, and the world it happens in.

use crate::picture;
use crate::world::{
    Client, MONITOR_VERSION, ORPHAN_VERSION, SHOP, SHOP_VERSION, Size, TestHost, WIKI_VERSION, World, app, backup,
    done, official, team, web,
};
use rainferry_core::api::{
    JobState, JobView, Lane, LineCode, PlanOptions, PlanRequest, PlanSource, PlanTarget, RegistryDraft, RestoreManner,
    StartRequest,
};
use rainferry_core::{ClusterId, JobId, Secret, TeamName};
use rainferry_sandbox::{ComponentPlan, Era, Faults, ImageRegistry, RegionPlan, RegistrySpec, SeedPlan};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

const LIBRARY: &str = "资料馆";
const LIBRARY_VERSION: &str = "20260821120000";
/// Cannot back up (protocol.md B-0).
const B0: &str = "v6.3.0-release";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    Official,
    OfficialInParts,
    OfficialMended,
    SharedStore,
    ServerCopy,
    Rebuild,
    RebuildWithFiles,
    ReadAtSource,
    RebuildByCalls,
    Registry,
    Export,
    /// For disks that are full: large enough to fill one. Not among all.
    ExportInParts,
    Import,
    ImportRebuilt,
    BackUp,
    RestoreBeside,
    RestoreInPlace,
    RestoreOrphan,
    RunningApp,
    TemplateExport,
}

impl Scenario {
    pub(crate) const ALL: [Self; 19] = [
        Self::Official,
        Self::OfficialInParts,
        Self::OfficialMended,
        Self::SharedStore,
        Self::ServerCopy,
        Self::Rebuild,
        Self::RebuildWithFiles,
        Self::ReadAtSource,
        Self::RebuildByCalls,
        Self::Registry,
        Self::Export,
        Self::Import,
        Self::ImportRebuilt,
        Self::BackUp,
        Self::RestoreBeside,
        Self::RestoreInPlace,
        Self::RestoreOrphan,
        Self::RunningApp,
        Self::TemplateExport,
    ];

    async fn world(self) -> World {
        let second_cluster = |plan: &mut SeedPlan| {
            plan.regions.push(RegionPlan { registry: "chengdu.reg.test".to_owned(), ..RegionPlan::named("chengdu") });
            plan.teams.push(team("far", "远方团队", "chengdu"));
        };
        let world = match self {
            Self::OfficialInParts | Self::ExportInParts => World::sized(Size::Parts).await,
            Self::SharedStore => World::two_of_v5("rainbond-backup").await,
            Self::ServerCopy => World::two_of_v5("guangzhou-backup").await,
            Self::RebuildByCalls | Self::Registry => World::planned(Size::Small, |_| {}, second_cluster).await,
            Self::RebuildWithFiles => World::planned(Size::Small, with_library, |_| {}).await,
            Self::TemplateExport => World::of_eras(Era::V6_9_8, Era::V6_9_8).await,
            Self::ReadAtSource => World::of_eras_with(Era::V6_9_8, Era::V6_9_8, running_library).await,
            _ => World::two_clusters().await,
        };
        match self {
            Self::Rebuild | Self::RebuildWithFiles | Self::ImportRebuilt => {
                world.shanghai().faults().switch(|switches| switches.sends_component_name = false);
            }
            Self::TemplateExport => {
                world.beijing().faults().switch(|switches| switches.version = Some(B0.to_owned()));
            }
            Self::ReadAtSource => {
                world.at("guangzhou").faults().switch(|switches| switches.sends_component_name = false);
            }
            _ => {}
        }
        world
    }

    fn clusters(self) -> [&'static str; 2] {
        match self {
            Self::SharedStore | Self::ServerCopy | Self::TemplateExport | Self::ReadAtSource => {
                ["beijing", "guangzhou"]
            }
            _ => ["beijing", "shanghai"],
        }
    }

    async fn request(self, client: &Client, ground: &Ground) -> PlanRequest {
        let world = &ground.world;
        let beijing = world.beijing();
        let to = async |cluster: &str, team: &str| client.team(cluster, team).await;
        let plain = PlanOptions::default;
        let (source, target, options) = match self {
            Self::Official | Self::OfficialInParts => {
                (client.backup(beijing, SHOP_VERSION).await, to("shanghai", "ops").await, official())
            }
            Self::OfficialMended => {
                (client.backup(beijing, WIKI_VERSION).await, to("shanghai", "ops").await, official())
            }
            Self::SharedStore | Self::ServerCopy => {
                (client.backup(beijing, SHOP_VERSION).await, to("guangzhou", "gz1").await, official())
            }
            Self::Rebuild => {
                let options = PlanOptions { lane: Some(Lane::Rebuild), ..plain() };
                (client.backup(beijing, SHOP_VERSION).await, to("shanghai", "ops").await, options)
            }
            Self::RebuildWithFiles => {
                let options = PlanOptions { volume_data: vec!["*".to_owned()], ..plain() };
                (client.backup(beijing, LIBRARY_VERSION).await, to("shanghai", "ops").await, options)
            }
            Self::ReadAtSource => {
                let options = PlanOptions { volume_reading: vec!["*".to_owned()], ..plain() };
                (client.backup(beijing, LIBRARY_VERSION).await, to("guangzhou", "gz1").await, options)
            }
            Self::RebuildByCalls => (client.backup(beijing, SHOP_VERSION).await, far(client).await, plain()),
            Self::Registry => {
                let registry = ground.registry.as_ref().unwrap();
                let view = client.core.save_registry(draft(&registry.host())).await.unwrap();
                let options = PlanOptions { lane: Some(Lane::Registry), registry: Some(view.address), ..plain() };
                (client.backup(beijing, SHOP_VERSION).await, far(client).await, options)
            }
            Self::Export | Self::ExportInParts => {
                (client.backup(beijing, SHOP_VERSION).await, PlanTarget::ThisComputer { folder: None }, official())
            }
            Self::Import | Self::ImportRebuilt => {
                let source = client.backup(beijing, SHOP_VERSION).await;
                let target = PlanTarget::ThisComputer { folder: None };
                let job = client.perform(PlanRequest { source, target, options: official() }).await;
                done(&job);
                let path = job.report.unwrap().path.unwrap();
                let options = if self == Self::Import { official() } else { plain() };
                (PlanSource::File { path }, to("shanghai", "ops").await, options)
            }
            Self::BackUp => {
                let options = PlanOptions { stop_stateful: true, note: "n".to_owned(), ..official() };
                (client.app(beijing, "客户系统").await, PlanTarget::Backup, options)
            }
            Self::RestoreBeside => {
                let target = PlanTarget::Restore { manner: RestoreManner::Beside };
                (client.backup(world.shanghai(), MONITOR_VERSION).await, target, official())
            }
            Self::RestoreInPlace => {
                let target = PlanTarget::Restore { manner: RestoreManner::InPlace };
                let options = PlanOptions { stop_stateful: true, ..official() };
                (client.backup(world.shanghai(), MONITOR_VERSION).await, target, options)
            }
            Self::RestoreOrphan => {
                let target = PlanTarget::Restore { manner: RestoreManner::InPlace };
                (client.backup(beijing, ORPHAN_VERSION).await, target, official())
            }
            Self::RunningApp => {
                let options = PlanOptions { stop_stateful: true, ..plain() };
                (client.app(beijing, "客户系统").await, to("shanghai", "ops").await, options)
            }
            Self::TemplateExport => (client.app(beijing, SHOP).await, to("guangzhou", "gz1").await, plain()),
        };
        PlanRequest { source, target, options }
    }
}

async fn far(client: &Client) -> PlanTarget {
    let cluster = ClusterId::of(&client.console("shanghai").await, "chengdu");
    PlanTarget::Team { cluster, team: TeamName::from("far"), app: None }
}

fn draft(host: &str) -> RegistryDraft {
    RegistryDraft {
        address: format!("{host}/team"),
        user: "robot".to_owned(),
        password: Some(Secret::new("robot-password")),
        plain_http: true,
        ca_pem: None,
    }
}

/// Pages that two instances share, and a database of two instances with files of their own each.
fn with_library(plan: &mut SeedPlan) {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let pages = ComponentPlan {
        replicas: 2,
        volumes: vec![("pages".to_owned(), "share-file".to_owned(), "/data/pages".to_owned(), 5)],
        files: vec![file("/data/pages/首页.md", "# 欢迎\n"), file("/data/pages/a/deep.bin", &"x".repeat(9000))],
        ..web("阅览室", "wiki")
    };
    let database = ComponentPlan {
        extend_method: "state_multiple".to_owned(),
        status: "closed".to_owned(),
        replicas: 2,
        ports: vec![(3306, "tcp".to_owned(), false)],
        volumes: vec![("data".to_owned(), "share-file".to_owned(), "/var/lib/mysql".to_owned(), 10)],
        files: vec![
            file("/var/lib/mysql/library-db-0/ibdata1", "rows of the first"),
            file("/var/lib/mysql/library-db-1/ibdata1", "rows of the second"),
        ],
        ..web("目录库", "db")
    };
    plan.apps.push(app("shop", "beijing", LIBRARY, "library", vec![pages, database]));
    plan.backups.push(backup(LIBRARY, "2026-08-21 12:00:00", "迁移前"));
}

/// The library alone, and it runs.
fn running_library(plan: &mut SeedPlan) {
    plan.apps.clear();
    plan.backups.clear();
    with_library(plan);
    for component in plan.apps.iter_mut().flat_map(|app| app.components.iter_mut()) {
        component.status = "running".to_owned();
        // A console of v6 closes a port that no route leads to, as soon as somebody looks at it.
        component.ports.iter_mut().for_each(|port| port.2 = false);
    }
}

/// A world in which the job is written down and has not begun.
pub(crate) struct Ground {
    scenario: Scenario,
    pub world: World,
    registry: Option<ImageRegistry>,
    pub secrets: HashMap<String, String>,
    job: Option<JobId>,
    /// Uploads that the ended job names as left to the registry.
    named_uploads: AtomicUsize,
}

impl Ground {
    pub(crate) async fn prepared(scenario: Scenario) -> Self {
        let world = scenario.world().await;
        let registry = match scenario {
            Scenario::Registry => {
                let spec = RegistrySpec::new(world.dir.path().join("registry"), "robot", "robot-password");
                Some(ImageRegistry::start(spec).await.unwrap())
            }
            _ => None,
        };
        let mut ground =
            Self { scenario, world, registry, secrets: HashMap::new(), job: None, named_uploads: AtomicUsize::new(0) };
        let host = TestHost::in_haste(&ground.world.home(), &ground.world.library(), HashMap::new());
        let client = Client::open(host.clone()).await.unwrap();
        for name in scenario.clusters() {
            client.save(ground.world.at(name)).await;
        }
        let request = scenario.request(&client, &ground).await;
        let plan = client.plan(request).await;
        let blocks: Vec<_> = plan.blocks().map(|check| check.line.message.clone()).collect();
        assert!(blocks.is_empty(), "{scenario:?}: {blocks:?}");
        let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
        client.core.close().await;
        (ground.secrets, ground.job) = (host.secrets(), Some(job.id));
        ground
    }

    /// Opens a client, with which the job goes on.
    pub(crate) async fn client(&self) -> Client {
        let host = TestHost::in_haste(&self.world.home(), &self.world.library(), self.secrets.clone());
        Client::open(host).await.unwrap()
    }

    /// The clusters that are saved.
    pub(crate) fn clusters(&self) -> [&'static str; 2] {
        self.scenario.clusters()
    }

    pub(crate) fn job(&self) -> &JobId {
        self.job.as_ref().unwrap()
    }

    /// The job goes on in this process, to its end; what is wrong with that end.
    pub(crate) async fn finish(&self) -> Vec<String> {
        let client = self.client().await;
        let job = client.end(self.job()).await;
        client.core.close().await;
        self.wrong_with(&job)
    }

    /// What is wrong with a job that should have ended well.
    pub(crate) fn wrong_with(&self, job: &JobView) -> Vec<String> {
        let mut wrong = Vec::new();
        if job.state != JobState::Done {
            wrong.push(format!("it ended {:?}: {:?}", job.state, job.problem));
        }
        // What only a cluster's operator can remove is named, and that is all that can be done about it.
        let (left, named): (Vec<_>, Vec<_>) = job.leftovers.iter().partition(|left| left.removable);
        if !left.is_empty() {
            wrong.push(format!("left over: {left:?}"));
        }
        let uploads = named.iter().filter(|left| left.line.code == LineCode::LeftLostUpload).count();
        self.named_uploads.store(uploads, Ordering::Relaxed);
        wrong
    }

    /// The servers that the job asks.
    pub(crate) fn servers(&self) -> Vec<&Faults> {
        let clusters = self.scenario.clusters().into_iter().map(|name| self.world.at(name).faults());
        clusters.chain(self.registry.as_ref().map(ImageRegistry::faults)).collect()
    }

    pub(crate) async fn picture(&self) -> Value {
        let mut seen = picture::picture(&self.world, &self.scenario.clusters()).await;
        if let Some(registry) = &self.registry {
            let named = self.named_uploads.load(Ordering::Relaxed);
            seen["registry"] = json!([registry.images().len(), registry.open_uploads().saturating_sub(named)]);
        }
        seen
    }
}
