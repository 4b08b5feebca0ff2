//! One image archive into the region's registry, without a package around it (rebuild.md §7.1).

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use super::archive;
use super::reference;
use super::registry::{Kept, Registry};
use crate::console::Console;
use crate::region::images_folder;

#[derive(Debug)]
pub(crate) struct LoadJob {
    pub(crate) event_id: String,
    pub(crate) load_id: String,
    pub(crate) file: String,
    /// `<region registry>/<namespace>`
    pub(crate) hub: String,
}

pub(crate) async fn load(console: &Arc<Console>, job: LoadJob) {
    let least = tokio::time::sleep(console.pace().restore);
    let switches = console.faults().switches();
    let done = if switches.import_fails {
        Err("load failed by a switch".to_owned())
    } else {
        let (dir, hub, push_fails) = (console.dir().to_owned(), job.hub.clone(), switches.push_fails);
        let path = images_folder(&dir, &job.event_id).join(&job.file);
        let load = move || pushed(&dir, &path, &hub, push_fails);
        tokio::task::spawn_blocking(load).await.unwrap_or_else(|error| Err(error.to_string()))
    };
    least.await;
    console.faults().builder_free().await;
    let _ = console.change(|state| {
        let mut uploads = state.image_uploads.iter_mut();
        let upload = uploads.find(|row| row.event_id == job.event_id);
        let Some(row) = upload.and_then(|row| row.loads.iter_mut().find(|row| row.load_id == job.load_id)) else {
            return;
        };
        match done {
            Ok(images) => {
                row.status = "success".to_owned();
                row.images = images;
            }
            Err(why) => {
                row.status = "failure".to_owned();
                row.message = why;
            }
        }
    });
}

/// Names inside, and what they are called from now on: `<hub>/<name without its registry>`.
fn pushed(dir: &Path, path: &Path, hub: &str, push_fails: bool) -> Result<Vec<(String, String)>, String> {
    let file = File::open(path).map_err(|error| format!("open {}: {error}", path.display()))?;
    let images = archive::load(BufReader::with_capacity(1 << 20, file)).map_err(|error| error.to_string())?;
    let [image] = images.as_slice() else { return Err(format!("the archive holds {} images", images.len())) };
    if push_fails {
        return Err("push image: the registry refused it".to_owned());
    }
    let target = format!("{hub}/{}", reference::without_host(&image.name)?);
    let mut registry = Registry::open(dir);
    let tar = registry.take(path).map_err(|error| format!("push image {target}: {error}"))?;
    let kept = Kept { arch: image.arch.clone(), tar, name_inside: image.name.clone(), config: image.config.clone() };
    registry.push([(target.clone(), kept)]).map_err(|error| format!("push image {target}: {error}"))?;
    Ok(vec![(image.name.clone(), target)])
}
