//! A running app on its way: once its backup is made, the plan is made again with what the backup really holds, and the job
//! goes on as that plan says. The backup stays in its team: it is the user's.

use crate::engine::plan::{PlanRequest, PlanSource};
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{backup, preflight, recipe};
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::jobs::request::{AppWork, Work};
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};

pub(crate) fn steps(work: &AppWork) -> Vec<Box<dyn Step>> {
    let mut steps = backup::making(&work.backup);
    steps.push(Box::new(GoOn));
    steps
}

/// Decides what the job goes on as. Nothing was made on the target yet.
struct GoOn;

#[async_trait::async_trait]
impl Step for GoOn {
    fn phase(&self) -> PhaseName {
        PhaseName::Plan
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let Work::App(work) = &record.request.work else { return Ok(()) };
        let (backup, version) =
            record.backup.ok_or_else(|| Problem::new(Code::Internal, "The backup of this app is not known"))?;
        let asked: PlanRequest = serde_json::from_value(work.then.clone()).map_err(|error| {
            Problem::new(Code::Internal, "What was asked for cannot be read").fact("reason", error.to_string())
        })?;
        let (cluster, team) = (work.backup.cluster.clone(), work.backup.team.clone());
        let request = PlanRequest { source: PlanSource::Backup { cluster, team, backup }, ..asked };
        let plan = preflight::make(&run.engine, &run.ctx, &request).await?;
        if let Some(block) = plan.view.blocks().next() {
            return Err(stopped(&block.line.message).fact("backup", version).into());
        }
        let work = plan.work.ok_or_else(|| stopped("The backup cannot be planned with"))?;
        let phases = recipe::phases(&work);
        run.note(Fact::Continued { work: Box::new(work), phases })?;
        Ok(run.say(LineCode::LogBackupStays, [("version", version)])?)
    }
}

fn stopped(why: &str) -> Problem {
    Problem::new(Code::PlanBlocked, why)
        .hint("The backup was made and stays in its team. Resolve this, then try again or move the backup")
        .retry(Retry::Later)
}
