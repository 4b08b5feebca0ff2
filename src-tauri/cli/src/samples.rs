//! The sample clusters: inside this process for the demo, or served to others until interrupted.

use crate::args::{SandboxCommand, SiteArg};
use crate::out::Out;
use crate::reference;
use rainferry_core::api::{Environment, helper_sha256};
use rainferry_core::host::{SampleCluster, Samples, StoreAccess};
use rainferry_core::{Code, Problem, Secret};
use rainferry_sandbox::{Pace, Regions, SandboxError, Site, World};
use std::path::Path;
use std::path::PathBuf;
use tokio::sync::Mutex;

/// Started when the user asks for them, stopped with the program.
#[derive(Default)]
pub(crate) struct SampleWorld {
    world: Mutex<Option<World>>,
}

fn problem(error: &SandboxError) -> Problem {
    Problem::new(Code::Internal, "The sample clusters did not do as told").fact("reason", error.to_string())
}

fn as_profile(sample: rainferry_sandbox::SampleCluster) -> SampleCluster {
    SampleCluster {
        name: sample.name,
        url: sample.console_url,
        user: sample.user,
        password: Secret::new(sample.password),
        environment: match sample.environment.as_str() {
            "production" => Environment::Production,
            "staging" => Environment::Staging,
            _ => Environment::Test,
        },
        store: Some(StoreAccess {
            endpoint: sample.store.endpoint,
            bucket: sample.store.bucket,
            region: sample.store.region,
            access_key: sample.store.access_key,
            secret_key: Secret::new(sample.store.secret_key),
        }),
        finishes_restores: sample.finishes_restores,
    }
}

impl SampleWorld {
    /// From now on a cluster's region sends what published regions send: restores cannot be saved (B-1).
    pub(crate) async fn as_published(&self, name: &str) {
        let held = self.world.lock().await;
        if let Some(cluster) = held.as_ref().and_then(|world| world.cluster(name).ok()) {
            cluster.faults().switch(|switches| switches.sends_component_name = false);
        }
    }
}

#[async_trait::async_trait]
impl Samples for SampleWorld {
    async fn start(&self, folder: &Path) -> Result<Vec<SampleCluster>, Problem> {
        let mut held = self.world.lock().await;
        if held.is_none() {
            let world = World::start(folder, Pace::LIFELIKE).await.map_err(|error| problem(&error))?;
            world.runs(helper_sha256().as_deref());
            *held = Some(world);
        }
        Ok(held.iter().flat_map(World::clusters).map(as_profile).collect())
    }

    async fn stop(&self) -> Result<(), Problem> {
        if let Some(world) = self.world.lock().await.take() {
            world.stop().await;
        }
        Ok(())
    }

    async fn running(&self) -> bool {
        self.world.lock().await.is_some()
    }

    async fn at_factory(&self) -> bool {
        self.world.lock().await.as_ref().is_some_and(|world| world.site() == Site::Factory)
    }

    async fn move_to_factory(&self, factory: bool) -> Result<(), Problem> {
        let site = if factory { Site::Factory } else { Site::Office };
        match &*self.world.lock().await {
            Some(world) => world.set_site(site).await.map_err(|error| problem(&error)),
            None => Err(Problem::new(Code::NotHere, "The sample clusters are not running")),
        }
    }
}

/// Serves the sample clusters of a folder, or steers those that are being served from it.
pub(crate) async fn serve(
    dir: Option<PathBuf>,
    print_json: bool,
    regions: Regions,
    command: Option<SandboxCommand>,
    out: Out,
) -> Result<(), Problem> {
    let dir = dir.unwrap_or_else(|| PathBuf::from("target/sandbox"));
    let dir = PathBuf::from(reference::absolute(&dir)?);
    if let Some(SandboxCommand::Site { site }) = command {
        let site = match site {
            SiteArg::Office => Site::Office,
            SiteArg::Factory => Site::Factory,
        };
        return rainferry_sandbox::steer::move_to(&dir, site).await.map_err(|error| problem(&error));
    }
    let world = World::start_with(&dir, Pace::LIFELIKE, regions).await.map_err(|error| problem(&error))?;
    world.runs(helper_sha256().as_deref());
    let info = world.info();
    if print_json {
        Out { json: true }.value(&info);
    } else {
        out.value(&info);
    }
    if !print_json {
        for cluster in &info.clusters {
            out.line(format!(
                "{} ({}): {} as {} / {}",
                cluster.name, cluster.environment, cluster.console_url, cluster.user, cluster.password
            ));
            out.line(format!(
                "  store {} bucket {} key {}",
                cluster.store.endpoint, cluster.store.bucket, cluster.store.access_key
            ));
        }
        out.line("Serving until interrupted");
    }
    tokio::signal::ctrl_c().await.map_err(|error| {
        Problem::new(Code::Internal, "The interrupt cannot be heard").fact("reason", error.to_string())
    })?;
    world.stop().await;
    Ok(())
}
