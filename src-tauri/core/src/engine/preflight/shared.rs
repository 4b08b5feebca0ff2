//! A running app whose console cannot back up: the platform's own template export takes it along instead (protocol.md B-0,
//! §11.2). What that will hold is judged on the app as it runs; the rest once more when the export is there.

use super::live::{self, Ways};
use super::outlook::Outlook;
use super::{Draft, checks, export, reach, reading, room, surroundings, volumes};
use crate::bundle;
use crate::compare::{AppFacts, ComponentFacts};
use crate::console::era;
use crate::console::{Component, ComponentState};
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level, Plan, PlanKind, PlanRequest, PlanTarget, Route};
use crate::engine::{Engine, arrived};
use crate::ids::{AppId, TeamName};
use crate::jobs::JobKind;
use crate::jobs::request::{LiveApp, TemplateWork, Work};
use crate::line::{Line, LineCode};
use crate::problem::{Code, Problem};
use std::path::PathBuf;

/// Whether the template export is the way: the version cannot back up, whatever its store (B-0), and can share.
pub(super) fn is_the_way(source: &Cluster) -> Result<bool, Problem> {
    // A local backup asks no store of the console's setting.
    let obstacle = era::backup_obstacle(source.versions()?, Some("alioss"));
    Ok(obstacle.is_some() && source.template_rules()?.can_import)
}

pub(super) async fn plan(
    engine: &Engine,
    ctx: &Ctx,
    request: &PlanRequest,
    source: &Cluster,
    (team, app): (&TeamName, AppId),
) -> Result<Plan, Problem> {
    let scope = source.scope(team);
    let name = live::name(ctx, source, team, app).await?;
    let rows = source.console.components(ctx, &scope, app).await?;
    let facts = AppFacts::of_live(ctx, &source.console, &scope, app, arrived::gateway_api(source)?).await?;
    let mut list = surroundings::console(ctx, source).await;
    list.push(reach::region(ctx, source).await);
    list.push(checks::rights(source, team, Some(app), |right| right.share));
    list.extend(checks::read_only(source));
    list.extend(exportable(source, &rows));
    list.push(files(&facts));
    list.extend(reading::not_of_a_template(&request.options, source));
    let to = live::landing(engine, ctx, request, source, (team, app), &name, Ways::Template).await?;
    list.extend(to.iter().flat_map(|to| to.checks.iter().cloned()));
    let then = serde_json::to_value(request).map_err(|error| {
        Problem::new(Code::Internal, "A request could not be put into words").fact("reason", error.to_string())
    })?;
    let encryption = to.is_none().then(|| export::encryption(&request.options, None));
    let encrypt = encryption.as_ref().is_some_and(|encryption| encryption.on);
    let path = path(engine, request, &name, encrypt);
    if let Some(path) = &path {
        // How large the export is shows once it is made.
        list.push(room::on_disk(path, 0));
    }
    let seed = uuid::Uuid::new_v4().simple().to_string();
    let work = Work::Template(TemplateWork {
        kind: if to.is_some() { JobKind::Migrate } else { JobKind::Export },
        app: LiveApp { cluster: source.id.clone(), team: team.clone(), app },
        template: template_name(&name, seed.get(..8).unwrap_or("move")),
        console_name: source.profile.name.clone(),
        cluster_name: source.name(),
        team_alias: source.team_alias(team),
        platform_version: source.version(),
        path: path.as_ref().map(|path| path.display().to_string()),
        then,
        encrypt,
    });
    let next = to.as_ref().map(|to| live::next(source, to, &volumes::Judged::default()));
    let starts = to.as_ref().is_some_and(|to| to.landing.start_after);
    let (target, app_name, lane, others) = match to {
        Some(to) => {
            let place = to.cluster.place(&to.team);
            (place, to.landing.app_name, Some((to.choice.lane, to.choice.reason)), to.choice.others)
        }
        None => (live::folder(engine, request), name.clone(), None, Vec::new()),
    };
    let mut plan = Draft {
        kind: if next.is_some() { PlanKind::Migrate } else { PlanKind::Export },
        request,
        source: source.place(team),
        target,
        source_app: name,
        version: None,
        app_name,
        lane,
        other_lanes: others,
        route: (Route::Relay, Line::new(LineCode::RouteTemplate, [("version", source.version())])),
        total_bytes: 0,
        outlook: outlook_of(&facts, &rows, starts),
        checks: list,
        volumes: Vec::new(),
        path: path.map(|path| path.display().to_string()),
        encryption,
        work,
    }
    .finish(engine);
    // A template comes to be in the store of apps of production.
    live::going_on(&mut plan, next.as_ref());
    Ok(plan)
}

/// What a template's name may be made of (`console:console/utils/validation.py` `validate_name`), and told from all others.
fn template_name(app: &str, seed: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || ('\u{4e00}'..='\u{9fa5}').contains(c);
    let plain: String = app.chars().filter(fits).take(40).collect();
    let plain = if plain.is_empty() { "app".to_owned() } else { plain };
    format!("{plain}-rainferry-{seed}")
}

fn path(engine: &Engine, request: &PlanRequest, name: &str, encrypt: bool) -> Option<PathBuf> {
    let PlanTarget::ThisComputer { folder } = &request.target else { return None };
    let folder = folder.as_ref().map_or_else(|| engine.library_dir(), PathBuf::from);
    let version = engine.ctx.clock.now().format("%Y%m%d%H%M%S").to_string();
    let file = if encrypt { bundle::encrypted_name } else { bundle::file_name };
    Some(folder.join(file(name, &version)))
}

fn never_built(row: &Component) -> bool {
    row.service_source == "third_party" || matches!(row.status.as_str(), "undeploy" | "creating")
}

