//! Over real packages and nested zips: what changes, and that nothing else does.

use super::*;
use crate::image::Inspector;
use crate::package::tests::kit::{OfFile, Pack, Zip};
use crate::package::{Method, ReadFault, list_nested};
use crate::repair::nested::KeepRoot;
use bytes::Bytes;
use futures::StreamExt;

/// Members that pass lie in both zips byte for byte, from header to descriptor.
fn spans_are_equal(before: (&Package, &[u8]), after: (&Package, &[u8]), rewritten: &[String]) {
    let cut = |bytes: &[u8], span: std::ops::Range<u64>| bytes[span.start as usize..span.end as usize].to_vec();
    for entry in before.0.entries().iter().filter(|entry| !rewritten.iter().any(|name| entry.name.ends_with(name))) {
        let found = after.0.entries().iter().find(|found| found.name == entry.name).unwrap();
        assert!(cut(before.1, entry.span()) == cut(after.1, found.span()), "{}", entry.name);
    }
}

#[tokio::test]
async fn volume_data_gets_a_second_name_at_its_top_and_nothing_else_changes() {
    let (package, bytes, _) = fixture("v6-with-volume-data").await;
    let new = all(&package, &keep_roots()).await;
    tools_take(&new);
    let target = opened(Counted::new(new.clone())).await;
    let compared = compare(&package, &target, &keep_roots()).unwrap();
    assert_eq!(compared.rewritten.len(), 1);
    assert!(compared.rewritten[0].ends_with("/__all_data.zip") && compared.dropped.is_empty());
    assert_eq!(compared.same_count, package.entries().len() - 1);
    spans_are_equal((&package, &bytes), (&target, &new), &compared.rewritten);
    let data = |package: &Arc<Package>| below(package, "/__all_data.zip").clone();
    let before = list_nested(&ctx(), &package, &data(&package)).await.unwrap();
    let after = list_nested(&ctx(), &target, &data(&target)).await.unwrap();
    let (keep, others) = after.split_last().unwrap();
    assert_eq!(others.len(), before.len());
    assert!(others.iter().zip(&before).all(|(a, b)| a.name == b.name && a.comment == b.comment && a.mode == b.mode));
    assert_eq!((keep.name.as_str(), keep.comment.as_str(), keep.mode), ("KEEP", "0/0", Some(0o100_644)));
    tools_take(&target.read_member(&ctx(), &data(&target), 1 << 20).await.unwrap());
}

#[tokio::test]
async fn a_recipe_of_nothing_gives_the_package_itself() {
    for name in ["v5-no-volume-data", "v6-no-volume-data", "v6-with-volume-data"] {
        let (package, bytes, _) = fixture(name).await;
        assert!(all(&package, &Recipe::default()).await == bytes, "{name}");
    }
}

#[tokio::test]
async fn data_that_is_left_out_is_gone_with_its_folders() {
    let (package, bytes, _) = fixture("v6-with-volume-data").await;
    let recipe = Recipe { data: VolumeData::Dropped, ..Recipe::default() };
    let new = all(&package, &recipe).await;
    tools_take(&new);
    let target = opened(Counted::new(new.clone())).await;
    let compared = compare(&package, &target, &recipe).unwrap();
    assert_eq!((compared.dropped.len(), compared.rewritten.len()), (3, 0));
    assert!(target.entries().iter().all(|entry| !entry.name.contains("/data_")));
    spans_are_equal(
        (&package, &bytes),
        (&target, &new),
        &[
            "/data_".to_owned(),
            "all_data.zip".into(),
            "static.zip".into(),
            package
                .entries()
                .iter()
                .find(|entry| entry.name.contains("/data_") && entry.is_dir())
                .unwrap()
                .name
                .clone(),
        ],
    );
    assert!(!load(&ctx(), &target).await.unwrap().has_data_entries);
}

