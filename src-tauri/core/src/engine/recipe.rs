//! Which chapters each kind of work has. A list; the chapters are in the files it names.

use crate::engine::runner::Step;
use crate::engine::{
    adopt, backup, copy, deliver, export, import, landing, migrate, reading, rebuild, restore, restore_own,
    running_app, sharing, verify,
};
use crate::jobs::request::{Landing, Work};
use crate::jobs::{Lane, PhaseName};

pub(crate) fn steps(work: &Work) -> Vec<Box<dyn Step>> {
    match work {
        Work::Migrate(work) => {
            let mut steps: Vec<Box<dyn Step>> = vec![Box::new(migrate::Look), Box::new(landing::Prepare)];
            steps.extend(lane(&work.landing, Box::new(deliver::FromStore)));
            if work.reading.is_some() {
                // Before anything is made on the target.
                steps.insert(1, Box::new(reading::Read));
                steps.push(Box::new(reading::Clear));
            }
            steps
        }
        Work::Import(work) => {
            let mut steps: Vec<Box<dyn Step>> = vec![Box::new(import::Look), Box::new(landing::Prepare)];
            steps.extend(lane(&work.landing, Box::new(import::FromBundle)));
            if work.is_ours {
                steps.push(Box::new(sharing::Tidy));
            }
            steps
        }
        Work::Export(_) => vec![Box::new(export::Look), Box::new(export::WriteBundle), Box::new(export::ProveBundle)],
        Work::Backup(work) => backup::steps(work),
        Work::App(work) => running_app::steps(work),
        Work::Template(work) => sharing::steps(work),
        Work::Copy(_) => vec![Box::new(copy::CopyObject)],
        Work::Verify { .. } => vec![Box::new(verify::ProveFile)],
        Work::Restore(work) => restore_own::steps(work),
        Work::Adopt(_) => vec![Box::new(landing::Prepare), Box::new(adopt::Record)],
    }
}

/// How the app comes to life once there is an app to come into.
fn lane(landing: &Landing, deliver: Box<dyn Step>) -> Vec<Box<dyn Step>> {
    match landing.lane {
        Lane::Official => std::iter::once(deliver).chain(restore::steps(landing)).collect(),
        Lane::Rebuild | Lane::Registry => rebuild::steps(landing),
    }
}

pub(crate) fn phases(work: &Work) -> Vec<PhaseName> {
    steps(work).iter().map(|step| step.phase()).collect()
}
