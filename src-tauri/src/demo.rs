//! The sample clusters, inside this process.

use rainferry_core::api::{Environment, helper_sha256};
use rainferry_core::host::{SampleCluster, Samples, StoreAccess};
use rainferry_core::{Code, Problem, Secret};
use rainferry_sandbox::{Pace, SandboxError, Site, World};
use std::path::Path;
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
