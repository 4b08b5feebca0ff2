//! Init containers: enabled plugins of the category `init-plugin` run before the component, with its volumes and variables
//! (rainbond v6.9.8 worker/appm/conversion/plugin.go; rebuild.md §8.1). One that fails keeps the component from starting.
//!
//! A sandbox has no containers. So only one program is ever run, the one whose SHA-256 the switch `init_program` names: with
//! `RBM_ROOT` at a pod's own root, which holds its volumes by their paths. Any other plugin is taken for one that did its work.
//!
//! Instances of a stateless component share the component's volumes and start together; those of a stateful one start one
//! after the other, and each has a folder of its name in every volume (protocol.md §6.2). On a cluster whose pod security is
//! `restricted` no such pod comes to be (§8.3). A component that is started again loses the pods that were starting.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::import::Registry;
use super::share_dir;
use crate::clock::Moment;
use crate::console::Console;
use crate::fault::Switches;
use crate::noise;
use crate::state::{Component, Event, Plugin, State};

const CATEGORY: &str = "init-plugin";

/// A start that waits for its init containers.
#[derive(Debug)]
pub(crate) struct InitJob {
    service_id: String,
    program: String,
    /// Nobody may run privileged.
    is_refused: bool,
    runs: Vec<Run>,
}

/// The newest start of each component: it ends the one before, and begins when that is gone.
#[derive(Debug, Default)]
pub(crate) struct Starts(Mutex<HashMap<String, Start>>);

#[derive(Debug, Default, Clone)]
struct Start {
    is_over: CancellationToken,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Starts {
    fn newest(&self, service_id: &str) -> Start {
        let mut starts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let start = starts.entry(service_id.to_owned()).or_default();
        start.is_over.cancel();
        start.is_over = CancellationToken::new();
        start.clone()
    }
}

#[derive(Debug, Clone)]
struct Run {
    archive: PathBuf,
    name_inside: String,
    variables: Vec<(String, String)>,
}

/// The job of a component that is about to run, if it has one. A plugin version that is not built is left out without a
/// word (rebuild.md §5.9).
pub(crate) fn init_job(state: &State, dir: &Path, switches: &Switches, row: &Component) -> Option<InitJob> {
    let registry = Registry::open(dir);
    let relations = row.rows("service_plugin_relation").iter().filter(|relation| relation["plugin_status"] == true);
    let plugins = relations.filter_map(|relation| state.plugin(relation["plugin_id"].as_str()?));
    let ready = plugins.filter(|plugin| plugin.category == CATEGORY && plugin.build_status == "build_success");
    let run = |plugin: &Plugin| {
        let kept = registry.get(&plugin.built_image)?;
        let (archive, name_inside) = (registry.tar(kept), kept.name_inside.clone());
        Some(Run { archive, name_inside, variables: variables(row, plugin) })
    };
    let runs: Vec<Run> = ready.filter_map(run).collect();
    let is_refused = switches.refuses_privileged && !runs.is_empty();
    let program = switches.init_program.clone().filter(|_| !runs.is_empty());
    let program = if is_refused { program.or_else(|| Some(String::new())) } else { program }?;
    Some(InitJob { service_id: row.service_id.clone(), program, is_refused, runs })
}

/// The component's own, and what its settings of the plugin say.
fn variables(row: &Component, plugin: &Plugin) -> Vec<(String, String)> {
    let mut all: Vec<_> = row.envs.iter().map(|env| (env.key.clone(), env.value.clone())).collect();
    let ours =
        row.rows("service_plugin_config").iter().filter(|config| config["plugin_id"] == plugin.plugin_id.as_str());
    for config in ours.filter(|config| config["injection"] == "env") {
        let attrs: Value =
            config["attrs"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let pairs = attrs.as_object().into_iter().flatten();
        all.extend(pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))));
    }
    all
}

/// Names of the pods that start, as the platform makes them.
fn pods(state: &State, row: &Component) -> Vec<String> {
    let k8s_app = state.apps.iter().find(|app| app.id == row.app_id).map(|app| app.k8s_app.clone()).unwrap_or_default();
    let name = |suffix: String| format!("{k8s_app}-{}-{suffix}", row.k8s_name);
    let suffix = |index: u64| match row.is_stateful() {
        true => index.to_string(),
        false => format!("7d4f9c-{}", noise::id().split_at(5).0),
    };
    (0..row.min_node.max(1)).map(|index| name(suffix(index))).collect()
}

pub(super) async fn run(console: &Arc<Console>, job: InitJob) {
    let found = console.look(|state| {
        let row = state.component(&job.service_id)?.clone();
        Some((pods(state, &row), row))
    });
    let Some((pods, row)) = found else { return };
    let Start { is_over, turn } = console.starts().newest(&job.service_id);
    let _turn = turn.lock().await;
    if is_over.is_cancelled() {
        return;
    }
    let refused =
        "FailedCreate: pods violate PodSecurity \"restricted:latest\": privileged (init container)".to_owned();
    let mut outcome = if job.is_refused { Err(refused) } else { Ok(()) };
    if outcome.is_ok() && row.is_stateful() {
        for pod in &pods {
            outcome = outcome.and(start(console.dir(), &row, &job, pod, &is_over).await);
        }
    } else if outcome.is_ok() {
        let starts = pods.iter().map(|pod| start(console.dir(), &row, &job, pod, &is_over));
        outcome = futures::future::join_all(starts).await.into_iter().collect();
    }
    if is_over.is_cancelled() {
        return;
    }
    let now = console.clock().now();
    let _ = console.change(|state| finish(state, &job.service_id, outcome, now));
}

