//! A world as plain data, and how it becomes rows.

use super::extras::{self, CertificatePlan, ConfigGroupPlan, PluginPlan};
use crate::clock::{self, Moment};
use crate::console::hashed;
use crate::era::Era;
use crate::noise;
use crate::state::{
    App, Component, Enterprise, EnvVar, HttpRule, ObjectStorage, Port, Region, Role, Route, State, TcpRule, Team, User,
    Volume,
};
use crate::zip::Owner;

/// The enterprise's object storage at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum StoragePlan {
    #[default]
    Off,
    /// The cluster's own store, with this bucket.
    Own(String),
}

#[derive(Debug, Clone, Default)]
pub struct SeedPlan {
    pub enterprise_id: String,
    pub enterprise_alias: String,
    pub storage: StoragePlan,
    pub users: Vec<UserPlan>,
    pub regions: Vec<RegionPlan>,
    pub teams: Vec<TeamPlan>,
    pub apps: Vec<AppPlan>,
    pub backups: Vec<BackupPlan>,
    pub plugins: Vec<PluginPlan>,
    pub config_groups: Vec<ConfigGroupPlan>,
    pub certificates: Vec<CertificatePlan>,
}

#[derive(Debug, Clone, Default)]
pub struct UserPlan {
    pub nick: String,
    pub real_name: String,
    pub password: String,
    pub phone: String,
    pub admin: bool,
}

#[derive(Debug, Clone, Default)]
pub struct RegionPlan {
    pub name: String,
    pub alias: String,
    pub http_domain: String,
    pub tcp_domain: String,
    pub registry: String,
}

#[derive(Debug, Clone, Default)]
pub struct TeamPlan {
    pub name: String,
    pub alias: String,
    pub tenant_id: String,
    pub regions: Vec<String>,
    /// By nick; the first is the owner.
    pub members: Vec<(String, Role)>,
}

/// An app; `team` and `region` by name.
#[derive(Debug, Clone, Default)]
pub struct AppPlan {
    pub team: String,
    pub region: String,
    pub name: String,
    pub k8s_app: String,
    pub note: String,
    pub components: Vec<ComponentPlan>,
}

#[derive(Debug, Clone)]
pub struct ComponentPlan {
    pub name: String,
    pub k8s_name: String,
    pub service_id: String,
    pub image: String,
    pub extend_method: String,
    pub memory: u64,
    pub replicas: u64,
    pub status: String,
    /// Port, protocol, open to the outside.
    pub ports: Vec<(u64, String, bool)>,
    pub envs: Vec<(String, String)>,
    /// Name, type, path, capacity in GB.
    pub volumes: Vec<(String, String, String, u64)>,
    /// Name, path, text.
    pub configs: Vec<(String, String, String)>,
    /// Path below a `share-file` volume's component, text.
    pub files: Vec<(String, String)>,
    pub owner: (u32, u32),
    /// Names of other components of the app.
    pub depends: Vec<String>,
    /// Domain and path of gateway rules.
    pub domains: Vec<(String, String)>,
    pub base_bytes: u64,
    pub layer_bytes: u64,
    /// Variables of scope `both`.
    pub both_envs: Vec<(String, String)>,
    /// Ports that are not open to the inside.
    pub inner_closed: Vec<u64>,
    /// Scheme, port, path of a readiness probe.
    pub probe: Option<(String, u64, String)>,
    /// Name, how it is saved, value of Kubernetes attributes.
    pub attributes: Vec<(String, String, String)>,
    /// Another component of the app, its volume, and where that is mounted here.
    pub mounts: Vec<(String, String, String)>,
    /// Addresses; with any of them it is a third-party component.
    pub endpoints: Vec<String>,
    /// Plugins by their names.
    pub plugins: Vec<String>,
    /// Node labels.
    pub labels: Vec<String>,
    /// Title and query of graphs; `{id}` in a query is the component's id.
    pub graphs: Vec<(String, String)>,
    /// Name, port and path of monitors.
    pub monitors: Vec<(String, u64, String)>,
}

