//! Fresh keys and names, all from one seed: a job that is taken up again makes the same ones.

use sha2::{Digest, Sha256};

/// `group_name` (rebuild.md §1.3).
const NAME_LIMIT_CHARS: usize = 64;

#[derive(Clone, Copy, Debug)]
pub(super) struct Keys<'a> {
    seed: &'a str,
}

impl<'a> Keys<'a> {
    pub(super) fn new(seed: &'a str) -> Self {
        Self { seed }
    }

    /// 32 hexadecimal digits for a thing of a kind.
    pub(super) fn key(self, kind: &str, of: &str) -> String {
        let digest = Sha256::digest(format!("rainferry\n{}\n{kind}\n{of}", self.seed));
        hex::encode(digest.get(..16).unwrap_or(&digest))
    }

    pub(super) fn short(self, kind: &str, of: &str) -> String {
        self.key(kind, of).chars().take(8).collect()
    }

    /// A template's name that people can tell from others, and that fits.
    pub(super) fn group_name(self, app: &str) -> String {
        let end = format!("-migrate-{}", self.short("group", ""));
        let room = NAME_LIMIT_CHARS - end.chars().count();
        app.chars().take(room).chain(end.chars()).collect()
    }
}

/// Its name, or that with a number; names in a package are what old and new components are matched by (rebuild.md §3.5).
pub(super) fn unique(wanted: &str, taken: &[String]) -> String {
    let is_free = |name: &String| !taken.contains(name);
    let numbered = (2..).map(|n: u32| format!("{wanted}#{n}")).find(is_free);
    let wanted = wanted.to_owned();
    if is_free(&wanted) { wanted } else { numbered.unwrap_or(wanted) }
}

/// What Kubernetes takes as a name: lower case letters, digits and dashes within.
pub(super) fn kube_name(text: &str, limit: usize) -> String {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c.is_ascii_alphanumeric() { c } else { '-' };
        if !(c == '-' && (name.is_empty() || name.ends_with('-'))) && name.len() < limit {
            name.push(c);
        }
    }
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_depend_on_seed_kind_and_thing_alone() {
        let keys = Keys::new("job-1");
        assert_eq!(keys.key("component", "a"), Keys::new("job-1").key("component", "a"));
        assert_eq!(keys.key("component", "a").len(), 32);
        for other in [keys.key("component", "b"), keys.key("plugin", "a"), Keys::new("job-2").key("component", "a")] {
            assert_ne!(keys.key("component", "a"), other);
        }
    }

    #[test]
    fn a_long_name_is_cut_by_characters() {
        let name = Keys::new("x").group_name(&"商".repeat(100));
        assert_eq!(name.chars().count(), 64);
        assert!(name.starts_with("商商") && name.contains("-migrate-"));
    }

    #[test]
    fn equal_names_are_numbered() {
        let taken = ["web".to_owned(), "web#2".to_owned()];
        assert_eq!(unique("web", &taken), "web#3");
        assert_eq!(unique("db", &taken), "db");
    }

    #[test]
    fn names_are_made_fit_for_kubernetes() {
        assert_eq!(kube_name("Web_Front.1-", 40), "web-front-1");
        assert_eq!(kube_name("前端", 40), "");
        assert_eq!(kube_name("abc-def", 4), "abc");
    }
}
