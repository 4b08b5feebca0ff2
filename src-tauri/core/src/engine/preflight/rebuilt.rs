//! What a rebuild brings, in words: the package's own rows, one line a kind, so that a large app stays readable.

use super::outlook::{self, Outlook};
use crate::engine::rebuild;
use crate::line::{Line, LineCode};
use crate::package::{AppModel, Row};
use crate::template::{Draft, Reason, What};

/// Lines in the order in which their kinds were first met, each with the names it is about.
#[derive(Default)]
struct Kinds(Vec<(LineCode, Vec<String>)>);

impl Kinds {
    fn add(&mut self, code: LineCode, name: String) {
        if !self.0.iter().any(|(known, _)| *known == code) {
            self.0.push((code, Vec::new()));
        }
        let Some((_, names)) = self.0.iter_mut().find(|(known, _)| *known == code) else { return };
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }

    fn lines(self) -> Vec<Line> {
        let line = |(code, names): (LineCode, Vec<String>)| {
            Line::new(code, [("count", names.len().to_string()), ("names", names.join(", "))])
        };
        self.0.into_iter().map(line).collect()
    }
}

/// What arrives, stays and changes when this package is installed.
pub(super) fn outlook(model: &AppModel, draft: &Draft, starts: bool) -> Outlook {
    let (mut stays, mut changes) = (Kinds::default(), Kinds::default());
    for left in &draft.left_out {
        let kinds = if left.reason == Reason::ThirdParty { &mut changes } else { &mut stays };
        kinds.add(left_out(left.reason), left.cname.clone());
    }
    for change in &draft.changes {
        let (code, detail) = words(&change.what);
        let name = match (&change.component, detail.as_str()) {
            (Some(component), "") => component.clone(),
            (Some(component), _) => format!("{component}/{detail}"),
            (None, _) => detail,
        };
        let kinds = if change.what.is_loss() { &mut stays } else { &mut changes };
        kinds.add(code, name);
    }
    let mut changes = changes.lines();
    if starts {
        changes.push(Line::new(LineCode::ChangesStarted, []));
    }
    Outlook { arrives: outlook::arriving(model), stays: stays.lines(), changes }
}

/// What only a package brings: a plugin's settings for ports and for components it leads to.
pub(super) fn lost_by_calls(model: &AppModel) -> Option<Line> {
    let mut kinds = Kinds::default();
    for component in &model.components {
        for link in &component.plugin_links {
            let kind = |raw: &crate::package::Raw| Row(&raw.0).text("service_meta_type");
            let name = model.plugins.iter().find(|plugin| plugin.id == link.plugin_id).map(|plugin| &plugin.name);
            if let Some(name) = name.filter(|_| link.settings.iter().any(|raw| rebuild::has_port_settings(&kind(raw))))
            {
                kinds.add(LineCode::LosesByCalls, format!("{}/{name}", component.cname));
            }
        }
    }
    kinds.lines().pop()
}

fn left_out(reason: Reason) -> LineCode {
    match reason {
        Reason::ThirdParty => LineCode::LeavesThirdParty,
        Reason::KubeBlocks => LineCode::LeavesKubeBlocks,
        Reason::VirtualMachine => LineCode::LeavesVirtualMachine,
        Reason::Slug => LineCode::LeavesSlug,
        Reason::NeverBuilt => LineCode::LeavesNeverBuilt,
        Reason::ImageMissing => LineCode::LeavesImageMissing,
        Reason::ImageUnnamed => LineCode::LeavesImageUnnamed,
        Reason::ImageEmpty => LineCode::LeavesImageEmpty,
        Reason::ImageNameCollides => LineCode::LeavesImageNameCollides,
    }
}

/// The kind's line, and what of the component it is about.
fn words(what: &What) -> (LineCode, String) {
    match what {
        What::BuildSource => (LineCode::LosesBuildSource, String::new()),
        What::Webhooks => (LineCode::LosesWebhooks, String::new()),
        What::Autoscaler => (LineCode::LosesAutoscaler, String::new()),
        What::Accounts => (LineCode::LosesAccounts, String::new()),
        What::History => (LineCode::LosesHistory, String::new()),
        What::Permissions => (LineCode::LosesPermissions, String::new()),
        What::Compose => (LineCode::LosesCompose, String::new()),
        What::VolumeData { volume, .. } => (LineCode::LosesVolumeData, volume.clone()),
        What::VolumeSkipped { path } => (LineCode::LosesVolumeSkipped, path.clone()),
        What::DependencyOutside { on } => (LineCode::LosesDependencyOutside, on.clone()),
        What::DependencyLeftOut { on } => (LineCode::LosesDependencyLeftOut, on.clone()),
        What::MountOutside { path, .. } => (LineCode::LosesMountOutside, path.clone()),
        What::MountLeftOut { path, .. } => (LineCode::LosesMountLeftOut, path.clone()),
        What::Domain { domain, path, .. } => (LineCode::LosesDomain, format!("{domain}{path}")),
        What::DefaultDomain { domain, .. } => (LineCode::AltersDefaultDomain, domain.clone()),
        What::HostMentioned { name, .. } => (LineCode::AltersHostMentioned, name.clone()),
        What::Certificate { domain } => (LineCode::LosesCertificate, domain.clone()),
        What::TcpPort { end_point, .. } => (LineCode::LosesTcpPort, end_point.clone()),
        What::K8sAttributes { names } => (LineCode::LosesK8sAttributes, names.join(", ")),
        What::Label { name } => (LineCode::LosesLabel, name.clone()),
        What::ProbeInvalid { mode } => (LineCode::LosesProbeInvalid, mode.clone()),
        What::PluginLeftOut { name } => (LineCode::LosesPluginLeftOut, name.clone()),
        What::EndpointsKind { kind } => (LineCode::LosesEndpointsKind, kind.clone()),
        What::GovernanceMode { mode } => (LineCode::LosesGovernanceMode, mode.clone()),
        What::CnameInPackage { cname } => (LineCode::AltersCnameInPackage, cname.clone()),
        What::ComponentName { name } => (LineCode::AltersComponentName, name.clone()),
        What::HostNameTaken { port, name } => (LineCode::AltersHostNameTaken, format!("{port} → {name}")),
        What::Protocol { port, protocol } => (LineCode::AltersProtocol, format!("{port} → {protocol}")),
        What::PluginLimits { plugin } => (LineCode::AltersPluginLimits, plugin.clone()),
        What::RandomValue { name } => (LineCode::AltersRandomValue, name.clone()),
        What::ScopeBoth { name } => (LineCode::AltersScopeBoth, name.clone()),
        What::EmptyConfigFile { path } => (LineCode::AltersEmptyConfigFile, path.clone()),
        What::VolumeKind { volume, kind } => (LineCode::AltersVolumeKind, format!("{volume} → {kind}")),
        What::ConfigGroupDisabled { name } => (LineCode::AltersConfigGroupDisabled, name.clone()),
        What::JobStrategy => (LineCode::AltersJobStrategy, String::new()),
        What::ImageNameKept { image } => (LineCode::AltersImageNameKept, image.clone()),
        What::Architecture { arch } => (LineCode::AltersArchitecture, arch.clone()),
        What::SourceBecomesMarket { source } => (LineCode::AltersSourceBecomesMarket, source.clone()),
    }
}