impl Default for ComponentPlan {
    fn default() -> Self {
        Self {
            name: String::new(),
            k8s_name: String::new(),
            service_id: String::new(),
            image: "nginx:1.25".to_owned(),
            extend_method: "stateless_multiple".to_owned(),
            memory: 512,
            replicas: 1,
            status: "running".to_owned(),
            ports: Vec::new(),
            envs: Vec::new(),
            volumes: Vec::new(),
            configs: Vec::new(),
            files: Vec::new(),
            owner: (0, 0),
            depends: Vec::new(),
            domains: Vec::new(),
            base_bytes: 4096,
            layer_bytes: 4096,
            both_envs: Vec::new(),
            inner_closed: Vec::new(),
            probe: None,
            attributes: Vec::new(),
            mounts: Vec::new(),
            endpoints: Vec::new(),
            plugins: Vec::new(),
            labels: Vec::new(),
            graphs: Vec::new(),
            monitors: Vec::new(),
        }
    }
}

/// A finished backup of an app, made at the start.
#[derive(Debug, Clone, Default)]
pub struct BackupPlan {
    pub app: String,
    /// Local time, `2026-08-20 10:30:00`.
    pub at: String,
    pub note: String,
    pub user: String,
    pub mode: String,
    /// How many bytes of noise each component's image had then; none for what the plan of the app says.
    pub layer_bytes: Option<u64>,
    /// The app is deleted afterwards.
    pub orphan: bool,
}

impl SeedPlan {
    pub(crate) fn empty(name: &str) -> Self {
        Self {
            enterprise_alias: name.to_owned(),
            users: vec![UserPlan {
                nick: "admin".to_owned(),
                real_name: "管理员".to_owned(),
                password: super::SAMPLE_PASSWORD.to_owned(),
                phone: "13800000001".to_owned(),
                admin: true,
            }],
            regions: vec![RegionPlan::named(name)],
            ..Self::default()
        }
    }
}

impl RegionPlan {
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            alias: name.to_owned(),
            http_domain: format!("{name}.example.test"),
            tcp_domain: "192.0.2.10".to_owned(),
            registry: "goodrain.me".to_owned(),
        }
    }
}

fn or_id(given: &str) -> String {
    if given.is_empty() { noise::id() } else { given.to_owned() }
}

/// The rows of a plan, all made at `now`.
pub(crate) fn laid_out(plan: &SeedPlan, era: Era, now: Moment) -> State {
    let mut state = State {
        enterprise: Enterprise {
            id: or_id(&plan.enterprise_id),
            name: noise::id()[..8].to_owned(),
            alias: plan.enterprise_alias.clone(),
            create_time: now,
        },
        secret: noise::id(),
        ..State::default()
    };
    for user in &plan.users {
        let salt = noise::id();
        let id = state.next_id("user");
        state.users.push(User {
            id,
            password: hashed(&salt, &user.password),
            nick: user.nick.clone(),
            real_name: user.real_name.clone(),
            email: format!("{}@example.test", user.nick),
            phone: user.phone.clone(),
            salt,
            admin: user.admin,
        });
    }
    for (at, region) in plan.regions.iter().enumerate() {
        state.regions.push(region_row(region, era, now, at));
    }
    for team in &plan.teams {
        add_team(&mut state, team, now);
    }
    for plugin in &plan.plugins {
        extras::add_plugin(&mut state, plugin, now);
    }
    for (at, app) in plan.apps.iter().enumerate() {
        // The first of the plan is the last changed, and so the first in lists.
        add_app(&mut state, app, era, now - i64::try_from(at).unwrap_or_default());
    }
    for group in &plan.config_groups {
        extras::add_config_group(&mut state, group, now);
    }
    for certificate in &plan.certificates {
        extras::add_certificate(&mut state, certificate);
    }
    state
}

fn region_row(region: &RegionPlan, era: Era, now: Moment, at: usize) -> Region {
    let first = at == 0;
    Region {
        id: noise::id(),
        name: region.name.clone(),
        alias: region.alias.clone(),
        // An address that nothing listens on: the region is inside the sandbox and only its name is shown.
        url: format!("http://127.0.0.1:{}", 8443 + at),
        scope: if first { "default" } else { "private" }.to_owned(),
        desc: if first { "The current cluster is the default built-in cluster" } else { "" }.to_owned(),
        http_domain: region.http_domain.clone(),
        tcp_domain: region.tcp_domain.clone(),
        ws_url: "ws://127.0.0.1:6060".to_owned(),
        registry: region.registry.clone(),
        version: format!("{}-release", era.version()),
        labels: vec!["ssd".to_owned()],
        create_time: now,
    }
}

