//! `region_apps_metadata.json` → what the cluster adds to the app: builds, limits, states, and whatever the console's file
//! lacks (protocol.md §6.3). Both forms: the object of today, the bare array of v5.1.7 and before.

use super::console_meta::{config_file, dependency, env, port, probe, volume};
use super::error::PackageError;
use super::model::{AppModel, ComponentModel, MetadataForm, MountModel, PluginModel, REGION_FILE, VolumeModel};
use super::row::Row;
use serde_json::Value;

/// `made_from` of a package that was put together from the platform's export of a template.
pub(crate) const FROM_TEMPLATE: &str = "template";

pub(super) fn merge(app: &mut AppModel, file: &Value) -> Result<(), PackageError> {
    let top = Row(file);
    app.is_from_template = top.text("made_from") == FROM_TEMPLATE;
    let services = match file {
        Value::Array(_) => {
            app.form = MetadataForm::Array;
            top
        }
        Value::Object(_) if top.row("Services").is_there() => top.row("Services"),
        // An app without components: `"Services": null`.
        Value::Object(fields) if fields.contains_key("Services") => top.row("Services"),
        _ => return Err(PackageError::MetadataForeign { name: REGION_FILE }),
    };
    for row in services.items() {
        let id = service_id(row);
        if let Some(known) = app.components.iter_mut().find(|component| component.id == id) {
            complete(known, row);
        } else {
            let mut unknown = ComponentModel { id, ..ComponentModel::default() };
            complete(&mut unknown, row);
            app.components.push(unknown);
        }
    }
    for row in top.rows("Plugins") {
        merge_plugin(app, row);
    }
    for row in top.rows("PluginBuildVersions") {
        merge_plugin_build(app, row);
    }
    Ok(())
}

fn service_id(row: Row<'_>) -> String {
    let id = row.text("ServiceID");
    if id.is_empty() { row.row("Service").text("service_id") } else { id }
}

fn complete(component: &mut ComponentModel, row: Row<'_>) {
    let service = row.row("Service");
    let build = row.rows("Versions").next().unwrap_or(Row(&Value::Null));
    component.in_region = true;
    component.kind = service.text("kind");
    component.status = row.text("ServiceStatus");
    component.built_image = build.text("image_name");
    component.build_version = build.text("build_version");
    component.delivered_type = build.text("delivered_type");
    // Every other key is for labels of another kind than nodes'.
    let node_labels = row.rows("ServiceLabel").filter(|label| label.text("LabelKey") == "node-selector");
    component.labels = node_labels.map(|label| label.text("LabelValue")).collect();
    fill(&mut component.alias, service.text("service_alias"));
    fill(&mut component.cname, service.first_text(&["service_name", "service_alias"]));
    fill(&mut component.k8s_name, service.text("k8s_component_name"));
    fill(&mut component.extend_method, service.text("extend_method"));
    fill(&mut component.cmd, build.text("cmd"));
    // The cluster's word counts: the console may show a closed component with none (protocol.md §2.3).
    for (ours, theirs) in [
        (&mut component.memory_mb, service.size("container_memory")),
        (&mut component.cpu_millis, service.size("container_cpu")),
        (&mut component.replicas, service.size("replicas")),
    ] {
        if theirs > 0 {
            *ours = theirs;
        }
    }
    if !component.in_console {
        take_rows(component, row);
    }
}

/// Everything else, for a component that the console's file does not have.
fn take_rows(component: &mut ComponentModel, row: Row<'_>) {
    let volumes: Vec<VolumeModel> = row.rows("ServiceVolume").map(volume).collect();
    component.config_files =
        row.rows("ServiceConfigFile").map(|file| config_file(file, "filename", &volumes)).collect();
    component.volumes = volumes;
    component.ports = row.rows("ServicePort").map(port).collect();
    component.envs = row.rows("ServiceEnv").map(env).collect();
    component.probes = row.rows("ServiceProbe").map(probe).collect();
    component.dependencies =
        row.rows("ServiceRelation").map(|relation| dependency(relation, "depend_service_id")).collect();
    component.mounts = row
        .rows("ServiceMntRelation")
        .map(|mount| MountModel {
            of: mount.text("dep_service_id"),
            volume: mount.text("volume_name"),
            path: mount.text("volume_path"),
            in_package: false,
        })
        .collect();
    component.plugin_ids = row.rows("PluginRelation").map(|relation| relation.text("plugin_id")).collect();
}

fn fill(ours: &mut String, theirs: String) {
    if ours.is_empty() {
        *ours = theirs;
    }
}

fn merge_plugin(app: &mut AppModel, row: Row<'_>) {
    let id = row.first_text(&["PluginID", "plugin_id"]);
    if app.plugins.iter().all(|plugin| plugin.id != id) {
        app.plugins.push(PluginModel {
            id,
            name: row.text("plugin_name"),
            image: row.text("image_url"),
            category: row.text("plugin_model"),
            ..PluginModel::default()
        });
    }
}

/// Its image tar is named after the cluster's newest build of it (protocol.md §6.2).
fn merge_plugin_build(app: &mut AppModel, row: Row<'_>) {
    let id = row.text("plugin_id");
    if let Some(plugin) = app.plugins.iter_mut().find(|plugin| plugin.id == id) {
        plugin.built_image = row.first_text(&["build_local_image", "base_image"]);
        fill(&mut plugin.build_version, row.first_text(&["version_id", "deploy_version"]));
    }
}
