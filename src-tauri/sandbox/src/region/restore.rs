//! The builder's restore: finds the package at the key its era reads, opens it, and makes new services from what is
//! inside. Every reason to fail is a real one; the console never hears it
//! (recorded 761).

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::keys::{self, CONSOLE_FILE, ConsoleMetadata, FindsCopied, OWN_BUCKET, Place, REGION_FILE};
use super::{local_package, share_dir};
use crate::console::Console;
use crate::era::Claim;
use crate::image;
use crate::noise;
use crate::state::{Change, RegionBackup};
use crate::zip::{Owner, ZipEntry, ZipReader};

#[derive(Debug)]
pub(crate) struct RestoreJob {
    pub(crate) restore_id: String,
}

/// What a restore brings about.
struct Made {
    changes: Vec<Change>,
    console_json: String,
}

pub(super) async fn run(console: &Arc<Console>, job: RestoreJob) {
    let least = tokio::time::sleep(console.pace().restore);
    let made = if console.faults().switches().restore_fails {
        Err("restore failed by a switch".to_owned())
    } else {
        make(console, &job.restore_id).await
    };
    least.await;
    console.faults().builder_free().await;
    let v6 = console.era().is_v6();
    let _ = console.change(|state| {
        let Some(row) = state.restores.iter_mut().find(|row| row.restore_id == job.restore_id) else { return };
        match made {
            Ok(made) => {
                row.status = "success".to_owned();
                row.changes = made.changes;
                row.metadata = (!v6).then_some(made.console_json);
            }
            Err(message) => {
                row.status = "failed".to_owned();
                row.message = message;
            }
        }
    });
}

async fn make(console: &Arc<Console>, restore_id: &str) -> Result<Made, String> {
    let found = console.look(|state| {
        let restore = state.restores.iter().find(|row| row.restore_id == restore_id)?;
        let backup = state.region_backups.iter().find(|row| row.backup_id == restore.backup_id)?;
        let registry = state.region(&restore.region)?.registry.clone();
        Some((backup.clone(), restore.tenant_id.clone(), registry))
    });
    let (backup, tenant_id, registry) = found.ok_or("record of the backup is gone")?;
    let folder = console.dir().join("restore").join(restore_id);
    tokio::fs::create_dir_all(&folder).await.map_err(|error| error.to_string())?;
    let made = from_package(console, restore_id, &backup, &folder, Target { tenant_id, registry }).await;
    let _ = tokio::fs::remove_dir_all(&folder).await;
    made
}

struct Target {
    tenant_id: String,
    registry: String,
}

async fn from_package(
    console: &Arc<Console>,
    restore_id: &str,
    backup: &RegionBackup,
    folder: &Path,
    target: Target,
) -> Result<Made, String> {
    super::refused_by_claim(console)?;
    let package = fetch(console, backup, folder).await?;
    if super::claims(console, Claim::unpacks_nothing) {
        // B-4: the one folder left of the package after its root was stripped is a component's.
        return Err(format!("read {REGION_FILE}: no such file"));
    }
    let over = overrides(console, backup).await;
    let work = Work {
        package,
        folder: folder.to_owned(),
        root: keys::package_root(&backup.source_dir).to_owned(),
        over,
        target,
        dir: console.dir().to_owned(),
        v6: console.era().is_v6(),
        sends_name: console.faults().switches().sends_component_name,
    };
    let made = tokio::task::spawn_blocking(move || work.open()).await.map_err(|error| error.to_string())??;
    if console.era().is_v6() {
        let text = made.console_json.clone().into_bytes();
        console.store().make_bucket(ConsoleMetadata::BUCKET).map_err(|error| error.to_string())?;
        let put = console.store().own().put(ConsoleMetadata::BUCKET, &ConsoleMetadata::key(restore_id), text).await;
        put.map_err(|error| error.to_string())?;
    }
    Ok(made)
}

