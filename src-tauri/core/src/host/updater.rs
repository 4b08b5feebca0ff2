//! What the host lends so that the program can be replaced by a newer one: the wire to ask, and the system's way to install. What
//! may be asked and what may be installed is decided by the core.

use crate::problem::Problem;
use bytes::Bytes;
use url::Url;

/// No package of ours comes near it; it only bounds what somebody else can make us hold.
pub const LARGEST_UPDATE: usize = 512 << 20;

/// What runs here, for an update to fit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub version: String,
    /// The public key that was built in, as `tauri signer generate` writes it; none: this build takes no updates.
    pub key: Option<String>,
    /// What brought it here; none where it was built and started.
    pub by: Option<PackageKind>,
    /// By Rust's names: `linux`, `x86_64`.
    pub os: String,
    pub arch: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageKind {
    Deb,
    Rpm,
    AppImage,
    App,
    Nsis,
    Msi,
}

/// What a manifest says of a newer version. Nobody has signed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Announced {
    pub version: String,
    pub notes: Option<String>,
    /// Where its package is, for this system.
    pub package: Url,
    /// The manifest as it came.
    pub manifest: serde_json::Value,
}

/// A package and what should be its signature; nothing is proven.
#[derive(Clone, Debug)]
pub struct Package {
    /// The file or the address it came from.
    pub from: String,
    pub bytes: Bytes,
    pub signature: String,
    /// The version a manifest gave it.
    pub announced: Option<String>,
    pub notes: Option<String>,
}

/// A package whose signature holds, newer than what runs, for this system.
#[derive(Clone, Debug)]
pub struct Proven {
    pub version: String,
    /// The name it was signed under.
    pub file: String,
    pub notes: Option<String>,
    pub bytes: Bytes,
    /// In base64, as Tauri's tools write it.
    pub signature: String,
}

/// Asks, downloads and installs; each only when told to.
#[async_trait::async_trait]
pub trait Updater: Send + Sync {
    fn installed(&self) -> Installed;
    /// Asks the address for its manifest, and nothing else; none where it has nothing newer.
    async fn ask(&self, endpoint: &Url) -> Result<Option<Announced>, Problem>;
    /// Downloads what was announced, and tells how many bytes have come, and of how many where that is known.
    async fn fetch(
        &self,
        announced: &Announced,
        come: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<Package, Problem>;
    /// Puts it in the place of what runs, by the system's own means; these may ask for a password. On Windows it does not return.
    async fn install(&self, update: &Proven) -> Result<(), Problem>;
    /// Ends the program and starts it again.
    fn restart(&self);
}
