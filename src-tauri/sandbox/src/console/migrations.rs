//! Restore and migrate: the start, the poll that also writes, the look for an unfinished one, and the deletion of
//! the app that was left behind (rainbond console v6.9.8 console/views/center_pool/groupapp_migration.py).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::apps::add_app;
use super::ask::Ask;
use super::backups::refuse_by_constructor;
use super::components::drop_component;
use super::desk::{Desk, Need, Place};
use super::save;
use super::tickets::copied;
use crate::clock;
use crate::noise;
use crate::region::{Job, RestoreJob};
use crate::state::{App, Backup, Migration, Restore};

fn migration_row(row: &Migration) -> Map<String, Value> {
    let row = json!({
        "ID": row.id, "group_id": row.app_id, "event_id": row.event_id, "group_uuid": row.group_uuid,
        "version": row.version, "backup_id": row.backup_id, "migrate_team": row.migrate_team, "user": row.user,
        "migrate_region": row.migrate_region, "status": row.status, "migrate_type": row.migrate_type,
        "restore_id": row.restore_id, "create_time": clock::plain(row.create_time),
        "original_group_id": row.original_app_id, "original_group_uuid": row.original_group_uuid,
    });
    row.as_object().cloned().unwrap_or_default()
}

/// `POST /console/teams/<team>/groupapp/<app>/migrate`: no rights asked, not even in the target team (recorded 1222).
pub(crate) fn start(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    if desk.era.is_v6() {
        desk.app(ask, &place)?;
    }
    let team = ask.text("team").ok_or_else(|| Answer::refused(400, "team is null", "请指明要迁移的团队"))?;
    let target = desk.rows().team(team);
    let target =
        target.ok_or_else(|| Answer::refused(404, "team is not found", &format!("需要迁移的团队{team}不存在")))?;
    let region = ask.text("region").unwrap_or("None");
    if !target.regions.iter().any(|open| open == region) {
        let show = format!("无法迁移至集群{region},请确保该集群可用且团队{team}已开通该集群权限");
        return Err(Answer::refused(412, "region is not usable", &show));
    }
    let target = Place { tenant_id: target.tenant_id.clone(), team: team.to_owned(), region: region.to_owned() };
    let kind = ask.text("migrate_type").unwrap_or("migrate");
    let backup = ask.text("backup_id").and_then(|id| desk.rows().backup(id));
    let backup = backup.filter(|backup| backup.tenant_id == place.tenant_id).cloned();
    let backup = backup.ok_or_else(|| Answer::refused(404, "backup not found", "备份不存在"))?;
    refuse_by_constructor(desk)?;
    if backup.mode == "full-online" && !desk.rows().object_storage.enable {
        return Err(Answer::refused(404, "object storage info not found", "云端存储信息不存在"));
    }
    if kind == "recover" {
        let now = desk.now;
        let mut left = desk.rows().components_of(backup.app_id);
        if left.any(|row| !row.is_stopped(now)) {
            let msg = "restore the backup, please make sure that all services are all closed.";
            return Err(Answer::refused(400, msg, "请先关闭所有的组件"));
        }
    }
    begin(desk, ask, &place, &target, backup, kind)
}

