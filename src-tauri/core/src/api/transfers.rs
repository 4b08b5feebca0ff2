//! Plans and jobs: made, started, watched, cancelled, tried again.

use super::{CheckId, CopyRequest, Core, JobView, PlanRequest, PlanView};
use crate::engine::measure::{self, MeasuredExport, MeasuredLook};
use crate::engine::{copy, passphrase, preflight};
use crate::ids::{JobId, PlanId};
use crate::problem::{Code, Problem};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Start exactly what the plan showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StartRequest {
    pub plan: PlanId,
    /// What was typed to confirm, where the plan asks for it.
    #[serde(default)]
    pub confirm: String,
}

/// A job that waits, and the one that it goes before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MoveRequest {
    pub job: JobId,
    /// None: behind all.
    #[serde(default)]
    pub before: Option<JobId>,
}

impl Core {
    /// Decides everything, does nothing.
    pub async fn make_plan(&self, request: PlanRequest) -> Result<PlanView, Problem> {
        let plan = preflight::make(&self.engine, &self.ctx(), &request).await?;
        let view = plan.view.clone();
        self.engine.keep_plan(plan);
        Ok(view)
    }

    /// Looks once more, and performs exactly the plan or refuses because the world changed.
    pub async fn start_plan(&self, request: StartRequest) -> Result<JobView, Problem> {
        let plan = self.engine.take_plan(&request.plan)?;
        if let Some(block) = plan.view.blocks().next() {
            let code = if block.id == CheckId::ReadOnly { Code::ReadOnly } else { Code::PlanBlocked };
            return Err(Problem::new(code, block.line.message.clone()).hint("Resolve this and plan again"));
        }
        if let Some(name) = plan.view.confirm.as_ref().filter(|name| **name != request.confirm.trim()) {
            let problem =
                Problem::new(Code::NotConfirmed, format!("{name} is production: its name must be typed to confirm"));
            self.engine.keep_plan(plan);
            return Err(problem.hint("Type the cluster's name; on the command line, say it with --confirm"));
        }
        let secret = match &plan.work {
            Some(work) => passphrase::of_plan(&self.engine, &plan.view.id, work),
            None => Ok(None),
        };
        let secret = match secret {
            Ok(secret) => secret,
            Err(problem) => {
                self.engine.keep_plan(plan);
                return Err(problem);
            }
        };
        let now = preflight::make(&self.engine, &self.ctx(), &plan.view.request).await?;
        if let Some(changed) = stale(&plan.view, &now.view) {
            return Err(Problem::new(Code::PlanStale, changed).hint("Plan again with what is there now"));
        }
        let view = plan.view;
        let work =
            plan.work.ok_or_else(|| Problem::new(Code::PlanBlocked, "This plan decided nothing").hint("Plan again"))?;
        let shown = std::sync::Arc::new(view.shown());
        let mut job = self.engine.request(view.app_name, view.source, view.target, work);
        job.plan = Some(shown);
        passphrase::keep(&self.engine, &job, secret).await?;
        Ok(self.engine.runner.begin(&self.engine, job)?.view())
    }

    pub async fn copy_object(&self, request: CopyRequest) -> Result<JobView, Problem> {
        let job = copy::request(&self.engine, &self.ctx(), request).await?;
        Ok(self.engine.runner.begin(&self.engine, job)?.view())
    }

    /// For measuring: an object of the environment's store as the package of a bundle.
    pub async fn measure_export(&self, source: &str, to: &Path) -> Result<MeasuredExport, Problem> {
        measure::export(&self.engine, &self.ctx(), source, to).await
    }

    /// For measuring: what a look into a package of the environment's store takes.
    pub async fn measure_look(&self, source: &str) -> Result<MeasuredLook, Problem> {
        measure::look(&self.engine, &self.ctx(), source).await
    }

    pub async fn list_jobs(&self, (): ()) -> Result<Vec<JobView>, Problem> {
        Ok(self.engine.runner.list().iter().map(|job| job.view()).collect())
    }

    pub async fn get_job(&self, id: JobId) -> Result<JobView, Problem> {
        Ok(self.engine.runner.get(&id)?.view())
    }

    pub async fn cancel_job(&self, id: JobId) -> Result<JobView, Problem> {
        Ok(self.engine.runner.cancel(&self.engine, &id)?.view())
    }

    pub async fn pause_job(&self, id: JobId) -> Result<JobView, Problem> {
        Ok(self.engine.runner.pause(&self.engine, &id, true)?.view())
    }

    pub async fn move_job(&self, request: MoveRequest) -> Result<JobView, Problem> {
        Ok(self.engine.runner.move_before(&self.engine, &request.job, request.before.as_ref())?.view())
    }

    pub async fn unpause_job(&self, id: JobId) -> Result<JobView, Problem> {
        Ok(self.engine.runner.pause(&self.engine, &id, false)?.view())
    }

    pub async fn retry_job(&self, id: JobId) -> Result<JobView, Problem> {
        Ok(self.engine.runner.retry(&self.engine, &id)?.view())
    }

    pub async fn clean_job(&self, id: JobId) -> Result<JobView, Problem> {
        Ok(self.engine.runner.clean(&self.engine, &id).await?.view())
    }

    pub async fn forget_job(&self, id: JobId) -> Result<(), Problem> {
        self.engine.runner.forget(&id)
    }
}

/// What differs between the plan that was shown and the world now, where it matters.
fn stale(shown: &PlanView, now: &PlanView) -> Option<String> {
    if let Some(block) = now.blocks().next() {
        return Some(block.line.message.clone());
    }
    if shown.total_bytes != now.total_bytes || shown.version != now.version {
        return Some("The backup changed since the plan was made".to_owned());
    }
    if shown.app_name != now.app_name {
        return Some(format!("The name {} was taken in the meantime", shown.app_name));
    }
    (shown.path != now.path).then(|| "The file would be another one now".to_owned())
}
