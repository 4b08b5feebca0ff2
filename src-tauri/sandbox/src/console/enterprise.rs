//! The enterprise: its configuration and object storage, its teams and its regions.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::Desk;
use super::users::my_teams;
use crate::clock;
use crate::state::{ObjectStorage, Region, Role, State, Team};

/// (key, on, value) of the switches both `config/info` and `enterprise/<eid>/info` show on v6.9.8.
const LOOKS: &[(&str, bool, &str)] = &[
    ("captcha_code", false, "null"),
    ("header_color", true, "\"\""),
    ("header_writing_color", true, "\"\""),
    ("sidebar_color", true, "\"\""),
    ("sidebar_writing_color", true, "\"\""),
    ("footer", true, "\"\""),
    ("shadow", true, "null"),
];

#[expect(clippy::needless_pass_by_value, reason = "every caller makes the value on the spot")]
fn switch(enable: bool, value: Value) -> Value {
    json!({"enable": enable, "value": value})
}

fn add_looks(bean: &mut Map<String, Value>) {
    for (key, enable, value) in LOOKS {
        bean.insert((*key).to_owned(), switch(*enable, serde_json::from_str(value).unwrap_or_default()));
    }
}

fn on(value: Value) -> Value {
    switch(true, value)
}

/// `GET /console/config/info`: anonymous; never shows the object storage (recorded 410).
pub(crate) fn config_info(desk: &mut Desk<'_>, _ask: &Ask) -> Reply {
    let mut bean = Map::new();
    let v6 = desk.era.is_v6();
    let title = if v6 { "" } else { "Rainbond" };
    let rows = [
        ("is_public", on(json!(false))),
        ("market_url", on(json!("http://api.goodrain.com:80"))),
        ("enterprise_center_oauth", on(Value::Null)),
        ("version", on(json!(desk.switches.version.as_deref().unwrap_or("public-cloud")))),
        ("is_user_register", on(json!(true))),
        ("oauth_services", on(json!([]))),
        ("title", on(json!(title))),
        ("logo", on(Value::Null)),
    ];
    bean.extend(rows.map(|(key, value)| (key.to_owned(), value)));
    if v6 {
        bean.insert("login_image".to_owned(), on(Value::Null));
    }
    let rows = [
        ("favicon", on(Value::Null)),
        ("is_regist", on(Value::Null)),
        ("is_alarm", switch(!v6, Value::Null)),
        ("document", on(json!({"platform_url": "https://www.rainbond.com/"}))),
        ("official_demo", on(Value::Null)),
    ];
    bean.extend(rows.map(|(key, value)| (key.to_owned(), value)));
    if v6 {
        add_looks(&mut bean);
    }
    bean.insert("enterprise_edition".to_owned(), on(json!(v6.to_string())));
    let tail = if v6 {
        json!({
            "security_restrictions": switch(false, Value::Null), "default_market_url": "", "disable_logo": false,
            "enterprise_id": "", "first_app_deployed": false, "is_disable_logout": false, "is_offline": false,
            "sso_enable": false, "diy": true, "enable_yum_oauth": false, "diy_customer": "rainbond",
            "is_delivery_version": false, "portal_site": "",
        })
    } else {
        json!({
            "default_market_url": "https://hub.grapps.cn", "enterprise_id": "", "is_disable_logout": false,
            "is_offline": false,
        })
    };
    bean.extend(tail.as_object().cloned().unwrap_or_default());
    let data = Data::bean(Value::Object(bean)).and("initialize_info", Value::Null);
    Ok(Answer::said(200, 200, "query success", "Logo获取成功", data))
}

fn storage_value(storage: &ObjectStorage) -> Value {
    json!({
        "provider": storage.provider, "endpoint": storage.endpoint, "access_key": storage.access_key,
        "secret_key": storage.secret_key, "bucket_name": storage.bucket_name,
    })
}

fn monitor(v6: bool) -> Value {
    let mut value = json!({
        "home_url": "",
        "cluster_monitor_suffix": "/d/cluster/ji-qun-jian-kong-ke-shi-hua",
        "node_monitor_suffix": "/d/node/jie-dian-jian-kong-ke-shi-hua",
        "component_monitor_suffix": "/d/component/zu-jian-jian-kong-ke-shi-hua",
        "slo_monitor_suffix": "/d/service/fu-wu-jian-kong-ke-shi-hua",
    });
    if v6 {
        value["application_monitor"] = json!("");
        value["system_monitor"] = json!("");
    }
    value
}

