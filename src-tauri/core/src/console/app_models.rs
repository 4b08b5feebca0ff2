//! Brings a package into a console as a template: record, upload, import, and the templates themselves (rebuild.md §3).

use super::client::{Console, Scope};
use super::envelope::Envelope;
use super::error::{ConsoleError, Refusal};
use super::lenient;
use super::request::{Call, Wait};
use super::upload::{Outgoing, UploadError, Upstream};
use crate::ctx::Ctx;
use bytes::Bytes;
use futures::Stream;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// The one part of the upload (`region:api/controller/app.go` `Upload`).
const PART: &str = "appTarFile";

/// Where an import, or one of its files, stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportState {
    Uploading,
    Importing,
    PartialSuccess,
    Success,
    Failed,
    Other,
}

impl ImportState {
    fn parse(status: &str) -> Self {
        match status {
            "uploading" => Self::Uploading,
            "importing" => Self::Importing,
            "partial_success" => Self::PartialSuccess,
            "success" => Self::Success,
            "failed" => Self::Failed,
            _ => Self::Other,
        }
    }
}

/// An import as the console keeps it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ImportRecord {
    pub event_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
    /// Give it to [`Console::upload_import`] as it is.
    #[serde(default, deserialize_with = "lenient::text")]
    pub upload_url: String,
    /// The alias, not the name: always the first cluster of the enterprise (rebuild.md §3.1).
    #[serde(default, rename = "region_name", deserialize_with = "lenient::text")]
    pub region_alias: String,
}

impl ImportRecord {
    pub(crate) fn state(&self) -> ImportState {
        ImportState::parse(&self.status)
    }
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ImportedFile {
    pub file_name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub status: String,
}

impl ImportedFile {
    pub(crate) fn state(&self) -> ImportState {
        ImportState::parse(&self.status)
    }
}

/// What a poll says.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct ImportProgress {
    #[serde(deserialize_with = "lenient::text")]
    pub status: String,
    /// The name of the cluster it lands on.
    #[serde(deserialize_with = "lenient::text")]
    pub region: String,
    #[serde(deserialize_with = "lenient::text")]
    pub user_name: String,
    #[serde(skip)]
    pub files: Vec<ImportedFile>,
}

/// What to make of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportVerdict {
    Waiting,
    /// The template is there. Do not poll again: each poll makes the region fetch the package (rebuild.md §3.4).
    Done,
    /// No reason is given anywhere (recording 1517). Also a success that names no file: the list of templates tells.
    Failed,
}

impl ImportProgress {
    /// Nobody has started it yet (recording 1511).
    pub(crate) fn is_waiting_for_its_start(&self) -> bool {
        ImportState::parse(&self.status) == ImportState::Uploading
    }

    /// By both words: on regions up to 6.8.1 a failed file still ends as "success" (rebuild.md §3.4).
    pub(crate) fn verdict(&self) -> ImportVerdict {
        let files = || self.files.iter().map(ImportedFile::state);
        match ImportState::parse(&self.status) {
            _ if files().any(|file| file == ImportState::Failed) => ImportVerdict::Failed,
            ImportState::Success if !self.files.is_empty() && files().all(|file| file == ImportState::Success) => {
                ImportVerdict::Done
            }
            ImportState::Success | ImportState::PartialSuccess | ImportState::Failed => ImportVerdict::Failed,
            ImportState::Uploading | ImportState::Importing | ImportState::Other => ImportVerdict::Waiting,
        }
    }
}

/// A template in the console's shop.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Template {
    /// The `group_key` it was imported with; a random one where that was in use by another name (recording 1520).
    pub app_id: String,
    #[serde(default, rename = "app_name", deserialize_with = "lenient::text")]
    pub name: String,
    /// The team that has it.
    #[serde(default, rename = "create_team", deserialize_with = "lenient::text")]
    pub team: String,
    /// `import` or `local`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub source: String,
    #[serde(default, rename = "versions_info", deserialize_with = "lenient::rows")]
    pub versions: Vec<TemplateVersion>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct TemplateVersion {
    pub version: String,
    #[serde(default, deserialize_with = "lenient::flag")]
    pub is_complete: bool,
    /// `amd64&arm64` blocks every install: the poll was sent without `arch` (recordings 1525, 1526).
    #[serde(default, deserialize_with = "lenient::text")]
    pub arch: String,
}

impl Console {
    /// Makes an import record, or finds the user's unfinished one: whose it is must be known before it is used
    /// (recording 1501, rebuild.md §3.1).
    pub(crate) async fn create_import(&self, ctx: &Ctx, enterprise: &str) -> Result<ImportRecord, ConsoleError> {
        let path = ["enterprise", enterprise, "app-models", "import"];
        let call = Call::writing(self.pen()?, "prepare an import", Method::POST, &path).wait(Wait::Long);
        let envelope = self.ask(ctx, call).await?;
        // Without a usable cluster the console still says 200, and names no import (recording 1502).
        match envelope.bean.get("event_id").and_then(Value::as_str) {
            None | Some("") => Err(ConsoleError::ClusterDown(Refusal {
                act: envelope.act,
                status: envelope.status,
                code: envelope.code,
                said: None,
            })),
            Some(_) => envelope.bean_as(),
        }
    }

