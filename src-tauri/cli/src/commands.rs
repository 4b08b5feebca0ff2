//! One function a command: asks the core, prints the answer.

use crate::args::{Args, Arrival, BackupCommand, Command, Confirm, JobsCommand, LaneArg, Voyage};
use crate::out::{self, Out};
use crate::{
    backups, consoles, copies, demo, members, passphrases, reference, registries, report, samples, storage, watch,
};
use rainferry_core::api::{
    AppRef, AppView, BackupMode, BackupStatus, ColumnView, CompareRequest, ConsoleState, Core, DeleteOriginalRequest,
    Environment, EraView, FileKind, JobView, Lane, Level, PackageView, PlanOptions, PlanRequest, PlanSource,
    PlanTarget, PlanView, RestoreManner, StartRequest,
};
use rainferry_core::host::{DesktopHost, Host};
use rainferry_core::{Code, JobId, Problem, Secret};
use rainferry_sandbox::Regions;
use std::path::Path;
use std::sync::Arc;

pub(crate) async fn run(args: Args, out: &Out) -> Result<(), Problem> {
    let out = *out;
    match args.command {
        Command::Demo { dir } => demo::run(&dir, out).await,
        Command::Sandbox { dir, print_json, second_cluster, command } => {
            let regions = if second_cluster { Regions::Two } else { Regions::One };
            samples::serve(dir, print_json, regions, command, out).await
        }
        command => {
            let host: Arc<dyn Host> =
                Arc::new(DesktopHost::from_environment(None, Some(Arc::new(samples::SampleWorld::default())))?);
            let core = Core::open(host).await?;
            let done = one(&core, command, out).await;
            core.close().await;
            done
        }
    }
}

async fn one(core: &Core, command: Command, out: Out) -> Result<(), Problem> {
    match command {
        Command::Console(command) => consoles::run(core, command, out).await,
        Command::Registry(command) => registries::run(core, command, out).await,
        Command::Clusters => clusters(core, out).await,
        Command::Backups { args } if args.all => backups::list(core, &args, out).await,
        Command::Backups { args } => columns(core, args.place.as_deref().unwrap_or(""), out).await,
        Command::Backup(BackupCommand::Create { apps, note, local, stop, force, confirm }) => {
            let options = PlanOptions { cloud: !local, note, stop_stateful: stop, force, ..PlanOptions::default() };
            create(core, &apps, options, &confirm, out).await
        }
        Command::Backup(BackupCommand::Where { backup }) => backups::locate(core, &backup, out).await,
        Command::Backup(BackupCommand::Delete { backup, objects, dry_run, confirm }) => {
            backups::delete(core, &backup, objects, dry_run, &confirm, out).await
        }
        Command::Restore { backup, beside, stop, keep_stopped, dry_run, confirm } => {
            let (at, backup) = reference::backup(core, &backup).await?;
            let source = PlanSource::Backup { cluster: at.cluster.id, team: at.team.name, backup: backup.id };
            let manner = if beside { RestoreManner::Beside } else { RestoreManner::InPlace };
            let options = PlanOptions { stop_stateful: stop, start_after: !keep_stopped, ..PlanOptions::default() };
            let request = PlanRequest { source, target: PlanTarget::Restore { manner }, options };
            if dry_run {
                show_plan(&core.make_plan(request).await?, out);
                return Ok(());
            }
            carry_out(core, request, &confirm.confirm, out).await
        }
        Command::Compare { left, right } => compare(core, &left, &right, out).await,
        Command::DeleteOriginal { job, confirm } => {
            let view = core.delete_original(DeleteOriginalRequest { job: id(&job), confirm: confirm.confirm }).await?;
            out.value(&view);
            out.line("Deleted the original app");
            Ok(())
        }
        Command::Open { app } => {
            let (at, app) = reference::app(core, &app).await?;
            let page = core.open_app(AppRef { cluster: at.cluster.id, team: at.team.name, app: app.id }).await?;
            out.value(&page);
            out.line(&page.url);
            Ok(())
        }
        Command::Storage(command) => storage::run(core, command, out).await,
        Command::Inspect { what } => inspect(core, &what, out).await,
        Command::Members { what, save, to } => members::members(core, &what, save, to, out).await,
        Command::Plan { voyage } => {
            let plan = core.make_plan(request(core, voyage).await?).await?;
            show_plan(&plan, out);
            Ok(())
        }
        Command::Migrate { voyage, confirm } => {
            carry_out(core, request(core, voyage).await?, &confirm.confirm, out).await
        }
        Command::Export { backup, folder, ticket: true, .. } => {
            backups::export_ticket(core, &backup, folder.as_deref(), out).await
        }
        Command::Export { backup, folder, ticket: false, sealing } => {
            let (at, backup) = reference::backup(core, &backup).await?;
            let source = PlanSource::Backup { cluster: at.cluster.id, team: at.team.name, backup: backup.id };
            let folder = folder.as_deref().map(reference::absolute).transpose()?;
            let target = PlanTarget::ThisComputer { folder };
            let options = PlanOptions { encrypt: sealing.wanted(), ..PlanOptions::default() };
            carry_out(core, PlanRequest { source, target, options }, "", out).await
        }
        Command::Import { file, team, arrival, record_only, confirm } => {
            let options = PlanOptions { record_only, ..arriving(core, arrival).await? };
            import(core, &file, &team, options, &confirm, out).await
        }
        Command::Verify { file } => {
            let path = reference::absolute(&file)?;
            passphrases::unlock(core, &path).await?;
            let job = core.verify_file(path).await?;
            watch::to_end(core, &job.id, out).await.map(|_| ())
        }
        Command::Diagnostics { file } => report::diagnostics(core, &file, out).await,
        Command::Jobs(command) => jobs(core, command, out).await,
        Command::Copy(copy) => copies::copy(core, copy, out).await,
        Command::Measure(what) => copies::measure(core, what, out).await,
        Command::Sandbox { .. } | Command::Demo { .. } => Ok(()),
    }
}

