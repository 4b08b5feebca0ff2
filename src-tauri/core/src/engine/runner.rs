//! Runs jobs: takes a permit, tells the recipe's chapters one after the other, and ends each job as done, failed or
//! cancelled. It knows no recipe by name and is the only place that spawns.

use crate::clock::Clock;
use crate::ctx::{Cancelled, Ctx};
use crate::engine::job::Job;
use crate::engine::passphrase::{self, Ended};
use crate::engine::queue::{Comer, Queue, Room, Seat};
use crate::engine::{Engine, Notice, hours, put_away, recipe, sharing};
use crate::ids::JobId;
use crate::jobs::fact::Fact;
use crate::jobs::request::JobRequest;
use crate::jobs::state::JobRecord;
use crate::jobs::{JobState, Journal, PhaseName, PhaseState, PhaseView};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem, Retry};
use crate::transfer::Valve;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// Between two turns at the end of the queue: a turn is a time in milliseconds.
const TURN: f64 = 1000.0;
/// Less than this tells of start-up, not of the wire.
const LEAST_MEASURED_BYTES: u64 = 16 * 1024 * 1024;
/// Who waits longer for a platform has no need of a place among those that move.
const LONG_WAIT: TimeDelta = TimeDelta::minutes(2);
/// How often a running job's view is sent while bytes move.
const TICK: Duration = Duration::from_millis(250);

/// Why a chapter did not end well.
#[derive(Debug)]
pub(crate) enum Stop {
    Cancelled,
    Problem(Box<Problem>),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        if problem.code == Code::Cancelled { Self::Cancelled } else { Self::Problem(Box::new(problem)) }
    }
}

impl From<Cancelled> for Stop {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

/// One chapter of a recipe. Each can be told again: it looks at the journal, and where a crash may have hidden the
/// result it looks outside, before it acts.
#[async_trait::async_trait]
pub(crate) trait Step: Send + Sync {
    fn phase(&self) -> PhaseName;
    /// Bytes this chapter moves; 0 where the platform gives no progress.
    fn total_bytes(&self, _record: &JobRecord) -> u64 {
        0
    }
    async fn act(&self, run: &Run) -> Result<(), Stop>;
}

/// What a chapter is given.
pub(crate) struct Run {
    pub engine: Arc<Engine>,
    pub job: Arc<Job>,
    pub ctx: Ctx,
    pub place: Arc<Place>,
}

/// A job's place among those that move; what is done at a person's press needs none.
#[derive(Default)]
pub(crate) struct Place(Option<(Arc<Queue>, Comer, Mutex<Option<Seat>>)>);

impl Place {
    fn among(queue: &Arc<Queue>, comer: Comer) -> Self {
        Self(Some((Arc::clone(queue), comer, Mutex::default())))
    }

    /// Waits for its turn, unless it has its place.
    async fn take(&self) {
        let Some((queue, comer, held)) = &self.0 else { return };
        if held.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
            self.sit(queue.wait(comer.clone()).await);
        }
    }

    fn sit(&self, seat: Option<Seat>) {
        if let Some((_, _, held)) = &self.0 {
            *held.lock().unwrap_or_else(PoisonError::into_inner) = seat;
        }
    }

    fn leave(&self) {
        self.sit(None);
    }
}

impl Run {
    pub(crate) fn record(&self) -> JobRecord {
        self.job.record()
    }

    /// On disk before this returns; people see it at once.
    pub(crate) fn note(&self, fact: Fact) -> Result<(), Problem> {
        self.job.note(self.ctx.clock.now(), fact)?;
        self.engine.tell(Notice::Job(Box::new(self.job.view())));
        Ok(())
    }

    /// A platform that takes long holds nobody up: its job makes room for the next, until it moves bytes again.
    pub(crate) fn waits_since(&self, begun: DateTime<Utc>) {
        if self.ctx.clock.now() > begun + LONG_WAIT {
            self.place.leave();
        }
    }

    pub(crate) fn say<const N: usize>(&self, code: LineCode, facts: [(&str, String); N]) -> Result<(), Problem> {
        self.note(Fact::Said { line: Line::new(code, facts) })
    }
}

