//! What only a desktop can do: file dialogs, the file manager, notifications, the tray.

use crate::updates::{self, PluginUpdater};
use crate::{leave, tray};
use rainferry_core::host::{Desktop, Leave, TrayWords, Updater};
use rainferry_core::{Code, Problem};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::oneshot;

/// The desktop's own dialogs, opened on the thread that owns the window.
pub(crate) struct NativeDialogs {
    handle: AppHandle,
}

impl NativeDialogs {
    pub(crate) fn new(handle: AppHandle) -> Self {
        Self { handle }
    }

    fn on_main_thread(&self, act: impl FnOnce(&AppHandle) + Send + 'static) {
        let handle = self.handle.clone();
        if let Err(error) = self.handle.run_on_main_thread(move || act(&handle)) {
            tracing::warn!(%error, "the window is gone");
        }
    }

    /// Opens a dialog on the main thread; the answer comes when the user is done with it.
    async fn ask<F>(&self, open: impl FnOnce() -> F + Send + 'static) -> Option<PathBuf>
    where
        F: Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        let opened = self.handle.run_on_main_thread(move || {
            let dialog = open();
            tauri::async_runtime::spawn(async move {
                let _ = tell.send(dialog.await.map(|file| file.path().to_owned()));
            });
        });
        match opened {
            Ok(()) => told.await.ok().flatten(),
            Err(error) => {
                tracing::error!(%error, "the dialog could not be opened");
                None
            }
        }
    }
}

#[async_trait::async_trait]
impl Desktop for NativeDialogs {
    async fn choose_file(&self, start: &Path) -> Option<PathBuf> {
        let start = start.to_owned();
        self.ask(move || {
            rfd::AsyncFileDialog::new()
                .set_directory(start)
                .add_filter("Rainferry", &["zst", "age", "bak"])
                .add_filter("*", &["*"])
                .pick_file()
        })
        .await
    }

    async fn choose_update(&self, start: &Path) -> Option<PathBuf> {
        let start = start.to_owned();
        self.ask(move || {
            rfd::AsyncFileDialog::new()
                .set_directory(start)
                .add_filter("Rainferry", &["deb", "rpm", "AppImage", "gz", "exe", "msi", "sig"])
                .add_filter("*", &["*"])
                .pick_file()
        })
        .await
    }

    async fn choose_folder(&self, start: &Path) -> Option<PathBuf> {
        let start = start.to_owned();
        self.ask(move || rfd::AsyncFileDialog::new().set_directory(start).pick_folder()).await
    }

    async fn choose_new_file(&self, start: &Path, name: &str) -> Option<PathBuf> {
        let (start, name) = (start.to_owned(), name.to_owned());
        let ending =
            Path::new(&name).extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
        self.ask(move || {
            rfd::AsyncFileDialog::new()
                .set_directory(start)
                .add_filter(ending.to_uppercase(), &[ending])
                .set_file_name(name)
                .save_file()
        })
        .await
    }

    fn open_url(&self, url: &str) -> Result<(), Problem> {
        // An address that a profile names: nothing but a web page may be started by it.
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(Problem::new(Code::BadAddress, "This is no address of a web page"));
        }
        in_browser(url.as_ref())
    }

    fn open_page(&self, path: &Path) -> Result<(), Problem> {
        in_browser(path.as_os_str())
    }

    fn leave(&self, how: Leave) {
        self.on_main_thread(move |handle| leave::decided(handle, how));
    }

    fn notify(&self, title: &str, body: &str) {
        if self.handle.webview_windows().values().any(|window| window.is_focused().unwrap_or(false)) {
            return;
        }
        let note = self.handle.notification().builder().title(title).body(body).icon("rainferry");
        if let Err(error) = note.show() {
            tracing::warn!(%error, "this desktop takes no notifications");
        }
    }

    fn name_tray(&self, words: &TrayWords) {
        let words = words.clone();
        self.on_main_thread(move |handle| tray::draw(handle, &leave::habits(handle), Some(&words)));
    }

    fn updater(&self) -> Option<Arc<dyn Updater>> {
        Some(Arc::new(PluginUpdater::new(self.handle.clone(), updates::key())))
    }

    fn reveal(&self, path: &Path) -> Result<(), Problem> {
        let (program, argument) = if cfg!(windows) {
            ("explorer", format!("/select,{}", path.display()))
        } else if cfg!(target_os = "macos") {
            ("open", path.display().to_string())
        } else {
            ("xdg-open", path.parent().unwrap_or(path).display().to_string())
        };
        std::process::Command::new(program).arg(argument).spawn().map(|_| ()).map_err(|error| {
            Problem::new(Code::NotHere, "This desktop has no file manager that could be opened")
                .fact("reason", error.to_string())
        })
    }
}

fn in_browser(what: &OsStr) -> Result<(), Problem> {
    let program = if cfg!(windows) {
        "explorer"
    } else if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    std::process::Command::new(program).arg(what).spawn().map(|_| ()).map_err(|error| {
        Problem::new(Code::NotHere, "This desktop has no browser that could be opened")
            .fact("reason", error.to_string())
    })
}