fn names<'a>(rows: impl Iterator<Item = &'a Component>) -> String {
    rows.map(|row| row.service_cname.as_str()).collect::<Vec<_>>().join(", ")
}

/// Whether the platform shares the app, and what it leaves out (`console:console/services/share_services.py`).
fn exportable(source: &Cluster, rows: &[Component]) -> Vec<CheckView> {
    let say = |level, code, facts: Vec<(&str, String)>| CheckView {
        id: CheckId::Share,
        level,
        line: Line::with(code, facts.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect()),
        fix: None,
    };
    let mut list = Vec::new();
    let first = source.known.regions.first().map(|region| region.name.clone()).unwrap_or_default();
    if !first.is_empty() && first != source.region {
        list.push(say(Level::Block, LineCode::CheckShareNotFirst, vec![("cluster", source.name()), ("first", first)]));
    }
    let built = rows.iter().filter(|row| !never_built(row)).count();
    let left = names(rows.iter().filter(|row| never_built(row)));
    if built == 0 {
        list.push(say(Level::Block, LineCode::CheckLiveNothing, vec![("names", left)]));
    } else if !rows.iter().any(|row| row.state() == ComponentState::Running) {
        list.push(say(Level::Block, LineCode::CheckShareStopped, Vec::new()));
    } else {
        list.push(say(Level::Pass, LineCode::CheckSharePass, vec![("count", built.to_string())]));
        if !left.is_empty() {
            list.push(say(Level::Warn, LineCode::CheckShareLeaves, vec![("names", left)]));
        }
        list.push(say(Level::Warn, LineCode::CheckShareLater, Vec::new()));
    }
    list
}

/// Whether a backup of these components would hold anything (protocol.md §4.2): of a third-party component nothing is packed,
/// and of one that was never built neither.
pub(super) fn nothing_to_take(rows: &[Component]) -> Option<CheckView> {
    let facts = [("names", names(rows.iter()))];
    let is_empty = !rows.is_empty() && rows.iter().all(never_built);
    is_empty.then(|| checks::check(CheckId::Share, Level::Block, LineCode::CheckLiveNothing, facts))
}

/// A template holds definitions of volumes and nothing that is in them.
fn kept_files(facts: &AppFacts) -> Vec<String> {
    let of = |(name, component): (&String, &ComponentFacts)| {
        let keeps = |kind: &str| !matches!(kind, "config-file" | "memoryfs");
        let volumes = component.volumes.values().filter(|(_, kind)| keeps(kind));
        volumes.map(|(volume, _)| format!("{name}/{volume}")).collect::<Vec<_>>()
    };
    facts.components.iter().flat_map(of).collect()
}

fn files(facts: &AppFacts) -> CheckView {
    let names = kept_files(facts);
    match names.is_empty() {
        true => checks::check(CheckId::VolumeData, Level::Pass, LineCode::CheckShareDataPass, []),
        false => {
            let facts = [("names", names.join(", "))];
            checks::check(CheckId::VolumeData, Level::Warn, LineCode::CheckShareDataWarn, facts)
        }
    }
}

/// What comes by this way, and what does not (rebuild.md §1.3, §6; protocol.md §8.6).
fn outlook_of(facts: &AppFacts, rows: &[Component], starts: bool) -> Outlook {
    let left: Vec<&Component> = rows.iter().filter(|row| never_built(row)).collect();
    let mut taken = facts.clone();
    taken.components.retain(|name, _| left.iter().all(|row| row.service_cname != *name));
    let mut outlook = live::of_live(&taken);
    let mut stay = |code: LineCode, names: Vec<String>| {
        if !names.is_empty() {
            let facts = [("count", names.len().to_string()), ("names", names.join(", "))];
            outlook.stays.push(Line::new(code, facts));
        }
    };
    let named = |is_wanted: fn(&Component) -> bool| {
        left.iter().filter(|row| is_wanted(row)).map(|row| row.service_cname.clone()).collect::<Vec<_>>()
    };
    stay(LineCode::LosesThirdParty, named(|row| row.service_source == "third_party"));
    stay(LineCode::LeavesNeverBuilt, named(|row| row.service_source != "third_party"));
    stay(LineCode::LosesVolumeData, kept_files(&taken));
    let jobs = taken.components.iter().filter(|(_, component)| matches!(component.kind.as_str(), "job" | "cronjob"));
    stay(LineCode::LosesSchedules, jobs.map(|(name, _)| name.clone()).collect());
    let outside = |(name, component): (&String, &ComponentFacts)| {
        let gone = component.dependencies.iter().filter(|on| !taken.components.contains_key(*on));
        gone.map(|on| format!("{name} → {on}")).collect::<Vec<_>>()
    };
    stay(LineCode::LosesDependencyLeftOut, taken.components.iter().flat_map(outside).collect());
    for code in [LineCode::LosesPermissions, LineCode::LosesAutoscaler, LineCode::LosesHistory] {
        outlook.stays.push(Line::new(code, []));
    }
    let images: Vec<String> = rows
        .iter()
        .filter(|row| row.service_source == "source_code" && !never_built(row))
        .map(|row| row.service_cname.clone())
        .collect();
    if !images.is_empty() {
        let facts = [("count", images.len().to_string()), ("names", images.join(", "))];
        outlook.changes.push(Line::new(LineCode::AltersSourceBecomesMarket, facts));
    }
    if starts {
        outlook.changes.push(Line::new(LineCode::ChangesStarted, []));
    }
    outlook
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_called_what_the_console_takes() {
        assert_eq!(template_name("商城 v2/测试", "1a2b"), "商城v2测试-rainferry-1a2b");
        assert_eq!(template_name("…", "1a2b"), "app-rainferry-1a2b");
        assert!(template_name(&"x".repeat(200), "1a2b").chars().count() <= 64);
    }
}
