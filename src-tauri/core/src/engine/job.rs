//! A job in memory: its journal, its counters, and how to stop it. Also the view people see, folded from both.

use crate::bundle::Passed;
use crate::ctx::Ctx;
use crate::engine::put_away;
use crate::ids::JobId;
use crate::jobs::fact::Fact;
use crate::jobs::state::JobRecord;
use crate::jobs::{JobState, JobView, Journal, LeftoverView, PhaseState};
use crate::problem::Problem;
use crate::transfer::{Progress, Valve};
use chrono::{DateTime, Utc};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// Over how long the rate is measured.
const RATE_WINDOW_MS: i64 = 4_000;

/// How far the running phase was at a moment.
struct Sample {
    at: DateTime<Utc>,
    done: u64,
    passed: u64,
}

pub(crate) struct Job {
    journal: Mutex<Journal>,
    /// Counters of the running phase: a hint, lost in a crash.
    progress: Mutex<Arc<Progress>>,
    /// Set where a phase counts in another way than a transfer.
    other: Mutex<Option<Arc<Passed>>>,
    samples: Mutex<VecDeque<Sample>>,
    cancel: Mutex<CancellationToken>,
    /// Why its last run stopped, where that could not be written down: the journal says that it runs, and nobody runs it.
    stranded: Mutex<Option<Problem>>,
    pub valve: Arc<Valve>,
}

