//! Decides and carries out: plans are made here, jobs are run here, one recipe a file.

mod adopt;
mod arrived;
mod backup;
mod claim;
pub(crate) mod copy;
mod deliver;
mod export;
mod gateway;
pub(crate) mod head;
pub(crate) mod hot;
pub(crate) mod hours;
mod import;
mod job;
mod landing;
mod ledger;
pub(crate) mod links;
pub(crate) mod measure;
pub(crate) mod members;
mod mend;
mod migrate;
mod origin;
pub(crate) mod original;
mod pace;
pub(crate) mod passphrase;
mod plan;
mod pods;
pub(crate) mod pointers;
pub(crate) mod preflight;
mod problems;
mod put_away;
mod queue;
mod reading;
mod rebuild;
mod recipe;
pub(crate) mod registries;
pub(crate) mod removal;
mod restore;
mod restore_own;
pub(crate) mod runner;
mod running_app;
mod sharing;
pub(crate) mod sides;
pub(crate) mod storage_setting;
pub(crate) mod ticket_file;
mod verify;

use crate::bundle::Keys;
use crate::clock::Clock;
use crate::ctx::Ctx;
use crate::host::Host;
use crate::ids::{BackupId, ClusterId, JobId, PlanId};
use crate::jobs::JobView;
use crate::jobs::request::{JobRequest, SCHEMA_VERSION, Work};
use crate::place::Place;
use crate::problem::{Code, Problem};
use crate::profiles::Book;
use links::Links;
use queue::Room;
use runner::Runner;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use sharing::unpack_export;

pub use crate::jobs::Lane;
pub use copy::CopyRequest;
pub(crate) use plan::Plan;
pub use plan::{
    CheckId, CheckView, EncryptionView, Level, PlanKind, PlanOptions, PlanRequest, PlanSource, PlanStep, PlanTarget,
    PlanView, RestoreManner, Route, VolumePlanView,
};

/// The SHA-256 of the helper that this build lets fill volumes on amd64 clusters: a simulated cluster runs no other program.
pub fn helper_sha256() -> Option<String> {
    crate::volumes::Agent::for_arch(rebuild::helper::ARCH).ok().map(|agent| agent.sha256())
}

/// Whether the files of an app's volumes are in its package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DataSign {
    /// Not looked into yet.
    Unknown,
    /// There is nothing to hold: no volume keeps files.
    NoVolumes,
    Whole,
    Partly,
    Absent,
}

/// How many plans are remembered: sheets that were closed without a word are forgotten in turn.
const PLANS_KEPT: usize = 64;
/// Room for bursts; who falls behind gets whole views anyway.
const NOTICES_KEPT: usize = 256;

/// What the engine tells whoever listens.
#[derive(Clone, Debug)]
pub(crate) enum Notice {
    Job(Box<JobView>),
    Column(ClusterId),
    Library,
}

/// Plans and jobs, with all they need.
pub(crate) struct Engine {
    pub host: Arc<dyn Host>,
    pub book: Arc<Book>,
    pub links: Links,
    pub runner: Runner,
    pub ctx: Ctx,
    plans: Mutex<Vec<Plan>>,
    notices: broadcast::Sender<Notice>,
    /// Bundles proven in this run: path and the file's state then.
    pub proven: Mutex<HashMap<PathBuf, (u64, std::time::SystemTime)>>,
    pub pace: pace::Pace,
    /// Of encrypted bundles that were opened in this run.
    pub keys: Arc<Keys>,
    /// Passphrases that were given for plans and jobs of this run.
    pub passphrases: passphrase::Passphrases,
    /// What packages hold of their volumes, as far as they were looked into in this run.
    pub signs: Mutex<HashMap<(ClusterId, BackupId), DataSign>>,
    hours: hours::Hours,
}

impl Engine {
    pub(crate) fn open(host: Arc<dyn Host>, book: Arc<Book>) -> Result<Arc<Self>, Problem> {
        let clock: Arc<dyn Clock> = host.clock();
        let settings = book.settings();
        let room = Room::of(settings.jobs_at_once, settings.jobs_per_cluster);
        let runner = Runner::open(host.data_dir().join("jobs"), clock.clone(), room)?;
        let engine = Arc::new(Self {
            links: Links::new(host.clone(), book.clone()),
            host,
            book,
            runner,
            ctx: Ctx::new(clock),
            plans: Mutex::default(),
            notices: broadcast::channel(NOTICES_KEPT).0,
            proven: Mutex::default(),
            pace: pace::Pace::default(),
            keys: Arc::default(),
            passphrases: passphrase::Passphrases::default(),
            signs: Mutex::default(),
            hours: hours::Hours::default(),
        });
        engine.apply_settings();
        Ok(engine)
    }

    /// What the settings say of jobs and their bytes, from now on.
    pub(crate) fn apply_settings(&self) {
        let settings = self.book.settings();
        self.runner.make_room(Room::of(settings.jobs_at_once, settings.jobs_per_cluster));
        self.hours.apply(&settings, self.host.clock().now(), &self.runner.valve);
    }

    pub(crate) fn notices(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    pub(crate) fn tell(&self, notice: Notice) {
        // Nobody listening is fine.
        let _ = self.notices.send(notice);
    }

    /// Columns and the library that a job may have changed.
    pub(crate) fn tell_columns(&self, request: &JobRequest) {
        for place in [&request.source, &request.target] {
            match place {
                Place::Team { cluster, .. } => self.tell(Notice::Column(cluster.clone())),
                Place::ThisComputer { .. } => self.tell(Notice::Library),
                Place::Object { .. } => {}
            }
        }
    }

    /// The folder of bundles: the one that was chosen, else the host's.
    pub(crate) fn library_dir(&self) -> PathBuf {
        self.book.settings().library_dir.map_or_else(|| self.host.library_dir(), PathBuf::from)
    }

    /// How the platform's own restore was seen to end on this cluster: plans go by it from now on.
    pub(crate) fn remember_restore(&self, cluster: &ClusterId, finished: bool) {
        let (console, region) = cluster.split();
        let saved = self.book.console(&console).and_then(|mut profile| {
            profile.restores.retain(|(known, _)| *known != region);
            profile.restores.push((region, finished));
            self.book.save(profile)
        });
        if let Err(problem) = saved {
            tracing::warn!(%problem, "the end of a restore could not be remembered");
        }
    }

    pub(crate) fn keep_plan(&self, plan: Plan) {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if plans.len() >= PLANS_KEPT {
            plans.remove(0);
        }
        plans.push(plan);
    }

    /// Takes a plan out: it is performed once.
    pub(crate) fn take_plan(&self, id: &PlanId) -> Result<Plan, Problem> {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        match plans.iter().position(|plan| plan.view.id == *id) {
            Some(position) => Ok(plans.remove(position)),
            None => Err(Problem::new(Code::PlanStale, "This plan is no longer known").hint("Plan again")),
        }
    }

    pub(crate) fn request(&self, app_name: String, source: Place, target: Place, work: Work) -> JobRequest {
        let created_at = self.ctx.clock.now();
        // Sorts by time; the tail keeps two jobs of one millisecond apart.
        let tail = uuid::Uuid::new_v4().simple().to_string();
        let id = JobId(format!("{}-{}", created_at.format("%Y%m%d%H%M%S%3f"), tail.get(..6).unwrap_or("")));
        JobRequest { schema_version: SCHEMA_VERSION, id, created_at, app_name, source, target, work, plan: None }
    }
}