/// All jobs, by id; ids sort by time.
pub(crate) struct Runner {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
    jobs: Mutex<BTreeMap<JobId, Arc<Job>>>,
    queue: Arc<Queue>,
    tasks: Mutex<JoinSet<()>>,
    /// What the bytes of all jobs pass.
    pub valve: Arc<Valve>,
    /// Cancelled when the program closes: jobs stop where they are and go on at the next start.
    closing: Ctx,
}

impl Runner {
    /// Reads every journal. What cannot be read is reported and left alone.
    pub(crate) fn open(folder: PathBuf, clock: Arc<dyn Clock>, room: Room) -> Result<Self, Problem> {
        let mut jobs = BTreeMap::new();
        let valve = Arc::new(Valve::default());
        for path in journals(&folder)? {
            match Journal::open(&path, |request| recipe::phases(&request.work)) {
                Ok(Some(journal)) if journal.record().forgotten => {}
                Ok(Some(journal)) => {
                    let job = Arc::new(Job::new(journal, &valve));
                    jobs.insert(job.id(), job);
                }
                Ok(None) => tracing::warn!(path = %path.display(), "a journal without a request was left by a crash"),
                Err(problem) => tracing::error!(path = %path.display(), %problem, "a journal cannot be read"),
            }
        }
        Ok(Self {
            folder,
            closing: Ctx::new(clock.clone()),
            clock,
            jobs: Mutex::new(jobs),
            queue: Queue::new(room),
            tasks: Mutex::default(),
            valve,
        })
    }

