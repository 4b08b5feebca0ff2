//! Builds the window, gives it the core, and runs it until it is closed.

use crate::{demo::SampleWorld, native::NativeDialogs, rpc};
use rainferry_core::Problem;
use rainferry_core::api::Core;
use rainferry_core::host::DesktopHost;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::Manager;

/// The core, or why it could not be opened: the page is told either way.
pub(crate) struct Opened(pub Result<Core, Problem>);

pub(crate) fn run() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let built = tauri::Builder::default()
        .plugin(stays_here())
        .invoke_handler(tauri::generate_handler![rpc::rpc])
        .setup(setup)
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|handle, event| {
                if let tauri::RunEvent::Exit = event {
                    close(handle);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
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
