//! Lines that break, stores that lie, pods that are killed: a volume is filled whole or not at all.

use super::proxy::After;
use super::*;

const PIECE: usize = 6 << 20;

/// Some MiB that do not compress.
async fn big(site: &Site, key: &str) -> (Archive, Vec<u8>) {
    let data = noise(PIECE, 11);
    (archive(site, key, &[("first", b"1"), ("big", &data), ("订单/last", b"2")]).await, data.to_vec())
}

fn check(pod: &Pod, data: &[u8]) {
    assert!(fs::read(pod.at("/data/big")).unwrap() == data);
    assert_eq!(fs::read_to_string(pod.at("/data/订单/last")).unwrap(), "2");
    let names = fs::read_dir(pod.at("/data")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, [".rbm-j1", "big", "first", "订单"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoilt_object_leaves_the_volume_empty_and_the_whole_one_fills_it() {
    let site = site(&seaweed("broken-object").await);
    let (good, data) = big(&site, "rbm/big").await;
    let bytes = read_range(site.store.as_ref(), "rbm/big", 0..good.bytes, None).await.unwrap().concat();
    let pod = Pod::named("p").with("/data");
    let placed = begin_restore(&site, &plan("j1", &[("/data", None, &good)])).await.unwrap();
    let spoil = |at: usize| {
        let mut spoilt = bytes.clone();
        spoilt[at] ^= 1;
        spoilt
    };
    // Somewhere in the middle, in the stream's last bytes, and cut short.
    for wrong in [spoil(bytes.len() / 2), spoil(bytes.len() - 2), bytes[..bytes.len() / 2].to_vec()] {
        site.store.put("rbm/big", vec![wrong.into()]).await.unwrap();
        let run = pod.run(&placed).await;
        assert_eq!(run.status.code(), Some(1), "{}", words(&run));
        assert_eq!(fs::read_dir(pod.at("/data")).unwrap().count(), 0);
        let outcome = look(&site, "j1", &placed.statuses).await.unwrap();
        assert!(outcome.failure().is_some() && !outcome.is_done());
    }
    site.store.put("rbm/big", vec![bytes.into()]).await.unwrap();
    assert!(pod.run(&placed).await.status.success());
    check(&pod, &data);
    assert!(look(&site, "j1", &placed.statuses).await.unwrap().is_done());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_killed_in_the_middle_is_done_by_its_next_start() {
    let spec = seaweed("broken-kill").await;
    let proxy = Proxy::before(&spec.endpoint, After::Hold(3 << 20));
    let (far, near) = (seen_at(&spec, Some(&proxy.endpoint)), site(&spec));
    let (good, data) = big(&near, "rbm/big").await;
    let pod = Pod::named("p").with("/data");
    let placed = begin_restore(&far, &plan("j1", &[("/data", None, &good)])).await.unwrap();
    let mut child = pod.start(placed.variable.reveal());
    proxy.wait_until_held();
    child.kill().unwrap();
    child.wait().unwrap();
    // Half of it lies beside; nothing is in place, nothing says done.
    assert!(pod.at("/data/.rbm-j1.d").is_dir() && !pod.at("/data/first").exists() && !pod.at("/data/.rbm-j1").exists());
    let placed = begin_restore(&near, &plan("j1", &[("/data", None, &good)])).await.unwrap();
    let run = pod.run(&placed).await;
    assert!(run.status.success(), "{}", words(&run));
    check(&pod, &data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_killed_while_it_moves_things_into_place_goes_on_there() {
    let site = site(&seaweed("broken-move").await);
    let (good, data) = big(&site, "rbm/big").await;
    let pod = Pod::named("p").with("/data");
    let placed = begin_restore(&site, &plan("j1", &[("/data", None, &good)])).await.unwrap();
    // As a kill leaves it: the tree verified, one entry in place, the others not.
    fs::create_dir_all(pod.at("/data/.rbm-j1.d/tree/订单")).unwrap();
    fs::write(pod.at("/data/.rbm-j1.d/tree/订单/last"), "2").unwrap();
    fs::write(pod.at("/data/.rbm-j1.d/tree/big"), &data).unwrap();
    fs::write(pod.at("/data/.rbm-j1.d/verified"), "3").unwrap();
    fs::write(pod.at("/data/first"), "1").unwrap();
    let run = pod.run(&placed).await;
    assert!(run.status.success(), "{}", words(&run));
    check(&pod, &data);
    assert_eq!(said(&site, "j1", &placed).await.items[0].files, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_is_taken_up_where_it_broke() {
    let spec = seaweed("broken-line").await;
    let proxy = Proxy::before(&spec.endpoint, After::Cut(2 << 20, 2));
    let (far, near) = (seen_at(&spec, Some(&proxy.endpoint)), site(&spec));
    let (good, data) = big(&near, "rbm/big").await;
    let pod = Pod::named("p").with("/data");
    let placed = begin_restore(&far, &plan("j1", &[("/data", None, &good)])).await.unwrap();
    let run = pod.run(&placed).await;
    assert!(run.status.success(), "{}", words(&run));
    check(&pod, &data);
    assert!(proxy.connections.load(std::sync::atomic::Ordering::SeqCst) >= 3);
}
