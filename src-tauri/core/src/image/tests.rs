//! Promises of the room: whatever the chunks, the same bytes; what cannot be said in the room there is, is refused.

use super::{Fit, ImageError, Inspector, Naming, Platform, Renamed, Renamer, docker_archive, split_tag};
use crate::clock::SystemClock;
use crate::ctx::Ctx;
use crate::package::{Package, RangeReader, ReadFault};
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

const OLD: &str = "goodrain.me/web:20261123005500";
const NEW: &str = "rbm.local/x/web:1a2b3c4d";

/// An image tar out of a package that the platform's own code wrote (tests/fixtures/packages).
fn platform_archive() -> Vec<u8> {
    static ARCHIVE: OnceLock<Vec<u8>> = OnceLock::new();
    ARCHIVE.get_or_init(read_platform_archive).clone()
}

fn read_platform_archive() -> Vec<u8> {
    let zip = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/packages/v6-no-volume-data/c25a780857434b33a3edcb9a1e48124a_20261123005812.zip");
    let ctx = Ctx::new(Arc::new(SystemClock));
    let read = async {
        let package = Package::open(&ctx, Arc::new(Whole(std::fs::read(zip).unwrap().into()))).await.unwrap();
        let entry = package.find("app_1cc6450898e158c123c1ee1f721f5ee7/image_20261123005500.tar").unwrap();
        package.read_member(&ctx, entry, 1 << 20).await.unwrap()
    };
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(read).to_vec()
}

struct Whole(Bytes);

#[async_trait::async_trait]
impl RangeReader for Whole {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        Ok(self.0.slice(usize::try_from(range.start)?..usize::try_from(range.end)?))
    }
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