/// `GET /console/enterprise/<eid>/info`: no rights asked, keys in clear (recorded 407–409).
/// The first read makes the configuration rows (recorded 419).
pub(crate) fn info(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    if ask.param("eid") != desk.rows().enterprise.id {
        let msg = "'NoneType' object has no attribute 'to_dict'";
        return Err(Answer::crashed(desk.era, "AttributeError", msg, "builtins"));
    }
    if !desk.rows().config_read {
        desk.rows_mut().config_read = true;
    }
    let v6 = desk.era.is_v6();
    let state = desk.rows();
    let mut bean = Map::new();
    let mut put = |key: &str, value: Value| bean.insert(key.to_owned(), value);
    put("ID", json!(1));
    put("enterprise_id", json!(state.enterprise.id));
    put("enterprise_name", json!(state.enterprise.name));
    put("enterprise_alias", json!(state.enterprise.alias));
    put("create_time", json!(clock::plain(state.enterprise.create_time)));
    put("enterprise_token", json!(""));
    put("is_active", json!(0));
    put("logo", if v6 { on(Value::Null) } else { json!("") });
    if v6 {
        put("enable_team_resource_view", json!(true));
    }
    put("default_region", json!({}));
    put("oauth_services", switch(v6, json!([])));
    let hub = json!({"hub_user": null, "hub_url": null, "namespace": null, "hub_password": null});
    put("appstore_image_hub", switch(false, hub));
    if v6 {
        put("global_image_registry", switch(false, Value::Null));
    }
    put("newbie_guide", on(Value::Null));
    put("export_app", switch(false, Value::Null));
    put("cloud_market", on(Value::Null));
    put("object_storage", switch(state.object_storage.enable, storage_value(&state.object_storage)));
    put("auto_ssl", switch(false, Value::Null));
    if v6 {
        put("title", on(json!("")));
        put("favicon", on(Value::Null));
        put("login_image", on(Value::Null));
        put("document", on(json!({"platform_url": "https://www.rainbond.com/"})));
        put("official_demo", on(Value::Null));
    }
    put("visual_monitor", switch(false, monitor(v6)));
    if v6 {
        add_looks(&mut bean);
        bean.insert("show_k8s".to_owned(), on(json!("")));
        bean.insert("show_langue".to_owned(), on(json!("")));
        bean.insert("security_restrictions".to_owned(), switch(false, Value::Null));
    }
    bean.insert("default_market_url".to_owned(), json!(if v6 { "" } else { "https://hub.grapps.cn" }));
    if v6 {
        bean.insert("disable_logo".to_owned(), json!(false));
    }
    Ok(Answer::found(Data::bean(Value::Object(bean))))
}

/// `PUT /console/enterprise/<eid>/objectstorage`: no rights asked (recorded 405), an empty answer (406).
pub(crate) fn put_object_storage(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let text = |name: &str| {
        let missing = || format!("the filed '{name}' is required");
        ask.field(name).and_then(Value::as_str).ok_or_else(|| Answer::refused(400, &missing(), &missing()))
    };
    let enable = ask
        .field("enable")
        .ok_or_else(|| Answer::refused(400, "the filed 'enable' is required", "the filed 'enable' is required"))?;
    let provider = text("provider")?;
    let storage = ObjectStorage {
        enable: enable.as_bool().unwrap_or_default(),
        provider: provider.to_owned(),
        endpoint: text("endpoint")?.to_owned(),
        bucket_name: text("bucket_name")?.to_owned(),
        access_key: text("access_key")?.to_owned(),
        secret_key: text("secret_key")?.to_owned(),
    };
    if !matches!(provider, "alioss" | "s3") {
        let msg = format!("provider {provider} not in (\"alioss\", \"s3\")");
        return Err(Answer::refused(400, &msg, &msg));
    }
    if !desk.rows().config_read {
        let msg = "ConsoleSysConfig matching query does not exist.";
        return Err(Answer::crashed(desk.era, "DoesNotExist", msg, "console.models.main"));
    }
    desk.rows_mut().object_storage = storage;
    Ok(Answer::empty())
}

