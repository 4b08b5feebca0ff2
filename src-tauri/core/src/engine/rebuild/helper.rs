//! The helper that fills volumes, as this job uses it: where its jobs lie, what the package says of it, and how it is found
//! again in the target's team (rebuild.md §8.2). Everything here is made from the journal alone, the same each time.

use super::Ground;
use crate::console::Plugin;
use crate::engine::landing;
use crate::engine::links::Cluster;
use crate::engine::runner::{Run, Stop};
use crate::ids::AppId;
use crate::jobs::fact::{Fact, InstalledComponent};
use crate::jobs::request::{Landing, ObjectRef, VolumeWork};
use crate::jobs::state::JobRecord;
use crate::jobs::volume_data::{ArchiveRecord, Came, FillingRecord, VolumeStep};
use crate::problem::{Code, Problem};
use crate::storage::{self, Presigner};
use crate::template::{self, ExtraPlugin};
use crate::volumes::{self, Agent, Archive, Filling, Outcome, Piece, RestorePlan, Site, Written};
use chrono::{DateTime, TimeDelta, Utc};
use rainferry_helper::Format;

/// What people see in the team while it is there.
const ALIAS: &str = "rainferry-volumes";
/// Addresses that pods are given are good for seven days from the request on; by then they must have been used.
const GOOD_FOR: TimeDelta = TimeDelta::days(6);

/// The target's store, as this computer and as the pods see it.
pub(super) async fn site(run: &Run, target: &Cluster, work: &VolumeWork) -> Result<Site, Problem> {
    site_of(target, &work.bucket, work.inside.as_deref(), run.record().request.created_at).await
}

pub(crate) async fn site_of(
    cluster: &Cluster,
    bucket: &str,
    inside: Option<&str>,
    from: DateTime<Utc>,
) -> Result<Site, Problem> {
    let spec = cluster.store_spec().await?.with_bucket(bucket);
    let signer = Presigner::new(&spec, inside, from, storage::LONGEST)?;
    let is_tls = inside.unwrap_or(&spec.endpoint).starts_with("https");
    let ca_pem = spec.ca_pem.filter(|_| is_tls);
    Ok(Site { store: cluster.store(bucket).await?, signer, ca_pem })
}

/// Signed addresses do not outlive their week, and are made from the time of the request.
pub(crate) fn must_be_fresh(run: &Run) -> Result<(), Problem> {
    let age = run.ctx.clock.now() - run.record().request.created_at;
    if age < GOOD_FOR {
        return Ok(());
    }
    Err(Problem::new(Code::PlanStale, "What pods would read the volume data with has expired")
        .hint("Cancel this job, or remove what it left, and plan again")
        .retry(crate::problem::Retry::Never))
}

/// All that lies in the target's store for this job.
pub(crate) fn prefix(record: &JobRecord) -> Option<ObjectRef> {
    let (landing, ..) = landing::of(&record.request.work).ok()?;
    let work = landing.volumes.as_ref().filter(|_| record.volumes.begun)?;
    let key = volumes::prefix(record.request.id.as_str());
    Some(ObjectRef { cluster: landing.cluster.clone(), bucket: work.bucket.clone(), key })
}

pub(super) fn archive(record: &ArchiveRecord) -> Archive {
    let format = if record.key.ends_with(".zip") { Format::Zip } else { Format::TarZst };
    Archive { key: record.key.clone(), bytes: record.bytes, sha256: record.sha256.clone(), format }
}

/// What a component's pods are to do.
pub(super) fn write(site: &Site, job: &str, component: &str, fillings: &[FillingRecord]) -> Result<Written, Problem> {
    let filling = |record: &FillingRecord| Filling {
        volume: record.volume.clone(),
        mount_path: record.mount_path.clone(),
        pieces: record
            .pieces
            .iter()
            .map(|piece| Piece { ordinal: piece.ordinal, archive: archive(&piece.archive), strip: piece.strip.clone() })
            .collect(),
    };
    let fillings = fillings.iter().map(filling).collect();
    let plan = RestorePlan { job: job.to_owned(), component: component.to_owned(), fillings, overwrite: false };
    Ok(volumes::write_restore(site, &plan)?)
}