/// What `docker save` from v25 on and containerd write: an OCI layout that Docker's older readers understand as well.
fn oci_archive() -> Vec<u8> {
    let config =
        json!({"architecture": "arm64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).to_string();
    let attestation = json!({"architecture": "unknown", "os": "unknown", "rootfs": {"type": "layers"}}).to_string();
    let index = json!({"schemaVersion": 2, "manifests": [{"digest": "sha256:aa", "size": 3, "annotations": {
        "io.containerd.image.name": "docker.io/library/nginx:1.25", "org.opencontainers.image.ref.name": "1.25"}}]})
    .to_string();
    let manifest =
        json!([{"Config": "blobs/sha256/cc", "RepoTags": ["nginx:1.25"], "Layers": ["blobs/sha256/dd"]}]).to_string();
    tar_of(&[
        ("blobs/sha256/bb", attestation.as_bytes()),
        ("blobs/sha256/cc", config.as_bytes()),
        ("blobs/sha256/dd", &[7; 3000]),
        ("index.json", index.as_bytes()),
        ("manifest.json", manifest.as_bytes()),
        ("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#),
        ("repositories", br#"{"nginx":{"1.25":"dd"}}"#),
    ])
}

fn member(archive: &[u8], wanted: &str) -> Vec<u8> {
    let mut tar = tar::Archive::new(archive);
    let mut entry =
        tar.entries().unwrap().map(Result::unwrap).find(|e| e.path().unwrap().to_str() == Some(wanted)).unwrap();
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).unwrap();
    bytes
}

fn json_of(archive: &[u8], wanted: &str) -> Value {
    serde_json::from_slice(&member(archive, wanted)).unwrap()
}

fn rename(archive: &[u8], naming: &Naming, fit: Fit, cut: usize) -> Result<(Vec<u8>, Renamed), ImageError> {
    let mut renamer = Renamer::new(naming.clone(), fit);
    let mut out = Vec::new();
    for chunk in archive.chunks(cut) {
        renamer.push(Bytes::copy_from_slice(chunk))?.iter().for_each(|bytes| out.extend_from_slice(bytes));
    }
    Ok((out, renamer.finish()?))
}

fn inspect(archive: &[u8], cut: usize) -> Result<super::ImageFacts, ImageError> {
    let mut inspector = Inspector::default();
    for chunk in archive.chunks(cut) {
        inspector.push(Bytes::copy_from_slice(chunk))?;
    }
    inspector.finish()
}

fn only(new: &str) -> Naming {
    Naming::Only(new.to_owned())
}

#[test]
fn an_archive_of_the_platform_says_what_it_holds() {
    let facts = inspect(&platform_archive(), 4096).unwrap();
    assert_eq!(facts.names(), [OLD]);
    assert_eq!(facts.platforms, [Platform { os: "linux".into(), architecture: "amd64".into() }]);
    assert!(facts.has_images() && !facts.has_null_manifest);
}

#[test]
fn both_layouts_in_one_archive_are_one_image() {
    let facts = inspect(&oci_archive(), 100).unwrap();
    assert_eq!(facts.index_names, ["docker.io/library/nginx:1.25"]);
    assert_eq!(facts.repository_names, ["nginx:1.25"]);
    assert_eq!((facts.names(), facts.image_count), (vec!["nginx:1.25"], 1));
    assert_eq!(facts.platforms, [Platform { os: "linux".into(), architecture: "arm64".into() }]);
}

#[test]
fn a_null_manifest_is_no_image() {
    for text in ["null", "[]"] {
        let facts = inspect(&tar_of(&[("manifest.json", text.as_bytes())]), 64).unwrap();
        assert!(facts.has_null_manifest && !facts.has_images(), "{text}");
    }
}

#[test]
fn the_same_length_keeps_every_other_byte() {
    let old = platform_archive();
    let (new, log) = rename(&old, &only(NEW), Fit::SameLength, 1000).unwrap();
    assert_eq!(old.len(), new.len());
    assert_eq!(json_of(&new, "manifest.json")[0]["RepoTags"], json!([NEW]));
    assert_eq!(log, Renamed { changed: vec![(OLD.into(), NEW.into())], kept: vec![] });
    let differing = old.iter().zip(&new).filter(|(a, b)| a != b).count();
    assert!(differing > 0 && differing <= member(&old, "manifest.json").len());
    let at = old.windows(13).position(|bytes| bytes == b"manifest.json").unwrap();
    assert_eq!(old[..at + 512], new[..at + 512]);
}

#[test]
fn every_place_of_a_name_is_rewritten() {
    for fit in [Fit::SameLength, Fit::Free] {
        let naming = Naming::map([("docker.io/library/nginx:1.25", "a.b/c:9")]);
        let (new, log) = rename(&oci_archive(), &naming, fit, 333).unwrap();
        assert_eq!(json_of(&new, "manifest.json")[0]["RepoTags"], json!(["a.b/c:9"]));
        let annotations = &json_of(&new, "index.json")["manifests"][0]["annotations"];
        assert_eq!(annotations["io.containerd.image.name"], "a.b/c:9");
        assert_eq!(annotations["org.opencontainers.image.ref.name"], "9");
        assert_eq!(json_of(&new, "repositories"), json!({"a.b/c": {"9": "dd"}}));
        assert_eq!(member(&new, "blobs/sha256/dd"), [7; 3000]);
        assert_eq!(log.kept, Vec::<String>::new());
    }
}

#[test]
fn names_without_a_new_one_stay_and_are_said() {
    let (new, log) = rename(&oci_archive(), &Naming::map([("other:1", "x:1")]), Fit::SameLength, 77).unwrap();
    assert_eq!(new, oci_archive());
    assert!(log.changed.is_empty());
    assert_eq!(log.kept, ["docker.io/library/nginx:1.25", "nginx:1.25"]);
}

#[test]
fn a_longer_name_needs_a_free_layout() {
    let long = format!("registry.example.test/{}:1", "long/".repeat(200));
    let refused = rename(&platform_archive(), &only(&long), Fit::SameLength, 4096).unwrap_err();
    assert!(matches!(refused, ImageError::DoesNotFit { room_bytes: 301, .. }), "{refused:?}");
    let (new, _) = rename(&platform_archive(), &only(&long), Fit::Free, 4096).unwrap();
    assert_eq!(new.len() % 512, 0);
    assert_eq!(json_of(&new, "manifest.json")[0]["RepoTags"][0], long.as_str());
    assert_eq!(inspect(&new, 4096).unwrap().names(), [long.as_str()]);
}

#[test]
fn pax_and_long_names_are_followed() {
    let deep = format!("{}/layer.tar", "d".repeat(150));
    let pax = b"22 path=manifest.json\n";
    let mut header = tar::Header::new_ustar();
    header.set_path("pax").unwrap();
    header.set_entry_type(tar::EntryType::XHeader);
    header.set_size(pax.len() as u64);
    header.set_cksum();
    let mut tar = tar::Builder::new(Vec::new());
    let add = |tar: &mut tar::Builder<Vec<u8>>, path: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        tar.append_data(&mut header, path, content).unwrap();
    };
    add(&mut tar, &deep, &[1; 700]);
    tar.append(&header, pax.as_slice()).unwrap();
    add(&mut tar, "cut", format!(r#"[{{"RepoTags":["{OLD}"]}}]"#).as_bytes());
    let archive = tar.into_inner().unwrap();
    let (new, log) = rename(&archive, &only(NEW), Fit::SameLength, 91).unwrap();
    assert_eq!((new.len(), log.changed.len()), (archive.len(), 1));
    assert_eq!(json_of(&new, "manifest.json")[0]["RepoTags"], json!([NEW]));
    assert_eq!(member(&new, &deep), [1; 700]);
}

#[test]
fn damage_is_told_from_an_early_end() {
    let mut damaged = platform_archive();
    damaged[20] ^= 1;
    assert!(matches!(inspect(&damaged, 4096), Err(ImageError::Damaged { .. })));
    let cut = &platform_archive()[..20_000];
    assert!(matches!(inspect(cut, 4096), Err(ImageError::CutShort { at_bytes: 20_000 })));
    assert!(matches!(rename(cut, &only(NEW), Fit::Free, 512), Err(ImageError::CutShort { .. })));
    assert!(matches!(inspect(&tar_of(&[("manifest.json", b"{")]), 9), Err(ImageError::NotJson { .. })));
    assert!(matches!(inspect(&[], 1), Err(ImageError::CutShort { at_bytes: 0 })));
}

#[test]
fn a_program_becomes_an_image_of_always_the_same_bytes() {
    let archive = docker_archive(b"\x7fELF program", "rbm.local/x/helper:1", "arm64");
    assert_eq!(archive, docker_archive(b"\x7fELF program", "rbm.local/x/helper:1", "arm64"));
    let facts = inspect(&archive, 100).unwrap();
    assert_eq!(facts.names(), ["rbm.local/x/helper:1"]);
    assert_eq!(facts.platforms, [Platform { os: "linux".into(), architecture: "arm64".into() }]);
    let manifest = json_of(&archive, "manifest.json");
    let config = json_of(&archive, manifest[0]["Config"].as_str().unwrap());
    let layer = member(&archive, manifest[0]["Layers"][0].as_str().unwrap());
    assert_eq!(config["config"]["Entrypoint"], json!([super::HELPER_ENTRYPOINT]));
    let digest = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&layer));
    assert_eq!(config["rootfs"]["diff_ids"][0], format!("sha256:{digest}"));
    assert_eq!(member(&layer, "rainferry-helper"), b"\x7fELF program");
}

#[test]
fn a_tag_is_not_a_port() {
    assert_eq!(split_tag("host:5000/a/b"), ("host:5000/a/b", None));
    assert_eq!(split_tag("host:5000/a/b:1"), ("host:5000/a/b", Some("1")));
    assert_eq!(split_tag("a@sha256:00"), ("a", None));
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_bytes(cuts in proptest::collection::vec(1usize..3000, 1..40), free in any::<bool>()) {
        let fit = if free { Fit::Free } else { Fit::SameLength };
        let archive = oci_archive();
        let (whole, log) = rename(&archive, &only("a.b/c:9"), fit, archive.len()).unwrap();
        let mut renamer = Renamer::new(only("a.b/c:9"), fit);
        let mut inspector = Inspector::default();
        let (mut out, mut rest, mut at) = (Vec::new(), Bytes::from(archive.clone()), 0);
        while !rest.is_empty() {
            let chunk = rest.split_to(cuts[at % cuts.len()].min(rest.len()));
            inspector.push(chunk.clone()).unwrap();
            renamer.push(chunk).unwrap().iter().for_each(|bytes| out.extend_from_slice(bytes));
            at += 1;
        }
        prop_assert_eq!(out, whole);
        prop_assert_eq!(renamer.finish().unwrap(), log);
        prop_assert_eq!(inspector.finish().unwrap(), inspect(&archive, archive.len()).unwrap());
    }

    #[test]
    fn any_fitting_name_fits(name in "[a-z]{1,8}\\.[a-z]{1,6}/x/[a-z0-9]{1,6}:[a-z0-9]{1,7}") {
        prop_assume!(name.len() <= OLD.len());
        let old = platform_archive();
        let (new, _) = rename(&old, &only(&name), Fit::SameLength, 8192).unwrap();
        prop_assert_eq!(new.len(), old.len());
        let facts = inspect(&new, 8192).unwrap();
        prop_assert_eq!(facts.names(), [name.as_str()]);
    }
}
