//! An app becomes a template of the local store: the record, what is in it, its images one by one, the end
//! (rainbond console console/views/service_share.py, console/services/share_services.py).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need, Place};
use super::share_rows as shared;
use super::templates::text;
use crate::clock;
use crate::noise;
use crate::region::metadata::{self, Snapshot};
use crate::state::{Share, ShareEvent, TemplateVersion};

fn record(desk: &Desk<'_>, ask: &Ask) -> Result<(Place, Share), Answer> {
    let place = desk.allowed(ask, Need::Operate)?;
    let id = ask.param("share").parse::<u64>().unwrap_or_default();
    let row = desk.rows().shares.iter().find(|row| row.id == id && row.team == place.team).cloned();
    let row = row.ok_or_else(|| Answer::refused(404, "share record not found", "分享流程不存在，请退出重试"))?;
    Ok((place, row))
}

/// A share that is not over.
fn open_record(desk: &Desk<'_>, ask: &Ask) -> Result<(Place, Share), Answer> {
    let (place, row) = record(desk, ask)?;
    match row.is_success || row.step >= 3 {
        true => Err(Answer::refused(400, "share record is complete", "分享流程已经完成，请重新进行分享")),
        false => Ok((place, row)),
    }
}

fn save(desk: &mut Desk<'_>, row: Share) {
    if let Some(known) = desk.rows_mut().shares.iter_mut().find(|known| known.id == row.id) {
        *known = row;
    }
}

fn to_dict(row: &Share) -> Value {
    json!({
        "ID": row.id, "group_share_id": row.group_share_id, "group_id": row.app_id.to_string(),
        "team_name": row.team, "event_id": "", "share_version": row.version, "share_version_alias": "",
        "is_success": row.is_success, "step": row.step, "status": row.status, "app_id": row.template,
        "scope": row.scope, "share_app_market_name": null, "create_time": clock::plain(row.create_time),
        "update_time": clock::plain(row.create_time),
    })
}

/// `POST …/groups/<app>/share/record`: at least one component must run; an app that is gone is HTTP 200 with code 202.
pub(crate) fn open(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let Ok(app) = desk.app(ask, &place).cloned() else {
        return Ok(Answer::said(200, 202, "group is not yours!", "当前组已删除或您无权限查看!", Data::none()));
    };
    desk.reach(&place.region, "/v2/tenants/services_status")?;
    let now = desk.now;
    let states: Vec<&str> = desk.rows().components_of(app.id).map(|row| row.status_at(now)).collect();
    if states.is_empty() {
        return Err(Answer::refused(400, "", "当前应用内无组件和k8s资源"));
    }
    if !states.contains(&"running") {
        return Err(Answer::refused(400, "", "应用下所有组件都在未运行状态，不能发布。"));
    }
    let state = desk.rows_mut();
    let row = Share {
        id: state.next_id("share"),
        group_share_id: noise::id(),
        app_id: app.id,
        team: place.team,
        region: place.region,
        scope: ask.text("scope").unwrap_or_default().to_owned(),
        step: 1,
        create_time: now,
        ..Share::default()
    };
    let bean = to_dict(&row);
    state.shares.push(row);
    Ok(Answer::said(200, 200, "create success", "创建成功", Data::bean(bean)))
}

/// `GET …/groups/<app>/share/record`: those that nobody took out of the list.
pub(crate) fn records(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let app = desk.app(ask, &place)?.id;
    let rows: Vec<_> = desk.rows().shares.iter().filter(|row| row.app_id == app && row.status != 3).collect();
    let list: Value = rows
        .iter()
        .map(|row| {
            json!({
                "app_model_id": row.template, "version": row.version, "scope": row.scope, "step": row.step,
                "is_success": row.is_success, "status": row.status, "record_id": row.id,
                "create_time": clock::plain(row.create_time),
            })
        })
        .collect();
    Ok(Answer::found(Data::list(list).and_bean(json!({"total": rows.len()}))))
}

/// `DELETE …/groups/<app>/share/record/<share>`: the row stays, marked; always 200.
pub(crate) fn hide(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    desk.allowed(ask, Need::Operate)?;
    let id = ask.param("share").parse::<u64>().unwrap_or_default();
    if let Some(row) = desk.rows_mut().shares.iter_mut().find(|row| row.id == id) {
        row.status = 3;
    }
    Ok(Answer::done("success"))
}

/// `GET …/groups/<app>/shared/apps`: the templates that an app can be shared into.
pub(crate) fn templates(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let list: Value = desk
        .rows()
        .templates
        .iter()
        .filter(|row| row.scope == "enterprise" || row.team == place.team)
        .map(|row| {
            let versions = row
                .versions
                .iter()
                .map(|version| json!({"version": version.version, "version_alias": version.alias, "describe": ""}));
            json!({
                "app_name": row.name, "app_id": row.app_id, "pic": null, "app_describe": row.describe,
                "dev_status": "", "versions": versions.collect::<Value>(), "scope": row.scope, "tags": null,
            })
        })
        .collect();
    Ok(Answer::said(200, 200, "get shared apps list complete", "", Data::list(list)))
}

