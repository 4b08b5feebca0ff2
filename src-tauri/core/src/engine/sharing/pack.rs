//! The export becomes a bundle: a package like those of backups, put together of what the export holds, written as every
//! bundle is. Its files say what it was made from, so that nobody takes it for a backup (`bundle/FORMAT.md`).

use super::unpack::{self, Unpacked};
use super::{Source, bundle_path, fetch, folder, work};
use crate::bak::{self, Encoding, Mode, Salt, TicketRecord};
use crate::bundle::{self, Contents, IfExists};
use crate::engine::gateway::{self, RULES_FILE};
use crate::engine::head::Head;
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{passphrase, verify};
use crate::files;
use crate::image::Stretch;
use crate::jobs::fact::Fact;
use crate::jobs::request::TemplateWork;
use crate::jobs::{PhaseName, ReportView};
use crate::line::{Line, LineCode};
use crate::package::{LISTING_FILE, MadeMember, MadePackage, Package, PackageError, Part, RangeReader, write_listing};
use crate::problem::{Code, Problem, Retry};
use crate::template::{ExportedApp, ExportedImage, read_exported};
use bytes::Bytes;
use futures::stream;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Read and written at once.
const PIECE_BYTES: u64 = 4 << 20;
const CONSOLE_FILE: &str = "console_apps_metadata.json";
const REGION_FILE: &str = "region_apps_metadata.json";

pub(super) struct Pack;

#[async_trait::async_trait]
impl Step for Pack {
    fn phase(&self) -> PhaseName {
        PhaseName::Write
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        if run.record().file.is_some() {
            return Ok(());
        }
        let work = work(run)?;
        let path = bundle_path(run, &work);
        let started = run.record().file_started.is_some();
        if started && path.exists() && is_ours(run, &work, &path).await {
            // Named just before a crash: written anew, since only then are its checksums ours to report.
            std::fs::remove_file(&path).map_err(|error| files::problem(&path, "removed", &error))?;
        }
        if let Some(folder) = path.parent() {
            files::make_folder(folder).map_err(|error| files::problem(folder, "made", &error))?;
        }
        if run.record().sharing.fetched.is_none() {
            // What came the last time was no export.
            fetch::Fetch.act(run).await?;
        }
        let unpacked = unpacked(run).await?;
        let source = Source::of(run, &work.app).await?;
        let made = Made::of(run, &work, &source, &unpacked).await?;
        let package = Package::open(&run.ctx, Arc::new(made.package.clone())).await?;
        let listing = write_listing(package.entries());
        let mut contents = made.contents(run, &work, listing, rules(run, &source).await?);
        contents.seal = passphrase::seal(run, work.encrypt).await?;
        run.note(Fact::FileStarted { path: path.display().to_string() })?;
        let passed = Arc::default();
        run.job.count_with(Arc::clone(&passed));
        let written =
            bundle::write(&run.ctx, &contents, pieces(made.package), &path, IfExists::Refuse, &passed).await?;
        run.note(Fact::FileDone {
            path: path.display().to_string(),
            size_bytes: written.file_bytes,
            sha256: written.package_sha256,
        })?;
        let facts = [("path", path.display().to_string()), ("bytes", written.file_bytes.to_string())];
        Ok(run.say(LineCode::LogBundleWritten, facts)?)
    }
}

/// Our own folder holds nothing else; elsewhere the ticket inside names the job that wrote it. What somebody else put there stays.
async fn is_ours(run: &Run, work: &TemplateWork, path: &Path) -> bool {
    if work.path.is_none() {
        return true;
    }
    let Ok(head) = Head::open(&run.engine.keys, path).await else { return false };
    head.ticket().is_ok_and(|ticket| ticket.group_uuid == Some(group_of(run)))
}

/// Nobody's group: the package was in no console.
fn group_of(run: &Run) -> String {
    run.job.id().as_str().replace('-', "")
}

async fn unpacked(run: &Run) -> Result<Unpacked, Stop> {
    let export =
        run.record().sharing.fetched.ok_or_else(|| Problem::new(Code::Internal, "The export was not fetched"))?;
    let (export, folder, ctx) = (PathBuf::from(export), folder(run), run.ctx.clone());
    let file = export.clone();
    let read = tokio::task::spawn_blocking(move || unpack::unpack(&file, &folder, &|| ctx.check().is_err())).await;
    let read = read.map_err(|error| Problem::new(Code::Internal, error.to_string()))?;
    if let Err(problem) = &read
        && problem.code == Code::PackageDamaged
    {
        // A file that was put together of two halves, or cut short: fetched anew by the next try.
        let removed = std::fs::remove_file(&export);
        tracing::info!(?removed, "an export that cannot be read is fetched again");
        run.note(Fact::ExportUnusable)?;
    }
    Ok(read?)
}

