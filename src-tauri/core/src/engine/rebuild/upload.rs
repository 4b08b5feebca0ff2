//! Images into the cluster's registry, one archive each, in chunks that neither a crash nor a cut undoes (rebuild.md §7.1).

use super::{Ground, drafted, pass, send};
use crate::console::era::{self, ImageUpload};
use crate::console::{ConsoleError, LoadState, NewSession, Outgoing, UploadError, UploadSession, Upstream};
use crate::engine::origin;
use crate::engine::restore::{FIRST_PAUSE, Pauses, pass_by};
use crate::engine::runner::{Run, Step, Stop};
use crate::image::same_name;
use crate::jobs::ImageProgress;
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::jobs::request::LiveApp;
use crate::line::LineCode;
use crate::package::Package;
use crate::problem::{Code, Problem, Retry};
use crate::template::{ImagePart, OpenImage};
use crate::transfer::{Parts, Progress};
use bytes::{Bytes, BytesMut};
use chrono::TimeDelta;
use futures::stream;
use std::collections::VecDeque;
use std::sync::Arc;

/// Between the region's bounds of 1 and 20 MiB: little is sent again after a break, and there are not too many requests.
const CHUNK_BYTES: u64 = 8 * 1024 * 1024;
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// Loading and pushing tell no progress.
const BYTES_PER_MORE_MINUTE: u64 = 100 * 1024 * 1024;

pub(super) struct Upload;

#[async_trait::async_trait]
impl Step for Upload {
    fn phase(&self) -> PhaseName {
        PhaseName::Copy
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let ground = Ground::of(run).await?;
        let origin = origin::open(run).await?;
        let draft = drafted(run, &ground, &origin.model)?;
        send::planned(run, &draft)?;
        let parts = &draft.images;
        let total = parts.iter().map(|part| part.bytes).sum();
        let sender = Sender { run, ground: &ground, package: &origin.package, progress: run.job.progress() };
        sender.progress.begin(Parts::for_source(total, None));
        for (index, part) in parts.iter().enumerate() {
            if known(run, part).there.is_some() {
                sender.progress.part_done(part.bytes);
                continue;
            }
            sender.bring(part).await?;
            let facts = [("count", (index + 1).to_string()), ("total", parts.len().to_string())];
            run.say(LineCode::LogImageThere, facts)?;
        }
        Ok(())
    }
}

fn known(run: &Run, part: &ImagePart) -> ImageProgress {
    run.record().rebuild.images.remove(&part.file).unwrap_or_default()
}

struct Sender<'a> {
    run: &'a Run,
    ground: &'a Ground,
    package: &'a Arc<Package>,
    progress: Arc<Progress>,
}

