//! Which components and plugins can be in a package, under which names, with which images.

use super::draft::{ImagePart, ImageSource, LeftOut, Placed, Reason};
use super::facts::{ExtraPlugin, Order, TargetFacts};
use super::image_names::{choose, pushed_rest};
use super::keys::{Keys, unique};
use crate::image::{ImageFacts, Naming, same_name};
use crate::package::{AppModel, ComponentModel, DataEntry, PluginModel, Row};

pub(super) struct Selection<'a> {
    pub chosen: Vec<Chosen<'a>>,
    pub plugins: Vec<ChosenPlugin<'a>>,
    pub left_out: Vec<LeftOut>,
    /// Plugins of the app that cannot come along.
    pub lost_plugins: Vec<&'a PluginModel>,
    pub images: Vec<ImagePart>,
    third: Vec<(&'a ComponentModel, String)>,
}

/// Under which key the team knows an extra plugin.
pub(super) fn extra_plugin_key(keys: Keys<'_>, slot: &str) -> String {
    keys.key("extra", slot)
}

pub(super) struct Chosen<'a> {
    pub component: &'a ComponentModel,
    pub placed: Placed,
    pub share_uuid: String,
    pub image: String,
    pub arch: String,
}

pub(super) struct ChosenPlugin<'a> {
    pub key: String,
    pub build_version: String,
    pub image: String,
    pub from: PluginFrom<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum PluginFrom<'a> {
    Backup(&'a PluginModel),
    Extra(&'a ExtraPlugin),
}

impl<'a> Selection<'a> {
    pub(super) fn of(app: &'a AppModel, target: &TargetFacts, order: &'a Order) -> Self {
        let mut all = Self {
            chosen: Vec::new(),
            plugins: Vec::new(),
            left_out: Vec::new(),
            lost_plugins: Vec::new(),
            images: Vec::new(),
            third: Vec::new(),
        };
        let keys = Keys::new(&order.seed);
        let mut cnames = Vec::new();
        for component in &app.components {
            let cname = unique(shown_name(component), &cnames);
            match all.choose(component, &cname, keys, target, order) {
                Ok(chosen) => {
                    cnames.push(cname);
                    all.chosen.push(chosen);
                }
                Err(reason) => {
                    let (id, source_cname) = (component.id.clone(), component.cname.clone());
                    all.left_out.push(LeftOut { id, cname: source_cname, reason });
                    if reason == Reason::ThirdParty {
                        cnames.push(cname.clone());
                        all.third.push((component, cname));
                    }
                }
            }
        }
        for plugin in &app.plugins {
            match all.choose_plugin(plugin, keys, order) {
                Some(chosen) => all.plugins.push(chosen),
                None => all.lost_plugins.push(plugin),
            }
        }
        for extra in &order.extra_plugins {
            all.add_extra(extra, keys);
        }
        all
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.get(id).is_some()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Chosen<'a>> {
        self.chosen.iter().find(|chosen| chosen.component.id == id)
    }

    pub(super) fn third_parties(&self) -> impl Iterator<Item = &'a ComponentModel> + '_ {
        self.third.iter().map(|(component, _)| *component)
    }

    /// Its name on the target; never one that a component in the package has.
    pub(super) fn third_party_cname(&self, id: &str) -> Option<&str> {
        self.third.iter().find(|(component, _)| component.id == id).map(|(_, cname)| cname.as_str())
    }

    pub(super) fn plugin_name(&self, id: &str) -> Option<&'a str> {
        self.plugins.iter().find_map(|plugin| match plugin.from {
            PluginFrom::Backup(model) => (model.id == id).then_some(model.name.as_str()),
            PluginFrom::Extra(_) => None,
        })
    }

    fn choose(
        &mut self,
        component: &'a ComponentModel,
        cname: &str,
        keys: Keys<'_>,
        target: &TargetFacts,
        order: &Order,
    ) -> Result<Chosen<'a>, Reason> {
        let entry = packable(component)?;
        let seen = order.seen.get(&entry.name);
        let arch = arch_of(component, seen, target);
        let k8s_name = if component.k8s_name.is_empty() { &component.alias } else { &component.k8s_name };
        let short = keys.short("image", &component.id);
        let wanted = Wanted { built: &component.built_image, label: k8s_name, short: &short, of: cname, arch: &arch };
        let image = self.add_image(entry, seen, &wanted)?;
        let service_key = keys.key("component", &component.id);
        let share_uuid = format!("{service_key}+{}", component.id);
        let placed = Placed {
            id: component.id.clone(),
            service_key,
            cname: cname.to_owned(),
            source_cname: component.cname.clone(),
            k8s_name: k8s_name.clone(),
        };
        Ok(Chosen { component, placed, share_uuid, image, arch })
    }

    fn choose_plugin(&mut self, plugin: &'a PluginModel, keys: Keys<'_>, order: &Order) -> Option<ChosenPlugin<'a>> {
        let entry = plugin.image_entry.as_ref()?;
        let seen = order.seen.get(&entry.name);
        let built = if plugin.built_image.is_empty() { &plugin.image } else { &plugin.built_image };
        let short = keys.short("image", &plugin.id);
        let wanted = Wanted { built, label: "p", short: &short, of: &plugin.name, arch: "" };
        let image = self.add_image(entry, seen, &wanted).ok()?;
        // A copy that came from the same template is used again (rebuild.md §2).
        let origin = Row(&plugin.console_raw.0).text("origin_share_id");
        let key = if is_key(&origin) { origin } else { keys.key("plugin", &plugin.id) };
        let build_version = if plugin.build_version.is_empty() { "1".to_owned() } else { plugin.build_version.clone() };
        Some(ChosenPlugin { key, build_version, image, from: PluginFrom::Backup(plugin) })
    }

    fn add_extra(&mut self, extra: &'a ExtraPlugin, keys: Keys<'_>) {
        self.plugins.push(ChosenPlugin {
            key: extra_plugin_key(keys, &extra.slot),
            build_version: extra.build_version.clone(),
            image: extra.image.clone(),
            from: PluginFrom::Extra(extra),
        });
        let (bytes, image) = (extra.archive.len() as u64, extra.image.clone());
        self.images.push(ImagePart {
            file: self.next_file(),
            source: ImageSource::Made(extra.archive.clone()),
            bytes,
            was: image.clone(),
            naming: Naming::map([(image.as_str(), image.as_str())]),
            image,
            of: extra.alias.clone(),
            arch: String::new(),
        });
    }

    /// Adds an image's archive under a name that fits; says that name.
    fn add_image(
        &mut self,
        entry: &DataEntry,
        seen: Option<&ImageFacts>,
        wanted: &Wanted<'_>,
    ) -> Result<String, Reason> {
        if seen.is_some_and(|facts| !facts.has_images()) || entry.bytes == 0 {
            return Err(Reason::ImageEmpty);
        }
        let inside = seen.map(ImageFacts::names).unwrap_or_default();
        // What is inside counts; the metadata only says what should be (rebuild.md §2).
        let is_said = |name: &&&str| same_name(name, wanted.built);
        let was = inside.iter().find(is_said).or(inside.first()).copied().unwrap_or(wanted.built).to_owned();
        if was.is_empty() {
            return Err(Reason::ImageUnnamed);
        }
        let is_alone = seen.is_none_or(|facts| facts.image_count == 1);
        // Every name of the one image gives way to the new one, so the shortest decides.
        let shortest = inside.iter().copied().filter(|_| is_alone).min_by_key(|name| name.len()).unwrap_or(&was);
        let (image, naming) = match choose(shortest, wanted.label, wanted.short) {
            Some(new) if is_alone => (new.clone(), Naming::Only(new)),
            Some(new) => (new.clone(), Naming::map([(was.as_str(), new.as_str())])),
            None if self.collides(&was) => return Err(Reason::ImageNameCollides),
            None => (was.clone(), Naming::map([])),
        };
        self.images.push(ImagePart {
            file: self.next_file(),
            source: ImageSource::Member(entry.name.clone()),
            bytes: entry.bytes,
            image: image.clone(),
            was,
            naming,
            of: wanted.of.to_owned(),
            arch: wanted.arch.to_owned(),
        });
        Ok(image)
    }

    fn collides(&self, name: &str) -> bool {
        self.images.iter().any(|image| image.image != name && pushed_rest(&image.image) == pushed_rest(name))
    }

    fn next_file(&self) -> String {
        format!("img-{:02}.tar", self.images.len() + 1)
    }
}

