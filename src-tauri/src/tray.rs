//! The sign in the desktop's tray: shows the window, or quits. Made only where somebody draws it, and where it is wanted.

use crate::{asked, leave};
use rainferry_core::api::{Habits, TrayWords};
use std::sync::{Mutex, PoisonError};
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager};

const SIGN: &str = "main";

/// What the menu says; nothing until the page has said it.
#[derive(Default)]
pub(crate) struct Words(Mutex<TrayWords>);

/// Draws it anew, or takes it away. On the thread that owns the window.
pub(crate) fn draw(handle: &AppHandle, habits: &Habits, words: Option<&TrayWords>) {
    let state = handle.state::<Words>();
    let mut kept = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(words) = words {
        kept.clone_from(words);
    }
    if !habits.tray || kept.show.is_empty() || !is_there() {
        handle.remove_tray_by_id(SIGN);
        return;
    }
    if let Err(error) = drawn(handle, &kept) {
        tracing::warn!(%error, "the sign in the tray could not be made");
    }
}

fn drawn(handle: &AppHandle, words: &TrayWords) -> tauri::Result<()> {
    let show = MenuItem::with_id(handle, "show", &words.show, true, None::<&str>)?;
    let quit = MenuItem::with_id(handle, "quit", &words.quit, true, None::<&str>)?;
    let menu = Menu::with_items(handle, &[&show, &quit])?;
    if let Some(sign) = handle.tray_by_id(SIGN) {
        return sign.set_menu(Some(menu));
    }
    TrayIconBuilder::with_id(SIGN)
        .icon(tauri::include_image!("../icons/tray.png"))
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip("Rainferry")
        .menu(&menu)
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(|handle, event| match event.id().as_ref() {
            "show" => asked::show(handle),
            "quit" => leave::quit(handle),
            _ => {}
        })
        .on_tray_icon_event(|sign, event| {
            if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event
                && !cfg!(target_os = "macos")
            {
                asked::show(sign.app_handle());
            }
        })
        .build(handle)?;
    Ok(())
}

/// Whether somebody draws signs of trays here. The other systems always do.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_there() -> bool {
    true
}

/// On Linux a desktop says so on the bus, and the library that speaks with it must be there: it panics where it is not.
#[cfg(target_os = "linux")]
pub(crate) fn is_there() -> bool {
    use gtk::gio;
    use gtk::glib::{ToVariant, Variant, VariantTy};

    const HOST: &str = "org.kde.StatusNotifierWatcher";
    let ask = || -> Option<bool> {
        let bus = gio::bus_get_sync(gio::BusType::Session, None::<&gio::Cancellable>).ok()?;
        let answer: Variant = bus
            .call_sync(
                Some(HOST),
                "/StatusNotifierWatcher",
                "org.freedesktop.DBus.Properties",
                "Get",
                Some(&(HOST, "IsStatusNotifierHostRegistered").to_variant()),
                VariantTy::new("(v)").ok(),
                gio::DBusCallFlags::NO_AUTO_START,
                1000,
                None::<&gio::Cancellable>,
            )
            .ok()?;
        answer.child_value(0).as_variant()?.get()
    };
    ask() == Some(true) && has_library()
}

#[cfg(target_os = "linux")]
fn has_library() -> bool {
    let folders = ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib"];
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    let names = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    folders.iter().any(|folder| {
        let folder = std::path::Path::new(folder);
        names.iter().any(|name| folder.join(name).exists() || folder.join(&triple).join(name).exists())
    })
}