/// Brings the package to the builder's disk, from the first place that has it.
async fn fetch(console: &Arc<Console>, backup: &RegionBackup, folder: &Path) -> Result<PathBuf, String> {
    let storage = console.look(|state| state.object_storage.clone());
    let file = keys::file_name(&backup.source_dir);
    let finds = console.faults().switches().finds_copied_package;
    let finds = if finds { FindsCopied::Yes } else { FindsCopied::No };
    let places = keys::candidates(console.era(), &storage, &backup.group_uuid, file, &backup.mode, finds);
    let path = folder.join("package.zip");
    let mut why = String::new();
    for place in places {
        let got = match &place {
            Place::Disk => {
                let from = local_package(console.dir(), &backup.source_dir);
                tokio::fs::copy(from, &path).await.map_err(|error| error.to_string())
            }
            Place::Configured { bucket, key } => {
                let store = console.configured_store(&storage);
                store.get_file(bucket, key, &path).await.map_err(|error| error.to_string())
            }
            Place::Own { bucket, key } => {
                console.store().own().get_file(bucket, key, &path).await.map_err(|error| error.to_string())
            }
        };
        match got {
            Ok(_) => return Ok(path),
            Err(error) => why = error,
        }
    }
    Err(format!("download backup package: {why}"))
}

/// The metadata beside a package wins over that inside; both files or neither (v6, always from `grdata`).
async fn overrides(console: &Arc<Console>, backup: &RegionBackup) -> Option<(String, String)> {
    if !console.era().is_v6() {
        return None;
    }
    let own = console.store().own();
    let read = async |file: &str| {
        let key = keys::metadata_key(&backup.group_uuid, keys::told_version(&backup.version), file);
        own.get(OWN_BUCKET, &key).await.ok().and_then(|bytes| String::from_utf8(bytes).ok())
    };
    Some((read(REGION_FILE).await?, read(CONSOLE_FILE).await?))
}

struct Work {
    package: PathBuf,
    folder: PathBuf,
    root: String,
    over: Option<(String, String)>,
    target: Target,
    dir: PathBuf,
    v6: bool,
    sends_name: bool,
}

impl Work {
    fn open(&self) -> Result<Made, String> {
        let zip = ZipReader::open(&self.package).map_err(|error| format!("unzip: {error}"))?;
        let inside = |file: &str| {
            let entry = zip.find(&format!("{}/{file}", self.root)).ok_or(format!("read {file}: no such file"))?;
            zip.text(&entry).map_err(|error| format!("read {file}: {error}"))
        };
        let (region_json, console_json) = match &self.over {
            Some(pair) => pair.clone(),
            None => (inside(REGION_FILE)?, inside(CONSOLE_FILE)?),
        };
        let region: Value = serde_json::from_str(&region_json).map_err(|error| format!("metadata: {error}"))?;
        // The bare array of old regions is not understood (rainbond v5.17.3 builder/exector/groupapp_backup.go `judgeMetadataVersion`).
        let services = region["Services"].as_array().ok_or("metadata: no services")?;
        let mut changes = Vec::new();
        for service in services {
            let mut change = self.change(service);
            self.restore_version(&zip, service, &change)?;
            self.restore_data(&zip, service, &mut change)?;
            changes.push(change);
        }
        Ok(Made { changes, console_json })
    }

    fn change(&self, service: &Value) -> Change {
        let new_id = noise::id();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let version = &service["Versions"][0];
        let new_alias = format!("gr{}", &new_id[new_id.len() - 6..]);
        // A package from before v5.5 holds no such name; the alias is one that fits.
        let named = service["Service"]["k8s_component_name"].as_str().filter(|name| !name.is_empty());
        let k8s_name = named.unwrap_or(&new_alias).to_owned();
        Change {
            old_id: text(&service["ServiceID"]),
            new_alias,
            new_id,
            k8s_name: self.sends_name.then_some(k8s_name),
            build_version: text(&version["build_version"]),
            image_name: self.renamed(version["image_name"].as_str().unwrap_or_default()),
            owner: Owner::default(),
        }
    }

