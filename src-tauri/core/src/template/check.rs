//! Every rule the platform applies to a package, applied before a byte is sent (rebuild.md §1.1 to §1.4, §3.4, §3.5).
//!
//! The platform itself says little: a wrong type fails the import without a reason (1517), a wrong name an image later.

use super::draft::{Draft, ImagePart, ImageSource};
use super::image_names::pushed_rest;
use super::schema::{COMPONENT, EXTEND_METHODS, GROUP, Kind, PLUGIN, ROUTE, ROWS, TOP, is_of};
use crate::image::{Naming, split_tag};
use serde_json::Value;
use std::collections::BTreeSet;

/// A rule that a draft breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleBroken {
    pub rule: Rule,
    /// A path in the metadata, or a file's name.
    pub at: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rule {
    /// Of another JSON type than the region's, or not there.
    Type,
    /// Too long, or of characters that are not taken.
    Text,
    /// 32 hexadecimal digits.
    Key,
    Unique,
    /// Speaks of something that the package does not hold.
    Reference,
    Empty,
    /// A word that the platform does not know.
    Word,
    /// A tar whose path holds "plugin" is skipped.
    PluginInPath,
    FileName,
    ImageName,
    /// Two images that the importer would push under one name.
    ImageCollision,
    /// A new name that does not fit where the old one stands.
    ImageRoom,
    Probe,
    PortOrder,
    Memory,
    /// Variables of ports are made from the ports.
    PortVariable,
}

/// Empty where the platform would take the package.
pub(crate) fn check(draft: &Draft) -> Vec<RuleBroken> {
    let mut broken = Broken(Vec::new());
    files(draft, &mut broken);
    images(&draft.images, &mut broken);
    top(draft, &mut broken);
    let package = Known::of(draft);
    each(&draft.metadata.0, "apps", |at, app| component(at, app, &package, &mut broken));
    each(&draft.metadata.0, "plugins", |at, one| plugin(at, one, &package, &mut broken));
    each(&draft.metadata.0, "app_config_groups", |at, group| {
        broken.types(at, group, GROUP);
        for key in list(group, "component_keys") {
            broken.unless(package.keys.contains(text_of(key)), Rule::Reference, at);
        }
    });
    each(&draft.metadata.0, "ingress_http_routes", |at, route| {
        broken.types(at, route, ROUTE);
        broken.unless(package.keys.contains(text(route, "component_key")), Rule::Reference, at);
    });
    broken.0
}

struct Broken(Vec<RuleBroken>);

impl Broken {
    fn unless(&mut self, holds: bool, rule: Rule, at: &str) {
        if !holds {
            self.0.push(RuleBroken { rule, at: at.to_owned() });
        }
    }

    fn types(&mut self, at: &str, value: &Value, keys: &[(&str, Kind)]) {
        for (key, kind) in keys {
            let is_right = value.get(key).is_some_and(|value| is_of(value, *kind));
            self.unless(is_right, Rule::Type, &format!("{at}.{key}"));
        }
    }
}