#[tokio::test]
async fn images_arrive_under_the_names_that_the_target_pushes() {
    let (package, _, model) = fixture("v6-no-volume-data").await;
    let recipe = everything(&model);
    assert_eq!(recipe.names["goodrain.me/web:20261123005500"], "registry.example.test:5000/apps/web:20261123005500");
    let new = all(&package, &recipe).await;
    tools_take(&new);
    let target = opened(Counted::new(new)).await;
    let compared = compare(&package, &target, &recipe).unwrap();
    assert_eq!(compared.rewritten.len(), 1 + model.components.len());
    for component in &load(&ctx(), &target).await.unwrap().components {
        let entry = below(&target, &component.image_entry.as_ref().unwrap().name);
        let mut inspector = Inspector::default();
        inspector.push(target.read_member(&ctx(), entry, 1 << 20).await.unwrap()).unwrap();
        let facts = inspector.finish().unwrap();
        assert!(!facts.names().is_empty());
        for name in facts.names() {
            assert!(name.starts_with("registry.example.test:5000/apps/"), "{name}");
        }
    }
}

/// Whatever pieces the source comes in: single ranges, read ahead, or a stream out of a bundle.
#[tokio::test]
async fn the_bytes_do_not_depend_on_how_the_package_is_read() {
    let (package, bytes, model) = fixture("v6-with-volume-data").await;
    let recipe = everything(&model);
    let new = all(&package, &recipe).await;
    let ahead = opened(Arc::new(Ahead::new(Counted::new(bytes.clone())))).await;
    assert!(all(&ahead, &recipe).await == new);
    for piece in [1, 777, 65_536, 1 << 20] {
        let pieces = |piece: usize| {
            let pieces: Vec<_> = bytes.chunks(piece).map(Bytes::copy_from_slice).map(Ok::<_, ReadFault>).collect();
            futures::stream::iter(pieces)
        };
        let tail = Tail::of(pieces(piece)).await.unwrap();
        let short = Tail { size: tail.size, bytes: tail.bytes.slice(tail.bytes.len() - 70_000..) };
        let forward = opened(Arc::new(Forward::new(&short, pieces(piece).boxed()))).await;
        assert!(all(&forward, &recipe).await == new, "{piece}");
    }
}

#[tokio::test]
async fn a_package_beyond_four_gigabytes_is_mended_with_its_long_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zip64.zip");
    let packed = std::fs::File::open(kit::fixture("zip64")).unwrap();
    zstd::stream::copy_decode(packed, std::fs::File::create(&path).unwrap()).unwrap();
    let package = opened(OfFile::open(&path)).await;
    // The huge member passes behind a place that moved: its record is written anew.
    let names = std::collections::BTreeMap::from([("goodrain.me/a:1".to_owned(), "other/a:1".to_owned())]);
    let recipe = Recipe { names, ..Recipe::default() };
    let new = all(&package, &recipe).await;
    assert!(new.len() < 64 << 20);
    tools_take(&new);
    let target = opened(Counted::new(new)).await;
    let compared = compare(&package, &target, &recipe).unwrap();
    assert_eq!((compared.rewritten.len(), compared.same_count), (1, 4));
    let huge = below(&target, ".tar");
    assert_eq!((huge.size, huge.crc32), (4_613_734_400, below(&package, ".tar").crc32));
    assert!(most_bytes(&package, &recipe) > huge.size);
}

fn kept(zip: &[u8], piece: usize) -> (Vec<u8>, bool) {
    let mut keep = KeepRoot::default();
    let mut out = Vec::new();
    zip.chunks(piece).for_each(|chunk| keep.push(Bytes::copy_from_slice(chunk), &mut out));
    let end = keep.finish("data").unwrap();
    out.extend(end.bytes);
    (out.concat(), end.ends_in_symlink)
}

/// Entries whose count no longer fits 16 bits: the end becomes one of zip64.
#[tokio::test]
async fn a_nested_directory_may_be_long() {
    let mut zip = Zip::default();
    for number in 0..65_534 {
        zip = zip.add(&format!("id/data/{number}"), b"", Pack::Stored);
    }
    let (new, _) = kept(&zip.finish(), 1 << 20);
    let package = opened(Counted::new(new.clone())).await;
    assert_eq!(package.entries().len(), 65_535);
    assert_eq!(package.entries().last().unwrap().name, "KEEP");
    tools_take(&new);
}

