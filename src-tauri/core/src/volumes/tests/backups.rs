//! Out of one set of volumes and into another: the same files.

use super::*;
use std::collections::HashMap;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

fn backup_plan(job: &str, mounts: &[&str], ordinals: &[Option<u32>]) -> BackupPlan {
    BackupPlan {
        job: job.to_owned(),
        component: "c1".to_owned(),
        volumes: mounts.iter().map(|path| ((*path).to_owned(), path.trim_matches('/').to_owned(), 100 << 20)).collect(),
        ordinals: ordinals.to_vec(),
    }
}

fn write(path: &Path, content: &[u8], mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let time = std::time::UNIX_EPOCH + Duration::from_secs(1_234_567_890);
    fs::File::open(path).unwrap().set_modified(time).unwrap();
}

/// A bit of everything that volumes hold.
fn fill(data: &Path) {
    write(&data.join("订单/二〇二六/十一月.db"), b"rows", 0o600);
    write(&data.join("run.sh"), b"#!/bin/sh\n", 0o4755);
    write(&data.join("empty"), b"", 0o644);
    write(&data.join(format!("{}/{}", "长".repeat(60), "名".repeat(70))), b"long names", 0o644);
    write(&data.join("big.bin"), &noise(40 << 20, 7), 0o640);
    fs::hard_link(data.join("run.sh"), data.join("same.sh")).unwrap();
    symlink("run.sh", data.join("link")).unwrap();
    symlink("/nowhere/at all", data.join("dangling")).unwrap();
    symlink("订单", data.join("to-folder")).unwrap();
    fs::create_dir(data.join("empty folder")).unwrap();
    fs::set_permissions(data.join("empty folder"), fs::Permissions::from_mode(0o2770)).unwrap();
    drop(UnixListener::bind(data.join("db.sock")).unwrap());
    fs::set_permissions(data, fs::Permissions::from_mode(0o700)).unwrap();
    if is_root() {
        std::os::unix::fs::chown(data, Some(999), Some(998)).unwrap();
        std::os::unix::fs::chown(data.join("big.bin"), Some(999), Some(998)).unwrap();
        std::os::unix::fs::lchown(data.join("link"), Some(999), Some(998)).unwrap();
    }
}

