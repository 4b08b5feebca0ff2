//! On v5: rows of the console's own tables (rebuild.md §9.1).

use super::ground::{Door, Ground};
use super::on_routes::owner;
use super::rule::{Entry, HttpEntry, Rule};
use super::{Doors, Outcome, certificates, clash, refused};
use crate::console::{ConsoleError, NewTcpRule};
use crate::engine::runner::{Run, Stop};
use crate::jobs::fact::Fact;
use crate::jobs::request::GatewayWork;

pub(super) async fn make(
    run: &Run,
    ground: &Ground,
    work: &GatewayWork,
    rule: &Rule,
    doors: Doors<'_>,
) -> Result<Outcome, Stop> {
    match &rule.entry {
        Entry::Http(http) => rows(run, ground, work, rule, http, doors).await,
        Entry::Tcp { port } => tcp(run, ground, rule, *port, doors.first).await,
    }
}

/// A row a leg; those that are there were made just before a crash, or by the platform.
async fn rows(
    run: &Run,
    ground: &Ground,
    work: &GatewayWork,
    rule: &Rule,
    http: &HttpEntry,
    doors: Doors<'_>,
) -> Result<Outcome, Stop> {
    let there: Vec<_> = ground.entries.rules(http).collect();
    if let Some((team, other)) = there.iter().find(|(_, row)| !doors.all().any(|door| door.is_of(row))) {
        return Ok(clash(rule, &owner(ground, team, &other.service_alias)));
    }
    let open: Vec<&Door> = doors.all().filter(|door| !there.iter().any(|(_, row)| door.is_of(row))).collect();
    if open.is_empty() {
        return Ok(Outcome::Made(None));
    }
    let certificate = certificates::bring(run, ground, work, http).await?;
    let (ctx, console) = (&run.ctx, &ground.target.console);
    run.note(Fact::RuleAsking { rule: rule.key() })?;
    for door in open {
        let new = http.row(&door.component.service_id, door.port.port, door.weight, certificate);
        let new = new.ok_or_else(|| refused("It has conditions or plugins that rules of v5 have not"))?;
        match console.create_http_rule(ctx, &ground.scope, ground.app, &new).await {
            Ok(_) => {}
            Err(ConsoleError::AlreadyThere(_)) => return Ok(clash(rule, &ground.target.name())),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Outcome::Made(None))
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
