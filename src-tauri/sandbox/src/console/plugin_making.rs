//! Plugins made by calls (rebuild.md §7.2): created from an image, given their settings, built (console
//! views/plugin/plugin_create.py, plugin_config.py, plugin_manage.py).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need, Place};
use crate::noise;
use crate::region::{Job, PluginPull};
use crate::state::Plugin;

/// `allow_plugins` of console services/plugin/app_plugin.py.
const CATEGORIES: &[&str] = &[
    "analyst-plugin:perf",
    "net-plugin:up",
    "net-plugin:down",
    "net-plugin:in-and-out",
    "init-plugin",
    "general-plugin",
    "initialize-exporter-plugin:mysql",
];

/// `POST /console/teams/<team>/plugins`: rows only; a build makes it usable.
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Create)?;
    let text = |name: &str| ask.text(name).unwrap_or_default().to_owned();
    let missing = |msg: &str, shown: &str| Err(Answer::refused(400, msg, shown));
    if text("plugin_alias").is_empty() {
        return missing("plugin alias is null", "插件名称未指明");
    }
    if text("build_source").is_empty() {
        return missing("build source is null", "构建来源未指明");
    }
    if !CATEGORIES.contains(&text("category").as_str()) {
        return missing("plugin category is wrong", "插件类别参数错误，详情请参数API说明");
    }
    if text("desc").is_empty() {
        return missing("plugin desc is null", "请填写插件描述");
    }
    desk.reach(&place.region, &format!("/v2/tenants/{}/plugin", place.team))?;
    let number = |name: &str| ask.field(name).and_then(Value::as_u64).unwrap_or_default();
    let (id, plugin_id, now) = (desk.rows_mut().next_id("plugin"), noise::id(), desk.now);
    let plugin = Plugin {
        id,
        name: format!("gr{}", plugin_id.get(..6).unwrap_or_default()),
        plugin_id,
        tenant_id: place.tenant_id,
        region: place.region,
        alias: text("plugin_alias"),
        category: text("category"),
        desc: text("desc"),
        image: text("image"),
        built_image: text("image"),
        origin_share_id: "new_create".to_owned(),
        build_version: crate::clock::version(now),
        build_status: "unbuild".to_owned(),
        min_memory: number("min_memory"),
        min_cpu: number("min_cpu"),
        create_time: now,
        registry_user: text("username"),
        registry_password: text("password"),
        ..Plugin::default()
    };
    // The image without its tag, which is told beside it.
    let (image, tag) = plugin.image.rsplit_once(':').unwrap_or((&plugin.image, "latest"));
    let bean = json!({
        "ID": plugin.id, "plugin_id": plugin.plugin_id, "tenant_id": plugin.tenant_id, "region": plugin.region,
        "desc": plugin.desc, "plugin_name": plugin.name, "plugin_alias": plugin.alias, "category": plugin.category,
        "build_source": "image", "image": image, "image_tag": tag, "origin": "tenant",
        "origin_share_id": "new_create", "build_version": plugin.build_version, "build_status": "unbuild",
    });
    desk.rows_mut().plugins.push(plugin);
    Ok(Answer::said(200, 200, "success", "创建成功", Data::bean(bean)))
}

/// The plugin and version of the path.
fn asked<'a>(desk: &'a mut Desk<'_>, ask: &Ask, place: &Place) -> Result<&'a mut Plugin, Answer> {
    let (id, version) = (ask.param("plugin").to_owned(), ask.param("version").to_owned());
    let found = desk.rows_mut().plugins.iter_mut().find(|row| row.plugin_id == id && row.tenant_id == place.tenant_id);
    let found = found.ok_or_else(|| Answer::refused(404, "plugin not found", "插件不存在"))?;
    match found.build_version == version {
        true => Ok(found),
        false => Err(Answer::refused(404, "plugin version not found", "插件版本不存在")),
    }
}

/// `GET …/version/<version>/config`
pub(crate) fn config_groups(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let groups = asked(desk, ask, &place)?.config_groups.clone();
    Ok(Answer::found(Data::list(groups)))
}

/// `POST …/version/<version>/config`: one group of each kind (console services/plugin/plugin_config_service.py
/// `check_group_config`).
pub(crate) fn add_config_group(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Create)?;
    let group = ask.body_json();
    let (kind, injection) = (group["service_meta_type"].clone(), group["injection"].clone());
    let plugin = asked(desk, ask, &place)?;
    if injection == "env" && (kind == "upstream_port" || kind == "downstream_port") {
        return Err(Answer::refused(400, "param error", "基于上游端口或下游端口的配置只能使用主动发现"));
    }
    if plugin.config_groups.iter().any(|row| row["service_meta_type"] == kind) {
        return Err(Answer::refused(400, "param error", "配置组配置类型不能重复"));
    }
    plugin.config_groups.push(json!({
        "config_name": group["config_name"], "service_meta_type": kind, "injection": injection,
        "build_version": plugin.build_version, "plugin_id": plugin.plugin_id, "options": group["options"],
    }));
    Ok(Answer::done("添加成功"))
}

/// `POST …/version/<version>/build`: pulls the image; a version that was built stays as it is.
pub(crate) fn build(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Create)?;
    desk.reach(&place.region, &format!("/v2/tenants/{}/plugin", place.team))?;
    let plugin = asked(desk, ask, &place)?;
    if matches!(plugin.build_status.as_str(), "building" | "build_success") {
        return Err(Answer::refused(409, "current version is fixed", "该版本已固定，不能构建"));
    }
    "building".clone_into(&mut plugin.build_status);
    plugin.event_id = noise::id();
    let (plugin_id, event) = (plugin.plugin_id.clone(), plugin.event_id.clone());
    desk.jobs.push(Job::Plugin(PluginPull { plugin_id }));
    Ok(Answer::said(200, 200, "success", "操作成功", Data::bean(json!({ "event_id": event }))))
}
