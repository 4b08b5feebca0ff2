//! The user's own image registries: opened with the login that is kept, and tidied of what a job put there and does not need.

use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::runner::{Run, Stop};
use crate::jobs::fact::Leftover;
use crate::jobs::request::{Landing, Work};
use crate::jobs::state::JobRecord;
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem, Retry};
use crate::profiles::{RegistryProfile, secrets};
use crate::registry::{Registry, RegistryAddress, RegistrySpec};
use crate::secret::Secret;
use crate::trust::Trust;
use url::Url;

/// A saved registry and its password.
pub(crate) struct Opened {
    pub registry: Registry,
    pub profile: RegistryProfile,
    pub password: Secret,
}

impl Opened {
    /// As calls of a console take it; none where nobody logs in.
    pub(crate) fn login(&self) -> Option<(String, Secret)> {
        (!self.profile.user.is_empty()).then(|| (self.profile.user.clone(), self.password.clone()))
    }
}

/// Contacts nobody yet.
pub(crate) async fn open(engine: &Engine, address: &str) -> Result<Opened, Problem> {
    let profile = engine.book.registry(address)?;
    let password = match profile.user.is_empty() {
        true => Secret::default(),
        false => {
            engine.host.read_secret(&secrets::registry(&profile.address)).await?.map(|(word, _)| word).ok_or_else(
                || {
                    Problem::new(
                        Code::PasswordMissing,
                        format!("No password is kept for {} at the registry {}", profile.user, profile.address),
                    )
                    .hint("Type the registry's password again")
                },
            )?
        }
    };
    let trust = profile.ca_pem.clone().map_or(Trust::System, Trust::ExtraCa);
    let address = RegistryAddress::parse(&profile.address)?;
    let spec = RegistrySpec { address, user: profile.user.clone(), plain_http: profile.plain_http, trust };
    Ok(Opened { registry: Registry::new(spec, password.clone())?, profile, password })
}

/// The registry of a job.
pub(crate) async fn of(run: &Run, landing: &Landing) -> Result<Opened, Stop> {
    let address = landing.registry.as_deref();
    let address = address.ok_or_else(|| Problem::new(Code::Internal, "This job names no registry"))?;
    Ok(open(&run.engine, address).await?)
}

fn landing_of(record: &JobRecord) -> Option<&Landing> {
    match &record.request.work {
        Work::Migrate(work) => Some(&work.landing),
        Work::Import(work) => Some(&work.landing),
        _ => None,
    }
}

async fn ours(run: &Run) -> Result<Opened, Stop> {
    let record = run.record();
    let landing = landing_of(&record).ok_or_else(|| Problem::new(Code::Internal, "This job names no registry"))?;
    of(run, landing).await
}

/// What this job put into a registry, and what is under way there.
pub(crate) fn leftovers(record: &JobRecord) -> Vec<(String, Leftover, Line)> {
    let Some(address) = landing_of(record).and_then(|landing| landing.registry.clone()) else { return Vec::new() };
    let mut left = Vec::new();
    let mut loose = Vec::new();
    for (file, image) in &record.rebuild.images {
        if let Some(blob) = &image.blob {
            let line = Line::new(LineCode::LeftBlobUpload, [("registry", address.clone())]);
            let thing = Leftover::BlobUpload { repository: image.repository.clone(), at: blob.at.clone() };
            left.push((format!("blob {file}"), thing, line));
        }
        if let Some(repository) = &image.blob_asking {
            left.push(lost_upload(record, repository));
        }
        match &image.pushed {
            Some((name, digest)) => {
                let line = Line::new(LineCode::LeftPushed, [("name", name.clone())]);
                left.push((
                    format!("image {file}"),
                    Leftover::Pushed { image: name.clone(), digest: digest.clone() },
                    line,
                ));
            }
            None if !image.blobs.is_empty() && !loose.contains(&image.repository) => {
                loose.push(image.repository.clone());
            }
            None => {}
        }
    }
    if !loose.is_empty() {
        let facts = [("names", loose.join(", ")), ("registry", address)];
        left.push(("layers".to_owned(), Leftover::Layers, Line::new(LineCode::LeftLayers, facts)));
    }
    left
}

/// An upload that was asked for and never heard of. Each is one of its own, so each has a number.
pub(crate) fn lost_upload(record: &JobRecord, repository: &str) -> (String, Leftover, Line) {
    let registry = landing_of(record).and_then(|landing| landing.registry.clone()).unwrap_or_default();
    let number = record.left.iter().filter(|left| left.thing == Leftover::LostUpload).count() + 1;
    let facts = [("name", repository.to_owned()), ("registry", registry)];
    (format!("lost upload {number}"), Leftover::LostUpload, Line::new(LineCode::LeftLostUpload, facts))
}

/// Whether an image stands in the registry as this job would have pushed it.
pub(crate) async fn is_there(run: &Run, image: &str, digest: &str) -> Result<bool, Stop> {
    let opened = ours(run).await?;
    let Some((repository, tag)) = opened.registry.address().split(image) else { return Ok(false) };
    Ok(opened.registry.manifest(&run.ctx, repository, tag).await?.as_deref() == Some(digest))
}

/// Takes an image away that this job has pushed, unless another job of this computer relies on it.
pub(crate) async fn forget_image(run: &Run, image: &str, digest: &str) -> Result<(), Stop> {
    let relies = |record: JobRecord| {
        record.request.id != run.job.id()
            && record.rebuild.images.values().any(|row| row.there.as_deref() == Some(image))
    };
    if run.engine.runner.list().iter().any(|job| relies(job.record())) {
        return Err(Problem::new(Code::FileExists, "another job uses it").retry(Retry::Never).into());
    }
    let opened = ours(run).await?;
    let Some((repository, _)) = opened.registry.address().split(image) else {
        return Err(Problem::new(Code::Internal, "It is in no repository of this registry").into());
    };
    Ok(opened.registry.delete_manifest(&run.ctx, repository, digest).await?)
}

pub(crate) async fn forget_upload(run: &Run, repository: &str, at: &str) -> Result<(), Stop> {
    let opened = ours(run).await?;
    let at = Url::parse(at).map_err(|_| Problem::new(Code::Internal, "An upload without an address"))?;
    Ok(opened.registry.drop_upload(&run.ctx, repository, &at).await?)
}

/// It answers, lets us in, and takes what is written to it: an upload is begun and given up.
pub(crate) async fn try_out(
    ctx: &Ctx,
    opened: &Opened,
    repository: &str,
) -> Result<(), crate::registry::RegistryError> {
    opened.registry.greet(ctx).await?;
    opened.registry.try_writing(ctx, repository).await
}
