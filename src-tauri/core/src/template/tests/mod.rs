//! Promises of the room.

mod exported;
mod golden;
mod kit;
mod meaning;
mod rules;
mod writing;
