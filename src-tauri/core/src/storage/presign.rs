//! URLs that let somebody without keys read or write one object for a while: what a pod is given (rebuild.md §8.2).
//!
//! AWS Signature Version 4 in the query. The signature covers the host, so a pod that reaches the store by another name than
//! this computer does gets URLs signed for that name.

use super::error::StoreError;
use super::spec::{Address, StoreKind, StoreSpec, address, bad};
use super::store::UploadId;
use super::wire::{Slashes, encode};
use crate::secret::Secret;
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// No store takes a longer one.
pub(crate) const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// Signs URLs for one bucket, as it is reached from one place.
#[derive(Clone, Debug)]
pub(crate) struct Presigner {
    address: Address,
    host: String,
    access_key: String,
    secret: Secret,
    from: DateTime<Utc>,
    lasts: Duration,
}

impl Presigner {
    /// `inside` is the endpoint under which the reader of the URLs finds the store, where it is not ours. URLs are good
    /// from `from` on and for as long as `lasts`, at most [`LONGEST`].
    pub(crate) fn new(
        spec: &StoreSpec,
        inside: Option<&str>,
        from: DateTime<Utc>,
        lasts: Duration,
    ) -> Result<Self, StoreError> {
        let spec = match inside {
            // What is plain http is the cluster's own network, and none of this computer's business.
            Some(endpoint) => &StoreSpec { endpoint: endpoint.to_owned(), allow_http: true, ..spec.clone() },
            None => spec,
        };
        let address = address(spec)?;
        if spec.kind == StoreKind::Folder {
            return Err(StoreError::Lacks {
                store: address.identity.to_string(),
                what: "be read from inside a cluster",
            });
        }
        let url = url::Url::parse(&address.base).map_err(|error| bad("endpoint", &error.to_string()))?;
        let name = url.host_str().ok_or_else(|| bad("endpoint", "it names no host"))?;
        let host = url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        let (access_key, secret) = (spec.access_key.clone(), spec.secret.clone());
        Ok(Self { address, host, access_key, secret, from, lasts: lasts.min(LONGEST) })
    }

    /// To read an object, or a range of it.
    pub(crate) fn get(&self, key: &str) -> Result<Secret, StoreError> {
        self.sign("GET", key, &[])
    }

    /// To write an object whole.
    pub(crate) fn put(&self, key: &str) -> Result<Secret, StoreError> {
        self.sign("PUT", key, &[])
    }

    /// To write one part of an upload; `index` counts from 0.
    pub(crate) fn put_part(&self, key: &str, upload: &UploadId, index: u32) -> Result<Secret, StoreError> {
        self.sign("PUT", key, &[("partNumber", (index + 1).to_string()), ("uploadId", upload.0.clone())])
    }

    fn sign(&self, method: &str, key: &str, more: &[(&str, String)]) -> Result<Secret, StoreError> {
        if key.is_empty() || key.starts_with('/') || key.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(StoreError::BadKey { store: self.address.identity.to_string(), key: key.to_owned() });
        }
        let date = self.from.format("%Y%m%d").to_string();
        let time = self.from.format("%Y%m%dT%H%M%SZ").to_string();
        let scope = format!("{date}/{}/s3/aws4_request", self.address.region);
        let query = self.query(&scope, &time, more);
        let url = format!("{}/{}", self.address.base, encode(key, Slashes::Keep));
        let path = url.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
        let request =
            format!("{method}\n{}\n{query}\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD", path.unwrap_or("/"), self.host);
        let digest = hex::encode(Sha256::digest(request));
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}");
        let signature = hex::encode(self.key(&date)?.chain(&text)?);
        Ok(Secret::new(format!("{url}?{query}&X-Amz-Signature={signature}")))
    }

    /// Sorted by name, as the signature wants it.
    fn query(&self, scope: &str, time: &str, more: &[(&str, String)]) -> String {
        let mut all = vec![
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("X-Amz-Credential", format!("{}/{scope}", self.access_key)),
            ("X-Amz-Date", time.to_owned()),
            ("X-Amz-Expires", self.lasts.as_secs().to_string()),
            ("X-Amz-SignedHeaders", "host".to_owned()),
        ];
        all.extend_from_slice(more);
        all.sort();
        let pairs = all.iter().map(|(name, value)| format!("{name}={}", encode(value, Slashes::Encode)));
        pairs.collect::<Vec<_>>().join("&")
    }

    fn key(&self, date: &str) -> Result<Key, StoreError> {
        let first = Key(format!("AWS4{}", self.secret.reveal()).into_bytes());
        let mut key = first;
        for part in [date, &self.address.region, "s3", "aws4_request"] {
            key = Key(key.chain(part)?);
        }
        Ok(key)
    }
}