/// The package, and what is said of it.
struct Made {
    package: MadePackage,
    record: TicketRecord,
    console: Bytes,
    region: Bytes,
}

impl Made {
    async fn of(run: &Run, work: &TemplateWork, source: &Source, unpacked: &Unpacked) -> Result<Self, Stop> {
        let mut metadata = unpacked.metadata.clone();
        let app = live(run, source, &mut metadata).await?;
        let exported = read_exported(&metadata, &app).ok_or_else(|| {
            Problem::new(Code::PackageDamaged, "The export describes no app")
                .hint("Try again: it is fetched anew")
                .retry(Retry::Now)
        })?;
        let job = run.job.id();
        let version: String = job.as_str().chars().take(14).collect();
        let group = group_of(run);
        let root = format!("{group}_{version}");
        let missing: Vec<&str> = exported
            .images
            .iter()
            .filter(|image| unpacked.find(&image.image).is_none())
            .map(|i| i.of.as_str())
            .collect();
        if !missing.is_empty() {
            return Err(Problem::new(Code::PackageDamaged, "The export lacks images of the app")
                .hint("Look at the log of the cluster's builder (rbd-chaos), then try again")
                .fact("components", missing.join(", "))
                .retry(Retry::Later)
                .into());
        }
        let text = |value: &Value| Bytes::from(value.to_string());
        let (console, region) = (text(&exported.console), text(&exported.region));
        let mut members: Vec<MadeMember> =
            exported.images.iter().filter_map(|image| member(&root, image, unpacked)).collect();
        for (name, content) in [(CONSOLE_FILE, &console), (REGION_FILE, &region)] {
            members.push(MadeMember { name: format!("{root}/{name}"), parts: vec![Part::Bytes(content.clone())] });
        }
        let made = tokio::task::spawn_blocking(move || MadePackage::new(members)).await;
        let made = made.map_err(|error| Problem::new(Code::Internal, error.to_string()))?;
        let package = made.map_err(|error| files::problem(&folder(run), "read", &error))?;
        let record = record(run, work, source, &package, (&group, &version));
        Ok(Self { package, record, console, region })
    }

    fn contents(&self, run: &Run, work: &TemplateWork, listing: Vec<u8>, rules: Option<Vec<u8>>) -> Contents {
        let app = run.record().request.app_name;
        let mut metadata = vec![
            (REGION_FILE.to_owned(), self.region.to_vec()),
            (CONSOLE_FILE.to_owned(), self.console.to_vec()),
            (LISTING_FILE.to_owned(), listing),
        ];
        metadata.extend(rules.map(|rules| (RULES_FILE.to_owned(), rules)));
        let size_bytes = self.package.size();
        let salt = Salt::from_number(u16::try_from(size_bytes % 65_521).unwrap_or(0));
        let backup = serde_json::from_str(&self.record.to_json()).unwrap_or_default();
        Contents {
            app: app.clone(),
            version: self.record.version.clone(),
            made_by: format!("Rainferry {}", env!("CARGO_PKG_VERSION")),
            made_at: run.ctx.clock.now(),
            source: bundle::Source {
                console: work.console_name.clone(),
                console_url: None,
                cluster: work.cluster_name.clone(),
                team: work.team_alias.clone(),
                app,
                app_id: Some(work.app.app.0),
            },
            versions: bundle::Versions { console: None, region: Some(work.platform_version.clone()) },
            backup,
            ticket: Some(bak::encode(&self.record, Encoding::New, salt).into_bytes()),
            old_ticket: None,
            metadata,
            package_file: self.record.package_name().to_owned(),
            package_bytes: size_bytes,
            seal: None,
        }
    }
}

/// What says of the package what a backup's record says of its own. No console ever had it.
fn record(
    run: &Run,
    work: &TemplateWork,
    source: &Source,
    package: &MadePackage,
    (group, version): (&str, &str),
) -> TicketRecord {
    TicketRecord {
        group_id: Some(work.app.app.0),
        group_uuid: Some(group.to_owned()),
        version: version.to_owned(),
        backup_id: group.to_owned(),
        user: source.cluster.known.me.user_name.clone(),
        region: Some(source.cluster.region.clone()),
        status: "success".to_owned(),
        note: work.template.clone(),
        mode: Mode::FullOffline.as_str().to_owned(),
        source_dir: format!("/grdata/groupbackup/{group}_{version}.zip"),
        backup_size: package.size(),
        create_time: Some(run.ctx.clock.now().format("%Y-%m-%d %H:%M:%S").to_string()),
        ..TicketRecord::default()
    }
}

