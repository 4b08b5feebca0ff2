//! Looks into a bundle without reading its package, and gives the package out as a stream.

use super::error::BundleError;
use super::manifest::{Entry, Manifest};
use super::names::{Place, place};
use super::ranges::begins_after;
use super::scan::Scan;
use super::seal::Keys;
use super::verify::check_all;
use super::write::Passed;
use crate::ctx::Ctx;
use bytes::Bytes;
use futures::Stream;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// What a bundle says before its package: whether that is so, [`super::verify()`] tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Opened {
    pub path: PathBuf,
    pub file_bytes: u64,
    pub manifest: Manifest,
    /// `app.bak`.
    pub ticket: Option<Vec<u8>>,
    /// `app.old.bak`.
    pub old_ticket: Option<Vec<u8>>,
    /// File names below `metadata/`, with their content.
    pub metadata: Vec<(String, Vec<u8>)>,
    /// Its name below `package/`, and its size.
    pub package: Entry,
    /// Where its content begins in the unpacked archive.
    pub package_begins: u64,
}

/// Reads the first entries of a bundle, whatever the size of its package.
pub(crate) async fn open(keys: &Arc<Keys>, path: &Path) -> Result<Opened, BundleError> {
    let (keys, owned) = (Arc::clone(keys), path.to_owned());
    let opened = tokio::task::spawn_blocking(move || open_blocking(&keys, &owned)).await;
    opened.map_err(|source| BundleError::Broken { path: path.to_owned(), source })?
}

fn open_blocking(keys: &Keys, path: &Path) -> Result<Opened, BundleError> {
    let file_bytes = std::fs::metadata(path).map_err(|error| BundleError::file(path, "read", 0, error))?.len();
    let mut scan = Scan::open(keys, path, Arc::default())?;
    let manifest = scan.manifest.clone();
    let package = Entry { name: String::new(), size: 0 };
    let mut opened = Opened {
        path: path.to_owned(),
        file_bytes,
        manifest: manifest.clone(),
        ticket: None,
        old_ticket: None,
        metadata: Vec::new(),
        package,
        package_begins: begins_after(before(&scan)),
    };
    for entry in &manifest.entries {
        scan.expect(entry)?;
        let file = entry.name.rsplit('/').next().unwrap_or_default().to_owned();
        match place(&entry.name) {
            Some(Place::Ticket) => opened.ticket = Some(scan.small(entry)?),
            Some(Place::OldTicket) => opened.old_ticket = Some(scan.small(entry)?),
            Some(Place::Metadata) => opened.metadata.push((file, scan.small(entry)?)),
            // The last of them: its bytes are left where they are.
            Some(Place::Package) => opened.package = Entry { name: file, size: entry.size },
            None => return Err(scan.altered(&entry.name, "no entry may have this name")),
        }
    }
    Ok(opened)
}

/// Sizes of what stands before the package.
fn before(scan: &Scan) -> impl Iterator<Item = u64> {
    let small = scan.manifest.entries.iter().rev().skip(1).map(|entry| entry.size);
    std::iter::once(scan.manifest_bytes.len() as u64).chain(small)
}

/// The package of a bundle, in order. If anything in the bundle is not as it was written, the last item is the error: what
/// came before must then not be used.
pub(crate) struct PackageStream(mpsc::Receiver<Result<Bytes, BundleError>>);

impl Stream for PackageStream {
    type Item = Result<Bytes, BundleError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// Chunks of a megabyte that wait for a slow reader.
const WAITING: usize = 8;

/// Streams the package while the whole bundle is checked. Dropping the stream ends the work.
pub(crate) fn package_stream(ctx: &Ctx, keys: &Arc<Keys>, path: &Path, passed: &Arc<Passed>) -> PackageStream {
    let (sender, receiver) = mpsc::channel(WAITING);
    let (path, cancel, counter) = (path.to_owned(), ctx.cancel.clone(), passed.counter());
    let keys = Arc::clone(keys);
    tokio::task::spawn_blocking(move || {
        let hand_on = |chunk| sender.blocking_send(Ok(chunk)).map_err(|_| BundleError::Cancelled);
        if let Err(error) = check_all(&keys, &path, &cancel, counter, hand_on) {
            // Nobody may be there to hear it.
            let _ = sender.blocking_send(Err(error));
        }
    });
    PackageStream(receiver)
}
