//! The exported file comes to this computer. What came before a broken line is kept: the region serves the rest.

use super::{Source, folder, work};
use crate::console::Upstream;
use crate::engine::runner::{Run, Step, Stop};
use crate::files;
use crate::jobs::PhaseName;
use crate::jobs::fact::Fact;
use crate::line::LineCode;
use crate::problem::{Code, Problem, Retry};
use crate::transfer::{Parts, Progress};
use futures::StreamExt;
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt;

const FILE: &str = "export.tar.gz";
/// What is unpacked, and the bundle made of it: no more than this times the file.
pub(super) const ROOM: u64 = 3;

pub(super) struct Fetch;

#[async_trait::async_trait]
impl Step for Fetch {
    fn phase(&self) -> PhaseName {
        PhaseName::Fetch
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        if run.record().sharing.fetched.is_some() || run.record().file.is_some() {
            return Ok(());
        }
        let url = run
            .record()
            .sharing
            .url
            .ok_or_else(|| Problem::new(Code::Internal, "Where the export lies is not known"))?;
        let source = Source::of(run, &work(run)?.app).await?;
        let folder = folder(run);
        run.note(Fact::ExportFetching { folder: folder.display().to_string() })?;
        files::make_folder(&folder).map_err(|error| files::problem(&folder, "made", &error))?;
        let path = folder.join(FILE);
        let bytes = fetch(run, &source, &url, &path).await?;
        run.note(Fact::ExportFetched { path: path.display().to_string() })?;
        Ok(run.say(LineCode::LogExportFetched, [("bytes", bytes.to_string())])?)
    }
}

async fn fetch(run: &Run, source: &Source, url: &str, path: &Path) -> Result<u64, Stop> {
    let progress = run.job.progress();
    loop {
        let closed_times = progress.valve().closed_times();
        match once(run, source, url, path, &progress).await {
            // Held back for long, a connection is lost: no fault of the region's.
            Err(Stop::Problem(problem))
                if problem.code == Code::Unreachable && progress.valve().closed_times() != closed_times => {}
            other => return other,
        }
    }
}

async fn once(run: &Run, source: &Source, url: &str, path: &Path, progress: &Progress) -> Result<u64, Stop> {
    let part = path.with_extension("part");
    // The last byte is asked for again: of a file that is there whole, only without its name, no range would be left to give.
    let there = part.metadata().map_or(0, |meta| meta.len()).saturating_sub(1);
    let from = Upstream { url, region_address: None };
    let (opened, stream) = source.cluster.console.download_export(&run.ctx, from, there).await?;
    let total = opened.total.unwrap_or(0);
    room(path, total)?;
    progress.begin(Parts::for_source(total, None));
    progress.read(opened.from);
    progress.part_done(opened.from);
    let done = write(run, &part, opened.from, Box::pin(stream), progress).await?;
    if total > 0 && done != total {
        return Err(Problem::new(Code::Unreachable, format!("The download ended after {done} of {total} bytes"))
            .hint("Try again: it goes on where it stopped")
            .retry(Retry::Now)
            .into());
    }
    std::fs::rename(&part, path).map_err(|error| files::problem(path, "renamed", &error))?;
    files::sync_folder(path);
    Ok(done)
}

fn room(path: &Path, total: u64) -> Result<(), Problem> {
    let folder = path.parent().unwrap_or(path);
    let needed = total.saturating_mul(ROOM);
    match files::free_bytes(folder) {
        Some(free) if free < needed => {
            let problem = Problem::new(Code::DiskFull, format!("No room on the disk for {}", folder.display()));
            let problem = problem.hint("Free some space and try again");
            Err(problem.fact("needed", needed.to_string()).fact("free", free.to_string()).retry(Retry::Later))
        }
        _ => Ok(()),
    }
}

async fn write<S>(run: &Run, part: &PathBuf, from: u64, mut stream: S, progress: &Progress) -> Result<u64, Stop>
where
    S: futures::Stream<Item = Result<bytes::Bytes, crate::console::ConsoleError>> + Unpin,
{
    let failed = |error: std::io::Error| files::problem(part, "written", &error);
    let opened =
        tokio::fs::OpenOptions::from(files::private()).create(true).write(true).truncate(false).open(part).await;
    let mut file = opened.map_err(failed)?;
    file.set_len(from).await.map_err(failed)?;
    tokio::io::AsyncSeekExt::seek(&mut file, std::io::SeekFrom::Start(from)).await.map_err(failed)?;
    let mut done = from;
    loop {
        let piece = tokio::select! {
            biased;
            () = run.ctx.cancel.cancelled() => {
                file.flush().await.map_err(failed)?;
                return Err(Stop::Cancelled);
            }
            piece = stream.next() => piece,
        };
        let Some(piece) = piece else { break };
        // What came is kept for the next try.
        let piece = match piece {
            Ok(piece) => piece,
            Err(error) => {
                file.flush().await.map_err(failed)?;
                return Err(error.into());
            }
        };
        // Pause and limits take hold here: what is not read waits at the region.
        tokio::select! {
            biased;
            () = run.ctx.cancel.cancelled() => {
                file.flush().await.map_err(failed)?;
                return Err(Stop::Cancelled);
            }
            () = progress.valve().pass(piece.len() as u64) => {}
        }
        file.write_all(&piece).await.map_err(failed)?;
        done += piece.len() as u64;
        progress.read(piece.len() as u64);
        progress.part_done(piece.len() as u64);
    }
    file.flush().await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    Ok(done)
}
