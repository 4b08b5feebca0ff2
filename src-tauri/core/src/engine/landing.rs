//! The target app: an empty app is made (or the one that was chosen is used) and the ticket is handed in. The console then
//! tells the group under which a v6 region will look for the package (protocol.md §7).

use crate::bak::{self, Encoding, Mode, Salt, TicketRecord};
use crate::console::era::{self, TicketForm};
use crate::console::{AppState, BackupMode, BackupRecord, ConsoleError, NewApp, Scope};
use crate::engine::links::Cluster;
use crate::engine::runner::{Run, Step, Stop};
use crate::ids::AppId;
use crate::jobs::fact::Fact;
use crate::jobs::request::{Expected, Landing, Work};
use crate::jobs::state::{JobRecord, TicketTaken};
use crate::jobs::{Lane, PhaseName};
use crate::line::LineCode;
use crate::problem::{Code, Problem};
use bytes::Bytes;

/// The landing of a job that has one.
pub(crate) fn of(work: &Work) -> Result<(&Landing, &serde_json::Value, &Expected), Problem> {
    match work {
        Work::Migrate(work) => Ok((&work.landing, &work.record, &work.expected)),
        Work::Import(work) => Ok((&work.landing, &work.record, &work.expected)),
        Work::Restore(work) => Ok((&work.landing, &work.record, &work.expected)),
        Work::Adopt(work) => Ok((&work.landing, &work.record, const { &Expected::nothing() })),
        Work::Export(_) | Work::Backup(_) | Work::App(_) | Work::Template(_) | Work::Copy(_) | Work::Verify { .. } => {
            Err(Problem::new(Code::Internal, "This job lands nowhere"))
        }
    }
}

/// The app that things arrive in: ours, or the one that was chosen.
pub(crate) fn app(record: &JobRecord) -> Result<AppId, Problem> {
    let (landing, ..) = of(&record.request.work)?;
    let made = record.app.as_ref().map(|(app, _)| *app);
    made.or(landing.app).ok_or_else(|| Problem::new(Code::Internal, "The target app is not known yet"))
}

pub(crate) fn ticket(record: &JobRecord) -> Result<TicketTaken, Problem> {
    record.ticket.clone().ok_or_else(|| Problem::new(Code::Internal, "The ticket is not handed in yet"))
}

pub(crate) struct Prepare;

#[async_trait::async_trait]
impl Step for Prepare {
    fn phase(&self) -> PhaseName {
        PhaseName::Prepare
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let (landing, ticket, _) = of(&record.request.work)?;
        let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
        let scope = target.scope(&landing.team);
        if record.app.is_none() && landing.app.is_none() {
            make_app(run, &target, &scope, landing).await?;
        }
        let app = app(&run.record())?;
        // Only the platform's own restore reads a ticket.
        if landing.lane == Lane::Official && run.record().ticket.is_none() {
            hand_in(run, &target, &scope, app, ticket).await?;
        }
        Ok(())
    }
}

async fn make_app(run: &Run, target: &Cluster, scope: &Scope, landing: &Landing) -> Result<(), Stop> {
    let app = match find_made(run, target, scope, landing).await? {
        Some(app) => app,
        None => {
            run.note(Fact::AppCreating { name: landing.app_name.clone(), k8s_app: landing.k8s_app.clone() })?;
            let new = NewApp { name: landing.app_name.clone(), k8s_app: landing.k8s_app.clone(), note: String::new() };
            target.console.create_app(&run.ctx, scope, &new).await?
        }
    };
    run.note(Fact::AppCreated { app, name: landing.app_name.clone() })?;
    run.say(LineCode::LogAppCreated, [("app", landing.app_name.clone()), ("app_id", app.to_string())])?;
    Ok(())
}

