//! A folder of this computer as a store: for unit tests, and for a disk that stands in for a bucket.
//!
//! Its ETags say that a file was written, not what is in it. Keys become paths only after each piece was checked.

use super::crc::Crc64;
use super::error::StoreError;
use super::etag::Etag;
use super::lifecycle::ExpiryRule;
use super::spec::{StoreIdentity, StoreSpec, bad};
use super::store::{
    BodyCheck, ByteStream, Chunks, CopyRange, ListedObject, ObjectFacts, PartFacts, PendingUpload, Store, UploadId,
    UploadKind,
};
use futures::{StreamExt, TryStreamExt};
use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

#[derive(Debug, Clone)]
pub(crate) struct Folder {
    identity: StoreIdentity,
    objects: PathBuf,
    uploads: PathBuf,
}

impl Folder {
    pub(crate) fn open(spec: &StoreSpec) -> Result<Self, StoreError> {
        let root = PathBuf::from(&spec.endpoint);
        if !root.is_absolute() {
            return Err(bad("endpoint", "the folder's path must be absolute"));
        }
        if !is_plain(&spec.bucket) {
            return Err(bad("bucket", "it is no name of a folder"));
        }
        let identity = StoreIdentity { kind: spec.kind, endpoint: spec.endpoint.clone(), bucket: spec.bucket.clone() };
        let uploads = root.join(".uploads").join(&spec.bucket);
        Ok(Self { identity, objects: root.join(&spec.bucket), uploads })
    }

    fn object(&self, key: &str) -> Result<PathBuf, StoreError> {
        key.split('/')
            .try_fold(self.objects.clone(), |path, piece| if is_plain(piece) { Some(path.join(piece)) } else { None })
            .ok_or_else(|| StoreError::BadKey { store: self.identity.to_string(), key: key.to_owned() })
    }

    fn upload(&self, key: &str, upload: &UploadId) -> Result<PathBuf, StoreError> {
        let dir = self.uploads.join(&upload.0);
        if is_plain(&upload.0) && dir.is_dir() { Ok(dir) } else { Err(self.gone(key, upload)) }
    }

    fn gone(&self, key: &str, upload: &UploadId) -> StoreError {
        StoreError::UploadGone { store: self.identity.to_string(), key: key.to_owned(), upload: upload.clone() }
    }

    fn file_error(&self, key: &str, path: &Path, source: io::Error) -> StoreError {
        let store = self.identity.to_string();
        match source.kind() {
            io::ErrorKind::NotFound => StoreError::NotFound { store, key: key.to_owned() },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                StoreError::Full { store, key: key.to_owned() }
            }
            _ => StoreError::File { path: path.to_owned(), source },
        }
    }

    /// Runs file work where it may block.
    async fn work<T: Send + 'static>(
        &self,
        key: &str,
        path: &Path,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let owned = path.to_owned();
        let done = tokio::task::spawn_blocking(move || work(&owned)).await;
        done.unwrap_or_else(|died| Err(io::Error::other(died))).map_err(|error| self.file_error(key, path, error))
    }

    fn lacks(&self, what: &'static str) -> StoreError {
        StoreError::Lacks { store: self.identity.to_string(), what }
    }

    async fn look(&self, key: &str) -> Result<ObjectFacts, StoreError> {
        let meta = self.work(key, &self.object(key)?, |path| fs::metadata(path)).await?;
        if !meta.is_file() {
            return Err(StoreError::NotFound { store: self.identity.to_string(), key: key.to_owned() });
        }
        Ok(facts(&meta))
    }
}

/// A piece of a key that is safe as a file's name.
fn is_plain(piece: &str) -> bool {
    !piece.is_empty() && !piece.starts_with('.') && !piece.contains(['/', '\\', ':', '\0'])
}

