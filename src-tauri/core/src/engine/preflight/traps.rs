//! Traps of the platform that a package walks into on a certain target: what would fail is said before (protocol.md §10).

use super::checks::check;
use crate::console::era::Quirks;
use crate::engine::links::Cluster;
use crate::engine::plan::{CheckId, CheckView, Level};
use crate::line::LineCode;
use crate::package::{AppModel, ComponentModel, MetadataForm};
use crate::problem::Problem;
use serde_json::Value;

/// Packages smaller than this fit into any builder's memory.
const LARGE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Everything that a restore of this package on this target would meet.
pub(crate) fn all(target: &Cluster, model: &AppModel, bytes: u64) -> Result<Vec<CheckView>, Problem> {
    let (versions, quirks) = (target.versions()?, target.quirks()?);
    let (cluster, version) = (target.name(), target.version());
    let mut list = Vec::new();
    list.extend(images(model));
    list.extend(array(&version, model, &quirks));
    list.extend(kubeblocks(&cluster, model));
    list.extend(graphs(&versions.console.to_string(), model, &quirks));
    list.extend(third_party(model));
    list.extend(memory(&cluster, bytes, &quirks));
    Ok(list)
}

/// B-6 and whatever else left an image out: a component that was built cannot be restored without.
fn images(model: &AppModel) -> Option<CheckView> {
    let missing = model.missing_images.iter().filter(|image| image.was_built).map(|image| image.cname.as_str());
    let names = joined(missing)?;
    Some(check(CheckId::Images, Level::Block, LineCode::CheckImagesBlock, [("names", names)]))
}

/// B-20.
fn array(version: &str, model: &AppModel, quirks: &Quirks) -> Option<CheckView> {
    let unread = model.form == MetadataForm::Array && quirks.refuses_array_metadata;
    let facts = [("version", version.to_owned())];
    unread.then(|| check(CheckId::Metadata, Level::Block, LineCode::CheckArrayBlock, facts))
}

/// B-7: the console's metadata lists what the region never had.
fn kubeblocks(cluster: &str, model: &AppModel) -> Option<CheckView> {
    let names = joined(named(model, ComponentModel::is_kubeblocks))?;
    let facts = [("names", names), ("cluster", cluster.to_owned())];
    Some(check(CheckId::Components, Level::Block, LineCode::CheckKubeblocksBlock, facts))
}

/// B-31.
fn graphs(console: &str, model: &AppModel, quirks: &Quirks) -> Option<CheckView> {
    let has_graphs = |component: &ComponentModel| {
        let graphs = component.console_raw.0.get("component_graphs").and_then(Value::as_array);
        graphs.is_some_and(|graphs| !graphs.is_empty())
    };
    let names = joined(named(model, has_graphs)).filter(|_| quirks.fails_on_graphs)?;
    let facts = [("version", console.to_owned()), ("names", names)];
    Some(check(CheckId::Components, Level::Block, LineCode::CheckGraphsBlock, facts))
}

/// B-25: the console asks the region for a component that is not there yet.
fn third_party(model: &AppModel) -> Option<CheckView> {
    let open = |component: &ComponentModel| {
        component.is_third_party() && component.ports.iter().any(|port| port.is_inner || port.is_outer)
    };
    let names = joined(named(model, open))?;
    Some(check(CheckId::Components, Level::Warn, LineCode::CheckThirdPartyWarn, [("names", names)]))
}

/// B-19.
pub(super) fn cut_short(links: &[String]) -> Option<CheckView> {
    let names = joined(links.iter().map(String::as_str))?;
    Some(check(CheckId::Package, Level::Warn, LineCode::CheckCutShortWarn, [("names", names)]))
}

/// B-17.
fn memory(cluster: &str, bytes: u64, quirks: &Quirks) -> Option<CheckView> {
    let facts = [("cluster", cluster.to_owned()), ("bytes", bytes.to_string())];
    let heavy = quirks.restores_in_memory && bytes >= LARGE_BYTES;
    heavy.then(|| check(CheckId::Memory, Level::Warn, LineCode::CheckMemoryWarn, facts))
}

fn named<'a>(model: &'a AppModel, fits: impl Fn(&ComponentModel) -> bool + 'a) -> impl Iterator<Item = &'a str> {
    model.components.iter().filter(move |component| fits(component)).map(|component| component.cname.as_str())
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::era::{Certainty, Version, Versions, quirks};
    use crate::package::{MissingImage, PortModel, Raw};
    use serde_json::json;

    fn of(version: &str) -> Quirks {
        let version = Version::parse(version).unwrap();
        quirks(&Versions { console: version, region: version, certainty: Certainty::Said })
    }

    fn with(component: ComponentModel) -> AppModel {
        AppModel { components: vec![ComponentModel { cname: "db".into(), ..component }], ..AppModel::default() }
    }

    #[track_caller]
    fn is(found: Option<CheckView>, level: Level, code: LineCode) {
        let found = found.unwrap();
        assert_eq!((found.level, found.line.code), (level, code), "{}", found.line.message);
        assert!(!found.line.message.contains('{'), "{}", found.line.message);
    }

    #[test]
    fn a_built_component_without_its_image_blocks() {
        let image = |was_built| MissingImage { component: "c".into(), cname: "web".into(), was_built };
        let model = |was_built| AppModel { missing_images: vec![image(was_built)], ..AppModel::default() };
        is(images(&model(true)), Level::Block, LineCode::CheckImagesBlock);
        assert!(images(&model(false)).is_none());
    }

    #[test]
    fn array_metadata_blocks_where_it_cannot_be_read() {
        let model = AppModel { form: MetadataForm::Array, ..AppModel::default() };
        is(array("v5.17.3", &model, &of("5.17.3")), Level::Block, LineCode::CheckArrayBlock);
        assert!(array("v6.9.8", &model, &of("6.9.8")).is_none());
    }

    #[test]
    fn components_that_break_a_restore_are_named() {
        let database = ComponentModel { extend_method: "kubeblocks_component".into(), ..ComponentModel::default() };
        is(kubeblocks("c", &with(database)), Level::Block, LineCode::CheckKubeblocksBlock);
        let watched = || {
            with(ComponentModel {
                console_raw: Raw(json!({"component_graphs": [{"title": "load"}]})),
                ..ComponentModel::default()
            })
        };
        is(graphs("v5.17.3", &watched(), &of("5.17.3")), Level::Block, LineCode::CheckGraphsBlock);
        assert!(graphs("v6.9.8", &watched(), &of("6.9.8")).is_none());
        let outside = |is_inner| {
            with(ComponentModel {
                source: "third_party".into(),
                ports: vec![PortModel { is_inner, ..PortModel::default() }],
                ..ComponentModel::default()
            })
        };
        is(third_party(&outside(true)), Level::Warn, LineCode::CheckThirdPartyWarn);
        assert!(third_party(&outside(false)).is_none());
    }

    #[test]
    fn data_that_ends_at_a_link_is_told_of() {
        is(cut_short(&["s/b_link".into()]), Level::Warn, LineCode::CheckCutShortWarn);
        assert!(cut_short(&[]).is_none());
    }

    #[test]
    fn a_large_package_is_told_of_where_it_is_read_into_memory() {
        is(memory("c", LARGE_BYTES, &of("5.17.3")), Level::Warn, LineCode::CheckMemoryWarn);
        assert!(memory("c", LARGE_BYTES - 1, &of("5.17.3")).is_none());
        assert!(memory("c", LARGE_BYTES, &of("6.9.8")).is_none());
    }
}
