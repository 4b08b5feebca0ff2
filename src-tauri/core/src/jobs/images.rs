//! Images on their way into a cluster's registry, one by one.

use crate::jobs::fact::Fact;
use std::collections::BTreeSet;

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
    /// Its name in the cluster's registry.
    pub there: Option<String>,
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
            Fact::ImageThere { image, .. } => self.there = Some(image.clone()),
            _ => {}
        }
    }

    /// Chunks lie on the cluster and are not put together.
    pub(crate) fn open_session(&self) -> Option<&String> {
        self.session.as_ref().filter(|_| !self.sent)
    }
}
