//! One suite over every store, and a table of what each lacks, which the suite holds them to as well: a gap that closes
//! should be noticed.

use super::testing::{S3sFs, SeaweedFs, folder_store, noise, spec};
use super::*;
use std::sync::Arc;

const MIB: usize = 1 << 20;

/// What a store lacks against S3. All false: nothing.
#[derive(Clone, Copy, Default)]
struct Lacks {
    pinned_reads: bool,
    md5_etags: bool,
    part_facts: bool,
    list_uploads: bool,
    /// A word for an upload that is gone: it says 403, as for one that was never ours.
    gone_uploads: bool,
    copy_part: bool,
    copy_between_buckets: bool,
    /// A look at the CRC-64 that comes with a part.
    part_crcs: bool,
    /// A CRC-64 of its own of the whole.
    whole_crcs: bool,
}

async fn suite(store: Arc<dyn Store>, second: Arc<dyn Store>, lacks: Lacks) {
    let store = store.as_ref();
    store.check().await.unwrap();
    small_objects(store, lacks).await;
    ranges_are_exact(store).await;
    pinned_reads(store, lacks).await;
    missing_things(store).await;
    uploads(store, lacks).await;
    aborted_uploads(store, lacks).await;
    copies(store, lacks).await;
    copies_between_buckets(store, second.as_ref(), lacks).await;
    parts_in_every_way(store, lacks).await;
    lists(store).await;
    odd_keys(store).await;
}

async fn whole(store: &dyn Store, key: &str) -> Vec<u8> {
    let size = store.head(key).await.unwrap().size;
    read_range(store, key, 0..size, None).await.unwrap().concat()
}

async fn small_objects(store: &dyn Store, lacks: Lacks) {
    store.put("dir/small", vec!["hello ".into(), "world".into()]).await.unwrap();
    let facts = store.head("dir/small").await.unwrap();
    assert_eq!(facts.size, 11);
    assert_eq!(facts.etag.as_ref().unwrap().looks_like_md5(), !lacks.md5_etags);
    if !lacks.md5_etags {
        assert_eq!(facts.etag.unwrap().plain(), "5eb63bbbe01eeed093cb22bb8f5acdc3");
    }
    assert_eq!(whole(store, "dir/small").await, b"hello world");
    store.put("dir/small", vec!["again".into()]).await.unwrap();
    assert_eq!(whole(store, "dir/small").await, b"again");
    store.delete("dir/small").await.unwrap();
    store.delete("dir/small").await.unwrap();
    assert!(matches!(store.head("dir/small").await, Err(StoreError::NotFound { .. })));
}

async fn ranges_are_exact(store: &dyn Store) {
    let data = noise(3 * MIB + 17, 1);
    store.put("ranges", vec![data.clone()]).await.unwrap();
    for range in [0..1, 5..9, MIB as u64..2 * MIB as u64 + 3, 3 * MIB as u64..3 * MIB as u64 + 17] {
        let got = read_range(store, "ranges", range.clone(), None).await.unwrap().concat();
        assert!(got == data[range.start as usize..range.end as usize], "{range:?}");
    }
    let past = read_range(store, "ranges", 3 * MIB as u64..4 * MIB as u64, None).await;
    assert!(matches!(past, Err(StoreError::WrongLength { got: 17, .. })), "{past:?}");
}

async fn pinned_reads(store: &dyn Store, lacks: Lacks) {
    store.put("pinned", vec!["first".into()]).await.unwrap();
    let pin = store.head("pinned").await.unwrap().etag.unwrap();
    assert!(read_range(store, "pinned", 0..5, Some(&pin)).await.is_ok());
    store.put("pinned", vec!["second".into()]).await.unwrap();
    let got = read_range(store, "pinned", 0..5, Some(&pin)).await;
    match lacks.pinned_reads {
        true => assert!(got.is_ok(), "the store pins reads now: {got:?}"),
        false => assert!(matches!(got, Err(StoreError::Changed { .. })), "{got:?}"),
    }
}

