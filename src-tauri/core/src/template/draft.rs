//! A decided application package: what it says, what it carries, what comes after it, and what it cannot do.

use super::changes::Change;
use super::fixups::Fixup;
use crate::image::Naming;
use crate::package::Raw;
use bytes::Bytes;

#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// `metadata.json`. Holds variables and files of the app: not to be printed.
    pub metadata: Raw,
    pub group_key: String,
    pub group_name: String,
    pub group_version: String,
    pub governance_mode: String,
    /// The one folder in the archive.
    pub root: String,
    /// Name to upload it under.
    pub file_name: String,
    pub images: Vec<ImagePart>,
    /// Components in the package, in its order.
    pub components: Vec<Placed>,
    pub left_out: Vec<LeftOut>,
    pub fixups: Vec<Fixup>,
    pub changes: Vec<Change>,
}

/// An image archive of the package.
#[derive(Clone, Debug)]
pub(crate) struct ImagePart {
    /// `img-01.tar`
    pub file: String,
    pub source: ImageSource,
    pub bytes: u64,
    /// As the metadata says, and as it stands in the archive once written.
    pub image: String,
    pub was: String,
    pub naming: Naming,
    /// Display name of the component or plugin it belongs to.
    pub of: String,
    /// `amd64`…; empty where unknown.
    pub arch: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ImageSource {
    /// An entry of the backup package, by its whole name.
    Member(String),
    Made(Bytes),
}

/// A component in the package: how to know it again on the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    /// On the source.
    pub id: String,
    pub service_key: String,
    /// Display name in the package, unique there, and so how it is found after the install (1535).
    pub cname: String,
    /// Display name on the source.
    pub source_cname: String,
    pub k8s_name: String,
}

/// A component that cannot be in a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub id: String,
    pub cname: String,
    pub reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    /// Made by API afterwards.
    ThirdParty,
    KubeBlocks,
    VirtualMachine,
    /// A source package, not an image.
    Slug,
    NeverBuilt,
    /// Was built, and its image tar is not in the backup.
    ImageMissing,
    /// Nothing says what its image is called.
    ImageUnnamed,
    /// Its archive holds no image.
    ImageEmpty,
    /// Its name is too short for another one, and another image has the same.
    ImageNameCollides,
}

impl Draft {
    /// The component of the package that a source id became.
    pub(crate) fn placed(&self, id: &str) -> Option<&Placed> {
        self.components.iter().find(|placed| placed.id == id)
    }
}
