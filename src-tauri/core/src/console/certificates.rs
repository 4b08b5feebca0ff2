//! A team's TLS certificates. No backup holds them; the keys go from console to console and are shown nowhere.

use super::client::{Console, Scope};
use super::envs::secret_text;
use super::error::ConsoleError;
use super::lenient;
use super::request::{Call, Wait};
use crate::ctx::Ctx;
use crate::secret::Secret;
use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// A certificate in a list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct CertificateRow {
    #[serde(deserialize_with = "lenient::id")]
    pub id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    pub alias: String,
    /// `服务端证书`, or `gateway` where the platform's gateway has it too.
    #[serde(default, rename = "certificate_type", deserialize_with = "lenient::text")]
    pub kind: String,
    #[serde(default, rename = "issued_to", deserialize_with = "names")]
    pub domains: Vec<String>,
    #[serde(default, deserialize_with = "lenient::flag")]
    pub has_expired: bool,
    #[serde(default, rename = "end_data", deserialize_with = "lenient::text")]
    pub end: String,
}

/// One name or several.
fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(rows) => rows.iter().filter_map(|row| row.as_str().map(str::to_owned)).collect(),
        Value::String(name) if !name.is_empty() => vec![name],
        _ => Vec::new(),
    })
}

/// A certificate with its key (rebuild.md §9.1).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Certificate {
    #[serde(default, deserialize_with = "lenient::text")]
    pub alias: String,
    #[serde(default, rename = "certificate_type", deserialize_with = "lenient::text")]
    pub kind: String,
    /// PEM.
    #[serde(default, rename = "certificate", deserialize_with = "secret_text")]
    pub chain: Secret,
    /// PEM.
    #[serde(default, rename = "private_key", deserialize_with = "secret_text")]
    pub key: Secret,
}

impl Console {
    pub(crate) async fn certificates(&self, ctx: &Ctx, scope: &Scope) -> Result<Vec<CertificateRow>, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "certificates"];
        let call = Call::get("list the certificates", &path).within(scope);
        self.ask(ctx, call.query("page_num", &1).query("page_size", &1000)).await?.rows_as()
    }

    /// One certificate with its key, which the console gives to whoever may manage certificates.
    pub(crate) async fn certificate(&self, ctx: &Ctx, scope: &Scope, id: i64) -> Result<Certificate, ConsoleError> {
        let path = ["teams", scope.team.as_str(), "certificates", &id.to_string()];
        self.ask(ctx, Call::get("read the certificate", &path).within(scope)).await?.bean_as()
    }

    /// Makes one; its id is what a rule names.
    pub(crate) async fn create_certificate(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        certificate: &Certificate,
    ) -> Result<i64, ConsoleError> {
        let body = json!({
            "alias": certificate.alias,
            "certificate": certificate.chain.reveal(),
            "private_key": certificate.key.reveal(),
            "certificate_type": certificate.kind,
        });
        let path = ["teams", scope.team.as_str(), "certificates"];
        let call = Call::post(self.pen()?, "create the certificate", &path, body).within(scope).wait(Wait::Long);
        let envelope = self.ask(ctx, call.hiding([&certificate.chain, &certificate.key])).await?;
        envelope.bean.get("id").and_then(Value::as_i64).ok_or_else(|| envelope.bad("no id"))
    }
    /// Deletes one that has both this id and this name. The console looks at the id alone, of whatever team, and fails on one
    /// that is not there; so its list is asked first. One that rules still use is refused.
    pub(crate) async fn delete_certificate(
        &self,
        ctx: &Ctx,
        scope: &Scope,
        id: i64,
        alias: &str,
    ) -> Result<(), ConsoleError> {
        if !self.certificates(ctx, scope).await?.iter().any(|row| row.id == id && row.alias == alias) {
            return Ok(());
        }
        let path = ["teams", scope.team.as_str(), "certificates", &id.to_string()];
        let call =
            Call::writing(self.pen()?, "delete the certificate", Method::DELETE, &path).within(scope).wait(Wait::Long);
        self.ask(ctx, call).await.map(drop)
    }
}
