//! What the user chose for the program.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// That of the desktop.
    #[default]
    Auto,
    En,
    Zh,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

/// How the program behaves on the desktop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Habits {
    /// Tells when a job ends while another window is in front.
    pub notify: bool,
    /// Draws progress on the window's button in the taskbar.
    pub progress: bool,
    /// Asks before quitting while jobs run.
    pub ask: bool,
    /// Shows a sign in the tray, where the desktop has one.
    pub tray: bool,
    /// Closing the window leaves the program in the tray.
    pub close_to_tray: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self { notify: true, progress: true, ask: true, tray: true, close_to_tray: false }
    }
}

/// A part of each day, in minutes since midnight by this computer's clock; it may go over midnight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct QuietHours {
    pub from_minute: u16,
    pub to_minute: u16,
    /// Bytes a second that all transfers together may take then; none: they wait.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub limit_bytes_per_sec: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    pub language: Language,
    pub theme: Theme,
    /// The folder of bundles; the host's own when none is set.
    pub library_dir: Option<String>,
    /// Columns that are open, by cluster, in order; all when none is set.
    pub columns: Option<Vec<String>>,
    /// Bytes a second that all transfers together may take; none: as fast as it goes.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub limit_bytes_per_sec: Option<u64>,
    /// Jobs that move at the same time, 1 to 8; 3 when none is set.
    pub jobs_at_once: Option<u8>,
    /// How many of them may be at one cluster; none: no limit of its own.
    pub jobs_per_cluster: Option<u8>,
    /// A part of each day in which transfers take less; none: no such hours.
    pub quiet: Option<QuietHours>,
    /// How large all of the window is drawn, in percent; 100 when none is set. The window keeps it between 80 and 200.
    pub zoom_percent: Option<u16>,
    pub desktop: Habits,
    /// Who is asked for newer versions of the program, when the person says so; nobody when none is set.
    pub update_endpoint: Option<String>,
}
