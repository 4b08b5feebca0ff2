//! A version in words: what it can do and what not.

use super::clusters::{CannotView, CertaintyView, EraView};
use crate::console::era::{self, Abilities, Certainty, Observed, Versions};
use crate::line::{Line, LineCode};

/// `provider`: that of the console's object storage setting.
pub(super) fn era_view(versions: &Versions, observed: Observed, provider: Option<&str>) -> EraView {
    let Abilities { can, cannot } = era::abilities(versions, observed, provider);
    let line = |code: LineCode| Line::new(code, []);
    EraView {
        era: format!("{:?}", era::Era::of(versions.region)),
        version: versions.region.to_string(),
        console_version: versions.console.to_string(),
        certainty: match versions.certainty {
            Certainty::Said => CertaintyView::Said,
            Certainty::Paired => CertaintyView::Paired,
            Certainty::ByUser => CertaintyView::ByUser,
            Certainty::Guessed => CertaintyView::Guessed,
        },
        can: can.into_iter().map(line).collect(),
        cannot: cannot.into_iter().map(|(what, why)| CannotView { what: line(what), why: line(why) }).collect(),
    }
}
