//! Tests of the room over real and damaged packages.