fn begin(desk: &mut Desk<'_>, ask: &Ask, place: &Place, target: &Place, backup: Backup, kind: &str) -> Reply {
    let user = desk.nick(ask);
    desk.reach(&target.region, &format!("/v2/tenants/{}/apps", target.team))?;
    let app = target_app(desk, target, &backup, kind, &user);
    let (original_app_id, original_group_uuid) = (backup.app_id, backup.group_uuid.clone());
    let moved = target != place;
    let backup = if moved {
        let row =
            Backup { app_id: app.id, tenant_id: target.tenant_id.clone(), region: target.region.clone(), ..backup };
        copied(desk, row)
    } else {
        backup
    };
    if backup.status != "success" || backup.source_dir.is_empty() || backup.source_type.is_empty() {
        // The app made a moment ago stays behind (recorded 718; the app is in 1000).
        let url = format!(
            "{}/v2/tenants/{}/groupapp/backups/{}/restore",
            desk.region(&target.region)?.url,
            target.team,
            backup.backup_id
        );
        let said = "backup can not be restored";
        let msg = Answer::region_said(&url, "POST", 500, said);
        return Err(Answer::bare(400, 400, &msg, &format!("数据中心操作故障 {said}")));
    }
    let now = desk.now;
    let state = desk.rows_mut();
    // The app migrated from counts as changed (recorded 1101).
    state.apps.iter_mut().filter(|app| app.id == original_app_id).for_each(|app| app.update_time = now);
    let row = Migration {
        id: state.next_id("migration"),
        app_id: app.id,
        event_id: noise::id(),
        group_uuid: backup.group_uuid.clone(),
        version: backup.version.clone(),
        backup_id: backup.backup_id.clone(),
        migrate_team: target.team.clone(),
        user,
        migrate_region: target.region.clone(),
        status: "starting".to_owned(),
        migrate_type: kind.to_owned(),
        restore_id: noise::id(),
        create_time: now,
        original_app_id,
        original_group_uuid,
    };
    state.migrations.push(row.clone());
    state.restores.push(Restore {
        restore_id: row.restore_id.clone(),
        backup_id: backup.backup_id,
        region: target.region.clone(),
        tenant_id: target.tenant_id.clone(),
        status: "starting".to_owned(),
        ..Restore::default()
    });
    desk.jobs.push(Job::Restore(RestoreJob { restore_id: row.restore_id.clone() }));
    let data = Data::bean(Value::Object(migration_row(&row)));
    Ok(Answer::said(200, 200, "success", "操作成功，开始迁移应用", data))
}

/// Which app the result lands in (recorded 701, 721, 740). It is made at once and stays when things go wrong.
fn target_app(desk: &mut Desk<'_>, target: &Place, backup: &Backup, kind: &str, user: &str) -> App {
    let original = desk.rows().app(backup.app_id).cloned();
    let empty = desk.rows().components_of(backup.app_id).next().is_none();
    let hex = noise::hex4();
    match original {
        Some(app) if kind == "recover" && empty => app,
        Some(app) => {
            let (name, k8s) = (format!("{}_{hex}", app.name), format!("{}-{hex}", app.k8s_app));
            add_app(desk, target, &name, &k8s, "备份创建", user)
        }
        None if kind == "recover" => {
            add_app(desk, target, &format!("备份应用_{hex}"), &format!("backup-{hex}"), "备份创建", user)
        }
        None => {
            let name = noise::id()[..8].to_owned();
            add_app(desk, target, &name, &format!("app-{hex}"), "备份创建", user)
        }
    }
}

