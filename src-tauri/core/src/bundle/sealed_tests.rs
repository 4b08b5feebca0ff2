//! Promises of encrypted bundles: age opens them, a wrong passphrase is no damage, and neither is believed.

use super::tests::{contents, ctx, feed, passed};
use super::*;
use crate::secret::Secret;
use crate::storage::testing::noise;
use bytes::Bytes;
use futures::TryStreamExt;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MIB: usize = 1 << 20;
const WORD: &str = "correct horse battery staple";

fn word(text: &str) -> Secret {
    Secret::new(text)
}

/// An encrypted bundle of a package of noise, and the keys of whoever wrote it.
async fn sealed(package: &Bytes) -> (tempfile::TempDir, Written, Arc<Keys>) {
    let dir = tempfile::tempdir().unwrap();
    let keys = Arc::<Keys>::default();
    let seal = Seal { passphrase: word(WORD), keys: keys.clone() };
    let contents = super::write::Contents { seal: Some(seal), ..contents(package.len()) };
    let path = dir.path().join(encrypted_name(&contents.app, &contents.version));
    let written = write(&ctx(), &contents, feed(package), &path, IfExists::Refuse, &passed()).await.unwrap();
    (dir, written, keys)
}

async fn check(keys: &Arc<Keys>, path: &Path) -> Result<Verified, BundleError> {
    verify(&ctx(), keys, path, &passed()).await
}

