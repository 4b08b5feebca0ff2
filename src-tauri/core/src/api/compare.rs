//! Two apps side by side, each in a backup, in a file, or alive.

use super::{Core, PlanSource};
use crate::compare::differences;
use crate::difference::Difference;
use crate::engine::sides;
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CompareRequest {
    pub left: PlanSource,
    pub right: PlanSource,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CompareView {
    pub left: String,
    pub right: String,
    /// Empty: the same in everything that is looked at.
    pub differences: Vec<Difference>,
}

impl Core {
    /// Everything in which the right one is not the left one.
    pub async fn compare(&self, request: CompareRequest) -> Result<CompareView, Problem> {
        let ctx = self.ctx();
        let (left, ours) = sides::facts(&self.engine, &ctx, &request.left).await?;
        let (right, theirs) = sides::facts(&self.engine, &ctx, &request.right).await?;
        Ok(CompareView { left, right, differences: differences(&ours, &theirs) })
    }
}
