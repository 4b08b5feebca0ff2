//! Interrupted at any part, and taken up again: the object at the target is what one run would have made.

use super::*;
use crate::package::tests::kit::{Pack, Zip};
use crate::storage::testing::{SeaweedFs, folder_store, noise};
use crate::storage::{Etag, Op, Store, StoreError, Tap, Tapped};
use crate::transfer::{MemoryLedger, ObjectRef, Options, Progress, StreamSource, upload_open_ended};
use std::sync::atomic::{AtomicU32, Ordering};

/// The least that S3 takes.
const PART: u64 = 5 << 20;

/// Fails at the n-th part, and from then on.
#[derive(Debug)]
struct Breaks {
    after: u32,
    seen: AtomicU32,
}

#[async_trait::async_trait]
impl Tap for Breaks {
    async fn before(&self, op: Op, key: &str) -> Result<(), StoreError> {
        if op == Op::PutPart && self.seen.fetch_add(1, Ordering::SeqCst) >= self.after {
            return Err(StoreError::Full { store: "the broken store".to_owned(), key: key.to_owned() });
        }
        Ok(())
    }
}

async fn package() -> Arc<Package> {
    let data = noise(12 << 20, 5).to_vec();
    let inner = Zip::default().add("old/a", &data, Pack::Stored).add("old/b", &data[..999], Pack::Deflated).finish();
    let outer = Zip::default()
        .add("g_1/app_old/slug_1.tgz", &noise(9 << 20, 6), Pack::Deflated)
        .add("g_1/data_old/__all_data.zip", &inner, Pack::Deflated)
        .add("g_1/region_apps_metadata.json", b"{}", Pack::Deflated);
    opened(Counted::new(outer.finish())).await
}

async fn send(to: &ObjectRef, ledger: &MemoryLedger) -> Result<crate::transfer::Copied, String> {
    let package = package().await;
    let (stream, _) = mended(&ctx(), package.clone(), &keep_roots());
    let source = StreamSource { name: "the package".to_owned(), size: package.size(), tag: Some(Etag::new("t")) };
    let options = Options { part_size: Some(PART), puts: 2, ..Options::default() };
    let most = most_bytes(&package, &keep_roots());
    let progress = Arc::new(Progress::default());
    let sent = upload_open_ended(&ctx(), &source, most, stream, to, &options, ledger, &progress).await;
    sent.map_err(|error| error.to_string())
}

async fn seaweed(bucket: &str) -> Arc<dyn Store> {
    crate::storage::open(&SeaweedFs::shared().bucket(bucket).await).unwrap()
}

async fn bytes_of(store: &Arc<dyn Store>, key: &str) -> Vec<u8> {
    let size = store.head(key).await.unwrap().size;
    crate::storage::read_range(store.as_ref(), key, 0..size, None).await.unwrap().concat()
}

async fn interrupted(store: Arc<dyn Store>, after: u32, has_md5: bool) {
    let ledger = MemoryLedger::default();
    let broken: Arc<dyn Store> =
        Arc::new(Tapped { inner: Arc::clone(&store), tap: Breaks { after, seen: AtomicU32::new(0) } });
    let expected = all(&package().await, &keep_roots()).await;
    assert!(expected.len() as u64 > 4 * PART);
    let parts = u32::try_from((expected.len() as u64).div_ceil(PART)).unwrap();
    let first = send(&ObjectRef::new(broken, "p"), &ledger).await;
    assert_eq!(first.is_err(), after < parts);
    if first.is_err() {
        let kept = crate::transfer::Ledger::recorded(&ledger).unwrap().parts.len();
        let copied = send(&ObjectRef::new(Arc::clone(&store), "p"), &ledger).await.unwrap();
        assert_eq!(copied.parts_reused as usize, if has_md5 { kept } else { 0 });
        assert_eq!(copied.parts_sent + copied.parts_reused, parts);
        assert_eq!(copied.bytes, expected.len() as u64);
    }
    assert!(bytes_of(&store, "p").await == expected);
}

#[tokio::test]
async fn the_same_object_comes_to_be_wherever_it_was_interrupted() {
    for after in 0..=5 {
        interrupted(seaweed(&format!("mended-{after}")).await, after, true).await;
    }
}

/// Where tags tell nothing of the bytes, all is sent again.
#[tokio::test]
async fn a_store_without_checksums_gets_every_part_anew() {
    let root = tempfile::tempdir().unwrap();
    interrupted(folder_store(root.path(), "a"), 2, false).await;
}

/// A part that does not hold the bytes that come out this time is sent again, whatever the journal says.
#[tokio::test]
async fn a_stored_part_is_believed_only_if_it_has_the_same_bytes() {
    let store = seaweed("mended-believed").await;
    let ledger = MemoryLedger::default();
    let broken: Arc<dyn Store> =
        Arc::new(Tapped { inner: Arc::clone(&store), tap: Breaks { after: 3, seen: AtomicU32::new(0) } });
    send(&ObjectRef::new(broken, "p"), &ledger).await.unwrap_err();
    let recorded = crate::transfer::Ledger::recorded(&ledger).unwrap();
    let (index, part) = recorded.parts.iter().next().unwrap();
    let upload = recorded.started.upload.clone().unwrap();
    let tag = store.put_part("p", &upload, *index, vec![noise(5 << 20, 9)]).await.unwrap();
    assert!(!tag.same(&part.tag));
    let lying = crate::transfer::PartDone { tag, ..part.clone() };
    crate::transfer::Ledger::part_done(&ledger, &lying).unwrap();
    let copied = send(&ObjectRef::new(Arc::clone(&store), "p"), &ledger).await.unwrap();
    assert_eq!(copied.parts_reused as usize, recorded.parts.len() - 1);
    assert!(bytes_of(&store, "p").await == all(&package().await, &keep_roots()).await);
}
