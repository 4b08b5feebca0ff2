//! The registry that images are pushed to: it answers, lets us in, takes what is written to it; and what the cluster's nodes
//! must be told so that they pull from it, which is where this way fails most often (rebuild.md §7.2).

use super::checks::check;
use crate::check::{CheckId, CheckView, Level};
use crate::ctx::Ctx;
use crate::engine::links::Cluster;
use crate::engine::registries::{self, Opened};
use crate::engine::{Engine, rebuild};
use crate::line::LineCode;
use crate::package::AppModel;
use crate::registry::RegistryError;

pub(super) async fn all(
    engine: &Engine,
    ctx: &Ctx,
    target: &Cluster,
    address: Option<&str>,
    model: Option<&AppModel>,
) -> Vec<CheckView> {
    let Some(address) = address else {
        let facts = [("cluster", target.name())];
        return vec![check(CheckId::OwnRegistry, Level::Block, LineCode::CheckOwnRegistryMissing, facts)];
    };
    let down = |reason: String| {
        let facts = [("registry", address.to_owned()), ("reason", reason)];
        check(CheckId::OwnRegistry, Level::Block, LineCode::CheckOwnRegistryDown, facts)
    };
    match registries::open(engine, address).await {
        Ok(opened) => {
            let name = model
                .and_then(|model| model.components.first())
                .map_or("app", |component| rebuild::image_stem(component));
            let repository = opened.registry.address().repository(name);
            let tried = registries::try_out(ctx, &opened, &repository).await;
            vec![judged(&opened, &repository, tried), trust(target, &opened)]
        }
        Err(problem) => vec![down(problem.message)],
    }
}

fn judged(opened: &Opened, repository: &str, tried: Result<(), RegistryError>) -> CheckView {
    let registry = ("registry", opened.registry.address().host.clone());
    let user = ("user", opened.profile.user.clone());
    let repository = ("repository", repository.to_owned());
    let (level, code) = match &tried {
        Ok(()) => (Level::Pass, LineCode::CheckOwnRegistryPass),
        Err(RegistryError::Unauthorised { .. }) => (Level::Block, LineCode::CheckOwnRegistryLogin),
        Err(RegistryError::Denied { .. }) => (Level::Block, LineCode::CheckOwnRegistryDenied),
        Err(_) => (Level::Block, LineCode::CheckOwnRegistryDown),
    };
    let reason = ("reason", tried.err().map(|error| error.to_string()).unwrap_or_default());
    check(CheckId::OwnRegistry, level, code, [registry, user, repository, reason])
}

/// What this computer believes says nothing of what nodes believe.
fn trust(target: &Cluster, opened: &Opened) -> CheckView {
    let facts = [("cluster", target.name()), ("registry", opened.registry.address().host.clone())];
    match (opened.profile.plain_http, &opened.profile.ca_pem) {
        (true, _) => check(CheckId::RegistryTrust, Level::Warn, LineCode::CheckRegistryTrustPlain, facts),
        (false, Some(_)) => check(CheckId::RegistryTrust, Level::Warn, LineCode::CheckRegistryTrustOwn, facts),
        (false, None) => check(CheckId::RegistryTrust, Level::Pass, LineCode::CheckRegistryTrustPass, facts),
    }
}
