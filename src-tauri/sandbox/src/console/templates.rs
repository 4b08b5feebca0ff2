//! The local template store: what imports put there, the list, deleting (recorded 1518–1520, 1599; rebuild.md §3.4).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::Desk;
use super::enterprise::paged;
use crate::clock;
use crate::noise;
use crate::state::{Import, Template, TemplateVersion};

pub(crate) fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn components(template: &Value) -> &[Value] {
    template["apps"].as_array().map_or(&[], Vec::as_slice)
}

/// The sum of a number over all components.
pub(crate) fn total(template: &Value, number: impl Fn(&Value) -> &Value) -> u64 {
    components(template).iter().filter_map(|component| number(component).as_u64()).sum()
}

/// One arch as asked for, else all of the components (recorded 1525: `amd64&arm64`).
fn arch_of(template: &Value, asked: Option<&str>) -> String {
    if let Some(asked) = asked.filter(|arch| !arch.is_empty()) {
        return asked.to_owned();
    }
    let arches: BTreeSet<&str> =
        components(template).iter().filter_map(|row| row["arch"].as_str()).filter(|arch| !arch.is_empty()).collect();
    if arches.is_empty() { "amd64".to_owned() } else { arches.into_iter().collect::<Vec<_>>().join("&") }
}

/// Writes an imported template. Where its key is taken by another one, v6.9 stores it under a new id without a word
/// (recorded 1518, 1520), older consoles overwrite the version (rebuild.md §3.4).
pub(crate) fn store(desk: &mut Desk<'_>, import: &Import, template: &Value, arch: Option<&str>) {
    let (now, v6) = (desk.now, desk.era.is_v6());
    let (key, name) = (text(template, "group_key"), text(template, "group_name"));
    let version = TemplateVersion {
        version: text(template, "group_version"),
        alias: text(&template["annotations"], "version_alias"),
        arch: arch_of(template, arch),
        region: import.region.clone(),
        template: template.clone(),
        ..TemplateVersion::default()
    };
    let state = desk.rows_mut();
    let other = |known: &Template| {
        let same = known.versions.iter().find(|old| old.version == version.version);
        known.name != name || same.is_some_and(|old| old.template != version.template)
    };
    let taken = state.templates.iter().any(|known| known.app_id == key && other(known));
    let app_id = if taken && v6 { noise::id() } else { key };
    if let Some(known) = state.templates.iter_mut().find(|known| known.app_id == app_id) {
        known.versions.retain(|old| old.version != version.version);
        known.versions.push(version);
        known.update_time = now;
        return;
    }
    let row = Template {
        id: state.next_id("template"),
        app_id,
        name,
        scope: import.scope.clone(),
        team: import.team.clone().unwrap_or_default(),
        describe: text(&template["annotations"], "describe"),
        create_time: now,
        update_time: now,
        versions: vec![version],
    };
    state.templates.push(row);
}

fn row(enterprise: &str, row: &Template) -> Value {
    let arches: BTreeSet<&str> = row.versions.iter().map(|version| version.arch.as_str()).collect();
    let versions = row.versions.iter().map(|version| {
        json!({
            "is_complete": !version.incomplete, "version": version.version, "version_alias": version.alias, "dev_status": "",
            "arch": version.arch, "cpu": total(&version.template, |one| &one["cpu"]),
            "memory": total(&version.template, |one| &one["memory"]),
        })
    });
    let least = row.versions.last().map(|version| memory(&version.template));
    json!({
        "ID": row.id, "app_id": row.app_id, "app_name": row.name, "create_user": null, "create_team": row.team,
        "pic": "", "source": "import", "dev_status": "", "scope": row.scope, "describe": row.describe,
        "is_ingerit": true, "create_time": clock::plain(row.create_time), "update_time": clock::plain(row.update_time),
        "enterprise_id": enterprise, "install_number": 0, "is_official": false, "details": null, "arch": arches,
        "is_version": true, "versions_info": versions.collect::<Value>(), "min_memory": least,
    })
}

/// What an installation takes: `init_memory`, which wins over `memory` (rebuild.md §1.3).
pub(crate) fn memory(template: &Value) -> u64 {
    total(template, |one| &one["extend_method_map"]["init_memory"])
}

