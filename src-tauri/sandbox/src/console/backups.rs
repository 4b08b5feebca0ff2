//! Backups of apps: create, ask, list, delete. The region does the work; a record moves only when somebody asks.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Place};
use crate::clock;
use crate::noise;
use crate::region::{Job, backup_job, metadata};
use crate::state::{Backup, Component, RegionBackup};

/// Volume types a backup accepts without `force` (rainbond console v6.9.8 groupapp_backup.py; `local-path` since v6.7.0).
const PLAIN_VOLUMES: &[&str] = &["share-file", "local", "memoryfs", "config-file"];

/// A record as `to_dict()` prints it.
pub(crate) fn backup_row(backup: &Backup) -> Map<String, Value> {
    let row = json!({
        "ID": backup.id, "group_id": backup.app_id, "event_id": backup.event_id, "group_uuid": backup.group_uuid,
        "version": backup.version, "backup_id": backup.backup_id, "team_id": backup.tenant_id, "user": backup.user,
        "region": backup.region, "status": backup.status, "note": backup.note, "mode": backup.mode,
        "source_dir": backup.source_dir, "backup_size": backup.backup_size,
        "create_time": clock::plain(backup.create_time), "total_memory": backup.total_memory,
        "backup_server_info": backup.server_info, "source_type": backup.source_type,
    });
    row.as_object().cloned().unwrap_or_default()
}

fn single_row(backup: &Backup) -> Value {
    let mut row = backup_row(backup);
    row.shift_remove("backup_server_info");
    Value::Object(row)
}

/// `POST /console/teams/<team>/groupapp/<app>/backup`: no rights asked (recorded 1210).
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let id = ask.param("app");
    let app_id: u64 = id.parse().map_err(|_| {
        let msg = format!("invalid literal for int() with base 10: '{id}'");
        Answer::crashed(desk.era, "ValueError", &msg, "builtins")
    })?;
    let note = ask.text("note").ok_or_else(|| Answer::refused(400, "note is null", "请填写备份信息"))?;
    let mode = ask.text("mode").ok_or_else(|| Answer::refused(400, "mode is null", "请选择备份模式"))?;
    let force = ask.field("force").and_then(Value::as_bool).unwrap_or_default();
    if !force {
        refuse_unready(desk, &place, app_id)?;
    }
    if mode == "full-online" && !desk.rows().object_storage.enable {
        return Err(Answer::refused(404, "object storage info not found", "云端存储信息不存在"));
    }
    if desk.rows().app(app_id).is_none() {
        let msg = "'NoneType' object has no attribute 'to_dict'";
        return Err(Answer::crashed(desk.era, "AttributeError", msg, "builtins"));
    }
    let asked = Asked { app_id, mode, force };
    let row = ask_region(desk, &place, &asked)?;
    let user = desk.nick(ask);
    let now = desk.now;
    let total: u64 = desk.rows().components_of(app_id).map(|row| row.min_memory * row.min_node).sum();
    let state = desk.rows_mut();
    let backup = Backup {
        id: state.next_id("backup"),
        app_id,
        event_id: noise::id(),
        group_uuid: row.group_uuid,
        version: row.version,
        backup_id: row.backup_id,
        tenant_id: place.tenant_id,
        user,
        region: place.region,
        status: "starting".to_owned(),
        note: note.to_owned(),
        mode: mode.to_owned(),
        source_dir: row.source_dir,
        backup_size: 0,
        create_time: now,
        total_memory: i64::try_from(total).unwrap_or_default(),
        server_info: String::new(),
        source_type: row.source_type,
    };
    state.backups.push(backup.clone());
    let data = Data::bean(Value::Object(backup_row(&backup)));
    Ok(Answer::said(200, 200, "success", "操作成功，正在备份中", data))
}

/// The console's own two refusals, 4121 and 4122.
fn refuse_unready(desk: &Desk<'_>, place: &Place, app_id: u64) -> Result<(), Answer> {
    let rows: Vec<&Component> = desk.rows().components_of(app_id).collect();
    desk.reach(&place.region, &format!("/v2/tenants/{}/services_status", place.team))?;
    let names = |wrong: &dyn Fn(&Component) -> bool| -> Vec<String> {
        rows.iter().filter(|row| wrong(row)).map(|row| row.name.clone()).collect()
    };
    let running = names(&|row| row.is_stateful() && !row.is_stopped(desk.now));
    if !running.is_empty() {
        return Err(Answer::said(412, 4121, "state service is running", "有状态组件未关闭", Data::list(running)));
    }
    let plain = |kind: &str| PLAIN_VOLUMES.contains(&kind) || (desk.era.is_v6() && kind == "local-path");
    let custom = names(&|row| row.volumes.iter().any(|volume| !plain(&volume.kind)));
    if !custom.is_empty() {
        return Err(Answer::said(412, 4122, "use custom volume", "组件使用了自定义存储", Data::list(custom)));
    }
    Ok(())
}