struct Wanted<'a> {
    built: &'a str,
    label: &'a str,
    short: &'a str,
    of: &'a str,
    arch: &'a str,
}

/// Never empty: it is what the component is known by after the install.
fn shown_name(component: &ComponentModel) -> &str {
    let names = [&component.cname, &component.k8s_name, &component.alias, &component.id];
    names.into_iter().find(|name| !name.is_empty()).map_or("component", String::as_str)
}

/// Its image archive, or why it cannot be in a package (rebuild.md §1.2, §2).
fn packable(component: &ComponentModel) -> Result<&DataEntry, Reason> {
    if component.is_third_party() {
        return Err(Reason::ThirdParty);
    }
    if component.is_kubeblocks() {
        return Err(Reason::KubeBlocks);
    }
    let is_vm = component.source == "vm_run" || component.extend_method == "vm" || component.kind == "virtualmachine";
    if is_vm {
        return Err(Reason::VirtualMachine);
    }
    match &component.image_entry {
        _ if component.delivered_type == "slug" => Err(Reason::Slug),
        None if component.build_version.is_empty() => Err(Reason::NeverBuilt),
        None => Err(Reason::ImageMissing),
        Some(entry) if entry.name.ends_with(".tar") => Ok(entry),
        Some(_) => Err(Reason::Slug),
    }
}

/// What its image was built for: the archive's own word, else the console's, else the target's.
fn arch_of(component: &ComponentModel, seen: Option<&ImageFacts>, target: &TargetFacts) -> String {
    let inside: Vec<&str> =
        seen.into_iter().flat_map(|facts| &facts.platforms).map(|platform| platform.architecture.as_str()).collect();
    let said = component.arch.as_str();
    let is_inside = |arch: &str| inside.is_empty() || inside.contains(&arch);
    let arch = if !said.is_empty() && is_inside(said) {
        said
    } else {
        let runs = target.archs.iter().map(String::as_str).find(|arch| is_inside(arch));
        runs.or(inside.first().copied()).unwrap_or("amd64")
    };
    arch.to_owned()
}

fn is_key(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
