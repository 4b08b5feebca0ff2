//! The demo: three clusters on two sites, and the laptop that is at one of them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::cluster::{Cluster, ClusterSpec};
use crate::control;
use crate::error::SandboxError;
use crate::region::Pace;
use crate::seed::{SampleName, Seed};
use crate::serve::Door;
use crate::store::StoreAddress;

/// Where this computer is. What is not there refuses connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    #[default]
    Office,
    Factory,
}

/// How many clusters the console of `shanghai` has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Regions {
    #[default]
    One,
    /// Another one, `chengdu`, with a team of its own and nothing in it.
    Two,
}

/// What a client needs to know of a sample cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleCluster {
    pub name: String,
    pub console_url: String,
    pub user: String,
    pub password: String,
    /// `production`, `staging` or `test`.
    pub environment: String,
    pub store: StoreAddress,
    /// Whether the platform's own restore ends well there, as its region is switched now (recorded 771).
    #[serde(default)]
    pub finishes_restores: bool,
}

/// What another process needs to know of a running world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldInfo {
    pub control_url: String,
    pub site: Site,
    pub clusters: Vec<SampleCluster>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Saved {
    site: Site,
    control_port: u16,
}

/// The three clusters, shared with the control server.
pub(crate) struct Shared {
    dir: PathBuf,
    clusters: Vec<(SampleName, Cluster)>,
    saved: Mutex<Saved>,
    /// One move at a time.
    moving: tokio::sync::Mutex<()>,
}

pub struct World {
    shared: Arc<Shared>,
    control: Door,
}

impl World {
    /// Starts the demo in `dir`, or resumes it.
    pub async fn start(dir: &Path, pace: Pace) -> Result<Self, SandboxError> {
        Self::start_with(dir, pace, Regions::One).await
    }

    /// The same, with as many clusters behind the console of `shanghai`.
    pub async fn start_with(dir: &Path, pace: Pace, regions: Regions) -> Result<Self, SandboxError> {
        std::fs::create_dir_all(dir).map_err(SandboxError::folder(dir))?;
        let path = dir.join("world.json");
        let saved: Saved =
            std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let start = |name: SampleName| {
            let mut spec = ClusterSpec::new(name.name(), name.era(), dir.join(name.name()));
            spec.seed = match (name, regions) {
                (SampleName::Shanghai, Regions::Two) => Seed::Plan(Box::new(name.plan_of_two())),
                _ => Seed::Sample(name),
            };
            spec.pace = pace;
            Cluster::start(spec)
        };
        let [beijing, shanghai, factory] = SampleName::ALL;
        let (a, b, c) = tokio::try_join!(start(beijing), start(shanghai), start(factory))?;
        let clusters = vec![(beijing, a), (shanghai, b), (factory, c)];
        let (site, control_port) = (saved.site, saved.control_port);
        let shared = Arc::new(Shared {
            dir: dir.to_owned(),
            clusters,
            saved: Mutex::new(saved),
            moving: tokio::sync::Mutex::new(()),
        });
        let control = Door::open(control_port, control::answers(Arc::clone(&shared))).await?;
        shared.saved.lock().unwrap_or_else(PoisonError::into_inner).control_port = control.port();
        shared.set_site(site).await?;
        Ok(Self { shared, control })
    }

    /// Where the world that lives in `dir` is steered, once it has been started.
    pub(crate) fn control_port(dir: &Path) -> Option<u16> {
        let bytes = std::fs::read(dir.join("world.json")).ok()?;
        serde_json::from_slice::<Saved>(&bytes).ok().map(|saved| saved.control_port)
    }

    pub fn clusters(&self) -> Vec<SampleCluster> {
        self.shared.samples()
    }

    pub fn cluster(&self, name: &str) -> Result<&Cluster, SandboxError> {
        self.shared.cluster(name)
    }

    /// Init containers of this program, by its SHA-256, are really run.
    pub fn runs(&self, program: Option<&str>) {
        for (_, cluster) in &self.shared.clusters {
            cluster.faults().switch(|switches| switches.init_program = program.map(str::to_owned));
        }
    }

    pub fn site(&self) -> Site {
        self.shared.site()
    }

    /// Moves the laptop; remembered over restarts.
    pub async fn set_site(&self, site: Site) -> Result<(), SandboxError> {
        self.shared.set_site(site).await
    }

    /// Where another process can steer this world: see [`crate::control`].
    pub fn info(&self) -> WorldInfo {
        WorldInfo { control_url: self.control.url(), site: self.site(), clusters: self.clusters() }
    }

    pub async fn stop(self) {
        let Self { shared, control } = self;
        control.shut().await;
        // The door's answers hold the clusters too.
        drop(control);
        if let Ok(shared) = Arc::try_unwrap(shared) {
            for (_, cluster) in shared.clusters {
                cluster.stop().await;
            }
        }
    }

    /// Starts afresh: stops, deletes everything in the folder that is a sample's, starts again.
    pub async fn reset(self, pace: Pace) -> Result<Self, SandboxError> {
        let dir = self.shared.dir.clone();
        self.stop().await;
        for name in SampleName::ALL {
            let _ = std::fs::remove_dir_all(dir.join(name.name()));
        }
        let _ = std::fs::remove_file(dir.join("world.json"));
        Self::start(&dir, pace).await
    }
}

impl Shared {
    pub(crate) fn cluster(&self, name: &str) -> Result<&Cluster, SandboxError> {
        let found = self.clusters.iter().find(|(sample, _)| sample.name() == name);
        found.map(|(_, cluster)| cluster).ok_or_else(|| SandboxError::NoCluster { name: name.to_owned() })
    }

    pub(crate) fn site(&self) -> Site {
        self.saved.lock().unwrap_or_else(PoisonError::into_inner).site
    }

    pub(crate) fn samples(&self) -> Vec<SampleCluster> {
        let clusters = self.clusters.iter().map(|(sample, cluster)| {
            let (user, password) = cluster.admin();
            SampleCluster {
                name: sample.name().to_owned(),
                console_url: cluster.console_url(),
                user: user.to_owned(),
                password: password.to_owned(),
                environment: sample.environment().to_owned(),
                store: cluster.store(),
                finishes_restores: cluster.faults().switches().sends_component_name,
            }
        });
        clusters.collect()
    }

    pub(crate) async fn set_site(&self, site: Site) -> Result<(), SandboxError> {
        let _moving = self.moving.lock().await;
        for (sample, cluster) in &self.clusters {
            let there = match sample {
                SampleName::Beijing | SampleName::Shanghai => Site::Office,
                SampleName::Factory => Site::Factory,
            };
            if there == site {
                cluster.accept_connections().await?;
            } else {
                cluster.refuse_connections().await;
            }
        }
        let path = self.dir.join("world.json");
        let text = {
            let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
            saved.site = site;
            serde_json::to_vec(&*saved).map_err(|source| SandboxError::State { path: path.clone(), source })?
        };
        let part = path.with_extension("json.part");
        std::fs::write(&part, text).map_err(SandboxError::folder(&part))?;
        std::fs::rename(&part, &path).map_err(SandboxError::folder(&path))
    }
}
