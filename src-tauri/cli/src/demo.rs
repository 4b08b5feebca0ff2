//! The main job on the sample clusters: migrate, export, move to the other site, import. Everything through `core::api`.

use crate::commands::perform;
use crate::out::Out;
use crate::{reference, samples::SampleWorld};
use rainferry_core::api::{Core, JobView, PlanOptions, PlanRequest, PlanSource, PlanTarget, Site};
use rainferry_core::host::DesktopHost;
use rainferry_core::{Code, Problem};
use std::path::Path;
use std::sync::Arc;

const APP: &str = "商城";
const MONITOR: &str = "监控";

pub(crate) async fn run(dir: &Path, out: Out) -> Result<(), Problem> {
    let dir = std::path::PathBuf::from(reference::absolute(dir)?);
    let home = dir.join("home");
    start_afresh(&home)?;
    start_afresh(&dir.join("library"))?;
    let samples = Arc::new(SampleWorld::default());
    let host = DesktopHost::at(home, dir.join("library"), None, Some(samples.clone()));
    let core = Core::open(Arc::new(host)).await?;
    let told = tell(&core, &samples, out).await;
    let stopped = core.stop_samples(()).await;
    core.close().await;
    let answer = told?;
    stopped?;
    out.value(&answer);
    Ok(())
}

async fn tell(core: &Core, samples: &SampleWorld, out: Out) -> Result<serde_json::Value, Problem> {
    out.line("Starting sample clusters");
    core.start_samples(()).await?;
    for console in reference::consoles(core).await? {
        out.line(format!("  {} {} at {}", console.name, console.version, console.url));
    }

    out.line(format!("\nMigrate {APP} from beijing to shanghai"));
    let (at, backup) = reference::backup(core, &format!("beijing/{APP}")).await?;
    let source = PlanSource::Backup { cluster: at.cluster.id, team: at.team.name, backup: backup.id };
    let migrated = to_first_team(core, source.clone(), "shanghai", out).await?;

    out.line(format!("\nExport {APP} to this computer"));
    let target = PlanTarget::ThisComputer { folder: None };
    let options = PlanOptions { encrypt: Some(false), ..PlanOptions::default() };
    let exported = perform(core, PlanRequest { source, target, options }, "", out).await?;
    let path = exported.report.as_ref().and_then(|report| report.path.clone());
    let path = path.ok_or_else(|| Problem::new(Code::Internal, "The export named no file"))?;
    out.line(format!("  Bundle: {path}"));

    out.line("\nMove this computer to the factory, where only the bundle gets");
    core.move_site(Site::Factory).await?;
    let imported = to_first_team(core, PlanSource::File { path: path.clone() }, "factory", out).await?;
    core.move_site(Site::Office).await?;

    let rebuilt = where_no_restore_finishes(core, samples, out).await?;
    out.line("\nDone");
    Ok(serde_json::json!({
        "ok": true,
        "bundle": path,
        "migrated": migrated.report,
        "exported": exported.report,
        "imported": imported.report,
        "rebuilt": rebuilt.report,
    }))
}

/// From v6.9 to v6.9, with a region as they are published: the platform's own restore fails, which is remembered, and the
/// next plan makes the app anew.
async fn where_no_restore_finishes(core: &Core, samples: &SampleWorld, out: Out) -> Result<JobView, Problem> {
    out.line(format!("\nMigrate {MONITOR} within shanghai, whose region now sends what published regions send"));
    samples.as_published("shanghai").await;
    let (at, backup) = reference::backup(core, &format!("shanghai/{MONITOR}")).await?;
    let at_team = at.team.name.clone();
    let source = PlanSource::Backup { cluster: at.cluster.id, team: at.team.name, backup: backup.id };
    let teams = reference::teams(core, &["shanghai"]).await?;
    let other = teams
        .into_iter()
        .find(|other| other.team.name != at_team)
        .ok_or_else(|| Problem::new(Code::NotFound, "shanghai has no team"))?;
    let target = PlanTarget::Team { cluster: other.cluster.id, team: other.team.name, app: None };
    let request = PlanRequest { source, target, options: PlanOptions::default() };
    match perform(core, request.clone(), "", out).await {
        Err(failed) if failed.code == Code::RestoreFailed => out.line(format!("  {}", failed.message)),
        Err(other) => return Err(other),
        Ok(_) => return Err(Problem::new(Code::Internal, "A restore that cannot finish did")),
    }
    for job in core.list_jobs(()).await?.into_iter().filter(|job| job.can_clean) {
        core.clean_job(job.id).await?;
    }
    out.line("\nOnce more: the plan knows better now");
    perform(core, request, "", out).await
}

async fn to_first_team(core: &Core, source: PlanSource, cluster: &str, out: Out) -> Result<JobView, Problem> {
    let at = reference::teams(core, &[cluster]).await?.into_iter().next();
    let at = at.ok_or_else(|| Problem::new(Code::NotFound, format!("{cluster} has no team")))?;
    let target = PlanTarget::Team { cluster: at.cluster.id, team: at.team.name, app: None };
    perform(core, PlanRequest { source, target, options: PlanOptions::default() }, "", out).await
}

fn start_afresh(folder: &Path) -> Result<(), Problem> {
    match std::fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Problem::new(Code::FileFailed, format!("{} could not be emptied", folder.display()))
            .fact("reason", error.to_string())),
    }
}
