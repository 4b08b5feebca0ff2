//! The object storage setting of a console: read with its secrets masked, tried with a real object, set by administrators.

use super::{Core, Event};
use crate::console::ObjectStorage;
use crate::console::era::Era;
use crate::engine::links::{self, Known};
use crate::engine::storage_setting::{self, Trial};
use crate::ids::ConsoleId;
use crate::line::{Line, LineCode};
use crate::place::Environment;
use crate::problem::{Code, Problem};
use crate::profiles::{Profile, StoreKind};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// The setting without its secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StorageView {
    pub console: ConsoleId,
    /// Anything was ever set.
    pub is_set: bool,
    pub is_enabled: bool,
    pub kind: StoreKind,
    pub endpoint: String,
    pub bucket: String,
    /// The first letters of the access key, and dots.
    pub access_key: String,
    pub has_secret: bool,
    /// Why this user may not set it; none: they may.
    pub problem: Option<Problem>,
    /// What the setting means for each cluster.
    pub notes: Vec<Line>,
    /// What must be typed to set it: the console's name, for production.
    pub confirm: Option<String>,
}

/// The setting as typed. Keys that are left out are those the console has.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StorageDraft {
    pub console: ConsoleId,
    pub is_enabled: bool,
    pub kind: StoreKind,
    pub endpoint: String,
    pub bucket: String,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub access_key: Option<Secret>,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub secret_key: Option<Secret>,
    #[serde(default)]
    pub confirm: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StorageStep {
    Reach,
    Write,
    Read,
    Delete,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StorageStepView {
    pub name: StorageStep,
    /// None: it worked.
    pub problem: Option<Problem>,
}

/// What a trial with a real object showed. Steps after one that failed were not tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StorageTestView {
    pub works: bool,
    pub steps: Vec<StorageStepView>,
}

/// Old and new, after it was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StorageChangeView {
    pub before: StorageView,
    pub after: StorageView,
}

impl Core {
    pub async fn read_storage(&self, id: ConsoleId) -> Result<StorageView, Problem> {
        let profile = self.engine.book.console(&id)?;
        let known = self.engine.links.known(&self.ctx(), &id).await?;
        Ok(view(&profile, &known, self.kept_setting(&profile, &known).await?.as_ref()))
    }

    /// Puts, reads and deletes an object of our own; changes no setting.
    pub async fn test_storage(&self, draft: StorageDraft) -> Result<StorageTestView, Problem> {
        let profile = self.engine.book.console(&draft.console)?;
        let known = self.engine.links.known(&self.ctx(), &draft.console).await?;
        let setting = setting(&draft, self.kept_setting(&profile, &known).await?)?;
        let steps: Vec<StorageStepView> = storage_setting::test(&profile, &setting)
            .await
            .into_iter()
            .map(|(trial, problem)| StorageStepView { name: step(trial), problem })
            .collect();
        Ok(StorageTestView { works: steps.iter().all(|step| step.problem.is_none()), steps })
    }

    pub async fn save_storage(&self, draft: StorageDraft) -> Result<StorageChangeView, Problem> {
        let before = self.read_storage(draft.console.clone()).await?;
        if let Some(problem) = before.problem {
            return Err(problem);
        }
        if let Some(name) = before.confirm.as_ref().filter(|name| **name != draft.confirm.trim()) {
            return Err(Problem::new(
                Code::NotConfirmed,
                format!("{name} is production: its name must be typed to confirm"),
            )
            .hint("Type the console's name; on the command line, say it with --confirm"));
        }
        let profile = self.engine.book.console(&draft.console)?;
        let known = self.engine.links.known(&self.ctx(), &draft.console).await?;
        let setting = setting(&draft, self.kept_setting(&profile, &known).await?)?;
        storage_setting::set(&self.engine, &self.ctx(), &draft.console, &setting).await?;
        self.tell(Event::ConsolesChanged);
        let after = self.read_storage(draft.console).await?;
        Ok(StorageChangeView { before, after })
    }

