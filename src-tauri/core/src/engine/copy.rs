//! Copy: the transfer engine alone, between objects and files. As durable as any job.

use crate::ctx::Ctx;
use crate::engine::claim::{self, Ground};
use crate::engine::ledger::JournalLedger;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{Engine, deliver, problems};
use crate::ids::ClusterId;
use crate::jobs::fact::{Fact, UploadTarget};
use crate::jobs::request::{Address, CopyWay, CopyWork, JobRequest, ObjectRef, Work};
use crate::jobs::{PhaseName, ReportView};
use crate::line::{Line, LineCode};
use crate::place::Place;
use crate::problem::{Code, Problem};
use crate::transfer::{self, Copied, OnExisting, Proving, Way};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The transfer engine alone, between objects and files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CopyRequest {
    /// `s3://<console>/<cluster>/<bucket>/<key>` of a saved store, or a path.
    pub source: String,
    pub target: String,
    /// `s3://<bucket>/<key>` is taken from the environment's store.
    #[serde(default)]
    pub environment: bool,
    /// Overwrite what lies at the target.
    #[serde(default)]
    pub overwrite: bool,
    /// Compute the SHA-256 of the whole. Without it the fastest way is taken whose result can be proven.
    #[serde(default)]
    pub sha256: bool,
    #[serde(default)]
    pub way: Option<CopyWay>,
    /// For measuring: do not compare what arrived.
    #[serde(default)]
    pub unproven: bool,
}

/// Reads two addresses into a job.
pub(crate) async fn request(engine: &Engine, ctx: &Ctx, asked: CopyRequest) -> Result<JobRequest, Problem> {
    let (source, target) = (asked.source.as_str(), asked.target.as_str());
    let work = CopyWork {
        source: address(engine, ctx, source, asked.environment).await?,
        target: address(engine, ctx, target, asked.environment).await?,
        overwrite: asked.overwrite,
        sha256: asked.sha256,
        way: asked.way,
        unproven: asked.unproven,
    };
    let place = |text: &str, address: &Address| match address {
        Address::File { path } => Place::ThisComputer { path: path.clone() },
        Address::Object(_) | Address::Environment { .. } => Place::Object { address: text.to_owned() },
    };
    let name = source.rsplit('/').next().unwrap_or(source).to_owned();
    let places = (place(source, &work.source), place(target, &work.target));
    Ok(engine.request(name, places.0, places.1, Work::Copy(work)))
}

/// `s3://console/cluster/bucket/key`; of the environment `s3://bucket/key` or `http://endpoint/bucket/key`; or a path.
pub(crate) async fn address(engine: &Engine, ctx: &Ctx, text: &str, environment: bool) -> Result<Address, Problem> {
    if let Some(address) = elsewhere(text).filter(|_| environment) {
        return Ok(address);
    }
    let Some(rest) = text.strip_prefix("s3://") else { return Ok(Address::File { path: text.to_owned() }) };
    let malformed = || {
        Problem::new(Code::BadRequest, format!("“{text}” is no address of an object"))
            .hint("Write s3://console/cluster/bucket/key, or s3://bucket/key with the environment's store")
    };
    if environment {
        let (bucket, key) =
            rest.split_once('/').filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty()).ok_or_else(malformed)?;
        return Ok(Address::Environment { bucket: bucket.to_owned(), key: key.to_owned(), endpoint: None });
    }
    let mut words = rest.splitn(4, '/');
    let (Some(console), Some(cluster), Some(bucket), Some(key)) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(malformed());
    };
    let profile = engine.book.consoles().into_iter().find(|profile| profile.name == console);
    let profile = profile.ok_or_else(|| Problem::new(Code::NotFound, format!("There is no console “{console}”")))?;
    let id = ClusterId::of(&profile.id, cluster);
    let known = engine.links.known(ctx, &profile.id).await?;
    if !known.regions.iter().any(|region| region.name == cluster) {
        return Err(Problem::new(Code::NotFound, format!("{console} has no cluster “{cluster}”")));
    }
    Ok(Address::Object(ObjectRef { cluster: id, bucket: bucket.to_owned(), key: key.to_owned() }))
}

/// `http://endpoint/bucket/key`: another store that takes the environment's keys.
fn elsewhere(text: &str) -> Option<Address> {
    let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let mut words = rest.splitn(3, '/');
    let (host, bucket, key) = (words.next()?, words.next()?, words.next()?);
    let endpoint = Some(format!("{scheme}://{host}"));
    let is_whole = [host, bucket, key].iter().all(|word| !word.is_empty());
    is_whole.then(|| Address::Environment { bucket: bucket.to_owned(), key: key.to_owned(), endpoint })
}

