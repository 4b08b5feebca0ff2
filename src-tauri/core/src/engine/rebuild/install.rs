//! The template becomes components of the empty app. Asked twice it would make them twice (recording 1537): on any doubt the
//! app is looked at first.

use super::{Ground, drafted};
use crate::console::{Component, Install as Ask};
use crate::engine::runner::{Run, Step, Stop};
use crate::engine::{landing, origin};
use crate::jobs::PhaseName;
use crate::jobs::fact::{Fact, InstalledComponent};
use crate::line::LineCode;
use crate::problem::{Code, Problem};
use crate::template::Draft;

pub(super) struct Install;

#[async_trait::async_trait]
impl Step for Install {
    fn phase(&self) -> PhaseName {
        PhaseName::Install
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let record = run.record();
        if record.rebuild.installed.is_some() {
            return Ok(());
        }
        let ground = Ground::of(run).await?;
        let app = landing::app(&record)?;
        let draft = drafted(run, &ground, &origin::open(run).await?.model)?;
        let there = ground.target.console.components(&run.ctx, &ground.scope, app).await?;
        if there.is_empty() || !record.rebuild.install_asking {
            must_be_empty(&ground, &there)?;
            run.note(Fact::InstallAsking)?;
            let ask = Ask { app, template: draft.group_key.clone(), version: draft.group_version.clone() };
            ground.target.console.install(&run.ctx, &ground.scope, &ask).await?;
        }
        let there = ground.target.console.components(&run.ctx, &ground.scope, app).await?;
        let components = matched(&draft, &there)?;
        let count = components.len().to_string();
        run.note(Fact::Installed { components })?;
        Ok(run.say(LineCode::LogInstalled, [("count", count)])?)
    }
}

pub(super) fn must_be_empty(ground: &Ground, there: &[Component]) -> Result<(), Problem> {
    match there.len() {
        0 => Ok(()),
        count => {
            Err(Problem::new(Code::TargetNotEmpty, format!("The app on {} is no longer empty", ground.target.name()))
                .hint("Plan again into a new app")
                .fact("components", count.to_string()))
        }
    }
}

/// Old to new, by the names that the package made unique: the answer has no ids, and the list is in no order (recordings 1533,
/// 1534).
fn matched(draft: &Draft, there: &[Component]) -> Result<Vec<InstalledComponent>, Problem> {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for planned in &draft.components {
        match there.iter().find(|row| row.service_cname == planned.cname) {
            Some(row) => found.push(InstalledComponent {
                source_id: planned.id.clone(),
                id: row.service_id.clone(),
                alias: row.service_alias.clone(),
                name: planned.cname.clone(),
            }),
            None => missing.push(planned.cname.clone()),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    Err(Problem::new(Code::ArrivedIncomplete, "Not all components were installed")
        .hint("Look at the console's event log. What was made is listed here and can be removed")
        .fact("missing", missing.join(", ")))
}
