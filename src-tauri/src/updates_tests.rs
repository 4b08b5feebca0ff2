//! The real updater of Tauri against a manifest and a package on loopback, signed with a key pair made here: all but the installing,
//! which would replace the running test.

use super::*;
use crate::updates_tests_signer::Signer;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tauri::test::{MockRuntime, mock_builder, mock_context, noop_assets};
use tokio::net::TcpListener;

const BYTES: &[u8] = b"the bytes of a package";
const VERSION: &str = "0.3.0";

/// Status and bytes, by path.
type Pages = Arc<Mutex<HashMap<String, (u16, Vec<u8>)>>>;

/// Answers what it was given, and notes down who asked for what.
struct Publisher {
    at: String,
    pages: Pages,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Publisher {
    async fn open() -> Self {
        let pages: Pages = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (known, noted) = (pages.clone(), asked.clone());
        let answer = any(async move |uri: axum::http::Uri| {
            noted.lock().unwrap().push(uri.path().to_owned());
            let page = known.lock().unwrap().get(uri.path()).cloned();
            let (status, bytes) = page.unwrap_or((404, Vec::new()));
            (StatusCode::from_u16(status).unwrap(), bytes)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await.unwrap() });
        Self { at, pages, asked }
    }

    fn put(&self, path: &str, status: u16, bytes: impl Into<Vec<u8>>) {
        self.pages.lock().unwrap().insert(path.to_owned(), (status, bytes.into()));
    }

    fn url(&self, path: &str) -> Url {
        format!("{}{path}", self.at).parse().unwrap()
    }

    /// A manifest for this system, and the package it names.
    fn publish(&self, version: &str, signature: &str, bytes: &[u8]) {
        let here = format!("{}-{}", std::env::consts::OS.replace("macos", "darwin"), std::env::consts::ARCH);
        self.publish_for(&here, version, signature, bytes);
    }

    fn publish_for(&self, target: &str, version: &str, signature: &str, bytes: &[u8]) {
        let row = json!({ "url": self.url("/package"), "signature": signature });
        let manifest = json!({ "version": version, "notes": "Quicker", "platforms": { target: row } });
        self.put("/latest.json", 200, manifest.to_string());
        self.put("/package", 200, bytes);
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// The program without a window, as it is built.
fn program(key: &str) -> (tauri::App<MockRuntime>, PluginUpdater<MockRuntime>) {
    let mut context = mock_context(noop_assets());
    context.package_info_mut().version = "0.2.0".parse().unwrap();
    context.config_mut().plugins.0.insert("updater".to_owned(), config(key));
    let app = mock_builder().plugin(tauri_plugin_updater::Builder::new().build()).build(context).unwrap();
    let updater = PluginUpdater::new(app.handle().clone(), Some(key.to_owned()));
    (app, updater)
}

fn file() -> String {
    format!("Rainferry_{VERSION}_{}.deb", std::env::consts::ARCH)
}

#[track_caller]
fn refused<T: std::fmt::Debug>(told: Result<T, Problem>, code: Code) -> Problem {
    let problem = told.unwrap_err();
    assert_eq!(problem.code, code, "{problem:?}");
    assert!(problem.hint.is_some(), "{problem:?}");
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_update_is_found_and_its_bytes_are_verified() {
    let (publisher, signer) = (Publisher::open().await, Signer::new());
    publisher.publish(VERSION, &signer.sign(BYTES, VERSION, &file()), BYTES);
    let (_app, updater) = program(&signer.key());
    assert_eq!(updater.installed().version, "0.2.0");
    tokio::task::yield_now().await;
    assert!(publisher.asked().is_empty(), "a start asks nobody");

    let found = updater.ask(&publisher.url("/latest.json")).await.unwrap().unwrap();
    assert_eq!((found.version.as_str(), found.notes.as_deref()), (VERSION, Some("Quicker")));
    assert_eq!(publisher.asked(), ["/latest.json"], "a check downloads nothing");
    let package = updater.fetch(&found, &|_, _| {}).await.unwrap();
    assert_eq!(package.bytes.as_ref(), BYTES);
    assert_eq!(publisher.asked(), ["/latest.json", "/package"]);

    // All of installing but the last call.
    let proven = proven(&package.signature, BYTES);
    assert_eq!(updater.prepared(&proven).unwrap().version, VERSION);
    // The test was built, not installed: nothing is written over it.
    if cfg!(target_os = "linux") {
        let refused = refused(updater.install(&proven).await, Code::UpdateFailed);
        assert!(refused.message.contains("not installed by a package"), "{refused}");
    }
    assert_eq!(publisher.asked().len(), 2, "installing asks nobody");
}

fn proven(signature: &str, bytes: &'static [u8]) -> Proven {
    let signature = signature.to_owned();
    Proven { version: VERSION.to_owned(), file: file(), notes: None, bytes: bytes.into(), signature }
}

/// What was proven once is verified by the plugin once more, and changed bytes get no further.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_changed_on_the_way_to_the_installer_are_refused() {
    let signer = Signer::new();
    let (_app, updater) = program(&signer.key());
    let signature = signer.sign(BYTES, VERSION, &file());
    assert!(updater.prepared(&proven(&signature, BYTES)).is_ok());
    refused(updater.prepared(&proven(&signature, b"other bytes")).map(|_| ()), Code::UpdateUntrusted);
    let other = Signer::new().sign(BYTES, VERSION, &file());
    refused(updater.prepared(&proven(&other, BYTES)).map(|_| ()), Code::UpdateUntrusted);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_newer_is_no_update() {
    let (publisher, signer) = (Publisher::open().await, Signer::new());
    let (_app, updater) = program(&signer.key());
    for version in ["0.1.9", "0.2.0", "0.2.0-rc.1"] {
        publisher.publish(version, &signer.sign(BYTES, version, &file()), BYTES);
        assert_eq!(updater.ask(&publisher.url("/latest.json")).await.unwrap(), None, "{version}");
    }
    publisher.put("/latest.json", 204, "");
    assert_eq!(updater.ask(&publisher.url("/latest.json")).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_not_what_was_signed_is_refused() {
    let (publisher, signer) = (Publisher::open().await, Signer::new());
    let (_app, updater) = program(&signer.key());
    let good = signer.sign(BYTES, VERSION, &file());
    let cases = [
        ("another key", Signer::new().sign(BYTES, VERSION, &file()), BYTES),
        ("changed bytes", good.clone(), b"the bytes of a packagf".as_slice()),
        ("cut short", good, &BYTES[..5]),
        ("an older package", signer.sign(BYTES, "0.2.5", &file()), BYTES),
        ("no version", signer.sign_saying(BYTES, "timestamp:1790000000"), BYTES),
        ("no signature", String::new(), BYTES),
        ("a damaged signature", "c2lnbmF0dXJl".to_owned(), BYTES),
    ];
    for (case, signature, bytes) in cases {
        publisher.publish(VERSION, &signature, bytes);
        let found = updater.ask(&publisher.url("/latest.json")).await.unwrap().unwrap();
        let problem = refused(updater.fetch(&found, &|_, _| {}).await, Code::UpdateUntrusted);
        assert!(problem.message.contains("/package"), "{case}: {problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_manifest_is_told_from_no_answer() {
    let (publisher, signer) = (Publisher::open().await, Signer::new());
    let (_app, updater) = program(&signer.key());
    let manifest = publisher.url("/latest.json");
    let unsigned = json!({ "version": VERSION, "url": publisher.url("/package") }).to_string();
    let broken = ["<html>", "[]", r#"{"version": "newest", "platforms": {}}"#, unsigned.as_str()];
    for text in broken {
        publisher.put("/latest.json", 200, text);
        refused(updater.ask(&manifest).await, Code::ManifestBroken);
    }
    for status in [404, 500] {
        publisher.put("/latest.json", status, "");
        refused(updater.ask(&manifest).await, Code::ManifestBroken);
    }
    publisher.publish_for("windows-riscv", VERSION, &signer.sign(BYTES, VERSION, &file()), BYTES);
    refused(updater.ask(&manifest).await, Code::UpdateUnfit);

    publisher.publish(VERSION, &signer.sign(BYTES, VERSION, &file()), BYTES);
    let found = updater.ask(&manifest).await.unwrap().unwrap();
    publisher.put("/package", 503, "");
    refused(updater.fetch(&found, &|_, _| {}).await, Code::Unreachable);

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody: Url = format!("http://{}/", silent.local_addr().unwrap()).parse().unwrap();
    drop(silent);
    let problem = refused(updater.ask(&nobody).await, Code::Unreachable);
    assert!(problem.message.contains(nobody.as_str()), "{problem}");
}

/// From an https address nothing leads to a plain one, whatever a manifest or a redirect says.
#[tokio::test(flavor = "multi_thread")]
async fn an_https_address_leads_to_https_alone() {
    let (publisher, signer) = (Publisher::open().await, Signer::new());
    let (_app, updater) = program(&signer.key());
    let builder = updater.builder(&"https://example.com/".parse().unwrap()).unwrap();
    let strict = builder.endpoints(vec![publisher.url("/latest.json")]).unwrap().build().unwrap();
    let error = strict.check().await.map(|_| ()).unwrap_err();
    refused(Err::<(), _>(problem(&error, "the manifest")), Code::BadAddress);
    assert!(publisher.asked().is_empty());
}

#[test]
fn this_very_build_says_the_same_version_as_the_core() {
    let config: Value = serde_json::from_str(include_str!("../tauri.conf.json")).unwrap();
    assert_eq!(config["version"], env!("CARGO_PKG_VERSION"));
}

/// The page has no door to the plugin: what it wants goes through the core.
#[test]
fn no_capability_names_the_updater() {
    assert!(!include_str!("../capabilities/main.json").contains("updater"));
}
