//! Decides and carries out: plans are made here, jobs are run here, one recipe a file.

mod plan;

pub use plan::{
    CheckId, CheckView, Lane, Level, PlanKind, PlanOptions, PlanRequest, PlanSource, PlanStep, PlanTarget, PlanView,
    Route,
};
