//! The current user: who they are, their teams, and what the web UI may offer them there.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::Desk;
use crate::clock;
use crate::state::{Role, State, Team};

const ADMIN_PERMISSIONS: &[&str] = &[
    "export_app",
    "edit_app_version",
    "delete_app_version",
    "delete_app",
    "import_app",
    "create_app",
    "create_app_store",
    "delete_app_store",
    "get_app_store",
    "get_ent_teams",
    "edit_app_store",
    "edit_app",
];
const USER_PERMISSIONS: &[&str] =
    &["create_app", "delete_app", "import_app", "edit_app", "get_app_store", "get_ent_teams"];

const CRUD: &[&str] = &["describe", "create", "edit", "delete"];
const TEAM_GATEWAY: &[(&str, &[&str])] = &[
    ("team_gateway_monitor", &["describe"]),
    ("team_route_manage", CRUD),
    ("team_target_services", CRUD),
    ("team_certificate", CRUD),
];
const TEAM_MANAGE: &[(&str, &[&str])] = &[
    ("team_dynamic", &["describe"]),
    ("team_member", CRUD),
    ("team_region", &["describe", "install", "uninstall"]),
    ("team_role", CRUD),
    ("team_registry_auth", CRUD),
];
const APP_OVERVIEW: &[&str] = &[
    "describe",
    "edit",
    "delete",
    "start",
    "stop",
    "update",
    "construct",
    "restart",
    "create",
    "copy",
    "visit_web_terminal",
    "service_monitor",
    "telescopic",
    "env",
    "rely",
    "storage",
    "port",
    "plugin",
    "source",
    "other_setting",
];
const APP_GATEWAY: &[(&str, &[&str])] = &[
    ("app_gateway_monitor", &["describe"]),
    ("app_route_manage", CRUD),
    ("app_target_services", CRUD),
    ("app_certificate", CRUD),
];

impl Role {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Admin => "管理员",
            Self::Developer => "开发者",
            Self::Viewer => "观察者",
        }
    }

    /// Three roles are made with every team, in this order.
    fn row_id(self, team: u64) -> u64 {
        let place = match self {
            Self::Admin => 1,
            Self::Developer => 2,
            Self::Viewer => 3,
        };
        (team - 1) * 3 + place
    }

    fn grants(self, perm: &str) -> bool {
        match self {
            Self::Admin => true,
            Self::Developer => !matches!(perm, "delete" | "install" | "uninstall"),
            Self::Viewer => matches!(perm, "describe" | "app_list" | "app_model_list" | "upgrade_record"),
        }
    }

    fn perms(self, names: &[&str]) -> Value {
        names.iter().map(|name| json!({*name: self.grants(name)})).collect()
    }

    fn model(self, name: &str, names: &[&str]) -> Value {
        json!({name: {"sub_models": [], "perms": self.perms(names)}})
    }

    fn models(self, table: &[(&str, &[&str])]) -> Value {
        table.iter().map(|(name, names)| self.model(name, names)).collect()
    }
}

/// `GET /console/users/details`
pub(crate) fn details(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let user = desk.user(ask)?;
    let v6 = desk.era.is_v6();
    let permissions = if user.admin { ADMIN_PERMISSIONS } else { USER_PERMISSIONS };
    let permissions: Vec<String> = permissions.iter().map(|name| format!("app_store.{name}")).collect();
    let mut bean = Map::new();
    let mut put = |key: &str, value: Value| bean.insert(key.to_owned(), value);
    put("user_id", json!(user.id));
    put("user_name", json!(user.nick));
    put("real_name", json!(user.real_name));
    if v6 {
        put("logo", Value::Null);
    }
    put("email", json!(user.email));
    put("enterprise_id", json!(desk.rows().enterprise.id));
    put("phone", json!(user.phone));
    if !v6 {
        put("git_user_id", json!(0));
    }
    put("is_sys_admin", json!(user.admin));
    put("is_enterprise_active", json!(0));
    put("is_enterprise_admin", json!(user.admin));
    if v6 {
        put("is_initial_enterprise_admin", json!(user.admin));
    }
    put("roles", if user.admin { json!(["admin"]) } else { json!([]) });
    put("permissions", json!(permissions));
    let teams = my_teams(desk.rows(), user.id).map(|(team, role)| team_of_details(desk.rows(), team, role, user.id));
    put("teams", teams.collect());
    put("oauth_services", json!([]));
    let data = Data::bean(Value::Object(bean));
    Ok(Answer::said(200, 200, "Obtain my details to be successful.", "获取我的详情成功", data))
}

