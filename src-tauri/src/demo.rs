//! The sample clusters, inside this process.

use rainferry_core::Problem;
use rainferry_core::host::{SampleCluster, Samples};
use std::path::Path;

/// Started when the user asks for them, stopped with the window.
#[derive(Default)]
pub(crate) struct SampleWorld;

#[async_trait::async_trait]
impl Samples for SampleWorld {
    async fn start(&self, _folder: &Path) -> Result<Vec<SampleCluster>, Problem> {
        Ok(Vec::new())
    }

    async fn stop(&self) -> Result<(), Problem> {
        Ok(())
    }

    async fn running(&self) -> bool {
        false
    }

    async fn at_factory(&self) -> bool {
        false
    }

    async fn move_to_factory(&self, _factory: bool) -> Result<(), Problem> {
        Ok(())
    }
}