fn each<'a>(value: &'a Value, key: &str, mut look: impl FnMut(&str, &'a Value)) {
    for (at, row) in list(value, key).iter().enumerate() {
        look(&format!("{key}[{at}]"), row);
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).map(text_of).unwrap_or_default()
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn is_key(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What entries may refer to.
struct Known<'a> {
    keys: BTreeSet<&'a str>,
    shares: BTreeSet<&'a str>,
    plugins: BTreeSet<&'a str>,
    images: BTreeSet<&'a str>,
    /// Plugins of our own, by key.
    made: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    fn of(draft: &'a Draft) -> Self {
        let apps = list(&draft.metadata.0, "apps");
        Self {
            keys: apps.iter().map(|app| text(app, "service_key")).collect(),
            shares: apps.iter().map(|app| text(app, "service_share_uuid")).collect(),
            plugins: list(&draft.metadata.0, "plugins").iter().map(|plugin| text(plugin, "plugin_key")).collect(),
            images: draft.images.iter().map(|image| image.image.as_str()).collect(),
            made: list(&draft.metadata.0, "plugins")
                .iter()
                .filter(|plugin| is_made(draft, text(plugin, "share_image")))
                .map(|plugin| text(plugin, "plugin_key"))
                .collect(),
        }
    }
}

fn is_made(draft: &Draft, image: &str) -> bool {
    draft.images.iter().any(|part| part.image == image && matches!(part.source, ImageSource::Made(_)))
}

fn files(draft: &Draft, broken: &mut Broken) {
    let name = &draft.file_name;
    let is_name = name.ends_with(".tar.gz") && !name.contains([',', ':', '/', ' ']) && name.is_ascii();
    broken.unless(is_name, Rule::FileName, name);
    let is_root = !draft.root.is_empty() && !draft.root.contains('/') && draft.root.len() < 80;
    broken.unless(is_root, Rule::FileName, &draft.root);
    let mut seen = BTreeSet::new();
    for image in &draft.images {
        let is_file = image.file.ends_with(".tar") && !image.file.contains('/') && image.file.len() <= 20;
        broken.unless(is_file, Rule::FileName, &image.file);
        broken.unless(seen.insert(&image.file), Rule::Unique, &image.file);
    }
    let paths = draft.images.iter().map(|image| &image.file).chain([name, &draft.root]);
    for path in paths {
        broken.unless(!path.to_lowercase().contains("plugin"), Rule::PluginInPath, path);
    }
}

fn images(images: &[ImagePart], broken: &mut Broken) {
    for (at, image) in images.iter().enumerate() {
        broken.unless(image.bytes > 0, Rule::Empty, &image.file);
        broken.unless(is_image_name(&image.image), Rule::ImageName, &image.image);
        if let Naming::Only(new) = &image.naming {
            let fits = new.len() <= image.was.len() && *new == image.image;
            broken.unless(fits, Rule::ImageRoom, new);
        }
        let before = images.get(..at).unwrap_or_default();
        let collides =
            |other: &ImagePart| other.image != image.image && pushed_rest(&other.image) == pushed_rest(&image.image);
        broken.unless(!before.iter().any(collides), Rule::ImageCollision, &image.image);
    }
}

/// With a tag; lower case and no empty segment (`distribution/reference`).
fn is_image_name(name: &str) -> bool {
    let (path, tag) = split_tag(name);
    let is_tag = |tag: &str| {
        !tag.is_empty() && tag.len() <= 128 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let is_segment = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.ends_with(|c: char| c.is_ascii_alphanumeric())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:".contains(&b))
    };
    tag.is_some_and(is_tag) && path.split('/').all(is_segment)
}

fn top(draft: &Draft, broken: &mut Broken) {
    let metadata = &draft.metadata.0;
    broken.types("", metadata, TOP);
    broken.unless(text(metadata, "template_version") == "v2", Rule::Word, "template_version");
    broken.unless(is_key(text(metadata, "group_key")), Rule::Key, "group_key");
    let name_len = text(metadata, "group_name").chars().count();
    broken.unless((1..=64).contains(&name_len), Rule::Text, "group_name");
    let version = text(metadata, "group_version");
    let is_version = !version.is_empty()
        && version.len() <= 32
        && version.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    broken.unless(is_version, Rule::Text, "group_version");
    let modes = [super::synthesize::NATIVE, "BUILD_IN_SERVICE_MESH", "ISTIO_SERVICE_MESH"];
    broken.unless(modes.contains(&text(metadata, "governance_mode")), Rule::Word, "governance_mode");
    broken.unless(!list(metadata, "apps").is_empty(), Rule::Empty, "apps");
    for (of, key) in [("apps", "service_key"), ("apps", "service_cname"), ("plugins", "plugin_key")] {
        let mut seen = BTreeSet::new();
        each(metadata, of, |at, row| broken.unless(seen.insert(text(row, key)), Rule::Unique, &format!("{at}.{key}")));
    }
}

fn component(at: &str, app: &Value, package: &Known<'_>, broken: &mut Broken) {
    broken.types(at, app, COMPONENT);
    for (key, keys) in ROWS {
        each(app, key, |row_at, row| broken.types(&format!("{at}.{row_at}"), row, keys));
    }
    let (id, key) = (text(app, "service_id"), text(app, "service_key"));
    broken.unless(is_key(key), Rule::Key, &format!("{at}.service_key"));
    let is_share = !id.is_empty() && text(app, "service_share_uuid") == format!("{key}+{id}");
    broken.unless(is_share, Rule::Key, &format!("{at}.service_share_uuid"));
    broken.unless(!text(app, "service_cname").is_empty(), Rule::Empty, &format!("{at}.service_cname"));
    broken.unless(EXTEND_METHODS.contains(&text(app, "extend_method")), Rule::Word, &format!("{at}.extend_method"));
    broken.unless(text(app, "service_source") != "vm_run", Rule::Word, &format!("{at}.service_source"));
    broken.unless(!text(app, "arch").is_empty(), Rule::Empty, &format!("{at}.arch"));
    for image in ["image", "share_image"] {
        broken.unless(package.images.contains(text(app, image)), Rule::Reference, &format!("{at}.{image}"));
    }
    let init = app.pointer("/extend_method_map/init_memory");
    broken.unless(init.is_some() && init == app.get("memory"), Rule::Memory, &format!("{at}.extend_method_map"));
    for (of, key) in [("dep_service_map_list", "dep_service_key"), ("mnt_relation_list", "service_share_uuid")] {
        each(app, of, |row_at, row| {
            broken.unless(package.shares.contains(text(row, key)), Rule::Reference, &format!("{at}.{row_at}"));
        });
    }
    rows(at, app, id, package, broken);
}

fn rows(at: &str, app: &Value, id: &str, package: &Known<'_>, broken: &mut Broken) {
    let number = |row: &Value, key: &str| row.get(key).and_then(Value::as_i64).unwrap_or_default();
    let mut modes = BTreeSet::new();
    each(app, "probes", |row_at, probe| {
        let has_aim = number(probe, "port") > 0 || !text(probe, "cmd").is_empty();
        let is_valid = has_aim && modes.insert(text(probe, "mode"));
        broken.unless(is_valid, Rule::Probe, &format!("{at}.{row_at}"));
    });
    let leads_out = |port: &Value| {
        port.get("is_outer_service").and_then(Value::as_bool) == Some(true) && text(port, "protocol") == "http"
    };
    let is_ordered = list(app, "port_map_list").iter().map(leads_out).is_sorted_by(|a, b| a >= b);
    broken.unless(is_ordered, Rule::PortOrder, &format!("{at}.port_map_list"));
    let mut ports = BTreeSet::new();
    each(app, "port_map_list", |row_at, port| {
        broken.unless(ports.insert(number(port, "container_port")), Rule::Unique, &format!("{at}.{row_at}"));
    });
    for of in ["service_env_map_list", "service_connect_info_map_list"] {
        each(app, of, |row_at, env| {
            broken.unless(number(env, "container_port") == 0, Rule::PortVariable, &format!("{at}.{row_at}"));
        });
    }
    each(app, "service_related_plugin_config", |row_at, link| {
        let is_known = package.plugins.contains(text(link, "plugin_key")) && text(link, "service_id") == id;
        broken.unless(is_known, Rule::Reference, &format!("{at}.{row_at}"));
        for attr in list(link, "attr") {
            let is_json = serde_json::from_str::<Value>(text(attr, "attrs")).is_ok();
            broken.unless(is_json, Rule::Type, &format!("{at}.{row_at}.attr"));
            // A `${…}` is expanded: a wish in an app's own settings, damage in ours (rebuild.md §8.2).
            let is_ours = package.made.contains(text(link, "plugin_key"));
            let is_plain = !is_ours || !text(attr, "attrs").contains("${");
            broken.unless(is_plain, Rule::Text, &format!("{at}.{row_at}.attr"));
        }
    });
}

fn plugin(at: &str, plugin: &Value, package: &Known<'_>, broken: &mut Broken) {
    broken.types(at, plugin, PLUGIN);
    broken.unless(is_key(text(plugin, "plugin_key")), Rule::Key, &format!("{at}.plugin_key"));
    for key in ["plugin_alias", "category", "desc", "build_version"] {
        broken.unless(!text(plugin, key).is_empty(), Rule::Empty, &format!("{at}.{key}"));
    }
    broken.unless(package.images.contains(text(plugin, "share_image")), Rule::Reference, &format!("{at}.share_image"));
    each(plugin, "config_groups", |row_at, group| {
        broken.unless(!list(group, "options").is_empty(), Rule::Empty, &format!("{at}.{row_at}.options"));
    });
}
