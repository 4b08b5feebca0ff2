//! Export: a package in a store becomes a bundle on this computer, streamed through, written beside and renamed, then proven
//! by reading it back.

use crate::bak::{self, Encoding, Salt, TicketRecord};
use crate::bundle::{self, Contents, IfExists};
use crate::engine::gateway::{self, RULES_FILE};
use crate::engine::head::Head;
use crate::engine::preflight::source::StoreReader;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{migrate, passphrase, verify};
use crate::jobs::fact::Fact;
use crate::jobs::request::{ExportWork, Work};
use crate::jobs::state::JobRecord;
use crate::jobs::{PhaseName, ReportView};
use crate::line::{Line, LineCode};
use crate::package::{LISTING_FILE, Package, write_listing};
use crate::problem::{Code, Problem};
use crate::storage::{ObjectFacts, Store};
use crate::transfer::{self, ObjectRef};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Metadata files are small; what is larger is not metadata.
const METADATA_LIMIT: u64 = 64 * 1024 * 1024;

pub(crate) struct Look;

#[async_trait::async_trait]
impl Step for Look {
    fn phase(&self) -> PhaseName {
        PhaseName::Check
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let work = work(run)?;
        migrate::package(run, &work.package).await?;
        let path = Path::new(&work.path);
        forget_named(run, path, &work).await?;
        if path.exists() && run.record().file.is_none() {
            return Err(Problem::new(Code::FileExists, format!("{} is there already", path.display()))
                .hint("Move the file away or choose another folder")
                .into());
        }
        if let Some(folder) = path.parent() {
            crate::files::make_folder(folder).map_err(|error| crate::files::problem(folder, "made", &error))?;
        }
        Ok(())
    }
}

/// A bundle that got its name just before a crash is written anew, since only then are its checksums ours to report.
async fn forget_named(run: &Run, path: &Path, work: &ExportWork) -> Result<(), Problem> {
    let record = run.record();
    let is_known = record.file.is_some() || record.file_started.is_none();
    if is_known || !path.exists() || !is_of_this_backup(run, path, work).await {
        return Ok(());
    }
    std::fs::remove_file(path).map_err(|error| crate::files::problem(path, "removed", &error))
}

async fn is_of_this_backup(run: &Run, path: &Path, work: &ExportWork) -> bool {
    let Ok(head) = Head::open(&run.engine.keys, path).await else { return false };
    let id = |record: &TicketRecord| (record.backup_id.clone(), record.version.clone());
    let planned = TicketRecord::from_json(&work.record.to_string());
    head.package_bytes() == work.package.size_bytes
        && matches!((head.ticket(), planned), (Ok(found), Ok(planned)) if id(&found) == id(&planned))
}

fn work(run: &Run) -> Result<ExportWork, Problem> {
    match run.record().request.work {
        Work::Export(work) => Ok(work),
        _ => Err(Problem::new(Code::Internal, "This job is no export")),
    }
}

pub(crate) struct WriteBundle;

#[async_trait::async_trait]
impl Step for WriteBundle {
    fn phase(&self) -> PhaseName {
        PhaseName::Write
    }

    fn total_bytes(&self, record: &JobRecord) -> u64 {
        match &record.request.work {
            Work::Export(work) => work.package.size_bytes,
            _ => 0,
        }
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let work = work(run)?;
        if run.record().file.is_some() {
            return Ok(());
        }
        let path = PathBuf::from(&work.path);
        forget_named(run, &path, &work).await?;
        let object = &work.package.object;
        let source = run.engine.links.cluster(&run.ctx, &object.cluster).await?;
        let store = source.store(&object.bucket).await?;
        let facts = store.head(&object.key).await?;
        let contents = contents(run, &work, &store, &facts).await?;
        run.note(Fact::FileStarted { path: work.path.clone() })?;
        let from = ObjectRef::new(store, object.key.clone());
        let stream = transfer::read_ordered(&run.ctx, &from, &facts, &run.job.progress());
        // A part file of a run that was cut off is begun anew: a bundle is one stream from its first byte.
        let written = bundle::write(&run.ctx, &contents, stream, &path, IfExists::Refuse, &Arc::default()).await?;
        run.note(Fact::FileDone {
            path: work.path.clone(),
            size_bytes: written.file_bytes,
            sha256: written.package_sha256,
        })?;
        let facts = [("path", work.path), ("bytes", written.file_bytes.to_string())];
        Ok(run.say(LineCode::LogBundleWritten, facts)?)
    }
}

