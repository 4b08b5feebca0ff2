//! A running app of a console that cannot back up (B-0) goes through the platform's own template export: its console publishes
//! it as a template and writes that into a file, which becomes a bundle here (protocol.md §11.2; `console/share.rs`). The
//! job then goes on as an import of that bundle, planned with what it really holds.
//!
//! Whatever a crash may have hidden is looked for at the console before it is asked for again.

mod export;
mod fetch;
mod pack;
mod publish;
mod tidy;
mod unpack;

pub(crate) use publish::find_unheard;
pub(crate) use tidy::{Tidy, leftovers, remove, sweep};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use unpack::export as unpack_export;

use crate::console::Scope;
use crate::engine::links::Cluster;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::running_app;
use crate::jobs::request::{LiveApp, TemplateWork, Work};
use crate::problem::{Code, Problem};
use std::path::PathBuf;

/// Of every template that is made for a move: it is made anew each time.
const VERSION: &str = "1.0";

pub(crate) fn steps(work: &TemplateWork) -> Vec<Box<dyn Step>> {
    let mut steps: Vec<Box<dyn Step>> =
        vec![Box::new(publish::Publish), Box::new(export::Export), Box::new(fetch::Fetch), Box::new(pack::Pack)];
    match work.path {
        Some(_) => {
            steps.push(Box::new(pack::Prove));
            steps.push(Box::new(Tidy));
        }
        // What is tidied then is tidied at the job's very end.
        None => steps.push(Box::new(running_app::GoOn)),
    }
    steps
}

pub(crate) fn work(run: &Run) -> Result<TemplateWork, Problem> {
    match run.record().request.work {
        Work::Template(work) => Ok(work),
        _ => Err(Problem::new(Code::Internal, "This job shares no app")),
    }
}

/// The app's own cluster.
struct Source {
    cluster: Cluster,
    scope: Scope,
    app: LiveApp,
}

impl Source {
    async fn of(run: &Run, app: &LiveApp) -> Result<Self, Stop> {
        let cluster = run.engine.links.cluster(&run.ctx, &app.cluster).await?;
        Ok(Self { scope: cluster.scope(&app.team), cluster, app: app.clone() })
    }

    fn enterprise(&self) -> &str {
        &self.cluster.known.me.enterprise_id
    }
}

/// A folder that only this job uses.
fn folder(run: &Run) -> PathBuf {
    run.engine.host.data_dir().join("exports").join(run.job.id().as_str())
}

/// Where the bundle comes to be.
fn bundle_path(run: &Run, work: &TemplateWork) -> PathBuf {
    work.path.as_ref().map_or_else(|| folder(run).join("app.tar.zst"), PathBuf::from)
}
