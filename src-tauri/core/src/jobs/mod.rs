//! Durability: what a job was asked to do, what happened, and how that folds into what people see. No network here.

pub(crate) mod fact;
pub(crate) mod images;
mod journal;
pub(crate) mod reading;
mod rebuild;
pub(crate) mod request;
mod rules;
mod sharing;
mod shown;
pub(crate) mod state;
mod view;
pub(crate) mod volume_data;

pub(crate) use images::ImageProgress;
pub(crate) use journal::Journal;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use journal::fold;
pub use request::{CopyWay, Lane};
pub use shown::ShownPlan;
pub use view::{
    JobKind, JobState, JobView, LeftoverView, LogLine, OriginalView, PhaseName, PhaseState, PhaseView, ReportView,
};
