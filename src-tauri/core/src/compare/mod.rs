//! What an app is, apart from where it runs: facts taken from a package, a bundle or a live app, side by side. What differs is
//! told by component and kind, without the value of anything that may be secret.

mod diff;
mod facts;
mod live;
#[cfg(test)]
mod tests;

pub(crate) use diff::differences;
pub(crate) use facts::{AppFacts, ComponentFacts};
