//! What becomes of the files of volumes when an app is made anew: component by component, whether a helper can put them there,
//! why not, and what that asks of the target (rebuild.md §8.2, §8.3).

use super::checks::check;
use super::migrate::Arrival;
use super::outlook::Outlook;
use super::reading::{self, Side};
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level, PlanOptions, VolumePlanView};
use crate::engine::rebuild;
use crate::jobs::Lane;
use crate::jobs::request::{Build, ReadWork, VolumeWork};
use crate::line::{Line, LineCode};
use crate::package::{AppModel, ComponentModel, VolumeModel};
use crate::problem::Problem;
use crate::storage::{self, Presigner};
use crate::template::{Draft, What};
use crate::volumes;

/// Chosen: all that can be.
pub(super) const ALL: &str = "*";

#[derive(Default)]
pub(super) struct Judged {
    pub views: Vec<VolumePlanView>,
    pub work: Option<VolumeWork>,
    pub reading: Option<ReadWork>,
    pub checks: Vec<CheckView>,
}

/// Where pods would read or write, as far as that is known.
pub(super) struct Reach {
    pub bucket: String,
    pub store: String,
    pub is_loopback: bool,
    /// Pods have to be told which certificate to trust.
    pub brings_trust: bool,
}

pub(super) async fn judge(
    arrival: &Arrival,
    model: &AppModel,
    options: &PlanOptions,
    side: Option<&Side>,
) -> Result<Judged, Problem> {
    let landing = &arrival.landing;
    if landing.lane != Lane::Rebuild || landing.record_only {
        return Ok(Judged::default());
    }
    let draft = rebuild::draft(&arrival.cluster, landing, model, "plan")?;
    let reach = reach(&arrival.cluster, options.volume_endpoint.as_deref()).await;
    let mut judged = Judged::default();
    for component in model.components.iter().filter(|component| !kept(component).is_empty()) {
        let (can, line) = way(arrival, component, &draft, &reach, side);
        let reads = side.is_some() && volumes::members(component).is_empty();
        let is_named = |name: &String| *name == component.id || *name == component.cname;
        let all = options.volume_data.iter().any(|name| name == ALL);
        let named = options.volume_data.iter().any(is_named);
        let chosen = match reads {
            true => reading::is_chosen(options, &component.id, &component.cname, can),
            false => named || (all && can),
        };
        if named && (reads || !can) {
            let none = || Line::new(LineCode::VolumesNone, [("names", kept_names(component))]).message;
            let reason = if reads && can { none() } else { line.message.clone() };
            let facts = [("names", component.cname.clone()), ("reason", reason)];
            judged.checks.push(check(CheckId::Helper, Level::Block, LineCode::CheckHelperBlock, facts));
        }
        judged.views.push(VolumePlanView {
            component: component.id.clone(),
            name: component.cname.clone(),
            volumes: kept(component).iter().map(|volume| volume.name.clone()).collect(),
            bytes: bytes(component),
            reads,
            can,
            chosen,
            line,
        });
    }
    let unknown = |name: &&String| {
        *name != ALL && !judged.views.iter().any(|view| view.component == **name || view.name == **name)
    };
    for name in options.volume_data.iter().filter(unknown) {
        let line = Line::new(LineCode::VolumesNone, [("names", name.clone())]);
        let facts = [("names", name.clone()), ("reason", line.message)];
        judged.checks.push(check(CheckId::Helper, Level::Block, LineCode::CheckHelperBlock, facts));
    }
    judged.checks.extend(reading::refusals(options, &judged.views));
    decide(arrival, options, reach, &mut judged);
    if let Some(side) = side {
        let (work, checks) = side.decide(options, &judged.views).await;
        judged.reading = work;
        judged.checks.extend(checks);
    }
    Ok(judged)
}

pub(super) fn decide(arrival: &Arrival, options: &PlanOptions, reach: Result<Reach, Problem>, judged: &mut Judged) {
    let chosen: Vec<&VolumePlanView> = judged.views.iter().filter(|view| view.chosen && view.can).collect();
    let (Ok(reach), false) = (reach, chosen.is_empty()) else { return };
    let names: Vec<&str> = chosen.iter().map(|view| view.name.as_str()).collect();
    let facts = [
        ("cluster", arrival.cluster.name()),
        ("store", reach.store.clone()),
        ("names", names.join(", ")),
        ("count", names.len().to_string()),
    ];
    judged.work = Some(VolumeWork {
        components: chosen.iter().map(|view| view.component.clone()).collect(),
        bucket: reach.bucket,
        inside: inside(options.volume_endpoint.as_deref()),
    });
    judged.checks.push(check(CheckId::Helper, Level::Warn, LineCode::CheckHelperWarn, facts));
    if reach.is_loopback {
        let facts = [("store", reach.store)];
        judged.checks.push(check(CheckId::Helper, Level::Warn, LineCode::CheckHelperLoopback, facts));
    }
}

pub(super) fn inside(endpoint: Option<&str>) -> Option<String> {
    let text = endpoint.map(str::trim).filter(|text| !text.is_empty())?;
    Some(if text.contains("://") { text.to_owned() } else { format!("http://{text}") })
}

/// Volumes whose files would have to be carried.
pub(super) fn kept(component: &ComponentModel) -> Vec<&VolumeModel> {
    component.volumes.iter().filter(|volume| volumes::not_data(volume).is_none()).collect()
}

pub(super) fn kept_names(component: &ComponentModel) -> String {
    let names: Vec<&str> = kept(component).iter().map(|volume| volume.name.as_str()).collect();
    names.join(", ")
}

fn bytes(component: &ComponentModel) -> u64 {
    volumes::members(component).iter().map(|member| member.bytes).sum()
}

