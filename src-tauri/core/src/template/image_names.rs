//! New names for images, chosen to fit where the old ones stood.
//!
//! Renaming is the rule: the importer drops host and first segment of a name, so two registries' `web:v1` would become one,
//! and an image of that name at the target would be overwritten (rebuild.md §1.2).

use super::keys::kube_name;
use crate::image::split_tag;

const COMPONENT_LIMIT: usize = 40;

/// What the importer leaves of a name: all but registry host and first segment.
pub(super) fn pushed_rest(name: &str) -> &str {
    let rest = match name.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => rest,
        _ => name,
    };
    rest.split_once('/').map_or(rest, |(_, rest)| rest)
}

/// The best new name that is no longer than the old one, in whole and where it stands beside its tag (`index.json`).
/// `None` where even the shortest is too long.
pub(super) fn choose(old: &str, component: &str, unique: &str) -> Option<String> {
    let tag = split_tag(old).1.unwrap_or("latest");
    let component = kube_name(component, COMPONENT_LIMIT);
    let four = unique.get(..4).unwrap_or(unique);
    let named = |host: &str| (!component.is_empty()).then(|| format!("{host}/x/{component}-{unique}:{tag}"));
    let candidates = [
        named("rbm.local"),
        Some(format!("rbm.local/x/{unique}:{tag}")),
        named("r.b"),
        Some(format!("r.b/x/{unique}:{tag}")),
        Some(format!("r.b/x/{unique}:1")),
        Some(format!("r.b/x/{four}:1")),
    ];
    candidates.into_iter().flatten().find(|new| fits(old, new))
}

fn fits(old: &str, new: &str) -> bool {
    let tag_len = |name| split_tag(name).1.map_or(0, str::len);
    new.len() <= old.len() && new.len() + tag_len(new) <= old.len() + tag_len(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_name_that_fits_is_taken() {
        let check = |old: &str, new: Option<&str>| assert_eq!(choose(old, "db", "1a2b3c4d").as_deref(), new, "{old}");
        check("registry.cn-hangzhou.aliyuncs.com/goodrain/db:20261123", Some("rbm.local/x/db-1a2b3c4d:20261123"));
        check("goodrain.me/some-db-x:2026112300550", Some("rbm.local/x/1a2b3c4d:2026112300550"));
        check("goodrain.me/a/bc:20261123005500", Some("r.b/x/1a2b3c4d:20261123005500"));
        check("goodrain.me/db:20261123005500", Some("r.b/x/1a2b3c4d:20261123005500"));
        check("goodrain.me/d:1", Some("r.b/x/1a2b:1"));
        check("a.b/c:1", None);
    }

    #[test]
    fn an_old_name_without_a_tag_has_no_room_for_one() {
        let new = choose("registry.example.test/team/web", "web", "1a2b3c4d").unwrap();
        assert!(fits("registry.example.test/team/web", &new), "{new}");
    }

    #[test]
    fn the_importer_drops_host_and_first_segment() {
        assert_eq!(pushed_rest("hostA:5000/ns1/web:v1"), "web:v1");
        assert_eq!(pushed_rest("goodrain.me/web:v1"), "web:v1");
        assert_eq!(pushed_rest("rbm.local/x/web-1:v1"), "web-1:v1");
        assert_eq!(pushed_rest("ns/a/b:1"), "a/b:1");
    }
}
