//! Tauri's updater, lent to the core: asks, downloads and installs when the core says so, by the key that was built in. Nothing here
//! begins by itself, and the page cannot reach the plugin: no capability names it.

use rainferry_core::host::{Announced, Installed, LARGEST_UPDATE, Package, PackageKind, Proven, Updater};
use rainferry_core::{Code, Problem, Retry};
use serde_json::{Value, json};
use std::error::Error as _;
use std::time::Duration;
use tauri::utils::config::BundleType;
use tauri::utils::platform::bundle_type;
use tauri::{AppHandle, Runtime, Url};
use tauri_plugin_updater::{Error, Update, UpdaterBuilder, UpdaterExt};
use tokio::sync::watch;

const ANSWERS_WITHIN: Duration = Duration::from_secs(30);
const LONGEST_NOTES: usize = 4000;
/// A download is as slow as it is, but a wire that says nothing is broken.
const SILENT_FOR: Duration = Duration::from_secs(60);

const COME_AGAIN: &str = "Nothing of it was run. Get the update again from where Rainferry is published";

/// What `RAINFERRY_UPDATE_KEY` was when this was built; the key that signs is nowhere near.
pub(crate) fn key() -> Option<String> {
    // In builds for development alone: a test of the whole program brings a key of its own.
    #[cfg(debug_assertions)]
    if let Some(key) = std::env::var_os("RAINFERRY_UPDATE_KEY") {
        return key.into_string().ok().and_then(|key| written(&key));
    }
    option_env!("RAINFERRY_UPDATE_KEY").and_then(written)
}

fn written(key: &str) -> Option<String> {
    Some(key.trim().to_owned()).filter(|key| !key.is_empty())
}

/// Said here and not in `tauri.conf.json`, beside its reasons. A signature must name its version: else an old package could be
/// announced as a new one. The core refuses plain http but on this computer, which the plugin would refuse in releases only.
pub(crate) fn config(key: &str) -> Value {
    json!({ "pubkey": key, "endpoints": [], "requireSignedVersion": true, "dangerousInsecureTransportProtocol": true })
}

pub(crate) struct PluginUpdater<R: Runtime> {
    handle: AppHandle<R>,
    key: Option<String>,
}

impl<R: Runtime> PluginUpdater<R> {
    pub(crate) fn new(handle: AppHandle<R>, key: Option<String>) -> Self {
        Self { handle, key }
    }

    /// Nothing is asked by building it. From an https address only such addresses are followed.
    fn builder(&self, address: &Url) -> Result<UpdaterBuilder, Problem> {
        let is_secure = address.scheme() == "https";
        let builder = self.handle.updater_builder().timeout(ANSWERS_WITHIN);
        let builder = if is_secure { builder } else { builder.no_proxy() };
        builder
            .configure_client(move |client| client.https_only(is_secure))
            .endpoints(vec![address.clone()])
            .map_err(|error| problem(&error, address.as_str()))
    }

    fn update(&self, address: &Url, manifest: Value) -> Result<Update, Problem> {
        let told = |error: &Error| problem(error, address.as_str());
        let updater = self.builder(address)?.build().map_err(|error| told(&error))?;
        updater.restore_update(manifest).map_err(|error| told(&error))?.ok_or_else(|| {
            Problem::new(Code::UpdateUnfit, format!("{address} holds no newer version than this one"))
                .hint("There is nothing to do")
        })
    }

    /// The plugin's own update, ready to be installed: all but that.
    fn prepared(&self, update: &Proven) -> Result<Update, Problem> {
        let nowhere = Url::parse("https://localhost/").map_err(|error| {
            Problem::new(Code::Internal, "An address of ours is none").fact("reason", error.to_string())
        })?;
        let manifest = json!({ "version": update.version, "url": nowhere, "signature": update.signature });
        let prepared = self.update(&nowhere, manifest)?;
        prepared.verify(&update.bytes).map_err(|error| problem(&error, &update.file))?;
        Ok(prepared)
    }
}

#[async_trait::async_trait]
impl<R: Runtime> Updater for PluginUpdater<R> {
    fn installed(&self) -> Installed {
        Installed {
            version: self.handle.package_info().version.to_string(),
            key: self.key.clone(),
            by: kind(bundle_type()),
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
        }
    }

    async fn ask(&self, endpoint: &Url) -> Result<Option<Announced>, Problem> {
        let told = |error: &Error| problem(error, endpoint.as_str());
        let updater = self.builder(endpoint)?.build().map_err(|error| told(&error))?;
        let update = updater.check().await.map_err(|error| told(&error))?;
        Ok(update.map(|update| Announced {
            version: update.version,
            notes: update.body.map(|notes| notes.chars().take(LONGEST_NOTES).collect()),
            package: update.download_url,
            manifest: update.raw_json,
        }))
    }

