//! A bundle is a plain archive that anybody can open and prove, it goes wherever it is carried, and a damaged one harms nothing.

use crate::world::{
    Client, ORPHAN_VERSION, SHOP, SHOP_VERSION, Size, World, blocked_by, done, failed, helpful, official, packages,
    sha256, snapshot, v5_key,
};
use rainferry_core::Code;
use rainferry_core::api::{
    CheckId, FileKind, JobView, PlanOptions, PlanRequest, PlanSource, PlanTarget, Route, StartRequest,
};
use rainferry_sandbox::{Era, Fault, Hits, Trouble};
use std::path::{Path, PathBuf};
use std::process::Command;

async fn export(client: &Client, world: &World, version: &str) -> JobView {
    let source = client.backup(world.beijing(), version).await;
    let target = PlanTarget::ThisComputer { folder: None };
    client.perform(PlanRequest { source, target, options: official() }).await
}

async fn exported(client: &Client, world: &World) -> PathBuf {
    let job = export(client, world, SHOP_VERSION).await;
    done(&job);
    PathBuf::from(job.report.unwrap().path.unwrap())
}

async fn import(client: &Client, path: &Path) -> PlanRequest {
    let source = PlanSource::File { path: path.display().to_string() };
    PlanRequest { source, target: client.team("shanghai", "ops").await, options: official() }
}