/// `GET …/share/<share>/info`: what the app's components are now; those that were never built are left out.
pub(crate) fn contents(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (place, row) = open_record(desk, ask)?;
    desk.reach(&place.region, "/v2/tenants/deployversions")?;
    let snapshot = metadata::snapshot(desk.rows(), desk.era, desk.now, row.app_id, desk.dir);
    let console: Value = serde_json::from_str(&snapshot.console_json).unwrap_or_default();
    let labels =
        desk.rows().components_of(row.app_id).map(|one| (one.service_id.clone(), one.labels.clone())).collect();
    let bean = json!({
        "share_service_list": shared::components(&console, &built(&snapshot), &labels),
        "share_plugin_list": shared::plugins(desk.rows(), row.app_id),
        "share_k8s_resources": [],
    });
    Ok(Answer::said(200, 200, "query success", "获取成功", Data::bean(bean)))
}

/// Builds that the region has, by component.
fn built(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let parts = snapshot.parts.iter().filter(|part| part.image.is_some() && !part.build_version.is_empty());
    parts.map(|part| (part.service_id.clone(), part.build_version.clone())).collect()
}

/// `POST …/share/<share>/info`: makes the version and an event for each image.
pub(crate) fn fill(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (place, mut row) = open_record(desk, ask)?;
    let body = ask.body_json();
    let refuse = |msg: &str, show: &str| Answer::refused(400, msg, show);
    let about = &body["app_version_info"];
    if !about.is_object() {
        return Err(refuse("share info can not be empty", "分享应用信息不能为空"));
    }
    let services = body["share_service_list"].as_array().cloned().unwrap_or_default();
    if services.is_empty() {
        return Err(refuse("share info can not be empty", "应用基本信息不能为空"));
    }
    let template = text(about, "app_model_id");
    if template.is_empty() {
        return Err(refuse("share app model id can not be empty", "分享应用信息不全"));
    }
    let single = |one: &Value| text(one, "extend_method").ends_with("_singleton");
    if services.iter().any(|one| single(one) && one["extend_method_map"]["max_node"].as_u64() > Some(1)) {
        return Err(refuse("service type do not allow multiple node", "分享应用不支持多实例"));
    }
    let Some(name) =
        desk.rows().templates.iter().find(|known| known.app_id == template).map(|known| known.name.clone())
    else {
        return Err(refuse("create share info", "本地应用模型不存在"));
    };
    desk.reach(&place.region, "/v2/tenants/deployversions")?;
    let plugins = body["share_plugin_list"].as_array().cloned().unwrap_or_default();
    row.events = services.iter().map(|one| new_event(desk, one, "service_id", false)).collect();
    let of_plugins: Vec<ShareEvent> = plugins.iter().map(|one| new_event(desk, one, "plugin_id", true)).collect();
    row.events.extend(of_plugins);
    let version = text(about, "version");
    let groups = desk.rows().config_groups.iter().filter(|group| group.app_id == row.app_id);
    let governance = desk.rows().app(row.app_id).map(|app| app.governance_mode.clone()).unwrap_or_default();
    let governance = if governance.is_empty() { "KUBERNETES_NATIVE_SERVICE".to_owned() } else { governance };
    let content = json!({
        "template_version": "v2", "group_key": template, "group_name": name, "group_version": version,
        "group_dev_status": "", "governance_mode": governance, "k8s_resources": body["share_k8s_resources"],
        "app_config_groups": groups.map(shared::config_group).collect::<Value>(),
        "ingress_http_routes": shared::http_routes(desk.rows(), &services),
        "plugins": plugins.iter().map(|one| shared::plugin(desk.rows(), one)).collect::<Value>(),
        "apps": services,
    });
    let made = TemplateVersion {
        version: version.clone(),
        alias: text(about, "version_alias"),
        arch: "amd64".to_owned(),
        region: place.region.clone(),
        template: content,
        incomplete: true,
        share: row.id,
    };
    (row.step, row.template, row.version) = (2, template.clone(), version);
    let known = desk.rows_mut().templates.iter_mut().find(|known| known.app_id == template);
    if let Some(known) = known {
        known.versions.push(made);
    }
    let bean = to_dict(&row);
    save(desk, row);
    Ok(Answer::said(200, 200, "create share info", "分享信息处理成功", Data::bean(bean)))
}

fn new_event(desk: &mut Desk<'_>, one: &Value, id: &str, is_plugin: bool) -> ShareEvent {
    let table = if is_plugin { "share_plugin_event" } else { "share_event" };
    ShareEvent {
        id: desk.rows_mut().next_id(table),
        is_plugin,
        of: text(one, id),
        alias: text(one, if is_plugin { "plugin_alias" } else { "service_alias" }),
        status: "not_start".to_owned(),
        ..ShareEvent::default()
    }
}

fn event_row(row: &ShareEvent, share: u64) -> Value {
    let mut bean = json!({
        "ID": row.id, "record_id": share, "region_share_id": row.region_share_id, "event_id": "",
        "event_status": row.status,
    });
    let (id, name) = if row.is_plugin { ("plugin_id", "plugin_name") } else { ("service_id", "service_name") };
    bean[id] = json!(row.of);
    bean[name] = json!(row.alias);
    bean
}