async fn clusters(core: &Core, out: Out) -> Result<(), Problem> {
    let views = reference::consoles(core).await?;
    out.value(&views);
    for view in views {
        out.line(format!(
            "{} ({}, {})",
            view.name,
            environment(view.environment),
            if view.version.is_empty() { "version unknown" } else { &view.version }
        ));
        if let ConsoleState::Failed { problem } = &view.state {
            out.line(format!("  {}", problem.message));
        }
        for cluster in view.clusters {
            out.line(format!(
                "  {} {}{}",
                cluster.name,
                cluster.version,
                if cluster.healthy { "" } else { ", does not answer its console" }
            ));
            if let Some(era) = &cluster.era {
                show_era(era, out);
            }
            for team in cluster.teams {
                out.line(format!("    {} ({})", team.alias, team.name));
            }
        }
    }
    Ok(())
}

fn show_era(era: &EraView, out: Out) {
    out.line(format!("    {} (console {}, region {})", era.era, era.console_version, era.version));
    for line in &era.can {
        out.line(format!("      ✓ {}", line.message));
    }
    for row in &era.cannot {
        out.line(format!("      ✗ {}: {}", row.what.message, row.why.message));
    }
}

async fn columns(core: &Core, place: &str, out: Out) -> Result<(), Problem> {
    let words: Vec<&str> = place.split('/').filter(|word| !word.is_empty()).collect();
    let teams = reference::teams(core, &words).await?;
    if teams.is_empty() {
        return Err(
            Problem::new(Code::NotFound, format!("There is no team “{place}”")).hint("See `rainferry-cli clusters`")
        );
    }
    for at in teams {
        let column = core.load_column(at.request()).await?;
        out.value(&column);
        out.line(at.name());
        show_column(&column, out);
    }
    Ok(())
}

fn show_column(column: &ColumnView, out: Out) {
    for app in &column.apps {
        show_app(app, out);
    }
    for problem in &column.problems {
        out.line(format!("  {}", problem.message));
    }
}