/// `GET /console/enterprise/<eid>/teams`: the rows are in `bean.list` (recorded 210).
pub(crate) fn teams(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let user = desk.user(ask)?.id;
    let (page, size) = (ask.number("page", 1), ask.number("page_size", 10));
    let state = desk.rows();
    let name = ask.query("name").unwrap_or_default();
    let found: Vec<&Team> = state.teams.iter().rev().filter(|team| team.alias.contains(name)).collect();
    let rows = paged(&found, page, size).map(|team| {
        if desk.era.is_v6() {
            team_row(state, team)
        } else {
            let role = team.members.iter().find(|(id, _)| *id == user).map_or(Role::Admin, |(_, role)| *role);
            my_team_row(state, team, role, user)
        }
    });
    let list = rows.collect::<Value>();
    let bean = json!({"total_count": found.len(), "page": page, "page_size": size, "list": list});
    let body = json!({"code": 200, "msg": "success", "msg_show": null, "data": {"bean": bean, "list": []}});
    Ok(Answer::json(200, &body))
}

/// The rows of one page; nothing past the end.
pub(crate) fn paged<T>(rows: &[T], page: i64, size: i64) -> impl Iterator<Item = &T> {
    let (page, size) = (usize::try_from(page).unwrap_or(1).max(1), usize::try_from(size).unwrap_or(usize::MAX));
    let size = if size == 0 { usize::MAX } else { size };
    rows.iter().skip((page - 1).saturating_mul(size)).take(size)
}

fn owner_name(state: &State, team: &Team) -> String {
    state.user(team.creater).map(|user| user.real_name.clone()).unwrap_or_default()
}

fn team_row(state: &State, team: &Team) -> Value {
    let regions = team
        .regions
        .iter()
        .filter_map(|name| state.region(name))
        .map(|region| json!({"region_name": region.name, "region_alias": region.alias, "region_id": region.id}));
    let time = clock::plain(team.create_time);
    json!({
        "ID": team.id, "tenant_id": team.tenant_id, "tenant_name": team.name, "is_active": true, "create_time": time,
        "creater": team.creater, "limit_memory": 0, "update_time": time, "tenant_alias": team.alias,
        "enterprise_id": state.enterprise.id, "namespace": team.namespace, "logo": "",
        "region": team.regions.first(), "region_list": regions.collect::<Value>(), "team_alias": team.alias,
        "team_name": team.name, "user_number": team.members.len(), "owner_name": owner_name(state, team),
        "set_limit_memory": 0, "set_limit_cpu": 0, "set_limit_storage": 0, "running_apps": 0, "memory_request": 0,
        "cpu_request": 0, "storage_request": 0,
    })
}

fn my_team_row(state: &State, team: &Team, role: Role, user: u64) -> Value {
    let regions = team.regions.iter().filter_map(|name| state.region(name));
    let regions = regions.map(|region| json!({"region_name": region.name, "region_alias": region.alias}));
    let mut roles = vec![role.title()];
    if team.creater == user {
        roles.push("owner");
    }
    let first = team.regions.first();
    let apps = state.apps.iter().filter(|app| app.tenant_id == team.tenant_id && Some(&app.region) == first);
    let services = state.components.iter().filter(|component| component.tenant_id == team.tenant_id);
    json!({
        "team_name": team.name, "team_alias": team.alias, "team_id": team.tenant_id,
        "create_time": clock::iso(team.create_time), "enterprise_id": state.enterprise.id, "owner": team.creater,
        "owner_name": owner_name(state, team), "logo": "", "roles": roles, "region": first,
        "region_list": regions.collect::<Value>(), "app_count": apps.count(), "service_count": services.count(),
    })
}

/// `GET /console/enterprise/<eid>/myteams`
pub(crate) fn myteams(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let user = desk.user(ask)?.id;
    let state = desk.rows();
    let name = ask.query("name").unwrap_or_default();
    let rows = my_teams(state, user).filter(|(team, _)| team.alias.contains(name));
    let list = rows.map(|(team, role)| my_team_row(state, team, role, user)).collect::<Value>();
    Ok(Answer::said(200, 200, "team query success", "查询成功", Data::list(list)))
}

