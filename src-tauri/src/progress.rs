//! How far the running jobs are together, on the window's button in the taskbar, where the desktop draws such a thing.

use rainferry_core::JobId;
use rainferry_core::api::{JobState, JobView};
use std::collections::BTreeMap;
use tauri::window::{ProgressBarState, ProgressBarStatus};
use tauri::{AppHandle, Manager};

/// Bytes that have come and are to come, of each job that runs.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    jobs: BTreeMap<JobId, (u64, u64)>,
    shown: Option<u64>,
}

impl Progress {
    /// The percentage to show, where it is another one; `Some(None)`: nothing to show any more.
    pub(crate) fn changed(&mut self, job: &JobView) -> Option<Option<u64>> {
        self.moved(&job.id, job.state, (job.done_bytes + job.moving_bytes, job.total_bytes))
    }

    fn moved(&mut self, job: &JobId, state: JobState, bytes: (u64, u64)) -> Option<Option<u64>> {
        match state {
            JobState::Queued | JobState::Running | JobState::Cancelling => {
                self.jobs.insert(job.clone(), bytes);
            }
            JobState::Done | JobState::Failed | JobState::Cancelled => {
                self.jobs.remove(job);
            }
        }
        let percent = self.percent();
        (percent != self.shown).then(|| {
            self.shown = percent;
            percent
        })
    }

    fn percent(&self) -> Option<u64> {
        if self.jobs.is_empty() {
            return None;
        }
        let done: u64 = self.jobs.values().map(|(done, _)| done).sum();
        let total: u64 = self.jobs.values().map(|(_, total)| total).sum();
        Some((done.saturating_mul(100) / total.max(1)).min(100))
    }
}

pub(crate) fn show(handle: &AppHandle, percent: Option<u64>) {
    let status = if percent.is_some() { ProgressBarStatus::Normal } else { ProgressBarStatus::None };
    for window in handle.webview_windows().values() {
        let state = ProgressBarState { status: Some(status), progress: percent };
        if let Err(error) = window.set_progress_bar(state) {
            tracing::debug!(%error, "this desktop shows no progress");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use JobState::{Done, Failed, Queued, Running};

    #[test]
    fn the_share_is_that_of_all_jobs_and_goes_with_the_last() {
        let mut progress = Progress::default();
        let (a, b) = (JobId::from("a"), JobId::from("b"));
        let mut moved = |job: &JobId, state, bytes| progress.moved(job, state, bytes);
        assert_eq!(moved(&a, Queued, (0, 0)), Some(Some(0)));
        assert_eq!(moved(&a, Running, (50, 100)), Some(Some(50)));
        assert_eq!(moved(&a, Running, (50, 100)), None, "nothing new");
        assert_eq!(moved(&b, Running, (0, 300)), Some(Some(12)));
        assert_eq!(moved(&a, Failed, (50, 100)), Some(Some(0)));
        assert_eq!(moved(&b, Running, (900, 300)), Some(Some(100)), "never more than all");
        assert_eq!(moved(&b, Done, (300, 300)), Some(None));
    }
}