impl Sender<'_> {
    async fn bring(&self, part: &ImagePart) -> Result<(), Stop> {
        let (ctx, console, scope) = (&self.run.ctx, &self.ground.target.console, &self.ground.scope);
        let file = part.file.clone();
        if known(self.run, part).event.is_empty() {
            let record = console.create_upload(ctx, scope).await?;
            let (event, upload_url) = (record.event_id, record.upload_url);
            self.run.note(Fact::ImageOpened { file: file.clone(), event, upload_url })?;
        }
        let place = known(self.run, part);
        if !place.sent {
            match era::install_rules(self.ground.target.versions()?).image_upload {
                ImageUpload::Chunks => self.in_chunks(part, &place).await?,
                ImageUpload::OnePiece => self.in_one_piece(part, &place).await?,
                ImageUpload::Impossible => {
                    return Err(Problem::new(Code::Unsupported, "This version takes no images").into());
                }
            }
            self.run.note(Fact::ImageSent { file: file.clone() })?;
        }
        let load = match place.load {
            Some(load) => load,
            None => {
                let load = match console.load_image(ctx, scope, &place.event).await {
                    // It was asked for by a run that never heard the answer, and what was sent is used up.
                    Err(ConsoleError::Refused(_)) if place.sent => {
                        self.run.note(Fact::ImageFailed { file })?;
                        return Box::pin(self.bring(part)).await;
                    }
                    answer => answer?,
                };
                self.run.note(Fact::ImageLoading { file: file.clone(), load: load.clone() })?;
                load
            }
        };
        if place.sent {
            self.progress.part_done(part.bytes);
        }
        let image = self.loaded(part, &load).await?;
        Ok(self.run.note(Fact::ImageThere { file, image })?)
    }

    /// What the region has of a session it tells nobody reliably (`chunk_upload_manager.go` `SaveChunk` writes down nothing):
    /// the journal knows.
    async fn in_chunks(&self, part: &ImagePart, place: &ImageProgress) -> Result<(), Stop> {
        let (ctx, console) = (&self.run.ctx, &self.ground.target.console);
        let to = Upstream { url: &place.upload_url, region_address: None };
        let new = NewSession {
            file_name: part.file.clone(),
            file_size: part.bytes,
            file_md5: String::new(),
            chunk_size: CHUNK_BYTES,
        };
        let session = console.open_session(ctx, to, &new).await?;
        let ours = place.session.as_ref() == Some(&session.session_id);
        let is_there = |index: u64| session.uploaded_chunks.contains(&index) || (ours && place.chunks.contains(&index));
        let mut cutter = Cutter::new(&session)?;
        let mut image = OpenImage::open(ctx, self.package, Box::new(part.clone())).await?;
        let mut index = 0;
        loop {
            ctx.check()?;
            let more = image.next(ctx).await?;
            let is_end = more.is_none();
            more.into_iter().flatten().for_each(|bytes| cutter.push(&bytes));
            while let Some(chunk) = cutter.cut(is_end) {
                let bytes = chunk.len() as u64;
                if !is_there(index) {
                    pass(self.run, &self.progress, bytes).await?;
                    self.progress.read(bytes);
                    console.send_chunk(ctx, to, &session.session_id, index, chunk).await?;
                    let (file, session) = (part.file.clone(), session.session_id.clone());
                    self.run.note(Fact::ChunkSent { file, session, index })?;
                }
                self.progress.part_done(bytes);
                index += 1;
            }
            if is_end {
                break;
            }
        }
        image.finish()?;
        Ok(console.close_session(ctx, to, &session.session_id).await?)
    }

    /// 6.4.0 knows no chunks: from the start each time.
    async fn in_one_piece(&self, part: &ImagePart, place: &ImageProgress) -> Result<(), Stop> {
        let ctx = self.run.ctx.clone();
        let image = OpenImage::open(&ctx, self.package, Box::new(part.clone())).await?;
        let start = (Some(image), VecDeque::<Bytes>::new(), ctx.clone(), self.progress.clone());
        let body = stream::try_unfold(start, |(mut image, mut ready, ctx, progress)| async move {
            loop {
                if let Some(bytes) = ready.pop_front() {
                    progress.read(bytes.len() as u64);
                    progress.part_done(bytes.len() as u64);
                    return Ok(Some((bytes, (image, ready, ctx, progress))));
                }
                let Some(open) = &mut image else { return Ok(None) };
                match open.next(&ctx).await? {
                    Some(chunks) => ready.extend(chunks),
                    None => {
                        if let Some(done) = image.take() {
                            done.finish()?;
                        }
                    }
                }
            }
        });
        let to = Upstream { url: &place.upload_url, region_address: None };
        let file = Outgoing { name: part.file.clone(), length: part.bytes, body: Box::pin(body) };
        let sent = self.ground.target.console.upload_image(&ctx, to, file).await;
        sent.map_err(|error: UploadError<crate::template::TemplateError>| match error {
            UploadError::Source(error) => error.into(),
            UploadError::Console(error) => error.into(),
            UploadError::Length { promised, found } => {
                Problem::new(Code::Internal, format!("The image has {found} bytes where {promised} were announced"))
                    .into()
            }
        })
    }

    /// The image's name in the cluster's registry.
    async fn loaded(&self, part: &ImagePart, load: &str) -> Result<String, Stop> {
        let more = i64::try_from(part.bytes / BYTES_PER_MORE_MINUTE).unwrap_or(0);
        let deadline = self.run.ctx.clock.now() + PATIENCE + TimeDelta::minutes(more);
        let mut pauses = Pauses(FIRST_PAUSE);
        loop {
            let polled = self.ground.target.console.image_load(&self.run.ctx, &self.ground.scope, load).await;
            let state = match polled {
                Ok(state) => state,
                Err(error) => {
                    pass_by(error)?;
                    crate::console::TarLoad::default()
                }
            };
            match state.state {
                LoadState::Success => {
                    let of_name = state.targets.iter().find(|(name, _)| same_name(name, &part.image));
                    return match of_name {
                        Some((_, target)) => Ok(target.clone()),
                        None => Err(self.void(part, "its name is not among those that were loaded")?),
                    };
                }
                LoadState::PartialSuccess | LoadState::Failure => return Err(self.void(part, &state.message)?),
                LoadState::Loading | LoadState::Other if self.run.ctx.clock.now() >= deadline => {
                    return Err(Problem::new(
                        Code::ClusterDown,
                        format!("{} has not loaded the image of {} in time", self.ground.target.name(), part.of),
                    )
                    .hint("Its builder may be busy or gone. Try again to go on watching")
                    .fact("load", load)
                    .retry(Retry::Later)
                    .into());
                }
                LoadState::Loading | LoadState::Other => self.run.ctx.sleep(pauses.next()).await?,
            }
        }
    }

    /// What was uploaded is of no use: the next try begins with a place of its own.
    fn void(&self, part: &ImagePart, why: &str) -> Result<Stop, Problem> {
        self.run.note(Fact::ImageFailed { file: part.file.clone() })?;
        let problem = Problem::new(
            Code::ConsoleRefused,
            format!("{} could not load the image of {}", self.ground.target.name(), part.of),
        );
        let problem = problem.hint("Its registry may be full or down. Try again: this image is sent anew");
        Ok(problem.fact("image", part.image.clone()).fact("reason", why).retry(Retry::Later).into())
    }
}

