//! What helps somebody else to help: one text that can be read before it is sent. Versions, settings, consoles as they were last
//! seen, jobs with their logs, and what was logged; no secret.

use super::Core;
use super::reports::{SavedReport, free};
use crate::files;
use crate::host;
use crate::problem::Problem;
use crate::profiles::secrets;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::Path;

const NAME: &str = "rainferry-diagnostics.txt";
/// The newest; older ones rarely matter, and a text stays one that can be read.
const MOST_JOBS: usize = 40;
const MOST_LOG_BYTES: usize = 512 * 1024;
/// A shorter word stands in many others.
const LEAST_SECRET: usize = 4;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DiagnosticsRequest {
    /// The file to write; one in the folder of bundles if left out.
    #[serde(default)]
    pub path: Option<String>,
}

impl Core {
    /// A named file must not be there yet; the one without a name is written anew.
    pub async fn save_diagnostics(&self, request: DiagnosticsRequest) -> Result<SavedReport, Problem> {
        let path = match &request.path {
            Some(path) => free(path)?,
            None => self.engine.library_dir().join(NAME),
        };
        self.write_diagnostics(&path).await
    }

    /// The dialog has asked about a file that is there.
    pub async fn save_diagnostics_as(&self, (): ()) -> Result<Option<SavedReport>, Problem> {
        let Some(chosen) = self.desktop()?.choose_new_file(&self.dialog_folder(), NAME).await else {
            return Ok(None);
        };
        self.write_diagnostics(&chosen).await.map(Some)
    }

    pub async fn reveal_logs(&self, (): ()) -> Result<(), Problem> {
        let folder = host::log_folder(&self.engine.host.data_dir());
        files::make_folder(&folder).map_err(|error| files::problem(&folder, "made", &error))?;
        self.desktop()?.reveal(&folder)
    }

    async fn write_diagnostics(&self, path: &Path) -> Result<SavedReport, Problem> {
        let mut text = self.diagnostics().await?;
        // Nothing above holds one; should anything ever, it is not what is sent.
        for secret in self.every_secret().await {
            if secret.reveal().len() >= LEAST_SECRET {
                text = text.replace(secret.reveal(), "••••••••");
            }
        }
        files::write(path, text.as_bytes()).map_err(|error| files::problem(path, "written", &error))?;
        Ok(SavedReport { path: path.display().to_string() })
    }

    async fn diagnostics(&self) -> Result<String, Problem> {
        let about = self.app_about(()).await?;
        let mut text = String::new();
        part(&mut text, "Rainferry", &about);
        let (system, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        part(
            &mut text,
            "This computer",
            &serde_json::json!({ "system": system, "arch": arch, "time": self.engine.host.clock().now() }),
        );
        part(&mut text, "Settings", &self.engine.book.settings());
        part(&mut text, "Consoles", &self.list_consoles(()).await?);
        part(&mut text, "Registries", &self.list_registries(()).await?);
        for job in self.engine.runner.list().iter().take(MOST_JOBS) {
            part(&mut text, "Job", &job.view());
        }
        let log = host::log_tail(&self.engine.host.data_dir(), MOST_LOG_BYTES);
        let _ = write!(text, "== Log\n\n{log}");
        Ok(text)
    }

    /// All that the keychain or this run keeps for us.
    async fn every_secret(&self) -> Vec<Secret> {
        let mut handles = Vec::new();
        for console in self.engine.book.consoles() {
            handles.push(secrets::password(&console.id));
            handles.extend(console.stores.iter().map(|store| secrets::store_key(&console.id, &store.cluster_region)));
        }
        handles.extend(self.engine.book.registries().iter().map(|one| secrets::registry(&one.address)));
        handles.extend(self.engine.runner.list().iter().map(|job| secrets::bundle_of(&job.id())));
        let mut found = Vec::new();
        for handle in handles {
            found.extend(self.engine.host.read_secret(&handle).await.ok().flatten().map(|(secret, _)| secret));
        }
        found
    }
}

fn part(text: &mut String, title: &str, value: &impl Serialize) {
    let shown = serde_json::to_string_pretty(value).unwrap_or_else(|error| error.to_string());
    let _ = write!(text, "== {title}\n\n{shown}\n\n");
}
