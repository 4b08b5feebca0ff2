//! Host names inside a team: unique between components, suffixed where taken, and the values that follow
//! (rebuild.md §4.4; recorded 1538).

use super::desk::{Desk, Place};
use crate::noise;
use crate::state::Component;

/// Whether another component of the team answers to the name.
pub(crate) fn taken(desk: &Desk<'_>, tenant_id: &str, service_id: &str, name: &str) -> bool {
    let mut others = desk.rows().components.iter().filter(|row| row.tenant_id == tenant_id);
    others.any(|row| row.service_id != service_id && row.ports.iter().any(|port| port.k8s_service == name))
}

/// Gives new components free names and rewrites their variables and config files.
pub(crate) fn settle(desk: &Desk<'_>, place: &Place, made: &mut [&mut Component]) {
    let mut renamed: Vec<(String, String)> = Vec::new();
    for at in 0..made.len() {
        let (before, rest) = made.split_at_mut(at);
        let Some(row) = rest.first_mut() else { return };
        let mut own: Vec<(String, String)> = Vec::new();
        for port in &mut row.ports {
            let old = port.k8s_service.clone();
            if let Some((_, new)) = own.iter().find(|(known, _)| *known == old) {
                port.k8s_service.clone_from(new);
                continue;
            }
            let here = before.iter().any(|other| other.ports.iter().any(|port| port.k8s_service == old));
            let free = !here && !taken(desk, &place.tenant_id, &row.service_id, &old);
            let new = if free { old.clone() } else { format!("{old}-{}", noise::hex4()) };
            port.k8s_service.clone_from(&new);
            own.push((old, new));
        }
        renamed.extend(own.into_iter().filter(|(old, new)| old != new));
    }
    for row in made.iter_mut() {
        follow(row, &renamed);
    }
}

fn follow(row: &mut Component, renamed: &[(String, String)]) {
    for (old, new) in renamed {
        for env in &mut row.envs {
            let is_host = ["_HOST", "_HOSTNAME", "HOST"].iter().any(|ending| env.key.ends_with(ending));
            env.value = if is_host && env.value == *old { new.clone() } else { rewritten(&env.value, old, new) };
        }
        for content in row.volumes.iter_mut().filter_map(|volume| volume.content.as_mut()) {
            *content = rewritten(content, old, new);
        }
    }
}

/// The places where the console recognises a host: `://host:`, `://host/`, `@host:` and `host:` at the beginning.
/// A bare name elsewhere stays (rebuild.md §4.4).
fn rewritten(text: &str, old: &str, new: &str) -> String {
    let mut text = text.to_owned();
    for (before, after) in [("://", ":"), ("://", "/"), ("@", ":")] {
        text = text.replace(&format!("{before}{old}{after}"), &format!("{before}{new}{after}"));
    }
    match text.strip_prefix(&format!("{old}:")) {
        Some(rest) => format!("{new}:{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::rewritten;

    #[test]
    fn only_recognised_places_follow() {
        for (text, want) in [
            ("mysql://u:p@db:3306/x", "mysql://u:p@db-1a2b:3306/x"),
            ("http://db/x", "http://db-1a2b/x"),
            ("db:3306", "db-1a2b:3306"),
            ("server db:3306;", "server db:3306;"),
            ("db", "db"),
            ("mydb:3306", "mydb:3306"),
        ] {
            assert_eq!(rewritten(text, "db", "db-1a2b"), want);
        }
    }
}