/// `GET …/share/<share>/events`
pub(crate) fn events(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (_, row) = open_record(desk, ask)?;
    if row.events.is_empty() {
        return Err(Answer::refused(404, "not exist", "分享事件不存在"));
    }
    let list = row.events.iter().map(|one| {
        let mut bean = event_row(one, row.id);
        bean["type"] = json!(if one.is_plugin { "plugin" } else { "service" });
        bean
    });
    let mut bean = json!({ "event_list": list.collect::<Value>() });
    if row.events.iter().any(|one| one.status != "success") {
        bean["is_compelte"] = json!(false);
    }
    Ok(Answer::said(200, 200, "query success", "获取成功", Data::bean(bean)))
}

/// The event of the path; components' and plugins' have numbers of their own.
fn one(ask: &Ask, row: &Share) -> Result<usize, Answer> {
    let id = ask.param("event").parse::<u64>().unwrap_or_default();
    let is_plugin = ask.path.ends_with("/plugin");
    let found = row.events.iter().position(|known| known.id == id && known.is_plugin == is_plugin);
    found.ok_or_else(|| Answer::refused(404, "not exist", "分享事件不存在"))
}

/// `POST …/events/<event>`: the region begins to bring the image where the template will look for it.
pub(crate) fn send(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (place, mut row) = open_record(desk, ask)?;
    let at = one(ask, &row)?;
    desk.reach(&place.region, "/v2/tenants/share")?;
    let registry = desk.region(&place.region)?.registry.clone();
    let ready = desk.now + i64::try_from(desk.switching.as_micros()).unwrap_or_default();
    let Some(event) = row.events.get_mut(at) else {
        return Err(Answer::refused(404, "not exist", "分享事件不存在"));
    };
    "start".clone_into(&mut event.status);
    event.region_share_id = noise::id();
    event.ready = ready;
    let (of, is_plugin) = (event.of.clone(), event.is_plugin);
    let bean = event_row(event, row.id);
    let state = desk.rows_mut();
    let versions = state.templates.iter_mut().flat_map(|template| &mut template.versions);
    for version in versions.filter(|version| version.share == row.id) {
        let (list, key) = if is_plugin { ("plugins", "plugin_id") } else { ("apps", "service_id") };
        for entry in version.template[list].as_array_mut().into_iter().flatten().filter(|entry| entry[key] == of) {
            let build = text(entry, if is_plugin { "build_version" } else { "deploy_version" });
            entry["share_image"] = json!(format!("{registry}/share/{of}:{build}"));
        }
    }
    save(desk, row);
    Ok(Answer::said(200, 200, "sync share event", "分享完成", Data::bean(bean)))
}

/// `GET …/events/<event>`: asks the region as long as it is not done.
pub(crate) fn event(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (place, mut row) = open_record(desk, ask)?;
    let at = one(ask, &row)?;
    let (now, fails) = (desk.now, desk.switches.push_fails);
    if row.events.get(at).is_some_and(|event| event.status == "start") {
        desk.reach(&place.region, "/v2/tenants/share/result")?;
        if let Some(event) = row.events.get_mut(at).filter(|event| event.ready <= now) {
            if fails { "failure" } else { "success" }.clone_into(&mut event.status);
        }
    }
    let bean = row.events.get(at).map(|event| event_row(event, row.id)).unwrap_or_default();
    save(desk, row);
    Ok(Answer::said(200, 200, "get sync share event result", "查询成功", Data::bean(bean)))
}

/// `POST …/share/<share>/complete`: 415 while an image is not there; earlier exports of the version are void.
pub(crate) fn complete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (_, mut row) = open_record(desk, ask)?;
    if row.events.iter().any(|event| event.status != "success") {
        return Err(Answer::refused(415, "share complete can not do", "组件或插件同步未全部完成"));
    }
    (row.is_success, row.step, row.status) = (true, 3, 1);
    let state = desk.rows_mut();
    state.exports.retain(|export| export.template != row.template || export.version != row.version);
    for template in state.templates.iter_mut().filter(|template| template.app_id == row.template) {
        template.versions.iter_mut().filter(|version| version.share == row.id).for_each(|v| v.incomplete = false);
    }
    let bean = to_dict(&row);
    save(desk, row);
    let data = Data::bean(bean).and("app_market_url", Value::Null);
    Ok(Answer::said(200, 200, "share complete", "应用分享完成", data))
}

/// `DELETE …/share/<share>/giveup`: not once it is complete. The version that was begun stays behind, incomplete.
pub(crate) fn give_up(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (_, row) = record(desk, ask)?;
    if row.is_success || row.step >= 3 {
        return Err(Answer::refused(400, "share record is complete", "分享流程已经完成，无法放弃"));
    }
    desk.rows_mut().shares.retain(|known| known.id != row.id);
    Ok(Answer::said(200, 200, "delete success", "放弃成功", Data::none()))
}
