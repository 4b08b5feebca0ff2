//! The Copy chapter of a package that the target could not restore as it is: mended while it streams to the target's store
//! (protocol.md §11.6). Bundle and source keep the original.

use crate::bundle;
use crate::console::era::{self, Era};
use crate::engine::claim::{self, Ground};
use crate::engine::ledger::JournalLedger;
use crate::engine::links::Cluster;
use crate::engine::preflight::source::StoreReader;
use crate::engine::runner::{Run, Stop};
use crate::engine::{deliver, landing};
use crate::jobs::fact::{Fact, Repaired, UploadTarget};
use crate::jobs::request::{ObjectRef, Repair};
use crate::line::LineCode;
use crate::package::{self, AppModel, Package, RangeReader, ReadFault};
use crate::problem::{Code, Problem};
use crate::repair::{self, Ahead, Doubtful, Forward, Mended, MetadataKey, Recipe, Tail, VolumeData};
use crate::storage::Etag;
use crate::transfer::{self, StreamError, StreamSource};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const METADATA: [&str; 2] = ["region_apps_metadata.json", "console_apps_metadata.json"];
const METADATA_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// Where the original is.
pub(crate) enum Origin {
    Object(transfer::ObjectRef),
    Bundle(PathBuf),
}

/// How repairs are brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing is mended.
    Plain,
    /// The package goes as it is; the mended metadata lies beside it and wins (§6.7, E6).
    Beside,
    /// The package itself is mended.
    Within,
}

pub(crate) fn way(era: Era, repairs: &[Repair]) -> Way {
    let only_metadata = repairs.iter().all(|repair| matches!(repair, Repair::DropKeys { .. } | Repair::DropRelations));
    match repairs {
        [] => Way::Plain,
        _ if only_metadata && era.uses_region_storage() => Way::Beside,
        _ => Way::Within,
    }
}

fn recipe(repairs: &[Repair], model: &AppModel) -> Recipe {
    let mut recipe = Recipe::default();
    for repair in repairs {
        match repair {
            Repair::KeepRoots => recipe.data = VolumeData::KeepRoots,
            Repair::DropData => recipe.data = VolumeData::Dropped,
            Repair::RenameImages { registry } => recipe.names = repair::image_names(model, registry),
            Repair::DropKeys { keys } => {
                recipe.drop_keys = keys.iter().filter_map(|key| MetadataKey::parse(key)).collect();
            }
            Repair::DropRelations => recipe.drop_relations = true,
        }
    }
    recipe
}

/// A package and what will be done to it, ready to be streamed.
struct Opened {
    package: Arc<Package>,
    recipe: Recipe,
    source: StreamSource,
}

async fn open(run: &Run, origin: &Origin, repairs: &[Repair]) -> Result<Opened, Stop> {
    let (package, model, name, etag) = match origin {
        Origin::Object(from) => {
            let facts = from.store.head(&from.key).await?;
            let etag = facts.etag.clone();
            let reader = Ahead::new(Arc::new(reader(from, facts.size, facts.etag)));
            let package = Package::open(&run.ctx, Arc::new(reader)).await?;
            let model = package::load(&run.ctx, &package).await?;
            (package, model, from.to_string(), etag)
        }
        Origin::Bundle(path) => {
            // Read once to its end: its directory lies there, and every checksum of the bundle is proven before a byte is sent.
            let tail = Tail::of(bundle::package_stream(&run.ctx, &run.engine.keys, path, &Arc::default())).await?;
            let stream = bundle::package_stream(&run.ctx, &run.engine.keys, path, &Arc::default())
                .map_err(ReadFault::from)
                .boxed();
            let package = Package::open(&run.ctx, Arc::new(Forward::new(&tail, stream))).await?;
            let model = crate::engine::head::Head::open(&run.engine.keys, path).await?.model()?;
            (package, model, path.display().to_string(), None)
        }
    };
    let source = StreamSource { name, size: package.size(), tag: Some(tag(etag.as_ref(), repairs)) };
    Ok(Opened { package: Arc::new(package), recipe: recipe(repairs, &model), source })
}

fn reader(of: &transfer::ObjectRef, size: u64, etag: Option<Etag>) -> StoreReader {
    StoreReader { store: of.store.clone(), key: of.key.clone(), size, etag, read_bytes: Arc::default() }
}

/// Changes when the source or what is done to it does: a resume with another one would mix two packages.
fn tag(etag: Option<&Etag>, repairs: &[Repair]) -> Etag {
    let said = format!("{:?} {repairs:?}", etag.map(Etag::plain));
    Etag::new(format!("mended-{}", hex::encode(Sha256::digest(said.as_bytes()))))
}

/// Sends the mended package, or proves that it lies there; its size.
pub(crate) async fn deliver(
    run: &Run,
    origin: &Origin,
    repairs: &[Repair],
    to: &transfer::ObjectRef,
    upload: UploadTarget,
) -> Result<u64, Stop> {
    let done = run.record().objects.into_iter().find(|done| done.object == upload);
    if let Some(done) = done {
        return Ok(done.size_bytes);
    }
    match claim::ground(run, &upload, to).await? {
        Ground::Ours => send(run, origin, repairs, to, upload).await,
        Ground::Taken(found) => {
            let opened = open(run, origin, repairs).await?;
            let (mut stream, doubtful) = repair::mended(&run.ctx, opened.package.clone(), &opened.recipe);
            let mut hash = Sha256::new();
            while let Some(piece) = stream.try_next().await? {
                hash.update(&piece);
            }
            let same = hex::encode(hash.finalize()) == transfer::hash_object(&run.ctx, to, &found).await?;
            claim::use_as_it_is(run, to, same)?;
            compare(run, &opened, to, &doubtful).await?;
            Ok(found.size)
        }
    }
}

