//! What a restore does to a volume, and what it never does.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_with_content_is_left_alone_unless_told() {
    let site = site(&seaweed("restore-full").await);
    let new = archive(&site, "rbm/a", &[("kept/a", b"new"), ("b", b"new")]).await;
    let pod = Pod::named("p").with("/data/kept");
    fs::write(pod.at("/data/kept/a"), "old").unwrap();
    fs::write(pod.at("/data/kept/other"), "old").unwrap();
    let before = snapshot(&pod.at("/data"));
    let mut plan = plan("j1", &[("/data", None, &new)]);
    let placed = begin_restore(&site, &plan).await.unwrap();
    let run = pod.run(&placed).await;
    assert_eq!((run.status.code(), snapshot(&pod.at("/data"))), (Some(1), before));
    let outcome = look(&site, "j1", &placed.statuses).await.unwrap();
    assert_eq!(outcome.failure(), Some("The volume at /data is not empty: it holds kept"));
    assert_eq!(fs::read_dir(pod.at("/data")).unwrap().count(), 1);

    plan.overwrite = true;
    let placed = begin_restore(&site, &plan).await.unwrap();
    assert!(look(&site, "j1", &placed.statuses).await.unwrap().said.is_empty(), "old words are gone");
    assert!(pod.run(&placed).await.status.success());
    let read = |name: &str| fs::read_to_string(pod.at("/data").join(name)).unwrap();
    assert_eq!((read("kept/a"), read("kept/other"), read("b")), ("new".into(), "old".into(), "new".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_of_the_pod_touches_nothing() {
    let site = site(&seaweed("restore-twice").await);
    let data = archive(&site, "rbm/a", &[("a", b"as carried")]).await;
    let pod = Pod::named("p").with("/data");
    let placed = begin_restore(&site, &plan("j1", &[("/data", None, &data)])).await.unwrap();
    assert!(pod.run(&placed).await.status.success());
    fs::write(pod.at("/data/a"), "changed by the app").unwrap();
    site.store.delete("rbm/a").await.unwrap();
    assert!(pod.run(&placed).await.status.success());
    assert_eq!(fs::read_to_string(pod.at("/data/a")).unwrap(), "changed by the app");
    assert!(look(&site, "j1", &placed.statuses).await.unwrap().is_done());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_volume_nothing_is_written() {
    let site = site(&seaweed("restore-nowhere").await);
    let data = archive(&site, "rbm/a", &[("a", b"x")]).await;
    let pod = Pod::named("p");
    let placed = begin_restore(&site, &plan("j1", &[("/data", None, &data)])).await.unwrap();
    assert_eq!(pod.run(&placed).await.status.code(), Some(1));
    assert_eq!(said(&site, "j1", &placed).await.error.unwrap(), "No volume is mounted at /data");
    assert!(!pod.at("/data").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_altered_is_not_done() {
    let site = site(&seaweed("restore-altered").await);
    let data = archive(&site, "rbm/a", &[("a", b"x")]).await;
    let pod = Pod::named("p").with("/data");
    let placed = begin_restore(&site, &plan("j1", &[("/data", None, &data)])).await.unwrap();
    let key = "rbm/j1/c1/job.json";
    let size = site.store.head(key).await.unwrap().size;
    let mut text = read_range(site.store.as_ref(), key, 0..size, None).await.unwrap().concat();
    text.push(b' ');
    site.store.put(key, vec![text.into()]).await.unwrap();
    let run = pod.run(&placed).await;
    assert_eq!(run.status.code(), Some(1));
    assert!(words(&run).contains("checksum"), "{}", words(&run));
    for wrong in ["", "{}", "no job", "http://127.0.0.1:1"] {
        assert_eq!(pod.run_with(wrong).await.status.code(), Some(1), "{wrong}");
    }
    assert_eq!(fs::read_dir(pod.at("/data")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_leads_out_fills_nothing() {
    let site = site(&seaweed("restore-escape").await);
    let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o644);
    header.set_size(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_entry_type(tar::EntryType::Symlink);
    tar.append_link(&mut header, "data/way", "/tmp").unwrap();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(1);
    tar.append_data(&mut header, "data/way/rainferry-was-here", &b"x"[..]).unwrap();
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    let (size, sha256) = (bytes.len() as u64, hex::encode(Sha256::digest(&bytes)));
    site.store.put("rbm/bad", vec![bytes.into()]).await.unwrap();
    let bad = Archive { key: "rbm/bad".to_owned(), bytes: size, sha256, format: Format::TarZst };
    let pod = Pod::named("p").with("/data");
    let placed = begin_restore(&site, &plan("j1", &[("/data", None, &bad)])).await.unwrap();
    assert_eq!(pod.run(&placed).await.status.code(), Some(1));
    let error = said(&site, "j1", &placed).await.error.unwrap();
    assert!(error.contains("leads out of the volume"), "{error}");
    assert_eq!(fs::read_dir(pod.at("/data")).unwrap().count(), 0);
    assert!(!Path::new("/tmp/rainferry-was-here").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variable_is_short_and_holds_no_way_to_write() {
    let site = site(&seaweed("restore-variable").await);
    let data = archive(&site, "rbm/a", &[("a", b"x")]).await;
    let placed = begin_restore(&site, &plan("j1", &[("/data", None, &data)])).await.unwrap();
    let plugin = extra_plugin(
        &Agent::for_arch("amd64").unwrap(),
        "rainferry",
        "20260101000000",
        &[("c1".to_owned(), placed.clone())],
    );
    let (name, value) = &plugin.settings["c1"][0];
    // What consoles up to 5.6 keep of `{"RBM_JOB":"…"}`, with room for a host as long as a cluster's own.
    let attrs = serde_json::json!({ name: value }).to_string();
    assert!(attrs.len() <= 512 - 40, "{} characters", attrs.len());
    assert!(name == "RBM_JOB" && !attrs.contains("${") && !attrs.contains("status"));
    assert!(!format!("{placed:?} {plugin:?}").contains("X-Amz-Signature"));
    assert_eq!(plugin.category, "init-plugin");
    let mut archive = tar::Archive::new(&plugin.archive[..]);
    let names: Vec<_> = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned()).collect();
    assert!(names.contains(&PathBuf::from("manifest.json")) && names.iter().any(|name| name.ends_with("layer.tar")));
    let arm = Agent::for_arch("arm64").map(|agent| agent.arch().to_owned());
    if let Err(error) = arm {
        assert!(error.to_string().contains("arm64 clusters"), "{error}");
    }
    assert!(Agent::for_arch("riscv64").is_err());
}