/// Cuts a stream into chunks of the session's size; the last one is what is left.
struct Cutter {
    held: BytesMut,
    chunk_bytes: usize,
}

impl Cutter {
    fn new(session: &UploadSession) -> Result<Self, Problem> {
        let too_large = || Problem::new(Code::BadAnswer, "The cluster asks for chunks too large to hold");
        let known = session.chunk_size <= crate::console::LARGEST_CHUNK;
        let chunk_bytes = usize::try_from(session.chunk_size).ok().filter(|_| known).ok_or_else(too_large)?;
        Ok(Self { held: BytesMut::new(), chunk_bytes })
    }

    fn push(&mut self, bytes: &Bytes) {
        self.held.extend_from_slice(bytes);
    }

    fn cut(&mut self, is_end: bool) -> Option<Bytes> {
        match self.held.len() {
            0 => None,
            held if held >= self.chunk_bytes => Some(self.held.split_to(self.chunk_bytes).freeze()),
            _ => is_end.then(|| self.held.split().freeze()),
        }
    }
}

/// Gives an unfinished upload up.
pub(crate) async fn forget_chunks(
    run: &Run,
    at: Option<&LiveApp>,
    upload_url: &str,
    session: &str,
) -> Result<(), Stop> {
    let cluster = match at {
        Some(at) => run.engine.links.cluster(&run.ctx, &at.cluster).await?,
        None => Ground::of(run).await?.target,
    };
    let to = Upstream { url: upload_url, region_address: None };
    Ok(cluster.console.drop_session(&run.ctx, to, session).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_of_one_size_but_the_last() {
        let session = UploadSession { session_id: "s".into(), chunk_size: 4, total_chunks: 3, ..Default::default() };
        let mut cutter = Cutter::new(&session).unwrap();
        let mut cut = Vec::new();
        for piece in ["ab", "cdefg", "hi"] {
            cutter.push(&Bytes::from(piece));
            cut.extend(std::iter::from_fn(|| cutter.cut(false)));
        }
        cut.extend(std::iter::from_fn(|| cutter.cut(true)));
        assert_eq!(cut, ["abcd", "efgh", "i"]);
    }
}
