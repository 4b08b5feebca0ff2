//! Opens a store from its saved settings. Nothing is sent yet: [`Store::check`] does that.

use super::bucket::Bucket;
use super::error::StoreError;
use super::folder::Folder;
use super::spec::{Address, StoreKind, StoreSpec, address, bad};
use super::store::Store;
use super::wire::{PatientUploads, Wire};
use object_store::aws::{AmazonS3, AmazonS3Builder, S3ConditionalPut};
use object_store::client::{HttpClient, HttpConnector, ReqwestConnector};
use object_store::{Certificate, ClientOptions};
use std::sync::{Arc, Once};
use std::time::Duration;

/// Opens the store that a spec describes.
pub(crate) fn open(spec: &StoreSpec) -> Result<Arc<dyn Store>, StoreError> {
    match spec.kind {
        StoreKind::Folder => Ok(Arc::new(Folder::open(spec)?)),
        StoreKind::S3 | StoreKind::Oss => Ok(Arc::new(open_bucket(spec)?)),
    }
}

pub(crate) fn open_bucket(spec: &StoreSpec) -> Result<Bucket, StoreError> {
    choose_tls();
    let address = address(spec)?;
    let client = http_client(spec)?;
    let library = library(spec, &address, client.clone())?;
    let bodies = super::bodies::client(spec)?;
    let wire = Wire { address, client, bodies, access_key: spec.access_key.clone(), secret: spec.secret.clone() };
    Ok(Bucket::new(library, wire))
}

/// rustls has no provider of its own; one that somebody else installed is as good.
fn choose_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if rustls::crypto::ring::default_provider().install_default().is_err() {
            tracing::debug!("a TLS provider is installed already");
        }
    });
}

fn http_client(spec: &StoreSpec) -> Result<HttpClient, StoreError> {
    let options = client_options(spec)?;
    let connect = |options: &ClientOptions| {
        ReqwestConnector::default().connect(options).map_err(|error| bad("certificate", &error.to_string()))
    };
    let reads = connect(&options.clone().with_read_timeout(Duration::from_secs(60)))?;
    let writes = connect(&options.with_read_timeout_disabled())?;
    Ok(HttpClient::new(PatientUploads { reads, writes }))
}

/// One connection per part in flight, no total timeout, no HTTP/2 (its one connection would carry all parts).
fn client_options(spec: &StoreSpec) -> Result<ClientOptions, StoreError> {
    let mut options = ClientOptions::new()
        .with_allow_http(spec.allow_http)
        .with_timeout_disabled()
        .with_connect_timeout(Duration::from_secs(10))
        .with_pool_max_idle_per_host(64)
        .with_http1_only();
    if let Some(pem) = &spec.ca_pem {
        let unusable = |error: object_store::Error| bad("certificate", &error.to_string());
        let certificates = Certificate::from_pem_bundle(pem.as_bytes()).map_err(unusable)?;
        if certificates.is_empty() {
            return Err(bad("certificate", "the text holds no certificate"));
        }
        for certificate in certificates {
            options = options.with_root_certificate(certificate);
        }
    }
    Ok(options)
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
