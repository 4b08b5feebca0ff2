//! Reads every image archive of a backup once, to know what is in it before a draft is made. Costs the whole package's bytes;
//! without it, the cluster's own word for the names is taken, and proven while the package is written.

use super::error::TemplateError;
use crate::ctx::Ctx;
use crate::image::{ImageError, ImageFacts, Inspector};
use crate::package::{AppModel, DataEntry, Package};
use std::collections::BTreeMap;

/// By entry name, as `Order::seen` wants it.
pub(crate) async fn look_inside(
    ctx: &Ctx,
    package: &Package,
    app: &AppModel,
) -> Result<BTreeMap<String, ImageFacts>, TemplateError> {
    let of_components = app.components.iter().filter_map(|component| component.image_entry.as_ref());
    let of_plugins = app.plugins.iter().filter_map(|plugin| plugin.image_entry.as_ref());
    let mut seen = BTreeMap::new();
    for entry in of_components.chain(of_plugins).filter(|entry| entry.name.ends_with(".tar")) {
        seen.insert(entry.name.clone(), look(ctx, package, entry).await?);
    }
    Ok(seen)
}

async fn look(ctx: &Ctx, package: &Package, entry: &DataEntry) -> Result<ImageFacts, TemplateError> {
    let damaged = |source: ImageError| TemplateError::Image { name: entry.name.clone(), source };
    let found = package.entries().iter().find(|found| found.name == entry.name);
    let found = found.ok_or_else(|| TemplateError::MemberMissing { name: entry.name.clone() })?;
    let mut member = package.open_member(ctx, found).await?;
    let mut inspector = Inspector::default();
    while let Some(chunk) = member.chunk(ctx).await? {
        inspector.push(chunk).map_err(damaged)?;
    }
    inspector.finish().map_err(damaged)
}
