//! Tickets out and in: export of a record as `.bak`, import of one into an empty app.
//! Neither touches a package (rainbond console v6.9.8 console/services/backup_service.py).

use serde_json::Value;

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::backups::backup_row;
use super::desk::Desk;
use crate::era::{Claim, TicketForm};
use crate::noise;
use crate::region::copied_version;
use crate::state::{Backup, RegionBackup};
use crate::ticket::{self, Refusal};

const LARGEST: usize = 2 * 1024 * 1024;

/// `GET /console/teams/<team>/groupapp/<app>/backup/export?backup_id=`: no login asked in any version (recorded 601).
pub(crate) fn export(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let refuse = |status, show: &str| Answer::refused(status, "export backup failed", show);
    let id = ask.query("backup_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Answer::refused(400, "backup id is null", "请指明当前组的具体备份项"))?;
    let name = ask.param("team");
    let team = desk.rows().team(name);
    let team = team.ok_or_else(|| Answer::refused(404, "team not found", &format!("团队{name}不存在")))?;
    let number = ask.param("app");
    let app = number.parse().ok().and_then(|id| desk.rows().app(id));
    let app = app.ok_or_else(|| Answer::refused(404, "group not found", &format!("组{number}不存在")))?;
    let backup = desk.rows().backup(id).filter(|backup| backup.tenant_id == team.tenant_id);
    let backup = backup.ok_or_else(|| refuse(404, "不存在该备份记录"))?;
    if backup.mode == "full-offline" {
        return Err(refuse(409, "本地备份数据暂不支持导出"));
    }
    if backup.status == "starting" {
        return Err(refuse(409, "正在备份中，请稍后重试"));
    }
    let plain = ticket::python_json(&Value::Object(backup_row(backup)));
    if desk.claims(Claim::has_no_tickets) {
        return Err(Answer::crashed_in_handler(desk.era, "TypeError"));
    }
    let body = match desk.era.traits().tickets {
        TicketForm::Bytes => ticket::encode_bytes(&plain, &noise::hex4()),
        TicketForm::Characters => ticket::encode(&plain, &noise::hex4()),
    };
    let body = body.into_bytes();
    let file = format!("{}.bak", app.name);
    let encoded: String = url::form_urlencoded::byte_serialize(file.as_bytes()).collect();
    let disposition = match desk.era.traits().encodes_file_name {
        true => format!("attachment;filename*=UTF-8''{}", encoded.replace('+', "%20")),
        false => format!("attachment; filename=\"{encoded}\""),
    };
    let headers = vec![("content-type", "application/octet-stream".to_owned()), ("content-disposition", disposition)];
    Ok(Answer { status: 200, headers, body })
}

/// What the console reads of a ticket; all eleven must be there.
struct Ticket {
    backup_id: String,
    row: Backup,
}

fn opened(file: &[u8], form: TicketForm) -> Result<Ticket, &'static str> {
    let plain = match form {
        TicketForm::Bytes => ticket::decode_bytes(file),
        TicketForm::Characters => ticket::decode(file),
    };
    let plain = plain.map_err(Refusal::exception)?;
    let value: Value = serde_json::from_str(&plain).map_err(|_| Refusal::JsonDecodeError.exception())?;
    let field = |name: &str| value.get(name).ok_or("KeyError");
    let text = |name: &str| field(name).map(|value| value.as_str().unwrap_or_default().to_owned());
    let number = |name: &str| field(name).map(|value| value.as_i64().unwrap_or_default());
    let row = Backup {
        status: text("status")?,
        version: text("version")?,
        source_dir: text("source_dir")?,
        source_type: text("source_type")?,
        mode: text("mode")?,
        backup_size: number("backup_size")?,
        note: text("note")?,
        user: text("user")?,
        total_memory: number("total_memory")?,
        server_info: text("backup_server_info")?,
        ..Backup::default()
    };
    Ok(Ticket { backup_id: text("backup_id")?, row })
}

/// `POST /console/teams/<team>/groupapp/<app>/backup/import`
pub(crate) fn import(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.place(ask)?;
    let refuse = |status, show: &str| Answer::refused(status, "backup import failed", show);
    let file = ask.file("file").ok_or_else(|| Answer::refused(400, "param error", "请指定需要导入的备份信息"))?;
    if file.len() > LARGEST {
        return Err(Answer::refused(400, "file is too large", "文件大小不能超过2M"));
    }
    let app = ask.param("app").parse().ok().and_then(|id| desk.rows().app(id));
    let app = app.filter(|app| app.tenant_id == place.tenant_id);
    let app_id = app.ok_or_else(|| refuse(404, "需要导入的组不存在"))?.id;
    if desk.rows().components_of(app_id).next().is_some() {
        return Err(refuse(409, "请确保需要导入的组中不存在组件"));
    }
    if desk.claims(Claim::has_no_tickets) {
        return Err(Answer::crashed_in_handler(desk.era, "TypeError"));
    }
    let opened =
        opened(file, desk.era.traits().tickets).map_err(|exception| Answer::crashed_in_handler(desk.era, exception))?;
    // The file's id against this app's records: an imported record has a new id, so this hits almost nothing (620).
    let mut known = desk.rows().backups.iter();
    if known.any(|row| row.app_id == app_id && row.backup_id == opened.backup_id) {
        return Err(refuse(412, "当前团队已导入过该备份"));
    }
    desk.reach(&place.region, &format!("/v2/tenants/{}/groupapp/backupcopy", place.team))?;
    let mut row = opened.row;
    row.app_id = app_id;
    row.tenant_id = place.tenant_id;
    row.region = place.region;
    let row = copied(desk, row);
    let data = Data::bean(Value::Object(backup_row(&row)));
    Ok(Answer::said(200, 200, "success", "导入成功", data))
}

/// A record under new ids, on the region (`backupcopy`) and on the console. The region does not look at the object.
pub(crate) fn copied(desk: &mut Desk<'_>, mut row: Backup) -> Backup {
    row.event_id = noise::id();
    row.group_uuid = noise::id();
    row.backup_id = noise::id();
    row.create_time = desk.now;
    let region = RegionBackup {
        backup_id: row.backup_id.clone(),
        group_uuid: row.group_uuid.clone(),
        // Not the ticket's version: the comparison of versions is about backups made here.
        version: copied_version(&row.version, &row.backup_id),
        region: row.region.clone(),
        status: row.status.clone(),
        mode: row.mode.clone(),
        source_dir: row.source_dir.clone(),
        source_type: row.source_type.clone(),
        size: row.backup_size,
    };
    let state = desk.rows_mut();
    row.id = state.next_id("backup");
    state.region_backups.push(region);
    state.backups.push(row.clone());
    row
}
