//! Updates: nobody is asked before a person says so; what is not signed with the key of this build, not newer, or not for this
//! system is refused with words; nothing is installed while jobs run.

use crate::signer::Signer;
use crate::world::{Client, PATIENCE, Size, TestHost, World, done, ended, helpful};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rainferry_core::api::{Core, Event, PhaseName};
use rainferry_core::host::{Announced, Installed, Package, PackageKind, Proven, Updater};
use rainferry_core::{Code, Problem};
use rainferry_sandbox::{Fault, Hits, Trouble};
use rstest::rstest;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const BYTES: &[u8] = b"the bytes of a package";
const FILE: &str = "Rainferry_0.3.0_amd64.deb";
const ADDRESS: &str = "https://example.com/rainferry/latest.json";

/// Notes down what it is told, and answers what it was given.
struct TestUpdater {
    installed: Installed,
    answer: Mutex<Option<Announced>>,
    package: Mutex<Option<Package>>,
    asked: Mutex<Vec<String>>,
    installs: Mutex<Vec<Proven>>,
    restarts: AtomicUsize,
}

#[async_trait::async_trait]
impl Updater for TestUpdater {
    fn installed(&self) -> Installed {
        self.installed.clone()
    }

    async fn ask(&self, endpoint: &url::Url) -> Result<Option<Announced>, Problem> {
        self.asked.lock().unwrap().push(endpoint.to_string());
        Ok(self.answer.lock().unwrap().clone())
    }

