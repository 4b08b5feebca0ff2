//! Certificates go from console to console where the user says so; chain and key are in memory only (rebuild.md §9.1).

use super::collect::covers;
use super::ground::Ground;
use super::rule::HttpEntry;
use crate::console::{Certificate, CertificateRow};
use crate::engine::runner::{Run, Stop};
use crate::jobs::fact::Fact;
use crate::jobs::request::{GatewayWork, Landing};
use crate::problem::Problem;

/// What a certificate is called that the gateway of v6 has, too.
const OF_GATEWAY: &str = "gateway";

/// The certificate a rule names, on the target; none where it has none, or copying was not asked for.
pub(super) async fn bring(
    run: &Run,
    ground: &Ground,
    work: &GatewayWork,
    http: &HttpEntry,
) -> Result<Option<i64>, Stop> {
    let (Some(id), Some(live), true) = (http.certificate, &work.live, work.certificates) else { return Ok(None) };
    let (ctx, console) = (&run.ctx, &ground.target.console);
    let source = run.engine.links.cluster(ctx, &live.cluster).await?;
    let certificate = source.console.certificate(ctx, &source.scope(&live.team), id).await?;
    let there = console.certificates(ctx, &ground.scope).await?;
    let fits = |row: &&CertificateRow| row.domains.iter().any(|domain| covers(domain, &http.host));
    let is_named = |row: &&CertificateRow| row.alias == certificate.alias || row.alias == beside(&certificate, http);
    if let Some(row) = there.iter().filter(is_named).find(fits) {
        heard(run, row)?;
        return Ok(Some(row.id));
    }
    // One of this name for other domains is left alone.
    let is_taken = there.iter().any(|row| row.alias == certificate.alias);
    let alias = if is_taken { beside(&certificate, http) } else { certificate.alias.clone() };
    let is_routes = ground.target.capabilities()?.has_gateway_routes;
    let kind = if is_routes { OF_GATEWAY.to_owned() } else { certificate.kind.clone() };
    let new = Certificate { alias: alias.clone(), kind, ..certificate };
    run.note(Fact::CertificateAsking { name: alias.clone() })?;
    let made = console.create_certificate(ctx, &ground.scope, &new).await?;
    run.note(Fact::CertificateMade { name: alias, id: Some(made) })?;
    Ok(Some(made))
}

fn beside(certificate: &Certificate, http: &HttpEntry) -> String {
    format!("{}-{}", certificate.alias, http.host)
}

/// One that this job asked for, after a look had shown that there was none of this name.
fn heard(run: &Run, row: &CertificateRow) -> Result<(), Problem> {
    let gateway = run.record().gateway;
    match gateway.certificates_asked.contains(&row.alias) && !gateway.certificates.contains_key(&row.alias) {
        true => run.note(Fact::CertificateMade { name: row.alias.clone(), id: Some(row.id) }),
        false => Ok(()),
    }
}

/// Certificates that a crash or a cancel kept from the journal.
pub(crate) async fn find_unheard(run: &Run, landing: &Landing) -> Result<(), Stop> {
    let gateway = run.record().gateway;
    if gateway.certificates_asked.iter().all(|name| gateway.certificates.contains_key(name)) {
        return Ok(());
    }
    let target = run.engine.links.cluster(&run.ctx, &landing.cluster).await?;
    for row in target.console.certificates(&run.ctx, &target.scope(&landing.team)).await? {
        heard(run, &row)?;
    }
    Ok(())
}
