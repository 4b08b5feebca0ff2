//! The written file: what real `tar` finds in it, that its size was known, and that it is the same from anywhere on.

use super::super::{Draft, ExtraPlugin, Order, PackageStream, TemplateError, look_inside, synthesize};
use super::kit::{NEW, Piece, Pieces, app, ctx, draft_of, order, package, target};
use crate::image::{BLOCK, ImageError, Inspector, docker_archive, file_header, padding};
use crate::package::{Package, load};
use bytes::Bytes;
use futures::TryStreamExt;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;

async fn write(draft: &Draft, package: Arc<Package>, from: u64) -> Vec<u8> {
    let file = PackageStream::new(draft, package).unwrap().starting_at(from);
    let total = file.total_bytes();
    assert_eq!(total, PackageStream::size_of(draft));
    let chunks: Vec<Bytes> = file.into_stream(ctx()).try_collect().await.unwrap();
    let bytes = chunks.concat();
    assert_eq!(bytes.len() as u64, total - from);
    bytes
}

#[tokio::test]
async fn real_tar_unpacks_it_and_the_images_have_their_new_names() {
    let image = "rbm.local/x/helper:job1";
    let extra = ExtraPlugin {
        slot: "v".into(),
        alias: "Rainferry".into(),
        desc: "d".into(),
        category: "init-plugin".into(),
        image: image.into(),
        build_version: "1".into(),
        archive: docker_archive(&[9; 100_000], image, "amd64").into(),
        memory_mb: 512,
        cpu_millis: 250,
        settings: BTreeMap::new(),
    };
    for folder in ["v5-no-volume-data", "v6-with-volume-data"] {
        let order = Order { extra_plugins: vec![extra.clone()], ..order() };
        let draft = synthesize(&app(folder).await, &target(NEW), &order).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(&draft.file_name);
        std::fs::write(&path, write(&draft, package(folder).await, 0).await).unwrap();
        let done = Command::new("tar").arg("-xzf").arg(&path).current_dir(dir.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));

        let root = dir.path().join(&draft.root);
        let metadata: Value = serde_json::from_slice(&std::fs::read(root.join("metadata.json")).unwrap()).unwrap();
        assert_eq!(metadata, draft.metadata.0);
        assert_eq!(draft.images.len(), 3);
        for part in &draft.images {
            let archive = std::fs::read(root.join(&part.file)).unwrap();
            assert_eq!(archive.len() as u64, part.bytes);
            let mut inspector = Inspector::default();
            inspector.push(archive.into()).unwrap();
            assert_eq!(inspector.finish().unwrap().names(), [part.image.as_str()]);
        }
        assert!(draft.images[0].image.starts_with("r.b/x/"), "{}", draft.images[0].image);
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 4);
    }
}

#[tokio::test]
async fn it_is_the_same_each_time_and_from_anywhere_on() {
    let folder = "v6-no-volume-data";
    let draft = draft_of(&app(folder).await, NEW);
    let whole = write(&draft, package(folder).await, 0).await;
    assert_eq!(whole, write(&draft_of(&app(folder).await, NEW), package(folder).await, 0).await);
    for from in [1, 9, 10, 15, 600, 65_549, 65_550, 65_551, 100_000, whole.len() - 1, whole.len()] {
        let rest = write(&draft, package(folder).await, from as u64).await;
        assert!(rest == whole[from..], "from {from}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn it_goes_on_from_any_place(at in 0.0f64..1.0) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = "v6-no-volume-data";
            let draft = draft_of(&app(folder).await, NEW);
            let whole = write(&draft, package(folder).await, 0).await;
            let from = (whole.len() as f64 * at) as usize;
            assert!(write(&draft, package(folder).await, from as u64).await == whole[from..]);
        });
    }
}

/// A backup with one stored image archive of a given length, of zeros but for its ends.
struct Long {
    reader: Arc<Pieces>,
    package: Arc<Package>,
    image_bytes: u64,
}

