//! The builder's export of a template: `metadata.json` through the region's types, the images of all components in one
//! archive, those of plugins in another (rainbond-oam pkg/export/ram.go; rainbond builder/exector/export_app.go). And the
//! door that hands the file out.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::import::through_go;
use super::metadata::{self, Snapshot};
use super::{claims, grdata};
use crate::console::{Answer, Console};
use crate::era::{Claim, Era};
use crate::image::Archive;

#[derive(Debug)]
pub(crate) struct ExportJob {
    pub(crate) event_id: String,
}

/// What is exported, gathered at once.
struct Order {
    template: Value,
    snapshot: Snapshot,
    era: Era,
    loses_names: bool,
    path: PathBuf,
}

fn folder(dir: &Path) -> PathBuf {
    grdata(dir).join("app").join("rainbond-app")
}

/// `<app>-<version>-ram.tar.gz`
fn file_name(template: &Value) -> String {
    let text = |key: &str| template[key].as_str().unwrap_or_default();
    format!("{}-{}-ram.tar.gz", text("group_name"), text("group_version"))
}

pub(super) async fn run(console: &Arc<Console>, job: ExportJob) {
    let least = tokio::time::sleep(console.pace().backup);
    let loses_names = claims(console, Claim::loses_service_names);
    let (era, now) = (console.era(), console.clock().now());
    let order = console.look(|state| {
        let row = state.exports.iter().find(|row| row.event_id == job.event_id)?;
        let template = state.templates.iter().find(|template| template.app_id == row.template)?;
        let version = template.versions.iter().find(|version| version.version == row.version)?;
        let share = state.shares.iter().find(|share| share.id == version.share)?;
        let mut content = version.template.clone();
        content["annotations"] = json!({
            "suffix": "", "describe": template.describe, "image_base64_string": "", "version_info": "",
            "version_alias": version.alias,
        });
        let path = folder(console.dir()).join(file_name(&content));
        let snapshot = metadata::snapshot(state, era, now, share.app_id, console.dir());
        Some(Order { template: content, snapshot, era, loses_names, path })
    });
    let made = match order {
        Some(order) if !console.faults().switches().export_fails => {
            let name = file_name(&order.template);
            let work = tokio::task::spawn_blocking(move || written(&order));
            work.await.unwrap_or_else(|error| Err(error.to_string())).map(|()| name)
        }
        _ => Err("nothing to export".to_owned()),
    };
    least.await;
    console.faults().builder_free().await;
    let _ = console.change(|state| {
        if let Some(row) = state.exports.iter_mut().find(|row| row.event_id == job.event_id) {
            match made {
                Ok(file) => (row.in_region, row.file) = ("success".to_owned(), file),
                Err(why) => {
                    tracing::info!(why, "export failed");
                    row.in_region = "failed".to_owned();
                }
            }
        }
    });
}

fn written(order: &Order) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut template = through_go(&order.template.to_string(), order.era)?;
    for component in template["apps"].as_array_mut().into_iter().flatten() {
        if order.loses_names {
            for port in component["port_map_list"].as_array_mut().into_iter().flatten() {
                port["k8s_service_name"] = json!("");
            }
        }
        // An offline package holds no hub (rainbond-oam pkg/export/ram.go `writeMetaFile`).
        component["service_image"] =
            json!({"hub_url": "", "hub_user": "", "hub_password": "", "namespace": "", "is_trust": false});
    }
    if let Some(parent) = order.path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    let part = order.path.with_extension("part");
    let root = format!("{}-{}", text(&template, "group_name"), text(&template, "group_version"));
    let out = BufWriter::with_capacity(1 << 20, File::create(&part).map_err(failed)?);
    let mut tar = tar::Builder::new(GzEncoder::new(out, Compression::fast()));
    let of_components = of(&template["apps"], "service_id", |id| {
        let part = order.snapshot.parts.iter().find(|part| part.service_id == id)?;
        part.image.clone()
    })?;
    let of_plugins = of(&template["plugins"], "plugin_id", |id| {
        Some(order.snapshot.plugins.iter().find(|plugin| plugin.plugin_id == id)?.image.clone())
    })?;
    let metadata = template.to_string();
    add(&mut tar, &format!("{root}/metadata.json"), metadata.len() as u64, &mut metadata.as_bytes()).map_err(failed)?;
    // Also for an app without plugins: its manifest is then `null` (goodrain/rainbond#1965).
    for (name, images) in [("component-images.tar", of_components), ("plugin-images.tar", of_plugins)] {
        let mut archive = tempfile::tempfile().map_err(failed)?;
        merged(&images, &mut archive).map_err(failed)?;
        let size = archive.metadata().map_err(failed)?.len();
        std::io::Seek::rewind(&mut archive).map_err(failed)?;
        add(&mut tar, &format!("{root}/{name}"), size, &mut archive).map_err(failed)?;
    }
    let gzip = tar.into_inner().map_err(failed)?;
    gzip.finish().and_then(|mut out| out.flush()).map_err(failed)?;
    std::fs::rename(&part, &order.path).map_err(failed)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The images that entries speak of, under the names that they speak of; one that cannot be pulled fails the export.
