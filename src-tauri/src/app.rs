//! Builds the window, gives it the core, and runs it until it is closed.

use crate::{asked, demo::SampleWorld, leave, native::NativeDialogs, rpc, stand, tray, updates};
use rainferry_core::Problem;
use rainferry_core::api::Core;
use rainferry_core::host::DesktopHost;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::Manager;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// What the log file takes.
const LOGGED: &str = "rainferry=info,rainferry_core=info,tauri=warn";

/// The core, or why it could not be opened: the page is told either way.
pub(crate) struct Opened(pub Result<Core, Problem>);

pub(crate) fn run() -> ExitCode {
    log();
    let mut context = tauri::generate_context!();
    let key = updates::key();
    if let Some(key) = &key {
        context.config_mut().plugins.0.insert("updater".to_owned(), updates::config(key));
    }
    let builder = tauri::Builder::default()
        .plugin(asked::single(&context.config().identifier))
        .plugin(tauri_plugin_notification::init())
        .plugin(stays_here())
        .manage(tray::Words::default())
        .manage(leave::Unanswered::default())
        .on_window_event(|window, event| {
            stand::on_window_event(window, event);
            leave::on_window_event(window, event);
        })
        .invoke_handler(tauri::generate_handler![rpc::rpc])
        .setup(setup);
    let built = match stand::plugin() {
        Some(plugin) => builder.plugin(plugin),
        None => builder,
    };
    // Where no key was built in, there is no updater at all.
    let built = match key {
        Some(_) => built.plugin(tauri_plugin_updater::Builder::new().build()),
        None => built,
    }
    .build(context);
    match built {
        Ok(app) => {
            app.run(|handle, event| match event {
                tauri::RunEvent::Exit => close(handle),
                // The key that ends programs there closes no window first.
                #[cfg(target_os = "macos")]
                tauri::RunEvent::ExitRequested { code: None, api, .. } if !handle.webview_windows().is_empty() => {
                    api.prevent_exit();
                    leave::quit(handle);
                }
                #[cfg(target_os = "macos")]
                tauri::RunEvent::Opened { urls } => {
                    let words: Vec<String> = urls.iter().map(ToString::to_string).collect();
                    asked::ask(handle, &words, std::path::Path::new("/"));
                }
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

/// To the terminal what is asked for, to the log file what may matter later.
fn log() {
    let file = DesktopHost::log_file();
    let said = fmt::layer().with_writer(std::io::stderr).with_filter(EnvFilter::from_default_env());
    let kept = file.as_ref().ok().map(|file| fmt::layer().with_ansi(false).with_writer(Arc::clone(file)));
    tracing_subscriber::registry().with(said).with(kept.with_filter(EnvFilter::new(LOGGED))).init();
    match file {
        Ok(_) => tracing::info!(version = env!("CARGO_PKG_VERSION"), "begins"),
        Err(problem) => tracing::warn!(%problem, "nothing is logged into a file"),
    }
}

/// The window shows its own page and no other, whatever a link or a script would have it do.
fn stays_here() -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let own = |url: &tauri::Url| match url.scheme() {
        "tauri" => true,
        "http" | "https" => {
            url.host_str() == Some("tauri.localhost") || (tauri::is_dev() && url.host_str() == Some("localhost"))
        }
        _ => false,
    };
    tauri::plugin::Builder::new("stays-here").on_navigation(move |_, url| own(url)).build()
}

fn setup(app: &mut tauri::App) -> Result<(), Box<dyn std::error::Error>> {
    let opened = tauri::async_runtime::block_on(open_core(app.handle()));
    if let Ok(core) = &opened {
        rpc::pump(app.handle().clone(), core);
        let settings = tauri::async_runtime::block_on(core.get_settings(()))?;
        rpc::zoom(app.handle(), settings.zoom_percent);
        if std::env::var_os("RAINFERRY_SAMPLES").is_some() {
            tauri::async_runtime::block_on(core.start_samples(()))?;
        }
    }
    app.manage(Opened(opened));
    asked::own_words(app.handle());
    stand::watch(app.handle());
    Ok(())
}

async fn open_core(handle: &tauri::AppHandle) -> Result<Core, Problem> {
    let dialogs = Arc::new(NativeDialogs::new(handle.clone()));
    let host = DesktopHost::from_environment(Some(dialogs), Some(Arc::new(SampleWorld::default())))?;
    Core::open(Arc::new(host)).await
}

/// Lets running jobs write down where they are; they go on at the next start.
fn close(handle: &tauri::AppHandle) {
    if let Ok(core) = &handle.state::<Opened>().0 {
        tauri::async_runtime::block_on(core.close());
    }
}
