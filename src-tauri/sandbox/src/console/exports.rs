//! A template as a file (rainbond console console/views/center_pool/app_export.py,
//! console/services/app_import_and_export_service.py).

use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::Desk;
use crate::clock;
use crate::noise;
use crate::region::{ExportJob, Job, forget_export};
use crate::state::Export;

fn not_found() -> Answer {
    Answer::refused(404, "not found", "云市应用不存在")
}

fn has_version(desk: &Desk<'_>, template: &str, version: &str) -> bool {
    let mut of = desk.rows().templates.iter().filter(|row| row.app_id == template).flat_map(|row| &row.versions);
    of.any(|row| row.version == version)
}

fn to_dict(row: &Export, enterprise: &str) -> Value {
    json!({
        "ID": row.id, "group_key": row.template, "version": row.version, "format": "rainbond-app",
        "event_id": row.event_id, "status": row.status, "file_path": href(&row.file),
        "create_time": clock::plain(row.create_time), "update_time": clock::plain(row.create_time),
        "enterprise_id": enterprise, "region_name": row.region,
    })
}

fn href(file: &str) -> String {
    format!("/v2/app/download/rainbond-app/{file}")
}

/// `POST /console/enterprise/<eid>/app-models/export`: always on the first region of the enterprise, whatever region the
/// app was shared in (`select_handle_region`).
pub(crate) fn start(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let body = ask.body_json();
    let template = ask.text("app_id").unwrap_or_default().to_owned();
    let version = body["app_versions"].get(0).and_then(Value::as_str).unwrap_or_default().to_owned();
    if template.is_empty() || version.is_empty() {
        return Err(Answer::refused(400, "app id is null", "请指明需要导出的应用"));
    }
    if !matches!(ask.text("format"), Some("rainbond-app" | "docker-compose")) {
        return Err(Answer::refused(400, "export format is illegal", "请指明导出格式"));
    }
    if !has_version(desk, &template, &version) {
        return Err(Answer::refused(404, "app not found", "未找到该应用"));
    }
    let enterprise = desk.rows().enterprise.id.clone();
    let is_it = |row: &&Export| row.template == template && row.version == version;
    match desk.rows().exports.iter().find(is_it) {
        // The refusal is made with a word that its class does not know (`mes_show`).
        Some(known) if known.status == "success" => {
            return Err(Answer::crashed(desk.era, "TypeError", "unexpected keyword argument 'mes_show'", "builtins"));
        }
        Some(known) if known.status == "exporting" => {
            let list = json!([to_dict(known, &enterprise)]);
            return Ok(Answer::said(200, 200, "success", "操作成功，正在导出", Data::list(list)));
        }
        _ => {}
    }
    let region = desk.rows().regions.first().map(|region| region.name.clone()).unwrap_or_default();
    desk.reach(&region, "/v2/app/export")?;
    let now = desk.now;
    let state = desk.rows_mut();
    state.exports.retain(|row| row.template != template || row.version != version);
    let row = Export {
        id: state.next_id("export"),
        event_id: noise::id(),
        template,
        version,
        region,
        status: "exporting".to_owned(),
        in_region: "exporting".to_owned(),
        file: String::new(),
        create_time: now,
    };
    let list = json!([to_dict(&row, &enterprise)]);
    desk.jobs.push(Job::Export(ExportJob { event_id: row.event_id.clone() }));
    desk.rows_mut().exports.push(row);
    Ok(Answer::said(200, 200, "success", "操作成功，正在导出", Data::list(list)))
}

/// `GET …/app-models/export?app_id=&app_version=`: asks the region as long as it is not over.
pub(crate) fn state(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let (template, version) = (ask.query("app_id").unwrap_or_default(), ask.query("app_version").unwrap_or_default());
    if template.is_empty() || version.is_empty() {
        return Err(Answer::refused(400, "app id is null", "请指明需要查询的应用"));
    }
    if !has_version(desk, template, version) {
        return Err(not_found());
    }
    let none = json!({"is_export_before": false});
    let mut found = none.clone();
    let known = desk.rows().exports.iter().position(|row| row.template == template && row.version == version);
    if let Some(at) = known {
        // A region that does not answer is logged, and the old state told.
        let region = desk.rows().exports.get(at).map(|row| row.region.clone()).unwrap_or_default();
        if desk.reach(&region, "/v2/app/export").is_ok()
            && let Some(row) = desk.rows_mut().exports.get_mut(at)
            && matches!(row.in_region.as_str(), "success" | "failed")
        {
            row.status.clone_from(&row.in_region);
        }
        if let Some(row) = desk.rows().exports.get(at) {
            found = json!({"is_export_before": true, "status": row.status, "file_path": address(desk, row)});
        }
    }
    let bean = json!({"rainbond_app": found, "docker_compose": none, "slug": none, "helm_chart": none});
    Ok(Answer::found(Data::list(json!([bean]))))
}

/// Through the console from v6.9.2 on, before that straight to the region (as with uploads, rebuild.md §3.2).
fn address(desk: &Desk<'_>, row: &Export) -> String {
    let path = href(&row.file).replace("/v2", "");
    if desk.era.is_v6() && !desk.claims(crate::era::Claim::sends_to_region) {
        return format!("/console/regions/{}/websocket{path}", row.region);
    }
    let address = desk.rows().region(&row.region).map(|region| region.ws_url.clone()).unwrap_or_default();
    match address.split_once("://") {
        Some(("wss", host)) => format!("https://{host}{path}"),
        Some((_, host)) => format!("http://{host}{path}"),
        None => path,
    }
}

/// `DELETE …/app-models/export/<event>`: the record and the file go.
pub(crate) fn delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let id = ask.param("event");
    if let Some(row) = desk.rows().exports.iter().find(|row| row.event_id == id) {
        forget_export(desk.dir, &row.file);
    }
    desk.rows_mut().exports.retain(|row| row.event_id != id);
    Ok(Answer::said(200, 200, "success", "删除成功", Data::none()))
}
