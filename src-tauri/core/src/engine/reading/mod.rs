//! Volumes read at the source, where no package holds their files (B-2): each chosen component gets the helper as a plugin, is
//! stopped, starts with it, and the helper makes archives in the source's store before the app itself runs again. Then the
//! helper is taken away (rebuild.md §8.2). One component after the other, before anything is made on a target.
//!
//! Whatever ends it, each component is brought back to how it was found; see `put_back`.

mod component;
mod image;
mod plugin;
mod put_back;
mod tell;

pub(crate) use image::supports;
pub(crate) use plugin::find_unheard;
pub(crate) use put_back::{Clear, leftovers, remove};
pub(crate) use tell::tell;

use crate::console::{Component, Scope};
use crate::engine::links::Cluster;
use crate::engine::origin;
use crate::engine::rebuild::helper;
use crate::engine::runner::{Run, Step, Stop};
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::jobs::reading::{ComponentReading, ReadStep};
use crate::jobs::request::ReadWork;
use crate::problem::{Code, Problem, Retry};
use crate::volumes::Site;

pub(crate) struct Read;

#[async_trait::async_trait]
impl Step for Read {
    fn phase(&self) -> PhaseName {
        PhaseName::Read
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let Some(work) = run.record().request.work.reading().cloned() else { return Ok(()) };
        let source = Source::of(run, work).await?;
        let missing: Vec<&String> = source.work.components.iter().filter(|id| !source.is_over(id)).collect();
        if !missing.is_empty() {
            helper::must_be_fresh(run)?;
            let model = origin::open(run).await?.model;
            let image = source.image().await?;
            let plugin = source.plugin(&image).await?;
            for id in missing {
                let component = model.components.iter().find(|component| component.id == *id);
                let component = component.ok_or_else(|| changed("The package holds another app than the plan saw"))?;
                source.read(component, &plugin).await?;
            }
        }
        source.forget_plugin().await
    }
}

/// The app that is read, and where what is read goes.
struct Source<'a> {
    run: &'a Run,
    work: ReadWork,
    cluster: Cluster,
    scope: Scope,
    site: Site,
}

impl<'a> Source<'a> {
    async fn of(run: &'a Run, work: ReadWork) -> Result<Self, Stop> {
        let cluster = run.engine.links.cluster(&run.ctx, &work.at.cluster).await?;
        let from = run.record().request.created_at;
        let site = helper::site_of(&cluster, &work.bucket, work.inside.as_deref(), from).await?;
        Ok(Self { run, scope: cluster.scope(&work.at.team), work, cluster, site })
    }

    fn note(&self, step: ReadStep) -> Result<(), Problem> {
        self.run.note(Fact::Reading { step })
    }

    /// How far a component got.
    fn reached(&self, id: &str) -> ComponentReading {
        self.run.record().reading.components.remove(id).unwrap_or_default()
    }

    /// Read, and as it was found.
    fn is_over(&self, id: &str) -> bool {
        let reached = self.reached(id);
        reached.read.is_some() && reached.plugged.is_none()
    }

    async fn live(&self, id: &str) -> Result<Component, Stop> {
        let rows = self.cluster.console.components(&self.run.ctx, &self.scope, self.work.at.app).await?;
        let row = rows.into_iter().find(|row| row.service_id == id);
        Ok(row.ok_or_else(|| changed("A component whose files were to be read is no longer at the source"))?)
    }
}

fn changed(what: &str) -> Problem {
    Problem::new(Code::SourceChanged, what).hint("Plan again with the source as it is now").retry(Retry::Never)
}