/// `GET /console/enterprise/<eid>/app-models`: `is_complete` must be Python's `True` (recorded 1519).
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    if let Some(odd) = ask.query("is_complete").filter(|value| !matches!(*value, "True" | "False" | "1" | "0" | "")) {
        return Err(odd_bool(desk, odd));
    }
    let name = ask.query("app_name").unwrap_or_default();
    let scope = ask.query("scope").unwrap_or_default();
    let enterprise = &desk.rows().enterprise.id;
    // One that no share has completed has nothing to install.
    let wants_complete = ask.query("is_complete").is_some_and(|value| matches!(value, "True" | "1"));
    let complete = |row: &Template| !wants_complete || row.versions.iter().any(|version| !version.incomplete);
    let fits = |row: &&Template| row.name.contains(name) && (scope.is_empty() || row.scope == scope) && complete(row);
    let mut found: Vec<&Template> = desk.rows().templates.iter().filter(fits).collect();
    found.sort_by_key(|row| std::cmp::Reverse((row.update_time, row.id)));
    let page = ask.number("page", 1);
    let list: Value = paged(&found, page, ask.number("page_size", 10)).map(|one| row(enterprise, one)).collect();
    Ok(Answer::found(Data::list(list).and("total", found.len()).and("next_page", page + 1)))
}

fn odd_bool(desk: &Desk<'_>, value: &str) -> Answer {
    if !desk.era.is_v6() {
        return Answer::crashed(desk.era, "ValidationError", "", "django.core.exceptions");
    }
    let message = "“%(value)s”的值应该为True或False";
    let trace = format!("Traceback (most recent call last):\ndjango.core.exceptions.ValidationError: {message}\n");
    let body = json!({
        "code": 10401, "msg": format!("['“{value}”的值应该为True或False']"), "msg_show": trace,
        "error_type": "ValidationError", "error_trace": trace,
        "error_details": {
            "args": [message, "invalid", {"value": value}], "message": message, "module": "django.core.exceptions",
        },
    });
    Answer::json(500, &body)
}

/// `POST /console/enterprise/<eid>/app-models`: an empty template. Its answer names no id
/// (rainbond console console/views/center_pool/apps.py `CenterAppCLView`).
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let scope = ask.text("scope").unwrap_or("team").to_owned();
    let team = ask.text("create_team").or_else(|| ask.text("team_name")).unwrap_or_default().to_owned();
    if scope == "team" && team.is_empty() {
        return Err(Answer::refused(400, "please select team", "请选择团队"));
    }
    if !matches!(scope.as_str(), "team" | "enterprise") {
        return Err(Answer::refused(400, "parameter error", "scope 参数不正确"));
    }
    let name = ask.text("name").ok_or_else(|| Answer::refused(400, "error params", "请填写应用名称"))?.to_owned();
    if !is_name(&name) {
        let show = "应用名称只支持中文、字母、数字和-_组合,并且必须以中文、字母、数字开始和结束";
        return Err(Answer::refused(400, "error params", show));
    }
    if desk.rows().templates.iter().any(|row| row.name == name) {
        return Err(Answer::refused(400, "创建失败：应用已存在", ""));
    }
    let now = desk.now;
    let state = desk.rows_mut();
    let row = Template {
        id: state.next_id("template"),
        app_id: noise::id(),
        name,
        scope,
        team,
        describe: ask.text("describe").unwrap_or("This is a default description.").to_owned(),
        create_time: now,
        update_time: now,
        versions: Vec::new(),
    };
    state.templates.push(row);
    Ok(Answer::json(200, &json!({"code": 200, "msg": "success", "msg_show": null, "data": {"bean": {}, "list": []}})))
}

/// Chinese, letters, digits, `-` and `_` within (rainbond console console/utils/validation.py `validate_name`).
fn is_name(name: &str) -> bool {
    let plain = |ch: char| ch.is_ascii_alphanumeric() || ('\u{4e00}'..='\u{9fa5}').contains(&ch);
    let ends = name.chars().next().is_some_and(plain) && name.chars().last().is_some_and(plain);
    ends && name.chars().all(|ch| plain(ch) || matches!(ch, '-' | '_'))
}

/// `DELETE /console/enterprise/<eid>/app-model/<group_key>`: on v5 the enterprise administrator's (permission 110002;
/// rebuild.md §3.7). Installed components stay.
pub(crate) fn delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    if !desk.era.is_v6() && !desk.user(ask)?.admin {
        return Err(Answer::no_permission());
    }
    let id = ask.param("key");
    let state = desk.rows_mut();
    state.templates.retain(|row| row.app_id != id);
    state.exports.retain(|row| row.template != id);
    Ok(Answer::json(200, &json!({"code": 200, "msg": "success", "msg_show": null, "data": {"bean": {}, "list": []}})))
}