    fn jobs(&self) -> MutexGuard<'_, BTreeMap<JobId, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn list(&self) -> Vec<Arc<Job>> {
        self.jobs().values().rev().cloned().collect()
    }

    pub(crate) fn get(&self, id: &JobId) -> Result<Arc<Job>, Problem> {
        self.jobs().get(id).cloned().ok_or_else(|| Problem::new(Code::NotFound, format!("There is no job {id}")))
    }

    /// Bytes a second of the newest job that moved some, for the forecasts of plans.
    pub(crate) fn measured_rate(&self) -> Option<u64> {
        self.list().iter().find_map(|job| job.record().phases.iter().find_map(rate_of))
    }

    /// Writes the request down and starts.
    pub(crate) fn begin(&self, engine: &Arc<Engine>, request: JobRequest) -> Result<Arc<Job>, Problem> {
        let phases = recipe::phases(&request.work);
        let job = Arc::new(Job::new(Journal::create(&self.folder, request, &phases)?, &self.valve));
        self.jobs().insert(job.id(), job.clone());
        self.start(engine, job.clone());
        Ok(job)
    }

    /// Takes up whatever a crash or a closed window left unfinished.
    pub(crate) fn resume_all(&self, engine: &Arc<Engine>) {
        for job in self.list().into_iter().rev() {
            let record = job.record();
            if record.ended() {
                sharing::sweep(&record);
            } else {
                self.spawn(engine, job);
            }
        }
        // Only now, so that their turns count and not who was read first.
        self.queue.go_on();
        let (closing, watch) = (self.closing.clone(), hours::watch(engine));
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(async move {
            tokio::select! {
                () = closing.cancel.cancelled() => {}
                () = watch => {}
            }
        });
    }

    /// How many may move from now on.
    pub(crate) fn make_room(&self, room: Room) {
        self.queue.make_room(room);
    }

    /// Moves one that waits before another that waits, or behind all.
    pub(crate) fn move_before(&self, engine: &Engine, id: &JobId, before: Option<&JobId>) -> Result<Arc<Job>, Problem> {
        let waiting = |id: &JobId| {
            let job = self.get(id)?;
            let waits = job.record().state == JobState::Queued;
            waits.then_some(job).ok_or_else(|| Problem::new(Code::BadRequest, "Only a job that waits has a turn"))
        };
        let job = waiting(id)?;
        let others = self.list().into_iter().map(|job| job.record());
        let others = others.filter(|record| record.state == JobState::Queued && record.request.id != *id);
        let turns: Vec<f64> = others.map(|record| record.turn()).collect();
        let turn = match before {
            None => turns.iter().copied().fold(job.record().turn(), f64::max) + TURN,
            Some(other) => {
                let next = waiting(other)?.record().turn();
                let earlier = turns.iter().copied().filter(|turn| *turn < next).fold(f64::NEG_INFINITY, f64::max);
                if earlier.is_finite() { f64::midpoint(earlier, next) } else { next - TURN }
            }
        };
        job.note(self.clock.now(), Fact::Turned { turn })?;
        self.queue.turn(id, turn);
        engine.tell(Notice::Job(Box::new(job.view())));
        Ok(job)
    }

    pub(crate) fn cancel(&self, engine: &Arc<Engine>, id: &JobId) -> Result<Arc<Job>, Problem> {
        let job = self.get(id)?;
        if !job.record().ended() {
            job.note(self.clock.now(), Fact::CancelAsked)?;
            job.stop();
            if job.take_up() {
                self.start(engine, job.clone());
            }
            engine.tell(Notice::Job(Box::new(job.view())));
        }
        Ok(job)
    }

    /// Holds a job's bytes back, or lets them go on. What the platform does meanwhile it does.
    pub(crate) fn pause(&self, engine: &Engine, id: &JobId, paused: bool) -> Result<Arc<Job>, Problem> {
        let job = self.get(id)?;
        let record = job.record();
        if record.ended() || record.cancel_asked || job.is_stranded() {
            return Err(Problem::new(Code::BadRequest, "Only a job that runs can be paused"));
        }
        if record.paused != paused {
            job.note(self.clock.now(), if paused { Fact::Paused } else { Fact::Unpaused })?;
            if paused {
                job.valve.close();
            } else {
                job.valve.open();
            }
            engine.tell(Notice::Job(Box::new(job.view())));
        }
        Ok(job)
    }

    pub(crate) fn retry(&self, engine: &Arc<Engine>, id: &JobId) -> Result<Arc<Job>, Problem> {
        let job = self.get(id)?;
        let record = job.record();
        if record.state != JobState::Failed && !job.is_stranded() {
            return Err(Problem::new(Code::BadRequest, "Only a failed job can be tried again"));
        }
        // One that was being cancelled goes on with that.
        if !record.cancel_asked || record.ended() {
            job.note(self.clock.now(), Fact::RetryAsked)?;
        }
        job.take_up();
        job.valve.open();
        self.start(engine, job.clone());
        Ok(job)
    }

    pub(crate) async fn clean(&self, engine: &Arc<Engine>, id: &JobId) -> Result<Arc<Job>, Problem> {
        let job = self.get(id)?;
        if !job.record().ended() {
            return Err(Problem::new(Code::BadRequest, "The job still runs: cancel it first"));
        }
        let run = Run { engine: engine.clone(), job: job.clone(), ctx: self.closing.clone(), place: Arc::default() };
        put_away::left(&run).await?;
        Ok(job)
    }

    pub(crate) fn forget(&self, id: &JobId) -> Result<(), Problem> {
        let job = self.get(id)?;
        if !job.record().ended() {
            return Err(Problem::new(Code::BadRequest, "The job still runs: cancel it first"));
        }
        job.note(self.clock.now(), Fact::Forgotten)?;
        self.jobs().remove(id);
        Ok(())
    }

    /// Stops every job where it is and waits until the last has written that down.
    pub(crate) async fn close(&self) {
        self.closing.cancel.cancel();
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
    }

    fn start(&self, engine: &Arc<Engine>, job: Arc<Job>) {
        self.spawn(engine, job);
        self.queue.go_on();
    }

    /// It goes on once the queue does.
    fn spawn(&self, engine: &Arc<Engine>, job: Arc<Job>) {
        let ctx = Ctx { cancel: job.arm(&self.closing), clock: self.clock.clone() };
        let comer = comer(&job.record());
        let seat = self.queue.line_up(comer.clone());
        let run = Run { engine: engine.clone(), job, ctx, place: Arc::new(Place::among(&self.queue, comer)) };
        let closing = self.closing.clone();
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            tokio::select! {
                biased;
                () = closing.cancel.cancelled() => return,
                // What was begun is put away without waiting for a turn.
                () = run.ctx.cancel.cancelled() => {}
                seat = seat => run.place.sit(seat.ok()),
            }
            carry_out(run).await;
        });
    }
}

fn comer(record: &JobRecord) -> Comer {
    let at = |place: &crate::place::Place| match place {
        crate::place::Place::Team { cluster, .. } => Some(cluster.clone()),
        _ => None,
    };
    let mut clusters: Vec<_> = [&record.request.source, &record.request.target].into_iter().filter_map(at).collect();
    clusters.dedup();
    Comer { job: record.request.id.clone(), clusters, turn: record.turn() }
}

