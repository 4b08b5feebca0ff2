//! Object → file and file → object.

use super::*;
use std::path::Path;

async fn fetch(from: &ObjectRef, to: &Path, options: &Options, ledger: &dyn Ledger) -> Result<Copied, TransferError> {
    download(&ctx(), from, to, options, ledger, &progress()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_up_and_comes_down_the_same() {
    let (b, _) = seaweed("files").await;
    let root = tempfile::tempdir().unwrap();
    let data = noise(40 * MIB + 5, 41);
    let (there, back) = (root.path().join("there"), root.path().join("返回.zip"));
    std::fs::write(&there, &data).unwrap();
    let object = object(&b, "up/file");
    let (ledger, seen) = (MemoryLedger::default(), progress());
    let up = upload_file(&ctx(), &there, &object, &Options::default(), &ledger, &seen).await.unwrap();
    assert_eq!((up.parts_sent, up.proof, up.sha256), (6, Proof::CheckedParts, Some(sha256(&data))));
    let down = fetch(&object, &back, &Options::default(), &ledger).await.unwrap();
    assert_eq!((down.proof, down.sha256), (Proof::Written, Some(sha256(&data))));
    assert!(std::fs::read(&back).unwrap() == data);
    assert!(!root.path().join("返回.zip.part").exists());
}

#[tokio::test]
async fn an_upload_is_resumed_only_from_the_file_it_began_with() {
    let (root, _, b) = folders();
    let path = root.path().join("file");
    std::fs::write(&path, noise(MIB, 42)).unwrap();
    let ledger = MemoryLedger::default();
    let options = Options { puts: 1, ..small_parts() };
    let faulty = object(&Fault::at(Op::PutPart, 5, Then::Fail).over(&b), "p");
    upload_file(&ctx(), &path, &faulty, &options, &ledger, &progress()).await.unwrap_err();
    let to = object(&b, "p");
    let resumed = upload_file(&ctx(), &path, &to, &options, &ledger, &progress()).await.unwrap();
    assert_eq!((resumed.parts_reused, resumed.parts_sent, resumed.proof), (5, 11, Proof::ReadBack));

    upload_file(&ctx(), &path, &faulty, &options, &ledger, &progress()).await.unwrap_err();
    std::fs::write(&path, noise(MIB + 1, 43)).unwrap();
    let changed = upload_file(&ctx(), &path, &to, &options, &ledger, &progress()).await;
    assert!(matches!(changed, Err(TransferError::SourceChanged { .. })), "{changed:?}");
    let missing = upload_file(&ctx(), &root.path().join("no"), &to, &options, &ledger, &progress()).await;
    assert!(matches!(missing, Err(TransferError::FileMissing { .. })), "{missing:?}");
}

#[tokio::test]
async fn a_killed_download_goes_on_where_it_was_and_trusts_only_what_reached_the_disk() {
    let (root, a, _) = folders();
    let data = noise(2 * MIB, 44);
    let from = put(&a, "p", &data).await;
    let (path, ledger, seen) = (root.path().join("file"), MemoryLedger::default(), progress());
    let options = Options { gets: 1, ..small_parts() };
    let slow = object(&Fault::at(Op::Get, 9, Then::Stall(Arc::default())).over(&a), "p");
    let ctx = ctx();
    kill_when(download(&ctx, &slow, &path, &options, &ledger, &seen), || recorded_parts(&ledger) == 9).await;
    let part = root.path().join("file.part");
    assert_eq!((path.exists(), std::fs::metadata(&part).unwrap().len()), (false, data.len() as u64));
    // One of the recorded parts never reached the disk.
    let mut bytes = std::fs::read(&part).unwrap();
    bytes[3 * SMALL as usize..4 * SMALL as usize].fill(0);
    std::fs::write(&part, bytes).unwrap();
    let reads = Fault::at(Op::Get, u32::MAX, Then::Fail);
    let resumed = fetch(&object(&reads.clone().over(&a), "p"), &path, &options, &ledger).await.unwrap();
    assert_eq!((resumed.parts_reused, reads.seen()), (8, 24));
    assert_eq!(resumed.sha256, Some(sha256(&data)));
    assert!(std::fs::read(&path).unwrap() == data);
    assert!(from.store.head("p").await.is_ok());
}

#[tokio::test]
async fn a_download_whose_part_file_was_removed_begins_anew() {
    let (root, a, _) = folders();
    let data = noise(MIB, 45);
    let from = put(&a, "p", &data).await;
    let (path, ledger) = (root.path().join("file"), MemoryLedger::default());
    let faulty = object(&Fault::at(Op::Get, 5, Then::Fail).over(&a), "p");
    fetch(&faulty, &path, &small_parts(), &ledger).await.unwrap_err();
    std::fs::remove_file(root.path().join("file.part")).unwrap();
    let copied = fetch(&from, &path, &small_parts(), &ledger).await.unwrap();
    assert_eq!((copied.parts_reused, copied.sha256), (0, Some(sha256(&data))));
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_only_when_told() {
    let (root, a, _) = folders();
    let from = put(&a, "p", &noise(MIB, 46)).await;
    let path = root.path().join("file");
    std::fs::write(&path, "mine").unwrap();
    let ledger = MemoryLedger::default();
    let refused = fetch(&from, &path, &small_parts(), &ledger).await;
    assert!(matches!(refused, Err(TransferError::FileExists { .. })), "{refused:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    let replace = Options { on_existing: OnExisting::Replace, ..small_parts() };
    fetch(&from, &path, &replace, &ledger).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), MIB as u64);
}

#[tokio::test]
async fn a_file_that_came_to_be_meanwhile_is_not_overwritten() {
    let (root, a, _) = folders();
    let path = root.path().join("file");
    let gate = Arc::new(Notify::new());
    put(&a, "p", &noise(MIB, 47)).await;
    let fault = Fault::at(Op::Get, 3, Then::Stall(Arc::clone(&gate)));
    let from = object(&fault.clone().over(&a), "p");
    let options = Options { gets: 1, ..small_parts() };
    let (ledger, rival) = (MemoryLedger::default(), path.clone());
    let interfere = async {
        while fault.seen() < 4 {
            tokio::task::yield_now().await;
        }
        std::fs::write(&rival, "mine").unwrap();
        while fault.seen() < 16 {
            gate.notify_one();
            tokio::task::yield_now().await;
        }
        gate.notify_one();
    };
    let (refused, ()) = tokio::join!(fetch(&from, &path, &options, &ledger), interfere);
    assert!(matches!(refused, Err(TransferError::FileExists { .. })), "{refused:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}

#[tokio::test]
async fn a_cancelled_download_leaves_nothing_or_all_of_it() {
    for (on_cancel, is_left) in [(OnCancel::Discard, false), (OnCancel::Keep, true)] {
        let (root, a, _) = folders();
        put(&a, "p", &noise(MIB, 48)).await;
        let fault = Fault::at(Op::Get, 4, Then::Stall(Arc::default()));
        let from = object(&fault.clone().over(&a), "p");
        let options = Options { gets: 1, on_cancel, ..small_parts() };
        let (ctx, ledger, seen, path) = (ctx(), MemoryLedger::default(), progress(), root.path().join("file"));
        let cancel = async {
            while seen.done_parts() < 4 {
                tokio::task::yield_now().await;
            }
            ctx.cancel.cancel();
        };
        let (done, ()) = tokio::join!(download(&ctx, &from, &path, &options, &ledger, &seen), cancel);
        assert!(matches!(done, Err(TransferError::Cancelled)));
        assert_eq!((root.path().join("file.part").exists(), ledger.recorded().is_some()), (is_left, is_left));
        assert!(!path.exists());
    }
}

#[tokio::test]
async fn a_disk_that_is_too_small_is_known_before_anything_is_written() {
    let (root, a, _) = folders();
    put(&a, "p", &noise(MIB, 49)).await;
    // A hole costs no disk, so the store can hold what the disk could not.
    std::fs::File::options().write(true).open(root.path().join("a/p")).unwrap().set_len(1 << 43).unwrap();
    let full = fetch(&object(&a, "p"), &root.path().join("file"), &Options::default(), &MemoryLedger::default()).await;
    assert!(matches!(full, Err(TransferError::DiskFull { needed, free, .. }) if needed == 1 << 43 && free < needed));
    assert!(!root.path().join("file.part").exists());
}
