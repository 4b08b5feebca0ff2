//! The one command between page and core, and the pump that carries the core's events to the page.

use crate::app::Opened;
use crate::progress::{self, Progress};
use crate::{leave, tray};
use rainferry_core::Problem;
use rainferry_core::api::{Core, Event};
use serde_json::Value;
use tauri::{AppHandle, Emitter, Manager, State};

/// Name and request down, answer or problem up.
#[tauri::command]
pub(crate) async fn rpc(opened: State<'_, Opened>, name: String, request: Value) -> Result<Value, Problem> {
    match &opened.0 {
        Ok(core) => core.call(&name, request).await,
        Err(problem) => Err(problem.clone()),
    }
}

/// Every event of the core, until the core is gone.
pub(crate) fn pump(handle: AppHandle, core: &Core) {
    let mut events = core.events();
    let mut gathered = Progress::default();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = events.next().await {
            match &event {
                Event::SettingsChanged { settings } => {
                    zoom(&handle, settings.zoom_percent);
                    redraw_tray(&handle);
                    if !settings.desktop.progress {
                        progress::show(&handle, None);
                    }
                }
                Event::JobChanged { job } => {
                    if let Some(percent) = gathered.changed(job)
                        && leave::habits(&handle).progress
                    {
                        progress::show(&handle, percent);
                    }
                }
                _ => {}
            }
            if let Err(error) = handle.emit("core", event) {
                tracing::warn!(%error, "the page did not take an event");
            }
        }
    });
}

/// On the thread that owns it, as the settings say now.
fn redraw_tray(handle: &AppHandle) {
    let inner = handle.clone();
    if let Err(error) = handle.run_on_main_thread(move || tray::draw(&inner, &leave::habits(&inner), None)) {
        tracing::warn!(%error, "the window is gone");
    }
}

/// All of the page larger or smaller, as the settings say: by the webview itself, so that nothing of the page needs to know.
pub(crate) fn zoom(handle: &AppHandle, percent: Option<u16>) {
    let factor = f64::from(percent.unwrap_or(100).clamp(80, 200)) / 100.0;
    for window in handle.webview_windows().values() {
        if let Err(error) = window.set_zoom(factor) {
            tracing::warn!(%error, "the window could not be zoomed");
        }
    }
}