/// What a finished phase moved each second; none for one that moved too little to tell.
fn rate_of(phase: &PhaseView) -> Option<u64> {
    let (begun, ended) = phase.started_at.zip(phase.ended_at)?;
    let millis = u64::try_from((ended - begun).num_milliseconds()).ok().filter(|millis| *millis > 0)?;
    let enough = phase.state == PhaseState::Done && phase.total_bytes >= LEAST_MEASURED_BYTES;
    enough.then(|| (phase.total_bytes * 1000 / millis).max(1))
}

fn journals(folder: &PathBuf) -> Result<Vec<PathBuf>, Problem> {
    let Ok(listing) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    Ok(paths)
}

/// One run of a job from where its journal stands to an end, or to the closing of the program.
async fn carry_out(run: Run) {
    let told = tokio::select! {
        told = chapters(&run) => told,
        () = ticks(&run) => Ok(()),
    };
    let stopped = if let Err(Stop::Problem(problem)) = &told { Some(problem.as_ref().clone()) } else { None };
    match &told {
        Ok(()) => passphrase::put_down(&run, Ended::ForGood).await,
        Err(Stop::Cancelled) if run.record().cancel_asked => passphrase::put_down(&run, Ended::ForGood).await,
        Err(Stop::Problem(problem)) if problem.retry == Retry::Never => {
            passphrase::put_down(&run, Ended::ForGood).await;
        }
        Err(Stop::Problem(_)) => passphrase::put_down(&run, Ended::Failed).await,
        Err(Stop::Cancelled) => {}
    }
    let ended = match told {
        Ok(()) => run.job.note(run.ctx.clock.now(), Fact::Done).map(|()| sharing::sweep(&run.record())),
        Err(Stop::Cancelled) if run.record().cancel_asked => put_away::cancelled(&run).await,
        // The program closes: the journal says where to go on.
        Err(Stop::Cancelled) => Ok(()),
        Err(Stop::Problem(problem)) => put_away::failed(&run, *problem).await,
    };
    if let Err(problem) = ended {
        tracing::error!(job = %run.job.id(), %problem, "the end of a job could not be written down");
        run.job.strand(stopped.unwrap_or(problem));
    }
    run.engine.tell(Notice::Job(Box::new(run.job.view())));
    run.engine.tell_columns(&run.record().request);
}

async fn chapters(run: &Run) -> Result<(), Stop> {
    let again = run.record().run_count > 0;
    run.note(Fact::RunStarted)?;
    run.say(if again { LineCode::LogResumed } else { LineCode::LogStarted }, [])?;
    if run.record().cancel_asked {
        return Err(Stop::Cancelled);
    }
    passphrase::take_up(run).await?;
    loop {
        let work = run.record().request.work;
        for step in recipe::steps(&work) {
            if !run.record().phase_done(step.phase()) {
                chapter(run, step.as_ref()).await?;
            }
        }
        // A running app's job goes on as something else once its backup is made.
        if run.record().request.work == work {
            return Ok(());
        }
    }
}

async fn chapter(run: &Run, step: &dyn Step) -> Result<(), Stop> {
    run.ctx.check()?;
    tokio::select! {
        () = run.ctx.cancel.cancelled() => return Err(Stop::Cancelled),
        () = run.job.valve.while_closed() => {}
    }
    let total_bytes = step.total_bytes(&run.record());
    if total_bytes > 0 {
        tokio::select! {
            () = run.ctx.cancel.cancelled() => return Err(Stop::Cancelled),
            () = run.place.take() => {}
        }
    }
    run.job.count();
    run.note(Fact::PhaseStarted { phase: step.phase(), total_bytes })?;
    step.act(run).await?;
    Ok(run.note(Fact::PhaseDone { phase: step.phase() })?)
}

/// Sends the view while bytes move; never ends by itself.
async fn ticks(run: &Run) {
    loop {
        tokio::time::sleep(TICK).await;
        if run.job.sample(run.ctx.clock.now()) {
            run.engine.tell(Notice::Job(Box::new(run.job.view())));
        }
    }
}
