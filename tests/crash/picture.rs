//! A world as its users would describe it, without what is new each time: to tell whether a job that was killed left the world
//! as one that was not.

use crate::world::{World, sha256};
use rainferry_sandbox::Cluster;
use rainferry_sandbox::state::{Component, State};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;

pub(crate) async fn picture(world: &World, names: &[&str]) -> Value {
    let mut all = json!({ "library": listing(&world.library()), "exports": listing(&world.home().join("exports")) });
    let mut hashes = HashSet::new();
    for name in names {
        let cluster = world.at(name);
        cluster.settled().await;
        all[*name] = of(cluster, &mut hashes).await;
    }
    all
}

async fn of(cluster: &Cluster, hashes: &mut HashSet<String>) -> Value {
    let state = cluster.inspect();
    json!({
        "apps": sorted(state.apps.iter().map(|app| json!({
            "name": without_number(&app.name),
            "components": sorted(state.components_of(app.id).map(|row| component(cluster, &state, row))),
        }))),
        "components": state.components.len(),
        "backups": sorted(state.backups.iter().map(|row| json!([row.status, row.note, row.mode]))),
        "migrations": sorted(state.migrations.iter().map(|row| json!(row.status))),
        "restores": state.restores.len(),
        "imports": sorted(state.imports.iter().map(|row| json!(row.status))),
        "templates": sorted(state.templates.iter().map(|row| json!(row.name.split("-migrate-").next()))),
        "shares": state.shares.iter().filter(|share| share.status != 3).count(),
        "exports": state.exports.len(),
        "plugins": sorted(state.plugins.iter().map(|row| json!(row.category))),
        "config_groups": state.config_groups.len(),
        "certificates": state.certificates.len(),
        "rules": [state.http_rules.len(), state.tcp_rules.len(), state.routes.len()],
        "objects": objects(cluster, hashes).await,
        "unfinished_uploads": cluster.unfinished_uploads(),
    })
}

fn component(cluster: &Cluster, state: &State, row: &Component) -> Value {
    let status = row.then.as_ref().map_or(row.status.as_str(), |(then, _)| then.as_str());
    let name_of = |id: &String| state.components.iter().find(|one| one.service_id == *id).map(|one| one.name.clone());
    json!({
        "name": row.name,
        "status": status,
        "kind": row.extend_method,
        "replicas": row.min_node,
        "memory": row.min_memory,
        "ports": sorted(row.ports.iter().map(|port| json!([port.port, port.protocol, port.inner, port.outer]))),
        "envs": sorted(row.envs.iter().map(|env| json!(kind_of(&env.key)))),
        "volumes": sorted(row.volumes.iter().map(|volume| json!([volume.path, volume.kind]))),
        "depends": sorted(row.depends.iter().map(|id| json!(name_of(id)))),
        "plugins": row.rows("service_plugin_relation").len(),
        "files": files(cluster, &row.service_id),
    })
}

/// A pod's own folder has the pod's name, which is new each time; so have the marks of what filled or read a volume, one or as
/// many as instances share it.
fn files(cluster: &Cluster, component: &str) -> Value {
    let mut marked = HashSet::new();
    let mut rows = Vec::new();
    for (path, bytes) in cluster.volume_files(component) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        if !name.starts_with(".rbm-") {
            rows.push(json!([name, bytes.len()]));
        } else if marked.insert(folder.to_owned()) {
            rows.push(json!([".rbm-"]));
        }
    }
    sorted(rows.into_iter())
}

/// How many objects the cluster's store has, and how many of them are in the other stores as they are, byte for byte; their names
/// and most of their contents are new in each world.
async fn objects(cluster: &Cluster, others: &mut HashSet<String>) -> Value {
    let bucket = cluster.store().bucket;
    // A bucket comes to be with its first object.
    let listed = cluster.objects().list(&bucket, "").await.unwrap_or_default();
    let mut hashes = HashSet::new();
    for (key, _) in &listed {
        hashes.insert(sha256(cluster, &bucket, key).await);
    }
    let equal = hashes.intersection(others).count();
    others.extend(hashes);
    json!([listed.len(), equal])
}

/// The platform tells copies apart by four digits.
fn without_number(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((name, number)) if number.len() == 4 && number.chars().all(|digit| digit.is_ascii_hexdigit()) => name,
        _ => name,
    }
}

/// The platform names the variables of a port after its component's new id.
fn kind_of(key: &str) -> String {
    let made = |end| key.strip_prefix("GR").filter(|rest| rest.ends_with(end)).map(|_| format!("GR…{end}"));
    made("_HOST").or_else(|| made("_PORT")).unwrap_or_else(|| key.to_owned())
}

fn listing(folder: &Path) -> Value {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    sorted(files.map(|file| json!(file.file_name().to_string_lossy())))
}

fn sorted(rows: impl Iterator<Item = Value>) -> Value {
    let mut rows: Vec<Value> = rows.collect();
    rows.sort_by_key(Value::to_string);
    Value::Array(rows)
}

/// What differs, in words.
pub(crate) fn differences(want: &Value, got: &Value, at: &str, found: &mut Vec<String>) {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => {
            for (key, value) in want {
                differences(value, got.get(key).unwrap_or(&Value::Null), &format!("{at}.{key}"), found);
            }
        }
        (Value::Array(want), Value::Array(got)) if want.iter().chain(got).all(Value::is_object) => {
            for (side, rows, others) in [("missing", want, got), ("too much", got, want)] {
                let alone = rows.iter().filter(|row| !others.contains(row));
                found.extend(alone.map(|row| format!("{at}: {side}: {row}")));
            }
            if want.len() != got.len() {
                found.push(format!("{at}: should be {}, are {}", want.len(), got.len()));
            }
        }
        (want, got) if want != got => found.push(format!("{at}: should be {want}, is {got}")),
        _ => {}
    }
}