async fn missing_things(store: &dyn Store) {
    let gone = read_range(store, "nobody", 0..5, None).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
    assert!(matches!(store.part_facts("nobody").await, Err(StoreError::NotFound { .. })));
    for bad in ["", "a//b", "/a", "a/", "../a", "a/../b"] {
        assert!(matches!(store.head(bad).await, Err(StoreError::BadKey { .. })), "{bad:?}");
    }
}

async fn uploads(store: &dyn Store, lacks: Lacks) {
    let parts = [noise(5 * MIB, 2), noise(5 * MIB, 3), noise(MIB, 4)];
    let upload = store.create_upload("big", UploadKind::Plain).await.unwrap();
    let mut tags = vec![None; 3];
    for index in [2_usize, 0, 1] {
        // In pieces, as they come from a read, and out of order.
        let body = parts[index].chunks(MIB).map(bytes::Bytes::copy_from_slice).collect();
        tags[index] = Some(store.put_part("big", &upload, index as u32, body).await.unwrap());
    }
    // A part sent again replaces the first one.
    tags[1] = Some(store.put_part("big", &upload, 1, vec![parts[1].clone()]).await.unwrap());
    let tags: Vec<Etag> = tags.into_iter().flatten().collect();
    assert_eq!(tags.iter().all(Etag::looks_like_md5), !lacks.md5_etags);
    store.complete_upload("big", &upload, &tags).await.unwrap();
    assert!(whole(store, "big").await == parts.concat());
    let facts = store.head("big").await.unwrap();
    if !lacks.md5_etags {
        assert_eq!(facts.etag.unwrap().part_count(), Some(3));
    }
    let expected = PartFacts { part_size: 5 * MIB as u64, part_count: 3 };
    let part_facts = store.part_facts("big").await.unwrap();
    assert_eq!(part_facts, if lacks.part_facts { None } else { Some(expected) });
}

async fn aborted_uploads(store: &dyn Store, lacks: Lacks) {
    let upload = store.create_upload("never/made", UploadKind::Plain).await.unwrap();
    store.put_part("never/made", &upload, 0, vec![noise(MIB, 5)]).await.unwrap();
    match lacks.list_uploads {
        true => assert!(matches!(store.list_uploads("never/").await, Err(StoreError::Lacks { .. }))),
        false => {
            let pending = store.list_uploads("never/").await.unwrap();
            assert_eq!(pending, [PendingUpload { key: "never/made".to_owned(), upload: upload.clone() }]);
        }
    }
    store.abort_upload("never/made", &upload).await.unwrap();
    if !lacks.list_uploads {
        assert_eq!(store.list_uploads("never/").await.unwrap(), []);
    }
    let late = store.put_part("never/made", &upload, 1, vec![noise(MIB, 5)]).await.unwrap_err();
    let completed = store.complete_upload("never/made", &upload, &[Etag::new("\"x\"")]).await.unwrap_err();
    match lacks.gone_uploads {
        true => assert!(matches!((&late, &completed), (StoreError::Denied { .. }, StoreError::Denied { .. }))),
        false => {
            store.abort_upload("never/made", &upload).await.unwrap();
            assert!(matches!(late, StoreError::UploadGone { .. }), "{late:?}");
            assert!(matches!(completed, StoreError::UploadGone { .. }), "{completed:?}");
        }
    }
    assert!(matches!(store.head("never/made").await, Err(StoreError::NotFound { .. })));
}

async fn copies(store: &dyn Store, lacks: Lacks) {
    let data = noise(6 * MIB, 6);
    store.put("copies/from 一", vec![data.clone()]).await.unwrap();
    let bucket = store.identity().bucket.clone();
    store.copy(&bucket, "copies/from 一", "copies/to").await.unwrap();
    assert!(whole(store, "copies/to").await == data);
    let upload = store.create_upload("copies/ranged", UploadKind::Plain).await.unwrap();
    let range = |range| CopyRange { bucket: &bucket, key: "copies/from 一", range, pin: None };
    let first = store.copy_part(range(0..5 * MIB as u64), "copies/ranged", &upload, 0).await;
    if lacks.copy_part {
        assert!(matches!(first, Err(StoreError::Lacks { .. })), "{first:?}");
        return store.abort_upload("copies/ranged", &upload).await.unwrap();
    }
    let second = store.copy_part(range(5 * MIB as u64..6 * MIB as u64), "copies/ranged", &upload, 1).await;
    store.complete_upload("copies/ranged", &upload, &[first.unwrap(), second.unwrap()]).await.unwrap();
    assert!(whole(store, "copies/ranged").await == data);
}

