//! Certificates go from console to console where the user says so; chain and key are in memory only (rebuild.md §9.1).

use super::ground::Ground;
use super::rule::HttpEntry;
use crate::console::Certificate;
use crate::engine::runner::{Run, Stop};
use crate::jobs::fact::Fact;
use crate::jobs::request::GatewayWork;

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
    let same = there.iter().find(|row| row.alias == certificate.alias && row.domains.contains(&http.host));
    if let Some(row) = same {
        return Ok(Some(row.id));
    }
    // One of this name for other domains is left alone.
    let is_taken = there.iter().any(|row| row.alias == certificate.alias);
    let alias = if is_taken { format!("{}-{}", certificate.alias, http.host) } else { certificate.alias.clone() };
    let is_routes = ground.target.capabilities()?.has_gateway_routes;
    let kind = if is_routes { OF_GATEWAY.to_owned() } else { certificate.kind.clone() };
    let new = Certificate { alias: alias.clone(), kind, ..certificate };
    let made = console.create_certificate(ctx, &ground.scope, &new).await?;
    run.note(Fact::CertificateMade { name: alias })?;
    Ok(Some(made))
}
