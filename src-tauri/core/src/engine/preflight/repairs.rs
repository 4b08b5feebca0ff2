//! What a package needs so that the target's own restore can use it, and what is done about it on the way (protocol.md
//! §11.6). What cannot be mended stays a warning or a block.

use super::checks::check;
use super::{outlook, source};
use crate::console::BackupRecord;
use crate::console::era;
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level, PlanOptions};
use crate::ids::TeamName;
use crate::jobs::request::Repair;
use crate::line::{Line, LineCode};
use crate::package::AppModel;
use crate::problem::Problem;
use crate::repair;

/// Packages of the target that are opened to learn its registry.
const MOST_LOOKS: usize = 3;

/// Where a package arrives.
#[derive(Clone, Copy)]
pub(crate) struct Arriving<'a> {
    pub target: &'a Cluster,
    pub team: &'a TeamName,
    pub options: &'a PlanOptions,
    /// The source itself lies where the target reads it: nothing can be changed on a way that is none.
    pub in_place: bool,
}

/// What is mended, and what is said of it.
#[derive(Debug, Default)]
pub(crate) struct Mends {
    pub repairs: Vec<Repair>,
    pub checks: Vec<CheckView>,
    pub changes: Vec<Line>,
}

pub(crate) async fn judge(ctx: &Ctx, arriving: Arriving<'_>, model: &AppModel) -> Result<Mends, Problem> {
    let mut mends = Mends::default();
    volume_data(&mut mends, arriving, model)?;
    registry(ctx, &mut mends, arriving, model).await;
    if !arriving.in_place {
        metadata(&mut mends, arriving.target, model)?;
    }
    Ok(mends)
}

/// B-4: from v6.2.0 on a region unpacks volume data wrongly; stateful components then fail the whole restore.
fn volume_data(mends: &mut Mends, arriving: Arriving<'_>, model: &AppModel) -> Result<(), Problem> {
    let Arriving { target, options, .. } = arriving;
    let count = ("count", outlook::data_count(model).to_string());
    let version = ("version", target.version());
    let (level, code) = match () {
        () if !model.has_data_entries => (Level::Pass, LineCode::CheckVolumeDataPass),
        () if options.drop_volume_data && !arriving.in_place => {
            mends.repairs.push(Repair::DropData);
            (Level::Warn, LineCode::CheckVolumeDataDropped)
        }
        () if !target.quirks()?.unzip_strips_roots => (Level::Pass, LineCode::CheckVolumeDataPass),
        () if arriving.in_place => (Level::Block, LineCode::CheckVolumeDataBlock),
        () => {
            mends.repairs.push(Repair::KeepRoots);
            mends.changes.push(Line::new(LineCode::ChangesDataRepacked, [count.clone(), version.clone()]));
            // B-2: on these regions volumes are claims of their own, and the restore writes to the shared folder.
            (Level::Warn, LineCode::CheckVolumeDataMended)
        }
    };
    mends.checks.push(match code {
        LineCode::CheckVolumeDataPass => check(CheckId::VolumeData, level, code, []),
        LineCode::CheckVolumeDataDropped => check(CheckId::VolumeData, level, code, [count]),
        _ => check(CheckId::VolumeData, level, code, [count, version]),
    });
    Ok(())
}

/// B-5: the region rewrites image names to its own registry before it loads the images, and pushes names it never loaded.
async fn registry(ctx: &Ctx, mends: &mut Mends, arriving: Arriving<'_>, model: &AppModel) {
    let Arriving { target, team, .. } = arriving;
    let named = prefixes(model);
    let cluster = ("cluster", target.name());
    if named.is_empty() {
        mends.checks.push(check(CheckId::Registry, Level::Pass, LineCode::CheckRegistryPass, [cluster]));
        return;
    }
    let found = |names: &[&str]| ("found", names.join(", "));
    let Some(registry) = learn_registry(ctx, target, team).await else {
        let facts = [cluster, found(&named)];
        mends.checks.push(check(CheckId::Registry, Level::Warn, LineCode::CheckRegistryUnknown, facts));
        return;
    };
    let foreign: Vec<&str> = named.into_iter().filter(|prefix| *prefix != registry).collect();
    if foreign.is_empty() {
        mends.checks.push(check(CheckId::Registry, Level::Pass, LineCode::CheckRegistryPass, [cluster]));
    } else if arriving.in_place {
        let facts = [cluster, found(&foreign), ("expected", registry)];
        mends.checks.push(check(CheckId::Registry, Level::Warn, LineCode::CheckRegistryWarn, facts));
    } else {
        let facts = [found(&foreign), ("registry", registry.clone())];
        mends.changes.push(Line::new(LineCode::ChangesImagesRenamed, facts.clone()));
        let [found, to] = facts;
        mends.checks.push(check(CheckId::Registry, Level::Pass, LineCode::CheckRegistryMended, [found, to, cluster]));
        mends.repairs.push(Repair::RenameImages { registry });
    }
}