fn show_app(app: &AppView, out: Out) {
    out.line(format!("  {} ({:?}, {} components)", app.name, app.state, app.component_count));
    for backup in &app.backups {
        let mode = match backup.mode {
            BackupMode::Cloud => "cloud",
            BackupMode::Local => "local",
        };
        let status = match backup.status {
            BackupStatus::Ready => out::bytes(backup.size_bytes),
            BackupStatus::Running => "running".to_owned(),
            BackupStatus::Failed => "failed".to_owned(),
        };
        out.line(format!("    @{} {mode} {status:>9} {} {}", backup.version, backup.author, backup.note));
    }
}

async fn inspect(core: &Core, what: &str, out: Out) -> Result<(), Problem> {
    let source = reference::source(core, what).await?;
    if let PlanSource::File { path } = &source {
        let file = core.inspect_file(path.clone()).await?;
        out.value(&file);
        if let Some(problem) = file.problem {
            return Err(problem);
        }
        if let Some(bundle) = &file.bundle {
            out.line(format!(
                "{} {} from {} {}",
                bundle.app_name, bundle.version, bundle.cluster_name, bundle.team_alias
            ));
        }
        if file.kind == FileKind::Ticket {
            out.line("A ticket: it holds no data, only a claim on a package");
            return Ok(());
        }
    }
    let package = core.inspect(source).await?;
    out.value(&package);
    show_package(&package, out);
    Ok(())
}

async fn compare(core: &Core, left: &str, right: &str, out: Out) -> Result<(), Problem> {
    let (left, right) = (reference::side(core, left).await?, reference::side(core, right).await?);
    let found = core.compare(CompareRequest { left, right }).await?;
    out.value(&found);
    out.line(format!("{} | {}", found.left, found.right));
    for row in &found.differences {
        let aspect = out::words(row.aspect);
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        let whose = if row.component.is_empty() { String::new() } else { format!("{} ", row.component) };
        out.line(format!("  {whose}{aspect} {}: {} | {}", row.what, side(&row.left), side(&row.right)));
    }
    if found.differences.is_empty() {
        out.line("  the same");
    }
    Ok(())
}

fn show_package(package: &PackageView, out: Out) {
    out.line(format!(
        "{}: {}, {} entries, {} read to know this",
        package.app_name,
        out::bytes(package.size_bytes),
        package.entry_count,
        out::bytes(package.read_bytes)
    ));
    for component in &package.components {
        out.line(format!("  {} {} {} MB", component.name, component.image, component.memory_mb));
        for volume in &component.volumes {
            let data = if volume.has_data { "with data" } else { "no data" };
            out.line(format!("    volume {} at {} ({}), {data}", volume.name, volume.path, volume.kind));
        }
    }
    for line in &package.findings {
        out.line(format!("  {}", line.message));
    }
}

async fn request(core: &Core, voyage: Voyage) -> Result<PlanRequest, Problem> {
    if voyage.live && !voyage.arrival.volumes.volume_data.is_empty() {
        return Err(Problem::new(Code::BadRequest, "What a running app's backup will hold is not known yet")
            .hint("Back it up, then migrate the backup with --volume-data; files that no backup holds are read with --read-volumes"));
    }
    let source = match voyage.live {
        true => reference::running(core, &voyage.source).await?,
        false => reference::source(core, &voyage.source).await?,
    };
    let target = if voyage.target == "." {
        PlanTarget::ThisComputer { folder: None }
    } else {
        let at = reference::team(core, &voyage.target).await?;
        PlanTarget::Team { cluster: at.cluster.id, team: at.team.name, app: None }
    };
    let options = PlanOptions {
        stop_stateful: voyage.stop,
        force: voyage.force,
        encrypt: voyage.sealing.wanted(),
        ..arriving(core, voyage.arrival).await?
    };
    Ok(PlanRequest { source, target, options })
}

