//! Promises of the room: plain tools open a bundle, damage is named, and hostile input is refused.

use super::*;
use crate::clock::SystemClock;
use crate::ctx::Ctx;
use crate::storage::testing::noise;
use bytes::Bytes;
use chrono::DateTime;
use futures::{StreamExt, TryStreamExt, stream};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const MIB: usize = 1 << 20;

pub(super) fn ctx() -> Ctx {
    Ctx::new(Arc::new(SystemClock))
}

fn keys() -> Arc<Keys> {
    Arc::default()
}

pub(super) fn passed() -> Arc<Passed> {
    Arc::default()
}

pub(super) fn contents(package_bytes: usize) -> Contents {
    let backup =
        serde_json::json!({"backup_id": "0a1b", "version": "20260820103000", "mode": "full-online", "note": "每晚"});
    Contents {
        app: "商城: front/back".to_owned(),
        version: "20260820103000".to_owned(),
        made_by: "Rainferry 0.1.0".to_owned(),
        made_at: DateTime::from_timestamp(1_787_220_000, 0).unwrap(),
        source: Source {
            console: "beijing".to_owned(),
            console_url: Some("https://rainbond.example.com".to_owned()),
            cluster: "rainbond".to_owned(),
            team: "shop".to_owned(),
            app: "商城: front/back".to_owned(),
            app_id: Some(42),
        },
        versions: Versions { console: Some("v5.17.3".to_owned()), region: None },
        backup: backup.as_object().unwrap().clone(),
        ticket: Some(b"new ticket".to_vec()),
        old_ticket: Some(b"old ticket".to_vec()),
        metadata: vec![("region_apps_metadata.json".to_owned(), b"{}".to_vec())],
        package_file: "c25a780857434b33a3edcb9a1e48124a_20260820103000.zip".to_owned(),
        package_bytes: package_bytes as u64,
        seal: None,
    }
}

