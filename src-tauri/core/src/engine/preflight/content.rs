//! What is inside a package, beside what the target has: whatever the way it goes.

use super::checks::check;
use crate::check::{CheckId, CheckView, Level};
use crate::console::{GatewayApi, HttpRoute, HttpRule};
use crate::ctx::Ctx;
use crate::engine::arrived::gateway_api;
use crate::engine::links::Cluster;
use crate::ids::TeamName;
use crate::jobs::Lane;
use crate::line::LineCode;
use crate::package::{AppModel, ComponentModel, GatewayRule};
use crate::problem::Problem;
use std::collections::BTreeSet;

/// So many names are told; more would not be read.
const MOST_NAMES: usize = 8;
/// What a component is built for where nobody says: consoles before v5.15.0 know no other.
const USUAL_ARCHITECTURE: &str = "amd64";

/// Everything that an arriving package is asked for.
pub(crate) async fn all(ctx: &Ctx, target: &Cluster, team: &TeamName, lane: Lane, model: &AppModel) -> Vec<CheckView> {
    let mut list = vec![credentials(model), never_built(model)];
    list.push(architecture(&target.name(), model, &architectures(ctx, target, team).await));
    let wanted = addresses(model);
    let served = if wanted.is_empty() { Ok(BTreeSet::new()) } else { served(ctx, target, team).await };
    list.push(routes(&target.team_alias(team), &wanted, served));
    if lane.is_rebuilt() {
        list.extend(kubeblocks(model));
    }
    list
}

fn told<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<&str> = names.collect();
    let more = if names.len() > MOST_NAMES { ", …" } else { "" };
    names.into_iter().take(MOST_NAMES).collect::<Vec<_>>().join(", ") + more
}

/// Where, never what.
pub(crate) fn credentials(model: &AppModel) -> CheckView {
    if model.credentials.is_empty() {
        return check(CheckId::Credentials, Level::Pass, LineCode::CheckCredentialsPass, []);
    }
    check(CheckId::Credentials, Level::Warn, LineCode::CheckCredentialsWarn, places(model))
}

/// The same where the package stays on this computer.
pub(crate) fn credentials_in_a_bundle(model: &AppModel, encrypted: bool) -> CheckView {
    if encrypted && !model.credentials.is_empty() {
        return check(CheckId::Credentials, Level::Pass, LineCode::CheckCredentialsEncrypted, places(model));
    }
    let plain = credentials(model);
    if plain.level == Level::Pass {
        return plain;
    }
    check(CheckId::Credentials, Level::Warn, LineCode::CheckCredentialsOpen, places(model))
}