/// Everything in the bundle but the package itself.
async fn contents(run: &Run, work: &ExportWork, store: &Arc<dyn Store>, facts: &ObjectFacts) -> Result<Contents, Stop> {
    let record = TicketRecord::from_json(&work.record.to_string())?;
    let salt = Salt::from_number(u16::try_from(work.package.size_bytes % 65_521).unwrap_or(0));
    let ticket = |encoding| Some(bak::encode(&record, encoding, salt).into_bytes());
    let backup = match &work.record {
        serde_json::Value::Object(map) => map.clone(),
        _ => serde_json::Map::new(),
    };
    Ok(Contents {
        app: run.record().request.app_name,
        version: record.version.clone(),
        made_by: format!("Rainferry {}", env!("CARGO_PKG_VERSION")),
        made_at: run.ctx.clock.now(),
        source: bundle::Source {
            console: work.console_name.clone(),
            console_url: None,
            cluster: work.cluster_name.clone(),
            team: work.team_alias.clone(),
            app: run.record().request.app_name,
            app_id: record.group_id,
        },
        versions: bundle::Versions { console: None, region: Some(work.platform_version.clone()) },
        backup,
        ticket: ticket(Encoding::New),
        old_ticket: ticket(Encoding::Old),
        metadata: metadata(run, work, store, facts).await?,
        package_file: record.package_name().to_owned(),
        package_bytes: work.package.size_bytes,
        seal: passphrase::seal(run, work.encrypt).await?,
    })
}

/// The two metadata files as they are in the package, and the package's directory.
async fn metadata(
    run: &Run,
    work: &ExportWork,
    store: &Arc<dyn Store>,
    facts: &ObjectFacts,
) -> Result<Vec<(String, Vec<u8>)>, Stop> {
    let reader = StoreReader {
        store: store.clone(),
        key: work.package.object.key.clone(),
        size: facts.size,
        etag: facts.etag.clone(),
        read_bytes: Arc::default(),
    };
    let package = Package::open(&run.ctx, Arc::new(reader)).await?;
    let mut files = Vec::new();
    for name in ["region_apps_metadata.json", "console_apps_metadata.json"] {
        if let Some(entry) = package.find(name) {
            let bytes = package.read_member(&run.ctx, entry, METADATA_LIMIT).await?;
            files.push((name.to_owned(), bytes.to_vec()));
        }
    }
    files.push((LISTING_FILE.to_owned(), write_listing(package.entries())));
    files.extend(rules(run, work).await?.map(|bytes| (RULES_FILE.to_owned(), bytes)));
    Ok(files)
}

/// Gateway rules of the app as it is, where its package holds none (v6). A bundle is whole without them: a source that
/// does not tell stops nothing.
async fn rules(run: &Run, work: &ExportWork) -> Result<Option<Vec<u8>>, Stop> {
    let Some(live) = &work.live else { return Ok(None) };
    let read = async {
        let source = run.engine.links.cluster(&run.ctx, &live.cluster).await?;
        gateway::of_live_patiently(&run.ctx, &source, live).await
    };
    match read.await {
        Ok(rules) if rules.is_empty() => Ok(None),
        Ok(rules) => Ok(serde_json::to_vec(&rules).ok()),
        Err(problem) => {
            run.say(LineCode::CheckGatewayUnread, [("reason", problem.message)])?;
            Ok(None)
        }
    }
}

pub(crate) struct ProveBundle;

#[async_trait::async_trait]
impl Step for ProveBundle {
    fn phase(&self) -> PhaseName {
        PhaseName::Verify
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let work = work(run)?;
        verify::prove(run, Path::new(&work.path)).await?;
        let file = run.record().file;
        let sha256 = file.map(|file| file.sha256);
        let bytes = work.package.size_bytes.to_string();
        let mut arrived = vec![Line::new(LineCode::ReportBundle, [("path", work.path.clone())])];
        if let Some(sha256) = &sha256 {
            arrived.push(Line::new(LineCode::ReportPackageEqual, [("bytes", bytes), ("sha256", sha256.clone())]));
        }
        arrived.push(Line::new(LineCode::LogBundleVerified, []));
        let report = ReportView { arrived, path: Some(work.path), sha256, ..ReportView::default() };
        Ok(run.note(Fact::Reported { report: Box::new(report) })?)
    }
}