async fn copies_between_buckets(store: &dyn Store, second: &dyn Store, lacks: Lacks) {
    assert!(store.identity().same_endpoint(second.identity()));
    store.put("across", vec!["bytes".into()]).await.unwrap();
    let copied = second.copy(&store.identity().bucket, "across", "arrived").await;
    match lacks.copy_between_buckets {
        true => assert!(matches!(copied, Err(StoreError::Lacks { .. })), "{copied:?}"),
        false => assert_eq!(whole(second, "arrived").await, b"bytes"),
    }
}

/// Parts that are streamed, parts with a checksum, and what the store says of the whole.
async fn parts_in_every_way(store: &dyn Store, lacks: Lacks) {
    let parts = [noise(5 << 20, 41), noise(5 << 20, 42), noise(77, 43)];
    let size = 2 * (5 << 20) + 77;
    let stream = |part: &bytes::Bytes| {
        let pieces: Vec<_> = part.chunks(100_000).map(|piece| Ok(part.slice_ref(piece))).collect();
        futures::StreamExt::boxed(futures::stream::iter(pieces))
    };
    for with_sums in [true, false] {
        let key = format!("ways/{with_sums}");
        let upload = store.create_upload(&key, UploadKind::Checked).await.unwrap();
        let check = store.body_check(&key, &upload, 3).await.unwrap();
        assert_eq!(check == BodyCheck::Crc64, !lacks.part_crcs, "{check:?}");
        let mut tags = Vec::new();
        for (index, part) in (0..).zip(&parts) {
            let crc = with_sums.then(|| Crc64::of(std::slice::from_ref(part)));
            let length = part.len() as u64;
            tags.push(store.put_part_stream(&key, &upload, index, length, stream(part), crc).await.unwrap());
        }
        store.complete_upload(&key, &upload, &tags).await.unwrap();
        assert!(read_range(store, &key, 0..size, None).await.unwrap().concat() == parts.concat());
        let crc = store.crc(&key).await.unwrap();
        assert_eq!(crc, (!lacks.whole_crcs).then(|| Crc64::of(&parts)));
        assert_eq!(store.keeps_crcs(), Some(!lacks.whole_crcs));
    }
    // A source that breaks off leaves no part.
    let upload = store.create_upload("ways/broken", UploadKind::Plain).await.unwrap();
    let cut = StoreError::Unreachable { store: "source".to_owned(), source: "cut".into() };
    let body = futures::StreamExt::boxed(futures::stream::iter([Ok(noise(1000, 44)), Err(cut)]));
    store.put_part_stream("ways/broken", &upload, 0, 2000, body, None).await.unwrap_err();
    store.abort_upload("ways/broken", &upload).await.unwrap();
}

async fn lists(store: &dyn Store) {
    for name in ["l/b", "l/a", "l/deep/c", "lother"] {
        store.put(name, vec![name.to_owned().into()]).await.unwrap();
    }
    let listed = store.list("l/").await.unwrap();
    let keys: Vec<_> = listed.iter().map(|one| (one.key.as_str(), one.size)).collect();
    assert_eq!(keys, [("l/a", 3), ("l/b", 3), ("l/deep/c", 8)]);
    assert_eq!(store.list("l/nothing").await.unwrap(), []);
}

async fn odd_keys(store: &dyn Store) {
    for key in ["中文/备份 一.zip", "plus+and&amp=1.zip", "per%20cent", "tilde~(1)'!,;"] {
        store.put(key, vec![key.to_owned().into()]).await.unwrap();
        assert_eq!(whole(store, key).await, key.as_bytes());
        assert_eq!(store.list(key).await.unwrap().len(), 1, "{key}");
        store.delete(key).await.unwrap();
    }
}