    /// Names of the files in an import's folder. Anybody may put one there (recording 1505): compare with what was sent.
    ///
    /// Only before the upload where a region of v6 stores locally: the look itself wipes the folder (rebuild.md §3.2).
    pub(crate) async fn import_files(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        event_id: &str,
    ) -> Result<Vec<String>, ConsoleError> {
        let path = ["enterprise", enterprise, "app-models", "import", event_id, "dir"];
        self.ask(ctx, Call::get("list the uploaded files", &path)).await?.rows_as()
    }

    /// Uploads a package in one request, of any size: there are no parts and no resuming (rebuild.md §3.2).
    pub(crate) async fn upload_import<S, E>(
        &self,
        ctx: &Ctx,
        to: Upstream<'_>,
        file: Outgoing<S>,
    ) -> Result<(), UploadError<E>>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Send + 'static,
    {
        self.send_file(ctx, "upload the package", to, PART, file).await.map(drop)
    }

    /// Starts the import of one uploaded file, for one team: other teams' shops stay as they are.
    pub(crate) async fn start_import(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        event_id: &str,
        scope: &Scope,
        file_name: &str,
    ) -> Result<(), ConsoleError> {
        let path = ["enterprise", enterprise, "app-models", "import", event_id];
        let body = json!({ "scope": "team", "tenant_name": scope.team, "file_name": file_name });
        let call = Call::post(self.pen()?, "start the import", &path, body).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop).map_err(unknown_is_missing)
    }

    /// Asks how an import is; the poll that first sees success writes the template and may take minutes. One at a time.
    ///
    /// Without `arch` a package of several architectures ends as one that nothing can run (recording 1525).
    pub(crate) async fn poll_import(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        event_id: &str,
        arch: &str,
    ) -> Result<ImportProgress, ConsoleError> {
        let path = ["enterprise", enterprise, "app-models", "import", event_id];
        let call = Call::get("read the import's state", &path).query("arch", arch).wait(Wait::Import);
        let envelope = self.ask(ctx, call).await.map_err(unknown_is_missing)?;
        Ok(ImportProgress { files: envelope.rows_as()?, ..envelope.bean_as()? })
    }

    /// Deletes the record; always a success (recording 1598). The bucket's files stay.
    pub(crate) async fn delete_import(&self, ctx: &Ctx, enterprise: &str, event_id: &str) -> Result<(), ConsoleError> {
        let path = ["enterprise", enterprise, "app-models", "import", event_id];
        let call = Call::writing(self.pen()?, "delete the import", Method::DELETE, &path).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }

    /// Templates of the user's teams whose name contains `name`.
    pub(crate) async fn templates(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        name: &str,
    ) -> Result<Vec<Template>, ConsoleError> {
        // `true` in lower case is a 500 (recording 1519).
        let call = Call::get("list the templates", &["enterprise", enterprise, "app-models"])
            .query("app_name", name)
            .query("scope", "team")
            .query("is_complete", "True");
        self.pages(ctx, &call, Envelope::rows_as).await
    }

    /// Deletes a template. Not before what was installed from it is built (rebuild.md §3.7).
    pub(crate) async fn delete_template(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        template: &str,
    ) -> Result<(), ConsoleError> {
        let path = ["enterprise", enterprise, "app-model", template];
        self.ask(ctx, Call::writing(self.pen()?, "delete the template", Method::DELETE, &path).wait(Wait::Long))
            .await
            .map(drop)
    }
}

/// An unknown import is 400, told apart by its words alone (recording 1510).
fn unknown_is_missing(error: ConsoleError) -> ConsoleError {
    match error {
        ConsoleError::Refused(refusal) if refusal.said.as_deref() == Some("import_record not found") => {
            ConsoleError::NotFound(refusal)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_judged_by_both_words() {
        let check = |status: &str, files: &[&str], expected: ImportVerdict| {
            let files = files.iter().map(|status| ImportedFile { file_name: "p".into(), status: (*status).into() });
            let progress =
                ImportProgress { status: status.into(), files: files.collect(), ..ImportProgress::default() };
            assert_eq!(progress.verdict(), expected, "{progress:?}");
        };
        check("uploading", &[], ImportVerdict::Waiting);
        check("importing", &["importing"], ImportVerdict::Waiting);
        check("importing", &["success"], ImportVerdict::Waiting);
        check("success", &["success"], ImportVerdict::Done);
        check("success", &["failed"], ImportVerdict::Failed);
        check("success", &[], ImportVerdict::Failed);
        check("partial_success", &["success", "failed"], ImportVerdict::Failed);
        check("failed", &["failed"], ImportVerdict::Failed);
        check("some new word", &[], ImportVerdict::Waiting);
    }
}