pub(super) fn feed(data: &Bytes) -> impl futures::Stream<Item = Result<Bytes, Infallible>> + Send + Unpin + use<> {
    let pieces: Vec<_> = data.chunks(100_003).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

/// A bundle of a package of noise, in a folder that goes with it.
async fn bundle(package: &Bytes) -> (tempfile::TempDir, Written) {
    let dir = tempfile::tempdir().unwrap();
    let contents = contents(package.len());
    let path = dir.path().join(file_name(&contents.app, &contents.version));
    let written = write(&ctx(), &contents, feed(package), &path, IfExists::Refuse, &passed()).await.unwrap();
    (dir, written)
}

async fn check(path: &Path) -> Result<Verified, BundleError> {
    verify(&ctx(), &keys(), path, &passed()).await
}

fn run(dir: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(dir).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    said
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/bundles").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_tools_open_a_bundle_and_prove_it() {
    let package = noise(20 * MIB + 77, 71);
    let (dir, written) = bundle(&package).await;
    assert_eq!(written.path.file_name().unwrap(), "商城_ front_back-20260820103000.tar.zst");
    assert_eq!(std::fs::metadata(&written.path).unwrap().len(), written.file_bytes);
    let file = written.path.to_str().unwrap();
    let listed = run(dir.path(), "tar", &["--zstd", "--quoting-style=literal", "-tf", file]);
    let folder = "商城_ front_back-20260820103000";
    let names: Vec<_> = listed.lines().map(|line| line.strip_prefix(&format!("{folder}/")).unwrap()).collect();
    let zip = "package/c25a780857434b33a3edcb9a1e48124a_20260820103000.zip";
    let metadata = "metadata/region_apps_metadata.json";
    assert_eq!(names, ["manifest.json", "app.bak", "app.old.bak", metadata, zip, "SHA256SUMS"]);
    run(dir.path(), "tar", &["--zstd", "-xf", file]);
    let inside = dir.path().join(folder);
    let said = run(&inside, "sha256sum", &["--strict", "-c", "SHA256SUMS"]);
    assert_eq!(said.lines().filter(|line| line.ends_with(": OK")).count(), 5, "{said}");
    assert!(std::fs::read(inside.join(zip)).unwrap() == package);
    assert_eq!(std::fs::read(inside.join("app.bak")).unwrap(), b"new ticket");
    run(dir.path(), "zstd", &["-t", "-q", file]);
    assert!(!dir.path().join(format!("{file}.part")).exists());
}

#[tokio::test]
async fn what_was_written_is_read_back() {
    for size in [0, 1, 511, 512, 8 * MIB, 8 * MIB + 1] {
        let package = noise(size, 72);
        let (_dir, written) = bundle(&package).await;
        let opened = open(&keys(), &written.path).await.unwrap();
        assert_eq!(
            (opened.ticket.as_deref(), opened.old_ticket.as_deref()),
            (Some(&b"new ticket"[..]), Some(&b"old ticket"[..]))
        );
        assert_eq!(opened.metadata, [("region_apps_metadata.json".to_owned(), b"{}".to_vec())]);
        assert_eq!((opened.package.size, opened.manifest.source.app_id), (size as u64, Some(42)));
        let seen = passed();
        let verified = verify(&ctx(), &keys(), &written.path, &seen).await.unwrap();
        assert_eq!((&verified.package_sha256, verified.manifest), (&written.package_sha256, opened.manifest));
        assert_eq!((seen.done_bytes(), seen.total_bytes()), (written.file_bytes, written.file_bytes));
        let streamed: Vec<Bytes> =
            package_stream(&ctx(), &keys(), &written.path, &passed()).try_collect().await.unwrap();
        assert!(streamed.concat() == package);
    }
}

#[test]
fn the_manifest_of_format_1_is_as_it_was_released() {
    let golden = std::fs::read(fixture("format-1.manifest.json")).unwrap();
    let mut contents = contents(123);
    contents.versions.region = Some("v5.17.3-release".to_owned());
    let manifest = contents.manifest().unwrap();
    assert_eq!(String::from_utf8(manifest.to_bytes()).unwrap(), String::from_utf8(golden.clone()).unwrap());
    assert_eq!(Manifest::parse(Path::new("x"), &golden).unwrap(), manifest);
}

#[tokio::test]
async fn every_released_format_stays_readable() {
    let path = fixture("format-1.tar.zst");
    let verified = check(&path).await.unwrap();
    assert_eq!((verified.manifest.source.app.as_str(), verified.package_bytes), ("商城: front/back", 1000));
    assert_eq!(open(&keys(), &path).await.unwrap().ticket.unwrap(), b"new ticket");
}

#[tokio::test]
async fn a_bundle_that_is_cut_short_says_so_and_where() {
    let (dir, written) = bundle(&noise(9 * MIB, 73)).await;
    let whole = std::fs::read(&written.path).unwrap();
    let cut = dir.path().join("cut.tar.zst");
    let sizes = (4..2000)
        .step_by(37)
        .chain((2000..whole.len()).step_by(1_000_003))
        .chain((whole.len() - 600..whole.len()).step_by(29));
    for size in sizes {
        std::fs::write(&cut, &whole[..size]).unwrap();
        let error = check(&cut).await.unwrap_err();
        let BundleError::Truncated { entry, .. } = &error else { panic!("{size}: {error:?}") };
        if (MIB..8 * MIB).contains(&size) {
            assert!(entry.starts_with("package/"), "{size}: {entry}");
            // Its beginning can still be looked at.
            assert!(open(&keys(), &cut).await.is_ok());
        }
    }
    for size in 0..4 {
        std::fs::write(&cut, &whole[..size]).unwrap();
        assert!(matches!(check(&cut).await, Err(BundleError::NotABundle { .. })));
    }
}

#[tokio::test]
async fn a_changed_byte_is_noticed_wherever_it_is() {
    let (dir, written) = bundle(&noise(5000, 74)).await;
    let whole = std::fs::read(&written.path).unwrap();
    let good = check(&written.path).await.unwrap();
    let path = dir.path().join("flipped.tar.zst");
    let mut unseen = 0;
    for at in (4..whole.len()).step_by(3) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        std::fs::write(&path, flipped).unwrap();
        match check(&path).await {
            // A bit that zstd does not use.
            Ok(same) => {
                assert_eq!(same, good, "{at}");
                unseen += 1;
            }
            Err(BundleError::Altered { .. } | BundleError::Refused { .. }) => {}
            // The frame of the end itself is what tells a file that is cut.
            Err(BundleError::Truncated { .. }) if at + 64 > whole.len() => {}
            Err(BundleError::NotABundle { .. }) if at < 600 => {}
            Err(other) => panic!("{at}: {other:?}"),
        }
    }
    assert!(unseen < 16, "{unseen}");
}

