//! Room on the target for what an app asks for, and on this computer for what is written.

use super::checks::check;
use crate::check::{CheckId, CheckView, Level};
use crate::console::Region;
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::ids::TeamName;
use crate::line::LineCode;
use crate::package::{AppModel, ComponentModel};
use crate::problem::Problem;
use std::path::Path;

/// MB and thousandths of a core of the plugin that fills volumes (rebuild.md §1.4).
const HELPER: (i64, i64) = (512, 250);

/// What an app asks for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs {
    pub memory_mb: i64,
    pub cpu_millis: i64,
}

impl Needs {
    /// Memory as the backup's record has it, or the package, where that is more; CPU as the package says.
    pub(crate) fn of(memory_mb: i64, model: Option<&AppModel>) -> Self {
        let all = |of: fn(&ComponentModel) -> u64| {
            let rows = model.into_iter().flat_map(|model| &model.components);
            let sum = rows.map(|row| of(row).saturating_mul(row.replicas.max(1))).fold(0, u64::saturating_add);
            i64::try_from(sum).unwrap_or(i64::MAX)
        };
        let cpu_millis = all(|row| row.cpu_millis);
        Self { memory_mb: memory_mb.max(all(|row| row.memory_mb)), cpu_millis }
    }

    /// And for the helper that fills volumes, which one pod after the other waits for.
    pub(crate) fn with_helper(self) -> Self {
        let (memory_mb, cpu_millis) = HELPER;
        Self {
            memory_mb: self.memory_mb.saturating_add(memory_mb),
            cpu_millis: self.cpu_millis.saturating_add(cpu_millis),
        }
    }
}

/// The team's memory and CPU, and those of the cluster, against what the app asks for.
pub(crate) async fn of_target(
    ctx: &Ctx,
    target: &Cluster,
    team: &TeamName,
    region: Option<&Region>,
    needs: Needs,
) -> Result<Vec<CheckView>, Problem> {
    let quota = target.console.quota(ctx, &target.scope(team)).await?;
    let alias = target.team_alias(team);
    let memory = judged(CheckId::Resources, &alias, needs.memory_mb, free(quota.memory_limit, quota.memory_usage));
    let cpu = judged(CheckId::Cpu, &alias, needs.cpu_millis, free(quota.cpu_limit, quota.cpu_usage));
    let mut list = vec![memory, cpu];
    list.extend(in_cluster(&target.name(), region, needs));
    Ok(list)
}

/// What pods of the cluster have not asked for yet (recording 221). A region that did not answer tells zero (recordings
/// 220, 1418).
fn in_cluster(cluster: &str, region: Option<&Region>, needs: Needs) -> Vec<CheckView> {
    let name = || ("cluster", cluster.to_owned());
    let row = region.filter(|row| row.total_memory > 0.0 && row.total_cpu > 0.0);
    let memory = row.and_then(|row| free(row.total_memory, row.used_memory));
    let cpu = row.and_then(|row| free(row.total_cpu * 1000.0, row.used_cpu * 1000.0));
    let Some((memory, cpu)) = memory.zip(cpu) else {
        return vec![check(CheckId::ClusterRoom, Level::Pass, LineCode::CheckClusterUnknown, [name()])];
    };
    let short = |code, needed: i64, free: i64| {
        let facts = [name(), ("needed", needed.to_string()), ("free", free.max(0).to_string())];
        (free < needed).then(|| check(CheckId::ClusterRoom, Level::Warn, code, facts))
    };
    let mut list: Vec<CheckView> = short(LineCode::CheckClusterMemoryWarn, needs.memory_mb, memory)
        .into_iter()
        .chain(short(LineCode::CheckClusterCpuWarn, needs.cpu_millis, cpu))
        .collect();
    if list.is_empty() {
        let facts = [name(), ("memory", memory.to_string()), ("cpu", cpu.to_string())];
        list.push(check(CheckId::ClusterRoom, Level::Pass, LineCode::CheckClusterPass, facts));
    }
    list
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
    fn an_app_asks_for_all_its_instances_and_the_helper() {
        let component = ComponentModel { memory_mb: 256, cpu_millis: 100, replicas: 3, ..ComponentModel::default() };
        let model = AppModel { components: vec![component], ..AppModel::default() };
        let needs = Needs::of(512, Some(&model));
        assert_eq!((needs.memory_mb, needs.cpu_millis), (768, 300));
        assert_eq!((needs.with_helper().memory_mb, needs.with_helper().cpu_millis), (1280, 550));
        assert_eq!(Needs::of(1024, Some(&model)).memory_mb, 1024);
    }

    #[test]
    fn a_region_that_tells_nothing_is_said_to() {
        let seen = |row: Option<&Region>| in_cluster("c", row, Needs { memory_mb: 1, cpu_millis: 1 })[0].line.code;
        assert_eq!(seen(None), LineCode::CheckClusterUnknown);
        assert_eq!(seen(Some(&Region::default())), LineCode::CheckClusterUnknown);
    }

    #[test]
    fn a_full_disk_blocks() {
        assert_eq!(disk(Path::new("/tmp"), 10, Some(9)).level, Level::Block);
        assert_eq!(disk(Path::new("/tmp"), 10, Some(10)).level, Level::Pass);
    }
}
