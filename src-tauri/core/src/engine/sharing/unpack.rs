//! The export taken apart on this computer: its metadata, and its archives as plain files that can be read at any place.
//! Names inside are data: nothing here makes a path of them.

use crate::files;
use crate::image::{self, Single};
use crate::problem::{Code, Problem, Retry};
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const METADATA: &str = "metadata.json";
const METADATA_LIMIT_BYTES: u64 = 64 << 20;
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
    let mut tar = tar::Archive::new(flate2::read::MultiGzDecoder::new(io::BufReader::with_capacity(1 << 20, file)));
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
            metadata = Some(serde_json::from_slice(&text).map_err(|error| no_export(&error.to_string()))?);
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

/// What goes wrong in reading is the export's, in writing the disk's.
fn copy(from: &mut impl Read, to: &Path) -> Result<(), Problem> {
    let unwritten = |error: io::Error| files::problem(to, "written", &error);
    let mut file = files::create(to).map_err(unwritten)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = from.read(&mut buffer).map_err(|error| no_export(&error.to_string()))?;
        if count == 0 {
            return Ok(());
        }
        io::Write::write_all(&mut file, buffer.get(..count).unwrap_or_default()).map_err(unwritten)?;
    }
}