/// What another program of the format makes of the file.
fn plain(path: &Path) -> Vec<u8> {
    let mut identity = age::scrypt::Identity::new(age::secrecy::SecretString::from(WORD));
    identity.set_max_work_factor(20);
    let file = age::Decryptor::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut bytes = Vec::new();
    file.decrypt(std::iter::once(&identity as &dyn age::Identity)).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_bundle_is_the_plain_one_inside_an_age_file() {
    let package = noise(9 * MIB + 77, 81);
    let (dir, written, keys) = sealed(&package).await;
    assert!(written.path.to_str().unwrap().ends_with(".tar.zst.age"));
    assert_eq!(std::fs::metadata(&written.path).unwrap().len(), written.file_bytes);
    assert!(!dir.path().join(format!("{}.part", written.path.display())).exists());
    let inside = dir.path().join("plain.tar.zst");
    std::fs::write(&inside, plain(&written.path)).unwrap();
    let nobody = Arc::<Keys>::default();
    let (sealed, open) = (check(&keys, &written.path).await.unwrap(), check(&nobody, &inside).await.unwrap());
    assert_eq!(sealed, open);
    assert_eq!(sealed.package_sha256, written.package_sha256);
    // Nothing of what is inside can be seen from outside.
    let bytes = std::fs::read(&written.path).unwrap();
    assert!(!bytes.windows(8).any(|piece| piece == b"manifest" || piece == &package[1000..1008]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_opens_for_one_run_what_nobody_else_reads() {
    let package = noise(3 * MIB, 82);
    let (_dir, written, writer) = sealed(&package).await;
    // Whoever wrote it reads it.
    assert!(writer.opens(&written.path).unwrap());
    let keys = Arc::<Keys>::default();
    assert!(!keys.opens(&written.path).unwrap());
    assert!(matches!(open(&keys, &written.path).await, Err(BundleError::Locked { .. })));
    assert!(matches!(check(&keys, &written.path).await, Err(BundleError::Locked { .. })));
    let wrong = keys.unlock(&written.path, &word("correct horse battery stable"));
    assert!(matches!(wrong, Err(BundleError::WrongPassphrase { .. })), "{wrong:?}");
    assert!(!keys.opens(&written.path).unwrap());
    keys.unlock(&written.path, &word(WORD)).unwrap();
    let opened = open(&keys, &written.path).await.unwrap();
    assert_eq!(opened.ticket.as_deref(), Some(&b"new ticket"[..]));
    let streamed: Vec<Bytes> = package_stream(&ctx(), &keys, &written.path, &passed()).try_collect().await.unwrap();
    assert!(streamed.concat() == package);
    // What a job keeps opens this file and no other.
    let told = keys.told(&written.path).unwrap().unwrap();
    let again = Keys::default();
    assert!(!again.take_back(&written.path, &word(&"00".repeat(16))).unwrap());
    assert!(!again.take_back(&written.path, &word("no key")).unwrap());
    assert!(again.take_back(&written.path, &told).unwrap() && again.opens(&written.path).unwrap());
    // The plain ones ask for nothing.
    assert!(keys.told(&plain_file(&written.path)).unwrap().is_none());
}

fn plain_file(path: &Path) -> PathBuf {
    let to = path.with_extension("");
    std::fs::write(&to, plain(path)).unwrap();
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_of_an_encrypted_package_are_those_of_the_package() {
    let package = noise(17 * MIB + 5, 83);
    let (_dir, written, keys) = sealed(&package).await;
    let ranges = PackageRanges::open(&keys, open(&keys, &written.path).await.unwrap()).await.unwrap();
    let size = package.len() as u64;
    assert_eq!(ranges.size(), size);
    let mib = MIB as u64;
    for range in [0..1, size - 1..size, 8 * mib - 3..8 * mib + 3, 65_535..65_537, 0..size, 12 * mib..13 * mib] {
        let read = ranges.clone().read(range.clone()).await.unwrap();
        let (from, to) = (usize::try_from(range.start).unwrap(), usize::try_from(range.end).unwrap());
        assert!(read == package.slice(from..to), "{range:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_a_damaged_encrypted_package_is_damage() {
    let (_dir, written, keys) = sealed(&noise(20 * MIB, 87)).await;
    let mut bytes = std::fs::read(&written.path).unwrap();
    for byte in &mut bytes[12 * MIB..13 * MIB] {
        *byte ^= 1;
    }
    std::fs::write(&written.path, bytes).unwrap();
    let ranges = PackageRanges::open(&keys, open(&keys, &written.path).await.unwrap()).await;
    assert!(matches!(ranges, Err(BundleError::Altered { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_bundle_that_is_cut_short_is_damaged_and_not_locked() {
    let (dir, written, keys) = sealed(&noise(2 * MIB, 84)).await;
    let whole = std::fs::read(&written.path).unwrap();
    let cut = dir.path().join("cut.tar.zst.age");
    let head = head_bytes(&whole);
    for size in (4..400).step_by(13).chain((400..whole.len()).step_by(131_101)).chain([whole.len() - 1]) {
        std::fs::write(&cut, &whole[..size]).unwrap();
        let error = check(&keys, &cut).await.unwrap_err();
        assert!(matches!(error, BundleError::Truncated { .. } | BundleError::Altered { .. }), "{size}: {error:?}");
        let unlocked = if size < 400 || size == whole.len() - 1 { cold(&cut) } else { continue };
        match unlocked {
            // The head and the nonce behind it are there: the passphrase is right, and the rest is missing.
            Ok(()) => assert!(size >= head + 16, "{size}"),
            Err(BundleError::Truncated { .. } | BundleError::Altered { .. }) => assert!(size < head + 16, "{size}"),
            Err(other) => panic!("{size}: {other:?}"),
        }
    }
}

/// Who knows nothing yet tries the right passphrase.
fn cold(path: &Path) -> Result<(), BundleError> {
    Keys::default().unlock(path, &word(WORD))
}

fn head_bytes(whole: &[u8]) -> usize {
    whole.windows(5).position(|window| window == b"\n--- ").unwrap() + 5 + 43 + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_of_an_encrypted_bundle_is_damage_wherever_it_is() {
    let (dir, written, keys) = sealed(&noise(300_000, 85)).await;
    let whole = std::fs::read(&written.path).unwrap();
    let path = dir.path().join("flipped.tar.zst.age");
    let head = head_bytes(&whole);
    for at in (head + 16..whole.len()).step_by(9_973).chain(head..head + 16) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        std::fs::write(&path, flipped).unwrap();
        let error = check(&keys, &path).await.unwrap_err();
        assert!(matches!(error, BundleError::Altered { .. }), "{at}: {error:?}");
    }
    // In the head it is another file, whose passphrase nobody gave; that opens it no more.
    for at in (4..head).step_by(11) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        std::fs::write(&path, flipped).unwrap();
        let error = Keys::default().unlock(&path, &word(WORD)).unwrap_err();
        let told = matches!(
            error,
            BundleError::Altered { .. }
                | BundleError::WrongPassphrase { .. }
                | BundleError::NotABundle { .. }
                | BundleError::Truncated { .. }
                | BundleError::Refused { .. }
        );
        assert!(told, "{at}: {error:?}");
    }
}

#[test]
fn heads_of_hostile_files_cost_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hostile.tar.zst.age");
    let salt = "A".repeat(22);
    let (body, mac) = ("B".repeat(43), "C".repeat(43));
    let file = |slot: &str| format!("age-encryption.org/v1\n{slot}\n{body}\n--- {mac}\nrest");
    let unlock = |text: &[u8]| {
        std::fs::write(&path, text).unwrap();
        Keys::default().unlock(&path, &word(WORD)).unwrap_err()
    };
    for work in ["21", "30", "63", "64", "255", "99999999999999999"] {
        let error = unlock(file(&format!("-> scrypt {salt} {work}")).as_bytes());
        assert!(matches!(error, BundleError::Refused { .. }), "{work}: {error:?}");
    }
    for work in ["", "-1", "x", "1e3"] {
        let error = unlock(file(&format!("-> scrypt {salt} {work}")).as_bytes());
        assert!(matches!(error, BundleError::Altered { .. }), "{work}: {error:?}");
    }
    let error = unlock(file("-> X25519 AAAA").as_bytes());
    assert!(matches!(error, BundleError::NotABundle { reason, .. } if reason.contains("keys")), "{error:?}");
    let endless = ["age-encryption.org/v1\n-> scrypt ".to_owned(), "A".repeat(4 * MIB)].concat();
    assert!(matches!(unlock(endless.as_bytes()), BundleError::NotABundle { .. }));
    assert!(matches!(unlock(b"age-encryption.org/v2\na\nb\nc\n"), BundleError::NotABundle { .. }));
    assert!(matches!(unlock(b"age-encryption.org/v1\n"), BundleError::Truncated { .. }));
    assert!(matches!(unlock(b"age-"), BundleError::Truncated { .. }));
    // Two passphrases: age forbids it.
    let twice = format!("-> scrypt {salt} 10\n{body}\n-> scrypt {salt} 10");
    assert!(matches!(unlock(file(&twice).as_bytes()), BundleError::Altered { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_encrypted_and_no_bundle_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("letter.age");
    let mut recipient = age::scrypt::Recipient::new(age::secrecy::SecretString::from(WORD));
    recipient.set_work_factor(2);
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).unwrap();
    let mut file = encryptor.wrap_output(std::fs::File::create(&path).unwrap()).unwrap();
    file.write_all(b"Dear reader").unwrap();
    file.finish().unwrap();
    let keys = Arc::<Keys>::default();
    keys.unlock(&path, &word(WORD)).unwrap();
    assert!(matches!(open(&keys, &path).await, Err(BundleError::NotABundle { .. })));
}

/// Made by another program.
#[tokio::test(flavor = "multi_thread")]
async fn every_released_format_stays_readable_behind_its_passphrase() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/bundles/format-1.tar.zst.age");
    let keys = Arc::<Keys>::default();
    keys.unlock(&path, &word("sesame")).unwrap();
    assert_eq!(check(&keys, &path).await.unwrap().package_bytes, 1000);
    assert_eq!(open(&keys, &path).await.unwrap().ticket.unwrap(), b"new ticket");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sought_behind_the_end() {
    let (_dir, written, keys) = sealed(&noise(200_000, 86)).await;
    let whole = plain(&written.path);
    let mut file = super::seal::open(&keys, &written.path).unwrap();
    let end = whole.len() as u64;
    assert_eq!(file.seek(SeekFrom::End(0)).unwrap(), end);
    let mut rest = Vec::new();
    assert_eq!(file.read_to_end(&mut rest).unwrap(), 0);
    assert!(file.seek(SeekFrom::Start(end + 1)).is_err() && file.seek(SeekFrom::Current(i64::MAX)).is_err());
    for at in [0, 1, 65_535, 65_536, 131_072, end - 1, end] {
        file.seek(SeekFrom::Start(at)).unwrap();
        rest.clear();
        file.read_to_end(&mut rest).unwrap();
        assert!(rest == whole[usize::try_from(at).unwrap()..], "{at}");
    }
}
