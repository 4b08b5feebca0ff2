//! Import of application packages: the record, what was uploaded, start, poll, delete (recorded 1500–1525, 1597;
//! rebuild.md §3.1–§3.4, §3.7).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::Desk;
use super::templates;
use crate::clock;
use crate::noise;
use crate::region::{ImportJob, Job};
use crate::state::{Import, ImportFile, RegionImport};

/// On v5 starting and deleting an import is the enterprise administrator's (permission 110003; rebuild.md §0);
/// v6 asks for a login only (recorded 1521, 1522).
fn managing(desk: &Desk<'_>, ask: &Ask) -> Result<(), Answer> {
    if desk.era.is_v6() || desk.user(ask)?.admin { Ok(()) } else { Err(Answer::no_permission()) }
}

fn unknown() -> Answer {
    Answer::refused(400, "import_record not found", "import_record not found")
}

fn record(desk: &Desk<'_>, ask: &Ask) -> Result<Import, Answer> {
    let id = ask.param("event");
    desk.rows().imports.iter().find(|row| row.event_id == id).cloned().ok_or_else(unknown)
}

/// `POST /console/enterprise/<eid>/app-models/import`: the caller's unfinished record, or a new one on the first
/// region of the enterprise (rebuild.md §3.1; recorded 1500–1502).
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let known = ask.param("eid") == desk.rows().enterprise.id;
    let Some(region) = desk.rows().regions.first().filter(|_| known).cloned() else {
        return Ok(Answer::found(Data::bean(json!({"region_name": ""}))));
    };
    let user = desk.nick(ask);
    let finished = |row: &&Import| matches!(row.status.as_str(), "success" | "failed");
    let unfinished = desk.rows().imports.iter().find(|row| row.user == user && !finished(row)).cloned();
    let row = match unfinished {
        Some(row) => row,
        None => added(desk, user, &region.name),
    };
    let bean = json!({
        "status": row.status, "source_dir": row.source_dir, "event_id": row.event_id,
        "upload_url": upload_url(desk, &row), "region_name": region.alias,
    });
    Ok(Answer::found(Data::bean(bean)))
}

fn added(desk: &mut Desk<'_>, user: String, region: &str) -> Import {
    let now = desk.now;
    let state = desk.rows_mut();
    let row = Import {
        id: state.next_id("import"),
        event_id: noise::id(),
        status: "uploading".to_owned(),
        create_time: now,
        update_time: now,
        region: region.to_owned(),
        user,
        ..Import::default()
    };
    state.imports.push(row.clone());
    row
}

/// Through the console from v6.9.2 on, before that straight to the region's websocket address (rebuild.md §3.2).
fn upload_url(desk: &Desk<'_>, row: &Import) -> String {
    let event = &row.event_id;
    if desk.era.is_v6() {
        return format!("/console/regions/{}/websocket/app/upload/{event}", row.region);
    }
    let address = desk.rows().region(&row.region).map(|region| region.ws_url.clone()).unwrap_or_default();
    match address.split_once("://") {
        Some(("wss", host)) => format!("https://{host}/app/upload/{event}"),
        Some((_, host)) => format!("http://{host}/app/upload/{event}"),
        None => String::new(),
    }
}

/// `GET …/app-models/import/<event>/dir`: names of the files that arrived, by whatever way (recorded 1503, 1506).
pub(crate) fn dir(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    record(desk, ask)?;
    Ok(Answer::found(Data::list(json!(ask.arrived))))
}

/// `POST …/app-models/import/<event>` (recorded 1507–1512, 1516)
pub(crate) fn start(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    managing(desk, ask)?;
    let scope = ask.text("scope").ok_or_else(|| Answer::refused(400, "select the scope", "请选择导入应用可见范围"))?;
    let team = ask.text("tenant_name");
    if scope == "team" && team.is_none() {
        return Err(Answer::refused(400, "select the team", "请选择要导入的团队"));
    }
    let files = ask.text("file_name").ok_or_else(|| Answer::refused(400, "file name is null", "请选择要导入的文件"))?;
    let row = record(desk, ask)?;
    desk.reach(&row.region, "/v2/app/import")?;
    let importing =
        |name: &str| ImportFile { name: name.to_owned(), status: "importing".to_owned(), message: String::new() };
    let region = RegionImport {
        event_id: row.event_id.clone(),
        region: row.region.clone(),
        status: "importing".to_owned(),
        files: files.split(',').filter(|name| !name.is_empty()).map(importing).collect(),
        templates: Vec::new(),
    };
    let now = desk.now;
    let (scope, team) = (scope.to_owned(), team.map(str::to_owned));
    let state = desk.rows_mut();
    state.region_imports.retain(|known| known.event_id != region.event_id);
    state.region_imports.push(region);
    for known in state.imports.iter_mut().filter(|known| known.event_id == row.event_id) {
        known.status = "importing".to_owned();
        known.scope.clone_from(&scope);
        known.team.clone_from(&team);
        known.update_time = now;
    }
    desk.jobs.push(Job::Import(ImportJob { event_id: row.event_id }));
    Ok(Answer::done("操作成功，正在导入"))
}

/// `GET …/app-models/import/<event>?arch=`: the template is written by the first poll that sees success
/// (rebuild.md §3.4; recorded 1511–1517).
pub(crate) fn poll(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let mut row = record(desk, ask)?;
    if row.status == "importing" {
        row = asked_region(desk, ask, row)?;
    }
    let region = desk.rows().region_imports.iter().find(|known| known.event_id == row.event_id);
    let files = region.map(|region| region.files.as_slice()).unwrap_or_default();
    let list: Value = files.iter().map(|file| json!({"file_name": file.name, "status": file.status})).collect();
    let bean = json!({
        "ID": row.id, "event_id": row.event_id, "status": row.status, "scope": row.scope, "format": row.format,
        "source_dir": row.source_dir, "create_time": clock::plain(row.create_time),
        "update_time": clock::plain(row.update_time), "team_name": row.team, "region": row.region,
        "user_name": row.user, "enterprise_id": desk.rows().enterprise.id,
    });
    Ok(Answer::found(Data::list(list).and_bean(bean)))
}

fn asked_region(desk: &mut Desk<'_>, ask: &Ask, mut row: Import) -> Result<Import, Answer> {
    desk.reach(&row.region, &format!("/v2/app/import/{}", row.event_id))?;
    let region = desk.rows().region_imports.iter().find(|known| known.event_id == row.event_id).cloned();
    let Some(region) = region else { return Ok(row) };
    row.status.clone_from(&region.status);
    if row.status == "success" {
        row.format = "rainbond-app".to_owned();
        row.source_dir = format!("/grdata/app/import/{}", row.event_id);
        for template in &region.templates {
            templates::store(desk, &row, template, ask.query("arch"));
        }
    }
    if row.status != "importing" {
        let state = desk.rows_mut();
        if let Some(known) = state.imports.iter_mut().find(|known| known.event_id == row.event_id) {
            known.clone_from(&row);
        }
    }
    Ok(row)
}

/// `DELETE …/app-models/import/<event>`: 200 also for nothing (recorded 1598). What lies in the region's store stays
/// (rebuild.md §3.7).
pub(crate) fn delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    managing(desk, ask)?;
    let id = ask.param("event");
    desk.rows_mut().imports.retain(|row| row.event_id != id);
    Ok(Answer::done("操作成功"))
}
