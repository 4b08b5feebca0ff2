//! The table of endpoints: method, path, era, who may ask, and the view. Views know no HTTP; this table no rows.

use http::Method;

use super::answer::Reply;
use super::ask::Ask;
use super::desk::Desk;
use super::{
    apps, backups, certificates, components, config_groups, dependencies, docker_run, enterprise, envs, events,
    exports, gateway, graphs, imports, install, k8s_attributes, labels, login, migrations, mounts, operations,
    package_build, plugin_making, plugins, ports, probes, resources, rules, shares, templates, third_party, tickets,
    users, volumes,
};
use crate::era::Era;
use crate::region::Door;

pub(crate) type View = fn(&mut Desk<'_>, &Ask) -> Reply;

/// Who must have shown a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Anyone,
    User,
}

use Who::{Anyone, User};

#[rustfmt::skip]
const TABLE: &[(&str, &str, Who, View)] = &[
    ("POST", "/console/users/login", Anyone, login::login),
    ("GET", "/console/config/info", Anyone, enterprise::config_info),
    ("GET", "/console/users/details", User, users::details),
    ("GET", "/console/users/team_details", User, users::team_details),
    ("GET", "/console/enterprise/{eid}/info", User, enterprise::info),
    ("PUT", "/console/enterprise/{eid}/objectstorage", User, enterprise::put_object_storage),
    ("GET", "/console/enterprise/{eid}/teams", User, enterprise::teams),
    ("GET", "/console/enterprise/{eid}/myteams", User, enterprise::myteams),
    ("GET", "/console/enterprise/{eid}/apps", User, enterprise::apps),
    ("GET", "/console/enterprise/{eid}/regions", User, enterprise::regions),
    ("GET", "/console/enterprise/{eid}/regions/{region}", User, enterprise::region),
    ("GET", "/console/enterprise/{eid}/team/{team}/app/{app}/domain", User, rules::http_query),
    ("GET", "/console/enterprise/{eid}/team/{team}/app/{app}/tcpdomain", User, rules::tcp_query),
    ("GET", "/console/teams/{team}/region/query", User, enterprise::team_regions),
    ("GET", "/console/teams/{team}/groups", User, apps::groups),
    ("POST", "/console/teams/{team}/groups", User, apps::create),
    ("GET", "/console/teams/{team}/groups/{app}", User, apps::detail),
    ("DELETE", "/console/teams/{team}/groups/{app}", User, apps::delete),
    ("GET", "/console/teams/{team}/groups/{app}/status", User, apps::status),
    ("GET", "/console/teams/{team}/groups/{app}/visit", User, rules::visit),
    ("POST", "/console/teams/{team}/groups/{app}/common_operation", User, operations::on_app),
    ("GET", "/console/teams/{team}/apps", User, apps::team_apps),
    ("GET", "/console/teams/{team}/overview", User, apps::overview),
    ("GET", "/console/teams/{team}/overview/groups", User, apps::overview_groups),
    ("POST", "/console/teams/{team}/overview/services/status", User, components::statuses),
    ("POST", "/console/teams/{team}/batch_actions", User, operations::batch),
    ("GET", "/console/teams/{team}/service/group", User, components::of_group),
    ("GET", "/console/teams/{team}/apps/{component}/detail", User, components::detail),
    ("GET", "/console/teams/{team}/apps/{component}/volumes", User, volumes::list),
    ("GET", "/console/teams/{team}/apps/{component}/ports", User, ports::list),
    ("GET", "/console/teams/{team}/apps/{component}/envs", User, components::envs),
    ("DELETE", "/console/teams/{team}/apps/{component}/delete", User, components::delete),
    ("POST", "/console/teams/{team}/apps/{component}/stop", User, operations::on_component),
    ("POST", "/console/teams/{team}/apps/{component}/start", User, operations::on_component),
    ("POST", "/console/teams/{team}/apps/{component}/restart", User, operations::on_component),
    ("POST", "/console/teams/{team}/apps/{component}/build", User, operations::on_component),
    ("GET", "/console/enterprise/{eid}/app-models", User, templates::list),
    ("POST", "/console/enterprise/{eid}/app-models", User, templates::create),
    ("POST", "/console/enterprise/{eid}/app-models/export", User, exports::start),
    ("GET", "/console/enterprise/{eid}/app-models/export", User, exports::state),
    ("DELETE", "/console/enterprise/{eid}/app-models/export/{event}", User, exports::delete),
    ("GET", "/console/teams/{team}/groups/{app}/shared/apps", User, shares::templates),
    ("POST", "/console/teams/{team}/groups/{app}/share/record", User, shares::open),
    ("GET", "/console/teams/{team}/groups/{app}/share/record", User, shares::records),
    ("DELETE", "/console/teams/{team}/groups/{app}/share/record/{share}", User, shares::hide),
    ("GET", "/console/teams/{team}/share/{share}/info", User, shares::contents),
    ("POST", "/console/teams/{team}/share/{share}/info", User, shares::fill),
    ("GET", "/console/teams/{team}/share/{share}/events", User, shares::events),
    ("POST", "/console/teams/{team}/share/{share}/events/{event}", User, shares::send),
    ("GET", "/console/teams/{team}/share/{share}/events/{event}", User, shares::event),
    ("POST", "/console/teams/{team}/share/{share}/events/{event}/plugin", User, shares::send),
    ("GET", "/console/teams/{team}/share/{share}/events/{event}/plugin", User, shares::event),
    ("POST", "/console/teams/{team}/share/{share}/complete", User, shares::complete),
    ("DELETE", "/console/teams/{team}/share/{share}/giveup", User, shares::give_up),
    ("DELETE", "/console/enterprise/{eid}/app-model/{key}", User, templates::delete),
    ("POST", "/console/enterprise/{eid}/app-models/import", User, imports::create),
    ("POST", "/console/enterprise/{eid}/app-models/import/{event}", User, imports::start),
    ("GET", "/console/enterprise/{eid}/app-models/import/{event}", User, imports::poll),
    ("DELETE", "/console/enterprise/{eid}/app-models/import/{event}", User, imports::delete),
    ("GET", "/console/enterprise/{eid}/app-models/import/{event}/dir", User, imports::dir),
    ("POST", "/console/teams/{team}/apps/package_build/record", User, package_build::record),
    ("POST", "/console/teams/{team}/apps/package_build/tar-image/load", User, package_build::load),
    ("GET", "/console/teams/{team}/apps/package_build/tar-image/load/{load}", User, package_build::load_state),
    ("POST", "/console/teams/{team}/apps/docker_run", User, docker_run::create),
    ("POST", "/console/teams/{team}/apps/{component}/check", User, docker_run::check),
    ("GET", "/console/teams/{team}/apps/{component}/check", User, docker_run::check_state),
    ("PUT", "/console/teams/{team}/apps/{component}/buildsource", User, docker_run::build_source),
    ("DELETE", "/console/teams/{team}/apps/{component}/ports/{port}", User, docker_run::delete_port),
    ("DELETE", "/console/teams/{team}/apps/{component}/envs/{env}", User, docker_run::delete_env),
    ("DELETE", "/console/teams/{team}/apps/{component}/volumes/{volume}", User, docker_run::delete_volume),
    ("PUT", "/console/teams/{team}/apps/{component}/deploytype", User, resources::deploy_type),
    ("POST", "/console/teams/{team}/apps/{component}/horizontal", User, resources::horizontal),
    ("GET", "/console/teams/{team}/apps/{component}/service_monitor", User, resources::monitors),
    ("POST", "/console/teams/{team}/apps/{component}/service_monitor", User, resources::add_monitor),
    ("POST", "/console/teams/{team}/apps/market_create", User, install::create),
    ("POST", "/console/teams/{team}/apps/market_create/preflight", User, install::preflight),
    ("POST", "/console/teams/{team}/apps/third_party", User, third_party::create),
    ("GET", "/console/teams/{team}/apps/{component}/third_party/pods", User, third_party::pods),
    ("POST", "/console/teams/{team}/apps/{component}/ports", User, ports::add),
    ("PUT", "/console/teams/{team}/apps/{component}/ports/{port}", User, ports::change),
    ("POST", "/console/teams/{team}/apps/{component}/envs", User, envs::add),
    ("POST", "/console/teams/{team}/apps/{component}/volumes", User, volumes::add),
    ("GET", "/console/teams/{team}/apps/{component}/mnt", User, mounts::list),
    ("POST", "/console/teams/{team}/apps/{component}/mnt", User, mounts::add),
    ("GET", "/console/teams/{team}/apps/{component}/dependency", User, dependencies::list),
    ("POST", "/console/teams/{team}/apps/{component}/dependency", User, dependencies::add),
    ("GET", "/console/teams/{team}/apps/{component}/probe", User, probes::show),
    ("POST", "/console/teams/{team}/apps/{component}/probe", User, probes::put),
    ("PUT", "/console/teams/{team}/apps/{component}/probe", User, probes::put),
    ("POST", "/console/teams/{team}/apps/{component}/vertical", User, resources::vertical),
    ("GET", "/console/teams/{team}/groups/{app}/configgroups", User, config_groups::list),
    ("POST", "/console/teams/{team}/groups/{app}/configgroups", User, config_groups::create),
    ("GET", "/console/teams/{team}/components/{component}/k8s-attributes", User, k8s_attributes::list),
    ("POST", "/console/teams/{team}/components/{component}/k8s-attributes", User, k8s_attributes::create),
    ("GET", "/console/teams/{team}/apps/{component}/pluginlist", User, plugins::list),
    ("POST", "/console/teams/{team}/plugins", User, plugin_making::create),
    ("GET", "/console/teams/{team}/plugins/{plugin}/version/{version}/config", User, plugin_making::config_groups),
    ("POST", "/console/teams/{team}/plugins/{plugin}/version/{version}/config", User, plugin_making::add_config_group),
    ("POST", "/console/teams/{team}/plugins/{plugin}/version/{version}/build", User, plugin_making::build),
    ("GET", "/console/teams/{team}/apps/{component}/graphs", User, graphs::list),
    ("POST", "/console/teams/{team}/apps/{component}/graphs", User, graphs::create),
    ("GET", "/console/teams/{team}/apps/{component}/labels", User, labels::bound),
    ("GET", "/console/teams/{team}/apps/{component}/labels/available", User, labels::available),
    ("POST", "/console/teams/{team}/apps/{component}/labels", User, labels::bind),
    ("GET", "/console/teams/{team}/plugins/{plugin}/version/{version}/status", User, plugins::build_status),
    ("DELETE", "/console/teams/{team}/plugins/{plugin}", User, plugins::delete),
    ("POST", "/console/teams/{team}/apps/{component}/plugins/{plugin}/install", User, plugins::install),
    ("DELETE", "/console/teams/{team}/apps/{component}/plugins/{plugin}/install", User, plugins::uninstall),
    ("GET", "/console/teams/{team}/apps/{component}/plugins/{plugin}/configs", User, plugins::configs),
    ("PUT", "/console/teams/{team}/apps/{component}/plugins/{plugin}/configs", User, plugins::put_configs),
    ("PUT", "/console/teams/{team}/apps/{component}/plugins/{plugin}/open", User, plugins::open),
    ("GET", "/console/teams/{team}/certificates", User, certificates::list),
    ("POST", "/console/teams/{team}/certificates", User, certificates::create),
    ("GET", "/console/teams/{team}/certificates/{certificate}", User, certificates::one),
    ("DELETE", "/console/teams/{team}/certificates/{certificate}", User, certificates::delete),
    ("GET", "/console/teams/{team}/events", User, events::list),
    ("GET", "/console/teams/{team}/events/{event}/log", User, events::log),
    ("GET", "/console/teams/{team}/groupapp/backup", User, backups::of_group),
    ("GET", "/console/teams/{team}/all/groupapp/backup", User, backups::of_team),
    ("POST", "/console/teams/{team}/groupapp/{app}/backup", User, backups::create),
    ("GET", "/console/teams/{team}/groupapp/{app}/backup", User, backups::status),
    ("DELETE", "/console/teams/{team}/groupapp/{app}/backup", User, backups::delete),
    ("GET", "/console/teams/{team}/groupapp/{app}/backup/all_status", User, backups::all_status),
    ("GET", "/console/teams/{team}/groupapp/{app}/backup/export", Anyone, tickets::export),
    ("POST", "/console/teams/{team}/groupapp/{app}/backup/import", User, tickets::import),
    ("POST", "/console/teams/{team}/groupapp/{app}/migrate", User, migrations::start),
    ("GET", "/console/teams/{team}/groupapp/{app}/migrate", User, migrations::status),
    ("GET", "/console/teams/{team}/groupapp/{app}/migrate/record", User, migrations::record),
    ("DELETE", "/console/teams/{team}/groupapp/{app}/delete", User, migrations::delete_original),
    ("GET", "/console/teams/{team}/domain/query", User, rules::http_query),
    ("GET", "/console/teams/{team}/domain/get_port", User, rules::get_port),
    ("GET", "/console/teams/{team}/tcpdomain/query", User, rules::tcp_query),
    ("POST", "/console/teams/{team}/httpdomain", User, rules::http_create),
    ("POST", "/console/teams/{team}/tcpdomain", User, rules::tcp_create),
    ("GET", "/console/api-gateway/v1/{team}/routes/http", User, gateway::http_list),
    ("POST", "/console/api-gateway/v1/{team}/routes/http", User, gateway::http_create),
    ("GET", "/console/api-gateway/v1/{team}/routes/http/domains", User, gateway::http_domains),
    ("DELETE", "/console/api-gateway/v1/{team}/routes/http/{name}", User, gateway::http_delete),
    ("GET", "/console/api-gateway/v1/{team}/routes/tcp", User, gateway::tcp_list),
    ("POST", "/console/api-gateway/v1/{team}/routes/tcp", User, gateway::tcp_create),
];

