//! What is to be done by API once the package is installed, in order, as data (rebuild.md §5).
//!
//! Each act is a wish for how the target should be: whoever performs it compares first, so that doing it twice is harmless.

use super::facts::TargetFacts;
use super::selection::Selection;
use crate::package::{AppModel, ComponentModel, ConfigGroup, PortModel, Row};
use crate::secret::Secret;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// After the install, before anything is deployed.
    BeforeStart,
    /// Only judged once components run: routes are made when they start (rebuild.md §9.2; 1539).
    AfterStart,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fixup {
    /// The same each time the draft is made; what a journal calls it.
    pub id: String,
    pub stage: Stage,
    /// The component it is about, by its id on the source; `None`: the app.
    pub component: Option<String>,
    pub act: Act,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// `third_party`, then `build`: only that tells the region (1570). Without endpoints it is accepted, too (1566).
    CreateThirdParty {
        cname: String,
        k8s_name: String,
        endpoints: Vec<String>,
    },
    AddPort {
        port: i64,
        protocol: String,
        alias: String,
        is_inner: bool,
    },
    /// 201 and 212 are answers without effect; `open_inner` where the other's port is closed (1568 to 1571).
    AddDependency {
        on: String,
    },
    /// `change_port_alias` (rebuild.md §5.2).
    NamePort {
        port: i64,
        alias: String,
        k8s_service_name: String,
    },
    CloseInner {
        port: i64,
    },
    /// `close_outer`, then `open_outer`: the row says open and nothing leads there (rebuild.md §5.3).
    ReopenOuter {
        port: i64,
    },
    /// `open_outer`, if it is not open by then.
    EnsureOuter {
        port: i64,
    },
    /// `mnt`, with a JSON text in `body` (rebuild.md §5.5).
    Mount {
        owner: String,
        volume: String,
        path: String,
    },
    /// `configgroups` with `enable: false`.
    CreateDisabledGroup {
        name: String,
        deploy_type: String,
        items: Vec<(String, Secret)>,
        components: Vec<String>,
    },
    /// `vertical`.
    Limit {
        memory_mb: u64,
        cpu_millis: u64,
    },
    /// `job_strategy`.
    Schedule {
        strategy: String,
    },
    /// `PUT brief`. The Kubernetes name goes with it: without one, the console empties it (console `app_overview.py`).
    Rename {
        cname: String,
    },
    /// A plugin that is not built is silently left out of the pods (rebuild.md §5.9).
    AwaitPlugin {
        plugin_key: String,
        build_version: String,
    },
}

pub(super) fn list(app: &AppModel, selection: &Selection<'_>, target: &TargetFacts) -> Vec<Fixup> {
    let mut out = Out::default();
    let chosen = || selection.chosen.iter().map(|chosen| (chosen.component, &chosen.placed));
    for left in selection.third_parties() {
        third_party(left, selection, target, &mut out);
    }
    for (component, _) in chosen() {
        for dependency in &component.dependencies {
            if selection.third_parties().any(|third| third.id == dependency.on) {
                out.before(component, "depend", &dependency.on, Act::AddDependency { on: dependency.on.clone() });
            }
        }
    }
    for (component, _) in chosen() {
        ports(component, target, &mut out);
    }
    for (component, _) in chosen() {
        mounts(component, selection, &mut out);
    }
    app.config_groups.iter().filter(|group| !group.is_enabled).for_each(|group| disabled_group(group, &mut out));
    for (component, placed) in chosen() {
        limits(component, target, &mut out);
        if !component.job_strategy.is_empty() && target.rules.has_job_strategy {
            out.before(component, "schedule", "", Act::Schedule { strategy: component.job_strategy.clone() });
        }
        if placed.cname != placed.source_cname {
            out.before(component, "rename", "", Act::Rename { cname: placed.source_cname.clone() });
        }
    }
    for plugin in &selection.plugins {
        let act = Act::AwaitPlugin { plugin_key: plugin.key.clone(), build_version: plugin.build_version.clone() };
        out.push(Stage::BeforeStart, None, "await", &plugin.key, act);
    }
    for (component, _) in chosen() {
        let outer = component.ports.iter().filter(|port| port.is_outer);
        outer.for_each(|port| out.after(component, "outer", port.port, Act::EnsureOuter { port: port.port }));
    }
    out.0.sort_by_key(|fixup| fixup.stage);
    out.0
}

#[derive(Default)]
struct Out(Vec<Fixup>);

