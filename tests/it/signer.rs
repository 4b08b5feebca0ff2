//! A key pair made for one test, and what it signs, written as `tauri signer` writes it. No key outlives the test.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minisign::KeyPair;

pub(crate) struct Signer(KeyPair);

impl Signer {
    pub(crate) fn new() -> Self {
        Self(KeyPair::generate_unencrypted_keypair().unwrap())
    }

    /// The public key, as a build gets it.
    pub(crate) fn key(&self) -> String {
        STANDARD.encode(self.0.pk.to_box().unwrap().to_string())
    }

    /// As `tauri signer sign --app-version` does it.
    pub(crate) fn sign(&self, bytes: &[u8], version: &str, file: &str) -> String {
        self.sign_saying(bytes, &format!("timestamp:1790000000\tfile:{file}\tversion:{version}"))
    }

    pub(crate) fn sign_saying(&self, bytes: &[u8], trusted_comment: &str) -> String {
        let signature = minisign::sign(Some(&self.0.pk), &self.0.sk, bytes, Some(trusted_comment), None).unwrap();
        STANDARD.encode(signature.to_string())
    }
}