async fn there_and_back(spec: &StoreSpec) {
    let site = site(spec);
    let from = Pod::named("shop-web-5d4f-abcde").with("/data").with("/srv/静态");
    fill(&from.at("/data"));
    write(&from.at("/srv/静态/index.html"), b"<html>", 0o644);
    let plan = backup_plan("j-1", &["/data", "/srv/静态", "/missing"], &[None]);
    let (placed, readings) = begin_backup(&site, &plan).await.unwrap();
    let run = from.run(&placed).await;
    assert!(run.status.success(), "{}", words(&run));
    let outcome = look(&site, "j-1", &placed.statuses).await.unwrap();
    assert!(outcome.is_done() && outcome.failure().is_none(), "{outcome:?}");
    let items = &outcome.said[&None].items;
    assert_eq!((items[0].etags.len(), items[1].etags.len()), (2, 0), "one in parts, one whole");
    let skipped: Vec<_> = items[0].skipped.iter().map(|one| one.why.as_str()).collect();
    assert_eq!((skipped, items[2].note.as_deref()), (vec!["a socket"], Some("no volume is mounted there")));
    assert_eq!(outcome.bytes().0, outcome.bytes().1);
    let fillings = finish_backup(&site, &readings, &outcome.said).await.unwrap();
    assert_eq!(finish_backup(&site, &readings, &outcome.said).await.unwrap(), fillings, "can be asked again");
    assert_eq!(site::pending_uploads(site.store.as_ref(), "rbm/j-1/").await.unwrap(), []);

    let to = Pod::named("shop-web-77-xyz").with("/data").with("/srv/静态");
    let plan = RestorePlan { job: "j-2".to_owned(), component: "c9".to_owned(), fillings, overwrite: false };
    let placed = begin_restore(&site, &plan).await.unwrap();
    let run = to.run(&placed).await;
    assert!(run.status.success(), "{}", words(&run));
    fs::remove_file(from.at("/data/db.sock")).unwrap();
    for mount in ["/data", "/srv/静态"] {
        assert_eq!(snapshot(&to.at(mount)), snapshot(&from.at(mount)));
        assert!(to.at(mount).join(".rbm-j-2").is_file() && !to.at(mount).join(".rbm-j-2.d").exists());
    }
    let inodes = ["run.sh", "same.sh"].map(|name| fs::metadata(to.at("/data").join(name)).unwrap().ino());
    assert_eq!(inodes[0], inodes[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_the_volumes_is_in_the_volumes() {
    there_and_back(&seaweed("volumes-round").await).await;
    let s3s = S3sFs::start().await;
    there_and_back(&s3s.bucket("volumes-round")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_files_make_the_same_archive() {
    let site = site(&seaweed("volumes-same").await);
    let pod = Pod::named("p").with("/data");
    for name in ["b", "a", "c/z", "c/a"] {
        write(&pod.at("/data").join(name), name.as_bytes(), 0o644);
    }
    let mut sums = Vec::new();
    for job in ["j1", "j2"] {
        let (placed, _) = begin_backup(&site, &backup_plan(job, &["/data"], &[None])).await.unwrap();
        assert!(pod.run(&placed).await.status.success());
        sums.push(said(&site, job, &placed).await.items[0].sha256.clone());
    }
    assert!(sums[0].len() == 64 && sums[0] == sums[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_replica_has_an_archive_of_its_own() {
    let site = site(&seaweed("volumes-set").await);
    let plan = backup_plan("j1", &["/var/lib/mysql"], &[Some(0), Some(1)]);
    let (placed, readings) = begin_backup(&site, &plan).await.unwrap();
    for ordinal in [0, 1, 2] {
        let pod = Pod::named(&format!("gr123456-{ordinal}")).with("/var/lib/mysql");
        write(&pod.at("/var/lib/mysql/ibdata"), format!("of {ordinal}").as_bytes(), 0o640);
        assert!(pod.run(&placed).await.status.success());
    }
    let outcome = look(&site, "j1", &placed.statuses).await.unwrap();
    assert!(outcome.is_done() && outcome.pods.len() == 2);
    let fillings = finish_backup(&site, &readings, &outcome.said).await.unwrap();
    let plan = RestorePlan { job: "j2".to_owned(), component: "c1".to_owned(), fillings, overwrite: false };
    let placed = begin_restore(&site, &plan).await.unwrap();
    for ordinal in [1, 0] {
        let pod = Pod::named(&format!("app-db-{ordinal}")).with("/var/lib/mysql");
        assert!(pod.run(&placed).await.status.success());
        assert_eq!(fs::read_to_string(pod.at("/var/lib/mysql/ibdata")).unwrap(), format!("of {ordinal}"));
    }
    // A replica that was added since has nothing to get, and starts.
    let more = Pod::named("app-db-2").with("/var/lib/mysql");
    assert!(more.run(&placed).await.status.success());
    assert_eq!(fs::read_dir(more.at("/var/lib/mysql")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_backup_lets_the_app_start_and_says_so() {
    let site = site(&seaweed("volumes-gone").await);
    let pod = Pod::named("p").with("/data");
    write(&pod.at("/data/big"), &noise(40 << 20, 3), 0o644);
    let (placed, readings) = begin_backup(&site, &backup_plan("j1", &["/data"], &[None])).await.unwrap();
    site.store.abort_upload(&readings[0].key, &readings[0].upload).await.unwrap();
    let run = pod.run(&placed).await;
    assert!(run.status.success() && words(&run).contains("404"), "{}", words(&run));
    let outcome = look(&site, "j1", &placed.statuses).await.unwrap();
    assert!(outcome.is_over() && !outcome.is_done());
    // No signature in the words.
    assert!(!outcome.failure().unwrap().contains("X-Amz") && outcome.failure().unwrap().contains("rbm/j1/c1"));
    assert_eq!(finish_backup(&site, &readings, &outcome.said).await.unwrap(), []);
    assert!(!pod.at("/data/.rbm-j1").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_that_starts_again_reads_nothing_twice() {
    let site = site(&seaweed("volumes-again").await);
    let pod = Pod::named("p").with("/data");
    write(&pod.at("/data/big"), &noise(40 << 20, 4), 0o644);
    let (placed, readings) = begin_backup(&site, &backup_plan("j1", &["/data"], &[None])).await.unwrap();
    assert!(pod.run(&placed).await.status.success());
    let first = said(&site, "j1", &placed).await;
    let said: HashMap<_, _> = [(None, first.clone())].into();
    finish_backup(&site, &readings, &said).await.unwrap();
    // Its upload is gone by now.
    assert!(pod.run(&placed).await.status.success());
    assert_eq!(super::said(&site, "j1", &placed).await.items, first.items);
    assert!(abandon(site.store.as_ref(), "j1").await.unwrap() >= 3);
    assert_eq!(site.store.list("rbm/j1/").await.unwrap(), []);
}