fn of(entries: &Value, key: &str, find: impl Fn(&str) -> Option<Archive>) -> Result<Vec<Archive>, String> {
    let mut found = Vec::new();
    for entry in entries.as_array().into_iter().flatten() {
        let name = text(entry, "share_image");
        if name.is_empty() {
            continue;
        }
        let archive = find(text(entry, key)).ok_or_else(|| format!("failed to pull image {name}"))?;
        found.push(match archive {
            Archive::Made(spec) => Archive::Made(crate::image::ImageSpec { name: name.to_owned(), ..spec }),
            Archive::Kept { tar, inside, .. } => Archive::Kept { tar, inside, name: name.to_owned() },
        });
    }
    Ok(found)
}

/// Several images in one archive: what they share is in it once.
fn merged(images: &[Archive], out: &mut File) -> std::io::Result<()> {
    let mut to = tar::Builder::new(BufWriter::with_capacity(1 << 20, out));
    let mut seen = BTreeSet::new();
    let mut manifest = Vec::new();
    for image in images {
        let mut single = tempfile::tempfile()?;
        image.write_to(&mut single)?;
        std::io::Seek::rewind(&mut single)?;
        for entry in tar::Archive::new(single).entries()? {
            let mut entry = entry?;
            let path = entry.path()?.to_string_lossy().into_owned();
            if path == "manifest.json" {
                let mut list: Vec<Value> = serde_json::from_reader(&mut entry)?;
                manifest.append(&mut list);
            } else if !matches!(path.as_str(), "index.json" | "oci-layout" | "repositories")
                && seen.insert(path.clone())
            {
                let size = entry.size();
                add(&mut to, &path, size, &mut entry)?;
            }
        }
    }
    let text = if manifest.is_empty() { "null".to_owned() } else { Value::Array(manifest).to_string() };
    add(&mut to, "manifest.json", text.len() as u64, &mut text.as_bytes())?;
    to.into_inner()?.flush()
}

fn add<W: Write>(tar: &mut tar::Builder<W>, path: &str, size: u64, content: &mut dyn Read) -> std::io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(1_787_193_000);
    tar.append_data(&mut header, path, content)
}

/// Hands a file out as Go's `http.ServeFile` does: whole, or from a place on.
pub(crate) fn hand_out(dir: &Path, file: &str, range: Option<&str>) -> Answer {
    let plain = !file.is_empty() && !file.contains(['/', '\\']) && file != "..";
    let bytes = if plain { std::fs::read(folder(dir).join(file)).ok() } else { None };
    let Some(bytes) = bytes else {
        return Answer::json(404, &json!({"msg": format!("Not found export app tar file: {file}")}));
    };
    let kind = ("content-type", "application/x-gzip".to_owned());
    let from = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    match from {
        None => Answer { status: 200, headers: vec![kind, ("accept-ranges", "bytes".to_owned())], body: bytes },
        Some(from) if from >= bytes.len() => {
            let all = ("content-range", format!("bytes */{}", bytes.len()));
            Answer { status: 416, headers: vec![all], body: Vec::new() }
        }
        Some(from) => {
            let what = ("content-range", format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len()));
            Answer { status: 206, headers: vec![kind, what], body: bytes.get(from..).unwrap_or_default().to_vec() }
        }
    }
}

/// Deletes an exported file.
pub(crate) fn forget(dir: &Path, file: &str) {
    if !file.is_empty() {
        let _ = std::fs::remove_file(folder(dir).join(file));
    }
}