fn add_team(state: &mut State, team: &TeamPlan, now: Moment) {
    let id = state.next_id("team");
    let member = |nick: &str| state.users.iter().find(|user| user.nick == nick).map(|user| user.id);
    let members: Vec<(u64, Role)> =
        team.members.iter().filter_map(|(nick, role)| Some((member(nick)?, *role))).collect();
    let row = Team {
        id,
        tenant_id: or_id(&team.tenant_id),
        name: team.name.clone(),
        alias: team.alias.clone(),
        namespace: team.name.clone(),
        creater: members.first().map_or(1, |(id, _)| *id),
        create_time: now,
        regions: team.regions.clone(),
        members,
    };
    state.teams.push(row);
}

pub(crate) fn add_app(state: &mut State, plan: &AppPlan, era: Era, now: Moment) -> u64 {
    let id = state.next_id("app");
    let team = state.team(&plan.team).cloned();
    let tenant_id = team.as_ref().map(|team| team.tenant_id.clone()).unwrap_or_default();
    let username = state.users.first().map(|user| user.nick.clone()).unwrap_or_default();
    state.apps.push(App {
        id,
        region_app_id: noise::id(),
        tenant_id: tenant_id.clone(),
        region: plan.region.clone(),
        name: plan.name.clone(),
        note: plan.note.clone(),
        k8s_app: plan.k8s_app.clone(),
        governance_mode: String::new(),
        username,
        create_time: now,
        update_time: now,
        seen_status: None,
    });
    let registry = state.region(&plan.region).map(|region| region.registry.clone()).unwrap_or_default();
    for component in &plan.components {
        let mut row = component_row(state, component, &registry, era, now);
        row.tenant_id.clone_from(&tenant_id);
        row.region.clone_from(&plan.region);
        row.app_id = id;
        let named = |name: &String| {
            let mut rows = state.components.iter().filter(|other| other.app_id == id);
            rows.find(|other| other.name == *name).map(|other| other.service_id.clone())
        };
        row.depends = component.depends.iter().filter_map(named).collect();
        extras::fit(state, component, &mut row, now);
        add_rules(state, component, &row, plan, era, now);
        state.components.push(row);
    }
    id
}

fn component_row(state: &mut State, plan: &ComponentPlan, registry: &str, era: Era, now: Moment) -> Component {
    let id = state.next_id("component");
    let service_id = or_id(&plan.service_id);
    let alias = format!("gr{}", &service_id[service_id.len().saturating_sub(6)..]);
    let (_, tag) = plan.image.rsplit_once(':').unwrap_or((&plan.image, "latest"));
    let build_version = clock::version(now - 600_000_000);
    let volumes = volume_rows(state, plan);
    let ports: Vec<Port> = plan
        .ports
        .iter()
        .map(|(port, protocol, outer)| Port {
            id: state.next_id("port"),
            port: *port,
            protocol: protocol.clone(),
            alias: format!("{}{port}", alias.to_uppercase()),
            inner: (era.is_v6() || !*outer) && !plan.inner_closed.contains(port),
            outer: *outer,
            k8s_service: if era.is_v6() { plan.k8s_name.clone() } else { alias.clone() },
            name: None,
        })
        .collect();
    let envs = plan.envs.iter().map(|(key, value)| EnvVar {
        id: state.next_id("env"),
        port: 0,
        name: key.clone(),
        key: key.clone(),
        value: value.clone(),
        scope: "inner".to_owned(),
        changeable: true,
        create_time: now,
    });
    Component {
        id,
        alias,
        name: plan.name.clone(),
        image: plan.image.clone(),
        version: tag.to_owned(),
        source: "docker_image".to_owned(),
        extend_method: plan.extend_method.clone(),
        k8s_name: plan.k8s_name.clone(),
        min_cpu: if era.is_v6() { 500 } else { 0 },
        min_memory: plan.memory,
        min_node: plan.replicas,
        creater: 1,
        create_time: now,
        update_time: now + i64::try_from(id).unwrap_or_default(),
        status: plan.status.clone(),
        image_name: format!("{registry}/{}:{build_version}", plan.k8s_name),
        build_version,
        base_bytes: plan.base_bytes,
        layer_bytes: plan.layer_bytes,
        owner: Owner { uid: plan.owner.0, gid: plan.owner.1 },
        ports,
        envs: envs.collect(),
        volumes,
        check_uuid: noise::id(),
        check_event_id: noise::id(),
        service_id,
        ..Component::default()
    }
}