struct Asked<'a> {
    app_id: u64,
    mode: &'a str,
    force: bool,
}

/// What the region's `NewBackup` checks and does (rainbond v6.9.8 api/handler/group/group_backup.go).
fn ask_region(desk: &mut Desk<'_>, place: &Place, asked: &Asked<'_>) -> Result<RegionBackup, Answer> {
    let version = clock::version(desk.now);
    let earlier = desk.rows().backups.iter().find(|backup| backup.app_id == asked.app_id);
    let group_uuid = earlier.map_or_else(noise::id, |backup| backup.group_uuid.clone());
    desk.reach(&place.region, &format!("/v2/tenants/{}/groupapp/backups", place.team))?;
    if !matches!(asked.mode, "full-online" | "full-offline") {
        return Err(Answer::refused(400, "backup failed", "备份失败"));
    }
    let rows: Vec<&Component> = desk.rows().components_of(asked.app_id).collect();
    if rows.iter().any(|row| row.region != place.region) {
        let msg = "some services do not exist in need backup services";
        return Err(Answer::refused(400, msg, "备份失败"));
    }
    let mut known = desk.rows().region_backups.iter().filter(|row| row.region == place.region);
    // The version is a second, compared across the whole region (recorded 1401).
    if known.any(|row| row.version == version || (row.group_uuid == group_uuid && row.status == "starting")) {
        return Err(Answer::refused(409, "backup failed", "上次备份任务未完成或有正在恢复的备份或该版本已存在"));
    }
    if !asked.force && rows.iter().any(|row| row.is_stateful() && !row.is_stopped(desk.now)) {
        return Err(Answer::refused(400, "backup failed", "有状态组件必须停止方可进行备份"));
    }
    let row = RegionBackup {
        backup_id: noise::id(),
        source_dir: format!("/grdata/groupbackup/{group_uuid}_{version}"),
        group_uuid,
        version,
        region: place.region.clone(),
        status: "starting".to_owned(),
        mode: asked.mode.to_owned(),
        source_type: "local".to_owned(),
        size: 0,
    };
    let snapshot = metadata::snapshot(desk.rows(), desk.era, desk.now, asked.app_id, desk.dir);
    desk.jobs.push(Job::Backup(backup_job(&row, snapshot)));
    desk.rows_mut().region_backups.push(row.clone());
    Ok(row)
}

/// Asks the region about a record that is still starting, and keeps what it says.
fn refresh(desk: &mut Desk<'_>, place: &Place, backup_id: &str) -> Result<(), Answer> {
    let Some(backup) = desk.rows().backup(backup_id) else { return Ok(()) };
    if backup.status != "starting" {
        return Ok(());
    }
    let path = format!("/v2/tenants/{}/groupapp/backups/{backup_id}", place.team);
    desk.reach(&backup.region, &path)?;
    if let Some(fault) = &desk.switches.status_fault {
        let url = format!("{}{path}", desk.region(&backup.region)?.url);
        let msg = Answer::region_said(&url, "GET", fault.status, &fault.message);
        let data = json!({"bean": {}, "list": []});
        let body = json!({"code": 500, "msg": msg, "msg_show": "系统异常", "data": data});
        return Err(Answer::json(500, &body));
    }
    let region = desk.rows().region_backups.iter().find(|row| row.backup_id == backup_id).cloned();
    let Some(region) = region.filter(|row| row.status != "starting") else { return Ok(()) };
    let mut backups = desk.rows_mut().backups.iter_mut();
    if let Some(backup) = backups.find(|row| row.backup_id == backup_id) {
        backup.status = region.status;
        backup.source_dir = region.source_dir;
        backup.source_type = region.source_type;
        backup.backup_size = region.size;
    }
    Ok(())
}

/// `GET /console/teams/<team>/groupapp/<app>/backup?backup_id=`: the app is not checked (recorded 521).
pub(crate) fn status(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let id = ask.query("backup_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Answer::refused(400, "backup id is null", "请指明当前组的具体备份项"))?;
    own(desk, &place, id).ok_or_else(|| Answer::refused(404, "get backup status error", "不存在该备份记录"))?;
    refresh(desk, &place, id)?;
    let bean = own(desk, &place, id).map(single_row).unwrap_or_default();
    Ok(Answer::found(Data::bean(bean)))
}

fn own<'a>(desk: &'a Desk<'_>, place: &Place, backup_id: &str) -> Option<&'a Backup> {
    desk.rows().backup(backup_id).filter(|backup| backup.tenant_id == place.tenant_id)
}

/// `GET /console/teams/<team>/groupapp/<app>/backup/all_status`. v5.17.3 answers the server info texts instead of
/// the records (recorded v5.17.3 515).
pub(crate) fn all_status(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let app_id = ask.param("app").parse().unwrap_or(0);
    let ids: Vec<String> = of_app(desk, &place, app_id).map(|backup| backup.backup_id.clone()).collect();
    for id in &ids {
        refresh(desk, &place, id)?;
    }
    let rows = of_app(desk, &place, app_id);
    let list: Value = if desk.era.is_v6() {
        rows.map(single_row).collect()
    } else {
        rows.map(|backup| backup.server_info.clone()).collect()
    };
    Ok(Answer::found(Data::list(list)))
}

/// Records of an app here, the newest first.
fn of_app<'a>(desk: &'a Desk<'_>, place: &Place, app_id: u64) -> impl Iterator<Item = &'a Backup> + use<'a> {
    let (tenant, region) = (place.tenant_id.clone(), place.region.clone());
    let rows = desk.rows().backups.iter().rev();
    rows.filter(move |row| row.app_id == app_id && row.tenant_id == tenant && row.region == region)
}

