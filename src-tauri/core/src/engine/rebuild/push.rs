//! Images into the user's own registry (rebuild.md §7.2). Each archive streams out of the backup twice: once to learn the
//! checksums of its layers, once more, where the registry does not have them all, to send what is missing. Nothing lies on this
//! disk.
//!
//! A name says what it stands for, so the same image pushed again is found and not sent, and no other image is ever overwritten.
//! A blob that a crash broke off goes on where the registry says it is; one that the registry has forgotten begins anew.

use super::{Ground, drafted, pass, send};
use crate::engine::origin;
use crate::engine::registries::{self, Opened};
use crate::engine::runner::{Run, Step, Stop};
use crate::image::{Contents, Measurer, Members, Piece};
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::jobs::state::ImageProgress;
use crate::line::LineCode;
use crate::package::{ComponentModel, Package, Row};
use crate::problem::{Code, Retry};
use crate::registry::{BlobWriter, RegistryError, Upload, tag};
use crate::template::{Draft, ImagePart, OpenImage, TemplateError};
use crate::transfer::{Parts, Progress};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use url::Url;

/// How often a blob is begun anew within one run, where the registry has lost it.
const ANEW: usize = 3;

/// Before an upload is asked for again.
const UPLOAD_PAUSES: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(2), Duration::from_secs(5)];

pub(super) struct Push;

#[async_trait::async_trait]
impl Step for Push {
    fn phase(&self) -> PhaseName {
        PhaseName::Copy
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let ground = Ground::of(run).await?;
        let origin = origin::open(run).await?;
        let draft = drafted(run, &ground, &origin.model)?;
        send::planned(run, &draft)?;
        let opened = registries::of(run, &ground.landing).await?;
        opened.registry.greet(&run.ctx).await?;
        let total = draft.images.iter().map(|part| part.bytes).sum();
        let progress = run.job.progress();
        progress.begin(Parts::for_source(total, None));
        for (index, part) in draft.images.iter().enumerate() {
            let (package, told_bytes) = (&origin.package, AtomicU64::new(0));
            let pusher = Pusher { run, opened: &opened, package, part, progress: &progress, told_bytes };
            if pusher.known().there.is_some() {
                pusher.tell(part.bytes);
                continue;
            }
            let code = pusher.bring(&stem(&draft, part)).await?;
            let facts = [("count", (index + 1).to_string()), ("total", draft.images.len().to_string())];
            run.say(code, facts)?;
        }
        Ok(())
    }
}

/// What a component's image is called in a registry: its name inside the cluster, which is the same in every backup of it.
pub(crate) fn image_stem(component: &ComponentModel) -> &str {
    if component.k8s_name.is_empty() { &component.cname } else { &component.k8s_name }
}

fn stem(draft: &Draft, part: &ImagePart) -> String {
    let is_of = |row: &Row<'_>| row.text("share_image") == part.image;
    let component = Row(&draft.metadata.0).rows("apps").find(is_of).map(|row| row.text("k8s_component_name"));
    component.filter(|name| !name.is_empty()).unwrap_or_else(|| part.of.clone())
}

struct Pusher<'a> {
    run: &'a Run,
    opened: &'a Opened,
    package: &'a Arc<Package>,
    part: &'a ImagePart,
    progress: &'a Arc<Progress>,
    /// Bytes of the archive that are told as done.
    told_bytes: AtomicU64,
}