fn upload(address: &Address) -> Option<UploadTarget> {
    match address {
        Address::Object(object) => Some(UploadTarget::Object(object.clone())),
        Address::Environment { bucket, key, endpoint } => {
            let (bucket, key, endpoint) = (bucket.clone(), key.clone(), endpoint.clone());
            Some(UploadTarget::Environment { bucket, key, endpoint })
        }
        Address::File { .. } => None,
    }
}

pub(crate) struct CopyObject;

#[async_trait::async_trait]
impl Step for CopyObject {
    fn phase(&self) -> PhaseName {
        PhaseName::Copy
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let Work::Copy(work) = run.record().request.work else { return Ok(()) };
        let copied = copy(run, &work).await?;
        if let Some(object) = upload(&work.target) {
            deliver::note_copied(run, object, &copied).await?;
        } else if let Address::File { path } = &work.target {
            let sha256 = copied.sha256.clone().unwrap_or_default();
            run.note(Fact::FileDone { path: path.clone(), size_bytes: copied.bytes, sha256 })?;
        }
        let facts = [("bytes", copied.bytes.to_string()), ("address", run.record().request.target.name())];
        let report = ReportView {
            arrived: vec![Line::new(LineCode::ReportCopied, facts)],
            sha256: copied.sha256,
            ..ReportView::default()
        };
        Ok(run.note(Fact::Reported { report: Box::new(report) })?)
    }
}

async fn copy(run: &Run, work: &CopyWork) -> Result<Copied, Stop> {
    let (from, to) = (upload(&work.source), upload(&work.target));
    let ledger = JournalLedger { job: run.job.clone(), clock: run.ctx.clock.clone(), object: to.clone() };
    let mut options = deliver::options();
    options.whole_sha256 = work.sha256;
    options.way = work.way.map(|way| match way {
        CopyWay::Buffered => Way::Buffered,
        CopyWay::Streamed => Way::Streamed,
    });
    if work.unproven {
        options.proving = Proving::Skip;
    }
    options.on_existing = if work.overwrite { OnExisting::Replace } else { OnExisting::Refuse };
    let progress = run.job.progress();
    if let Some(to) = &to {
        refuse_existing(run, to, work.overwrite).await?;
    }
    match (from, to, &work.source, &work.target) {
        (Some(from), Some(to), ..) => {
            let (from, to) = (object(run, &from).await?, object(run, &to).await?);
            if from.store.identity().same_endpoint(to.store.identity()) {
                let inside = transfer::server_copy(&run.ctx, &from, &to, &options, &ledger, &progress).await;
                if let Some(copied) = inside.map(Some).or_else(problems::if_lacking)? {
                    return Ok(copied);
                }
            }
            Ok(transfer::copy_object(&run.ctx, &from, &to, &options, &ledger, &progress).await?)
        }
        (None, Some(to), Address::File { path }, _) => {
            let to = object(run, &to).await?;
            Ok(transfer::upload_file(&run.ctx, Path::new(path), &to, &options, &ledger, &progress).await?)
        }
        (Some(from), None, _, Address::File { path }) => {
            let from = object(run, &from).await?;
            Ok(transfer::download(&run.ctx, &from, Path::new(path), &options, &ledger, &progress).await?)
        }
        _ => Err(Problem::new(Code::BadRequest, "One side must be an object of a store")
            .hint("Files are copied by the desktop")
            .into()),
    }
}

async fn object(run: &Run, target: &UploadTarget) -> Result<transfer::ObjectRef, Stop> {
    let (store, key) = deliver::open(run, target).await?;
    Ok(transfer::ObjectRef::new(store, key))
}

/// What lies at the target is not overwritten unasked, unless a run of this very job put it there.
async fn refuse_existing(run: &Run, target: &UploadTarget, overwrite: bool) -> Result<(), Stop> {
    let to = object(run, target).await?;
    match claim::ground(run, target, &to).await? {
        Ground::Taken(_) if !overwrite => Err(Problem::new(Code::FileExists, format!("{to} is there already"))
            .hint("Say --overwrite, or choose another key")
            .into()),
        Ground::Taken(_) | Ground::Ours => Ok(()),
    }
}
