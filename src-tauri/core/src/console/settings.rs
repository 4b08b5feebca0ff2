//! The one object storage setting of a console, shared by all its teams and clusters.

use super::client::Console;
use super::error::ConsoleError;
use super::request::Call;
use crate::ctx::Ctx;
use crate::secret::Secret;
use serde_json::{Value, json};

/// Where "cloud" backups go. The keys are told to every user who is logged in (recording 409).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectStorage {
    pub is_enabled: bool,
    /// `s3` or `alioss`; an E4 region wants `storage` (protocol.md B-8).
    pub provider: String,
    pub endpoint: String,
    pub bucket: String,
    pub access_key: Secret,
    pub secret_key: Secret,
}

impl Console {
    /// The setting; `None` where none was ever made.
    pub(crate) async fn object_storage(
        &self,
        ctx: &Ctx,
        enterprise: &str,
    ) -> Result<Option<ObjectStorage>, ConsoleError> {
        let call = Call::get("read the console's object storage", &["enterprise", enterprise, "info"]);
        let envelope = self.ask(ctx, call).await?;
        Ok(envelope.bean.get("object_storage").and_then(parse))
    }

    /// Sets it, for everyone. Show old and new first.
    ///
    /// Reads before: on a console where nobody ever has, the PUT is a 500 (recording 419).
    pub(crate) async fn set_object_storage(
        &self,
        ctx: &Ctx,
        enterprise: &str,
        storage: &ObjectStorage,
    ) -> Result<(), ConsoleError> {
        self.object_storage(ctx, enterprise).await?;
        let body = json!({
            "enable": storage.is_enabled,
            "provider": storage.provider,
            "endpoint": storage.endpoint,
            "bucket_name": storage.bucket,
            "access_key": storage.access_key.reveal(),
            "secret_key": storage.secret_key.reveal(),
        });
        let call = Call::put(
            self.pen()?,
            "set the console's object storage",
            &["enterprise", enterprise, "objectstorage"],
            body,
        );
        self.ask(ctx, call).await.map(drop)
    }
}

fn parse(setting: &Value) -> Option<ObjectStorage> {
    let value = setting.get("value")?.as_object()?;
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(ObjectStorage {
        is_enabled: setting.get("enable").and_then(Value::as_bool).unwrap_or(false),
        provider: text("provider"),
        endpoint: text("endpoint"),
        bucket: text("bucket_name"),
        access_key: Secret::new(text("access_key")),
        secret_key: Secret::new(text("secret_key")),
    })
}
