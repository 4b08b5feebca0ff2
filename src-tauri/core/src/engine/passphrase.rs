//! Passphrases of bundles: given for a plan, kept for its job, and gone when that ends.
//!
//! A job that writes an encrypted bundle needs the passphrase, one that reads such a bundle its key. While the job is not at
//! its end, that lies in the keyring under the job's id (where there is none, in memory), so that it goes on after a
//! restart; of a job that failed it stays in memory for another try in this run. Without it a job fails and says so.

use crate::bundle;
use crate::engine::Engine;
use crate::engine::runner::{Run, Stop};
use crate::ids::{JobId, PlanId};
use crate::jobs::PhaseState;
use crate::jobs::request::{JobRequest, Work};
use crate::problem::{Code, Problem};
use crate::profiles::secrets;
use crate::secret::Secret;
use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What was given in this run and is not with a running job.
#[derive(Default)]
pub(crate) struct Passphrases {
    plans: Memory<PlanId>,
    jobs: Memory<JobId>,
}

struct Memory<Id>(Mutex<HashMap<Id, Secret>>);

impl<Id> Default for Memory<Id> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Id: Eq + Hash + Clone> Memory<Id> {
    fn put(&self, id: &Id, secret: Secret) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), secret);
    }

    fn take(&self, id: &Id) -> Option<Secret> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}

/// What a work has to do with an encrypted bundle.
enum Need {
    Nothing,
    /// The file that will be written, where that is known already.
    Writes(Option<PathBuf>),
    Reads(PathBuf),
}

fn need(work: &Work) -> Need {
    match work {
        Work::Export(work) if work.encrypt => Need::Writes(Some(PathBuf::from(&work.path))),
        Work::Template(work) if work.encrypt => Need::Writes(work.path.as_ref().map(PathBuf::from)),
        Work::App(work) if work.encrypt => Need::Writes(None),
        Work::Import(work) => of_file(&work.path),
        Work::Verify { path } => of_file(path),
        Work::Export(_)
        | Work::Template(_)
        | Work::App(_)
        | Work::Migrate(_)
        | Work::Backup(_)
        | Work::Copy(_)
        | Work::Restore(_)
        | Work::Adopt(_) => Need::Nothing,
    }
}

/// A file that went away is judged by its name.
fn of_file(path: &str) -> Need {
    let encrypted = bundle::is_encrypted(Path::new(path)).unwrap_or_else(|_| path.ends_with(".age"));
    if encrypted { Need::Reads(PathBuf::from(path)) } else { Need::Nothing }
}

fn missing(text: impl Into<String>) -> Problem {
    Problem::new(Code::PassphraseMissing, text)
}

/// Opens a file for this run. The wrong passphrase opens nothing.
pub(crate) async fn open_file(engine: &Engine, path: &Path, passphrase: Secret) -> Result<(), Problem> {
    let (keys, path) = (Arc::clone(&engine.keys), path.to_owned());
    let opened = tokio::task::spawn_blocking(move || keys.unlock(&path, &passphrase)).await;
    let opened = opened.map_err(|error| Problem::new(Code::Internal, error.to_string()))?;
    Ok(opened?)
}

/// For the job that a plan will become.
pub(crate) fn give_plan(engine: &Engine, plan: &PlanId, passphrase: Secret) {
    engine.passphrases.plans.put(plan, passphrase);
}

/// For the next try of a job that failed without it.
pub(crate) async fn give_job(engine: &Engine, id: &JobId, passphrase: Secret) -> Result<(), Problem> {
    let kept = match need(&engine.runner.get(id)?.record().request.work) {
        Need::Writes(_) => passphrase,
        Need::Reads(path) => {
            open_file(engine, &path, passphrase).await?;
            engine.keys.told(&path)?.unwrap_or_default()
        }
        Need::Nothing => return Err(Problem::new(Code::BadRequest, "This job needs no passphrase")),
    };
    engine.passphrases.jobs.put(id, kept);
    Ok(())
}

