//! Image registries of the user's own: what is kept of them. The password goes to the keyring and nowhere else.

use super::Core;
use crate::host::Kept;
use crate::problem::{Code, Problem};
use crate::profiles::{RegistryProfile, secrets};
use crate::registry::{Registry, RegistryAddress, RegistrySpec};
use crate::secret::Secret;
use crate::trust::Trust;
use serde::{Deserialize, Serialize};

/// A saved registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RegistryView {
    /// `HOST[:port]/namespace`; what plans name it by.
    pub address: String,
    /// Empty: nobody logs in.
    pub user: String,
    pub plain_http: bool,
    pub has_ca: bool,
    pub password: Kept,
}

/// A registry as typed. A password that is left out is the one that is kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RegistryDraft {
    pub address: String,
    pub user: String,
    #[cfg_attr(test, ts(type = "string | null"))]
    pub password: Option<Secret>,
    /// Without encryption: only where the registry has none.
    #[serde(default)]
    pub plain_http: bool,
    /// The authority of its certificate, PEM.
    #[serde(default)]
    pub ca_pem: Option<String>,
}

impl Core {
    pub async fn list_registries(&self, (): ()) -> Result<Vec<RegistryView>, Problem> {
        let mut views = Vec::new();
        for profile in self.engine.book.registries() {
            views.push(self.registry_view(profile).await?);
        }
        Ok(views)
    }

    pub async fn save_registry(&self, draft: RegistryDraft) -> Result<RegistryView, Problem> {
        let address = RegistryAddress::parse(&draft.address)?;
        let profile = RegistryProfile {
            address: address.to_string(),
            user: draft.user.trim().to_owned(),
            plain_http: draft.plain_http,
            ca_pem: draft.ca_pem.filter(|pem| !pem.trim().is_empty()),
        };
        // What can be said without asking anybody: whether address and authority can be read.
        let trust = profile.ca_pem.clone().map_or(Trust::System, Trust::ExtraCa);
        let spec = RegistrySpec { address, user: profile.user.clone(), plain_http: profile.plain_http, trust };
        Registry::new(spec, Secret::default())?;
        let handle = secrets::registry(&profile.address);
        let before = self.engine.book.registry(&profile.address).ok();
        match draft.password.filter(|password| !password.is_empty()) {
            Some(password) => drop(self.engine.host.keep_secret(&handle, &password).await?),
            // A password belongs to its user.
            None if before.as_ref().is_none_or(|before| before.user != profile.user) => {
                self.engine.host.forget_secret(&handle).await?;
                if !profile.user.is_empty() {
                    return Err(Problem::new(
                        Code::PasswordMissing,
                        format!("No password is kept for {} at the registry {}", profile.user, profile.address),
                    )
                    .hint("Type the registry's password"));
                }
            }
            None => {}
        }
        self.engine.book.save_registry(profile.clone())?;
        self.registry_view(profile).await
    }

    pub async fn remove_registry(&self, address: String) -> Result<(), Problem> {
        self.engine.book.remove_registry(&address)?;
        self.engine.host.forget_secret(&secrets::registry(&address)).await
    }

    async fn registry_view(&self, profile: RegistryProfile) -> Result<RegistryView, Problem> {
        let kept = self.engine.host.read_secret(&secrets::registry(&profile.address)).await?;
        Ok(RegistryView {
            password: kept.map_or(Kept::No, |(_, kept)| kept),
            has_ca: profile.ca_pem.is_some(),
            address: profile.address,
            user: profile.user,
            plain_http: profile.plain_http,
        })
    }
}
