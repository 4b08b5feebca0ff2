//! Where a job lies in a store, how pods reach it, and how all of it is taken away again.
//!
//! Everything of a job is below `rbm/<job>/`, in a bucket without rules that delete (rebuild.md §8.2).

use super::error::VolumeError;
use crate::secret::Secret;
use crate::storage::{PendingUpload, Presigner, Store, StoreError, read_range};
use rainferry_helper::{JOB_ENV, Job, Status};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What the kernel takes as one variable, its name included.
const VARIABLE_LIMIT: usize = 128 * 1024 - 64;

/// A store as both sides see it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub store: Arc<dyn Store>,
    /// Signs for the address under which pods find the store.
    pub signer: Presigner,
    /// For stores whose certificate no public authority signed.
    pub ca_pem: Option<String>,
}

/// A job that is ready for its pods.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// The value of [`JOB_ENV`] for the component.
    pub variable: Secret,
    /// Where each pod's status will lie.
    pub statuses: Vec<(Option<u32>, String)>,
}

/// A job and the object that tells it, where there is one. Its text holds signed addresses.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub placed: Placed,
    key: Option<String>,
    text: Secret,
}

/// Where things of one component lie.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub prefix: String,
}

impl Keys {
    pub(crate) fn new(job: &str, component: &str) -> Result<Self, VolumeError> {
        let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        match [job, component].into_iter().find(|name| !plain(name) || name.len() > 64) {
            Some(name) => Err(VolumeError::BadName { job: name.to_owned() }),
            None => Ok(Self { prefix: format!("{}{component}", prefix(job)) }),
        }
    }

    pub(crate) fn status(&self, ordinal: Option<u32>) -> String {
        format!("{}/status-{}.json", self.prefix, pod_name(ordinal))
    }

    pub(crate) fn archive(&self, ordinal: Option<u32>, index: usize) -> String {
        format!("{}/{}-{index}.tar.zst", self.prefix, pod_name(ordinal))
    }

    /// A member of a package, as it is.
    pub(crate) fn member(&self, index: usize) -> String {
        format!("{}/{index}.zip", self.prefix)
    }

    fn job_object(&self) -> String {
        format!("{}/job.json", self.prefix)
    }
}

fn pod_name(ordinal: Option<u32>) -> String {
    ordinal.map_or_else(|| "all".to_owned(), |ordinal| ordinal.to_string())
}

impl Site {
    /// A job as its pods will read it, and the variable that leads there; nothing is written. The variable names the place;
    /// where the pods would first need to be told which certificates to trust, it holds the job itself.
    pub(crate) fn write(
        &self,
        keys: &Keys,
        job: &Job,
        statuses: Vec<(Option<u32>, String)>,
    ) -> Result<Written, VolumeError> {
        // Texts and numbers are always JSON.
        let text = serde_json::to_vec(job).unwrap_or_default();
        let key = self.ca_pem.is_none().then(|| keys.job_object());
        let variable = match &key {
            None => String::from_utf8_lossy(&text).into_owned(),
            Some(key) => format!("{}#{}", self.signer.get(key)?.reveal(), hex::encode(Sha256::digest(&text))),
        };
        if variable.len() + JOB_ENV.len() > VARIABLE_LIMIT {
            let component = keys.prefix.rsplit('/').next().unwrap_or_default().to_owned();
            return Err(VolumeError::JobTooLong { component, bytes: variable.len(), limit: VARIABLE_LIMIT });
        }
        let placed = Placed { variable: Secret::new(variable), statuses };
        Ok(Written { placed, key, text: Secret::new(String::from_utf8_lossy(&text)) })
    }

    /// Puts a job where its pods read it. What an earlier try wrote would be taken for an answer to this one: it goes first.
    pub(crate) async fn place(&self, written: &Written) -> Result<(), VolumeError> {
        self.forget_answers(&written.placed).await?;
        if let Some(key) = &written.key {
            self.store.put(key, vec![written.text.reveal().to_owned().into()]).await?;
        }
        Ok(())
    }

    /// Takes back what pods said so far, before they are asked again.
    pub(crate) async fn forget_answers(&self, placed: &Placed) -> Result<(), VolumeError> {
        for (_, key) in &placed.statuses {
            self.store.delete(key).await?;
        }
        Ok(())
    }

    /// What a pod said last.
    pub(crate) async fn status(&self, key: &str) -> Result<Option<Status>, VolumeError> {
        match self.read_status(key).await {
            // Some stores let a reader see an object that is just being written anew: what stays so is no status.
            Err(VolumeError::BadStatus { .. }) => self.read_status(key).await,
            read => read,
        }
    }

    async fn read_status(&self, key: &str) -> Result<Option<Status>, VolumeError> {
        let facts = match self.store.head(key).await {
            Ok(facts) => facts,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let text = match read_range(self.store.as_ref(), key, 0..facts.size, facts.etag.as_ref()).await {
            // It was written anew in between: the next look sees it.
            Err(StoreError::Changed { .. } | StoreError::WrongLength { .. }) => return Ok(None),
            read => read?.concat(),
        };
        crate::json::from_slice(&text).map(Some).map_err(|_| VolumeError::BadStatus { key: key.to_owned() })
    }
}

/// Everything of a job lies below this.
pub(crate) fn prefix(job: &str) -> String {
    format!("rbm/{job}/")
}

/// Uploads under way. A store that cannot tell has none that we could end.
pub(crate) async fn pending_uploads(store: &dyn Store, prefix: &str) -> Result<Vec<PendingUpload>, StoreError> {
    match store.list_uploads(prefix).await {
        Err(StoreError::Lacks { .. }) => Ok(Vec::new()),
        found => found,
    }
}

/// Takes away everything of a job. Can be asked again.
pub(crate) async fn abandon(store: &dyn Store, job: &str) -> Result<usize, VolumeError> {
    abandon_below(store, &prefix(job)).await
}

/// Takes away everything below a prefix: uploads under way first, then objects. Can be asked again.
pub(crate) async fn abandon_below(store: &dyn Store, prefix: &str) -> Result<usize, VolumeError> {
    for upload in pending_uploads(store, prefix).await? {
        store.abort_upload(&upload.key, &upload.upload).await?;
    }
    let objects = store.list(prefix).await?;
    for object in &objects {
        store.delete(&object.key).await?;
    }
    Ok(objects.len())
}