/// What a path and method lead to.
pub(crate) enum Found {
    View(Who, View),
    WrongMethod,
    Nothing,
}

/// Looks a request up and fills its path parameters in.
pub(crate) fn find(era: Era, ask: &mut Ask) -> Found {
    let mut wrong_method = false;
    for (method, pattern, who, view) in TABLE {
        if !era.traits().has(method, pattern) {
            continue;
        }
        let Some(params) = params(pattern, &ask.path) else { continue };
        if ask.method.as_str() == *method || (ask.method == Method::HEAD && *method == "GET") {
            ask.params = params.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
            return Found::View(*who, *view);
        }
        wrong_method = true;
    }
    if wrong_method { Found::WrongMethod } else { Found::Nothing }
}

fn params<'a>(pattern: &'static str, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut found = Vec::new();
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return Some(found),
            (Some(want), Some(given)) => match want.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !given.is_empty() => found.push((name, given)),
                None if want == given => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

/// The event of an upload and who passes it on: the console from v6.9.2 on, else the region's own door, which the
/// sandbox opens on the console's port (rebuild.md §3.2).
pub(crate) fn upload_event<'a>(era: Era, method: &Method, path: &'a str) -> Option<&'a str> {
    const PROXY: &str = "/console/regions/{region}/websocket/app/upload/{event}";
    const REGION: &str = "/app/upload/{event}";
    if method != Method::POST {
        return None;
    }
    let proxied = || params(PROXY, path).filter(|_| era.is_v6());
    let found = params(REGION, path).or_else(proxied)?;
    found.into_iter().find(|(name, _)| *name == "event").map(|(_, event)| event)
}