/// The teams a user is in, the newest first.
pub(crate) fn my_teams(state: &State, user: u64) -> impl Iterator<Item = (&Team, Role)> {
    state.teams.iter().rev().filter_map(move |team| {
        let (_, role) = team.members.iter().find(|(id, _)| *id == user)?;
        Some((team, *role))
    })
}

fn team_of_details(state: &State, team: &Team, role: Role, user: u64) -> Value {
    let regions = team.regions.iter().filter_map(|name| state.region(name)).map(|region| {
        json!({
            "service_status": 1, "is_active": true, "region_status": "1", "team_region_alias": region.alias,
            "region_tenant_id": team.tenant_id, "team_region_name": region.name, "region_scope": region.scope,
            "region_create_time": clock::iso(region.create_time), "websocket_uri": region.ws_url,
            "tcpdomain": region.tcp_domain, "region_id": region.id,
        })
    });
    json!({
        "team_id": team.id, "team_name": team.name, "team_alias": team.alias, "limit_memory": 0,
        "region": regions.collect::<Value>(), "creater": team.creater, "create_time": clock::iso(team.create_time),
        "namespace": team.namespace,
        "role_name_list": [{"role_id": role.row_id(team.id).to_string(), "role_name": role.title()}],
        "tenant_actions": {"team": actions(state, team, role)}, "is_team_owner": team.creater == user,
    })
}

fn actions(state: &State, team: &Team, role: Role) -> Value {
    let apps: Vec<Value> = state
        .apps
        .iter()
        .filter(|app| app.tenant_id == team.tenant_id)
        .map(|app| json!({format!("app_{}", app.id): {"sub_models": app_actions(role), "perms": []}}))
        .collect();
    json!({"sub_models": [
        role.model("team_overview", &["describe", "app_list"]),
        role.model("team_app_create", &["describe"]),
        {"team_app_manage": {"sub_models": apps, "perms": {}}},
        {"team_gateway_manage": {"sub_models": role.models(TEAM_GATEWAY), "perms": []}},
        role.model("team_plugin_manage", CRUD),
        {"team_manage": {"sub_models": role.models(TEAM_MANAGE), "perms": []}},
    ], "perms": []})
}

fn app_actions(role: Role) -> Value {
    json!([
        role.model("app_overview", APP_OVERVIEW),
        role.model("app_release", &["describe", "share", "export", "delete"]),
        {"app_gateway_manage": {"sub_models": role.models(APP_GATEWAY), "perms": []}},
        role.model("app_upgrade", &["app_model_list", "upgrade_record", "upgrade", "rollback"]),
        role.model("app_resources", CRUD),
        role.model("app_backup", &["describe", "add", "import", "recover", "move", "export", "delete"]),
        role.model("app_config_group", CRUD),
    ])
}

/// `GET /console/users/team_details`
pub(crate) fn team_details(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let user = desk.user(ask)?;
    let state = desk.rows();
    let regions = state.regions.iter().map(|region| {
        let teams = state.teams.iter().filter(|team| team.regions.contains(&region.name));
        let namespaces = teams.map(|team| {
            let apps = state.apps.iter().filter(|app| app.tenant_id == team.tenant_id).map(|app| {
                let components = state
                    .components_of(app.id)
                    .map(|component| json!({"service_id": component.service_id, "service_name": component.name}));
                json!({"app_id": app.region_app_id, "app_name": app.name, "components": components.collect::<Value>()})
            });
            json!({
                "namespace": team.namespace, "user_id": user.id, "username": user.nick,
                "apps": apps.collect::<Value>(),
            })
        });
        json!({"region_name": region.name, "region_alias": region.alias, "namespaces": namespaces.collect::<Value>()})
    });
    let bean = json!({
        "regions": regions.collect::<Value>(),
        "user": {
            "user_id": user.id, "phone": user.phone, "username": user.nick, "real_name": user.real_name,
            "email": user.email,
        },
    });
    Ok(Answer::found(Data::bean(bean)))
}