    async fn fetch(
        &self,
        announced: &Announced,
        come: &(dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> Result<Package, Problem> {
        self.asked.lock().unwrap().push(announced.package.to_string());
        let size = BYTES.len() as u64;
        come(size / 2, Some(size));
        let package = self.package.lock().unwrap().clone();
        // Where there is none, the rest of it never comes.
        match package {
            Some(package) => Ok(package),
            None => std::future::pending().await,
        }
    }

    async fn install(&self, update: &Proven) -> Result<(), Problem> {
        self.installs.lock().unwrap().push(update.clone());
        Ok(())
    }

    fn restart(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }
}

fn updater(key: Option<String>) -> Arc<TestUpdater> {
    let installed = Installed {
        version: "0.2.0".to_owned(),
        key,
        by: Some(PackageKind::Deb),
        os: "linux".to_owned(),
        arch: "x86_64".to_owned(),
    };
    Arc::new(TestUpdater {
        installed,
        answer: Mutex::default(),
        package: Mutex::default(),
        asked: Mutex::default(),
        installs: Mutex::default(),
        restarts: AtomicUsize::new(0),
    })
}

fn announced(version: &str, package: &str) -> Announced {
    let package = package.parse().unwrap();
    Announced { version: version.to_owned(), notes: Some("Quicker".to_owned()), package, manifest: json!({}) }
}

fn package(signature: String) -> Package {
    let from = format!("https://example.com/{FILE}");
    Package { from, bytes: BYTES.into(), signature, announced: Some("0.3.0".to_owned()), notes: None }
}

/// A core with a desktop that installs, and whose dialogs are answered with a file.
struct Seat {
    dir: TempDir,
    core: Arc<Core>,
    updater: Arc<TestUpdater>,
    host: Arc<TestHost>,
}

impl Seat {
    async fn with(key: Option<String>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let host = TestHost::at(&dir.path().join("home"), &dir.path().join("library"));
        let client = Client::open(host.clone()).await.unwrap();
        let seat = Self { core: client.core.clone(), updater: updater(key), host, dir };
        seat.choose(None);
        seat
    }

    /// What the dialogs are answered with from here on.
    fn choose(&self, file: Option<&Path>) {
        let desktop = self.host.sit_down(file);
        *desktop.updater.lock().unwrap() = Some(self.updater.clone());
    }

    async fn set_address(&self, address: &str) {
        let mut settings = self.core.get_settings(()).await.unwrap();
        settings.update_endpoint = Some(address.to_owned());
        self.core.save_settings(settings).await.unwrap();
    }

    fn asked(&self) -> Vec<String> {
        self.updater.asked.lock().unwrap().clone()
    }

    /// Puts a package and a signature side by side, and chooses the package.
    fn carry(&self, file: &str, bytes: &[u8], signature: Option<&str>) -> PathBuf {
        let path = self.dir.path().join(file);
        std::fs::write(&path, bytes).unwrap();
        if let Some(signature) = signature {
            std::fs::write(self.dir.path().join(format!("{file}.sig")), signature).unwrap();
        }
        self.choose(Some(&path));
        path
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_before_a_person_says_so() {
    let seat = Seat::with(Some(Signer::new().key())).await;
    seat.set_address(ADDRESS).await;
    let updates = seat.core.get_updates(()).await.unwrap();
    assert!(updates.taken && updates.found.is_none());
    seat.core.app_about(()).await.unwrap();
    helpful(&seat.core.fetch_update(()).await.unwrap_err(), Code::NotFound);
    helpful(&seat.core.install_update("0.3.0".to_owned()).await.unwrap_err(), Code::NotFound);
    assert!(seat.asked().is_empty(), "{:?}", seat.asked());

    assert_eq!(seat.core.check_update(()).await.unwrap(), None);
    assert_eq!(seat.asked(), [ADDRESS]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_without_a_key_takes_no_updates_and_says_so() {
    for key in [None, Some("no key at all".to_owned())] {
        let seat = Seat::with(key).await;
        seat.set_address(ADDRESS).await;
        seat.carry(FILE, BYTES, Some(&Signer::new().sign(BYTES, "0.3.0", FILE)));
        assert!(!seat.core.get_updates(()).await.unwrap().taken);
        helpful(&seat.core.check_update(()).await.unwrap_err(), Code::UpdatesOff);
        helpful(&seat.core.open_update(()).await.unwrap_err(), Code::UpdatesOff);
        assert!(seat.asked().is_empty());
    }
    // Without a desktop there is nobody to install.
    let dir = tempfile::tempdir().unwrap();
    let client = Client::open(TestHost::at(dir.path(), dir.path())).await.unwrap();
    helpful(&client.core.check_update(()).await.unwrap_err(), Code::UpdatesOff);
}

#[rstest]
#[case::none("", false)]
#[case::no_address("example.com", false)]
#[case::plain("http://example.com/latest.json", false)]
#[case::looks_like_here("http://localhost.example.com/", false)]
#[case::another_scheme("file:///etc/passwd", false)]
#[case::with_a_login("https://me:secret@example.com/", false)]
#[case::secure(ADDRESS, true)]
#[case::here("http://127.0.0.1:9/latest.json", true)]
#[case::here_in_v6("http://[::1]:9/latest.json", true)]
#[case::here_by_name("http://localhost:9/latest.json", true)]
#[tokio::test(flavor = "multi_thread")]
async fn only_https_and_this_computer_are_asked(#[case] address: &str, #[case] is_asked: bool) {
    let seat = Seat::with(Some(Signer::new().key())).await;
    seat.set_address(address).await;
    match seat.core.check_update(()).await {
        Ok(None) => assert_eq!(seat.asked(), [address]),
        Ok(Some(found)) => panic!("{found:?}"),
        Err(problem) => helpful(&problem, Code::BadAddress),
    }
    assert_eq!(!seat.asked().is_empty(), is_asked);
}

/// What was announced is downloaded, proven, and installed as the very bytes that were proven.
#[tokio::test(flavor = "multi_thread")]
async fn a_good_update_is_proven_and_installed_once() {
    let signer = Signer::new();
    let seat = Seat::with(Some(signer.key())).await;
    seat.set_address(ADDRESS).await;
    *seat.updater.answer.lock().unwrap() = Some(announced("0.3.0", "https://example.com/package"));
    *seat.updater.package.lock().unwrap() = Some(package(signer.sign(BYTES, "0.3.0", FILE)));

    let found = seat.core.check_update(()).await.unwrap().unwrap();
    assert_eq!((found.version.as_str(), found.notes.as_deref(), found.proven), ("0.3.0", Some("Quicker"), None));
    assert_eq!(seat.asked(), [ADDRESS], "a check downloads nothing");
    helpful(&seat.core.install_update("0.3.0".to_owned()).await.unwrap_err(), Code::NotFound);

    let fetched = seat.core.fetch_update(()).await.unwrap();
    assert_eq!(fetched.proven.as_deref(), Some(FILE));
    assert_eq!(seat.core.get_updates(()).await.unwrap().found, Some(fetched));
    assert!(seat.updater.installs.lock().unwrap().is_empty(), "a download installs nothing");

    helpful(&seat.core.install_update("0.4.0".to_owned()).await.unwrap_err(), Code::NotFound);
    assert!(seat.core.install_update("0.3.0".to_owned()).await.unwrap().restarts);
    let installs = seat.updater.installs.lock().unwrap().clone();
    assert_eq!(installs.len(), 1);
    assert_eq!((installs[0].bytes.as_ref(), installs[0].version.as_str()), (BYTES, "0.3.0"));
    assert_eq!(seat.updater.restarts.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_manifest_says_is_held_against_the_signature() {
    let signer = Signer::new();
    let seat = Seat::with(Some(signer.key())).await;
    seat.set_address(ADDRESS).await;
    let fetch = async |announced: Announced, signature: String| {
        *seat.updater.answer.lock().unwrap() = Some(announced);
        *seat.updater.package.lock().unwrap() = Some(package(signature));
        seat.core.check_update(()).await.unwrap();
        let refused = seat.core.fetch_update(()).await.unwrap_err();
        assert!(seat.core.install_update("0.3.0".to_owned()).await.is_err());
        refused
    };
    let at = "https://example.com/package";
    let old = fetch(announced("0.3.0", at), signer.sign(BYTES, "0.2.5", FILE)).await;
    helpful(&old, Code::UpdateUntrusted);
    let strange = fetch(announced("0.3.0", at), Signer::new().sign(BYTES, "0.3.0", FILE)).await;
    helpful(&strange, Code::UpdateUntrusted);
    let other = fetch(announced("0.3.0", at), signer.sign(BYTES, "0.3.0", "Rainferry_0.3.0_arm64.deb")).await;
    helpful(&other, Code::UpdateUnfit);
    let before = seat.asked().len();
    let plain = fetch(announced("0.3.0", "http://example.com/package"), signer.sign(BYTES, "0.3.0", FILE)).await;
    helpful(&plain, Code::BadAddress);
    assert_eq!(seat.asked().len(), before + 1, "the manifest alone was asked for");
}

/// A file that was carried here, in both spellings of its signature, and by either of its two names.
#[tokio::test(flavor = "multi_thread")]
async fn a_carried_file_is_proven_without_any_network() {
    let signer = Signer::new();
    let seat = Seat::with(Some(signer.key())).await;
    assert_eq!(seat.core.open_update(()).await.unwrap(), None, "the dialog was closed");
    let signature = signer.sign(BYTES, "0.3.0", FILE);
    let plain = String::from_utf8(STANDARD.decode(&signature).unwrap()).unwrap();
    for text in [signature.as_str(), plain.as_str()] {
        // Somebody may have renamed it: what counts is the name it was signed under.
        let path = seat.carry("update.deb", BYTES, Some(text));
        for chosen in [path.clone(), path.with_extension("deb.sig")] {
            seat.choose(Some(&chosen));
            let found = seat.core.open_update(()).await.unwrap().unwrap();
            assert_eq!((found.version.as_str(), found.proven.as_deref()), ("0.3.0", Some(FILE)));
        }
    }
    assert!(seat.core.install_update("0.3.0".to_owned()).await.unwrap().restarts);
    assert_eq!(seat.updater.installs.lock().unwrap()[0].bytes.as_ref(), BYTES);
    assert!(seat.asked().is_empty());
}

#[rstest]
#[case::wrong_key(Signer::new().sign(BYTES, "0.3.0", FILE), Code::UpdateUntrusted, "another key")]
#[case::empty(String::new(), Code::UpdateUntrusted, "is missing")]
#[case::damaged("c2lnbmF0dXJl".to_owned(), Code::UpdateUntrusted, "is damaged")]
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_is_none_is_refused(#[case] signature: String, #[case] code: Code, #[case] words: &str) {
    let seat = Seat::with(Some(Signer::new().key())).await;
    seat.carry(FILE, BYTES, Some(&signature));
    let refused = seat.core.open_update(()).await.unwrap_err();
    helpful(&refused, code);
    assert!(refused.message.contains(words), "{refused}");
}

/// Signed with the right key, and still not to be installed.
#[rstest]
#[case::changed(b"the bytes of a packagf", "version:0.3.0", FILE, Code::UpdateUntrusted, "not what was signed")]
#[case::cut(b"the bytes", "version:0.3.0", FILE, Code::UpdateUntrusted, "not what was signed")]
#[case::no_version(BYTES, "", FILE, Code::UpdateUntrusted, "for which version")]
#[case::no_real_version(BYTES, "version:new", FILE, Code::UpdateUntrusted, "no version that can be read")]
#[case::no_name(BYTES, "version:0.3.0", "", Code::UpdateUntrusted, "for which file")]
#[case::older(BYTES, "version:0.1.9", FILE, Code::UpdateUnfit, "0.2.0 is here already")]
#[case::equal(BYTES, "version:0.2.0", FILE, Code::UpdateUnfit, "0.2.0 is here already")]
#[case::before_release(BYTES, "version:0.2.0-rc.1", FILE, Code::UpdateUnfit, "0.2.0 is here already")]
#[case::other_processor(BYTES, "version:0.3.0", "Rainferry_0.3.0_arm64.deb", Code::UpdateUnfit, "another processor")]
#[case::other_kind(BYTES, "version:0.3.0", "Rainferry-0.3.0-1.x86_64.rpm", Code::UpdateUnfit, "kind")]
#[case::other_system(BYTES, "version:0.3.0", "Rainferry_0.3.0_x64-setup.exe", Code::UpdateUnfit, "kind")]
#[case::other_program(BYTES, "version:0.3.0", "other_0.3.0_amd64.deb", Code::UpdateUnfit, "no package of Rainferry")]
#[tokio::test(flavor = "multi_thread")]
async fn a_signed_file_that_does_not_fit_is_refused(
    #[case] bytes: &[u8],
    #[case] version: &str,
    #[case] name: &str,
    #[case] code: Code,
    #[case] words: &str,
) {
    let signer = Signer::new();
    let seat = Seat::with(Some(signer.key())).await;
    let signature = signer.sign_saying(BYTES, &format!("timestamp:1790000000\tfile:{name}\t{version}"));
    seat.carry(FILE, bytes, Some(&signature));
    let refused = seat.core.open_update(()).await.unwrap_err();
    helpful(&refused, code);
    assert!(refused.message.contains(words), "{refused}");
    assert!(refused.message.contains(FILE), "it says which file: {refused}");
    helpful(&seat.core.install_update("0.3.0".to_owned()).await.unwrap_err(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_its_signature_or_without_its_package_is_refused() {
    let signer = Signer::new();
    let seat = Seat::with(Some(signer.key())).await;
    let path = seat.carry(FILE, BYTES, None);
    let alone = seat.core.open_update(()).await.unwrap_err();
    helpful(&alone, Code::UpdateUntrusted);
    assert!(alone.hint.unwrap().contains(&format!("{FILE}.sig")));

    seat.carry(FILE, BYTES, Some(&"x".repeat(20_000)));
    helpful(&seat.core.open_update(()).await.unwrap_err(), Code::UpdateUntrusted);
    seat.carry(FILE, BYTES, Some(&signer.sign(BYTES, "0.3.0", FILE)));
    std::fs::remove_file(path).unwrap();
    helpful(&seat.core.open_update(()).await.unwrap_err(), Code::NotFound);
}

/// It tells how far it is, and once stopped it can be begun again.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_told_of_and_stopped() {
    let signer = Signer::new();
    let seat = Seat::with(Some(signer.key())).await;
    seat.set_address(ADDRESS).await;
    *seat.updater.answer.lock().unwrap() = Some(announced("0.3.0", "https://example.com/package"));
    let found = seat.core.check_update(()).await.unwrap().unwrap();
    seat.core.stop_fetch(()).await.unwrap();

    let mut events = seat.core.events();
    let half = BYTES.len() as u64 / 2;
    let stop = async {
        loop {
            if let Some(Event::UpdateComes { done_bytes, total_bytes: Some(total) }) = events.next().await {
                assert_eq!((done_bytes, total), (half, BYTES.len() as u64));
                return seat.core.stop_fetch(()).await.unwrap();
            }
        }
    };
    let (fetched, ()) =
        tokio::time::timeout(PATIENCE, async { tokio::join!(seat.core.fetch_update(()), stop) }).await.unwrap();
    assert_eq!(fetched.unwrap(), found, "nothing is proven, and it is still offered");

    *seat.updater.package.lock().unwrap() = Some(package(signer.sign(BYTES, "0.3.0", FILE)));
    assert_eq!(seat.core.fetch_update(()).await.unwrap().proven.as_deref(), Some(FILE));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_installed_while_a_job_runs() {
    let world = World::sized(Size::Parts).await;
    let signer = Signer::new();
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    client.save(world.shanghai()).await;
    let file = world.dir.path().join(FILE);
    std::fs::write(&file, BYTES).unwrap();
    std::fs::write(world.dir.path().join(format!("{FILE}.sig")), signer.sign(BYTES, "0.3.0", FILE)).unwrap();
    let updater = updater(Some(signer.key()));
    *host.sit_down(Some(&file)).updater.lock().unwrap() = Some(updater.clone());
    client.core.open_update(()).await.unwrap().unwrap();

    world.shanghai().faults().set(Fault::store(
        "UploadPart",
        "**",
        Hits::Always,
        Trouble::Slow { bytes_per_sec: 4_000_000 },
    ));
    let job = client.start(client.voyage(&world).await).await;
    client.in_phase(&job.id, PhaseName::Copy).await;
    let refused = client.core.install_update("0.3.0".to_owned()).await.unwrap_err();
    helpful(&refused, Code::JobsRunning);
    assert_eq!(refused.facts, [("jobs".to_owned(), "1".to_owned())]);
    assert!(updater.installs.lock().unwrap().is_empty());

    world.shanghai().faults().clear();
    let job = client.until(&job.id, "the end", ended).await;
    done(&job);
    assert!(client.core.install_update("0.3.0".to_owned()).await.unwrap().restarts, "it was kept meanwhile");
    assert_eq!(updater.restarts.load(Ordering::Relaxed), 1);
}