impl Out {
    fn push(&mut self, stage: Stage, component: Option<&ComponentModel>, kind: &str, of: &str, act: Act) {
        let component = component.map(|component| component.id.clone());
        let id = format!("{kind}:{}:{of}", component.as_deref().unwrap_or_default());
        self.0.push(Fixup { id, stage, component, act });
    }

    fn before(&mut self, component: &ComponentModel, kind: &str, of: &str, act: Act) {
        self.push(Stage::BeforeStart, Some(component), kind, of, act);
    }

    fn after(&mut self, component: &ComponentModel, kind: &str, port: i64, act: Act) {
        self.push(Stage::AfterStart, Some(component), kind, &port.to_string(), act);
    }
}

fn third_party(component: &ComponentModel, selection: &Selection<'_>, target: &TargetFacts, out: &mut Out) {
    let cname = selection.third_party_cname(&component.id).unwrap_or(&component.cname).to_owned();
    let act = Act::CreateThirdParty {
        cname,
        k8s_name: component.k8s_name.clone(),
        endpoints: static_endpoints(component).unwrap_or_default(),
    };
    out.before(component, "third", "", act);
    for port in &component.ports {
        let PortModel { port, protocol, alias, is_inner, k8s_service_name, .. } = port.clone();
        out.before(
            component,
            "port",
            &port.to_string(),
            Act::AddPort { port, protocol, alias: alias.clone(), is_inner },
        );
        if !k8s_service_name.is_empty() && !target.service_names.contains(&k8s_service_name) {
            out.before(component, "name", &port.to_string(), Act::NamePort { port, alias, k8s_service_name });
        }
    }
    for port in component.ports.iter().filter(|port| port.is_outer) {
        out.after(component, "outer", port.port, Act::EnsureOuter { port: port.port });
    }
}

/// Addresses of a third-party component, or `None` where something else than a list stands there: a registry to ask, an
/// API that others write to.
pub(super) fn static_endpoints(component: &ComponentModel) -> Option<Vec<String>> {
    let mut all = Vec::new();
    let raw = Row(&component.console_raw.0);
    for row in raw.rows("third_party_service_endpoints") {
        if !matches!(row.text("endpoints_type").as_str(), "static" | "") {
            return None;
        }
        all.extend(serde_json::from_str::<Vec<String>>(&row.text("endpoints_info")).ok()?);
    }
    Some(all)
}

fn ports(component: &ComponentModel, target: &TargetFacts, out: &mut Out) {
    let rules = &target.rules;
    for model in &component.ports {
        let (port, name) = (model.port, &model.k8s_service_name);
        let of = port.to_string();
        if !rules.keeps_service_names && !name.is_empty() && !target.service_names.contains(name) {
            let act = Act::NamePort { port, alias: model.alias.clone(), k8s_service_name: name.clone() };
            out.before(component, "name", &of, act);
        }
        if rules.opens_inner_ports && !model.is_inner {
            out.before(component, "close", &of, Act::CloseInner { port });
        }
        if model.is_outer && model.protocol != "http" && !rules.makes_tcp_rules {
            out.before(component, "reopen", &of, Act::ReopenOuter { port });
        }
    }
}

/// All but the first of each owner: the install drops them (rebuild.md §5.5; 1560).
fn mounts(component: &ComponentModel, selection: &Selection<'_>, out: &mut Out) {
    let mut owners: Vec<&str> = Vec::new();
    for mount in component.mounts.iter().filter(|mount| selection.has(&mount.of)) {
        if owners.contains(&mount.of.as_str()) {
            let (owner, volume, path) = (mount.of.clone(), mount.volume.clone(), mount.path.clone());
            out.before(component, "mount", &mount.path, Act::Mount { owner, volume, path });
        } else {
            owners.push(&mount.of);
        }
    }
}

fn disabled_group(group: &ConfigGroup, out: &mut Out) {
    let act = Act::CreateDisabledGroup {
        name: group.name.clone(),
        deploy_type: if group.deploy_type.is_empty() { "env".to_owned() } else { group.deploy_type.clone() },
        items: group.items.clone(),
        components: group.component_ids.clone(),
    };
    out.push(Stage::BeforeStart, None, "group", &group.name, act);
}

fn limits(component: &ComponentModel, target: &TargetFacts, out: &mut Out) {
    let (memory_mb, cpu_millis) = (component.memory_mb, component.cpu_millis);
    let is_lost = target.rules.loses_cpu && cpu_millis > 0;
    let is_limited = target.rules.limits_the_unlimited && (memory_mb == 0 || cpu_millis == 0);
    if is_lost || is_limited {
        out.before(component, "limit", "", Act::Limit { memory_mb, cpu_millis });
    }
}
