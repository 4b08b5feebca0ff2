//! The builder's import job: every file of a record, one after the other. Why one fails is in its own log only;
//! the console hears `failed` (recorded 1517).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::package::Package;
use super::upload::local_folder;
use crate::console::Console;
use crate::era::Era;
use crate::state::State;

#[derive(Debug)]
pub(crate) struct ImportJob {
    pub(crate) event_id: String,
}

pub(crate) async fn run(console: &Arc<Console>, job: ImportJob) {
    let least = tokio::time::sleep(console.pace().restore);
    let found = console.look(|state| {
        let row = state.region_imports.iter().find(|row| row.event_id == job.event_id)?;
        let registry = state.region(&row.region)?.registry.clone();
        Some((row.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>(), registry))
    });
    let Some((files, hub)) = found else { return };
    let mut outcomes = Vec::new();
    for file in files {
        let outcome = one(console, &job.event_id, &file, &hub).await;
        if let Err(why) = &outcome {
            tracing::info!(file, why, "import failed");
        }
        outcomes.push((file, outcome));
    }
    least.await;
    console.faults().builder_free().await;
    let era = console.era();
    let _ = console.change(|state| finish(state, era, &job.event_id, outcomes));
}

/// The end of the job. Regions up to 6.8.1 call it a success whatever became of the files (rebuild.md §3.4).
fn finish(state: &mut State, era: Era, event_id: &str, outcomes: Vec<(String, Result<Value, String>)>) {
    let Some(row) = state.region_imports.iter_mut().find(|row| row.event_id == event_id) else { return };
    let good = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count();
    row.status = match good {
        _ if era == Era::V5_17_3 => "success",
        0 => "failed",
        _ if good < outcomes.len() => "partial_success",
        _ => "success",
    }
    .to_owned();
    for (name, outcome) in outcomes {
        let Some(file) = row.files.iter_mut().find(|file| file.name == name) else { continue };
        match outcome {
            Ok(template) => {
                file.status = "success".to_owned();
                row.templates.push(template);
            }
            Err(why) => {
                file.status = "failed".to_owned();
                file.message = why;
            }
        }
    }
}

async fn one(console: &Arc<Console>, event_id: &str, file: &str, hub: &str) -> Result<Value, String> {
    if console.faults().switches().import_fails {
        return Err("import failed by a switch".to_owned());
    }
    let work = console.dir().join("import").join(event_id);
    let unpacked = work.join("unpacked");
    tokio::fs::create_dir_all(&unpacked).await.map_err(|error| error.to_string())?;
    let made = from_file(console, event_id, file, hub, &work).await;
    let _ = tokio::fs::remove_dir_all(&work).await;
    made
}

async fn from_file(
    console: &Arc<Console>,
    event_id: &str,
    file: &str,
    hub: &str,
    work: &Path,
) -> Result<Value, String> {
    let package = fetched(console, event_id, file, work).await?;
    let (folder, dir, hub) = (work.join("unpacked"), console.dir().to_owned(), hub.to_owned());
    let (era, push_fails) = (console.era(), console.faults().switches().push_fails);
    let import = move || {
        let package = Package { file: &package, folder: &folder, cluster_dir: &dir, hub: &hub, era, push_fails };
        package.import()
    };
    tokio::task::spawn_blocking(import).await.map_err(|error| error.to_string())?
}

/// The package on the builder's disk: v6 downloads it from the region's store, v5 has it on the shared disk
/// (rebuild.md §3.2).
async fn fetched(console: &Arc<Console>, event_id: &str, file: &str, work: &Path) -> Result<PathBuf, String> {
    match console.era() {
        Era::V5_17_3 => Ok(local_folder(console.dir(), event_id).join(file)),
        Era::V6_9_8 => {
            let path = work.join(file);
            let key = format!("app/import/{event_id}/{file}");
            let got = console.store().own().get_file("grdata", &key, &path).await;
            got.map(|_| path).map_err(|error| error.to_string())
        }
    }
}
