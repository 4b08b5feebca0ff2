//! Room on the target for what an app asks for, and on this computer for what is written.

use super::checks::check;
use crate::check::{CheckId, CheckView, Level};
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::ids::TeamName;
use crate::line::LineCode;
use crate::package::AppModel;
use crate::problem::Problem;
use std::path::Path;

/// What an app asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs {
    pub memory_mb: i64,
    pub cpu_millis: i64,
}

impl Needs {
    /// Memory as the backup's record has it; CPU as the package says.
    pub(crate) fn of(memory_mb: i64, model: Option<&AppModel>) -> Self {
        let of = |model: &AppModel| model.components.iter().map(|c| c.cpu_millis * c.replicas.max(1)).sum::<u64>();
        Self { memory_mb, cpu_millis: i64::try_from(model.map_or(0, of)).unwrap_or(i64::MAX) }
    }
}

/// The team's memory and CPU against what the app asks for.
pub(crate) async fn in_team(
    ctx: &Ctx,
    target: &Cluster,
    team: &TeamName,
    needs: Needs,
) -> Result<[CheckView; 2], Problem> {
    let quota = target.console.quota(ctx, &target.scope(team)).await?;
    let alias = target.team_alias(team);
    let memory = judged(CheckId::Resources, &alias, needs.memory_mb, free(quota.memory_limit, quota.memory_usage));
    let cpu = judged(CheckId::Cpu, &alias, needs.cpu_millis, free(quota.cpu_limit, quota.cpu_usage));
    Ok([memory, cpu])
}

/// No limit: as much as the cluster has.
#[expect(clippy::cast_possible_truncation, reason = "megabytes and thousandths of a core")]
fn free(limit: f64, used: f64) -> Option<i64> {
    (limit > 0.0).then_some((limit - used) as i64)
}

fn judged(id: CheckId, team: &str, needed: i64, free: Option<i64>) -> CheckView {
    let (pass, warn) = match id {
        CheckId::Cpu => (LineCode::CheckCpuPass, LineCode::CheckCpuWarn),
        _ => (LineCode::CheckResourcesPass, LineCode::CheckResourcesWarn),
    };
    let facts = [("needed", needed.to_string()), ("team", team.to_owned())];
    match free.filter(|free| *free < needed) {
        None => check(id, Level::Pass, pass, facts),
        Some(free) => {
            let [needed, team] = facts;
            check(id, Level::Warn, warn, [needed, team, ("free", free.max(0).to_string())])
        }
    }
}

/// Enough room where a file is to be written.
pub(crate) fn on_disk(folder: &Path, needed: u64) -> CheckView {
    disk(folder, needed, crate::files::free_bytes(folder))
}

fn disk(folder: &Path, needed: u64, free: Option<u64>) -> CheckView {
    match free {
        Some(free) if free < needed => {
            let facts =
                [("needed", needed.to_string()), ("folder", folder.display().to_string()), ("free", free.to_string())];
            check(CheckId::Disk, Level::Block, LineCode::CheckDiskBlock, facts)
        }
        free => check(CheckId::Disk, Level::Pass, LineCode::CheckDiskPass, [("free", free.unwrap_or(0).to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_held_against_what_is_needed() {
        for id in [CheckId::Resources, CheckId::Cpu] {
            let level = |needed, limit, used| judged(id, "t", needed, free(limit, used)).level;
            assert_eq!(level(512, 2048.0, 1800.0), Level::Warn);
            assert_eq!(level(512, 2048.0, 1000.0), Level::Pass);
            assert_eq!(level(512, 0.0, 9000.0), Level::Pass);
        }
    }

    #[test]
    fn a_full_disk_blocks() {
        assert_eq!(disk(Path::new("/tmp"), 10, Some(9)).level, Level::Block);
        assert_eq!(disk(Path::new("/tmp"), 10, Some(10)).level, Level::Pass);
    }
}