async fn arriving(core: &Core, arrival: Arrival) -> Result<PlanOptions, Problem> {
    let named = |name: String| if name == "all" { "*".to_owned() } else { name };
    let lane = arrival.lane.map(|lane| match lane {
        LaneArg::Official => Lane::Official,
        LaneArg::Rebuild => Lane::Rebuild,
        LaneArg::Registry => Lane::Registry,
    });
    Ok(PlanOptions {
        app_name: arrival.name,
        start_after: !arrival.keep_stopped,
        lane,
        registry: registries::named(core, &arrival.registry).await?,
        drop_volume_data: arrival.without_data,
        gateway_rules: (arrival.gateway || arrival.no_gateway).then_some(arrival.gateway),
        certificates: arrival.certificates,
        volume_data: arrival.volumes.volume_data.into_iter().map(named).collect(),
        volume_reading: arrival.volumes.read_volumes.into_iter().map(named).collect(),
        reading_endpoint: arrival.volumes.source_pods_store,
        volume_endpoint: arrival.volumes.pods_store,
        ..PlanOptions::default()
    })
}

async fn import(
    core: &Core,
    file: &Path,
    team: &str,
    options: PlanOptions,
    confirm: &Confirm,
    out: Out,
) -> Result<(), Problem> {
    let at = reference::team(core, team).await?;
    let path = reference::absolute(file)?;
    passphrases::unlock(core, &path).await?;
    let request = PlanRequest {
        source: PlanSource::File { path },
        target: PlanTarget::Team { cluster: at.cluster.id, team: at.team.name, app: None },
        options,
    };
    carry_out(core, request, &confirm.confirm, out).await
}