fn member(root: &str, image: &ExportedImage, unpacked: &Unpacked) -> Option<MadeMember> {
    let (path, single) = unpacked.find(&image.image)?;
    let part = |stretch: &Stretch| match stretch {
        Stretch::Made(bytes) => Part::Bytes(bytes.clone()),
        Stretch::From { start, bytes } => Part::File { path: path.to_owned(), start: *start, bytes: *bytes },
    };
    Some(MadeMember { name: format!("{root}/{}", image.member), parts: single.stretches.iter().map(part).collect() })
}

/// What the export lost and its app still knows: CPU, which nobody writes, and the names of ports inside the cluster, which
/// regions before 6.7 drop (rebuild.md §1.6).
async fn live(run: &Run, source: &Source, metadata: &mut Value) -> Result<ExportedApp, Stop> {
    let (ctx, console, scope) = (&run.ctx, &source.cluster.console, &source.scope);
    let rows = console.components(ctx, scope, source.app.app).await?;
    let mut cpu_millis = BTreeMap::new();
    for row in &rows {
        let detail = console.component_detail(ctx, scope, &row.service_alias).await?;
        cpu_millis.insert(row.service_id.clone(), detail.min_cpu);
        let ports = console.ports(ctx, scope, &row.service_alias).await?;
        let names: BTreeMap<i64, String> =
            ports.into_iter().map(|port| (i64::from(port.port), port.k8s_service_name)).collect();
        let apps = metadata.get_mut("apps").and_then(Value::as_array_mut).into_iter().flatten();
        for app in apps.filter(|app| app.get("service_id").and_then(Value::as_str) == Some(&row.service_id)) {
            name_ports(app, &names);
        }
    }
    let k8s_app = match console.app_state(ctx, scope, source.app.app).await {
        Ok(state) => state.k8s_app,
        Err(error) => {
            tracing::info!(%error, "the app's name inside the cluster is not told");
            String::new()
        }
    };
    Ok(ExportedApp { name: run.record().request.app_name, k8s_app, region: source.cluster.region.clone(), cpu_millis })
}

fn name_ports(component: &mut Value, names: &BTreeMap<i64, String>) {
    for port in component.get_mut("port_map_list").and_then(Value::as_array_mut).into_iter().flatten() {
        let number = port.get("container_port").and_then(Value::as_i64).unwrap_or_default();
        let is_named = port.get("k8s_service_name").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
        if let (false, Some(name), Some(port)) = (is_named, names.get(&number), port.as_object_mut()) {
            port.insert("k8s_service_name".to_owned(), name.clone().into());
        }
    }
}

/// The app's own rules, as with every bundle of a live app; one that does not tell stops nothing.
async fn rules(run: &Run, source: &Source) -> Result<Option<Vec<u8>>, Stop> {
    match gateway::of_live_patiently(&run.ctx, &source.cluster, &source.app).await {
        Ok(rules) if rules.is_empty() => Ok(None),
        Ok(rules) => Ok(serde_json::to_vec(&rules).ok()),
        Err(problem) => {
            run.say(LineCode::CheckGatewayUnread, [("reason", problem.message)])?;
            Ok(None)
        }
    }
}

/// The package's bytes, in order.
fn pieces(package: MadePackage) -> impl futures::Stream<Item = Result<Bytes, PackageError>> + Send + Unpin {
    Box::pin(stream::try_unfold((package, 0_u64), |(package, at)| async move {
        let to = package.size().min(at + PIECE_BYTES);
        if at >= to {
            return Ok(None);
        }
        let piece = package.read(at..to).await.map_err(|source| PackageError::Read { from: at, to, source })?;
        Ok(Some((piece, (package, to))))
    }))
}

/// For a bundle that somebody wanted.
pub(super) struct Prove;

#[async_trait::async_trait]
impl Step for Prove {
    fn phase(&self) -> PhaseName {
        PhaseName::Verify
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let path = bundle_path(run, &work(run)?);
        verify::prove(run, Path::new(&path)).await?;
        let sha256 = run.record().file.map(|file| file.sha256);
        let path = path.display().to_string();
        let arrived = vec![
            Line::new(LineCode::ReportBundle, [("path", path.clone())]),
            Line::new(LineCode::ReportFromTemplate, []),
            Line::new(LineCode::LogBundleVerified, []),
        ];
        let report = ReportView { arrived, path: Some(path), sha256, ..ReportView::default() };
        Ok(run.note(Fact::Reported { report: Box::new(report) })?)
    }
}