fn region_row(desk: &Desk<'_>, region: &Region, full: bool) -> Map<String, Value> {
    let enterprise = &desk.rows().enterprise;
    let mut row = Map::new();
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    put("region_id", json!(region.id));
    put("region_alias", json!(region.alias));
    put("region_name", json!(region.name));
    put("status", json!("1"));
    put("region_type", json!([]));
    put("enterprise_id", json!(enterprise.id));
    put("url", json!(region.url));
    put("scope", json!(region.scope));
    put("provider", json!(""));
    put("provider_cluster_id", json!(""));
    if full {
        put("wsurl", json!(region.ws_url));
        put("httpdomain", json!(region.http_domain));
        put("tcpdomain", json!(region.tcp_domain));
        for key in ["ssl_ca_cert", "cert_file", "key_file"] {
            put(key, json!("/"));
        }
    }
    put("desc", json!(region.desc));
    for key in ["total_memory", "used_memory", "total_cpu", "used_cpu", "total_disk", "used_disk"] {
        put(key, json!(0));
    }
    put("rbd_version", json!("unknown"));
    put("health_status", json!("ok"));
    put("resource_proxy_status", json!(false));
    put("create_time", json!(clock::iso(region.create_time)));
    put("enterprise_alias", json!(enterprise.alias));
    row
}

/// What the region itself adds when it is asked (recorded 221, and 1418 for one that is down).
fn checked_region_row(desk: &Desk<'_>, region: &Region) -> Value {
    let mut row = region_row(desk, region, false);
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    if desk.is_down(&region.name) {
        put("rbd_version", json!(""));
        put("health_status", json!("failure"));
        return Value::Object(row);
    }
    let resources = &desk.switches.resources;
    put("total_memory", json!(resources.total_memory_mb));
    put("used_memory", json!(resources.used_memory_mb));
    put("total_cpu", json!(f64::from(resources.total_cpu_millis) / 1000.0));
    put("used_cpu", json!(f64::from(resources.used_cpu_millis) / 1000.0));
    put("total_disk", json!(200.5));
    put("used_disk", json!(20.5));
    put("rbd_version", json!(desk.switches.version.as_ref().unwrap_or(&region.version)));
    put("resource_proxy_status", json!(true));
    put("k8s_version", json!("v1.30.4"));
    put("all_nodes", json!(1));
    put("services_status", json!({"running": {}}));
    put("pods", json!(20));
    put("run_pod_number", json!({}));
    put("node_ready", json!(1));
    put("arch", json!(["amd64"]));
    Value::Object(row)
}

/// `GET /console/enterprise/<eid>/regions`
pub(crate) fn regions(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let check = ask.query("check_status") == Some("yes");
    let rows = desk.rows().regions.iter().map(|region| {
        if check { checked_region_row(desk, region) } else { Value::Object(region_row(desk, region, false)) }
    });
    Ok(Answer::said(200, 200, "success", "获取成功", Data::list(rows.collect::<Value>())))
}

/// `GET /console/enterprise/<eid>/regions/<region_id>`: certificates and all, to everybody (recorded 224).
pub(crate) fn region(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let found = desk.rows().regions.iter().find(|region| region.id == ask.param("region"));
    let region = found.ok_or_else(|| Answer::refused(404, "region not found", "数据中心不存在"))?;
    let bean = Value::Object(region_row(desk, region, true));
    Ok(Answer::said(200, 200, "success", "获取成功", Data::bean(bean)))
}

/// `GET /console/teams/<team>/region/query`
pub(crate) fn team_regions(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let state = desk.rows();
    let team = state.team(&place.team);
    let regions = team.into_iter().flat_map(|team| &team.regions).filter_map(|name| state.region(name));
    let rows = regions.enumerate().map(|(at, region)| {
        json!({
            "region_id": at + 1, "region_name": region.name, "service_status": 1, "is_active": true, "is_init": true,
            "region_scope": region.scope, "region_alisa": region.alias, "region.region_tenant_id": place.tenant_id,
            "create_time": clock::iso(region.create_time), "desc": region.desc,
        })
    });
    let data = Data::list(rows.collect::<Value>());
    Ok(Answer::said(200, 200, "query the data center is successful.", "数据中心获取成功", data))
}

/// `GET /console/enterprise/<eid>/apps`
pub(crate) fn apps(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (page, size) = (ask.number("page", 1), ask.number("page_size", 10));
    let state = desk.rows();
    let rows = paged(&state.apps, page, size).map(|app| {
        let team = state.team_of(&app.tenant_id).map(|team| team.name.clone());
        json!({
            "ID": app.id, "group_name": app.name, "tenant_id": app.tenant_id, "tenant_name": team,
            "region_name": app.region,
        })
    });
    let data = Data::list(rows.collect::<Value>());
    let data = data.and("total_count", state.apps.len()).and("page", page).and("page_size", size);
    Ok(Answer::said(200, 200, "success", "获取成功", data))
}