/// Every plan is made and shown before the first backup begins; then all begin, and each is followed to its end.
async fn create(
    core: &Core,
    apps: &[String],
    options: PlanOptions,
    confirm: &Confirm,
    out: Out,
) -> Result<(), Problem> {
    let mut plans = Vec::new();
    for app in apps {
        let (at, app) = reference::app(core, app).await?;
        let source = PlanSource::App { cluster: at.cluster.id, team: at.team.name, app: app.id };
        let plan = core.make_plan(PlanRequest { source, target: PlanTarget::Backup, options: options.clone() }).await?;
        show_plan(&plan, out);
        plans.push(plan);
    }
    if let Some(blocked) = plans.iter().find_map(|plan| plan.blocks().next()) {
        return Err(Problem::new(Code::PlanBlocked, blocked.line.message.clone()).hint("Resolve this and plan again"));
    }
    let mut jobs = Vec::new();
    for plan in plans {
        jobs.push(core.start_plan(StartRequest { plan: plan.id, confirm: confirm.confirm.clone() }).await?);
    }
    let mut failed = None;
    for job in jobs {
        if let Err(problem) = watch::to_end(core, &job.id, out).await {
            failed.get_or_insert(problem);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Plan, show, start, follow.
async fn carry_out(core: &Core, request: PlanRequest, confirm: &str, out: Out) -> Result<(), Problem> {
    perform(core, request, confirm, out).await.map(|_| ())
}

pub(crate) async fn perform(core: &Core, request: PlanRequest, confirm: &str, out: Out) -> Result<JobView, Problem> {
    let plan = core.make_plan(request).await?;
    show_plan(&plan, out);
    passphrases::for_plan(core, &plan).await?;
    let job = core.start_plan(StartRequest { plan: plan.id, confirm: confirm.to_owned() }).await?;
    watch::to_end(core, &job.id, out).await
}

pub(crate) fn show_plan(plan: &PlanView, out: Out) {
    out.value(plan);
    out.line(format!(
        "Plan: {} {} → {}, {}, about {}",
        plan.source_app,
        plan.version.as_deref().unwrap_or(""),
        plan.app_name,
        out::bytes(plan.total_bytes),
        out::seconds(plan.estimate_secs)
    ));
    for reason in plan.lane_reason.iter().chain([&plan.route_reason]) {
        out.line(format!("  {}", reason.message));
    }
    let sections = [("arrives", &plan.arrives), ("does not arrive", &plan.stays), ("changes", &plan.changes)];
    for (title, lines) in sections {
        for line in lines {
            out.line(format!("  {title}: {}", line.message));
        }
    }
    for volumes in &plan.volumes {
        let sign = if volumes.chosen && volumes.can { "[x]" } else { "[ ]" };
        out.line(format!("  {sign} data of {}: {}", volumes.name, volumes.line.message));
    }
    if let Some(encryption) = &plan.encryption {
        let how = if encryption.on { "encrypted with a passphrase" } else { "not encrypted" };
        out.line(format!("  The bundle is {how}"));
    }
    for check in &plan.checks {
        let sign = match check.level {
            Level::Block => "✗",
            Level::Warn => "!",
            Level::Pass => "✓",
        };
        out.line(format!("  {sign} {}", check.line.message));
        if let Some(fix) = &check.fix {
            out.line(format!("      {}", fix.message));
        }
    }
}

async fn jobs(core: &Core, command: JobsCommand, out: Out) -> Result<(), Problem> {
    match command {
        JobsCommand::List => {
            let views = core.list_jobs(()).await?;
            out.value(&views);
            for view in views {
                out.line(format!("{} {:?} {} {:?}", view.id, view.kind, view.app_name, view.state));
            }
            Ok(())
        }
        JobsCommand::Show { job } => {
            let view = core.get_job(id(&job)).await?;
            out.value(&view);
            for line in &view.log {
                out.line(format!("{} {}", line.at.format("%H:%M:%S"), line.line.message));
            }
            view.problem.map_or(Ok(()), Err)
        }
        JobsCommand::Report { job, html, language } => report::run(core, id(&job), html, language, out).await,
        JobsCommand::Export { file } => report::export(core, &file, out).await,
        JobsCommand::Resume { job } => resume(core, job, out).await,
        JobsCommand::Cancel { job } => {
            core.cancel_job(id(&job)).await?;
            match watch::to_end(core, &id(&job), out).await {
                Err(problem) if problem.code == Code::Cancelled => Ok(()),
                other => other.map(|_| ()),
            }
        }
        JobsCommand::Clean { job } => {
            let view = core.clean_job(id(&job)).await?;
            out.value(&view);
            out.line(format!("{} things are left", view.leftovers.len()));
            Ok(())
        }
    }
}

/// Unfinished jobs go on by themselves as soon as the core is open; this waits for them.
async fn resume(core: &Core, job: Option<String>, out: Out) -> Result<(), Problem> {
    if let Some(job) = job {
        let view = core.get_job(id(&job)).await?;
        if view.can_retry {
            if view.problem.as_ref().is_some_and(|problem| problem.code == Code::PassphraseMissing) {
                passphrases::for_job(core, &view.id).await?;
            }
            core.retry_job(id(&job)).await?;
        }
        return watch::to_end(core, &id(&job), out).await.map(|_| ());
    }
    for view in core.list_jobs(()).await?.into_iter().rev().filter(|view| view.ended_at.is_none()) {
        watch::to_end(core, &view.id, out).await?;
    }
    Ok(())
}

fn id(text: &str) -> JobId {
    JobId::from(text)
}

#[expect(clippy::disallowed_methods, reason = "secrets for scripts come in by the environment, never by an argument")]
pub(crate) fn secret(variable: &str, prompt: &str) -> Result<Secret, Problem> {
    if let Ok(text) = std::env::var(variable) {
        return Ok(Secret::new(text));
    }
    rpassword::prompt_password(prompt).map(Secret::new).map_err(|error| {
        Problem::new(
            Code::PasswordMissing,
            format!("No password: {variable} is not set and there is no terminal to ask on"),
        )
        .fact("reason", error.to_string())
    })
}

pub(crate) fn read_text(path: &Path) -> Result<String, Problem> {
    std::fs::read_to_string(path).map_err(|error| {
        Problem::new(Code::FileFailed, format!("{} could not be read", path.display()))
            .fact("reason", error.to_string())
    })
}

pub(crate) fn kept(kept: rainferry_core::api::Kept) -> &'static str {
    match kept {
        rainferry_core::api::Kept::Keyring => "in the keyring",
        rainferry_core::api::Kept::ThisRun => "for this run only: this desktop has no keyring that would take it",
        rainferry_core::api::Kept::No => "nowhere",
    }
}

pub(crate) fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "PROD",
        Environment::Staging => "STAGING",
        Environment::Test => "TEST",
    }
}
