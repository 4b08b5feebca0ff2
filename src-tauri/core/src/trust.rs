//! Whose certificates are believed: the computer's roots, an authority more, or exactly one certificate.
//!
//! Consoles behind a proxy commonly show a self-signed certificate, which no list of authorities can vouch for (rustls
//! refuses an authority as a server): that one is pinned by its fingerprint.
//!
//! The computer's roots are read once, at the first handshake that asks for them: reading them for every client took longer
//! than all else at the start of a short command.

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier;
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock, Mutex};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The computer's own roots.
    #[default]
    System,
    /// Those and the authorities in this PEM text.
    ExtraCa(String),
    /// This certificate and no other, whatever name it bears.
    Pinned(Fingerprint),
}

impl Trust {
    /// A client that believes this and no more; nothing where the certificates cannot be read.
    pub(crate) fn apply(&self, http: reqwest::ClientBuilder) -> Option<reqwest::Client> {
        // Fails when a provider is there already, which is as good.
        let _ = ring::default_provider().install_default();
        let http = match self {
            Self::System => http.tls_backend_preconfigured(config(Arc::new(SystemRoots)).ok()?),
            Self::ExtraCa(pem) => {
                let certificates = reqwest::Certificate::from_pem_bundle(pem.as_bytes()).unwrap_or_default();
                if certificates.is_empty() {
                    return None;
                }
                http.tls_certs_merge(certificates)
            }
            Self::Pinned(fingerprint) => http.tls_backend_preconfigured(config(Pin::new(Some(*fingerprint))).ok()?),
        };
        http.build().ok()
    }
}

/// HTTP/1.1 alone: HTTP/2 would carry all parts of a transfer over one connection.
pub(crate) fn config(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    let mut config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// What the system believes, or why that cannot be read.
static SYSTEM: LazyLock<Result<Verifier, Error>> = LazyLock::new(|| Verifier::new(Arc::new(ring::default_provider())));

/// Believes what the system does.
#[derive(Debug)]
struct SystemRoots;

impl SystemRoots {
    fn get() -> Result<&'static Verifier, Error> {
        SYSTEM.as_ref().map_err(Clone::clone)
    }
}

impl ServerCertVerifier for SystemRoots {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Self::get()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::get()?.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::get()?.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// SHA-256 of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }

    /// Reads `AA:BB:…` or plain hex.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        hex::decode(digits).ok()?.try_into().ok().map(Self)
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if at == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

/// Another certificate was shown than the one that is pinned; whoever shows it is not asked anything.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the certificate {shown} is not the trusted one, {pinned}")]
pub(crate) struct OtherCertificate {
    pub pinned: Fingerprint,
    pub shown: Fingerprint,
}

/// Finds that in a failed handshake.
pub(crate) fn other_certificate(error: &(dyn std::error::Error + 'static)) -> Option<OtherCertificate> {
    match error.downcast_ref::<Error>()? {
        Error::InvalidCertificate(CertificateError::Other(OtherError(inner))) => inner.downcast_ref().copied(),
        _ => None,
    }
}

/// Believes one certificate, or none, and remembers what it was shown.
#[derive(Debug)]
pub(crate) struct Pin {
    expected: Option<Fingerprint>,
    seen: Mutex<Option<Fingerprint>>,
    provider: CryptoProvider,
}

impl Pin {
    pub(crate) fn new(expected: Option<Fingerprint>) -> Arc<Self> {
        Arc::new(Self { expected, seen: Mutex::default(), provider: ring::default_provider() })
    }

    /// The last certificate shown.
    pub(crate) fn seen(&self) -> Option<Fingerprint> {
        self.seen.lock().ok().and_then(|seen| *seen)
    }
}

impl ServerCertVerifier for Pin {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = Fingerprint::of(end_entity);
        if let Ok(mut seen) = self.seen.lock() {
            *seen = Some(shown);
        }
        match self.expected {
            Some(pinned) if pinned == shown => Ok(ServerCertVerified::assertion()),
            Some(pinned) => {
                Err(CertificateError::Other(OtherError(Arc::new(OtherCertificate { pinned, shown }))).into())
            }
            None => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    // The other side must also hold the certificate's key.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
