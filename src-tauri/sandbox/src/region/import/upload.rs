//! Packages coming in: the region's upload door, which asks nobody (recorded 1505), and what has arrived.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart};
use http::Request;
use tokio::io::AsyncWriteExt;

use crate::console::Console;
use crate::era::Era;
use crate::region::grdata;

/// Where a v5 region keeps uploads, and a v6 one spools them.
pub(super) fn local_folder(dir: &Path, event_id: &str) -> PathBuf {
    grdata(dir).join("app").join("import").join(event_id)
}

/// Takes one part named `appTarFile` and lays it where the import looks: on the shared disk (v5) or in the region's
/// store under `grdata/app/import/<event>/` (v6; rebuild.md §3.2). Memory stays flat.
pub(crate) async fn receive(console: &Arc<Console>, event_id: &str, mut request: Request<Body>) -> Result<(), String> {
    DefaultBodyLimit::disable().apply(&mut request);
    let plain = |name: &str| !name.is_empty() && name != ".." && !name.contains(['/', '\\']);
    if !plain(event_id) {
        return Err("bad event id".to_owned());
    }
    let mut parts = Multipart::from_request(request, &()).await.map_err(|error| error.to_string())?;
    while let Some(mut part) = parts.next_field().await.map_err(|error| error.to_string())? {
        let name = part.file_name().map(str::to_owned).filter(|name| plain(name));
        let (Some("appTarFile"), Some(name)) = (part.name(), name) else { continue };
        let folder = local_folder(console.dir(), event_id);
        tokio::fs::create_dir_all(&folder).await.map_err(|error| error.to_string())?;
        let path = folder.join(&name);
        let spool = folder.join(format!(".{name}.part"));
        let mut file = tokio::fs::File::create(&spool).await.map_err(|error| error.to_string())?;
        while let Some(piece) = part.chunk().await.map_err(|error| error.to_string())? {
            file.write_all(&piece).await.map_err(|error| error.to_string())?;
        }
        file.flush().await.map_err(|error| error.to_string())?;
        drop(file);
        tokio::fs::rename(&spool, &path).await.map_err(|error| error.to_string())?;
        return deliver(console, event_id, &name, &path).await;
    }
    Err("no part named appTarFile".to_owned())
}

async fn deliver(console: &Arc<Console>, event_id: &str, name: &str, path: &Path) -> Result<(), String> {
    match console.era() {
        Era::V5_17_3 => Ok(()),
        Era::V6_9_8 => {
            let key = format!("app/import/{event_id}/{name}");
            let put = console.store().own().put_file("grdata", &key, path).await;
            let _ = tokio::fs::remove_file(path).await;
            put.map(drop).map_err(|error| error.to_string())
        }
    }
}

/// The names of the files that have arrived for an import.
pub(crate) async fn uploaded(console: &Arc<Console>, event_id: &str) -> Vec<String> {
    match console.era() {
        Era::V5_17_3 => {
            let entries = std::fs::read_dir(local_folder(console.dir(), event_id)).into_iter().flatten().flatten();
            let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
            let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
            names.sort();
            names
        }
        Era::V6_9_8 => {
            let prefix = format!("app/import/{event_id}");
            let found = console.store().own().list("grdata", &prefix).await.unwrap_or_default();
            let name = |key: &str| key.strip_prefix(&prefix).map(|rest| rest.trim_start_matches('/').to_owned());
            found.iter().filter_map(|(key, _)| name(key)).filter(|name| !name.is_empty()).collect()
        }
    }
}