    async fn kept_setting(&self, profile: &Profile, known: &Known) -> Result<Option<ObjectStorage>, Problem> {
        let console = self.engine.links.console(profile).await?;
        Ok(console.object_storage(&self.ctx(), &known.me.enterprise_id).await?)
    }
}

fn step(trial: Trial) -> StorageStep {
    match trial {
        Trial::Reach => StorageStep::Reach,
        Trial::Write => StorageStep::Write,
        Trial::Read => StorageStep::Read,
        Trial::Delete => StorageStep::Delete,
    }
}

fn setting(draft: &StorageDraft, kept: Option<ObjectStorage>) -> Result<ObjectStorage, Problem> {
    let typed = |secret: &Option<Secret>| secret.clone().filter(|secret| !secret.is_empty());
    let must = |secret: Option<Secret>, what: &str| {
        secret.filter(|secret| !secret.is_empty()).ok_or_else(|| {
            Problem::new(Code::BadRequest, format!("The setting needs {what}"))
                .hint("Type it; none is kept by the console")
        })
    };
    let (access, secret) = kept.map(|kept| (kept.access_key, kept.secret_key)).unzip();
    if draft.endpoint.trim().is_empty() || draft.bucket.trim().is_empty() {
        return Err(Problem::new(Code::BadRequest, "The setting needs an endpoint and a bucket"));
    }
    Ok(ObjectStorage {
        is_enabled: draft.is_enabled,
        // Two words that consoles take (protocol.md §3.2).
        provider: if draft.kind == StoreKind::Oss { "alioss" } else { "s3" }.to_owned(),
        endpoint: draft.endpoint.trim().to_owned(),
        bucket: draft.bucket.trim().to_owned(),
        access_key: must(typed(&draft.access_key).or(access), "an access key")?,
        secret_key: must(typed(&draft.secret_key).or(secret), "a secret key")?,
    })
}

fn view(profile: &Profile, known: &Known, setting: Option<&ObjectStorage>) -> StorageView {
    let text = |of: fn(&ObjectStorage) -> &String| setting.map(of).cloned().unwrap_or_default();
    let is_oss = setting.is_some_and(|setting| setting.provider == "alioss");
    StorageView {
        console: profile.id.clone(),
        is_set: setting.is_some(),
        is_enabled: setting.is_some_and(|setting| setting.is_enabled),
        kind: if is_oss { StoreKind::Oss } else { StoreKind::S3 },
        endpoint: text(|setting| &setting.endpoint),
        bucket: text(|setting| &setting.bucket),
        access_key: setting.map(|setting| masked(setting.access_key.reveal())).unwrap_or_default(),
        has_secret: setting.is_some_and(|setting| !setting.secret_key.is_empty()),
        problem: storage_setting::refused(profile, known),
        notes: notes(profile, known, is_oss),
        confirm: (profile.environment == Environment::Production).then(|| profile.name.clone()),
    }
}

/// Enough to tell two keys apart.
fn masked(key: &str) -> String {
    match key.chars().count() {
        0 => String::new(),
        length if length < 8 => "…".to_owned(),
        _ => key.chars().take(3).chain(['…']).collect(),
    }
}

/// Protocol.md §3.3.
fn notes(profile: &Profile, known: &Known, is_oss: bool) -> Vec<Line> {
    let mut lines = vec![Line::new(LineCode::StorageShared, [])];
    for region in &known.regions {
        let versions = links::versions_of(known, &region.name);
        let cluster = ("cluster", links::cluster_name(profile, known, &region.name));
        let Some(versions) = versions else { continue };
        let era = Era::of(versions.region);
        lines.push(if era.uses_region_storage() {
            Line::new(LineCode::StorageBucketOnly, [cluster])
        } else if crate::console::era::quirks(&versions).refuses_s3 && !is_oss {
            Line::new(LineCode::StorageRefused, [cluster, ("version", versions.region.to_string())])
        } else {
            Line::new(LineCode::StorageUsed, [cluster])
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_key_shows_only_its_beginning() {
        assert_eq!((masked(""), masked("short"), masked("AKIAEXAMPLE")), (String::new(), "…".into(), "AKI…".into()));
    }
}
