//! What will arrive, what will not, and what will differ: judged from the package alone. Pure.

use super::rebuilt;
use crate::console::era::Quirks;
use crate::engine::DataSign;
use crate::engine::links::Cluster;
use crate::engine::plan::PlanStep;
use crate::engine::{rebuild, recipe};
use crate::jobs::request::{Build, Expected, Landing, VolumeWork, Work};
use crate::jobs::{Lane, PhaseName};
use crate::line::{Line, LineCode};
use crate::package::{AppModel, ComponentModel, GatewayRule};
use crate::problem::Problem;

/// Bytes a second that a forecast reckons with until something was measured; said as "about".
const ASSUMED_BYTES_PER_SEC: u64 = 40_000_000;

#[derive(Debug, Default)]
pub(crate) struct Outlook {
    pub arrives: Vec<Line>,
    pub stays: Vec<Line>,
    pub changes: Vec<Line>,
}

/// Volumes whose files a package does not hold. Config files and memory have none to lose.
pub(crate) fn empty_volumes(model: &AppModel) -> Vec<String> {
    let keeps_files = |kind: &str| !matches!(kind, "config-file" | "memoryfs");
    let of = |component: &ComponentModel| {
        let volumes = component.volumes.iter().filter(|volume| keeps_files(&volume.kind) && !volume.data_in_package);
        volumes.map(|volume| format!("{}/{}", component.cname, volume.name)).collect::<Vec<_>>()
    };
    model.components.iter().filter(|component| component.data.is_empty()).flat_map(of).collect()
}

/// Volumes that stay empty where an app is made anew: all but those that a helper fills.
pub(crate) fn unfilled_volumes(model: &AppModel, work: Option<&VolumeWork>) -> Vec<String> {
    let is_filled = |component: &&ComponentModel| work.is_some_and(|work| work.components.contains(&component.id));
    let of = |component: &ComponentModel| {
        let volumes = component.volumes.iter().filter(|volume| crate::volumes::not_data(volume).is_none());
        volumes.map(|volume| format!("{}/{}", component.cname, volume.name)).collect::<Vec<_>>()
    };
    model.components.iter().filter(|component| !is_filled(component)).flat_map(of).collect()
}

/// What a package holds of the files of its volumes.
pub(crate) fn data_sign(model: &AppModel) -> DataSign {
    match (data_count(model) > 0, empty_volumes(model).is_empty()) {
        (false, true) => DataSign::NoVolumes,
        (true, true) => DataSign::Whole,
        (true, false) => DataSign::Partly,
        (false, false) => DataSign::Absent,
    }
}

/// How many volumes' data a package holds; where it does not say whose, a component's is one.
pub(crate) fn data_count(model: &AppModel) -> usize {
    let of = |component: &ComponentModel| {
        let named = component.volumes.iter().filter(|volume| volume.data_in_package).count();
        named.max(usize::from(!component.data.is_empty()))
    };
    model.components.iter().map(of).sum::<usize>() + model.stray_data.len()
}

/// Rules that people made; default domains are made anew by the platform.
fn own_rules(model: &AppModel) -> usize {
    let own = |rule: &&GatewayRule| match rule {
        GatewayRule::Http { is_default, .. } | GatewayRule::Tcp { is_default, .. } => !is_default,
    };
    model.gateway_rules.iter().filter(own).count()
}

/// What a compare will look for. Components that no package holds are not expected back by the region; the console still
/// brings third-party ones (protocol.md §4.2).
pub(crate) fn expected(model: &AppModel) -> Expected {
    let restored = model.components.iter().filter(|component| component.in_console && !component.is_kubeblocks());
    Expected {
        components: restored.map(|component| component.cname.clone()).collect(),
        empty_volumes: empty_volumes(model),
        gateway_rule_count: u32::try_from(own_rules(model)).unwrap_or(u32::MAX),
    }
}

/// What either lane brings.
pub(super) fn arriving(model: &AppModel) -> Vec<Line> {
    let components = &model.components;
    let count = |of: fn(&ComponentModel) -> usize| components.iter().map(of).sum::<usize>().to_string();
    let mut arrives = vec![Line::new(LineCode::ArrivesComponents, [("count", components.len().to_string())])];
    let facts = [
        ("variables", count(|component| component.envs.len())),
        ("files", count(|component| component.config_files.len())),
    ];
    arrives.push(Line::new(LineCode::ArrivesConfig, facts));
    let ports = count(|component| component.ports.len() + component.dependencies.len() + component.probes.len());
    arrives.push(Line::new(LineCode::ArrivesPorts, [("count", ports)]));
    let volumes = count(|component| component.volumes.iter().filter(|volume| volume.kind != "config-file").count());
    if volumes != "0" {
        arrives.push(Line::new(LineCode::ArrivesVolumes, [("count", volumes)]));
    }
    arrives
}