/// The app that was made just before a crash or a cancel: of our name, and with the inner name that only this job uses.
pub(crate) async fn find_made(
    run: &Run,
    target: &Cluster,
    scope: &Scope,
    landing: &Landing,
) -> Result<Option<AppId>, Stop> {
    let apps = target.console.apps(&run.ctx, scope).await?;
    let Some(app) = apps.into_iter().find(|app| app.name == landing.app_name) else { return Ok(None) };
    let state = match target.console.app_state(&run.ctx, scope, app.id()).await {
        // Old consoles have no such call; they know no inner name either.
        Err(ConsoleError::NoSuchCall(_)) => AppState::default(),
        told => told?,
    };
    // v5 does not tell the inner name; there only an app without a component can be the one, and only if it was asked for.
    let nameless = state.k8s_app.is_empty() && app.component_count == 0 && run.record().app_creating;
    let ours = state.k8s_app == landing.k8s_app || nameless;
    if ours {
        return Ok(Some(app.id()));
    }
    Err(Problem::new(Code::PlanStale, format!("Another app “{}” came to be in the meantime", landing.app_name))
        .hint("Plan again under another name")
        .into())
}

async fn hand_in(
    run: &Run,
    target: &Cluster,
    scope: &Scope,
    app: AppId,
    ticket: &serde_json::Value,
) -> Result<(), Stop> {
    let delivered = delivered(target, ticket)?;
    let record = run.record();
    // In an app of our own a record of this version is ours; in one that was chosen, only if it was asked for.
    let known = match record.ticket_sending || record.app.is_some() {
        true => find_taken(run, target, scope, app, ticket).await?,
        false => None,
    };
    let made = match known {
        Some(made) => made,
        None => {
            let version = delivered.version.clone();
            run.note(Fact::TicketSending { version, source_dir: delivered.source_dir.clone() })?;
            let text = encode(target, &delivered)?;
            target.console.import_backup(&run.ctx, scope, app, text).await?
        }
    };
    run.note(taken(&made))?;
    run.say(LineCode::LogTicketImported, [("backup", made.backup_id.to_string()), ("group", made.group_uuid)])?;
    Ok(())
}

/// The record that the console made just before a crash: imports get new ids, version and file stay (recording 620).
pub(crate) async fn find_taken(
    run: &Run,
    target: &Cluster,
    scope: &Scope,
    app: AppId,
    ticket: &serde_json::Value,
) -> Result<Option<BackupRecord>, Stop> {
    let ticket = delivered(target, ticket)?;
    let records = target.console.app_backups(&run.ctx, scope, app).await?;
    Ok(records.into_iter().find(|record| record.fingerprint() == (&ticket.version, &ticket.source_dir)))
}

/// What the console told of a ticket that it took.
pub(crate) fn taken(record: &BackupRecord) -> Fact {
    Fact::TicketTaken {
        backup: record.backup_id.clone(),
        group_uuid: record.group_uuid.clone(),
        source_dir: record.source_dir.clone(),
        version: record.version.clone(),
    }
}

/// The record as the target must see it: finished, and of the mode its region wants (protocol.md §7.1).
fn delivered(target: &Cluster, ticket: &serde_json::Value) -> Result<TicketRecord, Stop> {
    let mode = match era::ticket_mode(target.capabilities()?.era) {
        BackupMode::Online => Mode::FullOnline,
        BackupMode::Offline => Mode::FullOffline,
    };
    Ok(TicketRecord::from_json(&ticket.to_string())?.for_delivery(mode)?)
}

fn encode(target: &Cluster, record: &TicketRecord) -> Result<Bytes, Stop> {
    // Any four characters do; the platform itself takes them from the time.
    let salt = record.version.bytes().fold(0_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(u16::from(byte)));
    let encoding = match target.capabilities()?.ticket_form {
        TicketForm::Old => Encoding::Old,
        TicketForm::New => Encoding::New,
    };
    Ok(Bytes::from(bak::encode(record, encoding, Salt::from_number(salt))))
}
