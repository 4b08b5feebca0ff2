//! One image into the region's registry: a place to upload to, the loading, its state (rebuild.md §7.1).

use serde_json::{Map, Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need};
use crate::noise;
use crate::region::{Job, LoadJob, images_folder};
use crate::state::{ImageLoad, ImageUpload};

/// `POST /console/teams/<team>/apps/package_build/record`
pub(crate) fn record(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Create)?;
    let region = ask.text("region").unwrap_or(&place.region).to_owned();
    desk.region(&region)?;
    let event_id = noise::id();
    let upload_url = format!("/console/regions/{region}/websocket/package_build/component/events/{event_id}");
    let upload =
        ImageUpload { event_id: event_id.clone(), tenant_id: place.tenant_id, region, ..ImageUpload::default() };
    desk.rows_mut().image_uploads.push(upload);
    let bean = json!({ "event_id": event_id, "status": "", "upload_url": upload_url, "component_id": "" });
    Ok(Answer::found(Data::bean(bean)))
}

/// `POST /console/teams/<team>/apps/package_build/tar-image/load`: exactly one file must have arrived.
pub(crate) fn load(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Create)?;
    let event = ask.text("event_id").unwrap_or_default().to_owned();
    let found = desk.rows().image_uploads.iter().find(|row| row.event_id == event && row.tenant_id == place.tenant_id);
    let upload = found.cloned().ok_or_else(|| Answer::refused(404, "event not found", "上传记录不存在"))?;
    desk.reach(&upload.region, &format!("/v2/tenants/{}/tar-image/load", place.team))?;
    let entries = std::fs::read_dir(images_folder(desk.dir, &event)).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let files: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    let [file] = files.as_slice() else {
        return Err(Answer::refused(400, "exactly one file is expected", "请上传且仅上传一个镜像包"));
    };
    if !(file.ends_with(".tar") || file.ends_with(".tar.gz")) {
        return Err(Answer::refused(400, "not a tar", "镜像包格式错误"));
    }
    let namespace = desk.rows().team_of(&place.tenant_id).map(|team| team.namespace.clone()).unwrap_or_default();
    let hub = format!("{}/{namespace}", desk.region(&upload.region)?.registry);
    let load_id = noise::id();
    let row = ImageLoad { load_id: load_id.clone(), status: "loading".to_owned(), ..ImageLoad::default() };
    let job = LoadJob { event_id: event.clone(), load_id: load_id.clone(), file: file.clone(), hub };
    if let Some(upload) = desk.rows_mut().image_uploads.iter_mut().find(|row| row.event_id == event) {
        upload.loads.push(row);
    }
    desk.jobs.push(Job::Load(job));
    Ok(Answer::found(Data::bean(json!({ "load_id": load_id, "status": "loading" }))))
}

/// `GET …/tar-image/load/<load>?region=`: names are told at success only.
pub(crate) fn load_state(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let id = ask.param("load");
    let uploads = desk.rows().image_uploads.iter().filter(|row| row.tenant_id == place.tenant_id);
    let row = uploads.flat_map(|row| &row.loads).find(|row| row.load_id == id);
    let row = row.ok_or_else(|| Answer::refused(404, "load not found", "镜像加载记录不存在"))?;
    let mut bean = json!({ "load_id": row.load_id, "status": row.status, "message": row.message });
    if row.status == "success" {
        let targets: Map<String, Value> = row.images.iter().map(|(name, to)| (name.clone(), json!(to))).collect();
        bean["images"] = row.images.iter().map(|(name, _)| name.as_str()).collect();
        bean["target_images"] = Value::Object(targets);
    }
    Ok(Answer::found(Data::bean(bean)))
}