/// Whether a helper can fill the component's volumes, and how or why not.
fn way(
    arrival: &Arrival,
    component: &ComponentModel,
    draft: &Draft,
    reach: &Result<Reach, Problem>,
    side: Option<&Side>,
) -> (bool, Line) {
    let names = || ("names", kept_names(component));
    let not = |line: Line| (false, line);
    if draft.placed(&component.id).is_none() {
        return not(Line::new(LineCode::VolumesLeftOut, []));
    }
    let in_package = !volumes::members(component).is_empty();
    if !in_package && side.is_none() {
        return not(Line::new(LineCode::VolumesNone, [names()]));
    }
    if matches!(component.extend_method.as_str(), "job" | "cronjob" | "daemonset") {
        return not(Line::new(LineCode::VolumesJob, []));
    }
    if arrival.landing.build == Build::Compose {
        return not(Line::new(LineCode::VolumesCalls, []));
    }
    let arch = if component.arch.is_empty() { rebuild::helper::ARCH } else { component.arch.as_str() };
    if arch != rebuild::helper::ARCH || volumes::Agent::for_arch(arch).is_err() {
        return not(Line::new(LineCode::VolumesNoHelper, [("arch", arch.to_owned())]));
    }
    if let Err(problem) = reach {
        let facts = [("cluster", arrival.cluster.name()), ("reason", problem.message.clone())];
        return not(Line::new(LineCode::VolumesNoStore, facts));
    }
    if let Some(side) = side.filter(|_| !in_package) {
        return from_source(side, component);
    }
    (true, Line::new(LineCode::VolumesCan, [("bytes", bytes(component).to_string()), names()]))
}

/// Whether the files of a component can be read at the source, and how or why not.
pub(super) fn from_source(side: &Side, component: &ComponentModel) -> (bool, Line) {
    let paths: Vec<&str> = kept(component).iter().map(|volume| volume.path.as_str()).collect();
    side.way(&component.id, &kept_names(component), &paths)
}

pub(super) async fn reach(cluster: &Cluster, endpoint: Option<&str>) -> Result<Reach, Problem> {
    let bucket = super::migrate::target_bucket(cluster)?;
    let spec = cluster.store_spec().await?.with_bucket(&bucket);
    let inside = inside(endpoint);
    Presigner::new(&spec, inside.as_deref(), chrono::DateTime::UNIX_EPOCH, storage::LONGEST)?;
    let store = inside.unwrap_or_else(|| spec.endpoint.clone());
    let brings_trust = spec.ca_pem.is_some() && store.starts_with("https");
    Ok(Reach { bucket, is_loopback: is_loopback(&store), store, brings_trust })
}

fn is_loopback(endpoint: &str) -> bool {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]")
}

/// Lines of the plan that differ where volumes are filled.
pub(super) fn tell(judged: &Judged, starts: bool, outlook: &mut Outlook) {
    let chosen: Vec<&VolumePlanView> = judged.views.iter().filter(|view| view.chosen && view.can).collect();
    if chosen.is_empty() {
        return;
    }
    tell_read(&judged.views, outlook);
    let names = of_volumes(chosen.iter().copied().filter(|view| !view.reads));
    if !names.is_empty() {
        outlook.arrives.push(Line::new(LineCode::ArrivesFilled, [("names", names)]));
    }
    let components: Vec<&str> = chosen.iter().map(|view| view.name.as_str()).collect();
    outlook.changes.push(Line::new(LineCode::ChangesHelper, [("names", components.join(", "))]));
    outlook.changes.push(Line::new(LineCode::ChangesTemplateGone, []));
    if !starts {
        outlook.changes.push(Line::new(LineCode::ChangesStartedForData, []));
    }
}

/// Names of volumes, with their components'.
fn of_volumes<'a>(views: impl Iterator<Item = &'a VolumePlanView>) -> String {
    let of = |view: &VolumePlanView| -> Vec<String> {
        view.volumes.iter().map(|volume| format!("{}/{volume}", view.name)).collect()
    };
    views.flat_map(of).collect::<Vec<_>>().join(", ")
}

/// What is read at the source, and what that does to it.
pub(super) fn tell_read(views: &[VolumePlanView], outlook: &mut Outlook) {
    let read = || views.iter().filter(|view| view.reads && view.chosen && view.can);
    if read().next().is_none() {
        return;
    }
    outlook.arrives.push(Line::new(LineCode::ArrivesRead, [("names", of_volumes(read()))]));
    let components: Vec<&str> = read().map(|view| view.name.as_str()).collect();
    outlook.changes.push(Line::new(LineCode::ChangesRead, [("names", components.join(", "))]));
}

/// What is no loss any more.
pub(super) fn filled(draft: &mut Draft, work: &VolumeWork) {
    draft.changes.retain(|change| {
        let is_filled = change.id.as_ref().is_some_and(|id| work.components.contains(id));
        !(is_filled && matches!(change.what, What::VolumeData { .. }))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_one_computer_is_known_by_its_host() {
        for local in ["http://127.0.0.1:9000", "localhost:9000", "http://[::1]:9000"] {
            assert!(is_loopback(local), "{local}");
        }
        assert!(!is_loopback("http://minio.rbd-system:9000") && !is_loopback("https://10.0.0.7"));
    }

    #[test]
    fn an_address_without_a_scheme_is_the_clusters_own_network() {
        assert_eq!(inside(Some(" minio:9000 ")).as_deref(), Some("http://minio:9000"));
        assert_eq!(inside(Some("https://minio:9000")).as_deref(), Some("https://minio:9000"));
        assert_eq!(inside(Some(" ")), None);
    }
}
