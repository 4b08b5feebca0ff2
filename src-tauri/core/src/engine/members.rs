//! The members of a package, wherever it lies: listed from its directory, and one of them saved alone. Of a package in a store
//! only what is asked for is read.

use crate::ctx::Ctx;
use crate::engine::plan::PlanSource;
use crate::engine::preflight::source::{self, StoreReader};
use crate::engine::{Engine, origin};
use crate::files;
use crate::package::{Entry, Package, RangeReader};
use crate::problem::{Code, Problem};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Opens the package of a backup or of a bundle.
pub(crate) async fn open(engine: &Engine, ctx: &Ctx, from: &PlanSource) -> Result<Package, Problem> {
    let reader: Arc<dyn RangeReader> = match from {
        PlanSource::Backup { cluster, team, backup } => {
            let seen = source::of_backup(engine, ctx, cluster, team, backup).await?;
            let (object, facts) = seen.found.and_then(|found| Ok((found.object, found.facts?)))?;
            let store = seen.cluster.store(&object.bucket).await?;
            let (size, etag, read_bytes) = (facts.size, facts.etag, Arc::default());
            Arc::new(StoreReader { store, key: object.key, size, etag, read_bytes })
        }
        PlanSource::File { path } => origin::in_bundle(engine, Path::new(path)).await?,
        PlanSource::App { .. } => {
            return Err(Problem::new(Code::BadRequest, "An app has no package; its backups have"));
        }
    };
    Ok(Package::open(ctx, reader).await?)
}

/// Writes one member to a file that is not there yet; its size and checksum are proven before the file gets its name.
pub(crate) async fn save(ctx: &Ctx, package: &Package, name: &str, to: &Path) -> Result<Entry, Problem> {
    let entry = package.entries().iter().find(|entry| entry.name == name).cloned().ok_or_else(|| {
        Problem::new(Code::NotFound, format!("The package holds no {name}")).hint("List what is inside first")
    })?;
    if to.exists() {
        return Err(exists(to));
    }
    let free_bytes = to.parent().and_then(files::free_bytes).unwrap_or(u64::MAX);
    if entry.size > free_bytes {
        let short = Problem::new(Code::DiskFull, format!("{name} is larger than what is free where it is to go"));
        return Err(short.hint("Choose another folder").fact("bytes", entry.size.to_string()));
    }
    let part = files::part_of(to);
    let saved = write(ctx, package, &entry, &part).await;
    let named = saved.and_then(|()| {
        files::give_name(&part, to).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(to),
            _ => files::problem(to, "written", &error),
        })
    });
    if named.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    named.map(|()| entry)
}

async fn write(ctx: &Ctx, package: &Package, entry: &Entry, part: &Path) -> Result<(), Problem> {
    let failed = |error: std::io::Error| files::problem(part, "written", &error);
    let mut file = files::create(part).map_err(failed)?;
    let mut member = package.open_member(ctx, entry).await?;
    while let Some(chunk) = member.chunk(ctx).await? {
        file.write_all(&chunk).map_err(failed)?;
    }
    file.sync_all().map_err(failed)
}

fn exists(to: &Path) -> Problem {
    Problem::new(Code::FileExists, format!("{} is there already", to.display())).hint("Choose another name")
}