async fn send(
    run: &Run,
    origin: &Origin,
    repairs: &[Repair],
    to: &transfer::ObjectRef,
    upload: UploadTarget,
) -> Result<u64, Stop> {
    let ledger = JournalLedger { job: run.job.clone(), clock: run.ctx.clock.clone(), object: Some(upload.clone()) };
    let mut again = true;
    loop {
        let opened = open(run, origin, repairs).await?;
        let (stream, doubtful) = repair::mended(&run.ctx, opened.package.clone(), &opened.recipe);
        match put(run, &opened, stream, to, &ledger).await {
            // The store forgot the upload; the next one begins with the first byte.
            Err(StreamError::Transfer(error)) if error.is_upload_gone() && again => again = false,
            sent => {
                let copied = sent?;
                compare(run, &opened, to, &doubtful).await?;
                deliver::note_copied(run, upload, &copied).await?;
                return Ok(copied.bytes);
            }
        }
    }
}

async fn put(
    run: &Run,
    opened: &Opened,
    stream: Mended,
    to: &transfer::ObjectRef,
    ledger: &JournalLedger,
) -> Result<transfer::Copied, StreamError<repair::RepairError>> {
    let most = repair::most_bytes(&opened.package, &opened.recipe);
    let progress = run.job.progress();
    transfer::upload_open_ended(&run.ctx, &opened.source, most, stream, to, &deliver::options(), ledger, &progress)
        .await
}

/// What lies at the target, member by member.
async fn compare(run: &Run, opened: &Opened, to: &transfer::ObjectRef, doubtful: &Doubtful) -> Result<(), Stop> {
    let found = to.store.head(&to.key).await?;
    let target = Package::open(&run.ctx, Arc::new(reader(to, found.size, found.etag))).await?;
    let compared = repair::compare(&opened.package, &target, &opened.recipe)?;
    let facts = [("same", compared.same_count.to_string()), ("names", compared.rewritten.join(", "))];
    let repaired = Repaired {
        same_count: compared.same_count,
        rewritten: compared.rewritten,
        dropped: compared.dropped,
        doubtful: doubtful.names(),
    };
    run.note(Fact::Repaired { repaired })?;
    Ok(run.say(LineCode::LogMended, facts)?)
}

/// The two metadata files where an E6 region looks for them first: both, or it reads those in the package (§6.7).
pub(crate) async fn put_beside(run: &Run, origin: &Origin, repairs: &[Repair], target: &Cluster) -> Result<(), Stop> {
    let ticket = landing::ticket(&run.record())?;
    let file = ticket.source_dir.rsplit('/').next().unwrap_or_default();
    let package = era::PackageRef { group_uuid: &ticket.group_uuid, version: &ticket.version, file };
    let places = era::metadata_override_keys(package);
    let [region, console] = metadata(run, origin).await?;
    let mended = repair::mend_console(&console, &recipe(repairs, &AppModel::default()))?;
    let files = [region, mended.map_or(console, Bytes::from)];
    for (place, bytes) in places.into_iter().zip(files) {
        let object = ObjectRef { cluster: target.id.clone(), bucket: place.bucket, key: place.key };
        put_file(run, target, object, bytes).await?;
    }
    Ok(())
}

async fn put_file(run: &Run, target: &Cluster, object: ObjectRef, bytes: Bytes) -> Result<(), Stop> {
    let to = transfer::ObjectRef::new(target.store(&object.bucket).await?, object.key.clone());
    let (upload, size_bytes) = (UploadTarget::Object(object), bytes.len() as u64);
    if run.record().objects.iter().any(|done| done.object == upload) {
        return Ok(());
    }
    let sha256 = hex::encode(Sha256::digest(&bytes));
    match claim::ground(run, &upload, &to).await? {
        Ground::Ours => {
            to.store.put(&to.key, vec![bytes]).await?;
            run.note(Fact::ObjectDone { object: upload, size_bytes, sha256: Some(sha256) })?;
            Ok(run.say(LineCode::LogMetadataBeside, [("key", to.key.clone())])?)
        }
        Ground::Taken(found) => {
            let same = transfer::hash_object(&run.ctx, &to, &found).await? == sha256;
            claim::use_as_it_is(run, &to, same)
        }
    }
}

async fn metadata(run: &Run, origin: &Origin) -> Result<[Bytes; 2], Stop> {
    let missing = |name: &str| Problem::new(Code::PackageDamaged, format!("{name} is not there"));
    match origin {
        Origin::Object(from) => {
            let facts = from.store.head(&from.key).await?;
            let reader: Arc<dyn RangeReader> = Arc::new(reader(from, facts.size, facts.etag));
            let package = Package::open(&run.ctx, reader).await?;
            let mut files = [Bytes::new(), Bytes::new()];
            for (file, name) in files.iter_mut().zip(METADATA) {
                let entry = package.find(name).ok_or_else(|| missing(name))?;
                *file = package.read_member(&run.ctx, entry, METADATA_LIMIT_BYTES).await?;
            }
            Ok(files)
        }
        Origin::Bundle(path) => of_bundle(run, path, missing).await,
    }
}

async fn of_bundle(run: &Run, path: &Path, missing: impl Fn(&str) -> Problem) -> Result<[Bytes; 2], Stop> {
    let opened = bundle::open(&run.engine.keys, path).await?;
    let file = |name: &str| {
        let found = opened.metadata.iter().find(|(known, _)| known == name);
        found.map(|(_, bytes)| Bytes::from(bytes.clone())).ok_or_else(|| missing(name))
    };
    let [region, console] = METADATA;
    Ok([file(region)?, file(console)?])
}
