//! The export taken apart on this computer: its metadata, and its archives as plain files that can be read at any place.
//! Names inside are data: nothing here makes a path of them.

use crate::files;
use crate::image::{self, Guard, Guarded, Single};
use crate::problem::{Code, Problem, Retry};
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const METADATA: &str = "metadata.json";
const METADATA_LIMIT_BYTES: u64 = 32 << 20;
/// Layers are compressed already, or are programs: an export never swells like this.
const LARGEST_RATIO: u64 = 100;
const RATIO_COUNTS_FROM: u64 = 256 << 20;
/// Archives of images in one export; the platform writes two.
const MOST_ARCHIVES: usize = 1_000;

/// An archive of images, and which ones are in it.
pub(super) struct Images {
    pub path: PathBuf,
    pub singles: Vec<Single>,
}

pub(super) struct Unpacked {
    pub metadata: Value,
    pub archives: Vec<Images>,
}

impl Unpacked {
    /// The image that goes by a name.
    pub(super) fn find(&self, name: &str) -> Option<(&Path, &Single)> {
        self.archives.iter().find_map(|archive| {
            let single = archive.singles.iter().find(|single| single.is_called(name))?;
            Some((archive.path.as_path(), single))
        })
    }
}

fn no_export(why: &str) -> Problem {
    Problem::new(Code::PackageDamaged, "What the console gave is no export of a template")
        .hint("Try again: it is fetched anew")
        .fact("reason", why)
        .retry(Retry::Now)
}

/// Blocking. `is_over`: whether somebody wants it to stop.
pub(super) fn unpack(export: &Path, folder: &Path, is_over: &dyn Fn() -> bool) -> Result<Unpacked, Problem> {
    let file = File::open(export).map_err(|error| files::problem(export, "read", &error))?;
    let packed_bytes = file.metadata().map_or(0, |meta| meta.len());
    let most_bytes = packed_bytes.saturating_mul(LARGEST_RATIO).saturating_add(RATIO_COUNTS_FROM);
    let plain = flate2::read::MultiGzDecoder::new(io::BufReader::with_capacity(1 << 20, file));
    let mut tar = tar::Archive::new(Guarded::new(Bounded { inner: plain, left: most_bytes }));
    let mut metadata = None;
    let mut paths = Vec::new();
    let damaged = |error: io::Error| no_export(&error.to_string());
    for entry in tar.entries().map_err(damaged)? {
        if is_over() {
            return Err(Problem::new(Code::Cancelled, "Cancelled"));
        }
        let mut entry = entry.map_err(damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let plain = name.rsplit('/').next().unwrap_or_default().to_owned();
        if plain == METADATA && metadata.is_none() {
            let mut text = Vec::new();
            (&mut entry).take(METADATA_LIMIT_BYTES).read_to_end(&mut text).map_err(damaged)?;
            metadata = Some(crate::json::from_slice(&text).map_err(|error| no_export(&error.to_string()))?);
        } else if plain.ends_with(".tar") && paths.len() < MOST_ARCHIVES {
            let path = folder.join(format!("images-{:03}.tar", paths.len()));
            copy(&mut entry, &path)?;
            paths.push(path);
        }
    }
    // The checksum of the whole stands behind the last entry.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(damaged)?;
    let metadata = metadata.ok_or_else(|| no_export("it holds no metadata.json"))?;
    let images = |path: PathBuf| {
        let mut file = File::open(&path).map_err(|error| files::problem(&path, "read", &error))?;
        // An app without plugins has an archive of nothing, and loading that fails (goodrain/rainbond#1965).
        let singles = image::split(&mut file).map_err(|error| no_export(&error.to_string()))?;
        Ok(Images { path, singles })
    };
    let archives: Result<Vec<Images>, Problem> = paths.into_iter().map(images).collect();
    Ok(Unpacked { metadata, archives: archives? })
}

/// Bytes up to a bound; one more is an error.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let left = self.left.checked_sub(count as u64);
        self.left = left.ok_or_else(|| io::Error::other("it unpacks to far more than any export"))?;
        Ok(count)
    }
}

/// What goes wrong in reading is the export's, in writing the disk's.
fn copy(from: &mut impl Read, to: &Path) -> Result<(), Problem> {
    let unwritten = |error: io::Error| files::problem(to, "written", &error);
    let mut file = files::create(to).map_err(unwritten)?;
    let mut buffer = vec![0; 1 << 20];
    let mut guard = Guard::new();
    loop {
        let count = from.read(&mut buffer).map_err(|error| no_export(&error.to_string()))?;
        if count == 0 {
            return Ok(());
        }
        guard.push(buffer.get(..count).unwrap_or_default()).map_err(|error| no_export(&error.to_string()))?;
        io::Write::write_all(&mut file, buffer.get(..count).unwrap_or_default()).map_err(unwritten)?;
    }
}

/// The same for whoever only wants to know whether it can be taken apart.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn export(file: &Path, folder: &Path) -> Result<(), Problem> {
    unpack(file, folder, &|| false).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn header(path: &str, size: u64, kind: tar::EntryType) -> tar::Header {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(size);
        header.set_mode(0o644);
        header.set_entry_type(kind);
        header.set_cksum();
        header
    }

    /// A member of so many mebibytes of zeros.
    fn swelling(path: &str, kind: tar::EntryType, mebibytes: u64) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(header("metadata.json", 2, tar::EntryType::Regular).as_bytes()).unwrap();
        gzip.write_all(&[b"{}".as_slice(), &[0; 510]].concat()).unwrap();
        gzip.write_all(header(path, mebibytes << 20, kind).as_bytes()).unwrap();
        (0..mebibytes).for_each(|_| gzip.write_all(&vec![0; 1 << 20]).unwrap());
        gzip.finish().unwrap()
    }

    fn refused(bytes: &[u8], why: &str) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("export.tar.gz");
        std::fs::write(&path, bytes).unwrap();
        let problem = export(&path, dir.path()).unwrap_err();
        assert_eq!(problem.code, Code::PackageDamaged);
        assert!(problem.facts.iter().any(|(_, said)| said.contains(why)), "{problem:?}");
    }

    #[test]
    fn an_export_that_swells_is_refused_before_it_fills_memory_or_disk() {
        refused(&swelling("images.tar", tar::EntryType::Regular, 320), "far more");
        refused(&swelling("x", tar::EntryType::XHeader, 2), "too long");
        refused(&swelling("x", tar::EntryType::GNULongName, 2), "too long");
    }

    #[test]
    fn names_and_kinds_that_lead_elsewhere_are_refused() {
        refused(&swelling("../../x.tar", tar::EntryType::Regular, 0), "leads out");
        refused(&swelling("/x.tar", tar::EntryType::Regular, 0), "leads out");
        refused(&swelling("x.tar", tar::EntryType::Block, 0), "neither");
    }
}