/// The door for images: the console's proxy, or the region's own, as for packages (rebuild.md §7.1).
pub(crate) fn image_door(era: Era, method: &Method, path: &str) -> Option<(String, Door)> {
    const ROOTS: [&str; 2] = [
        "/console/regions/{region}/websocket/package_build/component/events/{event}",
        "/package_build/component/events/{event}",
    ];
    if !era.is_v6() {
        return None;
    }
    let doors = [
        (Method::POST, "", Door::Whole),
        (Method::POST, "/upload/init", Door::Init),
        (Method::POST, "/upload/chunk", Door::Chunk),
        (Method::POST, "/upload/complete", Door::Complete),
        (Method::GET, "/upload/status/", Door::Status(String::new())),
        (Method::DELETE, "/upload/", Door::Drop(String::new())),
    ];
    for (wanted, below, door) in doors {
        if *method != wanted {
            continue;
        }
        let (path, session) = match below.ends_with('/') {
            true => path.rsplit_once('/').unwrap_or((path, "")),
            false => (path, ""),
        };
        let Some(root) = path.strip_suffix(below.trim_end_matches('/')) else { continue };
        let found = ROOTS.iter().find_map(|pattern| params(pattern, root));
        let event = found.and_then(|found| found.into_iter().find(|(name, _)| *name == "event"));
        let Some((_, event)) = event else { continue };
        let door = match door {
            Door::Status(_) => Door::Status(session.to_owned()),
            Door::Drop(_) => Door::Drop(session.to_owned()),
            other => other,
        };
        return Some((event.to_owned(), door));
    }
    None
}

/// The file of an export and who hands it out: as with uploads (rebuild.md §3.2). Asks for no login.
pub(crate) fn download<'a>(era: Era, method: &Method, path: &'a str) -> Option<&'a str> {
    const PROXY: &str = "/console/regions/{region}/websocket/app/download/{format}/{file}";
    const REGION: &str = "/app/download/{format}/{file}";
    if method != Method::GET {
        return None;
    }
    let found = params(REGION, path).or_else(|| params(PROXY, path).filter(|_| era.is_v6()))?;
    let of = |wanted: &str| found.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    of("file").filter(|_| of("format") == Some("rainbond-app"))
}

/// The import a request wants the arrived files of.
pub(crate) fn dir_event(path: &str) -> Option<&str> {
    let found = params("/console/enterprise/{eid}/app-models/import/{event}/dir", path)?;
    found.into_iter().find(|(name, _)| *name == "event").map(|(_, event)| event)
}
