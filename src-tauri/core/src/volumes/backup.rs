//! The job that reads the volumes of one component into objects, and what becomes of its uploads.

use super::error::VolumeError;
use super::plan::{Archive, Filling, Piece};
use super::site::{Keys, Site, Written, pending_uploads};
use crate::storage::{Etag, StoreError, UploadId, UploadKind};
use rainferry_helper::{BackupItem, Format, ItemState, ItemStatus, Job, Pod, Status, VERSION, Work};
use std::collections::HashMap;

/// The helper keeps one part in memory, of the 512 MB that a plugin gets.
const PART_BYTES: u64 = 32 << 20;
const LARGEST_PART_BYTES: u64 = 128 << 20;
/// What S3 takes.
const MOST_PARTS: u64 = 10_000;
/// Room for a volume of which nothing is known.
const USUAL_BYTES: u64 = 64 << 30;

/// What names in the helper's archives begin with.
const STRIP: &str = "data/";

#[derive(Clone, Debug)]
pub(crate) struct BackupPlan {
    pub job: String,
    pub component: String,
    /// Path and name of each volume with data, and how many bytes it may hold (0: unknown).
    pub volumes: Vec<(String, String, u64)>,
    /// The replicas of a stateful component; `None` alone for others.
    pub ordinals: Vec<Option<u32>>,
}

/// An archive that a pod is to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub ordinal: Option<u32>,
    pub volume: String,
    pub mount_path: String,
    pub key: String,
    pub upload: UploadId,
}

/// Begins the uploads, which are to be ended by [`finish_backup`] or `abandon`.
pub(crate) async fn open_backup(site: &Site, plan: &BackupPlan) -> Result<Vec<Reading>, VolumeError> {
    let keys = Keys::new(&plan.job, &plan.component)?;
    let mut readings = Vec::new();
    for &ordinal in &plan.ordinals {
        for (index, (mount_path, volume, _)) in plan.volumes.iter().enumerate() {
            let key = keys.archive(ordinal, index);
            let upload = site.store.create_upload(&key, UploadKind::Plain).await?;
            let (volume, mount_path) = (volume.clone(), mount_path.clone());
            readings.push(Reading { ordinal, volume, mount_path, key, upload });
        }
    }
    Ok(readings)
}

/// The job as its pods will read it: the same each time for the same uploads.
pub(crate) fn write_backup(site: &Site, plan: &BackupPlan, readings: &[Reading]) -> Result<Written, VolumeError> {
    let keys = Keys::new(&plan.job, &plan.component)?;
    let mut pods = Vec::new();
    let mut statuses = Vec::new();
    for &ordinal in &plan.ordinals {
        let mut items = Vec::new();
        for reading in readings.iter().filter(|reading| reading.ordinal == ordinal) {
            let most = plan.volumes.iter().find(|(path, ..)| *path == reading.mount_path).map_or(0, |(.., most)| *most);
            items.push(item(site, &reading.mount_path, &reading.key, &reading.upload, most)?);
        }
        let key = keys.status(ordinal);
        pods.push(Pod { ordinal, status_url: site.signer.put(&key)?.reveal().to_owned(), items });
        statuses.push((ordinal, key));
    }
    let (version, ca_pem) = (VERSION, site.ca_pem.clone());
    let job = Job { version, job: plan.job.clone(), ca_pem, work: Work::Backup { pods } };
    site.write(&keys, &job, statuses)
}

fn item(site: &Site, mount_path: &str, key: &str, upload: &UploadId, most: u64) -> Result<BackupItem, VolumeError> {
    let (part_bytes, count) = parts(most);
    let sign = |index| Ok(site.signer.put_part(key, upload, index)?.reveal().to_owned());
    let part_urls = (0..count).map(sign).collect::<Result<_, VolumeError>>()?;
    let put_url = site.signer.put(key)?.reveal().to_owned();
    Ok(BackupItem { mount_path: mount_path.to_owned(), put_url, part_bytes, part_urls })
}

/// Size and number of parts with room for a volume, and a tenth more: what does not compress grows.
fn parts(most: u64) -> (u64, u32) {
    let room = if most == 0 { USUAL_BYTES } else { most.saturating_add(most / 10).max(PART_BYTES) };
    let part = room.div_ceil(MOST_PARTS).clamp(PART_BYTES, LARGEST_PART_BYTES);
    let count = room.div_ceil(part).min(MOST_PARTS);
    (part, u32::try_from(count).unwrap_or(u32::MAX))
}

/// Makes objects of what the pods sent and throws away what they did not need. Can be asked again with the same words.
pub(crate) async fn finish_backup(
    site: &Site,
    readings: &[Reading],
    said: &HashMap<Option<u32>, Status>,
) -> Result<Vec<Filling>, VolumeError> {
    let mut fillings: Vec<Filling> = Vec::new();
    for reading in readings {
        let items = said.get(&reading.ordinal).map(|status| status.items.as_slice()).unwrap_or_default();
        let item = items.iter().find(|item| item.mount_path == reading.mount_path);
        let Some(archive) = finish(site, reading, item).await? else { continue };
        let piece = Piece { ordinal: reading.ordinal, archive, strip: STRIP.to_owned() };
        match fillings.iter_mut().find(|filling| filling.mount_path == reading.mount_path) {
            Some(filling) => filling.pieces.push(piece),
            None => fillings.push(Filling {
                volume: reading.volume.clone(),
                mount_path: reading.mount_path.clone(),
                pieces: vec![piece],
            }),
        }
    }
    Ok(fillings)
}

async fn finish(site: &Site, reading: &Reading, item: Option<&ItemStatus>) -> Result<Option<Archive>, VolumeError> {
    let (store, key) = (&site.store, &reading.key);
    let Some(item) = item.filter(|item| item.state == ItemState::Done) else {
        throw_away(site, reading).await?;
        return Ok(None);
    };
    let completed = if item.etags.is_empty() {
        throw_away(site, reading).await
    } else {
        let tags: Vec<Etag> = item.etags.iter().map(Etag::new).collect();
        store.complete_upload(key, &reading.upload, &tags).await.map(drop)
    };
    // Whether an error means that it was completed before, each store says in its own way; the object tells.
    let facts = match (store.head(key).await, completed) {
        (Ok(facts), _) => facts,
        (Err(_), Err(error)) | (Err(error), Ok(())) => return Err(error.into()),
    };
    if facts.size != item.bytes {
        return Err(VolumeError::WrongArchive { key: key.clone(), want: item.bytes, got: facts.size });
    }
    let (bytes, sha256) = (item.bytes, item.sha256.clone());
    Ok(Some(Archive { key: key.clone(), bytes, sha256, format: Format::TarZst }))
}

/// Aborts an upload, unless that happened before: not every store says so in the same words.
async fn throw_away(site: &Site, reading: &Reading) -> Result<(), StoreError> {
    let Err(error) = site.store.abort_upload(&reading.key, &reading.upload).await else { return Ok(()) };
    match pending_uploads(site.store.as_ref(), &reading.key).await? {
        pending if pending.iter().any(|one| one.upload == reading.upload) => Err(error),
        _ => Ok(()),
    }
}
