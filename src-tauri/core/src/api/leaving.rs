//! The program among others on a desktop: what closing its window means while jobs run, what it tells a person who looks elsewhere,
//! and what its sign in the tray is called. The desktop does it, where there is one.

use super::{Core, Event};
use crate::host::{Leave, TrayWords};
use crate::jobs::JobState;
use crate::problem::Problem;
use crate::profiles::Habits;
use serde::{Deserialize, Serialize};

/// Longer words are cut: a notification has a line or two.
const LONGEST_NOTE: usize = 240;

/// Something to be told outside the window, in the words of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DesktopNote {
    pub title: String,
    pub body: String,
}

impl Core {
    /// How many jobs closing would interrupt.
    pub fn busy(&self) -> usize {
        let open = [JobState::Queued, JobState::Running, JobState::Cancelling];
        self.engine.runner.list().iter().filter(|job| open.contains(&job.view().state)).count()
    }

    pub fn habits(&self) -> Habits {
        self.engine.book.settings().desktop
    }

    /// Has the page ask what to do about them.
    pub fn ask_to_leave(&self, tray: bool) {
        self.tell(Event::Leaving { jobs: self.busy(), tray });
    }

    pub async fn leave(&self, how: Leave) -> Result<(), Problem> {
        self.desktop()?.leave(how);
        Ok(())
    }

    /// Shown where the person looks elsewhere, and wants it.
    pub async fn notify(&self, note: DesktopNote) -> Result<(), Problem> {
        if self.engine.book.settings().desktop.notify {
            self.desktop()?.notify(&plain(&note.title), &plain(&note.body));
        }
        Ok(())
    }

    pub async fn name_tray(&self, words: TrayWords) -> Result<(), Problem> {
        self.desktop()?.name_tray(&words);
        Ok(())
    }
}

/// Some desktops read notifications as markup, and names in them are anybody's.
fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain = text.chars().filter(|c| !turns(*c)).map(|c| match c {
        '<' => '‹',
        '>' => '›',
        '&' => '＆',
        c if c.is_control() => ' ',
        c => c,
    });
    plain.take(LONGEST_NOTE).collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_is_no_markup_and_does_not_turn_a_note() {
        let hostile = "<img src='http://x'>&amp;\u{202e}gpj.exe\nfrom 商城";
        assert_eq!(plain(hostile), "‹img src='http://x'›＆amp;gpj.exe from 商城");
        assert_eq!(plain(&"长".repeat(9000)).chars().count(), super::LONGEST_NOTE);
    }
}
