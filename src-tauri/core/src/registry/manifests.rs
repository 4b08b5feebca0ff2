//! Manifests: what a tag stands for, putting one, taking ours away.

use super::client::{Ask, Registry};
use super::error::RegistryError;
use crate::ctx::Ctx;
use crate::image::{Contents, digest_of};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use reqwest::{Method, StatusCode};

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
const KINDS: &str = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.index.v1+json";

impl Registry {
    /// The checksum of what a tag stands for.
    pub(crate) async fn manifest(
        &self,
        ctx: &Ctx,
        repository: &str,
        tag: &str,
    ) -> Result<Option<String>, RegistryError> {
        let url = self.url(&format!("{repository}/manifests/{tag}"))?;
        let ask = |method| Ask::new("look for an image", method, url.clone(), repository).header(ACCEPT, KINDS);
        let answer = self.repeated(ctx, &ask(Method::HEAD)).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let told = answer.headers().get(CONTENT_DIGEST).and_then(|value| value.to_str().ok());
        if let Some(digest) = told {
            return Ok(Some(digest.to_owned()));
        }
        let answer = self.repeated(ctx, &ask(Method::GET)).await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(digest_of(&self.body(answer).await?)))
    }

    /// All its blobs must be there.
    pub(crate) async fn put_manifest(
        &self,
        ctx: &Ctx,
        repository: &str,
        tag: &str,
        image: &Contents,
    ) -> Result<(), RegistryError> {
        const ACT: &str = "take the image's manifest";
        let url = self.url(&format!("{repository}/manifests/{tag}"))?;
        let ask = Ask::new(ACT, Method::PUT, url, repository)
            .header(CONTENT_TYPE, image.manifest_type.clone())
            .body(image.manifest.clone());
        let answer = match self.repeated(ctx, &ask).await {
            // Blobs are not lost in a moment: this is a registry that says so with these codes.
            Err(RegistryError::UploadGone { host }) => {
                return Err(RegistryError::Refused { host, act: ACT, status: 404, said: String::new() });
            }
            other => other?,
        };
        if answer.status() != StatusCode::CREATED {
            return Err(RegistryError::BadAnswer { host: self.host(), act: ACT, why: "it made nothing" });
        }
        let told = answer.headers().get(CONTENT_DIGEST).and_then(|value| value.to_str().ok());
        match told {
            Some(digest) if digest != image.manifest_digest => {
                let digest = image.manifest_digest.clone();
                Err(RegistryError::Mismatch { host: self.host(), digest })
            }
            _ => Ok(()),
        }
    }

    /// Takes an image away, with every tag that stands for it; gone already is fine.
    pub(crate) async fn delete_manifest(&self, ctx: &Ctx, repository: &str, digest: &str) -> Result<(), RegistryError> {
        let url = self.url(&format!("{repository}/manifests/{digest}"))?;
        let mut ask = Ask::new("delete an image", Method::DELETE, url, repository);
        ask.actions = "pull,push,delete";
        match self.repeated(ctx, &ask).await {
            Ok(_) | Err(RegistryError::UploadGone { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