fn facts(meta: &fs::Metadata) -> ObjectFacts {
    let modified = meta.modified().unwrap_or(UNIX_EPOCH);
    let nanos = modified.duration_since(UNIX_EPOCH).map(|since| since.as_nanos()).unwrap_or_default();
    let etag = Some(Etag::new(format!("\"{:x}.{nanos:x}\"", meta.len())));
    ObjectFacts { size: meta.len(), etag, last_modified: modified.into() }
}

/// Writes beside the target and renames, so that nobody sees half an object.
fn write_whole(path: &Path, chunks: &[bytes::Bytes]) -> io::Result<()> {
    let part = path.with_extension(format!("{}.part", uuid::Uuid::new_v4().simple()));
    let mut file = fs::File::create(&part)?;
    chunks.iter().try_for_each(|chunk| file.write_all(chunk))?;
    fs::rename(&part, path)
}

/// Takes the name away first: a part that is still being written then has nowhere to go, and removing meets no new files.
fn throw_away(dir: &Path) -> io::Result<()> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let gone = dir.with_file_name(format!(".gone-{name}"));
    fs::rename(dir, &gone)?;
    fs::remove_dir_all(gone)
}

fn join_parts(dir: &Path, parts: usize, path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let whole = dir.join("whole");
    let mut file = fs::File::create(&whole)?;
    for index in 0..parts {
        io::copy(&mut fs::File::open(dir.join(index.to_string()))?, &mut file)?;
    }
    fs::rename(&whole, path)?;
    fs::remove_dir_all(dir)
}

fn walk(dir: &Path, prefix: &str, into: &mut Vec<ListedObject>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let key = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let meta = entry.metadata()?;
        if meta.is_dir() {
            walk(&entry.path(), &format!("{key}/"), into)?;
        } else {
            let facts = facts(&meta);
            into.push(ListedObject { key, size: facts.size, etag: facts.etag });
        }
    }
    Ok(())
}

#[async_trait::async_trait]
impl Store for Folder {
    fn identity(&self) -> &StoreIdentity {
        &self.identity
    }

    async fn check(&self) -> Result<(), StoreError> {
        match self.work("", &self.objects, |path| fs::read_dir(path).map(|_| ())).await {
            Err(StoreError::NotFound { store, .. }) => Err(StoreError::NoBucket { store }),
            other => other,
        }
    }

    async fn head(&self, key: &str) -> Result<ObjectFacts, StoreError> {
        self.look(key).await
    }

    async fn part_facts(&self, key: &str) -> Result<Option<PartFacts>, StoreError> {
        self.look(key).await.map(|_| None)
    }

    async fn get_range(&self, key: &str, range: Range<u64>, pin: Option<&Etag>) -> Result<ByteStream, StoreError> {
        let path = self.object(key)?;
        let open = async {
            let mut file = tokio::fs::File::open(&path).await?;
            let now = facts(&file.metadata().await?);
            file.seek(io::SeekFrom::Start(range.start)).await?;
            Ok((now, file.take(range.end.saturating_sub(range.start))))
        };
        let (now, file) = open.await.map_err(|error| self.file_error(key, &path, error))?;
        // Of the open file, whatever has taken its name meanwhile.
        if pin.is_some_and(|pin| now.etag.as_ref() != Some(pin)) {
            return Err(StoreError::Changed { store: self.identity.to_string(), key: key.to_owned() });
        }
        let stream = tokio_util::io::ReaderStream::with_capacity(file, 256 * 1024);
        Ok(stream.map_err(move |source| StoreError::File { path: path.clone(), source }).boxed())
    }

    async fn put(&self, key: &str, body: Chunks) -> Result<Option<Etag>, StoreError> {
        let put = move |path: &Path| {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            write_whole(path, &body)
        };
        self.work(key, &self.object(key)?, put).await?;
        Ok(self.look(key).await?.etag)
    }

    async fn create_upload(&self, key: &str, _: UploadKind) -> Result<UploadId, StoreError> {
        self.object(key)?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let note = key.to_owned();
        let make = move |dir: &Path| fs::create_dir_all(dir).and_then(|()| fs::write(dir.join("key"), note));
        self.work(key, &self.uploads.join(&id), make).await?;
        Ok(UploadId(id))
    }

