//! One simulated cluster: a console, its region and builder, and its store, on ports of loopback that it keeps.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::{self, Clock};
use crate::console::{Console, ConsoleSpec};
use crate::era::Era;
use crate::error::SandboxError;
use crate::fault::{ExpiryRule, Faults};
use crate::image::Archive;
use crate::noise;
use crate::region::{self, ExportJob, ImportJob, Job, Pace, RestoreJob, metadata};
use crate::seed::{BackupPlan, SAMPLE_PASSWORD, Seed, SeedPlan, laid_out};
use crate::serve::Door;
use crate::state::{Backup, ObjectStorage, RegionBackup, State};
use crate::store::{Objects, StoreAddress, StoreServer};

/// What a cluster is.
#[derive(Debug, Clone)]
pub struct ClusterSpec {
    pub name: String,
    pub era: Era,
    /// Rows, store and the region's disk lie here; a folder with a state is resumed.
    pub dir: PathBuf,
    pub seed: Seed,
    /// Off is what the published region does (rainbond v6.9.8 builder/exector/groupapp_restore.go; recorded 771).
    pub sends_component_name: bool,
    /// Off is what the published v6 region does (the same file, `downloadBackupPackage`; recorded 775).
    pub finds_copied_package: bool,
    pub pace: Pace,
    pub clock: Clock,
    /// Whether backups read share directories: v5 does, v6 normally not (rainbond v6.9.8
    /// worker/appm/volume/share-file.go).
    pub captures_volumes: bool,
}

impl ClusterSpec {
    /// A cluster that behaves as the recordings' and is as fast as it can be.
    pub fn new(name: &str, era: Era, dir: impl Into<PathBuf>) -> Self {
        Self {
            name: name.to_owned(),
            era,
            dir: dir.into(),
            seed: Seed::Empty,
            sends_component_name: true,
            finds_copied_package: false,
            pace: Pace::QUICK,
            clock: Clock::real(),
            captures_volumes: !era.is_v6(),
        }
    }

    #[must_use]
    pub fn with_seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }
}

/// A running cluster. `stop` waits until its doors are shut; dropping it shuts them soon after.
pub struct Cluster {
    name: String,
    console: Arc<Console>,
    door: Door,
    admin: (String, String),
}

