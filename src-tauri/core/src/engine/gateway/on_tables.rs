//! On v5: rows of the console's own tables (rebuild.md §9.1).

use super::ground::{Door, Ground};
use super::on_routes::owner;
use super::rule::{Entry, HttpEntry, Rule};
use super::{Outcome, certificates, clash, refused};
use crate::console::{ConsoleError, NewTcpRule};
use crate::engine::runner::{Run, Stop};
use crate::jobs::fact::Fact;
use crate::jobs::request::GatewayWork;

pub(super) async fn make(
    run: &Run,
    ground: &Ground,
    work: &GatewayWork,
    rule: &Rule,
    door: &Door,
) -> Result<Outcome, Stop> {
    match &rule.entry {
        Entry::Http(http) => row(run, ground, work, rule, http, door).await,
        Entry::Tcp { port } => tcp(run, ground, rule, *port, door).await,
    }
}

async fn row(
    run: &Run,
    ground: &Ground,
    work: &GatewayWork,
    rule: &Rule,
    http: &HttpEntry,
    door: &Door,
) -> Result<Outcome, Stop> {
    if let Some((team, there)) = ground.entries.rule(http) {
        let is_ours = there.service_id == door.component.service_id && there.container_port == u64::from(rule.port);
        return Ok(if is_ours { Outcome::Made(None) } else { clash(rule, &owner(ground, team, &there.service_alias)) });
    }
    let certificate = certificates::bring(run, ground, work, http).await?;
    let new = http.row(&door.component.service_id, rule.port, certificate);
    let new = new.ok_or_else(|| refused("It has conditions or plugins that rules of v5 have not"))?;
    run.note(Fact::RuleAsking { rule: rule.key() })?;
    let (ctx, console) = (&run.ctx, &ground.target.console);
    match console.create_http_rule(ctx, &ground.scope, ground.app, &new).await {
        Ok(_) => Ok(Outcome::Made(None)),
        Err(ConsoleError::AlreadyThere(_)) => Ok(clash(rule, &ground.target.name())),
        Err(error) => Err(error.into()),
    }
}

async fn tcp(run: &Run, ground: &Ground, rule: &Rule, outer: u16, door: &Door) -> Result<Outcome, Stop> {
    let ends = format!(":{outer}");
    if let Some(there) = ground.entries.tcp_rules.iter().find(|there| there.end_point.ends_with(&ends)) {
        let is_ours = there.service_id == door.component.service_id && there.container_port == u64::from(rule.port);
        return Ok(if is_ours { Outcome::Made(None) } else { clash(rule, &there.end_point) });
    }
    let (ctx, console) = (&run.ctx, &ground.target.console);
    let (default_ip, default_port) = console.free_port(ctx, &ground.scope).await?;
    let new = NewTcpRule {
        service_id: door.component.service_id.clone(),
        port: rule.port,
        end_point: format!("0.0.0.0:{outer}"),
        default_ip,
        default_port,
    };
    run.note(Fact::RuleAsking { rule: rule.key() })?;
    match console.create_tcp_rule(ctx, &ground.scope, ground.app, &new).await {
        Ok(_) => Ok(Outcome::Made(None)),
        Err(ConsoleError::AlreadyThere(_)) => Ok(clash(rule, &ground.target.name())),
        Err(error) => Err(error.into()),
    }
}
