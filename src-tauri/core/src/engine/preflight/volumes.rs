//! What becomes of the files of volumes when an app is made anew: component by component, whether a helper can put them there,
//! why not, and what that asks of the target (rebuild.md §8.2, §8.3).

use super::checks::check;
use super::migrate::Arrival;
use super::outlook::Outlook;
use crate::engine::plan::{CheckId, CheckView, Level, PlanOptions, VolumePlanView};
use crate::engine::rebuild;
use crate::jobs::Lane;
use crate::jobs::request::{Build, VolumeWork};
use crate::line::{Line, LineCode};
use crate::package::{AppModel, ComponentModel, VolumeModel};
use crate::problem::Problem;
use crate::storage::{self, Presigner};
use crate::template::{Draft, What};
use crate::volumes;

/// Chosen: all that can be.
const ALL: &str = "*";

#[derive(Default)]
pub(super) struct Judged {
    pub views: Vec<VolumePlanView>,
    pub work: Option<VolumeWork>,
    pub checks: Vec<CheckView>,
}

/// Where pods would read, as far as that is known.
struct Reach {
    bucket: String,
    store: String,
    is_loopback: bool,
}

pub(super) async fn judge(arrival: &Arrival, model: &AppModel, options: &PlanOptions) -> Result<Judged, Problem> {
    let landing = &arrival.landing;
    if landing.lane != Lane::Rebuild || landing.record_only {
        return Ok(Judged::default());
    }
    let draft = rebuild::draft(&arrival.cluster, landing, model, "plan")?;
    let reach = reach(arrival, options).await;
    let mut judged = Judged::default();
    for component in model.components.iter().filter(|component| !kept(component).is_empty()) {
        let (can, line) = way(arrival, component, &draft, &reach);
        let is_named = |name: &String| *name == component.id || *name == component.cname;
        let all = options.volume_data.iter().any(|name| name == ALL);
        let chosen = options.volume_data.iter().any(is_named) || (all && can);
        if chosen && !can {
            let facts = [("names", component.cname.clone()), ("reason", line.message.clone())];
            judged.checks.push(check(CheckId::Helper, Level::Block, LineCode::CheckHelperBlock, facts));
        }
        judged.views.push(VolumePlanView {
            component: component.id.clone(),
            name: component.cname.clone(),
            volumes: kept(component).iter().map(|volume| volume.name.clone()).collect(),
            bytes: bytes(component),
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
    decide(arrival, options, reach, &mut judged);
    Ok(judged)
}

fn decide(arrival: &Arrival, options: &PlanOptions, reach: Result<Reach, Problem>, judged: &mut Judged) {
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
        inside: inside(options),
    });
    judged.checks.push(check(CheckId::Helper, Level::Warn, LineCode::CheckHelperWarn, facts));
    if reach.is_loopback {
        let facts = [("store", reach.store)];
        judged.checks.push(check(CheckId::Helper, Level::Warn, LineCode::CheckHelperLoopback, facts));
    }
}

fn inside(options: &PlanOptions) -> Option<String> {
    let text = options.volume_endpoint.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
    Some(if text.contains("://") { text.to_owned() } else { format!("http://{text}") })
}

/// Volumes whose files would have to be carried.
fn kept(component: &ComponentModel) -> Vec<&VolumeModel> {
    component.volumes.iter().filter(|volume| volumes::not_data(volume).is_none()).collect()
}

fn bytes(component: &ComponentModel) -> u64 {
    volumes::members(component).iter().map(|member| member.bytes).sum()
}

/// Whether a helper can fill the component's volumes, and how or why not.
fn way(arrival: &Arrival, component: &ComponentModel, draft: &Draft, reach: &Result<Reach, Problem>) -> (bool, Line) {
    let names = || {
        let names: Vec<&str> = kept(component).iter().map(|volume| volume.name.as_str()).collect();
        ("names", names.join(", "))
    };
    let not = |line: Line| (false, line);
    if draft.placed(&component.id).is_none() {
        return not(Line::new(LineCode::VolumesLeftOut, []));
    }
    if volumes::members(component).is_empty() {
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
    (true, Line::new(LineCode::VolumesCan, [("bytes", bytes(component).to_string()), names()]))
}

async fn reach(arrival: &Arrival, options: &PlanOptions) -> Result<Reach, Problem> {
    let bucket = super::migrate::target_bucket(&arrival.cluster)?;
    let spec = arrival.cluster.store_spec().await?.with_bucket(&bucket);
    let inside = inside(options);
    Presigner::new(&spec, inside.as_deref(), chrono::DateTime::UNIX_EPOCH, storage::LONGEST)?;
    let store = inside.unwrap_or_else(|| spec.endpoint.clone());
    Ok(Reach { bucket, is_loopback: is_loopback(&store), store })
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
    let of = |view: &VolumePlanView| view.volumes.iter().map(|volume| format!("{}/{volume}", view.name)).collect();
    let names: Vec<String> = chosen.iter().flat_map(|view| -> Vec<String> { of(view) }).collect();
    outlook.arrives.push(Line::new(LineCode::ArrivesFilled, [("names", names.join(", "))]));
    let components: Vec<&str> = chosen.iter().map(|view| view.name.as_str()).collect();
    outlook.changes.push(Line::new(LineCode::ChangesHelper, [("names", components.join(", "))]));
    outlook.changes.push(Line::new(LineCode::ChangesTemplateGone, []));
    if !starts {
        outlook.changes.push(Line::new(LineCode::ChangesStartedForData, []));
    }
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
        let options = |text: &str| PlanOptions { volume_endpoint: Some(text.to_owned()), ..PlanOptions::default() };
        assert_eq!(inside(&options(" minio:9000 ")).as_deref(), Some("http://minio:9000"));
        assert_eq!(inside(&options("https://minio:9000")).as_deref(), Some("https://minio:9000"));
        assert_eq!(inside(&options(" ")), None);
    }
}