impl Cluster {
    /// Starts it, or resumes the folder: same rows, same store, same ports where they are still free.
    pub async fn start(spec: ClusterSpec) -> Result<Self, SandboxError> {
        // One provider per process; a second install is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        std::fs::create_dir_all(&spec.dir).map_err(SandboxError::folder(&spec.dir))?;
        let plan = spec.seed.plan(&spec.name);
        let admin = plan.users.iter().find(|user| user.admin);
        let admin = admin.map(|user| (user.nick.clone(), user.password.clone()));
        let admin = admin.unwrap_or_else(|| ("admin".to_owned(), SAMPLE_PASSWORD.to_owned()));
        let kept = State::load(&spec.dir.join("state.json"))?.filter(|state| state.seeded);
        let fresh = kept.is_none();
        if fresh {
            for leftover in ["store", "grdata", "restore", "import", "registry"] {
                let _ = std::fs::remove_dir_all(spec.dir.join(leftover));
            }
        }
        let mut state = kept.unwrap_or_else(|| laid_out(&plan, spec.era, spec.clock.now()));
        let faults = Faults::default();
        faults.switch(|switches| {
            switches.sends_component_name = spec.sends_component_name;
            switches.finds_copied_package = spec.finds_copied_package;
            switches.version.clone_from(&state.claims);
            switches.expiry_rules.extend(spec.era.is_v6().then(ExpiryRule::of_regions));
        });
        let store = StoreServer::open(&spec.dir.join("store"), state.ports.1, &faults).await?;
        attach_store(&mut state, &plan, &store, fresh)?;
        let console_port = state.ports.0;
        let console = Console::new(
            ConsoleSpec {
                era: spec.era,
                dir: spec.dir,
                clock: spec.clock,
                pace: spec.pace,
                captures_volumes: spec.captures_volumes,
            },
            state,
            faults,
            store,
        );
        if fresh {
            seed_files(&console, &plan)?;
            for backup in &plan.backups {
                seed_backup(&console, &plan, backup).await?;
            }
        }
        let door = Door::open(console_port, console.answers()).await?;
        let ports = (door.port(), console.store().public().port());
        console.change(|state| {
            state.ports = ports;
            state.seeded = true;
            // The region's upload door is on the console's port, so that v5 clients can reach it.
            for region in &mut state.regions {
                region.ws_url = format!("ws://127.0.0.1:{}", ports.0);
            }
        })?;
        resume_jobs(&console);
        Ok(Self { name: spec.name, console, door, admin })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn era(&self) -> Era {
        self.console.era()
    }

    pub fn console_url(&self) -> String {
        self.door.url()
    }

    /// The store with the bucket packages are in: the configured one, else `grdata`.
    pub fn store(&self) -> StoreAddress {
        let bucket = self.console.look(|state| state.bucket().unwrap_or("grdata").to_owned());
        self.console.store().address(&bucket)
    }

    /// An enterprise administrator's name and password.
    pub fn admin(&self) -> (&str, &str) {
        (&self.admin.0, &self.admin.1)
    }

    pub fn faults(&self) -> &Faults {
        self.console.faults()
    }

    /// A copy of all rows, for asserting.
    pub fn inspect(&self) -> State {
        self.console.look(Clone::clone)
    }

    /// Changes rows behind the console's back, saved as its own changes are.
    pub fn edit<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, SandboxError> {
        self.console.change(change)
    }

    /// The store's objects, by a way that no fault and no site touches.
    pub fn objects(&self) -> Objects {
        self.console.store().own()
    }

    /// Makes a bucket in the store, as an operator would.
    pub fn make_bucket(&self, bucket: &str) -> Result<(), SandboxError> {
        self.console.store().make_bucket(bucket)
    }

    /// Names of files of a component's share directory, with their content.
    pub fn volume_files(&self, service_id: &str) -> Vec<(String, Vec<u8>)> {
        let tenant = self.console.look(|state| state.component(service_id).map(|row| row.tenant_id.clone()));
        let home = region::share_dir(self.console.dir(), &tenant.unwrap_or_default(), service_id);
        let mut files = Vec::new();
        collect_files(&home, &home, &mut files);
        files.sort();
        files
    }

    /// Parts of uploads that were neither completed nor aborted.
    pub fn unfinished_uploads(&self) -> usize {
        let folder = std::fs::read_dir(self.console.dir().join("store"));
        let names = folder.into_iter().flatten().flatten().map(|entry| entry.file_name());
        names.filter(|name| name.to_string_lossy().starts_with(".upload_id-")).count()
    }

    /// Waits until the builder has nothing to do.
    pub async fn settled(&self) {
        self.console.settled().await;
    }

    /// Console and store refuse connections from now on.
    pub async fn refuse_connections(&self) {
        self.door.shut().await;
        self.console.store().public().shut().await;
    }

    /// Both listen again, on the ports they had.
    pub async fn accept_connections(&self) -> Result<(), SandboxError> {
        self.door.reopen().await?;
        self.console.store().public().reopen().await
    }

    pub async fn stop(self) {
        self.door.shut().await;
        self.console.store().shut().await;
    }
}

fn collect_files(home: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect_files(home, &path, files);
        } else if let (Ok(name), Ok(bytes)) = (path.strip_prefix(home), std::fs::read(&path)) {
            files.push((name.to_string_lossy().replace('\\', "/"), bytes));
        }
    }
}

/// Buckets, and the configuration that points to the cluster's own store, whatever port it got this time.
fn attach_store(state: &mut State, plan: &SeedPlan, store: &StoreServer, fresh: bool) -> Result<(), SandboxError> {
    let address = store.address("");
    if fresh {
        let own = plan.object_storage(&address.endpoint, &address.access_key, &address.secret_key);
        state.config_read = own.enable;
        state.object_storage = own;
    } else if state.object_storage.endpoint == format!("http://127.0.0.1:{}", state.ports.1) {
        state.object_storage.endpoint.clone_from(&address.endpoint);
    }
    store.make_bucket("grdata")?;
    match &state.object_storage {
        ObjectStorage { enable: true, bucket_name, .. } => store.make_bucket(bucket_name),
        _ => Ok(()),
    }
}

/// Files of `share-file` volumes, where the builder looks for them.
fn seed_files(console: &Console, plan: &SeedPlan) -> Result<(), SandboxError> {
    let planned = plan.apps.iter().flat_map(|app| &app.components).filter(|component| !component.files.is_empty());
    for component in planned {
        let row = console.look(|state| {
            let row = state.components.iter().find(|row| row.name == component.name)?;
            Some((row.tenant_id.clone(), row.service_id.clone()))
        });
        let Some((tenant_id, service_id)) = row else { continue };
        let home = region::share_dir(console.dir(), &tenant_id, &service_id);
        for (path, text) in &component.files {
            let path = home.join(path.trim_start_matches('/'));
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(SandboxError::folder(parent))?;
            }
            std::fs::write(&path, text).map_err(SandboxError::folder(&path))?;
        }
    }
    Ok(())
}