/// What the plan's job will need, as it was given; none where it needs nothing.
pub(crate) fn of_plan(engine: &Engine, plan: &PlanId, work: &Work) -> Result<Option<Secret>, Problem> {
    let given = engine.passphrases.plans.take(plan);
    match need(work) {
        Need::Nothing => Ok(None),
        Need::Writes(_) => given.filter(|given| !given.is_empty()).map(Some).ok_or_else(|| {
            missing("The bundle is to be encrypted, and no passphrase was given")
                .hint("Give one (on the command line, in RAINFERRY_PASSPHRASE), or choose to write it unencrypted (--no-encrypt)")
        }),
        Need::Reads(path) => Ok(engine.keys.told(&path)?),
    }
}

/// What reading a file takes, for a job that is made without a plan.
pub(crate) fn of_reader(engine: &Engine, work: &Work) -> Result<Option<Secret>, Problem> {
    match need(work) {
        Need::Reads(path) => {
            let told = engine.keys.told(&path)?;
            told.map(Some).ok_or_else(|| bundle::BundleError::Locked { path }.into())
        }
        Need::Nothing | Need::Writes(_) => Ok(None),
    }
}

/// Before the job begins.
pub(crate) async fn keep(engine: &Engine, job: &JobRequest, secret: Option<Secret>) -> Result<(), Problem> {
    if let Some(secret) = secret {
        engine.host.keep_secret(&secrets::bundle_of(&job.id), &secret).await?;
    }
    Ok(())
}

/// The passphrase of a job that writes a bundle.
pub(crate) async fn of_job(run: &Run) -> Result<Secret, Problem> {
    let kept = run.engine.host.read_secret(&secrets::bundle_of(&run.job.id())).await?;
    kept.map(|(secret, _)| secret).ok_or_else(|| {
        missing("The passphrase of this job's bundle was not kept when the program ended")
            .hint("Try again, and give the passphrase when you are asked for it")
    })
}

/// How a job's bundle is written; none: unencrypted.
pub(crate) async fn seal(run: &Run, encrypt: bool) -> Result<Option<bundle::Seal>, Problem> {
    if !encrypt {
        return Ok(None);
    }
    Ok(Some(bundle::Seal { passphrase: of_job(run).await?, keys: Arc::clone(&run.engine.keys) }))
}

/// At the beginning of each run of a job: what it will need is at hand, or it says so before it does anything.
pub(crate) async fn take_up(run: &Run) -> Result<(), Stop> {
    let (engine, id) = (&run.engine, run.job.id());
    let record = run.record();
    let is_over = record.phases.iter().all(|phase| phase.state == PhaseState::Done);
    if let Some(given) = engine.passphrases.jobs.take(&id) {
        engine.host.keep_secret(&secrets::bundle_of(&id), &given).await?;
    }
    match need(&record.request.work) {
        Need::Writes(path) if !is_over => {
            let passphrase = of_job(run).await?;
            // Written before a restart. What somebody else put there does not open, and is left alone.
            let written = path.filter(|path| engine.keys.opens(path).is_ok_and(|opens| !opens));
            if let Some(path) = written
                && let Err(problem) = open_file(engine, &path, passphrase).await
            {
                tracing::info!(%problem, "a file with this bundle's name is not opened");
            }
        }
        // Whatever else is wrong with the file is told by who reads it.
        Need::Reads(path) if !is_over && engine.keys.opens(&path).is_ok_and(|opens| !opens) => {
            let fits = engine.keys.take_back(&path, &of_job(run).await?)?;
            if !fits {
                return Err(Problem::from(bundle::BundleError::Locked { path }).into());
            }
        }
        Need::Nothing | Need::Writes(_) | Need::Reads(_) => {}
    }
    Ok(())
}

/// How a run of a job went, as far as what is kept for it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    ForGood,
    /// It may be tried again.
    Failed,
}

/// Before the end of a job is written down.
pub(crate) async fn put_down(run: &Run, ended: Ended) {
    if matches!(need(&run.record().request.work), Need::Nothing) {
        return;
    }
    let (id, host) = (run.job.id(), &run.engine.host);
    let handle = secrets::bundle_of(&id);
    if ended == Ended::Failed
        && let Ok(Some((secret, _))) = host.read_secret(&handle).await
    {
        run.engine.passphrases.jobs.put(&id, secret);
    }
    if let Err(problem) = host.forget_secret(&handle).await {
        tracing::warn!(job = %id, %problem, "the passphrase of a job is still in the keyring");
    }
}
