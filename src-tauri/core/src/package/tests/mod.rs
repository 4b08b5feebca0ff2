//! Tests of the room over real and damaged packages.

mod damage;
mod fixtures;
pub(crate) mod kit;
mod lies;
mod shapes;
