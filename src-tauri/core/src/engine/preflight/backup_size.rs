//! How large the next backup will be, by the app's earlier ones, against what its store takes in one upload.

use super::checks::check;
use crate::console::{BackupRecord, BackupState};
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level};
use crate::line::LineCode;
use crate::problem::Problem;

/// One PUT of the region's OSS client (protocol.md §3.3, region `alioss.go`).
const OSS_LIMIT: u64 = 5_000_000_000;
/// 10 000 parts of 5 MiB (protocol.md §3.3, region v6.9.8 `s3_storage.go`).
const REGION_LIMIT: u64 = 10_000 * 5 * 1024 * 1024;
/// Backups grow: from here on it is worth a word.
const NEAR_PERCENT: u64 = 80;
const RECENT: usize = 5;

/// What a new package may not exceed; none where the store sets no limit that anybody meets.
pub(crate) fn limit(cluster: &Cluster, cloud: bool) -> Result<Option<u64>, Problem> {
    if cluster.capabilities()?.era.uses_region_storage() {
        return Ok(Some(REGION_LIMIT));
    }
    let is_oss = cluster.known.storage.as_ref().is_some_and(|storage| storage.provider == "alioss");
    Ok((cloud && is_oss).then_some(OSS_LIMIT))
}

/// The largest of the newest finished ones.
pub(crate) fn expected(earlier: &[BackupRecord]) -> Option<u64> {
    let done = earlier.iter().filter(|row| row.state() == BackupState::Success && row.backup_size > 0);
    done.take(RECENT).map(|row| row.backup_size).max()
}

pub(crate) fn forecast(earlier: &[BackupRecord], limit: Option<u64>) -> CheckView {
    let Some(bytes) = expected(earlier) else {
        return check(CheckId::Size, Level::Pass, LineCode::CheckSizeUnknown, []);
    };
    let Some(limit) = limit else {
        return check(CheckId::Size, Level::Pass, LineCode::CheckSizePass, [("bytes", bytes.to_string())]);
    };
    let facts = [("bytes", bytes.to_string()), ("limit", limit.to_string())];
    if bytes >= limit / 100 * NEAR_PERCENT {
        return check(CheckId::Size, Level::Warn, LineCode::CheckSizeWarn, facts);
    }
    check(CheckId::Size, Level::Pass, LineCode::CheckSizeFits, facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(sizes: &[u64]) -> Vec<BackupRecord> {
        let row = |size: &u64| {
            let status = if *size == 0 { "failed" } else { "success" };
            serde_json::json!({ "backup_id": "b", "status": status, "backup_size": size })
        };
        sizes.iter().map(|size| serde_json::from_value(row(size)).unwrap()).collect()
    }

    #[test]
    fn the_largest_of_the_newest_is_held_against_the_limit() {
        let check = |sizes: &[u64], limit| {
            let seen = forecast(&rows(sizes), limit);
            (seen.level, seen.line.code)
        };
        assert_eq!(check(&[], Some(OSS_LIMIT)), (Level::Pass, LineCode::CheckSizeUnknown));
        assert_eq!(check(&[0, 3_000_000_000], Some(OSS_LIMIT)), (Level::Pass, LineCode::CheckSizeFits));
        assert_eq!(check(&[1, 4_000_000_000], Some(OSS_LIMIT)), (Level::Warn, LineCode::CheckSizeWarn));
        assert_eq!(check(&[1, 4_000_000_000], None), (Level::Pass, LineCode::CheckSizePass));
        assert_eq!(check(&[1, 1, 1, 1, 1, 4_900_000_000], Some(OSS_LIMIT)), (Level::Pass, LineCode::CheckSizeFits));
        assert_eq!(REGION_LIMIT, 52_428_800_000);
    }
}
