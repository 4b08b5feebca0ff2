//! How far images got on their way to where a cluster pulls them from: its own registry, in chunks, or the user's, blob by blob.

use crate::jobs::fact::Fact;
use std::collections::BTreeSet;

/// What those in the cluster's registry are called where they are named as left behind: nobody but its operator removes them,
/// and a retry uses them.
pub(crate) const LEFT_ID: &str = "images";

/// How far one image got.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ImageProgress {
    pub event: String,
    pub upload_url: String,
    /// The session that chunks were sent to, and which.
    pub session: Option<String>,
    pub chunks: BTreeSet<u64>,
    pub sent: bool,
    pub load: Option<String>,
    /// Where an upload was asked for whose answer was not heard.
    pub blob_asking: Option<String>,
    /// The upload of a blob that is under way.
    pub blob: Option<BlobProgress>,
    /// Where in the user's registry, and blobs of it that this job has put there.
    pub repository: String,
    pub blobs: BTreeSet<String>,
    /// The name and the manifest's checksum that this job pushes; nothing stood there before.
    pub pushed: Option<(String, String)>,
    /// Its name in the registry.
    pub there: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BlobProgress {
    pub digest: String,
    /// Where the upload goes on.
    pub at: String,
}

impl ImageProgress {
    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::ChunkSent { session, index, .. } => {
                if self.session.as_ref() != Some(session) {
                    self.session = Some(session.clone());
                    self.chunks.clear();
                }
                self.chunks.insert(*index);
            }
            Fact::ImageSent { .. } => self.sent = true,
            Fact::ImageLoading { load, .. } => self.load = Some(load.clone()),
            Fact::BlobAsking { repository, .. } => self.blob_asking = Some(repository.clone()),
            Fact::BlobUnasked { .. } => self.blob_asking = None,
            Fact::BlobUploading { repository, digest, at, .. } => {
                self.blob_asking = None;
                self.repository.clone_from(repository);
                self.blob = Some(BlobProgress { digest: digest.clone(), at: at.clone() });
            }
            Fact::BlobThere { digest, .. } => {
                self.blob = None;
                self.blobs.insert(digest.clone());
            }
            Fact::BlobLost { .. } => self.blob = None,
            Fact::ImagePushing { image, digest, .. } => self.pushed = Some((image.clone(), digest.clone())),
            Fact::ImageThere { image, .. } => self.there = Some(image.clone()),
            _ => {}
        }
    }

    /// Chunks lie on the cluster and are not put together.
    pub(crate) fn open_session(&self) -> Option<&String> {
        self.session.as_ref().filter(|_| !self.sent)
    }
}