/// What this landing will see of an app.
pub(super) fn of(target: &Cluster, landing: &Landing, model: &AppModel) -> Result<Outlook, Problem> {
    match landing.lane {
        Lane::Official => Ok(of_restore(model, &target.quirks()?, landing.start_after)),
        Lane::Rebuild | Lane::Registry => {
            let mut draft = rebuild::draft(target, landing, model, "plan")?;
            if let Some(work) = &landing.volumes {
                super::volumes::filled(&mut draft, work);
            }
            let mut outlook = rebuilt::outlook(model, &draft, landing.start_after);
            if landing.build == Build::Compose {
                outlook.stays.extend(rebuilt::lost_by_calls(model));
            }
            Ok(outlook)
        }
    }
}

/// A restore by the platform (protocol.md §8.6).
pub(super) fn of_restore(model: &AppModel, quirks: &Quirks, starts: bool) -> Outlook {
    let components = &model.components;
    let mut outlook = Outlook { arrives: arriving(model), ..Outlook::default() };
    let with_data = data_count(model);
    if with_data > 0 {
        outlook.arrives.push(Line::new(LineCode::ArrivesVolumeData, [("count", with_data.to_string())]));
    }
    let empty = empty_volumes(model);
    if !empty.is_empty() {
        let facts = [("count", empty.len().to_string()), ("names", empty.join(", "))];
        outlook.stays.push(Line::new(LineCode::StaysVolumeData, facts));
    }
    let rules = own_rules(model);
    if rules > 0 {
        outlook.stays.push(Line::new(LineCode::StaysGatewayRules, [("count", rules.to_string())]));
    }
    let kubeblocks: Vec<&str> = components.iter().filter(|c| c.is_kubeblocks()).map(|c| c.cname.as_str()).collect();
    if !kubeblocks.is_empty() {
        outlook.stays.push(Line::new(LineCode::StaysKubeblocks, [("names", kubeblocks.join(", "))]));
    }
    let certified = |rule: &GatewayRule| matches!(rule, GatewayRule::Http { has_certificate: true, .. });
    if model.gateway_rules.iter().any(certified) {
        outlook.stays.push(Line::new(LineCode::StaysCertificates, []));
    }
    if quirks.lacks_config_groups && !model.config_groups.is_empty() {
        let names: Vec<&str> = model.config_groups.iter().map(|group| group.name.as_str()).collect();
        outlook.stays.push(Line::new(LineCode::StaysConfigGroups, [("names", names.join(", "))]));
    }
    outlook.stays.push(Line::new(LineCode::StaysPlugins, []));
    let names = if quirks.adds_copy { LineCode::ChangesNames } else { LineCode::ChangesStopped };
    outlook.changes.push(Line::new(names, []));
    if components.iter().any(|component| component.ports.iter().any(|port| port.is_outer)) {
        outlook.changes.push(Line::new(LineCode::ChangesDomains, []));
    }
    let tcp = |component: &ComponentModel| component.ports.iter().any(|port| port.is_outer && port.protocol != "http");
    if components.iter().any(tcp) {
        outlook.changes.push(Line::new(LineCode::ChangesTcpPorts, []));
    }
    if starts {
        outlook.changes.push(Line::new(LineCode::ChangesStarted, []));
    }
    outlook
}

/// An import as a record: its package and nothing that runs.
pub(crate) fn of_record() -> Outlook {
    let arrives = vec![Line::new(LineCode::ArrivesRecord, []), Line::new(LineCode::ArrivesPackage, [])];
    Outlook { arrives, ..Outlook::default() }
}

pub(crate) fn of_export() -> Outlook {
    Outlook {
        arrives: vec![Line::new(LineCode::ArrivesPackage, []), Line::new(LineCode::ArrivesTicket, [])],
        stays: vec![Line::new(LineCode::StaysSecrets, [])],
        changes: Vec::new(),
    }
}

/// How long each chapter will take, roughly; the long one is seen to be long. `rate`: as measured by the jobs before.
pub(crate) fn steps(work: &Work, bytes: u64, rate: Option<u64>) -> Vec<PlanStep> {
    let moving = bytes.div_ceil(rate.unwrap_or(ASSUMED_BYTES_PER_SEC).max(1)).max(1);
    recipe::phases(work).into_iter().map(|name| PlanStep { name, estimate_secs: estimate(name, moving) }).collect()
}

fn estimate(phase: PhaseName, moving: u64) -> u64 {
    match phase {
        PhaseName::Check | PhaseName::Start | PhaseName::Compare | PhaseName::Clean | PhaseName::Tidy => 1,
        PhaseName::Prepare | PhaseName::Plan => 2,
        PhaseName::Stop => 10,
        PhaseName::Publish | PhaseName::ExportTemplate => 20,
        PhaseName::Fetch => moving,
        PhaseName::Copy | PhaseName::Write => moving,
        PhaseName::Data => moving.div_ceil(2),
        PhaseName::Fill => 15 + moving.div_ceil(2),
        PhaseName::Read => 60,
        PhaseName::Unplug => 15,
        PhaseName::Verify => moving.div_ceil(4),
        PhaseName::Backup | PhaseName::Restore => 10 + moving,
        PhaseName::Import => 10 + moving,
        PhaseName::Install => 10,
        PhaseName::Adjust | PhaseName::Gateway => 5,
        PhaseName::Deploy => 15,
    }
}