/// Domain and namespace of every image that was built: what stands before the last slash.
fn prefixes(model: &AppModel) -> Vec<&str> {
    let built = model.components.iter().filter_map(|component| component.built_image.rsplit_once('/'));
    let mut prefixes: Vec<&str> = built.map(|(prefix, _)| prefix).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    prefixes
}

/// How the target names its images: no API tells (protocol.md §6.5), but a package that was made there does.
async fn learn_registry(ctx: &Ctx, target: &Cluster, team: &TeamName) -> Option<String> {
    let others = target.known.me.teams.iter().map(|row| &row.name).filter(|name| *name != team);
    let mut looks = 0;
    for team in std::iter::once(team).chain(others) {
        let records = target.console.team_backups(ctx, &target.scope(team)).await.unwrap_or_default();
        for record in records.iter().filter(|record| is_native(record)) {
            if looks == MOST_LOOKS {
                return None;
            }
            looks += 1;
            if let Some(registry) = registry_of(ctx, target, record).await {
                return Some(registry);
            }
        }
    }
    None
}

/// Made there, not handed in: an import gets a new group and keeps the file's name (protocol.md §7.1).
fn is_native(record: &BackupRecord) -> bool {
    let file = record.source_dir.rsplit('/').next().unwrap_or_default();
    record.status == "success" && !record.group_uuid.is_empty() && file.starts_with(&record.group_uuid)
}

async fn registry_of(ctx: &Ctx, target: &Cluster, record: &BackupRecord) -> Option<String> {
    let mode = crate::bak::Mode::parse(&record.mode)?;
    let object = source::object(target, mode, &record.group_uuid, &record.version, &record.source_dir).ok()?;
    let found = source::look(ctx, target, object).await;
    prefixes(found.model()?).first().map(|prefix| (*prefix).to_owned())
}

fn metadata(mends: &mut Mends, target: &Cluster, model: &AppModel) -> Result<(), Problem> {
    let console = &model.console_raw.0;
    let keys = repair::present_keys(console, &era::unknown_keys(target.versions()?));
    mends.checks.push(known_settings(&target.name(), &keys));
    if !keys.is_empty() {
        let facts = [("cluster", target.name()), ("names", keys.join(", "))];
        mends.changes.push(Line::new(LineCode::ChangesKeysDropped, facts));
        mends.repairs.push(Repair::DropKeys { keys });
    }
    let count = repair::foreign_relations(console);
    if count > 0 {
        mends.changes.push(Line::new(LineCode::ChangesLinksDropped, [("count", count.to_string())]));
        mends.repairs.push(Repair::DropRelations);
    }
    Ok(())
}

/// Metadata newer than its reader (protocol.md §8.7): what it does not know is left out on the way.
fn known_settings(cluster: &str, unknown: &[String]) -> CheckView {
    let cluster = ("cluster", cluster.to_owned());
    if unknown.is_empty() {
        return check(CheckId::Metadata, Level::Pass, LineCode::CheckMetadataPass, [cluster]);
    }
    check(CheckId::Metadata, Level::Warn, LineCode::CheckMetadataWarn, [cluster, ("names", unknown.join(", "))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_the_console_does_not_know_are_told_of() {
        let seen = known_settings("c", &["service_base.arch".to_owned()]);
        assert_eq!((seen.level, seen.line.facts["names"].as_str()), (Level::Warn, "service_base.arch"));
        assert_eq!(known_settings("c", &[]).level, Level::Pass);
    }
}
