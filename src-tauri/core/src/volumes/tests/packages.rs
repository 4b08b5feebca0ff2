//! From a backup package of the platform into volumes: by a package as a region wrote it, and by rules.

use super::*;
use crate::package::{ComponentModel, DataEntry, Package, RangeReader, ReadFault, VolumeModel, load};
use crate::transfer::{MemoryLedger, ObjectRef, Progress};
use bytes::Bytes;
use std::ops::Range;

struct InMemory(Bytes);

#[async_trait::async_trait]
impl RangeReader for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        Ok(self.0.slice(usize::try_from(range.start)?..usize::try_from(range.end)?))
    }
}

async fn fixture() -> Package {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/packages/v6-with-volume-data");
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let path = files.find(|path| path.extension().is_some_and(|kind| kind == "zip")).unwrap();
    Package::open(&ctx(), Arc::new(InMemory(fs::read(path).unwrap().into()))).await.unwrap()
}

async fn bring_all(site: &Site, package: &Package, entries: &[&DataEntry]) -> Vec<Brought> {
    let mut all = Vec::new();
    for (index, wanted) in entries.iter().enumerate() {
        let entry = package.entries().iter().find(|entry| entry.name == wanted.name).unwrap();
        let to = ObjectRef::new(Arc::clone(&site.store), format!("rbm/j1/c1/{index}.zip"));
        let progress = Arc::new(Progress::default());
        all.push(
            bring(
                &ctx(),
                package,
                entry,
                &to,
                &crate::transfer::Options::default(),
                &MemoryLedger::default(),
                &progress,
            )
            .await
            .unwrap(),
        );
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn volume_data_of_a_recorded_package_arrives() {
    let site = site(&seaweed("package-data").await);
    let package = fixture().await;
    let app = load(&ctx(), &package).await.unwrap();
    let front = app.components.iter().find(|component| component.cname == "前端").unwrap();
    let volume = front.volumes.iter().find(|volume| volume.name == "static").unwrap();
    let by_rules = |only: fn(&str) -> bool| {
        let mut component = front.clone();
        component.data.retain(|entry| only(&entry.name));
        component
    };
    // Of the volume's own zip, and of the one of everything.
    for (job, component) in [
        ("j1", by_rules(|name| !name.ends_with("__all_data.zip"))),
        ("j2", by_rules(|name| name.ends_with("__all_data.zip"))),
    ] {
        let brought = bring_all(&site, &package, &members(&component)).await;
        let (fillings, left_out) = fillings(&component, &brought);
        assert_eq!(fillings.iter().map(|one| one.mount_path.as_str()).collect::<Vec<_>>(), [volume.path.as_str()]);
        assert!(left_out.iter().all(|one| !matches!(one, NotCarried::NoFiles { .. })), "{left_out:?}");
        let pod = Pod::named("p").with(&volume.path);
        let plan = RestorePlan { job: job.to_owned(), component: "c1".to_owned(), fillings, overwrite: false };
        let placed = begin_restore(&site, &plan).await.unwrap();
        let run = pod.run(&placed).await;
        assert!(run.status.success(), "{}", words(&run));
        let names: Vec<_> =
            snapshot(&pod.at(&volume.path)).into_keys().filter_map(|p| Some(p.to_str()?.to_owned())).collect();
        assert_eq!(names, ["", "index.html", "图片", "图片/订单.bin"]);
        assert!(fs::metadata(pod.at(&volume.path).join("图片/订单.bin")).unwrap().len() > 1000);
    }
}

fn volume(name: &str, kind: &str, path: &str) -> VolumeModel {
    VolumeModel { name: name.to_owned(), kind: kind.to_owned(), path: path.to_owned(), ..VolumeModel::default() }
}

fn brought(entry: &str, names: &[&str]) -> Brought {
    let archive = Archive { key: entry.to_owned(), bytes: 1, sha256: String::new(), format: Format::Zip };
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Brought { entry: format!("g_1/data_s1/{entry}"), archive, names }
}

fn database() -> ComponentModel {
    ComponentModel {
        id: "s1".to_owned(),
        alias: "gr123456".to_owned(),
        k8s_name: "db".to_owned(),
        extend_method: "state_singleton".to_owned(),
        volumes: vec![
            volume("data", "share-file", "/var/lib/mysql"),
            volume("conf", "config-file", "/etc/my.cnf"),
            volume("tmp", "memoryfs", "/tmp/x"),
            volume("logs", "local", "/logs"),
        ],
        ..ComponentModel::default()
    }
}

#[test]
fn replicas_find_their_own_folder_and_the_rest_is_named() {
    let all = brought(
        "__all_data.zip",
        &["s1/", "s1/var/lib/mysql/", "s1/var/lib/mysql/gr123456-0/ibdata", "s1/var/lib/mysql/shop-db-1/ibdata"],
    );
    let (fillings, left_out) = fillings(&database(), &[all]);
    let pieces: Vec<_> = fillings[0].pieces.iter().map(|piece| (piece.ordinal, piece.strip.as_str())).collect();
    let expected = [(Some(0), "s1/var/lib/mysql/gr123456-0/"), (Some(1), "s1/var/lib/mysql/shop-db-1/")];
    assert_eq!((fillings.len(), pieces), (1, expected.to_vec()));
    let named = |volume: &str| volume.to_owned();
    assert_eq!(
        left_out,
        [
            NotCarried::Config { volume: named("conf") },
            NotCarried::Memory { volume: named("tmp") },
            NotCarried::NoFiles { volume: named("logs") },
        ]
    );
}

#[test]
fn files_beside_folders_of_pods_are_data_of_all() {
    let one = brought("data.zip", &["mysql/", "mysql/gr123456-0/ibdata", "mysql/auto.cnf"]);
    let (fillings, _) = fillings(&database(), &[one]);
    assert_eq!((fillings[0].pieces[0].ordinal, fillings[0].pieces[0].strip.as_str()), (None, "mysql/"));
}

#[test]
fn an_empty_volume_is_no_data() {
    let (fillings, left_out) = fillings(&database(), &[brought("data.zip", &["mysql/"])]);
    assert!(fillings.is_empty() && left_out.contains(&NotCarried::NoFiles { volume: "data".to_owned() }));
}