impl Pusher<'_> {
    fn known(&self) -> ImageProgress {
        self.run.record().rebuild.images.remove(&self.part.file).unwrap_or_default()
    }

    /// So much of the archive is done with; what was told before is not told again.
    fn tell(&self, bytes: u64) {
        let before = self.told_bytes.fetch_max(bytes, Ordering::Relaxed);
        if bytes > before {
            self.progress.part_done(bytes - before);
        }
    }

    fn file(&self) -> String {
        self.part.file.clone()
    }

    /// Says whether it was pushed, or stood there already.
    async fn bring(&self, stem: &str) -> Result<LineCode, Stop> {
        let (ctx, registry) = (&self.run.ctx, &self.opened.registry);
        self.name_lost_upload()?;
        let image = self.measure().await?;
        let repository = registry.address().repository(stem);
        let tag = tag(&self.part.was, &image.manifest_digest);
        let name = registry.address().image(&repository, &tag);
        let stands = registry.manifest(ctx, &repository, &tag).await?;
        match stands {
            Some(digest) if digest == image.manifest_digest => {
                self.tell(self.part.bytes);
                self.run.note(Fact::ImageThere { file: self.file(), image: name })?;
                return Ok(LineCode::LogImageFound);
            }
            Some(_) => return Err(RegistryError::Taken { host: registry.address().host.clone(), name }.into()),
            None => {}
        }
        self.blobs(&repository, &image).await?;
        let (file, digest) = (self.file(), image.manifest_digest.clone());
        self.run.note(Fact::ImagePushing { file, image: name.clone(), digest })?;
        registry.put_manifest(ctx, &repository, &tag, &image).await?;
        self.run.note(Fact::ImageThere { file: self.file(), image: name })?;
        Ok(LineCode::LogImagePushed)
    }

    /// The first way through the archive.
    async fn measure(&self) -> Result<Contents, Stop> {
        let ctx = &self.run.ctx;
        let mut archive = OpenImage::open(ctx, self.package, Box::new(self.part.clone())).await?;
        let mut measurer = Measurer::new();
        while let Some(chunks) = archive.next(ctx).await? {
            for chunk in chunks {
                pass(self.run, self.progress, 0).await?;
                measurer.push(chunk).map_err(|error| self.unfit(error))?;
            }
        }
        archive.finish()?;
        measurer.finish(&self.part.image, &self.part.arch).map_err(|error| self.unfit(error))
    }

    fn unfit(&self, source: crate::image::ImageError) -> Stop {
        TemplateError::Image { name: self.part.file.clone(), source }.into()
    }

    /// Every blob of the image is in the registry.
    async fn blobs(&self, repository: &str, image: &Contents) -> Result<(), Stop> {
        let (ctx, registry) = (&self.run.ctx, &self.opened.registry);
        let mut missing = BTreeMap::new();
        for (path, digest) in &image.members {
            if missing.values().any(|known| known == digest) || registry.has_blob(ctx, repository, digest).await? {
                continue;
            }
            missing.insert(path.clone(), digest.clone());
        }
        for _ in 0..ANEW {
            match self.layers(repository, &mut missing).await {
                Err(Stop::Problem(problem)) if problem.code == Code::RegistryFailed && problem.retry == Retry::Now => {
                    // The registry has lost the upload: that blob begins anew.
                    self.run.note(Fact::BlobLost { file: self.file() })?;
                }
                other => {
                    other?;
                    break;
                }
            }
        }
        self.layers(repository, &mut missing).await?;
        self.tell(self.part.bytes);
        if !registry.has_blob(ctx, repository, &image.config_digest).await? {
            let mut writer = self.writer(repository, &image.config_digest).await?;
            writer.push(ctx, image.config.clone()).await?;
            self.end(writer, &image.config_digest).await?;
        }
        Ok(())
    }

    /// The second way through the archive, as far as something is missing.
    async fn layers(&self, repository: &str, missing: &mut BTreeMap<String, String>) -> Result<(), Stop> {
        if missing.is_empty() {
            return Ok(());
        }
        let ctx = &self.run.ctx;
        let mut archive = OpenImage::open(ctx, self.package, Box::new(self.part.clone())).await?;
        let mut members = Members::new();
        let mut open: Option<(BlobWriter<'_>, String)> = None;
        let mut passed_bytes = 0;
        while let Some(chunks) = archive.next(ctx).await? {
            for chunk in chunks {
                self.progress.read(chunk.len() as u64);
                passed_bytes += chunk.len() as u64;
                for piece in members.push(chunk).map_err(|error| self.unfit(error))? {
                    match piece {
                        Piece::Begin { path } => {
                            if let Some(digest) = missing.get(&path) {
                                open = Some((self.writer(repository, digest).await?, path));
                            }
                        }
                        Piece::Bytes(bytes) => {
                            if let Some((writer, path)) = &mut open {
                                let digest = missing.get(path).cloned().unwrap_or_default();
                                if self.forward(writer, repository, &digest, bytes).await? {
                                    self.tell(passed_bytes);
                                }
                            }
                        }
                        Piece::End => {
                            if let Some((writer, path)) = open.take()
                                && let Some(digest) = missing.get(&path).cloned()
                            {
                                self.end(writer, &digest).await?;
                                self.tell(passed_bytes);
                                missing.remove(&path);
                            }
                        }
                    }
                }
            }
            // What follows the last missing layer is of no use.
            if missing.is_empty() {
                return Ok(());
            }
        }
        Ok(archive.finish()?)
    }

    async fn forward(
        &self,
        writer: &mut BlobWriter<'_>,
        repository: &str,
        digest: &str,
        bytes: Bytes,
    ) -> Result<bool, Stop> {
        pass(self.run, self.progress, bytes.len() as u64).await?;
        let moved = writer.push(&self.run.ctx, bytes).await?;
        if moved {
            self.note_upload(repository, digest, writer.upload())?;
        }
        Ok(moved)
    }

    fn note_upload(&self, repository: &str, digest: &str, upload: &Upload) -> Result<(), Stop> {
        let (repository, digest) = (repository.to_owned(), digest.to_owned());
        Ok(self.run.note(Fact::BlobUploading { file: self.file(), repository, digest, at: upload.at.to_string() })?)
    }

    /// Takes the upload up that was broken off, or begins one.
    async fn writer<'b>(&'b self, repository: &'b str, digest: &str) -> Result<BlobWriter<'b>, Stop> {
        let (ctx, registry) = (&self.run.ctx, &self.opened.registry);
        if let Some(blob) = self.known().blob {
            let at = Url::parse(&blob.at).ok();
            if blob.digest == digest
                && let Some(at) = &at
                && let Some(found) = registry.find_upload(ctx, repository, at).await?
            {
                self.note_upload(repository, digest, &found)?;
                return Ok(BlobWriter::new(registry, repository, digest, found));
            }
            if let Some(at) = at.filter(|_| blob.digest != digest) {
                registry.drop_upload(ctx, repository, &at).await?;
            }
            self.run.note(Fact::BlobLost { file: self.file() })?;
        }
        let upload = self.begin_upload(repository).await?;
        self.note_upload(repository, digest, &upload)?;
        Ok(BlobWriter::new(registry, repository, digest, upload))
    }

    /// Only the answer says where an upload is: one whose answer is lost is named, and another one begun.
    async fn begin_upload(&self, repository: &str) -> Result<Upload, Stop> {
        let ctx = &self.run.ctx;
        for pause in UPLOAD_PAUSES {
            match self.ask_for_upload(repository).await? {
                Err(error) if error.is_passing() => ctx.sleep(pause).await?,
                other => return Ok(other?),
            }
        }
        Ok(self.ask_for_upload(repository).await??)
    }

    async fn ask_for_upload(&self, repository: &str) -> Result<Result<Upload, RegistryError>, Stop> {
        self.name_lost_upload()?;
        self.run.note(Fact::BlobAsking { file: self.file(), repository: repository.to_owned() })?;
        let answer = self.opened.registry.open_upload(&self.run.ctx, repository).await;
        if answer.as_ref().is_err_and(RegistryError::is_refusal) {
            self.run.note(Fact::BlobUnasked { file: self.file() })?;
        }
        Ok(answer)
    }

    fn name_lost_upload(&self) -> Result<(), Stop> {
        if let Some(lost) = self.known().blob_asking {
            let (id, thing, line) = registries::lost_upload(&self.run.record(), &lost);
            self.run.note(Fact::Left { id, thing, line })?;
            self.run.note(Fact::BlobUnasked { file: self.file() })?;
        }
        Ok(())
    }

    async fn end(&self, writer: BlobWriter<'_>, digest: &str) -> Result<(), Stop> {
        writer.finish(&self.run.ctx).await?;
        Ok(self.run.note(Fact::BlobThere { file: self.file(), digest: digest.to_owned() })?)
    }
}