/// `GET /console/teams/<team>/groupapp/<app>/migrate?restore_id=`: the poll that first sees the region's `success`
/// writes the components (recorded 705, 723). A failure on the region leaves the record as it is (761).
pub(crate) fn status(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    if desk.era.is_v6() {
        desk.app(ask, &place)?;
    }
    let id = ask.query("restore_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Answer::refused(400, "restore id is null", "请指明查询的备份ID"))?;
    let row = desk.rows().migrations.iter().find(|row| row.restore_id == id).cloned();
    let row = row.ok_or_else(|| Answer::refused(404, "not found record", "记录不存在"))?;
    if row.status == "starting" {
        let path = format!("/v2/tenants/{}/groupapp/backups/{}/restore/{id}", row.migrate_team, row.backup_id);
        desk.reach(&row.migrate_region, &path)?;
        if let Some(fault) = desk.switches.status_fault.clone() {
            return Err(faulty(desk, &row, &path, &fault));
        }
        let restore = desk.rows().restores.iter().find(|restore| restore.restore_id == id).cloned();
        let seen = ask.has_restored || !desk.era.is_v6();
        if let Some(restore) = restore.filter(|restore| restore.status == "success" && seen) {
            finish(desk, ask, &place, &row, &restore);
        }
    }
    let row = desk.rows().migrations.iter().find(|row| row.restore_id == id);
    Ok(Answer::found(Data::bean(Value::Object(row.map(migration_row).unwrap_or_default()))))
}

/// Errors of the region on a poll are not final (recorded 767, 768).
fn faulty(desk: &Desk<'_>, row: &Migration, path: &str, fault: &crate::fault::RegionFault) -> Answer {
    if fault.status == 404 {
        return Answer::bare(404, 404, &json!("region no found this resource"), "数据中心资源不存在");
    }
    let url = desk.region(&row.migrate_region).map(|region| format!("{}{path}", region.url)).unwrap_or_default();
    let msg = Answer::region_said(&url, "GET", fault.status, &fault.message);
    Answer::bare(400, 400, &msg, &format!("数据中心操作故障 {}", fault.message))
}

fn finish(desk: &mut Desk<'_>, ask: &Ask, place: &Place, row: &Migration, restore: &Restore) {
    let metadata = ask.stored_metadata.as_deref().or(restore.metadata.as_deref());
    let metadata = metadata.filter(|_| !desk.switches.metadata_lost);
    let target = desk.rows().team(&row.migrate_team).map(|team| Place {
        tenant_id: team.tenant_id.clone(),
        team: team.name.clone(),
        region: row.migrate_region.clone(),
    });
    let saved = match (metadata, target) {
        (Some(text), Some(target)) => {
            let same = target == *place;
            save::components(desk, text, &restore.changes, &target, row.app_id, same, ask.user_id)
        }
        _ => Err(save::Unsaved::NoMetadata),
    };
    let status = match saved {
        Ok(()) => "success",
        Err(why) => {
            tracing::debug!(%why, restore_id = row.restore_id, "restored components could not be saved");
            "failed"
        }
    };
    let state = desk.rows_mut();
    for saved in state.migrations.iter_mut().filter(|saved| saved.restore_id == row.restore_id) {
        status.clone_into(&mut saved.status);
    }
    if status == "success" && row.migrate_type == "recover" && row.app_id != row.original_app_id {
        // After a recover the old app's records belong to the new one (recorded 743, 744).
        for backup in state.backups.iter_mut().filter(|backup| backup.app_id == row.original_app_id) {
            backup.app_id = row.app_id;
        }
    }
}

/// `GET /console/teams/<team>/groupapp/<app>/migrate/record?group_uuid=`
pub(crate) fn record(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    desk.place(ask)?;
    let uuid = ask.query("group_uuid").filter(|id| !id.is_empty());
    let uuid = uuid.ok_or_else(|| Answer::refused(400, "parameters are missing", "参数缺失"))?;
    let open = |row: &&Migration| row.group_uuid == uuid && !matches!(row.status.as_str(), "success" | "failed");
    let found = desk.rows().migrations.iter().find(open).map(|row| {
        json!({
            "status": row.status, "event_id": row.event_id, "migrate_type": row.migrate_type,
            "restore_id": row.restore_id, "backup_id": row.backup_id, "group_id": row.app_id,
        })
    });
    Ok(Answer::found(Data::bean(json!({"is_finished": found.is_none(), "data": found}))))
}

/// `DELETE /console/teams/<team>/groupapp/<app>/delete`: the same id as a number does nothing, as a text it deletes
/// the app itself (recorded 746, 1310).
pub(crate) fn delete_original(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    desk.allowed(ask, Need::Delete)?;
    let new = ask.field("new_group_id");
    let new = new.ok_or_else(|| Answer::refused(400, "new group id is null", "请确认新恢复的组"))?;
    let old = ask.param("app").parse::<u64>().unwrap_or_default();
    if desk.rows().app(old).is_none() {
        return Err(Answer::refused(400, "group is delete", "该备份组已删除"));
    }
    if new.as_u64() == Some(old) {
        return Ok(Answer::done("恢复到当前组无需删除"));
    }
    let number = new.as_u64().or_else(|| new.as_str().and_then(|text| text.parse().ok()));
    if number.and_then(|id| desk.rows().app(id)).is_none() {
        let shown = new.as_str().map_or_else(|| new.to_string(), str::to_owned);
        return Err(Answer::refused(400, "new group not exist", &format!("组ID {shown} 不存在")));
    }
    let ids: Vec<String> = desk.rows().components_of(old).map(|row| row.service_id.clone()).collect();
    for id in ids {
        drop_component(desk, &id);
    }
    desk.rows_mut().apps.retain(|app| app.id != old);
    Ok(Answer::done("操作成功"))
}
