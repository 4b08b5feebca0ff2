//! What consoles and columns showed when they were last asked, kept on disk: a start shows it at once and waits for no
//! network. It is only shown: plans and jobs ask anew. No secret is in any view.

use super::clusters::{ClusterView, ConsoleView};
use super::{ColumnRequest, ColumnView, Core};
use crate::files;
use crate::ids::ConsoleId;
use crate::problem::Problem;
use crate::profiles::Profile;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// What a console had.
#[derive(Serialize, Deserialize)]
struct Console {
    version: String,
    clusters: Vec<ClusterView>,
}

impl Core {
    /// What a column showed when it was last loaded whole; none where it never was.
    pub async fn remembered_column(&self, request: ColumnRequest) -> Result<Option<ColumnView>, Problem> {
        Ok(read(self.column_file(&request)).await)
    }

    pub(super) async fn remember_column(&self, view: &ColumnView) {
        let request = ColumnRequest { cluster: view.cluster.clone(), team: view.team.clone() };
        write(self.column_file(&request), view).await;
    }

    pub(super) async fn remember_console(&self, view: &ConsoleView) {
        let (version, clusters) = (view.version.clone(), view.clusters.clone());
        write(self.folder(&view.id).join("console.json"), &Console { version, clusters }).await;
    }

    /// Version and clusters as they were; how careful to be with them is what the profile says now.
    pub(super) async fn remembered_console(&self, profile: &Profile) -> Option<(String, Vec<ClusterView>)> {
        let Console { version, mut clusters } = read(self.folder(&profile.id).join("console.json")).await?;
        for cluster in &mut clusters {
            (cluster.environment, cluster.read_only) = (profile.environment, profile.read_only);
        }
        Some((version, clusters))
    }

    /// Nothing of a console is shown any more that was seen as another one, by somebody else, or is removed.
    pub(super) fn forget_console(&self, id: &ConsoleId) {
        let folder = self.folder(id);
        if let Err(error) = std::fs::remove_dir_all(&folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(folder = %folder.display(), %error, "what was seen of a console could not be removed");
        }
    }

    fn folder(&self, id: &ConsoleId) -> PathBuf {
        self.engine.host.data_dir().join("remembered").join(name(&[id.as_str()]))
    }

    fn column_file(&self, request: &ColumnRequest) -> PathBuf {
        let file = name(&[request.cluster.as_str(), request.team.as_str()]);
        self.folder(&request.cluster.split().0).join(file).with_extension("json")
    }
}

/// What a server says never names a file.
fn name(words: &[&str]) -> String {
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word);
        hash.update([0]);
    }
    hex::encode(hash.finalize().get(..16).unwrap_or_default())
}

/// What cannot be read is as good as not there.
async fn read<T: DeserializeOwned + Send + 'static>(path: PathBuf) -> Option<T> {
    let work = move || serde_json::from_slice(&files::read(&path).ok()??).ok();
    tokio::task::spawn_blocking(work).await.ok().flatten()
}

async fn write(path: PathBuf, value: &impl Serialize) {
    let Ok(bytes) = serde_json::to_vec(value) else { return };
    let work = move || {
        if let Err(error) = files::write(&path, &bytes) {
            tracing::warn!(path = %path.display(), %error, "what was seen could not be kept");
        }
    };
    let _ = tokio::task::spawn_blocking(work).await;
}
