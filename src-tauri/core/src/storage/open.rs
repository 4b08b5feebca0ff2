//! Opens a store from its saved settings. Nothing is sent yet: [`Store::check`] does that.

use super::bucket::Bucket;
use super::error::StoreError;
use super::folder::Folder;
use super::spec::{Address, StoreKind, StoreSpec, address, bad};
use super::store::Store;
use super::wire::{PatientUploads, Wire};
use crate::silence::patience;
use crate::trust::Trust;
use object_store::ClientOptions;
use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut};
use object_store::client::{HttpClient, HttpConnector};
use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use std::sync::Arc;
use std::time::Duration;

/// A body that stands still for so long is asked for again.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Opens the store that a spec describes.
pub(crate) fn open(spec: &StoreSpec) -> Result<Arc<dyn Store>, StoreError> {
    match spec.kind {
        StoreKind::Folder => Ok(Arc::new(Folder::open(spec)?)),
        StoreKind::S3 | StoreKind::Oss => Ok(Arc::new(open_bucket(spec)?)),
    }
}

pub(crate) fn open_bucket(spec: &StoreSpec) -> Result<Bucket, StoreError> {
    let address = address(spec)?;
    let reads = client(spec, |http| http.read_timeout(patience(READ_TIMEOUT)))?;
    // A body that is a stream cannot be sent a second time, elsewhere.
    let bodies = client(spec, |http| http.redirect(Policy::none()))?;
    let writes = HttpClient::new(bodies.clone());
    let client = HttpClient::new(PatientUploads { reads: HttpClient::new(reads), writes });
    let library = library(spec, &address, client.clone())?;
    let wire = Wire { address, client, bodies, access_key: spec.access_key.clone(), secret: spec.secret.clone() };
    Ok(Bucket::new(library, wire))
}

/// One connection per part in flight, no total timeout, no HTTP/2 (its one connection would carry all parts).
fn client(spec: &StoreSpec, set: fn(ClientBuilder) -> ClientBuilder) -> Result<reqwest::Client, StoreError> {
    let http = reqwest::Client::builder()
        .https_only(!spec.allow_http)
        .connect_timeout(Duration::from_secs(10))
        .pool_max_idle_per_host(64)
        .http1_only()
        .no_gzip();
    let http = set(http);
    let trust = spec.ca_pem.clone().map_or(Trust::System, Trust::ExtraCa);
    trust.apply(http).ok_or_else(|| bad("certificate", "the text holds no certificate"))
}

fn library(spec: &StoreSpec, address: &Address, client: HttpClient) -> Result<AmazonS3, StoreError> {
    let mut builder = AmazonS3Builder::new()
        .with_endpoint(endpoint_for_library(address))
        .with_bucket_name(&spec.bucket)
        .with_virtual_hosted_style_request(is_bucket_in_host(address))
        .with_region(&address.region)
        .with_access_key_id(&spec.access_key)
        .with_secret_access_key(spec.secret.reveal())
        .with_allow_http(spec.allow_http)
        // Over http the signature is all that guards a body; over https it would only cost another SHA-256.
        .with_unsigned_payload(address.https)
        .with_disable_tagging(true)
        .with_http_connector(Shared(client));
    if spec.kind == StoreKind::Oss {
        builder = builder.with_conditional_put(S3ConditionalPut::Disabled);
    }
    builder.build().map_err(|error| bad("endpoint", &error.to_string()))
}

fn is_bucket_in_host(address: &Address) -> bool {
    !address.base.ends_with(&format!("/{}", address.identity.bucket)) || address.identity.kind == StoreKind::Oss
}

/// The library appends the bucket in path style only, and expects it in the host's name otherwise.
fn endpoint_for_library(address: &Address) -> &str {
    if is_bucket_in_host(address) { &address.base } else { &address.identity.endpoint }
}

/// Hands the library the client that the other requests use as well: one pool, one set of settings.
#[derive(Debug)]
struct Shared(HttpClient);

impl HttpConnector for Shared {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}