    async fn body_check(&self, _: &str, _: &UploadId, _: u32) -> Result<BodyCheck, StoreError> {
        Ok(BodyCheck::Length)
    }

    async fn put_part(&self, key: &str, upload: &UploadId, index: u32, body: Chunks) -> Result<Etag, StoreError> {
        let path = self.upload(key, upload)?.join(index.to_string());
        // The folder is not made anew: a part that comes after the abort finds the upload gone.
        match self.work(key, &path, move |path| write_whole(path, &body)).await {
            Err(StoreError::NotFound { .. }) => Err(self.gone(key, upload)),
            other => other,
        }?;
        Ok(Etag::new(format!("\"part.{index}\"")))
    }

    async fn put_part_stream(
        &self,
        key: &str,
        upload: &UploadId,
        index: u32,
        _: u64,
        body: ByteStream,
        _: Option<Crc64>,
    ) -> Result<Etag, StoreError> {
        self.put_part(key, upload, index, body.try_collect().await?).await
    }

    async fn crc(&self, key: &str) -> Result<Option<Crc64>, StoreError> {
        self.look(key).await.map(|_| None)
    }

    fn keeps_crcs(&self) -> Option<bool> {
        Some(false)
    }

    async fn complete_upload(&self, key: &str, upload: &UploadId, tags: &[Etag]) -> Result<Option<Etag>, StoreError> {
        let dir = self.upload(key, upload)?;
        let (target, parts) = (self.object(key)?, tags.len());
        self.work(key, &dir, move |dir| join_parts(dir, parts, &target)).await?;
        Ok(self.look(key).await?.etag)
    }

    async fn abort_upload(&self, key: &str, upload: &UploadId) -> Result<(), StoreError> {
        match self.upload(key, upload) {
            Ok(dir) => self.work(key, &dir, throw_away).await,
            Err(_) => Ok(()),
        }
    }

    async fn list_uploads(&self, prefix: &str) -> Result<Vec<PendingUpload>, StoreError> {
        let read = |dir: &Path| {
            let mut found = Vec::new();
            for entry in fs::read_dir(dir)? {
                let entry = entry?;
                let Ok(key) = fs::read_to_string(entry.path().join("key")) else { continue };
                found.push(PendingUpload { key, upload: UploadId(entry.file_name().to_string_lossy().into_owned()) });
            }
            Ok(found)
        };
        match self.work("", &self.uploads, read).await {
            Ok(found) => Ok(found.into_iter().filter(|one| one.key.starts_with(prefix)).collect()),
            Err(StoreError::NotFound { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    async fn copy(&self, from_bucket: &str, from_key: &str, to_key: &str) -> Result<(), StoreError> {
        if from_bucket != self.identity.bucket {
            return Err(self.lacks("copy between folders"));
        }
        let to = self.object(to_key)?;
        let copy = move |from: &Path| {
            to.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::copy(from, &to).map(|_| ())
        };
        self.work(from_key, &self.object(from_key)?, copy).await
    }

    async fn copy_part(&self, _: CopyRange<'_>, _: &str, _: &UploadId, _: u32) -> Result<Etag, StoreError> {
        Err(self.lacks("copy a range"))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<ListedObject>, StoreError> {
        let read = |dir: &Path| {
            let mut found = Vec::new();
            walk(dir, "", &mut found)?;
            Ok(found)
        };
        let mut found: Vec<ListedObject> = match self.work("", &self.objects, read).await {
            Err(StoreError::NotFound { store, .. }) => return Err(StoreError::NoBucket { store }),
            other => other?,
        };
        found.retain(|one| one.key.starts_with(prefix));
        found.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(found)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        match self.work(key, &self.object(key)?, |path| fs::remove_file(path)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
    async fn expiry_rules(&self) -> Result<Vec<ExpiryRule>, StoreError> {
        Ok(Vec::new())
    }
}
