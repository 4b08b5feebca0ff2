//! Whatever can be named as a source can stand on either side of a comparison: a backup, a bundle or ticket, a live app.

use crate::compare::AppFacts;
use crate::ctx::Ctx;
use crate::engine::head::{self, Head};
use crate::engine::plan::PlanSource;
use crate::engine::preflight::source::{self, Found};
use crate::engine::{Engine, arrived, preflight};
use crate::problem::{Code, Problem};
use std::path::Path;

/// The facts of a source, and what it is called.
pub(crate) async fn facts(engine: &Engine, ctx: &Ctx, of: &PlanSource) -> Result<(String, AppFacts), Problem> {
    match of {
        PlanSource::Backup { cluster, team, backup } => {
            let source = source::of_backup(engine, ctx, cluster, team, backup).await?;
            let name = format!("{} {}", source.cluster.name(), source.record.version);
            of_package(name, source.found?)
        }
        PlanSource::File { path } => of_file(engine, ctx, path).await,
        PlanSource::App { cluster, team, app } => {
            let cluster = engine.links.cluster(ctx, cluster).await?;
            let scope = cluster.scope(team);
            let rows = cluster.console.apps(ctx, &scope).await?;
            let row = rows.into_iter().find(|row| row.id() == *app);
            let row = row.ok_or_else(|| Problem::new(Code::NotFound, "This app is no longer there"))?;
            let api = arrived::gateway_api(&cluster)?;
            let facts = AppFacts::of_live(ctx, &cluster.console, &scope, *app, api).await?;
            Ok((format!("{} {}", cluster.name(), row.name), facts))
        }
    }
}

async fn of_file(engine: &Engine, ctx: &Ctx, path: &str) -> Result<(String, AppFacts), Problem> {
    let file = Path::new(path);
    if head::is_bundle(file)? {
        return Ok((path.to_owned(), AppFacts::of_model(&Head::open(&engine.keys, file).await?.model()?)));
    }
    let found = preflight::of_ticket(engine, ctx, file).await?;
    of_package(path.to_owned(), found)
}

fn of_package(name: String, found: Found) -> Result<(String, AppFacts), Problem> {
    Ok((name, AppFacts::of_model(&found.inside?.model)))
}