    async fn fetch(
        &self,
        announced: &Announced,
        come: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<Package, Problem> {
        let from = announced.package.to_string();
        let update = self.update(&announced.package, announced.manifest.clone())?;
        let bytes = download(&update, &from, come).await?;
        Ok(Package {
            from,
            bytes: bytes.into(),
            signature: update.signature,
            announced: Some(announced.version.clone()),
            notes: announced.notes.clone(),
        })
    }

    async fn install(&self, update: &Proven) -> Result<(), Problem> {
        // The plugin would take what merely runs for an AppImage, and write over it.
        if kind(bundle_type()).is_none() {
            return Err(Problem::new(
                Code::UpdateFailed,
                "This program was not installed by a package, so none can replace it",
            )
            .hint("Install the package by hand"));
        }
        let prepared = self.prepared(update)?;
        let bytes = update.bytes.clone();
        let installing = tauri::async_runtime::spawn_blocking(move || prepared.install(&bytes));
        let installed = installing.await.map_err(|error| {
            Problem::new(Code::UpdateFailed, "Installing broke off").fact("reason", error.to_string())
        })?;
        installed.map_err(|error| problem(&error, &update.file))
    }

    fn restart(&self) {
        self.handle.request_restart();
    }
}

fn kind(bundle: Option<BundleType>) -> Option<PackageKind> {
    match bundle? {
        BundleType::Deb => Some(PackageKind::Deb),
        BundleType::Rpm => Some(PackageKind::Rpm),
        BundleType::AppImage => Some(PackageKind::AppImage),
        BundleType::App | BundleType::Dmg => Some(PackageKind::App),
        BundleType::Nsis => Some(PackageKind::Nsis),
        BundleType::Msi => Some(PackageKind::Msi),
    }
}

/// Given up where it grows beyond every update, or where nothing comes any more.
async fn download(
    update: &Update,
    from: &str,
    come: &(dyn Fn(u64, Option<u64>) + Send + Sync),
) -> Result<Vec<u8>, Problem> {
    let (tell, mut told) = watch::channel((0_u64, None));
    let mut had = 0;
    let chunk = move |bytes: usize, whole: Option<u64>| {
        had += bytes as u64;
        let _ = tell.send((had, whole));
    };
    let download = update.download(chunk, || {});
    tokio::pin!(download);
    loop {
        tokio::select! {
            biased;
            done = &mut download => return done.map_err(|error| problem(&error, from)),
            changed = tokio::time::timeout(SILENT_FOR, told.changed()) => {
                if changed.is_err() {
                    return Err(Problem::new(Code::Unreachable, format!("{from} has sent nothing for a minute")).hint("Check the network, then try again").retry(Retry::Later));
                }
                let (had, whole) = *told.borrow_and_update();
                if had.max(whole.unwrap_or(0)) > LARGEST_UPDATE as u64 {
                    return Err(Problem::new(Code::UpdateUntrusted, format!("{from} is larger than any update")).hint(COME_AGAIN));
                }
                come(had, whole);
            }
        }
    }
}

/// What the plugin says, by what a person can do about it.
fn problem(error: &Error, whom: &str) -> Problem {
    let problem = match error {
        Error::Reqwest(error) if error.is_decode() => no_manifest(whom),
        Error::Reqwest(error) if error.is_builder() || error.is_redirect() => {
            Problem::new(Code::BadAddress, format!("{whom} leads to where updates are not asked for"))
                .hint("From an https address only such addresses are followed")
        }
        Error::Reqwest(_) | Error::Network(_) => Problem::new(Code::Unreachable, format!("{whom} gave no answer"))
            .hint("Check the address and the network, or install from a file")
            .retry(Retry::Later),
        Error::Serialization(_) | Error::Semver(_) | Error::UrlParse(_) => no_manifest(whom),
        Error::ReleaseNotFound => no_manifest(whom),
        Error::TargetNotFound(_) | Error::TargetsNotFound(_) | Error::UnsupportedArch | Error::UnsupportedOs => {
            Problem::new(Code::UpdateUnfit, format!("{whom} has no update for this system"))
                .hint("Install a newer version the way this one was installed")
        }
        Error::Minisign(_)
        | Error::Base64(_)
        | Error::SignatureUtf8(_)
        | Error::SignedVersionMismatch { .. }
        | Error::MissingSignedVersion => Problem::new(
            Code::UpdateUntrusted,
            format!("{whom} is not what was signed with Rainferry’s key, as announced"),
        )
        .hint(COME_AGAIN),
        _ => Problem::new(Code::UpdateFailed, format!("{whom} was not installed"))
            .hint("Rainferry is as it was. Install the package by hand, or try again"),
    };
    problem.fact("reason", reason(error))
}

fn no_manifest(whom: &str) -> Problem {
    Problem::new(Code::ManifestBroken, format!("{whom} answered, but not with an update manifest"))
        .hint("Check the address: it should lead to the JSON that lists the newest version")
}

/// With what lies below: the outermost word is often “error”.
fn reason(error: &Error) -> String {
    let mut words = vec![error.to_string()];
    let mut below = error.source();
    while let Some(one) = below {
        words.push(one.to_string());
        below = one.source();
    }
    words.dedup();
    words.join(": ")
}

#[cfg(test)]
#[path = "updates_tests.rs"]
mod tests;
