//! Runs once in a pod, as an init container with the volumes of one component: fills them from objects, or makes objects of
//! them (rebuild.md §8.2). Speaks HTTP to presigned URLs only; knows no keys, starts no process, keeps nothing running.
//!
//! A restore that fails ends with 1, so that the app never starts on half data. A backup that fails ends with 0: the app is
//! whole, its data was only read, and it must not stay down for our sake; the status says that it failed.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods))]

mod backup;
mod fault;
mod mounts;
mod parts;
mod report;
mod restore;
mod settle;
mod tree;
mod turn;
mod unpack;
mod wire;

use crate::backup::Backup;
use crate::fault::Fault;
use crate::mounts::Mounts;
use crate::report::Report;
use crate::restore::Restore;
use crate::tree::Powers;
use crate::wire::Wire;
use rainferry_helper::{Action, ItemStatus, JOB_ENV, Job, Pod, VERSION, Work};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Stands for `/` in tests and simulated clusters.
const ROOT_ENV: &str = "RBM_ROOT";
const POD_ENV: &str = "_POD_NAME";
const JOB_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

fn main() -> ExitCode {
    let outcome = job().and_then(|job| Ok((job.work.action(), run(&job)?)));
    match outcome {
        Ok((_, Ok(()))) => ExitCode::SUCCESS,
        Ok((action, Err(fault))) => {
            say(&fault);
            if action == Action::Backup { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(fault) => {
            say(&fault);
            ExitCode::FAILURE
        }
    }
}

/// Into the container's log.
fn say(fault: &Fault) {
    let _ = writeln!(std::io::stderr(), "rainferry-helper: {fault}");
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|text| !text.is_empty())
}

/// The job in the environment, or where the environment says that it lies.
fn job() -> Result<Job, Fault> {
    let text = variable(JOB_ENV).ok_or(Fault::NoJob)?;
    let bytes = match text.rsplit_once('#').filter(|_| text.starts_with("http")) {
        Some((url, sha256)) => {
            let bytes = Wire::new(None)?.get_small(url, JOB_LIMIT_BYTES)?;
            if hex::encode(Sha256::digest(&bytes)) != sha256 {
                return Err(Fault::AlteredJob);
            }
            bytes
        }
        None => text.into_bytes(),
    };
    let job: Job = serde_json::from_slice(&bytes).map_err(|error| Fault::BadJob(error.to_string()))?;
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if job.version != VERSION || !plain(&job.job) {
        return Err(Fault::BadJob("its version or name is none that this helper knows".to_owned()));
    }
    Ok(job)
}

/// Does what is this pod's to do. The outer error: nobody could be told of it.
fn run(job: &Job) -> Result<Result<(), Fault>, Fault> {
    let wire = Wire::new(job.ca_pem.as_deref())?;
    let root = variable(ROOT_ENV).map(PathBuf::from);
    let powers = Powers::of_process(root.is_some());
    let mounts = Mounts::read(root)?;
    let ordinal = variable(POD_ENV).and_then(|name| name.rsplit_once('-')?.1.parse().ok());
    match &job.work {
        Work::Restore { pods } => told(job, &wire, mine(pods, ordinal), |pod, report| {
            report.status.items = pod.items.iter().map(|item| ItemStatus::of(&item.mount_path)).collect();
            report.status.total = pod.items.iter().map(|item| item.bytes).sum();
            Restore { wire: &wire, job: &job.job, mounts: &mounts, powers }.run(&pod.items, report)
        }),
        Work::Backup { pods } => told(job, &wire, mine(pods, ordinal), |pod, report| {
            let backup = Backup { wire: &wire, job: &job.job, mounts: &mounts };
            report.status.items = pod.items.iter().map(|item| ItemStatus::of(&item.mount_path)).collect();
            report.status.total = backup.measure(&pod.items);
            backup.run(&pod.items, report)
        }),
    }
}

/// The work of this replica; a set that was scaled up has replicas without any.
fn mine<Item>(pods: &[Pod<Item>], ordinal: Option<u32>) -> Option<&Pod<Item>> {
    pods.iter().find(|pod| pod.ordinal.is_none() || pod.ordinal == ordinal)
}

fn told<Item>(
    job: &Job,
    wire: &Wire,
    pod: Option<&Pod<Item>>,
    work: impl FnOnce(&Pod<Item>, &mut Report) -> Result<(), Fault>,
) -> Result<Result<(), Fault>, Fault> {
    let Some(pod) = pod else { return Ok(Ok(())) };
    let mut report = Report::new(wire.clone(), &job.job, &pod.status_url, Vec::new(), 0);
    let outcome = work(pod, &mut report);
    let reported = report.end(outcome.as_ref().copied());
    Ok(outcome.and(reported))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_does_its_own_part_only() {
        let pod = |ordinal| Pod { ordinal, status_url: String::new(), items: vec![()] };
        let set = [pod(Some(0)), pod(Some(1))];
        assert_eq!(mine(&set, Some(1)).unwrap().ordinal, Some(1));
        assert!(mine(&set, Some(2)).is_none() && mine(&set, None).is_none());
        assert!(mine(&[pod(None)], Some(7)).is_some());
    }
}
