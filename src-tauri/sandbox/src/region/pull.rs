//! Images that lie in a registry of somebody's: pulled as a node does it, with the login that was given for the component, each
//! blob compared with its checksum (rebuild.md §7.2). Plain HTTP is trusted on loopback only, as container runtimes do
//! (`127.0.0.0/8` is insecure by default); the sandbox has no way to any other host.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Response, StatusCode, header};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Job, init_job};
use crate::clock::Moment;
use crate::console::Console;
use crate::noise;
use crate::state::{Event, State};

const ACCEPT: &str = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";
const NODE_ARCH: &str = "amd64";

/// A pull that makes no headway is given up and asked for again, by containerd after minutes.
const STILL: Duration = Duration::from_secs(10);

/// What an image is pulled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A look before a component is made of it.
    Check,
    /// A component starts.
    Start,
}

#[derive(Debug)]
pub(crate) struct PullJob {
    pub(crate) service_id: String,
    pub(crate) purpose: Purpose,
}

/// A plugin whose image must be pulled first.
#[derive(Debug)]
pub(crate) struct PluginPull {
    pub(crate) plugin_id: String,
}

/// A login for a registry; empty for none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// Whether an image has to be fetched from a registry that answers on loopback.
pub(crate) fn is_elsewhere(image: &str) -> bool {
    let host = image.split('/').next().unwrap_or_default();
    host.starts_with("127.0.0.1:") || host.starts_with("localhost:")
}

pub(super) async fn run(console: &Arc<Console>, job: PullJob) {
    let Some(row) = console.look(|state| state.component(&job.service_id).cloned()) else { return };
    let login = Login { user: row.registry_user.clone(), password: row.registry_password.clone() };
    let pulled = pull(&row.image, &login).await;
    let now = console.clock().now();
    match job.purpose {
        Purpose::Check => {
            let _ = console.change(|state| {
                let Some(row) = state.component_mut(&job.service_id) else { return };
                row.pulled = Some(match pulled {
                    Ok(config) => config,
                    Err(why) => Value::String(why),
                });
            });
        }
        Purpose::Start => {
            let outcome = pulled.and_then(|config| match config["architecture"].as_str() {
                Some(NODE_ARCH) | None => Ok(()),
                Some(arch) => Err(format!("exec format error: the image is for {arch}, the node is {NODE_ARCH}")),
            });
            let switches = console.faults().switches();
            let init = console.look(|state| {
                let row = state.component(&job.service_id)?;
                init_job(state, console.dir(), &switches, row)
            });
            if let (Ok(()), Some(init)) = (&outcome, init) {
                console.start(Job::Init(init));
                return;
            }
            let _ = console.change(|state| finish(state, &job.service_id, outcome, now));
        }
    }
}

fn finish(state: &mut State, service_id: &str, outcome: Result<(), String>, now: Moment) {
    // Somebody may have stopped it meanwhile.
    let Some(row) = state.component_mut(service_id).filter(|row| row.status == "starting") else { return };
    row.status = if outcome.is_ok() { "running" } else { "abnormal" }.to_owned();
    row.then = None;
    let (tenant_id, target_id, image) = (row.tenant_id.clone(), row.service_id.clone(), row.image.clone());
    let (status, log) = match outcome {
        Ok(()) => ("success", format!("pull image {image} success")),
        Err(why) => ("failure", why),
    };
    state.events.push(Event {
        event_id: noise::id(),
        tenant_id,
        target_id,
        opt_type: "build-service".to_owned(),
        status: status.to_owned(),
        message: String::new(),
        time: now,
        log: vec![log],
    });
}

/// A plugin's build pulls its image (`region:builder/exector/plugin_image.go`).
pub(super) async fn plugin(console: &Arc<Console>, job: PluginPull) {
    let Some(plugin) = console.look(|state| state.plugin(&job.plugin_id).cloned()) else { return };
    let login = Login { user: plugin.registry_user.clone(), password: plugin.registry_password.clone() };
    let is_there = match is_elsewhere(&plugin.image) {
        true => pull(&plugin.image, &login).await.is_ok(),
        false => super::Registry::open(console.dir()).get(&plugin.image).is_some(),
    };
    let _ = console.change(|state| {
        let row = state.plugins.iter_mut().find(|row| row.plugin_id == job.plugin_id);
        if let Some(row) = row {
            row.build_status = if is_there { "build_success" } else { "build_fail" }.to_owned();
        }
    });
}

