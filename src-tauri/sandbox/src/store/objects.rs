//! Objects by the S3 protocol: how the region reads and writes packages, and how tests look at what landed.

use std::path::Path;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{ClientOptions, HeaderValue, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::error::SandboxError;

/// v6 regions upload in parts of this size (rainbond v6.9.8 pkg/component/storage/s3_storage.go).
const PART_BYTES: usize = 5 * 1024 * 1024;

/// Where a store is and how to get in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreAddress {
    pub endpoint: String,
    pub bucket: String,
    pub access_key: String,
    pub secret_key: String,
    pub region: String,
}

/// A client of one store.
#[derive(Debug, Clone)]
pub struct Objects {
    address: Arc<StoreAddress>,
    asks_as: &'static str,
}

/// A platform that reads a store: what befalls people's calls does not befall its own.
pub(crate) const PLATFORM: &str = "rainbond";

impl Objects {
    pub fn new(address: &StoreAddress) -> Self {
        Self { address: Arc::new(address.clone()), asks_as: "tests" }
    }

    pub(crate) fn of_platform(self) -> Self {
        Self { asks_as: PLATFORM, ..self }
    }

    fn bucket(&self, bucket: &str, key: &str) -> Result<AmazonS3, SandboxError> {
        let endpoint = &self.address.endpoint;
        let endpoint = if endpoint.contains("://") { endpoint.clone() } else { format!("http://{endpoint}") };
        let builder = AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_client_options(
                ClientOptions::new().with_allow_http(true).with_user_agent(HeaderValue::from_static(self.asks_as)),
            )
            .with_bucket_name(bucket)
            .with_access_key_id(&self.address.access_key)
            .with_secret_access_key(&self.address.secret_key)
            .with_region(if self.address.region.is_empty() { "us-east-1" } else { &self.address.region })
            .with_virtual_hosted_style_request(false)
            .with_unsigned_payload(true)
            .with_retry(object_store::RetryConfig { max_retries: 0, ..Default::default() });
        builder.build().map_err(lost(bucket, key))
    }

    pub async fn put(&self, bucket: &str, key: &str, content: Vec<u8>) -> Result<(), SandboxError> {
        let store = self.bucket(bucket, key)?;
        store.put(&Key::from(key), PutPayload::from(content)).await.map_err(lost(bucket, key)).map(drop)
    }

    /// Uploads a file, in parts if it is longer than one; memory stays flat.
    pub async fn put_file(&self, bucket: &str, key: &str, path: &Path) -> Result<u64, SandboxError> {
        let store = self.bucket(bucket, key)?;
        let mut file = tokio::fs::File::open(path).await.map_err(SandboxError::folder(path))?;
        let len = file.metadata().await.map_err(SandboxError::folder(path))?.len();
        if len <= PART_BYTES as u64 {
            let mut content = Vec::new();
            file.read_to_end(&mut content).await.map_err(SandboxError::folder(path))?;
            self.put(bucket, key, content).await?;
            return Ok(len);
        }
        let upload = store.put_multipart(&Key::from(key)).await.map_err(lost(bucket, key))?;
        let mut write = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        loop {
            write.wait_for_capacity(2).await.map_err(lost(bucket, key))?;
            let mut piece = bytes::BytesMut::with_capacity(PART_BYTES);
            while piece.len() < PART_BYTES && file.read_buf(&mut piece).await.map_err(SandboxError::folder(path))? > 0 {
            }
            if piece.is_empty() {
                break;
            }
            write.put(piece.freeze());
        }
        write.finish().await.map_err(lost(bucket, key))?;
        Ok(len)
    }

    pub async fn get(&self, bucket: &str, key: &str) -> Result<Vec<u8>, SandboxError> {
        let got = self.bucket(bucket, key)?.get(&Key::from(key)).await.map_err(lost(bucket, key))?;
        Ok(got.bytes().await.map_err(lost(bucket, key))?.to_vec())
    }

    /// Downloads into a file; memory stays flat.
    pub async fn get_file(&self, bucket: &str, key: &str, path: &Path) -> Result<u64, SandboxError> {
        let got = self.bucket(bucket, key)?.get(&Key::from(key)).await.map_err(lost(bucket, key))?;
        let mut file = tokio::fs::File::create(path).await.map_err(SandboxError::folder(path))?;
        let mut pieces = got.into_stream();
        let mut len = 0;
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(lost(bucket, key))?;
            len += piece.len() as u64;
            file.write_all(&piece).await.map_err(SandboxError::folder(path))?;
        }
        file.flush().await.map_err(SandboxError::folder(path))?;
        Ok(len)
    }

    /// Size and `ETag`, if the object is there.
    pub async fn head(&self, bucket: &str, key: &str) -> Result<Option<(u64, String)>, SandboxError> {
        match self.bucket(bucket, key)?.head(&Key::from(key)).await {
            Ok(meta) => Ok(Some((meta.size, meta.e_tag.unwrap_or_default()))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(lost(bucket, key)(error)),
        }
    }

    pub async fn delete(&self, bucket: &str, key: &str) -> Result<(), SandboxError> {
        self.bucket(bucket, key)?.delete(&Key::from(key)).await.map_err(lost(bucket, key))
    }

    /// Keys and sizes under `prefix`, in order.
    pub async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<(String, u64)>, SandboxError> {
        let store = self.bucket(bucket, prefix)?;
        let found = store.list(Some(&Key::from(prefix))).map_ok(|meta| (meta.location.to_string(), meta.size));
        let mut found: Vec<_> = found.try_collect().await.map_err(lost(bucket, prefix))?;
        found.sort();
        Ok(found)
    }
}

fn lost(bucket: &str, key: &str) -> impl FnOnce(object_store::Error) -> SandboxError {
    let (bucket, key) = (bucket.to_owned(), key.to_owned());
    move |error| SandboxError::Object { bucket, key, reason: error.to_string() }
}
