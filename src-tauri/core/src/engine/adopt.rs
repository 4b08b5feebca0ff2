//! An import as a record only: the ticket is handed in, its package (where there is one) lies at the key a restore will
//! read, and nothing is restored.

use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{deliver, landing};
use crate::jobs::fact::Fact;
use crate::jobs::{PhaseName, ReportView};
use crate::line::{Line, LineCode};
use crate::problem::Problem;

pub(crate) struct Record;

#[async_trait::async_trait]
impl Step for Record {
    fn phase(&self) -> PhaseName {
        PhaseName::Compare
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        let (landing, ..) = landing::of(&record.request.work)?;
        let ticket = landing::ticket(&record)?;
        let app = landing::app(&record)?;
        let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
        let facts = [("version", ticket.version.clone()), ("team", target.team_alias(&landing.team))];
        let mut arrived = vec![Line::new(LineCode::ReportRecord, facts)];
        let mut missing = vec![Line::new(LineCode::ReportNotRestored, [])];
        // What a restore will find, by a look and not by the plan.
        let object = deliver::target_object(&target, &ticket)?;
        let looked = async { Ok::<_, Problem>(target.store(&object.bucket).await?.head(&object.key).await?) };
        match looked.await {
            Ok(found) => {
                let bytes = ("bytes", found.size.to_string());
                arrived.push(Line::new(LineCode::ReportBackupInStore, [bytes]));
            }
            Err(_) => {
                let place = format!("{}/{}", object.bucket, object.key);
                missing.push(Line::new(LineCode::ReportPackageAbsent, [("key", place)]));
            }
        }
        let report = ReportView {
            arrived,
            missing,
            cluster: Some(landing.cluster.clone()),
            team: Some(landing.team.clone()),
            app_id: Some(app),
            backup_id: Some(ticket.backup),
            sha256: record.objects.last().and_then(|object| object.sha256.clone()),
            app_url: Some(target.app_url(&landing.team, app)),
            ..ReportView::default()
        };
        Ok(run.note(Fact::Reported { report: Box::new(report) })?)
    }
}
