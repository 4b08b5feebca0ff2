//! What a cluster starts with: a plan in plain data, laid out as rows, and its finished backups made by the builder.

mod extras;
mod plan;
mod sample;
mod workshop;

pub use extras::{CertificatePlan, ConfigGroupPlan, PluginPlan};
pub(crate) use plan::laid_out;
pub use plan::{AppPlan, BackupPlan, ComponentPlan, RegionPlan, SeedPlan, StoragePlan, TeamPlan, UserPlan};
pub use sample::{SAMPLE_PASSWORD, SampleName};

/// The first contents of a cluster. On a folder that has a state already it is not looked at.
#[derive(Debug, Clone)]
pub enum Seed {
    /// One administrator `admin` and one region named like the cluster; no team.
    Empty,
    /// One of the demo's clusters.
    Sample(SampleName),
    /// Any world, in plain data.
    Plan(Box<SeedPlan>),
}

impl Seed {
    pub(crate) fn plan(&self, name: &str) -> SeedPlan {
        match self {
            Self::Empty => SeedPlan::empty(name),
            Self::Sample(sample) => sample.plan(),
            Self::Plan(plan) => (**plan).clone(),
        }
    }
}