/// The image's configuration, once all of it is here.
async fn pull(image: &str, login: &Login) -> Result<Value, String> {
    let failed = |why: String| format!("Failed to pull image \"{image}\": {why}");
    let (host, rest) = image.split_once('/').ok_or_else(|| failed("invalid reference".to_owned()))?;
    let (repository, tag) = rest.rsplit_once(':').unwrap_or((rest, "latest"));
    let puller = Puller::new(host, repository, login).map_err(failed)?;
    let manifest = puller.bytes(&format!("manifests/{tag}")).await.map_err(failed)?;
    let manifest: Value = serde_json::from_slice(&manifest).map_err(|error| failed(error.to_string()))?;
    for layer in manifest["layers"].as_array().into_iter().flatten() {
        puller.blob(layer).await.map_err(failed)?;
    }
    let config = puller.blob(&manifest["config"]).await.map_err(failed)?;
    serde_json::from_slice(&config).map_err(|error| failed(error.to_string()))
}

struct Puller {
    http: reqwest::Client,
    base: String,
    repository: String,
    login: Login,
}

impl Puller {
    fn new(host: &str, repository: &str, login: &Login) -> Result<Self, String> {
        let http = reqwest::Client::builder().no_proxy().read_timeout(STILL).build();
        let http = http.map_err(|error| error.to_string())?;
        let base = format!("http://{host}/v2/{repository}/");
        Ok(Self { http, base, repository: repository.to_owned(), login: login.clone() })
    }

    async fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let answer = self.get(path).await?;
        match answer.status() {
            StatusCode::OK => answer.bytes().await.map(|bytes| bytes.to_vec()).map_err(|error| error.to_string()),
            StatusCode::NOT_FOUND => Err("not found".to_owned()),
            status => Err(format!("unexpected status {status}")),
        }
    }

    async fn blob(&self, descriptor: &Value) -> Result<Vec<u8>, String> {
        let digest = descriptor["digest"].as_str().unwrap_or_default();
        let bytes = self.bytes(&format!("blobs/{digest}")).await?;
        let found = format!("sha256:{}", hex::encode(Sha256::digest(&bytes)));
        if found != digest || descriptor["size"].as_u64() != Some(bytes.len() as u64) {
            return Err(format!("failed to verify {digest}"));
        }
        Ok(bytes)
    }

    async fn get(&self, path: &str) -> Result<Response, String> {
        let url = format!("{}{path}", self.base);
        let plain = |error: reqwest::Error| error.without_url().to_string();
        let request = || self.http.get(&url).header(header::ACCEPT, ACCEPT);
        let answer = request().send().await.map_err(plain)?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let challenge = answer.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
        let challenge = challenge.unwrap_or_default().to_owned();
        let Login { user, password } = &self.login;
        if challenge.starts_with("Basic") {
            return request().basic_auth(user, Some(password)).send().await.map_err(plain);
        }
        let field = |name: &str| challenge.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        let (realm, service) = (field("realm").unwrap_or_default(), field("service").unwrap_or_default());
        let scope = format!("repository:{}:pull", self.repository);
        let asked = self.http.get(realm).query(&[("service", service), ("scope", &scope)]);
        let asked = if user.is_empty() { asked } else { asked.basic_auth(user, Some(password)) };
        let answer = asked.send().await.map_err(plain)?;
        if !answer.status().is_success() {
            return Err("unauthorized: incorrect username or password".to_owned());
        }
        let token: Value = answer.json().await.map_err(plain)?;
        request().bearer_auth(token["token"].as_str().unwrap_or_default()).send().await.map_err(plain)
    }
}
