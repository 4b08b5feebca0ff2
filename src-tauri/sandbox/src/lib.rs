//! Simulated Rainbond clusters, for the built-in demo and for tests.
//!
//! A [`Cluster`] is a console (HTTP on loopback), its region and builder, and an S3 store on another port, of one
//! [`Era`]. All answers are computed from rows that are on disk before the answer leaves, packages are real zips in
//! a real store, and a restore succeeds or fails for the platform's own reasons. A [`World`] is the demo's three
//! clusters. [`Faults`] break things on purpose and count calls.
//!
//! It is held to recordings of real consoles by `tests/recordings.rs`, never returns a recorded body, and knows
//! nothing of the program it is there for.
//!
//! ```ignore
//! let spec = ClusterSpec::new("one", Era::V6_9_8, dir).with_seed(Seed::Sample(SampleName::Shanghai));
//! let cluster = Cluster::start(spec).await?;
//! cluster.faults().set(Fault::store("UploadPart", "**", Hits::Nth(3), Trouble::Fail { status: 503 }));
//! ```

#![recursion_limit = "256"]

mod clock;
mod cluster;
mod console;
pub mod control;
mod era;
mod error;
pub mod fault;
mod image;
mod noise;
mod region;
mod registry;
mod seed;
mod serve;
pub mod state;
pub mod steer;
mod store;
mod ticket;
mod world;
mod zip;

pub use clock::{Clock, Moment};
pub use cluster::{Cluster, ClusterSpec};
pub use era::Era;
pub use error::SandboxError;
pub use fault::{
    Call, ExpiryRule, Fault, Faults, Hits, RegionFault, Resources, Server, Stage, Switches, Trouble, WireFault,
};
pub use region::Pace;
pub use registry::{ImageRegistry, RegistryLogin, RegistrySpec};
pub use seed::{
    AppPlan, BackupPlan, CertificatePlan, ComponentPlan, ConfigGroupPlan, PluginPlan, RegionPlan, SAMPLE_PASSWORD,
    SampleName, Seed, SeedPlan, StoragePlan, TeamPlan, UserPlan,
};
pub use state::{Role, State};
pub use store::{Objects, StoreAddress};
pub use world::{Regions, SampleCluster, Site, World, WorldInfo};