/// One link of the chain of keys.
struct Key(Vec<u8>);

impl Key {
    fn chain(&self, text: &str) -> Result<Vec<u8>, StoreError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| bad("secret", "it makes no key"))?;
        mac.update(text.as_bytes());
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{S3sFs, SeaweedFs, noise, spec};
    use super::super::{Etag, UploadKind, open, read_range};
    use super::*;
    use chrono::TimeZone;

    fn signer(spec: &StoreSpec) -> Presigner {
        Presigner::new(spec, None, Utc::now(), Duration::from_secs(600)).unwrap()
    }

    /// The example of the S3 documentation, "Authenticating Requests: Using Query Parameters".
    #[test]
    fn a_signature_is_what_the_documentation_says() {
        let spec = StoreSpec {
            kind: StoreKind::S3,
            endpoint: "https://s3.amazonaws.com".to_owned(),
            bucket: "examplebucket".to_owned(),
            path_style: false,
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ..spec("https://s3.amazonaws.com", "examplebucket")
        };
        let from = Utc.with_ymd_and_hms(2013, 5, 24, 0, 0, 0).unwrap();
        let signed = Presigner::new(&spec, None, from, Duration::from_secs(86_400)).unwrap().get("test.txt").unwrap();
        let expected = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        assert_eq!(signed.reveal().rsplit_once("X-Amz-Signature=").unwrap().1, expected);
        assert!(signed.reveal().starts_with("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm="));
    }

    #[test]
    fn urls_name_the_host_as_the_pod_knows_it() {
        let ours = spec("https://s3.example.com", "grdata");
        let inside = Some("http://minio-service.rbd-system:9000");
        let signer = Presigner::new(&ours, inside, Utc::now(), Duration::from_secs(60)).unwrap();
        let url = signer.get("rbm/j/数据.zip").unwrap();
        let start = "http://minio-service.rbd-system:9000/grdata/rbm/j/%E6%95%B0%E6%8D%AE.zip?";
        assert!(url.reveal().starts_with(start), "{}", url.reveal());
        assert!(!url.reveal().contains("${"));
    }

    #[test]
    fn what_cannot_be_signed_is_refused() {
        let folder = StoreSpec { kind: StoreKind::Folder, ..spec("http://x", "b") };
        let new = |spec: &StoreSpec| Presigner::new(spec, None, Utc::now(), Duration::from_secs(60));
        assert!(matches!(new(&folder), Err(StoreError::Lacks { .. })));
        let signer = new(&spec("http://x", "b")).unwrap();
        for bad in ["", "/a", "a//b", "a/../b"] {
            assert!(matches!(signer.get(bad), Err(StoreError::BadKey { .. })), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_store_takes_what_was_signed_and_nothing_else() {
        let seaweed = SeaweedFs::shared().bucket("presigned").await;
        let s3s = S3sFs::start().await;
        for spec in [seaweed, s3s.bucket("presigned")] {
            let (store, signer) = (open(&spec).unwrap(), signer(&spec));
            let client = reqwest::Client::new();
            let send = |url: Secret, body: bytes::Bytes| client.put(url.reveal().to_owned()).body(body).send();
            // An object, whole.
            let small = noise(1000, 1);
            let key = "rbm/作业/a b+c.zip";
            assert!(send(signer.put(key).unwrap(), small.clone()).await.unwrap().status().is_success());
            let got =
                client.get(signer.get(key).unwrap().reveal()).header("range", "bytes=10-19").send().await.unwrap();
            assert_eq!((got.status().as_u16(), &got.bytes().await.unwrap()[..]), (206, &small[10..20]));
            // An upload, part by part.
            let upload = store.create_upload("rbm/up", UploadKind::Plain).await.unwrap();
            let parts = [noise(5 << 20, 2), noise(77, 3)];
            let mut tags = Vec::new();
            for (index, part) in (0..).zip(&parts) {
                let answer = send(signer.put_part("rbm/up", &upload, index).unwrap(), part.clone()).await.unwrap();
                tags.push(Etag::new(answer.headers()["etag"].to_str().unwrap()));
            }
            store.complete_upload("rbm/up", &upload, &tags).await.unwrap();
            let whole = read_range(store.as_ref(), "rbm/up", 0..(5 << 20) + 77, None).await.unwrap().concat();
            assert!(whole == parts.concat());
            // Another key, another method.
            let other = signer.get(key).unwrap().reveal().replace("a%20b", "other");
            assert_eq!(client.get(other).send().await.unwrap().status().as_u16(), 403);
            let written = send(signer.get(key).unwrap(), noise(1, 4)).await.unwrap();
            assert_eq!(written.status().as_u16(), 403);
        }
    }
}