    /// The image under the target's registry: what the region writes into the metadata before it loads the image.
    fn renamed(&self, image: &str) -> String {
        match image.split_once('/') {
            Some((_, name)) => format!("{}/{}", self.target.registry, name.rsplit('/').next().unwrap_or_default()),
            None => image.to_owned(),
        }
    }

    /// Loads the image; the name pushed afterwards must be in the archive, since nothing re-tags it
    /// (rainbond v6.9.8 builder/exector/groupapp_restore.go `downloadImage`).
    fn restore_version(&self, zip: &ZipReader, service: &Value, change: &Change) -> Result<(), String> {
        let version = &service["Versions"][0];
        if version.is_null() {
            return Ok(());
        }
        let image = version["delivered_type"].as_str() != Some("slug");
        let (kind, ending) = if image { ("image", "tar") } else { ("slug", "tgz") };
        let name = format!("{}/app_{}/{kind}_{}.{ending}", self.root, change.old_id, change.build_version);
        let entry = zip.find(&name).ok_or(format!("load {name}: no such file"))?;
        let mut content = zip.content(&entry).map_err(|error| format!("load {name}: {error}"))?;
        if !image {
            return std::io::copy(&mut content, &mut std::io::sink()).map(drop).map_err(|error| error.to_string());
        }
        let names = image::names_in(std::io::BufReader::with_capacity(1 << 20, content))
            .map_err(|error| format!("load {name}: {error}"))?;
        if names.contains(&change.image_name) {
            return Ok(());
        }
        Err(format!("push {}: no such image; the archive holds {}", change.image_name, names.join(", ")))
    }

    /// Puts volume data back, with the root-stripping `Unzip` of v6.2 and later (rainbond v6.9.8 util/comman.go).
    fn restore_data(&self, zip: &ZipReader, service: &Value, change: &mut Change) -> Result<(), String> {
        let name = format!("{}/data_{}/__all_data.zip", self.root, change.old_id);
        let Some(entry) = zip.find(&name) else { return Ok(()) };
        let inner = self.folder.join("all_data.zip");
        let mut file = std::fs::File::create(&inner).map_err(|error| error.to_string())?;
        let mut content = zip.content(&entry).map_err(|error| error.to_string())?;
        std::io::copy(&mut content, &mut file).map_err(|error| format!("unzip {name}: {error}"))?;
        let data = ZipReader::open(&inner).map_err(|error| format!("unzip {name}: {error}"))?;
        let stateful = service["Service"]["extend_method"].as_str().is_some_and(|kind| kind.starts_with("state_"));
        if self.v6 && tops(&data).len() == 1 {
            // Of a stateless component only the renaming fails, which is logged and no more.
            let lost = format!("restore volume data of {}: no such directory", change.old_id);
            return if stateful { Err(lost) } else { Ok(()) };
        }
        self.extract(&data, change).map_err(|error| format!("restore volume data: {error}"))
    }

    fn extract(&self, data: &ZipReader, change: &mut Change) -> std::io::Result<()> {
        let home = share_dir(&self.dir, &self.target.tenant_id, &change.new_id);
        let prefix = format!("{}/", change.old_id);
        for entry in &data.entries {
            let Some(path) = entry.name.strip_prefix(&prefix).and_then(|name| inside(&home, name)) else { continue };
            change.owner = Owner::of_comment(&entry.comment);
            put(data, entry, &path)?;
        }
        Ok(())
    }
}

/// Visible names at the top of an archive.
fn tops(zip: &ZipReader) -> Vec<String> {
    let names = zip.entries.iter().filter_map(|entry| entry.name.split('/').next());
    let visible = names.filter(|name| !name.starts_with('.')).map(|name| (name.to_owned(), ()));
    visible.collect::<BTreeMap<_, _>>().into_keys().collect()
}

/// The path of an entry below `home`, if it stays there.
fn inside(home: &Path, name: &str) -> Option<PathBuf> {
    let plain = |piece: &str| !matches!(piece, ".." | ".") && !piece.contains(['\\', ':']);
    name.split('/').all(plain).then(|| home.join(name.trim_start_matches('/')))
}

