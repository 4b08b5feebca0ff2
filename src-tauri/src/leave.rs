//! Closing the window: at once where nothing runs, else after a question, or into the tray.

use crate::app::Opened;
use crate::{asked, tray};
use rainferry_core::api::{Habits, Leave};
use std::sync::atomic::{AtomicBool, Ordering};
use tauri::{AppHandle, Manager, Window, WindowEvent};

/// A question that the page has not put on the screen yet. Who closes once more meanwhile does not wait for a page that is gone.
#[derive(Default)]
pub(crate) struct Unanswered(AtomicBool);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Quit,
    Hide,
    Ask,
}

fn way(habits: &Habits, jobs: usize, has_tray: bool, is_unanswered: bool) -> Way {
    match (habits.close_to_tray && has_tray, jobs > 0 && habits.ask) {
        (true, _) => Way::Hide,
        (false, true) if !is_unanswered => Way::Ask,
        (false, _) => Way::Quit,
    }
}

pub(crate) fn on_window_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        let handle = window.app_handle();
        match way_of(handle) {
            Way::Quit => {}
            Way::Hide => {
                api.prevent_close();
                hide(handle);
            }
            Way::Ask => {
                api.prevent_close();
                put_question(handle);
            }
        }
    }
}

/// Asked for by the tray, or by a desktop whose key ends programs.
pub(crate) fn quit(handle: &AppHandle) {
    let habits = Habits { close_to_tray: false, ..habits(handle) };
    match way(&habits, jobs(handle), tray::is_there(), is_unanswered(handle)) {
        Way::Quit | Way::Hide => handle.exit(0),
        Way::Ask => {
            asked::show(handle);
            put_question(handle);
        }
    }
}

/// What the person decided.
pub(crate) fn decided(handle: &AppHandle, how: Leave) {
    handle.state::<Unanswered>().0.store(false, Ordering::Relaxed);
    match how {
        Leave::Asking | Leave::Stay => {}
        Leave::Hide if tray::is_there() => hide(handle),
        // A window that nothing brings back would be lost.
        Leave::Hide => {}
        Leave::Quit => handle.exit(0),
    }
}

fn way_of(handle: &AppHandle) -> Way {
    way(&habits(handle), jobs(handle), tray::is_there(), is_unanswered(handle))
}

fn put_question(handle: &AppHandle) {
    if let Ok(core) = &handle.state::<Opened>().0 {
        handle.state::<Unanswered>().0.store(true, Ordering::Relaxed);
        core.ask_to_leave(tray::is_there());
    }
}

fn hide(handle: &AppHandle) {
    for window in handle.webview_windows().values() {
        if let Err(error) = window.hide() {
            tracing::warn!(%error, "the window could not be hidden");
        }
    }
}

fn is_unanswered(handle: &AppHandle) -> bool {
    handle.state::<Unanswered>().0.load(Ordering::Relaxed)
}

fn jobs(handle: &AppHandle) -> usize {
    handle
        .try_state::<Opened>()
        .and_then(|opened| opened.0.as_ref().ok().map(rainferry_core::api::Core::busy))
        .unwrap_or(0)
}

pub(crate) fn habits(handle: &AppHandle) -> Habits {
    handle.try_state::<Opened>().and_then(|opened| opened.0.as_ref().ok().map(|core| core.habits())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_asks_only_where_something_runs_and_nobody_said_otherwise() {
        let plain = Habits::default();
        let quiet = Habits { ask: false, ..plain.clone() };
        let tray = Habits { close_to_tray: true, ..plain.clone() };
        let cases = [
            (&plain, 0, true, false, Way::Quit),
            (&plain, 1, false, false, Way::Ask),
            (&plain, 1, true, false, Way::Ask),
            (&plain, 1, true, true, Way::Quit),
            (&quiet, 3, true, false, Way::Quit),
            (&tray, 0, true, false, Way::Hide),
            (&tray, 0, false, false, Way::Quit),
            (&tray, 2, false, false, Way::Ask),
            (&tray, 2, true, true, Way::Hide),
        ];
        for (habits, jobs, has_tray, unanswered, wanted) in cases {
            assert_eq!(way(habits, jobs, has_tray, unanswered), wanted, "{habits:?} {jobs} {has_tray} {unanswered}");
        }
    }
}
