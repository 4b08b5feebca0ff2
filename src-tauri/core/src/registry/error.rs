//! What can go wrong with a registry.

use crate::console::Silence;
use crate::ctx::Cancelled;

#[derive(Debug, thiserror::Error)]
pub(crate) enum RegistryError {
    #[error("{address} is no registry and namespace: {why}")]
    BadAddress { address: String, why: &'static str },
    #[error("The certificates for {host} cannot be read")]
    BadCertificate { host: String },
    #[error("The registry {host} does not answer: {why}")]
    Unreachable { host: String, why: Silence },
    #[error("No secure connection to the registry {host}: {why}")]
    Tls { host: String, why: String },
    #[error("{host} answers, and not as an image registry")]
    NotARegistry { host: String, status: u16 },
    #[error("The registry {host} refused the login of {user}")]
    Unauthorised { host: String, user: String },
    /// The password would go over an open line, although the registry itself is asked over a closed one.
    #[error("The registry {host} wants the password sent to {realm}, without encryption")]
    OpenRealm { host: String, realm: String },
    #[error("The registry {host} does not let {user} {act} in {repository}")]
    Denied { host: String, user: String, act: &'static str, repository: String, said: String },
    #[error("The registry {host} has no room left")]
    Full { host: String, said: String },
    /// The upload that was under way is not known there any more.
    #[error("The registry {host} has lost an upload that was under way")]
    UploadGone { host: String },
    #[error("What arrived at the registry {host} is not what was sent")]
    Mismatch { host: String, digest: String },
    #[error("{name} stands in the registry {host} for another image")]
    Taken { host: String, name: String },
    /// Deleting is switched off there.
    #[error("The registry {host} does not delete")]
    KeepsAll { host: String },
    #[error("The registry {host} could not {act}")]
    Refused { host: String, act: &'static str, status: u16, said: String },
    #[error("The registry {host} answered something that is not its protocol")]
    BadAnswer { host: String, act: &'static str, why: &'static str },
    #[error("Cancelled")]
    Cancelled(#[from] Cancelled),
}

impl RegistryError {
    /// It heard what it was asked for, and did nothing.
    pub(crate) fn is_refusal(&self) -> bool {
        !self.is_passing() && !matches!(self, Self::BadAnswer { .. } | Self::Cancelled(_))
    }

    /// Worth another try in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
            Self::BadAddress { .. }
            | Self::BadCertificate { .. }
            | Self::Tls { .. }
            | Self::NotARegistry { .. }
            | Self::Unauthorised { .. }
            | Self::OpenRealm { .. }
            | Self::Denied { .. }
            | Self::Full { .. }
            | Self::UploadGone { .. }
            | Self::Mismatch { .. }
            | Self::Taken { .. }
            | Self::KeepsAll { .. }
            | Self::BadAnswer { .. }
            | Self::Cancelled(_) => false,
        }
    }
}
