//! Tests of the room over real and damaged packages.

mod damage;
mod fixtures;
mod kit;
mod shapes;
