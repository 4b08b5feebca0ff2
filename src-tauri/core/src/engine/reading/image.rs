//! The helper's image into the registry of the source's cluster, in chunks (rebuild.md §7.1). It is small: what a break cuts off
//! is sent again.

use super::Source;
use crate::console::era::{self, ImageUpload};
use crate::console::{ConsoleError, LoadState, NewSession, Upstream};
use crate::engine::links::Cluster;
use crate::engine::rebuild::helper::ARCH;
use crate::engine::restore::{FIRST_PAUSE, Pauses, pass_by};
use crate::engine::runner::Stop;
use crate::image::same_name;
use crate::jobs::ImageProgress;
use crate::jobs::reading::ReadStep;
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use crate::volumes::Agent;
use bytes::Bytes;
use chrono::TimeDelta;

const FILE: &str = "rainferry-helper.tar";
/// What the region takes most of at once is 20 MiB.
const CHUNK_BYTES: usize = 8 * 1024 * 1024;
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// Whether the source's registry can be given an image by calls, in chunks.
pub(crate) fn supports(cluster: &Cluster) -> Result<bool, Problem> {
    Ok(era::install_rules(cluster.versions()?).image_upload == ImageUpload::Chunks)
}

impl Source<'_> {
    /// The helper's name in the cluster's registry.
    pub(super) async fn image(&self) -> Result<String, Stop> {
        if let Some(image) = self.sent().there {
            return Ok(image);
        }
        let agent = Agent::for_arch(ARCH).map_err(Problem::from)?;
        let (ctx, console, scope) = (&self.run.ctx, &self.cluster.console, &self.scope);
        if self.sent().event.is_empty() {
            let record = console.create_upload(ctx, scope).await?;
            self.note(ReadStep::ImageOpened { event: record.event_id, upload_url: record.upload_url })?;
        }
        let place = self.sent();
        if !place.sent {
            self.send(&agent.archive()).await?;
            self.note(ReadStep::ImageSent)?;
        }
        let load = match place.load {
            Some(load) => load,
            None => {
                let load = match console.load_image(ctx, scope, &place.event).await {
                    // It was asked for by a run that never heard the answer, and what was sent is used up.
                    Err(ConsoleError::Refused(_)) if place.sent => {
                        self.note(ReadStep::ImageFailed)?;
                        return Box::pin(self.image()).await;
                    }
                    answer => answer?,
                };
                self.note(ReadStep::ImageLoading { load: load.clone() })?;
                load
            }
        };
        let image = self.loaded(&agent, &load).await?;
        self.note(ReadStep::ImageThere { image: image.clone() })?;
        self.run.say(LineCode::LogReaderThere, [("cluster", self.cluster.name())])?;
        Ok(image)
    }

    fn sent(&self) -> ImageProgress {
        self.run.record().reading.image
    }

    async fn send(&self, archive: &[u8]) -> Result<(), Stop> {
        let (ctx, console) = (&self.run.ctx, &self.cluster.console);
        let place = self.sent();
        let to = Upstream { url: &place.upload_url, region_address: None };
        let new = NewSession {
            file_name: FILE.to_owned(),
            file_size: archive.len() as u64,
            file_md5: String::new(),
            chunk_size: CHUNK_BYTES as u64,
        };
        let session = console.open_session(ctx, to, &new).await?;
        if place.session.as_ref() != Some(&session.session_id) {
            self.note(ReadStep::ImageSession { session: session.session_id.clone() })?;
        }
        let chunk = usize::try_from(session.chunk_size).unwrap_or(CHUNK_BYTES).max(1);
        for (index, bytes) in archive.chunks(chunk).enumerate() {
            let bytes = Bytes::copy_from_slice(bytes);
            console.send_chunk(ctx, to, &session.session_id, index as u64, bytes).await?;
        }
        Ok(console.close_session(ctx, to, &session.session_id).await?)
    }

    async fn loaded(&self, agent: &Agent, load: &str) -> Result<String, Stop> {
        let deadline = self.run.ctx.clock.now() + PATIENCE;
        let mut pauses = Pauses(FIRST_PAUSE);
        loop {
            let polled = self.cluster.console.image_load(&self.run.ctx, &self.scope, load).await;
            let state = match polled {
                Ok(state) => state,
                Err(error) => {
                    pass_by(error)?;
                    crate::console::TarLoad::default()
                }
            };
            match state.state {
                LoadState::Success => {
                    let ours = state.targets.iter().find(|(name, _)| same_name(name, agent.image_name()));
                    return match ours {
                        Some((_, target)) => Ok(target.clone()),
                        None => Err(self.not_loaded("its name is not among those that were loaded")?),
                    };
                }
                LoadState::PartialSuccess | LoadState::Failure => return Err(self.not_loaded(&state.message)?),
                LoadState::Loading | LoadState::Other if self.run.ctx.clock.now() >= deadline => {
                    return Err(self.not_loaded("it took too long")?);
                }
                LoadState::Loading | LoadState::Other => self.run.ctx.sleep(pauses.next()).await?,
            }
        }
    }

    fn not_loaded(&self, why: &str) -> Result<Stop, Problem> {
        self.note(ReadStep::ImageFailed)?;
        let what = format!("{} could not load the helper's image", self.cluster.name());
        let hint = "Its registry may be full or down. Nothing was stopped; try again, or plan without reading";
        Ok(Problem::new(Code::ConsoleRefused, what).hint(hint).fact("reason", why).retry(Retry::Later).into())
    }
}