#[track_caller]
fn run(command: &mut Command) -> String {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_opens_and_proves_itself_without_us() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let path = exported(&client, &world).await;
    assert_eq!(path.file_name().unwrap().to_str().unwrap(), format!("{SHOP}-{SHOP_VERSION}.tar.zst"));
    let list = run(Command::new("tar").args(["--zstd", "-tf"]).arg(&path));
    let entries: Vec<&str> = list.lines().map(|line| line.split_once('/').unwrap().1).collect();
    assert_eq!((entries.first(), entries.last()), (Some(&"manifest.json"), Some(&"SHA256SUMS")));
    for entry in ["app.bak", "app.old.bak", "metadata/region_apps_metadata.json", "metadata/console_apps_metadata.json"]
    {
        assert!(entries.contains(&entry), "{entry} is missing: {entries:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    run(Command::new("tar").args(["--zstd", "-xf"]).arg(&path).current_dir(folder.path()));
    let inside = folder.path().join(format!("{SHOP}-{SHOP_VERSION}"));
    let proven = run(Command::new("sha256sum").args(["--strict", "-c", "SHA256SUMS"]).current_dir(&inside));
    assert_eq!(proven.lines().filter(|line| line.ends_with(": OK")).count(), entries.len() - 1);
    let key = v5_key(world.beijing(), SHOP_VERSION);
    let package = run(Command::new("sha256sum").arg(inside.join("package").join(&key)));
    assert!(package.starts_with(&sha256(world.beijing(), "rainbond-backup", &key).await));
    // The ticket inside is one that the platform takes.
    assert!(std::fs::metadata(inside.join("app.bak")).unwrap().len() > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_comes_to_life_where_its_cluster_cannot_be_reached() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let path = exported(&client, &world).await;
    let source = sha256(world.beijing(), "rainbond-backup", &v5_key(world.beijing(), SHOP_VERSION)).await;
    let before = packages(world.shanghai()).await;
    world.beijing().refuse_connections().await;
    let request = import(&client, &path).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!((plan.route, plan.app_name.as_str()), (Route::File, SHOP));
    let job = client.perform(request).await;
    done(&job);
    assert_eq!(job.report.unwrap().sha256.as_deref(), Some(source.as_str()));
    let mut keys = packages(world.shanghai()).await;
    keys.retain(|key| !before.contains(key));
    assert_eq!(keys.len(), 1);
    assert_eq!(sha256(world.shanghai(), "shanghai-backup", &keys[0]).await, source);
    let state = world.shanghai().inspect();
    let app = state.apps.iter().find(|app| app.name == SHOP).unwrap();
    assert_eq!(state.components_of(app.id).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backup_of_an_app_that_is_gone_can_be_exported() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let job = export(&client, &world, ORPHAN_VERSION).await;
    done(&job);
    let view = client.core.inspect_file(job.report.unwrap().path.unwrap()).await.unwrap();
    assert_eq!(view.bundle.unwrap().app_name, "旧官网");
}

/// The ticket that a console exports, and the store it speaks of.
async fn ticket(world: &World, folder: &Path) -> PathBuf {
    let state = world.beijing().inspect();
    let row = state.backups.iter().find(|row| row.version == SHOP_VERSION).unwrap();
    let url = format!(
        "{}/console/teams/shop/groupapp/{}/backup/export?backup_id={}",
        world.beijing().console_url(),
        row.app_id,
        row.backup_id
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let path = folder.join("shop.bak");
    std::fs::write(&path, http.get(url).send().await.unwrap().bytes().await.unwrap()).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn an_official_ticket_is_honoured_when_its_package_is_in_a_saved_store() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let path = ticket(&world, world.dir.path()).await;
    assert_eq!(client.core.inspect_file(path.display().to_string()).await.unwrap().kind, FileKind::Ticket);
    let request = import(&client, &path).await;
    let plan = client.plan(request.clone()).await;
    assert_eq!((plan.app_name.as_str(), plan.version.as_deref()), (SHOP, Some(SHOP_VERSION)));
    done(&client.perform(request).await);
    assert!(world.shanghai().inspect().apps.iter().any(|app| app.name == SHOP));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_without_its_package_says_where_it_looked() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let path = ticket(&world, world.dir.path()).await;
    let key = v5_key(world.beijing(), SHOP_VERSION);
    world.beijing().objects().delete("rainbond-backup", &key).await.unwrap();
    let before = world.snapshot().await;
    let refused = client.core.make_plan(import(&client, &path).await).await.unwrap_err();
    helpful(&refused, Code::PackageMissing);
    let looked: Vec<_> = refused.facts.iter().filter(|(name, _)| name == "looked at").map(|(_, at)| at).collect();
    assert!(looked.iter().any(|at| **at == format!("beijing: rainbond-backup/{key}")), "{looked:?}");
    assert!(looked.iter().any(|at| at.starts_with("shanghai: shanghai-backup/backup/")), "{looked:?}");
    assert_eq!(world.snapshot().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_was_cut_or_altered_is_refused() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let path = ticket(&world, world.dir.path()).await;
    let whole = std::fs::read(&path).unwrap();
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 1;
    for damaged in [&whole[..whole.len() / 2], &altered, b"not a ticket", b""] {
        std::fs::write(&path, damaged).unwrap();
        let refused = client.core.make_plan(import(&client, &path).await).await.unwrap_err();
        helpful(&refused, Code::TicketDamaged);
        let view = client.core.inspect_file(path.display().to_string()).await.unwrap();
        assert_eq!((view.kind, view.problem.unwrap().code), (FileKind::Unreadable, Code::TicketDamaged));
    }
}

/// Damage in the package shows only when its end is reached: by then an app and a record are there, and a failed job says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_bundle_leaves_no_object_and_what_was_begun_is_removed_on_request() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let path = exported(&client, &world).await;
    let whole = std::fs::read(&path).unwrap();
    let before = snapshot(world.shanghai()).await;
    let at = whole.len() / 2;
    let mut altered = whole.clone();
    altered[at..at + 64].iter_mut().for_each(|byte| *byte ^= 0x5a);
    for damaged in [&whole[..at], &whole[..whole.len() - 20], &altered] {
        let request = import(&client, &path).await;
        std::fs::write(&path, &whole).unwrap();
        let plan = client.core.make_plan(request.clone()).await.unwrap();
        // Damaged between plan and start, as by a disk that is pulled out.
        std::fs::write(&path, damaged).unwrap();
        let started = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await;
        let job = match started {
            Ok(job) => client.end(&job.id).await,
            Err(problem) => {
                helpful(&problem, Code::BundleDamaged);
                continue;
            }
        };
        failed(&job, Code::BundleDamaged);
        assert_eq!(packages(world.shanghai()).await.len(), 1, "an object of a damaged bundle came to be");
        assert_eq!(world.shanghai().unfinished_uploads(), 0);
        let cleaned = client.core.clean_job(job.id).await.unwrap();
        assert!(cleaned.leftovers.is_empty(), "{:?}", cleaned.leftovers);
        let after = snapshot(world.shanghai()).await;
        for table in ["apps", "backups", "components", "uploads"] {
            assert_eq!(after[table], before[table], "{table}");
        }
        let verified = client.core.verify_file(path.display().to_string()).await.unwrap();
        failed(&client.end(&verified.id).await, Code::BundleDamaged);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_is_never_overwritten() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let request = PlanRequest { source, target, options: official() };
    let plan = client.plan(request.clone()).await;
    let path = PathBuf::from(plan.path.clone().unwrap());
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, b"mine").unwrap();
    let refused = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap_err();
    helpful(&refused, Code::PlanStale);
    blocked_by(&client.plan(request).await, CheckId::File);
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_cut_off_by_its_store_leaves_no_file_and_is_tried_again() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let request = PlanRequest { source, target: PlanTarget::ThisComputer { folder: None }, options: official() };
    let plan = client.plan(request).await;
    let job = client.core.start_plan(StartRequest { plan: plan.id, confirm: String::new() }).await.unwrap();
    let broken = Trouble::Fail { status: 403 };
    world.beijing().faults().set(Fault::store("GetObject", "**", Hits::Always, broken));
    let job = client.end(&job.id).await;
    failed(&job, Code::StoreDenied);
    assert_eq!(std::fs::read_dir(world.library()).unwrap().count(), 0);
    world.beijing().faults().clear();
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
}

/// A folder on a disk of a few megabytes: a tmpfs where this may mount one, else a file system with a quota of the shell.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_no_file_under_a_final_name() {
    let world = World::sized(Size::Parts).await;
    let client = world.client().await;
    let folder = world.dir.path().join("small");
    std::fs::create_dir(&folder).unwrap();
    let disk = SmallDisk::mounted(&folder);
    let source = client.backup(world.beijing(), SHOP_VERSION).await;
    let target = PlanTarget::ThisComputer { folder: Some(disk.folder.display().to_string()) };
    let plan = client.plan(PlanRequest { source, target, options: official() }).await;
    if !disk.is_full_from_the_start {
        assert!(plan.blocks().next().is_none(), "{:?}", plan.checks);
        disk.fill();
        let start = StartRequest { plan: plan.id, confirm: String::new() };
        match client.core.start_plan(start).await {
            Ok(job) => failed(&client.end(&job.id).await, Code::DiskFull),
            Err(problem) => helpful(&problem, Code::PlanStale),
        }
    } else {
        assert!(blocked_by(&plan, CheckId::Disk).contains("needed"));
        let start = StartRequest { plan: plan.id, confirm: String::new() };
        helpful(&client.core.start_plan(start).await.unwrap_err(), Code::PlanBlocked);
    }
    let left: Vec<_> = std::fs::read_dir(&disk.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("tar.zst")), "{left:?}");
}

/// `/dev/full` has no room and needs no rights: where no tmpfs may be mounted, the folder is one that no byte fits in.
struct SmallDisk {
    folder: PathBuf,
    mounted: bool,
    is_full_from_the_start: bool,
}

impl SmallDisk {
    fn mounted(folder: &Path) -> Self {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=80m", "tmpfs"]).arg(folder).output();
        if mount.is_ok_and(|done| done.status.success()) {
            return Self { folder: folder.to_owned(), mounted: true, is_full_from_the_start: false };
        }
        // proc names every folder of the system and has room for nothing.
        Self { folder: PathBuf::from("/proc/self/task"), mounted: false, is_full_from_the_start: true }
    }

    fn fill(&self) {
        use std::io::Write;
        let mut file = std::fs::File::create(self.folder.join("filler")).unwrap();
        file.write_all(&vec![1; 50 << 20]).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount").arg(&self.folder).status();
        }
    }
}

/// Somebody's file comes under the name of a bundle while the app is on its way there: it stays, however often it is tried.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_somebody_else_stays_under_the_name_of_a_bundle() {
    let world = World::of_eras(Era::V6_9_8, Era::V6_9_8).await;
    // Cannot back up: the app becomes a bundle through its template.
    world.beijing().faults().switch(|switches| switches.version = Some("v6.3.0-release".to_owned()));
    let client = world.client().await;
    let source = client.app(world.beijing(), SHOP).await;
    let target = PlanTarget::ThisComputer { folder: None };
    let plan = client.plan(PlanRequest { source, target, options: PlanOptions::default() }).await;
    let path = PathBuf::from(plan.path.clone().unwrap());
    let started = StartRequest { plan: plan.id, confirm: String::new() };
    let job = client.core.start_plan(started).await.unwrap().id;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "somebody's").unwrap();
    for _ in 0..2 {
        failed(&client.end(&job).await, Code::FileExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "somebody's");
        client.core.retry_job(job.clone()).await.unwrap();
    }
    let job = client.end(&job).await;
    failed(&job, Code::FileExists);
    if job.can_clean {
        client.core.clean_job(job.id.clone()).await.unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "somebody's");
    std::fs::remove_file(&path).unwrap();
    client.core.retry_job(job.id.clone()).await.unwrap();
    done(&client.end(&job.id).await);
}