fn places(model: &AppModel) -> [(&'static str, String); 2] {
    let place = |found: &crate::package::Credential| match &found.component {
        Some(component) => format!("{component}/{}", found.place),
        None => found.place.clone(),
    };
    let places: Vec<String> = model.credentials.iter().map(place).collect();
    [("count", places.len().to_string()), ("names", told(places.iter().map(String::as_str)))]
}

pub(crate) fn never_built(model: &AppModel) -> CheckView {
    let names = told(model.missing_images.iter().filter(|image| !image.was_built).map(|image| image.cname.as_str()));
    match names.is_empty() {
        true => check(CheckId::NeverBuilt, Level::Pass, LineCode::CheckNeverBuiltPass, []),
        false => check(CheckId::NeverBuilt, Level::Warn, LineCode::CheckNeverBuiltWarn, [("names", names)]),
    }
}

/// For a rebuild, which leaves them out; a restore fails (traps.rs).
fn kubeblocks(model: &AppModel) -> Option<CheckView> {
    let names = told(model.components.iter().filter(|c| c.is_kubeblocks()).map(|c| c.cname.as_str()));
    let facts = [("names", names)];
    (!facts.iter().any(|(_, names)| names.is_empty()))
        .then(|| check(CheckId::Components, Level::Warn, LineCode::CheckKubeblocksWarn, facts))
}

/// What the target's nodes are, as its console says; else as a component that is there says.
async fn architectures(ctx: &Ctx, target: &Cluster, team: &TeamName) -> Vec<String> {
    let said = target.known.regions.iter().find(|row| row.name == target.region).map(|row| row.arch.clone());
    let said: Vec<String> = said.unwrap_or_default().into_iter().filter(|arch| !arch.is_empty()).collect();
    if !said.is_empty() {
        return said;
    }
    let scope = target.scope(team);
    let apps = target.console.apps(ctx, &scope).await.unwrap_or_default();
    let Some(app) = apps.iter().find(|app| app.component_count > 0) else { return said };
    let rows = target.console.components(ctx, &scope, app.id()).await.unwrap_or_default();
    let Some(row) = rows.first() else { return said };
    let detail = target.console.component_detail(ctx, &scope, &row.service_alias).await;
    detail.map(|detail| detail.arch).into_iter().filter(|arch| !arch.is_empty()).collect()
}

fn built_for(component: &ComponentModel) -> &str {
    if component.arch.is_empty() { USUAL_ARCHITECTURE } else { &component.arch }
}

fn architecture(cluster: &str, model: &AppModel, has: &[String]) -> CheckView {
    let built = || model.components.iter().filter(|component| component.image_entry.is_some());
    let needed = told(built().map(built_for));
    let cluster = ("cluster", cluster.to_owned());
    let foreign = told(built().filter(|c| !has.iter().any(|arch| arch == built_for(c))).map(|c| c.cname.as_str()));
    match (has.is_empty(), foreign.is_empty()) {
        (true, _) => {
            let facts = [cluster, ("needed", needed)];
            check(CheckId::Architecture, Level::Pass, LineCode::CheckArchitectureUnknown, facts)
        }
        (false, true) => {
            let facts = [cluster, ("needed", needed)];
            check(CheckId::Architecture, Level::Pass, LineCode::CheckArchitecturePass, facts)
        }
        (false, false) => {
            let facts = [cluster, ("has", has.join(", ")), ("names", foreign)];
            check(CheckId::Architecture, Level::Warn, LineCode::CheckArchitectureWarn, facts)
        }
    }
}

/// Host and path as one; ports of the gateway by their number.
fn address(domain: &str, path: &str) -> String {
    let host = domain.split_once("://").map_or(domain, |(_, host)| host);
    let path = path.trim_end_matches('*');
    format!("{host}{}", if path.is_empty() { "/" } else { path })
}

fn port(end_point: &str) -> String {
    format!("tcp:{}", end_point.rsplit(':').next().unwrap_or_default())
}

/// Addresses that people gave the app; the platform's own are made anew.
fn addresses(model: &AppModel) -> BTreeSet<String> {
    let own = |rule: &GatewayRule| match rule {
        GatewayRule::Http { is_default: false, domain, path, .. } => Some(address(domain, path)),
        GatewayRule::Tcp { is_default: false, end_point, .. } => Some(port(end_point)),
        GatewayRule::Http { .. } | GatewayRule::Tcp { .. } => None,
    };
    model.gateway_rules.iter().filter_map(own).collect()
}

/// Addresses that the target team's gateway serves; another team's cannot be seen (rebuild.md §9.2).
async fn served(ctx: &Ctx, target: &Cluster, team: &TeamName) -> Result<BTreeSet<String>, Problem> {
    let (scope, console) = (target.scope(team), &target.console);
    let of_route = |route: HttpRoute| {
        let path = route.spec.matches.paths.first().cloned().unwrap_or_default();
        route.spec.matches.hosts.into_iter().map(move |host| address(&host, &path)).collect::<Vec<_>>()
    };
    let of_rule = |rule: HttpRule| address(&rule.domain, &rule.path);
    Ok(match gateway_api(target)? {
        GatewayApi::Routes => {
            let http = console.http_routes(ctx, &scope, None).await?.into_iter().flat_map(of_route);
            let tcp = console.tcp_routes(ctx, &scope, None).await?;
            http.chain(tcp.into_iter().map(|route| format!("tcp:{}", route.node_port))).collect()
        }
        GatewayApi::Tables => {
            let http = console.http_rules(ctx, &scope).await?.into_iter().map(of_rule);
            let tcp = console.tcp_rules(ctx, &scope).await?;
            http.chain(tcp.into_iter().map(|rule| port(&rule.end_point))).collect()
        }
    })
}

fn routes(team: &str, wanted: &BTreeSet<String>, served: Result<BTreeSet<String>, Problem>) -> CheckView {
    let team = ("team", team.to_owned());
    let served = match served {
        Ok(served) => served,
        Err(problem) => {
            let facts = [team, ("reason", problem.message)];
            return check(CheckId::Routes, Level::Warn, LineCode::CheckRoutesUnseen, facts);
        }
    };
    let taken = told(wanted.intersection(&served).map(String::as_str));
    match taken.is_empty() {
        true => check(CheckId::Routes, Level::Pass, LineCode::CheckRoutesPass, [team]),
        false => check(CheckId::Routes, Level::Warn, LineCode::CheckRoutesWarn, [team, ("names", taken)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::{DataEntry, MissingImage};

    fn with(arch: &str) -> AppModel {
        let component = ComponentModel {
            cname: "web".into(),
            arch: arch.into(),
            image_entry: Some(DataEntry::default()),
            ..ComponentModel::default()
        };
        AppModel { components: vec![component], ..AppModel::default() }
    }

    #[test]
    fn an_architecture_that_no_node_has_is_told_of() {
        let code = |arch: &str, has: &[&str]| {
            let has: Vec<String> = has.iter().map(|arch| (*arch).to_owned()).collect();
            architecture("c", &with(arch), &has).line.code
        };
        assert_eq!(code("arm64", &["amd64"]), LineCode::CheckArchitectureWarn);
        assert_eq!(code("", &["amd64"]), LineCode::CheckArchitecturePass);
        assert_eq!(code("arm64", &["amd64", "arm64"]), LineCode::CheckArchitecturePass);
        assert_eq!(code("arm64", &[]), LineCode::CheckArchitectureUnknown);
    }

    #[test]
    fn components_that_were_never_built_are_named() {
        let image = MissingImage { component: "c".into(), cname: "web".into(), was_built: false };
        let model = AppModel { missing_images: vec![image], ..AppModel::default() };
        let seen = never_built(&model);
        assert_eq!((seen.level, seen.line.facts["names"].as_str()), (Level::Warn, "web"));
        assert_eq!(never_built(&AppModel::default()).level, Level::Pass);
    }

    #[test]
    fn addresses_are_compared_whatever_their_spelling() {
        let wanted = BTreeSet::from([address("http://shop.test", ""), port("0.0.0.0:30001")]);
        let level = |served: &[String]| routes("t", &wanted, Ok(served.iter().cloned().collect())).level;
        assert_eq!(level(&[address("shop.test", "/*")]), Level::Warn);
        assert_eq!(level(&["tcp:30001".to_owned()]), Level::Warn);
        assert_eq!(level(&[address("shop.test", "/admin")]), Level::Pass);
        let unseen = routes("t", &wanted, Err(Problem::new(crate::problem::Code::Forbidden, "no")));
        assert_eq!(unseen.line.code, LineCode::CheckRoutesUnseen);
    }

    #[test]
    fn an_unfinished_restore_warns() {
        assert_eq!(super::super::duplicate::unfinished("r").level, Level::Warn);
    }
}
