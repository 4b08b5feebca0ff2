//! The helper that this program carries (`build.rs` made it), as an image that a cluster can run.

use super::error::VolumeError;
use crate::image::docker_archive;
use sha2::{Digest, Sha256};

static X86_64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/helper-x86_64"));
static AARCH64: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/helper-aarch64"));

/// The helper for one architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agent {
    arch: &'static str,
    program: &'static [u8],
    image: String,
}

impl Agent {
    /// `arch` as the platform names it: `amd64`, `arm64`. Empty is what it takes for the first.
    pub(crate) fn for_arch(arch: &str) -> Result<Self, VolumeError> {
        let (arch, program) = match arch {
            "amd64" | "x86_64" | "" => ("amd64", X86_64),
            "arm64" | "aarch64" => ("arm64", AARCH64),
            other => return Err(VolumeError::NoHelper { arch: other.to_owned() }),
        };
        if program.is_empty() {
            return Err(VolumeError::NoHelper { arch: arch.to_owned() });
        }
        // A tag of its own for every build: nodes keep an image that they know by name (rebuild.md §8.3, 7).
        let tag: String = hex::encode(Sha256::digest(program)).chars().take(12).collect();
        Ok(Self { arch, program, image: format!("rbm.local/x/rainferry-helper:{tag}") })
    }

    /// The name under which the archive holds it, for `share_image`.
    pub(crate) fn image_name(&self) -> &str {
        &self.image
    }

    #[cfg(test)]
    pub(crate) fn arch(&self) -> &str {
        self.arch
    }

    /// Of the program.
    pub(crate) fn sha256(&self) -> String {
        hex::encode(Sha256::digest(self.program))
    }

    #[cfg(test)]
    pub(crate) fn program(&self) -> &'static [u8] {
        self.program
    }

    /// A `docker save` archive of one layer, the same every time.
    pub(crate) fn archive(&self) -> Vec<u8> {
        docker_archive(self.program, &self.image, self.arch)
    }
}
