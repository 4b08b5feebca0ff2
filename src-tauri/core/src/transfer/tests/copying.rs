//! Object → object: resumed, cancelled, bounded, proven, and honest when it fails.

use super::*;
use crate::storage::{Counted, testing};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_copy_is_resumed_and_sends_no_part_twice() {
    let (a, _) = seaweed("resume-a").await;
    let (b, _) = seaweed("resume-b").await;
    let data = noise(96 * MIB, 11);
    let from = put_in_parts(&a, "package.zip", &data, 5 * MIB).await;
    let (counted, calls) = Counted::over(Arc::clone(&b));
    let to = ObjectRef::new(counted, "grdata/package.zip");
    let (ledger, seen) = (MemoryLedger::default(), progress());
    let copy = copy_object(&ctx(), &from, &to, &Options::default(), &ledger, &seen).await;
    let unharmed = copy.unwrap();
    assert_eq!((unharmed.parts_sent, unharmed.proof), (20, Proof::SameEtag));
    assert_eq!(unharmed.sha256, Some(sha256(&data)));
    b.delete(&to.key).await.unwrap();

    let (ledger, seen, before) = (MemoryLedger::default(), progress(), calls.of(Op::PutPart));
    let ctx = ctx();
    let options = Options { gets: 2, puts: 2, ..Options::default() };
    kill_when(copy_object(&ctx, &from, &to, &options, &ledger, &seen), || recorded_parts(&ledger) >= 5).await;
    let kept = ledger.recorded().unwrap().parts.len() as u32;
    assert!((5..20).contains(&kept), "{kept}");
    let sent_before = calls.of(Op::PutPart) - before;
    let resumed = copy_object(&ctx, &from, &to, &options, &ledger, &seen).await.unwrap();
    let sent_after = calls.of(Op::PutPart) - before - sent_before;
    // A store under load may have a part sent again.
    assert!(sent_after >= u64::from(resumed.parts_sent) && sent_after < 20, "{sent_after}");
    assert_eq!((resumed.parts_reused, resumed.parts_sent), (kept, 20 - kept));
    assert_eq!((resumed.proof, resumed.sha256, resumed.started_over), (Proof::SameEtag, None, false));
    assert!(bytes_of(&to).await == data);
    assert_eq!((seen.done_bytes(), uploads_in(&b).await), (data.len() as u64, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_copy_leaves_no_upload_behind() {
    let (a, _) = seaweed("cancel-a").await;
    let (b, _) = seaweed("cancel-b").await;
    let from = put_in_parts(&a, "p", &noise(64 * MIB, 12), 5 * MIB).await;
    let (to, ledger, seen, ctx) = (object(&b, "p"), MemoryLedger::default(), progress(), ctx());
    let options = Options { puts: 2, ..Options::default() };
    let cancel = async {
        while seen.done_parts() < 2 {
            tokio::task::yield_now().await;
        }
        ctx.cancel.cancel();
    };
    let (copied, ()) = tokio::join!(copy_object(&ctx, &from, &to, &options, &ledger, &seen), cancel);
    assert!(matches!(copied, Err(TransferError::Cancelled)), "{copied:?}");
    assert_eq!((uploads_in(&b).await, ledger.recorded()), (0, None));
    assert!(b.head("p").await.is_err());
}

#[tokio::test]
async fn a_cancel_is_heard_at_once_even_while_a_store_stalls() {
    for op in [Op::Head, Op::Get, Op::PutPart, Op::CreateUpload, Op::CompleteUpload] {
        let (_root, a, b) = folders();
        put(&a, "p", &noise(MIB, 13)).await;
        let fault = Fault::at(op, 0, Then::Stall(Arc::default()));
        let (from, to) = (object(&fault.clone().over(&a), "p"), object(&fault.clone().over(&b), "p"));
        let (ledger, seen, ctx) = (MemoryLedger::default(), progress(), ctx());
        let cancel = async {
            while fault.seen() == 0 {
                tokio::task::yield_now().await;
            }
            ctx.cancel.cancel();
            std::time::Instant::now()
        };
        let options = small_parts();
        let (copied, cancelled) = tokio::join!(copy_object(&ctx, &from, &to, &options, &ledger, &seen), cancel);
        assert!(cancelled.elapsed().as_millis() < 300, "{op:?} took {:?}", cancelled.elapsed());
        assert!(matches!(copied, Err(TransferError::Cancelled)), "{op:?}: {copied:?}");
        assert_eq!(uploads_in(&b).await, 0, "{op:?}");
    }
}

#[tokio::test]
async fn a_paused_copy_keeps_its_upload_until_it_is_discarded() {
    let (_root, a, b) = folders();
    let from = put(&a, "p", &noise(MIB, 14)).await;
    let to = object(&Fault::at(Op::PutPart, 3, Then::Stall(Arc::default())).over(&b), "p");
    let (ledger, seen, ctx) = (MemoryLedger::default(), progress(), ctx());
    let options = Options { on_cancel: OnCancel::Keep, ..small_parts() };
    let cancel = async {
        while recorded_parts(&ledger) < 3 {
            tokio::task::yield_now().await;
        }
        ctx.cancel.cancel();
    };
    let (copied, ()) = tokio::join!(copy_object(&ctx, &from, &to, &options, &ledger, &seen), cancel);
    assert!(matches!(copied, Err(TransferError::Cancelled)));
    assert_eq!((uploads_in(&b).await, ledger.recorded().unwrap().parts.len()), (1, 3));
    discard(&to, &ledger).await.unwrap();
    assert_eq!((uploads_in(&b).await, ledger.recorded()), (0, None));
}

#[tokio::test]
async fn no_more_parts_are_read_than_the_memory_holds() {
    let (_root, a, b) = folders();
    put(&a, "p", &noise(64 * SMALL as usize, 15)).await;
    let gate = Arc::new(Notify::new());
    let reads = Fault::at(Op::Get, u32::MAX, Then::Fail);
    // Nothing can be stored, then nothing can be hashed: the first part is the one that does not come.
    let slow_puts = Fault::at(Op::PutPart, 0, Then::Stall(Arc::clone(&gate))).over(&b);
    for (from, to) in [
        (reads.clone().over(&a), slow_puts),
        (reads.clone().over(&Fault::at(Op::Get, 1, Then::Stall(Arc::clone(&gate))).over(&a)), Arc::clone(&b)),
    ] {
        let before = reads.seen();
        let (ledger, seen, ctx) = (MemoryLedger::default(), progress(), ctx());
        let options = Options { gets: 64, puts: 64, ..small_parts() };
        let (from, to) = (object(&from, "p"), object(&to, "p"));
        let copy = copy_object(&ctx, &from, &to, &options, &ledger, &seen);
        let enough = || reads.seen() - before >= 24;
        kill_when(copy, enough).await;
        assert_eq!(reads.seen() - before, 24);
    }
}

#[tokio::test]
async fn a_source_that_changes_under_way_is_an_error_and_not_a_mix() {
    let (_root, a, b) = folders();
    put(&a, "p", &noise(MIB, 16)).await;
    let from = object(&Fault::at(Op::Get, 5, Then::Replace(Arc::clone(&a))).over(&a), "p");
    let copied =
        copy_object(&ctx(), &from, &object(&b, "p"), &small_parts(), &MemoryLedger::default(), &progress()).await;
    assert!(matches!(copied, Err(TransferError::SourceChanged { .. })), "{copied:?}");
    assert!(b.head("p").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_replaced_on_a_real_store_is_noticed_by_its_etag() {
    let (a, _) = seaweed("changed-a").await;
    put(&a, "p", &noise(24 * MIB, 17)).await;
    let from = object(&Fault::at(Op::Get, 1, Then::Replace(Arc::clone(&a))).over(&a), "p");
    let options = Options { gets: 1, ..Options::default() };
    let to = object(&a, "copy");
    let copied = copy_object(&ctx(), &from, &to, &options, &MemoryLedger::default(), &progress()).await;
    assert!(matches!(copied, Err(TransferError::SourceChanged { .. })), "{copied:?}");
}

#[tokio::test]
async fn a_source_that_changed_between_two_runs_is_not_resumed() {
    let (_root, a, b) = folders();
    let from = put(&a, "p", &noise(MIB, 18)).await;
    let to = object(&Fault::at(Op::PutPart, 4, Then::Fail).over(&b), "p");
    let ledger = MemoryLedger::default();
    let failed = copy_object(&ctx(), &from, &to, &small_parts(), &ledger, &progress()).await;
    let full = |error: &StoreError| matches!(error, StoreError::Full { .. });
    assert!(matches!(&failed, Err(TransferError::Part { source, .. }) if full(source)), "{failed:?}");
    put(&a, "p", &noise(MIB, 19)).await;
    let resumed = copy_object(&ctx(), &from, &object(&b, "p"), &small_parts(), &ledger, &progress()).await;
    assert!(matches!(resumed, Err(TransferError::SourceChanged { .. })), "{resumed:?}");
}

#[tokio::test]
async fn a_failed_part_stops_the_copy_and_what_was_stored_is_kept() {
    let (_root, a, b) = folders();
    let data = noise(2 * MIB, 20);
    let from = put(&a, "p", &data).await;
    let ledger = MemoryLedger::default();
    let faulty = object(&Fault::at(Op::PutPart, 7, Then::Fail).over(&b), "p");
    let options = Options { puts: 1, ..small_parts() };
    let failed = copy_object(&ctx(), &from, &faulty, &options, &ledger, &progress()).await.unwrap_err();
    assert!(matches!(failed, TransferError::Part { .. }), "{failed:?}");
    let resumed = copy_object(&ctx(), &from, &object(&b, "p"), &options, &ledger, &progress()).await.unwrap();
    assert_eq!((resumed.parts_reused, resumed.parts_sent), (7, 25));
    // Nothing but the bytes proves a folder, so both sides were read once more.
    assert_eq!((resumed.proof, resumed.sha256), (Proof::ReadBack, None));
    assert!(bytes_of(&object(&b, "p")).await == data);
}

#[tokio::test]
async fn an_upload_that_is_gone_is_begun_anew_and_said() {
    let (b, _) = seaweed("gone-b").await;
    let root = tempfile::tempdir().unwrap();
    let a = folder_store(root.path(), "a");
    let data = noise(30 * MIB, 21);
    let from = put(&a, "p", &data).await;
    let ledger = MemoryLedger::default();
    let faulty = object(&Fault::at(Op::PutPart, 2, Then::Fail).over(&b), "p");
    copy_object(&ctx(), &from, &faulty, &Options::default(), &ledger, &progress()).await.unwrap_err();
    let upload = ledger.recorded().unwrap().started.upload.unwrap();
    b.abort_upload("p", &upload).await.unwrap();
    let to = object(&b, "p");
    let copied = copy_object(&ctx(), &from, &to, &Options::default(), &ledger, &progress()).await.unwrap();
    assert_eq!((copied.started_over, copied.parts_reused, copied.parts_sent), (true, 0, 4));
    assert_eq!((copied.sha256, copied.proof), (Some(sha256(&data)), Proof::CheckedParts));
    assert!(bytes_of(&to).await == data);
    assert_eq!((uploads_in(&b).await, ledger.recorded()), (0, None));
}

#[tokio::test]
async fn a_crash_just_after_completing_costs_no_second_copy() {
    let (b, _) = seaweed("completed-b").await;
    let data = noise(20 * MIB, 22);
    let from = put_in_parts(&b, "source", &data, 5 * MIB).await;
    let (counted, calls) = Counted::over(Arc::clone(&b));
    let (to, ledger) = (ObjectRef::new(counted, "p"), NeverEnding::default());
    copy_object(&ctx(), &from, &to, &Options::default(), &ledger, &progress()).await.unwrap();
    assert_eq!(calls.of(Op::PutPart), 4);
    let again = copy_object(&ctx(), &from, &to, &Options::default(), &ledger, &progress()).await.unwrap();
    assert_eq!((again.parts_sent, again.parts_reused, again.proof), (0, 4, Proof::SameEtag));
    assert_eq!((calls.of(Op::PutPart), calls.of(Op::CreateUpload)), (4, 1));
}

#[tokio::test]
async fn wrong_bytes_at_the_target_are_noticed() {
    let (root, a, b) = folders();
    let from = put(&a, "p", &noise(MIB, 23)).await;
    // After the upload is complete and before it is proven, a byte on the disk changes.
    let path = root.path().join("b/p");
    let spoiled = Arc::new(Mutex::new(false));
    let to = object(&(Arc::new(Tapped { inner: Arc::clone(&b), tap: Spoil { path, spoiled } }) as Arc<dyn Store>), "p");
    let ledger = MemoryLedger::default();
    let copied = copy_object(&ctx(), &from, &to, &small_parts(), &ledger, &progress()).await;
    assert!(matches!(copied, Err(TransferError::Mismatch { .. })), "{copied:?}");
    assert_eq!(ledger.recorded(), None);
}

/// Flips a byte of a file before it is first looked at.
#[derive(Debug)]
struct Spoil {
    path: std::path::PathBuf,
    spoiled: Arc<Mutex<bool>>,
}

#[async_trait::async_trait]
impl Tap for Spoil {
    async fn before(&self, op: Op, _: &str) -> Result<(), StoreError> {
        let mut spoiled = self.spoiled.lock().unwrap();
        if op == Op::Head && !*spoiled {
            let mut bytes = std::fs::read(&self.path).unwrap();
            bytes[MIB / 2] ^= 1;
            std::fs::write(&self.path, bytes).unwrap();
            *spoiled = true;
        }
        Ok(())
    }
}

#[tokio::test]
async fn each_kind_of_source_is_proven_by_the_cheapest_evidence() {
    let (b, _) = seaweed("proofs").await;
    let (_root, a, _) = folders();
    let check = async |from: ObjectRef, expected: Proof| {
        let (counted, calls) = Counted::over(Arc::clone(&b));
        let to = ObjectRef::new(counted, "target");
        let seen = progress();
        let copied =
            copy_object(&ctx(), &from, &to, &Options::default(), &MemoryLedger::default(), &seen).await.unwrap();
        assert_eq!((copied.proof, calls.of(Op::Get)), (expected, 0), "{from}");
        assert_eq!(copied.sha256, Some(sha256(&bytes_of(&from).await)));
        assert!(bytes_of(&from).await == bytes_of(&to).await);
    };
    check(put(&b, "small", &noise(MIB, 24)).await, Proof::SameEtag).await;
    check(put(&b, "empty", &Bytes::new()).await, Proof::SameEtag).await;
    check(put_in_parts(&b, "as the platform", &noise(12 * MIB, 25), 5 * MIB).await, Proof::SameEtag).await;
    check(put_in_parts(&b, "odd parts", &noise(20 * MIB, 26), 6 * MIB).await, Proof::SameEtag).await;
    check(put_in_parts(&b, "one part", &noise(MIB, 27), 5 * MIB).await, Proof::SameEtag).await;
    check(put(&b, "one body", &noise(20 * MIB, 28)).await, Proof::CheckedParts).await;
    check(put(&a, "a folder", &noise(20 * MIB, 29)).await, Proof::CheckedParts).await;
}

/// As over https, where the connection guards the bodies and the store checks none.
#[derive(Debug)]
struct Unsigned;

#[async_trait::async_trait]
impl Tap for Unsigned {
    async fn before(&self, _: Op, _: &str) -> Result<(), StoreError> {
        Ok(())
    }

    fn body_check(&self, _: BodyCheck) -> BodyCheck {
        BodyCheck::Length
    }
}

#[tokio::test]
async fn a_store_that_signs_nothing_is_proven_by_the_tags_of_its_parts() {
    let (b, _) = seaweed("tags").await;
    let (_root, a, _) = folders();
    let from = put(&a, "p", &noise(20 * MIB, 30)).await;
    let to = object(&(Arc::new(Tapped { inner: Arc::clone(&b), tap: Unsigned }) as Arc<dyn Store>), "p");
    let copied =
        copy_object(&ctx(), &from, &to, &Options::default(), &MemoryLedger::default(), &progress()).await.unwrap();
    assert_eq!(copied.proof, Proof::CheckedParts);
}

#[tokio::test]
async fn s3s_fs_takes_copies_too() {
    let server = testing::S3sFs::start().await;
    let (a, b) = (open(&server.bucket("one")).unwrap(), open(&server.bucket("two")).unwrap());
    let data = noise(20 * MIB, 31);
    let from = put_in_parts(&a, "p", &data, 5 * MIB).await;
    let to = object(&b, "p");
    let copied =
        copy_object(&ctx(), &from, &to, &Options::default(), &MemoryLedger::default(), &progress()).await.unwrap();
    assert_eq!(copied.sha256, Some(sha256(&data)));
    assert!(bytes_of(&to).await == data);
}

#[tokio::test]
async fn one_store_copies_within_itself_and_between_its_buckets() {
    let (a, spec) = seaweed("inside-a").await;
    SeaweedFs::shared().bucket("inside-b").await;
    let b = open(&spec.with_bucket("inside-b")).unwrap();
    let check = async |from: ObjectRef, options: Options, expected: (u32, Proof)| {
        let (counted, calls) = Counted::over(Arc::clone(&b));
        let (to, seen, ledger) = (ObjectRef::new(counted, "目标/p"), progress(), MemoryLedger::default());
        let copied = server_copy(&ctx(), &from, &to, &options, &ledger, &seen).await.unwrap();
        assert_eq!((copied.parts_sent, copied.proof, copied.sha256), (expected.0, expected.1, None));
        assert_eq!((calls.of(Op::Put), calls.of(Op::PutPart), seen.done_bytes()), (0, 0, copied.bytes));
        assert!(bytes_of(&from).await == bytes_of(&to).await);
        assert_eq!(ledger.recorded(), None);
    };
    let one = put(&a, "one", &noise(10 * MIB, 32)).await;
    let many = put_in_parts(&a, "many", &noise(22 * MIB, 33), 5 * MIB).await;
    check(one.clone(), Options::default(), (1, Proof::SameEtag)).await;
    // SeaweedFS gives copied parts tags of its own, so the ETag is not the source's.
    check(many, Options::default(), (5, Proof::StoreCopied)).await;
    check(one, Options { part_size: Some(6 << 20), ..Options::default() }, (2, Proof::StoreCopied)).await;
}

/// Options of a caller that does not need the hash of the whole.
fn unhashed() -> Options {
    Options { whole_sha256: false, ..Options::default() }
}

#[tokio::test]
async fn what_its_etag_proves_is_streamed() {
    let (a, _) = seaweed("streamed-a").await;
    let (b, _) = seaweed("streamed-b").await;
    let from = put_in_parts(&a, "p", &noise(23 * MIB, 50), 5 * MIB).await;
    let (counted, calls) = Counted::over(Arc::clone(&b));
    let to = ObjectRef::new(counted, "p");
    let copied = copy_object(&ctx(), &from, &to, &unhashed(), &MemoryLedger::default(), &progress()).await.unwrap();
    assert_eq!((copied.proof, copied.sha256, copied.parts_sent), (Proof::SameEtag, None, 5));
    assert_eq!((calls.of(Op::PutPart), calls.of(Op::Get)), (5, 0));
    assert!(bytes_of(&from).await == bytes_of(&to).await);
}

#[tokio::test]
async fn a_store_that_sums_up_the_whole_is_streamed_into_once_that_was_seen() {
    let (b, _) = seaweed("summing").await;
    let (_root, a, _) = folders();
    let from = put(&a, "p", &noise(20 * MIB, 51)).await;
    let mut proofs = Vec::new();
    for key in ["one", "two"] {
        let to = object(&b, key);
        let options = unhashed();
        let copied = copy_object(&ctx(), &from, &to, &options, &MemoryLedger::default(), &progress()).await.unwrap();
        assert!(bytes_of(&from).await == bytes_of(&to).await);
        proofs.push((copied.proof, copied.sha256.is_some()));
    }
    // Another test may have been the first to ask this store.
    assert_eq!(proofs[1], (Proof::StoreCrc, false), "{proofs:?}");
}

/// Breaks the source off in the middle of parts, some times over.
#[derive(Debug)]
struct Flaky(AtomicU32);

#[async_trait::async_trait]
impl Tap for Flaky {
    async fn before(&self, op: Op, key: &str) -> Result<(), StoreError> {
        if op == Op::PutPart && self.0.fetch_add(1, SeqCst) % 3 == 1 {
            let source = "cut".into();
            return Err(StoreError::Unreachable { store: key.to_owned(), source });
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_streamed_part_that_broke_off_is_fetched_and_sent_again() {
    let (a, _) = seaweed("flaky-a").await;
    let (b, _) = seaweed("flaky-b").await;
    let from = put_in_parts(&a, "p", &noise(31 * MIB, 52), 5 * MIB).await;
    let to = object(&(Arc::new(Tapped { inner: b, tap: Flaky(AtomicU32::new(0)) }) as Arc<dyn Store>), "p");
    let copied = copy_object(&ctx(), &from, &to, &unhashed(), &MemoryLedger::default(), &progress()).await.unwrap();
    assert_eq!(copied.proof, Proof::SameEtag);
    assert!(bytes_of(&from).await == bytes_of(&to).await);
}

#[tokio::test]
async fn a_store_that_takes_no_streams_gets_whole_parts() {
    let (_root, a, b) = folders();
    let from = put(&a, "p", &noise(20 * MIB, 53)).await;
    let to = object(&(Arc::new(Tapped { inner: b, tap: NoStreams }) as Arc<dyn Store>), "p");
    let options = Options { way: Some(Way::Streamed), ..Options::default() };
    let copied = copy_object(&ctx(), &from, &to, &options, &MemoryLedger::default(), &progress()).await.unwrap();
    assert!(copied.sha256.is_some());
    assert!(bytes_of(&from).await == bytes_of(&to).await);
}

/// The first streamed part is refused, as by a store that wants a checksum with each.
#[derive(Debug)]
struct NoStreams;

#[async_trait::async_trait]
impl Tap for NoStreams {
    async fn before(&self, _: Op, _: &str) -> Result<(), StoreError> {
        Ok(())
    }

    fn takes_streams(&self) -> bool {
        false
    }

    fn body_check(&self, _: BodyCheck) -> BodyCheck {
        BodyCheck::Crc64
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_every_byte_within_a_fifth_of_a_second_and_goes_on_where_it_was() {
    let (a, _) = seaweed("pause-a").await;
    let (b, _) = seaweed("pause-b").await;
    let data = noise(64 * MIB, 54);
    let from = put_in_parts(&a, "p", &data, 5 * MIB).await;
    for options in [Options::default(), unhashed()] {
        let to = object(&b, "p");
        let seen = progress();
        // Slow enough to be met on the way.
        seen.valve().limit(Some(40 << 20));
        let (ledger, ctx) = (MemoryLedger::default(), ctx());
        let hold = async {
            while seen.read_bytes() < 8 << 20 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            seen.valve().close();
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            let held = (seen.read_bytes(), seen.done_bytes());
            tokio::time::sleep(std::time::Duration::from_millis(600)).await;
            assert_eq!((seen.read_bytes(), seen.done_bytes()), held);
            seen.valve().limit(None);
            seen.valve().open();
        };
        let (copied, ()) = tokio::join!(copy_object(&ctx, &from, &to, &options, &ledger, &seen), hold);
        assert_eq!(copied.unwrap().proof, Proof::SameEtag);
        assert!(bytes_of(&to).await == data);
        b.delete(&to.key).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_kept_by_every_way() {
    let (b, _) = seaweed("rate").await;
    let (root, a, _) = folders();
    let data = noise(20 * MIB, 55);
    let from = put(&a, "p", &data).await;
    let file = root.path().join("file");
    std::fs::write(&file, &data).unwrap();
    let limited = || {
        let seen = progress();
        seen.valve().limit(Some(20 << 20));
        seen
    };
    let start = std::time::Instant::now();
    let (options, ledger) = (Options::default(), MemoryLedger::default);
    copy_object(&ctx(), &from, &object(&b, "copied"), &options, &ledger(), &limited()).await.unwrap();
    let copied = start.elapsed();
    upload_file(&ctx(), &file, &object(&b, "sent"), &options, &ledger(), &limited()).await.unwrap();
    let sent = start.elapsed() - copied;
    download(&ctx(), &from, &root.path().join("down"), &options, &ledger(), &limited()).await.unwrap();
    let down = start.elapsed() - copied - sent;
    // 20 MiB at 20 MiB/s; what was on its way when the last byte was let through came a moment early.
    for took in [copied, sent, down] {
        assert!(took.as_secs_f64() > 0.6, "{copied:?} {sent:?} {down:?}");
    }
}
