//! A running app on its way: once its backup is made (or the bundle of its template), the plan is made again with what that
//! really holds, and the job goes on as that plan says. A backup stays in its team: it is the user's.

use crate::engine::plan::{PlanRequest, PlanSource};
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{backup, preflight, recipe};
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::jobs::request::{AppWork, ImportWork, TemplateWork, Work};
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};

pub(crate) fn steps(work: &AppWork) -> Vec<Box<dyn Step>> {
    let mut steps = backup::making(&work.backup);
    steps.push(Box::new(GoOn));
    steps
}

/// Decides what the job goes on as. Nothing was made on the target yet.
pub(crate) struct GoOn;

#[async_trait::async_trait]
impl Step for GoOn {
    fn phase(&self) -> PhaseName {
        PhaseName::Plan
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        match &run.record().request.work {
            Work::App(work) => with_backup(run, work).await,
            Work::Template(work) => with_bundle(run, work).await,
            _ => Ok(()),
        }
    }
}

async fn with_backup(run: &Run, work: &AppWork) -> Result<(), Stop> {
    let (backup, version) =
        run.record().backup.ok_or_else(|| Problem::new(Code::Internal, "The backup of this app is not known"))?;
    let (cluster, team) = (work.backup.cluster.clone(), work.backup.team.clone());
    let source = PlanSource::Backup { cluster, team, backup };
    let hint = "The backup was made and stays in its team. Resolve this, then try again or move the backup";
    let planned = planned(run, source, &work.then).await?;
    let work = planned.map_err(|why| stopped(&why, hint).fact("backup", version.clone()))?;
    go_on(run, work)?;
    Ok(run.say(LineCode::LogBackupStays, [("version", version)])?)
}

async fn with_bundle(run: &Run, work: &TemplateWork) -> Result<(), Stop> {
    let file = run.record().file.ok_or_else(|| Problem::new(Code::Internal, "The bundle of this app is not known"))?;
    let planned = planned(run, PlanSource::File { path: file.path }, &work.then).await?;
    let hint = "The app was exported and the file is kept for the next try. Resolve this, then try again";
    match planned.map_err(|why| stopped(&why, hint))? {
        Work::Import(work) => Ok(go_on(run, Work::Import(ImportWork { is_ours: true, ..work }))?),
        _ => Err(Problem::new(Code::Internal, "An import was planned as something else").into()),
    }
}

/// The work of a plan made now, or what stops it.
async fn planned(run: &Run, source: PlanSource, then: &serde_json::Value) -> Result<Result<Work, String>, Stop> {
    let asked: PlanRequest = serde_json::from_value(then.clone()).map_err(|error| {
        Problem::new(Code::Internal, "What was asked for cannot be read").fact("reason", error.to_string())
    })?;
    let plan = preflight::make(&run.engine, &run.ctx, &PlanRequest { source, ..asked }).await?;
    Ok(match plan.view.blocks().next() {
        Some(block) => Err(block.line.message.clone()),
        None => plan.work.ok_or_else(|| "What was made of the app cannot be planned with".to_owned()),
    })
}

fn go_on(run: &Run, work: Work) -> Result<(), Problem> {
    let phases = recipe::phases(&work);
    run.note(Fact::Continued { work: Box::new(work), phases })
}

fn stopped(why: &str, hint: &str) -> Problem {
    Problem::new(Code::PlanBlocked, why).hint(hint).retry(Retry::Later)
}