impl Job {
    /// Its bytes pass a valve of its own, and then the one of all jobs.
    pub(crate) fn new(journal: Journal, main: &Arc<Valve>) -> Self {
        let valve = Arc::new(Valve::behind(Some(Arc::clone(main))));
        if journal.record().paused {
            valve.close();
        }
        Self {
            valve,
            journal: Mutex::new(journal),
            progress: Mutex::default(),
            other: Mutex::default(),
            samples: Mutex::default(),
            cancel: Mutex::new(CancellationToken::new()),
            stranded: Mutex::default(),
        }
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn id(&self) -> JobId {
        self.journal().record().request.id.clone()
    }

    pub(crate) fn record(&self) -> JobRecord {
        self.journal().record().clone()
    }

    pub(crate) fn note(&self, at: DateTime<Utc>, fact: Fact) -> Result<(), Problem> {
        self.journal().append(at, fact)
    }

    /// A fresh handle for the next run, stopped together with the whole engine.
    pub(crate) fn arm(&self, ctx: &Ctx) -> CancellationToken {
        let token = ctx.cancel.child_token();
        *self.cancel.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        token
    }

    pub(crate) fn stop(&self) {
        self.cancel.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    fn stranded(&self) -> MutexGuard<'_, Option<Problem>> {
        self.stranded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its run is over, and the journal could not be told.
    pub(crate) fn strand(&self, problem: Problem) {
        *self.stranded() = Some(problem);
    }

    /// True where it was stranded; from here on it is not.
    pub(crate) fn take_up(&self) -> bool {
        self.stranded().take().is_some()
    }

    pub(crate) fn is_stranded(&self) -> bool {
        self.stranded().is_some()
    }

    /// Begins counting for a phase: fresh counters.
    pub(crate) fn count(&self) -> Arc<Progress> {
        let fresh = Arc::new(Progress::through(Arc::clone(&self.valve)));
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = fresh.clone();
        *self.other.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.samples().clear();
        fresh
    }

    /// Begins counting bytes of a bundle.
    pub(crate) fn count_with(&self, passed: Arc<Passed>) {
        *self.other.lock().unwrap_or_else(PoisonError::into_inner) = Some(passed);
        self.samples().clear();
    }

    /// Bytes done, on their way, and in all, of the running phase.
    fn counted(&self) -> (u64, u64, u64) {
        match &*self.other.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(passed) => (passed.done_bytes(), 0, passed.total_bytes()),
            None => {
                let progress = self.progress();
                (progress.done_bytes(), progress.moving_bytes(), progress.total_bytes())
            }
        }
    }

    /// Counters of the running phase.
    pub(crate) fn progress(&self) -> Arc<Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn samples(&self) -> MutexGuard<'_, VecDeque<Sample>> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a sample for the rate; true when bytes moved since the last one.
    pub(crate) fn sample(&self, now: DateTime<Utc>) -> bool {
        let sample = Sample { at: now, done: self.counted().0, passed: self.valve.passed_bytes() };
        let mut samples = self.samples();
        let moved = samples.back().is_none_or(|last| (last.done, last.passed) != (sample.done, sample.passed));
        samples.push_back(sample);
        while samples.front().is_some_and(|first| (now - first.at).num_milliseconds() > RATE_WINDOW_MS) {
            samples.pop_front();
        }
        moved
    }

    /// Bytes are done by whole parts. Where a limit holds, parts are slow, and what passes the valve tells more.
    fn rate(&self) -> u64 {
        let samples = self.samples();
        let (Some(first), Some(last)) = (samples.front(), samples.back()) else { return 0 };
        let millis = u64::try_from((last.at - first.at).num_milliseconds()).unwrap_or(0);
        let rate = |from: u64, to: u64| to.saturating_sub(from).saturating_mul(1000).checked_div(millis).unwrap_or(0);
        let done = rate(first.done, last.done);
        match self.valve.bytes_per_sec() {
            Some(limit) => done.max(rate(first.passed, last.passed)).min(limit),
            None => done,
        }
    }

    /// The job as people see it now.
    pub(crate) fn view(&self) -> JobView {
        let record = self.record();
        if let Some(problem) = self.stranded().clone() {
            let state = JobState::Failed;
            let problem = Some(problem);
            return JobView { state, problem, can_retry: true, can_pause: false, bytes_per_sec: 0, ..folded(record) };
        }
        let running = matches!(record.state, JobState::Running | JobState::Cancelling);
        let (done, moving, total) = self.counted();
        let bytes_per_sec = if running { self.rate() } else { 0 };
        let mut view = folded(record);
        if running
            && total > 0
            && let Some(phase) = view.phases.iter_mut().find(|phase| phase.state == PhaseState::Running)
        {
            phase.total_bytes = total;
            phase.done_bytes = done.min(phase.total_bytes);
            view.moving_bytes = moving.min(phase.total_bytes - phase.done_bytes);
            let left = phase.total_bytes - phase.done_bytes - view.moving_bytes;
            view.eta_secs = left.checked_div(bytes_per_sec);
            view.bytes_per_sec = bytes_per_sec;
        }
        view.done_bytes = view.phases.iter().map(|phase| phase.done_bytes).sum();
        view.total_bytes = view.phases.iter().map(|phase| phase.total_bytes).sum();
        view
    }
}

/// What the journal alone tells.
fn folded(record: JobRecord) -> JobView {
    let ended = record.ended();
    let failed = record.state == JobState::Failed;
    let leftovers: Vec<LeftoverView> = record
        .left
        .iter()
        .map(|left| LeftoverView { id: left.id.clone(), line: left.line.clone(), removable: left.thing.is_removable() })
        .collect();
    JobView {
        id: record.request.id.clone(),
        revision: record.revision,
        kind: record.request.work.kind(),
        state: record.state,
        app_name: record.request.app_name.clone(),
        source: record.request.source.clone(),
        target: record.request.target.clone(),
        created_at: record.request.created_at,
        started_at: record.started_at,
        ended_at: record.ended_at,
        done_bytes: 0,
        moving_bytes: 0,
        total_bytes: 0,
        bytes_per_sec: 0,
        eta_secs: None,
        turn: record.turn(),
        paused: record.paused && !ended,
        can_pause: !ended && !record.cancel_asked && !record.paused,
        can_cancel: !ended && !record.cancel_asked,
        can_retry: failed && put_away::can_retry(&record),
        can_clean: ended && leftovers.iter().any(|left| left.removable),
        leftovers,
        phases: record.phases,
        problem: record.problem,
        report: record.report,
        log: record.log,
    }
}