/// All init containers of one pod.
async fn start(
    dir: &Path,
    row: &Component,
    job: &InitJob,
    pod: &str,
    is_over: &CancellationToken,
) -> Result<(), String> {
    let root = Root::mounted(dir, row, pod).map_err(|error| error.to_string())?;
    let mut outcome = Ok(());
    for run in &job.runs {
        if outcome.is_ok() {
            let ended = is_over.run_until_cancelled(one(&root.path, run, &job.program, pod)).await;
            outcome = ended.unwrap_or_else(|| Err("terminated".to_owned()));
        }
    }
    root.unmounted().map_err(|error| error.to_string())?;
    outcome
}

/// What a pod sees as `/`.
struct Root {
    path: PathBuf,
    /// A stateful pod's own folders: where they are kept, and where the pod sees them.
    own: Vec<(PathBuf, PathBuf)>,
}

impl Root {
    fn mounted(dir: &Path, row: &Component, pod: &str) -> std::io::Result<Self> {
        let share = share_dir(dir, &row.tenant_id, &row.service_id);
        let mounted = row.volumes.iter().filter(|volume| !matches!(volume.kind.as_str(), "config-file" | "memoryfs"));
        let paths = mounted.map(|volume| volume.path.trim_start_matches('/').to_owned());
        if !row.is_stateful() {
            for path in paths {
                std::fs::create_dir_all(share.join(path))?;
            }
            return Ok(Self { path: share, own: Vec::new() });
        }
        let root = Self { path: share.join(".pods").join(pod), own: Vec::new() };
        let own: Vec<_> = paths.map(|path| (share.join(&path).join(pod), root.path.join(path))).collect();
        for (kept, seen) in &own {
            std::fs::create_dir_all(kept)?;
            if let Some(parent) = seen.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::rename(kept, seen)?;
        }
        Ok(Self { own, ..root })
    }

    fn unmounted(self) -> std::io::Result<()> {
        for (kept, seen) in &self.own {
            std::fs::rename(seen, kept)?;
        }
        if self.own.is_empty() { Ok(()) } else { std::fs::remove_dir_all(&self.path) }
    }
}

fn finish(state: &mut State, service_id: &str, outcome: Result<(), String>, now: Moment) {
    // Somebody may have stopped it meanwhile.
    let Some(row) = state.component_mut(service_id).filter(|row| row.status == "starting") else { return };
    row.status = if outcome.is_ok() { "running" } else { "abnormal" }.to_owned();
    row.then = None;
    let Err(why) = outcome else { return };
    let (tenant_id, target_id) = (row.tenant_id.clone(), row.service_id.clone());
    state.events.push(Event {
        event_id: noise::id(),
        tenant_id,
        target_id,
        opt_type: "start-service".to_owned(),
        status: "failure".to_owned(),
        message: String::new(),
        time: now,
        log: vec![format!("Init:Error: {why}")],
    });
}

async fn one(root: &Path, run: &Run, program: &str, pod: &str) -> Result<(), String> {
    let (found, wanted) = (run.clone(), program.to_owned());
    let extracted = tokio::task::spawn_blocking(move || entrypoint(&found, &wanted)).await;
    let extracted = extracted.map_err(|error| error.to_string())?.map_err(|error| format!("pull: {error}"))?;
    let Some(folder) = extracted else { return Ok(()) };
    let mut command = tokio::process::Command::new(folder.path().join("program"));
    command.env_clear().envs(run.variables.iter().cloned()).env("_POD_NAME", pod).env("RBM_ROOT", root);
    command.current_dir(root).stdin(Stdio::null()).kill_on_drop(true);
    let done = loop {
        match command.output().await {
            // Another pod's child holds the fresh file open for writing, between its fork and its exec.
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => tokio::task::yield_now().await,
            done => break done.map_err(|error| error.to_string())?,
        }
    };
    let words = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    if done.status.success() { Ok(()) } else { Err(format!("{}: {words}", done.status)) }
}

/// What the image runs, as a file in a folder of its own; nothing where it is not the program that may run.
fn entrypoint(run: &Run, wanted: &str) -> std::io::Result<Option<tempfile::TempDir>> {
    use std::os::unix::fs::PermissionsExt;
    let manifest = json_member(&run.archive, "manifest.json")?;
    let names = |image: &&Value| {
        image["RepoTags"].as_array().is_some_and(|tags| tags.contains(&run.name_inside.as_str().into()))
    };
    let Some(image) = manifest.as_array().into_iter().flatten().find(names) else { return Ok(None) };
    let config = json_member(&run.archive, image["Config"].as_str().unwrap_or_default())?;
    let Some(path) = config["config"]["Entrypoint"][0].as_str() else { return Ok(None) };
    let mut program = None;
    for layer in image["Layers"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let layer = member(&run.archive, layer)?.unwrap_or_default();
        program = member_of(layer.as_slice(), path.trim_start_matches('/'))?.or(program);
    }
    let Some(program) = program.filter(|bytes| hex::encode(Sha256::digest(bytes)) == wanted) else { return Ok(None) };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("program");
    std::fs::write(&file, program)?;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755))?;
    Ok(Some(folder))
}

fn json_member(archive: &Path, name: &str) -> std::io::Result<Value> {
    let bytes = member(archive, name)?.unwrap_or_default();
    Ok(serde_json::from_slice(&bytes).unwrap_or_default())
}

fn member(archive: &Path, name: &str) -> std::io::Result<Option<Vec<u8>>> {
    member_of(std::io::BufReader::new(std::fs::File::open(archive)?), name)
}

fn member_of(archive: impl Read, name: &str) -> std::io::Result<Option<Vec<u8>>> {
    let mut tar = tar::Archive::new(archive);
    for entry in tar.entries()? {
        let mut entry = entry?;
        if entry.path()?.to_string_lossy().trim_start_matches("./") == name {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}