fn put(zip: &ZipReader, entry: &ZipEntry, path: &Path) -> std::io::Result<()> {
    if entry.is_directory() {
        return std::fs::create_dir_all(path);
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut content = zip.content(entry)?;
    let mut file = std::fs::File::create(path)?;
    std::io::copy(&mut content.by_ref(), &mut file).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use serde_json::json;

    use super::*;
    use crate::image::ImageSpec;
    use crate::zip::{Packing, ZipWriter};

    /// A package of one component whose data zip has these names at its top.
    fn package(dir: &Path, extend_method: &str, tops: &[&str]) -> PathBuf {
        let mut data = Vec::new();
        let mut inner = ZipWriter::create(&mut data, 1);
        let owner = Owner { uid: 999, gid: 998 };
        for top in tops {
            inner.file(&format!("{top}data/a.txt"), owner, Packing::Deflate, &mut "内容".as_bytes()).unwrap();
        }
        inner.finish().unwrap();
        let image = ImageSpec { name: "goodrain.me/web:1".to_owned(), base_bytes: 9, layer_bytes: 9 };
        let mut tar = Vec::new();
        image.write_to(&mut tar).unwrap();
        let version = json!({"build_version": "1", "delivered_type": "image", "image_name": "goodrain.me/web:1"});
        let service = json!({"extend_method": extend_method, "k8s_component_name": "web"});
        let region = json!({"Services": [{"ServiceID": "old", "Service": service, "Versions": [version]}]}).to_string();
        let path = dir.join("package.zip");
        let mut zip = ZipWriter::create(File::create(&path).unwrap(), 1);
        let nobody = Owner::default();
        for (name, content) in [
            ("g_1/app_old/image_1.tar", tar.as_slice()),
            ("g_1/console_apps_metadata.json", b"{}"),
            ("g_1/data_old/__all_data.zip", data.as_slice()),
            ("g_1/region_apps_metadata.json", region.as_bytes()),
        ] {
            zip.file(name, nobody, Packing::Deflate, &mut &content[..]).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    /// What came of the data: how many files, or why the restore failed.
    fn restored(v6: bool, extend_method: &str, tops: &[&str]) -> Result<(usize, Owner), String> {
        let dir = tempfile::tempdir().unwrap();
        let work = Work {
            package: package(dir.path(), extend_method, tops),
            folder: dir.path().to_owned(),
            root: "g_1".to_owned(),
            over: None,
            target: Target { tenant_id: "t".to_owned(), registry: "goodrain.me".to_owned() },
            dir: dir.path().to_owned(),
            v6,
            sends_name: true,
        };
        let change = work.open()?.changes.remove(0);
        let file = share_dir(dir.path(), "t", &change.new_id).join("data/a.txt");
        Ok((usize::from(file.exists()), change.owner))
    }

    #[test]
    fn data_arrives_or_not_as_the_platform_unpacks_it() {
        const OWNER: Owner = Owner { uid: 999, gid: 998 };
        let nobody = Owner::default();
        assert_eq!(restored(false, "state_singleton", &["old/"]), Ok((1, OWNER)));
        assert_eq!(restored(true, "stateless_multiple", &["old/"]), Ok((0, nobody)));
        assert!(restored(true, "state_singleton", &["old/"]).unwrap_err().contains("no such directory"));
        // A second visible name at the top keeps the root; a hidden one does not count.
        assert_eq!(restored(true, "state_singleton", &["old/", "KEEP/"]), Ok((1, OWNER)));
        assert!(restored(true, "state_singleton", &["old/", ".keep/"]).is_err());
    }

    #[test]
    fn an_entry_cannot_leave_the_share_directory() {
        let home = Path::new("/share");
        assert_eq!(inside(home, "../etc/passwd"), None);
        assert_eq!(inside(home, "data/a"), Some(home.join("data/a")));
    }
}