/// Volumes, config files last.
fn volume_rows(state: &mut State, plan: &ComponentPlan) -> Vec<Volume> {
    let volumes = plan.volumes.iter().map(|(name, kind, path, capacity)| Volume {
        id: state.next_id("volume"),
        name: name.clone(),
        kind: kind.clone(),
        path: path.clone(),
        capacity: *capacity,
        provider: if kind.contains("csi") { format!("{}.k8s.io", kind.replace('-', ".")) } else { String::new() },
        access: if plan.extend_method.starts_with("state_") { "RWO" } else { "RWX" }.to_owned(),
        mode: None,
        content: None,
        bare: false,
    });
    let mut volumes: Vec<Volume> = volumes.collect();
    for (name, path, text) in &plan.configs {
        volumes.push(Volume {
            id: state.next_id("volume"),
            name: name.clone(),
            kind: "config-file".to_owned(),
            path: path.clone(),
            access: "RWX".to_owned(),
            mode: Some(644),
            content: Some(text.clone()),
            ..Volume::default()
        });
    }
    volumes
}

/// Default rules of outer ports, and the domains the plan names: rows on v5, routes of the gateway on v6.
fn add_rules(state: &mut State, plan: &ComponentPlan, row: &Component, app: &AppPlan, era: Era, now: Moment) {
    let zone = state.region(&app.region).map(|region| region.http_domain.clone()).unwrap_or_default();
    for port in row.ports.iter().filter(|port| port.outer) {
        if port.protocol == "http" {
            let (alias, team, number) = (&row.alias, &app.team, port.port);
            let domain = if era.is_v6() {
                format!("{alias}-{number}-{team}.{zone}")
            } else {
                format!("{number}.{alias}.{team}.{zone}")
            };
            push_http(state, row, port.port, &domain, "", now);
        } else {
            let id = state.next_id("tcp_rule");
            state.tcp_rules.push(TcpRule {
                id,
                rule_id: noise::id(),
                service_id: row.service_id.clone(),
                port: port.port,
                end_point: format!("0.0.0.0:{}", 29999 + id),
                protocol: "tcp".to_owned(),
                default: true,
                create_time: now,
            });
        }
    }
    let Some(port) = row.ports.first() else { return };
    for (domain, path) in &plan.domains {
        if era.is_v6() {
            push_route(state, row, port, domain, path);
        } else {
            push_http(state, row, port.port, domain, path, now);
        }
    }
}

fn push_http(state: &mut State, row: &Component, port: u64, domain: &str, path: &str, now: Moment) {
    let id = state.next_id("http_rule");
    state.http_rules.push(HttpRule {
        id,
        rule_id: noise::id(),
        service_id: row.service_id.clone(),
        port,
        domain: domain.to_owned(),
        path: path.to_owned(),
        default: path.is_empty(),
        extensions: serde_json::json!([]),
        config: None,
        certificate_id: 0,
        weight: 100,
        create_time: now,
    });
}

fn push_route(state: &mut State, row: &Component, port: &Port, domain: &str, path: &str) {
    let app = state.app(row.app_id).map(|app| app.region_app_id.clone()).unwrap_or_default();
    let body = serde_json::json!({
        "match": {"hosts": [domain], "paths": [format!("{path}*")]}, "websocket": false, "plugins": [],
        "backends": [{"serviceName": port.k8s_service, "servicePort": port.port, "weight": 100}],
        "authentication": {"enable": false, "type": "basicAuth", "keyAuth": {}},
    });
    state.routes.push(Route {
        name: format!("{domain}{}s-s", path.replace('/', "p-p")),
        tenant_id: row.tenant_id.clone(),
        region: row.region.clone(),
        region_app_id: app,
        component_alias: row.alias.clone(),
        service_id: row.service_id.clone(),
        port: port.port,
        http: Some(body),
        ..Route::default()
    });
}

impl SeedPlan {
    /// The object storage row of the plan, on the store with this address.
    pub(crate) fn object_storage(&self, endpoint: &str, access_key: &str, secret_key: &str) -> ObjectStorage {
        match &self.storage {
            StoragePlan::Off => ObjectStorage::default(),
            StoragePlan::Own(bucket) => ObjectStorage {
                enable: true,
                provider: "s3".to_owned(),
                endpoint: endpoint.to_owned(),
                bucket_name: bucket.clone(),
                access_key: access_key.to_owned(),
                secret_key: secret_key.to_owned(),
            },
        }
    }
}
