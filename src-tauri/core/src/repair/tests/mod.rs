//! What is mended is mended, the rest is untouched, and the bytes are the same every time.

mod metadata;
mod resumed;
mod zips;

use super::*;
use crate::ctx::Ctx;
use crate::package::tests::kit::{self, Counted};
use crate::package::{AppModel, Entry, Package, RangeReader, load};
use futures::TryStreamExt;
use std::sync::Arc;

fn ctx() -> Ctx {
    kit::ctx()
}

async fn opened(reader: Arc<dyn RangeReader>) -> Arc<Package> {
    Arc::new(Package::open(&ctx(), reader).await.unwrap())
}

async fn fixture(name: &str) -> (Arc<Package>, Vec<u8>, AppModel) {
    let bytes = std::fs::read(kit::fixture(name)).unwrap();
    let package = opened(Counted::new(bytes.clone())).await;
    let model = load(&ctx(), &package).await.unwrap();
    (package, bytes, model)
}

async fn all(package: &Arc<Package>, recipe: &Recipe) -> Vec<u8> {
    let (stream, _) = mended(&ctx(), package.clone(), recipe);
    let pieces: Vec<bytes::Bytes> = stream.try_collect().await.unwrap();
    pieces.concat()
}

fn keep_roots() -> Recipe {
    Recipe { data: VolumeData::KeepRoots, ..Recipe::default() }
}

/// Everything at once: data, names, metadata.
fn everything(model: &AppModel) -> Recipe {
    Recipe {
        data: VolumeData::KeepRoots,
        names: image_names(model, "registry.example.test:5000/apps"),
        drop_keys: vec![MetadataKey::parse("service_base.arch").unwrap()],
        drop_relations: true,
    }
}

fn below<'a>(package: &'a Package, ending: &str) -> &'a Entry {
    package.entries().iter().find(|entry| entry.name.ends_with(ending)).unwrap()
}

/// What real tools say of a zip; nothing where they are not installed.
fn tools_take(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mended.zip");
    std::fs::write(&path, bytes).unwrap();
    for (tool, arguments) in [("unzip", vec!["-t", "-q"]), ("zipinfo", vec!["-t"])] {
        if let Ok(done) = std::process::Command::new(tool).args(arguments).arg(&path).output() {
            let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success() && !said.contains("warning"), "{tool}: {said}");
        }
    }
}
