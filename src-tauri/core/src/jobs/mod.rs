//! Durability: what a job was asked to do, what happened, and how that folds into what people see. No network here.

mod view;

pub use view::{JobKind, JobState, JobView, LeftoverView, LogLine, PhaseName, PhaseState, PhaseView, ReportView};
