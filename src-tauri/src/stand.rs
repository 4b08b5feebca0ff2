//! Where the window stands and how large it is, remembered from one start to the next. Kept soon after every change, so that a crash
//! loses nothing; a damaged memory is none.

use rainferry_core::host::DesktopHost;
use std::sync::Arc;
use std::time::Duration;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Window, WindowEvent, Wry};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};
use tokio::sync::Notify;

const SETTLED: Duration = Duration::from_millis(500);

/// Whether it is shown is nobody's habit: a window that was left in the tray comes up at the next start.
fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED
}

pub(crate) struct Changed(Arc<Notify>);

/// In the data folder like everything else; none where there is no such folder.
pub(crate) fn plugin() -> Option<TauriPlugin<Wry>> {
    let file = DesktopHost::own_file("window.json")
        .inspect_err(|problem| tracing::warn!(%problem, "the window's place is not remembered"))
        .ok()?;
    let builder = tauri_plugin_window_state::Builder::new().with_state_flags(remembered());
    Some(builder.with_filename(file.display().to_string()).build())
}

pub(crate) fn watch(handle: &AppHandle) {
    let changed = Arc::new(Notify::new());
    handle.manage(Changed(changed.clone()));
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            changed.notified().await;
            while tokio::time::timeout(SETTLED, changed.notified()).await.is_ok() {}
            let save = handle.clone();
            let asked = handle.run_on_main_thread(move || {
                if let Err(error) = save.save_window_state(remembered()) {
                    tracing::warn!(%error, "the window's place could not be kept");
                }
            });
            if asked.is_err() {
                return;
            }
        }
    });
}

pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    if let (WindowEvent::Moved(_) | WindowEvent::Resized(_), Some(changed)) = (event, window.try_state::<Changed>()) {
        changed.0.notify_one();
    }
}
