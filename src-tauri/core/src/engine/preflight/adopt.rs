//! The plan of a ticket that is handed in alone: its package was found nowhere, and the user wants the record all the same.

use super::duplicate::{self, Incoming};
use super::migrate::{self, Cargo};
use super::{Draft, checks, outlook::Outlook};
use crate::bak::TicketRecord;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::engine::plan::{CheckId, Level, Plan, PlanKind, PlanRequest, Route};
use crate::jobs::request::{AdoptWork, Work};
use crate::line::{Line, LineCode};
use crate::place::Place;
use crate::problem::Problem;
use std::path::Path;

pub(crate) async fn plan(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    path: &Path,
    record: TicketRecord,
) -> Result<Plan, Problem> {
    let app = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let cargo = Cargo { app: &app, record: &record, bytes: record.backup_size, model: None, is_template: false };
    let arrival = migrate::arrival(engine, ctx, &request.target, &request.options, &cargo).await?;
    // No byte is sent: the target's store is not asked for anything.
    let mut list: Vec<_> = arrival.checks.into_iter().filter(|check| check.id != CheckId::TargetStore).collect();
    let facts = [("key", record.package_name().to_owned())];
    list.push(checks::check(CheckId::Package, Level::Warn, LineCode::CheckRecordOnlyWarn, facts));
    let incoming = Incoming { record: &record, size_bytes: record.backup_size, etag: None };
    list.extend(duplicate::look(ctx, &arrival.cluster, &arrival.team, &incoming).await);
    Ok(Draft {
        encryption: None,
        kind: PlanKind::Import,
        request,
        source: Place::ThisComputer { path: path.display().to_string() },
        target: arrival.cluster.place(&arrival.team),
        source_app: app,
        version: Some(record.version.clone()),
        app_name: arrival.landing.app_name.clone(),
        lane: None,
        other_lanes: Vec::new(),
        route: (Route::None, Line::new(LineCode::RouteNoneRecord, [])),
        total_bytes: 0,
        outlook: Outlook { arrives: vec![Line::new(LineCode::ArrivesRecord, [])], ..Outlook::default() },
        checks: list,
        volumes: Vec::new(),
        path: None,
        work: Work::Adopt(AdoptWork { record: super::source::ticket_json(&record)?, landing: arrival.landing }),
    }
    .finish(engine))
}
