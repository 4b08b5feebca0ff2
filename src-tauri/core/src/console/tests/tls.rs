//! Trust, against a real handshake: certificates of tests/fixtures/tls on a loopback port.

use super::super::{Access, Console, ConsoleError, ConsoleSpec, shown_certificate};
use super::stage::{ctx, fixtures};
use crate::clock::SystemClock;
use crate::secret::Secret;
use crate::trust::{Fingerprint, Trust};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

fn file(name: &str) -> PathBuf {
    fixtures().join("../tls").join(name)
}

/// Answers every request with an empty `config/info`, over TLS; returns the port.
fn serve(name: &str) -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = CertificateDer::from_pem_file(file(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(file(&format!("{name}.key"))).unwrap();
    let config =
        rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, socket);
            if stream.read(&mut [0; 4096]).is_ok() {
                let body = r#"{"code": 200, "data": {"bean": {"enterprise_id": "e1"}, "list": []}}"#;
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

async fn try_it(address: &str, trust: Trust) -> Result<(), ConsoleError> {
    let spec = ConsoleSpec { base_url: address.to_owned(), user: "admin".into(), trust, access: Access::Full };
    let console = Console::new(spec, Secret::new("x"), Arc::new(SystemClock)).unwrap();
    console.config_info(&ctx()).await.map(|info| assert_eq!(info.enterprise_id.as_deref(), Some("e1")))
}

fn is_tls(result: &Result<(), ConsoleError>) -> bool {
    matches!(result, Err(ConsoleError::Tls { .. }))
}

#[tokio::test]
async fn a_private_authority_is_believed_only_where_it_was_given() {
    let port = serve("server");
    let ca = Trust::ExtraCa(std::fs::read_to_string(file("ca.pem")).unwrap());
    let by_name = format!("https://localhost:{port}");
    let unknown = try_it(&by_name, Trust::System).await;
    assert!(is_tls(&unknown), "{unknown:?}");
    try_it(&by_name, ca.clone()).await.unwrap();
    try_it(&format!("https://127.0.0.1:{port}"), ca).await.unwrap();
    let other = Trust::ExtraCa(std::fs::read_to_string(file("self.pem")).unwrap());
    assert!(is_tls(&try_it(&by_name, other).await));
}

#[tokio::test]
async fn a_self_signed_certificate_is_believed_by_its_fingerprint_and_no_other_is() {
    let address = format!("https://localhost:{}", serve("self"));
    assert!(is_tls(&try_it(&address, Trust::System).await));
    let shown = shown_certificate(&ctx(), &address).await.unwrap().unwrap();
    assert_eq!(Fingerprint::parse(&shown.to_string()), Some(shown));
    try_it(&address, Trust::Pinned(shown)).await.unwrap();
    let other = format!("https://localhost:{}", serve("server"));
    match try_it(&other, Trust::Pinned(shown)).await {
        Err(ConsoleError::CertificateChanged { pinned, shown: now, .. }) => {
            let seen = shown_certificate(&ctx(), &other).await.unwrap().unwrap();
            assert_eq!((pinned, now), (shown.to_string(), seen.to_string()));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn fingerprints_are_read_in_both_spellings() {
    let plain = "ab".repeat(32);
    let spaced = vec!["AB"; 32].join(":");
    assert_eq!(Fingerprint::parse(&plain), Fingerprint::parse(&spaced));
    assert_eq!(Fingerprint::parse(&plain).unwrap().to_string(), spaced);
    assert_eq!(Fingerprint::parse("ab"), None);
}
