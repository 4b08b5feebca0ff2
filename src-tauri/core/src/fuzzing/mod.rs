//! Whatever reads bytes from outside, one function each: for fuzzers and for the kept corpus of hostile files. Not part of the
//! contract, and not built unless it is asked for.

#[cfg(test)]
mod codecs;
#[cfg(test)]
mod replay;

use crate::clock::SystemClock;
use crate::ctx::Ctx;
use crate::problem::{Code, Problem};
use crate::template::{self, ExportedApp};
use crate::{bak, bundle, console, engine, image, jobs, json, package};
use bytes::Bytes;
use serde_json::Value;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Of an archive that is read in pieces; odd, so that pieces end in the middle of things.
const PIECE_BYTES: usize = 4_093;
/// Of members that are read whole.
const MEMBER_LIMIT_BYTES: u64 = 32 << 20;

pub fn ticket(bytes: &[u8]) -> Result<(), Problem> {
    let record = bak::decode(bytes)?.record;
    // What was read is written as it was.
    let again = bak::encode(&record, bak::Encoding::New, bak::Salt::from_number(1));
    let read = bak::decode(again.as_bytes())?.record;
    if read.to_json() == record.to_json() { Ok(()) } else { Err(changed("a ticket")) }
}

/// Directory, both metadata files, and every member to its end.
pub fn package(bytes: &[u8]) -> Result<(), Problem> {
    let ctx = Ctx::new(Arc::new(SystemClock));
    let reader = Arc::new(InMemory(Bytes::copy_from_slice(bytes)));
    futures::executor::block_on(async {
        let package = package::Package::open(&ctx, reader).await?;
        for entry in package.entries() {
            if entry.size <= MEMBER_LIMIT_BYTES {
                package.read_member(&ctx, entry, MEMBER_LIMIT_BYTES).await?;
            }
            if entry.name.ends_with(".zip") {
                package::list_nested(&ctx, &package, entry).await?;
            }
        }
        package::load(&ctx, &package).await?;
        Ok(())
    })
}

/// Only the table of contents.
pub fn package_directory(bytes: &[u8]) -> Result<(), Problem> {
    let ctx = Ctx::new(Arc::new(SystemClock));
    let reader = Arc::new(InMemory(Bytes::copy_from_slice(bytes)));
    futures::executor::block_on(package::Package::open(&ctx, reader))?;
    Ok(())
}

pub fn region_metadata(bytes: &[u8]) -> Result<(), Problem> {
    package::AppModel::from_files(bytes, br#"{"apps": []}"#, &[])?;
    Ok(())
}

pub fn console_metadata(bytes: &[u8]) -> Result<(), Problem> {
    package::AppModel::from_files(b"[]", bytes, &[])?;
    Ok(())
}

pub fn manifest(bytes: &[u8]) -> Result<(), Problem> {
    let manifest = bundle::Manifest::parse(Path::new("bundle.tar.zst"), bytes)?;
    let again = bundle::Manifest::parse(Path::new("bundle.tar.zst"), &manifest.to_bytes())?;
    if again == manifest { Ok(()) } else { Err(changed("a manifest")) }
}

pub fn journal(bytes: &[u8]) -> Result<(), Problem> {
    match jobs::fold(bytes)? {
        Some(_) => Ok(()),
        None => Err(Problem::new(Code::NotFound, "A journal without a request is no job")),
    }
}

/// An answer of a console, with its status.
pub fn envelope(status: u16, content_type: &str, bytes: &[u8]) -> Result<(), Problem> {
    console::judged(status, content_type, bytes)?;
    Ok(())
}

/// The `metadata.json` of an application package.
pub fn import_package(bytes: &[u8]) -> Result<(), Problem> {
    let damaged =
        |why: String| Problem::new(Code::PackageDamaged, "This is no export of a template").fact("reason", why);
    let value: Value = json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
    let exported = template::read_exported(&value, &ExportedApp::default());
    let exported = exported.ok_or_else(|| damaged("it has no apps".to_owned()))?;
    let (region, console) = (exported.region.to_string(), exported.console.to_string());
    package::AppModel::from_files(region.as_bytes(), console.as_bytes(), &[])?;
    Ok(())
}

/// A whole application package, taken apart into a folder.
pub fn export(file: &Path, folder: &Path) -> Result<(), Problem> {
    engine::unpack_export(file, folder)?;
    Ok(())
}

/// An image archive, read by all who read one.
pub fn image(bytes: &[u8]) -> Result<(), Problem> {
    let damaged = |error: image::ImageError| Problem::new(Code::PackageDamaged, error.to_string());
    let mut inspector = image::Inspector::default();
    let mut measurer = image::Measurer::new();
    let mut renamer = image::Renamer::new(image::Naming::Only("r.test/x:1".to_owned()), image::Fit::Free);
    let pieces = || bytes.chunks(PIECE_BYTES).map(Bytes::copy_from_slice);
    pieces().try_for_each(|piece| inspector.push(piece)).map_err(damaged)?;
    let facts = inspector.finish().map_err(damaged)?;
    pieces().try_for_each(|piece| renamer.push(piece).map(drop)).map_err(damaged)?;
    renamer.finish().map_err(damaged)?;
    pieces().try_for_each(|piece| measurer.push(piece)).map_err(damaged)?;
    let name = facts.names().first().map(ToString::to_string).unwrap_or_default();
    measurer.finish(&name, "amd64").map_err(damaged)?;
    image::split(&mut std::io::Cursor::new(bytes)).map_err(damaged)?;
    if facts.has_images() { Ok(()) } else { Err(Problem::new(Code::PackageDamaged, "The archive holds no image")) }
}

fn changed(what: &str) -> Problem {
    Problem::new(Code::Internal, format!("What was read of {what} is written as something else"))
}

struct InMemory(Bytes);

#[async_trait::async_trait]
impl package::RangeReader for InMemory {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, package::ReadFault> {
        let cut = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(self.0.len());
        Ok(self.0.slice(cut(range.start)..cut(range.end)))
    }
}