#[test]
fn a_zip_with_that_name_already_or_without_entries_stays_as_it_is() {
    let there = Zip::default().add("id/a", b"a", Pack::Deflated).add("KEEP", b"", Pack::Stored).finish();
    assert!(kept(&there, 10).0 == there);
    let empty = Zip::default().finish();
    assert!(kept(&empty, 10).0 == empty);
}

#[test]
fn a_nested_zip_is_the_same_whatever_its_pieces() {
    let zip = Zip::default().add("id/a", &[7; 5000], Pack::Stored).add("id/b", &[8; 300], Pack::Deflated).finish();
    let (once, _) = kept(&zip, usize::MAX);
    tools_take(&once);
    assert!([1, 13, 4096].iter().all(|piece| kept(&zip, *piece).0 == once));
}

/// B-19: the walk ends at a link to a folder, and says nothing.
#[tokio::test]
async fn data_that_ends_in_a_symlink_is_named() {
    let mut inner =
        Zip::default().add("old/data/a", b"a", Pack::Deflated).add("old/data/b_link", b"m", Pack::Stored).finish();
    let at = inner.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    inner[at + 40..at + 42].copy_from_slice(&0o120_777_u16.to_le_bytes());
    assert!(kept(&inner, 100).1);
    let package = Zip::default().add("g_1/data_old/__all_data.zip", &inner, Pack::Deflated).add(
        "g_1/data_new/__all_data.zip",
        &Zip::default().add("new/a", b"a", Pack::Stored).finish(),
        Pack::Stored,
    );
    let package = opened(Counted::new(package.finish())).await;
    let (stream, doubtful) = mended(&ctx(), package, &keep_roots());
    let _: Vec<Bytes> = stream.try_collect().await.unwrap();
    assert_eq!(doubtful.names(), ["data_old/__all_data.zip"]);
}

#[tokio::test]
async fn a_stored_zip_inside_is_mended_too() {
    let inner = Zip::default().add("old/a", b"a", Pack::Deflated).finish();
    let package = Zip::default().add("g_1/data_old/__all_data.zip", &inner, Pack::Stored).finish();
    let target = opened(Counted::new(all(&opened(Counted::new(package)).await, &keep_roots()).await)).await;
    let entry = below(&target, ".zip").clone();
    assert_eq!(entry.method, Method::Deflated);
    assert_eq!(list_nested(&ctx(), &target, &entry).await.unwrap().len(), 2);
}

#[tokio::test]
async fn damage_is_an_error_and_not_passed_on() {
    let package = Zip::default().add("g_1/data_old/__all_data.zip", b"this is no zip at all, really", Pack::Stored);
    let package = opened(Counted::new(package.finish())).await;
    let (stream, _) = mended(&ctx(), package, &keep_roots());
    let error = stream.try_collect::<Vec<Bytes>>().await.unwrap_err();
    assert!(matches!(&error, RepairError::NestedDamaged { name, .. } if name.contains("data_old")), "{error}");
}

#[tokio::test]
async fn what_arrived_otherwise_is_noticed() {
    let (package, _, _) = fixture("v6-with-volume-data").await;
    let mended = opened(Counted::new(all(&package, &keep_roots()).await)).await;
    let differs = |source: &Package, target: &Package, recipe: &Recipe| {
        matches!(compare(source, target, recipe), Err(RepairError::Differs { .. }))
    };
    assert!(differs(&package, &mended, &Recipe::default()));
    let dropped = Recipe { data: VolumeData::Dropped, ..Recipe::default() };
    assert!(differs(&package, &mended, &dropped));
    let (other, ..) = fixture("v6-no-volume-data").await;
    assert!(differs(&package, &other, &keep_roots()) && differs(&other, &package, &Recipe::default()));
}