async fn long(layer: u64, tag: &str) -> Long {
    let manifest = json!([{"Config": "c.json", "RepoTags": [tag], "Layers": ["l/layer.tar"]}]).to_string();
    let mut end = vec![0; padding(layer) as usize];
    end.extend_from_slice(&file_header("manifest.json", manifest.len() as u64, 0o644));
    end.extend_from_slice(manifest.as_bytes());
    end.resize(end.len() + padding(manifest.len() as u64) as usize + 2 * BLOCK, 0);
    let start = file_header("l/layer.tar", layer, 0o644).to_vec();
    let image = vec![Piece::Bytes(start.into()), Piece::Zeros(layer), Piece::Bytes(end.into())];

    let service = json!({"ServiceID": "a", "Service": {"kind": "internal"},
        "Versions": [{"build_version": "1", "delivered_type": "image", "image_name": "goodrain.me/team/long-name:20260101"}]});
    let base = json!({"service_id": "a", "service_cname": "长", "extend_method": "stateless_multiple", "k8s_component_name": "long"});
    let console = json!({"group_info": {"group_name": "app"}, "apps": [{"component_id": "a", "service_base": base}]});
    let region = json!({"Services": [service]});
    let text = |value: &Value| vec![Piece::Bytes(value.to_string().into_bytes().into())];
    let (pieces, sizes) = zip_of(&[
        ("r/app_a/image_1.tar", image),
        ("r/console_apps_metadata.json", text(&console)),
        ("r/region_apps_metadata.json", text(&region)),
    ]);
    let reader = Pieces::new(pieces);
    let package = Arc::new(Package::open(&ctx(), reader.clone()).await.unwrap());
    Long { reader, package, image_bytes: sizes[0] }
}

/// A zip of stored members, never whole in memory.
fn zip_of(members: &[(&str, Vec<Piece>)]) -> (Vec<Piece>, Vec<u64>) {
    let (mut out, mut directory, mut sizes, mut offset) = (Vec::new(), Vec::new(), Vec::new(), 0u64);
    for (name, pieces) in members {
        let mut crc = crc32fast::Hasher::new();
        let mut size = 0u64;
        for piece in pieces {
            match piece {
                Piece::Bytes(bytes) => {
                    crc.update(bytes);
                    size += bytes.len() as u64;
                }
                Piece::Zeros(len) => {
                    let zeros = vec![0; 1 << 20];
                    (0..len / (1 << 20)).for_each(|_| crc.update(&zeros));
                    crc.update(&zeros[..(len % (1 << 20)) as usize]);
                    size += len;
                }
            }
        }
        let numbers = [crc.finalize().to_le_bytes(), (size as u32).to_le_bytes(), (size as u32).to_le_bytes()].concat();
        let lens = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        let local = [&b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0"[..], &numbers, &lens, name.as_bytes()].concat();
        let head = [&b"PK\x01\x02\x14\x03\x14\0\0\0\0\0\0\0\0\0"[..], &numbers, &lens, &[0; 6], &[0; 4]].concat();
        directory.extend([head, (offset as u32).to_le_bytes().to_vec(), name.as_bytes().to_vec()].concat());
        offset += local.len() as u64 + size;
        out.push(Piece::Bytes(local.into()));
        out.extend(pieces.iter().cloned());
        sizes.push(size);
    }
    let count = (members.len() as u16).to_le_bytes();
    let end = [
        &b"PK\x05\x06\0\0\0\0"[..],
        &count,
        &count,
        &(directory.len() as u32).to_le_bytes(),
        &(offset as u32).to_le_bytes(),
        &[0, 0],
    ];
    out.extend([Piece::Bytes(directory.into()), Piece::Bytes(end.concat().into())]);
    (out, sizes)
}

#[tokio::test]
async fn memory_stays_flat() {
    const LAYER: u64 = 96 << 20;
    /// One window that was read, and one chunk of it that is being packed.
    const AHEAD: u64 = (4 << 20) + (1 << 20);
    let long = long(LAYER, "goodrain.me/team/long-name:20260101").await;
    let app = load(&ctx(), &long.package).await.unwrap();
    let draft = draft_of(&app, NEW);
    assert_eq!(draft.images[0].bytes, long.image_bytes);
    long.reader.furthest.store(0, Ordering::SeqCst);
    long.reader.longest.store(0, Ordering::SeqCst);
    let mut file = PackageStream::new(&draft, long.package.clone()).unwrap();
    let (mut written, mut largest) = (0u64, 0);
    while let Some(chunk) = file.chunk(&ctx()).await.unwrap() {
        written += chunk.len() as u64;
        largest = largest.max(chunk.len());
        let read = long.reader.furthest.load(Ordering::SeqCst);
        assert!(read <= written + AHEAD, "{read} bytes read when {written} were written");
    }
    assert_eq!(written, file.total_bytes());
    assert!(largest <= 1 << 20, "a chunk of {largest} bytes");
    assert!(long.reader.longest.load(Ordering::SeqCst) <= (4 << 20) + 1024);
}

#[tokio::test]
async fn an_archive_that_holds_another_image_is_found_out() {
    // Its only name gives way to ours, whatever it was.
    let other = long(1000, "goodrain.me/some/other-image:20260101").await;
    let app = load(&ctx(), &other.package).await.unwrap();
    write(&draft_of(&app, NEW), other.package.clone(), 0).await;
    // A name that is kept must be the one that is there.
    let mut draft = draft_of(&app, NEW);
    draft.images[0].naming = crate::image::Naming::map([]);
    let file = PackageStream::new(&draft, other.package.clone()).unwrap();
    let error = file.into_stream(ctx()).try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(error, TemplateError::ImageNotThere { .. }), "{error:?}");
}