#[tokio::test]
async fn a_folder_is_a_store() {
    let root = tempfile::tempdir().unwrap();
    let lacks = Lacks {
        md5_etags: true,
        part_facts: true,
        copy_part: true,
        copy_between_buckets: true,
        part_crcs: true,
        whole_crcs: true,
        ..Lacks::default()
    };
    suite(folder_store(root.path(), "one"), folder_store(root.path(), "two"), lacks).await;
}

#[tokio::test]
async fn s3s_fs_is_a_store() {
    let server = S3sFs::start().await;
    let lacks = Lacks {
        pinned_reads: true,
        list_uploads: true,
        part_facts: true,
        gone_uploads: true,
        part_crcs: true,
        whole_crcs: true,
        ..Lacks::default()
    };
    suite(open(&server.bucket("one")).unwrap(), open(&server.bucket("two")).unwrap(), lacks).await;
}

#[tokio::test]
async fn seaweedfs_is_a_store() {
    let server = SeaweedFs::shared();
    let (one, two) = (server.bucket("conformance-one").await, server.bucket("conformance-two").await);
    suite(open(&one).unwrap(), open(&two).unwrap(), Lacks::default()).await;
}

#[tokio::test]
async fn a_check_tells_unreachable_refused_and_missing_apart() {
    let server = SeaweedFs::shared();
    let good = server.bucket("checked").await;
    open(&good).unwrap().check().await.unwrap();
    let missing = open(&good.with_bucket("no-such-bucket")).unwrap().check().await;
    assert!(matches!(missing, Err(StoreError::NoBucket { .. })), "{missing:?}");
    let wrong_secret = StoreSpec { secret: crate::secret::Secret::new("wrong"), ..good.clone() };
    let denied = open(&wrong_secret).unwrap().check().await.unwrap_err();
    assert!(
        matches!(&denied, StoreError::Denied { code: Some(code), .. } if code == "SignatureDoesNotMatch"),
        "{denied:?}"
    );
    let nobody = open(&StoreSpec { access_key: "nobody".to_owned(), ..good.clone() }).unwrap().check().await;
    assert!(matches!(nobody, Err(StoreError::Denied { .. })), "{nobody:?}");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let dead = open(&spec(&format!("http://127.0.0.1:{port}"), "b")).unwrap().check().await;
    assert!(matches!(dead, Err(StoreError::Unreachable { .. })), "{dead:?}");
    let tls = open(&spec(&good.endpoint.replace("http", "https"), "b")).unwrap().check().await;
    assert!(matches!(tls, Err(StoreError::Tls { .. })), "{tls:?}");
}

#[tokio::test]
async fn a_store_that_answers_nothing_but_errors_is_not_unreachable() {
    let denied =
        open(&StoreSpec { secret: crate::secret::Secret::new("wrong"), ..SeaweedFs::shared().bucket("denied").await });
    let store = denied.unwrap();
    let read = read_range(store.as_ref(), "x", 0..1, None).await;
    assert!(matches!(read, Err(StoreError::Denied { .. })), "{read:?}");
    assert!(matches!(store.create_upload("x", UploadKind::Plain).await, Err(StoreError::Denied { .. })));
    assert!(matches!(store.put("x", vec!["y".into()]).await, Err(StoreError::Denied { .. })));
    assert!(matches!(store.head("x").await, Err(StoreError::Denied { .. })));
}

#[tokio::test]
async fn looking_at_an_object_costs_one_request() {
    let root = tempfile::tempdir().unwrap();
    let (store, calls) = Counted::over(folder_store(root.path(), "one"));
    store.put("a", vec!["x".into()]).await.unwrap();
    store.head("a").await.unwrap();
    read_range(store.as_ref(), "a", 0..1, None).await.unwrap();
    assert_eq!((calls.of(Op::Head), calls.of(Op::Get), calls.total()), (1, 1, 3));
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let store = open(&spec("http://127.0.0.1:1", "b")).unwrap();
    let error = store.check().await.unwrap_err();
    let shown = format!("{store:?} {error:?} {error} {:?}", spec("http://h", "b"));
    assert!(!shown.contains(testing::SECRET_KEY), "{shown}");
}