#[tokio::test]
async fn a_damaged_package_is_named_and_its_stream_ends_badly() {
    let (_dir, written) = bundle(&noise(20 * MIB, 75)).await;
    let mut bytes = std::fs::read(&written.path).unwrap();
    bytes[15 * MIB] ^= 0x10;
    std::fs::write(&written.path, bytes).unwrap();
    let error = check(&written.path).await.unwrap_err();
    assert!(matches!(&error, BundleError::Altered { entry, .. } if entry.starts_with("package/c25a")), "{error:?}");
    let items: Vec<_> = package_stream(&ctx(), &keys(), &written.path, &passed()).collect().await;
    assert!(matches!(items.last(), Some(Err(BundleError::Altered { .. }))));
    assert!(items[..items.len() - 1].iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_failed_write_leaves_nothing() {
    #[derive(Debug, thiserror::Error)]
    #[error("the source broke")]
    struct SourceBroke;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("b.tar.zst");
    let data = noise(20 * MIB, 76);
    let nothing_left = || assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);

    let broken = feed(&data)
        .take(100)
        .map(|piece| piece.map_err(|never| match never {}))
        .chain(stream::iter([Err(SourceBroke)]));
    let error = write(&ctx(), &contents(data.len()), broken, &path, IfExists::Refuse, &passed()).await.unwrap_err();
    assert!(matches!(error, WriteError::Feed(SourceBroke)));
    nothing_left();
    for announced in [data.len() - 1, data.len() + 1] {
        let error = write(&ctx(), &contents(announced), feed(&data), &path, IfExists::Refuse, &passed()).await;
        assert!(matches!(error, Err(WriteError::Bundle(BundleError::WrongSize { .. }))), "{error:?}");
        nothing_left();
    }
    let error = write(&ctx(), &contents(1 << 45), feed(&data), &path, IfExists::Refuse, &passed()).await;
    assert!(matches!(error, Err(WriteError::Bundle(BundleError::DiskFull { .. }))), "{error:?}");
    let bad = Contents { package_file: "../evil.zip".to_owned(), ..contents(data.len()) };
    let error = write(&ctx(), &bad, feed(&data), &path, IfExists::Refuse, &passed()).await;
    assert!(matches!(error, Err(WriteError::Bundle(BundleError::BadEntry { .. }))), "{error:?}");
    nothing_left();
}

#[tokio::test]
async fn a_cancelled_write_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (path, ctx, seen) = (dir.path().join("b.tar.zst"), ctx(), passed());
    let endless = feed(&noise(40 * MIB, 77)).chain(stream::pending());
    let cancel = async {
        while seen.done_bytes() == 0 {
            tokio::task::yield_now().await;
        }
        ctx.cancel.cancel();
    };
    let contents = contents(50 * MIB);
    let (written, ()) = tokio::join!(write(&ctx, &contents, endless, &path, IfExists::Refuse, &seen), cancel);
    assert!(matches!(written, Err(WriteError::Bundle(BundleError::Cancelled))), "{written:?}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_cancelled_check_stops() {
    let (_dir, written) = bundle(&noise(9 * MIB, 78)).await;
    let ctx = ctx();
    ctx.cancel.cancel();
    assert!(matches!(verify(&ctx, &keys(), &written.path, &passed()).await, Err(BundleError::Cancelled)));
}

#[tokio::test]
async fn a_bundle_that_is_there_is_replaced_only_when_told() {
    let data = noise(1000, 79);
    let (_dir, written) = bundle(&data).await;
    let again =
        async |if_exists| write(&ctx(), &contents(data.len()), feed(&data), &written.path, if_exists, &passed()).await;
    assert!(matches!(again(IfExists::Refuse).await, Err(WriteError::Bundle(BundleError::FileExists { .. }))));
    assert_eq!(again(IfExists::Replace).await.unwrap(), written);
}

/// Archives that we would not write.
mod hostile {
    use super::super::sums::{Sums, sha256_of};
    use super::*;
    use tar::{EntryType, Header};

    const ZIP: &str = "package/p.zip";

    struct Odd {
        dir: tempfile::TempDir,
        entries: Vec<(Header, Vec<u8>)>,
    }

    fn manifest(entries: &[(&str, u64)]) -> Vec<u8> {
        let mut manifest = contents(0).manifest().unwrap();
        manifest.entries = entries.iter().map(|(name, size)| Entry { name: (*name).to_owned(), size: *size }).collect();
        manifest.to_bytes()
    }

    fn header(path: &str, size: usize, kind: EntryType) -> Header {
        let mut header = Header::new_ustar();
        // Past the checks of the library, which would not write such names.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(size as u64);
        header.set_mode(0o644);
        header.set_entry_type(kind);
        header.set_cksum();
        header
    }

    impl Odd {
        fn new() -> Self {
            Self { dir: tempfile::tempdir().unwrap(), entries: Vec::new() }
        }

        fn file(self, name: &str, content: &[u8]) -> Self {
            self.raw(&format!("shop-1/{name}"), content, EntryType::Regular)
        }

        fn raw(mut self, path: &str, content: &[u8], kind: EntryType) -> Self {
            self.entries.push((header(path, content.len(), kind), content.to_vec()));
            self
        }

        /// A start that is right, for one package of three bytes.
        fn begun() -> Self {
            Self::new().file("manifest.json", &manifest(&[(ZIP, 3)]))
        }

        fn sums(self) -> Self {
            let mut sums = Sums::default();
            for (header, content) in &self.entries {
                let path = String::from_utf8_lossy(&header.path_bytes()).into_owned();
                sums.push(path.split_once('/').unwrap().1, sha256_of(content));
            }
            self.file("SHA256SUMS", sums.to_text().as_bytes())
        }

        async fn verified(self) -> Result<Verified, BundleError> {
            self.verified_at(&self.dir.path().join("odd.tar.zst")).await
        }

        async fn verified_at(&self, path: &Path) -> Result<Verified, BundleError> {
            let mut archive = Vec::new();
            for (header, content) in &self.entries {
                archive.extend_from_slice(header.as_bytes());
                archive.extend_from_slice(content);
                archive.resize(archive.len().next_multiple_of(512), 0);
            }
            archive.resize(archive.len() + 10 * 1024, 0);
            std::fs::write(path, zstd::encode_all(archive.as_slice(), 1).unwrap()).unwrap();
            check(path).await
        }
    }

    async fn refused(odd: Odd, why: &str) {
        match odd.verified().await.unwrap_err() {
            BundleError::Refused { reason, .. } => assert!(reason.contains(why), "{reason} / {why}"),
            other => panic!("{why}: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_bundle_that_another_tar_made_is_fine() {
        Odd::begun().file(ZIP, b"abc").sums().verified().await.unwrap();
    }

    #[tokio::test]
    async fn names_that_lead_elsewhere_are_refused() {
        for path in
            ["/etc/passwd", "../shop-1/app.bak", "shop-1/../../x", "shop-1/package/../../p.zip", "other/package/p.zip"]
        {
            let odd = Odd::begun().raw(path, b"abc", EntryType::Regular);
            let error = odd.verified().await.unwrap_err();
            assert!(matches!(error, BundleError::Refused { .. }), "{path}: {error:?}");
        }
        for path in
            ["/manifest.json", "../manifest.json", ".hidden/manifest.json", "a\\b/manifest.json", "-rf/manifest.json"]
        {
            let odd = Odd::new().raw(path, &manifest(&[(ZIP, 3)]), EntryType::Regular);
            let error = odd.verified().await.unwrap_err();
            assert!(matches!(error, BundleError::Refused { .. } | BundleError::NotABundle { .. }), "{path}: {error:?}");
        }
    }

    #[tokio::test]
    async fn only_regular_files_are_entries() {
        use EntryType as T;
        for kind in
            [T::Symlink, T::Link, T::Char, T::Block, T::Fifo, T::Directory, T::XHeader, T::GNULongName, T::GNUSparse]
        {
            refused(Odd::begun().raw("shop-1/package/p.zip", b"abc", kind), "regular file").await;
        }
    }

    #[tokio::test]
    async fn entries_are_those_of_the_manifest_once_and_in_order() {
        refused(Odd::begun().file("app.bak", b"abc"), "does not list").await;
        refused(Odd::begun().file("SHA256SUMS", b""), "out of order").await;
        refused(Odd::begun().file(ZIP, b"abc").file(ZIP, b"abc"), "twice").await;
        refused(Odd::begun().file(ZIP, b"abcd"), "size").await;
        refused(Odd::begun().file(ZIP, b"abc").sums().file("more", b""), "not the last").await;
        let two = |first, second| Odd::new().file("manifest.json", &manifest(&[(first, 3), (second, 3)]));
        refused(two(ZIP, "app.bak"), "out of order").await;
        refused(two("metadata/a.json", "metadata/A.json"), "twice").await;
        refused(two("package/a.zip", ZIP), "out of order").await;
        refused(two("metadata/../a.json", ZIP), "may have this name").await;
        refused(Odd::new().file("manifest.json", &manifest(&[("app.bak", 3)])), "no package").await;
        refused(Odd::new().file("manifest.json", &manifest(&[("app.bak", 5 << 20), (ZIP, 3)])), "too large").await;
    }

    #[tokio::test]
    async fn names_that_one_computer_takes_for_another_are_refused() {
        for (one, other) in [("caf\u{e9}", "cafe\u{301}"), ("stra\u{df}e", "STRASSE"), ("\u{212b}", "\u{e5}")] {
            let names = [one, other].map(|name| format!("metadata/{name}.json"));
            let listed = manifest(&[(&names[0], 2), (&names[1], 2), (ZIP, 3)]);
            refused(Odd::new().file("manifest.json", &listed), "twice").await;
        }
    }

    #[tokio::test]
    async fn sizes_that_nothing_can_have_are_refused_before_room_is_set_aside() {
        let sized = |sizes: &[(&str, u64)]| Odd::new().file("manifest.json", &manifest(sizes));
        for size in [u64::MAX, u64::MAX - 511, 1 << 60, (16 << 40) + 1] {
            refused(sized(&[(ZIP, size)]), "too large").await;
        }
        refused(sized(&[(ZIP, 1 << 40)]), "far more").await;
        let large = 30 << 20;
        refused(
            sized(&[("metadata/a.json", large), ("metadata/b.json", large), ("metadata/c.json", large), (ZIP, 3)]),
            "too large",
        )
        .await;
    }

    #[tokio::test]
    async fn zeros_without_end_are_not_read_to_their_end() {
        let whole = Odd::begun().file(ZIP, b"abc").sums();
        let path = whole.dir.path().join("odd.tar.zst");
        whole.verified_at(&path).await.unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend(zstd::encode_all(std::io::Read::take(std::io::repeat(0), 64 << 20), 1).unwrap());
        std::fs::write(&path, bytes).unwrap();
        let error = check(&path).await.unwrap_err();
        assert!(error.to_string().contains("something follows the end"), "{error}");
    }

    #[tokio::test]
    async fn missing_entries_and_wrong_sums_are_damage() {
        let altered = async |odd: Odd| {
            let error = odd.verified().await.unwrap_err();
            assert!(matches!(error, BundleError::Altered { .. }), "{error:?}");
        };
        altered(Odd::begun()).await;
        altered(Odd::begun().file(ZIP, b"abc")).await;
        altered(Odd::begun().file(ZIP, b"abc").file("SHA256SUMS", b"")).await;
        altered(Odd::begun().file(ZIP, b"abc").file("SHA256SUMS", b"no sums\n")).await;
        let mut swapped = Odd::begun().file(ZIP, b"abc").sums();
        swapped.entries[1].1 = b"abd".to_vec();
        altered(swapped).await;
    }

    #[tokio::test]
    async fn a_newer_format_is_told_from_a_broken_one() {
        let format = async |manifest: &[u8]| Odd::new().file("manifest.json", manifest).verified().await.unwrap_err();
        let newer = format(br#"{"format": 2, "everything": "else differs"}"#).await;
        assert!(matches!(newer, BundleError::TooNew { format: 2, known: 1, .. }), "{newer:?}");
        for broken in [&b"{}"[..], b"[]", b"{", br#"{"format": "1"}"#, br#"{"format": 1}"#] {
            let error = format(broken).await;
            assert!(matches!(error, BundleError::NotABundle { .. }), "{error:?}");
        }
    }

    #[tokio::test]
    async fn other_files_are_no_bundles() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let tar_of_text = zstd::encode_all(&[b'x'; 2048][..], 1).unwrap();
        for content in [&b""[..], b"PK\x03\x04zip", b"age", &tar_of_text] {
            std::fs::write(&path, content).unwrap();
            let error = check(&path).await.unwrap_err();
            assert!(matches!(error, BundleError::NotABundle { .. }), "{error:?}");
        }
        let other = Odd::new().file("readme", b"hello").verified().await.unwrap_err();
        assert!(matches!(other, BundleError::NotABundle { .. }), "{other:?}");
        assert!(matches!(check(&dir.path().join("none")).await, Err(BundleError::FileMissing { .. })));
    }
}

#[tokio::test]
async fn format_1_is_still_written_as_it_was_released() {
    let (_dir, written) = bundle(&noise(1000, 80)).await;
    let unpack = |path: &Path| zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
    assert!(
        unpack(&written.path) == unpack(&fixture("format-1.tar.zst")),
        "an archive of format 1 looks different now"
    );
}

#[tokio::test]
async fn any_range_of_the_package_is_found_in_its_frames() {
    let data = noise(3 * 8 * 1024 * 1024 + 777, 4);
    let (_dir, written) = bundle(&data).await;
    let ranges = PackageRanges::open(&keys(), open(&keys(), &written.path).await.unwrap()).await.unwrap();
    assert_eq!(ranges.size(), data.len() as u64);
    let part = 8_u64 * 1024 * 1024;
    for range in [0..1, 0..10, part - 3..part + 3, 5..3 * part + 5, 3 * part + 700..3 * part + 777] {
        let wanted = &data[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()];
        assert!(ranges.clone().read(range.clone()).await.unwrap() == wanted, "{range:?}");
    }
}
