//! A ticket of this computer: it holds no data, and names a package that lies in some store.

use super::migrate;
use super::source::{self, Found};
use crate::bak::{self, TicketRecord};
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::jobs::request::ObjectRef;
use crate::problem::{Code, Problem};
use std::path::Path;

pub(super) fn read(path: &Path) -> Result<TicketRecord, Problem> {
    let bytes =
        bak::read(path)?.ok_or_else(|| Problem::new(Code::NotFound, format!("{} is not there", path.display())))?;
    Ok(bak::decode(&bytes)?.record)
}

/// The package that a ticket names.
pub(crate) async fn of_ticket(engine: &Engine, ctx: &Ctx, path: &Path) -> Result<Found, Problem> {
    find_package(engine, ctx, &read(path)?).await
}

/// The stores of all saved clusters are asked for the package a ticket names, at both keys it may have.
pub(super) async fn find_package(engine: &Engine, ctx: &Ctx, record: &TicketRecord) -> Result<Found, Problem> {
    let mut looked = Vec::new();
    for profile in engine.book.consoles() {
        let Ok(known) = engine.links.known(ctx, &profile.id).await else { continue };
        for region in &known.regions {
            let id = crate::ids::ClusterId::of(&profile.id, &region.name);
            let Ok(cluster) = engine.links.cluster(ctx, &id).await else { continue };
            let Ok(bucket) = migrate::target_bucket(&cluster) else { continue };
            let nested =
                format!("backup/{}/{}", record.group_uuid.as_deref().unwrap_or_default(), record.package_name());
            for key in [record.package_name().to_owned(), nested] {
                let object = ObjectRef { cluster: id.clone(), bucket: bucket.clone(), key };
                looked.push(format!("{}: {}/{}", cluster.name(), object.bucket, object.key));
                let Ok(store) = cluster.store(&bucket).await else { continue };
                if store.head(&object.key).await.is_ok_and(|facts| facts.size == record.backup_size) {
                    return Ok(source::look(ctx, &cluster, object).await);
                }
            }
        }
    }
    let problem = Problem::new(
        Code::PackageMissing,
        format!("A ticket holds no data, and its package {} was not found", record.package_name()),
    );
    let problem = problem.hint("Add the cluster it came from, or take a bundle instead");
    Err(looked.into_iter().fold(problem, |problem, place| problem.fact("looked at", place)))
}
