//! One window for a data folder: a second start hands its arguments to the first and ends. What they mean is the core's to say.

use crate::app::Opened;
use rainferry_core::host::DesktopHost;
use sha2::{Digest, Sha256};
use std::path::Path;
use tauri::{AppHandle, Manager, Wry};

/// Comes before every other plugin: the second start gets no further. A data folder of its own is a program of its own, where
/// the desktop's bus keeps them apart.
pub(crate) fn single(identifier: &str) -> tauri::plugin::TauriPlugin<Wry> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(bus_name(identifier))
        .callback(|handle, words, folder| {
            show(handle);
            ask(handle, words.get(1..).unwrap_or_default(), Path::new(&folder));
        })
        .build()
}

fn bus_name(identifier: &str) -> String {
    match DesktopHost::own_folder() {
        Some(folder) => {
            let folder = std::path::absolute(&folder).unwrap_or(folder);
            let sum = Sha256::digest(folder.as_os_str().as_encoded_bytes());
            format!("{identifier}.at{}", hex::encode(&sum[..8]))
        }
        None => identifier.to_owned(),
    }
}

/// Arguments of this very start.
pub(crate) fn own_words(handle: &AppHandle) {
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    ask(handle, &words, &std::env::current_dir().unwrap_or_default());
}

pub(crate) fn ask(handle: &AppHandle, words: &[String], folder: &Path) {
    if let Some(Opened(Ok(core))) = handle.try_state::<Opened>().as_deref() {
        core.ask(words, folder);
    }
}

/// Brings the window to the front, wherever it was put.
pub(crate) fn show(handle: &AppHandle) {
    for window in handle.webview_windows().values() {
        let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window could not be brought to the front");
        }
    }
}