/// A finished backup of long ago, its package made by the builder now.
async fn seed_backup(console: &Arc<Console>, plan: &SeedPlan, backup: &BackupPlan) -> Result<(), SandboxError> {
    let at = clock::at(&backup.at);
    let era = console.era();
    let (row, mut snapshot) = console
        .change(|state| {
            let app = state.apps.iter().find(|app| app.name == backup.app)?.clone();
            let earlier = state.backups.iter().find(|row| row.app_id == app.id);
            let group_uuid = earlier.map_or_else(noise::id, |row| row.group_uuid.clone());
            let version = clock::version(at);
            let total: u64 = state.components_of(app.id).map(|row| row.min_memory).sum();
            let row = Backup {
                id: state.next_id("backup"),
                app_id: app.id,
                event_id: noise::id(),
                version: version.clone(),
                backup_id: noise::id(),
                tenant_id: app.tenant_id,
                user: backup.user.clone(),
                region: app.region,
                status: "starting".to_owned(),
                note: backup.note.clone(),
                mode: backup.mode.clone(),
                source_dir: format!("/grdata/groupbackup/{group_uuid}_{version}"),
                group_uuid,
                backup_size: 0,
                create_time: at,
                total_memory: i64::try_from(total).unwrap_or_default(),
                server_info: String::new(),
                source_type: "local".to_owned(),
            };
            Some((row, metadata::snapshot(state, era, at, app.id, console.dir())))
        })?
        .ok_or_else(|| SandboxError::NoCluster { name: backup.app.clone() })?;
    if let Some(bytes) = backup.layer_bytes {
        for part in &mut snapshot.parts {
            if let Some(Archive::Made(image)) = &mut part.image {
                (image.base_bytes, image.layer_bytes) = (bytes, bytes);
            }
        }
    }
    let region_row = region_row(&row);
    let job = region::backup_job(&region_row, snapshot);
    let made = region::make_backup(console, job).await?;
    let orphan = plan.apps.iter().find(|app| backup.orphan && app.name == backup.app).is_some();
    console.change(|state| {
        let source_dir = format!("{}.zip", row.source_dir);
        let size = i64::try_from(made).unwrap_or_default();
        let status = "success".to_owned();
        let region = RegionBackup { source_dir: source_dir.clone(), size, status: status.clone(), ..region_row };
        state.region_backups.push(region);
        let app_id = row.app_id;
        state.backups.push(Backup { source_dir, backup_size: size, status, ..row });
        if orphan {
            state.apps.retain(|app| app.id != app_id);
            state.components.retain(|component| component.app_id != app_id);
        }
    })
}

fn region_row(row: &Backup) -> RegionBackup {
    RegionBackup {
        backup_id: row.backup_id.clone(),
        group_uuid: row.group_uuid.clone(),
        version: row.version.clone(),
        region: row.region.clone(),
        status: row.status.clone(),
        mode: row.mode.clone(),
        source_dir: row.source_dir.clone(),
        source_type: row.source_type.clone(),
        size: row.backup_size,
    }
}

/// Work that a stop interrupted is done again from its beginning.
fn resume_jobs(console: &Arc<Console>) {
    let era = console.era();
    let now = console.clock().now();
    let jobs = console.look(|state| {
        let backups = state.region_backups.iter().filter(|row| row.status == "starting").filter_map(|row| {
            let app_id = state.backup(&row.backup_id)?.app_id;
            Some(Job::Backup(region::backup_job(row, metadata::snapshot(state, era, now, app_id, console.dir()))))
        });
        let restores = state.restores.iter().filter(|row| row.status == "starting");
        let restores = restores.map(|row| Job::Restore(RestoreJob { restore_id: row.restore_id.clone() }));
        let imports = state.region_imports.iter().filter(|row| row.status == "importing");
        let imports = imports.map(|row| Job::Import(ImportJob { event_id: row.event_id.clone() }));
        let exports = state.exports.iter().filter(|row| row.in_region == "exporting");
        let exports = exports.map(|row| Job::Export(ExportJob { event_id: row.event_id.clone() }));
        backups.chain(restores).chain(imports).chain(exports).collect::<Vec<_>>()
    });
    jobs.into_iter().for_each(|job| console.start(job));
}