/// Django's paginator: a page outside raises (recorded 542, 543).
fn page_of<'a>(desk: &Desk<'_>, ask: &Ask, rows: &'a [&'a Backup]) -> Result<&'a [&'a Backup], &'static str> {
    const EMPTY: &str = "本页结果为空";
    let _ = desk;
    let (page, size) = (ask.number("page", 1), ask.number("page_size", 10));
    if page < 1 {
        return Err("页码小于 1");
    }
    let size = usize::try_from(size).unwrap_or(1).max(1);
    let start = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(size);
    match rows.get(start..rows.len().min(start.saturating_add(size))) {
        Some(rows) if !rows.is_empty() || page == 1 => Ok(rows),
        _ => Err(EMPTY),
    }
}

/// `GET /console/teams/<team>/groupapp/backup?group_id=`
pub(crate) fn of_group(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let id = ask.query("group_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Answer::refused(400, "group id is not found", "请指定需要查询的组"))?;
    let app_id: u64 = id.parse().map_err(|_| {
        let msg = format!("Field 'group_id' expected a number but got '{id}'.");
        Answer::crashed(desk.era, "ValueError", &msg, "builtins")
    })?;
    let rows: Vec<&Backup> = of_app(desk, &place, app_id).collect();
    let page = page_of(desk, ask, &rows)
        .map_err(|msg| Answer::crashed(desk.era, "EmptyPage", msg, "django.core.paginator"))?;
    let list: Value = page.iter().map(|backup| Value::Object(backup_row(backup))).collect();
    let bean = json!({"is_configed": desk.rows().object_storage.enable});
    Ok(Answer::found(Data::list(list).and_bean(bean).and("total", rows.len())))
}

/// `GET /console/teams/<team>/all/groupapp/backup`
pub(crate) fn of_team(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let state = desk.rows();
    let here = |row: &&Backup| row.tenant_id == place.tenant_id && row.region == place.region;
    let rows: Vec<&Backup> = state.backups.iter().rev().filter(here).collect();
    let page = page_of(desk, ask, &rows).map_err(|_| Answer::crashed_in_handler(desk.era, "EmptyPage"))?;
    let list = page.iter().map(|backup| {
        let mut row = backup_row(backup);
        let app = state.app(backup.app_id);
        let name = app.map_or_else(|| "应用已删除".to_owned(), |app| app.name.clone());
        row.insert("group_name".to_owned(), json!(name));
        row.insert("is_delete".to_owned(), json!(app.is_none()));
        Value::Object(row)
    });
    Ok(Answer::found(Data::list(list.collect::<Value>()).and("total", rows.len())))
}

/// `DELETE /console/teams/<team>/groupapp/<app>/backup` with the id in the JSON body (recorded 550, 552).
/// The object in a store is never deleted (rainbond v6.9.8 api/handler/group/group_backup.go `DeleteBackup`).
pub(crate) fn delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let id = ask.text("backup_id");
    let id = id.ok_or_else(|| Answer::refused(400, "backup id is null", "请指明当前组的具体备份项"))?;
    let Some(backup) = own(desk, &place, id).cloned() else {
        // Two wordings (recorded 551; v5.17.3 551).
        return Err(if desk.era.is_v6() {
            Answer::refused(404, "get backup status error", "不存在该备份记录")
        } else {
            Answer::refused(404, "backup not found", "备份不存在")
        });
    };
    if backup.status == "starting" {
        // v5.17.3 says deleted and deletes nothing (recorded v5.17.3 513).
        return if desk.era.is_v6() {
            Err(Answer::refused(409, "backup in progress", "该备份正在进行中"))
        } else {
            Ok(Answer::done("删除成功"))
        };
    }
    desk.reach(&backup.region, &format!("/v2/tenants/{}/groupapp/backups/{id}", place.team))?;
    if backup.mode == "full-offline" && !desk.era.is_v6() {
        let _ = std::fs::remove_file(crate::region::local_package(desk.dir, &backup.source_dir));
    }
    let state = desk.rows_mut();
    state.backups.retain(|row| row.backup_id != id);
    state.region_backups.retain(|row| row.backup_id != id);
    Ok(Answer::done("删除成功"))
}