/// What the package says of it; nothing before it is known which volumes get what, or where none gets anything.
pub(super) async fn in_package(run: &Run, target: &Cluster, landing: &Landing) -> Result<Option<ExtraPlugin>, Stop> {
    let record = run.record();
    let Some(work) = landing.volumes.as_ref().filter(|_| record.volumes.carried().next().is_some()) else {
        return Ok(None);
    };
    let site = site(run, target, work).await?;
    let job = run.job.id();
    let mut jobs = Vec::new();
    for (component, fillings) in record.volumes.carried() {
        jobs.push((component.clone(), write(&site, job.as_str(), component, fillings)?.placed));
    }
    let version = record.request.created_at.format("%Y%m%d%H%M%S").to_string();
    Ok(Some(volumes::extra_plugin(&Agent::for_arch(ARCH).map_err(Problem::from)?, ALIAS, &version, &jobs)))
}

/// What pods said that they unpacked, or packed.
pub(crate) fn came(outcome: &Outcome) -> Came {
    let items = || outcome.said.values().flat_map(|status| &status.items);
    Came {
        volumes: items().count() as u64,
        files: items().map(|item| item.files).sum(),
        bytes: items().map(|item| item.bytes).sum(),
    }
}

/// What a component must be built for, to be helped.
pub(crate) const ARCH: &str = "amd64";

/// What a component of the backup became.
pub(super) fn installed(record: &JobRecord, id: &str) -> Result<InstalledComponent, Problem> {
    let all = record.rebuild.installed.iter().flatten();
    all.into_iter().find(|component| component.source_id == id).cloned().ok_or_else(|| {
        Problem::new(Code::ArrivedIncomplete, "A component whose volumes were to be filled did not arrive")
    })
}

/// Its key in the target's team.
pub(super) fn key(run: &Run) -> String {
    template::extra_plugin_key(run.job.id().as_str(), volumes::SLOT)
}

/// The helper as the team has it, seen from one component; with it, whether the component has it.
pub(super) async fn look(run: &Run, ground: &Ground, alias: &str) -> Result<Option<(Plugin, bool)>, Stop> {
    let key = key(run);
    let plugins = ground.target.console.plugins(&run.ctx, &ground.scope, alias).await?;
    let ours = |plugin: &Plugin| plugin.key == key;
    let installed = plugins.installed.into_iter().find(ours).map(|plugin| (plugin, true));
    Ok(installed.or_else(|| plugins.available.into_iter().find(ours).map(|plugin| (plugin, false))))
}

/// The team's plugin, where a stop came between the install and its being written down.
pub(crate) async fn find_unheard(run: &Run) -> Result<(), Stop> {
    let record = run.record();
    let Ok((landing, ..)) = landing::of(&record.request.work) else { return Ok(()) };
    if landing.volumes.is_none() || record.volumes.helper.is_some() || !record.rebuild.install_asking {
        return Ok(());
    }
    let ground = Ground::of(run).await?;
    let app: AppId = landing::app(&record)?;
    let there = ground.target.console.components(&run.ctx, &ground.scope, app).await?;
    let Some(component) = there.first() else { return Ok(()) };
    if let Some((plugin, _)) = look(run, &ground, &component.service_alias).await? {
        run.note(Fact::Volumes { step: VolumeStep::HelperThere { plugin: plugin.id } })?;
    }
    Ok(())
}

pub(crate) async fn forget_data(run: &Run, prefix: &ObjectRef) -> Result<(), Stop> {
    let record = run.record();
    let (landing, ..) = landing::of(&record.request.work)?;
    let Some(work) = &landing.volumes else { return Ok(()) };
    let target = run.engine.links.cluster(&run.ctx, &prefix.cluster).await?;
    let site = site(run, &target, work).await?;
    volumes::abandon(site.store.as_ref(), record.request.id.as_str()).await?;
    Ok(())
}
