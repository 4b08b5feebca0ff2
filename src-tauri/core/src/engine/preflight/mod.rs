//! Looks, judges, and makes the plan. Nothing here changes anything anywhere.

mod adopt;
mod backup;
mod backup_size;
pub(crate) mod checks;
mod content;
mod duplicate;
mod expiry;
mod export;
mod gateway;
mod lane;
mod live;
mod migrate;
mod outlook;
mod own_registry;
mod reach;
mod reading;
mod rebuilt;
mod repairs;
mod restore;
mod room;
mod shared;
pub(crate) mod source;
mod surroundings;
mod table;
mod ticket;
mod traps;
mod volumes;

use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::plan::{
    CheckView, EncryptionView, Plan, PlanKind, PlanRequest, PlanSource, PlanTarget, PlanView, Route, VolumePlanView,
};
use crate::ids::PlanId;
use crate::jobs::Lane;
use crate::jobs::request::Work;
use crate::line::Line;
use crate::place::{Environment, Place};
use crate::problem::{Code, Problem};
use outlook::Outlook;

pub(crate) use outlook::{data_sign, empty_volumes};
pub(crate) use ticket::of_ticket;

/// Decides everything that a request asks for. Where a console lets nobody in or its region is down, the plan is what can
/// be known without, and the check that blocks it.
pub(crate) async fn make(engine: &Engine, ctx: &Ctx, request: &PlanRequest) -> Result<Plan, Problem> {
    match decide(engine, ctx, request).await {
        Err(problem) if reach::is_shown(&problem) => reach::plan(engine, ctx, request, problem).await,
        other => other,
    }
}

async fn decide(engine: &Engine, ctx: &Ctx, request: &PlanRequest) -> Result<Plan, Problem> {
    match (&request.source, &request.target) {
        (PlanSource::Backup { cluster, team, backup }, PlanTarget::Team { .. }) => {
            let source = source::of_backup(engine, ctx, cluster, team, backup).await?;
            migrate::from_backup(engine, ctx, request, source).await
        }
        (PlanSource::Backup { cluster, team, backup }, PlanTarget::ThisComputer { folder }) => {
            let source = source::of_backup(engine, ctx, cluster, team, backup).await?;
            export::plan(engine, ctx, request, source, folder.as_deref()).await
        }
        (PlanSource::File { path }, PlanTarget::Team { .. }) => {
            migrate::from_file(engine, ctx, request, path.as_ref()).await
        }
        (PlanSource::App { cluster, team, app }, PlanTarget::Backup) => {
            backup::plan(engine, ctx, request, cluster, team, *app).await
        }
        (PlanSource::Backup { cluster, team, backup }, PlanTarget::Restore { manner }) => {
            let source = source::of_backup(engine, ctx, cluster, team, backup).await?;
            restore::plan(engine, ctx, request, source, *manner).await
        }
        (PlanSource::App { .. } | PlanSource::File { .. }, PlanTarget::Restore { .. }) => {
            Err(Problem::new(Code::BadRequest, "Only a backup can be restored")
                .hint("Name a backup, or import the file into a team"))
        }
        (PlanSource::App { cluster, team, app }, PlanTarget::Team { .. } | PlanTarget::ThisComputer { .. }) => {
            live::plan(engine, ctx, request, (cluster, team, *app)).await
        }
        (PlanSource::File { .. }, PlanTarget::ThisComputer { .. }) => {
            Err(Problem::new(Code::BadRequest, "The file is on this computer already"))
        }
        (PlanSource::Backup { .. } | PlanSource::File { .. }, PlanTarget::Backup) => {
            Err(Problem::new(Code::BadRequest, "Only an app can be backed up")
                .hint("Choose the app itself; a backup is copied by an export"))
        }
    }
}

/// What a plan is put together from.
struct Draft<'a> {
    kind: PlanKind,
    request: &'a PlanRequest,
    source: Place,
    target: Place,
    source_app: String,
    version: Option<String>,
    app_name: String,
    lane: Option<(Lane, Line)>,
    other_lanes: Vec<Lane>,
    route: (Route, Line),
    total_bytes: u64,
    outlook: Outlook,
    checks: Vec<CheckView>,
    volumes: Vec<VolumePlanView>,
    path: Option<String>,
    /// For an export.
    encryption: Option<EncryptionView>,
    work: Work,
}

impl Draft<'_> {
    fn finish(mut self, engine: &Engine) -> Plan {
        let jobs = engine.runner.list().into_iter().map(|job| job.record());
        self.checks.push(surroundings::last_job(&self.source, &self.source_app, jobs));
        let mut checks: Vec<CheckView> =
            self.checks.into_iter().map(|check| table::advised(self.kind, check)).collect();
        checks.sort_by_key(|check| check.level);
        let steps = outlook::steps(&self.work, self.total_bytes, engine.runner.measured_rate());
        let (lane, lane_reason) = self.lane.unzip();
        let confirm = match &self.target {
            Place::Team { environment: Environment::Production, cluster_name, .. } => Some(cluster_name.clone()),
            Place::Team { .. } | Place::ThisComputer { .. } | Place::Object { .. } => None,
        };
        let confirm = confirm.or_else(|| source_of_production(&self.source).filter(|_| self.work.reading().is_some()));
        let view = PlanView {
            id: PlanId(uuid::Uuid::new_v4().simple().to_string()),
            kind: self.kind,
            request: self.request.clone(),
            source: self.source,
            target: self.target,
            source_app: self.source_app,
            version: self.version,
            app_name: self.app_name,
            lane,
            lane_reason,
            other_lanes: self.other_lanes,
            route: self.route.0,
            route_reason: self.route.1,
            total_bytes: self.total_bytes,
            estimate_secs: steps.iter().map(|step| step.estimate_secs).sum(),
            steps,
            arrives: self.outlook.arrives,
            stays: self.outlook.stays,
            changes: self.outlook.changes,
            checks,
            volumes: self.volumes,
            path: self.path,
            encryption: self.encryption,
            confirm,
        };
        Plan { view, work: Some(self.work) }
    }
}

/// The source's cluster, where it is one of production: what happens there wants its name typed.
fn source_of_production(source: &Place) -> Option<String> {
    match source {
        Place::Team { environment: Environment::Production, cluster_name, .. } => Some(cluster_name.clone()),
        Place::Team { .. } | Place::ThisComputer { .. } | Place::Object { .. } => None,
    }
}
