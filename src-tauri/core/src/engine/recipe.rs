//! Which chapters each kind of work has. A list; the chapters are in the files it names.

use crate::engine::runner::Step;
use crate::engine::{adopt, backup, copy, deliver, export, import, landing, migrate, restore, restore_own, verify};
use crate::jobs::PhaseName;
use crate::jobs::request::Work;

pub(crate) fn steps(work: &Work) -> Vec<Box<dyn Step>> {
    match work {
        Work::Migrate(work) => {
            let mut steps: Vec<Box<dyn Step>> =
                vec![Box::new(migrate::Look), Box::new(landing::Prepare), Box::new(deliver::FromStore)];
            steps.extend(restore::steps(&work.landing));
            steps
        }
        Work::Import(work) => {
            let mut steps: Vec<Box<dyn Step>> =
                vec![Box::new(import::Look), Box::new(landing::Prepare), Box::new(import::FromBundle)];
            steps.extend(restore::steps(&work.landing));
            steps
        }
        Work::Export(_) => vec![Box::new(export::Look), Box::new(export::WriteBundle), Box::new(export::ProveBundle)],
        Work::Backup(work) => backup::steps(work),
        Work::Copy(_) => vec![Box::new(copy::CopyObject)],
        Work::Verify { .. } => vec![Box::new(verify::ProveFile)],
        Work::Restore(work) => restore_own::steps(work),
        Work::Adopt(_) => vec![Box::new(landing::Prepare), Box::new(adopt::Record)],
    }
}

pub(crate) fn phases(work: &Work) -> Vec<PhaseName> {
    steps(work).iter().map(|step| step.phase()).collect()
}