#[tokio::test]
async fn a_name_without_room_is_found_out() {
    // The metadata promises a longer one than there is.
    let tight = long(1000, "a.b/c:1").await;
    let app = load(&ctx(), &tight.package).await.unwrap();
    let file = PackageStream::new(&draft_of(&app, NEW), tight.package.clone()).unwrap();
    let error = file.into_stream(ctx()).try_collect::<Vec<_>>().await.unwrap_err();
    assert!(matches!(error, TemplateError::Image { source: ImageError::DoesNotFit { .. }, .. }), "{error:?}");
    // Looking first helps: then the name is kept.
    let seen = look_inside(&ctx(), &tight.package, &app).await.unwrap();
    let draft = synthesize(&app, &target(NEW), &Order { seen, ..order() }).unwrap();
    assert_eq!(draft.images[0].image, "a.b/c:1");
    write(&draft, tight.package.clone(), 0).await;
}

#[tokio::test]
async fn another_package_is_refused() {
    let draft = draft_of(&app("v6-no-volume-data").await, NEW);
    let error = PackageStream::new(&draft, package("v5-no-volume-data").await).err();
    assert!(matches!(error, Some(TemplateError::MemberMissing { .. })), "{error:?}");
    let mut changed = draft.clone();
    changed.images[0].bytes += 512;
    let error = PackageStream::new(&changed, package("v6-no-volume-data").await).err();
    assert!(matches!(error, Some(TemplateError::MemberChanged { .. })), "{error:?}");
}

#[tokio::test]
async fn a_cancelled_stream_ends() {
    let draft = draft_of(&app("v6-no-volume-data").await, NEW);
    let mut file = PackageStream::new(&draft, package("v6-no-volume-data").await).unwrap();
    let ctx = ctx();
    file.chunk(&ctx).await.unwrap();
    ctx.cancel.cancel();
    assert!(matches!(file.chunk(&ctx).await, Err(TemplateError::Cancelled(_))));
}
